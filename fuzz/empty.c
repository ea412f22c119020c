/* A target that does nothing: the rate of the fuzzer itself, beside which the others are rated. */
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  (void)data;
  (void)size;
  return 0;
}
