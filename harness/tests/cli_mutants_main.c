/* make mutants: see CONTRIBUTING.md. Usage: mutants [--bug NAME] [--cases GLOB] [--json FILE]
 * [--matrix FILE] [--changed] [--jobs N] [--limit SECONDS] */
#include <stdio.h>
#include <stdlib.h>

#include "tests/cli_mutants_score.h"

struct mutants_options {
  const char *bug;
  const char *cases;
  const char *json;
  const char *matrix;
  bool changed;
  unsigned jobs;
  unsigned limit_s;
};

static int usage(void) {
  (void)fputs("usage: mutants [--bug NAME] [--cases GLOB] [--json FILE] [--matrix FILE] "
              "[--changed] [--jobs N] [--limit SECONDS]\n",
              stderr);
  return 2;
}

static bool take_option(struct mutants_options *options, const char *name, const char *value) {
  if (strcmp(name, "--bug") == 0) {
    options->bug = value;
  } else if (strcmp(name, "--cases") == 0) {
    options->cases = value;
  } else if (strcmp(name, "--json") == 0) {
    options->json = value;
  } else if (strcmp(name, "--matrix") == 0) {
    options->matrix = value;
  } else if (strcmp(name, "--jobs") == 0) {
    options->jobs = (unsigned)strtoul(value, NULL, 10);
  } else if (strcmp(name, "--limit") == 0) {
    options->limit_s = (unsigned)strtoul(value, NULL, 10);
  } else {
    return false;
  }
  return true;
}

static bool take_options(struct mutants_options *options, int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--changed") == 0) {
      options->changed = true;
    } else if (i + 1 == argc || !take_option(options, argv[i], argv[i + 1])) {
      return false;
    } else {
      i++;
    }
  }
  return options->jobs > 0 && options->limit_s > 0;
}

/* One bug is played here and now, and told in full. */
static int look_at(struct mutants_suite *suite, const char *name) {
  const struct bug *bug = bug_named(name);
  if (bug == NULL && strcmp(name, "none") != 0) {
    (void)fprintf(stderr, "mutants: no bug is named '%s'\n", name);
    return 2;
  }
  for (size_t i = 0; i < MUTANTS_STANDS; i++) {
    if (mutants_shows(bug, i)) {
      struct mutant_mark *marks =
          arena_array(&suite->arena, suite->plans[i].num_plays, sizeof(*marks));
      const char *trouble = mutants_play(suite, i, bug, marks, true);
      if (trouble[0] != '\0') {
        (void)fprintf(stderr, "%s: %s\n", mutants_stand_name(i), trouble);
      }
    }
  }
  return 0;
}

static int write_to(const char *path, const struct mutants_score *score,
                    void (*write)(const struct mutants_score *, FILE *)) {
  FILE *file = path == NULL ? NULL : fopen(path, "w");
  if (path == NULL) {
    return 0;
  }
  if (file == NULL) {
    perror(path);
    return 2;
  }
  write(score, file);
  return fclose(file) == 0 ? 0 : 2;
}

int main(int argc, char **argv) {
  struct mutants_options options = {.jobs = 2, .limit_s = 30};
  if (!take_options(&options, argc, argv)) {
    return usage();
  }
  struct mutants_suite suite = {.only = options.cases};
  if (mutants_load(&suite) != 0) {
    return 2;
  }
  if (options.bug != NULL && !options.changed) {
    int status = look_at(&suite, options.bug);
    arena_free(&suite.arena);
    return status;
  }
  struct mutants_score score;
  mutants_score_make(&score, &suite, options.bug, options.jobs, options.limit_s);
  if (options.changed) {
    mutants_score_changed(&score, stdout);
  }
  int status = mutants_score_tally(&score, stdout);
  if (write_to(options.json, &score, mutants_score_json) != 0 ||
      write_to(options.matrix, &score, mutants_score_matrix) != 0) {
    status = 2;
  }
  arena_free(&suite.arena);
  return status;
}
