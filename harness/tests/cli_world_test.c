/* Every case against the reference gateway or the reference origin, in one process under virtual
 * time: no socket, no sleep. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "case/library.h"
#include "cli/plan.h"
#include "hpack/hpack.h"
#include "judge/verdict.h"
#include "peer/origin.h"
#include "peer/relay.h"
#include "script/stage.h"
#include "tests/world.h"

static struct stage *stage_for(struct plan *plan, enum seat seat) {
  struct stage_config config = {
      .seat = seat,
      .run = 0xabcdef,
      .host = "target.test",
      .path_base = seat == SEAT_ORIGIN ? "/" : "",
      .absolute = "",
      .date = "Sat, 21 Nov 2026 00:00:00 GMT",
      .jobs = 32,
      .scale = 1,
      .front = plan->pair.front,
      .backs = plan->pair.backs,
      .coder = &hpack_coder,
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

/* What is noted of a play that went well. */
static void steps_are_in_order(const struct script *script) {
  uint64_t at_us = script->began_us;
  for (size_t i = 0; i < script->config.file->num_steps; i++) {
    const struct step_record *record = &script->steps[i];
    assert_int_not_equal(record->state, STEP_PENDING);
    assert_true(record->ended_us >= at_us);
    at_us = record->ended_us;
  }
  assert_true(script->ended_us >= at_us);
  at_us = 0;
  for (size_t i = 0; i < script->num_transcript; i++) {
    const struct transcript_entry *entry = &script->transcript[i];
    assert_true(entry->t_us >= at_us && entry->number > 0);
    at_us = entry->t_us;
  }
  assert_true(script->ended_us - script->began_us >= at_us);
  assert_int_equal(script->budget_us, script->config.deadline_us);
  assert_string_equal(script->fallen, "");
  assert_string_equal(script->over_limit, "");
}

static void lanes_are_closed(const struct script *script) {
  for (size_t i = 0; i < SCRIPT_MAX_CLIENTS; i++) {
    const struct client_lane *lane = &script->clients[i];
    assert_true(lane->state == LANE_NEW || lane->state == LANE_ENDED);
    assert_null(lane->link);
    assert_false(lane->broken || lane->refused);
    for (const struct message_seen *message = lane->first; message != NULL;
         message = message->next) {
      assert_false(message->request);
      assert_true(message->head_done && message->code >= 100);
      assert_true(!message->complete || message->interim || message->end_us >= message->head_us);
      assert_int_not_equal(message->owner, OWNER_FOREIGN);
    }
  }
}

static void request_is_kept(const struct script *script, const struct script_exchange *exchange,
                            enum http_version backs) {
  const struct message_seen *request = exchange->request;
  assert_non_null(request);
  assert_true(request->request && request->head_done);
  assert_true(request->head_us >= script->began_us && request->end_us <= script->ended_us);
  assert_int_not_equal(exchange->back, 0);
  assert_int_equal(exchange->back_number != 0, backs == HTTP_H2);
}

/* Returns how many the client has seen. */
static unsigned check_interims(const struct script_exchange *exchange) {
  unsigned num_seen = 0;
  for (size_t i = 0; i < exchange->num_interims; i++) {
    const struct sent_interim *interim = &exchange->interims[i];
    num_seen += interim->seen ? 1U : 0U;
    assert_true(!interim->seen || interim->seen_us >= interim->sent_us);
    assert_true(!exchange->final_sent || exchange->final_sent_us >= interim->sent_us);
  }
  return num_seen;
}

static void exchange_is_sound(const struct script *script, const struct script_exchange *exchange,
                              enum seat seat) {
  assert_true(exchange->sent_us >= script->began_us);
  assert_false(exchange->stalled || exchange->waited || exchange->foreign || exchange->leaked ||
               exchange->reordered || exchange->fell_out || exchange->next_answered);
  assert_int_equal(exchange->num_late + exchange->num_repeated, 0);
  assert_int_equal(exchange->probed_us, 0);
  assert_true(seat == SEAT_ORIGIN || check_interims(exchange) == exchange->num_seen);
  assert_true(!exchange->final_sent || exchange->final_code >= 200);
  if (exchange->automatic) {
    assert_true(exchange->final != NULL && exchange->final->complete);
    assert_true(seat == SEAT_ORIGIN || exchange->final->owner == OWNER_OURS);
    assert_true(seat == SEAT_ORIGIN || (exchange->arrivals == 1 && exchange->final_sent));
  }
}

