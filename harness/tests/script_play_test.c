/* One script fed by hand: each verb and option of the language. */
#include "tests/script_bench.h"

static void test_steps_run_in_their_order_across_the_lanes(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 102\nclient sees 102\norigin sends 200\n  | done\n"
              "client sees 200\n  | done\n",
              false);
  steps_are(&bench, "+....");
  client_wrote(&bench, 1, ASK("GET", "0") "\n");
  target_asks(&bench, 0, ASK("GET", "0"));
  /* The final waits until the client has the interim. */
  origin_wrote(&bench, 0, MARK("0", "1") "\n");
  steps_are(&bench, "++...");
  target_answers(&bench, 1, MARK("0", "1"));
  origin_wrote(&bench, 0, OK_HEAD("0", "22") "done\n$0\n\n");
  steps_are(&bench, "++++.");
  target_answers(&bench, 1, OK_HEAD("0", "22") "done\n$0\n");
  steps_are(&bench, "+++++");
  is_done(&bench, true);
  assert_string_equal(script_expected(&bench.script), "102, 200");
  assert_string_equal(script_observed(&bench.script), "102, 200");
  bench_end(&bench);
}

static void test_a_miss_is_noted_and_the_play_goes_on(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 102\nclient sees 102\norigin sends 200\n"
              "client sees 200\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  time_passes(&bench, BENCH_DEADLINE - 1);
  steps_are(&bench, "++...");
  time_passes(&bench, 1);
  steps_are(&bench, "++-+.");
  assert_string_equal(bench.script.steps[2].observed, "nothing");
  target_answers(&bench, 1, OK("0"));
  steps_are(&bench, "++-++");
  is_done(&bench, false);
  assert_string_equal(script_observed(&bench.script), "200");
  bench_end(&bench);
}

/* A wait is lost only once the target answered somebody else who asked when it was over. */
static void test_a_wait_is_not_lost_while_no_control_is_answered(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, "client sends GET\norigin sends 200\nclient sees 200\n", false);
  bench.controls = false;
  target_asks(&bench, 0, ASK("GET", "0"));
  assert_false(script_wants_control(&bench.script, bench.now_us));
  time_passes(&bench, 10 * BENCH_DEADLINE);
  steps_are(&bench, "++.");
  assert_true(script_wants_control(&bench.script, bench.now_us));
  /* A control that began before the deadline shows nothing. */
  script_control(&bench.script, 1000000 + BENCH_DEADLINE - 1);
  bench_settle(&bench);
  steps_are(&bench, "++.");
  assert_true(script_wants_control(&bench.script, bench.now_us));
  script_control(&bench.script, 1000000 + BENCH_DEADLINE);
  assert_false(script_wants_control(&bench.script, bench.now_us));
  bench_settle(&bench);
  steps_are(&bench, "++-");
  bench_end(&bench);
}

/* What trickles in over a slow link is on its way, not lost; who trickles for ever is silent. */
static void test_a_wait_is_not_lost_while_bytes_come(void **state) {
  (void)state;
  static const char answer[] = OK("0");
  struct bench bench;
  bench_begin(&bench, "client sends GET\norigin sends 200\nclient sees 200\n", false);
  target_asks(&bench, 0, ASK("GET", "0"));
  for (size_t i = 0; i < 10; i++) {
    time_passes(&bench, BENCH_DEADLINE - 1);
    steps_are(&bench, "++.");
    char byte[] = {answer[i], '\0'};
    target_answers(&bench, 1, byte);
  }
  target_answers(&bench, 1, answer + 10);
  steps_are(&bench, "+++");
  is_done(&bench, true);
  bench_end(&bench);

  bench_begin(&bench, "client sends GET\norigin sends 200\nclient sees 200\n", false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, "HTTP/1.1 102 P|X: ");
  for (size_t i = 0; i < 25; i++) {
    steps_are(&bench, i <= 20 ? "++." : "++-"); /* twenty deadlines at most */
    target_answers(&bench, 1, "x");
    time_passes(&bench, BENCH_DEADLINE - 1);
  }
  assert_string_equal(bench.script.steps[2].observed, "nothing");
  bench_end(&bench);
}

