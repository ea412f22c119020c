/* One end of a connection: what it writes by itself, what it follows, and how it writes frames. The
 * bytes are read by the reader again, so that the rows show frames. */
#include "core/h2_connection.h"
#include "hpack/hpack.h"
#include "tests/core_h2_text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct end {
  struct h2_connection connection;
  struct bytes in;  /* all that arrived */
  struct bytes out; /* what it wrote */
};

static void begin(struct end *end, enum h2_end which, const struct h2_parameter *parameters,
                  size_t num_parameters) {
  *end = (struct end){0};
  h2_connection_init(&end->connection, which, &hpack_coder, parameters, num_parameters, &end->out);
}

static void finish(struct end *end) {
  h2_connection_free(&end->connection);
  bytes_free(&end->in);
  bytes_free(&end->out);
}

/* A client whose own preface is out of the way. */
static void begin_client(struct end *end) {
  begin(end, H2_CLIENT, NULL, 0);
  end->out.len = 0;
}

/* Gives the end these frames, until there is no more event or an error. */
static enum h2_status take(struct end *end, const char *frames) {
  h2_text_wire(&end->in, span_of(frames));
  struct h2_event event;
  enum h2_status status = H2_EVENT;
  while (status == H2_EVENT) {
    status = h2_connection_next(&end->connection, bytes_span(&end->in), &event, &end->out);
  }
  return status;
}

static void add_line(struct bytes *log, const struct h2_event *event) {
  struct bytes line = {0};
  h2_event_print(&line, event);
  size_t blank = span_find(bytes_span(&line), span_of(" "), 0);
  bytes_add(log, span_skip(bytes_span(&line), blank + 1));
  bytes_text(log, "\n");
  bytes_free(&line);
}

/* What was written must be these events, without their offsets. A preface and SETTINGS are put
 * before it where the reader needs them. */
static void expect(struct end *end, const char *events) {
  struct bytes all = {0};
  struct bytes log = {0};
  bool whole = end->connection.end == H2_CLIENT
                   ? span_starts(bytes_span(&end->out), "PRI ")
                   : end->out.len > 3 && end->out.ptr[3] == H2_SETTINGS && end->out.ptr[4] == 0;
  if (!whole) {
    h2_text_wire(&all,
                 span_of(end->connection.end == H2_CLIENT ? "preface\nSETTINGS 0" : "SETTINGS 0"));
  }
  size_t skipped = all.len;
  bytes_add(&all, bytes_span(&end->out));
  void *coder = hpack_coder.make();
  struct h2_reader reader;
  h2_reader_init(&reader, end->connection.end == H2_CLIENT ? H2_FROM_CLIENT : H2_FROM_SERVER,
                 &hpack_coder, coder);
  reader.max_frame = 1 << 20;
  struct h2_event event;
  enum h2_status status = H2_EVENT;
  while ((status = h2_reader_next(&reader, bytes_span(&all), &event)) == H2_EVENT) {
    if (event.offset >= skipped) {
      add_line(&log, &event);
    }
  }
  assert_int_equal(status, H2_MORE);
  assert_false(h2_reader_mid_frame(&reader, bytes_span(&all)));
  assert_string_equal(bytes_cstr(&log), events);
  end->out.len = 0;
  hpack_coder.free(coder);
  bytes_free(&all);
  bytes_free(&log);
}

static void test_a_client_begins_with_preface_and_settings(void **state) {
  (void)state;
  static const struct h2_parameter parameters[] = {{H2_ENABLE_PUSH, 0}, {0x4d44, 7}};
  struct end end;
  begin(&end, H2_CLIENT, parameters, 2);
  expect(&end, "preface\n"
               "SETTINGS stream=0 length=12\n"
               "setting ENABLE_PUSH=0\n"
               "setting 19780=7\n");
  assert_int_equal(h2_connection_open(&end.connection), 1);
  assert_int_equal(h2_connection_open(&end.connection), 3);
  finish(&end);
}

static void test_a_server_begins_with_settings(void **state) {
  (void)state;
  struct end end;
  begin(&end, H2_SERVER, NULL, 0);
  expect(&end, "SETTINGS stream=0 length=0\n");
  assert_int_equal(h2_connection_open(&end.connection), 2);
  assert_int_equal(take(&end, "preface\nSETTINGS 0"), H2_MORE);
  assert_true(end.connection.peer_settings);
  expect(&end, "SETTINGS stream=0 ACK length=0\n");
  finish(&end);
}

