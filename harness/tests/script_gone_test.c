/* What a target that is gone, or was seen to die, does to a run. */
#include "tests/script_hall.h"

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
  assert_true(hall.world.num_events < 200); /* it is not tried without a pause */
  hall_close(&hall);
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
  assert_true(hall.plays[0].runs[0]->target_down);
  assert_false(hall.plays[0].runs[0]->unresponsive);
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
      struct actor actor = stage_actor(hall.stage);
      assert_true(actor.wake(actor.self) == ACTOR_NEVER);
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
  assert_int_equal(stage_num_deaths(hall.stage), 2);
  runs_are(&hall, 5, 2, 2);
  for (size_t i = 0; i < 20; i++) {
    assert_true(hall.plays[i].done);
    assert_int_equal(hall.plays[i].num_unclean > 1, i == 5);
  }
  hall_close(&hall);
}

/* A target that was started again and came back has as long as before when it dies once more. */
static void test_each_death_has_a_patience_of_its_own(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 20);
  hall.config.can_restart = true;
  hall_open(&hall, "dies");
  hall.gateway.trigger = "g/play-5";
  hall.gateway.down_us = ACTOR_NEVER;
  unsigned restarts = 0;
  uint64_t died_us = 0;
  while (!stage_done(hall.stage) && world_step(&hall.world)) {
    died_us = hall.world.refuse && died_us == 0 ? hall.world.now_us : died_us;
    if (stage_wants_restart(hall.stage)) {
      assert_in_range(hall.world.now_us - died_us, 2000000, 2400000);
      assert_false(stage_restarted_in_vain(hall.stage));
      restarts++;
      hall.world.refuse = false;
      died_us = 0;
      stage_restarted(hall.stage);
    }
  }
  assert_int_equal(restarts, 2);
  assert_false(stage_restarted_in_vain(hall.stage));
  hall_close(&hall);
}

/* A process that dies: it ends a connection, serves nobody who comes, and is gone or replaced a
 * while later. */
static bool request_close_if_withered(struct doctored_front *front) {
  if (front->gateway->num_triggered != 1) {
    return false;
  }
  doctored_finish(front, true);
  return true;
}

static void interim_wither_once(struct doctored_front *front, struct doctored_message *message) {
  if (front->gateway->num_triggered == 0) {
    front->gateway->num_triggered++;
    doctored_finish(front, true);
  } else {
    doctored_pass_interim(front, message);
  }
}

static const struct doctored_fault withers = {.interim = interim_wither_once,
                                              .request = request_close_if_withered};

static void hall_wither(struct hall *hall) {
  hall_init(hall, 0);
  hall_add(hall, HALL_ALONE);
  hall_add(hall, HALL_ALONE);
  hall->config.watched = true;
  hall_open(hall, "none");
  hall->gateway.fault = &withers;
}

static uint64_t hall_until_withered(struct hall *hall) {
  while (hall->gateway.num_triggered == 0) {
    hall_step(hall);
  }
  return hall->world.now_us;
}

/* Nothing begins until the target has shown that it outlived what it cut off. */
static void test_a_target_that_dies_slowly_dies_of_the_play_before(void **state) {
  (void)state;
  struct hall hall;
  hall_wither(&hall);
  uint64_t died_us = hall_until_withered(&hall);
  hall_until(&hall, died_us + 300000);
  assert_int_equal(hall.plays[1].num_runs, 0);
  hall.world.refuse = true;
  hall_until(&hall, died_us + 600000);
  assert_true(hall.plays[0].runs[0]->target_down);
  hall.world.refuse = false;
  hall.gateway.num_triggered++;
  unsigned plain = hall_num_plain(&hall);
  while (!stage_done(hall.stage)) {
    hall_step(&hall);
  }
  assert_true(stage_target_died(hall.stage));
  runs_are(&hall, 0, 3, 1);
  runs_are(&hall, 1, 1, 0);
  assert_int_equal(hall.plays[1].num_void, 0);
  /* One shows that it is back, which ends the doubt, and the last one comes after all plays. */
  assert_int_equal(hall_num_plain(&hall) - plain, 2);
  hall_close(&hall);
}

/* Who answers nobody for two seconds is not waited for any longer. */
static void test_a_doubt_ends(void **state) {
  (void)state;
  struct hall hall;
  hall_wither(&hall);
  uint64_t died_us = hall_until_withered(&hall);
  hall_until(&hall, died_us + 1900000);
  assert_int_equal(hall.plays[1].num_runs, 0);
  hall_until(&hall, died_us + 2200000);
  assert_int_equal(hall.plays[1].num_runs, 1);
  hall_close(&hall);
}

