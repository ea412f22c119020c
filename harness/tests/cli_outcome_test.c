/* What the suite says about gateways with one fault each, and about such as only take liberties. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/outcome.h"

/* With this fault, every result that the glob matches is so. NULL: whatever it is. */
struct outcome_row {
  const char *fault;
  const char *cases;
  const char *verdict;
  const char *outcome;
  const char *requirement;
};

static const struct outcome_row gateway_rows[] = {
    {"none", "forward/103-early-hints", "info", "forwarded", "RFC8297-3-4"},
    {"none", "forward/102-then-200", "pass", "forwarded", "RFC9110-7.6-1"},
    {"none", "abort", "pass", NULL, "RFC9110-15.6.3-1"},
    {"none", "http10", "pass", NULL, NULL},
    {"none", "pairing", "pass", NULL, NULL},
    {"none", "limits", "info", "forwarded", "INFO-LIMITS"},

    {"drops", "forward/102-then-200", "warn", "dropped", "RFC9110-7.6-1"},
    {"drops", "forward/any-code", "warn", "dropped", "RFC9110-7.6-1"},
    {"drops", "framing/glued-to-final", "warn", "dropped", "RFC9110-7.6-1"},
    {"drops", "framing/raw-102", "warn", "dropped", "RFC9110-7.6-1"},
    {"drops", "head", "warn", "dropped", "RFC9110-7.6-1"},
    {"drops", "forward/103-early-hints", "info", "dropped", "RFC8297-3-4"},
    {"drops", "forward/100-unasked", "pass", NULL, "RFC9110-15.2-4"},
    {"drops", "expect/100-then-200", "fail", "dropped", "RFC9110-10.1.1-13"},
    {"drops", "pairing", "pass", NULL, NULL},
    {"drops", "hygiene", "pass", NULL, NULL},
    {"drops", "timing", "info", "dropped", "INFO-PROMPTNESS"},

    {"first-only", "forward/102-then-200", "pass", "forwarded", NULL},
    {"first-only", "forward/duplicate-102", "warn", "collapsed", "RFC9110-7.6-1"},
    {"first-only", "forward/duplicate-102-gated", "warn", "collapsed", "RFC9110-7.6-1"},
    {"first-only", "forward/mixed-codes", "warn", "collapsed", "RFC9110-7.6-1"},
    {"first-only", "limits", "info", "collapsed", "INFO-LIMITS"},

    {"collapses", "forward/duplicate-102", "warn", "collapsed", "RFC9110-7.6-1"},
    {"collapses", "forward/second-request", "warn", "collapsed", "RFC9110-7.6-1"},
    {"collapses", "framing/glued-mixed", "pass", "forwarded", NULL},

    {"holds", "forward/102-then-200", "pass", "held", "RFC9110-7.6-1"},
    {"holds", "forward/any-code", "pass", "held", NULL},
    {"holds", "forward/103-early-hints", "info", "held", "RFC8297-3-4"},
    {"holds", "timing", "info", "held", "INFO-PROMPTNESS"},
    {"holds", "expect/100-then-200", "fail", "unmet", "RFC9110-10.1.1-13"},
    {"holds", "framing", "pass", NULL, NULL},

    {"final-pooled", "forward/any-code", "fail", NULL, NULL},
    {"final-pooled", "forward/102-then-200", "fail", NULL, "RFC9110-15.2-4"},

    {"final-kept", "forward/102-then-200", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"final-kept", "forward/100-unasked", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"final-kept", "forward/any-code", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"final-kept", "head", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"final-kept", "forward/103-early-hints", "fail", "taken-as-final", "RFC9110-15.2-4"},

    {"final-next-answered", "forward", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"final-next-answered", "pairing/second-client", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"final-next-answered", "expect", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"final-next-answered", "abort", "fail", "taken-as-final", NULL},
    {"final-next-answered", "head", "fail", "taken-as-final", "RFC9110-15.2-4"},

    {"final-closes", "forward", "fail", "closed", "RFC9110-15.2-4"},
    {"final-closes", "forward/second-request", "fail", "closed", "RFC9110-15.2-4"},
    {"final-closes", "http10/get", "fail", "closed", "RFC9110-15.2-4"},
    {"final-closes", "limits", "info", "closed", "INFO-LIMITS"},

    {"final-buffered", "forward", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"final-buffered", "framing/cut", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"final-buffered", "head", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"final-buffered", "http10/expect", "pass", NULL, NULL},
    {"final-buffered", "limits", "info", "taken-as-final", "INFO-LIMITS"},
    {"final-buffered", "abort", "pass", NULL, NULL},

    {"hangs", "forward", "fail", "hang", "RFC9110-15.2-4"},
    {"hangs", "pairing/second-client", "fail", "hang", "RFC9110-15.2-4"},
    {"hangs", "abort", "warn", "hang", "RFC9110-15.6.3-1"},
    {"passes-and-hangs", "forward", "fail", "hang", "RFC9110-15.2-4"},
    {"passes-and-hangs", "timing", "fail", "hang", "RFC9110-15.2-4"},

    {"answers-502", "forward", "fail", "replaced", "RFC9110-15.2-4"},
    {"answers-502", "framing/raw-102", "fail", "replaced", "RFC9110-15.2-4"},
    {"answers-502", "framing/content-length-in-102", "pass", NULL, NULL},
    {"answers-502", "abort", "pass", NULL, NULL},
    {"answers-502", "limits", "info", "replaced", "INFO-LIMITS"},

    {"knows-100-103", "forward/103-early-hints", "info", "forwarded", NULL},
    {"knows-100-103", "forward/100-unasked", "pass", "forwarded", NULL},
    {"knows-100-103", "forward/any-code", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"knows-100-103", "forward/copy", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"knows-100-103", "hygiene/fields-stay-in-the-interim:103", "pass", NULL, NULL},

    {"reorders", "forward/mixed-codes", "warn", "reordered", "RFC9110-7.6-1"},
    {"reorders", "framing/glued-mixed", "warn", "reordered", "RFC9110-7.6-1"},
    {"reorders", "forward/102-then-200", "pass", "held", NULL},

    {"changes-code", "forward/102-then-200", "warn", "altered", "RFC9110-7.6-1"},
    {"changes-code", "expect/content-at-once", "pass", NULL, NULL},
    {"changes-code", "hygiene", "pass", NULL, NULL},
    {"changes-code", "pairing", "pass", NULL, NULL},
    {"strips-fields", "forward/fields", "warn", "altered", "RFC9110-7.6-1"},
    {"strips-fields", "forward/102-then-200", "pass", "forwarded", NULL},
    {"strips-fields", "forward/103-early-hints", "info", "altered", NULL},
    {"changes-field", "forward/fields", "warn", "altered", "RFC9110-7.6-1"},
    {"changes-field", "forward/copy", "pass", "forwarded", NULL},

    {"leaks", "forward/102-then-200", "fail", "leaked", "RFC9110-15.2-3"},
    {"leaks", "limits", "fail", "leaked", "RFC9110-15.2-3"},
    {"leaks", "http10/expect", "pass", NULL, NULL},
    {"leaks-named", "hygiene", "fail", NULL, "RFC9110-15.2-3"},
    {"leaks-named", "forward/102-then-200", "pass", "forwarded", NULL},

    {"adds-length", "forward/102-then-200", "fail", NULL, "RFC9110-8.6-1"},
    {"adds-length", "http10", "pass", NULL, NULL},
    {"adds-coding", "forward/102-then-200", "fail", NULL, "RFC9112-6.1-1"},
    {"to-http10", "http10/get", "fail", NULL, "RFC9110-15.2-2"},
    {"to-http10", "framing/content-length-in-102", "fail", NULL, "RFC9110-8.6-1"},
    {"to-http10", "forward", NULL, "forwarded", NULL},
    {"own-100-to-http10", "http10/expect", "fail", NULL, "RFC9110-15.2-2"},
    {"own-100-to-http10", "http10/get", "pass", NULL, NULL},
    {"old-version", "forward/102-then-200", "fail", "altered", "RFC9112-2.3-1"},
    {"twice", "pairing/second-client", "warn", "altered", "RFC9110-7.6-1"},
    {"twice", "forward/102-then-200", "warn", NULL, "RFC9110-7.6-1"},

    {"stray-after-final", "forward/102-then-200", "fail", "desync", NULL},
    {"stray-after-final", "forward/second-request", "fail", "desync", NULL},
    {"keeps-strays", "pairing/stray-102", "fail", "desync", NULL},
    {"keeps-strays", "forward/second-request", "pass", "forwarded", NULL},
    {"lax", "framing/no-colon", "fail", NULL, "RFC9110-2.2-2"},
    {"lax", "framing/bad-name", "fail", NULL, "RFC9110-2.2-2"},
    {"lax", "forward/102-then-200", "pass", "forwarded", NULL},
    {"forgets-head", "head", "fail", "hang", "RFC9110-15.2-4"},
    {"forgets-head", "forward/102-then-204", "pass", "forwarded", NULL},
    {"takes-content", "framing/content-length-in-102:5", "fail", NULL, "RFC9112-6.3-2"},
    {"takes-content", "framing/content-length-in-102:0", "pass", NULL, NULL},
    {"whole-reads", "framing/cut", "fail", "replaced", "RFC9110-15.2-4"},
    {"whole-reads", "framing/cut-inside-head", "fail", "replaced", "RFC9110-15.2-4"},
    {"whole-reads", "framing/glued-to-final", "pass", "forwarded", NULL},
    {"swallows", "framing/glued-to-final", "fail", "hang", "RFC9110-15.2-4"},
    {"swallows", "framing/glued-mixed", "fail", "hang", "RFC9110-15.2-4"},
    {"swallows", "forward/duplicate-102-gated", "pass", "forwarded", NULL},
    {"awaits-content", "expect/100-then-200", "fail", "unmet", "RFC9110-10.1.1-13"},
    {"awaits-content", "expect/content-at-once", "pass", NULL, NULL},
    {"loses-content", "expect/content-at-once", "fail", NULL, "RFC9110-10.1.1-11"},
    {"loses-content", "forward/post", "pass", "forwarded", NULL},
    {"shows-chunks", "framing/chunked-final", "warn", "altered", "RFC9110-7.6-1"},
    {"damages-final", "forward/102-then-200", "warn", "altered", NULL},
    {"final-as-200", "forward/102-then-201", "warn", "altered", NULL},
    {"final-as-200", "forward/102-then-error", "warn", "altered", NULL},
    {"lost-as-success", "abort", "warn", NULL, "RFC9110-15.6.3-1"},
    {"lost-hangs", "abort", "warn", "hang", "RFC9110-15.6.3-1"},
    {"out-of-order", "pairing/pipelined", "fail", "desync", "RFC9112-9.3.2-1"},
    {"out-of-order", "forward/second-request", "pass", "forwarded", NULL},
    {"limit", "limits", "info", "replaced", "INFO-LIMITS"},
    {"limit", "forward/duplicate-102", "pass", "forwarded", NULL},
};

