/* Windows, limits and turns: what the gateway holds, for whom it waits, and when it gives up. */
#include "tests/peer_rows.h"

#include "peer/decide.h"

#define ASK(id, path)                                                                              \
  "HEADERS " id " END|:method: GET|:scheme: http|:authority: o|:path: " path "||"
#define POST(id) "HEADERS " id "|:method: POST|:scheme: http|:authority: o|:path: /p||"
#define SHUT_WINDOW "HOLD||SETTINGS|INITIAL_WINDOW_SIZE 0||"
#define VIA1 "|via: 1.1 interim-relay"

static const struct row stalls[] = {
    {"a window of 0 stops content, and nothing else",
     {{CLIENT_SENDS, 1, SHUT_WINDOW ASK("1", "/")},
      {ORIGIN_ASKED, 1, "GET /"},
      {ORIGIN_SENDS, 1, "HTTP/1.1 102 P||HTTP/1.1 103 E||"},
      {CLIENT_SEES, 1, "HEADERS 1|:status: 102" VIA1 "||HEADERS 1|:status: 103" VIA1 "||"},
      {ORIGIN_SENDS, 1, "HTTP/1.1 200 OK|Transfer-Encoding: chunked||5|hello|0|T: 1||"},
      {CLIENT_SEES, 1, "HEADERS 1|:status: 200" VIA1 "||"},
      {CLIENT_SENDS, 1, "WINDOW_UPDATE 1 2||"},
      {CLIENT_SEES, 1, "DATA 1|he||"},
      {CLIENT_SENDS, 1, "WINDOW_UPDATE 1 3||"},
      {CLIENT_SEES, 1, "DATA 1|llo||HEADERS 1 END|t: 1||"}},
     NULL},
    {"SETTINGS open the windows of streams that are there; no content needs none",
     {{CLIENT_SENDS, 1, SHUT_WINDOW ASK("1", "/") ASK("3", "/")},
      {ORIGIN_ASKED, 1, "GET /"},
      {ORIGIN_ASKED, 2, "GET /"},
      {ORIGIN_SENDS, 1, "HTTP/1.1 200 OK|Transfer-Encoding: chunked||5|hello|"},
      {ORIGIN_SENDS, 2, "HTTP/1.1 200 OK|Transfer-Encoding: chunked||0||"},
      {CLIENT_SEES, 1, "HEADERS 1|:status: 200" VIA1 "||HEADERS 3|:status: 200" VIA1 "||END 3||"},
      {CLIENT_SENDS, 1, "SETTINGS|INITIAL_WINDOW_SIZE 4||"},
      {CLIENT_SEES, 1, "DATA 1|hell||"},
      {CLIENT_SENDS, 1, "SETTINGS|INITIAL_WINDOW_SIZE 1||WINDOW_UPDATE 1 3||"},
      {CLIENT_SEES, 1, ""},
      {CLIENT_SENDS, 1, "WINDOW_UPDATE 1 1||"},
      {CLIENT_SEES, 1, "DATA 1|o||"}},
     NULL},
    {"a client that opens no window in time",
     {{CLIENT_SENDS, 1, SHUT_WINDOW ASK("1", "/")},
      {ORIGIN_ASKED, 1, "GET /"},
      {ORIGIN_SENDS, 1, OK},
      {CLIENT_SEES, 1, "HEADERS 1|:status: 200" VIA1 "|content-length: 2||"},
      {WAIT_MS, 3999, ""},
      {CLIENT_SEES, 1, ""},
      {WAIT_MS, 1, ""},
      {CLIENT_SEES, 1, "RST_STREAM 1 CANCEL||"}},
     NULL},
};

static void stalled_content_waits(void **state) {
  (void)state;
  ROWS_PLAY_PAIR(stalls, true, false);
}

