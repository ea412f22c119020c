/* Replays one direction of an HTTP/2 connection into the reader and its streams, cut as the caller
 * likes, and writes down what they say: one line an event, then "  -> " and what it is to its
 * stream, or "  !! " and what is wrong with it. On the way it holds the reader to what must be true
 * of any bytes. */
#ifndef INTERIM_TESTS_CORE_H2_REPLAY_H
#define INTERIM_TESTS_CORE_H2_REPLAY_H

#include "core/h2_stream.h"
#include "hpack/hpack.h"
#include "tests/guard.h"

#include <inttypes.h>

enum { H2_REPLAY_STREAMS = 24 };

/* A request that was sent before. */
struct h2_asked {
  uint32_t stream;
  bool head;
  bool connect;
};

/* What is replayed. */
struct h2_wire {
  struct span bytes;
  bool from_client;
  struct h2_asked asked[H2_REPLAY_STREAMS];
  size_t num_asked;
  uint32_t max_frame; /* 0: the default of each */
  uint32_t max_block;
  size_t max_fields;
};

/* How the bytes are cut into reads. */
struct h2_cuts {
  size_t first; /* bytes of the first read; 0: as the others */
  size_t size;  /* bytes of each further read; 0: all that is left */
  bool drop;    /* drop what the reader no longer needs after each read */
};

struct h2_replay {
  const struct h2_wire *wire;
  struct h2_reader reader;
  struct h2_stream streams[H2_REPLAY_STREAMS];
  size_t num_streams;
  struct bytes *log;
  uint64_t last_offset;
  uint64_t num_events;
  uint32_t open_block;
  const char *broken; /* the first property that did not hold; static */
};

static inline void replay_expect(struct h2_replay *replay, bool holds, const char *property) {
  if (!holds && replay->broken == NULL) {
    replay->broken = property;
  }
}

static inline struct h2_stream *replay_find(struct h2_replay *replay, uint32_t id) {
  for (size_t i = 0; i < replay->num_streams; i++) {
    if (replay->streams[i].id == id) {
      return &replay->streams[i];
    }
  }
  return NULL;
}

/* The stream, which begins now if it was not there. NULL when there are too many. */
static inline struct h2_stream *replay_stream(struct h2_replay *replay, uint32_t id, bool asked) {
  struct h2_stream *stream = replay_find(replay, id);
  if (stream == NULL && replay->num_streams < H2_REPLAY_STREAMS) {
    stream = &replay->streams[replay->num_streams++];
    h2_stream_init(stream, id, replay->wire->from_client ? H2_READ_REQUEST : H2_READ_RESPONSE);
    if (!asked) {
      interim_rule_init(&stream->rule);
    }
  }
  return stream;
}

static inline void replay_init(struct h2_replay *replay, const struct h2_wire *wire, void *coder,
                               struct bytes *log) {
  *replay = (struct h2_replay){.wire = wire, .log = log};
  h2_reader_init(&replay->reader, wire->from_client ? H2_FROM_CLIENT : H2_FROM_SERVER, &hpack_coder,
                 coder);
  replay->reader.max_frame = wire->max_frame > 0 ? wire->max_frame : replay->reader.max_frame;
  replay->reader.max_block = wire->max_block > 0 ? wire->max_block : replay->reader.max_block;
  replay->reader.max_fields = wire->max_fields > 0 ? wire->max_fields : replay->reader.max_fields;
  for (size_t i = 0; i < wire->num_asked; i++) {
    struct h2_stream *stream = replay_stream(replay, wire->asked[i].stream, true);
    if (stream != NULL) {
      stream->to_head = wire->asked[i].head;
      stream->to_connect = wire->asked[i].connect;
    }
  }
}

