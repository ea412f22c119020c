/* Steps over HTTP/2, fed by hand: what goes out in frames, and what comes of the target's frames.
 */
#include "tests/script_h2_bench.h"

#define GET_FRAME(stream, n)                                                                       \
  "HEADERS " stream " END_STREAM :method=GET :scheme=http :path=/$" n                              \
  "/t/c :authority=h interim-nonce=$" n
#define REQUEST(stream, n)                                                                         \
  "HEADERS " stream " END_STREAM END_HEADERS :method=GET :scheme=http "                            \
  ":path=/$" n "/t/c :authority=h interim-nonce=$" n "\n"
#define INTERIM(stream, n, k)                                                                      \
  "HEADERS " stream " END_HEADERS :status=102 interim-mark=$" n "-" k "\n"
#define FINAL(stream, n)                                                                           \
  "HEADERS " stream " END_HEADERS :status=200 interim-nonce=$" n "\n"                              \
  "DATA " stream " END_STREAM \"$" n "\\x0a\"\n"
#define SENT_INTERIM(stream, n, k) "HEADERS " stream " :status=102 interim-mark=$" n "-" k
#define SENT_FINAL(stream, n)                                                                      \
  "HEADERS " stream " :status=200 date=D cache-control=no-store interim-nonce=$" n                 \
  " content-type=text/plain content-length=17\nDATA " stream " END_STREAM \"$" n "\\n\""

static void test_a_gated_102_over_both_sides(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2,
           "client sends GET\norigin sends 102\nclient sees 102\norigin sends 200\n"
           "client sees 200\n",
           HTTP_H2);
  client_sent(&h2, GET_FRAME("1", "0"));
  target_requests(&h2, "preface\nSETTINGS 0\n" REQUEST("1", "0"));
  origin_sent(&h2, SENT_INTERIM("1", "0", "1"));
  target_frames(&h2, "SETTINGS 0\n" INTERIM("1", "0", "1"));
  origin_sent(&h2, SENT_FINAL("1", "0"));
  target_frames(&h2, FINAL("1", "0"));
  steps_are(&h2.bench, "+++++");
  assert_true(h2.bench.script.exchanges[0]->valid_interims);
  is_done(&h2.bench, true);
  h2_end(&h2);
}

static const struct {
  const char *steps;
  const char *frames;
} client_rows[] = {
    {"client sends POST\n  X-Any: B\n  | hi\n",
     "HEADERS 1 :method=POST :scheme=http :path=/$0/t/c :authority=h interim-nonce=$0 "
     "content-length=2 x-any=B\nDATA 1 END_STREAM \"hi\""},
    {"client sends POST\n  Content-Length: 4\nclient sends content\n  | ab\nclient sends content\n"
     "  | cd\n",
     "HEADERS 1 :method=POST :scheme=http :path=/$0/t/c :authority=h interim-nonce=$0 "
     "content-length=4\nDATA 1 \"ab\"\nDATA 1 END_STREAM \"cd\""},
    {"client sends POST\n  Content-Length: 2\n  | abc\n",
     "HEADERS 1 :method=POST :scheme=http :path=/$0/t/c :authority=h interim-nonce=$0 "
     "content-length=2\nDATA 1 END_STREAM \"abc\""},
    {"client sends POST\n  Content-Length: 4\n  | abc\n",
     "HEADERS 1 :method=POST :scheme=http :path=/$0/t/c :authority=h interim-nonce=$0 "
     "content-length=4\nDATA 1 \"abc\""},
    {"client sends GET /x\n  Host: other\n",
     "HEADERS 1 END_STREAM :method=GET :scheme=http :path=/x :authority=other interim-nonce=$0"},
    {"client sends OPTIONS *\n  ! Host\n",
     "HEADERS 1 END_STREAM :method=OPTIONS :scheme=http :path=* interim-nonce=$0"},
    {"client sends CONNECT {host}:443\n",
     "HEADERS 1 :method=CONNECT :authority=h:443 interim-nonce=$0"},
    {"client sends GET glued\nclient sends GET\n", GET_FRAME("1", "0") "\n" GET_FRAME("3", "1")},
    {"client sends GET\nclient aborts\n", GET_FRAME("1", "0") "\nRST_STREAM 1 CANCEL"},
    {"client sends GET\nclient sends frame DATA END_STREAM on-stream idle\n  | x\\xff\n",
     GET_FRAME("1", "0") "\nDATA 2001 END_STREAM \"x\xff\""},
    {"client sends GET padded 3\n",
     "HEADERS 1 END_STREAM PADDED :method=GET :scheme=http :path=/$0/t/c :authority=h "
     "interim-nonce=$0"},
};

