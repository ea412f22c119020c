#include "net/internal.h"

#include <assert.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

struct pending_write {
  uv_write_t request;
  uint8_t bytes[];
};

static struct connection *make(struct net_player *player, bool local) {
  struct connection *connection = net_alloc(sizeof(*connection));
  connection->player = player;
  connection->local = local;
  /* Neither makes a socket yet, so neither can fail. */
  (void)(local ? uv_pipe_init(&player->loop->uv, &connection->uv.pipe, 0)
               : uv_tcp_init(&player->loop->uv, &connection->uv.tcp));
  connection->uv.handle.data = connection;
  return connection;
}

static void on_closed(uv_handle_t *handle) {
  struct connection *connection = handle->data;
  secure_free(connection->secure);
  free(connection);
}

static void finish(struct connection *connection) {
  struct net_loop *loop = connection->player->loop;
  if (connection->state == CONNECTION_LEAVING) {
    list_remove(&loop->leaving, connection);
  } else if (connection->state == CONNECTION_BROKEN) {
    list_remove(&loop->broken, connection);
  }
  connection->state = CONNECTION_GONE;
  uv_close(&connection->uv.handle, on_closed);
}

static int descriptor(const struct connection *connection) {
  uv_os_fd_t fd = -1;
  return uv_fileno(&connection->uv.handle, &fd) == 0 ? fd : -1;
}

/* A close then resets (RST) instead of ending in order (FIN). A Unix socket has no such thing. */
static void make_close_reset(struct connection *connection) {
  const struct linger none = {.l_onoff = 1, .l_linger = 0};
  if (!connection->local) {
    (void)setsockopt(descriptor(connection), SOL_SOCKET, SO_LINGER, &none, sizeof(none));
  }
}

struct diag *connection_failure(const struct connection *connection) {
  const struct net_player *player = connection->player;
  return connection->id < ACTOR_ACCEPTED ? &player->addresses[connection->place].failure
                                         : &listener_find(player, connection->place)->failure;
}

/* The actor is told once it is drained, because a command of its own may have led here. */
void connection_break(struct connection *connection, enum actor_event_kind kind) {
  if (connection->state == CONNECTION_LEAVING) {
    finish(connection);
  } else if (connection->state == CONNECTION_OPENING || connection->state == CONNECTION_SHAKING ||
             connection->state == CONNECTION_OPEN) {
    connection->broken = connection->state == CONNECTION_SHAKING ? ACTOR_REFUSED : kind;
    connection->state = CONNECTION_BROKEN;
    list_append(&connection->player->loop->broken, connection);
  }
}

void connection_overflow(struct connection *connection) {
  make_close_reset(connection);
  connection_break(connection, ACTOR_RESET);
}

/* A peer that reset the connection may have sent bytes before, which are still to be read. Then a
 * failed write ends our direction only; the read side brings the rest and finds the end. */
static void write_failed(struct connection *connection, int err) {
  if (connection->state == CONNECTION_OPENING) {
    connection_break(connection, ACTOR_REFUSED);
  } else if ((connection->state == CONNECTION_OPEN || connection->state == CONNECTION_SHAKING) &&
             !connection->fin && (err == UV_EPIPE || err == UV_ECONNRESET)) {
    connection->deaf = true;
  } else {
    connection_break(connection, ACTOR_RESET);
  }
}

static bool waits(const struct connection *connection) {
  return connection->secure != NULL && secure_waits(connection->secure);
}

/* What the actor wrote that the socket has not taken. A handshake's own bytes do not count. */
static size_t unsent(const struct connection *connection) {
  return waits(connection) ? secure_held(connection->secure)
                           : uv_stream_get_write_queue_size(&connection->uv.stream);
}

static void shut_when_sent(struct connection *connection) {
  if (connection->state == CONNECTION_OPEN && !connection->deaf && !waits(connection) &&
      uv_stream_get_write_queue_size(&connection->uv.stream) == 0) {
    /* Not uv_shutdown, which takes another turn of the loop. */
    (void)shutdown(descriptor(connection), SHUT_WR);
  }
}

