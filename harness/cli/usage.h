/* Arguments of a command: its options, its help, and what is said when they are wrong. */
#ifndef INTERIM_CLI_USAGE_H
#define INTERIM_CLI_USAGE_H

#include "base/diag.h"
#include "cli/cli.h"

#include <stdbool.h>
#include <stddef.h>

struct usage_option {
  const char *name; /* without "--" */
  char letter;      /* its short form, or 0 */
  bool has_value;
  /* take stores the option; option is "--name", value NULL for a switch and never empty. 0, or the
   * exit status after a message. */
  int (*take)(void *user, const char *option, char *value);
};

enum { USAGE_MAX_OPTIONS = 48, USAGE_HELP = 1 };

/* A command's arguments. Its options leave out --help and -h, which each command has. */
struct usage {
  const char *command;
  const struct usage_option *options; /* at most USAGE_MAX_OPTIONS */
  size_t num_options;
  const char *const *help; /* lines */
  size_t num_help;
};

/* usage_parse reads the options among the arguments, in any order with the others, which begin at
 * *first afterwards. 0; USAGE_HELP when --help was printed; EXIT_USAGE after a message. */
int usage_parse(const struct usage *usage, int argc, char **argv, void *user, int *first);

/* usage_diag prints "interim COMMAND: " and the diagnosis on standard error; returns EXIT_USAGE. */
int usage_diag(const char *command, const struct diag *diag);

/* usage_finish flushes standard output. The status, or EXIT_USAGE and a message when standard
 * output could not take everything. */
int usage_finish(const char *command, int status);

/* usage_nearest returns the name that a misspelt word may stand for, or NULL. */
const char *usage_nearest(const char *word, const char *const *names, size_t num);

#endif
