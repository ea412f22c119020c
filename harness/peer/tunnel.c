#include "peer/tunnel.h"

#include "peer/bugs.h"
#include "peer/inner.h"

struct tunnel {
  struct conn conn;
  struct exchange *exchange;
  bool made;
  bool shut; /* the client's way ended */
  bool fin;  /* the origin's way did */
};

static void touch(struct tunnel *tunnel) {
  const struct relay_config *config = &tunnel->conn.relay->config;
  relay_deadline(&tunnel->conn, tunnel->conn.relay->now_us +
                                    (tunnel->made ? config->idle_us : config->origin_timeout_us));
}

/* What the exchange asks of us. A CONNECT has no content, and nothing of it goes on. */

static void take_head(void *self, const struct message *request) {
  (void)self;
  (void)request;
}

static bool take_content(void *self, struct span content) {
  (void)self;
  (void)content;
  return true;
}

static void take_abandon(void *self) {
  struct tunnel *tunnel = self;
  relay_close(&tunnel->conn);
}

static void take_tunnel(void *self, struct span bytes) {
  struct tunnel *tunnel = self;
  relay_write(&tunnel->conn, bytes, RELAY_JOIN);
  touch(tunnel);
}

static void take_tunnel_end(void *self, bool reset) {
  struct tunnel *tunnel = self;
  if (reset) {
    relay_abort(&tunnel->conn);
    return;
  }
  relay_shut(&tunnel->conn);
  tunnel->shut = true;
  if (tunnel->fin) {
    relay_close(&tunnel->conn);
  }
}

static const struct exchange_back back_ops = {
    .head = take_head,
    .content = take_content,
    .end = take_head,
    .release = take_abandon,
    .abandon = take_abandon,
    .tunnel = take_tunnel,
    .tunnel_end = take_tunnel_end,
};

/* What the origin does. */

static void fail(struct tunnel *tunnel, enum exchange_loss loss, const char *why) {
  relay_close(&tunnel->conn);
  exchange_lost(tunnel->exchange, loss, why);
}

static void end(struct tunnel *tunnel, bool reset) {
  if (reset) {
    relay_abort(&tunnel->conn);
  } else if (tunnel->shut) {
    relay_close(&tunnel->conn);
  }
  tunnel->fin = true;
  exchange_tunnel_to_client_end(tunnel->exchange, reset);
}

static void feed(struct conn *conn, const struct actor_event *event) {
  struct tunnel *tunnel = (struct tunnel *)conn;
  switch (event->kind) {
  case ACTOR_CONNECTED:
    tunnel->made = true;
    touch(tunnel);
    exchange_tunnel_made(tunnel->exchange);
    break;
  case ACTOR_REFUSED:
    relay_gone(conn);
    fail(tunnel, LOSS_UNREACHABLE, "the origin cannot be reached");
    break;
  case ACTOR_BYTES:
    touch(tunnel);
    exchange_tunnel_to_client(tunnel->exchange, event->bytes);
    break;
  case ACTOR_FIN:
    end(tunnel, false);
    break;
  case ACTOR_RESET:
    relay_gone(conn);
    end(tunnel, true);
    break;
  case ACTOR_ACCEPTED_CONN:
  case ACTOR_TIME:
    break;
  }
}

static void expire(struct conn *conn) {
  struct tunnel *tunnel = (struct tunnel *)conn;
  if (tunnel->made) {
    end(tunnel, true);
  } else {
    fail(tunnel, LOSS_SILENT, "the origin says nothing");
  }
}

/* Nothing here is put off, and nothing held. */
static void rest(struct conn *conn) {
  (void)conn;
}

static const struct conn_ops conn_ops = {
    .feed = feed, .expire = expire, .resume = rest, .free = rest};

void tunnel_take(struct exchange *x) {
  conn_id id = relay_connect(x->relay);
  struct tunnel *tunnel = relay_conn_new(x->relay, sizeof(*tunnel), &conn_ops, id);
  tunnel->exchange = x;
  x->back = &back_ops;
  x->back_self = tunnel;
  touch(tunnel);
}
