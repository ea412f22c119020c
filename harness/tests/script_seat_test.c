/* The origin seat: the target makes the answers, and order alone says whose they are. */
#include "tests/script_bench.h"

#define PAGE(method, n) method " /page HTTP/1.1|Host: h|Interim-Nonce: $" n "||"
#define DONE "HTTP/1.1 200 OK|Content-Length: 2||ok"
#define HINT "HTTP/1.1 102 Processing||"

static void begin(struct bench *bench, const char *steps) {
  bench_begin_at(bench, SEAT_ORIGIN, steps, false);
}

static void test_requests_ask_for_the_url(void **state) {
  (void)state;
  struct bench bench;
  begin(&bench, "client sends GET\nclient sees 102\nclient sees final\n");
  client_wrote(&bench, 1, PAGE("GET", "0") "\n");
  target_answers(&bench, 1, HINT);
  steps_are(&bench, "++.");
  target_answers(&bench, 1, DONE);
  steps_are(&bench, "+++");
  is_done(&bench, true);
  assert_int_equal(bench.script.exchanges[0]->num_seen, 1);
  bench_end(&bench);
}

/* An echoing server repeats a nonce where it likes. */
static void test_a_nonce_in_an_answer_says_nothing(void **state) {
  (void)state;
  struct bench bench;
  begin(&bench, "client sends GET\nclient sees final\n");
  target_answers(&bench, 1, "HTTP/1.1 200 OK|Interim-Nonce: $3|Content-Length: 17||$4\n");
  is_done(&bench, true);
  bench_end(&bench);
}

static void test_interims_that_nobody_waits_for_are_passed_over_but_not_if_forbidden(void **state) {
  (void)state;
  struct bench bench;
  begin(&bench, "client sends GET\nclient sees final\n");
  target_answers(&bench, 1, HINT DONE);
  is_done(&bench, true);
  bench_end(&bench);
  begin(&bench, "client never sees 1xx\nclient sends GET\nclient sees final\n");
  target_answers(&bench, 1, HINT DONE);
  steps_are(&bench, "-++");
  is_done(&bench, false);
  bench_end(&bench);
}

static const struct {
  const char *answer;
  enum breach breach;
} breaches[] = {
    {"HTTP/1.1 102 Processing|Content-Length: 0||" DONE, BREACH_INTERIM_LENGTH},
    {"HTTP/1.1 102 Processing|Transfer-Encoding: chunked||" DONE, BREACH_INTERIM_CODING},
    {"HTTP/1.0 102 Processing||" DONE, BREACH_VERSION},
    {DONE DONE, BREACH_UNSOLICITED},
    {DONE HINT, BREACH_UNSOLICITED},
    {"HTTP/1.1 101 Switching Protocols|Upgrade: x||", BREACH_SWITCHED},
    {"HTTP/1.1 100-Continue||" DONE, BREACH_GRAMMAR},
};

static void test_house_rules_hold(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(breaches) / sizeof(breaches[0]); i++) {
    struct bench bench;
    begin(&bench, "client sends GET\nclient sees final\npause 1ms\n");
    target_answers(&bench, 1, breaches[i].answer);
    assert_true(bench.script.num_findings > 0);
    assert_int_equal(bench.script.findings[0].breach, breaches[i].breach);
    bench_end(&bench);
  }
}

static void test_nothing_of_it_goes_to_http_1_0(void **state) {
  (void)state;
  struct bench bench;
  begin(&bench, "client sends GET HTTP/1.0\nclient sees final\n");
  target_answers(&bench, 1, HINT DONE);
  assert_int_equal(bench.script.findings[0].breach, BREACH_INTERIM_HTTP10);
  bench_end(&bench);
}

/* The answer to the next request comes in place of a final one. */
static void test_an_interim_without_a_final_shows_in_the_next_answer(void **state) {
  (void)state;
  struct bench bench;
  begin(&bench, "client sends GET\nclient sees final\n");
  client_wrote(&bench, 1, PAGE("GET", "0") "\n");
  target_answers(&bench, 1, HINT);
  time_passes(&bench, BENCH_DEADLINE);
  steps_are(&bench, "+-");
  client_wrote(&bench, 1, PAGE("GET", "1") "\n");
  target_answers(&bench, 1, DONE);
  time_passes(&bench, BENCH_DEADLINE);
  is_done(&bench, false);
  assert_true(bench.script.exchanges[0]->next_answered);
  bench_end(&bench);
}

