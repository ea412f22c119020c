/* A play by hand: what everyone may do, HTTP/1.0, house rules and canaries. */
#include "tests/script_bench.h"

static void test_an_answer_to_another_request_is_a_desync(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, "client sends GET\norigin sends 200\nclient sees 200\n", false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, "HTTP/1.1 200 OK|Interim-Nonce: abcdef0009000000|Content-Length: 0||");
  assert_int_equal(bench.script.num_findings, 1);
  assert_int_equal(bench.script.findings[0].breach, BREACH_FOREIGN);
  assert_int_equal(bench.script.findings[0].owner.play, 9);
  assert_true(bench.script.exchanges[0]->foreign);
  bench_end(&bench);
}

static void test_another_answers_content_is_a_desync(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, "client sends GET\norigin sends 200\nclient sees 200\n", false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1,
                 "HTTP/1.1 200 OK|Interim-Nonce: $0|Content-Length: 16||abcdef0009000000");
  assert_int_equal(bench.script.findings[0].breach, BREACH_FOREIGN);
  assert_int_equal(bench.script.findings[0].owner.play, 9);
  assert_true(bench.script.exchanges[0]->foreign);
  bench_end(&bench);
}

static void test_house_rules_on_every_message(void **state) {
  (void)state;
  static const struct {
    const char *answer;
    enum breach breach;
  } rows[] = {
      {"HTTP/1.1 102 P|Interim-Mark: $0-1|Content-Length: 0||" OK("0"), BREACH_INTERIM_LENGTH},
      {"HTTP/1.1 102 P|Interim-Mark: $0-1|Transfer-Encoding: chunked||" OK("0"),
       BREACH_INTERIM_CODING},
      {"HTTP/1.0 102 P|Interim-Mark: $0-1||" OK("0"), BREACH_VERSION},
      {MARK("0", "1") MARK("0", "1") OK("0"), BREACH_REPEATED},
      {"HTTP/1.1 200 OK|Interim-Mark: $0-1|Interim-Nonce: $0|Content-Length: 0||", BREACH_LEAKED},
      {MARK("0", "1") OK("0") "HTTP/1.1 200 OK|Content-Length: 0||", BREACH_UNSOLICITED},
      {"HTTP/1.1 102 P\n|Interim-Mark: $0-1||", BREACH_GRAMMAR},
      {"HTTP/1.1 600 Out|Content-Length: 0||", BREACH_CODE},
      {MARK("0", "1") "HTTP/1.1 099 Low|Content-Length: 0||", BREACH_CODE},
      {"HTTP/1.1 6000 Long|Content-Length: 0||", BREACH_GRAMMAR},
      {"HTTP/1.1 60 Short|Content-Length: 0||", BREACH_GRAMMAR},
      {"HTTP/1.1 101 S|Upgrade: x|Connection: upgrade||", BREACH_SWITCHED},
      {"HTTP/1.1 200 OK|Interim-Nonce: planted-$0|Content-Length: 0||", BREACH_PLANTED},
      {"HTTP/1.1 200 OK|Interim-Nonce: abcdef0009000000|Content-Length: 0||", BREACH_FOREIGN},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    bench_begin(&bench,
                "client sends GET\norigin sends 102\norigin sends 200\nclient may see 1xx\n"
                "client sees 200\n",
                false);
    target_asks(&bench, 0, ASK("GET", "0"));
    target_answers(&bench, 1, rows[i].answer);
    assert_true(bench.script.num_findings > 0);
    assert_int_equal(bench.script.findings[0].breach, rows[i].breach);
    assert_int_equal(bench.script.exchanges[0]->leaked, rows[i].breach == BREACH_LEAKED);
    bool unreadable = rows[i].breach == BREACH_GRAMMAR || rows[i].breach == BREACH_CODE;
    assert_int_equal(strcmp(bench.clients[1].end, "abort") == 0, unreadable);
    bench_end(&bench);
  }
}

