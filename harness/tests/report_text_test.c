/* The report for people, line by line. */
#include "report_sample.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "report/printable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char *written(const struct run *run, struct report_style style) {
  char *text = NULL;
  size_t len = 0;
  FILE *out = open_memstream(&text, &len);
  assert_non_null(out);
  assert_int_equal(report_text(out, run, &style), 0);
  assert_int_equal(fclose(out), 0);
  return text;
}

/* The next line of *text, which is moved behind it; its LF becomes NUL. NULL at the end. */
static char *next_line(char **text) {
  char *line = *text;
  if (line[0] == '\0') {
    return NULL;
  }
  char *end = strchr(line, '\n');
  assert_non_null(end);
  *end = '\0';
  *text = end + 1;
  return line;
}

static void assert_lines(const struct run *run, struct report_style style,
                         const char *const *expected, size_t num) {
  char *text = written(run, style);
  char *rest = text;
  for (size_t i = 0; i < num; i++) {
    char *line = next_line(&rest);
    assert_non_null(line);
    assert_string_equal(line, expected[i]);
  }
  assert_string_equal(rest, "");
  free(text);
}

static void assert_has(const struct run *run, struct report_style style, const char *part) {
  char *text = written(run, style);
  if (strstr(text, part) == NULL) {
    fail_msg("%s\nlacks: %s", text, part);
  }
  free(text);
}

static void assert_lacks(const struct run *run, struct report_style style, const char *part) {
  char *text = written(run, style);
  assert_null(strstr(text, part));
  free(text);
}

/* clang-format off */
static const char *const sample_lines[] = {
    "nginx 1.22.1 at seat gateway, http://127.0.0.1:8080, front h1, back h1",
    "interim 0.1.0, suite 1, 2026-11-21T02:00:00Z",
    "",
    "4 cases, 2 faults; 1 case without a verdict",
    "",
    "1. FAIL RFC9110-15.2-4 taken-as-final (3 cases)",
    "   meaning      An interim response was handled as if it were the final one.",
    "   requirement  RFC9110-15.2-4, MUST: A client can parse one or more 1xx responses before the final",
    "                one.",
    "                https://www.rfc-editor.org/rfc/rfc9110#section-15.2",
    "   see also     RFC9110-7.6-1 (EXPECTED)",
    "   why FAIL     The sentence binds this target with MUST, and BCP 14 leaves it no other choice: a",
    "                miss cannot be less than a failure.",
    "   impact       The client never gets its answer. The real final response is left over on the back",
    "                connection, where it can be handed to somebody else's request.",
    "   cases                                 expected       observed",
    "                forward/any:102,103 (2)  102, 200       102, nothing",
    "                forward/two              102, 102, 200  102, nothing",
    "",
    "   for example  forward/any:102: Any code reaches the client",
    "   expected     102, 200",
    "   observed     102, nothing",
    "                     ^",
    "   also         desync",
    "   reason       No final response came within 250 ms.",
    "   background   Seen in the wild.",
    "   reproduce    interim run --target http://127.0.0.1:8080 CASE",
    "",
    "ERROR (1 case)",
    "   meaning      The case could not be judged. This says nothing about the target.",
    "",
    "   case         reuse/two: A title",
    "   expected     200, 200",
    "   observed     200",
    "                ^",
    "   reason       No more file descriptors.",
    "   reproduce    interim run --target http://127.0.0.1:8080 CASE",
    "",
    "2. WARN RFC9110-7.6-1 dropped (1 case)",
    "   meaning      No interim response arrived; the final one did.",
    "   requirement  RFC9110-7.6-1, EXPECTED: An intermediary passes messages on that it does not know.",
    "                https://www.rfc-editor.org/rfc/rfc9110#section-7.6",
    "   why WARN     The RFC states an expectation, without a BCP 14 key word: this is no violation; but",
    "                others build on it, so it is not passed over.",
    "   impact       The client does not learn that work goes on, so long requests end in its timeout,",
    "                and early hints gain nothing.",
    "",
    "   case         forward/103: A title",
    "   expected     103, 200",
    "   observed     200",
    "                ^",
    "   reason       The final came without the 103.",
    "   reproduce    interim run --target http://127.0.0.1:8080 CASE",
    "",
    "Passing against --expect: 1",
    "  PASS fields/mended: known:3 expects FAIL here (issue 9): take that line out, or narrow its glob",
    "",
    "Known deviations (--expect): 1",
    "  FAIL fields/old: issue 1604",
    "",
    "Measured, not judged (no sentence decides it): 1",
    "  limits/count: forwarded; max_interims 1000; delay_ms 0.4",
    "  profile: max_interims 1000, held_ms 1.5",
    "",
    "Skipped: 3",
    "     2  The target spoke HTTP/1.0.",
    "        upgrade/b, upgrade/c",
    "     1  The case needs a trigger.",
    "        upgrade/a",
    "",
    "2 pass, 4 fail, 1 warn, 1 info, 3 skip, 1 error in 0.8 s: nginx 1.22.1 at seat gateway",
};
/* clang-format on */

