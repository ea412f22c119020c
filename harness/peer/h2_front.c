#include "peer/h2_front.h"

#include "peer/bugs.h"
#include "peer/decide.h"
#include "peer/h2_link.h"

struct front_stream {
  struct link_stream stream;
  struct exchange exchange;
  bool started;
  bool response_ended;
};

static struct front_stream *front_of(struct link_stream *stream) {
  return (struct front_stream *)stream;
}

/* Silence counts while the client is the one who has to act: to send its content, or to take ours.
 * Else it is the back's clock that runs. */
static void touched(struct link_stream *stream) {
  struct front_stream *front = front_of(stream);
  const struct relay *relay = stream->link->conn.relay;
  bool sending = front->response_ended || stream->content.len > 0;
  bool receiving = !stream->h2.ended && stream->owed == 0;
  link_deadline(stream, sending || receiving ? relay->now_us + relay->config.idle_us : ACTOR_NEVER);
}

/* Both messages are over, or the rest of the request is not wanted (RFC 9113 section 8.1). */
static void finish(struct link_stream *stream) {
  if (!front_of(stream)->response_ended || !stream->h2.sent_end) {
    return;
  }
  if (stream->h2.ended) {
    link_remove(stream);
  } else {
    link_reset(stream, decide_reset(RESET_EARLY));
  }
}

/* What the exchange asks of us. */

static void front_head(void *self, const struct message *head) {
  struct link_stream *stream = self;
  struct h2_block_text block;
  const struct exchange *x = &front_of(stream)->exchange;
  bool end_stream = decide_ends_stream(head);
  h2_wire_response(&block, head);
  bug_block(x, head, &block, &end_stream);
  struct link_stream *on = bug_stream(x, head, stream);
  if (on != NULL) {
    link_headers(on, &block, end_stream);
  } else {
    h2_wire_free(&block);
  }
  bug_behind_block(x, head, stream);
  touched(stream);
}

static void front_content(void *self, struct span content) {
  struct front_stream *front = self;
  if (front->exchange.facts.struck && bug_is(front->exchange.relay, BUG_OUT_WINDOW_TWICE)) {
    front->stream.h2.sent += content.len;
  }
  if (!link_content(self, content)) {
    link_doom(self);
  }
}

static void front_end(void *self, const struct message *message) {
  struct front_stream *front = self;
  front->response_ended = true;
  link_end(&front->stream, &message->trailers);
  link_give_back(&front->stream, front->stream.owed);
  touched(&front->stream);
  finish(&front->stream);
}

/* What had come before the cut goes out as far as it can. */
static void front_cut(void *self) {
  struct front_stream *front = self;
  front->response_ended = true;
  link_push(&front->stream);
  if (front->stream.h2.sent_end) {
    finish(&front->stream);
  } else {
    link_reset(&front->stream, decide_reset(RESET_CUT));
  }
}

static void front_taken(void *self, size_t len) {
  struct link_stream *stream = self;
  link_give_back(stream, len);
  touched(stream);
}

/* A request of HTTP/2 offers no protocol, so there is nothing to switch to (RFC 9113 section 8.6).
 */
static const struct exchange_front exchange_ops = {
    .interim = front_head,
    .final = front_head,
    .content = front_content,
    .end = front_end,
    .cut = front_cut,
    .taken = front_taken,
};

/* What the client sends. */

static struct link_stream *opened(struct h2_link *link, uint32_t id) {
  struct message *request = NULL;
  if (!decide_admit(link->num_streams)) {
    h2_write_reset(&link->out, id, decide_reset(RESET_REFUSED));
    return NULL;
  }
  struct link_stream *stream = link_stream_new(link, sizeof(struct front_stream), request);
  struct front_stream *front = front_of(stream);
  exchange_init(&front->exchange, link->conn.relay, &exchange_ops, front);
  stream->message = &front->exchange.request;
  link_stream_add(stream, id, H2_READ_REQUEST);
  return stream;
}

static enum message_content content_of(const struct h2_stream *h2) {
  if (h2->has_length) {
    return CONTENT_LENGTH;
  }
  return h2->ended ? CONTENT_NONE : CONTENT_OPEN;
}

static bool head(struct link_stream *stream) {
  struct front_stream *front = front_of(stream);
  struct message *request = &front->exchange.request;
  if (!h2_wire_take_request(request)) {
    return false;
  }
  request->content = content_of(&stream->h2);
  request->length = stream->h2.length;
  front->started = true;
  front->exchange.facts.front_requests = stream->h2.id / 2;
  exchange_start(&front->exchange, false);
  return true;
}

static void content(struct link_stream *stream, struct span bytes) {
  struct front_stream *front = front_of(stream);
  if (front->exchange.back == NULL) {
    link_give_back(stream, bytes.len);
  } else {
    exchange_request_content(&front->exchange, bytes);
  }
}

static void ended(struct link_stream *stream) {
  exchange_request_end(&front_of(stream)->exchange);
}

static void sent(struct link_stream *stream, size_t len) {
  exchange_response_taken(&front_of(stream)->exchange, len);
}

static void lost(struct link_stream *stream, enum exchange_loss loss, const char *why) {
  (void)loss;
  (void)why;
  exchange_abandon(&front_of(stream)->exchange);
}

static void expired(struct link_stream *stream) {
  struct front_stream *front = front_of(stream);
  if (front->started && !front->exchange.answered && stream->content.len == 0) {
    exchange_refuse(&front->exchange, 408, "the content did not arrive in time");
    return;
  }
  link_reset(stream, decide_reset(RESET_SLOW));
  exchange_abandon(&front->exchange);
}

static void release(struct link_stream *stream) {
  exchange_free(&front_of(stream)->exchange);
}

/* A client's connection is in no pool. */
static void retired(struct h2_link *link) {
  (void)link;
}

static const struct link_ops ops = {
    .opened = opened,
    .head = head,
    .content = content,
    .ended = ended,
    .sent = sent,
    .sent_end = finish,
    .lost = lost,
    .touched = touched,
    .expired = expired,
    .free = release,
    .retired = retired,
};

struct conn *h2_front_accept(struct relay *relay, conn_id id) {
  struct h2_link *link = link_new(relay, sizeof(*link), H2_SERVER, &ops, id);
  link->connected = true;
  return &link->conn;
}