static void test_what_a_client_sends(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(client_rows) / sizeof(client_rows[0]); i++) {
    struct h2_bench h2;
    h2_begin(&h2, client_rows[i].steps, HTTP_H2);
    client_sent(&h2, client_rows[i].frames);
    h2_end(&h2);
  }
}

static const struct {
  const char *steps;
  const char *frames; /* NULL: a header block that nobody can read */
  bool valid;         /* as an interim response */
} origin_rows[] = {
    {"origin sends 102\n  Link: </a>\n", "HEADERS 1 :status=102 interim-mark=$0-1 link=</a>", true},
    {"origin sends 204\n",
     "HEADERS 1 END_STREAM :status=204 date=D cache-control=no-store interim-nonce=$0", true},
    {"origin sends 102 split 20\n", "HEADERS 1 ... :status=102\nCONTINUATION 1 interim-mark=$0-1",
     true},
    {"origin sends 102 x 2\n", SENT_INTERIM("1", "0", "1") "\n" SENT_INTERIM("1", "0", "2"), true},
    {"origin sends 102 glued\norigin sends 102\n",
     SENT_INTERIM("1", "0", "1") "\n" SENT_INTERIM("1", "0", "2"), true},
    {"origin closes\n", "RST_STREAM 1 INTERNAL_ERROR", true},
    {"origin sends 200\norigin closes\n", SENT_FINAL("1", "0"), true},
    {"origin sends 204\norigin closes\n",
     "HEADERS 1 END_STREAM :status=204 date=D cache-control=no-store interim-nonce=$0", true},
    {"origin sends frame HEADERS\n  :status: 102\norigin sends frame CONTINUATION END_HEADERS\n"
     "  content-length: 0\n",
     "HEADERS 1 ... :status=102\nCONTINUATION 1 content-length=0", false},
    {"origin sends 200\n  Content-Length: 3\norigin sends content\n  | abc\n",
     "HEADERS 1 :status=200 date=D cache-control=no-store interim-nonce=$0 "
     "content-type=text/plain content-length=3\nDATA 1 END_STREAM \"abc\"",
     true},
    {"origin sends frame HEADERS END_HEADERS\n  :status: 102\n", "HEADERS 1 :status=102", true},
    {"origin sends frame HEADERS\n  :status: 102\norigin sends frame CONTINUATION END_HEADERS\n"
     "  a: b\n",
     "HEADERS 1 ... :status=102\nCONTINUATION 1 a=b", true},
    {"origin sends frame HEADERS END_STREAM END_HEADERS\n  :status: 102\n",
     "HEADERS 1 END_STREAM :status=102", false},
    {"origin sends frame HEADERS END_HEADERS\n  :status: 102\n  Upper: a\n",
     "HEADERS 1 :status=102 Upper=a", false},
    {"origin sends 102\norigin sends frame DATA\n", SENT_INTERIM("1", "0", "1") "\nDATA 1 \"\"",
     false},
    {"origin sends 102\norigin sends frame RST_STREAM NO_ERROR\n",
     SENT_INTERIM("1", "0", "1") "\nRST_STREAM 1 NO_ERROR", false},
    /* What comes between or on the connection may be why the target gives up. */
    {"origin sends 102\norigin sends frame PUSH_PROMISE END_HEADERS\n  :method: GET\n",
     SENT_INTERIM("1", "0", "1") "\nPUSH_PROMISE 1 :method=GET", false},
    {"origin sends 102\norigin sends frame SETTINGS\n  INITIAL_WINDOW_SIZE: 9\n",
     SENT_INTERIM("1", "0", "1"), false},
    {"origin sends 102\norigin sends frame PING\n  | 12345678\n", SENT_INTERIM("1", "0", "1"),
     true},
    {"origin sends 102\norigin sends frame HEADERS END_HEADERS\n  | \\xff\n", NULL, false},
};

