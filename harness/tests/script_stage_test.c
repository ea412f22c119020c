/* Many plays against one target: who begins when, and who is run again. */
#include "hpack/hpack.h"
#include "tests/script_hall.h"

static void test_clean_plays_run_once(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 20);
  hall_play(&hall, "none");
  assert_string_equal(stage_failure(hall.stage), "");
  assert_false(stage_target_died(hall.stage));
  assert_int_equal(stage_num_done(hall.stage), 20);
  for (size_t i = 0; i < 20; i++) {
    runs_are(&hall, i, 1, 0);
    assert_true(script_clean(play_script(&hall.plays[i])));
  }
  hall_close(&hall);
}

static void test_no_more_plays_at_once_than_jobs(void **state) {
  (void)state;
  static const unsigned jobs[] = {0, 1, 3, 8}; /* 0 is as 1 */
  for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
    struct hall hall;
    hall_init(&hall, 20);
    hall.config.jobs = jobs[i];
    hall_play(&hall, "none");
    /* A canary may open a connection before the one before it is closed at the other end. */
    unsigned least = jobs[i] == 0 ? 1 : jobs[i];
    assert_true(hall.most <= least + 1);
    assert_true(hall.most >= least);
    hall_close(&hall);
  }
}

static void test_a_play_alone_shares_the_target_with_none(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 10);
  hall_add(&hall, HALL_ALONE);
  hall_add(&hall, HALL_ALONE);
  hall_play(&hall, "drops");
  assert_false(hall.mixed);
  runs_are(&hall, 10, 2, 2);
  runs_are(&hall, 11, 2, 2);
  hall_close(&hall);
}

static void test_no_play_at_all(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 0);
  hall_play(&hall, "none");
  assert_string_equal(stage_failure(hall.stage), "");
  /* Three plain requests before, and one behind. */
  assert_int_equal(hall.gateway.num_fronts, 4);
  assert_int_equal(hall_num_plain(&hall), 4);
  hall_close(&hall);
}

static void test_what_was_not_clean_is_run_again(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 12);
  hall_play(&hall, "drops");
  for (size_t i = 0; i < 12; i++) {
    runs_are(&hall, i, 2, 2);
    assert_false(script_clean(play_script(&hall.plays[i])));
    /* So that what is late of the first run is not taken for the second's. */
    assert_int_equal(hall.plays[i].runs[0]->config.attempt, 0);
    assert_int_equal(hall.plays[i].runs[1]->config.attempt, 1);
  }
  hall_close(&hall);
}

/* Fails once, then not: a third run decides nothing any more, it only counts. */
static void test_a_flake_is_run_three_times(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 12);
  hall_open(&hall, "drops-once");
  hall.gateway.trigger = "g/play-5";
  hall_go_on(&hall);
  runs_are(&hall, 5, 3, 1);
  runs_are(&hall, 4, 1, 0);
  assert_false(script_clean(play_script(&hall.plays[5])));
  assert_true(script_clean(hall.plays[5].runs[2]));
  hall_close(&hall);
}

/* What each shows alone is another thing than what it showed in company, so nothing is confirmed
 * for the others, and nothing is settled by two runs. */
static void test_another_symptom_confirms_nothing(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 12);
  hall_open(&hall, "hangs");
  while (stage_phase_now(hall.stage) < STAGE_CONFIRM_ALONE) {
    (void)world_step(&hall.world);
  }
  hall.gateway.fault = doctored_fault_named("drops");
  hall.most_running = 0;
  hall_go_on(&hall);
  assert_int_equal(hall.most_running, 1);
  for (size_t i = 0; i < 12; i++) {
    runs_are(&hall, i, 3, 3);
    assert_ptr_equal(play_script(&hall.plays[i]), hall.plays[i].runs[2]);
  }
  hall_close(&hall);
}

/* Connections that take a second were dropped at first: no more are opened at once than a short
 * queue holds. */
