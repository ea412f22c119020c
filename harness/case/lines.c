/* Lines and words of a case file, and where in them something is wrong. */
#include "base/escape.h"
#include "case/parser.h"

#include <stdarg.h>

enum { QUOTE_LEN = 48 };

static bool is_blank(uint8_t byte) {
  return byte == ' ' || byte == '\t';
}

bool line_cut(struct span text, size_t *at, struct span *out) {
  if (*at >= text.len) {
    return false;
  }
  size_t end = span_find(text, span_of("\n"), *at);
  if (end == SIZE_MAX) {
    end = text.len;
  }
  *out = (struct span){text.ptr + *at, end - *at};
  *at = end + 1;
  return true;
}

enum line_kind line_kind_of(struct span raw) {
  struct span rest = span_trim(raw);
  if (rest.len == 0) {
    return LINE_BLANK;
  }
  if (rest.ptr[0] == '#') {
    return LINE_COMMENT;
  }
  return is_blank(raw.ptr[0]) ? LINE_INDENTED : LINE_PLAIN;
}

void diag_source(struct diag *diag, struct span line) {
  const char *text = line.len > 0 ? (const char *)line.ptr : "";
  (void)snprintf(diag->source, sizeof(diag->source), "%.*s", (int)line.len, text);
}

int parser_fail(struct parser *parser, size_t offset, const char *format, ...) {
  char reason[sizeof(parser->diag->reason)];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(reason, sizeof(reason), format, args);
  va_end(args);
  size_t number = parser->line.number == 0 ? 1 : parser->line.number;
  diag_set(parser->diag, parser->file, number, substitute_origin(parser, offset) + 1, "%s", reason);
  diag_source(parser->diag, parser->line.raw);
  return -1;
}

const char *parser_quote(struct parser *parser, struct span bytes) {
  struct bytes text;
  bytes_init(&text);
  bool cut = bytes.len > QUOTE_LEN;
  escape_text(&text, span_make(bytes.ptr, cut ? QUOTE_LEN : bytes.len));
  const char *out = arena_printf(parser->arena, "%s%s", bytes_cstr(&text), cut ? "..." : "");
  bytes_free(&text);
  return out;
}

static int check_byte(struct parser *parser, size_t at, uint8_t byte) {
  if (byte == '\r') {
    return parser_fail(parser, at,
                       "a carriage return: lines end in LF alone; on the wire write \\r in "
                       "a bytes step");
  }
  if (byte == '\t' && at == 0) {
    return parser_fail(parser, at, "a tab: indent with two blanks");
  }
  if ((byte < 0x20 && byte != '\t') || byte == 0x7f) {
    return parser_fail(parser, at, "a control byte: write \\x%02x in a bytes step", byte);
  }
  if (byte > 0x7f && parser->line.kind != LINE_COMMENT) {
    return parser_fail(parser, at, "a byte outside ASCII: write \\x%02x in a bytes step", byte);
  }
  return 0;
}

static int check_line(struct parser *parser) {
  struct span raw = parser->line.raw;
  for (size_t i = 0; i < raw.len; i++) {
    if (check_byte(parser, i, raw.ptr[i]) < 0) {
      return -1;
    }
  }
  if (parser->line.kind == LINE_INDENTED && raw.len > 1 && !is_blank(raw.ptr[1])) {
    return parser_fail(parser, 0, "indented by one blank: indent a step's lines by two");
  }
  return 0;
}

int parser_next_line(struct parser *parser) {
  struct span raw;
  if (!line_cut(parser->text, &parser->next, &raw)) {
    return 0;
  }
  parser->line = (struct line){line_kind_of(raw), parser->line.number + 1, raw, raw};
  return check_line(parser) < 0 ? -1 : 1;
}

void *list_grow(struct arena *arena, void *array, size_t num, size_t size) {
  bool full = num == 0 || (num >= 4 && (num & (num - 1)) == 0);
  if (!full) {
    return array;
  }
  void *moved = arena_array(arena, num == 0 ? 4 : num * 2, size);
  if (num > 0) {
    memcpy(moved, array, num * size);
  }
  return moved;
}

struct words words_of(struct span line) {
  return (struct words){.line = line};
}

struct span words_take(struct words *words) {
  struct span line = words->line;
  size_t at = words->next;
  while (at < line.len && is_blank(line.ptr[at])) {
    at++;
  }
  if (at == line.len) {
    words->start = words->next;
    return (struct span){NULL, 0};
  }
  words->start = at;
  while (at < line.len && !is_blank(line.ptr[at])) {
    at++;
  }
  words->next = at;
  return (struct span){line.ptr + words->start, at - words->start};
}

struct span words_peek(const struct words *words) {
  struct words copy = *words;
  return words_take(&copy);
}

int words_end(struct parser *parser, struct words *words, const char *after) {
  struct span word = words_take(words);
  if (word.len > 0) {
    return parser_fail(parser, words->start, "\"%s\" is too much: %s", parser_quote(parser, word),
                       after);
  }
  return 0;
}
