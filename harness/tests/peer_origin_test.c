/* The reference origin: what it answers at which path, in both versions. */
#include "tests/peer_rows.h"

#define PLAIN "Content-Type: text/plain|Cache-Control: no-store|"
#define ENDS(length, text) PLAIN "Content-Length: " length "||" text "\n"
#define FINAL(status, length, text) "HTTP/1.1 " status "|" ENDS(length, text)
#define STYLE "Link: </style.css>; rel=preload; as=style|"
#define LINKS "Link: </a>|Link: b  X: c|"
#define PLACE "Location: /upload/1|"
#define ONE "HTTP/1.1 102 Processing||"
#define NOT_FOUND FINAL("404 Not Found", "46", "404: no such route: the index at / names them")

static const struct row routes[] = {
    {"a code is sent once, or as often as the path says",
     {{CLIENT_SENDS, 1, GET("/102")},
      {CLIENT_SEES, 1, ONE FINAL("200 OK", "19", "200 behind 1 x 102")},
      {CLIENT_SENDS, 1, GET("/102/3")},
      {CLIENT_SEES, 1, ONE ONE ONE FINAL("200 OK", "19", "200 behind 3 x 102")},
      {CLIENT_SENDS, 1, GET("/status/199")},
      {CLIENT_SEES, 1, "HTTP/1.1 199 ||" FINAL("200 OK", "19", "200 behind 1 x 199")}},
     NULL},
    {"a pause stands behind each interim response",
     {{CLIENT_SENDS, 1, GET("/102/2/500ms")},
      {CLIENT_SEES, 1, ONE},
      {WAIT_MS, 499, NULL},
      {CLIENT_SEES, 1, ""},
      {WAIT_MS, 1, NULL},
      {CLIENT_SEES, 1, ONE},
      {WAIT_MS, 500, NULL},
      {CLIENT_SEES, 1, FINAL("200 OK", "19", "200 behind 2 x 102")}},
     NULL},
    {"the final response is chosen, alone or behind an interim one",
     {{CLIENT_SENDS, 1, GET("/102-then/207")},
      {CLIENT_SEES, 1, ONE FINAL("207 Multi-Status", "19", "207 behind 1 x 102")},
      {CLIENT_SENDS, 1, GET("/status/500")},
      {CLIENT_SEES, 1, FINAL("500 Internal Server Error", "4", "500")},
      {CLIENT_SENDS, 1, GET("/status/204")},
      {CLIENT_SEES, 1, "HTTP/1.1 204 No Content||"}},
     NULL},
    {"early hints carry the links of the query; none can end a field line",
     {{CLIENT_SENDS, 1, GET("/103")},
      {CLIENT_SEES, 1,
       "HTTP/1.1 103 Early Hints|" STYLE
       "|HTTP/1.1 200 OK|" STYLE ENDS("19", "200 behind 1 x 103")},
      {CLIENT_SENDS, 1, GET("/103?link=%3C/a%3E&x=y&link=b%0D%0AX:%20c")},
      {CLIENT_SEES, 1,
       "HTTP/1.1 103 Early Hints|" LINKS
       "|HTTP/1.1 200 OK|" LINKS ENDS("19", "200 behind 1 x 103")}},
     NULL},
    {"an upload has a place, which a 104 tells to who knows the draft's version",
     {{CLIENT_SENDS, 1, "POST /upload HTTP/1.1|Host: o|Upload-Draft-Interop-Version: 8||"},
      {CLIENT_SEES, 1,
       "HTTP/1.1 104 |" PLACE "Upload-Draft-Interop-Version: 8||HTTP/1.1 201 Created|" PLACE ENDS(
           "19", "201 behind 1 x 104")},
      {CLIENT_SENDS, 1, "POST /upload HTTP/1.1|Host: o|Upload-Draft-Interop-Version: 7||"},
      {CLIENT_SEES, 1, "HTTP/1.1 201 Created|" PLACE ENDS("4", "201")}},
     NULL},
    {"what is no route is told, and what asks for too much is refused",
     {{CLIENT_SENDS, 1, GET("/nothing")},
      {CLIENT_SEES, 1, NOT_FOUND},
      {CLIENT_SENDS, 1, GET("/101")},
      {CLIENT_SEES, 1, NOT_FOUND},
      {CLIENT_SENDS, 1, GET("/102/1001")},
      {CLIENT_SEES, 1, FINAL("400 Bad Request", "38", "400: from 1 to 1000 interim responses")},
      {CLIENT_SENDS, 1, GET("/102/7/9s")},
      {CLIENT_SEES, 1,
       FINAL("400 Bad Request", "52", "400: a pause of at most 10s, and at most 60s in all")},
      {CLIENT_SENDS, 1, GET("/102/11s")},
      {CLIENT_ANSWERED, 1, "HTTP/1.1 400 "},
      {CLIENT_SENDS, 1, GET("/102/1s/x")},
      {CLIENT_ANSWERED, 1, "HTTP/1.1 404 "}},
     NULL},
    {"the server as a whole has nothing to say",
     {{CLIENT_SENDS, 1, "OPTIONS * HTTP/1.1|Host: o||"},
      {CLIENT_SEES, 1, "HTTP/1.1 204 No Content||"}},
     NULL},
    {"HEAD gets the length and no content",
     {{CLIENT_SENDS, 1, "HEAD /102 HTTP/1.1|Host: o||" GET("/status/200")},
      {CLIENT_SEES, 1,
       ONE "HTTP/1.1 200 OK|" PLAIN "Content-Length: 19||" FINAL("200 OK", "4", "200")}},
     NULL},
};

