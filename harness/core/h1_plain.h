/* The quick way through heads, many lines at a time. It takes what is plainly right, gives the
 * events that the general way would, and leaves everything else to that. Internal to core. */
#ifndef INTERIM_CORE_H1_PLAIN_H
#define INTERIM_CORE_H1_PLAIN_H

#include "core/h1_reader.h"

/* What is inlined in a function for each scanner, with the scanner's own way to classify a block.
 */
#define H1_INLINE static inline __attribute__((always_inline))

struct h1_plain {
  struct h1_reader *reader;
  struct h1_event *out;        /* where the next event goes */
  const struct h1_event *full; /* behind the last place for one */
  const uint8_t *next;         /* the next line */
  uint64_t offset;             /* and its offset in the stream */
  const uint8_t *block;        /* the first of those bytes that the masks are of */
  const uint8_t *last;         /* where the last block may begin: a byte is behind it */
  struct h1_masks masks;       /* nothing is set in them for what is before next */
};

/* The next line, which ends in CRLF. */
struct h1_plain_line {
  const uint8_t *limit; /* behind the token that it begins with */
  const uint8_t *end;   /* behind its text */
};

/* h1_plain_begin begins at reader->start, in a head. It will go no further than that head may: the
 * bounds of later ones are behind. False when a part of that line was looked at before, or there is
 * less than a block, or lines are limited to less. */
static inline bool h1_plain_begin(struct h1_plain *plain, struct h1_reader *reader,
                                  struct span window, struct h1_event *out,
                                  const struct h1_event *full) {
  uint64_t head = reader->bound - reader->base;
  size_t room = head < window.len ? (size_t)head : window.len;
  if (reader->scan.at != reader->start || reader->limits.line < H1_BLOCK || room <= H1_BLOCK) {
    return false;
  }
  *plain = (struct h1_plain){.reader = reader,
                             .out = out,
                             .full = full,
                             .next = window.ptr + (reader->start - reader->base),
                             .offset = reader->start,
                             .last = window.ptr + (room - 1 - H1_BLOCK)};
  return true;
}

/* Classifies the block that begins at a place, or the last block if that is nearer. False when
 * there are no more bytes. */
H1_INLINE bool h1_plain_look(struct h1_plain *plain, h1_classify_fn *classify, const uint8_t *at) {
  if (at >= plain->last + H1_BLOCK) {
    return false;
  }
  plain->block = at < plain->last ? at : plain->last;
  struct h1_masks masks = classify(plain->block);
  uint64_t ahead = UINT64_MAX << (at - plain->block);
  plain->masks = (struct h1_masks){.breaks = masks.breaks & ahead, .limits = masks.limits & ahead};
  return true;
}

/* Looks at further blocks for the end of a line that is not in its first one. */
H1_INLINE bool h1_plain_look_far(struct h1_plain *plain, h1_classify_fn *classify) {
  while (plain->masks.breaks == 0) {
    if (!h1_plain_look(plain, classify, plain->block + H1_BLOCK)) {
      return false;
    }
  }
  const uint8_t *end = plain->block + h1_scan_low(plain->masks.breaks);
  return (size_t)(end - plain->next) <= plain->reader->limits.line;
}

/* The masks need not tell limits: the table of bytes does, and a line's end is one. */
static inline const uint8_t *h1_plain_limit(const uint8_t *first) {
  while ((h1_classes[first[0]] & H1_TCHAR) != 0) {
    first++;
  }
  return first;
}

/* h1_plain_line finds the next line. False when it is not whole, or over a limit; then nothing but
 * h1_plain_end can follow. */
H1_INLINE bool h1_plain_line(struct h1_plain *plain, h1_classify_fn *classify,
                             struct h1_plain_line *line) {
  if (plain->masks.breaks == 0 && !h1_plain_look(plain, classify, plain->next)) {
    return false;
  }
  uint64_t limits = plain->masks.limits;
  const uint8_t *limit = plain->block + (limits == 0 ? 0 : h1_scan_low(limits));
  if (plain->masks.breaks == 0 && !h1_plain_look_far(plain, classify)) {
    return false;
  }
  uint64_t breaks = plain->masks.breaks;
  line->end = plain->block + h1_scan_low(breaks);
  if (memcmp(line->end, "\r\n", 2) != 0) {
    return false;
  }
  line->limit = limits == 0 ? h1_plain_limit(plain->next) : limit;
  breaks &= breaks - 1;
  plain->masks.limits &= ~(breaks ^ (breaks - 1));
  plain->masks.breaks = breaks & (breaks - 1);
  return true;
}

/* h1_plain_value returns a field line's value: most often behind ": " and without further blanks.
 */
H1_INLINE struct span h1_plain_value(const struct h1_plain_line *line) {
  const uint8_t *first = line->limit + 2;
  if (line->limit[1] == ' ' && first[0] > ' ' && line->end[-1] > ' ') {
    return span_make(first, (size_t)(line->end - first));
  }
  return h1_value(line->limit + 1, line->end);
}

/* h1_plain_give fills in an event for the line and takes it. Returns the event. */
H1_INLINE struct h1_event *h1_plain_give(struct h1_plain *plain, const struct h1_plain_line *line,
                                         enum h1_event_kind kind, struct span name,
                                         struct span value) {
  uint64_t offset = plain->offset;
  const uint8_t *next = line->end + 2;
  plain->offset += (size_t)(next - plain->next);
  plain->next = next;
  *plain->out = (struct h1_event){.kind = kind,
                                  .code = plain->reader->code,
                                  .minor = plain->reader->minor,
                                  .offset = offset,
                                  .end = plain->offset,
                                  .name = name,
                                  .value = value};
  return plain->out++;
}

/* h1_plain_end hands over to the general way, at the line that was not given. */
static inline void h1_plain_end(const struct h1_plain *plain) {
  h1_reader_skip(plain->reader, plain->offset);
}

/* h1_plain_words classifies a block with no more than portable C: HTAB is a break too, and limits
 * are not told. */
static inline struct h1_masks h1_plain_words(const uint8_t block[H1_BLOCK]) {
  struct h1_masks masks = {0};
  for (unsigned i = 0; i < H1_BLOCK / H1_WORD; i++) {
    uint64_t controls = h1_scan_controls(block + (size_t)i * H1_WORD);
    /* One bit of eight from each byte, gathered in the highest byte of the product. */
    masks.breaks |= (controls >> 7) * UINT64_C(0x0102040810204080) >> 56 << i * H1_WORD;
  }
  return masks;
}

#endif
