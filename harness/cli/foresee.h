/* What a case will send, told from its text alone. */
#ifndef INTERIM_CLI_FORESEE_H
#define INTERIM_CLI_FORESEE_H

#include "case/case.h"

/* foresee_valid_interims tells whether the origin answers some request with one to five interim
 * responses that obey grammar and rules: then a target that cannot cope breaks RFC9110-15.2-4,
 * whatever the case is about. */
bool foresee_valid_interims(const struct case_file *file);

#endif
