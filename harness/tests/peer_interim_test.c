/* What the gateway does with interim responses, its own 100, and 101. */
#include "tests/peer_rows.h"

#define POST_EXPECT "POST /p HTTP/1.1|Host: o|Content-Length: 4|Expect: 100-continue||"
#define CONTINUE "HTTP/1.1 100 Continue||"
#define POSTED "POST /p HTTP/1.1|Host: o|" VIA "Content-Length: 4||"
#define UPGRADE "GET /c HTTP/1.1|Host: o|Upgrade: chat|Connection: upgrade||"
#define UPGRADED "GET /c HTTP/1.1|Host: o|" VIA "Upgrade: chat|Connection: upgrade||"
#define SWITCH "HTTP/1.1 101 Switching Protocols|Upgrade: chat|Connection: upgrade||"
#define SWITCHED "HTTP/1.1 101 Switching Protocols|" VIA "Upgrade: chat|Connection: upgrade||"

static const struct row forwarded[] = {
    {"an interim response reaches the client before there is a final one",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, "HTTP/1.1 102 Processing|X-A: 1||"},
      {CLIENT_SEES, 1, "HTTP/1.1 102 Processing|X-A: 1|" VIA "|"},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK}},
     NULL},
    {"every code of the class goes on, in order, however often",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1,
       "HTTP/1.1 100 Continue||HTTP/1.1 102 ||HTTP/1.1 199 What|N: 1||HTTP/1.1 199 What|N: 2||"
       "HTTP/1.1 103 Early Hints|Link: </s>||" OK},
      {CLIENT_SEES, 1,
       "HTTP/1.1 100 Continue|" VIA "|HTTP/1.1 102 |" VIA "|HTTP/1.1 199 What|N: 1|" VIA
       "|HTTP/1.1 199 What|N: 2|" VIA "|HTTP/1.1 103 Early Hints|Link: </s>|" VIA "|" SEEN_OK}},
     NULL},
    {"hop-by-hop fields of an interim response stay behind, named by Connection or known",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1,
       "HTTP/1.1 103 Early Hints|Connection: X-Hop, keep-alive|X-Hop: 1|Keep-Alive: timeout=5|"
       "Proxy-Connection: x|TE: trailers|Upgrade: h2c|Link: </s>|X-Hop: 2||" OK},
      {CLIENT_SEES, 1, "HTTP/1.1 103 Early Hints|Link: </s>|" VIA "|" SEEN_OK}},
     NULL},
    {"Content-Length and Transfer-Encoding in an interim response stay behind and frame nothing",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, "HTTP/1.1 102 P|Content-Length: 17|X: 1||"},
      {CLIENT_SEES, 1, "HTTP/1.1 102 P|X: 1|" VIA "|"},
      {ORIGIN_SENDS, 1, "HTTP/1.1 103 E|Transfer-Encoding: chunked||" OK},
      {CLIENT_SEES, 1, "HTTP/1.1 103 E|" VIA "|" SEEN_OK}},
     NULL},
    {"an interim response that says HTTP/1.0 goes on in the gateway's own version",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, "HTTP/1.0 103 Early Hints||" OK},
      {CLIENT_SEES, 1, "HTTP/1.1 103 Early Hints|Via: 1.0 interim-relay||" SEEN_OK}},
     NULL},
    {"an HTTP/1.0 client gets no interim response",
     {{CLIENT_SENDS, 1, "GET /a HTTP/1.0|Host: o||"},
      {ORIGIN_SEES, 1, "GET /a HTTP/1.1|Host: o|Via: 1.0 interim-relay||"},
      {ORIGIN_SENDS, 1, "HTTP/1.1 100 Continue||HTTP/1.1 103 Early Hints||" OK},
      {CLIENT_SEES, 1, CLOSING_OK},
      {CLIENT_ENDED, 1, "shut"}},
     NULL},
    {"interim responses to HEAD go on; the final one has no content, and the next pairs up",
     {{CLIENT_SENDS, 1, "HEAD /a HTTP/1.1|Host: o||"},
      {ORIGIN_SEES, 1, "HEAD /a HTTP/1.1|Host: o|" VIA "|"},
      {ORIGIN_SENDS, 1, "HTTP/1.1 103 E||HTTP/1.1 200 OK|Content-Length: 9||"},
      {CLIENT_SEES, 1, "HTTP/1.1 103 E|" VIA "|HTTP/1.1 200 OK|Content-Length: 9|" VIA "|"},
      {CLIENT_SENDS, 1, GET("/b")},
      {ORIGIN_SEES, 1, GOT("/b")},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK}},
     NULL},
    {"a close in an interim response is taken for the end of this exchange, not of the interim",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, "HTTP/1.1 103 E|Connection: close||" OK},
      {CLIENT_SEES, 1, "HTTP/1.1 103 E|" VIA "|" SEEN_OK},
      {ORIGIN_ENDED, 1, "closed"}},
     NULL},
    {"interim responses while content is on its way do not disturb it",
     {{CLIENT_SENDS, 1, "POST /p HTTP/1.1|Host: o|Content-Length: 4||ab"},
      {ORIGIN_SEES, 1, POSTED "ab"},
      {ORIGIN_SENDS, 1, "HTTP/1.1 104 Upload|Upload-Offset: 2||"},
      {CLIENT_SEES, 1, "HTTP/1.1 104 Upload|Upload-Offset: 2|" VIA "|"},
      {CLIENT_SENDS, 1, "cd"},
      {ORIGIN_SEES, 1, "cd"},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK}},
     NULL},
};

