#include "fuzz/fuzz.h"
#include "tests/props_interim_rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_require(prop_rule_sequence(data, size));
  return 0;
}
