/* The target's processes, seen from outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/process.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

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

static bool in_tree(const struct process_tree *tree, pid_t pid) {
  for (size_t i = 0; i < tree->num; i++) {
    if (tree->pids[i] == pid) {
      return true;
    }
  }
  return false;
}

static void test_a_tree_holds_the_process_and_its_children(void **state) {
  (void)state;
  struct process_tree tree;
  pid_t child = start_child();
  assert_true(process_look(getpid(), &tree));
  assert_int_equal(tree.pids[0], getpid());
  assert_true(in_tree(&tree, child));
  assert_true(tree.resident_kib > 0);
  end_child(child);
}

static void test_a_child_that_died_is_lost(void **state) {
  (void)state;
  struct process_tree before;
  struct process_tree after;
  pid_t child = start_child();
  assert_true(process_look(getpid(), &before));
  assert_int_equal(process_lost(&before, &before), 0);
  end_child(child);
  assert_true(process_look(getpid(), &after));
  assert_int_equal(process_lost(&before, &after), 1);
  assert_int_equal(process_lost(&after, &before), 0);
}

static void test_the_dead_are_forgotten_once(void **state) {
  (void)state;
  struct process_tree tree;
  pid_t first = start_child();
  pid_t second = start_child();
  assert_true(process_look(getpid(), &tree));
  assert_int_equal(process_forget_dead(&tree), 0);
  end_child(first);
  assert_int_equal(process_forget_dead(&tree), 1);
  assert_int_equal(process_forget_dead(&tree), 0);
  assert_true(in_tree(&tree, second));
  assert_int_equal(tree.pids[0], getpid());
  end_child(second);
}

/* Another process under the pid of one that died is not that process. */
static void test_a_pid_that_came_again_is_another_process(void **state) {
  (void)state;
  struct process_tree before;
  pid_t child = start_child();
  assert_true(process_look(getpid(), &before));
  struct process_tree after = before;
  for (size_t i = 0; i < after.num; i++) {
    after.starts[i] += after.pids[i] == child ? 1U : 0U;
  }
  assert_int_equal(process_lost(&before, &after), 1);
  assert_int_equal(process_forget_dead(&after), 1);
  assert_false(in_tree(&after, child));
  end_child(child);
}

static void test_a_zombie_is_gone(void **state) {
  (void)state;
  struct process_tree tree;
  pid_t child = start_child();
  assert_int_equal(kill(child, SIGKILL), 0);
  siginfo_t info;
  assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
  assert_false(process_look(child, &tree));
  assert_int_equal(waitpid(child, NULL, 0), child);
  assert_false(process_look(child, &tree));
}

static void test_a_command_is_run_by_the_shell(void **state) {
  (void)state;
  static const struct {
    const char *command;
    int status;
  } rows[] = {
      {"true", 0},
      {"exit 7", 7},
      {"test \"$((1 + 1))\" = 2", 0},
      {"kill -KILL $$", 128 + SIGKILL},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    assert_int_equal(process_run(rows[i].command), rows[i].status);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_tree_holds_the_process_and_its_children),
      cmocka_unit_test(test_a_child_that_died_is_lost),
      cmocka_unit_test(test_the_dead_are_forgotten_once),
      cmocka_unit_test(test_a_pid_that_came_again_is_another_process),
      cmocka_unit_test(test_a_zombie_is_gone),
      cmocka_unit_test(test_a_command_is_run_by_the_shell),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
