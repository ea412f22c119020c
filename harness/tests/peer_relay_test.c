/* The gateway as an HTTP/1.1 server and client: requests, responses, connections, errors. */
#include "tests/peer_rows.h"

#define POST "POST /p HTTP/1.1|Host: o|Content-Length: 4||"
#define POSTED "POST /p HTTP/1.1|Host: o|" VIA "Content-Length: 4||"
#define CLOSED_EARLY                                                                               \
  OWN("502 Bad Gateway", "87", "",                                                                 \
      "the origin closed the connection before a final response was complete")
#define CHUNKS "4|abcd|0||"

static const struct row requests[] = {
    {"fields go on in order; those of the connection stay behind; Via is added behind the others",
     {{CLIENT_SENDS, 1,
       "GET /a?b HTTP/1.1|X: 1|Connection: x-hop, keep-alive|Host: o:80|X-Hop: a|Via: 1.0 "
       "first|Keep-Alive: a|Proxy-Connection: b|TE: trailers|x:|X-HOP: c||"},
      {ORIGIN_SEES, 1, "GET /a?b HTTP/1.1|Host: o:80|X: 1|Via: 1.0 first|x: |" VIA "|"}},
     NULL},
    {"a connection option can take no framing and no Host away",
     {{CLIENT_SENDS, 1,
       "POST /p HTTP/1.1|Host: o|Content-Length: 4|Connection: host, content-length||data"},
      {ORIGIN_SEES, 1, POSTED "data"}},
     NULL},
    {"the absolute form becomes an origin form, and its authority the Host",
     {{CLIENT_SENDS, 1, "GET http://a:8/x?y HTTP/1.1|Host: o||"},
      {ORIGIN_SEES, 1, "GET /x?y HTTP/1.1|Host: a:8|" VIA "|"},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK},
      {CLIENT_SENDS, 1, "GET HTTP://a?y HTTP/1.1|Host: o||"},
      {ORIGIN_SEES, 1, "GET /?y HTTP/1.1|Host: a|" VIA "|"},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK},
      {CLIENT_SENDS, 1, "OPTIONS http://a HTTP/1.1|Host: o||"},
      {ORIGIN_SEES, 1, "OPTIONS * HTTP/1.1|Host: a|" VIA "|"}},
     NULL},
    {"OPTIONS for the server, TRACE and unknown methods go on",
     {{CLIENT_SENDS, 1, "OPTIONS * HTTP/1.1|Host: o||"},
      {ORIGIN_SEES, 1, "OPTIONS * HTTP/1.1|Host: o|" VIA "|"},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK},
      {CLIENT_SENDS, 1, "TRACE / HTTP/1.1|Host: o||"},
      {ORIGIN_SEES, 1, "TRACE / HTTP/1.1|Host: o|" VIA "|"},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK},
      {CLIENT_SENDS, 1, "BREW / HTTP/1.1|Host: o||"},
      {ORIGIN_SEES, 1, "BREW / HTTP/1.1|Host: o|" VIA "|"}},
     NULL},
    {"an HTTP/1.0 request without Host goes on with an empty one",
     {{CLIENT_SENDS, 1, "GET /a HTTP/1.0||"},
      {ORIGIN_SEES, 1, "GET /a HTTP/1.1|Host: |Via: 1.0 interim-relay||"}},
     NULL},
    {"content is passed on as it comes",
     {{CLIENT_SENDS, 1, POST},
      {ORIGIN_SEES, 1, POSTED},
      {CLIENT_SENDS, 1, "da"},
      {ORIGIN_SEES, 1, "da"},
      {CLIENT_SENDS, 1, "ta"},
      {ORIGIN_SEES, 1, "ta"}},
     NULL},
    {"chunked content stays chunked and keeps its trailers, but for those that are no trailers",
     {{CLIENT_SENDS, 1, "POST /p HTTP/1.1|Host: o|Connection: x-hop|Transfer-Encoding: chunked||"},
      {ORIGIN_SEES, 1, "POST /p HTTP/1.1|Host: o|" VIA "Transfer-Encoding: chunked||"},
      {CLIENT_SENDS, 1, "4;ext=1|abcd|"},
      {ORIGIN_SEES, 1, "4|abcd|"},
      {CLIENT_SENDS, 1, "0|T: 1|X-Hop: 2|Content-Length: 3||"},
      {ORIGIN_SEES, 1, "0|T: 1||"}},
     "a chunk that comes in pieces goes on as so many chunks"},
    {"content that comes before the connection stands is held",
     {{ORIGIN_IS, 0, "mute"},
      {CLIENT_SENDS, 1, POST "da"},
      {ORIGIN_IS, 0, "up"},
      {CLIENT_SENDS, 1, "ta"},
      {ORIGIN_SEES, 1, POSTED "data"}},
     NULL},
};

