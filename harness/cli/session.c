#include "cli/session.h"

#include "cli/assemble.h"
#include "cli/shell.h"
#include "cli/url.h"
#include "cli/watch.h"
#include "hpack/hpack.h"
#include "net/loop.h"
#include "net/tls.h"
#include "peer/origin.h"
#include "peer/relay.h"

#include <sys/random.h>
#include <unistd.h>

/* What one play of the plan needs, from sockets to results. */
struct playing {
  struct session *session;
  const struct plan *plan;
  const struct run_options *options;
  struct arena *arena;
  struct net_loop *loop;
  struct relay *relay;
  struct stage *stage;
  struct stage_config config;
  struct net_player *player; /* the stage's */
  struct tls *to_target;     /* NULL for http:// */
  struct tls *to_us;
  char listening[128]; /* our origin */
  char target[160];    /* the target's address */
  const char *url;     /* of the target, for the report */
  const char *started;
  uint64_t began_us;
  uint64_t drawn_us; /* the progress line was last drawn then */
  bool progress;
  struct watch watch;
  int signal;
};

static const char *imf_date(struct arena *arena, time_t now) {
  static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  struct tm tm;
  (void)gmtime_r(&now, &tm);
  return arena_printf(arena, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday], tm.tm_mday,
                      months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static const char *rfc3339(struct arena *arena, time_t now) {
  struct tm tm;
  (void)gmtime_r(&now, &tm);
  return arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1,
                      tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static uint32_t random_seed(void) {
  uint32_t seed = 0;
  if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed)) {
    seed = (uint32_t)time(NULL);
  }
  return seed & 0xffffffU;
}

/* A target shows by itself what it speaks to our origin; the reference gateway must be told. */
static void make_pairs(struct session *session) {
  static const enum http_version versions[] = {HTTP_H1, HTTP_H2};
  const struct run_options *options = session->options;
  for (size_t i = 0; i < 2; i++) {
    if ((options->fronts & (unsigned)versions[i]) == 0) {
      continue;
    }
    if (options->seat == SEAT_ORIGIN) {
      session->plans[session->num_plans++].pair = (struct pair){versions[i], HTTP_H1};
      continue;
    }
    if (options->target != NULL) {
      session->plans[session->num_plans++].pair = (struct pair){versions[i], options->backs};
      continue;
    }
    for (size_t k = 0; k < 2; k++) {
      if ((options->backs & (unsigned)versions[k]) != 0) {
        session->plans[session->num_plans++].pair = (struct pair){versions[i], versions[k]};
      }
    }
  }
}

int session_load(struct session *session, struct arena *arena, const struct run_options *options,
                 struct diag *diag) {
  *session = (struct session){
      .options = options,
      .arena = arena,
      .seed = options->seeded ? options->seed : random_seed(),
  };
  int failed = options->cases == NULL
                   ? library_load_embedded(arena, &session->library, diag)
                   : library_load_directory(arena, options->cases, &session->library, diag);
  if (failed == 0 && session->library.num_cases == 0) {
    diag_set(diag, options->cases, 0, 0, "holds no case: they are named GROUP/SLUG.case below it");
    return -1;
  }
  make_pairs(session);
  return failed != 0 ? failed
                     : plan_make(arena, &session->library, options, session->seed, session->plans,
                                 session->num_plans, diag);
}

/* What is built in listens on a free port, in this process, over real sockets. */
static int listen_embedded(struct playing *playing, struct diag *diag) {
  struct net_player *player = net_loop_add(playing->loop, relay_actor(playing->relay));
  bool has_origin = playing->options->seat != SEAT_ORIGIN;
  if (net_player_listen(player, "127.0.0.1:0", diag) < 0 ||
      (has_origin && net_player_address(player, playing->listening, diag) < 0)) {
    return -1;
  }
  net_player_listener_name(player, 0, playing->target, sizeof(playing->target));
  playing->url = arena_printf(playing->arena, "http://%s/", playing->target);
  return 0;
}

