#include "script/suspect.h"

#include "script/internal.h"

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

const char *suspect_symptom(struct arena *arena, const struct play *play) {
  const struct script *script = play->runs[0];
  const char *missed =
      script->first_missed == SIZE_MAX ? "-" : script->steps[script->first_missed].observed;
  bool fell_out = false;
  bool next_answered = false;
  for (size_t i = 0; i < script->num_exchanges; i++) {
    fell_out = fell_out || script->exchanges[i]->fell_out;
    next_answered = next_answered || script->exchanges[i]->next_answered;
  }
  const char *found = script->num_findings == 0
                          ? "-"
                          : breach_requirement(script->findings[0].breach, script->config.front);
  struct span id = suspect_lost_answer(script) ? play->file->id : span_of("");
  return arena_printf(arena, "%s%s%s|%s|%.*s\n", missed, fell_out ? ", fell out" : "",
                      next_answered ? ", next answered" : "", found == NULL ? "-" : found,
                      (int)id.len, (const char *)id.ptr);
}
