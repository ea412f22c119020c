#include "script/internal.h"

#define STATUS_LINE "HTTP/1."

bool lane_is_over(const struct client_lane *lane) {
  return lane->state == LANE_ENDED || lane->fin || lane->broken;
}

struct script_exchange *lane_outstanding(const struct script *script, size_t client) {
  const struct client_lane *lane = &script->clients[client];
  if (lane->first_queued == lane->num_queued) {
    return NULL;
  }
  return script->exchanges[lane->queue[lane->first_queued]];
}

void lane_open(struct script *script, size_t client, uint64_t now_us) {
  struct client_lane *lane = &script->clients[client];
  lane->state = LANE_OPENING;
  lane->opening_us = now_us;
  lane->conn = (*script->config.next_conn)++;
  lane->fin = false;
  lane->reset = false;
  lane->refused = false;
  lane->broken = false;
  lane->instead = NULL;
  lane->shut = false;
  lane->closing = false;
  lane->answered = false;
  lane->crossed = false;
  lane->tunnel = false;
  lane->inside = false;
  lane->received = 0;
  lane->window.len = 0;
  lane->sent_window.len = 0;
  lane->building = NULL;
  for (size_t i = 0; i < lane->num_queued; i++) {
    script->exchanges[lane->queue[i]]->turned = true;
  }
  lane->first_queued = lane->num_queued;
  if (script->config.front == HTTP_H2) {
    h2_lane_open(script, client);
  }
  h1_response_init(&lane->parser, &h1_default_limits);
  h1_request_init(&lane->sent, &h1_default_limits);
  outbox_add(script->config.outbox, (struct actor_command){.kind = ACTOR_OPEN,
                                                           .conn = lane->conn,
                                                           .place = script->config.place});
}

/* How long a target may take to open a connection, TLS included, while it serves others: many are
 * opened at once, and who opens none counts as gone. */
enum { OPEN_US = 5000000 };

bool lane_gave_up(struct script *script, size_t client, uint64_t now_us) {
  struct client_lane *lane = &script->clients[client];
  wait_begin(script, OPEN_US, now_us);
  if (!wait_over(script, now_us)) {
    return false;
  }
  outbox_add(script->config.outbox,
             (struct actor_command){.kind = ACTOR_ABORT, .conn = lane->conn});
  lane->state = LANE_ENDED;
  lane->refused = true;
  return true;
}

static enum h1_request_kind request_kind(const struct script_exchange *exchange) {
  if (span_is(exchange->method, "HEAD")) {
    return H1_FOR_HEAD;
  }
  return span_is(exchange->method, "CONNECT") ? H1_FOR_CONNECT : H1_FOR_GET;
}

bool lane_in_connect(const struct client_lane *lane) {
  return lane->inside || (lane->tunnel && !lane->last->interim);
}

/* A request behind a 2xx to CONNECT begins a conversation of its own, inside the tunnel. */
static void begin_inside(struct client_lane *lane) {
  if (!lane->tunnel || lane->last->interim) {
    return;
  }
  lane->tunnel = false;
  lane->inside = true;
  lane->answered = false;
  lane->building = NULL;
  lane->window.len = 0;
  lane->sent_window.len = 0;
  h1_response_init(&lane->parser, &h1_default_limits);
  h1_request_init(&lane->sent, &h1_default_limits);
}

void lane_request(struct script *script, struct script_exchange *exchange) {
  struct client_lane *lane = &script->clients[exchange->client];
  begin_inside(lane);
  exchange->front = lane->conn;
  exchange->sent_us = script->ran_us;
  lane->queue = arena_grow(&script->arena, lane->queue, lane->num_queued, &lane->cap_queued,
                           sizeof(*lane->queue));
  lane->queue[lane->num_queued] = exchange_index(script, exchange);
  lane->num_queued++;
  exchange->turned = false;
  lane->received_before = lane->received;
  lane->request.len = 0;
  (void)h1_response_request(&lane->parser, request_kind(exchange));
}

static void read_sent(struct client_lane *lane, struct span bytes) {
  bytes_add(&lane->sent_window, bytes);
  struct h1_event event;
  while (h1_request_next(&lane->sent, bytes_span(&lane->sent_window), &event) == H1_EVENT) {
  }
  size_t drop = (size_t)(h1_request_keep(&lane->sent) - lane->sent.base);
  bytes_drop(&lane->sent_window, drop);
  h1_request_drop(&lane->sent, drop);
}

