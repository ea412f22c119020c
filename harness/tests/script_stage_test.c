/* Many plays against one target: who begins when, who is run again, and what a target that is gone
 * or silent does to the run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hpack/hpack.h"
#include "script/stage.h"
#include "tests/doctored_faults.h"
#include "tests/world.h"

enum { HALL_PLAYS = 40, HALL_EVENTS = 500000 };

#define STEPS                                                                                      \
  "client sends GET\norigin sends 102\nclient sees 102\norigin sends 200\nclient sees 200\n"

static const char usual[] = "title T\ncites HOUSE-ALIVE\nseat gateway\n\n" STEPS;
static const char alone[] = "title T\ncites HOUSE-ALIVE\nseat gateway\nalone\n\n" STEPS;

struct hall {
  struct arena arena;
  struct case_file files[HALL_PLAYS];
  struct play plays[HALL_PLAYS];
  size_t num_plays;
  struct stage *stage;
  struct stage_config config;
  struct world world;
  struct doctored gateway;
  unsigned most; /* connections of clients open at once */
  unsigned most_running;
  bool mixed; /* a connection of an "alone" play was open beside another's */
};

static void hall_add(struct hall *hall, const char *text) {
  struct diag diag;
  size_t i = hall->num_plays++;
  const char *name = arena_printf(&hall->arena, "g/play-%zu.case", i);
  if (case_parse(&hall->arena, name, span_of(text), NULL, &hall->files[i], &diag) != 0) {
    diag_print(&diag, stderr);
    fail_msg("the case does not parse");
  }
  hall->plays[i] =
      (struct play){.file = &hall->files[i], .id = arena_printf(&hall->arena, "g/play-%zu", i)};
}

static void hall_init(struct hall *hall, size_t num_usual) {
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
    hall_add(hall, usual);
  }
}

static void hall_open(struct hall *hall, const char *fault) {
  hall->stage = stage_new(&hall->config, hall->plays, hall->num_plays);
  doctored_init(&hall->gateway, doctored_fault_named(fault), &hall->world.refuse);
  hall->world.actors[0] = stage_actor(hall->stage);
  hall->world.actors[1] = doctored_actor(&hall->gateway);
}

static void hall_watch(struct hall *hall) {
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

static void hall_go_on(struct hall *hall) {
  while (!stage_done(hall->stage) && hall->world.num_events < HALL_EVENTS &&
         world_step(&hall->world)) {
    hall_watch(hall);
  }
}

static void hall_play(struct hall *hall, const char *fault) {
  hall_open(hall, fault);
  hall_go_on(hall);
  assert_true(stage_done(hall->stage));
}

static void hall_close(struct hall *hall) {
  world_free(&hall->world);
  stage_free(hall->stage);
  doctored_free(&hall->gateway);
  arena_free(&hall->arena);
}

static void runs_are(const struct hall *hall, size_t play, unsigned runs, unsigned unclean) {
  assert_true(hall->plays[play].done);
  assert_int_equal(hall->plays[play].num_runs, runs);
  assert_int_equal(hall->plays[play].num_unclean, unclean);
}

static void test_clean_plays_run_once(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 20);
  hall_play(&hall, "none");
  assert_string_equal(stage_failure(hall.stage), "");
  assert_false(stage_target_died(hall.stage));
  assert_int_equal(stage_num_done(hall.stage), 20);
  for (size_t i = 0; i < 20; i++) {
    runs_are(&hall, i, 1, 0);
    assert_true(script_clean(play_script(&hall.plays[i])));
  }
  hall_close(&hall);
}

static void test_no_more_plays_at_once_than_jobs(void **state) {
  (void)state;
  static const unsigned jobs[] = {0, 1, 3, 8}; /* 0 is as 1 */
  for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
    struct hall hall;
    hall_init(&hall, 20);
    hall.config.jobs = jobs[i];
    hall_play(&hall, "none");
    /* A canary may open a connection before the one before it is closed at the other end. */
    unsigned least = jobs[i] == 0 ? 1 : jobs[i];
    assert_true(hall.most <= least + 1);
    assert_true(hall.most >= least);
    hall_close(&hall);
  }
}