static void test_a_full_queue_means_fewer_at_once(void **state) {
  (void)state;
  static const struct {
    uint64_t opening_us;
    unsigned least;
    unsigned most;
  } rows[] = {{800000, 8, 8}, {1000000, 3, 3}};
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct hall hall;
    hall_init(&hall, HALL_PLAYS);
    hall.config.floor_us = 2000000; /* so that who is waiting for a connection counts */
    hall_open(&hall, "none");
    while (stage_phase_now(hall.stage) == STAGE_SANITY) {
      (void)world_step(&hall.world);
    }
    hall.world.opening_us = rows[i].opening_us;
    while (stage_num_done(hall.stage) < HALL_PLAYS - 8) {
      (void)world_step(&hall.world);
    }
    hall.most_running = 0;
    hall_go_on(&hall);
    assert_in_range(hall.most_running, rows[i].least, rows[i].most);
    for (size_t play = 0; play < HALL_PLAYS; play++) {
      runs_are(&hall, play, 1, 0);
    }
    hall_close(&hall);
  }
}

static void test_the_owner_of_a_stray_answer_is_accused(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 12);
  hall_open(&hall, "swaps-answers");
  hall.gateway.trigger = "g/play-5";
  hall_go_on(&hall);
  unsigned num_accused = 0;
  for (size_t i = 0; i < 12; i++) {
    num_accused += hall.plays[i].accused[0] == '\0' ? 0U : 1U;
  }
  assert_int_equal(num_accused, 1);
  assert_string_equal(hall.plays[5].accused,
                      "an answer of this case reached another case's client");
  assert_int_equal(hall.plays[5].accused_of, BREACH_FOREIGN);
  hall_close(&hall);
}

/* The deadline is many round trips, and never below its floor. */
static void test_the_deadline_comes_from_the_round_trip(void **state) {
  (void)state;
  static const struct {
    uint64_t latency_us;
    uint64_t floor_us;
    double scale;
    uint64_t least_us;
  } rows[] = {
      {0, 0, 1, 250000},
      {0, 100000, 1, 100000},
      {0, 0, 4, 1000000},
      {100000, 0, 1, UINT64_C(30) * 400000},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct hall hall;
    hall_init(&hall, 1);
    hall.config.floor_us = rows[i].floor_us;
    hall.config.scale = rows[i].scale;
    hall.world.latency_us = rows[i].latency_us;
    hall_play(&hall, "none");
    assert_true(stage_deadline_us(hall.stage) >= rows[i].least_us);
    assert_true(stage_deadline_us(hall.stage) <= 2 * rows[i].least_us);
    assert_true(stage_round_trip_us(hall.stage) >= 4 * rows[i].latency_us);
    hall_close(&hall);
  }
}

static void final_redirect(struct doctored_front *front, struct doctored_message *message) {
  doctored_add_field(&message->head, "Location: /to\tthere");
  doctored_pass_final(front, message);
}

static void test_the_sanity_exchange_tells_about_the_target(void **state) {
  (void)state;
  static const struct doctored_fault redirects = {.final = final_redirect};
  struct hall hall;
  hall_init(&hall, 1);
  hall_open(&hall, "none");
  hall.gateway.fault = &redirects;
  hall_go_on(&hall);
  assert_string_equal(stage_server(hall.stage), "");
  assert_string_equal(stage_location(hall.stage), "/to\\tthere");
  hall_close(&hall);
  hall_init(&hall, 1);
  hall_play(&hall, "decorates");
  assert_string_equal(stage_server(hall.stage), "doctored");
  assert_string_equal(stage_location(hall.stage), "");
  assert_false(stage_back_http10(hall.stage));
  hall_close(&hall);
  hall_init(&hall, 1);
  hall_play(&hall, "asks-http10");
  assert_string_equal(stage_server(hall.stage), "");
  assert_true(stage_back_http10(hall.stage));
  hall_close(&hall);
}

/* The doctored gateway speaks HTTP/1.1 only. */
static void test_a_target_without_http2_is_told_as_such(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 1);
  hall.config.front = HTTP_H2;
  hall.config.coder = &hpack_coder;
  hall_play(&hall, "none");
  assert_non_null(strstr(stage_failure(hall.stage), "observed no HTTP/2"));
  assert_int_equal(hall.plays[0].num_runs, 0);
  hall_close(&hall);
}

