/* A number out of bytes, quickly: for properties that compare what was read, and that take their
 * choices from their input. */
#ifndef INTERIM_TESTS_HASH_H
#define INTERIM_TESTS_HASH_H

#include "base/span.h"

static inline uint64_t hash_mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
  return hash ^ hash >> 32;
}

static inline uint64_t hash_span(uint64_t hash, struct span bytes) {
  hash = hash_mix(hash, bytes.len);
  size_t i = 0;
  for (; i + sizeof(uint64_t) <= bytes.len; i += sizeof(uint64_t)) {
    uint64_t word;
    memcpy(&word, bytes.ptr + i, sizeof(word));
    hash = hash_mix(hash, word);
  }
  uint64_t rest = 0;
  for (size_t shift = 0; i < bytes.len; i++, shift += 8) {
    rest |= (uint64_t)bytes.ptr[i] << shift;
  }
  return hash_mix(hash, rest);
}

#endif