static void test_a_play_alone_shares_the_target_with_none(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 10);
  hall_add(&hall, alone);
  hall_add(&hall, alone);
  hall_play(&hall, "drops");
  assert_false(hall.mixed);
  runs_are(&hall, 10, 2, 2);
  runs_are(&hall, 11, 2, 2);
  hall_close(&hall);
}

static void test_no_play_at_all(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 0);
  hall_play(&hall, "none");
  assert_string_equal(stage_failure(hall.stage), "");
  hall_close(&hall);
}

static void test_what_was_not_clean_is_run_again(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 12);
  hall_play(&hall, "drops");
  for (size_t i = 0; i < 12; i++) {
    runs_are(&hall, i, 2, 2);
    assert_false(script_clean(play_script(&hall.plays[i])));
  }
  hall_close(&hall);
}

/* Fails once, then not: a third run decides nothing any more, it only counts. */
static void test_a_flake_is_run_three_times(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 12);
  hall_open(&hall, "drops-once");
  hall.gateway.trigger = "g/play-5";
  hall_go_on(&hall);
  runs_are(&hall, 5, 3, 1);
  runs_are(&hall, 4, 1, 0);
  assert_false(script_clean(play_script(&hall.plays[5])));
  assert_true(script_clean(hall.plays[5].runs[2]));
  hall_close(&hall);
}

/* What each shows alone is another thing than what it showed in company, so nothing is confirmed
 * for the others, and nothing is settled by two runs. */
static void test_another_symptom_confirms_nothing(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 12);
  hall_open(&hall, "hangs");
  while (stage_phase_now(hall.stage) < STAGE_CONFIRM_ALONE) {
    (void)world_step(&hall.world);
  }
  hall.gateway.fault = doctored_fault_named("drops");
  hall.most_running = 0;
  hall_go_on(&hall);
  assert_int_equal(hall.most_running, 1);
  for (size_t i = 0; i < 12; i++) {
    runs_are(&hall, i, 3, 3);
    assert_ptr_equal(play_script(&hall.plays[i]), hall.plays[i].runs[2]);
  }
  hall_close(&hall);
}

/* Connections that take a second were dropped at first: no more are opened at once than a short
 * queue holds. */
static void test_a_full_queue_means_fewer_at_once(void **state) {
  (void)state;
  static const struct {
    uint64_t opening_us;
    unsigned least;
    unsigned most;
  } rows[] = {{800000, 8, 8}, {1000000, 3, 3}};
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct hall hall;
    hall_init(&hall, HALL_PLAYS);
    hall.config.floor_us = 2000000; /* so that who is waiting for a connection counts */
    hall_open(&hall, "none");
    while (stage_phase_now(hall.stage) == STAGE_SANITY) {
      (void)world_step(&hall.world);
    }
    hall.world.opening_us = rows[i].opening_us;
    while (stage_num_done(hall.stage) < HALL_PLAYS - 8) {
      (void)world_step(&hall.world);
    }
    hall.most_running = 0;
    hall_go_on(&hall);
    assert_in_range(hall.most_running, rows[i].least, rows[i].most);
    for (size_t play = 0; play < HALL_PLAYS; play++) {
      runs_are(&hall, play, 1, 0);
    }
    hall_close(&hall);
  }
}

static void test_the_owner_of_a_stray_answer_is_accused(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 12);
  hall_open(&hall, "swaps-answers");
  hall.gateway.trigger = "g/play-5";
  hall_go_on(&hall);
  unsigned num_accused = 0;
  for (size_t i = 0; i < 12; i++) {
    num_accused += hall.plays[i].accused[0] == '\0' ? 0U : 1U;
  }
  assert_int_equal(num_accused, 1);
  assert_string_equal(hall.plays[5].accused,
                      "an answer of this case reached another case's client");
  assert_int_equal(hall.plays[5].accused_of, BREACH_FOREIGN);
  hall_close(&hall);
}

