/* What a target does over HTTP/2 beside answering: it ends streams and connections, passes broken
 * messages on, asks for itself, and opens what nobody asked for. */
#include "tests/script_h2_bench.h"

#define SETTINGS "SETTINGS 0\n"
#define PREFACE "preface\n" SETTINGS
#define GET(stream, n)                                                                             \
  "HEADERS " stream " END_STREAM END_HEADERS :method=GET :scheme=http "                            \
  ":path=/$" n "/t/c :authority=h interim-nonce=$" n "\n"
#define INTERIM "HEADERS 1 END_HEADERS :status=102 interim-mark=$0-1\n"
#define FINAL "HEADERS 1 END_HEADERS :status=200 interim-nonce=$0\nDATA 1 END_STREAM \"$0\\x0a\"\n"

static struct script_exchange *first(const struct h2_bench *h2) {
  return h2->bench.script.exchanges[0];
}

static const struct {
  const char *frames; /* of the target's to our client, whose request is at our origin */
  bool fin;           /* then it closes the connection */
  const char *observed;
  const char *reset_code; /* NULL: the stream was not reset */
  bool closed;
  bool forgone;
} end_rows[] = {
    {INTERIM FINAL, false, "102, 200", NULL, false, false},
    {INTERIM "RST_STREAM 1 u32:2\n", false, "102, close", "INTERNAL_ERROR", true, false},
    {"RST_STREAM 1 u32:7\n", false, "close", "REFUSED_STREAM", true, false},
    {"RST_STREAM 1 u32:99\n", false, "close", "an unknown code", true, false},
    {"HEADERS 1 END_HEADERS :status=200 interim-nonce=$0\nRST_STREAM 1 u32:0\n", false, "200 (cut)",
     "NO_ERROR", true, false},
    {FINAL "RST_STREAM 1 u32:0\n", false, "200", NULL, false, false},
    {"GOAWAY 0 u32:0 u32:0\n", false, "close", "GOAWAY", true, true},
    {"GOAWAY 0 u32:1 u32:0\n" INTERIM FINAL, false, "102, 200", NULL, false, false},
    {"GOAWAY 0 u32:1 u32:0\n", true, "close", NULL, true, true},
    {INTERIM, true, "102, close", NULL, true, false},
    {FINAL, true, "200", NULL, false, false},
};

static void test_how_a_stream_ends(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(end_rows) / sizeof(end_rows[0]); i++) {
    struct h2_bench h2;
    h2_begin(&h2,
             "client sends GET\norigin sends 102\nclient may see 102\nclient sees 200 or close\n",
             HTTP_H2);
    target_requests(&h2, PREFACE GET("1", "0"));
    target_frames(&h2, arena_printf(&h2.bench.arena, SETTINGS "%s", end_rows[i].frames));
    if (end_rows[i].fin) {
      target_ends(&h2.bench, 1, ACTOR_FIN);
    }
    is_done(&h2.bench, true);
    const struct script_exchange *exchange = first(&h2);
    const struct client_lane *lane = &h2.bench.script.clients[0];
    assert_int_equal(lane->first_queued, exchange->answer_over ? lane->num_queued : 0);
    assert_string_equal(script_observed(&h2.bench.script), end_rows[i].observed);
    assert_int_equal(exchange->closed, end_rows[i].closed);
    assert_int_equal(exchange->forgone, end_rows[i].forgone);
    if (end_rows[i].reset_code == NULL) {
      assert_null(exchange->reset_code);
    } else {
      assert_string_equal(exchange->reset_code, end_rows[i].reset_code);
    }
    h2_end(&h2);
  }
}

/* Of several requests those behind the last stream that GOAWAY names are forgone. */
static void test_goaway_names_the_last_stream(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2,
           "client sends GET\nclient sends GET\nclient sends GET\nclient sees 200\n"
           "client sees close\nclient sees close\n",
           HTTP_H2);
  target_frames(&h2, SETTINGS);
  target_frames(&h2, "GOAWAY 0 u32:1 u32:0\n");
  steps_are(&h2.bench, "+++...");
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(h2.bench.script.exchanges[i]->forgone, i > 0);
  }
  target_frames(&h2, FINAL);
  steps_are(&h2.bench, "++++++");
  h2_end(&h2);
}

