/* What a play is found to be, by what the target does: the steps, what was seen instead, and each
 * fact that a verdict or a report is made of. */
#include "tests/script_bench.h"

/* One thing that the target does, or time that passes. */
struct act {
  enum { NONE, ASKS, ANSWERS, CLOSES, RESETS, LEAVES, BREAKS, PASSES } what;
  unsigned conn; /* of our client from 1, of our origin from 0; PASSES: milliseconds */
  const char *text;
};

struct row {
  const char *what;
  const char *steps;
  struct act acts[8];
  const char *states; /* as steps_are has them */
  const char *missed; /* what came instead, of the first step that says so; "" for none */
  const char *facts;  /* those that are true, of the play and then of its requests by number */
};

#define GATED                                                                                      \
  "client sends GET\norigin sends 102\nclient sees 102\norigin sends 200\nclient sees 200\n"
#define PLAIN "client sends GET\norigin sends 200\nclient sees 200\n"
#define ARRIVES                                                                                    \
  { ASKS, 0, ASK("GET", "0") }

static const struct row rows[] = {
    {"all goes well",
     GATED,
     {ARRIVES, {ANSWERS, 1, MARK("0", "1")}, {ANSWERS, 1, OK("0")}},
     "+++++",
     "",
     "; final-sent"},
    {"the interim never comes, the final does",
     GATED,
     {ARRIVES, {PASSES, 250, NULL}, {ANSWERS, 1, OK("0")}},
     "++-++",
     "nothing",
     "missed; waited final-sent"},
    {"the interim comes with the final",
     GATED,
     {ARRIVES, {PASSES, 250, NULL}, {ANSWERS, 1, MARK("0", "1") OK("0")}},
     "++-++",
     "nothing",
     "missed; waited late final-sent"},
    {"the final comes before its time",
     GATED,
     {ARRIVES, {ANSWERS, 1, OK("0")}},
     "++-++",
     "200",
     "missed; final-altered final-sent"},
    {"nothing comes",
     GATED,
     {ARRIVES, {PASSES, 2000, NULL}},
     "++-+-",
     "nothing",
     "missed; stalled waited final-sent"},
    {"an interim, then nothing",
     GATED,
     {ARRIVES, {ANSWERS, 1, MARK("0", "1")}, {PASSES, 2000, NULL}},
     "++++-",
     "nothing",
     "missed; stalled waited final-sent;"},
    {"the interim comes with another code",
     GATED,
     {ARRIVES, {ANSWERS, 1, "HTTP/1.1 103 E|Interim-Mark: $0-1||"}, {ANSWERS, 1, OK("0")}},
     "++-++",
     "103",
     "missed; altered final-sent"},
    {"the final comes with another code",
     PLAIN,
     {ARRIVES, {ANSWERS, 1, "HTTP/1.1 201 C|Interim-Nonce: $0|Content-Length: 0||"}},
     "++-",
     "201",
     "missed; final-altered final-sent"},
    {"the target answers by itself, after the origin",
     PLAIN,
     {ARRIVES, {ANSWERS, 1, "HTTP/1.1 502 B|Content-Length: 0||"}},
     "++-",
     "502",
     "missed; final-sent"},
    {"the target answers by itself, and does not ask",
     PLAIN,
     {{ANSWERS, 1, "HTTP/1.1 502 B|Content-Length: 0||"}},
     "+~-",
     "the target answered without asking the origin",
     "missed never-arrived;"},
    {"the target closes before it asks",
     PLAIN,
     {{CLOSES, 1, NULL}},
     "+~-",
     "the target answered without asking the origin",
     "missed never-arrived; closed"},
    {"the target closes in the middle of a head",
     GATED,
     {ARRIVES, {ANSWERS, 1, "HTTP/1.1 102 P|Interim"}, {CLOSES, 1, NULL}},
     "++-+-",
     "close",
     "missed; closed final-sent"},
    {"the target closes in the middle of content",
     PLAIN,
     {ARRIVES, {ANSWERS, 1, OK_HEAD("0", "17") "half"}, {CLOSES, 1, NULL}},
     "++-",
     "close",
     "missed; closed final-sent"},
    {"the target resets",
     GATED,
     {ARRIVES, {ANSWERS, 1, MARK("0", "1")}, {RESETS, 1, NULL}},
     "++++-",
     "reset",
     "missed; closed final-sent"},
    {"the request does not arrive",
     PLAIN,
     {{PASSES, 250, NULL}, {PASSES, 2000, NULL}},
     "+-~",
     "the request did not reach the origin",
     "missed lost-request; stalled passed-over"},
    {"the request arrives too late",
     PLAIN,
     {{PASSES, 250, NULL}, ARRIVES, {ANSWERS, 1, OK("0")}},
     "+-~",
     "the request did not reach the origin",
     "missed lost-request; stalled passed-over"},
    {"another's answer",
     PLAIN,
     {ARRIVES, {ANSWERS, 1, OK("5")}},
     "+++",
     "",
     "[RFC9112-9.3.2-1]; foreign final-sent"},
    {"another's interim",
     GATED,
     {ARRIVES, {ANSWERS, 1, MARK("5", "1")}, {ANSWERS, 1, OK("0")}},
     "+++++",
     "",
     "[RFC9112-9.3.2-1]; foreign final-sent"},
    {"the interim's field in the final",
     GATED,
     {ARRIVES,
      {ANSWERS, 1, MARK("0", "1")},
      {ANSWERS, 1, "HTTP/1.1 200 O|Interim-Nonce: $0|Interim-Mark: $0-1|Content-Length: 0||"}},
     "+++++",
     "",
     "[RFC9110-15.2-3]; leaked final-sent"},
    {"two interims in the wrong order",
     "client sends GET\norigin sends 102 x 2\norigin sends 200\nclient sees 102 x 2\nclient sees "
     "200\n",
     {ARRIVES, {ANSWERS, 1, MARK("0", "2") MARK("0", "1")}, {ANSWERS, 1, OK("0")}},
     "+++++",
     "",
     "; reordered final-sent"},
    {"one of two interims",
     "client sends GET\norigin sends 102 x 2\norigin sends 200\nclient sees 102 x 2\nclient sees "
     "200\n",
     {ARRIVES, {ANSWERS, 1, MARK("0", "1")}, {ANSWERS, 1, OK("0")}},
     "+++-+",
     "200",
     "missed; final-sent"},
    {"an interim twice",
     GATED,
     {ARRIVES, {ANSWERS, 1, MARK("0", "1") MARK("0", "1")}, {ANSWERS, 1, OK("0")}},
     "++++-",
     "102",
     "missed [RFC9110-7.6-1]; final-sent"},
    {"an interim with a length",
     GATED,
     {ARRIVES,
      {ANSWERS, 1, "HTTP/1.1 102 P|Interim-Mark: $0-1|Content-Length: 0||"},
      {ANSWERS, 1, OK("0")}},
     "+++++",
     "",
     "[RFC9110-8.6-1]; final-sent"},
    {"an interim with a coding",
     GATED,
     {ARRIVES,
      {ANSWERS, 1, "HTTP/1.1 102 P|Interim-Mark: $0-1|Transfer-Encoding: chunked||"},
      {ANSWERS, 1, OK("0")}},
     "+++++",
     "",
     "[RFC9112-6.1-1]; final-sent"},
    {"an interim of the target's own",
     GATED,
     {ARRIVES,
      {ANSWERS, 1, "HTTP/1.1 103 E||"},
      {ANSWERS, 1, MARK("0", "1")},
      {ANSWERS, 1, OK("0")}},
     "+++++",
     "",
     "; final-sent"},
    {"a 101 that nobody asked for",
     GATED,
     {ARRIVES, {ANSWERS, 1, "HTTP/1.1 101 S|Upgrade: x||"}, {PASSES, 1000, NULL}},
     "++-+-",
     "101",
     "missed [RFC9110-7.8-4]; stalled waited final-sent"},
    {"no HTTP",
     PLAIN,
     {ARRIVES, {ANSWERS, 1, "HTP/1.1 200 OK||"}},
     "++-",
     "bytes that are no HTTP",
     "missed [RFC9110-2.2-2]; final-sent"},
    {"a code that is none",
     PLAIN,
     {ARRIVES, {ANSWERS, 1, "HTTP/1.1 999 OK||"}},
     "++-",
     "bytes that are no HTTP",
     "missed [RFC9110-15-1]; final-sent"},
    {"an answer too many",
     PLAIN,
     {ARRIVES, {ANSWERS, 1, OK("0") "HTTP/1.1 200 O|Content-Length: 0||"}},
     "+++",
     "",
     "[RFC9112-9.2-2]; final-sent"},
    {"a 408 behind the answer",
     PLAIN,
     {ARRIVES, {ANSWERS, 1, OK("0")}, {ANSWERS, 1, "HTTP/1.1 408 T|Content-Length: 0||"}},
     "+++",
     "",
     "; final-sent"},
    {"the target asks twice",
     GATED,
     {ARRIVES,
      {ANSWERS, 1, MARK("0", "1")},
      {BREAKS, 0, NULL},
      {ASKS, 1, ASK("GET", "0")},
      {ANSWERS, 1, OK("0")}},
     "+++++",
     "",
     "; retried back-left final-sent"},
    {"the target asks over HTTP/1.0",
     GATED,
     {{ASKS, 0, "GET /$0/t/c HTTP/1.0|Interim-Nonce: $0||"}, {ANSWERS, 1, OK("0")}},
     "+~-++",
     "the target asked the origin with HTTP/1.0",
     "missed asked-http10; final-altered final-sent"},
    {"the target leaves the origin",
     "client sends GET\norigin sends 102\norigin sees close\nclient sees 502\n",
     {ARRIVES, {LEAVES, 0, NULL}, {ANSWERS, 1, "HTTP/1.1 502 B|Content-Length: 0||"}},
     "++++",
     "",
     "; back-left"},
    {"the target breaks with the origin",
     "client sends GET\norigin sends 102\norigin sees abort\nclient sees 502\n",
     {ARRIVES, {BREAKS, 0, NULL}, {ANSWERS, 1, "HTTP/1.1 502 B|Content-Length: 0||"}},
     "++++",
     "",
     "; back-left"},
    {"an end is not an abort",
     "client sends GET\norigin sends 102\norigin sees abort\nclient sees 502\n",
     {ARRIVES,
      {LEAVES, 0, NULL},
      {PASSES, 250, NULL},
      {ANSWERS, 1, "HTTP/1.1 502 B|Content-Length: 0||"}},
     "++-+",
     "nothing",
     "missed; back-left"},
    {"the origin waits for another method",
     "client sends GET\norigin sees POST\norigin sends 200\nclient sees 200\n",
     {ARRIVES, {ANSWERS, 1, OK("0")}},
     "+-++",
     "GET",
     "missed; final-sent"},
    {"the origin waits for a field",
     "client sends GET\norigin sees GET\n  Via: ...\norigin sends 200\nclient sees 200\n",
     {ARRIVES, {ANSWERS, 1, OK("0")}},
     "+-++",
     "without Via: ...",
     "missed; final-sent"},
    {"the origin gets that field",
     "client sends GET\norigin sees GET\n  Via: ...\norigin sends 200\nclient sees 200\n",
     {{ASKS, 0, "GET /$0/t/c HTTP/1.1|Via: 1.1 x||"}, {ANSWERS, 1, OK("0")}},
     "++++",
     "",
     "; final-sent"},
    {"content that came as it was sent",
     "client sends POST\n  | ab\norigin sees content\n  | ab\norigin sends 200\nclient sees 200\n",
     {{ASKS, 0, "POST /$0/t/c HTTP/1.1|Content-Length: 2||ab"}, {ANSWERS, 1, OK("0")}},
     "++++",
     "",
     "; final-sent"},
    {"content that came changed",
     "client sends POST\n  | ab\norigin sees content\n  | ab\norigin sends 200\nclient sees 200\n",
     {{ASKS, 0, "POST /$0/t/c HTTP/1.1|Content-Length: 3||abc"}, {ANSWERS, 1, OK("0")}},
     "+-++",
     "with the content \"abc\"",
     "missed; final-sent"},
    {"content that did not come whole",
     "client sends POST\n  | ab\norigin sees content\n  | ab\norigin sends 200\nclient sees 200\n",
     {{ASKS, 0, "POST /$0/t/c HTTP/1.1|Content-Length: 2||a"},
      {PASSES, 250, NULL},
      {ANSWERS, 1, OK("0")}},
     "+-++",
     "nothing",
     "missed; final-sent"},
    {"content, and the target left and answered",
     "client sends POST\n  | ab\norigin sees content\n  | ab\norigin sends 200\nclient sees 200\n",
     {{ASKS, 0, "POST /$0/t/c HTTP/1.1|Content-Length: 2||a"},
      {LEAVES, 0, NULL},
      {ANSWERS, 1, "HTTP/1.1 502 B|Content-Length: 0||"}},
     "+-+-",
     "close",
     "missed; back-left final-sent"},
    {"a field of the final that must be there",
     "client sends GET\norigin sends 200\n  A: b\nclient sees 200\n  A: b\n",
     {ARRIVES, {ANSWERS, 1, OK("0")}},
     "++-",
     "200 without A: b",
     "missed; final-altered final-sent"},
    {"a field of the final that must not be there",
     "client sends GET\norigin sends 200\nclient sees 200\n  ! Date\n",
     {ARRIVES, {ANSWERS, 1, OK("0")}},
     "++-",
     "200 with Date, which must not be there",
     "missed; final-altered final-sent"},
    {"a field with another value",
     "client sends GET\norigin sends 200\nclient sees 200\n  Date: E\n",
     {ARRIVES, {ANSWERS, 1, OK("0")}},
     "++-",
     "200 with another Date than \"E\"",
     "missed; final-altered final-sent"},
    {"a field with a value that must not be",
     "client sends GET\norigin sends 200\nclient sees 200\n  ! Date: D\n",
     {ARRIVES, {ANSWERS, 1, OK("0")}},
     "++-",
     "200 with Date: D, which must not be there",
     "missed; final-altered final-sent"},
    {"a field with a value that begins so",
     "client sends GET\norigin sends 200\nclient sees 200\n  Content-Type: text/...\n",
     {ARRIVES, {ANSWERS, 1, OK("0")}},
     "+++",
     "",
     "; final-sent"},
    {"content that differs",
     "client sends GET\norigin sends 200\n  | ab\nclient sees 200\n  | ab\n",
     {ARRIVES, {ANSWERS, 1, OK_HEAD("0", "3") "abc"}},
     "++-",
     "200 with the content \"abc\"",
     "missed; final-altered final-sent"},
    {"never, and it came",
     "client sends GET\nclient never sees 1xx\norigin sends 200\nclient sees 200\n",
     {ARRIVES, {ANSWERS, 1, MARK("0", "1") OK("0")}},
     "+-+-",
     "102",
     "missed [case]; final-sent"},
    {"never with a field, and it came without",
     "client sends GET\nclient never sees 103\n  Link: </a>\norigin sends 103\norigin sends "
     "200\nclient may see 103\nclient sees 200\n",
     {ARRIVES, {ANSWERS, 1, "HTTP/1.1 103 E|Interim-Mark: $0-1||" OK("0")}},
     "++++++",
     "",
     "; final-sent"},
    {"never with a field, and it came with it",
     "client sends GET\nclient never sees 103\n  Link: </a>\norigin sends 103\norigin sends "
     "200\nclient may see 103\nclient sees 200\n",
     {ARRIVES, {ANSWERS, 1, "HTTP/1.1 103 E|Interim-Mark: $0-1|Link: </a>||" OK("0")}},
     "+-++++",
     "103",
     "[case]; final-sent"},
    {"two requests, and the second is held back",
     "client sends GET\nclient 2 sends GET\norigin sends 102\norigin 2 sends 200\nclient 2 sees "
     "200\norigin sends 200\nclient sees 200\n",
     {ARRIVES,
      {ANSWERS, 1, MARK("0", "1")},
      {PASSES, 250, NULL},
      {PASSES, 1000, NULL},
      {ANSWERS, 1, OK("0")}},
     "+++--+-",
     "the request did not reach the origin",
     "missed lost-request held-back; stalled waited final-sent; stalled waited passed-over;"},
    {"the connection closes behind the first of two requests",
     "client sends GET\nclient sends GET\norigin sends 200\nclient sees 200\norigin 2 sends "
     "200\nclient sees 200 or close\n",
     {ARRIVES,
      {ANSWERS, 1, "HTTP/1.1 200 O|Interim-Nonce: $0|Connection: close|Content-Length: 0||"},
      {CLOSES, 1, NULL}},
     "++++~+",
     "the target answered without asking the origin",
     "never-arrived; final-sent; closed forgone"},
    {"an upgrade that the target does not ask for",
     "client sends GET\n  Upgrade: x\n  Connection: upgrade\norigin sends 101\nclient sees 101 or "
     "final\nclient sends content\n  | ab\norigin sees content\n  | ab\n",
     {ARRIVES, {ANSWERS, 1, "HTTP/1.1 200 O|Content-Length: 0||"}},
     "+++~~",
     "there is no tunnel",
     "no-tunnel; invalid"},
    {"an upgrade, and a tunnel",
     "client sends GET\n  Upgrade: x\n  Connection: upgrade\norigin sends 101\n  Upgrade: x\n  "
     "Connection: upgrade\nclient sees 101\nclient sends content\n  | ab\norigin sees content\n  | "
     "ab\norigin sends content\n  | cd\nclient sees content\n  | cd\n",
     {{ASKS, 0, "GET /$0/t/c HTTP/1.1|Upgrade: x|Connection: upgrade||"},
      {ANSWERS, 1, "HTTP/1.1 101 S|Upgrade: x|Connection: upgrade|Interim-Mark: $0-1||"},
      {ASKS, 0, "ab"},
      {ANSWERS, 1, "cd"}},
     "+++++++",
     "",
     "; switched invalid"},
    {"a tunnel with other bytes",
     "client sends GET\n  Upgrade: x\n  Connection: upgrade\norigin sends 101\n  Upgrade: x\n  "
     "Connection: upgrade\nclient sees 101\nclient sends content\n  | ab\norigin sees content\n  | "
     "ab\n",
     {{ASKS, 0, "GET /$0/t/c HTTP/1.1|Upgrade: x|Connection: upgrade||"},
      {ANSWERS, 1, "HTTP/1.1 101 S|Upgrade: x|Connection: upgrade|Interim-Mark: $0-1||"},
      {ASKS, 0, "aX"}},
     "++++-",
     "the bytes \"aX\"",
     "missed; switched invalid"},
    {"an interim of the origin's that is no HTTP",
     "client sends GET\norigin sends bytes\n  | HTTP/1.1 1x2 P\\r\\n\\r\\n\norigin sends "
     "200\nclient sees 502\n",
     {ARRIVES, {ANSWERS, 1, "HTTP/1.1 502 B|Content-Length: 0||"}},
     "++++",
     "",
     "; invalid sent-broken"},
    {"an interim of the origin's with a length",
     "client sends GET\norigin sends 102\n  Content-Length: 5\norigin sends 200\nclient may see "
     "1xx\nclient sees 200\n",
     {ARRIVES, {ANSWERS, 1, OK("0")}},
     "+++++",
     "",
     "; invalid final-sent"},
};

