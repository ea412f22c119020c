/* Our origin's end of the back connections: whose a request is, and what becomes of the others. */
#include "hpack/hpack.h"
#include "tests/script_bench.h"

static const char plain[] = "client sends GET\norigin sends 200\nclient sees 200\n";

#define HEALTHY                                                                                    \
  "HTTP/1.1 200 OK|Date: D|Cache-Control: no-store|Content-Type: text/plain|Content-Length: 8||"

static void test_a_request_without_a_nonce_is_a_health_check(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, plain, false);
  target_asks(&bench, 0, "GET / HTTP/1.1|Host: h||");
  origin_wrote(&bench, 0, HEALTHY "interim\n\n");
  target_asks(&bench, 0, "HEAD /up HTTP/1.1|Host: h||");
  origin_wrote(&bench, 0, HEALTHY "\n");
  /* Another run's nonce is none of ours. */
  target_asks(&bench, 0, "GET /0000000007010000/t/c HTTP/1.1|Host: h||");
  origin_wrote(&bench, 0, HEALTHY "interim\n\n");
  assert_int_equal(bench.origin.num_health_checks, 3);
  assert_int_equal(bench.num_strayed, 0);
  assert_string_equal(bench.backs[0].end, "");
  bench_end(&bench);
}

/* Its content is read past, so that the next request is seen. */
static void test_a_health_check_may_have_content(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, plain, false);
  target_asks(&bench, 0, "POST / HTTP/1.1|Content-Length: 3||abcGET /$0/t/c HTTP/1.1|Host: h||");
  origin_wrote(&bench, 0, HEALTHY "interim\n\n" OK("0") "\n");
  bench_end(&bench);
}

static void test_a_request_is_found_by_its_target_or_its_field(void **state) {
  (void)state;
  static const char *const requests[] = {
      "GET /$0/t/c HTTP/1.1|Host: h||",
      "GET /base/$0/t/c HTTP/1.1|Host: h||",
      "GET http://h/$0/t/c HTTP/1.1|Host: h||",
      "OPTIONS * HTTP/1.1|interim-nonce: $0|Host: h||",
      /* One empty line before a request is passed over. */
      "|GET /$0/t/c HTTP/1.1|Host: h||",
  };
  for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
    struct bench bench;
    bench_begin(&bench, plain, false);
    target_asks(&bench, 0, requests[i]);
    origin_wrote(&bench, 0, OK("0") "\n");
    assert_int_equal(bench.script.exchanges[0]->arrivals, 1);
    assert_int_equal(bench.origin.num_health_checks, 0);
    bench_end(&bench);
  }
}

static void test_a_request_that_nobody_waits_for_is_not_answered(void **state) {
  (void)state;
  static const struct {
    const char *request;
    unsigned num_planted;
  } rows[] = {
      {"GET /abcdef0063010000/t/c HTTP/1.1|Host: h||", 0}, /* a play that is over */
      {"GET /abcdef0007020000/t/c HTTP/1.1|Host: h||", 0}, /* another attempt */
      {"GET /$5/t/c HTTP/1.1|Host: h||", 0},               /* a request that was not sent */
      {"GET /$1/t/c HTTP/1.1|Host: h||", 0},
      {"GET /planted-$0/t/c HTTP/1.1|Host: h||", 1}, /* content */
      {"GET /x HTTP/1.1|Interim-Nonce: planted-$0||", 1},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    bench_begin(&bench, plain, false);
    target_asks(&bench, 0, rows[i].request);
    origin_wrote(&bench, 0, "");
    assert_string_equal(bench.backs[0].end, "close");
    assert_int_equal(bench.num_strayed, 1);
    assert_int_equal(bench.num_planted, rows[i].num_planted);
    assert_int_equal(bench.script.exchanges[0]->arrivals, 0);
    bench_end(&bench);
  }
}

static void test_what_is_no_http_ends_the_connection(void **state) {
  (void)state;
  static const char *const requests[] = {
      "\x16\x03\x01",
      "GET /$0/t/c HTTP/1.1|Bad Name: x||",
      "GET /$0/t/c\n|",
      "|||GET / HTTP/1.1||",
  };
  for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
    struct bench bench;
    bench_begin(&bench, plain, false);
    target_asks(&bench, 0, requests[i]);
    assert_string_equal(bench.backs[0].end, "close");
    bench_end(&bench);
  }
}

/* A probe of the target's that connects and says nothing. */
static void test_a_connection_without_bytes_is_no_error(void **state) {
  (void)state;
  static const bool gone[] = {false, true};
  for (size_t i = 0; i < 2; i++) {
    struct bench bench;
    bench_begin(&bench, plain, false);
    target_asks(&bench, 0, "");
    target_leaves(&bench, 0, gone[i]);
    target_asks(&bench, 1, "GET /$0/t/c HTTP/1.1|Host: h||");
    origin_wrote(&bench, 1, OK("0") "\n");
    bench_end(&bench);
  }
}

