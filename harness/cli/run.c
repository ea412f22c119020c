#include "cli/assemble.h"
#include "cli/cli.h"
#include "cli/expect.h"
#include "cli/options.h"
#include "cli/plan.h"
#include "cli/url.h"
#include "net/loop.h"
#include "peer/relay.h"
#include "report/report.h"

#include <sys/random.h>
#include <unistd.h>

/* One run of the suite: what it needs from options to report. */
struct session {
  struct run_options options;
  struct arena arena;
  struct library library;
  struct plan plan;
  struct net_loop *loop;
  struct relay *relay;
  struct stage *stage;
  struct stage_config config;
  char listening[128]; /* our origin */
  char target[160];    /* the target's address */
  const char *url;     /* of the target, for the report */
  const char *started;
  uint64_t began_us;
  uint64_t drawn_us; /* the progress line was last drawn then */
  bool progress;
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

static int complain(const struct diag *diag) {
  (void)fputs("interim run: ", stderr);
  diag_print(diag, stderr);
  return EXIT_USAGE;
}

static int load_cases(struct session *session, struct diag *diag) {
  const char *directory = session->options.cases;
  int failed = directory == NULL
                   ? library_load_embedded(&session->arena, &session->library, diag)
                   : library_load_directory(&session->arena, directory, &session->library, diag);
  return failed != 0 ? failed
                     : plan_make(&session->arena, &session->library, &session->options,
                                 &session->plan, diag);
}

static uint32_t random_run(const struct run_options *options) {
  uint32_t run = options->seed;
  if (!options->seeded && getrandom(&run, sizeof(run), 0) != (ssize_t)sizeof(run)) {
    run = (uint32_t)time(NULL);
  }
  return run & 0xffffffU;
}

/* The reference gateway on a free port, in this process, over real sockets. */
static int start_relay(struct session *session, struct diag *diag) {
  struct relay_config config = {.listener = 0, .origin = 0};
  session->relay = relay_new(&config);
  struct net_player *player = net_loop_add(session->loop, relay_actor(session->relay));
  if (net_player_listen(player, "127.0.0.1:0", diag) < 0 ||
      net_player_address(player, session->listening, diag) < 0) {
    return -1;
  }
  net_player_listener_name(player, 0, session->target, sizeof(session->target));
  session->url = arena_printf(&session->arena, "http://%s/", session->target);
  return 0;
}

static const char *without_last_slash(struct arena *arena, const char *path) {
  size_t len = strlen(path);
  while (len > 0 && path[len - 1] == '/') {
    len--;
  }
  return (const char *)arena_copy(arena, span_make(path, len)).ptr;
}

/* Where requests go and what they say, for this seat. */
static int aim(struct session *session, struct diag *diag) {
  const struct run_options *options = &session->options;
  struct arena *arena = &session->arena;
  if (options->target == NULL && start_relay(session, diag) != 0) {
    return -1;
  }
  if (options->target != NULL) {
    session->url = options->target;
  }
  struct url url;
  if (url_parse(arena, session->url, &url, diag) != 0) {
    return -1;
  }
  bool v6 = strchr(url.host, ':') != NULL;
  (void)snprintf(session->target, sizeof(session->target), v6 ? "[%s]:%s" : "%s:%s", url.host,
                 url.port);
  session->config.host = session->target;
  session->config.path_base = without_last_slash(arena, url.path);
  session->config.absolute = "";
  if (options->seat == SEAT_PROXY) {
    const char *origin =
        options->origin_advertised != NULL ? options->origin_advertised : session->listening;
    session->config.host = origin;
    session->config.path_base = "";
    session->config.absolute = arena_printf(arena, "http://%s", origin);
  }
  return 0;
}

static int set_up(struct session *session, struct diag *diag) {
  const struct run_options *options = &session->options;
  session->loop = net_loop_new();
  if (session->loop == NULL) {
    diag_set(diag, NULL, 0, 0, "the system has no resources for an event loop");
    return -1;
  }
  time_t now = time(NULL);
  session->started = rfc3339(&session->arena, now);
  session->config = (struct stage_config){
      .seat = options->seat,
      .run = random_run(options),
      .date = imf_date(&session->arena, now),
      .jobs = options->jobs,
      .scale = options->scale,
  };
  /* The stage needs its configuration whole, the relay needs the origin's address: listen through a
   * stage that learns where to aim before its first turn. */
  session->stage = stage_new(&session->config, session->plan.plays, session->plan.num_plays);
  struct net_player *player = net_loop_add(session->loop, stage_actor(session->stage));
  if (net_player_listen(player, options->origin_listen, diag) < 0) {
    return -1;
  }
  net_player_listener_name(player, 0, session->listening, sizeof(session->listening));
  if (aim(session, diag) != 0 || net_player_address(player, session->target, diag) < 0) {
    return -1;
  }
  stage_aim(session->stage, session->config.host, session->config.path_base,
            session->config.absolute);
  return 0;
}

static bool is_done(void *user) {
  const struct session *session = user;
  return stage_done(session->stage);
}

static void draw_progress(void *user) {
  struct session *session = user;
  uint64_t now = net_loop_now_us(session->loop);
  if (!session->progress || now - session->drawn_us < 100000) {
    return;
  }
  session->drawn_us = now;
  (void)fprintf(stderr, "\r%zu of %zu cases", stage_num_done(session->stage),
                session->plan.num_plays);
}

static const char *reproduce_line(struct session *session) {
  const struct run_options *options = &session->options;
  if (options->target == NULL) {
    return "interim run -v";
  }
  return arena_printf(&session->arena, "interim run --seat %s --target %s --origin %s%s%s -v",
                      case_seat_word(options->seat), options->target, options->origin_listen,
                      options->origin_advertised == NULL ? "" : ",",
                      options->origin_advertised == NULL ? "" : options->origin_advertised);
}

static void describe_run(struct session *session, struct run *run) {
  static const char *const h1[] = {"h1"};
  const struct run_options *options = &session->options;
  const char *name = options->target_name;
  if (name == NULL) {
    name = options->target == NULL ? "interim-relay" : stage_server(session->stage);
  }
  const char *version = options->target_version;
  if (version == NULL) {
    version = options->target == NULL ? INTERIM_VERSION : "";
  }
  *run = (struct run){
      .tool_version = INTERIM_VERSION,
      .suite = INTERIM_VERSION,
      .started = session->started,
      .duration_ms = (double)(net_loop_now_us(session->loop) - session->began_us) / 1000,
      .interrupted = session->signal != 0,
      .target_name = name,
      .target_version = version,
      .seat = case_seat_word(options->seat),
      .target_url = session->url,
      .fronts = h1,
      .num_fronts = 1,
      .backs = h1,
      .num_backs = 1,
      .fatal = stage_failure(session->stage),
  };
}

static void assemble_run(struct session *session, struct run *run) {
  struct assemble_context context = {
      .arena = &session->arena,
      .registry = &session->library.registry,
      .seat = session->options.seat,
      .reproduce = reproduce_line(session),
      .target_died = stage_target_died(session->stage),
      .interrupted = session->signal != 0,
  };
  describe_run(session, run);
  run->results = arena_array(&session->arena, session->plan.num_plays, sizeof(*run->results));
  run->num_results = session->plan.num_plays;
  for (size_t i = 0; i < session->plan.num_plays; i++) {
    assemble_result(&context, &session->plan.plays[i], &run->results[i]);
  }
  run->profile = arena_array(&session->arena, 2, sizeof(*run->profile));
  run->profile[0] =
      (struct measure){"round_trip_ms", (double)stage_round_trip_us(session->stage) / 1000};
  run->profile[1] =
      (struct measure){"deadline_ms", (double)stage_deadline_us(session->stage) / 1000};
  run->num_profile = 2;
}

/* Writes one report to a file, or to standard output for "-". */
static int write_report(const struct session *session, const struct run *run, const char *path,
                        int (*write)(FILE *, const struct run *, bool)) {
  bool standard = strcmp(path, "-") == 0;
  FILE *out = standard ? stdout : fopen(path, "we");
  if (out == NULL) {
    perror(path);
    return -1;
  }
  int failed = write(out, run, session->options.verbose);
  failed |= standard ? fflush(out) : fclose(out);
  if (failed != 0) {
    perror(path);
  }
  return failed;
}

static int write_junit(FILE *out, const struct run *run, bool verbose) {
  (void)verbose;
  return report_junit(out, run);
}

static int write_tap(FILE *out, const struct run *run, bool verbose) {
  (void)verbose;
  return report_tap(out, run);
}

static int report_all(struct session *session, const struct run *run) {
  const struct run_options *options = &session->options;
  bool machine = options->tap || (options->json != NULL && strcmp(options->json, "-") == 0);
  FILE *people = machine ? stderr : stdout;
  bool color = options->color > 0 ||
               (options->color < 0 && isatty(fileno(people)) == 1 && getenv("NO_COLOR") == NULL);
  struct report_style style = {color, options->verbose, options->quiet};
  int failed = report_text(people, run, &style);
  if (options->json != NULL) {
    failed |= write_report(session, run, options->json, report_json);
  }
  if (options->junit != NULL) {
    failed |= write_report(session, run, options->junit, write_junit);
  }
  if (options->tap) {
    failed |= write_report(session, run, "-", write_tap);
  }
  return failed;
}

static int exit_status(const struct session *session, const struct run *run) {
  struct run_summary summary = run_summarise(run);
  if (session->signal != 0) {
    return EXIT_INTERRUPTED;
  }
  int status = verdict_exit_status(summary.unexpected, summary.error);
  return status == 0 && run->fatal[0] != '\0' ? EXIT_ERRORS : status;
}

static int weigh_expectations(struct session *session, struct run *run) {
  const struct run_options *options = &session->options;
  struct diag diag;
  if (options->expect != NULL) {
    struct expectations expectations;
    if (expect_load(&session->arena, options->expect, &expectations, &diag) != 0 ||
        expect_apply(&expectations, run, &diag) != 0) {
      return complain(&diag);
    }
  }
  if (options->write_expect != NULL && expect_write(options->write_expect, run, &diag) != 0) {
    return complain(&diag);
  }
  return 0;
}

static int play_and_report(struct session *session) {
  session->began_us = net_loop_now_us(session->loop);
  session->signal = net_loop_run(session->loop, is_done, draw_progress, session);
  if (session->progress) {
    (void)fputs("\r\033[K", stderr);
  }
  stage_stop(session->stage);
  struct run run;
  assemble_run(session, &run);
  int status = weigh_expectations(session, &run);
  if (report_all(session, &run) != 0) {
    return EXIT_ERRORS;
  }
  return status != 0 ? status : exit_status(session, &run);
}

int command_run(int argc, char **argv) {
  struct session session = {.signal = 0};
  int parsed = run_options_parse(argc, argv, &session.options);
  if (parsed != 0) {
    return parsed == 1 ? EXIT_PASSED : parsed;
  }
  struct diag diag;
  session.progress = isatty(STDERR_FILENO) == 1 && !session.options.quiet;
  int status = load_cases(&session, &diag) != 0 || set_up(&session, &diag) != 0
                   ? complain(&diag)
                   : play_and_report(&session);
  net_loop_free(session.loop);
  stage_free(session.stage);
  relay_free(session.relay);
  arena_free(&session.arena);
  return status;
}
