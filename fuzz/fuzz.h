/* What the fuzz targets share. Each target is one file: a property of the unit tests, called with
 * whatever bytes a fuzzer has. A property that does not hold ends the process. */
#ifndef INTERIM_FUZZ_FUZZ_H
#define INTERIM_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* What is read between these two is not instrumented for coverage: a fuzzer is to explore what is
 * tested, and not the test, and is the faster for it. */
#ifdef __clang__
#define FUZZ_ORACLE_BEGIN                                                                          \
  _Pragma("clang attribute push(__attribute__((no_sanitize(\"coverage\"))), apply_to = function)")
#define FUZZ_ORACLE_END _Pragma("clang attribute pop")
#else
#define FUZZ_ORACLE_BEGIN
#define FUZZ_ORACLE_END
#endif

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

/* fuzz_require takes what a property returned: NULL when it holds. */
static inline void fuzz_require(const char *broken) {
  if (broken != NULL) {
    (void)fprintf(stderr, "property broken: %s\n", broken);
    abort();
  }
}

#endif
