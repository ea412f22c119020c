#include "cli/record.h"

#include "base/escape.h"
#include "cli/origin_facts.h"

static void add(struct result *out, const char *name, double value) {
  out->measured[out->num_measured] = (struct measure){name, value};
  out->num_measured++;
}

void record_measures(const struct script *script, struct span requirement, struct result *out) {
  bool makes_answers = script->config.seat == SEAT_ORIGIN;
  uint64_t longest = 0;
  bool any = false;
  for (size_t i = 0; i < script->num_exchanges; i++) {
    const struct script_exchange *exchange = script->exchanges[i];
    for (size_t k = 0; k < exchange->num_interims; k++) {
      const struct sent_interim *interim = &exchange->interims[k];
      if (interim->seen && interim->seen_us >= interim->sent_us) {
        uint64_t delay = interim->seen_us - interim->sent_us;
        longest = delay > longest ? delay : longest;
        any = true;
      }
    }
  }
  if (any) {
    add(out, "interim_delay_ms", (double)longest / 1000);
  }
  if (makes_answers) {
    struct origin_measures measures;
    origin_measure(script, requirement, &measures);
    for (size_t i = 0; i < measures.num; i++) {
      add(out, measures.names[i], measures.values[i]);
    }
  }
  if (script->canary != SIZE_MAX && !makes_answers) {
    add(out, "back_connection_reused", script->back_exercised ? 1 : 0);
  }
}

void record_transcript(struct arena *arena, const struct script *script, struct result *out) {
  out->transcript = arena_array(arena, script->num_transcript, sizeof(*out->transcript));
  out->num_transcript = script->num_transcript;
  for (size_t i = 0; i < script->num_transcript; i++) {
    const struct transcript_entry *entry = &script->transcript[i];
    const char *lane = entry->lane == LANE_CLIENT ? "client" : "origin";
    struct bytes text = {0};
    escape_text(&text, entry->bytes);
    out->transcript[i] = (struct transcript_line){
        .t_us = entry->t_us,
        .lane = entry->number > 1 ? arena_printf(arena, "%s %u", lane, entry->number) : lane,
        .dir = entry->dir,
        .text = arena_printf(arena, "%s", bytes_cstr(&text)),
    };
    bytes_free(&text);
  }
}