bool lane_at_boundary(const struct client_lane *lane) {
  if (lane->link != NULL) {
    return true;
  }
  struct h1_request copy = lane->sent;
  struct h1_event event;
  return h1_request_finish(&copy, &event) != H1_ERROR;
}

void lane_write(struct script *script, size_t client, struct span bytes, uint64_t now_us) {
  struct client_lane *lane = &script->clients[client];
  if (lane->state == LANE_ENDED || lane->shut || bytes.len == 0) {
    return;
  }
  outbox_add(script->config.outbox,
             (struct actor_command){.kind = ACTOR_WRITE, .conn = lane->conn, .bytes = bytes});
  if (lane->link != NULL) {
    return;
  }
  script_record(script, LANE_CLIENT, (unsigned)client + 1, "sent", bytes, now_us);
  bytes_add(&lane->request, bytes);
  read_sent(lane, bytes);
}

void lane_close(struct script *script, size_t client, enum actor_command_kind how,
                uint64_t now_us) {
  struct client_lane *lane = &script->clients[client];
  if (lane->state == LANE_ENDED || lane->state == LANE_NEW) {
    return;
  }
  outbox_add(script->config.outbox, (struct actor_command){.kind = how, .conn = lane->conn});
  const char *note = how == ACTOR_SHUT ? "half-closes" : how == ACTOR_ABORT ? "aborts" : "closes";
  script_record(script, LANE_CLIENT, (unsigned)client + 1, "note", span_of(note), now_us);
  if (how == ACTOR_SHUT) {
    lane->shut = true;
  } else {
    lane->state = LANE_ENDED;
  }
}

static void find_owner(const struct script *script, struct message_seen *message,
                       const struct script_exchange *exchange) {
  struct span value;
  bool planted = false;
  if (script_makes_answers(script)) {
    message->owner = exchange == NULL ? OWNER_TARGET : OWNER_OURS;
    return;
  }
  if (!message_field_value(message, message->interim ? MARK_FIELD : NONCE_FIELD, &value) ||
      !nonce_find(value, script->config.run, &message->nonce, &planted)) {
    return;
  }
  struct nonce due = {script->config.run & 0xffffffU, script->config.play, script->config.attempt,
                      exchange == NULL ? 0 : (uint32_t)exchange_index(script, exchange)};
  message->owner = planted                                             ? OWNER_PLANTED
                   : exchange != NULL && nonce_eq(due, message->nonce) ? OWNER_OURS
                                                                       : OWNER_FOREIGN;
}

/* The answer to a later request of the same connection: the target is done with this one, of which
 * the client got an interim response only. */
static bool passed_over(const struct script *script, const struct message_seen *message,
                        const struct script_exchange *exchange) {
  return message->owner == OWNER_FOREIGN && exchange->num_seen > 0 && exchange->stream == NULL &&
         message->nonce.play == script->config.play &&
         message->nonce.attempt == script->config.attempt &&
         message->nonce.request > exchange_index(script, exchange);
}

static const char next_answered_text[] =
    "a request got an interim response and no final one, but the next request was answered";

static void check_owner(struct script *script, const struct message_seen *message,
                        const struct script_exchange *exchange) {
  if (message->owner == OWNER_FOREIGN && passed_over(script, message, exchange)) {
    script_find(script, BREACH_PASSED_OVER, NULL, next_answered_text);
  } else if (message->owner == OWNER_FOREIGN) {
    script_find(
        script, BREACH_FOREIGN, &message->nonce,
        arena_printf(&script->arena, "a %u that answers another request came", message->code));
  }
  if (message->owner == OWNER_PLANTED) {
    script_find(
        script, BREACH_PLANTED, &message->nonce,
        arena_printf(&script->arena, "content was delivered as a %u response", message->code));
  }
}

