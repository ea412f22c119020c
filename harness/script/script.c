#include "script/internal.h"

enum { TRANSCRIPT_LIMIT = 64 * 1024 };

void script_init(struct script *script, const struct script_config *config, uint64_t now_us) {
  *script = (struct script){
      .config = *config,
      .phase = PHASE_STEPS,
      .began_us = now_us,
      .ran_us = now_us,
      .wait_us = ACTOR_NEVER,
      .deadline_us = ACTOR_NEVER,
      .budget_us = config->deadline_us,
      .first_missed = SIZE_MAX,
      .canary = SIZE_MAX,
      .fallen = "",
      .over_limit = "",
  };
  arena_init(&script->arena);
  script->steps = arena_array(&script->arena, config->file->num_steps, sizeof(*script->steps));
  for (size_t i = 0; i < config->file->num_steps; i++) {
    const struct step *step = &config->file->steps[i];
    script->steps[i].observed = "";
    script->triggers =
        script->triggers || (step->num_messages > 0 && step->messages[0].trigger != 0);
  }
}

void script_record(struct script *script, enum lane lane, unsigned number, const char *dir,
                   struct span bytes, uint64_t now_us) {
  if (script->transcript_bytes >= TRANSCRIPT_LIMIT) {
    return;
  }
  script->transcript = arena_grow(&script->arena, script->transcript, script->num_transcript,
                                  &script->cap_transcript, sizeof(*script->transcript));
  size_t room = TRANSCRIPT_LIMIT - script->transcript_bytes;
  struct span kept = bytes.len > room ? span_make(bytes.ptr, room) : bytes;
  script->transcript_bytes += kept.len + 32;
  script->transcript[script->num_transcript] = (struct transcript_entry){
      .t_us = now_us - script->began_us,
      .lane = lane,
      .number = number,
      .dir = dir,
      .bytes = arena_copy(&script->arena, kept),
  };
  script->num_transcript++;
}

void script_find(struct script *script, enum breach breach, const struct nonce *owner,
                 const char *text) {
  for (size_t i = 0; i < script->num_findings; i++) {
    if (script->findings[i].breach == breach && strcmp(script->findings[i].text, text) == 0) {
      return;
    }
  }
  script->findings = arena_grow(&script->arena, script->findings, script->num_findings,
                                &script->cap_findings, sizeof(*script->findings));
  struct finding *finding = &script->findings[script->num_findings];
  script->num_findings++;
  *finding = (struct finding){.breach = breach, .text = text, .has_owner = owner != NULL};
  if (owner != NULL) {
    finding->owner = *owner;
  }
}

void script_planted(struct script *script, enum breach breach, const char *text) {
  script_find(script, breach, NULL, arena_printf(&script->arena, "%s", text));
}

void step_end(struct script *script, enum step_state state, const char *observed, uint64_t now_us) {
  struct step_record *record = &script->steps[script->pc];
  wait_end(script, now_us);
  if (record->state == STEP_PENDING) {
    record->state = state;
    record->observed = observed;
  }
  record->ended_us = now_us;
  if (record->state == STEP_MISSED) {
    script->missed = true;
    script->first_missed = script->pc < script->first_missed ? script->pc : script->first_missed;
  }
  script->rep = 0;
  script->opened = false;
  script->pc++;
}

/* Nobody has to ask for several things at once: while our origin owes an answer, the target may
 * hold the next request back. */
void step_not_arrived(struct script *script, const struct script_exchange *exchange) {
  for (size_t i = 0; i < script->num_exchanges && !script->missed; i++) {
    const struct script_exchange *other = script->exchanges[i];
    script->held_back = script->held_back || (other != exchange && other->arrivals > 0 &&
                                              !other->final_sent && !other->back_ended_by_us);
  }
}

void step_no_tunnel(struct script *script, uint64_t now_us) {
  script->no_tunnel = true;
  step_end(script, STEP_PASSED_OVER, "there is no tunnel", now_us);
}

static void run_steps(struct script *script, uint64_t now_us) {
  const struct case_file *file = script->config.file;
  while (script->pc < file->num_steps) {
    const struct step *step = &file->steps[script->pc];
    bool sees =
        step->verb == VERB_SEES || step->verb == VERB_MAY_SEE || step->verb == VERB_NEVER_SEES;
    enum progress progress =
        sees ? step_see(script, step, now_us) : step_send(script, step, now_us);
    if (progress == PROGRESS_BLOCKED) {
      return;
    }
  }
  canary_begin(script, now_us);
}

