/* What a byte may be part of in HTTP/1.1 (RFC 9110 section 5.5 and 5.6, RFC 5234). Internal to
 * core. */
#ifndef INTERIM_CORE_H1_CLASS_H
#define INTERIM_CORE_H1_CLASS_H

#include "base/span.h"

enum h1_class {
  H1_TCHAR = 1, /* of a token */
  H1_GRAPH = 2, /* VCHAR or obs-text */
  H1_TEXT = 4,  /* VCHAR, obs-text, SP or HTAB: all that a line may hold */
  H1_CR = 8,    /* CR */
};

extern const uint8_t h1_classes[256];

/* h1_class_run returns the length of the run of bytes of that class from an index on. */
static inline size_t h1_class_run(struct span text, size_t from, enum h1_class of) {
  size_t i = from;
  while (i < text.len && (h1_classes[text.ptr[i]] & of) != 0) {
    i++;
  }
  return i - from;
}

static inline bool h1_is_digit(uint8_t byte) {
  return byte >= '0' && byte <= '9';
}

static inline bool h1_is_blank(uint8_t byte) {
  return byte == ' ' || byte == '\t';
}

#endif