static const struct row expectation[] = {
    {"the gateway meets the expectation itself and keeps Expect to itself",
     {{CLIENT_SENDS, 1, POST_EXPECT},
      {CLIENT_SEES, 1, CONTINUE},
      {ORIGIN_SEES, 1, POSTED},
      {CLIENT_SENDS, 1, "data"},
      {ORIGIN_SEES, 1, "data"},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK}},
     NULL},
    {"a 100 of the origin after the gateway's own is swallowed; other interim responses are not",
     {{CLIENT_SENDS, 1, POST_EXPECT},
      {CLIENT_SEES, 1, CONTINUE},
      {ORIGIN_SEES, 1, POSTED},
      {ORIGIN_SENDS, 1, "HTTP/1.1 100 Continue||HTTP/1.1 102 P||"},
      {CLIENT_SEES, 1, "HTTP/1.1 102 P|" VIA "|"},
      {CLIENT_SENDS, 1, "data"},
      {ORIGIN_SEES, 1, "data"},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK}},
     NULL},
    {"the next request's 100 is not swallowed",
     {{CLIENT_SENDS, 1, POST_EXPECT},
      {CLIENT_SEES, 1, CONTINUE},
      {CLIENT_SENDS, 1, "data"},
      {ORIGIN_SEES, 1, POSTED "data"},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK},
      {CLIENT_SENDS, 1, GET("/b")},
      {ORIGIN_SEES, 1, GOT("/b")},
      {ORIGIN_SENDS, 1, "HTTP/1.1 100 Continue||" OK},
      {CLIENT_SEES, 1, "HTTP/1.1 100 Continue|" VIA "|" SEEN_OK}},
     NULL},
    {"no 100 once content has arrived; then the origin's goes on",
     {{CLIENT_SENDS, 1, POST_EXPECT "da"},
      {ORIGIN_SEES, 1, POSTED "da"},
      {ORIGIN_SENDS, 1, "HTTP/1.1 100 Continue||"},
      {CLIENT_SEES, 1, "HTTP/1.1 100 Continue|" VIA "|"},
      {CLIENT_SENDS, 1, "ta"},
      {ORIGIN_SEES, 1, "ta"},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK}},
     "byte by byte the content comes after the head"},
    {"no 100 where there is no content",
     {{CLIENT_SENDS, 1, "GET /a HTTP/1.1|Host: o|Expect: 100-continue||"},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK},
      {CLIENT_SENDS, 1, "POST /a HTTP/1.1|Host: o|Content-Length: 0|Expect: 100-continue||"},
      {ORIGIN_SEES, 1, "POST /a HTTP/1.1|Host: o|" VIA "Content-Length: 0||"},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK}},
     NULL},
    {"the expectation is found without case, in any Expect line, and answered once",
     {{CLIENT_SENDS, 1,
       "POST /p HTTP/1.1|Host: o|Content-Length: 4|Expect: x|Expect: 100-Continue, "
       "100-continue||"},
      {CLIENT_SEES, 1, CONTINUE},
      {CLIENT_SENDS, 1, "data"},
      {ORIGIN_SEES, 1, POSTED "data"},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK}},
     NULL},
    {"in an HTTP/1.0 request the expectation is ignored, and does not go on",
     {{CLIENT_SENDS, 1, "POST /p HTTP/1.0|Host: o|Content-Length: 4|Expect: 100-continue||"},
      {ORIGIN_SEES, 1, "POST /p HTTP/1.1|Host: o|Via: 1.0 interim-relay|Content-Length: 4||"},
      {CLIENT_SENDS, 1, "data"},
      {ORIGIN_SEES, 1, "data"},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, CLOSING_OK},
      {CLIENT_ENDED, 1, "shut"}},
     NULL},
    {"a 100 does not stand in the way of a 502",
     {{ORIGIN_IS, 0, "down"},
      {CLIENT_SENDS, 1, POST_EXPECT},
      {CLIENT_SEES, 1, CONTINUE OWN("502 Bad Gateway", "46", "", "the origin cannot be reached")},
      {CLIENT_SENDS, 1, "data" GET("/b")},
      {CLIENT_SEES, 1, OWN("502 Bad Gateway", "46", "", "the origin cannot be reached")}},
     NULL},
};

