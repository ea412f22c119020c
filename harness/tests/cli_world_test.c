/* Every case against the reference gateway, in one process under virtual time: no socket, no sleep.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "case/library.h"
#include "cli/plan.h"
#include "peer/relay.h"
#include "script/stage.h"
#include "tests/world.h"

static struct stage *stage_for(struct plan *plan) {
  struct stage_config config = {
      .seat = SEAT_GATEWAY,
      .run = 0xabcdef,
      .host = "gateway.test",
      .path_base = "",
      .absolute = "",
      .date = "Sat, 21 Nov 2026 00:00:00 GMT",
      .jobs = 32,
      .scale = 1,
  };
  return stage_new(&config, plan->plays, plan->num_plays);
}

static void print_unclean(struct plan *plan) {
  for (size_t i = 0; i < plan->num_plays; i++) {
    struct script *script = play_script(&plan->plays[i]);
    if (script == NULL || script->phase != PHASE_DONE) {
      print_error("%s: not played\n", plan->plays[i].id);
    } else if (!script_clean(script)) {
      print_error("%s: expected %s, observed %s\n", plan->plays[i].id, script_expected(script),
                  script_observed(script));
      for (size_t k = 0; k < script->num_findings; k++) {
        print_error("    %s\n", script->findings[k].text);
      }
    }
  }
}

static void test_every_case_against_the_reference_gateway(void **state) {
  (void)state;
  struct arena arena = {0};
  struct library library;
  struct diag diag;
  struct plan plan;
  struct run_options options = {.seat = SEAT_GATEWAY, .level = 2, .slow = true};
  assert_int_equal(library_load_embedded(&arena, &library, &diag), 0);
  assert_int_equal(plan_make(&arena, &library, &options, 1, &plan, &diag), 0);
  struct relay_config relay_config = {.listener = 0, .origin = 0};
  struct relay *relay = relay_new(&relay_config);
  struct stage *stage = stage_for(&plan);
  struct world world = {
      .actors = {stage_actor(stage), relay_actor(relay)},
      .num_actors = 2,
      .route = {1, 0},
      .now_us = 1000000,
  };
  while (!stage_done(stage) && world.num_events < 5000000 && world_step(&world)) {
  }
  assert_true(stage_done(stage));
  assert_string_equal(stage_failure(stage), "");
  size_t num_clean = 0;
  for (size_t i = 0; i < plan.num_plays; i++) {
    struct script *script = play_script(&plan.plays[i]);
    num_clean += script != NULL && script->phase == PHASE_DONE && script_clean(script) ? 1U : 0U;
  }
  print_unclean(&plan);
  assert_int_equal(num_clean, plan.num_plays);
  world_free(&world);
  stage_free(stage);
  relay_free(relay);
  arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_case_against_the_reference_gateway),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
