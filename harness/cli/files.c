#include "cli/files.h"

#include "base/bytes.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(struct diag *diag, const char *path, const char *what) {
  diag_set(diag, path, 0, 0, "%s: %s", what, strerror(errno));
  return -1;
}

int file_read(struct arena *arena, const char *path, struct span *out, struct diag *diag) {
  FILE *in = fopen(path, "rbe");
  if (in == NULL) {
    return fail(diag, path, "cannot be opened");
  }
  struct bytes text = {0};
  char buffer[8192];
  size_t got;
  while ((got = fread(buffer, 1, sizeof(buffer), in)) > 0) {
    bytes_add(&text, span_make(buffer, got));
  }
  int failed = ferror(in) ? fail(diag, path, "cannot be read") : 0;
  (void)fclose(in);
  *out = arena_copy(arena, bytes_span(&text));
  bytes_free(&text);
  return failed;
}

/* The file to replace: what a link leads to. The caller frees it. */
static char *real_name(const char *path) {
  char *name = realpath(path, NULL);
  return name != NULL ? name : strdup(path);
}

static mode_t mode_for(const char *path) {
  struct stat info;
  if (stat(path, &info) == 0) {
    return info.st_mode & 07777;
  }
  mode_t mask = umask(0);
  (void)umask(mask);
  return 0666 & ~mask;
}

static bool write_all(int file, struct span content) {
  while (content.len > 0) {
    ssize_t written = write(file, content.ptr, content.len);
    if (written < 0 && errno != EINTR) {
      return false;
    }
    content = span_skip(content, written > 0 ? (size_t)written : 0);
  }
  return true;
}

static int replace(const char *path, const char *name, char *beside, struct span content,
                   struct diag *diag) {
  int file = mkstemp(beside);
  if (file < 0) {
    return fail(diag, path, "no file can be made beside it");
  }
  bool done = write_all(file, content) && fchmod(file, mode_for(name)) == 0;
  int failed = done ? 0 : fail(diag, path, "cannot be written");
  if (close(file) != 0 && failed == 0) {
    failed = fail(diag, path, "cannot be written");
  }
  if (failed == 0 && rename(beside, name) != 0) {
    failed = fail(diag, path, "cannot be replaced");
  }
  if (failed != 0) {
    (void)unlink(beside);
  }
  return failed;
}

int file_replace(const char *path, struct span content, struct diag *diag) {
  char *name = real_name(path);
  struct bytes beside = {0};
  bytes_printf(&beside, "%s.XXXXXX", name);
  (void)bytes_cstr(&beside);
  int failed = replace(path, name, (char *)beside.ptr, content, diag);
  bytes_free(&beside);
  free(name);
  return failed;
}
