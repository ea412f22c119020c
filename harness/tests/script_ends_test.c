/* How connections end, are refused or opened late, and what that does to the requests on them. */
#include "tests/script_bench.h"

static void test_the_client_closes_half_closes_and_aborts(void **state) {
  (void)state;
  static const struct {
    const char *verb;
    const char *end;
  } rows[] = {{"closes", "close"}, {"half-closes", "shut"}, {"aborts", "abort"}};
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    struct bytes steps = {0};
    bytes_printf(&steps, "client sends GET\norigin sends 102\nclient %s\norigin sees GET\n",
                 rows[i].verb);
    bench_begin(&bench, bytes_cstr(&steps), false);
    assert_string_equal(bench.clients[1].end, "");
    target_asks(&bench, 0, ASK("GET", "0"));
    /* The half-closed connection is closed at the end. */
    assert_string_equal(bench.clients[1].end, i == 1 ? "close" : rows[i].end);
    is_done(&bench, true);
    bytes_free(&steps);
    bench_end(&bench);
  }
}

static void test_the_origin_closes_half_closes_and_aborts(void **state) {
  (void)state;
  static const struct {
    const char *verb;
    const char *end;
  } rows[] = {{"closes", "close"}, {"half-closes", "shut"}, {"aborts", "abort"}};
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    struct bytes steps = {0};
    bytes_printf(&steps,
                 "client sends GET\norigin sends 102\norigin %s\nclient may see 102\n"
                 "client sees 5xx or close\n",
                 rows[i].verb);
    bench_begin(&bench, bytes_cstr(&steps), false);
    target_asks(&bench, 0, ASK("GET", "0"));
    assert_string_equal(bench.backs[0].end, rows[i].end);
    target_answers(&bench, 1, "HTTP/1.1 502 Bad Gateway|Content-Length: 0||");
    is_done(&bench, true);
    bytes_free(&steps);
    bench_end(&bench);
  }
}

/* Who asks says close, and the end of the connection tells it that all has come: never behind an
 * interim response, nor in the middle of the request. */
static void test_the_origin_closes_behind_the_final_when_it_was_told(void **state) {
  (void)state;
  static const struct {
    const char *asked;
    const char *rest; /* of the request */
    const char *early;
    const char *end;
  } rows[] = {
      {"POST /$0/t/c HTTP/1.1|Interim-Nonce: $0|Content-Length: 1||", "x", "", ""},
      {"POST /$0/t/c HTTP/1.1|Connection: close|Interim-Nonce: $0|Content-Length: 1||", "x", "",
       "close"},
      {"POST /$0/t/c HTTP/1.1|Connection: close|Interim-Nonce: $0|Content-Length: 1||x", "",
       "close", "close"},
      {"POST /$0/t/c HTTP/1.1|Connection: a, Close|Interim-Nonce: $0|Content-Length: 1||x", "",
       "close", "close"},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    bench_begin(&bench,
                "client sends POST\n  | x\norigin sends 102\nclient sees 102\n"
                "origin sends 200\nclient sees 200\n",
                false);
    target_asks(&bench, 0, rows[i].asked);
    assert_string_equal(bench.backs[0].end, "");
    target_answers(&bench, 1, MARK("0", "1"));
    steps_are(&bench, "++++.");
    assert_string_equal(bench.backs[0].end, rows[i].early);
    target_asks(&bench, 0, rows[i].rest);
    assert_string_equal(bench.backs[0].end, rows[i].end);
    target_answers(&bench, 1, OK("0"));
    is_done(&bench, true);
    bench_end(&bench);
  }
}

static void test_seeing_the_end_of_a_connection(void **state) {
  (void)state;
  static const struct {
    const char *sees;
    enum actor_event_kind end;
    const char *steps;
  } rows[] = {
      {"close", ACTOR_FIN, "+++"}, {"close", ACTOR_RESET, "+++"},
      {"abort", ACTOR_FIN, "++-"}, {"abort", ACTOR_RESET, "+++"},
      {"200", ACTOR_FIN, "++-"},   {"200 or close", ACTOR_FIN, "+++"},
      {"200", ACTOR_RESET, "++-"},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    struct bytes steps = {0};
    bytes_printf(&steps, "client sends GET\norigin sends 102\nclient sees %s\n", rows[i].sees);
    bench_begin(&bench, bytes_cstr(&steps), false);
    target_asks(&bench, 0, ASK("GET", "0"));
    target_ends(&bench, 1, rows[i].end);
    steps_are(&bench, rows[i].steps);
    assert_true(bench.script.exchanges[0]->closed);
    bytes_free(&steps);
    bench_end(&bench);
  }
}

