/* The gateway as configured otherwise: it takes CONNECT, and leaves expectations to the origin. */
#include "tests/peer_rows.h"

#define CONNECT "CONNECT o:80 HTTP/1.1|Host: o:80||"
#define CONNECTED "HTTP/1.1 200 Connection Established||"
#define POST(fields) "POST /p HTTP/1.1|Host: o|" fields "|"
#define EXPECTS POST("Expect: 100-continue|Content-Length: 4|")
#define EXPECTED "POST /p HTTP/1.1|Host: o|Expect: 100-continue|" VIA "Content-Length: 4||"
#define PLAIN "POST /p HTTP/1.1|Host: o|" VIA
#define CONTINUE "HTTP/1.1 100 Continue||"
#define CONTINUED "HTTP/1.1 100 Continue|" VIA "|"
#define NO_TARGET                                                                                  \
  OWN("400 Bad Request", "62", "Connection: close|", "the request target is none of this gateway's")

static const struct row tunnels[] = {
    {"a CONNECT makes a tunnel both ways, to the end of each way",
     {{CLIENT_SENDS, 1, CONNECT "early"},
      {CLIENT_SEES, 1, CONNECTED},
      {ORIGIN_SEES, 1, "early"},
      {CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GET("/a")},
      {ORIGIN_SENDS, 1, "HTTP/1.1 102 P|Connection: x||"},
      {CLIENT_SEES, 1, "HTTP/1.1 102 P|Connection: x||"},
      {CLIENT_FIN, 1, NULL},
      {ORIGIN_ENDED, 1, "shut"},
      {ORIGIN_SENDS, 1, "bye"},
      {CLIENT_SEES, 1, "bye"},
      {ORIGIN_FIN, 1, NULL},
      {CLIENT_ENDED, 1, "closed"},
      {ORIGIN_ENDED, 1, "closed"}},
     NULL},
    {"the origin may end its way first",
     {{CLIENT_SENDS, 1, CONNECT},
      {CLIENT_SEES, 1, CONNECTED},
      {ORIGIN_FIN, 1, NULL},
      {CLIENT_ENDED, 1, "shut"},
      {CLIENT_SENDS, 1, "more"},
      {ORIGIN_SEES, 1, "more"},
      {CLIENT_FIN, 1, NULL},
      {CLIENT_ENDED, 1, "closed"},
      {ORIGIN_ENDED, 1, "closed"}},
     NULL},
    {"a reset goes through the tunnel",
     {{CLIENT_SENDS, 1, CONNECT},
      {CLIENT_SEES, 1, CONNECTED},
      {CLIENT_RESET, 1, NULL},
      {ORIGIN_ENDED, 1, "aborted"},
      {CLIENT_SENDS, 2, CONNECT},
      {CLIENT_SEES, 2, CONNECTED},
      {ORIGIN_RESET, 2, NULL},
      {CLIENT_ENDED, 2, "aborted"}},
     NULL},
    {"a tunnel in which nothing moves is ended; one way moving keeps both",
     {{CLIENT_SENDS, 1, CONNECT},
      {CLIENT_SEES, 1, CONNECTED},
      {WAIT_MS, 3000, NULL},
      {ORIGIN_SENDS, 1, "x"},
      {CLIENT_SEES, 1, "x"},
      {WAIT_MS, 3000, NULL},
      {CLIENT_SENDS, 1, "y"},
      {ORIGIN_SEES, 1, "y"},
      {WAIT_MS, 3999, NULL},
      {CLIENT_ENDED, 1, "open"},
      {WAIT_MS, 2, NULL},
      {CLIENT_ENDED, 1, "aborted"},
      {ORIGIN_ENDED, 1, "aborted"}},
     NULL},
    {"an origin that cannot be reached is a 502, one that says nothing a 504; nothing follows",
     {{ORIGIN_IS, 0, "down"},
      {CLIENT_SENDS, 1, CONNECT GET("/a")},
      {CLIENT_SEES, 1,
       OWN("502 Bad Gateway", "46", "Connection: close|", "the origin cannot be reached")},
      {CLIENT_ENDED, 1, "shut"},
      {ORIGIN_IS, 0, "mute"},
      {CLIENT_SENDS, 2, CONNECT},
      {WAIT_MS, 1001, NULL},
      {CLIENT_SEES, 2,
       OWN("504 Gateway Timeout", "45", "Connection: close|", "the origin says nothing")},
      {CLIENT_ENDED, 2, "shut"}},
     NULL},
    {"a client that leaves before the tunnel is there takes it along",
     {{ORIGIN_IS, 0, "mute"},
      {CLIENT_SENDS, 1, CONNECT},
      {CLIENT_RESET, 1, NULL},
      {ORIGIN_ENDED, 1, "closed"}},
     NULL},
    {"what is no host and port is answered with 400",
     {{CLIENT_SENDS, 1, "CONNECT o HTTP/1.1|Host: o||"},
      {CLIENT_SEES, 1, NO_TARGET},
      {CLIENT_SENDS, 2, "CONNECT o:0 HTTP/1.1|Host: o||"},
      {CLIENT_SEES, 2, NO_TARGET},
      {CLIENT_SENDS, 3, "CONNECT o:65536 HTTP/1.1|Host: o||"},
      {CLIENT_SEES, 3, NO_TARGET},
      {CLIENT_SENDS, 4, "CONNECT :80 HTTP/1.1|Host: o||"},
      {CLIENT_SEES, 4, NO_TARGET},
      {CLIENT_SENDS, 5, "CONNECT /a HTTP/1.1|Host: o||"},
      {CLIENT_SEES, 5, NO_TARGET},
      {CLIENT_SENDS, 6, "CONNECT o@p:80 HTTP/1.1|Host: o||"},
      {CLIENT_SEES, 6, NO_TARGET},
      {CLIENT_SENDS, 7, "CONNECT [::1]:65535 HTTP/1.1|Host: o||"},
      {CLIENT_SEES, 7, CONNECTED},
      {ORIGINS_OPENED, 1, NULL}},
     NULL},
};

