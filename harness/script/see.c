#include "script/internal.h"

#include "base/escape.h"

/* So long a wait may become while bytes come: who trickles them for ever is silent in the end. */
enum { MAX_PATIENCES = 20 };

/* Of the deadline, for a wait when the budget is spent. */
enum { LEAST_SHARE = 2 };

/* As many bytes of what came are told. */
enum { MAX_TOLD = 80 };

static const char *escaped(struct script *script, struct span bytes) {
  struct bytes text = {0};
  bool cut = bytes.len > MAX_TOLD;
  escape_text(&text, cut ? span_make(bytes.ptr, MAX_TOLD) : bytes);
  const char *out = arena_printf(&script->arena, "%s%s", bytes_cstr(&text), cut ? "..." : "");
  bytes_free(&text);
  return out;
}

uint64_t duration_of(const struct script *script, uint64_t stated) {
  if ((stated & CASE_OF_TIMEOUT) != 0) {
    return (stated & ~CASE_OF_TIMEOUT) * script->config.target_timeout_us / 100;
  }
  return (uint64_t)((double)stated * script->config.scale);
}

void wait_begin(struct script *script, uint64_t within_us, uint64_t now_us) {
  if (script->wait_us != ACTOR_NEVER) {
    return;
  }
  bool slow = script->triggers && script->config.trigger_us != 0;
  uint64_t patience = slow ? (uint64_t)((double)script->config.trigger_us * script->config.scale)
                           : script->config.deadline_us;
  if (within_us != 0) {
    patience = duration_of(script, within_us);
  } else if (script->missed && script->budget_us < patience) {
    /* What was sent a moment ago needs time to come through, whatever was spent on others. */
    uint64_t least = patience / LEAST_SHARE;
    patience = script->budget_us > least ? script->budget_us : least;
  }
  script->wait_us = now_us;
  script->deadline_us = now_us + patience;
  script->patience_us = within_us != 0 || slow ? 0 : patience;
}

void wait_progress(struct script *script, uint64_t now_us) {
  if (script->wait_us == ACTOR_NEVER || script->deadline_us == ACTOR_NEVER) {
    return;
  }
  uint64_t last_us = script->wait_us + MAX_PATIENCES * script->patience_us;
  uint64_t end_us = now_us + script->patience_us;
  end_us = end_us < last_us ? end_us : last_us;
  script->deadline_us = end_us > script->deadline_us ? end_us : script->deadline_us;
}

bool wait_over(const struct script *script, uint64_t now_us) {
  return script->wait_us != ACTOR_NEVER && now_us >= script->deadline_us &&
         script->control_us >= script->deadline_us;
}

void wait_end(struct script *script, uint64_t now_us) {
  if (script->wait_us != ACTOR_NEVER && script->missed) {
    uint64_t spent = now_us - script->wait_us;
    script->budget_us -= spent < script->budget_us ? spent : script->budget_us;
  }
  script->wait_us = ACTOR_NEVER;
}

static bool code_fits(const struct case_message *wanted, const struct message_seen *message) {
  return wanted->kind == MESSAGE_STATUS && message->code >= wanted->low &&
         message->code <= wanted->high &&
         (wanted->minor < 0 || (unsigned)wanted->minor == message->minor);
}

static const struct case_message *fitting(const struct step *step,
                                          const struct message_seen *message) {
  for (size_t i = 0; i < step->num_messages; i++) {
    if (code_fits(&step->messages[i], message)) {
      return &step->messages[i];
    }
  }
  return NULL;
}

static bool allows(const struct step *step, enum message kind) {
  for (size_t i = 0; i < step->num_messages; i++) {
    if (step->messages[i].kind == kind) {
      return true;
    }
  }
  return false;
}

static bool wants_end(const struct step *step) {
  return allows(step, MESSAGE_CLOSE) || allows(step, MESSAGE_ABORT);
}

static bool wants_final(const struct step *step) {
  for (size_t i = 0; i < step->num_messages; i++) {
    if (step->messages[i].kind == MESSAGE_STATUS && step->messages[i].high >= 200) {
      return true;
    }
  }
  return allows(step, MESSAGE_CLOSE) || allows(step, MESSAGE_ABORT);
}

/* A stated value that ends in "..." stands for all that begin like it. */
static bool has_stated(const struct message_seen *message, struct span name, struct span value) {
  static const char dots[] = "...";
  size_t len = sizeof(dots) - 1;
  return value.len >= len && span_is(span_skip(value, value.len - len), dots)
             ? message_has_field_like(message, name, span_make(value.ptr, value.len - len))
             : message_has_field(message, name, value);
}