/* An origin of HTTP/2 whose content waits for the client is not silent; it has to wait too. */
static const struct row patience[] = {
    {"the client's clock runs, not the origin's",
     {{CLIENT_SENDS, 1, SHUT_WINDOW ASK("1", "/")},
      {ORIGIN_ASKED, 1, "HEADERS 1 END|:method: GET|"},
      {ORIGIN_SENDS, 1, "HEADERS 1|:status: 200||DATA 1|hello||"},
      {CLIENT_ANSWERED, 1, "HEADERS 1|:status: 200|"},
      {WAIT_MS, 3000, ""},
      {CLIENT_SENDS, 1, "WINDOW_UPDATE 1 5||"},
      {CLIENT_SEES, 1, "DATA 1|hello||"},
      {WAIT_MS, 999, ""},
      {CLIENT_SEES, 1, ""},
      {WAIT_MS, 1, ""},
      {CLIENT_SEES, 1, "RST_STREAM 1 INTERNAL_ERROR||"},
      {ORIGIN_SEES, 1, "RST_STREAM 1 CANCEL||"},
      {ORIGIN_ENDED, 1, "closed"}},
     NULL},
    {"an origin that takes no content is silent",
     {{CLIENT_SENDS, 1, ASK("1", "/")},
      {ORIGIN_ASKED, 1, "HEADERS 1"},
      {ORIGIN_SENDS, 1, SHUT_WINDOW},
      {CLIENT_SENDS, 1, POST("3") "DATA 3|a||"},
      {ORIGIN_ASKED, 1, "HEADERS 3|"},
      {ORIGIN_SENDS, 1, "HEADERS 1 END|:status: 204||"},
      {CLIENT_ANSWERED, 1, "HEADERS 1 END|:status: 204|"},
      {WAIT_MS, 1000, ""},
      {CLIENT_ANSWERED, 1, "HEADERS 3|:status: 504|"},
      {ORIGIN_SEES, 1, "RST_STREAM 3 CANCEL||"}},
     NULL},
};

static void who_has_to_act_has_the_clock(void **state) {
  (void)state;
  ROWS_PLAY_PAIR(patience, true, true);
}

static void add_pattern(struct bytes *out, size_t len) {
  while (out->len < len) {
    bytes_printf(out, "%08zx", out->len);
  }
  out->len = len;
}

static void stage_bytes(struct stage *stage, struct stage_peer *peer, struct span bytes) {
  stage_feed(stage, ACTOR_BYTES, peer->id, bytes);
}

/* Content of a stream, as far as the gateway's windows allow. Returns how much went. */
static size_t send_content(struct stage *stage, struct stage_peer *peer, struct h2_stream *stream,
                           struct span content, bool end) {
  struct h2_peer *h2 = peer->h2;
  size_t at = 0;
  do {
    struct bytes out = {0};
    stream->granted = h2->granted[stream->id];
    size_t room = h2_connection_room(&h2->h2, stream);
    size_t len = content.len - at < room ? content.len - at : room;
    if (len == 0) {
      break;
    }
    h2_write_data(&h2->h2, &out, stream, span_make(content.ptr + at, len),
                  end && at + len == content.len);
    at += len;
    stage_bytes(stage, peer, bytes_span(&out));
    bytes_free(&out);
  } while (at < content.len);
  return at;
}

enum { LARGE = 1000000 };

/* Puts the content between two spans of text. */
static void assert_text(const struct h2_peer *peer, const char *before, const struct bytes *content,
                        const char *behind) {
  struct bytes want = {0};
  bytes_text(&want, before);
  bytes_add(&want, bytes_span(content));
  bytes_text(&want, behind);
  assert_true(span_eq(bytes_span(&want), bytes_span(&peer->text)));
  bytes_free(&want);
}