/* A time that the case states is not put off. */
static void test_a_stated_time_is_not_put_off(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, "client sends GET\norigin sends 200\nclient sees 200 within 40ms\n", false);
  target_asks(&bench, 0, ASK("GET", "0"));
  time_passes(&bench, 39999);
  target_answers(&bench, 1, "HTTP/1.1 ");
  time_passes(&bench, 1);
  steps_are(&bench, "++-");
  bench_end(&bench);
}

/* After a fifth of its deadline a wait counts as one, so that another play may begin. */
static void test_who_waits_makes_room(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, "client sends GET\norigin sends 200\nclient sees 200\n", false);
  uint64_t waiting_us = bench.now_us + BENCH_DEADLINE / 5;
  assert_int_equal(script_wake(&bench.script), waiting_us);
  assert_false(script_waiting(&bench.script, waiting_us - 1));
  assert_true(script_waiting(&bench.script, waiting_us));
  bench.now_us = waiting_us;
  bench_settle(&bench);
  assert_int_equal(script_wake(&bench.script), 1000000 + BENCH_DEADLINE);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, OK("0"));
  assert_int_equal(script_wake(&bench.script), ACTOR_NEVER);
  assert_false(script_waiting(&bench.script, ACTOR_NEVER));
  bench_end(&bench);
}

static void test_a_silent_target_is_given_up(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, "client sends GET\norigin sends 200\nclient sees 200\n", false);
  bench.controls = false;
  time_passes(&bench, 10 * BENCH_DEADLINE);
  script_give_up(&bench.script, false, bench.now_us);
  bench_obey(&bench);
  is_done(&bench, false);
  assert_true(bench.script.unresponsive);
  assert_string_equal(bench.clients[1].end, "close");
  assert_string_equal(bench.script.steps[2].observed, "");
  /* What is over stays as it is. */
  script_give_up(&bench.script, true, bench.now_us);
  assert_false(bench.script.target_down);
  bench_end(&bench);
}

static void test_within_is_a_deadline_of_its_own(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 102\nclient sees 102 within 40ms\norigin sends 200\n"
              "client sees 200\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  time_passes(&bench, 39999);
  steps_are(&bench, "++...");
  time_passes(&bench, 1);
  steps_are(&bench, "++-+.");
  bench_end(&bench);
}

/* After a first miss all waits share one deadline; what is sent when it is spent has half of one to
 * come through. */
static void test_later_waits_share_one_budget(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 102\nclient sees 102\norigin sends 102\n"
              "client sees 102\norigin sends 102\nclient sees 102\norigin sends 200\n"
              "client sees 200\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  time_passes(&bench, BENCH_DEADLINE);
  steps_are(&bench, "++-+.....");
  time_passes(&bench, BENCH_DEADLINE);
  steps_are(&bench, "++-+-+...");
  time_passes(&bench, BENCH_DEADLINE / 2 - 1);
  steps_are(&bench, "++-+-+...");
  time_passes(&bench, 1);
  steps_are(&bench, "++-+-+-+.");
  time_passes(&bench, BENCH_DEADLINE / 2 - 1);
  target_answers(&bench, 1, OK("0"));
  steps_are(&bench, "++-+-+-++");
  bench_end(&bench);
}

static void test_cut_and_pace(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends bytes cut 10\n  | HTTP/1.1 102 P\n  |\n"
              "origin sends bytes cut 10 pace 5ms\n  | HTTP/1.1 102 Q\n  |\n"
              "origin sends 200\nclient sees 102 x 2\nclient sees 200\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  origin_wrote(&bench, 0, "HTTP/1.1 1\n02 P||\nHTTP/1.1 1\n");
  time_passes(&bench, 4999);
  origin_wrote(&bench, 0, "");
  time_passes(&bench, 1);
  origin_wrote(&bench, 0, "02 Q||\n" OK("0") "\n");
  bench_end(&bench);
}

