#include "cli/play_facts.h"

bool play_lost_upgrade(const struct script *script) {
  for (size_t i = 0; i < script->num_exchanges; i++) {
    const struct script_exchange *exchange = script->exchanges[i];
    bool answered = exchange->final != NULL && exchange->final->head_done;
    if (exchange->switched && !answered && (exchange->closed || exchange->stalled)) {
      return true;
    }
  }
  return false;
}

const char *play_without_tunnel(struct arena *arena, const struct script *script) {
  for (size_t i = 0; i < script->num_exchanges; i++) {
    const struct script_exchange *exchange = script->exchanges[i];
    if (exchange->switched && exchange->final != NULL && exchange->final->framing != H1_SWITCHED) {
      return arena_printf(arena,
                          "the target made no tunnel: it had asked the origin for the upgrade, and "
                          "answered the 101 with a %u of its own",
                          exchange->final->code);
    }
  }
  return "the target made no tunnel";
}

bool play_lacks_the_end_only(const struct script *script) {
  bool lacks = false;
  for (size_t i = 0; i < script->num_exchanges; i++) {
    const struct script_exchange *exchange = script->exchanges[i];
    const struct message_seen *final = exchange->final;
    bool unended = !exchange->automatic && (exchange->stalled || exchange->closed) &&
                   (final == NULL || !final->complete);
    if (unended && (final == NULL || !final->head_done)) {
      return false;
    }
    lacks = lacks || unended;
  }
  return lacks;
}

bool play_got_through(const struct script *script) {
  for (size_t i = 0; i < script->num_exchanges; i++) {
    if (script->exchanges[i]->arrivals > 0 || script->exchanges[i]->final != NULL) {
      return true;
    }
  }
  return false;
}

bool play_sent_interim(const struct script *script) {
  for (size_t i = 0; i < script->num_exchanges; i++) {
    if (script->exchanges[i]->num_interims > 0) {
      return true;
    }
  }
  return false;
}
