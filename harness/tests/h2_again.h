/* Frames of one direction of HTTP/2, written again from their events: what comes out may be cut,
 * padded and compressed in another way, and means the same. */
#ifndef INTERIM_TESTS_H2_AGAIN_H
#define INTERIM_TESTS_H2_AGAIN_H

#include "core/h2_connection.h"
#include "hpack/hpack.h"
#include "tests/hash.h"

enum { AGAIN_FIELDS = 64, AGAIN_TEXT = 8192, AGAIN_SETTINGS = 64 };

struct h2_again {
  struct h2_connection writer;
  struct h2_shape shape; /* of the header blocks that are written */
  struct bytes *out;
  /* The header block or SETTINGS that is open. */
  struct h2_event head;
  bool in_settings;
  struct h2_field fields[AGAIN_FIELDS];
  size_t num_fields;
  struct bytes *text; /* of the fields; they point into it when the block is complete */
  struct h2_parameter parameters[AGAIN_SETTINGS];
  size_t num_parameters;
  bool too_much; /* more than this can hold: nothing more is written */
  bool no_text;  /* an event could not be told in plain text */
};

static inline void again_settings(struct h2_again *again) {
  if (again->in_settings) {
    h2_write_settings(again->out, again->parameters, again->num_parameters);
    again->in_settings = false;
  }
}

static inline void again_block(struct h2_again *again) {
  size_t at = 0;
  for (size_t i = 0; i < again->num_fields; i++) {
    struct h2_field *field = &again->fields[i];
    field->name.ptr = again->text->ptr + at;
    field->value.ptr = field->name.ptr + field->name.len;
    at += field->name.len + field->value.len;
  }
  if (again->head.type == H2_HEADERS) {
    h2_write_headers(&again->writer, again->out, again->head.stream, again->fields,
                     again->num_fields, again->head.end_stream, &again->shape);
    return;
  }
  uint32_t promised = again->head.number;
  const uint8_t number[] = {(uint8_t)(promised >> 24), (uint8_t)(promised >> 16),
                            (uint8_t)(promised >> 8), (uint8_t)promised};
  struct bytes payload = {0};
  bytes_add(&payload, span_make(number, sizeof(number)));
  hpack_coder.encode(again->writer.coder, again->fields, again->num_fields, &payload);
  h2_write_frame(again->out, H2_PUSH_PROMISE, H2_END_HEADERS, again->head.stream,
                 bytes_span(&payload));
  bytes_free(&payload);
}

static inline void again_field(struct h2_again *again, const struct h2_field *field) {
  if (again->num_fields == AGAIN_FIELDS ||
      again->text->len + field->name.len + field->value.len > AGAIN_TEXT) {
    again->too_much = true;
    return;
  }
  again->fields[again->num_fields++] = *field;
  bytes_add(again->text, field->name);
  bytes_add(again->text, field->value);
}

static inline void again_frame(struct h2_again *again, const struct h2_event *event) {
  static const uint8_t priority[5] = {0};
  again_settings(again);
  switch (event->type) {
  case H2_HEADERS:
  case H2_PUSH_PROMISE:
    again->head = *event;
    again->num_fields = 0;
    again->text->len = 0;
    return;
  case H2_CONTINUATION:
    return;
  case H2_SETTINGS:
    again->num_parameters = 0;
    again->in_settings = (event->flags & H2_ACK) == 0;
    if (!again->in_settings) {
      h2_write_frame(again->out, H2_SETTINGS, H2_ACK, 0, (struct span){0});
    }
    return;
  case H2_PRIORITY:
    h2_write_frame(again->out, H2_PRIORITY, 0, event->stream, span_make(priority, 5));
    return;
  case H2_RST_STREAM:
    h2_write_reset(again->out, event->stream, event->code);
    return;
  case H2_PING:
    h2_write_ping(again->out, (event->flags & H2_ACK) != 0, event->value);
    return;
  case H2_GOAWAY:
    h2_write_goaway(again->out, event->number, event->code, event->value);
    return;
  case H2_WINDOW_UPDATE:
    h2_write_window(again->out, event->stream, event->number);
    return;
  case H2_DATA:
    h2_write_frame(again->out, H2_DATA, event->end_stream ? H2_END_STREAM : 0, event->stream,
                   event->value);
    return;
  default:
    h2_write_frame(again->out, event->type, event->flags, event->stream, event->value);
    return;
  }
}

