/* What must hold whatever comes: the gateway neither crashes nor leaks, keeps to the contract of
 * actor.h (which the stage asserts), writes only what a strict parser reads, and says the same
 * however the bytes are cut. */
#include "tests/peer_stage.h"

#include "base/escape.h"
#include "core/h1_request.h"
#include "core/h1_response.h"

/* A generator of our own, so that a seed gives the same play everywhere (xorshift). */
static uint32_t pick(uint32_t *seed, uint32_t below) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 17;
  *seed ^= *seed << 5;
  return *seed % below;
}

static const char *const from_clients[] = {
    "GET /a HTTP/1.1|Host: o||",
    "GET /b HTTP/1.1|Host: o|Connection: close||",
    "GET /c HTTP/1.0||",
    "POST /d HTTP/1.1|Host: o|Content-Length: 5||hello",
    "POST /e HTTP/1.1|Host: o|Expect: 100-continue|Content-Length: 5||",
    "hello",
    "PUT /f HTTP/1.1|Host: o|Transfer-Encoding: chunked||5|hello|0|T: 1||",
    "PUT /g HTTP/1.1|Host: o|Transfer-Encoding: chunked||5|hel",
    "GET /h HTTP/1.1|Host: o|Upgrade: chat|Connection: upgrade||",
    "GET /i HTTP/1.1|Host: o|Connection: x-a, x-b|X-A: 1||",
    "HEAD /j HTTP/1.1|Host: o||",
    "CONNECT o:1 HTTP/1.1|Host: o:1||",
    "|",
    "GET /k",
};

static const char *const from_origins[] = {
    "HTTP/1.1 200 OK|Content-Length: 2||ok",
    "HTTP/1.1 200 OK|Content-Length: 9||partial",
    "HTTP/1.1 200 OK|Transfer-Encoding: chunked||3|abc|0|T: 1||",
    "HTTP/1.1 200 OK|Transfer-Encoding: chunked||3|ab",
    "HTTP/1.0 200 OK||until the end",
    "HTTP/1.1 204 No Content||",
    "HTTP/1.1 304 Not Modified|Content-Length: 7||",
    "HTTP/1.1 100 Continue||",
    "HTTP/1.1 102 Processing|Connection: x|X: 1||",
    "HTTP/1.1 103 Early Hints|Content-Length: 40|Link: </a>||",
    "HTTP/1.1 101 Switching Protocols|Upgrade: chat|Connection: upgrade||",
    "HTTP/1.1 200 OK|Connection: close|Content-Length: 0||",
    "no HTTP at all|",
    "HTTP/1.1 1",
};

/* Which clients' responses cannot be read without their requests. */
static bool asked_head[STAGE_PEERS];

static void send_some(struct stage *stage, struct stage_peer *peer, uint32_t *seed,
                      const char *const *texts, uint32_t num) {
  struct bytes wire = {0};
  const char *text = texts[pick(seed, num)];
  if (span_starts(span_of(text), "HEAD")) {
    asked_head[peer - stage->clients] = true;
  }
  stage_wire(&wire, text);
  size_t at = 0;
  /* One text in four is not sent to its end. */
  size_t end = pick(seed, 4) > 0 ? wire.len : pick(seed, (uint32_t)wire.len + 1);
  while (at < end && !peer->gone) {
    size_t len = 1 + pick(seed, (uint32_t)(end - at));
    stage_feed(stage, ACTOR_BYTES, peer->id, span_make(wire.ptr + at, len));
    at += len;
  }
  bytes_free(&wire);
}

static struct stage_peer *pick_open(struct stage_peer *peers, unsigned num, uint32_t *seed) {
  unsigned at = num == 0 ? 0 : pick(seed, num);
  for (unsigned i = 0; i < num; i++) {
    struct stage_peer *peer = &peers[(at + i) % num];
    if (!peer->gone && !peer->fin && peer->told) {
      return peer;
    }
  }
  return NULL;
}

