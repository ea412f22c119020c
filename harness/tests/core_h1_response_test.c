/* The response parser's own promises; what it reads from which bytes is in corpus/h1. */
#include "core/h1_response.h"

#include "tests/props_h1.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char interim_102[] = "HTTP/1.1 102 Processing\r\n\r\n";

static void init_for(struct h1_response *parser, enum h1_request_kind kind) {
  memset(parser, 0xa5, sizeof(*parser));
  h1_response_init(parser, &h1_default_limits);
  assert_true(h1_response_request(parser, kind));
}

/* The kind of the next event, which must be there. */
static enum h1_event_kind next_kind(struct h1_response *parser, struct span window) {
  struct h1_event event;
  assert_int_equal(h1_response_next(parser, window, &event), H1_EVENT);
  return event.kind;
}

static void assert_more(struct h1_response *parser, struct span window) {
  struct h1_event event;
  assert_int_equal(h1_response_next(parser, window, &event), H1_MORE);
}

static void assert_error(struct h1_response *parser, struct span window, enum h1_error_code code,
                         uint64_t offset) {
  struct h1_event event;
  enum h1_status status = H1_EVENT;
  while (status == H1_EVENT) {
    status = h1_response_next(parser, window, &event);
  }
  assert_int_equal(status, H1_ERROR);
  assert_string_equal(h1_error_name(parser->error.code), h1_error_name(code));
  assert_int_equal(parser->error.offset, offset);
  assert_non_null(parser->error.reason);
}

static void test_nothing_is_no_message(void **state) {
  (void)state;
  struct h1_response parser;
  h1_response_init(&parser, &h1_default_limits);
  assert_more(&parser, (struct span){0});
  struct h1_event event;
  assert_int_equal(h1_response_finish(&parser, &event), H1_MORE);
  assert_int_equal(h1_response_keep(&parser), 0);
}

/* Each code by its class and by section 6.3, as the answer to a GET. */
static void test_every_status_code(void **state) {
  (void)state;
  for (unsigned code = 0; code <= 999; code++) {
    char wire[64];
    (void)snprintf(wire, sizeof(wire), "HTTP/1.1 %03u x\r\nContent-Length: 0\r\n\r\n", code);
    struct h1_response parser;
    init_for(&parser, H1_FOR_GET);
    if (code < 100 || code > 599) {
      assert_error(&parser, span_of(wire), H1_BAD_STATUS, 9);
      continue;
    }
    struct h1_event event;
    assert_int_equal(h1_response_next(&parser, span_of(wire), &event), H1_EVENT);
    assert_int_equal(event.kind, code <= 199 ? H1_INTERIM : H1_FINAL);
    assert_int_equal(event.code, code);
    assert_int_equal(next_kind(&parser, span_of(wire)), H1_FIELD);
    assert_int_equal(h1_response_next(&parser, span_of(wire), &event), H1_EVENT);
    assert_int_equal(event.kind, H1_HEAD_END);
    assert_int_equal(event.code, code);
    enum h1_framing framing = code == 101                                 ? H1_SWITCHED
                              : code <= 199 || code == 204 || code == 304 ? H1_NO_CONTENT
                                                                          : H1_LENGTH;
    assert_int_equal(event.framing, framing);
    assert_int_equal(next_kind(&parser, span_of(wire)), H1_END);
    assert_more(&parser, span_of(wire));
  }
}

/* CONNECT is switched by 2xx only, not by an interim and not by other finals. */
static void test_every_status_code_to_connect(void **state) {
  (void)state;
  for (unsigned code = 100; code <= 599; code++) {
    char wire[64];
    (void)snprintf(wire, sizeof(wire), "HTTP/1.1 %u x\r\n\r\n", code);
    struct h1_response parser;
    init_for(&parser, H1_FOR_CONNECT);
    struct h1_event event;
    assert_true(next_kind(&parser, span_of(wire)) <= H1_FINAL);
    assert_int_equal(h1_response_next(&parser, span_of(wire), &event), H1_EVENT);
    assert_int_equal(event.framing == H1_SWITCHED, code == 101 || code / 100 == 2);
  }
}

