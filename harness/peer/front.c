#include "peer/front.h"

#include "core/h1_request.h"
#include "peer/bugs.h"
#include "peer/decide.h"
#include "peer/exchange.h"
#include "peer/wire.h"

enum {
  /* Requests that a client may send ahead. There is no way to stop it, so what comes later is not
   * read, and the connection ends after the requests that were. */
  MAX_PIPELINED = 1024 * 1024,
  /* A closing connection is read on for so long, so that a reset does not overtake the response
   * (RFC 9112 section 9.6). */
  LINGER_US = 1000 * 1000,
};

enum front_state {
  FRONT_HEAD,     /* between requests, or inside a head */
  FRONT_EXCHANGE, /* from the end of a head to the end of both messages */
  FRONT_TUNNEL,
  FRONT_LINGER, /* nothing more is sent; what comes is thrown away */
};

struct front {
  struct conn conn;
  enum front_state state;
  struct h1_request parser;
  struct exchange exchange;
  enum h1_framing framing; /* of the response */
  uint64_t parsed;         /* stream offset behind the last event */
  uint64_t content_read;   /* of the request */
  uint64_t drained;        /* of that, after the response was complete */
  bool head_begun;
  unsigned num_requests; /* that it had before this one */
  bool close;            /* the request's connection options */
  bool keep_alive;
  bool request_ended;
  bool response_ended;
  bool keep; /* the connection outlives the response */
  bool fin;  /* the client sends no more */
  bool deaf; /* we read no more */
  bool told; /* the origin knows that the client's way of the tunnel ended */
  bool shut; /* the origin's way of the tunnel ended */
};

static size_t unread(const struct front *front) {
  return (size_t)(front->parser.base + front->conn.in.len - front->parsed);
}

static bool wants_input(const struct front *front) {
  switch (front->state) {
  case FRONT_HEAD:
  case FRONT_TUNNEL:
    return true;
  case FRONT_EXCHANGE:
    return !front->request_ended;
  case FRONT_LINGER:
    return false;
  }
  return false;
}

/* While the origin has to speak it is the back's clock that runs. */
static void touch(struct front *front) {
  if (front->state != FRONT_LINGER) {
    relay_deadline(&front->conn, wants_input(front)
                                     ? front->conn.relay->now_us + front->conn.relay->config.idle_us
                                     : ACTOR_NEVER);
  }
}

/* The exchange is over or abandoned by now. */
static void start_close(struct front *front) {
  if (front->fin) {
    relay_close(&front->conn);
    return;
  }
  relay_shut(&front->conn);
  front->state = FRONT_LINGER;
  relay_deadline(&front->conn, front->conn.relay->now_us + LINGER_US);
}

/* What the exchange asks of us. */

static void write_head(struct front *front, const struct message *head, enum h1_framing framing,
                       const char *connection, enum relay_write how) {
  struct bytes text = {0};
  wire_response(&text, head, framing, connection);
  bug_text(&front->exchange, head, &text);
  relay_write(&front->conn, bytes_span(&text), how);
  bytes_free(&text);
}

static void front_interim(void *self, const struct message *head) {
  write_head(self, head, H1_NO_CONTENT, NULL, RELAY_APART);
}

static void front_final(void *self, const struct message *head) {
  struct front *front = self;
  const struct message *request = &front->exchange.request;
  front->framing = decide_framing(head, request->minor);
  if (front->framing == H1_UNTIL_CLOSE && bug_is(front->conn.relay, BUG_CHUNKS_TO_HTTP10)) {
    front->framing = H1_CHUNKED;
  }
  struct persist_facts facts = {
      .minor = request->minor,
      .close = front->close &&
               !(front->exchange.facts.struck && bug_is(front->conn.relay, BUG_CLOSE_FORGOTTEN)),
      .keep_alive = front->keep_alive,
      .delimited = front->framing != H1_UNTIL_CLOSE,
      .last = head->last,
      .ended = front->fin && unread(front) == 0,
      .request_ended = front->request_ended,
      .length_known = request->content == CONTENT_LENGTH,
      .unread = request->length - front->content_read,
  };
  front->keep = decide_persist(&facts);
  const char *connection = request->minor == 0 ? "keep-alive" : NULL;
  write_head(front, head, front->framing, front->keep ? connection : "close", RELAY_JOIN);
}

