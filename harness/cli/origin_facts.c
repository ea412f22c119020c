#include "cli/origin_facts.h"

#include "cli/trigger.h"

/* Of RFC 2518 section 10.1. */
#define GUIDANCE_US UINT64_C(20000000)

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

/* The first request that got an interim response and will get no final one; NULL for none. */
static const struct script_exchange *unfinished(const struct script *script, unsigned *out_code) {
  for (size_t i = 0; i < script->num_exchanges; i++) {
    const struct script_exchange *exchange = script->exchanges[i];
    unsigned code = last_interim(script, exchange);
    bool ended = exchange->closed || exchange->answer_over;
    bool lacks = exchange->final == NULL || !exchange->final->head_done;
    if (code != 0 && code != 101 && (exchange->next_answered || (ended && lacks))) {
      *out_code = code;
      return exchange;
    }
  }
  return NULL;
}

bool origin_left_unfinished(const struct script *script) {
  unsigned code = 0;
  return unfinished(script, &code) != NULL && code != 100;
}

const char *origin_unfinished(struct arena *arena, const struct script *script) {
  unsigned code = 0;
  const struct script_exchange *exchange = unfinished(script, &code);
  if (exchange == NULL) {
    return NULL;
  }
  const char *how = exchange->next_answered    ? "the next request on the connection was answered"
                    : exchange->stream != NULL ? "the stream ended"
                                               : "the connection ended";
  return arena_printf(arena, "only a %u came, and no final response behind it: %s. %s", code, how,
                      code == 102 ? "A 102 is no answer, a 202 is" : "A 1xx is no answer");
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

/* The first request that was a trigger for this code, 0 for any; NULL for none. */
static const struct script_exchange *first_trigger(const struct script *script, unsigned code) {
  for (size_t i = 0; i < script->num_exchanges; i++) {
    const struct script_exchange *exchange = script->exchanges[i];
    unsigned trigger = exchange->step == NULL ? 0 : exchange->step->messages[0].trigger;
    if (trigger != 0 && (code == 0 || trigger == code)) {
      return exchange;
    }
  }
  return NULL;
}

const char *origin_idle_trigger(struct arena *arena, const struct script *script,
                                const struct case_file *file) {
  for (size_t i = 0; i < file->num_needs; i++) {
    unsigned code = trigger_needed(file->needs[i]);
    if (code == 0 || saw_interim(script, code)) {
      continue;
    }
    const struct script_exchange *exchange = first_trigger(script, code);
    if (exchange == NULL || exchange->final == NULL) {
      return arena_printf(arena, "the trigger brought no %u, and no final response", code);
    }
    bool own = exchange->step->messages[0].own_method;
    return arena_printf(arena,
                        own ? "with %.*s the trigger brought no %u but a %u"
                            : "the trigger%.*s brought no %u but a %u: correct --trigger",
                        own ? (int)exchange->method.len : 0, (const char *)exchange->method.ptr,
                        code, exchange->final->code);
  }
  return "";
}

const char *origin_slow_trigger(struct arena *arena, const struct script *script) {
  const struct script_exchange *exchange = first_trigger(script, 0);
  const struct message_seen *final = exchange == NULL ? NULL : exchange->final;
  uint64_t took_us = final == NULL ? 0 : final->head_us - exchange->sent_us;
  return took_us <= GUIDANCE_US
             ? ""
             : arena_printf(arena,
                            "no interim response came in %.1f s; RFC 2518, which is obsolete, "
                            "asked for a 102 after 20 s",
                            (double)took_us / 1000000);
}

/* Whoever waits for a 100 wants it now, whatever work there is. */
static bool wanted_100(const struct script *script) {
  const struct step *step =
      script->first_missed == SIZE_MAX ? NULL : &script->config.file->steps[script->first_missed];
  for (size_t i = 0; step != NULL && i < step->num_messages; i++) {
    if (step->messages[i].kind == MESSAGE_STATUS && step->messages[i].low == 100 &&
        step->messages[i].high == 100) {
      return true;
    }
  }
  return false;
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
  return script->triggers && any && !wanted_100(script);
}

bool origin_closed_unanswered(const struct script *script) {
  for (size_t i = 0; i < script->num_exchanges; i++) {
    if (script->exchanges[i]->closed && script->exchanges[i]->num_seen > 0) {
      return false;
    }
  }
  return true;
}

/* Times of one exchange, in microseconds. */
struct pace {
  uint64_t first_us;   /* from the request to the first interim response */
  uint64_t gap_us;     /* the longest between two of them */
  uint64_t silence_us; /* the longest between any two signs of life */
  uint64_t final_us;   /* from the request to the head of the final response */
  uint64_t last_us;    /* when the last sign of life came */
  unsigned num;
};

static uint64_t longer(uint64_t a, uint64_t b) {
  return a > b ? a : b;
}

static void take_pace(struct pace *pace, const struct message_seen *message) {
  uint64_t gap = message->head_us - pace->last_us;
  pace->silence_us = longer(pace->silence_us, gap);
  pace->gap_us = message->interim && pace->num > 0 ? longer(pace->gap_us, gap) : pace->gap_us;
  pace->num += message->interim ? 1U : 0U;
  pace->last_us = message->head_us;
}

static struct pace pace_of(const struct script *script, const struct script_exchange *exchange) {
  struct pace pace = {.last_us = exchange->sent_us};
  for (const struct message_seen *m = script->clients[exchange->client].first; m != NULL;
       m = m->next) {
    if (!m->head_done || m->exchange >= script->num_exchanges ||
        script->exchanges[m->exchange] != exchange) {
      continue;
    }
    take_pace(&pace, m);
    if (m->interim && pace.num == 1) {
      pace.first_us = m->head_us - exchange->sent_us;
    } else if (!m->interim) {
      pace.final_us = m->head_us - exchange->sent_us;
    }
  }
  return pace;
}

static void add(struct origin_measures *out, const char *name, double value) {
  out->names[out->num] = name;
  out->values[out->num] = value;
  out->num++;
}

static void measure_pace(const struct script *script, const struct script_exchange *trigger,
                         struct origin_measures *out) {
  struct pace pace = {0};
  if (trigger != NULL) {
    pace = pace_of(script, trigger);
  }
  if (pace.num > 0) {
    add(out, "first_interim_ms", (double)pace.first_us / 1000);
    add(out, "longest_silence_ms", (double)pace.silence_us / 1000);
  }
  if (pace.num > 1) {
    add(out, "longest_gap_ms", (double)pace.gap_us / 1000);
  }
  if (pace.final_us > 0) {
    add(out, "final_ms", (double)pace.final_us / 1000);
  }
}

/* Date is of the message, not of what it hints at. */
static bool is_hint(const struct message_field *field) {
  return !span_is_nocase(field->name, "Date");
}

static const struct message_seen *first_answer(const struct script *script,
                                               const struct script_exchange *trigger) {
  return trigger == NULL ? NULL : script->clients[trigger->client].first;
}

static void measure_hints(const struct script *script, const struct script_exchange *trigger,
                          struct origin_measures *out) {
  unsigned num = 0;
  unsigned again = 0;
  for (const struct message_seen *m = first_answer(script, trigger); m != NULL; m = m->next) {
    bool hints = m->code == 103 && m->head_done && m->exchange < script->num_exchanges &&
                 script->exchanges[m->exchange] == trigger;
    for (size_t i = 0; hints && i < m->num_fields; i++) {
      num += is_hint(&m->fields[i]) ? 1U : 0U;
      again += is_hint(&m->fields[i]) && trigger->final != NULL &&
                       message_has_field(trigger->final, m->fields[i].name, m->fields[i].value)
                   ? 1U
                   : 0U;
    }
  }
  add(out, "hinted_fields", num);
  add(out, "hinted_fields_in_final", again);
}

/* How many different places of the upload the 104s and the final response name. */
static void measure_places(const struct script *script, const struct script_exchange *trigger,
                           struct origin_measures *out) {
  struct span known[8];
  size_t num = 0;
  for (const struct message_seen *m = first_answer(script, trigger); m != NULL; m = m->next) {
    struct span place;
    bool counts = (m->code == 104 || !m->interim) && m->head_done &&
                  m->exchange < script->num_exchanges && script->exchanges[m->exchange] == trigger;
    bool found = !counts || !message_field_value(m, "Location", &place);
    for (size_t i = 0; i < num && !found; i++) {
      found = span_eq(known[i], place);
    }
    if (!found && num < sizeof(known) / sizeof(known[0])) {
      known[num++] = place;
    }
  }
  add(out, "upload_locations", (double)num);
}

/* A wait for what the server does while content is lacking. */
static void measure_patience(const struct script *script, const struct script_exchange *trigger,
                             struct origin_measures *out) {
  (void)trigger;
  const struct case_file *file = script->config.file;
  for (size_t i = 1; i < file->num_steps; i++) {
    const struct step *sent = &file->steps[i - 1];
    const struct step *step = &file->steps[i];
    if (sent->verb != VERB_SENDS || sent->messages[0].kind != MESSAGE_CONTENT ||
        step->verb != VERB_MAY_SEE || step->within_us == 0) {
      continue;
    }
    const struct script_exchange *exchange = script->exchanges[0];
    bool early =
        exchange->final != NULL && exchange->final->head_us <= script->steps[i - 1].ended_us;
    uint64_t waited = script->steps[i].ended_us - script->steps[i - 1].ended_us;
    if (!early) {
      add(out, "content_awaited_ms", (double)waited / 1000);
      add(out, "content_given_up", exchange->final != NULL || exchange->closed ? 1 : 0);
    }
  }
}

/* What a requirement that decides a case has measured. */
static const struct {
  const char *requirement;
  void (*measure)(const struct script *script, const struct script_exchange *trigger,
                  struct origin_measures *out);
} measured_for[] = {
    {"INFO-PACE", measure_pace},
    {"INFO-PATIENCE", measure_patience},
    {"RFC8297-2-2", measure_hints},
    {"DRAFT-resumable-upload-4.2.2-4", measure_places},
};

void origin_measure(const struct script *script, struct span requirement,
                    struct origin_measures *out) {
  const struct script_exchange *trigger = first_trigger(script, 0);
  *out = (struct origin_measures){0};
  for (size_t i = 0; i < sizeof(measured_for) / sizeof(measured_for[0]); i++) {
    if (span_is(requirement, measured_for[i].requirement)) {
      measured_for[i].measure(script, trigger, out);
    }
  }
}
