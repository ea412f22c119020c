/* Our origin's end of the back connections: reads requests, finds out whose they are, and keeps
 * their order: the next request on a connection is looked at once the one before it was answered.
 */
#ifndef INTERIM_SCRIPT_ORIGIN_H
#define INTERIM_SCRIPT_ORIGIN_H

#include "core/h1_request.h"
#include "script/script.h"

struct h2_origin;

/* One connection from the target to our origin. Over HTTP/2 h2 has all that follows it. */
struct back {
  conn_id conn;
  bool told_apart;      /* its version is known */
  struct h2_origin *h2; /* NULL over HTTP/1.1 */
  struct h1_request parser;
  struct bytes window;
  struct arena arena; /* of the message that is being read */
  struct message_seen *building;
  struct script *owner; /* play of the request that is being answered; NULL for none */
  size_t exchange;      /* its index there */
  bool reading;         /* inside that request */
  bool switched;        /* behind a 101 of ours, in the tunnel */
  bool fin;             /* the target ended its direction */
  struct bytes head;    /* of that request, as it came */
  bool in_content;      /* of that request, of which some came */
  bool broken;          /* what the target sent is no HTTP */
  bool leaving;         /* we ended our direction, and the target is to end its own */
  bool awaited;         /* and that is waited for */
};

/* What the origin asks of its stage. */
struct origin_port {
  void *stage;
  /* find returns the script that a nonce belongs to, if it is playing now, else NULL. */
  struct script *(*find)(void *stage, struct nonce nonce);
  /* strayed tells that a request came that nobody sent as one: planted content, or a foreign nonce.
   */
  void (*strayed)(void *stage, struct nonce nonce, bool planted);
};

struct origin {
  struct back **backs; /* by number from ACTOR_ACCEPTED */
  size_t num_backs;
  struct outbox *outbox;
  struct origin_port port;
  uint32_t run;
  const char *date;
  const struct h2_coder_ops *coder; /* NULL when it is not to speak HTTP/2 */
  size_t num_health_checks;
  size_t num_awaited; /* connections that we ended, and the target not yet */
};

/* origin_find_nonce finds the nonce in a request's target, or in its field. */
bool origin_find_nonce(const struct origin *origin, const struct message_seen *head,
                       struct nonce *out, bool *planted);

/* origin_accept notes a new connection. */
void origin_accept(struct origin *origin, conn_id conn);

/* origin_bytes feeds what the target sent. */
void origin_bytes(struct origin *origin, conn_id conn, struct span bytes, uint64_t now_us);

/* origin_ended tells that the target ended its direction (gone: the connection broke). */
void origin_ended(struct origin *origin, conn_id conn, bool gone, uint64_t now_us);

/* origin_resume looks at requests that waited for the one before them. True when there was one. */
bool origin_resume(struct origin *origin, uint64_t now_us);

/* origin_forget drops a script that ends from the connections that it owns. What it may have
 * spoiled is left: we end our direction, and the target may take it for the next request until it
 * has noticed (num_awaited). */
void origin_forget(struct origin *origin, const struct script *script);

/* origin_wait_no_more: who has not noticed yet is left to find out later. */
void origin_wait_no_more(struct origin *origin);

/* origin_free frees all. */
void origin_free(struct origin *origin);

#endif
