/* One request and its responses, between a front and a back, in no version's form.
 *
 * A front (one connection, or one stream of HTTP/2) owns the exchange, fills in the request and is
 * told what to answer. A back is found for it and tells what the origin says. Neither knows the
 * other. All of the gateway's choices about an exchange are asked of decide.h. */
#ifndef INTERIM_PEER_EXCHANGE_H
#define INTERIM_PEER_EXCHANGE_H

#include "core/interim_rule.h"
#include "peer/message.h"

struct relay;

/* What an exchange asks of its front. Heads and spans are borrowed during the call. */
struct exchange_front {
  void (*interim)(void *front, const struct message *head);
  void (*final)(void *front, const struct message *head);
  void (*content)(void *front, struct span content);
  void (*end)(void *front, const struct message *message); /* with its trailers */
  void (*cut)(void *front); /* the final response ends here, incomplete */
  void (*switched)(void *front, const struct message *head); /* a 101; then tunnel and tunnel_end */
  void (*tunnel)(void *front, struct span bytes);
  void (*tunnel_end)(void *front, bool reset); /* the origin sends no more, or is gone */
  /* So many bytes of the request's content have left for the origin. NULL when the client cannot be
   * held back anyway. */
  void (*taken)(void *front, size_t len);
};

/* What an exchange asks of its back. Neither front nor back calls into the exchange from these, but
 * for exchange_request_taken and exchange_response_taken. */
struct exchange_back {
  void (*head)(void *back, const struct message *request);
  /* False when the origin takes too little, or does not stand yet, and no more can be held. */
  bool (*content)(void *back, struct span content);
  void (*end)(void *back, const struct message *request); /* with its trailers */
  void (*release)(void *back); /* the exchange is over; keep the connection if decide.h allows it */
  void (*abandon)(void *back); /* the exchange is off; close the connection */
  void (*tunnel)(void *back, struct span bytes);
  void (*tunnel_end)(void *back, bool reset);
  /* So many bytes of the response's content have left for the client. NULL when the origin cannot
   * be held back anyway. */
  void (*taken)(void *back, size_t len);
};

/* Why a back cannot go on; its connection is closed or closing by then. */
enum exchange_loss {
  LOSS_UNREACHABLE, /* no connection could be made */
  /* A kept connection ended before a byte of a response: likely the origin closed it before the
   * request came (RFC 9112 section 9.3.1). An interim response is an answer too: who sent one has
   * begun to work. */
  LOSS_STALE,
  LOSS_REFUSED, /* the origin says that it did not process the request (RFC 9113 section 8.7) */
  LOSS_CLOSED,  /* the connection ended or broke otherwise */
  LOSS_GARBAGE, /* what came is no HTTP response, or breaks a limit */
  LOSS_SILENT,  /* nothing came for too long */
};

/* What named bugs (bugs.h) depend on, and what they remember. */
struct bug_facts {
  size_t unread;           /* bytes that came behind the present head in one read */
  bool in_pieces;          /* the head came in several reads */
  unsigned front_requests; /* that the client's connection had before this one */
  bool back_reused;        /* the origin's had */
  unsigned last_code;
  bool expects_other;     /* the request expects something that is not known */
  unsigned content_reads; /* in which the request's content came */
  bool struck;            /* the bug struck in this exchange */
  bool mute;              /* nothing more goes to the front */
  struct bug_kept *kept;
  struct field_list leaked;
};

/* An interim response that a named bug keeps; its text is in the request's arena. */
struct bug_kept {
  struct bug_kept *next;
  struct message head;
};

struct exchange {
  struct relay *relay;
  const struct exchange_front *front;
  void *front_self;
  const struct exchange_back *back; /* NULL when there is none, or no more */
  void *back_self;
  struct message request;
  struct interim_rule rule; /* of the responses to this request */
  unsigned retries;
  bool request_ended;
  bool content_sent; /* some of the content went to the origin */
  bool continued;    /* the gateway sent a 100 of its own */
  bool answered;     /* nothing more goes to the front */
  struct bug_facts facts;
};

/* exchange_init makes an exchange whose request is empty, to be filled in. */
void exchange_init(struct exchange *x, struct relay *relay, const struct exchange_front *front,
                   void *front_self);

/* exchange_free frees what it holds. It must not have a back: end it or abandon it first. */
void exchange_free(struct exchange *x);

/* For fronts. exchange_start begins once the request's head is complete. content_arrived tells that
 * bytes of its content did as well. */
void exchange_start(struct exchange *x, bool content_arrived);
void exchange_request_content(struct exchange *x, struct span content);
void exchange_request_end(struct exchange *x);

/* exchange_response_taken tells that so many bytes of the response's content have left. */
void exchange_response_taken(struct exchange *x, size_t len);

/* exchange_refuse answers a request that cannot go on, whose fault it is being the client's: with
 * the status code, or by cutting the response if that has begun. The connection ends after it.
 * Not for an exchange that is answered. */
void exchange_refuse(struct exchange *x, unsigned code, const char *why);

/* exchange_cut ends the response here, incomplete, and the connection or stream with it. */
void exchange_cut(struct exchange *x);

/* exchange_fail answers with a 502. */
void exchange_fail(struct exchange *x, const char *why);

/* exchange_abandon: the client is gone. Nothing more is told to the front. */
void exchange_abandon(struct exchange *x);

void exchange_tunnel_to_origin(struct exchange *x, struct span bytes);
void exchange_tunnel_to_origin_end(struct exchange *x, bool reset);

/* For backs. exchange_response takes a head, interim or final, and changes it into what went on.
 * After these calls the back may have been released or abandoned. */
void exchange_response(struct exchange *x, struct message *head);
void exchange_response_content(struct exchange *x, struct span content);
void exchange_response_end(struct exchange *x, struct message *message);
void exchange_lost(struct exchange *x, enum exchange_loss loss, const char *why);
void exchange_request_taken(struct exchange *x, size_t len);
/* exchange_tunnel_made: a CONNECT has reached the origin, and is answered with a 200. */
void exchange_tunnel_made(struct exchange *x);
void exchange_tunnel_to_client(struct exchange *x, struct span bytes);
void exchange_tunnel_to_client_end(struct exchange *x, bool reset);

#endif