static void test_repeats_and_their_pace(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 102 x 3\nclient sees 102 x 3\n"
              "origin sends 102 x 2 pace 7ms\nclient sees 102 x 2\norigin sends 200\n"
              "client sees 200\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  origin_wrote(&bench, 0, MARK("0", "1") "\n" MARK("0", "2") "\n" MARK("0", "3") "\n");
  target_answers(&bench, 1, MARK("0", "1") MARK("0", "2"));
  steps_are(&bench, "++.....");
  target_answers(&bench, 1, MARK("0", "3"));
  origin_wrote(&bench, 0, MARK("0", "4") "\n");
  time_passes(&bench, 6999);
  origin_wrote(&bench, 0, "");
  time_passes(&bench, 1);
  origin_wrote(&bench, 0, MARK("0", "5") "\n");
  target_answers(&bench, 1, MARK("0", "4") MARK("0", "5") OK("0"));
  is_done(&bench, true);
  bench_end(&bench);
}

static void test_glued_messages_go_out_in_one_write(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET glued\nclient sends GET\norigin 1 sends 102 x 2 glued\n"
              "origin 1 sends 103 glued\norigin 1 sends 200\norigin 2 sends 200\n"
              "client sees 102 x 2\nclient sees 103\nclient sees 200 x 2\n",
              false);
  client_wrote(&bench, 1, ASK("GET", "0") ASK("GET", "1") "\n");
  target_asks(&bench, 0, ASK("GET", "0"));
  origin_wrote(&bench, 0,
               MARK("0", "1")
                   MARK("0", "2") "HTTP/1.1 103 Early Hints|Interim-Mark: $0-3||" OK("0") "\n");
  target_asks(&bench, 1, ASK("GET", "1"));
  origin_wrote(&bench, 1, OK("1") "\n");
  target_answers(&bench, 1,
                 MARK("0", "1")
                     MARK("0", "2") "HTTP/1.1 103 Early Hints|Interim-Mark: $0-3||" OK("0")
                         OK("1"));
  is_done(&bench, true);
  bench_end(&bench);
}

static void test_on_arrival_goes_out_when_the_request_comes(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends POST\n  Expect: 100-continue\n  Content-Length: 5\n"
              "origin sends 100 on-arrival\nclient sees 100\nclient sends content\n  | hello\n"
              "origin sees POST\norigin sees content\n  | hello\norigin sends 200\n"
              "client may see 100\nclient sees 200\n",
              false);
  steps_are(&bench, "++.......");
  client_wrote(&bench, 1,
               "POST /$0/t/c HTTP/1.1|Host: h|Interim-Nonce: $0|Expect: 100-continue|"
               "Content-Length: 5||\n");
  target_asks(&bench, 0, "POST /$0/t/c HTTP/1.1|Expect: 100-continue|Content-Length: 5||");
  origin_wrote(&bench, 0, "HTTP/1.1 100 Continue|Interim-Mark: $0-1||\n");
  target_answers(&bench, 1, "HTTP/1.1 100 Continue|Interim-Mark: $0-1||");
  client_wrote(&bench, 1, "hello\n");
  target_asks(&bench, 0, "hello");
  origin_wrote(&bench, 0, OK("0") "\n");
  target_answers(&bench, 1, OK("0"));
  is_done(&bench, true);
  bench_end(&bench);
}

/* Who does not wait for a 100 gets none. */
static void test_no_100_on_arrival_where_nobody_waits(void **state) {
  (void)state;
  static const char *const requests[] = {
      "POST /$0/t/c HTTP/1.1|Content-Length: 5||hello",
      "POST /$0/t/c HTTP/1.1|Content-Length: 5||",
      "POST /$0/t/c HTTP/1.1|Expect: 100-continue||",
      "POST /$0/t/c HTTP/1.0|Expect: 100-continue|Content-Length: 5||",
  };
  for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
    struct bench bench;
    bench_begin(&bench,
                "client sends POST\n  Expect: 100-continue\n  | hello\norigin sends 100 "
                "on-arrival\norigin sees content\n  | hello\norigin sends 200\nclient sees 200\n",
                false);
    target_asks(&bench, 0, requests[i]);
    struct span begun = span_make(bench.backs[0].log.ptr, bench.backs[0].log.len);
    assert_int_equal(span_find(begun, span_of(" 100 "), 0), SIZE_MAX);
    assert_int_equal(bench.script.asked_http10, i == 3);
    bench_end(&bench);
  }
}

