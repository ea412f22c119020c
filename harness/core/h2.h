/* The words of HTTP/2 that its reader, its writer and its streams share (RFC 9113). */
#ifndef INTERIM_CORE_H2_H
#define INTERIM_CORE_H2_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/span.h"

enum h2_type {
  H2_DATA,
  H2_HEADERS,
  H2_PRIORITY,
  H2_RST_STREAM,
  H2_SETTINGS,
  H2_PUSH_PROMISE,
  H2_PING,
  H2_GOAWAY,
  H2_WINDOW_UPDATE,
  H2_CONTINUATION,
};

enum h2_flag {
  H2_END_STREAM = 0x1,
  H2_ACK = 0x1, /* of SETTINGS and PING */
  H2_END_HEADERS = 0x4,
  H2_PADDED = 0x8,
  H2_WITH_PRIORITY = 0x20,
};

enum h2_setting {
  H2_HEADER_TABLE_SIZE = 1,
  H2_ENABLE_PUSH = 2,
  H2_MAX_CONCURRENT_STREAMS = 3,
  H2_INITIAL_WINDOW_SIZE = 4,
  H2_MAX_FRAME_SIZE = 5,
  H2_MAX_HEADER_LIST_SIZE = 6,
  H2_ENABLE_CONNECT_PROTOCOL = 8,
};

/* RFC 9113 section 7. */
enum h2_error_code {
  H2_NO_ERROR,
  H2_PROTOCOL_ERROR,
  H2_INTERNAL_ERROR,
  H2_FLOW_CONTROL_ERROR,
  H2_SETTINGS_TIMEOUT,
  H2_STREAM_CLOSED,
  H2_FRAME_SIZE_ERROR,
  H2_REFUSED_STREAM,
  H2_CANCEL,
  H2_COMPRESSION_ERROR,
  H2_CONNECT_ERROR,
  H2_ENHANCE_YOUR_CALM,
  H2_INADEQUATE_SECURITY,
  H2_HTTP_1_1_REQUIRED,
};

enum {
  H2_FRAME_HEAD = 9,          /* bytes before a frame's payload */
  H2_PREFACE_LEN = 24,        /* of the client's connection preface */
  H2_DEFAULT_WINDOW = 65535,  /* bytes */
  H2_DEFAULT_FRAME = 16384,   /* bytes of payload */
  H2_DEFAULT_TABLE = 4096,    /* bytes of a header table */
  H2_MAX_STREAM = 0x7fffffff, /* the highest identifier, and the highest window */
};

/* "PRI * HTTP/2.0 CRLF CRLF SM CRLF CRLF" (RFC 9113 section 3.4). */
extern const struct span h2_preface;

/* A field line; pseudo-header fields are fields whose name begins with a colon. */
struct h2_field {
  struct span name;
  struct span value;
};

/* A coder of header blocks for one connection (RFC 7541), supplied from outside: see hpack.h. */
struct h2_coder_ops {
  /* make begins with both tables empty, of 4,096 bytes each. Never NULL. */
  void *(*make)(void);
  /* decode takes bytes off the front of *block; last: the header block ends with these bytes.
   * 1: *out is the next field, borrowed until the next call. 0: all bytes are taken. -1: a
   * compression error; the coder is of no use any more. */
  int (*decode)(void *coder, struct span *block, bool last, struct h2_field *out);
  /* encode appends the block of these fields, as they are, valid or not. */
  void (*encode)(void *coder, const struct h2_field *fields, size_t num_fields, struct bytes *out);
  /* resize follows the peer's SETTINGS_HEADER_TABLE_SIZE; the next block says so. */
  void (*resize)(void *coder, uint32_t bytes);
  /* allow follows our own: the peer's table may be as large from its next block on. It only raises,
   * as the peer's blocks may be older than our SETTINGS. */
  void (*allow)(void *coder, uint32_t bytes);
  /* settle tells that the peer acknowledged what allow said last: from its next block on its table
   * is no larger, whether that block says so or not (RFC 9113 section 4.3.1). */
  void (*settle)(void *coder);
  void (*free)(void *coder);
};

/* h2_type_name, h2_error_name and h2_setting_name give RFC 9113's names, "HEADERS", "CANCEL",
 * "INITIAL_WINDOW_SIZE"; NULL for a number that it does not name. Static. */
const char *h2_type_name(unsigned type);
const char *h2_error_name(uint32_t code);
const char *h2_setting_name(unsigned id);

/* h2_type_named, h2_error_named and h2_setting_named find the number of a name. False for an
 * unknown one. */
bool h2_type_named(struct span name, unsigned *out);
bool h2_error_named(struct span name, uint32_t *out);
bool h2_setting_named(struct span name, unsigned *out);

#endif
