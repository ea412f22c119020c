#include "core/h1_response.h"

#include "core/h1_plain.h"
#include "core/interim_rule.h"

#if defined(__x86_64__)
#include "core/h1_x86.h"
#endif

void h1_response_init(struct h1_response *parser, const struct h1_limits *limits) {
  h1_reader_init(&parser->reader, limits);
  parser->quiet = 0;
  parser->answers = false;
  parser->first_request = 0;
  parser->num_requests = 0;
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
  parser->answers = false;
}

/* The part of RFC 9112 section 6.3 that no field has a say in, rules 1 and 2, for a final response.
 */
H1_INLINE void frame_final(struct h1_response *parser) {
  struct h1_reader *reader = &parser->reader;
  parser->answers = parser->num_requests > 0;
  uint8_t kind = parser->answers ? parser->requests[parser->first_request] : H1_FOR_GET;
  if (kind == H1_FOR_CONNECT && reader->code / 100 == 2) {
    reader->framing = H1_SWITCHED;
  } else if (reader->code == 204 || reader->code == 304 || kind == H1_FOR_HEAD) {
    reader->framing = H1_NO_CONTENT;
  } else {
    h1_reader_by_fields(reader);
  }
}

/* The rest of section 6.3. */
H1_INLINE void end_head(struct h1_reader *reader, struct h1_event *head_end) {
  if (!reader->by_fields) {
    head_end->framing = reader->framing;
    reader->state = H1_READ_END;
    return;
  }
  if (reader->has_coding) {
    reader->framing = reader->chunked_last ? H1_CHUNKED : H1_UNTIL_CLOSE;
  } else {
    reader->framing = reader->has_length ? H1_LENGTH : H1_UNTIL_CLOSE;
  }
  h1_reader_framed(reader, head_end);
}

static const char beginning[] = {'H', 'T', 'T', 'P', '/'};