static void large_responses_flow(void **state) {
  (void)state;
  for (int from_h2 = 0; from_h2 < 2; from_h2++) {
    struct stage stage;
    struct bytes content = {0};
    stage_init_pair(&stage, true, from_h2 == 1);
    stage_accept(&stage);
    struct stage_peer *client = &stage.clients[0];
    struct stage_peer *origin = &stage.origins[0];
    stage_send(&stage, client, ASK("1", "/"));
    add_pattern(&content, LARGE);
    if (from_h2 == 1) {
      struct h2_stream stream;
      h2_stream_init(&stream, 1, H2_READ_REQUEST);
      stage_send(&stage, origin, "HEADERS 1|:status: 200||");
      assert_int_equal(send_content(&stage, origin, &stream, bytes_span(&content), true), LARGE);
    } else {
      stage_send(&stage, origin, "HTTP/1.1 200 OK|Content-Length: 1000000||");
      stage_bytes(&stage, origin, bytes_span(&content));
    }
    client->h2->text.len -= strlen("END 1||");
    assert_true(client->h2->largest <= H2_DEFAULT_FRAME);
    size_t head = span_find(bytes_span(&client->h2->text), span_of("DATA 1|"), 0);
    bytes_drop(&client->h2->text, head);
    assert_text(client->h2, "DATA 1|", &content, "||");
    bytes_free(&content);
    stage_free(&stage);
  }
}

static void large_requests_flow(void **state) {
  (void)state;
  for (int to_h2 = 0; to_h2 < 2; to_h2++) {
    struct stage stage;
    struct bytes content = {0};
    struct h2_stream stream;
    stage_init_pair(&stage, true, to_h2 == 1);
    stage_accept(&stage);
    h2_stream_init(&stream, 1, H2_READ_RESPONSE);
    add_pattern(&content, LARGE);
    stage_send(&stage, &stage.clients[0],
               "HEADERS 1|:method: POST|:scheme: http|:authority: o|:path: /|content-length: "
               "1000000||");
    assert_int_equal(send_content(&stage, &stage.clients[0], &stream, bytes_span(&content), true),
                     LARGE);
    if (to_h2 == 1) {
      struct h2_peer *origin = stage.origins[0].h2;
      bytes_drop(&origin->text, span_find(bytes_span(&origin->text), span_of("DATA 1|"), 0));
      assert_text(origin, "DATA 1|", &content, "||END 1||");
    } else {
      size_t head = span_find(bytes_span(&stage.origins[0].got), span_of("\r\n\r\n"), 0) + 4;
      assert_true(
          span_eq(span_skip(bytes_span(&stage.origins[0].got), head), bytes_span(&content)));
    }
    bytes_free(&content);
    stage_free(&stage);
  }
}

/* A sender of HTTP/2 is given room only for what has gone on. */
static void a_slow_receiver_holds_its_sender_back(void **state) {
  (void)state;
  struct stage stage;
  struct bytes content = {0};
  struct h2_stream stream;
  stage_init_pair(&stage, true, true);
  stage_accept(&stage);
  struct stage_peer *client = &stage.clients[0];
  struct stage_peer *origin = &stage.origins[0];
  add_pattern(&content, LARGE);
  stage_send(&stage, client, SHUT_WINDOW ASK("1", "/") ASK("3", "/"));
  stage_send(&stage, origin, "HEADERS 1|:status: 200||");
  h2_stream_init(&stream, 1, H2_READ_REQUEST);
  assert_int_equal(send_content(&stage, origin, &stream, bytes_span(&content), false),
                   H2_DEFAULT_WINDOW);
  assert_int_equal(origin->h2->granted[1], 0);
  /* No other stream suffers. */
  client->h2->text.len = 0;
  stage_send(&stage, client, "WINDOW_UPDATE 3 2||");
  stage_send(&stage, origin, "HEADERS 3|:status: 200||DATA 3 END|ok||");
  assert_non_null(strstr(bytes_cstr(&client->h2->text), "DATA 3|ok||END 3||"));
  stage_send(&stage, client, "WINDOW_UPDATE 1 40000||");
  assert_int_equal(origin->h2->granted[1], 40000);
  assert_int_equal(send_content(&stage, origin, &stream, bytes_span(&content), false), 40000);
  bytes_free(&content);
  stage_free(&stage);
}

