/* One stream of HTTP/2 as the events of its messages, the same that the HTTP/1.1 parsers give
 * (RFC 9113 section 8.1), so that whoever reads messages need not know the version.
 *
 * A request comes as H1_REQUEST with the method and :path (:authority for CONNECT), and its
 * :authority as a Host field; an interim response as H1_INTERIM, with H1_END at once; a final one
 * as H1_FINAL. All have minor 1, as the version that can carry interim responses. Framing is
 * H1_NO_CONTENT or H1_LENGTH, or H1_SWITCHED for a tunnel. A block without a usable status code
 * or method gives no events: its fault tells. */
#ifndef INTERIM_SCRIPT_TRANSLATE_H
#define INTERIM_SCRIPT_TRANSLATE_H

#include "base/arena.h"
#include "core/h1.h"
#include "core/h2_stream.h"

struct translate {
  struct h2_stream stream;
  struct arena arena; /* of the header block that is open */
  struct h2_field *fields;
  size_t num_fields;
  size_t cap_fields;
  bool open;         /* a request's or final response's head was given, and its end was not */
  struct bytes text; /* the frame, or whole header block, that was read last, for people */
  bool text_ready;   /* it is complete; the caller may take it and clear it with translate_told */
};

typedef void translate_emit(void *user, const struct h1_event *event);

/* translate_init begins a stream. */
void translate_init(struct translate *translate, uint32_t id, enum h2_receiver reads);

/* translate_feed takes an event of the stream and gives what it means to emit, which may be NULL.
 * Returns what the event breaks. */
enum h2_fault translate_feed(struct translate *translate, const struct h2_event *event,
                             translate_emit *emit, void *user);

/* translate_told clears the text. */
void translate_told(struct translate *translate);

/* translate_free frees what it holds. */
void translate_free(struct translate *translate);

#endif
