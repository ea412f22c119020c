#include "peer/h2_link.h"

#include "peer/bugs.h"
#include "peer/decide.h"

enum {
  /* What the peer may send on all streams together: a stream whose content has to wait here stops
     no other. */
  LINK_ROOM = DECIDE_MAX_STREAMS * H2_DEFAULT_WINDOW,
  /* Room is given back in no smaller steps, so that few frames say so. */
  STREAM_STEP = H2_DEFAULT_WINDOW / 4,
  LINK_STEP = LINK_ROOM / 4,
  /* After a burst the memory of what was written is given back. */
  KEEP_OUT = 64 * 1024,
  LINGER_US = 1000 * 1000,
};

static struct h2_link *link_of(struct conn *conn) {
  return (struct h2_link *)conn;
}

static bool is_front(const struct h2_link *link) {
  return link->h2.end == H2_SERVER;
}

/* The end of a connection. */

static void write_out(struct h2_link *link) {
  if (!link->connected) {
    return;
  }
  relay_write(&link->conn, bytes_span(&link->out), RELAY_JOIN);
  link->out.len = 0;
  if (link->out.cap > KEEP_OUT) {
    bytes_free(&link->out);
  }
}

void link_retire(struct h2_link *link) {
  if (!link->retired) {
    link->retired = true;
    link->link_ops->retired(link);
  }
}

/* A client may still be sending: a reset must not overtake what we said (RFC 9112 section 9.6 says
 * why). */
static void close_link(struct h2_link *link) {
  link_retire(link);
  write_out(link);
  if (!is_front(link) || link->fin) {
    relay_close(&link->conn);
    return;
  }
  relay_shut(&link->conn);
  link->linger = true;
  relay_deadline(&link->conn, link->conn.relay->now_us + LINGER_US);
}

static void go_away(struct h2_link *link, enum h2_error_code code, const char *why) {
  h2_write_goaway(&link->out, link->last_peer, code, span_of(why));
  close_link(link);
}

static void kill(struct link_stream *stream);

/* Moves the connection's deadline forward only; what expires for nothing sets it anew. */
static void wake_at(struct h2_link *link, uint64_t at_us) {
  if (at_us < link->conn.deadline) {
    relay_deadline(&link->conn, at_us);
  }
}

static void put_off_idle(struct h2_link *link) {
  link->idle_at = link->conn.relay->now_us + link->conn.relay->config.idle_us;
  wake_at(link, link->idle_at);
}

static void lose_all(struct h2_link *link, enum exchange_loss loss, const char *why) {
  link_retire(link);
  while (link->streams != NULL) {
    struct link_stream *stream = link->streams;
    kill(stream);
    link->link_ops->lost(stream, loss, why);
  }
}

/* A connection error (RFC 9113 section 5.4.1). */
static void fail(struct h2_link *link, enum h2_error_code code, const char *why) {
  lose_all(link, LOSS_GARBAGE, why);
  go_away(link, code, why);
}

static void close_if_done(struct h2_link *link) {
  if (link->num_streams == 0 && (link->retired || link->fin)) {
    close_link(link);
  }
}

/* Streams. */

struct link_stream *link_stream_new(struct h2_link *link, size_t size, struct message *message) {
  struct arena arena = {0};
  struct link_stream *stream = arena_alloc(&arena, size);
  stream->arena = arena;
  stream->link = link;
  stream->message = message;
  stream->deadline = ACTOR_NEVER;
  stream->room = H2_DEFAULT_WINDOW;
  return stream;
}

void link_stream_add(struct link_stream *stream, uint32_t id, enum h2_receiver reads) {
  struct h2_link *link = stream->link;
  h2_stream_init(&stream->h2, id, reads);
  stream->next = link->streams;
  link->streams = stream;
  link->num_streams++;
}

static void stream_free(struct link_stream *stream) {
  struct arena arena = stream->arena;
  stream->link->link_ops->free(stream);
  bytes_free(&stream->content);
  h2_wire_free(&stream->trailers);
  arena_free(&arena);
}

