#include "report/result.h"

struct run_summary run_summarise(const struct run *run) {
  struct run_summary summary = {0};
  unsigned *const counts[] = {
      [VERDICT_PASS] = &summary.pass,   [VERDICT_INFO] = &summary.info,
      [VERDICT_SKIP] = &summary.skip,   [VERDICT_WARN] = &summary.warn,
      [VERDICT_ERROR] = &summary.error, [VERDICT_FAIL] = &summary.fail,
  };
  for (size_t i = 0; i < run->num_results; i++) {
    (*counts[run->results[i].verdict])++;
    summary.unexpected += run->results[i].unexpected;
  }
  return summary;
}
