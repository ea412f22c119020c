/* What interim list shows, shared by its two forms. */
#ifndef INTERIM_CLI_LIST_H
#define INTERIM_CLI_LIST_H

#include "case/library.h"

struct selection {
  const struct library *library;
  bool *wanted; /* by case */
  bool all;     /* no glob was given */
};

/* The stronger one first. */
enum coverage { COVERAGE_DECIDES, COVERAGE_INFORMS, COVERAGE_NONE };

/* list_coverage tells what a case is to a requirement, and at which seats it is decided by it. */
enum coverage list_coverage(const struct library *library, const struct case_file *file,
                            const struct requirement *row, unsigned *out_seats);

/* list_wants_row tells whether a requirement is part of the selection. */
bool list_wants_row(const struct selection *selection, const struct requirement *row);

/* list_json prints the selection as one JSON object, {"schema": "interim-list/1", ...}, with
 * "requirements" or "cases". An exit status. */
int list_json(const struct selection *selection, bool requirements);

#endif