/* The deadline is many round trips, and never below its floor. */
static void test_the_deadline_comes_from_the_round_trip(void **state) {
  (void)state;
  static const struct {
    uint64_t latency_us;
    uint64_t floor_us;
    double scale;
    uint64_t least_us;
  } rows[] = {
      {0, 0, 1, 250000},
      {0, 100000, 1, 100000},
      {0, 0, 4, 1000000},
      {100000, 0, 1, UINT64_C(30) * 400000},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct hall hall;
    hall_init(&hall, 1);
    hall.config.floor_us = rows[i].floor_us;
    hall.config.scale = rows[i].scale;
    hall.world.latency_us = rows[i].latency_us;
    hall_play(&hall, "none");
    assert_true(stage_deadline_us(hall.stage) >= rows[i].least_us);
    assert_true(stage_deadline_us(hall.stage) <= 2 * rows[i].least_us);
    assert_true(stage_round_trip_us(hall.stage) >= 4 * rows[i].latency_us);
    hall_close(&hall);
  }
}

/* A target that turned slow keeps its plays waiting, for the controls wait too. */
static void test_slow_is_not_silent(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 12);
  hall_open(&hall, "none");
  while (stage_phase_now(hall.stage) == STAGE_SANITY) {
    (void)world_step(&hall.world);
  }
  hall.world.latency_us = 700000;
  hall_go_on(&hall);
  for (size_t i = 0; i < 12; i++) {
    runs_are(&hall, i, 1, 0);
  }
  hall_close(&hall);
}

static void test_the_sanity_exchange_tells_about_the_target(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 1);
  hall_play(&hall, "decorates");
  assert_string_equal(stage_server(hall.stage), "doctored");
  assert_false(stage_back_http10(hall.stage));
  hall_close(&hall);
  hall_init(&hall, 1);
  hall_play(&hall, "asks-http10");
  assert_string_equal(stage_server(hall.stage), "");
  assert_true(stage_back_http10(hall.stage));
  hall_close(&hall);
}

/* Nobody listens: tried for a while, then told why nothing counts. */
static void test_without_sanity_nothing_is_played(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 3);
  hall_open(&hall, "none");
  hall.world.refuse = true;
  hall_go_on(&hall);
  assert_true(stage_done(hall.stage));
  assert_non_null(strstr(stage_failure(hall.stage), "connection refused"));
  assert_false(stage_target_died(hall.stage));
  assert_int_equal(hall.plays[0].num_runs, 0);
  assert_true(hall.world.now_us > 3000000 && hall.world.now_us < 10000000);
  hall_close(&hall);
}

/* The doctored gateway speaks HTTP/1.1 only. */
static void test_a_target_without_http2_is_told_as_such(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 1);
  hall.config.front = HTTP_H2;
  hall.config.coder = &hpack_coder;
  hall_play(&hall, "none");
  assert_non_null(strstr(stage_failure(hall.stage), "observed no HTTP/2"));
  assert_int_equal(hall.plays[0].num_runs, 0);
  hall_close(&hall);
}

/* A case about a version that the target does not speak to its origin is not played. */
static void test_cases_of_the_other_version_are_left_out(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 4);
  hall.files[0].backs = HTTP_H2;
  hall.files[1].backs = HTTP_H1;
  hall.files[2].backs = HTTP_H1 | HTTP_H2;
  hall.files[3].backs = HTTP_H2;
  hall_play(&hall, "none");
  for (size_t i = 0; i < 4; i++) {
    bool left_out = i == 0 || i == 3;
    assert_int_equal(hall.plays[i].left_out, left_out);
    runs_are(&hall, i, left_out ? 0 : 1, 0);
  }
  assert_int_equal(stage_num_done(hall.stage), 4);
  assert_int_equal(stage_back(hall.stage), HTTP_H1);
  assert_int_equal(stage_final_code(hall.stage), 200);
  assert_string_equal(stage_failure(hall.stage), "");
  assert_false(stage_target_died(hall.stage));
  hall_close(&hall);
}

