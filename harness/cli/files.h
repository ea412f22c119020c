/* Whole files, read and replaced. */
#ifndef INTERIM_CLI_FILES_H
#define INTERIM_CLI_FILES_H

#include "base/arena.h"
#include "base/diag.h"

/* file_read reads a whole file into the arena; a NUL follows it. 0, or -1 with *diag set. */
int file_read(struct arena *arena, const char *path, struct span *out, struct diag *diag);

/* file_replace gives a file a new content at once: whoever reads it sees the old or the new, and a
 * failure leaves the old. Its mode is kept; a symbolic link stays one. A file that does not exist
 * is made. 0, or -1 with *diag set. */
int file_replace(const char *path, struct span content, struct diag *diag);

#endif