/* What everyone may do is no finding, and no miss. */
static void test_what_everyone_may_do(void **state) {
  (void)state;
  static const char *const answers[] = {
      /* Interim responses of the target's own. */
      "HTTP/1.1 103 Early Hints|Link: </x>||" OK("0"),
      "HTTP/1.1 100 Continue||" OK("0"),
      "HTTP/1.1 110 Own||" OK("0"),
      "HTTP/1.1 103 Early Hints|Link: </x>||" MARK("0", "1") OK("0"),
      /* Fields of the target's own, and another reason. */
      "HTTP/1.1 200 Fine|Interim-Nonce: $0|Via: 1.1 x|Connection: keep-alive|Keep-Alive: a=1|"
      "Content-Length: 17||$0\n",
      /* Other framing. */
      "HTTP/1.1 200 OK|Interim-Nonce: $0|Transfer-Encoding: chunked||10|$0|1|\n|0|T: 1||",
      /* Empty lines behind a final response. */
      OK("0") "|",
      OK("0") "||",
  };
  for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
    struct bench bench;
    bench_begin(&bench,
                "client sends GET\norigin sends 102\norigin sends 200\nclient may see 102\n"
                "client sees 200\n",
                false);
    target_asks(&bench, 0, ASK("GET", "0"));
    target_answers(&bench, 1, answers[i]);
    steps_are(&bench, "+++++");
    is_done(&bench, true);
    bench_end(&bench);
  }
}

/* A 100 of its own, taken for the origin's until that one comes too. */
static void test_two_times_100_is_no_repetition(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends POST\n  Expect: 100-continue\n  | x\norigin sends 100 on-arrival\n"
              "origin sees content\n  | x\norigin sends 200\nclient may see 100\nclient sees 200\n",
              false);
  target_asks(&bench, 0, "POST /$0/t/c HTTP/1.1|Expect: 100-continue|Content-Length: 1||");
  target_answers(&bench, 1, "HTTP/1.1 100 Continue||");
  target_answers(&bench, 1, "HTTP/1.1 100 Continue|Interim-Mark: $0-1||");
  target_asks(&bench, 0, "x");
  target_answers(&bench, 1, OK("0"));
  is_done(&bench, true);
  bench_end(&bench);
}

/* An interim whose code was changed is no obstacle where a final is due. */
static void test_a_changed_code_is_noted(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 102\norigin sends 200\nclient may see 102\n"
              "client sees 200\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, "HTTP/1.1 100 Continue|Interim-Mark: $0-1||" OK("0"));
  steps_are(&bench, "+++++");
  assert_true(bench.script.exchanges[0]->altered);
  bench_end(&bench);
}

static void test_order_of_interims(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 102 x 2\norigin sends 200\nclient sees 102 x 2\n"
              "client sees 200\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, MARK("0", "2") MARK("0", "1") OK("0"));
  assert_true(bench.script.exchanges[0]->reordered);
  assert_int_equal(bench.script.exchanges[0]->num_seen, 2);
  bench_end(&bench);
}

static void test_a_retry_by_the_target_gets_what_the_first_got(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 102\nclient sees 102\norigin sends 200\n"
              "client sees 200\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  origin_wrote(&bench, 0, MARK("0", "1") "\n");
  target_leaves(&bench, 0, true);
  target_asks(&bench, 1, ASK("GET", "0"));
  origin_wrote(&bench, 1, MARK("0", "1") "\n");
  target_answers(&bench, 1, MARK("0", "1"));
  origin_wrote(&bench, 1, OK("0") "\n");
  target_answers(&bench, 1, OK("0"));
  is_done(&bench, true);
  assert_int_equal(bench.script.exchanges[0]->arrivals, 2);
  bench_end(&bench);
}