static const struct outcome_row proxy_rows[] = {
    {"none", "forward/102-then-200", "pass", "forwarded", "RFC9110-15.2-6"},
    {"drops", "forward/102-then-200", "fail", "dropped", "RFC9110-15.2-6"},
    {"drops", "forward/any-code", "fail", "dropped", "RFC9110-15.2-6"},
    {"drops", "forward/103-early-hints", "info", "dropped", "RFC8297-3-4"},
    {"drops", "forward/100-unasked", "pass", NULL, "RFC9110-15.2-4"},
    {"collapses", "forward/duplicate-102", "fail", "collapsed", "RFC9110-15.2-6"},
    {"holds", "forward/102-then-200", "pass", "held", "RFC9110-15.2-6"},
    {"final-buffered", "forward/102-then-200", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"strips-fields", "forward/fields", "fail", "altered", "RFC9110-5.1-1"},
};

static unsigned check_row(const struct outcome_run *run, const struct outcome_row *row) {
  unsigned num = 0;
  unsigned wrong = 0;
  for (size_t i = 0; i < run->plan.num_plays; i++) {
    const struct result *result = &run->results[i];
    if (!library_match(row->cases, result->id)) {
      continue;
    }
    num++;
    const char *verdict = verdict_word(result->verdict);
    const char *outcome = outcome_word(result->outcome);
    const char *requirement = result->requirements[0].id;
    bool right = (row->verdict == NULL || strcmp(row->verdict, verdict) == 0) &&
                 (row->outcome == NULL || strcmp(row->outcome, outcome) == 0) &&
                 (row->requirement == NULL || strcmp(row->requirement, requirement) == 0);
    /* A case of another level among those of a group is for a row of its own. */
    bool other = strchr(row->cases, '/') == NULL && strcmp(verdict, "info") == 0;
    if (!right && !other) {
      wrong++;
      print_error("%s, %s: %s %s %s, not %s %s %s; observed %s; %s\n", row->fault, result->id,
                  verdict, outcome, requirement, row->verdict == NULL ? "*" : row->verdict,
                  row->outcome == NULL ? "*" : row->outcome,
                  row->requirement == NULL ? "*" : row->requirement, result->observed,
                  result->reason);
    }
  }
  if (num == 0) {
    print_error("%s: no case matches %s\n", row->fault, row->cases);
  }
  return num == 0 ? 1 : wrong;
}