static void test_a_run_with_every_verdict(void **state) {
  (void)state;
  struct run run = sample_run();
  assert_lines(&run, (struct report_style){0}, sample_lines, LENGTH(sample_lines));
}

static void test_quiet_is_the_summary_line_only(void **state) {
  (void)state;
  struct run run = sample_run();
  assert_lines(&run, (struct report_style){.quiet = true}, &sample_lines[LENGTH(sample_lines) - 1],
               1);
}

static const char *const transcript_lines[] = {
    "   transcript   ms since the case began",
    "         0.000  client   sent      GET /a HTTP/1.1\\r\\n",
    "                                   Host: a\\r\\n",
    "                                   \\r\\n",
    "         1.234  origin 2 received  GET /a HTTP/1.0\\r\\n",
    "                                   \\r\\n",
    "       250.000  note               the deadline passed",
};

static void test_verbose_shows_the_transcript_with_times(void **state) {
  (void)state;
  struct run run = sample_run();
  char *text = written(&run, (struct report_style){.verbose = true});
  char *at = strstr(text, "   transcript");
  assert_non_null(at);
  for (size_t i = 0; i < LENGTH(transcript_lines); i++) {
    assert_string_equal(next_line(&at), transcript_lines[i]);
  }
  free(text);
  assert_has(&run, (struct report_style){.verbose = true}, "for example  forward/two: A title\n");
  assert_lacks(&run, (struct report_style){0}, "transcript");
}

static void test_a_long_text_of_a_transcript_is_cut(void **state) {
  (void)state;
  static char content[3001];
  for (size_t i = 0; i < sizeof content - 1; i++) {
    content[i] = (char)('a' + i % 26);
  }
  struct transcript_line line = {0, "client", "received", content};
  struct run run = sample_run();
  struct result result = sample_results[9];
  result.transcript = &line;
  result.num_transcript = 1;
  run.results = &result;
  run.num_results = 1;
  assert_has(&run, (struct report_style){.verbose = true}, "... 1800 more bytes of text\n");
}

static void test_a_run_without_results(void **state) {
  (void)state;
  static const char *const lines[] = {
      "nginx 1.22.1 at seat gateway, http://127.0.0.1:8080, front h1, back h1",
      "interim 0.1.0, suite 1, 2026-11-21T02:00:00Z",
      "",
      "No case was run",
      "",
      "0 pass, 0 fail, 0 warn, 0 info, 0 skip, 0 error in 0.8 s: nginx 1.22.1 at seat gateway",
  };
  struct run run = empty_run();
  assert_lines(&run, (struct report_style){0}, lines, LENGTH(lines));
}

static void test_a_run_without_faults(void **state) {
  (void)state;
  struct run run = sample_run();
  run.num_results = 1;
  run.num_profile = 0;
  assert_has(&run, (struct report_style){0},
             "\nNo fault found\n\n1 pass, 0 fail, 0 warn, 0 info, 0 skip, 0 error in 0.8 s: ");
}

