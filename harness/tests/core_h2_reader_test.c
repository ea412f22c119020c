/* What the reader makes of frames: rows of frames in, the last line of its log out. The corpus has
 * the whole logs of others. */
#include "tests/core_h2_replay.h"
#include "tests/core_h2_text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct row {
  const char *what;
  const char *frames; /* behind an empty SETTINGS, so from offset 9 on */
  const char *last;   /* line about the connection */
};

#define WRONG_STREAM "ERROR 9 PROTOCOL_ERROR: a frame of a stream is on stream 0"
#define NOT_ON_STREAM "ERROR 9 PROTOCOL_ERROR: a frame of the connection is on a stream"
#define WRONG_LENGTH "ERROR 9 FRAME_SIZE_ERROR: the length is not one of its type"
#define LONG_PADDING "ERROR 9 PROTOCOL_ERROR: the padding is longer than the frame"
#define INTERRUPTED                                                                                \
  "ERROR 18 PROTOCOL_ERROR: a header block is interrupted by another frame than CONTINUATION"

/* clang-format off */
static const struct row rows[] = {
    {"DATA on stream 0", "DATA 0", WRONG_STREAM},
    {"HEADERS on stream 0", "HEADERS 0 END_HEADERS @8", WRONG_STREAM},
    {"PRIORITY on stream 0", "PRIORITY 0 u32:0 u8:0", WRONG_STREAM},
    {"RST_STREAM on stream 0", "RST_STREAM 0 u32:0", WRONG_STREAM},
    {"PUSH_PROMISE on stream 0", "PUSH_PROMISE 0 END_HEADERS u32:2", WRONG_STREAM},
    {"SETTINGS on a stream", "SETTINGS 1", NOT_ON_STREAM},
    {"PING on a stream", "PING 1 \"12345678\"", NOT_ON_STREAM},
    {"GOAWAY on a stream", "GOAWAY 1 u32:0 u32:0", NOT_ON_STREAM},
    {"WINDOW_UPDATE on both", "WINDOW_UPDATE 0 u32:1\nWINDOW_UPDATE 1 u32:1", "END"},
    {"an unknown type on both", "TYPE=11 0\nTYPE=11 1", "END"},

    {"PRIORITY of 4 bytes", "PRIORITY 1 u32:0", WRONG_LENGTH},
    {"PRIORITY of 6 bytes", "PRIORITY 1 u32:0 u16:0", WRONG_LENGTH},
    {"RST_STREAM of 3 bytes", "RST_STREAM 1 u24:0", WRONG_LENGTH},
    {"RST_STREAM of 5 bytes", "RST_STREAM 1 u32:0 u8:0", WRONG_LENGTH},
    {"PING of 9 bytes", "PING 0 \"123456789\"", WRONG_LENGTH},
    {"GOAWAY of 7 bytes", "GOAWAY 0 u32:0 u24:0", WRONG_LENGTH},
    {"WINDOW_UPDATE of 3 bytes", "WINDOW_UPDATE 0 u24:1", WRONG_LENGTH},
    {"WINDOW_UPDATE of 5 bytes", "WINDOW_UPDATE 1 u32:1 u8:0", WRONG_LENGTH},
    {"PUSH_PROMISE of 3 bytes", "PUSH_PROMISE 1 END_HEADERS u24:2", WRONG_LENGTH},
    {"SETTINGS of 5 bytes", "SETTINGS 0 u32:0 u8:0", "ERROR 9 FRAME_SIZE_ERROR: the length of SETTINGS is no multiple of 6"},
    {"SETTINGS of 7 bytes", "SETTINGS 0 u32:0 u24:0", "ERROR 9 FRAME_SIZE_ERROR: the length of SETTINGS is no multiple of 6"},
    {"SETTINGS with ACK and 6 bytes", "SETTINGS 0 ACK 1=0", "ERROR 9 FRAME_SIZE_ERROR: SETTINGS with ACK and parameters"},
    {"HEADERS without room for the priority", "HEADERS 1 END_HEADERS PRIORITY u24:0", "ERROR 9 FRAME_SIZE_ERROR: no room for the fields before the header block"},
    {"HEADERS with priority alone", "HEADERS 1 END_HEADERS PRIORITY u32:0 u8:0", "END"},

    {"padding without its length, in DATA", "DATA 1 PADDED", "ERROR 9 FRAME_SIZE_ERROR: no room for the length of the padding"},
    {"padding without its length, in HEADERS", "HEADERS 1 END_HEADERS PADDED", "ERROR 9 FRAME_SIZE_ERROR: no room for the length of the padding"},
    {"padding as long as the rest", "DATA 1 PADDED u8:2 u16:0", "END"},
    {"padding of one byte more", "DATA 1 PADDED u8:3 u16:0", LONG_PADDING},
    {"padding into the header block", "HEADERS 1 END_HEADERS PADDED u8:1 u8:0", "END"},
    {"padding behind the header block", "HEADERS 1 END_HEADERS PADDED u8:2 @8", LONG_PADDING},
    {"padding into the priority", "HEADERS 1 END_HEADERS PADDED PRIORITY u8:1 u32:0 u8:0", LONG_PADDING},
    {"padding into the promised stream", "PUSH_PROMISE 1 END_HEADERS PADDED u8:1 u32:2", LONG_PADDING},
    {"a promise without room beside the padding", "PUSH_PROMISE 1 END_HEADERS PADDED u8:0 u24:2", "ERROR 9 FRAME_SIZE_ERROR: no room for the fields before the header block"},
    {"a promise of stream 0", "PUSH_PROMISE 1 END_HEADERS u32:0", "ERROR 9 PROTOCOL_ERROR: the promised stream is not one of a server"},
    {"a promise with the reserved bit", "PUSH_PROMISE 1 END_HEADERS u32:0x80000002", "END"},

    {"HEADERS in a header block", "HEADERS 1\nHEADERS 1 END_HEADERS", INTERRUPTED},
    {"DATA in a header block", "HEADERS 1\nDATA 1", INTERRUPTED},
    {"SETTINGS in a header block", "HEADERS 1\nSETTINGS 0", INTERRUPTED},
    {"PING in a header block", "HEADERS 1\nPING 0 \"12345678\"", INTERRUPTED},
    {"WINDOW_UPDATE in a header block", "HEADERS 1\nWINDOW_UPDATE 1 u32:1", INTERRUPTED},
    {"PRIORITY in a header block", "HEADERS 1\nPRIORITY 1 u32:0 u8:0", INTERRUPTED},
    {"an unknown type in a header block", "HEADERS 1\nTYPE=20 1", INTERRUPTED},
    {"RST_STREAM in a header block", "HEADERS 1\nRST_STREAM 1 u32:0", INTERRUPTED},
    {"DATA in a promise", "PUSH_PROMISE 1 length=4 u32:2\nDATA 1", "ERROR 22 PROTOCOL_ERROR: a header block is interrupted by another frame than CONTINUATION"},
    {"CONTINUATION on another stream", "HEADERS 1\nCONTINUATION 3 END_HEADERS", "ERROR 18 PROTOCOL_ERROR: CONTINUATION is on another stream than its header block"},
    {"CONTINUATION on stream 0", "HEADERS 1\nCONTINUATION 0 END_HEADERS", "ERROR 18 PROTOCOL_ERROR: CONTINUATION is on another stream than its header block"},
    {"CONTINUATION behind DATA", "DATA 1\nCONTINUATION 1 END_HEADERS", "ERROR 18 PROTOCOL_ERROR: CONTINUATION without an open header block"},
    {"CONTINUATION behind the block's end", "HEADERS 1 END_HEADERS\nCONTINUATION 1 END_HEADERS", "ERROR 18 PROTOCOL_ERROR: CONTINUATION without an open header block"},

    {"a frame of 16,384 bytes is on its way", "DATA 1 length=16384", "END inside a frame or header block"},
    {"one byte more", "DATA 1 length=16385", "ERROR 9 FRAME_SIZE_ERROR: a frame is longer than SETTINGS_MAX_FRAME_SIZE allows"},
    {"the same of an unknown type", "TYPE=99 0 length=16385", "ERROR 9 FRAME_SIZE_ERROR: a frame is longer than SETTINGS_MAX_FRAME_SIZE allows"},
    {"the longest frame there is", "HEADERS 1 length=0xffffff", "ERROR 9 FRAME_SIZE_ERROR: a frame is longer than SETTINGS_MAX_FRAME_SIZE allows"},
    {"WINDOW_UPDATE of the connection by 0", "WINDOW_UPDATE 0 u32:0", "ERROR 9 PROTOCOL_ERROR: WINDOW_UPDATE of the connection by 0"},
    {"the same with the reserved bit", "WINDOW_UPDATE 0 u32:0x80000000", "ERROR 9 PROTOCOL_ERROR: WINDOW_UPDATE of the connection by 0"},
    {"an index of 0", "HEADERS 1 END_HEADERS @0", "ERROR 9 COMPRESSION_ERROR: the header block cannot be decoded"},
    {"a block that ends inside a field", "HEADERS 1\nCONTINUATION 1 END_HEADERS u8:0", "ERROR 18 COMPRESSION_ERROR: the header block cannot be decoded"},
    {"the end inside a header block", "HEADERS 1", "END inside a frame or header block"},
    {"the end inside a frame's head", "bytes 0x0000000000000000", "END inside a frame or header block"},
};
/* clang-format on */