static inline void again_take(struct h2_again *again, const struct h2_event *event) {
  switch (event->kind) {
  case H2_GOT_PREFACE:
    bytes_add(again->out, h2_preface);
    return;
  case H2_GOT_FRAME:
    again_frame(again, event);
    return;
  case H2_GOT_SETTING:
    if (again->num_parameters == AGAIN_SETTINGS) {
      again->too_much = true;
      return;
    }
    again->parameters[again->num_parameters++] =
        (struct h2_parameter){event->setting, event->number};
    return;
  case H2_GOT_FIELD:
    again_field(again, &event->field);
    return;
  case H2_GOT_BLOCK_END:
    again_block(again);
    return;
  }
}

/* What an event means, whatever its frame looks like. */
static inline uint64_t again_mean(uint64_t sum, const struct h2_event *event) {
  bool block =
      event->type == H2_HEADERS || event->type == H2_PUSH_PROMISE || event->type == H2_CONTINUATION;
  bool known = event->type <= H2_CONTINUATION;
  bool ack = event->type == H2_SETTINGS || event->type == H2_PING;
  unsigned flags = !known ? event->flags : ack ? event->flags & (unsigned)H2_ACK : 0;
  if (event->kind == H2_GOT_FRAME && block) {
    return sum; /* told by its end */
  }
  bool end_stream = event->end_stream && event->kind != H2_GOT_FIELD;
  sum = hash_mix(sum, (uint64_t)event->kind << 56 | (uint64_t)end_stream << 48 |
                          (uint64_t)flags << 40 | event->stream);
  sum = hash_mix(sum, block ? event->number : (uint64_t)event->type << 32 | event->number);
  sum = hash_mix(sum, (uint64_t)event->setting << 32 | event->code);
  if (event->kind == H2_GOT_FIELD) {
    return hash_span(hash_span(sum, event->field.name), event->field.value);
  }
  return hash_span(sum, event->value);
}

/* Whether the event is told in a line of plain text, whatever its bytes are. */
static inline bool again_is_text(const struct h2_event *event) {
  static struct bytes line;
  line.len = 0;
  h2_event_print(&line, event);
  for (size_t i = 0; i < line.len; i++) {
    if (line.ptr[i] < ' ' || line.ptr[i] > '~') {
      return false;
    }
  }
  return true;
}

/* again_read returns the meaning of a server's bytes up to the last complete frame or header block;
 * again, if it is not NULL, writes what it reads. */
static inline uint64_t again_read(struct span wire, struct h2_again *again) {
  struct h2_reader reader;
  struct h2_event event;
  void *coder = hpack_coder.make();
  h2_reader_init(&reader, H2_FROM_SERVER, &hpack_coder, coder);
  uint64_t sum = 1;
  uint64_t complete = 1;
  while (h2_reader_next(&reader, wire, &event) == H2_EVENT) {
    sum = again_mean(sum, &event);
    complete = reader.block_stream == 0 ? sum : complete;
    if (again != NULL) {
      again->no_text = again->no_text || !again_is_text(&event);
      if (!again->too_much) {
        again_take(again, &event);
      }
    }
  }
  if (again != NULL) {
    again_settings(again);
  }
  hpack_coder.free(coder);
  return complete;
}

/* h2_again_broken: the complete frames and header blocks of a server's bytes, written again, mean
 * the same; shape is how the header blocks are cut. NULL, or which property did not hold. */
static inline const char *h2_again_broken(struct span wire, const struct h2_shape *shape) {
  static struct bytes out;
  static struct bytes text;
  static struct bytes settings;
  struct h2_again again = {.shape = *shape, .out = &out, .text = &text};
  settings.len = 0;
  out.len = 0;
  h2_connection_init(&again.writer, H2_SERVER, &hpack_coder, NULL, 0, &settings);
  uint64_t meaning = again_read(wire, &again);
  h2_connection_free(&again.writer);
  if (again.no_text) {
    return "an event is not told in plain text";
  }
  bool same = again.too_much || again_read(bytes_span(&out), NULL) == meaning;
  return same ? NULL : "another meaning when written again";
}

#endif
