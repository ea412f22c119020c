#include "base/escape.h"

static const char *short_escape(uint8_t byte) {
  switch (byte) {
  case '\r':
    return "\\r";
  case '\n':
    return "\\n";
  case '\t':
    return "\\t";
  case '\0':
    return "\\0";
  case '\\':
    return "\\\\";
  default:
    return NULL;
  }
}

static bool is_plain(uint8_t byte) {
  return byte >= 0x20 && byte <= 0x7e && byte != '\\';
}

void escape_text(struct bytes *out, struct span bytes) {
  size_t i = 0;
  while (i < bytes.len) {
    size_t run = i;
    while (i < bytes.len && is_plain(bytes.ptr[i])) {
      i++;
    }
    bytes_add(out, span_make(bytes.ptr + run, i - run));
    if (i == bytes.len) {
      return;
    }
    uint8_t byte = bytes.ptr[i++];
    const char *known = short_escape(byte);
    if (known != NULL) {
      bytes_text(out, known);
    } else {
      bytes_printf(out, "\\x%02x", byte);
    }
  }
}
