/* Files whole, for tests and fuzz targets. */
#ifndef INTERIM_TESTS_READ_FILE_H
#define INTERIM_TESTS_READ_FILE_H

#include "base/bytes.h"

#include <stdio.h>

/* read_file adds what a file holds. False when it cannot be read; errno says why if it cannot be
 * opened. */
static inline bool read_file(const char *path, struct bytes *out) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    return false;
  }
  uint8_t buffer[4096];
  size_t len = 0;
  while ((len = fread(buffer, 1, sizeof(buffer), file)) > 0) {
    bytes_add(out, span_make(buffer, len));
  }
  bool good = ferror(file) == 0;
  return fclose(file) == 0 && good;
}

#endif