static void test_the_origin_sees_the_end_of_a_connection(void **state) {
  (void)state;
  static const struct {
    const char *sees;
    bool gone;
    const char *steps;
  } rows[] = {{"close", false, "+++"},
              {"close", true, "+++"},
              {"abort", false, "++."},
              {"abort", true, "+++"}};
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    struct bytes steps = {0};
    bytes_printf(&steps, "client sends GET\norigin sends 102\norigin sees %s\n", rows[i].sees);
    bench_begin(&bench, bytes_cstr(&steps), false);
    target_asks(&bench, 0, ASK("GET", "0"));
    target_leaves(&bench, 0, rows[i].gone);
    steps_are(&bench, rows[i].steps);
    bytes_free(&steps);
    bench_end(&bench);
  }
}

/* How the connection before it ended says nothing of the next. */
static void test_an_end_is_that_of_its_own_connection(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 200\nclient sees 200\nclient sees abort\n"
              "client sends GET\norigin 2 sends 102\nclient sees abort\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, OK("0"));
  target_ends(&bench, 1, ACTOR_RESET);
  target_asks(&bench, 0, ASK("GET", "1"));
  target_ends(&bench, 2, ACTOR_FIN);
  steps_are(&bench, "++++++-");
  assert_string_equal(bench.script.steps[6].observed, "close");
  bench_end(&bench);
}

/* The target may close an idle connection; a request that met the end goes again on another. */
static void test_a_request_that_met_the_end_is_sent_again(void **state) {
  (void)state;
  static const enum actor_event_kind ends[] = {ACTOR_FIN, ACTOR_RESET};
  for (size_t i = 0; i < 2; i++) {
    struct bench bench;
    bench_begin(&bench,
                "client sends GET\norigin sends 200\nclient sees 200\nclient sends GET\n"
                "origin 2 sends 200\nclient sees 200\n",
                false);
    target_asks(&bench, 0, ASK("GET", "0"));
    target_answers(&bench, 1, OK("0"));
    client_wrote(&bench, 1, ASK("GET", "0") "\n" ASK("GET", "1") "\n");
    target_ends(&bench, 1, ends[i]);
    client_wrote(&bench, 2, ASK("GET", "1") "\n");
    target_asks(&bench, 0, ASK("GET", "1"));
    target_answers(&bench, 2, OK("1"));
    is_done(&bench, true);
    bench_end(&bench);
  }
}

/* But only once, only when nothing of it came through, and never a first request. */
static void test_a_request_is_not_sent_again_otherwise(void **state) {
  (void)state;
  struct bench bench;
  const char *steps = "client sends GET\norigin sends 200\nclient sees 200\nclient sends GET\n"
                      "origin 2 sends 102\nclient sees 200\n";
  bench_begin(&bench, steps, false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, OK("0"));
  target_asks(&bench, 0, ASK("GET", "1"));
  target_ends(&bench, 1, ACTOR_FIN);
  assert_false(bench.clients[2].opened);
  assert_true(bench.script.exchanges[1]->closed);
  bench_end(&bench);
  bench_begin(&bench, steps, false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, OK("0"));
  target_ends(&bench, 1, ACTOR_FIN);
  target_ends(&bench, 2, ACTOR_FIN);
  assert_false(bench.clients[3].opened);
  assert_true(bench.script.exchanges[1]->closed);
  bench_end(&bench);
  bench_begin(&bench, steps, false);
  target_ends(&bench, 1, ACTOR_FIN);
  assert_false(bench.clients[2].opened);
  assert_true(bench.script.exchanges[0]->closed);
  bench_end(&bench);
}

/* A final that says close ends the connection for the next request. */
static void test_no_request_follows_a_close(void **state) {
  (void)state;
  static const char *const answers[] = {
      "HTTP/1.1 200 OK|Interim-Nonce: $0|Connection: x, Close|Content-Length: 17||$0\n",
      "HTTP/1.0 200 OK|Interim-Nonce: $0|Content-Length: 17||$0\n",
  };
  for (size_t i = 0; i < 2; i++) {
    struct bench bench;
    bench_begin(&bench,
                "client sends GET\norigin sends 200\nclient sees 200\nclient sends GET\n"
                "origin 2 sends 200\nclient sees 200\n",
                false);
    target_asks(&bench, 0, ASK("GET", "0"));
    target_answers(&bench, 1, answers[i]);
    assert_string_equal(bench.clients[1].end, "close");
    client_wrote(&bench, 2, ASK("GET", "1") "\n");
    bench_end(&bench);
  }
}

static void test_nothing_is_sent_on_a_connection_that_ended(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 102\nclient sees 102\nclient sees 200\n"
              "client sends GET\norigin 2 sends 200\nclient sees 200\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  client_wrote(&bench, 1, ASK("GET", "0") "\n");
  target_answers(&bench, 1, MARK("0", "1"));
  target_ends(&bench, 1, ACTOR_FIN);
  client_wrote(&bench, 1, "");
  steps_are(&bench, "+++-~~-");
  bench_end(&bench);
}

