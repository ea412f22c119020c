/* Addresses in, resolved addresses or diagnoses out; and the table of connections. */
#include "net_tape.h"

#include "net/internal.h"

static void ignore(struct tape *tape, const struct actor_event *event) {
  (void)tape;
  (void)event;
}

struct world {
  struct net_loop *loop;
  struct tape *tape;
};

static struct world begin(void) {
  struct world world = {.loop = net_loop_new()};
  assert_non_null(world.loop);
  world.tape = tape_start(world.loop, ignore);
  return world;
}

static void end(struct world *world) {
  net_loop_free(world->loop);
  tape_free(world->tape);
}

static void addresses_that_are_understood(void **state) {
  (void)state;
  static const struct {
    const char *text;
    const char *resolved;
  } rows[] = {
      {"127.0.0.1:80", "127.0.0.1:80"},       {"127.0.0.1:65535", "127.0.0.1:65535"},
      {"[::1]:8080", "[::1]:8080"},           {"[0:0:0:0:0:0:0:1]:1", "[::1]:1"},
      {"localhost:9000", "127.0.0.1:9000"},   {"unix:/tmp/a socket", "unix:/tmp/a socket"},
      {"unix:relative:8", "unix:relative:8"},
  };
  struct world world = begin();
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct diag diag;
    struct address address;
    char text[160];
    assert_true(address_parse(&world.loop->uv, rows[i].text, false, &address, &diag));
    address_print(&address, text, sizeof(text));
    assert_string_equal(text, rows[i].resolved);
  }
  end(&world);
}

static void addresses_that_are_not(void **state) {
  (void)state;
  static const struct {
    const char *text;
    const char *reason;
  } rows[] = {
      {"", "'' is not an address; write HOST:PORT, [IPV6]:PORT or unix:PATH"},
      {"127.0.0.1", "'127.0.0.1' is not an address; write HOST:PORT, [IPV6]:PORT or unix:PATH"},
      {":80", "':80' is not an address; write HOST:PORT, [IPV6]:PORT or unix:PATH"},
      {"[::1]", "'[::1]' is not an address; write HOST:PORT, [IPV6]:PORT or unix:PATH"},
      {"[::1", "'[::1' is not an address; write HOST:PORT, [IPV6]:PORT or unix:PATH"},
      {"::1:80", "'::1:80' has several colons; an IPv6 address goes into brackets: [::1]:8080"},
      {"[host]:80", "'host' in brackets is not an IPv6 address"},
      {"127.0.0.1:", "the port '' in '127.0.0.1:' is not a number from 1 to 65535"},
      {"127.0.0.1:http", "the port 'http' in '127.0.0.1:http' is not a number from 1 to 65535"},
      {"127.0.0.1:65536", "the port '65536' in '127.0.0.1:65536' is not a number from 1 to 65535"},
      {"127.0.0.1:-1", "the port '-1' in '127.0.0.1:-1' is not a number from 1 to 65535"},
      {"127.0.0.1:0", "the port '0' in '127.0.0.1:0' is not a number from 1 to 65535"},
      {"unix:", "the path in 'unix:' must have 1 to 107 bytes; give a shorter one"},
  };
  struct world world = begin();
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct diag diag;
    assert_int_equal(net_player_address(world.tape->player, rows[i].text, &diag), -1);
    assert_string_equal(diag.reason, rows[i].reason);
  }
  end(&world);
}

static void addresses_are_numbered_from_zero(void **state) {
  (void)state;
  struct diag diag;
  struct world world = begin();
  assert_int_equal(net_player_address(world.tape->player, "127.0.0.1:1", &diag), 0);
  assert_int_equal(net_player_address(world.tape->player, "nowhere", &diag), -1);
  assert_int_equal(net_player_address(world.tape->player, "127.0.0.1:2", &diag), 1);
  end(&world);
}

/* RFC 6761 section 6.4: no name below .invalid ever has an address. */
static void an_unknown_host_is_named(void **state) {
  (void)state;
  struct diag diag;
  struct world world = begin();
  assert_int_equal(net_player_address(world.tape->player, "no-such-host.invalid:80", &diag), -1);
  assert_non_null(strstr(diag.reason, "no address is known for the host 'no-such-host.invalid'"));
  assert_non_null(strstr(diag.reason, "check its spelling or give a numeric address"));
  end(&world);
}

static void of_several_addresses_the_ipv4_one_is_taken(void **state) {
  (void)state;
  struct addrinfo v4 = {.ai_family = AF_INET};
  struct addrinfo v6 = {.ai_family = AF_INET6, .ai_next = &v4};
  assert_ptr_equal(address_choose(&v6), &v4);
  v6.ai_next = NULL;
  assert_ptr_equal(address_choose(&v6), &v6);
  assert_null(address_choose(NULL));
}

