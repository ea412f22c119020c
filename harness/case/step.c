/* A step: who does what. */
#include "case/parser.h"

enum { MAX_NUMBER = 1000 };

struct verb_words {
  const char *first;
  const char *second; /* NULL when the verb is one word */
  enum verb verb;
};

static const struct verb_words verbs[] = {
    {"sends", NULL, VERB_SENDS},   {"sees", NULL, VERB_SEES},
    {"may", "see", VERB_MAY_SEE},  {"never", "sees", VERB_NEVER_SEES},
    {"closes", NULL, VERB_CLOSES}, {"half-closes", NULL, VERB_HALF_CLOSES},
    {"aborts", NULL, VERB_ABORTS},
};

bool step_is_word(struct span word) {
  return span_is(word, "client") || span_is(word, "origin") || span_is(word, "pause");
}

static int take_number(struct parser *parser, struct words *words, struct step *step) {
  struct span word = words_peek(words);
  step->number = 1;
  if (word.len == 0 || word.ptr[0] < '0' || word.ptr[0] > '9') {
    return 0;
  }
  (void)words_take(words);
  uint64_t number = 0;
  if (!span_number(word, &number) || number < 1 || number > MAX_NUMBER) {
    return parser_fail(parser, words->start, "a lane's number is from 1 to %d", MAX_NUMBER);
  }
  step->number = (unsigned)number;
  step->numbered = true;
  return 0;
}

static int take_verb(struct parser *parser, struct words *words, struct step *step) {
  struct span word = words_take(words);
  for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
    if (!span_is(word, verbs[i].first)) {
      continue;
    }
    if (verbs[i].second != NULL && !span_is(words_take(words), verbs[i].second)) {
      return parser_fail(parser, words->start, "\"%s\" is followed by \"%s\"", verbs[i].first,
                         verbs[i].second);
    }
    step->verb = verbs[i].verb;
    return 0;
  }
  return parser_fail(parser, words->start,
                     "a verb belongs here: sends, sees, may see, never sees, closes, half-closes, "
                     "aborts");
}

static int take_messages(struct parser *parser, struct words *words, struct step *step) {
  bool more = true;
  while (more) {
    step->messages =
        list_grow(parser->arena, step->messages, step->num_messages, sizeof(*step->messages));
    struct case_message *message = &step->messages[step->num_messages];
    if (message_parse(parser, words, step, message) < 0) {
      return -1;
    }
    step->num_messages++;
    more = step->verb != VERB_SENDS && span_is(words_peek(words), "or");
    if (more) {
      (void)words_take(words);
      if (message->kind == MESSAGE_NOTHING) {
        return parser_fail(parser, words->start, "nothing is no alternative: it stands by itself");
      }
    }
  }
  return step_options_parse(parser, words, step);
}

static int parse_lane(struct parser *parser, struct words *words, struct step *step) {
  if (take_number(parser, words, step) < 0 || take_verb(parser, words, step) < 0) {
    return -1;
  }
  switch (step->verb) {
  case VERB_SENDS:
  case VERB_SEES:
  case VERB_MAY_SEE:
  case VERB_NEVER_SEES:
    return take_messages(parser, words, step);
  case VERB_CLOSES:
  case VERB_HALF_CLOSES:
  case VERB_ABORTS:
    return words_end(parser, words, "the verb stands by itself");
  case VERB_PAUSES:
    break;
  }
  return -1;
}

int step_parse(struct parser *parser) {
  struct words words = words_of(parser->line.text);
  struct span word = words_take(&words);
  struct step step = {
      .line = parser->line.number,
      .column = 1,
      .text = span_trim(parser->line.text),
      .lane = span_is(word, "origin") ? LANE_ORIGIN : LANE_CLIENT,
      .number = 1,
      .repeat = 1,
  };
  if (span_is(word, "pause")) {
    step.verb = VERB_PAUSES;
    if (duration_parse(parser, &words, "pause", &step.duration_us) < 0 ||
        words_end(parser, &words, "pause takes one duration") < 0) {
      return -1;
    }
  } else if (parse_lane(parser, &words, &step) < 0) {
    return -1;
  }
  struct case_file *out = &parser->out;
  out->steps = list_grow(parser->arena, out->steps, out->num_steps, sizeof(*out->steps));
  out->steps[out->num_steps++] = step;
  parser->step_line = parser->line;
  parser->num_content = 0;
  return 0;
}

/* Fields whose meaning belongs to one HTTP/1.1 connection: they do not translate (RFC 9113
 * section 8.2.2). Content-Length does, but in an interim response it is about HTTP/1.1's framing.
 */
static bool is_framing_field(struct span name) {
  static const char *const names[] = {"Connection", "Transfer-Encoding", "Keep-Alive", "Upgrade",
                                      "TE"};
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
    if (span_is_nocase(name, names[i])) {
      return true;
    }
  }
  return false;
}

static bool is_interim(const struct step *step) {
  return step->messages[0].kind == MESSAGE_STATUS && step->messages[0].high < 200;
}

static bool pins_to_h1(const struct step *step) {
  if (step->verb == VERB_HALF_CLOSES) {
    return true;
  }
  for (size_t i = 0; i < step->num_messages; i++) {
    if (step->messages[i].kind == MESSAGE_BYTES || step->messages[i].minor >= 0) {
      return true;
    }
  }
  bool sends = step->verb == VERB_SENDS && step->messages[0].kind != MESSAGE_FRAME;
  for (size_t i = 0; sends && i < step->num_fields; i++) {
    bool length = span_is_nocase(step->fields[i].name, "Content-Length");
    if (length ? is_interim(step) : is_framing_field(step->fields[i].name)) {
      return true;
    }
  }
  return false;
}

static bool pins_to_h2(const struct step *step) {
  bool frame = step->num_messages > 0 && step->messages[0].kind == MESSAGE_FRAME;
  return frame || step->split > 0 || step->padded || step->priority;
}

static void pin(struct parser *parser, const struct step *step, size_t version) {
  size_t *pinned = step->lane == LANE_CLIENT ? parser->pinned_front : parser->pinned_back;
  if (pinned[version] == 0) {
    pinned[version] = step->line;
  }
}

int step_finish(struct parser *parser) {
  if (parser->out.num_steps == 0) {
    return 0;
  }
  struct step *step = &parser->out.steps[parser->out.num_steps - 1];
  detail_join(parser, step);
  if (step->num_messages > 0 && step->messages[0].kind == MESSAGE_BYTES && !step->has_content) {
    parser->line = parser->step_line;
    return parser_fail(parser, 0, "bytes without bytes: add \"  | \" lines below the step");
  }
  if (step->num_messages > 0 && step->messages[0].kind == MESSAGE_FRAME) {
    if (frame_check(parser, step) < 0) {
      return -1;
    }
  }
  if (pins_to_h1(step)) {
    pin(parser, step, 0);
  }
  if (pins_to_h2(step)) {
    pin(parser, step, 1);
  }
  return 0;
}
