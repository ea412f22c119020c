#include "script/suspect.h"

#include "script/internal.h"

#include <stdlib.h>

enum { MAX_VOID_RUNS = 6, MAX_UNASKED_RUNS = 2 };

bool suspect_cut(const struct script *script, const struct actor_event *event) {
  if (event->kind != ACTOR_FIN && event->kind != ACTOR_RESET) {
    return false;
  }
  for (size_t i = 0; i < SCRIPT_MAX_CLIENTS; i++) {
    const struct client_lane *lane = &script->clients[i];
    if (lane->state == LANE_OPEN && lane->conn == event->conn) {
      return lane_outstanding(script, i) != NULL || (!lane->closing && !lane->shut);
    }
  }
  return false;
}

bool suspect_outlived(const struct script *script) {
  const struct message_seen *final =
      script->canary == SIZE_MAX ? NULL : script->exchanges[script->canary]->final;
  return final != NULL && final->complete;
}

bool suspect_lost_answer(const struct script *script) {
  for (size_t i = 0; i < script->num_exchanges; i++) {
    const struct script_exchange *exchange = script->exchanges[i];
    if (exchange->closed && !exchange->forgone && !exchange->automatic) {
      return true;
    }
  }
  return false;
}

bool suspect_was_cut(const struct play *play) {
  return play->num_runs > 0 && (play->cuts & (1U << (play->num_runs - 1))) != 0;
}

/* Whether the answer of another play came in place of an own one. */
static bool misled(const struct script *script) {
  for (size_t i = 0; i < script->num_findings; i++) {
    const struct finding *finding = &script->findings[i];
    if (finding->has_owner && finding->owner.play != script->config.play) {
      return true;
    }
  }
  return false;
}

/* A target that dies shows it in many ways. */
static bool is_dead(const struct script *script) {
  return script->target_down || script->hurt || script->unresponsive;
}

/* What another play's answer did to a run, and a request that did not arrive, may be the
 * neighbours' doing, however often the play is repeated. */
static bool tells(const struct script *script) {
  return is_dead(script) || (!misled(script) && !script->never_arrived);
}

static unsigned count_telling(const struct play *play) {
  unsigned count = 0;
  for (unsigned i = 0; i < play->num_runs; i++) {
    count += !script_clean(play->runs[i]) && tells(play->runs[i]) ? 1U : 0U;
  }
  return count;
}

/* Two runs that were not clean need no third, unless a neighbour may have had a hand in one, or
 * they show different things: then one of these may come from what else was in flight. */
static bool agree(const struct play *play) {
  unsigned telling = count_telling(play);
  return play->num_unclean == 2 &&
         (telling == 2 || (telling == 0 && !misled(play->runs[0]) && !misled(play->runs[1]))) &&
         (is_dead(play->runs[0]) || is_dead(play->runs[1]) ||
          suspect_alike(play->runs[0], play->runs[1]));
}

void suspect_count(struct play *play) {
  play->num_unclean = 0;
  for (unsigned i = 0; i < play->num_runs; i++) {
    play->num_unclean += script_clean(play->runs[i]) ? 0U : 1U;
  }
  play->done = play->num_runs == 1   ? play->num_unclean == 0
               : play->num_runs == 2 ? play->num_unclean == 0 || agree(play)
                                     : true;
}

static bool is_suspect(const struct play *play, uint64_t alive_us) {
  if (play->running || !suspect_was_cut(play)) {
    return false;
  }
  const struct script *run = play->runs[play->num_runs - 1];
  return !suspect_outlived(run) && run->ended_us >= alive_us;
}

uint64_t suspect_blame(struct play *plays, size_t num_plays, uint64_t alive_us, uint64_t first_us) {
  for (size_t i = 0; i < num_plays; i++) {
    bool earlier = is_suspect(&plays[i], alive_us) && plays[i].cut_us < first_us;
    first_us = earlier ? plays[i].cut_us : first_us;
  }
  for (size_t i = 0; i < num_plays; i++) {
    struct play *play = &plays[i];
    if (!is_suspect(play, alive_us)) {
      continue;
    }
    struct script *run = play->runs[play->num_runs - 1];
    if (run->began_us < first_us) {
      run->target_down = true;
    } else {
      run->hurt = true;
      play->cuts &= ~(1U << (play->num_runs - 1));
    }
    suspect_count(play);
  }
  return first_us;
}

