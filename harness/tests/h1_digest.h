/* Reads a stream of responses and boils its events down to a number, quickly: for properties that
 * compare two readings of a stream. What h1_replay.h checks on the way is not checked here. */
#ifndef INTERIM_TESTS_H1_DIGEST_H
#define INTERIM_TESTS_H1_DIGEST_H

#include "base/bytes.h"
#include "core/h1_response.h"
#include "core/interim_rule.h"
#include "tests/hash.h"

enum { DIGEST_EVENTS = 8, DIGEST_REQUESTS = 3 };

#define DIGEST_FACTOR_1 UINT64_C(0xbf58476d1ce4e5b9)
#define DIGEST_FACTOR_2 UINT64_C(0x94d049bb133111eb)
#define DIGEST_FACTOR_3 UINT64_C(0xd6e8feb86659fd93)

/* One reading of a stream. */
struct h1_reading {
  struct span wire;
  struct h1_limits limits;
  enum h1_request_kind kind; /* of the first of DIGEST_REQUESTS requests; GET the others */
  size_t scanner;            /* of h1_scanner_at */
  size_t first;              /* bytes of the first read; 0: all */
  size_t size;               /* bytes of each further one; 0: all that is left */
  size_t num_sized;          /* after so many of them, all that is left at once; 0: never */
  bool one_by_one;           /* ask for one event at a time, and drop what is read */
  uint64_t skip_from;        /* events in these bytes are left out, offsets behind them are moved */
  uint64_t skip_to;
  bool by_bytes; /* compare what the spans hold, not where they are */
  void (*sink)(void *self, const struct h1_event *event); /* gets each event; may be NULL */
  void *self;
};

struct h1_digest {
  uint64_t sum;
  uint64_t piece_end; /* of the content that is being read; 0 when none is */
  uint64_t finals;    /* heads of final responses that were read */
  uint64_t interims;
  uint64_t final_at; /* where the last of them began */
  uint64_t end;      /* where the last complete message ended */
  struct h1_error error;
  struct span window; /* what is read now, and its offset in the stream */
  uint64_t base;
  bool outside; /* a span was not inside its event */
  bool forgets; /* more than a CR would be looked at again: the cost would not be linear */
};

static inline void digest_mix(struct h1_digest *digest, uint64_t value) {
  digest->sum = (digest->sum ^ value) * UINT64_C(0x9e3779b97f4a7c15);
  digest->sum ^= digest->sum >> 29;
}

/* Content, so that its pieces do not matter. */
static inline void digest_content(struct h1_digest *digest, struct span bytes) {
  for (size_t i = 0; i < bytes.len; i++) {
    digest->sum = (digest->sum ^ bytes.ptr[i]) * UINT64_C(0x100000001b3);
  }
}

static inline uint64_t digest_offset(const struct h1_reading *reading, uint64_t offset) {
  return offset >= reading->skip_to ? offset - (reading->skip_to - reading->skip_from) : offset;
}

/* Where a span is says what is in it. */
static inline uint64_t digest_span(struct h1_digest *digest, const struct h1_reading *reading,
                                   const struct h1_event *event, struct span text) {
  if (reading->by_bytes) {
    return hash_span(0, text);
  }
  if (text.len == 0) {
    return 0;
  }
  uint64_t offset = digest->base + (uint64_t)(text.ptr - digest->window.ptr);
  digest->outside = digest->outside || offset < event->offset || offset + text.len > event->end;
  return digest_offset(reading, offset) << 32 ^ text.len;
}

static inline void digest_piece_ends(struct h1_digest *digest) {
  if (digest->piece_end != 0) {
    digest_mix(digest, digest->piece_end);
    digest->piece_end = 0;
  }
}