/* A case about a version that the target does not speak to its origin is not played. */
static void test_cases_of_the_other_version_are_left_out(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 4);
  hall.files[0].backs = HTTP_H2;
  hall.files[1].backs = HTTP_H1;
  hall.files[2].backs = HTTP_H1 | HTTP_H2;
  hall.files[3].backs = HTTP_H2;
  hall_play(&hall, "none");
  for (size_t i = 0; i < 4; i++) {
    bool left_out = i == 0 || i == 3;
    assert_int_equal(hall.plays[i].left_out, left_out);
    runs_are(&hall, i, left_out ? 0 : 1, 0);
  }
  assert_int_equal(stage_num_done(hall.stage), 4);
  assert_int_equal(stage_back(hall.stage), HTTP_H1);
  assert_int_equal(stage_final_code(hall.stage), 200);
  assert_string_equal(stage_failure(hall.stage), "");
  assert_false(stage_target_died(hall.stage));
  hall_close(&hall);
}

/* The target is known only when it listens: all is said again then. */
static void test_a_stage_is_aimed_before_it_plays(void **state) {
  (void)state;
  static const struct {
    const char *scheme;
    const char *taken;
  } rows[] = {{"https", "https"}, {"http", "http"}, {NULL, "http"}};
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct hall hall;
    hall_init(&hall, 1);
    hall_open(&hall, "none");
    struct stage_config config = hall.config;
    config.host = "target.test";
    config.path_base = "/base";
    config.absolute = "http://target.test";
    config.scheme = "https";
    stage_aim(hall.stage, &config);
    config.scheme = rows[i].scheme;
    stage_aim(hall.stage, &config);
    hall_go_on(&hall);
    const struct script *script = play_script(&hall.plays[0]);
    assert_string_equal(script->config.host, "target.test");
    assert_string_equal(script->config.absolute, "http://target.test");
    assert_string_equal(script->config.scheme, rows[i].taken);
    assert_true(span_starts(span_of(script->exchanges[0]->path), "/base/"));
    hall_close(&hall);
  }
}

static void test_what_is_done_is_counted_on_the_way(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 12);
  hall.config.jobs = 1;
  hall_open(&hall, "none");
  size_t most = 0;
  while (!stage_done(hall.stage) && world_step(&hall.world)) {
    size_t num = stage_num_done(hall.stage);
    assert_in_range(num, most, most + 1);
    most = num;
  }
  assert_int_equal(most, 12);
  hall_close(&hall);
}

/* So long the sanity exchange may take: a slow target is asked once more, not given up. */
static void test_how_long_a_first_answer_is_waited_for(void **state) {
  (void)state;
  static const struct {
    uint64_t patience_us;
    double scale;
    uint64_t latency_us;
    bool sane;
  } rows[] = {
      {0, 1, 2000000, true},       {0, 1, 2700000, false},      {0, 2, 2700000, true},
      {9000000, 1, 2700000, true}, {1000000, 1, 700000, false}, {1000000, 2, 700000, true},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct hall hall;
    hall_init(&hall, 1);
    hall.config.patience_us = rows[i].patience_us;
    hall.config.scale = rows[i].scale;
    hall.world.latency_us = rows[i].latency_us;
    hall_play(&hall, "none");
    assert_int_equal(stage_failure(hall.stage)[0] == '\0', rows[i].sane);
    assert_int_equal(hall.plays[0].num_runs, rows[i].sane ? 1 : 0);
    hall_close(&hall);
  }
}

static void test_a_stopped_stage_asks_for_nothing_more(void **state) {
  (void)state;
  struct hall hall;
  struct actor_command command;
  hall_init(&hall, 20);
  hall_open(&hall, "none");
  while (stage_num_done(hall.stage) < 5 && world_step(&hall.world)) {
  }
  stage_stop(hall.stage);
  assert_true(stage_done(hall.stage));
  struct actor actor = stage_actor(hall.stage);
  assert_true(actor.wake(actor.self) == ACTOR_NEVER);
  actor.feed(actor.self, hall.world.now_us + 60000000, &(struct actor_event){.kind = ACTOR_TIME});
  assert_false(actor.next(actor.self, &command));
  assert_true(stage_num_done(hall.stage) < 20);
  hall_close(&hall);
}

/* Whatever the order of events, the stage ends and frees what it holds. */
static void test_a_stage_can_be_freed_at_any_time(void **state) {
  (void)state;
  for (size_t events = 0; events < 400; events += 7) {
    struct hall hall;
    hall_init(&hall, 6);
    hall_open(&hall, events % 2 == 0 ? "none" : "hangs");
    while (hall.world.num_events < events && !stage_done(hall.stage) && world_step(&hall.world)) {
    }
    assert_true(stage_num_done(hall.stage) <= 6);
    hall_close(&hall);
  }
}