static void check_interim(struct script *script, const struct message_seen *message,
                          const struct script_exchange *exchange) {
  struct arena *arena = &script->arena;
  if (message_names_field(message, span_of("Content-Length"))) {
    script_find(script, BREACH_INTERIM_LENGTH, NULL,
                arena_printf(arena, "the %u carries Content-Length", message->code));
  }
  if (message_names_field(message, span_of("Transfer-Encoding"))) {
    script_find(script, BREACH_INTERIM_CODING, NULL,
                arena_printf(arena, "the %u carries Transfer-Encoding", message->code));
  }
  if (exchange != NULL && exchange->minor == 0) {
    script_find(script, BREACH_INTERIM_HTTP10, NULL,
                arena_printf(arena, "a %u was sent to an HTTP/1.0 client", message->code));
  }
  if (message->minor != 1) {
    script_find(script, BREACH_VERSION, NULL,
                arena_printf(arena, "the %u is labelled HTTP/1.%u", message->code, message->minor));
  }
  if (message->code == 101 && exchange != NULL && !exchange->upgrades) {
    script_find(script, BREACH_SWITCHED, NULL, "a 101 answered a request without Upgrade");
  }
}

static void final_head(struct script *script, struct message_seen *message,
                       struct script_exchange *exchange) {
  bool leaks = message_names_field(message, span_of(MARK_FIELD));
  if (exchange == NULL) {
    return;
  }
  exchange->final = message;
  if (leaks) {
    exchange->leaked = true;
    script_find(script, BREACH_LEAKED, NULL,
                arena_printf(&script->arena, "the final %u carries the interim's field " MARK_FIELD,
                             message->code));
  }
  bool passed = passed_over(script, message, exchange);
  exchange->next_answered = exchange->next_answered || passed;
  exchange->foreign = exchange->foreign || message->owner == OWNER_PLANTED ||
                      (message->owner == OWNER_FOREIGN && !passed);
  bool made_by_us = message->owner == OWNER_OURS && !script_makes_answers(script);
  exchange->final_altered =
      exchange->final_altered || (made_by_us && exchange->final_code != message->code);
}

static void check_unsolicited(struct script *script, struct message_seen *message) {
  /* 408 on an idle connection is everyone's right (RFC 9110 section 15.5.9). */
  if (message->code == 408) {
    message->claimed = true;
  } else if (message->owner != OWNER_PLANTED) {
    script_find(script, BREACH_UNSOLICITED,
                message->owner == OWNER_FOREIGN ? &message->nonce : NULL,
                arena_printf(&script->arena, "a %u came although no request was outstanding",
                             message->code));
  }
}

/* A 408 for the idle connection that crossed the request on its way (RFC 9110 section 15.5.9). */
static bool crosses(const struct client_lane *lane, const struct message_seen *message,
                    const struct script_exchange *exchange) {
  return message->code == 408 && message->owner == OWNER_TARGET && lane->answered &&
         lane->link == NULL && exchange->arrivals == 0 && exchange->num_seen == 0 &&
         !exchange->resent && lane->first_queued + 1 == lane->num_queued;
}

static void interim_head(struct script *script, struct message_seen *message,
                         struct script_exchange *exchange) {
  check_interim(script, message, exchange);
  if (exchange == NULL) {
    return;
  }
  if (message->owner == OWNER_FOREIGN) {
    exchange->foreign = true;
  } else if (message->owner != OWNER_PLANTED) {
    exchange_interim_seen(script, exchange, message);
  }
}

static void head_complete(struct script *script, size_t client, struct script_exchange *exchange,
                          struct message_seen *message) {
  struct client_lane *lane = &script->clients[client];
  message->exchange = exchange == NULL ? SIZE_MAX : exchange_index(script, exchange);
  find_owner(script, message, exchange);
  if (exchange != NULL && crosses(lane, message, exchange)) {
    lane->crossed = true;
    message->exchange = SIZE_MAX;
    message->claimed = true;
    return;
  }
  if (exchange == NULL) {
    check_unsolicited(script, message);
  } else {
    check_owner(script, message, exchange);
  }
  if (message->interim) {
    interim_head(script, message, exchange);
  } else {
    final_head(script, message, exchange);
  }
  if (message->framing == H1_SWITCHED && exchange != NULL && lane->link == NULL) {
    lane->tunnel = true;
    lane->tunnel_seen = 0;
  }
  never_check(script, client, message);
}

/* Behind the head that was read as this request's final response stands a status line, or what its
 * length left of one, while a HEAD waits for its answer: that head was the answer. */
