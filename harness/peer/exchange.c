#include "peer/exchange.h"

#include "peer/answer.h"
#include "peer/back.h"
#include "peer/bugs.h"
#include "peer/decide.h"
#include "peer/forward.h"
#include "peer/h2_back.h"
#include "peer/inner.h"
#include "peer/tunnel.h"

void exchange_init(struct exchange *x, struct relay *relay, const struct exchange_front *front,
                   void *front_self) {
  *x = (struct exchange){0};
  x->relay = relay;
  x->front = front;
  x->front_self = front_self;
  interim_rule_init(&x->rule);
}

void exchange_free(struct exchange *x) {
  message_reset(&x->request);
}

static void drop_back(struct exchange *x) {
  const struct exchange_back *back = x->back;
  x->back = NULL;
  if (back != NULL) {
    back->abandon(x->back_self);
  }
}

static const char *reason_of(unsigned code) {
  static const struct {
    unsigned code;
    const char *reason;
  } reasons[] = {
      {400, "Bad Request"},         {408, "Request Timeout"},
      {414, "URI Too Long"},        {431, "Request Header Fields Too Large"},
      {501, "Not Implemented"},     {502, "Bad Gateway"},
      {503, "Service Unavailable"}, {504, "Gateway Timeout"},
  };
  for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
    if (reasons[i].code == code) {
      return reasons[i].reason;
    }
  }
  return "";
}

/* An answer of the gateway's own. It has no Date: a machine without a clock may leave it out (RFC
 * 9110 section 6.6.1). */
static void answer(struct exchange *x, unsigned code, const char *why, bool last) {
  struct message head = {0};
  struct bytes content = {0};
  drop_back(x);
  x->answered = true;
  bytes_printf(&content, "%u %s: %s\n", code, reason_of(code), why);
  head.code = code;
  head.reason = span_of(reason_of(code));
  head.minor = 1;
  /* Behind a CONNECT nothing is read as HTTP. */
  head.last = last || span_is(x->request.method, "CONNECT");
  message_add(&head, &head.fields, span_of("Content-Type"), span_of("text/plain"));
  if (span_is(x->request.method, "HEAD")) {
    const char *length = arena_printf(&head.arena, "%zu", content.len);
    message_add(&head, &head.fields, span_of("Content-Length"), span_of(length));
    x->front->final(x->front_self, &head);
  } else {
    head.content = CONTENT_LENGTH;
    head.length = content.len;
    x->front->final(x->front_self, &head);
    x->front->content(x->front_self, bytes_span(&content));
  }
  x->front->end(x->front_self, &head);
  bytes_free(&content);
  message_reset(&head);
}

void exchange_cut(struct exchange *x) {
  drop_back(x);
  x->answered = true;
  x->front->cut(x->front_self);
}

void exchange_fail(struct exchange *x, const char *why) {
  answer(x, 502, why, false);
}

void exchange_refuse(struct exchange *x, unsigned code, const char *why) {
  if (x->rule.state == RULE_FINAL || x->rule.state == RULE_SWITCHED) {
    exchange_cut(x);
  } else {
    answer(x, code, why, true);
  }
}

static void take_back(struct exchange *x, enum back_choice choice) {
  if (span_is(x->request.method, "CONNECT")) {
    tunnel_take(x);
  } else if (x->relay->config.serves) {
    answer_take(x);
  } else if (x->relay->config.origin_h2) {
    h2_back_take(x);
  } else {
    back_take(x, choice);
  }
}

static void send_own_continue(struct exchange *x) {
  struct message head = {.code = 100, .minor = 1, .reason = span_of("Continue")};
  x->continued = true;
  bug_continue(x, &head);
  x->front->interim(x->front_self, &head);
  message_reset(&head);
}

void exchange_start(struct exchange *x, bool content_arrived) {
  const char *why = "";
  bool expects = field_find(x->request.fields.first, "Expect") != NULL;
  unsigned refusal = forward_request(x, &why);
  if (expects && bug_is(x->relay, BUG_EXPECT_NO_LENGTH)) {
    x->request.content = CONTENT_NONE;
  }
  if (refusal != 0) {
    answer(x, refusal, why, true);
    return;
  }
  if (decide_own_continue(x, content_arrived)) {
    send_own_continue(x);
    x->facts.mute = bug_is(x->relay, BUG_100_THEN_HANG);
  }
  (void)interim_rule_feed(&x->rule, RULE_REQUEST);
  take_back(x, BACK_ANY);
  x->back->head(x->back_self, &x->request);
}

void exchange_request_content(struct exchange *x, struct span content) {
  if (x->back == NULL || (x->facts.struck && bug_is(x->relay, BUG_STOP_UPLOAD))) {
    return;
  }
  x->content_sent = true;
  x->facts.content_reads++;
  if (!x->back->content(x->back_self, content)) {
    answer(x, 503, "the origin does not take the content in time", false);
  }
}

void exchange_request_taken(struct exchange *x, size_t len) {
  if (x->front->taken != NULL) {
    x->front->taken(x->front_self, len);
  }
}

void exchange_response_taken(struct exchange *x, size_t len) {
  if (x->back != NULL && x->back->taken != NULL) {
    x->back->taken(x->back_self, len);
  }
}

