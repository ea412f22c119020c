#include "script/stage.h"

#include "base/escape.h"
#include "base/memory.h"
#include "script/origin.h"

#include <stdlib.h>

enum {
  SANITY_RUNS = 3,
  MAX_ALONE_CONFIRMS = 12,
  RETRY_US = 50000,
  MAX_RESTARTS = 20,
  SANITY_PATIENCE_US = 3000000,
  SLOT_SANITY = 0xfffe,
  SLOT_CONTROL = 0xffff,
};

/* A play in flight, or the sanity or control exchange. */
struct active {
  struct script *script;
  struct play *play; /* NULL for sanity and control */
};

struct stage {
  struct stage_config config;
  struct play *plays;
  size_t num_plays;
  enum stage_phase phase;
  struct outbox outbox;
  struct origin origin;
  conn_id next_conn;
  struct arena arena;
  struct case_file plain; /* GET, 200: sanity and control */
  struct active *active;
  size_t num_active;
  size_t cap_active;
  uint64_t now_us;
  uint64_t began_us;      /* the first event came then */
  size_t next_play;       /* where the search for the next play begins */
  unsigned num_sanity;    /* done in this phase */
  uint32_t attempts[2];   /* of sanity and control */
  struct script *control; /* in flight, or NULL */
  unsigned control_failures;
  uint64_t down_since_us; /* 0: the target accepts connections */
  uint64_t retry_us;      /* try a connection again then */
  bool died;
  bool wants_restart;
  unsigned num_restarts;
  uint64_t round_trip_us;
  uint64_t deadline_us;
  bool back_http10;
  const char *server;
  const char *failure;
  struct bytes confirmed; /* symptoms that were confirmed alone, one a line */
  unsigned num_confirmed_alone;
};

static const char plain_text[] = "title A plain exchange\n"
                                 "cites HOUSE-ALIVE\n"
                                 "seat origin gateway proxy client\n"
                                 "client sends GET\n"
                                 "origin sends 200\n"
                                 "client sees 200\n";

struct script *play_script(const struct play *play) {
  for (unsigned i = play->num_runs; i > 0; i--) {
    if (!script_clean(play->runs[i - 1])) {
      return play->runs[i - 1];
    }
  }
  return play->num_runs > 0 ? play->runs[0] : NULL;
}

static struct script *begin_script(struct stage *stage, const struct case_file *file,
                                   const char *id, uint32_t slot, uint32_t attempt) {
  struct script_config config = {
      .file = file,
      .id = id,
      .seat = stage->config.seat,
      .run = stage->config.run,
      .play = slot,
      .attempt = attempt & 0xffU,
      .host = stage->config.host,
      .path_base = stage->config.path_base,
      .absolute = stage->config.absolute,
      .date = stage->config.date,
      .place = stage->config.place,
      .deadline_us = slot >= SLOT_SANITY ? stage->config.patience_us : stage->deadline_us,
      .target_timeout_us = stage->config.target_timeout_us,
      .scale = stage->config.scale,
      .canary = slot < SLOT_SANITY,
      .next_conn = &stage->next_conn,
      .outbox = &stage->outbox,
  };
  struct script *script = memory_resize(NULL, sizeof(*script));
  script_init(script, &config, stage->now_us);
  if (slot >= SLOT_SANITY) {
    script_control(script, ACTOR_NEVER); /* there is nothing to hold it against */
  }
  return script;
}

static void activate(struct stage *stage, struct script *script, struct play *play) {
  if (stage->num_active == stage->cap_active) {
    stage->cap_active = stage->cap_active == 0 ? 64 : stage->cap_active * 2;
    stage->active = memory_resize(stage->active, stage->cap_active * sizeof(*stage->active));
  }
  stage->active[stage->num_active] = (struct active){script, play};
  stage->num_active++;
  script_run(script, stage->now_us);
}

static void begin_plain(struct stage *stage, uint32_t slot) {
  uint32_t attempt = stage->attempts[slot - SLOT_SANITY]++;
  struct script *script =
      begin_script(stage, &stage->plain, slot == SLOT_SANITY ? "sanity" : "control", slot, attempt);
  if (slot == SLOT_CONTROL) {
    stage->control = script;
  }
  activate(stage, script, NULL);
}

static void begin_play(struct stage *stage, struct play *play) {
  uint32_t slot = (uint32_t)(play - stage->plays);
  struct script *script = begin_script(stage, play->file, play->id, slot, play->num_runs);
  play->runs[play->num_runs] = script;
  play->num_runs++;
  play->running = true;
  activate(stage, script, play);
}

