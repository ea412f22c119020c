#include "fuzz/fuzz.h"
#include "fuzz/h2_diff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_require(h2_diff_property(span_make(data, size)));
  return 0;
}
