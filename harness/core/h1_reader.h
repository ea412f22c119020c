/* What the response parser and the request parser are both made of: the place in the stream, lines,
 * fields, framing and content. Internal to core but for its size: use h1_response.h or
 * h1_request.h.
 *
 * Offsets are stream offsets throughout. A step either makes an event, or goes on to another state,
 * or needs more bytes, or fails; it takes bytes only when it is complete, so that it can be
 * repeated with a longer window. */
#ifndef INTERIM_CORE_H1_READER_H
#define INTERIM_CORE_H1_READER_H

#include "core/h1.h"
#include "core/h1_scan.h"

#include <assert.h>

enum h1_state {
  H1_READ_START,  /* before or in a start line */
  H1_READ_FIELDS, /* in a head, behind its start line */
  H1_READ_LENGTH, /* in content of known length */
  H1_READ_CHUNK_SIZE,
  H1_READ_CHUNK,     /* in a chunk's data */
  H1_READ_CHUNK_END, /* at the CRLF behind a chunk's data */
  H1_READ_TRAILERS,
  H1_READ_REST, /* in content that the end of the connection delimits */
  H1_READ_END,  /* H1_END is due */
  H1_READ_TUNNEL,
  H1_READ_FAILED,
};

enum h1_step {
  H1_STEP_MORE = H1_MORE,
  H1_STEP_EVENT = H1_EVENT,
  H1_STEP_ERROR = H1_ERROR,
  H1_STEP_ON = 2, /* no event, but the state changed or what was wanted is there */
};

struct h1_reader {
  uint64_t base; /* of the window's first byte */
  struct h1_error error;
  struct h1_limits limits;
  uint64_t start;   /* of the line or content being read; what is before it is done with */
  uint64_t end;     /* behind the last byte that was given */
  uint64_t section; /* where this head or trailer section began */
  uint64_t left;    /* bytes left of the content or chunk */
  uint64_t length;  /* value of Content-Length */
  struct h1_scan scan;
  size_t num_fields;
  enum h1_state state;
  enum h1_framing framing;
  uint16_t code;
  uint16_t minor;
  bool by_fields;    /* framing fields count in this head */
  bool has_length;   /* Content-Length was seen */
  bool has_coding;   /* Transfer-Encoding was seen */
  bool chunked;      /* chunked is among the codings */
  bool chunked_last; /* chunked is the last coding so far */
};

/* A line up to its CRLF, or up to the byte that no line may hold. */
struct h1_line {
  struct span text; /* HTAB, SP, VCHAR and obs-text only */
  size_t token;     /* the length of the token that it begins with */
  bool broken;      /* what stands behind the text is no CRLF */
  uint8_t stop;     /* the byte behind the text */
};

/* h1_line_is_field: a field line is a token, a colon at once behind it, and the value (RFC 9112
 * section 5). */
static inline bool h1_line_is_field(const struct h1_line *line) {
  return line->token > 0 && line->token < line->text.len && line->text.ptr[line->token] == ':';
}

/* h1_value returns the field value between the colon and the end of the line's text, without the
 * OWS around it: most often one SP, in front. A byte that is no blank stands behind the text. */
static inline struct span h1_value(const uint8_t *first, const uint8_t *end) {
  if (first[0] == ' ' && first[1] > ' ' && end[-1] > ' ') {
    return span_make(first + 1, (size_t)(end - first - 1));
  }
  while (first < end && h1_is_blank(first[0])) {
    first++;
  }
  while (first < end && h1_is_blank(end[-1])) {
    end--;
  }
  return span_make(first, (size_t)(end - first));
}

/* What is wrong with a line; code is H1_OK when nothing is. */
struct h1_fault {
  enum h1_error_code code;
  size_t index; /* of the offending byte in the line */
  const char *reason;
};

/* h1_reader_init begins at stream offset 0, before a message. */
void h1_reader_init(struct h1_reader *reader, const struct h1_limits *limits);

/* h1_reader_section makes ready for a head or trailer section: limits are counted from its first
 * byte. */
static inline void h1_reader_section(struct h1_reader *reader, uint64_t first) {
  reader->section = first;
  reader->num_fields = 0;
}

/* h1_reader_bound returns the end of the last byte that a line may have, by the limit of heads and
 * trailer sections. */
static inline uint64_t h1_reader_bound(const struct h1_reader *reader) {
  return reader->state == H1_READ_CHUNK_SIZE ? UINT64_MAX : reader->section + reader->limits.head;
}

/* h1_reader_begin makes ready for the next message. */
static inline void h1_reader_begin(struct h1_reader *reader, uint64_t first) {
  reader->state = H1_READ_START;
  h1_reader_section(reader, first);
}

/* h1_reader_by_fields makes framing fields count in the present head. */
static inline void h1_reader_by_fields(struct h1_reader *reader) {
  reader->by_fields = true;
  reader->has_length = false;
  reader->has_coding = false;
  reader->chunked = false;
  reader->chunked_last = false;
}

/* h1_reader_skip takes the bytes up to a place without an event. */
static inline void h1_reader_skip(struct h1_reader *reader, uint64_t end) {
  reader->start = end;
  h1_scan_begin(&reader->scan, end);
}

/* h1_reader_take notes how far the window reaches. */
static inline void h1_reader_take(struct h1_reader *reader, struct span window) {
  assert(reader->base + window.len >= reader->end);
  reader->end = reader->base + window.len;
}

