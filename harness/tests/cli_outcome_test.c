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
    {"none", "abort/102-then-close", "pass", "forwarded", "RFC9110-15.6.3-1"},
    {"none", "http10/get", "pass", NULL, NULL},
    {"none", "pairing/second-client", "pass", NULL, NULL},
    {"none", "limits/one-thousand", "info", "forwarded", "INFO-LIMITS"},

    {"drops", "forward/102-then-200", "warn", "dropped", "RFC9110-7.6-1"},
    {"drops", "forward/any-code", "warn", "dropped", "RFC9110-7.6-1"},
    {"drops", "framing/glued-to-final", "warn", "dropped", "RFC9110-7.6-1"},
    {"drops", "framing/raw-102", "warn", "dropped", "RFC9110-7.6-1"},
    {"drops", "head/102-then-200", "warn", "dropped", "RFC9110-7.6-1"},
    {"drops", "forward/103-early-hints", "info", "dropped", "RFC8297-3-4"},
    {"drops", "forward/100-unasked", "pass", "ok", "RFC9110-15.2-4"},
    {"drops", "expect/100-then-200", "fail", "dropped", "RFC9110-10.1.1-13"},
    {"lost-in-http10", "abort/chunks-cut-short", "skip", NULL, "RFC9112-8-1"},
    {"417-with-content", "expect/head", "fail", "desync", "RFC9110-9.3.2-1"},
    {"drops", "pairing/second-client", "pass", NULL, NULL},
    {"drops", "hygiene/fields-stay-in-the-interim", "pass", NULL, NULL},
    {"drops", "timing/promptness", "info", "dropped", "INFO-PROMPTNESS"},

    {"first-only", "forward/102-then-200", "pass", "forwarded", NULL},
    {"first-only", "forward/duplicate-102", "warn", "collapsed", "RFC9110-7.6-1"},
    {"first-only", "forward/duplicate-102-gated", "warn", "collapsed", "RFC9110-7.6-1"},
    {"first-only", "forward/mixed-codes", "warn", "collapsed", "RFC9110-7.6-1"},
    {"first-only", "limits/one-thousand", "info", "collapsed", "INFO-LIMITS"},

    {"collapses", "forward/duplicate-102", "warn", "collapsed", "RFC9110-7.6-1"},
    {"collapses", "forward/second-request", "warn", "collapsed", "RFC9110-7.6-1"},
    {"collapses", "framing/glued-mixed", "pass", "forwarded", NULL},

    {"holds", "forward/102-then-200", "pass", "held", "RFC9110-7.6-1"},
    {"holds", "forward/any-code", "pass", "held", NULL},
    {"holds", "forward/103-early-hints", "info", "held", "RFC8297-3-4"},
    {"holds", "timing/promptness", "info", "held", "INFO-PROMPTNESS"},
    {"holds", "expect/100-then-200", "fail", "unmet", "RFC9110-10.1.1-13"},
    {"holds", "framing/close-delimited", "pass", "held", NULL},

    {"final-pooled", "forward/any-code", "fail", NULL, NULL},
    {"final-pooled", "forward/102-then-200", "fail", NULL, NULL},

    {"final-kept", "forward/102-then-200", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"final-kept", "forward/100-unasked", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"final-kept", "forward/any-code", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"final-kept", "head/102-then-200", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"final-kept", "forward/103-early-hints", "fail", "taken-as-final", "RFC9110-15.2-4"},

    {"final-next-answered", "forward/any-code", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"final-next-answered", "pairing/second-client", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"final-next-answered", "expect/102-after-100", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"final-next-answered", "abort/102-then-close", "fail", "taken-as-final", NULL},
    {"final-next-answered", "head/102-then-200", "fail", "taken-as-final", "RFC9110-15.2-4"},

    {"final-closes", "forward/any-code", "fail", "closed", "RFC9110-15.2-4"},
    {"final-closes", "pairing/pipelined", "warn", "closed", "RFC9110-15.6.3-1"},
    {"final-closes", "forward/second-request", "fail", "closed", "RFC9110-15.2-4"},
    {"final-closes", "http10/get", "fail", "closed", "RFC9110-15.2-4"},
    {"final-closes", "limits/one-thousand", "info", "closed", "INFO-LIMITS"},

    {"final-buffered", "forward/any-code", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"final-buffered", "framing/cut", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"final-buffered", "head/102-then-200", "fail", "taken-as-final", "RFC9110-15.2-4"},
    {"final-buffered", "http10/expect", "pass", NULL, NULL},
    {"final-buffered", "limits/one-thousand", "info", "taken-as-final", "INFO-LIMITS"},
    {"final-buffered", "abort/102-then-close", "pass", NULL, NULL},

    {"hangs", "forward/any-code", "fail", "hang", "RFC9110-15.2-4"},
    {"hangs", "pairing/second-client", "fail", "hang", "RFC9110-15.2-4"},
    {"hangs", "abort/102-then-close", "warn", "hang", "RFC9110-15.6.3-1"},
    {"passes-and-hangs", "forward/any-code", "fail", "hang", "RFC9110-15.2-4"},
    {"passes-and-hangs", "timing/promptness", "fail", "hang", "RFC9110-15.2-4"},

    {"answers-502", "forward/any-code", "fail", "replaced", "RFC9110-15.2-4"},
    {"answers-502", "forward/102-then-error:503", "warn", "replaced", "RFC9110-7.6-1"},
    {"answers-502", "head/102-then-200", "fail", "replaced", "RFC9110-15.2-4"},
    {"answers-504", "forward/any-code", "warn", "replaced", "RFC9110-7.6-1"},
    {"no-head", "head/102-then-200", "skip", "replaced", "RFC9110-15.2-4"},
    {"no-head", "head/any-interim", "skip", "replaced", NULL},
    {"no-head", "head/length-of-the-final", "skip", "replaced", NULL},
    {"no-head", "forward/102-then-200", "pass", "forwarded", "RFC9110-7.6-1"},
    {"answers-502", "framing/raw-102", "fail", "replaced", "RFC9110-15.2-4"},
    {"answers-502", "framing/content-length-in-102", "pass", "ok", NULL},
    {"answers-502", "abort/102-then-reset", "pass", NULL, NULL},
    {"answers-502", "limits/one-thousand", "info", "replaced", "INFO-LIMITS"},

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
    {"changes-code", "hygiene/fields-stay-in-the-interim", "pass", NULL, NULL},
    {"changes-code", "pairing/pipelined", "pass", NULL, NULL},
    {"strips-fields", "forward/fields", "warn", "altered", "RFC9110-7.6-1"},
    {"strips-fields", "forward/102-then-200", "pass", "forwarded", NULL},
    {"strips-fields", "forward/103-early-hints", "info", "altered", NULL},
    {"changes-field", "forward/fields", "warn", "altered", "RFC9110-7.6-1"},
    {"changes-field", "forward/copy", "pass", "forwarded", NULL},

    {"leaks", "forward/102-then-200", "fail", "leaked", "RFC9110-15.2-3"},
    {"leaks", "limits/one-thousand", "fail", "leaked", "RFC9110-15.2-3"},
    {"leaks", "http10/expect", "pass", NULL, NULL},
    {"leaks-named", "hygiene/fields-stay-in-the-interim", "fail", NULL, "RFC9110-15.2-3"},
    {"leaks-named", "forward/102-then-200", "pass", "forwarded", NULL},

    {"adds-length", "forward/102-then-200", "fail", NULL, "RFC9110-8.6-1"},
    {"adds-length", "http10/get", "pass", NULL, NULL},
    {"adds-coding", "forward/102-then-200", "fail", NULL, "RFC9112-6.1-1"},
    {"to-http10", "http10/get", "fail", NULL, "RFC9110-15.2-2"},
    {"to-http10", "framing/content-length-in-102", "fail", NULL, "RFC9110-8.6-1"},
    {"to-http10", "forward/any-code", "pass", "forwarded", NULL},
    {"own-100-to-http10", "http10/expect", "fail", NULL, "RFC9110-15.2-2"},
    {"own-100-to-http10", "http10/get", "pass", NULL, NULL},
    {"old-version", "forward/102-then-200", "fail", "altered", "RFC9112-2.3-1"},
    {"twice", "pairing/second-client", "warn", "altered", "RFC9110-7.6-1"},
    {"twice", "forward/102-then-200", "warn", NULL, "RFC9110-7.6-1"},
    /* The outcome is that of what decides, whatever else happened. */
    {"twice", "abort/102-then-close", "warn", "altered", "RFC9110-7.6-1"},
    {"leaks", "abort/another-client-after-the-loss", "fail", "leaked", "RFC9110-15.2-3"},
    {"adds-length", "abort/102-then-close", "fail", "unmet", "RFC9110-8.6-1"},

    {"stray-after-final", "forward/102-then-200", "fail", "desync", NULL},
    {"stray-after-final", "forward/second-request", "fail", "desync", NULL},
    {"keeps-strays", "pairing/stray-102", "fail", "desync", NULL},
    {"keeps-strays", "forward/second-request", "pass", "forwarded", NULL},
    {"lax", "framing/no-colon", "warn", "unmet", "RFC9110-15.6.3-1"},
    {"lax", "framing/bad-name", "warn", "unmet", "RFC9110-15.6.3-1"},
    {"lax", "forward/102-then-200", "pass", "forwarded", NULL},
    {"forgets-head", "head/102-then-200", "fail", "hang", "RFC9110-15.2-4"},
    {"forgets-head", "forward/102-then-204", "pass", "forwarded", NULL},
    {"takes-content", "framing/content-length-in-102:5", "fail", "altered", "RFC9112-6.3-2"},
    {"takes-content", "framing/content-length-in-102:0", "pass", NULL, NULL},
    {"whole-reads", "framing/cut", "fail", "replaced", "RFC9110-15.2-4"},
    {"whole-reads", "framing/cut-inside-head", "fail", "replaced", "RFC9110-15.2-4"},
    {"whole-reads", "framing/glued-to-final", "pass", "forwarded", NULL},
    {"swallows", "framing/glued-to-final", "fail", "hang", "RFC9110-15.2-4"},
    {"swallows", "framing/glued-mixed", "fail", "hang", "RFC9110-15.2-4"},
    {"swallows", "forward/duplicate-102-gated", "pass", "forwarded", NULL},
    {"awaits-content", "expect/100-then-200", "fail", "unmet", "RFC9110-10.1.1-13"},
    {"awaits-content", "expect/content-at-once", "pass", NULL, NULL},
    {"old-server", "expect/early-final-withheld", "skip", NULL, NULL},
    {"closes-upgrades", "upgrade/refused", "skip", NULL, NULL},
    {"closes-upgrades", "upgrade/with-expectation", "skip", NULL, NULL},
    {"closes-upgrades", "forward/102-then-200", "pass", NULL, NULL},
    {"loses-content", "expect/content-at-once", "fail", NULL, "RFC9110-10.1.1-11"},
    {"loses-content", "forward/post", "pass", "forwarded", NULL},
    {"shows-chunks", "framing/chunked-final", "warn", "altered", "RFC9110-7.6-1"},
    {"damages-final", "forward/102-then-200", "warn", "altered", NULL},
    {"final-as-200", "forward/102-then-201", "warn", "altered", NULL},
    {"final-as-200", "forward/102-then-error", "warn", "altered", NULL},
    {"lost-as-success", "abort/102-then-reset", "warn", NULL, "RFC9110-15.6.3-1"},
    {"lost-hangs", "abort/102-then-reset", "warn", "hang", "RFC9110-15.6.3-1"},
    {"out-of-order", "pairing/pipelined", "fail", "desync", "RFC9112-9.3.2-1"},
    {"out-of-order", "forward/second-request", "pass", "forwarded", NULL},
    {"tunnels-one-way", "upgrade/both-ways", "warn", NULL, "RFC9110-7.8-6"},
    {"tunnels-one-way", "upgrade/bytes-behind-the-101", "pass", NULL, "RFC9110-7.8-12"},
    {"swallows", "upgrade/bytes-behind-the-101", "skip", NULL, NULL},
    {"lost-with-101", "upgrade/bytes-behind-the-101", "warn", NULL, "RFC9110-7.8-12"},
    {"lost-with-101", "upgrade/both-ways", "pass", "forwarded", "RFC9110-7.8-6"},
    {"closes-at-101", "upgrade/both-ways", "warn", "closed", "RFC9110-7.6-1"},
    {"closes-at-101", "upgrade/101-after-102", "warn", "closed", "RFC9110-7.6-1"},
    {"closes-at-101", "upgrade/101-with-length", "pass", NULL, "RFC9110-8.6-1"},
    {"closes-at-101", "upgrade/bytes-behind-the-101", "warn", "closed", "RFC9110-7.6-1"},
    {"hangs-at-101", "upgrade/both-ways", "warn", "hang", "RFC9110-7.6-1"},
    {"hangs-at-101", "upgrade/101-after-102", "warn", "hang", "RFC9110-7.6-1"},
    {"refuses-the-101", "upgrade/both-ways", "skip", NULL, "RFC9110-7.8-6"},
    {"refuses-the-101", "upgrade/101-after-102", "info", "replaced", "INFO-UPGRADE"},
    {"via-1.0", "hygiene/via-version", "warn", NULL, "RFC9110-7.6.3-3"},
    {"decorates", "hygiene/via-version", "pass", "forwarded", "RFC9110-7.6.3-3"},

    {"limit", "limits/one-thousand", "info", "replaced", "INFO-LIMITS"},
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
    {"none", "hygiene/via", "fail", NULL, "RFC9110-7.6.3-1"},
    {"decorates", "hygiene/via", "pass", "forwarded", "RFC9110-7.6.3-1"},
    {"none", "connect/interims-inside", "pass", "forwarded", "RFC9110-9.3.6-1"},
    {"none", "connect/untouched-inside", "pass", "forwarded", "RFC9110-9.3.6-1"},
    {"drops", "connect", "pass", NULL, NULL},
    {"tunnels-no-interims", "connect/interims-inside", "warn", "dropped", "RFC9110-9.3.6-1"},
    {"tunnels-no-interims", "connect/untouched-inside", "warn", NULL, "RFC9110-9.3.6-1"},
    {"tunnels-with-via", "connect/untouched-inside", "warn", NULL, "RFC9110-9.3.6-1"},
    {"tunnels-with-via", "connect/interims-inside", "pass", "forwarded", NULL},
};