static bool is_answer_to_head(const struct script *script, const struct client_lane *lane,
                              const struct script_exchange *exchange) {
  struct span content = bytes_span(&exchange->final->content);
  struct span status_line = span_of(STATUS_LINE);
  size_t len = content.len < status_line.len ? content.len : status_line.len;
  if (len == 0 || exchange->num_seen == 0 ||
      !span_eq(span_make(content.ptr, len), span_make(status_line.ptr, len))) {
    return false;
  }
  for (size_t i = lane->first_queued; i < lane->num_queued; i++) {
    const struct script_exchange *later = script->exchanges[lane->queue[i]];
    if (later != exchange && span_is(later->method, "HEAD")) {
      return true;
    }
  }
  return false;
}

/* An origin sent an interim response and went on to the next request. Nothing behind it can be told
 * apart any more. */
static bool find_skipped(struct script *script, size_t client, struct script_exchange *exchange,
                         uint64_t now_us) {
  struct client_lane *lane = &script->clients[client];
  if (!script_makes_answers(script) || exchange->final == NULL || exchange->front != lane->conn ||
      !is_answer_to_head(script, lane, exchange)) {
    return false;
  }
  lane->broken = true;
  lane->instead = "the answer to the next request";
  exchange->next_answered = true;
  exchange->final = NULL;
  script_find(script, BREACH_PASSED_OVER, NULL, next_answered_text);
  lane_close(script, client, ACTOR_ABORT, now_us);
  return true;
}

static void check_content(struct script *script, struct message_seen *message,
                          struct script_exchange *exchange) {
  struct nonce nonce;
  bool planted = false;
  if (exchange == NULL || message->owner != OWNER_OURS || script_makes_answers(script) ||
      !nonce_find(bytes_span(&message->content), script->config.run, &nonce, &planted) || planted) {
    return;
  }
  if (!nonce_eq(nonce, message->nonce)) {
    exchange->foreign = true;
    script_find(script, BREACH_FOREIGN, &nonce, "the content belongs to another request's answer");
  }
}

static void final_complete(struct script *script, size_t client, struct script_exchange *exchange,
                           struct message_seen *message) {
  struct client_lane *lane = &script->clients[client];
  if (lane->crossed) {
    return;
  }
  check_content(script, message, exchange);
  lane->answered = true;
  if (lane->link != NULL) {
    return;
  }
  lane->closing = lane->closing || message->framing == H1_UNTIL_CLOSE ||
                  (message->framing != H1_SWITCHED && message_ends_connection(message));
  if (exchange != NULL) {
    lane->first_queued++;
  }
}

static struct message_seen *begin_message(struct script *script, struct client_lane *lane) {
  struct message_seen *message = arena_alloc(&script->arena, sizeof(*message));
  if (lane->last == NULL) {
    lane->first = message;
  } else {
    lane->last->next = message;
  }
  lane->last = message;
  return message;
}

void lane_take(struct script *script, size_t client, struct script_exchange *exchange,
               struct message_seen **building, const struct h1_event *event, uint64_t now_us) {
  struct client_lane *lane = &script->clients[client];
  struct message_seen *message = event->kind == H1_TUNNEL ? lane->last : *building;
  if (event->kind == H1_INTERIM || event->kind == H1_FINAL) {
    message = begin_message(script, lane);
    *building = message;
  }
  if (message == NULL) {
    return;
  }
  message_feed(message, &script->arena, event, now_us);
  if (event->kind == H1_HEAD_END) {
    head_complete(script, client, exchange, message);
  }
  if (event->kind == H1_END) {
    if (!message->interim) {
      final_complete(script, client, exchange, message);
    }
    *building = NULL;
  }
}

static void take_event(struct script *script, size_t client, const struct h1_event *event,
                       uint64_t now_us) {
  lane_take(script, client, lane_outstanding(script, client), &script->clients[client].building,
            event, now_us);
}

/* Our limits are ours: no sentence forbids a larger head. */
static bool is_limit(enum h1_error_code code) {
  return code == H1_LINE_TOO_LONG || code == H1_HEAD_TOO_LARGE || code == H1_TOO_MANY_FIELDS;
}

