#include "judge/verdict.h"

#include <stddef.h>
#include <string.h>

/* Every text about outcomes: read by who mends the target and by who runs it. */
static const struct {
  const char *word;
  const char *meaning;
  const char *impact;
} outcome_texts[NUM_OUTCOMES] = {
    [OUTCOME_CRASHED] = {"crashed", "The target, or one of its processes, died.",
                         "Every exchange that the dead process carried is cut off, and whoever can "
                         "send these bytes can do it again at will."},
    [OUTCOME_TAKEN_AS_FINAL] =
        {"taken-as-final", "An interim response was handled as if it were the final one.",
         "The client never gets its answer. The real final response is left over on the back "
         "connection, where it can be handed to somebody else's request."},
    [OUTCOME_DESYNC] = {"desync",
                        "What belongs to one exchange was taken for part of another: a response "
                        "by somebody whose request it does not answer, or a request as content.",
                        "From here on, requests and answers on the connection are out of step: "
                        "users see each other's pages and cookies, and caches may store them."},
    [OUTCOME_HANG] = {"hang", "No final response came, and the connection stayed open.",
                      "The client waits until a timeout ends it; until then a connection and its "
                      "memory are tied up on both sides of the target."},
    [OUTCOME_CLOSED] = {"closed", "The connection ended without a final response.",
                        "The client cannot tell whether its request was carried out: it shows an "
                        "error, or sends the request again and risks doing it twice."},
    [OUTCOME_REPLACED] = {"replaced", "The target answered with an error of its own.",
                          "Users get an error page for a request that the origin carried out, and "
                          "operators search for the fault at an origin that has none."},
    [OUTCOME_LEAKED] = {"leaked", "Fields of an interim response were in the final one.",
                        "What was said for a moment becomes part of the answer: clients act on it, "
                        "caches store it and hand it to others."},
    [OUTCOME_ALTERED] =
        {"altered", "An interim or final response arrived with a changed code, field or content.",
         "Client and origin disagree on what was said, and neither side's log shows why."},
    [OUTCOME_REORDERED] = {"reordered",
                           "Interim responses arrived in another order than they were sent in.",
                           "A client that reads them as progress sees it jump back and forth."},
    [OUTCOME_COLLAPSED] = {"collapsed", "Some interim responses arrived, but not all.",
                           "The client misses part of the progress or of the hints, and may take a "
                           "later one for an earlier one."},
    [OUTCOME_DROPPED] = {"dropped", "No interim response arrived; the final one did.",
                         "The client does not learn that work goes on, so long requests end in its "
                         "timeout, and early hints gain nothing."},
    [OUTCOME_UNMET] =
        {"unmet",
         "Something that the case asks for was not seen, or something came that it forbids.",
         "A peer that builds on this sentence meets something else: what it does then is its own "
         "choice, and differs from one to the next."},
    [OUTCOME_HELD] = {"held", "Interim responses arrived, but only with the final one.",
                      "They come too late to keep a client waiting or to start a preload; no "
                      "message is lost."},
    [OUTCOME_FORWARDED] = {"forwarded", "Interim responses arrived while the origin waited.",
                           "None: nothing is lost or late."},
    [OUTCOME_OK] = {"ok", "All that the case asks for was seen.", "None: nothing is lost or late."},
};

/* What differs where the target makes the responses itself; NULL: nothing. */
static const struct {
  const char *meaning;
  const char *impact;
} own_texts[NUM_OUTCOMES] = {
    [OUTCOME_TAKEN_AS_FINAL] =
        {"An interim response was sent as if it were the whole answer: no final one came behind "
         "it.",
         "The client waits for its answer until it gives up, or takes the answer to its next "
         "request for it: from then on each answer on the connection is one off."},
    [OUTCOME_HANG] = {NULL, "The client waits until a timeout ends it; until then a connection and "
                            "its memory are tied up at both ends."},
    [OUTCOME_ALTERED] = {"What came is no HTTP, or breaks its rules.",
                         "Clients differ in what they make of it: some end the connection, others "
                         "read on out of step, and the server's log shows nothing."},
};

/* At the origin seat the target makes the interim responses: none is sent, yet some are seen. */
static bool any_interim(const struct judge_exchange *exchange) {
  return exchange->interims_sent > 0 || exchange->interims_seen > 0;
}

static bool is_taken_as_final(const struct judge_exchange *exchange) {
  /* The target gave the exchange up as answered: it went on to the next request. */
  bool went_on = exchange->stalled && exchange->next_answered;
  /* It waited for the end of a final response that it took the interim one for. Without a final
   * from the origin the same end would be its right. */
  bool waited_for_end = exchange->final_sent && exchange->fell_out;
  /* It passed the interim response on as the whole answer: held back, then followed by the end. */
  bool ended_with_it = exchange->final_sent && exchange->closed && exchange->interims_late > 0;
  return any_interim(exchange) && (went_on || waited_for_end || ended_with_it);
}

static bool is_desync(const struct judge_exchange *exchange) {
  return exchange->foreign;
}

/* A final that only our closing the back connection set free is a hang too: nobody closes it for a
 * user. */
static bool is_hang(const struct judge_exchange *exchange) {
  return exchange->stalled && !is_taken_as_final(exchange);
}

static bool is_closed(const struct judge_exchange *exchange) {
  return exchange->closed && !exchange->stalled && !exchange->final_seen && !exchange->final_own &&
         !is_taken_as_final(exchange);
}

static bool is_replaced(const struct judge_exchange *exchange) {
  return exchange->final_own;
}

