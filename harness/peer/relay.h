/* The reference gateway: a conformant reverse proxy for HTTP/1.1 and HTTP/2, on both sides, as a
 * pure machine (core/actor.h).
 *
 * It forwards every interim response at once and in order, but none to an HTTP/1.0 client (RFC 9110
 * section 15.2); keeps connections on both sides; answers Expect:
 * 100-continue itself (section 10.1.1); removes hop-by-hop fields from interim responses too
 * (section 7.6.1); answers 502 and 504 where the origin fails (sections 15.6.3 and 15.6.5). It is
 * the embedded default target and, with named bugs, what the suite proves itself on. */
#ifndef INTERIM_PEER_RELAY_H
#define INTERIM_PEER_RELAY_H

#include "core/actor.h"
#include "core/h2.h"

struct relay;

struct bug;

struct relay_config {
  unsigned listener;          /* the driver's index of the listener that clients use */
  unsigned origin;            /* the driver's address number of the origin */
  uint64_t origin_timeout_us; /* silence of the origin after which a 504 is sent; 0 for 15 s */
  uint64_t idle_us;           /* an idle connection is closed after this; 0 for 60 s */
  /* The coder of header blocks. A client that begins with HTTP/2's connection preface is then
   * served in HTTP/2, in clear text as over TLS. NULL: HTTP/1.1 alone, on both sides. */
  const struct h2_coder_ops *coder;
  bool origin_h2;        /* speak HTTP/2 to the origin, with prior knowledge */
  bool connects;         /* take CONNECT in HTTP/1.1: a tunnel to the origin, whatever it names */
  bool relays_expect;    /* Expect is for the origin to answer: it goes on, as its 100 does */
  bool origin_tls;       /* the driver wraps the origin's connections in TLS: the scheme is https */
  const struct bug *bug; /* a named bug (bugs.h), or NULL */
  /* There is no origin behind it: it makes the answers itself, see origin.h. faults: also the bad
   * ones. */
  bool serves;
  bool faults;
};

/* relay_new makes a gateway. Free it with relay_free. */
struct relay *relay_new(const struct relay_config *config);

/* relay_actor gives the gateway as its driver sees it; valid until relay_free. */
struct actor relay_actor(struct relay *relay);

/* relay_died tells whether a named bug ended the gateway: its driver does what a system does with
 * a dead process. */
bool relay_died(const struct relay *relay);

/* relay_free frees the gateway; NULL is allowed. */
void relay_free(struct relay *relay);

#endif
