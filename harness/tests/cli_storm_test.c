/* Runs into which bytes and ends break, at every moment: each of them ends, and each play has an
 * outcome or the run says why there is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/world_storm.h"

static void check(struct span input) {
  const char *broken = storm_play(input);
  if (broken != NULL) {
    fail_msg("%s", broken);
  }
}

static void test_a_quiet_run_ends(void **state) {
  (void)state;
  for (unsigned which = 0; which < 1U << STORM_PLAYS; which++) {
    uint8_t input = (uint8_t)which;
    check(span_make(&input, 1));
  }
}

static const char *const intruders[] = {
    "HTTP/1.1 102 Processing\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
    "\x01",
};

static void break_in(unsigned moment, uint8_t word, uint8_t connection, const char *text) {
  uint8_t input[128] = {0x1f};
  size_t len = 1;
  for (unsigned left = moment; left > 0;) {
    unsigned events = left < 42 ? left : 42;
    input[len++] = (uint8_t)(STORM_GO + STORM_WORDS * (events - 1));
    left -= events;
  }
  input[len++] = word;
  input[len++] = connection;
  if (word == STORM_BYTES) {
    input[len++] = (uint8_t)strlen(text);
    for (const char *at = text; *at != '\0'; at++) {
      input[len++] = (uint8_t)*at;
    }
  }
  check(span_make(input, len));
}

static void test_what_breaks_in_at_any_moment_ends_no_run_badly(void **state) {
  (void)state;
  for (unsigned moment = 1; moment < 240; moment += 3) {
    for (uint8_t connection = 0; connection < 3; connection++) {
      break_in(moment, STORM_FIN, connection, "");
      break_in(moment, STORM_RESET, connection, "");
      break_in(moment, STORM_BYTES, connection,
               intruders[moment % (sizeof(intruders) / sizeof(intruders[0]))]);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_quiet_run_ends),
      cmocka_unit_test(test_what_breaks_in_at_any_moment_ends_no_run_badly),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
