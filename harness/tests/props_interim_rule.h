/* What must be true of the interim rule whatever happens in whatever order: it is held against a
 * reading of it that shares no code and keeps no states, only the history. */
#ifndef INTERIM_TESTS_PROPS_INTERIM_RULE_H
#define INTERIM_TESTS_PROPS_INTERIM_RULE_H

#include "core/interim_rule.h"

#include <stddef.h>
#include <stdint.h>

/* The history, told in other words. */
struct rule_history {
  unsigned requests;
  unsigned finals;   /* heads of final responses */
  unsigned ends;     /* of final responses */
  unsigned interims; /* since the last final */
  bool switched;
  bool closed;
};

static inline enum rule_breach history_head(struct rule_history *history, bool final) {
  if (history->closed || history->switched) {
    return final ? RULE_UNSOLICITED_FINAL : RULE_UNSOLICITED_INTERIM;
  }
  if (history->finals > history->ends) {
    return final ? RULE_UNSOLICITED_FINAL : RULE_INTERIM_INSIDE;
  }
  if (history->requests == history->finals) {
    return final ? RULE_UNSOLICITED_FINAL : RULE_UNSOLICITED_INTERIM;
  }
  return RULE_OK;
}

static inline enum rule_breach history_close(const struct rule_history *history) {
  if (history->closed || history->switched) {
    return RULE_OK;
  }
  if (history->finals > history->ends) {
    return RULE_FINAL_CUT;
  }
  if (history->requests > history->finals) {
    return history->interims > 0 ? RULE_INTERIM_ONLY : RULE_NO_FINAL;
  }
  return RULE_OK;
}

static inline enum rule_breach history_feed(struct rule_history *history, enum rule_event event) {
  enum rule_breach breach = RULE_OK;
  switch (event) {
  case RULE_REQUEST:
    history->requests += !history->closed && !history->switched;
    return RULE_OK;
  case RULE_INTERIM:
  case RULE_SWITCH:
    breach = history_head(history, false);
    history->interims++;
    history->switched = history->switched || event == RULE_SWITCH;
    return breach;
  case RULE_FINAL_HEAD:
    breach = history_head(history, true);
    history->finals++;
    history->interims = 0;
    return breach;
  case RULE_FINAL_END:
    if (history->switched && !history->closed) {
      return RULE_OK;
    }
    if (history->closed || history->finals == history->ends) {
      return RULE_UNSOLICITED_FINAL;
    }
    history->ends++;
    return RULE_OK;
  case RULE_CLOSE:
    breach = history_close(history);
    history->closed = true;
    return breach;
  }
  return breach;
}

/* prop_rule_sequence reads one event from each byte. Returns NULL, or what did not hold. */
static inline const char *prop_rule_sequence(const uint8_t *bytes, size_t len) {
  struct interim_rule rule;
  struct rule_history history = {0};
  interim_rule_init(&rule);
  for (size_t i = 0; i < len; i++) {
    enum rule_event event = (enum rule_event)(bytes[i] % (RULE_CLOSE + 1));
    bool broken = rule.state == RULE_BROKEN;
    enum rule_breach breach = interim_rule_feed(&rule, event);
    if (broken) {
      if (breach != RULE_OK || rule.state != RULE_BROKEN) {
        return "something is judged after the rule was broken";
      }
      continue;
    }
    if (breach != history_feed(&history, event)) {
      return "another breach than the history says";
    }
    if ((breach != RULE_OK) != (rule.state == RULE_BROKEN)) {
      return "a breach that does not break, or a break without a breach";
    }
    if (breach != RULE_OK && interim_rule_breach_text(breach)[0] == '\0') {
      return "a breach without words";
    }
  }
  return NULL;
}

#endif
