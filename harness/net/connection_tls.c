#include "net/internal_tls.h"

#include <openssl/err.h>

enum { RECORD_HANDSHAKE = 0x16 }; /* RFC 8446 section 5.1 */

/* One write that waits. */
struct held {
  struct held *next;
  size_t len;
  uint8_t bytes[];
};

struct secure {
  struct tls *tls;
  SSL *ssl; /* NULL: a client not yet connected, a server without a byte */
  BIO *in;  /* the socket's bytes, the SSL's own */
  BIO *out;
  bool only;  /* never clear text */
  bool done;  /* the handshake */
  bool ended; /* close_notify is sent */
  struct held *first;
  struct held **last;
  size_t held;
};

/* OpenSSL makes these of nothing but memory. */
static void *must(void *made) {
  if (made == NULL) {
    (void)fprintf(stderr, "interim: out of memory in OpenSSL\n");
    abort();
  }
  return made;
}

struct secure *secure_new(struct tls *tls, bool only) {
  struct secure *secure = net_alloc(sizeof(*secure));
  secure->tls = tls;
  secure->only = only;
  secure->last = &secure->first;
  return secure;
}

static void drop_held(struct secure *secure) {
  while (secure->first != NULL) {
    struct held *first = secure->first;
    secure->first = first->next;
    free(first);
  }
  secure->held = 0;
}

void secure_free(struct secure *secure) {
  if (secure == NULL) {
    return;
  }
  drop_held(secure);
  SSL_free(secure->ssl);
  free(secure);
}

bool secure_waits(const struct secure *secure) {
  return !secure->done;
}

size_t secure_held(const struct secure *secure) {
  return secure->held;
}

static void begin(struct secure *secure) {
  struct tls *tls = secure->tls;
  secure->ssl = must(SSL_new(tls->context));
  secure->in = must(BIO_new(BIO_s_mem()));
  secure->out = must(BIO_new(BIO_s_mem()));
  SSL_set_bio(secure->ssl, secure->in, secure->out);
  if (tls->server) {
    SSL_set_accept_state(secure->ssl);
    return;
  }
  SSL_set_connect_state(secure->ssl);
  if (tls->name[0] != '\0' && SSL_set_tlsext_host_name(secure->ssl, tls->name) != 1) {
    (void)must(NULL);
  }
}

/* All that OpenSSL has written, in one write. */
static void flush(struct connection *connection) {
  BIO *out = connection->secure->out;
  char *bytes = NULL;
  long len = BIO_get_mem_data(out, &bytes);
  if (len > 0) {
    connection_send(connection, span_make(bytes, (size_t)len));
    (void)BIO_reset(out);
  }
}

static void encrypt(struct connection *connection, struct span bytes) {
  size_t written = 0;
  ERR_clear_error();
  if (SSL_write_ex(connection->secure->ssl, bytes.ptr, bytes.len, &written) != 1) {
    connection_break(connection, ACTOR_RESET);
    return;
  }
  flush(connection);
}

void secure_write(struct connection *connection, struct span bytes) {
  struct secure *secure = connection->secure;
  if (connection->state == CONNECTION_BROKEN || bytes.len == 0) {
    return;
  }
  if (secure->done) {
    encrypt(connection, bytes);
    return;
  }
  if (secure->held + bytes.len > NET_QUEUE_LIMIT) {
    connection_overflow(connection);
    return;
  }
  struct held *held = net_alloc(sizeof(*held) + bytes.len);
  held->len = bytes.len;
  memcpy(held->bytes, bytes.ptr, bytes.len);
  *secure->last = held;
  secure->last = &held->next;
  secure->held += bytes.len;
}

void secure_end(struct connection *connection) {
  struct secure *secure = connection->secure;
  if (secure->done && !secure->ended && connection->state != CONNECTION_BROKEN) {
    secure->ended = true;
    ERR_clear_error();
    (void)SSL_shutdown(secure->ssl);
    flush(connection);
  }
}

/* What the actor asked for before it could be done. */
static void catch_up(struct connection *connection) {
  struct secure *secure = connection->secure;
  for (const struct held *held = secure->first; held != NULL; held = held->next) {
    encrypt(connection, span_make(held->bytes, held->len));
  }
  drop_held(secure);
  if (connection->shut || connection->state == CONNECTION_LEAVING) {
    secure_end(connection);
  }
  connection_sent(connection);
}

/* The peer speaks clear text, so nothing of TLS is left. */
static void clear(struct connection *connection) {
  struct secure *secure = connection->secure;
  connection->secure = NULL;
  for (const struct held *held = secure->first; held != NULL; held = held->next) {
    connection_send(connection, span_make(held->bytes, held->len));
  }
  secure_free(secure);
  connection_sent(connection);
}

