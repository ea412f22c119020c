#include "script/origin.h"

#include "base/memory.h"
#include "script/h2_origin.h"

#include <stdlib.h>

static struct back *find_back(const struct origin *origin, conn_id conn) {
  size_t index = conn - ACTOR_ACCEPTED;
  return conn >= ACTOR_ACCEPTED && index < origin->num_backs ? origin->backs[index] : NULL;
}

void origin_accept(struct origin *origin, conn_id conn) {
  size_t index = conn - ACTOR_ACCEPTED;
  if (index >= origin->num_backs) {
    size_t num = index + 64;
    origin->backs = memory_resize(origin->backs, num * sizeof(struct back *));
    memset(origin->backs + origin->num_backs, 0, (num - origin->num_backs) * sizeof(struct back *));
    origin->num_backs = num;
  }
  struct back *back = memory_resize(NULL, sizeof(*back));
  *back = (struct back){.conn = conn};
  h1_request_init(&back->parser, &h1_default_limits);
  origin->backs[index] = back;
}

static void drop_building(struct back *back) {
  if (back->building != NULL) {
    bytes_free(&back->building->content);
  }
  back->building = NULL;
  arena_free(&back->arena);
}

static void forget_back(struct origin *origin, struct back *back) {
  origin->num_awaited -= back->awaited ? 1U : 0U;
  drop_building(back);
  bytes_free(&back->window);
  bytes_free(&back->head);
  if (back->h2 != NULL) {
    h2_origin_free(back->h2);
  }
  origin->backs[back->conn - ACTOR_ACCEPTED] = NULL;
  free(back);
}

/* A request without a nonce of ours: a health check, or somebody who is lost. */
static void answer_health_check(struct origin *origin, const struct back *back) {
  struct bytes out = {0};
  bool head = span_is(back->building->method, "HEAD");
  bytes_printf(&out,
               "HTTP/1.1 200 OK\r\nDate: %s\r\nCache-Control: no-store\r\n"
               "Content-Type: text/plain\r\nContent-Length: 8\r\n\r\n%s",
               origin->date, head ? "" : "interim\n");
  outbox_add(
      origin->outbox,
      (struct actor_command){.kind = ACTOR_WRITE, .conn = back->conn, .bytes = bytes_span(&out)});
  bytes_free(&out);
  origin->num_health_checks++;
}

/* Keeps the head's bytes as they came: the window lets go of them line by line. */
static void keep_head(struct back *back, const struct h1_event *event) {
  size_t start = (size_t)(event->offset - back->parser.base);
  bytes_add(&back->head, span_make(back->window.ptr + start, (size_t)(event->end - event->offset)));
}

bool origin_find_nonce(const struct origin *origin, const struct message_seen *head,
                       struct nonce *out, bool *planted) {
  struct span field;
  return nonce_find(head->target, origin->run, out, planted) ||
         (message_field_value(head, NONCE_FIELD, &field) &&
          nonce_find(field, origin->run, out, planted));
}

static void head_complete(struct origin *origin, struct back *back, uint64_t now_us) {
  struct message_seen *head = back->building;
  struct nonce nonce;
  bool planted = false;
  bool found = origin_find_nonce(origin, head, &nonce, &planted);
  back->reading = true;
  back->owner = NULL;
  if (!found) {
    answer_health_check(origin, back);
    return;
  }
  struct script *script = planted ? NULL : origin->port.find(origin->port.stage, nonce);
  if (script == NULL || !script_request(script, nonce, (struct back_route){.conn = back->conn},
                                        head, bytes_span(&back->head), now_us)) {
    /* Planted content, or a request of a play that has ended: nobody waits for an answer of ours.
     */
    origin->port.strayed(origin->port.stage, nonce, planted);
    outbox_add(origin->outbox, (struct actor_command){.kind = ACTOR_CLOSE, .conn = back->conn});
    back->broken = true;
    return;
  }
  back->owner = script;
  back->exchange = nonce.request;
}

/* A target that owes a request's content and uses the connection again sends the next request in
 * its place. */
static void look_for_request(struct origin *origin, struct back *back,
                             const struct h1_event *content) {
  struct span rest =
      span_skip(bytes_span(&back->window), (size_t)(content->offset - back->parser.base));
  struct h1_request parser;
  struct h1_event line;
  struct nonce nonce;
  bool planted = false;
  h1_request_init(&parser, &h1_default_limits);
  if (h1_request_next(&parser, rest, &line) == H1_EVENT &&
      nonce_find(line.value, origin->run, &nonce, &planted) && !planted) {
    script_owed(back->owner, back->exchange, nonce);
  }
}

