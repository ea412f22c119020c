/* What the fuzz targets share. Each target is one file: a property of the unit tests, called with
 * whatever bytes a fuzzer has. A property that does not hold ends the process. */
#ifndef INTERIM_FUZZ_FUZZ_H
#define INTERIM_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* What is read between these two, such as a mutator, is not instrumented for coverage: a fuzzer is
 * to explore what is tested, and not the test. */
#ifdef __clang__
#define FUZZ_WITHOUT(...)                                                                          \
  _Pragma(FUZZ_TEXT(                                                                               \
      clang attribute push(__attribute__((no_sanitize(__VA_ARGS__))), apply_to = function)))
#define FUZZ_TEXT(...) #__VA_ARGS__
#define FUZZ_END _Pragma("clang attribute pop")
#else
#define FUZZ_WITHOUT(...)
#define FUZZ_END
#endif
#define FUZZ_UNTRACED_BEGIN FUZZ_WITHOUT("coverage")
#define FUZZ_UNTRACED_END FUZZ_END

/* The same for what a target checks with, which ASan and UBSan do not watch either: they do in the
 * unit tests. */
#define FUZZ_ORACLE_BEGIN FUZZ_WITHOUT("coverage", "address", "undefined")
#define FUZZ_ORACLE_END FUZZ_END

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Defined by a target's mutator: heads.c, frames.c. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

/* libFuzzer's own mutator of bytes; absent where something else runs the target. */
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

/* fuzz_mutate_bytes changes bytes as libFuzzer does, where that is there, and returns their number.
 */
static inline size_t fuzz_mutate_bytes(uint8_t *data, size_t size, size_t max_size) {
  return LLVMFuzzerMutate == NULL ? size : LLVMFuzzerMutate(data, size, max_size);
}

/* Defined by replay_main.c alone. */
extern const bool fuzz_replays __attribute__((weak));

/* fuzz_is_replay tells whether inputs are replayed: then there is time for all properties of each,
 * where a fuzzer has time for one. */
static inline bool fuzz_is_replay(void) {
  return &fuzz_replays != NULL;
}

/* fuzz_require takes what a property returned: NULL when it holds. */
static inline void fuzz_require(const char *broken) {
  if (broken != NULL) {
    (void)fprintf(stderr, "property broken: %s\n", broken);
    abort();
  }
}

#endif
