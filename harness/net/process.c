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
  uint64_t resident_pages;
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
  /* Field 4 was the parent; resident pages are field 24. */
  for (int field = 5; field <= 24; field++) {
    out->resident_pages = strtoull(at, &at, 10);
  }
  return true;
}

static bool holds(const struct process_tree *tree, pid_t pid) {
  for (size_t i = 0; i < tree->num; i++) {
    if (tree->pids[i] == pid) {
      return true;
    }
  }
  return false;
}

static void add_process(struct process_tree *tree, const struct process *process) {
  long page = sysconf(_SC_PAGESIZE);
  tree->pids[tree->num++] = process->pid;
  tree->resident_kib += process->resident_pages * (uint64_t)(page > 0 ? page : 0) / 1024;
}

/* Adds the children of what is in the tree already. True when there was one. */
static bool add_children(struct process_tree *tree) {
  DIR *proc = opendir("/proc");
  bool added = false;
  if (proc == NULL) {
    return false;
  }
  const struct dirent *entry = NULL;
  while ((entry = readdir(proc)) != NULL && tree->num < PROCESS_MAX) {
    struct process process;
    pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
    if (pid > 0 && !holds(tree, pid) && read_process(pid, &process) && !process.zombie &&
        holds(tree, process.parent)) {
      add_process(tree, &process);
      added = true;
    }
  }
  (void)closedir(proc);
  return added;
}

bool process_look(pid_t pid, struct process_tree *out) {
  struct process process = {.pid = pid};
  *out = (struct process_tree){.num = 0};
  if (kill(pid, 0) != 0 && errno != EPERM) {
    return false;
  }
  if (read_process(pid, &process) && process.zombie) {
    return false;
  }
  add_process(out, &process);
  while (add_children(out)) {
  }
  return true;
}

size_t process_lost(const struct process_tree *before, const struct process_tree *after) {
  size_t lost = 0;
  for (size_t i = 0; i < before->num; i++) {
    lost += holds(after, before->pids[i]) ? 0U : 1U;
  }
  return lost;
}

int process_run(const char *command) {
  char shell[] = "/bin/sh";
  char flag[] = "-c";
  char *copy = strdup(command);
  char *const arguments[] = {shell, flag, copy, NULL};
  pid_t pid = 0;
  int status = -1;
  if (copy != NULL && posix_spawn(&pid, shell, NULL, NULL, arguments, environ) == 0) {
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  free(copy);
  return status;
}
