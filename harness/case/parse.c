/* The reader of case files: the head, then the steps. */
#include "case/parser.h"

struct seat_word {
  const char *word;
  enum seat seat;
};

static const struct seat_word seat_words[] = {
    {"origin", SEAT_ORIGIN},
    {"gateway", SEAT_GATEWAY},
    {"proxy", SEAT_PROXY},
    {"client", SEAT_CLIENT},
};

enum { NUM_SEATS = sizeof(seat_words) / sizeof(seat_words[0]) };

const char *case_seat_word(enum seat seat) {
  switch (seat) {
  case SEAT_ORIGIN:
    return "origin";
  case SEAT_GATEWAY:
    return "gateway";
  case SEAT_PROXY:
    return "proxy";
  case SEAT_CLIENT:
    return "client";
  }
  return "?";
}

unsigned case_seat_named(struct span word) {
  for (size_t i = 0; i < NUM_SEATS; i++) {
    if (span_is(word, seat_words[i].word)) {
      return seat_words[i].seat;
    }
  }
  return 0;
}

/* GROUP/SLUG of DIRECTORY/GROUP/SLUG.case. */
static struct span id_of(const char *file) {
  static const char suffix[] = ".case";
  struct span path = span_of(file);
  size_t suffix_len = strlen(suffix);
  if (path.len > suffix_len && memcmp(path.ptr + path.len - suffix_len, suffix, suffix_len) == 0) {
    path.len -= suffix_len;
  }
  size_t start = path.len;
  for (unsigned slashes = 0; start > 0; start--) {
    slashes += path.ptr[start - 1] == '/';
    if (slashes == 2) {
      break;
    }
  }
  return span_make(path.ptr + start, path.len - start);
}

static struct parser parser_make(struct arena *arena, const char *file, struct span text,
                                 const struct case_binding *binding, struct diag *diag) {
  return (struct parser){
      .arena = arena,
      .file = file,
      .text = text,
      .binding = binding,
      .diag = diag,
      .out = {.file = file, .id = id_of(file), .text = text},
  };
}

/* Reads up to and including the first step's line, which stays the current line. */
static int read_head(struct parser *parser) {
  int got;
  while ((got = parser_next_line(parser)) > 0) {
    if (parser->line.kind == LINE_INDENTED) {
      return detail_parse(parser);
    }
    if (parser->line.kind != LINE_PLAIN) {
      continue;
    }
    struct words words = words_of(parser->line.text);
    if (step_is_word(words_take(&words))) {
      return head_finish(parser);
    }
    if (head_line_parse(parser) < 0) {
      return -1;
    }
  }
  if (got < 0 || head_finish(parser) < 0) {
    return -1;
  }
  return parser_fail(parser, 0,
                     "no steps: add what client and origin do, such as \"client sends GET\"");
}

static int read_step_line(struct parser *parser) {
  struct words words = words_of(parser->line.text);
  if (!step_is_word(words_take(&words))) {
    return head_line_parse(parser);
  }
  if (step_finish(parser) < 0 || substitute_line(parser) < 0) {
    return -1;
  }
  return step_parse(parser);
}

/* What the steps of a side leave of its versions: step_lines are those of the first step that means
 * HTTP/1.1 only, and HTTP/2 only, or 0. */
static int pin(struct parser *parser, const size_t step_lines[2], const struct line *explicit_line,
               const char *side, unsigned *versions) {
  static const struct {
    const char *name;
    const char *word;
    unsigned version;
  } only[] = {{"HTTP/1.1", "h1", HTTP_H1}, {"HTTP/2", "h2", HTTP_H2}};
  unsigned left = HTTP_H1 | HTTP_H2;
  if (step_lines[0] > 0 && step_lines[1] > 0) {
    return parser_fail(parser, 0,
                       "the step in line %zu means HTTP/1.1 only, and that in line %zu "
                       "HTTP/2 only: make two cases of it",
                       step_lines[0], step_lines[1]);
  }
  for (size_t i = 0; i < 2; i++) {
    if (step_lines[i] == 0) {
      continue;
    }
    left = only[i].version;
    if (*versions != 0 && *versions != left) {
      parser->line = *explicit_line;
      return parser_fail(parser, 0, "the step in line %zu means %s only; pin it: %s %s",
                         step_lines[i], only[i].name, side, only[i].word);
    }
  }
  *versions = *versions == 0 ? left : *versions;
  return 0;
}

/* Reads the steps; the current line is the first one. */
static int read_steps(struct parser *parser) {
  int got = 1;
  while (got > 0) {
    int failed = 0;
    switch (parser->line.kind) {
    case LINE_BLANK:
    case LINE_COMMENT:
      break;
    case LINE_PLAIN:
      failed = read_step_line(parser);
      break;
    case LINE_INDENTED:
      failed = substitute_line(parser) < 0 ? -1 : detail_parse(parser);
      break;
    }
    if (failed < 0) {
      return -1;
    }
    got = parser_next_line(parser);
  }
  if (got < 0 || step_finish(parser) < 0) {
    return -1;
  }
  struct case_file *out = &parser->out;
  if (pin(parser, parser->pinned_front, &parser->front_line, "front", &out->fronts) < 0) {
    return -1;
  }
  return pin(parser, parser->pinned_back, &parser->back_line, "back", &out->backs);
}

static int read_all(struct parser *parser, struct case_file *out) {
  if (read_head(parser) < 0 || read_steps(parser) < 0) {
    return -1;
  }
  *out = parser->out;
  return 0;
}

int case_parse(struct arena *arena, const char *file, struct span text,
               const struct case_binding *binding, struct case_file *out, struct diag *diag) {
  struct parser parser = parser_make(arena, file, text, binding, diag);
  return read_all(&parser, out);
}

int case_bind(struct arena *arena, const struct case_file *file, const struct case_binding *binding,
              struct case_file *out, struct diag *diag) {
  struct parser parser = parser_make(arena, file->file, file->text, binding, diag);
  parser.known = file;
  return read_all(&parser, out);
}

static void name_binding(struct diag *diag, const struct case_file *file,
                         const struct case_binding *binding) {
  size_t len = strlen(diag->reason);
  for (size_t i = 0; i < binding->num_values && len < sizeof(diag->reason); i++) {
    struct span name = file->parameters[i].name;
    struct span value = binding->values[i];
    int wrote = snprintf(diag->reason + len, sizeof(diag->reason) - len, "%s%.*s is %.*s",
                         i == 0 ? "; seen when " : ", ", (int)name.len, (const char *)name.ptr,
                         (int)value.len, (const char *)value.ptr);
    len += wrote < 0 ? 0 : (size_t)wrote;
  }
}

/* The steps once more, with another binding. */
static int read_steps_with(const struct parser *head, const struct case_binding *binding) {
  struct arena arena;
  arena_init(&arena);
  struct parser parser = *head;
  parser.arena = &arena;
  parser.binding = binding;
  int failed = read_steps(&parser);
  arena_free(&arena);
  if (failed < 0) {
    name_binding(head->diag, &head->out, binding);
  }
  return failed;
}

int case_parse_every(const char *file, struct span text, struct diag *diag) {
  struct arena arena;
  arena_init(&arena);
  struct parser head = parser_make(&arena, file, text, NULL, diag);
  int failed = read_head(&head);
  size_t num = failed < 0 ? 0 : case_num_bindings(&head.out);
  for (size_t i = 0; i < num && failed == 0; i++) {
    struct case_binding binding;
    case_binding_at(&arena, &head.out, i, &binding);
    failed = read_steps_with(&head, &binding);
  }
  arena_free(&arena);
  return failed;
}
