#include "cli/origin_facts.h"

#include "cli/trigger.h"

/* The last interim response to this request; 0 for none. */
static unsigned last_interim(const struct script *script, const struct script_exchange *exchange) {
  unsigned code = 0;
  for (const struct message_seen *m = script->clients[exchange->client].first; m != NULL;
       m = m->next) {
    if (m->interim && m->exchange < script->num_exchanges &&
        script->exchanges[m->exchange] == exchange) {
      code = m->code;
    }
  }
  return code;
}

const char *origin_unfinished(struct arena *arena, const struct script *script) {
  for (size_t i = 0; i < script->num_exchanges; i++) {
    const struct script_exchange *exchange = script->exchanges[i];
    unsigned code = last_interim(script, exchange);
    bool ended = exchange->closed || exchange->answer_over;
    bool lacks = exchange->final == NULL || !exchange->final->head_done;
    if (code != 0 && code != 101 && (exchange->next_answered || (ended && lacks))) {
      const char *how = exchange->next_answered ? "the next request on the connection was answered"
                        : exchange->stream != NULL ? "the stream ended"
                                                   : "the connection ended";
      return arena_printf(arena, "only a %u came, and no final response behind it: %s. %s", code,
                          how, code == 102 ? "A 102 is no answer, a 202 is" : "A 1xx is no answer");
    }
  }
  return NULL;
}

/* Whether a trigger brought its interim response. */
static bool saw_interim(const struct script *script, unsigned code) {
  for (size_t i = 0; i < SCRIPT_MAX_CLIENTS; i++) {
    for (const struct message_seen *m = script->clients[i].first; m != NULL; m = m->next) {
      if (m->interim && m->code == code) {
        return true;
      }
    }
  }
  return false;
}

/* The final response to the first request that was this trigger; 0 for none. */
static unsigned answer_to_trigger(const struct script *script, unsigned code) {
  for (size_t i = 0; i < script->num_exchanges; i++) {
    const struct script_exchange *exchange = script->exchanges[i];
    if (exchange->step != NULL && exchange->step->messages[0].trigger == code) {
      return exchange->final == NULL ? 0 : exchange->final->code;
    }
  }
  return 0;
}

const char *origin_idle_trigger(struct arena *arena, const struct script *script,
                                const struct case_file *file) {
  for (size_t i = 0; i < file->num_needs; i++) {
    unsigned code = trigger_needed(file->needs[i]);
    if (code == 0 || saw_interim(script, code)) {
      continue;
    }
    unsigned final = answer_to_trigger(script, code);
    return final == 0
               ? arena_printf(arena, "the trigger brought no %u, and no final response", code)
               : arena_printf(arena, "the trigger brought no %u but a %u: correct --trigger", code,
                              final);
  }
  return "";
}

bool origin_may_still_work(const struct script *script) {
  bool any = false;
  for (size_t i = 0; i < script->num_exchanges; i++) {
    const struct script_exchange *exchange = script->exchanges[i];
    bool silent = exchange->stalled && exchange->num_seen > 0 && !exchange->closed;
    if (exchange->next_answered) {
      return false;
    }
    any = any || silent;
  }
  return script->triggers && any;
}

bool origin_closed_unanswered(const struct script *script) {
  for (size_t i = 0; i < script->num_exchanges; i++) {
    if (script->exchanges[i]->closed && script->exchanges[i]->num_seen > 0) {
      return false;
    }
  }
  return true;
}
