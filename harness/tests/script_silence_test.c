/* What a target that answers nobody does to a run: the controls, and plays that may be why. */
#include "tests/script_hall.h"

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

/* Two control exchanges in a row, of five seconds each, tell that nobody answers. */
static void test_how_long_a_silent_target_is_asked(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 1);
  hall_open(&hall, "hangs");
  hall_until_arrived(&hall, 1);
  hall.gateway.stalled = true;
  hall_go_on(&hall);
  runs_are(&hall, 0, 2, 2);
  for (size_t i = 0; i < 2; i++) {
    const struct script *run = hall.plays[0].runs[i];
    assert_true(run->unresponsive);
    assert_false(run->target_down);
    assert_in_range(run->ended_us - run->began_us, 10250000, 10500000);
  }
  hall_close(&hall);
}

static bool request_not_of_play_2(struct doctored_front *front) {
  return hall_was_asked(front, "g/play-2");
}

/* Plays that hold more than two requests at our origin may be why the target answers nobody. A
 * plain exchange without them tells: if it is answered, their runs do not count. */
static void test_whether_a_crowd_was_to_blame(void **state) {
  (void)state;
  enum { STAYS_SILENT, ANSWERS, REFUSES };
  static const struct doctored_fault hangs = {.interim = interim_hang};
  static const struct doctored_fault keeps_one = {.interim = interim_hang,
                                                  .request = request_not_of_play_2};
  static const struct {
    size_t plays;
    const struct doctored_fault *fault;
    int then;
    unsigned dropped;
  } rows[] = {
      {2, &hangs, ANSWERS, 0},      {3, &keeps_one, ANSWERS, 0}, {3, &hangs, ANSWERS, 1},
      {3, &hangs, STAYS_SILENT, 0}, {3, &hangs, REFUSES, 0},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct hall hall;
    hall_init(&hall, rows[i].plays);
    hall_open(&hall, "none");
    hall.gateway.fault = rows[i].fault;
    hall_until_arrived(&hall, rows[i].fault == &keeps_one ? 2 : rows[i].plays);
    hall.gateway.stalled = true;
    while (hall.plays[0].running) {
      assert_true(world_step(&hall.world));
    }
    hall.gateway.fault = doctored_fault_named("none");
    hall.gateway.stalled = rows[i].then == STAYS_SILENT;
    hall.world.refuse = rows[i].then == REFUSES;
    hall_go_on(&hall);
    assert_true(stage_done(hall.stage));
    for (size_t k = 0; k < rows[i].plays; k++) {
      assert_int_equal(hall.plays[k].num_dropped, rows[i].dropped);
      assert_int_equal(hall.plays[k].runs[0]->unresponsive, rows[i].dropped == 0);
      assert_int_equal(hall.plays[k].num_unclean > 0, rows[i].dropped == 0);
    }
    hall_close(&hall);
  }
}

static bool request_not_of_controls_but_one(struct doctored_front *front) {
  return hall_was_asked(front, "/control") && ++front->gateway->num_triggered != 2;
}

/* Whoever comes while a request waits for the origin gets no answer. */
static bool request_one_by_one(struct doctored_front *front) {
  for (size_t i = 0; i < front->gateway->num_fronts; i++) {
    const struct doctored_front *other = front->gateway->fronts[i];
    front->stuck = front->stuck || (other != front && other->open && other->back != 0);
  }
  return front->stuck;
}

/* No sentence asks a target to serve two at once. While our origin owes it an answer, and waits for
 * another request of the same play, nobody else is answered: that is our doing. */
