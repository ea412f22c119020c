/* What the bugs changed, held against what their rows say. */
#ifndef INTERIM_TESTS_CLI_MUTANTS_SCORE_H
#define INTERIM_TESTS_CLI_MUTANTS_SCORE_H

#include <stdio.h>

#include "tests/cli_mutants.h"

struct mutants_score {
  struct mutants_suite *suite;
  struct mutant plain;
  struct mutant *mutants;
  size_t num_mutants;
  bool partial; /* not all bugs or cases: that a case is never changed says nothing */
  double seconds;
};

/* mutants_score_make plays the suite without a bug and, if that is clean, with each one, or with
 * the one that is named. */
void mutants_score_make(struct mutants_score *score, struct mutants_suite *suite, const char *only,
                        unsigned jobs, unsigned limit_s);

/* mutants_score_print tells what is wrong, then the numbers in one line. 0 when nothing is. */
int mutants_score_print(const struct mutants_score *score, FILE *out);

/* mutants_score_changed lists what each bug changed, case by case. */
void mutants_score_changed(const struct mutants_score *score, FILE *out);

/* mutants_score_matrix writes the kill matrix as text: a row for each case, a column for each bug.
 */
void mutants_score_matrix(const struct mutants_score *score, FILE *out);

void mutants_score_json(const struct mutants_score *score, FILE *out);

#endif
