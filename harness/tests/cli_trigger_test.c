/* --trigger: what it says, what it may not say, and what a case makes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/trigger.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static void test_a_request_is_a_method_a_path_and_fields(void **state) {
  (void)state;
  struct trigger trigger;
  assert_null(trigger_parse("102=COPY /big?a=b | Destination: /copy|Depth:infinity ", &trigger));
  assert_int_equal(trigger.code, 102);
  assert_true(span_is(trigger.method, "COPY"));
  assert_true(span_is(trigger.target, "/big?a=b"));
  assert_int_equal(trigger.num_fields, 2);
  assert_true(span_is(trigger.fields[0].name, "Destination"));
  assert_true(span_is(trigger.fields[0].value, "/copy"));
  assert_true(span_is(trigger.fields[1].name, "Depth"));
  assert_true(span_is(trigger.fields[1].value, "infinity"));
}

static void test_what_is_no_trigger_is_told(void **state) {
  (void)state;
  static const struct {
    const char *text;
    const char *wrong;
  } rows[] = {
      {"", "write CODE=METHOD TARGET"},
      {"GET /", "write CODE=METHOD TARGET"},
      {"101=GET /", "write CODE=METHOD TARGET"},
      {"200=GET /", "write CODE=METHOD TARGET"},
      {"0102=GET /", "write CODE=METHOD TARGET"},
      {"102=", "behind the code stand a method"},
      {"102=GET", "behind the code stand a method"},
      {"102=GET slow", "behind the code stand a method"},
      {"102=GET /a b", "behind the code stand a method"},
      {"102=G@T /a", "behind the code stand a method"},
      {"102=GET /a | Depth", "a field is 'Name: value'"},
      {"102=GET /a | Dep th: 1", "a field is 'Name: value'"},
      {"102=GET /a | A: b\r\nC: d", "a field is 'Name: value'"},
      {"102=GET /a||A: b", "a field is 'Name: value'"},
  };
  for (size_t i = 0; i < LENGTH(rows); i++) {
    struct trigger trigger;
    const char *wrong = trigger_parse(rows[i].text, &trigger);
    if (wrong == NULL || !span_starts(span_of(wrong), rows[i].wrong)) {
      fail_msg("%s: %s", rows[i].text, wrong == NULL ? "taken" : wrong);
    }
  }
}

static void test_a_case_names_what_it_needs(void **state) {
  (void)state;
  assert_int_equal(trigger_needed(span_of("trigger-103")), 103);
  assert_int_equal(trigger_needed(span_of("trigger-101")), 0);
  assert_int_equal(trigger_needed(span_of("trigger-")), 0);
  assert_int_equal(trigger_needed(span_of("target-timeout")), 0);
}

static void test_a_step_gets_the_request_and_keeps_its_own_fields(void **state) {
  (void)state;
  struct arena arena = {0};
  struct trigger triggers[2];
  struct case_file file;
  struct diag diag;
  assert_null(trigger_parse("103=GET /other", &triggers[0]));
  assert_null(trigger_parse("102=COPY /big | Depth: infinity | X: 1", &triggers[1]));
  const char *text = "title T\ncites HOUSE-ALIVE\nseat origin\nneeds trigger-102\n\n"
                     "client sends trigger-102\n  depth: 0\nclient sends GET\nclient sees 200\n";
  assert_int_equal(case_parse(&arena, "a/b.case", span_of(text), NULL, &file, &diag), 0);
  trigger_resolve(&arena, triggers, 2, &file);
  const struct step *step = &file.steps[0];
  assert_true(span_is(step->messages[0].method, "COPY"));
  assert_true(span_is(step->messages[0].target, "/big"));
  assert_int_equal(step->num_fields, 2);
  assert_true(span_is(step->fields[0].value, "0"));
  assert_true(span_is(step->fields[1].name, "X"));
  assert_int_equal(file.steps[1].num_fields, 0);
  assert_true(span_is(file.steps[1].messages[0].method, "GET"));
  arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_request_is_a_method_a_path_and_fields),
      cmocka_unit_test(test_what_is_no_trigger_is_told),
      cmocka_unit_test(test_a_case_names_what_it_needs),
      cmocka_unit_test(test_a_step_gets_the_request_and_keeps_its_own_fields),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
