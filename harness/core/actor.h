/* The contract between a pure machine that plays a peer and the code that owns sockets and time.
 *
 * An actor is fed what happened (feed), asked what to do (next, until it returns false) and told
 * the time. It performs no I/O and reads no clock, so the same actor runs over sockets (net), in
 * one process under virtual time (tests) and under a fuzzer. */
#ifndef INTERIM_CORE_ACTOR_H
#define INTERIM_CORE_ACTOR_H

#include "base/span.h"

/* A connection's number. Those that the actor opens are numbered by the actor, below
 * ACTOR_ACCEPTED; those that a listener accepts are numbered by the driver, from ACTOR_ACCEPTED.
 * Never reused. */
typedef uint32_t conn_id;
#define ACTOR_ACCEPTED ((conn_id)0x80000000U)

/* actor_wake returns this when time alone changes nothing. */
#define ACTOR_NEVER UINT64_MAX

enum actor_event_kind {
  ACTOR_CONNECTED,     /* a connection that the actor opened is established */
  ACTOR_REFUSED,       /* it could not be established; the number is gone */
  ACTOR_ACCEPTED_CONN, /* a listener accepted a connection; place is the listener's index */
  ACTOR_BYTES,         /* bytes arrived; they are borrowed until feed returns */
  ACTOR_FIN,           /* the peer sends no more; our direction stays open */
  ACTOR_RESET,         /* the connection broke; the number is gone */
  ACTOR_TIME,          /* nothing but time passed */
};

struct actor_event {
  enum actor_event_kind kind;
  conn_id conn;
  unsigned place;
  struct span bytes;
};

enum actor_command_kind {
  ACTOR_OPEN,  /* connect to the driver's address number place; conn is the actor's new number */
  ACTOR_WRITE, /* write bytes, in one write where the system takes them */
  ACTOR_SHUT,  /* send no more (FIN), go on reading */
  ACTOR_CLOSE, /* close once what was written is on its way; the number is gone, no event follows */
  ACTOR_ABORT, /* reset (RST); the number is gone, no event follows */
};

struct actor_command {
  enum actor_command_kind kind;
  conn_id conn;
  unsigned place;
  struct span bytes; /* borrowed until the next call into the actor */
};

/* An actor as its driver sees it. now_us is a monotonic time in microseconds. */
struct actor {
  void *self;
  /* feed tells what happened. Commands for a number that is gone are ignored by the driver. */
  void (*feed)(void *self, uint64_t now_us, const struct actor_event *event);
  /* next returns true and one command, or false when there is nothing to do for now. The driver
   * calls it until then after every feed. */
  bool (*next)(void *self, struct actor_command *out);
  /* wake returns the time at which the actor wants ACTOR_TIME, or ACTOR_NEVER. */
  uint64_t (*wake)(const void *self);
};

#endif
