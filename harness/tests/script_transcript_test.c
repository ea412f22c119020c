/* What the transcript of a play tells: who, which way, what. One line an entry: the lane (C for a
 * client, O for our origin) with its number, the time in milliseconds if it is not that of the
 * entry before, and the bytes, with | for CRLF and $0 for the first request's nonce. */
#include "script/internal.h"
#include "tests/script_h2_bench.h"

#define PREFACE "preface\nSETTINGS 0\n"
#define GET_FRAMES(stream, n)                                                                      \
  "HEADERS " stream " END_STREAM END_HEADERS :method=GET :scheme=http "                            \
  ":path=/$" n "/t/c :authority=h interim-nonce=$" n "\n"

static void print_entry(struct bytes *out, const struct transcript_entry *entry, uint64_t *at_us) {
  bytes_printf(out, "%c%u ", entry->lane == LANE_CLIENT ? 'C' : 'O', entry->number);
  if (entry->t_us != *at_us) {
    bytes_printf(out, "+%u ", (unsigned)((entry->t_us - *at_us) / 1000));
    *at_us = entry->t_us;
  }
  bytes_printf(out, "%s ", entry->dir);
  struct bytes text = {0};
  for (size_t i = 0; i < entry->bytes.len; i++) {
    if (entry->bytes.ptr[i] != '\r') {
      bytes_add(
          &text,
          span_make(entry->bytes.ptr[i] == '\n' ? (const uint8_t *)"|" : entry->bytes.ptr + i, 1));
    }
  }
  frames_text(out, bytes_span(&text));
  bytes_free(&text);
  bytes_text(out, "\n");
}

static void transcript_is(struct bench *bench, const char *wanted) {
  struct bytes got = {0};
  uint64_t at_us = 0;
  for (size_t i = 0; i < bench->script.num_transcript; i++) {
    print_entry(&got, &bench->script.transcript[i], &at_us);
  }
  const char *text = arena_printf(&bench->arena, "%s", bytes_cstr(&got));
  bytes_free(&got);
  assert_string_equal(text, wanted);
}

static void test_a_request_that_is_sent_twice(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends POST\n  Content-Length: 2\n  | ab\norigin sends 102\nclient sees 102\n"
              "origin sends 200\n  | done\nclient sees 200\n",
              false);
  target_asks(&bench, 0, "POST /$0/t/c HTTP/1.1|Content-Length: 2||a");
  target_asks(&bench, 0, "b");
  time_passes(&bench, 2000);
  target_leaves(&bench, 0, true);
  target_asks(&bench, 1, "POST /$0/t/c HTTP/1.1|Content-Length: 2||ab");
  target_answers(&bench, 1, MARK("0", "1"));
  target_answers(&bench, 1, OK_HEAD("0", "22") "done\n$0\n");
  is_done(&bench, true);
  transcript_is(&bench,
                "C1 sent POST /$0/t/c HTTP/1.1|Host: h|Interim-Nonce: $0|Content-Length: 2||ab\n"
                "O1 received POST /$0/t/c HTTP/1.1|Content-Length: 2||\n"
                "O1 sent HTTP/1.1 102 Processing|Interim-Mark: $0-1||\n"
                "O1 received a\n"
                "O1 received b\n"
                "O1 +2 note the target reset\n"
                "O1 received POST /$0/t/c HTTP/1.1|Content-Length: 2||\n"
                "O1 note the target sent the request again\n"
                "O1 sent HTTP/1.1 102 Processing|Interim-Mark: $0-1||\n"
                "O1 received ab\n"
                "C1 received HTTP/1.1 102 Processing|Interim-Mark: $0-1||\n"
                "O1 sent HTTP/1.1 200 OK|Date: D|Cache-Control: no-store|Interim-Nonce: "
                "$0|Content-Type: text/plain|Content-Length: 22||done|$0|\n"
                "C1 received HTTP/1.1 200 OK|Date: D|Cache-Control: no-store|Interim-Nonce: "
                "$0|Content-Type: text/plain|Content-Length: 22||done|$0|\n");
  bench_end(&bench);
}