static void act(struct bench *bench, const struct act *act) {
  switch (act->what) {
  case NONE:
    break;
  case ASKS:
    target_asks(bench, act->conn, act->text);
    break;
  case ANSWERS:
    target_answers(bench, act->conn, act->text);
    break;
  case CLOSES:
    target_ends(bench, act->conn, ACTOR_FIN);
    break;
  case RESETS:
    target_ends(bench, act->conn, ACTOR_RESET);
    break;
  case LEAVES:
    target_leaves(bench, act->conn, false);
    break;
  case BREAKS:
    target_leaves(bench, act->conn, true);
    break;
  case PASSES:
    time_passes(bench, UINT64_C(1000) * act->conn);
    break;
  }
}

struct fact {
  const char *name;
  bool is;
};

static void put_facts(struct bytes *out, const struct fact *facts, size_t num) {
  for (size_t i = 0; i < num; i++) {
    if (facts[i].is) {
      bytes_printf(out, "%s%s", out->len == 0 ? "" : " ", facts[i].name);
    }
  }
}

static void put_play(struct bytes *out, const struct script *script) {
  const struct fact facts[] = {
      {"missed", script->missed},         {"never-arrived", script->never_arrived},
      {"no-tunnel", script->no_tunnel},   {"lost-request", script->lost_request},
      {"held-back", script->held_back},   {"target-down", script->target_down},
      {"wrong-back", script->wrong_back}, {"asked-http10", script->asked_http10},
  };
  put_facts(out, facts, sizeof(facts) / sizeof(facts[0]));
  for (size_t i = 0; i < script->num_findings; i++) {
    const char *id = breach_requirement(script->findings[i].breach, HTTP_H1);
    bytes_printf(out, "%s[%s]", out->len == 0 ? "" : " ", id == NULL ? "case" : id);
  }
}

