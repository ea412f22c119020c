#include "peer/h2_back.h"

#include "peer/bugs.h"
#include "peer/decide.h"
#include "peer/h2_link.h"

struct h2_back {
  struct h2_link link;
  struct h2_back *next_shared;
  bool used; /* an exchange was completed on it */
};

struct back_stream {
  struct link_stream stream;
  struct exchange *exchange; /* NULL when it is over */
  struct message response;   /* that is being read */
  bool kept;                 /* the connection had been used before */
  bool heard;                /* a header block came */
  bool request_ended;
};

static struct back_stream *back_of(struct link_stream *stream) {
  return (struct back_stream *)stream;
}

static struct h2_back *connection_of(const struct link_stream *stream) {
  return (struct h2_back *)stream->link;
}

/* Silence counts while the origin is the one who has to act: to accept us, to take content, or to
 * answer. While the client does not take the response, the origin is waiting for us. */
static void touched(struct link_stream *stream) {
  const struct relay *relay = stream->link->conn.relay;
  bool due = !stream->link->connected || back_of(stream)->request_ended || stream->content.len > 0;
  link_deadline(stream, due && stream->owed == 0 ? relay->now_us + relay->config.origin_timeout_us
                                                 : ACTOR_NEVER);
}

/* What the exchange asks of us. */

static void back_head(void *self, const struct message *request) {
  struct back_stream *back = self;
  struct link_stream *stream = &back->stream;
  struct relay *relay = stream->link->conn.relay;
  struct h2_block_text block;
  link_stream_add(stream, h2_connection_open(&stream->link->h2), H2_READ_RESPONSE);
  stream->h2.to_head = span_is(request->method, "HEAD");
  back->kept = connection_of(stream)->used;
  h2_wire_request(&block, request, relay->config.origin_tls ? "https" : "http");
  link_headers(stream, &block, decide_ends_stream(request));
  touched(stream);
}

static bool back_content(void *self, struct span content) {
  struct link_stream *stream = self;
  bool taken = link_content(stream, content);
  touched(stream);
  return taken;
}

static void back_end(void *self, const struct message *request) {
  struct back_stream *back = self;
  back->request_ended = true;
  link_end(&back->stream, &request->trailers);
  touched(&back->stream);
}

static void back_release(void *self) {
  struct back_stream *back = self;
  back->exchange = NULL;
  connection_of(&back->stream)->used = true;
  if (back->stream.h2.sent_end) {
    link_remove(&back->stream);
  } else {
    link_reset(&back->stream, decide_reset(RESET_ABANDONED));
  }
}

static void back_abandon(void *self) {
  struct back_stream *back = self;
  back->exchange = NULL;
  link_reset(&back->stream, decide_reset(RESET_ABANDONED));
}

static void back_taken(void *self, size_t len) {
  struct link_stream *stream = self;
  link_give_back(stream, len);
  touched(stream);
}

/* A 101 is no response of HTTP/2 (RFC 9113 section 8.6): there is never a tunnel. */
static const struct exchange_back exchange_ops = {
    .head = back_head,
    .content = back_content,
    .end = back_end,
    .release = back_release,
    .abandon = back_abandon,
    .taken = back_taken,
};

/* What the origin sends. */

/* The origin opens no streams. */
static struct link_stream *opened(struct h2_link *link, uint32_t id) {
  (void)link;
  (void)id;
  return NULL;
}

/* HTTP/2 marks the end of all content, so that no content is a length of 0, but where a response
 * has none whatever its fields say (RFC 9110 section 6.4.1). */
static void take_content(const struct relay *relay, struct message *response,
                         const struct h2_stream *h2) {
  bool to_head = h2->to_head && !bug_is(relay, BUG_IN_HEAD_LENGTH);
  response->length = h2->ended ? 0 : h2->length;
  if (to_head || status_is_interim(response->code) || response->code == 204 ||
      response->code == 304) {
    response->content = CONTENT_NONE;
  } else {
    response->content = h2->has_length || h2->ended ? CONTENT_LENGTH : CONTENT_OPEN;
  }
}