static const struct row switching[] = {
    {"a 101 that the client offered makes a tunnel both ways, to the end of each way",
     {{CLIENT_SENDS, 1, UPGRADE "early"},
      {ORIGIN_SEES, 1, UPGRADED},
      {ORIGIN_SENDS, 1, SWITCH "HTTP/1.1 200 OK|"},
      {CLIENT_SEES, 1, SWITCHED "HTTP/1.1 200 OK|"},
      {ORIGIN_SEES, 1, "early"},
      {CLIENT_SENDS, 1, "GET / |"},
      {ORIGIN_SEES, 1, "GET / |"},
      {CLIENT_FIN, 1, NULL},
      {ORIGIN_ENDED, 1, "shut"},
      {ORIGIN_SENDS, 1, "bye"},
      {CLIENT_SEES, 1, "bye"},
      {ORIGIN_FIN, 1, NULL},
      {CLIENT_ENDED, 1, "closed"},
      {ORIGIN_ENDED, 1, "closed"}},
     NULL},
    {"the origin may end its way first",
     {{CLIENT_SENDS, 1, UPGRADE},
      {ORIGIN_SEES, 1, UPGRADED},
      {ORIGIN_SENDS, 1, SWITCH},
      {CLIENT_SEES, 1, SWITCHED},
      {ORIGIN_FIN, 1, NULL},
      {CLIENT_ENDED, 1, "shut"},
      {CLIENT_SENDS, 1, "more"},
      {ORIGIN_SEES, 1, "more"},
      {CLIENT_FIN, 1, NULL},
      {CLIENT_ENDED, 1, "closed"},
      {ORIGIN_ENDED, 1, "closed"}},
     NULL},
    {"a reset goes through the tunnel",
     {{CLIENT_SENDS, 1, UPGRADE},
      {ORIGIN_SEES, 1, UPGRADED},
      {ORIGIN_SENDS, 1, SWITCH},
      {CLIENT_SEES, 1, SWITCHED},
      {CLIENT_RESET, 1, NULL},
      {ORIGIN_ENDED, 1, "aborted"},
      {CLIENT_SENDS, 2, UPGRADE},
      {ORIGIN_SEES, 2, UPGRADED},
      {ORIGIN_SENDS, 2, SWITCH},
      {CLIENT_SEES, 2, SWITCHED},
      {ORIGIN_RESET, 2, NULL},
      {CLIENT_ENDED, 2, "aborted"}},
     NULL},
    {"a tunnel in which nothing moves is ended; one way moving keeps both",
     {{CLIENT_SENDS, 1, UPGRADE},
      {ORIGIN_SEES, 1, UPGRADED},
      {ORIGIN_SENDS, 1, SWITCH},
      {CLIENT_SEES, 1, SWITCHED},
      {WAIT_MS, 3000, NULL},
      {ORIGIN_SENDS, 1, "x"},
      {CLIENT_SEES, 1, "x"},
      {WAIT_MS, 3000, NULL},
      {CLIENT_ENDED, 1, "open"},
      {WAIT_MS, 1001, NULL},
      {CLIENT_ENDED, 1, "aborted"},
      {ORIGIN_ENDED, 1, "aborted"}},
     NULL},
    {"a 101 without an Upgrade in the request is answered with 502, and that connection ends",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, SWITCH OK},
      {CLIENT_SEES, 1,
       OWN("502 Bad Gateway", "82", "",
           "the origin switched to a protocol that the request did not offer")},
      {ORIGIN_ENDED, 1, "closed"},
      {CLIENT_SENDS, 1, GET("/b")},
      {ORIGIN_SEES, 2, GOT("/b")},
      {ORIGIN_SENDS, 2, OK},
      {CLIENT_SEES, 1, SEEN_OK}},
     NULL},
    {"so is a 101 to something that was not offered",
     {{CLIENT_SENDS, 1, UPGRADE},
      {ORIGIN_SEES, 1, UPGRADED},
      {ORIGIN_SENDS, 1, "HTTP/1.1 101 S|Upgrade: chat, tls|Connection: upgrade||"},
      {CLIENT_SEES, 1,
       OWN("502 Bad Gateway", "82", "",
           "the origin switched to a protocol that the request did not offer")},
      {ORIGIN_ENDED, 1, "closed"}},
     NULL},
    {"an Upgrade that Connection does not name, one to h2c, and one in HTTP/1.0 stay behind",
     {{CLIENT_SENDS, 1, "GET /a HTTP/1.1|Host: o|Upgrade: chat||"},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK},
      {CLIENT_SENDS, 1,
       "GET /a HTTP/1.1|Host: o|Upgrade: h2c|HTTP2-Settings: AAAA|Connection: Upgrade, "
       "HTTP2-Settings||"},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK},
      {CLIENT_SENDS, 1, "GET /a HTTP/1.0|Host: o|Upgrade: chat|Connection: upgrade||"},
      {ORIGIN_SEES, 1, "GET /a HTTP/1.1|Host: o|Via: 1.0 interim-relay||"},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, CLOSING_OK}},
     NULL},
    {"a refused Upgrade is an exchange like others: what was sent ahead is the next request",
     {{CLIENT_SENDS, 1, UPGRADE GET("/b")},
      {ORIGIN_SEES, 1, UPGRADED},
      {ORIGIN_SENDS, 1, "HTTP/1.1 103 E||" OK},
      {CLIENT_SEES, 1, "HTTP/1.1 103 E|" VIA "|" SEEN_OK},
      {ORIGIN_SEES, 1, GOT("/b")},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK}},
     NULL},
    {"with Expect and Upgrade the 100 comes before the 101, and content is not yet the tunnel",
     {{CLIENT_SENDS, 1,
       "POST /c HTTP/1.1|Host: o|Upgrade: chat|Connection: upgrade|Content-Length: "
       "4|Expect: 100-continue||"},
      {CLIENT_SEES, 1, CONTINUE},
      {ORIGIN_SEES, 1,
       "POST /c HTTP/1.1|Host: o|" VIA "Content-Length: 4|Upgrade: chat|Connection: upgrade||"},
      {ORIGIN_SENDS, 1, SWITCH},
      {CLIENT_SEES, 1, SWITCHED},
      {CLIENT_SENDS, 1, "dataraw"},
      {ORIGIN_SEES, 1, "dataraw"},
      {CLIENT_RESET, 1, NULL},
      {ORIGIN_ENDED, 1, "aborted"}},
     NULL},
    {"a 426 keeps its Upgrade, beside a close",
     {{CLIENT_SENDS, 1, "GET /a HTTP/1.1|Host: o|Connection: close||"},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, "HTTP/1.1 426 U|Upgrade: chat|Connection: upgrade|Content-Length: 0||"},
      {CLIENT_SEES, 1,
       "HTTP/1.1 426 U|" VIA "Content-Length: 0|Upgrade: chat|Connection: close, upgrade||"}},
     NULL},
    {"a 426 keeps its Upgrade",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, "HTTP/1.1 426 U|Upgrade: chat|Connection: upgrade|Content-Length: 0||"},
      {CLIENT_SEES, 1,
       "HTTP/1.1 426 U|" VIA "Content-Length: 0|Upgrade: chat|Connection: upgrade||"}},
     NULL},
};

