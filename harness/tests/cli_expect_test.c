/* Known deviations: the file, what it makes of results, and what is written back. */
#include "cli/expect.h"

#include "cli/files.h"
#include "tests/cli_capture.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static void test_a_line_is_glob_versions_verdict_reason(void **state) {
  (void)state;
  static const char text[] = "# known\n"
                             "\n"
                             "forward/*  FAIL  it drops them # all\n"
                             "\thead/x@h1/h2\twarn\tlate\n"
                             "   # indented comment\n"
                             "*@*/h1 ERROR no reply";
  static const struct {
    const char *glob;
    const char *front;
    const char *back;
    enum verdict verdict;
    const char *reason;
    size_t line;
  } rows[] = {
      {"forward/*", "*", "*", VERDICT_FAIL, "it drops them # all", 3},
      {"head/x", "h1", "h2", VERDICT_WARN, "late", 4},
      {"*", "*", "h1", VERDICT_ERROR, "no reply", 6},
  };
  struct arena arena;
  struct expectations expectations;
  struct diag diag;
  arena_init(&arena);
  assert_int_equal(expect_parse(&arena, "e", span_of(text), &expectations, &diag), 0);
  assert_int_equal(expectations.num_items, LENGTH(rows));
  for (size_t i = 0; i < LENGTH(rows); i++) {
    const struct expectation *item = &expectations.items[i];
    assert_string_equal(item->glob, rows[i].glob);
    assert_string_equal(item->front, rows[i].front);
    assert_string_equal(item->back, rows[i].back);
    assert_int_equal(item->verdict, rows[i].verdict);
    assert_string_equal(item->reason, rows[i].reason);
    assert_int_equal(item->line, rows[i].line);
  }
  arena_free(&arena);
}

static void test_a_wrong_line_is_told_with_its_place(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t line;
    size_t column;
    const char *reason;
  } rows[] = {
      {"a/b", 1, 4, "a verdict belongs here"},
      {"a/b  ", 1, 6, "a verdict belongs here"},
      {"#\na/b FAILED x", 2, 5, "a verdict belongs here"},
      {"a/b info x", 1, 5, "this verdict is no deviation"},
      {"a/b SKIP x", 1, 5, "this verdict is no deviation"},
      {"a/b FAIL", 1, 9, "no reason; say in a few words"},
      {"a/b FAIL \t", 1, 11, "no reason; say in a few words"},
      {"a/b@h1 FAIL x", 1, 5, "behind '@' belong the versions"},
      {"a/b@h1/h4 FAIL x", 1, 5, "behind '@' belong the versions"},
      {"a/b@/ FAIL x", 1, 5, "behind '@' belong the versions"},
      {"@h1/h1 FAIL x", 1, 1, "no glob before '@'"},
      {"a/b FAIL x\r\n", 1, 11, "a control byte"},
      {"a/b FAIL \x1b[31m", 1, 10, "a control byte"},
  };
  for (size_t i = 0; i < LENGTH(rows); i++) {
    struct arena arena;
    struct expectations expectations;
    struct diag diag;
    arena_init(&arena);
    assert_int_equal(expect_parse(&arena, "e", span_of(rows[i].text), &expectations, &diag), -1);
    assert_string_equal(diag.file, "e");
    assert_int_equal(diag.line, rows[i].line);
    assert_int_equal(diag.column, rows[i].column);
    assert_memory_equal(diag.reason, rows[i].reason, strlen(rows[i].reason));
    assert_int_not_equal(diag.source[0], '\0');
    arena_free(&arena);
  }
}

static struct result result_of(const char *id, enum verdict verdict) {
  return (struct result){.id = id,
                         .front = "h1",
                         .back = "h1",
                         .verdict = verdict,
                         .outcome = OUTCOME_DROPPED,
                         .reason = "",
                         .known = ""};
}

static struct run run_of(struct result *results, size_t num) {
  return (struct run){.target_name = "",
                      .target_version = "",
                      .target_url = "http://t/",
                      .seat = "gateway",
                      .results = results,
                      .num_results = num};
}

/* Who reads that a line does not hold is told which, why it was there, and what to do. */
static void test_what_does_not_hold_is_told(void **state) {
  (void)state;
  static const struct {
    enum verdict verdict;
    const char *before;
    const char *after;
  } rows[] = {
      {VERDICT_PASS, "", "e:2 expects FAIL here (bug 17): take that line out, or narrow its glob"},
      {VERDICT_WARN, "200 came", "200 came; e:2 expects FAIL here (bug 17)"},
      {VERDICT_FAIL, "200 came", "200 came"},
      {VERDICT_SKIP, "no COPY", "no COPY"},
  };
  for (size_t i = 0; i < LENGTH(rows); i++) {
    struct arena arena;
    struct expectations expectations;
    struct diag diag;
    struct result result = result_of("a/b", rows[i].verdict);
    result.reason = rows[i].before;
    struct run run = run_of(&result, 1);
    arena_init(&arena);
    assert_int_equal(
        expect_parse(&arena, "e", span_of("# known\na/b FAIL bug 17"), &expectations, &diag), 0);
    assert_int_equal(expect_apply(&expectations, &run, &diag), 0);
    assert_string_equal(result.reason, rows[i].after);
    arena_free(&arena);
  }
}

