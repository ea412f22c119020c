/* Whole conversations over real sockets. */
#include "net_tape.h"

struct world {
  struct net_loop *loop;
  struct tape *tape;
};

static struct world one_player(void (*react)(struct tape *, const struct actor_event *),
                               const char *address) {
  struct world world = {.loop = net_loop_new()};
  assert_non_null(world.loop);
  world.tape = tape_start(world.loop, react);
  tape_listen(world.tape, world.tape, address);
  return world;
}

static void end_world(struct world *world) {
  net_loop_free(world->loop);
  tape_free(world->tape);
}

static void echo(struct tape *tape, const struct actor_event *event) {
  if (tape_told(event, ACTOR_CONNECTED, 1)) {
    tape_write(tape, 1, "marco");
  } else if (tape_saw(event, A0, "marco")) {
    tape_write(tape, A0, "polo");
  } else if (tape_saw(event, 1, "polo")) {
    tape_do(tape, ACTOR_CLOSE, 1);
  } else if (tape_told(event, ACTOR_FIN, A0)) {
    tape_do(tape, ACTOR_CLOSE, A0);
    tape->done = true;
  }
}

static void echo_over(const char *address) {
  struct world world = one_player(echo, address);
  tape_open(world.tape, 1, 0);
  tape_run(world.loop, world.tape);
  assert_string_equal(bytes_cstr(&world.tape->client), "connected 1; bytes 1 polo; ");
  assert_string_equal(bytes_cstr(&world.tape->origin), "accepted 0; bytes 0 marco; fin 0; ");
  end_world(&world);
}

static void echo_over_ipv4(void **state) {
  (void)state;
  echo_over("127.0.0.1:0");
}

static void echo_over_ipv6(void **state) {
  (void)state;
  struct diag diag;
  struct world probe = {.loop = net_loop_new()};
  probe.tape = tape_start(probe.loop, echo);
  bool has_ipv6 = net_player_listen(probe.tape->player, "[::1]:0", &diag) >= 0;
  end_world(&probe);
  if (!has_ipv6) {
    skip();
  }
  echo_over("[::1]:0");
}

static void echo_over_a_name(void **state) {
  (void)state;
  echo_over("localhost:0");
}

static void echo_over_a_unix_socket(void **state) {
  (void)state;
  char directory[] = "/tmp/interim-net-XXXXXX";
  char address[64];
  assert_non_null(mkdtemp(directory));
  (void)snprintf(address, sizeof(address), "unix:%s/socket", directory);
  echo_over(address);
  /* The loop removed the socket, so the directory is empty. */
  assert_int_equal(rmdir(directory), 0);
}

/* The origin holds the 200 until the client saw the 102. */
static void gate(struct tape *tape, const struct actor_event *event) {
  if (tape_told(event, ACTOR_CONNECTED, 1)) {
    tape_write(tape, 1, "GET");
  } else if (tape_saw(event, A0, "GET")) {
    tape_write(tape, A0, "102");
  } else if (tape_saw(event, 1, "102")) {
    tape_write(tape, A0, "200");
    tape_do(tape, ACTOR_CLOSE, A0);
  } else if (tape_told(event, ACTOR_FIN, 1)) {
    tape->done = true;
  }
}

static void a_command_may_concern_another_connection(void **state) {
  (void)state;
  struct world world = one_player(gate, "127.0.0.1:0");
  tape_open(world.tape, 1, 0);
  tape_run(world.loop, world.tape);
  assert_string_equal(bytes_cstr(&world.tape->client),
                      "connected 1; bytes 1 102; bytes 1 200; fin 1; ");
  assert_string_equal(bytes_cstr(&world.tape->origin), "accepted 0; bytes 0 GET; ");
  end_world(&world);
}

static void early(struct tape *tape, const struct actor_event *event) {
  if (event->kind == ACTOR_TIME && tape->client.len == 0) {
    tape_open(tape, 7, 0);
    tape_write(tape, 7, "before it ");
    tape_write(tape, 7, "was connected");
    tape_do(tape, ACTOR_SHUT, 7);
  } else if (tape_told(event, ACTOR_FIN, A0)) {
    tape->done = true;
  }
}

static void writes_before_connected_are_sent_in_order(void **state) {
  (void)state;
  struct world world = one_player(early, "127.0.0.1:0");
  world.tape->count_only = true;
  tape_run(world.loop, world.tape);
  assert_string_equal(bytes_cstr(&world.tape->client), "connected 7; ");
  assert_string_equal(bytes_cstr(&world.tape->origin), "accepted 0; fin 0; ");
  assert_int_equal(world.tape->counted[1], strlen("before it was connected"));
  end_world(&world);
}

static void silent(struct tape *tape, const struct actor_event *event) {
  if (event->kind == ACTOR_TIME && tape->client.len == 0) {
    tape_open(tape, 7, 0);
    tape_do(tape, ACTOR_SHUT, 7);
  } else if (tape_told(event, ACTOR_FIN, A0)) {
    tape->done = true;
  }
}