static const struct {
  const char *sent;      /* frames by hand, of our origin's */
  const char *passed_on; /* to our client */
  bool blamed;
} passed_rows[] = {
    {"frame HEADERS END_STREAM END_HEADERS\n  :status: 102\n",
     "HEADERS 1 END_STREAM END_HEADERS :status=102\n", true},
    {"frame HEADERS END_HEADERS\n  :status: 102\norigin sends frame DATA\n  | x\n",
     "HEADERS 1 END_HEADERS :status=102\nDATA 1 \"x\"\n", true},
    {"frame HEADERS END_HEADERS\n  :status: 200\norigin sends frame HEADERS END_HEADERS\n  a: b\n",
     "HEADERS 1 END_HEADERS :status=200 interim-nonce=$0\nHEADERS 1 END_HEADERS a=b\n", true},
    {"frame HEADERS END_HEADERS\n  :status: 200\n"
     "origin sends frame HEADERS END_STREAM END_HEADERS\n  :status: 200\n",
     "HEADERS 1 END_HEADERS :status=200 interim-nonce=$0\n"
     "HEADERS 1 END_STREAM END_HEADERS :status=200\n",
     true},
    /* A bad name or value is for the case to forbid. */
    {"frame HEADERS END_HEADERS\n  :status: 102\n  Upper: a\n",
     "HEADERS 1 END_HEADERS :status=102 Upper=a\n", false},
    /* What our origin sent was whole. */
    {"102\n", "HEADERS 1 END_STREAM END_HEADERS :status=102\n", false},
};

static void test_a_broken_message_that_is_passed_on(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(passed_rows) / sizeof(passed_rows[0]); i++) {
    struct h2_bench h2;
    struct bytes steps = {0};
    bytes_printf(&steps, "client sends GET\norigin sends %sclient sees 502\n", passed_rows[i].sent);
    h2_begin(&h2, bytes_cstr(&steps), HTTP_H2);
    target_requests(&h2, PREFACE GET("1", "0"));
    target_frames(&h2, arena_printf(&h2.bench.arena, SETTINGS "%s", passed_rows[i].passed_on));
    const struct script *script = &h2.bench.script;
    bool blamed = false;
    for (size_t k = 0; k < script->num_findings; k++) {
      blamed = blamed || script->findings[k].breach == BREACH_PASSED_ON;
    }
    assert_int_equal(blamed, passed_rows[i].blamed);
    h2_end(&h2);
    bytes_free(&steps);
  }
}

static void test_what_comes_for_a_request_that_we_cancelled_is_nobodys(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2, "client sends GET\norigin sends 102\nclient sees 102\nclient aborts\n", HTTP_H2);
  target_requests(&h2, PREFACE GET("1", "0"));
  target_frames(&h2, SETTINGS INTERIM);
  const struct script_exchange *exchange = first(&h2);
  assert_true(exchange->cancelled && exchange->turned && exchange->answer_over);
  assert_false(exchange->closed);
  is_done(&h2.bench, true);
  h2_end(&h2);
}

/* PUSH_PROMISE would be an error once our SETTINGS are acknowledged. */
static void test_a_client_takes_no_pushes(void **state) {
  (void)state;
  static const uint8_t settings[] = {0, 0, 6, H2_SETTINGS, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0};
  struct h2_bench h2;
  h2_begin(&h2, "client sends GET\nclient sees 200\n", HTTP_H2);
  struct span log = bytes_span(&h2.bench.clients[1].log);
  assert_true(log.len > H2_PREFACE_LEN + sizeof(settings));
  assert_memory_equal(log.ptr + H2_PREFACE_LEN, settings, sizeof(settings));
  h2_end(&h2);
}

