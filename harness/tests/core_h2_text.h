/* HTTP/2 as text that people can read, for corpus/h2 and the tests: one frame a line.
 *
 *     preface                                      the client's connection preface
 *     SETTINGS 0 INITIAL_WINDOW_SIZE=70000         type, stream, then the payload
 *     SETTINGS 0 ACK
 *     HEADERS 1 END_HEADERS :status=102 link="</a>; rel=preload"
 *     HEADERS 1 END_HEADERS cut=1 @8               cut into CONTINUATION frames of 1 byte each
 *     DATA 1 END_STREAM pad=3 "ok\x00"             3 bytes of padding, and the flag
 *     WINDOW_UPDATE 0 u32:5
 *     TYPE=16 3 flags=0x01 length=9 0x0102         any type, any flags, a length that is not so
 *     bytes "HTTP/1.1 "                            bytes that are no frame
 *     # a comment
 *
 * The payload is what its words say, one behind the other: "text" and 0xHEX are bytes; u8:N, u16:N,
 * u24:N and u32:N numbers; in SETTINGS NAME=N or NUMBER=N is a parameter. A header block is written
 * as RFC 7541 has it and without its Huffman code: name=value is a literal that is not indexed, and
 * +name=value one that is; @N is the field of an index, @N=value and +@N=value take its name alone;
 * ~N sets the size of the table. In words \r \n \t \0 \xHH \\ and \" are bytes. */
#ifndef INTERIM_TESTS_CORE_H2_TEXT_H
#define INTERIM_TESTS_CORE_H2_TEXT_H

#include "core/h2.h"

#include <stdlib.h>

/* A word without its quotes and escapes. */
struct h2_word {
  struct bytes text;
  size_t equals; /* index of the first = outside quotes; SIZE_MAX without one */
  bool quoted;   /* it begins with a quote */
};

static inline void text_demand(bool good, const char *what, struct span line) {
  if (!good) {
    (void)fprintf(stderr, "%s: %.*s\n", what, (int)line.len, (const char *)line.ptr);
    abort();
  }
}

static inline unsigned text_digit(uint8_t byte) {
  return byte <= '9' ? (unsigned)(byte - '0') : (unsigned)((byte | 0x20) - 'a') + 10;
}

static inline uint8_t text_unescape(struct span line, size_t *at) {
  static const char letters[] = "rnt0";
  static const char bytes[] = "\r\n\t";
  text_demand(*at + 1 < line.len, "a backslash at the end", line);
  uint8_t letter = line.ptr[++*at];
  if (letter == 'x') {
    text_demand(*at + 2 < line.len, "too few hex digits", line);
    *at += 2;
    return (uint8_t)(text_digit(line.ptr[*at - 1]) << 4 | text_digit(line.ptr[*at]));
  }
  const char *known = memchr(letters, letter, sizeof(letters) - 1);
  return known != NULL ? (uint8_t)bytes[known - letters] : letter;
}

/* Cuts the next word off the front of the line. False when none is left. */
static inline bool text_word(struct span *line, struct h2_word *word) {
  *line = span_trim(*line);
  word->text.len = 0;
  word->equals = SIZE_MAX;
  word->quoted = line->len > 0 && line->ptr[0] == '"';
  if (line->len == 0) {
    return false;
  }
  bool inside = false;
  size_t i = 0;
  for (; i < line->len && (inside || line->ptr[i] != ' '); i++) {
    uint8_t byte = line->ptr[i];
    if (byte == '"') {
      inside = !inside;
      continue;
    }
    if (byte == '=' && !inside && word->equals == SIZE_MAX) {
      word->equals = word->text.len;
    }
    byte = byte == '\\' ? text_unescape(*line, &i) : byte;
    bytes_add(&word->text, span_make(&byte, 1));
  }
  text_demand(!inside, "a quote that does not end", *line);
  *line = span_skip(*line, i);
  return true;
}

static inline void text_number(struct bytes *out, uint32_t number, size_t len) {
  for (size_t i = 0; i < len; i++) {
    uint8_t byte = (uint8_t)(number >> (8 * (len - 1 - i)));
    bytes_add(out, span_make(&byte, 1));
  }
}