static void interim_responses_are_forwarded(void **state) {
  (void)state;
  ROWS_PLAY(forwarded);
}

static void the_expectation_is_met(void **state) {
  (void)state;
  ROWS_PLAY(expectation);
}

static void protocols_are_switched(void **state) {
  (void)state;
  ROWS_PLAY(switching);
}

static void each_interim_response_is_one_write(void **state) {
  (void)state;
  struct stage stage;
  stage_init(&stage);
  stage_accept(&stage);
  stage_send(&stage, &stage.clients[0], GET("/a"));
  stage_send(&stage, &stage.origins[0], "HTTP/1.1 102 P||HTTP/1.1 103 E||" OK);
  assert_int_equal(stage.clients[0].writes, 3);
  stage_free(&stage);
}

static void flood(struct stage *stage, unsigned num_interims) {
  stage_init(stage);
  stage_accept(stage);
  stage_send(stage, &stage->clients[0], GET("/a"));
  for (unsigned i = 0; i < num_interims; i++) {
    stage->clients[0].got.len = 0;
    stage_send(stage, &stage->origins[0], "HTTP/1.1 102 P||");
  }
}

static void fifty_thousand_interim_responses_pass(void **state) {
  (void)state;
  struct stage stage;
  flood(&stage, 50000);
  assert_int_equal(stage.clients[0].writes, 50000);
  stage.clients[0].got.len = 0;
  stage_send(&stage, &stage.origins[0], OK);
  assert_true(span_starts(bytes_span(&stage.clients[0].got), "HTTP/1.1 200 OK"));
  stage_free(&stage);
}

static void one_more_is_answered_with_502(void **state) {
  (void)state;
  struct stage stage;
  flood(&stage, 50001);
  assert_true(span_starts(bytes_span(&stage.clients[0].got), "HTTP/1.1 502 Bad Gateway"));
  assert_int_equal(stage.origins[0].end, STAGE_CLOSED);
  stage_free(&stage);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(interim_responses_are_forwarded),
      cmocka_unit_test(the_expectation_is_met),
      cmocka_unit_test(protocols_are_switched),
      cmocka_unit_test(each_interim_response_is_one_write),
      cmocka_unit_test(fifty_thousand_interim_responses_pass),
      cmocka_unit_test(one_more_is_answered_with_502),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