static void test_an_interrupted_run_says_so_twice(void **state) {
  (void)state;
  struct run run = sample_run();
  run.interrupted = true;
  assert_has(&run, (struct report_style){0},
             "Z\nInterrupted: cases that had not ended are not in here.\n\n");
  assert_has(&run, (struct report_style){.quiet = true}, " at seat gateway (interrupted)\n");
}

static void test_what_is_fatal_comes_first_even_when_quiet(void **state) {
  (void)state;
  static const char *const lines[] = {
      "NO VERDICT COUNTS",
      "  Our origin at 127.0.0.1:9000 saw no connection.",
      "",
      "0 pass, 0 fail, 0 warn, 0 info, 0 skip, 0 error in 0.8 s: nginx 1.22.1 at seat gateway",
  };
  struct run run = empty_run();
  run.fatal = "Our origin at 127.0.0.1:9000 saw no connection.";
  assert_lines(&run, (struct report_style){.quiet = true}, lines, LENGTH(lines));
}

/* Where no case has anything to add to it, none is listed. */
static void test_what_is_fatal_alone_is_enough(void **state) {
  (void)state;
  struct run run = sample_run();
  struct result dead = run.results[0];
  dead.verdict = VERDICT_ERROR;
  dead.reason = "not played";
  run.results = &dead;
  run.num_results = 1;
  assert_has(&run, (struct report_style){0}, "not played");
  run.fatal = "A plain GET did not work.";
  assert_lacks(&run, (struct report_style){0}, "not played");
  assert_has(&run, (struct report_style){.verbose = true}, "not played");
}

static void test_a_target_without_a_name_goes_by_its_address(void **state) {
  (void)state;
  struct run run = empty_run();
  run.target_name = run.target_version = "";
  assert_has(&run, (struct report_style){.quiet = true},
             ": http://127.0.0.1:8080 at seat gateway\n");
}

static void test_colour_only_when_asked_for(void **state) {
  (void)state;
  struct run run = sample_run();
  assert_lacks(&run, (struct report_style){.verbose = true}, "\033");
  assert_has(&run, (struct report_style){.color = true}, "\033[1;31mFAIL\033[0m ");
  assert_has(&run, (struct report_style){.color = true}, "\033[1;33mWARN\033[0m ");
}

/* Colour aside, a coloured report is the plain one. */
static void test_colour_moves_nothing(void **state) {
  (void)state;
  struct run run = sample_run();
  char *plain = written(&run, (struct report_style){.verbose = true});
  char *colored = written(&run, (struct report_style){.verbose = true, .color = true});
  struct bytes bare = {0};
  for (const char *at = colored; at[0] != '\0'; at++) {
    if (at[0] == '\033') {
      at = strchr(at, 'm');
      assert_non_null(at);
    } else {
      bytes_add(&bare, span_make(at, 1));
    }
  }
  assert_string_equal(bytes_cstr(&bare), plain);
  bytes_free(&bare);
  free(plain);
  free(colored);
}

static void test_hostile_text_cannot_reach_the_terminal(void **state) {
  (void)state;
  struct run run = hostile_run();
  char *text = written(&run, (struct report_style){.verbose = true});
  struct bytes again = {0};
  printable_add_lines(&again, text);
  assert_string_equal(bytes_cstr(&again), text);
  assert_null(strchr(text, '\t'));
  bytes_free(&again);
  free(text);
}

/* What must be copied whole may be wider. */
static void test_lines_fit_the_page(void **state) {
  (void)state;
  struct run run = sample_run();
  static char observed[1001];
  for (size_t i = 0; i < sizeof observed - 1; i++) {
    observed[i] = i % 200 == 199 ? ' ' : 'x';
  }
  struct result results[2] = {sample_results[9], sample_results[9]};
  results[0].observed = results[0].reason = results[0].title = observed;
  results[1].id = "group/a-name-that-is-longer-than-the-column-of-names-in-the-table-can-be-cut";
  results[1].expected = observed;
  run.results = results;
  run.num_results = 2;
  char *text = written(&run, (struct report_style){.verbose = true});
  char *rest = text;
  for (char *line = next_line(&rest); line != NULL; line = next_line(&rest)) {
    assert_true(strlen(line) <= 100);
    assert_true(line[0] == '\0' || line[strlen(line) - 1] != ' ');
  }
  free(text);
}