static void test_what_an_origin_sends(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(origin_rows) / sizeof(origin_rows[0]); i++) {
    struct h2_bench h2;
    struct bytes steps = {0};
    bytes_printf(&steps, "client sends GET\n%sclient sees 200\n", origin_rows[i].steps);
    h2_begin(&h2, bytes_cstr(&steps), HTTP_H1);
    target_requests(&h2, "preface\nSETTINGS 0\n" REQUEST("1", "0"));
    if (origin_rows[i].frames != NULL) {
      origin_sent(&h2, origin_rows[i].frames);
    }
    assert_int_equal(h2.bench.script.exchanges[0]->valid_interims, origin_rows[i].valid);
    h2_end(&h2);
    bytes_free(&steps);
  }
}

static const struct {
  const char *steps; /* behind a valid 102 */
  bool valid;        /* what goes wrong then has the interim response for its cause */
  bool final_sent;
} final_rows[] = {
    {"origin sends 200\n", true, true},
    {"origin sends 200\norigin sends frame RST_STREAM NO_ERROR\n", true, true},
    {"origin sends frame HEADERS END_HEADERS\n  :status: 200\n  content-length: 4\n"
     "origin sends frame DATA END_STREAM\n  | done\n",
     true, true},
    {"origin sends frame HEADERS END_STREAM\n  :status: 204\n"
     "origin sends frame CONTINUATION END_HEADERS\n  a: b\n",
     true, true},
    /* Shorter than it says, with an end of stream all the same. */
    {"origin sends frame HEADERS END_HEADERS\n  :status: 200\n  content-length: 5\n"
     "origin sends frame DATA END_STREAM\n  | done\n",
     false, false},
    {"origin sends frame HEADERS END_HEADERS\n  :status: 200\n"
     "origin sends frame HEADERS END_STREAM END_HEADERS\n  :status: 102\n",
     false, false},
    {"origin sends frame HEADERS END_HEADERS\n  :status: 200\n"
     "origin sends frame RST_STREAM NO_ERROR\n",
     false, false},
    /* On other streams: no part of the answer, but the connection may be gone. */
    {"origin sends frame DATA END_STREAM on-stream pushed\norigin sends 200\n", false, true},
    {"origin sends frame HEADERS END_STREAM END_HEADERS on-stream idle\n  :status: 200\n", false,
     false},
};

static void test_a_final_response_counts_when_it_is_whole(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(final_rows) / sizeof(final_rows[0]); i++) {
    struct h2_bench h2;
    struct bytes steps = {0};
    bytes_printf(&steps, "client sends GET\norigin sends 102\n%sclient sees 200\n",
                 final_rows[i].steps);
    h2_begin(&h2, bytes_cstr(&steps), HTTP_H1);
    target_requests(&h2, "preface\nSETTINGS 0\n" REQUEST("1", "0"));
    const struct script_exchange *exchange = h2.bench.script.exchanges[0];
    assert_int_equal(exchange->num_interims, 1);
    assert_int_equal(exchange->valid_interims, final_rows[i].valid);
    assert_int_equal(exchange->final_sent, final_rows[i].final_sent);
    h2_end(&h2);
    bytes_free(&steps);
  }
}

