#include "script/message.h"

#include "base/escape.h"

static void add_field(struct message_seen *message, struct arena *arena,
                      const struct h1_event *event) {
  message->fields = arena_grow(arena, message->fields, message->num_fields, &message->cap_fields,
                               sizeof(*message->fields));
  message->fields[message->num_fields] = (struct message_field){
      arena_copy(arena, event->name),
      arena_copy(arena, event->value),
  };
  message->num_fields++;
}

/* What a target sends without end fills no memory. */
static void add_content(struct message_seen *message, struct span content) {
  size_t room = MESSAGE_MAX_CONTENT - message->content.len;
  bytes_add(&message->content, content.len <= room ? content : span_make(content.ptr, room));
}

void message_feed(struct message_seen *message, struct arena *arena, const struct h1_event *event,
                  uint64_t now_us) {
  switch (event->kind) {
  case H1_REQUEST:
    message->request = true;
    message->method = arena_copy(arena, event->name);
    message->target = arena_copy(arena, event->value);
    message->minor = event->minor;
    break;
  case H1_INTERIM:
  case H1_FINAL:
    message->interim = event->kind == H1_INTERIM;
    message->code = event->code;
    message->minor = event->minor;
    break;
  case H1_FIELD:
  case H1_TRAILER:
    add_field(message, arena, event);
    break;
  case H1_HEAD_END:
    message->head_done = true;
    message->head_us = now_us;
    message->framing = event->framing;
    break;
  case H1_CONTENT:
    add_content(message, event->value);
    break;
  case H1_END:
    message->complete = true;
    message->end_us = now_us;
    break;
  case H1_TUNNEL:
    if (!message->tunnel) {
      message->tunnel = true;
      message->tunnel_at = message->content.len;
    }
    add_content(message, event->value);
    break;
  }
}

bool message_field_value(const struct message_seen *message, const char *name, struct span *out) {
  for (size_t i = 0; i < message->num_fields; i++) {
    if (span_is_nocase(message->fields[i].name, name)) {
      *out = message->fields[i].value;
      return true;
    }
  }
  return false;
}

static bool is_like(struct span text, struct span value, bool begin) {
  return begin ? text.len >= value.len && span_eq(span_make(text.ptr, value.len), value)
               : span_eq(text, value);
}

static size_t num_elements(struct span list, struct span value, bool begin) {
  size_t num = 0;
  size_t start = 0;
  while (start <= list.len) {
    size_t comma = span_find(list, span_of(","), start);
    size_t end = comma == SIZE_MAX ? list.len : comma;
    num += is_like(span_trim(span_make(list.ptr + start, end - start)), value, begin);
    start = end + 1;
  }
  return num;
}

static size_t num_values(const struct message_seen *message, struct span name, struct span value,
                         bool begin) {
  size_t num = 0;
  for (size_t i = 0; i < message->num_fields; i++) {
    const struct message_field *field = &message->fields[i];
    if (!span_eq_nocase(field->name, name)) {
      continue;
    }
    if (is_like(field->value, value, begin)) {
      num++;
    } else if (field->value.len > 0) {
      num += num_elements(field->value, value, begin);
    }
  }
  return num;
}

size_t message_num_field(const struct message_seen *message, struct span name, struct span value) {
  return num_values(message, name, value, false);
}

bool message_has_field(const struct message_seen *message, struct span name, struct span value) {
  return num_values(message, name, value, false) > 0;
}

bool message_has_field_like(const struct message_seen *message, struct span name,
                            struct span begin) {
  return num_values(message, name, begin, true) > 0;
}

struct span message_tunnel(const struct message_seen *message) {
  return message->tunnel ? span_skip(bytes_span(&message->content), message->tunnel_at)
                         : (struct span){NULL, 0};
}

bool message_names_field(const struct message_seen *message, struct span name) {
  for (size_t i = 0; i < message->num_fields; i++) {
    if (span_eq_nocase(message->fields[i].name, name)) {
      return true;
    }
  }
  return false;
}

bool message_ends_connection(const struct message_seen *message) {
  bool keeps = false;
  for (size_t i = 0; i < message->num_fields; i++) {
    if (span_is_nocase(message->fields[i].name, "Connection")) {
      if (h1_list_has(message->fields[i].value, "close")) {
        return true;
      }
      keeps = keeps || h1_list_has(message->fields[i].value, "keep-alive");
    }
  }
  return message->minor == 0 && !keeps;
}

const char *message_word(struct arena *arena, const struct message_seen *message) {
  if (!message->request) {
    return arena_printf(arena, "%u", message->code);
  }
  struct bytes text = {0};
  escape_text(&text, message->method);
  const char *out = arena_printf(arena, "%s", bytes_cstr(&text));
  bytes_free(&text);
  return out;
}
