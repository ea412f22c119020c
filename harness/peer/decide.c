#include "peer/decide.h"

#include "peer/bugs.h"

/* Every protocol that a 101 names must be one that the client offered (RFC 9110 section 7.8). */
static bool was_offered(struct span offered, struct span chosen) {
  struct span name;
  bool any = false;
  while (list_next(&chosen, &name)) {
    struct span rest = offered;
    struct span offer;
    bool found = false;
    while (!found && list_next(&rest, &offer)) {
      found = span_eq_nocase(offer, name);
    }
    if (!found) {
      return false;
    }
    any = true;
  }
  return any;
}

enum interim_action decide_interim(const struct exchange *x, const struct message *interim,
                                   const char **out_why) {
  bool plain_101 = bug_is(x->relay, BUG_IN_FAULT) && interim->h2;
  if (interim->code == 101 && !plain_101) {
    if (bug_is(x->relay, BUG_101_DROPPED)) {
      return INTERIM_SWALLOW;
    }
    if (was_offered(x->request.upgrade, interim->upgrade) ||
        (bug_is(x->relay, BUG_101_UNASKED) && x->front->switched != NULL)) {
      return INTERIM_SWITCH;
    }
    *out_why = "the origin switched to a protocol that the request did not offer";
    return INTERIM_REFUSE;
  }
  if (x->rule.interims >= DECIDE_MAX_INTERIMS) {
    *out_why = "the origin sent too many interim responses";
    return INTERIM_REFUSE;
  }
  /* HTTP/1.0 has no interim responses (RFC 9110 section 15.2). */
  if (x->request.minor == 0 && !bug_strikes(x, interim, BUG_TO_HTTP10)) {
    return INTERIM_SWALLOW;
  }
  /* The client was told to go on already. */
  if (interim->code == 100 && x->continued) {
    return INTERIM_SWALLOW;
  }
  return INTERIM_FORWARD;
}

/* To an expectation without content, or in HTTP/1.0, nothing is owed (RFC 9110 section 10.1.1). */
static bool expects(const struct message *request) {
  bool has_content = request->content == CONTENT_OPEN ||
                     (request->content == CONTENT_LENGTH && request->length > 0);
  return request->minor > 0 && request->expects_continue && has_content;
}

bool decide_relay_expect(const struct exchange *x) {
  return x->relay->config.relays_expect && expects(&x->request) &&
         !bug_strikes(x, NULL, BUG_NO_100);
}

bool decide_connect(const struct exchange *x) {
  return x->relay->config.connects && !x->relay->config.serves && x->front->switched != NULL;
}

bool decide_own_continue(const struct exchange *x, bool content_arrived) {
  const struct message *request = &x->request;
  if (bug_strikes(x, NULL, BUG_NO_100) || bug_is(x->relay, BUG_100_BEHIND_FINAL) ||
      bug_is(x->relay, BUG_100_INSIDE_FINAL) ||
      (bug_is(x->relay, BUG_101_FIRST) && request->upgrade.len > 0)) {
    return false;
  }
  if (request->minor == 0 && bug_strikes(x, NULL, BUG_100_TO_HTTP10)) {
    return request->expects_continue || x->relay->config.bug->number == 1;
  }
  return expects(request) && !content_arrived && !x->relay->config.relays_expect;
}

static bool is_idempotent(struct span method) {
  static const char *const names[] = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"};
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
    if (span_is(method, names[i])) {
      return true;
    }
  }
  return false;
}

enum loss_action decide_loss(const struct exchange *x, enum exchange_loss loss,
                             enum rule_breach breach, unsigned *out_code) {
  *out_code = loss == LOSS_SILENT ? 504 : 502;
  if (breach == RULE_FINAL_CUT) {
    return LOSS_CUT;
  }
  /* Content that was passed on is not kept. */
  if (bug_is(x->relay, BUG_RETRY) && x->retries == 0) {
    return LOSS_RETRY;
  }
  if (x->content_sent || x->retries >= DECIDE_MAX_RETRIES) {
    return LOSS_ANSWER;
  }
  if (loss == LOSS_STALE && is_idempotent(x->request.method)) {
    return LOSS_RETRY;
  }
  /* Who sent an interim response has processed something, whatever it says later. */
  if (loss == LOSS_REFUSED && breach == RULE_NO_FINAL) {
    return LOSS_RETRY;
  }
  return LOSS_ANSWER;
}

