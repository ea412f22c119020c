/* TAP version 13, line by line. */
#include "report_sample.h"

#include "base/bytes.h"
#include "report/printable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char *written(const struct run *run) {
  char *text = NULL;
  size_t len = 0;
  FILE *out = open_memstream(&text, &len);
  assert_non_null(out);
  assert_int_equal(report_tap(out, run), 0);
  assert_int_equal(fclose(out), 0);
  return text;
}

static void assert_lines(const struct run *run, const char *const *expected, size_t num) {
  char *text = written(run);
  char *line = text;
  for (size_t i = 0; i < num; i++) {
    char *end = strchr(line, '\n');
    assert_non_null(end);
    *end = '\0';
    assert_string_equal(line, expected[i]);
    line = end + 1;
  }
  assert_string_equal(line, "");
  free(text);
}

/* clang-format off */
static const char *const sample_lines[] = {
    "TAP version 13",
    "1..12",
    "ok 1 - forward/plain (h1/h1)",
    "ok 2 - forward/103 (h1/h1)",
    "  ---",
    "  message: \"The final came without the 103.\"",
    "  severity: \"warn\"",
    "  title: \"A title\"",
    "  outcome: \"dropped\"",
    "  expected: \"103, 200\"",
    "  observed: \"200\"",
    "  reason: \"The final came without the 103.\"",
    "  requirement: \"RFC9110-7.6-1, EXPECTED: An intermediary passes messages on that it does not know.\"",
    "  address: \"https://www.rfc-editor.org/rfc/rfc9110#section-7.6\"",
    "  strictness: \"The RFC states an expectation, without a BCP 14 key word: this is no violation; but others build on it, so it is not passed over.\"",
    "  impact: \"The client does not learn that work goes on, so long requests end in its timeout, and early hints gain nothing.\"",
    "  reproduce: \"interim run --target http://127.0.0.1:8080 CASE\"",
    "  ...",
    "ok 3 - limits/count (h1/h1)",
    "  ---",
    "  message: \"Interim responses arrived while the origin waited.\"",
    "  severity: \"info\"",
    "  title: \"A title\"",
    "  outcome: \"forwarded\"",
    "  expected: \"102, 200\"",
    "  observed: \"102, 200\"",
    "  requirement: \"RFC9110-7.6-1, MAY: An intermediary passes messages on that it does not know.\"",
    "  address: \"https://www.rfc-editor.org/rfc/rfc9110#section-7.6\"",
    "  reproduce: \"interim run --target http://127.0.0.1:8080 CASE\"",
    "  \"max_interims\": 1000",
    "  \"delay_ms\": 0.4",
    "  ...",
    "ok 4 - upgrade/a (h1/h1) # SKIP The case needs a trigger.",
    "ok 5 - upgrade/b (h1/h1) # SKIP The target spoke HTTP/1.0.",
    "ok 6 - upgrade/c (h1/h1) # SKIP The target spoke HTTP/1.0.",
    "not ok 7 - reuse/two (h1/h1)",
    "  ---",
    "  message: \"No more file descriptors.\"",
    "  severity: \"error\"",
    "  title: \"A title\"",
    "  outcome: \"ok\"",
    "  expected: \"200, 200\"",
    "  observed: \"200\"",
    "  reason: \"No more file descriptors.\"",
    "  reproduce: \"interim run --target http://127.0.0.1:8080 CASE\"",
    "  ...",
    "not ok 8 - fields/old (h1/h1) # TODO issue 1604",
    "  ---",
    "  message: \"The code changed.\"",
    "  severity: \"fail\"",
    "  title: \"A title\"",
    "  outcome: \"altered\"",
    "  expected: \"102, 200\"",
    "  observed: \"102, 200\"",
    "  reason: \"The code changed.\"",
    "  requirement: \"RFC9110-15.2-4, MUST: A client can parse one or more 1xx responses before the final one.\"",
    "  address: \"https://www.rfc-editor.org/rfc/rfc9110#section-15.2\"",
    "  strictness: \"The sentence binds this target with MUST, and BCP 14 leaves it no other choice: a miss cannot be less than a failure.\"",
    "  impact: \"Client and origin disagree on what was said, and neither side's log shows why.\"",
    "  known: \"issue 1604\"",
    "  reproduce: \"interim run --target http://127.0.0.1:8080 CASE\"",
    "  ...",
    "not ok 9 - fields/mended (h1/h1)",
    "  ---",
    "  message: \"known:3 expects FAIL here (issue 9): take that line out, or narrow its glob\"",
    "  severity: \"pass\"",
    "  title: \"A title\"",
    "  outcome: \"ok\"",
    "  expected: \"102, 200\"",
    "  observed: \"102, 200\"",
    "  reason: \"known:3 expects FAIL here (issue 9): take that line out, or narrow its glob\"",
    "  reproduce: \"interim run --target http://127.0.0.1:8080 CASE\"",
    "  ...",
    "not ok 10 - forward/any:102 (h1/h1)",
    "  ---",
    "  message: \"No final response came within 250 ms.\"",
    "  severity: \"fail\"",
    "  title: \"Any code reaches the client\"",
    "  outcome: \"taken-as-final\"",
    "  expected: \"102, 200\"",
    "  observed: \"102, nothing\"",
    "  reason: \"No final response came within 250 ms.\"",
    "  requirement: \"RFC9110-15.2-4, MUST: A client can parse one or more 1xx responses before the final one.\"",
    "  address: \"https://www.rfc-editor.org/rfc/rfc9110#section-15.2\"",
    "  strictness: \"The sentence binds this target with MUST, and BCP 14 leaves it no other choice: a miss cannot be less than a failure.\"",
    "  impact: \"The client never gets its answer. The real final response is left over on the back connection, where it can be handed to somebody else's request.\"",
    "  background: \"Seen in the wild.\"",
    "  reproduce: \"interim run --target http://127.0.0.1:8080 CASE\"",
    "  ...",
    "not ok 11 - forward/any:103 (h1/h1)",
    "  ---",
    "  message: \"No final response.\"",
    "  severity: \"fail\"",
    "  title: \"A title\"",
    "  outcome: \"taken-as-final\"",
    "  expected: \"103, 200\"",
    "  observed: \"103, nothing\"",
    "  reason: \"No final response.\"",
    "  requirement: \"RFC9110-15.2-4, MUST: A client can parse one or more 1xx responses before the final one.\"",
    "  address: \"https://www.rfc-editor.org/rfc/rfc9110#section-15.2\"",
    "  strictness: \"The sentence binds this target with MUST, and BCP 14 leaves it no other choice: a miss cannot be less than a failure.\"",
    "  impact: \"The client never gets its answer. The real final response is left over on the back connection, where it can be handed to somebody else's request.\"",
    "  reproduce: \"interim run --target http://127.0.0.1:8080 CASE\"",
    "  ...",
    "not ok 12 - forward/two (h1/h1)",
    "  ---",
    "  message: \"No final response.\"",
    "  severity: \"fail\"",
    "  title: \"A title\"",
    "  outcome: \"taken-as-final\"",
    "  expected: \"102, 102, 200\"",
    "  observed: \"102, nothing\"",
    "  reason: \"No final response.\"",
    "  requirement: \"RFC9110-15.2-4, MUST: A client can parse one or more 1xx responses before the final one.\"",
    "  address: \"https://www.rfc-editor.org/rfc/rfc9110#section-15.2\"",
    "  strictness: \"The sentence binds this target with MUST, and BCP 14 leaves it no other choice: a miss cannot be less than a failure.\"",
    "  impact: \"The client never gets its answer. The real final response is left over on the back connection, where it can be handed to somebody else's request.\"",
    "  reproduce: \"interim run --target http://127.0.0.1:8080 CASE\"",
    "  ...",
};
/* clang-format on */

