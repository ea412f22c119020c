#include "peer/back.h"

#include "core/h1_response.h"
#include "peer/bugs.h"
#include "peer/decide.h"
#include "peer/inner.h"
#include "peer/wire.h"

/* What may be written before the connection stands. */
enum { MAX_HELD = 1024 * 1024 };

struct back {
  struct conn conn;
  struct exchange *exchange; /* NULL while it is idle or given up */
  struct back *next_idle;
  struct h1_response parser;
  struct message head; /* of the response that is being read */
  struct bytes held;   /* to be written once the connection stands */
  size_t held_content; /* of the request, in that */
  uint64_t parsed;     /* stream offset behind the last event */
  bool connected;
  bool kept;      /* an earlier exchange used it */
  bool heard;     /* a byte came since the request was sent */
  size_t skip;    /* bytes that a named bug throws away */
  unsigned reads; /* in which the present head came */
  bool chunked;   /* the request's content */
  bool request_ended;
  bool persistent;  /* so far nothing says that it ends after this response */
  bool until_close; /* the response ends with the connection */
  bool fin;         /* the origin sends no more */
  bool tunnel;
  bool shut; /* the client's way of the tunnel ended */
};

static size_t unread(const struct back *back) {
  return (size_t)(back->parser.base + back->conn.in.len - back->parsed);
}

/* Silence counts while the origin is the one who has to act: to accept us, or to answer. */
static void touch(struct back *back) {
  const struct relay_config *config = &back->conn.relay->config;
  uint64_t now_us = back->conn.relay->now_us;
  if (back->tunnel || back->exchange == NULL) {
    relay_deadline(&back->conn, now_us + config->idle_us);
  } else if (!back->connected || back->request_ended) {
    bool short_of =
        bug_is(back->conn.relay, BUG_SHORT_PATIENCE) && back->exchange->rule.interims > 0;
    relay_deadline(&back->conn,
                   now_us + (short_of ? UINT64_C(1000000) : config->origin_timeout_us));
  } else {
    relay_deadline(&back->conn, ACTOR_NEVER);
  }
}

static void pool_put(struct back *back) {
  struct relay *relay = back->conn.relay;
  back->next_idle = relay->idle;
  relay->idle = back;
}

static void pool_remove(struct back *back) {
  struct back **link = &back->conn.relay->idle;
  while (*link != NULL && *link != back) {
    link = &(*link)->next_idle;
  }
  if (*link == back) {
    *link = back->next_idle;
  }
}

/* What the exchange asks of us. */

static void send(struct back *back, struct span bytes) {
  if (back->connected) {
    relay_write(&back->conn, bytes, RELAY_JOIN);
  } else {
    bytes_add(&back->held, bytes);
  }
  touch(back);
}

static void back_head(void *self, const struct message *request) {
  struct back *back = self;
  struct bytes text = {0};
  (void)h1_response_request(&back->parser,
                            span_is(request->method, "HEAD") ? H1_FOR_HEAD : H1_FOR_GET);
  back->heard = false;
  back->chunked = request->content == CONTENT_OPEN;
  back->request_ended = false;
  back->persistent = true;
  back->until_close = false;
  wire_request(&text, request);
  send(back, bytes_span(&text));
  bytes_free(&text);
}

static bool back_content(void *self, struct span content) {
  struct back *back = self;
  if (!back->connected && back->held.len + content.len > MAX_HELD) {
    return false;
  }
  if (back->chunked) {
    struct bytes text = {0};
    wire_chunk(&text, content);
    send(back, bytes_span(&text));
    bytes_free(&text);
  } else {
    send(back, content);
  }
  if (back->connected) {
    exchange_request_taken(back->exchange, content.len);
  } else {
    back->held_content += content.len;
  }
  return true;
}

static void back_end(void *self, const struct message *request) {
  struct back *back = self;
  struct bytes text = {0};
  if (back->chunked) {
    wire_last_chunk(&text, &request->trailers);
  }
  back->request_ended = true;
  send(back, bytes_span(&text));
  bytes_free(&text);
}

static void back_release(void *self) {
  struct back *back = self;
  struct reuse_facts facts = {
      .persistent = back->persistent,
      .request_ended = back->request_ended,
      .delimited = !back->until_close,
      .unread = unread(back),
      .bug = bug_fault_of(back->conn.relay),
  };
  back->exchange = NULL;
  if (!decide_reuse(&facts)) {
    relay_close(&back->conn);
    return;
  }
  back->kept = true;
  pool_put(back);
  touch(back);
}

static void back_abandon(void *self) {
  struct back *back = self;
  back->exchange = NULL;
  relay_close(&back->conn);
}

