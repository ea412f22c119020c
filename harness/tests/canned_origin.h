/* An origin server for the tests of the suite, one fault at a time. It shares no line with peer/
 * and no parser with core/.
 *
 * What it answers is written as text: "|" is CRLF, "<500>" waits 500 ms, "!" at the end closes. */
#ifndef INTERIM_TESTS_CANNED_ORIGIN_H
#define INTERIM_TESTS_CANNED_ORIGIN_H

#include "base/bytes.h"
#include "core/actor.h"
#include "script/outbox.h"

#include <stdlib.h>

#define CANNED_PAGE "HTTP/1.1 200 OK|Content-Length: 2||ok"
#define CANNED_HEAD "HTTP/1.1 200 OK|Content-Length: 2||"

enum { CANNED_CONNS = 512 };

/* Answers; NULL: the sound one. */
struct canned_fault {
  const char *name;
  const char *trigger; /* to the trigger's path; NULL: a page, as for any other */
  const char *head;    /* to HEAD of it; NULL: a head alone */
  const char *http10;  /* to HTTP/1.0; NULL: a page */
  const char *bare;    /* to it without the fields of a draft; NULL: as trigger */
  const char *waiting; /* while content that it is to wait for lacks; NULL: a 100 */
  bool stays;          /* although it is told to close */
  bool old;            /* a server of HTTP/1.0: it knows no expectation, and has one page */
  bool serial;         /* it serves one connection at a time */
  const char *stalled; /* when part of the content has come; NULL: it waits */
};

struct canned_conn {
  bool open;
  struct bytes in;
  const char *rest; /* of the answer; NULL when none is due */
  bool continued;
  bool stalled;
  bool told; /* to close */
  uint64_t due_us;
};

struct canned_origin {
  const struct canned_fault *fault;
  struct canned_conn conns[CANNED_CONNS]; /* by the order of their numbers */
  struct outbox outbox;
  uint64_t now_us;
};

static inline void canned_command(struct canned_origin *origin, enum actor_command_kind kind,
                                  const struct canned_conn *conn, struct span bytes) {
  conn_id id = ACTOR_ACCEPTED + (conn_id)(conn - origin->conns);
  outbox_add(&origin->outbox, (struct actor_command){.kind = kind, .conn = id, .bytes = bytes});
}

static inline void canned_close(struct canned_origin *origin, struct canned_conn *conn) {
  canned_command(origin, ACTOR_CLOSE, conn, span_make(NULL, 0));
  conn->open = false;
}

/* Says what is due of the answer. */
static inline void canned_say(struct canned_origin *origin, struct canned_conn *conn) {
  struct bytes out = {0};
  bool closes = false;
  while (conn->rest != NULL && conn->rest[0] != '\0' && origin->now_us >= conn->due_us) {
    if (conn->rest[0] == '<') {
      conn->due_us = origin->now_us + (uint64_t)strtoul(conn->rest + 1, NULL, 10) * 1000;
      conn->rest = strchr(conn->rest, '>') + 1;
      continue;
    }
    closes = conn->rest[0] == '!';
    if (conn->rest[0] == '|') {
      bytes_text(&out, "\r\n");
    } else if (!closes) {
      bytes_printf(&out, "%c", conn->rest[0]);
    }
    conn->rest++;
  }
  if (out.len > 0) {
    canned_command(origin, ACTOR_WRITE, conn, bytes_span(&out));
  }
  bytes_free(&out);
  if (conn->rest != NULL && conn->rest[0] == '\0' && origin->now_us >= conn->due_us) {
    conn->rest = NULL;
    closes = closes || (conn->told && !origin->fault->stays);
  }
  if (closes) {
    canned_close(origin, conn);
  }
}

static inline void canned_begin(struct canned_origin *origin, struct canned_conn *conn,
                                const char *answer) {
  conn->rest = answer;
  conn->due_us = origin->now_us;
  canned_say(origin, conn);
}

static inline bool canned_has(struct span head, const char *text) {
  return span_find(head, span_of(text), 0) != SIZE_MAX;
}

static inline const char *canned_or(const char *answer, const char *otherwise) {
  return answer != NULL ? answer : otherwise;
}