static void test_a_target_that_asks_for_one_thing_at_a_time(void **state) {
  (void)state;
  static const char two_at_once[] = "title T\ncites HOUSE-ALIVE\nseat gateway\n\nclient sends GET\n"
                                    "client 2 sends GET\norigin 2 sends 200\norigin sends 200\n"
                                    "client 2 sees 200\nclient sees 200\n";
  static const struct doctored_fault one_by_one = {.request = request_one_by_one};
  struct hall hall;
  hall_init(&hall, 4);
  for (size_t i = 0; i < 3; i++) {
    hall_add(&hall, two_at_once);
  }
  hall_open(&hall, "none");
  hall.gateway.fault = &one_by_one;
  hall_go_on(&hall);
  assert_true(stage_done(hall.stage));
  for (size_t i = 0; i < hall.num_plays; i++) {
    const struct script *run = play_judged(&hall.plays[i]);
    assert_true(script_clean(run));
    assert_int_equal(run->held_back, i >= 4);
  }
  const struct script *last = play_judged(&hall.plays[6]);
  assert_in_range(last->ended_us - last->began_us, 250000, 500000);
  hall_close(&hall);
}

/* One that is answered in between shows that the target is there: two must fail in a row. */
static void test_a_target_that_answers_one_control_in_two_is_there(void **state) {
  (void)state;
  static const struct doctored_fault hangs = {.interim = interim_hang,
                                              .request = request_not_of_controls_but_one};
  struct hall hall;
  hall_init(&hall, 1);
  hall_open(&hall, "none");
  hall.gateway.fault = &hangs;
  hall_until_arrived(&hall, 1);
  while (hall.plays[0].running) {
    assert_true(world_step(&hall.world));
  }
  const struct script *run = hall.plays[0].runs[0];
  assert_true(run->unresponsive);
  assert_true(run->missed);
  assert_int_equal(hall.gateway.num_triggered, 4);
  hall_close(&hall);
}

/* Who refuses the control is gone, and need not be asked twice. */
static void test_a_control_that_is_refused(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 1);
  hall_open(&hall, "hangs");
  hall_until_arrived(&hall, 1);
  hall.world.refuse = true;
  while (hall.plays[0].running) {
    assert_true(world_step(&hall.world));
  }
  const struct script *run = hall.plays[0].runs[0];
  assert_true(run->target_down);
  assert_false(run->unresponsive);
  assert_in_range(run->ended_us - run->began_us, 250000, 300000);
  assert_true(stage_target_died(hall.stage));
  hall_close(&hall);
}

/* A quarter of those that held the target is left, but two at least. Nobody else begins before it
 * is known whether they did. */
static void test_how_many_are_left_of_a_crowd(void **state) {
  (void)state;
  static const struct {
    unsigned jobs;
    size_t plays;
    size_t held; /* five for each job at most */
    unsigned left;
    uint64_t silent_us;
  } rows[] = {{1, 8, 5, 2, 0},   {8, 11, 11, 2, 0}, {8, 12, 12, 3, 0},    {8, 16, 16, 4, 0},
              {8, 19, 19, 4, 0}, {8, 20, 20, 5, 0}, {1, 8, 5, 2, 6000000}};
  static const struct doctored_fault hangs = {.interim = interim_hang};
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct hall hall;
    hall_init(&hall, rows[i].plays);
    hall.config.jobs = rows[i].jobs;
    hall_open(&hall, "none");
    hall.gateway.fault = &hangs;
    hall_until_arrived(&hall, rows[i].held);
    hall.gateway.stalled = true;
    while (hall.plays[0].running) {
      assert_true(world_step(&hall.world));
    }
    hall.gateway.stalled = rows[i].silent_us > 0;
    hall.gateway.fault = doctored_fault_named("none");
    hall.world.latency_us = 20000;
    hall_until(&hall, hall.world.now_us + 100000);
    size_t begun = 0;
    for (size_t k = 0; k < hall.num_plays; k++) {
      begun += hall.plays[k].num_runs;
    }
    assert_int_equal(begun, rows[i].held);
    hall_until(&hall, hall.world.now_us + rows[i].silent_us);
    hall.gateway.stalled = false;
    hall.most_running = 0;
    hall_go_on(&hall);
    assert_int_equal(hall.most_running, rows[i].left);
    hall_close(&hall);
  }
}

