#include "core/h1_scan.h"

#if defined(__x86_64__)
#include "core/h1_x86.h"

const struct h1_x86_tables h1_x86_tables = {
    .rows = {CONTROL0, CONTROL1, ROW2, ROW3, ROW4, ROW5, ROW3 | ROW4, ROW7 | DEL},
    .columns = {DIGIT & ~(ROW2 | ROW4), DIGIT, DIGIT & ~ROW2, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT,
                DIGIT & ~ROW2, DIGIT & ~(ROW2 | CONTROL0), DIGIT & ~ROW3, CONTROLS | ROW2 | ROW4,
                CONTROLS | ROW4 | ROW7, CONTROLS | ROW2 | ROW4,
                CONTROLS | ROW2 | ROW4 | ROW5 | ROW7, CONTROLS | ROW4 | ROW5 | DEL},
    .low_nibble = 0x0f,
    .lift = 0x7f - TCHARS,
};
#endif

const struct h1_scanner *h1_scanner_at(size_t i) {
  static const struct h1_scanner scanners[] = {
#if defined(__x86_64__)
    {.kind = H1_SCAN_AVX2, .name = "avx2", .classify = classify_avx2},
    {.kind = H1_SCAN_SSE2, .name = "sse2", .classify = classify_sse2},
#endif
    {.kind = H1_SCAN_PORTABLE, .name = "portable"},
  };
  size_t first = 0;
#if defined(__x86_64__)
  first = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") ? 0 : 1;
#endif
  size_t num = sizeof(scanners) / sizeof(scanners[0]);
  return first + i < num ? &scanners[first + i] : NULL;
}

static size_t text_run(const struct h1_scanner *scanner, struct span bytes, size_t from) {
  size_t i = from;
  for (; scanner->classify != NULL && i + H1_BLOCK <= bytes.len; i += H1_BLOCK) {
    uint64_t breaks = scanner->classify(bytes.ptr + i).breaks;
    if (breaks != 0) {
      return i + h1_scan_low(breaks) - from;
    }
  }
  while (i + H1_WORD <= bytes.len && h1_scan_controls(bytes.ptr + i) == 0) {
    i += H1_WORD;
  }
  return i + h1_class_run(bytes, i, H1_TEXT) - from;
}

void h1_scan_line(struct h1_scan *scan, struct span ahead) {
  size_t token = 0;
  if (scan->token == scan->at) {
    token = h1_class_run(ahead, 0, H1_TCHAR);
    scan->token += token;
  }
  scan->at += token + text_run(scan->scanner, ahead, token);
}
