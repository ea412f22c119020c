#include "script/internal.h"

struct script_exchange *step_exchange(const struct script *script, const struct step *step) {
  size_t index = (size_t)step->number - 1;
  if (step->lane == LANE_ORIGIN && !step->numbered) {
    index = 0;
  }
  return index < script->num_exchanges ? script->exchanges[index] : NULL;
}

static bool names_request(struct span bytes) {
  return span_find(bytes, span_of("{nonce}"), 0) != SIZE_MAX ||
         span_find(bytes, span_of("{path}"), 0) != SIZE_MAX;
}

static bool begins_request(const struct step *step) {
  return step->messages[0].kind == MESSAGE_REQUEST ||
         (step->messages[0].kind == MESSAGE_BYTES && names_request(step->content));
}

static bool has_value(const struct step *step, const char *name, const char *token) {
  for (size_t i = 0; i < step->num_fields; i++) {
    if (step->fields[i].demand == FIELD_VALUE && span_is_nocase(step->fields[i].name, name) &&
        (token == NULL || h1_list_has(step->fields[i].value, token))) {
      return true;
    }
  }
  return false;
}

/* What a raw request's first line and fields say, for the framing of its answer. */
static void read_raw(struct script *script, struct script_exchange *exchange, struct span bytes) {
  struct h1_request parser;
  struct h1_event event;
  h1_request_init(&parser, &h1_default_limits);
  while (h1_request_next(&parser, bytes, &event) == H1_EVENT && event.kind != H1_HEAD_END) {
    if (event.kind == H1_REQUEST) {
      exchange->method = arena_copy(&script->arena, event.name);
      exchange->minor = event.minor;
    } else if (event.kind == H1_FIELD) {
      exchange->upgrades = exchange->upgrades || span_is_nocase(event.name, "Upgrade");
    }
  }
}

static struct script_exchange *last_on_lane(const struct script *script, size_t client) {
  for (size_t i = script->num_exchanges; i > 0; i--) {
    if (script->exchanges[i - 1]->client == client) {
      return script->exchanges[i - 1];
    }
  }
  return NULL;
}

static void compose_client(struct script *script, const struct step *step, size_t client) {
  struct script_exchange *exchange = NULL;
  struct compose_context context;
  if (begins_request(step)) {
    exchange = exchange_add(script, client, step);
  } else {
    exchange = last_on_lane(script, client);
  }
  if (exchange == NULL) {
    if (lane_speaks_h2(script, client)) {
      h2_lane_compose(script, step, NULL, NULL);
    } else {
      bytes_add(&script->piece, step->content);
    }
    return;
  }
  exchange_context(script, exchange, &context);
  const struct client_lane *lane = &script->clients[client];
  const char *base = lane_in_connect(lane) ? "" : script->config.absolute;
  context.target = arena_printf(&script->arena, "%s%s", base, exchange->path);
  const struct case_message *message = &step->messages[0];
  bool h2 = lane->link != NULL;
  if (message->kind == MESSAGE_REQUEST) {
    exchange->method = message->method;
    exchange->minor = message->minor < 0 ? 1 : (unsigned)message->minor;
    exchange->upgrades = has_value(step, "Upgrade", NULL);
    exchange->chunked = has_value(step, "Transfer-Encoding", "chunked");
  }
  if (h2) {
    h2_lane_compose(script, step, exchange, &context);
  } else if (message->kind == MESSAGE_REQUEST) {
    compose_request(&script->piece, step, &context);
  } else if (message->kind == MESSAGE_BYTES) {
    size_t before = script->piece.len;
    compose_substitute(&script->piece, step->content, &context);
    if (begins_request(step)) {
      read_raw(script, exchange, span_make(script->piece.ptr + before, script->piece.len - before));
    }
  } else {
    compose_content(&script->piece, step, exchange->chunked && !lane->tunnel, &context);
  }
  if (begins_request(step)) {
    lane_request(script, exchange);
  }
}

static void compose_origin(struct script *script, const struct step *step,
                           struct script_exchange *exchange) {
  struct compose_context context;
  exchange_context(script, exchange, &context);
  /* Several interims may be glued before any is sent: count those in the glue too. */
  context.mark += exchange->num_glued;
  back_compose(script, step, exchange, &context, &script->piece);
}

