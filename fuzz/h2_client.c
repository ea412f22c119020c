#include "fuzz/frames.h"
#include "fuzz/fuzz.h"
#include "tests/props_h2_client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_require(prop_session_one(span_make(data, size)));
  return 0;
}

/* libFuzzer's own mutator of bytes; absent where something else runs the target. */
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
  size_t changed = seed % 5 < 4 ? frames_mutate(data, size, max_size, seed, LLVMFuzzerMutate) : 0;
  if (changed == 0 && LLVMFuzzerMutate != NULL) {
    changed = LLVMFuzzerMutate(data, size, max_size);
  }
  return changed == 0 ? size : changed;
}
