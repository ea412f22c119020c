/* One script, or an origin with one script, fed by hand. Wire text is written with | for CRLF and
 * $0, $1 ... for the nonces of the play's requests; what was written to a connection is one line
 * for each write. */
#ifndef INTERIM_TESTS_SCRIPT_BENCH_H
#define INTERIM_TESTS_SCRIPT_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "script/origin.h"
#include "script/script.h"

#include <stdlib.h>

#define ASK(method, n) method " /$" n "/t/c HTTP/1.1|Host: h|Interim-Nonce: $" n "||"
#define MARK(n, k) "HTTP/1.1 102 Processing|Interim-Mark: $" n "-" k "||"
#define OK_HEAD(n, len)                                                                            \
  "HTTP/1.1 200 OK|Date: D|Cache-Control: no-store|Interim-Nonce: $" n                             \
  "|Content-Type: text/plain|Content-Length: " len "||"
/* Our 200 to request n, as composed when the step states no content. */
#define OK(n) OK_HEAD(n, "17") "$" n "\n"

enum { BENCH_CONNS = 64, BENCH_RUN = 0xabcdef };

#define BENCH_DEADLINE UINT64_C(250000)

struct bench_conn {
  bool opened;
  bool told; /* connected or refused */
  struct bytes log;
  const char *end; /* "shut", "close", "abort" or "" */
};

struct bench {
  struct arena arena;
  struct case_file file;
  struct script script;
  struct outbox outbox;
  struct origin origin;
  conn_id next_conn;
  uint64_t now_us;
  bool canary;
  bool controls; /* a control exchange is answered whenever one is wanted */
  bool refuses;
  bool opens_nothing; /* connections neither open nor are refused */
  struct bench_conn clients[BENCH_CONNS];
  struct bench_conn backs[BENCH_CONNS];
  unsigned num_strayed;
  unsigned num_planted;
};

static inline void bench_nonce(unsigned request, char out[NONCE_LEN + 1]) {
  nonce_text((struct nonce){BENCH_RUN, 7, 1, request}, out);
}

/* Turns | and $0 into bytes; in the arena. */
static inline struct span bench_wire(struct bench *bench, const char *text) {
  struct bytes out = {0};
  for (const char *c = text; *c != '\0'; c++) {
    char nonce[NONCE_LEN + 1];
    if (*c == '|') {
      bytes_text(&out, "\r\n");
    } else if (*c == '$') {
      c++;
      bench_nonce((unsigned)(*c - '0'), nonce);
      bytes_text(&out, nonce);
    } else {
      bytes_add(&out, span_make(c, 1));
    }
  }
  struct span copy = arena_copy(&bench->arena, bytes_span(&out));
  bytes_free(&out);
  return copy;
}

static inline struct bench_conn *bench_conn_of(struct bench *bench, conn_id conn) {
  bool back = conn >= ACTOR_ACCEPTED;
  size_t index = back ? conn - ACTOR_ACCEPTED : conn;
  assert_true(index < BENCH_CONNS);
  return back ? &bench->backs[index] : &bench->clients[index];
}

static inline void bench_obey(struct bench *bench) {
  struct actor_command command;
  while (outbox_next(&bench->outbox, &command)) {
    struct bench_conn *conn = bench_conn_of(bench, command.conn);
    switch (command.kind) {
    case ACTOR_OPEN:
      conn->opened = true;
      conn->end = "";
      break;
    case ACTOR_WRITE:
      bytes_add(&conn->log, command.bytes);
      if (bench->origin.coder == NULL) {
        bytes_text(&conn->log, "\n");
      }
      break;
    case ACTOR_SHUT:
      conn->end = "shut";
      break;
    case ACTOR_CLOSE:
      conn->end = "close";
      break;
    case ACTOR_ABORT:
      conn->end = "abort";
      break;
    }
  }
}

static inline void bench_control(struct bench *bench) {
  while (bench->controls && script_wants_control(&bench->script, bench->now_us)) {
    script_control(&bench->script, bench->now_us);
    script_run(&bench->script, bench->now_us);
  }
}

/* Lets the script go on, and answers what it opens. */
static inline void bench_settle(struct bench *bench) {
  bool moved = true;
  while (moved) {
    moved = false;
    script_run(&bench->script, bench->now_us);
    bench_control(bench);
    (void)origin_resume(&bench->origin, bench->now_us);
    bench_obey(bench);
    for (conn_id i = 0; i < BENCH_CONNS; i++) {
      struct bench_conn *conn = &bench->clients[i];
      if (conn->opened && !conn->told && !bench->opens_nothing) {
        conn->told = true;
        moved = true;
        struct actor_event event = {.kind = bench->refuses ? ACTOR_REFUSED : ACTOR_CONNECTED,
                                    .conn = i};
        script_client_event(&bench->script, &event, bench->now_us);
      }
    }
  }
}

static inline struct script *bench_find(void *self, struct nonce nonce) {
  struct bench *bench = self;
  return nonce.play == 7 && nonce.attempt == 1 ? &bench->script : NULL;
}

static inline void bench_strayed(void *self, struct nonce nonce, bool planted) {
  struct bench *bench = self;
  (void)nonce;
  bench->num_strayed++;
  bench->num_planted += planted ? 1U : 0U;
}

/* Parses the steps of a case and begins to play it at a seat, with a coder where somebody is to
 * speak HTTP/2. */