static void put_exchange(struct bytes *out, const struct script_exchange *exchange) {
  const struct fact facts[] = {
      {"stalled", exchange->stalled},
      {"waited", exchange->waited},
      {"closed", exchange->closed},
      {"forgone", exchange->forgone},
      {"passed-over", exchange->passed_over},
      {"foreign", exchange->foreign},
      {"leaked", exchange->leaked},
      {"altered", exchange->altered},
      {"final-altered", exchange->final_altered},
      {"reordered", exchange->reordered},
      {"late", exchange->num_late > 0},
      {"fell-out", exchange->fell_out},
      {"next-answered", exchange->next_answered},
      {"resent", exchange->resent},
      {"retried", exchange->arrivals > 1},
      {"back-left", exchange->back_left},
      {"switched", exchange->switched},
      {"invalid", !exchange->valid_interims},
      {"sent-broken", exchange->sent_broken},
      {"final-sent", exchange->final_sent},
  };
  struct bytes text = {0};
  put_facts(&text, facts, sizeof(facts) / sizeof(facts[0]));
  bytes_printf(out, "%s%s", text.len > 0 ? "; " : ";", bytes_cstr(&text));
  bytes_free(&text);
}

static const char *first_observed(const struct bench *bench) {
  for (size_t i = 0; i < bench->file.num_steps; i++) {
    if (bench->script.steps[i].observed[0] != '\0') {
      return bench->script.steps[i].observed;
    }
  }
  return "";
}

static void test_what_a_play_is_found_to_be(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bench bench;
    struct bytes facts = {0};
    print_message("%s\n", rows[i].what);
    bench_begin(&bench, rows[i].steps, false);
    for (size_t k = 0; k < 8; k++) {
      act(&bench, &rows[i].acts[k]);
    }
    put_play(&facts, &bench.script);
    for (size_t k = 0; k < bench.script.num_exchanges; k++) {
      put_exchange(&facts, bench.script.exchanges[k]);
    }
    const char *text = arena_printf(&bench.arena, "%s", bytes_cstr(&facts));
    bytes_free(&facts);
    steps_are(&bench, rows[i].states);
    assert_string_equal(first_observed(&bench), rows[i].missed);
    assert_string_equal(text, rows[i].facts);
    bench_end(&bench);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_what_a_play_is_found_to_be),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