static void test_settings_are_followed_and_acknowledged(void **state) {
  (void)state;
  struct end end;
  begin_client(&end);
  assert_false(end.connection.peer_settings);
  assert_int_equal(end.connection.peer_window, 65535);
  assert_int_equal(end.connection.peer_frame, 16384);
  assert_int_equal(end.connection.peer_streams, UINT32_MAX);
  assert_int_equal(take(&end, "SETTINGS 0 INITIAL_WINDOW_SIZE=7 MAX_FRAME_SIZE=16777215 9=9 "
                              "MAX_CONCURRENT_STREAMS=0 ENABLE_PUSH=0 ENABLE_CONNECT_PROTOCOL=1"),
                   H2_MORE);
  assert_true(end.connection.peer_settings);
  assert_int_equal(end.connection.peer_window, 7);
  assert_int_equal(end.connection.peer_frame, 16777215);
  assert_int_equal(end.connection.peer_streams, 0);
  expect(&end, "SETTINGS stream=0 ACK length=0\n");
  assert_false(end.connection.acknowledged);
  assert_int_equal(take(&end, "SETTINGS 0 ACK\nSETTINGS 0\nSETTINGS 0 3=5 3=6"), H2_MORE);
  assert_true(end.connection.acknowledged);
  assert_int_equal(end.connection.peer_streams, 6);
  expect(&end, "SETTINGS stream=0 ACK length=0\nSETTINGS stream=0 ACK length=0\n");
  finish(&end);
}

/* RFC 9113 section 6.5.3: the acknowledgement says that all parameters are in force. */
static void test_settings_are_acknowledged_behind_their_last_parameter(void **state) {
  (void)state;
  struct end end;
  begin_client(&end);
  h2_text_wire(&end.in, span_of("SETTINGS 0 1=0 4=1"));
  struct h2_event event;
  for (int i = 0; i < 2; i++) {
    assert_int_equal(h2_connection_next(&end.connection, bytes_span(&end.in), &event, &end.out),
                     H2_EVENT);
    assert_int_equal(end.out.len, 0);
    assert_false(end.connection.peer_settings);
  }
  assert_int_equal(h2_connection_next(&end.connection, bytes_span(&end.in), &event, &end.out),
                   H2_EVENT);
  assert_int_equal(end.out.len, 9);
  finish(&end);
}

static void test_a_ping_is_answered_once(void **state) {
  (void)state;
  struct end end;
  begin_client(&end);
  assert_int_equal(take(&end, "SETTINGS 0\nPING 0 \"12345678\"\nPING 0 ACK \"abcdefgh\""), H2_MORE);
  expect(&end, "SETTINGS stream=0 ACK length=0\nPING stream=0 ACK length=8 \"12345678\"\n");
  finish(&end);
}

struct fault_row {
  const char *what;
  const char *frames;
  enum h2_error_code code; /* H2_NO_ERROR: no fault */
};

static void test_what_a_client_refuses(void **state) {
  (void)state;
  static const struct fault_row rows[] = {
      {"ENABLE_PUSH of a server", "SETTINGS 0 ENABLE_PUSH=1", H2_PROTOCOL_ERROR},
      {"ENABLE_PUSH beyond 1", "SETTINGS 0 ENABLE_PUSH=2", H2_PROTOCOL_ERROR},
      {"ENABLE_PUSH of 0", "SETTINGS 0 ENABLE_PUSH=0", H2_NO_ERROR},
      {"the largest window", "SETTINGS 0 INITIAL_WINDOW_SIZE=0x7fffffff", H2_NO_ERROR},
      {"a larger one", "SETTINGS 0 INITIAL_WINDOW_SIZE=0x80000000", H2_FLOW_CONTROL_ERROR},
      {"the smallest frame", "SETTINGS 0 MAX_FRAME_SIZE=16384", H2_NO_ERROR},
      {"a smaller one", "SETTINGS 0 MAX_FRAME_SIZE=16383", H2_PROTOCOL_ERROR},
      {"the longest frame", "SETTINGS 0 MAX_FRAME_SIZE=16777215", H2_NO_ERROR},
      {"a longer one", "SETTINGS 0 MAX_FRAME_SIZE=16777216", H2_PROTOCOL_ERROR},
      {"parameters that nobody knows", "SETTINGS 0 0=1 7=1 0xffff=0xffffffff", H2_NO_ERROR},
      {"any limit of streams and heads", "SETTINGS 0 3=0xffffffff 6=0", H2_NO_ERROR},
      {"the largest window of the connection", "SETTINGS 0\nWINDOW_UPDATE 0 u32:0x7fff0000",
       H2_NO_ERROR},
      {"a larger one of the connection",
       "SETTINGS 0\nWINDOW_UPDATE 0 u32:0x7fff0000\nWINDOW_UPDATE 0 u32:1", H2_FLOW_CONTROL_ERROR},
      {"a push", "SETTINGS 0\nPUSH_PROMISE 1 END_HEADERS u32:2 @2 @6 @4", H2_NO_ERROR},
      {"GOAWAY twice and frames behind it",
       "SETTINGS 0\nGOAWAY 0 u32:5 u32:0\nGOAWAY 0 u32:1 u32:2\nHEADERS 1 END_HEADERS @8",
       H2_NO_ERROR},
      {"WINDOW_UPDATE of a stream that nobody knows", "SETTINGS 0\nWINDOW_UPDATE 77 u32:1",
       H2_NO_ERROR},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct end end;
    begin_client(&end);
    enum h2_status status = take(&end, rows[i].frames);
    if (status != (rows[i].code == H2_NO_ERROR ? H2_MORE : H2_ERROR) ||
        end.connection.reader.error.code != rows[i].code) {
      fail_msg("%s: status %d, error %s", rows[i].what, (int)status,
               h2_error_name(end.connection.reader.error.code));
    }
    assert_int_equal(take(&end, ""), status);
    finish(&end);
  }
}