static void front_content(void *self, struct span content) {
  struct front *front = self;
  struct bytes text = {0};
  switch (front->framing) {
  case H1_LENGTH:
  case H1_UNTIL_CLOSE:
    relay_write(&front->conn, content, RELAY_JOIN);
    break;
  case H1_CHUNKED:
    wire_chunk(&text, content);
    relay_write(&front->conn, bytes_span(&text), RELAY_JOIN);
    bytes_free(&text);
    break;
  case H1_NO_CONTENT:
  case H1_SWITCHED:
    if (bug_is(front->conn.relay, BUG_IN_DATA)) {
      relay_write(&front->conn, content, RELAY_JOIN);
    }
    break;
  }
  exchange_response_taken(&front->exchange, content.len);
}

static void front_end(void *self, const struct message *message) {
  struct front *front = self;
  if (front->framing == H1_CHUNKED) {
    struct bytes text = {0};
    wire_last_chunk(&text, &message->trailers);
    relay_write(&front->conn, bytes_span(&text), RELAY_JOIN);
    bytes_free(&text);
  }
  front->response_ended = true;
  relay_resume_later(&front->conn);
}

/* Without a length or chunks only a reset can tell the client that something is missing. */
static void front_cut(void *self) {
  struct front *front = self;
  if (front->framing == H1_UNTIL_CLOSE) {
    relay_abort(&front->conn);
  } else {
    start_close(front);
  }
}

static void front_switched(void *self, const struct message *head) {
  struct front *front = self;
  write_head(front, head, H1_SWITCHED, NULL, RELAY_APART);
  h1_request_switch(&front->parser);
  front->state = FRONT_TUNNEL;
  relay_resume_later(&front->conn);
}

static void front_tunnel(void *self, struct span bytes) {
  struct front *front = self;
  relay_write(&front->conn, bytes, RELAY_JOIN);
  touch(front);
}

static void front_tunnel_end(void *self, bool reset) {
  struct front *front = self;
  if (reset) {
    relay_abort(&front->conn);
    return;
  }
  relay_shut(&front->conn);
  front->shut = true;
  if (front->told) {
    relay_close(&front->conn);
  }
}

static const struct exchange_front exchange_ops = {
    .interim = front_interim,
    .final = front_final,
    .content = front_content,
    .end = front_end,
    .cut = front_cut,
    .switched = front_switched,
    .tunnel = front_tunnel,
    .tunnel_end = front_tunnel_end,
};

/* What the client sends. */

static void begin_request(struct front *front) {
  exchange_free(&front->exchange);
  exchange_init(&front->exchange, front->conn.relay, &exchange_ops, front);
  front->framing = H1_NO_CONTENT;
  front->content_read = 0;
  front->drained = 0;
  front->head_begun = false;
  front->close = false;
  front->keep_alive = false;
  front->request_ended = false;
  front->response_ended = false;
  front->keep = false;
  front->state = FRONT_HEAD;
}

/* The rest of the stream cannot be read: answer, or break off, and end the connection. */
static void refuse(struct front *front, unsigned code, const char *why) {
  if (front->state == FRONT_HEAD) {
    front->state = FRONT_EXCHANGE;
  }
  if (front->exchange.answered) {
    start_close(front);
  } else {
    front->request_ended = true;
    exchange_refuse(&front->exchange, code, why);
  }
}

static void refuse_error(struct front *front) {
  if (bug_is(front->conn.relay, BUG_CRASH_ON_GARBAGE)) {
    relay_die(front->conn.relay);
  }
  enum h1_error_code error = front->parser.error.code;
  unsigned code = 400;
  if (error == H1_LINE_TOO_LONG) {
    code = front->head_begun ? 431 : 414;
  } else if (error == H1_HEAD_TOO_LARGE || error == H1_TOO_MANY_FIELDS) {
    code = 431;
  }
  refuse(front, code, front->parser.error.reason);
}