static void a_slow_origin_holds_its_client_back(void **state) {
  (void)state;
  struct stage stage;
  struct bytes content = {0};
  struct h2_stream stream;
  stage_init_pair(&stage, true, true);
  stage_accept(&stage);
  struct stage_peer *client = &stage.clients[0];
  add_pattern(&content, LARGE);
  stage_send(&stage, client, ASK("1", "/") POST("3"));
  stage_send(&stage, &stage.origins[0], SHUT_WINDOW);
  h2_stream_init(&stream, 3, H2_READ_RESPONSE);
  assert_int_equal(send_content(&stage, client, &stream, bytes_span(&content), false),
                   H2_DEFAULT_WINDOW);
  stage_send(&stage, &stage.origins[0], "WINDOW_UPDATE 3 30000||");
  assert_int_equal(client->h2->granted[3], 30000);
  /* An answer ends the waiting. */
  stage_send(&stage, &stage.origins[0], "HEADERS 3 END|:status: 413||");
  assert_non_null(strstr(bytes_cstr(&client->h2->text), "RST_STREAM 3 NO_ERROR||"));
  bytes_free(&content);
  stage_free(&stage);
}

/* Before the origin stands, a client of HTTP/2 is held back, not refused. */
static void an_origin_that_does_not_stand_yet_takes_nothing(void **state) {
  (void)state;
  struct stage stage;
  struct bytes content = {0};
  struct h2_stream stream;
  stage_init_pair(&stage, true, false);
  stage.origin_mute = true;
  stage_accept(&stage);
  add_pattern(&content, LARGE);
  stage_send(&stage, &stage.clients[0], POST("1"));
  h2_stream_init(&stream, 1, H2_READ_RESPONSE);
  assert_int_equal(send_content(&stage, &stage.clients[0], &stream, bytes_span(&content), false),
                   H2_DEFAULT_WINDOW);
  stage.origin_mute = false;
  stage_wait(&stage, 0);
  stage_feed(&stage, ACTOR_TIME, 0, span_of(""));
  assert_int_equal(stage.clients[0].h2->granted[1], H2_DEFAULT_WINDOW);
  bytes_free(&content);
  stage_free(&stage);
}

static void feed_much(struct stage *stage, struct stage_peer *peer, size_t len) {
  static uint8_t block[65536];
  for (size_t at = 0; at < len && !peer->gone; at += sizeof(block)) {
    stage_bytes(stage, peer, span_make(block, sizeof(block)));
  }
}

/* A sender of HTTP/1.1 cannot be held back: it is given up. */
static void what_is_held_has_a_limit(void **state) {
  (void)state;
  struct stage stage;
  stage_init_pair(&stage, true, false);
  stage_accept(&stage);
  stage_send(&stage, &stage.clients[0], SHUT_WINDOW ASK("1", "/"));
  stage_send(&stage, &stage.origins[0], "HTTP/1.0 200 OK||");
  feed_much(&stage, &stage.origins[0], DECIDE_MAX_HELD);
  assert_int_equal(stage.origins[0].end, STAGE_OPEN);
  stage.clients[0].h2->text.len = 0;
  feed_much(&stage, &stage.origins[0], 1);
  assert_string_equal(bytes_cstr(&stage.clients[0].h2->text), "RST_STREAM 1 CANCEL||");
  assert_int_equal(stage.origins[0].end, STAGE_CLOSED);
  stage_free(&stage);

  stage_init_pair(&stage, false, true);
  stage_accept(&stage);
  stage_send(&stage, &stage.clients[0], "POST / HTTP/1.1|Host: o|Content-Length: 999999999||");
  feed_much(&stage, &stage.clients[0], DECIDE_MAX_HELD);
  stage.origins[0].h2->h2.holds_window = true;
  feed_much(&stage, &stage.clients[0], DECIDE_MAX_HELD);
  assert_int_equal(stage.clients[0].got.len, 0);
  feed_much(&stage, &stage.clients[0], 65536 + 65536);
  assert_true(span_starts(bytes_span(&stage.clients[0].got), "HTTP/1.1 503 Service Unavailable"));
  stage_free(&stage);
}

