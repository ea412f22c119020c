/* What was seen of an exchange, and the outcomes that it amounts to. */
#include "judge/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SET(outcome) (1U << OUTCOME_##outcome)
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct row {
  const char *what;
  struct judge_exchange seen;
  outcome_set outcomes;
};

static const struct row crossing_rows[] = {
    {"no interim sent, the final came", {.final_sent = true, .final_seen = true}, SET(OK)},
    {"two sent, two came in time",
     {.interims_sent = 2, .interims_seen = 2, .final_sent = true, .final_seen = true},
     SET(FORWARDED)},
    {"two sent, two came, one of them only with the final",
     {.interims_sent = 2,
      .interims_seen = 2,
      .interims_late = 1,
      .final_sent = true,
      .final_seen = true},
     SET(HELD)},
    {"three sent, one came",
     {.interims_sent = 3, .interims_seen = 1, .final_sent = true, .final_seen = true},
     SET(COLLAPSED)},
    {"three sent, one came, and late: that two are missing weighs more",
     {.interims_sent = 3,
      .interims_seen = 1,
      .interims_late = 1,
      .final_sent = true,
      .final_seen = true},
     SET(COLLAPSED)},
    {"one sent, none came, the final did",
     {.interims_sent = 1, .final_sent = true, .final_seen = true},
     SET(DROPPED)},
    {"none came to a client of HTTP/1.0, which is to get none",
     {.interims_sent = 1, .interims_unwanted = true, .final_sent = true, .final_seen = true},
     SET(OK)},
    {"one of two came to a client of HTTP/1.0: what is wrong is that it came",
     {.interims_sent = 2,
      .interims_seen = 1,
      .interims_unwanted = true,
      .final_sent = true,
      .final_seen = true},
     SET(OK)},
    {"the origin sent no final: all interims came, and nothing more could",
     {.interims_sent = 2, .interims_seen = 2},
     SET(FORWARDED)},
    {"the origin sent no final: no later message proves that an interim was dropped",
     {.interims_sent = 2, .interims_seen = 0},
     SET(OK)},
    {"the origin sent no final: the missing interim may be on its way",
     {.interims_sent = 2, .interims_seen = 1},
     SET(OK)},
    {"the origin sent an interim and died, the target passed both on",
     {.interims_sent = 1, .interims_seen = 1, .closed = true},
     SET(CLOSED) | SET(FORWARDED)},
    {"the origin sent an interim and died, the target passed it on and made a 502",
     {.interims_sent = 1, .interims_seen = 1, .final_own = true},
     SET(REPLACED) | SET(FORWARDED)},
    {"invalid interims are counted like others: what they excuse is weighed later",
     {.interims_sent = 1,
      .interims_valid = false,
      .interims_seen = 1,
      .final_sent = true,
      .final_seen = true},
     SET(FORWARDED)},
};

static const struct row lost_rows[] = {
    {"an interim came, then nothing",
     {.interims_sent = 1, .interims_seen = 1, .final_sent = true, .stalled = true},
     SET(HANG)},
    {"nothing came at all: the interim is not called dropped, for nothing overtook it",
     {.interims_sent = 1, .final_sent = true, .stalled = true},
     SET(HANG)},
    {"nothing came until we closed the back connection, then the final",
     {.interims_sent = 1,
      .interims_seen = 1,
      .interims_late = 1,
      .final_sent = true,
      .final_seen = true,
      .stalled = true},
     SET(HANG)},
    {"the same without the interim: after a stall it is no news that one is missing",
     {.interims_sent = 1, .final_sent = true, .final_seen = true, .stalled = true},
     SET(HANG)},
    {"nothing came until we closed the back connection, then an error of the target",
     {.interims_sent = 1, .final_sent = true, .final_own = true, .stalled = true},
     SET(HANG) | SET(REPLACED)},
    {"a stall that the target ended by closing: the wait is what hurts",
     {.interims_sent = 1, .final_sent = true, .stalled = true, .closed = true},
     SET(HANG)},
    {"a stall without any interim, though the next request was answered",
     {.final_sent = true, .stalled = true, .next_answered = true},
     SET(HANG)},
    {"a stall without any interim, and a bare end when we closed the back connection",
     {.final_sent = true, .stalled = true, .fell_out = true},
     SET(HANG)},
    {"the connection ended, no interim had been sent",
     {.final_sent = true, .closed = true},
     SET(CLOSED)},
    {"an interim came in time, then the end",
     {.interims_sent = 1, .interims_seen = 1, .final_sent = true, .closed = true},
     SET(CLOSED)},
    {"no interim came, then the end: it may have died of the interim, not mistaken it",
     {.interims_sent = 1, .final_sent = true, .closed = true},
     SET(CLOSED)},
    {"an error of the target in place of the final",
     {.interims_sent = 1, .final_sent = true, .final_own = true},
     SET(REPLACED)},
    {"an interim in time, then an error of the target: it was no merit",
     {.interims_sent = 1, .interims_seen = 1, .final_sent = true, .final_own = true},
     SET(REPLACED)},
    {"an error of the target, then the end: the error was the answer",
     {.interims_sent = 1, .final_sent = true, .final_own = true, .closed = true},
     SET(REPLACED)},
};

