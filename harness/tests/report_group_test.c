/* Results in, groups and folds out. */
#include "report/group.h"

#include "base/bytes.h"
#include "report_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Ids separated by blanks in, labels separated by "; " out. "@h2/h1" behind an id gives its
 * versions. */
static const struct {
  const char *ids;
  const char *labels;
} fold_rows[] = {
    {"forward/a", "forward/a"},
    {"forward/a forward/b", "forward/a; forward/b"},
    {"forward/a:102", "forward/a:102"},
    {"forward/a:102 forward/a:103", "forward/a:102,103 (2)"},
    {"forward/a:102 forward/a:103 forward/a:104", "forward/a:102-104 (3)"},
    {"forward/a:199 forward/a:102 forward/a:104 forward/a:103", "forward/a:102-104,199 (4)"},
    {"forward/a:9 forward/a:10 forward/a:11", "forward/a:9-11 (3)"},
    {"forward/a:1 forward/b forward/a:2", "forward/a:1,2 (2); forward/b"},
    {"forward/a:GET forward/a:HEAD", "forward/a:GET HEAD (2)"},
    {"forward/a:102,1 forward/a:102,2", "forward/a:102,1 102,2 (2)"},
    {"forward/a:102 forward/a:x", "forward/a:102 x (2)"},
    {"g/a:aaaaaaaaaaaaaaaaaa g/a:bbbbbbbbbbbbbb g/a:c g/a:d",
     "g/a:aaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbb ... (4)"},
    {"g/a:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa g/a:b",
     "g/a:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ... (2)"},
    {"forward/a@h2/h1 forward/a forward/b@h2/h1",
     "forward/a@h2/h1; forward/a@h1/h1; forward/b@h2/h1"},
    {"forward/a:1@h2/h1 forward/a:2@h2/h1 forward/a:3",
     "forward/a:1,2@h2/h1 (2); forward/a:3@h1/h1"},
};

static size_t read_ids(struct arena *arena, const char *ids, struct result *results) {
  size_t num = 0;
  struct span rest = span_of(ids);
  for (struct span word = span_word(&rest); word.len > 0; word = span_word(&rest)) {
    size_t at = span_find(word, span_of("@h2/h1"), 0);
    results[num] = (struct result){.back = "h1"};
    results[num].front = at != SIZE_MAX ? "h2" : "h1";
    word.len = at != SIZE_MAX ? at : word.len;
    results[num].id = (const char *)arena_copy(arena, word).ptr;
    num++;
  }
  return num;
}

static bool any(const struct result *result) {
  return result->id != NULL;
}

static const char *no_key(const struct result *result) {
  return any(result) ? "" : NULL;
}

static void test_values_of_one_case_fold(void **state) {
  (void)state;
  for (size_t i = 0; i < LENGTH(fold_rows); i++) {
    struct arena arena = {0};
    struct result results[8];
    struct run run = {.results = results};
    run.num_results = read_ids(&arena, fold_rows[i].ids, results);
    struct group_list groups = group_results(&arena, &run, any, no_key);
    assert_int_equal(groups.num, 1);
    struct fold_list folds =
        fold_results(&arena, &groups.items[0].results, run_mixes_versions(&run));
    struct bytes labels = {0};
    size_t num_folded = 0;
    for (size_t j = 0; j < folds.num; j++) {
      bytes_printf(&labels, "%s%s", j > 0 ? "; " : "", folds.items[j].label);
      num_folded += folds.items[j].results.num;
    }
    assert_string_equal(bytes_cstr(&labels), fold_rows[i].labels);
    assert_int_equal(num_folded, run.num_results);
    bytes_free(&labels);
    arena_free(&arena);
  }
}

static bool is_wanted(const struct result *result) {
  return result->verdict != VERDICT_PASS;
}

static const char *fault_of(const struct result *result) {
  return result->fault;
}

/* The worst verdict first, then the most results, then the first seen; PASS was not wanted. */
static void test_the_most_serious_group_comes_first(void **state) {
  (void)state;
  static struct result results[] = {
      {.id = "a", .fault = "one warned", .verdict = VERDICT_WARN},
      {.id = "b", .fault = "seen first", .verdict = VERDICT_FAIL},
      {.id = "c", .fault = "no fault", .verdict = VERDICT_PASS},
      {.id = "d", .fault = "seen second", .verdict = VERDICT_FAIL},
      {.id = "e", .fault = "broken", .verdict = VERDICT_ERROR},
      {.id = "f", .fault = "two warned", .verdict = VERDICT_WARN},
      {.id = "g", .fault = "frequent", .verdict = VERDICT_FAIL},
      {.id = "h", .fault = "two warned", .verdict = VERDICT_WARN},
      {.id = "i", .fault = "frequent", .verdict = VERDICT_FAIL},
      {.id = "j", .fault = "seen first", .verdict = VERDICT_WARN},
  };
  static const struct {
    const char *key;
    const char *ids;
  } expected[] = {
      {"frequent", "gi"},   {"seen first", "b"}, {"seen second", "d"}, {"broken", "e"},
      {"two warned", "fh"}, {"one warned", "a"}, {"seen first", "j"},
  };
  struct arena arena = {0};
  struct run run = {.results = results, .num_results = LENGTH(results)};
  struct group_list groups = group_results(&arena, &run, is_wanted, fault_of);
  assert_int_equal(groups.num, LENGTH(expected));
  for (size_t i = 0; i < groups.num; i++) {
    assert_string_equal(groups.items[i].key, expected[i].key);
    assert_int_equal(groups.items[i].results.num, strlen(expected[i].ids));
    for (size_t j = 0; j < groups.items[i].results.num; j++) {
      assert_int_equal(groups.items[i].results.items[j]->id[0], expected[i].ids[j]);
    }
  }
  arena_free(&arena);
}

static void test_verdicts_are_counted(void **state) {
  (void)state;
  struct run run = sample_run();
  struct run_summary summary = run_summarise(&run);
  assert_int_equal(summary.pass, 2);
  assert_int_equal(summary.fail, 4);
  assert_int_equal(summary.warn, 1);
  assert_int_equal(summary.info, 1);
  assert_int_equal(summary.skip, 3);
  assert_int_equal(summary.error, 1);
  assert_int_equal(summary.unexpected, 4);
  run.num_results = 0;
  summary = run_summarise(&run);
  assert_int_equal(summary.pass + summary.fail + summary.warn + summary.info + summary.skip +
                       summary.error + summary.unexpected,
                   0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_values_of_one_case_fold),
      cmocka_unit_test(test_the_most_serious_group_comes_first),
      cmocka_unit_test(test_verdicts_are_counted),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