static void streams_take_turns(void **state) {
  (void)state;
  struct stage stage;
  stage_init_pair(&stage, true, false);
  stage_accept(&stage);
  struct h2_peer *client = stage.clients[0].h2;
  stage_send(&stage, &stage.clients[0], SHUT_WINDOW ASK("1", "/") ASK("3", "/") ASK("5", "/"));
  for (unsigned i = 0; i < 3; i++) {
    stage_send(&stage, &stage.origins[i], "HTTP/1.1 200 OK|Content-Length: 65536||");
    feed_much(&stage, &stage.origins[i], 65536);
  }
  assert_int_equal(client->frames, 0);
  stage_send(&stage, &stage.clients[0], "SETTINGS|INITIAL_WINDOW_SIZE 65536||");
  stage_send(&stage, &stage.clients[0], "WINDOW_UPDATE 0 131073||");
  /* The connection's window ends one byte before the fourth frame does. */
  static const uint32_t order[] = {1, 3, 5, 1, 3, 5, 1, 3, 5, 1, 3, 5, 1};
  assert_int_equal(client->frames, 13);
  assert_memory_equal(client->order, order, sizeof(order));
  stage_free(&stage);
}

static void streams_have_a_limit(void **state) {
  (void)state;
  struct stage stage;
  stage_init_pair(&stage, true, true);
  stage_accept(&stage);
  struct stage_peer *client = &stage.clients[0];
  for (unsigned i = 0; i <= DECIDE_MAX_STREAMS; i++) {
    char text[128];
    (void)snprintf(text, sizeof(text), ASK("%u", "/"), 2 * i + 1);
    stage_send(&stage, client, text);
  }
  assert_string_equal(bytes_cstr(&client->h2->text), "RST_STREAM 201 REFUSED_STREAM||");
  assert_int_equal(client->h2->h2.peer_streams, DECIDE_MAX_STREAMS);
  client->h2->text.len = 0;
  stage_send(&stage, &stage.origins[0], "HEADERS 7 END|:status: 204||");
  stage_send(&stage, client, ASK("203", "/x"));
  assert_string_equal(bytes_cstr(&client->h2->text),
                      "HEADERS 7 END|:status: 204|via: 2 interim-relay||");
  assert_int_equal(stage.num_origins, 1);
  stage_free(&stage);
}

/* All streams at once, each with its interims; the origin answers from the last to the first. */
static void interims_of_many_streams_stay_apart(void **state) {
  (void)state;
  struct stage stage;
  struct bytes want = {0};
  stage_init_pair(&stage, true, true);
  stage_accept(&stage);
  struct stage_peer *client = &stage.clients[0];
  for (unsigned i = 0; i < DECIDE_MAX_STREAMS; i++) {
    char text[128];
    (void)snprintf(text, sizeof(text), ASK("%u", "/%u"), 2 * i + 1, i);
    stage_send(&stage, client, text);
  }
  for (unsigned round = 0; round < 3; round++) {
    for (unsigned i = DECIDE_MAX_STREAMS; i > 0; i--) {
      char text[128];
      unsigned id = 2 * i - 1;
      const char *end = round == 2 ? " END" : "";
      unsigned code = round == 2 ? 204 : 102 + round;
      (void)snprintf(text, sizeof(text), "HEADERS %u%s|:status: %u|n: %u||", id, end, code, id);
      stage_send(&stage, &stage.origins[0], text);
      bytes_printf(&want, "HEADERS %u%s|:status: %u|n: %u|via: 2 interim-relay||", id, end, code,
                   id);
    }
  }
  assert_string_equal(bytes_cstr(&want), bytes_cstr(&client->h2->text));
  bytes_free(&want);
  stage_free(&stage);
}