static inline void bench_begin_seat(struct bench *bench, enum seat seat, const char *steps,
                                    bool canary, enum http_version front,
                                    const struct h2_coder_ops *coder) {
  struct diag diag;
  memset(bench, 0, sizeof(*bench));
  for (size_t i = 0; i < BENCH_CONNS; i++) {
    bench->clients[i].end = "";
    bench->backs[i].end = "";
  }
  const char *text = arena_printf(&bench->arena, "title A play\ncites HOUSE-ALIVE\nseat %s\n\n%s",
                                  case_seat_word(seat), steps);
  if (case_parse(&bench->arena, "t/c.case", span_of(text), NULL, &bench->file, &diag) != 0) {
    diag_print(&diag, stderr);
    fail_msg("the case does not parse");
  }
  bench->next_conn = 1;
  bench->now_us = 1000000;
  bench->controls = true;
  struct script_config config = {
      .file = &bench->file,
      .id = "t/c",
      .seat = seat,
      .run = BENCH_RUN,
      .play = 7,
      .attempt = 1,
      .host = "h",
      .path_base = seat == SEAT_ORIGIN ? "/page" : "",
      .absolute = "",
      .date = "D",
      .deadline_us = BENCH_DEADLINE,
      .scale = 1,
      .front = front,
      .scheme = "http",
      .coder = coder,
      .canary = canary,
      .next_conn = &bench->next_conn,
      .outbox = &bench->outbox,
  };
  bench->origin = (struct origin){.outbox = &bench->outbox,
                                  .port = {bench, bench_find, bench_strayed},
                                  .run = BENCH_RUN,
                                  .date = "D",
                                  .coder = coder};
  script_init(&bench->script, &config, bench->now_us);
  bench_settle(bench);
}

static inline void bench_begin_over(struct bench *bench, const char *steps, bool canary,
                                    enum http_version front, const struct h2_coder_ops *coder) {
  bench_begin_seat(bench, SEAT_GATEWAY, steps, canary, front, coder);
}

static inline void bench_begin_at(struct bench *bench, enum seat seat, const char *steps,
                                  bool canary) {
  bench_begin_seat(bench, seat, steps, canary, HTTP_H1, NULL);
}

static inline void bench_begin(struct bench *bench, const char *steps, bool canary) {
  bench_begin_seat(bench, SEAT_GATEWAY, steps, canary, HTTP_H1, NULL);
}

static inline void bench_end(struct bench *bench) {
  origin_free(&bench->origin);
  script_free(&bench->script);
  outbox_free(&bench->outbox);
  for (size_t i = 0; i < BENCH_CONNS; i++) {
    bytes_free(&bench->clients[i].log);
    bytes_free(&bench->backs[i].log);
  }
  arena_free(&bench->arena);
}

static inline void bench_wrote(struct bench *bench, struct bench_conn *conn, const char *text) {
  struct span wanted = bench_wire(bench, text);
  struct span got = arena_copy(&bench->arena, bytes_span(&conn->log));
  conn->log.len = 0;
  assert_string_equal((const char *)got.ptr, (const char *)wanted.ptr);
}

/* What the script has written on its client connection since. */
static inline void client_wrote(struct bench *bench, conn_id conn, const char *text) {
  bench_wrote(bench, &bench->clients[conn], text);
}

/* What our origin has written on the back connection since. */
static inline void origin_wrote(struct bench *bench, conn_id conn, const char *text) {
  bench_wrote(bench, &bench->backs[conn], text);
}

/* The target sends to the client. */
static inline void target_answers(struct bench *bench, conn_id conn, const char *text) {
  struct actor_event event = {ACTOR_BYTES, conn, 0, bench_wire(bench, text)};
  script_client_event(&bench->script, &event, bench->now_us);
  bench_settle(bench);
}

static inline void target_ends(struct bench *bench, conn_id conn, enum actor_event_kind how) {
  struct actor_event event = {.kind = how, .conn = conn};
  script_client_event(&bench->script, &event, bench->now_us);
  bench_settle(bench);
}

/* The target connects to the origin, once, and sends. */
static inline void target_asks(struct bench *bench, conn_id conn, const char *text) {
  struct bench_conn *back = &bench->backs[conn];
  if (!back->opened) {
    back->opened = true;
    origin_accept(&bench->origin, ACTOR_ACCEPTED + conn);
  }
  origin_bytes(&bench->origin, ACTOR_ACCEPTED + conn, bench_wire(bench, text), bench->now_us);
  bench_settle(bench);
}

static inline void target_leaves(struct bench *bench, conn_id conn, bool gone) {
  origin_ended(&bench->origin, ACTOR_ACCEPTED + conn, gone, bench->now_us);
  bench_settle(bench);
}

static inline void time_passes(struct bench *bench, uint64_t us) {
  uint64_t until = bench->now_us + us;
  for (;;) {
    uint64_t wake = script_wake(&bench->script);
    if (wake > until || bench->script.phase == PHASE_DONE) {
      break;
    }
    bench->now_us = wake > bench->now_us ? wake : bench->now_us;
    bench_settle(bench);
  }
  bench->now_us = until;
  bench_settle(bench);
}

/* The steps so far: + met, - missed, ~ passed over, . not done. */
static inline void steps_are(struct bench *bench, const char *wanted) {
  char got[64] = "";
  for (size_t i = 0; i < bench->file.num_steps && i < sizeof(got) - 1; i++) {
    got[i] = ".+-~"[bench->script.steps[i].state];
  }
  assert_string_equal(got, wanted);
}

static inline void is_done(struct bench *bench, bool clean) {
  assert_int_equal(bench->script.phase, PHASE_DONE);
  assert_int_equal(script_clean(&bench->script), clean);
}

#endif