static void end_some(struct stage *stage, uint32_t *seed) {
  struct stage_peer *client = pick_open(stage->clients, stage->num_clients, seed);
  struct stage_peer *origin = pick_open(stage->origins, stage->num_origins, seed);
  struct stage_peer *peer = pick(seed, 2) == 0 ? client : origin;
  if (peer != NULL) {
    stage_end_input(stage, peer, pick(seed, 2) == 0);
  }
}

static void act(struct stage *stage, uint32_t *seed) {
  struct stage_peer *client = pick_open(stage->clients, stage->num_clients, seed);
  struct stage_peer *origin = pick_open(stage->origins, stage->num_origins, seed);
  uint32_t what = pick(seed, 40);
  if (what < 14 && client != NULL) {
    send_some(stage, client, seed, from_clients, sizeof(from_clients) / sizeof(from_clients[0]));
  } else if (what < 30 && origin != NULL) {
    send_some(stage, origin, seed, from_origins, sizeof(from_origins) / sizeof(from_origins[0]));
  } else if (what < 34) {
    end_some(stage, seed);
  } else if (what == 34) {
    stage_wait(stage, pick(seed, 3 * STAGE_TIMEOUT));
  } else if (what == 35) {
    stage->origin_down = pick(seed, 4) == 0;
    stage->origin_mute = pick(seed, 8) == 0;
  } else if (stage->num_clients < 8) {
    stage_accept(stage);
  }
}

static bool holds(const struct bytes *bytes, const char *text) {
  return span_find(bytes_span(bytes), span_of(text), 0) != SIZE_MAX;
}

/* Whether a strict parser reads all that went to the origin, up to a tunnel or a cut. */
static void assert_requests(const struct bytes *wire) {
  struct h1_request parser;
  struct h1_event event;
  enum h1_status status = H1_EVENT;
  h1_request_init(&parser, &h1_default_limits);
  while (status == H1_EVENT) {
    status = h1_request_next(&parser, bytes_span(wire), &event);
    if (status == H1_EVENT && event.kind == H1_FIELD && span_is_nocase(event.name, "Upgrade")) {
      h1_request_switch(&parser);
    }
    if (status == H1_EVENT && event.kind == H1_FIELD) {
      assert_false(span_is_nocase(event.name, "Expect"));
      assert_false(span_is_nocase(event.name, "X-A"));
    }
  }
  assert_int_equal(status, H1_MORE);
}

/* The same for what went to a client. Which responses answer HEAD, and where a 101 begins a tunnel,
 * only the play knows, so that these streams are not read. */
static void assert_responses(const struct bytes *wire) {
  struct h1_response parser;
  struct h1_event event;
  enum h1_status status = H1_EVENT;
  h1_response_init(&parser, &h1_default_limits);
  for (int i = 0; i < H1_MAX_OUTSTANDING; i++) {
    (void)h1_response_request(&parser, H1_FOR_GET);
  }
  while (status == H1_EVENT) {
    status = h1_response_next(&parser, bytes_span(wire), &event);
    if (status == H1_EVENT && event.kind == H1_FIELD) {
      assert_false(span_is(event.name, "X"));
    }
  }
  assert_int_equal(status, H1_MORE);
}

static void play(uint32_t seed, unsigned num_acts) {
  struct stage stage;
  stage_init(&stage);
  memset(asked_head, 0, sizeof(asked_head));
  for (unsigned i = 0; i < num_acts && stage.num_origins < STAGE_PEERS - 16; i++) {
    act(&stage, &seed);
  }
  for (unsigned i = 0; i < stage.num_origins; i++) {
    assert_requests(&stage.origins[i].got);
  }
  for (unsigned i = 0; i < stage.num_clients; i++) {
    if (!holds(&stage.clients[i].got, " 101 ") && !asked_head[i]) {
      assert_responses(&stage.clients[i].got);
    }
  }
  /* With time everything ends. */
  stage.origin_mute = false;
  stage_wait(&stage, (uint64_t)20 * STAGE_TIMEOUT);
  for (unsigned i = 0; i < stage.num_clients; i++) {
    assert_true(stage.clients[i].gone);
  }
  for (unsigned i = 0; i < stage.num_origins; i++) {
    assert_true(stage.origins[i].gone);
  }
  stage_free(&stage);
}

