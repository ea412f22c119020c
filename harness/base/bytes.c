#include "base/bytes.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void bytes_init(struct bytes *bytes) {
  *bytes = (struct bytes){0};
}

static void reserve(struct bytes *bytes, size_t more) {
  size_t need = bytes->len + more;
  if (need <= bytes->cap) {
    return;
  }
  size_t cap = bytes->cap < 64 ? 64 : bytes->cap;
  while (cap < need) {
    cap *= 2;
  }
  bytes->ptr = memory_resize(bytes->ptr, cap);
  bytes->cap = cap;
}

void bytes_add(struct bytes *bytes, struct span span) {
  if (span.len == 0) {
    return;
  }
  reserve(bytes, span.len);
  memcpy(bytes->ptr + bytes->len, span.ptr, span.len);
  bytes->len += span.len;
}

void bytes_text(struct bytes *bytes, const char *text) {
  bytes_add(bytes, span_of(text));
}

void bytes_printf(struct bytes *bytes, const char *format, ...) {
  va_list args;
  va_start(args, format);
  va_list again;
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, args);
  va_end(args);
  if (len > 0) {
    reserve(bytes, (size_t)len + 1);
    (void)vsnprintf((char *)bytes->ptr + bytes->len, (size_t)len + 1, format, again);
    bytes->len += (size_t)len;
  }
  va_end(again);
}

void bytes_drop(struct bytes *bytes, size_t n) {
  if (n >= bytes->len) {
    bytes->len = 0;
    return;
  }
  memmove(bytes->ptr, bytes->ptr + n, bytes->len - n);
  bytes->len -= n;
}

struct span bytes_span(const struct bytes *bytes) {
  return (struct span){bytes->ptr, bytes->len};
}

const char *bytes_cstr(struct bytes *bytes) {
  reserve(bytes, 1);
  bytes->ptr[bytes->len] = 0;
  return (const char *)bytes->ptr;
}

void bytes_free(struct bytes *bytes) {
  free(bytes->ptr);
  bytes_init(bytes);
}