static void test_the_target_ends_an_idle_connection(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, plain, false);
  target_asks(&bench, 0, "GET /$0/t/c HTTP/1.1|Host: h||");
  target_leaves(&bench, 0, false);
  assert_string_equal(bench.backs[0].end, "close");
  target_answers(&bench, 1, OK("0"));
  is_done(&bench, true);
  bench_end(&bench);
}

/* Half-closed by the target, it still carries the answer. */
static void test_the_target_half_closes_before_the_answer(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sees GET\npause 1ms\norigin sends 200\nclient sees 200\n",
              false);
  target_asks(&bench, 0, "GET /$0/t/c HTTP/1.1|Host: h||");
  target_leaves(&bench, 0, false);
  assert_string_equal(bench.backs[0].end, "");
  time_passes(&bench, 1000);
  origin_wrote(&bench, 0, OK("0") "\n");
  bench_end(&bench);
}

static void test_pipelined_requests_are_looked_at_one_by_one(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET glued\nclient sends GET\norigin 1 sends 102\nclient sees 102\n"
              "origin 1 sends 200\norigin 2 sends 200\nclient sees 200 x 2\n",
              false);
  target_asks(&bench, 0, "GET /$0/t/c HTTP/1.1|Host: h||GET /$1/t/c HTTP/1.1|Host: h||");
  assert_int_equal(bench.script.exchanges[0]->arrivals, 1);
  assert_int_equal(bench.script.exchanges[1]->arrivals, 0);
  origin_wrote(&bench, 0, "HTTP/1.1 102 Processing|Interim-Mark: $0-1||\n");
  target_answers(&bench, 1, "HTTP/1.1 102 Processing|Interim-Mark: $0-1||");
  assert_int_equal(bench.script.exchanges[1]->arrivals, 1);
  origin_wrote(&bench, 0, OK("0") "\n" OK("1") "\n");
  target_answers(&bench, 1, OK("0") OK("1"));
  is_done(&bench, true);
  bench_end(&bench);
}

/* A play that ends takes what it dirtied with it, and leaves the rest to the next. */
static void test_a_play_that_ends_is_forgotten(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, plain, false);
  target_asks(&bench, 0, "GET /$0/t/c HTTP/1.1|Host: h||");
  target_answers(&bench, 1, OK("0"));
  is_done(&bench, true);
  origin_forget(&bench.origin, &bench.script);
  bench_obey(&bench);
  assert_string_equal(bench.backs[0].end, "");
  assert_null(bench.origin.backs[0]->owner);
  /* In the middle of a request it cannot serve another play. */
  bench_end(&bench);
  bench_begin(&bench, "client sends POST\n  Content-Length: 9\norigin sends 200\nclient sees 200\n",
              false);
  target_asks(&bench, 0, "POST /$0/t/c HTTP/1.1|Content-Length: 9||abc");
  target_answers(&bench, 1, OK("0"));
  origin_forget(&bench.origin, &bench.script);
  bench_obey(&bench);
  assert_string_equal(bench.backs[0].end, "shut");
  assert_int_equal(bench.origin.num_awaited, 1);
  bench_end(&bench);
}

/* One that is being left ends with the target's word, or with a request that comes too late,
 * however long it was waited for; nobody else's does. */
static void test_how_a_connection_is_left(void **state) {
  (void)state;
  enum { FIN, RESET, REQUEST, LATE_REQUEST, NUM };
  for (int row = 0; row < NUM; row++) {
    struct bench bench;
    bench_begin(&bench, plain, false);
    bench.file.alone = true;
    target_asks(&bench, 0, ASK("GET", "0"));
    origin_accept(&bench.origin, ACTOR_ACCEPTED + 1);
    origin_forget(&bench.origin, &bench.script);
    origin_forget(&bench.origin, &bench.script);
    bench_obey(&bench);
    assert_string_equal(bench.backs[0].end, "shut");
    assert_int_equal(bench.origin.num_awaited, 1);
    if (row == LATE_REQUEST) {
      origin_wait_no_more(&bench.origin);
      assert_int_equal(bench.origin.num_awaited, 0);
    }
    if (row < REQUEST) {
      origin_ended(&bench.origin, ACTOR_ACCEPTED, row == RESET, bench.now_us);
    } else {
      target_asks(&bench, 0, ASK("GET", "1"));
    }
    bench_obey(&bench);
    assert_int_equal(bench.script.robbed, row >= REQUEST);
    assert_int_equal(bench.script.exchanges[0]->arrivals, 1);
    assert_string_equal(bench.backs[0].end, row == RESET ? "shut" : "close");
    assert_int_equal(bench.origin.num_awaited, 0);
    assert_null(bench.origin.backs[0]);
    assert_non_null(bench.origin.backs[1]);
    bench_end(&bench);
  }
}

