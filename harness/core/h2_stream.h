/* One stream of HTTP/2 as its receiver reads it: which header block is an interim response, a final
 * one or trailers, and what makes a message malformed (RFC 9113 sections 5.1, 8.1, 8.2, 8.3).
 *
 * A machine without memory of its own: the caller keeps one for each stream and feeds it the
 * events that h2_reader gives for that stream. It goes on after a fault as far as that makes
 * sense, so that an observer may tell what came next. */
#ifndef INTERIM_CORE_H2_STREAM_H
#define INTERIM_CORE_H2_STREAM_H

#include "core/h2_reader.h"
#include "core/interim_rule.h"

/* What is wrong with a message. Each is a malformed message or a stream error but for the last
 * group, which a receiver may let pass and an observer may want to know. */
enum h2_fault {
  H2_FAULT_NONE,
  H2_FAULT_STATUS_MISSING,
  H2_FAULT_STATUS_TWICE,
  H2_FAULT_STATUS_INVALID, /* not three digits, or outside 100 to 599 */
  H2_FAULT_STATUS_101,     /* section 8.6: 101 does not exist in HTTP/2 */
  H2_FAULT_PSEUDO_LATE,    /* behind a regular field */
  H2_FAULT_PSEUDO_UNKNOWN, /* unknown, of a request in a response, or the other way round */
  H2_FAULT_PSEUDO_TWICE,   /* of a request */
  H2_FAULT_PSEUDO_MISSING, /* of a request */
  H2_FAULT_PSEUDO_IN_TRAILERS,
  H2_FAULT_UPPER_CASE,       /* in a field name */
  H2_FAULT_FIELD_NAME,       /* not a token */
  H2_FAULT_FIELD_VALUE,      /* NUL, CR, LF, or blanks around it */
  H2_FAULT_CONNECTION_FIELD, /* Connection, Proxy-Connection, Keep-Alive, Transfer-Encoding,
                                Upgrade, and TE with anything but trailers */
  H2_FAULT_INTERIM_END_STREAM,
  H2_FAULT_DATA_BEFORE_FINAL, /* non-empty, or with END_STREAM; before a request's head too */
  H2_FAULT_TRAILERS_OPEN,     /* a header block behind the head and without END_STREAM, or in a
                                 tunnel */
  H2_FAULT_AFTER_END,         /* a frame behind END_STREAM or RST_STREAM of the sender */
  H2_FAULT_LENGTH,            /* the content is not as long as Content-Length says, and there may
                                 be some, or that is no number */
  H2_FAULT_RESPONSE_UNASKED,  /* a response on a stream without a request: its rule is idle */
  H2_FAULT_WINDOW_ZERO,       /* WINDOW_UPDATE by 0 */
  H2_FAULT_WINDOW_OVERFLOW,
  /* Not malformed by the text of RFC 9113. */
  H2_FAULT_EMPTY_DATA,     /* empty DATA without END_STREAM before the final response */
  H2_FAULT_INTERIM_LENGTH, /* Content-Length in an interim response (RFC 9110 section 8.6) */
  H2_FAULT_HEAD_CONTENT,   /* content in a response to HEAD (RFC 9110 section 9.3.2) */
  H2_FAULT_CODE_CONTENT,   /* content in a 204 or 304 (RFC 9110 sections 15.3.5 and 15.4.5) */
};

enum h2_block {
  H2_BLOCK_NONE,
  H2_BLOCK_REQUEST,
  H2_BLOCK_INTERIM,
  H2_BLOCK_FINAL,
  H2_BLOCK_TRAILERS,
};

enum h2_receiver {
  H2_READ_REQUEST,  /* a server reads a request */
  H2_READ_RESPONSE, /* a client reads interim responses and a final one */
};

struct h2_stream {
  uint32_t id;
  enum h2_receiver reads;
  bool to_head;    /* the request was HEAD: a final response has no content */
  bool to_connect; /* the request was CONNECT: behind a 2xx DATA is a tunnel */
  struct interim_rule rule;
  enum h2_block block; /* the last complete header block, or the one that is open */
  unsigned code;       /* of the last response head; 0 when its :status was not three digits */
  bool ended;          /* the sender sent END_STREAM */
  bool reset;          /* the sender sent RST_STREAM */
  bool head_done;      /* a request's or final response's head is complete */
  bool tunnel;         /* what comes now is no content */
  bool has_length;
  uint64_t length;   /* Content-Length */
  uint64_t received; /* content */
  /* Of the open header block. */
  enum h2_fault fault; /* the first one of it; one that makes it malformed goes first */
  unsigned pseudo;     /* which pseudo-header fields were there */
  bool regular;        /* a regular field was there */
  bool promise;        /* it is a PUSH_PROMISE's: a request for another stream */
  bool counted;        /* a Content-Length was there */
  bool bad_length;     /* it is no number, or there are two that differ */
  uint64_t count;      /* its value */
  bool connection;     /* a CONNECT request */
  bool web;            /* a request whose scheme is http or https */
  bool empty_path;
  /* Flow control of what the receiver itself sends on this stream, in bytes. */
  uint64_t granted; /* by the peer's WINDOW_UPDATE */
  uint64_t sent;
  bool sent_end;
};

/* h2_stream_init begins with nothing received. As the reader of a response it has an outstanding
 * request. */
void h2_stream_init(struct h2_stream *stream, uint32_t id, enum h2_receiver reads);

/* h2_stream_feed takes one event of this stream: the H2_GOT_FRAME of any type that names a stream,
 * H2_GOT_FIELD and H2_GOT_BLOCK_END. Returns what that breaks, a header block's faults with its
 * end: the first one.
 *
 * A response head is interim when its :status is 100 to 199, final otherwise: one without a valid
 * status is taken as a client would take it, for a 5xx (RFC 9110 section 15). Behind the final
 * response's head a block is trailers, but if it has a :status it is told by that, as interim or
 * final, with its code and H2_FAULT_PSEUDO_IN_TRAILERS. Nothing but WINDOW_UPDATE, PRIORITY,
 * RST_STREAM and unknown frames may come behind the end.
 *
 * The initial window is not known here: H2_FAULT_WINDOW_OVERFLOW is told when the window is too
 * large even if it was 0. */
enum h2_fault h2_stream_feed(struct h2_stream *stream, const struct h2_event *event);

/* h2_fault_text says in a few words what is wrong, h2_fault_section names the section of RFC 9113
 * that says so ("8.1"). Static. h2_fault_malformed tells the faults that make a message malformed
 * or are stream errors from the others; h2_fault_content is true of content where none may be,
 * which the text of RFC 9113 does not call malformed. */
const char *h2_fault_text(enum h2_fault fault);
const char *h2_fault_section(enum h2_fault fault);
bool h2_fault_malformed(enum h2_fault fault);
bool h2_fault_content(enum h2_fault fault);

#endif