static const struct {
  const char *frames;
  const char *requirement; /* NULL: nothing wrong */
} fault_rows[] = {
    {INTERIM("1", "0", "1") FINAL("1", "0"), NULL},
    {"PING 0 0x0000000000000000\nHEADERS 1 END_HEADERS :status=103 server=t\n" INTERIM(
         "1", "0", "1") FINAL("1", "0"),
     NULL},
    {INTERIM("1", "0", "1") "TYPE=16 1 \"x\"\n" FINAL("1", "0"), NULL},
    {INTERIM("1", "0", "1") "DATA 1 \"\"\n" FINAL("1", "0"), NULL},
    {"HEADERS 1 END_STREAM END_HEADERS :status=102 interim-mark=$0-1\n", "RFC9113-8.1-3"},
    {INTERIM("1", "0", "1") "DATA 1 \"x\"\n" FINAL("1", "0"), "RFC9113-8.1-8"},
    {"HEADERS 1 END_HEADERS :status=102 Interim-Mark=$0-1\n" FINAL("1", "0"), "RFC9113-8.2-1"},
    {"HEADERS 1 END_HEADERS :status=102 connection=close\n" FINAL("1", "0"), "RFC9113-8.2.2-1"},
    {"HEADERS 1 END_HEADERS interim-mark=$0-1\n" FINAL("1", "0"), "RFC9113-8.3.2-2"},
    {"HEADERS 1 END_HEADERS a=b :status=102\n" FINAL("1", "0"), "RFC9113-8.3-4"},
    {"HEADERS 1 END_HEADERS :status=102 content-length=0\n" FINAL("1", "0"), "RFC9110-8.6-1"},
    {"HEADERS 1 END_HEADERS :status=101\n" FINAL("1", "0"), "RFC9113-8.6-1"},
    {FINAL("1", "0") INTERIM("1", "0", "1"), "RFC9113-5.1-5"},
    {FINAL("3", "0"), "RFC9113-8.1-13"},
    {FINAL("1", "5"), "RFC9113-8.1-13"},
    {"HEADERS 1 END_HEADERS :status=200 interim-nonce=$0 interim-mark=$0-1\n"
     "DATA 1 END_STREAM \"x\"\n",
     "RFC9110-15.2-3"},
    {"HEADERS 1 END_HEADERS :status=204 interim-nonce=$0\nDATA 1 END_STREAM\n", NULL},
    {"HEADERS 1 END_HEADERS :status=204 interim-nonce=$0\nDATA 1 END_STREAM \"x\"\n",
     "RFC9110-6.4.1-1"},
    {"DATA 0 \"x\"\n", "RFC9110-2.2-2"},
};

static void test_house_rules_over_http_2(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(fault_rows) / sizeof(fault_rows[0]); i++) {
    struct h2_bench h2;
    h2_begin(&h2,
             "client sends GET\norigin sends 102\norigin sends 200\nclient may see 1xx\n"
             "client sees 200\n",
             HTTP_H2);
    target_requests(&h2, "preface\nSETTINGS 0\n" REQUEST("1", "0"));
    target_frames(&h2, arena_printf(&h2.bench.arena, "SETTINGS 0\n%s", fault_rows[i].frames));
    const struct script *script = &h2.bench.script;
    if (fault_rows[i].requirement == NULL) {
      assert_int_equal(script->num_findings, 0);
    } else {
      assert_true(script->num_findings > 0);
      assert_string_equal(breach_requirement(script->findings[0].breach, HTTP_H2),
                          fault_rows[i].requirement);
    }
    h2_end(&h2);
  }
}

/* Answers come in any order; the steps see them in that of the requests. */
static void test_answers_in_reverse(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2,
           "client sends GET\nclient sends GET\norigin 2 sends 200 on-arrival\n"
           "origin sends 200 on-arrival\nclient sees 200\nclient sees 200\n",
           HTTP_H2);
  target_frames(&h2, "SETTINGS 0\n");
  target_requests(&h2, "preface\nSETTINGS 0\n" REQUEST("1", "0") REQUEST("3", "1"));
  origin_sent(&h2, SENT_FINAL("1", "0") "\n" SENT_FINAL("3", "1"));
  target_frames(&h2, FINAL("3", "1"));
  steps_are(&h2.bench, "++++..");
  target_frames(&h2, FINAL("1", "0"));
  steps_are(&h2.bench, "++++++");
  is_done(&h2.bench, true);
  h2_end(&h2);
}

static const struct {
  const char *frames; /* of the target, in place of an answer */
  const char *steps;  /* as steps_are has them */
} end_rows[] = {
    {"RST_STREAM 1 u32:2\n", "+++"},   {INTERIM("1", "0", "1") "RST_STREAM 1 u32:0\n", "+++"},
    {"GOAWAY 0 u32:0 u32:0\n", "++."}, /* the request goes again, once */
    {"RST_STREAM 1 u32:7\n", "++."},   {"GOAWAY 0 u32:1 u32:0\n", "++."}, /* the stream goes on */
};

static void test_the_end_of_a_stream(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(end_rows) / sizeof(end_rows[0]); i++) {
    struct h2_bench h2;
    h2_begin(&h2, "client sends GET\nclient may see 1xx\nclient sees close\n", HTTP_H2);
    target_frames(&h2, arena_printf(&h2.bench.arena, "SETTINGS 0\n%s", end_rows[i].frames));
    steps_are(&h2.bench, end_rows[i].steps);
    h2_end(&h2);
  }
}

