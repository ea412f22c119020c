/* What the suite says of origin servers with one fault each, and what it measures of sound ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "case/library.h"
#include "cli/assemble.h"
#include "cli/plan.h"
#include "script/stage.h"
#include "tests/canned_origin.h"
#include "tests/world.h"

#define ONE "HTTP/1.1 102 Processing||"
#define HINTS "HTTP/1.1 103 Early Hints|Link: </a>|Server: s|Date: D||"
#define UPLOAD(fields) "HTTP/1.1 104 Upload Resumption Supported|" fields "|"
#define PLACE "Location: /u/1|"
#define DRAFT "Upload-Draft-Interop-Version: 8|"
#define CREATED(fields) "HTTP/1.1 201 Created|Content-Length: 0|" fields "|"

static const struct canned_fault faults[] = {
    {.name = "sound-102", .trigger = ONE "<40>" ONE "<30>" CANNED_PAGE},
    {.name = "sound-103", .trigger = HINTS CANNED_PAGE},
    {.name = "repeats-hints",
     .trigger = HINTS "HTTP/1.1 200 OK|Link: </a>|Server: s|Content-Length: 0||"},
    {.name = "sound-104",
     .trigger = UPLOAD(PLACE DRAFT) "<5>" UPLOAD(PLACE DRAFT) CREATED(PLACE),
     .bare = CREATED(PLACE)},
    {.name = "bare", .trigger = ONE, .http10 = ONE, .head = ONE},
    {.name = "bare-103", .trigger = HINTS},
    {.name = "bare-104", .trigger = UPLOAD(PLACE DRAFT)},
    {.name = "ends", .trigger = ONE "!", .head = ONE "!"},
    {.name = "works-on", .trigger = ONE "<60000>" CANNED_PAGE},
    {.name = "slow", .trigger = "<25000>" CANNED_PAGE},
    {.name = "to-1.0", .trigger = ONE CANNED_PAGE, .http10 = ONE CANNED_PAGE},
    {.name = "content-to-head", .trigger = ONE CANNED_PAGE, .head = ONE CANNED_PAGE},
    {.name = "head-sound", .trigger = ONE CANNED_PAGE, .head = ONE CANNED_HEAD},
    {.name = "hints-head-content", .trigger = HINTS CANNED_PAGE, .head = HINTS CANNED_PAGE},
    {.name = "102-for-100", .trigger = ONE CANNED_PAGE, .waiting = ONE},
    {.name = "103-for-100", .trigger = HINTS CANNED_PAGE, .waiting = HINTS},
    {.name = "104-for-100",
     .trigger = UPLOAD(PLACE DRAFT) CREATED(PLACE),
     .waiting = UPLOAD(PLACE DRAFT)},
    {.name = "nowhere", .trigger = UPLOAD(DRAFT) CREATED("")},
    {.name = "moves",
     .trigger = UPLOAD(PLACE DRAFT) UPLOAD("Location: /u/2|" DRAFT) CREATED("Location: /u/3|")},
    {.name = "versionless", .trigger = UPLOAD(PLACE) CREATED(PLACE)},
    {.name = "unasked", .trigger = UPLOAD(PLACE DRAFT) CREATED(PLACE)},
    {.name = "stays", .trigger = ONE CANNED_PAGE, .stays = true},
    {.name = "old", .old = true},
    {.name = "serial", .trigger = ONE CANNED_PAGE, .serial = true},
    {.name = "no-blank", .trigger = "HTTP/1.1 102||" CANNED_PAGE, .head = "HTTP/1.1 102||"},
    {.name = "content-in-102", .trigger = ONE "hint" CANNED_PAGE},
    {.name = "gives-up", .stalled = "<300>HTTP/1.1 408 Request Timeout|Content-Length: 0||!"},
};

struct row {
  const char *fault;
  const char *trigger;
  const char *only;
  const char *verdict;
  const char *outcome;
  const char *requirement;
  const char *reason; /* part of it */
};

#define ASKS_102 "102=GET /trigger"
#define ASKS_103 "103=GET /trigger"
#define ASKS_104 "104=POST /trigger | Upload-Draft-Interop-Version: 8"
#define NEXT "only a 102 came, and no final response behind it: the next request on the connection"
#define ENDED "only a 102 came, and no final response behind it: the connection ended"