static inline void replay_judge(struct h2_replay *replay, const struct h2_event *event) {
  static const char *const roles[] = {
      [H2_BLOCK_NONE] = "none",   [H2_BLOCK_REQUEST] = "request",   [H2_BLOCK_INTERIM] = "interim",
      [H2_BLOCK_FINAL] = "final", [H2_BLOCK_TRAILERS] = "trailers",
  };
  struct h2_stream *stream = event->stream > 0 ? replay_stream(replay, event->stream, false) : NULL;
  if (stream == NULL) {
    return;
  }
  enum h2_fault fault = h2_stream_feed(stream, event);
  bool promise = event->kind == H2_GOT_BLOCK_END && event->number > 0;
  if (promise) {
    bytes_printf(replay->log, "  -> promise of stream %" PRIu32 "\n", event->number);
    (void)replay_stream(replay, event->number, true);
  } else if (event->kind == H2_GOT_BLOCK_END) {
    bytes_printf(replay->log, "  -> %s", roles[stream->block]);
    if (stream->block == H2_BLOCK_INTERIM || stream->block == H2_BLOCK_FINAL) {
      bytes_printf(replay->log, " %u", stream->code);
    }
    bytes_text(replay->log, "\n");
  }
  if (fault != H2_FAULT_NONE) {
    bytes_printf(replay->log, "  !! %s%s (%s)\n",
                 h2_fault_malformed(fault) ? "" : "not malformed: ", h2_fault_text(fault),
                 h2_fault_section(fault));
  }
}

static inline void replay_order(struct h2_replay *replay, const struct h2_event *event) {
  bool part = event->kind == H2_GOT_FIELD || event->kind == H2_GOT_BLOCK_END;
  replay_expect(replay, part == (replay->open_block != 0) || event->type == H2_CONTINUATION,
                "something else inside a header block");
  replay_expect(replay, !part || event->stream == replay->open_block, "a part of no header block");
  if (event->kind == H2_GOT_FRAME &&
      (event->type == H2_HEADERS || event->type == H2_PUSH_PROMISE)) {
    replay->open_block = event->stream;
  } else if (event->kind == H2_GOT_BLOCK_END) {
    replay->open_block = 0;
  }
}

static inline void replay_take(struct h2_replay *replay, struct span window, uint64_t base,
                               const struct h2_event *event) {
  replay_expect(replay, event->offset >= replay->last_offset, "events go back");
  replay_expect(replay, event->offset < event->end, "an event without bytes");
  replay_expect(replay, event->end <= base + window.len, "an event ends behind the window");
  replay_expect(replay,
                event->value.len == 0 ||
                    (event->value.ptr >= window.ptr &&
                     event->value.ptr + event->value.len <= window.ptr + window.len),
                "a value outside the window");
  replay_expect(replay, ++replay->num_events <= 4 * replay->wire->bytes.len + 4,
                "more events than bytes can make");
  replay->last_offset = event->offset;
  replay_order(replay, event);
  h2_event_print(replay->log, event);
  bytes_text(replay->log, "\n");
  replay_judge(replay, event);
}

static inline void replay_note_error(struct h2_replay *replay, uint64_t end) {
  const struct h2_error *error = &replay->reader.error;
  replay_expect(replay, error->code != H2_NO_ERROR && error->reason != NULL,
                "an error without a reason");
  replay_expect(replay, error->offset <= end, "an error behind the window");
  bytes_printf(replay->log, "ERROR %" PRIu64 " %s: %s\n", error->offset, h2_error_name(error->code),
               error->reason);
}

/* Gives all events that the window holds. False when the connection is over. */
static inline bool replay_read(struct h2_replay *replay, struct span window, uint64_t base) {
  struct h2_event event;
  enum h2_status status = H2_EVENT;
  while (replay->broken == NULL &&
         (status = h2_reader_next(&replay->reader, window, &event)) == H2_EVENT) {
    replay_take(replay, window, base, &event);
  }
  if (status == H2_ERROR) {
    replay_note_error(replay, base + window.len);
    replay_expect(replay, h2_reader_next(&replay->reader, window, &event) == H2_ERROR,
                  "an error that ends");
  }
  return status == H2_MORE;
}

