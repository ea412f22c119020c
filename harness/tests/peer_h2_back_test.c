/* The gateway as a client of an origin of HTTP/2, behind clients of HTTP/1.1 and of HTTP/2. */
#include "tests/peer_rows.h"

#define ASKED(id, path)                                                                            \
  "HEADERS " id " END|:method: GET|:scheme: http|:authority: o|:path: " path                       \
  "|via: 1.1 interim-relay||"
#define REPLY(id) "HEADERS " id "|:status: 200|content-length: 2||DATA " id " END|ok||"
#define H2VIA "Via: 2 interim-relay|"
#define REPLIED "HTTP/1.1 200 |" H2VIA "Content-Length: 2||ok"
#define CLOSED_502                                                                                 \
  OWN("502 Bad Gateway", "87", "",                                                                 \
      "the origin closed the connection before a final response was complete")
#define RESET_502 OWN("502 Bad Gateway", "45", "", "the origin reset the stream")
#define BROKEN_502(length, text) OWN("502 Bad Gateway", length, "", text)

static const struct row requests[] = {
    {"the request line and Host become control data; names are in lower case",
     {{CLIENT_SENDS, 1, "GET /a?b HTTP/1.1|Host: o:80|X-Y: A|Connection: x-hop|X-Hop: 1||"},
      {ORIGIN_SEES, 1,
       "HEADERS 1 END|:method: GET|:scheme: http|:authority: o:80|:path: /a?b|x-y: A|via: 1.1 "
       "interim-relay||"}},
     NULL},
    {"an Upgrade and TE do not go on; HTTP/1.0 without Host has no :authority",
     {{CLIENT_SENDS, 1, "GET / HTTP/1.1|Host: o|Upgrade: a|TE: trailers|Connection: upgrade, te||"},
      {ORIGIN_SEES, 1, ASKED("1", "/")},
      {CLIENT_SENDS, 2, "GET / HTTP/1.0||"},
      {ORIGIN_SEES, 1,
       "HEADERS 3 END|:method: GET|:scheme: http|:path: /|via: 1.0 interim-relay||"}},
     NULL},
    {"content with and without a length, and trailers",
     {{CLIENT_SENDS, 1, "POST /p HTTP/1.1|Host: o|Content-Length: 4||data"},
      {ORIGIN_SEES, 1,
       "HEADERS 1|:method: POST|:scheme: http|:authority: o|:path: /p|via: 1.1 "
       "interim-relay|content-length: 4||DATA 1|data||END 1||"},
      {CLIENT_SENDS, 2, "POST /p HTTP/1.1|Host: o|Transfer-Encoding: chunked||4|data|0|T: 1||"},
      {ORIGIN_SEES, 1,
       "HEADERS 3|:method: POST|:scheme: http|:authority: o|:path: /p|via: 1.1 "
       "interim-relay||DATA 3|data||HEADERS 3 END|t: 1||"},
      {CLIENT_SENDS, 3, "POST /p HTTP/1.1|Host: o|Content-Length: 0||"},
      {ORIGIN_SEES, 1,
       "HEADERS 5 END|:method: POST|:scheme: http|:authority: o|:path: /p|via: 1.1 "
       "interim-relay|content-length: 0||"}},
     NULL},
};

