/* The head of a case file: what the case is about and where it applies. */
#include "case/parser.h"

struct head_keyword {
  const char *word;
  bool repeats;
  int (*parse)(struct parser *parser, struct words *words);
};

static int take_text(struct parser *parser, struct words *words, const char *keyword,
                     struct span *out) {
  *out = span_trim(span_skip(words->line, words->next));
  if (out->len == 0) {
    return parser_fail(parser, words->next, "%s needs a text behind it", keyword);
  }
  return 0;
}

static int parse_title(struct parser *parser, struct words *words) {
  return take_text(parser, words, "title", &parser->out.title);
}

static int parse_why(struct parser *parser, struct words *words) {
  struct span text;
  if (take_text(parser, words, "why", &text) < 0) {
    return -1;
  }
  struct span before = parser->out.why;
  if (before.len > 0) {
    text = span_of(arena_printf(parser->arena, "%.*s %.*s", (int)before.len,
                                (const char *)before.ptr, (int)text.len, (const char *)text.ptr));
  }
  parser->out.why = text;
  return 0;
}

static unsigned version_named(struct span word) {
  if (span_is(word, "h1")) {
    return HTTP_H1;
  }
  return span_is(word, "h2") ? HTTP_H2 : 0;
}

static bool is_id(struct span word) {
  if (word.len == 0 || word.ptr[0] < 'A' || word.ptr[0] > 'Z') {
    return false;
  }
  bool dashed = false;
  for (size_t i = 0; i < word.len; i++) {
    uint8_t byte = word.ptr[i];
    bool letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
    bool digit = byte >= '0' && byte <= '9';
    if (!letter && !digit && byte != '-' && byte != '.') {
      return false;
    }
    dashed = dashed || byte == '-';
  }
  return dashed;
}

/* "front h1" or "back h2" in a cites line, when the next word is that side. */
static int take_cite_side(struct parser *parser, struct words *words, const char *side,
                          unsigned *out) {
  if (!span_is(words_peek(words), side)) {
    return 0;
  }
  (void)words_take(words);
  *out = version_named(words_take(words));
  if (*out == 0) {
    return parser_fail(parser, words->start, "%s in a cites line is followed by h1 or h2", side);
  }
  return 0;
}

static int parse_cites(struct parser *parser, struct words *words) {
  struct case_cite cite = {.line = parser->line.number,
                           .seats = case_seat_named(words_peek(words))};
  if (cite.seats != 0) {
    (void)words_take(words);
  }
  if (take_cite_side(parser, words, "front", &cite.fronts) < 0 ||
      take_cite_side(parser, words, "back", &cite.backs) < 0) {
    return -1;
  }
  cite.id = words_take(words);
  cite.column = words->start + 1;
  if (!is_id(cite.id)) {
    return parser_fail(
        parser, words->start,
        "a requirement's id belongs here: cites [SEAT] [front h1|h2] [back h1|h2] ID, "
        "with an ID such as RFC9110-15.2-6");
  }
  struct case_file *out = &parser->out;
  out->cites = list_grow(parser->arena, out->cites, out->num_cites, sizeof(*out->cites));
  out->cites[out->num_cites++] = cite;
  return words_end(parser, words, "one cites line names one requirement");
}

/* One or more words, each at most once, of a set. */
static int take_set(struct parser *parser, struct words *words, unsigned (*named)(struct span),
                    const char *usage, unsigned *out) {
  *out = 0;
  do {
    struct span word = words_take(words);
    unsigned bit = named(word);
    if (bit == 0) {
      return parser_fail(parser, words->start, "%s", usage);
    }
    if ((*out & bit) != 0) {
      return parser_fail(parser, words->start, "\"%s\" stands here twice",
                         parser_quote(parser, word));
    }
    *out |= bit;
  } while (words_peek(words).len > 0);
  return 0;
}

static int parse_seat(struct parser *parser, struct words *words) {
  parser->out.seat_line = parser->line.number;
  return take_set(parser, words, case_seat_named,
                  "seat takes one or more of: origin gateway proxy client", &parser->out.seats);
}

static int parse_front(struct parser *parser, struct words *words) {
  parser->front_line = parser->line;
  return take_set(parser, words, version_named, "front takes h1, h2 or both", &parser->out.fronts);
}

static int parse_back(struct parser *parser, struct words *words) {
  parser->back_line = parser->line;
  return take_set(parser, words, version_named, "back takes h1, h2 or both", &parser->out.backs);
}

static int parse_needs(struct parser *parser, struct words *words) {
  struct case_file *out = &parser->out;
  for (struct span word = words_take(words); word.len > 0; word = words_take(words)) {
    out->needs = list_grow(parser->arena, out->needs, out->num_needs, sizeof(*out->needs));
    out->needs[out->num_needs++] = word;
  }
  if (out->num_needs == 0) {
    return parser_fail(parser, words->start, "needs takes the words for what the target must have");
  }
  return 0;
}

static int parse_alone(struct parser *parser, struct words *words) {
  parser->out.alone = true;
  return words_end(parser, words, "alone stands by itself");
}

static int parse_slow(struct parser *parser, struct words *words) {
  parser->out.slow = true;
  return words_end(parser, words, "slow stands by itself");
}

static const struct head_keyword keywords[] = {
    {"title", false, parse_title},  {"why", true, parse_why},      {"cites", true, parse_cites},
    {"seat", false, parse_seat},    {"front", false, parse_front}, {"back", false, parse_back},
    {"needs", false, parse_needs},  {"alone", false, parse_alone}, {"slow", false, parse_slow},
    {"for", true, parameter_parse},
};

enum { NUM_KEYWORDS = sizeof(keywords) / sizeof(keywords[0]) };

int head_line_parse(struct parser *parser) {
  struct words words = words_of(parser->line.text);
  struct span word = words_take(&words);
  for (unsigned i = 0; i < NUM_KEYWORDS; i++) {
    const struct head_keyword *keyword = &keywords[i];
    if (!span_is(word, keyword->word)) {
      continue;
    }
    if (parser->out.num_steps > 0) {
      return parser_fail(parser, 0, "%s belongs to the head: move it above the first step",
                         keyword->word);
    }
    if (!keyword->repeats && (parser->given & (1U << i)) != 0) {
      return parser_fail(parser, 0, "a second %s line: join the two", keyword->word);
    }
    parser->given |= 1U << i;
    return keyword->parse(parser, &words);
  }
  return parser_fail(parser, 0,
                     "\"%s\" begins no line: head lines begin with title why cites seat front back "
                     "needs alone slow for, steps with client origin pause",
                     parser_quote(parser, word));
}

int head_finish(struct parser *parser) {
  struct case_file *out = &parser->out;
  if (out->title.len == 0) {
    return parser_fail(parser, 0, "no title: add a head line \"title A sentence about behaviour\"");
  }
  if (out->num_cites == 0) {
    return parser_fail(parser, 0,
                       "no requirement: add a head line such as \"cites RFC9110-15.2-4\"");
  }
  if (out->seats == 0) {
    return parser_fail(parser, 0, "no seat: add a head line such as \"seat gateway proxy\"");
  }
  if (parser->binding != NULL && parser->binding->num_values != out->num_parameters) {
    return parser_fail(parser, 0, "%zu values are bound, but the head has %zu \"for\" lines",
                       parser->binding->num_values, out->num_parameters);
  }
  return 0;
}