/* Twelve cases of one fault. */
static void test_a_long_list_is_cut(void **state) {
  (void)state;
  struct result results[12];
  struct arena arena = {0};
  (void)sample_run();
  for (size_t i = 0; i < LENGTH(results); i++) {
    results[i] = sample_results[9];
    results[i].id = arena_printf(&arena, "forward/case-%c", (char)('a' + i));
  }
  struct run run = sample_run();
  run.results = results;
  run.num_results = 12;
  assert_has(&run, (struct report_style){0}, "12 cases, 1 fault\n");
  assert_has(&run, (struct report_style){0},
             "forward/case-h  102, 200  102, nothing\n"
             "                and 4 more\n");
  assert_has(&run, (struct report_style){.verbose = true}, "forward/case-l  102, 200");
  run.num_results = 9;
  assert_has(&run, (struct report_style){0}, "forward/case-i  102, 200");
  assert_lacks(&run, (struct report_style){0}, " more\n");
  arena_free(&arena);
}

static void test_versions_show_when_they_differ(void **state) {
  (void)state;
  struct run run = sample_run();
  struct result results[2] = {sample_results[9], sample_results[9]};
  results[1].front = "h2";
  run.results = results;
  run.num_results = 2;
  assert_has(&run, (struct report_style){0}, "forward/any:102@h1/h1  102, 200  102, nothing\n");
  assert_has(&run, (struct report_style){0}, "forward/any:102@h2/h1  102, 200  102, nothing\n");
  assert_has(&run, (struct report_style){0}, "for example  forward/any:102@h1/h1: Any code");
}

/* The caret stands under the first element that is another than expected. */
static void test_the_caret_points_at_the_difference(void **state) {
  (void)state;
  static const struct {
    const char *expected;
    const char *observed;
    const char *caret;
  } rows[] = {
      {"102, 200", "102, 502", "                     ^\n"},
      {"102, 200", "200", "                ^\n"},
      {"102, 200", "102", "                ^\n"},
      {"102, 103, 200", "102, 200", "                     ^\n"},
      {"103 without A, 200", "103 with A, 200", "                ^\n"},
      {"102, 200", "102, 200", NULL},
      {"102, 200", "", NULL},
  };
  struct run run = sample_run();
  struct result result = sample_results[9];
  run.results = &result;
  run.num_results = 1;
  for (size_t i = 0; i < LENGTH(rows); i++) {
    result.expected = rows[i].expected;
    result.observed = rows[i].observed;
    if (rows[i].caret != NULL) {
      assert_has(&run, (struct report_style){0}, rows[i].caret);
    } else {
      assert_lacks(&run, (struct report_style){0}, "^");
    }
  }
}

/* Blanks before its lines would change what such a script does. */
static void test_a_script_is_indented_only_where_that_is_safe(void **state) {
  (void)state;
  static const struct {
    const char *script;
    const char *shown;
  } rows[] = {
      {"printf 'a' |\nnc a 1\n", "\n                printf 'a' |\n                nc a 1\n"},
      {"cat <<E\nx\nE\n", "\ncat <<E\nx\nE\n"},
      {"printf 'a\nb'\n", "\nprintf 'a\nb'\n"},
  };
  struct run run = sample_run();
  struct result result = sample_results[9];
  run.results = &result;
  run.num_results = 1;
  for (size_t i = 0; i < LENGTH(rows); i++) {
    result.script = rows[i].script;
    assert_has(&run, (struct report_style){.verbose = true}, rows[i].shown);
  }
}

