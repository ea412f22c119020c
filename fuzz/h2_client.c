#include "fuzz/fuzz.h"

FUZZ_ORACLE_BEGIN
#include "tests/props_h2_client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct span wire = span_make(data, size);
  fuzz_require(fuzz_is_replay() ? prop_session_all(wire) : prop_session_one(wire));
  return 0;
}

FUZZ_ORACLE_END
