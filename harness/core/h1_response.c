#include "core/h1_response.h"

#include "core/h1_class.h"
#include "core/interim_rule.h"

void h1_response_init(struct h1_response *parser, const struct h1_limits *limits) {
  *parser = (struct h1_response){.answers = false};
  h1_reader_init(&parser->reader, limits);
}

bool h1_response_request(struct h1_response *parser, enum h1_request_kind kind) {
  if (parser->num_requests == H1_MAX_OUTSTANDING) {
    return false;
  }
  unsigned last = (parser->first_request + (unsigned)parser->num_requests) % H1_MAX_OUTSTANDING;
  parser->requests[last] = (uint8_t)kind;
  parser->num_requests++;
  return true;
}

static void take_request(struct h1_response *parser) {
  parser->first_request = (uint8_t)((parser->first_request + 1U) % H1_MAX_OUTSTANDING);
  parser->num_requests--;
}

/* The part of RFC 9112 section 6.3 that no field has a say in: rules 1 and 2. */
static void frame_by_status(struct h1_response *parser) {
  struct h1_reader *reader = &parser->reader;
  bool switches = reader->code == 101;
  bool empty = status_is_interim(reader->code) || reader->code == 204 || reader->code == 304;
  if (parser->answers) {
    uint8_t kind = parser->requests[parser->first_request];
    switches = switches || (kind == H1_FOR_CONNECT && reader->code / 100 == 2);
    empty = empty || kind == H1_FOR_HEAD;
  }
  reader->framing = switches ? H1_SWITCHED : H1_NO_CONTENT;
  reader->by_fields = !switches && !empty;
}

/* The rest of section 6.3. */
static void frame_by_fields(struct h1_reader *reader) {
  if (reader->has_coding) {
    reader->framing = reader->chunked_last ? H1_CHUNKED : H1_UNTIL_CLOSE;
  } else {
    reader->framing = reader->has_length ? H1_LENGTH : H1_UNTIL_CLOSE;
  }
}

/* Looks at the first bytes of a response before its line is complete, as it may never be. */
static enum h1_step check_beginning(struct h1_response *parser, struct span window) {
  struct h1_reader *reader = &parser->reader;
  static const char name[] = {'H', 'T', 'T', 'P', '/'};
  struct span first = span_skip(window, (size_t)(reader->start - reader->base));
  for (size_t i = 0; i < sizeof(name) && i < first.len; i++) {
    if (first.ptr[i] != (uint8_t)name[i]) {
      return parser->num_requests == 0
                 ? h1_reader_fail(reader, H1_NO_REQUEST, reader->start,
                                  "bytes behind the last response")
                 : h1_reader_fail(reader, H1_BAD_START_LINE, reader->start + i,
                                  "no response begins like this");
    }
  }
  return H1_STEP_ON;
}

enum { STATUS_AT = H1_VERSION_LEN + 1, REASON_AT = STATUS_AT + 4 };

/* HTTP-version SP 3DIGIT SP [ reason-phrase ]: the second SP is there without a reason too (RFC
 * 9112 section 4). */
static struct h1_fault parse_status_line(struct span text, unsigned *out_minor,
                                         unsigned *out_code) {
  struct h1_fault fault = h1_version_check(text, 0, out_minor);
  if (fault.code != H1_OK) {
    return fault;
  }
  if (text.len < STATUS_AT || text.ptr[H1_VERSION_LEN] != ' ') {
    return (struct h1_fault){H1_BAD_START_LINE, H1_VERSION_LEN, "no SP behind the version"};
  }
  unsigned code = 0;
  for (size_t i = STATUS_AT; i < STATUS_AT + 3; i++) {
    if (i >= text.len || !h1_is_digit(text.ptr[i])) {
      return (struct h1_fault){H1_BAD_STATUS, i, "the status code is not three digits"};
    }
    code = code * 10 + (unsigned)(text.ptr[i] - '0');
  }
  if (!status_is_interim(code) && !status_is_final(code)) {
    return (struct h1_fault){H1_BAD_STATUS, STATUS_AT, "the status code is not in 100 to 599"};
  }
  if (text.len >= REASON_AT && h1_is_digit(text.ptr[REASON_AT - 1])) {
    return (struct h1_fault){H1_BAD_STATUS, REASON_AT - 1, "the status code is not three digits"};
  }
  if (text.len < REASON_AT || text.ptr[REASON_AT - 1] != ' ') {
    return (struct h1_fault){H1_BAD_START_LINE, REASON_AT - 1, "no SP behind the status code"};
  }
  *out_code = code;
  return (struct h1_fault){0};
}