/* Our origin ends the connections of each play that was not clean. A target that has not noticed
 * may send the next play's request on one, and answers with an error of its own: that is our doing.
 */
static void test_a_target_that_notices_late_is_not_judged_for_it(void **state) {
  (void)state;
  static const uint64_t unaware_us[] = {0, 300, 20000};
  for (size_t i = 0; i < sizeof(unaware_us) / sizeof(unaware_us[0]); i++) {
    struct hall hall;
    hall_init(&hall, 20);
    hall_add(&hall, HALL_ALONE);
    hall.config.jobs = 4;
    hall.world.unaware_us = unaware_us[i];
    hall_play(&hall, "drops-and-pools");
    for (size_t k = 0; k < hall.num_plays; k++) {
      const struct script *judged = play_judged(&hall.plays[k]);
      assert_int_equal(hall.plays[k].num_runs, 2);
      assert_false(judged->never_arrived);
      assert_int_equal(judged->first_missed, 2);
      assert_string_equal(judged->steps[2].observed, "nothing");
    }
    hall_close(&hall);
  }
}

static void feed_origin(struct hall *hall, conn_id conn, const char *text) {
  struct actor actor = stage_actor(hall->stage);
  struct actor_event accepted = {.kind = ACTOR_ACCEPTED_CONN, .conn = conn};
  struct actor_event bytes = {.kind = ACTOR_BYTES, .conn = conn, .bytes = span_of(text)};
  actor.feed(actor.self, hall->world.now_us, &accepted);
  actor.feed(actor.self, hall->world.now_us, &bytes);
}

/* Content that comes to our origin as a request is the fault of the play that planted it. */
static void test_the_owner_of_planted_content_is_accused(void **state) {
  (void)state;
  static const struct {
    const char *request;
    bool accused;
  } rows[] = {
      {"GET /planted-abcdef0002000000 HTTP/1.1\r\n\r\n", true},
      {"GET /abcdef0002000000 HTTP/1.1\r\n\r\n", false},         /* late, or another's */
      {"GET /planted-abcdef0003000000 HTTP/1.1\r\n\r\n", false}, /* there is no such play */
      {"GET /planted-abcdeffffe000000 HTTP/1.1\r\n\r\n", false},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct hall hall;
    hall_init(&hall, 3);
    hall_open(&hall, "none");
    feed_origin(&hall, ACTOR_ACCEPTED, rows[i].request);
    for (size_t k = 0; k < 3; k++) {
      bool accused = rows[i].accused && k == 2;
      assert_string_equal(hall.plays[k].accused,
                          accused ? "content arrived at the origin as a request" : "");
    }
    assert_int_equal(hall.plays[2].accused_of, rows[i].accused ? BREACH_SMUGGLED : 0);
    /* The first accusation stays. */
    feed_origin(&hall, ACTOR_ACCEPTED + 1, rows[0].request);
    assert_int_equal(hall.plays[2].accused_of, BREACH_SMUGGLED);
    hall_close(&hall);
  }
}

/* What a target does to an answer is no fault of another play. */
static void test_nobody_is_accused_of_what_is_nobodys_answer(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 3);
  hall_play(&hall, "old-version");
  for (size_t i = 0; i < 3; i++) {
    runs_are(&hall, i, 2, 2);
    assert_string_equal(hall.plays[i].accused, "");
  }
  hall_close(&hall);
}

static bool request_close(struct doctored_front *front) {
  doctored_finish(front, true);
  return true;
}

/* Only a target that has answered nobody yet may still be starting. */
static void test_a_plain_exchange_that_fails_is_tried_again_at_the_start_only(void **state) {
  (void)state;
  static const struct doctored_fault closes = {.request = request_close};
  static const enum { FIRST, SECOND, LAST } when[] = {FIRST, SECOND, LAST};
  for (size_t i = 0; i < sizeof(when) / sizeof(when[0]); i++) {
    struct hall hall;
    hall_init(&hall, 1);
    hall_open(&hall, "none");
    while ((when[i] == SECOND && stage_final_code(hall.stage) == 0) ||
           (when[i] == LAST && stage_phase_now(hall.stage) != STAGE_LAST_SANITY)) {
      assert_true(world_step(&hall.world));
    }
    hall.gateway.fault = &closes;
    uint64_t began_us = hall.world.now_us;
    hall_go_on(&hall);
    assert_true(stage_done(hall.stage));
    assert_string_not_equal(stage_failure(hall.stage), "");
    assert_int_equal(stage_target_died(hall.stage), when[i] == LAST);
    uint64_t took_us = hall.world.now_us - began_us;
    assert_int_equal(took_us > 2900000 && took_us < 3100000, when[i] == FIRST);
    assert_int_equal(took_us < 100000, when[i] != FIRST);
    hall_close(&hall);
  }
}