/* What is kept of a suite that was played with a fault, so that it is played but once. */
struct brief {
  const char *id;
  enum verdict verdict;
  enum outcome outcome;
  const char *requirement;
  const char *observed;
  const char *reason;
};

struct memo {
  const char *fault;
  enum seat seat;
  struct brief *results;
  size_t num_results;
};

enum { MAX_MEMOS = 256 };
static struct memo memos[MAX_MEMOS];
static size_t num_memos;
static struct arena memo_arena;

static struct brief *summarise(struct arena *arena, const struct outcome_run *run) {
  struct brief *results = arena_array(arena, run->plan.num_plays, sizeof(*results));
  for (size_t i = 0; i < run->plan.num_plays; i++) {
    const struct result *result = &run->results[i];
    results[i] = (struct brief){
        .id = arena_printf(arena, "%s", result->id),
        .verdict = result->verdict,
        .outcome = result->outcome,
        .requirement = arena_printf(arena, "%s", result->requirements[0].id),
        .observed = arena_printf(arena, "%.120s", result->observed),
        .reason = arena_printf(arena, "%.200s", result->reason),
    };
  }
  return results;
}

static const struct memo *played_with(const char *fault, enum seat seat) {
  for (size_t i = 0; i < num_memos; i++) {
    if (strcmp(memos[i].fault, fault) == 0 && memos[i].seat == seat) {
      return &memos[i];
    }
  }
  struct outcome_run run;
  assert_true(num_memos < MAX_MEMOS);
  outcome_play(&run, &(struct outcome_setting){.fault = fault, .seat = seat});
  assert_true(stage_done(run.stage));
  assert_string_equal(stage_failure(run.stage), "");
  struct memo *memo = &memos[num_memos++];
  *memo = (struct memo){fault, seat, summarise(&memo_arena, &run), run.plan.num_plays};
  outcome_end(&run);
  return memo;
}

