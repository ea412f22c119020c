#include "cli/upgrade_facts.h"

bool upgrade_lost(const struct script *script) {
  for (size_t i = 0; i < script->num_exchanges; i++) {
    const struct script_exchange *exchange = script->exchanges[i];
    bool answered = exchange->final != NULL && exchange->final->head_done;
    if (exchange->switched && !answered && (exchange->closed || exchange->stalled)) {
      return true;
    }
  }
  return false;
}

const char *upgrade_passed_over(struct arena *arena, const struct script *script) {
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
