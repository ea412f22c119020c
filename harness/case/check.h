/* The parts of case_check. Internal to the case layer. */
#ifndef INTERIM_CASE_CHECK_H
#define INTERIM_CASE_CHECK_H

#include "case/parser.h"
#include "case/registry.h"

/* check_fail sets the diagnosis at a place in the case's file. Returns -1. */
int check_fail(const struct case_file *file, size_t line, size_t column, struct diag *diag,
               const char *format, ...) __attribute__((format(printf, 5, 6)));

/* check_cites requires that each cited requirement is known, and that at each of the case's seats
 * and versions one decides that binds there. 0, or -1 with *diag set. */
int check_cites(const struct case_file *file, const struct registry *registry, struct diag *diag);

#endif
