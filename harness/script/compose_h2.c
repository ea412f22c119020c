#include "script/compose_h2.h"

#include "core/h1.h"
#include "core/interim_rule.h"

/* The fields of one head while it is made. */
struct head {
  struct arena *arena;
  const struct step *step;
  const struct compose_context *context;
  struct h2_field *fields;
  size_t num_fields;
};

enum { OWN_FIELDS = 12 }; /* more than we ever add ourselves */

static void head_begin(struct head *head, struct arena *arena, const struct step *step,
                       const struct compose_context *context) {
  *head = (struct head){.arena = arena, .step = step, .context = context};
  head->fields = arena_array(arena, step->num_fields + OWN_FIELDS, sizeof(*head->fields));
}

static void add(struct head *head, struct span name, struct span value) {
  head->fields[head->num_fields++] = (struct h2_field){name, value};
}

static struct span substituted(struct arena *arena, struct span text,
                               const struct compose_context *context) {
  struct bytes out = {0};
  compose_substitute(&out, text, context);
  struct span copy = arena_copy(arena, bytes_span(&out));
  bytes_free(&out);
  return copy;
}

static struct span lower_case(struct arena *arena, struct span name) {
  uint8_t *lower = arena_alloc(arena, name.len);
  for (size_t i = 0; i < name.len; i++) {
    uint8_t byte = name.ptr[i];
    lower[i] = byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + 'a' - 'A') : byte;
  }
  return span_make(lower, name.len);
}

static void add_own(struct head *head, const char *name, const char *value) {
  if (compose_given(head->step, name) == NULL) {
    add(head, lower_case(head->arena, span_of(name)), arena_copy(head->arena, span_of(value)));
  }
}

static void add_given(struct head *head) {
  for (size_t i = 0; i < head->step->num_fields; i++) {
    const struct case_field *field = &head->step->fields[i];
    if (field->demand == FIELD_VALUE && !span_is_nocase(field->name, "Host")) {
      add(head, lower_case(head->arena, field->name),
          substituted(head->arena, field->value, head->context));
    }
  }
}

/* Notes what Content-Length promises, given or our own, and how much of that is there already. */
static void add_length(struct head *head, size_t there, struct content_due *due) {
  const struct case_field *field = compose_given(head->step, "Content-Length");
  uint64_t length = there;
  *due = (struct content_due){0};
  if (field != NULL && field->demand == FIELD_VALUE && span_number(field->value, &length)) {
    due->stated = true;
    due->left = length > there ? length - there : 0;
  }
  if (field == NULL) {
    add_own(head, "Content-Length", arena_printf(head->arena, "%zu", there));
  }
}

static struct part *new_part(struct arena *arena, unsigned type, const struct step *step) {
  struct part *part = arena_alloc(arena, sizeof(*part));
  part->type = type;
  part->shape = (struct h2_shape){
      .fragment = (uint32_t)step->split,
      .padding = step->padding,
      .padded = step->padded,
      .priority = step->priority,
  };
  return part;
}

static struct part *head_end(const struct head *head, bool ends) {
  struct part *part = new_part(head->arena, H2_HEADERS, head->step);
  part->flags = ends ? H2_END_STREAM : 0;
  part->fields = head->fields;
  part->num_fields = head->num_fields;
  return part;
}

/* A head and the content behind it. The stream ends with them when no more is due. */
static struct part *message(const struct head *head, struct span content, bool more) {
  struct part *parts = head_end(head, content.len == 0 && !more);
  if (content.len > 0) {
    struct part *data = new_part(head->arena, H2_DATA, head->step);
    data->flags = more ? 0 : H2_END_STREAM;
    data->payload = content;
    parts->next = data;
  }
  return parts;
}

/* The path of a request target; one in absolute form has it behind the authority. */
static struct span path_of(struct span target) {
  size_t scheme = span_find(target, span_of("://"), 0);
  if (scheme == SIZE_MAX) {
    return target;
  }
  size_t path = span_find(target, span_of("/"), scheme + 3);
  return path == SIZE_MAX ? span_of("/") : span_skip(target, path);
}

