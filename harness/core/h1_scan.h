/* Finds where a line's text ends, and the token that it begins with, at the cost of looking at each
 * byte once: 64 at a time where the window has so many, one by one in short reads. Internal to
 * core. */
#ifndef INTERIM_CORE_H1_SCAN_H
#define INTERIM_CORE_H1_SCAN_H

#include "core/h1_class.h"

#include <endian.h>

enum { H1_BLOCK = 64, H1_WORD = 8 };

/* One bit for each byte of a block; the first byte's is the lowest. */
struct h1_masks {
  uint64_t breaks; /* not HTAB, SP, VCHAR or obs-text: what ends the text of a line */
  uint64_t limits; /* not a tchar: what ends a token. None is set where the table must tell */
};

typedef struct h1_masks h1_classify_fn(const uint8_t block[H1_BLOCK]);

enum h1_scan_kind { H1_SCAN_AVX2, H1_SCAN_SSE2, H1_SCAN_PORTABLE };

/* A way to classify bytes. All find the same; the portable one has no function for blocks. */
struct h1_scanner {
  enum h1_scan_kind kind;
  const char *name;
  h1_classify_fn *classify;
};

/* h1_scanner_at returns the scanners that this processor can run, the fastest first; NULL behind
 * the last. The last one is portable C. */
const struct h1_scanner *h1_scanner_at(size_t i);

/* The place in a line. Offsets are stream offsets. */
struct h1_scan {
  uint64_t at;    /* next byte of the line to look at; when done, behind the text */
  uint64_t token; /* behind the token that the line begins with, as far as was looked */
  const struct h1_scanner *scanner;
};

/* h1_scan_begin begins a line at an offset. */
static inline void h1_scan_begin(struct h1_scan *scan, uint64_t at) {
  scan->at = at;
  scan->token = at;
}

/* h1_scan_line goes on to the byte that ends the line's text, or to the end of what is ahead: the
 * bytes from at on. */
void h1_scan_line(struct h1_scan *scan, struct span ahead);

static inline unsigned h1_scan_low(uint64_t mask) {
  return (unsigned)__builtin_ctzll(mask);
}

/* h1_is_crlf compares two bytes; memcmp would be a call wherever sanitizers watch it. */
static inline bool h1_is_crlf(const uint8_t *at) {
  uint16_t seen = 0;
  uint16_t crlf = 0;
  memcpy(&seen, at, sizeof(seen));
  memcpy(&crlf, "\r\n", sizeof(crlf));
  return seen == crlf;
}

/* h1_scan_controls returns the control bytes of a word, HTAB among them: the highest bit of each,
 * the first byte the lowest one. */
static inline uint64_t h1_scan_controls(const uint8_t word[H1_WORD]) {
  const uint64_t ones = UINT64_C(0x0101010101010101);
  uint64_t bytes = 0;
  memcpy(&bytes, word, sizeof(bytes));
  bytes = le64toh(bytes);
  uint64_t low = bytes & ones * 0x7f;
  uint64_t from_space = low + ones * 0x60; /* highest bit: the byte is no control below SP */
  uint64_t del = low + ones;               /* highest bit: the byte is DEL */
  return (del | ~from_space) & ~bytes & ones * 0x80;
}

#endif