static const struct row refusals[] = {
    {"a bad request is answered with 400, and the connection ends",
     {{CLIENT_SENDS, 1, "GET /a HTTP/1.1|Host: o|bad name: x||"},
      {CLIENT_ENDED, 1, "shut"},
      {CLIENT_SENDS, 1, GET("/b")},
      {CLIENT_FIN, 1, NULL},
      {CLIENT_ENDED, 1, "closed"},
      {ORIGINS_OPENED, 0, NULL},
      {CLIENT_ANSWERED, 1, "HTTP/1.1 400 Bad Request"}},
     NULL},
    {"CONNECT is answered with 501",
     {{CLIENT_SENDS, 1, "CONNECT o:80 HTTP/1.1|Host: o:80||"},
      {CLIENT_SEES, 1,
       OWN("501 Not Implemented", "51", "Connection: close|", "this gateway makes no tunnels")},
      {CLIENT_ENDED, 1, "shut"}},
     NULL},
    {"a missing, a doubled and an impossible Host are answered with 400",
     {{CLIENT_SENDS, 1, "GET / HTTP/1.1||"},
      {CLIENT_SEES, 1,
       OWN("400 Bad Request", "48", "Connection: close|", "one valid Host field is needed")},
      {CLIENT_SENDS, 2, "GET / HTTP/1.1|Host: o|Host: o||"},
      {CLIENT_SEES, 2,
       OWN("400 Bad Request", "48", "Connection: close|", "one valid Host field is needed")},
      {CLIENT_SENDS, 3, "GET / HTTP/1.1|Host: o/p||"},
      {CLIENT_SEES, 3,
       OWN("400 Bad Request", "48", "Connection: close|", "one valid Host field is needed")},
      {ORIGINS_OPENED, 0, NULL}},
     NULL},
    {"a target of another scheme is answered with 400",
     {{CLIENT_SENDS, 1, "GET ftp://o/ HTTP/1.1|Host: o||"},
      {CLIENT_SEES, 1,
       OWN("400 Bad Request", "62", "Connection: close|",
           "the request target is none of this gateway's")}},
     NULL},
    {"chunks in an HTTP/1.0 request are answered with 400",
     {{CLIENT_SENDS, 1, "POST / HTTP/1.0|Host: o|Transfer-Encoding: chunked||"},
      {ORIGINS_OPENED, 0, NULL},
      {CLIENT_ANSWERED, 1, "HTTP/1.1 400 Bad Request"}},
     NULL},
    {"an incomplete request is answered with 400, and the origin's connection ends",
     {{CLIENT_SENDS, 1, POST "da"},
      {ORIGIN_SEES, 1, POSTED "da"},
      {CLIENT_FIN, 1, NULL},
      {CLIENT_SEES, 1,
       OWN("400 Bad Request", "43", "Connection: close|", "the request is incomplete")},
      {CLIENT_ENDED, 1, "closed"},
      {ORIGIN_ENDED, 1, "closed"}},
     NULL},
    {"a request that does not come to its end is answered with 408, an idle connection just ends",
     {{CLIENT_SENDS, 1, "GET /a HT"},
      {CLIENT_SENDS, 2, GET("/a")},
      {ORIGIN_SENDS, 1, OK},
      {ORIGIN_SEES, 1, GOT("/a")},
      {CLIENT_SEES, 2, SEEN_OK},
      {WAIT_MS, 4001, NULL},
      {CLIENT_SEES, 1,
       OWN("408 Request Timeout", "56", "Connection: close|",
           "the request did not arrive in time")},
      {CLIENT_ENDED, 1, "shut"},
      {CLIENT_ENDED, 2, "shut"},
      {ORIGIN_ENDED, 1, "closed"},
      {WAIT_MS, 1000, NULL},
      {CLIENT_ENDED, 1, "closed"},
      {CLIENT_ENDED, 2, "closed"}},
     NULL},
    {"content that does not come to its end is answered with 408; the origin is not to blame",
     {{CLIENT_SENDS, 1, POST "da"},
      {ORIGIN_SEES, 1, POSTED "da"},
      {WAIT_MS, 3999, NULL},
      {CLIENT_ENDED, 1, "open"},
      {WAIT_MS, 2, NULL},
      {CLIENT_SEES, 1,
       OWN("408 Request Timeout", "56", "Connection: close|",
           "the content did not arrive in time")},
      {ORIGIN_ENDED, 1, "closed"}},
     NULL},
};

