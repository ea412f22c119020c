/* A client lane that speaks HTTP/2: each of its exchanges is a stream. */
#include "script/internal.h"

#include "base/memory.h"

#include <stdlib.h>

/* A step that sends SETTINGS before any request says what the connection begins with. */
static const struct step *first_settings(const struct script *script) {
  if (script->phase != PHASE_STEPS || script->pc >= script->config.file->num_steps) {
    return NULL;
  }
  const struct step *step = &script->config.file->steps[script->pc];
  bool settings = step->verb == VERB_SENDS && step->lane == LANE_CLIENT &&
                  step->messages[0].kind == MESSAGE_FRAME &&
                  step->messages[0].frame.type == H2_SETTINGS;
  return settings ? step : NULL;
}

void h2_lane_open(struct script *script, size_t client) {
  static const struct h2_parameter no_push = {H2_ENABLE_PUSH, 0};
  struct client_lane *lane = &script->clients[client];
  const struct step *step = first_settings(script);
  size_t num_fields = step != NULL ? step->num_fields : 0;
  struct h2_parameter *parameters =
      arena_array(&script->arena, 1 + num_fields, sizeof(*parameters));
  /* Nobody here reads what is pushed. The step's own value, if any, comes behind and counts. */
  parameters[0] = no_push;
  if (step != NULL) {
    struct compose_context none = {.path = "", .target = "", .host = "", .nonce = "", .date = ""};
    const struct part *part = compose_h2_frame(&script->arena, step, &none);
    for (size_t i = 0; i < num_fields; i++) {
      parameters[1 + i] = part->parameters[i];
    }
  }
  h2_lane_free(lane);
  lane->link = memory_resize(NULL, sizeof(*lane->link));
  link_init(lane->link, H2_CLIENT, script->config.coder, parameters, 1 + num_fields);
}

void h2_lane_free(struct client_lane *lane) {
  if (lane->link != NULL) {
    lane->greeted = lane->link->h2.peer_settings;
    link_free(lane->link);
    free(lane->link);
    lane->link = NULL;
  }
}

bool lane_speaks_h2(const struct script *script, size_t client) {
  return script->clients[client].link != NULL;
}

bool h2_lane_has_room(const struct script *script, size_t client) {
  const struct client_lane *lane = &script->clients[client];
  size_t open = 0;
  for (size_t i = lane->first_queued; i < lane->num_queued; i++) {
    open += script->exchanges[lane->queue[i]]->answer_over ? 0 : 1;
  }
  const struct h2_connection *h2 = &lane->link->h2;
  /* Glue holds our own preface back, which the target may be waiting for. */
  bool said = h2->peer_settings || lane->glue.len > 0;
  return open == 0 || (said && open < h2->peer_streams);
}

void h2_lane_flush(struct script *script, size_t client) {
  struct client_lane *lane = &script->clients[client];
  if (lane->link != NULL && link_take(lane->link)) {
    lane_write(script, client, bytes_span(&lane->link->out), 0);
    lane->link->out.len = 0;
  }
}

static struct translate *new_stream(struct script *script, uint32_t id, enum h2_receiver reads,
                                    const struct script_exchange *exchange) {
  struct translate *stream = arena_alloc(&script->arena, sizeof(*stream));
  translate_init(stream, id, reads);
  stream->stream.to_head = span_is(exchange->method, "HEAD");
  stream->stream.to_connect = span_is(exchange->method, "CONNECT");
  return stream;
}

static void begin_stream(struct script *script, struct script_exchange *exchange) {
  struct client_lane *lane = &script->clients[exchange->client];
  if (exchange->stream != NULL) {
    translate_free(exchange->stream);
    translate_free(exchange->asked);
  }
  uint32_t id = h2_connection_open(&lane->link->h2);
  exchange->stream = new_stream(script, id, H2_READ_RESPONSE, exchange);
  exchange->asked = new_stream(script, id, H2_READ_REQUEST, exchange);
  exchange->building = NULL;
}

static void put(struct client_lane *lane, struct script_exchange *exchange,
                const struct part *parts, struct bytes *out) {
  for (const struct part *part = parts; part != NULL; part = part->next) {
    link_put(lane->link, &exchange->stream->stream, part, out);
  }
}

static void pend(struct script *script, struct script_exchange *exchange, struct part *parts) {
  struct part **end = &script->pending;
  while (*end != NULL) {
    end = &(*end)->then;
  }
  for (struct part *part = parts; part != NULL; part = part->next) {
    part->exchange = exchange_index(script, exchange);
    *end = part;
    end = &part->then;
  }
  exchange->parts = part_append(exchange->parts, parts);
}

