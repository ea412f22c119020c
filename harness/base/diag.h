/* Where something that a person gave us is wrong, why, and what to do about it. */
#ifndef INTERIM_BASE_DIAG_H
#define INTERIM_BASE_DIAG_H

#include <stddef.h>
#include <stdio.h>

struct diag {
  const char *file; /* borrowed; NULL when there is none */
  size_t line;      /* from 1; 0 when there is none */
  size_t column;    /* in bytes, from 1; 0 when there is none */
  char reason[240]; /* one sentence without a full stop, printable ASCII */
  char source[160]; /* the line it points into, for the caret; "" when there is none */
};

/* diag_set fills in the place and the reason, which is cut to fit. */
void diag_set(struct diag *diag, const char *file, size_t line, size_t column, const char *format,
              ...) __attribute__((format(printf, 5, 6)));

/* diag_print writes "file:line:column: reason" and, when there is a source line, that line with a
 * caret under the column. Control bytes are escaped. */
void diag_print(const struct diag *diag, FILE *out);

#endif