/* The target is known only when it listens: all is said again then. */
static void test_a_stage_is_aimed_before_it_plays(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 1);
  hall_open(&hall, "none");
  struct stage_config config = hall.config;
  config.host = "target.test";
  config.path_base = "/base";
  config.absolute = "http://target.test";
  stage_aim(hall.stage, &config);
  hall_go_on(&hall);
  const struct script *script = play_script(&hall.plays[0]);
  assert_string_equal(script->config.host, "target.test");
  assert_string_equal(script->config.absolute, "http://target.test");
  assert_string_equal(script->config.scheme, "http");
  assert_true(span_starts(span_of(script->exchanges[0]->path), "/base/"));
  hall_close(&hall);
}

static void test_what_is_done_is_counted_on_the_way(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 12);
  hall.config.jobs = 1;
  hall_open(&hall, "none");
  size_t most = 0;
  while (!stage_done(hall.stage) && world_step(&hall.world)) {
    size_t num = stage_num_done(hall.stage);
    assert_in_range(num, most, most + 1);
    most = num;
  }
  assert_int_equal(most, 12);
  hall_close(&hall);
}

/* So long the sanity exchange may take: a slow target is asked once more, not given up. */
static void test_how_long_a_first_answer_is_waited_for(void **state) {
  (void)state;
  static const struct {
    uint64_t patience_us;
    double scale;
    uint64_t latency_us;
    bool sane;
  } rows[] = {
      {0, 1, 2000000, true},       {0, 1, 2700000, false},      {0, 2, 2700000, true},
      {9000000, 1, 2700000, true}, {1000000, 1, 700000, false}, {1000000, 2, 700000, true},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct hall hall;
    hall_init(&hall, 1);
    hall.config.patience_us = rows[i].patience_us;
    hall.config.scale = rows[i].scale;
    hall.world.latency_us = rows[i].latency_us;
    hall_play(&hall, "none");
    assert_int_equal(stage_failure(hall.stage)[0] == '\0', rows[i].sane);
    assert_int_equal(hall.plays[0].num_runs, rows[i].sane ? 1 : 0);
    hall_close(&hall);
  }
}

static void test_a_target_that_starts_late_is_waited_for(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 3);
  hall_open(&hall, "none");
  hall.world.refuse = true;
  while (hall.world.now_us < 2000000 && world_step(&hall.world)) {
  }
  hall.world.refuse = false;
  hall_go_on(&hall);
  assert_string_equal(stage_failure(hall.stage), "");
  runs_are(&hall, 2, 1, 0);
  hall_close(&hall);
}

/* It dies of one play, and is back after a while: the others are played again and are clean. */
static void test_a_target_that_dies_of_one_play_and_comes_back(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 20);
  hall_open(&hall, "dies");
  hall.gateway.trigger = "g/play-5";
  hall.gateway.down_us = 100000;
  hall_go_on(&hall);
  assert_true(stage_done(hall.stage));
  assert_true(stage_target_died(hall.stage));
  for (size_t i = 0; i < 20; i++) {
    assert_true(hall.plays[i].done);
    assert_int_equal(hall.plays[i].num_unclean > 1, i == 5);
  }
  assert_true(play_script(&hall.plays[5])->target_down);
  hall_close(&hall);
}

static void test_a_target_that_does_not_come_back_ends_the_run(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 40);
  hall.config.jobs = 2;
  hall_open(&hall, "dies");
  hall.gateway.trigger = "g/play-20";
  hall.gateway.down_us = ACTOR_NEVER;
  hall_go_on(&hall);
  assert_true(stage_done(hall.stage));
  assert_true(stage_target_died(hall.stage));
  runs_are(&hall, 10, 1, 0);
  assert_int_equal(hall.plays[39].num_runs, 0);
  assert_false(hall.plays[39].done);
  hall_close(&hall);
}

