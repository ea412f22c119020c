#include "script/internal.h"

/* After the steps: what a stall really is, and whether the connections are still in step. */

static struct script_exchange *stalled_exchange(const struct script *script) {
  for (size_t i = 0; i < script->num_exchanges; i++) {
    struct script_exchange *exchange = script->exchanges[i];
    const struct client_lane *lane = &script->clients[exchange->client];
    bool owed = exchange->passed_over && exchange->arrivals > 0 && !exchange->final_sent;
    if (exchange->stalled && !owed && !exchange->automatic && !lane_is_over(lane) &&
        !exchange->answer_over && (exchange->final == NULL || !exchange->final->complete)) {
      return exchange;
    }
  }
  return NULL;
}

static struct script_exchange *send_plain(struct script *script, size_t client, struct span method,
                                          uint64_t now_us) {
  struct script_exchange *exchange = exchange_add(script, client, NULL);
  exchange->automatic = true;
  exchange->method = method;
  struct case_message request = {.kind = MESSAGE_REQUEST, .method = method, .minor = -1};
  struct step step = {.messages = &request, .num_messages = 1};
  struct compose_context context;
  exchange_context(script, exchange, &context);
  const char *target =
      arena_printf(&script->arena, "%s%s", script->config.absolute, exchange->path);
  context.target = target;
  lane_request(script, exchange);
  if (lane_speaks_h2(script, client)) {
    h2_lane_ask_plain(script, exchange, &step, &context, now_us);
    return exchange;
  }
  struct bytes out = {0};
  compose_request(&out, &step, &context);
  lane_write(script, client, bytes_span(&out), now_us);
  bytes_free(&out);
  return exchange;
}

static void begin_fall(struct script *script, struct script_exchange *exchange, uint64_t now_us) {
  script->phase = PHASE_PROBE_FALL;
  script->wait_us = ACTOR_NEVER;
  script->budget_us = script->config.deadline_us;
  wait_begin(script, 0, now_us);
  back_end(script, exchange, ACTOR_CLOSE, now_us);
}

/* A target that makes its answers itself has nobody behind it. */
static void probe_from_behind(struct script *script, struct script_exchange *exchange,
                              uint64_t now_us) {
  if (script_makes_answers(script)) {
    script_finish(script, now_us);
  } else {
    begin_fall(script, exchange, now_us);
  }
}

/* A later request on its connection lacks its answer too. */
static bool more_lack(const struct script *script, struct script_exchange *exchange) {
  for (size_t i = exchange_index(script, exchange) + 1; i < script->num_exchanges; i++) {
    const struct script_exchange *later = script->exchanges[i];
    if (!later->automatic && later->front == exchange->front && later->final == NULL) {
      return true;
    }
  }
  return false;
}

/* The exchange itself, if an interim response came; at an origin, whose answers bear no name, also
 * the last one before it on the connection, when there is one answer too few: a target that lacks
 * more has skipped nobody, it stopped. NULL for none. */
static struct script_exchange *last_with_interim(const struct script *script,
                                                 struct script_exchange *exchange) {
  if (exchange->num_seen > 0 || !script_makes_answers(script) || more_lack(script, exchange)) {
    return exchange->num_seen > 0 ? exchange : NULL;
  }
  for (size_t i = exchange_index(script, exchange); i > 0; i--) {
    struct script_exchange *before = script->exchanges[i - 1];
    if (before->front == exchange->front && before->num_seen > 0) {
      return before;
    }
  }
  return NULL;
}

/* An origin server answered what came before it on its connection: it may look for more only when
 * more arrives. */
static bool is_behind_answered(const struct script *script, struct script_exchange *exchange) {
  for (size_t i = exchange_index(script, exchange); i > 0 && script_makes_answers(script); i--) {
    const struct script_exchange *before = script->exchanges[i - 1];
    if (before->front == exchange->front && before->final != NULL && before->final->complete) {
      return true;
    }
  }
  return false;
}

static void begin_probe(struct script *script, struct script_exchange *exchange, uint64_t now_us) {
  script->probed = exchange_index(script, exchange);
  exchange->probed_us = now_us;
  /* Streams of HTTP/2 do not wait for each other: the next one's answer says nothing of this one.
   */
  bool interim = last_with_interim(script, exchange) != NULL;
  bool telling = interim || is_behind_answered(script, exchange);
  if (telling && exchange->stream == NULL && lane_at_boundary(&script->clients[exchange->client])) {
    script->phase = PHASE_PROBE_NEXT;
    script->budget_us = script->config.deadline_us / 2;
    /* Its answer may come in the place of the one that is lacking: to HEAD, without content. */
    bool head = !interim && span_is(exchange->method, "HEAD");
    (void)send_plain(script, exchange->client, span_of(head ? "HEAD" : "GET"), now_us);
    wait_begin(script, 0, now_us);
    return;
  }
  probe_from_behind(script, exchange, now_us);
}

