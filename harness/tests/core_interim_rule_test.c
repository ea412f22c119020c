#include "core/interim_rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const char *const state_names[] = {"idle",     "waiting", "final",
                                          "switched", "ended",   "broken"};
static const char *const event_names[] = {"request",    "interim",   "switch",
                                          "final-head", "final-end", "close"};

struct row {
  enum rule_state state;
  enum rule_event event;
  enum rule_state next;
  enum rule_breach breach;
};

/* Every state with every event, for one outstanding request without interims so far. */
static const struct row rows[] = {
    {RULE_IDLE, RULE_REQUEST, RULE_WAITING, RULE_OK},
    {RULE_IDLE, RULE_INTERIM, RULE_BROKEN, RULE_UNSOLICITED_INTERIM},
    {RULE_IDLE, RULE_SWITCH, RULE_BROKEN, RULE_UNSOLICITED_INTERIM},
    {RULE_IDLE, RULE_FINAL_HEAD, RULE_BROKEN, RULE_UNSOLICITED_FINAL},
    {RULE_IDLE, RULE_FINAL_END, RULE_BROKEN, RULE_UNSOLICITED_FINAL},
    {RULE_IDLE, RULE_CLOSE, RULE_ENDED, RULE_OK},

    {RULE_WAITING, RULE_REQUEST, RULE_WAITING, RULE_OK},
    {RULE_WAITING, RULE_INTERIM, RULE_WAITING, RULE_OK},
    {RULE_WAITING, RULE_SWITCH, RULE_SWITCHED, RULE_OK},
    {RULE_WAITING, RULE_FINAL_HEAD, RULE_FINAL, RULE_OK},
    {RULE_WAITING, RULE_FINAL_END, RULE_BROKEN, RULE_UNSOLICITED_FINAL},
    {RULE_WAITING, RULE_CLOSE, RULE_BROKEN, RULE_NO_FINAL},

    {RULE_FINAL, RULE_REQUEST, RULE_FINAL, RULE_OK},
    {RULE_FINAL, RULE_INTERIM, RULE_BROKEN, RULE_INTERIM_INSIDE},
    {RULE_FINAL, RULE_SWITCH, RULE_BROKEN, RULE_INTERIM_INSIDE},
    {RULE_FINAL, RULE_FINAL_HEAD, RULE_BROKEN, RULE_UNSOLICITED_FINAL},
    {RULE_FINAL, RULE_FINAL_END, RULE_IDLE, RULE_OK},
    {RULE_FINAL, RULE_CLOSE, RULE_BROKEN, RULE_FINAL_CUT},

    {RULE_SWITCHED, RULE_REQUEST, RULE_SWITCHED, RULE_OK},
    {RULE_SWITCHED, RULE_INTERIM, RULE_BROKEN, RULE_UNSOLICITED_INTERIM},
    {RULE_SWITCHED, RULE_SWITCH, RULE_BROKEN, RULE_UNSOLICITED_INTERIM},
    {RULE_SWITCHED, RULE_FINAL_HEAD, RULE_BROKEN, RULE_UNSOLICITED_FINAL},
    {RULE_SWITCHED, RULE_FINAL_END, RULE_SWITCHED, RULE_OK},
    {RULE_SWITCHED, RULE_CLOSE, RULE_ENDED, RULE_OK},

    {RULE_ENDED, RULE_REQUEST, RULE_ENDED, RULE_OK},
    {RULE_ENDED, RULE_INTERIM, RULE_BROKEN, RULE_UNSOLICITED_INTERIM},
    {RULE_ENDED, RULE_SWITCH, RULE_BROKEN, RULE_UNSOLICITED_INTERIM},
    {RULE_ENDED, RULE_FINAL_HEAD, RULE_BROKEN, RULE_UNSOLICITED_FINAL},
    {RULE_ENDED, RULE_FINAL_END, RULE_BROKEN, RULE_UNSOLICITED_FINAL},
    {RULE_ENDED, RULE_CLOSE, RULE_ENDED, RULE_OK},

    {RULE_BROKEN, RULE_REQUEST, RULE_BROKEN, RULE_OK},
    {RULE_BROKEN, RULE_INTERIM, RULE_BROKEN, RULE_OK},
    {RULE_BROKEN, RULE_SWITCH, RULE_BROKEN, RULE_OK},
    {RULE_BROKEN, RULE_FINAL_HEAD, RULE_BROKEN, RULE_OK},
    {RULE_BROKEN, RULE_FINAL_END, RULE_BROKEN, RULE_OK},
    {RULE_BROKEN, RULE_CLOSE, RULE_BROKEN, RULE_OK},
};

enum { NUM_ROWS = sizeof(rows) / sizeof(rows[0]) };

