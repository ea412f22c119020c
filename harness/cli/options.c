#include "cli/options.h"

#include "cli/cli.h"
#include "cli/url.h"
#include "cli/usage.h"

enum { MAX_JOBS = 4096, MAX_REPEAT = 1000000 };

static const double min_scale = 0.01;
static const double max_scale = 1000;

static int refuse(const char *option, const char *value, const char *remedy) {
  return usage_error("run", "%s '%s': %s", option, value, remedy);
}

static int take_seat(void *user, const char *option, char *value) {
  struct run_options *out = user;
  unsigned seat = case_seat_named(span_of(value));
  if (seat == SEAT_CLIENT) {
    return refuse(option, value,
                  "this seat does not work yet; those that do: origin, gateway, proxy");
  }
  if (seat == 0) {
    return refuse(option, value, "not a seat; write origin, gateway or proxy");
  }
  out->seat = (enum seat)seat;
  return 0;
}

/* URL, or h1=URL or h2=URL for that front alone. */
static int take_target(void *user, const char *option, char *value) {
  static const enum http_version versions[] = {HTTP_H1, HTTP_H2};
  struct run_options *out = user;
  struct arena arena;
  struct diag diag = {.line = 0};
  struct url parsed;
  const char *url = value;
  for (size_t i = 0; i < 2; i++) {
    if (span_starts(span_of(value), i == 0 ? "h1=" : "h2=")) {
      url = value + 3;
      out->front_targets[i] = url;
      out->fronts |= versions[i];
    }
  }
  out->target = url == value || out->target == NULL ? url : out->target;
  arena_init(&arena);
  int failed = url_parse(&arena, url, &parsed, &diag);
  arena_free(&arena);
  return failed == 0 ? 0 : refuse(option, url, diag.reason);
}

const char *run_options_target(const struct run_options *options, enum http_version front) {
  const char *own = options->front_targets[front == HTTP_H2 ? 1 : 0];
  return own != NULL ? own : options->target;
}

static int take_origin(void *user, const char *option, char *value) {
  struct run_options *out = user;
  struct diag diag = {.line = 0};
  char *comma = strchr(value, ',');
  if (comma != NULL) {
    *comma = '\0';
    out->origin_advertised = comma + 1;
  }
  out->origin_listen = value;
  bool local = span_starts(span_of(value), "unix:");
  if (!local && url_check_address(value, true, &diag) != 0) {
    return refuse(option, value, diag.reason);
  }
  if (comma != NULL && url_check_address(comma + 1, false, &diag) != 0) {
    return refuse("the address behind the comma of --origin,", comma + 1, diag.reason);
  }
  return 0;
}

static int take_front(void *user, const char *option, char *value) {
  struct run_options *out = user;
  if (strcmp(value, "h1") != 0 && strcmp(value, "h2") != 0) {
    return refuse(option, value, "not a version; write h1 or h2");
  }
  out->fronts |= strcmp(value, "h2") == 0 ? HTTP_H2 : HTTP_H1;
  return 0;
}

static int take_back(void *user, const char *option, char *value) {
  struct run_options *out = user;
  bool any = strcmp(value, "auto") == 0;
  if (!any && strcmp(value, "h1") != 0 && strcmp(value, "h2") != 0) {
    return refuse(option, value, "not a version; write auto, h1 or h2");
  }
  out->backs = any ? HTTP_H1 | HTTP_H2 : strcmp(value, "h2") == 0 ? HTTP_H2 : HTTP_H1;
  return 0;
}

static bool take_number(const char *value, uint64_t low, uint64_t high, uint64_t *out) {
  return span_number(span_of(value), out) && *out >= low && *out <= high;
}

static int take_jobs(void *user, const char *option, char *value) {
  struct run_options *out = user;
  uint64_t number = 0;
  if (!take_number(value, 1, MAX_JOBS, &number)) {
    return refuse(option, value, "how many cases may be in flight: write a number from 1 to 4096");
  }
  out->jobs = (unsigned)number;
  return 0;
}

static int take_scale(void *user, const char *option, char *value) {
  struct run_options *out = user;
  char *end = value;
  bool plain = strspn(value, "0123456789.") == strlen(value);
  double scale = plain ? strtod(value, &end) : 0;
  if (!plain || *end != '\0' || !(scale >= min_scale && scale <= max_scale)) {
    return refuse(option, value,
                  "all times are multiplied by it: write a number from 0.01 to 1000, such as 2.5");
  }
  out->scale = scale;
  return 0;
}

