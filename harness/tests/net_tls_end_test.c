/* What becomes of writes, half-closes, closes and resets where TLS lies below the actor. */
#include "net_tls_world.h"

#include <openssl/err.h>
#include <sys/syscall.h>
#include <sys/time.h>

/* Stands in for the C library's: counts the calls while a test asks for it. */
static struct bytes *write_calls;

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): libc's names are reserved */
ssize_t write(int fd, const void *buf, size_t len) {
  if (write_calls != NULL) {
    bytes_printf(write_calls, "%zu ", len);
  }
  return (ssize_t)syscall(SYS_write, fd, buf, len);
}

/* Somebody on the wire between the client and the server, who carries what comes and may do harm.
 * The client's connection 1 ends at TAP; LINK goes on to the server, as A1. */
#define TAP A0
#define LINK ((conn_id)2)

struct tap {
  uint8_t room[64 * 1024]; /* towards the client */
  size_t len;
  uint8_t up[64 * 1024]; /* towards the server */
  size_t gather;         /* so many bytes towards the client become one write, once */
  bool flip;             /* the last byte of that write is wrong */
  bool cut;              /* the last byte of that write is missing, and a FIN follows */
  bool abort;            /* a reset follows that write */
  bool keep_fin;         /* no FIN is carried on */
  size_t from_server;    /* bytes since the test set it to 0 */
};

static void push_write(struct tape *tape, conn_id to, const uint8_t *bytes, size_t len) {
  tape_push(tape, (struct actor_command){
                      .kind = ACTOR_WRITE, .conn = to, .bytes = span_make(bytes, len)});
}

static void carry_up(struct tape *tape, struct span bytes) {
  struct tap *tap = tape->user;
  assert_true(bytes.len <= sizeof(tap->up));
  memcpy(tap->up, bytes.ptr, bytes.len);
  push_write(tape, LINK, tap->up, bytes.len);
}

static void carry_down(struct tape *tape, struct span bytes) {
  struct tap *tap = tape->user;
  assert_true(tap->len + bytes.len <= sizeof(tap->room));
  memcpy(tap->room + tap->len, bytes.ptr, bytes.len);
  tap->len += bytes.len;
  if (tap->len < tap->gather) {
    return;
  }
  bool harmed = tap->gather > 0;
  tap->room[tap->len - 1] ^= harmed && tap->flip;
  push_write(tape, TAP, tap->room, tap->len - (harmed && tap->cut));
  if (harmed && tap->abort) {
    tape_do(tape, ACTOR_ABORT, TAP);
  } else if (harmed && tap->cut) {
    tape_do(tape, ACTOR_SHUT, TAP);
  }
  tap->gather = 0;
  tap->len = 0;
}

/* True when the event was the tap's. */
static bool tap_took(struct tape *tape, const struct actor_event *event) {
  struct tap *tap = tape->user;
  if (event->kind == ACTOR_TIME || (event->conn != TAP && event->conn != LINK)) {
    return false;
  }
  conn_id other = event->conn == TAP ? LINK : TAP;
  if (event->kind == ACTOR_ACCEPTED_CONN) {
    tape_open(tape, LINK, 0);
  } else if (event->kind == ACTOR_BYTES && other == LINK) {
    carry_up(tape, event->bytes);
  } else if (event->kind == ACTOR_BYTES) {
    tap->from_server += event->bytes.len;
    carry_down(tape, event->bytes);
  } else if (event->kind == ACTOR_FIN && !tap->keep_fin) {
    tape_do(tape, ACTOR_SHUT, other);
  } else if (event->kind == ACTOR_RESET) {
    tape_do(tape, ACTOR_ABORT, other);
  }
  return true;
}

static struct world begin_tapped(void (*react)(struct tape *, const struct actor_event *),
                                 struct tap *tap) {
  struct world world = begin(react, &any_server, NULL);
  tape_listen(world.tape, world.tape, "127.0.0.1:0");
  /* Address 0 is the server's, 1 the tap's. */
  secure_client(&world, 1, &any_client);
  world.tape->num = 0;
  world.tape->user = tap;
  world.tape->hidden[0] = TAP;
  world.tape->hidden[1] = LINK;
  world.tape->num_hidden = 2;
  tape_open(world.tape, 1, 1);
  return world;
}