static void check_rows(const struct outcome_row *rows, size_t num, enum seat seat) {
  unsigned wrong = 0;
  size_t i = 0;
  while (i < num) {
    struct outcome_run run;
    const char *fault = rows[i].fault;
    outcome_play(&run, &(struct outcome_setting){.fault = fault, .seat = seat});
    assert_true(stage_done(run.stage));
    assert_string_equal(stage_failure(run.stage), "");
    for (; i < num && strcmp(rows[i].fault, fault) == 0; i++) {
      wrong += check_row(&run, &rows[i]);
    }
    outcome_end(&run);
  }
  assert_int_equal(wrong, 0);
}

static void test_each_fault_is_named_and_blamed(void **state) {
  (void)state;
  check_rows(gateway_rows, sizeof(gateway_rows) / sizeof(gateway_rows[0]), SEAT_GATEWAY);
}

static void test_a_proxy_must_forward(void **state) {
  (void)state;
  check_rows(proxy_rows, sizeof(proxy_rows) / sizeof(proxy_rows[0]), SEAT_PROXY);
}

/* What a target may do, and the cases that it then passes over. */
static const struct {
  const char *fault;
  const char *skipped; /* glob, or NULL */
} liberties[] = {
    {"split", NULL},         {"split-7", NULL},
    {"merge", NULL},         {"closes", "pairing/pipelined"},
    {"own-103", NULL},       {"closes-unsaid", "pairing/pipelined"},
    {"own-100", NULL},       {"own-100-late", NULL},
    {"own-102", NULL},       {"retries-at-once", NULL},
    {"retries-lost", NULL},  {"lost-closes", NULL},
    {"decorates", NULL},     {"no-copy", "forward"},
    {"502-if-framed", NULL}, {"417", "expect"},
    {"stray-line", NULL},    {"times-out-idle", "*"},
    {"asks-http10", "*"},    {"renames-reason", NULL},
};