/* The last line of a log that is not about a stream. */
static struct span last_line(struct span log) {
  struct span last = {0};
  while (log.len > 0) {
    struct span line = h2_text_cut_line(&log);
    last = span_starts(line, "stream ") ? last : line;
  }
  return last;
}

static void test_what_the_connection_makes_of_frames(void **state) {
  (void)state;
  struct guard guard = {0};
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bytes bytes = {0};
    struct bytes log = {0};
    h2_text_wire(&bytes, span_of("SETTINGS 0\n"));
    h2_text_wire(&bytes, span_of(rows[i].frames));
    struct h2_wire wire = {.bytes = bytes_span(&bytes)};
    const char *broken = h2_replay(&wire, (struct h2_cuts){0}, &guard, &log);
    if (broken == NULL) {
      broken = prop_h2_sizes(&wire, 7, &guard);
    }
    if (broken != NULL) {
      fail_msg("%s: %s", rows[i].what, broken);
    }
    if (!span_is(last_line(bytes_span(&log)), rows[i].last)) {
      fail_msg("%s: expected %s\n%s", rows[i].what, rows[i].last, bytes_cstr(&log));
    }
    bytes_free(&bytes);
    bytes_free(&log);
  }
  guard_free(&guard);
}

static void test_an_error_tells_code_offset_and_reason(void **state) {
  (void)state;
  struct bytes bytes = {0};
  h2_text_wire(&bytes, span_of("SETTINGS 0 1=0\nPING 0 \"123\""));
  void *coder = hpack_coder.make();
  struct h2_reader reader;
  h2_reader_init(&reader, H2_FROM_SERVER, &hpack_coder, coder);
  struct h2_event event;
  assert_int_equal(h2_reader_next(&reader, bytes_span(&bytes), &event), H2_EVENT);
  assert_int_equal(h2_reader_next(&reader, bytes_span(&bytes), &event), H2_EVENT);
  assert_int_equal(event.kind, H2_GOT_SETTING);
  assert_int_equal(h2_reader_next(&reader, bytes_span(&bytes), &event), H2_ERROR);
  assert_int_equal(reader.error.code, H2_FRAME_SIZE_ERROR);
  assert_int_equal(reader.error.offset, 15);
  assert_string_equal(reader.error.reason, "the length is not one of its type");
  hpack_coder.free(coder);
  bytes_free(&bytes);
}

