/* What a handshake demands, what it tells when it fails, and TLS beside clear text on one port. */
#include "net_tls_world.h"

#include <fcntl.h>

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
  /* The server need not have noticed yet that the client turned away. */
  if (event->kind == ACTOR_REFUSED) {
    tape->done = true;
  }
}

static void an_echo_over_tls_and_over_clear_text_on_one_port(void **state) {
  (void)state;
  const struct tls_client_options *clients[] = {&any_client, NULL};
  for (size_t i = 0; i < 2; i++) {
    struct world world = begin(echo, &any_server, clients[i]);
    tape_run(world.loop, world.tape);
    assert_string_equal(net_player_address_failure(world.tape->player, 0), "");
    assert_string_equal(net_player_listener_failure(world.tape->player, 0), "");
    end_with(&world, "connected 1; bytes 1 polo; ", "accepted 0; bytes 0 marco; fin 0; ");
  }
}

static void tls_goes_over_a_unix_socket_too(void **state) {
  (void)state;
  char directory[] = "/tmp/interim-tls-XXXXXX";
  char address[64];
  assert_non_null(mkdtemp(directory));
  (void)snprintf(address, sizeof(address), "unix:%s/socket", directory);
  struct world world = {.loop = net_loop_new()};
  world.tape = tape_start(world.loop, echo);
  tape_listen(world.tape, world.tape, address);
  secure_server(&world, 0, &any_server, true);
  secure_client(&world, 0, &any_client);
  tape_open(world.tape, 1, 0);
  run_and_end(&world, "connected 1; bytes 1 polo; ", "accepted 0; bytes 0 marco; fin 0; ");
  assert_int_equal(rmdir(directory), 0);
}

struct alpn_row {
  const char *served;
  const char *offered;
  const char *client; /* the failures, "" when it works */
  const char *server;
};

/* Both ends must know before a text about a failure can be compared. */
static void alpn(struct tape *tape, const struct actor_event *event) {
  if (event->kind == ACTOR_CONNECTED) {
    tape_write(tape, 1, "hello");
  }
  bool refused = strstr(bytes_cstr(&tape->client), "refused") != NULL;
  bool ended = event->conn == A0 && (event->kind == ACTOR_RESET || event->kind == ACTOR_FIN);
  if (ended) {
    tape_do(tape, ACTOR_CLOSE, A0);
    bytes_text(&tape->origin, "ended");
  }
  tape->done = tape_saw(event, A0, "hello") ||
               (refused && strstr(bytes_cstr(&tape->origin), "ended") != NULL);
}

static void alpn_must_choose_what_was_asked(void **state) {
  (void)state;
  const struct alpn_row rows[] = {
      {"h2 http/1.1", "h2", "", ""},
      {"h2 http/1.1", "http/1.1", "", ""},
      {"http/1.1", "h2 http/1.1", "", ""},
      {"h2 http/1.1", NULL, "", ""},
      {NULL, NULL, "", ""},
      {NULL, "http/1.1", "", ""},
      {NULL, "h2",
       "the target chose no protocol by ALPN, not h2; turn that on in the target, or use another "
       "--front",
       ""},
      {"http/1.1", "h2",
       "the target takes none of what ALPN offers (h2); turn that on in the target, or use another "
       "--front",
       "the client offers by ALPN none of what is served (http/1.1); let it offer one of them"},
      {"h2", "http/1.1",
       "the target takes none of what ALPN offers (http/1.1); turn that on in the target, or use "
       "another --front",
       "the client offers by ALPN none of what is served (h2); let it offer one of them"},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    const struct tls_server_options server = {.protocols = rows[i].served};
    const struct tls_client_options client = {.protocols = rows[i].offered, .insecure = true};
    struct world world = begin(alpn, &server, &client);
    tape_run(world.loop, world.tape);
    assert_string_equal(net_player_address_failure(world.tape->player, 0), rows[i].client);
    assert_string_equal(net_player_listener_failure(world.tape->player, 0), rows[i].server);
    assert_string_equal(bytes_cstr(&world.tape->client),
                        rows[i].client[0] == '\0' ? "connected 1; " : "refused 1; ");
    end(&world);
  }
}

