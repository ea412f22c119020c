#include "tests/bench_parser.h"

#if defined(__linux__) && defined(__x86_64__)

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs once before, so that what is done once (symbols bound, pages mapped) is not counted. */
static void run_marked(const struct bench_runner *runner, const struct bench_input *input,
                       size_t num_streams) {
  for (int round = 0; round < 2; round++) {
    if (round == 1) {
      __asm__ volatile("int3");
    }
    for (size_t i = 0; i < num_streams; i++) {
      (void)runner->run(input->streams[i], input->bytewise);
    }
  }
  __asm__ volatile("int3");
}

/* Both marks stop the child with SIGTRAP, as each step does; a mark is told by the byte behind
 * which the child stands. */
static bool at_mark(pid_t child) {
  struct user_regs_struct registers;
  void *place = NULL;
  if (ptrace(PTRACE_GETREGS, child, NULL, &registers) != 0) {
    return false;
  }
  memcpy(&place, &registers.rip, sizeof(place));
  long word = ptrace(PTRACE_PEEKTEXT, child, place, NULL);
  return (word & 0xff) == 0xcc;
}

static uint64_t count_steps(pid_t child) {
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status) ||
      ptrace(PTRACE_CONT, child, NULL, NULL) != 0 || waitpid(child, &status, 0) != child) {
    return 0;
  }
  uint64_t steps = 0;
  while (WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP && !at_mark(child)) {
    if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) != 0 || waitpid(child, &status, 0) != child) {
      return 0;
    }
    steps++;
  }
  return WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP ? steps : 0;
}

uint64_t bench_count(const struct bench_runner *runner, const struct bench_input *input,
                     size_t num_streams) {
  pid_t child = fork();
  if (child < 0) {
    return 0;
  }
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0 || raise(SIGSTOP) != 0) {
      _exit(1);
    }
    run_marked(runner, input, num_streams);
    _exit(0);
  }
  uint64_t steps = count_steps(child);
  (void)kill(child, SIGKILL);
  (void)waitpid(child, NULL, 0);
  return steps;
}

#else

uint64_t bench_count(const struct bench_runner *runner, const struct bench_input *input,
                     size_t num_streams) {
  (void)runner;
  (void)input;
  (void)num_streams;
  return 0;
}

#endif