static void test_a_server_may_be_told_to_push(void **state) {
  (void)state;
  struct end end;
  begin(&end, H2_SERVER, NULL, 0);
  assert_int_equal(take(&end, "preface\nSETTINGS 0 ENABLE_PUSH=1"), H2_MORE);
  assert_int_equal(take(&end, "SETTINGS 0 ENABLE_PUSH=2"), H2_ERROR);
  finish(&end);
}

/* Until the acknowledgement the push may be older than our SETTINGS. */
static void test_a_push_that_was_refused_is_an_error_once_acknowledged(void **state) {
  (void)state;
  static const struct h2_parameter parameters[] = {{H2_ENABLE_PUSH, 0}};
  static const char push[] = "PUSH_PROMISE 1 END_HEADERS u32:2 @2 @6 @4";
  struct end end;
  begin(&end, H2_CLIENT, parameters, 1);
  assert_int_equal(take(&end, "SETTINGS 0"), H2_MORE);
  assert_int_equal(take(&end, push), H2_MORE);
  assert_int_equal(take(&end, "SETTINGS 0 ACK"), H2_MORE);
  assert_int_equal(take(&end, push), H2_ERROR);
  assert_int_equal(end.connection.reader.error.code, H2_PROTOCOL_ERROR);
  finish(&end);
}

static void test_goaway_is_noted(void **state) {
  (void)state;
  struct end end;
  begin_client(&end);
  assert_int_equal(take(&end, "SETTINGS 0"), H2_MORE);
  assert_false(end.connection.going_away);
  assert_int_equal(take(&end, "GOAWAY 0 u32:0x7fffffff u32:0\nGOAWAY 0 u32:3 u32:11 \"calm\""),
                   H2_MORE);
  assert_true(end.connection.going_away);
  assert_int_equal(end.connection.goaway_last, 3);
  assert_int_equal(end.connection.goaway_code, H2_ENHANCE_YOUR_CALM);
  finish(&end);
}

static void test_the_window_that_data_used_is_given_back(void **state) {
  (void)state;
  struct end end;
  begin_client(&end);
  assert_int_equal(take(&end, "SETTINGS 0"), H2_MORE);
  end.out.len = 0;
  assert_int_equal(take(&end, "DATA 5 pad=7 \"12345\""), H2_MORE);
  expect(&end, "WINDOW_UPDATE stream=0 length=4 increment=13\n"
               "WINDOW_UPDATE stream=5 length=4 increment=13\n");
  assert_int_equal(take(&end, "DATA 5 pad=3"), H2_MORE);
  expect(&end, "WINDOW_UPDATE stream=0 length=4 increment=4\n"
               "WINDOW_UPDATE stream=5 length=4 increment=4\n");
  assert_int_equal(take(&end, "DATA 5"), H2_MORE);
  expect(&end, "");
  assert_int_equal(take(&end, "DATA 5 END_STREAM \"12\""), H2_MORE);
  expect(&end, "WINDOW_UPDATE stream=0 length=4 increment=2\n");
  end.connection.holds_window = true;
  assert_int_equal(take(&end, "DATA 7 \"12345\""), H2_MORE);
  expect(&end, "");
  finish(&end);
}

