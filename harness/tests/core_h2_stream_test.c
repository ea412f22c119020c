/* What a stream makes of its header blocks and frames: rows of frames in, roles and faults out. The
 * corpus says the same with offsets; here each fault stands beside what is just not one. */
#include "core/h2_stream.h"
#include "hpack/hpack.h"
#include "tests/core_h2_text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { MAX_STEPS = 5 };

/* What one block or faulty frame comes to. */
struct step {
  enum h2_block block; /* H2_BLOCK_NONE: a frame that is no block */
  unsigned code;
  enum h2_fault fault;
};

struct row {
  const char *what;
  const char *frames;     /* behind an empty SETTINGS */
  struct h2_stream begin; /* to_head and to_connect are taken from it */
  bool unasked;
  struct step steps[MAX_STEPS]; /* ends with a zeroed one */
  enum rule_state state;
};

#define INTERIM(code, fault)                                                                       \
  { H2_BLOCK_INTERIM, code, H2_FAULT_##fault }
#define FINAL(code, fault)                                                                         \
  { H2_BLOCK_FINAL, code, H2_FAULT_##fault }
#define TRAILERS(fault)                                                                            \
  { H2_BLOCK_TRAILERS, 0, H2_FAULT_##fault }
#define REQUEST(fault)                                                                             \
  { H2_BLOCK_REQUEST, 0, H2_FAULT_##fault }
#define FRAME(fault)                                                                               \
  { H2_BLOCK_NONE, 0, H2_FAULT_##fault }
#define BLOCK "HEADERS 1 END_HEADERS "
#define LAST "HEADERS 1 END_HEADERS END_STREAM "

/* clang-format off */
static const struct row responses[] = {
    {.what = "a final response", .frames = LAST ":status=200",
     .steps = {FINAL(200, NONE)}, .state = RULE_IDLE},
    {.what = "an interim response, then a final one", .frames = BLOCK ":status=102\n" LAST ":status=200",
     .steps = {INTERIM(102, NONE), FINAL(200, NONE)}, .state = RULE_IDLE},
    {.what = "the first and the last interim code", .frames = BLOCK ":status=100\n" BLOCK ":status=199",
     .steps = {INTERIM(100, NONE), INTERIM(199, NONE)}, .state = RULE_WAITING},
    {.what = "the first and the last final code", .frames = BLOCK ":status=599",
     .steps = {FINAL(599, NONE)}, .state = RULE_FINAL},
    {.what = "101 does not exist, and changes nothing", .frames = BLOCK ":status=101\n" LAST ":status=200",
     .steps = {INTERIM(101, STATUS_101), FINAL(200, NONE)}, .state = RULE_IDLE},

    {.what = "no :status", .frames = LAST "a=1",
     .steps = {FINAL(0, STATUS_MISSING)}, .state = RULE_IDLE},
    {.what = "no field at all", .frames = LAST,
     .steps = {FINAL(0, STATUS_MISSING)}, .state = RULE_IDLE},
    {.what = ":status twice; the first one counts", .frames = BLOCK ":status=103 :status=200",
     .steps = {INTERIM(103, STATUS_TWICE)}, .state = RULE_WAITING},
    {.what = "two digits", .frames = LAST ":status=10",
     .steps = {FINAL(0, STATUS_INVALID)}, .state = RULE_IDLE},
    {.what = "four digits are no 102", .frames = LAST ":status=0102",
     .steps = {FINAL(0, STATUS_INVALID)}, .state = RULE_IDLE},
    {.what = "below 100", .frames = LAST ":status=099",
     .steps = {FINAL(99, STATUS_INVALID)}, .state = RULE_IDLE},
    {.what = "above 599", .frames = LAST ":status=600",
     .steps = {FINAL(600, STATUS_INVALID)}, .state = RULE_IDLE},
    {.what = "a sign", .frames = LAST ":status=+10",
     .steps = {FINAL(0, STATUS_INVALID)}, .state = RULE_IDLE},
    {.what = "a blank", .frames = LAST ":status=\"10 \"",
     .steps = {FINAL(0, STATUS_INVALID)}, .state = RULE_IDLE},

    {.what = ":status behind a regular field", .frames = BLOCK "a=1 :status=102",
     .steps = {INTERIM(102, PSEUDO_LATE)}, .state = RULE_WAITING},
    {.what = "a pseudo-header field of requests", .frames = BLOCK ":status=102 :method=GET",
     .steps = {INTERIM(102, PSEUDO_UNKNOWN)}, .state = RULE_WAITING},
    {.what = "a pseudo-header field of nobody", .frames = BLOCK ":status=102 :x=1",
     .steps = {INTERIM(102, PSEUDO_UNKNOWN)}, .state = RULE_WAITING},
    {.what = "a colon alone", .frames = BLOCK ":status=102 :=1",
     .steps = {INTERIM(102, PSEUDO_UNKNOWN)}, .state = RULE_WAITING},
    {.what = "a pseudo-header field in trailers", .frames = BLOCK ":status=200\n" LAST ":path=/",
     .steps = {FINAL(200, NONE), TRAILERS(PSEUDO_IN_TRAILERS)}, .state = RULE_IDLE},

    {.what = "an upper-case letter", .frames = BLOCK ":status=103 linK=1",
     .steps = {INTERIM(103, UPPER_CASE)}, .state = RULE_WAITING},
    {.what = "an upper-case letter in a value is no fault", .frames = BLOCK ":status=103 link=A",
     .steps = {INTERIM(103, NONE)}, .state = RULE_WAITING},
    {.what = "a name that is no token", .frames = BLOCK ":status=103 a\\x20=1",
     .steps = {INTERIM(103, FIELD_NAME)}, .state = RULE_WAITING},
    {.what = "LF in a value", .frames = BLOCK ":status=103 a=1\\n2",
     .steps = {INTERIM(103, FIELD_VALUE)}, .state = RULE_WAITING},
    {.what = "a blank inside a value is no fault", .frames = BLOCK ":status=103 a=\"1\\t2 3\"",
     .steps = {INTERIM(103, NONE)}, .state = RULE_WAITING},
    {.what = "Connection", .frames = BLOCK ":status=102 connection=x",
     .steps = {INTERIM(102, CONNECTION_FIELD)}, .state = RULE_WAITING},
    {.what = "TE in other letters", .frames = BLOCK ":status=102 te=Trailers",
     .steps = {INTERIM(102, NONE)}, .state = RULE_WAITING},

    {.what = "an interim response with END_STREAM", .frames = LAST ":status=102",
     .steps = {INTERIM(102, INTERIM_END_STREAM)}, .state = RULE_BROKEN},
    {.what = "Content-Length in an interim response", .frames = BLOCK ":status=102 content-length=5\n" LAST ":status=200",
     .steps = {INTERIM(102, INTERIM_LENGTH), FINAL(200, NONE)}, .state = RULE_IDLE},
    {.what = "the malformed one of two faults", .frames = LAST ":status=102 content-length=5",
     .steps = {INTERIM(102, INTERIM_END_STREAM)}, .state = RULE_BROKEN},
    {.what = "an interim response's length says nothing of the final one", .frames = BLOCK ":status=102 content-length=x\n" BLOCK ":status=200 content-length=1\nDATA 1 END_STREAM \"x\"",
     .steps = {INTERIM(102, INTERIM_LENGTH), FINAL(200, NONE)}, .state = RULE_IDLE},
    {.what = "a malformed one behind it", .frames = BLOCK ":status=102 content-length=5 A=1",
     .steps = {INTERIM(102, UPPER_CASE)}, .state = RULE_WAITING},
    {.what = "the first of two malformed ones", .frames = LAST ":status=102 A=1",
     .steps = {INTERIM(102, UPPER_CASE)}, .state = RULE_BROKEN},

    {.what = "empty DATA before the final response", .frames = "DATA 1\n" LAST ":status=200",
     .steps = {FRAME(EMPTY_DATA), FINAL(200, NONE)}, .state = RULE_IDLE},
    {.what = "one byte of it", .frames = "DATA 1 \"x\"\n" LAST ":status=200",
     .steps = {FRAME(DATA_BEFORE_FINAL), FINAL(200, NONE)}, .state = RULE_IDLE},
    {.what = "its end", .frames = BLOCK ":status=102\nDATA 1 END_STREAM",
     .steps = {INTERIM(102, NONE), FRAME(DATA_BEFORE_FINAL)}, .state = RULE_BROKEN},

    {.what = "trailers", .frames = BLOCK ":status=200\nDATA 1 \"ok\"\n" LAST "a=1",
     .steps = {FINAL(200, NONE), TRAILERS(NONE)}, .state = RULE_IDLE},
    {.what = "trailers without END_STREAM", .frames = BLOCK ":status=200\n" BLOCK "a=1",
     .steps = {FINAL(200, NONE), TRAILERS(TRAILERS_OPEN)}, .state = RULE_FINAL},
    {.what = "an interim response behind the final one's head", .frames = BLOCK ":status=200\n" BLOCK ":status=103",
     .steps = {FINAL(200, NONE), INTERIM(103, PSEUDO_IN_TRAILERS)}, .state = RULE_BROKEN},
    {.what = "two final responses", .frames = BLOCK ":status=200\n" LAST ":status=204",
     .steps = {FINAL(200, NONE), FINAL(204, PSEUDO_IN_TRAILERS)}, .state = RULE_BROKEN},
    {.what = "an interim response behind the end", .frames = LAST ":status=200\n" BLOCK ":status=103",
     .steps = {FINAL(200, NONE), INTERIM(103, AFTER_END)}, .state = RULE_BROKEN},
    {.what = "DATA behind the end", .frames = LAST ":status=200\nDATA 1",
     .steps = {FINAL(200, NONE), FRAME(AFTER_END)}, .state = RULE_IDLE},
    {.what = "a push behind the end", .frames = LAST ":status=200\nPUSH_PROMISE 1 END_HEADERS u32:2 @2",
     .steps = {FINAL(200, NONE), FINAL(200, AFTER_END)}, .state = RULE_IDLE},
    {.what = "a response behind a reset", .frames = "RST_STREAM 1 u32:8\n" LAST ":status=200",
     .steps = {FINAL(200, AFTER_END)}, .state = RULE_BROKEN},
    {.what = "frames that may follow the end",
     .frames = LAST ":status=200\nWINDOW_UPDATE 1 u32:1\nRST_STREAM 1 u32:0\nRST_STREAM 1 u32:0\n"
               "PRIORITY 1 u32:0 u8:0\nTYPE=10 1 \"x\"",
     .steps = {FINAL(200, NONE)}, .state = RULE_ENDED},
    {.what = "a stream without a request", .unasked = true, .frames = BLOCK ":status=102",
     .steps = {INTERIM(102, RESPONSE_UNASKED)}, .state = RULE_BROKEN},

    {.what = "content as long as Content-Length says", .frames = BLOCK ":status=200 content-length=4\nDATA 1 \"ab\"\nDATA 1 END_STREAM pad=3 \"cd\"",
     .steps = {FINAL(200, NONE)}, .state = RULE_IDLE},
    {.what = "one byte less", .frames = BLOCK ":status=200 content-length=4\nDATA 1 END_STREAM \"abc\"",
     .steps = {FINAL(200, NONE), FRAME(LENGTH)}, .state = RULE_IDLE},
    {.what = "one byte more, told once", .frames = BLOCK ":status=200 content-length=4\nDATA 1 \"abcde\"\nDATA 1 END_STREAM \"f\"",
     .steps = {FINAL(200, NONE), FRAME(LENGTH)}, .state = RULE_IDLE},
    {.what = "a whole frame more", .frames = BLOCK ":status=200 content-length=2\nDATA 1 \"ab\"\nDATA 1 END_STREAM \"c\"",
     .steps = {FINAL(200, NONE), FRAME(LENGTH)}, .state = RULE_IDLE},
    {.what = "less, before trailers", .frames = BLOCK ":status=200 content-length=1\n" LAST "a=1",
     .steps = {FINAL(200, NONE), TRAILERS(LENGTH)}, .state = RULE_IDLE},
    {.what = "no content at all", .frames = LAST ":status=200 content-length=1",
     .steps = {FINAL(200, LENGTH)}, .state = RULE_IDLE},
    {.what = "two lengths", .frames = BLOCK ":status=200 content-length=1 content-length=2\nDATA 1 END_STREAM \"ab\"",
     .steps = {FINAL(200, LENGTH)}, .state = RULE_IDLE},
    {.what = "the same length twice", .frames = BLOCK ":status=200 content-length=2 content-length=2\nDATA 1 END_STREAM \"ab\"",
     .steps = {FINAL(200, NONE)}, .state = RULE_IDLE},
    {.what = "an empty Content-Length", .frames = LAST ":status=200 content-length=",
     .steps = {FINAL(200, LENGTH)}, .state = RULE_IDLE},
    {.what = "to HEAD none is expected", .begin = {.to_head = true}, .frames = LAST ":status=200 content-length=1",
     .steps = {FINAL(200, NONE)}, .state = RULE_IDLE},
    {.what = "to HEAD, as an empty frame", .begin = {.to_head = true}, .frames = BLOCK ":status=200 content-length=1\nDATA 1 END_STREAM",
     .steps = {FINAL(200, NONE)}, .state = RULE_IDLE},
    {.what = "to HEAD, content all the same", .begin = {.to_head = true}, .frames = BLOCK ":status=200 content-length=2\nDATA 1 \"o\"\nDATA 1 END_STREAM \"k\"",
     .steps = {FINAL(200, NONE), FRAME(HEAD_CONTENT)}, .state = RULE_IDLE},
    {.what = "nor with 304", .frames = LAST ":status=304 content-length=1",
     .steps = {FINAL(304, NONE)}, .state = RULE_IDLE},
    {.what = "nor with 204", .frames = LAST ":status=204 content-length=1",
     .steps = {FINAL(204, NONE)}, .state = RULE_IDLE},
    {.what = "204 as an empty frame", .frames = BLOCK ":status=204\nDATA 1 END_STREAM pad=3",
     .steps = {FINAL(204, NONE)}, .state = RULE_IDLE},
    {.what = "204 with content, told once", .frames = BLOCK ":status=204\nDATA 1\nDATA 1 \"o\"\nDATA 1 END_STREAM \"k\"",
     .steps = {FINAL(204, NONE), FRAME(CODE_CONTENT)}, .state = RULE_IDLE},
    {.what = "304 with more content than it would have", .frames = BLOCK ":status=304 content-length=1\nDATA 1 END_STREAM \"ok\"",
     .steps = {FINAL(304, NONE), FRAME(CODE_CONTENT)}, .state = RULE_IDLE},
    {.what = "304 with less", .frames = BLOCK ":status=304 content-length=3\nDATA 1 END_STREAM \"ok\"",
     .steps = {FINAL(304, NONE), FRAME(CODE_CONTENT)}, .state = RULE_IDLE},
    {.what = "a length that is no number counts there too", .frames = LAST ":status=304 content-length=a",
     .steps = {FINAL(304, LENGTH)}, .state = RULE_IDLE},
    {.what = "205 has content", .frames = BLOCK ":status=205\nDATA 1 END_STREAM \"ok\"",
     .steps = {FINAL(205, NONE)}, .state = RULE_IDLE},
    {.what = "to HEAD, with more content", .begin = {.to_head = true}, .frames = BLOCK ":status=200 content-length=1\nDATA 1 END_STREAM \"ok\"",
     .steps = {FINAL(200, NONE), FRAME(HEAD_CONTENT)}, .state = RULE_IDLE},
    {.what = "204 to CONNECT is a tunnel", .begin = {.to_connect = true}, .frames = BLOCK ":status=204\nDATA 1 \"ok\"",
     .steps = {FINAL(204, NONE)}, .state = RULE_SWITCHED},

    {.what = "a tunnel", .begin = {.to_connect = true}, .frames = BLOCK ":status=103\n" BLOCK ":status=200 content-length=1\nDATA 1 \"abc\"",
     .steps = {INTERIM(103, NONE), FINAL(200, NONE)}, .state = RULE_SWITCHED},
    {.what = "no tunnel", .begin = {.to_connect = true}, .frames = BLOCK ":status=407 content-length=1\nDATA 1 \"abc\"",
     .steps = {FINAL(407, NONE), FRAME(LENGTH)}, .state = RULE_FINAL},
    {.what = "HEADERS in a tunnel", .begin = {.to_connect = true}, .frames = BLOCK ":status=200\n" LAST "a=1",
     .steps = {FINAL(200, NONE), TRAILERS(TRAILERS_OPEN)}, .state = RULE_SWITCHED},

    {.what = "a promise is no response", .frames = "PUSH_PROMISE 1 END_HEADERS u32:2 @2 @4 @6\n" LAST ":status=200",
     .steps = {FRAME(NONE), FINAL(200, NONE)}, .state = RULE_IDLE},
    {.what = "WINDOW_UPDATE by 0", .frames = "WINDOW_UPDATE 1 u32:0",
     .steps = {FRAME(WINDOW_ZERO)}, .state = RULE_WAITING},
    {.what = "the largest window", .frames = "WINDOW_UPDATE 1 u32:0x7fffffff",
     .steps = {{0}}, .state = RULE_WAITING},
    {.what = "a window beyond it", .frames = "WINDOW_UPDATE 1 u32:0x7fffffff\nWINDOW_UPDATE 1 u32:1",
     .steps = {FRAME(WINDOW_OVERFLOW)}, .state = RULE_WAITING},
};

static const struct row requests[] = {
    {.what = "GET", .frames = LAST ":method=GET :scheme=http :path=/ :authority=a", .steps = {REQUEST(NONE)}},
    {.what = "without :authority", .frames = LAST ":method=GET :scheme=http :path=/ host=a", .steps = {REQUEST(NONE)}},
    {.what = "content and trailers", .frames = BLOCK ":method=POST :scheme=http :path=/\nDATA 1 \"x\"\n" LAST "a=1",
     .steps = {REQUEST(NONE), TRAILERS(NONE)}},
    {.what = "no :path", .frames = LAST ":method=GET :scheme=http", .steps = {REQUEST(PSEUDO_MISSING)}},
    {.what = "no :scheme", .frames = LAST ":method=GET :path=/", .steps = {REQUEST(PSEUDO_MISSING)}},
    {.what = "no :method", .frames = LAST ":scheme=http :path=/", .steps = {REQUEST(PSEUDO_MISSING)}},
    {.what = "an empty :path", .frames = LAST ":method=GET :path= :scheme=http", .steps = {REQUEST(PSEUDO_MISSING)}},
    {.what = "an empty :path of another scheme", .frames = LAST ":method=GET :path= :scheme=mailto", .steps = {REQUEST(NONE)}},
    {.what = ":path twice", .frames = LAST ":method=GET :scheme=http :path=/ :path=/", .steps = {REQUEST(PSEUDO_TWICE)}},
    {.what = ":status", .frames = LAST ":method=GET :scheme=http :path=/ :status=200", .steps = {REQUEST(PSEUDO_UNKNOWN)}},
    {.what = ":path behind a field", .frames = LAST ":method=GET :scheme=http a=1 :path=/", .steps = {REQUEST(PSEUDO_LATE)}},
    {.what = "CONNECT", .frames = BLOCK ":method=CONNECT :authority=a:1\nDATA 1 \"x\"", .steps = {REQUEST(NONE)}},
    {.what = "CONNECT without :authority", .frames = BLOCK ":method=CONNECT", .steps = {REQUEST(PSEUDO_MISSING)}},
    {.what = "CONNECT with :scheme", .frames = BLOCK ":method=CONNECT :authority=a:1 :scheme=http", .steps = {REQUEST(PSEUDO_UNKNOWN)}},
    {.what = "extended CONNECT", .frames = BLOCK ":method=CONNECT :protocol=websocket :scheme=http :path=/ :authority=a",
     .steps = {REQUEST(NONE)}},
    {.what = "extended CONNECT without :authority", .frames = BLOCK ":method=CONNECT :protocol=websocket :scheme=http :path=/",
     .steps = {REQUEST(NONE)}},
    {.what = "extended CONNECT without :path", .frames = BLOCK ":method=CONNECT :protocol=websocket :scheme=http :authority=a",
     .steps = {REQUEST(PSEUDO_MISSING)}},
    {.what = ":protocol of another method", .frames = BLOCK ":method=GET :protocol=websocket :scheme=http :path=/ :authority=a",
     .steps = {REQUEST(PSEUDO_UNKNOWN)}},
    {.what = "TE with more than trailers", .frames = LAST ":method=GET :scheme=http :path=/ te=trailers,gzip",
     .steps = {REQUEST(CONNECTION_FIELD)}},
    {.what = "a length that is not so", .frames = BLOCK ":method=PUT :scheme=http :path=/ content-length=2\nDATA 1 END_STREAM \"x\"",
     .steps = {REQUEST(NONE), FRAME(LENGTH)}},
    {.what = "empty DATA before the head", .frames = "DATA 1", .steps = {FRAME(DATA_BEFORE_FINAL)}},
    {.what = "a second head", .frames = BLOCK ":method=GET :scheme=http :path=/\n" BLOCK ":method=GET :scheme=http :path=/",
     .steps = {REQUEST(NONE), TRAILERS(PSEUDO_IN_TRAILERS)}},
    {.what = "a head behind the end", .frames = LAST ":method=GET :scheme=http :path=/\n" LAST "a=1",
     .steps = {REQUEST(NONE), TRAILERS(AFTER_END)}},
};
/* clang-format on */

struct play {
  struct h2_reader reader;
  struct h2_stream stream;
  size_t num_steps;
};

static void take(struct play *play, const struct row *row, const struct h2_event *event) {
  enum h2_fault fault = h2_stream_feed(&play->stream, event);
  bool block = event->kind == H2_GOT_BLOCK_END;
  if (!block && fault == H2_FAULT_NONE) {
    return;
  }
  if (play->num_steps == MAX_STEPS) {
    fail_msg("%s: too many steps", row->what);
  }
  const struct step *step = &row->steps[play->num_steps++];
  bool head = play->stream.block == H2_BLOCK_INTERIM || play->stream.block == H2_BLOCK_FINAL;
  if (fault != step->fault) {
    fail_msg("%s, step %zu: expected \"%s\", seen \"%s\"", row->what, play->num_steps,
             h2_fault_text(step->fault), h2_fault_text(fault));
  }
  if (block && (play->stream.block != step->block || (head && play->stream.code != step->code))) {
    fail_msg("%s, step %zu: block %d, code %u", row->what, play->num_steps, (int)play->stream.block,
             play->stream.code);
  }
}

static void play_row(const struct row *row, enum h2_receiver reads) {
  struct bytes wire;
  bytes_init(&wire);
  h2_text_wire(&wire, span_of("SETTINGS 0\n"));
  h2_text_wire(&wire, span_of(row->frames));
  struct play play = {0};
  void *coder = hpack_coder.make();
  h2_reader_init(&play.reader, H2_FROM_SERVER, &hpack_coder, coder);
  h2_stream_init(&play.stream, 1, reads);
  play.stream.to_head = row->begin.to_head;
  play.stream.to_connect = row->begin.to_connect;
  if (row->unasked) {
    interim_rule_init(&play.stream.rule);
  }
  struct h2_event event;
  enum h2_status status = H2_EVENT;
  while ((status = h2_reader_next(&play.reader, bytes_span(&wire), &event)) == H2_EVENT) {
    if (event.stream == 1) {
      take(&play, row, &event);
    }
  }
  if (status == H2_ERROR) {
    fail_msg("%s: %s", row->what, play.reader.error.reason);
  }
  size_t num_steps = 0;
  while (num_steps < MAX_STEPS && (row->steps[num_steps].block != H2_BLOCK_NONE ||
                                   row->steps[num_steps].fault != H2_FAULT_NONE)) {
    num_steps++;
  }
  if (play.num_steps < num_steps) {
    fail_msg("%s: only %zu steps", row->what, play.num_steps);
  }
  if (reads == H2_READ_RESPONSE && play.stream.rule.state != row->state) {
    fail_msg("%s: rule is in state %d", row->what, (int)play.stream.rule.state);
  }
  hpack_coder.free(coder);
  bytes_free(&wire);
}

static void test_what_a_client_makes_of_responses(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(responses) / sizeof(responses[0]); i++) {
    play_row(&responses[i], H2_READ_RESPONSE);
  }
}

static void test_what_a_server_makes_of_requests(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
    play_row(&requests[i], H2_READ_REQUEST);
  }
}

static void test_each_fault_has_words_and_a_section(void **state) {
  (void)state;
  for (int fault = H2_FAULT_STATUS_MISSING; fault <= H2_FAULT_CODE_CONTENT; fault++) {
    assert_true(strlen(h2_fault_text((enum h2_fault)fault)) > 5);
    assert_true(strchr(h2_fault_section((enum h2_fault)fault), '.') != NULL);
  }
  assert_string_equal(h2_fault_section(H2_FAULT_INTERIM_END_STREAM), "8.1");
  assert_string_equal(h2_fault_section(H2_FAULT_CONNECTION_FIELD), "8.2.2");
}

static void test_what_receivers_may_let_pass_is_not_malformed(void **state) {
  (void)state;
  assert_false(h2_fault_malformed(H2_FAULT_NONE));
  assert_false(h2_fault_malformed(H2_FAULT_EMPTY_DATA));
  assert_false(h2_fault_malformed(H2_FAULT_INTERIM_LENGTH));
  assert_false(h2_fault_malformed(H2_FAULT_CODE_CONTENT));
  assert_true(h2_fault_malformed(H2_FAULT_STATUS_MISSING));
  assert_true(h2_fault_malformed(H2_FAULT_WINDOW_OVERFLOW));
  assert_true(h2_fault_content(H2_FAULT_HEAD_CONTENT));
  assert_true(h2_fault_content(H2_FAULT_CODE_CONTENT));
  assert_false(h2_fault_content(H2_FAULT_LENGTH));
  assert_false(h2_fault_content(H2_FAULT_NONE));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_what_a_client_makes_of_responses),
      cmocka_unit_test(test_what_a_server_makes_of_requests),
      cmocka_unit_test(test_each_fault_has_words_and_a_section),
      cmocka_unit_test(test_what_receivers_may_let_pass_is_not_malformed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