static void free_dead(struct h2_link *link) {
  while (link->dead != NULL) {
    struct link_stream *stream = link->dead;
    link->dead = stream->next;
    stream_free(stream);
  }
}

static struct link_stream *find(struct h2_link *link, uint32_t id) {
  struct link_stream *stream = link->last_found;
  if (stream != NULL && stream->h2.id == id) {
    return stream;
  }
  stream = link->streams;
  while (stream != NULL && stream->h2.id != id) {
    stream = stream->next;
  }
  link->last_found = stream;
  return stream;
}

static void unqueue(struct link_stream *stream) {
  struct h2_link *link = stream->link;
  struct link_stream *before = NULL;
  struct link_stream **at = &link->first_queued;
  while (*at != NULL && *at != stream) {
    before = *at;
    at = &before->next_queued;
  }
  if (*at == stream) {
    *at = stream->next_queued;
    link->last_queued = link->last_queued == stream ? before : link->last_queued;
    link->num_queued--;
  }
  stream->queued = false;
}

static void enqueue(struct link_stream *stream) {
  struct h2_link *link = stream->link;
  if (stream->queued) {
    return;
  }
  stream->queued = true;
  stream->next_queued = NULL;
  if (link->last_queued == NULL) {
    link->first_queued = stream;
  } else {
    link->last_queued->next_queued = stream;
  }
  link->last_queued = stream;
  link->num_queued++;
}

static size_t waiting(const struct link_stream *stream) {
  return stream->content.len - stream->content_at;
}

/* Takes the stream off the link. What it owes is room of the whole connection's too. */
static void kill(struct link_stream *stream) {
  struct h2_link *link = stream->link;
  struct link_stream **at = &link->streams;
  while (*at != stream) {
    at = &(*at)->next;
  }
  *at = stream->next;
  if (stream->queued) {
    unqueue(stream);
  }
  link->last_found = NULL;
  link->num_streams--;
  link->held -= waiting(stream);
  link->credit += stream->owed;
  stream->owed = 0;
  stream->dead = true;
  stream->next = link->dead;
  link->dead = stream;
  put_off_idle(link);
  relay_resume_later(&link->conn);
}

void link_reset(struct link_stream *stream, enum h2_error_code code) {
  if (!stream->dead) {
    h2_write_reset(&stream->link->out, stream->h2.id, code);
    kill(stream);
  }
}

void link_remove(struct link_stream *stream) {
  if (!stream->dead) {
    kill(stream);
  }
}

void link_doom(struct link_stream *stream) {
  stream->doomed = true;
  relay_resume_later(&stream->link->conn);
}

void link_deadline(struct link_stream *stream, uint64_t at_us) {
  stream->deadline = at_us;
  wake_at(stream->link, at_us);
}

/* What goes out. */

void link_headers(struct link_stream *stream, struct h2_block_text *block, bool end_stream) {
  struct h2_link *link = stream->link;
  if (!stream->dead && !stream->h2.sent_end) {
    h2_write_headers(&link->h2, &link->out, stream->h2.id, block->fields, block->num, end_stream,
                     NULL);
    stream->h2.sent_end = end_stream;
    relay_resume_later(&link->conn);
  }
  h2_wire_free(block);
}

bool link_content(struct link_stream *stream, struct span content) {
  struct h2_link *link = stream->link;
  if (stream->dead || stream->doomed || stream->end || stream->h2.sent_end) {
    return true;
  }
  if (link->held + content.len > DECIDE_MAX_HELD) {
    return false;
  }
  bytes_add(&stream->content, content);
  link->held += content.len;
  enqueue(stream);
  relay_resume_later(&link->conn);
  return true;
}

void link_end(struct link_stream *stream, const struct field_list *trailers) {
  if (stream->dead || stream->end || stream->h2.sent_end) {
    return;
  }
  if (trailers->first != NULL) {
    h2_wire_trailers(&stream->trailers, trailers);
  }
  stream->end = true;
  enqueue(stream);
  relay_resume_later(&stream->link->conn);
}