static struct script *find_script(void *self, struct nonce nonce) {
  struct stage *stage = self;
  for (size_t i = 0; i < stage->num_active; i++) {
    const struct script_config *config = &stage->active[i].script->config;
    if (config->play == nonce.play && config->attempt == nonce.attempt) {
      return stage->active[i].script;
    }
  }
  return NULL;
}

static void accuse(struct stage *stage, struct nonce nonce, enum breach breach, const char *text) {
  if (nonce.play < stage->num_plays && stage->plays[nonce.play].accused[0] == '\0') {
    stage->plays[nonce.play].accused = arena_printf(&stage->arena, "%s", text);
    stage->plays[nonce.play].accused_of = breach;
  }
}

static void strayed(void *self, struct nonce nonce, bool planted) {
  if (planted) {
    accuse(self, nonce, BREACH_SMUGGLED, "content arrived at the origin as a request");
  }
}

/* An answer that reached another play is the fault of the play it belongs to. */
static void blame_owners(struct stage *stage, const struct script *script) {
  for (size_t i = 0; i < script->num_findings; i++) {
    const struct finding *finding = &script->findings[i];
    if (finding->has_owner && finding->owner.play != script->config.play) {
      accuse(stage, finding->owner, finding->breach,
             "an answer of this case reached another case's client");
    }
  }
}

/* A target may still be starting, or may not have noticed yet that its origin is there. */
static bool tries_again(struct stage *stage) {
  if (stage->phase != STAGE_SANITY || stage->num_sanity > 0 ||
      stage->now_us - stage->began_us > (uint64_t)(SANITY_PATIENCE_US * stage->config.scale)) {
    return false;
  }
  stage->retry_us = stage->now_us + RETRY_US;
  return true;
}

static void end_sanity(struct stage *stage, struct script *script) {
  const struct script_exchange *exchange = script->num_exchanges > 0 ? script->exchanges[0] : NULL;
  if (!script_clean(script) || exchange == NULL || exchange->final == NULL) {
    if (tries_again(stage)) {
      return;
    }
    stage->failure = arena_printf(
        &stage->arena, "a plain GET through the target did not work: expected %s, observed %s%s",
        script_expected(script), script_observed(script),
        script->target_down                           ? "connection refused"
        : exchange != NULL && exchange->arrivals == 0 ? " (the request did not reach the origin)"
                                                      : "");
    if (stage->phase == STAGE_LAST_SANITY) {
      stage->died = true;
    }
    stage->phase = STAGE_DONE;
    return;
  }
  uint64_t round_trip = exchange->final->end_us - script->began_us;
  stage->round_trip_us = round_trip > stage->round_trip_us ? round_trip : stage->round_trip_us;
  stage->back_http10 = exchange->arrived_http10;
  struct span server;
  if (stage->server[0] == '\0' && message_field_value(exchange->final, "Server", &server)) {
    struct bytes text = {0};
    escape_text(&text, server);
    stage->server = arena_printf(&stage->arena, "%s", bytes_cstr(&text));
    bytes_free(&text);
  }
  stage->num_sanity++;
}

static void end_control(struct stage *stage, struct script *script) {
  stage->control = NULL;
  /* Any answer shows that the target is alive, somebody else's too: that is the owner's fault. */
  bool answered =
      script->num_exchanges > 0 && script->exchanges[0]->final != NULL && !script->target_down;
  if (answered) {
    stage->control_failures = 0;
    for (size_t i = 0; i < stage->num_active; i++) {
      script_control(stage->active[i].script, script->began_us);
      script_run(stage->active[i].script, stage->now_us);
    }
    return;
  }
  stage->control_failures++;
  if (stage->control_failures < 2 && !script->target_down) {
    return;
  }
  stage->control_failures = 0;
  for (size_t i = 0; i < stage->num_active; i++) {
    if (script_wants_control(stage->active[i].script, stage->now_us)) {
      script_give_up(stage->active[i].script, script->target_down, stage->now_us);
    }
  }
}

static void note_down(struct stage *stage, const struct script *script) {
  if (script->target_down && stage->down_since_us == 0) {
    stage->down_since_us = stage->now_us;
    stage->retry_us = stage->now_us;
    stage->died = true;
    stage_process_died(stage);
  }
}

