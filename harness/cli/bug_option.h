/* The options --bug and --bugs of the commands that run a reference peer by hand. */
#ifndef INTERIM_CLI_BUG_OPTION_H
#define INTERIM_CLI_BUG_OPTION_H

#include "peer/bug.h"

/* bug_option_take finds the bug of that name that one of the stands shows. 0, or a wrong usage's
 * exit status, told on standard error. */
int bug_option_take(const char *command, const char *option, const char *name,
                    enum bug_stands stands, const struct bug **out);

/* bug_option_list prints the bugs that one of the stands shows and returns the exit status. */
int bug_option_list(const char *command, enum bug_stands stands);

#endif
