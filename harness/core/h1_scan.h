/* Finds where a line's text ends, and the token that it begins with, at the cost of looking at each
 * byte once: 64 at a time where the window has so many, one by one in short reads. Internal to
 * core. */
#ifndef INTERIM_CORE_H1_SCAN_H
#define INTERIM_CORE_H1_SCAN_H

#include "core/h1_class.h"

enum { H1_BLOCK = 64 };

/* One bit for each byte of a block; the first byte's is the lowest. */
struct h1_masks {
  uint64_t breaks; /* not HTAB, SP, VCHAR or obs-text: what ends the text of a line */
  uint64_t limits; /* not a tchar: what ends a token */
};

enum h1_scan_kind { H1_SCAN_AVX2, H1_SCAN_SSE2, H1_SCAN_PORTABLE };

/* A way to classify bytes. All find the same; the portable one has no blocks and no functions. */
struct h1_scanner {
  enum h1_scan_kind kind;
  const char *name;
  struct h1_masks (*classify)(const uint8_t *block);
  /* Returns how many of the blocks come before the first one with a control byte in it, which HTAB
   * may be. */
  size_t (*skip)(const uint8_t *blocks, size_t num);
};

/* h1_scanner_at returns the scanners that this processor can run, the fastest first; NULL behind
 * the last. The last one is portable C. */
const struct h1_scanner *h1_scanner_at(size_t i);

/* The place in a line, and what is known of the bytes around it. Offsets are stream offsets. */
struct h1_scan {
  uint64_t at;        /* next byte of the line to look at; when done, behind the text */
  uint64_t token;     /* behind the token that the line begins with, as far as was looked */
  uint64_t block_end; /* behind the block that the masks are of, which begins at or before at */
  struct h1_masks masks;
  const struct h1_scanner *scanner;
};

/* h1_scan_begin begins a line at an offset. */
static inline void h1_scan_begin(struct h1_scan *scan, uint64_t at) {
  scan->at = at;
  scan->token = at;
}

/* h1_scan_again is h1_scan_begin where the present block may be one that begins behind the line. */
static inline void h1_scan_again(struct h1_scan *scan, uint64_t at) {
  h1_scan_begin(scan, at);
  if (scan->block_end > at + H1_BLOCK) {
    scan->block_end = at;
  }
}

/* h1_scan_masks returns the masks of the rest of the block; none are set behind its end. */
static inline struct h1_masks h1_scan_masks(const struct h1_scan *scan) {
  uint64_t left = scan->block_end - scan->at;
  if (left - 1 >= H1_BLOCK) {
    return (struct h1_masks){0};
  }
  return (struct h1_masks){.breaks = scan->masks.breaks >> (H1_BLOCK - left),
                           .limits = scan->masks.limits >> (H1_BLOCK - left)};
}

/* h1_scan_more is h1_scan_line for what is not in the block. */
void h1_scan_more(struct h1_scan *scan, struct span window, uint64_t base);

static inline unsigned h1_scan_low(uint64_t mask) {
  return (unsigned)__builtin_ctzll(mask);
}

/* h1_scan_block looks at the rest of the block. True when the text ends in it. */
static inline bool h1_scan_block(struct h1_scan *scan) {
  unsigned passed = H1_BLOCK - (unsigned)(scan->block_end - scan->at);
  if (scan->token == scan->at) {
    uint64_t limits = scan->masks.limits >> passed;
    scan->token = limits == 0 ? scan->block_end : scan->at + h1_scan_low(limits);
  }
  uint64_t breaks = scan->masks.breaks >> passed;
  scan->at = breaks == 0 ? scan->block_end : scan->at + h1_scan_low(breaks);
  return breaks != 0;
}

/* h1_scan_line goes on to the byte that ends the line's text, or to the window's end. The window
 * begins at stream offset base. */
static inline void h1_scan_line(struct h1_scan *scan, struct span window, uint64_t base) {
  if (scan->at >= scan->block_end || !h1_scan_block(scan)) {
    h1_scan_more(scan, window, base);
  }
}

/* h1_scan_load makes the block that begins at the place, or the window's last one, the present one.
 * False when the window is too short for that to be worth it. */
bool h1_scan_load(struct h1_scan *scan, struct span window, uint64_t base);

enum { H1_FEW = 16 }; /* fewer bytes than this are not worth a block */

#endif