static const struct row taken_rows[] = {
    {"a stall, and the next request was answered: the target thought that it was through",
     {.interims_sent = 1,
      .interims_seen = 1,
      .final_sent = true,
      .stalled = true,
      .next_answered = true},
     SET(TAKEN_AS_FINAL)},
    {"a stall, and closing the back connection brought the interim: it was waiting for its end",
     {.interims_sent = 1,
      .interims_seen = 1,
      .interims_late = 1,
      .final_sent = true,
      .stalled = true,
      .fell_out = true},
     SET(TAKEN_AS_FINAL)},
    {"a stall, and closing the back connection brought a bare end",
     {.interims_sent = 1, .final_sent = true, .stalled = true, .fell_out = true, .closed = true},
     SET(TAKEN_AS_FINAL)},
    {"the same end, but the origin owed the final still: the target's right",
     {.interims_sent = 1, .stalled = true, .fell_out = true, .closed = true},
     SET(HANG)},
    {"the interim came only with the end",
     {.interims_sent = 1,
      .interims_seen = 1,
      .interims_late = 1,
      .final_sent = true,
      .closed = true},
     SET(TAKEN_AS_FINAL)},
    {"the interim came only with the end, but the origin had sent no final",
     {.interims_sent = 1, .interims_seen = 1, .interims_late = 1, .closed = true},
     SET(CLOSED) | SET(HELD)},
    {"the target is an origin: its 102 came, no final, and its next answer arrived",
     {.interims_seen = 1, .stalled = true, .next_answered = true},
     SET(TAKEN_AS_FINAL)},
    {"the target is an origin: its 102 came, then the end",
     {.interims_seen = 1, .closed = true},
     SET(CLOSED)},
    {"the next request was answered, as was this one",
     {.interims_sent = 1,
      .interims_seen = 1,
      .final_sent = true,
      .final_seen = true,
      .next_answered = true},
     SET(FORWARDED)},
    {"the left over final then answered the next request",
     {.interims_sent = 1,
      .interims_seen = 1,
      .final_sent = true,
      .final_seen = true,
      .stalled = true,
      .next_answered = true,
      .foreign = true},
     SET(TAKEN_AS_FINAL) | SET(DESYNC)},
};

static const struct row content_rows[] = {
    {"an answer to another request came as well",
     {.interims_sent = 1,
      .interims_seen = 1,
      .final_sent = true,
      .final_seen = true,
      .foreign = true},
     SET(DESYNC) | SET(FORWARDED)},
    {"an answer to another request came instead",
     {.final_sent = true, .foreign = true},
     SET(DESYNC)},
    {"a marker field of the interim was in the final",
     {.interims_sent = 1, .final_sent = true, .final_seen = true, .leaked = true},
     SET(LEAKED) | SET(DROPPED)},
    {"the interim came with another code",
     {.interims_sent = 1,
      .interims_seen = 1,
      .final_sent = true,
      .final_seen = true,
      .interims_altered = true},
     SET(ALTERED) | SET(FORWARDED)},
    {"the final came with other content",
     {.final_sent = true, .final_seen = true, .final_altered = true},
     SET(ALTERED)},
    {"both came in the wrong order",
     {.interims_sent = 2,
      .interims_seen = 2,
      .final_sent = true,
      .final_seen = true,
      .interims_reordered = true},
     SET(REORDERED) | SET(FORWARDED)},
};

