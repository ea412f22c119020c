/* The quick way through heads, many lines at a time. It takes what is plainly right, gives the
 * events that the general way would, and leaves everything else to that. Internal to core.
 *
 * The masks of the present block are kept shifted, so that their lowest bit is for the next line's
 * first byte. No bit set in breaks means that the line does not end in this block. */
#ifndef INTERIM_CORE_H1_PLAIN_H
#define INTERIM_CORE_H1_PLAIN_H

#include "core/h1_reader.h"

/* What is inlined in a function for each scanner, with the scanner's own way to classify a block;
 * NULL where there are no blocks. */
#define H1_INLINE static inline __attribute__((always_inline))
typedef struct h1_masks h1_classify_fn(const uint8_t *block);

struct h1_plain {
  struct h1_reader *reader;
  struct span window;
  size_t next; /* index of the next line in the window */
  size_t room; /* how much of the window the present head may take */
  struct h1_masks masks;
};

/* h1_plain_bound notes the bound of the present head. */
static inline void h1_plain_bound(struct h1_plain *plain) {
  uint64_t head = plain->reader->bound - plain->reader->base;
  size_t most = head < plain->window.len ? (size_t)head : plain->window.len;
  plain->room = most;
}

/* h1_plain_begin begins at reader->start. False when a part of that line was looked at before, or
 * lines are limited to less than two blocks. */
static inline bool h1_plain_begin(struct h1_plain *plain, struct h1_reader *reader,
                                  struct span window) {
  *plain = (struct h1_plain){.reader = reader,
                             .window = window,
                             .next = (size_t)(reader->start - reader->base),
                             .masks = h1_scan_masks(&reader->scan)};
  h1_plain_bound(plain);
  return reader->scan.at == reader->start && plain->next < window.len &&
         reader->limits.line >= (size_t)2 * H1_BLOCK;
}

/* h1_plain_far finds the end of the line in the general way, which reader->scan is left at. Returns
 * the masks from there on. By value, so that struct h1_plain stays in registers. */
struct h1_masks h1_plain_far(struct h1_reader *reader, struct span window, size_t next);

/* Makes the block that begins passed bytes into the line the present one, or the window's last
 * block if that is nearer. Returns the masks from these bytes on. */
H1_INLINE struct h1_masks h1_plain_load(const struct h1_plain *plain, h1_classify_fn *classify,
                                        size_t passed) {
  struct h1_reader *reader = plain->reader;
  size_t last = plain->window.len - H1_BLOCK;
  size_t wanted = plain->next + passed;
  size_t at = wanted < last ? wanted : last;
  struct h1_masks masks = classify(plain->window.ptr + at);
  reader->scan.block_end = reader->base + at + H1_BLOCK;
  reader->scan.masks = masks;
  return (struct h1_masks){.breaks = masks.breaks >> (wanted - at),
                           .limits = masks.limits >> (wanted - at)};
}

/* h1_plain_line finds the next line. False when it is not whole, or over a limit; then nothing but
 * h1_plain_end can follow. */
H1_INLINE bool h1_plain_line(struct h1_plain *plain, h1_classify_fn *classify,
                             struct h1_line *line) {
  struct h1_reader *reader = plain->reader;
  struct h1_masks masks = plain->masks;
  size_t passed = 0;
  if (masks.breaks != 0) {
    line->token = h1_scan_low(masks.limits); /* a break is a limit too */
  } else if (classify != NULL && plain->window.len >= H1_BLOCK && plain->next < plain->window.len) {
    masks = h1_plain_load(plain, classify, 0);
    line->token = masks.limits == 0 ? 0 : h1_scan_low(masks.limits);
    /* A line of two blocks, if its name ends in the first one. */
    if (masks.breaks == 0 && masks.limits != 0 && plain->window.len - plain->next > H1_BLOCK) {
      passed = H1_BLOCK;
      masks = h1_plain_load(plain, classify, H1_BLOCK);
    }
  }
  size_t len = 0;
  if (masks.breaks != 0) {
    len = h1_scan_low(masks.breaks);
    masks.breaks >>= len;
    masks.limits >>= len;
    len += passed;
  } else {
    masks = h1_plain_far(reader, plain->window, plain->next);
    uint64_t start = reader->base + plain->next;
    len = (size_t)(reader->scan.at - start);
    line->token = (size_t)(reader->scan.token - start);
    if (len > reader->limits.line) {
      return false;
    }
  }
  plain->masks = (struct h1_masks){.breaks = masks.breaks >> 2, .limits = masks.limits >> 2};
  line->text = span_make(plain->window.ptr + plain->next, len);
  return plain->next + len + 2 <= plain->room && memcmp(line->text.ptr + len, "\r\n", 2) == 0;
}

/* h1_plain_give fills in an event for the line and takes it. */
static inline void h1_plain_give(struct h1_plain *plain, const struct h1_line *line,
                                 enum h1_event_kind kind, struct span name, struct span value,
                                 struct h1_event *out) {
  const struct h1_reader *reader = plain->reader;
  uint64_t offset = reader->base + plain->next;
  size_t len = line->text.len + 2;
  *out = (struct h1_event){.kind = kind,
                           .offset = offset,
                           .end = offset + len,
                           .name = name,
                           .value = value,
                           .code = reader->code,
                           .minor = reader->minor};
  plain->next += len;
}

/* h1_plain_end hands over to the general way, at the line that was not given. */
static inline void h1_plain_end(const struct h1_plain *plain) {
  struct h1_reader *reader = plain->reader;
  reader->start = reader->base + plain->next;
  if (reader->scan.at <= reader->start) {
    h1_scan_again(&reader->scan, reader->start);
  }
}

#endif