static void test_who_ended_what(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench,
              "client sends GET\norigin sends 102\nclient sees 102\norigin half-closes\n"
              "client sees close\nclient 2 sends GET\norigin 2 aborts\nclient 2 half-closes\n",
              false);
  target_asks(&bench, 0, ASK("GET", "0"));
  time_passes(&bench, BENCH_DEADLINE);
  target_answers(&bench, 1, "HTTP/1.1 103 Early Hints||");
  target_leaves(&bench, 0, false);
  target_ends(&bench, 1, ACTOR_FIN);
  target_asks(&bench, 1, ASK("GET", "1"));
  target_ends(&bench, 2, ACTOR_RESET);
  transcript_is(&bench, "C1 sent GET /$0/t/c HTTP/1.1|Host: h|Interim-Nonce: $0||\n"
                        "O1 received GET /$0/t/c HTTP/1.1|Host: h|Interim-Nonce: $0||\n"
                        "O1 sent HTTP/1.1 102 Processing|Interim-Mark: $0-1||\n"
                        "C1 +250 note nothing came\n"
                        "O1 note half-closes\n"
                        "C1 received HTTP/1.1 103 Early Hints||\n"
                        "O1 note the target closed\n"
                        "C1 note the target closed\n"
                        "C2 sent GET /$1/t/c HTTP/1.1|Host: h|Interim-Nonce: $1||\n"
                        "O2 received GET /$1/t/c HTTP/1.1|Host: h|Interim-Nonce: $1||\n"
                        "O2 note aborts\n"
                        "C2 note half-closes\n");
  bench_end(&bench);
}

static void test_frames_of_both_sides(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2,
           "client sends GET\nclient sends frame PRIORITY on-stream idle\n  | "
           "\\x00\\x00\\x00\\x00\\x01\n"
           "origin sends 102\nclient sees 102\norigin sends frame PING\n  | 12345678\n"
           "origin sends frame WINDOW_UPDATE 7\norigin sends frame DATA on-stream idle\n  | x\n"
           "origin sends frame PUSH_PROMISE END_HEADERS\n  :method: GET\n"
           "origin sends frame RST_STREAM CANCEL\nclient sees close\nclient aborts\n",
           HTTP_H2);
  target_requests(&h2, PREFACE GET_FRAMES("1", "0"));
  target_frames(&h2, "SETTINGS 0\nHEADERS 1 END_HEADERS :status=102 interim-mark=$0-1\n");
  time_passes(&h2.bench, 3000);
  target_requests(&h2, "RST_STREAM 1 u32:8\n");
  target_frames(&h2, "GOAWAY 0 u32:1 u32:99\nRST_STREAM 1 u32:8\n");
  transcript_is(&h2.bench,
                "C1 sent HEADERS stream=1 END_STREAM END_HEADERS|:method: GET|:scheme: http|:path: "
                "/$0/t/c|:authority: h|interim-nonce: $0|\n"
                "C1 sent PRIORITY stream=2001|\n"
                "O1 received HEADERS stream=1 END_STREAM END_HEADERS|:method: GET|:scheme: "
                "http|:path: /$0/t/c|:authority: h|interim-nonce: $0|\n"
                "O1 sent HEADERS stream=1 END_HEADERS|:status: 102|interim-mark: $0-1|\n"
                "C1 received HEADERS stream=1 END_HEADERS|:status: 102|interim-mark: $0-1|\n"
                "O1 sent PING stream=0|\n"
                "O1 sent WINDOW_UPDATE stream=1 7|\n"
                "O1 sent DATA stream=2001|x\n"
                "O1 sent PUSH_PROMISE stream=1|:method: GET|\n"
                "O1 sent RST_STREAM stream=1 CANCEL|\n"
                "O1 +3 note the target reset the stream\n"
                "C1 note the target sent GOAWAY with an unknown code, last stream 1\n"
                "C1 received RST_STREAM stream=1 CANCEL|\n");
  h2_end(&h2);
}

static void test_a_retry_over_http_2(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2, "client sends GET\norigin sends 102\norigin closes\nclient sees close\n", HTTP_H2);
  target_requests(&h2, PREFACE GET_FRAMES("1", "0"));
  target_requests(&h2, GET_FRAMES("3", "0"));
  target_frames(&h2, "SETTINGS 0\nGOAWAY 0 u32:0 u32:0\n");
  transcript_is(&h2.bench, "C1 sent HEADERS stream=1 END_STREAM END_HEADERS|:method: GET|:scheme: "
                           "http|:path: /$0/t/c|:authority: h|interim-nonce: $0|\n"
                           "O1 received HEADERS stream=1 END_STREAM END_HEADERS|:method: "
                           "GET|:scheme: http|:path: /$0/t/c|:authority: h|interim-nonce: $0|\n"
                           "O1 sent HEADERS stream=1 END_HEADERS|:status: 102|interim-mark: $0-1|\n"
                           "O1 sent RST_STREAM INTERNAL_ERROR|\n"
                           "O1 received HEADERS stream=3 END_STREAM END_HEADERS|:method: "
                           "GET|:scheme: http|:path: /$0/t/c|:authority: h|interim-nonce: $0|\n"
                           "O1 note the target sent the request again\n"
                           "O1 sent HEADERS stream=3 END_HEADERS|:status: 102|interim-mark: $0-1|\n"
                           "O1 sent RST_STREAM INTERNAL_ERROR|\n"
                           "C1 note the target sent GOAWAY NO_ERROR, last stream 0\n");
  h2_end(&h2);
}