static inline void digest_event(struct h1_digest *digest, const struct h1_reading *reading,
                                const struct h1_event *event) {
  uint64_t offset = digest_offset(reading, event->offset);
  uint64_t end = digest_offset(reading, event->end);
  bool piece = event->kind == H1_CONTENT || event->kind == H1_TUNNEL;
  if (!piece || digest->piece_end != offset) {
    digest_piece_ends(digest);
    digest_mix(digest, offset * DIGEST_FACTOR_1 + ((uint64_t)event->kind << 32 |
                                                   (uint64_t)event->code << 8 | event->minor));
  }
  if (piece) {
    if (reading->by_bytes) {
      digest_content(digest, event->value);
    }
    digest->outside = digest->outside || event->value.len != event->end - event->offset;
    digest->piece_end = end;
    return;
  }
  /* One number of several first, by factors that have nothing to do with each other. */
  digest_mix(digest, end + ((uint64_t)event->framing << 60 ^ event->length) * DIGEST_FACTOR_1 +
                         digest_span(digest, reading, event, event->name) * DIGEST_FACTOR_2 +
                         digest_span(digest, reading, event, event->value) * DIGEST_FACTOR_3);
}

static inline void digest_take(struct h1_digest *digest, const struct h1_reading *reading,
                               const struct h1_event *event) {
  if (reading->sink != NULL) {
    reading->sink(reading->self, event);
  }
  if (event->kind == H1_FINAL) {
    digest->finals++;
    digest->final_at = event->offset;
  }
  digest->interims += event->kind == H1_INTERIM;
  digest->end = event->kind == H1_END ? event->end : digest->end;
  /* An end has no bytes: it belongs to what is before it. */
  uint64_t place = event->kind == H1_END ? event->end - 1 : event->offset;
  if (place >= reading->skip_from && place < reading->skip_to) {
    return;
  }
  digest_event(digest, reading, event);
}

static inline enum h1_status digest_window(struct h1_digest *digest,
                                           const struct h1_reading *reading,
                                           struct h1_response *parser, struct span window) {
  struct h1_event events[DIGEST_EVENTS];
  enum h1_status status = H1_EVENT;
  while (status == H1_EVENT) {
    size_t max = reading->one_by_one ? 1 : DIGEST_EVENTS;
    size_t num = h1_response_read(parser, window, events, max, &status);
    for (size_t i = 0; i < num; i++) {
      digest_take(digest, reading, &events[i]);
    }
  }
  return status;
}

/* How far the parser has looked, as an offset in the stream. */
static inline uint64_t digest_looked(const struct h1_response *parser) {
  uint64_t start = parser->reader.start;
  return parser->reader.scan.at > start ? parser->reader.scan.at : start;
}

/* h1_digest_of reads the stream and its end. */
static inline struct h1_digest h1_digest_of(const struct h1_reading *reading) {
  struct h1_digest digest = {.sum = 1};
  struct h1_response parser;
  h1_response_init(&parser, &reading->limits);
  parser.reader.scan.scanner = h1_scanner_at(reading->scanner);
  for (unsigned i = 0; i < DIGEST_REQUESTS; i++) {
    (void)h1_response_request(&parser, i == 0 ? reading->kind : H1_FOR_GET);
  }
  size_t given = reading->first == 0 ? reading->wire.len : reading->first;
  size_t size = reading->size == 0 ? reading->wire.len : reading->size;
  size_t num_reads = 0;
  enum h1_status status = H1_MORE;
  size_t base = 0;
  while (status == H1_MORE) {
    given = given < reading->wire.len ? given : reading->wire.len;
    struct span whole = span_make(reading->wire.ptr, given);
    digest.window = span_skip(whole, base);
    digest.base = base;
    status = digest_window(&digest, reading, &parser, digest.window);
    digest.forgets = digest.forgets || (status == H1_MORE && digest_looked(&parser) + 1 < given);
    if (given == reading->wire.len) {
      break;
    }
    if (reading->one_by_one && status == H1_MORE) {
      size_t keep = (size_t)h1_response_keep(&parser);
      h1_response_drop(&parser, keep - base);
      base = keep;
    }
    bool sized = reading->num_sized == 0 || num_reads++ < reading->num_sized;
    given += sized ? size : reading->wire.len;
  }
  struct h1_event event;
  if (status == H1_MORE) {
    status = h1_response_finish(&parser, &event);
    if (status == H1_EVENT) {
      digest_take(&digest, reading, &event);
    }
  }
  digest_piece_ends(&digest);
  digest.error = parser.error;
  if (status == H1_ERROR) {
    digest_mix(&digest, digest_offset(reading, parser.error.offset));
    digest_mix(&digest, parser.error.code);
  }
  return digest;
}

#endif