/* What waits goes first: frames are coded in the order in which they are written. */
static void hold(struct script *script, struct link *link, struct bytes *out) {
  link->holder = script;
  bytes_add(out, bytes_span(&link->out));
  link->out.len = 0;
}

void h2_lane_compose(struct script *script, const struct step *step,
                     struct script_exchange *exchange, const struct compose_context *context) {
  struct client_lane *lane = &script->clients[step->number - 1];
  hold(script, lane->link, &script->piece);
  if (exchange == NULL) {
    return;
  }
  struct part *parts = NULL;
  switch (step->messages[0].kind) {
  case MESSAGE_REQUEST:
    parts =
        compose_h2_request(&script->arena, step, script->config.scheme, context, &exchange->due);
    begin_stream(script, exchange);
    break;
  case MESSAGE_CONTENT:
    parts = compose_h2_content(&script->arena, step, context, &exchange->due);
    break;
  case MESSAGE_FRAME:
    parts = compose_h2_frame(&script->arena, step, context);
    break;
  case MESSAGE_STATUS:
  case MESSAGE_BYTES:
  case MESSAGE_CLOSE:
  case MESSAGE_ABORT:
  case MESSAGE_NOTHING:
    break;
  }
  put(lane, exchange, parts, &script->piece);
  pend(script, exchange, parts);
}

/* Tells people what was sent. */
struct telling {
  struct script *script;
  struct script_exchange *exchange;
  uint64_t now_us;
};

static void tell(struct script *script, size_t client, struct translate *stream, const char *dir,
                 uint64_t now_us) {
  if (stream->text_ready) {
    script_record(script, LANE_CLIENT, (unsigned)client + 1, dir, bytes_span(&stream->text),
                  now_us);
    translate_told(stream);
  }
}

static void tell_sent(void *user, const struct h2_event *event) {
  struct telling *telling = user;
  struct script_exchange *exchange = telling->exchange;
  (void)translate_feed(exchange->asked, event, NULL, NULL);
  tell(telling->script, exchange->client, exchange->asked, "sent", telling->now_us);
}

static void end_answer(struct script *script, struct script_exchange *exchange) {
  struct client_lane *lane = &script->clients[exchange->client];
  exchange->answer_over = true;
  exchange->closed = exchange->closed || (!exchange->cancelled &&
                                          (exchange->final == NULL || !exchange->final->complete));
  while (lane->first_queued < lane->num_queued &&
         script->exchanges[lane->queue[lane->first_queued]]->answer_over) {
    lane->first_queued++;
  }
}

static void cancel(struct script *script, struct script_exchange *exchange) {
  if (!exchange->answer_over) {
    exchange->cancelled = true;
    exchange->turned = true;
    end_answer(script, exchange);
  }
}

static void record_parts(struct script *script, struct script_exchange *exchange,
                         const struct part *part, uint64_t now_us) {
  struct telling telling = {script, exchange, now_us};
  const struct h2_stream *stream = &exchange->stream->stream;
  uint32_t on = link_stream_of(script->clients[exchange->client].link, stream, part);
  if (on != stream->id) {
    struct bytes text = {0};
    part_text(&text, part, on);
    script_record(script, LANE_CLIENT, (unsigned)exchange->client + 1, "sent", bytes_span(&text),
                  now_us);
    bytes_free(&text);
    return;
  }
  if (part->raw && part->type == H2_RST_STREAM) {
    cancel(script, exchange);
  }
  (void)part_events(part, exchange->asked->stream.id, &exchange->ask_ends, tell_sent, &telling);
}

void h2_lane_ask(struct script *script, struct script_exchange *exchange, uint64_t now_us) {
  struct client_lane *lane = &script->clients[exchange->client];
  begin_stream(script, exchange);
  put(lane, exchange, exchange->parts, &lane->link->out);
  for (const struct part *part = exchange->parts; part != NULL; part = part->next) {
    record_parts(script, exchange, part, now_us);
  }
  h2_lane_flush(script, exchange->client);
}

void h2_lane_ask_plain(struct script *script, struct script_exchange *exchange,
                       const struct step *step, const struct compose_context *context,
                       uint64_t now_us) {
  exchange->parts =
      compose_h2_request(&script->arena, step, script->config.scheme, context, &exchange->due);
  h2_lane_ask(script, exchange, now_us);
}

void h2_lane_sent(struct script *script, size_t client, uint64_t now_us) {
  struct client_lane *lane = &script->clients[client];
  for (const struct part *part = script->pending; part != NULL; part = part->then) {
    record_parts(script, script->exchanges[part->exchange], part, now_us);
  }
  script->pending = NULL;
  lane->link->holder = NULL;
  h2_lane_flush(script, client);
}

