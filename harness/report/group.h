/* Results put together for people: by their cause, and the values of one case in one line. */
#ifndef INTERIM_REPORT_GROUP_H
#define INTERIM_REPORT_GROUP_H

#include "base/arena.h"
#include "report/result.h"

/* Results in the order of the run, borrowed. */
struct result_list {
  const struct result **items;
  size_t num;
};

/* Results of one verdict with one key; never empty. */
struct group {
  const char *key;
  enum verdict verdict;
  struct result_list results;
};

struct group_list {
  struct group *items;
  size_t num;
};

/* The results of one case at one pair of versions, over all its values; never empty. */
struct fold {
  const char *label; /* "forward/any-code:102,104-199 (97)" */
  struct result_list results;
};

struct fold_list {
  struct fold *items;
  size_t num;
};

/* group_results gathers the wanted results that have the same verdict and key: the worst verdict
 * first, then the group with the most results, then the one seen first. */
struct group_list group_results(struct arena *arena, const struct run *run,
                                bool (*wanted)(const struct result *result),
                                const char *(*key_of)(const struct result *result));

/* fold_results makes one fold of the results that differ only in their values, in order of their
 * first result. with_versions adds "@FRONT/BACK" to the labels, as --expect takes them. */
struct fold_list fold_results(struct arena *arena, const struct result_list *results,
                              bool with_versions);

/* run_mixes_versions tells whether the run's results are of more than one pair of versions. */
bool run_mixes_versions(const struct run *run);

#endif
