/* What becomes of writes, half-closes, closes and resets on real sockets. */
#include "net_tape.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* Stands in for the C library's: counts the calls while a test asks for it. */
static struct bytes *write_calls;

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): libc's names are reserved */
ssize_t write(int fd, const void *buf, size_t len) {
  if (write_calls != NULL) {
    bytes_printf(write_calls, "%zu ", len);
  }
  return (ssize_t)syscall(SYS_write, fd, buf, len);
}

struct world {
  struct net_loop *loop;
  struct tape *tape;
};

static struct world begin(void (*react)(struct tape *, const struct actor_event *)) {
  struct world world = {.loop = net_loop_new()};
  assert_non_null(world.loop);
  world.tape = tape_start(world.loop, react);
  tape_listen(world.tape, world.tape, "127.0.0.1:0");
  tape_open(world.tape, 1, 0);
  return world;
}

static void end(struct world *world) {
  net_loop_free(world->loop);
  tape_free(world->tape);
}

/* Runs a conversation and compares both lanes' logs. */
static void play(void (*react)(struct tape *, const struct actor_event *), const char *client,
                 const char *origin) {
  struct world world = begin(react);
  tape_run(world.loop, world.tape);
  assert_string_equal(bytes_cstr(&world.tape->client), client);
  assert_string_equal(bytes_cstr(&world.tape->origin), origin);
  end(&world);
}

static void drained_between(struct tape *tape, const struct actor_event *event) {
  if (tape_told(event, ACTOR_CONNECTED, 1)) {
    tape_write(tape, 1, "HTTP/1");
  } else if (tape_saw(event, A0, "HTTP/1")) {
    tape_write(tape, 1, ".1 102 \r");
  } else if (tape_saw(event, A0, ".1 102 \r")) {
    tape_write(tape, 1, "\n");
  } else if (tape_saw(event, A0, "\n")) {
    tape->done = true;
  }
}

static void cut_writes_arrive_apart_when_drained_between(void **state) {
  (void)state;
  play(drained_between, "connected 1; ",
       "accepted 0; bytes 0 HTTP/1; bytes 0 .1 102 \\r; bytes 0 \\n; ");
}

static void three_pieces(struct tape *tape, const struct actor_event *event) {
  if (tape_told(event, ACTOR_CONNECTED, 1)) {
    tape_write(tape, 1, "one");
    tape_write(tape, 1, "two22");
    tape_write(tape, 1, "three33");
  } else if (event->kind == ACTOR_BYTES) {
    tape->done = tape->counted[1] == strlen("onetwo22three33");
  }
}

static void each_write_is_one_system_call(void **state) {
  (void)state;
  struct bytes calls = {0};
  struct world world = begin(three_pieces);
  write_calls = &calls;
  tape_run(world.loop, world.tape);
  write_calls = NULL;
  assert_string_equal(bytes_cstr(&calls), "3 5 7 ");
  bytes_free(&calls);
  end(&world);
}

static void pieces_before_connected(struct tape *tape, const struct actor_event *event) {
  if (event->kind == ACTOR_TIME && tape->client.len == 0) {
    tape_write(tape, 1, "one");
    tape_write(tape, 1, "two22");
  } else if (event->kind == ACTOR_BYTES) {
    tape->done = tape->counted[1] == strlen("onetwo22");
  }
}

static void queued_writes_stay_apart_too(void **state) {
  (void)state;
  struct bytes calls = {0};
  struct world world = begin(pieces_before_connected);
  write_calls = &calls;
  tape_run(world.loop, world.tape);
  write_calls = NULL;
  assert_string_equal(bytes_cstr(&calls), "3 5 ");
  bytes_free(&calls);
  end(&world);
}

static void client_shuts_first(struct tape *tape, const struct actor_event *event) {
  if (tape_told(event, ACTOR_CONNECTED, 1)) {
    tape_write(tape, 1, "GET");
    tape_do(tape, ACTOR_SHUT, 1);
  } else if (tape_told(event, ACTOR_FIN, A0)) {
    tape_write(tape, A0, "200");
    tape_do(tape, ACTOR_SHUT, A0);
  } else if (tape_told(event, ACTOR_FIN, 1)) {
    tape->done = true;
  }
}

static void an_answer_comes_after_a_half_close(void **state) {
  (void)state;
  play(client_shuts_first, "connected 1; bytes 1 200; fin 1; ", "accepted 0; bytes 0 GET; fin 0; ");
}