static bool head(struct link_stream *stream) {
  struct back_stream *back = back_of(stream);
  back->heard = true;
  const struct relay *relay = stream->link->conn.relay;
  bool lax = bug_is(relay, BUG_IN_FAULT);
  bool whole = h2_wire_take_response(&back->response);
  if (lax && relay->config.bug->number == H2_FAULT_STATUS_INVALID && back->response.code == 0) {
    back->exchange->facts.mute = true;
    return true;
  }
  if (lax && back->response.code == 0) {
    back->response.code = 102;
    stream->h2.head_done = false;
  }
  if (!whole && !lax) {
    return false;
  }
  take_content(relay, &back->response, &stream->h2);
  back->exchange->facts.unread = link_unread(stream->link);
  back->exchange->facts.back_reused = back->kept;
  if (status_is_interim(back->response.code) && bug_is(relay, BUG_IN_FIRST_READ) &&
      stream->link->h2.reader.base == 0) {
    return true;
  }
  exchange_response(back->exchange, &back->response);
  return true;
}

static void content(struct link_stream *stream, struct span bytes) {
  struct back_stream *back = back_of(stream);
  bool early = bug_is(stream->link->conn.relay, BUG_IN_DATA) && !stream->h2.head_done;
  if (back->response.content == CONTENT_NONE && !early) {
    link_give_back(stream, bytes.len);
  } else {
    exchange_response_content(back->exchange, bytes);
  }
}

static void ended(struct link_stream *stream) {
  struct back_stream *back = back_of(stream);
  if (bug_is(stream->link->conn.relay, BUG_IN_FINAL_LOST) && !back->request_ended) {
    return;
  }
  exchange_response_end(back->exchange, &back->response);
}

static void sent(struct link_stream *stream, size_t len) {
  exchange_request_taken(back_of(stream)->exchange, len);
}

/* The rest of the stream is the origin's. */
static void sent_end(struct link_stream *stream) {
  (void)stream;
}

static void lost(struct link_stream *stream, enum exchange_loss loss, const char *why) {
  struct back_stream *back = back_of(stream);
  struct exchange *x = back->exchange;
  back->exchange = NULL;
  if (loss == LOSS_STALE && (!back->kept || back->heard)) {
    loss = LOSS_CLOSED;
  }
  if (x != NULL) {
    exchange_lost(x, loss, why);
  }
}

/* A connection on which one stream is silent gets no more of them. */
static void expired(struct link_stream *stream) {
  link_retire(stream->link);
  link_reset(stream, decide_reset(RESET_SLOW));
  lost(stream, LOSS_SILENT, "the origin says nothing");
}

static void release(struct link_stream *stream) {
  message_reset(&back_of(stream)->response);
}

static void retired(struct h2_link *link) {
  struct h2_back **at = &link->conn.relay->shared;
  while (*at != NULL && &(*at)->link != link) {
    at = &(*at)->next_shared;
  }
  if (*at != NULL) {
    *at = (*at)->next_shared;
  }
}

static const struct link_ops ops = {
    .opened = opened,
    .head = head,
    .content = content,
    .ended = ended,
    .sent = sent,
    .sent_end = sent_end,
    .lost = lost,
    .touched = touched,
    .expired = expired,
    .free = release,
    .retired = retired,
};

static bool has_room(const struct h2_back *back) {
  const struct share_facts facts = {
      .num_streams = back->link.num_streams,
      .peer_streams = back->link.h2.peer_streams,
      .next_stream = back->link.h2.next_stream,
  };
  return decide_share(&facts);
}

static struct h2_back *connect_new(struct relay *relay) {
  conn_id id = relay_connect(relay);
  struct h2_link *link = link_new(relay, sizeof(struct h2_back), H2_CLIENT, &ops, id);
  struct h2_back *back = (struct h2_back *)link;
  back->next_shared = relay->shared;
  relay->shared = back;
  return back;
}

void h2_back_take(struct exchange *x) {
  struct h2_back *back = x->relay->shared;
  while (back != NULL && !has_room(back)) {
    back = back->next_shared;
  }
  if (back == NULL) {
    back = connect_new(x->relay);
  }
  struct link_stream *stream = link_stream_new(&back->link, sizeof(struct back_stream), NULL);
  struct back_stream *own = back_of(stream);
  stream->message = &own->response;
  own->exchange = x;
  x->back = &exchange_ops;
  x->back_self = own;
}