static void test_a_run_with_every_verdict(void **state) {
  (void)state;
  struct run run = sample_run();
  assert_lines(&run, sample_lines, LENGTH(sample_lines));
}

static void test_a_run_without_results(void **state) {
  (void)state;
  static const char *const lines[] = {"TAP version 13", "1..0"};
  struct run run = empty_run();
  assert_lines(&run, lines, LENGTH(lines));
}

static void test_an_interrupted_and_a_fatal_run(void **state) {
  (void)state;
  static const char *const lines[] = {
      "TAP version 13",
      "1..1",
      "ok 1 - forward/plain (h1/h1)",
      "# interrupted: cases that had not ended are not in here",
      "Bail out! The target went away.",
  };
  struct run run = sample_run();
  run.num_results = 1;
  run.interrupted = true;
  run.fatal = "The target went away.";
  assert_lines(&run, lines, LENGTH(lines));
}

static size_t count(const char *text, const char *part) {
  size_t num = 0;
  for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) {
    num++;
  }
  return num;
}

/* No byte of it ends a line, begins a directive or closes a quote. */
static void test_hostile_text_stays_text(void **state) {
  (void)state;
  struct run run = hostile_run();
  char *text = written(&run);
  struct bytes again = {0};
  printable_add_lines(&again, text);
  assert_string_equal(bytes_cstr(&again), text);
  bytes_free(&again);
  assert_int_equal(count(text, "\nok ") + count(text, "\nnot ok "), LENGTH(hostile_results));
  assert_int_equal(count(text, " # "), 2);
  assert_non_null(strstr(text, "\nnot ok 1 - \"'<&]]>\\\\ \\\\x0d"));
  assert_non_null(strstr(text, "\\\\xae\\#\\\\x0d\\\\x0a\xc3\xa9 (\"'<"));
  assert_int_equal(count(text, "\n  ---\n"), LENGTH(hostile_results) - 1);
  assert_non_null(strstr(text, "\n  observed: \"\\\"'<&]]>\\\\ \\\\x0d\\\\xff \\\\x01"));
  free(text);
}

static void test_a_stream_that_fails_is_an_error(void **state) {
  (void)state;
  struct run run = sample_run();
  FILE *unwritable = fopen("/dev/null", "r");
  assert_non_null(unwritable);
  assert_int_equal(report_tap(unwritable, &run), -1);
  assert_int_equal(fclose(unwritable), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_run_with_every_verdict),
      cmocka_unit_test(test_a_run_without_results),
      cmocka_unit_test(test_an_interrupted_and_a_fatal_run),
      cmocka_unit_test(test_hostile_text_stays_text),
      cmocka_unit_test(test_a_stream_that_fails_is_an_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
