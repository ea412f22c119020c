/* Worlds with TLS for the tests of net: one tape that is client and server over real sockets, with
 * or without somebody on the wire between them, and peers that are OpenSSL's own. */
#ifndef INTERIM_TESTS_NET_TLS_WORLD_H
#define INTERIM_TESTS_NET_TLS_WORLD_H

#include "net/tls.h"
#include "net_tape.h"

#include <errno.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <sys/socket.h>

/* With somebody between, the server's connection is the second one that was accepted. */
#define A1 (ACTOR_ACCEPTED + 1)

struct world {
  struct net_loop *loop;
  struct tape *tape;
};

static const struct tls_server_options any_server = {.protocols = "h2 http/1.1"};
static const struct tls_client_options any_client = {.protocols = "h2", .insecure = true};

static inline void secure_client(struct world *world, unsigned address,
                                 const struct tls_client_options *options) {
  struct diag diag = {0};
  struct tls *tls = tls_client_new(options, &diag);
  assert_string_equal(diag.reason, "");
  assert_non_null(tls);
  net_player_secure(world->tape->player, address, tls);
  tls_free(tls);
}

static inline void secure_server(struct world *world, unsigned listener,
                                 const struct tls_server_options *options, bool only) {
  struct diag diag = {0};
  struct tls *tls = tls_server_new(options, &diag);
  assert_non_null(tls);
  net_player_listen_secure(world->tape->player, listener, tls, only);
  tls_free(tls);
}

/* begin makes a listener that takes TLS and clear text, and connection 1 to it. A client of NULL
 * speaks clear text. */
static inline struct world begin(void (*react)(struct tape *, const struct actor_event *),
                                 const struct tls_server_options *server,
                                 const struct tls_client_options *client) {
  struct world world = {.loop = net_loop_new()};
  assert_non_null(world.loop);
  world.tape = tape_start(world.loop, react);
  tape_listen(world.tape, world.tape, "127.0.0.1:0");
  secure_server(&world, 0, server, false);
  if (client != NULL) {
    secure_client(&world, 0, client);
  }
  tape_open(world.tape, 1, 0);
  return world;
}

static inline void end(struct world *world) {
  net_loop_free(world->loop);
  tape_free(world->tape);
}

/* end_with compares the logs of both lanes. */
static inline void end_with(struct world *world, const char *client, const char *origin) {
  assert_string_equal(bytes_cstr(&world->tape->client), client);
  assert_string_equal(bytes_cstr(&world->tape->origin), origin);
  end(world);
}

static inline void run_and_end(struct world *world, const char *client, const char *origin) {
  tape_run(world->loop, world->tape);
  end_with(world, client, origin);
}

static inline struct sockaddr_in loopback(const char *name) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (name != NULL) {
    const char *port = strrchr(name, ':');
    assert_non_null(port);
    address.sin_port = htons((uint16_t)strtoul(port + 1, NULL, 10));
  }
  return address;
}

/* connect_raw connects a socket of the test's own to the world's first listener. */
static inline int connect_raw(const struct world *world) {
  char name[64];
  net_player_listener_name(world->tape->player, 0, name, sizeof(name));
  struct sockaddr_in address = loopback(name);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
  return fd;
}

/* listen_raw binds a socket of the test's own and makes it the tape's next address. */
static inline int listen_raw(const struct world *world) {
  char name[64];
  struct diag diag;
  struct sockaddr_in address = loopback(NULL);
  socklen_t len = sizeof(address);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
  assert_int_equal(listen(fd, 16), 0);
  assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
  (void)snprintf(name, sizeof(name), "127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
  assert_true(net_player_address(world->tape->player, name, &diag) >= 0);
  return fd;
}

/* A peer by OpenSSL alone, in a thread with blocking calls. It asserts nothing itself, as a failed
 * assertion jumps: it notes, and the test compares after peer_join. */
struct peer {
  pthread_t thread;
  int fd;
  bool server;
  SSL_CTX *context;
  void (*play)(struct peer *peer, SSL *ssl);
  bool shaken;
  char notes[256];
};

static inline void peer_note(struct peer *peer, const char *note) {
  size_t len = strlen(peer->notes);
  (void)snprintf(peer->notes + len, sizeof(peer->notes) - len, "%s; ", note);
}

/* peer_read notes what one read gives. */
static inline void peer_read(struct peer *peer, SSL *ssl) {
  char room[64];
  int len = SSL_read(ssl, room, (int)sizeof(room) - 1);
  if (len > 0) {
    room[len] = '\0';
    peer_note(peer, room);
  } else {
    peer_note(peer, SSL_get_error(ssl, len) == SSL_ERROR_ZERO_RETURN ? "close_notify" : "broken");
  }
}

static inline void *peer_main(void *user) {
  struct peer *peer = user;
  int fd = peer->server ? accept(peer->fd, NULL, NULL) : peer->fd;
  SSL *ssl = SSL_new(peer->context);
  (void)SSL_set_fd(ssl, fd);
  peer->shaken = (peer->server ? SSL_accept(ssl) : SSL_connect(ssl)) == 1;
  if (peer->shaken) {
    peer->play(peer, ssl);
  }
  SSL_free(ssl);
  (void)close(fd);
  return NULL;
}

static inline struct peer peer_client(const struct world *world,
                                      void (*play)(struct peer *, SSL *)) {
  struct peer peer = {.fd = connect_raw(world), .play = play};
  peer.context = SSL_CTX_new(TLS_client_method());
  return peer;
}

/* peer_server has a certificate that only --insecure takes. */
static inline struct peer peer_server(const struct world *world,
                                      void (*play)(struct peer *, SSL *)) {
  struct peer peer = {.fd = listen_raw(world), .server = true, .play = play};
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *certificate = X509_new();
  (void)X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  (void)X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  (void)X509_set_pubkey(certificate, key);
  assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
  peer.context = SSL_CTX_new(TLS_server_method());
  assert_int_equal(SSL_CTX_use_certificate(peer.context, certificate), 1);
  assert_int_equal(SSL_CTX_use_PrivateKey(peer.context, key), 1);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return peer;
}

static inline void peer_start(struct peer *peer) {
  assert_int_equal(pthread_create(&peer->thread, NULL, peer_main, peer), 0);
}

static inline void peer_join(struct peer *peer) {
  assert_int_equal(pthread_join(peer->thread, NULL), 0);
  SSL_CTX_free(peer->context);
  if (peer->server) {
    (void)close(peer->fd);
  }
}

#endif