/* Another play is writing a message in pieces on the connection that both share. */
static bool held_by_another(const struct script *script, const struct script_exchange *exchange) {
  return exchange != NULL && exchange->back_link != NULL && exchange->back_link->holder != NULL &&
         exchange->back_link->holder != script;
}

/* Writes the next piece: all of it, or "cut" bytes. */
static void write_piece(struct script *script, const struct step *step,
                        struct script_exchange *exchange, uint64_t now_us) {
  struct span rest = span_skip(bytes_span(&script->piece), script->piece_at);
  bool cut = step->cut != 0 && step->cut < rest.len && !held_by_another(script, exchange);
  size_t len = cut ? (size_t)step->cut : rest.len;
  struct span piece = span_make(rest.ptr, len);
  script->piece_at += len;
  if (step->lane == LANE_CLIENT) {
    lane_write(script, (size_t)step->number - 1, piece, now_us);
  } else if (held_by_another(script, exchange)) {
    h2_back_put(script, exchange, piece);
  } else if (exchange->back_number != 0) {
    h2_back_piece(script, exchange, piece);
  } else {
    back_write(script, exchange, piece, now_us);
  }
}

static void sent(struct script *script, const struct step *step, uint64_t now_us) {
  script->unrested = script->missed;
  if (step->lane == LANE_ORIGIN) {
    for (size_t i = 0; i < script->num_exchanges; i++) {
      back_sent(script, script->exchanges[i], now_us);
      h2_back_release(script, script->exchanges[i]);
    }
  } else if (lane_speaks_h2(script, (size_t)step->number - 1)) {
    h2_lane_sent(script, (size_t)step->number - 1, now_us);
  }
}

static enum progress flush_pieces(struct script *script, const struct step *step,
                                  struct script_exchange *exchange, uint64_t now_us) {
  while (script->piece_at < script->piece.len) {
    if (now_us < script->wake_us) {
      return PROGRESS_BLOCKED;
    }
    write_piece(script, step, exchange, now_us);
    if (step->pace_us != 0 && step->cut != 0 && script->piece_at < script->piece.len) {
      script->wake_us = now_us + duration_of(script, step->pace_us);
    }
  }
  script->piece.len = 0;
  script->piece_at = 0;
  script->sending = false;
  sent(script, step, now_us);
  return PROGRESS_DONE;
}

/* Takes the lane's glue in front of the message, or puts the message into it. True when glued. */
static bool glue(struct script *script, const struct step *step, struct bytes *lane_glue,
                 struct script_exchange *exchange) {
  bytes_add(lane_glue, bytes_span(&script->piece));
  script->piece.len = 0;
  if (step->glued) {
    if (exchange != NULL && step->messages[0].kind == MESSAGE_STATUS &&
        status_is_interim(step->messages[0].low)) {
      exchange->num_glued++;
    }
    return true;
  }
  bytes_add(&script->piece, bytes_span(lane_glue));
  lane_glue->len = 0;
  if (exchange != NULL) {
    exchange->num_glued = 0;
  }
  return false;
}

/* Counts one repeat, and sets the pace of the next. True when it was the last. */
static bool step_done_once(struct script *script, const struct step *step, uint64_t now_us) {
  script->rep++;
  if (script->rep >= step->repeat) {
    step_end(script, STEP_MET, "", now_us);
    return true;
  }
  if (step->pace_us != 0 && step->cut == 0) {
    script->wake_us = now_us + duration_of(script, step->pace_us);
  }
  return false;
}

/* The step opens a stream, and the target takes no more of them now. */
static bool is_full(const struct script *script, const struct step *step, size_t client) {
  return lane_speaks_h2(script, client) && begins_request(step) &&
         !lane_is_over(&script->clients[client]) && !h2_lane_has_room(script, client);
}

/* Opens the connection where there is none. Ready when it is open; a lane that ended while an
 * answer was due stays so. */