bool decide_reuse(const struct reuse_facts *facts) {
  bool clean =
      facts->unread == 0 || facts->bug == BUG_REUSE_UNREAD || facts->bug == BUG_FINAL_POOLED;
  bool whole = facts->request_ended || facts->bug == BUG_REUSE_OWING;
  return facts->persistent && whole && facts->delimited && clean;
}

bool decide_idle_bytes(const struct relay *relay, struct span bytes) {
  if (bug_is(relay, BUG_FINAL_POOLED) || bug_is(relay, BUG_REUSE_UNREAD)) {
    return true;
  }
  /* No request asked for them, and the next one must not be given them (RFC 9112 section 9.2). */
  return bytes.len == 0;
}

bool decide_persist(const struct persist_facts *facts) {
  if (facts->last || facts->close || facts->ended || !facts->delimited) {
    return false;
  }
  if (facts->minor == 0 && !facts->keep_alive) {
    return false;
  }
  return facts->request_ended || !facts->length_known || facts->unread <= DECIDE_MAX_DRAIN;
}

enum h1_framing decide_framing(const struct message *response, unsigned minor) {
  switch (response->content) {
  case CONTENT_NONE:
    return H1_NO_CONTENT;
  case CONTENT_LENGTH:
    return H1_LENGTH;
  case CONTENT_OPEN:
    return minor == 0 ? H1_UNTIL_CLOSE : H1_CHUNKED;
  }
  return H1_NO_CONTENT;
}

enum version_guess decide_version(struct span begun) {
  size_t len = begun.len < h2_preface.len ? begun.len : h2_preface.len;
  if (memcmp(begun.ptr, h2_preface.ptr, len) != 0) {
    return VERSION_1;
  }
  return len == h2_preface.len ? VERSION_2 : VERSION_UNKNOWN;
}

bool decide_admit(unsigned num_streams) {
  return num_streams < DECIDE_MAX_STREAMS;
}

bool decide_share(const struct share_facts *facts) {
  return facts->num_streams < DECIDE_MAX_STREAMS && facts->num_streams < facts->peer_streams &&
         facts->next_stream <= H2_MAX_STREAM;
}

bool decide_fault(const struct relay *relay, enum h2_fault fault, enum h2_error_code *out_code) {
  *out_code = H2_PROTOCOL_ERROR;
  if (fault == H2_FAULT_AFTER_END) {
    *out_code = H2_STREAM_CLOSED;
  } else if (fault == H2_FAULT_WINDOW_OVERFLOW) {
    *out_code = H2_FLOW_CONTROL_ERROR;
  }
  if (bug_is(relay, BUG_IN_FAULT) && fault == (enum h2_fault)relay->config.bug->number) {
    return false;
  }
  if (bug_is(relay, BUG_IN_FAULT) && relay->config.bug->number == H2_FAULT_TRAILERS_OPEN &&
      fault == H2_FAULT_PSEUDO_IN_TRAILERS) {
    return false;
  }
  if (bug_is(relay, BUG_IN_DATA) && fault == H2_FAULT_DATA_BEFORE_FINAL) {
    return false;
  }
  if (bug_is(relay, BUG_IN_EMPTY_DATA) && fault == H2_FAULT_EMPTY_DATA) {
    return true;
  }
  return h2_fault_malformed(fault) || h2_fault_content(fault);
}

enum h2_error_code decide_reset(enum reset_cause cause) {
  switch (cause) {
  case RESET_CUT:
    return H2_INTERNAL_ERROR;
  case RESET_EARLY:
    return H2_NO_ERROR;
  case RESET_REFUSED:
    return H2_REFUSED_STREAM;
  case RESET_ABANDONED:
  case RESET_SLOW:
    return H2_CANCEL;
  }
  return H2_INTERNAL_ERROR;
}

bool decide_ends_stream(const struct message *head) {
  if (status_is_interim(head->code)) {
    return false;
  }
  return head->content == CONTENT_NONE || (head->content == CONTENT_LENGTH && head->length == 0);
}