const char *suspect_symptom(struct arena *arena, const struct script *script) {
  const char *missed =
      script->first_missed == SIZE_MAX ? "-" : script->steps[script->first_missed].observed;
  bool stalled = false;
  bool fell_out = false;
  bool next_answered = false;
  for (size_t i = 0; i < script->num_exchanges; i++) {
    const struct script_exchange *exchange = script->exchanges[i];
    stalled = stalled || (exchange->stalled && exchange->final == NULL);
    fell_out = fell_out || exchange->fell_out;
    next_answered = next_answered || exchange->next_answered;
  }
  const char *found = script->num_findings == 0
                          ? "-"
                          : breach_requirement(script->findings[0].breach, script->config.front);
  struct span id = suspect_lost_answer(script) ? script->config.file->id : span_of("");
  return arena_printf(arena, "%s%s%s%s|%s|%.*s\n", missed, stalled ? ", stalled" : "",
                      fell_out ? ", fell out" : "", next_answered ? ", next answered" : "",
                      found == NULL ? "-" : found, (int)id.len, (const char *)id.ptr);
}

bool suspect_alike(const struct script *one, const struct script *other) {
  struct arena arena = {0};
  bool alike = strcmp(suspect_symptom(&arena, one), suspect_symptom(&arena, other)) == 0;
  arena_free(&arena);
  return alike;
}

bool suspect_holds(const struct script *script) {
  for (size_t i = 0; i < script->num_exchanges; i++) {
    if (script->exchanges[i]->arrivals > 0 && !script->exchanges[i]->final_sent) {
      return true;
    }
  }
  return false;
}

/* Another client of the script is on a connection that the target serves. */
static bool keeps_another(const struct script *script, size_t client) {
  for (size_t i = 0; i < SCRIPT_MAX_CLIENTS; i++) {
    const struct client_lane *lane = &script->clients[i];
    if (i != client && lane->answered && lane->state == LANE_OPEN && !lane->fin) {
      return true;
    }
  }
  return false;
}

bool suspect_keeps_waiting(const struct script *script) {
  for (size_t i = 0; i < script->num_exchanges; i++) {
    const struct script_exchange *exchange = script->exchanges[i];
    if (exchange->arrivals == 0 && exchange->final == NULL && !exchange->closed) {
      return script_makes_answers(script) ? keeps_another(script, exchange->client)
                                          : suspect_holds(script);
    }
  }
  return false;
}

void suspect_pardon(struct play *play) {
  for (unsigned i = 0; i < play->num_runs; i++) {
    struct script *run = play->runs[i];
    if (run->unresponsive && run->kept_waiting) {
      run->unresponsive = false;
      run->held_back = true;
    }
  }
  suspect_count(play);
}

void suspect_drop(struct play *play) {
  play->num_dropped++;
  play->num_runs--;
  script_free(play->runs[play->num_runs]);
  free(play->runs[play->num_runs]);
  play->runs[play->num_runs] = NULL;
}

/* The target says of a request that its origin cannot be asked, or ends the connection without a
 * word. It may have sent that request on a connection that we had just ended: nothing of it is left
 * for us to see then. */
static bool lost_the_origin(const struct script *script) {
  for (size_t i = 0; i < script->num_exchanges; i++) {
    const struct script_exchange *exchange = script->exchanges[i];
    const struct message_seen *final = exchange->final;
    bool said = final != NULL && final->code >= 502 && final->code <= 504;
    if (exchange->arrivals == 0 && (said || (final == NULL && exchange->closed))) {
      return true;
    }
  }
  return false;
}

bool suspect_drop_void(struct play *play) {
  struct script *script = play->runs[play->num_runs - 1];
  bool unsent = script->target_down && script->num_exchanges == 0;
  bool robbed = script->robbed && !script_clean(script);
  bool unasked = script_clean(script) && !script_makes_answers(script) && lost_the_origin(script) &&
                 play->num_void < MAX_UNASKED_RUNS;
  if ((!unsent && !robbed && !unasked) || play->num_void == MAX_VOID_RUNS) {
    return false;
  }
  play->num_void++;
  suspect_drop(play);
  return true;
}

bool suspect_hurt(struct play *plays, size_t num_plays, uint64_t since_us) {
  bool any = false;
  for (size_t i = 0; i < num_plays; i++) {
    struct play *play = &plays[i];
    if (play->running || !suspect_was_cut(play)) {
      continue;
    }
    struct script *run = play->runs[play->num_runs - 1];
    if (run->ended_us > since_us) {
      run->hurt = true;
      suspect_count(play);
      any = true;
    }
  }
  return any;
}

struct script *play_script(const struct play *play) {
  struct script *found = NULL;
  for (unsigned i = 0; i < play->num_runs; i++) {
    struct script *run = play->runs[i];
    if (!script_clean(run) && (found == NULL || tells(run) || !tells(found))) {
      found = run;
    }
  }
  return found != NULL ? found : play->num_runs > 0 ? play->runs[0] : NULL;
}

struct script *play_judged(const struct play *play) {
  for (unsigned i = play->num_runs; i > 0 && count_telling(play) < 2; i--) {
    if (script_clean(play->runs[i - 1])) {
      return play->runs[i - 1];
    }
  }
  return play_script(play);
}

bool play_misled(const struct play *play) {
  return misled(play_judged(play));
}