static const struct row responses[] = {
    {"a response without a reason phrase; one connection for all exchanges",
     {{CLIENT_SENDS, 1, GET("/a")},
      {CLIENT_SENDS, 2, GET("/b")},
      {ORIGIN_SEES, 1, ASKED("1", "/a") ASKED("3", "/b")},
      {ORIGIN_SENDS, 1, REPLY("3")},
      {CLIENT_SEES, 2, REPLIED},
      {ORIGIN_SENDS, 1, REPLY("1")},
      {CLIENT_SEES, 1, REPLIED},
      {CLIENT_SENDS, 1, GET("/c")},
      {ORIGIN_SEES, 1, ASKED("5", "/c")},
      {ORIGINS_OPENED, 1, ""}},
     NULL},
    {"content without a length becomes chunks, and the end of the connection for HTTP/1.0",
     {{CLIENT_SENDS, 1, GET("/")},
      {CLIENT_SENDS, 2, "GET / HTTP/1.0|Host: o||"},
      {ORIGIN_ASKED, 1, "HEADERS 1"},
      {ORIGIN_SENDS, 1,
       "HEADERS 1|:status: 200||DATA 1|abc||HEADERS 1 END|t: 1||HEADERS 3|:status: 200||DATA "
       "3|abc||DATA 3 END||"},
      {CLIENT_SEES, 1, "HTTP/1.1 200 |" H2VIA "Transfer-Encoding: chunked||3|abc|0|t: 1||"},
      {CLIENT_SEES, 2, "HTTP/1.1 200 |" H2VIA "Connection: close||abc"},
      {CLIENT_ENDED, 2, "shut"}},
     NULL},
    {"a head that ends its stream is no content",
     {{CLIENT_SENDS, 1, GET("/")},
      {ORIGIN_SEES, 1, ASKED("1", "/")},
      {ORIGIN_SENDS, 1, "HEADERS 1 END|:status: 200||"},
      {CLIENT_SEES, 1, "HTTP/1.1 200 |" H2VIA "Content-Length: 0||"},
      {CLIENT_SENDS, 1, GET("/")},
      {ORIGIN_SEES, 1, ASKED("3", "/")},
      {ORIGIN_SENDS, 1, "HEADERS 3 END|:status: 304|content-length: 7||"},
      {CLIENT_SEES, 1, "HTTP/1.1 304 |content-length: 7|" H2VIA "|"},
      {CLIENT_SENDS, 1, "HEAD / HTTP/1.1|Host: o||"},
      {ORIGIN_ASKED, 1, "HEADERS 5 END|:method: HEAD|"},
      {ORIGIN_SENDS, 1, "HEADERS 5|:status: 200|content-length: 7||DATA 5 END||"},
      {CLIENT_SEES, 1, "HTTP/1.1 200 |content-length: 7|" H2VIA "|"}},
     NULL},
    {"a reset inside a final response cuts it",
     {{CLIENT_SENDS, 1, GET("/")},
      {ORIGIN_SEES, 1, ASKED("1", "/")},
      {ORIGIN_SENDS, 1, "HEADERS 1|:status: 200||DATA 1|abc||RST_STREAM 1 CANCEL||"},
      {CLIENT_SEES, 1, "HTTP/1.1 200 |" H2VIA "Transfer-Encoding: chunked||3|abc|"},
      {CLIENT_ENDED, 1, "shut"}},
     NULL},
    {"a reset before one is answered for; the connection lives on",
     {{CLIENT_SENDS, 1, GET("/")},
      {ORIGIN_SEES, 1, ASKED("1", "/")},
      {ORIGIN_SENDS, 1, "HEADERS 1|:status: 102||RST_STREAM 1 NO_ERROR||"},
      {CLIENT_SEES, 1, "HTTP/1.1 102 |" H2VIA "|" RESET_502},
      {CLIENT_SENDS, 1, GET("/")},
      {ORIGIN_SEES, 1, ASKED("3", "/")}},
     NULL},
    {"a reset behind a complete response asks for no more content",
     {{CLIENT_SENDS, 1, "POST / HTTP/1.1|Host: o|Content-Length: 4||da"},
      {ORIGIN_ASKED, 1, "HEADERS 1|:method: POST|"},
      {ORIGIN_SENDS, 1, "HEADERS 1 END|:status: 413||RST_STREAM 1 NO_ERROR||"},
      {CLIENT_SEES, 1, "HTTP/1.1 413 |" H2VIA "Content-Length: 0||"},
      {ORIGIN_SEES, 1, "RST_STREAM 1 CANCEL||"},
      {CLIENT_SENDS, 1, "ta" GET("/")},
      {ORIGIN_SEES, 1, ASKED("3", "/")}},
     NULL},
    {"the end of the connection",
     {{CLIENT_SENDS, 1, GET("/")},
      {ORIGIN_SEES, 1, ASKED("1", "/")},
      {ORIGIN_SENDS, 1, "HEADERS 1|:status: 103||"},
      {ORIGIN_FIN, 1, ""},
      {CLIENT_SEES, 1, "HTTP/1.1 103 |" H2VIA "|" CLOSED_502},
      {ORIGIN_ENDED, 1, "closed"}},
     NULL},
    {"an origin that is down, mute or silent",
     {{ORIGIN_IS, 0, "down"},
      {CLIENT_SENDS, 1, GET("/")},
      {CLIENT_ANSWERED, 1, "HTTP/1.1 502 Bad Gateway"},
      {ORIGIN_IS, 0, "mute"},
      {CLIENT_SENDS, 1, GET("/")},
      {WAIT_MS, 1000, ""},
      {CLIENT_ANSWERED, 1, "HTTP/1.1 504 Gateway Timeout"},
      {ORIGIN_IS, 0, "up"},
      {CLIENT_SENDS, 1, GET("/")},
      {ORIGIN_SEES, 3, ASKED("1", "/")},
      {WAIT_MS, 1000, ""},
      {CLIENT_ANSWERED, 1, "HTTP/1.1 504 Gateway Timeout"},
      {ORIGIN_SEES, 3, "RST_STREAM 1 CANCEL||"},
      {ORIGIN_ENDED, 3, "closed"}},
     NULL},
    {"an idle connection ends with GOAWAY",
     {{CLIENT_SENDS, 1, GET("/")},
      {ORIGIN_SEES, 1, ASKED("1", "/")},
      {ORIGIN_SENDS, 1, REPLY("1")},
      {CLIENT_SEES, 1, REPLIED},
      {WAIT_MS, 4000, ""},
      {ORIGIN_SEES, 1, "GOAWAY 0 NO_ERROR||"},
      {ORIGIN_ENDED, 1, "closed"}},
     NULL},
    {"a client that is gone ends its stream only",
     {{CLIENT_SENDS, 1, GET("/a")},
      {CLIENT_SENDS, 2, GET("/b")},
      {ORIGIN_SEES, 1, ASKED("1", "/a") ASKED("3", "/b")},
      {CLIENT_RESET, 1, ""},
      {ORIGIN_SEES, 1, "RST_STREAM 1 CANCEL||"},
      {ORIGIN_SENDS, 1, "HEADERS 1|:status: 102||" REPLY("1") REPLY("3")},
      {CLIENT_SEES, 2, REPLIED}},
     NULL},
};

