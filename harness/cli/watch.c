#include "cli/watch.h"

enum {
  LOOK_EVERY_US = 20000,
  LIST_EVERY_US = 200000,
  REPLACED_US = 1000000, /* a process that died is replaced by then, if at all */
};

bool watch_begin(struct watch *watch, pid_t pid, uint64_t now_us) {
  *watch = (struct watch){.pid = pid, .looked_us = now_us, .listed_us = now_us};
  if (pid == 0) {
    return true;
  }
  bool lives = process_look(pid, &watch->workers);
  watch->first_kib = watch->workers.resident_kib;
  watch->most_kib = watch->first_kib;
  return lives;
}

/* To list all that runs costs milliseconds: done now and then, and while a replacement is due. */
static void list(struct watch *watch, uint64_t now_us, bool quiet) {
  bool due = now_us - watch->listed_us >= LIST_EVERY_US;
  bool changing = quiet && watch->died_us != 0 && now_us - watch->died_us < REPLACED_US;
  if (!due && !changing) {
    return;
  }
  struct process_tree now;
  watch->listed_us = now_us;
  if (!process_look(watch->pid, &now)) {
    return;
  }
  watch->most_kib = now.resident_kib > watch->most_kib ? now.resident_kib : watch->most_kib;
  if (quiet) {
    watch->workers = now;
  }
}

bool watch_look(struct watch *watch, uint64_t now_us, bool quiet, bool *died) {
  *died = false;
  if (!quiet && (watch->pid == 0 || now_us - watch->looked_us < LOOK_EVERY_US)) {
    return false;
  }
  watch->looked_us = now_us;
  if (watch->pid == 0) {
    return true;
  }
  *died = process_forget_dead(&watch->workers) > 0;
  watch->died_us = *died ? now_us : watch->died_us;
  if (watch->workers.num == 0 || watch->workers.pids[0] != watch->pid) {
    watch->ended = true;
    watch->pid = 0;
    return true;
  }
  list(watch, now_us, quiet);
  return true;
}