static void test_a_larger_frame_may_come_when_we_said_so(void **state) {
  (void)state;
  static const struct h2_parameter parameters[] = {{H2_MAX_FRAME_SIZE, 20000}};
  struct end end;
  begin(&end, H2_CLIENT, parameters, 1);
  assert_int_equal(take(&end, "SETTINGS 0\nDATA 1 length=20000"), H2_MORE);
  finish(&end);
  begin(&end, H2_CLIENT, parameters, 1);
  assert_int_equal(take(&end, "SETTINGS 0\nDATA 1 length=20001"), H2_ERROR);
  finish(&end);
}

/* Whatever their order. */
static void test_each_own_parameter_is_followed_by_itself(void **state) {
  (void)state;
  static const struct h2_parameter parameters[] = {
      {H2_ENABLE_PUSH, 0}, {H2_MAX_FRAME_SIZE, 20000}, {H2_HEADER_TABLE_SIZE, 65536}};
  struct end end;
  begin(&end, H2_CLIENT, parameters, 3);
  assert_int_equal(end.connection.reader.max_frame, 20000);
  assert_true(end.connection.refuses_push);
  finish(&end);
}

static void test_a_connection_is_freed_once(void **state) {
  (void)state;
  struct end end;
  begin_client(&end);
  h2_connection_free(&end.connection);
  assert_null(end.connection.coder);
  finish(&end);
}

static void test_a_larger_table_may_be_used_when_we_said_so(void **state) {
  (void)state;
  static const struct h2_parameter parameters[] = {{H2_HEADER_TABLE_SIZE, 8192}};
  struct end end;
  begin(&end, H2_CLIENT, parameters, 1);
  assert_int_equal(take(&end, "SETTINGS 0\nHEADERS 1 END_HEADERS ~8192 @8"), H2_MORE);
  assert_int_equal(take(&end, "HEADERS 1 END_HEADERS ~8193 @8"), H2_ERROR);
  assert_int_equal(end.connection.reader.error.code, H2_COMPRESSION_ERROR);
  finish(&end);
}

static void test_the_room_is_the_smaller_window(void **state) {
  (void)state;
  struct end end;
  struct h2_stream one;
  struct h2_stream two;
  begin_client(&end);
  h2_stream_init(&one, 1, H2_READ_RESPONSE);
  h2_stream_init(&two, 3, H2_READ_RESPONSE);
  assert_int_equal(h2_connection_room(&end.connection, &one), 65535);
  assert_int_equal(take(&end, "SETTINGS 0 INITIAL_WINDOW_SIZE=10"), H2_MORE);
  assert_int_equal(h2_connection_room(&end.connection, &one), 10);
  h2_write_data(&end.connection, &end.out, &one, span_of("1234567"), false);
  assert_int_equal(h2_connection_room(&end.connection, &one), 3);
  assert_int_equal(h2_connection_room(&end.connection, &two), 10);

  /* The window shrinks below zero, grows by an update, and by the setting again. */
  assert_int_equal(take(&end, "SETTINGS 0 INITIAL_WINDOW_SIZE=5"), H2_MORE);
  assert_int_equal(h2_connection_room(&end.connection, &one), 0);
  struct h2_event update = {
      .kind = H2_GOT_FRAME, .type = H2_WINDOW_UPDATE, .stream = 1, .number = 1};
  assert_int_equal(h2_stream_feed(&one, &update), H2_FAULT_NONE);
  assert_int_equal(h2_connection_room(&end.connection, &one), 0);
  assert_int_equal(h2_stream_feed(&one, &update), H2_FAULT_NONE);
  assert_int_equal(h2_stream_feed(&one, &update), H2_FAULT_NONE);
  assert_int_equal(h2_connection_room(&end.connection, &one), 1);
  assert_int_equal(take(&end, "SETTINGS 0 INITIAL_WINDOW_SIZE=1000000"), H2_MORE);

  /* Now the connection's window is the smaller one; no setting changes it. */
  assert_int_equal(h2_connection_room(&end.connection, &one), 65535 - 7);
  assert_int_equal(take(&end, "WINDOW_UPDATE 0 u32:100"), H2_MORE);
  assert_int_equal(h2_connection_room(&end.connection, &two), 65535 - 7 + 100);
  finish(&end);
}