static const struct row interims[] = {
    {"interim responses go on in order; a Content-Length in one does not",
     {{CLIENT_SENDS, 1, GET("/")},
      {ORIGIN_SEES, 1, ASKED("1", "/")},
      {ORIGIN_SENDS, 1,
       "HEADERS 1|:status: 102||HEADERS 1|:status: 103|link: </a>|content-length: 5||"},
      {CLIENT_SEES, 1, "HTTP/1.1 102 |" H2VIA "|HTTP/1.1 103 |link: </a>|" H2VIA "|"},
      {ORIGIN_SENDS, 1, "HEADERS 1|:status: 199||" REPLY("1")},
      {CLIENT_SEES, 1, "HTTP/1.1 199 |" H2VIA "|" REPLIED}},
     NULL},
    {"none of them to HTTP/1.0, and what is dropped still changes the header table",
     {{CLIENT_SENDS, 1, "GET / HTTP/1.0|Host: o||"},
      {ORIGIN_ASKED, 1, "HEADERS 1"},
      {ORIGIN_SENDS, 1, "HEADERS 1|:status: 103|x-new: kept in the table||"},
      {ORIGIN_SENDS, 1,
       "HEADERS 1|:status: 200|x-new: kept in the table|content-length: 2||DATA 1 END|ok||"},
      {CLIENT_SEES, 1,
       "HTTP/1.1 200 |x-new: kept in the table|" H2VIA "Content-Length: 2|Connection: close||ok"},
      {CLIENT_ENDED, 1, "shut"}},
     NULL},
    {"empty DATA between an interim and the final response is let pass",
     {{CLIENT_SENDS, 1, GET("/")},
      {ORIGIN_SEES, 1, ASKED("1", "/")},
      {ORIGIN_SENDS, 1, "HEADERS 1|:status: 103||DATA 1||" REPLY("1")},
      {CLIENT_SEES, 1, "HTTP/1.1 103 |" H2VIA "|" REPLIED}},
     NULL},
    {"the gateway meets an expectation itself",
     {{CLIENT_SENDS, 1, "POST / HTTP/1.1|Host: o|Expect: 100-continue|Content-Length: 2||"},
      {CLIENT_SEES, 1, "HTTP/1.1 100 Continue||"},
      {ORIGIN_SEES, 1,
       "HEADERS 1|:method: POST|:scheme: http|:authority: o|:path: /|via: 1.1 "
       "interim-relay|content-length: 2||"},
      {ORIGIN_SENDS, 1, "HEADERS 1|:status: 100||"},
      {CLIENT_SENDS, 1, "ab"},
      {ORIGIN_SEES, 1, "DATA 1|ab||END 1||"},
      {ORIGIN_SENDS, 1, REPLY("1")},
      {CLIENT_SEES, 1, REPLIED}},
     NULL},
};