void script_run(struct script *script, uint64_t now_us) {
  script->ran_us = now_us;
  enum script_phase before = PHASE_DONE;
  while (script->phase != before && script->phase != PHASE_DONE) {
    before = script->phase;
    switch (script->phase) {
    case PHASE_STEPS:
      run_steps(script, now_us);
      break;
    case PHASE_PROBE_NEXT:
    case PHASE_PROBE_FALL:
      probe_run(script, now_us);
      break;
    case PHASE_CANARY:
    case PHASE_CANARY_FRESH:
      canary_run(script, now_us);
      break;
    case PHASE_CANARY_METHOD:
      canary_method_run(script, now_us);
      break;
    case PHASE_DONE:
      break;
    }
  }
}

static uint64_t waiting_after(const struct script *script) {
  return script->config.deadline_us / 5;
}

uint64_t script_wake(const struct script *script) {
  if (script->phase == PHASE_DONE) {
    return ACTOR_NEVER;
  }
  uint64_t wake = ACTOR_NEVER;
  if (script->wake_us > script->ran_us) {
    wake = script->wake_us;
  }
  if (script->wait_us == ACTOR_NEVER) {
    return wake;
  }
  /* From then on it counts as waiting, and the stage may begin another. */
  uint64_t waiting = script->wait_us + waiting_after(script);
  if (waiting > script->ran_us && waiting < wake) {
    wake = waiting;
  }
  if (script->deadline_us > script->ran_us && script->deadline_us < wake) {
    wake = script->deadline_us;
  }
  return wake;
}

bool script_wants_control(const struct script *script, uint64_t now_us) {
  return script->phase != PHASE_DONE && script->wait_us != ACTOR_NEVER &&
         script->deadline_us != ACTOR_NEVER && now_us >= script->deadline_us &&
         script->control_us < script->deadline_us;
}

void script_control(struct script *script, uint64_t began_us) {
  script->control_us = began_us > script->control_us ? began_us : script->control_us;
}

void script_give_up(struct script *script, bool down, uint64_t now_us) {
  if (script->phase == PHASE_DONE) {
    return;
  }
  script->target_down = script->target_down || down;
  script->unresponsive = script->unresponsive || !down;
  while (script->pc < script->config.file->num_steps) {
    step_end(script, STEP_PASSED_OVER, "", now_us);
  }
  script_finish(script, now_us);
}

void script_hold_back(struct script *script, uint64_t now_us) {
  script_give_up(script, false, now_us);
  script->unresponsive = false;
  script->held_back = true;
}

bool script_waiting(const struct script *script, uint64_t now_us) {
  return script->missed ||
         (script->wait_us != ACTOR_NEVER && now_us >= script->wait_us + waiting_after(script));
}

bool script_clean(const struct script *script) {
  return !script->missed && script->num_findings == 0 && !script->unresponsive &&
         !script->target_down && !script->hurt && !script->never_arrived;
}

static void free_stream(struct translate *stream) {
  if (stream != NULL) {
    translate_free(stream);
  }
}

/* What is of no use once the play is over; its messages and its transcript are. */
static void free_windows(struct script *script) {
  for (size_t i = 0; i < script->num_exchanges; i++) {
    bytes_free(&script->exchanges[i]->sent_window);
    bytes_free(&script->exchanges[i]->sent_all);
    free_stream(script->exchanges[i]->stream);
    free_stream(script->exchanges[i]->asked);
    free_stream(script->exchanges[i]->answered);
  }
  for (size_t i = 0; i < SCRIPT_MAX_CLIENTS; i++) {
    bytes_free(&script->clients[i].window);
    bytes_free(&script->clients[i].sent_window);
    bytes_free(&script->clients[i].glue);
    bytes_free(&script->clients[i].request);
    h2_lane_free(&script->clients[i]);
  }
  bytes_free(&script->piece);
  bytes_free(&script->origin_glue);
}

void script_finish(struct script *script, uint64_t now_us) {
  for (size_t i = 0; i < SCRIPT_MAX_CLIENTS; i++) {
    if (script->clients[i].state != LANE_NEW && script->clients[i].state != LANE_ENDED) {
      outbox_add(script->config.outbox,
                 (struct actor_command){.kind = ACTOR_CLOSE, .conn = script->clients[i].conn});
      script->clients[i].state = LANE_ENDED;
    }
  }
  free_windows(script);
  script->ended_us = now_us;
  script->phase = PHASE_DONE;
}

void script_free(struct script *script) {
  free_windows(script);
  for (size_t i = 0; i < script->num_exchanges; i++) {
    if (script->exchanges[i]->request != NULL) {
      bytes_free(&script->exchanges[i]->request->content);
    }
  }
  for (size_t i = 0; i < SCRIPT_MAX_CLIENTS; i++) {
    for (struct message_seen *m = script->clients[i].first; m != NULL; m = m->next) {
      bytes_free(&m->content);
    }
  }
  arena_free(&script->arena);
}
