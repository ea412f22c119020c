#include "cli/list.h"

#include "cli/catalog.h"
#include "cli/usage.h"

struct list_options {
  bool requirements;
  bool json;
  const char *cases;
};

static int take_requirements(void *user, const char *option, char *value) {
  (void)option;
  (void)value;
  ((struct list_options *)user)->requirements = true;
  return 0;
}

static int take_json(void *user, const char *option, char *value) {
  (void)option;
  (void)value;
  ((struct list_options *)user)->json = true;
  return 0;
}

static int take_cases(void *user, const char *option, char *value) {
  (void)option;
  ((struct list_options *)user)->cases = value;
  return 0;
}

static const struct usage_option list_options[] = {
    {"requirements", 0, false, take_requirements},
    {"json", 0, false, take_json},
    {"cases", 0, true, take_cases},
};

static const char *const list_help[] = {
    "usage: interim list [--requirements] [--json] [--cases DIR] [CASE-GLOB ...]",
    "",
    "Prints one line a case: its id, its level at each seat, its title.",
    "",
    "  --requirements  print each requirement with the cases that decide it, and those that only",
    "                  inform about it; with globs, what these cases cite",
    "  --json          print one JSON object instead",
    "  --cases DIR     the cases of a directory instead of those built in",
    "  -h, --help      this text",
};

#define NUM(array) (sizeof(array) / sizeof((array)[0]))

static const struct usage list_usage = {"list", list_options, NUM(list_options), list_help,
                                        NUM(list_help)};

enum coverage list_coverage(const struct library *library, const struct case_file *file,
                            const struct requirement *row, unsigned *out_seats) {
  *out_seats = 0;
  for (size_t i = 0; i < CATALOG_NUM_SEATS; i++) {
    if (catalog_rule(library, file, catalog_seats[i]) == row) {
      *out_seats |= catalog_seats[i];
    }
  }
  if (*out_seats != 0) {
    return COVERAGE_DECIDES;
  }
  for (size_t i = 0; i < file->num_cites; i++) {
    if (span_eq(file->cites[i].id, row->id)) {
      return COVERAGE_INFORMS;
    }
  }
  return COVERAGE_NONE;
}

static void add_levels(struct bytes *out, const struct library *library,
                       const struct case_file *file) {
  for (size_t i = 0; i < CATALOG_NUM_SEATS; i++) {
    const struct requirement *row = catalog_rule(library, file, catalog_seats[i]);
    if (row != NULL) {
      bytes_printf(out, "%s%s %s", out->len == 0 ? "" : ", ", case_seat_word(catalog_seats[i]),
                   requirement_level_word(row->level));
    }
  }
}

static void add_marks(struct bytes *out, const struct case_file *file) {
  size_t num = case_num_bindings(file);
  if (num > 1) {
    bytes_printf(out, " (%zu values)", num);
  }
  bytes_text(out, file->slow ? " [slow]" : "");
  bytes_text(out, file->alone ? " [alone]" : "");
  for (size_t i = 0; i < file->num_needs; i++) {
    bytes_text(out, " [needs ");
    bytes_add(out, file->needs[i]);
    bytes_text(out, "]");
  }
}

static void print_case(const struct selection *selection, const struct case_file *file,
                       int id_width, int level_width) {
  struct bytes levels = {0};
  struct bytes marks = {0};
  add_levels(&levels, selection->library, file);
  add_marks(&marks, file);
  (void)printf("%-*.*s  %-*s  %.*s%s\n", id_width, (int)file->id.len, (const char *)file->id.ptr,
               level_width, bytes_cstr(&levels), (int)file->title.len,
               (const char *)file->title.ptr, bytes_cstr(&marks));
  bytes_free(&levels);
  bytes_free(&marks);
}

static void print_cases(const struct selection *selection) {
  const struct library *library = selection->library;
  size_t id_width = 0;
  size_t level_width = 0;
  size_t num_cases = 0;
  size_t num_results = 0;
  for (size_t i = 0; i < library->num_cases; i++) {
    struct bytes levels = {0};
    add_levels(&levels, library, &library->cases[i]);
    if (selection->wanted[i]) {
      id_width = library->cases[i].id.len > id_width ? library->cases[i].id.len : id_width;
      level_width = levels.len > level_width ? levels.len : level_width;
      num_cases++;
      num_results += case_num_bindings(&library->cases[i]);
    }
    bytes_free(&levels);
  }
  for (size_t i = 0; i < library->num_cases; i++) {
    if (selection->wanted[i]) {
      print_case(selection, &library->cases[i], (int)id_width, (int)level_width);
    }
  }
  (void)printf("%zu %s, %zu %s\n", num_cases, num_cases == 1 ? "case" : "cases", num_results,
               num_results == 1 ? "result" : "results");
}

