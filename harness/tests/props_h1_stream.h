/* What must be true of any stream of responses, cheap enough to fuzz with: each function returns
 * NULL, or which property did not hold. props_h1.h has those that look at everything. */
#ifndef INTERIM_TESTS_PROPS_H1_STREAM_H
#define INTERIM_TESTS_PROPS_H1_STREAM_H

#include "tests/h1_digest.h"
#include "tests/hash.h"

/* Where a stream is cut, and what it answers, is taken from all of its bytes: so a corpus is plain
 * wire bytes, and a small change of them tries another cut. */
static inline uint64_t stream_hash(struct span wire) {
  return hash_span(0, wire);
}

/* prop_stream_halves: cut in two, one event at a time, and windows dropped, the same is read. */
static inline const char *prop_stream_halves(const struct h1_reading *whole, uint64_t hash,
                                             uint64_t expected) {
  struct h1_reading cut = *whole;
  if (cut.wire.len < 2) {
    return NULL;
  }
  cut.first = 1 + (size_t)(hash >> 8) % (cut.wire.len - 1);
  cut.one_by_one = true;
  return h1_digest_of(&cut).sum == expected ? NULL : "another reading when cut in two";
}

/* prop_stream_pieces: cut in small pieces somewhere, with another scanner, the same is read. */
static inline const char *prop_stream_pieces(const struct h1_reading *whole, uint64_t hash,
                                             uint64_t expected) {
  struct h1_reading cut = *whole;
  cut.first = 1 + (size_t)(hash >> 16) % (cut.wire.len + 1);
  cut.size = 1 + (size_t)(hash >> 40) % 67;
  cut.num_sized = 8;
  cut.scanner = 1 + (size_t)(hash >> 48) % 2;
  while (h1_scanner_at(cut.scanner) == NULL) {
    cut.scanner--;
  }
  return h1_digest_of(&cut).sum == expected ? NULL : "another reading when cut in pieces";
}

static const char *const stream_interims[] = {
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 102 Processing\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload; as=style\r\n\r\n",
    "HTTP/1.1 104 Upload Resumption Supported\r\nContent-Length: 7\r\n\r\n",
    "HTTP/1.1 199 \r\nTransfer-Encoding: chunked\r\nContent-Length: x\r\n\r\n",
    "HTTP/1.0 150 Early\r\nConnection: close\r\n\r\n",
};

/* prop_stream_interim: an interim head before the last final head changes nothing about that final,
 * whatever code and fields it has, and costs no request. */
static inline const char *prop_stream_interim(const struct h1_reading *whole, uint64_t hash,
                                              const struct h1_digest *expected) {
  static uint8_t longer[1 << 16];
  const char *text = stream_interims[hash % (sizeof(stream_interims) / sizeof(*stream_interims))];
  struct span head = span_of(text);
  size_t at = (size_t)expected->final_at;
  if (expected->finals == 0 || whole->wire.len + head.len > sizeof(longer)) {
    return NULL;
  }
  memcpy(longer, whole->wire.ptr, at);
  memcpy(longer + at, head.ptr, head.len);
  memcpy(longer + at + head.len, whole->wire.ptr + at, whole->wire.len - at);
  struct h1_reading with = *whole;
  with.wire = span_make(longer, whole->wire.len + head.len);
  with.skip_from = at;
  with.skip_to = at + head.len;
  struct h1_digest seen = h1_digest_of(&with);
  if (seen.interims != expected->interims + 1 || seen.finals != expected->finals) {
    return "an interim response that was added was not read as one";
  }
  return seen.sum == expected->sum ? NULL : "an interim response changed what is behind it";
}

/* A stream put together again from its events. Content is written as it came; where it was chunked,
 * each piece is a chunk. */
struct stream_writer {
  struct bytes wire;
  struct bytes message; /* until its end is read */
  enum h1_framing framing;
  bool trailers;
};

static inline void stream_write_head(struct bytes *out, const struct h1_event *event) {
  bytes_printf(out, "HTTP/1.%u %u ", event->minor, event->code);
  bytes_add(out, event->value);
  bytes_text(out, "\r\n");
}

static inline void stream_write_field(struct bytes *out, const struct h1_event *event) {
  bytes_add(out, event->name);
  bytes_text(out, ":");
  bytes_add(out, event->value);
  bytes_text(out, " \r\n");
}