static const struct row responses[] = {
    {"chunked content goes on as chunks, with its trailers",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, "HTTP/1.1 200 OK|Transfer-Encoding: chunked|Trailer: T||4|abcd|"},
      {CLIENT_SEES, 1, "HTTP/1.1 200 OK|Trailer: T|" VIA "Transfer-Encoding: chunked||4|abcd|"},
      {ORIGIN_SENDS, 1, "0|T: 1|Keep-Alive: 2||"},
      {CLIENT_SEES, 1, "0|T: 1||"},
      {ORIGIN_ENDED, 1, "open"}},
     "a chunk that comes in pieces goes on as so many chunks"},
    {"content up to the end of the connection goes on as chunks",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, "HTTP/1.0 200 OK||abcd"},
      {CLIENT_SEES, 1,
       "HTTP/1.1 200 OK|Via: 1.0 interim-relay|Transfer-Encoding: chunked||4|abcd|"},
      {ORIGIN_FIN, 1, NULL},
      {CLIENT_SEES, 1, "0||"},
      {CLIENT_ENDED, 1, "open"},
      {ORIGIN_ENDED, 1, "closed"}},
     "as above"},
    {"to an HTTP/1.0 client it goes on up to the end of the connection",
     {{CLIENT_SENDS, 1, "GET /a HTTP/1.0|Host: o|Connection: keep-alive||"},
      {ORIGIN_SENDS, 1, "HTTP/1.1 200 OK|Transfer-Encoding: chunked||" CHUNKS},
      {ORIGIN_SEES, 1, "GET /a HTTP/1.1|Host: o|Via: 1.0 interim-relay||"},
      {CLIENT_SEES, 1, "HTTP/1.1 200 OK|" VIA "Connection: close||abcd"},
      {CLIENT_ENDED, 1, "shut"},
      {ORIGIN_ENDED, 1, "open"}},
     NULL},
    {"204 and 304 have no content; a 304 may say how long it would be, a 204 may not",
     {{CLIENT_SENDS, 1, GET("/a") GET("/b") GET("/c")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, "HTTP/1.1 204 No Content|X: 1||"},
      {CLIENT_SEES, 1, "HTTP/1.1 204 No Content|X: 1|" VIA "|"},
      {ORIGIN_SEES, 1, GOT("/b")},
      {ORIGIN_SENDS, 1, "HTTP/1.1 304 Not Modified|Content-Length: 7||"},
      {CLIENT_SEES, 1, "HTTP/1.1 304 Not Modified|Content-Length: 7|" VIA "|"},
      {ORIGIN_SEES, 1, GOT("/c")},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK}},
     NULL},
    {"an empty response and a status without a reason",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, "HTTP/1.1 299 |Content-Length: 0||"},
      {CLIENT_SEES, 1, "HTTP/1.1 299 |" VIA "Content-Length: 0||"}},
     NULL},
    {"a final response that comes before the content ends the origin's connection, not the "
     "client's",
     {{CLIENT_SENDS, 1, POST "da"},
      {ORIGIN_SEES, 1, POSTED "da"},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK},
      {ORIGIN_ENDED, 1, "closed"},
      {CLIENT_SENDS, 1, "ta" GET("/b")},
      {ORIGIN_SEES, 2, GOT("/b")}},
     NULL},
    {"while it is on its way the content is still passed on",
     {{CLIENT_SENDS, 1, POST "da"},
      {ORIGIN_SENDS, 1, "HTTP/1.1 200 OK|Content-Length: 2||o"},
      {CLIENT_SENDS, 1, "ta"},
      {ORIGIN_SEES, 1, POSTED "data"},
      {ORIGIN_SENDS, 1, "k"},
      {CLIENT_SEES, 1, SEEN_OK},
      {ORIGIN_ENDED, 1, "open"}},
     NULL},
    {"with too much content left to read the client's connection ends too",
     {{CLIENT_SENDS, 1, "POST /p HTTP/1.1|Host: o|Content-Length: 65537||"},
      {ORIGIN_SEES, 1, "POST /p HTTP/1.1|Host: o|" VIA "Content-Length: 65537||"},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, CLOSING_OK},
      {CLIENT_ENDED, 1, "shut"},
      {CLIENT_SENDS, 2, "POST /p HTTP/1.1|Host: o|Content-Length: 65536||"},
      {ORIGIN_SEES, 2, "POST /p HTTP/1.1|Host: o|" VIA "Content-Length: 65536||"},
      {ORIGIN_SENDS, 2, OK},
      {CLIENT_SEES, 2, SEEN_OK},
      {CLIENT_ENDED, 2, "open"}},
     NULL},
};

