/* The request parser's own promises; what it reads from which bytes is in corpus/h1. */
#include "core/h1_request.h"

#include "tests/props_h1.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char get[] = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";

static void next_is(struct h1_request *parser, struct span window, enum h1_event_kind kind,
                    struct h1_event *out) {
  assert_int_equal(h1_request_next(parser, window, out), H1_EVENT);
  assert_int_equal(out->kind, kind);
}

static void assert_more(struct h1_request *parser, struct span window) {
  struct h1_event event;
  assert_int_equal(h1_request_next(parser, window, &event), H1_MORE);
}

static void test_a_request(void **state) {
  (void)state;
  struct h1_request parser;
  h1_request_init(&parser, &h1_default_limits);
  struct h1_event event;
  next_is(&parser, span_of(get), H1_REQUEST, &event);
  assert_ptr_equal(event.name.ptr, get);
  assert_true(span_is(event.name, "GET"));
  assert_ptr_equal(event.value.ptr, get + 4);
  assert_true(span_is(event.value, "/a"));
  assert_int_equal(event.minor, 1);
  assert_int_equal(event.code, 0);
  next_is(&parser, span_of(get), H1_FIELD, &event);
  assert_true(span_is(event.value, "a"));
  next_is(&parser, span_of(get), H1_HEAD_END, &event);
  assert_int_equal(event.framing, H1_NO_CONTENT);
  next_is(&parser, span_of(get), H1_END, &event);
  assert_int_equal(event.offset, strlen(get));
  assert_more(&parser, span_of(get));
  assert_int_equal(h1_request_finish(&parser, &event), H1_MORE);
}

/* Every byte in a method and in a target. */
static void test_every_byte(void **state) {
  (void)state;
  struct guard guard = {0};
  for (unsigned byte = 0; byte < 256; byte++) {
    if (byte == '\r' || byte == '\n' || byte == ' ') {
      continue;
    }
    struct h1_request parser;
    struct h1_event event;
    char method[] = "G?T / HTTP/1.1\r\n";
    method[1] = (char)byte;
    h1_request_init(&parser, &h1_default_limits);
    bool good = h1_is_token(span_make(method, 3));
    enum h1_status status =
        h1_request_next(&parser, guard_place(&guard, span_make(method, 16)), &event);
    assert_int_equal(status, good ? H1_EVENT : H1_ERROR);
    assert_int_equal(parser.error.code, good ? H1_OK : H1_BAD_METHOD);
    assert_int_equal(parser.error.offset, good ? 0 : 1);

    char target[] = "GET /? HTTP/1.1\r\n";
    target[5] = (char)byte;
    h1_request_init(&parser, &h1_default_limits);
    good = byte > 0x20 && byte != 0x7f;
    status = h1_request_next(&parser, guard_place(&guard, span_make(target, 17)), &event);
    assert_int_equal(status, good ? H1_EVENT : H1_ERROR);
    assert_int_equal(parser.error.code, good ? H1_OK : H1_BAD_TARGET);
    assert_int_equal(parser.error.offset, good ? 0 : 5);
  }
  guard_free(&guard);
}

/* Our answer was a 101: what was sent behind the request is not HTTP, though it may look like it.
 */
static void test_switch_behind_a_request(void **state) {
  (void)state;
  struct bytes wire;
  bytes_init(&wire);
  bytes_text(&wire, get);
  bytes_text(&wire, "\x81\x02hi");
  struct span window = bytes_span(&wire);
  struct h1_request parser;
  h1_request_init(&parser, &h1_default_limits);
  struct h1_event event;
  next_is(&parser, window, H1_REQUEST, &event);
  next_is(&parser, window, H1_FIELD, &event);
  next_is(&parser, window, H1_HEAD_END, &event);
  next_is(&parser, window, H1_END, &event);
  h1_request_switch(&parser);
  next_is(&parser, window, H1_TUNNEL, &event);
  assert_int_equal(event.offset, strlen(get));
  assert_true(span_is(event.value, "\x81\x02hi"));
  assert_more(&parser, window);
  assert_int_equal(h1_request_finish(&parser, &event), H1_MORE);
  bytes_free(&wire);
}

/* A blank line that the parser passed over as one before a request is the tunnel's. */
static void test_switch_behind_a_blank_line(void **state) {
  (void)state;
  struct span window = span_of("\r\nGE");
  struct h1_request parser;
  h1_request_init(&parser, &h1_default_limits);
  assert_more(&parser, window);
  assert_int_equal(h1_request_keep(&parser), 0);
  h1_request_switch(&parser);
  struct h1_event event;
  next_is(&parser, window, H1_TUNNEL, &event);
  assert_int_equal(event.offset, 0);
  assert_true(span_is(event.value, "\r\nGE"));
}

