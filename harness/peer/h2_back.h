/* A connection to the origin, HTTP/2 with prior knowledge: many exchanges share it, a stream each
 * (RFC 9113 section 8). */
#ifndef INTERIM_PEER_H2_BACK_H
#define INTERIM_PEER_H2_BACK_H

#include "peer/exchange.h"

/* h2_back_take gives the exchange a back of HTTP/2: sets x->back and x->back_self. A connection
 * that may take one more stream is shared, else a new one is opened. */
void h2_back_take(struct exchange *x);

#endif
