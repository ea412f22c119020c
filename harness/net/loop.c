#include "net/internal_tls.h"

#include <assert.h>
#include <signal.h>
#include <sys/resource.h>

void *net_alloc(size_t size) {
  void *fresh = calloc(1, size);
  if (fresh == NULL) {
    (void)fprintf(stderr, "interim: out of memory (%zu bytes wanted)\n", size);
    abort();
  }
  return fresh;
}

/* Tells whoever wants to know that time passed, and looks after connections that are leaving. */
static void pass_time(struct net_loop *loop) {
  uint64_t now = loop->clock.now_us;
  if (now < loop->next_us) {
    return;
  }
  loop->next_us = ACTOR_NEVER;
  const struct actor_event event = {.kind = ACTOR_TIME};
  for (struct net_player *player = loop->players; player != NULL; player = player->next) {
    if (player->wake_us <= now) {
      player_feed(player, &event);
    }
  }
  while (loop->leaving.first != NULL && loop->leaving.first->deadline_us <= now) {
    connection_linger(loop->leaving.first, now);
  }
}

static void on_timer(uv_timer_t *timer) {
  struct net_loop *loop = timer->data;
  loop->armed_us = ACTOR_NEVER;
  loop->clock.now_us = clock_read();
  pass_time(loop);
}

static uint64_t earliest(struct net_loop *loop) {
  uint64_t next = loop->leaving.first != NULL ? loop->leaving.first->deadline_us : ACTOR_NEVER;
  for (struct net_player *player = loop->players; player != NULL; player = player->next) {
    if (player->stale) {
      player->wake_us = player->actor.wake(player->actor.self);
      player->stale = false;
    }
    next = player->wake_us < next ? player->wake_us : next;
  }
  return next;
}

static void before_poll(uv_prepare_t *prepare) {
  struct net_loop *loop = prepare->data;
  loop->next_us = earliest(loop);
  if (loop->next_us != loop->armed_us) {
    loop->armed_us = loop->next_us;
    if (loop->next_us == ACTOR_NEVER) {
      (void)uv_timer_stop(&loop->timer);
    } else {
      /* libuv counts milliseconds: rounded up, so that it never wakes too early. */
      uint64_t due_ms = loop->next_us / 1000 + (loop->next_us % 1000 != 0);
      uint64_t now_ms = uv_now(&loop->uv);
      (void)uv_timer_start(&loop->timer, on_timer, due_ms > now_ms ? due_ms - now_ms : 0, 0);
    }
  }
  loop->turn++;
  clock_polling(&loop->clock);
}

static void after_poll(uv_check_t *check) {
  struct net_loop *loop = check->data;
  clock_polled(&loop->clock);
  pass_time(loop);
}

static void on_signal(uv_signal_t *handle, int number) {
  struct net_loop *loop = handle->data;
  loop->signal = number;
}

static void raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
  }
}

static int start_handles(struct net_loop *loop) {
  loop->prepare.data = loop;
  loop->check.data = loop;
  loop->timer.data = loop;
  loop->interrupt.data = loop;
  loop->terminate.data = loop;
  (void)uv_prepare_init(&loop->uv, &loop->prepare);
  (void)uv_check_init(&loop->uv, &loop->check);
  (void)uv_timer_init(&loop->uv, &loop->timer);
  (void)uv_prepare_start(&loop->prepare, before_poll);
  (void)uv_check_start(&loop->check, after_poll);
  /* One shot: a second signal, sent by somebody impatient, ends the process. */
  int err = uv_signal_init(&loop->uv, &loop->interrupt);
  if (err == 0) {
    err = uv_signal_init(&loop->uv, &loop->terminate);
  }
  if (err == 0) {
    err = uv_signal_start_oneshot(&loop->interrupt, on_signal, SIGINT);
  }
  return err == 0 ? uv_signal_start_oneshot(&loop->terminate, on_signal, SIGTERM) : err;
}

static void close_handle(uv_handle_t *handle, void *user) {
  (void)user;
  if (!uv_is_closing(handle)) {
    uv_close(handle, NULL);
  }
}

static void close_loop(struct net_loop *loop) {
  uv_walk(&loop->uv, close_handle, NULL);
  (void)uv_run(&loop->uv, UV_RUN_DEFAULT);
  int err = uv_loop_close(&loop->uv);
  assert(err == 0);
  (void)err;
}

struct net_loop *net_loop_new(void) {
  struct net_loop *loop = net_alloc(sizeof(*loop));
  if (uv_loop_init(&loop->uv) != 0) {
    free(loop);
    return NULL;
  }
  raise_descriptor_limit();
  (void)signal(SIGPIPE, SIG_IGN);
  loop->next_us = ACTOR_NEVER;
  loop->armed_us = ACTOR_NEVER;
  clock_start(&loop->clock);
  if (start_handles(loop) != 0) {
    close_loop(loop);
    free(loop);
    return NULL;
  }
  return loop;
}

static void discard_connections(struct net_loop *loop) {
  for (struct net_player *player = loop->players; player != NULL; player = player->next) {
    for (size_t i = 0; i < player->connections.cap; i++) {
      if (player->connections.slots[i].connection != NULL) {
        connection_discard(player->connections.slots[i].connection);
      }
    }
  }
  while (loop->leaving.first != NULL) {
    connection_discard(loop->leaving.first);
  }
}

static void free_player(struct net_player *player) {
  while (player->listeners != NULL) {
    struct listener *listener = player->listeners;
    player->listeners = listener->next;
    tls_free(listener->tls);
    free(listener);
  }
  for (unsigned i = 0; i < player->num_addresses; i++) {
    tls_free(player->addresses[i].tls);
  }
  table_free(&player->connections);
  free(player->addresses);
  free(player);
}

void net_loop_free(struct net_loop *loop) {
  if (loop == NULL) {
    return;
  }
  discard_connections(loop);
  close_loop(loop);
  while (loop->players != NULL) {
    struct net_player *player = loop->players;
    loop->players = player->next;
    free_player(player);
  }
  free(loop);
}

uint64_t net_loop_now_us(const struct net_loop *loop) {
  return loop->clock.now_us;
}

uint64_t net_loop_lag_us(const struct net_loop *loop) {
  return clock_lag(&loop->clock);
}

int net_loop_run(struct net_loop *loop, bool (*done)(void *user), void (*after_turn)(void *user),
                 void *user) {
  const struct actor_event event = {.kind = ACTOR_TIME};
  clock_start(&loop->clock);
  for (struct net_player *player = loop->players; player != NULL; player = player->next) {
    player_feed(player, &event);
  }
  while (loop->signal == 0 && !done(user)) {
    (void)uv_run(&loop->uv, UV_RUN_ONCE);
    if (after_turn != NULL) {
      after_turn(user);
    }
  }
  int number = loop->signal;
  loop->signal = 0;
  return number;
}
