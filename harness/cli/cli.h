/* The commands of the interim program. Each gets its own arguments, its name first, and returns the
 * exit status: 0, 1, 2, 3 or 130 (interim(1)). */
#ifndef INTERIM_CLI_CLI_H
#define INTERIM_CLI_CLI_H

enum {
  EXIT_PASSED = 0,
  EXIT_UNEXPECTED = 1,
  EXIT_USAGE = 2,
  EXIT_ERRORS = 3,
  EXIT_INTERRUPTED = 130,
};

int command_run(int argc, char **argv);
int command_list(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_check(int argc, char **argv);
int command_fmt(int argc, char **argv);
int command_judge(int argc, char **argv);
int command_relay(int argc, char **argv);
int command_serve(int argc, char **argv);

/* usage_error prints "interim COMMAND: reason" and how to get help; returns EXIT_USAGE. */
int usage_error(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
