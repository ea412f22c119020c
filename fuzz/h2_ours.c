#include "core/h2_connection.h"
#include "fuzz/h2_diff.h"
#include "hpack/hpack.h"
#include "tests/hash.h"

enum { STREAMS = 16 };

struct reading {
  struct h2_connection connection;
  struct h2_stream streams[STREAMS];
  size_t num_streams;
  uint64_t block;   /* the open header block */
  unsigned lengths; /* Content-Length in it */
  bool odd_length;
  bool control;
  bool acknowledged;
  size_t frame;
  struct h2_view *view;
};

static struct h2_stream *find_stream(struct reading *reading, uint32_t id) {
  for (size_t i = 0; i < reading->num_streams; i++) {
    if (reading->streams[i].id == id) {
      return &reading->streams[i];
    }
  }
  if (reading->num_streams == STREAMS) {
    return NULL;
  }
  struct h2_stream *stream = &reading->streams[reading->num_streams++];
  h2_stream_init(stream, id, H2_READ_RESPONSE);
  interim_rule_init(&stream->rule);
  return stream;
}

static void ask(struct reading *reading) {
  for (uint32_t i = 0; i < H2_VIEW_REQUESTS; i++) {
    struct h2_stream *stream = &reading->streams[i];
    h2_stream_init(stream, 2 * i + 1, H2_READ_RESPONSE);
    stream->to_head = i == 1;
    stream->to_connect = i == 2;
  }
  reading->num_streams = H2_VIEW_REQUESTS;
}

static uint64_t begin_sum(const struct h2_event *event) {
  return hash_mix((uint64_t)event->type << 32 | event->stream, event->end_stream);
}

static void note(struct reading *reading, const struct h2_event *event) {
  if (event->kind == H2_GOT_FIELD) {
    reading->block = hash_span(reading->block, event->field.name);
    reading->block = hash_span(reading->block, event->field.value);
  } else if (event->kind == H2_GOT_BLOCK_END) {
    uint64_t sum = hash_mix((uint64_t)H2_HEADERS << 32 | event->stream, event->end_stream);
    h2_view_add(reading->view, reading->frame, hash_mix(sum, reading->block));
  } else if (event->type == H2_HEADERS) {
    reading->block = 0;
  } else if (event->type == H2_DATA) {
    h2_view_add(reading->view, reading->frame, hash_span(begin_sum(event), event->value));
  } else if (event->type == H2_RST_STREAM) {
    h2_view_add(reading->view, reading->frame, hash_mix(begin_sum(event), event->code));
  } else if (event->type == H2_PUSH_PROMISE || event->type == H2_GOAWAY) {
    if (reading->view->stopped > reading->frame) {
      reading->view->stopped = reading->frame;
    }
  }
}

static bool has_control(struct span value) {
  for (size_t i = 0; i < value.len; i++) {
    if ((value.ptr[i] < ' ' && value.ptr[i] != '\t') || value.ptr[i] == 0x7f) {
      return true;
    }
  }
  return false;
}

/* Content-Length that its sender should not have written so: in an interim response, in a 204, in
 * trailers, more than once, or a list. */
static bool is_odd_length(struct reading *reading, const struct h2_stream *stream,
                          enum h2_fault fault, const struct h2_event *event) {
  if (event->kind == H2_GOT_FRAME) {
    reading->lengths = event->type == H2_CONTINUATION ? reading->lengths : 0;
  } else if (event->kind == H2_GOT_FIELD && span_is(event->field.name, "content-length")) {
    reading->lengths++;
    bool trailer = stream != NULL && stream->head_done;
    return trailer || reading->lengths > 1 ||
           span_find(event->field.value, span_of(","), 0) != SIZE_MAX;
  }
  bool bare = event->kind == H2_GOT_BLOCK_END && stream != NULL && stream->code == 204;
  return fault == H2_FAULT_INTERIM_LENGTH || (bare && stream->counted);
}

static bool is_in_tunnel_of_204(const struct h2_stream *stream, const struct h2_event *event) {
  return stream != NULL && stream->tunnel && stream->code == 204 && event->type == H2_DATA &&
         event->value.len > 0;
}

/* What is known of a header block at its end. */
static void hint_block(struct reading *reading, const struct h2_stream *stream, uint64_t bit) {
  bool counted = stream != NULL && stream->counted;
  reading->view->block_ends |= bit;
  reading->view->no_lengths |= counted && stream->code == 204 && stream->count == 0 ? bit : 0;
  reading->view->of_tunnels |= counted && stream->tunnel ? bit : 0;
}

