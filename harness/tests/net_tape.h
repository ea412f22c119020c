/* An actor for the tests of net: it writes down what it is told, one log for each lane, and does
 * what a test's reaction queues. The client lane is what it opened, the origin lane what it
 * accepted. */
#ifndef INTERIM_TESTS_NET_TAPE_H
#define INTERIM_TESTS_NET_TAPE_H

#include "base/bytes.h"
#include "base/escape.h"
#include "net/loop.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>
#include <unistd.h>

/* The first accepted connection. */
#define A0 (ACTOR_ACCEPTED)

enum { TAPE_COMMANDS = 4096 };

struct tape {
  void (*react)(struct tape *tape, const struct actor_event *event);
  void *user;
  struct net_player *player;
  struct bytes client;
  struct bytes origin;
  size_t counted[2]; /* bytes that came on the client, on the origin lane */
  bool count_only;   /* bytes are counted, not logged */
  conn_id hidden[2]; /* connections of which nothing is logged or counted */
  size_t num_hidden;
  bool done;
  uint64_t now_us;
  uint64_t wake_us;
  struct actor_command commands[TAPE_COMMANDS];
  size_t first;
  size_t num;
};

static inline void tape_push(struct tape *tape, struct actor_command command) {
  assert_true(tape->num < TAPE_COMMANDS);
  tape->commands[(tape->first + tape->num++) % TAPE_COMMANDS] = command;
}

static inline void tape_open(struct tape *tape, conn_id conn, unsigned place) {
  tape_push(tape, (struct actor_command){.kind = ACTOR_OPEN, .conn = conn, .place = place});
}

static inline void tape_write(struct tape *tape, conn_id conn, const char *text) {
  tape_push(tape,
            (struct actor_command){.kind = ACTOR_WRITE, .conn = conn, .bytes = span_of(text)});
}

static inline void tape_do(struct tape *tape, enum actor_command_kind kind, conn_id conn) {
  tape_push(tape, (struct actor_command){.kind = kind, .conn = conn});
}

static inline const char *tape_word(enum actor_event_kind kind) {
  switch (kind) {
  case ACTOR_CONNECTED:
    return "connected";
  case ACTOR_REFUSED:
    return "refused";
  case ACTOR_ACCEPTED_CONN:
    return "accepted";
  case ACTOR_BYTES:
    return "bytes";
  case ACTOR_FIN:
    return "fin";
  case ACTOR_RESET:
    return "reset";
  case ACTOR_TIME:
    return "time";
  }
  return "?";
}

static inline void tape_feed(void *self, uint64_t now_us, const struct actor_event *event) {
  struct tape *tape = self;
  bool origin = event->conn >= ACTOR_ACCEPTED;
  struct bytes *log = origin ? &tape->origin : &tape->client;
  assert_true(now_us >= tape->now_us);
  tape->now_us = now_us;
  for (size_t i = 0; i < tape->num_hidden && event->kind != ACTOR_TIME; i++) {
    if (tape->hidden[i] == event->conn) {
      tape->react(tape, event);
      return;
    }
  }
  tape->counted[origin] += event->bytes.len;
  if (event->kind != ACTOR_TIME && !(tape->count_only && event->kind == ACTOR_BYTES)) {
    bytes_printf(log, "%s %u", tape_word(event->kind), (unsigned)(event->conn & ~ACTOR_ACCEPTED));
    if (event->kind == ACTOR_BYTES) {
      bytes_text(log, " ");
      escape_text(log, event->bytes);
    }
    bytes_text(log, "; ");
  }
  tape->react(tape, event);
}

static inline bool tape_next(void *self, struct actor_command *out) {
  struct tape *tape = self;
  if (tape->num == 0) {
    return false;
  }
  *out = tape->commands[tape->first];
  tape->first = (tape->first + 1) % TAPE_COMMANDS;
  tape->num--;
  return true;
}

static inline uint64_t tape_wake(const void *self) {
  const struct tape *tape = self;
  return tape->wake_us;
}

static inline bool tape_done(void *user) {
  const struct tape *tape = user;
  return tape->done;
}

/* tape_start puts a tape on the loop, without listener or address. */
static inline struct tape *tape_start(struct net_loop *loop,
                                      void (*react)(struct tape *, const struct actor_event *)) {
  struct tape *tape = calloc(1, sizeof(*tape));
  assert_non_null(tape);
  tape->react = react;
  tape->wake_us = ACTOR_NEVER;
  tape->player = net_loop_add(
      loop, (struct actor){.self = tape, .feed = tape_feed, .next = tape_next, .wake = tape_wake});
  return tape;
}

/* tape_listen binds address for server and makes the bound one the next address of client. */
static inline void tape_listen(struct tape *server, struct tape *client, const char *address) {
  struct diag diag;
  char name[160];
  int listener = net_player_listen(server->player, address, &diag);
  assert_true(listener >= 0);
  net_player_listener_name(server->player, (unsigned)listener, name, sizeof(name));
  assert_true(net_player_address(client->player, name, &diag) >= 0);
}

static inline void tape_free(struct tape *tape) {
  bytes_free(&tape->client);
  bytes_free(&tape->origin);
  free(tape);
}

/* A run ends when tape is done. A hang ends the program. */
static inline void tape_run(struct net_loop *loop, struct tape *tape) {
  (void)alarm(300);
  assert_int_equal(net_loop_run(loop, tape_done, NULL, tape), 0);
}

static inline bool tape_saw(const struct actor_event *event, conn_id conn, const char *text) {
  return event->kind == ACTOR_BYTES && event->conn == conn && span_is(event->bytes, text);
}

static inline bool tape_told(const struct actor_event *event, enum actor_event_kind kind,
                             conn_id conn) {
  return event->kind == kind && event->conn == conn;
}

#endif
