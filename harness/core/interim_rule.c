#include "core/interim_rule.h"

enum { NUM_STATES = RULE_BROKEN + 1, NUM_EVENTS = RULE_CLOSE + 1 };

struct cell {
  enum rule_state next;
  enum rule_breach breach;
};

/* Two cells are refined by the counts, in settle() below: the end of a final response goes on to
 * RULE_WAITING while requests are outstanding, and RULE_NO_FINAL after interims is
 * RULE_INTERIM_ONLY. */
static const struct cell table[NUM_STATES][NUM_EVENTS] =
    {
        [RULE_IDLE] =
            {
                [RULE_REQUEST] = {RULE_WAITING, RULE_OK},
                [RULE_INTERIM] = {RULE_BROKEN, RULE_UNSOLICITED_INTERIM},
                [RULE_SWITCH] = {RULE_BROKEN, RULE_UNSOLICITED_INTERIM},
                [RULE_FINAL_HEAD] = {RULE_BROKEN, RULE_UNSOLICITED_FINAL},
                [RULE_FINAL_END] = {RULE_BROKEN, RULE_UNSOLICITED_FINAL},
                [RULE_CLOSE] = {RULE_ENDED, RULE_OK},
            },
        [RULE_WAITING] =
            {
                [RULE_REQUEST] = {RULE_WAITING, RULE_OK},
                [RULE_INTERIM] = {RULE_WAITING, RULE_OK},
                [RULE_SWITCH] = {RULE_SWITCHED, RULE_OK},
                [RULE_FINAL_HEAD] = {RULE_FINAL, RULE_OK},
                [RULE_FINAL_END] = {RULE_BROKEN, RULE_UNSOLICITED_FINAL},
                [RULE_CLOSE] = {RULE_BROKEN, RULE_NO_FINAL},
            },
        [RULE_FINAL] =
            {
                [RULE_REQUEST] = {RULE_FINAL, RULE_OK},
                [RULE_INTERIM] = {RULE_BROKEN, RULE_INTERIM_INSIDE},
                [RULE_SWITCH] = {RULE_BROKEN, RULE_INTERIM_INSIDE},
                [RULE_FINAL_HEAD] = {RULE_BROKEN, RULE_UNSOLICITED_FINAL},
                [RULE_FINAL_END] = {RULE_IDLE, RULE_OK},
                [RULE_CLOSE] = {RULE_BROKEN, RULE_FINAL_CUT},
            },
        [RULE_SWITCHED] =
            {
                [RULE_REQUEST] = {RULE_SWITCHED, RULE_OK},
                [RULE_INTERIM] = {RULE_BROKEN, RULE_UNSOLICITED_INTERIM},
                [RULE_SWITCH] = {RULE_BROKEN, RULE_UNSOLICITED_INTERIM},
                [RULE_FINAL_HEAD] = {RULE_BROKEN, RULE_UNSOLICITED_FINAL},
                [RULE_FINAL_END] = {RULE_SWITCHED, RULE_OK},
                [RULE_CLOSE] = {RULE_ENDED, RULE_OK},
            },
        [RULE_ENDED] =
            {
                [RULE_REQUEST] = {RULE_ENDED, RULE_OK},
                [RULE_INTERIM] = {RULE_BROKEN, RULE_UNSOLICITED_INTERIM},
                [RULE_SWITCH] = {RULE_BROKEN, RULE_UNSOLICITED_INTERIM},
                [RULE_FINAL_HEAD] = {RULE_BROKEN, RULE_UNSOLICITED_FINAL},
                [RULE_FINAL_END] = {RULE_BROKEN, RULE_UNSOLICITED_FINAL},
                [RULE_CLOSE] = {RULE_ENDED, RULE_OK},
            },
        [RULE_BROKEN] =
            {
                [RULE_REQUEST] = {RULE_BROKEN, RULE_OK},
                [RULE_INTERIM] = {RULE_BROKEN, RULE_OK},
                [RULE_SWITCH] = {RULE_BROKEN, RULE_OK},
                [RULE_FINAL_HEAD] = {RULE_BROKEN, RULE_OK},
                [RULE_FINAL_END] = {RULE_BROKEN, RULE_OK},
                [RULE_CLOSE] = {RULE_BROKEN, RULE_OK},
            },
};

void interim_rule_init(struct interim_rule *rule) {
  *rule = (struct interim_rule){.state = RULE_IDLE};
}

/* Keeps the counts, for a transition between two states in which they mean something. */
static void count(struct interim_rule *rule, enum rule_event event) {
  switch (event) {
  case RULE_REQUEST:
    rule->outstanding++;
    return;
  case RULE_INTERIM:
    rule->interims++;
    return;
  case RULE_FINAL_END:
    rule->outstanding--;
    rule->interims = 0;
    return;
  case RULE_SWITCH:
  case RULE_FINAL_HEAD:
  case RULE_CLOSE:
    return;
  }
}

static bool counts(enum rule_state state) {
  return state == RULE_IDLE || state == RULE_WAITING || state == RULE_FINAL;
}

static struct cell settle(const struct interim_rule *rule, struct cell cell) {
  if (cell.next == RULE_IDLE && rule->outstanding > 0) {
    cell.next = RULE_WAITING;
  }
  if (cell.breach == RULE_NO_FINAL && rule->interims > 0) {
    cell.breach = RULE_INTERIM_ONLY;
  }
  return cell;
}

enum rule_breach interim_rule_feed(struct interim_rule *rule, enum rule_event event) {
  struct cell cell = table[rule->state][event];
  if (counts(rule->state) && counts(cell.next)) {
    count(rule, event);
  }
  cell = settle(rule, cell);
  rule->state = cell.next;
  return cell.breach;
}

const char *interim_rule_breach_text(enum rule_breach breach) {
  switch (breach) {
  case RULE_OK:
    return "nothing is broken";
  case RULE_UNSOLICITED_INTERIM:
    return "an interim response that belongs to no request";
  case RULE_UNSOLICITED_FINAL:
    return "a final response that belongs to no request";
  case RULE_NO_FINAL:
    return "the end came without any response";
  case RULE_INTERIM_ONLY:
    return "the end came after interim responses and without a final one";
  case RULE_FINAL_CUT:
    return "the end came inside the final response";
  case RULE_INTERIM_INSIDE:
    return "an interim response inside a final response";
  }
  return "unknown";
}
