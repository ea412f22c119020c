#include "core/h1_reader.h"

#include "core/h1_class.h"

#include <assert.h>

/* Half of what a size can be, so that an offset and a limit can be added. */
static size_t capped(size_t limit) {
  return limit < SIZE_MAX / 2 ? limit : SIZE_MAX / 2;
}

void h1_reader_init(struct h1_reader *reader, const struct h1_limits *limits) {
  *reader = (struct h1_reader){.limits = {.line = capped(limits->line),
                                          .head = capped(limits->head),
                                          .fields = limits->fields},
                               .scan.scanner = h1_scanner_at(0)};
  h1_reader_begin(reader, 0);
}

void h1_reader_drop(struct h1_reader *reader, size_t n) {
  assert(n <= reader->start - reader->base);
  reader->base += n;
}

enum h1_step h1_reader_fail(struct h1_reader *reader, enum h1_error_code code, uint64_t offset,
                            const char *reason) {
  reader->error = (struct h1_error){.code = code, .offset = offset, .reason = reason};
  reader->state = H1_READ_FAILED;
  return H1_STEP_ERROR;
}

enum h1_status h1_reader_finish(struct h1_reader *reader) {
  switch (reader->state) {
  case H1_READ_FAILED:
    return H1_ERROR;
  case H1_READ_TUNNEL:
    return H1_MORE;
  case H1_READ_START:
    if (reader->start == reader->end) {
      return H1_MORE;
    }
    (void)h1_reader_fail(reader, H1_CUT, reader->end, "the stream ended inside a start line");
    return H1_ERROR;
  case H1_READ_FIELDS:
    (void)h1_reader_fail(reader, H1_CUT, reader->end, "the stream ended inside a head");
    return H1_ERROR;
  case H1_READ_LENGTH:
  case H1_READ_CHUNK_SIZE:
  case H1_READ_CHUNK:
  case H1_READ_CHUNK_END:
  case H1_READ_TRAILERS:
  case H1_READ_REST:
  case H1_READ_END:
    (void)h1_reader_fail(reader, H1_CUT, reader->end, "the stream ended inside content");
    return H1_ERROR;
  }
  return H1_ERROR;
}

/* Fails when the text from start to at is over a limit, with the limit that comes first. */
static enum h1_step check_limits(struct h1_reader *reader) {
  uint64_t line_bound = reader->start + reader->limits.line;
  uint64_t bound = h1_reader_bound(reader);
  if (reader->scan.at > line_bound && line_bound <= bound) {
    return h1_reader_fail(reader, H1_LINE_TOO_LONG, line_bound, "the line is over the limit");
  }
  if (reader->scan.at > bound) {
    return h1_reader_fail(reader, H1_HEAD_TOO_LARGE, bound, "the head is over the limit");
  }
  return H1_STEP_ON;
}

enum h1_step h1_reader_line(struct h1_reader *reader, struct span window, struct h1_line *line) {
  struct h1_scan *scan = &reader->scan;
  struct span ahead = span_skip(window, (size_t)(scan->at - reader->base));
  if (ahead.len > 0 && (h1_classes[ahead.ptr[0]] & H1_TEXT) != 0) {
    h1_scan_line(scan, ahead);
    ahead = span_skip(window, (size_t)(scan->at - reader->base));
  }
  enum h1_step step = check_limits(reader);
  if (step != H1_STEP_ON) {
    return step;
  }
  if (ahead.len == 0 || (ahead.ptr[0] == '\r' && ahead.len == 1)) {
    return H1_STEP_MORE;
  }
  size_t len = (size_t)(scan->at - reader->start);
  line->text = span_make(ahead.ptr - len, len);
  line->token = (size_t)(scan->token - reader->start);
  line->stop = ahead.ptr[0];
  line->broken = ahead.ptr[0] != '\r' || ahead.ptr[1] != '\n';
  uint64_t bound = h1_reader_bound(reader);
  if (!line->broken && scan->at + 2 > bound) {
    return h1_reader_fail(reader, H1_HEAD_TOO_LARGE, bound, "the head is over the limit");
  }
  return H1_STEP_ON;
}

enum h1_step h1_reader_blame(struct h1_reader *reader, const struct h1_line *line,
                             struct h1_fault fault, enum h1_error_code tail) {
  bool faulty = fault.code != H1_OK;
  if (faulty && (!line->broken || fault.index < line->text.len)) {
    return h1_reader_fail(reader, fault.code, reader->start + fault.index, fault.reason);
  }
  if (line->stop == '\r') {
    return h1_reader_fail(reader, H1_BAD_LINE_END, reader->scan.at, "a CR without LF");
  }
  if (line->stop == '\n') {
    return h1_reader_fail(reader, H1_BAD_LINE_END, reader->scan.at, "an LF without CR");
  }
  return h1_reader_fail(reader, faulty ? fault.code : tail, reader->scan.at, "a control byte");
}

struct h1_fault h1_version_check(struct span text, size_t index, uint16_t *out_minor) {
  static const char name[] = {'H', 'T', 'T', 'P', '/', '1', '.'};
  for (size_t i = 0; i < sizeof(name); i++) {
    if (index + i >= text.len || text.ptr[index + i] != (uint8_t)name[i]) {
      return (struct h1_fault){H1_BAD_VERSION, index + i, "the version is not HTTP/1.x"};
    }
  }
  size_t minor = index + sizeof(name);
  if (minor >= text.len || !h1_is_digit(text.ptr[minor])) {
    return (struct h1_fault){H1_BAD_VERSION, minor, "the minor version is not a digit"};
  }
  *out_minor = (uint16_t)(text.ptr[minor] - '0');
  return (struct h1_fault){0};
}
