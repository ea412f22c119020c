/* A client's connection, HTTP/1.1: reads its requests, one exchange at a time, and writes the
 * responses. Pipelined requests wait unread until their turn (RFC 9112 section 9.3.2). */
#ifndef INTERIM_PEER_FRONT_H
#define INTERIM_PEER_FRONT_H

#include "peer/inner.h"

/* front_accept begins to serve a connection that the driver accepted. */
struct conn *front_accept(struct relay *relay, conn_id id);

#endif