/* One line, one result that it names: is it known, is it unexpected? */
static void test_what_is_listed_is_known_and_what_differs_is_unexpected(void **state) {
  (void)state;
  static const struct {
    const char *text;
    enum verdict verdict;
    bool known;
    bool unexpected;
  } rows[] = {
      {"", VERDICT_FAIL, false, true},
      {"", VERDICT_WARN, false, false},
      {"", VERDICT_ERROR, false, false},
      {"", VERDICT_PASS, false, false},
      {"a/b FAIL why", VERDICT_FAIL, true, false},
      {"a/b FAIL why", VERDICT_PASS, false, true},
      {"a/b FAIL why", VERDICT_WARN, false, true},
      {"a/b FAIL why", VERDICT_INFO, false, true},
      {"a/b FAIL why", VERDICT_SKIP, false, false},
      {"a/b FAIL why", VERDICT_ERROR, false, false},
      {"a/b WARN why", VERDICT_WARN, true, false},
      {"a/b WARN why", VERDICT_FAIL, false, true},
      {"a/b WARN why", VERDICT_PASS, false, true},
      {"a/b ERROR why", VERDICT_ERROR, true, false},
      {"a/b ERROR why", VERDICT_PASS, false, true},
      {"a/b ERROR why", VERDICT_FAIL, false, true},
      /* Several lines are alternatives. */
      {"a/* WARN w\na/b FAIL why", VERDICT_FAIL, true, false},
      {"a/b FAIL why\na/* WARN w", VERDICT_FAIL, true, false},
      {"a/b FAIL x\na/* WARN w", VERDICT_PASS, false, true},
      {"a/b FAIL x\na/* PASS why", VERDICT_PASS, true, false},
      {"a/b FAIL x\na/* PASS why", VERDICT_WARN, false, true},
      {"a/b FAIL x\na/* PASS why", VERDICT_INFO, true, false},
      {"a/b PASS x", VERDICT_FAIL, false, true},
      /* Versions. */
      {"a/b@h1/* FAIL why", VERDICT_FAIL, true, false},
  };
  for (size_t i = 0; i < LENGTH(rows); i++) {
    struct arena arena;
    struct expectations expectations;
    struct diag diag;
    struct result result = result_of("a/b", rows[i].verdict);
    struct run run = run_of(&result, 1);
    arena_init(&arena);
    assert_int_equal(expect_parse(&arena, "e", span_of(rows[i].text), &expectations, &diag), 0);
    assert_int_equal(expect_apply(&expectations, &run, &diag), 0);
    assert_string_equal(result.known, rows[i].known ? "why" : "");
    assert_int_equal(result.unexpected, rows[i].unexpected);
    arena_free(&arena);
  }
}

static void test_a_line_that_names_no_result_is_an_error(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t line; /* of the error; 0 for none */
  } rows[] = {
      {"a/b WARN x\na/c WARN x", 2},
      {"a/v:1 WARN x", 0},
      {"a/v:3 WARN x", 1},
      {"a/v WARN x", 0},
      {"a WARN x", 0},
      {"a/b@h2/* WARN x", 1},
      {"a/b@*/h1 WARN x", 0},
  };
  for (size_t i = 0; i < LENGTH(rows); i++) {
    struct arena arena;
    struct expectations expectations;
    struct diag diag = {.line = 0};
    struct result results[] = {result_of("a/b", VERDICT_WARN), result_of("a/v:1", VERDICT_WARN)};
    struct run run = run_of(results, 2);
    arena_init(&arena);
    assert_int_equal(expect_parse(&arena, "e", span_of(rows[i].text), &expectations, &diag), 0);
    assert_int_equal(expect_apply(&expectations, &run, &diag), rows[i].line > 0 ? -1 : 0);
    assert_int_equal(diag.line, rows[i].line);
    /* An interrupted run lacks results. */
    run.interrupted = true;
    assert_int_equal(expect_apply(&expectations, &run, &diag), 0);
    arena_free(&arena);
  }
}

static const char case_text[] = "title A 102 is passed on\n"
                                "cites RFC9110-15.2-4\n"
                                "seat  gateway\n"
                                "for   code 102 103\n"
                                "\n"
                                "client sends GET\n"
                                "origin sends {code}\n"
                                "origin sends 200\n"
                                "client sees  200\n";

