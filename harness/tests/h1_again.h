/* A stream of responses put together again from its events, and what it means. */
#ifndef INTERIM_TESTS_H1_AGAIN_H
#define INTERIM_TESTS_H1_AGAIN_H

#include "tests/h1_digest.h"

/* Content is written as it came; where it was chunked, each piece is a chunk. */
struct h1_again {
  struct bytes wire;
  struct bytes message; /* until its end is read */
  enum h1_framing framing;
  bool trailers;
  /* The events without their places and without what an incomplete message gave. */
  struct h1_digest digest;
  uint64_t complete; /* the digest at the last message's end */
};

static inline void again_number(struct bytes *out, uint64_t number, unsigned base) {
  uint8_t digits[sizeof("18446744073709551615")];
  size_t at = sizeof(digits);
  do {
    digits[--at] = (uint8_t) "0123456789ABCDEF"[number % base];
    number /= base;
  } while (number > 0);
  bytes_add(out, span_make(digits + at, sizeof(digits) - at));
}

static inline void again_head(struct bytes *out, const struct h1_event *event) {
  bytes_text(out, "HTTP/1.");
  again_number(out, event->minor, 10);
  bytes_text(out, " ");
  again_number(out, event->code, 10);
  bytes_text(out, " ");
  bytes_add(out, event->value);
  bytes_text(out, "\r\n");
}

static inline void again_field(struct bytes *out, const struct h1_event *event) {
  bytes_add(out, event->name);
  bytes_text(out, ":");
  bytes_add(out, event->value);
  bytes_text(out, " \r\n");
}

static inline void again_write(struct h1_again *again, const struct h1_event *event) {
  struct bytes *out = &again->message;
  bool chunked = again->framing == H1_CHUNKED;
  switch (event->kind) {
  case H1_REQUEST:
    return;
  case H1_INTERIM:
  case H1_FINAL:
    out->len = 0;
    again->framing = H1_NO_CONTENT;
    again->trailers = false;
    again_head(out, event);
    return;
  case H1_FIELD:
    again_field(out, event);
    return;
  case H1_HEAD_END:
    again->framing = event->framing;
    bytes_text(out, "\r\n");
    return;
  case H1_CONTENT:
    if (chunked) {
      again_number(out, event->value.len, 16);
      bytes_text(out, ";x=\"y\"\r\n");
    }
    bytes_add(out, event->value);
    bytes_text(out, chunked ? "\r\n" : "");
    return;
  case H1_TRAILER:
    bytes_text(out, again->trailers ? "" : "0\r\n");
    again->trailers = true;
    again_field(out, event);
    return;
  case H1_END:
    bytes_text(out, again->trailers ? "\r\n" : chunked ? "0\r\n\r\n" : "");
    bytes_add(&again->wire, bytes_span(out));
    out->len = 0;
    return;
  case H1_TUNNEL:
    bytes_add(&again->wire, event->value);
    return;
  }
}

static inline void again_mean(void *self, const struct h1_event *event) {
  static const struct h1_reading nothing = {.skip_to = UINT64_MAX, .by_bytes = true};
  struct h1_again *again = self;
  struct h1_event placeless = *event;
  placeless.offset = 0;
  placeless.end = 0;
  digest_event(&again->digest, &nothing, &placeless);
  again->digest.piece_end = 0;
  if (event->kind == H1_END) {
    again->complete = again->digest.sum;
  }
}

static inline void again_take(void *self, const struct h1_event *event) {
  again_write(self, event);
  again_mean(self, event);
}

/* h1_again_broken: the complete messages of a stream, written again from their events, mean the
 * same. NULL, or what did not hold. */
static inline const char *h1_again_broken(const struct h1_reading *whole) {
  static struct bytes wire;
  static struct bytes message;
  wire.len = 0;
  message.len = 0;
  struct h1_again first = {.wire = wire, .message = message, .digest = {.sum = 1}};
  struct h1_again again = {.digest = {.sum = 1}};
  struct h1_reading reading = *whole;
  reading.sink = again_take;
  reading.self = &first;
  (void)h1_digest_of(&reading);
  wire = first.wire;
  message = first.message;
  reading.wire = bytes_span(&wire);
  reading.sink = again_mean;
  reading.self = &again;
  (void)h1_digest_of(&reading);
  return again.complete == first.complete ? NULL : "another meaning when written again";
}

#endif
