/* What must be true of a client's session over HTTP/2 whatever the server sends, cheap enough to
 * fuzz with: each function returns NULL, or which property did not hold. */
#ifndef INTERIM_TESTS_PROPS_H2_CLIENT_H
#define INTERIM_TESTS_PROPS_H2_CLIENT_H

#include "tests/core_h2_replay.h"
#include "tests/h2_again.h"
#include "tests/h2_session.h"

static inline const char *session_same(const struct h2_session_plan *plan,
                                       const struct h2_session *whole, const char *otherwise) {
  static struct bytes out;
  struct h2_session session;
  h2_session_play(&session, plan, &out);
  if (session.broken != NULL) {
    return session.broken;
  }
  return session.sum == whole->sum ? NULL : otherwise;
}

/* prop_session_halves: cut in two, and windows dropped, the same is read and written. */
static inline const char *prop_session_halves(const struct h2_session *whole, uint64_t hash) {
  struct h2_session_plan cut = *whole->plan;
  if (cut.wire.len < 2) {
    return NULL;
  }
  cut.first = 1 + (size_t)(hash >> 8) % (cut.wire.len - 1);
  cut.drop = true;
  return session_same(&cut, whole, "another session when cut in two");
}

/* prop_session_pieces: cut in small pieces, the same is read and written. */
static inline const char *prop_session_pieces(const struct h2_session *whole, uint64_t hash) {
  struct h2_session_plan cut = *whole->plan;
  cut.first = 1 + (size_t)(hash >> 16) % 67;
  cut.size = 1 + (size_t)(hash >> 40) % 67;
  cut.drop = (hash & 128) != 0;
  return session_same(&cut, whole, "another session when cut in pieces");
}

/* Interim responses as header blocks: nothing of them enters a table. */
static const struct {
  const char *block;
  size_t len;
} session_interims[] = {
#define INTERIM(text)                                                                              \
  { text, sizeof(text) - 1 }
    INTERIM("\x08\x03"
            "100"),
    INTERIM("\x08\x03"
            "102"),
    INTERIM("\x08\x03"
            "103\x00\x04link\x1f</style.css>; rel=preload; as=x"),
    INTERIM("\x08\x03"
            "104\x00\x0e"
            "content-length\x01"
            "7"),
    INTERIM("\x08\x03"
            "199\x00\x01x\x00"),
#undef INTERIM
};

static inline void session_write_interim(struct bytes *out, uint32_t stream, uint64_t hash) {
  size_t i = hash % (sizeof(session_interims) / sizeof(*session_interims));
  struct span block = span_make(session_interims[i].block, session_interims[i].len);
  size_t first = (hash & 0x4000) != 0 ? (hash >> 16) % block.len : block.len;
  bool whole = first == block.len;
  h2_write_frame(out, H2_HEADERS, whole ? H2_END_HEADERS : 0, stream, span_make(block.ptr, first));
  if (!whole) {
    h2_write_frame(out, H2_CONTINUATION, H2_END_HEADERS, stream, span_skip(block, first));
  }
}

/* prop_session_interim: an interim response before the last final one changes nothing about it, nor
 * about anything else, whatever code and fields it has. */
static inline const char *prop_session_interim(const struct h2_session *whole, uint64_t hash) {
  static struct bytes longer;
  static struct bytes out;
  if (whole->final_on == 0) {
    return NULL;
  }
  struct span wire = whole->plan->wire;
  size_t at = (size_t)whole->final_at;
  longer.len = 0;
  bytes_add(&longer, span_make(wire.ptr, at));
  session_write_interim(&longer, whole->final_on, hash);
  struct h2_session_plan with = {.skip_from = at, .skip_to = longer.len};
  bytes_add(&longer, span_skip(wire, at));
  with.wire = bytes_span(&longer);
  with.settings = whole->plan->settings;
  struct h2_session session;
  h2_session_play(&session, &with, &out);
  if (session.broken != NULL) {
    return session.broken;
  }
  if (session.interims != whole->interims + 1) {
    return "an interim response that was added was not read as one";
  }
  return session.sum == whole->sum ? NULL : "an interim response changed what is behind it";
}

/* prop_session_output: a server can read all that the client wrote, and nothing of it is malformed.
 */