/* What the origin has to say while its connection is gone waits for the retry. */
static void test_a_retry_gets_what_the_first_could_not(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sees GET\npause 10ms\norigin sends 102\n"
              "origin sends 200\nclient may see 102\nclient sees 200\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_leaves(&bench, 0, true);
  time_passes(&bench, 10000);
  origin_wrote(&bench, 0, "");
  target_asks(&bench, 1, ASK("GET", "0"));
  origin_wrote(&bench, 1, MARK("0", "1") OK("0") "\n");
  assert_true(bench.script.exchanges[0]->final_sent);
  target_answers(&bench, 1, MARK("0", "1") OK("0"));
  is_done(&bench, true);
  bench_end(&bench);
}

static void test_a_target_that_answers_by_itself(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends COPY\norigin sends 102\nclient sees 102\norigin sends 201\n"
              "client sees 201\n",
              false);
  target_answers(&bench, 1, "HTTP/1.1 405 No|Content-Length: 0||");
  assert_true(bench.script.never_arrived);
  assert_int_equal(bench.script.steps[1].state, STEP_PASSED_OVER);
  is_done(&bench, false);
  bench_end(&bench);
}

static void test_an_interim_to_http10_is_passed_over(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 200 glued\norigin sends 102\norigin sees GET\n"
              "client sees 200\n",
              false);
  target_asks(&bench, 0, "GET /$0/t/c HTTP/1.0||");
  /* What was glued to it still goes out. */
  origin_wrote(&bench, 0, OK("0") "\n");
  assert_true(bench.script.asked_http10);
  steps_are(&bench, "++~+.");
  bench_end(&bench);
}

/* And once. */
static void test_what_was_glued_to_what_is_passed_over(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\nclient 2 sends GET\norigin sends 200 glued\norigin sends 102\n"
              "origin 2 sends 200\nclient sees 200\n",
              false);
  target_asks(&bench, 0, "GET /$0/t/c HTTP/1.0||");
  target_asks(&bench, 1, "GET /$1/t/c HTTP/1.1|Host: h||");
  origin_wrote(&bench, 0, OK("0") "\n");
  origin_wrote(&bench, 1, OK("1") "\n");
  bench_end(&bench);
}

/* A raw interim in several pieces is kept from HTTP/1.0 with all of them. */
static void test_a_raw_interim_to_http10_is_passed_over_whole(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends bytes glued\n  | HTTP/1.1 102 P\n"
              "origin sends bytes x 3 glued\n  | A: 1\norigin sends bytes glued\n  |\n"
              "origin sends 200\nclient may see 102\nclient sees 200\n",
              false);
  target_asks(&bench, 0, "GET /$0/t/c HTTP/1.0||");
  origin_wrote(&bench, 0, OK("0") "\n");
  steps_are(&bench, "+~~~++.");
  bench_end(&bench);
}

/* What no HTTP/1.0 knows is answered plainly, and the rest of it not sent. */
static void test_http10_gets_no_chunks(void **state) {
  (void)state;
  static const char *const answers[] = {
      "origin sends 200\n  Transfer-Encoding: chunked\n  | done\n",
      "origin sends bytes glued\n  | HTTP/1.1 200 OK\n  | Transfer-Encoding: chunked\n  |\n"
      "origin sends bytes\n  | 4\n  | done\n  | 0\n  |\n",
  };
  for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
    char text[400];
    (void)snprintf(text, sizeof(text), "client sends GET\n%sclient sees 200\n", answers[i]);
    struct bench bench;
    bench_begin(&bench, text, false);
    target_asks(&bench, 0, "GET /$0/t/c HTTP/1.0||");
    origin_wrote(&bench, 0, OK("0") "\n");
    assert_true(bench.script.asked_http10);
    steps_are(&bench, i == 0 ? "+~." : "+~~.");
    bench_end(&bench);
  }
}