/* How often the line is stated, up to itself. */
static size_t times_stated(const struct step *step, size_t index) {
  const struct case_field *field = &step->fields[index];
  size_t times = 1;
  for (size_t i = 0; i < index; i++) {
    const struct case_field *before = &step->fields[i];
    times += before->demand == field->demand && span_eq_nocase(before->name, field->name) &&
             span_eq(before->value, field->value);
  }
  return times;
}

/* What differs between the stated fields and those that came; NULL for nothing. */
static const char *field_difference(struct script *script, const struct step *step,
                                    const struct message_seen *message,
                                    const struct compose_context *context) {
  for (size_t i = 0; i < step->num_fields; i++) {
    const struct case_field *field = &step->fields[i];
    const char *name = escaped(script, field->name);
    if (field->demand == FIELD_ABSENT && field->value.len == 0) {
      if (message_names_field(message, field->name)) {
        return arena_printf(&script->arena, "with %s, which must not be there", name);
      }
      continue;
    }
    struct bytes value = {0};
    compose_substitute(&value, field->value, context);
    bool same = has_stated(message, field->name, bytes_span(&value));
    size_t times = times_stated(step, i);
    bool often = times == 1 || message_num_field(message, field->name, bytes_span(&value)) >= times;
    const char *text = escaped(script, bytes_span(&value));
    bytes_free(&value);
    if (field->demand == FIELD_ABSENT) {
      if (same) {
        return arena_printf(&script->arena, "with %s: %s, which must not be there", name, text);
      }
    } else if (!same) {
      return arena_printf(&script->arena,
                          message_names_field(message, field->name) ? "with another %s than \"%s\""
                                                                    : "without %s: %s",
                          name, text);
    } else if (!often) {
      return arena_printf(&script->arena, "with fewer than %zu of %s: %s", times, name, text);
    }
  }
  return NULL;
}

static const char *content_difference(struct script *script, const struct step *step,
                                      const struct message_seen *message,
                                      const struct compose_context *context) {
  if (!step->has_content) {
    return NULL;
  }
  struct bytes exact = {0};
  struct bytes with_nonce = {0};
  compose_substitute(&exact, step->content, context);
  compose_expected(&with_nonce, step->content, context);
  struct span got = bytes_span(&message->content);
  bool same = span_eq(got, bytes_span(&exact)) ||
              (!message->request && span_eq(got, bytes_span(&with_nonce)));
  bytes_free(&exact);
  bytes_free(&with_nonce);
  return same ? NULL
              : arena_printf(&script->arena, "with the content \"%s\"", escaped(script, got));
}

/* Content is compared when it is all there. */
static const char *difference(struct script *script, const struct step *step,
                              const struct message_seen *message) {
  struct script_exchange none = {.path = "", .nonce = ""};
  const struct script_exchange *exchange =
      message->exchange < script->num_exchanges ? script->exchanges[message->exchange] : &none;
  struct compose_context context;
  exchange_context(script, exchange, &context);
  const char *fields = field_difference(script, step, message, &context);
  return fields != NULL || !message->complete ? fields
                                              : content_difference(script, step, message, &context);
}

static bool lane_matches(const struct step *step, size_t client) {
  return step->lane == LANE_CLIENT && (size_t)step->number - 1 == client;
}

/* "may see" steps stand between the last sees of the lane and the present step. */
static bool may_come(const struct script *script, size_t client,
                     const struct message_seen *message) {
  const struct step *steps = script->config.file->steps;
  for (size_t i = script->pc; i > 0; i--) {
    const struct step *step = &steps[i - 1];
    if (!lane_matches(step, client)) {
      continue;
    }
    if (step->verb == VERB_SEES) {
      return false;
    }
    if (step->verb == VERB_MAY_SEE && fitting(step, message) != NULL) {
      return true;
    }
  }
  return false;
}

/* An interim that nobody waits for any more, or that is the target's own right to send. */
static bool passes(const struct script *script, size_t client, const struct message_seen *message) {
  if (!message->interim || message->framing == H1_SWITCHED) {
    return false;
  }
  if (may_come(script, client, message)) {
    return true;
  }
  if (message->owner == OWNER_TARGET || script_makes_answers(script)) {
    return true;
  }
  const struct script_exchange *exchange =
      message->exchange < script->num_exchanges ? script->exchanges[message->exchange] : NULL;
  /* A target that asks again gets the same answer again, interims and all. */
  return exchange != NULL && message->owner == OWNER_OURS &&
         (exchange->waited || exchange->arrivals > 1);
}