/* Of a connection that is leaving all is sent: what is left to wait for is the FIN of a peer that
 * connected to us. */
static void part(struct connection *connection) {
  if (connection->id < ACTOR_ACCEPTED || connection->fin || connection->deaf) {
    finish(connection);
  } else if (!connection->parting) {
    connection->parting = true;
    (void)shutdown(descriptor(connection), SHUT_WR);
  }
}

void connection_sent(struct connection *connection) {
  if (uv_stream_get_write_queue_size(&connection->uv.stream) > 0 || waits(connection)) {
    return;
  }
  if (connection->state == CONNECTION_LEAVING) {
    part(connection);
  } else if (connection->shut) {
    shut_when_sent(connection);
  }
}

static void on_written(uv_write_t *request, int status) {
  struct connection *connection = request->handle->data;
  free(request->data);
  if (connection->state == CONNECTION_GONE || status == UV_ECANCELED) {
    return;
  }
  if (status < 0) {
    write_failed(connection, status);
  } else {
    connection_sent(connection);
  }
  loop_settle(connection->player->loop);
}

static void queue_write(struct connection *connection, struct span bytes) {
  struct pending_write *pending = net_alloc(sizeof(*pending) + bytes.len);
  memcpy(pending->bytes, bytes.ptr, bytes.len);
  pending->request.data = pending;
  uv_buf_t buf = uv_buf_init((char *)pending->bytes, (unsigned)bytes.len);
  int err = uv_write(&pending->request, &connection->uv.stream, &buf, 1, on_written);
  if (err != 0) {
    free(pending);
    write_failed(connection, err);
  }
}

/* libuv has one type for what it reads into and what it only writes from. */
static uv_buf_t lend(struct span bytes) {
  char *base = NULL;
  memcpy(&base, &bytes.ptr, sizeof(base));
  return uv_buf_init(base, bytes.len < UINT32_MAX ? (unsigned)bytes.len : UINT32_MAX);
}

void connection_send(struct connection *connection, struct span bytes) {
  if (connection->deaf || bytes.len == 0 || connection->state == CONNECTION_BROKEN ||
      connection->state == CONNECTION_GONE) {
    return;
  }
  size_t queued = uv_stream_get_write_queue_size(&connection->uv.stream);
  if (connection->state != CONNECTION_OPENING && queued == 0) {
    uv_buf_t buf = lend(bytes);
    int sent = uv_try_write(&connection->uv.stream, &buf, 1);
    if (sent < 0 && sent != UV_EAGAIN) {
      write_failed(connection, sent);
      return;
    }
    size_t taken = sent > 0 ? (size_t)sent : 0;
    if (taken == bytes.len) {
      return;
    }
    bytes = span_make(bytes.ptr + taken, bytes.len - taken);
  }
  if (queued + bytes.len > NET_QUEUE_LIMIT) {
    connection_overflow(connection);
  } else {
    queue_write(connection, bytes);
  }
}

void connection_write(struct connection *connection, struct span bytes) {
  if (connection->shut) {
    return;
  }
  if (connection->secure != NULL) {
    secure_write(connection, bytes);
  } else {
    connection_send(connection, bytes);
  }
}

void connection_shut(struct connection *connection) {
  if (!connection->shut) {
    connection->shut = true;
    if (connection->secure != NULL) {
      secure_end(connection);
    }
    shut_when_sent(connection);
  }
}

