#include "net/internal_tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

static const char *first_error(void) {
  const char *reason = ERR_reason_error_string(ERR_peek_error());
  return reason != NULL ? reason : "no reason given";
}

static bool set_protocols(struct tls *tls, const char *protocols, struct diag *diag) {
  struct span rest = span_of(protocols != NULL ? protocols : "");
  if (rest.len >= sizeof(tls->protocols)) {
    diag_set(diag, NULL, 0, 0, "the ALPN protocols '%.100s' are longer than %zu bytes; name fewer",
             protocols, sizeof(tls->protocols) - 1);
    return false;
  }
  memcpy(tls->protocols, rest.ptr, rest.len);
  for (struct span word = span_word(&rest); word.len > 0; word = span_word(&rest)) {
    /* A length takes the place of a blank or of the end, so all fit. */
    tls->alpn[tls->alpn_len++] = (uint8_t)word.len;
    memcpy(tls->alpn + tls->alpn_len, word.ptr, word.len);
    tls->alpn_len += word.len;
  }
  return true;
}

static void log_key(const SSL *ssl, const char *line) {
  const struct tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
  (void)fprintf(tls->keys, "%s\n", line);
  (void)fflush(tls->keys);
}

static bool open_key_log(struct tls *tls, struct diag *diag) {
  const char *path = getenv("SSLKEYLOGFILE");
  if (path == NULL || path[0] == '\0') {
    return true;
  }
  tls->keys = fopen(path, "ae");
  if (tls->keys == NULL) {
    diag_set(diag, NULL, 0, 0,
             "cannot write to '%.100s', which SSLKEYLOGFILE names: %s; unset it or name a file "
             "that can be written",
             path, strerror(errno));
    return false;
  }
  SSL_CTX_set_keylog_callback(tls->context, log_key);
  return true;
}

static struct tls *make(const SSL_METHOD *method, const char *protocols, struct diag *diag) {
  struct tls *tls = net_alloc(sizeof(*tls));
  tls->holders = 1;
  ERR_clear_error();
  tls->context = SSL_CTX_new(method);
  if (tls->context == NULL || SSL_CTX_set_min_proto_version(tls->context, TLS1_2_VERSION) != 1) {
    diag_set(diag, NULL, 0, 0, "OpenSSL cannot be used: %s; check its configuration (openssl.cnf)",
             first_error());
    tls_free(tls);
    return NULL;
  }
  SSL_CTX_set_app_data(tls->context, tls);
  (void)SSL_CTX_set_options(tls->context,
                            SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
  (void)SSL_CTX_set_mode(tls->context, SSL_MODE_RELEASE_BUFFERS);
  (void)SSL_CTX_set_session_cache_mode(tls->context, SSL_SESS_CACHE_OFF);
  if (!set_protocols(tls, protocols, diag) || !open_key_log(tls, diag)) {
    tls_free(tls);
    return NULL;
  }
  return tls;
}

static bool demand_certificate(SSL_CTX *context, const char *cacert, struct diag *diag) {
  X509_VERIFY_PARAM *param = SSL_CTX_get0_param(context);
  /* A file that holds the server's own certificate, or one between, is as good as its root. */
  (void)X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
  ERR_clear_error();
  if (cacert == NULL) {
    /* Where the system trusts nobody, each certificate fails, with its own reason. */
    (void)SSL_CTX_set_default_verify_paths(context);
  } else if (SSL_CTX_load_verify_file(context, cacert) != 1) {
    diag_set(diag, NULL, 0, 0,
             "no certificates can be read from '%.100s': %s; give a file in PEM format", cacert,
             first_error());
    return false;
  }
  return true;
}

static bool set_host(struct tls *tls, const char *host, struct diag *diag) {
  X509_VERIFY_PARAM *param = SSL_CTX_get0_param(tls->context);
  size_t len = host != NULL ? strlen(host) : 0;
  if (len == 0 || X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1) {
    return true;
  }
  if (len >= sizeof(tls->name) || X509_VERIFY_PARAM_set1_host(param, host, 0) != 1) {
    diag_set(diag, NULL, 0, 0, "'%.100s' cannot be the name of a TLS server; check its spelling",
             host);
    return false;
  }
  memcpy(tls->name, host, len);
  return true;
}

struct tls *tls_client_new(const struct tls_client_options *options, struct diag *diag) {
  struct tls *tls = make(TLS_client_method(), options->protocols, diag);
  if (tls == NULL) {
    return NULL;
  }
  if (!set_host(tls, options->host, diag) ||
      (!options->insecure && !demand_certificate(tls->context, options->cacert, diag))) {
    tls_free(tls);
    return NULL;
  }
  /* The one function of OpenSSL that returns 0 for success. It can only run out of memory. */
  if (tls->alpn_len > 0 &&
      SSL_CTX_set_alpn_protos(tls->context, tls->alpn, (unsigned)tls->alpn_len) != 0) {
    abort();
  }
  return tls;
}

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                           const unsigned char *offered, unsigned offered_len, void *arg) {
  (void)ssl;
  const struct tls *tls = arg;
  unsigned char *chosen = NULL;
  unsigned ours_len = (unsigned)tls->alpn_len;
  /* Of the first list the order counts. */
  int found =
      tls->mirror
          ? SSL_select_next_proto(&chosen, out_len, offered, offered_len, tls->alpn, ours_len)
          : SSL_select_next_proto(&chosen, out_len, tls->alpn, ours_len, offered, offered_len);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

struct tls *tls_server_new(const struct tls_server_options *options, struct diag *diag) {
  struct tls *tls = make(TLS_server_method(), options->protocols, diag);
  if (tls == NULL) {
    return NULL;
  }
  tls->server = true;
  tls->mirror = options->mirror;
  ERR_clear_error();
  if (!tls_certify(tls->context)) {
    diag_set(diag, NULL, 0, 0,
             "OpenSSL cannot make a certificate: %s; check its configuration (openssl.cnf)",
             first_error());
    tls_free(tls);
    return NULL;
  }
  (void)SSL_CTX_set_num_tickets(tls->context, 0);
  if (tls->alpn_len > 0) {
    SSL_CTX_set_alpn_select_cb(tls->context, choose_protocol, tls);
  }
  return tls;
}

bool tls_server_save(const struct tls *tls, const char *path, struct diag *diag) {
  FILE *out = fopen(path, "we");
  bool written = out != NULL && PEM_write_X509(out, SSL_CTX_get0_certificate(tls->context)) == 1;
  if (out != NULL && fclose(out) != 0) {
    written = false;
  }
  if (!written) {
    diag_set(diag, NULL, 0, 0, "cannot write the certificate to '%.100s': %s; name another file",
             path, strerror(errno));
  }
  return written;
}

void tls_free(struct tls *tls) {
  if (tls == NULL || --tls->holders > 0) {
    return;
  }
  SSL_CTX_free(tls->context);
  if (tls->keys != NULL) {
    (void)fclose(tls->keys);
  }
  free(tls);
}
