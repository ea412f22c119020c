#include "script/part.h"

#include "script/translate.h"

struct part *part_append(struct part *list, struct part *more) {
  if (list == NULL) {
    return more;
  }
  struct part *last = list->last == NULL ? list : list->last;
  last->next = more;
  while (last->next != NULL) {
    last = last->next;
  }
  list->last = last;
  return list;
}

static bool is_block(unsigned type) {
  return type == H2_HEADERS || type == H2_CONTINUATION || type == H2_PUSH_PROMISE;
}

bool part_events(const struct part *part, uint32_t stream, bool *ends,
                 void (*take)(void *user, const struct h2_event *event), void *user) {
  struct h2_event event = {
      .kind = H2_GOT_FRAME,
      .type = (uint8_t)part->type,
      .flags = (uint8_t)(part->flags | (part->raw || !is_block(part->type) ? 0U : H2_END_HEADERS)),
      .stream = stream,
      .length = (uint32_t)part->payload.len,
      .value = part->payload,
      .code = part->number,
      .number = part->number,
  };
  if (part->type == H2_HEADERS || part->type == H2_DATA) {
    *ends = (part->flags & H2_END_STREAM) != 0;
    event.end_stream = *ends;
  }
  take(user, &event);
  if (!is_block(part->type)) {
    return true;
  }
  if (part->payload.len > 0) {
    return false;
  }
  event.kind = H2_GOT_FIELD;
  for (size_t i = 0; i < part->num_fields; i++) {
    event.field = part->fields[i];
    take(user, &event);
  }
  if ((event.flags & H2_END_HEADERS) != 0) {
    event.kind = H2_GOT_BLOCK_END;
    event.end_stream = *ends;
    take(user, &event);
  }
  return true;
}

static void describe(void *user, const struct h2_event *event) {
  (void)translate_feed(user, event, NULL, NULL);
}

void part_text(struct bytes *out, const struct part *part, uint32_t stream) {
  struct translate reader;
  bool ends = false;
  translate_init(&reader, stream, H2_READ_RESPONSE);
  (void)part_events(part, stream, &ends, describe, &reader);
  bytes_add(out, bytes_span(&reader.text));
  translate_free(&reader);
}
