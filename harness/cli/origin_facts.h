/* What the play of a case says of a target that makes the responses itself. */
#ifndef INTERIM_CLI_ORIGIN_FACTS_H
#define INTERIM_CLI_ORIGIN_FACTS_H

#include "script/script.h"

/* origin_unfinished tells in words that a request got an interim response and no final one, and how
 * that is known: the connection or stream ended, or a later request on it was answered. In the
 * arena; NULL when nothing is known to be lacking. */
const char *origin_unfinished(struct arena *arena, const struct script *script);

/* origin_left_unfinished tells whether it was an interim response of an application, any but 100.
 */
bool origin_left_unfinished(const struct script *script);

/* origin_idle_trigger tells which trigger that the case needs brought no interim response of its
 * code. In the arena; "" when all did. */
const char *origin_idle_trigger(struct arena *arena, const struct script *script,
                                const struct case_file *file);

/* origin_slow_trigger tells of a trigger that brought no interim response although it took longer
 * than the 20 seconds of RFC 2518 section 10.1. In the arena; "" when none did. */
const char *origin_slow_trigger(struct arena *arena, const struct script *script);

/* origin_may_still_work tells whether the silence behind the interim response of a trigger may be
 * honest work: neither the connection's end nor the answer to a later request shows that nothing
 * more is to come. */
bool origin_may_still_work(const struct script *script);

/* origin_closed_unanswered tells whether no connection ended behind an interim response: at any
 * other time a server may close (RFC 9112 section 9.5). */
bool origin_closed_unanswered(const struct script *script);

enum { ORIGIN_MAX_MEASURES = 4 };

/* What is measured and not judged. Names are static. */
struct origin_measures {
  const char *names[ORIGIN_MAX_MEASURES];
  double values[ORIGIN_MAX_MEASURES];
  size_t num;
};

/* origin_measure fills in what the play says where this requirement decides the case:
 * INFO-PACE
 *   first_interim_ms        from the first trigger to its first interim response
 *   longest_gap_ms          between two of its interim responses
 *   longest_silence_ms      between any two of request, interim responses and final response
 *   final_ms                from the trigger to the head of its final response
 * RFC8297-2-2
 *   hinted_fields           fields of its 103s, but for Date
 *   hinted_fields_in_final  of these, with the same value in the final response
 * DRAFT-resumable-upload-4.2.2-4
 *   upload_locations        different values of Location in its 104s and its final response
 * INFO-PATIENCE
 *   content_awaited_ms      how long the target waited for content that stalled, as long as we did
 *   content_given_up        1 when it answered or closed meanwhile */
void origin_measure(const struct script *script, struct span requirement,
                    struct origin_measures *out);

#endif
