#include "core/h1_request.h"

#include "core/h1_class.h"

void h1_request_init(struct h1_request *parser, const struct h1_limits *limits) {
  *parser = (struct h1_request){.blank = false};
  h1_reader_init(&parser->reader, limits);
}

/* method SP request-target SP HTTP-version (RFC 9112 section 3). Any run of visible bytes is taken
 * for a target: which form it must have depends on who asks whom. */
static struct h1_fault parse_request_line(const struct h1_line *line, struct h1_event *out) {
  struct span text = line->text;
  size_t method = line->token;
  if (text.len == 0) {
    return (struct h1_fault){H1_BAD_START_LINE, 0, "more than one blank line before a request"};
  }
  if (method == text.len) {
    return (struct h1_fault){line->broken ? H1_BAD_METHOD : H1_BAD_START_LINE, method,
                             "no target behind the method"};
  }
  if (method == 0 || text.ptr[method] != ' ') {
    return (struct h1_fault){H1_BAD_METHOD, method, "the method is not a token with an SP behind"};
  }
  size_t first = method + 1;
  size_t target = h1_class_run(text, first, H1_GRAPH);
  size_t behind = first + target;
  if (target == 0) {
    return (struct h1_fault){H1_BAD_TARGET, first, "an empty target"};
  }
  if (behind == text.len) {
    return (struct h1_fault){line->broken ? H1_BAD_TARGET : H1_BAD_START_LINE, behind,
                             "no version behind the target"};
  }
  if (text.ptr[behind] != ' ') {
    return (struct h1_fault){H1_BAD_TARGET, behind, "a byte that no target may hold"};
  }
  struct h1_fault fault = h1_version_check(text, behind + 1, &out->minor);
  if (fault.code != H1_OK) {
    return fault;
  }
  if (text.len > behind + 1 + H1_VERSION_LEN) {
    return (struct h1_fault){H1_BAD_VERSION, behind + 1 + H1_VERSION_LEN,
                             "more bytes behind the version"};
  }
  out->name = span_make(text.ptr, method);
  out->value = span_make(text.ptr + first, target);
  return (struct h1_fault){0};
}

static enum h1_step read_request_line(struct h1_request *parser, struct span window,
                                      struct h1_event *out) {
  struct h1_reader *reader = &parser->reader;
  struct h1_line line;
  enum h1_step step = h1_reader_line(reader, window, &line);
  if (step != H1_STEP_ON) {
    return step;
  }
  if (line.text.len == 0 && !line.broken && !parser->blank) {
    parser->blank = true;
    h1_reader_skip(reader, reader->scan.at + 2);
    h1_reader_section(reader, reader->start);
    return H1_STEP_ON;
  }
  struct h1_event request = {0};
  struct h1_fault fault = parse_request_line(&line, &request);
  step = h1_reader_check(reader, &line, fault, H1_BAD_VERSION);
  if (step != H1_STEP_ON) {
    return step;
  }
  parser->switches = span_is(request.name, "CONNECT");
  reader->minor = request.minor;
  h1_reader_by_fields(reader);
  reader->state = H1_READ_FIELDS;
  step = h1_reader_line_event(reader, H1_REQUEST, out);
  out->name = request.name;
  out->value = request.value;
  return step;
}

/* RFC 9112 section 6.3 for requests: rules 3 to 7. */
static enum h1_step end_head(struct h1_reader *reader, struct h1_event *out) {
  reader->framing = reader->has_length ? H1_LENGTH : H1_NO_CONTENT;
  if (reader->has_coding) {
    if (!reader->chunked_last) {
      return h1_reader_fail(reader, H1_BAD_TRANSFER_ENCODING, reader->start,
                            "a request whose last coding is not chunked");
    }
    reader->framing = H1_CHUNKED;
  }
  enum h1_step step = h1_reader_line_event(reader, H1_HEAD_END, out);
  h1_reader_framed(reader, out);
  return step;
}

static enum h1_step end_message(struct h1_request *parser, struct h1_event *out) {
  struct h1_reader *reader = &parser->reader;
  enum h1_step step = h1_reader_event(reader, H1_END, reader->start, out);
  h1_reader_begin(reader, reader->start);
  parser->blank = false;
  if (parser->switches) {
    reader->state = H1_READ_TUNNEL;
  }
  return step;
}

static enum h1_step next_step(struct h1_request *parser, struct span window, struct h1_event *out) {
  struct h1_reader *reader = &parser->reader;
  switch (reader->state) {
  case H1_READ_START:
    return read_request_line(parser, window, out);
  case H1_READ_FIELDS: {
    enum h1_step step = h1_reader_field(reader, window, H1_FIELD, out);
    return step == H1_STEP_ON ? end_head(reader, out) : step;
  }
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
  return h1_reader_content(reader, window, out);
}

enum h1_status h1_request_next(struct h1_request *parser, struct span window,
                               struct h1_event *out) {
  h1_reader_take(&parser->reader, window);
  enum h1_step step = H1_STEP_ON;
  while (step == H1_STEP_ON) {
    step = next_step(parser, window, out);
  }
  return (enum h1_status)step;
}

enum h1_status h1_request_finish(struct h1_request *parser, struct h1_event *out) {
  *out = (struct h1_event){0};
  return h1_reader_finish(&parser->reader);
}

void h1_request_switch(struct h1_request *parser) {
  struct h1_reader *reader = &parser->reader;
  parser->switches = true;
  if (reader->state == H1_READ_START) {
    h1_reader_skip(reader, h1_request_keep(parser));
    reader->state = H1_READ_TUNNEL;
  }
}

/* A blank line that was passed over belongs to the tunnel if there is one. */
uint64_t h1_request_keep(const struct h1_request *parser) {
  const struct h1_reader *reader = &parser->reader;
  return parser->blank && reader->state == H1_READ_START ? reader->start - 2 : reader->start;
}

void h1_request_drop(struct h1_request *parser, size_t n) {
  h1_reader_drop(&parser->reader, n);
}