/* Three digits are a status code by the grammar, whatever they say (RFC 9112 section 4). */
static bool is_code_out_of_range(const struct client_lane *lane) {
  const struct h1_error *error = &lane->parser.error;
  struct span rest =
      span_skip(bytes_span(&lane->window), (size_t)(error->offset - lane->parser.base));
  bool digits = rest.len > 3;
  for (size_t i = 0; i < 3 && digits; i++) {
    digits = h1_is_digit(rest.ptr[i]);
  }
  return error->code == H1_BAD_STATUS && digits && !h1_is_digit(rest.ptr[3]);
}

/* What is no HTTP stands behind the head that answers a HEAD and announces content. */
static bool is_content_to_head(const struct script *script, const struct client_lane *lane) {
  const struct message_seen *last = lane->last;
  bool own = script_makes_answers(script) || (last != NULL && last->owner == OWNER_TARGET);
  return own && lane->building == NULL && last != NULL && last->complete && !last->interim &&
         last->exchange < script->num_exchanges &&
         script->exchanges[last->exchange]->front == lane->conn &&
         span_is(script->exchanges[last->exchange]->method, "HEAD") &&
         (message_names_field(last, span_of("Content-Length")) ||
          message_names_field(last, span_of("Transfer-Encoding")));
}

static void grammar_broken(struct script *script, size_t client, uint64_t now_us) {
  struct client_lane *lane = &script->clients[client];
  const struct h1_error *error = &lane->parser.error;
  struct script_exchange *exchange = lane_outstanding(script, client);
  if (lane->first_queued > 0 && lane->link == NULL &&
      find_skipped(script, client, script->exchanges[lane->queue[lane->first_queued - 1]],
                   now_us)) {
    return;
  }
  bool unsolicited = lane->building == NULL && exchange == NULL;
  if (exchange != NULL) {
    exchange->garbled = true;
  }
  const char *text =
      arena_printf(&script->arena, "%s, at byte %llu of the connection: %s",
                   h1_error_name(error->code), (unsigned long long)error->offset, error->reason);
  lane->broken = true;
  if (is_limit(error->code)) {
    script->over_limit = text;
  } else if (is_content_to_head(script, lane)) {
    lane->instead = "content behind the answer to HEAD";
    script_find(script, BREACH_HEAD_CONTENT, NULL, "content follows the head that answers a HEAD");
  } else if (exchange == NULL || !exchange->sent_broken) {
    enum breach breach = unsolicited                  ? BREACH_UNSOLICITED
                         : is_code_out_of_range(lane) ? BREACH_CODE
                                                      : BREACH_GRAMMAR;
    script_find(script, breach, NULL, text);
  }
  /* What our origin sent malformed and the target passed on, it did not generate (RFC 9110 section
   * 2.2): the case is about that, and its own requirement decides. */
  lane_close(script, client, ACTOR_ABORT, now_us);
}

/* Passes over empty lines behind a final response, which disturb nobody. True when the window ends
 * inside one. */
static bool at_stray_line(struct client_lane *lane) {
  struct h1_reader *reader = &lane->parser.reader;
  while (reader->start > 0 && reader->state == H1_READ_START && !lane->last->interim) {
    struct span rest = span_skip(bytes_span(&lane->window), (size_t)(reader->start - reader->base));
    if (!span_starts(rest, "\r\n")) {
      return span_is(rest, "\r");
    }
    h1_reader_skip(reader, reader->start + 2);
  }
  return false;
}

static void receive(struct script *script, size_t client, struct span bytes, uint64_t now_us) {
  struct client_lane *lane = &script->clients[client];
  if (lane->link != NULL) {
    h2_lane_receive(script, client, bytes, now_us);
    return;
  }
  script_record(script, LANE_CLIENT, (unsigned)client + 1, "received", bytes, now_us);
  lane->received += bytes.len;
  if (lane->broken) {
    return;
  }
  bytes_add(&lane->window, bytes);
  while (!at_stray_line(lane)) {
    struct h1_event event;
    enum h1_status status = h1_response_next(&lane->parser, bytes_span(&lane->window), &event);
    if (status == H1_ERROR) {
      grammar_broken(script, client, now_us);
    }
    if (status != H1_EVENT) {
      break;
    }
    struct script_exchange *exchange = lane_outstanding(script, client);
    take_event(script, client, &event, now_us);
    bool may_tell = event.kind == H1_CONTENT && exchange != NULL && exchange->final != NULL &&
                    exchange->final->content.len >= sizeof(STATUS_LINE) - 1;
    if (may_tell && find_skipped(script, client, exchange, now_us)) {
      return;
    }
  }
  size_t drop = (size_t)(h1_response_keep(&lane->parser) - lane->parser.base);
  bytes_drop(&lane->window, drop);
  h1_response_drop(&lane->parser, drop);
}

