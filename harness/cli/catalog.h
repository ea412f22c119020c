/* The cases and the registry, as the commands look them up. */
#ifndef INTERIM_CLI_CATALOG_H
#define INTERIM_CLI_CATALOG_H

#include "case/library.h"

/* catalog_load loads the cases of a directory, or those built in when directory is NULL. 0, or
 * EXIT_USAGE with the diagnosis on standard error. */
int catalog_load(const char *command, struct arena *arena, const char *directory,
                 struct library *out);

/* catalog_matches tells whether a glob names the case or one of its results. */
bool catalog_matches(const struct case_file *file, const char *glob);

/* catalog_select notes in wanted (num_cases elements) the cases that a glob names; all when there
 * are no globs. 0, or EXIT_USAGE with a message about a glob that names none. */
int catalog_select(const char *command, struct arena *arena, const struct library *library,
                   char *const *globs, size_t num_globs, bool *wanted);

/* catalog_find returns the case with this id, with or without values, or NULL after a message that
 * has the nearest id. */
const struct case_file *catalog_find(const char *command, const struct library *library,
                                     const char *id);

/* catalog_rule returns the requirement that decides the case at a seat, with the versions that work
 * today (h1); NULL when the case does not run there. */
const struct requirement *catalog_rule(const struct library *library, const struct case_file *file,
                                       enum seat seat);

/* The seats, in the order in which they are shown. */
enum { CATALOG_NUM_SEATS = 4 };
extern const enum seat catalog_seats[CATALOG_NUM_SEATS];

#endif
