#include "tests/bench_parser.h"

/* What a reader of all bytes cannot do without. */

static uint64_t run_memchr(struct span wire, bool bytewise) {
  (void)bytewise;
  uint64_t sum = 0;
  struct span rest = wire;
  while (rest.len > 0) {
    const uint8_t *line_end = memchr(rest.ptr, '\n', rest.len);
    if (line_end == NULL) {
      break;
    }
    size_t len = (size_t)(line_end - rest.ptr) + 1;
    sum += len;
    rest = span_skip(rest, len);
  }
  return sum;
}

static uint64_t run_read(struct span wire, bool bytewise) {
  (void)bytewise;
  uint64_t sum = 0;
  size_t at = 0;
  for (; at + sizeof(uint64_t) <= wire.len; at += sizeof(uint64_t)) {
    uint64_t word = 0;
    memcpy(&word, wire.ptr + at, sizeof(word));
    sum += word;
  }
  for (; at < wire.len; at++) {
    sum += wire.ptr[at];
  }
  return sum;
}

size_t bench_limits(struct bench_runner *out) {
  out[0] = (struct bench_runner){.name = "lim_memchr", .run = run_memchr, .is_limit = true};
  out[1] = (struct bench_runner){.name = "lim_read", .run = run_read, .is_limit = true};
  return 2;
}
