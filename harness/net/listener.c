#include "net/internal_tls.h"

#include <assert.h>

static void on_connection(uv_stream_t *server, int status) {
  struct listener *listener = server->data;
  if (status == 0) {
    connection_accept(listener);
  }
}

static void on_closed(uv_handle_t *handle) {
  free(handle->data);
}

static int listen_tcp(struct listener *listener, struct address *address) {
  uv_tcp_t *tcp = &listener->uv.tcp;
  int err = uv_tcp_bind(tcp, &address->ip.any, 0);
  if (err == 0) {
    err = uv_listen(&listener->uv.stream, NET_BACKLOG, on_connection);
  }
  if (err == 0) {
    err = uv_tcp_nodelay(tcp, 1);
  }
  int len = (int)sizeof(address->ip.room);
  if (err == 0) {
    err = uv_tcp_getsockname(tcp, &address->ip.any, &len);
  }
  return err;
}

static int listen_local(struct listener *listener, const struct address *address) {
  int err = uv_pipe_bind(&listener->uv.pipe, address->path);
  return err == 0 ? uv_listen(&listener->uv.stream, NET_BACKLOG, on_connection) : err;
}

static void explain(int err, const struct address *address, const char *text, struct diag *diag) {
  const char *remedy = "";
  if (err == UV_EADDRINUSE && address->local) {
    diag_set(diag, NULL, 0, 0,
             "cannot listen on %.100s: the file exists; remove it if no program uses it, or give "
             "another path",
             text);
    return;
  }
  if (err == UV_EADDRINUSE) {
    diag_set(diag, NULL, 0, 0,
             "cannot listen on %.100s: port %u is in use by another program; give another port, "
             "or port 0 for any free one",
             text, (unsigned)ntohs(address->ip.v4.sin_port));
    return;
  }
  if (err == UV_EACCES && !address->local) {
    remedy = "; ports below 1024 need more rights, give a higher one";
  } else if (err == UV_EACCES) {
    remedy = "; give a path in a directory that exists and that you may write to";
  } else if (err == UV_EADDRNOTAVAIL) {
    remedy = "; the host must be an address of this machine";
  }
  diag_set(diag, NULL, 0, 0, "cannot listen on %.100s: %s%s", text, uv_strerror(err), remedy);
}

int net_player_listen(struct net_player *player, const char *address, struct diag *diag) {
  struct address bound;
  if (!address_parse(&player->loop->uv, address, true, &bound, diag)) {
    return -1;
  }
  struct listener *listener = net_alloc(sizeof(*listener));
  listener->player = player;
  listener->local = bound.local;
  int err = bound.local ? uv_pipe_init(&player->loop->uv, &listener->uv.pipe, 0)
                        : uv_tcp_init(&player->loop->uv, &listener->uv.tcp);
  if (err != 0) {
    free(listener);
    explain(err, &bound, address, diag);
    return -1;
  }
  listener->uv.handle.data = listener;
  err = bound.local ? listen_local(listener, &bound) : listen_tcp(listener, &bound);
  if (err != 0) {
    uv_close(&listener->uv.handle, on_closed);
    explain(err, &bound, address, diag);
    return -1;
  }
  address_print(&bound, listener->name, sizeof(listener->name));
  listener->place = player->num_listeners++;
  listener->next = player->listeners;
  player->listeners = listener;
  return (int)listener->place;
}

struct listener *listener_find(const struct net_player *player, unsigned place) {
  struct listener *i = player->listeners;
  while (i != NULL && i->place != place) {
    i = i->next;
  }
  return i;
}

void net_player_listener_name(const struct net_player *player, unsigned listener, char *out,
                              size_t size) {
  const struct listener *found = listener_find(player, listener);
  (void)snprintf(out, size, "%s", found != NULL ? found->name : "");
}

void net_player_listen_secure(struct net_player *player, unsigned listener, struct tls *server,
                              bool only) {
  struct listener *found = listener_find(player, listener);
  assert(found != NULL && server->server);
  server->holders++;
  tls_free(found->tls);
  found->tls = server;
  found->tls_only = only;
}

const char *net_player_listener_failure(const struct net_player *player, unsigned listener) {
  const struct listener *found = listener_find(player, listener);
  return found != NULL ? found->failure.reason : "";
}