/* Functions that all scripts begin with are printed once; each script keeps what is its own. */
static void test_what_scripts_share_is_shown_once(void **state) {
  (void)state;
  static const char functions[] =
      "TARGET = 'a long line that stands for the functions which each of the scripts begins with'\n"
      "ORIGIN = 'another long line, since only what is worth it is left out the second time'\n"
      "def send(who, what): 'and one more of them'\n";
  struct run run = sample_run();
  struct result results[] = {sample_results[9], sample_results[9], sample_results[9]};
  struct arena arena = {0};
  results[0].script = arena_printf(&arena, "%ssend('one')\nEND", functions);
  results[1].script = arena_printf(&arena, "%ssend('other')\nshow()\nEND", functions);
  results[2].script = "python3 own.py\n";
  for (size_t i = 0; i < LENGTH(results); i++) {
    results[i].id = arena_printf(&arena, "group/%zu", i);
  }
  run.results = results;
  run.num_results = LENGTH(results);
  char *text = written(&run, (struct report_style){.verbose = true});
  const char *first = strstr(text, "def send(");
  assert_non_null(first);
  assert_null(strstr(first + 1, "def send("));
  const char *second = strstr(first, "from its first send() on with these lines:\n");
  assert_non_null(second);
  assert_non_null(
      strstr(second, "lines:\n                send('other')\n                show()\n"));
  assert_non_null(strstr(second, "needs no interim:\n                python3 own.py\n"));
  free(text);
  arena_free(&arena);
}

/* Over its values a measure has a range. */
static void test_measures_of_one_case_show_their_range(void **state) {
  (void)state;
  struct measure measured[] = {{"delay_ms", 3}, {"delay_ms", 0.25}, {"delay_ms", 1234.5}};
  struct result results[3];
  struct run run = sample_run();
  static const char *const ids[] = {"delivery/p:1", "delivery/p:2", "delivery/p:3"};
  for (size_t i = 0; i < LENGTH(results); i++) {
    results[i] = sample_results[2];
    results[i].id = ids[i];
    results[i].measured = &measured[i];
    results[i].num_measured = 1;
  }
  run.results = results;
  run.num_results = 3;
  assert_has(&run, (struct report_style){0},
             "  delivery/p:1-3 (3): forwarded; delay_ms 0.25 to 1234\n");
}

static void test_a_stream_that_fails_is_an_error(void **state) {
  (void)state;
  struct run run = sample_run();
  struct report_style style = {0};
  FILE *unwritable = fopen("/dev/null", "r");
  assert_non_null(unwritable);
  assert_int_equal(report_text(unwritable, &run, &style), -1);
  assert_int_equal(fclose(unwritable), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_run_with_every_verdict),
      cmocka_unit_test(test_quiet_is_the_summary_line_only),
      cmocka_unit_test(test_verbose_shows_the_transcript_with_times),
      cmocka_unit_test(test_a_long_text_of_a_transcript_is_cut),
      cmocka_unit_test(test_a_run_without_results),
      cmocka_unit_test(test_a_run_without_faults),
      cmocka_unit_test(test_an_interrupted_run_says_so_twice),
      cmocka_unit_test(test_what_is_fatal_comes_first_even_when_quiet),
      cmocka_unit_test(test_what_is_fatal_alone_is_enough),
      cmocka_unit_test(test_a_target_without_a_name_goes_by_its_address),
      cmocka_unit_test(test_colour_only_when_asked_for),
      cmocka_unit_test(test_colour_moves_nothing),
      cmocka_unit_test(test_hostile_text_cannot_reach_the_terminal),
      cmocka_unit_test(test_lines_fit_the_page),
      cmocka_unit_test(test_a_long_list_is_cut),
      cmocka_unit_test(test_versions_show_when_they_differ),
      cmocka_unit_test(test_the_caret_points_at_the_difference),
      cmocka_unit_test(test_a_script_is_indented_only_where_that_is_safe),
      cmocka_unit_test(test_what_scripts_share_is_shown_once),
      cmocka_unit_test(test_measures_of_one_case_show_their_range),
      cmocka_unit_test(test_a_stream_that_fails_is_an_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
