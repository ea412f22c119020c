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
  const uint8_t *last;         /* where the last block may begin */
  const uint8_t *stop;         /* behind that one */
  struct h1_masks masks;       /* no break is set in them for what is before next */
};

/* The next line, which ends in CRLF. */
struct h1_plain_line {
  size_t token;       /* the length of the token that it begins with; 0: the masks do not tell */
  const uint8_t *end; /* behind its text */
};

/* What is left alone behind the blocks, so that the bytes behind a break can be read: a CRLF and
 * the one that may follow it. */
enum { H1_PLAIN_MARGIN = 3 };

/* h1_plain_begin begins at a line of a head. It will go no further than that line may, and that
 * head: the bounds of later ones are behind. False when that is less than a block. */
static inline bool h1_plain_begin(struct h1_plain *plain, struct h1_reader *reader,
                                  struct span window, struct h1_event *out,
                                  const struct h1_event *full) {
  size_t next = (size_t)(reader->start - reader->base);
  uint64_t line = next + reader->limits.line;
  uint64_t head = h1_reader_bound(reader) - reader->base;
  uint64_t bound = line < head ? line : head;
  size_t room = bound < window.len ? (size_t)bound : window.len;
  if (room < H1_BLOCK + H1_PLAIN_MARGIN || room - next < 2) {
    return false;
  }
  *plain = (struct h1_plain){.reader = reader,
                             .out = out,
                             .full = full,
                             .next = window.ptr + next,
                             .offset = reader->start,
                             .last = window.ptr + (room - H1_PLAIN_MARGIN - H1_BLOCK),
                             .stop = window.ptr + (room - H1_PLAIN_MARGIN)};
  return true;
}

/* Classifies the block that begins at a place, or the last block if that is nearer. False when
 * there are no more bytes. */
H1_INLINE bool h1_plain_look(struct h1_plain *plain, h1_classify_fn *classify, const uint8_t *at) {
  if (at >= plain->stop) {
    return false;
  }
  plain->block = at < plain->last ? at : plain->last;
  plain->masks = classify(plain->block);
  if (plain->block != at) {
    plain->masks.breaks &= UINT64_MAX << (at - plain->block);
  }
  return true;
}

/* The length of the token that the next line begins with, if it ends in the block. */
H1_INLINE size_t h1_plain_token(const struct h1_plain *plain) {
  uint64_t limits = plain->masks.limits >> (plain->next - plain->block);
  return limits == 0 ? 0 : h1_scan_low(limits);
}

/* h1_plain_line finds the next line. False when it is not whole; then nothing but h1_plain_end can
 * follow. */
H1_INLINE bool h1_plain_line(struct h1_plain *plain, h1_classify_fn *classify,
                             struct h1_plain_line *line) {
  line->token = plain->masks.breaks != 0 ? h1_plain_token(plain) : 0;
  const uint8_t *at = plain->next;
  while (plain->masks.breaks == 0) {
    if (!h1_plain_look(plain, classify, at)) {
      return false;
    }
    line->token = at == plain->next ? h1_plain_token(plain) : line->token;
    at = plain->block + H1_BLOCK;
  }
  line->end = plain->block + h1_scan_low(plain->masks.breaks);
  return h1_is_crlf(line->end);
}

/* h1_plain_is_empty tells whether the line behind another one is empty. */
static inline bool h1_plain_is_empty(const struct h1_plain *plain) {
  return h1_is_crlf(plain->next);
}

/* h1_plain_name returns the token that the line begins with. The table of bytes knows where it ends
 * if the masks do not: the line's end is no part of it. */
static inline struct span h1_plain_name(const struct h1_plain *plain,
                                        const struct h1_plain_line *line) {
  size_t len = line->token;
  while (line->token == 0 && (h1_classes[plain->next[len]] & H1_TCHAR) != 0) {
    len++;
  }
  return span_make(plain->next, len);
}

/* h1_plain_give fills in an event for the line that ends in the next CRLF, and takes it. Returns
 * the event. */
H1_INLINE struct h1_event *h1_plain_give(struct h1_plain *plain, const uint8_t *end,
                                         enum h1_event_kind kind, struct span name,
                                         struct span value) {
  plain->masks.breaks &= plain->masks.breaks - 1;
  plain->masks.breaks &= plain->masks.breaks - 1;
  uint64_t offset = plain->offset;
  size_t len = (size_t)(end - plain->next) + 2;
  plain->offset += len;
  plain->next = end + 2;
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
 * are not told. The product gathers the highest bit of each byte of a word in its highest byte. */
static inline struct h1_masks h1_plain_words(const uint8_t block[H1_BLOCK]) {
  struct h1_masks masks = {0};
  for (size_t i = 0; i < H1_BLOCK; i += H1_WORD) {
    uint64_t product = h1_scan_controls(block + i) * UINT64_C(0x0002040810204081);
    masks.breaks = masks.breaks >> H1_WORD | (product & UINT64_C(0xff) << 56);
  }
  return masks;
}

#endif