void connection_close(struct connection *connection) {
  struct net_loop *loop = connection->player->loop;
  table_remove(&connection->player->connections, connection->id);
  if (connection->secure != NULL) {
    secure_miss(connection, "was not done when it was given up");
    secure_end(connection);
  }
  size_t queued = unsent(connection);
  bool connected = connection->id < ACTOR_ACCEPTED;
  if ((queued == 0 && (connected || connection->fin || waits(connection))) || connection->deaf ||
      connection->state == CONNECTION_BROKEN) {
    finish(connection);
    return;
  }
  connection->state = CONNECTION_LEAVING;
  connection->queued = queued;
  connection->deadline_us = loop->clock.now_us + NET_LINGER_US;
  list_append(&loop->leaving, connection);
  connection_sent(connection);
}

void connection_linger(struct connection *connection, uint64_t now_us) {
  struct connection_list *leaving = &connection->player->loop->leaving;
  size_t queued = unsent(connection);
  if (queued == connection->queued) {
    finish(connection);
    return;
  }
  list_remove(leaving, connection);
  connection->queued = queued;
  connection->deadline_us = now_us + NET_LINGER_US;
  list_append(leaving, connection);
}

void connection_abort(struct connection *connection) {
  table_remove(&connection->player->connections, connection->id);
  if (connection->secure != NULL) {
    secure_miss(connection, "was not done when it was given up");
  }
  make_close_reset(connection);
  finish(connection);
}

void connection_settle(struct connection *connection) {
  table_remove(&connection->player->connections, connection->id);
  finish(connection);
}

void connection_discard(struct connection *connection) {
  finish(connection);
}

/* When bytes and a reset come in one poll, libuv reads the bytes and makes the rest an end of file.
 * The socket still knows. EPIPE is a reset after the peer's FIN: its bytes did end in order. */
static bool was_reset(const struct connection *connection) {
  if (connection->read_turn != connection->player->loop->turn) {
    return false;
  }
  int err = 0;
  socklen_t len = sizeof(err);
  return getsockopt(descriptor(connection), SOL_SOCKET, SO_ERROR, &err, &len) == 0 && err != 0 &&
         err != EPIPE;
}

void connection_tell(struct connection *connection, enum actor_event_kind kind, struct span bytes) {
  struct actor_event event = {.kind = kind, .conn = connection->id, .bytes = bytes};
  player_feed(connection->player, &event);
}

static void take(struct connection *connection, struct span bytes) {
  struct net_loop *loop = connection->player->loop;
  connection->read_turn = loop->turn;
  if (connection->parting) {
    return;
  }
  if (connection->secure != NULL) {
    clock_polled(&loop->clock);
    secure_read(connection, bytes);
  } else if (connection->state == CONNECTION_OPEN) {
    connection_tell(connection, ACTOR_BYTES, bytes);
  }
}

static void take_fin(struct connection *connection) {
  if ((connection->secure == NULL || secure_fin(connection)) && !connection->fin) {
    connection->fin = true;
    connection_tell(connection, ACTOR_FIN, (struct span){0});
  }
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf) {
  struct connection *connection = stream->data;
  bool heard = connection->state == CONNECTION_OPEN || connection->state == CONNECTION_SHAKING;
  if (len > 0) {
    take(connection, span_make(buf->base, (size_t)len));
  } else if (len == UV_EOF && heard && !connection->deaf && !was_reset(connection)) {
    take_fin(connection);
  } else if (len < 0 &&
             (len != UV_EOF || connection->state != CONNECTION_LEAVING || connection->parting)) {
    if (connection->secure != NULL) {
      secure_miss(connection, "was cut by a reset");
    }
    connection_break(connection, ACTOR_RESET);
  } else {
    connection->fin = connection->fin || len == UV_EOF;
    return;
  }
  loop_settle(connection->player->loop);
}

static void lend_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *out) {
  (void)suggested;
  const struct connection *connection = handle->data;
  *out = uv_buf_init(connection->player->loop->buffer, NET_READ_SIZE);
}

static void explain_refusal(const struct connection *connection, int err) {
  char name[sizeof(((struct listener *)NULL)->name)];
  address_print(&connection->player->addresses[connection->place], name, sizeof(name));
  diag_set(connection_failure(connection), NULL, 0, 0,
           "cannot connect to %s: %s; check that the target runs and listens there", name,
           uv_strerror(err));
}