/* Looks may come at any time; with nothing else in flight, who dies dies of the play before. */
static void test_a_death_between_two_looks_while_in_doubt(void **state) {
  (void)state;
  struct hall hall;
  hall_wither(&hall);
  uint64_t died_us = hall_until_withered(&hall);
  hall_until(&hall, died_us + 150000);
  stage_looked(hall.stage, false);
  hall_until(&hall, died_us + 250000);
  stage_looked(hall.stage, true);
  assert_true(hall.plays[0].runs[0]->hurt);
  assert_int_equal(stage_num_deaths(hall.stage), 1);
  hall_close(&hall);
}

/* What ended before a look with nothing in flight is not what died after it. */
static void test_a_death_behind_a_look_is_none_of_a_play_before_it(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 2);
  hall.config.jobs = 1;
  hall.config.watched = true;
  hall_open(&hall, "closes-unsaid");
  while (!hall.plays[1].running) {
    hall_step(&hall);
  }
  stage_looked(hall.stage, true);
  assert_false(hall.plays[0].runs[0]->hurt);
  assert_int_equal(stage_num_deaths(hall.stage), 0);
  while (hall.plays[1].running) {
    hall_step(&hall);
  }
  assert_true(hall.plays[1].runs[0]->hurt);
  assert_int_equal(stage_num_deaths(hall.stage), 1);
  hall_close(&hall);
}

static void interim_close(struct doctored_front *front, struct doctored_message *message) {
  (void)message;
  doctored_finish(front, true);
}

#define ASKS_AND_PAUSES                                                                            \
  "title T\ncites HOUSE-ALIVE\nseat gateway\n\nclient sends GET\norigin sends 102\n"               \
  "client sees 102 or close\npause 500ms\n"

/* Of those in flight when connections are refused, only who was cut off before the others began
 * may have cost the target its life; all are played again. */
static void test_who_was_in_flight_when_the_target_went(void **state) {
  (void)state;
  static const struct doctored_fault closes = {.interim = interim_close};
  struct hall hall;
  hall_init(&hall, 0);
  hall_add(&hall, ASKS_AND_PAUSES);
  hall_add(&hall, ASKS_AND_PAUSES);
  hall_add(&hall, ASKS_AND_PAUSES);
  hall_add(&hall, HALL_USUAL);
  hall.config.jobs = 1;
  hall_open(&hall, "none");
  while (!hall.plays[2].running) {
    hall.gateway.fault = &closes;
    assert_true(world_step(&hall.world));
  }
  hall.gateway.fault = doctored_fault_named("none");
  hall_until_arrived(&hall, 3);
  hall.world.refuse = true;
  while (!stage_target_died(hall.stage)) {
    assert_true(world_step(&hall.world));
  }
  assert_int_equal(hall.plays[3].num_void, 1);
  for (size_t i = 0; i < 3; i++) {
    assert_true(hall.plays[i].running);
    assert_true(hall.plays[i].runs[0]->hurt);
  }
  hall.world.refuse = false;
  hall_go_on(&hall);
  assert_int_equal(hall.plays[0].cuts & 1U, 1);
  assert_int_equal(hall.plays[1].cuts & 1U, 0);
  assert_int_equal(hall.plays[2].cuts & 1U, 0);
  for (size_t i = 0; i < 3; i++) {
    runs_are(&hall, i, 3, 1);
  }
  runs_are(&hall, 3, 1, 0);
  hall_close(&hall);
}

/* Nothing begins while one is still in flight, even if the target is back. */
static void test_a_play_outlives_the_target_alone(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 0);
  hall_add(&hall, ASKS_AND_PAUSES);
  hall_add(&hall, HALL_USUAL);
  hall.config.jobs = 1;
  hall_open(&hall, "none");
  hall_until_arrived(&hall, 1);
  hall.world.refuse = true;
  while (!stage_target_died(hall.stage)) {
    assert_true(world_step(&hall.world));
  }
  hall.world.refuse = false;
  unsigned plain = hall_num_plain(&hall);
  while (hall.plays[0].running) {
    assert_int_equal(hall_num_plain(&hall), plain);
    assert_int_equal(hall.plays[1].num_runs, 0);
    assert_true(world_step(&hall.world));
  }
  hall_go_on(&hall);
  runs_are(&hall, 1, 1, 0);
  hall_close(&hall);
}