static void end_play(struct stage *stage, struct play *play, struct script *script) {
  play->running = false;
  play->num_unclean += script_clean(script) ? 0U : 1U;
  blame_owners(stage, script);
  note_down(stage, script);
  bool clean = script_clean(script);
  play->done = play->num_runs == 1 ? clean : play->num_runs == 2 ? !clean : true;
}

static void end_active(struct stage *stage, size_t index) {
  struct active ended = stage->active[index];
  stage->active[index] = stage->active[stage->num_active - 1];
  stage->num_active--;
  origin_forget(&stage->origin, ended.script);
  if (ended.play != NULL) {
    end_play(stage, ended.play, ended.script);
    return;
  }
  blame_owners(stage, ended.script);
  if (ended.script == stage->control) {
    end_control(stage, ended.script);
  } else if (stage->down_since_us != 0) {
    if (script_clean(ended.script)) {
      stage->down_since_us = 0;
    }
  } else {
    end_sanity(stage, ended.script);
  }
  script_free(ended.script);
  free(ended.script);
}

/* What a play's miss looked like, to tell symptoms apart whatever the codes were. */
static const char *symptom(struct stage *stage, const struct play *play) {
  const struct script *script = play->runs[0];
  const char *missed =
      script->first_missed == SIZE_MAX ? "-" : script->steps[script->first_missed].observed;
  bool fell_out = false;
  bool next_answered = false;
  for (size_t i = 0; i < script->num_exchanges; i++) {
    fell_out = fell_out || script->exchanges[i]->fell_out;
    next_answered = next_answered || script->exchanges[i]->next_answered;
  }
  const char *found =
      script->num_findings == 0 ? NULL : breach_requirement(script->findings[0].breach);
  return arena_printf(&stage->arena, "%s%s%s|%s\n", missed, fell_out ? ", fell out" : "",
                      next_answered ? ", next answered" : "", found == NULL ? "-" : found);
}

/* Whether the target may have died of this play. */
static bool is_suspect(const struct play *play) {
  const struct script *script = play->runs[play->num_runs - 1];
  return script->target_down || script->hurt;
}

/* Who must be confirmed with nothing else in flight. */
static bool due_alone(struct stage *stage, const struct play *play) {
  if (play->num_runs == 0) {
    return false;
  }
  if (is_suspect(play) || play->file->alone) {
    return true;
  }
  return stage->num_confirmed_alone < MAX_ALONE_CONFIRMS &&
         (play->num_runs > 1 ||
          span_find(bytes_span(&stage->confirmed), span_of(symptom(stage, play)), 0) == SIZE_MAX);
}

static bool due(struct stage *stage, const struct play *play) {
  if (play->done || play->running) {
    return false;
  }
  switch (stage->phase) {
  case STAGE_TOGETHER:
    return play->num_runs == 0 && !play->file->alone;
  case STAGE_ALONE:
    return play->num_runs == 0;
  case STAGE_CONFIRM_ALONE:
    return due_alone(stage, play);
  case STAGE_CONFIRM:
    return play->num_runs > 0;
  case STAGE_SANITY:
  case STAGE_LAST_SANITY:
  case STAGE_DONE:
    break;
  }
  return false;
}

static struct play *next_due(struct stage *stage) {
  for (size_t i = 0; i < stage->num_plays; i++) {
    struct play *play = &stage->plays[(stage->next_play + i) % stage->num_plays];
    if (due(stage, play)) {
      stage->next_play = (size_t)(play - stage->plays) + 1;
      return play;
    }
  }
  return NULL;
}

static bool has_room(const struct stage *stage) {
  bool alone = stage->phase == STAGE_ALONE || stage->phase == STAGE_CONFIRM_ALONE;
  if (alone) {
    return stage->num_active == 0;
  }
  unsigned busy = 0;
  for (size_t i = 0; i < stage->num_active; i++) {
    busy += script_waiting(stage->active[i].script, stage->now_us) ? 0U : 1U;
  }
  return busy < stage->config.jobs && stage->num_active < 5 * (size_t)stage->config.jobs;
}

/* While the target refuses connections nothing begins but now and then a plain exchange. */
static void try_again(struct stage *stage) {
  if (stage->num_active > 0 || stage->now_us < stage->retry_us) {
    return;
  }
  if (stage->now_us - stage->down_since_us > (uint64_t)(2e6 * stage->config.scale)) {
    if (stage->config.can_restart && stage->num_restarts < MAX_RESTARTS) {
      stage->wants_restart = true;
      stage->retry_us = ACTOR_NEVER;
    } else {
      stage->phase = STAGE_DONE;
    }
    return;
  }
  stage->retry_us = stage->now_us + RETRY_US;
  begin_plain(stage, SLOT_SANITY);
}

