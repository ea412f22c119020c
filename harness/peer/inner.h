/* What the parts of the gateway share: its connections, its commands to the driver, its timers. */
#ifndef INTERIM_PEER_INNER_H
#define INTERIM_PEER_INNER_H

#include "base/arena.h"
#include "base/bytes.h"
#include "peer/message.h"
#include "peer/relay.h"

struct back;
struct conn;
struct h2_back;

/* What a connection of one kind and version does. */
struct conn_ops {
  void (*feed)(struct conn *conn, const struct actor_event *event);
  void (*expire)(struct conn *conn); /* its deadline has passed; it has none now */
  void (*resume)(struct conn *conn); /* relay_resume_later asked for this */
  void (*free)(struct conn *conn);   /* free what it holds, but not itself */
};

/* The head of every connection object, which lives in its own arena. */
struct conn {
  struct arena arena;
  struct relay *relay;
  const struct conn_ops *ops;
  struct conn *next; /* in its bucket, or among the dead */
  struct conn *next_ready;
  conn_id id;
  uint64_t deadline; /* ACTOR_NEVER when there is none */
  struct bytes in;   /* what arrived and is still needed */
  bool ready;        /* waits for resume */
  bool gone;         /* the number is gone; freed when the event is done with */
};

enum { RELAY_BUCKETS = 256 };

struct relay {
  struct arena arena;
  struct relay_config config;
  uint64_t now_us;
  uint64_t soonest; /* no deadline is before this */
  conn_id next_id;
  struct conn *buckets[RELAY_BUCKETS];
  struct conn *ready;
  struct conn *dead;
  struct back *idle;      /* origin connections in the pool, the last used first */
  struct h2_back *shared; /* origin connections of HTTP/2 that may take more streams */
  struct bytes commands;  /* of struct queued, see relay.c */
  size_t next_command;
  bool died;
  struct field_list carried; /* by a named bug, from one exchange into another */
  struct h2_coder_ops coder; /* a named bug's */
  struct bytes out;          /* the bytes of the commands */
};

enum relay_write {
  RELAY_JOIN,  /* may share one write with what goes to this connection before and after it */
  RELAY_APART, /* one write of its own */
};

/* relay_conn_new makes a connection object of size bytes, which begins with a struct conn. */
void *relay_conn_new(struct relay *relay, size_t size, const struct conn_ops *ops, conn_id id);

/* relay_connect asks for a new connection to the origin and returns its number. */
conn_id relay_connect(struct relay *relay);

/* relay_write queues bytes, which are copied. */
void relay_write(struct conn *conn, struct span bytes, enum relay_write how);

/* relay_shut sends no more. */
void relay_shut(struct conn *conn);

/* These end a connection: in order, by a reset, or because its number is gone already. The object
 * is freed when the present event is done with. */
void relay_close(struct conn *conn);
void relay_abort(struct conn *conn);
void relay_gone(struct conn *conn);

/* relay_die ends the gateway, for a named bug. */
void relay_die(struct relay *relay);

/* relay_deadline calls expire once at_us has come; ACTOR_NEVER takes that back. */
void relay_deadline(struct conn *conn, uint64_t at_us);

/* relay_resume_later calls resume after the present event, with nothing else on the stack. */
void relay_resume_later(struct conn *conn);

/* conn_compact drops the first n bytes of what has arrived when that is worth the move: always when
 * nothing is left, else when as much goes as stays. Returns how many it dropped. */
size_t conn_compact(struct conn *conn, size_t n);

#endif
