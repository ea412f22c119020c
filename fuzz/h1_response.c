#include "fuzz/fuzz.h"

FUZZ_ORACLE_BEGIN
#include "tests/props_h1_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct span wire = span_make(data, size);
  fuzz_require(fuzz_is_replay() ? prop_stream_all(wire) : prop_stream_one(wire));
  return 0;
}

FUZZ_ORACLE_END
