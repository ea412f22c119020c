#include "peer/answer.h"

#include "peer/bugs.h"
#include "peer/inner.h"
#include "peer/route.h"

/* The answer to one request. Its struct conn has a number but no connection: it is for the timer.
 */
struct answer {
  struct conn conn;
  struct exchange *exchange; /* NULL once it is over */
  struct route route;
  unsigned sent; /* interim responses */
  uint64_t due_us;
  bool started; /* the head has come */
  bool ended;   /* the request is whole */
  bool hangs;   /* nothing more is sent for now */
  bool switched;
  bool client_ended; /* the client's way of the tunnel */
};

bool answer_switches(const struct message *request) {
  struct span rest = request->upgrade;
  struct span name;
  while (list_next(&rest, &name)) {
    if (span_is_nocase(name, ORIGIN_PROTOCOL)) {
      return request->minor > 0 && !request->h2;
    }
  }
  return false;
}

bool answer_waits(const struct message *request) {
  (void)request;
  return true;
}

bool answer_has_content(unsigned code) {
  return code != 204 && code != 304;
}

static void over(struct answer *answer) {
  answer->exchange = NULL;
  relay_gone(&answer->conn);
}

static const char *reason_of(unsigned code) {
  static const struct {
    unsigned code;
    const char *reason;
  } reasons[] = {
      {100, "Continue"},
      {101, "Switching Protocols"},
      {102, "Processing"},
      {103, "Early Hints"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {207, "Multi-Status"},
      {304, "Not Modified"},
      {400, "Bad Request"},
      {404, "Not Found"},
      {500, "Internal Server Error"},
  };
  for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
    if (reasons[i].code == code) {
      return reasons[i].reason;
    }
  }
  return "";
}

static struct message begin_head(unsigned code) {
  return (struct message){.code = code, .minor = 1, .reason = span_of(reason_of(code))};
}

static void send_interim(struct answer *answer) {
  struct message head = begin_head(answer->route.interim);
  route_interim_fields(&answer->route, &answer->exchange->request, &head);
  answer->sent++;
  exchange_response(answer->exchange, &head);
  message_reset(&head);
}

static void send_switch(struct answer *answer) {
  struct message head = begin_head(101);
  head.upgrade = span_of(ORIGIN_PROTOCOL);
  answer->switched = true;
  exchange_response(answer->exchange, &head);
  message_reset(&head);
}

static void send_final(struct answer *answer) {
  struct exchange *x = answer->exchange;
  struct message head = begin_head(answer->route.final);
  struct bytes content = {0};
  const char *type = route_content(&answer->route, answer->conn.relay->config.faults, &content);
  bool to_head = span_is(x->request.method, "HEAD") && !bug_strikes(x, NULL, BUG_HEAD_FORGOTTEN);
  route_final_fields(&answer->route, &x->request, &head);
  if (answer_has_content(head.code)) {
    message_add(&head, &head.fields, span_of("Content-Type"), span_of(type));
    message_add(&head, &head.fields, span_of("Cache-Control"), span_of("no-store"));
    head.content = to_head ? CONTENT_NONE : CONTENT_LENGTH;
    head.length = content.len;
  }
  if (answer_has_content(head.code) && to_head) {
    const char *length = arena_printf(&head.arena, "%zu", content.len);
    message_add(&head, &head.fields, span_of("Content-Length"), span_of(length));
  }
  exchange_response(x, &head);
  bug_inside(x);
  if (head.content == CONTENT_LENGTH) {
    exchange_response_content(x, bytes_span(&content));
  }
  if (answer->exchange != NULL) {
    exchange_response_end(x, &head);
  }
  bytes_free(&content);
  message_reset(&head);
}