static int start_relay(struct playing *playing, struct diag *diag) {
  struct relay_config config = {.listener = 0,
                                .origin = 0,
                                .coder = &hpack_coder,
                                .origin_h2 = playing->plan->pair.backs == HTTP_H2};
  playing->relay = relay_new(&config);
  return listen_embedded(playing, diag);
}

/* The reference origin likewise. */
static int start_origin(struct playing *playing, struct diag *diag) {
  struct origin_config config = {.listener = 0, .coder = &hpack_coder};
  playing->relay = origin_new(&config);
  return listen_embedded(playing, diag);
}

static const char *without_last_slash(struct arena *arena, const char *path) {
  size_t len = strlen(path);
  while (len > 0 && path[len - 1] == '/') {
    len--;
  }
  return (const char *)arena_copy(arena, span_make(path, len)).ptr;
}

/* TLS towards the target, with the front's version by ALPN. */
static int trust(struct playing *playing, const char *host, struct diag *diag) {
  const struct run_options *options = playing->options;
  struct tls_client_options wanted = {
      .host = host,
      .protocols = playing->plan->pair.front == HTTP_H2 ? "h2" : "http/1.1",
      .cacert = options->cacert,
      .insecure = options->insecure,
  };
  playing->config.scheme = "https";
  playing->to_target = tls_client_new(&wanted, diag);
  return playing->to_target == NULL ? -1 : 0;
}

/* Our origin, where there is one, takes clear text and TLS on its one port. */
static int listen_as_origin(struct playing *playing, struct diag *diag) {
  if (playing->options->seat == SEAT_ORIGIN) {
    return 0;
  }
  unsigned backs = playing->plan->pair.backs;
  struct tls_server_options offered = {
      .protocols = backs == HTTP_H1   ? "http/1.1"
                   : backs == HTTP_H2 ? "h2"
                                      : "h2 http/1.1",
  };
  playing->to_us = tls_server_new(&offered, diag);
  if (playing->to_us == NULL ||
      net_player_listen(playing->player, playing->options->origin_listen, diag) < 0) {
    return -1;
  }
  net_player_listen_secure(playing->player, 0, playing->to_us, false);
  net_player_listener_name(playing->player, 0, playing->listening, sizeof(playing->listening));
  return 0;
}

/* Where requests go and what they say, for this seat. */
static int aim(struct playing *playing, struct diag *diag) {
  const struct run_options *options = playing->options;
  struct arena *arena = playing->arena;
  bool at_origin = options->seat == SEAT_ORIGIN;
  playing->url = run_options_target(options, playing->plan->pair.front);
  int failed = playing->url != NULL ? 0
               : at_origin          ? start_origin(playing, diag)
                                    : start_relay(playing, diag);
  if (failed != 0) {
    return -1;
  }
  struct url url;
  if (url_parse(arena, playing->url, &url, diag) != 0) {
    return -1;
  }
  if (url.secure && trust(playing, url.host, diag) != 0) {
    return -1;
  }
  bool v6 = strchr(url.host, ':') != NULL;
  (void)snprintf(playing->target, sizeof(playing->target), v6 ? "[%s]:%s" : "%s:%s", url.host,
                 url.port);
  playing->config.host = playing->target;
  playing->config.path_base = at_origin ? url.path : without_last_slash(arena, url.path);
  playing->config.absolute = "";
  if (options->seat == SEAT_PROXY) {
    const char *origin =
        options->origin_advertised != NULL ? options->origin_advertised : playing->listening;
    playing->config.host = origin;
    playing->config.path_base = "";
    playing->config.absolute = arena_printf(arena, "http://%s", origin);
  }
  return 0;
}