static bool take_event(struct origin *origin, struct back *back, const struct h1_event *event,
                       uint64_t now_us) {
  if (event->kind == H1_REQUEST) {
    drop_building(back);
    back->head.len = 0;
    back->in_content = false;
    back->building = arena_alloc(&back->arena, sizeof(*back->building));
  }
  if (back->building == NULL) {
    return true;
  }
  bool in_head = !back->building->head_done;
  if (in_head) {
    keep_head(back, event);
    message_feed(back->building, &back->arena, event, now_us);
    if (back->building->head_done) {
      head_complete(origin, back, now_us);
    }
  } else if (back->owner != NULL) {
    if (event->kind == H1_CONTENT && !back->in_content) {
      back->in_content = true;
      look_for_request(origin, back, event);
    }
    script_request_event(back->owner, back->conn, 0, event, now_us);
  }
  if (event->kind == H1_END) {
    back->reading = false;
  }
  return !back->broken;
}

/* Whether the request before is still to be answered. */
static bool busy(const struct back *back) {
  if (back->reading || back->owner == NULL) {
    return false;
  }
  const struct script_exchange *exchange = back->owner->exchanges[back->exchange];
  return exchange->back == back->conn && !exchange->final_sent && !exchange->sent_broken &&
         !exchange->switched && !exchange->back_ended_by_us;
}

/* After a 101 of ours that was asked for, what the target sends is the tunnel, and no request. */
static void switch_over(struct back *back) {
  if (back->switched || back->reading || back->owner == NULL) {
    return;
  }
  const struct script_exchange *exchange = back->owner->exchanges[back->exchange];
  if (exchange->back == back->conn && exchange->switched) {
    h1_request_switch(&back->parser);
    back->switched = true;
  }
}

static void read_requests(struct origin *origin, struct back *back, uint64_t now_us) {
  while (!back->broken && !busy(back)) {
    struct h1_event event;
    switch_over(back);
    enum h1_status status = h1_request_next(&back->parser, bytes_span(&back->window), &event);
    if (status == H1_ERROR) {
      back->broken = true;
      outbox_add(origin->outbox, (struct actor_command){.kind = ACTOR_CLOSE, .conn = back->conn});
    }
    if (status != H1_EVENT) {
      break;
    }
    bool more = take_event(origin, back, &event, now_us);
    if (back->owner != NULL) {
      script_run(back->owner, now_us);
    }
    if (!more) {
      break;
    }
  }
  size_t drop = (size_t)(h1_request_keep(&back->parser) - back->parser.base);
  bytes_drop(&back->window, drop);
  h1_request_drop(&back->parser, drop);
}

/* The whole preface is compared: PROPFIND begins like it. False while it may become one. */
static bool tell_apart(struct origin *origin, struct back *back) {
  if (back->told_apart || origin->coder == NULL) {
    return true;
  }
  struct span window = bytes_span(&back->window);
  size_t len = window.len < h2_preface.len ? window.len : h2_preface.len;
  bool same = span_eq(span_make(window.ptr, len), span_make(h2_preface.ptr, len));
  if (same && len < h2_preface.len) {
    return false;
  }
  back->told_apart = true;
  if (same) {
    back->h2 = h2_origin_begin(origin, back->conn);
  }
  return true;
}

/* Closes a connection that nobody owns. */
static void close_back(struct origin *origin, struct back *back) {
  outbox_add(origin->outbox, (struct actor_command){.kind = ACTOR_CLOSE, .conn = back->conn});
  forget_back(origin, back);
}

static void h2_bytes(struct origin *origin, struct back *back, struct span bytes, uint64_t now_us) {
  if (!h2_origin_bytes(origin, back->h2, bytes, now_us)) {
    h2_origin_ended(back->h2, now_us);
    close_back(origin, back);
  }
}

/* The target had not noticed yet that we end the connection, and has lost a request by it. Over
 * HTTP/2 it read with GOAWAY that it is to ask again. */
static void came_too_late(struct origin *origin, struct back *back, struct span bytes) {
  struct nonce nonce;
  bool planted = false;
  bool found = nonce_find(bytes, origin->run, &nonce, &planted) && !planted;
  struct script *script = found ? origin->port.find(origin->port.stage, nonce) : NULL;
  if (script != NULL) {
    script->robbed = true;
  }
  if (back->h2 == NULL) {
    close_back(origin, back);
  }
}