static void test_a_late_final_is_late_and_no_more(void **state) {
  (void)state;
  struct bench bench;
  begin(&bench, "client sends GET\nclient sees final\n");
  target_answers(&bench, 1, HINT);
  time_passes(&bench, BENCH_DEADLINE);
  target_answers(&bench, 1, DONE DONE);
  is_done(&bench, false);
  assert_false(bench.script.exchanges[0]->next_answered);
  bench_end(&bench);
}

static void test_silence_has_nobody_behind_it_to_probe(void **state) {
  (void)state;
  struct bench bench;
  begin(&bench, "client sends GET\nclient sees final\n");
  time_passes(&bench, 2 * BENCH_DEADLINE);
  steps_are(&bench, "+-");
  is_done(&bench, false);
  assert_false(bench.script.exchanges[0]->fell_out);
  bench_end(&bench);
}

static void test_the_canary_asks_for_the_url(void **state) {
  (void)state;
  struct bench bench;
  bench_begin_at(&bench, SEAT_ORIGIN, "client sends GET\nclient sees final\n", true);
  client_wrote(&bench, 1, PAGE("GET", "0") "\n");
  target_answers(&bench, 1, DONE);
  client_wrote(&bench, 1, PAGE("GET", "1") "\n");
  target_answers(&bench, 1, "HTTP/1.1 404 Not Found|Content-Length: 0||");
  is_done(&bench, true);
  bench_end(&bench);
}

#define UPLOAD                                                                                     \
  "client sends POST\n  Expect: 100-continue\n  Content-Length: 5\n"                               \
  "client may see 100 within 100ms\nclient sends content\n  | hello\nclient sees final\n"

/* "may see ... within" waits as a client does that holds its content back. */
static void test_content_waits_for_the_100(void **state) {
  (void)state;
  struct bench bench;
  begin(&bench, UPLOAD);
  time_passes(&bench, 99999);
  steps_are(&bench, "+...");
  target_answers(&bench, 1, "HTTP/1.1 100 Continue||");
  steps_are(&bench, "+++.");
  target_answers(&bench, 1, DONE);
  is_done(&bench, true);
  bench_end(&bench);
}

static void test_content_does_not_wait_for_ever_nor_behind_a_final(void **state) {
  (void)state;
  struct bench bench;
  begin(&bench, UPLOAD);
  time_passes(&bench, 100000);
  steps_are(&bench, "+++.");
  target_answers(&bench, 1, DONE);
  is_done(&bench, true);
  bench_end(&bench);
  begin(&bench, UPLOAD);
  target_answers(&bench, 1, "HTTP/1.1 417 Expectation Failed|Content-Length: 0||");
  steps_are(&bench, "++++");
  is_done(&bench, true);
  bench_end(&bench);
  begin(&bench, UPLOAD);
  target_ends(&bench, 1, ACTOR_FIN);
  steps_are(&bench, "++~-");
  bench_end(&bench);
}

#define TAKEN_FOR_HEAD "HTTP/1.1 200 OK|Content-Length: 40||"

static const char *first_missed(const struct bench *bench) {
  return bench->script.steps[bench->script.first_missed].observed;
}

/* A GET gets an interim response and no final one; what is read as its final response is that of
 * the HEAD behind it, as a status line stands where content was announced. */
