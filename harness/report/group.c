#include "report/group.h"

#include "base/bytes.h"

#include <stdlib.h>

/* Values that are no numbers are listed up to about this many bytes. */
enum { VALUES_LEN = 32 };

static int compare_groups(const void *left, const void *right) {
  const struct group *a = left;
  const struct group *b = right;
  if (a->verdict != b->verdict) {
    return verdict_worse(a->verdict, b->verdict) == a->verdict ? -1 : 1;
  }
  if (a->results.num != b->results.num) {
    return a->results.num > b->results.num ? -1 : 1;
  }
  /* All results lie in one array, in the order of the run. */
  return a->results.items[0] < b->results.items[0] ? -1 : 1;
}

static struct group *find_group(struct group_list *groups, const struct result *result,
                                const char *key) {
  for (size_t i = 0; i < groups->num; i++) {
    if (groups->items[i].verdict == result->verdict && strcmp(groups->items[i].key, key) == 0) {
      return &groups->items[i];
    }
  }
  return NULL;
}

struct group_list group_results(struct arena *arena, const struct run *run,
                                bool (*wanted)(const struct result *result),
                                const char *(*key_of)(const struct result *result)) {
  struct group_list groups = {arena_array(arena, run->num_results, sizeof(struct group)), 0};
  for (size_t i = 0; i < run->num_results; i++) {
    const struct result *result = &run->results[i];
    if (!wanted(result)) {
      continue;
    }
    struct group *group = find_group(&groups, result, key_of(result));
    if (group == NULL) {
      group = &groups.items[groups.num++];
      *group = (struct group){.key = key_of(result), .verdict = result->verdict};
    }
    group->results.num++;
  }
  for (size_t g = 0; g < groups.num; g++) {
    struct result_list *list = &groups.items[g].results;
    list->items = arena_array(arena, list->num, sizeof(const struct result *));
    list->num = 0;
  }
  for (size_t i = 0; i < run->num_results; i++) {
    const struct result *result = &run->results[i];
    if (wanted(result)) {
      struct group *group = find_group(&groups, result, key_of(result));
      if (group != NULL) {
        group->results.items[group->results.num++] = result;
      }
    }
  }
  if (groups.num > 1) {
    qsort(groups.items, groups.num, sizeof(struct group), compare_groups);
  }
  return groups;
}

static struct span case_of(const struct result *result) {
  return span_make(result->id, strcspn(result->id, ":"));
}

static struct span values_of(const struct result *result) {
  return span_skip(span_of(result->id), case_of(result).len + 1);
}

static bool is_same_case(const struct result *a, const struct result *b) {
  return span_eq(case_of(a), case_of(b)) && strcmp(a->front, b->front) == 0 &&
         strcmp(a->back, b->back) == 0;
}

static int compare_numbers(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left;
  uint64_t b = *(const uint64_t *)right;
  return (a > b) - (a < b);
}

/* Three numbers in a row or more become a range. */
static void add_ranges(struct bytes *out, const uint64_t *numbers, size_t num) {
  for (size_t i = 0; i < num;) {
    size_t end = i;
    while (end + 1 < num && numbers[end + 1] == numbers[end] + 1) {
      end++;
    }
    end = end < i + 2 ? i : end;
    bytes_printf(out, "%s%llu", i > 0 ? "," : "", (unsigned long long)numbers[i]);
    if (end > i) {
      bytes_printf(out, "-%llu", (unsigned long long)numbers[end]);
    }
    i = end + 1;
  }
}

static bool add_numbers(struct arena *arena, struct bytes *out, const struct result_list *results) {
  uint64_t *numbers = arena_array(arena, results->num, sizeof(uint64_t));
  for (size_t i = 0; i < results->num; i++) {
    if (!span_number(values_of(results->items[i]), &numbers[i])) {
      return false;
    }
  }
  qsort(numbers, results->num, sizeof(uint64_t), compare_numbers);
  add_ranges(out, numbers, results->num);
  return true;
}

static void add_words(struct bytes *out, const struct result_list *results) {
  size_t start = out->len;
  for (size_t i = 0; i < results->num; i++) {
    if (out->len - start + values_of(results->items[i]).len > VALUES_LEN && i > 0) {
      bytes_text(out, " ...");
      return;
    }
    bytes_text(out, i > 0 ? " " : "");
    bytes_add(out, values_of(results->items[i]));
  }
}

static const char *fold_label(struct arena *arena, const struct result_list *results,
                              bool with_versions) {
  const struct result *first = results->items[0];
  struct bytes label = {0};
  bytes_add(&label, case_of(first));
  if (values_of(first).len > 0) {
    bytes_text(&label, ":");
    if (!add_numbers(arena, &label, results)) {
      add_words(&label, results);
    }
  }
  if (with_versions) {
    bytes_printf(&label, "@%s%s%s", first->front, first->back[0] == '\0' ? "" : "/", first->back);
  }
  if (results->num > 1) {
    bytes_printf(&label, " (%zu)", results->num);
  }
  const char *text = (const char *)arena_copy(arena, bytes_span(&label)).ptr;
  bytes_free(&label);
  return text;
}

struct fold_list fold_results(struct arena *arena, const struct result_list *results,
                              bool with_versions) {
  struct fold_list folds = {arena_array(arena, results->num, sizeof(struct fold)), 0};
  bool *taken = arena_array(arena, results->num, sizeof(bool));
  for (size_t i = 0; i < results->num; i++) {
    if (taken[i]) {
      continue;
    }
    struct result_list *same = &folds.items[folds.num].results;
    for (size_t j = i; j < results->num; j++) {
      taken[j] = taken[j] || is_same_case(results->items[i], results->items[j]);
      same->num += is_same_case(results->items[i], results->items[j]);
    }
    same->items = arena_array(arena, same->num, sizeof(const struct result *));
    for (size_t j = i, k = 0; k < same->num; j++) {
      if (is_same_case(results->items[i], results->items[j])) {
        same->items[k++] = results->items[j];
      }
    }
    folds.items[folds.num].label = fold_label(arena, same, with_versions);
    folds.num++;
  }
  return folds;
}

bool run_mixes_versions(const struct run *run) {
  for (size_t i = 1; i < run->num_results; i++) {
    if (strcmp(run->results[i].front, run->results[0].front) != 0 ||
        strcmp(run->results[i].back, run->results[0].back) != 0) {
      return true;
    }
  }
  return false;
}
