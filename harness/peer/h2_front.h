/* A client's connection, HTTP/2: each stream is an exchange of its own (RFC 9113 section 8). */
#ifndef INTERIM_PEER_H2_FRONT_H
#define INTERIM_PEER_H2_FRONT_H

#include "peer/inner.h"

/* h2_front_accept begins to serve a connection whose first bytes are the connection preface. They
 * are yet to be fed. */
struct conn *h2_front_accept(struct relay *relay, conn_id id);

#endif
