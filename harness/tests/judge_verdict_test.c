/* The table of design: level and outcome to verdict. */
#include "judge/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
  enum judge_level level;
  enum verdict met;
  enum verdict missed;
} levels[] = {
    {JUDGE_MUST, VERDICT_PASS, VERDICT_FAIL},      {JUDGE_MUST_NOT, VERDICT_PASS, VERDICT_FAIL},
    {JUDGE_SHOULD, VERDICT_PASS, VERDICT_WARN},    {JUDGE_SHOULD_NOT, VERDICT_PASS, VERDICT_WARN},
    {JUDGE_MAY, VERDICT_INFO, VERDICT_INFO},       {JUDGE_EXPECTED, VERDICT_PASS, VERDICT_WARN},
    {JUDGE_CONTESTED, VERDICT_INFO, VERDICT_INFO}, {JUDGE_HOUSE, VERDICT_PASS, VERDICT_FAIL},
};

static void test_level_and_outcome_give_the_verdict(void **state) {
  (void)state;
  for (size_t i = 0; i < LENGTH(levels); i++) {
    assert_int_equal(levels[i].level, i);
    assert_int_equal(verdict_of(levels[i].level, true), levels[i].met);
    assert_int_equal(verdict_of(levels[i].level, false), levels[i].missed);
  }
}

static void test_every_level_says_why_nothing_less_strict_fits(void **state) {
  (void)state;
  static const char *const words[] = {"MUST,", "MUST NOT,",   "SHOULD ",  "SHOULD NOT ",
                                      "MAY ",  "expectation", "two ways", "no RFC sentence"};
  for (size_t i = 0; i < LENGTH(levels); i++) {
    const char *sentence = judge_level_strictness(levels[i].level);
    assert_non_null(strstr(sentence, words[i]));
    assert_int_equal(sentence[strlen(sentence) - 1], '.');
    /* What cannot fail a target says so; what does fail one says "failure" or that no rule excuses
     * it. */
    if (levels[i].missed == VERDICT_WARN) {
      assert_true(strstr(sentence, "no failure") != NULL ||
                  strstr(sentence, "no violation") != NULL);
    }
    if (levels[i].missed == VERDICT_INFO) {
      assert_non_null(strstr(sentence, "not judged"));
    }
  }
}

static void test_the_worse_verdict_wins(void **state) {
  (void)state;
  static const enum verdict best_first[] = {VERDICT_PASS, VERDICT_INFO,  VERDICT_SKIP,
                                            VERDICT_WARN, VERDICT_ERROR, VERDICT_FAIL};
  for (size_t i = 0; i < LENGTH(best_first); i++) {
    for (size_t j = 0; j < LENGTH(best_first); j++) {
      enum verdict worse = best_first[i > j ? i : j];
      assert_int_equal(verdict_worse(best_first[i], best_first[j]), worse);
    }
  }
}

static void test_verdicts_have_the_words_of_the_result_file(void **state) {
  (void)state;
  assert_string_equal(verdict_word(VERDICT_PASS), "pass");
  assert_string_equal(verdict_word(VERDICT_INFO), "info");
  assert_string_equal(verdict_word(VERDICT_SKIP), "skip");
  assert_string_equal(verdict_word(VERDICT_WARN), "warn");
  assert_string_equal(verdict_word(VERDICT_ERROR), "error");
  assert_string_equal(verdict_word(VERDICT_FAIL), "fail");
}

static void test_exit_status(void **state) {
  (void)state;
  assert_int_equal(verdict_exit_status(0, 0), 0);
  assert_int_equal(verdict_exit_status(0, 1), 3);
  assert_int_equal(verdict_exit_status(0, 2), 3);
  assert_int_equal(verdict_exit_status(1, 0), 1);
  assert_int_equal(verdict_exit_status(1, 2), 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_level_and_outcome_give_the_verdict),
      cmocka_unit_test(test_every_level_says_why_nothing_less_strict_fits),
      cmocka_unit_test(test_the_worse_verdict_wins),
      cmocka_unit_test(test_verdicts_have_the_words_of_the_result_file),
      cmocka_unit_test(test_exit_status),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