static void test_frames_that_are_no_http_2_end_the_connection(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2, "client sends GET\nclient sees 200\n", HTTP_H2);
  target_frames(&h2, SETTINGS "WINDOW_UPDATE 0 u32:0\n");
  const struct script *script = &h2.bench.script;
  assert_true(script->clients[0].broken);
  assert_string_equal(h2.bench.clients[1].end, "abort");
  assert_int_equal(script->num_findings, 1);
  assert_int_equal(script->findings[0].breach, BREACH_FRAMES);
  assert_string_equal(script->findings[0].text,
                      "PROTOCOL_ERROR, at byte 9 of the connection: WINDOW_UPDATE of the "
                      "connection by 0");
  assert_string_equal(script->steps[1].observed, "bytes that are no HTTP");
  h2_end(&h2);
}

static void test_a_health_check_gets_an_answer(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2, "client sends GET\nclient sees 200\n", HTTP_H1);
  target_requests(&h2, PREFACE
                  "HEADERS 1 END_STREAM END_HEADERS :method=GET :scheme=http :path=/ :authority=h\n"
                  "HEADERS 3 END_STREAM END_HEADERS :method=HEAD :scheme=http :path=/ "
                  ":authority=h\n");
  origin_sent(&h2, "HEADERS 1 :status=200 date=D cache-control=no-store content-type=text/plain\n"
                   "DATA 1 END_STREAM \"interim\\n\"\n"
                   "HEADERS 3 END_STREAM :status=200 date=D cache-control=no-store "
                   "content-type=text/plain");
  assert_int_equal(h2.bench.origin.num_health_checks, 2);
  assert_int_equal(h2.bench.num_strayed, 0);
  h2_end(&h2);
}

/* A request of a play that is over: nobody waits for an answer of ours. */
static void test_a_stray_request_is_reset(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2, "client sends GET\norigin sends 102\nclient sees 102\n", HTTP_H1);
  target_requests(&h2, PREFACE GET("1", "5") GET("3", "0"));
  origin_sent(&h2, "RST_STREAM 1 CANCEL\nHEADERS 3 :status=102 interim-mark=$0-1");
  assert_int_equal(h2.bench.num_strayed, 1);
  assert_int_equal(first(&h2)->arrivals, 1);
  h2_end(&h2);
}

static const struct {
  const char *frames; /* of the target's to our origin, which has its request */
  bool ended;         /* as a step that waits for it sees */
} back_rows[] = {
    {"RST_STREAM 1 u32:8\n", true},    {"GOAWAY 0 u32:0 u32:1\n", true},
    {"GOAWAY 0 u32:0 u32:0\n", false}, /* no more requests: the streams go on */
    {"RST_STREAM 3 u32:8\n", false},   {"PING 0 0x0000000000000000\n", false},
};

static void test_how_the_target_ends_a_stream_of_ours(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(back_rows) / sizeof(back_rows[0]); i++) {
    struct h2_bench h2;
    h2_begin(&h2, "client sends GET\norigin sends 102\norigin sees close\n", HTTP_H1);
    target_requests(&h2, PREFACE GET("1", "0"));
    target_requests(
        &h2, arena_printf(&h2.bench.arena,
                          "HEADERS 3 END_STREAM END_HEADERS :method=GET :scheme=http :path=/ "
                          ":authority=h\n%s",
                          back_rows[i].frames));
    steps_are(&h2.bench, back_rows[i].ended ? "+++" : "++.");
    assert_int_equal(first(&h2)->back_fin, back_rows[i].ended);
    assert_int_equal(first(&h2)->back_left, back_rows[i].ended);
    target_leaves(&h2.bench, 0, true);
    steps_are(&h2.bench, "+++");
    h2_end(&h2);
  }
}