/* What a recipient may take for an interim response, or for no response at all. */
static void test_http10_gets_no_odd_status_line(void **state) {
  (void)state;
  static const char *const lines[] = {"HTTP/2.0 102 P", "HTTP/1.1 -102 P", "HTTP/1.1"};
  for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
    char text[400];
    (void)snprintf(text, sizeof(text),
                   "client sends GET\norigin sends bytes\n  | %s\\x20\n  |\norigin sends 200\n"
                   "client sees 200\n",
                   lines[i]);
    struct bench bench;
    bench_begin(&bench, text, false);
    target_asks(&bench, 0, "GET /$0/t/c HTTP/1.0||");
    origin_wrote(&bench, 0, OK("0") "\n");
    steps_are(&bench, "+~+.");
    bench_end(&bench);
  }
}

static void test_a_stall_is_probed_with_the_next_request(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 102\nclient sees 102\norigin sends 200\n"
              "client sees 200\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, MARK("0", "1"));
  client_wrote(&bench, 1, ASK("GET", "0") "\n");
  time_passes(&bench, BENCH_DEADLINE);
  client_wrote(&bench, 1, ASK("GET", "1") "\n");
  target_asks(&bench, 1, ASK("GET", "1"));
  target_answers(&bench, 1, OK("1"));
  assert_true(bench.script.exchanges[0]->next_answered);
  is_done(&bench, false);
  assert_string_equal(script_observed(&bench.script), "102, nothing");
  bench_end(&bench);
}

/* The real final falls out as the answer to the next request, and that one's does not come. */
static void test_a_target_that_is_one_answer_behind(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 102\nclient sees 102\norigin sends 200\n"
              "client sees 200\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, MARK("0", "1"));
  time_passes(&bench, BENCH_DEADLINE);
  target_asks(&bench, 0, ASK("GET", "1"));
  target_answers(&bench, 1, OK("0"));
  assert_false(bench.script.exchanges[0]->next_answered);
  time_passes(&bench, BENCH_DEADLINE);
  assert_true(bench.script.exchanges[0]->next_answered);
  is_done(&bench, false);
  bench_end(&bench);
}

/* A target that comes round by itself answers both. */
static void test_a_target_that_was_only_late_is_not_behind(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 102\nclient sees 102\norigin sends 200\n"
              "client sees 200\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, MARK("0", "1"));
  time_passes(&bench, BENCH_DEADLINE);
  target_asks(&bench, 0, ASK("GET", "1"));
  target_answers(&bench, 1, OK("0") OK("1"));
  assert_false(bench.script.exchanges[0]->next_answered);
  assert_false(bench.script.exchanges[0]->fell_out);
  is_done(&bench, false);
  bench_end(&bench);
}

static void test_a_stall_without_interim_is_probed_by_closing(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 102\nclient sees 102\norigin sends 200\n"
              "client sees 200\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  time_passes(&bench, 2 * BENCH_DEADLINE);
  assert_string_equal(bench.backs[0].end, "close");
  target_answers(&bench, 1, MARK("0", "1") OK("0"));
  is_done(&bench, false);
  assert_true(bench.script.exchanges[0]->fell_out);
  assert_string_equal(script_observed(&bench.script),
                      "nothing (only after the origin closed: 102, 200)");
  bench_end(&bench);
}

static void test_canaries(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, "client sends GET\norigin sends 200\nclient sees 200\n", true);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, OK("0"));
  client_wrote(&bench, 1, ASK("GET", "0") "\n" ASK("GET", "1") "\n");
  target_asks(&bench, 0, ASK("GET", "1"));
  origin_wrote(&bench, 0, OK("0") "\n" OK("1") "\n");
  target_answers(&bench, 1, OK("1"));
  is_done(&bench, true);
  assert_true(bench.script.back_exercised);
  assert_string_equal(script_observed(&bench.script), "200");
  bench_end(&bench);
}