static void choose_http1(struct peer *peer, SSL *ssl) {
  peer_read(peer, ssl);
}

static int always_http1(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                        const unsigned char *offered, unsigned offered_len, void *user) {
  (void)ssl;
  (void)offered;
  (void)offered_len;
  (void)user;
  *out = (const unsigned char *)"http/1.1";
  *out_len = (unsigned char)strlen("http/1.1");
  return SSL_TLSEXT_ERR_OK;
}

static void seen_refused(struct tape *tape, const struct actor_event *event) {
  tape->done = event->kind == ACTOR_REFUSED;
}

/* RFC 7301 section 3.2 forbids it; the client must not go on in the wrong protocol. */
static void a_server_that_chooses_what_was_not_offered_is_refused(void **state) {
  (void)state;
  struct world world = begin(seen_refused, &any_server, NULL);
  world.tape->num = 0;
  struct peer peer = peer_server(&world, choose_http1);
  SSL_CTX_set_alpn_select_cb(peer.context, always_http1, NULL);
  secure_client(&world, 1, &any_client);
  peer_start(&peer);
  tape_open(world.tape, 1, 1);
  tape_run(world.loop, world.tape);
  peer_join(&peer);
  /* An OpenSSL that checks this itself says less. */
  const char *failure = net_player_address_failure(world.tape->player, 1);
  assert_true(span_starts(span_of(failure), "the target chose http/1.1 by ALPN, not h2; turn ") ||
              strstr(failure, "; perhaps it chose by ALPN what was not offered (h2)") != NULL);
  end_with(&world, "refused 1; ", "");
}

static void note_choice(struct peer *peer, SSL *ssl) {
  const unsigned char *name = NULL;
  unsigned len = 0;
  char text[32] = "";
  SSL_get0_alpn_selected(ssl, &name, &len);
  (void)snprintf(text, sizeof(text), "%.*s", (int)len, (const char *)name);
  peer_note(peer, text);
}

static void until_fin(struct tape *tape, const struct actor_event *event) {
  tape->done = event->kind == ACTOR_FIN || event->kind == ACTOR_RESET;
}

static void the_servers_order_counts_unless_it_mirrors_the_clients(void **state) {
  (void)state;
  const struct {
    const char *served;
    bool mirror;
    const unsigned char *offered;
    const char *chosen;
  } rows[] = {
      {"h2 http/1.1", false, (const unsigned char *)"\x08http/1.1\x02h2", "h2; "},
      {"http/1.1 h2", false, (const unsigned char *)"\x02h2\x08http/1.1", "http/1.1; "},
      {"h2 http/1.1", true, (const unsigned char *)"\x08http/1.1\x02h2", "http/1.1; "},
      {"http/1.1 h2", true, (const unsigned char *)"\x02h2\x08http/1.1", "h2; "},
      {"h2", true, (const unsigned char *)"\x08http/1.1\x02h2", "h2; "},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    const struct tls_server_options server = {.protocols = rows[i].served,
                                              .mirror = rows[i].mirror};
    struct world world = begin(until_fin, &server, NULL);
    world.tape->num = 0;
    struct peer peer = peer_client(&world, note_choice);
    assert_int_equal(SSL_CTX_set_alpn_protos(peer.context, rows[i].offered, 12), 0);
    peer_start(&peer);
    tape_run(world.loop, world.tape);
    peer_join(&peer);
    assert_string_equal(peer.notes, rows[i].chosen);
    end(&world);
  }
}

static void note_name(struct peer *peer, SSL *ssl) {
  const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  peer_note(peer, name != NULL ? name : "no name");
}

