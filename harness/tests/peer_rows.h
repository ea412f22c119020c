/* Conversations through the gateway as tables: who sends, who sees. Every row is played twice, as
 * written and with all bytes fed one by one, and what is seen must be the same. */
#ifndef INTERIM_TESTS_PEER_ROWS_H
#define INTERIM_TESTS_PEER_ROWS_H

#include "tests/peer_stage.h"

#include "base/escape.h"

enum step_kind {
  ROW_END,
  CLIENT_SENDS,
  CLIENT_SEES,     /* exactly this since the last time */
  CLIENT_ANSWERED, /* something that begins like this */
  CLIENT_FIN,
  CLIENT_RESET,
  CLIENT_ENDED, /* "shut", "closed" or "aborted" by the gateway */
  ORIGIN_SENDS, /* on its Nth connection */
  ORIGIN_SEES,
  ORIGIN_ASKED, /* something that begins like this */
  ORIGIN_FIN,
  ORIGIN_RESET,
  ORIGIN_ENDED,
  ORIGIN_IS,      /* "down", "mute" or "up" from here on */
  ORIGINS_OPENED, /* so many connections in all */
  WAIT_MS,
};

struct step {
  enum step_kind kind;
  unsigned number;
  const char *text;
};

struct row {
  const char *title;
  struct step steps[24];
  const char *whole; /* why it is not played byte by byte, or NULL */
};

#define VIA "Via: 1.1 interim-relay|"
#define GET(path) "GET " path " HTTP/1.1|Host: o||"
#define GOT(path) "GET " path " HTTP/1.1|Host: o|" VIA "|"
#define OK "HTTP/1.1 200 OK|Content-Length: 2||ok"
#define SEEN_OK "HTTP/1.1 200 OK|" VIA "Content-Length: 2||ok"
#define CLOSING_OK "HTTP/1.1 200 OK|" VIA "Content-Length: 2|Connection: close||ok"
/* An answer of the gateway's own; length counts the line feed. */
#define OWN(status, length, fields, text)                                                          \
  "HTTP/1.1 " status "|Content-Type: text/plain|Content-Length: " length "|" fields "|" status     \
  ": " text "\n"

/* Of an end of HTTP/2 the text is what it has got. */
static inline void row_collect(struct stage_peer *peer) {
  if (peer->h2 != NULL) {
    bytes_add(&peer->got, bytes_span(&peer->h2->text));
    peer->h2->text.len = 0;
    peer->h2->data_stream = 0;
  }
}

static inline void row_sees(const struct row *row, const struct step *step,
                            struct stage_peer *peer) {
  struct bytes wire = {0};
  struct bytes want = {0};
  struct bytes got = {0};
  row_collect(peer);
  if (peer->h2 != NULL) {
    bytes_text(&wire, step->text);
  } else {
    stage_wire(&wire, step->text);
  }
  escape_text(&want, bytes_span(&wire));
  escape_text(&got, bytes_span(&peer->got));
  if (strcmp(bytes_cstr(&want), bytes_cstr(&got)) != 0) {
    print_error("%s\nwant %s\ngot  %s\n", row->title, bytes_cstr(&want), bytes_cstr(&got));
  }
  assert_string_equal(bytes_cstr(&want), bytes_cstr(&got));
  bytes_free(&wire);
  bytes_free(&want);
  bytes_free(&got);
  peer->got.len = 0;
}

static inline void row_answered(const struct row *row, const struct step *step,
                                struct stage_peer *peer) {
  row_collect(peer);
  bool begins = span_starts(bytes_span(&peer->got), step->text);
  if (!begins) {
    print_error("%s: %s wanted\n", row->title, step->text);
  }
  assert_true(begins);
  peer->got.len = 0;
}

static inline void row_ended(const struct row *row, const struct step *step,
                             const struct stage_peer *peer) {
  static const char *const names[] = {"open", "shut", "closed", "aborted"};
  if (strcmp(names[peer->end], step->text) != 0) {
    print_error("%s: %s wanted\n", row->title, step->text);
  }
  assert_string_equal(names[peer->end], step->text);
}

