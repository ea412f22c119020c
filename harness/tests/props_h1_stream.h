/* What must be true of any stream of responses, cheap enough to fuzz with: each function returns
 * NULL, or which property did not hold. props_h1.h has those that look at everything.
 *
 * Where a stream is cut, and what it answers, is taken from a hash of all its bytes: so a corpus is
 * plain wire bytes, and a small change of them tries another cut. */
#ifndef INTERIM_TESTS_PROPS_H1_STREAM_H
#define INTERIM_TESTS_PROPS_H1_STREAM_H

#include "tests/h1_again.h"

/* Cut, the same is read, and what was looked at is not looked at again. */
static inline const char *stream_same(const struct h1_reading *cut, uint64_t expected,
                                      const char *otherwise) {
  struct h1_digest seen = h1_digest_of(cut);
  if (seen.forgets) {
    return "bytes are looked at again";
  }
  return seen.sum == expected ? NULL : otherwise;
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
  return stream_same(&cut, expected, "another reading when cut in two");
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
  return stream_same(&cut, expected, "another reading when cut in pieces");
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

/* Whether the event is told in a line of plain text, whatever its bytes are. */
static inline void stream_tell(void *self, const struct h1_event *event) {
  static struct bytes line;
  bool *plain = self;
  line.len = 0;
  h1_event_print(&line, event);
  for (size_t i = 0; i < line.len; i++) {
    *plain = *plain && line.ptr[i] >= ' ' && line.ptr[i] <= '~';
  }
}

/* prop_stream_told: each event is told in plain text. */
static inline const char *prop_stream_told(const struct h1_reading *whole) {
  bool plain = true;
  struct h1_reading reading = *whole;
  reading.sink = stream_tell;
  reading.self = &plain;
  (void)h1_digest_of(&reading);
  return plain ? NULL : "an event is not told in plain text";
}

enum stream_prop {
  STREAM_HALVES,
  STREAM_PIECES,
  STREAM_INTERIM,
  STREAM_AGAIN,
  STREAM_TOLD,
  STREAM_PROPS,
};

/* prop_stream: one of these, with limits and a request that are taken from the bytes' hash. */
static inline const char *prop_stream(struct span wire, uint64_t hash, enum stream_prop prop) {
  static const enum h1_request_kind kinds[] = {H1_FOR_GET, H1_FOR_GET, H1_FOR_HEAD, H1_FOR_CONNECT};
  static const struct h1_limits small = {.line = 80, .head = 200, .fields = 4};
  bool is_small = (hash & 28) == 0;
  struct h1_reading whole = {
      .wire = wire, .limits = is_small ? small : h1_default_limits, .kind = kinds[hash % 4]};
  if (prop == STREAM_TOLD) {
    return prop_stream_told(&whole);
  }
  if (prop == STREAM_AGAIN) {
    /* What is written again may be a little longer. */
    return is_small ? NULL : h1_again_broken(&whole);
  }
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
  case STREAM_TOLD:
  case STREAM_PROPS:
    break;
  }
  return "no such property";
}

/* prop_stream_all: all of them. */
static inline const char *prop_stream_all(struct span wire) {
  uint64_t hash = hash_span(0, wire);
  const char *broken = NULL;
  for (unsigned prop = 0; prop < STREAM_PROPS && broken == NULL; prop++) {
    broken = prop_stream(wire, hash, (enum stream_prop)prop);
  }
  return broken;
}

/* prop_stream_one: one of them, which the bytes pick; the dear ones seldom. */
static inline const char *prop_stream_one(struct span wire) {
  uint64_t hash = hash_span(0, wire);
  uint64_t pick = hash >> 56;
  enum stream_prop prop = pick == 0   ? STREAM_TOLD
                          : pick < 16 ? STREAM_AGAIN
                                      : (enum stream_prop)(pick % STREAM_AGAIN);
  return prop_stream(wire, hash, prop);
}

#endif