/* The cases of a run may be a part of those that the file is about. */
static void test_a_case_that_was_not_run_is_no_error(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool known_case;
  } rows[] = {
      {"a/b WARN x\ngroup/slug FAIL x", true},
      {"a/b WARN x\ngroup/slug:103 FAIL x", true},
      {"a/b WARN x\ngroup/slug:104 FAIL x", false},
      {"a/b WARN x\ngroup/sluk FAIL x", false},
  };
  struct arena arena;
  struct diag diag;
  struct case_file file;
  arena_init(&arena);
  assert_int_equal(case_parse(&arena, "group/slug.case", span_of(case_text), NULL, &file, &diag),
                   0);
  const struct library library = {.cases = &file, .num_cases = 1};
  for (size_t i = 0; i < LENGTH(rows); i++) {
    struct expectations expectations;
    struct result result = result_of("a/b", VERDICT_WARN);
    struct run run = run_of(&result, 1);
    assert_int_equal(expect_parse(&arena, "e", span_of(rows[i].text), &expectations, &diag), 0);
    assert_int_equal(expect_apply(&expectations, &run, &diag), -1);
    expectations.library = &library;
    assert_int_equal(expect_apply(&expectations, &run, &diag), rows[i].known_case ? 0 : -1);
    /* Before a run every line must name a case. */
    assert_int_equal(expect_name_cases(&expectations, &library, &diag), -1);
    assert_int_equal(diag.line, 1);
  }
  arena_free(&arena);
}

static void test_what_deviates_is_written_so_that_it_is_expected_next(void **state) {
  (void)state;
  struct result results[] = {
      result_of("a/b", VERDICT_FAIL),       result_of("a/pass", VERDICT_PASS),
      result_of("a/v:*,[x]", VERDICT_WARN), result_of("a/e", VERDICT_ERROR),
      result_of("a/info", VERDICT_INFO),    result_of("a/skip", VERDICT_SKIP),
      result_of("a/k", VERDICT_FAIL),
  };
  results[0].reason = "the 102 was lost. A second sentence";
  results[2].reason = "first\nline; then more";
  results[6].known = "bug 17";
  results[6].reason = "something";
  struct run run = run_of(results, LENGTH(results));
  struct bytes text = {0};
  expect_format(&text, &run);
  assert_string_equal(
      bytes_cstr(&text),
      "# Known deviations of http://t/ at seat gateway: GLOB[@FRONT/BACK] VERDICT reason\n"
      "a/b@h1/h1 FAIL dropped: the 102 was lost\n"
      "a/v:[*],[[]x]@h1/h1 WARN dropped: first line\n"
      "a/e@h1/h1 ERROR dropped\n"
      "a/k@h1/h1 FAIL bug 17\n");
  struct arena arena;
  struct expectations expectations;
  struct diag diag;
  arena_init(&arena);
  assert_int_equal(expect_parse(&arena, "e", bytes_span(&text), &expectations, &diag), 0);
  assert_int_equal(expect_apply(&expectations, &run, &diag), 0);
  for (size_t i = 0; i < LENGTH(results); i++) {
    assert_false(results[i].unexpected);
  }
  assert_string_equal(results[0].known, "dropped: the 102 was lost");
  assert_string_equal(results[6].known, "bug 17");
  arena_free(&arena);
  bytes_free(&text);
}

static void test_the_file_is_written_and_read_back(void **state) {
  (void)state;
  char directory[] = "/tmp/interim-expect-XXXXXX";
  assert_non_null(mkdtemp(directory));
  struct arena arena;
  struct expectations expectations;
  struct diag diag;
  struct result result = result_of("a/b", VERDICT_FAIL);
  struct run run = run_of(&result, 1);
  arena_init(&arena);
  const char *file = arena_printf(&arena, "%s/expect", directory);
  assert_int_equal(expect_load(&arena, file, &expectations, &diag), -1);
  assert_non_null(strstr(diag.reason, "No such file"));
  assert_int_equal(expect_write(file, &run, &diag), 0);
  assert_int_equal(expect_load(&arena, file, &expectations, &diag), 0);
  assert_int_equal(expectations.num_items, 1);
  assert_int_equal(unlink(file), 0);
  assert_int_equal(rmdir(directory), 0);
  assert_int_equal(expect_write(file, &run, &diag), -1);
  assert_string_equal(diag.file, file);
  arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_line_is_glob_versions_verdict_reason),
      cmocka_unit_test(test_a_wrong_line_is_told_with_its_place),
      cmocka_unit_test(test_what_is_listed_is_known_and_what_differs_is_unexpected),
      cmocka_unit_test(test_what_does_not_hold_is_told),
      cmocka_unit_test(test_a_line_that_names_no_result_is_an_error),
      cmocka_unit_test(test_a_case_that_was_not_run_is_no_error),
      cmocka_unit_test(test_what_deviates_is_written_so_that_it_is_expected_next),
      cmocka_unit_test(test_the_file_is_written_and_read_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
