/* What our origin sends on a stream of HTTP/2. */
#include "script/internal.h"

void h2_back_piece(struct script *script, const struct script_exchange *exchange,
                   struct span bytes) {
  if (exchange->back_link != NULL && bytes.len > 0) {
    outbox_add(script->config.outbox,
               (struct actor_command){.kind = ACTOR_WRITE, .conn = exchange->back, .bytes = bytes});
  }
}

static void flush(struct script *script, const struct script_exchange *exchange) {
  struct link *link = exchange->back_link;
  if (link != NULL && link_take(link)) {
    h2_back_piece(script, exchange, bytes_span(&link->out));
    link->out.len = 0;
  }
}

void h2_back_put(struct script *script, struct script_exchange *exchange, struct span bytes) {
  if (exchange->back_link != NULL) {
    bytes_add(&exchange->back_link->out, bytes);
    flush(script, exchange);
  }
}

static struct part *compose(struct script *script, const struct step *step,
                            struct script_exchange *exchange,
                            const struct compose_context *context) {
  switch (step->messages[0].kind) {
  case MESSAGE_STATUS:
    return compose_h2_response(&script->arena, step, context, &exchange->answer_due);
  case MESSAGE_CONTENT:
    return compose_h2_content(&script->arena, step, context, &exchange->answer_due);
  case MESSAGE_FRAME:
    return compose_h2_frame(&script->arena, step, context);
  case MESSAGE_REQUEST:
  case MESSAGE_BYTES:
  case MESSAGE_CLOSE:
  case MESSAGE_ABORT:
  case MESSAGE_NOTHING:
    break;
  }
  return NULL;
}

/* On a stream that is over only frames made by hand go out; what is not to be written must not be
 * coded. */
static struct link *open_link(const struct script_exchange *exchange, const struct step *step) {
  bool dead = exchange->back_ended_by_us || exchange->back_gone ||
              (exchange->back_stream != NULL && exchange->back_stream->sent_end);
  return dead && step->messages[0].kind != MESSAGE_FRAME ? NULL : exchange->back_link;
}

void h2_back_compose(struct script *script, const struct step *step,
                     struct script_exchange *exchange, const struct compose_context *context,
                     struct bytes *out) {
  struct part *parts = compose(script, step, exchange, context);
  struct link *link = open_link(exchange, step);
  /* What waits goes first: frames are coded in the order in which they are written. */
  if (link != NULL && (link->holder == NULL || link->holder == script)) {
    bytes_add(out, bytes_span(&link->out));
    link->out.len = 0;
  }
  for (const struct part *part = parts; part != NULL && link != NULL; part = part->next) {
    link_put(link, exchange->back_stream, part, out);
  }
  exchange->answer = part_append(exchange->answer, parts);
}

struct reading {
  struct script *script;
  struct script_exchange *exchange;
  uint64_t now_us;
};

static void take(void *user, const struct h1_event *event) {
  struct reading *reading = user;
  exchange_take(reading->script, reading->exchange, event, reading->now_us);
}

/* What the target does from here on has another cause than the interim responses, unless the final
 * one is out. */
static void excuse(struct script_exchange *exchange) {
  exchange->valid_interims = exchange->valid_interims && exchange->final_sent;
}

static void break_off(struct script_exchange *exchange) {
  exchange->sent_broken = true;
  excuse(exchange);
}

/* Reads our own answer as the target does, to know what of it is valid. */
static void read_event(void *user, const struct h2_event *event) {
  struct reading *reading = user;
  struct script_exchange *exchange = reading->exchange;
  struct translate *stream = exchange->answered;
  bool final_sent = exchange->final_sent;
  enum h2_fault fault = translate_feed(stream, event, exchange->sent_broken ? NULL : take, reading);
  if (stream->text_ready) {
    script_record(reading->script, LANE_ORIGIN,
                  (unsigned)exchange_index(reading->script, exchange) + 1, "sent",
                  bytes_span(&stream->text), reading->now_us);
    translate_told(stream);
  }
  if (fault != H2_FAULT_NONE && !exchange->sent_broken) {
    exchange->final_sent = final_sent;
    excuse(exchange);
    if (h2_fault_malformed(fault) || h2_fault_content(fault)) {
      break_off(exchange);
    }
  }
}

