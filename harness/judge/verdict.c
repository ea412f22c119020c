#include "judge/verdict.h"

static const struct {
  enum verdict met;
  enum verdict missed;
  const char *strictness;
} level_rules[] = {
    [JUDGE_MUST] = {VERDICT_PASS, VERDICT_FAIL,
                    "The sentence binds this target with MUST, and BCP 14 leaves it no other "
                    "choice: a miss cannot be less than a failure."},
    [JUDGE_MUST_NOT] = {VERDICT_PASS, VERDICT_FAIL,
                        "The sentence binds this target with MUST NOT, and BCP 14 knows no "
                        "exception: doing it cannot be less than a failure."},
    [JUDGE_SHOULD] = {VERDICT_PASS, VERDICT_WARN,
                      "SHOULD leaves room for a good reason, so this is no failure; but it is no "
                      "free choice either, so it is not passed over."},
    [JUDGE_SHOULD_NOT] = {VERDICT_PASS, VERDICT_WARN,
                          "SHOULD NOT leaves room for a good reason, so this is no failure; but it "
                          "is no free choice either, so it is not passed over."},
    [JUDGE_MAY] = {VERDICT_INFO, VERDICT_INFO,
                   "MAY leaves the choice to the target: what it does is noted, not judged."},
    [JUDGE_EXPECTED] = {VERDICT_PASS, VERDICT_WARN,
                        "The RFC states an expectation, without a BCP 14 key word: this is no "
                        "violation; but others build on it, so it is not passed over."},
    [JUDGE_CONTESTED] = {VERDICT_INFO, VERDICT_INFO,
                         "The text can be read in two ways: what the target does is noted, not "
                         "judged."},
    [JUDGE_HOUSE] = {VERDICT_PASS, VERDICT_FAIL,
                     "Robustness, no RFC sentence: no permission in the RFCs covers it either, and "
                     "without it no other promise of the target holds."},
};

enum verdict verdict_of(enum judge_level level, bool met) {
  return met ? level_rules[level].met : level_rules[level].missed;
}

enum verdict verdict_worse(enum verdict a, enum verdict b) {
  return a > b ? a : b;
}

const char *verdict_word(enum verdict verdict) {
  switch (verdict) {
  case VERDICT_PASS:
    return "pass";
  case VERDICT_INFO:
    return "info";
  case VERDICT_SKIP:
    return "skip";
  case VERDICT_WARN:
    return "warn";
  case VERDICT_ERROR:
    return "error";
  case VERDICT_FAIL:
    return "fail";
  }
  return "error";
}

int verdict_exit_status(unsigned num_unexpected, unsigned num_errors) {
  if (num_unexpected > 0) {
    return 1;
  }
  return num_errors > 0 ? 3 : 0;
}

const char *judge_level_strictness(enum judge_level level) {
  return level_rules[level].strictness;
}
