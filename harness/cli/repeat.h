/* A run that is played several times and reported as one. */
#ifndef INTERIM_CLI_REPEAT_H
#define INTERIM_CLI_REPEAT_H

#include "cli/session.h"

/* The merged run, and the memory of the plays whose results it shows. */
struct repeat {
  struct arena **arenas;
  unsigned num_arenas;
  struct run run;
  int signal;
};

/* repeat_play plays a session as often as its options say, or until a signal or a target that does
 * not work. Of each case the worst verdict stays, with how often it came: "in 3 of 100 runs". 0, or
 * -1 with *diag set: nothing was played. repeat_free frees it in any case. */
int repeat_play(struct repeat *repeat, struct session *session, struct diag *diag);

/* repeat_free frees the results. */
void repeat_free(struct repeat *repeat);

#endif
