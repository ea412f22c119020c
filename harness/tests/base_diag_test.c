#include "base/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_printed(const struct diag *diag, const char *text) {
  char *printed = NULL;
  size_t len = 0;
  FILE *out = open_memstream(&printed, &len);
  assert_non_null(out);
  diag_print(diag, out);
  assert_int_equal(fclose(out), 0);
  assert_string_equal(printed, text);
  free(printed);
}

static void test_set(void **state) {
  (void)state;
  struct diag diag = {.source = "left over"};
  diag_set(&diag, "a.case", 3, 9, "no such lane: %s", "server");
  assert_string_equal(diag.file, "a.case");
  assert_int_equal(diag.line, 3);
  assert_int_equal(diag.column, 9);
  assert_string_equal(diag.reason, "no such lane: server");
  assert_string_equal(diag.source, "");
}

static void test_a_long_reason_is_cut(void **state) {
  (void)state;
  struct diag diag;
  diag_set(&diag, NULL, 0, 0, "%1000s", "x");
  assert_int_equal(strlen(diag.reason), sizeof(diag.reason) - 1);
}

static void test_places(void **state) {
  (void)state;
  struct diag diag;
  diag_set(&diag, "a.case", 3, 9, "odd");
  assert_printed(&diag, "a.case:3:9: odd\n");
  diag_set(&diag, "a.case", 3, 0, "odd");
  assert_printed(&diag, "a.case:3: odd\n");
  diag_set(&diag, "a.case", 0, 0, "cannot be read");
  assert_printed(&diag, "a.case: cannot be read\n");
  diag_set(&diag, NULL, 3, 9, "odd");
  assert_printed(&diag, "odd\n");
}

static void test_the_caret_is_under_the_column(void **state) {
  (void)state;
  struct diag diag;
  diag_set(&diag, "a.case", 1, 9, "odd");
  (void)snprintf(diag.source, sizeof(diag.source), "client  sent 102");
  assert_printed(&diag, "a.case:1:9: odd\n"
                        "  client  sent 102\n"
                        "          ^\n");
  diag.column = 1;
  assert_printed(&diag, "a.case:1:1: odd\n"
                        "  client  sent 102\n"
                        "  ^\n");
  diag.column = 0;
  assert_printed(&diag, "a.case:1: odd\n"
                        "  client  sent 102\n");
  diag.column = 1000;
  assert_printed(&diag, "a.case:1:1000: odd\n"
                        "  client  sent 102\n"
                        "                  ^\n");
}

/* What is escaped before the column moves the caret with it. */
static void test_hostile_bytes(void **state) {
  (void)state;
  struct diag diag;
  diag_set(&diag, "a\x1b.case", 1, 3, "odd\n");
  (void)snprintf(diag.source, sizeof(diag.source), "\t\x1bx");
  assert_printed(&diag, "a\\x1b.case:1:3: odd\\n\n"
                        "  \\t\\x1bx\n"
                        "        ^\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_set),           cmocka_unit_test(test_a_long_reason_is_cut),
      cmocka_unit_test(test_places),        cmocka_unit_test(test_the_caret_is_under_the_column),
      cmocka_unit_test(test_hostile_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