static int set_up(struct playing *playing, struct diag *diag) {
  const struct run_options *options = playing->options;
  playing->loop = net_loop_new();
  if (playing->loop == NULL) {
    diag_set(diag, NULL, 0, 0, "the system has no resources for an event loop");
    return -1;
  }
  time_t now = time(NULL);
  playing->started = rfc3339(playing->arena, now);
  playing->config = (struct stage_config){
      .seat = options->seat,
      .run = playing->session->seed & 0xffffffU,
      .date = imf_date(playing->arena, now),
      .jobs = options->jobs,
      .scale = options->scale,
      .target_timeout_us = options->target_timeout_us,
      .trigger_us = options->trigger_timeout_us,
      .can_restart = options->restart != NULL,
      .watched = options->pid != 0,
      .front = playing->plan->pair.front,
      .backs = playing->plan->pair.backs,
      .coder = &hpack_coder,
  };
  playing->stage = stage_new(&playing->config, playing->plan->plays, playing->plan->num_plays);
  playing->player = net_loop_add(playing->loop, stage_actor(playing->stage));
  if (listen_as_origin(playing, diag) != 0 || aim(playing, diag) != 0 ||
      net_player_address(playing->player, playing->target, diag) < 0) {
    return -1;
  }
  if (playing->to_target != NULL) {
    net_player_secure(playing->player, 0, playing->to_target);
  }
  stage_aim(playing->stage, &playing->config);
  return 0;
}

static bool is_done(void *user) {
  const struct playing *playing = user;
  return stage_done(playing->stage);
}

static void draw_progress(struct playing *playing) {
  uint64_t now = net_loop_now_us(playing->loop);
  if (!playing->progress || now - playing->drawn_us < 100000) {
    return;
  }
  playing->drawn_us = now;
  (void)fprintf(stderr, "\r%zu of %zu cases", stage_num_done(playing->stage),
                playing->plan->num_plays);
}

/* A command that fails is tried again with the next death; a target that stays away ends the run.
 */
static void restart(struct playing *playing) {
  (void)fprintf(stderr, "interim run: the target is gone; restarting it: %s\n",
                playing->options->restart);
  int status = process_run(playing->options->restart);
  if (status != 0) {
    (void)fprintf(stderr, "interim run: the restart command ended with status %d\n", status);
  }
  stage_restarted(playing->stage);
}

static void each_turn(void *user) {
  struct playing *playing = user;
  bool quiet = stage_wants_look(playing->stage);
  bool died = false;
  if (watch_look(&playing->watch, net_loop_now_us(playing->loop), quiet, &died)) {
    stage_looked(playing->stage, died);
  }
  if (stage_wants_restart(playing->stage)) {
    restart(playing);
  }
  draw_progress(playing);
}

static void add_option(struct bytes *line, const char *name, const char *value) {
  bytes_printf(line, " --%s ", name);
  shell_word(line, value);
}

static void add_time(struct bytes *line, const char *name, uint64_t time_us) {
  bytes_printf(line, " --%s %llums", name, (unsigned long long)time_us / 1000);
}

/* Where the target is and what is around it. */
static void add_peers(struct bytes *line, const struct playing *playing) {
  const struct run_options *options = playing->options;
  if (options->target != NULL || options->seat != SEAT_GATEWAY) {
    bytes_printf(line, " --seat %s", case_seat_word(options->seat));
  }
  if (options->target != NULL) {
    add_option(line, "target", playing->url);
  }
  if (options->target != NULL && options->seat != SEAT_ORIGIN) {
    bytes_printf(line, " --origin %s", options->origin_listen);
  }
  if (options->origin_advertised != NULL) {
    bytes_printf(line, ",%s", options->origin_advertised);
  }
  for (size_t i = 0; options->target != NULL && i < options->num_triggers; i++) {
    add_option(line, "trigger", options->triggers[i].text);
  }
  if (options->num_triggers > 0 && options->trigger_timeout_us != OPTIONS_TRIGGER_TIMEOUT_US) {
    add_time(line, "trigger-timeout", options->trigger_timeout_us);
  }
  if (options->target_timeout_us > 0) {
    add_time(line, "target-timeout", options->target_timeout_us);
  }
}

