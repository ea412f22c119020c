/* Where the gateway stops: limits on heads, content, pipelined requests, time. */
#include "tests/peer_rows.h"

#include "peer/wire.h"

/* One byte, len times. */
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

static void much_content_at_once_passes_when_it_stands(void **state) {
  (void)state;
  struct stage stage;
  stage_init(&stage);
  stage_accept(&stage);
  stage_send(&stage, &stage.clients[0], "POST / HTTP/1.1|Host: o|Content-Length: 1048577||");
  stage.origins[0].got.len = 0;
  send_long(&stage, &stage.clients[0], 1048577, 'a');
  assert_int_equal(stage.origins[0].got.len, 1048577);
  assert_int_equal(stage.clients[0].got.len, 0);
  stage_free(&stage);
}

/* The client cannot be stopped, so what it sends too far ahead is not read. */
static void what_is_pipelined_too_far_ahead_is_not_read(void **state) {
  (void)state;
  struct stage stage;
  stage_init(&stage);
  stage_accept(&stage);
  stage_send(&stage, &stage.clients[0],
             GET("/a") "POST /b HTTP/1.1|Host: o|Content-Length: 1048576||");
  send_long(&stage, &stage.clients[0], 1048576, 'a');
  stage_send(&stage, &stage.clients[0], GET("/c"));
  stage_send(&stage, &stage.origins[0], OK);
  assert_int_equal(stage.clients[0].end, STAGE_OPEN);
  stage.clients[0].got.len = 0;
  stage_send(&stage, &stage.origins[0], OK);
  assert_true(span_starts(bytes_span(&stage.clients[0].got), "HTTP/1.1 200 OK"));
  assert_int_equal(stage.clients[0].end, STAGE_SHUT);
  assert_int_equal(span_find(bytes_span(&stage.origins[0].got), span_of("/c"), 0), SIZE_MAX);
  stage_free(&stage);
}

/* An empty chunk would be the last one. */
static void no_content_makes_no_chunk(void **state) {
  (void)state;
  struct bytes out = {0};
  wire_chunk(&out, span_of(""));
  assert_int_equal(out.len, 0);
  bytes_free(&out);
}

static void send_options(struct stage *stage, struct stage_peer *peer, const char *head,
                         unsigned num_options) {
  stage_send(stage, peer, head);
  stage_send(stage, peer, "Connection: a");
  for (unsigned i = 1; i < num_options; i++) {
    stage_send(stage, peer, ", a");
  }
  stage_send(stage, peer, "|Content-Length: 0||");
}

static void too_many_connection_options_are_refused(void **state) {
  (void)state;
  static const char *const heads[] = {"HTTP/1.1 103 E|", "HTTP/1.1 200 OK|"};
  struct stage stage;
  stage_init(&stage);
  stage_accept(&stage);
  struct stage_peer *client = &stage.clients[0];
  for (unsigned i = 0; i < 2; i++) {
    client->got.len = 0;
    send_options(&stage, client, "GET / HTTP/1.1|Host: o|", 64);
    send_options(&stage, &stage.origins[i], heads[i], 65);
    assert_true(span_starts(bytes_span(&client->got), "HTTP/1.1 502 Bad Gateway"));
  }
  client->got.len = 0;
  send_options(&stage, client, "GET / HTTP/1.1|Host: o|", 65);
  assert_true(span_starts(bytes_span(&client->got), "HTTP/1.1 400 Bad Request"));
  assert_int_equal(stage.num_origins, 2);
  stage_free(&stage);
}

static void a_timeout_that_is_not_set_has_a_default(void **state) {
  (void)state;
  const struct relay_config config = {.listener = STAGE_LISTENER, .origin = STAGE_ORIGIN};
  struct stage stage;
  stage_init(&stage);
  relay_free(stage.relay);
  stage.relay = relay_new(&config);
  stage.actor = relay_actor(stage.relay);
  stage_accept(&stage);
  assert_int_equal(stage.actor.wake(stage.actor.self), stage.now_us + 60000000);
  stage_send(&stage, &stage.clients[0], GET("/a"));
  stage_wait(&stage, 14999999);
  assert_int_equal(stage.clients[0].got.len, 0);
  stage_wait(&stage, 1);
  assert_true(span_starts(bytes_span(&stage.clients[0].got), "HTTP/1.1 504 Gateway Timeout"));
  stage_free(&stage);
  relay_free(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_breaks_a_limit_is_refused),
      cmocka_unit_test(an_endless_interim_head_is_answered_with_502),
      cmocka_unit_test(content_after_the_response_is_read_up_to_a_limit),
      cmocka_unit_test(too_much_content_before_the_connection_stands_is_refused),
      cmocka_unit_test(much_content_at_once_passes_when_it_stands),
      cmocka_unit_test(what_is_pipelined_too_far_ahead_is_not_read),
      cmocka_unit_test(no_content_makes_no_chunk),
      cmocka_unit_test(too_many_connection_options_are_refused),
      cmocka_unit_test(a_timeout_that_is_not_set_has_a_default),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
