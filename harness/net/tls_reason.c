#include "net/internal_tls.h"

#include "base/escape.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>

static void explain_certificate(const struct tls *tls, long result, struct diag *diag) {
  const char *remedy = "use --insecure to take any certificate";
  if (result == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT ||
      result == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
      result == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
      result == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE) {
    remedy = "use --insecure, or --cacert FILE with what is to be trusted";
  } else if (result == X509_V_ERR_HOSTNAME_MISMATCH || result == X509_V_ERR_IP_ADDRESS_MISMATCH) {
    remedy = "use --insecure, or the name that the certificate is for";
  }
  diag_set(diag, NULL, 0, 0, "the certificate of the target%s%.80s is not accepted: %s; %s",
           tls->name[0] != '\0' ? " " : "", tls->name, X509_verify_cert_error_string(result),
           remedy);
}

static void explain_to_client(const struct tls *tls, int reason, const char *text,
                              struct diag *diag) {
  switch (reason) {
  case SSL_R_WRONG_VERSION_NUMBER:
  case SSL_R_PACKET_LENGTH_TOO_LONG:
    diag_set(diag, NULL, 0, 0,
             "the target does not answer in TLS; use its TLS port, or http:// in the URL");
    break;
  case SSL_AD_REASON_OFFSET + SSL_AD_NO_APPLICATION_PROTOCOL:
    diag_set(diag, NULL, 0, 0,
             "the target takes none of what ALPN offers (%s); turn that on in the target, or use "
             "another --front",
             tls->protocols);
    break;
  case SSL_R_BAD_EXTENSION:
    /* OpenSSL does not tell which; it looks into few. */
    diag_set(diag, NULL, 0, 0,
             "the target's answer in the TLS handshake has a wrong extension; perhaps it chose by "
             "ALPN what was not offered (%s)",
             tls->protocols);
    break;
  case SSL_R_UNSUPPORTED_PROTOCOL:
  case SSL_AD_REASON_OFFSET + SSL_AD_PROTOCOL_VERSION:
    diag_set(diag, NULL, 0, 0,
             "the target speaks neither TLS 1.2 nor 1.3; turn one of them on in the target");
    break;
  case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
    diag_set(diag, NULL, 0, 0,
             "the target refuses the TLS handshake (handshake_failure); look into its log, and "
             "check its certificate and ciphers");
    break;
  default:
    diag_set(diag, NULL, 0, 0, "the TLS handshake with the target failed: %s; look into its log",
             text);
    break;
  }
}

static void explain_to_server(const struct tls *tls, int reason, const char *text,
                              struct diag *diag) {
  switch (reason) {
  case SSL_R_NO_APPLICATION_PROTOCOL:
    diag_set(diag, NULL, 0, 0,
             "the client offers by ALPN none of what is served (%s); let it offer one of them",
             tls->protocols);
    break;
  case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
  case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
  case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    diag_set(diag, NULL, 0, 0,
             "the client does not accept our self-signed certificate (%s); turn its verification "
             "off, or let it trust our certificate",
             text);
    break;
  case SSL_R_HTTP_REQUEST:
  case SSL_R_WRONG_VERSION_NUMBER:
    diag_set(diag, NULL, 0, 0,
             "the client does not speak TLS on a port for TLS alone; turn TLS on");
    break;
  case SSL_R_UNSUPPORTED_PROTOCOL:
    diag_set(diag, NULL, 0, 0,
             "the client speaks neither TLS 1.2 nor 1.3; turn one of them on in it");
    break;
  default:
    diag_set(diag, NULL, 0, 0, "the TLS handshake with a client failed: %s; look into its log",
             text);
    break;
  }
}

void tls_explain(const struct tls *tls, const SSL *ssl, unsigned long error, bool done,
                 struct diag *diag) {
  const char *text = ERR_reason_error_string(error);
  int reason = ERR_GET_REASON(error);
  if (text == NULL) {
    text = "no reason given";
  }
  if (done) {
    diag_set(diag, NULL, 0, 0, "TLS with %s broke: %s; look into its log",
             tls->server ? "a client" : "the target", text);
  } else if (tls->server) {
    explain_to_server(tls, reason, text, diag);
  } else if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
    explain_certificate(tls, SSL_get_verify_result(ssl), diag);
  } else {
    explain_to_client(tls, reason, text, diag);
  }
}

static bool offered(const struct tls *tls, struct span protocol) {
  struct span rest = span_of(tls->protocols);
  for (struct span word = span_word(&rest); word.len > 0; word = span_word(&rest)) {
    if (span_eq(word, protocol)) {
      return true;
    }
  }
  return false;
}

bool tls_accepts_choice(const struct tls *tls, const SSL *ssl, struct diag *diag) {
  const unsigned char *name = NULL;
  unsigned len = 0;
  SSL_get0_alpn_selected(ssl, &name, &len);
  /* Who does not use ALPN speaks HTTP/1.1. */
  if (tls->alpn_len == 0 || offered(tls, len > 0 ? span_make(name, len) : span_of("http/1.1"))) {
    return true;
  }
  struct bytes chosen = {0};
  escape_text(&chosen, span_make(name, len));
  diag_set(diag, NULL, 0, 0,
           "the target chose %.80s by ALPN, not %s; turn that on in the target, or use another "
           "--front",
           len > 0 ? bytes_cstr(&chosen) : "no protocol", tls->protocols);
  bytes_free(&chosen);
  return false;
}
