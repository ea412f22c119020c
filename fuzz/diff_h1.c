#include "fuzz/diff.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_require(diff_property(span_make(data, size)));
  return 0;
}