static enum progress ready_lane(struct script *script, const struct step *step, size_t client,
                                uint64_t now_us) {
  struct client_lane *lane = &script->clients[client];
  bool due = lane_outstanding(script, client) != NULL;
  if (lane->state == LANE_NEW ||
      ((lane_is_over(lane) || lane->closing) && !due && begins_request(step) && !script->opened)) {
    lane_close(script, client, ACTOR_CLOSE, now_us);
    script->opened = true;
    lane_open(script, client, now_us);
  }
  if (lane->state == LANE_OPENING && !lane_gave_up(script, client, now_us)) {
    return PROGRESS_BLOCKED;
  }
  if (!is_full(script, step, client)) {
    wait_end(script, now_us);
  }
  if (lane->refused) {
    script->target_down = true;
  }
  return PROGRESS_DONE;
}

/* Content behind a whole request that asked for an upgrade is for the tunnel, which the target need
 * not make. */
static bool lacks_tunnel(const struct script *script, const struct step *step, size_t client) {
  const struct client_lane *lane = &script->clients[client];
  const struct script_exchange *last = last_on_lane(script, client);
  return step->messages[0].kind == MESSAGE_CONTENT && !lane->tunnel && last != NULL &&
         last->upgrades && lane_at_boundary(lane);
}

/* Waits for room for one more stream. Without it the later requests are not those that the steps
 * mean, and the play ends. */
static enum progress await_room(struct script *script, uint64_t now_us) {
  wait_begin(script, 0, now_us);
  if (!wait_over(script, now_us)) {
    return PROGRESS_BLOCKED;
  }
  script->no_room = true;
  while (script->pc < script->config.file->num_steps) {
    step_end(script, STEP_PASSED_OVER, "the target takes no more streams at once", now_us);
  }
  return PROGRESS_DONE;
}

static enum progress send_client(struct script *script, const struct step *step, uint64_t now_us) {
  size_t client = (size_t)step->number - 1;
  struct client_lane *lane = &script->clients[client];
  for (;;) {
    if (!script->sending) {
      if (now_us < script->wake_us ||
          ready_lane(script, step, client, now_us) == PROGRESS_BLOCKED) {
        return PROGRESS_BLOCKED;
      }
      if (lane_is_over(lane)) {
        step_end(script, STEP_PASSED_OVER, "the connection had ended", now_us);
        return PROGRESS_DONE;
      }
      if (lacks_tunnel(script, step, client)) {
        step_no_tunnel(script, now_us);
        return PROGRESS_DONE;
      }
      if (is_full(script, step, client)) {
        return await_room(script, now_us);
      }
      script->sending = true;
      compose_client(script, step, client);
      if (glue(script, step, &lane->glue, NULL)) {
        script->sending = false;
      }
    }
    if (script->sending && flush_pieces(script, step, NULL, now_us) == PROGRESS_BLOCKED) {
      return PROGRESS_BLOCKED;
    }
    if (step_done_once(script, step, now_us)) {
      return PROGRESS_DONE;
    }
  }
}

/* Waits until the request is at our origin. DONE with *out NULL when it will not come. */
static enum progress await_arrival(struct script *script, const struct step *step,
                                   struct script_exchange **out, uint64_t now_us) {
  struct script_exchange *exchange = step_exchange(script, step);
  *out = exchange;
  if (exchange == NULL) {
    step_end(script, STEP_PASSED_OVER, "the request was not sent", now_us);
    return PROGRESS_DONE;
  }
  if (exchange->arrivals > 0) {
    wait_end(script, now_us);
    return PROGRESS_DONE;
  }
  *out = NULL;
  bool answered = exchange->final != NULL && exchange->final->complete;
  if (answered || exchange->closed) {
    script->never_arrived = true;
    step_end(script, STEP_PASSED_OVER, "the target answered without asking the origin", now_us);
    return PROGRESS_DONE;
  }
  wait_begin(script, step->within_us, now_us);
  if (!wait_over(script, now_us)) {
    return PROGRESS_BLOCKED;
  }
  step_not_arrived(script, exchange);
  exchange->stalled = true;
  exchange->passed_over = true;
  script->lost_request = true;
  step_end(script, STEP_MISSED, "the request did not reach the origin", now_us);
  while (exchange->client == 0 && script->num_exchanges == 1 &&
         script->pc < script->config.file->num_steps) {
    step_end(script, STEP_PASSED_OVER, "", now_us);
  }
  return PROGRESS_DONE;
}

