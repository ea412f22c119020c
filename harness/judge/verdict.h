/* From what was observed to a verdict: tables, without I/O, memory or knowledge of cases.
 *
 * The script engine says what happened in an exchange (struct judge_exchange); outcome_of names it;
 * verdict_of weighs it by the level that binds the target. */
#ifndef INTERIM_JUDGE_VERDICT_H
#define INTERIM_JUDGE_VERDICT_H

#include <stdbool.h>

/* The BCP 14 weight of a requirement, in the order of enum requirement_level of the registry. */
enum judge_level {
  JUDGE_MUST,
  JUDGE_MUST_NOT,
  JUDGE_SHOULD,
  JUDGE_SHOULD_NOT,
  JUDGE_MAY,
  JUDGE_EXPECTED,
  JUDGE_CONTESTED,
  JUDGE_HOUSE,
};

enum verdict {
  VERDICT_PASS,
  VERDICT_INFO,
  VERDICT_SKIP,
  VERDICT_WARN,
  VERDICT_ERROR,
  VERDICT_FAIL,
};

/* In order of precedence, where several apply. */
enum outcome {
  OUTCOME_CRASHED,        /* the target or one of its processes died */
  OUTCOME_TAKEN_AS_FINAL, /* an interim response was handled as if it were the final one */
  OUTCOME_DESYNC,         /* an answer or a request was taken for part of another exchange */
  OUTCOME_HANG,           /* no final response, and the connection stayed open */
  OUTCOME_CLOSED,         /* the connection ended without a final response */
  OUTCOME_REPLACED,       /* the target answered with an error of its own */
  OUTCOME_LEAKED,         /* fields of an interim response were in the final one */
  OUTCOME_ALTERED,        /* an interim or final response arrived changed */
  OUTCOME_REORDERED,      /* interim responses arrived in another order */
  OUTCOME_COLLAPSED,      /* some interim responses arrived, not all */
  OUTCOME_DROPPED,        /* no interim response arrived, the final one did */
  OUTCOME_UNMET,          /* something else: asked for and not seen, or forbidden and seen */
  OUTCOME_HELD,           /* interim responses arrived, but only with the final one */
  OUTCOME_FORWARDED,      /* interim responses arrived while the origin waited */
  OUTCOME_OK,             /* all that the case asks for was seen; no interim crossed the target */
  NUM_OUTCOMES,
};

/* A set of outcomes: bit (1U << outcome). */
typedef unsigned outcome_set;

/* What happened between one request and the end of its answer, as the client and the origin saw it.
 */
struct judge_exchange {
  unsigned interims_sent; /* by our origin, towards this request */
  unsigned interims_seen; /* of these, by our client */
  unsigned interims_late; /* of these, not before the final was sent although the origin waited */
  bool interims_valid;    /* all that were sent obey grammar and rules for 1xx */
  bool interims_unwanted; /* the client's HTTP/1.0 knows none: none is to be passed on */
  bool interims_altered;  /* one arrived with a changed code or stated field */
  bool interims_reordered;
  bool final_sent;    /* by our origin, whole */
  bool final_seen;    /* our origin's final arrived at our client, by itself or on our probing */
  bool final_altered; /* with a changed code, stated field or content */
  bool final_own;     /* the target made a final response of its own */
  bool leaked;        /* a marker field of an interim was in the final */
  bool foreign;       /* an answer to another request arrived */
  bool closed;        /* the client's connection ended before a final */
  bool stalled;  /* a deadline for a final passed with controls answered, and none came by itself */
  bool fell_out; /* after the stall, closing the back connection brought an interim or a bare end */
  bool next_answered; /* after the stall, the next request on the connection was answered; only
                       * where answers come in order (not between the streams of HTTP/2) */
};

/* judge_exchange_outcomes names what happened in one exchange; never empty: OUTCOME_OK at least.
 * CRASHED and UNMET do not show in an exchange: whoever watches processes and steps adds them. */
outcome_set judge_exchange_outcomes(const struct judge_exchange *exchange);

/* outcome_first returns the one with the highest precedence; OUTCOME_OK for the empty set. */
enum outcome outcome_first(outcome_set set);

