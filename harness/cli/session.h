/* One run of the suite against one target, from its cases to its results. */
#ifndef INTERIM_CLI_SESSION_H
#define INTERIM_CLI_SESSION_H

#include "case/library.h"
#include "cli/options.h"
#include "cli/plan.h"
#include "report/result.h"

struct session {
  const struct run_options *options;
  struct arena *arena; /* of the cases; lives longer than any run */
  struct library library;
  struct plan plans[PLAN_MAX_PAIRS]; /* one pass each */
  size_t num_plans;
  uint32_t seed; /* of nonces and order */
  bool watched;  /* the process of --pid was there; a target that was restarted may have another */
};

/* session_load loads and selects the cases. 0, or -1 with *diag set. */
int session_load(struct session *session, struct arena *arena, const struct run_options *options,
                 struct diag *diag);

/* session_play plays the plans once, each on a loop of its own, and judges them into the arena. The
 * number of the signal that interrupted it goes to *out_signal, 0 for none. 0, or -1 with *diag
 * set: nothing was played. */
int session_play(struct session *session, struct arena *arena, struct run *out, int *out_signal,
                 struct diag *diag);

#endif
