#include "script/translate.h"

#include "base/escape.h"

void translate_init(struct translate *translate, uint32_t id, enum h2_receiver reads) {
  *translate = (struct translate){0};
  arena_init(&translate->arena);
  h2_stream_init(&translate->stream, id, reads);
}

void translate_told(struct translate *translate) {
  translate->text.len = 0;
  translate->text_ready = false;
}

void translate_free(struct translate *translate) {
  arena_free(&translate->arena);
  bytes_free(&translate->text);
}

static void keep_field(struct translate *translate, struct h2_field field) {
  translate->fields = arena_grow(&translate->arena, translate->fields, translate->num_fields,
                                 &translate->cap_fields, sizeof(*translate->fields));
  translate->fields[translate->num_fields++] = (struct h2_field){
      arena_copy(&translate->arena, field.name), arena_copy(&translate->arena, field.value)};
  escape_text(&translate->text, field.name);
  bytes_text(&translate->text, ": ");
  escape_text(&translate->text, field.value);
  bytes_text(&translate->text, "\r\n");
}

static void drop_fields(struct translate *translate) {
  arena_free(&translate->arena);
  arena_init(&translate->arena);
  translate->fields = NULL;
  translate->num_fields = 0;
  translate->cap_fields = 0;
}

static struct span pseudo(const struct translate *translate, const char *name) {
  for (size_t i = 0; i < translate->num_fields; i++) {
    if (span_is(translate->fields[i].name, name)) {
      return translate->fields[i].value;
    }
  }
  return (struct span){0};
}

struct telling {
  struct translate *translate;
  translate_emit *emit;
  void *user;
};

static void tell(const struct telling *telling, struct h1_event event) {
  const struct h2_stream *stream = &telling->translate->stream;
  event.code = stream->reads == H2_READ_RESPONSE ? (uint16_t)stream->code : 0;
  event.minor = 1;
  if (telling->emit != NULL) {
    telling->emit(telling->user, &event);
  }
}

static void tell_fields(const struct telling *telling, enum h1_event_kind kind) {
  const struct translate *translate = telling->translate;
  for (size_t i = 0; i < translate->num_fields; i++) {
    const struct h2_field *field = &translate->fields[i];
    if (!span_starts(field->name, ":")) {
      tell(telling, (struct h1_event){.kind = kind, .name = field->name, .value = field->value});
    }
  }
}

static void tell_request(const struct telling *telling) {
  const struct translate *translate = telling->translate;
  struct span method = pseudo(translate, ":method");
  struct span authority = pseudo(translate, ":authority");
  struct span target = span_is(method, "CONNECT") ? authority : pseudo(translate, ":path");
  tell(telling, (struct h1_event){.kind = H1_REQUEST, .name = method, .value = target});
  if (authority.len > 0) {
    tell(telling, (struct h1_event){.kind = H1_FIELD, .name = span_of("host"), .value = authority});
  }
}

static enum h1_framing framing_of(const struct translate *translate, bool end_stream) {
  if (translate->stream.tunnel) {
    return H1_SWITCHED;
  }
  return end_stream ? H1_NO_CONTENT : H1_LENGTH;
}

static void tell_end(const struct telling *telling) {
  if (telling->translate->open) {
    telling->translate->open = false;
    tell(telling, (struct h1_event){.kind = H1_END});
  }
}

static void tell_head(const struct telling *telling, bool end_stream) {
  struct translate *translate = telling->translate;
  bool interim = translate->stream.block == H2_BLOCK_INTERIM;
  if (translate->stream.block == H2_BLOCK_REQUEST) {
    tell_request(telling);
  } else {
    tell(telling, (struct h1_event){.kind = interim ? H1_INTERIM : H1_FINAL});
  }
  tell_fields(telling, H1_FIELD);
  tell(telling, (struct h1_event){
                    .kind = H1_HEAD_END,
                    .framing = interim ? H1_NO_CONTENT : framing_of(translate, end_stream),
                    .length = translate->stream.length,
                });
  translate->open = true;
  if (interim || end_stream) {
    tell_end(telling);
  }
}