static void random_plays_end_well(void **state) {
  (void)state;
  for (uint32_t seed = 1; seed <= 3000; seed++) {
    play(seed * 2654435761U | 1U, 120);
  }
}

/* The gateway is freed in the middle of things. */
static void a_play_may_stop_anywhere(void **state) {
  (void)state;
  for (uint32_t seed = 1; seed <= 1000; seed++) {
    uint32_t random = seed * 2246822519U | 1U;
    struct stage stage;
    stage_init(&stage);
    for (unsigned i = 0; i < seed % 60; i++) {
      act(&stage, &random);
    }
    assert_true(stage.num_clients <= 8);
    stage_free(&stage);
  }
}

/* A conversation with all kinds of framing, read back as events with the content joined. */
static void note(struct bytes *out, const struct h1_event *event) {
  if (event->kind == H1_CONTENT) {
    escape_text(out, event->value);
    return;
  }
  bytes_printf(out, "\n%d %u ", (int)event->kind, event->code);
  escape_text(out, event->name);
  bytes_text(out, "=");
  escape_text(out, event->value);
}

static void converse(struct bytes *out, bool bytewise) {
  struct stage stage;
  struct h1_response responses;
  struct h1_request requests;
  struct h1_event event;
  stage_init(&stage);
  stage.bytewise = bytewise;
  stage_accept(&stage);
  stage_send(&stage, &stage.clients[0],
             "PUT /a HTTP/1.1|Host: o|Transfer-Encoding: chunked||b;x|hello world|3|abc|0|T: 1||"
             "GET /b HTTP/1.1|Host: o||GET /c HTTP/1.1|Host: o||");
  stage_send(&stage, &stage.origins[0],
             "HTTP/1.1 102 P|X: 1||HTTP/1.1 200 OK|Transfer-Encoding: chunked||"
             "5|abcde|a|0123456789|0|T: 2||");
  stage_send(&stage, &stage.origins[0], "HTTP/1.1 103 E||HTTP/1.1 200 OK||until the end");
  stage_end_input(&stage, &stage.origins[0], false);
  stage_send(&stage, &stage.origins[1], "HTTP/1.1 200 OK|Content-Length: 5||12345");
  h1_response_init(&responses, &h1_default_limits);
  h1_request_init(&requests, &h1_default_limits);
  for (int i = 0; i < 3; i++) {
    (void)h1_response_request(&responses, H1_FOR_GET);
  }
  while (h1_response_next(&responses, bytes_span(&stage.clients[0].got), &event) == H1_EVENT) {
    note(out, &event);
  }
  while (h1_request_next(&requests, bytes_span(&stage.origins[0].got), &event) == H1_EVENT) {
    note(out, &event);
  }
  stage_free(&stage);
}

static void chunks_are_the_same_content_however_cut(void **state) {
  (void)state;
  struct bytes whole = {0};
  struct bytes cut = {0};
  converse(&whole, false);
  converse(&cut, true);
  assert_non_null(strstr(bytes_cstr(&whole), "hello worldabc"));
  assert_non_null(strstr(bytes_cstr(&whole), "abcde0123456789"));
  assert_non_null(strstr(bytes_cstr(&whole), "until the end"));
  assert_string_equal(bytes_cstr(&whole), bytes_cstr(&cut));
  bytes_free(&whole);
  bytes_free(&cut);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(random_plays_end_well),
      cmocka_unit_test(a_play_may_stop_anywhere),
      cmocka_unit_test(chunks_are_the_same_content_however_cut),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