static void test_a_final_to_head_is_whole_without_content(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2, "client sends HEAD\norigin sends 200\nclient sees 200\n", HTTP_H2);
  target_requests(&h2, PREFACE
                  "HEADERS 1 END_STREAM END_HEADERS :method=HEAD :scheme=http :path=/$0/t/c "
                  ":authority=h interim-nonce=$0\n");
  assert_true(first(&h2)->final_sent);
  assert_false(first(&h2)->sent_broken);
  target_frames(&h2, SETTINGS "HEADERS 1 END_STREAM END_HEADERS :status=200 interim-nonce=$0 "
                              "content-length=17\n");
  is_done(&h2.bench, true);
  h2_end(&h2);
}

#define HEAD(n)                                                                                    \
  "HEADERS 1 END_STREAM END_HEADERS :method=HEAD :scheme=http :path=/$" n "/t/c :authority=h "     \
  "interim-nonce=$" n "\n"

/* What the target makes of a whole answer: whether it is blamed, and once. */
static void test_what_the_target_breaks_by_itself(void **state) {
  (void)state;
  static const struct {
    const char *method;
    const char *frames;
    unsigned findings;
  } rows[] = {
      {"GET", INTERIM FINAL, 0},
      {"GET", INTERIM "DATA 1 \"\"\n" FINAL, 0},
      {"GET", INTERIM "DATA 1 \"x\"\n" FINAL, 1},
      {"GET", "HEADERS 1 END_HEADERS :status=102 interim-mark=$0-1 Upper=a\n" FINAL, 1},
      {"GET", "HEADERS 1 END_HEADERS :status=102 interim-mark=$0-1 connection=x\n" FINAL, 1},
      /* Twice is no news. */
      {"GET",
       "HEADERS 1 END_HEADERS :status=102 interim-mark=$0-1 Upper=a\n"
       "HEADERS 1 END_HEADERS :status=200 interim-nonce=$0 Upper=a\nDATA 1 END_STREAM "
       "\"$0\\x0a\"\n",
       1},
      {"HEAD", INTERIM "HEADERS 1 END_STREAM END_HEADERS :status=200 interim-nonce=$0\n", 0},
      {"HEAD", INTERIM FINAL, 1},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct h2_bench h2;
    struct bytes steps = {0};
    bytes_printf(&steps, "client sends %s\norigin sends 102\norigin sends 200\nclient sees 102\n",
                 rows[i].method);
    h2_begin(&h2, bytes_cstr(&steps), HTTP_H2);
    target_requests(&h2, rows[i].method[0] == 'H' ? PREFACE HEAD("0") : PREFACE GET("1", "0"));
    target_frames(&h2, arena_printf(&h2.bench.arena, SETTINGS "%s", rows[i].frames));
    if (h2.bench.script.num_findings != rows[i].findings) {
      print_error("%s\n", rows[i].frames);
    }
    assert_int_equal(h2.bench.script.num_findings, rows[i].findings);
    h2_end(&h2);
    bytes_free(&steps);
  }
}

/* Frames that carry nothing of a message may come where nothing is to come. */
static void test_what_is_nothing_over_http_2(void **state) {
  (void)state;
  static const struct {
    const char *frames;
    const char *steps;
  } rows[] = {
      {"", "+++"},
      {"WINDOW_UPDATE 1 u32:5\n", "+++"},
      {"WINDOW_UPDATE 0 u32:5\nSETTINGS 0\n", "+++"},
      {INTERIM, "++-"},
      {"HEADERS 1 :status=102\n", "++-"},
      {"HEADERS 1 END_HEADERS :status=200 interim-nonce=$0\n", "++-"},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct h2_bench h2;
    h2_begin(&h2, "client sends GET\norigin sees GET\nclient sees nothing for 5ms\n", HTTP_H2);
    target_frames(&h2, SETTINGS);
    target_requests(&h2, PREFACE GET("1", "0"));
    target_frames(&h2, rows[i].frames);
    time_passes(&h2.bench, 5000);
    steps_are(&h2.bench, rows[i].steps);
    h2_end(&h2);
  }
}