static void test_a_refused_stream_is_sent_again_once(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2, "client sends GET\nclient sees close\n", HTTP_H2);
  client_sent(&h2, GET_FRAME("1", "0"));
  target_frames(&h2, "SETTINGS 0\nRST_STREAM 1 u32:7\n");
  frames_end(&h2.from_client);
  frames_begin(&h2.from_client, H2_FROM_CLIENT);
  frames_are(&h2, &h2.from_client, &h2.bench.clients[2], GET_FRAME("1", "0"));
  assert_string_equal(h2.bench.clients[1].end, "close");
  struct actor_event event = {ACTOR_BYTES, 2, 0,
                              frames_wire(&h2, "SETTINGS 0\nRST_STREAM 1 u32:7\n")};
  script_client_event(&h2.bench.script, &event, h2.bench.now_us);
  bench_settle(&h2.bench);
  steps_are(&h2.bench, "++");
  h2_end(&h2);
}

/* Others wait for their answers on the connection: the refused one goes again beside them. */
static void test_a_refused_stream_leaves_the_others_alone(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2, "client sends GET\nclient sends GET\nclient sees 200\nclient sees 200\n", HTTP_H2);
  target_frames(&h2, "SETTINGS 0\n");
  client_sent(&h2, GET_FRAME("1", "0") "\n" GET_FRAME("3", "1"));
  target_frames(&h2, "RST_STREAM 3 u32:7\n");
  client_sent(&h2, GET_FRAME("5", "1"));
  target_frames(&h2, FINAL("1", "0") FINAL("5", "1"));
  steps_are(&h2.bench, "++++");
  is_done(&h2.bench, true);
  h2_end(&h2);
}

/* RFC 9113 section 5.1.2: how many it takes is said in its SETTINGS, which are waited for. */
static void test_no_more_streams_than_the_target_takes(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2,
           "client sends GET\nclient sends GET\nclient sends GET\nclient sees 200\n"
           "client sees 200\nclient sees 200\n",
           HTTP_H2);
  client_sent(&h2, GET_FRAME("1", "0"));
  target_frames(&h2, "SETTINGS 0 MAX_CONCURRENT_STREAMS=2\n");
  client_sent(&h2, GET_FRAME("3", "1"));
  target_frames(&h2, FINAL("3", "1"));
  client_sent(&h2, GET_FRAME("5", "2"));
  target_frames(&h2, FINAL("5", "2") FINAL("1", "0"));
  steps_are(&h2.bench, "++++++");
  assert_false(h2.bench.script.no_room);
  is_done(&h2.bench, true);
  h2_end(&h2);
}

static void test_a_stream_too_many_is_not_opened(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2, "client sends GET\nclient sends GET\nclient sees 200\n", HTTP_H2);
  target_frames(&h2, "SETTINGS 0 MAX_CONCURRENT_STREAMS=1\n");
  steps_are(&h2.bench, "+..");
  time_passes(&h2.bench, BENCH_DEADLINE);
  steps_are(&h2.bench, "+~~");
  assert_true(h2.bench.script.no_room);
  client_sent(&h2, GET_FRAME("1", "0"));
  h2_end(&h2);
}

/* Nobody waits for the answer to a canary whose stream has ended. */
static void test_a_refused_canary_goes_to_a_new_connection(void **state) {
  (void)state;
  struct h2_bench h2;
  bench_begin_over(&h2.bench, "client sends GET\nclient sees 200\n", true, HTTP_H2, &hpack_coder);
  frames_begin(&h2.from_client, H2_FROM_CLIENT);
  frames_begin(&h2.from_origin, H2_FROM_SERVER);
  target_frames(&h2, "SETTINGS 0\n" FINAL("1", "0"));
  client_sent(&h2, GET_FRAME("1", "0") "\n" GET_FRAME("3", "1"));
  target_frames(&h2, "RST_STREAM 3 u32:7\n");
  assert_string_equal(h2.bench.clients[1].end, "close");
  frames_end(&h2.from_client);
  frames_begin(&h2.from_client, H2_FROM_CLIENT);
  frames_are(&h2, &h2.from_client, &h2.bench.clients[2], GET_FRAME("1", "2"));
  h2_end(&h2);
}