static void content_beyond_the_windows_is_an_error(void **state) {
  (void)state;
  struct stage stage;
  struct bytes frames = {0};
  static uint8_t block[16384];
  stage_init_pair(&stage, true, true);
  stage_accept(&stage);
  stage_send(&stage, &stage.clients[0], ASK("1", "/") POST("3"));
  stage_send(&stage, &stage.origins[0], SHUT_WINDOW);
  for (unsigned i = 0; i < 4; i++) {
    h2_write_frame(&frames, H2_DATA, 0, 3, span_make(block, sizeof(block)));
  }
  stage_bytes(&stage, &stage.clients[0], bytes_span(&frames));
  assert_string_equal(bytes_cstr(&stage.clients[0].h2->text), "RST_STREAM 3 FLOW_CONTROL_ERROR||");
  stage.clients[0].h2->text.len = 0;
  stage_send(&stage, &stage.clients[0], "WINDOW_UPDATE 1 0||");
  assert_string_equal(bytes_cstr(&stage.clients[0].h2->text), "RST_STREAM 1 PROTOCOL_ERROR||");
  bytes_free(&frames);
  stage_free(&stage);
}

/* Content that nobody wants any more still uses the connection's window. */
static void content_of_a_closed_stream_is_given_back(void **state) {
  (void)state;
  struct stage stage;
  struct bytes content = {0};
  stage_init_pair(&stage, true, false);
  stage_accept(&stage);
  struct stage_peer *client = &stage.clients[0];
  stage_send(&stage, client, "HEADERS 1|:method: CONNECT|:authority: o:1||");
  uint64_t before = client->h2->granted[0];
  add_pattern(&content, 16384);
  for (unsigned i = 0; i < 200; i++) {
    struct bytes frame = {0};
    h2_write_frame(&frame, H2_DATA, 0, 1, bytes_span(&content));
    stage_bytes(&stage, client, bytes_span(&frame));
    bytes_free(&frame);
  }
  assert_true(client->h2->granted[0] - before > 1000000);
  assert_int_equal(client->end, STAGE_OPEN);
  bytes_free(&content);
  stage_free(&stage);
}

static void write_block(struct bytes *out, uint32_t stream, size_t len) {
  static const uint8_t block[H2_DEFAULT_FRAME];
  h2_write_frame(out, H2_DATA, 0, stream, span_make(block, len));
}

static void fill_window(struct stage *stage, struct stage_peer *peer, uint32_t stream) {
  struct bytes frames = {0};
  for (unsigned i = 0; i < 3; i++) {
    write_block(&frames, stream, H2_DEFAULT_FRAME);
  }
  write_block(&frames, stream, H2_DEFAULT_FRAME - 1);
  stage_bytes(stage, peer, bytes_span(&frames));
  bytes_free(&frames);
}

static void post(struct stage *stage, struct stage_peer *client, uint32_t stream) {
  char text[128];
  (void)snprintf(text, sizeof(text), POST("%u"), (unsigned)stream);
  stage_send(stage, client, text);
}

/* Streams whose content the origin does not take are reset, again and again. */
static void content_of_a_reset_stream_is_given_back(void **state) {
  (void)state;
  struct stage stage;
  stage_init_pair(&stage, true, true);
  stage_accept(&stage);
  struct stage_peer *client = &stage.clients[0];
  stage_send(&stage, client, ASK("1", "/"));
  stage_send(&stage, &stage.origins[0], SHUT_WINDOW);
  for (uint32_t id = 3; id < 803; id += 2) {
    char text[64];
    post(&stage, client, id);
    fill_window(&stage, client, id);
    (void)snprintf(text, sizeof(text), "RST_STREAM %u CANCEL||", (unsigned)id);
    stage_send(&stage, client, text);
    assert_int_equal(client->end, STAGE_OPEN);
  }
  assert_int_equal(client->h2->text.len, 0);
  stage_free(&stage);
}