struct coverage_counts {
  size_t num[COVERAGE_NONE + 1];
  size_t unexplained; /* no case, and the registry does not say why */
};

/* "  decides: ID (seat, seat)", one line a case. */
static enum coverage print_coverage(const struct selection *selection,
                                    const struct requirement *row) {
  static const char *const words[] = {"decides", "informs", ""};
  enum coverage best = COVERAGE_NONE;
  for (size_t i = 0; i < selection->library->num_cases; i++) {
    const struct case_file *file = &selection->library->cases[i];
    unsigned seats = 0;
    enum coverage here = list_coverage(selection->library, file, row, &seats);
    if (!selection->wanted[i] || here == COVERAGE_NONE) {
      continue;
    }
    best = here < best ? here : best;
    (void)printf("  %s  %.*s", words[here], (int)file->id.len, (const char *)file->id.ptr);
    const char *before = " (";
    for (size_t k = 0; k < CATALOG_NUM_SEATS; k++) {
      if ((seats & (unsigned)catalog_seats[k]) != 0) {
        (void)printf("%s%s", before, case_seat_word(catalog_seats[k]));
        before = ", ";
      }
    }
    (void)printf("%s\n", seats == 0 ? "" : ")");
  }
  return best;
}

bool list_wants_row(const struct selection *selection, const struct requirement *row) {
  for (size_t i = 0; i < selection->library->num_cases; i++) {
    unsigned seats = 0;
    if (selection->wanted[i] && list_coverage(selection->library, &selection->library->cases[i],
                                              row, &seats) != COVERAGE_NONE) {
      return true;
    }
  }
  return selection->all;
}

static void print_requirement(const struct selection *selection, const struct requirement *row,
                              struct coverage_counts *counts) {
  (void)printf("%.*s  %s  %.*s\n  %.*s\n", (int)row->id.len, (const char *)row->id.ptr,
               requirement_level_word(row->level), (int)row->roles.len,
               (const char *)row->roles.ptr, (int)row->wording.len, (const char *)row->wording.ptr);
  enum coverage best = print_coverage(selection, row);
  counts->num[best]++;
  if (best == COVERAGE_NONE && row->note.len > 0) {
    (void)printf("  no case: %.*s\n", (int)row->note.len, (const char *)row->note.ptr);
  } else if (best == COVERAGE_NONE) {
    (void)printf("  no case\n");
    counts->unexplained++;
  }
}

static void print_requirements(const struct selection *selection) {
  const struct registry *registry = &selection->library->registry;
  struct coverage_counts counts = {{0}, 0};
  size_t num = 0;
  for (size_t i = 0; i < registry->num_rows; i++) {
    if (list_wants_row(selection, &registry->rows[i])) {
      print_requirement(selection, &registry->rows[i], &counts);
      num++;
    }
  }
  (void)printf("%zu requirements: %zu decide a case, %zu only inform, %zu are without a case "
               "(%zu of them with the reason)\n",
               num, counts.num[COVERAGE_DECIDES], counts.num[COVERAGE_INFORMS],
               counts.num[COVERAGE_NONE], counts.num[COVERAGE_NONE] - counts.unexplained);
}

static int list_all(const struct list_options *options, const struct selection *selection) {
  if (options->json) {
    return list_json(selection, options->requirements);
  }
  if (options->requirements) {
    print_requirements(selection);
  } else {
    print_cases(selection);
  }
  return usage_finish("list", EXIT_PASSED);
}

int command_list(int argc, char **argv) {
  struct list_options options = {false, false, NULL};
  int first = 0;
  int status = usage_parse(&list_usage, argc, argv, &options, &first);
  if (status != 0) {
    return status == USAGE_HELP ? EXIT_PASSED : status;
  }
  struct arena arena;
  struct library library;
  arena_init(&arena);
  status = catalog_load("list", &arena, options.cases, &library);
  if (status == 0) {
    size_t num_globs = (size_t)(argc - first);
    struct selection selection = {&library, arena_array(&arena, library.num_cases, sizeof(bool)),
                                  num_globs == 0};
    status = catalog_select("list", &arena, &library, argv + first, num_globs, selection.wanted);
    status = status == 0 ? list_all(&options, &selection) : status;
  }
  arena_free(&arena);
  return status;
}
