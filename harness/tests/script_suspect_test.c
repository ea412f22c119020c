/* What the runs of a play amount to: how many there are, and which of them is judged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "script/internal.h"
#include "script/suspect.h"

#include <stdlib.h>
#include <string.h>

/* Runs, one letter each: c clean, b bad by itself, o bad in another way, v got another play's
 * answer, n its request did not arrive, d the target died. */
struct runs_row {
  const char *runs;
  bool done;         /* there is none after them */
  unsigned reported; /* which one a report is about */
  unsigned judged;   /* which one the verdict is of */
  bool misled;
};

static const struct runs_row runs_rows[] = {
    {"c", true, 0, 0, false},
    {"b", false, 0, 0, false},
    {"v", false, 0, 0, true},
    {"n", false, 0, 0, false},

    {"bb", true, 1, 1, false},
    {"nn", true, 1, 1, false},
    {"dd", true, 1, 1, false},
    {"dn", false, 0, 0, false},
    {"bo", false, 1, 1, false},
    {"od", true, 1, 1, false},
    {"bc", false, 0, 1, false},
    {"vc", false, 0, 1, false},
    {"nc", false, 0, 1, false},

    /* A neighbour may have had a hand in one of two: a third run decides. */
    {"vb", false, 1, 1, false},
    {"bv", false, 0, 0, false},
    {"nb", false, 1, 1, false},
    {"vv", false, 1, 1, true},
    {"vn", false, 1, 1, false},

    {"bob", true, 2, 2, false},
    {"boc", true, 1, 1, false},
    {"bcc", true, 0, 2, false},
    {"bcb", true, 2, 2, false},
    {"vbb", true, 2, 2, false},
    {"bvb", true, 2, 2, false},
    {"bnb", true, 2, 2, false},
    {"vbc", true, 1, 2, false},
    {"bvc", true, 0, 2, false},
    {"vbv", true, 1, 1, false},
    {"ncn", true, 2, 1, false},
    {"vcv", true, 2, 1, false},
    {"vvv", true, 2, 2, true},
};

static struct script script_of(char letter, struct finding *finding) {
  static struct step_record other = {.observed = "502"};
  struct script script = {.config.play = 7, .first_missed = SIZE_MAX};
  *finding = (struct finding){.breach = BREACH_FOREIGN, .has_owner = true, .owner.play = 8};
  switch (letter) {
  case 'b':
    script.missed = true;
    break;
  case 'o':
    script.missed = true;
    script.steps = &other;
    script.first_missed = 0;
    break;
  case 'v':
    script.findings = finding;
    script.num_findings = 1;
    break;
  case 'n':
    script.never_arrived = true;
    break;
  case 'd':
    script.target_down = true;
    script.never_arrived = true;
    break;
  default:
    assert_int_equal(letter, 'c');
  }
  return script;
}

static void test_which_run_is_judged(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(runs_rows) / sizeof(runs_rows[0]); i++) {
    const struct runs_row *row = &runs_rows[i];
    struct script scripts[STAGE_MAX_RUNS];
    struct finding findings[STAGE_MAX_RUNS];
    struct play play = {.num_runs = (unsigned)strlen(row->runs)};
    for (unsigned k = 0; k < play.num_runs; k++) {
      scripts[k] = script_of(row->runs[k], &findings[k]);
      play.runs[k] = &scripts[k];
    }
    suspect_count(&play);
    print_message("%s\n", row->runs);
    assert_int_equal(play.done, row->done);
    assert_ptr_equal(play_script(&play), &scripts[row->reported]);
    assert_ptr_equal(play_judged(&play), &scripts[row->judged]);
    assert_int_equal(play_misled(&play), row->misled);
  }
}

static void test_an_answer_of_its_own_misleads_nobody(void **state) {
  (void)state;
  struct finding own;
  struct script script = script_of('v', &own);
  own.owner.play = script.config.play;
  struct play play = {.runs = {&script, &script}, .num_runs = 2};
  suspect_count(&play);
  assert_true(play.done);
  assert_false(play_misled(&play));
}

/* One line that is the same where the same was seen: the step missed, what fell out, the rule that
 * was broken, and the case where an answer was lost. */
static void symptom_is(struct script *script, const char *symptom) {
  struct arena arena = {0};
  assert_string_equal(suspect_symptom(&arena, script), symptom);
  arena_free(&arena);
}

