/* What holds for every text given to the case reader; for unit tests and for fuzzing. A broken
 * property ends the process. */
#ifndef INTERIM_TESTS_CASE_PROPERTIES_H
#define INTERIM_TESTS_CASE_PROPERTIES_H

#include "case/registry.h"
#include "tests/case_dump.h"

static inline void case_property_require(bool holds, const char *property) {
  if (!holds) {
    (void)fprintf(stderr, "property broken: %s\n", property);
    abort();
  }
}

/* A diagnosis has a place inside the text and a printable reason. */
static inline void case_property_diag(const struct diag *diag, struct span text) {
  size_t lines = 1;
  for (size_t i = 0; text.ptr != NULL && i < text.len; i++) {
    lines += text.ptr[i] == '\n';
  }
  case_property_require(diag->line >= 1 && diag->line <= lines, "a diagnosis names a line");
  case_property_require(diag->column >= 1 && diag->column <= text.len + 1,
                        "a diagnosis names a column");
  case_property_require(diag->reason[0] != '\0', "a diagnosis has a reason");
  for (const char *at = diag->reason; *at != '\0'; at++) {
    case_property_require(*at >= 0x20 && *at < 0x7f, "a reason is printable");
  }
}

/* Formats twice and parses the result: nothing moves, nothing is lost. */
static inline void case_property_format(struct arena *arena, const struct case_file *file,
                                        struct span text) {
  struct diag diag;
  struct bytes once = {0};
  struct bytes twice = {0};
  case_property_require(case_format(&once, file->file, text, &diag) == 0,
                        "what parses is formatted");
  struct case_file again;
  case_property_require(case_parse(arena, file->file, bytes_span(&once), NULL, &again, &diag) == 0,
                        "what was formatted parses");
  struct bytes left = {0};
  struct bytes right = {0};
  case_dump(&left, file);
  case_dump(&right, &again);
  case_property_require(span_eq(bytes_span(&left), bytes_span(&right)),
                        "formatting keeps the meaning");
  case_property_require(case_format(&twice, file->file, bytes_span(&once), &diag) == 0 &&
                            span_eq(bytes_span(&once), bytes_span(&twice)),
                        "formatting twice changes nothing");
  bytes_free(&once);
  bytes_free(&twice);
  bytes_free(&left);
  bytes_free(&right);
}

/* case_property_all holds for any bytes: case_parse is total, every binding of what it accepts is
 * read or refused with a place, case_check ends, and formatting is idempotent and keeps the
 * meaning. */
static inline void case_property_all(const uint8_t *data, size_t len) {
  struct span text = {data, len};
  struct arena arena;
  arena_init(&arena);
  struct case_file file;
  struct diag diag;
  if (case_parse(&arena, "any/text.case", text, NULL, &file, &diag) < 0) {
    case_property_diag(&diag, text);
    struct bytes out = {0};
    case_property_require(case_format(&out, "any/text.case", text, &diag) < 0 && out.len == 0,
                          "what does not parse is not formatted");
  } else {
    struct registry none = {0};
    case_property_require(case_check(&file, &none, &diag) < 0, "an unknown requirement is found");
    case_property_diag(&diag, text);
    if (case_parse_every("any/text.case", text, &diag) < 0) {
      case_property_diag(&diag, text);
    }
    case_property_format(&arena, &file, text);
  }
  arena_free(&arena);
}

#endif
