/* An eye on the target's processes during a run: deaths and memory.
 *
 * A death is that of a process that outlives requests: one that was there at a moment when nothing
 * was in flight. What is born and ends with a request, such as a CGI program, is none. */
#ifndef INTERIM_CLI_WATCH_H
#define INTERIM_CLI_WATCH_H

#include "net/process.h"

struct watch {
  pid_t pid;                   /* 0: nothing is watched */
  struct process_tree workers; /* that live, of those that were there when nothing was in flight */
  uint64_t looked_us;
  uint64_t listed_us; /* all processes were listed then */
  uint64_t died_us;   /* a death was seen then; 0 for never */
  uint64_t first_kib;
  uint64_t most_kib;
  bool ended; /* the watched process itself is gone */
};

/* watch_begin takes the first look; pid 0 watches nothing. False when there is no such process. */
bool watch_begin(struct watch *watch, pid_t pid, uint64_t now_us);

/* watch_look looks again when quiet, which says that nothing is in flight, and else at most fifty
 * times a second. False when it did not look. *died tells whether a worker died since. After the
 * death of the watched process itself nothing is watched any more. */
bool watch_look(struct watch *watch, uint64_t now_us, bool quiet, bool *died);

#endif
