#include "peer/relay.h"

#include "peer/bug.h"
#include "peer/greeting.h"
#include "peer/inner.h"

static const uint64_t default_origin_timeout_us = 15000000;
static const uint64_t default_idle_us = 60000000;

/* After a burst the queue's memory is given back. */
enum { KEEP_OUT = 1024 * 1024 };

/* A command whose bytes are at an offset in relay->out. */
struct queued {
  struct actor_command command;
  size_t offset;
  bool apart;
};

static struct queued queued_at(const struct relay *relay, size_t index) {
  struct queued queued;
  memcpy(&queued, relay->commands.ptr + index * sizeof(queued), sizeof(queued));
  return queued;
}

static void queue(struct relay *relay, enum actor_command_kind kind, conn_id conn) {
  struct queued queued = {.command = {.kind = kind, .conn = conn}, .offset = relay->out.len};
  if (kind == ACTOR_OPEN) {
    queued.command.place = relay->config.origin;
  }
  bytes_add(&relay->commands, span_make(&queued, sizeof(queued)));
}

void relay_write(struct conn *conn, struct span bytes, enum relay_write how) {
  struct relay *relay = conn->relay;
  if (conn->gone || bytes.len == 0) {
    return;
  }
  size_t num = relay->commands.len / sizeof(struct queued);
  if (how == RELAY_JOIN && num > relay->next_command) {
    struct queued last = queued_at(relay, num - 1);
    if (last.command.kind == ACTOR_WRITE && last.command.conn == conn->id && !last.apart) {
      last.command.bytes.len += bytes.len;
      memcpy(relay->commands.ptr + (num - 1) * sizeof(last), &last, sizeof(last));
      bytes_add(&relay->out, bytes);
      return;
    }
  }
  struct queued queued = {
      .command = {.kind = ACTOR_WRITE, .conn = conn->id, .bytes = {NULL, bytes.len}},
      .offset = relay->out.len,
      .apart = how == RELAY_APART,
  };
  bytes_add(&relay->commands, span_make(&queued, sizeof(queued)));
  bytes_add(&relay->out, bytes);
}

static bool relay_next(void *self, struct actor_command *out) {
  struct relay *relay = self;
  if (relay->next_command * sizeof(struct queued) == relay->commands.len) {
    relay->next_command = 0;
    relay->commands.len = 0;
    relay->out.len = 0;
    if (relay->out.cap > KEEP_OUT) {
      bytes_free(&relay->out);
    }
    return false;
  }
  struct queued queued = queued_at(relay, relay->next_command++);
  *out = queued.command;
  if (queued.command.kind == ACTOR_WRITE) {
    out->bytes.ptr = relay->out.ptr + queued.offset;
  }
  return true;
}

void *relay_conn_new(struct relay *relay, size_t size, const struct conn_ops *ops, conn_id id) {
  struct arena arena = {0};
  struct conn *conn = arena_alloc(&arena, size);
  struct conn **bucket = &relay->buckets[id % RELAY_BUCKETS];
  conn->arena = arena;
  conn->relay = relay;
  conn->ops = ops;
  conn->id = id;
  conn->deadline = ACTOR_NEVER;
  conn->next = *bucket;
  *bucket = conn;
  return conn;
}

static void conn_free(struct conn *conn) {
  struct arena arena = conn->arena;
  conn->ops->free(conn);
  bytes_free(&conn->in);
  arena_free(&arena);
}

static struct conn *find(const struct relay *relay, conn_id id) {
  struct conn *conn = relay->buckets[id % RELAY_BUCKETS];
  while (conn != NULL && conn->id != id) {
    conn = conn->next;
  }
  return conn;
}

conn_id relay_connect(struct relay *relay) {
  conn_id id = relay->next_id++;
  queue(relay, ACTOR_OPEN, id);
  return id;
}

void relay_shut(struct conn *conn) {
  if (!conn->gone) {
    queue(conn->relay, ACTOR_SHUT, conn->id);
  }
}

void relay_gone(struct conn *conn) {
  struct relay *relay = conn->relay;
  if (conn->gone) {
    return;
  }
  struct conn **link = &relay->buckets[conn->id % RELAY_BUCKETS];
  while (*link != conn) {
    link = &(*link)->next;
  }
  *link = conn->next;
  conn->gone = true;
  conn->next = relay->dead;
  relay->dead = conn;
}

void relay_close(struct conn *conn) {
  if (!conn->gone) {
    queue(conn->relay, ACTOR_CLOSE, conn->id);
    relay_gone(conn);
  }
}