static int take_level(void *user, const char *option, char *value) {
  static const char *const words[] = {"must", "should", "all"};
  struct run_options *out = user;
  for (unsigned i = 0; i < 3; i++) {
    if (strcmp(value, words[i]) == 0) {
      out->level = i;
      return 0;
    }
  }
  return refuse(option, value, "not a level; write must, should or all");
}

static int append(const char **list, size_t *num, const char *what, const char *value) {
  if (*num == OPTIONS_MAX_LIST) {
    return usage_error("run",
                       "more than %d %s: '%s' is too many; name more by one glob such as "
                       "'forward/*'",
                       OPTIONS_MAX_LIST, what, value);
  }
  list[(*num)++] = value;
  return 0;
}

static int take_exclude(void *user, const char *option, char *value) {
  struct run_options *out = user;
  return append(out->excludes, &out->num_excludes, option, value);
}

static int take_seed(void *user, const char *option, char *value) {
  struct run_options *out = user;
  uint64_t number = 0;
  if (!take_number(value, 0, UINT32_MAX, &number)) {
    return refuse(option, value, "write a number from 0 to 4294967295");
  }
  out->seed = (uint32_t)number;
  out->seeded = true;
  return 0;
}

static int take_repeat(void *user, const char *option, char *value) {
  struct run_options *out = user;
  uint64_t number = 0;
  if (!take_number(value, 1, MAX_REPEAT, &number)) {
    return refuse(option, value, "how often each case is played: write a number from 1 to 1000000");
  }
  out->repeat = (unsigned)number;
  return 0;
}

/* A whole number with a unit: 500ms, 30s; at most an hour. 0 when it is none. */
static uint64_t read_time(const char *value) {
  size_t digits = strspn(value, "0123456789");
  uint64_t number = 0;
  uint64_t unit = strcmp(value + digits, "ms") == 0  ? 1000
                  : strcmp(value + digits, "s") == 0 ? 1000000
                                                     : 0;
  if (unit == 0 || !span_number(span_make(value, digits), &number) || number > 3600000000 / unit) {
    return 0;
  }
  return number * unit;
}

static int take_target_timeout(void *user, const char *option, char *value) {
  struct run_options *out = user;
  out->target_timeout_us = read_time(value);
  return out->target_timeout_us != 0
             ? 0
             : refuse(option, value,
                      "after how much silence of the origin the target gives up: 500ms, 30s; at "
                      "most an hour");
}

static int take_trigger_timeout(void *user, const char *option, char *value) {
  struct run_options *out = user;
  out->trigger_timeout_us = read_time(value);
  return out->trigger_timeout_us != 0
             ? 0
             : refuse(option, value,
                      "how long the final response to a trigger is waited for: 500ms, 30s; at most "
                      "an hour");
}

static int take_trigger(void *user, const char *option, char *value) {
  struct run_options *out = user;
  struct trigger trigger;
  const char *wrong = trigger_parse(value, &trigger);
  if (wrong != NULL) {
    return refuse(option, value, wrong);
  }
  if (trigger_find(out->triggers, out->num_triggers, trigger.code) != NULL) {
    return refuse(option, value, "there is a trigger for this code already; leave one");
  }
  if (out->num_triggers == OPTIONS_MAX_TRIGGERS) {
    return refuse(option, value, "more than 16 triggers");
  }
  out->triggers[out->num_triggers++] = trigger;
  return 0;
}

static int take_pid(void *user, const char *option, char *value) {
  struct run_options *out = user;
  uint64_t number = 0;
  if (!take_number(value, 1, INT32_MAX, &number)) {
    return refuse(option, value, "write the number of the target's main process");
  }
  out->pid = (long)number;
  return 0;
}

static int take_color(void *user, const char *option, char *value) {
  struct run_options *out = user;
  if (strcmp(value, "auto") == 0) {
    out->color = -1;
  } else if (strcmp(value, "never") == 0 || strcmp(value, "always") == 0) {
    out->color = strcmp(value, "always") == 0;
  } else {
    return refuse(option, value, "write auto, always or never");
  }
  return 0;
}

static int take_junit(void *user, const char *option, char *value) {
  struct run_options *out = user;
  if (strcmp(value, "-") == 0) {
    return refuse(option, value, "this form goes to a file; write the name of one");
  }
  out->junit = value;
  return 0;
}

/* Options that are stored as they are. */
#define TAKE_TEXT(field)                                                                           \
  static int take_##field(void *user, const char *option, char *value) {                           \
    (void)option;                                                                                  \
    ((struct run_options *)user)->field = value;                                                   \
    return 0;                                                                                      \
  }

#define TAKE_SWITCH(field)                                                                         \
  static int take_##field(void *user, const char *option, char *value) {                           \
    (void)option;                                                                                  \
    (void)value;                                                                                   \
    ((struct run_options *)user)->field = true;                                                    \
    return 0;                                                                                      \
  }

