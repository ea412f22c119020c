#include "core/h1_class.h"
#include "core/h1_reader.h"

static struct h1_fault no_fault(void) {
  return (struct h1_fault){0};
}

static const char *name_reason(struct span text, size_t index) {
  if (index == text.len) {
    return "a field line without a colon";
  }
  if (text.ptr[index] == ':') {
    return "an empty field name";
  }
  return h1_is_blank(text.ptr[index]) ? "a blank before the colon"
                                      : "a byte that no field name may hold";
}

/* What is wrong with a line that is no field. */
static struct h1_fault field_fault(const struct h1_reader *reader, const struct h1_line *line) {
  if (line->text.len > 0 && h1_is_blank(line->text.ptr[0])) {
    return reader->num_fields > 0
               ? (struct h1_fault){H1_OBS_FOLD, 0, "a folded field line"}
               : (struct h1_fault){H1_BAD_FIELD_NAME, 0, "a blank before the first field"};
  }
  return (struct h1_fault){H1_BAD_FIELD_NAME, line->token, name_reason(line->text, line->token)};
}

/* Faults in a value carry an index into the value. */
static struct h1_fault read_length(struct span digits, size_t index, uint64_t *out) {
  if (digits.len == 0) {
    return (struct h1_fault){H1_BAD_CONTENT_LENGTH, index, "a length without digits"};
  }
  uint64_t length = 0;
  for (size_t i = 0; i < digits.len; i++) {
    if (!h1_is_digit(digits.ptr[i])) {
      return (struct h1_fault){H1_BAD_CONTENT_LENGTH, index + i, "the length is not a number"};
    }
    uint64_t digit = (uint64_t)(digits.ptr[i] - '0');
    if (length > (UINT64_MAX - digit) / 10) {
      return (struct h1_fault){H1_BAD_CONTENT_LENGTH, index + i, "the length is too large"};
    }
    length = length * 10 + digit;
  }
  *out = length;
  return no_fault();
}

/* The same length again, in a list or in a further field line, is taken as one; an empty list
 * element is not (RFC 9112 section 6.3 rule 5). */
static struct h1_fault note_length(struct h1_reader *reader, struct span value) {
  size_t index = 0;
  for (;;) {
    struct span rest = span_skip(value, index);
    const uint8_t *comma = rest.len == 0 ? NULL : memchr(rest.ptr, ',', rest.len);
    size_t len = comma == NULL ? rest.len : (size_t)(comma - rest.ptr);
    struct span element = span_make(rest.ptr, len);
    size_t digits = index;
    while (element.len > 0 && h1_is_blank(element.ptr[0])) {
      element = span_skip(element, 1);
      digits++;
    }
    uint64_t length = 0;
    struct h1_fault fault = read_length(span_trim(element), digits, &length);
    if (fault.code != H1_OK) {
      return fault;
    }
    if (reader->has_length && length != reader->length) {
      return (struct h1_fault){H1_BAD_CONTENT_LENGTH, digits, "two different lengths"};
    }
    reader->has_length = true;
    reader->length = length;
    if (comma == NULL) {
      return no_fault();
    }
    index += len + 1;
  }
}

/* The length of the quoted string that begins here, or 0 when it has no end (RFC 9110 section
 * 5.6.4). */
static size_t quoted_length(struct span text) {
  for (size_t i = 1; i < text.len; i++) {
    if (text.ptr[i] == '"') {
      return i + 1;
    }
    i += text.ptr[i] == '\\' ? 1 : 0;
  }
  return 0;
}

/* What follows the name of a coding: parameters, each with a value (RFC 9110 section 10.1.4). */
static bool are_parameters(struct span text) {
  while (text.len > 0) {
    struct span name = span_trim(span_skip(text, 1));
    struct span rest = span_trim(span_skip(name, h1_class_run(name, 0, H1_TCHAR)));
    if (text.ptr[0] != ';' || rest.len == name.len || rest.len == 0 || rest.ptr[0] != '=') {
      return false;
    }
    struct span value = span_trim(span_skip(rest, 1));
    bool quoted = value.len > 0 && value.ptr[0] == '"';
    size_t len = quoted ? quoted_length(value) : h1_class_run(value, 0, H1_TCHAR);
    if (len == 0) {
      return false;
    }
    text = span_trim(span_skip(value, len));
  }
  return true;
}

