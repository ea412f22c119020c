#include "report/details.h"

static const char *requirement_line(const struct result *result, struct bytes *scratch) {
  if (result->num_requirements == 0) {
    return "";
  }
  const struct result_requirement *first = &result->requirements[0];
  scratch->len = 0;
  bytes_printf(scratch, "%s, %s: %s", first->id, result->level_word, first->wording);
  return bytes_cstr(scratch);
}

const char *result_impact(const struct result *result) {
  const char *requirement = result->num_requirements > 0 ? result->requirements[0].id : "";
  return outcome_impact(result->outcome, requirement, result_makes_answers(result));
}

static bool missed(const struct result *result) {
  return result->verdict == VERDICT_FAIL || result->verdict == VERDICT_WARN;
}

size_t result_details(const struct result *result, struct bytes *scratch,
                      struct detail details[MAX_DETAILS]) {
  const struct detail all[] = {
      {"title", result->title},
      {"outcome", outcome_word(result->outcome)},
      {"expected", result->expected},
      {"observed", result->observed},
      {"reason", result->reason},
      {"requirement", requirement_line(result, scratch)},
      {"address", result->num_requirements > 0 ? result->requirements[0].address : ""},
      {"strictness", missed(result) ? judge_level_strictness(result->level) : ""},
      {"impact", missed(result) ? result_impact(result) : ""},
      {"background", result->why},
      {"known", result->known},
      {"reproduce", result->reproduce},
  };
  _Static_assert(sizeof all / sizeof all[0] <= MAX_DETAILS, "details has room for all");
  size_t num = 0;
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    if (all[i].text[0] != '\0') {
      details[num++] = all[i];
    }
  }
  return num;
}

const char *result_headline(const struct result *result) {
  if (result->verdict == VERDICT_PASS && result->unexpected) {
    return result->reason[0] != '\0' ? result->reason : "passed, although a deviation was expected";
  }
  return result->reason[0] != '\0' ? result->reason
                                   : outcome_meaning(result->outcome, result_makes_answers(result));
}

bool result_breaks(const struct result *result) {
  return result->unexpected || (result->verdict == VERDICT_FAIL && result->known[0] == '\0');
}