static void add_versions(struct bytes *line, const struct playing *playing) {
  const struct run_options *options = playing->options;
  const struct pair *pair = &playing->plan->pair;
  if (options->target == NULL || pair->front == HTTP_H2) {
    bytes_printf(line, " --front %s", pair->front == HTTP_H2 ? "h2" : "h1");
  }
  if (pair->backs != (HTTP_H1 | HTTP_H2) && options->seat != SEAT_ORIGIN) {
    bytes_printf(line, " --back %s", pair->backs == HTTP_H2 ? "h2" : "h1");
  }
}

static const char *reproduce_line(const struct playing *playing) {
  const struct run_options *options = playing->options;
  struct bytes line = {0};
  bytes_text(&line, "interim run");
  add_peers(&line, playing);
  add_versions(&line, playing);
  if (options->insecure) {
    bytes_text(&line, " --insecure");
  }
  if (options->cacert != NULL) {
    add_option(&line, "cacert", options->cacert);
  }
  if (options->cases != NULL) {
    add_option(&line, "cases", options->cases);
  }
  if (options->scale < 1 || options->scale > 1) {
    bytes_printf(&line, " --timeout-scale %g", options->scale);
  }
  bytes_text(&line, " -v");
  const char *text = arena_printf(playing->arena, "%s", bytes_cstr(&line));
  bytes_free(&line);
  return text;
}

static const char *or_else(const char *text, const char *otherwise) {
  return text == NULL ? otherwise : text;
}

static const char *const *version_words(unsigned versions, size_t *num) {
  static const char *const words[] = {"h1", "h2"};
  *num = versions == (HTTP_H1 | HTTP_H2) ? 2 : 1;
  return versions == HTTP_H2 ? words + 1 : words;
}

static void describe(const struct playing *playing, struct run *run) {
  const struct run_options *options = playing->options;
  bool own = options->target == NULL;
  const char *own_name = options->seat == SEAT_ORIGIN ? "interim-origin" : "interim-relay";
  /* A server's own word for itself, "Apache/2.4.71 (Debian)": a name and a version. */
  *run = (struct run){
      .tool_version = INTERIM_VERSION,
      .suite = INTERIM_VERSION,
      .started = playing->started,
      .duration_ms = (double)(net_loop_now_us(playing->loop) - playing->began_us) / 1000,
      .interrupted = playing->signal != 0,
      .target_name = or_else(options->target_name, own ? own_name : stage_server(playing->stage)),
      .target_version = or_else(options->target_version, own ? INTERIM_VERSION : ""),
      .seat = case_seat_word(options->seat),
      .target_url = playing->url,
      .fatal = stage_failure(playing->stage),
  };
}

/* The largest value of a case that went through, 0 when the case was not played. */
static double most_that_passed(const struct run *run, const char *prefix) {
  uint64_t most = 0;
  for (size_t i = 0; i < run->num_results; i++) {
    const struct result *result = &run->results[i];
    uint64_t value = 0;
    bool passed = result->outcome == OUTCOME_FORWARDED || result->outcome == OUTCOME_HELD;
    if (passed && span_starts(span_of(result->id), prefix) &&
        span_number(span_of(result->id + strlen(prefix)), &value) && value > most) {
      most = value;
    }
  }
  return (double)most;
}

static void add_profile(const struct playing *playing, struct run *run) {
  const struct watch *watch = &playing->watch;
  const bool watched = playing->options->pid != 0;
  const unsigned deaths = stage_num_deaths(playing->stage);
  const struct {
    struct measure measure;
    bool known;
  } all[] = {
      {{"round_trip_ms", (double)stage_round_trip_us(playing->stage) / 1000}, true},
      {{"url_status", stage_final_code(playing->stage)}, playing->options->seat == SEAT_ORIGIN},
      {{"deadline_ms", (double)stage_deadline_us(playing->stage) / 1000}, true},
      {{"max_interims", most_that_passed(run, "limits/count:")},
       most_that_passed(run, "limits/count:") > 0},
      {{"max_interim_fields", most_that_passed(run, "limits/fields:")},
       most_that_passed(run, "limits/fields:") > 0},
      {{"target_memory_kib", (double)watch->first_kib}, watched},
      {{"target_memory_most_kib", (double)watch->most_kib}, watched},
      {{"target_deaths", deaths > 0 ? deaths : watch->ended}, watched},
  };
  run->profile = arena_array(playing->arena, sizeof(all) / sizeof(all[0]), sizeof(*run->profile));
  for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
    if (all[i].known) {
      run->profile[run->num_profile++] = all[i].measure;
    }
  }
}