static inline struct stage_peer *row_peer(struct stage *stage, const struct row *row,
                                          const struct step *step) {
  bool client = step->kind >= CLIENT_SENDS && step->kind <= CLIENT_ENDED;
  bool origin = step->kind >= ORIGIN_SENDS && step->kind <= ORIGIN_ENDED;
  while (client && stage->num_clients < step->number) {
    stage_accept(stage);
  }
  if (origin && stage->num_origins < step->number) {
    fail_msg("%s: connection %u to the origin was not opened", row->title, step->number);
  }
  if (!client && !origin) {
    return NULL;
  }
  return client ? &stage->clients[step->number - 1] : &stage->origins[step->number - 1];
}

static inline void row_step(struct stage *stage, const struct row *row, const struct step *step) {
  struct stage_peer *peer = row_peer(stage, row, step);
  switch (step->kind) {
  case CLIENT_SENDS:
  case ORIGIN_SENDS:
    stage_send(stage, peer, step->text);
    break;
  case CLIENT_SEES:
  case ORIGIN_SEES:
    row_sees(row, step, peer);
    break;
  case CLIENT_ANSWERED:
  case ORIGIN_ASKED:
    row_answered(row, step, peer);
    break;
  case CLIENT_FIN:
  case ORIGIN_FIN:
    stage_end_input(stage, peer, false);
    break;
  case CLIENT_RESET:
  case ORIGIN_RESET:
    stage_end_input(stage, peer, true);
    break;
  case CLIENT_ENDED:
  case ORIGIN_ENDED:
    row_ended(row, step, peer);
    break;
  case ORIGIN_IS:
    stage->origin_down = strcmp(step->text, "down") == 0;
    stage->origin_mute = strcmp(step->text, "mute") == 0;
    break;
  case ORIGINS_OPENED:
    if (stage->num_origins != step->number) {
      print_error("%s\n", row->title);
    }
    assert_int_equal(stage->num_origins, step->number);
    break;
  case WAIT_MS:
    stage_wait(stage, step->number * (uint64_t)1000);
    break;
  case ROW_END:
    break;
  }
}

/* Which versions clients and origins speak. */
struct pair {
  bool clients_h2;
  bool origins_h2;
  bool serves; /* there are no origins: it is an origin server itself */
  bool modes;  /* it takes CONNECT and passes expectations on */
};

static inline void row_play(const struct row *row, struct pair pair, bool bytewise) {
  struct stage stage;
  if (pair.serves) {
    stage_init_origin(&stage, pair.clients_h2);
  } else {
    stage_init_modes(&stage, pair.clients_h2, pair.origins_h2, pair.modes);
  }
  stage.bytewise = bytewise;
  for (const struct step *step = row->steps; step->kind != ROW_END; step++) {
    row_step(&stage, row, step);
  }
  for (unsigned i = 0; i < stage.num_clients + stage.num_origins; i++) {
    struct stage_peer *peer =
        i < stage.num_clients ? &stage.clients[i] : &stage.origins[i - stage.num_clients];
    row_sees(row, &(struct step){.text = ""}, peer);
  }
  stage_free(&stage);
}

static inline void rows_play(const struct row *rows, size_t num, struct pair pair) {
  for (size_t i = 0; i < num; i++) {
    row_play(&rows[i], pair, false);
    if (rows[i].whole == NULL) {
      row_play(&rows[i], pair, true);
    }
  }
}

#define ROWS_PLAY_PAIR(rows, clients, origins)                                                     \
  rows_play(rows, sizeof(rows) / sizeof((rows)[0]), (struct pair){clients, origins, false, false})
#define ROWS_PLAY(rows) ROWS_PLAY_PAIR(rows, false, false)
#define ROWS_PLAY_MODES(rows, clients, origins)                                                    \
  rows_play(rows, sizeof(rows) / sizeof((rows)[0]), (struct pair){clients, origins, false, true})

#endif