/* An interim of ours with another code: that it arrived changed is noted, and where a final is due
 * it does not stand in the way. */
static bool changed_code(const struct script *script, const struct message_seen *message) {
  return message->mark != 0 &&
         script->exchanges[message->exchange]->interims[message->mark - 1].code != message->code;
}

/* Over HTTP/2 answers may come in any order: the steps see them in that of the requests. */
static struct message_seen *next_unclaimed(struct script *script, size_t client) {
  struct client_lane *lane = &script->clients[client];
  const struct script_exchange *turn = lane_turn(script, client);
  size_t index = turn == NULL ? SIZE_MAX : exchange_index(script, turn);
  struct message_seen *message = lane->claimed == NULL ? lane->first : lane->claimed->next;
  for (; message != NULL && message->claimed; message = message->next) {
    lane->claimed = message;
  }
  while (message != NULL && (message->claimed || (turn != NULL && message->exchange != index))) {
    message = message->next;
  }
  return message;
}

/* A step has taken the message. */
static void claim(struct script *script, struct message_seen *message) {
  message->claimed = true;
  if (!message->interim && message->exchange < script->num_exchanges) {
    script->exchanges[message->exchange]->turned = true;
  }
}

static void mark_altered(struct script *script, const struct message_seen *message) {
  if (message->exchange >= script->num_exchanges) {
    return;
  }
  struct script_exchange *exchange = script->exchanges[message->exchange];
  if (message->interim) {
    exchange->altered = true;
  } else {
    exchange->final_altered = true;
  }
}

/* A message of a wanted kind: are its fields and content as stated too? True when the step is over.
 */
static bool take_fitting(struct script *script, const struct step *step,
                         struct message_seen *message, uint64_t now_us) {
  /* Fields and content are demanded of what our origin sent, not of an error page. */
  bool own_error = message->owner == OWNER_TARGET && !message->interim && step->num_messages > 1;
  const char *differs = own_error ? NULL : difference(script, step, message);
  claim(script, message);
  if (differs != NULL && message->interim && message->owner == OWNER_TARGET) {
    return false;
  }
  if (differs != NULL) {
    mark_altered(script, message);
    step_end(script, STEP_MISSED, arena_printf(&script->arena, "%u %s", message->code, differs),
             now_us);
    return true;
  }
  script->rep++;
  if (script->rep >= step->repeat) {
    step_end(script, STEP_MET, "", now_us);
    return true;
  }
  return false;
}

/* Holds the next message against the step. True when the step is over. */
static bool take_message(struct script *script, const struct step *step, size_t client,
                         struct message_seen *message, uint64_t now_us) {
  if (fitting(step, message) != NULL) {
    return take_fitting(script, step, message, now_us);
  }
  if (passes(script, client, message) || (wants_final(step) && changed_code(script, message))) {
    claim(script, message);
    return false;
  }
  const char *observed = arena_printf(&script->arena, "%u", message->code);
  if (message->interim && wants_final(step)) {
    /* Go on to the final: it says more than the interim that should not be there. */
    message->claimed = true;
    if (script->steps[script->pc].state == STEP_PENDING) {
      script->steps[script->pc].state = STEP_MISSED;
      script->steps[script->pc].observed = observed;
    }
    return false;
  }
  step_end(script, STEP_MISSED, observed, now_us);
  return true;
}

static bool end_is_wanted(const struct step *step, const struct client_lane *lane,
                          const struct script_exchange *turn) {
  bool reset = lane->reset || (turn != NULL && turn->reset_code != NULL);
  bool stream_over = turn != NULL && turn->answer_over && !lane_is_over(lane);
  return (allows(step, MESSAGE_CLOSE) && (lane->fin || reset || stream_over)) ||
         (allows(step, MESSAGE_ABORT) && reset);
}

static const char *end_word(struct script *script, const struct client_lane *lane,
                            const struct script_exchange *turn) {
  if (turn != NULL && !lane_is_over(lane)) {
    return turn->reset_code == NULL
               ? "the end of the stream"
               : arena_printf(&script->arena, "RST_STREAM %s", turn->reset_code);
  }
  return lane->instead != NULL ? lane->instead
         : lane->broken        ? "bytes that are no HTTP"
         : lane->refused       ? "connection refused"
         : lane->reset         ? "reset"
                               : "close";
}

