/* What must hold in HTTP/2 too, whatever comes: the gateway neither crashes nor leaks, keeps to the
 * contract of actor.h, writes only frames that a strict reader takes and streams without a fault
 * (which the stage asserts), and with time everything ends. */
#include "tests/peer_stage.h"

static uint32_t pick(uint32_t *seed, uint32_t below) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 17;
  *seed ^= *seed << 5;
  return *seed % below;
}

#define HEAD(method) "|:method: " method "|:scheme: http|:authority: o|:path: /p"

/* # stands for a stream: a new one in the first table, one that may be there in the second. */
static const char *const new_streams[] = {
    "HEADERS # END" HEAD("GET") "||",
    "HEADERS # END" HEAD("GET") "||",
    "HEADERS # END" HEAD("HEAD") "||",
    "HEADERS #" HEAD("POST") "||",
    "HEADERS #" HEAD("POST") "|expect: 100-continue||",
    "HEADERS #" HEAD("POST") "|content-length: 5||DATA # END|hello||",
    "HEADERS #" HEAD("POST") "||DATA #|hello||HEADERS # END|t: 1||",
    "HEADERS #" HEAD("PUT") "|content-length: 5||DATA #|hel||",
    "HEADERS # END" HEAD("GET") "|connection: close||",
    "HEADERS #|:method: CONNECT|:authority: o||",
};

static const char *const from_clients[] = {
    "DATA #|hello||",
    "DATA # END|lo||",
    "DATA # END||",
    "HEADERS # END|t: 1||",
    "RST_STREAM # CANCEL||",
    "WINDOW_UPDATE # 3||",
    "WINDOW_UPDATE # 1000||",
    "WINDOW_UPDATE 0 1000||",
    "SETTINGS|INITIAL_WINDOW_SIZE 0||",
    "SETTINGS|INITIAL_WINDOW_SIZE 3||",
    "SETTINGS|INITIAL_WINDOW_SIZE 65535||",
    "SETTINGS|HEADER_TABLE_SIZE 0||",
    "SETTINGS|HEADER_TABLE_SIZE 4096||",
};

static const char *const from_origins[] = {
    "HEADERS # END|:status: 200|x-field: value||",
    "HEADERS #|:status: 200||",
    "HEADERS #|:status: 200|content-length: 5||",
    "HEADERS #|:status: 200|content-length: 5||DATA # END|hello||",
    "HEADERS #|:status: 200||DATA #|hello||HEADERS # END|t: 1||",
    "HEADERS #|:status: 100||",
    "HEADERS #|:status: 102|x-field: value||",
    "HEADERS #|:status: 103|link: </a>|content-length: 3||",
    "HEADERS # END|:status: 304|content-length: 9||",
    "HEADERS # END|:status: 103||",
    "HEADERS #|:status: 101||",
    "HEADERS #|:status: 103|connection: x||",
    "DATA #|hello||",
    "DATA #||",
    "DATA # END|hello||",
    "HEADERS # END|t: 1||",
    "RST_STREAM # CANCEL||",
    "RST_STREAM # REFUSED_STREAM||",
    "RST_STREAM # NO_ERROR||",
    "WINDOW_UPDATE # 3||",
    "SETTINGS|MAX_CONCURRENT_STREAMS 1||",
    "SETTINGS|MAX_CONCURRENT_STREAMS 9||",
    "SETTINGS|INITIAL_WINDOW_SIZE 2||",
    "GOAWAY # NO_ERROR||",
};

static const char *const h1_clients[] = {
    "GET /a HTTP/1.1|Host: o||",
    "HEAD /a HTTP/1.1|Host: o||",
    "GET /c HTTP/1.0||",
    "POST /d HTTP/1.1|Host: o|Content-Length: 5||hello",
    "POST /e HTTP/1.1|Host: o|Expect: 100-continue|Content-Length: 5||",
    "hello",
    "PUT /f HTTP/1.1|Host: o|Transfer-Encoding: chunked||5|hello|0|T: 1||",
    "PUT /g HTTP/1.1|Host: o|Transfer-Encoding: chunked||5|hel",
    "GET /h HTTP/1.1|Host: o|Upgrade: chat|Connection: upgrade||",
};

static const char *const h1_origins[] = {
    "HTTP/1.1 200 OK|Content-Length: 2||ok",
    "HTTP/1.1 200 OK|Content-Length: 9||partial",
    "HTTP/1.1 200 OK|Transfer-Encoding: chunked||3|abc|0|T: 1||",
    "HTTP/1.0 200 OK||until the end",
    "HTTP/1.1 304 Not Modified|Content-Length: 7||",
    "HTTP/1.1 100 Continue||",
    "HTTP/1.1 103 Early Hints|Content-Length: 40|Link: </a>||",
    "HTTP/1.1 101 Switching Protocols|Upgrade: chat|Connection: upgrade||",
    "no HTTP at all|",
};

