/* A connection to the origin, HTTP/1.1: one request at a time, kept between requests in the relay's
 * pool. */
#ifndef INTERIM_PEER_BACK_H
#define INTERIM_PEER_BACK_H

#include "peer/exchange.h"

enum back_choice {
  BACK_ANY,   /* an idle connection if there is one */
  BACK_FRESH, /* a new connection */
};

/* back_take gives the exchange a back of HTTP/1.1: sets x->back and x->back_self. */
void back_take(struct exchange *x, enum back_choice choice);

#endif
