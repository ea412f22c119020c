#include "script/internal.h"

static unsigned origin_number(const struct script *script, const struct script_exchange *exchange) {
  return (unsigned)exchange_index(script, exchange) + 1;
}

/* A request that says close ends its connection with the final response (RFC 9112 section 9.6);
 * some targets wait for that end. */
static void close_as_asked(struct script *script, struct script_exchange *exchange,
                           uint64_t now_us) {
  const struct message_seen *request = exchange->request;
  if (exchange->final_sent && request != NULL && request->complete &&
      message_ends_connection(request)) {
    back_end(script, exchange, ACTOR_CLOSE, now_us);
  }
}

void back_write(struct script *script, struct script_exchange *exchange, struct span bytes,
                uint64_t now_us) {
  if (exchange->back == 0 || exchange->back_ended_by_us || bytes.len == 0) {
    return;
  }
  if (exchange->back_number != 0) {
    h2_back_put(script, exchange, bytes);
    return;
  }
  bytes_add(&exchange->sent_all, bytes);
  if (exchange->back_gone) {
    return;
  }
  outbox_add(script->config.outbox,
             (struct actor_command){.kind = ACTOR_WRITE, .conn = exchange->back, .bytes = bytes});
  script_record(script, LANE_ORIGIN, origin_number(script, exchange), "sent", bytes, now_us);
  exchange->num_heard = exchange->sent_all.len;
  exchange_sent(script, exchange, bytes, now_us);
  close_as_asked(script, exchange, now_us);
}

void back_end(struct script *script, struct script_exchange *exchange, enum actor_command_kind how,
              uint64_t now_us) {
  if (exchange->back == 0 || exchange->back_gone ||
      (exchange->back_ended_by_us && exchange->back_end != ACTOR_SHUT)) {
    return;
  }
  exchange->back_ended_by_us = true;
  exchange->back_end = how;
  if (exchange->back_number != 0) {
    h2_back_end(script, exchange, now_us);
    return;
  }
  outbox_add(script->config.outbox, (struct actor_command){.kind = how, .conn = exchange->back});
  const char *note = how == ACTOR_SHUT ? "half-closes" : how == ACTOR_ABORT ? "aborts" : "closes";
  script_record(script, LANE_ORIGIN, origin_number(script, exchange), "note", span_of(note),
                now_us);
  if (how != ACTOR_ABORT) {
    exchange_sent_end(script, exchange, now_us);
  }
}

void back_compose(struct script *script, const struct step *step, struct script_exchange *exchange,
                  const struct compose_context *context, struct bytes *out) {
  if (exchange->back_number != 0) {
    h2_back_compose(script, step, exchange, context, out);
    return;
  }
  switch (step->messages[0].kind) {
  case MESSAGE_STATUS:
    compose_response(out, step, context);
    break;
  case MESSAGE_CONTENT:
    compose_content(out, step, exchange->answer_chunked && !exchange->switched, context);
    break;
  case MESSAGE_BYTES:
    compose_substitute(out, step->content, context);
    break;
  case MESSAGE_REQUEST:
  case MESSAGE_FRAME:
  case MESSAGE_CLOSE:
  case MESSAGE_ABORT:
  case MESSAGE_NOTHING:
    break;
  }
}

void back_sent(struct script *script, struct script_exchange *exchange, uint64_t now_us) {
  if (exchange->back_number != 0) {
    h2_back_sent(script, exchange, now_us);
  }
}

void back_answer(struct script *script, struct script_exchange *exchange, uint64_t now_us) {
  struct case_message ok = {.kind = MESSAGE_STATUS, .low = 200, .high = 200, .minor = -1};
  struct step step = {.messages = &ok, .num_messages = 1};
  struct compose_context context;
  exchange_context(script, exchange, &context);
  struct bytes out = {0};
  back_compose(script, &step, exchange, &context, &out);
  back_write(script, exchange, bytes_span(&out), now_us);
  back_sent(script, exchange, now_us);
  bytes_free(&out);
}

static struct message_seen *copy_head(struct script *script, const struct message_seen *head) {
  struct message_seen *copy = arena_alloc(&script->arena, sizeof(*copy));
  copy->request = true;
  copy->method = arena_copy(&script->arena, head->method);
  copy->target = arena_copy(&script->arena, head->target);
  copy->minor = head->minor;
  copy->framing = head->framing;
  copy->head_done = true;
  copy->head_us = head->head_us;
  copy->num_fields = head->num_fields;
  copy->cap_fields = head->num_fields;
  copy->fields = arena_array(&script->arena, head->num_fields, sizeof(*copy->fields));
  for (size_t i = 0; i < head->num_fields; i++) {
    copy->fields[i].name = arena_copy(&script->arena, head->fields[i].name);
    copy->fields[i].value = arena_copy(&script->arena, head->fields[i].value);
  }
  return copy;
}