static const struct row connections[] = {
    {"pipelined requests are answered in order, one at a time",
     {{CLIENT_SENDS, 1, GET("/a") GET("/b")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK},
      {ORIGIN_SEES, 1, GOT("/b")},
      {ORIGIN_SENDS, 1, "HTTP/1.1 404 N|Content-Length: 0||"},
      {CLIENT_SEES, 1, "HTTP/1.1 404 N|" VIA "Content-Length: 0||"},
      {ORIGINS_OPENED, 1, NULL}},
     NULL},
    {"Connection: close of the client ends its connection, not the origin's",
     {{CLIENT_SENDS, 1, "GET /a HTTP/1.1|Host: o|Connection: close||" GET("/no")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, CLOSING_OK},
      {CLIENT_ENDED, 1, "shut"},
      {CLIENT_SENDS, 2, GET("/b")},
      {ORIGIN_SEES, 1, GOT("/b")}},
     NULL},
    {"HTTP/1.0 ends the client's connection, but with keep-alive",
     {{CLIENT_SENDS, 1, "GET /a HTTP/1.0|Host: o|Connection: keep-alive||"},
      {ORIGIN_SEES, 1, "GET /a HTTP/1.1|Host: o|Via: 1.0 interim-relay||"},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, "HTTP/1.1 200 OK|" VIA "Content-Length: 2|Connection: keep-alive||ok"},
      {CLIENT_SENDS, 1, "GET /b HTTP/1.0|Host: o||"},
      {ORIGIN_SEES, 1, "GET /b HTTP/1.1|Host: o|Via: 1.0 interim-relay||"},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, CLOSING_OK},
      {CLIENT_ENDED, 1, "shut"}},
     NULL},
    {"a client that sends no more still gets its answers",
     {{CLIENT_SENDS, 1, GET("/a") GET("/b")},
      {CLIENT_FIN, 1, NULL},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK},
      {ORIGIN_SEES, 1, GOT("/b")},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, CLOSING_OK},
      {CLIENT_ENDED, 1, "closed"}},
     NULL},
    {"a client that is gone takes the origin's connection along",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, "HTTP/1.1 102 P||"},
      {CLIENT_SEES, 1, "HTTP/1.1 102 P|" VIA "|"},
      {CLIENT_RESET, 1, NULL},
      {ORIGIN_ENDED, 1, "closed"}},
     NULL},
    {"two requests at a time take two connections, which others use again",
     {{CLIENT_SENDS, 1, GET("/a")},
      {CLIENT_SENDS, 2, GET("/b")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SEES, 2, GOT("/b")},
      {ORIGIN_SENDS, 2, OK},
      {CLIENT_SEES, 2, SEEN_OK},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK},
      {CLIENT_SENDS, 3, GET("/c")},
      {ORIGIN_SEES, 1, GOT("/c")},
      {CLIENT_SENDS, 4, GET("/d")},
      {ORIGIN_SEES, 2, GOT("/d")},
      {ORIGINS_OPENED, 2, NULL}},
     NULL},
    {"an interim response does not free the origin's connection for another client",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, "HTTP/1.1 103 E||"},
      {CLIENT_SEES, 1, "HTTP/1.1 103 E|" VIA "|"},
      {CLIENT_SENDS, 2, GET("/b")},
      {ORIGIN_SEES, 2, GOT("/b")},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK}},
     NULL},
    {"a connection that the origin says it closes is not used again: 1.1 with close, 1.0 without",
     {{CLIENT_SENDS, 1, GET("/a") GET("/b") GET("/c") GET("/d")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, "HTTP/1.1 200 OK|Connection: close|Content-Length: 2||ok"},
      {CLIENT_SEES, 1, SEEN_OK},
      {ORIGIN_ENDED, 1, "closed"},
      {ORIGIN_SEES, 2, GOT("/b")},
      {ORIGIN_SENDS, 2, "HTTP/1.0 200 OK|Content-Length: 0||"},
      {CLIENT_SEES, 1, "HTTP/1.1 200 OK|Via: 1.0 interim-relay|Content-Length: 0||"},
      {ORIGIN_ENDED, 2, "closed"},
      {ORIGIN_SEES, 3, GOT("/c")},
      {ORIGIN_SENDS, 3, "HTTP/1.0 200 OK|Connection: keep-alive|Content-Length: 0||"},
      {CLIENT_SEES, 1, "HTTP/1.1 200 OK|Via: 1.0 interim-relay|Content-Length: 0||"},
      {ORIGIN_SEES, 3, GOT("/d")}},
     NULL},
    {"bytes behind a final response end the connection and answer nothing",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, OK "HTTP/1.1 100 Continue||HTTP/1.1 200 OK|Content-Length: 0||"},
      {CLIENT_SEES, 1, SEEN_OK},
      {ORIGIN_ENDED, 1, "closed"},
      {CLIENT_SENDS, 1, GET("/b")},
      {ORIGIN_SEES, 2, GOT("/b")}},
     NULL},
    {"so do bytes on an idle connection",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK},
      {ORIGIN_SENDS, 1, "HTTP/1.1 100 Continue||"},
      {ORIGIN_ENDED, 1, "closed"},
      {CLIENT_SENDS, 1, GET("/b")},
      {ORIGIN_SEES, 2, GOT("/b")}},
     NULL},
    {"an idle connection that the origin ends is not used again",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK},
      {ORIGIN_FIN, 1, NULL},
      {ORIGIN_ENDED, 1, "closed"},
      {CLIENT_SENDS, 1, GET("/b")},
      {ORIGIN_SEES, 2, GOT("/b")},
      {ORIGIN_SENDS, 2, OK},
      {CLIENT_SEES, 1, SEEN_OK},
      {ORIGIN_RESET, 2, NULL},
      {CLIENT_SENDS, 1, GET("/c")},
      {ORIGIN_SEES, 3, GOT("/c")}},
     NULL},
};

