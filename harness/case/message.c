/* MESSAGE and the options behind it. */
#include "case/parser.h"

#define MAX_COUNT UINT64_C(1000000)
#define MAX_DURATION_US UINT64_C(3600000000)
enum { MAX_PERCENT = 1000 };

static bool is_digit(uint8_t byte) {
  return byte >= '0' && byte <= '9';
}

static bool is_method(struct span word) {
  bool letter = false;
  for (size_t i = 0; i < word.len; i++) {
    bool upper = word.ptr[i] >= 'A' && word.ptr[i] <= 'Z';
    if (!upper && (i == 0 || (word.ptr[i] != '-' && !is_digit(word.ptr[i])))) {
      return false;
    }
    letter = letter || upper;
  }
  return letter;
}

static bool is_target(struct span word) {
  return span_starts(word, "/") || span_starts(word, "{path}") || span_is(word, "*") ||
         span_find(word, span_of(":"), 0) != SIZE_MAX;
}

static void take_minor(struct words *words, struct case_message *out) {
  struct span word = words_peek(words);
  out->minor = -1;
  if (span_is(word, "HTTP/1.0")) {
    out->minor = 0;
  } else if (span_is(word, "HTTP/1.1")) {
    out->minor = 1;
  } else {
    return;
  }
  (void)words_take(words);
}

/* "trigger-102", the code a number from 100 to 199 but 101. False when the word is none. */
static bool read_trigger(struct span word, struct case_message *out) {
  static const char begin[] = "trigger-";
  uint64_t code = 0;
  struct span number = span_skip(word, sizeof(begin) - 1);
  if (!span_starts(word, begin) || number.len != 3 || !span_number(number, &code) || code < 100 ||
      code > 199 || code == 101) {
    return false;
  }
  out->trigger = (unsigned)code;
  return true;
}

static void take_trigger(struct words *words, struct case_message *out) {
  (void)words_take(words);
  out->kind = MESSAGE_REQUEST;
  out->method = span_of("GET");
  out->own_method = is_method(words_peek(words));
  if (out->own_method) {
    out->method = words_take(words);
  }
  take_minor(words, out);
}

static void take_request(struct words *words, struct case_message *out) {
  out->kind = MESSAGE_REQUEST;
  out->method = words_take(words);
  if (is_target(words_peek(words))) {
    out->target = words_take(words);
  }
  take_minor(words, out);
}

/* 102 and, where a status is seen, 1xx and final. False when the word is no status. */
static bool read_status(struct span word, struct case_message *out) {
  if (span_is(word, "final")) {
    out->low = 200;
    out->high = 599;
    return true;
  }
  if (word.len != 3 || !is_digit(word.ptr[0])) {
    return false;
  }
  unsigned class_start = (unsigned)(word.ptr[0] - '0') * 100;
  if (span_is(span_skip(word, 1), "xx")) {
    out->low = class_start;
    out->high = class_start + 99;
    return true;
  }
  uint64_t code = 0;
  if (!span_number(word, &code)) {
    return false;
  }
  out->low = (unsigned)code;
  out->high = (unsigned)code;
  return true;
}

static int take_status(struct parser *parser, struct words *words, const struct step *step,
                       struct case_message *out) {
  struct span word = words_take(words);
  out->kind = MESSAGE_STATUS;
  if (out->low < 100 || out->high > 599) {
    return parser_fail(parser, words->start,
                       "a status code is from 100 to 599: write others in a bytes step");
  }
  if (step->verb == VERB_SENDS && out->low != out->high) {
    return parser_fail(parser, words->start, "%s is many codes: sends takes one, such as 102",
                       parser_quote(parser, word));
  }
  take_minor(words, out);
  return 0;
}

static int take_nothing(struct parser *parser, struct words *words, struct step *step) {
  (void)words_take(words);
  if (step->verb != VERB_SEES || step->num_messages > 0) {
    return parser_fail(parser, words->start, "nothing stands by itself: sees nothing for DURATION");
  }
  if (!span_is(words_take(words), "for")) {
    return parser_fail(parser, words->start, "nothing is followed by \"for DURATION\"");
  }
  return duration_parse(parser, words, "for", &step->duration_us);
}

struct plain_message {
  const char *word;
  enum message kind;
  bool sent;
  bool seen;
};

