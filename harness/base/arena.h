/* Memory that is freed at once. The one allocator of the case and script layers: no object of
 * theirs is freed alone. Out of memory ends the process with a message: there is no verdict to
 * save. */
#ifndef INTERIM_BASE_ARENA_H
#define INTERIM_BASE_ARENA_H

#include "base/span.h"

struct arena_block;

struct arena {
  struct arena_block *last;
};

/* arena_init makes an empty arena. Zeroed memory is an empty arena too. */
void arena_init(struct arena *arena);

/* arena_alloc returns size zeroed bytes, aligned for any object; size may be 0. They live until
 * arena_free. */
void *arena_alloc(struct arena *arena, size_t size);

/* arena_array returns num zeroed elements of size bytes each. */
void *arena_array(struct arena *arena, size_t num, size_t size);

/* arena_grow returns the array with room for one more element behind num: itself, or a copy when
 * *cap is reached, which it then doubles. *cap is 0 before the first. */
void *arena_grow(struct arena *arena, void *array, size_t num, size_t *cap, size_t size);

/* arena_copy copies bytes into the arena and adds a NUL behind them, which the length leaves out.
 */
struct span arena_copy(struct arena *arena, struct span bytes);

/* arena_printf formats into the arena. The result is a C string. */
const char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* arena_free frees everything and leaves an empty arena. */
void arena_free(struct arena *arena);

#endif
