/* Which plays share the target with no other. */
#include "script/stage_inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool is_due(enum stage_phase phase, enum http_version back, struct play *play) {
  struct stage stage = {.plays = play, .num_plays = 1, .phase = phase, .back = back};
  stage.num_confirmed_alone = MAX_ALONE_CONFIRMS + MAX_ALONE_CUTS;
  return stage_next_due(&stage) == play;
}

static void test_what_may_upset_a_shared_connection_is_played_alone(void **state) {
  static const struct {
    const char *head;
    const char *step;
    bool over_h1;
    bool over_h2;
  } rows[] = {
      {"", "origin sends 102\n", false, false},
      {"", "origin sends 102 glued\norigin sends 200\n", false, false},
      {"alone\n", "origin sends 102\n", true, true},
      {"", "origin sends 102 cut 7\n", false, true},
      {"", "origin sends 102 split 7\n", false, true},
      {"", "origin sends 102 padded 0\n", false, true},
      {"", "origin sends frame PING\n", false, true},
      /* The client's connection is its own. */
      {"", "client sends frame PING\n", false, false},
      {"", "client sends GET cut 7\n", false, false},
  };
  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct arena arena;
    struct case_file file;
    struct diag diag;
    struct play play = {.file = &file};
    arena_init(&arena);
    const char *text =
        arena_printf(&arena, "title T\ncites HOUSE-ALIVE\nseat gateway\n%s\nclient sends GET\n%s",
                     rows[i].head, rows[i].step);
    assert_int_equal(case_parse(&arena, "t/c.case", span_of(text), NULL, &file, &diag), 0);
    assert_int_equal(is_due(STAGE_TOGETHER, HTTP_H1, &play), !rows[i].over_h1);
    assert_int_equal(is_due(STAGE_TOGETHER, HTTP_H2, &play), !rows[i].over_h2);
    assert_true(is_due(STAGE_ALONE, HTTP_H2, &play));
    arena_free(&arena);
  }
}

/* After enough symptoms were confirmed alone, only they still are. */
static void test_what_a_neighbour_may_have_caused_is_confirmed_alone(void **state) {
  static const struct {
    bool target_down;
    bool hurt;
    bool back_left;
    uint32_t stream; /* 0 over HTTP/1.1, where a play has its back connection to itself */
    bool alone;
  } rows[] = {
      {false, false, false, 0, false}, {false, false, false, 1, false},
      {true, false, false, 0, true},   {false, true, false, 0, true},
      {false, false, true, 0, false},  {false, false, true, 1, true},
  };
  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct case_file file = {.num_steps = 0};
    struct script_exchange exchange = {.back_left = rows[i].back_left,
                                       .back_number = rows[i].stream};
    struct script_exchange *exchanges[] = {&exchange};
    struct script script = {.exchanges = exchanges, .num_exchanges = 1};
    script.target_down = rows[i].target_down;
    script.hurt = rows[i].hurt;
    struct play play = {.file = &file, .num_runs = 1};
    play.runs[0] = &script;
    assert_int_equal(is_due(STAGE_CONFIRM_ALONE, HTTP_H2, &play), rows[i].alone);
    assert_true(is_due(STAGE_CONFIRM, HTTP_H2, &play));
    play.runs[1] = &script;
    play.num_runs = 2;
    assert_true(is_due(STAGE_CONFIRM_ALONE, HTTP_H2, &play));
    assert_false(is_due(STAGE_CONFIRM, HTTP_H2, &play));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_what_may_upset_a_shared_connection_is_played_alone),
      cmocka_unit_test(test_what_a_neighbour_may_have_caused_is_confirmed_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
