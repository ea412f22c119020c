/* The canonical layout of a case file. It works on the lines as written, so that what the file
 * says, comments included, stays; case_parse has accepted them before. */
#include "case/parser.h"

enum { HEAD_WIDTH = 8, LANE_WIDTH = 6, VERB_WIDTH = 5 };

enum written {
  WRITTEN_NOTHING,
  WRITTEN_HEAD,
  WRITTEN_COMMENT,
  WRITTEN_STEP,
  WRITTEN_DETAIL,
};

struct formatter {
  struct bytes *out;
  size_t head_left; /* head lines still to come */
  enum written last;
  bool blank; /* a blank line came since */
};

static void pad(struct bytes *out, size_t start, size_t width) {
  while (out->len < start + width) {
    bytes_text(out, " ");
  }
}

/* The other words, one blank between them. */
static void write_words(struct bytes *out, struct words *words) {
  struct span word = words_take(words);
  while (word.len > 0) {
    bytes_add(out, word);
    word = words_take(words);
    if (word.len > 0) {
      bytes_text(out, " ");
    }
  }
}

static void write_head_line(struct bytes *out, struct span raw) {
  struct words words = words_of(raw);
  struct span keyword = words_take(&words);
  size_t start = out->len;
  bytes_add(out, keyword);
  struct span rest = span_trim(span_skip(raw, words.next));
  if (rest.len == 0) {
    return;
  }
  pad(out, start, HEAD_WIDTH);
  if (span_is(keyword, "title") || span_is(keyword, "why")) {
    bytes_add(out, rest);
  } else {
    write_words(out, &words);
  }
}

static bool is_two_word_verb(struct span word) {
  return span_is(word, "may") || span_is(word, "never");
}

static bool is_verb(struct span word) {
  static const char *const words[] = {"sends",  "sees",        "may",   "never",
                                      "closes", "half-closes", "aborts"};
  for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
    if (span_is(word, words[i])) {
      return true;
    }
  }
  return false;
}

static void write_step(struct bytes *out, struct span raw) {
  struct words words = words_of(raw);
  size_t start = out->len;
  struct span lane = words_take(&words);
  bytes_add(out, lane);
  bool pause = span_is(lane, "pause");
  if (!pause && !is_verb(words_peek(&words))) {
    bytes_text(out, " ");
    bytes_add(out, words_take(&words));
  }
  if (words_peek(&words).len == 0) {
    return;
  }
  pad(out, start, LANE_WIDTH);
  bytes_text(out, "  ");
  if (!pause) {
    start = out->len;
    struct span verb = words_take(&words);
    bytes_add(out, verb);
    if (is_two_word_verb(verb)) {
      bytes_text(out, " ");
      bytes_add(out, words_take(&words));
    }
    if (words_peek(&words).len == 0) {
      return;
    }
    pad(out, start, VERB_WIDTH);
    bytes_text(out, "  ");
  }
  write_words(out, &words);
}

static void write_field(struct bytes *out, struct span line) {
  size_t colon = span_find(line, span_of(":"), 1); /* behind that of a pseudo-header field */
  size_t brace = span_find(line, span_of("{"), 0);
  /* A parameter in the name may bring the colon along: then the line is left as it is. */
  if (colon == SIZE_MAX || brace < colon) {
    bytes_add(out, line);
    return;
  }
  struct span value = span_trim(span_skip(line, colon + 1));
  bytes_add(out, span_make(line.ptr, colon + 1));
  bytes_text(out, value.len > 0 ? " " : "");
  bytes_add(out, value);
}

static void write_detail(struct bytes *out, struct span raw) {
  struct span line = span_trim(raw);
  bytes_text(out, "  ");
  if (line.ptr[0] == '|') {
    bytes_add(out, line);
  } else if (line.ptr[0] == '!') {
    struct span field = span_trim(span_skip(line, 1));
    bytes_text(out, "! ");
    if (span_find(field, span_of(":"), 0) == SIZE_MAX) {
      bytes_add(out, field);
    } else {
      write_field(out, field);
    }
  } else {
    write_field(out, line);
  }
}

static enum written kind_of(const struct formatter *formatter, enum line_kind kind) {
  switch (kind) {
  case LINE_BLANK:
    return WRITTEN_NOTHING;
  case LINE_COMMENT:
    return WRITTEN_COMMENT;
  case LINE_INDENTED:
    return WRITTEN_DETAIL;
  case LINE_PLAIN:
    break;
  }
  return formatter->head_left > 0 ? WRITTEN_HEAD : WRITTEN_STEP;
}

/* Whether a blank line goes in front of the next line. */
static bool wants_blank(const struct formatter *formatter, enum written next, bool indented) {
  if (formatter->last == WRITTEN_NOTHING) {
    return false;
  }
  if (formatter->last == WRITTEN_HEAD && formatter->head_left == 0) {
    return true;
  }
  bool between_head = formatter->last == WRITTEN_HEAD && next == WRITTEN_HEAD;
  return formatter->blank && !indented && !between_head;
}

static void write_comment(struct bytes *out, struct span raw, bool indented) {
  bytes_text(out, indented ? "  " : "");
  bytes_add(out, span_trim(raw));
}

static void write_line(struct formatter *formatter, struct span raw) {
  enum line_kind kind = line_kind_of(raw);
  enum written next = kind_of(formatter, kind);
  if (next == WRITTEN_NOTHING) {
    formatter->blank = true;
    return;
  }
  bool below_step = formatter->head_left == 0 && formatter->last != WRITTEN_HEAD;
  bool indented =
      next == WRITTEN_DETAIL || (next == WRITTEN_COMMENT && below_step && (raw.ptr[0] == ' '));
  if (wants_blank(formatter, next, indented)) {
    bytes_text(formatter->out, "\n");
  }
  switch (next) {
  case WRITTEN_NOTHING:
    break;
  case WRITTEN_HEAD:
    formatter->head_left--;
    write_head_line(formatter->out, raw);
    break;
  case WRITTEN_COMMENT:
    write_comment(formatter->out, raw, indented);
    break;
  case WRITTEN_STEP:
    write_step(formatter->out, raw);
    break;
  case WRITTEN_DETAIL:
    write_detail(formatter->out, raw);
    break;
  }
  bytes_text(formatter->out, "\n");
  formatter->last = next;
  formatter->blank = false;
}

static size_t count_head_lines(struct span text) {
  size_t num = 0;
  size_t at = 0;
  struct span raw;
  while (line_cut(text, &at, &raw)) {
    struct words words = words_of(raw);
    if (line_kind_of(raw) != LINE_PLAIN) {
      continue;
    }
    if (step_is_word(words_take(&words))) {
      break;
    }
    num++;
  }
  return num;
}

int case_format(struct bytes *out, const char *file, struct span text, struct diag *diag) {
  struct arena arena;
  arena_init(&arena);
  struct case_file parsed;
  int failed = case_parse(&arena, file, text, NULL, &parsed, diag);
  arena_free(&arena);
  if (failed < 0) {
    return -1;
  }
  struct formatter formatter = {.out = out, .head_left = count_head_lines(text)};
  size_t at = 0;
  struct span raw;
  while (line_cut(text, &at, &raw)) {
    write_line(&formatter, raw);
  }
  return 0;
}