static void drop_sent(struct link_stream *stream) {
  if (waiting(stream) == 0) {
    bytes_free(&stream->content);
    stream->content_at = 0;
  } else if (stream->content_at >= waiting(stream)) {
    bytes_drop(&stream->content, stream->content_at);
    stream->content_at = 0;
  }
}

/* One frame of content at most, and what ends the stream behind the last one. False when the
 * windows, or the lack of anything to send, allow nothing. */
static bool send_some(struct link_stream *stream) {
  struct h2_link *link = stream->link;
  struct span rest = span_skip(bytes_span(&stream->content), stream->content_at);
  size_t left = rest.len;
  size_t room = h2_connection_room(&link->h2, &stream->h2);
  size_t len = left < room ? left : room;
  len = len < link->h2.peer_frame ? len : link->h2.peer_frame;
  if (stream->h2.sent_end || (left == 0 ? !stream->end : len == 0)) {
    return false;
  }
  bool whole = stream->end && len == left;
  bool trailers = stream->trailers.num > 0;
  if (len > 0 || !trailers) {
    h2_write_data(&link->h2, &link->out, &stream->h2, span_make(rest.ptr, len), whole && !trailers);
  }
  if (whole && trailers) {
    link_headers(stream, &stream->trailers, true);
  }
  stream->h2.sent_end = whole;
  stream->content_at += len;
  link->held -= len;
  drop_sent(stream);
  link->link_ops->sent(stream, len);
  link->link_ops->touched(stream);
  if (whole && !stream->dead) {
    link->link_ops->sent_end(stream);
  }
  return true;
}

void link_push(struct link_stream *stream) {
  while (!stream->dead && send_some(stream)) {
  }
}

/* In turns, until a whole round sends nothing: the order in the queue is then as it was. */
static void send_all(struct h2_link *link) {
  unsigned stuck = 0;
  while (stuck < link->num_queued) {
    struct link_stream *stream = link->first_queued;
    bool sent = send_some(stream);
    if (!stream->dead) {
      unqueue(stream);
      if (!stream->h2.sent_end && (stream->end || waiting(stream) > 0)) {
        enqueue(stream);
      }
    }
    stuck = sent ? 0 : stuck + 1;
  }
}

/* What comes in. */

void link_give_back(struct link_stream *stream, size_t len) {
  size_t back = len < stream->owed ? len : stream->owed;
  stream->owed -= back;
  stream->credit += back;
  stream->link->credit += back;
  relay_resume_later(&stream->link->conn);
}

static void give_room(struct h2_link *link) {
  if (bug_is(link->conn.relay, BUG_IN_NO_ROOM)) {
    return;
  }
  if (link->credit >= LINK_STEP) {
    h2_write_window(&link->out, 0, (uint32_t)link->credit);
    link->room += link->credit;
    link->credit = 0;
  }
  for (struct link_stream *stream = link->streams; stream != NULL; stream = stream->next) {
    if (stream->credit >= STREAM_STEP && !stream->h2.ended) {
      h2_write_window(&link->out, stream->h2.id, (uint32_t)stream->credit);
      stream->room += stream->credit;
      stream->credit = 0;
    }
  }
}

/* The peer breaks the rules of a stream (RFC 9113 section 5.4.2). */
static void break_stream(struct link_stream *stream, enum h2_error_code code, const char *why) {
  link_reset(stream, code);
  stream->link->link_ops->lost(stream, LOSS_GARBAGE, why);
}