static bool in_text(unsigned byte) {
  return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}

/* Every byte, placed in a reason, a name and a value. */
static void test_every_byte(void **state) {
  (void)state;
  struct guard guard = {0};
  for (unsigned byte = 0; byte < 256; byte++) {
    if (byte == '\r' || byte == '\n') {
      continue;
    }
    struct h1_response parser;
    struct h1_event event;

    char reason[] = "HTTP/1.1 102 a?\r\n";
    reason[14] = (char)byte;
    init_for(&parser, H1_FOR_GET);
    enum h1_status status =
        h1_response_next(&parser, guard_place(&guard, span_make(reason, 17)), &event);
    assert_int_equal(status, in_text(byte) ? H1_EVENT : H1_ERROR);
    assert_int_equal(parser.error.code, in_text(byte) ? H1_OK : H1_BAD_REASON);
    assert_int_equal(parser.error.offset, in_text(byte) ? 0 : 14);

    char name[] = "HTTP/1.1 102 \r\na?: b\r\n";
    name[16] = (char)byte;
    struct span token = span_make(name + 15, 2);
    init_for(&parser, H1_FOR_GET);
    struct span window = guard_place(&guard, span_make(name, 22));
    assert_int_equal(next_kind(&parser, window), H1_INTERIM);
    bool name_ends = byte == ':';
    status = h1_response_next(&parser, window, &event);
    assert_int_equal(status, h1_is_token(token) || name_ends ? H1_EVENT : H1_ERROR);
    if (status == H1_ERROR) {
      assert_int_equal(parser.error.code, H1_BAD_FIELD_NAME);
      assert_int_equal(parser.error.offset, 16);
    }

    char value[] = "HTTP/1.1 102 \r\na: b?c\r\n";
    value[19] = (char)byte;
    init_for(&parser, H1_FOR_GET);
    window = guard_place(&guard, span_make(value, 23));
    assert_int_equal(next_kind(&parser, window), H1_INTERIM);
    assert_int_equal(h1_response_next(&parser, window, &event),
                     in_text(byte) ? H1_EVENT : H1_ERROR);
    if (!in_text(byte)) {
      assert_int_equal(parser.error.code, H1_BAD_FIELD_VALUE);
      assert_int_equal(parser.error.offset, 19);
    }
  }
  guard_free(&guard);
}

/* How many bytes must be there before the parser tells the Nth event, or the error behind N events.
 */
struct prompt_row {
  const char *wire;
  size_t num_events;
  size_t needed;
  enum h1_status told;
};

static const struct prompt_row prompt_rows[] = {
    {"HTTP/1.1 102 Processing\r\nA: b\r\n\r\n", 0, 25, H1_EVENT}, /* the status line's LF */
    {"HTTP/1.1 102 Processing\r\nA: b\r\n\r\n", 1, 31, H1_EVENT}, /* the field line's */
    {"HTTP/1.1 102 Processing\r\nA: b\r\n\r\n", 2, 33,
     H1_EVENT}, /* the empty line's: H1_HEAD_END */
    {"HTTP/1.1 102 Processing\r\nA: b\r\n\r\n", 3, 33, H1_EVENT},     /* and H1_END at once */
    {"HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\na", 3, 37, H1_EVENT}, /* content */
    {"HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\na", 4, 37, H1_EVENT}, /* its end */
    {"\x16\x03\x03", 0, 1, H1_ERROR},
    {"HTTQ", 0, 4, H1_ERROR},
    {"HTTP/1.1 102 a\0", 0, 15, H1_ERROR},
    {"HTTP/1.1 102 a\n", 0, 15, H1_ERROR},
    {"HTTP/1.1 102 a\rb", 0, 16, H1_ERROR},
    {"HTTP/1.1 102 a\r\nA: b\x01", 1, 21, H1_ERROR},
    {"HTTP/1.1 102 a\r\nA: b\r\n c\r\n", 2, 26, H1_ERROR},
};

