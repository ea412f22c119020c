/* The two sequences that a report sets side by side. */
#include "tests/script_bench.h"

static const struct {
  const char *steps;
  const char *expected;
} expected_rows[] = {
    {"client sees 200\n", "200"},
    {"client sees 102\nclient sees 200\n", "102, 200"},
    {"client sees 102 x 3\nclient sees 200\n", "102 x3, 200"},
    {"client sees 200 or 204 or close\n", "200 or 204 or close"},
    {"client sees 1xx\nclient sees 2xx\nclient sees final\n", "1xx, 2xx, final"},
    {"client sees 4xx or 5xx\n", "4xx or 5xx"},
    {"client sees abort\n", "abort"},
    {"client sees nothing for 10ms\n", "nothing"},
    {"client never sees 101\nclient sees 200\n", "never 101, 200"},
    {"client may see 1xx\nclient sees 200\n", "200"},
    {"origin sees content\nclient sees 200\n", "200"},
    {"client sees 200\nclient 2 sends GET\nclient 2 sees 204\n", "200; client 2: 204"},
    {"client 2 sends GET\nclient 2 sees 204\nclient sees 200\n", "200; client 2: 204"},
    {"client sees 102\nclient sees 102 x 2\nclient sees 200\n", "102 x3, 200"},
    {"client never sees 102\n  A: b\nclient never sees 102\n  ! C\nclient sees 200\n",
     "never 102 with A, never 102 without C, 200"},
};

static void test_what_a_case_expects(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(expected_rows) / sizeof(expected_rows[0]); i++) {
    struct bench bench;
    struct bytes steps = {0};
    bytes_printf(&steps, "client sends GET\n%s", expected_rows[i].steps);
    bench_begin(&bench, bytes_cstr(&steps), false);
    assert_string_equal(script_expected(&bench.script), expected_rows[i].expected);
    bytes_free(&steps);
    bench_end(&bench);
  }
}

static const struct {
  const char *answer; /* of the target's, without the last final response */
  const char *observed;
} observed_rows[] = {
    {"", "200"},
    {MARK("0", "1"), "102, 200"},
    {MARK("0", "1") MARK("0", "2") MARK("0", "3"), "102 x3, 200"},
    {MARK("0", "1") "HTTP/1.1 103 Early Hints||" MARK("0", "2"), "102, 103, 102, 200"},
    {MARK("0", "1") MARK("0", "2") "HTTP/1.1 103 E||HTTP/1.1 103 E||", "102 x2, 103 x2, 200"},
    {MARK("0", "1") "HTTP/1.1 1 E||", "102, no HTTP"},
};

static void test_what_a_client_observed(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(observed_rows) / sizeof(observed_rows[0]); i++) {
    struct bench bench;
    bench_begin(&bench,
                "client sends GET\norigin sends 102 x 3\norigin sends 200\nclient may see 1xx\n"
                "client sees 200\n",
                false);
    target_asks(&bench, 0, ASK("GET", "0"));
    target_answers(&bench, 1, observed_rows[i].answer);
    target_answers(&bench, 1, OK("0"));
    assert_string_equal(script_observed(&bench.script), observed_rows[i].observed);
    bench_end(&bench);
  }
}

static void test_each_client_has_its_part(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\nclient 2 sends GET\norigin sends 200 on-arrival\n"
              "origin 2 sends 200 on-arrival\nclient sees 200\nclient 2 sees 200\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_asks(&bench, 1, ASK("GET", "1"));
  target_answers(&bench, 1, OK("0"));
  target_answers(&bench, 2, "HTTP/1.1 103 E||");
  target_ends(&bench, 2, ACTOR_FIN);
  assert_string_equal(script_observed(&bench.script), "200; client 2: 103, close");
  bench_end(&bench);
}

