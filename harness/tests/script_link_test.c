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

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_what_ends_another_stream_does_not_end_this_one),
      cmocka_unit_test(test_content_that_waits_holds_up_its_own_stream_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