TAKE_TEXT(cacert)
TAKE_TEXT(cases)
TAKE_TEXT(expect)
TAKE_TEXT(write_expect)
TAKE_TEXT(target_name)
TAKE_TEXT(target_version)
TAKE_TEXT(json)
TAKE_TEXT(restart)
TAKE_SWITCH(insecure)
TAKE_SWITCH(shuffle)
TAKE_SWITCH(slow)
TAKE_SWITCH(tap)
TAKE_SWITCH(verbose)
TAKE_SWITCH(quiet)

static const struct usage_option run_options[] = {
    {"seat", 0, true, take_seat},
    {"target", 0, true, take_target},
    {"origin", 0, true, take_origin},
    {"front", 0, true, take_front},
    {"back", 0, true, take_back},
    {"insecure", 0, false, take_insecure},
    {"cacert", 0, true, take_cacert},
    {"jobs", 0, true, take_jobs},
    {"timeout-scale", 0, true, take_scale},
    {"level", 0, true, take_level},
    {"exclude", 0, true, take_exclude},
    {"shuffle", 0, false, take_shuffle},
    {"seed", 0, true, take_seed},
    {"repeat", 0, true, take_repeat},
    {"slow", 0, false, take_slow},
    {"cases", 0, true, take_cases},
    {"expect", 0, true, take_expect},
    {"write-expect", 0, true, take_write_expect},
    {"target-name", 0, true, take_target_name},
    {"target-version", 0, true, take_target_version},
    {"target-timeout", 0, true, take_target_timeout},
    {"trigger", 0, true, take_trigger},
    {"trigger-timeout", 0, true, take_trigger_timeout},
    {"pid", 0, true, take_pid},
    {"restart", 0, true, take_restart},
    {"json", 0, true, take_json},
    {"junit", 0, true, take_junit},
    {"tap", 0, false, take_tap},
    {"verbose", 'v', false, take_verbose},
    {"quiet", 0, false, take_quiet},
    {"color", 0, true, take_color},
};

static const char *const run_help[] = {
    "usage: interim run [--seat gateway|proxy] [--target URL --origin LISTEN[,ADVERTISED]]",
    "                   [options] [CASE-GLOB ...]",
    "       interim run --seat origin [--target URL] [options] [CASE-GLOB ...]",
    "",
    "Plays the cases around a target and gives a verdict for each requirement. Without --target",
    "the target is built in: the reference gateway, or at seat origin the reference origin.",
    "",
    "  --seat SEAT             where the target sits: origin (any web server: it makes the",
    "                          responses), gateway (reverse proxy) or proxy (forward proxy);",
    "                          gateway if not given",
    "  --target [h1=|h2=]URL   where the target listens: http[s]://HOST[:PORT][/PATH]; with h1=",
    "                          or h2= for that front alone",
    "  --origin LISTEN[,ADVERTISED]",
    "                          HOST:PORT where our origin listens, and how the target reaches",
    "                          it if that is another address; needed with --target",
    "  --front h1|h2           HTTP version towards the target, h2 over http:// with prior",
    "                          knowledge, over https:// by ALPN; may be given twice; h1 if not",
    "                          given",
    "  --back auto|h1|h2       HTTP versions that our origin offers; auto if not given",
    "  --insecure              take any certificate of the target",
    "  --cacert FILE           trust what is in this PEM file",
    "",
    "  --trigger 'CODE=METHOD PATH [| Name: value ...]'",
    "                          at seat origin: the request that makes the target send the interim",
    "                          response CODE, such as '102=GET /slow'; one for each code",
    "  --trigger-timeout T     wait so long for its final response; 10s if not given",
    "",
    "  --cases DIR             the cases of a directory instead of those built in",
    "  --exclude GLOB          leave out cases; may be given several times",
    "  --level must|should|all only cases of at least this level; all if not given",
    "  --slow                  the slow cases too",
    "  --shuffle               in another order; with --seed N in that of N",
    "  --seed N                number that the order and the nonces come from",
    "  --repeat N              play all N times; one row a case, the worst verdict, how often",
    "  --jobs N                cases in flight; 32 if not given",
    "  --timeout-scale X       multiply all times by X",
    "",
    "  --expect FILE           known deviations: lines GLOB[@FRONT/BACK] VERDICT reason",
    "  --write-expect FILE     write what deviates today as such a file",
    "  --target-timeout T      after this silence of the origin (30s, 500ms) the target gives up:",
    "                          plays the slow cases that need to know it",
    "  --pid PID               the target's process: it and its children are watched",
    "  --restart COMMAND       starts the target again when it is gone (sh -c)",
    "  --target-name NAME      name of the target, for the reports",
    "  --target-version TEXT   its version, for the reports",
    "  --json FILE|-           write the result file (interim-results/1)",
    "  --junit FILE            write JUnit XML",
    "  --tap                   write TAP to standard output",
    "  -v, --verbose           show the transcript of what did not pass",
    "  --quiet                 show the summary line only",
    "  --color auto|always|never",
    "  -h, --help              this text",
    "",
    "With --json - or --tap the text for people goes to standard error.",
    "Exit status: 1 something unexpected failed; 3 errors; 2 wrong usage; 130 interrupted; else 0.",
};

