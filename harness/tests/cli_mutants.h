/* The suite proves itself: every case against the reference gateway, or the reference origin, with
 * each named bug, in one process under virtual time, and what that changed. */
#ifndef INTERIM_TESTS_CLI_MUTANTS_H
#define INTERIM_TESTS_CLI_MUTANTS_H

#include "case/library.h"
#include "cli/plan.h"
#include "judge/verdict.h"
#include "peer/bug.h"

enum { MUTANTS_STANDS = 8, MUTANT_NOT_PLAYED = 255 /* a verdict */ };

/* Where a target stands: its seat, and the versions on its sides. */
struct mutants_stand {
  enum seat seat;
  enum http_version front;
  enum http_version back;
  enum bug_stands bugs; /* bugs that show at one of these are played here */
};

extern const struct mutants_stand mutants_stands[MUTANTS_STANDS];

/* One result of one play, in two bytes. */
struct mutant_mark {
  uint8_t verdict;
  uint8_t outcome;
};

/* All results with one bug, or with none: for each stand as many as its plan has plays. */
struct mutant {
  const struct bug *bug;
  struct mutant_mark *marks[MUTANTS_STANDS]; /* NULL where it is not played */
  const char *trouble;                       /* why there are no marks, or "" */
  bool caught;                               /* by all that must */
  double seconds;
};

struct mutants_suite {
  struct arena arena;
  struct library library;
  struct plan plans[MUTANTS_STANDS];
  const char *only; /* glob of cases, or NULL */
};

/* mutants_load plans all cases for each stand; at the proxy's those that a gateway does not have.
 * 0, or -1 with the reason on standard error. */
int mutants_load(struct mutants_suite *suite);

/* mutants_shows tells whether a bug, NULL for none, is played at a stand. */
bool mutants_shows(const struct bug *bug, size_t stand);

/* mutants_passes_expect tells whether the gateway at a stand passes expectations on, as that of
 * interim relay --pass-expect, instead of answering them itself. */
bool mutants_passes_expect(size_t stand);

/* mutants_stand_name gives "gateway h1/h1", "origin h2" ... */
const char *mutants_stand_name(size_t stand);

/* mutants_play plays one stand with a bug, NULL for none, into marks. Returns why that was of no
 * use, or "". Once in a process for each stand: it uses up the plan. verbose: all results go to
 * standard error. */
const char *mutants_play(struct mutants_suite *suite, size_t stand, const struct bug *bug,
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
