/* What a run of a play that went wrong gives away about the cause. */
#ifndef INTERIM_SCRIPT_SUSPECT_H
#define INTERIM_SCRIPT_SUSPECT_H

#include "script/stage.h"

/* suspect_cut tells whether an event that is about to be fed to the script ends a connection
 * unannounced: an answer was due on it, or might still have been asked for. */
bool suspect_cut(const struct script *script, const struct actor_event *event);

/* suspect_outlived tells whether the target answered after all that the script did to it. */
bool suspect_outlived(const struct script *script);

/* suspect_lost_answer tells whether a connection ended before the answer that was due on it. */
bool suspect_lost_answer(const struct script *script);

/* suspect_was_cut tells whether that happened in the latest run of a play. */
bool suspect_was_cut(const struct play *play);

/* suspect_count counts anew what the runs of a play amount to. */
void suspect_count(struct play *play);

/* suspect_blame marks who may have done it, once the target is gone. One that takes its time to die
 * still accepts connections, and then resets them: so each play may have done it that was cut off
 * and ended at alive_us or later, as nobody who began after that was answered; but none that began
 * behind the first of the cuts. first_us is when a play in flight was first cut off, or
 * ACTOR_NEVER; returns when any was. */
uint64_t suspect_blame(struct play *plays, size_t num_plays, uint64_t alive_us, uint64_t first_us);

/* suspect_hurt marks the plays that were cut off and ended after since_us, as a process of the
 * target was found dead. True when there was one. */
bool suspect_hurt(struct play *plays, size_t num_plays, uint64_t since_us);

/* suspect_holds tells whether a request of the script arrived at our origin and has not got its
 * final response: so the target waits for us. */
bool suspect_holds(const struct script *script);

/* suspect_keeps_waiting tells whether such a script has another request on its way: a target that
 * asks for one thing at a time lets that one and everybody else wait. So does a server that serves
 * one connection at a time, as long as another client of the script keeps one. */
bool suspect_keeps_waiting(const struct script *script);

/* suspect_pardon takes that for the reason why the target answered nobody during the runs of a
 * play. */
void suspect_pardon(struct play *play);

/* suspect_drop frees the latest run of a play, which does not count. */
void suspect_drop(struct play *play);

/* suspect_drop_void frees the latest run of a play if it was none: nothing of it was sent, as its
 * connection was refused; or we ended the connection that the target sent a request on, and it did
 * not send it again; or the run would be clean, but the target says that the origin of a request
 * cannot be reached, or closes, which may come of such an end. True when it did; not for ever. */
bool suspect_drop_void(struct play *play);

/* suspect_symptom says what a run of a play missed, to tell symptoms apart whatever the codes were;
 * one line. A connection that was lost says little, for a neighbour may have cost it: so each case
 * has a symptom of its own then. */
const char *suspect_symptom(struct arena *arena, const struct script *script);

/* suspect_alike tells whether two runs have the same symptom. */
bool suspect_alike(const struct script *one, const struct script *other);

#endif