/* A blank line before a request is not of its head. */
static void test_a_blank_line_does_not_count_towards_the_limit(void **state) {
  (void)state;
  struct h1_limits limits = h1_default_limits;
  limits.head = strlen(get);
  struct bytes wire = {0};
  bytes_text(&wire, "\r\n");
  bytes_text(&wire, get);
  struct h1_request parser;
  h1_request_init(&parser, &limits);
  struct h1_event event;
  next_is(&parser, bytes_span(&wire), H1_REQUEST, &event);
  next_is(&parser, bytes_span(&wire), H1_FIELD, &event);
  next_is(&parser, bytes_span(&wire), H1_HEAD_END, &event);
  next_is(&parser, bytes_span(&wire), H1_END, &event);
  assert_int_equal(h1_request_finish(&parser, &event), H1_MORE);
  assert_null(event.name.ptr);
  assert_int_equal(event.end, 0);
  bytes_free(&wire);
}

/* The answer comes before the request's content is there: the content is read first. */
static void test_switch_inside_content(void **state) {
  (void)state;
  struct span window = span_of("PUT / HTTP/1.1\r\nContent-Length: 2\r\n\r\nabGET");
  struct h1_request parser;
  h1_request_init(&parser, &h1_default_limits);
  struct h1_event event;
  next_is(&parser, window, H1_REQUEST, &event);
  next_is(&parser, window, H1_FIELD, &event);
  next_is(&parser, window, H1_HEAD_END, &event);
  h1_request_switch(&parser);
  next_is(&parser, window, H1_CONTENT, &event);
  assert_true(span_is(event.value, "ab"));
  next_is(&parser, window, H1_END, &event);
  next_is(&parser, window, H1_TUNNEL, &event);
  assert_true(span_is(event.value, "GET"));
}

static void test_only_connect_switches_by_itself(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"CONNECT a:1 HTTP/1.1\r\n\r\nx y", "yes"},
      {"connect a:1 HTTP/1.1\r\n\r\nx y", ""},
      {"CONNECTS a:1 HTTP/1.1\r\n\r\nx y", ""},
      {"GET / HTTP/1.1\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nx y", ""},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct h1_request parser;
    h1_request_init(&parser, &h1_default_limits);
    struct h1_event event;
    bool tunnel = false;
    while (h1_request_next(&parser, span_of(rows[i][0]), &event) == H1_EVENT) {
      tunnel = tunnel || event.kind == H1_TUNNEL;
    }
    assert_int_equal(tunnel, rows[i][1][0] != '\0');
  }
}

static void test_dropped_bytes_move_the_base(void **state) {
  (void)state;
  struct bytes wire;
  bytes_init(&wire);
  bytes_text(&wire, get);
  bytes_text(&wire, get);
  struct h1_request parser;
  h1_request_init(&parser, &h1_default_limits);
  struct h1_event event;
  struct span window = span_make(wire.ptr, strlen(get) + 3);
  while (h1_request_next(&parser, window, &event) == H1_EVENT) {
  }
  assert_int_equal(h1_request_keep(&parser), strlen(get));
  h1_request_drop(&parser, strlen(get));
  assert_int_equal(parser.base, strlen(get));
  next_is(&parser, span_skip(bytes_span(&wire), strlen(get)), H1_REQUEST, &event);
  assert_int_equal(event.offset, strlen(get));
  assert_ptr_equal(event.name.ptr, wire.ptr + strlen(get));
  bytes_free(&wire);
}

static void test_an_error_is_final(void **state) {
  (void)state;
  struct h1_request parser;
  h1_request_init(&parser, &h1_default_limits);
  struct h1_event event;
  assert_int_equal(h1_request_next(&parser, span_of("\t"), &event), H1_MORE);
  assert_int_equal(h1_request_next(&parser, span_of("\t\r\n"), &event), H1_ERROR);
  assert_int_equal(h1_request_next(&parser, span_of("\t\r\nGET"), &event), H1_ERROR);
  h1_request_switch(&parser);
  assert_int_equal(h1_request_next(&parser, span_of("\t\r\nGET"), &event), H1_ERROR);
  assert_int_equal(h1_request_finish(&parser, &event), H1_ERROR);
  assert_int_equal(parser.error.code, H1_BAD_METHOD);
  assert_int_equal(parser.error.offset, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_request),
      cmocka_unit_test(test_every_byte),
      cmocka_unit_test(test_switch_behind_a_request),
      cmocka_unit_test(test_switch_behind_a_blank_line),
      cmocka_unit_test(test_a_blank_line_does_not_count_towards_the_limit),
      cmocka_unit_test(test_switch_inside_content),
      cmocka_unit_test(test_only_connect_switches_by_itself),
      cmocka_unit_test(test_dropped_bytes_move_the_base),
      cmocka_unit_test(test_an_error_is_final),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