/* RFC 6066 section 3: literal addresses are not permitted. */
static void the_name_of_the_host_is_sent_but_never_an_address(void **state) {
  (void)state;
  const struct {
    const char *host;
    const char *sent;
  } rows[] = {
      {"localhost", "localhost; "}, {"www.example.org", "www.example.org; "},
      {"127.0.0.1", "no name; "},   {"::1", "no name; "},
      {NULL, "no name; "},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    const struct tls_client_options client = {.host = rows[i].host, .insecure = true};
    struct world world = begin(until_fin, &any_server, NULL);
    world.tape->num = 0;
    struct peer peer = peer_server(&world, note_name);
    secure_client(&world, 1, &client);
    peer_start(&peer);
    tape_open(world.tape, 1, 1);
    tape_run(world.loop, world.tape);
    peer_join(&peer);
    assert_string_equal(peer.notes, rows[i].sent);
    end(&world);
  }
}

struct trust_row {
  const char *host;
  bool trusted; /* by --cacert */
  bool insecure;
  const char *client;
  const char *failure;
};

static const struct trust_row trust_rows[] = {
    {"localhost", true, false, "connected 1; ", ""},
    {"127.0.0.1", true, false, "connected 1; ", ""},
    {"::1", true, false, "connected 1; ", ""},
    {NULL, true, false, "connected 1; ", ""},
    {"localhost", false, true, "connected 1; ", ""},
    {"example.org", false, true, "connected 1; ", ""},
    {"localhost", false, false, "refused 1; ",
     "the certificate of the target localhost is not accepted: self-signed certificate; use "
     "--insecure, or --cacert FILE with what is to be trusted"},
    {"127.0.0.1", false, false, "refused 1; ",
     "the certificate of the target is not accepted: self-signed certificate; use --insecure, or "
     "--cacert FILE with what is to be trusted"},
    {"example.org", true, false, "refused 1; ",
     "the certificate of the target example.org is not accepted: hostname mismatch; use "
     "--insecure, "
     "or the name that the certificate is for"},
    {"127.0.0.2", true, false, "refused 1; ",
     "the certificate of the target is not accepted: IP address mismatch; use --insecure, or the "
     "name that the certificate is for"},
};

static void a_certificate_must_be_trusted_and_for_the_host(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(trust_rows) / sizeof(trust_rows[0]); i++) {
    const struct trust_row *row = &trust_rows[i];
    struct diag diag = {0};
    char certificate_file[] = "/tmp/interim-cert-XXXXXX";
    (void)close(mkstemp(certificate_file));
    struct world world = {.loop = net_loop_new()};
    world.tape = tape_start(world.loop, alpn);
    tape_listen(world.tape, world.tape, "127.0.0.1:0");
    struct tls *server = tls_server_new(&any_server, &diag);
    assert_true(tls_server_save(server, certificate_file, &diag));
    net_player_listen_secure(world.tape->player, 0, server, false);
    tls_free(server);
    const struct tls_client_options client = {.host = row->host,
                                              .protocols = "h2",
                                              .cacert = row->trusted ? certificate_file : NULL,
                                              .insecure = row->insecure};
    secure_client(&world, 0, &client);
    tape_open(world.tape, 1, 0);
    tape_run(world.loop, world.tape);
    (void)remove(certificate_file);
    assert_string_equal(bytes_cstr(&world.tape->client), row->client);
    assert_string_equal(net_player_address_failure(world.tape->player, 0), row->failure);
    const char *told = net_player_listener_failure(world.tape->player, 0);
    assert_int_equal(strstr(told, "does not accept our") != NULL ||
                         strstr(told, "handshake with a client failed") != NULL,
                     row->failure[0] != '\0');
    end(&world);
  }
}