static void test_what_can_be_told_is_told_at_once(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(prompt_rows) / sizeof(prompt_rows[0]); i++) {
    const struct prompt_row *row = &prompt_rows[i];
    for (size_t len = 0; len <= row->needed; len++) {
      struct h1_response parser;
      init_for(&parser, H1_FOR_GET);
      struct h1_event event;
      size_t num_events = 0;
      enum h1_status status = H1_EVENT;
      while (num_events <= row->num_events && status == H1_EVENT) {
        status = h1_response_next(&parser, span_make(row->wire, len), &event);
        num_events += status == H1_EVENT;
      }
      bool told = row->told == H1_ERROR ? status == H1_ERROR : num_events > row->num_events;
      assert_int_equal(told, len == row->needed);
    }
  }
}

/* The same when each byte comes by itself, and the parser remembers. */
static void test_what_can_be_told_is_told_with_the_byte_that_tells(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(prompt_rows) / sizeof(prompt_rows[0]); i++) {
    const struct prompt_row *row = &prompt_rows[i];
    struct h1_response parser;
    init_for(&parser, H1_FOR_GET);
    size_t num_events = 0;
    for (size_t len = 0; len <= row->needed; len++) {
      struct h1_event event;
      enum h1_status status = H1_EVENT;
      while (status == H1_EVENT) {
        status = H1_ERROR;
        bool read = h1_response_read(&parser, span_make(row->wire, len), &event, 1, &status) == 1;
        status = read ? H1_EVENT : status;
        num_events += read;
      }
      bool told = row->told == H1_ERROR ? status == H1_ERROR : num_events > row->num_events;
      assert_int_equal(told, len == row->needed);
      assert_int_equal(status == H1_ERROR, told && row->told == H1_ERROR);
    }
  }
}

/* However many bytes of it came before, and come at once. */
static void test_a_wrong_beginning_is_told_at_once(void **state) {
  (void)state;
  static const char right[] = "HTTP/1.1";
  for (size_t wrong = 0; wrong < 5; wrong++) {
    for (size_t first = 0; first <= wrong; first++) {
      for (size_t len = wrong + 1; len <= strlen(right); len++) {
        char wire[] = "HTTP/1.1";
        wire[wrong] = 'x';
        struct h1_response parser;
        init_for(&parser, H1_FOR_GET);
        if (first > 0) {
          assert_more(&parser, span_make(wire, first));
        }
        assert_error(&parser, span_make(wire, len), H1_BAD_START_LINE, wrong);
      }
    }
  }
}

static void test_spans_point_into_the_window(void **state) {
  (void)state;
  static const char wire[] = "HTTP/1.1 103 Early\r\nLink:  </x> \r\n\r\n";
  struct h1_response parser;
  init_for(&parser, H1_FOR_GET);
  struct h1_event event;
  assert_int_equal(h1_response_next(&parser, span_of(wire), &event), H1_EVENT);
  assert_ptr_equal(event.value.ptr, wire + 13);
  assert_int_equal(event.value.len, 5);
  assert_int_equal(h1_response_next(&parser, span_of(wire), &event), H1_EVENT);
  assert_ptr_equal(event.name.ptr, wire + 20);
  assert_int_equal(event.name.len, 4);
  assert_ptr_equal(event.value.ptr, wire + 27);
  assert_int_equal(event.value.len, 4);
  assert_int_equal(event.code, 103);
  assert_int_equal(event.minor, 1);
}