void relay_abort(struct conn *conn) {
  if (!conn->gone) {
    queue(conn->relay, ACTOR_ABORT, conn->id);
    relay_gone(conn);
  }
}

void relay_die(struct relay *relay) {
  relay->died = true;
}

bool relay_died(const struct relay *relay) {
  return relay->died;
}

void relay_deadline(struct conn *conn, uint64_t at_us) {
  conn->deadline = at_us;
  if (at_us < conn->relay->soonest) {
    conn->relay->soonest = at_us;
  }
}

void relay_resume_later(struct conn *conn) {
  if (!conn->ready && !conn->gone) {
    conn->ready = true;
    conn->next_ready = conn->relay->ready;
    conn->relay->ready = conn;
  }
}

size_t conn_compact(struct conn *conn, size_t n) {
  if (n < conn->in.len && n < conn->in.len - n) {
    return 0;
  }
  bytes_drop(&conn->in, n);
  return n;
}

static struct conn *expired(const struct relay *relay, size_t bucket) {
  struct conn *conn = relay->buckets[bucket];
  while (conn != NULL && conn->deadline > relay->now_us) {
    conn = conn->next;
  }
  return conn;
}

/* What expires may take other connections of its bucket along, so each search begins anew. */
static void expire_all(struct relay *relay) {
  if (relay->now_us < relay->soonest) {
    return;
  }
  for (size_t i = 0; i < RELAY_BUCKETS; i++) {
    struct conn *conn = NULL;
    while ((conn = expired(relay, i)) != NULL) {
      conn->deadline = ACTOR_NEVER;
      conn->ops->expire(conn);
    }
  }
  relay->soonest = ACTOR_NEVER;
  for (size_t i = 0; i < RELAY_BUCKETS; i++) {
    for (const struct conn *conn = relay->buckets[i]; conn != NULL; conn = conn->next) {
      if (conn->deadline < relay->soonest) {
        relay->soonest = conn->deadline;
      }
    }
  }
}

static void resume_all(struct relay *relay) {
  while (relay->ready != NULL) {
    struct conn *conn = relay->ready;
    relay->ready = conn->next_ready;
    conn->ready = false;
    if (!conn->gone) {
      conn->ops->resume(conn);
    }
  }
}

static void free_dead(struct relay *relay) {
  while (relay->dead != NULL) {
    struct conn *conn = relay->dead;
    relay->dead = conn->next;
    conn_free(conn);
  }
}

static void relay_feed(void *self, uint64_t now_us, const struct actor_event *event) {
  struct relay *relay = self;
  relay->now_us = now_us;
  if (event->kind == ACTOR_ACCEPTED_CONN) {
    if (event->place == relay->config.listener) {
      greeting_accept(relay, event->conn);
    }
  } else if (event->kind != ACTOR_TIME) {
    struct conn *conn = find(relay, event->conn);
    if (conn != NULL) {
      conn->ops->feed(conn, event);
    }
  }
  resume_all(relay);
  expire_all(relay);
  resume_all(relay);
  free_dead(relay);
}

static uint64_t relay_wake(const void *self) {
  const struct relay *relay = self;
  return relay->soonest;
}

struct relay *relay_new(const struct relay_config *config) {
  struct arena arena = {0};
  struct relay *relay = arena_alloc(&arena, sizeof(*relay));
  relay->arena = arena;
  relay->config = *config;
  relay->config.origin_h2 = config->origin_h2 && config->coder != NULL;
  if (config->bug != NULL && config->bug->stands == BUG_RELAYS_EXPECT) {
    relay->config.relays_expect = true;
  }
  relay->soonest = ACTOR_NEVER;
  if (relay->config.origin_timeout_us == 0) {
    relay->config.origin_timeout_us = default_origin_timeout_us;
  }
  if (relay->config.idle_us == 0) {
    relay->config.idle_us = default_idle_us;
  }
  return relay;
}

struct actor relay_actor(struct relay *relay) {
  return (struct actor){.self = relay, .feed = relay_feed, .next = relay_next, .wake = relay_wake};
}

void relay_free(struct relay *relay) {
  if (relay == NULL) {
    return;
  }
  free_dead(relay);
  for (size_t i = 0; i < RELAY_BUCKETS; i++) {
    while (relay->buckets[i] != NULL) {
      struct conn *conn = relay->buckets[i];
      relay->buckets[i] = conn->next;
      conn_free(conn);
    }
  }
  bytes_free(&relay->commands);
  bytes_free(&relay->out);
  struct arena arena = relay->arena;
  arena_free(&arena);
}