/* A retry by the target gets what the first arrival got, at once. */
static void answer_again(struct script *script, struct script_exchange *exchange, uint64_t now_us) {
  enum actor_command_kind how = exchange->back_end;
  bool ended = exchange->back_ended_by_us;
  if (exchange->back_number != 0) {
    exchange->back_ended_by_us = false;
    h2_back_again(script, exchange, now_us);
    if (ended) {
      back_end(script, exchange, how, now_us);
    }
    return;
  }
  exchange->back_ended_by_us = false;
  struct span bytes = bytes_span(&exchange->sent_all);
  if (bytes.len > 0) {
    outbox_add(script->config.outbox,
               (struct actor_command){.kind = ACTOR_WRITE, .conn = exchange->back, .bytes = bytes});
    script_record(script, LANE_ORIGIN, origin_number(script, exchange), "sent", bytes, now_us);
    exchange_sent(script, exchange, span_skip(bytes, exchange->num_heard), now_us);
    exchange->num_heard = bytes.len;
  }
  if (ended) {
    back_end(script, exchange, how, now_us);
  }
}

bool script_request(struct script *script, struct nonce nonce, struct back_route route,
                    const struct message_seen *head, struct span raw, uint64_t now_us) {
  if (script->phase == PHASE_DONE || nonce.attempt != script->config.attempt ||
      nonce.request >= script->num_exchanges) {
    return false;
  }
  struct script_exchange *exchange = script->exchanges[nonce.request];
  exchange->arrivals++;
  exchange->answered_unasked =
      exchange->answered_unasked || (exchange->arrivals == 1 && exchange->final != NULL);
  exchange->back = route.conn;
  exchange->back_link = route.link;
  exchange->back_stream = route.stream;
  exchange->back_number = route.stream == NULL ? 0 : route.stream->id;
  enum http_version version = route.stream == NULL ? HTTP_H1 : HTTP_H2;
  script->wrong_back = script->wrong_back || (script->config.file->backs & (unsigned)version) == 0;
  exchange->back_fin = false;
  exchange->back_gone = false;
  if (exchange->request != NULL) {
    bytes_free(&exchange->request->content);
  }
  exchange->request = copy_head(script, head);
  exchange->arrived_http10 = head->minor == 0;
  script_record(script, LANE_ORIGIN, nonce.request + 1, "received", raw, now_us);
  if (exchange->arrivals == 1) {
    (void)h1_response_request(&exchange->sent, span_is(head->method, "HEAD")      ? H1_FOR_HEAD
                                               : span_is(head->method, "CONNECT") ? H1_FOR_CONNECT
                                                                                  : H1_FOR_GET);
  } else {
    script_record(script, LANE_ORIGIN, nonce.request + 1, "note",
                  span_of("the target sent the request again"), now_us);
    answer_again(script, exchange, now_us);
  }
  if (exchange->automatic && exchange->arrivals == 1) {
    back_answer(script, exchange, now_us);
  }
  step_arrived(script, exchange, now_us);
  return true;
}

static struct script_exchange *on_back(const struct script *script, conn_id back, uint32_t stream) {
  for (size_t i = script->num_exchanges; i > 0; i--) {
    if (script->exchanges[i - 1]->back == back && script->exchanges[i - 1]->back_number == stream) {
      return script->exchanges[i - 1];
    }
  }
  return NULL;
}

void script_request_event(struct script *script, conn_id back, uint32_t stream,
                          const struct h1_event *event, uint64_t now_us) {
  struct script_exchange *exchange = on_back(script, back, stream);
  if (exchange != NULL && exchange->request != NULL) {
    wait_progress(script, now_us);
    if (event->kind == H1_CONTENT || event->kind == H1_TUNNEL) {
      script_record(script, LANE_ORIGIN, origin_number(script, exchange), "received", event->value,
                    now_us);
    }
    message_feed(exchange->request, &script->arena, event, now_us);
    close_as_asked(script, exchange, now_us);
  }
}

void script_owed(struct script *script, size_t exchange, struct nonce nonce) {
  const struct script_exchange *owing = script->exchanges[exchange];
  bool ours = nonce.play == script->config.play && nonce.attempt == script->config.attempt &&
              nonce.request < script->num_exchanges;
  if (ours && script->exchanges[nonce.request]->front == owing->front) {
    return;
  }
  script_find(script, BREACH_OWED, NULL,
              "another request arrived at the origin as the content of this one");
}

void script_back_ended(struct script *script, conn_id back, uint32_t stream, enum back_end how,
                       uint64_t now_us) {
  static const char *const notes[] = {
      [BACK_FIN] = "the target closed",
      [BACK_GONE] = "the target reset",
      [BACK_RESET] = "the target reset the stream",
  };
  struct script_exchange *exchange = on_back(script, back, stream);
  if (exchange == NULL) {
    return;
  }
  exchange->back_left = exchange->back_left || !exchange->back_ended_by_us;
  exchange->back_fin = true;
  exchange->back_gone = exchange->back_gone || how != BACK_FIN;
  if (how == BACK_GONE) {
    exchange->back_link = NULL;
    exchange->back_stream = NULL;
  }
  script_record(script, LANE_ORIGIN, origin_number(script, exchange), "note", span_of(notes[how]),
                now_us);
}