static int forget(void **state) {
  (void)state;
  num_memos = 0;
  arena_free(&memo_arena);
  return 0;
}

static void complain(const char *fault, const struct brief *result) {
  print_error("%s, %s: %s %s %s; observed %s; %s\n", fault, result->id,
              verdict_word(result->verdict), outcome_word(result->outcome), result->requirement,
              result->observed, result->reason);
}

static unsigned check_row(const struct memo *memo, const struct outcome_row *row) {
  unsigned num = 0;
  unsigned wrong = 0;
  for (size_t i = 0; i < memo->num_results; i++) {
    const struct brief *result = &memo->results[i];
    if (!library_match(row->cases, result->id)) {
      continue;
    }
    num++;
    bool right =
        (row->verdict == NULL || strcmp(row->verdict, verdict_word(result->verdict)) == 0) &&
        (row->outcome == NULL || strcmp(row->outcome, outcome_word(result->outcome)) == 0) &&
        (row->requirement == NULL || strcmp(row->requirement, result->requirement) == 0);
    if (!right) {
      wrong++;
      complain(row->fault, result);
      print_error("    not %s %s %s\n", row->verdict == NULL ? "*" : row->verdict,
                  row->outcome == NULL ? "*" : row->outcome,
                  row->requirement == NULL ? "*" : row->requirement);
    }
  }
  if (num == 0) {
    print_error("%s: no case matches %s\n", row->fault, row->cases);
  }
  return num == 0 ? 1 : wrong;
}

