/* What is said when the plain exchange does not work that everything begins with. */
#include "tests/script_bench.h"

#include "script/plain_exchange.h"

/* What the target answers to the client before it ends the connection, over which scheme; whether
 * it is told to speak TLS, and how the failure ends. */
static const struct {
  const char *scheme;
  enum seat seat;
  const char *answer;
  bool wants_tls;
  const char *end;
} rows[] = {
    {"http", SEAT_ORIGIN, "\x15\x03\x01", true,
     "observed that the port speaks TLS; use https:// "
     "in the URL, or another port"},
    {"http", SEAT_GATEWAY, "\x15\x03\x03", true, "use https:// in the URL, or another port"},
    {"https", SEAT_ORIGIN, "\x15\x03\x01", false, "no response begins like this"},
    {"http", SEAT_ORIGIN, "\x15\x05\x01", false, "no response begins like this"},
    {"http", SEAT_ORIGIN, "HTTP/1.1 799 Odd|Content-Length: 0||", false,
     "the status code is not in 100 to 599"},
    {"http", SEAT_ORIGIN,
     "HTTP/1.1 400 Bad Request|Content-Length: 54||"
     "The plain HTTP request was sent to HTTPS port (nginx).",
     true, "use https:// in the URL, or another port"},
    {"http", SEAT_ORIGIN,
     "HTTP/1.0 400 Bad Request||Client sent an HTTP request to an HTTPS server.", true,
     "use https:// in the URL, or another port"},
    {"http", SEAT_ORIGIN,
     "HTTP/1.1 400 Bad Request|Content-Length: 59||"
     "You're speaking plain HTTP to an SSL-enabled server port. .",
     true, "use https:// in the URL, or another port"},
    {"https", SEAT_ORIGIN,
     "HTTP/1.0 400 Bad Request||Client sent an HTTP request to an HTTPS server.", false, NULL},
    {"http", SEAT_ORIGIN, "HTTP/1.0 200 OK||Client sent an HTTP request to an HTTPS server.", false,
     NULL},
    {"http", SEAT_ORIGIN, "HTTP/1.1 400 Bad Request|Content-Length: 0||", false, NULL},
    {"http", SEAT_ORIGIN, "", false,
     "observed close; if the port speaks TLS, use https:// in the "
     "URL"},
    {"http", SEAT_GATEWAY, "", false,
     "observed close (the request did not reach the origin); if the port speaks TLS, use https:// "
     "in the URL"},
    {"https", SEAT_ORIGIN, "", false, "observed close"},
    {"http", SEAT_ORIGIN, "HTTP/1.1 2", false, "observed close"},
};

static bool ends_with(const char *text, const char *end) {
  size_t len = strlen(text);
  return len >= strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

static void test_a_port_of_tls_is_told(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    bench_begin_at(&bench, rows[i].seat, "client sends GET\nclient sees final\n", false);
    bench.script.config.scheme = rows[i].scheme;
    if (rows[i].answer[0] != '\0') {
      target_answers(&bench, 1, rows[i].answer);
    }
    target_ends(&bench, 1, ACTOR_FIN);
    const char *failure = plain_exchange_failure(&bench.arena, &bench.script);
    if (plain_exchange_wants_tls(&bench.script) != rows[i].wants_tls ||
        (rows[i].end != NULL && !ends_with(failure, rows[i].end))) {
      fail_msg("row %zu: %s", i, failure);
    }
    bench_end(&bench);
  }
}

static void test_it_may_be_told_in_two_reads(void **state) {
  (void)state;
  struct bench bench;
  bench_begin_at(&bench, SEAT_ORIGIN, "client sends GET\nclient sees final\n", false);
  target_answers(&bench, 1, "HTTP/1.0 400 Bad Request||");
  assert_false(plain_exchange_wants_tls(&bench.script));
  target_answers(&bench, 1, "HTTPS server");
  assert_true(plain_exchange_wants_tls(&bench.script));
  bench_end(&bench);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_port_of_tls_is_told),
      cmocka_unit_test(test_it_may_be_told_in_two_reads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