/* What is not read is not answered either, and a connection ends once. */
static void test_a_broken_connection_stays_so(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, plain, false);
  target_asks(&bench, 0, "no HTTP||");
  assert_string_equal(bench.backs[0].end, "close");
  bench.backs[0].end = "";
  target_asks(&bench, 0, ASK("GET", "0"));
  target_asks(&bench, 0, "no HTTP||");
  assert_string_equal(bench.backs[0].end, "");
  assert_int_equal(bench.script.exchanges[0]->arrivals, 0);
  bench_end(&bench);
}

/* The version is told by the first bytes of a connection. */
static void test_a_preface_behind_a_request_is_no_preface(void **state) {
  (void)state;
  struct bench bench;
  bench_begin_over(&bench, plain, false, HTTP_H1, &hpack_coder);
  target_asks(&bench, 0, "GET / HTTP/1.1|Host: h||");
  bench.backs[0].log.len = 0;
  target_asks(&bench, 0, "PRI * HTTP/2.0||SM||");
  assert_int_equal(bench.backs[0].log.len, 0);
  assert_string_equal(bench.backs[0].end, "close");
  bench_end(&bench);
}

static void test_the_target_ends_a_connection_of_http_2(void **state) {
  (void)state;
  for (int gone = 0; gone < 2; gone++) {
    struct bench bench;
    bench_begin_over(&bench, plain, false, HTTP_H1, &hpack_coder);
    target_asks(&bench, 0, "PRI * HTTP/2.0||SM||");
    target_leaves(&bench, 0, gone != 0);
    assert_string_equal(bench.backs[0].end, gone != 0 ? "" : "close");
    assert_null(bench.origin.backs[0]);
    bench_end(&bench);
  }
}

static void test_what_comes_of_a_connection_that_is_not_there(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, plain, false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_leaves(&bench, 0, true);
  assert_null(bench.origin.backs[0]);
  origin_bytes(&bench.origin, ACTOR_ACCEPTED, span_of("GET"), bench.now_us);
  origin_bytes(&bench.origin, ACTOR_ACCEPTED + 1, span_of("GET"), bench.now_us);
  origin_bytes(&bench.origin, 1, span_of("GET"), bench.now_us);
  origin_ended(&bench.origin, ACTOR_ACCEPTED + 1, true, bench.now_us);
  bench_obey(&bench);
  assert_string_equal(bench.backs[0].end, "");
  bench_end(&bench);
}

/* Requests wait in the window while the one before is not answered. */
static void test_what_waits_is_taken_up_again(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET glued\nclient sends GET\npause 1ms\norigin 1 sends 200\n"
              "pause 1ms\norigin 2 sends 200\nclient sees 200 x 2\n",
              false);
  target_asks(&bench, 0, "GET /$0/t/c HTTP/1.1|Host: h||GET /$1/t/c HTTP/1.1|Host: h||");
  assert_false(origin_resume(&bench.origin, bench.now_us));
  bench.now_us += 1000;
  script_run(&bench.script, bench.now_us);
  assert_int_equal(bench.script.exchanges[1]->arrivals, 0);
  assert_true(origin_resume(&bench.origin, bench.now_us));
  assert_int_equal(bench.script.exchanges[1]->arrivals, 1);
  assert_false(origin_resume(&bench.origin, bench.now_us));
  bench_end(&bench);
}

/* What the play closed itself is not closed again; what it leaves unclean is. */
static void test_which_connections_end_with_a_play(void **state) {
  (void)state;
  static const struct {
    const char *steps;
    bool alone;
    const char *end;
    bool kept;
  } rows[] = {
      {"origin sends 200\n", false, "", true},
      {"origin sends 200\n", true, "shut", true},
      {"origin sends 102\n", false, "shut", true},
      {"origin sends 200\norigin aborts\n", false, "abort", false},
      {"origin sends 200\norigin half-closes\n", false, "shut", true},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    struct bytes steps = {0};
    bytes_printf(&steps, "client sends GET\n%s", rows[i].steps);
    bench_begin(&bench, bytes_cstr(&steps), false);
    bench.file.alone = rows[i].alone;
    target_asks(&bench, 0, ASK("GET", "0"));
    is_done(&bench, true);
    origin_forget(&bench.origin, &bench.script);
    bench_obey(&bench);
    assert_string_equal(bench.backs[0].end, rows[i].end);
    assert_int_equal(bench.origin.backs[0] != NULL, rows[i].kept);
    bytes_free(&steps);
    bench_end(&bench);
  }
}

