/* What the target does, as rows have it, and each fact about a play that a verdict or a report is
 * made of. */
#ifndef INTERIM_TESTS_SCRIPT_FACTS_H
#define INTERIM_TESTS_SCRIPT_FACTS_H

#include "tests/script_bench.h"

/* One thing that the target does, or time that passes. */
struct act {
  enum { NONE, ASKS, ANSWERS, CLOSES, RESETS, LEAVES, BREAKS, PASSES } what;
  unsigned conn; /* of our client from 1, of our origin from 0; PASSES: milliseconds */
  const char *text;
};

#define ARRIVES                                                                                    \
  { ASKS, 0, ASK("GET", "0") }

static inline void act(struct bench *bench, const struct act *act) {
  switch (act->what) {
  case NONE:
    break;
  case ASKS:
    target_asks(bench, act->conn, act->text);
    break;
  case ANSWERS:
    target_answers(bench, act->conn, act->text);
    break;
  case CLOSES:
    target_ends(bench, act->conn, ACTOR_FIN);
    break;
  case RESETS:
    target_ends(bench, act->conn, ACTOR_RESET);
    break;
  case LEAVES:
    target_leaves(bench, act->conn, false);
    break;
  case BREAKS:
    target_leaves(bench, act->conn, true);
    break;
  case PASSES:
    time_passes(bench, UINT64_C(1000) * act->conn);
    break;
  }
}

struct fact {
  const char *name;
  bool is;
};

static inline void put_facts(struct bytes *out, const struct fact *facts, size_t num) {
  for (size_t i = 0; i < num; i++) {
    if (facts[i].is) {
      bytes_printf(out, "%s%s", out->len == 0 ? "" : " ", facts[i].name);
    }
  }
}

static inline void put_play(struct bytes *out, const struct script *script) {
  const struct fact facts[] = {
      {"missed", script->missed},
      {"woken", script->woken},
      {"never-arrived", script->never_arrived},
      {"no-tunnel", script->no_tunnel},
      {"lost-request", script->lost_request},
      {"held-back", script->held_back},
      {"target-down", script->target_down},
      {"wrong-back", script->wrong_back},
      {"asked-http10", script->asked_http10},
      {"unresponsive", script->unresponsive},
      {"back-exercised", script->back_exercised},
  };
  put_facts(out, facts, sizeof(facts) / sizeof(facts[0]));
  for (size_t i = 0; i < script->num_findings; i++) {
    const char *id = breach_requirement(script->findings[i].breach, HTTP_H1);
    bytes_printf(out, "%s[%s]", out->len == 0 ? "" : " ", id == NULL ? "case" : id);
  }
}

static inline void put_exchange(struct bytes *out, const struct script_exchange *exchange) {
  const struct fact facts[] = {
      {"stalled", exchange->stalled},
      {"waited", exchange->waited},
      {"closed", exchange->closed},
      {"forgone", exchange->forgone},
      {"passed-over", exchange->passed_over},
      {"foreign", exchange->foreign},
      {"leaked", exchange->leaked},
      {"altered", exchange->altered},
      {"final-altered", exchange->final_altered},
      {"reordered", exchange->reordered},
      {"late", exchange->num_late > 0},
      {"fell-out", exchange->fell_out},
      {"next-answered", exchange->next_answered},
      {"resent", exchange->resent},
      {"retried", exchange->arrivals > 1},
      {"answered-unasked", exchange->answered_unasked},
      {"back-left", exchange->back_left},
      {"switched", exchange->switched},
      {"invalid", !exchange->valid_interims},
      {"sent-broken", exchange->sent_broken},
      {"final-sent", exchange->final_sent},
  };
  struct bytes text = {0};
  put_facts(&text, facts, sizeof(facts) / sizeof(facts[0]));
  bytes_printf(out, "%s%s", text.len > 0 ? "; " : ";", bytes_cstr(&text));
  bytes_free(&text);
}

static inline const char *first_observed(const struct bench *bench) {
  for (size_t i = 0; i < bench->file.num_steps; i++) {
    if (bench->script.steps[i].observed[0] != '\0') {
      return bench->script.steps[i].observed;
    }
  }
  return "";
}

/* Those that are true of the play, and then of its requests by number. In the bench's arena. */
static inline const char *facts_of(struct bench *bench) {
  struct bytes facts = {0};
  put_play(&facts, &bench->script);
  for (size_t k = 0; k < bench->script.num_exchanges; k++) {
    put_exchange(&facts, bench->script.exchanges[k]);
  }
  const char *text = arena_printf(&bench->arena, "%s", bytes_cstr(&facts));
  bytes_free(&facts);
  return text;
}

#endif