static const struct row duties[] = {
    {"an expectation is met at once, and the answer waits for the content",
     {{CLIENT_SENDS, 1, "POST /102 HTTP/1.1|Host: o|Expect: 100-continue|Content-Length: 4||"},
      {CLIENT_SEES, 1, "HTTP/1.1 100 Continue||"},
      {CLIENT_SENDS, 1, "data"},
      {CLIENT_SEES, 1, ONE FINAL("200 OK", "19", "200 behind 1 x 102")}},
     NULL},
    {"no interim response goes to HTTP/1.0",
     {{CLIENT_SENDS, 1, "GET /102/5 HTTP/1.0||"},
      {CLIENT_SEES, 1,
       "HTTP/1.1 200 OK|" PLAIN "Content-Length: 19|Connection: close||200 behind 5 x 102\n"},
      {CLIENT_ENDED, 1, "shut"}},
     NULL},
    {"a 101 answers an offer of its protocol, and what follows comes back",
     {{CLIENT_SENDS, 1,
       "GET / HTTP/1.1|Host: o|Connection: Upgrade|Upgrade: other, interim-test||"},
      {CLIENT_SEES, 1,
       "HTTP/1.1 101 Switching Protocols|Upgrade: interim-test|Connection: upgrade||"},
      {CLIENT_SENDS, 1, "hello"},
      {CLIENT_SEES, 1, "hello"},
      {CLIENT_FIN, 1, NULL},
      {CLIENT_ENDED, 1, "closed"}},
     NULL},
    {"other protocols are not spoken, and none to HTTP/1.0",
     {{CLIENT_SENDS, 1, "GET /status/200 HTTP/1.1|Host: o|Connection: Upgrade|Upgrade: other||"},
      {CLIENT_SEES, 1, FINAL("200 OK", "4", "200")},
      {CLIENT_SENDS, 2, "GET /status/200 HTTP/1.0|Connection: Upgrade|Upgrade: interim-test||"},
      {CLIENT_ANSWERED, 2, "HTTP/1.1 200 "}},
     NULL},
    {"a client that leaves takes its answer along",
     {{CLIENT_SENDS, 1, GET("/102/2/1s")},
      {CLIENT_SEES, 1, ONE},
      {CLIENT_RESET, 1, NULL},
      {WAIT_MS, 3000, NULL}},
     NULL},
};

static const struct row faults[] = {
    {"a fault on purpose is in the interim response",
     {{CLIENT_SENDS, 1, GET("/bad/content-length")},
      {CLIENT_SEES, 1,
       "HTTP/1.1 102 Processing|Content-Length: 5||" FINAL("200 OK", "19", "200 behind 1 x 102")},
      {CLIENT_SENDS, 1, GET("/bad/transfer-encoding")},
      {CLIENT_SEES, 1,
       "HTTP/1.1 102 Processing|Transfer-Encoding: chunked||" FINAL("200 OK", "19",
                                                                    "200 behind 1 x 102")}},
     NULL},
    {"or behind it",
     {{CLIENT_SENDS, 1, GET("/bad/no-final")},
      {CLIENT_SEES, 1, ONE},
      {CLIENT_ENDED, 1, "shut"},
      {CLIENT_SENDS, 2, GET("/bad/hang")},
      {CLIENT_SEES, 2, ONE},
      {WAIT_MS, 59999, NULL},
      {CLIENT_ENDED, 2, "open"},
      {WAIT_MS, 1, NULL},
      {CLIENT_ENDED, 2, "shut"}},
     NULL},
};