static void test_a_canary_that_finds_a_foreign_answer(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, "client sends GET\norigin sends 200\nclient sees 200\n", true);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, OK("0"));
  target_answers(&bench, 1, OK("0"));
  is_done(&bench, false);
  assert_int_equal(bench.script.findings[0].breach, BREACH_FOREIGN);
  bench_end(&bench);
}

/* A canary that the target does not want on this connection goes on a new one, or is let be. */
static void test_canaries_that_are_closed_or_ignored(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, "client sends GET\norigin sends 200\nclient sees 200\n", true);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, OK("0"));
  target_ends(&bench, 1, ACTOR_FIN);
  client_wrote(&bench, 2, ASK("GET", "1") "\n");
  time_passes(&bench, 4 * BENCH_DEADLINE);
  is_done(&bench, true);
  bench_end(&bench);
}

static void test_an_idle_connections_408_is_nobodys_answer(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 200\nclient sees 200\npause 1ms\nclient sends GET\n"
              "origin 2 sends 200\nclient sees 200\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, OK("0"));
  target_answers(&bench, 1, "HTTP/1.1 408 Request Timeout|Connection: close|Content-Length: 0||");
  target_ends(&bench, 1, ACTOR_FIN);
  time_passes(&bench, 1000);
  client_wrote(&bench, 2, ASK("GET", "1") "\n");
  target_asks(&bench, 0, ASK("GET", "1"));
  target_answers(&bench, 2, OK("1"));
  is_done(&bench, true);
  bench_end(&bench);
}

/* One of the target's own is taken for ours by its code until ours comes; ours comes once. */
static void test_an_interim_of_its_own_hides_no_repetition(void **state) {
  (void)state;
  static const struct {
    const char *answer;
    unsigned findings;
  } rows[] = {
      {MARK("0", "1"), 0},
      {"HTTP/1.1 102 P||" MARK("0", "1"), 0},
      {MARK("0", "1") MARK("0", "1"), 1},
      {"HTTP/1.1 102 P||" MARK("0", "1") MARK("0", "1"), 1},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    bench_begin(&bench,
                "client sends GET\norigin sends 102\norigin sends 200\nclient may see 102\n"
                "client sees 200\n",
                false);
    target_asks(&bench, 0, ASK("GET", "0"));
    target_answers(&bench, 1, rows[i].answer);
    target_answers(&bench, 1, OK("0"));
    assert_int_equal(bench.script.num_findings, rows[i].findings);
    assert_int_equal(bench.script.exchanges[0]->num_seen, 1);
    bench_end(&bench);
  }
}

/* That, and no other message, may come where nothing else may. */
static void test_an_idle_connections_408_is_nothing(void **state) {
  (void)state;
  static const struct {
    const char *code;
    const char *steps;
  } rows[] = {{"408", "++++"}, {"409", "+++-"}, {"407", "+++-"}};
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    char answer[64];
    bench_begin(
        &bench,
        "client sends GET\norigin sends 200\nclient sees 200\nclient sees nothing for 5ms\n",
        false);
    target_asks(&bench, 0, ASK("GET", "0"));
    target_answers(&bench, 1, OK("0"));
    (void)snprintf(answer, sizeof(answer), "HTTP/1.1 %s T|Content-Length: 0||", rows[i].code);
    target_answers(&bench, 1, answer);
    time_passes(&bench, 5000);
    steps_are(&bench, rows[i].steps);
    bench_end(&bench);
  }
}