static void a_half_close_before_connected_is_kept(void **state) {
  (void)state;
  struct world world = one_player(silent, "127.0.0.1:0");
  tape_run(world.loop, world.tape);
  assert_string_equal(bytes_cstr(&world.tape->client), "connected 7; ");
  assert_string_equal(bytes_cstr(&world.tape->origin), "accepted 0; fin 0; ");
  end_world(&world);
}

static void asking(struct tape *tape, const struct actor_event *event) {
  if (tape_told(event, ACTOR_CONNECTED, 1)) {
    tape_write(tape, 1, "question");
  } else if (tape_saw(event, 1, "answer")) {
    tape->done = true;
  }
}

static void answering(struct tape *tape, const struct actor_event *event) {
  if (tape_saw(event, A0, "question")) {
    tape_write(tape, A0, "answer");
  }
}

static void two_players_on_one_loop_talk(void **state) {
  (void)state;
  struct net_loop *loop = net_loop_new();
  struct tape *client = tape_start(loop, asking);
  struct tape *origin = tape_start(loop, answering);
  tape_listen(origin, client, "127.0.0.1:0");
  tape_open(client, 1, 0);
  tape_run(loop, client);
  assert_string_equal(bytes_cstr(&client->client), "connected 1; bytes 1 answer; ");
  assert_string_equal(bytes_cstr(&origin->origin), "accepted 0; bytes 0 question; ");
  assert_int_equal(client->origin.len, 0);
  assert_int_equal(origin->client.len, 0);
  net_loop_free(loop);
  tape_free(client);
  tape_free(origin);
}

static void places(struct tape *tape, const struct actor_event *event) {
  if (event->kind == ACTOR_ACCEPTED_CONN) {
    bytes_printf(&tape->client, "by listener %u; ", event->place);
    tape->done = true;
  }
}

static void an_accepted_connection_names_its_listener(void **state) {
  (void)state;
  struct world world = one_player(places, "127.0.0.1:0");
  tape_listen(world.tape, world.tape, "127.0.0.1:0");
  tape_open(world.tape, 1, 1);
  tape_run(world.loop, world.tape);
  assert_non_null(strstr(bytes_cstr(&world.tape->client), "by listener 1; "));
  end_world(&world);
}

enum { CROWD = 1000 };

struct crowd {
  unsigned connected;
  unsigned answered;
};

/* None speaks before all are connected. */
static void crowd(struct tape *tape, const struct actor_event *event) {
  struct crowd *crowd = tape->user;
  if (event->kind == ACTOR_CONNECTED && ++crowd->connected == CROWD) {
    for (conn_id i = 0; i < CROWD; i++) {
      tape_write(tape, i, "hello");
    }
  } else if (event->kind == ACTOR_BYTES && event->conn >= ACTOR_ACCEPTED) {
    tape_write(tape, event->conn, "hi");
  } else if (event->kind == ACTOR_BYTES) {
    assert_true(span_is(event->bytes, "hi"));
    tape->done = ++crowd->answered == CROWD;
  }
}

static void a_thousand_connections_at_once(void **state) {
  (void)state;
  struct crowd count = {0};
  struct world world = one_player(crowd, "127.0.0.1:0");
  world.tape->user = &count;
  for (conn_id i = 0; i < CROWD; i++) {
    tape_open(world.tape, i, 0);
  }
  tape_run(world.loop, world.tape);
  assert_int_equal(world.tape->counted[0], CROWD * strlen("hi"));
  assert_int_equal(world.tape->counted[1], CROWD * strlen("hello"));
  end_world(&world);
}

/* A connection number that is used up comes from the accepted range, each its own. */
static void again(struct tape *tape, const struct actor_event *event) {
  if (event->kind == ACTOR_ACCEPTED_CONN) {
    tape_do(tape, ACTOR_CLOSE, event->conn);
  } else if (event->kind == ACTOR_FIN) {
    tape_do(tape, ACTOR_CLOSE, event->conn);
    if (event->conn == 3) {
      tape->done = true;
    } else {
      tape_open(tape, event->conn + 1, 0);
    }
  }
}

static void numbers_are_not_reused(void **state) {
  (void)state;
  struct world world = one_player(again, "127.0.0.1:0");
  tape_open(world.tape, 1, 0);
  tape_run(world.loop, world.tape);
  assert_string_equal(bytes_cstr(&world.tape->origin), "accepted 0; accepted 1; accepted 2; ");
  end_world(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(echo_over_ipv4),
      cmocka_unit_test(echo_over_ipv6),
      cmocka_unit_test(echo_over_a_name),
      cmocka_unit_test(echo_over_a_unix_socket),
      cmocka_unit_test(a_command_may_concern_another_connection),
      cmocka_unit_test(writes_before_connected_are_sent_in_order),
      cmocka_unit_test(a_half_close_before_connected_is_kept),
      cmocka_unit_test(two_players_on_one_loop_talk),
      cmocka_unit_test(an_accepted_connection_names_its_listener),
      cmocka_unit_test(a_thousand_connections_at_once),
      cmocka_unit_test(numbers_are_not_reused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