static void test_pause_and_nothing_for(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends POST\n  Content-Length: 1\norigin sees POST\n"
              "origin sees nothing for 50ms\npause 30ms\nclient sends content\n  | x\n"
              "origin sees content\n  | x\norigin sends 200\nclient sees 200\n",
              false);
  client_wrote(&bench, 1, "POST /$0/t/c HTTP/1.1|Host: h|Interim-Nonce: $0|Content-Length: 1||\n");
  target_asks(&bench, 0, "POST /$0/t/c HTTP/1.1|Content-Length: 1||");
  steps_are(&bench, "++......");
  time_passes(&bench, 49999);
  steps_are(&bench, "++......");
  time_passes(&bench, 1);
  steps_are(&bench, "+++.....");
  time_passes(&bench, 29999);
  client_wrote(&bench, 1, "");
  time_passes(&bench, 1);
  client_wrote(&bench, 1, "x\n");
  steps_are(&bench, "+++++...");
  bench_end(&bench);
}

static void test_nothing_for_is_missed_at_the_first_byte(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 102\nclient sees nothing for 50ms\norigin sends 200\n"
              "client may see 102\nclient sees 200\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, "H");
  steps_are(&bench, "++-++.");
  bench_end(&bench);
}

static void test_what_is_nothing_to_the_origin(void **state) {
  (void)state;
#define HEAD "POST /$0/t/c HTTP/1.1|Interim-Nonce: $0|Content-Length: 3||"
#define SENT "client sends POST\n  Content-Length: 3\n"
#define NOTHING "origin sees nothing for 50ms\n"
  static const struct {
    const char *steps;
    const char *before;
    const char *meanwhile;
    const char *states;
  } rows[] = {
      {SENT NOTHING, "", "", "++"},
      {SENT NOTHING, "", "P", "++"},
      {SENT NOTHING, "", HEAD, "+-"},
      {SENT "origin sees POST\n" NOTHING, HEAD, "", "+++"},
      {SENT "origin sees POST\n" NOTHING, HEAD, "x", "++-"},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    bench_begin(&bench, rows[i].steps, false);
    target_asks(&bench, 0, rows[i].before);
    target_asks(&bench, 0, rows[i].meanwhile);
    time_passes(&bench, 50000);
    steps_are(&bench, rows[i].states);
    bench_end(&bench);
  }
}

static void test_may_see_takes_none_or_many(void **state) {
  (void)state;
  for (unsigned times = 0; times < 4; times++) {
    struct bench bench;
    bench_begin(&bench,
                "client sends GET\norigin sends 102 x 3\norigin sends 200\n"
                "client may see 102\nclient sees 200\n",
                false);
    target_asks(&bench, 0, ASK("GET", "0"));
    static const char *const marks[] = {MARK("0", "1"), MARK("0", "2"), MARK("0", "3")};
    for (unsigned i = 0; i < times; i++) {
      target_answers(&bench, 1, marks[i]);
    }
    target_answers(&bench, 1, OK("0"));
    steps_are(&bench, "+++++");
    is_done(&bench, true);
    bench_end(&bench);
  }
}

static void test_an_interim_that_may_not_come_is_a_miss_and_the_final_still_counts(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, "client sends GET\norigin sends 102\norigin sends 200\nclient sees 200\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, MARK("0", "1") OK("0"));
  steps_are(&bench, "+++-");
  assert_string_equal(bench.script.steps[3].observed, "102");
  assert_non_null(bench.script.exchanges[0]->final);
  bench_end(&bench);
}

