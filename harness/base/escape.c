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

void escape_text(struct bytes *out, struct span bytes) {
  for (size_t i = 0; i < bytes.len; i++) {
    uint8_t byte = bytes.ptr[i];
    const char *known = short_escape(byte);
    if (known != NULL) {
      bytes_text(out, known);
    } else if (byte < 0x20 || byte > 0x7e) {
      bytes_printf(out, "\\x%02x", byte);
    } else {
      bytes_add(out, (struct span){&byte, 1});
    }
  }
}