/* What is known of each stream when the bytes end. */
static inline void replay_sum_up(struct h2_replay *replay) {
  static const char *const states[] = {
      [RULE_IDLE] = "complete",    [RULE_WAITING] = "waits for a final response",
      [RULE_FINAL] = "in content", [RULE_SWITCHED] = "tunnel",
      [RULE_ENDED] = "over",       [RULE_BROKEN] = "rule broken",
  };
  for (size_t i = 0; i < replay->num_streams; i++) {
    const struct h2_stream *stream = &replay->streams[i];
    bytes_printf(replay->log, "stream %" PRIu32 ":", stream->id);
    if (stream->reads == H2_READ_RESPONSE) {
      bool idle = stream->rule.state == RULE_IDLE && !stream->head_done;
      bytes_printf(replay->log, " %s,", idle ? "idle" : states[stream->rule.state]);
    }
    bytes_printf(replay->log, " content %" PRIu64 "%s%s\n", stream->received,
                 stream->ended ? ", ended" : "", stream->reset ? ", reset" : "");
  }
}

static inline const char *replay_all(struct h2_replay *replay, struct h2_cuts cuts,
                                     struct guard *guard) {
  const struct h2_wire *wire = replay->wire;
  uint64_t base = 0;
  size_t given = 0;
  bool open = true;
  struct span window = {0};
  while (open && replay->broken == NULL) {
    size_t size = given == 0 && cuts.first > 0 ? cuts.first : cuts.size;
    size_t left = wire->bytes.len - given;
    given += size == 0 || size > left ? left : size;
    window = span_skip(span_make(wire->bytes.ptr, given), (size_t)base);
    window = guard_place(guard, window);
    open = replay_read(replay, window, base);
    if (given == wire->bytes.len) {
      break;
    }
    uint64_t keep = h2_reader_keep(&replay->reader);
    replay_expect(replay, keep >= base && keep <= given, "bytes kept outside the window");
    if (open && cuts.drop && replay->broken == NULL) {
      h2_reader_drop(&replay->reader, (size_t)(keep - base));
      base = keep;
    }
  }
  if (open) {
    bytes_printf(replay->log, "END%s\n",
                 h2_reader_mid_frame(&replay->reader, window) ? " inside a frame or header block"
                                                              : "");
  }
  replay_sum_up(replay);
  return replay->broken;
}

/* h2_replay reads all bytes and appends what was seen to the log. Each window ends where memory
 * does. Returns NULL, or the property that did not hold. */
static inline const char *h2_replay(const struct h2_wire *wire, struct h2_cuts cuts,
                                    struct guard *guard, struct bytes *log) {
  struct h2_replay replay;
  void *coder = hpack_coder.make();
  replay_init(&replay, wire, coder, log);
  const char *broken = replay_all(&replay, cuts, guard);
  hpack_coder.free(coder);
  return broken;
}

static inline const char *prop_h2_same(const struct h2_wire *wire, struct h2_cuts cuts,
                                       struct guard *guard, struct span expected) {
  struct bytes log;
  bytes_init(&log);
  const char *broken = h2_replay(wire, cuts, guard, &log);
  if (broken == NULL && !span_eq(bytes_span(&log), expected)) {
    broken = "another log when cut";
  }
  bytes_free(&log);
  return broken;
}

/* prop_h2_sizes: reads of 1 to most bytes give the same log as the whole, windows dropped or not.
 */
static inline const char *prop_h2_sizes(const struct h2_wire *wire, size_t most,
                                        struct guard *guard) {
  struct bytes log;
  bytes_init(&log);
  const char *broken = h2_replay(wire, (struct h2_cuts){0}, guard, &log);
  for (size_t size = 1; size <= most && broken == NULL; size++) {
    broken = prop_h2_same(wire, (struct h2_cuts){.size = size}, guard, bytes_span(&log));
    if (broken == NULL) {
      broken =
          prop_h2_same(wire, (struct h2_cuts){.size = size, .drop = true}, guard, bytes_span(&log));
    }
  }
  bytes_free(&log);
  return broken;
}

/* prop_h2_halves: two reads, cut at every place, give the same log as the whole. */
static inline const char *prop_h2_halves(const struct h2_wire *wire, struct guard *guard) {
  struct bytes log;
  bytes_init(&log);
  const char *broken = h2_replay(wire, (struct h2_cuts){0}, guard, &log);
  for (size_t first = 1; first < wire->bytes.len && broken == NULL; first++) {
    broken =
        prop_h2_same(wire, (struct h2_cuts){.first = first, .drop = true}, guard, bytes_span(&log));
  }
  bytes_free(&log);
  return broken;
}

#endif
