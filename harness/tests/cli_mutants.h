/* The suite proves itself: every case against the reference gateway with each of its named bugs, in
 * one process under virtual time, and what that changed. */
#ifndef INTERIM_TESTS_CLI_MUTANTS_H
#define INTERIM_TESTS_CLI_MUTANTS_H

#include "case/library.h"
#include "cli/plan.h"
#include "judge/verdict.h"
#include "peer/bug.h"

enum { MUTANTS_PAIRS = 4, MUTANT_NOT_PLAYED = 255 /* a verdict */ };

/* One result of one play, in two bytes. */
struct mutant_mark {
  uint8_t verdict;
  uint8_t outcome;
};

/* All results with one bug, or with none: for each pair as many as its plan has plays. */
struct mutant {
  const struct bug *bug;
  struct mutant_mark *marks[MUTANTS_PAIRS];
  const char *trouble; /* why there are no marks, or "" */
  double seconds;
};

struct mutants_suite {
  struct arena arena;
  struct library library;
  struct plan plans[MUTANTS_PAIRS];
  const char *only; /* glob of cases, or NULL */
};

/* mutants_load plans all cases of the gateway's seat for each pair. 0, or -1 with the reason on
 * standard error. */
int mutants_load(struct mutants_suite *suite);

/* mutants_pair_name gives "h1/h1" ... */
const char *mutants_pair_name(size_t pair);

/* mutants_play plays one pair with a bug, NULL for none, into marks. Returns why that was of no
 * use, or "". Once in a process for each pair: it uses up the plan. verbose: what was not clean
 * goes to standard error. */
const char *mutants_play(struct mutants_suite *suite, size_t pair, const struct bug *bug,
                         struct mutant_mark *marks, bool verbose);

/* mutants_play_all plays each mutant in a process of its own, jobs at once, each for limit_s
 * seconds at most. */
void mutants_play_all(struct mutants_suite *suite, struct mutant *mutants, size_t num,
                      unsigned jobs, unsigned limit_s);

enum mutant_change {
  MUTANT_SAME,
  MUTANT_OTHER, /* another verdict that is no worse */
  MUTANT_WORSE, /* a worse verdict, or for a case that informs another outcome */
};

/* mutants_match tells whether an id matches one of several globs with blanks between them. */
bool mutants_match(const char *globs, const char *id);

/* mutants_change compares a mark with that of the same play without a bug. */
enum mutant_change mutants_change(struct mutant_mark plain, struct mutant_mark marked);

#endif
