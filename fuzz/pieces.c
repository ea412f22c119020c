#include "fuzz/pieces.h"

#include "fuzz/fuzz.h"

FUZZ_UNTRACED_BEGIN

void pieces_init(struct pieces *pieces, uint8_t *data, size_t size, size_t max_size,
                 unsigned seed) {
  pieces->data = data;
  pieces->size = size;
  pieces->max_size = max_size;
  pieces->random = seed * UINT64_C(0x9e3779b97f4a7c15);
  pieces->num = 0;
}

bool pieces_note(struct pieces *pieces, size_t begin, size_t end) {
  if (pieces->num == PIECES_MAX) {
    return false;
  }
  pieces->begin[pieces->num] = begin;
  pieces->end[pieces->num++] = end;
  return true;
}

size_t pieces_draw(struct pieces *pieces, size_t bound) {
  pieces->random = pieces->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (size_t)(pieces->random >> 33) % bound;
}

bool pieces_replace(struct pieces *pieces, size_t begin, size_t end, struct span bytes) {
  size_t kept = pieces->size - (end - begin);
  if (kept > pieces->max_size || bytes.len > pieces->max_size - kept || kept + bytes.len == 0) {
    return false;
  }
  memmove(pieces->data + begin + bytes.len, pieces->data + end, pieces->size - end);
  if (bytes.len > 0) {
    memcpy(pieces->data + begin, bytes.ptr, bytes.len);
  }
  pieces->size = kept + bytes.len;
  return true;
}

bool pieces_duplicate(struct pieces *pieces) {
  if (pieces->num == 0) {
    return false;
  }
  size_t i = pieces_draw(pieces, pieces->num);
  size_t len = pieces->end[i] - pieces->begin[i];
  if (len > pieces->max_size - pieces->size) {
    return false;
  }
  memmove(pieces->data + pieces->end[i], pieces->data + pieces->begin[i],
          pieces->size - pieces->begin[i]);
  pieces->size += len;
  return true;
}

bool pieces_delete(struct pieces *pieces) {
  if (pieces->num == 0) {
    return false;
  }
  size_t i = pieces_draw(pieces, pieces->num);
  return pieces_replace(pieces, pieces->begin[i], pieces->end[i], (struct span){0});
}

static void reverse(uint8_t *bytes, size_t len) {
  for (size_t i = 0; i < len / 2; i++) {
    uint8_t byte = bytes[i];
    bytes[i] = bytes[len - 1 - i];
    bytes[len - 1 - i] = byte;
  }
}

bool pieces_swap(struct pieces *pieces) {
  if (pieces->num < 2) {
    return false;
  }
  size_t i = pieces_draw(pieces, pieces->num - 1);
  uint8_t *first = pieces->data + pieces->begin[i];
  size_t both = pieces->end[i + 1] - pieces->begin[i];
  size_t len = pieces->begin[i + 1] - pieces->begin[i];
  reverse(first, both);
  reverse(first, both - len);
  reverse(first + both - len, len);
  return true;
}

bool pieces_insert(struct pieces *pieces, struct span bytes) {
  size_t i = pieces_draw(pieces, pieces->num + 1);
  size_t at = i < pieces->num ? pieces->begin[i] : pieces->num > 0 ? pieces->end[i - 1] : 0;
  return pieces_replace(pieces, at, at, bytes);
}

FUZZ_UNTRACED_END