static uint32_t stream_of(const struct script_exchange *exchange, const struct part *part) {
  bool open = exchange->back_link != NULL && exchange->back_stream != NULL;
  return open ? link_stream_of(exchange->back_link, exchange->back_stream, part)
              : exchange->back_number;
}

/* For people alone: what says nothing new about the answer. */
static void tell_part(struct script *script, const struct script_exchange *exchange,
                      const struct part *part, uint64_t now_us) {
  struct bytes text = {0};
  part_text(&text, part, stream_of(exchange, part));
  script_record(script, LANE_ORIGIN, (unsigned)exchange_index(script, exchange) + 1, "sent",
                bytes_span(&text), now_us);
  bytes_free(&text);
}

static void read_part(struct script *script, struct script_exchange *exchange,
                      const struct part *part, uint64_t now_us) {
  struct reading reading = {script, exchange, now_us};
  /* A frame on another stream says nothing about the answer, but may cost the connection. */
  if (part->raw && part->on != FRAME_ON_EXCHANGE) {
    tell_part(script, exchange, part, now_us);
    exchange->valid_interims = false;
    return;
  }
  bool whole =
      part_events(part, stream_of(exchange, part), &exchange->answer_ends, read_event, &reading);
  if (!whole) {
    break_off(exchange);
  }
  bool upsets = part->type == H2_RST_STREAM || part->type == H2_GOAWAY ||
                part->type == H2_PUSH_PROMISE || part->type == H2_SETTINGS;
  if (upsets) {
    excuse(exchange);
  }
}

void h2_back_sent(struct script *script, struct script_exchange *exchange, uint64_t now_us) {
  if (exchange->answered == NULL) {
    exchange->answered = arena_alloc(&script->arena, sizeof(*exchange->answered));
    translate_init(exchange->answered, exchange->back_number, H2_READ_RESPONSE);
    exchange->answered->stream.to_head = span_is(exchange->request->method, "HEAD");
    exchange->answered->stream.to_connect = span_is(exchange->request->method, "CONNECT");
  }
  const struct part *last = exchange->last_answered;
  const struct part *part = last == NULL ? exchange->answer : last->next;
  for (; part != NULL; part = part->next) {
    read_part(script, exchange, part, now_us);
    exchange->last_answered = part;
  }
  flush(script, exchange);
}

void h2_back_release(struct script *script, struct script_exchange *exchange) {
  struct link *link = exchange->back_link;
  if (link != NULL && link->holder == script) {
    link->holder = NULL;
    flush(script, exchange);
  }
}

void h2_back_end(struct script *script, struct script_exchange *exchange, uint64_t now_us) {
  static const char text[] = "RST_STREAM INTERNAL_ERROR\r\n";
  if (exchange->back_link == NULL || exchange->back_stream->sent_end) {
    return;
  }
  struct bytes out = {0};
  h2_write_reset(&out, exchange->back_number, H2_INTERNAL_ERROR);
  exchange->back_stream->sent_end = true;
  link_forget(exchange->back_link, exchange->back_stream);
  h2_back_put(script, exchange, bytes_span(&out));
  script_record(script, LANE_ORIGIN, (unsigned)exchange_index(script, exchange) + 1, "sent",
                span_of(text), now_us);
  bytes_free(&out);
}

void h2_back_again(struct script *script, struct script_exchange *exchange, uint64_t now_us) {
  struct bytes out = {0};
  for (const struct part *part = exchange->answer; part != NULL; part = part->next) {
    link_put(exchange->back_link, exchange->back_stream, part, &out);
    tell_part(script, exchange, part, now_us);
  }
  h2_back_put(script, exchange, bytes_span(&out));
  bytes_free(&out);
  h2_back_sent(script, exchange, now_us);
}
