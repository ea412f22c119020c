/* What changes in a message on its way through a gateway (RFC 9110 section 7.6), and nothing else.
 *
 * Removed: Connection, every field that it names, and the fields that are hop-by-hop whether named
 * or not; Content-Length and Transfer-Encoding, because each hop is framed anew; Expect, because
 * the gateway meets the expectation itself. Added: Via. An Upgrade goes on to the next hop only as
 * message->upgrade. These rules know no exception for interim responses. */
#ifndef INTERIM_PEER_FORWARD_H
#define INTERIM_PEER_FORWARD_H

#include "peer/exchange.h"

/* forward_request makes the request that goes to the origin out of the one received. Returns 0, or
 * the status code with which to refuse it, and sets *out_why to a sentence about it. */
unsigned forward_request(struct exchange *x, const char **out_why);

/* forward_response makes the response that goes to the client out of one received, interim or
 * final. False when it cannot go on. */
bool forward_response(const struct exchange *x, struct message *response);

/* forward_trailers does the same for a message's trailer section, when it is complete: fields that
 * frame, route or belong to the connection do not go on (RFC 9110 section 6.5.1). */
void forward_trailers(const struct exchange *x, struct message *message);

#endif