static const struct plain_message plain_messages[] = {
    {"content", MESSAGE_CONTENT, true, true},
    {"bytes", MESSAGE_BYTES, true, false},
    {"close", MESSAGE_CLOSE, false, true},
    {"abort", MESSAGE_ABORT, false, true},
};

/* 1 when the next word was one of the plain messages, 0 when not, or -1. */
static int take_plain(struct parser *parser, struct words *words, const struct step *step,
                      struct case_message *out) {
  struct span word = words_peek(words);
  for (size_t i = 0; i < sizeof(plain_messages) / sizeof(plain_messages[0]); i++) {
    const struct plain_message *plain = &plain_messages[i];
    if (!span_is(word, plain->word)) {
      continue;
    }
    (void)words_take(words);
    if (step->verb == VERB_SENDS && !plain->sent) {
      return parser_fail(parser, words->start, "%s is only seen: to do it write the verb %ss",
                         plain->word, plain->word);
    }
    if (step->verb != VERB_SENDS && !plain->seen) {
      return parser_fail(parser, words->start,
                         "%s are only sent: say what is seen as a METHOD, a CODE or content",
                         plain->word);
    }
    out->kind = plain->kind;
    return 1;
  }
  return 0;
}

int message_parse(struct parser *parser, struct words *words, struct step *step,
                  struct case_message *out) {
  *out = (struct case_message){.minor = -1};
  struct span word = words_peek(words);
  if (span_is(word, "nothing")) {
    out->kind = MESSAGE_NOTHING;
    return take_nothing(parser, words, step);
  }
  int plain = take_plain(parser, words, step, out);
  if (plain != 0) {
    return plain < 0 ? -1 : 0;
  }
  if (step->verb == VERB_SENDS && span_is(word, "frame")) {
    (void)words_take(words);
    return frame_parse(parser, words, out);
  }
  if (step->verb == VERB_SENDS && read_trigger(word, out)) {
    take_trigger(words, out);
    return 0;
  }
  if (read_status(word, out)) {
    return take_status(parser, words, step, out);
  }
  if (is_method(word)) {
    take_request(words, out);
    return 0;
  }
  (void)words_take(words);
  return parser_fail(
      parser, words->start,
      step->verb == VERB_SENDS
          ? "a message belongs here: a METHOD, a CODE such as 102, content, bytes or frame"
          : "a message belongs here: a METHOD, a CODE such as 102, 1xx or final, "
            "content, close or abort");
}

int duration_parse(struct parser *parser, struct words *words, const char *after, uint64_t *out) {
  struct span word = words_take(words);
  size_t digits = 0;
  while (digits < word.len && is_digit(word.ptr[digits])) {
    digits++;
  }
  struct span unit = span_skip(word, digits);
  uint64_t scale = 0;
  if (span_is(unit, "us")) {
    scale = 1;
  } else if (span_is(unit, "ms")) {
    scale = 1000;
  } else if (span_is(unit, "s")) {
    scale = 1000000;
  }
  uint64_t number = 0;
  bool percent = span_is(unit, "%");
  if ((scale == 0 && !percent) || !span_number(span_make(word.ptr, digits), &number)) {
    return parser_fail(parser, words->start,
                       "%s is followed by a duration such as 250ms, 2s, 500us, 50%%", after);
  }
  if (percent) {
    if (number == 0 || number > MAX_PERCENT) {
      return parser_fail(parser, words->start, "from 1%% to 1000%% of the target's timeout");
    }
    *out = CASE_OF_TIMEOUT | number;
    return 0;
  }
  if (number == 0 || number > MAX_DURATION_US / scale) {
    return parser_fail(parser, words->start, "a duration is longer than nothing and at most 3600s");
  }
  *out = number * scale;
  return 0;
}

static int take_count(struct parser *parser, struct words *words, const char *after,
                      uint64_t *out) {
  struct span word = words_take(words);
  uint64_t number = 0;
  if (!span_number(word, &number) || number == 0 || number > MAX_COUNT) {
    return parser_fail(parser, words->start, "%s is followed by a number from 1 to 1000000", after);
  }
  *out = number;
  return 0;
}

enum option {
  OPTION_COUNT,
  OPTION_CUT,
  OPTION_PACE,
  OPTION_GLUED,
  OPTION_WITHIN,
  OPTION_ON_ARRIVAL,
  OPTION_SPLIT,
  OPTION_PADDED,
  OPTION_PRIORITY,
  OPTION_ON_STREAM,
  NUM_OPTIONS,
};