#define NUM(table) ((uint32_t)(sizeof(table) / sizeof((table)[0])))

static void name_stream(struct bytes *out, const char *text, uint32_t id) {
  for (const char *at = text; *at != '\0'; at++) {
    if (*at == '#') {
      bytes_printf(out, "%u", (unsigned)id);
    } else {
      bytes_add(out, span_make(at, 1));
    }
  }
}

static void feed_cut(struct stage *stage, struct stage_peer *peer, struct span wire,
                     uint32_t *seed) {
  size_t at = 0;
  while (at < wire.len && !peer->gone) {
    size_t len = 1 + pick(seed, (uint32_t)(wire.len - at));
    stage_feed(stage, ACTOR_BYTES, peer->id, span_make(wire.ptr + at, len));
    at += len;
  }
}

static void send_h2(struct stage *stage, struct stage_peer *peer, uint32_t *seed, bool client) {
  struct bytes text = {0};
  struct bytes wire = {0};
  uint32_t next = peer->h2->h2.next_stream;
  if (client && (next == 1 || pick(seed, 2) == 0)) {
    peer->h2->h2.next_stream += 2;
    name_stream(&text, new_streams[pick(seed, NUM(new_streams))], next);
  } else if (client) {
    name_stream(&text, from_clients[pick(seed, NUM(from_clients))], 1 + 2 * pick(seed, next / 2));
  } else {
    name_stream(&text, from_origins[pick(seed, NUM(from_origins))], 1 + 2 * pick(seed, 4));
  }
  h2_peer_script(peer->h2, &wire, bytes_cstr(&text));
  if (pick(seed, 300) == 0) {
    bytes_text(&wire, "garbage that is no frame");
  }
  feed_cut(stage, peer, bytes_span(&wire), seed);
  bytes_free(&text);
  bytes_free(&wire);
}

static void send_h1(struct stage *stage, struct stage_peer *peer, uint32_t *seed, bool client) {
  struct bytes wire = {0};
  stage_wire(&wire, client ? h1_clients[pick(seed, NUM(h1_clients))]
                           : h1_origins[pick(seed, NUM(h1_origins))]);
  feed_cut(stage, peer, bytes_span(&wire), seed);
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

static void send_some(struct stage *stage, struct stage_peer *peer, uint32_t *seed, bool client) {
  if (peer->h2 != NULL) {
    send_h2(stage, peer, seed, client);
  } else {
    send_h1(stage, peer, seed, client);
  }
}

static void act(struct stage *stage, uint32_t *seed) {
  struct stage_peer *client = pick_open(stage->clients, stage->num_clients, seed);
  struct stage_peer *origin = pick_open(stage->origins, stage->num_origins, seed);
  uint32_t what = pick(seed, 60);
  if (what < 24 && client != NULL) {
    send_some(stage, client, seed, true);
  } else if (what < 50 && origin != NULL) {
    send_some(stage, origin, seed, false);
  } else if (what < 52) {
    struct stage_peer *peer = what == 50 ? client : origin;
    if (peer != NULL) {
      stage_end_input(stage, peer, pick(seed, 2) == 0);
    }
  } else if (what == 52) {
    stage_wait(stage, pick(seed, 3 * STAGE_TIMEOUT));
  } else if (what == 53) {
    stage->origin_down = pick(seed, 4) == 0;
    stage->origin_mute = pick(seed, 8) == 0;
  } else if (stage->num_clients < 6) {
    stage_accept(stage);
  }
}

static void play(uint32_t seed, unsigned num_acts, bool clients_h2, bool origins_h2) {
  struct stage stage;
  stage_init_pair(&stage, clients_h2, origins_h2);
  for (unsigned i = 0; i < num_acts && stage.num_origins < STAGE_PEERS - 16; i++) {
    act(&stage, &seed);
  }
  stage.origin_mute = false;
  stage_wait(&stage, (uint64_t)40 * STAGE_TIMEOUT);
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
  for (uint32_t seed = 1; seed <= 900; seed++) {
    play(seed * 2654435761U | 1U, 120, true, false);
    play(seed * 2654435761U | 1U, 120, false, true);
    play(seed * 2654435761U | 1U, 160, true, true);
  }
}

/* The gateway is freed in the middle of things. */
static void a_play_may_stop_anywhere(void **state) {
  (void)state;
  for (uint32_t seed = 1; seed <= 900; seed++) {
    uint32_t random = seed * 2246822519U | 1U;
    struct stage stage;
    stage_init_pair(&stage, seed % 3 != 0, seed % 3 != 1);
    for (unsigned i = 0; i < seed % 60; i++) {
      act(&stage, &random);
    }
    assert_true(stage.num_clients <= 6);
    stage_free(&stage);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(random_plays_end_well),
      cmocka_unit_test(a_play_may_stop_anywhere),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
