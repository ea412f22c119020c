/* Tunnels: behind a 101 that was asked for, and behind a 2xx to CONNECT. */
#include "tests/script_bench.h"

#define UPGRADE(n)                                                                                 \
  "GET /$" n "/t/c HTTP/1.1|Host: h|Interim-Nonce: $" n "|Upgrade: t|Connection: Upgrade||"
#define SWITCH "HTTP/1.1 101 Switching Protocols|Upgrade: t|Connection: Upgrade||"
#define INSIDE_ASK "GET /$1/t/c HTTP/1.1|Host: h|Interim-Nonce: $1||"

static const char upgrade_steps[] = "client sends GET\n  Upgrade: t\n  Connection: Upgrade\n"
                                    "origin sends 102\nclient may see 102\n"
                                    "origin sends 101\n  Upgrade: t\n  Connection: Upgrade\n"
                                    "client sees 101\n"
                                    "client sends content\n  | ping\n"
                                    "origin sees content\n  | ping\n"
                                    "origin sends content x 2\n  | pong\n"
                                    "client sees content x 2\n  | pong\n";

static void begin_upgrade(struct bench *bench, const char *asked) {
  bench_begin(bench, upgrade_steps, false);
  client_wrote(bench, 1, UPGRADE("0") "\n");
  target_asks(bench, 0, asked);
  target_answers(bench, 1, MARK("0", "1"));
  target_answers(bench, 1, SWITCH);
}

static void test_bytes_cross_behind_a_101(void **state) {
  (void)state;
  struct bench bench;
  begin_upgrade(&bench, UPGRADE("0"));
  client_wrote(&bench, 1, "ping\n");
  target_asks(&bench, 0, "pi");
  steps_are(&bench, "++++++...");
  target_asks(&bench, 0, "ng");
  steps_are(&bench, "++++++++.");
  target_answers(&bench, 1, "pongpon");
  steps_are(&bench, "++++++++.");
  target_answers(&bench, 1, "g");
  steps_are(&bench, "+++++++++");
  is_done(&bench, true);
  assert_string_equal(bench.clients[1].end, "close");
  assert_false(bench.script.exchanges[0]->closed);
  bench_end(&bench);
}

/* The rows are what the origin gets from the tunnel, and what the step says came. */
static void test_what_differs_in_a_tunnel_is_missed(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    bool ends;
    const char *observed;
  } rows[] = {
      {"pink", false, "the bytes \"pink\""},
      {"PING", false, "the bytes \"PING\""},
      {"pi", false, "the bytes \"pi\""},
      {"pi", true, "the bytes \"pi\""},
      {"", false, "nothing"},
      {"", true, "nothing"},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    begin_upgrade(&bench, UPGRADE("0"));
    target_asks(&bench, 0, rows[i].bytes);
    if (rows[i].ends) {
      target_leaves(&bench, 0, false);
    } else {
      time_passes(&bench, BENCH_DEADLINE);
    }
    assert_int_equal(bench.script.steps[6].state, STEP_MISSED);
    assert_string_equal(bench.script.steps[6].observed, rows[i].observed);
    bench_end(&bench);
  }
}

/* Whoever did not ask for it may go on with HTTP behind the 101. */
static void test_no_tunnel_unless_the_target_asked(void **state) {
  (void)state;
  struct bench bench;
  begin_upgrade(&bench, ASK("GET", "0"));
  assert_false(bench.script.exchanges[0]->switched);
  target_asks(&bench, 0, "ping");
  steps_are(&bench, "++++++~~.");
  assert_true(bench.script.no_tunnel);
  bench_end(&bench);
}

static void test_no_tunnel_without_a_101(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, upgrade_steps, false);
  target_asks(&bench, 0, UPGRADE("0"));
  target_answers(&bench, 1, "HTTP/1.1 502 Own|Content-Length: 0||");
  target_leaves(&bench, 0, false);
  client_wrote(&bench, 1, UPGRADE("0") "\n");
  assert_string_equal(bench.script.steps[8].observed, "there is no tunnel");
  assert_true(bench.script.no_tunnel);
  bench_end(&bench);
}

/* The target's end of the tunnel is passed on by our origin once the play is over, not before. */
static void test_a_half_closed_tunnel_goes_on(void **state) {
  (void)state;
  struct bench bench;
  begin_upgrade(&bench, UPGRADE("0"));
  target_asks(&bench, 0, "ping");
  target_leaves(&bench, 0, false);
  assert_string_equal(bench.backs[0].end, "");
  target_answers(&bench, 1, "pongpong");
  is_done(&bench, true);
  origin_forget(&bench.origin, &bench.script);
  bench_settle(&bench);
  assert_string_equal(bench.backs[0].end, "close");
  bench_end(&bench);
}