static void test_the_symptom_of_a_play(void **state) {
  (void)state;
  struct finding finding;
  struct script script = script_of('b', &finding);
  struct script_exchange both[] = {{.closed = true}, {.fell_out = true, .next_answered = true}};
  struct script_exchange *exchanges[] = {&both[0], &both[1]};
  struct message_seen finals[] = {{.complete = true}};
  struct step_record steps[] = {{.observed = ""}, {.observed = "502"}};
  struct case_file file = {.id = span_of("g/c")};
  script.config.file = &file;
  script.exchanges = exchanges;
  script.steps = steps;
  script.first_missed = SIZE_MAX;
  symptom_is(&script, "-|-|\n");
  script.first_missed = 1;
  script.num_exchanges = 1;
  symptom_is(&script, "502|-|g/c\n");
  exchanges[0]->forgone = true;
  symptom_is(&script, "502|-|\n");
  exchanges[0]->forgone = false;
  exchanges[0]->automatic = true;
  symptom_is(&script, "502|-|\n");
  script.num_exchanges = 2;
  symptom_is(&script, "502, fell out, next answered|-|\n");
  script.findings = &finding;
  script.num_findings = 1;
  script.config.front = HTTP_H1;
  symptom_is(&script, "502, fell out, next answered|RFC9112-9.3.2-1|\n");
  finding.breach = BREACH_NEVER;
  exchanges[1]->fell_out = false;
  symptom_is(&script, "502, next answered|-|\n");
  exchanges[1]->stalled = true;
  symptom_is(&script, "502, stalled, next answered|-|\n");
  exchanges[1]->final = &finals[0];
  symptom_is(&script, "502, next answered|-|\n");
}

static void test_who_holds_the_target(void **state) {
  (void)state;
  struct script_exchange answered = {.arrivals = 1, .final_sent = true};
  struct script_exchange on_its_way = {.arrivals = 0};
  struct script_exchange held = {.arrivals = 1};
  struct script_exchange *exchanges[] = {&answered, &on_its_way, &held};
  struct script script = {.exchanges = exchanges};
  for (size_t i = 0; i <= 3; i++) {
    script.num_exchanges = i;
    assert_int_equal(suspect_holds(&script), i == 3);
  }
}

/* Which end of a connection may be the target's death: one that costs an answer, or that nobody had
 * announced. */
static void test_an_end_that_may_be_a_death(void **state) {
  (void)state;
  static const struct {
    enum actor_event_kind how;
    enum lane_state lane;
    bool closing;
    bool shut;
    bool outstanding;
    bool cut;
  } rows[] = {
      {ACTOR_FIN, LANE_OPEN, false, false, false, true},
      {ACTOR_RESET, LANE_OPEN, false, false, false, true},
      {ACTOR_BYTES, LANE_OPEN, false, false, true, false},
      {ACTOR_FIN, LANE_ENDED, false, false, true, false},
      {ACTOR_FIN, LANE_OPEN, true, false, false, false},
      {ACTOR_FIN, LANE_OPEN, false, true, false, false},
      {ACTOR_FIN, LANE_OPEN, true, true, true, true},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct script_exchange exchange = {.client = 1};
    struct script_exchange *exchanges[] = {&exchange};
    size_t queue[] = {0};
    struct script script = {.exchanges = exchanges, .num_exchanges = 1};
    script.clients[0] = (struct client_lane){.state = LANE_OPEN, .conn = 8};
    script.clients[1] = (struct client_lane){.state = rows[i].lane,
                                             .conn = 9,
                                             .closing = rows[i].closing,
                                             .shut = rows[i].shut,
                                             .queue = queue,
                                             .num_queued = rows[i].outstanding ? 1 : 0};
    struct actor_event event = {.kind = rows[i].how, .conn = 9};
    assert_int_equal(suspect_cut(&script, &event), rows[i].cut);
    event.conn = 10;
    assert_false(suspect_cut(&script, &event));
  }
}

/* Of plays that were cut, and that no later exchange outlived, those are to blame that had begun
 * before the first cut; the others were hurt. */
static void test_who_is_to_blame_for_a_death(void **state) {
  (void)state;
  static const struct {
    uint64_t began_us;
    uint64_t ended_us;
    uint64_t cut_us; /* 0 for never */
    bool blamed;
    bool hurt;
  } rows[] = {
      {100, 500, 300, true, false},  {299, 500, 400, true, false},
      {300, 500, 400, false, true},  /* began when the target was gone */
      {100, 199, 150, false, false}, /* the target was alive after that */
      {100, 200, 400, true, false},  {100, 500, 0, false, false},
  };
  enum { NUM = sizeof(rows) / sizeof(rows[0]) };
  struct script scripts[NUM];
  struct play plays[NUM];
  for (size_t i = 0; i < NUM; i++) {
    scripts[i] = (struct script){.began_us = rows[i].began_us,
                                 .ended_us = rows[i].ended_us,
                                 .canary = SIZE_MAX,
                                 .missed = true};
    plays[i] = (struct play){.runs = {&scripts[i]},
                             .num_runs = 1,
                             .cuts = rows[i].cut_us != 0 ? 1U : 0U,
                             .cut_us = rows[i].cut_us};
  }
  assert_int_equal(suspect_blame(plays, NUM, 200, 900), 300);
  for (size_t i = 0; i < NUM; i++) {
    assert_int_equal(scripts[i].target_down, rows[i].blamed);
    assert_int_equal(scripts[i].hurt, rows[i].hurt);
    assert_int_equal(suspect_was_cut(&plays[i]), rows[i].cut_us != 0 && !rows[i].hurt);
  }
  plays[0].running = true;
  scripts[0].target_down = false;
  (void)suspect_blame(plays, 1, 200, 900);
  assert_false(scripts[0].target_down);
}