/* A WINDOW_UPDATE that only makes up for what was sent overflows nothing. */
static void test_windows_are_counted_from_what_was_sent(void **state) {
  (void)state;
  struct end end;
  struct h2_stream stream;
  begin_client(&end);
  h2_stream_init(&stream, 1, H2_READ_RESPONSE);
  assert_int_equal(take(&end, "SETTINGS 0\nWINDOW_UPDATE 0 u32:0x7fff0000"), H2_MORE);
  h2_write_data(&end.connection, &end.out, &stream, span_of("12"), false);
  assert_int_equal(take(&end, "WINDOW_UPDATE 0 u32:2"), H2_MORE);
  assert_int_equal(take(&end, "WINDOW_UPDATE 0 u32:1"), H2_ERROR);
  finish(&end);
}

static const struct h2_field response[] = {
    {{(const uint8_t *)":status", 7}, {(const uint8_t *)"102", 3}},
    {{(const uint8_t *)"a", 1}, {(const uint8_t *)"1", 1}},
};

#define FIELDS "field stream=1 :status \"102\"\nfield stream=1 a \"1\"\n"

static void test_a_header_block_in_one_frame(void **state) {
  (void)state;
  struct end end;
  begin_client(&end);
  h2_write_headers(&end.connection, &end.out, 1, response, 2, true, NULL);
  assert_int_equal(end.out.ptr[4], H2_END_STREAM | H2_END_HEADERS);
  assert_int_equal(end.out.len, 9u + end.out.ptr[2]);
  h2_write_headers(&end.connection, &end.out, 3, NULL, 0, false, NULL);
  assert_int_equal(end.out.ptr[end.out.len - 5], H2_END_HEADERS);
  expect(&end, "HEADERS stream=1 END_STREAM END_HEADERS length=9\n" FIELDS
               "block-end stream=1 END_STREAM\n"
               "HEADERS stream=3 END_HEADERS length=0\nblock-end stream=3\n");
  finish(&end);
}

static size_t count_lines(struct span log, const char *start) {
  size_t count = 0;
  while (log.len > 0) {
    count += span_starts(h2_text_cut_line(&log), start);
  }
  return count;
}

static size_t response_block_len(void) {
  void *coder = hpack_coder.make();
  struct bytes block = {0};
  hpack_coder.encode(coder, response, 2, &block);
  size_t len = block.len;
  bytes_free(&block);
  hpack_coder.free(coder);
  return len;
}

/* The events of a header block that a new client writes in this shape. */
static unsigned write_shape(const struct h2_shape *shape, bool end_stream, struct bytes *log) {
  struct end end;
  begin(&end, H2_CLIENT, NULL, 0);
  h2_write_headers(&end.connection, &end.out, 1, response, 2, end_stream, shape);
  void *coder = hpack_coder.make();
  struct h2_reader reader;
  h2_reader_init(&reader, H2_FROM_CLIENT, &hpack_coder, coder);
  struct h2_event event;
  unsigned flags = 0;
  while (h2_reader_next(&reader, bytes_span(&end.out), &event) == H2_EVENT) {
    add_line(log, &event);
    flags |= event.type == H2_HEADERS ? event.flags : 0u;
  }
  assert_int_equal(reader.error.code, H2_NO_ERROR);
  assert_false(h2_reader_mid_frame(&reader, bytes_span(&end.out)));
  hpack_coder.free(coder);
  finish(&end);
  return flags;
}

static void check_shape(uint32_t fragment, unsigned how) {
  struct h2_shape shape = {.fragment = fragment,
                           .padding = (how & 1) != 0 ? 200 : 0,
                           .padded = (how & 2) != 0,
                           .priority = (how & 4) != 0};
  size_t num_frames = fragment == 0 ? 1 : (response_block_len() + fragment - 1) / fragment;
  struct bytes log = {0};
  unsigned flags = write_shape(&shape, (how & 1) != 0, &log);
  struct span lines = bytes_span(&log);
  assert_int_equal(count_lines(lines, "HEADERS"), 1);
  assert_int_equal(count_lines(lines, "CONTINUATION"), num_frames - 1);
  assert_int_equal(count_lines(lines, "field stream=1 :status \"102\""), 1);
  assert_int_equal(count_lines(lines, "field stream=1 a \"1\""), 1);
  assert_int_equal(count_lines(lines, "block-end stream=1"), 1);
  assert_int_equal((flags & H2_PADDED) != 0, (how & 3) != 0);
  assert_int_equal((flags & H2_WITH_PRIORITY) != 0, (how & 4) != 0);
  assert_int_equal((flags & H2_END_STREAM) != 0, (how & 1) != 0);
  bytes_free(&log);
}

