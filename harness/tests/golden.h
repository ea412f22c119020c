/* The folders of corpus/: of each file on the wire, NAME.http or NAME.h2, NAME.events has what must
 * be read from it. */
#ifndef INTERIM_TESTS_GOLDEN_H
#define INTERIM_TESTS_GOLDEN_H

#include "tests/read_file.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* golden_read adds what a file holds. False when it cannot be read. */
static inline bool golden_read(const char *folder, const char *name, const char *extension,
                               struct bytes *out) {
  char path[300];
  (void)snprintf(path, sizeof(path), "%s/%s%s", folder, name, extension);
  return read_file(path, out);
}

/* golden_write writes NAME.events anew. */
static inline void golden_write(const char *folder, const char *name, struct span events) {
  char path[300];
  (void)snprintf(path, sizeof(path), "%s/%s.events", folder, name);
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  if (events.len > 0) {
    assert_int_equal(fwrite(events.ptr, 1, events.len, file), events.len);
  }
  assert_int_equal(fclose(file), 0);
}

/* golden_each calls with the name of each file of that extension, without it. Returns how many
 * there are. */
static inline size_t golden_each(const char *folder, const char *extension,
                                 void (*call)(void *self, const char *name), void *self) {
  DIR *dir = opendir(folder);
  assert_non_null(dir);
  size_t num = 0;
  for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
    size_t len = strlen(entry->d_name);
    size_t end = strlen(extension);
    if (len > end && strcmp(entry->d_name + len - end, extension) == 0) {
      char name[200];
      (void)snprintf(name, sizeof(name), "%.*s", (int)(len - end), entry->d_name);
      call(self, name);
      num++;
    }
  }
  assert_int_equal(closedir(dir), 0);
  return num;
}

#endif
