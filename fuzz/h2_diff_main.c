/* The golden corpus of HTTP/2, read by nghttp2: build/diff-corpus-h2 FILE.h2... prints each
 * difference, and whether it is known. Exit 1 if one is not, or if a known one was not seen
 * although its file was there. */
#include "fuzz/h2_diff.h"
#include "tests/core_h2_text.h"

#include <stdio.h>

static bool read_wire(const char *path, struct bytes *out) {
  char line[4096];
  FILE *file = fopen(path, "r");
  if (file == NULL) {
    perror(path);
    return false;
  }
  while (fgets(line, sizeof(line), file) != NULL) {
    struct span text = span_of(line);
    text.len -= text.len > 0 && text.ptr[text.len - 1] == '\n';
    if (!span_starts(text, "asked") && !span_starts(text, "limits")) {
      h2_text_line(out, text);
    }
  }
  bool good = ferror(file) == 0;
  return fclose(file) == 0 && good;
}

static bool check_rows(struct span name, const struct h2_diff *diff) {
  bool good = true;
  for (size_t i = 0; i < h2_diff_num_rows; i++) {
    const struct h2_diff_row *row = &h2_diff_rows[i];
    bool own = span_starts(name, row->file) && span_is(span_skip(name, strlen(row->file)), ".h2");
    if (own && h2_diff_row_of(diff, NULL) != row) {
      (void)printf("NOT SEEN %s: %s\n", row->name, h2_diff_text(diff));
      good = false;
    }
  }
  return good;
}

static bool check_file(const char *path) {
  struct bytes wire = {0};
  bool good = read_wire(path, &wire);
  const char *slash = strrchr(path, '/');
  const char *name = slash == NULL ? path : slash + 1;
  struct h2_diff diff = h2_diff_find(bytes_span(&wire));
  const struct h2_diff_row *row = diff.kind == H2_DIFF_NONE ? NULL : h2_diff_row_of(&diff, NULL);
  if (diff.kind != H2_DIFF_NONE) {
    (void)printf("%s %s: %s\n", row == NULL ? "NEW" : row->name, name, h2_diff_text(&diff));
  }
  good = good && (diff.kind == H2_DIFF_NONE || row != NULL);
  good = check_rows(span_of(name), &diff) && good;
  bytes_free(&wire);
  return good;
}

int main(int argc, char **argv) {
  bool good = true;
  for (int i = 1; i < argc; i++) {
    good = check_file(argv[i]) && good;
  }
  (void)printf("%d streams\n", argc - 1);
  return good ? 0 : 1;
}