static void next_phase(struct stage *stage) {
  stage->phase++;
  stage->next_play = 0;
  stage->num_sanity = 0;
}

static void note_confirm(struct stage *stage, const struct play *play) {
  if (stage->phase == STAGE_CONFIRM_ALONE) {
    bytes_text(&stage->confirmed, symptom(stage, play));
    stage->num_confirmed_alone++;
  }
}

static void begin_work(struct stage *stage) {
  if (stage->phase == STAGE_SANITY || stage->phase == STAGE_LAST_SANITY) {
    unsigned wanted = stage->phase == STAGE_SANITY ? SANITY_RUNS : 1;
    if (stage->num_active > 0 || stage->now_us < stage->retry_us) {
      return;
    }
    if (stage->num_sanity < wanted) {
      begin_plain(stage, SLOT_SANITY);
      return;
    }
    uint64_t many = 30 * stage->round_trip_us;
    uint64_t least = stage->config.floor_us;
    stage->deadline_us = (uint64_t)((double)(many > least ? many : least) * stage->config.scale);
    next_phase(stage);
    return;
  }
  while (has_room(stage)) {
    struct play *play = next_due(stage);
    if (play == NULL) {
      break;
    }
    note_confirm(stage, play);
    begin_play(stage, play);
    if (stage->down_since_us != 0) {
      return;
    }
  }
  if (stage->num_active == 0 && (stage->num_plays == 0 || next_due(stage) == NULL)) {
    next_phase(stage);
  }
}

static void begin_control(struct stage *stage) {
  for (size_t i = 0; i < stage->num_active && stage->control == NULL; i++) {
    if (script_wants_control(stage->active[i].script, stage->now_us)) {
      begin_plain(stage, SLOT_CONTROL);
    }
  }
}

static bool reap(struct stage *stage) {
  bool any = false;
  for (size_t i = stage->num_active; i > 0; i--) {
    if (stage->active[i - 1].script->phase == PHASE_DONE) {
      end_active(stage, i - 1);
      any = true;
    }
  }
  return any;
}

/* Goes on until nothing moves. */
static void settle(struct stage *stage) {
  bool moved = true;
  while (moved && stage->phase != STAGE_DONE) {
    moved = origin_resume(&stage->origin, stage->now_us);
    moved = reap(stage) || moved;
    size_t before = stage->num_active;
    enum stage_phase phase = stage->phase;
    if (stage->phase == STAGE_DONE) {
      break;
    }
    if (stage->down_since_us != 0) {
      try_again(stage);
    } else {
      begin_work(stage);
      begin_control(stage);
    }
    moved = moved || stage->num_active != before || stage->phase != phase;
  }
}

static void run_due(struct stage *stage) {
  for (size_t i = 0; i < stage->num_active; i++) {
    script_run(stage->active[i].script, stage->now_us);
  }
}

static struct script *owner_of(const struct stage *stage, conn_id conn) {
  for (size_t i = 0; i < stage->num_active; i++) {
    if (script_has_connection(stage->active[i].script, conn)) {
      return stage->active[i].script;
    }
  }
  return NULL;
}

static void feed(void *self, uint64_t now_us, const struct actor_event *event) {
  struct stage *stage = self;
  stage->now_us = now_us;
  stage->began_us = stage->began_us == 0 ? now_us : stage->began_us;
  if (stage->phase == STAGE_DONE) {
    return;
  }
  if (event->kind == ACTOR_TIME) {
    run_due(stage);
  } else if (event->kind == ACTOR_ACCEPTED_CONN) {
    origin_accept(&stage->origin, event->conn);
  } else if (event->conn >= ACTOR_ACCEPTED && event->kind == ACTOR_BYTES) {
    origin_bytes(&stage->origin, event->conn, event->bytes, now_us);
  } else if (event->conn >= ACTOR_ACCEPTED) {
    origin_ended(&stage->origin, event->conn, event->kind == ACTOR_RESET, now_us);
  } else {
    struct script *script = owner_of(stage, event->conn);
    if (script != NULL) {
      script_client_event(script, event, now_us);
      script_run(script, now_us);
    }
  }
  settle(stage);
}

