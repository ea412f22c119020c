#include "fuzz/fuzz.h"
#include "tests/case_properties.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  case_property_all(data, size);
  return 0;
}