static void origin_shuts_first(struct tape *tape, const struct actor_event *event) {
  if (tape_told(event, ACTOR_ACCEPTED_CONN, A0)) {
    tape_do(tape, ACTOR_SHUT, A0);
  } else if (tape_told(event, ACTOR_FIN, 1)) {
    tape_write(tape, 1, "still talking");
    tape_do(tape, ACTOR_SHUT, 1);
    tape_write(tape, 1, "never sent");
  } else if (tape_told(event, ACTOR_FIN, A0)) {
    tape->done = true;
  }
}

static void the_client_talks_on_after_the_origin_shut(void **state) {
  (void)state;
  play(origin_shuts_first, "connected 1; fin 1; ", "accepted 0; bytes 0 still talking; fin 0; ");
}

static void origin_aborts(struct tape *tape, const struct actor_event *event) {
  if (tape_told(event, ACTOR_CONNECTED, 1)) {
    tape_write(tape, 1, "GET");
  } else if (tape_saw(event, A0, "GET")) {
    tape_do(tape, ACTOR_ABORT, A0);
  } else if (tape_told(event, ACTOR_RESET, 1)) {
    tape->done = true;
  }
}

static void an_abort_is_seen_as_a_reset(void **state) {
  (void)state;
  play(origin_aborts, "connected 1; reset 1; ", "accepted 0; bytes 0 GET; ");
}

static void origin_answers_and_aborts(struct tape *tape, const struct actor_event *event) {
  if (tape_told(event, ACTOR_CONNECTED, 1)) {
    tape_write(tape, 1, "GET");
  } else if (tape_saw(event, A0, "GET")) {
    tape_write(tape, A0, "200");
    tape_do(tape, ACTOR_ABORT, A0);
  } else if (event->conn == 1 && (event->kind == ACTOR_RESET || event->kind == ACTOR_FIN)) {
    tape->done = true;
  }
}

/* Bytes and reset come in one poll. The reset must not look like an end in order. */
static void bytes_before_an_abort_come_first(void **state) {
  (void)state;
  play(origin_answers_and_aborts, "connected 1; bytes 1 200; reset 1; ",
       "accepted 0; bytes 0 GET; ");
}

static void origin_answers_and_closes(struct tape *tape, const struct actor_event *event) {
  if (tape_told(event, ACTOR_CONNECTED, 1)) {
    tape_write(tape, 1, "GET");
  } else if (tape_saw(event, A0, "GET")) {
    tape_write(tape, A0, "200");
    tape_do(tape, ACTOR_CLOSE, A0);
  } else if (event->conn == 1 && (event->kind == ACTOR_RESET || event->kind == ACTOR_FIN)) {
    tape->done = true;
  }
}

static void bytes_before_a_close_come_first(void **state) {
  (void)state;
  play(origin_answers_and_closes, "connected 1; bytes 1 200; fin 1; ", "accepted 0; bytes 0 GET; ");
}

/* The client learns of the reset by its own write, in the same breath in which it comes. */
static void client_writes_into_a_reset(struct tape *tape, const struct actor_event *event) {
  if (tape_told(event, ACTOR_CONNECTED, 1)) {
    tape_write(tape, 1, "GET");
  } else if (tape_saw(event, A0, "GET")) {
    tape_write(tape, A0, "400");
    tape_do(tape, ACTOR_ABORT, A0);
    tape_write(tape, 1, "more of the request");
    tape_write(tape, 1, "and more");
  } else if (tape_told(event, ACTOR_RESET, 1)) {
    tape->done = true;
  }
}

static void a_failed_write_does_not_hide_what_came_before(void **state) {
  (void)state;
  play(client_writes_into_a_reset, "connected 1; bytes 1 400; reset 1; ",
       "accepted 0; bytes 0 GET; ");
}

static void origin_writes_after_the_end(struct tape *tape, const struct actor_event *event) {
  if (tape_told(event, ACTOR_CONNECTED, 1)) {
    tape_do(tape, ACTOR_CLOSE, 1);
  } else if (tape_told(event, ACTOR_FIN, A0)) {
    tape_write(tape, A0, "into the void");
    tape_write(tape, A0, "again");
  } else if (tape_told(event, ACTOR_RESET, A0)) {
    tape->done = true;
  }
}

static void writing_to_a_closed_peer_is_a_reset(void **state) {
  (void)state;
  play(origin_writes_after_the_end, "connected 1; ", "accepted 0; fin 0; reset 0; ");
}