/* However a block is cut and padded, the reader finds the same fields in it. */
static void test_a_header_block_in_any_shape(void **state) {
  (void)state;
  static const uint32_t fragments[] = {0, 1, 2, 3, 5, 8, 9, 10, 100};
  for (size_t i = 0; i < sizeof(fragments) / sizeof(fragments[0]); i++) {
    for (unsigned how = 0; how < 8; how++) {
      check_shape(fragments[i], how);
    }
  }
}

/* Byte by byte: padding is zeros, the priority fields say what their absence says. */
static void test_a_padded_header_block_with_priority(void **state) {
  (void)state;
  static const struct h2_shape shape = {.fragment = 4, .padding = 3, .priority = true};
  struct end end;
  struct bytes wanted = {0};
  begin_client(&end);
  h2_write_headers(&end.connection, &end.out, 1, response, 2, true, &shape);
  h2_text_wire(&wanted, span_of("HEADERS 1 END_STREAM pad=3 PRIORITY u32:0 u8:15 0x48820805\n"
                                "CONTINUATION 1 0x40016101\n"
                                "CONTINUATION 1 END_HEADERS \"1\""));
  assert_int_equal(end.out.len, wanted.len);
  assert_memory_equal(end.out.ptr, wanted.ptr, wanted.len);
  bytes_free(&wanted);
  finish(&end);
}

/* Nothing of the block is left where it lay before it was cut into frames. */
static void test_priority_is_of_stream_0_before_a_long_block(void **state) {
  (void)state;
  static const uint8_t lead[] = {
      H2_HEADERS, H2_END_HEADERS | H2_WITH_PRIORITY, 0, 0, 0, 1, 0, 0, 0, 0, 15};
  static const struct h2_shape shape = {.priority = true};
  struct end end;
  begin_client(&end);
  h2_write_headers(&end.connection, &end.out, 1, response, 2, false, &shape);
  assert_memory_equal(end.out.ptr + 3, lead, sizeof(lead));
  finish(&end);
}

static void test_padding_is_zeros_before_a_long_block(void **state) {
  (void)state;
  static const struct h2_shape shape = {.fragment = 1, .padding = 60};
  static const uint8_t zeros[60];
  uint8_t value[80];
  memset(value, 0xfc, sizeof(value));
  const struct h2_field fields[] = {{span_of("x"), span_make(value, sizeof(value))}};
  struct end end;
  begin_client(&end);
  h2_write_headers(&end.connection, &end.out, 1, fields, 1, false, &shape);
  assert_int_equal(end.out.ptr[2], 1 + 1 + 60);
  assert_memory_equal(end.out.ptr + H2_FRAME_HEAD + 2, zeros, sizeof(zeros));
  finish(&end);
}

static void test_a_header_block_longer_than_a_frame_is_continued(void **state) {
  (void)state;
  static uint8_t long_value[40000];
  memset(long_value, 0xfc, sizeof(long_value)); /* a byte that Huffman's code makes longer */
  const struct h2_field fields[] = {response[0],
                                    {span_of("x"), span_make(long_value, sizeof(long_value))}};
  struct end end;
  begin_client(&end);
  h2_write_headers(&end.connection, &end.out, 1, fields, 2, false, NULL);
  assert_int_equal(end.out.ptr[3], H2_HEADERS);
  assert_int_equal(end.out.ptr[4], 0);
  assert_int_equal(end.out.ptr[0] << 16 | end.out.ptr[1] << 8 | end.out.ptr[2], 16384);
  const uint8_t *second = end.out.ptr + 9 + 16384;
  assert_int_equal(second[3], H2_CONTINUATION);
  assert_int_equal(second[4], 0);
  const uint8_t *third = second + 9 + 16384;
  assert_int_equal(third[3], H2_CONTINUATION);
  assert_int_equal(third[4], H2_END_HEADERS);

  /* With padding the first frame is no longer than the peer allows either. */
  end.out.len = 0;
  const struct h2_shape shape = {.padding = 9, .priority = true};
  h2_write_headers(&end.connection, &end.out, 1, fields, 2, false, &shape);
  assert_int_equal(end.out.ptr[0] << 16 | end.out.ptr[1] << 8 | end.out.ptr[2], 16384);

  assert_int_equal(take(&end, "SETTINGS 0 MAX_FRAME_SIZE=50000"), H2_MORE);
  end.out.len = 0;
  h2_write_headers(&end.connection, &end.out, 1, fields, 2, false, NULL);
  assert_int_equal(end.out.ptr[4], H2_END_HEADERS);
  finish(&end);
}