/* All streams stand still, so nothing of the connection's window is left. */
static void content_beyond_the_connections_window_ends_it(void **state) {
  (void)state;
  struct stage stage;
  struct bytes frame = {0};
  stage_init_pair(&stage, true, true);
  stage_accept(&stage);
  struct stage_peer *client = &stage.clients[0];
  stage_send(&stage, client, ASK("1", "/"));
  stage_send(&stage, &stage.origins[0], SHUT_WINDOW "HEADERS 1 END|:status: 204||");
  for (uint32_t id = 3; id < 3 + 2 * DECIDE_MAX_STREAMS; id += 2) {
    post(&stage, client, id);
    fill_window(&stage, client, id);
  }
  client->h2->text.len = 0;
  write_block(&frame, 1, 1);
  stage_bytes(&stage, client, bytes_span(&frame));
  assert_string_equal(bytes_cstr(&client->h2->text), "GOAWAY 201 FLOW_CONTROL_ERROR||");
  bytes_free(&frame);
  stage_free(&stage);
}

static void padding_is_given_back_at_once(void **state) {
  (void)state;
  static const uint8_t padded[257] = {255, 'x'};
  struct stage stage;
  stage_init_pair(&stage, true, false);
  stage.origin_mute = true;
  stage_accept(&stage);
  struct stage_peer *client = &stage.clients[0];
  stage_send(&stage, client, POST("1"));
  for (unsigned i = 0; i < 1000; i++) {
    struct bytes frame = {0};
    h2_write_frame(&frame, H2_DATA, H2_PADDED, 1, span_make(padded, sizeof(padded)));
    stage_bytes(&stage, client, bytes_span(&frame));
    bytes_free(&frame);
  }
  assert_int_equal(client->h2->text.len, 0);
  stage_free(&stage);
}

/* Its content is complete, so its window is of no use. */
static void a_stream_that_ended_is_given_no_room(void **state) {
  (void)state;
  struct stage stage;
  struct bytes frames = {0};
  stage_init_pair(&stage, true, false);
  stage_accept(&stage);
  post(&stage, &stage.clients[0], 1);
  write_block(&frames, 1, H2_DEFAULT_FRAME);
  h2_write_frame(&frames, H2_DATA, H2_END_STREAM, 1, span_of("end"));
  stage_bytes(&stage, &stage.clients[0], bytes_span(&frames));
  assert_int_equal(stage.clients[0].h2->granted[1], 0);
  bytes_free(&frames);
  stage_free(&stage);
}

/* What no one takes any more is thrown away, while the response waits for its window. */
static void an_answer_frees_the_client_to_send(void **state) {
  (void)state;
  struct stage stage;
  stage_init_pair(&stage, true, true);
  stage_accept(&stage);
  struct stage_peer *client = &stage.clients[0];
  stage_send(&stage, client, SHUT_WINDOW ASK("1", "/") POST("3"));
  stage_send(&stage, &stage.origins[0], SHUT_WINDOW);
  fill_window(&stage, client, 3);
  assert_int_equal(client->h2->granted[3], 0);
  stage_send(&stage, &stage.origins[0], "HEADERS 3|:status: 200||DATA 3 END|ok||");
  assert_int_equal(client->h2->granted[3], H2_DEFAULT_WINDOW);
  client->h2->text.len = 0;
  stage_send(&stage, client, "DATA 3 END|the rest||WINDOW_UPDATE 3 2||");
  assert_string_equal(bytes_cstr(&client->h2->text), "DATA 3|ok||END 3||");
  stage_free(&stage);
}

/* What was held for streams that are gone does not count. */
static void what_is_held_is_counted_for_streams_that_live(void **state) {
  (void)state;
  struct stage stage;
  stage_init_pair(&stage, true, false);
  stage_accept(&stage);
  stage_send(&stage, &stage.clients[0], SHUT_WINDOW);
  for (unsigned i = 0; i < 3; i++) {
    char text[128];
    (void)snprintf(text, sizeof(text), ASK("%u", "/"), 2 * i + 1);
    stage_send(&stage, &stage.clients[0], text);
    stage_send(&stage, &stage.origins[i], "HTTP/1.0 200 OK||");
    feed_much(&stage, &stage.origins[i], DECIDE_MAX_HELD / 2 + 1);
    assert_int_equal(stage.origins[i].end, STAGE_OPEN);
    (void)snprintf(text, sizeof(text), "RST_STREAM %u CANCEL||", 2 * i + 1);
    stage_send(&stage, &stage.clients[0], text);
  }
  assert_null(strstr(bytes_cstr(&stage.clients[0].h2->text), "RST_STREAM"));
  stage_free(&stage);
}