/* A record of three bytes in TLS 1.3: head, content, type, tag. */
enum { THREE = 5 + 3 + 1 + 16 };

static void play_tapped(void (*react)(struct tape *, const struct actor_event *), struct tap *tap,
                        const char *client, const char *origin) {
  struct world world = begin_tapped(react, tap);
  run_and_end(&world, client, origin);
}

enum { LONG = 40000 };

static void write_when_told(struct tape *tape, const struct actor_event *event) {
  static const uint8_t content[LONG] = {'x'};
  static struct bytes calls;
  if (tape_told(event, ACTOR_CONNECTED, 1)) {
    tape_write(tape, 1, "GET");
  } else if (tape_saw(event, A0, "GET")) {
    tape_write(tape, A0, "200");
  } else if (tape_saw(event, 1, "200")) {
    tape->user = &calls;
    write_calls = &calls;
    tape_write(tape, 1, "one");
    push_write(tape, 1, content, LONG);
    tape_do(tape, ACTOR_SHUT, 1);
  } else if (tape_told(event, ACTOR_FIN, A0)) {
    write_calls = NULL;
    tape->done = true;
  }
}

static void each_write_is_one_system_call_however_many_records_it_is(void **state) {
  (void)state;
  struct world world = begin(write_when_told, &any_server, &any_client);
  world.tape->count_only = true;
  tape_run(world.loop, world.tape);
  /* 40000 bytes are three records, of at most 16384 each; close_notify is two bytes. */
  assert_string_equal(bytes_cstr(world.tape->user), "25 40066 24 ");
  assert_int_equal(world.tape->counted[1], strlen("GETone") + LONG);
  bytes_free(world.tape->user);
  end(&world);
}

static void write_early(struct tape *tape, const struct actor_event *event) {
  if (event->kind == ACTOR_TIME && tape->client.len == 0) {
    tape_write(tape, 1, "before it ");
    tape_write(tape, 1, "was connected");
    tape_do(tape, ACTOR_SHUT, 1);
  } else if (tape_told(event, ACTOR_FIN, A0)) {
    tape_write(tape, A0, "seen");
    tape_do(tape, ACTOR_CLOSE, A0);
  }
  tape->done = tape_told(event, ACTOR_FIN, 1);
}

static void writes_before_the_handshake_are_sent_in_order(void **state) {
  (void)state;
  struct world world = begin(write_early, &any_server, &any_client);
  world.tape->count_only = true;
  tape_run(world.loop, world.tape);
  assert_int_equal(world.tape->counted[0], strlen("seen"));
  assert_int_equal(world.tape->counted[1], strlen("before it was connected"));
  end_with(&world, "connected 1; fin 1; ", "accepted 0; fin 0; ");
}

static void close_early(struct tape *tape, const struct actor_event *event) {
  if (tap_took(tape, event)) {
    return;
  }
  if (event->kind == ACTOR_TIME && tape->num == 1 && tape->origin.len == 0) {
    tape_write(tape, 1, "a word");
    tape_do(tape, ACTOR_CLOSE, 1);
  }
  tape->done = tape_told(event, ACTOR_FIN, A1);
}

static void a_close_waits_for_the_handshake_when_something_was_written(void **state) {
  (void)state;
  struct tap tap = {.keep_fin = true};
  play_tapped(close_early, &tap, "", "accepted 1; bytes 1 a word; fin 1; ");
}

static void server_talks_first(struct tape *tape, const struct actor_event *event) {
  if (tape_told(event, ACTOR_ACCEPTED_CONN, A0)) {
    tape_write(tape, A0, "hello");
    tape_do(tape, ACTOR_SHUT, A0);
  } else if (tape_told(event, ACTOR_CONNECTED, 1) && tape->user != NULL) {
    tape_write(tape, 1, tape->user);
  } else if (tape_told(event, ACTOR_CONNECTED, 1)) {
    tape_do(tape, ACTOR_SHUT, 1);
  }
  tape->done = tape_told(event, ACTOR_FIN, 1);
}