static void test_blocks_share_a_table(void **state) {
  (void)state;
  struct end end;
  begin_client(&end);
  h2_write_headers(&end.connection, &end.out, 1, response, 2, false, NULL);
  h2_write_headers(&end.connection, &end.out, 1, response, 2, true, NULL);
  expect(&end, "HEADERS stream=1 END_HEADERS length=9\n" FIELDS "block-end stream=1\n"
               "HEADERS stream=1 END_STREAM END_HEADERS length=2\n" FIELDS
               "block-end stream=1 END_STREAM\n");
  finish(&end);
}

/* RFC 7541 section 4.2: the next block says that the table is smaller. */
static void test_the_peers_table_size_is_followed(void **state) {
  (void)state;
  struct end end;
  begin_client(&end);
  h2_write_headers(&end.connection, &end.out, 1, response, 2, false, NULL);
  assert_int_equal(take(&end, "SETTINGS 0 HEADER_TABLE_SIZE=0"), H2_MORE);
  end.out.len = 0;
  h2_write_headers(&end.connection, &end.out, 1, response, 2, false, NULL);
  assert_int_equal(end.out.ptr[9], 0x20);
  h2_write_headers(&end.connection, &end.out, 1, response, 2, false, NULL);
  expect(&end, "HEADERS stream=1 END_HEADERS length=10\n" FIELDS "block-end stream=1\n"
               "HEADERS stream=1 END_HEADERS length=9\n" FIELDS "block-end stream=1\n");
  finish(&end);
}

static void test_data_in_frames_as_long_as_the_peer_allows(void **state) {
  (void)state;
  static uint8_t content[16385]; /* one more than a frame holds */
  struct end end;
  struct h2_stream stream;
  begin_client(&end);
  h2_stream_init(&stream, 1, H2_READ_RESPONSE);
  h2_write_data(&end.connection, &end.out, &stream, span_make(content, 3), false);
  h2_write_data(&end.connection, &end.out, &stream, (struct span){0}, false);
  expect(&end, "DATA stream=1 length=3 \"\\0\\0\\0\"\nDATA stream=1 length=0\n");
  assert_false(stream.sent_end);
  h2_write_data(&end.connection, &end.out, &stream, span_make(content, sizeof(content)), true);
  assert_int_equal(end.out.len, sizeof(content) + 18);
  assert_int_equal(end.out.ptr[4], 0);
  assert_int_equal(end.out.ptr[9 + 16384 + 4], H2_END_STREAM);
  assert_true(stream.sent_end);
  assert_int_equal(stream.sent, sizeof(content) + 3);
  assert_int_equal(end.connection.sent, sizeof(content) + 3);
  end.out.len = 0;
  h2_write_data(&end.connection, &end.out, &stream, (struct span){0}, true);
  expect(&end, "DATA stream=1 END_STREAM length=0\n");
  finish(&end);
}

static void test_the_other_frames(void **state) {
  (void)state;
  static const struct h2_parameter parameters[] = {{H2_MAX_FRAME_SIZE, 0x12345}};
  struct end end;
  begin_client(&end);
  h2_write_settings(&end.out, parameters, 1);
  h2_write_reset(&end.out, 5, H2_CANCEL);
  h2_write_window(&end.out, 0, 0x7fffffff);
  h2_write_goaway(&end.out, 9, 0xffffffff, span_of("why"));
  h2_write_ping(&end.out, false, span_of("abcdefgh"));
  h2_write_frame(&end.out, 0x20, 0x81, 3, span_of("any"));
  expect(&end, "SETTINGS stream=0 length=6\n"
               "setting MAX_FRAME_SIZE=74565\n"
               "RST_STREAM stream=5 length=4 code=CANCEL\n"
               "WINDOW_UPDATE stream=0 length=4 increment=2147483647\n"
               "GOAWAY stream=0 length=11 last=9 code=4294967295 \"why\"\n"
               "PING stream=0 length=8 \"abcdefgh\"\n"
               "type=32 stream=3 flags=0x81 length=3 \"any\"\n");
  finish(&end);
}