static const struct row faults[] = {
    {"an origin that cannot be reached: 502",
     {{ORIGIN_IS, 0, "down"},
      {CLIENT_SENDS, 1, GET("/a")},
      {CLIENT_SEES, 1, OWN("502 Bad Gateway", "46", "", "the origin cannot be reached")},
      {CLIENT_SENDS, 1, "HEAD /a HTTP/1.1|Host: o||"},
      {CLIENT_SEES, 1, "HTTP/1.1 502 Bad Gateway|Content-Type: text/plain|Content-Length: 46||"},
      {CLIENT_ENDED, 1, "open"}},
     NULL},
    {"an origin that closes or resets without an answer: 502, and no second try on a new "
     "connection",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_FIN, 1, NULL},
      {CLIENT_SEES, 1, CLOSED_EARLY},
      {ORIGIN_ENDED, 1, "closed"},
      {CLIENT_SENDS, 1, GET("/b")},
      {ORIGIN_SEES, 2, GOT("/b")},
      {ORIGIN_RESET, 2, NULL},
      {CLIENT_SEES, 1, CLOSED_EARLY},
      {ORIGINS_OPENED, 2, NULL}},
     NULL},
    {"interim responses and then the end: 502",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, "HTTP/1.1 102 P||HTTP/1.1 2"},
      {CLIENT_SEES, 1, "HTTP/1.1 102 P|" VIA "|"},
      {ORIGIN_FIN, 1, NULL},
      {CLIENT_SEES, 1, CLOSED_EARLY}},
     NULL},
    {"a kept connection that ends unheard: the request is sent again, once",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK},
      {CLIENT_SENDS, 1, GET("/b")},
      {ORIGIN_SEES, 1, GOT("/b")},
      {ORIGIN_RESET, 1, NULL},
      {ORIGIN_SEES, 2, GOT("/b")},
      {ORIGIN_FIN, 2, NULL},
      {CLIENT_SEES, 1, CLOSED_EARLY},
      {ORIGINS_OPENED, 2, NULL}},
     NULL},
    {"it is not sent again when the method is not idempotent",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK},
      {CLIENT_SENDS, 1, "POST /p HTTP/1.1|Host: o|Content-Length: 0||"},
      {ORIGIN_SEES, 1, "POST /p HTTP/1.1|Host: o|" VIA "Content-Length: 0||"},
      {ORIGIN_FIN, 1, NULL},
      {CLIENT_SEES, 1, CLOSED_EARLY},
      {ORIGINS_OPENED, 1, NULL}},
     NULL},
    {"nor when content has gone out",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK},
      {CLIENT_SENDS, 1, "PUT /p HTTP/1.1|Host: o|Content-Length: 1||x"},
      {ORIGIN_SEES, 1, "PUT /p HTTP/1.1|Host: o|" VIA "Content-Length: 1||x"},
      {ORIGIN_FIN, 1, NULL},
      {CLIENT_SEES, 1, CLOSED_EARLY},
      {ORIGINS_OPENED, 1, NULL}},
     NULL},
    {"nor when an interim response has come",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, SEEN_OK},
      {CLIENT_SENDS, 1, GET("/b")},
      {ORIGIN_SEES, 1, GOT("/b")},
      {ORIGIN_SENDS, 1, "HTTP/1.1 103 E||"},
      {CLIENT_SEES, 1, "HTTP/1.1 103 E|" VIA "|"},
      {ORIGIN_FIN, 1, NULL},
      {CLIENT_SEES, 1, CLOSED_EARLY},
      {ORIGINS_OPENED, 1, NULL}},
     NULL},
    {"what is no HTTP: 502, after interim responses too",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, "HTTP/1.1 102 P||"},
      {CLIENT_SEES, 1, "HTTP/1.1 102 P|" VIA "|"},
      {ORIGIN_SENDS, 1, "SSH-2.0-x|"},
      {CLIENT_ANSWERED, 1, "HTTP/1.1 502 Bad Gateway"},
      {ORIGIN_ENDED, 1, "closed"},
      {CLIENT_ENDED, 1, "open"}},
     NULL},
    {"silence: 504, counted from the last byte; interim responses count as life",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {WAIT_MS, 999, NULL},
      {ORIGIN_SENDS, 1, "HTTP/1.1 102 P||"},
      {WAIT_MS, 999, NULL},
      {CLIENT_SEES, 1, "HTTP/1.1 102 P|" VIA "|"},
      {WAIT_MS, 2, NULL},
      {CLIENT_SEES, 1, OWN("504 Gateway Timeout", "45", "", "the origin says nothing")},
      {ORIGIN_ENDED, 1, "closed"},
      {CLIENT_ENDED, 1, "open"}},
     NULL},
    {"a connection that is neither made nor refused: 504",
     {{ORIGIN_IS, 0, "mute"},
      {CLIENT_SENDS, 1, GET("/a")},
      {WAIT_MS, 1001, NULL},
      {CLIENT_SEES, 1, OWN("504 Gateway Timeout", "45", "", "the origin says nothing")}},
     NULL},
    {"a final response that is cut stays incomplete: a length",
     {{CLIENT_SENDS, 1, GET("/a") GET("/b")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, "HTTP/1.1 200 OK|Content-Length: 2||o"},
      {ORIGIN_FIN, 1, NULL},
      {CLIENT_SEES, 1, "HTTP/1.1 200 OK|" VIA "Content-Length: 2||o"},
      {CLIENT_ENDED, 1, "shut"},
      {ORIGINS_OPENED, 1, NULL}},
     NULL},
    {"chunks",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, "HTTP/1.1 200 OK|Transfer-Encoding: chunked||1|a|"},
      {ORIGIN_RESET, 1, NULL},
      {CLIENT_SEES, 1, "HTTP/1.1 200 OK|" VIA "Transfer-Encoding: chunked||1|a|"},
      {CLIENT_ENDED, 1, "shut"}},
     NULL},
    {"and, to an HTTP/1.0 client, the end of the connection, which then is a reset",
     {{CLIENT_SENDS, 1, "GET /a HTTP/1.0|Host: o||"},
      {ORIGIN_SEES, 1, "GET /a HTTP/1.1|Host: o|Via: 1.0 interim-relay||"},
      {ORIGIN_SENDS, 1, "HTTP/1.1 200 OK|Transfer-Encoding: chunked||1|a|"},
      {ORIGIN_FIN, 1, NULL},
      {CLIENT_SEES, 1, "HTTP/1.1 200 OK|" VIA "Connection: close||a"},
      {CLIENT_ENDED, 1, "aborted"}},
     NULL},
    {"silence inside the final response cuts it",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, GOT("/a")},
      {ORIGIN_SENDS, 1, "HTTP/1.1 200 OK|Content-Length: 2||o"},
      {WAIT_MS, 1001, NULL},
      {CLIENT_SEES, 1, "HTTP/1.1 200 OK|" VIA "Content-Length: 2||o"},
      {CLIENT_ENDED, 1, "shut"},
      {ORIGIN_ENDED, 1, "closed"}},
     NULL},
};

