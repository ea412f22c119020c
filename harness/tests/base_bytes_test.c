#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_it_grows(void **state) {
  (void)state;
  struct bytes bytes;
  bytes_init(&bytes);
  for (unsigned i = 0; i < 1000; i++) {
    uint8_t byte = (uint8_t)i;
    bytes_add(&bytes, span_make(&byte, 1));
  }
  assert_int_equal(bytes.len, 1000);
  for (unsigned i = 0; i < 1000; i++) {
    assert_int_equal(bytes_span(&bytes).ptr[i], i % 256);
  }
  bytes_free(&bytes);
  assert_int_equal(bytes.len, 0);
  assert_null(bytes.ptr);
}

static void test_adding_much_at_once(void **state) {
  (void)state;
  static const uint8_t block[100000] = {1, 2, 3};
  struct bytes bytes = {0};
  bytes_add(&bytes, span_make(block, sizeof(block)));
  assert_true(span_eq(bytes_span(&bytes), span_make(block, sizeof(block))));
  bytes_free(&bytes);
}

static void test_adding_nothing(void **state) {
  (void)state;
  struct bytes bytes = {0};
  bytes_add(&bytes, (struct span){0});
  bytes_text(&bytes, "");
  bytes_printf(&bytes, "%s", "");
  assert_int_equal(bytes.len, 0);
  assert_string_equal(bytes_cstr(&bytes), "");
  bytes_free(&bytes);
}

static void test_text_and_format(void **state) {
  (void)state;
  struct bytes bytes = {0};
  bytes_text(&bytes, "HTTP/1.1 ");
  bytes_printf(&bytes, "%03u %s", 102U, "Processing");
  assert_string_equal(bytes_cstr(&bytes), "HTTP/1.1 102 Processing");
  assert_int_equal(bytes.len, 23);
  bytes_text(&bytes, "!");
  assert_string_equal(bytes_cstr(&bytes), "HTTP/1.1 102 Processing!");
  bytes_free(&bytes);
}

/* The NUL that ends it takes a byte that must be there, at every length. */
static void test_the_c_string_ends(void **state) {
  (void)state;
  struct bytes bytes = {0};
  for (size_t len = 1; len <= 300; len++) {
    bytes_text(&bytes, "x");
    assert_int_equal(strlen(bytes_cstr(&bytes)), len);
    assert_int_equal(bytes.len, len);
  }
  bytes_free(&bytes);
}

static void test_drop(void **state) {
  (void)state;
  struct bytes bytes = {0};
  bytes_text(&bytes, "abcdef");
  bytes_drop(&bytes, 0);
  assert_string_equal(bytes_cstr(&bytes), "abcdef");
  bytes_drop(&bytes, 2);
  assert_string_equal(bytes_cstr(&bytes), "cdef");
  bytes_drop(&bytes, 4);
  assert_int_equal(bytes.len, 0);
  bytes_text(&bytes, "xy");
  bytes_drop(&bytes, 99);
  assert_int_equal(bytes.len, 0);
  bytes_free(&bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_it_grows),          cmocka_unit_test(test_adding_much_at_once),
      cmocka_unit_test(test_adding_nothing),    cmocka_unit_test(test_text_and_format),
      cmocka_unit_test(test_the_c_string_ends), cmocka_unit_test(test_drop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
