#include "fuzz/fuzz.h"
#include "tests/world_storm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_require(storm_play(span_make(data, size)));
  return 0;
}