static void test_dropped_bytes_move_the_base(void **state) {
  (void)state;
  struct h1_response parser;
  init_for(&parser, H1_FOR_GET);
  struct span wire = span_of("HTTP/1.1 102 a\r\nA: b\r\nC: d\r\n\r\n");
  struct span part = span_make(wire.ptr, 24); /* into the second field */
  assert_int_equal(next_kind(&parser, part), H1_INTERIM);
  assert_int_equal(next_kind(&parser, part), H1_FIELD);
  assert_more(&parser, part);
  assert_int_equal(h1_response_keep(&parser), 22);
  h1_response_drop(&parser, 10);
  h1_response_drop(&parser, 12);
  assert_int_equal(parser.base, 22);
  struct h1_event event;
  assert_int_equal(h1_response_next(&parser, span_skip(wire, 22), &event), H1_EVENT);
  assert_int_equal(event.offset, 22);
  assert_true(span_is(event.name, "C"));
  assert_ptr_equal(event.name.ptr, wire.ptr + 22);
}

static void test_content_is_not_kept(void **state) {
  (void)state;
  struct h1_response parser;
  init_for(&parser, H1_FOR_GET);
  struct span wire = span_of("HTTP/1.1 200 \r\n\r\ncontent");
  assert_int_equal(next_kind(&parser, wire), H1_FINAL);
  assert_int_equal(next_kind(&parser, wire), H1_HEAD_END);
  assert_int_equal(next_kind(&parser, wire), H1_CONTENT);
  assert_more(&parser, wire);
  assert_int_equal(h1_response_keep(&parser), wire.len);
  h1_response_drop(&parser, wire.len);
  assert_more(&parser, (struct span){0});
}

static void test_an_error_is_final(void **state) {
  (void)state;
  struct h1_response parser;
  init_for(&parser, H1_FOR_GET);
  assert_error(&parser, span_of("junk"), H1_BAD_START_LINE, 0);
  assert_error(&parser, span_of("junk and more"), H1_BAD_START_LINE, 0);
  struct h1_event event;
  assert_int_equal(h1_response_finish(&parser, &event), H1_ERROR);
  assert_int_equal(parser.error.code, H1_BAD_START_LINE);
}

static void test_a_cut_inside_a_head_is_final(void **state) {
  (void)state;
  struct h1_response parser;
  init_for(&parser, H1_FOR_GET);
  struct span wire = span_of("HTTP/1.1 200 OK\r\nName: value");
  struct h1_event event;
  assert_int_equal(h1_response_next(&parser, span_make(wire.ptr, wire.len - 1), &event), H1_EVENT);
  assert_int_equal(h1_response_next(&parser, span_make(wire.ptr, wire.len - 1), &event), H1_MORE);
  assert_int_equal(h1_response_finish(&parser, &event), H1_ERROR);
  assert_error(&parser, wire, H1_CUT, wire.len - 1);
}

static void test_the_end_ends_close_delimited_content_once(void **state) {
  (void)state;
  struct h1_response parser;
  init_for(&parser, H1_FOR_GET);
  struct span wire = span_of("HTTP/1.1 200 \r\n\r\nabc");
  struct h1_event event;
  while (h1_response_next(&parser, wire, &event) == H1_EVENT) {
  }
  assert_int_equal(h1_response_finish(&parser, &event), H1_EVENT);
  assert_int_equal(event.kind, H1_END);
  assert_int_equal(event.offset, wire.len);
  assert_int_equal(h1_response_finish(&parser, &event), H1_MORE);
}

static void test_64_requests_may_be_outstanding(void **state) {
  (void)state;
  struct h1_response parser;
  h1_response_init(&parser, &h1_default_limits);
  for (unsigned i = 0; i < H1_MAX_OUTSTANDING; i++) {
    assert_true(h1_response_request(&parser, H1_FOR_GET));
  }
  assert_false(h1_response_request(&parser, H1_FOR_GET));
}

/* One answer and one more request, round the ring twice: each answer is framed by its own request.
 */