#define NUM(array) (sizeof(array) / sizeof((array)[0]))

static const struct usage run_usage = {"run", run_options, NUM(run_options), run_help,
                                       NUM(run_help)};

/* A forward proxy is asked for our origin by name: it must be one that leads there. */
static bool is_everywhere(const char *listen) {
  return span_starts(span_of(listen), "0.0.0.0:") || span_starts(span_of(listen), "[::]:") ||
         span_starts(span_of(listen), "unix:");
}

static int check_outputs(const struct run_options *options) {
  if (options->tap && options->json != NULL && strcmp(options->json, "-") == 0) {
    return usage_error("run", "--tap and --json '-' both want standard output; give --json a file");
  }
  return 0;
}

static int check_origin_seat(const struct run_options *options) {
  if (options->origin_listen != NULL) {
    return usage_error("run", "--seat origin takes no --origin: the target makes the responses");
  }
  if (options->backs != (HTTP_H1 | HTTP_H2)) {
    return usage_error("run", "--seat origin takes no --back: nobody is behind the target");
  }
  return check_outputs(options);
}

/* What the reference origin answers with interim responses. */
static void give_triggers(struct run_options *out) {
  static const char *const own[] = {"102=GET /102/2/1ms", "103=GET /103",
                                    "104=POST /upload | Upload-Draft-Interop-Version: 8"};
  for (size_t i = 0; i < NUM(own); i++) {
    struct trigger trigger;
    if (trigger_parse(own[i], &trigger) == NULL &&
        trigger_find(out->triggers, out->num_triggers, trigger.code) == NULL) {
      out->triggers[out->num_triggers++] = trigger;
    }
  }
}

static int check_together(const struct run_options *options) {
  if (options->target == NULL && options->seat == SEAT_PROXY) {
    return usage_error("run",
                       "--seat proxy needs --target: a gateway and an origin are built in only");
  }
  if (options->seat == SEAT_ORIGIN) {
    return check_origin_seat(options);
  }
  if (options->num_triggers > 0) {
    return usage_error("run", "--trigger is for --seat origin: elsewhere our origin makes the "
                              "interim responses");
  }
  if (options->target != NULL && options->origin_listen == NULL) {
    return usage_error("run", "--target needs --origin: the address at which the target finds our "
                              "origin, such as --origin 127.0.0.1:9000");
  }
  if (options->seat == SEAT_PROXY && options->origin_advertised == NULL &&
      is_everywhere(options->origin_listen)) {
    return usage_error("run",
                       "--origin '%s': a proxy cannot ask for this address; add the one to "
                       "ask for behind a comma",
                       options->origin_listen);
  }
  return check_outputs(options);
}

int run_options_parse(int argc, char **argv, struct run_options *out) {
  int first = 0;
  *out = (struct run_options){
      .seat = SEAT_GATEWAY,
      .jobs = 32,
      .scale = 1,
      .level = 2,
      .repeat = 1,
      .trigger_timeout_us = OPTIONS_TRIGGER_TIMEOUT_US,
      .color = -1,
      .backs = HTTP_H1 | HTTP_H2,
  };
  int status = usage_parse(&run_usage, argc, argv, out, &first);
  for (int i = first; status == 0 && i < argc; i++) {
    status = argv[i][0] == '\0' ? usage_error("run", "an empty CASE-GLOB; leave it out for all")
                                : append(out->globs, &out->num_globs, "globs", argv[i]);
  }
  if (status == 0) {
    status = check_together(out);
  }
  if (out->seat == SEAT_ORIGIN && out->target == NULL &&
      out->num_triggers + 3 <= OPTIONS_MAX_TRIGGERS) {
    give_triggers(out);
  }
  if (out->fronts == 0) {
    out->fronts = out->target == NULL ? HTTP_H1 | HTTP_H2 : HTTP_H1;
  }
  if (out->origin_listen == NULL) {
    out->origin_listen = "127.0.0.1:0";
  }
  return status;
}