/* The request that was on its way when the origin closed. */
static void request_crosses_the_close(struct tape *tape, const struct actor_event *event) {
  if (tape_told(event, ACTOR_ACCEPTED_CONN, A0)) {
    tape_write(tape, A0, "200");
    tape_do(tape, ACTOR_CLOSE, A0);
    tape_write(tape, 1, "GET");
  } else if (tape_told(event, ACTOR_FIN, 1)) {
    tape_write(tape, 1, "into the void");
    tape_write(tape, 1, "again");
    tape_open(tape, 2, 0);
  }
  /* A reset would have come before. */
  tape->done = strstr(bytes_cstr(&tape->client), "connected 2") != NULL &&
               strstr(bytes_cstr(&tape->origin), "accepted 1") != NULL;
}

static void an_accepted_connection_closes_without_a_reset(void **state) {
  (void)state;
  play(request_crosses_the_close, "connected 1; bytes 1 200; fin 1; connected 2; ",
       "accepted 0; accepted 1; ");
}

/* Whatever is asked of a number that is gone does nothing, and nothing is told of it any more. */
static void ask_after_abort(struct tape *tape, const struct actor_event *event) {
  if (tape_told(event, ACTOR_ACCEPTED_CONN, A0)) {
    tape_write(tape, A0, "unread");
  } else if (tape_saw(event, 1, "unread")) {
    tape_do(tape, ACTOR_ABORT, 1);
    tape_write(tape, 1, "x");
    tape_do(tape, ACTOR_SHUT, 1);
    tape_do(tape, ACTOR_CLOSE, 1);
    tape_do(tape, ACTOR_ABORT, 1);
    tape_write(tape, 99, "never opened");
  } else if (tape_told(event, ACTOR_RESET, A0)) {
    tape_do(tape, ACTOR_CLOSE, A0);
    tape->done = true;
  }
}

static void commands_for_a_number_that_is_gone_are_ignored(void **state) {
  (void)state;
  play(ask_after_abort, "connected 1; bytes 1 unread; ", "accepted 0; reset 0; ");
}

static void close_what_broke(struct tape *tape, const struct actor_event *event) {
  if (tape_told(event, ACTOR_ACCEPTED_CONN, A0)) {
    tape_do(tape, ACTOR_CLOSE, A0);
  } else if (tape_told(event, ACTOR_FIN, 1)) {
    /* The second or third write fails; the close that follows wins over the reset's event. */
    for (int i = 0; i < 10; i++) {
      tape_write(tape, 1, "into the void");
    }
    tape_do(tape, ACTOR_CLOSE, 1);
    tape_open(tape, 2, 0);
  }
  tape->done = strstr(bytes_cstr(&tape->client), "connected 2") != NULL &&
               strstr(bytes_cstr(&tape->origin), "accepted 1") != NULL;
}

static void no_event_follows_a_close(void **state) {
  (void)state;
  play(close_what_broke, "connected 1; fin 1; connected 2; ", "accepted 0; accepted 1; ");
}

enum { LARGE = 8 * 1024 * 1024 };

static void large_then_close(struct tape *tape, const struct actor_event *event) {
  const uint8_t *content = tape->user;
  if (tape_told(event, ACTOR_ACCEPTED_CONN, A0)) {
    tape_push(tape, (struct actor_command){
                        .kind = ACTOR_WRITE, .conn = A0, .bytes = span_make(content, LARGE)});
    tape_do(tape, ACTOR_CLOSE, A0);
  } else if (event->kind == ACTOR_BYTES) {
    size_t at = tape->counted[0] - event->bytes.len;
    assert_true(tape->counted[0] <= LARGE);
    assert_memory_equal(event->bytes.ptr, content + at, event->bytes.len);
  } else if (tape_told(event, ACTOR_FIN, 1) || tape_told(event, ACTOR_RESET, 1)) {
    tape->done = true;
  }
}

static void eight_mebibytes_arrive_whole_though_closed_at_once(void **state) {
  (void)state;
  uint8_t *content = malloc(LARGE);
  assert_non_null(content);
  for (size_t i = 0; i < LARGE; i++) {
    content[i] = (uint8_t)(i * 7 + i / 251);
  }
  struct world world = begin(large_then_close);
  world.tape->user = content;
  world.tape->count_only = true;
  tape_run(world.loop, world.tape);
  assert_int_equal(world.tape->counted[0], LARGE);
  assert_string_equal(bytes_cstr(&world.tape->client), "connected 1; fin 1; ");
  end(&world);
  free(content);
}

