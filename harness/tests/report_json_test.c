/* The result file, read back. */
#include "report_sample.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static json_t *written(const struct run *run, bool all_transcripts) {
  char *text = NULL;
  size_t len = 0;
  FILE *out = open_memstream(&text, &len);
  assert_non_null(out);
  assert_int_equal(report_json(out, run, all_transcripts), 0);
  assert_int_equal(fclose(out), 0);
  json_error_t error;
  json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
  if (root == NULL) {
    fail_msg("line %d: %s", error.line, error.text);
  }
  assert_int_equal(text[len - 1], '\n');
  free(text);
  return root;
}

/* The members of an object in their order, with a blank between two. */
static void assert_members(json_t *object, const char *expected) {
  char names[512] = "";
  size_t len = 0;
  const char *name = NULL;
  json_t *value = NULL;
  json_object_foreach(object, name, value) {
    assert_non_null(value);
    len += (size_t)snprintf(names + len, sizeof names - len, "%s%s", len > 0 ? " " : "", name);
  }
  assert_string_equal(names, expected);
}

/* A member as compact JSON. */
static void assert_member(json_t *object, const char *name, const char *expected) {
  json_t *value = json_object_get(object, name);
  assert_non_null(value);
  char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(9));
  assert_string_equal(text, expected);
  free(text);
}

static json_t *case_named(json_t *root, const char *id) {
  size_t i = 0;
  json_t *value = NULL;
  json_array_foreach(json_object_get(root, "cases"), i, value) {
    if (strcmp(json_string_value(json_object_get(value, "id")), id) == 0) {
      return value;
    }
  }
  fail_msg("no case %s", id);
  return NULL;
}

static void test_a_run_has_the_shape_of_the_schema(void **state) {
  (void)state;
  struct run run = sample_run();
  json_t *root = written(&run, false);
  assert_members(root, "schema tool started duration_ms interrupted fatal target summary cases "
                       "profile");
  assert_member(root, "schema", "\"interim-results/1\"");
  assert_member(root, "tool", "{\"name\":\"interim\",\"version\":\"0.1.0\",\"suite\":\"1\"}");
  assert_member(root, "started", "\"2026-11-21T02:00:00Z\"");
  assert_member(root, "duration_ms", "812.25");
  assert_member(root, "interrupted", "false");
  assert_member(root, "fatal", "\"\"");
  assert_member(root, "target",
                "{\"name\":\"nginx\",\"version\":\"1.22.1\",\"seat\":\"gateway\","
                "\"url\":\"http://127.0.0.1:8080\",\"fronts\":[\"h1\"],\"backs\":[\"h1\"]}");
  assert_member(root, "summary",
                "{\"pass\":2,\"fail\":4,\"warn\":1,\"info\":1,\"skip\":3,\"error\":1}");
  assert_member(root, "profile", "{\"max_interims\":1000,\"held_ms\":1.5}");
  assert_int_equal(json_array_size(json_object_get(root, "cases")), LENGTH(sample_results));
  json_decref(root);
}

static void test_a_result_has_the_shape_of_the_schema(void **state) {
  (void)state;
  struct run run = sample_run();
  json_t *root = written(&run, false);
  json_t *failed = case_named(root, "forward/any:102");
  assert_members(failed, "id title front back verdict level requirements outcome outcomes expected "
                         "observed reason fault known unexpected duration_ms measured reproduce "
                         "script transcript");
  assert_member(failed, "title", "\"Any code reaches the client\"");
  assert_member(failed, "front", "\"h1\"");
  assert_member(failed, "back", "\"h1\"");
  assert_member(failed, "verdict", "\"fail\"");
  assert_member(failed, "level", "\"MUST\"");
  assert_member(failed, "requirements", "[\"RFC9110-15.2-4\",\"RFC9110-7.6-1\"]");
  assert_member(failed, "outcome", "\"taken-as-final\"");
  assert_member(failed, "outcomes", "[\"taken-as-final\",\"desync\",\"forwarded\"]");
  assert_member(failed, "expected", "\"102, 200\"");
  assert_member(failed, "observed", "\"102, nothing\"");
  assert_member(failed, "reason", "\"No final response came within 250 ms.\"");
  assert_member(failed, "fault", "\"RFC9110-15.2-4 taken-as-final\"");
  assert_member(failed, "known", "\"\"");
  assert_member(failed, "unexpected", "true");
  assert_member(failed, "duration_ms", "2.5");
  assert_member(failed, "measured", "{}");
  assert_member(failed, "reproduce", "\"interim run --target http://127.0.0.1:8080 CASE\"");
  assert_member(failed, "script", "\"printf 'GET /\\\\r\\\\n' |\\n  nc 127.0.0.1 8080\\n\"");
  json_t *second = json_array_get(json_object_get(failed, "transcript"), 1);
  assert_members(second, "t_us lane dir text");
  assert_member(second, "t_us", "1234");
  assert_member(second, "lane", "\"origin 2\"");
  assert_member(second, "dir", "\"received\"");
  assert_member(second, "text", "\"GET /a HTTP/1.0\\\\r\\\\n\\\\r\\\\n\"");
  assert_member(case_named(root, "limits/count"), "measured",
                "{\"max_interims\":1000,\"delay_ms\":0.4}");
  assert_member(case_named(root, "fields/old"), "known", "\"issue 1604\"");
  json_decref(root);
}