static struct script_exchange *on_stream(const struct script *script, size_t client, uint32_t id) {
  const struct client_lane *lane = &script->clients[client];
  for (size_t i = 0; i < lane->num_queued; i++) {
    struct script_exchange *exchange = script->exchanges[lane->queue[i]];
    if (exchange->front == lane->conn && exchange->stream != NULL &&
        exchange->stream->stream.id == id) {
      return exchange;
    }
  }
  return NULL;
}

struct receiving {
  struct script *script;
  struct script_exchange *exchange;
  uint64_t now_us;
};

static void take(void *user, const struct h1_event *event) {
  struct receiving *receiving = user;
  struct script_exchange *exchange = receiving->exchange;
  lane_take(receiving->script, exchange->client, exchange, &exchange->building, event,
            receiving->now_us);
}

/* The target says that it did not begin with a request: the client may send it again (RFC 9113
 * section 8.7). */
static bool untouched(const struct script_exchange *exchange) {
  return exchange->arrivals == 0 && !exchange->resent && exchange->num_seen == 0 &&
         exchange->final == NULL && exchange->step != NULL && !exchange->cancelled;
}

/* On a new connection, unless others wait for their answers on this one. */
static void ask_again(struct script *script, struct script_exchange *exchange, uint64_t now_us) {
  const struct client_lane *lane = &script->clients[exchange->client];
  for (size_t i = lane->first_queued; i < lane->num_queued; i++) {
    const struct script_exchange *other = script->exchanges[lane->queue[i]];
    if (other != exchange && !other->answer_over) {
      exchange->resent = true;
      link_forget(lane->link, &exchange->stream->stream);
      h2_lane_ask(script, exchange, now_us);
      return;
    }
  }
  lane_send_again(script, exchange->client, exchange, now_us);
}

static void stream_reset(struct script *script, struct script_exchange *exchange, uint32_t code,
                         uint64_t now_us) {
  const char *name = h2_error_name(code);
  if (code == H2_REFUSED_STREAM && untouched(exchange)) {
    ask_again(script, exchange, now_us);
    return;
  }
  exchange->reset_code = name == NULL ? "an unknown code" : name;
  end_answer(script, exchange);
}

/* What no frame or field of its own would be in any other message, so that who passes it on has
 * passed on a malformed message: bad names and values are for the case to forbid. */
static bool passed_on(const struct script_exchange *exchange, enum h2_fault fault) {
  if (!exchange->sent_broken || exchange->back_number == 0) {
    return false;
  }
  return fault == H2_FAULT_PSEUDO_IN_TRAILERS || fault == H2_FAULT_INTERIM_END_STREAM ||
         fault == H2_FAULT_DATA_BEFORE_FINAL || fault == H2_FAULT_TRAILERS_OPEN;
}

/* What is not the target's making, or not clearly wrong, is no finding. */
static void note_fault(struct script *script, const struct script_exchange *exchange,
                       enum h2_fault fault) {
  enum breach breach = (enum breach)(BREACH_MALFORMED + (int)fault);
  if (passed_on(exchange, fault)) {
    script_find(script, BREACH_PASSED_ON, NULL,
                arena_printf(&script->arena, "a malformed message was passed on: one with %s",
                             h2_fault_text(fault)));
    return;
  }
  bool wrong = h2_fault_malformed(fault) || h2_fault_content(fault);
  if (!wrong || exchange->sent_broken || breach_requirement(breach, HTTP_H2) == NULL) {
    return;
  }
  script_find(script, breach, NULL,
              arena_printf(&script->arena, "a message over HTTP/2 with %s", h2_fault_text(fault)));
}

static void stream_event(struct script *script, struct script_exchange *exchange,
                         const struct h2_event *event, uint64_t now_us) {
  struct receiving receiving = {script, exchange, now_us};
  size_t client = exchange->client;
  const struct translate *stream = exchange->stream;
  if (event->kind == H2_GOT_FRAME && (event->type == H2_HEADERS || event->type == H2_DATA)) {
    script->clients[client].received += H2_FRAME_HEAD + event->length;
  }
  enum h2_fault fault = translate_feed(exchange->stream, event, take, &receiving);
  tell(script, client, exchange->stream, "received", now_us);
  if (exchange->cancelled) {
    return;
  }
  note_fault(script, exchange, fault);
  if (event->kind == H2_GOT_FRAME && event->type == H2_RST_STREAM) {
    if (!exchange->answer_over) {
      stream_reset(script, exchange, event->code, now_us);
    }
  } else if (stream->stream.ended && !exchange->answer_over) {
    end_answer(script, exchange);
  }
}