static void back_tunnel(void *self, struct span bytes) {
  send(self, bytes);
}

static void back_tunnel_end(void *self, bool reset) {
  struct back *back = self;
  if (reset) {
    back->exchange = NULL;
    relay_abort(&back->conn);
    return;
  }
  relay_shut(&back->conn);
  back->shut = true;
  if (back->fin) {
    relay_close(&back->conn);
  }
}

static const struct exchange_back exchange_ops = {
    .head = back_head,
    .content = back_content,
    .end = back_end,
    .release = back_release,
    .abandon = back_abandon,
    .tunnel = back_tunnel,
    .tunnel_end = back_tunnel_end,
};

/* What the origin sends. */

static void lose(struct back *back, enum exchange_loss loss, const char *why) {
  struct exchange *x = back->exchange;
  back->exchange = NULL;
  relay_close(&back->conn);
  exchange_lost(x, loss, why);
}

static void lose_ended(struct back *back) {
  lose(back, back->kept && !back->heard ? LOSS_STALE : LOSS_CLOSED,
       "the origin closed the connection before a final response was complete");
}

static enum message_content content_of(enum h1_framing framing) {
  switch (framing) {
  case H1_LENGTH:
    return CONTENT_LENGTH;
  case H1_CHUNKED:
  case H1_UNTIL_CLOSE:
    return CONTENT_OPEN;
  case H1_NO_CONTENT:
  case H1_SWITCHED:
    break;
  }
  return CONTENT_NONE;
}

/* Persistence of an origin's connection (RFC 9112 section 9.3). A close in an interim response is
 * taken to mean the end of this exchange; its version says nothing. */
static bool persists(const struct message *head) {
  if (field_list_has(&head->fields, "Connection", "close")) {
    return false;
  }
  return head->minor > 0 || status_is_interim(head->code) ||
         field_list_has(&head->fields, "Connection", "keep-alive");
}

/* A named bug does not let the parser see some bytes behind the present head: it begins anew. */
static void cut_bytes(struct back *back, struct bug_cut cut) {
  size_t at = (size_t)(back->parsed - back->parser.base);
  size_t rest = back->conn.in.len - at;
  size_t len = cut.len < rest ? cut.len : rest;
  if (cut.head_forgotten) {
    back->parser.requests[back->parser.first_request] = H1_FOR_GET;
  }
  if (cut.len == 0) {
    return;
  }
  enum h1_request_kind kind =
      (enum h1_request_kind)back->parser.requests[back->parser.first_request];
  back->skip = cut.len - len;
  bytes_drop(&back->conn.in, at + len);
  back->parsed = 0;
  h1_response_init(&back->parser, &h1_default_limits);
  (void)h1_response_request(&back->parser, kind);
}

static void head_end(struct back *back, const struct h1_event *event) {
  struct message *head = &back->head;
  bool switched = head->code == 101;
  head->content = content_of(event->framing);
  head->length = event->length;
  bool heeded = !back->exchange->facts.struck || !bug_is(back->conn.relay, BUG_REUSE_CLOSING);
  back->persistent = back->persistent && (persists(head) || !heeded);
  back->until_close = event->framing == H1_UNTIL_CLOSE;
  back->exchange->facts.unread = unread(back);
  back->exchange->facts.in_pieces = back->reads > 1;
  back->exchange->facts.back_reused = back->kept;
  back->reads = unread(back) > 0 ? 1 : 0;
  struct bug_cut cut = bug_cut(back->exchange, head);
  exchange_response(back->exchange, head);
  cut_bytes(back, cut);
  back->tunnel = switched && back->exchange != NULL;
}

static void on_event(struct back *back, const struct h1_event *event) {
  struct message *head = &back->head;
  switch (event->kind) {
  case H1_INTERIM:
  case H1_FINAL:
    message_reset(head);
    head->code = event->code;
    head->reason = message_text(head, event->value);
    head->minor = event->minor;
    break;
  case H1_FIELD:
    message_add(head, &head->fields, event->name, event->value);
    break;
  case H1_HEAD_END:
    head_end(back, event);
    break;
  case H1_CONTENT:
    exchange_response_content(back->exchange, event->value);
    break;
  case H1_TRAILER:
    message_add(head, &head->trailers, event->name, event->value);
    break;
  case H1_END:
    if (!status_is_interim(head->code)) {
      exchange_response_end(back->exchange, head);
    }
    break;
  case H1_TUNNEL:
    exchange_tunnel_to_client(back->exchange, event->value);
    break;
  case H1_REQUEST:
    break;
  }
}

