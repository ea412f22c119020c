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
  free(handle->data);
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

/* The actor is told once it is drained, because a command of its own may have led here. */
static void break_off(struct connection *connection, enum actor_event_kind kind) {
  if (connection->state == CONNECTION_LEAVING) {
    finish(connection);
  } else if (connection->state == CONNECTION_OPENING || connection->state == CONNECTION_OPEN) {
    connection->state = CONNECTION_BROKEN;
    connection->broken = kind;
    list_append(&connection->player->loop->broken, connection);
  }
}

/* A peer that reset the connection may have sent bytes before, which are still to be read. Then a
 * failed write ends our direction only; the read side brings the rest and finds the end. */
static void write_failed(struct connection *connection, int err) {
  if (connection->state == CONNECTION_OPENING) {
    break_off(connection, ACTOR_REFUSED);
  } else if (connection->state == CONNECTION_OPEN && !connection->fin &&
             (err == UV_EPIPE || err == UV_ECONNRESET)) {
    connection->deaf = true;
  } else {
    break_off(connection, ACTOR_RESET);
  }
}

static void shut_when_sent(struct connection *connection) {
  if (connection->state == CONNECTION_OPEN && !connection->deaf &&
      uv_stream_get_write_queue_size(&connection->uv.stream) == 0) {
    /* Not uv_shutdown, which takes another turn of the loop. */
    (void)shutdown(descriptor(connection), SHUT_WR);
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
  } else if (uv_stream_get_write_queue_size(&connection->uv.stream) == 0) {
    if (connection->state == CONNECTION_LEAVING) {
      finish(connection);
    } else if (connection->shut) {
      shut_when_sent(connection);
    }
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

void connection_write(struct connection *connection, struct span bytes) {
  if (connection->shut || connection->deaf || bytes.len == 0 ||
      (connection->state != CONNECTION_OPEN && connection->state != CONNECTION_OPENING)) {
    return;
  }
  size_t queued = uv_stream_get_write_queue_size(&connection->uv.stream);
  if (connection->state == CONNECTION_OPEN && queued == 0) {
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
    make_close_reset(connection);
    break_off(connection, ACTOR_RESET);
  } else {
    queue_write(connection, bytes);
  }
}

void connection_shut(struct connection *connection) {
  if (!connection->shut) {
    connection->shut = true;
    shut_when_sent(connection);
  }
}

void connection_close(struct connection *connection) {
  struct net_loop *loop = connection->player->loop;
  size_t queued = uv_stream_get_write_queue_size(&connection->uv.stream);
  table_remove(&connection->player->connections, connection->id);
  if (queued == 0 || connection->deaf || connection->state == CONNECTION_BROKEN) {
    finish(connection);
    return;
  }
  connection->state = CONNECTION_LEAVING;
  connection->queued = queued;
  connection->deadline_us = loop->clock.now_us + NET_LINGER_US;
  list_append(&loop->leaving, connection);
}

void connection_linger(struct connection *connection, uint64_t now_us) {
  struct connection_list *leaving = &connection->player->loop->leaving;
  size_t queued = uv_stream_get_write_queue_size(&connection->uv.stream);
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

static void tell(struct connection *connection, enum actor_event_kind kind, struct span bytes) {
  struct actor_event event = {.kind = kind, .conn = connection->id, .bytes = bytes};
  player_feed(connection->player, &event);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf) {
  struct connection *connection = stream->data;
  struct net_loop *loop = connection->player->loop;
  if (len > 0 && connection->state == CONNECTION_OPEN) {
    connection->read_turn = loop->turn;
    tell(connection, ACTOR_BYTES, span_make(buf->base, (size_t)len));
  } else if (len == UV_EOF && connection->state == CONNECTION_OPEN && !connection->deaf &&
             !was_reset(connection)) {
    connection->fin = true;
    tell(connection, ACTOR_FIN, (struct span){0});
  } else if (len < 0 && !(len == UV_EOF && connection->state == CONNECTION_LEAVING)) {
    break_off(connection, ACTOR_RESET);
    loop_settle(loop);
  }
}

static void lend_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *out) {
  (void)suggested;
  const struct connection *connection = handle->data;
  *out = uv_buf_init(connection->player->loop->buffer, NET_READ_SIZE);
}

static void on_connected(uv_connect_t *request, int status) {
  struct connection *connection = request->handle->data;
  if (connection->state == CONNECTION_GONE) {
    return;
  }
  if (status != 0) {
    break_off(connection, ACTOR_REFUSED);
    loop_settle(connection->player->loop);
    return;
  }
  /* UV_EALREADY where connection_open could do it. */
  (void)uv_read_start(&connection->uv.stream, lend_buffer, on_read);
  if (connection->state == CONNECTION_LEAVING) {
    return;
  }
  connection->state = CONNECTION_OPEN;
  if (connection->shut) {
    shut_when_sent(connection);
  }
  tell(connection, ACTOR_CONNECTED, (struct span){0});
}

void connection_open(struct net_player *player, conn_id id, unsigned place) {
  assert(place < player->num_addresses && id < ACTOR_ACCEPTED);
  assert(table_find(&player->connections, id) == NULL);
  const struct address *address = &player->addresses[place];
  struct connection *connection = make(player, address->local);
  connection->id = id;
  connection->state = CONNECTION_OPENING;
  table_add(&player->connections, connection);
  if (address->local) {
    uv_pipe_connect(&connection->connect, &connection->uv.pipe, address->path, on_connected);
    return;
  }
  (void)uv_tcp_nodelay(&connection->uv.tcp, 1);
  if (uv_tcp_connect(&connection->connect, &connection->uv.tcp, &address->ip.any, on_connected) !=
      0) {
    break_off(connection, ACTOR_REFUSED);
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
  connection->state = CONNECTION_OPEN;
  table_add(&player->connections, connection);
  if (!listener->local) {
    ensure_nodelay(listener, connection);
  }
  (void)uv_read_start(&connection->uv.stream, lend_buffer, on_read);
  struct actor_event event = {
      .kind = ACTOR_ACCEPTED_CONN, .conn = connection->id, .place = listener->place};
  player_feed(player, &event);
}
