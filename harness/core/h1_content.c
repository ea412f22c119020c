#include "core/h1_class.h"
#include "core/h1_reader.h"

/* Gives what the window holds of the bytes that are left. */
static enum h1_step read_piece(struct h1_reader *reader, struct span window,
                               enum h1_event_kind kind, uint64_t left, struct h1_event *out) {
  struct span piece = span_skip(window, (size_t)(reader->start - reader->base));
  if (piece.len == 0) {
    return H1_STEP_MORE;
  }
  if (piece.len > left) {
    piece.len = (size_t)left;
  }
  enum h1_step step = h1_reader_event(reader, kind, reader->start + piece.len, out);
  out->value = piece;
  return step;
}

static enum h1_step read_counted(struct h1_reader *reader, struct span window, enum h1_state after,
                                 struct h1_event *out) {
  enum h1_step step = read_piece(reader, window, H1_CONTENT, reader->left, out);
  if (step == H1_STEP_EVENT) {
    reader->left -= out->value.len;
    reader->state = reader->left > 0 ? reader->state : after;
  }
  return step;
}

static int hex_value(uint8_t byte) {
  if (h1_is_digit(byte)) {
    return byte - '0';
  }
  uint8_t letter = byte | 0x20;
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* Hexadecimal digits, then nothing or extensions, which are passed over (RFC 9112 section 7.1). */
static struct h1_fault parse_chunk_size(struct span text, uint64_t *out) {
  uint64_t size = 0;
  size_t i = 0;
  for (; i < text.len && hex_value(text.ptr[i]) >= 0; i++) {
    if (size > UINT64_MAX >> 4) {
      return (struct h1_fault){H1_BAD_CHUNK, i, "the chunk size is too large"};
    }
    size = size << 4 | (uint64_t)hex_value(text.ptr[i]);
  }
  if (i == 0) {
    return (struct h1_fault){H1_BAD_CHUNK, 0, "a chunk size without digits"};
  }
  *out = size;
  size_t digits = i;
  while (i < text.len && h1_is_blank(text.ptr[i])) {
    i++;
  }
  if (i > digits && i == text.len) {
    return (struct h1_fault){H1_BAD_CHUNK, digits, "a blank behind the chunk size"};
  }
  if (i < text.len && text.ptr[i] != ';') {
    return (struct h1_fault){H1_BAD_CHUNK, i, "neither an extension nor the end of the line"};
  }
  return (struct h1_fault){0};
}

static enum h1_step read_chunk_size(struct h1_reader *reader, struct span window) {
  struct h1_line line;
  enum h1_step step = h1_reader_line(reader, window, &line);
  if (step != H1_STEP_ON) {
    return step;
  }
  uint64_t size = 0;
  struct h1_fault fault = parse_chunk_size(line.text, &size);
  step = h1_reader_check(reader, &line, fault, H1_BAD_CHUNK);
  if (step != H1_STEP_ON) {
    return step;
  }
  h1_reader_skip(reader, reader->scan.at + 2);
  reader->left = size;
  reader->state = H1_READ_CHUNK;
  if (size == 0) {
    reader->state = H1_READ_TRAILERS;
    h1_reader_section(reader, reader->start);
  }
  return H1_STEP_ON;
}

/* The data of a chunk is as long as its size said, or the CRLF is not where it must be. */
static enum h1_step read_chunk_end(struct h1_reader *reader, struct span window) {
  struct span ahead = span_skip(window, (size_t)(reader->start - reader->base));
  if (ahead.len == 0) {
    return H1_STEP_MORE;
  }
  if (ahead.ptr[0] == '\n') {
    return h1_reader_fail(reader, H1_BAD_LINE_END, reader->start, "an LF without CR");
  }
  if (ahead.ptr[0] != '\r') {
    return h1_reader_fail(reader, H1_BAD_CHUNK, reader->start, "more data than the chunk size");
  }
  if (ahead.len == 1) {
    return H1_STEP_MORE;
  }
  if (ahead.ptr[1] != '\n') {
    return h1_reader_fail(reader, H1_BAD_LINE_END, reader->start, "a CR without LF");
  }
  h1_reader_skip(reader, reader->start + 2);
  reader->state = H1_READ_CHUNK_SIZE;
  return H1_STEP_ON;
}

static enum h1_step read_trailer(struct h1_reader *reader, struct span window,
                                 struct h1_event *out) {
  enum h1_step step = h1_reader_field(reader, window, H1_TRAILER, out);
  if (step == H1_STEP_ON) {
    h1_reader_skip(reader, reader->scan.at + 2);
    reader->state = H1_READ_END;
  }
  return step;
}

static enum h1_step content_step(struct h1_reader *reader, struct span window,
                                 struct h1_event *out) {
  switch (reader->state) {
  case H1_READ_LENGTH:
    return read_counted(reader, window, H1_READ_END, out);
  case H1_READ_CHUNK_SIZE:
    return read_chunk_size(reader, window);
  case H1_READ_CHUNK:
    return read_counted(reader, window, H1_READ_CHUNK_END, out);
  case H1_READ_CHUNK_END:
    return read_chunk_end(reader, window);
  case H1_READ_TRAILERS:
    return read_trailer(reader, window, out);
  case H1_READ_REST:
    return read_piece(reader, window, H1_CONTENT, UINT64_MAX, out);
  case H1_READ_TUNNEL:
    return read_piece(reader, window, H1_TUNNEL, UINT64_MAX, out);
  case H1_READ_START:
  case H1_READ_FIELDS:
  case H1_READ_END:
  case H1_READ_FAILED:
    break;
  }
  return H1_STEP_ERROR;
}

enum h1_step h1_reader_content(struct h1_reader *reader, struct span window, struct h1_event *out) {
  enum h1_step step = H1_STEP_ON;
  while (step == H1_STEP_ON && reader->state != H1_READ_END) {
    step = content_step(reader, window, out);
  }
  return step;
}