/* The faults of a response, each on a stream of its own. */
static void malformed_responses_are_answered_with_502(void **state) {
  (void)state;
  static const char *const faults[] = {
      "HEADERS 1 END|:status: 103||",
      "HEADERS 1|:status: 101||",
      "HEADERS 1|:status: 103|connection: close||",
      "HEADERS 1|:status: 103|Link: a||",
      "HEADERS 1|:status: 103|link: \x01||",
      "HEADERS 1|:status: 103|link: a\r\nb: c||",
      "HEADERS 1|:status: 103|:status: 200||",
      "HEADERS 1|link: a|:status: 103||",
      "HEADERS 1|link: a||",
      "HEADERS 1|:status: 99||",
      "HEADERS 1|:status: 1000||",
      "HEADERS 1|:status: abc||",
      "HEADERS 1|:status: 103|:path: /||",
      "DATA 1|a||",
      "DATA 1 END||",
      "WINDOW_UPDATE 1 0||",
  };
  for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
    struct stage stage;
    stage_init_pair(&stage, false, true);
    stage_accept(&stage);
    stage_send(&stage, &stage.clients[0], GET("/"));
    struct stage_peer *origin = &stage.origins[0];
    origin->h2->text.len = 0;
    stage_send(&stage, origin, faults[i]);
    if (!span_starts(bytes_span(&stage.clients[0].got), "HTTP/1.1 502 Bad Gateway\r\n")) {
      print_error("%s\n", faults[i]);
    }
    assert_true(span_starts(bytes_span(&stage.clients[0].got), "HTTP/1.1 502 Bad Gateway\r\n"));
    assert_string_equal(bytes_cstr(&origin->h2->text), "RST_STREAM 1 PROTOCOL_ERROR||");
    /* The connection is still good, and its header tables are. */
    stage_send(&stage, &stage.clients[0], GET("/b"));
    stage.clients[0].got.len = 0;
    stage_send(&stage, origin, REPLY("3"));
    assert_true(span_starts(bytes_span(&stage.clients[0].got), "HTTP/1.1 200 \r\n"));
    assert_int_equal(stage.num_origins, 1);
    stage_free(&stage);
  }
}

/* The same behind a final response's head: nothing but a cut can tell. */
static void malformed_content_is_cut(void **state) {
  (void)state;
  static const char *const faults[] = {
      "HEADERS 1|:status: 103||",
      "HEADERS 1 END|:status: 103||",
      "HEADERS 1 END|X: 1||",
      "HEADERS 1|t: 1||",
      "HEADERS 1 END|t: \x01||",
      "DATA 1 END|1||",
      "DATA 1|123456789||DATA 1 END|1||",
  };
  for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
    struct stage stage;
    stage_init_pair(&stage, false, true);
    stage_accept(&stage);
    stage_send(&stage, &stage.clients[0], GET("/"));
    stage_send(&stage, &stage.origins[0], "HEADERS 1|:status: 200|content-length: 4||");
    stage.origins[0].h2->text.len = 0;
    stage_send(&stage, &stage.origins[0], faults[i]);
    if (stage.clients[0].end != STAGE_SHUT) {
      print_error("%s\n", faults[i]);
    }
    assert_int_equal(stage.clients[0].end, STAGE_SHUT);
    assert_string_equal(bytes_cstr(&stage.origins[0].h2->text), "RST_STREAM 1 PROTOCOL_ERROR||");
    stage_free(&stage);
  }
}

