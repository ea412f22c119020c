/* A whole run under virtual time, with the reference gateway as the target, into which any bytes
 * and ends break on any connection of ours: towards the client lanes and towards the origin, each
 * of which speaks HTTP/1.1 or HTTP/2. Whatever comes, the run ends, and each play has an outcome or
 * the run says why there is none. */
#ifndef INTERIM_TESTS_WORLD_STORM_H
#define INTERIM_TESTS_WORLD_STORM_H

#include "case/case.h"
#include "hpack/hpack.h"
#include "peer/relay.h"
#include "script/stage.h"
#include "tests/world.h"

enum { STORM_PLAYS = 5, STORM_EVENTS = 400000 };

#define STORM_HEAD "title A case\ncites HOUSE-ALIVE\nseat gateway\n\n"

static const char *const storm_cases[STORM_PLAYS] = {
    STORM_HEAD "client sends GET\norigin sends 102\nclient sees 102\norigin sends 200\n"
               "client sees 200\n",
    STORM_HEAD "client sends GET\norigin sends 103\n  Link: </a>\norigin sends 200\n  | content\n"
               "client sees 103\nclient sees 200\n  | content\n",
    STORM_HEAD "client sends GET\norigin sends 100\norigin sends 104\norigin sends 204\n"
               "client may see 1xx\nclient sees 204 or 502 or close\n",
    STORM_HEAD "client sends POST\n  Expect: 100-continue\n  | content\nclient sees 100\n"
               "origin sends 201\nclient sees 201\n",
    STORM_HEAD "client sends GET\norigin sends bytes\n  | HTTP/1.1 102 Processing\n  |\n"
               "origin closes\nclient sees 502 or close\n",
};

struct storm {
  struct arena arena;
  struct case_file files[STORM_PLAYS];
  struct play plays[STORM_PLAYS];
  size_t num_plays;
  struct relay *relay;
  struct stage *stage;
  struct world world;
};

/* What the bytes of an input say, in turn. */
enum storm_word {
  STORM_GO,    /* so many events happen */
  STORM_BYTES, /* a connection number, a length, and that many bytes arrive on it */
  STORM_FIN,
  STORM_RESET,
  STORM_REFUSE, /* nobody accepts, or again somebody does */
  STORM_SLOW,   /* everything takes longer from now on */
  STORM_WORDS,
};

static inline uint8_t storm_take(struct span *rest) {
  if (rest->len == 0) {
    return 0;
  }
  uint8_t byte = rest->ptr[0];
  *rest = span_skip(*rest, 1);
  return byte;
}

/* One of our connections, the latest first. */
static inline struct world_end *storm_end(struct storm *storm, uint8_t number) {
  struct world *world = &storm->world;
  if (world->num_links == 0) {
    return NULL;
  }
  struct world_link *link = &world->links[world->num_links - 1 - number % world->num_links];
  struct world_end *end = &link->ends[link->ends[0].actor == 0 ? 0 : 1];
  return end->gone ? NULL : end;
}

static inline void storm_break_in(struct storm *storm, enum actor_event_kind kind,
                                  struct span *rest) {
  struct world_end *end = storm_end(storm, storm_take(rest));
  struct span bytes = {0};
  if (kind == ACTOR_BYTES) {
    size_t len = storm_take(rest);
    bytes = span_make(rest->ptr, len < rest->len ? len : rest->len);
    *rest = span_skip(*rest, len);
  }
  if (end != NULL && (kind != ACTOR_BYTES || bytes.len > 0)) {
    world_post(&storm->world, 0, kind, end->conn, bytes);
  }
}

static inline void storm_go(struct storm *storm, unsigned events) {
  struct world *world = &storm->world;
  while (events-- > 0 && !stage_done(storm->stage) && world->num_events < STORM_EVENTS &&
         world_step(world)) {
  }
}

static inline void storm_word(struct storm *storm, struct span *rest) {
  uint8_t byte = storm_take(rest);
  switch ((enum storm_word)(byte % STORM_WORDS)) {
  case STORM_GO:
    storm_go(storm, byte / STORM_WORDS + 1U);
    return;
  case STORM_BYTES:
    storm_break_in(storm, ACTOR_BYTES, rest);
    return;
  case STORM_FIN:
    storm_break_in(storm, ACTOR_FIN, rest);
    return;
  case STORM_RESET:
    storm_break_in(storm, ACTOR_RESET, rest);
    return;
  case STORM_REFUSE:
    storm->world.refuse = !storm->world.refuse;
    return;
  case STORM_SLOW:
    storm->world.latency_us += byte * UINT64_C(100);
    return;
  case STORM_WORDS:
    return;
  }
}

enum { STORM_ALL = 0x1f, STORM_FRONT_H2 = 0x20, STORM_BACK_H2 = 0x40 };

/* The first byte says which cases are played, and over which versions. */
static inline const char *storm_begin(struct storm *storm, uint8_t which) {
  struct diag diag;
  bool back_h2 = (which & STORM_BACK_H2) != 0;
  struct relay_config target = {.coder = &hpack_coder, .origin_h2 = back_h2};
  *storm = (struct storm){.relay = relay_new(&target)};
  for (size_t i = 0; i < STORM_PLAYS; i++) {
    if ((which >> i & 1) != 0) {
      struct case_file *file = &storm->files[storm->num_plays];
      if (case_parse(&storm->arena, "storm/case.case", span_of(storm_cases[i]), NULL, file,
                     &diag) != 0) {
        return "a case of the storm does not parse";
      }
      storm->plays[storm->num_plays++] = (struct play){.file = file, .id = "storm/case"};
    }
  }
  struct stage_config config = {.seat = SEAT_GATEWAY,
                                .run = 0xabcdef,
                                .host = "gateway.test",
                                .path_base = "",
                                .absolute = "",
                                .date = "Sat, 21 Nov 2026 00:00:00 GMT",
                                .front = (which & STORM_FRONT_H2) != 0 ? HTTP_H2 : HTTP_H1,
                                .backs = back_h2 ? HTTP_H2 : HTTP_H1,
                                .coder = &hpack_coder,
                                .jobs = 4,
                                .scale = 1};
  storm->stage = stage_new(&config, storm->plays, storm->num_plays);
  storm->world = (struct world){.actors = {stage_actor(storm->stage), relay_actor(storm->relay)},
                                .num_actors = 2,
                                .route = {1, 0},
                                .now_us = 1000000};
  return NULL;
}

static inline const char *storm_verdict(const struct storm *storm) {
  if (!stage_done(storm->stage)) {
    return "the run does not end";
  }
  if (stage_failure(storm->stage)[0] != '\0' || stage_target_died(storm->stage)) {
    return NULL;
  }
  for (size_t i = 0; i < storm->num_plays; i++) {
    const struct play *play = &storm->plays[i];
    if (!play->done || (!play->left_out && play_script(play) == NULL)) {
      return "a play without an outcome";
    }
  }
  return NULL;
}

/* storm_play plays a run. Returns NULL, or what did not hold. */
static inline const char *storm_play(struct span input) {
  struct storm storm;
  struct span rest = input;
  const char *broken = storm_begin(&storm, storm_take(&rest));
  while (broken == NULL && rest.len > 0) {
    storm_word(&storm, &rest);
  }
  if (broken == NULL) {
    storm.world.refuse = false;
    storm_go(&storm, STORM_EVENTS);
    broken = storm_verdict(&storm);
  }
  world_free(&storm.world);
  stage_free(storm.stage);
  relay_free(storm.relay);
  arena_free(&storm.arena);
  return broken;
}

#endif