/* The first play waits on a connection that stays open, when the second is refused one. */
static void test_who_waits_on_a_target_that_is_gone_is_given_up(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 2);
  hall.config.jobs = 1;
  hall_open(&hall, "hangs");
  hall.gateway.trigger = "g/play-0";
  while (!hall.plays[0].running || hall.most == 0) {
    assert_true(world_step(&hall.world));
    hall_watch(&hall);
  }
  while (!hall.plays[1].running) {
    const struct script *waits = hall.plays[0].runs[0];
    hall.world.refuse = waits->num_exchanges > 0 && waits->exchanges[0]->arrivals > 0;
    assert_true(world_step(&hall.world));
  }
  /* Nothing comes from the target any more that would wake the stage. */
  const uint64_t never_us = 1000000000000;
  hall.world.latency_us = never_us;
  hall_go_on(&hall);
  assert_true(stage_done(hall.stage));
  assert_true(hall.world.now_us < never_us);
  assert_true(stage_target_died(hall.stage));
  hall_close(&hall);
}

/* Plays that wait for what was dropped hold all connections to our origin, and the controls wait
 * behind them. That is our doing: fewer at once are judged for what they miss, and nobody is given
 * up. */
static void test_a_crowd_that_holds_the_target_is_played_in_fewer(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 12);
  hall_play(&hall, "drops-few-backs");
  unsigned dropped = 0;
  for (size_t i = 0; i < 12; i++) {
    runs_are(&hall, i, 2, 2);
    dropped += hall.plays[i].num_dropped;
    for (unsigned k = 0; k < 2; k++) {
      const struct script *run = hall.plays[i].runs[k];
      assert_false(run->target_down);
      assert_int_equal(run->first_missed, 2);
      assert_string_equal(run->steps[2].observed, "nothing");
      assert_int_equal(run->steps[4].state, STEP_MET);
    }
  }
  assert_true(dropped > 0);
  assert_false(stage_target_died(hall.stage));
  assert_string_equal(stage_failure(hall.stage), "");
  hall_close(&hall);
}

static void test_a_target_that_is_started_again(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 20);
  hall.config.can_restart = true;
  hall_open(&hall, "dies");
  hall.gateway.trigger = "g/play-5";
  hall.gateway.down_us = ACTOR_NEVER;
  unsigned restarts = 0;
  while (!stage_done(hall.stage) && hall.world.num_events < HALL_EVENTS) {
    bool moved = world_step(&hall.world);
    if (stage_wants_restart(hall.stage)) {
      restarts++;
      hall.world.refuse = false;
      stage_restarted(hall.stage);
    } else if (!moved) {
      break;
    }
  }
  assert_true(stage_done(hall.stage));
  assert_int_equal(restarts, 2);
  for (size_t i = 0; i < 20; i++) {
    assert_true(hall.plays[i].done);
    assert_int_equal(hall.plays[i].num_unclean > 1, i == 5);
  }
  hall_close(&hall);
}

/* It was started again twice, and had more time each time than before it was found gone. */
static void test_a_target_that_is_started_again_in_vain(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 20);
  hall.config.can_restart = true;
  hall_open(&hall, "dies");
  hall.gateway.trigger = "g/play-5";
  hall.gateway.down_us = ACTOR_NEVER;
  uint64_t at_us[4] = {0};
  unsigned restarts = 0;
  while (!stage_done(hall.stage) && world_step(&hall.world)) {
    if (stage_wants_restart(hall.stage)) {
      assert_int_equal(stage_restarted_in_vain(hall.stage), restarts > 0);
      assert_true(restarts < 3);
      at_us[restarts++] = hall.world.now_us;
      stage_restarted(hall.stage);
      assert_false(stage_wants_restart(hall.stage));
    }
  }
  assert_true(stage_done(hall.stage));
  assert_int_equal(restarts, 2);
  assert_true(stage_restarted_in_vain(hall.stage));
  assert_in_range(at_us[1] - at_us[0], 5000000, 5200000);
  assert_in_range(hall.world.now_us - at_us[1], 5000000, 5200000);
  hall_close(&hall);
}

/* A last plain exchange shows whether the target outlived its plays. */
static void test_a_target_that_does_not_outlive_its_plays(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 3);
  hall_open(&hall, "none");
  while (stage_phase_now(hall.stage) != STAGE_LAST_SANITY && world_step(&hall.world)) {
  }
  assert_false(stage_target_died(hall.stage));
  hall.world.latency_us = 20000000; /* longer than anybody waits */
  hall_go_on(&hall);
  assert_true(stage_done(hall.stage));
  assert_true(stage_target_died(hall.stage));
  assert_string_not_equal(stage_failure(hall.stage), "");
  runs_are(&hall, 2, 1, 0);
  hall_close(&hall);
}

