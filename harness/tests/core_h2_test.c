/* The words of HTTP/2. */
#include "core/h2.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_types_by_number_and_name(void **state) {
  (void)state;
  for (unsigned type = 0; type <= H2_CONTINUATION; type++) {
    unsigned found = 99;
    assert_true(h2_type_named(span_of(h2_type_name(type)), &found));
    assert_int_equal(found, type);
  }
  assert_string_equal(h2_type_name(H2_RST_STREAM), "RST_STREAM");
  assert_int_equal(H2_CONTINUATION, 9);
  assert_null(h2_type_name(10));
  assert_null(h2_type_name(255));
  unsigned found = 7;
  assert_false(h2_type_named(span_of("headers"), &found));
  assert_false(h2_type_named(span_of("HEADER"), &found));
  assert_false(h2_type_named(span_of(""), &found));
  assert_int_equal(found, 7);
}

static void test_errors_by_number_and_name(void **state) {
  (void)state;
  for (uint32_t code = 0; code <= H2_HTTP_1_1_REQUIRED; code++) {
    uint32_t found = 99;
    assert_true(h2_error_named(span_of(h2_error_name(code)), &found));
    assert_int_equal(found, code);
  }
  assert_string_equal(h2_error_name(8), "CANCEL");
  assert_string_equal(h2_error_name(11), "ENHANCE_YOUR_CALM");
  assert_int_equal(H2_HTTP_1_1_REQUIRED, 0xd);
  assert_null(h2_error_name(14));
  assert_null(h2_error_name(UINT32_MAX));
}

static void test_settings_by_number_and_name(void **state) {
  (void)state;
  unsigned found = 0;
  assert_true(h2_setting_named(span_of("MAX_HEADER_LIST_SIZE"), &found));
  assert_int_equal(found, 6);
  assert_true(h2_setting_named(span_of("ENABLE_CONNECT_PROTOCOL"), &found));
  assert_int_equal(found, 8);
  assert_string_equal(h2_setting_name(4), "INITIAL_WINDOW_SIZE");
  assert_null(h2_setting_name(0));
  assert_null(h2_setting_name(7));
  assert_null(h2_setting_name(9));
}

static void test_the_preface_has_24_bytes(void **state) {
  (void)state;
  assert_int_equal(h2_preface.len, H2_PREFACE_LEN);
  assert_true(span_is(h2_preface, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_types_by_number_and_name),
      cmocka_unit_test(test_errors_by_number_and_name),
      cmocka_unit_test(test_settings_by_number_and_name),
      cmocka_unit_test(test_the_preface_has_24_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