/* A retry by the target gets on its new stream what the first got. */
static void test_a_retry_gets_the_same_frames(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2, "client sends GET\norigin sends 102\norigin sends 200\nclient sees 200\n", HTTP_H1);
  target_requests(&h2, "preface\nSETTINGS 0\n" REQUEST("1", "0"));
  origin_sent(&h2, SENT_INTERIM("1", "0", "1") "\n" SENT_FINAL("1", "0"));
  target_requests(&h2, REQUEST("3", "0"));
  origin_sent(&h2, SENT_INTERIM("3", "0", "1") "\n" SENT_FINAL("3", "0"));
  assert_int_equal(h2.bench.script.exchanges[0]->num_interims, 1);
  h2_end(&h2);
}

/* Content waits for the target's window, interim responses do not. */
static void test_a_window_holds_back_content_alone(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2, "client sends GET\norigin sends 102\norigin sends 200\nclient sees 200\n", HTTP_H1);
  target_requests(&h2, "preface\nSETTINGS 0 INITIAL_WINDOW_SIZE=5\n" REQUEST("1", "0"));
  origin_sent(
      &h2, SENT_INTERIM("1", "0",
                        "1") "\n"
                             "HEADERS 1 :status=200 date=D cache-control=no-store interim-nonce=$0 "
                             "content-type=text/plain content-length=17\nDATA 1 \"abcde\"");
  target_requests(&h2, "WINDOW_UPDATE 1 u32:100\n");
  origin_sent(&h2, "DATA 1 END_STREAM \"f0007010000\\n\"");
  h2_end(&h2);
}

/* What begins like the preface and is not it is HTTP/1.1. */
static void test_which_version_the_target_speaks(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2, "client sends PROPFIND\norigin sends 200\nclient sees 200\n", HTTP_H1);
  target_asks(&h2.bench, 0, "PR");
  assert_int_equal(h2.bench.backs[0].log.len, 0);
  target_asks(&h2.bench, 0, "OPFIND /$0/t/c HTTP/1.1|Host: h||");
  assert_true(span_starts(bytes_span(&h2.bench.backs[0].log), "HTTP/1.1 200 OK\r\n"));
  assert_int_equal(h2.bench.script.exchanges[0]->back_number, 0);
  h2_end(&h2);
}

/* A message in pieces has the connection to itself. */
static void test_pieces_are_not_mixed_with_other_frames(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2,
           "client sends GET\nclient 2 sends GET\norigin 2 sends 200 on-arrival\n"
           "origin sends 102 cut 5 pace 10ms\nclient sees 102\n",
           HTTP_H1);
  target_requests(&h2, "preface\nSETTINGS 0\n" REQUEST("1", "0"));
  origin_sent(&h2, "");
  target_requests(&h2, "PING 0 0x0000000000000000\n" REQUEST("3", "1"));
  time_passes(&h2.bench, 1000000);
  origin_sent(&h2, SENT_INTERIM("1", "0", "1") "\n" SENT_FINAL("3", "1"));
  h2_end(&h2);
}

/* A window that we open after a stall may end it: no probe is to say what the stall was. */
static void test_a_stall_that_a_window_ends_is_not_probed(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2,
           "client sends GET\norigin sends 204\nclient sees 204\nclient sends frame SETTINGS\n"
           "  INITIAL_WINDOW_SIZE: 65535\n",
           HTTP_H2);
  target_requests(&h2, "preface\nSETTINGS 0\n" REQUEST("1", "0"));
  h2.bench.controls = false;
  time_passes(&h2.bench, 300000);
  script_control(&h2.bench.script, h2.bench.now_us - 1);
  bench_settle(&h2.bench);
  steps_are(&h2.bench, "++-+");
  h2.bench.controls = true;
  time_passes(&h2.bench, BENCH_DEADLINE - 1);
  assert_int_not_equal(h2.bench.script.phase, PHASE_DONE);
  target_frames(&h2, "SETTINGS 0\nHEADERS 1 END_STREAM END_HEADERS :status=204 "
                     "interim-nonce=$0\n");
  is_done(&h2.bench, false);
  assert_int_equal(h2.bench.script.exchanges[0]->probed_us, 0);
  h2_end(&h2);
}

