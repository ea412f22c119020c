/* The indented lines below a step: fields, absent fields, content. */
#include "case/parser.h"

static bool is_token(struct span name) {
  static const char marks[] = "!#$%&'*+-.^_`|~";
  for (size_t i = 0; i < name.len; i++) {
    uint8_t byte = name.ptr[i];
    bool letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
    bool digit = byte >= '0' && byte <= '9';
    if (!letter && !digit && (byte == 0 || strchr(marks, byte) == NULL)) {
      return false;
    }
  }
  return name.len > 0;
}

static bool has_kind(const struct step *step, enum message kind) {
  for (size_t i = 0; i < step->num_messages; i++) {
    if (step->messages[i].kind == kind) {
      return true;
    }
  }
  return false;
}

static bool takes_fields(const struct step *step) {
  return has_kind(step, MESSAGE_REQUEST) || has_kind(step, MESSAGE_STATUS) ||
         has_kind(step, MESSAGE_FRAME);
}

static bool takes_content(const struct step *step) {
  return takes_fields(step) || has_kind(step, MESSAGE_CONTENT) || has_kind(step, MESSAGE_BYTES);
}

static int check_field_place(struct parser *parser, const struct step *step, size_t start) {
  if (!takes_fields(step)) {
    return parser_fail(
        parser, start,
        takes_content(step)
            ? "no fields here: the step takes only content lines, \"| text\""
            : "nothing belongs below this step: fields and content go with messages");
  }
  if (parser->num_content > 0) {
    return parser_fail(parser, start, "a field below content: move it above the first | line");
  }
  return 0;
}

static int add_field(struct parser *parser, struct step *step, struct case_field field,
                     size_t start) {
  if (has_kind(step, MESSAGE_FRAME) ? field.name.len == 0 : !is_token(field.name)) {
    return parser_fail(
        parser, start,
        "\"%s\" is no field name; below a step stand \"Name: value\", \"! Name\" and "
        "\"| content\"",
        parser_quote(parser, field.name));
  }
  field.line = parser->line.number;
  step->fields = list_grow(parser->arena, step->fields, step->num_fields, sizeof(*step->fields));
  step->fields[step->num_fields++] = field;
  return 0;
}

/* The line's text from an offset within it on. */
static struct span rest_of(const struct parser *parser, size_t offset) {
  struct span text = parser->line.text;
  return (struct span){text.ptr + offset, text.len - offset};
}

static int parse_absent(struct parser *parser, struct step *step, size_t start) {
  struct span rest = span_trim(rest_of(parser, start + 1));
  if (check_field_place(parser, step, start) < 0) {
    return -1;
  }
  size_t colon = step->verb == VERB_SENDS ? SIZE_MAX : span_find(rest, span_of(":"), 0);
  struct case_field field = {.demand = FIELD_ABSENT, .name = rest};
  if (colon != SIZE_MAX) {
    field.name = (struct span){rest.ptr, colon};
    field.value = span_trim(span_skip(rest, colon + 1));
  }
  return add_field(parser, step, field, start);
}

