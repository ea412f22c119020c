/* All plays of a run against one target: an actor that is client and origin at once.
 *
 *   sanity   plain exchanges that must work; the deadline comes from their round trip
 *   together many plays at once; those that only wait for a lost deadline do not count
 *   alone     plays that share the target with no other, one after another
 *   confirm   every play that was not clean again: the first of each symptom alone, the others of
 *             the same symptoms together, a third time alone what differed
 *   sanity    again
 *
 * While a play waits beyond its deadline, control exchanges through the target tell a silent target
 * from a slow one. At the seat of an origin server there are clients only, and a plain exchange is
 * a GET of the URL with whatever final response. Our origin finds each request's play by its nonce;
 * a request without one is a health check and gets a plain 200. */
#ifndef INTERIM_SCRIPT_STAGE_H
#define INTERIM_SCRIPT_STAGE_H

#include "script/script.h"

enum { STAGE_MAX_RUNS = 3 };

struct stage_config {
  enum seat seat;
  uint32_t run; /* 24 bits, of every nonce */
  const char *host;
  const char *path_base;
  const char *absolute;
  const char *date;
  enum http_version front;          /* 0 for HTTP/1.1 */
  unsigned backs;                   /* mask of what our origin may speak; 0 for HTTP/1.1 */
  const char *scheme;               /* of the target's front; NULL for http */
  const struct h2_coder_ops *coder; /* NULL when neither end of ours is to speak HTTP/2 */
  unsigned place;                   /* the driver's address number of the target */
  unsigned jobs;                    /* plays in flight that are not merely waiting */
  double scale;                     /* of all times */
  uint64_t floor_us;                /* least deadline; 0 for 250 ms */
  uint64_t target_timeout_us; /* after this silence of the origin the target gives up; 0: unknown */
  uint64_t trigger_us;        /* as in struct script_config */
  bool can_restart;     /* a target that is gone can be started again: see stage_wants_restart */
  bool watched;         /* somebody looks at the target's processes: see stage_wants_look */
  uint64_t patience_us; /* for the sanity and control exchanges; 0 for 5 s */
};

/* One result to be. The caller fills in file and id; the stage the rest. */
struct play {
  const struct case_file *file;
  const char *id;
  struct script *runs[STAGE_MAX_RUNS]; /* in order; NULL where none was made */
  unsigned num_runs;
  unsigned num_unclean;
  unsigned num_dropped; /* runs that do not count, and are not there any more */
  unsigned num_void;    /* of these that were none: see suspect_drop_void */
  unsigned cuts;   /* bit of each run in which the target ended a connection and had not said so */
  uint64_t cut_us; /* in the latest run, first then */
  bool crowded;    /* the latest run counts only if the target does not answer without the crowd */
  bool running;
  bool done;
  bool left_out;       /* it is about another version than the target speaks to our origin */
  const char *accused; /* an answer of this play reached another: what it was; "" for none */
  enum breach accused_of;
};

enum stage_phase {
  STAGE_SANITY,
  STAGE_TOGETHER,
  STAGE_ALONE,
  STAGE_CONFIRM_ALONE,
  STAGE_CONFIRM,
  STAGE_LAST_SANITY,
  STAGE_DONE,
};

struct stage;

/* stage_new begins. The plays are the caller's and must live until stage_free. */
struct stage *stage_new(const struct stage_config *config, struct play *plays, size_t num_plays);

/* stage_aim takes over what requests say, host, path_base, absolute and scheme, before the first
 * turn. */
void stage_aim(struct stage *stage, const struct stage_config *config);

/* stage_actor gives the stage as its driver sees it. */
struct actor stage_actor(struct stage *stage);

/* stage_done tells whether all is over. */
bool stage_done(const struct stage *stage);

/* stage_stop ends all plays now; those not done stay so. */
void stage_stop(struct stage *stage);

/* stage_wants_restart tells that the target has been gone for two seconds; the plays go on once
 * stage_restarted was called. */
bool stage_wants_restart(const struct stage *stage);
void stage_restarted(struct stage *stage);

/* stage_wants_look tells that nothing is in flight and that the stage waits for stage_looked; only
 * when config.watched. */
bool stage_wants_look(const struct stage *stage);

/* stage_looked tells that somebody looked at the target's processes, and whether one was found dead
 * that had been there before. A play that lost a connection since the last look, or loses one while
 * it is in flight now, is played again with nothing else in flight. */
void stage_looked(struct stage *stage, bool died);

/* stage_num_deaths tells how many of these deaths cost a play a connection. */
unsigned stage_num_deaths(const struct stage *stage);

/* stage_restarted_in_vain tells that the target was restarted and did not come back. */
bool stage_restarted_in_vain(const struct stage *stage);

/* stage_phase_now and stage_num_done are for a progress line. */
enum stage_phase stage_phase_now(const struct stage *stage);
size_t stage_num_done(const struct stage *stage);

/* stage_failure says why no verdict counts, or "" when the sanity exchanges worked. */
const char *stage_failure(const struct stage *stage);

/* stage_target_died tells whether connections were refused after the first sanity exchange. */
bool stage_target_died(const struct stage *stage);

/* stage_deadline_us is the deadline that came from the round trip; stage_round_trip_us that itself.
 */
uint64_t stage_deadline_us(const struct stage *stage);
uint64_t stage_round_trip_us(const struct stage *stage);

/* stage_back_http10 tells whether the target asked our origin with HTTP/1.0 in the sanity exchange.
 */
bool stage_back_http10(const struct stage *stage);

/* stage_front_http10 tells whether its answer was labelled HTTP/1.0. */
bool stage_front_http10(const struct stage *stage);

/* stage_back is the version in which the target asked our origin in the sanity exchange. */
enum http_version stage_back(const struct stage *stage);

/* stage_final_code is the status code of the latest sanity answer, 0 before one came. */
unsigned stage_final_code(const struct stage *stage);

/* stage_server is the Server field of the sanity answer, escaped; "" for none. */
const char *stage_server(const struct stage *stage);

/* stage_location is its Location field, escaped; "" for none. */
const char *stage_location(const struct stage *stage);

/* play_script returns the run that a report is about: the latest that was not clean, if there is
 * one preferably one in which its requests arrived and no other play's answer came, else the first.
 * NULL when there was none. */
struct script *play_script(const struct play *play);

/* play_judged returns the run that the verdict is of: that of play_script, or the latest clean one
 * where fewer than two such runs speak against it. NULL when there was none. */
struct script *play_judged(const struct play *play);

/* play_misled tells whether in that run the answer of another play came in place of its own: then
 * it says nothing of the play. */
bool play_misled(const struct play *play);

/* stage_free frees the stage and the plays' runs; NULL is allowed. */
void stage_free(struct stage *stage);

#endif