/* The plays go on until five are done; who is in flight then. */
static size_t hall_play_five(struct hall *hall, bool *in_flight) {
  size_t num = 0;
  while (stage_num_done(hall->stage) < 5 && world_step(&hall->world)) {
  }
  for (size_t i = 0; i < hall->num_plays; i++) {
    in_flight[i] = hall->plays[i].running;
    num += in_flight[i] ? 1U : 0U;
  }
  return num;
}

/* Somebody saw a process of the target die: whoever loses a connection is played again, alone. */
static void test_a_process_that_died_makes_suspects(void **state) {
  (void)state;
  struct hall hall;
  bool suspect[20];
  hall_init(&hall, 20);
  hall_open(&hall, "closes-unsaid");
  assert_true(hall_play_five(&hall, suspect) > 0);
  stage_looked(hall.stage, true);
  hall_go_on(&hall);
  assert_int_equal(stage_num_deaths(hall.stage), 1);
  for (size_t i = 0; i < 20; i++) {
    bool again = hall.plays[i].num_runs > 1;
    assert_true(again || !suspect[i]);
    runs_are(&hall, i, again ? 3 : 1, again ? 1 : 0);
  }
  hall_close(&hall);
}

/* A server may end processes that it needs no more: nobody loses anything. */
static void test_a_process_that_ended_and_cost_nothing_is_no_death(void **state) {
  (void)state;
  struct hall hall;
  bool in_flight[20];
  hall_init(&hall, 20);
  hall_open(&hall, "none");
  assert_true(hall_play_five(&hall, in_flight) > 0);
  stage_looked(hall.stage, true);
  hall_go_on(&hall);
  assert_int_equal(stage_num_deaths(hall.stage), 0);
  for (size_t i = 0; i < 20; i++) {
    runs_are(&hall, i, 1, 0);
  }
  hall_close(&hall);
}

/* Who watches the processes is asked to look whenever a play is to begin with nothing in flight,
 * and what is found dead then died of the play before. */
static void test_a_death_between_two_looks_is_that_of_the_play_between_them(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 20);
  hall.config.watched = true;
  hall_open(&hall, "closes-unsaid");
  unsigned looks = 0;
  unsigned runs = 0; /* of play 5, at the look before */
  while (!stage_done(hall.stage) && hall.world.num_events < HALL_EVENTS &&
         world_step(&hall.world)) {
    if (stage_wants_look(hall.stage)) {
      looks++;
      stage_looked(hall.stage, hall.plays[5].num_runs > runs);
      runs = hall.plays[5].num_runs;
    }
  }
  assert_true(stage_done(hall.stage));
  assert_true(looks > 20);
  runs_are(&hall, 5, 2, 2);
  for (size_t i = 0; i < 20; i++) {
    assert_true(hall.plays[i].done);
    assert_int_equal(hall.plays[i].num_unclean > 1, i == 5);
  }
  hall_close(&hall);
}

static void test_a_stopped_stage_asks_for_nothing_more(void **state) {
  (void)state;
  struct hall hall;
  struct actor_command command;
  hall_init(&hall, 20);
  hall_open(&hall, "none");
  while (stage_num_done(hall.stage) < 5 && world_step(&hall.world)) {
  }
  stage_stop(hall.stage);
  assert_true(stage_done(hall.stage));
  struct actor actor = stage_actor(hall.stage);
  assert_true(actor.wake(actor.self) == ACTOR_NEVER);
  actor.feed(actor.self, hall.world.now_us, &(struct actor_event){.kind = ACTOR_TIME});
  assert_false(actor.next(actor.self, &command));
  assert_true(stage_num_done(hall.stage) < 20);
  hall_close(&hall);
}

