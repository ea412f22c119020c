#include "base/bytes.h"
#include "fuzz/h2_diff.h"
#include "tests/hash.h"

#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>

struct reading {
  struct h2_view *view;
  size_t frame;
  uint64_t block; /* the open header block */
};

static void demand(bool good) {
  if (!good) {
    (void)fputs("nghttp2 failed\n", stderr);
    abort();
  }
}

static int on_begin(nghttp2_session *session, const nghttp2_frame *frame, void *self) {
  (void)session;
  (void)frame;
  ((struct reading *)self)->block = 0;
  return 0;
}

static int on_field(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                    size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
                    void *self) {
  struct reading *reading = self;
  (void)session;
  (void)frame;
  (void)flags;
  reading->block = hash_span(reading->block, span_make(name, name_len));
  reading->block = hash_span(reading->block, span_make(value, value_len));
  return 0;
}

static struct bytes content;

static int on_content(nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *data,
                      size_t len, void *self) {
  (void)session;
  (void)flags;
  (void)stream;
  (void)self;
  bytes_add(&content, span_make(data, len));
  return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *self) {
  struct reading *reading = self;
  (void)session;
  bool end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  uint64_t sum = (uint64_t)frame->hd.type << 32 | (uint32_t)frame->hd.stream_id;
  switch (frame->hd.type) {
  case NGHTTP2_HEADERS:
    h2_view_add(reading->view, reading->frame, hash_mix(hash_mix(sum, end), reading->block));
    return 0;
  case NGHTTP2_DATA:
    h2_view_add(reading->view, reading->frame, hash_span(hash_mix(sum, end), bytes_span(&content)));
    return 0;
  case NGHTTP2_RST_STREAM:
    h2_view_add(reading->view, reading->frame,
                hash_mix(hash_mix(sum, 0), frame->rst_stream.error_code));
    return 0;
  default:
    return 0;
  }
}

static ssize_t no_content_yet(nghttp2_session *session, int32_t stream, uint8_t *data, size_t len,
                              uint32_t *flags, nghttp2_data_source *source, void *self) {
  (void)session;
  (void)stream;
  (void)data;
  (void)len;
  (void)flags;
  (void)source;
  (void)self;
  return NGHTTP2_ERR_DEFERRED;
}

/* nghttp2 writes to nothing that it is given, but its type does not say so. */
static nghttp2_nv field_of(uint8_t *name, uint8_t *value) {
  return (nghttp2_nv){.name = name,
                      .value = value,
                      .namelen = strlen((const char *)name),
                      .valuelen = strlen((const char *)value)};
}

static void ask(nghttp2_session *session, uint8_t *method, bool connect, bool content_follows) {
  static uint8_t names[][12] = {":method", ":authority", ":scheme", ":path"};
  static uint8_t values[][5] = {"", "h", "http", "/"};
  nghttp2_nv fields[] = {field_of(names[0], method), field_of(names[1], values[1]),
                         field_of(names[2], values[2]), field_of(names[3], values[3])};
  nghttp2_data_provider provider = {.read_callback = no_content_yet};
  demand(nghttp2_submit_request(session, NULL, fields, connect ? 2 : 4,
                                content_follows ? &provider : NULL, NULL) > 0);
}

/* Whether it writes a refusal: RST_STREAM, or GOAWAY with an error. */
static void write_out(nghttp2_session *session, struct reading *reading) {
  const uint8_t *data = NULL;
  for (;;) {
    ssize_t len = nghttp2_session_mem_send(session, &data);
    demand(len >= 0);
    if (len == 0) {
      return;
    }
    struct span rest = span_make(data, (size_t)len);
    struct span frame = h2_view_frame(&rest);
    size_t at = frame.len == 0                       ? 0
                : frame.ptr[3] == NGHTTP2_GOAWAY     ? H2_FRAME_HEAD + 4
                : frame.ptr[3] == NGHTTP2_RST_STREAM ? H2_FRAME_HEAD
                                                     : 0;
    if (at > 0 && frame.ptr[at + 3] != NGHTTP2_NO_ERROR && reading->view->refused == SIZE_MAX) {
      reading->view->error = frame.ptr[at + 3];
      reading->view->refused = reading->frame;
    }
  }
}

static nghttp2_session *begin(struct reading *reading) {
  static nghttp2_session_callbacks *callbacks;
  static uint8_t methods[][8] = {"GET", "HEAD", "CONNECT", "POST"};
  static const nghttp2_settings_entry push = {NGHTTP2_SETTINGS_ENABLE_PUSH, 0};
  if (callbacks == NULL) {
    demand(nghttp2_session_callbacks_new(&callbacks) == 0);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_field);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_content);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
  }
  nghttp2_session *session = NULL;
  demand(nghttp2_session_client_new(&session, callbacks, reading) == 0);
  demand(nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, &push, 1) == 0);
  ask(session, methods[0], false, false);
  ask(session, methods[1], false, false);
  ask(session, methods[2], true, true);
  ask(session, methods[3], false, true);
  write_out(session, reading);
  return session;
}

void h2_view_theirs(struct span wire, struct h2_view *out) {
  struct reading reading = {.view = out};
  *out = (struct h2_view){.refused = SIZE_MAX, .stopped = H2_VIEW_FRAMES};
  nghttp2_session *session = begin(&reading);
  for (struct span frame = h2_view_frame(&wire);
       frame.len > 0 && reading.frame < H2_VIEW_FRAMES && out->refused == SIZE_MAX;
       frame = h2_view_frame(&wire)) {
    content.len = 0;
    ssize_t taken = nghttp2_session_mem_recv(session, frame.ptr, frame.len);
    if (taken < 0) {
      out->refused = reading.frame;
      out->error = NGHTTP2_INTERNAL_ERROR;
      break;
    }
    write_out(session, &reading);
    reading.frame++;
  }
  nghttp2_session_del(session);
}