static void test_every_cell(void **state) {
  (void)state;
  bool seen[RULE_BROKEN + 1][RULE_CLOSE + 1] = {0};
  for (size_t i = 0; i < NUM_ROWS; i++) {
    const struct row *row = &rows[i];
    struct interim_rule rule = {.state = row->state, .outstanding = row->state != RULE_IDLE};
    enum rule_breach breach = interim_rule_feed(&rule, row->event);
    if (rule.state != row->next || breach != row->breach) {
      fail_msg("%s, %s: is now %s, breaks %s", state_names[row->state], event_names[row->event],
               state_names[rule.state], interim_rule_breach_text(breach));
    }
    seen[row->state][row->event] = true;
  }
  for (int from = RULE_IDLE; from <= RULE_BROKEN; from++) {
    for (int event = RULE_REQUEST; event <= RULE_CLOSE; event++) {
      assert_true(seen[from][event]);
    }
  }
}

/* A conversation: r request, 1 interim, s switch, F final head, E final end, c close. */
struct talk {
  const char *events;
  enum rule_breach last; /* of the last event; none before it breaks anything */
  enum rule_state state;
  unsigned outstanding;
  unsigned interims;
};

static const struct talk talks[] = {
    {"r", RULE_OK, RULE_WAITING, 1, 0},
    {"rFE", RULE_OK, RULE_IDLE, 0, 0},
    {"r111", RULE_OK, RULE_WAITING, 1, 3},
    {"r11FEc", RULE_OK, RULE_ENDED, 0, 0},
    {"rr1FE", RULE_OK, RULE_WAITING, 1, 0},
    {"rr1FE11", RULE_OK, RULE_WAITING, 1, 2},
    {"rr1FE1FEc", RULE_OK, RULE_ENDED, 0, 0},
    {"r1Fr", RULE_OK, RULE_FINAL, 2, 1},
    {"r1FrEFE", RULE_OK, RULE_IDLE, 0, 0},
    {"rFE1", RULE_UNSOLICITED_INTERIM, RULE_BROKEN, 0, 0},
    {"rFEF", RULE_UNSOLICITED_FINAL, RULE_BROKEN, 0, 0},
    {"rFErs", RULE_OK, RULE_SWITCHED, 1, 0},
    {"r1sc", RULE_OK, RULE_ENDED, 1, 1},
    {"rsEc", RULE_OK, RULE_ENDED, 1, 0},
    {"rc", RULE_NO_FINAL, RULE_BROKEN, 1, 0},
    {"r1c", RULE_INTERIM_ONLY, RULE_BROKEN, 1, 1},
    {"rr1FEc", RULE_NO_FINAL, RULE_BROKEN, 1, 0},
    {"rr1FE1c", RULE_INTERIM_ONLY, RULE_BROKEN, 1, 1},
    {"r1Fc", RULE_FINAL_CUT, RULE_BROKEN, 1, 1},
    {"r1F1", RULE_INTERIM_INSIDE, RULE_BROKEN, 1, 1},
    {"c", RULE_OK, RULE_ENDED, 0, 0},
    {"1", RULE_UNSOLICITED_INTERIM, RULE_BROKEN, 0, 0},
};

static enum rule_event event_of(char letter) {
  switch (letter) {
  case 'r':
    return RULE_REQUEST;
  case '1':
    return RULE_INTERIM;
  case 's':
    return RULE_SWITCH;
  case 'F':
    return RULE_FINAL_HEAD;
  case 'E':
    return RULE_FINAL_END;
  default:
    assert_int_equal(letter, 'c');
    return RULE_CLOSE;
  }
}

static void test_conversations(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(talks) / sizeof(talks[0]); i++) {
    const struct talk *talk = &talks[i];
    print_message("%s\n", talk->events);
    struct interim_rule rule;
    interim_rule_init(&rule);
    for (const char *at = talk->events; *at != '\0'; at++) {
      enum rule_breach breach = interim_rule_feed(&rule, event_of(*at));
      assert_int_equal(breach, at[1] == '\0' ? talk->last : RULE_OK);
    }
    assert_int_equal(rule.state, talk->state);
    assert_int_equal(rule.outstanding, talk->outstanding);
    assert_int_equal(rule.interims, talk->interims);
  }
}

static void test_a_class_not_a_list(void **state) {
  (void)state;
  for (unsigned code = 0; code < 1000; code++) {
    assert_int_equal(status_is_interim(code), code >= 100 && code <= 199);
    assert_int_equal(status_is_final(code), code >= 200 && code <= 599);
  }
}

static void test_every_breach_has_its_own_text(void **state) {
  (void)state;
  for (int a = RULE_OK; a <= RULE_INTERIM_INSIDE; a++) {
    assert_string_not_equal(interim_rule_breach_text((enum rule_breach)a), "unknown");
    for (int b = RULE_OK; b < a; b++) {
      assert_string_not_equal(interim_rule_breach_text((enum rule_breach)a),
                              interim_rule_breach_text((enum rule_breach)b));
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_cell),
      cmocka_unit_test(test_conversations),
      cmocka_unit_test(test_a_class_not_a_list),
      cmocka_unit_test(test_every_breach_has_its_own_text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
