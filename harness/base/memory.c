#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>

void *memory_resize(void *old, size_t size) {
  void *fresh = realloc(old, size);
  if (fresh == NULL) {
    (void)fprintf(stderr, "interim: out of memory (%zu bytes wanted)\n", size);
    abort();
  }
  return fresh;
}