static void test_a_head_beyond_our_limits_is_no_finding(void **state) {
  (void)state;
  struct h2_bench h2;
  struct bytes text = {0};
  h2_begin(&h2, "client sends GET\nclient sees 200\n", HTTP_H2);
  bytes_text(&text, "SETTINGS 0\nHEADERS 1 END_HEADERS :status=102");
  for (size_t i = 0; i < 1100; i++) {
    bytes_text(&text, " a=b");
  }
  bytes_text(&text, "\n");
  target_frames(&h2, bytes_cstr(&text));
  assert_int_equal(h2.bench.script.num_findings, 0);
  assert_true(h2.bench.script.over_limit[0] != '\0');
  bytes_free(&text);
  h2_end(&h2);
}

/* RFC 9113 section 8.4: a target may push otherwise, and nobody here reads that. */
static void test_settings_of_a_case_forbid_a_push_too(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2, "client sends frame SETTINGS\n  INITIAL_WINDOW_SIZE: 10\nclient sends GET\n",
           HTTP_H2);
  struct span wanted =
      frames_wire(&h2, "preface\nSETTINGS 0 ENABLE_PUSH=0 INITIAL_WINDOW_SIZE=10\n");
  struct span log = bytes_span(&h2.bench.clients[1].log);
  assert_true(log.len > wanted.len);
  assert_memory_equal(log.ptr, wanted.ptr, wanted.len);
  h2_end(&h2);
}

/* The next request may be on its way: GOAWAY says that it was not begun with. */
static void test_a_spoiled_connection_ends_with_goaway(void **state) {
  (void)state;
  static const uint8_t goaway[] = {0, 0, 8, H2_GOAWAY, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0};
  struct h2_bench h2;
  h2_begin(&h2, "client sends GET\norigin sends 200\nclient sees 200\n", HTTP_H1);
  h2.bench.file.alone = true;
  target_requests(&h2, "preface\nSETTINGS 0\n" REQUEST("3", "0"));
  /* No request came on these. */
  target_requests(&h2, "PRIORITY 5 u32:0 u8:1\nWINDOW_UPDATE 1 u32:1\n");
  origin_forget(&h2.bench.origin, &h2.bench.script);
  bench_settle(&h2.bench);
  struct span log = bytes_span(&h2.bench.backs[0].log);
  assert_true(log.len > sizeof(goaway));
  assert_memory_equal(log.ptr + log.len - sizeof(goaway), goaway, sizeof(goaway));
  assert_string_equal(h2.bench.backs[0].end, "shut");
  /* A stream that was opened before the target read of it is none that we began with. */
  origin_bytes(&h2.bench.origin, ACTOR_ACCEPTED, span_of("late"), h2.bench.now_us);
  assert_int_equal(h2.bench.origin.num_awaited, 1);
  origin_ended(&h2.bench.origin, ACTOR_ACCEPTED, false, h2.bench.now_us);
  bench_settle(&h2.bench);
  assert_string_equal(h2.bench.backs[0].end, "close");
  assert_int_equal(h2.bench.origin.num_awaited, 0);
  h2_end(&h2);
}

static void feed_origin(struct h2_bench *h2, const char *frames) {
  struct span wire = frames_wire(h2, frames);
  for (size_t i = 0; i < wire.len; i++) {
    origin_bytes(&h2->bench.origin, ACTOR_ACCEPTED, span_make(wire.ptr + i, 1), h2->bench.now_us);
    bench_settle(&h2->bench);
  }
}

static void feed_client(struct h2_bench *h2, const char *frames) {
  struct span wire = frames_wire(h2, frames);
  for (size_t i = 0; i < wire.len; i++) {
    struct actor_event event = {ACTOR_BYTES, 1, 0, span_make(wire.ptr + i, 1)};
    script_client_event(&h2->bench.script, &event, h2->bench.now_us);
    bench_settle(&h2->bench);
  }
}

