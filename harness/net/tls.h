/* TLS for the addresses and listeners of a loop: what is offered, accepted and trusted.
 *
 * TLS 1.2 and 1.3. Nothing is resumed and no tickets are given; those of a peer are ignored.
 * Renegotiation is refused, a KeyUpdate (RFC 8446 section 4.6.3) is answered. When the environment
 * variable SSLKEYLOGFILE names a file, the secrets of each connection are appended to it, so that
 * other tools can read a capture. loop.h puts a context on an address or a listener. */
#ifndef INTERIM_NET_TLS_H
#define INTERIM_NET_TLS_H

#include "base/diag.h"

#include <stdbool.h>

struct tls; /* a context: of clients or of servers */

/* Protocols are ALPN names (RFC 7301), most wanted first, separated by blanks: "h2 http/1.1". */

struct tls_client_options {
  /* The host of the URL, an IPv6 address without brackets: what the certificate must be for. A name
   * is sent as SNI (RFC 6066 section 3), an IP address never is. NULL: no SNI, any name. */
  const char *host;
  /* What ALPN offers; NULL offers nothing. A connection is refused when the server chooses another
   * protocol, or none although "http/1.1" was not offered. */
  const char *protocols;
  const char *cacert; /* a PEM file with what is trusted; NULL: what the system trusts */
  bool insecure;      /* any certificate will do; cacert is not looked at */
};

struct tls_server_options {
  /* What ALPN may choose; NULL takes no part in ALPN. A client that offers none of it is refused
   * with the alert no_application_protocol. One that does not use ALPN is served. */
  const char *protocols;
  bool mirror; /* the client's order of preference counts, not ours */
};

/* tls_client_new makes a context for connections to one host. NULL with *diag set when the file of
 * trusted certificates or SSLKEYLOGFILE cannot be used. */
struct tls *tls_client_new(const struct tls_client_options *options, struct diag *diag);

/* tls_server_new makes a context for listeners, with a new key and a certificate that it signs
 * itself: P-256, for localhost, 127.0.0.1 and ::1, valid from yesterday for a year. NULL with *diag
 * set. */
struct tls *tls_server_new(const struct tls_server_options *options, struct diag *diag);

/* tls_server_save writes the server's certificate to a PEM file, for whoever is to trust it. False
 * with *diag set. */
bool tls_server_save(const struct tls *tls, const char *path, struct diag *diag);

/* tls_free lets go of a context; NULL is allowed. Loops that use it keep it until they are freed.
 */
void tls_free(struct tls *tls);

#endif
