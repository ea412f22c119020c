/* Replays a stream of HTTP/1.1 bytes into one of the parsers, cut as the caller likes, and writes
 * down what it gives: one line an event, as in corpus/h1. On the way it holds the parser to what
 * must be true of any stream; props_h1.h builds on that. */
#ifndef INTERIM_TESTS_H1_REPLAY_H
#define INTERIM_TESTS_H1_REPLAY_H

#include "base/escape.h"
#include "core/h1_request.h"
#include "core/h1_response.h"
#include "core/interim_rule.h"
#include "tests/guard.h"

#include <inttypes.h>

/* What is replayed. */
struct h1_stream {
  struct span wire;
  bool of_requests; /* parse requests, not responses */
  struct h1_limits limits;
  enum h1_request_kind requests[H1_MAX_OUTSTANDING]; /* outstanding from the start */
  size_t num_requests;
  size_t scanner; /* of h1_scanner_at; what reads with another one must read the same */
};

/* How the stream is cut into reads. */
struct h1_cuts {
  size_t first; /* bytes of the first read; 0: as the others */
  size_t size;  /* bytes of each further read; 0: all that is left */
  bool drop;    /* drop what the parser no longer needs after each read */
};

/* Where the stream may be in the grammar "*interim final" of each request. */
enum replay_part { REPLAY_BETWEEN, REPLAY_HEAD, REPLAY_BODY, REPLAY_SWITCHED, REPLAY_CLOSED };

struct h1_replay {
  const struct h1_stream *stream;
  struct h1_response response;
  struct h1_request request;
  struct bytes *log;
  struct h1_event piece; /* content that is still being put together */
  struct bytes piece_bytes;
  bool piece_open;
  enum replay_part part;
  enum h1_framing framing;
  bool interim;
  struct interim_rule rule;
  uint64_t last_end;
  uint64_t num_events;
  const char *broken; /* the first property that did not hold; static */
};

static inline void replay_expect(struct h1_replay *replay, bool holds, const char *property) {
  if (!holds && replay->broken == NULL) {
    replay->broken = property;
  }
}

static inline void replay_flush(struct h1_replay *replay) {
  if (replay->piece_open) {
    replay->piece.value = bytes_span(&replay->piece_bytes);
    h1_event_print(replay->log, &replay->piece);
    bytes_text(replay->log, "\n");
    replay->piece_bytes.len = 0;
    replay->piece_open = false;
  }
}

/* Pieces of content that touch are written as one, so that the log does not depend on the cuts. */
static inline void replay_log(struct h1_replay *replay, const struct h1_event *event) {
  bool piece = event->kind == H1_CONTENT || event->kind == H1_TUNNEL;
  if (!piece || !replay->piece_open || replay->piece.end != event->offset) {
    replay_flush(replay);
  }
  if (!piece) {
    h1_event_print(replay->log, event);
    bytes_text(replay->log, "\n");
    return;
  }
  if (!replay->piece_open) {
    replay->piece = *event;
    replay->piece_open = true;
  }
  replay->piece.end = event->end;
  bytes_add(&replay->piece_bytes, event->value);
}

static inline bool replay_inside(struct span part, struct span window, uint64_t base,
                                 const struct h1_event *event) {
  if (part.len == 0) {
    return true;
  }
  if (part.ptr < window.ptr || part.ptr + part.len > window.ptr + window.len) {
    return false;
  }
  uint64_t offset = base + (uint64_t)(part.ptr - window.ptr);
  return offset >= event->offset && offset + part.len <= event->end;
}

static inline void replay_rule(struct h1_replay *replay, enum rule_event event) {
  enum rule_breach breach = interim_rule_feed(&replay->rule, event);
  replay_expect(replay,
                breach == RULE_OK || breach == RULE_UNSOLICITED_INTERIM ||
                    breach == RULE_UNSOLICITED_FINAL,
                "a response inside another");
}