/* Whoever was not cut off leaves no doubt, answered or not. */
static void test_silence_is_no_doubt(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 0);
  hall_add(&hall, HALL_ALONE);
  hall_add(&hall, HALL_ALONE);
  hall_play(&hall, "hangs");
  runs_are(&hall, 0, 2, 2);
  runs_are(&hall, 1, 2, 2);
  assert_int_equal(hall_num_plain(&hall), 4);
  hall_close(&hall);
}

/* A second run that the crowd made void is no second run. */
static void test_a_crowd_of_second_runs(void **state) {
  (void)state;
  static const struct doctored_fault hangs = {.interim = interim_hang};
  struct hall hall;
  hall_init(&hall, 8);
  hall_open(&hall, "drops");
  while (stage_phase_now(hall.stage) != STAGE_CONFIRM) {
    assert_true(world_step(&hall.world));
  }
  hall.gateway.fault = &hangs;
  size_t arrived = 0;
  while (arrived < 7) {
    assert_true(world_step(&hall.world));
    arrived = 0;
    for (size_t i = 1; i < 8; i++) {
      const struct script *run = hall.plays[i].runs[1];
      arrived += run != NULL && run->num_exchanges > 0 && run->exchanges[0]->arrivals > 0;
    }
  }
  hall.gateway.stalled = true;
  while (hall.plays[1].running) {
    assert_true(world_step(&hall.world));
  }
  hall.gateway.stalled = false;
  hall.gateway.fault = doctored_fault_named("drops");
  hall_go_on(&hall);
  for (size_t i = 0; i < 8; i++) {
    runs_are(&hall, i, 2, 2);
    assert_int_equal(hall.plays[i].num_dropped, i == 0 ? 0 : 1);
    assert_false(hall.plays[i].runs[1]->unresponsive);
  }
  hall_close(&hall);
}

static bool request_not_of_play_1(struct doctored_front *front) {
  return hall_was_asked(front, "g/play-1");
}

/* A control settles the plays that wait, whatever the order in which all began: the one that ends
 * while the control is under way leaves it its place. */
static void test_a_control_settles_who_began_behind_it(void **state) {
  (void)state;
  static const struct doctored_fault loses_one = {.request = request_not_of_play_1};
  struct hall hall;
  hall_init(&hall, 0);
  hall_add(&hall, "title T\ncites HOUSE-ALIVE\nseat gateway\n\npause 1925ms\n" STEPS);
  hall_add(&hall, HALL_USUAL);
  hall.config.floor_us = 2000000;
  hall.world.latency_us = 10000;
  hall_open(&hall, "none");
  hall.gateway.fault = &loses_one;
  while (!hall.plays[0].running) {
    assert_true(world_step(&hall.world));
  }
  while (hall.plays[0].running) {
    assert_true(world_step(&hall.world));
  }
  runs_are(&hall, 0, 1, 0);
  assert_true(script_wants_control(hall.plays[1].runs[0], hall.world.now_us)); /* and has one */
  while (hall.plays[1].num_unclean == 0) {
    assert_true(world_step(&hall.world));
  }
  assert_int_equal(hall.plays[1].runs[0]->ended_us, hall.world.now_us);
  hall_close(&hall);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_slow_is_not_silent),
      cmocka_unit_test(test_a_crowd_that_holds_the_target_is_played_in_fewer),
      cmocka_unit_test(test_how_long_a_silent_target_is_asked),
      cmocka_unit_test(test_whether_a_crowd_was_to_blame),
      cmocka_unit_test(test_a_target_that_asks_for_one_thing_at_a_time),
      cmocka_unit_test(test_a_target_that_answers_one_control_in_two_is_there),
      cmocka_unit_test(test_a_control_that_is_refused),
      cmocka_unit_test(test_how_many_are_left_of_a_crowd),
      cmocka_unit_test(test_silence_is_no_doubt),
      cmocka_unit_test(test_a_crowd_of_second_runs),
      cmocka_unit_test(test_a_control_settles_who_began_behind_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