static void test_never_sees_looks_at_all_that_comes_to_the_case(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client never sees 1xx\nclient sends GET HTTP/1.0\norigin sends 102\n"
              "origin sends 200\nclient sees 200\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, MARK("0", "1") OK("0"));
  steps_are(&bench, "-+++-");
  assert_int_equal(bench.script.findings[0].breach, BREACH_INTERIM_HTTP10);
  is_done(&bench, false);
  bench_end(&bench);
}

/* What a canary brings is none of the case's business. */
static void test_never_sees_ends_with_the_case(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client never sees 1xx\nclient sends GET HTTP/1.0\norigin sends 200\n"
              "client sees 200\n",
              true);
  target_asks(&bench, 0, "GET /$0/t/c HTTP/1.1|Host: h||");
  target_answers(&bench, 1,
                 "HTTP/1.1 200 OK|Interim-Nonce: $0|Connection: close|"
                 "Content-Length: 0||");
  target_ends(&bench, 1, ACTOR_FIN);
  client_wrote(&bench, 2, ASK("GET", "1") "\n");
  target_asks(&bench, 1, ASK("GET", "1"));
  target_answers(&bench, 2, "HTTP/1.1 103 Early Hints|Link: </own>||" OK("1"));
  steps_are(&bench, "++++");
  is_done(&bench, true);
  bench_end(&bench);
}

static void test_stated_fields_and_content_must_match(void **state) {
  (void)state;
  static const struct {
    const char *answer;
    const char *observed;
  } rows[] = {
      {"HTTP/1.1 200 OK|Interim-Nonce: $0|A: 1|C: 3|Content-Length: 4||done", ""},
      {"HTTP/1.1 200 OK|Interim-Nonce: $0|A: 1|Content-Length: 22||done\n$0\n", ""},
      {"HTTP/1.1 200 OK|Interim-Nonce: $0|A: 2|Content-Length: 4||done",
       "200 with another A than \"1\""},
      {"HTTP/1.1 200 OK|Interim-Nonce: $0|Content-Length: 4||done", "200 without A: 1"},
      {"HTTP/1.1 200 OK|Interim-Nonce: $0|A: 1|B: x|Content-Length: 4||done",
       "200 with B, which must not be there"},
      {"HTTP/1.1 200 OK|Interim-Nonce: $0|A: 1|Content-Length: 3||don",
       "200 with the content \"don\""},
      {"HTTP/1.1 201 OK|Interim-Nonce: $0|A: 1|Content-Length: 4||done", "201"},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    bench_begin(&bench,
                "client sends GET\norigin sends 200\n  A: 1\n  | done\nclient sees 200\n"
                "  A: 1\n  ! B\n  | done\n",
                false);
    target_asks(&bench, 0, ASK("GET", "0"));
    target_answers(&bench, 1, rows[i].answer);
    assert_string_equal(bench.script.steps[2].observed, rows[i].observed);
    assert_int_equal(bench.script.exchanges[0]->final_altered, i > 1);
    bench_end(&bench);
  }
}

/* Fields are asked of what our origin sent, not of an error page of the target's. */
static void test_an_error_page_owes_no_fields(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 200\n  A: 1\nclient sees 200 or 5xx\n  A: 1\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, "HTTP/1.1 502 Bad Gateway|Content-Length: 0||");
  steps_are(&bench, "+++");
  is_done(&bench, true);
  bench_end(&bench);
}

static void test_head_and_its_answer_have_no_content(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends HEAD\norigin sends 102\nclient sees 102\norigin sends 200\n"
              "client sees 200\nclient sends GET\norigin 2 sends 200\nclient sees 200\n",
              false);
  client_wrote(&bench, 1, ASK("HEAD", "0") "\n");
  target_asks(&bench, 0, ASK("HEAD", "0"));
  target_answers(&bench, 1, MARK("0", "1"));
  origin_wrote(&bench, 0, MARK("0", "1") "\n" OK_HEAD("0", "17") "\n");
  target_answers(&bench, 1, OK_HEAD("0", "17"));
  client_wrote(&bench, 1, ASK("GET", "1") "\n");
  target_asks(&bench, 0, ASK("GET", "1"));
  origin_wrote(&bench, 0, OK("1") "\n");
  target_answers(&bench, 1, OK("1"));
  is_done(&bench, true);
  bench_end(&bench);
}