static void what_cannot_be_used_is_told_with_a_remedy(void **state) {
  (void)state;
  struct diag diag = {0};
  const struct tls_client_options no_file = {.cacert = "/nonexistent/ca.pem"};
  assert_null(tls_client_new(&no_file, &diag));
  assert_non_null(strstr(diag.reason, "'/nonexistent/ca.pem'"));
  assert_non_null(strstr(diag.reason, "; give a file in PEM format"));
  const struct tls_client_options no_pem = {.cacert = "/etc/passwd"};
  assert_null(tls_client_new(&no_pem, &diag));
  assert_non_null(strstr(diag.reason, "'/etc/passwd'"));
  const struct tls_server_options long_names = {
      .protocols = "0123456789012345678901234567890123456789012345678901234567890123"};
  assert_null(tls_server_new(&long_names, &diag));
  assert_non_null(strstr(diag.reason, "; name fewer"));
  const struct tls_server_options fitting = {
      .protocols = "012345678901234567890123456789012345678901234567890123456789 12"};
  struct tls *server = tls_server_new(&fitting, &diag);
  assert_non_null(server);
  assert_false(tls_server_save(server, "/nonexistent/cert.pem", &diag));
  assert_non_null(strstr(diag.reason, "No such file or directory; name another file"));
  tls_free(server);
  tls_free(NULL);
  assert_int_equal(setenv("SSLKEYLOGFILE", "/nonexistent/keys", 1), 0);
  assert_null(tls_client_new(&any_client, &diag));
  assert_int_equal(unsetenv("SSLKEYLOGFILE"), 0);
  assert_non_null(strstr(diag.reason, "; unset it or name a file that can be written"));
}

static size_t count_lines(const char *path, const char *word) {
  char line[512];
  size_t num = 0;
  FILE *in = fopen(path, "re");
  assert_non_null(in);
  while (fgets(line, (int)sizeof(line), in) != NULL) {
    num += span_starts(span_of(line), word);
  }
  (void)fclose(in);
  return num;
}

static void both_ends_log_their_keys(void **state) {
  (void)state;
  char path[] = "/tmp/interim-keys-XXXXXX";
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  (void)close(fd);
  assert_int_equal(setenv("SSLKEYLOGFILE", path, 1), 0);
  struct world world = begin(echo, &any_server, &any_client);
  assert_int_equal(unsetenv("SSLKEYLOGFILE"), 0);
  run_and_end(&world, "connected 1; bytes 1 polo; ", "accepted 0; bytes 0 marco; fin 0; ");
  assert_int_equal(count_lines(path, "CLIENT_HANDSHAKE_TRAFFIC_SECRET "), 2);
  assert_int_equal(count_lines(path, "SERVER_TRAFFIC_SECRET_0 "), 2);
  (void)remove(path);
}

static void http_400(struct tape *tape, const struct actor_event *event) {
  tape->count_only = true;
  if (tape_told(event, ACTOR_ACCEPTED_CONN, A0)) {
    tape_write(tape, A0, "HTTP/1.1 400 Bad Request\r\n\r\n");
    tape_do(tape, ACTOR_CLOSE, A0);
  }
  tape->done = event->kind == ACTOR_REFUSED;
}

static void http_closes(struct tape *tape, const struct actor_event *event) {
  tape->count_only = true;
  if (tape_told(event, ACTOR_BYTES, A0)) {
    tape_do(tape, ACTOR_CLOSE, A0);
  }
  tape->done = event->kind == ACTOR_REFUSED;
}

static void http_aborts(struct tape *tape, const struct actor_event *event) {
  tape->count_only = true;
  if (tape_told(event, ACTOR_BYTES, A0)) {
    tape_do(tape, ACTOR_ABORT, A0);
  }
  tape->done = event->kind == ACTOR_REFUSED;
}

static void a_target_without_tls_is_refused_with_the_remedy(void **state) {
  (void)state;
  const struct {
    void (*react)(struct tape *, const struct actor_event *);
    const char *failure;
  } rows[] = {
      {http_400, "the target does not answer in TLS; use its TLS port, or http:// in the URL"},
      {http_closes, "the TLS handshake with the target ended before it was done; check that its "
                    "port is one for TLS"},
      {http_aborts, "the TLS handshake with the target was cut by a reset; check that its port is "
                    "one for TLS"},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct world world = {.loop = net_loop_new()};
    world.tape = tape_start(world.loop, rows[i].react);
    tape_listen(world.tape, world.tape, "127.0.0.1:0");
    secure_client(&world, 0, &any_client);
    tape_open(world.tape, 1, 0);
    tape_run(world.loop, world.tape);
    assert_string_equal(net_player_address_failure(world.tape->player, 0), rows[i].failure);
    end_with(&world, "refused 1; ", "accepted 0; ");
  }
}