static void what_a_server_writes_is_held_until_it_knows_what_it_speaks(void **state) {
  (void)state;
  char get[] = "GET";
  struct world secure = begin(server_talks_first, &any_server, &any_client);
  secure.tape->user = get;
  tape_run(secure.loop, secure.tape);
  assert_string_equal(bytes_cstr(&secure.tape->client), "connected 1; bytes 1 hello; fin 1; ");
  end(&secure);
  struct world clear = begin(server_talks_first, &any_server, NULL);
  clear.tape->user = get;
  run_and_end(&clear, "connected 1; bytes 1 hello; fin 1; ", "accepted 0; bytes 0 GET; ");
  struct world silent = begin(server_talks_first, &any_server, NULL);
  run_and_end(&silent, "connected 1; bytes 1 hello; fin 1; ", "accepted 0; fin 0; ");
}

static void client_shuts_first(struct tape *tape, const struct actor_event *event) {
  if (tape_told(event, ACTOR_CONNECTED, 1)) {
    tape_write(tape, 1, "GET");
    tape_do(tape, ACTOR_SHUT, 1);
  } else if (tape_told(event, ACTOR_FIN, A0)) {
    tape_write(tape, A0, "200");
    tape_do(tape, ACTOR_SHUT, A0);
    tape_write(tape, A0, "never sent");
  } else if (tape_told(event, ACTOR_FIN, 1)) {
    tape->done = true;
  }
}

static void an_answer_comes_after_a_half_close(void **state) {
  (void)state;
  struct world world = begin(client_shuts_first, &any_server, &any_client);
  run_and_end(&world, "connected 1; bytes 1 200; fin 1; ", "accepted 0; bytes 0 GET; fin 0; ");
}

/* What the client does once it has the answer is the test's. */
static bool get_and_200(struct tape *tape, const struct actor_event *event) {
  if (tap_took(tape, event)) {
    return true;
  }
  if (tape_told(event, ACTOR_CONNECTED, 1)) {
    tape_write(tape, 1, "GET");
  } else if (tape_saw(event, A1, "GET")) {
    tape_write(tape, A1, "200");
  } else {
    return false;
  }
  return true;
}

static void talk_on_after_fin(struct tape *tape, const struct actor_event *event) {
  if (get_and_200(tape, event)) {
    return;
  }
  if (tape_saw(event, 1, "200")) {
    tape_do(tape, ACTOR_SHUT, TAP);
  } else if (tape_told(event, ACTOR_FIN, 1)) {
    tape_write(tape, 1, "more");
    tape_do(tape, ACTOR_SHUT, 1);
  }
  tape->done = tape_told(event, ACTOR_FIN, A1);
}

static void a_fin_without_close_notify_is_a_fin(void **state) {
  (void)state;
  struct tap tap = {0};
  play_tapped(talk_on_after_fin, &tap, "connected 1; bytes 1 200; fin 1; ",
              "accepted 1; bytes 1 GET; bytes 1 more; fin 1; ");
}

static void server_shuts(struct tape *tape, const struct actor_event *event) {
  if (get_and_200(tape, event)) {
    return;
  }
  if (tape_saw(event, 1, "200")) {
    tape_write(tape, 1, "bye");
  } else if (tape_saw(event, A1, "bye")) {
    tape_do(tape, ACTOR_SHUT, A1);
  } else if (tape_told(event, ACTOR_FIN, 1)) {
    tape_write(tape, 1, "more");
    tape_do(tape, ACTOR_SHUT, 1);
  }
  tape->done = tape_told(event, ACTOR_FIN, A1);
}

static void a_close_notify_is_a_fin_whether_a_fin_follows_or_not(void **state) {
  (void)state;
  for (int keep = 0; keep < 2; keep++) {
    struct tap tap = {.keep_fin = keep == 1};
    play_tapped(server_shuts, &tap, "connected 1; bytes 1 200; fin 1; ",
                "accepted 1; bytes 1 GET; bytes 1 bye; bytes 1 more; fin 1; ");
  }
}

