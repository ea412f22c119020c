/* A stage with its plays, around a doctored gateway in a world under virtual time. */
#ifndef INTERIM_TESTS_SCRIPT_HALL_H
#define INTERIM_TESTS_SCRIPT_HALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "script/stage.h"
#include "tests/doctored_faults.h"
#include "tests/world.h"

enum { HALL_PLAYS = 40, HALL_EVENTS = 500000 };

#define STEPS                                                                                      \
  "client sends GET\norigin sends 102\nclient sees 102\norigin sends 200\nclient sees 200\n"
#define HALL_USUAL "title T\ncites HOUSE-ALIVE\nseat gateway\n\n" STEPS
#define HALL_ALONE "title T\ncites HOUSE-ALIVE\nseat gateway\nalone\n\n" STEPS

struct hall {
  struct arena arena;
  struct case_file files[HALL_PLAYS];
  struct play *plays; /* no more than there are */
  size_t num_plays;
  struct stage *stage;
  struct stage_config config;
  struct world world;
  struct doctored gateway;
  unsigned most; /* connections of clients open at once */
  unsigned most_running;
  bool mixed; /* a connection of an "alone" play was open beside another's */
};

static inline void hall_add(struct hall *hall, const char *text) {
  struct diag diag;
  size_t i = hall->num_plays++;
  const char *name = arena_printf(&hall->arena, "g/play-%zu.case", i);
  if (case_parse(&hall->arena, name, span_of(text), NULL, &hall->files[i], &diag) != 0) {
    diag_print(&diag, stderr);
    fail_msg("the case does not parse");
  }
  hall->plays = realloc(hall->plays, hall->num_plays * sizeof(*hall->plays));
  assert_non_null(hall->plays);
  hall->plays[i] =
      (struct play){.file = &hall->files[i], .id = arena_printf(&hall->arena, "g/play-%zu", i)};
}

static inline void hall_init(struct hall *hall, size_t num_usual) {
  *hall = (struct hall){.world = {.num_actors = 2, .route = {1, 0}, .now_us = 1000000},
                        .config = {.seat = SEAT_GATEWAY,
                                   .run = 0xabcdef,
                                   .host = "h",
                                   .path_base = "",
                                   .absolute = "",
                                   .date = "D",
                                   .jobs = 8,
                                   .scale = 1}};
  for (size_t i = 0; i < num_usual; i++) {
    hall_add(hall, HALL_USUAL);
  }
}

static inline void hall_open(struct hall *hall, const char *fault) {
  hall->stage = stage_new(&hall->config, hall->plays, hall->num_plays);
  doctored_init(&hall->gateway, doctored_fault_named(fault), &hall->world.refuse);
  hall->world.actors[0] = stage_actor(hall->stage);
  hall->world.actors[1] = doctored_actor(&hall->gateway);
}

static inline void hall_watch(struct hall *hall) {
  unsigned open = 0;
  bool lonely = false;
  for (size_t i = 0; i < hall->gateway.num_fronts; i++) {
    open += hall->gateway.fronts[i]->open ? 1U : 0U;
  }
  for (size_t i = 0; i < hall->num_plays; i++) {
    lonely = lonely || (hall->plays[i].running && hall->plays[i].file->alone);
  }
  hall->most = open > hall->most ? open : hall->most;
  unsigned running = 0;
  for (size_t i = 0; i < hall->num_plays; i++) {
    running += hall->plays[i].running ? 1U : 0U;
  }
  hall->most_running = running > hall->most_running ? running : hall->most_running;
  hall->mixed = hall->mixed || (lonely && running > 1);
}

static inline void hall_go_on(struct hall *hall) {
  while (!stage_done(hall->stage) && hall->world.num_events < HALL_EVENTS &&
         world_step(&hall->world)) {
    hall_watch(hall);
  }
}

static inline void hall_play(struct hall *hall, const char *fault) {
  hall_open(hall, fault);
  hall_go_on(hall);
  assert_true(stage_done(hall->stage));
}

/* Until the requests of the first so many plays are at our origin. */
static inline void hall_until_arrived(struct hall *hall, size_t num) {
  size_t arrived = 0;
  while (arrived < num) {
    assert_true(world_step(&hall->world));
    arrived = 0;
    for (size_t i = 0; i < hall->num_plays; i++) {
      const struct script *run = hall->plays[i].runs[0];
      arrived += run != NULL && run->num_exchanges > 0 && run->exchanges[0]->arrivals > 0;
    }
  }
}

/* One step, and the look that the stage waits for. */
static inline void hall_step(struct hall *hall) {
  assert_true(world_step(&hall->world));
  if (stage_wants_look(hall->stage)) {
    stage_looked(hall->stage, false);
  }
}

static inline void hall_until(struct hall *hall, uint64_t at_us) {
  while (hall->world.now_us < at_us) {
    hall_step(hall);
  }
}

static inline void hall_close(struct hall *hall) {
  world_free(&hall->world);
  stage_free(hall->stage);
  doctored_free(&hall->gateway);
  free(hall->plays);
  arena_free(&hall->arena);
}

/* Whether the latest request on a connection says so. */
static inline bool hall_was_asked(const struct doctored_front *front, const char *text) {
  return span_find(bytes_span(&front->request), span_of(text), 0) != SIZE_MAX;
}

/* How many connections had a plain request last. */
static inline unsigned hall_num_plain(const struct hall *hall) {
  unsigned num = 0;
  for (size_t i = 0; i < hall->gateway.num_fronts; i++) {
    num += hall_was_asked(hall->gateway.fronts[i], "/sanity HTTP/1.1");
  }
  return num;
}

static inline void runs_are(const struct hall *hall, size_t play, unsigned runs, unsigned unclean) {
  assert_true(hall->plays[play].done);
  assert_int_equal(hall->plays[play].num_runs, runs);
  assert_int_equal(hall->plays[play].num_unclean, unclean);
}

#endif