/* A stream that lost a part of its content is given no other. */
static void content_has_no_holes(void **state) {
  (void)state;
  struct stage stage;
  struct bytes wire = {0};
  stage_init_pair(&stage, true, false);
  stage_accept(&stage);
  stage_send(&stage, &stage.clients[0], ASK("1", "/"));
  stage_send(&stage, &stage.origins[0], "HTTP/1.1 200 OK|Transfer-Encoding: chunked||");
  stage.clients[0].h2->text.len = 0;
  bytes_printf(&wire, "%x\r\n", DECIDE_MAX_HELD + 1);
  add_pattern(&wire, wire.len + DECIDE_MAX_HELD + 1);
  bytes_text(&wire, "\r\n3\r\nabc\r\nno chunk\r\n");
  stage_bytes(&stage, &stage.origins[0], bytes_span(&wire));
  assert_string_equal(bytes_cstr(&stage.clients[0].h2->text), "RST_STREAM 1 INTERNAL_ERROR||");
  bytes_free(&wire);
  stage_free(&stage);
}

/* While the origin takes nothing, it is not the client who is late. */
static void a_client_that_is_held_back_is_not_late(void **state) {
  (void)state;
  struct stage stage;
  stage_init_pair(&stage, true, true);
  relay_free(stage.relay);
  const struct relay_config config = {.listener = STAGE_LISTENER,
                                      .origin = STAGE_ORIGIN,
                                      .origin_timeout_us = 2 * (uint64_t)STAGE_IDLE,
                                      .idle_us = STAGE_IDLE,
                                      .coder = &hpack_coder,
                                      .origin_h2 = true};
  stage.relay = relay_new(&config);
  stage.actor = relay_actor(stage.relay);
  stage_accept(&stage);
  struct h2_peer *client = stage.clients[0].h2;
  stage_send(&stage, &stage.clients[0], ASK("1", "/") POST("3"));
  stage_send(&stage, &stage.origins[0], SHUT_WINDOW);
  stage_send(&stage, &stage.clients[0], "DATA 3|a||");
  stage_wait(&stage, 2 * (uint64_t)STAGE_IDLE - 1);
  assert_int_equal(client->text.len, 0);
  stage_wait(&stage, 1);
  assert_non_null(strstr(bytes_cstr(&client->text), "HEADERS 3|:status: 504|"));
  stage_free(&stage);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(stalled_content_waits),
      cmocka_unit_test(who_has_to_act_has_the_clock),
      cmocka_unit_test(large_responses_flow),
      cmocka_unit_test(large_requests_flow),
      cmocka_unit_test(a_slow_receiver_holds_its_sender_back),
      cmocka_unit_test(a_slow_origin_holds_its_client_back),
      cmocka_unit_test(an_origin_that_does_not_stand_yet_takes_nothing),
      cmocka_unit_test(what_is_held_has_a_limit),
      cmocka_unit_test(streams_take_turns),
      cmocka_unit_test(streams_have_a_limit),
      cmocka_unit_test(interims_of_many_streams_stay_apart),
      cmocka_unit_test(content_beyond_the_windows_is_an_error),
      cmocka_unit_test(content_of_a_closed_stream_is_given_back),
      cmocka_unit_test(content_of_a_reset_stream_is_given_back),
      cmocka_unit_test(content_beyond_the_connections_window_ends_it),
      cmocka_unit_test(padding_is_given_back_at_once),
      cmocka_unit_test(a_stream_that_ended_is_given_no_room),
      cmocka_unit_test(an_answer_frees_the_client_to_send),
      cmocka_unit_test(what_is_held_is_counted_for_streams_that_live),
      cmocka_unit_test(content_has_no_holes),
      cmocka_unit_test(a_client_that_is_held_back_is_not_late),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