static void test_answers_take_requests_in_order(void **state) {
  (void)state;
  static const char head[] = "HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\n";
  struct h1_response parser;
  h1_response_init(&parser, &h1_default_limits);
  struct bytes window;
  bytes_init(&window);
  for (unsigned i = 0; i < 2 * H1_MAX_OUTSTANDING + 5; i++) {
    assert_true(h1_response_request(&parser, i % 3 == 0 ? H1_FOR_HEAD : H1_FOR_GET));
    if (i < 4) {
      continue;
    }
    bool to_head = (i - 4) % 3 == 0;
    bytes_text(&window, interim_102);
    bytes_text(&window, head);
    bytes_text(&window, to_head ? "" : "x");
    struct h1_event event;
    bool content = false;
    enum h1_status status = H1_EVENT;
    while ((status = h1_response_next(&parser, bytes_span(&window), &event)) == H1_EVENT) {
      content = content || event.kind == H1_CONTENT;
    }
    assert_int_equal(status, H1_MORE);
    assert_int_equal(content, !to_head);
  }
  bytes_free(&window);
}

/* A response that began when nothing was asked answers no request that is sent while it arrives. */
static void test_an_unsolicited_final_takes_no_later_request(void **state) {
  (void)state;
  static const char wire[] = "HTTP/1.1 408 \r\nContent-Length: 1\r\n\r\nx"
                             "HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\n";
  struct h1_response parser;
  h1_response_init(&parser, &h1_default_limits);
  assert_int_equal(next_kind(&parser, span_of(wire)), H1_FINAL);
  assert_true(h1_response_request(&parser, H1_FOR_HEAD));
  struct h1_event event;
  enum h1_status status = H1_EVENT;
  for (int i = 0; i < 4; i++) {
    status = h1_response_next(&parser, span_of(wire), &event);
  }
  assert_int_equal(status, H1_EVENT);
  assert_int_equal(event.kind, H1_END);
  for (int i = 0; i < 3; i++) {
    status = h1_response_next(&parser, span_of(wire), &event);
  }
  assert_int_equal(status, H1_EVENT);
  assert_int_equal(event.kind, H1_HEAD_END);
  assert_int_equal(event.framing, H1_NO_CONTENT);
}

static void test_20000_interims_pass_no_limit(void **state) {
  (void)state;
  struct h1_response parser;
  init_for(&parser, H1_FOR_GET);
  struct bytes window;
  bytes_init(&window);
  size_t len = strlen(interim_102);
  for (unsigned i = 0; i < 20000; i++) {
    bytes_text(&window, interim_102);
  }
  struct h1_event event;
  size_t ends = 0;
  while (h1_response_next(&parser, bytes_span(&window), &event) == H1_EVENT) {
    ends += event.kind == H1_END;
  }
  assert_int_equal(ends, 20000);
  assert_int_equal(h1_response_keep(&parser), 20000 * len);
  bytes_free(&window);
}

/* A line of just len bytes, CRLF not counted. */
static void add_field(struct bytes *wire, size_t len) {
  bytes_text(wire, "A:");
  for (size_t i = 2; i < len; i++) {
    bytes_text(wire, "x");
  }
  bytes_text(wire, "\r\n");
}

static void test_the_default_limits_hold(void **state) {
  (void)state;
  for (size_t over = 0; over < 2; over++) {
    struct bytes wire;
    bytes_init(&wire);
    bytes_text(&wire, "HTTP/1.1 103 \r\n");
    add_field(&wire, h1_default_limits.line + over);
    bytes_text(&wire, "\r\n");
    struct h1_response parser;
    init_for(&parser, H1_FOR_GET);
    assert_int_equal(next_kind(&parser, bytes_span(&wire)), H1_INTERIM);
    if (over > 0) {
      assert_error(&parser, bytes_span(&wire), H1_LINE_TOO_LONG, 15 + h1_default_limits.line);
    } else {
      assert_int_equal(next_kind(&parser, bytes_span(&wire)), H1_FIELD);
    }
    bytes_free(&wire);
  }
  struct bytes wire;
  bytes_init(&wire);
  bytes_text(&wire, "HTTP/1.1 103 \r\n");
  for (size_t i = 0; i <= h1_default_limits.fields; i++) {
    add_field(&wire, 4);
  }
  struct h1_response parser;
  init_for(&parser, H1_FOR_GET);
  assert_error(&parser, bytes_span(&wire), H1_TOO_MANY_FIELDS, 15 + 6 * h1_default_limits.fields);
  bytes_free(&wire);
}