static const char *const option_words[NUM_OPTIONS] = {"x",        "cut",        "pace",  "glued",
                                                      "within",   "on-arrival", "split", "padded",
                                                      "priority", "on-stream"};

static unsigned options_for(const struct step *step) {
  if (step->verb == VERB_MAY_SEE) {
    return 1U << OPTION_WITHIN;
  }
  if (step->verb != VERB_SENDS) {
    return step->verb == VERB_SEES ? 1U << OPTION_COUNT | 1U << OPTION_WITHIN : 0;
  }
  unsigned arrival = step->lane == LANE_ORIGIN ? 1U << OPTION_ON_ARRIVAL : 0;
  unsigned frame =
      step->messages[0].kind == MESSAGE_FRAME ? 1U << OPTION_ON_STREAM : 1U << OPTION_SPLIT;
  return 1U << OPTION_COUNT | 1U << OPTION_CUT | 1U << OPTION_PACE | 1U << OPTION_GLUED |
         1U << OPTION_PADDED | 1U << OPTION_PRIORITY | arrival | frame;
}

static int take_padding(struct parser *parser, struct words *words, struct step *step) {
  struct span word = words_take(words);
  uint64_t number = 0;
  if (!span_number(word, &number) || number > UINT8_MAX) {
    return parser_fail(parser, words->start, "padded is followed by a number from 0 to 255");
  }
  step->padded = true;
  step->padding = (uint8_t)number;
  return 0;
}

static int take_option(struct parser *parser, struct words *words, enum option option,
                       struct step *step) {
  switch (option) {
  case OPTION_COUNT:
    return take_count(parser, words, "x", &step->repeat);
  case OPTION_CUT:
    return take_count(parser, words, "cut", &step->cut);
  case OPTION_PACE:
    return duration_parse(parser, words, "pace", &step->pace_us);
  case OPTION_GLUED:
    step->glued = true;
    return 0;
  case OPTION_WITHIN:
    return duration_parse(parser, words, "within", &step->within_us);
  case OPTION_ON_ARRIVAL:
    step->on_arrival = true;
    return 0;
  case OPTION_SPLIT:
    return take_count(parser, words, "split", &step->split);
  case OPTION_PADDED:
    return take_padding(parser, words, step);
  case OPTION_PRIORITY:
    step->priority = true;
    return 0;
  case OPTION_ON_STREAM:
    return frame_stream_parse(parser, words, step);
  case NUM_OPTIONS:
    break;
  }
  return -1;
}

static enum option option_named(struct span word) {
  for (int i = 0; i < NUM_OPTIONS; i++) {
    if (span_is(word, option_words[i])) {
      return (enum option)i;
    }
  }
  return NUM_OPTIONS;
}

static const char *options_usage(enum verb verb) {
  switch (verb) {
  case VERB_SENDS:
    return "behind what is sent come x COUNT, cut N, pace DURATION, glued, for the origin "
           "on-arrival, and over h2 split N, padded N, priority, for a frame on-stream WORD";
  case VERB_SEES:
    return "behind what is seen come \"or MESSAGE\", x COUNT, within DURATION";
  case VERB_MAY_SEE:
    return "behind it come only \"or MESSAGE\" and within DURATION";
  case VERB_NEVER_SEES:
  case VERB_CLOSES:
  case VERB_HALF_CLOSES:
  case VERB_ABORTS:
  case VERB_PAUSES:
    break;
  }
  return "behind it comes only \"or MESSAGE\"";
}

int step_options_parse(struct parser *parser, struct words *words, struct step *step) {
  bool nothing = step->messages[0].kind == MESSAGE_NOTHING;
  unsigned left = nothing ? 0 : options_for(step);
  unsigned given = 0;
  for (struct span word = words_take(words); word.len > 0; word = words_take(words)) {
    enum option option = option_named(word);
    if ((given & 1U << option) != 0) {
      return parser_fail(parser, words->start, "a second \"%s\": leave one",
                         parser_quote(parser, word));
    }
    if ((left & 1U << option) == 0) {
      return parser_fail(parser, words->start, "\"%s\" is too much: %s", parser_quote(parser, word),
                         nothing ? "nothing takes only \"for DURATION\""
                                 : options_usage(step->verb));
    }
    given |= 1U << option;
    if (take_option(parser, words, option, step) < 0) {
      return -1;
    }
  }
  return 0;
}
