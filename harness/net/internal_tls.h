/* What the files of net that know OpenSSL share. */
#ifndef INTERIM_NET_INTERNAL_TLS_H
#define INTERIM_NET_INTERNAL_TLS_H

#include "net/internal.h"
#include "net/tls.h"

#include <openssl/ssl.h>

enum { TLS_ALPN_SIZE = 64, TLS_HOST_SIZE = 256 };

struct tls {
  SSL_CTX *context;
  unsigned holders;
  bool server;
  bool mirror;
  char name[TLS_HOST_SIZE];      /* for SNI; "" sends none */
  char protocols[TLS_ALPN_SIZE]; /* as given */
  uint8_t alpn[TLS_ALPN_SIZE];   /* the same as ALPN writes them */
  size_t alpn_len;
  FILE *keys; /* SSLKEYLOGFILE, or NULL */
};

/* tls_certify gives a server's context a new key and a certificate signed with it. False when
 * OpenSSL cannot. */
bool tls_certify(SSL_CTX *context);

/* tls_explain says in one sentence why a handshake failed, or a connection after it was done, and
 * what to do about it. error is the first of OpenSSL's error queue. */
void tls_explain(const struct tls *tls, const SSL *ssl, unsigned long error, bool done,
                 struct diag *diag);

/* tls_accepts_choice tells whether a client may go on with what the server chose by ALPN; if not,
 * *diag says why. */
bool tls_accepts_choice(const struct tls *tls, const SSL *ssl, struct diag *diag);

#endif