static void requests_go_on(void **state) {
  (void)state;
  ROWS_PLAY(requests);
}

static void bad_requests_are_refused(void **state) {
  (void)state;
  ROWS_PLAY(refusals);
}

static void responses_come_back(void **state) {
  (void)state;
  ROWS_PLAY(responses);
}

static void connections_are_kept_where_they_may_be(void **state) {
  (void)state;
  ROWS_PLAY(connections);
}

static void the_origins_faults_are_answered(void **state) {
  (void)state;
  ROWS_PLAY(faults);
}

/* One line of text, repeated into something long. */
static void send_long(struct stage *stage, struct stage_peer *peer, size_t len, uint8_t byte) {
  struct bytes text = {0};
  while (text.len < len) {
    bytes_add(&text, span_make(&byte, 1));
  }
  stage_feed(stage, ACTOR_BYTES, peer->id, bytes_span(&text));
  bytes_free(&text);
}

static void what_breaks_a_limit_is_refused(void **state) {
  (void)state;
  static const struct {
    const char *before;
    const char *status;
  } limits[] = {
      {"GET /", "HTTP/1.1 414 URI Too Long"},
      {"GET / HTTP/1.1|Host: o|X: ", "HTTP/1.1 431 Request Header Fields Too Large"},
  };
  for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
    struct stage stage;
    stage_init(&stage);
    stage_accept(&stage);
    stage_send(&stage, &stage.clients[0], limits[i].before);
    send_long(&stage, &stage.clients[0], 300000, 'a');
    assert_true(span_starts(bytes_span(&stage.clients[0].got), limits[i].status));
    assert_int_equal(stage.clients[0].end, STAGE_SHUT);
    assert_int_equal(stage.num_origins, 0);
    stage_free(&stage);
  }
}