static const char connect_steps[] =
    "client sends bytes\n  | CONNECT {host} HTTP/1.1\n  | Host: {host}\n"
    "  | Interim-Nonce: {nonce}\n  |\n"
    "client sees 2xx\nclient sends GET\norigin 2 sends 102\nclient sees 102\n"
    "origin 2 sends 200\nclient sees 200\n";

static void test_http_inside_a_tunnel(void **state) {
  (void)state;
  /* Some proxies are still HTTP/1.0 here; others say that they close behind the tunnel. */
  static const char *const made[] = {
      "HTTP/1.1 200 OK||",
      "HTTP/1.0 200 Connection established||",
      "HTTP/1.1 200 OK|Connection: close||",
  };
  for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
    struct bench bench;
    bench_begin(&bench, connect_steps, true);
    client_wrote(&bench, 1, "CONNECT h HTTP/1.1|Host: h|Interim-Nonce: $0||\n");
    target_answers(&bench, 1, made[i]);
    client_wrote(&bench, 1, INSIDE_ASK "\n");
    target_asks(&bench, 0, INSIDE_ASK);
    target_answers(&bench, 1, MARK("1", "1"));
    target_answers(&bench, 1, OK("1"));
    steps_are(&bench, "+++++++");
    /* The canary goes round the tunnel. */
    assert_string_equal(bench.clients[1].end, "close");
    client_wrote(&bench, 2, ASK("GET", "2") "\n");
    target_asks(&bench, 1, ASK("GET", "2"));
    target_answers(&bench, 2, OK("2"));
    is_done(&bench, true);
    bench_end(&bench);
  }
}

/* A request in a tunnel names its path alone, to whatever proxy the tunnel goes. */
static void test_a_request_inside_has_no_absolute_form(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, connect_steps, false);
  bench.script.config.absolute = "http://h";
  target_answers(&bench, 1, "HTTP/1.1 200 OK||");
  client_wrote(&bench, 1, "CONNECT h HTTP/1.1|Host: h|Interim-Nonce: $0||\n" INSIDE_ASK "\n");
  bench_end(&bench);
}

/* The end of a tunnel is no race for an idle connection: nothing is sent again outside. */
static void test_a_tunnel_that_ends_is_not_asked_again(void **state) {
  (void)state;
  struct bench bench;
  bench_begin(&bench, connect_steps, false);
  target_answers(&bench, 1, "HTTP/1.1 200 OK||");
  target_ends(&bench, 1, ACTOR_FIN);
  assert_false(bench.clients[2].opened);
  assert_true(bench.script.exchanges[1]->closed);
  bench_end(&bench);
}

/* A step takes as many as it states, and leaves the rest to the next. */
static void test_each_step_takes_its_own_bytes(void **state) {
  (void)state;
  static const char *const reads[][2] = {{"pipip", "ix"}, {"pipipix", ""}, {"p", "ipipix"}};
  for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
    struct bench bench;
    bench_begin(&bench,
                "client sends GET\n  Upgrade: t\n  Connection: Upgrade\norigin sends 101\n"
                "  Upgrade: t\n  Connection: Upgrade\nclient sees 101\nclient sends content\n"
                "  | ping\norigin sees content x 2\n  | pi\norigin sees content\n  | pi\n"
                "origin sees content\n  | x\n",
                false);
    target_asks(&bench, 0, UPGRADE("0"));
    target_answers(&bench, 1, SWITCH);
    target_asks(&bench, 0, reads[i][0]);
    target_asks(&bench, 0, reads[i][1]);
    steps_are(&bench, "+++++++");
    is_done(&bench, true);
    bench_end(&bench);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_bytes_cross_behind_a_101),
      cmocka_unit_test(test_what_differs_in_a_tunnel_is_missed),
      cmocka_unit_test(test_no_tunnel_unless_the_target_asked),
      cmocka_unit_test(test_no_tunnel_without_a_101),
      cmocka_unit_test(test_a_half_closed_tunnel_goes_on),
      cmocka_unit_test(test_http_inside_a_tunnel),
      cmocka_unit_test(test_a_request_inside_has_no_absolute_form),
      cmocka_unit_test(test_a_tunnel_that_ends_is_not_asked_again),
      cmocka_unit_test(test_each_step_takes_its_own_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