static unsigned compare(const struct outcome_run *plain, const struct outcome_run *run,
                        const char *fault, const char *skipped) {
  unsigned wrong = 0;
  for (size_t i = 0; i < run->plan.num_plays; i++) {
    const struct result *result = &run->results[i];
    bool same = result->verdict == plain->results[i].verdict;
    bool skips =
        skipped != NULL && library_match(skipped, result->id) && result->verdict == VERDICT_SKIP;
    if (!same && !skips) {
      wrong++;
      print_error("%s, %s: %s %s %s; observed %s; %s\n", fault, result->id,
                  verdict_word(result->verdict), outcome_word(result->outcome),
                  result->requirements[0].id, result->observed, result->reason);
    }
  }
  return wrong;
}

static void test_no_liberty_raises_an_alarm(void **state) {
  (void)state;
  struct outcome_run plain;
  unsigned wrong = 0;
  outcome_play(&plain, &(struct outcome_setting){.fault = "none"});
  for (size_t i = 0; i < sizeof(liberties) / sizeof(liberties[0]); i++) {
    struct outcome_run run;
    outcome_play(&run, &(struct outcome_setting){.fault = liberties[i].fault});
    assert_string_equal(stage_failure(run.stage), "");
    wrong += compare(&plain, &run, liberties[i].fault, liberties[i].skipped);
    outcome_end(&run);
  }
  assert_int_equal(wrong, 0);
  outcome_end(&plain);
}