void origin_bytes(struct origin *origin, conn_id conn, struct span bytes, uint64_t now_us) {
  struct back *back = find_back(origin, conn);
  if (back == NULL || back->broken) {
    return;
  }
  if (back->leaving) {
    came_too_late(origin, back, bytes);
    return;
  }
  if (back->h2 != NULL) {
    h2_bytes(origin, back, bytes, now_us);
    return;
  }
  bytes_add(&back->window, bytes);
  if (!tell_apart(origin, back)) {
    return;
  }
  if (back->h2 != NULL) {
    struct bytes window = back->window;
    back->window = (struct bytes){0};
    h2_bytes(origin, back, bytes_span(&window), now_us);
    bytes_free(&window);
    return;
  }
  read_requests(origin, back, now_us);
}

void origin_ended(struct origin *origin, conn_id conn, bool gone, uint64_t now_us) {
  struct back *back = find_back(origin, conn);
  if (back == NULL) {
    return;
  }
  if (back->h2 != NULL) {
    h2_origin_ended(back->h2, now_us);
  }
  if (back->h2 != NULL || back->leaving) {
    if (!gone) {
      outbox_add(origin->outbox, (struct actor_command){.kind = ACTOR_CLOSE, .conn = conn});
    }
    forget_back(origin, back);
    return;
  }
  if (back->owner != NULL) {
    script_back_ended(back->owner, conn, 0, gone ? BACK_GONE : BACK_FIN, now_us);
    script_run(back->owner, now_us);
  }
  back->fin = true;
  if (gone) {
    forget_back(origin, back);
    return;
  }
  switch_over(back);
  if (back->owner == NULL || !(busy(back) || back->switched)) {
    /* The target is done with it: end our direction too. */
    close_back(origin, back);
  }
}

bool origin_resume(struct origin *origin, uint64_t now_us) {
  bool resumed = false;
  for (size_t i = 0; i < origin->num_backs; i++) {
    struct back *back = origin->backs[i];
    bool idle = back != NULL && !back->reading && !back->broken && !back->leaving && !busy(back);
    if (idle && back->window.len > 0 && tell_apart(origin, back)) {
      size_t before = back->window.len;
      read_requests(origin, back, now_us);
      resumed = resumed || back->window.len != before;
    }
  }
  return resumed;
}

/* Whether the script has closed the connection, so that no event will come of it any more. */
static bool closed_by(const struct script *script, const struct back *back) {
  const struct script_exchange *exchange = script->exchanges[back->exchange];
  return exchange->back == back->conn && exchange->back_ended_by_us &&
         exchange->back_end != ACTOR_SHUT;
}

/* Whether what the script leaves on the connection could reach another play. */
static bool spoiled_by(const struct script *script, const struct back *back) {
  return !script_clean(script) || script->config.file->alone ||
         !script->exchanges[back->exchange]->final_sent;
}

static void leave(struct origin *origin, struct back *back) {
  outbox_add(origin->outbox, (struct actor_command){.kind = ACTOR_SHUT, .conn = back->conn});
  back->leaving = true;
  back->awaited = true;
  origin->num_awaited++;
}

/* Only connections that are the script's still: on another the next play's request may be on its
 * way, and a close would be our doing. */
void origin_forget(struct origin *origin, const struct script *script) {
  for (size_t i = 0; i < origin->num_backs; i++) {
    struct back *back = origin->backs[i];
    if (back == NULL || back->leaving) {
      continue;
    }
    if (back->h2 != NULL && !h2_origin_forget(origin, back->h2, script)) {
      h2_origin_ended(back->h2, script->ended_us);
      h2_origin_leave(origin, back->h2);
      leave(origin, back);
    }
    if (back->h2 != NULL || back->owner != script) {
      continue;
    }
    back->owner = NULL;
    if (closed_by(script, back)) {
      forget_back(origin, back);
    } else if (back->fin) {
      close_back(origin, back);
    } else if (back->reading || spoiled_by(script, back)) {
      leave(origin, back);
    }
  }
}

void origin_wait_no_more(struct origin *origin) {
  for (size_t i = 0; i < origin->num_backs; i++) {
    if (origin->backs[i] != NULL) {
      origin->backs[i]->awaited = false;
    }
  }
  origin->num_awaited = 0;
}

void origin_free(struct origin *origin) {
  for (size_t i = 0; i < origin->num_backs; i++) {
    if (origin->backs[i] != NULL) {
      forget_back(origin, origin->backs[i]);
    }
  }
  free(origin->backs);
  *origin = (struct origin){0};
}