/* Whatever the order of events, the stage ends and frees what it holds. */
static void test_a_stage_can_be_freed_at_any_time(void **state) {
  (void)state;
  for (size_t events = 0; events < 400; events += 7) {
    struct hall hall;
    hall_init(&hall, 6);
    hall_open(&hall, events % 2 == 0 ? "none" : "hangs");
    while (hall.world.num_events < events && !stage_done(hall.stage) && world_step(&hall.world)) {
    }
    assert_true(stage_num_done(hall.stage) <= 6);
    hall_close(&hall);
  }
}

/* Our origin ends the connections of each play that was not clean. A target that has not noticed
 * may send the next play's request on one, and answers with an error of its own: that is our doing.
 */
static void test_a_target_that_notices_late_is_not_judged_for_it(void **state) {
  (void)state;
  static const uint64_t unaware_us[] = {0, 300, 20000};
  for (size_t i = 0; i < sizeof(unaware_us) / sizeof(unaware_us[0]); i++) {
    struct hall hall;
    hall_init(&hall, 20);
    hall_add(&hall, alone);
    hall.config.jobs = 4;
    hall.world.unaware_us = unaware_us[i];
    hall_play(&hall, "drops-and-pools");
    for (size_t k = 0; k < hall.num_plays; k++) {
      const struct script *judged = play_judged(&hall.plays[k]);
      assert_int_equal(hall.plays[k].num_runs, 2);
      assert_false(judged->never_arrived);
      assert_int_equal(judged->first_missed, 2);
      assert_string_equal(judged->steps[2].observed, "nothing");
    }
    hall_close(&hall);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_clean_plays_run_once),
      cmocka_unit_test(test_no_more_plays_at_once_than_jobs),
      cmocka_unit_test(test_a_play_alone_shares_the_target_with_none),
      cmocka_unit_test(test_no_play_at_all),
      cmocka_unit_test(test_what_was_not_clean_is_run_again),
      cmocka_unit_test(test_a_flake_is_run_three_times),
      cmocka_unit_test(test_another_symptom_confirms_nothing),
      cmocka_unit_test(test_a_full_queue_means_fewer_at_once),
      cmocka_unit_test(test_the_owner_of_a_stray_answer_is_accused),
      cmocka_unit_test(test_the_deadline_comes_from_the_round_trip),
      cmocka_unit_test(test_slow_is_not_silent),
      cmocka_unit_test(test_the_sanity_exchange_tells_about_the_target),
      cmocka_unit_test(test_without_sanity_nothing_is_played),
      cmocka_unit_test(test_a_target_without_http2_is_told_as_such),
      cmocka_unit_test(test_cases_of_the_other_version_are_left_out),
      cmocka_unit_test(test_a_stage_is_aimed_before_it_plays),
      cmocka_unit_test(test_what_is_done_is_counted_on_the_way),
      cmocka_unit_test(test_how_long_a_first_answer_is_waited_for),
      cmocka_unit_test(test_a_target_that_starts_late_is_waited_for),
      cmocka_unit_test(test_a_target_that_dies_of_one_play_and_comes_back),
      cmocka_unit_test(test_a_target_that_does_not_come_back_ends_the_run),
      cmocka_unit_test(test_who_waits_on_a_target_that_is_gone_is_given_up),
      cmocka_unit_test(test_a_crowd_that_holds_the_target_is_played_in_fewer),
      cmocka_unit_test(test_a_target_that_is_started_again),
      cmocka_unit_test(test_a_target_that_is_started_again_in_vain),
      cmocka_unit_test(test_a_target_that_does_not_outlive_its_plays),
      cmocka_unit_test(test_a_process_that_died_makes_suspects),
      cmocka_unit_test(test_a_process_that_ended_and_cost_nothing_is_no_death),
      cmocka_unit_test(test_a_death_between_two_looks_is_that_of_the_play_between_them),
      cmocka_unit_test(test_a_stopped_stage_asks_for_nothing_more),
      cmocka_unit_test(test_a_stage_can_be_freed_at_any_time),
      cmocka_unit_test(test_a_target_that_notices_late_is_not_judged_for_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