/* The canary of a play may be the first to be refused. */
static void test_a_canary_that_is_refused(void **state) {
  (void)state;
  static const struct doctored_fault closes = {.final = final_close};
  struct hall hall;
  hall_init(&hall, 1);
  hall_open(&hall, "none");
  hall.gateway.fault = &closes;
  hall_until_arrived(&hall, 1);
  hall.world.refuse = true;
  while (hall.plays[0].running) {
    assert_true(world_step(&hall.world));
  }
  assert_true(hall.plays[0].runs[0]->target_down);
  assert_true(stage_target_died(hall.stage));
  hall_close(&hall);
}

/* A target that dies of every play is not started again for ever. */
static void test_how_often_a_target_is_started_again(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, HALL_PLAYS);
  hall.config.can_restart = true;
  hall.config.jobs = 1;
  hall_open(&hall, "dies");
  hall.gateway.trigger = "g/play";
  hall.gateway.down_us = ACTOR_NEVER;
  unsigned restarts = 0;
  while (!stage_done(hall.stage) && world_step(&hall.world)) {
    if (stage_wants_restart(hall.stage)) {
      restarts++;
      hall.world.refuse = false;
      stage_restarted(hall.stage);
    }
  }
  assert_true(stage_done(hall.stage));
  assert_int_equal(restarts, 20);
  hall_close(&hall);
}

/* Who has been seen alive since did not die of it. */
static void test_a_cut_that_others_outlived(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 9);
  hall.config.jobs = 1;
  hall_open(&hall, "none");
  hall.gateway.fault = &withers;
  while (hall.plays[0].num_unclean == 0) {
    assert_true(world_step(&hall.world));
  }
  hall.gateway.num_triggered++;
  while (!hall.plays[5].done) {
    assert_true(world_step(&hall.world));
  }
  assert_true(hall.plays[5].runs[0]->began_us > hall.plays[0].runs[0]->ended_us);
  hall.world.refuse = true;
  while (!stage_target_died(hall.stage)) {
    assert_true(world_step(&hall.world));
  }
  assert_false(hall.plays[0].runs[0]->target_down);
  assert_false(hall.plays[0].runs[0]->hurt);
  hall_close(&hall);
}

/* However many find out later, it has been gone since the first. */
static void test_since_when_a_target_is_gone(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 0);
  hall_add(&hall, "title T\ncites HOUSE-ALIVE\nseat gateway\n\npause 1500ms\n" STEPS);
  hall_add(&hall, HALL_USUAL);
  hall.config.jobs = 1;
  hall.config.can_restart = true;
  hall_open(&hall, "dies");
  hall.gateway.trigger = "g/play-1";
  hall.gateway.down_us = ACTOR_NEVER;
  while (!hall.world.refuse) {
    assert_true(world_step(&hall.world));
  }
  uint64_t died_us = hall.world.now_us;
  assert_true(hall.plays[0].running);
  while (!stage_wants_restart(hall.stage)) {
    assert_true(world_step(&hall.world));
  }
  assert_false(hall.plays[0].running);
  assert_in_range(hall.world.now_us - died_us, 2000000, 2200000);
  hall_close(&hall);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_without_sanity_nothing_is_played),
      cmocka_unit_test(test_a_target_that_starts_late_is_waited_for),
      cmocka_unit_test(test_a_target_that_dies_of_one_play_and_comes_back),
      cmocka_unit_test(test_a_target_that_does_not_come_back_ends_the_run),
      cmocka_unit_test(test_who_waits_on_a_target_that_is_gone_is_given_up),
      cmocka_unit_test(test_a_target_that_is_started_again),
      cmocka_unit_test(test_a_target_that_is_started_again_in_vain),
      cmocka_unit_test(test_a_target_that_does_not_outlive_its_plays),
      cmocka_unit_test(test_a_process_that_died_makes_suspects),
      cmocka_unit_test(test_a_process_that_ended_and_cost_nothing_is_no_death),
      cmocka_unit_test(test_a_death_between_two_looks_is_that_of_the_play_between_them),
      cmocka_unit_test(test_each_death_has_a_patience_of_its_own),
      cmocka_unit_test(test_a_target_that_dies_slowly_dies_of_the_play_before),
      cmocka_unit_test(test_a_doubt_ends),
      cmocka_unit_test(test_a_death_between_two_looks_while_in_doubt),
      cmocka_unit_test(test_a_death_behind_a_look_is_none_of_a_play_before_it),
      cmocka_unit_test(test_who_was_in_flight_when_the_target_went),
      cmocka_unit_test(test_a_play_outlives_the_target_alone),
      cmocka_unit_test(test_a_canary_that_is_refused),
      cmocka_unit_test(test_how_often_a_target_is_started_again),
      cmocka_unit_test(test_a_cut_that_others_outlived),
      cmocka_unit_test(test_since_when_a_target_is_gone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