/* Whether raw bytes of ours hold a status line that is not plainly a final one's. */
static bool holds_interim(struct span bytes) {
  static const char version[] = "HTTP/";
  size_t at = span_find(bytes, span_of(version), 0);
  while (at != SIZE_MAX) {
    size_t code = span_find(bytes, span_of(" "), at);
    if (code == SIZE_MAX || code + 1 == bytes.len || bytes.ptr[code + 1] < '2' ||
        bytes.ptr[code + 1] > '5') {
      return true;
    }
    at = span_find(bytes, span_of(version), at + 1);
  }
  return false;
}

static bool interim_to_http10(const struct step *step, const struct script_exchange *exchange) {
  const struct case_message *message = &step->messages[0];
  bool raw = message->kind == MESSAGE_BYTES;
  bool rest =
      raw && exchange->skips_raw && span_find(step->content, span_of("HTTP/1."), 0) == SIZE_MAX;
  bool interim = (message->kind == MESSAGE_STATUS && status_is_interim(message->low)) ||
                 (raw && holds_interim(step->content)) || rest;
  return exchange->arrived_http10 && interim;
}

/* RFC 9112 section 6.1: no Transfer-Encoding in the answer to HTTP/1.0. */
static bool chunks_to_http10(const struct step *step, const struct script_exchange *exchange) {
  bool raw = step->messages[0].kind == MESSAGE_BYTES;
  return exchange->arrived_http10 &&
         (has_value(step, "Transfer-Encoding", "chunked") ||
          (raw && span_find(step->content, span_of("Transfer-Encoding"), 0) != SIZE_MAX));
}

static bool kept_from_http10(const struct step *step, const struct script_exchange *exchange) {
  return interim_to_http10(step, exchange) || chunks_to_http10(step, exchange);
}

/* In the place of chunks HTTP/1.0 gets a plain final response. */
static void spare_http10(struct script *script, const struct step *step,
                         struct script_exchange *exchange, uint64_t now_us) {
  if (!interim_to_http10(step, exchange)) {
    back_answer(script, exchange, now_us);
  }
  script->asked_http10 = true;
  exchange->skips_raw = step->messages[0].kind == MESSAGE_BYTES;
}

static bool waits_for_continue(const struct script_exchange *exchange) {
  struct span expect;
  return message_field_value(exchange->request, "Expect", &expect) &&
         h1_list_has(expect, "100-continue") && !exchange->request->complete &&
         exchange->request->framing != H1_NO_CONTENT;
}

void step_arrived(struct script *script, struct script_exchange *exchange, uint64_t now_us) {
  for (size_t i = 0; i < script->pc; i++) {
    const struct step *step = &script->config.file->steps[i];
    struct step_record *record = &script->steps[i];
    if (!record->armed || exchange->arrivals == 0 || step_exchange(script, step) != exchange) {
      continue;
    }
    record->armed = false;
    bool is_continue = step->messages[0].kind == MESSAGE_STATUS && step->messages[0].low == 100;
    if (is_continue && !waits_for_continue(exchange)) {
      continue;
    }
    if (kept_from_http10(step, exchange)) {
      spare_http10(script, step, exchange, now_us);
      continue;
    }
    struct bytes kept = script->piece;
    script->piece = (struct bytes){0};
    for (uint64_t k = 0; k < step->repeat; k++) {
      script->piece.len = 0;
      compose_origin(script, step, exchange);
      back_write(script, exchange, bytes_span(&script->piece), now_us);
      back_sent(script, exchange, now_us);
    }
    bytes_free(&script->piece);
    script->piece = kept;
  }
}

static enum progress arm(struct script *script, const struct step *step, uint64_t now_us) {
  struct script_exchange *exchange = step_exchange(script, step);
  script->steps[script->pc].armed = true;
  step_end(script, STEP_MET, "", now_us);
  if (exchange != NULL) {
    step_arrived(script, exchange, now_us);
  }
  return PROGRESS_DONE;
}

