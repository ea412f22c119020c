/* What the HTTP/1.1 response parser and request parser share: events, limits, errors.
 *
 * Both parsers read a byte stream that the caller keeps in a growing window of contiguous memory.
 * They copy nothing and allocate nothing: an event names stream offsets and points into the window.
 * They may stop at any byte and go on when there is more, and give the same events however the
 * stream is cut, but for H1_CONTENT and H1_TUNNEL, which come in as many pieces as the bytes did.
 *
 * They are strict (RFC 9112, RFC 9110) and repair nothing. An error is told as soon as its byte is
 * in the window or, where the grammar of a line is broken by bytes that a line may hold, when the
 * line is complete. The field that makes the framing faulty is told as the error, not as a field.
 */
#ifndef INTERIM_CORE_H1_H
#define INTERIM_CORE_H1_H

#include "base/bytes.h"

enum h1_event_kind {
  H1_REQUEST,  /* name = method, value = request target, minor */
  H1_INTERIM,  /* a status line of 100 to 199: code, value = reason, minor */
  H1_FINAL,    /* a status line of 200 to 599: code, value = reason, minor */
  H1_FIELD,    /* name, value without OWS around it */
  H1_HEAD_END, /* framing, length; the empty line */
  H1_CONTENT,  /* value: content with chunked coding removed */
  H1_TRAILER,  /* name, value: a field of the trailer section */
  H1_END,      /* the message is complete; for an interim, 101 too, at once after H1_HEAD_END */
  H1_TUNNEL,   /* value: bytes after a 101, or after a 2xx to CONNECT; no HTTP */
} __attribute__((packed));

enum h1_framing {
  H1_NO_CONTENT,  /* 1xx, 204, 304, answers to HEAD, requests without framing fields */
  H1_LENGTH,      /* Content-Length */
  H1_CHUNKED,     /* Transfer-Encoding: chunked */
  H1_UNTIL_CLOSE, /* delimited by the end of the connection (RFC 9112 section 6.3 rule 8) */
  H1_SWITCHED,    /* 101, or 2xx to CONNECT (RFC 9112 section 6.3 rule 2) */
} __attribute__((packed));

/* A start line, a field line and the empty line count with their CRLF. H1_END has no bytes: offset
 * and end are where the message ended. */
struct h1_event {
  enum h1_event_kind kind;
  enum h1_framing framing;
  uint16_t code;   /* of the response that the event belongs to; 0 in requests */
  uint16_t minor;  /* of HTTP/1.minor, of the message that the event belongs to */
  uint64_t length; /* with H1_LENGTH */
  uint64_t offset; /* of the event's first byte in the stream */
  uint64_t end;    /* of the byte behind its last one */
  struct span name;
  struct span value;
};

enum h1_status {
  H1_MORE = 0,   /* the window holds no further event; feed more, or tell of the end */
  H1_EVENT = 1,  /* *out holds the next one */
  H1_ERROR = -1, /* the stream breaks the grammar or a limit; final, see parser->error */
};

enum h1_error_code {
  H1_OK,
  H1_BAD_START_LINE, /* no start line at all, or one that lacks a part */
  H1_BAD_VERSION,    /* not HTTP/1.DIGIT */
  H1_BAD_STATUS,     /* not three digits, or outside 100 to 599 */
  H1_BAD_REASON,     /* a control byte in it */
  H1_BAD_METHOD,
  H1_BAD_TARGET,
  H1_BAD_LINE_END,    /* a bare CR, or LF without CR */
  H1_BAD_FIELD_NAME,  /* no token, no colon at once behind it, or blanks before the first field */
  H1_BAD_FIELD_VALUE, /* a control byte in it */
  H1_OBS_FOLD,
  H1_BAD_CONTENT_LENGTH,
  H1_BAD_TRANSFER_ENCODING, /* of HTTP/1.0, ill-formed, or of a request and not ending in chunked */
  H1_LENGTH_AND_ENCODING,
  H1_BAD_CHUNK, /* its size line, or what should be the CRLF behind its data */
  H1_LINE_TOO_LONG,
  H1_HEAD_TOO_LARGE,
  H1_TOO_MANY_FIELDS,
  H1_NO_REQUEST, /* bytes of a response although no request is outstanding */
  H1_CUT,        /* the stream ended inside a message */
};

struct h1_error {
  enum h1_error_code code;
  uint64_t offset;    /* of the offending byte in the stream */
  const char *reason; /* static, a sentence without a full stop */
};

/* Limits in bytes, but for fields; each has its own error. */
struct h1_limits {
  size_t line;   /* one start line, field line or chunk-size line, without CRLF */
  size_t head;   /* one head, or one trailer section */
  size_t fields; /* field lines in one head, or one trailer section */
};

/* H1_LIMITS: 64 KiB lines, 256 KiB heads, 1,024 fields. */
extern const struct h1_limits h1_default_limits;

/* h1_error_name gives the error's stable name, as in event logs: "bad-field-name". Static. */
const char *h1_error_name(enum h1_error_code code);

/* h1_event_print appends the event as one line of text without a line end, for logs and the golden
 * corpus: "OFFSET-END KIND details", with the bytes escaped: 26-36 field Name "value". */
void h1_event_print(struct bytes *out, const struct h1_event *event);

/* h1_is_token tells whether the span is a token (RFC 9110 section 5.6.2). */
bool h1_is_token(struct span text);

/* h1_list_next cuts the next element off the front of a comma-separated list, without the OWS
 * around it. Empty elements are passed over; a comma inside a quoted string is part of its element.
 * False when none is left. */
bool h1_list_next(struct span *rest, struct span *element);

/* h1_list_has tells whether a comma-separated list (RFC 9110 section 5.6.1) holds the token,
 * compared without case; an element's parameters are not looked at. For Connection, Expect,
 * Transfer-Encoding. */
bool h1_list_has(struct span list, const char *token);

#endif
