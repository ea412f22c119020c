#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_equality(void **state) {
  (void)state;
  assert_true(span_eq(span_of("ab"), span_make("abc", 2)));
  assert_false(span_eq(span_of("ab"), span_of("abc")));
  assert_false(span_eq(span_of("ab"), span_of("aB")));
  assert_true(span_eq((struct span){0}, span_of("")));
  assert_true(span_eq(span_make("a\0b", 3), span_make("a\0b", 3)));
  assert_false(span_eq(span_make("a\0b", 3), span_make("a\0c", 3)));
  assert_true(span_is(span_of("x"), "x"));
  assert_false(span_is(span_make("x\0", 2), "x"));
}

/* ASCII letters only: the bytes beside them and obs-text keep their case. */
static void test_equality_without_case(void **state) {
  (void)state;
  assert_true(span_is_nocase(span_of("cOnTeNt-lengTh"), "Content-Length"));
  assert_false(span_is_nocase(span_of("content_length"), "Content-Length"));
  assert_false(span_is_nocase(span_of("Content-Lengt"), "Content-Length"));
  assert_true(span_eq_nocase(span_of(""), (struct span){0}));
  for (unsigned a = 0; a < 256; a++) {
    for (unsigned b = 0; b < 256; b++) {
      uint8_t x = (uint8_t)a;
      uint8_t y = (uint8_t)b;
      bool letters = (a ^ b) == 0x20 && (a | 0x20) >= 'a' && (a | 0x20) <= 'z';
      assert_int_equal(span_eq_nocase(span_make(&x, 1), span_make(&y, 1)), a == b || letters);
    }
  }
}

static void test_skip(void **state) {
  (void)state;
  assert_true(span_is(span_skip(span_of("abc"), 1), "bc"));
  assert_true(span_is(span_skip(span_of("abc"), 0), "abc"));
  assert_int_equal(span_skip(span_of("abc"), 3).len, 0);
  assert_int_equal(span_skip(span_of("abc"), SIZE_MAX).len, 0);
  assert_int_equal(span_skip((struct span){0}, 1).len, 0);
}

static void test_starts(void **state) {
  (void)state;
  assert_true(span_starts(span_of("HTTP/1.1"), "HTTP/"));
  assert_true(span_starts(span_of("HTTP/"), "HTTP/"));
  assert_false(span_starts(span_of("HTTP"), "HTTP/"));
  assert_false(span_starts(span_of("http/"), "HTTP/"));
  assert_true(span_starts((struct span){0}, ""));
}

static void test_trim(void **state) {
  (void)state;
  assert_true(span_is(span_trim(span_of(" \t a b\t ")), "a b"));
  assert_true(span_is(span_trim(span_of("a")), "a"));
  assert_true(span_is(span_trim(span_of("\r\na\n")), "\r\na\n"));
  assert_int_equal(span_trim(span_of(" \t ")).len, 0);
  assert_int_equal(span_trim((struct span){0}).len, 0);
}

static void test_find(void **state) {
  (void)state;
  assert_int_equal(span_find(span_of("abcabc"), span_of("abc"), 0), 0);
  assert_int_equal(span_find(span_of("abcabc"), span_of("abc"), 1), 3);
  assert_int_equal(span_find(span_of("abcabc"), span_of("abc"), 4), SIZE_MAX);
  assert_int_equal(span_find(span_of("aab"), span_of("ab"), 0), 1);
  assert_int_equal(span_find(span_of("ab"), span_of("abc"), 0), SIZE_MAX);
  assert_int_equal(span_find(span_of("ab"), span_of(""), 2), 2);
  assert_int_equal(span_find(span_of("ab"), span_of("a"), SIZE_MAX), SIZE_MAX);
  assert_int_equal(span_find(span_make("a\0b", 3), span_make("\0b", 2), 0), 1);
}

static void test_words(void **state) {
  (void)state;
  struct span rest = span_of("  client\tsends  102 ");
  assert_true(span_is(span_word(&rest), "client"));
  assert_true(span_is(span_word(&rest), "sends"));
  assert_true(span_is(span_word(&rest), "102"));
  assert_int_equal(span_word(&rest).len, 0);
  assert_int_equal(span_word(&rest).len, 0);
}

struct number_row {
  const char *text;
  bool good;
  uint64_t value;
};

static void test_numbers(void **state) {
  (void)state;
  static const struct number_row rows[] = {
      {"0", true, 0},
      {"102", true, 102},
      {"007", true, 7},
      {"9999999999999999999", true, UINT64_C(9999999999999999999)},
      {"10000000000000000000", false, 0},
      {"", false, 0},
      {"-1", false, 0},
      {"+1", false, 0},
      {" 1", false, 0},
      {"1 ", false, 0},
      {"0x1", false, 0},
      {"1/", false, 0},
      {"1:", false, 0},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    uint64_t value = 77;
    assert_int_equal(span_number(span_of(rows[i].text), &value), rows[i].good);
    assert_true(value == (rows[i].good ? rows[i].value : 77));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_equality), cmocka_unit_test(test_equality_without_case),
      cmocka_unit_test(test_skip),     cmocka_unit_test(test_starts),
      cmocka_unit_test(test_trim),     cmocka_unit_test(test_find),
      cmocka_unit_test(test_words),    cmocka_unit_test(test_numbers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
