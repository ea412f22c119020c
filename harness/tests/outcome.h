/* The whole suite played against a doctored gateway in one process, and judged. */
#ifndef INTERIM_TESTS_OUTCOME_H
#define INTERIM_TESTS_OUTCOME_H

#include "case/library.h"
#include "cli/assemble.h"
#include "cli/plan.h"
#include "tests/doctored_faults.h"
#include "tests/world.h"

#include <stdio.h>

enum { OUTCOME_MAX_EVENTS = 3000000 };

/* How a suite is to be played; zeroes are the usual. */
struct outcome_setting {
  const char *fault;
  enum seat seat;      /* 0: gateway */
  const char *trigger; /* part of the path that sets the fault off, where it does but once */
  uint64_t down_us;    /* how long a dead gateway stays so */
  uint64_t latency_us; /* of each direction of each connection, from late_us on */
  uint64_t late_us;    /* 0: from the beginning */
  unsigned jobs;       /* 0: 32 */
  const char *only;    /* glob */
};

struct outcome_run {
  struct arena arena;
  struct library library;
  struct plan plan;
  struct stage *stage;
  struct world world;
  struct doctored gateway;
  struct result *results;
};

/* Of a case with values the first is enough here, and the last where they are few. */
static inline void outcome_thin_out(struct plan *plan) {
  size_t kept = 0;
  for (size_t i = 0; i < plan->num_plays; i++) {
    struct span id = plan->plays[i].file->id;
    bool first = i == 0 || !span_eq(plan->plays[i - 1].file->id, id);
    bool last = i + 1 == plan->num_plays || !span_eq(plan->plays[i + 1].file->id, id);
    bool few = case_num_bindings(plan->plays[i].file) <= 3;
    if (first || (last && few)) {
      plan->plays[kept++] = plan->plays[i];
    }
  }
  plan->num_plays = kept;
}

static inline void outcome_plan(struct outcome_run *run, const struct outcome_setting *setting,
                                enum seat seat) {
  struct diag diag;
  struct run_options options = {.seat = seat, .level = 2, .repeat = 1};
  if (setting->only != NULL) {
    options.globs[0] = setting->only;
    options.num_globs = 1;
  }
  run->plan.pair = (struct pair){HTTP_H1, HTTP_H1};
  if (library_load_embedded(&run->arena, &run->library, &diag) != 0 ||
      plan_make(&run->arena, &run->library, &options, 0, &run->plan, 1, &diag) != 0) {
    diag_print(&diag, stderr);
    abort();
  }
  if (setting->only == NULL) {
    outcome_thin_out(&run->plan);
  }
}

static inline void outcome_play(struct outcome_run *run, const struct outcome_setting *setting) {
  enum seat seat = setting->seat == 0 ? SEAT_GATEWAY : setting->seat;
  *run = (struct outcome_run){.world = {.num_actors = 2, .route = {1, 0}, .now_us = 1000000}};
  outcome_plan(run, setting, seat);
  struct stage_config config = {.seat = seat,
                                .run = 0xabcdef,
                                .host = "gateway.test",
                                .path_base = "",
                                .absolute = seat == SEAT_PROXY ? "http://gateway.test" : "",
                                .date = "Sat, 21 Nov 2026 00:00:00 GMT",
                                .jobs = setting->jobs == 0 ? 32 : setting->jobs,
                                .scale = 1};
  run->stage = stage_new(&config, run->plan.plays, run->plan.num_plays);
  doctored_init(&run->gateway, doctored_fault_named(setting->fault), &run->world.refuse);
  run->gateway.trigger = setting->trigger;
  run->gateway.down_us = setting->down_us;
  run->world.actors[0] = stage_actor(run->stage);
  run->world.actors[1] = doctored_actor(&run->gateway);
  uint64_t late_us = run->world.now_us + setting->late_us;
  while (!stage_done(run->stage) && run->world.num_events < OUTCOME_MAX_EVENTS) {
    if (run->world.now_us >= late_us) {
      run->world.latency_us = setting->latency_us;
    }
    if (!world_step(&run->world)) {
      break;
    }
  }
  struct assemble_context context = {.arena = &run->arena,
                                     .registry = &run->library.registry,
                                     .seat = seat,
                                     .pair = &run->plan.pair,
                                     .back = stage_back(run->stage),
                                     .worked = stage_round_trip_us(run->stage) > 0,
                                     .reproduce = "",
                                     .target_died = stage_target_died(run->stage)};
  run->results = arena_array(&run->arena, run->plan.num_plays, sizeof(*run->results));
  for (size_t i = 0; i < run->plan.num_plays; i++) {
    assemble_result(&context, &run->plan.plays[i], &run->results[i]);
  }
}

static inline void outcome_end(struct outcome_run *run) {
  world_free(&run->world);
  stage_free(run->stage);
  doctored_free(&run->gateway);
  arena_free(&run->arena);
}

static inline const struct result *outcome_of_case(const struct outcome_run *run, const char *id) {
  for (size_t i = 0; i < run->plan.num_plays; i++) {
    if (strcmp(run->results[i].id, id) == 0) {
      return &run->results[i];
    }
  }
  return NULL;
}

static inline unsigned outcome_count(const struct outcome_run *run, enum verdict verdict) {
  unsigned num = 0;
  for (size_t i = 0; i < run->plan.num_plays; i++) {
    num += run->results[i].verdict == verdict ? 1U : 0U;
  }
  return num;
}

#endif
