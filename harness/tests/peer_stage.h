/* A stage on which the gateway plays against scripted clients and origins: in process, in virtual
 * time. The wire is written with | for CRLF. The stage also holds the gateway to the contract of
 * actor.h. */
#ifndef INTERIM_TESTS_PEER_STAGE_H
#define INTERIM_TESTS_PEER_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "peer/origin.h"
#include "peer/relay.h"
#include "tests/peer_h2.h"

enum {
  STAGE_PEERS = 128,
  STAGE_LISTENER = 3,
  STAGE_ORIGIN = 5,
  STAGE_TIMEOUT = 1000000,
  STAGE_IDLE = 4000000
};

enum stage_end { STAGE_OPEN, STAGE_SHUT, STAGE_CLOSED, STAGE_ABORTED };

struct stage_peer {
  conn_id id;
  struct h2_peer *h2; /* NULL when it speaks HTTP/1.1 */
  struct bytes got;   /* what the gateway wrote and the script has not seen yet */
  unsigned writes;    /* in how many writes */
  enum stage_end end;
  bool told; /* the gateway knows whether the connection stands */
  bool fin;  /* the peer sends no more */
  bool gone; /* the number is gone */
};

struct stage {
  struct relay *relay;
  struct actor actor;
  uint64_t now_us;
  bool origin_down;
  bool origin_mute; /* connections are neither accepted nor refused */
  bool bytewise;    /* everything is fed byte by byte */
  bool clients_h2;
  bool origins_h2;
  struct stage_peer clients[STAGE_PEERS];
  struct stage_peer origins[STAGE_PEERS];
  unsigned num_clients;
  unsigned num_origins;
};

/* One that takes CONNECT and passes expectations on, or neither. */
static inline void stage_init_modes(struct stage *stage, bool clients_h2, bool origins_h2,
                                    bool modes) {
  const struct relay_config config = {.listener = STAGE_LISTENER,
                                      .origin = STAGE_ORIGIN,
                                      .origin_timeout_us = STAGE_TIMEOUT,
                                      .idle_us = STAGE_IDLE,
                                      .coder = &hpack_coder,
                                      .origin_h2 = origins_h2,
                                      .connects = modes,
                                      .relays_expect = modes};
  struct relay *relay = relay_new(&config);
  *stage = (struct stage){.relay = relay,
                          .actor = relay_actor(relay),
                          .now_us = 1000,
                          .clients_h2 = clients_h2,
                          .origins_h2 = origins_h2};
}

static inline void stage_init_pair(struct stage *stage, bool clients_h2, bool origins_h2) {
  stage_init_modes(stage, clients_h2, origins_h2, false);
}

/* With a machine that is an origin server itself, all its routes there. */
static inline void stage_init_origin(struct stage *stage, bool clients_h2) {
  const struct origin_config config = {
      .listener = STAGE_LISTENER, .coder = &hpack_coder, .faults = true};
  struct relay *relay = origin_new(&config);
  *stage = (struct stage){
      .relay = relay, .actor = relay_actor(relay), .now_us = 1000000, .clients_h2 = clients_h2};
}

static inline void stage_init(struct stage *stage) {
  stage_init_pair(stage, false, false);
}

static inline void stage_free(struct stage *stage) {
  relay_free(stage->relay);
  for (unsigned i = 0; i < STAGE_PEERS; i++) {
    bytes_free(&stage->clients[i].got);
    bytes_free(&stage->origins[i].got);
    h2_peer_free(stage->clients[i].h2);
    h2_peer_free(stage->origins[i].h2);
  }
}

/* The peer behind a number; the test fails for a number that is gone or never was. */
static inline struct stage_peer *stage_find(struct stage *stage, conn_id id) {
  for (unsigned i = 0; i < STAGE_PEERS; i++) {
    if (i < stage->num_clients && stage->clients[i].id == id && !stage->clients[i].gone) {
      return &stage->clients[i];
    }
    if (i < stage->num_origins && stage->origins[i].id == id && !stage->origins[i].gone) {
      return &stage->origins[i];
    }
  }
  fail_msg("a command for connection %u, which is gone", (unsigned)id);
  return NULL;
}

