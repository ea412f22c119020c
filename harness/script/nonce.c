#include "script/nonce.h"

#include <stdio.h>

void nonce_text(struct nonce nonce, char out[NONCE_LEN + 1]) {
  (void)snprintf(out, NONCE_LEN + 1, "%06x%04x%02x%04x", nonce.run & 0xffffffU,
                 nonce.play & 0xffffU, nonce.attempt & 0xffU, nonce.request & 0xffffU);
}

static int hex_digit(uint8_t byte) {
  if (byte >= '0' && byte <= '9') {
    return byte - '0';
  }
  return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static bool read_digits(struct span text, size_t at, uint64_t *out) {
  uint64_t value = 0;
  for (size_t i = 0; i < NONCE_LEN; i++) {
    int digit = hex_digit(text.ptr[at + i]);
    if (digit < 0) {
      return false;
    }
    value = value << 4 | (uint64_t)digit;
  }
  *out = value;
  return true;
}

static bool stands_before(struct span text, size_t at, const char *word) {
  size_t len = strlen(word);
  return at >= len && memcmp(text.ptr + at - len, word, len) == 0;
}

bool nonce_find(struct span text, uint32_t run, struct nonce *out, bool *planted) {
  for (size_t at = 0; at + NONCE_LEN <= text.len; at++) {
    uint64_t value = 0;
    if (read_digits(text, at, &value) && value >> 40 == (run & 0xffffffU)) {
      *out = (struct nonce){
          .run = run & 0xffffffU,
          .play = (uint32_t)(value >> 24 & 0xffffU),
          .attempt = (uint32_t)(value >> 16 & 0xffU),
          .request = (uint32_t)(value & 0xffffU),
      };
      *planted = stands_before(text, at, NONCE_PLANTED);
      return true;
    }
  }
  return false;
}

bool nonce_eq(struct nonce a, struct nonce b) {
  return a.run == b.run && a.play == b.play && a.attempt == b.attempt && a.request == b.request;
}