/* The interim responses are out: what comes behind them. */
static void finish(struct answer *answer) {
  struct exchange *x = answer->exchange;
  switch (answer->route.fault) {
  case ROUTE_SOUND:
  case ROUTE_LENGTH:
  case ROUTE_CODING:
    send_final(answer);
    return;
  case ROUTE_NO_FINAL:
    exchange_cut(x);
    return;
  case ROUTE_HANG:
    if (answer->hangs) {
      exchange_cut(x);
    } else {
      answer->hangs = true;
      relay_deadline(&answer->conn, answer->conn.relay->now_us + ROUTE_MAX_TOTAL_US);
    }
    return;
  case NUM_ROUTE_FAULTS:
    return;
  }
}

static void echo(struct answer *answer) {
  if (answer->conn.in.len > 0) {
    exchange_tunnel_to_client(answer->exchange, bytes_span(&answer->conn.in));
    answer->conn.in.len = 0;
  }
  if (answer->client_ended && answer->exchange != NULL) {
    exchange_tunnel_to_client_end(answer->exchange, false);
    over(answer);
  }
}

static bool waits(const struct answer *answer) {
  const struct exchange *x = answer->exchange;
  bool whole = answer->ended || !answer_waits(&x->request) || bug_is(x->relay, BUG_101_FIRST);
  return !answer->started || !whole || bug_strikes(x, NULL, BUG_NO_ANSWER);
}

static bool switches(const struct exchange *x) {
  return answer_switches(&x->request) || bug_strikes(x, NULL, BUG_101_UNASKED);
}

static void run(struct answer *answer) {
  const uint64_t now_us = answer->conn.relay->now_us;
  while (answer->exchange != NULL) {
    if (answer->switched) {
      echo(answer);
      return;
    }
    if (waits(answer)) {
      return;
    }
    if (bug_strikes(answer->exchange, NULL, BUG_CUT_ANSWER)) {
      exchange_cut(answer->exchange);
      return;
    }
    if (now_us < answer->due_us) {
      relay_deadline(&answer->conn, answer->due_us);
      return;
    }
    if (switches(answer->exchange)) {
      send_switch(answer);
    } else if (answer->sent < answer->route.count) {
      answer->due_us = now_us + answer->route.pause_us;
      send_interim(answer);
    } else {
      finish(answer);
      return;
    }
  }
}

/* What the exchange asks of us. All of it is put off until nothing else is on the stack. */

static void take_head(void *self, const struct message *request) {
  struct answer *answer = self;
  answer->route = route_find(request, answer->conn.relay->config.faults);
  answer->started = true;
  relay_resume_later(&answer->conn);
}

static bool take_content(void *self, struct span content) {
  exchange_request_taken(((struct answer *)self)->exchange, content.len);
  return true;
}

static void take_end(void *self, const struct message *request) {
  struct answer *answer = self;
  (void)request;
  answer->ended = true;
  relay_resume_later(&answer->conn);
}

static void take_release(void *self) {
  over(self);
}

static void take_tunnel(void *self, struct span bytes) {
  struct answer *answer = self;
  bytes_add(&answer->conn.in, bytes);
  relay_resume_later(&answer->conn);
}

static void take_tunnel_end(void *self, bool reset) {
  struct answer *answer = self;
  if (reset) {
    over(answer);
    return;
  }
  answer->client_ended = true;
  relay_resume_later(&answer->conn);
}

static const struct exchange_back back_ops = {
    .head = take_head,
    .content = take_content,
    .end = take_end,
    .release = take_release,
    .abandon = take_release,
    .tunnel = take_tunnel,
    .tunnel_end = take_tunnel_end,
};

/* No connection, so no events. */
static void feed(struct conn *conn, const struct actor_event *event) {
  (void)conn;
  (void)event;
}

static void resume(struct conn *conn) {
  run((struct answer *)conn);
}

static void release(struct conn *conn) {
  (void)conn;
}

static const struct conn_ops conn_ops = {
    .feed = feed, .expire = resume, .resume = resume, .free = release};

void answer_take(struct exchange *x) {
  struct answer *answer = relay_conn_new(x->relay, sizeof(*answer), &conn_ops, x->relay->next_id++);
  answer->exchange = x;
  x->back = &back_ops;
  x->back_self = answer;
}