static inline const char *prop_session_output(struct span written) {
  struct h2_stream streams[SESSION_REQUESTS];
  for (uint32_t i = 0; i < SESSION_REQUESTS; i++) {
    h2_stream_init(&streams[i], 2 * i + 1, H2_READ_REQUEST);
  }
  struct h2_reader reader;
  struct h2_event event;
  void *coder = hpack_coder.make();
  h2_reader_init(&reader, H2_FROM_CLIENT, &hpack_coder, coder);
  reader.max_frame = UINT32_MAX;
  const char *broken = NULL;
  enum h2_status status = H2_MORE;
  while ((status = h2_reader_next(&reader, written, &event)) == H2_EVENT) {
    bool own = event.stream % 2 == 1 && event.stream < (uint32_t)2 * SESSION_REQUESTS;
    if (own && h2_stream_feed(&streams[event.stream / 2], &event) != H2_FAULT_NONE) {
      broken = "the client wrote a malformed request";
    }
  }
  if (status == H2_ERROR || h2_reader_mid_frame(&reader, written)) {
    broken = "the client wrote what is no frames";
  }
  hpack_coder.free(coder);
  return broken;
}

/* prop_session_again: the server's frames, written again from their events, mean the same. */
static inline const char *prop_session_again(struct span wire, uint64_t hash) {
  struct h2_shape shape = {.fragment = (uint32_t)(hash >> 8) % 20,
                           .padding = (uint8_t)((hash & 1) != 0 ? hash >> 16 : 0),
                           .padded = (hash & 2) != 0,
                           .priority = (hash & 4) != 0};
  return h2_again_broken(wire, &shape);
}

/* prop_session_log: with everything that replays look at, and with small limits, reads of any size
 * give the same log. What begins like the preface is read as a server does. Dear. */
static inline const char *prop_session_log(struct span bytes, uint64_t hash) {
  static struct guard guard;
  struct h2_wire wire = {.bytes = bytes,
                         .from_client = span_starts(bytes, "PRI "),
                         .asked = {{.stream = 1},
                                   {.stream = 3, .head = true},
                                   {.stream = 5, .connect = true},
                                   {.stream = 7}},
                         .num_asked = SESSION_REQUESTS};
  wire.num_asked = wire.from_client ? 0 : wire.num_asked;
  if ((hash & 1) != 0) {
    wire.max_frame = 100;
    wire.max_block = 60;
    wire.max_fields = 3;
  }
  return prop_h2_sizes(&wire, 2, &guard);
}

enum session_prop {
  SESSION_HALVES,
  SESSION_PIECES,
  SESSION_INTERIM,
  SESSION_OUTPUT,
  SESSION_AGAIN,
  SESSION_LOG,
  SESSION_PROPS,
};

/* prop_session: one of these, with choices that are taken from the bytes. */
static inline const char *prop_session(struct span wire, enum session_prop prop) {
  static struct bytes out;
  uint64_t hash = hash_span(0, wire);
  struct h2_session_plan plan = {.wire = wire, .settings = (hash >> 5) % 4};
  if (prop == SESSION_AGAIN) {
    return prop_session_again(wire, hash);
  }
  if (prop == SESSION_LOG) {
    return prop_session_log(wire, hash);
  }
  struct h2_session whole;
  h2_session_play(&whole, &plan, &out);
  if (whole.broken != NULL) {
    return whole.broken;
  }
  switch (prop) {
  case SESSION_HALVES:
    return prop_session_halves(&whole, hash);
  case SESSION_PIECES:
    return prop_session_pieces(&whole, hash);
  case SESSION_INTERIM:
    return prop_session_interim(&whole, hash);
  case SESSION_OUTPUT:
    return prop_session_output(bytes_span(&out));
  case SESSION_AGAIN:
  case SESSION_LOG:
  case SESSION_PROPS:
    break;
  }
  return "no such property";
}

/* prop_session_all: all of them. */
static inline const char *prop_session_all(struct span wire) {
  const char *broken = NULL;
  for (unsigned prop = 0; prop < SESSION_PROPS && broken == NULL; prop++) {
    broken = prop_session(wire, (enum session_prop)prop);
  }
  return broken;
}

/* prop_session_one: one of them, which the bytes pick; the dear one seldom, but always for what
 * begins as a client does. */
static inline const char *prop_session_one(struct span wire) {
  uint64_t pick = hash_span(0, wire) >> 56;
  bool dear = pick < 4 || span_starts(wire, "PRI ");
  return prop_session(wire, dear ? SESSION_LOG : (enum session_prop)(pick % SESSION_LOG));
}

#endif