static void expect_rows(const struct row *rows, size_t num) {
  for (size_t i = 0; i < num; i++) {
    outcome_set got = judge_exchange_outcomes(&rows[i].seen);
    if (got != rows[i].outcomes) {
      fail_msg("%s: %s (%#x), not %s (%#x)", rows[i].what, outcome_word(outcome_first(got)), got,
               outcome_word(outcome_first(rows[i].outcomes)), rows[i].outcomes);
    }
  }
}

static void test_interims_crossing(void **state) {
  (void)state;
  expect_rows(crossing_rows, LENGTH(crossing_rows));
}

static void test_finals_lost(void **state) {
  (void)state;
  expect_rows(lost_rows, LENGTH(lost_rows));
}

static void test_interims_taken_as_final(void **state) {
  (void)state;
  expect_rows(taken_rows, LENGTH(taken_rows));
}

static void test_messages_wrong(void **state) {
  (void)state;
  expect_rows(content_rows, LENGTH(content_rows));
}

static void exchange_from_bits(struct judge_exchange *exchange, unsigned bits) {
  unsigned seen = (bits >> 2U) & 3U;
  *exchange = (struct judge_exchange){
      .interims_sent = bits & 3U,
      .interims_seen = seen,
      .interims_late = (bits >> 4U) & 1U && seen > 0 ? 1 : 0,
      .final_sent = (bits >> 5U) & 1U,
      .final_seen = (bits >> 6U) & 1U,
      .final_own = (bits >> 7U) & 1U,
      .leaked = (bits >> 8U) & 1U,
      .foreign = (bits >> 9U) & 1U,
      .closed = (bits >> 10U) & 1U,
      .stalled = (bits >> 11U) & 1U,
      .fell_out = (bits >> 12U) & 1U,
      .next_answered = (bits >> 13U) & 1U,
      .interims_altered = (bits >> 14U) & 1U,
      .interims_reordered = (bits >> 15U) & 1U,
  };
}

/* Whatever an engine may put together: the set has a member, members that exclude each other do not
 * meet, and a lost final never looks like a success. */
static void test_every_exchange_has_a_sound_outcome(void **state) {
  (void)state;
  const outcome_set crossings = SET(COLLAPSED) | SET(DROPPED) | SET(HELD) | SET(FORWARDED);
  for (unsigned bits = 0; bits < 1U << 16U; bits++) {
    struct judge_exchange exchange;
    exchange_from_bits(&exchange, bits);
    outcome_set set = judge_exchange_outcomes(&exchange);
    assert_int_not_equal(set, 0);
    assert_int_equal(set & ~((1U << NUM_OUTCOMES) - 1U), 0);
    assert_int_equal(set & (SET(CRASHED) | SET(UNMET)), 0);
    outcome_set crossing = set & crossings;
    assert_int_equal(crossing & (crossing - 1U), 0);
    assert_true((set & SET(OK)) == 0 || set == SET(OK));
    assert_false((set & SET(HANG)) != 0 && (set & SET(TAKEN_AS_FINAL)) != 0);
    assert_false((set & SET(HANG)) != 0 && (set & SET(CLOSED)) != 0);
    if (exchange.stalled || exchange.final_own || exchange.foreign) {
      assert_false(outcome_meets(outcome_first(set)));
    }
    if (exchange.closed && !exchange.final_seen) {
      assert_false(outcome_meets(outcome_first(set)));
    }
  }
}

static void test_first_outcome_is_by_precedence(void **state) {
  (void)state;
  static const char *const in_order[] = {
      "crashed",   "taken-as-final", "desync",  "hang",  "closed", "replaced",  "leaked", "altered",
      "reordered", "collapsed",      "dropped", "unmet", "held",   "forwarded", "ok"};
  assert_int_equal(LENGTH(in_order), NUM_OUTCOMES);
  outcome_set from_here = (1U << NUM_OUTCOMES) - 1U;
  for (unsigned i = 0; i < NUM_OUTCOMES; i++) {
    assert_string_equal(outcome_word(outcome_first(from_here)), in_order[i]);
    from_here &= ~(1U << i);
  }
  assert_int_equal(outcome_first(0), OUTCOME_OK);
}

