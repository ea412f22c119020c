#include "core/h2_reader.h"

#include "base/escape.h"

#include <inttypes.h>

static void print_quoted(struct bytes *out, struct span value) {
  bytes_text(out, " \"");
  escape_text(out, value);
  bytes_text(out, "\"");
}

static void print_named(struct bytes *out, const char *name, uint32_t number) {
  if (name != NULL) {
    bytes_text(out, name);
  } else {
    bytes_printf(out, "%" PRIu32, number);
  }
}

static bool has_flag(const struct h2_event *event, unsigned flag) {
  switch (flag) {
  case H2_END_STREAM:
    return event->type == H2_DATA || event->type == H2_HEADERS;
  case H2_END_HEADERS:
    return event->type == H2_HEADERS || event->type == H2_PUSH_PROMISE ||
           event->type == H2_CONTINUATION;
  case H2_PADDED:
    return event->type == H2_DATA || event->type == H2_HEADERS || event->type == H2_PUSH_PROMISE;
  case H2_WITH_PRIORITY:
    return event->type == H2_HEADERS;
  default:
    return false;
  }
}

/* The flags that its type has by name, others as a number. */
static void print_flags(struct bytes *out, const struct h2_event *event) {
  static const struct {
    unsigned flag;
    const char *name;
  } names[] = {
      {H2_END_STREAM, " END_STREAM"},
      {H2_END_HEADERS, " END_HEADERS"},
      {H2_PADDED, " PADDED"},
      {H2_WITH_PRIORITY, " PRIORITY"},
  };
  unsigned rest = event->flags;
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
    if ((rest & names[i].flag) != 0 && has_flag(event, names[i].flag)) {
      bytes_text(out, names[i].name);
      rest &= ~names[i].flag;
    }
  }
  if ((rest & H2_ACK) != 0 && (event->type == H2_SETTINGS || event->type == H2_PING)) {
    bytes_text(out, " ACK");
    rest &= ~(unsigned)H2_ACK;
  }
  if (rest != 0) {
    bytes_printf(out, " flags=0x%02x", rest);
  }
}

static void print_code(struct bytes *out, const struct h2_event *event) {
  bytes_text(out, " code=");
  print_named(out, h2_error_name(event->code), event->code);
}

static void print_payload(struct bytes *out, const struct h2_event *event) {
  switch (event->type) {
  case H2_RST_STREAM:
    print_code(out, event);
    return;
  case H2_GOAWAY:
    bytes_printf(out, " last=%" PRIu32, event->number);
    print_code(out, event);
    break;
  case H2_WINDOW_UPDATE:
    bytes_printf(out, " increment=%" PRIu32, event->number);
    return;
  case H2_PUSH_PROMISE:
    bytes_printf(out, " promised=%" PRIu32, event->number);
    return;
  default:
    break;
  }
  if (event->value.len > 0) {
    print_quoted(out, event->value);
  }
}

static void print_frame(struct bytes *out, const struct h2_event *event) {
  const char *name = h2_type_name(event->type);
  if (name != NULL) {
    bytes_text(out, name);
  } else {
    bytes_printf(out, "type=%u", event->type);
  }
  bytes_printf(out, " stream=%" PRIu32, event->stream);
  print_flags(out, event);
  bytes_printf(out, " length=%" PRIu32, event->length);
  print_payload(out, event);
}

void h2_event_print(struct bytes *out, const struct h2_event *event) {
  bytes_printf(out, "%" PRIu64 "-%" PRIu64 " ", event->offset, event->end);
  switch (event->kind) {
  case H2_GOT_PREFACE:
    bytes_text(out, "preface");
    return;
  case H2_GOT_FRAME:
    print_frame(out, event);
    return;
  case H2_GOT_SETTING:
    bytes_text(out, "setting ");
    print_named(out, h2_setting_name(event->setting), event->setting);
    bytes_printf(out, "=%" PRIu32, event->number);
    return;
  case H2_GOT_FIELD:
    bytes_printf(out, "field stream=%" PRIu32 " ", event->stream);
    escape_text(out, event->field.name);
    print_quoted(out, event->field.value);
    return;
  case H2_GOT_BLOCK_END:
    bytes_printf(out, "block-end stream=%" PRIu32 "%s", event->stream,
                 event->end_stream ? " END_STREAM" : "");
    return;
  }
}