/* A response that was cut off, silence, and what only came as we closed. */
static void test_what_did_not_come_whole(void **state) {
  (void)state;
  struct bench bench;
  static const char steps[] = "client sends GET\norigin sends 200\nclient sees 200\n";
  bench_begin(&bench, steps, false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, OK_HEAD("0", "17") "half");
  target_ends(&bench, 1, ACTOR_RESET);
  assert_string_equal(script_observed(&bench.script), "200 (cut)");
  bench_end(&bench);

  bench_begin(&bench, steps, false);
  target_asks(&bench, 0, ASK("GET", "0"));
  time_passes(&bench, BENCH_DEADLINE);
  target_answers(&bench, 1, MARK("0", "1") OK("0"));
  assert_string_equal(script_observed(&bench.script),
                      "nothing (only after the origin closed: 102, 200)");
  assert_true(bench.script.exchanges[0]->fell_out);
  bench_end(&bench);

  bench_begin(&bench, steps, false);
  target_asks(&bench, 0, ASK("GET", "0"));
  time_passes(&bench, BENCH_DEADLINE);
  target_ends(&bench, 1, ACTOR_FIN);
  assert_string_equal(script_observed(&bench.script),
                      "nothing (only after the origin closed: close)");
  assert_true(bench.script.exchanges[0]->fell_out);
  bench_end(&bench);
}

/* What must never come is told with what makes it so, and with the line of the case. */
static void test_what_a_forbidden_message_is_called(void **state) {
  (void)state;
  static const struct {
    const char *never;
    const char *fields;
    const char *text;
  } rows[] = {
      {"103\n", "", "line 6, \"client never sees 103\": a 103 came"},
      {"1xx\n  A: b\n", "A: b|", "line 6, \"client never sees 1xx\": a 103 with A: b came"},
      {"103\n  A: b\n  C: d\n", "A: b|C: d|",
       "line 6, \"client never sees 103\": a 103 with A: b came"},
      {"103\n  ! A\n", "", "line 6, \"client never sees 103\": a 103 without A came"},
      {"103\n  ! A: b\n", "A: c|", "line 6, \"client never sees 103\": a 103 without A: b came"},
      {"103\n  A: b\n", "A: c|", NULL},
      {"102\n", "", NULL},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    struct bytes text = {0};
    bytes_printf(&text,
                 "client sends GET\nclient never sees %sorigin sends 103\nclient may see 1xx\n"
                 "origin sends 200\nclient sees 200\n",
                 rows[i].never);
    bench_begin(&bench, bytes_cstr(&text), false);
    target_asks(&bench, 0, ASK("GET", "0"));
    target_answers(
        &bench, 1,
        arena_printf(&bench.arena, "HTTP/1.1 103 E|Interim-Mark: $0-1|%s|", rows[i].fields));
    assert_int_equal(bench.script.num_findings, rows[i].text == NULL ? 0 : 1);
    if (rows[i].text != NULL) {
      assert_string_equal(bench.script.findings[0].text, rows[i].text);
    }
    bytes_free(&text);
    bench_end(&bench);
  }
}

/* Canaries are ours, not the case's. */
static void test_a_canary_is_not_observed(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, "client sends GET\norigin sends 200\nclient sees 200\n", true);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, OK("0"));
  target_asks(&bench, 0, ASK("GET", "1"));
  target_answers(&bench, 1, OK("1"));
  is_done(&bench, true);
  assert_int_equal(bench.script.canary, 1);
  assert_true(bench.script.back_exercised);
  assert_true(span_is(bench.script.exchanges[1]->method, "GET"));
  assert_string_equal(script_observed(&bench.script), "200");
  bench_end(&bench);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_what_a_case_expects),
      cmocka_unit_test(test_what_a_client_observed),
      cmocka_unit_test(test_each_client_has_its_part),
      cmocka_unit_test(test_what_did_not_come_whole),
      cmocka_unit_test(test_what_a_forbidden_message_is_called),
      cmocka_unit_test(test_a_canary_is_not_observed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