/* Long enough that many lines are read at a time, with content behind that no limit may reach. */
static void test_a_head_ends_at_its_limit_to_the_byte(void **state) {
  (void)state;
  struct span wire = span_of("HTTP/1.1 200 OK\r\nOne: 123456789\r\nTwo: 123456789\r\n"
                             "Three: 12345678\r\nFour: 123456789\r\nFive: 123456789\r\n\r\n"
                             "content content content content content content content content");
  size_t head = span_find(wire, span_of("content"), 0);
  for (size_t limit = 20; limit <= head; limit++) {
    const struct h1_limits limits = {.line = 4096, .head = limit, .fields = 10};
    struct h1_response parser;
    h1_response_init(&parser, &limits);
    (void)h1_response_request(&parser, H1_FOR_GET);
    if (limit < head) {
      assert_error(&parser, wire, H1_HEAD_TOO_LARGE, limit);
      continue;
    }
    struct h1_event events[16];
    enum h1_status status = H1_ERROR;
    size_t num = h1_response_read(&parser, wire, events, 16, &status);
    assert_int_equal(status, H1_MORE);
    assert_int_equal(events[num - 1].kind, H1_CONTENT);
  }
}

static void test_limits_may_be_as_large_as_can_be(void **state) {
  (void)state;
  const struct h1_limits none = {.line = SIZE_MAX, .head = SIZE_MAX, .fields = SIZE_MAX};
  struct h1_stream stream = {
      .wire = span_of("HTTP/1.1 102 \r\nA: b\r\n\r\nHTTP/1.1 200 \r\n"
                      "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\n\r\n"),
      .limits = none,
      .requests = {H1_FOR_GET},
      .num_requests = 1};
  struct bytes log;
  bytes_init(&log);
  assert_null(h1_replay(&stream, (struct h1_cuts){0}, NULL, &log));
  assert_int_equal(span_find(bytes_span(&log), span_of("ERROR"), 0), SIZE_MAX);
  assert_null(prop_h1_sizes(&stream, 9, NULL));
  bytes_free(&log);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_nothing_is_no_message),
      cmocka_unit_test(test_every_status_code),
      cmocka_unit_test(test_every_status_code_to_connect),
      cmocka_unit_test(test_every_byte),
      cmocka_unit_test(test_what_can_be_told_is_told_at_once),
      cmocka_unit_test(test_what_can_be_told_is_told_with_the_byte_that_tells),
      cmocka_unit_test(test_a_wrong_beginning_is_told_at_once),
      cmocka_unit_test(test_spans_point_into_the_window),
      cmocka_unit_test(test_dropped_bytes_move_the_base),
      cmocka_unit_test(test_content_is_not_kept),
      cmocka_unit_test(test_an_error_is_final),
      cmocka_unit_test(test_a_cut_inside_a_head_is_final),
      cmocka_unit_test(test_the_end_ends_close_delimited_content_once),
      cmocka_unit_test(test_64_requests_may_be_outstanding),
      cmocka_unit_test(test_answers_take_requests_in_order),
      cmocka_unit_test(test_an_unsolicited_final_takes_no_later_request),
      cmocka_unit_test(test_20000_interims_pass_no_limit),
      cmocka_unit_test(test_the_default_limits_hold),
      cmocka_unit_test(test_a_head_ends_at_its_limit_to_the_byte),
      cmocka_unit_test(test_limits_may_be_as_large_as_can_be),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