/* The stalled exchange's lane got a message that belongs to the next request. */
static bool next_was_answered(const struct script *script, const struct script_exchange *stalled) {
  size_t next = script->num_exchanges - 1;
  const struct client_lane *lane = &script->clients[stalled->client];
  for (const struct message_seen *m = lane->first; m != NULL; m = m->next) {
    if (!m->interim && m->head_done && m->owner == OWNER_FOREIGN && m->nonce.request == next &&
        m->nonce.play == script->config.play) {
      return true;
    }
  }
  return false;
}

static void fallen_text(struct script *script, const struct client_lane *lane,
                        const struct message_seen *before) {
  const struct message_seen *m = before == NULL ? lane->first : before->next;
  for (; m != NULL; m = m->next) {
    script->fallen =
        arena_printf(&script->arena, "%s%s%s", script->fallen,
                     script->fallen[0] == '\0' ? "" : ", ", message_word(&script->arena, m));
  }
  if (lane_is_over(lane)) {
    script->fallen = arena_printf(&script->arena, "%s%sclose", script->fallen,
                                  script->fallen[0] == '\0' ? "" : ", ");
  }
}

static void end_fall(struct script *script, struct script_exchange *exchange, uint64_t now_us) {
  const struct client_lane *lane = &script->clients[exchange->client];
  const struct message_seen *before = NULL;
  bool interim_out = false;
  for (const struct message_seen *m = lane->first; m != NULL; m = m->next) {
    if (m->head_us < script->wait_us || !m->head_done) {
      before = m;
    } else {
      interim_out = interim_out || m->interim;
    }
  }
  fallen_text(script, lane, before);
  bool own = exchange->final != NULL && exchange->final->owner == OWNER_TARGET;
  exchange->fell_out = interim_out || (lane_is_over(lane) && !own);
  script->wait_us = ACTOR_NEVER;
  script_finish(script, now_us);
}

static bool is_answered(const struct script_exchange *exchange) {
  return exchange->final != NULL && exchange->final->complete;
}

static void run_next(struct script *script, struct script_exchange *exchange, bool over, bool late,
                     uint64_t now_us) {
  bool answered = is_answered(exchange);
  /* What came only once another request was there may be one answer behind from here on. */
  bool behind = answered && exchange->final->owner == OWNER_OURS;
  bool next_too = is_answered(script->exchanges[script->num_exchanges - 1]);
  bool skipped = next_was_answered(script, exchange) || (behind && late && !next_too);
  struct script_exchange *left = skipped ? last_with_interim(script, exchange) : NULL;
  exchange->next_answered = skipped;
  if (left != NULL) {
    left->next_answered = true;
  }
  bool both = behind && next_too;
  script->woken = both && is_behind_answered(script, exchange);
  if (skipped || both) {
    script_finish(script, now_us);
  } else if (over || late || (answered && !behind)) {
    probe_from_behind(script, exchange, now_us);
  }
}

void probe_run(struct script *script, uint64_t now_us) {
  struct script_exchange *exchange = script->exchanges[script->probed];
  bool over = lane_is_over(&script->clients[exchange->client]);
  bool late = now_us >= script->deadline_us;
  if (script->phase == PHASE_PROBE_NEXT) {
    run_next(script, exchange, over, late, now_us);
  } else if (over || late || is_answered(exchange)) {
    end_fall(script, exchange, now_us);
  }
}

/* The method of a request that the target answered with an error of its own; empty for none. Does
 * it refuse the method itself? */
static struct span refused_method(const struct script *script) {
  for (size_t i = 0; i < script->num_exchanges; i++) {
    const struct script_exchange *exchange = script->exchanges[i];
    const struct message_seen *final = exchange->final;
    bool own = final != NULL && final->owner == OWNER_TARGET && final->code >= 500;
    if (own && !exchange->automatic && !exchange->upgrades &&
        !span_is(exchange->method, "CONNECT")) {
      return exchange->method;
    }
  }
  return span_make(NULL, 0);
}

static void send_canary(struct script *script, struct span method, uint64_t now_us) {
  (void)send_plain(script, 0, method, now_us);
  script->canary = script->num_exchanges - 1;
  script->wait_us = ACTOR_NEVER;
  wait_begin(script, 0, now_us);
}

static void begin_fresh(struct script *script, uint64_t now_us) {
  script->phase = PHASE_CANARY_FRESH;
  script->canary = SIZE_MAX;
  script->wait_us = ACTOR_NEVER;
  /* A server may serve one connection at a time. */
  size_t num = script_makes_answers(script) ? SCRIPT_MAX_CLIENTS : 1;
  for (size_t i = 0; i < num; i++) {
    lane_close(script, i, ACTOR_CLOSE, now_us);
  }
  lane_open(script, 0, now_us);
}