static void reset_after_close_notify(struct tape *tape, const struct actor_event *event) {
  if (get_and_200(tape, event)) {
    return;
  }
  if (tape_saw(event, 1, "200")) {
    tape_write(tape, 1, "bye");
  } else if (tape_saw(event, A1, "bye")) {
    tape_do(tape, ACTOR_SHUT, A1);
  } else if (tape_told(event, ACTOR_FIN, 1)) {
    tape_do(tape, ACTOR_ABORT, TAP);
  }
  tape->done = tape_told(event, ACTOR_RESET, 1);
}

static void a_reset_after_a_close_notify_is_noticed_without_writing(void **state) {
  (void)state;
  struct tap tap = {.keep_fin = true};
  play_tapped(reset_after_close_notify, &tap, "connected 1; bytes 1 200; fin 1; reset 1; ",
              "accepted 1; bytes 1 GET; bytes 1 bye; ");
}

static void server_closes(struct tape *tape, const struct actor_event *event) {
  if (get_and_200(tape, event)) {
    if (tape_saw(event, A1, "GET")) {
      tape_do(tape, ACTOR_CLOSE, A1);
    }
    return;
  }
  tape->done = tape_told(event, ACTOR_FIN, 1) || tape_told(event, ACTOR_RESET, 1);
}

static void a_close_ends_with_close_notify(void **state) {
  (void)state;
  struct tap tap = {.keep_fin = true};
  play_tapped(server_closes, &tap, "connected 1; bytes 1 200; fin 1; ",
              "accepted 1; bytes 1 GET; ");
}

static void server_aborts(struct tape *tape, const struct actor_event *event) {
  struct tap *tap = tape->user;
  if (tap_took(tape, event)) {
    return;
  }
  if (tape_told(event, ACTOR_CONNECTED, 1)) {
    tape_write(tape, 1, "GET");
  } else if (tape_saw(event, A1, "GET")) {
    tap->from_server = 0;
    tape_do(tape, ACTOR_ABORT, A1);
  }
  tape->done = tape_told(event, ACTOR_RESET, 1);
}

static void an_abort_is_a_reset_without_close_notify(void **state) {
  (void)state;
  struct tap tap = {0};
  play_tapped(server_aborts, &tap, "connected 1; reset 1; ", "accepted 1; bytes 1 GET; ");
  assert_int_equal(tap.from_server, 0);
}

/* The server's two records come in one read. What they become on the way is the test's. */
static void two_records(struct tape *tape, const struct actor_event *event) {
  struct tap *tap = tape->user;
  if (tap_took(tape, event)) {
    return;
  }
  if (tape_told(event, ACTOR_CONNECTED, 1)) {
    tape_write(tape, 1, "GET");
  } else if (tape_saw(event, A1, "GET")) {
    tap->gather = (size_t)2 * THREE;
    tape_write(tape, A1, "102");
    tape_write(tape, A1, "200");
  } else if (tape_told(event, ACTOR_FIN, 1)) {
    tape_do(tape, ACTOR_CLOSE, 1);
    tape->done = true;
  }
  tape->done = tape->done || tape_told(event, tap->flip ? ACTOR_RESET : ACTOR_FIN, A1) ||
               (tap->abort && tape_told(event, ACTOR_RESET, 1));
}

static void what_came_in_whole_records_is_told_before_the_end(void **state) {
  (void)state;
  struct tap wrong = {.flip = true};
  play_tapped(two_records, &wrong, "connected 1; bytes 1 102; reset 1; ",
              "accepted 1; bytes 1 GET; reset 1; ");
  struct tap reset = {.abort = true};
  play_tapped(two_records, &reset, "connected 1; bytes 1 102200; reset 1; ",
              "accepted 1; bytes 1 GET; ");
  struct tap truncated = {.cut = true};
  play_tapped(two_records, &truncated, "connected 1; bytes 1 102; fin 1; ",
              "accepted 1; bytes 1 GET; ");
}

enum { LARGE = 1024 * 1024 };

