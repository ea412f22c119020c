/* The results of a run, as every report shows them. All text is borrowed, and none is NULL; what a
 * target sent is already escaped (base/escape.h) where it stands in a string here. */
#ifndef INTERIM_REPORT_RESULT_H
#define INTERIM_REPORT_RESULT_H

#include "judge/verdict.h"

#include <stddef.h>
#include <stdint.h>

struct transcript_line {
  uint64_t t_us;    /* since the case began */
  const char *lane; /* "client", "client 2", "origin", "origin 2", "note" */
  const char *dir;  /* "sent", "received", "note" */
  const char *text; /* escaped */
};

struct measure {
  const char *name; /* "interim_delay_ms" */
  double value;
};

struct result_requirement {
  const char *id;
  const char *level; /* "MUST" ... */
  const char *wording;
  const char *address;
};

struct result {
  const char *id; /* with its parameter values */
  const char *title;
  const char *why;   /* "" when the case gives none */
  const char *front; /* "h1" */
  const char *back;  /* "" at a seat without one */
  enum verdict verdict;
  enum judge_level level; /* that decided */
  const char *level_word;
  struct result_requirement *requirements; /* the deciding one first */
  size_t num_requirements;
  enum outcome outcome;
  outcome_set outcomes;
  const char *expected; /* "102, 200" */
  const char *observed;
  const char *reason; /* one sentence or more; "" for a pass, but not where a deviation was due */
  const char
      *fault; /* groups results with one cause: "RFC9110-15.2-4 taken-as-final"; "" for none */
  const char *known; /* the reason of an expected deviation that matched, or "" */
  bool unexpected;   /* counts towards exit status 1: a FAIL not expected, a PASS where one was */
  double duration_ms;
  struct measure *measured;
  size_t num_measured;
  const char *reproduce; /* one interim run line */
  const char *script;    /* a plain shell script that needs no interim, or "" */
  struct transcript_line *transcript;
  size_t num_transcript;
};

struct run {
  const char *tool_version;
  const char *suite;   /* the suite's version */
  const char *started; /* RFC 3339, UTC */
  double duration_ms;
  bool interrupted;
  const char *target_name; /* "" when unknown */
  const char *target_version;
  const char *seat;
  const char *target_url;
  const char *const *fronts;
  size_t num_fronts;
  const char *const *backs;
  size_t num_backs;
  struct result *results;
  size_t num_results;
  struct measure *profile; /* what INFO cases measured */
  size_t num_profile;
  const char *note;  /* about the URL that was asked for; NULL for nothing to say */
  const char *fatal; /* why no verdict counts (sanity failed, target unreachable), or "" */
};

struct run_summary {
  unsigned pass, fail, warn, info, skip, error;
  unsigned unexpected;
};

/* result_makes_answers tells whether the target makes the responses itself: it has no back. */
static inline bool result_makes_answers(const struct result *result) {
  return result->back[0] == '\0';
}

/* result_impact says in one sentence what the outcome does to users. Static. */
const char *result_impact(const struct result *result);

/* run_summarise counts the verdicts. */
struct run_summary run_summarise(const struct run *run);

#endif