static inline const char *canned_answer(const struct canned_fault *fault, struct span head) {
  if (fault->old) {
    return "HTTP/1.0 200 OK|Content-Length: 2||ok!";
  }
  bool to_head = span_starts(head, "HEAD ");
  const char *page = to_head ? CANNED_HEAD : CANNED_PAGE;
  if (!canned_has(head, " /trigger ")) {
    return page;
  }
  if (canned_has(head, " HTTP/1.0\r\n")) {
    return canned_or(fault->http10, page);
  }
  if (to_head) {
    return canned_or(fault->head, page);
  }
  bool bare = !canned_has(head, "Upload-Draft-Interop-Version:");
  return bare && fault->bare != NULL ? fault->bare : canned_or(fault->trigger, page);
}

static inline size_t canned_length(struct span head) {
  size_t at = span_find(head, span_of("Content-Length: "), 0);
  return at == SIZE_MAX ? 0 : (size_t)strtoul((const char *)head.ptr + at + 16, NULL, 10);
}

/* What it says to a request whose content is not all there; NULL: nothing. */
static inline const char *canned_meanwhile(const struct canned_fault *fault,
                                           struct canned_conn *conn, struct span head,
                                           bool any_content) {
  bool held =
      canned_has(head, "Expect: 100-continue") && !canned_has(head, " HTTP/1.0\r\n") && !fault->old;
  if (held && !any_content && !conn->continued) {
    conn->continued = true;
    return canned_or(canned_has(head, " /trigger ") ? fault->waiting : NULL,
                     "HTTP/1.1 100 Continue||");
  }
  if (any_content && !conn->stalled && fault->stalled != NULL) {
    conn->stalled = true;
    return fault->stalled;
  }
  return NULL;
}

static inline void canned_serve(struct canned_origin *origin, struct canned_conn *conn) {
  while (conn->open && conn->rest == NULL) {
    struct span in = bytes_span(&conn->in);
    size_t end = span_find(in, span_of("\r\n\r\n"), 0);
    if (end == SIZE_MAX) {
      return;
    }
    struct span head = span_make(in.ptr, end + 4);
    size_t whole = head.len + canned_length(head);
    const char *answer = in.len >= whole
                             ? canned_answer(origin->fault, head)
                             : canned_meanwhile(origin->fault, conn, head, in.len > head.len);
    if (answer == NULL) {
      return;
    }
    if (in.len >= whole) {
      conn->continued = false;
      conn->stalled = false;
      conn->told = canned_has(head, "Connection: close");
      bytes_drop(&conn->in, whole);
    }
    canned_begin(origin, conn, answer);
  }
}

static inline void canned_feed(void *self, uint64_t now_us, const struct actor_event *event) {
  struct canned_origin *origin = self;
  bool busy = false;
  origin->now_us = now_us;
  for (size_t i = 0; i < CANNED_CONNS; i++) {
    struct canned_conn *conn = &origin->conns[i];
    bool its = event->kind != ACTOR_TIME && event->conn == ACTOR_ACCEPTED + (conn_id)i;
    if (its && event->kind == ACTOR_ACCEPTED_CONN) {
      conn->open = true;
    } else if (its && event->kind == ACTOR_BYTES) {
      bytes_add(&conn->in, event->bytes);
    } else if (its && conn->open) {
      canned_close(origin, conn);
    }
    if (conn->open && !(busy && origin->fault->serial)) {
      canned_say(origin, conn);
      canned_serve(origin, conn);
    }
    busy = busy || conn->open;
  }
}

static inline bool canned_next(void *self, struct actor_command *out) {
  return outbox_next(&((struct canned_origin *)self)->outbox, out);
}

static inline uint64_t canned_wake(const void *self) {
  const struct canned_origin *origin = self;
  uint64_t wake_us = ACTOR_NEVER;
  for (size_t i = 0; i < CANNED_CONNS; i++) {
    const struct canned_conn *conn = &origin->conns[i];
    if (conn->open && conn->rest != NULL && conn->due_us < wake_us) {
      wake_us = conn->due_us;
    }
  }
  return wake_us;
}

static inline struct actor canned_actor(struct canned_origin *origin) {
  return (struct actor){origin, canned_feed, canned_next, canned_wake};
}

static inline void canned_free(struct canned_origin *origin) {
  for (size_t i = 0; i < CANNED_CONNS; i++) {
    bytes_free(&origin->conns[i].in);
  }
  outbox_free(&origin->outbox);
}

#endif