/* The lane's connection, or the stream whose turn it is, has ended. */
static void lane_over(struct script *script, const struct step *step,
                      const struct client_lane *lane, struct script_exchange *turn,
                      uint64_t now_us) {
  bool wanted = end_is_wanted(step, lane, turn);
  script->target_down = script->target_down || lane->refused;
  step_end(script, wanted ? STEP_MET : STEP_MISSED, wanted ? "" : end_word(script, lane, turn),
           now_us);
  if (turn != NULL) {
    turn->turned = true;
  }
}

static void see_timeout(struct script *script, const struct step *step, size_t client,
                        uint64_t now_us) {
  struct script_exchange *turn = lane_turn(script, client);
  struct script_exchange *exchange = turn != NULL ? turn : lane_outstanding(script, client);
  script_record(script, LANE_CLIENT, (unsigned)client + 1, "note", span_of("nothing came"), now_us);
  if (exchange != NULL) {
    exchange->waited = true;
    /* Behind the 101 that it asked for, the target owes it, or an answer of its own. */
    exchange->stalled = exchange->stalled || wants_final(step) || exchange->switched;
  }
  step_end(script, STEP_MISSED, "nothing", now_us);
}

static bool begins(struct span text, struct span with) {
  return text.len >= with.len && span_eq(span_make(text.ptr, with.len), with);
}

/* Holds the bytes of a tunnel against the step: those that it states come next, in as many reads as
 * they like. over: no more will come. */
static enum progress see_tunnel(struct script *script, const struct step *step, struct span arrived,
                                const struct script_exchange *exchange, size_t *seen, bool over,
                                uint64_t now_us) {
  struct compose_context context;
  exchange_context(script, exchange, &context);
  struct bytes wanted = {0};
  compose_substitute(&wanted, step->content, &context);
  struct span rest = span_skip(arrived, *seen);
  while (script->rep < step->repeat && begins(rest, bytes_span(&wanted))) {
    script->rep++;
    *seen += wanted.len;
    rest = span_skip(arrived, *seen);
  }
  bool differs = !begins(bytes_span(&wanted), rest);
  bytes_free(&wanted);
  if (script->rep >= step->repeat) {
    step_end(script, STEP_MET, "", now_us);
    return PROGRESS_DONE;
  }
  if (!differs && !over) {
    wait_begin(script, step->within_us, now_us);
    if (!wait_over(script, now_us)) {
      return PROGRESS_BLOCKED;
    }
  }
  const char *observed =
      rest.len == 0 ? "nothing"
                    : arena_printf(&script->arena, "the bytes \"%s\"", escaped(script, rest));
  step_end(script, STEP_MISSED, observed, now_us);
  return PROGRESS_DONE;
}

static enum progress see_client_tunnel(struct script *script, const struct step *step,
                                       uint64_t now_us) {
  struct client_lane *lane = &script->clients[step->number - 1];
  if (!lane->tunnel) {
    step_no_tunnel(script, now_us);
    return PROGRESS_DONE;
  }
  return see_tunnel(script, step, message_tunnel(lane->last),
                    script->exchanges[lane->last->exchange], &lane->tunnel_seen, lane_is_over(lane),
                    now_us);
}

/* A tunnel behind a head is no part of it. */
static bool is_whole(const struct message_seen *message) {
  return message->complete || (message->head_done && message->framing == H1_SWITCHED);
}

static enum progress see_client(struct script *script, const struct step *step, uint64_t now_us) {
  if (allows(step, MESSAGE_CONTENT)) {
    return see_client_tunnel(script, step, now_us);
  }
  size_t client = (size_t)step->number - 1;
  struct client_lane *lane = &script->clients[client];
  for (;;) {
    struct message_seen *message = next_unclaimed(script, client);
    if (message != NULL && is_whole(message)) {
      if (take_message(script, step, client, message, now_us)) {
        return PROGRESS_DONE;
      }
      continue;
    }
    struct script_exchange *turn = lane_turn(script, client);
    if (lane_is_over(lane) || (turn != NULL && turn->answer_over)) {
      lane_over(script, step, lane, turn, now_us);
      return PROGRESS_DONE;
    }
    bool due = turn != NULL || lane_outstanding(script, client) != NULL;
    if (!due && !wants_end(step)) {
      step_end(script, STEP_MISSED, "nothing, as the final had come", now_us);
      return PROGRESS_DONE;
    }
    wait_begin(script, step->within_us, now_us);
    if (!wait_over(script, now_us)) {
      return PROGRESS_BLOCKED;
    }
    see_timeout(script, step, client, now_us);
    return PROGRESS_DONE;
  }
}