static void hint_frame(struct reading *reading, const struct h2_stream *stream,
                       const struct h2_event *event, uint64_t bit) {
  if (event->type == H2_SETTINGS && (event->flags & H2_ACK) != 0) {
    reading->view->acks |= reading->acknowledged ? bit : 0;
    reading->acknowledged = true;
  } else if (event->type == H2_WINDOW_UPDATE && stream != NULL) {
    uint64_t window = reading->connection.peer_window + stream->granted;
    reading->view->large_windows |= window > H2_MAX_STREAM ? bit : 0;
  }
}

/* What is odd in a header block is told of the frame that ends it too. */
static void hint(struct reading *reading, const struct h2_stream *stream, enum h2_fault fault,
                 const struct h2_event *event) {
  uint64_t bit = UINT64_C(1) << reading->frame;
  if (event->kind == H2_GOT_FRAME && event->type != H2_CONTINUATION) {
    reading->odd_length = false;
    reading->control = false;
  }
  reading->odd_length |= is_odd_length(reading, stream, fault, event);
  reading->control |= event->kind == H2_GOT_FIELD && has_control(event->field.value);
  reading->view->lengths |= reading->odd_length ? bit : 0;
  reading->view->controls |= reading->control ? bit : 0;
  reading->view->empties |= fault == H2_FAULT_EMPTY_DATA ? bit : 0;
  reading->view->contents |= h2_fault_content(fault) ? bit : 0;
  reading->view->tunnels |= is_in_tunnel_of_204(stream, event) ? bit : 0;
  if (event->kind == H2_GOT_BLOCK_END) {
    hint_block(reading, stream, bit);
  } else if (event->kind == H2_GOT_FRAME) {
    hint_frame(reading, stream, event, bit);
  }
}

static bool is_three_digits(struct span value) {
  uint64_t number = 0;
  return value.len == 3 && span_number(value, &number);
}

/* False when the frame is refused. */
static bool take(struct reading *reading, const struct h2_event *event) {
  if (event->kind == H2_GOT_FIELD && span_is(event->field.name, ":status")) {
    reading->view->digits = is_three_digits(event->field.value);
  }
  struct h2_stream *stream = event->stream == 0 ? NULL : find_stream(reading, event->stream);
  enum h2_fault fault = stream == NULL ? H2_FAULT_NONE : h2_stream_feed(stream, event);
  if (stream != NULL && h2_fault_malformed(fault)) {
    reading->view->fault = fault;
    reading->view->stream = *stream;
    reading->view->refused = reading->frame;
    return false;
  }
  hint(reading, stream, fault, event);
  note(reading, event);
  return true;
}

/* id is of the frame's stream. */
static bool read_frame(struct reading *reading, struct span window, uint32_t id,
                       struct bytes *out) {
  struct h2_event event;
  enum h2_status status = H2_EVENT;
  while ((status = h2_connection_next(&reading->connection, window, &event, out)) == H2_EVENT) {
    if (!take(reading, &event)) {
      return false;
    }
  }
  if (status == H2_ERROR) {
    const struct h2_stream *stream = find_stream(reading, id);
    reading->view->error = reading->connection.reader.error.code;
    reading->view->stream = stream == NULL ? reading->view->stream : *stream;
    reading->view->refused = reading->frame;
  }
  return status == H2_MORE;
}

void h2_view_ours(struct span wire, struct h2_view *out) {
  static const struct h2_parameter push = {H2_ENABLE_PUSH, 0};
  static struct bytes written;
  struct reading reading = {.view = out};
  *out = (struct h2_view){.refused = SIZE_MAX, .stopped = H2_VIEW_FRAMES};
  written.len = 0;
  h2_connection_init(&reading.connection, H2_CLIENT, &hpack_coder, &push, 1, &written);
  ask(&reading);
  struct span rest = wire;
  struct span frame = h2_view_frame(&rest);
  bool open = true;
  for (; open && reading.frame < H2_VIEW_FRAMES && frame.len > 0; reading.frame++) {
    struct span window = span_make(wire.ptr, wire.len - rest.len);
    open = read_frame(&reading, window, h2_view_stream(frame), &written);
    frame = h2_view_frame(&rest);
  }
  h2_connection_free(&reading.connection);
}