static void test_refused_connections(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, "pause 1ms\nclient sends GET\norigin sends 200\nclient sees 200\n", false);
  bench.refuses = true;
  time_passes(&bench, 1000);
  is_done(&bench, false);
  assert_true(bench.script.target_down);
  bench_end(&bench);
}

/* A target that serves others may be slow to open one more. */
static void test_a_connection_that_is_slow_to_open_is_not_refused(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, "pause 1ms\nclient sends GET\norigin sends 200\nclient sees 200\n", false);
  bench.opens_nothing = true;
  time_passes(&bench, 1000);
  time_passes(&bench, 4900000);
  assert_false(bench.script.target_down);
  time_passes(&bench, 200000);
  is_done(&bench, false);
  assert_true(bench.script.target_down);
  bench_end(&bench);
}

/* Behind a response that says close the target owes nothing more. */
static void test_requests_behind_a_close_are_forgone(void **state) {
  (void)state;
  static const struct {
    const char *field;
    bool forgone;
  } rows[] = {{"Connection: close|", true}, {"", false}};
  for (size_t i = 0; i < 2; i++) {
    struct bench bench;
    bench_begin(&bench,
                "client sends GET glued\nclient sends GET glued\nclient sends GET\n"
                "origin 1 sends 200\nclient sees 200\nclient sees 200 or close\n",
                false);
    target_asks(&bench, 0, ASK("GET", "0"));
    const char *answer = arena_printf(
        &bench.arena, "HTTP/1.1 200 OK|Interim-Nonce: $0|%sContent-Length: 0||", rows[i].field);
    target_answers(&bench, 1, answer);
    target_ends(&bench, 1, ACTOR_FIN);
    for (size_t k = 1; k < 3; k++) {
      assert_true(bench.script.exchanges[k]->closed);
      assert_int_equal(bench.script.exchanges[k]->forgone, rows[i].forgone);
    }
    assert_false(bench.script.exchanges[0]->closed);
    bench_end(&bench);
  }
}

#define TIMEOUT(code) "HTTP/1.1 " code " T|Connection: close|Content-Length: 0||"

/* The 408 of an idle connection may cross the next request, which is sent again then; once that
 * request is at our origin, or on another connection already, it is an answer like any other. */
static void test_a_408_that_crosses_a_request(void **state) {
  (void)state;
  static const struct {
    const char *arrives; /* of the second request, before */
    const char *answer;
    bool again;
    const char *then; /* on the next connection, where nothing is idle */
    bool clean;
  } rows[] = {
      {"", TIMEOUT("408"), true, OK("1"), true},
      {"", TIMEOUT("408"), true, TIMEOUT("408"), false},
      {"", TIMEOUT("409"), false, NULL, false},
      {"", "HTTP/1.1 408 T|Interim-Nonce: $0|Connection: close|Content-Length: 0||", false, NULL,
       false},
      {ASK("GET", "1"), TIMEOUT("408"), false, NULL, false},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    bench_begin(&bench,
                "client sends GET\norigin sends 200\nclient sees 200\nclient sends GET\n"
                "origin 2 sends 102 on-arrival\norigin 2 sends 200\nclient may see 102\n"
                "client sees 200\n",
                false);
    target_asks(&bench, 0, ASK("GET", "0"));
    target_answers(&bench, 1, OK("0"));
    target_asks(&bench, 0, rows[i].arrives);
    target_answers(&bench, 1, rows[i].answer);
    target_ends(&bench, 1, ACTOR_FIN);
    const struct script_exchange *second = bench.script.exchanges[1];
    assert_int_equal(second->resent, rows[i].again);
    assert_int_equal(bench.clients[2].opened, rows[i].again);
    assert_int_equal(second->final == NULL, rows[i].again);
    if (rows[i].again) {
      target_asks(&bench, 0, ASK("GET", "1"));
      target_answers(&bench, 2, rows[i].then);
      assert_non_null(second->final);
      assert_false(bench.clients[3].opened);
      is_done(&bench, rows[i].clean);
    }
    bench_end(&bench);
  }
}

/* However late it is looked at. */
static void test_what_came_before_the_end_is_seen(void **state) {
  (void)state;
  static const enum actor_event_kind ends[] = {ACTOR_FIN, ACTOR_RESET};
  for (size_t i = 0; i < 2; i++) {
    struct bench bench;
    bench_begin(&bench,
                "client sends GET\norigin sends 102\norigin sends 200\npause 5ms\n"
                "client may see 102\nclient sees 200\nclient sees close\n",
                false);
    target_asks(&bench, 0, ASK("GET", "0"));
    target_answers(&bench, 1, "HTTP/1.1 103 E||" MARK("0", "1") OK("0"));
    target_ends(&bench, 1, ends[i]);
    steps_are(&bench, "+++....");
    time_passes(&bench, 5000);
    steps_are(&bench, "+++++++");
    bench_end(&bench);
  }
}