/* A case may be about the version that the target speaks to its origin. */
static void test_a_request_in_the_wrong_version(void **state) {
  (void)state;
  static const struct {
    unsigned backs;
    bool over_h2;
    bool wrong;
  } rows[] = {
      {HTTP_H1, false, false},
      {HTTP_H1, true, true},
      {HTTP_H2, false, true},
      {HTTP_H2, true, false},
      {HTTP_H1 | HTTP_H2, false, false},
      {HTTP_H1 | HTTP_H2, true, false},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct h2_bench h2;
    h2_begin(&h2, "client sends GET\norigin sends 200\nclient sees 200\n", HTTP_H1);
    h2.bench.file.backs = rows[i].backs;
    if (rows[i].over_h2) {
      target_requests(&h2, PREFACE GET("1", "0"));
    } else {
      target_asks(&h2.bench, 0, ASK("GET", "0"));
    }
    assert_int_equal(h2.bench.script.wrong_back, rows[i].wrong);
    h2_end(&h2);
  }
}

/* Another request as the content of one is owed, unless our client sent both on one connection. */
static void test_a_request_as_the_content_of_another(void **state) {
  (void)state;
  static const struct {
    struct nonce nonce;
    bool found;
  } rows[] = {
      {{BENCH_RUN, 7, 1, 0}, false}, {{BENCH_RUN, 7, 1, 1}, false}, {{BENCH_RUN, 7, 1, 2}, true},
      {{BENCH_RUN, 7, 1, 3}, true},  {{BENCH_RUN, 8, 1, 1}, true},  {{BENCH_RUN, 7, 2, 1}, true},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    bench_begin(&bench, "client sends GET\nclient sends GET\nclient 2 sends GET\n", false);
    script_owed(&bench.script, 0, rows[i].nonce);
    assert_int_equal(bench.script.num_findings, rows[i].found);
    bench_end(&bench);
  }
}

/* A head may come in any number of frames (RFC 9113 section 4.3). */
static void test_heads_that_are_continued(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2,
           "client sends GET\norigin sees GET\norigin sends 102\nclient sees 102\n"
           "origin sends 200\nclient sees 200\n",
           HTTP_H2);
  target_requests(&h2, PREFACE "HEADERS 1 END_STREAM :method=GET :scheme=http\n"
                               "CONTINUATION 1 :path=/$0/t/c :authority=h\n"
                               "CONTINUATION 1 END_HEADERS interim-nonce=$0\n");
  steps_are(&h2.bench, "+++...");
  target_frames(&h2, SETTINGS "HEADERS 1 :status=102\n"
                              "CONTINUATION 1 END_HEADERS interim-mark=$0-1\n");
  steps_are(&h2.bench, "+++++.");
  target_frames(&h2, "HEADERS 1 END_STREAM\nCONTINUATION 1 :status=200\n"
                     "CONTINUATION 1 END_HEADERS interim-nonce=$0\n");
  is_done(&h2.bench, true);
  assert_true(first(&h2)->final->complete);
  h2_end(&h2);
}

/* Content in several frames, and trailers, are of the same request. */
static void test_a_request_with_content_and_trailers(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2, "client sends POST\n  | done\norigin sends 200\nclient sees 200\n", HTTP_H1);
  target_requests(&h2, PREFACE "HEADERS 1 END_HEADERS :method=POST :scheme=http :path=/$0/t/c "
                               ":authority=h interim-nonce=$0\nDATA 1 \"do\"\n");
  assert_false(first(&h2)->request->complete);
  target_requests(&h2, "DATA 1 \"ne\"\nHEADERS 1 END_STREAM END_HEADERS a=b\n");
  assert_int_equal(first(&h2)->arrivals, 1);
  assert_true(first(&h2)->request->complete);
  assert_true(span_is(bytes_span(&first(&h2)->request->content), "done"));
  h2_end(&h2);
}