#define ASK(id, path)                                                                              \
  "HEADERS " id " END|:method: GET|:scheme: http|:authority: o|:path: " path "||"
#define PLAIN2 "content-type: text/plain|cache-control: no-store|"

static const struct row streams[] = {
    {"each stream has its answer",
     {{CLIENT_SENDS, 1, ASK("1", "/102/1s")},
      {CLIENT_SENDS, 1, ASK("3", "/status/200")},
      {CLIENT_SEES, 1,
       "HEADERS 1|:status: 102||HEADERS 3|:status: 200|" PLAIN2
       "content-length: 4||DATA 3|200\n||END 3||"},
      {WAIT_MS, 1000, NULL},
      {CLIENT_SEES, 1,
       "HEADERS 1|:status: 200|" PLAIN2
       "content-length: 19||DATA 1|200 behind 1 x 102\n||END 1||"}},
     NULL},
    {"an expectation is met, and content is read",
     {{CLIENT_SENDS, 1,
       "HEADERS 1|:method: POST|:scheme: http|:authority: o|:path: /status/204|expect: "
       "100-continue|content-length: 4||"},
      {CLIENT_SEES, 1, "HEADERS 1|:status: 100||"},
      {CLIENT_SENDS, 1, "DATA 1 END|data||"},
      {CLIENT_SEES, 1, "HEADERS 1 END|:status: 204||"}},
     NULL},
};

static void play(const struct row *rows, size_t num, bool h2) {
  rows_play(rows, num, (struct pair){h2, false, true, false});
}

static void a_path_says_what_is_answered(void **state) {
  (void)state;
  play(routes, sizeof(routes) / sizeof(routes[0]), false);
}

static void a_server_has_duties(void **state) {
  (void)state;
  play(duties, sizeof(duties) / sizeof(duties[0]), false);
}

static void faults_are_made_on_purpose(void **state) {
  (void)state;
  play(faults, sizeof(faults) / sizeof(faults[0]), false);
}

static void streams_of_http_2_are_served(void **state) {
  (void)state;
  play(streams, sizeof(streams) / sizeof(streams[0]), true);
}

/* The reference has no such routes. */
static void a_conformant_origin_makes_no_faults(void **state) {
  (void)state;
  struct stage stage;
  const struct origin_config config = {.listener = STAGE_LISTENER};
  stage_init_origin(&stage, false);
  relay_free(stage.relay);
  stage.relay = origin_new(&config);
  stage.actor = relay_actor(stage.relay);
  stage_accept(&stage);
  stage_send(&stage, &stage.clients[0], GET("/bad/content-length"));
  assert_true(span_starts(bytes_span(&stage.clients[0].got), "HTTP/1.1 404 "));
  stage_free(&stage);
}

static void the_index_is_for_people_and_for_programs(void **state) {
  (void)state;
  struct stage stage;
  stage_init_origin(&stage, false);
  stage_accept(&stage);
  struct stage_peer *client = &stage.clients[0];
  stage_send(&stage, client, GET("/"));
  struct span page = bytes_span(&client->got);
  assert_true(span_find(page, span_of("text/html"), 0) != SIZE_MAX);
  assert_true(span_find(page, span_of("<a href=\"/102-then/207\">"), 0) != SIZE_MAX);
  client->got.len = 0;
  stage_send(&stage, client, "GET / HTTP/1.1|Host: o|Accept: application/json||");
  page = bytes_span(&client->got);
  assert_true(span_find(page, span_of("Content-Type: application/json"), 0) != SIZE_MAX);
  assert_true(span_find(page, span_of("\"path\": \"/bad/hang\""), 0) != SIZE_MAX);
  stage_free(&stage);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_path_says_what_is_answered),
      cmocka_unit_test(a_server_has_duties),
      cmocka_unit_test(faults_are_made_on_purpose),
      cmocka_unit_test(streams_of_http_2_are_served),
      cmocka_unit_test(a_conformant_origin_makes_no_faults),
      cmocka_unit_test(the_index_is_for_people_and_for_programs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
