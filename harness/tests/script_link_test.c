/* What goes out on an HTTP/2 connection of ours, and when. */
#include "hpack/hpack.h"
#include "script/link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { FIRST = 1, OTHER = 3, PROMISED = 2 };

/* Our origin's end of a connection on which two requests are open. */
struct bench {
  struct link link;
  struct h2_stream first;
  struct h2_stream other;
};

static void bench_begin(struct bench *bench) {
  link_init(&bench->link, H2_SERVER, &hpack_coder, NULL, 0);
  bench->link.out.len = 0;
  h2_stream_init(&bench->first, FIRST, H2_READ_REQUEST);
  h2_stream_init(&bench->other, OTHER, H2_READ_REQUEST);
}

/* The stream that the last frame of what is to be written names; the frame is this long. */
static unsigned stream_of_last(const struct bench *bench, size_t payload) {
  const struct bytes *out = &bench->link.out;
  assert_true(out->len >= H2_FRAME_HEAD + payload);
  const uint8_t *head = out->ptr + out->len - payload - H2_FRAME_HEAD;
  assert_int_equal(head[2], payload);
  return head[8];
}

static void test_what_ends_another_stream_does_not_end_this_one(void **state) {
  static const struct {
    enum frame_stream on;
    unsigned type;
    unsigned stream;
    bool ends;
  } rows[] = {
      {FRAME_ON_EXCHANGE, H2_DATA, FIRST, true},
      {FRAME_ON_PUSHED, H2_DATA, PROMISED, false},
      {FRAME_ON_ZERO, H2_DATA, 0, false},
      {FRAME_ON_PUSHED, H2_RST_STREAM, PROMISED, false},
      {FRAME_ON_EXCHANGE, H2_RST_STREAM, FIRST, true},
  };
  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    bench_begin(&bench);
    struct part promise = {.raw = true, .type = H2_PUSH_PROMISE, .flags = H2_END_HEADERS};
    link_put(&bench.link, &bench.first, &promise, &bench.link.out);
    struct part part = {.raw = true, .type = rows[i].type, .on = rows[i].on};
    part.flags = rows[i].type == H2_DATA ? H2_END_STREAM : 0;
    part.payload = rows[i].type == H2_DATA ? span_of("four") : span_of("");
    link_put(&bench.link, &bench.first, &part, &bench.link.out);
    assert_int_equal(stream_of_last(&bench, 4), rows[i].stream);
    assert_int_equal(link_stream_of(&bench.link, &bench.first, &part), rows[i].stream);
    assert_int_equal(bench.first.sent_end, rows[i].ends);
    assert_int_equal(bench.first.sent, rows[i].ends && rows[i].type == H2_DATA ? 4 : 0);
    link_free(&bench.link);
  }
}

/* A client that opens no window holds up its own response alone. */
static void test_content_that_waits_holds_up_its_own_stream_alone(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench);
  bench.link.h2.peer_window = 0;
  bench.other.granted = 10;
  struct part content = {.type = H2_DATA, .flags = 0, .payload = span_of("held")};
  struct part free_to_go = {.type = H2_DATA, .flags = H2_END_STREAM, .payload = span_of("goes")};
  link_put(&bench.link, &bench.first, &content, &bench.link.out);
  assert_int_equal(bench.link.out.len, 0);
  link_put(&bench.link, &bench.other, &free_to_go, &bench.link.out);
  assert_int_equal(stream_of_last(&bench, 4), OTHER);
  assert_true(bench.other.sent_end);
  /* Behind what waits, nothing of the same stream goes, even when there is room. */
  bench.link.out.len = 0;
  bench.first.granted = 1000;
  link_put(&bench.link, &bench.first, &free_to_go, &bench.link.out);
  assert_int_equal(bench.link.out.len, 0);
  struct h2_event event;
  assert_int_equal(link_next(&bench.link, &event), H2_MORE);
  assert_int_equal(bench.link.out.len, 2 * (H2_FRAME_HEAD + 4));
  assert_int_equal(stream_of_last(&bench, 4), FIRST);
  assert_true(bench.first.sent_end);
  link_free(&bench.link);
}

/* A window that is too small for all lets a part go at once: nothing else may come to set it free.
 */
static void test_content_goes_as_far_as_the_window(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench);
  bench.link.h2.peer_window = 3;
  struct part content = {.type = H2_DATA, .flags = H2_END_STREAM, .payload = span_of("hello")};
  link_put(&bench.link, &bench.first, &content, &bench.link.out);
  assert_int_equal(bench.link.out.len, H2_FRAME_HEAD + 3);
  assert_int_equal(stream_of_last(&bench, 3), FIRST);
  assert_memory_equal(bench.link.out.ptr + H2_FRAME_HEAD, "hel", 3);
  assert_false(bench.first.sent_end);
  bench.link.out.len = 0;
  bench.first.granted = 2;
  struct h2_event event;
  assert_int_equal(link_next(&bench.link, &event), H2_MORE);
  assert_int_equal(stream_of_last(&bench, 2), FIRST);
  assert_memory_equal(bench.link.out.ptr + H2_FRAME_HEAD, "lo", 2);
  assert_true(bench.first.sent_end);
  link_free(&bench.link);
}