/* What is shown again when nothing else is in flight is believed of others that show the same; when
 * they do not, the third run is alone too. */
static void test_what_two_runs_did_not_settle_is_run_alone(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 5);
  hall_open(&hall, "drops");
  while (stage_phase_now(hall.stage) < STAGE_CONFIRM) {
    assert_true(world_step(&hall.world));
  }
  runs_are(&hall, 0, 2, 2);
  hall.gateway.fault = doctored_fault_named("none");
  hall.most_running = 0;
  while (stage_phase_now(hall.stage) == STAGE_CONFIRM) {
    assert_true(world_step(&hall.world));
    hall_watch(&hall);
  }
  assert_int_equal(hall.most_running, 4);
  hall.most_running = 0;
  hall_go_on(&hall);
  assert_int_equal(hall.most_running, 1);
  for (size_t i = 1; i < 5; i++) {
    runs_are(&hall, i, 3, 1);
  }
  hall_close(&hall);
}

/* After a dozen different symptoms nobody is confirmed alone any more. */
static void test_how_many_are_confirmed_alone(void **state) {
  (void)state;
  struct hall hall;
  hall_init(&hall, 0);
  for (unsigned i = 0; i < 16; i++) {
    hall_add(&hall, arena_printf(&hall.arena,
                                 "title T\ncites HOUSE-ALIVE\nseat gateway\n\nclient sends GET\n"
                                 "origin sends 200\nclient sees 200\n  X-Missing: %u\n",
                                 i));
  }
  hall_open(&hall, "none");
  while (stage_phase_now(hall.stage) < STAGE_CONFIRM_ALONE) {
    assert_true(world_step(&hall.world));
  }
  hall.most_running = 0;
  while (stage_phase_now(hall.stage) == STAGE_CONFIRM_ALONE) {
    hall_watch(&hall);
    assert_true(world_step(&hall.world));
  }
  assert_int_equal(hall.most_running, 1);
  for (size_t i = 0; i < 16; i++) {
    assert_int_equal(hall.plays[i].running, i >= 12);
  }
  hall_go_on(&hall);
  runs_are(&hall, 11, 2, 2);
  runs_are(&hall, 15, 2, 2);
  hall_close(&hall);
}

static bool request_of_sanity_answered_502(struct doctored_front *front) {
  if (!hall_was_asked(front, "/sanity")) {
    return false;
  }
  doctored_error(front, "502 Bad Gateway");
  return true;
}

/* Any answer is not enough: it must be our origin's. */
static void test_a_sanity_exchange_with_an_error(void **state) {
  (void)state;
  static const struct doctored_fault answers = {.request = request_of_sanity_answered_502};
  struct hall hall;
  hall_init(&hall, 1);
  hall_open(&hall, "none");
  hall.gateway.fault = &answers;
  hall_go_on(&hall);
  assert_true(stage_done(hall.stage));
  assert_string_equal(stage_failure(hall.stage),
                      "a plain GET through the target did not work: expected 200, observed 502 "
                      "(the request did not reach the origin)");
  assert_int_equal(hall.plays[0].num_runs, 0);
  hall_close(&hall);
}

static bool request_on_a_new_connection(struct doctored_front *front) {
  front->back = front->gateway->next_conn++;
  doctored_command(front->gateway, ACTOR_OPEN, front->back, span_make(NULL, 0));
  return false;
}

/* A play that shares with nobody leaves its connections. So long the next one waits for the target
 * to end them too: a fifth of the deadline, but not again after three times in vain in a row. */
