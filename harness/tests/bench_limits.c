#include "core/h1_scan.h"
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

/* Every byte classified, and the place of each that ends a text kept: what a parser that looks at
 * all bytes must do at least. Few streams are multiples of a block; the rest is left out. */
static uint64_t run_classify(struct span wire, bool bytewise) {
  static uint32_t places[H1_BLOCK];
  const struct h1_scanner *scanner = h1_scanner_at(0);
  (void)bytewise;
  uint64_t sum = 0;
  for (size_t at = 0; scanner->classify != NULL && at + H1_BLOCK <= wire.len; at += H1_BLOCK) {
    uint64_t breaks = scanner->classify(wire.ptr + at).breaks;
    size_t num = 0;
    for (; breaks != 0; breaks &= breaks - 1) {
      places[num++] = (uint32_t)(at + h1_scan_low(breaks));
    }
    sum += num == 0 ? 0 : places[num - 1];
  }
  return sum;
}

size_t bench_limits(struct bench_runner *out) {
  out[0] = (struct bench_runner){.name = "lim_classify", .run = run_classify, .is_limit = true};
  out[1] = (struct bench_runner){.name = "lim_memchr", .run = run_memchr, .is_limit = true};
  out[2] = (struct bench_runner){.name = "lim_read", .run = run_read, .is_limit = true};
  return 3;
}
