/* A network in one process under virtual time: actors joined by connections that lose nothing. */
#ifndef INTERIM_TESTS_WORLD_H
#define INTERIM_TESTS_WORLD_H

#include "base/arena.h"
#include "core/actor.h"

#include <assert.h>
#include <stdlib.h>

enum { WORLD_ACTORS = 4, WORLD_LATENCY_US = 50 };

struct world_end {
  unsigned actor;
  conn_id conn;
  bool gone; /* this end closed or aborted, or was told of a reset */
};

struct world_link {
  struct world_end ends[2];
};

struct world_event {
  struct world_event *next;
  uint64_t at_us;
  unsigned actor;
  struct actor_event event;
};

struct world {
  struct actor actors[WORLD_ACTORS];
  unsigned num_actors;
  unsigned route[WORLD_ACTORS]; /* whom an actor's address 0 leads to */
  conn_id accepted[WORLD_ACTORS];
  struct world_link *links;
  size_t num_links;
  size_t cap_links;
  struct world_event *first;
  struct world_event *last;
  uint64_t now_us;
  size_t num_events;
  bool refuse;         /* nobody accepts */
  uint64_t latency_us; /* more than WORLD_LATENCY_US that everything takes; may only grow */
  uint64_t opening_us; /* more than that until a connection of actor 0 is open */
  uint64_t unaware_us; /* more than that until actor 1 notices that a peer ended its direction */
};

/* In order of time. */
static inline void world_queue(struct world *world, struct world_event *event) {
  struct world_event **at = &world->first;
  bool last = world->last == NULL || world->last->at_us <= event->at_us;
  if (last && world->last != NULL) {
    at = &world->last->next;
  }
  while (*at != NULL && (*at)->at_us <= event->at_us) {
    at = &(*at)->next;
  }
  event->next = *at;
  *at = event;
  world->last = last ? event : world->last;
}

static inline void world_post(struct world *world, unsigned actor, enum actor_event_kind kind,
                              conn_id conn, struct span bytes) {
  struct world_event *event = malloc(sizeof(*event) + bytes.len);
  if (event == NULL) {
    abort();
  }
  uint8_t *copy = (uint8_t *)(event + 1);
  if (bytes.len > 0) {
    memcpy(copy, bytes.ptr, bytes.len);
  }
  *event = (struct world_event){
      .at_us = world->now_us + WORLD_LATENCY_US + world->latency_us,
      .actor = actor,
      .event = {.kind = kind, .conn = conn, .bytes = {copy, bytes.len}},
  };
  if (kind == ACTOR_FIN && actor == 1) {
    event->at_us += world->unaware_us;
  }
  if (kind == ACTOR_CONNECTED && actor == 0) {
    event->at_us += world->opening_us;
  }
  world_queue(world, event);
}

static inline void world_open(struct world *world, unsigned actor, conn_id conn) {
  if (world->refuse) {
    world_post(world, actor, ACTOR_REFUSED, conn, (struct span){NULL, 0});
    return;
  }
  if (world->num_links == world->cap_links) {
    world->cap_links = world->cap_links == 0 ? 64 : world->cap_links * 2;
    world->links = realloc(world->links, world->cap_links * sizeof(*world->links));
    if (world->links == NULL) {
      abort();
    }
  }
  unsigned peer = world->route[actor];
  conn_id accepted = ACTOR_ACCEPTED + world->accepted[peer]++;
  world->links[world->num_links++] = (struct world_link){
      {{actor, conn, false}, {peer, accepted, false}},
  };
  world_post(world, actor, ACTOR_CONNECTED, conn, (struct span){NULL, 0});
  world_post(world, peer, ACTOR_ACCEPTED_CONN, accepted, (struct span){NULL, 0});
}

static inline struct world_end *world_find(struct world *world, unsigned actor, conn_id conn,
                                           struct world_end **peer) {
  for (size_t i = world->num_links; i-- > 0;) { /* those in use are mostly the latest */
    for (int side = 0; side < 2; side++) {
      struct world_end *end = &world->links[i].ends[side];
      if (end->actor == actor && end->conn == conn) {
        *peer = &world->links[i].ends[1 - side];
        return end;
      }
    }
  }
  return NULL;
}

static inline void world_obey(struct world *world, unsigned actor,
                              const struct actor_command *command) {
  struct world_end *peer = NULL;
  if (command->kind == ACTOR_OPEN) {
    world_open(world, actor, command->conn);
    return;
  }
  struct world_end *end = world_find(world, actor, command->conn, &peer);
  if (end == NULL || end->gone) {
    return;
  }
  enum actor_event_kind kind = command->kind == ACTOR_WRITE   ? ACTOR_BYTES
                               : command->kind == ACTOR_ABORT ? ACTOR_RESET
                                                              : ACTOR_FIN;
  end->gone = command->kind == ACTOR_CLOSE || command->kind == ACTOR_ABORT;
  world_post(world, peer->actor, kind, peer->conn, command->bytes);
}

static inline void world_feed(struct world *world, unsigned actor,
                              const struct actor_event *event) {
  struct actor *to = &world->actors[actor];
  struct actor_command command;
  to->feed(to->self, world->now_us, event);
  while (to->next(to->self, &command)) {
    world_obey(world, actor, &command);
  }
}

static inline void world_deliver(struct world *world) {
  struct world_event *event = world->first;
  world->first = event->next;
  world->last = world->first == NULL ? NULL : world->last;
  world->now_us = event->at_us > world->now_us ? event->at_us : world->now_us;
  bool connection = event->event.kind != ACTOR_REFUSED && event->event.kind != ACTOR_TIME;
  struct world_end *peer = NULL;
  struct world_end *end =
      connection ? world_find(world, event->actor, event->event.conn, &peer) : NULL;
  if (!connection || (end != NULL && !end->gone)) {
    if (end != NULL && event->event.kind == ACTOR_RESET) {
      end->gone = true;
    }
    world_feed(world, event->actor, &event->event);
  }
  free(event);
}

/* world_reset ends a connection of an actor that is gone; its number may be used again. */
static inline void world_reset(struct world *world, unsigned actor, struct world_link *link) {
  for (int side = 0; side < 2; side++) {
    struct world_end *end = &link->ends[side];
    const struct world_end *peer = &link->ends[1 - side];
    if (end->actor == actor && !end->gone) {
      end->gone = true;
      end->actor = WORLD_ACTORS;
      world_post(world, peer->actor, ACTOR_RESET, peer->conn, (struct span){NULL, 0});
    }
  }
}

/* world_step delivers the next event, or lets time pass. False when nothing will ever happen. */
static inline bool world_step(struct world *world) {
  uint64_t earliest = ACTOR_NEVER;
  unsigned who = 0;
  for (unsigned i = 0; i < world->num_actors; i++) {
    assert(world->actors[i].wake != NULL);
    uint64_t at = world->actors[i].wake(world->actors[i].self);
    if (at < earliest) {
      earliest = at;
      who = i;
    }
  }
  if (world->first != NULL && world->first->at_us <= earliest) {
    world_deliver(world);
  } else if (earliest != ACTOR_NEVER) {
    world->now_us = earliest > world->now_us ? earliest : world->now_us;
    struct actor_event time = {.kind = ACTOR_TIME};
    world_feed(world, who, &time);
  } else {
    return false;
  }
  world->num_events++;
  return true;
}

static inline void world_free(struct world *world) {
  while (world->first != NULL) {
    struct world_event *event = world->first;
    world->first = event->next;
    free(event);
  }
  free(world->links);
}

#endif
