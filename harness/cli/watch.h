/* An eye on the target's processes during a run: deaths and memory. */
#ifndef INTERIM_CLI_WATCH_H
#define INTERIM_CLI_WATCH_H

#include "net/process.h"

struct watch {
  pid_t pid; /* 0: nothing is watched */
  struct process_tree tree;
  uint64_t looked_us;
  uint64_t first_kib;
  uint64_t most_kib;
  unsigned deaths;
};

/* watch_begin takes the first look; pid 0 watches nothing. False when there is no such process. */
bool watch_begin(struct watch *watch, pid_t pid, uint64_t now_us);

/* watch_look looks again, at most five times a second. True when a process died since. After the
 * death of the watched process itself nothing is watched any more. */
bool watch_look(struct watch *watch, uint64_t now_us);

#endif
