#include "peer/greeting.h"

#include "peer/decide.h"
#include "peer/front.h"
#include "peer/h2_front.h"

/* The connection goes on as another object under the same number. */
static struct conn *become(struct conn *conn, struct conn *(*accept)(struct relay *, conn_id)) {
  relay_gone(conn);
  return accept(conn->relay, conn->id);
}

static void feed(struct conn *conn, const struct actor_event *event) {
  struct actor_event later = *event;
  enum version_guess version = VERSION_1;
  if (event->kind == ACTOR_BYTES) {
    bytes_add(&conn->in, event->bytes);
    version = conn->in.len == 0 ? VERSION_UNKNOWN : decide_version(bytes_span(&conn->in));
    later.bytes = bytes_span(&conn->in);
  }
  if (version == VERSION_UNKNOWN) {
    return;
  }
  struct conn *next = become(conn, version == VERSION_2 ? h2_front_accept : front_accept);
  if (event->kind != ACTOR_BYTES && conn->in.len > 0) {
    struct actor_event begun = {
        .kind = ACTOR_BYTES, .conn = conn->id, .bytes = bytes_span(&conn->in)};
    next->ops->feed(next, &begun);
  }
  if (!next->gone) {
    next->ops->feed(next, &later);
  }
}

/* A preface that stays incomplete is treated as a request of HTTP/1.1 that does. */
static void expire(struct conn *conn) {
  struct actor_event begun = {
      .kind = ACTOR_BYTES, .conn = conn->id, .bytes = bytes_span(&conn->in)};
  struct conn *next = become(conn, front_accept);
  if (conn->in.len > 0) {
    next->ops->feed(next, &begun);
  }
  if (!next->gone) {
    next->ops->expire(next);
  }
}

/* Nothing here is put off. */
static void resume(struct conn *conn) {
  (void)conn;
}

static void release(struct conn *conn) {
  (void)conn;
}

static const struct conn_ops ops = {
    .feed = feed, .expire = expire, .resume = resume, .free = release};

void greeting_accept(struct relay *relay, conn_id id) {
  if (relay->config.coder == NULL) {
    (void)front_accept(relay, id);
    return;
  }
  struct conn *conn = relay_conn_new(relay, sizeof(*conn), &ops, id);
  relay_deadline(conn, relay->now_us + relay->config.idle_us);
}
