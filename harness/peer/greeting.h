/* A client's connection before it is known which version it speaks. */
#ifndef INTERIM_PEER_GREETING_H
#define INTERIM_PEER_GREETING_H

#include "peer/inner.h"

/* greeting_accept begins to serve a connection that the driver accepted. It becomes one of HTTP/2
 * when it begins with the whole connection preface (RFC 9113 section 3.4), else one of HTTP/1.1. */
void greeting_accept(struct relay *relay, conn_id id);

#endif
