#include "core/h2_connection.h"

/* What the 24 bits of a frame's length allow. */
enum { LONGEST_FRAME = 0xffffff, PRIORITY_LEN = 5, SETTING_LEN = 6 };

static void put_number(uint8_t *at, uint32_t number, size_t len) {
  for (size_t i = 0; i < len; i++) {
    at[i] = (uint8_t)(number >> (8 * (len - 1 - i)));
  }
}

static void put_head(uint8_t *at, size_t length, unsigned type, unsigned flags, uint32_t stream) {
  put_number(at, (uint32_t)length, 3);
  at[3] = (uint8_t)type;
  at[4] = (uint8_t)flags;
  put_number(at + 5, stream, 4);
}

static void add_zeros(struct bytes *out, size_t len) {
  static const uint8_t zeros[256] = {0};
  while (len > 0) {
    size_t part = len < sizeof(zeros) ? len : sizeof(zeros);
    bytes_add(out, span_make(zeros, part));
    len -= part;
  }
}

void h2_write_frame(struct bytes *out, unsigned type, unsigned flags, uint32_t stream,
                    struct span payload) {
  uint8_t head[H2_FRAME_HEAD];
  put_head(head, payload.len, type, flags, stream);
  bytes_add(out, span_make(head, sizeof(head)));
  bytes_add(out, payload);
}

void h2_write_settings(struct bytes *out, const struct h2_parameter *parameters,
                       size_t num_parameters) {
  uint8_t head[H2_FRAME_HEAD];
  put_head(head, num_parameters * SETTING_LEN, H2_SETTINGS, 0, 0);
  bytes_add(out, span_make(head, sizeof(head)));
  for (size_t i = 0; i < num_parameters; i++) {
    uint8_t one[SETTING_LEN];
    put_number(one, parameters[i].id, 2);
    put_number(one + 2, parameters[i].value, 4);
    bytes_add(out, span_make(one, sizeof(one)));
  }
}

static void write_number(struct bytes *out, unsigned type, uint32_t stream, uint32_t number) {
  uint8_t payload[4];
  put_number(payload, number, sizeof(payload));
  h2_write_frame(out, type, 0, stream, span_make(payload, sizeof(payload)));
}

void h2_write_reset(struct bytes *out, uint32_t stream, uint32_t code) {
  write_number(out, H2_RST_STREAM, stream, code);
}

void h2_write_window(struct bytes *out, uint32_t stream, uint32_t increment) {
  write_number(out, H2_WINDOW_UPDATE, stream, increment);
}

void h2_write_goaway(struct bytes *out, uint32_t last_stream, uint32_t code, struct span debug) {
  uint8_t fixed[H2_FRAME_HEAD + 8];
  put_head(fixed, 8 + debug.len, H2_GOAWAY, 0, 0);
  put_number(fixed + H2_FRAME_HEAD, last_stream, 4);
  put_number(fixed + H2_FRAME_HEAD + 4, code, 4);
  bytes_add(out, span_make(fixed, sizeof(fixed)));
  bytes_add(out, debug);
}

void h2_write_ping(struct bytes *out, bool ack, struct span opaque) {
  h2_write_frame(out, H2_PING, ack ? H2_ACK : 0, 0, opaque);
}

/* The bytes of HEADERS that are not of the header block. */
struct lead {
  size_t front; /* the length of the padding and the priority fields */
  size_t padding;
  unsigned flags;
};

static struct lead lead_of(const struct h2_shape *shape) {
  struct lead lead = {0};
  if (shape->padded || shape->padding > 0) {
    lead.front++;
    lead.padding = shape->padding;
    lead.flags |= H2_PADDED;
  }
  if (shape->priority) {
    lead.front += PRIORITY_LEN;
    lead.flags |= H2_WITH_PRIORITY;
  }
  return lead;
}

static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

/* The bytes of the block that a frame may hold beside others. */
static size_t room_beside(const struct h2_connection *connection, const struct h2_shape *shape,
                          size_t others) {
  size_t most = LONGEST_FRAME - others;
  if (shape->fragment > 0) {
    return least(shape->fragment, most);
  }
  return connection->peer_frame > others ? least(connection->peer_frame - others, most) : 1;
}

static void put_lead(uint8_t *at, const struct h2_shape *shape) {
  if (shape->padded || shape->padding > 0) {
    *at++ = shape->padding;
  }
  if (shape->priority) {
    /* On stream 0, with the weight that a stream has without these fields. */
    put_number(at, 0, 4);
    at[4] = 15;
  }
}

/* The block is coded behind what is there, moved back to leave room, then put into frames from the
 * front: no frame is ever written beyond where its own part of the block still lies. */
void h2_write_headers(struct h2_connection *connection, struct bytes *out, uint32_t stream,
                      const struct h2_field *fields, size_t num_fields, bool end_stream,
                      const struct h2_shape *shape) {
  static const struct h2_shape plain = {0};
  shape = shape == NULL ? &plain : shape;
  struct lead lead = lead_of(shape);
  size_t start = out->len;
  connection->ops->encode(connection->coder, fields, num_fields, out);
  size_t block = out->len - start;
  size_t first = least(block, room_beside(connection, shape, lead.front + lead.padding));
  size_t next = room_beside(connection, shape, 0);
  size_t more = (block - first + next - 1) / next;
  size_t added = (1 + more) * H2_FRAME_HEAD + lead.front + lead.padding;
  add_zeros(out, added);
  uint8_t *at = out->ptr + start;
  uint8_t *from = at + added;
  memmove(from, at, block);

  unsigned flags = lead.flags | (end_stream ? H2_END_STREAM : 0) | (more == 0 ? H2_END_HEADERS : 0);
  put_head(at, lead.front + first + lead.padding, H2_HEADERS, flags, stream);
  put_lead(at + H2_FRAME_HEAD, shape);
  at += H2_FRAME_HEAD + lead.front;
  memmove(at, from, first);
  from += first;
  memset(at + first, 0, lead.padding);
  at += first + lead.padding;
  for (size_t left = block - first; left > 0;) {
    size_t part = least(left, next);
    left -= part;
    put_head(at, part, H2_CONTINUATION, left == 0 ? H2_END_HEADERS : 0, stream);
    memmove(at + H2_FRAME_HEAD, from, part);
    at += H2_FRAME_HEAD + part;
    from += part;
  }
}

void h2_write_data(struct h2_connection *connection, struct bytes *out, struct h2_stream *stream,
                   struct span content, bool end_stream) {
  size_t most = least(connection->peer_frame, LONGEST_FRAME);
  do {
    struct span part = span_make(content.ptr, least(content.len, most));
    content = span_skip(content, part.len);
    bool last = content.len == 0;
    h2_write_frame(out, H2_DATA, end_stream && last ? H2_END_STREAM : 0, stream->id, part);
    connection->sent += part.len;
    stream->sent += part.len;
  } while (content.len > 0);
  stream->sent_end = stream->sent_end || end_stream;
}