static void test_raw_requests_and_responses(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends bytes\n  | HEAD {path} HTTP/1.1\n  | Host: {host}\n  |\n"
              "origin sends bytes\n  | HTTP/1.1 102\\x20\n  |\nclient sees 102\n"
              "origin sends bytes\n  | HTTP/1.1 200\\x20\n  | Interim-Nonce: {nonce}\n"
              "  | Content-Length: 9\n  |\nclient sees 200\n",
              false);
  client_wrote(&bench, 1, "HEAD /$0/t/c HTTP/1.1|Host: h||\n");
  target_asks(&bench, 0, "HEAD /$0/t/c HTTP/1.1|Host: h||");
  origin_wrote(&bench, 0, "HTTP/1.1 102 ||\n");
  target_answers(&bench, 1, "HTTP/1.1 102 ||");
  origin_wrote(&bench, 0, "HTTP/1.1 200 |Interim-Nonce: $0|Content-Length: 9||\n");
  assert_true(bench.script.exchanges[0]->final_sent);
  target_answers(&bench, 1, "HTTP/1.1 200 |Interim-Nonce: $0|Content-Length: 9||");
  is_done(&bench, true);
  bench_end(&bench);
}

static void test_a_second_client_has_a_connection_of_its_own(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 102\nclient 2 sends GET\norigin 2 sends 200\n"
              "client 2 sees 200\norigin 1 sends 200\nclient may see 102\nclient sees 200\n",
              false);
  client_wrote(&bench, 1, ASK("GET", "0") "\n");
  target_asks(&bench, 0, ASK("GET", "0"));
  client_wrote(&bench, 2, ASK("GET", "1") "\n");
  target_asks(&bench, 1, ASK("GET", "1"));
  origin_wrote(&bench, 1, OK("1") "\n");
  target_answers(&bench, 2, OK("1"));
  target_answers(&bench, 1, OK("0"));
  is_done(&bench, true);
  assert_string_equal(script_observed(&bench.script), "200; client 2: 200");
  bench_end(&bench);
}

/* The origin's next request on a connection waits until the one before it is answered. */
static void test_requests_on_one_back_connection_keep_their_order(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET glued\nclient sends GET\norigin 1 sends 200\norigin 2 sends 200\n"
              "client sees 200 x 2\n",
              false);
  target_asks(&bench, 0, ASK("GET", "1") ASK("GET", "0"));
  /* It came first, yet the case answers the other one first, which waits behind it. */
  origin_wrote(&bench, 0, "");
  time_passes(&bench, BENCH_DEADLINE);
  steps_are(&bench, "++-+.");
  origin_wrote(&bench, 0, OK("1") "\n");
  assert_int_equal(bench.script.exchanges[0]->arrivals, 1);
  bench_end(&bench);
}

/* What came stays readable in a report, however long it is. */
static void test_of_long_content_only_the_beginning_is_told(void **state) {
  (void)state;
#define FORTY "0123456789012345678901234567890123456789"
  static const struct {
    const char *answer;
    const char *observed;
  } rows[] = {
      {OK_HEAD("0", "80") FORTY FORTY, "200 with the content \"" FORTY FORTY "\""},
      {OK_HEAD("0", "81") FORTY FORTY "x", "200 with the content \"" FORTY FORTY "...\""},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    bench_begin(&bench, "client sends GET\norigin sends 200\n  | a\nclient sees 200\n  | a\n",
                false);
    target_asks(&bench, 0, ASK("GET", "0"));
    target_answers(&bench, 1, rows[i].answer);
    assert_string_equal(bench.script.steps[2].observed, rows[i].observed);
    bench_end(&bench);
  }
}