static void test_how_long_a_left_connection_is_waited_for(void **state) {
  (void)state;
  enum { PLAYS = 8, LONG = 10000000 };
  static const struct doctored_fault pools = {.pools = true,
                                              .request = request_on_a_new_connection};
  static const struct {
    uint64_t unaware_us[PLAYS - 1]; /* of the end of each play's connection */
    unsigned waited_ms[PLAYS - 1];
  } rows[] = {
      {{0, 0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 0}},
      {{LONG, LONG, LONG, LONG, LONG, LONG, LONG}, {50, 50, 50, 0, 0, 0, 0}},
      {{20000, LONG, LONG, 20000, LONG, LONG, LONG}, {20, 50, 50, 20, 50, 50, 50}},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct hall hall;
    hall_init(&hall, 0);
    for (size_t k = 0; k < PLAYS; k++) {
      hall_add(&hall, HALL_ALONE);
    }
    hall_open(&hall, "none");
    hall.gateway.fault = &pools;
    for (size_t k = 0; k < PLAYS - 1; k++) {
      while (!hall.plays[k].running) {
        assert_true(world_step(&hall.world));
      }
      hall.world.unaware_us = rows[i].unaware_us[k];
    }
    hall_go_on(&hall);
    for (size_t k = 0; k < PLAYS - 1; k++) {
      runs_are(&hall, k, 1, 0);
      uint64_t next_us = hall.plays[k + 1].runs[0]->began_us;
      assert_int_equal((next_us - hall.plays[k].runs[0]->ended_us) / 1000, rows[i].waited_ms[k]);
    }
    hall_close(&hall);
  }
}

static bool request_of_control_answered_for_play_1(struct doctored_front *front) {
  if (!hall_was_asked(front, "/control")) {
    return false;
  }
  doctored_write(front, span_of("HTTP/1.1 200 OK\r\nInterim-Nonce: abcdef0001000000\r\n"
                                "Content-Length: 0\r\n\r\n"));
  doctored_finish(front, true);
  return true;
}

/* The client that it reached may be that of a plain exchange. */
static void test_the_owner_of_an_answer_to_a_control_is_accused(void **state) {
  (void)state;
  static const struct doctored_fault strays = {.interim = interim_hang,
                                               .request = request_of_control_answered_for_play_1};
  struct hall hall;
  hall_init(&hall, 3);
  hall_open(&hall, "none");
  hall.gateway.fault = &strays;
  hall_go_on(&hall);
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(hall.plays[i].accused[0] != '\0', i == 1);
  }
  hall_close(&hall);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_clean_plays_run_once),
      cmocka_unit_test(test_no_more_plays_at_once_than_jobs),
      cmocka_unit_test(test_a_play_alone_shares_the_target_with_none),
      cmocka_unit_test(test_no_play_at_all),
      cmocka_unit_test(test_what_was_not_clean_is_run_again),
      cmocka_unit_test(test_a_flake_is_run_three_times),
      cmocka_unit_test(test_another_symptom_confirms_nothing),
      cmocka_unit_test(test_a_full_queue_means_fewer_at_once),
      cmocka_unit_test(test_the_owner_of_a_stray_answer_is_accused),
      cmocka_unit_test(test_the_deadline_comes_from_the_round_trip),
      cmocka_unit_test(test_the_sanity_exchange_tells_about_the_target),
      cmocka_unit_test(test_a_target_without_http2_is_told_as_such),
      cmocka_unit_test(test_cases_of_the_other_version_are_left_out),
      cmocka_unit_test(test_a_stage_is_aimed_before_it_plays),
      cmocka_unit_test(test_what_is_done_is_counted_on_the_way),
      cmocka_unit_test(test_how_long_a_first_answer_is_waited_for),
      cmocka_unit_test(test_a_stopped_stage_asks_for_nothing_more),
      cmocka_unit_test(test_a_stage_can_be_freed_at_any_time),
      cmocka_unit_test(test_a_target_that_notices_late_is_not_judged_for_it),
      cmocka_unit_test(test_the_owner_of_planted_content_is_accused),
      cmocka_unit_test(test_nobody_is_accused_of_what_is_nobodys_answer),
      cmocka_unit_test(test_a_plain_exchange_that_fails_is_tried_again_at_the_start_only),
      cmocka_unit_test(test_what_two_runs_did_not_settle_is_run_alone),
      cmocka_unit_test(test_how_many_are_confirmed_alone),
      cmocka_unit_test(test_a_sanity_exchange_with_an_error),
      cmocka_unit_test(test_how_long_a_left_connection_is_waited_for),
      cmocka_unit_test(test_the_owner_of_an_answer_to_a_control_is_accused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
