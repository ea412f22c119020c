#include "cli/watch.h"

enum { LOOK_EVERY_US = 200000 };

bool watch_begin(struct watch *watch, pid_t pid, uint64_t now_us) {
  *watch = (struct watch){.pid = pid, .looked_us = now_us};
  if (pid == 0) {
    return true;
  }
  bool lives = process_look(pid, &watch->tree);
  watch->first_kib = watch->tree.resident_kib;
  watch->most_kib = watch->first_kib;
  return lives;
}

bool watch_look(struct watch *watch, uint64_t now_us) {
  if (watch->pid == 0 || now_us - watch->looked_us < LOOK_EVERY_US) {
    return false;
  }
  watch->looked_us = now_us;
  struct process_tree now;
  bool lives = process_look(watch->pid, &now);
  size_t lost = process_lost(&watch->tree, &now);
  watch->deaths += (unsigned)lost;
  watch->tree = now;
  if (now.resident_kib > watch->most_kib) {
    watch->most_kib = now.resident_kib;
  }
  if (!lives) {
    watch->pid = 0;
  }
  return lost > 0;
}
