#include "cli/catalog.h"

#include "cli/usage.h"

const enum seat catalog_seats[CATALOG_NUM_SEATS] = {SEAT_ORIGIN, SEAT_GATEWAY, SEAT_PROXY,
                                                    SEAT_CLIENT};

int catalog_load(const char *command, struct arena *arena, const char *directory,
                 struct library *out) {
  struct diag diag;
  int failed = directory == NULL ? library_load_embedded(arena, out, &diag)
                                 : library_load_directory(arena, directory, out, &diag);
  return failed == 0 ? 0 : usage_diag(command, &diag);
}

bool catalog_matches(const struct case_file *file, const char *glob) {
  struct arena arena;
  arena_init(&arena);
  bool matched = false;
  /* Without a colon the values do not count. */
  size_t num = strchr(glob, ':') == NULL ? 1 : case_num_bindings(file);
  for (size_t i = 0; i < num && !matched; i++) {
    struct case_binding binding;
    case_binding_at(&arena, file, i, &binding);
    matched = library_match(glob, case_result_id(&arena, file, &binding));
  }
  arena_free(&arena);
  return matched;
}

/* The ids as C strings. */
static const char **ids_of(struct arena *arena, const struct library *library) {
  const char **ids = arena_array(arena, library->num_cases, sizeof(*ids));
  for (size_t i = 0; i < library->num_cases; i++) {
    ids[i] = case_result_id(arena, &library->cases[i], NULL);
  }
  return ids;
}

static int refuse(const char *command, const struct library *library, const char *what,
                  const char *name) {
  struct arena arena;
  arena_init(&arena);
  const char *nearest = usage_nearest(name, ids_of(&arena, library), library->num_cases);
  int status = nearest == NULL
                   ? usage_error(command, "%s '%s'; interim list shows all", what, name)
                   : usage_error(command, "%s '%s'; did you mean '%s'?", what, name, nearest);
  arena_free(&arena);
  return status;
}

int catalog_select(const char *command, struct arena *arena, const struct library *library,
                   char *const *globs, size_t num_globs, bool *wanted) {
  bool *used = arena_array(arena, num_globs, sizeof(*used));
  for (size_t i = 0; i < library->num_cases; i++) {
    wanted[i] = num_globs == 0;
    for (size_t k = 0; k < num_globs; k++) {
      if (catalog_matches(&library->cases[i], globs[k])) {
        wanted[i] = used[k] = true;
      }
    }
  }
  for (size_t k = 0; k < num_globs; k++) {
    if (!used[k]) {
      return refuse(command, library, "no case matches", globs[k]);
    }
  }
  return 0;
}

const struct case_file *catalog_find(const char *command, const struct library *library,
                                     const char *id) {
  size_t len = strcspn(id, ":");
  for (size_t i = 0; i < library->num_cases; i++) {
    const struct case_file *file = &library->cases[i];
    if (span_eq(file->id, span_make(id, len)) && (id[len] == '\0' || catalog_matches(file, id))) {
      return file;
    }
  }
  (void)refuse(command, library, "there is no case", id);
  return NULL;
}

const struct requirement *catalog_rule(const struct library *library, const struct case_file *file,
                                       enum seat seat) {
  if ((file->seats & (unsigned)seat) == 0) {
    return NULL;
  }
  enum http_version front = (file->fronts & HTTP_H1) != 0 ? HTTP_H1 : HTTP_H2;
  enum http_version back = (file->backs & HTTP_H1) != 0 ? HTTP_H1 : HTTP_H2;
  const struct case_cite *cite = case_cite_for(file, seat, front, back);
  return cite == NULL ? NULL : registry_find(&library->registry, cite->id);
}