/* Byte by byte, everything reads the same. */
static void test_reads_of_one_byte(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends POST\n  | x\norigin sees POST\norigin sees content\n  | x\n"
              "origin sends 102\nclient sees 102\norigin sends 200\nclient sees 200\n",
              false);
  struct span request =
      bench_wire(&bench, "POST /$0/t/c HTTP/1.1|Transfer-Encoding: chunked||1|x|0||");
  struct span answer = bench_wire(&bench, MARK("0", "1") OK("0") "|");
  target_asks(&bench, 0, "");
  for (size_t i = 0; i < request.len; i++) {
    origin_bytes(&bench.origin, ACTOR_ACCEPTED, span_make(request.ptr + i, 1), bench.now_us);
    bench_settle(&bench);
  }
  for (size_t i = 0; i < answer.len; i++) {
    struct actor_event event = {ACTOR_BYTES, 1, 0, span_make(answer.ptr + i, 1)};
    script_client_event(&bench.script, &event, bench.now_us);
    bench_settle(&bench);
  }
  is_done(&bench, true);
  bench_end(&bench);
}

/* An empty line behind an interim response is no HTTP: the next response begins there. */
static void test_an_empty_line_too_many_behind_an_interim(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 102\norigin sends 200\nclient may see 102\n"
              "client sees 200\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, MARK("0", "1") "|" OK("0"));
  assert_int_equal(bench.script.findings[0].breach, BREACH_GRAMMAR);
  bench_end(&bench);
}

/* Only what obeys the rules for 1xx obliges the target to cope with it. */
static void test_which_interims_are_valid(void **state) {
  (void)state;
  static const struct {
    const char *interim;
    bool valid;
  } rows[] = {
      {"origin sends 102\n", true},
      {"origin sends 199\n  X-Any: 1\n", true},
      {"origin sends 102\n  Content-Length: 0\n", false},
      {"origin sends 102\n  Transfer-Encoding: chunked\n", false},
      {"origin sends 102\n  Connection: close\n", false},
      {"origin sends 102\n  Connection: X-Hop, Close\n", false},
      {"origin sends 102\n  Connection: content-length\n", false},
      {"origin sends 102\n  Connection: X-Hop\n  X-Hop: 1\n", true},
      {"origin sends 102 HTTP/1.0\n", false},
      {"origin sends bytes\n  | HTTP/1.1 102 P\n  | Bad Name: 1\n  |\n", false},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    struct bytes steps = {0};
    bytes_printf(&steps,
                 "client sends GET\n%sorigin sends 200\nclient may see 1xx\n"
                 "client sees 200 or 5xx\n",
                 rows[i].interim);
    bench_begin(&bench, bytes_cstr(&steps), false);
    target_asks(&bench, 0, ASK("GET", "0"));
    assert_int_equal(bench.script.exchanges[0]->valid_interims, rows[i].valid);
    bytes_free(&steps);
    bench_end(&bench);
  }
}

/* The rows are what the 102 carries, what the case forbids below "never sees 102", and whether that
 * came. Fields that are stated together must come together. */
static void test_never_sees_with_fields(void **state) {
  (void)state;
  static const struct {
    const char *fields;
    const char *forbidden;
    bool came;
  } rows[] = {
      {"X-A: 1|", "", true},
      {"X-A: 1|", "  X-A: 1\n", true},
      {"X-A: 2|", "  X-A: 1\n", false},
      {"X-A: 2|", "  X-A: ...\n", true},
      {"", "  X-A: ...\n", false},
      {"X-A: 1|", "  ! X-A\n", false},
      {"", "  ! X-A\n", true},
      {"Via: 1.1 a|", "  Via: ...\n  ! Via: 1.1 ...\n", false},
      {"Via: 1.0 a|", "  Via: ...\n  ! Via: 1.1 ...\n", true},
      {"Via: 1.0 b, 1.1 a|", "  Via: ...\n  ! Via: 1.1 ...\n", false},
      {"", "  Via: ...\n  ! Via: 1.1 ...\n", false},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    struct bytes steps = {0};
    bytes_printf(&steps,
                 "client never sees 102\n%sclient sends GET\norigin sends 102\n"
                 "origin sends 200\nclient may see 102\nclient sees 200\n",
                 rows[i].forbidden);
    bench_begin(&bench, bytes_cstr(&steps), false);
    target_asks(&bench, 0, ASK("GET", "0"));
    target_answers(&bench, 1,
                   arena_printf(&bench.arena, "HTTP/1.1 102 P|Interim-Mark: $0-1|%s|" OK("0"),
                                rows[i].fields));
    steps_are(&bench, rows[i].came ? "-+++++" : "++++++");
    is_done(&bench, !rows[i].came);
    if (rows[i].came) {
      assert_int_equal(bench.script.findings[0].breach, BREACH_NEVER);
      const char *text = bench.script.findings[0].text;
      const char *start = "line 5, \"client never sees 102\": a 102";
      assert_memory_equal(text, start, strlen(start));
    }
    bytes_free(&steps);
    bench_end(&bench);
  }
}