static inline void replay_start(struct h1_replay *replay, const struct h1_event *event) {
  replay_expect(replay, replay->part == REPLAY_BETWEEN, "a start line inside a message");
  replay_expect(replay, (event->kind == H1_REQUEST) == replay->stream->of_requests,
                "a message of the other kind");
  replay->interim = event->kind == H1_INTERIM;
  if (event->kind != H1_REQUEST) {
    replay_expect(replay,
                  replay->interim ? status_is_interim(event->code) : status_is_final(event->code),
                  "a status code of the other class");
  }
  replay->part = REPLAY_HEAD;
}

static inline void replay_head_end(struct h1_replay *replay, const struct h1_event *event) {
  replay_expect(replay, replay->part == REPLAY_HEAD, "the end of a head outside a head");
  replay_expect(replay,
                !replay->interim ||
                    event->framing == (event->code == 101 ? H1_SWITCHED : H1_NO_CONTENT),
                "an interim response with content");
  replay->framing = event->framing;
  replay->part = REPLAY_BODY;
  if (!replay->stream->of_requests) {
    replay_rule(replay, event->framing == H1_SWITCHED ? RULE_SWITCH
                        : replay->interim             ? RULE_INTERIM
                                                      : RULE_FINAL_HEAD);
  }
}

static inline void replay_end(struct h1_replay *replay, const struct h1_event *event) {
  replay_expect(replay, replay->part == REPLAY_BODY, "the end of a message outside a message");
  replay_expect(replay, event->offset == event->end, "bytes in the end of a message");
  bool switched =
      replay->stream->of_requests ? replay->request.switches : replay->framing == H1_SWITCHED;
  replay->part = switched ? REPLAY_SWITCHED : REPLAY_BETWEEN;
  if (!replay->stream->of_requests && !replay->interim) {
    replay_rule(replay, RULE_FINAL_END);
  }
}

static inline void replay_order(struct h1_replay *replay, const struct h1_event *event) {
  switch (event->kind) {
  case H1_REQUEST:
  case H1_INTERIM:
  case H1_FINAL:
    replay_start(replay, event);
    return;
  case H1_FIELD:
    replay_expect(replay, replay->part == REPLAY_HEAD, "a field outside a head");
    return;
  case H1_HEAD_END:
    replay_head_end(replay, event);
    return;
  case H1_CONTENT:
    replay_expect(replay, replay->part == REPLAY_BODY && !replay->interim,
                  "content outside a final response or request");
    replay_expect(replay, replay->framing != H1_NO_CONTENT && replay->framing != H1_SWITCHED,
                  "content where there is none");
    return;
  case H1_TRAILER:
    replay_expect(replay, replay->part == REPLAY_BODY && replay->framing == H1_CHUNKED,
                  "a trailer without chunks");
    return;
  case H1_END:
    replay_end(replay, event);
    return;
  case H1_TUNNEL:
    replay_expect(replay, replay->part == REPLAY_SWITCHED, "tunnelled bytes without a switch");
    return;
  }
}

static inline void replay_take(struct h1_replay *replay, struct span window, uint64_t base,
                               const struct h1_event *event) {
  replay_expect(replay, event->offset >= replay->last_end, "events overlap");
  replay_expect(replay, event->offset <= event->end, "an event ends before it begins");
  replay_expect(replay, event->offset >= base, "an event begins before the window");
  replay_expect(replay, event->end <= base + window.len, "an event ends behind the window");
  replay_expect(replay, replay_inside(event->name, window, base, event), "a name elsewhere");
  replay_expect(replay, replay_inside(event->value, window, base, event), "a value elsewhere");
  replay_expect(replay, ++replay->num_events <= 4 * replay->stream->wire.len + 4,
                "more events than bytes can make");
  replay->last_end = event->end;
  replay_order(replay, event);
  replay_log(replay, event);
}

static inline const struct h1_error *replay_error(const struct h1_replay *replay) {
  return replay->stream->of_requests ? &replay->request.error : &replay->response.error;
}

static inline enum h1_status replay_next(struct h1_replay *replay, struct span window,
                                         struct h1_event *out) {
  return replay->stream->of_requests ? h1_request_next(&replay->request, window, out)
                                     : h1_response_next(&replay->response, window, out);
}

static inline enum h1_status replay_finish(struct h1_replay *replay, struct h1_event *out) {
  return replay->stream->of_requests ? h1_request_finish(&replay->request, out)
                                     : h1_response_finish(&replay->response, out);
}