/* Nothing is checked in what is written. */
static void test_what_is_wrong_can_be_written(void **state) {
  (void)state;
  struct end end;
  begin_client(&end);
  h2_write_ping(&end.out, true, span_of("short"));
  h2_write_window(&end.out, 3, 0);
  h2_write_frame(&end.out, H2_DATA, 0xff, 0xffffffff, (struct span){0});
  struct bytes wanted = {0};
  h2_text_wire(&wanted, span_of("PING 0 ACK \"short\"\nWINDOW_UPDATE 3 u32:0\n"
                                "DATA 0xffffffff flags=0xff"));
  assert_true(span_eq(bytes_span(&end.out), bytes_span(&wanted)));
  bytes_free(&wanted);
  finish(&end);
}

/* A dropped interim response changes the peer's table all the same: both ends stay in step. */
static void test_two_ends_over_many_responses(void **state) {
  (void)state;
  struct end client;
  struct end server;
  begin(&client, H2_CLIENT, NULL, 0);
  begin(&server, H2_SERVER, NULL, 0);
  bytes_add(&server.in, bytes_span(&client.out));
  assert_int_equal(take(&server, ""), H2_MORE);
  struct h2_stream stream;
  h2_stream_init(&stream, 1, H2_READ_RESPONSE);
  for (int i = 0; i < 300; i++) {
    char value[32];
    (void)snprintf(value, sizeof(value), "%d", i);
    const struct h2_field fields[] = {response[0], {span_of("x-step"), span_of(value)}};
    h2_write_headers(&server.connection, &server.out, 1, fields, 2, false, NULL);
  }
  bytes_add(&client.in, bytes_span(&server.out));
  struct h2_event event;
  unsigned num_steps = 0;
  while (h2_connection_next(&client.connection, bytes_span(&client.in), &event, &client.out) ==
         H2_EVENT) {
    if (event.stream == 1) {
      assert_int_equal(h2_stream_feed(&stream, &event), H2_FAULT_NONE);
    }
    if (event.kind == H2_GOT_FIELD && span_is(event.field.name, "x-step")) {
      uint64_t step = 0;
      assert_true(span_number(event.field.value, &step));
      assert_int_equal(step, num_steps++);
    }
  }
  assert_int_equal(client.connection.reader.error.code, H2_NO_ERROR);
  assert_int_equal(num_steps, 300);
  assert_int_equal(stream.rule.interims, 300);
  finish(&client);
  finish(&server);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_client_begins_with_preface_and_settings),
      cmocka_unit_test(test_a_server_begins_with_settings),
      cmocka_unit_test(test_settings_are_followed_and_acknowledged),
      cmocka_unit_test(test_settings_are_acknowledged_behind_their_last_parameter),
      cmocka_unit_test(test_a_ping_is_answered_once),
      cmocka_unit_test(test_what_a_client_refuses),
      cmocka_unit_test(test_a_server_may_be_told_to_push),
      cmocka_unit_test(test_a_push_that_was_refused_is_an_error_once_acknowledged),
      cmocka_unit_test(test_goaway_is_noted),
      cmocka_unit_test(test_the_window_that_data_used_is_given_back),
      cmocka_unit_test(test_a_larger_frame_may_come_when_we_said_so),
      cmocka_unit_test(test_each_own_parameter_is_followed_by_itself),
      cmocka_unit_test(test_a_connection_is_freed_once),
      cmocka_unit_test(test_a_larger_table_may_be_used_when_we_said_so),
      cmocka_unit_test(test_the_room_is_the_smaller_window),
      cmocka_unit_test(test_windows_are_counted_from_what_was_sent),
      cmocka_unit_test(test_a_header_block_in_one_frame),
      cmocka_unit_test(test_a_header_block_in_any_shape),
      cmocka_unit_test(test_a_padded_header_block_with_priority),
      cmocka_unit_test(test_priority_is_of_stream_0_before_a_long_block),
      cmocka_unit_test(test_padding_is_zeros_before_a_long_block),
      cmocka_unit_test(test_a_header_block_longer_than_a_frame_is_continued),
      cmocka_unit_test(test_blocks_share_a_table),
      cmocka_unit_test(test_the_peers_table_size_is_followed),
      cmocka_unit_test(test_data_in_frames_as_long_as_the_peer_allows),
      cmocka_unit_test(test_the_other_frames),
      cmocka_unit_test(test_what_is_wrong_can_be_written),
      cmocka_unit_test(test_two_ends_over_many_responses),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
