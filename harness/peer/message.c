#include "peer/message.h"

#include "core/h1.h"

void message_reset(struct message *message) {
  arena_free(&message->arena);
  *message = (struct message){0};
}

struct span message_text(struct message *message, struct span text) {
  return arena_copy(&message->arena, text);
}

void message_add(struct message *message, struct field_list *list, struct span name,
                 struct span value) {
  struct field *field = arena_alloc(&message->arena, sizeof(*field));
  field->name = message_text(message, name);
  field->value = message_text(message, value);
  if (list->last == NULL) {
    list->first = field;
  } else {
    list->last->next = field;
  }
  list->last = field;
}

const struct field *field_find(const struct field *from, const char *name) {
  while (from != NULL && !span_is_nocase(from->name, name)) {
    from = from->next;
  }
  return from;
}

bool field_list_has(const struct field_list *list, const char *name, const char *token) {
  const struct field *field = field_find(list->first, name);
  while (field != NULL) {
    if (h1_list_has(field->value, token)) {
      return true;
    }
    field = field_find(field->next, name);
  }
  return false;
}

bool list_next(struct span *rest, struct span *out_element) {
  while (rest->ptr != NULL && rest->len > 0) {
    const uint8_t *comma = memchr(rest->ptr, ',', rest->len);
    size_t len = comma == NULL ? rest->len : (size_t)(comma - rest->ptr);
    *out_element = span_trim(span_make(rest->ptr, len));
    *rest = span_skip(*rest, len + 1);
    if (out_element->len > 0) {
      return true;
    }
  }
  return false;
}