static enum message_content content_of(enum h1_framing framing) {
  switch (framing) {
  case H1_LENGTH:
    return CONTENT_LENGTH;
  case H1_CHUNKED:
    return CONTENT_OPEN;
  case H1_NO_CONTENT:
  case H1_UNTIL_CLOSE:
  case H1_SWITCHED:
    break;
  }
  return CONTENT_NONE;
}

/* For named bugs: what was read is thrown away, and a request begins behind it. */
static void begin_anew(struct front *front) {
  size_t done = (size_t)(front->parsed - front->parser.base);
  memmove(front->conn.in.ptr, front->conn.in.ptr + done, front->conn.in.len - done);
  front->conn.in.len -= done;
  front->parsed = 0;
  h1_request_init(&front->parser, &h1_default_limits);
}

static void forget_content(struct front *front) {
  begin_anew(front);
  front->request_ended = true;
  exchange_request_end(&front->exchange);
}

static void head_end(struct front *front, const struct h1_event *event) {
  struct message *request = &front->exchange.request;
  request->content = content_of(event->framing);
  request->length = event->length;
  front->close = field_list_has(&request->fields, "Connection", "close");
  front->keep_alive = field_list_has(&request->fields, "Connection", "keep-alive");
  front->state = FRONT_EXCHANGE;
  front->exchange.facts.front_requests = front->num_requests++;
  exchange_start(&front->exchange, unread(front) > 0);
  if (bug_strikes(&front->exchange, NULL, BUG_CONTENT_AS_REQUEST)) {
    forget_content(front);
  }
}

static void content(struct front *front, struct span bytes) {
  front->content_read += bytes.len;
  if (!front->response_ended) {
    exchange_request_content(&front->exchange, bytes);
    return;
  }
  front->drained += bytes.len;
  if (front->drained > DECIDE_MAX_DRAIN) {
    start_close(front);
  }
}

static void on_event(struct front *front, const struct h1_event *event) {
  struct message *request = &front->exchange.request;
  switch (event->kind) {
  case H1_REQUEST:
    front->head_begun = true;
    request->method = message_text(request, event->name);
    request->target = message_text(request, event->value);
    request->minor = event->minor;
    break;
  case H1_FIELD:
    message_add(request, &request->fields, event->name, event->value);
    break;
  case H1_HEAD_END:
    head_end(front, event);
    break;
  case H1_CONTENT:
    content(front, event->value);
    break;
  case H1_TRAILER:
    message_add(request, &request->trailers, event->name, event->value);
    break;
  case H1_END:
    front->request_ended = true;
    exchange_request_end(&front->exchange);
    break;
  case H1_TUNNEL:
    if (front->state == FRONT_TUNNEL) {
      exchange_tunnel_to_origin(&front->exchange, event->value);
    }
    break;
  case H1_INTERIM:
  case H1_FINAL:
    break;
  }
}

/* All that has arrived is parsed, and there will be no more. */
static void input_ended(struct front *front) {
  struct h1_event event;
  if (front->state == FRONT_TUNNEL) {
    if (!front->told) {
      front->told = true;
      exchange_tunnel_to_origin_end(&front->exchange, false);
    }
    if (front->shut) {
      relay_close(&front->conn);
    }
    return;
  }
  if (front->state == FRONT_EXCHANGE || h1_request_finish(&front->parser, &event) == H1_ERROR) {
    if (bug_is(front->conn.relay, BUG_CRASH_CUT_SHORT)) {
      relay_die(front->conn.relay);
    }
    refuse(front, 400, "the request is incomplete");
  } else {
    start_close(front);
  }
}

/* What named bugs do behind an exchange. True when no other follows it. */
static bool bug_behind(struct front *front) {
  const struct exchange *x = &front->exchange;
  if (bug_is(x->relay, BUG_REQUESTS_LOST) &&
      (x->facts.struck || bug_strikes(x, NULL, BUG_REQUESTS_LOST))) {
    front->parsed += unread(front);
    begin_anew(front);
  }
  if (!bug_strikes(&front->exchange, NULL, BUG_REFUSED_TUNNEL)) {
    return false;
  }
  front->state = FRONT_LINGER;
  relay_deadline(&front->conn, ACTOR_NEVER);
  return true;
}

