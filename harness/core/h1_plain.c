#include "core/h1_plain.h"

struct h1_masks h1_plain_load(struct h1_reader *reader, struct span window, size_t next) {
  struct h1_scan *scan = &reader->scan;
  size_t left = window.len - next;
  if (left >= H1_BLOCK) {
    scan->block_end = reader->base + next + H1_BLOCK;
    scan->masks = scan->scanner->classify(window.ptr + next);
    return scan->masks;
  }
  h1_scan_begin(scan, reader->base + next);
  return h1_scan_load(scan, window, reader->base) ? h1_scan_masks(scan) : (struct h1_masks){0};
}

struct h1_masks h1_plain_far(struct h1_reader *reader, struct span window, size_t next) {
  h1_scan_begin(&reader->scan, reader->base + next);
  h1_scan_line(&reader->scan, window, reader->base);
  return h1_scan_masks(&reader->scan);
}