static bool next(void *self, struct actor_command *out) {
  struct stage *stage = self;
  return outbox_next(&stage->outbox, out);
}

static uint64_t wake(const void *self) {
  const struct stage *stage = self;
  if (stage->phase == STAGE_DONE) {
    return ACTOR_NEVER;
  }
  if (stage->num_active == 0) {
    return stage->retry_us;
  }
  uint64_t earliest = ACTOR_NEVER;
  for (size_t i = 0; i < stage->num_active; i++) {
    uint64_t at = script_wake(stage->active[i].script);
    earliest = at < earliest ? at : earliest;
  }
  return earliest;
}

struct stage *stage_new(const struct stage_config *config, struct play *plays, size_t num_plays) {
  struct stage *stage = memory_resize(NULL, sizeof(*stage));
  *stage = (struct stage){
      .config = *config,
      .plays = plays,
      .num_plays = num_plays,
      .next_conn = 1,
      .server = "",
      .failure = "",
  };
  stage->config.floor_us = config->floor_us != 0 ? config->floor_us : 250000;
  stage->config.patience_us =
      (uint64_t)((double)(config->patience_us != 0 ? config->patience_us : 5000000) *
                 config->scale);
  stage->config.jobs = config->jobs == 0 ? 1 : config->jobs;
  stage->origin = (struct origin){
      .outbox = &stage->outbox,
      .port = {stage, find_script, strayed},
      .run = config->run,
      .date = config->date,
  };
  struct diag diag;
  if (case_parse(&stage->arena, "house/plain.case", span_of(plain_text), NULL, &stage->plain,
                 &diag) != 0) {
    diag_print(&diag, stderr);
    abort();
  }
  for (size_t i = 0; i < num_plays; i++) {
    plays[i] = (struct play){.file = plays[i].file, .id = plays[i].id, .accused = ""};
  }
  return stage;
}

void stage_aim(struct stage *stage, const char *host, const char *path_base, const char *absolute) {
  stage->config.host = host;
  stage->config.path_base = path_base;
  stage->config.absolute = absolute;
}

struct actor stage_actor(struct stage *stage) {
  return (struct actor){stage, feed, next, wake};
}

bool stage_done(const struct stage *stage) {
  return stage->phase == STAGE_DONE;
}

void stage_stop(struct stage *stage) {
  stage->phase = STAGE_DONE;
}

bool stage_wants_restart(const struct stage *stage) {
  return stage->wants_restart;
}

void stage_restarted(struct stage *stage) {
  stage->wants_restart = false;
  stage->num_restarts++;
  stage->down_since_us = stage->now_us;
  stage->retry_us = stage->now_us;
}

void stage_process_died(struct stage *stage) {
  for (size_t i = 0; i < stage->num_active; i++) {
    stage->active[i].script->hurt = stage->active[i].play != NULL;
  }
}

enum stage_phase stage_phase_now(const struct stage *stage) {
  return stage->phase;
}

size_t stage_num_done(const struct stage *stage) {
  size_t num = 0;
  for (size_t i = 0; i < stage->num_plays; i++) {
    num += stage->plays[i].done ? 1U : 0U;
  }
  return num;
}

const char *stage_failure(const struct stage *stage) {
  return stage->failure;
}

bool stage_target_died(const struct stage *stage) {
  return stage->died;
}

uint64_t stage_deadline_us(const struct stage *stage) {
  return stage->deadline_us;
}

uint64_t stage_round_trip_us(const struct stage *stage) {
  return stage->round_trip_us;
}

bool stage_back_http10(const struct stage *stage) {
  return stage->back_http10;
}

const char *stage_server(const struct stage *stage) {
  return stage->server;
}

void stage_free(struct stage *stage) {
  if (stage == NULL) {
    return;
  }
  for (size_t i = 0; i < stage->num_active; i++) {
    if (stage->active[i].play == NULL) {
      script_free(stage->active[i].script);
      free(stage->active[i].script);
    }
  }
  for (size_t i = 0; i < stage->num_plays; i++) {
    for (unsigned k = 0; k < stage->plays[i].num_runs; k++) {
      script_free(stage->plays[i].runs[k]);
      free(stage->plays[i].runs[k]);
      stage->plays[i].runs[k] = NULL;
    }
    stage->plays[i].num_runs = 0;
  }
  free(stage->active);
  origin_free(&stage->origin);
  outbox_free(&stage->outbox);
  bytes_free(&stage->confirmed);
  arena_free(&stage->arena);
  free(stage);
}