#define C1_SENT(stream, n)                                                                         \
  "C1 sent HEADERS stream=" stream                                                                 \
  " END_STREAM END_HEADERS|:method: GET|:scheme: http|:path: /$" n                                 \
  "/t/c|:authority: h|interim-nonce: $" n "|\n"

static void test_requests_that_go_out_together_and_are_reset(void **state) {
  (void)state;
  struct h2_bench h2;
  h2_begin(&h2, "client sends GET glued\nclient sends GET\nclient aborts\n", HTTP_H2);
  transcript_is(&h2.bench, C1_SENT("1", "0") C1_SENT("3", "1") "C1 sent RST_STREAM stream=1 "
                                                               "CANCEL|\nC1 sent RST_STREAM "
                                                               "stream=3 CANCEL|\n");
  h2_end(&h2);
}

/* Nothing was received that could be told. */
static void test_a_connection_that_is_refused(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, "pause 1ms\nclient sends GET\n", false);
  bench.refuses = true;
  time_passes(&bench, 1000);
  is_done(&bench, false);
  transcript_is(&bench, "");
  bench_end(&bench);
}

/* Of a play that says very much the beginning is kept. */
static void test_how_much_is_kept(void **state) {
  (void)state;
  static const uint8_t many[40000] = {'x'};
  struct bench bench;
  bench_begin(&bench, "pause 1ms\n", false);
  for (size_t i = 0; i < 4; i++) {
    script_record(&bench.script, LANE_CLIENT, 1, "sent", span_make(many, sizeof(many)), 0);
  }
  assert_int_equal(bench.script.num_transcript, 2);
  assert_int_equal(bench.script.transcript[0].bytes.len, 40000);
  assert_int_equal(bench.script.transcript[1].bytes.len, 65536 - 40000 - 32);
  bench_end(&bench);
}

/* The same is told once. */
static void test_findings(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, "pause 1ms\n", false);
  struct nonce owner = {BENCH_RUN, 9, 0, 1};
  script_find(&bench.script, BREACH_GRAMMAR, NULL, "one");
  script_find(&bench.script, BREACH_GRAMMAR, NULL, "two");
  script_find(&bench.script, BREACH_FOREIGN, &owner, "one");
  script_find(&bench.script, BREACH_GRAMMAR, NULL, "two");
  assert_int_equal(bench.script.num_findings, 3);
  assert_false(bench.script.findings[1].has_owner);
  assert_true(bench.script.findings[2].has_owner);
  assert_int_equal(bench.script.findings[2].owner.play, 9);
  bench_end(&bench);
}

static void test_how_a_client_ended(void **state) {
  (void)state;
  static const char *const verbs[] = {"closes", "half-closes", "aborts"};
  for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
    struct bench bench;
    struct bytes steps = {0};
    bytes_printf(&steps, "client sends GET\nclient %s\norigin sees GET\n", verbs[i]);
    bench_begin(&bench, bytes_cstr(&steps), false);
    transcript_is(&bench, arena_printf(&bench.arena,
                                       "C1 sent GET /$0/t/c HTTP/1.1|Host: h|Interim-Nonce: $0||\n"
                                       "C1 note %s\n",
                                       verbs[i]));
    bytes_free(&steps);
    bench_end(&bench);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_request_that_is_sent_twice),
      cmocka_unit_test(test_who_ended_what),
      cmocka_unit_test(test_frames_of_both_sides),
      cmocka_unit_test(test_a_retry_over_http_2),
      cmocka_unit_test(test_requests_that_go_out_together_and_are_reset),
      cmocka_unit_test(test_a_connection_that_is_refused),
      cmocka_unit_test(test_how_much_is_kept),
      cmocka_unit_test(test_findings),
      cmocka_unit_test(test_how_a_client_ended),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