/* What stands at the URL, where that is no page: an origin's answer is judged whatever it is. */
static const char *note_on_url(const struct playing *playing) {
  unsigned code = stage_final_code(playing->stage);
  const char *location = stage_location(playing->stage);
  if (playing->options->seat != SEAT_ORIGIN || code < 300) {
    return NULL;
  }
  return code < 400 && location[0] != '\0'
             ? arena_printf(playing->arena,
                            "the URL answers %u, a redirect to %s: it is the redirect that was "
                            "tested; give what it leads to as --target to test that",
                            code, location)
             : arena_printf(playing->arena, "the URL answers %u: it is that answer that was tested",
                            code);
}

/* A target that answers, but in another version than it was asked to. */
static void skip_result(struct playing *playing, struct assemble_context *context,
                        const struct play *play, struct result *out) {
  assemble_result(context, play, out);
  out->verdict = VERDICT_SKIP;
  out->reason = arena_printf(playing->arena,
                             "the target speaks %s to our origin, not what --back "
                             "asks for",
                             context->back == HTTP_H2 ? "h2" : "h1");
}

static void assemble_results(struct playing *playing, struct assemble_context *context,
                             struct run *run) {
  const struct plan *plan = playing->plan;
  bool mismatch = context->back != 0 && (plan->pair.backs & (unsigned)context->back) == 0;
  run->results = arena_array(playing->arena, plan->num_plays, sizeof(*run->results));
  for (size_t i = 0; i < plan->num_plays; i++) {
    const struct play *play = &plan->plays[i];
    struct result *out = &run->results[run->num_results];
    if (mismatch) {
      skip_result(playing, context, play, out);
    } else if (!play->left_out) {
      assemble_result(context, play, out);
    } else {
      continue;
    }
    run->num_results++;
  }
}

/* A script without interim can play it: HTTP/1.1 in clear text on both sides of a real target. */
static bool is_plain(const struct playing *playing) {
  return playing->options->target != NULL && playing->to_target == NULL &&
         playing->plan->pair.front == HTTP_H1 && stage_back(playing->stage) == HTTP_H1;
}

/* What TLS has to say of it, on either side of the target, where nobody may have refused anything.
 * In the run's arena. */
static const char *explain_failure(const struct playing *playing, const char *fatal) {
  const char *front =
      playing->to_target == NULL ? "" : net_player_address_failure(playing->player, 0);
  bool listens = playing->to_us != NULL;
  const char *back = listens ? net_player_listener_failure(playing->player, 0) : "";
  if (fatal[0] == '\0') {
    return "";
  }
  const char *refused = front[0] == '\0' ? NULL : strstr(fatal, "connection refused");
  int len = (int)(refused == NULL ? strlen(fatal) : (size_t)(refused - fatal));
  return arena_printf(playing->arena, "%.*s%s%s%s%s%s", len, fatal,
                      refused == NULL ? "" : "no connection", front[0] == '\0' ? "" : ": ", front,
                      back[0] == '\0' ? "" : "; at our origin: ", back);
}

