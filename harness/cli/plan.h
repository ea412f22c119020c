/* Which cases a run plays, and with which values. */
#ifndef INTERIM_CLI_PLAN_H
#define INTERIM_CLI_PLAN_H

#include "case/library.h"
#include "cli/options.h"
#include "script/stage.h"

struct plan {
  struct play *plays;
  size_t num_plays;
};

/* plan_make selects the cases for the options' seat, level, globs and exclusions, and parses each
 * with each of its values. 0, or -1 with *diag set: a glob that matches nothing. */
int plan_make(struct arena *arena, const struct library *library, const struct run_options *options,
              uint32_t seed, struct plan *out, struct diag *diag);

#endif