/* Byte by byte, everything reads the same, and what each side acknowledges is written by itself. */
static void test_reads_of_one_byte(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2,
           "client sends GET\norigin sends 102\nclient sees 102\norigin sends 200\n"
           "client sees 200\n",
           HTTP_H2);
  origin_accept(&h2.bench.origin, ACTOR_ACCEPTED);
  client_sent(&h2, GET_FRAME("1", "0"));
  feed_origin(&h2, "preface\nSETTINGS 0\nPING 0 0x0000000000000000\n");
  size_t written = h2.bench.backs[0].log.len;
  feed_origin(&h2, "WINDOW_UPDATE 0 u32:1\n");
  assert_int_equal(h2.bench.backs[0].log.len, written); /* nothing again */
  feed_origin(&h2, REQUEST("1", "0"));
  origin_sent(&h2, SENT_INTERIM("1", "0", "1"));
  feed_client(&h2, "SETTINGS 0\nPING 0 0x0000000000000000\n" INTERIM("1", "0", "1"));
  origin_sent(&h2, SENT_FINAL("1", "0"));
  feed_client(&h2, FINAL("1", "0"));
  client_sent(&h2, "");
  is_done(&h2.bench, true);
  h2_end(&h2);
}

/* Nothing has to come from the target for us to write. */
static void test_an_origin_that_writes_by_itself(void **state) {
  (void)state;
  static const struct {
    const char *steps;
    const char *frames;
  } rows[] = {
      {"origin sends 102\n", SENT_INTERIM("1", "0", "1")},
      {"origin closes\n", "RST_STREAM 1 INTERNAL_ERROR"},
      {"origin sends frame RST_STREAM CANCEL\n", "RST_STREAM 1 CANCEL"},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct h2_bench h2;
    struct bytes steps = {0};
    bytes_printf(&steps, "client sends GET\norigin sees GET\npause 5ms\n%sclient sees 200\n",
                 rows[i].steps);
    h2_begin(&h2, bytes_cstr(&steps), HTTP_H1);
    target_requests(&h2, "preface\nSETTINGS 0\n" REQUEST("1", "0"));
    origin_sent(&h2, "");
    time_passes(&h2.bench, 5000);
    origin_sent(&h2, rows[i].frames);
    h2_end(&h2);
    bytes_free(&steps);
  }
}

/* Its fields belong together. */
static void test_a_head_in_two_frames_is_one(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2,
           "client sends GET\norigin sends frame HEADERS\n  :status: 102\n"
           "origin sends frame CONTINUATION END_HEADERS\n  a: b\norigin sends 200\n"
           "client sees 200\n",
           HTTP_H1);
  target_requests(&h2, "preface\nSETTINGS 0\n" REQUEST("1", "0"));
  assert_int_equal(h2.bench.script.exchanges[0]->num_interims, 1);
  assert_true(h2.bench.script.exchanges[0]->final_sent);
  h2_end(&h2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_gated_102_over_both_sides),
      cmocka_unit_test(test_what_a_client_sends),
      cmocka_unit_test(test_what_an_origin_sends),
      cmocka_unit_test(test_a_final_response_counts_when_it_is_whole),
      cmocka_unit_test(test_house_rules_over_http_2),
      cmocka_unit_test(test_answers_in_reverse),
      cmocka_unit_test(test_the_end_of_a_stream),
      cmocka_unit_test(test_a_refused_stream_is_sent_again_once),
      cmocka_unit_test(test_a_refused_stream_leaves_the_others_alone),
      cmocka_unit_test(test_a_refused_canary_goes_to_a_new_connection),
      cmocka_unit_test(test_no_more_streams_than_the_target_takes),
      cmocka_unit_test(test_a_stream_too_many_is_not_opened),
      cmocka_unit_test(test_a_retry_gets_the_same_frames),
      cmocka_unit_test(test_a_window_holds_back_content_alone),
      cmocka_unit_test(test_which_version_the_target_speaks),
      cmocka_unit_test(test_pieces_are_not_mixed_with_other_frames),
      cmocka_unit_test(test_a_stall_that_a_window_ends_is_not_probed),
      cmocka_unit_test(test_a_head_beyond_our_limits_is_no_finding),
      cmocka_unit_test(test_settings_of_a_case_forbid_a_push_too),
      cmocka_unit_test(test_a_spoiled_connection_ends_with_goaway),
      cmocka_unit_test(test_reads_of_one_byte),
      cmocka_unit_test(test_an_origin_that_writes_by_itself),
      cmocka_unit_test(test_a_head_in_two_frames_is_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