/* A raw client that never reads, so that the origin's writes must queue up. */
struct mute {
  int fd;
  char content[1024 * 1024];
};

static void flood(struct tape *tape, const struct actor_event *event) {
  const struct mute *mute = tape->user;
  if (event->kind == ACTOR_ACCEPTED_CONN) {
    for (int i = 0; i < 100; i++) {
      tape_push(tape,
                (struct actor_command){.kind = ACTOR_WRITE,
                                       .conn = event->conn,
                                       .bytes = span_make(mute->content, sizeof(mute->content))});
    }
  } else if (event->kind == ACTOR_RESET) {
    tape->done = true;
  }
}

/* A socket pair's one end would do, but the loop only takes what it connects or accepts itself. */
static int connect_raw(const char *name) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  const char *port = strrchr(name, ':');
  assert_non_null(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons((uint16_t)strtoul(port + 1, NULL, 10));
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
  return fd;
}

static struct world begin_with_mute(void (*react)(struct tape *, const struct actor_event *),
                                    struct mute *mute) {
  char name[64];
  struct world world = begin(react);
  world.tape->num = 0;
  world.tape->user = mute;
  net_player_listener_name(world.tape->player, 0, name, sizeof(name));
  mute->fd = connect_raw(name);
  return world;
}

static void a_write_queue_above_its_limit_is_a_reset(void **state) {
  (void)state;
  static struct mute mute;
  struct world world = begin_with_mute(flood, &mute);
  tape_run(world.loop, world.tape);
  assert_string_equal(bytes_cstr(&world.tape->origin), "accepted 0; reset 0; ");
  /* The peer sees the reset behind what it had got. */
  char room[65536];
  ssize_t len = 0;
  do {
    len = read(mute.fd, room, sizeof(room));
  } while (len > 0);
  assert_int_equal(len, -1);
  assert_int_equal(errno, ECONNRESET);
  (void)close(mute.fd);
  end(&world);
}

/* Some 16 MiB do not fit into the sockets; the peer takes none, so the close goes through without.
 */
static void leave_unread(struct tape *tape, const struct actor_event *event) {
  const struct mute *mute = tape->user;
  if (event->kind == ACTOR_ACCEPTED_CONN) {
    for (int i = 0; i < 16; i++) {
      tape_push(tape,
                (struct actor_command){.kind = ACTOR_WRITE,
                                       .conn = event->conn,
                                       .bytes = span_make(mute->content, sizeof(mute->content))});
    }
    tape_do(tape, ACTOR_CLOSE, event->conn);
    tape->done = true;
  }
}

struct waiting {
  struct tape *tape;
  int accepted_fd;
};

static bool is_let_go(void *user) {
  const struct waiting *waiting = user;
  return waiting->tape->done && fcntl(waiting->accepted_fd, F_GETFD) == -1;
}

static size_t read_to_the_end(int fd) {
  static char room[1024 * 1024];
  size_t total = 0;
  ssize_t len = read(fd, room, sizeof(room));
  while (len > 0) {
    total += (size_t)len;
    len = read(fd, room, sizeof(room));
  }
  return total;
}

static void a_close_does_not_wait_for_ever_for_a_peer_that_never_reads(void **state) {
  (void)state;
  static struct mute mute;
  struct world world = begin_with_mute(leave_unread, &mute);
  struct waiting waiting = {world.tape, dup(0)};
  (void)close(waiting.accepted_fd);
  assert_int_equal(net_loop_run(world.loop, is_let_go, NULL, &waiting), 0);
  size_t taken = read_to_the_end(mute.fd);
  assert_true(taken > 0 && taken < 16 * sizeof(mute.content));
  end(&world);
  (void)close(mute.fd);
}

static void close_at_once(struct tape *tape, const struct actor_event *event) {
  if (event->kind == ACTOR_ACCEPTED_CONN) {
    tape_do(tape, ACTOR_CLOSE, event->conn);
    tape->done = true;
  }
}

static void a_closed_connection_goes_though_its_peer_stays(void **state) {
  (void)state;
  static struct mute mute;
  struct world world = begin_with_mute(close_at_once, &mute);
  struct waiting waiting = {world.tape, dup(0)};
  (void)close(waiting.accepted_fd);
  assert_int_equal(net_loop_run(world.loop, is_let_go, NULL, &waiting), 0);
  assert_int_equal(read_to_the_end(mute.fd), 0);
  end(&world);
  (void)close(mute.fd);
}

