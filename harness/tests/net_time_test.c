/* Wake-up times, turns, signals and lag. Nothing here compares with how long something took, except
 * that it was not too short. */
#include "net_tape.h"

#include <signal.h>

enum { WAKES = 5 };

struct alarms {
  uint64_t offset_us[WAKES];
  uint64_t due_us[WAKES];
  size_t num;
  bool started;
};

static void wake_in_turn(struct tape *tape, const struct actor_event *event) {
  struct alarms *alarms = tape->user;
  assert_int_equal(event->kind, ACTOR_TIME);
  if (!alarms->started) {
    alarms->started = true;
    for (size_t i = 0; i < WAKES; i++) {
      alarms->due_us[i] = tape->now_us + alarms->offset_us[i];
    }
  }
  while (alarms->num < WAKES && alarms->due_us[alarms->num] <= tape->now_us) {
    bytes_printf(&tape->client, "%zu ", alarms->num++);
  }
  tape->wake_us = alarms->num < WAKES ? alarms->due_us[alarms->num] : ACTOR_NEVER;
  tape->done = alarms->num == WAKES;
}

static void wakes_come_in_order_and_not_too_early(void **state) {
  (void)state;
  struct alarms alarms = {.offset_us = {0, 1, 1500, 3000, 20000}};
  struct net_loop *loop = net_loop_new();
  struct tape *tape = tape_start(loop, wake_in_turn);
  tape->user = &alarms;
  tape_run(loop, tape);
  assert_string_equal(bytes_cstr(&tape->client), "0 1 2 3 4 ");
  assert_true(net_loop_now_us(loop) >= alarms.due_us[WAKES - 1]);
  net_loop_free(loop);
  tape_free(tape);
}

struct pair {
  struct tape *first;
  struct tape *second;
};

static bool both_done(void *user) {
  const struct pair *pair = user;
  return pair->first->done && pair->second->done;
}

static void two_players_wake_by_their_own_times(void **state) {
  (void)state;
  struct alarms early = {.offset_us = {0, 2000, 4000, 6000, 8000}};
  struct alarms late = {.offset_us = {1000, 3000, 5000, 7000, 9000}};
  struct net_loop *loop = net_loop_new();
  struct pair pair = {tape_start(loop, wake_in_turn), tape_start(loop, wake_in_turn)};
  pair.first->user = &early;
  pair.second->user = &late;
  assert_int_equal(net_loop_run(loop, both_done, NULL, &pair), 0);
  assert_string_equal(bytes_cstr(&pair.first->client), "0 1 2 3 4 ");
  assert_string_equal(bytes_cstr(&pair.second->client), "0 1 2 3 4 ");
  net_loop_free(loop);
  tape_free(pair.first);
  tape_free(pair.second);
}

struct turns {
  struct tape *tape;
  unsigned asked;
  unsigned after;
};

static bool asked_enough(void *user) {
  struct turns *turns = user;
  turns->asked++;
  return turns->tape->done;
}

static void count_turn(void *user) {
  struct turns *turns = user;
  turns->after++;
}

enum { NAPS = 8 };

/* Naps of odd lengths, none of them whole milliseconds. */
static void take_naps(struct tape *tape, const struct actor_event *event) {
  unsigned *naps = tape->user;
  assert_int_equal(event->kind, ACTOR_TIME);
  if (tape->wake_us == ACTOR_NEVER || tape->now_us >= tape->wake_us) {
    tape->done = (*naps)++ == NAPS;
    tape->wake_us = tape->now_us + 3000 + 130 * (uint64_t)*naps;
  }
}

static void a_far_wake_does_not_keep_the_loop_busy(void **state) {
  (void)state;
  unsigned naps = 0;
  struct net_loop *loop = net_loop_new();
  struct turns turns = {.tape = tape_start(loop, take_naps)};
  turns.tape->user = &naps;
  assert_int_equal(net_loop_run(loop, asked_enough, count_turn, &turns), 0);
  assert_true(turns.after >= NAPS && turns.after <= 4 * NAPS);
  assert_int_equal(turns.asked, turns.after + 1);
  net_loop_free(loop);
  tape_free(turns.tape);
}

static void want_time_always(struct tape *tape, const struct actor_event *event) {
  unsigned *times = tape->user;
  assert_int_equal(event->kind, ACTOR_TIME);
  tape->wake_us = 0;
  tape->done = ++*times == 5;
}

static void a_wake_that_is_over_is_told_every_turn(void **state) {
  (void)state;
  unsigned times = 0;
  struct net_loop *loop = net_loop_new();
  struct tape *tape = tape_start(loop, want_time_always);
  tape->user = &times;
  tape_run(loop, tape);
  assert_int_equal(times, 5);
  net_loop_free(loop);
  tape_free(tape);
}

static void raise_once(struct tape *tape, const struct actor_event *event) {
  int *number = tape->user;
  if (event->kind == ACTOR_TIME && *number != 0) {
    assert_int_equal(raise(*number), 0);
    *number = 0;
  }
}

static void a_signal_ends_the_run(int number) {
  struct net_loop *loop = net_loop_new();
  struct tape *tape = tape_start(loop, raise_once);
  int pending = number;
  tape->user = &pending;
  assert_int_equal(net_loop_run(loop, tape_done, NULL, tape), number);
  /* It is told once: the next run goes on. */
  tape->done = true;
  assert_int_equal(net_loop_run(loop, tape_done, NULL, tape), 0);
  net_loop_free(loop);
  tape_free(tape);
}

static void an_interrupt_ends_the_run(void **state) {
  (void)state;
  a_signal_ends_the_run(SIGINT);
}

static void a_termination_ends_the_run(void **state) {
  (void)state;
  a_signal_ends_the_run(SIGTERM);
}

static void a_broken_pipe_is_no_signal(void **state) {
  (void)state;
  struct net_loop *loop = net_loop_new();
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  (void)close(ends[0]);
  assert_int_equal(write(ends[1], "x", 1), -1);
  (void)close(ends[1]);
  net_loop_free(loop);
}

/* Works for a while without looking at the sockets, then lets some turns go by. */
static void work_hard(struct tape *tape, const struct actor_event *event) {
  unsigned *rest = tape->user;
  assert_int_equal(event->kind, ACTOR_TIME);
  if (*rest == 5) {
    (void)usleep(20000);
  }
  tape->done = *rest == 0;
  *rest -= *rest > 0;
  tape->wake_us = tape->now_us;
}

static void lag_is_the_longest_time_without_a_poll(void **state) {
  (void)state;
  unsigned rest = 6;
  struct net_loop *loop = net_loop_new();
  struct tape *tape = tape_start(loop, work_hard);
  tape->user = &rest;
  assert_int_equal(net_loop_lag_us(loop), 0);
  tape_run(loop, tape);
  assert_true(net_loop_lag_us(loop) >= 20000);
  net_loop_free(loop);
  tape_free(tape);
}

static void freeing_nothing_is_allowed(void **state) {
  (void)state;
  net_loop_free(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(wakes_come_in_order_and_not_too_early),
      cmocka_unit_test(two_players_wake_by_their_own_times),
      cmocka_unit_test(a_far_wake_does_not_keep_the_loop_busy),
      cmocka_unit_test(a_wake_that_is_over_is_told_every_turn),
      cmocka_unit_test(an_interrupt_ends_the_run),
      cmocka_unit_test(a_termination_ends_the_run),
      cmocka_unit_test(a_broken_pipe_is_no_signal),
      cmocka_unit_test(lag_is_the_longest_time_without_a_poll),
      cmocka_unit_test(freeing_nothing_is_allowed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