static void test_every_outcome_is_put_in_sentences(void **state) {
  (void)state;
  for (unsigned n = 0; n < 2 * NUM_OUTCOMES; n++) {
    unsigned i = n / 2;
    bool makes_answers = n % 2 == 1;
    const char *meaning = outcome_meaning((enum outcome)i, makes_answers);
    const char *impact = outcome_impact((enum outcome)i, "", makes_answers);
    assert_int_equal(meaning[strlen(meaning) - 1], '.');
    assert_int_equal(impact[strlen(impact) - 1], '.');
    for (unsigned j = 0; j < i; j++) {
      assert_string_not_equal(meaning, outcome_meaning((enum outcome)j, makes_answers));
    }
  }
  /* An origin has no back connection. */
  assert_non_null(strstr(outcome_impact(OUTCOME_TAKEN_AS_FINAL, "", false), "back connection"));
  assert_null(strstr(outcome_impact(OUTCOME_TAKEN_AS_FINAL, "", true), "back connection"));
  /* What was not met decides what it does to users; where a stricter word fits, that does. */
  assert_non_null(strstr(outcome_impact(OUTCOME_UNMET, "RFC9112-6.1-3", false), "chunks"));
  assert_null(strstr(outcome_impact(OUTCOME_HANG, "RFC9112-6.1-3", false), "chunks"));
  assert_null(outcome_unmet_impact("RFC9112-6.1-30"));
}

static void test_outcomes_blame_a_requirement(void **state) {
  (void)state;
  static const struct {
    enum outcome outcome;
    const char *after_valid;
    const char *otherwise;
  } rows[] = {
      {OUTCOME_CRASHED, "HOUSE-ALIVE", "HOUSE-ALIVE"},
      {OUTCOME_TAKEN_AS_FINAL, "RFC9110-15.2-4", NULL},
      {OUTCOME_DESYNC, "RFC9110-15.2-4", "RFC9112-9.3.2-1"},
      {OUTCOME_HANG, "RFC9110-15.2-4", NULL},
      {OUTCOME_CLOSED, "RFC9110-15.2-4", NULL},
      {OUTCOME_REPLACED, "RFC9110-15.2-4", NULL},
      {OUTCOME_LEAKED, NULL, NULL},
      {OUTCOME_ALTERED, NULL, NULL},
      {OUTCOME_REORDERED, NULL, NULL},
      {OUTCOME_COLLAPSED, NULL, NULL},
      {OUTCOME_DROPPED, NULL, NULL},
      {OUTCOME_UNMET, NULL, NULL},
      {OUTCOME_HELD, NULL, NULL},
      {OUTCOME_FORWARDED, NULL, NULL},
      {OUTCOME_OK, NULL, NULL},
  };
  assert_int_equal(LENGTH(rows), NUM_OUTCOMES);
  for (size_t i = 0; i < LENGTH(rows); i++) {
    const char *const expected[] = {rows[i].otherwise, rows[i].after_valid};
    for (unsigned valid = 0; valid < 2; valid++) {
      const char *blamed = outcome_blames(rows[i].outcome, valid == 1, false);
      if (expected[valid] == NULL) {
        assert_null(blamed);
      } else {
        assert_non_null(blamed);
        assert_string_equal(blamed, expected[valid]);
      }
    }
  }
}

static void test_three_outcomes_meet_a_requirement(void **state) {
  (void)state;
  outcome_set meeting = 0;
  for (unsigned i = 0; i < NUM_OUTCOMES; i++) {
    meeting |= outcome_meets((enum outcome)i) ? 1U << i : 0;
  }
  assert_int_equal(meeting, SET(HELD) | SET(FORWARDED) | SET(OK));
}

