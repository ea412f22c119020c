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
  for (unsigned which = 0; which <= (STORM_ALL | STORM_FRONT_H2 | STORM_BACK_H2); which++) {
    uint8_t input = (uint8_t)which;
    check(span_make(&input, 1));
  }
}

#define INTRUDER(bytes)                                                                            \
  { (const uint8_t *)(bytes), sizeof(bytes) - 1 }

static const struct span intruders[] = {
    INTRUDER("HTTP/1.1 102 Processing\r\n\r\n"),
    INTRUDER("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    INTRUDER("GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
    INTRUDER("\x01"),
    INTRUDER("\0\0\5\1\4\0\0\0\1\10\003102"),           /* an interim response */
    INTRUDER("\0\0\1\1\5\0\0\0\1\210"),                 /* a final one, END_STREAM */
    INTRUDER("\0\0\3\1\5\0\0\0\1\202\206\204"),         /* a request */
    INTRUDER("\0\0\2\0\1\0\0\0\1ok"),                   /* DATA, END_STREAM */
    INTRUDER("\0\0\4\3\0\0\0\0\1\0\0\0\10"),            /* RST_STREAM */
    INTRUDER("\0\0\10\7\0\0\0\0\0\0\0\0\1\0\0\0\0"),    /* GOAWAY */
    INTRUDER("\0\0\4\10\0\0\0\0\1\x7f\xff\xff\xff"),    /* a window that overflows */
    INTRUDER("\0\0\6\4\0\0\0\0\0\0\4\0\0\0\0"),         /* no window */
    INTRUDER("\0\0\1\1\0\0\0\0\1\210"),                 /* an open header block */
    INTRUDER("\0\0\7\5\4\0\0\0\1\0\0\0\2\202\206\204"), /* a promise */
};

static void break_in(uint8_t which, unsigned moment, uint8_t word, uint8_t connection) {
  uint8_t input[128] = {which};
  size_t len = 1;
  for (unsigned left = moment; left > 0;) {
    unsigned events = left < 42 ? left : 42;
    input[len++] = (uint8_t)(STORM_GO + STORM_WORDS * (events - 1));
    left -= events;
  }
  input[len++] = word;
  input[len++] = connection;
  if (word == STORM_BYTES) {
    static unsigned next;
    struct span intruder = intruders[next++ % (sizeof(intruders) / sizeof(intruders[0]))];
    input[len++] = (uint8_t)intruder.len;
    memcpy(input + len, intruder.ptr, intruder.len);
    len += intruder.len;
  }
  check(span_make(input, len));
}

static void test_what_breaks_in_at_any_moment_ends_no_run_badly(void **state) {
  static const uint8_t versions[] = {0, STORM_FRONT_H2, STORM_BACK_H2,
                                     STORM_FRONT_H2 | STORM_BACK_H2};
  (void)state;
  for (size_t i = 0; i < sizeof(versions); i++) {
    for (unsigned moment = 1; moment < 240; moment += versions[i] == 0 ? 3 : 7) {
      for (uint8_t connection = 0; connection < 3; connection++) {
        break_in(STORM_ALL | versions[i], moment, STORM_FIN, connection);
        break_in(STORM_ALL | versions[i], moment, STORM_RESET, connection);
        break_in(STORM_ALL | versions[i], moment, STORM_BYTES, connection);
      }
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