static void record_is_sound(const struct script *script, enum seat seat, struct pair pair) {
  steps_are_in_order(script);
  lanes_are_closed(script);
  assert_int_not_equal(script->canary, SIZE_MAX);
  assert_true(script->exchanges[script->canary]->automatic);
  for (size_t i = 0; i < script->num_exchanges; i++) {
    const struct script_exchange *exchange = script->exchanges[i];
    exchange_is_sound(script, exchange, seat);
    if (exchange->arrivals > 0) {
      request_is_kept(script, exchange, pair.backs);
    }
  }
}

static struct relay *target_for(enum seat seat, struct pair pair) {
  struct origin_config origin = {.listener = 0, .coder = &hpack_coder, .faults = true};
  struct relay_config relay = {
      .listener = 0, .origin = 0, .coder = &hpack_coder, .origin_h2 = pair.backs == HTTP_H2};
  return seat == SEAT_ORIGIN ? origin_new(&origin) : relay_new(&relay);
}

static void play_at(enum seat seat, struct pair pair) {
  struct arena arena = {0};
  struct library library;
  struct diag diag;
  struct plan plan = {.pair = pair};
  struct run_options options = {.seat = seat, .level = 2, .slow = true};
  static const char *const triggers[] = {"102=GET /102/2/1ms", "103=GET /103",
                                         "104=POST /upload | Upload-Draft-Interop-Version: 8"};
  for (; options.num_triggers < 3; options.num_triggers++) {
    assert_null(
        trigger_parse(triggers[options.num_triggers], &options.triggers[options.num_triggers]));
  }
  assert_int_equal(library_load_embedded(&arena, &library, &diag), 0);
  assert_int_equal(plan_make(&arena, &library, &options, 1, &plan, 1, &diag), 0);
  struct relay *relay = target_for(seat, pair);
  struct stage *stage = stage_for(&plan, seat);
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
  assert_int_equal(stage_back(stage), pair.backs);
  size_t num_clean = 0;
  for (size_t i = 0; i < plan.num_plays; i++) {
    struct script *script = play_script(&plan.plays[i]);
    num_clean += script != NULL && script->phase == PHASE_DONE && script_clean(script) ? 1U : 0U;
  }
  print_unclean(&plan);
  assert_int_equal(num_clean, plan.num_plays);
  for (size_t i = 0; i < plan.num_plays; i++) {
    if (!plan.plays[i].left_out) {
      assert_int_equal(plan.plays[i].num_runs, 1);
      record_is_sound(plan.plays[i].runs[0], seat, pair);
    }
  }
  assert_int_equal(stage_num_done(stage), plan.num_plays);
  assert_int_equal(stage_num_deaths(stage), 0);
  assert_int_equal(stage_deadline_us(stage), 250000);
  world_free(&world);
  stage_free(stage);
  relay_free(relay);
  arena_free(&arena);
}

static void test_every_case_from_http_1_to_http_1(void **state) {
  (void)state;
  play_at(SEAT_GATEWAY, (struct pair){HTTP_H1, HTTP_H1});
}

static void test_every_case_from_http_2_to_http_1(void **state) {
  (void)state;
  play_at(SEAT_GATEWAY, (struct pair){HTTP_H2, HTTP_H1});
}

static void test_every_case_from_http_1_to_http_2(void **state) {
  (void)state;
  play_at(SEAT_GATEWAY, (struct pair){HTTP_H1, HTTP_H2});
}

static void test_every_case_from_http_2_to_http_2(void **state) {
  (void)state;
  play_at(SEAT_GATEWAY, (struct pair){HTTP_H2, HTTP_H2});
}

/* How many of the plays with this trigger for 102 were not clean. */
static size_t num_unclean(const char *trigger, const char *glob, enum http_version front) {
  struct arena arena = {0};
  struct library library;
  struct diag diag;
  struct plan plan = {.pair = {front, HTTP_H1}};
  struct run_options options = {
      .seat = SEAT_ORIGIN, .level = 2, .globs = {glob}, .num_globs = 1, .num_triggers = 1};
  assert_null(trigger_parse(trigger, &options.triggers[0]));
  assert_int_equal(library_load_embedded(&arena, &library, &diag), 0);
  assert_int_equal(plan_make(&arena, &library, &options, 1, &plan, 1, &diag), 0);
  struct relay *relay = target_for(SEAT_ORIGIN, plan.pair);
  struct stage *stage = stage_for(&plan, SEAT_ORIGIN);
  struct world world = {
      .actors = {stage_actor(stage), relay_actor(relay)},
      .num_actors = 2,
      .route = {1, 0},
      .now_us = 1000000,
  };
  while (!stage_done(stage) && world.num_events < 5000000 && world_step(&world)) {
  }
  assert_true(stage_done(stage));
  size_t num = 0;
  for (size_t i = 0; i < plan.num_plays; i++) {
    num += script_clean(play_script(&plan.plays[i])) ? 0U : 1U;
  }
  world_free(&world);
  stage_free(stage);
  relay_free(relay);
  arena_free(&arena);
  return num;
}

