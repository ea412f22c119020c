/* What the fuzz targets share. Each target is one file: a property of the unit tests, called with
 * whatever bytes a fuzzer has. A property that does not hold ends the process. */
#ifndef INTERIM_FUZZ_FUZZ_H
#define INTERIM_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* fuzz_require takes what a property returned: NULL when it holds. */
static inline void fuzz_require(const char *broken) {
  if (broken != NULL) {
    (void)fprintf(stderr, "property broken: %s\n", broken);
    abort();
  }
}

#endif
