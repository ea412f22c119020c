/* Every choice that the gateway makes about an exchange or a connection, one function each, from
 * facts alone. The rest of the gateway carries out what is decided here and in forward.h. */
#ifndef INTERIM_PEER_DECIDE_H
#define INTERIM_PEER_DECIDE_H

#include "core/h1.h"
#include "core/h2_stream.h"
#include "peer/bug.h"
#include "peer/exchange.h"

enum {
  /* No rule bounds the number of interim responses; this only ends a flood. */
  DECIDE_MAX_INTERIMS = 50000,
  /* Request content that a final response overtook is read on up to here, for the connection's
     sake. */
  DECIDE_MAX_DRAIN = 64 * 1024,
  /* How often a request goes to the origin anew. */
  DECIDE_MAX_RETRIES = 2,
  /* Streams at once on one connection of HTTP/2, on either side. */
  DECIDE_MAX_STREAMS = 100,
  /* Content of all streams of one connection of HTTP/2 that waits for its peer's window, in bytes.
     It grows this far only when its sender speaks HTTP/1.1 and cannot be held back. */
  DECIDE_MAX_HELD = 32 * 1024 * 1024,
};

enum interim_action {
  INTERIM_FORWARD,
  INTERIM_SWALLOW,
  INTERIM_SWITCH, /* a 101 that the client offered: it goes on, then both ways are a tunnel */
  INTERIM_REFUSE, /* the origin breaks the protocol: 502 */
};

/* decide_interim says what becomes of an interim response that forward_response has prepared. On
 * INTERIM_REFUSE *out_why tells the reason. */
enum interim_action decide_interim(const struct exchange *x, const struct message *interim,
                                   const char **out_why);

/* decide_own_continue tells whether the gateway answers an expectation itself, at once (RFC 9110
 * section 10.1.1: a gateway has the origin's duty). */
bool decide_own_continue(const struct exchange *x, bool content_arrived);

/* decide_relay_expect tells whether it is passed on for the origin to answer. */
bool decide_relay_expect(const struct exchange *x);

/* decide_connect tells whether a CONNECT is taken; another front than that of HTTP/1.1 has no
 * tunnels. */
bool decide_connect(const struct exchange *x);

enum loss_action {
  LOSS_RETRY,  /* send the request again, on a new connection */
  LOSS_ANSWER, /* with a status code */
  LOSS_CUT,    /* a final response was on its way: leave it incomplete */
};

/* decide_loss says what becomes of an exchange that lost its back. breach is what the end means to
 * the interim rule; *out_code is the status code for LOSS_ANSWER. */
enum loss_action decide_loss(const struct exchange *x, enum exchange_loss loss,
                             enum rule_breach breach, unsigned *out_code);

/* What is known of an origin connection when its final response is complete. */
struct reuse_facts {
  bool persistent;    /* the origin's version and Connection say that it goes on */
  bool request_ended; /* the whole request was written */
  bool delimited;     /* the response did not end with the connection */
  size_t unread;      /* bytes behind the final response */
  enum bug_fault bug;
};

/* decide_reuse tells whether the connection may carry another request. */
bool decide_reuse(const struct reuse_facts *facts);

/* decide_idle_bytes tells whether an idle origin connection may live on after bytes came on it. */
bool decide_idle_bytes(const struct relay *relay, struct span bytes);

/* What is known of a client connection when a final response's head is about to be sent. */
struct persist_facts {
  unsigned minor; /* of the request */
  bool close;     /* the request's connection options */
  bool keep_alive;
  bool delimited; /* the response does not end with the connection */
  bool last;      /* an answer after which the connection ends */
  bool ended;     /* the client sends no more, and nothing of it is unread */
  bool request_ended;
  bool length_known; /* of the request's content; unread is what is left of it */
  uint64_t unread;
};

/* decide_persist tells whether the client's connection outlives the response (RFC 9112
 * section 9.3). */
bool decide_persist(const struct persist_facts *facts);

enum version_guess {
  VERSION_UNKNOWN, /* more bytes are needed */
  VERSION_1,
  VERSION_2,
};

/* decide_version tells from a connection's first bytes, at least one, which version it speaks. */
enum version_guess decide_version(struct span begun);

/* decide_admit tells whether a client may have one more stream beside so many. */
bool decide_admit(unsigned num_streams);

/* What is known of a connection of HTTP/2 to the origin. */
struct share_facts {
  unsigned num_streams;
  uint32_t peer_streams; /* its SETTINGS_MAX_CONCURRENT_STREAMS */
  uint32_t next_stream;
};

/* decide_share tells whether the connection may take one more stream. */
bool decide_share(const struct share_facts *facts);

/* decide_fault tells whether a stream is reset for what its peer did, and with which code. */
bool decide_fault(const struct relay *relay, enum h2_fault fault, enum h2_error_code *out_code);

enum reset_cause {
  RESET_CUT,       /* a final response stays incomplete */
  RESET_EARLY,     /* the response is complete, the rest of the request is not wanted */
  RESET_REFUSED,   /* there are too many streams */
  RESET_ABANDONED, /* the client does not want the response any more */
  RESET_SLOW,      /* the peer takes too little, or says too little */
};

/* decide_reset gives the code with which a stream is reset. */
enum h2_error_code decide_reset(enum reset_cause cause);

/* decide_ends_stream tells whether a message's first header block ends its stream too: a request's,
 * an interim or a final response's. */
bool decide_ends_stream(const struct message *head);

/* decide_framing says how a response's content is delimited towards a client of HTTP/1.minor. */
enum h1_framing decide_framing(const struct message *response, unsigned minor);

#endif
