#include "net/internal_tls.h"

#include <openssl/ec.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

enum { DAY = 24 * 60 * 60 };

static bool add_extension(X509 *certificate, int kind, const char *value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
  bool added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

static bool add_extensions(X509 *certificate) {
  return add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
         add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
         add_extension(certificate, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
}

/* A number of its own, as who trusts one run's certificate may meet the next run's. */
static bool set_serial(X509 *certificate) {
  uint64_t number = 0;
  return RAND_bytes((unsigned char *)&number, (int)sizeof(number)) == 1 &&
         ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), number >> 1) == 1;
}

static bool fill(X509 *certificate, EVP_PKEY *key) {
  X509_NAME *name = X509_get_subject_name(certificate);
  return X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY) != NULL &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), 365L * DAY) != NULL &&
         X509_set_pubkey(certificate, key) == 1 &&
         X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_ASC,
                                    (const unsigned char *)"localhost", -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1 && add_extensions(certificate) &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

bool tls_certify(SSL_CTX *context) {
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *certificate = X509_new();
  bool made = key != NULL && certificate != NULL && fill(certificate, key) &&
              SSL_CTX_use_certificate(context, certificate) == 1 &&
              SSL_CTX_use_PrivateKey(context, key) == 1;
  X509_free(certificate);
  EVP_PKEY_free(key);
  return made;
}