/* A version is asked for only where the case states one. */
static void test_the_version_of_a_request_as_the_origin_sees_it(void **state) {
  (void)state;
  static const struct {
    const char *sees;
    const char *minor;
    const char *observed;
  } rows[] = {
      {"GET", "0", ""},
      {"GET", "1", ""},
      {"GET HTTP/1.0", "0", ""},
      {"GET HTTP/1.0", "1", "HTTP/1.1"},
      {"GET HTTP/1.1", "0", "HTTP/1.0"},
      {"GET HTTP/1.1", "1", ""},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    struct bytes steps = {0};
    bytes_printf(&steps, "client sends GET\norigin sees %s\n", rows[i].sees);
    bench_begin(&bench, bytes_cstr(&steps), false);
    target_asks(&bench, 0, arena_printf(&bench.arena, "GET /$0/t/c HTTP/1.%s||", rows[i].minor));
    assert_string_equal(bench.script.steps[1].observed, rows[i].observed);
    bytes_free(&steps);
    bench_end(&bench);
  }
}

/* Bytes that belong to no request go out as they are. */
static void test_bytes_before_the_first_request(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, "client sends bytes\n  |\nclient sends GET\norigin sees GET\n", false);
  client_wrote(&bench, 1, "|\n" ASK("GET", "0") "\n");
  steps_are(&bench, "++.");
  bench_end(&bench);
}

/* Content that follows its head, as it is framed there. */
static void test_content_by_itself(void **state) {
  (void)state;
  static const struct {
    const char *field;
    const char *content; /* as our origin writes it */
  } rows[] = {
      {"Content-Length: 3", "abc\n"},
      {"Transfer-Encoding: chunked", "3|abc|0||\n"},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    struct bytes steps = {0};
    bytes_printf(&steps,
                 "client sends GET\norigin sends 200\n  %s\norigin sees GET\npause 1ms\n"
                 "origin sends content\n  | abc\nclient sees 200\n",
                 rows[i].field);
    bench_begin(&bench, bytes_cstr(&steps), false);
    target_asks(&bench, 0, ASK("GET", "0"));
    bench.backs[0].log.len = 0;
    time_passes(&bench, 1000);
    origin_wrote(&bench, 0, rows[i].content);
    bytes_free(&steps);
    bench_end(&bench);
  }
}

/* A time that the case states passes by itself, and nobody is asked whether the target is there. */
static void test_stated_times_need_no_control(void **state) {
  (void)state;
  static const char *const steps[] = {
      "pause 900ms\n",
      "client sees nothing for 900ms\n",
      "client sends GET\norigin 2 sees GET\nclient may see 102 within 900ms\n",
  };
  for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
    struct bench bench;
    struct bytes text = {0};
    bytes_printf(&text, "client sends GET\norigin sends 200\nclient sees 200\n%s", steps[i]);
    bench_begin(&bench, bytes_cstr(&text), false);
    bench.controls = false;
    target_asks(&bench, 0, ASK("GET", "0"));
    time_passes(&bench, 1000);
    target_answers(&bench, 1, OK("0"));
    target_asks(&bench, 0, ASK("GET", "1"));
    uint64_t began_us = bench.now_us;
    assert_int_equal(script_wake(&bench.script) - began_us, BENCH_DEADLINE / 5);
    time_passes(&bench, 899999);
    assert_false(script_wants_control(&bench.script, bench.now_us));
    assert_int_not_equal(bench.script.phase, PHASE_DONE);
    assert_int_equal(script_wake(&bench.script) - began_us, 900000);
    time_passes(&bench, 1);
    is_done(&bench, true);
    bytes_free(&text);
    bench_end(&bench);
  }
}

/* Of what the target was told to have, in percent. */
static void test_a_pause_of_the_targets_own_timeout(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, "client sends GET\norigin sees GET\npause 150%\norigin sends 200\n", false);
  bench.script.config.target_timeout_us = 10000000;
  bench.script.config.scale = 3; /* the target's time is not ours to scale */
  target_asks(&bench, 0, ASK("GET", "0"));
  time_passes(&bench, 14999999);
  steps_are(&bench, "++..");
  time_passes(&bench, 1);
  steps_are(&bench, "++++");
  bench_end(&bench);
}

