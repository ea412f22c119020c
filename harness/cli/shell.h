/* Words for a shell. */
#ifndef INTERIM_CLI_SHELL_H
#define INTERIM_CLI_SHELL_H

#include "base/bytes.h"

/* shell_word adds a word to a command line of sh, in quotes where it needs some. */
void shell_word(struct bytes *line, const char *word);

#endif