static void on_connected(uv_connect_t *request, int status) {
  struct connection *connection = request->handle->data;
  if (connection->state == CONNECTION_GONE) {
    return;
  }
  if (status != 0) {
    explain_refusal(connection, status);
    connection_break(connection, ACTOR_REFUSED);
    loop_settle(connection->player->loop);
    return;
  }
  /* UV_EALREADY where connection_open could do it. */
  (void)uv_read_start(&connection->uv.stream, lend_buffer, on_read);
  bool opening = connection->state == CONNECTION_OPENING;
  if (connection->secure != NULL) {
    connection->state = opening ? CONNECTION_SHAKING : connection->state;
    secure_start(connection);
    loop_settle(connection->player->loop);
  } else if (opening) {
    connection->state = CONNECTION_OPEN;
    if (connection->shut) {
      shut_when_sent(connection);
    }
    connection_tell(connection, ACTOR_CONNECTED, (struct span){0});
  }
}

void connection_open(struct net_player *player, conn_id id, unsigned place) {
  assert(place < player->num_addresses && id < ACTOR_ACCEPTED);
  assert(table_find(&player->connections, id) == NULL);
  const struct address *address = &player->addresses[place];
  struct connection *connection = make(player, address->local);
  connection->secure = address->tls != NULL ? secure_new(address->tls, true) : NULL;
  connection->id = id;
  connection->place = place;
  connection->state = CONNECTION_OPENING;
  table_add(&player->connections, connection);
  if (address->local) {
    uv_pipe_connect(&connection->connect, &connection->uv.pipe, address->path, on_connected);
    return;
  }
  (void)uv_tcp_nodelay(&connection->uv.tcp, 1);
  int err =
      uv_tcp_connect(&connection->connect, &connection->uv.tcp, &address->ip.any, on_connected);
  if (err != 0) {
    explain_refusal(connection, err);
    connection_break(connection, ACTOR_REFUSED);
    return;
  }
  /* Reading is asked for already: the poll set then changes once less when it is connected. */
  (void)uv_read_start(&connection->uv.stream, lend_buffer, on_read);
}

/* Most systems hand TCP_NODELAY down from the listening socket. The first accepted one tells. */
static void ensure_nodelay(struct listener *listener, struct connection *connection) {
  if (listener->nodelay == NODELAY_UNKNOWN) {
    int on = 0;
    socklen_t len = sizeof(on);
    (void)getsockopt(descriptor(connection), IPPROTO_TCP, TCP_NODELAY, &on, &len);
    listener->nodelay = on != 0 ? NODELAY_INHERITED : NODELAY_SET;
  }
  if (listener->nodelay == NODELAY_SET) {
    (void)uv_tcp_nodelay(&connection->uv.tcp, 1);
  }
}

void connection_accept(struct listener *listener) {
  struct net_player *player = listener->player;
  struct connection *connection = make(player, listener->local);
  /* Past the last number it wraps to 0: no more numbers, no more connections. */
  if (uv_accept(&listener->uv.stream, &connection->uv.stream) != 0 ||
      player->next_accepted < ACTOR_ACCEPTED) {
    connection->state = CONNECTION_GONE;
    uv_close(&connection->uv.handle, on_closed);
    return;
  }
  connection->id = player->next_accepted++;
  connection->place = listener->place;
  connection->state = CONNECTION_OPEN;
  connection->secure = listener->tls != NULL ? secure_new(listener->tls, listener->tls_only) : NULL;
  table_add(&player->connections, connection);
  if (!listener->local) {
    ensure_nodelay(listener, connection);
  }
  (void)uv_read_start(&connection->uv.stream, lend_buffer, on_read);
  struct actor_event event = {
      .kind = ACTOR_ACCEPTED_CONN, .conn = connection->id, .place = listener->place};
  player_feed(player, &event);
}