static void block_end(const struct telling *telling, const struct h2_event *event) {
  struct translate *translate = telling->translate;
  switch (translate->stream.block) {
  case H2_BLOCK_REQUEST:
    if (pseudo(translate, ":method").len > 0) {
      tell_head(telling, event->end_stream);
    }
    break;
  case H2_BLOCK_INTERIM:
  case H2_BLOCK_FINAL:
    if (translate->stream.code != 0) {
      tell_head(telling, event->end_stream);
    }
    break;
  case H2_BLOCK_TRAILERS:
    if (translate->open) {
      tell_fields(telling, H1_TRAILER);
    }
    if (event->end_stream) {
      tell_end(telling);
    }
    break;
  case H2_BLOCK_NONE:
    break;
  }
}

static void data(const struct telling *telling, const struct h2_event *event) {
  const struct translate *translate = telling->translate;
  if (translate->open && event->value.len > 0) {
    tell(telling, (struct h1_event){
                      .kind = translate->stream.tunnel ? H1_TUNNEL : H1_CONTENT,
                      .value = event->value,
                  });
  }
  if (event->end_stream) {
    tell_end(telling);
  }
}

static void describe(struct bytes *out, const struct h2_event *event) {
  static const struct {
    unsigned type;
    unsigned flag;
    const char *name;
  } flags[] = {
      {H2_DATA, H2_END_STREAM, "END_STREAM"},      {H2_HEADERS, H2_END_STREAM, "END_STREAM"},
      {H2_HEADERS, H2_END_HEADERS, "END_HEADERS"}, {H2_CONTINUATION, H2_END_HEADERS, "END_HEADERS"},
      {H2_HEADERS, H2_PADDED, "PADDED"},           {H2_DATA, H2_PADDED, "PADDED"},
      {H2_HEADERS, H2_WITH_PRIORITY, "PRIORITY"},
  };
  const char *name = h2_type_name(event->type);
  if (name == NULL) {
    bytes_printf(out, "frame 0x%02x", event->type);
  } else {
    bytes_text(out, name);
  }
  bytes_printf(out, " stream=%u", event->stream);
  for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
    if (flags[i].type == event->type && (event->flags & flags[i].flag) != 0) {
      bytes_printf(out, " %s", flags[i].name);
    }
  }
  if (event->type == H2_RST_STREAM || event->type == H2_GOAWAY) {
    const char *code = h2_error_name(event->code);
    bytes_printf(out, " %s", code == NULL ? "unknown code" : code);
  }
  if (event->type == H2_WINDOW_UPDATE || event->type == H2_GOAWAY) {
    bytes_printf(out, " %u", event->number);
  }
}

/* A block of several frames is told as one. */
static void begin_text(struct translate *translate, const struct h2_event *event) {
  bool whole =
      event->type != H2_HEADERS && event->type != H2_CONTINUATION && event->type != H2_PUSH_PROMISE;
  describe(&translate->text, event);
  bytes_text(&translate->text, "\r\n");
  if (event->type == H2_DATA) {
    bytes_add(&translate->text, event->value);
  }
  translate->text_ready = whole;
}

enum h2_fault translate_feed(struct translate *translate, const struct h2_event *event,
                             translate_emit *emit, void *user) {
  struct telling telling = {translate, emit, user};
  enum h2_fault fault = h2_stream_feed(&translate->stream, event);
  switch (event->kind) {
  case H2_GOT_FRAME:
    begin_text(translate, event);
    if (event->type == H2_DATA) {
      data(&telling, event);
    }
    break;
  case H2_GOT_FIELD:
    keep_field(translate, event->field);
    break;
  case H2_GOT_BLOCK_END:
    translate->text_ready = true;
    if (!translate->stream.promise) {
      block_end(&telling, event);
    }
    drop_fields(translate);
    break;
  case H2_GOT_PREFACE:
  case H2_GOT_SETTING:
    break;
  }
  return fault;
}