static const struct row retries[] = {
    {"what the origin says it did not process is sent again",
     {{CLIENT_SENDS, 1, "POST /a HTTP/1.1|Host: o|Content-Length: 0||"},
      {ORIGIN_ASKED, 1, "HEADERS 1 END|:method: POST|"},
      {ORIGIN_SENDS, 1, "RST_STREAM 1 REFUSED_STREAM||"},
      {ORIGIN_ASKED, 1, "HEADERS 3 END|:method: POST|"},
      {ORIGIN_SENDS, 1, REPLY("3")},
      {CLIENT_SEES, 1, REPLIED}},
     NULL},
    {"but not for ever",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, ASKED("1", "/a")},
      {ORIGIN_SENDS, 1, "RST_STREAM 1 REFUSED_STREAM||"},
      {ORIGIN_SEES, 1, ASKED("3", "/a")},
      {ORIGIN_SENDS, 1, "RST_STREAM 3 REFUSED_STREAM||"},
      {ORIGIN_SEES, 1, ASKED("5", "/a")},
      {ORIGIN_SENDS, 1, "RST_STREAM 5 REFUSED_STREAM||"},
      {CLIENT_SEES, 1, RESET_502}},
     NULL},
    {"nor when content went on, nor when an interim response said otherwise",
     {{CLIENT_SENDS, 1, "POST / HTTP/1.1|Host: o|Content-Length: 4||da"},
      {ORIGIN_ASKED, 1, "HEADERS 1|"},
      {ORIGIN_SENDS, 1, "RST_STREAM 1 REFUSED_STREAM||"},
      {CLIENT_SEES, 1, RESET_502},
      {CLIENT_SENDS, 2, GET("/")},
      {ORIGIN_SEES, 1, ASKED("3", "/")},
      {ORIGIN_SENDS, 1, "HEADERS 3|:status: 102||RST_STREAM 3 REFUSED_STREAM||"},
      {CLIENT_SEES, 2, "HTTP/1.1 102 |" H2VIA "|" RESET_502}},
     NULL},
    {"GOAWAY: what it will not look at goes elsewhere, the rest is answered",
     {{CLIENT_SENDS, 1, GET("/a")},
      {CLIENT_SENDS, 2, GET("/b")},
      {CLIENT_SENDS, 3, GET("/c")},
      {ORIGIN_SEES, 1, ASKED("1", "/a") ASKED("3", "/b") ASKED("5", "/c")},
      {ORIGIN_SENDS, 1, "HEADERS 1|:status: 103||GOAWAY 1 NO_ERROR||"},
      {ORIGIN_ASKED, 2, "HEADERS 1 END|:method: GET|"},
      {ORIGIN_SENDS, 2, REPLY("3") REPLY("1")},
      {CLIENT_SEES, 2, REPLIED},
      {CLIENT_SEES, 3, REPLIED},
      {ORIGIN_ENDED, 1, "open"},
      {ORIGIN_SENDS, 1, REPLY("1")},
      {CLIENT_SEES, 1, "HTTP/1.1 103 |" H2VIA "|" REPLIED},
      {ORIGIN_ENDED, 1, "closed"},
      {ORIGINS_OPENED, 2, ""}},
     NULL},
    {"a kept connection that ends before a word is asked anew",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, ASKED("1", "/a")},
      {ORIGIN_SENDS, 1, REPLY("1")},
      {CLIENT_SEES, 1, REPLIED},
      {CLIENT_SENDS, 1, GET("/b")},
      {ORIGIN_SEES, 1, ASKED("3", "/b")},
      {ORIGIN_FIN, 1, ""},
      {ORIGIN_SEES, 2, ASKED("1", "/b")},
      {ORIGIN_RESET, 2, ""},
      {CLIENT_ANSWERED, 1, "HTTP/1.1 502"}},
     NULL},
    {"but not after an interim response",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, ASKED("1", "/a")},
      {ORIGIN_SENDS, 1, REPLY("1")},
      {CLIENT_SEES, 1, REPLIED},
      {CLIENT_SENDS, 1, GET("/b")},
      {ORIGIN_SEES, 1, ASKED("3", "/b")},
      {ORIGIN_SENDS, 1, "HEADERS 3|:status: 102||"},
      {ORIGIN_FIN, 1, ""},
      {CLIENT_SEES, 1, "HTTP/1.1 102 |" H2VIA "|" CLOSED_502},
      {ORIGINS_OPENED, 1, ""}},
     NULL},
    {"streams that the origin does not allow go to another connection",
     {{CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 1, ASKED("1", "/a")},
      {ORIGIN_SENDS, 1, "SETTINGS|MAX_CONCURRENT_STREAMS 1||"},
      {CLIENT_SENDS, 2, GET("/b")},
      {ORIGIN_SEES, 2, ASKED("1", "/b")},
      {ORIGIN_SENDS, 2, "SETTINGS|MAX_CONCURRENT_STREAMS 1||"},
      {ORIGIN_SENDS, 1, REPLY("1")},
      {CLIENT_SEES, 1, REPLIED},
      {CLIENT_SENDS, 1, GET("/c")},
      {ORIGIN_SEES, 1, ASKED("3", "/c")},
      {CLIENT_SENDS, 3, GET("/d")},
      {ORIGIN_SEES, 3, ASKED("1", "/d")},
      {ORIGINS_OPENED, 3, ""}},
     NULL},
    {"connection errors of the origin",
     {{CLIENT_SENDS, 1, GET("/a")},
      {CLIENT_SENDS, 2, GET("/b")},
      {ORIGIN_SEES, 1, ASKED("1", "/a") ASKED("3", "/b")},
      {ORIGIN_SENDS, 1, "HEADERS 5|:status: 103||"},
      {ORIGIN_SEES, 1, "GOAWAY 0 PROTOCOL_ERROR||"},
      {ORIGIN_ENDED, 1, "closed"},
      {CLIENT_ANSWERED, 1, "HTTP/1.1 502"},
      {CLIENT_ANSWERED, 2, "HTTP/1.1 502"},
      {CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 2, ASKED("1", "/a")},
      {ORIGIN_SENDS, 2, "HEADERS 2|:status: 103||"},
      {ORIGIN_SEES, 2, "GOAWAY 0 PROTOCOL_ERROR||"},
      {CLIENT_ANSWERED, 1, "HTTP/1.1 502"},
      {CLIENT_SENDS, 1, GET("/a")},
      {ORIGIN_SEES, 3, ASKED("1", "/a")},
      {ORIGIN_SENDS, 3, "PUSH_PROMISE 1||"},
      {ORIGIN_SEES, 3, "GOAWAY 0 PROTOCOL_ERROR||"},
      {CLIENT_ANSWERED, 1, "HTTP/1.1 502"}},
     NULL},
};

