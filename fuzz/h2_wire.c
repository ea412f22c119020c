/* Frames as text, as in corpus/h2, to frames on the wire: h2-wire <TEXT >WIRE. For
 * scripts/fuzz-seeds.
 */
#include "tests/core_h2_text.h"

#include <stdio.h>

int main(void) {
  struct bytes text = {0};
  struct bytes wire = {0};
  uint8_t buffer[4096];
  size_t len = 0;
  while ((len = fread(buffer, 1, sizeof(buffer), stdin)) > 0) {
    bytes_add(&text, span_make(buffer, len));
  }
  struct span rest = bytes_span(&text);
  while (rest.len > 0) {
    struct span line = h2_text_cut_line(&rest);
    /* What is said of the requests and limits is not on the wire. */
    if (!span_starts(line, "asked") && !span_starts(line, "limits")) {
      h2_text_line(&wire, line);
    }
  }
  bool good = ferror(stdin) == 0 && fwrite(wire.ptr, 1, wire.len, stdout) == wire.len;
  good = fflush(stdout) == 0 && good;
  bytes_free(&text);
  bytes_free(&wire);
  return good ? 0 : 1;
}