static void an_endless_interim_head_is_answered_with_502(void **state) {
  (void)state;
  struct stage stage;
  stage_init(&stage);
  stage_accept(&stage);
  stage_send(&stage, &stage.clients[0], GET("/a"));
  stage_send(&stage, &stage.origins[0], "HTTP/1.1 103 E|");
  for (unsigned i = 0; i < 1000000 && !stage.origins[0].gone; i++) {
    stage_send(&stage, &stage.origins[0], "Link: </style.css>; rel=preload|");
  }
  assert_int_equal(stage.origins[0].end, STAGE_CLOSED);
  assert_true(span_starts(bytes_span(&stage.clients[0].got), "HTTP/1.1 502 Bad Gateway"));
  stage_free(&stage);
}

static void content_after_the_response_is_read_up_to_a_limit(void **state) {
  (void)state;
  struct stage stage;
  stage_init(&stage);
  stage_accept(&stage);
  stage_send(&stage, &stage.clients[0], "POST / HTTP/1.1|Host: o|Transfer-Encoding: chunked||");
  stage_send(&stage, &stage.origins[0], OK);
  stage_send(&stage, &stage.clients[0], "20000|");
  send_long(&stage, &stage.clients[0], 65536, 'a');
  assert_int_equal(stage.clients[0].end, STAGE_OPEN);
  send_long(&stage, &stage.clients[0], 1, 'a');
  assert_int_equal(stage.clients[0].end, STAGE_SHUT);
  stage_free(&stage);
}