static int hex_digit(uint8_t byte) {
  if (byte >= '0' && byte <= '9') {
    return byte - '0';
  }
  if (byte >= 'a' && byte <= 'f') {
    return byte - 'a' + 10;
  }
  return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

/* Reads the escape at a backslash. Its length, or 0 for none. */
static size_t read_escape(struct span at, uint8_t *out) {
  static const char letters[] = "rnt0\\";
  static const uint8_t bytes[] = {'\r', '\n', '\t', '\0', '\\'};
  if (at.len < 2 || at.ptr[1] == 0) {
    return 0;
  }
  const char *letter = strchr(letters, at.ptr[1]);
  if (letter != NULL) {
    *out = bytes[letter - letters];
    return 2;
  }
  if (at.ptr[1] != 'x' || at.len < 4) {
    return 0;
  }
  int high = hex_digit(at.ptr[2]);
  int low = hex_digit(at.ptr[3]);
  if (high < 0 || low < 0) {
    return 0;
  }
  *out = (uint8_t)(high * 16 + low);
  return 4;
}

static int unescape_into(struct parser *parser, struct span line, const char *end,
                         struct bytes *out) {
  size_t start = parser->line.text.len - line.len;
  for (size_t i = 0; i < line.len;) {
    if (line.ptr[i] != '\\') {
      bytes_add(out, span_make(line.ptr + i, 1));
      i++;
      continue;
    }
    if (i + 1 == line.len) {
      return 0;
    }
    uint8_t byte = 0;
    size_t len = read_escape(span_skip(line, i), &byte);
    if (len == 0) {
      return parser_fail(parser, start + i, "no escape: write \\r \\n \\t \\0 \\\\ or \\xHH");
    }
    bytes_add(out, span_make(&byte, 1));
    i += len;
  }
  bytes_text(out, end);
  return 0;
}

/* A line becomes the bytes it stands for, with this end unless a backslash took it away. */
static int unescape(struct parser *parser, struct span *line, const char *end) {
  struct bytes out;
  bytes_init(&out);
  int result = unescape_into(parser, *line, end, &out);
  *line = arena_copy(parser->arena, bytes_span(&out));
  bytes_free(&out);
  return result;
}

/* A frame's field is sent as it stands: any name, a pseudo-header field's too, and in the value any
 * byte, by escapes. */
static int parse_frame_field(struct parser *parser, struct step *step, size_t start) {
  struct span rest = rest_of(parser, start);
  size_t colon = span_find(rest, span_of(":"), 1);
  if (check_field_place(parser, step, start) < 0) {
    return -1;
  }
  if (colon == SIZE_MAX) {
    return parser_fail(parser, start, "below a frame stand \"name: value\" and \"| bytes\"");
  }
  struct case_field field = {
      .demand = FIELD_VALUE,
      .name = {rest.ptr, colon},
      .value = span_trim(span_skip(rest, colon + 1)),
  };
  if (unescape(parser, &field.value, "") < 0) {
    return -1;
  }
  return add_field(parser, step, field, start);
}

static int parse_field(struct parser *parser, struct step *step, size_t start) {
  struct span rest = rest_of(parser, start);
  if (has_kind(step, MESSAGE_FRAME)) {
    return parse_frame_field(parser, step, start);
  }
  if (check_field_place(parser, step, start) < 0) {
    return -1;
  }
  size_t colon = span_find(rest, span_of(":"), 0);
  if (colon == SIZE_MAX) {
    return parser_fail(parser, start,
                       "below a step stand \"Name: value\", \"! Name\" and \"| content\"");
  }
  struct case_field field = {
      .demand = FIELD_VALUE,
      .name = {rest.ptr, colon},
      .value = span_trim(span_skip(rest, colon + 1)),
  };
  return add_field(parser, step, field, start);
}

static int parse_content(struct parser *parser, struct step *step, size_t start) {
  struct span rest = rest_of(parser, start + 1);
  if (!takes_content(step)) {
    return parser_fail(parser, start, "no content here: this step carries none");
  }
  if (rest.len > 0 && rest.ptr[0] != ' ') {
    return parser_fail(parser, start + 1, "a blank belongs between | and the text");
  }
  rest = rest_of(parser, start + (rest.len > 0 ? 2 : 1));
  size_t visible = span_trim(rest).len;
  if (visible > 0 && (rest.ptr[rest.len - 1] == ' ' || rest.ptr[rest.len - 1] == '\t')) {
    return parser_fail(parser, parser->line.text.len - 1,
                       has_kind(step, MESSAGE_BYTES)
                           ? "a blank at the line's end cannot be seen: write \\x20"
                           : "a blank at the line's end cannot be seen: leave it out");
  }
  rest.len = visible > 0 ? rest.len : 0;
  bool frame = has_kind(step, MESSAGE_FRAME);
  if ((frame || has_kind(step, MESSAGE_BYTES)) &&
      unescape(parser, &rest, frame ? "" : "\r\n") < 0) {
    return -1;
  }
  parser->content =
      list_grow(parser->arena, parser->content, parser->num_content, sizeof(*parser->content));
  parser->content[parser->num_content++] = rest;
  return 0;
}

int detail_parse(struct parser *parser) {
  struct span text = parser->line.text;
  size_t start = 0;
  while (text.ptr[start] == ' ' || text.ptr[start] == '\t') {
    start++;
  }
  if (parser->out.num_steps == 0) {
    return parser_fail(parser, start, "an indented line belongs below a step: none came yet");
  }
  struct step *step = &parser->out.steps[parser->out.num_steps - 1];
  if (text.ptr[start] == '|') {
    return parse_content(parser, step, start);
  }
  if (text.ptr[start] == '!') {
    return parse_absent(parser, step, start);
  }
  return parse_field(parser, step, start);
}

void detail_join(struct parser *parser, struct step *step) {
  if (parser->num_content == 0) {
    return;
  }
  bool raw = has_kind(step, MESSAGE_BYTES) || has_kind(step, MESSAGE_FRAME);
  struct bytes joined;
  bytes_init(&joined);
  for (size_t i = 0; i < parser->num_content; i++) {
    if (i > 0 && !raw) {
      bytes_text(&joined, "\n");
    }
    bytes_add(&joined, parser->content[i]);
  }
  step->has_content = true;
  step->content = arena_copy(parser->arena, bytes_span(&joined));
  bytes_free(&joined);
}
