/* Which cases a run plays, and with which values. */
#ifndef INTERIM_CLI_PLAN_H
#define INTERIM_CLI_PLAN_H

#include "case/library.h"
#include "cli/options.h"
#include "script/stage.h"

/* The versions on the target's two sides in one pass over the cases. */
struct pair {
  enum http_version front;
  unsigned backs; /* mask of those that the target may speak to our origin */
};

struct plan {
  struct pair pair;
  struct play *plays;
  size_t num_plays;
};

enum { PLAN_MAX_PAIRS = 4 };

/* plan_make selects the cases for the options' seat, level, globs and exclusions and for the pair
 * of each plan, which the caller has set, and parses each case with each of its values. 0, or -1
 * with *diag set: a glob that matches nothing, or no case for any pair. */
int plan_make(struct arena *arena, const struct library *library, const struct run_options *options,
              uint32_t seed, struct plan *plans, size_t num_plans, struct diag *diag);

/* plan_cite returns the case's deciding cite for the pair: with several backs the first that has
 * one. */
const struct case_cite *plan_cite(const struct case_file *file, enum seat seat,
                                  const struct pair *pair);

#endif