/* Counts DATA against the room that we gave. False when the connection or stream is over. */
static bool count_data(struct h2_link *link, struct link_stream *stream,
                       const struct h2_event *event) {
  if (event->length > link->room) {
    fail(link, H2_FLOW_CONTROL_ERROR, "DATA is more than the connection's window allows");
    return false;
  }
  link->room -= event->length;
  if (stream == NULL) {
    link->credit += event->length;
    relay_resume_later(&link->conn);
    return false;
  }
  stream->owed += event->length;
  if (event->length > stream->room) {
    break_stream(stream, H2_FLOW_CONTROL_ERROR, "DATA is more than the stream's window allows");
    return false;
  }
  stream->room -= event->length;
  link_give_back(stream, event->length - event->value.len);
  return true;
}

size_t link_unread(const struct h2_link *link) {
  const struct h2_reader *reader = &link->h2.reader;
  return (size_t)(reader->base + link->conn.in.len - reader->at);
}

/* A frame on a stream that is not on the link. */
static void on_unknown(struct h2_link *link, const struct h2_event *event) {
  bool ours = (event->stream % 2 == 1) != is_front(link);
  bool idle = event->stream >= link->h2.next_stream;
  if (!ours) {
    idle = event->stream > link->last_peer;
  }
  if (event->kind != H2_GOT_FRAME || event->type == H2_PRIORITY || event->type > H2_CONTINUATION) {
    return;
  }
  if (!idle) {
    /* What was under way when the stream ended is thrown away (section 5.1). */
    if (event->type == H2_DATA) {
      (void)count_data(link, NULL, event);
    }
    return;
  }
  if (event->type == H2_HEADERS && !ours && is_front(link)) {
    link->last_peer = event->stream;
    (void)link->link_ops->opened(link, event->stream);
    return;
  }
  fail(link, H2_PROTOCOL_ERROR, "a frame on a stream that is not open");
}

static void on_field(struct link_stream *stream, const struct h2_event *event) {
  struct message *message = stream->message;
  message_add(message, stream->h2.head_done ? &message->trailers : &message->fields,
              event->field.name, event->field.value);
}

static void on_block_end(struct link_stream *stream) {
  struct h2_link *link = stream->link;
  bool good = true;
  if (stream->h2.block == H2_BLOCK_TRAILERS) {
    good = h2_wire_take_trailers(&stream->message->trailers);
  } else {
    good = link->link_ops->head(stream);
  }
  if (stream->h2.block == H2_BLOCK_INTERIM && bug_is(link->conn.relay, BUG_IN_HEAD_DONE)) {
    stream->h2.head_done = true;
  }
  if (!good) {
    break_stream(stream, H2_PROTOCOL_ERROR, "a header block cannot go on");
  }
}

static void on_frame(struct link_stream *stream, const struct h2_event *event) {
  struct h2_link *link = stream->link;
  if (event->type == H2_RST_STREAM && is_front(link) &&
      bug_is(link->conn.relay, BUG_OUT_AFTER_RESET)) {
    return;
  }
  if (event->type == H2_RST_STREAM) {
    kill(stream);
    link->link_ops->lost(stream, event->code == H2_REFUSED_STREAM ? LOSS_REFUSED : LOSS_CLOSED,
                         "the origin reset the stream");
  } else if (event->type == H2_DATA && event->value.len > 0) {
    link->link_ops->content(stream, event->value);
  } else if (event->type == H2_HEADERS && !stream->h2.head_done) {
    message_reset(stream->message);
  }
}

static void on_stream(struct link_stream *stream, const struct h2_event *event) {
  struct h2_link *link = stream->link;
  enum h2_error_code code = H2_NO_ERROR;
  bool data = event->kind == H2_GOT_FRAME && event->type == H2_DATA;
  if (data && !count_data(link, stream, event)) {
    return;
  }
  enum h2_fault fault = h2_stream_feed(&stream->h2, event);
  if (decide_fault(link->conn.relay, fault, &code)) {
    break_stream(stream, code, h2_fault_text(fault));
    return;
  }
  if (event->kind == H2_GOT_FRAME) {
    on_frame(stream, event);
  } else if (event->kind == H2_GOT_FIELD) {
    on_field(stream, event);
  } else if (event->kind == H2_GOT_BLOCK_END) {
    on_block_end(stream);
  }
  if (!stream->dead && event->end_stream && (data || event->kind == H2_GOT_BLOCK_END)) {
    link->link_ops->ended(stream);
  }
  if (!stream->dead) {
    link->link_ops->touched(stream);
  }
}

