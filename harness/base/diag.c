#include "base/diag.h"

#include "base/escape.h"

#include <stdarg.h>

void diag_set(struct diag *diag, const char *file, size_t line, size_t column, const char *format,
              ...) {
  diag->file = file;
  diag->line = line;
  diag->column = column;
  diag->source[0] = '\0';
  va_list args;
  va_start(args, format);
  (void)vsnprintf(diag->reason, sizeof(diag->reason), format, args);
  va_end(args);
}

static void print_source(const struct diag *diag, FILE *out) {
  struct bytes text;
  bytes_init(&text);
  struct span source = span_of(diag->source);
  size_t before = diag->column == 0 ? 0 : diag->column - 1;
  escape_text(&text, span_make(source.ptr, before < source.len ? before : source.len));
  int indent = (int)text.len;
  escape_text(&text, span_skip(source, before));
  (void)fprintf(out, "  %s\n", bytes_cstr(&text));
  if (diag->column > 0) {
    (void)fprintf(out, "  %*s^\n", indent, "");
  }
  bytes_free(&text);
}

void diag_print(const struct diag *diag, FILE *out) {
  struct bytes text;
  bytes_init(&text);
  if (diag->file != NULL) {
    escape_text(&text, span_of(diag->file));
    if (diag->line > 0) {
      bytes_printf(&text, ":%zu", diag->line);
    }
    if (diag->column > 0) {
      bytes_printf(&text, ":%zu", diag->column);
    }
    bytes_text(&text, ": ");
  }
  escape_text(&text, span_of(diag->reason));
  (void)fprintf(out, "%s\n", bytes_cstr(&text));
  bytes_free(&text);
  if (diag->source[0] != '\0') {
    print_source(diag, out);
  }
}
