/* Input that is made of pieces, such as heads or frames, and what a mutator does with whole ones.
 * The mutator finds the pieces; they are out of date after a change. */
#ifndef INTERIM_FUZZ_PIECES_H
#define INTERIM_FUZZ_PIECES_H

#include "base/span.h"

enum { PIECES_MAX = 64 };

struct pieces {
  uint8_t *data;
  size_t size;
  size_t max_size;
  uint64_t random;
  size_t num;
  size_t begin[PIECES_MAX];
  size_t end[PIECES_MAX];
};

/* pieces_init takes the fuzzer's buffer; no piece is known. */
void pieces_init(struct pieces *pieces, uint8_t *data, size_t size, size_t max_size, unsigned seed);

/* pieces_note notes one more piece. False when there is no room for more. */
bool pieces_note(struct pieces *pieces, size_t begin, size_t end);

/* pieces_draw returns a number below bound, which is not 0. */
size_t pieces_draw(struct pieces *pieces, size_t bound);

/* pieces_replace puts other bytes, from elsewhere, in place of some. This and what follows return
 * false, and change nothing, for want of room or of a piece; none leaves the data empty. */
bool pieces_replace(struct pieces *pieces, size_t begin, size_t end, struct span bytes);

/* pieces_duplicate puts a piece behind itself. */
bool pieces_duplicate(struct pieces *pieces);

/* pieces_delete removes a piece. */
bool pieces_delete(struct pieces *pieces);

/* pieces_swap exchanges two pieces that follow each other; what is between them stays with the
 * first. */
bool pieces_swap(struct pieces *pieces);

/* pieces_insert puts bytes before a piece, or behind the last one. */
bool pieces_insert(struct pieces *pieces, struct span bytes);

#endif