/* RFC 7541 section 5.1. */
static inline void text_integer(struct bytes *out, unsigned pattern, unsigned bits, size_t value) {
  size_t most = ((size_t)1 << bits) - 1;
  if (value < most) {
    text_number(out, (uint32_t)(pattern | value), 1);
    return;
  }
  text_number(out, (uint32_t)(pattern | most), 1);
  for (value -= most; value >= 128; value /= 128) {
    text_number(out, (uint32_t)(value % 128 + 128), 1);
  }
  text_number(out, (uint32_t)value, 1);
}

static inline void text_string(struct bytes *out, struct span string) {
  text_integer(out, 0, 7, string.len);
  bytes_add(out, string);
}

static inline uint32_t text_value(struct h2_word *word, size_t from) {
  return (uint32_t)strtoul(bytes_cstr(&word->text) + from, NULL, 0);
}

static inline void text_field(struct bytes *out, struct h2_word *word) {
  struct span text = bytes_span(&word->text);
  bool indexed = text.ptr[0] == '+';
  struct span name = span_make(text.ptr + indexed, word->equals - indexed);
  bool by_index = name.len > 0 && name.ptr[0] == '@';
  text_integer(out, indexed ? 0x40 : 0, indexed ? 6 : 4,
               by_index ? text_value(word, (size_t)indexed + 1) : 0);
  if (!by_index) {
    text_string(out, name);
  }
  text_string(out, span_skip(text, word->equals + 1));
}

static inline void text_parameter(struct bytes *out, struct h2_word *word) {
  unsigned id = 0;
  if (!h2_setting_named(span_make(word->text.ptr, word->equals), &id)) {
    id = text_value(word, 0);
  }
  text_number(out, id, 2);
  text_number(out, text_value(word, word->equals + 1), 4);
}

static inline void text_hex(struct bytes *out, struct span digits) {
  for (size_t i = 0; i + 1 < digits.len; i += 2) {
    text_number(out, text_digit(digits.ptr[i]) << 4 | text_digit(digits.ptr[i + 1]), 1);
  }
}

static inline void text_payload(struct bytes *out, struct h2_word *word, unsigned type) {
  struct span text = bytes_span(&word->text);
  if (word->quoted) {
    bytes_add(out, text);
  } else if (span_starts(text, "0x") && word->equals == SIZE_MAX) {
    text_hex(out, span_skip(text, 2));
  } else if (span_starts(text, "u8:")) {
    text_number(out, text_value(word, 3), 1);
  } else if (span_starts(text, "u16:")) {
    text_number(out, text_value(word, 4), 2);
  } else if (span_starts(text, "u24:")) {
    text_number(out, text_value(word, 4), 3);
  } else if (span_starts(text, "u32:")) {
    text_number(out, text_value(word, 4), 4);
  } else if (span_starts(text, "~")) {
    text_integer(out, 0x20, 5, text_value(word, 1));
  } else if (span_starts(text, "@") && word->equals == SIZE_MAX) {
    text_integer(out, 0x80, 7, text_value(word, 1));
  } else {
    text_demand(word->equals != SIZE_MAX, "no such word", text);
    if (type == H2_SETTINGS) {
      text_parameter(out, word);
    } else {
      text_field(out, word);
    }
  }
}

struct h2_text_frame {
  unsigned type;
  unsigned flags;
  uint32_t stream;
  uint32_t padding;
  uint32_t cut;    /* 0: not at all */
  uint32_t length; /* UINT32_MAX: as it is */
  struct bytes payload;
};