static const struct row rows[] = {
    {"sound-102", ASKS_102, "origin-102/pipelined", "pass", "ok", "RFC9112-9.3.2-1", ""},
    {"sound-102", ASKS_102, "origin-102/then-next", "pass", "ok", "RFC9110-15-4", ""},
    {"sound-102", ASKS_102, "origin-102/expect", "pass", "ok", "RFC9110-10.1.1-13", ""},
    {"sound-102", ASKS_102, "origin-102/timing", "info", "ok", "INFO-PACE", ""},
    {"sound-102", ASKS_102, "origin-102/head", "skip", "ok", "RFC9110-9.3.2-1",
     "with HEAD the trigger brought no 102 but a 200"},
    {"sound-102", ASKS_103, "origin-103/then-final", "skip", "ok", "RFC9110-15-4",
     "the trigger brought no 103 but a 200: correct --trigger"},
    {"head-sound", ASKS_102, "origin-102/head", "pass", "ok", "RFC9110-9.3.2-1", ""},
    {"sound-103", ASKS_103, "origin-103/fields", "info", "ok", "RFC8297-2-2", ""},
    {"sound-104", ASKS_104, "origin-104/without-version", "info", "ok",
     "DRAFT-resumable-upload-interop-1", ""},
    {"sound-104", ASKS_104, "origin-104/location", "info", "ok", "DRAFT-resumable-upload-4.2.2-2",
     ""},

    {"bare", ASKS_102, "origin-102/then-final", "fail", "taken-as-final", "RFC9110-15-4", NEXT},
    {"bare", ASKS_102, "origin-102/then-next", "fail", "taken-as-final", "RFC9110-15-4", NEXT},
    {"bare", ASKS_102, "origin-102/twice", "fail", "taken-as-final", "RFC9110-15-4", NEXT},
    {"bare", ASKS_102, "origin-102/pipelined", "fail", "taken-as-final", "RFC9110-15-4", NEXT},
    {"bare", ASKS_102, "origin-102/http10", "fail", "taken-as-final", "RFC9110-15-4", NEXT},
    {"bare", ASKS_102, "origin-102/head", "fail", "taken-as-final", "RFC9110-15-4", NEXT},
    {"bare", ASKS_102, "origin-102/timing", "fail", "taken-as-final", "RFC9110-15-4", NEXT},
    {"bare-103", ASKS_103, "origin-103/timing", "fail", "taken-as-final", "RFC9110-15-4", NULL},
    {"bare-103", ASKS_103, "origin-103/fields", "fail", "taken-as-final", "RFC9110-15-4", NULL},
    {"bare-103", ASKS_103, "origin-103/pipelined", "fail", "taken-as-final", "RFC9110-15-4", NULL},
    {"bare-104", ASKS_104, "origin-104/same-location", "fail", "taken-as-final", "RFC9110-15-4",
     NULL},
    {"bare-104", ASKS_104, "origin-104/pipelined", "fail", "taken-as-final", "RFC9110-15-4", NULL},
    {"ends", ASKS_102, "origin-102/then-final", "fail", "closed", "RFC9110-15-4", ENDED},
    {"ends", ASKS_102, "origin-102/pipelined", "fail", "closed", "RFC9110-15-4", ENDED},
    {"ends", ASKS_102, "origin-102/head", "fail", "closed", "RFC9110-15-4", ENDED},
    {"ends", ASKS_102, "origin-102/timing", "fail", "closed", "RFC9110-15-4", ENDED},
    {"ends", ASKS_102, "origin-102/expect", "fail", "closed", "RFC9110-15-4", ENDED},
    {"ends", ASKS_102, "origin-102/told-to-close", "fail", "closed", "RFC9110-15-4", ENDED},
    {"works-on", ASKS_102, "origin-102/then-final", "info", "hang", NULL,
     "the target may still be working on it"},
    {"slow", ASKS_102, "origin-102/timing", "info", "ok", "INFO-PACE",
     "no interim response came in 25.0 s; RFC 2518, which is obsolete, asked for a 102 after 20 s"},
    {"slow", ASKS_102, "origin-102/then-final", "skip", "ok", "RFC9110-15-4", "brought no 102"},
    {"to-1.0", ASKS_102, "origin-102/http10", "fail", "unmet", "RFC9110-15.2-2", "HTTP/1.0"},
    {"content-to-head", ASKS_102, "origin-102/head", "fail", "desync", "RFC9110-9.3.2-1",
     "content follows the head that answers a HEAD"},
    {"hints-head-content", ASKS_103, "origin-103/head", "fail", "desync", "RFC9110-9.3.2-1",
     "content follows the head that answers a HEAD"},
    {"sound-102", ASKS_102, "origin-102/told-to-close", "pass", "ok", "RFC9112-9.6-2", ""},
    {"sound-102", ASKS_102, "origin-expect/told-to-close", "pass", "ok", "RFC9112-9.6-2", ""},
    {"stays", ASKS_102, "origin-102/told-to-close", "fail", NULL, "RFC9112-9.6-2", NULL},
    {"stays", ASKS_102, "origin-expect/told-to-close", "fail", NULL, "RFC9112-9.6-2", NULL},
    {"102-for-100", ASKS_102, "origin-102/expect", "fail", "hang", "RFC9110-10.1.1-13", NULL},
    {"103-for-100", ASKS_103, "origin-103/expect", "fail", "hang", "RFC9110-10.1.1-13", NULL},
    {"104-for-100", ASKS_104, "origin-104/expect", "fail", "hang", "RFC9110-10.1.1-13", NULL},
    {"serial", ASKS_102, "origin-102/http10", "skip", "ok", "RFC9110-15.2-2",
     "the target serves one connection at a time, and this case needs two"},
    {"serial", ASKS_102, "origin-102/given-up", "pass", "ok", "HOUSE-ALIVE", ""},
    {"serial", ASKS_102, "origin-expect/given-up", "pass", "ok", "HOUSE-ALIVE", ""},
    {"no-blank", ASKS_102, "origin-102/told-to-close", "fail", "altered", "RFC9110-2.2-2",
     "no SP behind the status code"},
    {"content-in-102", ASKS_102, "origin-102/pipelined", "fail", "altered", "RFC9110-2.2-2", NULL},
    {"old", ASKS_102, "origin-expect/100-or-final", "skip", "hang", "RFC9110-10.1.1-13",
     "the target answers with HTTP/1.0, which has no expectations"},
    {"old", ASKS_102, "origin-expect/final-after-100", "pass", "ok", "RFC9110-10.1.1-11", ""},
    {"nowhere", ASKS_104, "origin-104/location", "info", "unmet", "DRAFT-resumable-upload-4.2.2-2",
     "104\": a 104 without Location came"},
    {"versionless", ASKS_104, "origin-104/interop-version", "info", "unmet",
     "DRAFT-resumable-upload-interop-2", "a 104 without Upload-Draft-Interop-Version came"},
    {"unasked", ASKS_104, "origin-104/without-version", "info", "unmet",
     "DRAFT-resumable-upload-interop-1", "104\": a 104 came"},
};