static void assemble_run(struct playing *playing, struct run *run) {
  struct assemble_context context = {
      .arena = playing->arena,
      .registry = &playing->session->library.registry,
      .seat = playing->options->seat,
      .pair = &playing->plan->pair,
      .back = stage_back(playing->stage),
      .reproduce = reproduce_line(playing),
      .target = is_plain(playing) ? playing->target : NULL,
      .origin = playing->listening,
      .worked = stage_round_trip_us(playing->stage) > 0,
      .target_died = stage_target_died(playing->stage),
      .back_http10 = stage_back_http10(playing->stage),
      .front_http10 = stage_front_http10(playing->stage),
      .restarted_in_vain = stage_restarted_in_vain(playing->stage),
      .interrupted = playing->signal != 0,
  };
  describe(playing, run);
  run->fatal = explain_failure(playing, run->fatal);
  run->target_name = arena_printf(playing->arena, "%s", run->target_name);
  run->note = note_on_url(playing);
  assemble_results(playing, &context, run);
  add_profile(playing, run);
}

static int play_plan(struct session *session, const struct plan *plan, struct arena *arena,
                     struct run *out, int *out_signal, struct diag *diag) {
  struct playing playing = {
      .session = session,
      .plan = plan,
      .options = session->options,
      .arena = arena,
      .progress = isatty(STDERR_FILENO) == 1 && !session->options->quiet,
  };
  int failed = set_up(&playing, diag);
  bool lives = failed == 0 && watch_begin(&playing.watch, (pid_t)session->options->pid,
                                          net_loop_now_us(playing.loop));
  session->watched = session->watched || lives;
  if (failed == 0 && !session->watched) {
    diag_set(diag, NULL, 0, 0, "--pid '%ld': there is no such process", session->options->pid);
    failed = -1;
  }
  if (failed == 0) {
    playing.began_us = net_loop_now_us(playing.loop);
    playing.signal = net_loop_run(playing.loop, is_done, each_turn, &playing);
    if (playing.progress) {
      (void)fputs("\r\033[K", stderr);
    }
    stage_stop(playing.stage);
    assemble_run(&playing, out);
  }
  *out_signal = playing.signal;
  net_loop_free(playing.loop);
  tls_free(playing.to_target);
  tls_free(playing.to_us);
  stage_free(playing.stage);
  relay_free(playing.relay);
  return failed;
}

/* Adds the results of one pass to those before. */
static void append(struct arena *arena, struct run *all, const struct run *pass) {
  size_t num = all->num_results + pass->num_results;
  struct result *results = arena_array(arena, num, sizeof(*results));
  for (size_t i = 0; i < num; i++) {
    results[i] = i < all->num_results ? all->results[i] : pass->results[i - all->num_results];
  }
  all->results = results;
  all->num_results = num;
  all->duration_ms += pass->duration_ms;
  all->interrupted = all->interrupted || pass->interrupted;
  all->fatal = all->fatal[0] == '\0' ? pass->fatal : all->fatal;
}

static void name_versions(struct session *session, struct run *run) {
  unsigned backs = 0;
  bool none = false;
  for (size_t i = 0; i < run->num_results; i++) {
    const char *back = run->results[i].back;
    backs |= strcmp(back, "h2") == 0 ? HTTP_H2 : HTTP_H1;
    none = none || back[0] == '\0';
  }
  run->fronts = version_words(session->options->fronts, &run->num_fronts);
  run->backs = version_words(backs == 0 ? HTTP_H1 : backs, &run->num_backs);
  run->num_backs = none ? 0 : run->num_backs;
}

int session_play(struct session *session, struct arena *arena, struct run *out, int *out_signal,
                 struct diag *diag) {
  bool first = true;
  *out_signal = 0;
  for (size_t i = 0; i < session->num_plans && *out_signal == 0; i++) {
    struct run pass;
    if (session->plans[i].num_plays == 0) {
      continue;
    }
    if (play_plan(session, &session->plans[i], arena, &pass, out_signal, diag) != 0) {
      return -1;
    }
    if (first) {
      *out = pass;
    } else {
      append(arena, out, &pass);
    }
    first = false;
  }
  name_versions(session, out);
  return 0;
}