/* All that has arrived is parsed, and there will be no more. */
static void input_ended(struct back *back) {
  struct h1_event event;
  if (back->tunnel) {
    struct exchange *x = back->exchange;
    if (back->shut) {
      relay_close(&back->conn);
    }
    back->exchange = back->shut ? NULL : x;
    exchange_tunnel_to_client_end(x, false);
    return;
  }
  if (h1_response_finish(&back->parser, &event) == H1_EVENT) {
    back->parsed = event.end;
    on_event(back, &event);
  } else {
    lose_ended(back);
  }
}

/* True when there may be more to do at once. */
static bool step(struct back *back) {
  struct h1_event event;
  switch (h1_response_next(&back->parser, bytes_span(&back->conn.in), &event)) {
  case H1_EVENT:
    back->parsed = event.end;
    on_event(back, &event);
    return true;
  case H1_ERROR:
    lose(back, LOSS_GARBAGE, back->parser.error.reason);
    return false;
  case H1_MORE:
    break;
  }
  if (back->fin) {
    bool again = !back->tunnel;
    input_ended(back);
    return again;
  }
  return false;
}

static void run(struct back *back) {
  while (!back->conn.gone && back->exchange != NULL && step(back)) {
  }
  if (back->conn.gone) {
    return;
  }
  size_t done = (size_t)(h1_response_keep(&back->parser) - back->parser.base);
  h1_response_drop(&back->parser, conn_compact(&back->conn, done));
  touch(back);
}

static void feed_idle(struct back *back, const struct actor_event *event) {
  if (event->kind == ACTOR_BYTES && decide_idle_bytes(back->conn.relay, event->bytes)) {
    bytes_add(&back->conn.in, event->bytes);
    return;
  }
  pool_remove(back);
  if (event->kind == ACTOR_RESET) {
    relay_gone(&back->conn);
  } else {
    relay_close(&back->conn);
  }
}

static void feed_reset(struct back *back) {
  struct exchange *x = back->exchange;
  relay_gone(&back->conn);
  if (back->tunnel) {
    back->exchange = NULL;
    exchange_tunnel_to_client_end(x, true);
  } else {
    lose_ended(back);
  }
}

static void feed(struct conn *conn, const struct actor_event *event) {
  struct back *back = (struct back *)conn;
  size_t skipped = 0;
  if (back->exchange == NULL) {
    feed_idle(back, event);
    return;
  }
  switch (event->kind) {
  case ACTOR_CONNECTED:
    back->connected = true;
    relay_write(conn, bytes_span(&back->held), RELAY_JOIN);
    bytes_free(&back->held);
    exchange_request_taken(back->exchange, back->held_content);
    touch(back);
    break;
  case ACTOR_REFUSED:
    relay_gone(conn);
    lose(back, LOSS_UNREACHABLE, "the origin cannot be reached");
    break;
  case ACTOR_BYTES:
    back->heard = true;
    back->reads++;
    skipped = event->bytes.len < back->skip ? event->bytes.len : back->skip;
    back->skip -= skipped;
    bug_bytes(back->exchange, span_skip(event->bytes, skipped), &conn->in);
    run(back);
    break;
  case ACTOR_FIN:
    back->fin = true;
    run(back);
    break;
  case ACTOR_RESET:
    feed_reset(back);
    break;
  case ACTOR_ACCEPTED_CONN:
  case ACTOR_TIME:
    break;
  }
}

static void expire(struct conn *conn) {
  struct back *back = (struct back *)conn;
  struct exchange *x = back->exchange;
  if (x == NULL) {
    pool_remove(back);
    relay_close(conn);
  } else if (back->tunnel) {
    back->exchange = NULL;
    relay_abort(conn);
    exchange_tunnel_to_client_end(x, true);
  } else {
    lose(back, LOSS_SILENT, "the origin says nothing");
  }
}

/* Nothing here is put off. */
static void resume(struct conn *conn) {
  (void)conn;
}

static void release(struct conn *conn) {
  struct back *back = (struct back *)conn;
  message_reset(&back->head);
  bytes_free(&back->held);
}

static const struct conn_ops ops = {
    .feed = feed, .expire = expire, .resume = resume, .free = release};

static struct back *connect_new(struct relay *relay) {
  conn_id id = relay_connect(relay);
  struct back *back = relay_conn_new(relay, sizeof(*back), &ops, id);
  h1_response_init(&back->parser, &h1_default_limits);
  return back;
}

void back_take(struct exchange *x, enum back_choice choice) {
  struct relay *relay = x->relay;
  struct back *back = choice == BACK_ANY ? relay->idle : NULL;
  if (back != NULL) {
    pool_remove(back);
  } else {
    back = connect_new(relay);
  }
  back->exchange = x;
  x->back = &exchange_ops;
  x->back_self = back;
}
