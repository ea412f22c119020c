#include "net/internal_tls.h"

#include <assert.h>

void list_append(struct connection_list *list, struct connection *connection) {
  connection->next = NULL;
  connection->previous = list->last;
  if (list->last != NULL) {
    list->last->next = connection;
  } else {
    list->first = connection;
  }
  list->last = connection;
}

void list_remove(struct connection_list *list, struct connection *connection) {
  if (connection->previous != NULL) {
    connection->previous->next = connection->next;
  } else {
    list->first = connection->next;
  }
  if (connection->next != NULL) {
    connection->next->previous = connection->previous;
  } else {
    list->last = connection->previous;
  }
  connection->next = NULL;
  connection->previous = NULL;
}

static void execute(struct net_player *player, const struct actor_command *command) {
  if (command->kind == ACTOR_OPEN) {
    connection_open(player, command->conn, command->place);
    return;
  }
  struct connection *connection = table_find(&player->connections, command->conn);
  if (connection == NULL) {
    return;
  }
  switch (command->kind) {
  case ACTOR_WRITE:
    connection_write(connection, command->bytes);
    break;
  case ACTOR_SHUT:
    connection_shut(connection);
    break;
  case ACTOR_CLOSE:
    connection_close(connection);
    break;
  case ACTOR_ABORT:
    connection_abort(connection);
    break;
  case ACTOR_OPEN:
    break;
  }
}

static void feed_and_drain(struct net_player *player, const struct actor_event *event) {
  player->actor.feed(player->actor.self, player->loop->clock.now_us, event);
  struct actor_command command;
  while (player->actor.next(player->actor.self, &command)) {
    execute(player, &command);
  }
  player->stale = true;
}

void loop_settle(struct net_loop *loop) {
  if (loop->feeding) {
    return;
  }
  loop->feeding = true;
  while (loop->broken.first != NULL) {
    struct connection *connection = loop->broken.first;
    struct net_player *player = connection->player;
    struct actor_event event = {.kind = connection->broken, .conn = connection->id};
    clock_polled(&loop->clock);
    connection_settle(connection);
    feed_and_drain(player, &event);
  }
  loop->feeding = false;
}

void player_feed(struct net_player *player, const struct actor_event *event) {
  struct net_loop *loop = player->loop;
  assert(!loop->feeding);
  loop->feeding = true;
  clock_polled(&loop->clock);
  feed_and_drain(player, event);
  loop->feeding = false;
  loop_settle(loop);
}

struct net_player *net_loop_add(struct net_loop *loop, struct actor actor) {
  struct net_player *player = net_alloc(sizeof(*player));
  player->loop = loop;
  player->actor = actor;
  player->next_accepted = ACTOR_ACCEPTED;
  player->wake_us = ACTOR_NEVER;
  player->next = loop->players;
  loop->players = player;
  return player;
}

int net_player_address(struct net_player *player, const char *address, struct diag *diag) {
  struct address parsed;
  if (!address_parse(&player->loop->uv, address, false, &parsed, diag)) {
    return -1;
  }
  size_t size = sizeof(parsed) * player->num_addresses;
  struct address *more = net_alloc(size + sizeof(parsed));
  if (size > 0) {
    memcpy(more, player->addresses, size);
  }
  more[player->num_addresses] = parsed;
  free(player->addresses);
  player->addresses = more;
  return (int)player->num_addresses++;
}

void net_player_secure(struct net_player *player, unsigned address, struct tls *client) {
  assert(address < player->num_addresses && !client->server);
  client->holders++;
  tls_free(player->addresses[address].tls);
  player->addresses[address].tls = client;
}

const char *net_player_address_failure(const struct net_player *player, unsigned address) {
  assert(address < player->num_addresses);
  return player->addresses[address].failure.reason;
}