/* A play that ends in the middle leaves nothing on the connection, which others go on to use. */
static void test_what_a_play_leaves_is_reset(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2, "client sends GET\norigin sends 102\nclient sees 102\n", HTTP_H1);
  target_requests(&h2, PREFACE GET("1", "0"));
  origin_sent(&h2, "HEADERS 1 :status=102 interim-mark=$0-1");
  origin_forget(&h2.bench.origin, &h2.bench.script);
  bench_settle(&h2.bench);
  origin_sent(&h2, "RST_STREAM 1 CANCEL");
  assert_string_equal(h2.bench.backs[0].end, "");
  h2_end(&h2);
}

/* The steps go on with the request of the new connection, not with one that ended unseen. */
static void test_a_request_behind_one_that_was_lost(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2,
           "client sends GET\norigin sends 102\npause 5ms\nclient sends GET\norigin 2 sends 200\n"
           "client sees 200\n",
           HTTP_H2);
  target_requests(&h2, PREFACE GET("1", "0"));
  target_ends(&h2.bench, 1, ACTOR_FIN);
  time_passes(&h2.bench, 5000);
  target_requests(&h2, GET("3", "1"));
  struct actor_event event = {ACTOR_BYTES, 2, 0,
                              frames_wire(&h2, SETTINGS "HEADERS 1 END_HEADERS :status=200 "
                                                        "interim-nonce=$1\nDATA 1 END_STREAM "
                                                        "\"$1\\x0a\"\n")};
  script_client_event(&h2.bench.script, &event, h2.bench.now_us);
  bench_settle(&h2.bench);
  steps_are(&h2.bench, "++++++");
  h2_end(&h2);
}

/* Frames that are no HTTP/2 end the connection, and the streams on it are gone; at once with the
 * preface too. */
static void test_an_origin_that_gets_no_http_2(void **state) {
  (void)state;
  static const struct {
    const char *first;
    const char *then;
  } rows[] = {
      {PREFACE GET("1", "0"), "WINDOW_UPDATE 0 u32:0\n"},
      {PREFACE GET("1", "0") "WINDOW_UPDATE 0 u32:0\n", ""},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct h2_bench h2;
    h2_begin(&h2, "client sends GET\norigin sends 102\norigin sees abort\n", HTTP_H1);
    target_requests(&h2, rows[i].first);
    target_requests(&h2, rows[i].then);
    steps_are(&h2.bench, "+++");
    assert_string_equal(h2.bench.backs[0].end, "close");
    assert_null(h2.bench.origin.backs[0]);
    h2_end(&h2);
  }
}

/* Another play that ends leaves the streams of this one alone, answered or not. */
static void test_streams_of_a_play_that_goes_on(void **state) {
  (void)state;
  static const char *const answers[] = {"102", "204"};
  for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
    struct h2_bench h2;
    struct bytes steps = {0};
    struct script other = {.config.file = &h2.bench.file};
    bytes_printf(&steps, "client sends GET\norigin sends %s\norigin sees abort\n", answers[i]);
    h2_begin(&h2, bytes_cstr(&steps), HTTP_H1);
    target_requests(&h2, PREFACE GET("1", "0"));
    origin_forget(&h2.bench.origin, &other);
    steps_are(&h2.bench, "++.");
    target_requests(&h2, "RST_STREAM 1 u32:8\n");
    steps_are(&h2.bench, "+++");
    h2_end(&h2);
    bytes_free(&steps);
  }
}

/* Only an error code is an abort. */
static void test_how_an_end_of_a_stream_reads(void **state) {
  (void)state;
  static const struct {
    const char *sees;
    const char *frames;
    const char *observed;
  } rows[] = {
      {"abort", "RST_STREAM 1 u32:2\n", ""},
      {"close", "RST_STREAM 1 u32:2\n", ""},
      {"200", "RST_STREAM 1 u32:2\n", "RST_STREAM INTERNAL_ERROR"},
      {"abort", "HEADERS 1 END_STREAM END_HEADERS :status=102\n", "the end of the stream"},
      {"close", "HEADERS 1 END_STREAM END_HEADERS :status=102\n", ""},
      {"200", "HEADERS 1 END_STREAM END_HEADERS :status=102\n", "the end of the stream"},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct h2_bench h2;
    struct bytes steps = {0};
    bytes_printf(&steps, "client sends GET\norigin sees GET\nclient sees %s\n", rows[i].sees);
    h2_begin(&h2, bytes_cstr(&steps), HTTP_H2);
    target_requests(&h2, PREFACE GET("1", "0"));
    target_frames(&h2, arena_printf(&h2.bench.arena, SETTINGS "%s", rows[i].frames));
    assert_string_equal(h2.bench.script.steps[2].observed, rows[i].observed);
    h2_end(&h2);
    bytes_free(&steps);
  }
}

