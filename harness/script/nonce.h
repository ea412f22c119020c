/* A nonce names one request of one play of one case in one run: sixteen lower-case hexadecimal
 * digits. Every request carries it in its path and in a field, every response of ours echoes it, so
 * that an answer that reaches the wrong reader is known, and known whose it was. */
#ifndef INTERIM_SCRIPT_NONCE_H
#define INTERIM_SCRIPT_NONCE_H

#include "base/span.h"

enum { NONCE_LEN = 16 };

/* The field that finals and requests carry, and the one that interim responses carry: two names, so
 * that an interim's field in a final shows. */
#define NONCE_FIELD "Interim-Nonce"
#define MARK_FIELD "Interim-Mark"
/* Stands before a nonce in content that must never arrive as a message. */
#define NONCE_PLANTED "planted-"

struct nonce {
  uint32_t run;     /* 24 bits */
  uint32_t play;    /* 16 bits: the play's index in its stage */
  uint32_t attempt; /* 8 bits */
  uint32_t request; /* 16 bits: from 0, in the order sent */
};

/* nonce_text writes the digits and a NUL. */
void nonce_text(struct nonce nonce, char out[NONCE_LEN + 1]);

/* nonce_find looks for a nonce of this run anywhere in the text. *planted tells whether
 * NONCE_PLANTED stands before it. False when there is none. */
bool nonce_find(struct span text, uint32_t run, struct nonce *out, bool *planted);

/* nonce_eq tells whether both name the same request. */
bool nonce_eq(struct nonce a, struct nonce b);

#endif