/* h1_reader_drop tells that the window now begins n bytes later. */
void h1_reader_drop(struct h1_reader *reader, size_t n);

/* h1_reader_finish tells that the stream ended: H1_MORE where a message may begin and in a tunnel,
 * H1_ERROR everywhere else. */
enum h1_status h1_reader_finish(struct h1_reader *reader);

/* h1_reader_fail ends the stream with an error. Always H1_STEP_ERROR. */
enum h1_step h1_reader_fail(struct h1_reader *reader, enum h1_error_code code, uint64_t offset,
                            const char *reason);

/* h1_reader_line finds the line that begins at start: H1_STEP_ON, and the line, or an error when it
 * passes a limit. It takes nothing. */
enum h1_step h1_reader_line(struct h1_reader *reader, struct span window, struct h1_line *line);

/* h1_reader_blame says which of a line's faults comes first: what its parser found in the text, or
 * the byte that broke the line, which is a fault of kind tail unless it is CR or LF. */
enum h1_step h1_reader_blame(struct h1_reader *reader, const struct h1_line *line,
                             struct h1_fault fault, enum h1_error_code tail);

/* h1_reader_check is h1_reader_blame if there is a fault, else H1_STEP_ON. */
static inline enum h1_step h1_reader_check(struct h1_reader *reader, const struct h1_line *line,
                                           struct h1_fault fault, enum h1_error_code tail) {
  if (fault.code == H1_OK && !line->broken) {
    return H1_STEP_ON;
  }
  return h1_reader_blame(reader, line, fault, tail);
}

/* h1_reader_event fills in an event for the bytes from start to end and takes them. Always
 * H1_STEP_EVENT. */
static inline enum h1_step h1_reader_event(struct h1_reader *reader, enum h1_event_kind kind,
                                           uint64_t end, struct h1_event *out) {
  *out = (struct h1_event){.kind = kind,
                           .offset = reader->start,
                           .end = end,
                           .code = reader->code,
                           .minor = reader->minor};
  h1_reader_skip(reader, end);
  return H1_STEP_EVENT;
}

/* h1_reader_line_event is h1_reader_event for the line that h1_reader_line found, CRLF included. */
static inline enum h1_step h1_reader_line_event(struct h1_reader *reader, enum h1_event_kind kind,
                                                struct h1_event *out) {
  return h1_reader_event(reader, kind, reader->scan.at + 2, out);
}

/* h1_reader_field reads one field line of a head or trailer section, notes what it says about the
 * framing, and gives it as an event of that kind. H1_STEP_ON at the empty line, which it leaves. */
enum h1_step h1_reader_field(struct h1_reader *reader, struct span window, enum h1_event_kind kind,
                             struct h1_event *out);

/* Eight bytes of a token with the case of its letters gone: of all tchars, only letters differ in
 * that bit alone. */
static inline uint64_t h1_folded(const void *token) {
  uint64_t bytes = 0;
  memcpy(&bytes, token, sizeof(bytes));
  return bytes | UINT64_C(0x2020202020202020);
}

static inline bool h1_is_content_length(struct span name) {
  return name.len == strlen("content-length") && h1_folded(name.ptr) == h1_folded("content-") &&
         h1_folded(name.ptr + 6) == h1_folded("t-length");
}

static inline bool h1_is_transfer_encoding(struct span name) {
  return name.len == strlen("transfer-encoding") && h1_folded(name.ptr) == h1_folded("transfer") &&
         h1_folded(name.ptr + 8) == h1_folded("-encodin") &&
         h1_folded(name.ptr + 9) == h1_folded("encoding");
}

/* h1_reader_frame notes what a field line says about the framing, if that counts in this head. */
struct h1_fault h1_reader_frame(struct h1_reader *reader, const struct h1_line *line,
                                struct span value);

static inline enum h1_state h1_state_after_head(const struct h1_reader *reader) {
  switch (reader->framing) {
  case H1_LENGTH:
    return reader->length > 0 ? H1_READ_LENGTH : H1_READ_END;
  case H1_CHUNKED:
    return H1_READ_CHUNK_SIZE;
  case H1_UNTIL_CLOSE:
    return H1_READ_REST;
  case H1_NO_CONTENT:
  case H1_SWITCHED:
    return H1_READ_END;
  }
  return H1_READ_END;
}

/* h1_reader_framed goes on behind a head as reader->framing says. */
static inline void h1_reader_framed(struct h1_reader *reader, struct h1_event *head_end) {
  head_end->framing = reader->framing;
  reader->by_fields = false;
  reader->state = h1_state_after_head(reader);
  if (reader->framing == H1_LENGTH) {
    head_end->length = reader->length;
    reader->left = reader->length;
  }
}

/* h1_reader_content steps through the states behind a head up to the next event, or to H1_READ_END,
 * for which it gives H1_STEP_ON. */
enum h1_step h1_reader_content(struct h1_reader *reader, struct span window, struct h1_event *out);

/* h1_version_check looks for "HTTP/1.DIGIT" at an index of a start line and gives the digit. */
struct h1_fault h1_version_check(struct span text, size_t index, uint16_t *out_minor);

/* The length of "HTTP/1.1". */
enum { H1_VERSION_LEN = 8 };

#endif