/* A target that asks again meets the same end behind the same answer. */
static void test_a_retry_ends_as_the_first_did(void **state) {
  (void)state;
  static const struct {
    const char *verb;
    const char *end;
  } rows[] = {{"closes", "close"}, {"half-closes", "shut"}, {"aborts", "abort"}};
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    struct bytes steps = {0};
    bytes_printf(&steps, "client sends GET\norigin sends 102\norigin %s\nclient sees 200\n",
                 rows[i].verb);
    bench_begin(&bench, bytes_cstr(&steps), false);
    target_asks(&bench, 0, ASK("GET", "0"));
    assert_string_equal(bench.backs[0].end, rows[i].end);
    target_asks(&bench, 1, ASK("GET", "0"));
    origin_wrote(&bench, 1, MARK("0", "1") "\n");
    assert_string_equal(bench.backs[1].end, rows[i].end);
    const struct script_exchange *exchange = bench.script.exchanges[0];
    assert_int_equal(exchange->num_interims, 1);
    assert_false(exchange->back_left);
    /* Only the target's own end is one that it chose. */
    target_leaves(&bench, 1, false);
    assert_true(exchange->back_fin);
    assert_false(exchange->back_left);
    bytes_free(&steps);
    bench_end(&bench);
  }
}

/* Nothing is said on a connection that we ended, but for its other direction. */
static void test_what_follows_our_own_end(void **state) {
  (void)state;
  static const struct {
    const char *steps;
    const char *end;
  } rows[] = {
      {"origin closes\norigin sends 200\n", "close"},
      {"origin half-closes\norigin sends 200\n", "shut"},
      {"origin half-closes\norigin closes\n", "close"},
      {"origin half-closes\norigin aborts\n", "abort"},
      {"origin closes\norigin aborts\n", "close"},
      {"origin aborts\norigin closes\n", "abort"},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    struct bytes steps = {0};
    bytes_printf(&steps, "client sends GET\norigin sends 102\n%sclient sees close\n",
                 rows[i].steps);
    bench_begin(&bench, bytes_cstr(&steps), false);
    target_asks(&bench, 0, ASK("GET", "0"));
    origin_wrote(&bench, 0, MARK("0", "1") "\n");
    assert_string_equal(bench.backs[0].end, rows[i].end);
    assert_false(bench.script.exchanges[0]->final_sent);
    bytes_free(&steps);
    bench_end(&bench);
  }
}

/* Of two requests it is the one whose connection it was. */
static void test_whose_back_connection_ended(void **state) {
  (void)state;
  for (conn_id left = 0; left < 2; left++) {
    struct bench bench;
    bench_begin(&bench, "client sends GET\nclient 2 sends GET\norigin sees close\n", false);
    target_asks(&bench, 0, ASK("GET", "0"));
    target_asks(&bench, 1, ASK("GET", "1"));
    target_leaves(&bench, left, true);
    for (size_t i = 0; i < 2; i++) {
      assert_int_equal(bench.script.exchanges[i]->back_left, i == left);
    }
    bench_end(&bench);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_the_client_closes_half_closes_and_aborts),
      cmocka_unit_test(test_the_origin_closes_half_closes_and_aborts),
      cmocka_unit_test(test_the_origin_closes_behind_the_final_when_it_was_told),
      cmocka_unit_test(test_seeing_the_end_of_a_connection),
      cmocka_unit_test(test_the_origin_sees_the_end_of_a_connection),
      cmocka_unit_test(test_an_end_is_that_of_its_own_connection),
      cmocka_unit_test(test_a_request_that_met_the_end_is_sent_again),
      cmocka_unit_test(test_a_request_is_not_sent_again_otherwise),
      cmocka_unit_test(test_no_request_follows_a_close),
      cmocka_unit_test(test_nothing_is_sent_on_a_connection_that_ended),
      cmocka_unit_test(test_refused_connections),
      cmocka_unit_test(test_a_connection_that_is_slow_to_open_is_not_refused),
      cmocka_unit_test(test_requests_behind_a_close_are_forgone),
      cmocka_unit_test(test_a_408_that_crosses_a_request),
      cmocka_unit_test(test_what_came_before_the_end_is_seen),
      cmocka_unit_test(test_a_retry_ends_as_the_first_did),
      cmocka_unit_test(test_what_follows_our_own_end),
      cmocka_unit_test(test_whose_back_connection_ended),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