static void check_rows(const struct outcome_row *rows, size_t num, enum seat seat) {
  unsigned wrong = 0;
  for (size_t i = 0; i < num; i++) {
    wrong += check_row(played_with(rows[i].fault, seat), &rows[i]);
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
    {"merge", NULL},         {"closes", "*"},
    {"own-103", NULL},       {"closes-unsaid", "*"},
    {"own-100", NULL},       {"own-100-late", NULL},
    {"own-102", NULL},       {"retries-at-once", NULL},
    {"retries-lost", NULL},  {"lost-closes", NULL},
    {"decorates", NULL},     {"no-copy", "forward"},
    {"502-if-framed", NULL}, {"417", "*"},
    {"stray-line", NULL},    {"times-out-idle", "*"},
    {"asks-http10", "*"},    {"renames-reason", NULL},
    {"old-server", "*"},     {"closes-upgrades", "*"},
};

static unsigned compare(const struct memo *plain, const struct brief *results, const char *fault,
                        const char *skipped) {
  unsigned wrong = 0;
  for (size_t i = 0; i < plain->num_results; i++) {
    bool same = results[i].verdict == plain->results[i].verdict;
    bool skips = skipped != NULL && library_match(skipped, results[i].id) &&
                 results[i].verdict == VERDICT_SKIP;
    if (!same && !skips) {
      wrong++;
      complain(fault, &results[i]);
    }
  }
  return wrong;
}

static void test_no_liberty_raises_an_alarm(void **state) {
  (void)state;
  const struct memo *plain = played_with("none", SEAT_GATEWAY);
  unsigned wrong = 0;
  for (size_t i = 0; i < sizeof(liberties) / sizeof(liberties[0]); i++) {
    const struct memo *memo = played_with(liberties[i].fault, SEAT_GATEWAY);
    wrong += compare(plain, memo->results, liberties[i].fault, liberties[i].skipped);
  }
  assert_int_equal(wrong, 0);
}

static void test_a_slow_target_raises_no_alarm(void **state) {
  (void)state;
  static const struct outcome_setting settings[] = {
      {.fault = "none", .latency_us = 400000},
      {.fault = "none", .latency_us = 400000, .late_us = 5000},
      {.fault = "none", .latency_us = 2000000, .late_us = 12000},
      {.fault = "merge", .latency_us = 400000, .late_us = 1000},
  };
  const struct memo *plain = played_with("none", SEAT_GATEWAY);
  unsigned wrong = 0;
  for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
    struct outcome_run run;
    outcome_play(&run, &settings[i]);
    assert_true(stage_done(run.stage));
    assert_string_equal(stage_failure(run.stage), "");
    wrong += compare(plain, summarise(&memo_arena, &run), "slow", NULL);
    outcome_end(&run);
  }
  assert_int_equal(wrong, 0);
}

