/* A target that speaks HTTP/2 on both of its sides, around a bench: frames are written as in
 * core_h2_text.h, with $0, $1 ... for nonces, and read as one line a frame:
 *
 *     HEADERS 1 END_STREAM :method=GET :path=/$0/t/c
 *     DATA 1 "done"
 *
 * SETTINGS, PING and WINDOW_UPDATE of the connection are passed over. */
#ifndef INTERIM_TESTS_SCRIPT_H2_BENCH_H
#define INTERIM_TESTS_SCRIPT_H2_BENCH_H

#include "hpack/hpack.h"
#include "tests/core_h2_text.h"
#include "tests/script_bench.h"

/* What the target reads on one connection. */
struct frames {
  struct h2_reader reader;
  void *coder;
  struct bytes window;
};

struct h2_bench {
  struct bench bench;
  struct frames from_client;
  struct frames from_origin;
};

static inline void frames_begin(struct frames *frames, enum h2_sender sender) {
  *frames = (struct frames){.coder = hpack_coder.make()};
  h2_reader_init(&frames->reader, sender, &hpack_coder, frames->coder);
}

static inline void frames_end(struct frames *frames) {
  hpack_coder.free(frames->coder);
  bytes_free(&frames->window);
}

static inline void h2_begin(struct h2_bench *h2, const char *steps, enum http_version front) {
  bench_begin_over(&h2->bench, steps, false, front, &hpack_coder);
  frames_begin(&h2->from_client, H2_FROM_CLIENT);
  frames_begin(&h2->from_origin, H2_FROM_SERVER);
}

static inline void h2_end(struct h2_bench *h2) {
  frames_end(&h2->from_client);
  frames_end(&h2->from_origin);
  bench_end(&h2->bench);
}

/* Puts $0 for the first request's nonce, and so on. */
static inline void frames_text(struct bytes *out, struct span text) {
  for (size_t i = 0; i < text.len; i++) {
    bool found = false;
    for (unsigned k = 0; k < 9 && !found; k++) {
      char nonce[NONCE_LEN + 1];
      bench_nonce(k, nonce);
      if (span_starts(span_skip(text, i), nonce)) {
        bytes_printf(out, "$%u", k);
        i += NONCE_LEN - 1;
        found = true;
      }
    }
    if (!found) {
      bytes_add(out, text.ptr[i] == '\n' ? span_of("\\n") : span_make(text.ptr + i, 1));
    }
  }
}

static inline void frames_print(struct bytes *out, const struct h2_event *event) {
  if (event->kind == H2_GOT_FIELD) {
    bytes_text(out, " ");
    frames_text(out, event->field.name);
    bytes_text(out, "=");
    frames_text(out, event->field.value);
  }
  if (event->kind != H2_GOT_FRAME || event->stream == 0) {
    return;
  }
  bytes_printf(out, "%s%s %u", out->len == 0 ? "" : "\n", h2_type_name(event->type), event->stream);
  bool whole = event->type == H2_HEADERS || event->type == H2_CONTINUATION;
  bytes_text(out, event->end_stream && event->type != H2_CONTINUATION ? " END_STREAM" : "");
  bytes_text(out, whole && (event->flags & H2_END_HEADERS) == 0 ? " ..." : "");
  bytes_text(out, (event->flags & H2_PADDED) != 0 ? " PADDED" : "");
  if (event->type == H2_RST_STREAM) {
    bytes_printf(out, " %s", h2_error_name(event->code));
  }
  if (event->type == H2_DATA) {
    bytes_text(out, " \"");
    frames_text(out, event->value);
    bytes_text(out, "\"");
  }
}

static inline void frames_are(struct h2_bench *h2, struct frames *frames, struct bench_conn *conn,
                              const char *wanted) {
  struct bytes got = {0};
  struct h2_event event;
  enum h2_status status = H2_MORE;
  bytes_add(&frames->window, bytes_span(&conn->log));
  conn->log.len = 0;
  while ((status = h2_reader_next(&frames->reader, bytes_span(&frames->window), &event)) ==
         H2_EVENT) {
    frames_print(&got, &event);
  }
  if (status == H2_ERROR) {
    fail_msg("no frames: %s", frames->reader.error.reason);
  }
  size_t done = (size_t)(h2_reader_keep(&frames->reader) - frames->reader.base);
  bytes_drop(&frames->window, done);
  h2_reader_drop(&frames->reader, done);
  const char *text = arena_printf(&h2->bench.arena, "%s", bytes_cstr(&got));
  bytes_free(&got);
  assert_string_equal(text, wanted);
}

/* What our client has sent since, on its first connection. */
static inline void client_sent(struct h2_bench *h2, const char *wanted) {
  frames_are(h2, &h2->from_client, &h2->bench.clients[1], wanted);
}

/* What our origin has sent since, on the target's first connection. */
static inline void origin_sent(struct h2_bench *h2, const char *wanted) {
  frames_are(h2, &h2->from_origin, &h2->bench.backs[0], wanted);
}

static inline struct span frames_wire(struct h2_bench *h2, const char *text) {
  struct bytes out = {0};
  h2_text_wire(&out, bench_wire(&h2->bench, text));
  struct span wire = arena_copy(&h2->bench.arena, bytes_span(&out));
  bytes_free(&out);
  return wire;
}

/* The target sends frames to our client. */
static inline void target_frames(struct h2_bench *h2, const char *text) {
  struct actor_event event = {ACTOR_BYTES, 1, 0, frames_wire(h2, text)};
  script_client_event(&h2->bench.script, &event, h2->bench.now_us);
  bench_settle(&h2->bench);
}

/* The target sends frames to our origin, on its first connection. */
static inline void target_requests(struct h2_bench *h2, const char *text) {
  struct bench_conn *back = &h2->bench.backs[0];
  if (!back->opened) {
    back->opened = true;
    origin_accept(&h2->bench.origin, ACTOR_ACCEPTED);
  }
  origin_bytes(&h2->bench.origin, ACTOR_ACCEPTED, frames_wire(h2, text), h2->bench.now_us);
  bench_settle(&h2->bench);
}

#endif