static inline void stage_obey(struct stage *stage, const struct actor_command *command) {
  if (command->kind == ACTOR_OPEN) {
    assert_true(command->conn < ACTOR_ACCEPTED);
    assert_int_equal(command->place, STAGE_ORIGIN);
    assert_true(stage->num_origins < STAGE_PEERS);
    assert_true(stage->num_origins == 0 ||
                command->conn > stage->origins[stage->num_origins - 1].id);
    stage->origins[stage->num_origins].h2 = stage->origins_h2 ? h2_peer_new(H2_SERVER) : NULL;
    stage->origins[stage->num_origins++].id = command->conn;
    return;
  }
  struct stage_peer *peer = stage_find(stage, command->conn);
  if (command->kind == ACTOR_WRITE) {
    assert_true(command->bytes.len > 0);
    assert_int_equal(peer->end, STAGE_OPEN);
    assert_true(peer->told);
    if (peer->h2 != NULL) {
      h2_peer_read(peer->h2, command->bytes);
      assert_false(peer->h2->failed);
      assert_null(peer->h2->fault);
    } else {
      bytes_add(&peer->got, command->bytes);
    }
    peer->writes++;
  } else if (command->kind == ACTOR_SHUT) {
    assert_int_equal(peer->end, STAGE_OPEN);
    peer->end = STAGE_SHUT;
  } else {
    peer->end = command->kind == ACTOR_ABORT ? STAGE_ABORTED : STAGE_CLOSED;
    peer->gone = true;
  }
}

static inline void stage_drain(struct stage *stage) {
  struct actor_command command;
  while (stage->actor.next(stage->actor.self, &command)) {
    stage_obey(stage, &command);
  }
}

static inline void stage_feed(struct stage *stage, enum actor_event_kind kind, conn_id conn,
                              struct span bytes);

/* What an end of HTTP/2 answers by itself. */
static inline void stage_reply(struct stage *stage, struct stage_peer *peer) {
  if (peer->h2 != NULL && peer->told && !peer->gone && !peer->fin && peer->h2->replies.len > 0) {
    struct bytes replies = peer->h2->replies;
    peer->h2->replies = (struct bytes){0};
    stage_feed(stage, ACTOR_BYTES, peer->id, bytes_span(&replies));
    bytes_free(&replies);
  }
}

static inline void stage_feed(struct stage *stage, enum actor_event_kind kind, conn_id conn,
                              struct span bytes) {
  struct actor_event event = {.kind = kind, .conn = conn, .place = STAGE_LISTENER, .bytes = bytes};
  stage->actor.feed(stage->actor.self, stage->now_us, &event);
  stage_drain(stage);
  for (unsigned i = 0; i < stage->num_origins && !stage->origin_mute; i++) {
    struct stage_peer *origin = &stage->origins[i];
    if (!origin->told && !origin->gone) {
      origin->told = true;
      origin->gone = stage->origin_down;
      stage_feed(stage, stage->origin_down ? ACTOR_REFUSED : ACTOR_CONNECTED, origin->id,
                 span_of(""));
    }
  }
  for (unsigned i = 0; i < STAGE_PEERS; i++) {
    stage_reply(stage, &stage->clients[i]);
    stage_reply(stage, &stage->origins[i]);
  }
}

static inline void stage_accept(struct stage *stage) {
  assert_true(stage->num_clients < STAGE_PEERS);
  struct stage_peer *client = &stage->clients[stage->num_clients];
  client->id = ACTOR_ACCEPTED + stage->num_clients;
  client->told = true;
  client->h2 = stage->clients_h2 ? h2_peer_new(H2_CLIENT) : NULL;
  stage->num_clients++;
  stage_feed(stage, ACTOR_ACCEPTED_CONN, client->id, span_of(""));
}

/* Time passes; the gateway is woken whenever it asked for it. */
static inline void stage_wait(struct stage *stage, uint64_t us) {
  uint64_t until = stage->now_us + us;
  uint64_t wake = 0;
  while ((wake = stage->actor.wake(stage->actor.self)) <= until) {
    stage->now_us = wake > stage->now_us ? wake : stage->now_us;
    stage_feed(stage, ACTOR_TIME, 0, span_of(""));
    assert_true(stage->actor.wake(stage->actor.self) > stage->now_us);
  }
  stage->now_us = until;
}

/* The bytes that a script means. */
static inline void stage_wire(struct bytes *out, const char *text) {
  for (const char *at = text; *at != '\0'; at++) {
    bytes_add(out, *at == '|' ? span_of("\r\n") : span_make(at, 1));
  }
}

static inline void stage_send(struct stage *stage, struct stage_peer *peer, const char *text) {
  struct bytes wire = {0};
  if (peer->h2 != NULL) {
    h2_peer_script(peer->h2, &wire, text);
  } else {
    stage_wire(&wire, text);
  }
  size_t step = stage->bytewise ? 1 : wire.len;
  for (size_t at = 0; at < wire.len && !peer->gone; at += step) {
    stage_feed(stage, ACTOR_BYTES, peer->id, span_make(wire.ptr + at, step));
  }
  bytes_free(&wire);
}

static inline void stage_end_input(struct stage *stage, struct stage_peer *peer, bool reset) {
  assert_false(peer->gone);
  peer->gone = reset;
  peer->fin = true;
  stage_feed(stage, reset ? ACTOR_RESET : ACTOR_FIN, peer->id, span_of(""));
}

#endif
