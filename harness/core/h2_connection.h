/* One end of an HTTP/2 connection, but for its streams: the handshake, the settings of both sides,
 * flow control, and the writing of frames (RFC 9113 sections 3.4, 5.2, 6).
 *
 * The caller keeps the streams (h2_stream.h), the window of what arrived, and the bytes to be
 * written. Writers append to those bytes; header blocks are coded when they are appended, so bytes
 * must go out in the order in which they were made. Nothing is checked in what is written: a test
 * must be able to send what is wrong. */
#ifndef INTERIM_CORE_H2_CONNECTION_H
#define INTERIM_CORE_H2_CONNECTION_H

#include "core/h2_stream.h"

enum h2_end {
  H2_CLIENT,
  H2_SERVER,
};

/* One parameter of our SETTINGS frame. */
struct h2_parameter {
  unsigned id;
  uint32_t value;
};

/* How a header block is cut into frames. Zeroed: one HEADERS frame, as long as the peer allows,
 * then CONTINUATION. */
struct h2_shape {
  uint32_t fragment; /* bytes of the block in each frame; 0 for all that fits */
  uint8_t padding;   /* bytes of padding in HEADERS */
  bool padded;       /* the PADDED flag, even with 0 bytes */
  bool priority;     /* priority fields in HEADERS */
};

struct h2_connection {
  enum h2_end end;
  struct h2_reader reader;
  const struct h2_coder_ops *ops;
  void *coder;
  /* What the peer said. */
  uint32_t peer_window; /* SETTINGS_INITIAL_WINDOW_SIZE */
  uint32_t peer_frame;
  uint32_t peer_streams; /* SETTINGS_MAX_CONCURRENT_STREAMS; UINT32_MAX when not said */
  bool peer_settings;    /* its SETTINGS came */
  bool acknowledged;     /* it acknowledged ours */
  bool going_away;       /* it sent GOAWAY */
  uint32_t goaway_last;
  uint32_t goaway_code;
  uint64_t granted; /* of the connection's window for what we send, beyond H2_DEFAULT_WINDOW */
  uint64_t sent;
  bool refuses_push;    /* we said SETTINGS_ENABLE_PUSH=0 */
  uint32_t next_stream; /* the identifier of the next stream that we open */
  bool holds_window; /* do not give back what DATA used; the caller writes WINDOW_UPDATE itself */
};

/* h2_connection_init begins one end and appends its preface and SETTINGS to *out. Of the parameters
 * it follows those that say what the peer may do: HEADER_TABLE_SIZE, MAX_FRAME_SIZE, ENABLE_PUSH.
 */
void h2_connection_init(struct h2_connection *connection, enum h2_end end,
                        const struct h2_coder_ops *ops, const struct h2_parameter *parameters,
                        size_t num_parameters, struct bytes *out);

/* h2_connection_free frees the coder. */
void h2_connection_free(struct h2_connection *connection);

/* h2_connection_next is h2_reader_next that also does what every end must do, by appending to *out:
 * acknowledge SETTINGS and PING, follow the peer's parameters, and give back the window that DATA
 * used (the stream's too unless it ended). A parameter out of its range, a connection window that
 * overflows, and a push that we refused, are connection errors (sections 6.5.2 and 6.9.1). */
enum h2_status h2_connection_next(struct h2_connection *connection, struct span window,
                                  struct h2_event *event, struct bytes *out);

/* h2_connection_open gives the identifier of the next stream that this end opens. */
uint32_t h2_connection_open(struct h2_connection *connection);

/* h2_connection_room returns how many bytes of content the peer's windows allow on a stream now. */
size_t h2_connection_room(const struct h2_connection *connection, const struct h2_stream *stream);

/* h2_write_headers appends a header block; shape may be NULL. */
void h2_write_headers(struct h2_connection *connection, struct bytes *out, uint32_t stream,
                      const struct h2_field *fields, size_t num_fields, bool end_stream,
                      const struct h2_shape *shape);

/* h2_write_data appends DATA frames as long as the peer allows, one at least, and counts them
 * against both windows; that there is room is the caller's care. */
void h2_write_data(struct h2_connection *connection, struct bytes *out, struct h2_stream *stream,
                   struct span content, bool end_stream);

/* h2_write_frame appends any frame. */
void h2_write_frame(struct bytes *out, unsigned type, unsigned flags, uint32_t stream,
                    struct span payload);

void h2_write_settings(struct bytes *out, const struct h2_parameter *parameters,
                       size_t num_parameters);
void h2_write_reset(struct bytes *out, uint32_t stream, uint32_t code);
void h2_write_goaway(struct bytes *out, uint32_t last_stream, uint32_t code, struct span debug);
void h2_write_window(struct bytes *out, uint32_t stream, uint32_t increment);
void h2_write_ping(struct bytes *out, bool ack, struct span opaque);

#endif