static inline uint64_t replay_keep(const struct h1_replay *replay) {
  return replay->stream->of_requests ? h1_request_keep(&replay->request)
                                     : h1_response_keep(&replay->response);
}

static inline void replay_drop(struct h1_replay *replay, size_t n) {
  if (replay->stream->of_requests) {
    h1_request_drop(&replay->request, n);
  } else {
    h1_response_drop(&replay->response, n);
  }
}

static inline void replay_note_error(struct h1_replay *replay, uint64_t end) {
  const struct h1_error *error = replay_error(replay);
  replay_expect(replay, error->code != H1_OK && error->reason != NULL, "an error without a reason");
  replay_expect(replay, error->offset <= end, "an error behind the window");
  replay_flush(replay);
  bytes_printf(replay->log, "ERROR %" PRIu64 " %s: %s\n", error->offset, h1_error_name(error->code),
               error->reason);
}

static inline void replay_init(struct h1_replay *replay, const struct h1_stream *stream,
                               struct bytes *log) {
  *replay = (struct h1_replay){.stream = stream, .log = log};
  h1_request_init(&replay->request, &stream->limits);
  h1_response_init(&replay->response, &stream->limits);
  replay->request.reader.scan.scanner = h1_scanner_at(stream->scanner);
  replay->response.reader.scan.scanner = h1_scanner_at(stream->scanner);
  interim_rule_init(&replay->rule);
  for (size_t i = 0; i < stream->num_requests; i++) {
    (void)h1_response_request(&replay->response, stream->requests[i]);
    (void)interim_rule_feed(&replay->rule, RULE_REQUEST);
  }
}

/* Gives all events that the window holds. False when the stream is over. */
static inline bool replay_read(struct h1_replay *replay, struct span window, uint64_t base) {
  struct h1_event event;
  enum h1_status status = H1_EVENT;
  while (replay->broken == NULL && (status = replay_next(replay, window, &event)) == H1_EVENT) {
    replay_take(replay, window, base, &event);
  }
  if (status == H1_ERROR) {
    replay_note_error(replay, base + window.len);
    replay_expect(replay, replay_next(replay, window, &event) == H1_ERROR, "an error that ends");
  }
  return status == H1_MORE;
}

static inline void replay_close(struct h1_replay *replay, struct span window, uint64_t base) {
  struct h1_event event;
  enum h1_status status = replay_finish(replay, &event);
  if (status == H1_EVENT) {
    replay_take(replay, window, base, &event);
    replay_expect(replay, replay_finish(replay, &event) == H1_MORE, "two ends");
  } else if (status == H1_ERROR) {
    replay_note_error(replay, base + window.len);
  }
}

/* h1_replay parses the whole stream and its end, and appends the events to the log. With a guard,
 * each window ends where memory does. Returns NULL, or the property that did not hold. */
static inline const char *h1_replay(const struct h1_stream *stream, struct h1_cuts cuts,
                                    struct guard *guard, struct bytes *log) {
  struct h1_replay replay;
  replay_init(&replay, stream, log);
  uint64_t base = 0;
  size_t given = 0;
  bool open = true;
  struct span window = {0};
  while (open && replay.broken == NULL) {
    size_t size = given == 0 && cuts.first > 0 ? cuts.first : cuts.size;
    size_t left = stream->wire.len - given;
    given += size == 0 || size > left ? left : size;
    window = span_skip(span_make(stream->wire.ptr, given), (size_t)base);
    if (guard != NULL) {
      window = guard_place(guard, window);
    }
    open = replay_read(&replay, window, base);
    if (given == stream->wire.len) {
      break;
    }
    uint64_t keep = replay_keep(&replay);
    replay_expect(&replay, keep >= base && keep <= given, "bytes kept outside the window");
    if (open && cuts.drop && replay.broken == NULL) {
      replay_drop(&replay, (size_t)(keep - base));
      base = keep;
    }
  }
  if (open && replay.broken == NULL) {
    replay_close(&replay, window, base);
  }
  replay_flush(&replay);
  bytes_free(&replay.piece_bytes);
  return replay.broken;
}

#endif