/* Passes over what may not be sent on this exchange. True when it did. */
static bool origin_forgoes(struct script *script, const struct step *step,
                           struct script_exchange *exchange, uint64_t now_us) {
  if (step->messages[0].kind == MESSAGE_CONTENT && exchange_refused_tunnel(exchange)) {
    step_no_tunnel(script, now_us);
    return true;
  }
  if (!kept_from_http10(step, exchange)) {
    return false;
  }
  back_write(script, exchange, bytes_span(&script->origin_glue), now_us);
  script->origin_glue.len = 0;
  spare_http10(script, step, exchange, now_us);
  step_end(script, STEP_PASSED_OVER, "the target asked the origin with HTTP/1.0", now_us);
  return true;
}

/* Composes the step's message, into the glue or as the piece that is to be written now. */
static void begin_origin(struct script *script, const struct step *step,
                         struct script_exchange *exchange) {
  if (step->messages[0].kind == MESSAGE_STATUS) {
    exchange->answer_chunked = has_value(step, "Transfer-Encoding", "chunked");
  }
  compose_origin(script, step, exchange);
  if (exchange->back_link != NULL && exchange->back_link->holder == NULL) {
    exchange->back_link->holder = script;
  }
  script->sending = !glue(script, step, &script->origin_glue, exchange);
}

static enum progress send_origin(struct script *script, const struct step *step, uint64_t now_us) {
  if (step->on_arrival) {
    return arm(script, step, now_us);
  }
  struct script_exchange *exchange = NULL;
  if (await_arrival(script, step, &exchange, now_us) == PROGRESS_BLOCKED) {
    return PROGRESS_BLOCKED;
  }
  if (exchange == NULL || origin_forgoes(script, step, exchange, now_us)) {
    return PROGRESS_DONE;
  }
  for (;;) {
    if (!script->sending) {
      if (now_us < script->wake_us) {
        return PROGRESS_BLOCKED;
      }
      begin_origin(script, step, exchange);
    }
    if (script->sending && flush_pieces(script, step, exchange, now_us) == PROGRESS_BLOCKED) {
      return PROGRESS_BLOCKED;
    }
    if (step_done_once(script, step, now_us)) {
      return PROGRESS_DONE;
    }
  }
}

static enum progress end_connection(struct script *script, const struct step *step,
                                    enum actor_command_kind how, uint64_t now_us) {
  if (step->lane == LANE_CLIENT) {
    if (how == ACTOR_ABORT && lane_speaks_h2(script, (size_t)step->number - 1)) {
      h2_lane_cancel(script, (size_t)step->number - 1, now_us);
    } else {
      lane_close(script, (size_t)step->number - 1, how, now_us);
    }
    step_end(script, STEP_MET, "", now_us);
    return PROGRESS_DONE;
  }
  struct script_exchange *exchange = NULL;
  if (await_arrival(script, step, &exchange, now_us) == PROGRESS_BLOCKED) {
    return PROGRESS_BLOCKED;
  }
  if (exchange != NULL) {
    back_end(script, exchange, how, now_us);
    step_end(script, STEP_MET, "", now_us);
  }
  return PROGRESS_DONE;
}

static enum progress pause_step(struct script *script, const struct step *step, uint64_t now_us) {
  if (script->wait_us == ACTOR_NEVER) {
    script->wait_us = now_us;
    script->deadline_us = ACTOR_NEVER;
    script->wake_us = now_us + duration_of(script, step->duration_us);
  }
  if (now_us < script->wake_us) {
    return PROGRESS_BLOCKED;
  }
  script->wait_us = ACTOR_NEVER;
  step_end(script, STEP_MET, "", now_us);
  return PROGRESS_DONE;
}

enum progress step_send(struct script *script, const struct step *step, uint64_t now_us) {
  switch (step->verb) {
  case VERB_SENDS:
    return step->lane == LANE_CLIENT ? send_client(script, step, now_us)
                                     : send_origin(script, step, now_us);
  case VERB_CLOSES:
    return end_connection(script, step, ACTOR_CLOSE, now_us);
  case VERB_HALF_CLOSES:
    return end_connection(script, step, ACTOR_SHUT, now_us);
  case VERB_ABORTS:
    return end_connection(script, step, ACTOR_ABORT, now_us);
  case VERB_PAUSES:
    return pause_step(script, step, now_us);
  case VERB_SEES:
  case VERB_MAY_SEE:
  case VERB_NEVER_SEES:
    break;
  }
  return PROGRESS_DONE;
}
