/* What a report for machines says of one result in words. */
#ifndef INTERIM_REPORT_DETAILS_H
#define INTERIM_REPORT_DETAILS_H

#include "base/bytes.h"
#include "report/result.h"

/* One line of a result: "expected: 102, 200". */
struct detail {
  const char *name;
  const char *text; /* never empty */
};

enum { MAX_DETAILS = 12 };

/* result_details fills in what there is to say of a result, at most MAX_DETAILS lines, and returns
 * how many. The texts borrow from the result and from scratch. */
size_t result_details(const struct result *result, struct bytes *scratch,
                      struct detail details[MAX_DETAILS]);

/* result_headline gives the shortest sentence that says what came out: the reason, or what the
 * outcome means. */
const char *result_headline(const struct result *result);

/* result_breaks tells whether a result must fail a build: a FAIL that no --expect line lists, a
 * PASS where one lists a deviation. */
bool result_breaks(const struct result *result);

#endif