/* A play that ends while it writes a message in pieces takes the connection along, with all streams
 * on it. */
static void test_a_connection_in_the_middle_of_anothers_message(void **state) {
  (void)state;
  struct h2_bench h2;
  struct script other = {.config.file = &h2.bench.file};
  h2_begin(&h2, "client sends GET\norigin sends 102\norigin sees abort\n", HTTP_H1);
  target_requests(&h2, PREFACE GET("1", "0"));
  first(&h2)->back_link->holder = &other;
  origin_forget(&h2.bench.origin, &other);
  bench_settle(&h2.bench);
  steps_are(&h2.bench, "+++");
  assert_null(first(&h2)->back_link);
  assert_string_equal(h2.bench.backs[0].end, "shut");
  h2_end(&h2);
}

/* Behind a GOAWAY of ours a stream is not begun with (RFC 9113 section 6.8). */
static void test_a_request_behind_our_goaway(void **state) {
  (void)state;
  static const struct {
    const char *sends;
    unsigned arrivals;
  } rows[] = {{"102", 1}, {"frame GOAWAY NO_ERROR", 0}};
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct h2_bench h2;
    struct bytes steps = {0};
    bytes_printf(&steps,
                 "client sends GET\nclient 2 sends GET\norigin sends %s\norigin 2 sees GET\n",
                 rows[i].sends);
    h2_begin(&h2, bytes_cstr(&steps), HTTP_H1);
    target_requests(&h2, PREFACE GET("1", "0"));
    target_requests(&h2, GET("3", "1"));
    assert_int_equal(h2.bench.script.exchanges[1]->arrivals, rows[i].arrivals);
    h2_end(&h2);
    bytes_free(&steps);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_how_a_stream_ends),
      cmocka_unit_test(test_goaway_names_the_last_stream),
      cmocka_unit_test(test_a_broken_message_that_is_passed_on),
      cmocka_unit_test(test_what_comes_for_a_request_that_we_cancelled_is_nobodys),
      cmocka_unit_test(test_a_client_takes_no_pushes),
      cmocka_unit_test(test_frames_that_are_no_http_2_end_the_connection),
      cmocka_unit_test(test_a_health_check_gets_an_answer),
      cmocka_unit_test(test_a_stray_request_is_reset),
      cmocka_unit_test(test_how_the_target_ends_a_stream_of_ours),
      cmocka_unit_test(test_a_final_to_head_is_whole_without_content),
      cmocka_unit_test(test_what_the_target_breaks_by_itself),
      cmocka_unit_test(test_what_is_nothing_over_http_2),
      cmocka_unit_test(test_a_request_in_the_wrong_version),
      cmocka_unit_test(test_a_request_as_the_content_of_another),
      cmocka_unit_test(test_heads_that_are_continued),
      cmocka_unit_test(test_a_request_with_content_and_trailers),
      cmocka_unit_test(test_what_a_play_leaves_is_reset),
      cmocka_unit_test(test_a_request_behind_one_that_was_lost),
      cmocka_unit_test(test_an_origin_that_gets_no_http_2),
      cmocka_unit_test(test_streams_of_a_play_that_goes_on),
      cmocka_unit_test(test_how_an_end_of_a_stream_reads),
      cmocka_unit_test(test_a_connection_in_the_middle_of_anothers_message),
      cmocka_unit_test(test_a_request_behind_our_goaway),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