static void too_much_content_before_the_connection_stands_is_refused(void **state) {
  (void)state;
  struct stage stage;
  stage_init(&stage);
  stage.origin_mute = true;
  stage_accept(&stage);
  stage_send(&stage, &stage.clients[0], "POST / HTTP/1.1|Host: o|Content-Length: 9999999||");
  send_long(&stage, &stage.clients[0], 1024 * 1024 + 1, 'a');
  assert_true(span_starts(bytes_span(&stage.clients[0].got), "HTTP/1.1 503"));
  assert_int_equal(stage.clients[0].end, STAGE_SHUT);
  assert_int_equal(stage.origins[0].end, STAGE_CLOSED);
  stage_free(&stage);
}

/* The client cannot be stopped, so what it sends too far ahead is not read. */
static void too_many_pipelined_requests_end_the_connection(void **state) {
  (void)state;
  struct stage stage;
  stage_init(&stage);
  stage_accept(&stage);
  stage_send(&stage, &stage.clients[0], GET("/a"));
  for (unsigned i = 0; i < 2 && !stage.clients[0].gone; i++) {
    send_long(&stage, &stage.clients[0], 1024 * 1024 + 1, '\n');
  }
  assert_int_equal(stage.clients[0].end, STAGE_OPEN);
  stage_send(&stage, &stage.origins[0], OK);
  assert_true(span_starts(bytes_span(&stage.clients[0].got), "HTTP/1.1 200 OK"));
  assert_int_equal(stage.clients[0].end, STAGE_SHUT);
  stage_free(&stage);
}

static void too_many_connection_options_are_refused(void **state) {
  (void)state;
  struct stage stage;
  stage_init(&stage);
  stage_accept(&stage);
  stage_send(&stage, &stage.clients[0], GET("/a"));
  stage_send(&stage, &stage.origins[0], "HTTP/1.1 103 E|Connection: a");
  for (unsigned i = 0; i < 64; i++) {
    stage_send(&stage, &stage.origins[0], ", a");
  }
  stage_send(&stage, &stage.origins[0], "||");
  assert_true(span_starts(bytes_span(&stage.clients[0].got), "HTTP/1.1 502 Bad Gateway"));
  stage_free(&stage);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(requests_go_on),
      cmocka_unit_test(bad_requests_are_refused),
      cmocka_unit_test(responses_come_back),
      cmocka_unit_test(connections_are_kept_where_they_may_be),
      cmocka_unit_test(the_origins_faults_are_answered),
      cmocka_unit_test(what_breaks_a_limit_is_refused),
      cmocka_unit_test(an_endless_interim_head_is_answered_with_502),
      cmocka_unit_test(content_after_the_response_is_read_up_to_a_limit),
      cmocka_unit_test(too_much_content_before_the_connection_stands_is_refused),
      cmocka_unit_test(too_many_pipelined_requests_end_the_connection),
      cmocka_unit_test(too_many_connection_options_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