struct played {
  struct arena arena;
  struct library library;
  struct plan plan;
  struct stage *stage;
  struct canned_origin *origin;
  struct world world;
  struct result result; /* of the one case */
};

static const struct canned_fault *fault_named(const char *name) {
  for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
    if (strcmp(faults[i].name, name) == 0) {
      return &faults[i];
    }
  }
  fail_msg("no fault %s", name);
  return NULL;
}

static void play(struct played *played, const char *fault, const char *trigger, const char *only) {
  struct diag diag;
  struct run_options options = {
      .seat = SEAT_ORIGIN, .level = 2, .globs = {only}, .num_globs = 1, .num_triggers = 1};
  *played = (struct played){.plan = {.pair = {HTTP_H1, HTTP_H1}},
                            .world = {.num_actors = 2, .route = {1, 0}, .now_us = 1000000}};
  assert_null(trigger_parse(trigger, &options.triggers[0]));
  assert_int_equal(library_load_embedded(&played->arena, &played->library, &diag), 0);
  assert_int_equal(
      plan_make(&played->arena, &played->library, &options, 1, &played->plan, 1, &diag), 0);
  assert_int_equal(played->plan.num_plays, 1);
  struct stage_config config = {.seat = SEAT_ORIGIN,
                                .run = 0xabcdef,
                                .host = "origin.test",
                                .path_base = "/",
                                .absolute = "",
                                .date = "Sat, 21 Nov 2026 00:00:00 GMT",
                                .jobs = 1,
                                .scale = 1,
                                .trigger_us = 30000000};
  played->stage = stage_new(&config, played->plan.plays, played->plan.num_plays);
  played->origin = calloc(1, sizeof(*played->origin));
  assert_non_null(played->origin);
  played->origin->fault = fault_named(fault);
  played->world.actors[0] = stage_actor(played->stage);
  played->world.actors[1] = canned_actor(played->origin);
  while (!stage_done(played->stage) && played->world.num_events < 200000 &&
         world_step(&played->world)) {
  }
  assert_true(stage_done(played->stage));
  assert_string_equal(stage_failure(played->stage), "");
  struct assemble_context context = {.arena = &played->arena,
                                     .registry = &played->library.registry,
                                     .seat = SEAT_ORIGIN,
                                     .pair = &played->plan.pair,
                                     .worked = true,
                                     .front_http10 = stage_front_http10(played->stage),
                                     .reproduce = ""};
  assemble_result(&context, &played->plan.plays[0], &played->result);
}