static void test_an_origin_that_makes_faults_is_found_out(void **state) {
  (void)state;
  static const char *const triggers[] = {"102=GET /bad/content-length",
                                         "102=GET /bad/transfer-encoding", "102=GET /bad/no-final",
                                         "102=GET /bad/hang"};
  for (size_t i = 0; i < sizeof(triggers) / sizeof(triggers[0]); i++) {
    assert_int_equal(num_unclean(triggers[i], "origin-102/then-final", HTTP_H1), 1);
    assert_int_equal(num_unclean(triggers[i], "origin-102/then-final", HTTP_H2), 1);
  }
  assert_int_equal(num_unclean("102=GET /102/3", "origin-102/*", HTTP_H1), 0);
}

static void test_every_case_at_an_origin_of_http_1(void **state) {
  (void)state;
  play_at(SEAT_ORIGIN, (struct pair){HTTP_H1, HTTP_H1});
}

static void test_every_case_at_an_origin_of_http_2(void **state) {
  (void)state;
  play_at(SEAT_ORIGIN, (struct pair){HTTP_H2, HTTP_H1});
}

static size_t says_nothing(const struct library *library, const char *id) {
  const struct requirement *row = registry_find(&library->registry, span_of(id));
  bool judged = row == NULL || verdict_of((enum judge_level)row->level, false) != VERDICT_INFO;
  if (!judged || outcome_unmet_impact(id) != NULL) {
    return 0;
  }
  print_error("judge/impact.c says nothing of %s\n", id);
  return 1;
}

/* A reader is told what it does to users that a requirement is not met: each that decides a case,
 * and each that a house rule is about whose breach has no outcome of its own. */
static void test_each_deciding_requirement_has_an_impact(void **state) {
  (void)state;
  static const enum breach breaches[] = {BREACH_INTERIM_LENGTH, BREACH_INTERIM_CODING,
                                         BREACH_INTERIM_HTTP10, BREACH_SWITCHED};
  static const enum seat seats[] = {SEAT_ORIGIN, SEAT_GATEWAY, SEAT_PROXY};
  struct arena arena;
  struct library library;
  struct diag diag;
  size_t num = 0;
  arena_init(&arena);
  assert_int_equal(library_load_embedded(&arena, &library, &diag), 0);
  for (size_t i = 0; i < library.num_cases; i++) {
    for (size_t k = 0; k < 4 * sizeof(seats) / sizeof(seats[0]); k++) {
      const struct case_cite *cite =
          case_cite_for(&library.cases[i], seats[k / 4], (k & 1U) != 0 ? HTTP_H2 : HTTP_H1,
                        (k & 2U) != 0 ? HTTP_H2 : HTTP_H1);
      if (cite != NULL) {
        num += says_nothing(&library, (const char *)arena_copy(&arena, cite->id).ptr);
      }
    }
  }
  for (size_t i = 0; i < sizeof(breaches) / sizeof(breaches[0]); i++) {
    num += says_nothing(&library, breach_requirement(breaches[i], HTTP_H1));
    num += says_nothing(&library, breach_requirement(breaches[i], HTTP_H2));
  }
  assert_int_equal(num, 0);
  arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_case_from_http_1_to_http_1),
      cmocka_unit_test(test_every_case_from_http_2_to_http_1),
      cmocka_unit_test(test_every_case_from_http_1_to_http_2),
      cmocka_unit_test(test_every_case_from_http_2_to_http_2),
      cmocka_unit_test(test_an_origin_that_makes_faults_is_found_out),
      cmocka_unit_test(test_every_case_at_an_origin_of_http_1),
      cmocka_unit_test(test_every_case_at_an_origin_of_http_2),
      cmocka_unit_test(test_each_deciding_requirement_has_an_impact),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