/* Streams above the last one that GOAWAY names were not begun with. */
static void goaway(struct script *script, size_t client, const struct h2_event *event,
                   uint64_t now_us) {
  struct client_lane *lane = &script->clients[client];
  const char *name = h2_error_name(event->code);
  lane->closing = true;
  script_record(script, LANE_CLIENT, (unsigned)client + 1, "note",
                span_of(arena_printf(&script->arena, "the target sent GOAWAY %s, last stream %u",
                                     name == NULL ? "with an unknown code" : name, event->number)),
                now_us);
  for (size_t i = lane->first_queued; i < lane->num_queued; i++) {
    struct script_exchange *exchange = script->exchanges[lane->queue[i]];
    if (exchange->answer_over || exchange->stream->stream.id <= event->number) {
      continue;
    }
    if (untouched(exchange) && i + 1 == lane->num_queued && i == lane->first_queued) {
      lane_send_again(script, client, exchange, now_us);
      return;
    }
    exchange->reset_code = "GOAWAY";
    exchange->forgone = true;
    end_answer(script, exchange);
  }
}

static void broken(struct script *script, size_t client, uint64_t now_us) {
  struct client_lane *lane = &script->clients[client];
  const struct h2_error *error = &lane->link->h2.reader.error;
  const struct script_exchange *exchange = lane_outstanding(script, client);
  const char *text =
      arena_printf(&script->arena, "%s, at byte %llu of the connection: %s",
                   h2_error_name(error->code), (unsigned long long)error->offset, error->reason);
  lane->broken = true;
  if (error->code == H2_ENHANCE_YOUR_CALM) {
    script->over_limit = text; /* ours: no sentence forbids a larger head */
  } else if (exchange == NULL || !exchange->sent_broken) {
    script_find(script, BREACH_FRAMES, NULL, text);
  }
  lane_close(script, client, ACTOR_ABORT, now_us);
}

void h2_lane_receive(struct script *script, size_t client, struct span bytes, uint64_t now_us) {
  struct client_lane *lane = &script->clients[client];
  struct h2_event event;
  enum h2_status status = H2_MORE;
  conn_id conn = lane->conn;
  link_add(lane->link, bytes);
  while (lane->conn == conn && lane->link != NULL &&
         (status = link_next(lane->link, &event)) == H2_EVENT) {
    struct script_exchange *exchange = on_stream(script, client, event.stream);
    if (exchange != NULL) {
      stream_event(script, exchange, &event, now_us);
    } else if (event.kind == H2_GOT_FRAME && event.type == H2_GOAWAY) {
      goaway(script, client, &event, now_us);
    } else if (event.kind == H2_GOT_FRAME && event.type == H2_HEADERS) {
      script_find(script, BREACH_UNSOLICITED, NULL,
                  arena_printf(&script->arena,
                               "a response came on stream %u, which no request "
                               "has opened",
                               event.stream));
    }
  }
  if (status == H2_ERROR) {
    broken(script, client, now_us);
  }
  h2_lane_flush(script, client);
}

void h2_lane_ended(struct script *script, size_t client) {
  struct client_lane *lane = &script->clients[client];
  for (size_t i = lane->first_queued; i < lane->num_queued; i++) {
    struct script_exchange *exchange = script->exchanges[lane->queue[i]];
    if (!exchange->answer_over) {
      exchange->answer_over = true;
      exchange->closed = !exchange->cancelled;
      exchange->forgone = exchange->forgone || lane->closing;
    }
  }
  lane->first_queued = lane->num_queued;
}

void h2_lane_cancel(struct script *script, size_t client, uint64_t now_us) {
  struct client_lane *lane = &script->clients[client];
  for (size_t i = lane->first_queued; i < lane->num_queued; i++) {
    struct script_exchange *exchange = script->exchanges[lane->queue[i]];
    if (exchange->answer_over) {
      continue;
    }
    h2_write_reset(&lane->link->out, exchange->stream->stream.id, H2_CANCEL);
    script_record(script, LANE_CLIENT, (unsigned)client + 1, "sent",
                  span_of(arena_printf(&script->arena, "RST_STREAM stream=%u CANCEL\r\n",
                                       exchange->stream->stream.id)),
                  now_us);
    cancel(script, exchange);
  }
  h2_lane_flush(script, client);
}

struct script_exchange *lane_turn(const struct script *script, size_t client) {
  for (size_t i = 0; i < script->num_exchanges; i++) {
    struct script_exchange *exchange = script->exchanges[i];
    if (exchange->client == client && exchange->stream != NULL && !exchange->turned) {
      return exchange;
    }
  }
  return NULL;
}