static inline void stream_write(void *self, const struct h1_event *event) {
  struct stream_writer *writer = self;
  struct bytes *out = &writer->message;
  bool chunked = writer->framing == H1_CHUNKED;
  switch (event->kind) {
  case H1_REQUEST:
    return;
  case H1_INTERIM:
  case H1_FINAL:
    out->len = 0;
    writer->framing = H1_NO_CONTENT;
    writer->trailers = false;
    stream_write_head(out, event);
    return;
  case H1_FIELD:
    stream_write_field(out, event);
    return;
  case H1_HEAD_END:
    writer->framing = event->framing;
    bytes_text(out, "\r\n");
    return;
  case H1_CONTENT:
    if (chunked) {
      bytes_printf(out, "%zX;x=\"y\"\r\n", event->value.len);
    }
    bytes_add(out, event->value);
    bytes_text(out, chunked ? "\r\n" : "");
    return;
  case H1_TRAILER:
    bytes_text(out, writer->trailers ? "" : "0\r\n");
    writer->trailers = true;
    stream_write_field(out, event);
    return;
  case H1_END:
    bytes_text(out, writer->trailers ? "\r\n" : chunked ? "0\r\n\r\n" : "");
    bytes_add(&writer->wire, bytes_span(out));
    out->len = 0;
    return;
  case H1_TUNNEL:
    bytes_add(&writer->wire, event->value);
    return;
  }
}

/* The events without their places and without what an incomplete message gave. */
struct stream_meaning {
  struct h1_digest digest;
  uint64_t complete; /* the digest at the last message's end */
  bool no_text;      /* an event could not be told in plain text */
};

/* Whether the event is told in a line of plain text, whatever its bytes are. */
static inline bool stream_is_text(const struct h1_event *event) {
  static struct bytes line;
  line.len = 0;
  h1_event_print(&line, event);
  for (size_t i = 0; i < line.len; i++) {
    if (line.ptr[i] < ' ' || line.ptr[i] > '~') {
      return false;
    }
  }
  return true;
}

static inline void stream_mean(void *self, const struct h1_event *event) {
  static const struct h1_reading nothing = {.skip_to = UINT64_MAX, .by_bytes = true};
  struct stream_meaning *meaning = self;
  struct h1_event placeless = *event;
  placeless.offset = 0;
  placeless.end = 0;
  digest_event(&meaning->digest, &nothing, &placeless);
  meaning->digest.piece_end = 0;
  meaning->no_text = meaning->no_text || !stream_is_text(event);
  if (event->kind == H1_END) {
    meaning->complete = meaning->digest.sum;
  }
}

/* prop_stream_again: the complete messages of a stream, written again from their events, mean the
 * same. */
static inline const char *prop_stream_again(const struct h1_reading *whole) {
  struct stream_meaning meaning = {.digest = {.sum = 1}};
  struct stream_meaning again = {.digest = {.sum = 1}};
  struct stream_writer writer = {.framing = H1_NO_CONTENT};
  struct h1_reading reading = *whole;
  reading.sink = stream_mean;
  reading.self = &meaning;
  (void)h1_digest_of(&reading);
  reading.sink = stream_write;
  reading.self = &writer;
  (void)h1_digest_of(&reading);
  reading.wire = bytes_span(&writer.wire);
  reading.sink = stream_mean;
  reading.self = &again;
  (void)h1_digest_of(&reading);
  bytes_free(&writer.wire);
  bytes_free(&writer.message);
  if (meaning.no_text) {
    return "an event is not told in plain text";
  }
  return again.complete == meaning.complete ? NULL : "another meaning when written again";
}

enum stream_prop { STREAM_HALVES, STREAM_PIECES, STREAM_INTERIM, STREAM_AGAIN, STREAM_PROPS };

/* prop_stream: one of these, with limits and a request that are taken from the bytes. */
static inline const char *prop_stream(struct span wire, enum stream_prop prop) {
  static const enum h1_request_kind kinds[] = {H1_FOR_GET, H1_FOR_GET, H1_FOR_HEAD, H1_FOR_CONNECT};
  static const struct h1_limits small = {.line = 80, .head = 200, .fields = 4};
  uint64_t hash = stream_hash(wire);
  bool is_small = (hash & 28) == 0;
  struct h1_reading whole = {
      .wire = wire, .limits = is_small ? small : h1_default_limits, .kind = kinds[hash % 4]};
  struct h1_digest digest = h1_digest_of(&whole);
  if (digest.outside) {
    return "a span outside its event";
  }
  switch (prop) {
  case STREAM_HALVES:
    return prop_stream_halves(&whole, hash, digest.sum);
  case STREAM_PIECES:
    return prop_stream_pieces(&whole, hash, digest.sum);
  case STREAM_INTERIM:
    return prop_stream_interim(&whole, hash >> 5, &digest);
  case STREAM_AGAIN:
    /* What is written again may be a little longer. */
    return is_small ? NULL : prop_stream_again(&whole);
  case STREAM_PROPS:
    break;
  }
  return "no such property";
}

/* prop_stream_all: all of them. */
static inline const char *prop_stream_all(struct span wire) {
  const char *broken = NULL;
  for (unsigned prop = 0; prop < STREAM_PROPS && broken == NULL; prop++) {
    broken = prop_stream(wire, (enum stream_prop)prop);
  }
  return broken;
}

/* prop_stream_one: one of them, which the bytes pick; the dear one seldom. */
static inline const char *prop_stream_one(struct span wire) {
  uint64_t pick = stream_hash(wire) >> 56;
  return prop_stream(wire, pick < 16 ? STREAM_AGAIN : (enum stream_prop)(pick % STREAM_AGAIN));
}

#endif
