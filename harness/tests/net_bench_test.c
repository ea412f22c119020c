/* The benchmark runs, plays every exchange right, and refuses nonsense. Its numbers are not judged.
 */
#include "net_tape.h"

#include "net/bench.h"

static void a_small_bench_prints_a_row_for_each_number_in_flight(void **state) {
  (void)state;
  char text[2048] = "";
  FILE *out = fmemopen(text, sizeof(text), "w");
  assert_non_null(out);
  assert_int_equal(net_bench(out, 100), 0);
  (void)fclose(out);
  assert_non_null(strstr(text, "100 exchanges a round"));
  assert_non_null(strstr(text, "\n        1 "));
  assert_non_null(strstr(text, "\n       64 "));
}

static void no_exchanges_cannot_be_measured(void **state) {
  (void)state;
  char text[256] = "";
  FILE *out = fmemopen(text, sizeof(text), "w");
  assert_non_null(out);
  assert_int_equal(net_bench(out, 0), 1);
  (void)fclose(out);
  assert_string_equal(text, "bench: the number of exchanges must be from 1 to 1000000\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_small_bench_prints_a_row_for_each_number_in_flight),
      cmocka_unit_test(no_exchanges_cannot_be_measured),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