static void a_path_that_is_too_long(void **state) {
  (void)state;
  struct diag diag;
  char text[200] = "unix:";
  memset(text + 5, 'x', 108);
  struct world world = begin();
  assert_int_equal(net_player_listen(world.tape->player, text, &diag), -1);
  assert_non_null(strstr(diag.reason, "give a shorter one"));
  text[5 + 107] = '\0';
  assert_int_equal(net_player_address(world.tape->player, text, &diag), 0);
  end(&world);
}

static void a_port_in_use_says_so(void **state) {
  (void)state;
  struct diag diag;
  char name[64];
  char reason[240];
  struct world world = begin();
  assert_int_equal(net_player_listen(world.tape->player, "127.0.0.1:0", &diag), 0);
  net_player_listener_name(world.tape->player, 0, name, sizeof(name));
  assert_int_equal(net_player_listen(world.tape->player, name, &diag), -1);
  (void)snprintf(reason, sizeof(reason),
                 "cannot listen on %s: port %s is in use by another program; give another port, or "
                 "port 0 for any free one",
                 name, strrchr(name, ':') + 1);
  assert_string_equal(diag.reason, reason);
  /* What failed took no number. */
  assert_int_equal(net_player_listen(world.tape->player, "127.0.0.1:0", &diag), 1);
  end(&world);
}

static void a_path_in_use_says_so(void **state) {
  (void)state;
  struct diag diag;
  char directory[] = "/tmp/interim-net-XXXXXX";
  char address[64];
  char name[64];
  assert_non_null(mkdtemp(directory));
  (void)snprintf(address, sizeof(address), "unix:%s/socket", directory);
  struct world world = begin();
  assert_int_equal(net_player_listen(world.tape->player, address, &diag), 0);
  net_player_listener_name(world.tape->player, 0, name, sizeof(name));
  assert_string_equal(name, address);
  assert_int_equal(net_player_listen(world.tape->player, address, &diag), -1);
  assert_non_null(strstr(diag.reason, "the file exists; remove it if no program uses it"));
  end(&world);
  assert_int_equal(rmdir(directory), 0);
}

static void a_foreign_host_cannot_be_listened_on(void **state) {
  (void)state;
  struct diag diag;
  struct world world = begin();
  /* RFC 5737: an address for documentation, nobody's. */
  assert_int_equal(net_player_listen(world.tape->player, "192.0.2.1:0", &diag), -1);
  assert_non_null(strstr(diag.reason, "the host must be an address of this machine"));
  end(&world);
}

static void a_listener_without_a_number_has_no_name(void **state) {
  (void)state;
  char name[8] = "before";
  struct world world = begin();
  net_player_listener_name(world.tape->player, 0, name, sizeof(name));
  assert_string_equal(name, "");
  end(&world);
}

enum { NUMBERS = 600 };

/* Compares the table with a plain array over a walk that fills and empties it several times. */
static void the_table_finds_what_is_in_it(void **state) {
  (void)state;
  static struct connection connections[NUMBERS];
  bool in[NUMBERS] = {false};
  struct table table = {0};
  uint32_t walk = 12345;
  for (size_t i = 0; i < NUMBERS; i++) {
    connections[i].id = (conn_id)(i % 2 == 0 ? i : ACTOR_ACCEPTED + i);
  }
  assert_null(table_find(&table, 7));
  for (size_t round = 0; round < 20000; round++) {
    walk = walk * 1664525U + 1013904223U;
    size_t i = (walk >> 8) % NUMBERS;
    bool add = (round / 3000) % 2 == 0 ? walk >> 30 != 0 : walk >> 30 == 0;
    if (add && !in[i]) {
      table_add(&table, &connections[i]);
      in[i] = true;
    } else if (!add) {
      table_remove(&table, connections[i].id);
      in[i] = false;
    }
    for (size_t k = round % 61; k < NUMBERS; k += 61) {
      assert_ptr_equal(table_find(&table, connections[k].id), in[k] ? &connections[k] : NULL);
    }
  }
  size_t used = 0;
  for (size_t i = 0; i < NUMBERS; i++) {
    used += in[i];
    assert_ptr_equal(table_find(&table, connections[i].id), in[i] ? &connections[i] : NULL);
  }
  assert_int_equal(table.used, used);
  table_free(&table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(addresses_that_are_understood),
      cmocka_unit_test(addresses_that_are_not),
      cmocka_unit_test(addresses_are_numbered_from_zero),
      cmocka_unit_test(an_unknown_host_is_named),
      cmocka_unit_test(of_several_addresses_the_ipv4_one_is_taken),
      cmocka_unit_test(a_path_that_is_too_long),
      cmocka_unit_test(a_port_in_use_says_so),
      cmocka_unit_test(a_path_in_use_says_so),
      cmocka_unit_test(a_foreign_host_cannot_be_listened_on),
      cmocka_unit_test(a_listener_without_a_number_has_no_name),
      cmocka_unit_test(the_table_finds_what_is_in_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