/* A word that says something of the frame and not of its payload. */
static inline bool text_modifier(struct h2_text_frame *frame, struct h2_word *word) {
  static const struct {
    const char *name;
    unsigned flag;
  } flags[] = {{"END_STREAM", H2_END_STREAM},
               {"END_HEADERS", H2_END_HEADERS},
               {"PADDED", H2_PADDED},
               {"PRIORITY", H2_WITH_PRIORITY},
               {"ACK", H2_ACK}};
  struct span text = bytes_span(&word->text);
  for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]) && !word->quoted; i++) {
    if (span_is(text, flags[i].name)) {
      frame->flags |= flags[i].flag;
      return true;
    }
  }
  if (span_starts(text, "flags=")) {
    frame->flags |= text_value(word, 6);
  } else if (span_starts(text, "pad=")) {
    frame->padding = text_value(word, 4);
    frame->flags |= H2_PADDED;
    text_number(&frame->payload, frame->padding, 1);
  } else if (span_starts(text, "cut=")) {
    frame->cut = text_value(word, 4);
  } else if (span_starts(text, "length=")) {
    frame->length = text_value(word, 7);
  } else {
    return false;
  }
  return true;
}

static inline void text_head(struct bytes *out, const struct h2_text_frame *frame, unsigned type,
                             unsigned flags, size_t len) {
  text_number(out, frame->length != UINT32_MAX ? frame->length : (uint32_t)len, 3);
  text_number(out, type, 1);
  text_number(out, flags, 1);
  text_number(out, frame->stream, 4);
}

static inline void text_emit(struct bytes *out, const struct h2_text_frame *frame) {
  struct span rest = bytes_span(&frame->payload);
  size_t part = frame->cut > 0 && frame->cut < rest.len ? frame->cut : rest.len;
  bool whole = part == rest.len;
  unsigned flags = whole ? frame->flags : frame->flags & ~(unsigned)H2_END_HEADERS;
  text_head(out, frame, frame->type, flags, part + frame->padding);
  bytes_add(out, span_make(rest.ptr, part));
  for (uint32_t i = 0; i < frame->padding; i++) {
    text_number(out, 0, 1);
  }
  for (rest = span_skip(rest, part); rest.len > 0; rest = span_skip(rest, part)) {
    part = frame->cut < rest.len ? frame->cut : rest.len;
    text_head(out, frame, H2_CONTINUATION, part == rest.len ? frame->flags & H2_END_HEADERS : 0,
              part);
    bytes_add(out, span_make(rest.ptr, part));
  }
}

static inline void text_frame(struct bytes *out, struct h2_word *word, struct span line) {
  struct h2_text_frame frame = {.length = UINT32_MAX};
  if (span_starts(bytes_span(&word->text), "TYPE=")) {
    frame.type = text_value(word, 5);
  } else {
    text_demand(h2_type_named(bytes_span(&word->text), &frame.type), "no such frame",
                bytes_span(&word->text));
  }
  text_demand(text_word(&line, word), "a frame without a stream", line);
  frame.stream = text_value(word, 0);
  while (text_word(&line, word)) {
    if (!text_modifier(&frame, word)) {
      text_payload(&frame.payload, word, frame.type);
    }
  }
  text_emit(out, &frame);
  bytes_free(&frame.payload);
}

/* h2_text_line appends the bytes of one line; blank lines and comments have none. */
static inline void h2_text_line(struct bytes *out, struct span line) {
  struct h2_word word = {0};
  if (line.len > 0 && line.ptr[0] != '#' && text_word(&line, &word)) {
    if (span_is(bytes_span(&word.text), "preface")) {
      bytes_add(out, h2_preface);
    } else if (span_is(bytes_span(&word.text), "bytes")) {
      while (text_word(&line, &word)) {
        text_payload(out, &word, H2_DATA);
      }
    } else {
      text_frame(out, &word, line);
    }
  }
  bytes_free(&word.text);
}

static inline struct span h2_text_cut_line(struct span *rest) {
  size_t end = span_find(*rest, span_of("\n"), 0);
  struct span line = span_make(rest->ptr, end == SIZE_MAX ? rest->len : end);
  *rest = span_skip(*rest, line.len + 1);
  return line;
}

/* h2_text_wire appends the bytes of all lines. */
static inline void h2_text_wire(struct bytes *out, struct span text) {
  while (text.len > 0) {
    h2_text_line(out, h2_text_cut_line(&text));
  }
}

#endif
