/* The values of one result of a parameterised case, and which cite decides it. */
#include "case/case.h"

size_t case_num_bindings(const struct case_file *file) {
  size_t num = 1;
  for (size_t i = 0; i < file->num_parameters; i++) {
    num *= file->parameters[i].num_values;
  }
  return num;
}

void case_binding_at(struct arena *arena, const struct case_file *file, size_t index,
                     struct case_binding *out) {
  size_t num = file->num_parameters;
  struct span *values = arena_array(arena, num, sizeof(*values));
  for (size_t i = num; i > 0; i--) {
    const struct case_parameter *parameter = &file->parameters[i - 1];
    values[i - 1] = parameter->values[index % parameter->num_values];
    index /= parameter->num_values;
  }
  *out = (struct case_binding){values, num};
}

const char *case_result_id(struct arena *arena, const struct case_file *file,
                           const struct case_binding *binding) {
  struct bytes text;
  bytes_init(&text);
  bytes_add(&text, file->id);
  size_t num = binding == NULL ? 0 : binding->num_values;
  for (size_t i = 0; i < num; i++) {
    bytes_text(&text, i == 0 ? ":" : ",");
    bytes_add(&text, binding->values[i]);
  }
  const char *id = (const char *)arena_copy(arena, bytes_span(&text)).ptr;
  bytes_free(&text);
  return id;
}

const struct case_cite *case_cite_for(const struct case_file *file, enum seat seat,
                                      enum http_version front, enum http_version back) {
  for (size_t i = 0; i < file->num_cites; i++) {
    const struct case_cite *cite = &file->cites[i];
    bool at_seat = cite->seats == 0 || (cite->seats & seat) != 0;
    bool at_front = cite->fronts == 0 || (cite->fronts & front) != 0;
    bool at_back = cite->backs == 0 || (cite->backs & back) != 0;
    if (at_seat && at_front && at_back) {
      return cite;
    }
  }
  return NULL;
}
