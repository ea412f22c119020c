#include "base/arena.h"

#include "base/memory.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK_SIZE = 8192 };

struct arena_block {
  struct arena_block *previous;
  size_t used;
  size_t size;
  max_align_t data[];
};

void arena_init(struct arena *arena) {
  arena->last = NULL;
}

static void add_block(struct arena *arena, size_t least) {
  size_t size = least > BLOCK_SIZE ? least : BLOCK_SIZE;
  struct arena_block *block = memory_resize(NULL, sizeof(*block) + size);
  block->previous = arena->last;
  block->used = 0;
  block->size = size;
  arena->last = block;
}

void *arena_alloc(struct arena *arena, size_t size) {
  const size_t align = alignof(max_align_t);
  size_t rounded = (size + align - 1) / align * align;
  if (arena->last == NULL || arena->last->size - arena->last->used < rounded) {
    add_block(arena, rounded);
  }
  struct arena_block *block = arena->last;
  void *out = (uint8_t *)block->data + block->used;
  block->used += rounded;
  return memset(out, 0, rounded);
}

void *arena_array(struct arena *arena, size_t num, size_t size) {
  if (size != 0 && num > SIZE_MAX / 2 / size) {
    abort();
  }
  return arena_alloc(arena, num * size);
}

void *arena_grow(struct arena *arena, void *array, size_t num, size_t *cap, size_t size) {
  if (num < *cap) {
    return array;
  }
  *cap = num == 0 ? 8 : num * 2;
  void *grown = arena_array(arena, *cap, size);
  if (num > 0) {
    memcpy(grown, array, num * size);
  }
  return grown;
}

struct span arena_copy(struct arena *arena, struct span bytes) {
  uint8_t *copy = arena_alloc(arena, bytes.len + 1);
  if (bytes.len > 0) {
    memcpy(copy, bytes.ptr, bytes.len);
  }
  return (struct span){copy, bytes.len};
}

const char *arena_printf(struct arena *arena, const char *format, ...) {
  va_list args;
  va_start(args, format);
  va_list again;
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, args);
  va_end(args);
  size_t size = len < 0 ? 0 : (size_t)len;
  char *text = arena_alloc(arena, size + 1);
  (void)vsnprintf(text, size + 1, format, again);
  va_end(again);
  return text;
}

void arena_free(struct arena *arena) {
  while (arena->last != NULL) {
    struct arena_block *previous = arena->last->previous;
    free(arena->last);
    arena->last = previous;
  }
}