static void large_both_ways(struct tape *tape, const struct actor_event *event) {
  const uint8_t *content = tape->user;
  if (tape_told(event, ACTOR_CONNECTED, 1)) {
    push_write(tape, 1, content, LARGE);
    tape_do(tape, ACTOR_SHUT, 1);
  } else if (tape_told(event, ACTOR_ACCEPTED_CONN, A0)) {
    push_write(tape, A0, content, LARGE);
    tape_do(tape, ACTOR_SHUT, A0);
  } else if (event->kind == ACTOR_BYTES) {
    size_t until = tape->counted[event->conn == A0];
    assert_true(until <= LARGE);
    assert_memory_equal(event->bytes.ptr, content + until - event->bytes.len, event->bytes.len);
  }
  tape->done = strstr(bytes_cstr(&tape->client), "fin") != NULL &&
               strstr(bytes_cstr(&tape->origin), "fin") != NULL;
}

static void a_mebibyte_each_way_arrives_whole(void **state) {
  (void)state;
  uint8_t *content = malloc(LARGE);
  assert_non_null(content);
  for (size_t i = 0; i < LARGE; i++) {
    content[i] = (uint8_t)(i * 7 + i / 251);
  }
  struct world world = begin(large_both_ways, &any_server, &any_client);
  world.tape->user = content;
  world.tape->count_only = true;
  tape_run(world.loop, world.tape);
  assert_int_equal(world.tape->counted[0], LARGE);
  assert_int_equal(world.tape->counted[1], LARGE);
  end_with(&world, "connected 1; fin 1; ", "accepted 0; fin 0; ");
  free(content);
}

static void flood(struct tape *tape, const struct actor_event *event) {
  if (event->kind == ACTOR_ACCEPTED_CONN) {
    for (int i = 0; i < 65; i++) {
      push_write(tape, event->conn, tape->user, LARGE);
    }
  }
  tape->done = event->kind == ACTOR_RESET;
}

static void too_much_held_is_a_reset(void **state) {
  (void)state;
  uint8_t *content = calloc(1, LARGE);
  struct world world = begin(flood, &any_server, NULL);
  world.tape->num = 0;
  world.tape->user = content;
  int fd = connect_raw(&world);
  run_and_end(&world, "", "accepted 0; reset 0; ");
  char byte = 0;
  assert_int_equal(read(fd, &byte, 1), -1);
  assert_int_equal(errno, ECONNRESET);
  (void)close(fd);
  free(content);
}

/* The rest is about peers of another make. */

static void answer_all(struct tape *tape, const struct actor_event *event) {
  if (event->kind == ACTOR_BYTES) {
    tape_write(tape, event->conn, "200");
  } else if (event->kind == ACTOR_FIN) {
    tape_write(tape, event->conn, "late");
    tape_do(tape, ACTOR_CLOSE, event->conn);
    tape->done = true;
  }
  tape->done = tape->done || event->kind == ACTOR_RESET;
}

static void update_keys(struct peer *peer, SSL *ssl) {
  (void)SSL_write(ssl, "one", 3);
  peer_read(peer, ssl);
  (void)SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED);
  (void)SSL_write(ssl, "two", 3);
  peer_read(peer, ssl);
  (void)SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED);
  (void)SSL_write(ssl, "three", 5);
  peer_read(peer, ssl);
}

static void new_keys_are_taken_and_answered(void **state) {
  (void)state;
  struct world world = begin(answer_all, &any_server, NULL);
  world.tape->num = 0;
  struct peer peer = peer_client(&world, update_keys);
  peer_start(&peer);
  tape_run(world.loop, world.tape);
  peer_join(&peer);
  assert_string_equal(peer.notes, "200; 200; 200; ");
  end_with(&world, "", "accepted 0; bytes 0 one; bytes 0 two; bytes 0 three; fin 0; ");
}

static void shut_at_once(struct tape *tape, const struct actor_event *event) {
  if (tape_saw(event, A0, "one")) {
    tape_do(tape, ACTOR_SHUT, A0);
  }
  tape->done = event->kind == ACTOR_FIN || event->kind == ACTOR_RESET;
}