static bool changed(const struct brief *before, const struct brief *after) {
  if (before->verdict == VERDICT_INFO) {
    return after->verdict != VERDICT_SKIP && after->outcome != before->outcome;
  }
  return after->verdict == VERDICT_FAIL || after->verdict == VERDICT_WARN;
}

/* A case that no target can fail says nothing. */
static void test_every_case_can_be_failed(void **state) {
  (void)state;
  const struct memo *plain = played_with("none", SEAT_GATEWAY);
  unsigned *failed = arena_array(&memo_arena, plain->num_results, sizeof(*failed));
  for (size_t f = 0; f < sizeof(doctored_faults) / sizeof(doctored_faults[0]); f++) {
    const struct memo *memo = played_with(doctored_faults[f].name, SEAT_GATEWAY);
    for (size_t i = 0; i < plain->num_results; i++) {
      failed[i] += changed(&plain->results[i], &memo->results[i]) ? 1U : 0U;
    }
  }
  unsigned never = 0;
  for (size_t i = 0; i < plain->num_results; i++) {
    if (failed[i] == 0) {
      never++;
      print_error("%s: no doctored gateway fails it\n", plain->results[i].id);
    }
  }
  assert_int_equal(never, 0);
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

/* An answer of the target's own to the next client excuses nothing that went wrong before it. */
static void test_a_refusal_after_the_fault_is_no_excuse(void **state) {
  (void)state;
  static const struct {
    const char *fault;
    enum outcome outcome;
  } rows[] = {
      {"final-upsets", OUTCOME_TAKEN_AS_FINAL},
      {"close-upsets", OUTCOME_CLOSED},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct outcome_run run;
    outcome_play(
        &run, &(struct outcome_setting){.fault = rows[i].fault, .only = "pairing/second-client"});
    const struct result *result = outcome_of_case(&run, "pairing/second-client");
    assert_int_equal(result->verdict, VERDICT_FAIL);
    assert_int_equal(result->outcome, rows[i].outcome);
    assert_string_equal(result->requirements[0].id, "RFC9110-15.2-4");
    outcome_end(&run);
  }
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

/* The target dies of one case and is back after 100 ms: that case is named, no other. */
static void test_a_target_that_dies_is_failed_in_the_case_that_kills_it(void **state) {
  (void)state;
  struct outcome_run run;
  outcome_play(&run, &(struct outcome_setting){
                         .fault = "dies", .trigger = "forward/post", .down_us = 100000});
  const struct result *killer = outcome_of_case(&run, "forward/post");
  assert_int_equal(killer->verdict, VERDICT_FAIL);
  assert_int_equal(killer->outcome, OUTCOME_CRASHED);
  assert_string_equal(killer->requirements[0].id, "HOUSE-ALIVE");
  assert_int_equal(outcome_count(&run, VERDICT_FAIL), 1);
  assert_int_equal(outcome_count(&run, VERDICT_WARN), 0);
  assert_int_equal(outcome_count(&run, VERDICT_ERROR), 0);
  outcome_end(&run);
}

/* It never comes back: what was played before counts, what was not played is no verdict. */
static void test_a_target_that_is_gone_for_good(void **state) {
  (void)state;
  struct outcome_run run;
  outcome_play(&run,
               &(struct outcome_setting){
                   .fault = "dies", .trigger = "forward/post", .down_us = ACTOR_NEVER, .jobs = 1});
  const struct result *killer = outcome_of_case(&run, "forward/post");
  assert_int_equal(killer->verdict, VERDICT_FAIL);
  assert_int_equal(killer->outcome, OUTCOME_CRASHED);
  assert_int_equal(outcome_of_case(&run, "forward/copy")->verdict, VERDICT_PASS);
  const struct result *later = outcome_of_case(&run, "forward/second-request");
  assert_int_equal(later->verdict, VERDICT_ERROR);
  assert_string_equal(later->reason, "not played: the target was gone");
  assert_int_equal(outcome_count(&run, VERDICT_FAIL), 1);
  assert_int_equal(outcome_count(&run, VERDICT_WARN), 0);
  outcome_end(&run);
}

/* It answers nobody any more, and stays so: only those that were in flight can have done it. */
static void test_a_target_that_falls_silent_for_good(void **state) {
  (void)state;
  struct outcome_run run;
  outcome_play(&run,
               &(struct outcome_setting){
                   .fault = "stalls", .trigger = "forward/post", .jobs = 4, .only = "forward"});
  const struct result *killer = outcome_of_case(&run, "forward/post");
  assert_int_equal(killer->verdict, VERDICT_FAIL);
  assert_int_equal(killer->outcome, OUTCOME_HANG);
  assert_string_equal(killer->requirements[0].id, "HOUSE-ALIVE");
  assert_non_null(strstr(killer->reason, "and maybe others"));
  assert_int_equal(outcome_of_case(&run, "forward/copy")->verdict, VERDICT_PASS);
  assert_int_equal(outcome_of_case(&run, "forward/with-and-without")->verdict, VERDICT_ERROR);
  assert_string_not_equal(stage_failure(run.stage), "");
  outcome_end(&run);
}

/* What a target owes to an HTTP/1.0 client is no second fault beside the one that it has. */
static void test_to_an_http_1_0_client_nothing_is_dropped(void **state) {
  (void)state;
  struct outcome_run run;
  outcome_play(&run, &(struct outcome_setting){.fault = "damages-final", .only = "http10"});
  const struct result *result = outcome_of_case(&run, "http10/get");
  assert_string_equal(result->fault, "RFC9110-15.2-2 altered");
  assert_int_equal(result->outcomes, 1U << OUTCOME_ALTERED);
  outcome_end(&run);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_each_fault_is_named_and_blamed),
      cmocka_unit_test(test_a_proxy_must_forward),
      cmocka_unit_test(test_to_an_http_1_0_client_nothing_is_dropped),
      cmocka_unit_test(test_no_liberty_raises_an_alarm),
      cmocka_unit_test(test_a_slow_target_raises_no_alarm),
      cmocka_unit_test(test_every_case_can_be_failed),
      cmocka_unit_test(test_one_case_that_swaps_answers_is_blamed_and_no_other),
      cmocka_unit_test(test_a_refusal_after_the_fault_is_no_excuse),
      cmocka_unit_test(test_what_fails_once_is_noted_and_passes),
      cmocka_unit_test(test_a_target_that_dies_is_failed_in_the_case_that_kills_it),
      cmocka_unit_test(test_a_target_that_is_gone_for_good),
      cmocka_unit_test(test_a_target_that_falls_silent_for_good),
  };
  return cmocka_run_group_tests(tests, NULL, forget);
}