#define ASK2(id, path)                                                                             \
  "HEADERS " id " END|:method: GET|:scheme: http|:authority: o|:path: " path "||"
#define ASKED2(id, path)                                                                           \
  "HEADERS " id " END|:method: GET|:scheme: http|:authority: o|:path: " path                       \
  "|via: 2 interim-relay||"
#define V2 "|via: 2 interim-relay"
#define REPLIED2(id)                                                                               \
  "HEADERS " id "|:status: 200" V2 "|content-length: 2||DATA " id "|ok||END " id "||"

static const struct row both[] = {
    {"a whole exchange, with interims, content and trailers both ways",
     {{CLIENT_SENDS, 1,
       "HEADERS 1|:method: POST|:scheme: http|:authority: o|:path: /p|x: 1||DATA "
       "1|content||HEADERS 1 END|t: 1||"},
      {ORIGIN_SEES, 1,
       "HEADERS 1|:method: POST|:scheme: http|:authority: o|:path: /p|x: 1" V2
       "||DATA 1|content||HEADERS 1 END|t: 1||"},
      {ORIGIN_SENDS, 1, "HEADERS 1|:status: 102||HEADERS 1|:status: 103|link: a||"},
      {CLIENT_SEES, 1, "HEADERS 1|:status: 102" V2 "||HEADERS 1|:status: 103|link: a" V2 "||"},
      {ORIGIN_SENDS, 1, "HEADERS 1|:status: 200||DATA 1|abc||HEADERS 1 END|u: 2||"},
      {CLIENT_SEES, 1, "HEADERS 1|:status: 200" V2 "||DATA 1|abc||HEADERS 1 END|u: 2||"}},
     NULL},
    {"streams in any order, over one connection to the origin",
     {{CLIENT_SENDS, 1, ASK2("1", "/a") ASK2("3", "/b")},
      {CLIENT_SENDS, 2, ASK2("1", "/c")},
      {ORIGIN_SEES, 1, ASKED2("1", "/a") ASKED2("3", "/b") ASKED2("5", "/c")},
      {ORIGIN_SENDS, 1, "HEADERS 5|:status: 103||HEADERS 3|:status: 102||"},
      {CLIENT_SEES, 2, "HEADERS 1|:status: 103" V2 "||"},
      {CLIENT_SEES, 1, "HEADERS 3|:status: 102" V2 "||"},
      {ORIGIN_SENDS, 1, REPLY("3")},
      {ORIGIN_SENDS, 1, REPLY("5") REPLY("1")},
      {CLIENT_SEES, 1, REPLIED2("3") REPLIED2("1")},
      {CLIENT_SEES, 2, REPLIED2("1")}},
     NULL},
    {"a reset of the client is passed on, and the other way it is a cut",
     {{CLIENT_SENDS, 1, ASK2("1", "/a") ASK2("3", "/b")},
      {ORIGIN_SEES, 1, ASKED2("1", "/a") ASKED2("3", "/b")},
      {CLIENT_SENDS, 1, "RST_STREAM 1 CANCEL||"},
      {ORIGIN_SEES, 1, "RST_STREAM 1 CANCEL||"},
      {ORIGIN_SENDS, 1, "HEADERS 3|:status: 200||RST_STREAM 3 CANCEL||"},
      {CLIENT_SEES, 1, "HEADERS 3|:status: 200" V2 "||RST_STREAM 3 INTERNAL_ERROR||"}},
     NULL},
    {"GOAWAY of a client: it asks no more, and is answered",
     {{CLIENT_SENDS, 1, ASK2("1", "/a") "GOAWAY 0 NO_ERROR||"},
      {ORIGIN_SEES, 1, ASKED2("1", "/a")},
      {ORIGIN_SENDS, 1, REPLY("1")},
      {CLIENT_SEES, 1, REPLIED2("1")},
      {CLIENT_ENDED, 1, "shut"}},
     NULL},
};

static void requests_go_on(void **state) {
  (void)state;
  ROWS_PLAY_PAIR(requests, false, true);
}

static void responses_come_back(void **state) {
  (void)state;
  ROWS_PLAY_PAIR(responses, false, true);
}

static void interim_responses_come_back(void **state) {
  (void)state;
  ROWS_PLAY_PAIR(interims, false, true);
}

static void requests_are_sent_again_where_they_may(void **state) {
  (void)state;
  ROWS_PLAY_PAIR(retries, false, true);
}

static void http2_on_both_sides(void **state) {
  (void)state;
  ROWS_PLAY_PAIR(both, true, true);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(requests_go_on),
      cmocka_unit_test(responses_come_back),
      cmocka_unit_test(interim_responses_come_back),
      cmocka_unit_test(malformed_responses_are_answered_with_502),
      cmocka_unit_test(malformed_content_is_cut),
      cmocka_unit_test(requests_are_sent_again_where_they_may),
      cmocka_unit_test(http2_on_both_sides),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