/* What ends a stream does not overtake its content. */
static void test_a_reset_and_trailers_go_behind_content_that_waits(void **state) {
  (void)state;
  static const struct part parts[] = {
      {.raw = true, .type = H2_RST_STREAM},
      {.type = H2_HEADERS, .flags = H2_END_STREAM},
  };
  for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
    struct bench bench;
    bench_begin(&bench);
    bench.link.h2.peer_window = 0;
    bench.other.granted = 1;
    struct part content = {.type = H2_DATA, .payload = span_of("hi")};
    link_put(&bench.link, &bench.first, &content, &bench.link.out);
    link_put(&bench.link, &bench.first, &parts[i], &bench.link.out);
    assert_int_equal(bench.link.out.len, 0);
    struct h2_event event;
    bench.first.granted = 1;
    assert_int_equal(link_next(&bench.link, &event), H2_MORE);
    assert_int_equal(bench.link.out.len, H2_FRAME_HEAD + 1);
    assert_false(bench.first.sent_end);
    bench.first.granted = 2;
    assert_int_equal(link_next(&bench.link, &event), H2_MORE);
    assert_true(bench.link.out.len >= 2 * (H2_FRAME_HEAD + 1) + H2_FRAME_HEAD);
    assert_int_equal(bench.link.out.ptr[2 * (H2_FRAME_HEAD + 1) + 3], parts[i].type);
    assert_true(bench.first.sent_end);
    link_free(&bench.link);
  }
}

#define WIRE(text)                                                                                 \
  { text, sizeof(text) - 1 }

/* What is written for a frame by hand, on stream 1: its length, type, flags, stream, payload. */
static void test_a_raw_frame_is_what_its_step_says(void **state) {
  (void)state;
  static struct h2_parameter table = {.id = 1, .value = 0x01020304};
  const struct {
    struct part part;
    struct {
      const char *ptr;
      size_t len;
    } wire;
  } rows[] = {
      {{.type = H2_DATA, .payload = span_of("ab")}, WIRE("\0\0\2\0\0\0\0\0\1ab")},
      {{.type = H2_DATA, .payload = span_of("ab"), .shape = {.padded = true}},
       WIRE("\0\0\3\0\x08\0\0\0\1\0ab")},
      {{.type = H2_DATA, .payload = span_of("ab"), .shape = {.padded = true, .padding = 3}},
       WIRE("\0\0\6\0\x08\0\0\0\1\3ab\0\0\0")},
      {{.type = H2_HEADERS, .flags = 4, .payload = span_of("x"), .shape = {.priority = true}},
       WIRE("\0\0\6\1\x24\0\0\0\1\0\0\0\0\x0fx")},
      {{.type = H2_HEADERS,
        .flags = 4,
        .payload = span_of("x"),
        .shape = {.padded = true, .padding = 1, .priority = true}},
       WIRE("\0\0\x08\1\x2c\0\0\0\1\1\0\0\0\0\x0fx\0")},
      {{.type = H2_RST_STREAM, .number = 0x08}, WIRE("\0\0\4\3\0\0\0\0\1\0\0\0\x08")},
      {{.type = H2_WINDOW_UPDATE, .number = 0x01020304, .on = FRAME_ON_ZERO},
       WIRE("\0\0\4\x08\0\0\0\0\0\1\2\3\4")},
      {{.type = H2_GOAWAY, .number = 0x0b}, WIRE("\0\0\x08\7\0\0\0\0\0\0\0\0\1\0\0\0\x0b")},
      {{.type = H2_PING}, WIRE("\0\0\x08\6\0\0\0\0\0interim!")},
      {{.type = H2_PING, .payload = span_of("12345678")}, WIRE("\0\0\x08\6\0\0\0\0\00012345678")},
      {{.type = H2_SETTINGS, .parameters = &table, .num_parameters = 1},
       WIRE("\0\0\6\4\0\0\0\0\0\0\1\1\2\3\4")},
      {{.type = H2_PUSH_PROMISE, .flags = 4}, WIRE("\0\0\4\5\4\0\0\0\1\0\0\0\2")},
      {{.type = 0x77, .payload = span_of("z"), .on = FRAME_ON_IDLE},
       WIRE("\0\0\1\x77\0\0\0\x07\xd1z")},
      {{.type = 0x77, .payload = span_of("z"), .on = FRAME_ON_EVEN},
       WIRE("\0\0\1\x77\0\0\0\x07\xd0z")},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    bench_begin(&bench);
    struct part part = rows[i].part;
    part.raw = true;
    link_put(&bench.link, &bench.first, &part, &bench.link.out);
    assert_int_equal(bench.link.out.len, rows[i].wire.len);
    assert_memory_equal(bench.link.out.ptr, rows[i].wire.ptr, rows[i].wire.len);
    link_free(&bench.link);
  }
}

static void test_promised_streams_are_even_and_grow(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench);
  struct part promise = {.raw = true, .type = H2_PUSH_PROMISE, .flags = H2_END_HEADERS};
  for (uint8_t i = 1; i < 4; i++) {
    bench.link.out.len = 0;
    link_put(&bench.link, &bench.first, &promise, &bench.link.out);
    assert_int_equal(stream_of_last(&bench, 4), FIRST);
    assert_int_equal(bench.link.out.ptr[H2_FRAME_HEAD + 3], 2 * i);
  }
  link_free(&bench.link);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_what_ends_another_stream_does_not_end_this_one),
      cmocka_unit_test(test_a_reset_and_trailers_go_behind_content_that_waits),
      cmocka_unit_test(test_content_goes_as_far_as_the_window),
      cmocka_unit_test(test_content_that_waits_holds_up_its_own_stream_alone),
      cmocka_unit_test(test_a_raw_frame_is_what_its_step_says),
      cmocka_unit_test(test_promised_streams_are_even_and_grow),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