/* The streams that the peer will not look at (RFC 9113 section 6.8). The first one is looked for
 * anew each time: what is lost may open others, but not here. */
static void on_goaway(struct h2_link *link) {
  struct link_stream *stream = link->streams;
  if (bug_is(link->conn.relay, BUG_IN_GOAWAY_UNREAD)) {
    return;
  }
  if (bug_is(link->conn.relay, BUG_IN_GOAWAY_LOSES)) {
    link->h2.goaway_last = 0;
  }
  link_retire(link);
  while (stream != NULL) {
    if (!is_front(link) && stream->h2.id > link->h2.goaway_last) {
      kill(stream);
      link->link_ops->lost(stream, LOSS_REFUSED, "the origin went away");
      stream = link->streams;
    } else {
      stream = stream->next;
    }
  }
}

static void on_event(struct h2_link *link, const struct h2_event *event) {
  if (event->kind == H2_GOT_FRAME && event->type == H2_PUSH_PROMISE) {
    fail(link, H2_PROTOCOL_ERROR, "PUSH_PROMISE, which SETTINGS_ENABLE_PUSH forbids");
    return;
  }
  if (event->stream != 0) {
    struct link_stream *stream = find(link, event->stream);
    if (stream == NULL) {
      on_unknown(link, event);
      stream = find(link, event->stream);
    }
    if (stream != NULL) {
      on_stream(stream, event);
    }
  } else if (event->kind == H2_GOT_FRAME && event->type == H2_GOAWAY) {
    on_goaway(link);
  }
}

static void run(struct h2_link *link) {
  struct h2_reader *reader = &link->h2.reader;
  enum h2_status status = H2_EVENT;
  while (status == H2_EVENT && !link->linger && !link->conn.gone) {
    struct h2_event event;
    status = h2_connection_next(&link->h2, bytes_span(&link->conn.in), &event, &link->out);
    if (status == H2_EVENT) {
      on_event(link, &event);
    }
  }
  if (status == H2_ERROR && !is_front(link) && bug_is(link->conn.relay, BUG_IN_ERROR_IGNORED)) {
    link_retire(link);
  } else if (status == H2_ERROR) {
    fail(link, reader->error.code, reader->error.reason);
  }
  if (!link->linger && !link->conn.gone) {
    size_t done = (size_t)(h2_reader_keep(reader) - reader->base);
    h2_reader_drop(reader, conn_compact(&link->conn, done));
    relay_resume_later(&link->conn);
  }
}

/* What a client left unfinished cannot be finished any more; what it has asked for is answered. */
static void input_ended(struct h2_link *link) {
  link->fin = true;
  if (!is_front(link)) {
    lose_all(link, LOSS_STALE,
             "the origin closed the connection before a final response was "
             "complete");
  }
  struct link_stream *stream = link->streams;
  while (stream != NULL) {
    struct link_stream *next = stream->next;
    if (!stream->h2.ended) {
      link_reset(stream, decide_reset(RESET_ABANDONED));
      link->link_ops->lost(stream, LOSS_CLOSED, "the request is incomplete");
    }
    stream = next;
  }
  close_if_done(link);
}

static void connection_gone(struct h2_link *link, enum exchange_loss loss, const char *why) {
  link_retire(link);
  relay_gone(&link->conn);
  lose_all(link, loss, why);
}