void exchange_request_end(struct exchange *x) {
  x->request_ended = true;
  bool open = x->request.content == CONTENT_OPEN;
  if (open && x->facts.struck && bug_is(x->relay, BUG_LAST_CHUNK_LOST)) {
    return;
  }
  if (x->back != NULL) {
    forward_trailers(x, &x->request);
    x->back->end(x->back_self, &x->request);
  }
}

void exchange_abandon(struct exchange *x) {
  if (bug_strikes(x, NULL, BUG_CRASH_ABANDONED)) {
    relay_die(x->relay);
  }
  x->answered = true;
  drop_back(x);
}

/* What is made here came over no hop. */
static bool came_over(const struct exchange *x, struct message *head) {
  return x->relay->config.serves || forward_response(x, head);
}

static void interim(struct exchange *x, struct message *head) {
  const char *why = "the origin named too many connection options";
  enum interim_action action = INTERIM_REFUSE;
  if (came_over(x, head)) {
    action = decide_interim(x, head, &why);
  }
  if (action == INTERIM_FORWARD && bug_interim(x, head)) {
    return;
  }
  switch (action) {
  case INTERIM_FORWARD:
    (void)interim_rule_feed(&x->rule, RULE_INTERIM);
    x->front->interim(x->front_self, head);
    return;
  case INTERIM_SWALLOW:
    (void)interim_rule_feed(&x->rule, RULE_INTERIM);
    return;
  case INTERIM_SWITCH:
    (void)interim_rule_feed(&x->rule, RULE_SWITCH);
    bug_switch(x, head);
    x->front->switched(x->front_self, head);
    return;
  case INTERIM_REFUSE:
    answer(x, 502, why, false);
    return;
  }
}

void exchange_response(struct exchange *x, struct message *head) {
  if (x->facts.mute) {
    return;
  }
  if (status_is_interim(head->code)) {
    interim(x, head);
    return;
  }
  if (bug_is(x->relay, BUG_NO_EARLY_FINAL) && !x->request_ended) {
    x->facts.mute = true;
    return;
  }
  if (!came_over(x, head)) {
    answer(x, 502, "the origin named too many connection options", false);
    return;
  }
  (void)interim_rule_feed(&x->rule, RULE_FINAL_HEAD);
  bug_final(x, head);
  x->front->final(x->front_self, head);
}

void exchange_response_content(struct exchange *x, struct span content) {
  if (!x->facts.mute) {
    x->front->content(x->front_self, content);
  }
}

void exchange_response_end(struct exchange *x, struct message *message) {
  const struct exchange_back *back = x->back;
  if (x->facts.mute) {
    return;
  }
  x->back = NULL;
  x->answered = true;
  (void)interim_rule_feed(&x->rule, RULE_FINAL_END);
  forward_trailers(x, message);
  x->front->end(x->front_self, message);
  bug_end(x);
  back->release(x->back_self);
}

void exchange_lost(struct exchange *x, enum exchange_loss loss, const char *why) {
  unsigned code = 0;
  enum rule_breach breach = interim_rule_feed(&x->rule, RULE_CLOSE);
  x->back = NULL;
  if (x->facts.mute || bug_lost(x, breach)) {
    return;
  }
  switch (decide_loss(x, loss, breach, &code)) {
  case LOSS_RETRY:
    x->retries++;
    interim_rule_init(&x->rule);
    (void)interim_rule_feed(&x->rule, RULE_REQUEST);
    take_back(x, BACK_FRESH);
    x->back->head(x->back_self, &x->request);
    if (x->request_ended) {
      x->back->end(x->back_self, &x->request);
    }
    return;
  case LOSS_ANSWER:
    answer(x, code, why, false);
    return;
  case LOSS_CUT:
    exchange_cut(x);
    return;
  }
}

void exchange_tunnel_to_origin(struct exchange *x, struct span bytes) {
  if (x->back != NULL && !bug_is(x->relay, BUG_TUNNEL_ONE_WAY)) {
    x->back->tunnel(x->back_self, bytes);
  }
}

void exchange_tunnel_to_origin_end(struct exchange *x, bool reset) {
  const struct exchange_back *back = x->back;
  x->back = reset ? NULL : back;
  if (back != NULL) {
    back->tunnel_end(x->back_self, reset);
  }
}

void exchange_tunnel_made(struct exchange *x) {
  struct message head = {.code = 200, .minor = 1, .reason = span_of("Connection Established")};
  (void)interim_rule_feed(&x->rule, RULE_SWITCH);
  bug_connect(x, &head);
  x->front->switched(x->front_self, &head);
  message_reset(&head);
}

void exchange_tunnel_to_client(struct exchange *x, struct span bytes) {
  if (!x->facts.mute) {
    x->front->tunnel(x->front_self, bytes);
  }
  x->facts.mute = bug_is(x->relay, BUG_TUNNEL_ONE_READ);
}

void exchange_tunnel_to_client_end(struct exchange *x, bool reset) {
  x->back = reset ? NULL : x->back;
  x->front->tunnel_end(x->front_self, reset);
}
