#include "base/escape.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void assert_escaped(struct span bytes, const char *text) {
  struct bytes out = {0};
  escape_text(&out, bytes);
  assert_string_equal(bytes_cstr(&out), text);
  bytes_free(&out);
}

static void test_what_has_a_short_escape(void **state) {
  (void)state;
  assert_escaped(span_make("\r\n\t\0\\", 5), "\\r\\n\\t\\0\\\\");
}

static void test_hostile_bytes(void **state) {
  (void)state;
  assert_escaped(span_of("\x1b[2J\x07\x7f"), "\\x1b[2J\\x07\\x7f");
  assert_escaped(span_of("caf\xc3\xa9 \xff"), "caf\\xc3\\xa9 \\xff");
  assert_escaped((struct span){0}, "");
}

static void test_every_byte_is_printable_and_none_is_lost(void **state) {
  (void)state;
  struct bytes seen[256];
  for (unsigned byte = 0; byte < 256; byte++) {
    uint8_t one = (uint8_t)byte;
    seen[byte] = (struct bytes){0};
    escape_text(&seen[byte], span_make(&one, 1));
    for (size_t i = 0; i < seen[byte].len; i++) {
      assert_in_range(seen[byte].ptr[i], 0x20, 0x7e);
    }
    bool plain = byte >= 0x20 && byte <= 0x7e && byte != '\\';
    assert_int_equal(seen[byte].len == 1, plain);
    for (unsigned before = 0; before < byte; before++) {
      assert_false(span_eq(bytes_span(&seen[before]), bytes_span(&seen[byte])));
    }
  }
  for (unsigned byte = 0; byte < 256; byte++) {
    bytes_free(&seen[byte]);
  }
}

static void test_it_appends(void **state) {
  (void)state;
  struct bytes out = {0};
  bytes_text(&out, "a: ");
  escape_text(&out, span_of("\n"));
  assert_string_equal(bytes_cstr(&out), "a: \\n");
  bytes_free(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_what_has_a_short_escape),
      cmocka_unit_test(test_hostile_bytes),
      cmocka_unit_test(test_every_byte_is_printable_and_none_is_lost),
      cmocka_unit_test(test_it_appends),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