/* A named bug reads on where a tunnel begins. */
static void bug_reads_tunnel(struct front *front) {
  if (front->state == FRONT_TUNNEL && bug_is(front->conn.relay, BUG_CONNECT_READ) &&
      span_is(front->exchange.request.method, "CONNECT")) {
    exchange_abandon(&front->exchange);
    begin_anew(front);
    begin_request(front);
  }
}

/* True when there may be more to do at once. */
static bool step(struct front *front) {
  struct h1_event event;
  bug_reads_tunnel(front);
  if (front->state == FRONT_EXCHANGE && front->response_ended) {
    if (!front->keep) {
      start_close(front);
      return false;
    }
    if (front->request_ended && bug_behind(front)) {
      return false;
    }
    if (front->request_ended) {
      begin_request(front);
    }
  }
  if (!wants_input(front)) {
    return false;
  }
  switch (h1_request_next(&front->parser, bytes_span(&front->conn.in), &event)) {
  case H1_EVENT:
    front->parsed = event.end;
    on_event(front, &event);
    return true;
  case H1_ERROR:
    refuse_error(front);
    return true;
  case H1_MORE:
    break;
  }
  if (front->fin || front->deaf) {
    bool again = front->state != FRONT_TUNNEL;
    input_ended(front);
    return again;
  }
  return false;
}

static void run(struct front *front) {
  while (!front->conn.gone && step(front)) {
  }
  if (front->conn.gone || front->state == FRONT_LINGER) {
    return;
  }
  size_t done = (size_t)(h1_request_keep(&front->parser) - front->parser.base);
  h1_request_drop(&front->parser, conn_compact(&front->conn, done));
  if (!wants_input(front) && unread(front) > MAX_PIPELINED) {
    front->deaf = true;
  }
  touch(front);
}

static void client_gone(struct front *front) {
  if (front->state == FRONT_TUNNEL) {
    exchange_tunnel_to_origin_end(&front->exchange, true);
  } else {
    exchange_abandon(&front->exchange);
  }
}

static void feed(struct conn *conn, const struct actor_event *event) {
  struct front *front = (struct front *)conn;
  switch (event->kind) {
  case ACTOR_BYTES:
    if (front->state != FRONT_LINGER && !front->deaf) {
      bytes_add(&conn->in, event->bytes);
      run(front);
    }
    break;
  case ACTOR_FIN:
    front->fin = true;
    if (front->state == FRONT_LINGER) {
      relay_close(conn);
    } else {
      run(front);
    }
    break;
  case ACTOR_RESET:
    client_gone(front);
    relay_gone(conn);
    break;
  case ACTOR_CONNECTED:
  case ACTOR_REFUSED:
  case ACTOR_ACCEPTED_CONN:
  case ACTOR_TIME:
    break;
  }
}

static void expire(struct conn *conn) {
  struct front *front = (struct front *)conn;
  switch (front->state) {
  case FRONT_LINGER:
    relay_close(conn);
    break;
  case FRONT_TUNNEL:
    client_gone(front);
    relay_abort(conn);
    break;
  case FRONT_HEAD:
    if (!front->head_begun && unread(front) == 0) {
      start_close(front);
      break;
    }
    refuse(front, 408, "the request did not arrive in time");
    break;
  case FRONT_EXCHANGE:
    refuse(front, 408, "the content did not arrive in time");
    break;
  }
}

static void resume(struct conn *conn) {
  struct front *front = (struct front *)conn;
  if (front->state != FRONT_LINGER) {
    run(front);
  }
}

static void release(struct conn *conn) {
  exchange_free(&((struct front *)conn)->exchange);
}

static const struct conn_ops ops = {
    .feed = feed, .expire = expire, .resume = resume, .free = release};

struct conn *front_accept(struct relay *relay, conn_id id) {
  struct front *front = relay_conn_new(relay, sizeof(*front), &ops, id);
  h1_request_init(&front->parser, &h1_default_limits);
  begin_request(front);
  touch(front);
  return &front->conn;
}
