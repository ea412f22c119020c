/* A growing run of bytes that its holder owns. Out of memory ends the process with a message. */
#ifndef INTERIM_BASE_BYTES_H
#define INTERIM_BASE_BYTES_H

#include "base/span.h"

struct bytes {
  uint8_t *ptr;
  size_t len;
  size_t cap;
};

/* bytes_init makes an empty one. Zeroed memory is an empty one too. */
void bytes_init(struct bytes *bytes);

/* bytes_add appends a span, which must not point into the same bytes. */
void bytes_add(struct bytes *bytes, struct span span);

/* bytes_text appends a C string. */
void bytes_text(struct bytes *bytes, const char *text);

/* bytes_printf appends formatted text. */
void bytes_printf(struct bytes *bytes, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* bytes_drop removes the first n bytes and moves the rest to the front. */
void bytes_drop(struct bytes *bytes, size_t n);

/* bytes_span borrows the content until the next change. */
struct span bytes_span(const struct bytes *bytes);

/* bytes_cstr ends the content with a NUL that its length leaves out, and borrows it as a C string
 * until the next change. */
const char *bytes_cstr(struct bytes *bytes);

/* bytes_free frees the content and leaves an empty one. */
void bytes_free(struct bytes *bytes);

#endif