/* Even before anything was sent. */
static void test_may_see_stands_anywhere_before(void **state) {
  (void)state;
  static const char *const steps[] = {
      "client may see 102\nclient sends GET\norigin sends 102\norigin sends 200\nclient sees 200\n",
      "client sends GET\norigin sends 102\norigin sends 200\nclient may see 102\nclient sees 200\n",
      ("client sends GET\norigin sends 102\nclient may see 102\norigin sees GET\norigin sends 200\n"
       "client sees 200\n"),
  };
  for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
    struct bench bench;
    bench_begin(&bench, steps[i], false);
    target_asks(&bench, 0, ASK("GET", "0"));
    target_answers(&bench, 1, MARK("0", "1") OK("0"));
    is_done(&bench, true);
    bench_end(&bench);
  }
}

/* A request's content is as the client sent it; only our answers end in a line with the nonce. */
static void test_a_request_has_no_line_of_ours_behind_its_content(void **state) {
  (void)state;
  static const struct {
    const char *content;
    const char *steps;
  } rows[] = {{"5||hello", "++"}, {"23||hello\n$0\n", "+-"}};
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    bench_begin(&bench, "client sends POST\n  | hello\norigin sees content\n  | hello\n", false);
    target_asks(
        &bench, 0,
        arena_printf(&bench.arena, "POST /$0/t/c HTTP/1.1|Content-Length: %s", rows[i].content));
    steps_are(&bench, rows[i].steps);
    bench_end(&bench);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_steps_run_in_their_order_across_the_lanes),
      cmocka_unit_test(test_a_miss_is_noted_and_the_play_goes_on),
      cmocka_unit_test(test_a_wait_is_not_lost_while_no_control_is_answered),
      cmocka_unit_test(test_a_wait_is_not_lost_while_bytes_come),
      cmocka_unit_test(test_a_stated_time_is_not_put_off),
      cmocka_unit_test(test_who_waits_makes_room),
      cmocka_unit_test(test_a_silent_target_is_given_up),
      cmocka_unit_test(test_within_is_a_deadline_of_its_own),
      cmocka_unit_test(test_later_waits_share_one_budget),
      cmocka_unit_test(test_cut_and_pace),
      cmocka_unit_test(test_repeats_and_their_pace),
      cmocka_unit_test(test_glued_messages_go_out_in_one_write),
      cmocka_unit_test(test_on_arrival_goes_out_when_the_request_comes),
      cmocka_unit_test(test_no_100_on_arrival_where_nobody_waits),
      cmocka_unit_test(test_pause_and_nothing_for),
      cmocka_unit_test(test_nothing_for_is_missed_at_the_first_byte),
      cmocka_unit_test(test_what_is_nothing_to_the_origin),
      cmocka_unit_test(test_may_see_takes_none_or_many),
      cmocka_unit_test(test_an_interim_that_may_not_come_is_a_miss_and_the_final_still_counts),
      cmocka_unit_test(test_never_sees_looks_at_all_that_comes_to_the_case),
      cmocka_unit_test(test_never_sees_ends_with_the_case),
      cmocka_unit_test(test_stated_fields_and_content_must_match),
      cmocka_unit_test(test_an_error_page_owes_no_fields),
      cmocka_unit_test(test_head_and_its_answer_have_no_content),
      cmocka_unit_test(test_raw_requests_and_responses),
      cmocka_unit_test(test_a_second_client_has_a_connection_of_its_own),
      cmocka_unit_test(test_requests_on_one_back_connection_keep_their_order),
      cmocka_unit_test(test_of_long_content_only_the_beginning_is_told),
      cmocka_unit_test(test_the_version_of_a_request_as_the_origin_sees_it),
      cmocka_unit_test(test_bytes_before_the_first_request),
      cmocka_unit_test(test_content_by_itself),
      cmocka_unit_test(test_stated_times_need_no_control),
      cmocka_unit_test(test_a_pause_of_the_targets_own_timeout),
      cmocka_unit_test(test_may_see_stands_anywhere_before),
      cmocka_unit_test(test_a_request_has_no_line_of_ours_behind_its_content),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
