/* Changes to streams of heads that keep most of them well-formed: what a mutator of single bytes
 * needs hundreds of thousands of tries for. */
#ifndef INTERIM_FUZZ_HEADS_H
#define INTERIM_FUZZ_HEADS_H

#include <stddef.h>
#include <stdint.h>

/* heads_mutate duplicates, deletes, swaps or inserts a head, changes a status code or adds a field.
 * Returns the new size, or 0 when nothing was changed, for want of a head or of room. */
size_t heads_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed);

#endif