static enum h1_step read_status_line(struct h1_response *parser, struct span window,
                                     struct h1_event *out) {
  struct h1_reader *reader = &parser->reader;
  struct h1_line line;
  enum h1_step step = check_beginning(parser, window);
  if (step == H1_STEP_ON) {
    step = h1_reader_line(reader, window, &line);
  }
  if (step != H1_STEP_ON) {
    return step;
  }
  struct h1_fault fault = parse_status_line(line.text, &reader->minor, &reader->code);
  step = h1_reader_check(reader, &line, fault, H1_BAD_REASON);
  if (step != H1_STEP_ON) {
    return step;
  }
  parser->answers = parser->num_requests > 0;
  frame_by_status(parser);
  reader->state = H1_READ_FIELDS;
  step = h1_reader_line_event(reader, status_is_interim(reader->code) ? H1_INTERIM : H1_FINAL, out);
  out->value = span_make(line.text.ptr + REASON_AT, line.text.len - REASON_AT);
  return step;
}

static enum h1_step read_field(struct h1_reader *reader, struct span window, struct h1_event *out) {
  enum h1_step step = h1_reader_field(reader, window, H1_FIELD, out);
  if (step != H1_STEP_ON) {
    return step;
  }
  if (reader->by_fields) {
    frame_by_fields(reader);
  }
  return h1_reader_head_end(reader, out);
}

/* An interim response leaves its request outstanding, whatever its code and fields are. */
static enum h1_step end_message(struct h1_response *parser, struct h1_event *out) {
  struct h1_reader *reader = &parser->reader;
  enum h1_step step = h1_reader_event(reader, H1_END, reader->start, out);
  if (parser->answers && status_is_final(reader->code)) {
    take_request(parser);
  }
  h1_reader_begin(reader);
  if (reader->framing == H1_SWITCHED) {
    reader->state = H1_READ_TUNNEL;
  }
  return step;
}

static enum h1_step next_step(struct h1_response *parser, struct span window,
                              struct h1_event *out) {
  switch (parser->reader.state) {
  case H1_READ_START:
    return read_status_line(parser, window, out);
  case H1_READ_FIELDS:
    return read_field(&parser->reader, window, out);
  case H1_READ_END:
    return end_message(parser, out);
  case H1_READ_LENGTH:
  case H1_READ_CHUNK_SIZE:
  case H1_READ_CHUNK:
  case H1_READ_CHUNK_END:
  case H1_READ_TRAILERS:
  case H1_READ_REST:
  case H1_READ_TUNNEL:
  case H1_READ_FAILED:
    break;
  }
  return h1_reader_content(&parser->reader, window, out);
}

enum h1_status h1_response_next(struct h1_response *parser, struct span window,
                                struct h1_event *out) {
  h1_reader_take(&parser->reader, window);
  enum h1_step step = H1_STEP_ON;
  while (step == H1_STEP_ON) {
    step = next_step(parser, window, out);
  }
  return (enum h1_status)step;
}

enum h1_status h1_response_finish(struct h1_response *parser, struct h1_event *out) {
  if (parser->reader.state == H1_READ_REST) {
    return (enum h1_status)end_message(parser, out);
  }
  return h1_reader_finish(&parser->reader);
}

uint64_t h1_response_keep(const struct h1_response *parser) {
  return parser->reader.start;
}

void h1_response_drop(struct h1_response *parser, size_t n) {
  h1_reader_drop(&parser->reader, n);
}