static const char *request_difference(struct script *script, const struct step *step,
                                      const struct script_exchange *exchange) {
  const struct case_message *wanted = &step->messages[0];
  const struct message_seen *request = exchange->request;
  if (!span_eq(wanted->method, request->method)) {
    return arena_printf(&script->arena, "%s", escaped(script, request->method));
  }
  if (wanted->minor >= 0 && (unsigned)wanted->minor != request->minor) {
    return arena_printf(&script->arena, "HTTP/1.%u", request->minor);
  }
  struct compose_context context;
  exchange_context(script, exchange, &context);
  return field_difference(script, step, request, &context);
}

static uint64_t amount_seen(const struct script *script, const struct step *step) {
  if (step->lane == LANE_CLIENT) {
    return script->clients[step->number - 1].received;
  }
  const struct script_exchange *exchange = step_exchange(script, step);
  if (exchange == NULL || exchange->request == NULL) {
    return 0;
  }
  return exchange->arrivals + exchange->request->content.len;
}

/* A 408 for an idle connection, which is everyone's right (RFC 9110 section 15.5.9). */
static bool came_408(const struct script *script, const struct step *step) {
  const struct message_seen *last =
      step->lane == LANE_CLIENT ? script->clients[step->number - 1].last : NULL;
  return last != NULL && last->code == 408 && last->complete && last->exchange == SIZE_MAX;
}

static enum progress see_nothing(struct script *script, const struct step *step, uint64_t now_us) {
  if (script->wait_us == ACTOR_NEVER) {
    script->wait_us = now_us;
    script->deadline_us = ACTOR_NEVER;
    script->wake_us = now_us + duration_of(script, step->duration_us);
    script->watched = amount_seen(script, step);
  }
  bool came = amount_seen(script, step) != script->watched && !came_408(script, step);
  if (!came && now_us < script->wake_us) {
    return PROGRESS_BLOCKED;
  }
  script->wait_us = ACTOR_NEVER;
  script->wake_us = now_us;
  step_end(script, came ? STEP_MISSED : STEP_MET, came ? "bytes" : "", now_us);
  return PROGRESS_DONE;
}

/* What is true of the request's content now: as origin_state. */
static const char *content_state(struct script *script, const struct step *step,
                                 const struct script_exchange *exchange) {
  if (exchange->request == NULL || !exchange->request->complete) {
    /* While the client waits, the target may still send the request again. */
    bool over = exchange->closed || exchange->final != NULL;
    return exchange->back_fin && over ? "close" : NULL;
  }
  struct compose_context context;
  exchange_context(script, exchange, &context);
  const char *differs = content_difference(script, step, exchange->request, &context);
  return differs == NULL ? "" : differs;
}

/* What is true of an origin step now: over and met (""), over and not met (text), or not over
 * (NULL). */
static const char *origin_state(struct script *script, const struct step *step,
                                const struct script_exchange *exchange) {
  switch (step->messages[0].kind) {
  case MESSAGE_REQUEST: {
    const char *differs =
        exchange->request == NULL ? NULL : request_difference(script, step, exchange);
    return exchange->request == NULL ? NULL : differs == NULL ? "" : differs;
  }
  case MESSAGE_CONTENT:
    return content_state(script, step, exchange);
  case MESSAGE_CLOSE:
    return exchange->back_fin ? "" : NULL;
  case MESSAGE_ABORT:
    return exchange->back_gone ? "" : NULL;
  case MESSAGE_STATUS:
  case MESSAGE_BYTES:
  case MESSAGE_FRAME:
  case MESSAGE_NOTHING:
    break;
  }
  return "";
}

