/* A frame of HTTP/2 as a case sends it: "frame HEADERS END_HEADERS". */
#include "case/parser.h"
#include "core/h2.h"

static bool hex_number(struct span word, unsigned *out) {
  unsigned number = 0;
  if (!span_starts(word, "0x") || word.len < 3 || word.len > 4) {
    return false;
  }
  for (size_t i = 2; i < word.len; i++) {
    uint8_t byte = word.ptr[i];
    unsigned digit = 0;
    if (byte >= '0' && byte <= '9') {
      digit = byte - (unsigned)'0';
    } else if (byte >= 'a' && byte <= 'f') {
      digit = byte - (unsigned)'a' + 10;
    } else {
      return false;
    }
    number = number * 16 + digit;
  }
  *out = number;
  return true;
}

static bool flag_named(struct span word, unsigned *out) {
  static const struct {
    const char *name;
    unsigned flag;
  } flags[] = {
      {"END_STREAM", H2_END_STREAM},
      {"ACK", H2_ACK},
      {"END_HEADERS", H2_END_HEADERS},
  };
  for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
    if (span_is(word, flags[i].name)) {
      *out = flags[i].flag;
      return true;
    }
  }
  return hex_number(word, out);
}

static int take_flags(struct words *words, struct case_frame *frame) {
  unsigned flag = 0;
  while (flag_named(words_peek(words), &flag)) {
    (void)words_take(words);
    frame->flags |= flag;
  }
  return 0;
}

static int take_error_code(struct parser *parser, struct words *words, struct case_frame *frame) {
  if (!h2_error_named(words_take(words), &frame->number)) {
    return parser_fail(parser, words->start,
                       "an error code belongs here, such as NO_ERROR, CANCEL");
  }
  return 0;
}

static int take_increment(struct parser *parser, struct words *words, struct case_frame *frame) {
  uint64_t number = 0;
  if (!span_number(words_take(words), &number) || number > H2_MAX_STREAM) {
    return parser_fail(parser, words->start, "an increment belongs here, from 0 to %u",
                       (unsigned)H2_MAX_STREAM);
  }
  frame->number = (uint32_t)number;
  return 0;
}

int frame_parse(struct parser *parser, struct words *words, struct case_message *out) {
  struct span word = words_take(words);
  struct case_frame *frame = &out->frame;
  out->kind = MESSAGE_FRAME;
  if (!h2_type_named(word, &frame->type) && !hex_number(word, &frame->type)) {
    return parser_fail(parser, words->start,
                       "\"%s\" is no type of frame: write HEADERS, DATA, RST_STREAM, ... or 0xNN",
                       parser_quote(parser, word));
  }
  switch (frame->type) {
  case H2_RST_STREAM:
  case H2_GOAWAY:
    return take_error_code(parser, words, frame);
  case H2_WINDOW_UPDATE:
    return take_increment(parser, words, frame);
  default:
    return take_flags(words, frame);
  }
}

int frame_stream_parse(struct parser *parser, struct words *words, struct step *step) {
  static const struct {
    const char *word;
    enum frame_stream on;
  } streams[] = {
      {"0", FRAME_ON_ZERO},
      {"idle", FRAME_ON_IDLE},
      {"even", FRAME_ON_EVEN},
      {"pushed", FRAME_ON_PUSHED},
  };
  struct span word = words_take(words);
  for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
    if (span_is(word, streams[i].word)) {
      step->messages[0].frame.on = streams[i].on;
      return 0;
    }
  }
  return parser_fail(parser, words->start, "on-stream is followed by 0, idle, even or pushed");
}

static bool holds_fields(unsigned type) {
  return type == H2_HEADERS || type == H2_CONTINUATION || type == H2_PUSH_PROMISE ||
         type == H2_SETTINGS;
}

static int step_fail(struct parser *parser, const char *reason) {
  parser->line = parser->step_line;
  return parser_fail(parser, 0, "%s", reason);
}

int frame_check(struct parser *parser, const struct step *step) {
  const struct case_frame *frame = &step->messages[0].frame;
  if (step->num_fields > 0 && !holds_fields(frame->type)) {
    return step_fail(parser, "this frame holds no fields: its payload stands in | lines");
  }
  if (step->num_fields > 0 && step->has_content) {
    return step_fail(parser, "fields or | lines, not both: each alone is the frame's payload");
  }
  for (size_t i = 0; frame->type == H2_SETTINGS && i < step->num_fields; i++) {
    unsigned id = 0;
    uint64_t value = 0;
    if (!h2_setting_named(step->fields[i].name, &id) ||
        !span_number(step->fields[i].value, &value) || value > UINT32_MAX) {
      return step_fail(parser, "a setting is NAME: NUMBER, such as INITIAL_WINDOW_SIZE: 0");
    }
  }
  return 0;
}
