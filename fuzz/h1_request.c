#include "fuzz/fuzz.h"
#include "tests/props_h1.h"

/* Every size of read up to a few bytes, with the default limits and with small ones. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_require(prop_h1_requests(span_make(data, size), 3, NULL));
  return 0;
}
