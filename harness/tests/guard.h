/* Memory with a page behind it that nobody may touch: reading one byte too far traps. */
#ifndef INTERIM_TESTS_GUARD_H
#define INTERIM_TESTS_GUARD_H

#include "base/span.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct guard {
  uint8_t *map;
  size_t size; /* in front of the guard page */
};

/* guard_free gives the memory back. */
static inline void guard_free(struct guard *guard) {
  if (guard->map != NULL) {
    (void)munmap(guard->map, guard->size + (size_t)sysconf(_SC_PAGESIZE));
  }
  *guard = (struct guard){0};
}

static inline void guard_reserve(struct guard *guard, size_t len) {
  if (guard->map != NULL && len <= guard->size) {
    return;
  }
  guard_free(guard);
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  guard->size = (len / page + 1) * page;
  void *map =
      mmap(NULL, guard->size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (map == MAP_FAILED || mprotect((uint8_t *)map + guard->size, page, PROT_NONE) != 0) {
    abort();
  }
  guard->map = map;
}

/* guard_place copies bytes so that they end where the guard page begins. The copy lives until the
 * next call. Zeroed memory is an empty guard. */
static inline struct span guard_place(struct guard *guard, struct span bytes) {
  guard_reserve(guard, bytes.len);
  uint8_t *copy = guard->map + guard->size - bytes.len;
  if (bytes.len > 0) {
    memcpy(copy, bytes.ptr, bytes.len);
  }
  return span_make(copy, bytes.len);
}

#endif