/* A process died since then: whoever was cut meanwhile was hurt. */
static void test_who_was_hurt_by_a_death(void **state) {
  (void)state;
  struct script script = {.ended_us = 500, .canary = SIZE_MAX};
  struct play play = {.runs = {&script}, .num_runs = 1, .cuts = 1};
  assert_false(suspect_hurt(&play, 1, 500));
  assert_false(script.hurt);
  assert_true(suspect_hurt(&play, 1, 499));
  assert_true(script.hurt);
  assert_int_equal(play.num_unclean, 1);
  script.hurt = false;
  play.running = true;
  assert_false(suspect_hurt(&play, 1, 0));
  play.running = false;
  play.cuts = 2;
  assert_false(suspect_hurt(&play, 1, 0));
  assert_false(suspect_hurt(&play, 0, 0));
}

/* A run that we spoiled ourselves is none, unless it came out clean all the same. */
static void test_which_runs_are_void(void **state) {
  (void)state;
  static const struct {
    bool down;
    bool robbed;
    bool missed;
    bool unsent;
    bool is_void;
  } rows[] = {
      {true, false, true, true, true},    {true, false, true, false, false},
      {false, true, true, false, true},   {false, true, false, false, false},
      {false, false, true, false, false}, {false, false, true, true, false},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct script_exchange exchange = {0};
    struct script *script = memory_resize(NULL, sizeof(*script));
    *script = (struct script){.target_down = rows[i].down,
                              .robbed = rows[i].robbed,
                              .missed = rows[i].missed,
                              .exchanges = (struct script_exchange *[]){&exchange},
                              .num_exchanges = rows[i].unsent ? 0 : 1};
    struct play play = {.runs = {script}, .num_runs = 1, .num_void = 6};
    assert_false(suspect_drop_void(&play));
    play.num_void = 5;
    assert_int_equal(suspect_drop_void(&play), rows[i].is_void);
    assert_int_equal(play.num_runs, rows[i].is_void ? 0 : 1);
    if (!rows[i].is_void) {
      free(script);
    }
  }
}

/* A run in which nothing was wrong but that the target could not reach its origin says nothing. */
static void test_a_clean_run_without_the_origin_is_void(void **state) {
  (void)state;
  static const struct {
    enum seat seat;
    unsigned arrivals;
    unsigned code;
    bool closed;
    bool missed;
    bool is_void;
  } rows[] = {
      {SEAT_GATEWAY, 0, 502, false, false, true},  {SEAT_PROXY, 0, 504, false, false, true},
      {SEAT_GATEWAY, 0, 501, false, false, false}, {SEAT_GATEWAY, 0, 505, false, false, false},
      {SEAT_GATEWAY, 1, 502, false, false, false}, {SEAT_GATEWAY, 0, 502, false, true, false},
      {SEAT_ORIGIN, 0, 502, false, false, false},  {SEAT_GATEWAY, 0, 0, false, false, false},
      {SEAT_GATEWAY, 0, 0, true, false, true},     {SEAT_GATEWAY, 1, 0, true, false, false},
      {SEAT_GATEWAY, 0, 200, true, false, false},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct message_seen final = {.code = rows[i].code};
    struct script_exchange exchange = {.arrivals = rows[i].arrivals,
                                       .closed = rows[i].closed,
                                       .final = rows[i].code == 0 ? NULL : &final};
    struct script *script = memory_resize(NULL, sizeof(*script));
    *script = (struct script){.config.seat = rows[i].seat,
                              .missed = rows[i].missed,
                              .exchanges = (struct script_exchange *[]){&exchange},
                              .num_exchanges = 1};
    struct play play = {.runs = {script}, .num_runs = 1, .num_void = 2};
    assert_false(suspect_drop_void(&play));
    play.num_void = 1;
    assert_int_equal(suspect_drop_void(&play), rows[i].is_void);
    if (!rows[i].is_void) {
      free(script);
    }
  }
}

static void test_no_run_at_all(void **state) {
  (void)state;
  struct play play = {.num_runs = 0};
  assert_null(play_script(&play));
  assert_null(play_judged(&play));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_which_run_is_judged),
      cmocka_unit_test(test_an_answer_of_its_own_misleads_nobody),
      cmocka_unit_test(test_the_symptom_of_a_play),
      cmocka_unit_test(test_who_holds_the_target),
      cmocka_unit_test(test_an_end_that_may_be_a_death),
      cmocka_unit_test(test_who_is_to_blame_for_a_death),
      cmocka_unit_test(test_who_was_hurt_by_a_death),
      cmocka_unit_test(test_which_runs_are_void),
      cmocka_unit_test(test_a_clean_run_without_the_origin_is_void),
      cmocka_unit_test(test_no_run_at_all),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
