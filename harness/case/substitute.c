/* {NAME}: a parameter's value instead of its name. */
#include "case/parser.h"

struct place {
  size_t start; /* of the brace */
  size_t end;   /* behind the closing brace */
  struct span name;
};

/* Finds the next "{word}" at or after from. A brace that does not enclose a name is just a brace.
 */
static bool find_place(struct span text, size_t from, struct place *out) {
  for (size_t i = from; i < text.len; i++) {
    if (text.ptr[i] != '{') {
      continue;
    }
    size_t close = i + 1;
    while (close < text.len && text.ptr[close] != '}' && text.ptr[close] != '{') {
      close++;
    }
    struct span name = {text.ptr + i + 1, close - i - 1};
    if (close < text.len && text.ptr[close] == '}' && parameter_is_name(name)) {
      *out = (struct place){i, close + 1, name};
      return true;
    }
  }
  return false;
}

static bool find_value(const struct parser *parser, struct span name, struct span *out) {
  for (size_t i = 0; i < parser->out.num_parameters; i++) {
    const struct case_parameter *parameter = &parser->out.parameters[i];
    if (span_eq(parameter->name, name)) {
      *out = parser->binding == NULL ? parameter->values[0] : parser->binding->values[i];
      return true;
    }
  }
  return false;
}

static int check_names(struct parser *parser) {
  struct span raw = parser->line.raw;
  struct place place;
  for (size_t at = 0; find_place(raw, at, &place); at = place.end) {
    struct span value;
    if (!parameter_is_reserved(place.name) && !find_value(parser, place.name, &value)) {
      const char *name = parser_quote(parser, place.name);
      return parser_fail(
          parser, place.start,
          "{%s} is no parameter: add \"for %s VALUE...\" to the head, or use {path}, "
          "{host} or {nonce}",
          name, name);
    }
  }
  return 0;
}

int substitute_line(struct parser *parser) {
  struct span raw = parser->line.raw;
  if (span_find(raw, span_of("{"), 0) == SIZE_MAX) {
    return 0;
  }
  if (check_names(parser) < 0) {
    return -1;
  }
  struct bytes text;
  bytes_init(&text);
  size_t at = 0;
  struct place place;
  while (find_place(raw, at, &place)) {
    bytes_add(&text, span_make(raw.ptr + at, place.start - at));
    struct span value;
    if (!find_value(parser, place.name, &value)) {
      value = (struct span){raw.ptr + place.start, place.end - place.start};
    }
    bytes_add(&text, value);
    at = place.end;
  }
  bytes_add(&text, span_skip(raw, at));
  parser->line.text = arena_copy(parser->arena, bytes_span(&text));
  bytes_free(&text);
  return 0;
}

size_t substitute_origin(const struct parser *parser, size_t offset) {
  struct span raw = parser->line.raw;
  if (parser->line.text.ptr == raw.ptr) {
    return offset;
  }
  size_t at = 0;  /* in raw */
  size_t out = 0; /* in text */
  struct place place;
  while (find_place(raw, at, &place)) {
    struct span value;
    if (!find_value(parser, place.name, &value)) {
      value = (struct span){raw.ptr + place.start, place.end - place.start};
    }
    size_t before = place.start - at;
    if (offset < out + before) {
      break;
    }
    if (offset < out + before + value.len) {
      return place.start;
    }
    out += before + value.len;
    at = place.end;
  }
  return at + (offset - out);
}
