/* The back of an exchange that makes the answer itself, by the routes of route.h: what makes an
 * origin server of the gateway. */
#ifndef INTERIM_PEER_ANSWER_H
#define INTERIM_PEER_ANSWER_H

#include "peer/exchange.h"
#include "peer/origin.h"

/* answer_take gives the exchange such a back: sets x->back and x->back_self. */
void answer_take(struct exchange *x);

/* The origin's choices, one function each, from facts alone. */

/* answer_switches tells whether a request is answered with a 101. */
bool answer_switches(const struct message *request);

/* answer_waits tells whether the answer waits for the end of the request. */
bool answer_waits(const struct message *request);

/* answer_has_content tells whether a final response with this code has content. */
bool answer_has_content(unsigned code);

#endif