static bool is_leaked(const struct judge_exchange *exchange) {
  return exchange->leaked;
}

static bool is_altered(const struct judge_exchange *exchange) {
  return exchange->interims_altered || exchange->final_altered;
}

static bool is_reordered(const struct judge_exchange *exchange) {
  return exchange->interims_reordered;
}

/* That an interim response is missing shows only in the final one having overtaken it. */
static bool is_overtaken(const struct judge_exchange *exchange) {
  return exchange->interims_seen < exchange->interims_sent && !exchange->interims_unwanted &&
         exchange->final_seen && !exchange->stalled;
}

static bool is_collapsed(const struct judge_exchange *exchange) {
  return is_overtaken(exchange) && exchange->interims_seen > 0;
}

static bool is_dropped(const struct judge_exchange *exchange) {
  return is_overtaken(exchange) && exchange->interims_seen == 0;
}

/* After a final that was lost, how its interim responses travelled is no merit of the target. */
static bool is_all_across(const struct judge_exchange *exchange) {
  return exchange->interims_sent > 0 && exchange->interims_seen >= exchange->interims_sent &&
         (exchange->final_seen || !exchange->final_sent) && !exchange->stalled;
}

static bool is_held(const struct judge_exchange *exchange) {
  return is_all_across(exchange) && exchange->interims_late > 0;
}

static bool is_forwarded(const struct judge_exchange *exchange) {
  return is_all_across(exchange) && exchange->interims_late == 0;
}

static const struct {
  bool (*applies)(const struct judge_exchange *exchange);
  enum outcome outcome;
} outcome_rules[] = {
    {is_taken_as_final, OUTCOME_TAKEN_AS_FINAL},
    {is_desync, OUTCOME_DESYNC},
    {is_hang, OUTCOME_HANG},
    {is_closed, OUTCOME_CLOSED},
    {is_replaced, OUTCOME_REPLACED},
    {is_leaked, OUTCOME_LEAKED},
    {is_altered, OUTCOME_ALTERED},
    {is_reordered, OUTCOME_REORDERED},
    {is_collapsed, OUTCOME_COLLAPSED},
    {is_dropped, OUTCOME_DROPPED},
    {is_held, OUTCOME_HELD},
    {is_forwarded, OUTCOME_FORWARDED},
};

outcome_set judge_exchange_outcomes(const struct judge_exchange *exchange) {
  outcome_set set = 0;
  for (size_t i = 0; i < sizeof outcome_rules / sizeof outcome_rules[0]; i++) {
    if (outcome_rules[i].applies(exchange)) {
      set |= 1U << outcome_rules[i].outcome;
    }
  }
  return set != 0 ? set : 1U << OUTCOME_OK;
}

enum outcome outcome_first(outcome_set set) {
  for (unsigned i = 0; i < NUM_OUTCOMES; i++) {
    if ((set & (1U << i)) != 0) {
      return (enum outcome)i;
    }
  }
  return OUTCOME_OK;
}

const char *outcome_word(enum outcome outcome) {
  return outcome_texts[outcome].word;
}

const char *outcome_meaning(enum outcome outcome, bool makes_answers) {
  const char *own = makes_answers ? own_texts[outcome].meaning : NULL;
  return own != NULL ? own : outcome_texts[outcome].meaning;
}

const char *outcome_impact(enum outcome outcome, const char *requirement, bool makes_answers) {
  bool awaited = strcmp(requirement, "RFC9110-10.1.1-13") == 0 &&
                 (outcome == OUTCOME_DROPPED || outcome == OUTCOME_COLLAPSED);
  const char *unmet =
      outcome == OUTCOME_UNMET || awaited ? outcome_unmet_impact(requirement) : NULL;
  if (unmet != NULL) {
    return unmet;
  }
  const char *own = makes_answers ? own_texts[outcome].impact : NULL;
  return own != NULL ? own : outcome_texts[outcome].impact;
}

/* What an outcome breaks after valid interim responses, and otherwise. What is not listed is for
 * the case's own requirement to decide. */
static const struct {
  const char *after_valid;
  const char *otherwise;
  const char *on_streams; /* otherwise, where a client's answers come on streams of HTTP/2 */
} outcome_blamed[NUM_OUTCOMES] = {
    [OUTCOME_CRASHED] = {"HOUSE-ALIVE", "HOUSE-ALIVE", "HOUSE-ALIVE"},
    [OUTCOME_TAKEN_AS_FINAL] = {"RFC9110-15.2-4", NULL, NULL},
    [OUTCOME_DESYNC] = {"RFC9110-15.2-4", "RFC9112-9.3.2-1", "RFC9113-8.1-13"},
    [OUTCOME_HANG] = {"RFC9110-15.2-4", NULL, NULL},
    [OUTCOME_CLOSED] = {"RFC9110-15.2-4", NULL, NULL},
    [OUTCOME_REPLACED] = {"RFC9110-15.2-4", NULL, NULL},
};

const char *outcome_blames(enum outcome outcome, bool valid_interims, bool streams) {
  if (valid_interims) {
    return outcome_blamed[outcome].after_valid;
  }
  return streams ? outcome_blamed[outcome].on_streams : outcome_blamed[outcome].otherwise;
}

static const outcome_set meeting = 1U << OUTCOME_HELD | 1U << OUTCOME_FORWARDED | 1U << OUTCOME_OK;

bool outcome_meets(enum outcome outcome) {
  return (meeting & (1U << outcome)) != 0;
}

outcome_set outcomes_of_met(outcome_set set) {
  return (set & meeting) != 0 ? set & meeting : 1U << OUTCOME_OK;
}