/* Looks at the first bytes of a response before its line is complete, as it may never be. */
static enum h1_step check_beginning(struct h1_response *parser, struct span window) {
  struct h1_reader *reader = &parser->reader;
  struct span first = span_skip(window, (size_t)(reader->start - reader->base));
  for (size_t i = 0; i < sizeof(beginning) && i < first.len; i++) {
    if (first.ptr[i] != (uint8_t)beginning[i]) {
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
static struct h1_fault parse_status_line(struct span text, uint16_t *out_minor,
                                         uint16_t *out_code) {
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
  *out_code = (uint16_t)code;
  return (struct h1_fault){0};
}

static struct span reason_phrase(const struct h1_line *line) {
  return span_make(line->text.ptr + REASON_AT, line->text.len - REASON_AT);
}

/* Most status lines, by comparison; false for those that parse_status_line must look at. */
H1_INLINE bool is_plain(struct span text, uint16_t *out_code) {
  static const char before[] = "HTTP/1.1 ";
  if (text.len < REASON_AT || text.ptr[REASON_AT - 1] != ' ' ||
      memcmp(text.ptr, before, STATUS_AT) != 0) {
    return false;
  }
  unsigned tens = text.ptr[STATUS_AT + 1] - (unsigned)'0';
  unsigned ones = text.ptr[STATUS_AT + 2] - (unsigned)'0';
  unsigned code = (text.ptr[STATUS_AT] - (unsigned)'0') * 100 + tens * 10 + ones;
  *out_code = (uint16_t)code;
  return tens < 10 && ones < 10 && (status_is_interim(code) || status_is_final(code));
}

/* Takes what the status line says. */
H1_INLINE enum h1_event_kind begin_response(struct h1_response *parser) {
  struct h1_reader *reader = &parser->reader;
  reader->state = H1_READ_FIELDS;
  if (status_is_interim(reader->code)) {
    reader->framing = reader->code == 101 ? H1_SWITCHED : H1_NO_CONTENT;
    return H1_INTERIM;
  }
  frame_final(parser);
  return H1_FINAL;
}

static enum h1_step read_status_line(struct h1_response *parser, struct span window,
                                     struct h1_event *out) {
  struct h1_reader *reader = &parser->reader;
  struct h1_line line;
  bool looked = reader->scan.at - reader->start >= sizeof(beginning);
  enum h1_step step = looked ? H1_STEP_ON : check_beginning(parser, window);
  if (step == H1_STEP_ON) {
    step = h1_reader_line(reader, window, &line);
  }
  if (step != H1_STEP_ON) {
    return step;
  }
  struct h1_fault fault = {0};
  if (is_plain(line.text, &reader->code)) {
    reader->minor = 1;
  } else {
    fault = parse_status_line(line.text, &reader->minor, &reader->code);
  }
  step = h1_reader_check(reader, &line, fault, H1_BAD_REASON);
  if (step != H1_STEP_ON) {
    return step;
  }
  step = h1_reader_line_event(reader, begin_response(parser), out);
  out->value = reason_phrase(&line);
  return step;
}

static enum h1_step read_field(struct h1_reader *reader, struct span window, struct h1_event *out) {
  enum h1_step step = h1_reader_field(reader, window, H1_FIELD, out);
  if (step != H1_STEP_ON) {
    return step;
  }
  step = h1_reader_line_event(reader, H1_HEAD_END, out);
  end_head(reader, out);
  return step;
}

H1_INLINE void end_message(struct h1_response *parser, uint64_t end) {
  struct h1_reader *reader = &parser->reader;
  if (parser->answers) {
    take_request(parser);
  }
  h1_reader_begin(reader, end);
  if (reader->framing == H1_SWITCHED) {
    reader->state = H1_READ_TUNNEL;
  }
}

static enum h1_step read_end(struct h1_response *parser, struct h1_event *out) {
  struct h1_reader *reader = &parser->reader;
  enum h1_step step = h1_reader_event(reader, H1_END, reader->start, out);
  end_message(parser, reader->start);
  return step;
}

static enum h1_step next_step(struct h1_response *parser, struct span window,
                              struct h1_event *out) {
  const struct h1_reader *reader = &parser->reader;
  if (reader->start == reader->end && reader->state < H1_READ_END) {
    return H1_STEP_MORE;
  }
  switch (parser->reader.state) {
  case H1_READ_START:
    return read_status_line(parser, window, out);
  case H1_READ_FIELDS:
    return read_field(&parser->reader, window, out);
  case H1_READ_END:
    return read_end(parser, out);
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

static enum h1_step next_event(struct h1_response *parser, struct span window,
                               struct h1_event *out) {
  enum h1_step step = H1_STEP_ON;
  while (step == H1_STEP_ON) {
    step = next_step(parser, window, out);
  }
  return step;
}

H1_INLINE bool plain_status(struct h1_response *parser, struct h1_plain *plain,
                            h1_classify_fn *classify) {
  struct h1_plain_line line;
  if (!h1_plain_line(plain, classify, &line)) {
    return false;
  }
  uint16_t code = 0;
  struct span text = span_make(plain->next, (size_t)(line.end - plain->next));
  if (!is_plain(text, &code)) {
    return false;
  }
  parser->reader.code = code;
  parser->reader.minor = 1;
  struct span reason = span_make(text.ptr + REASON_AT, text.len - REASON_AT);
  (void)h1_plain_give(plain, line.end, begin_response(parser), (struct span){0}, reason);
  return true;
}

/* The first Content-Length, of digits; so many always fit. */
H1_INLINE bool plain_length(struct h1_reader *reader, struct span value) {
  enum { DIGITS = 19 };
  if (reader->has_length || reader->has_coding || value.len == 0 || value.len > DIGITS) {
    return false;
  }
  uint64_t length = 0;
  for (size_t i = 0; i < value.len; i++) {
    unsigned digit = value.ptr[i] - (unsigned)'0';
    if (digit > 9) {
      return false;
    }
    length = length * 10 + digit;
  }
  reader->has_length = true;
  reader->length = length;
  return true;
}

H1_INLINE bool plain_field(struct h1_plain *plain, const struct h1_plain_line *line) {
  struct h1_reader *reader = plain->reader;
  struct span name = h1_plain_name(plain, line);
  const uint8_t *colon = name.ptr + name.len;
  if (name.len == 0 || colon[0] != ':' || reader->num_fields == reader->limits.fields) {
    return false;
  }
  struct span value = h1_value(colon + 1, line->end);
  if (reader->by_fields &&
      (h1_is_content_length(name) ? !plain_length(reader, value) : h1_is_transfer_encoding(name))) {
    return false;
  }
  reader->num_fields++;
  (void)h1_plain_give(plain, line->end, H1_FIELD, name, value);
  return true;
}

/* Gives fields, and the end of the head, while there is room. */
H1_INLINE bool plain_fields(struct h1_plain *plain, h1_classify_fn *classify) {
  struct h1_plain_line line;
  const struct span none = {0};
  while (plain->out < plain->full) {
    if (h1_plain_is_empty(plain)) {
      end_head(plain->reader, h1_plain_give(plain, plain->next, H1_HEAD_END, none, none));
      return true;
    }
    if (!h1_plain_line(plain, classify, &line) || !plain_field(plain, &line)) {
      return false;
    }
  }
  return true;
}

H1_INLINE void plain_end(struct h1_response *parser, struct h1_plain *plain) {
  struct h1_reader *reader = &parser->reader;
  *plain->out++ = (struct h1_event){.kind = H1_END,
                                    .code = reader->code,
                                    .minor = reader->minor,
                                    .offset = plain->offset,
                                    .end = plain->offset};
  end_message(parser, plain->offset);
}

/* Gives the events of one message, or of what is left of it. False when content follows, something
 * is not plain or there is no room. */
H1_INLINE bool plain_message(struct h1_response *parser, struct h1_plain *plain,
                             h1_classify_fn *classify) {
  const struct h1_reader *reader = &parser->reader;
  if (reader->state == H1_READ_START && !plain_status(parser, plain, classify)) {
    return false;
  }
  if (reader->state == H1_READ_FIELDS && !plain_fields(plain, classify)) {
    return false;
  }
  if (reader->state != H1_READ_END || reader->framing == H1_SWITCHED || plain->out == plain->full) {
    return false;
  }
  plain_end(parser, plain);
  return plain->out != plain->full;
}

/* Gives events as long as all is plain. Returns the place behind the last one. */
H1_INLINE struct h1_event *read_plain(struct h1_response *parser, struct span window,
                                      h1_classify_fn *classify, struct h1_event *out,
                                      const struct h1_event *full) {
  struct h1_plain plain;
  if (!h1_plain_begin(&plain, &parser->reader, window, out, full)) {
    return out;
  }
  while (plain_message(parser, &plain, classify)) {
  }
  h1_plain_end(&plain);
  return plain.out;
}

typedef struct h1_event *read_fn(struct h1_response *parser, struct span window,
                                 struct h1_event *out, const struct h1_event *full);

#if defined(__x86_64__)
AVX2 static struct h1_event *read_avx2(struct h1_response *parser, struct span window,
                                       struct h1_event *out, const struct h1_event *last) {
  return read_plain(parser, window, classify_avx2, out, last);
}

static struct h1_event *read_sse2(struct h1_response *parser, struct span window,
                                  struct h1_event *out, const struct h1_event *last) {
  return read_plain(parser, window, classify_sse2, out, last);
}
#endif

static struct h1_event *read_portable(struct h1_response *parser, struct span window,
                                      struct h1_event *out, const struct h1_event *last) {
  return read_plain(parser, window, h1_plain_words, out, last);
}

enum { FEW = 16 }; /* fewer bytes than this are not worth a block */

static struct h1_event *read_quickly(struct h1_response *parser, struct span window,
                                     struct h1_event *out, const struct h1_event *full) {
  static read_fn *const by_kind[] = {
#if defined(__x86_64__)
    [H1_SCAN_AVX2] = read_avx2,
    [H1_SCAN_SSE2] = read_sse2,
#endif
    [H1_SCAN_PORTABLE] = read_portable,
  };
  const struct h1_reader *reader = &parser->reader;
  if (reader->end - reader->start < FEW || reader->scan.at != reader->start ||
      reader->state > H1_READ_FIELDS) {
    return out;
  }
  return by_kind[reader->scan.scanner->kind](parser, window, out, full);
}

/* What is kept apart is so for single bytes, which then need not save registers. */
#define APART __attribute__((noinline)) static

/* Notes how far the line that begins or goes on may reach, if it is one of a head and does not
 * begin as no response does. */
APART void note_quiet(struct h1_response *parser) {
  const struct h1_reader *reader = &parser->reader;
  uint64_t line = reader->start + reader->limits.line;
  uint64_t bound = h1_reader_bound(reader);
  bool begun =
      reader->state == H1_READ_START && reader->scan.at - reader->start >= sizeof(beginning);
  parser->quiet = 0;
  if (begun || reader->state == H1_READ_FIELDS) {
    parser->quiet = line < bound ? line : bound;
  }
}

/* True when one byte was read, and that belongs to a line of a head and does not end it. */
static inline bool goes_on(struct h1_response *parser, struct span window) {
  struct h1_scan *scan = &parser->reader.scan;
  uint64_t end = parser->reader.base + window.len;
  if (scan->at + 1 != end || end > parser->quiet) {
    return false;
  }
  uint8_t class = h1_classes[window.ptr[window.len - 1]];
  parser->reader.end = end;
  if ((class & H1_TEXT) == 0) {
    return class == H1_CR;
  }
  if (scan->token + 1 == end && (class & H1_TCHAR) != 0) {
    scan->token = end;
  }
  scan->at = end;
  return true;
}

/* The same for the first bytes of a response. */
static bool begins(struct h1_response *parser, struct span window) {
  struct h1_reader *reader = &parser->reader;
  uint64_t i = reader->scan.at - reader->start;
  if (reader->scan.at + 1 != reader->end || reader->state != H1_READ_START ||
      i >= sizeof(beginning) || i >= reader->limits.line ||
      window.ptr[window.len - 1] != (uint8_t)beginning[i]) {
    return false;
  }
  reader->scan.at = reader->end;
  if (i + 1 == sizeof(beginning)) {
    note_quiet(parser);
  }
  return true;
}

APART size_t read_events(struct h1_response *parser, struct span window, struct h1_event *events,
                         size_t max, enum h1_status *out_status) {
  struct h1_event *out = events;
  const struct h1_event *full = events + max;
  enum h1_step step = H1_STEP_EVENT;
  while (out < full && step == H1_STEP_EVENT) {
    out = read_quickly(parser, window, out, full);
    if (out < full) {
      step = next_event(parser, window, out);
      out += step == H1_STEP_EVENT;
    }
  }
  note_quiet(parser);
  *out_status = (enum h1_status)step;
  return (size_t)(out - events);
}

APART size_t read_on(struct h1_response *parser, struct span window, struct h1_event *events,
                     size_t max, enum h1_status *out_status) {
  h1_reader_take(&parser->reader, window);
  return begins(parser, window) ? 0 : read_events(parser, window, events, max, out_status);
}

size_t h1_response_read(struct h1_response *parser, struct span window, struct h1_event *events,
                        size_t max, enum h1_status *out_status) {
  *out_status = H1_MORE;
  return goes_on(parser, window) ? 0 : read_on(parser, window, events, max, out_status);
}

enum h1_status h1_response_next(struct h1_response *parser, struct span window,
                                struct h1_event *out) {
  enum h1_status status = H1_MORE;
  return h1_response_read(parser, window, out, 1, &status) == 1 ? H1_EVENT : status;
}

enum h1_status h1_response_finish(struct h1_response *parser, struct h1_event *out) {
  parser->quiet = 0;
  if (parser->reader.state == H1_READ_REST) {
    return (enum h1_status)read_end(parser, out);
  }
  return h1_reader_finish(&parser->reader);
}

uint64_t h1_response_keep(const struct h1_response *parser) {
  return parser->reader.start;
}

void h1_response_drop(struct h1_response *parser, size_t n) {
  h1_reader_drop(&parser->reader, n);
}