static void update_keys_after_the_end(struct peer *peer, SSL *ssl) {
  (void)SSL_write(ssl, "one", 3);
  peer_read(peer, ssl);
  (void)SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED);
  (void)SSL_write(ssl, "two", 3);
  (void)SSL_write(ssl, "three", 5);
}

/* The answer to it has no place behind our close_notify and our FIN. */
static void new_keys_are_taken_after_a_half_close(void **state) {
  (void)state;
  struct world world = begin(shut_at_once, &any_server, NULL);
  world.tape->num = 0;
  struct peer peer = peer_client(&world, update_keys_after_the_end);
  peer_start(&peer);
  tape_run(world.loop, world.tape);
  peer_join(&peer);
  assert_string_equal(peer.notes, "close_notify; ");
  assert_int_equal(world.tape->counted[1], strlen("onetwothree"));
  assert_non_null(strstr(bytes_cstr(&world.tape->origin), "; fin 0; "));
  end(&world);
}

static void renegotiate(struct peer *peer, SSL *ssl) {
  (void)SSL_write(ssl, "one", 3);
  peer_read(peer, ssl);
  (void)SSL_renegotiate(ssl);
  peer_note(peer, SSL_do_handshake(ssl) == 1 && SSL_write(ssl, "two", 3) == 3 ? "renegotiated"
                                                                              : "refused");
}

static void renegotiation_is_refused(void **state) {
  (void)state;
  struct world world = begin(answer_all, &any_server, NULL);
  world.tape->num = 0;
  struct peer peer = peer_client(&world, renegotiate);
  (void)SSL_CTX_set_max_proto_version(peer.context, TLS1_2_VERSION);
  peer_start(&peer);
  tape_run(world.loop, world.tape);
  peer_join(&peer);
  assert_string_equal(peer.notes, "200; refused; ");
  end(&world);
}

/* OpenSSL's server takes the alert no_renegotiation for the end. Only a client that renegotiated,
 * and then has nothing to say, would make it wait. */