/* A transfer coding is a token that parameters may follow; chunked has none and comes at most once
 * (RFC 9112 sections 6.1 and 7). */
static struct h1_fault note_coding(struct h1_reader *reader, struct span coding, size_t index) {
  size_t len = h1_class_run(coding, 0, H1_TCHAR);
  struct span rest = span_trim(span_skip(coding, len));
  if (len == 0 || (rest.len > 0 && rest.ptr[0] != ';')) {
    return (struct h1_fault){H1_BAD_TRANSFER_ENCODING, index + len, "no transfer coding"};
  }
  reader->chunked_last = span_is_nocase(span_make(coding.ptr, len), "chunked");
  if (!reader->chunked_last) {
    return are_parameters(rest) ? no_fault()
                                : (struct h1_fault){H1_BAD_TRANSFER_ENCODING, index + len,
                                                    "no parameter of a transfer coding"};
  }
  if (rest.len > 0) {
    return (struct h1_fault){H1_BAD_TRANSFER_ENCODING, index + len, "chunked with a parameter"};
  }
  if (reader->chunked) {
    return (struct h1_fault){H1_BAD_TRANSFER_ENCODING, index, "chunked twice"};
  }
  reader->chunked = true;
  return no_fault();
}

static struct h1_fault note_codings(struct h1_reader *reader, struct span value) {
  struct span rest = value;
  struct span coding;
  bool some = false;
  while (h1_list_next(&rest, &coding)) {
    some = true;
    struct h1_fault fault = note_coding(reader, coding, (size_t)(coding.ptr - value.ptr));
    if (fault.code != H1_OK) {
      return fault;
    }
  }
  reader->has_coding = true;
  return some ? no_fault() : (struct h1_fault){H1_BAD_TRANSFER_ENCODING, 0, "no transfer coding"};
}

struct h1_fault h1_reader_frame(struct h1_reader *reader, const struct h1_line *line,
                                struct span value) {
  struct span name = span_make(line->text.ptr, line->token);
  bool length = h1_is_content_length(name);
  if (!reader->by_fields || (!length && !h1_is_transfer_encoding(name))) {
    return no_fault();
  }
  if (length ? reader->has_coding : reader->has_length) {
    return (struct h1_fault){H1_LENGTH_AND_ENCODING, 0,
                             "both Content-Length and Transfer-Encoding"};
  }
  if (!length && reader->minor == 0) {
    return (struct h1_fault){H1_BAD_TRANSFER_ENCODING, 0,
                             "Transfer-Encoding in an HTTP/1.0 message"};
  }
  struct h1_fault fault = length ? note_length(reader, value) : note_codings(reader, value);
  if (fault.code != H1_OK) {
    fault.index += value.len == 0 ? line->text.len : (size_t)(value.ptr - line->text.ptr);
  }
  return fault;
}

enum h1_step h1_reader_field(struct h1_reader *reader, struct span window, enum h1_event_kind kind,
                             struct h1_event *out) {
  struct h1_line line;
  enum h1_step step = h1_reader_line(reader, window, &line);
  if (step != H1_STEP_ON || (line.text.len == 0 && !line.broken)) {
    return step;
  }
  if (reader->num_fields == reader->limits.fields) {
    return h1_reader_fail(reader, H1_TOO_MANY_FIELDS, reader->start, "a field over the limit");
  }
  struct h1_fault fault;
  struct span name = {0};
  struct span value = {0};
  if (h1_line_is_field(&line)) {
    name = span_make(line.text.ptr, line.token);
    value = h1_value(name.ptr + name.len + 1, line.text.ptr + line.text.len);
    fault = kind == H1_FIELD ? h1_reader_frame(reader, &line, value) : no_fault();
  } else {
    fault = field_fault(reader, &line);
  }
  step = h1_reader_check(reader, &line, fault, H1_BAD_FIELD_VALUE);
  if (step != H1_STEP_ON) {
    return step;
  }
  reader->num_fields++;
  step = h1_reader_line_event(reader, kind, out);
  out->name = name;
  out->value = value;
  return step;
}
