/* Bytes in, what any report shows out. */
#include "report/printable.h"

#include "report_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
  const char *bytes;
  const char *shown;
} rows[] = {
    {"", ""},
    {"plain ~", "plain ~"},
    {"already \\x0d escaped \\\\", "already \\x0d escaped \\\\"},
    {"\x01\x1f\x7f", "\\x01\\x1f\\x7f"},
    {"a\tb\r\nc", "a\\x09b\\x0d\\x0ac"},
    {"\x1b[31m", "\\x1b[31m"},
    {"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"},
    {"\x80 \xff \xc3", "\\x80 \\xff \\xc3"},                 /* no lead, no UTF-8, cut short */
    {"\xc3(", "\\xc3("},                                     /* no continuation */
    {"\xe2\x82", "\\xe2\\x82"},                              /* cut short */
    {"\xc0\xaf \xe0\x80\xaf", "\\xc0\\xaf \\xe0\\x80\\xaf"}, /* longer than need be */
    {"\xed\xa0\x80", "\\xed\\xa0\\x80"},                     /* a surrogate */
    {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},            /* beyond Unicode */
    {"\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80"},   /* no such lead */
    {"\xc2\x85 \xc2\x9b", "\\xc2\\x85 \\xc2\\x9b"},          /* C1: a terminal obeys them */
    {"\xe2\x80\x8e", "\\xe2\\x80\\x8e"},                     /* a direction mark */
    {"\xef\xbb\xbf \xef\xbf\xbe \xef\xbf\xbf", "\\xef\\xbb\\xbf \\xef\\xbf\\xbe \\xef\\xbf\\xbf"},
    {"\xed\x9f\xbf \xee\x80\x80", "\xed\x9f\xbf \xee\x80\x80"}, /* around the surrogates */
    {HOSTILE, HARMLESS},
};

static void test_only_printable_characters_pass(void **state) {
  (void)state;
  for (size_t i = 0; i < LENGTH(rows); i++) {
    struct bytes out = {0};
    printable_add(&out, rows[i].bytes);
    assert_string_equal(bytes_cstr(&out), rows[i].shown);
    bytes_free(&out);
  }
}

static void test_lines_keep_their_ends(void **state) {
  (void)state;
  struct bytes out = {0};
  printable_add_lines(&out, "a\tb\r\nc\x01\n");
  assert_string_equal(bytes_cstr(&out), "a\tb\\x0d\nc\\x01\n");
  bytes_free(&out);
}

static void test_columns_are_characters(void **state) {
  (void)state;
  assert_int_equal(printable_columns(span_of("")), 0);
  assert_int_equal(printable_columns(span_of("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")), 4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_only_printable_characters_pass),
      cmocka_unit_test(test_lines_keep_their_ends),
      cmocka_unit_test(test_columns_are_characters),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
