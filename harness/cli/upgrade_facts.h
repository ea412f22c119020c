/* What became of an upgrade that the target asked our origin for, as a client of it. */
#ifndef INTERIM_CLI_UPGRADE_FACTS_H
#define INTERIM_CLI_UPGRADE_FACTS_H

#include "script/script.h"

/* upgrade_lost tells whether our origin agreed to an upgrade that the target itself had asked it
 * for, and the client got neither the 101 nor a final response. No sentence of RFC 9110 section 7.8
 * or 15.2 forbids that to an intermediary; that messages are passed on is expected of it. */
bool upgrade_lost(const struct script *script);

/* upgrade_passed_over says why there was no tunnel to try. In memory of the arena, or static. */
const char *upgrade_passed_over(struct arena *arena, const struct script *script);

#endif
