/* The machine-readable form of interim list. */
#include "cli/catalog.h"
#include "cli/list.h"
#include "cli/usage.h"
#include "judge/verdict.h"

#include <jansson.h>

static json_t *text_of(struct span text) {
  return text.len == 0 ? json_string("") : json_stringn((const char *)text.ptr, text.len);
}

static json_t *list_of(const struct span *items, size_t num) {
  json_t *list = json_array();
  for (size_t i = 0; i < num; i++) {
    (void)json_array_append_new(list, text_of(items[i]));
  }
  return list;
}

static json_t *seats_of(const struct library *library, const struct case_file *file) {
  json_t *seats = json_array();
  for (size_t i = 0; i < CATALOG_NUM_SEATS; i++) {
    const struct requirement *row = catalog_rule(library, file, catalog_seats[i]);
    if (row != NULL) {
      (void)json_array_append_new(
          seats, json_pack("{s:s, s:s, s:o}", "seat", case_seat_word(catalog_seats[i]), "level",
                           requirement_level_word(row->level), "requirement", text_of(row->id)));
    }
  }
  return seats;
}

static json_t *cites_of(const struct case_file *file) {
  json_t *cites = json_array();
  for (size_t i = 0; i < file->num_cites; i++) {
    (void)json_array_append_new(cites, text_of(file->cites[i].id));
  }
  return cites;
}

static json_t *parameters_of(const struct case_file *file) {
  json_t *parameters = json_array();
  for (size_t i = 0; i < file->num_parameters; i++) {
    const struct case_parameter *parameter = &file->parameters[i];
    (void)json_array_append_new(parameters,
                                json_pack("{s:o, s:o}", "name", text_of(parameter->name), "values",
                                          list_of(parameter->values, parameter->num_values)));
  }
  return parameters;
}

static json_t *case_of(const struct library *library, const struct case_file *file) {
  return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:I}", "id", text_of(file->id),
                   "title", text_of(file->title), "why", text_of(file->why), "seats",
                   seats_of(library, file), "cites", cites_of(file), "needs",
                   list_of(file->needs, file->num_needs), "parameters", parameters_of(file),
                   "alone", file->alone, "slow", file->slow, "results",
                   (json_int_t)case_num_bindings(file));
}

static json_t *requirement_of(const struct selection *selection, const struct requirement *row) {
  const struct library *library = selection->library;
  json_t *lists[] = {json_array(), json_array()};
  for (size_t i = 0; i < library->num_cases; i++) {
    unsigned seats = 0;
    enum coverage here = list_coverage(library, &library->cases[i], row, &seats);
    if (selection->wanted[i] && here != COVERAGE_NONE) {
      (void)json_array_append_new(lists[here], text_of(library->cases[i].id));
    }
  }
  struct bytes id = {0};
  bytes_add(&id, row->id);
  const char *impact = outcome_impact(OUTCOME_UNMET, bytes_cstr(&id), false);
  bytes_free(&id);
  return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o}", "id", text_of(row->id),
                   "level", requirement_level_word(row->level), "roles", text_of(row->roles),
                   "versions", text_of(row->versions), "wording", text_of(row->wording), "address",
                   text_of(row->address), "note", text_of(row->note), "impact", impact, "decides",
                   lists[COVERAGE_DECIDES], "informs", lists[COVERAGE_INFORMS]);
}

/* A row that is no valid UTF-8 gives NULL, and so a failure. */
static int fill(const struct selection *selection, bool requirements, json_t *rows) {
  const struct library *library = selection->library;
  int failed = 0;
  for (size_t i = 0; requirements && i < library->registry.num_rows; i++) {
    const struct requirement *row = &library->registry.rows[i];
    if (list_wants_row(selection, row)) {
      failed |= json_array_append_new(rows, requirement_of(selection, row));
    }
  }
  for (size_t i = 0; !requirements && i < library->num_cases; i++) {
    if (selection->wanted[i]) {
      failed |= json_array_append_new(rows, case_of(library, &library->cases[i]));
    }
  }
  return failed;
}

int list_json(const struct selection *selection, bool requirements) {
  json_t *rows = json_array();
  int failed = fill(selection, requirements, rows);
  json_t *root = json_pack("{s:s, s:o}", "schema", "interim-list/1",
                           requirements ? "requirements" : "cases", rows);
  char *text = failed == 0 ? json_dumps(root, JSON_INDENT(2)) : NULL;
  json_decref(root);
  if (text == NULL) {
    (void)fprintf(stderr, "interim list: some text of a case or requirement is not valid UTF-8\n");
    return EXIT_USAGE;
  }
  (void)puts(text);
  free(text);
  return usage_finish("list", EXIT_PASSED);
}
