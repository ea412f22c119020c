/* A strict, resumable reader of one direction of an HTTP/2 connection: bytes in, frames and fields
 * out (RFC 9113 sections 3.4, 4 and 6).
 *
 *     struct h2_reader reader;
 *     h2_reader_init(&reader, H2_FROM_SERVER, ops, coder);
 *     for (;;) switch (h2_reader_next(&reader, window, &event)) ...
 *
 * It knows frames and header blocks, and nothing of streams: whether a frame may come on its
 * stream is h2_stream.h's business. It takes a frame once all of it is in the window. It copies
 * nothing; a decoded field is borrowed from the coder until the next call.
 *
 * The window begins at stream offset reader->base, as the HTTP/1.1 parsers' does. */
#ifndef INTERIM_CORE_H2_READER_H
#define INTERIM_CORE_H2_READER_H

#include "core/h2.h"

enum h2_event_kind {
  H2_GOT_PREFACE,   /* the client's connection preface */
  H2_GOT_FRAME,     /* any frame; its parts follow as events of their own */
  H2_GOT_SETTING,   /* one parameter of a SETTINGS frame: setting, number */
  H2_GOT_FIELD,     /* one field of the header block on stream: field */
  H2_GOT_BLOCK_END, /* the header block is complete; end_stream as its HEADERS said */
};

struct h2_event {
  enum h2_event_kind kind;
  uint64_t offset; /* of the frame's first byte in the stream */
  uint64_t end;    /* of the byte behind its last one */
  uint8_t type;    /* of the frame; a CONTINUATION's fields keep their own frame's type here */
  uint8_t flags;
  uint32_t stream;
  uint32_t length;   /* of the payload: what counts for flow control in DATA */
  bool end_stream;   /* DATA; HEADERS and PUSH_PROMISE too, and their BLOCK_END */
  struct span value; /* DATA: content without padding; GOAWAY: debug data; PING: its 8 bytes; of an
                        unknown type: its payload */
  uint32_t code;     /* RST_STREAM, GOAWAY: an error code */
  uint32_t number;   /* WINDOW_UPDATE: increment; GOAWAY: the last stream; PUSH_PROMISE: the
                        promised stream, in the block's other events too; a setting's value */
  unsigned setting;  /* its identifier */
  struct h2_field field;
};

enum h2_status {
  H2_MORE = 0,   /* the window holds no further event */
  H2_EVENT = 1,  /* *out holds the next one */
  H2_ERROR = -1, /* a connection error; final, see reader->error */
};

struct h2_error {
  enum h2_error_code code;
  uint64_t offset;    /* of the offending frame in the stream */
  const char *reason; /* static, a sentence without a full stop */
};

enum h2_sender {
  H2_FROM_CLIENT, /* the stream begins with the preface */
  H2_FROM_SERVER,
};

/* The fields are the reader's own; callers read base and error, and may set the limits after init.
 */
struct h2_reader {
  uint64_t base; /* of the window's first byte */
  struct h2_error error;
  uint32_t max_frame; /* payload bytes that are accepted; H2_DEFAULT_FRAME */
  uint32_t max_block; /* bytes of one encoded header block; 256 KiB */
  size_t max_fields;  /* decoded fields of one header block; 1,024 */
  const struct h2_coder_ops *ops;
  void *coder;
  uint64_t at;        /* of the next frame, or of the payload's rest that is being given */
  uint64_t frame_end; /* of the frame whose parts are being given */
  uint64_t frame_start;
  struct h2_event head;  /* that frame */
  uint64_t block_end;    /* of the header block's part in that frame */
  uint32_t block_stream; /* a header block is open on it; 0 for none */
  uint32_t block_promised;
  uint32_t block_bytes;
  size_t block_fields;
  bool block_end_stream;
  bool from_client;
  uint8_t state;
};

/* h2_reader_init begins at stream offset 0. The coder stays the caller's. */
void h2_reader_init(struct h2_reader *reader, enum h2_sender sender, const struct h2_coder_ops *ops,
                    void *coder);

/* h2_reader_next gives the next event. After H2_MORE call it again with a longer window. Errors are
 * those of the connection: a bad preface, a frame of a wrong size or on a wrong stream for its
 * type, a broken header block, padding longer than the frame, a first frame that is not SETTINGS
 * (sections 3.4, 4.2, 4.3, 6). */
enum h2_status h2_reader_next(struct h2_reader *reader, struct span window, struct h2_event *out);

/* h2_reader_fail ends the stream with a connection error that its caller found in the last frame.
 * Always H2_ERROR. */
enum h2_status h2_reader_fail(struct h2_reader *reader, enum h2_error_code code,
                              const char *reason);

/* h2_reader_keep returns the stream offset of the first byte that the reader still needs. */
uint64_t h2_reader_keep(const struct h2_reader *reader);

/* h2_reader_drop tells that the window now begins n bytes later. */
void h2_reader_drop(struct h2_reader *reader, size_t n);

/* h2_reader_mid_frame tells whether the stream may not end here: inside a frame or header block. */
bool h2_reader_mid_frame(const struct h2_reader *reader, struct span window);

/* h2_event_print appends the event as one line of text without a line end, for transcripts and the
 * golden corpus: "OFFSET-END HEADERS stream=1 END_STREAM END_HEADERS length=20", bytes escaped. */
void h2_event_print(struct bytes *out, const struct h2_event *event);

#endif
