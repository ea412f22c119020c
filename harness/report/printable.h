/* Text that any report may show. What a target sent is escaped before it gets here; this is the
 * second lock on the same door: nothing else reaches a terminal, XML or JSON. */
#ifndef INTERIM_REPORT_PRINTABLE_H
#define INTERIM_REPORT_PRINTABLE_H

#include "base/bytes.h"

/* printable_add appends text as valid UTF-8 without control characters (C0, DEL, C1), characters
 * that turn the direction of writing, and characters that XML does not know: each byte of such a
 * one, and each byte that is no UTF-8, becomes \xHH. A backslash stays one backslash. */
void printable_add(struct bytes *out, const char *text);

/* printable_add_lines does the same and keeps LF and HTAB. */
void printable_add_lines(struct bytes *out, const char *text);

/* printable_columns counts the characters of what printable_add made. */
size_t printable_columns(struct span text);

#endif
