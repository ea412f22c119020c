/* Changes to a server's frames of HTTP/2 that leave most of them well-formed. */
#ifndef INTERIM_FUZZ_FRAMES_H
#define INTERIM_FUZZ_FRAMES_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's own mutator of bytes, or one like it. */
typedef size_t frames_mutate_fn(uint8_t *data, size_t size, size_t max_size);

/* frames_mutate duplicates, deletes, swaps or inserts a frame, changes a frame's type, flags,
 * stream or length, cuts a header block in two, or lets bytes of a payload be mutated and sets the
 * length right. Returns the new size, or 0 when nothing was changed. bytes may be NULL. */
size_t frames_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed,
                     frames_mutate_fn *bytes);

#endif
