/* What the play of a case says of a target that makes the responses itself. */
#ifndef INTERIM_CLI_ORIGIN_FACTS_H
#define INTERIM_CLI_ORIGIN_FACTS_H

#include "script/script.h"

/* origin_unfinished tells in words that a request got an interim response and no final one, and how
 * that is known: the connection or stream ended, or a later request on it was answered. In the
 * arena; NULL when nothing is known to be lacking. */
const char *origin_unfinished(struct arena *arena, const struct script *script);

/* origin_idle_trigger tells which trigger that the case needs brought no interim response of its
 * code. In the arena; "" when all did. */
const char *origin_idle_trigger(struct arena *arena, const struct script *script,
                                const struct case_file *file);

/* origin_may_still_work tells whether the silence behind the interim response of a trigger may be
 * honest work: neither the connection's end nor the answer to a later request shows that nothing
 * more is to come. */
bool origin_may_still_work(const struct script *script);

/* origin_closed_unanswered tells whether no connection ended behind an interim response: at any
 * other time a server may close (RFC 9112 section 9.5). */
bool origin_closed_unanswered(const struct script *script);

#endif