/* While our origin owes one answer, the target need not ask for another. */
static void test_a_request_may_be_held_back(void **state) {
  (void)state;
  static const struct {
    const char *steps;
    bool held_back;
  } rows[] = {
      {"client sends GET\nclient 2 sends GET\norigin sees GET\norigin 2 sees GET\n", true},
      {"client sends GET\norigin sends 200\nclient 2 sends GET\norigin 2 sees GET\n", false},
      {"client sends GET\nclient 2 sends GET\norigin sends 102\norigin 2 sends 200\n", true},
      {"client sends GET\nclient 2 sends GET\nclient sees 200\norigin 2 sees GET\n", false},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    bench_begin(&bench, rows[i].steps, false);
    target_asks(&bench, 0, ASK("GET", "0"));
    time_passes(&bench, 1000000);
    assert_true(bench.script.missed);
    assert_int_equal(bench.script.held_back, rows[i].held_back);
    bench_end(&bench);
  }
}

/* The time is that of the one that bears our mark. */
static void test_when_an_interim_came(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 102\norigin sends 200\nclient may see 102\n"
              "client sees 200\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  target_answers(&bench, 1, "HTTP/1.1 102 P||");
  const struct sent_interim *interim = &bench.script.exchanges[0]->interims[0];
  assert_true(interim->seen && interim->guessed);
  assert_int_equal(interim->seen_us, bench.now_us);
  time_passes(&bench, 1000);
  target_answers(&bench, 1, MARK("0", "1"));
  assert_true(interim->seen && !interim->guessed);
  assert_int_equal(interim->seen_us, bench.now_us);
  bench_end(&bench);
}

/* Which of our interim responses it is, its mark says: one that names none is none. */
static void test_a_mark_names_an_interim_that_was_sent(void **state) {
  (void)state;
  static const struct {
    const char *mark;
    unsigned seen;
  } rows[] = {{"$0-1", 1}, {"$0-2", 1}, {"$0-3", 0}, {"$0-0", 0},
              {"$0-", 0},  {"$0", 0},   {"$0-x", 0}, {"$0-1x", 0}};
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    bench_begin(&bench, "client sends GET\norigin sends 102 x 2\nclient sees 200\n", false);
    target_asks(&bench, 0, ASK("GET", "0"));
    target_answers(&bench, 1,
                   arena_printf(&bench.arena, "HTTP/1.1 102 P|Interim-Mark: %s||", rows[i].mark));
    assert_int_equal(bench.script.exchanges[0]->num_seen, rows[i].seen);
    bench_end(&bench);
  }
}

/* A target that asks again may well pass on what both of its requests brought. */
static void test_an_interim_comes_twice_after_a_retry(void **state) {
  (void)state;
  for (unsigned asked = 1; asked <= 3; asked++) {
    struct bench bench;
    bench_begin(&bench, "client sends GET\norigin sends 102\nclient sees 102\nclient sees 200\n",
                false);
    for (unsigned i = 0; i < asked; i++) {
      target_asks(&bench, i, ASK("GET", "0"));
    }
    target_answers(&bench, 1, MARK("0", "1"));
    target_answers(&bench, 1, MARK("0", "1"));
    assert_int_equal(bench.script.exchanges[0]->num_repeated, 1);
    assert_int_equal(bench.script.num_findings, asked == 1 ? 1 : 0);
    bench_end(&bench);
  }
}

