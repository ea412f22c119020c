/* Allocation that cannot fail: it ends the process instead. Only base uses it. */
#ifndef INTERIM_BASE_MEMORY_H
#define INTERIM_BASE_MEMORY_H

#include <stddef.h>

/* memory_resize is realloc for size > 0; it never returns NULL. */
void *memory_resize(void *old, size_t size);

#endif
