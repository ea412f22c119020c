/* A borrowed run of bytes: not terminated, may hold any byte, never owned. */
#ifndef INTERIM_BASE_SPAN_H
#define INTERIM_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
  const uint8_t *ptr;
  size_t len;
};

/* span_of borrows the bytes of a C string, without its terminator. */
static inline struct span span_of(const char *text) {
  return (struct span){(const uint8_t *)text, strlen(text)};
}

/* span_make borrows len bytes at ptr. */
static inline struct span span_make(const void *ptr, size_t len) {
  return (struct span){(const uint8_t *)ptr, len};
}

/* span_eq tells whether both hold the same bytes. */
static inline bool span_eq(struct span a, struct span b) {
  return a.len == b.len &&
         (a.len == 0 || (a.ptr != NULL && b.ptr != NULL && memcmp(a.ptr, b.ptr, a.len) == 0));
}

/* span_is tells whether the span holds exactly the bytes of a C string. */
static inline bool span_is(struct span a, const char *text) {
  return span_eq(a, span_of(text));
}

/* span_skip drops the first n bytes, or all when there are fewer. */
static inline struct span span_skip(struct span a, size_t n) {
  size_t drop = n < a.len ? n : a.len;
  return (struct span){a.len == drop ? NULL : a.ptr + drop, a.len - drop};
}

/* span_eq_nocase compares as field names and tokens are compared: ASCII letters without case
 * (RFC 9110 section 5.1). */
bool span_eq_nocase(struct span a, struct span b);

/* span_is_nocase is span_eq_nocase against a C string. */
bool span_is_nocase(struct span a, const char *text);

/* span_starts tells whether the span begins with the bytes of a C string. */
bool span_starts(struct span a, const char *text);

/* span_trim drops leading and trailing SP and HTAB: the OWS of RFC 9110 section 5.6.3. */
struct span span_trim(struct span a);

/* span_find returns the index of the first occurrence of needle at or after from, or SIZE_MAX. */
size_t span_find(struct span a, struct span needle, size_t from);

/* span_word cuts the next run of bytes other than SP and HTAB off the front of *rest. An empty
 * result means that only blanks were left. */
struct span span_word(struct span *rest);

/* span_number reads the whole span as a decimal number of at most 19 digits. False, and *out left
 * alone, for anything else. */
bool span_number(struct span a, uint64_t *out);

#endif
