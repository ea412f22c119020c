/* The back of a CONNECT: a connection to the gateway's origin that carries bytes both ways (RFC
 * 9110 section 9.3.6). Whatever its target names, it leads to that origin. */
#ifndef INTERIM_PEER_TUNNEL_H
#define INTERIM_PEER_TUNNEL_H

#include "peer/exchange.h"

/* tunnel_take gives the exchange such a back: sets x->back and x->back_self. */
void tunnel_take(struct exchange *x);

#endif
