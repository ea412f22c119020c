/* The interim rule: for each request zero or more interim (1xx) responses, then exactly one final
 * response (RFC 9110 section 15; RFC 9112 section 9.2; RFC 9113 section 8.1).
 *
 * One table of states and events that HTTP/1.1 (one rule a connection, requests in order) and
 * HTTP/2 (one rule a stream) share. It knows nothing of bytes. */
#ifndef INTERIM_CORE_INTERIM_RULE_H
#define INTERIM_CORE_INTERIM_RULE_H

#include <stdbool.h>

enum rule_state {
  RULE_IDLE,     /* no request is outstanding */
  RULE_WAITING,  /* a request is outstanding, nothing of its final response was seen */
  RULE_FINAL,    /* the final response's head was seen, its content is on the way */
  RULE_SWITCHED, /* 101, or 2xx to CONNECT: what follows is no HTTP */
  RULE_ENDED,    /* the connection or stream ended where it may */
  RULE_BROKEN,   /* the rule was broken; nothing after is judged */
};

enum rule_event {
  RULE_REQUEST,    /* one more request is outstanding */
  RULE_INTERIM,    /* the head of a response with a code of 100, or 102 to 199 */
  RULE_SWITCH,     /* the head of a 101, or of a 2xx to CONNECT */
  RULE_FINAL_HEAD, /* the head of a final response */
  RULE_FINAL_END,  /* the end of a final response */
  RULE_CLOSE,      /* the end of the connection or stream */
};

enum rule_breach {
  RULE_OK,
  RULE_UNSOLICITED_INTERIM, /* an interim response that belongs to no request, as after a final */
  RULE_UNSOLICITED_FINAL,   /* a second final response, or one to no request */
  RULE_NO_FINAL,            /* the end came after zero interims and before a final response */
  RULE_INTERIM_ONLY,   /* the end came after one or more interims and before a final response */
  RULE_FINAL_CUT,      /* the end came inside the final response */
  RULE_INTERIM_INSIDE, /* a response head inside a final response's content */
};

struct interim_rule {
  enum rule_state state;
  unsigned outstanding; /* requests without a complete final response */
  unsigned interims;    /* seen for the current request */
};

/* interim_rule_init begins without a request. */
void interim_rule_init(struct interim_rule *rule);

/* interim_rule_feed applies one event and returns what it breaks, RULE_OK if nothing. */
enum rule_breach interim_rule_feed(struct interim_rule *rule, enum rule_event event);

/* interim_rule_breach_text says in a few words what was broken. Static. */
const char *interim_rule_breach_text(enum rule_breach breach);

/* status_is_interim decides by class, never by a list: 100 to 199 (RFC 9110 section 15.2). 101 is
 * one too. */
static inline bool status_is_interim(unsigned code) {
  return code / 100 == 1;
}

/* status_is_final: 200 to 599 (RFC 9110 section 15). */
static inline bool status_is_final(unsigned code) {
  return code >= 200 && code <= 599;
}

#endif
