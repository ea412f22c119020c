#include "base/span.h"

static uint8_t lower(uint8_t byte) {
  return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
}

bool span_eq_nocase(struct span a, struct span b) {
  if (a.len != b.len) {
    return false;
  }
  for (size_t i = 0; i < a.len; i++) {
    if (lower(a.ptr[i]) != lower(b.ptr[i])) {
      return false;
    }
  }
  return true;
}

bool span_is_nocase(struct span a, const char *text) {
  return span_eq_nocase(a, span_of(text));
}

bool span_starts(struct span a, const char *text) {
  size_t len = strlen(text);
  return a.len >= len && (len == 0 || memcmp(a.ptr, text, len) == 0);
}

static bool blank(uint8_t byte) {
  return byte == ' ' || byte == '\t';
}

struct span span_trim(struct span a) {
  while (a.len > 0 && blank(a.ptr[a.len - 1])) {
    a.len--;
  }
  while (a.len > 0 && blank(a.ptr[0])) {
    a = span_skip(a, 1);
  }
  return a;
}

size_t span_find(struct span a, struct span needle, size_t from) {
  if (needle.len == 0) {
    return from <= a.len ? from : SIZE_MAX;
  }
  while (from < a.len && needle.len <= a.len - from) {
    const uint8_t *at = memchr(a.ptr + from, needle.ptr[0], a.len - from - needle.len + 1);
    if (at == NULL) {
      break;
    }
    from = (size_t)(at - a.ptr);
    if (memcmp(at, needle.ptr, needle.len) == 0) {
      return from;
    }
    from++;
  }
  return SIZE_MAX;
}

struct span span_word(struct span *rest) {
  while (rest->len > 0 && blank(rest->ptr[0])) {
    *rest = span_skip(*rest, 1);
  }
  size_t len = 0;
  while (len < rest->len && !blank(rest->ptr[len])) {
    len++;
  }
  struct span word = {rest->ptr, len};
  *rest = span_skip(*rest, len);
  return word;
}

bool span_number(struct span a, uint64_t *out) {
  if (a.len == 0 || a.len > 19) {
    return false;
  }
  uint64_t value = 0;
  for (size_t i = 0; i < a.len; i++) {
    if (a.ptr[i] < '0' || a.ptr[i] > '9') {
      return false;
    }
    value = value * 10 + (uint64_t)(a.ptr[i] - '0');
  }
  *out = value;
  return true;
}