/* For what did not pass, or all. */
static void test_transcripts_are_there_for_what_did_not_pass(void **state) {
  (void)state;
  static const struct {
    const char *id;
    bool has_transcript;
  } rows[] = {
      {"forward/plain", false}, {"limits/count", false},   {"upgrade/a", false},
      {"forward/103", true},    {"reuse/two", true},       {"fields/old", true},
      {"fields/mended", true},  {"forward/any:102", true},
  };
  struct run run = sample_run();
  json_t *some = written(&run, false);
  json_t *all = written(&run, true);
  for (size_t i = 0; i < LENGTH(rows); i++) {
    json_t *transcript = json_object_get(case_named(some, rows[i].id), "transcript");
    assert_int_equal(transcript != NULL, rows[i].has_transcript);
    assert_true(json_is_array(json_object_get(case_named(all, rows[i].id), "transcript")));
  }
  json_decref(some);
  json_decref(all);
}

static void test_hostile_text_stays_text(void **state) {
  (void)state;
  static const char *const members[] = {"id",       "title",    "front",  "back",  "level",
                                        "expected", "observed", "reason", "fault", "reproduce"};
  struct run run = hostile_run();
  json_t *root = written(&run, true);
  json_t *first = json_array_get(json_object_get(root, "cases"), 0);
  for (size_t i = 0; i < LENGTH(members); i++) {
    assert_string_equal(json_string_value(json_object_get(first, members[i])), HARMLESS);
  }
  assert_string_equal(json_string_value(json_object_get(root, "fatal")), HARMLESS);
  assert_non_null(json_object_get(json_object_get(first, "measured"), HARMLESS));
  json_t *line = json_array_get(json_object_get(first, "transcript"), 0);
  assert_string_equal(json_string_value(json_object_get(line, "text")), HARMLESS);
  json_decref(root);
}

static void test_an_empty_or_interrupted_run_is_a_valid_file(void **state) {
  (void)state;
  struct run run = empty_run();
  run.interrupted = true;
  run.fatal = "The target is unreachable.";
  json_t *root = written(&run, false);
  assert_member(root, "cases", "[]");
  assert_member(root, "profile", "{}");
  assert_member(root, "interrupted", "true");
  assert_member(root, "fatal", "\"The target is unreachable.\"");
  assert_member(root, "summary",
                "{\"pass\":0,\"fail\":0,\"warn\":0,\"info\":0,\"skip\":0,\"error\":0}");
  json_decref(root);
}

static void test_a_number_that_json_lacks_is_an_error(void **state) {
  (void)state;
  const double refused[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
  for (size_t i = 0; i < LENGTH(refused); i++) {
    struct measure measure = {"m", refused[i]};
    struct run run = empty_run();
    run.profile = &measure;
    run.num_profile = 1;
    FILE *out = tmpfile();
    assert_non_null(out);
    assert_int_equal(report_json(out, &run, false), -1);
    assert_int_equal(fclose(out), 0);
  }
}

static void test_a_stream_that_fails_is_an_error(void **state) {
  (void)state;
  struct run run = sample_run();
  FILE *unwritable = fopen("/dev/null", "r");
  assert_non_null(unwritable);
  assert_int_equal(report_json(unwritable, &run, false), -1);
  assert_int_equal(fclose(unwritable), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_run_has_the_shape_of_the_schema),
      cmocka_unit_test(test_a_result_has_the_shape_of_the_schema),
      cmocka_unit_test(test_transcripts_are_there_for_what_did_not_pass),
      cmocka_unit_test(test_hostile_text_stays_text),
      cmocka_unit_test(test_an_empty_or_interrupted_run_is_a_valid_file),
      cmocka_unit_test(test_a_number_that_json_lacks_is_an_error),
      cmocka_unit_test(test_a_stream_that_fails_is_an_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
