/* What one run of a play says that bears on its verdict and is no outcome. */
#ifndef INTERIM_CLI_PLAY_FACTS_H
#define INTERIM_CLI_PLAY_FACTS_H

#include "script/script.h"

/* play_got_through tells whether a request reached our origin or got a final response. */
bool play_got_through(const struct script *script);

/* play_sent_interim tells whether our origin sent an interim response. */
bool play_sent_interim(const struct script *script);

/* play_lacks_the_end_only tells whether the head of a final response came, and nothing is missing
 * but its end. */
bool play_lacks_the_end_only(const struct script *script);

/* play_lost_upgrade tells whether our origin agreed to an upgrade that the target itself had asked
 * it for, and the client got neither the 101 nor a final response. No sentence of RFC 9110 section
 * 7.8 or 15.2 forbids that to an intermediary; that messages are passed on is expected of it. */
bool play_lost_upgrade(const struct script *script);

/* play_without_tunnel says why there was no tunnel to try. In memory of the arena, or static. */
const char *play_without_tunnel(struct arena *arena, const struct script *script);

#endif