/* Who sees no message cannot say that it looks wrong. */
static void test_what_an_outcome_can_break(void **state) {
  (void)state;
  static const struct {
    enum outcome outcome;
    const char *requirement;
    bool can;
  } rows[] = {
      {OUTCOME_ALTERED, "RFC9110-2.2-2", true},
      {OUTCOME_UNMET, "RFC9110-5.5-1", true},
      {OUTCOME_LEAKED, "RFC8297-2-5", true},
      {OUTCOME_HANG, "RFC1945-7.2-1", false},
      {OUTCOME_HANG, "RFC9110-2.2-2", false},
      {OUTCOME_CLOSED, "RFC9112-2.3-1", false},
      {OUTCOME_REPLACED, "RFC9110-8.6-1", false},
      {OUTCOME_TAKEN_AS_FINAL, "RFC9112-4-4", false},
      {OUTCOME_TAKEN_AS_FINAL, "RFC9112-6.3-2", true},
      {OUTCOME_HANG, "RFC9113-8.1.1-4", false},
      {OUTCOME_REPLACED, "RFC9113-6.4-1", false},
      {OUTCOME_UNMET, "RFC9113-6.4-1", true},
      {OUTCOME_REPLACED, "RFC9110-8.6-5", false},
      {OUTCOME_ALTERED, "RFC9110-8.6-5", true},
      {OUTCOME_UNMET, "RFC9113-8.1.1-4", true},
      {OUTCOME_HANG, "RFC9113-8.1.1-2", true},
      {OUTCOME_HANG, "RFC9110-15.2-4", true},
      {OUTCOME_HANG, "RFC9110-10.1.1-13", true},
      {OUTCOME_HANG, "RFC9112-9.3-3", false},
      {OUTCOME_HANG, "RFC9112-8-1", false},
      {OUTCOME_UNMET, "RFC9112-8-1", true},
      {OUTCOME_DESYNC, "RFC9112-9.3-3", true},
      {OUTCOME_CLOSED, "RFC9112-9.3.2-1", false},
      {OUTCOME_HANG, "RFC9112-9.3.2-1", false},
      {OUTCOME_HANG, "RFC9113-8.1-13", false},
      {OUTCOME_DESYNC, "RFC9112-9.3.2-1", true},
      {OUTCOME_UNMET, "RFC9112-9.3.2-1", true},
      {OUTCOME_TAKEN_AS_FINAL, "RFC9112-9.3.2-1", true},
      {OUTCOME_DESYNC, "RFC9110-2.2-2", true},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    assert_int_equal(outcome_can_break(rows[i].outcome, rows[i].requirement), rows[i].can);
  }
}

/* "At once" is about the beginning of a response. */
static void test_what_the_head_of_a_final_response_meets(void **state) {
  (void)state;
  assert_true(outcome_met_by_head("RFC9110-10.1.1-13"));
  assert_true(outcome_met_by_head("RFC9110-10.1.1-15"));
  assert_false(outcome_met_by_head("RFC9110-10.1.1-11"));
}

/* What a case allows is no fault: the error that a gateway owes for a broken response is no
 * "replaced". */
static void test_what_passed_shows_no_fault(void **state) {
  (void)state;
  static const struct {
    outcome_set seen;
    outcome_set shown;
  } rows[] = {
      {1U << OUTCOME_REPLACED, 1U << OUTCOME_OK},
      {1U << OUTCOME_CLOSED | 1U << OUTCOME_DROPPED, 1U << OUTCOME_OK},
      {1U << OUTCOME_REPLACED | 1U << OUTCOME_FORWARDED, 1U << OUTCOME_FORWARDED},
      {1U << OUTCOME_HELD | 1U << OUTCOME_OK, 1U << OUTCOME_HELD | 1U << OUTCOME_OK},
      {1U << OUTCOME_OK, 1U << OUTCOME_OK},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    assert_int_equal(outcomes_of_met(rows[i].seen), rows[i].shown);
  }
}

/* The rule about the order of answers is HTTP/1.1's; on streams each comes on its request's own. */
static void test_a_desync_over_http_2_breaks_http_2(void **state) {
  (void)state;
  assert_string_equal(outcome_blames(OUTCOME_DESYNC, false, true), "RFC9113-8.1-13");
  assert_string_equal(outcome_blames(OUTCOME_DESYNC, true, true), "RFC9110-15.2-4");
  assert_string_equal(outcome_blames(OUTCOME_CRASHED, false, true), "HOUSE-ALIVE");
  assert_null(outcome_blames(OUTCOME_HANG, false, true));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_desync_over_http_2_breaks_http_2),
      cmocka_unit_test(test_what_an_outcome_can_break),
      cmocka_unit_test(test_what_the_head_of_a_final_response_meets),
      cmocka_unit_test(test_interims_crossing),
      cmocka_unit_test(test_finals_lost),
      cmocka_unit_test(test_interims_taken_as_final),
      cmocka_unit_test(test_messages_wrong),
      cmocka_unit_test(test_every_exchange_has_a_sound_outcome),
      cmocka_unit_test(test_first_outcome_is_by_precedence),
      cmocka_unit_test(test_every_outcome_is_put_in_sentences),
      cmocka_unit_test(test_outcomes_blame_a_requirement),
      cmocka_unit_test(test_three_outcomes_meet_a_requirement),
      cmocka_unit_test(test_what_passed_shows_no_fault),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