/* Bytes that name a request are one, if only for who reads it so. */
static void test_what_raw_bytes_ask_for(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    const char *method;
    unsigned minor;
    bool upgrades;
  } rows[] = {
      {"HEAD {path} HTTP/1.1\n  | Host: h\n", "HEAD", 1, false},
      {"POST {path} HTTP/1.0\n  | Host: h\n", "POST", 0, false},
      {"GET {path} HTTP/1.1\n  | upgrade: t\n", "GET", 1, true},
      {"GET {path} HTTP/1.1\n  |\n  | Upgrade: t\n", "GET", 1, false}, /* behind the head */
      {"? {path}\n", "GET", 1, false},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    struct bytes steps = {0};
    bytes_printf(&steps, "client sends bytes\n  | %s  |\norigin sees GET\n", rows[i].bytes);
    bench_begin(&bench, bytes_cstr(&steps), false);
    const struct script_exchange *exchange = bench.script.exchanges[0];
    assert_true(span_is(exchange->method, rows[i].method));
    assert_int_equal(exchange->minor, rows[i].minor);
    assert_int_equal(exchange->upgrades, rows[i].upgrades);
    bytes_free(&steps);
    bench_end(&bench);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_an_answer_to_another_request_is_a_desync),
      cmocka_unit_test(test_another_answers_content_is_a_desync),
      cmocka_unit_test(test_house_rules_on_every_message),
      cmocka_unit_test(test_what_everyone_may_do),
      cmocka_unit_test(test_two_times_100_is_no_repetition),
      cmocka_unit_test(test_a_changed_code_is_noted),
      cmocka_unit_test(test_order_of_interims),
      cmocka_unit_test(test_a_retry_by_the_target_gets_what_the_first_got),
      cmocka_unit_test(test_a_retry_gets_what_the_first_could_not),
      cmocka_unit_test(test_a_target_that_answers_by_itself),
      cmocka_unit_test(test_an_interim_to_http10_is_passed_over),
      cmocka_unit_test(test_what_was_glued_to_what_is_passed_over),
      cmocka_unit_test(test_a_raw_interim_to_http10_is_passed_over_whole),
      cmocka_unit_test(test_http10_gets_no_chunks),
      cmocka_unit_test(test_http10_gets_no_odd_status_line),
      cmocka_unit_test(test_a_stall_is_probed_with_the_next_request),
      cmocka_unit_test(test_a_target_that_is_one_answer_behind),
      cmocka_unit_test(test_a_target_that_was_only_late_is_not_behind),
      cmocka_unit_test(test_a_stall_without_interim_is_probed_by_closing),
      cmocka_unit_test(test_canaries),
      cmocka_unit_test(test_a_canary_that_finds_a_foreign_answer),
      cmocka_unit_test(test_canaries_that_are_closed_or_ignored),
      cmocka_unit_test(test_an_idle_connections_408_is_nobodys_answer),
      cmocka_unit_test(test_an_interim_of_its_own_hides_no_repetition),
      cmocka_unit_test(test_an_idle_connections_408_is_nothing),
      cmocka_unit_test(test_reads_of_one_byte),
      cmocka_unit_test(test_an_empty_line_too_many_behind_an_interim),
      cmocka_unit_test(test_which_interims_are_valid),
      cmocka_unit_test(test_never_sees_with_fields),
      cmocka_unit_test(test_a_request_may_be_held_back),
      cmocka_unit_test(test_when_an_interim_came),
      cmocka_unit_test(test_a_mark_names_an_interim_that_was_sent),
      cmocka_unit_test(test_an_interim_comes_twice_after_a_retry),
      cmocka_unit_test(test_what_raw_bytes_ask_for),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
