/* A run's results in their forms. Each writer returns 0, or -1 when the stream failed. */
#ifndef INTERIM_REPORT_REPORT_H
#define INTERIM_REPORT_REPORT_H

#include "base/diag.h"
#include "report/result.h"

#include <stdio.h>

struct report_style {
  bool color;
  bool verbose; /* transcripts of what did not pass */
  bool quiet;   /* the summary line only */
};

/* report_text writes what a person reads: what did not pass, grouped by fault, most serious first;
 * each with the requirement, the expected and observed sequence and how to reproduce it; last one
 * summary line. */
int report_text(FILE *out, const struct run *run, const struct report_style *style);

/* report_json writes one object of the schema interim-results/1 (interim-results-1.schema.json
 * beside this file). Transcripts are in it for FAIL, WARN, ERROR and what is unexpected; with
 * all_transcripts, as with -v, for all. -1 also when a measured number is not finite. */
int report_json(FILE *out, const struct run *run, bool all_transcripts);

/* report_junit writes JUnit XML: one testsuite, one testcase a result with classname and name,
 * failures as failure, errors as error, SKIP as skipped; WARN and INFO pass with system-out. */
int report_junit(FILE *out, const struct run *run);

/* report_tap writes TAP version 13, one line a result; diagnostics as YAML blocks. */
int report_tap(FILE *out, const struct run *run);

#endif