static void a_port_without_listener_says_so(void **state) {
  (void)state;
  struct world world = begin(seen_refused, &any_server, NULL);
  world.tape->num = 0;
  (void)close(listen_raw(&world));
  secure_client(&world, 1, &any_client);
  tape_open(world.tape, 1, 1);
  tape_run(world.loop, world.tape);
  const char *failure = net_player_address_failure(world.tape->player, 1);
  assert_true(span_starts(span_of(failure), "cannot connect to 127.0.0.1:"));
  assert_non_null(strstr(failure, ": connection refused; check that the target runs"));
  end_with(&world, "refused 1; ", "");
}

static void until_reset(struct tape *tape, const struct actor_event *event) {
  tape->done = event->kind == ACTOR_RESET;
}

struct garbage_row {
  const char *wire;
  size_t len;
  bool only; /* TLS alone */
  bool ends; /* with a FIN */
  const char *origin;
  const char *failure;
};

static void garbage_instead_of_a_handshake(void **state) {
  (void)state;
  const struct garbage_row rows[] = {
      {"\x16\x03\x01\x00\x05hello", 10, false, false, "accepted 0; reset 0; ",
       "the TLS handshake with a client failed: "},
      {"\x16garbage", 8, false, false, "accepted 0; reset 0; ", "the client does not speak TLS"},
      {"\x16\x03\x01", 3, false, true, "accepted 0; reset 0; ",
       "the TLS handshake with a client ended before it was done; "},
      {"GET / HTTP/1.1\r\n", 16, true, false, "accepted 0; reset 0; ",
       "the client does not speak TLS on a port for TLS alone; turn TLS on"},
      {"", 0, true, true, "accepted 0; reset 0; ", ""},
      {"\x16", 1, false, true, "accepted 0; reset 0; ",
       "the TLS handshake with a client ended before it was done; "},
      {"\x17", 1, false, true, "accepted 0; bytes 0 \\x17; fin 0; ", ""},
      {"", 0, false, true, "accepted 0; fin 0; ", ""},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    bool in_order = strstr(rows[i].origin, "fin") != NULL;
    struct world world = begin(in_order ? until_fin : until_reset, &any_server, NULL);
    world.tape->num = 0;
    secure_server(&world, 0, &any_server, rows[i].only);
    int fd = connect_raw(&world);
    assert_int_equal(write(fd, rows[i].wire, rows[i].len), (ssize_t)rows[i].len);
    if (rows[i].ends) {
      assert_int_equal(shutdown(fd, SHUT_WR), 0);
    }
    tape_run(world.loop, world.tape);
    const char *failure = net_player_listener_failure(world.tape->player, 0);
    assert_true(span_starts(span_of(failure), rows[i].failure));
    assert_int_equal(failure[0] == '\0', rows[i].failure[0] == '\0');
    end_with(&world, "", rows[i].origin);
    (void)close(fd);
  }
}

/* A target that takes the connection and says nothing. The actor's own deadline ends it. */
static void give_up_in_time(struct tape *tape, const struct actor_event *event) {
  if (event->kind != ACTOR_TIME) {
    return;
  }
  if (tape->wake_us == ACTOR_NEVER) {
    tape->wake_us = tape->now_us + 20000;
  } else if (tape->now_us >= tape->wake_us) {
    tape_do(tape, ACTOR_CLOSE, 1);
    tape_open(tape, 2, 1);
    tape_do(tape, ACTOR_ABORT, 2);
    tape->wake_us = ACTOR_NEVER;
    tape->done = true;
  }
}

