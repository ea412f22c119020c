#include "fuzz/fuzz.h"

FUZZ_ORACLE_BEGIN
#include "tests/props_h1_stream.h"
FUZZ_ORACLE_END

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_require(prop_stream_one(span_make(data, size)));
  return 0;
}