static void freeing_ends_what_is_leaving(void **state) {
  (void)state;
  static struct mute mute;
  struct world world = begin_with_mute(leave_unread, &mute);
  tape_run(world.loop, world.tape);
  end(&world);
  (void)close(mute.fd);
}

static void seen_refused(struct tape *tape, const struct actor_event *event) {
  tape->done = event->kind == ACTOR_REFUSED;
}

static void a_port_without_listener_refuses(void **state) {
  (void)state;
  struct diag diag;
  char name[64];
  struct net_loop *other = net_loop_new();
  struct tape *holder = tape_start(other, seen_refused);
  assert_int_equal(net_player_listen(holder->player, "127.0.0.1:0", &diag), 0);
  net_player_listener_name(holder->player, 0, name, sizeof(name));
  net_loop_free(other);
  tape_free(holder);

  struct net_loop *loop = net_loop_new();
  struct tape *tape = tape_start(loop, seen_refused);
  assert_int_equal(net_player_address(tape->player, name, &diag), 0);
  tape_open(tape, 1, 0);
  tape_write(tape, 1, "queued for nobody");
  tape_do(tape, ACTOR_SHUT, 1);
  tape_run(loop, tape);
  assert_string_equal(bytes_cstr(&tape->client), "refused 1; ");
  net_loop_free(loop);
  tape_free(tape);
}

static void a_missing_unix_socket_refuses(void **state) {
  (void)state;
  struct diag diag;
  struct net_loop *loop = net_loop_new();
  struct tape *tape = tape_start(loop, seen_refused);
  assert_int_equal(net_player_address(tape->player, "unix:/tmp/interim-no-such-socket", &diag), 0);
  tape_open(tape, 1, 0);
  tape_write(tape, 1, "queued for nobody");
  tape_run(loop, tape);
  assert_string_equal(bytes_cstr(&tape->client), "refused 1; ");
  net_loop_free(loop);
  tape_free(tape);
}

static void no_descriptors_left_refuses(void **state) {
  (void)state;
  struct rlimit before;
  struct world world = begin(seen_refused);
  assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
  int lowest_free = dup(0);
  (void)close(lowest_free);
  struct rlimit none = {.rlim_cur = (rlim_t)lowest_free, .rlim_max = before.rlim_max};
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
  tape_run(world.loop, world.tape);
  assert_string_equal(bytes_cstr(&world.tape->client), "refused 1; ");
  end(&world);
  /* A new loop takes all that the system allows. */
  struct rlimit after;
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &(struct rlimit){64, before.rlim_max}), 0);
  struct net_loop *loop = net_loop_new();
  assert_int_equal(getrlimit(RLIMIT_NOFILE, &after), 0);
  assert_true(after.rlim_cur == before.rlim_max);
  net_loop_free(loop);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cut_writes_arrive_apart_when_drained_between),
      cmocka_unit_test(each_write_is_one_system_call),
      cmocka_unit_test(queued_writes_stay_apart_too),
      cmocka_unit_test(an_answer_comes_after_a_half_close),
      cmocka_unit_test(the_client_talks_on_after_the_origin_shut),
      cmocka_unit_test(an_abort_is_seen_as_a_reset),
      cmocka_unit_test(bytes_before_an_abort_come_first),
      cmocka_unit_test(bytes_before_a_close_come_first),
      cmocka_unit_test(a_failed_write_does_not_hide_what_came_before),
      cmocka_unit_test(writing_to_a_closed_peer_is_a_reset),
      cmocka_unit_test(an_accepted_connection_closes_without_a_reset),
      cmocka_unit_test(a_closed_connection_goes_though_its_peer_stays),
      cmocka_unit_test(commands_for_a_number_that_is_gone_are_ignored),
      cmocka_unit_test(no_event_follows_a_close),
      cmocka_unit_test(eight_mebibytes_arrive_whole_though_closed_at_once),
      cmocka_unit_test(a_write_queue_above_its_limit_is_a_reset),
      cmocka_unit_test(a_close_does_not_wait_for_ever_for_a_peer_that_never_reads),
      cmocka_unit_test(freeing_ends_what_is_leaving),
      cmocka_unit_test(a_port_without_listener_refuses),
      cmocka_unit_test(a_missing_unix_socket_refuses),
      cmocka_unit_test(no_descriptors_left_refuses),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