static void test_many_connections(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, plain, false);
  for (conn_id i = 0; i < BENCH_CONNS; i++) {
    target_asks(&bench, i, "GET / HTTP/1.1|Host: h||");
  }
  assert_int_equal(bench.origin.num_health_checks, BENCH_CONNS);
  bench_end(&bench);
}

#define POST_HEAD "POST /$0/t/c HTTP/1.1|Host: h|Interim-Nonce: $0|Content-Length: 5||"

/* A target that owes content and uses the connection again sends the next request in its place.
 * The rows are what follows the head of a request with content. */
static void test_a_request_in_the_place_of_owed_content(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    bool owed;
  } rows[] = {
      {"hello", false},
      {"GET /$1/t/c HTTP/1.1|Host: h||", true},
      {"GET /planted-$1/t/c HTTP/1.1|Host: h||", false},
      {"GET /elsewhere HTTP/1.1|Host: h||", false},
      {"GET /$1/t/c is no request", false},
      /* Our client sent both on one connection: the target may well read it so. */
      {"GET /$0/t/c HTTP/1.1|Host: h||", false},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    bench_begin(&bench,
                "client sends POST\n  Content-Length: 5\nclient 2 sends GET\n"
                "origin sends 200\nclient sees 200\n",
                false);
    target_asks(&bench, 0, POST_HEAD);
    target_asks(&bench, 0, rows[i].bytes);
    assert_int_equal(bench.script.num_findings, rows[i].owed);
    if (rows[i].owed) {
      assert_int_equal(bench.script.findings[0].breach, BREACH_OWED);
      assert_false(bench.script.findings[0].has_owner);
    }
    bench_end(&bench);
  }
}

/* However little it is. */
static void test_a_byte_that_waits_is_looked_at(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, "client sends GET\norigin sees GET\npause 1ms\norigin sends 200\n", false);
  target_asks(&bench, 0, ASK("GET", "0") "\x16");
  assert_string_equal(bench.backs[0].end, "");
  time_passes(&bench, 1000);
  assert_string_equal(bench.backs[0].end, "close");
  bench_end(&bench);
}

/* Only what begins the content stands in its place. */
static void test_a_request_line_inside_content_is_content(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, "client sends POST\n  Content-Length: 60\nclient 2 sends GET\n", false);
  target_asks(&bench, 0, "POST /$0/t/c HTTP/1.1|Interim-Nonce: $0|Content-Length: 60||");
  target_asks(&bench, 0, "he");
  target_asks(&bench, 0, "GET /$1/t/c HTTP/1.1|Host: h||");
  assert_int_equal(bench.script.num_findings, 0);
  bench_end(&bench);
}

/* Nobody else tells the play. */
static void test_the_end_of_a_connection_moves_its_play(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, "client sends GET\norigin sends 102\norigin sees close\n", false);
  target_asks(&bench, 0, ASK("GET", "0"));
  origin_ended(&bench.origin, ACTOR_ACCEPTED, false, bench.now_us);
  steps_are(&bench, "+++");
  bench_end(&bench);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_request_in_the_place_of_owed_content),
      cmocka_unit_test(test_a_request_without_a_nonce_is_a_health_check),
      cmocka_unit_test(test_a_health_check_may_have_content),
      cmocka_unit_test(test_a_request_is_found_by_its_target_or_its_field),
      cmocka_unit_test(test_a_request_that_nobody_waits_for_is_not_answered),
      cmocka_unit_test(test_what_is_no_http_ends_the_connection),
      cmocka_unit_test(test_a_connection_without_bytes_is_no_error),
      cmocka_unit_test(test_the_target_ends_an_idle_connection),
      cmocka_unit_test(test_the_target_half_closes_before_the_answer),
      cmocka_unit_test(test_pipelined_requests_are_looked_at_one_by_one),
      cmocka_unit_test(test_a_play_that_ends_is_forgotten),
      cmocka_unit_test(test_how_a_connection_is_left),
      cmocka_unit_test(test_a_broken_connection_stays_so),
      cmocka_unit_test(test_a_preface_behind_a_request_is_no_preface),
      cmocka_unit_test(test_the_target_ends_a_connection_of_http_2),
      cmocka_unit_test(test_what_comes_of_a_connection_that_is_not_there),
      cmocka_unit_test(test_what_waits_is_taken_up_again),
      cmocka_unit_test(test_which_connections_end_with_a_play),
      cmocka_unit_test(test_many_connections),
      cmocka_unit_test(test_a_byte_that_waits_is_looked_at),
      cmocka_unit_test(test_a_request_line_inside_content_is_content),
      cmocka_unit_test(test_the_end_of_a_connection_moves_its_play),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
