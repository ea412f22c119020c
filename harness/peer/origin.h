/* The reference origin: a conformant origin server for HTTP/1.1 and HTTP/2, as a pure machine
 * (core/actor.h).
 *
 * It is the gateway of relay.h with nobody behind it: the same fronts, and a back that makes the
 * answers itself, by the routes of route.h. It answers an expectation with a 100 at once (RFC 9110
 * section 10.1.1), reads a request to its end, sends no interim response to HTTP/1.0
 * (section 15.2), and switches to the protocol ORIGIN_PROTOCOL, an echo, when a request offers it
 * (section 7.8). It is the embedded default target at seat origin, what `interim serve` runs, and,
 * with named bugs, what the suite proves itself on. */
#ifndef INTERIM_PEER_ORIGIN_H
#define INTERIM_PEER_ORIGIN_H

#include "peer/relay.h"

#define ORIGIN_PROTOCOL "interim-test"

struct origin_config {
  unsigned listener;                /* the driver's index of the listener that clients use */
  uint64_t idle_us;                 /* as in struct relay_config */
  const struct h2_coder_ops *coder; /* as in struct relay_config */
  bool faults;                      /* the routes below /bad are there */
  const struct bug *bug;            /* as in struct relay_config */
};

/* origin_new makes an origin server. relay_actor and relay_free are for it too. */
struct relay *origin_new(const struct origin_config *config);

#endif