static void test_limits_are_the_callers(void **state) {
  (void)state;
  struct guard guard = {0};
  struct bytes bytes = {0};
  struct bytes log = {0};
  h2_text_wire(&bytes, span_of("SETTINGS 0\nDATA 1 \"12345\""));
  struct h2_wire wire = {.bytes = bytes_span(&bytes), .max_frame = 5};
  assert_null(h2_replay(&wire, (struct h2_cuts){0}, &guard, &log));
  assert_true(span_is(last_line(bytes_span(&log)), "END"));
  log.len = 0;
  wire.max_frame = 4;
  assert_null(h2_replay(&wire, (struct h2_cuts){0}, &guard, &log));
  assert_true(span_starts(last_line(bytes_span(&log)), "ERROR 9 FRAME_SIZE_ERROR"));
  bytes_free(&bytes);
  bytes_free(&log);
  guard_free(&guard);
}

/* A header block without end costs neither memory nor time without end. */
static void test_a_header_block_without_end_is_cut_off(void **state) {
  (void)state;
  struct guard guard = {0};
  struct bytes bytes = {0};
  struct bytes log = {0};
  h2_text_wire(&bytes, span_of("SETTINGS 0\nHEADERS 1 @8\n"));
  for (int i = 0; i < 40; i++) {
    h2_text_wire(&bytes, span_of("CONTINUATION 1 @8 @8 @8 @8 @8 @8 @8 @8\n"));
  }
  struct h2_wire wire = {.bytes = bytes_span(&bytes), .max_fields = 300};
  assert_null(h2_replay(&wire, (struct h2_cuts){0}, &guard, &log));
  assert_non_null(strstr(bytes_cstr(&log), "ENHANCE_YOUR_CALM: the header block has too many"));
  log.len = 0;
  wire = (struct h2_wire){.bytes = bytes_span(&bytes), .max_block = 300};
  assert_null(h2_replay(&wire, (struct h2_cuts){0}, &guard, &log));
  assert_non_null(strstr(bytes_cstr(&log), "ENHANCE_YOUR_CALM: the header block is too large"));
  log.len = 0;
  wire = (struct h2_wire){.bytes = bytes_span(&bytes), .max_block = 321, .max_fields = 321};
  assert_null(h2_replay(&wire, (struct h2_cuts){0}, &guard, &log));
  assert_non_null(strstr(bytes_cstr(&log), "END inside a frame or header block"));
  bytes_free(&bytes);
  bytes_free(&log);
  guard_free(&guard);
}

static void test_printing_escapes_what_the_peer_wrote(void **state) {
  (void)state;
  struct bytes log = {0};
  struct h2_event event = {.kind = H2_GOT_FIELD,
                           .offset = 1,
                           .end = 2,
                           .stream = 3,
                           .field = {span_of("\x1b[2J"), span_of("a\nb\\")}};
  h2_event_print(&log, &event);
  assert_string_equal(bytes_cstr(&log), "1-2 field stream=3 \\x1b[2J \"a\\nb\\\\\"");
  log.len = 0;
  event = (struct h2_event){
      .end = 9, .kind = H2_GOT_FRAME, .type = H2_RST_STREAM, .stream = 1, .code = 77};
  h2_event_print(&log, &event);
  assert_string_equal(bytes_cstr(&log), "0-9 RST_STREAM stream=1 length=0 code=77");
  bytes_free(&log);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_what_the_connection_makes_of_frames),
      cmocka_unit_test(test_an_error_tells_code_offset_and_reason),
      cmocka_unit_test(test_limits_are_the_callers),
      cmocka_unit_test(test_a_header_block_without_end_is_cut_off),
      cmocka_unit_test(test_printing_escapes_what_the_peer_wrote),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
