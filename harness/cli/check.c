#include "cli/catalog.h"
#include "cli/cli.h"
#include "cli/files.h"
#include "cli/usage.h"

#include <dirent.h>
#include <errno.h>

struct check_options {
  const char *cases;
};

struct checking {
  struct arena *arena;
  struct registry registry;
  size_t num_files;
  size_t num_faulty;
};

static int take_cases(void *user, const char *option, char *value) {
  (void)option;
  ((struct check_options *)user)->cases = value;
  return 0;
}

static const struct usage_option check_options[] = {{"cases", 0, true, take_cases}};

static const char *const check_help[] = {
    "usage: interim check [--cases DIR] [FILE ...]",
    "",
    "Looks for faults in case files: syntax, unknown requirements, steps that cannot be reached.",
    "Without FILE it checks the cases built in, or those of --cases.",
    "",
    "  --cases DIR  take the registry, DIR/requirements.tsv, and the cases from a directory",
    "               instead of those built in",
    "  -h, --help   this text",
    "",
    "Exit status: 0 no fault, 2 some fault.",
};

#define NUM(array) (sizeof(array) / sizeof((array)[0]))

static const struct usage check_usage = {"check", check_options, NUM(check_options), check_help,
                                         NUM(check_help)};

static void note(struct checking *checking, int failed, const struct diag *diag) {
  checking->num_files++;
  if (failed != 0) {
    checking->num_faulty++;
    diag_print(diag, stderr);
  }
}

static void check_text(struct checking *checking, const char *name, struct span text) {
  struct case_file file;
  struct diag diag;
  int failed = case_parse(checking->arena, name, text, NULL, &file, &diag);
  if (failed == 0) {
    failed = case_parse_every(name, text, &diag);
  }
  if (failed == 0) {
    failed = case_check(&file, &checking->registry, &diag);
  }
  note(checking, failed, &diag);
}

static void check_file(struct checking *checking, const char *path) {
  struct span text;
  struct diag diag;
  if (file_read(checking->arena, path, &text, &diag) != 0) {
    note(checking, -1, &diag);
    return;
  }
  check_text(checking, path, text);
}

static int load_registry(struct checking *checking, const char *directory) {
  const char *path = "requirements.tsv";
  struct span text = {NULL, 0};
  struct diag diag;
  if (directory != NULL) {
    path = arena_printf(checking->arena, "%s/%s", directory, path);
    if (file_read(checking->arena, path, &text, &diag) != 0) {
      return usage_diag("check", &diag);
    }
  }
  for (size_t i = 0; directory == NULL && i < library_num_embedded; i++) {
    if (strcmp(library_embedded[i].name, path) == 0) {
      text = library_embedded[i].text;
    }
  }
  if (registry_parse(checking->arena, path, text, &checking->registry, &diag) != 0) {
    return usage_diag("check", &diag);
  }
  return 0;
}

static bool ends_in_case(const char *name) {
  size_t len = strlen(name);
  return len > 5 && strcmp(name + len - 5, ".case") == 0;
}

static void check_embedded(struct checking *checking) {
  for (size_t i = 0; i < library_num_embedded; i++) {
    if (ends_in_case(library_embedded[i].name)) {
      check_text(checking, library_embedded[i].name, library_embedded[i].text);
    }
  }
}

static int visible(const struct dirent *entry) {
  return entry->d_name[0] != '.';
}

static int list_names(const char *path, struct dirent ***out) {
  return scandir(path, out, visible, alphasort);
}

static void free_names(struct dirent **names, int num) {
  for (int i = 0; i < num; i++) {
    free(names[i]);
  }
  free(names);
}

/* A group; what is no directory holds no cases. */
static void check_group(struct checking *checking, const char *path) {
  struct dirent **names = NULL;
  int num = list_names(path, &names);
  for (int i = 0; i < num; i++) {
    if (ends_in_case(names[i]->d_name)) {
      check_file(checking, arena_printf(checking->arena, "%s/%s", path, names[i]->d_name));
    }
  }
  free_names(names, num);
}

static int check_directory(struct checking *checking, const char *directory) {
  struct dirent **names = NULL;
  struct diag diag;
  struct library library;
  int num = list_names(directory, &names);
  if (num < 0) {
    diag_set(&diag, directory, 0, 0, "cannot be listed: %s", strerror(errno));
    return usage_diag("check", &diag);
  }
  for (int i = 0; i < num; i++) {
    check_group(checking, arena_printf(checking->arena, "%s/%s", directory, names[i]->d_name));
  }
  free_names(names, num);
  /* What a run would refuse besides: names that make no id, cases outside a group. */
  if (checking->num_faulty == 0 &&
      library_load_directory(checking->arena, directory, &library, &diag) != 0) {
    checking->num_faulty++;
    diag_print(&diag, stderr);
  }
  return 0;
}

static int conclude(const struct checking *checking) {
  if (checking->num_faulty > 0) {
    (void)fprintf(stderr, "%zu of %zu files at fault\n", checking->num_faulty, checking->num_files);
    return EXIT_USAGE;
  }
  (void)printf("%zu %s, no fault\n", checking->num_files,
               checking->num_files == 1 ? "case" : "cases");
  return usage_finish("check", EXIT_PASSED);
}

int command_check(int argc, char **argv) {
  struct check_options options = {NULL};
  int first = 0;
  int status = usage_parse(&check_usage, argc, argv, &options, &first);
  if (status != 0) {
    return status == USAGE_HELP ? EXIT_PASSED : status;
  }
  struct arena arena;
  arena_init(&arena);
  struct checking checking = {.arena = &arena};
  status = load_registry(&checking, options.cases);
  for (int i = first; status == 0 && i < argc; i++) {
    check_file(&checking, argv[i]);
  }
  if (status == 0 && first == argc && options.cases != NULL) {
    status = check_directory(&checking, options.cases);
  } else if (status == 0 && first == argc) {
    check_embedded(&checking);
  }
  status = status == 0 ? conclude(&checking) : status;
  arena_free(&arena);
  return status;
}
