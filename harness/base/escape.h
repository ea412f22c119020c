/* Hostile bytes as text: what a target sends is never printed as it is. */
#ifndef INTERIM_BASE_ESCAPE_H
#define INTERIM_BASE_ESCAPE_H

#include "base/bytes.h"

/* escape_text appends bytes as printable ASCII: CR, LF, HTAB and NUL as \r \n \t \0, a backslash
 * doubled, every other byte outside 0x20 to 0x7e as \xHH. The result is valid UTF-8, JSON string
 * content once quoted by a JSON library, and safe on a terminal. */
void escape_text(struct bytes *out, struct span bytes);

#endif