static void test_an_answer_to_head_in_place_of_a_final(void **state) {
  (void)state;
  static const struct {
    const char *second;
    const char *answer;
    const char *steps; /* as steps_are has them, where the first was skipped; NULL: it was not */
  } rows[] = {
      {"HEAD", HINT TAKEN_FOR_HEAD DONE, "+++--"},
      {"HEAD", HINT TAKEN_FOR_HEAD "HTTP/1.", "+++--"},
      /* It may go on otherwise. */
      {"HEAD", HINT TAKEN_FOR_HEAD "HTTP/1", NULL},
      /* What was read as a whole answer shows only by what stands behind it. */
      {"HEAD", HINT "HTTP/1.1 200 OK|Content-Length: 3||HTTP/1.1 200 OK||", "++++-"},
      {"HEAD", HINT "HTTP/1.1 200 OK|Content-Length: 3||HTML/1.1 200 OK||", NULL},
      {"HEAD", HINT "HTTP/1.1 200 OK|Content-Length: 0||no HTTP||", NULL},
      /* Such content is nobody's fault. */
      {"HEAD", TAKEN_FOR_HEAD DONE, NULL},
      {"HEAD", HINT TAKEN_FOR_HEAD "content, as was announced", NULL},
      {"GET", HINT TAKEN_FOR_HEAD DONE, NULL},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    struct bytes steps = {0};
    bytes_printf(&steps,
                 "client sends GET\nclient sends %s\nclient may see 1xx\nclient sees final\n"
                 "client sees final\n",
                 rows[i].second);
    begin(&bench, bytes_cstr(&steps));
    target_answers(&bench, 1, rows[i].answer);
    const struct script_exchange *exchange = bench.script.exchanges[0];
    assert_int_equal(exchange->next_answered, rows[i].steps != NULL);
    if (rows[i].steps != NULL) {
      assert_null(exchange->final);
      assert_int_equal(bench.script.num_findings, 1);
      assert_int_equal(bench.script.findings[0].breach, BREACH_PASSED_OVER);
      assert_string_equal(bench.clients[1].end, "abort");
      steps_are(&bench, rows[i].steps);
      assert_string_equal(first_missed(&bench), "the answer to the next request");
    }
    bytes_free(&steps);
    bench_end(&bench);
  }
}

/* What no HEAD has behind its head, some servers send all the same. */
static void test_content_behind_the_answer_to_head(void **state) {
  (void)state;
  static const struct {
    const char *method;
    const char *answer;
    enum breach breach;
    const char *observed; /* by who waits for the end of the connection */
  } rows[] = {
      {"HEAD", "HTTP/1.1 200 OK|Content-Length: 5||hello", BREACH_HEAD_CONTENT,
       "content behind the answer to HEAD"},
      {"HEAD", "HTTP/1.1 200 OK|Transfer-Encoding: chunked||5|hello|", BREACH_HEAD_CONTENT,
       "content behind the answer to HEAD"},
      {"HEAD", "HTTP/1.1 200 OK||hello", BREACH_UNSOLICITED, "bytes that are no HTTP"},
      {"GET", "HTTP/1.1 200 OK|Content-Length: 0||hello", BREACH_UNSOLICITED,
       "bytes that are no HTTP"},
      /* A response is told as one. */
      {"HEAD", "HTTP/1.1 200 OK|Content-Length: 5||" DONE, BREACH_UNSOLICITED, NULL},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    struct bytes steps = {0};
    bytes_printf(&steps, "client sends %s\nclient sees final\nclient sees close\n", rows[i].method);
    begin(&bench, bytes_cstr(&steps));
    target_answers(&bench, 1, rows[i].answer);
    assert_int_equal(bench.script.num_findings, 1);
    assert_int_equal(bench.script.findings[0].breach, rows[i].breach);
    if (rows[i].observed != NULL) {
      assert_string_equal(bench.script.steps[2].observed, rows[i].observed);
    }
    bytes_free(&steps);
    bench_end(&bench);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_requests_ask_for_the_url),
      cmocka_unit_test(test_a_nonce_in_an_answer_says_nothing),
      cmocka_unit_test(test_interims_that_nobody_waits_for_are_passed_over_but_not_if_forbidden),
      cmocka_unit_test(test_house_rules_hold),
      cmocka_unit_test(test_nothing_of_it_goes_to_http_1_0),
      cmocka_unit_test(test_an_interim_without_a_final_shows_in_the_next_answer),
      cmocka_unit_test(test_a_late_final_is_late_and_no_more),
      cmocka_unit_test(test_silence_has_nobody_behind_it_to_probe),
      cmocka_unit_test(test_the_canary_asks_for_the_url),
      cmocka_unit_test(test_content_waits_for_the_100),
      cmocka_unit_test(test_content_does_not_wait_for_ever_nor_behind_a_final),
      cmocka_unit_test(test_an_answer_to_head_in_place_of_a_final),
      cmocka_unit_test(test_content_behind_the_answer_to_head),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
