/* The target's processes, seen from outside: whether they live, and how much memory they hold. */
#ifndef INTERIM_NET_PROCESS_H
#define INTERIM_NET_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { PROCESS_MAX = 256 };

/* A process and its descendants at one moment. Where the system has no /proc only the process
 * itself is known, and no memory. */
struct process_tree {
  pid_t pids[PROCESS_MAX];      /* the process first, when it lives */
  uint64_t starts[PROCESS_MAX]; /* when each began, in the system's ticks: a pid may come again */
  size_t num;
  uint64_t resident_kib;
};

/* process_look fills in the tree of a process. False when the process is gone. */
bool process_look(pid_t pid, struct process_tree *out);

/* process_lost tells how many processes of the first tree are missing in the second. */
size_t process_lost(const struct process_tree *before, const struct process_tree *after);

/* process_forget_dead takes out of the tree what is gone, without a look at all that runs. The
 * number of processes that went. */
size_t process_forget_dead(struct process_tree *tree);

/* process_run runs a shell command, with standard error as its standard output, and waits for it.
 * Its exit status, 128 + N for a signal N, or -1
 * when it could not be started. */
int process_run(const char *command);

#endif
