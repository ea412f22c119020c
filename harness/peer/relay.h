/* The reference gateway: a conformant HTTP/1.1 reverse proxy as a pure machine (core/actor.h).
 *
 * It forwards every interim response to an HTTP/1.1 client at once and in order, and none to an
 * HTTP/1.0 client (RFC 9110 section 15.2); keeps connections on both sides; answers Expect:
 * 100-continue itself (section 10.1.1); removes hop-by-hop fields from interim responses too
 * (section 7.6.1); answers 502 and 504 where the origin fails (sections 15.6.3 and 15.6.5). It is
 * the embedded default target and, with named bugs, what the suite proves itself on. */
#ifndef INTERIM_PEER_RELAY_H
#define INTERIM_PEER_RELAY_H

#include "core/actor.h"

struct relay;

struct relay_config {
  unsigned listener;          /* the driver's index of the listener that clients use */
  unsigned origin;            /* the driver's address number of the origin */
  uint64_t origin_timeout_us; /* silence of the origin after which a 504 is sent; 0 for 15 s */
  uint64_t idle_us;           /* an idle connection is closed after this; 0 for 60 s */
};

/* relay_new makes a gateway. Free it with relay_free. */
struct relay *relay_new(const struct relay_config *config);

/* relay_actor gives the gateway as its driver sees it; valid until relay_free. */
struct actor relay_actor(struct relay *relay);

/* relay_free frees the gateway; NULL is allowed. */
void relay_free(struct relay *relay);

#endif
