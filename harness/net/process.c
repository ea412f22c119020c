#include "net/process.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct process {
  pid_t pid;
  pid_t parent;
  bool zombie;
  uint64_t started;
  uint64_t resident_pages;
};

/* All that runs, as /proc lists it. */
struct listing {
  struct process *processes;
  size_t num;
  size_t cap;
};

/* Reads /proc/PID/stat, in which the command's name may hold blanks and parentheses. */
static bool read_process(pid_t pid, struct process *out) {
  char path[64];
  char text[512];
  (void)snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
  FILE *file = fopen(path, "re");
  if (file == NULL) {
    return false;
  }
  size_t len = fread(text, 1, sizeof(text) - 1, file);
  (void)fclose(file);
  text[len] = '\0';
  const char *behind = strrchr(text, ')');
  if (behind == NULL || strlen(behind) < 4) {
    return false;
  }
  char *at = NULL;
  out->pid = pid;
  out->zombie = behind[2] == 'Z' || behind[2] == 'X';
  out->parent = (pid_t)strtol(behind + 3, &at, 10);
  /* Field 4 was the parent; the start is field 22, resident pages are field 24. */
  uint64_t fields[25] = {0};
  for (int field = 5; field <= 24; field++) {
    fields[field] = strtoull(at, &at, 10);
  }
  out->started = fields[22];
  out->resident_pages = fields[24];
  return true;
}

static bool holds_pid(const struct process_tree *tree, pid_t pid) {
  for (size_t i = 0; i < tree->num; i++) {
    if (tree->pids[i] == pid) {
      return true;
    }
  }
  return false;
}

static bool holds(const struct process_tree *tree, pid_t pid, uint64_t start) {
  for (size_t i = 0; i < tree->num; i++) {
    if (tree->pids[i] == pid && tree->starts[i] == start) {
      return true;
    }
  }
  return false;
}

static void add_process(struct process_tree *tree, const struct process *process) {
  long page = sysconf(_SC_PAGESIZE);
  tree->pids[tree->num] = process->pid;
  tree->starts[tree->num] = process->started;
  tree->num++;
  tree->resident_kib += process->resident_pages * (uint64_t)(page > 0 ? page : 0) / 1024;
}

static void list_processes(struct listing *listing) {
  DIR *proc = opendir("/proc");
  if (proc == NULL) {
    return;
  }
  const struct dirent *entry = NULL;
  while ((entry = readdir(proc)) != NULL) {
    struct process process;
    pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
    if (pid <= 0 || !read_process(pid, &process) || process.zombie) {
      continue;
    }
    if (listing->num == listing->cap) {
      listing->cap = listing->cap == 0 ? 256 : listing->cap * 2;
      struct process *grown = realloc(listing->processes, listing->cap * sizeof(*grown));
      if (grown == NULL) {
        break;
      }
      listing->processes = grown;
    }
    listing->processes[listing->num++] = process;
  }
  (void)closedir(proc);
}

/* Adds the children of what is in the tree already. True when there was one. */
static bool add_children(struct process_tree *tree, const struct listing *listing) {
  bool added = false;
  for (size_t i = 0; i < listing->num && tree->num < PROCESS_MAX; i++) {
    const struct process *process = &listing->processes[i];
    if (!holds_pid(tree, process->pid) && holds_pid(tree, process->parent)) {
      add_process(tree, process);
      added = true;
    }
  }
  return added;
}

/* Whether a process lives; where there is no /proc its start stays 0. */
static bool find_living(pid_t pid, struct process *out) {
  *out = (struct process){.pid = pid};
  if (kill(pid, 0) != 0 && errno != EPERM) {
    return false;
  }
  return !read_process(pid, out) || !out->zombie;
}

bool process_look(pid_t pid, struct process_tree *out) {
  struct process process;
  struct listing listing = {.num = 0};
  out->num = 0;
  out->resident_kib = 0;
  if (!find_living(pid, &process)) {
    return false;
  }
  add_process(out, &process);
  list_processes(&listing);
  while (add_children(out, &listing)) {
  }
  free(listing.processes);
  return true;
}

size_t process_lost(const struct process_tree *before, const struct process_tree *after) {
  size_t lost = 0;
  for (size_t i = 0; i < before->num; i++) {
    lost += holds(after, before->pids[i], before->starts[i]) ? 0U : 1U;
  }
  return lost;
}

size_t process_forget_dead(struct process_tree *tree) {
  size_t kept = 0;
  for (size_t i = 0; i < tree->num; i++) {
    struct process process;
    if (find_living(tree->pids[i], &process) && process.started == tree->starts[i]) {
      tree->pids[kept] = tree->pids[i];
      tree->starts[kept] = tree->starts[i];
      kept++;
    }
  }
  size_t lost = tree->num - kept;
  tree->num = kept;
  return lost;
}

int process_run(const char *command) {
  char shell[] = "/bin/sh";
  char flag[] = "-c";
  char *copy = strdup(command);
  char *const arguments[] = {shell, flag, copy, NULL};
  pid_t pid = 0;
  int status = -1;
  posix_spawn_file_actions_t actions;
  if (copy == NULL || posix_spawn_file_actions_init(&actions) != 0) {
    free(copy);
    return -1;
  }
  /* Standard output is for reports. */
  (void)posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  if (posix_spawn(&pid, shell, &actions, NULL, arguments, environ) == 0) {
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  (void)posix_spawn_file_actions_destroy(&actions);
  free(copy);
  return status;
}