static void link_feed(struct conn *conn, const struct actor_event *event) {
  struct h2_link *link = link_of(conn);
  switch (event->kind) {
  case ACTOR_CONNECTED:
    link->connected = true;
    relay_resume_later(conn);
    break;
  case ACTOR_REFUSED:
    connection_gone(link, LOSS_UNREACHABLE, "the origin cannot be reached");
    break;
  case ACTOR_BYTES:
    if (!link->linger) {
      put_off_idle(link);
      bug_frames(link, event->bytes);
      run(link);
    }
    break;
  case ACTOR_FIN:
    if (link->linger) {
      relay_close(conn);
    } else {
      input_ended(link);
    }
    break;
  case ACTOR_RESET:
    connection_gone(link, LOSS_STALE, "the origin reset the connection");
    break;
  case ACTOR_ACCEPTED_CONN:
  case ACTOR_TIME:
    break;
  }
}

/* With nothing else on the stack: what has gathered goes out, what is dead is freed. */
static void link_resume(struct conn *conn) {
  struct h2_link *link = link_of(conn);
  struct link_stream *stream = link->streams;
  while (stream != NULL) {
    struct link_stream *next = stream->next;
    if (stream->doomed) {
      link_reset(stream, decide_reset(RESET_SLOW));
      link->link_ops->lost(stream, LOSS_CLOSED, "the client takes too little");
    }
    stream = next;
  }
  if (!link->linger) {
    send_all(link);
    give_room(link);
    write_out(link);
    close_if_done(link);
  }
  free_dead(link);
}

static bool is_idle(const struct h2_link *link) {
  return link->num_streams == 0 ||
         (is_front(link) && h2_reader_mid_frame(&link->h2.reader, bytes_span(&link->conn.in)));
}

/* Those that expire may take others along, so each search begins anew. */
static struct link_stream *expired(const struct h2_link *link) {
  struct link_stream *stream = link->streams;
  while (stream != NULL && stream->deadline > link->conn.relay->now_us) {
    stream = stream->next;
  }
  return stream;
}

static void link_expire(struct conn *conn) {
  struct h2_link *link = link_of(conn);
  struct link_stream *stream = NULL;
  if (link->linger) {
    relay_close(conn);
    return;
  }
  while ((stream = expired(link)) != NULL) {
    stream->deadline = ACTOR_NEVER;
    link->link_ops->expired(stream);
  }
  if (is_idle(link) && link->idle_at <= conn->relay->now_us) {
    lose_all(link, LOSS_CLOSED, "the connection is idle");
    go_away(link, H2_NO_ERROR, "");
    return;
  }
  uint64_t next = link->idle_at > conn->relay->now_us ? link->idle_at : ACTOR_NEVER;
  for (stream = link->streams; stream != NULL; stream = stream->next) {
    next = stream->deadline < next ? stream->deadline : next;
  }
  relay_deadline(conn, next);
}

static void link_free(struct conn *conn) {
  struct h2_link *link = link_of(conn);
  free_dead(link);
  while (link->streams != NULL) {
    struct link_stream *stream = link->streams;
    link->streams = stream->next;
    stream_free(stream);
  }
  h2_connection_free(&link->h2);
  bytes_free(&link->out);
  bytes_free(&link->frames);
  bytes_free(&link->inside);
}

static const struct conn_ops conn_ops = {
    .feed = link_feed, .expire = link_expire, .resume = link_resume, .free = link_free};

struct h2_link *link_new(struct relay *relay, size_t size, enum h2_end end,
                         const struct link_ops *ops, conn_id id) {
  static const struct h2_parameter to_client[] = {{H2_MAX_CONCURRENT_STREAMS, DECIDE_MAX_STREAMS}};
  static const struct h2_parameter to_origin[] = {{H2_ENABLE_PUSH, 0}};
  struct h2_link *link = relay_conn_new(relay, size, &conn_ops, id);
  link->link_ops = ops;
  h2_connection_init(&link->h2, end, bug_coder(relay), end == H2_SERVER ? to_client : to_origin, 1,
                     &link->out);
  link->h2.holds_window = true;
  h2_write_window(&link->out, 0, LINK_ROOM - H2_DEFAULT_WINDOW);
  link->room = LINK_ROOM;
  put_off_idle(link);
  relay_resume_later(&link->conn);
  return link;
}
