#include "cli/trigger.h"

#include "core/h1.h"

static bool is_visible(struct span text) {
  for (size_t i = 0; i < text.len; i++) {
    if (text.ptr[i] <= 0x20 || text.ptr[i] >= 0x7f) {
      return false;
    }
  }
  return text.len > 0;
}

static bool is_field_value(struct span text) {
  for (size_t i = 0; i < text.len; i++) {
    if ((text.ptr[i] < 0x20 && text.ptr[i] != '\t') || text.ptr[i] == 0x7f) {
      return false;
    }
  }
  return true;
}

/* Cuts off what stands before the mark, without blanks around it. */
static struct span take_until(struct span *rest, const char *mark) {
  size_t at = span_find(*rest, span_of(mark), 0);
  size_t len = at == SIZE_MAX ? rest->len : at;
  struct span part = span_make(rest->ptr, len);
  *rest = span_skip(*rest, at == SIZE_MAX ? len : len + strlen(mark));
  return span_trim(part);
}

static const char *take_field(struct span line, struct trigger *out) {
  size_t colon = span_find(line, span_of(":"), 0);
  if (out->num_fields == TRIGGER_MAX_FIELDS) {
    return "more than 16 fields";
  }
  if (colon == SIZE_MAX || !h1_is_token(span_make(line.ptr, colon)) ||
      !is_field_value(span_skip(line, colon + 1))) {
    return "a field is 'Name: value'";
  }
  out->fields[out->num_fields++] = (struct case_field){
      .demand = FIELD_VALUE,
      .name = span_make(line.ptr, colon),
      .value = span_trim(span_skip(line, colon + 1)),
  };
  return NULL;
}

static bool read_code(struct span text, unsigned *out) {
  uint64_t code = 0;
  bool valid = text.len == 3 && span_number(text, &code) && code >= 100 && code <= 199;
  *out = (unsigned)code;
  return valid && code != 101;
}

const char *trigger_parse(const char *text, struct trigger *out) {
  struct span rest = span_of(text);
  *out = (struct trigger){.text = text};
  if (!read_code(take_until(&rest, "="), &out->code)) {
    return "write CODE=METHOD TARGET, such as 102=GET /slow, with a code from 100 to 199 but 101";
  }
  struct span line = take_until(&rest, "|");
  out->method = take_until(&line, " ");
  out->target = line;
  if (!h1_is_token(out->method) || !is_visible(out->target) ||
      (!span_starts(out->target, "/") && !span_is(out->target, "*"))) {
    return "behind the code stand a method and a path that begins with /: 102=GET /slow";
  }
  while (rest.len > 0) {
    const char *wrong = take_field(take_until(&rest, "|"), out);
    if (wrong != NULL) {
      return wrong;
    }
  }
  return NULL;
}

const struct trigger *trigger_find(const struct trigger *triggers, size_t num, unsigned code) {
  for (size_t i = 0; i < num; i++) {
    if (triggers[i].code == code) {
      return &triggers[i];
    }
  }
  return NULL;
}

unsigned trigger_needed(struct span word) {
  static const char begin[] = "trigger-";
  unsigned code = 0;
  bool named = span_starts(word, begin) && read_code(span_skip(word, sizeof(begin) - 1), &code);
  return named ? code : 0;
}

static bool states(const struct step *step, size_t num, struct span name) {
  for (size_t i = 0; i < num; i++) {
    if (span_eq_nocase(step->fields[i].name, name)) {
      return true;
    }
  }
  return false;
}

static void resolve(struct arena *arena, const struct trigger *trigger, struct step *step) {
  size_t stated = step->num_fields;
  struct case_field *fields = arena_array(arena, stated + trigger->num_fields, sizeof(*fields));
  if (stated > 0) {
    memcpy(fields, step->fields, stated * sizeof(*fields));
  }
  step->fields = fields;
  if (!step->messages[0].own_method) {
    step->messages[0].method = trigger->method;
  }
  step->messages[0].target = trigger->target;
  for (size_t i = 0; i < trigger->num_fields; i++) {
    if (!states(step, stated, trigger->fields[i].name)) {
      fields[step->num_fields++] = trigger->fields[i];
    }
  }
}

void trigger_resolve(struct arena *arena, const struct trigger *triggers, size_t num,
                     struct case_file *file) {
  for (size_t i = 0; i < file->num_steps; i++) {
    struct step *step = &file->steps[i];
    unsigned code = step->num_messages == 0 ? 0 : step->messages[0].trigger;
    const struct trigger *trigger = code == 0 ? NULL : trigger_find(triggers, num, code);
    if (trigger != NULL) {
      resolve(arena, trigger, step);
    }
  }
}