static const struct row expectations[] = {
    {"the origin's 100 is the one that the client waits for",
     {{CLIENT_SENDS, 1, EXPECTS},
      {ORIGIN_SEES, 1, EXPECTED},
      {ORIGIN_SENDS, 1, CONTINUE},
      {CLIENT_SEES, 1, CONTINUED},
      {CLIENT_SENDS, 1, "data"},
      {ORIGIN_SEES, 1, "data"},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK},
      {CLIENT_SENDS, 1, GET("/b")},
      {ORIGIN_SEES, 1, GOT("/b")},
      {ORIGINS_OPENED, 1, NULL}},
     NULL},
    {"behind an early final response the origin's connection is owed content: it ends",
     {{CLIENT_SENDS, 1, EXPECTS},
      {ORIGIN_SEES, 1, EXPECTED},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK},
      {ORIGIN_ENDED, 1, "closed"},
      {CLIENT_SENDS, 1, "data" GET("/b")},
      {ORIGIN_SEES, 2, GOT("/b")}},
     NULL},
    {"an expectation goes on in the form of its name, and whatever else is expected does not",
     {{CLIENT_SENDS, 1, POST("expect: x, 100-CONTINUE|Content-Length: 4|")},
      {ORIGIN_SEES, 1, EXPECTED},
      {CLIENT_SENDS, 2, POST("Expect: x|Content-Length: 4|")},
      {ORIGIN_SEES, 2, PLAIN "Content-Length: 4||"}},
     NULL},
    {"one of HTTP/1.0, and one without content, stay behind",
     {{CLIENT_SENDS, 1, "POST /p HTTP/1.0|Host: o|Expect: 100-continue|Content-Length: 4||"},
      {ORIGIN_SEES, 1, "POST /p HTTP/1.1|Host: o|Via: 1.0 interim-relay|Content-Length: 4||"},
      {CLIENT_SENDS, 2, POST("Expect: 100-continue|Content-Length: 0|")},
      {ORIGIN_SEES, 2, PLAIN "Content-Length: 0||"},
      {CLIENT_SENDS, 3, POST("Expect: 100-continue|")},
      {ORIGIN_SEES, 3, PLAIN "|"}},
     NULL},
};

static void connect_makes_a_tunnel(void **state) {
  (void)state;
  ROWS_PLAY_MODES(tunnels, false, false);
}

static void the_origin_answers_the_expectation(void **state) {
  (void)state;
  ROWS_PLAY_MODES(expectations, false, false);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(connect_makes_a_tunnel),
      cmocka_unit_test(the_origin_answers_the_expectation),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
