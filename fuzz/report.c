#include "fuzz/fuzz.h"
#include "tests/props_report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_require(prop_reports(span_make(data, size)));
  return 0;
}