/* An exchange whose final came after it had been waited for in vain, while the last request on its
 * lane has none yet: the target may be one answer behind. */
static struct script_exchange *late_exchange(const struct script *script) {
  const struct script_exchange *last =
      script->num_exchanges == 0 ? NULL : script->exchanges[script->num_exchanges - 1];
  if (last == NULL || (last->final != NULL && last->final->complete) ||
      lane_is_over(&script->clients[last->client])) {
    return NULL;
  }
  for (size_t i = 0; i + 1 < script->num_exchanges; i++) {
    struct script_exchange *exchange = script->exchanges[i];
    if (exchange->client == last->client && exchange->stalled && exchange->final != NULL &&
        exchange->final->complete && exchange->final->owner == OWNER_OURS) {
      return exchange;
    }
  }
  return NULL;
}

static bool can_go_on(const struct script *script) {
  const struct client_lane *lane = &script->clients[0];
  return lane->state == LANE_OPEN && !lane_is_over(lane) && !lane->shut && !lane->closing &&
         lane_outstanding(script, 0) == NULL && !lane->tunnel && !lane->inside &&
         lane_at_boundary(lane);
}

/* What was sent after the stall may have ended it: over HTTP/2 a window may have opened. False
 * while that may be on its way. */
static bool at_rest(struct script *script, const struct script_exchange *stalled, uint64_t now_us) {
  bool waits = stalled != NULL && stalled->stream != NULL && script->unrested;
  if (waits) {
    if (script->wait_us == ACTOR_NEVER) {
      script->budget_us = script->config.deadline_us;
    }
    wait_begin(script, 0, now_us);
    waits = !wait_over(script, now_us);
  }
  if (!waits) {
    wait_end(script, now_us);
    script->unrested = false;
  }
  return !waits;
}

void canary_begin(struct script *script, uint64_t now_us) {
  struct script_exchange *stalled = stalled_exchange(script);
  if (!at_rest(script, stalled, now_us)) {
    return;
  }
  struct script_exchange *late = late_exchange(script);
  if (late != NULL) {
    script->probed = exchange_index(script, late);
    script->phase = PHASE_PROBE_NEXT;
    script->budget_us = script->config.deadline_us / 2;
    wait_begin(script, 0, now_us);
    return;
  }
  if (stalled != NULL && (stalled->arrivals > 0 || script_makes_answers(script))) {
    begin_probe(script, stalled, now_us);
    return;
  }
  if (stalled != NULL || !script->config.canary || script->target_down || script->unresponsive) {
    script_finish(script, now_us);
    return;
  }
  for (size_t i = 0; i < script->num_exchanges; i++) {
    if (script->exchanges[i]->back != 0) {
      script->last_back = script->exchanges[i]->back;
    }
  }
  script->budget_us = script->config.deadline_us;
  if (can_go_on(script)) {
    script->phase = PHASE_CANARY;
    return;
  }
  begin_fresh(script, now_us);
}

static void canary_lost(struct script *script, uint64_t now_us) {
  if (script->phase == PHASE_CANARY) {
    begin_fresh(script, now_us);
    return;
  }
  script->target_down = script->target_down || script->clients[0].refused;
  script_finish(script, now_us);
}

/* All is well with GET. */
static void canary_answered(struct script *script, uint64_t now_us) {
  struct span method = refused_method(script);
  if (method.len == 0 || span_is(method, "GET") || !can_go_on(script)) {
    script_finish(script, now_us);
    return;
  }
  script->phase = PHASE_CANARY_METHOD;
  send_canary(script, method, now_us);
}

void canary_method_run(struct script *script, uint64_t now_us) {
  const struct message_seen *final = script->exchanges[script->canary]->final;
  if ((final != NULL && final->complete) || lane_is_over(&script->clients[0]) ||
      wait_over(script, now_us)) {
    script_finish(script, now_us);
  }
}

void canary_run(struct script *script, uint64_t now_us) {
  struct client_lane *lane = &script->clients[0];
  if (script->canary == SIZE_MAX) {
    if (lane->state == LANE_OPENING && !lane_gave_up(script, 0, now_us)) {
      return;
    }
    if (lane->state == LANE_OPEN) {
      send_canary(script, span_of("GET"), now_us);
      return;
    }
    canary_lost(script, now_us);
    return;
  }
  struct script_exchange *exchange = script->exchanges[script->canary];
  const struct message_seen *final = exchange->final;
  if (final != NULL && final->complete) {
    script->back_exercised = exchange->back != 0 && exchange->back == script->last_back;
    if (final->owner == OWNER_TARGET) {
      canary_lost(script, now_us);
    } else {
      canary_answered(script, now_us);
    }
    return;
  }
  if (lane_is_over(lane) || exchange->answer_over || wait_over(script, now_us)) {
    canary_lost(script, now_us);
  }
}
