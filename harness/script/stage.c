#include "script/stage_inner.h"

#include "base/escape.h"
#include "base/memory.h"
#include "script/plain_exchange.h"
#include "script/suspect.h"

#include <stdlib.h>

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
      .front = stage->config.front,
      .scheme = stage->config.scheme,
      .coder = stage->config.coder,
      .place = stage->config.place,
      .deadline_us = slot >= SLOT_SANITY ? stage->config.patience_us : stage->deadline_us,
      .target_timeout_us = stage->config.target_timeout_us,
      .trigger_us = stage->config.trigger_us,
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
  stage->active[stage->num_active] = (struct active){.script = script, .play = play};
  stage->num_active++;
  script_run(script, stage->now_us);
}

static void begin_upload(struct stage *stage) {
  uint32_t attempt = stage->attempts[0]++;
  stage->uploaded = true;
  activate(stage, begin_script(stage, &stage->upload, "upload", SLOT_SANITY, attempt), NULL);
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
  unsigned attempt = play->num_runs + play->num_dropped;
  struct script *script = begin_script(stage, play->file, play->id, slot, attempt);
  play->runs[play->num_runs] = script;
  play->num_runs++;
  play->running = true;
  stage->looked = false;
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

/* The first that was said, escaped. */
static void keep_field(struct stage *stage, const struct message_seen *final, const char *name,
                       const char **out) {
  struct span value;
  if ((*out)[0] == '\0' && message_field_value(final, name, &value)) {
    struct bytes text = {0};
    escape_text(&text, value);
    *out = arena_printf(&stage->arena, "%s", bytes_cstr(&text));
    bytes_free(&text);
  }
}

/* Whatever came of it is the target's right; that it takes longer than a GET is to be known. */
static void end_upload(struct stage *stage, const struct script *script) {
  if (script_clean(script)) {
    stage->upload_us = script->exchanges[0]->final->end_us - script->began_us;
  }
}

static void end_sanity(struct stage *stage, struct script *script) {
  if (script->config.file == &stage->upload) {
    end_upload(stage, script);
    return;
  }
  if (!script_clean(script) || plain_exchange_wants_tls(script)) {
    if (tries_again(stage)) {
      return;
    }
    stage->failure = plain_exchange_failure(&stage->arena, script);
    if (stage->phase == STAGE_LAST_SANITY) {
      stage->died = true;
    }
    stage->phase = STAGE_DONE;
    return;
  }
  const struct script_exchange *exchange = script->exchanges[0];
  uint64_t round_trip = exchange->final->end_us - script->began_us;
  stage->round_trip_us = round_trip > stage->round_trip_us ? round_trip : stage->round_trip_us;
  stage->back_http10 = exchange->arrived_http10;
  stage->front_http10 = exchange->final->minor == 0;
  stage->back = exchange->back_number == 0 ? HTTP_H1 : HTTP_H2;
  stage->final_code = exchange->final->code;
  keep_field(stage, exchange->final, "Server", &stage->server);
  keep_field(stage, exchange->final, "Location", &stage->location);
  stage->num_sanity++;
}

/* A target that asks its origin over so many connections and no more answers nobody while plays
 * wait on all of them, for our origin to go on. Then fewer are to be in flight. */
static bool disperse(struct stage *stage) {
  size_t plays = 0;
  size_t held = 0;
  bool keeps_waiting = false;
  for (size_t i = 0; i < stage->num_active; i++) {
    const struct active *active = &stage->active[i];
    if (active->play != NULL) {
      plays++;
      held += suspect_holds(active->script) ? 1U : 0U;
      keeps_waiting = keeps_waiting || suspect_keeps_waiting(active->script);
    }
  }
  bool many = held > LEAST_CROWD;
  if (!many && !keeps_waiting) {
    return false;
  }
  if (plays > 1) {
    size_t fewer = many && held / 4 > LEAST_CROWD ? held / 4 : LEAST_CROWD;
    stage->crowd = many ? fewer : 1;
  }
  stage->crowd_of_one = plays == 1;
  stage->dispersed = true;
  stage->doubted = true;
  stage->doubted_us = stage->now_us;
  return true;
}

/* A target that answers without the crowd kept silent for want of connections; one that does not
 * was silenced by what was in flight, and those runs count. */
static void end_crowd(struct stage *stage, bool answered) {
  stage->dispersed = false;
  for (size_t i = 0; i < stage->num_plays; i++) {
    struct play *play = &stage->plays[i];
    if (play->crowded && answered && stage->crowd_of_one) {
      suspect_pardon(play);
      stage->crowd = 1;
      stage->one_by_one = true;
    } else if (play->crowded && answered) {
      suspect_drop(play);
    } else if (play->crowded) {
      suspect_count(play);
    }
    play->crowded = false;
  }
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
  bool crowded = !script->target_down && disperse(stage);
  for (size_t i = 0; i < stage->num_active; i++) {
    struct script *given_up = stage->active[i].script;
    if (script_wants_control(given_up, stage->now_us)) {
      stage->active[i].crowded = crowded;
      given_up->kept_waiting = suspect_keeps_waiting(given_up);
      script_give_up(given_up, script->target_down, stage->now_us);
    }
  }
}

static void count_death(struct stage *stage) {
  stage->num_deaths += stage->death_hurt ? 0U : 1U;
  stage->death_hurt = true;
}

static void found_down(struct stage *stage) {
  if (stage->down_since_us != 0) {
    return;
  }
  stage->down_since_us = stage->now_us;
  stage->died = true;
  uint64_t first_us = ACTOR_NEVER;
  for (size_t i = 0; i < stage->num_active; i++) {
    const struct active *active = &stage->active[i];
    first_us = active->cut && active->cut_us < first_us ? active->cut_us : first_us;
  }
  first_us = suspect_blame(stage->plays, stage->num_plays, stage->alive_us, first_us);
  for (size_t i = 0; i < stage->num_active; i++) {
    struct active *active = &stage->active[i];
    active->cut = active->cut && active->script->began_us < first_us;
    stage->active[i].script->hurt = stage->active[i].play != NULL;
  }
}

static void end_play(struct stage *stage, const struct active *ended) {
  struct play *play = ended->play;
  struct script *script = ended->script;
  play->running = false;
  play->crowded = ended->crowded;
  if (play->crowded) {
    return;
  }
  bool down = script->target_down;
  if (suspect_drop_void(play)) {
    if (down) {
      found_down(stage);
    }
    return;
  }
  play->cuts |= ended->cut ? 1U << (play->num_runs - 1) : 0U;
  play->cut_us = ended->cut_us;
  if (ended->cut && ended->death) {
    script->hurt = true;
    count_death(stage);
  }
  blame_owners(stage, script);
  suspect_count(play);
  if (script_clean(script)) {
    stage->alive_us = script->began_us > stage->alive_us ? script->began_us : stage->alive_us;
  } else if (stage->phase == STAGE_CONFIRM_ALONE && suspect_alike(script, play->runs[0])) {
    bytes_text(&stage->confirmed, suspect_symptom(&stage->arena, script));
    stage->num_confirmed_alone++;
  }
  if (script->target_down) {
    found_down(stage);
  } else if (ended->cut && !suspect_outlived(script)) {
    stage->doubted = true;
    stage->doubted_us = stage->now_us;
  }
}

/* A plain exchange has shown whether the target outlived what it cut off. */
static void end_doubt(struct stage *stage, const struct script *script) {
  if (script_clean(script)) {
    stage->doubted = false;
    end_crowd(stage, true);
  } else if (script->target_down) {
    stage->doubted = false;
    end_crowd(stage, false);
    found_down(stage);
  } else {
    stage->retry_us = stage->now_us + RETRY_US;
  }
}

static void end_active(struct stage *stage, size_t index) {
  struct active ended = stage->active[index];
  stage->active[index] = stage->active[stage->num_active - 1];
  stage->num_active--;
  origin_forget(&stage->origin, ended.script);
  if (ended.play != NULL) {
    end_play(stage, &ended);
    return;
  }
  blame_owners(stage, ended.script);
  if (ended.script == stage->control) {
    end_control(stage, ended.script);
  } else if (stage->down_since_us != 0) {
    if (script_clean(ended.script)) {
      stage->down_since_us = 0;
      stage->num_vain = 0;
    }
  } else if (stage->doubted) {
    end_doubt(stage, ended.script);
  } else {
    end_sanity(stage, ended.script);
  }
  script_free(ended.script);
  free(ended.script);
}

/* No control exchange can tell a silent target from one that is gone. */
static bool give_up_waits(struct stage *stage) {
  bool any = false;
  for (size_t i = 0; i < stage->num_active; i++) {
    if (script_wants_control(stage->active[i].script, stage->now_us)) {
      script_give_up(stage->active[i].script, true, stage->now_us);
      any = true;
    }
  }
  return any;
}

/* While the target refuses connections nothing begins but now and then a plain exchange. */
static void try_again(struct stage *stage) {
  if (stage->num_active > 0 || stage->now_us < stage->retry_us) {
    return;
  }
  double patience_us = stage->num_vain > 0 ? RETURN_US : GONE_US;
  if (stage->now_us - stage->down_since_us > (uint64_t)(patience_us * stage->config.scale)) {
    if (stage->config.can_restart && stage->num_restarts < MAX_RESTARTS &&
        stage->num_vain < MAX_VAIN_RESTARTS) {
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

/* What two runs did not settle is played once more, with nothing else in flight. */
static bool is_unsettled(const struct stage *stage) {
  for (size_t i = 0; i < stage->num_plays; i++) {
    if (!stage->plays[i].done && stage->plays[i].num_runs > 1) {
      return true;
    }
  }
  return false;
}

static void next_phase(struct stage *stage) {
  bool unsettled = stage->phase == STAGE_CONFIRM && is_unsettled(stage);
  stage->phase = unsettled ? STAGE_CONFIRM_ALONE : stage->phase + 1;
  stage->num_sanity = 0;
}

/* Before a play begins with nothing else in flight: whether the target outlived the one before, and
 * which processes it has now. True when there is nothing to wait for. */
static bool is_certain(struct stage *stage) {
  if (stage->num_active > 0) {
    return !stage_is_alone(stage) && !stage->dispersed;
  }
  uint64_t patience_us = (uint64_t)(GONE_US * stage->config.scale);
  if (stage->doubted && stage->now_us - stage->doubted_us <= patience_us) {
    if (stage->now_us >= stage->retry_us) {
      begin_plain(stage, SLOT_SANITY);
    }
    return false;
  }
  stage->doubted = false;
  end_crowd(stage, false);
  stage->wants_look = stage->config.watched && !stage->looked;
  return !stage->wants_look;
}

/* What the target speaks to our origin is known. */
static void leave_out(struct stage *stage) {
  for (size_t i = 0; i < stage->num_plays; i++) {
    struct play *play = &stage->plays[i];
    unsigned backs = play->file->backs & (stage->config.backs == 0 ? HTTP_H1 : stage->config.backs);
    play->left_out = (backs & (unsigned)stage->back) == 0;
    play->done = play->left_out;
  }
}

static void begin_sanity(struct stage *stage) {
  unsigned wanted = stage->phase == STAGE_SANITY ? SANITY_RUNS : 1;
  if (stage->num_active > 0 || stage->now_us < stage->retry_us) {
    return;
  }
  if (stage->num_sanity < wanted) {
    begin_plain(stage, SLOT_SANITY);
    return;
  }
  if (stage->config.seat == SEAT_ORIGIN && !stage->uploaded) {
    begin_upload(stage);
    return;
  }
  uint64_t many = 30 * stage->round_trip_us;
  uint64_t some = MANY_UPLOADS * stage->upload_us;
  uint64_t least = some > stage->config.floor_us ? some : stage->config.floor_us;
  stage->deadline_us = (uint64_t)((double)(many > least ? many : least) * stage->config.scale);
  if (stage->phase == STAGE_SANITY) {
    leave_out(stage);
  }
  next_phase(stage);
}

/* A target that has not noticed yet that its connection ended would send the next request on it,
 * and that play would fail for our doing. One that looks only when it sends is not waited for
 * again. */
static bool is_left(struct stage *stage) {
  if (stage->origin.num_awaited == 0) {
    stage->num_unnoticed = stage->leave_us != 0 ? 0 : stage->num_unnoticed;
    stage->leave_us = 0;
    return true;
  }
  if (stage->leave_us == 0) {
    stage->leave_us = stage->now_us + stage->deadline_us / 5;
  }
  if (stage->num_unnoticed < MAX_UNNOTICED && stage->now_us < stage->leave_us) {
    return false;
  }
  stage->num_unnoticed++;
  stage->leave_us = 0;
  origin_wait_no_more(&stage->origin);
  return true;
}

static void begin_work(struct stage *stage) {
  if (!is_left(stage)) {
    return;
  }
  if (stage->phase == STAGE_SANITY || stage->phase == STAGE_LAST_SANITY) {
    begin_sanity(stage);
    return;
  }
  if (!is_certain(stage)) {
    return;
  }
  while (stage_has_room(stage)) {
    struct play *play = stage_next_due(stage);
    if (play == NULL) {
      break;
    }
    begin_play(stage, play);
  }
  if (stage->num_active == 0) {
    next_phase(stage);
  }
}

/* True when a play was ended instead. */
static bool begin_control(struct stage *stage) {
  bool any = false;
  for (size_t i = 0; i < stage->num_active && stage->control == NULL; i++) {
    struct script *script = stage->active[i].script;
    if (!script_wants_control(script, stage->now_us)) {
      continue;
    }
    if (stage->one_by_one && suspect_keeps_waiting(script)) {
      script_hold_back(script, stage->now_us);
      any = true;
    } else {
      begin_plain(stage, SLOT_CONTROL);
    }
  }
  return any;
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
      moved = give_up_waits(stage) || moved;
      try_again(stage);
    } else {
      begin_work(stage);
      moved = begin_control(stage) || moved;
    }
    moved = moved || stage->num_active != before || stage->phase != phase;
  }
}

static void run_due(struct stage *stage) {
  for (size_t i = 0; i < stage->num_active; i++) {
    script_run(stage->active[i].script, stage->now_us);
  }
}

static struct active *owner_of(const struct stage *stage, conn_id conn) {
  for (size_t i = 0; i < stage->num_active; i++) {
    if (script_has_connection(stage->active[i].script, conn)) {
      return &stage->active[i];
    }
  }
  return NULL;
}

/* A full queue of a listening socket drops who comes, and the kernel asks again after a second (RFC
 * 6298 section 2). Requests behind such a connection may never arrive, whatever the target does. */
static void heed_queue(struct stage *stage, const struct script *script, conn_id conn) {
  if (script_opening_us(script, conn, stage->now_us) >= DROPPED_US &&
      stage->crowd > CROWD_OF_SHORT_QUEUE) {
    stage->crowd = CROWD_OF_SHORT_QUEUE;
  }
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
    struct active *owner = owner_of(stage, event->conn);
    if (owner != NULL) {
      if (!owner->cut && suspect_cut(owner->script, event)) {
        owner->cut = true;
        owner->cut_us = now_us;
      }
      if (event->kind == ACTOR_CONNECTED) {
        heed_queue(stage, owner->script, event->conn);
      }
      script_client_event(owner->script, event, now_us);
      script_run(owner->script, now_us);
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
  bool leaving = stage->leave_us != 0 && stage->down_since_us == 0;
  uint64_t earliest = leaving ? stage->leave_us : ACTOR_NEVER;
  if (stage->num_active == 0) {
    return leaving ? earliest : stage->retry_us;
  }
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
      .location = "",
      .failure = "",
  };
  stage->config.floor_us = config->floor_us != 0 ? config->floor_us : 250000;
  stage->config.patience_us =
      (uint64_t)((double)(config->patience_us != 0 ? config->patience_us : 5000000) *
                 config->scale);
  stage->config.front = config->front == 0 ? HTTP_H1 : config->front;
  stage->config.scheme = config->scheme == NULL ? "http" : config->scheme;
  stage->config.jobs = config->jobs == 0 ? 1 : config->jobs;
  stage->crowd = 5 * (size_t)stage->config.jobs;
  stage->origin = (struct origin){
      .outbox = &stage->outbox,
      .port = {stage, find_script, strayed},
      .run = config->run,
      .date = config->date,
      .coder = (config->backs & HTTP_H2) != 0 ? config->coder : NULL,
  };
  plain_exchange_case(&stage->arena, config->seat, &stage->plain);
  plain_exchange_upload(&stage->arena, &stage->upload);
  for (size_t i = 0; i < num_plays; i++) {
    plays[i] = (struct play){.file = plays[i].file, .id = plays[i].id, .accused = ""};
  }
  return stage;
}

void stage_aim(struct stage *stage, const struct stage_config *config) {
  stage->config.host = config->host;
  stage->config.path_base = config->path_base;
  stage->config.absolute = config->absolute;
  stage->config.scheme = config->scheme == NULL ? "http" : config->scheme;
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
  stage->num_vain++;
  stage->down_since_us = stage->now_us;
  stage->retry_us = stage->now_us;
}

bool stage_wants_look(const struct stage *stage) {
  return stage->wants_look;
}

/* What is found dead now may have ended its connections since then: a process that ends closes them
 * a little before it is gone. */
static uint64_t died_since(const struct stage *stage) {
  uint64_t since_us = stage->looked_us > DYING_US ? stage->looked_us - DYING_US : 0;
  return stage_is_alone(stage) || since_us < stage->quiet_us ? stage->quiet_us : since_us;
}

void stage_looked(struct stage *stage, bool died) {
  stage->death_hurt = stage->death_hurt && !died;
  for (size_t i = 0; i < stage->num_active; i++) {
    stage->active[i].death = stage->active[i].death || died;
  }
  if (died && suspect_hurt(stage->plays, stage->num_plays, died_since(stage))) {
    count_death(stage);
  }
  stage->looked_us = stage->now_us;
  if (stage->wants_look) {
    stage->wants_look = false;
    stage->looked = true;
    stage->quiet_us = stage->now_us;
  }
}

unsigned stage_num_deaths(const struct stage *stage) {
  return stage->num_deaths;
}

bool stage_restarted_in_vain(const struct stage *stage) {
  return stage->down_since_us != 0 && stage->num_vain > 0;
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

bool stage_front_http10(const struct stage *stage) {
  return stage->front_http10;
}

enum http_version stage_back(const struct stage *stage) {
  return stage->back;
}

unsigned stage_final_code(const struct stage *stage) {
  return stage->final_code;
}

const char *stage_server(const struct stage *stage) {
  return stage->server;
}

const char *stage_location(const struct stage *stage) {
  return stage->location;
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