/* Whether the target closed an idle connection just as the request was on its way: its right, and
 * no byte of the request came through. */
static bool lost_race(const struct script *script, size_t client) {
  const struct client_lane *lane = &script->clients[client];
  const struct script_exchange *exchange = lane_outstanding(script, client);
  bool nothing = lane->received == lane->received_before || lane->crossed;
  return exchange != NULL && lane->first_queued + 1 == lane->num_queued && lane->building == NULL &&
         lane->answered && nothing && exchange->arrivals == 0 && !exchange->resent;
}

void lane_send_again(struct script *script, size_t client, struct script_exchange *exchange,
                     uint64_t now_us) {
  struct client_lane *lane = &script->clients[client];
  struct bytes request = lane->request;
  lane->request = (struct bytes){0};
  exchange->resent = true;
  lane_close(script, client, ACTOR_CLOSE, now_us);
  lane_open(script, client, now_us);
  lane_request(script, exchange);
  if (lane->link != NULL) {
    h2_lane_ask(script, exchange, now_us);
  } else {
    lane_write(script, client, bytes_span(&request), now_us);
  }
  bytes_free(&request);
}

static void ended(struct script *script, size_t client, const char *how, uint64_t now_us) {
  struct client_lane *lane = &script->clients[client];
  script_record(script, LANE_CLIENT, (unsigned)client + 1, "note", span_of(how), now_us);
  if (lost_race(script, client)) {
    lane_send_again(script, client, lane_outstanding(script, client), now_us);
    return;
  }
  if (lane->link != NULL) {
    h2_lane_ended(script, client);
    return;
  }
  struct h1_event event;
  if (!lane->broken && h1_response_finish(&lane->parser, &event) == H1_EVENT) {
    take_event(script, client, &event, now_us);
  }
  for (size_t i = lane->first_queued; i < lane->num_queued; i++) {
    struct script_exchange *exchange = script->exchanges[lane->queue[i]];
    bool upgraded = lane->tunnel && i == lane->first_queued && exchange->upgrades;
    exchange->closed = !upgraded;
    exchange->forgone = lane->closing;
  }
}

static size_t find_lane(const struct script *script, conn_id conn) {
  size_t client = 0;
  while (client < SCRIPT_MAX_CLIENTS &&
         (script->clients[client].state == LANE_NEW || script->clients[client].conn != conn)) {
    client++;
  }
  return client;
}

bool script_has_connection(const struct script *script, conn_id conn) {
  return find_lane(script, conn) < SCRIPT_MAX_CLIENTS;
}

uint64_t script_opening_us(const struct script *script, conn_id conn, uint64_t now_us) {
  return now_us - script->clients[find_lane(script, conn)].opening_us;
}

void script_client_event(struct script *script, const struct actor_event *event, uint64_t now_us) {
  size_t client = find_lane(script, event->conn);
  if (client == SCRIPT_MAX_CLIENTS || script->clients[client].state == LANE_ENDED) {
    return;
  }
  struct client_lane *lane = &script->clients[client];
  switch (event->kind) {
  case ACTOR_CONNECTED:
    lane->state = LANE_OPEN;
    break;
  case ACTOR_REFUSED:
    lane->state = LANE_ENDED;
    lane->refused = true;
    break;
  case ACTOR_BYTES:
    wait_progress(script, now_us);
    receive(script, client, event->bytes, now_us);
    break;
  case ACTOR_FIN:
    lane->fin = true;
    ended(script, client, "the target closed", now_us);
    break;
  case ACTOR_RESET:
    lane->state = LANE_ENDED;
    lane->reset = true;
    ended(script, client, "the target reset", now_us);
    break;
  case ACTOR_ACCEPTED_CONN:
  case ACTOR_TIME:
    break;
  }
}
