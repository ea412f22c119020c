#include "tests/cli_mutants_score.h"

#include <jansson.h>

static const char *version_word(enum http_version version) {
  return version == HTTP_H2 ? "h2" : "h1";
}

/* As in a result file: the origin has nothing at its back. */
static const char *back_word(const struct mutants_stand *stand) {
  return stand->seat == SEAT_ORIGIN ? "" : version_word(stand->back);
}

static const char *verdict_of_mark(struct mutant_mark mark) {
  static const char *const words[] = {
      [VERDICT_PASS] = "pass", [VERDICT_FAIL] = "fail", [VERDICT_WARN] = "warn",
      [VERDICT_INFO] = "info", [VERDICT_SKIP] = "skip", [VERDICT_ERROR] = "error"};
  return words[mark.verdict];
}

static json_t *globs_of(const char *globs) {
  json_t *list = json_array();
  struct span rest = span_of(globs);
  while (rest.len > 0) {
    size_t blank = span_find(rest, span_of(" "), 0);
    size_t len = blank == SIZE_MAX ? rest.len : blank;
    (void)json_array_append_new(list, json_stringn((const char *)rest.ptr, len));
    rest = span_skip(rest, blank == SIZE_MAX ? len : len + 1);
  }
  return list;
}

static json_t *stands_of(const struct bug *bug) {
  json_t *list = json_array();
  for (size_t i = 0; i < MUTANTS_STANDS; i++) {
    const struct mutants_stand *stand = &mutants_stands[i];
    if (mutants_shows(bug, i)) {
      (void)json_array_append_new(
          list, json_pack("{s:s, s:s, s:s, s:b}", "seat", case_seat_word(stand->seat), "front",
                          version_word(stand->front), "back", back_word(stand), "pass_expect",
                          mutants_passes_expect(i)));
    }
  }
  return list;
}

static json_t *changes_of(const struct mutants_score *score, const struct mutant *mutant) {
  json_t *list = json_array();
  struct mutants_place at;
  for (bool more = mutants_place_first(score, &at); more; more = mutants_place_next(score, &at)) {
    enum mutant_change change = mutants_change_at(score, mutant, at);
    if (change == MUTANT_SAME) {
      continue;
    }
    const struct mutants_stand *stand = &mutants_stands[at.stand];
    struct mutant_mark after = mutant->marks[at.stand][at.play];
    (void)json_array_append_new(
        list,
        json_pack("{s:s, s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:b}", "id",
                  mutants_place_id(score, at), "seat", case_seat_word(stand->seat), "front",
                  version_word(stand->front), "back", back_word(stand), "pass_expect",
                  mutants_passes_expect(at.stand), "was",
                  verdict_of_mark(score->plain.marks[at.stand][at.play]), "verdict",
                  verdict_of_mark(after), "outcome", outcome_word((enum outcome)after.outcome),
                  "worse", change == MUTANT_WORSE));
  }
  return list;
}

static json_t *json_of_bug(const struct mutants_score *score, const struct mutant *mutant) {
  const struct bug *bug = mutant->bug;
  bool at_origin = (bug->stands & BUG_ORIGIN) != 0;
  return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:b, s:s, s:f, s:o}", "name",
                   bug->name, "target", at_origin ? "origin" : "gateway", "says", bug->says,
                   "breaks", bug->breaks, "report", bug->report, "stands", stands_of(bug), "must",
                   globs_of(bug->must), "may", globs_of(bug->may), "caught", mutant->caught,
                   "trouble", mutant->trouble, "seconds", mutant->seconds, "changed",
                   changes_of(score, mutant));
}

static json_t *json_of_case(const struct mutants_score *score, const struct mutants_case *found) {
  json_t *bugs = json_array();
  for (size_t i = 0; i < score->num_mutants; i++) {
    if (found->changed_by[i]) {
      (void)json_array_append_new(bugs, json_string(score->mutants[i].bug->name));
    }
  }
  const struct case_file *file = found->file;
  return json_pack("{s:o, s:s, s:o}", "id", json_stringn((const char *)file->id.ptr, file->id.len),
                   "seat", case_seat_word(mutants_stands[found->place.stand].seat), "bugs", bugs);
}

void mutants_score_json(const struct mutants_score *score, FILE *out) {
  const struct mutants_tally *tally = &score->tally;
  json_t *bugs = json_array();
  json_t *cases = json_array();
  for (size_t i = 0; i < score->num_mutants; i++) {
    (void)json_array_append_new(bugs, json_of_bug(score, &score->mutants[i]));
  }
  for (size_t i = 0; i < score->num_cases; i++) {
    (void)json_array_append_new(cases, json_of_case(score, &score->cases[i]));
  }
  json_t *summary = json_pack(
      "{s:I, s:i, s:I, s:i, s:i, s:b, s:f}", "bugs", (json_int_t)score->num_mutants, "caught",
      (int)tally->caught, "cases", (json_int_t)score->num_cases, "changed", (int)tally->changed,
      "unrelated", (int)tally->unrelated, "partial", score->partial, "seconds", score->seconds);
  json_t *all = json_pack("{s:s, s:o, s:o, s:o}", "schema", "interim-mutants/1", "summary", summary,
                          "bugs", bugs, "cases", cases);
  (void)json_dumpf(all, out, JSON_INDENT(1));
  (void)fputc('\n', out);
  json_decref(all);
}