static void a_target_that_stalls_in_the_handshake_is_the_actors_to_give_up(void **state) {
  (void)state;
  struct world world = begin(give_up_in_time, &any_server, NULL);
  world.tape->num = 0;
  int fd = listen_raw(&world);
  secure_client(&world, 1, &any_client);
  tape_open(world.tape, 1, 1);
  tape_run(world.loop, world.tape);
  assert_string_equal(net_player_address_failure(world.tape->player, 1),
                      "the TLS handshake with the target was not done when it was given up; check "
                      "that its port is one for TLS");
  end_with(&world, "", "");
  (void)close(fd);
}

struct waiting {
  struct tape *tape;
  int accepted_fd;
};

static bool is_let_go(void *user) {
  const struct waiting *waiting = user;
  return waiting->tape->done && fcntl(waiting->accepted_fd, F_GETFD) == -1;
}

static void write_and_close(struct tape *tape, const struct actor_event *event) {
  if (event->kind == ACTOR_ACCEPTED_CONN) {
    tape_write(tape, event->conn, "never to be sent");
    tape_do(tape, ACTOR_CLOSE, event->conn);
    tape->done = true;
  }
}

static void a_close_does_not_wait_for_ever_for_a_client_that_stalls(void **state) {
  (void)state;
  const char *wires[] = {"", "\x16\x03\x01"};
  for (size_t i = 0; i < 2; i++) {
    struct world world = begin(write_and_close, &any_server, NULL);
    world.tape->num = 0;
    int fd = connect_raw(&world);
    assert_true(write(fd, wires[i], strlen(wires[i])) >= 0);
    struct waiting waiting = {world.tape, dup(0)};
    (void)close(waiting.accepted_fd);
    (void)alarm(300);
    assert_int_equal(net_loop_run(world.loop, is_let_go, NULL, &waiting), 0);
    end(&world);
    (void)close(fd);
  }
}

static void echo_second(struct tape *tape, const struct actor_event *event) {
  if (tape_told(event, ACTOR_CONNECTED, 1)) {
    tape_write(tape, 1, "marco");
  } else if (tape_saw(event, A1, "marco")) {
    tape_write(tape, A1, "polo");
  }
  tape->done = tape_saw(event, 1, "polo");
}

static void a_client_that_stalls_does_not_hold_up_others(void **state) {
  (void)state;
  struct world world = begin(echo_second, &any_server, &any_client);
  int fd = connect_raw(&world);
  assert_int_equal(write(fd, "\x16\x03", 2), 2);
  run_and_end(&world, "connected 1; bytes 1 polo; ", "accepted 0; accepted 1; bytes 1 marco; ");
  (void)close(fd);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_echo_over_tls_and_over_clear_text_on_one_port),
      cmocka_unit_test(tls_goes_over_a_unix_socket_too),
      cmocka_unit_test(alpn_must_choose_what_was_asked),
      cmocka_unit_test(a_server_that_chooses_what_was_not_offered_is_refused),
      cmocka_unit_test(the_servers_order_counts_unless_it_mirrors_the_clients),
      cmocka_unit_test(the_name_of_the_host_is_sent_but_never_an_address),
      cmocka_unit_test(a_certificate_must_be_trusted_and_for_the_host),
      cmocka_unit_test(what_cannot_be_used_is_told_with_a_remedy),
      cmocka_unit_test(both_ends_log_their_keys),
      cmocka_unit_test(a_target_without_tls_is_refused_with_the_remedy),
      cmocka_unit_test(a_port_without_listener_says_so),
      cmocka_unit_test(garbage_instead_of_a_handshake),
      cmocka_unit_test(a_target_that_stalls_in_the_handshake_is_the_actors_to_give_up),
      cmocka_unit_test(a_close_does_not_wait_for_ever_for_a_client_that_stalls),
      cmocka_unit_test(a_client_that_stalls_does_not_hold_up_others),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
