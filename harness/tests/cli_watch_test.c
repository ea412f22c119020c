/* Which end of a process is a death: that of one which was there when nothing was in flight. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/watch.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint64_t SECOND_US = 1000000;

static pid_t start_child(void) {
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    (void)pause();
    _exit(0);
  }
  return child;
}

static void end_child(pid_t child) {
  assert_int_equal(kill(child, SIGKILL), 0);
  assert_int_equal(waitpid(child, NULL, 0), child);
}

static bool finds_death(struct watch *watch, uint64_t now_us, bool quiet) {
  bool died = false;
  assert_true(watch_look(watch, now_us, quiet, &died));
  return died;
}

static void test_a_worker_that_ends_is_a_death_once(void **state) {
  (void)state;
  struct watch watch;
  pid_t worker = start_child();
  assert_true(watch_begin(&watch, getpid(), SECOND_US));
  assert_false(finds_death(&watch, 2 * SECOND_US, false));
  end_child(worker);
  assert_true(finds_death(&watch, 3 * SECOND_US, false));
  assert_false(finds_death(&watch, 4 * SECOND_US, true));
}

/* A CGI program is born and ends with its request. */
static void test_what_comes_and_goes_between_quiet_looks_is_no_death(void **state) {
  (void)state;
  struct watch watch;
  assert_true(watch_begin(&watch, getpid(), SECOND_US));
  pid_t cgi = start_child();
  assert_false(finds_death(&watch, 2 * SECOND_US, false));
  end_child(cgi);
  assert_false(finds_death(&watch, 3 * SECOND_US, false));
  assert_false(finds_death(&watch, 4 * SECOND_US, true));
}

/* The process that replaces one that died is known from the next quiet look on, however soon. */
static void test_a_replacement_is_a_worker_too(void **state) {
  (void)state;
  struct watch watch;
  pid_t worker = start_child();
  assert_true(watch_begin(&watch, getpid(), SECOND_US));
  end_child(worker);
  worker = start_child();
  assert_true(finds_death(&watch, SECOND_US + 100, true));
  end_child(worker);
  assert_true(finds_death(&watch, SECOND_US + 200, true));
}

static void test_it_looks_at_times_and_always_when_quiet(void **state) {
  (void)state;
  struct watch watch;
  bool died = true;
  assert_true(watch_begin(&watch, getpid(), SECOND_US));
  assert_false(watch_look(&watch, SECOND_US + 1, false, &died));
  assert_false(died);
  assert_true(watch_look(&watch, SECOND_US + 1, true, &died));
  assert_true(watch_look(&watch, 2 * SECOND_US, false, &died));
  assert_true(watch.first_kib > 0 && watch.most_kib >= watch.first_kib);
}

static void test_after_the_end_of_the_process_nothing_is_watched(void **state) {
  (void)state;
  struct watch watch;
  bool died = false;
  pid_t child = start_child();
  assert_true(watch_begin(&watch, child, SECOND_US));
  end_child(child);
  assert_true(finds_death(&watch, 2 * SECOND_US, false));
  assert_true(watch.ended);
  assert_false(watch_look(&watch, 3 * SECOND_US, false, &died));
  assert_false(finds_death(&watch, 4 * SECOND_US, true));
  assert_false(watch_begin(&watch, child, SECOND_US));
  assert_true(watch_begin(&watch, 0, SECOND_US));
  assert_false(watch_look(&watch, 3 * SECOND_US, false, &died));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_worker_that_ends_is_a_death_once),
      cmocka_unit_test(test_what_comes_and_goes_between_quiet_looks_is_no_death),
      cmocka_unit_test(test_a_replacement_is_a_worker_too),
      cmocka_unit_test(test_it_looks_at_times_and_always_when_quiet),
      cmocka_unit_test(test_after_the_end_of_the_process_nothing_is_watched),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
