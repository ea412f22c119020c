/* What the bugs changed, held against what their rows say. */
#ifndef INTERIM_TESTS_CLI_MUTANTS_SCORE_H
#define INTERIM_TESTS_CLI_MUTANTS_SCORE_H

#include <stdio.h>

#include "tests/cli_mutants.h"

/* A result at one stand, over all that concerns it. */
struct mutants_place {
  size_t stand;
  size_t play;
};

/* A case with all its values at all its stands. */
struct mutants_case {
  const struct case_file *file;
  struct mutants_place place; /* the first result */
  bool *changed_by;           /* for each mutant: some result became worse */
  unsigned num_bugs;
};

struct mutants_tally {
  unsigned caught;
  unsigned changed; /* cases */
  unsigned unrelated;
  unsigned wrong;
};

struct mutants_score {
  struct mutants_suite *suite;
  struct mutant plain;
  struct mutant *mutants;
  size_t num_mutants;
  struct mutants_case *cases;
  size_t num_cases;
  bool partial; /* not all bugs or cases: that a case is never changed says nothing */
  double seconds;
  struct mutants_tally tally;
};

/* mutants_score_make plays the suite without a bug and, if that comes to an end, with each one, or
 * with those that the globs name. */
void mutants_score_make(struct mutants_score *score, struct mutants_suite *suite, const char *only,
                        unsigned jobs, unsigned limit_s);

/* mutants_score_tally fills in the tally and prints what is wrong, then the numbers in one line. 0
 * when nothing is. */
int mutants_score_tally(struct mutants_score *score, FILE *out);

/* mutants_score_changed lists what each bug changed, case by case. */
void mutants_score_changed(const struct mutants_score *score, FILE *out);

/* mutants_score_matrix writes the kill matrix as text: a row for each result, a column for each
 * bug. */
void mutants_score_matrix(const struct mutants_score *score, FILE *out);

/* mutants_score_json writes all of it for programs: see interim-mutants-1.schema.json. */
void mutants_score_json(const struct mutants_score *score, FILE *out);

/* All places in turn: first is false when there is none, next when there are no more. */
bool mutants_place_first(const struct mutants_score *score, struct mutants_place *place);
bool mutants_place_next(const struct mutants_score *score, struct mutants_place *place);

/* mutants_place_id gives the id of the result there. */
const char *mutants_place_id(const struct mutants_score *score, struct mutants_place place);

/* mutants_change_at tells what the bug changed there. */
enum mutant_change mutants_change_at(const struct mutants_score *score, const struct mutant *mutant,
                                     struct mutants_place place);

#endif
