/* Known deviations of a target (--expect): a file of lines
 *
 *     GLOB[@FRONT/BACK] VERDICT reason
 *
 * where VERDICT is FAIL, WARN, ERROR, or PASS for a fault that does not show in each run, FRONT and
 * BACK are h1, h2, h3 or "*", and what stands behind "#" at the beginning of a line is a comment.
 */
#ifndef INTERIM_CLI_EXPECT_H
#define INTERIM_CLI_EXPECT_H

#include "base/arena.h"
#include "base/diag.h"
#include "case/library.h"
#include "report/result.h"

/* One line. C strings in the arena. */
struct expectation {
  const char *glob;
  const char *front; /* "*" for any */
  const char *back;
  enum verdict verdict;
  const char *reason; /* never empty */
  size_t line;
  struct span text; /* the line as written */
  bool matched;     /* expect_apply: some result is named by it */
};

struct expectations {
  struct arena *arena;
  const char *file;
  struct expectation *items;
  size_t num_items;
  /* When set, a line that names no result but a case in here is no error: the case was not part of
   * the run. expect_load sets NULL. */
  const struct library *library;
};

/* expect_load reads a file of known deviations into the arena. 0, or -1 with *diag set: file, line,
 * column, and what to write instead. */
int expect_load(struct arena *arena, const char *file, struct expectations *out, struct diag *diag);

/* expect_parse does the same for a text. */
int expect_parse(struct arena *arena, const char *file, struct span text, struct expectations *out,
                 struct diag *diag);

/* expect_find returns the line that lists this verdict for a result; else, the first line that
 * names the result; NULL when none does. */
const struct expectation *expect_find(const struct expectations *expectations, const char *id,
                                      const char *front, const char *back, enum verdict verdict);

/* expect_name_cases wants that each line names a case of a library, whether it is run or not: for
 * before a run. 0, or -1 with *diag set. */
int expect_name_cases(const struct expectations *expectations, const struct library *library,
                      struct diag *diag);

/* expect_apply sets known and unexpected of each result. A result whose verdict a line lists is
 * known. What no line lists is unexpected when it is a FAIL, and, where lines list another verdict,
 * also when it is a PASS, INFO or WARN; an ERROR or SKIP says nothing of the target. Of a run that
 * was not interrupted each line must name a result: 0, or -1 with *diag set, all results being set
 * by then all the same. */
int expect_apply(struct expectations *expectations, struct run *run, struct diag *diag);

/* expect_write writes a line for each result that is FAIL, WARN or ERROR. A known one keeps its
 * reason. The file is replaced at once. 0, or -1 with *diag set. */
int expect_write(const char *file, const struct run *run, struct diag *diag);

/* expect_format appends the text that expect_write writes. */
void expect_format(struct bytes *out, const struct run *run);

#endif
