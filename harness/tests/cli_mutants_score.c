#include "tests/cli_mutants_score.h"

static double now_s(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

const char *mutants_place_id(const struct mutants_score *score, struct mutants_place place) {
  return score->suite->plans[place.stand].plays[place.play].id;
}

bool mutants_place_next(const struct mutants_score *score, struct mutants_place *place) {
  place->play++;
  while (place->stand < MUTANTS_STANDS &&
         place->play >= score->suite->plans[place->stand].num_plays) {
    place->stand++;
    place->play = 0;
  }
  return place->stand < MUTANTS_STANDS;
}

bool mutants_place_first(const struct mutants_score *score, struct mutants_place *place) {
  *place = (struct mutants_place){0, (size_t)-1};
  return mutants_place_next(score, place);
}

enum mutant_change mutants_change_at(const struct mutants_score *score, const struct mutant *mutant,
                                     struct mutants_place place) {
  if (mutant->marks[place.stand] == NULL) {
    return MUTANT_SAME;
  }
  return mutants_change(score->plain.marks[place.stand][place.play],
                        mutant->marks[place.stand][place.play]);
}

static struct mutants_case *case_at(struct mutants_score *score, struct mutants_place place) {
  const struct case_file *file = score->suite->plans[place.stand].plays[place.play].file;
  for (size_t i = score->num_cases; i-- > 0;) { /* it is mostly the latest */
    if (span_eq(score->cases[i].file->id, file->id)) {
      return &score->cases[i];
    }
  }
  struct mutants_case *added = &score->cases[score->num_cases++];
  *added = (struct mutants_case){.file = file, .place = place};
  added->changed_by = arena_array(&score->suite->arena, score->num_mutants + 1, sizeof(bool));
  return added;
}

/* Which cases are changed by which bugs. */
static void find_cases(struct mutants_score *score) {
  struct mutants_place at;
  size_t num = 0;
  for (size_t i = 0; i < MUTANTS_STANDS; i++) {
    num += score->suite->plans[i].num_plays;
  }
  score->cases = arena_array(&score->suite->arena, num, sizeof(*score->cases));
  for (bool more = mutants_place_first(score, &at); more; more = mutants_place_next(score, &at)) {
    struct mutants_case *found = case_at(score, at);
    for (size_t i = 0; i < score->num_mutants; i++) {
      if (mutants_change_at(score, &score->mutants[i], at) == MUTANT_WORSE &&
          !found->changed_by[i]) {
        found->changed_by[i] = true;
        found->num_bugs++;
      }
    }
  }
}

void mutants_score_make(struct mutants_score *score, struct mutants_suite *suite, const char *only,
                        unsigned jobs, unsigned limit_s) {
  double since = now_s();
  size_t num = 0;
  while (bug_at(num) != NULL) {
    num++;
  }
  *score = (struct mutants_score){.suite = suite, .partial = only != NULL || suite->only != NULL};
  score->mutants = arena_array(&suite->arena, num, sizeof(*score->mutants));
  mutants_play_all(suite, &score->plain, 1, 1, limit_s);
  for (size_t i = 0; i < num; i++) {
    const struct bug *bug = bug_at(i);
    if (only == NULL || mutants_match(only, bug->name)) {
      score->mutants[score->num_mutants++].bug = bug;
    }
  }
  if (score->plain.trouble[0] == '\0') {
    mutants_play_all(suite, score->mutants, score->num_mutants, jobs, limit_s);
    find_cases(score);
  }
  score->seconds = now_s() - since;
}

static const char *word(struct mutant_mark mark) {
  return verdict_word((enum verdict)mark.verdict);
}

static unsigned complain_of_plain(const struct mutants_score *score, FILE *out) {
  unsigned wrong = 0;
  struct mutants_place at;
  for (bool more = mutants_place_first(score, &at); more; more = mutants_place_next(score, &at)) {
    struct mutant_mark mark = score->plain.marks[at.stand][at.play];
    enum verdict verdict = (enum verdict)mark.verdict;
    if (verdict == VERDICT_FAIL || verdict == VERDICT_WARN || verdict == VERDICT_ERROR) {
      wrong++;
      (void)fprintf(out, "without a bug: %s %s is %s\n", mutants_stand_name(at.stand),
                    mutants_place_id(score, at), word(mark));
    }
  }
  return wrong;
}

/* Each result that a glob of `must` names has to be worse, and each glob has to name one. */
static unsigned complain_of_must(const struct mutants_score *score, const struct mutant *mutant,
                                 FILE *out) {
  unsigned wrong = 0;
  unsigned named = 0;
  struct mutants_place at;
  for (bool more = mutants_place_first(score, &at); more; more = mutants_place_next(score, &at)) {
    if (mutant->marks[at.stand] == NULL ||
        !mutants_match(mutant->bug->must, mutants_place_id(score, at))) {
      continue;
    }
    named++;
    if (mutants_change_at(score, mutant, at) != MUTANT_WORSE) {
      wrong++;
      (void)fprintf(out, "%s: not caught by %s %s, which is %s\n", mutant->bug->name,
                    mutants_stand_name(at.stand), mutants_place_id(score, at),
                    word(mutant->marks[at.stand][at.play]));
    }
  }
  if (named == 0 && !score->partial) {
    (void)fprintf(out, "%s: no case must catch it\n", mutant->bug->name);
  }
  return wrong + (named == 0 && !score->partial ? 1 : 0);
}

static unsigned complain_of_unrelated(const struct mutants_score *score,
                                      const struct mutant *mutant, FILE *out) {
  unsigned wrong = 0;
  struct mutants_place at;
  for (bool more = mutants_place_first(score, &at); more; more = mutants_place_next(score, &at)) {
    const char *id = mutants_place_id(score, at);
    if (mutants_change_at(score, mutant, at) != MUTANT_SAME &&
        !mutants_match(mutant->bug->must, id) && !mutants_match(mutant->bug->may, id)) {
      wrong++;
      (void)fprintf(out, "%s: %s %s became %s, and was %s\n", mutant->bug->name,
                    mutants_stand_name(at.stand), id, word(mutant->marks[at.stand][at.play]),
                    word(score->plain.marks[at.stand][at.play]));
    }
  }
  return wrong;
}

static void tally_bugs(struct mutants_score *score, FILE *out) {
  struct mutants_tally *tally = &score->tally;
  for (size_t i = 0; i < score->num_mutants; i++) {
    struct mutant *mutant = &score->mutants[i];
    if (mutant->trouble[0] != '\0') {
      (void)fprintf(out, "%s: not scored: %s\n", mutant->bug->name, mutant->trouble);
      tally->wrong++;
      continue;
    }
    unsigned missed = complain_of_must(score, mutant, out);
    mutant->caught = missed == 0;
    tally->caught += missed == 0 ? 1U : 0U;
    unsigned unrelated = complain_of_unrelated(score, mutant, out);
    tally->unrelated += unrelated;
    tally->wrong += missed + unrelated;
  }
}

static void tally_cases(struct mutants_score *score, FILE *out) {
  struct mutants_tally *tally = &score->tally;
  for (size_t i = 0; i < score->num_cases; i++) {
    const struct mutants_case *each = &score->cases[i];
    if (each->num_bugs > 0) {
      tally->changed++;
    } else if (!score->partial) {
      (void)fprintf(out, "no bug changes %.*s\n", (int)each->file->id.len,
                    (const char *)each->file->id.ptr);
      tally->wrong++;
    }
  }
}

int mutants_score_tally(struct mutants_score *score, FILE *out) {
  if (score->plain.trouble[0] != '\0') {
    (void)fprintf(out, "mutants: nothing is scored: without a bug, %s\n", score->plain.trouble);
    return 1;
  }
  if (complain_of_plain(score, out) > 0) {
    (void)fprintf(out, "mutants: nothing is scored: the target without a bug is not clean\n");
    return 1;
  }
  tally_bugs(score, out);
  tally_cases(score, out);
  const struct mutants_tally *tally = &score->tally;
  (void)fprintf(out,
                "mutants: %zu bugs, %u caught; %zu cases, %u killed by one or more; "
                "%u unrelated verdicts; %.1f s\n",
                score->num_mutants, tally->caught, score->num_cases, tally->changed,
                tally->unrelated, score->seconds);
  return tally->wrong == 0 ? 0 : 1;
}

void mutants_score_changed(const struct mutants_score *score, FILE *out) {
  for (size_t i = 0; i < score->num_mutants; i++) {
    const struct mutant *mutant = &score->mutants[i];
    struct mutants_place at;
    (void)fprintf(out, "%s (%.1f s)\n", mutant->bug->name, mutant->seconds);
    for (bool more = mutants_place_first(score, &at); more; more = mutants_place_next(score, &at)) {
      if (mutants_change_at(score, mutant, at) != MUTANT_SAME) {
        struct mutant_mark mark = mutant->marks[at.stand][at.play];
        (void)fprintf(out, "  %s %s %s %s\n", mutants_stand_name(at.stand),
                      mutants_place_id(score, at), word(mark),
                      outcome_word((enum outcome)mark.outcome));
      }
    }
  }
}

static char sign_of(const struct mutants_score *score, const struct mutant *mutant,
                    struct mutants_place place) {
  switch (mutants_change_at(score, mutant, place)) {
  case MUTANT_SAME:
    return mutant->marks[place.stand] == NULL ? ' ' : '.';
  case MUTANT_OTHER:
    return '?';
  case MUTANT_WORSE:
    break;
  }
  struct mutant_mark mark = mutant->marks[place.stand][place.play];
  if (mark.verdict == VERDICT_FAIL) {
    return 'F';
  }
  if (mark.verdict == VERDICT_WARN) {
    return 'W';
  }
  return 'i';
}

void mutants_score_matrix(const struct mutants_score *score, FILE *out) {
  struct mutants_place at;
  (void)fputs("F fail, W warn, i another outcome, ? another verdict that is no worse, . no change, "
              "blank: not played\n\n",
              out);
  for (size_t i = 0; i < score->num_mutants; i++) {
    (void)fprintf(out, "%3zu %s: %s\n", i + 1, score->mutants[i].bug->name,
                  score->mutants[i].bug->says);
  }
  (void)fputc('\n', out);
  for (bool more = mutants_place_first(score, &at); more; more = mutants_place_next(score, &at)) {
    for (size_t i = 0; i < score->num_mutants; i++) {
      (void)fputc(sign_of(score, &score->mutants[i], at), out);
    }
    (void)fprintf(out, " %s %s\n", mutants_stand_name(at.stand), mutants_place_id(score, at));
  }
}