static enum progress see_origin(struct script *script, const struct step *step, uint64_t now_us) {
  struct script_exchange *exchange = step_exchange(script, step);
  if (exchange == NULL) {
    step_end(script, STEP_PASSED_OVER, "the request was not sent", now_us);
    return PROGRESS_DONE;
  }
  if (exchange->switched && step->messages[0].kind == MESSAGE_CONTENT) {
    return see_tunnel(script, step, message_tunnel(exchange->request), exchange,
                      &exchange->tunnel_seen, exchange->back_fin || exchange->back_gone, now_us);
  }
  if (step->messages[0].kind == MESSAGE_CONTENT && exchange_refused_tunnel(exchange)) {
    step_no_tunnel(script, now_us);
    return PROGRESS_DONE;
  }
  const char *state = origin_state(script, step, exchange);
  if (state != NULL) {
    step_end(script, state[0] == '\0' ? STEP_MET : STEP_MISSED, state, now_us);
    return PROGRESS_DONE;
  }
  bool answered = exchange->final != NULL && exchange->final->complete;
  if (exchange->arrivals == 0 && (answered || exchange->closed)) {
    script->never_arrived = true;
    step_end(script, STEP_PASSED_OVER, "the target answered without asking the origin", now_us);
    return PROGRESS_DONE;
  }
  wait_begin(script, step->within_us, now_us);
  if (!wait_over(script, now_us)) {
    return PROGRESS_BLOCKED;
  }
  if (exchange->arrivals == 0) {
    step_not_arrived(script, exchange);
  }
  step_end(script, STEP_MISSED, "nothing", now_us);
  return PROGRESS_DONE;
}

/* Waits for what may come, or for whatever comes instead of it. What came is for the next step. */
static enum progress see_optional(struct script *script, const struct step *step, uint64_t now_us) {
  size_t client = (size_t)step->number - 1;
  if (script->wait_us == ACTOR_NEVER) {
    script->wait_us = now_us;
    script->deadline_us = ACTOR_NEVER;
    script->wake_us = now_us + duration_of(script, step->within_us);
  }
  struct message_seen *message = next_unclaimed(script, client);
  /* What a step before this one waited for in the same way. */
  while (message != NULL && message->complete && message->interim &&
         fitting(step, message) == NULL && may_come(script, client, message)) {
    claim(script, message);
    message = next_unclaimed(script, client);
  }
  const struct script_exchange *turn = lane_turn(script, client);
  bool came = message != NULL && message->head_done;
  bool due = turn != NULL ? !turn->answer_over : lane_outstanding(script, client) != NULL;
  bool over = lane_is_over(&script->clients[client]) || !due;
  if (!came && !over && now_us < script->wake_us) {
    return PROGRESS_BLOCKED;
  }
  script->wait_us = ACTOR_NEVER;
  script->wake_us = now_us;
  step_end(script, STEP_MET, "", now_us);
  return PROGRESS_DONE;
}

enum progress step_see(struct script *script, const struct step *step, uint64_t now_us) {
  if (step->verb == VERB_MAY_SEE && step->within_us != 0 && step->lane == LANE_CLIENT) {
    return see_optional(script, step, now_us);
  }
  if (step->verb == VERB_NEVER_SEES || step->verb == VERB_MAY_SEE) {
    step_end(script, STEP_MET, "", now_us);
    return PROGRESS_DONE;
  }
  if (step->messages[0].kind == MESSAGE_NOTHING) {
    return see_nothing(script, step, now_us);
  }
  return step->lane == LANE_CLIENT ? see_client(script, step, now_us)
                                   : see_origin(script, step, now_us);
}

/* What makes the message one that must never come: " without Location". */
static const char *first_demand(struct script *script, const struct step *step) {
  if (step->num_fields == 0) {
    return "";
  }
  const struct case_field *field = &step->fields[0];
  return arena_printf(&script->arena, " %s %s%s%s",
                      field->demand == FIELD_ABSENT ? "without" : "with",
                      escaped(script, field->name), field->value.len > 0 ? ": " : "",
                      escaped(script, field->value));
}

void never_check(struct script *script, size_t client, const struct message_seen *message) {
  const struct step *steps = script->config.file->steps;
  if (message->exchange < script->num_exchanges) {
    const struct script_exchange *exchange = script->exchanges[message->exchange];
    bool own = message->interim && message->owner == OWNER_TARGET && exchange->minor > 0;
    if (exchange->automatic || own) {
      return;
    }
  }
  for (size_t i = 0; i < script->pc && i < script->config.file->num_steps; i++) {
    if (steps[i].verb == VERB_NEVER_SEES && lane_matches(&steps[i], client) &&
        fitting(&steps[i], message) != NULL &&
        (steps[i].num_fields == 0 || difference(script, &steps[i], message) == NULL)) {
      script->steps[i].state = STEP_MISSED;
      script->steps[i].observed = arena_printf(&script->arena, "%u", message->code);
      script->first_missed = i < script->first_missed ? i : script->first_missed;
      script_find(script, BREACH_NEVER, NULL,
                  arena_printf(&script->arena, "line %zu, \"%s\": a %u%s came", steps[i].line,
                               escaped(script, steps[i].text), message->code,
                               first_demand(script, &steps[i])));
    }
  }
}