static void played_end(struct played *played) {
  world_free(&played->world);
  stage_free(played->stage);
  canned_free(played->origin);
  free(played->origin);
  arena_free(&played->arena);
}

static bool is_so(const struct result *result, const struct row *row) {
  return strcmp(verdict_word(result->verdict), row->verdict) == 0 &&
         (row->outcome == NULL || strcmp(outcome_word(result->outcome), row->outcome) == 0) &&
         (row->requirement == NULL || strcmp(result->requirements[0].id, row->requirement) == 0) &&
         (row->reason == NULL ||
          (row->reason[0] == '\0' ? result->reason[0] == '\0'
                                  : strstr(result->reason, row->reason) != NULL));
}

static void test_each_fault_is_named_and_blamed(void **state) {
  (void)state;
  unsigned wrong = 0;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct played played;
    play(&played, rows[i].fault, rows[i].trigger, rows[i].only);
    const struct result *result = &played.result;
    if (!is_so(result, &rows[i])) {
      wrong++;
      print_error("%s, %s: %s %s %s; observed %s; %s\n    not %s %s %s\n", rows[i].fault,
                  rows[i].only, verdict_word(result->verdict), outcome_word(result->outcome),
                  result->requirements[0].id, result->observed, result->reason, rows[i].verdict,
                  rows[i].outcome == NULL ? "*" : rows[i].outcome,
                  rows[i].requirement == NULL ? "*" : rows[i].requirement);
    }
    played_end(&played);
  }
  assert_int_equal(wrong, 0);
}

/* Text of all measures; the clock is virtual, so they are exact. */
static const char *measured(struct played *played) {
  struct bytes text = {0};
  for (size_t i = 0; i < played->result.num_measured; i++) {
    const struct measure *measure = &played->result.measured[i];
    bytes_printf(&text, "%s%s %.10g", i > 0 ? ", " : "", measure->name, measure->value);
  }
  const char *out = arena_printf(&played->arena, "%s", bytes_cstr(&text));
  bytes_free(&text);
  return out;
}

static void test_pace_and_choices_are_measured(void **state) {
  (void)state;
  static const struct {
    const char *fault;
    const char *trigger;
    const char *only;
    const char *measured;
  } measures[] = {
      {"sound-102", ASKS_102, "origin-102/timing",
       "first_interim_ms 0.1, longest_silence_ms 40, longest_gap_ms 40, final_ms 70.1"},
      {"slow", ASKS_102, "origin-102/timing", "final_ms 25000.1"},
      {"sound-103", ASKS_103, "origin-103/timing",
       "first_interim_ms 0.1, longest_silence_ms 0.1, final_ms 0.1"},
      {"sound-103", ASKS_103, "origin-103/fields", "hinted_fields 2, hinted_fields_in_final 0"},
      {"repeats-hints", ASKS_103, "origin-103/fields", "hinted_fields 2, hinted_fields_in_final 2"},
      {"sound-104", ASKS_104, "origin-104/same-location", "upload_locations 1"},
      {"moves", ASKS_104, "origin-104/same-location", "upload_locations 3"},
      {"nowhere", ASKS_104, "origin-104/same-location", "upload_locations 0"},
      {"sound-102", ASKS_102, "origin-expect/stalled-content",
       "content_awaited_ms 1000, content_given_up 0"},
      {"gives-up", ASKS_102, "origin-expect/stalled-content",
       "content_awaited_ms 300.1, content_given_up 1"},
  };
  for (size_t i = 0; i < sizeof(measures) / sizeof(measures[0]); i++) {
    struct played played;
    play(&played, measures[i].fault, measures[i].trigger, measures[i].only);
    assert_string_equal(verdict_word(played.result.verdict), "info");
    assert_string_equal(measured(&played), measures[i].measured);
    played_end(&played);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_each_fault_is_named_and_blamed),
      cmocka_unit_test(test_pace_and_choices_are_measured),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