static void test_a_slow_target_raises_no_alarm(void **state) {
  (void)state;
  static const struct outcome_setting settings[] = {
      {.fault = "none", .latency_us = 400000},
      {.fault = "none", .latency_us = 400000, .late_us = 5000},
      {.fault = "none", .latency_us = 2000000, .late_us = 12000},
      {.fault = "merge", .latency_us = 400000, .late_us = 1000},
  };
  struct outcome_run plain;
  unsigned wrong = 0;
  outcome_play(&plain, &(struct outcome_setting){.fault = "none"});
  for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
    struct outcome_run run;
    outcome_play(&run, &settings[i]);
    assert_true(stage_done(run.stage));
    assert_string_equal(stage_failure(run.stage), "");
    wrong += compare(&plain, &run, "slow", NULL);
    outcome_end(&run);
  }
  assert_int_equal(wrong, 0);
  outcome_end(&plain);
}

static bool changed(const struct result *before, const struct result *after) {
  if (before->verdict == VERDICT_INFO) {
    return after->verdict != VERDICT_SKIP && after->outcome != before->outcome;
  }
  return after->verdict == VERDICT_FAIL || after->verdict == VERDICT_WARN;
}

/* A case that no target can fail says nothing. */
static void test_every_case_can_be_failed(void **state) {
  (void)state;
  struct outcome_run plain;
  outcome_play(&plain, &(struct outcome_setting){.fault = "none"});
  size_t num = plain.plan.num_plays;
  unsigned *failed = arena_array(&plain.arena, num, sizeof(*failed));
  for (size_t f = 0; f < sizeof(doctored_faults) / sizeof(doctored_faults[0]); f++) {
    struct outcome_run run;
    outcome_play(&run, &(struct outcome_setting){.fault = doctored_faults[f].name});
    for (size_t i = 0; i < num; i++) {
      failed[i] += changed(&plain.results[i], &run.results[i]) ? 1U : 0U;
    }
    outcome_end(&run);
  }
  unsigned never = 0;
  for (size_t i = 0; i < num; i++) {
    if (failed[i] == 0) {
      never++;
      print_error("%s: no doctored gateway fails it\n", plain.results[i].id);
    }
  }
  assert_int_equal(never, 0);
  outcome_end(&plain);
}

static void test_one_case_that_swaps_answers_is_blamed_and_no_other(void **state) {
  (void)state;
  struct outcome_run run;
  outcome_play(&run,
               &(struct outcome_setting){.fault = "swaps-answers", .trigger = "forward/post"});
  const struct result *owner = outcome_of_case(&run, "forward/post");
  assert_int_equal(owner->verdict, VERDICT_FAIL);
  assert_int_equal(owner->outcome, OUTCOME_DESYNC);
  assert_int_equal(outcome_count(&run, VERDICT_FAIL), 1);
  assert_int_equal(outcome_count(&run, VERDICT_WARN), 0);
  assert_int_equal(outcome_count(&run, VERDICT_ERROR), 0);
  outcome_end(&run);
}

static void test_what_fails_once_is_noted_and_passes(void **state) {
  (void)state;
  struct outcome_run run;
  outcome_play(&run, &(struct outcome_setting){.fault = "drops-once", .trigger = "forward/post"});
  const struct result *flake = outcome_of_case(&run, "forward/post");
  assert_int_equal(flake->verdict, VERDICT_PASS);
  assert_non_null(strstr(flake->reason, "in 1 of 3 runs"));
  assert_int_equal(outcome_count(&run, VERDICT_WARN), 0);
  outcome_end(&run);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_each_fault_is_named_and_blamed),
      cmocka_unit_test(test_a_proxy_must_forward),
      cmocka_unit_test(test_no_liberty_raises_an_alarm),
      cmocka_unit_test(test_a_slow_target_raises_no_alarm),
      cmocka_unit_test(test_every_case_can_be_failed),
      cmocka_unit_test(test_one_case_that_swaps_answers_is_blamed_and_no_other),
      cmocka_unit_test(test_what_fails_once_is_noted_and_passes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