void secure_miss(const struct connection *connection, const char *how) {
  const struct secure *secure = connection->secure;
  if (secure->done || secure->ssl == NULL) {
    return;
  }
  diag_set(connection_failure(connection), NULL, 0, 0,
           secure->tls->server ? "the TLS handshake with a client %s; look into its log"
                               : "the TLS handshake with the target %s; check that its port is one "
                                 "for TLS",
           how);
}

/* An alert may say to the peer why. */
static void fail(struct connection *connection, unsigned long error) {
  struct secure *secure = connection->secure;
  tls_explain(secure->tls, secure->ssl, error, secure->done, connection_failure(connection));
  flush(connection);
  connection_break(connection, ACTOR_RESET);
}

static void established(struct connection *connection) {
  struct secure *secure = connection->secure;
  secure->done = true;
  if (!secure->tls->server &&
      !tls_accepts_choice(secure->tls, secure->ssl, connection_failure(connection))) {
    secure_end(connection);
    connection_break(connection, ACTOR_REFUSED);
    return;
  }
  bool shaking = connection->state == CONNECTION_SHAKING;
  if (shaking) {
    connection->state = CONNECTION_OPEN;
  }
  catch_up(connection);
  if (shaking && connection->state == CONNECTION_OPEN) {
    connection_tell(connection, ACTOR_CONNECTED, (struct span){0});
  }
}

static void shake(struct connection *connection) {
  struct secure *secure = connection->secure;
  ERR_clear_error();
  int result = SSL_do_handshake(secure->ssl);
  int why = SSL_get_error(secure->ssl, result);
  if (result == 1) {
    flush(connection);
    established(connection);
  } else if (why == SSL_ERROR_WANT_READ) {
    flush(connection);
  } else {
    fail(connection, ERR_peek_error());
  }
}

void secure_start(struct connection *connection) {
  begin(connection->secure);
  shake(connection);
}

/* Tells all that came in whole records, at most a buffer full. Returns why it ended, by OpenSSL's
 * names: SSL_ERROR_NONE says that there may be more. */
static int tell_records(struct connection *connection, unsigned long *error) {
  SSL *ssl = connection->secure->ssl;
  char *room = connection->player->loop->buffer;
  size_t total = 0;
  int why = SSL_ERROR_NONE;
  ERR_clear_error();
  while (total < NET_READ_SIZE && why == SSL_ERROR_NONE) {
    size_t len = 0;
    int result = SSL_read_ex(ssl, room + total, NET_READ_SIZE - total, &len);
    why = SSL_get_error(ssl, result);
    total += len;
  }
  *error = ERR_peek_error();
  if (total > 0) {
    connection_tell(connection, ACTOR_BYTES, span_make(room, total));
  }
  return why;
}

static void read_records(struct connection *connection) {
  int why = SSL_ERROR_NONE;
  unsigned long error = 0;
  while (why == SSL_ERROR_NONE && connection->state == CONNECTION_OPEN && !connection->fin) {
    why = tell_records(connection, &error);
  }
  if (connection->state != CONNECTION_OPEN || connection->fin) {
    return;
  }
  if (why == SSL_ERROR_ZERO_RETURN) {
    connection->fin = true;
    connection_tell(connection, ACTOR_FIN, (struct span){0});
  } else if (why != SSL_ERROR_WANT_READ) {
    fail(connection, error);
  } else {
    flush(connection); /* a warning, such as no_renegotiation */
  }
}

void secure_read(struct connection *connection, struct span raw) {
  struct secure *secure = connection->secure;
  if (secure->done && (connection->state != CONNECTION_OPEN || connection->fin)) {
    return;
  }
  if (secure->ssl == NULL) {
    if (!secure->only && raw.ptr[0] != RECORD_HANDSHAKE) {
      clear(connection);
      if (connection->state == CONNECTION_OPEN) {
        connection_tell(connection, ACTOR_BYTES, raw);
      }
      return;
    }
    begin(secure);
  }
  if (BIO_write(secure->in, raw.ptr, (int)raw.len) != (int)raw.len) {
    (void)must(NULL);
  }
  if (!secure->done) {
    shake(connection);
  }
  if (secure->done) {
    read_records(connection);
  }
}

bool secure_fin(struct connection *connection) {
  const struct secure *secure = connection->secure;
  if (secure->done) {
    return true;
  }
  if (secure->ssl == NULL && !secure->only) {
    clear(connection);
    return true;
  }
  secure_miss(connection, "ended before it was done");
  connection_break(connection, ACTOR_RESET);
  return false;
}
