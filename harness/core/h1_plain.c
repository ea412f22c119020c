#include "core/h1_plain.h"

struct h1_masks h1_plain_far(struct h1_reader *reader, struct span window, size_t next) {
  h1_scan_again(&reader->scan, reader->base + next);
  h1_scan_line(&reader->scan, window, reader->base);
  return h1_scan_masks(&reader->scan);
}