struct part *compose_h2_request(struct arena *arena, const struct step *step, const char *scheme,
                                const struct compose_context *context, struct content_due *due) {
  const struct case_message *wanted = &step->messages[0];
  const struct case_field *host = compose_given(step, "Host");
  struct head head;
  head_begin(&head, arena, step, context);
  struct span target =
      wanted->target.len > 0 ? substituted(arena, wanted->target, context) : span_of(context->path);
  bool connects = span_is(wanted->method, "CONNECT");
  add(&head, span_of(":method"), wanted->method);
  if (!connects) {
    add(&head, span_of(":scheme"), span_of(scheme));
    add(&head, span_of(":path"), path_of(target));
  }
  if (connects) {
    add(&head, span_of(":authority"), target);
  } else if (host == NULL) {
    add(&head, span_of(":authority"), span_of(context->host));
  } else if (host->demand == FIELD_VALUE) {
    add(&head, span_of(":authority"), substituted(arena, host->value, context));
  }
  add_own(&head, NONCE_FIELD, context->nonce);
  struct span content = {0};
  *due = (struct content_due){0};
  if (step->has_content) {
    content = substituted(arena, step->content, context);
  }
  if (step->has_content || compose_gives(step, "Content-Length")) {
    add_length(&head, content.len, due);
  }
  add_given(&head);
  return message(&head, content, due->left > 0 || connects);
}

static struct part *interim(struct head *head) {
  add_own(head, MARK_FIELD,
          arena_printf(head->arena, "%s-%u", head->context->nonce, head->context->mark));
  add_given(head);
  return head_end(head, false);
}

static struct part * final(struct head *head, unsigned code, struct content_due *due) {
  const struct step *step = head->step;
  const struct compose_context *context = head->context;
  bool no_content = code == 204 || code == 304 || (context->to_connect && code / 100 == 2);
  bool none_sent = no_content || context->to_head;
  struct bytes text = {0};
  if (compose_gives(step, "Content-Length")) {
    compose_substitute(&text, step->content, context);
  } else if (!no_content) {
    compose_expected(&text, step->content, context);
  }
  struct span content = arena_copy(head->arena, bytes_span(&text));
  bytes_free(&text);
  add_own(head, "Date", context->date);
  add_own(head, "Cache-Control", "no-store");
  add_own(head, NONCE_FIELD, context->nonce);
  if (!no_content) {
    add_own(head, "Content-Type", "text/plain");
    add_length(head, content.len, due);
  }
  add_given(head);
  if (none_sent) {
    *due = (struct content_due){0};
    content = (struct span){0};
  }
  return message(head, content, due->left > 0 || (context->to_connect && code / 100 == 2));
}

struct part *compose_h2_response(struct arena *arena, const struct step *step,
                                 const struct compose_context *context, struct content_due *due) {
  unsigned code = step->messages[0].low;
  struct head head;
  head_begin(&head, arena, step, context);
  add(&head, span_of(":status"), span_of(arena_printf(arena, "%03u", code)));
  if (status_is_interim(code)) {
    return interim(&head);
  }
  *due = (struct content_due){0};
  return final(&head, code, due);
}

struct part *compose_h2_content(struct arena *arena, const struct step *step,
                                const struct compose_context *context, struct content_due *due) {
  struct part *data = new_part(arena, H2_DATA, step);
  data->payload = substituted(arena, step->content, context);
  due->left -= data->payload.len < due->left ? data->payload.len : due->left;
  data->flags = due->stated && due->left == 0 ? H2_END_STREAM : 0;
  return data;
}

static void add_parameters(struct part *part, struct arena *arena, const struct step *step) {
  part->parameters = arena_array(arena, step->num_fields, sizeof(*part->parameters));
  for (size_t i = 0; i < step->num_fields; i++) {
    uint64_t value = 0;
    unsigned id = 0;
    (void)h2_setting_named(step->fields[i].name, &id);
    (void)span_number(step->fields[i].value, &value);
    part->parameters[part->num_parameters++] = (struct h2_parameter){id, (uint32_t)value};
  }
}

struct part *compose_h2_frame(struct arena *arena, const struct step *step,
                              const struct compose_context *context) {
  const struct case_frame *frame = &step->messages[0].frame;
  struct part *part = new_part(arena, frame->type, step);
  part->raw = true;
  part->flags = frame->flags;
  part->on = frame->on;
  part->number = frame->number;
  part->payload = substituted(arena, step->content, context);
  if (frame->type == H2_SETTINGS) {
    add_parameters(part, arena, step);
    return part;
  }
  part->fields = arena_array(arena, step->num_fields, sizeof(*part->fields));
  for (size_t i = 0; i < step->num_fields; i++) {
    part->fields[part->num_fields++] =
        (struct h2_field){step->fields[i].name, substituted(arena, step->fields[i].value, context)};
  }
  return part;
}
