/* The property that is fuzzed, on every byte and on what the formats have special meanings for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/props_report.h"

static void check(struct span text) {
  const char *broken = prop_reports(text);
  if (broken != NULL) {
    fail_msg("%s: %.*s", broken, (int)text.len, (const char *)text.ptr);
  }
}

static void test_every_byte_is_harmless_in_every_report(void **state) {
  (void)state;
  for (unsigned byte = 0; byte < 256; byte++) {
    uint8_t text[] = {'a', (uint8_t)byte, 'b', (uint8_t)byte, (uint8_t)byte};
    check(span_make(text, sizeof(text)));
  }
}

static void test_every_mark_of_the_formats_is_harmless(void **state) {
  (void)state;
  static const char *const texts[] = {
      "]]>",          "<![CDATA[",        "--><x>",
      "&amp;&#0;&lt", "\\u0000\\xff\\",   "\xed\xa0\x80",
      "\xc0\xaf\xf5", "\xef\xbf\xbe\xef", "# a\n1..9\nnot ok\n  ---\n  ...\n",
  };
  for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
    check(span_of(texts[i]));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_byte_is_harmless_in_every_report),
      cmocka_unit_test(test_every_mark_of_the_formats_is_harmless),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
