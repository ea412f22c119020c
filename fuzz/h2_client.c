#include "fuzz/fuzz.h"
#include "tests/props_h2_client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_require(prop_session_one(span_make(data, size)));
  return 0;
}