/* outcome_word gives "taken-as-final" ...; outcome_meaning one sentence of what it is;
 * outcome_impact one sentence of what it does to users; of UNMET, what it does that this
 * requirement is not met. makes_answers: the target makes the responses itself, at the seat of an
 * origin server. Static. */
const char *outcome_word(enum outcome outcome);
const char *outcome_meaning(enum outcome outcome, bool makes_answers);
const char *outcome_impact(enum outcome outcome, const char *requirement, bool makes_answers);

/* outcome_unmet_impact returns what it does to users that this requirement is not met; NULL for one
 * about which outcome_impact has no more to say than of any. Static. */
const char *outcome_unmet_impact(const char *requirement);

/* outcome_blames returns the id of the requirement that an outcome breaks whatever the case is
 * about, or NULL when the case's own requirement decides. For TAKEN_AS_FINAL, HANG, CLOSED,
 * REPLACED and DESYNC that is RFC9110-15.2-4 when valid_interims (the target got one to five valid
 * interim responses before); for CRASHED HOUSE-ALIVE; for DESYNC otherwise RFC9112-9.3.2-1,
 * or RFC9113-8.1-13 when the client's answers come on streams of HTTP/2. */
const char *outcome_blames(enum outcome outcome, bool valid_interims, bool streams);

/* OUTCOME_ONE_FINAL is the requirement that a target which makes the responses itself breaks by
 * TAKEN_AS_FINAL, and by CLOSED behind an interim response that it sent, whatever the case is
 * about, and by HANG or CLOSED where the case's own is about something else: one final response to
 * each request. Any target breaks it by HANG where the case's own is about an answer's place. */
#define OUTCOME_ONE_FINAL "RFC9110-15-4"

/* outcome_can_break tells whether an outcome can break the requirement with this id. One that says
 * what a message looks like, or what is done with a malformed one, is broken by a message that was
 * seen; not by TAKEN_AS_FINAL, HANG, CLOSED or REPLACED, where none was. RFC9112-9.3.2-1, about the
 * order of answers, is not broken by CLOSED; what outcome_is_about_place is true of not by HANG. */
bool outcome_can_break(enum outcome outcome, const char *requirement);

/* outcome_is_about_place tells whether a requirement says where an answer comes: in the order of
 * the requests, or on the stream of its request. An answer that never comes breaks
 * OUTCOME_ONE_FINAL. */
bool outcome_is_about_place(const char *requirement);

/* OUTCOME_NO_ANSWER is what an unmet expectation is called when no stricter sentence is about it:
 * that an invalid response of the origin is answered with a 502. */
#define OUTCOME_NO_ANSWER "RFC9110-15.6.3-1"

/* OUTCOME_TAKEN_UP_LATE is about a pipelined request that was answered in its turn, but only once
 * more had come on its connection. */
#define OUTCOME_TAKEN_UP_LATE "INFO-PIPELINE"

/* OUTCOME_NOT_PASSED_ON is its name when nothing was wrong with the origin's response. */
#define OUTCOME_NOT_PASSED_ON "RFC9110-7.6-1"

/* outcome_met_by_head tells whether a requirement is met once the head of a final response is seen:
 * that the response never ended does not break it. */
bool outcome_met_by_head(const char *requirement);

/* outcome_meets tells whether the outcome can meet a requirement: HELD, FORWARDED and OK do. */
bool outcome_meets(enum outcome outcome);

/* outcomes_of_met returns what a result that passed shows of its outcomes: what a case allows, or
 * asks for, such as an error of the target's own for a broken response, is no fault there. Never
 * empty: OUTCOME_OK at least. */
outcome_set outcomes_of_met(outcome_set set);

/* verdict_of weighs: met or not, at this level. */
enum verdict verdict_of(enum judge_level level, bool met);

/* verdict_worse returns the worse of two: FAIL, ERROR, WARN, SKIP, INFO, PASS. */
enum verdict verdict_worse(enum verdict a, enum verdict b);

/* verdict_word gives "pass" ... as in the result file. Static. */
const char *verdict_word(enum verdict verdict);

/* verdict_exit_status: 1 for a FAIL, else 3 for an ERROR, else 0 (given the run's counts). */
int verdict_exit_status(unsigned num_unexpected, unsigned num_errors);

/* judge_level_strictness says in one sentence why nothing less strict fits this level. Static. */
const char *judge_level_strictness(enum judge_level level);

#endif