static void ask_to_renegotiate(struct peer *peer, SSL *ssl) {
  const struct timeval limit = {.tv_sec = 2};
  char byte = 0;
  peer_read(peer, ssl);
  (void)setsockopt(SSL_get_fd(ssl), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  (void)SSL_renegotiate(ssl);
  (void)SSL_do_handshake(ssl);
  (void)SSL_read(ssl, &byte, 1);
  peer_note(peer, ERR_GET_REASON(ERR_peek_error()) == SSL_R_NO_RENEGOTIATION ? "refused"
                                                                             : "renegotiated");
}

static void get_and_wait(struct tape *tape, const struct actor_event *event) {
  if (tape_told(event, ACTOR_CONNECTED, 1)) {
    tape_write(tape, 1, "GET");
  }
  tape->done = event->kind == ACTOR_FIN || event->kind == ACTOR_RESET;
}

static void renegotiation_that_a_server_asks_for_is_refused(void **state) {
  (void)state;
  struct world world = begin(get_and_wait, &any_server, NULL);
  world.tape->num = 0;
  struct peer peer = peer_server(&world, ask_to_renegotiate);
  (void)SSL_CTX_set_max_proto_version(peer.context, TLS1_2_VERSION);
  secure_client(&world, 1, &(struct tls_client_options){.insecure = true});
  tape_open(world.tape, 1, 1);
  peer_start(&peer);
  tape_run(world.loop, world.tape);
  peer_join(&peer);
  assert_string_equal(peer.notes, "GET; refused; ");
  end(&world);
}

static void shut_and_read(struct peer *peer, SSL *ssl) {
  (void)SSL_shutdown(ssl);
  peer_read(peer, ssl);
  peer_read(peer, ssl);
}

static void answer_after_the_end(struct peer *peer, SSL *ssl) {
  peer_read(peer, ssl);
  peer_read(peer, ssl);
  (void)SSL_write(ssl, "late", 4);
  (void)SSL_shutdown(ssl);
}

static void get_and_shut(struct tape *tape, const struct actor_event *event) {
  if (tape_told(event, ACTOR_CONNECTED, 1)) {
    tape_write(tape, 1, "GET");
    tape_do(tape, ACTOR_SHUT, 1);
  }
  tape->done = event->kind == ACTOR_FIN || event->kind == ACTOR_RESET;
}

/* OpenSSL does not forgo what TLS 1.2 lets it forgo, so a half-close works with both versions. */
static void a_half_close_by_and_towards_other_peers(void **state) {
  (void)state;
  const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
  for (size_t i = 0; i < 2; i++) {
    struct world world = begin(answer_all, &any_server, NULL);
    world.tape->num = 0;
    struct peer client = peer_client(&world, shut_and_read);
    (void)SSL_CTX_set_max_proto_version(client.context, versions[i]);
    peer_start(&client);
    tape_run(world.loop, world.tape);
    peer_join(&client);
    assert_string_equal(client.notes, "late; close_notify; ");
    end_with(&world, "", "accepted 0; fin 0; ");

    world = begin(get_and_shut, &any_server, NULL);
    world.tape->num = 0;
    struct peer server = peer_server(&world, answer_after_the_end);
    (void)SSL_CTX_set_max_proto_version(server.context, versions[i]);
    secure_client(&world, 1, &(struct tls_client_options){.insecure = true});
    tape_open(world.tape, 1, 1);
    peer_start(&server);
    tape_run(world.loop, world.tape);
    peer_join(&server);
    assert_string_equal(server.notes, "GET; close_notify; ");
    end_with(&world, "connected 1; bytes 1 late; fin 1; ", "");
  }
}

static void until_end(struct tape *tape, const struct actor_event *event) {
  tape->done = event->kind == ACTOR_FIN || event->kind == ACTOR_RESET;
}

static void demand_nothing_more(struct peer *peer, SSL *ssl) {
  peer_read(peer, ssl);
}

/* With TLS 1.3 the client has connected before the server can ask for its certificate in vain. */
static void an_alert_after_the_handshake_is_a_reset_with_a_reason(void **state) {
  (void)state;
  struct world world = begin(until_end, &any_server, NULL);
  world.tape->num = 0;
  struct peer peer = peer_server(&world, demand_nothing_more);
  SSL_CTX_set_verify(peer.context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
  secure_client(&world, 1, &(struct tls_client_options){.insecure = true});
  tape_open(world.tape, 1, 1);
  peer_start(&peer);
  tape_run(world.loop, world.tape);
  peer_join(&peer);
  assert_false(peer.shaken);
  assert_non_null(
      strstr(net_player_address_failure(world.tape->player, 1), "alert certificate required"));
  end_with(&world, "connected 1; reset 1; ", "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_write_is_one_system_call_however_many_records_it_is),
      cmocka_unit_test(writes_before_the_handshake_are_sent_in_order),
      cmocka_unit_test(a_close_waits_for_the_handshake_when_something_was_written),
      cmocka_unit_test(what_a_server_writes_is_held_until_it_knows_what_it_speaks),
      cmocka_unit_test(an_answer_comes_after_a_half_close),
      cmocka_unit_test(a_fin_without_close_notify_is_a_fin),
      cmocka_unit_test(a_close_notify_is_a_fin_whether_a_fin_follows_or_not),
      cmocka_unit_test(a_reset_after_a_close_notify_is_noticed_without_writing),
      cmocka_unit_test(a_close_ends_with_close_notify),
      cmocka_unit_test(an_abort_is_a_reset_without_close_notify),
      cmocka_unit_test(what_came_in_whole_records_is_told_before_the_end),
      cmocka_unit_test(a_mebibyte_each_way_arrives_whole),
      cmocka_unit_test(too_much_held_is_a_reset),
      cmocka_unit_test(new_keys_are_taken_and_answered),
      cmocka_unit_test(new_keys_are_taken_after_a_half_close),
      cmocka_unit_test(renegotiation_is_refused),
      cmocka_unit_test(renegotiation_that_a_server_asks_for_is_refused),
      cmocka_unit_test(a_half_close_by_and_towards_other_peers),
      cmocka_unit_test(an_alert_after_the_handshake_is_a_reset_with_a_reason),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
