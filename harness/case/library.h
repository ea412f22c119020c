/* All cases that a run may use: those built into the binary, or those of a directory. */
#ifndef INTERIM_CASE_LIBRARY_H
#define INTERIM_CASE_LIBRARY_H

#include "case/case.h"
#include "case/registry.h"

/* A named text; name is a path below cases/, such as "forward/102-then-200.case". */
struct source {
  const char *name;
  struct span text;
};

/* The case files and the registry as they were when the binary was built, sorted by name. Made by
 * case/embed.c at build time; the registry is the source named "requirements.tsv". */
extern const struct source library_embedded[];
extern const size_t library_num_embedded;

struct library {
  struct registry registry;
  const struct source *sources; /* parallel to cases */
  struct case_file *cases;      /* parsed with their first values, sorted by id */
  size_t num_cases;
};

/* library_load_embedded parses and checks what is built in. 0, or -1 with *diag set. */
int library_load_embedded(struct arena *arena, struct library *out, struct diag *diag);

/* library_load_directory reads requirements.tsv and every GROUP/SLUG.case below a directory, parses
 * and checks them. 0, or -1 with *diag set (a file that cannot be read is a diagnosis too). */
int library_load_directory(struct arena *arena, const char *directory, struct library *out,
                           struct diag *diag);

/* library_match tells whether an id, with or without ":values", matches a glob of "*", "?" and
 * "[...]" where "*" crosses "/" too. A glob without ":" matches every value; one without "/" at the
 * end that names a group ("forward") matches the whole group. */
bool library_match(const char *glob, const char *result_id);

#endif
