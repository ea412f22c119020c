#include "peer/relay.h"

#include "cli/bug_option.h"
#include "cli/cli.h"
#include "cli/url.h"
#include "cli/usage.h"
#include "hpack/hpack.h"
#include "net/loop.h"

#include <stdlib.h>

struct relay_options {
  const char *listen;
  const char *origin;
  bool back_h2;
  bool connects;
  bool relays_expect;
  bool list_bugs;
  const struct bug *bug;
};

static int take_address(const char *option, const char *value, bool any_port, const char **out) {
  struct diag diag = {.line = 0};
  bool local = span_starts(span_of(value), "unix:");
  if (!local && url_check_address(value, any_port, &diag) != 0) {
    return usage_error("relay", "%s '%s': %s", option, value, diag.reason);
  }
  *out = value;
  return 0;
}

static int take_listen(void *user, const char *option, char *value) {
  return take_address(option, value, true, &((struct relay_options *)user)->listen);
}

static int take_origin(void *user, const char *option, char *value) {
  return take_address(option, value, false, &((struct relay_options *)user)->origin);
}

static int take_back(void *user, const char *option, char *value) {
  struct relay_options *options = user;
  options->back_h2 = strcmp(value, "h2") == 0;
  if (!options->back_h2 && strcmp(value, "h1") != 0) {
    return usage_error("relay", "%s '%s': h1 or h2", option, value);
  }
  return 0;
}

static int take_connect(void *user, const char *option, char *value) {
  (void)option;
  (void)value;
  ((struct relay_options *)user)->connects = true;
  return 0;
}

static int take_expect(void *user, const char *option, char *value) {
  (void)option;
  (void)value;
  ((struct relay_options *)user)->relays_expect = true;
  return 0;
}

static int take_bug(void *user, const char *option, char *value) {
  return bug_option_take("relay", option, value, BUG_GATEWAY | BUG_RELAYS_EXPECT,
                         &((struct relay_options *)user)->bug);
}

static int take_bugs(void *user, const char *option, char *value) {
  (void)option;
  (void)value;
  ((struct relay_options *)user)->list_bugs = true;
  return 0;
}

static const struct usage_option relay_options[] = {
    {"back", 0, true, take_back},           {"bug", 0, true, take_bug},
    {"bugs", 0, false, take_bugs},          {"connect", 0, false, take_connect},
    {"listen", 0, true, take_listen},       {"origin", 0, true, take_origin},
    {"pass-expect", 0, false, take_expect},
};

static const char *const relay_help[] = {
    "usage: interim relay --listen ADDRESS --origin ADDRESS [OPTION ...]",
    "       interim relay --bugs",
    "",
    "Runs the reference gateway until SIGINT or SIGTERM. Once it listens it prints 'relay:",
    "listening on ADDRESS'. Clients speak HTTP/1.1, or HTTP/2 with prior knowledge.",
    "",
    "  --listen ADDRESS  HOST:PORT where clients come; port 0 for any free one",
    "  --origin ADDRESS  HOST:PORT of the origin",
    "  --back VERSION    what the origin is spoken to in: h1 (the default), or h2 with prior",
    "                    knowledge",
    "  --connect         take CONNECT in HTTP/1.1, and make a tunnel to the origin of it, whatever",
    "                    it names",
    "  --pass-expect     leave it to the origin to answer Expect: 100-continue",
    "  --bug NAME        with this fault, for a look at what the suite says about it",
    "  --bugs            list the names of bugs, and what each is",
    "  -h, --help        this text",
};

#define NUM(array) (sizeof(array) / sizeof((array)[0]))

static const struct usage relay_usage = {"relay", relay_options, NUM(relay_options), relay_help,
                                         NUM(relay_help)};

/* A bug that ends the gateway ends the process, as a signal would. */
static bool died(void *user) {
  if (relay_died(user)) {
    abort();
  }
  return false;
}

static int serve(const struct relay_options *options, struct net_loop *loop, struct relay *relay) {
  struct net_player *player = net_loop_add(loop, relay_actor(relay));
  struct diag diag = {.line = 0};
  char name[128];
  if (net_player_listen(player, options->listen, &diag) < 0 ||
      net_player_address(player, options->origin, &diag) < 0) {
    return usage_diag("relay", &diag);
  }
  net_player_listener_name(player, 0, name, sizeof(name));
  (void)printf("relay: listening on %s\n", name);
  int status = usage_finish("relay", EXIT_PASSED);
  if (status == EXIT_PASSED) {
    (void)net_loop_run(loop, died, NULL, relay);
  }
  return status;
}

int command_relay(int argc, char **argv) {
  struct relay_options options = {.listen = NULL};
  int first = 0;
  int status = usage_parse(&relay_usage, argc, argv, &options, &first);
  if (status != 0) {
    return status == USAGE_HELP ? EXIT_PASSED : status;
  }
  if (first != argc) {
    return usage_error("relay", "'%s' is too much: all goes by options", argv[first]);
  }
  if (options.list_bugs) {
    return bug_option_list("relay", BUG_GATEWAY | BUG_RELAYS_EXPECT);
  }
  if (options.listen == NULL || options.origin == NULL) {
    return usage_error("relay", "%s is needed: HOST:PORT",
                       options.listen == NULL ? "--listen" : "--origin");
  }
  struct net_loop *loop = net_loop_new();
  if (loop == NULL) {
    (void)fprintf(stderr, "interim relay: the system has no resources for an event loop\n");
    return EXIT_ERRORS;
  }
  /* The player's first listener and first address have the number 0. */
  const struct relay_config config = {.listener = 0,
                                      .origin = 0,
                                      .coder = &hpack_coder,
                                      .origin_h2 = options.back_h2,
                                      .connects = options.connects,
                                      .relays_expect = options.relays_expect,
                                      .bug = options.bug};
  struct relay *relay = relay_new(&config);
  status = serve(&options, loop, relay);
  net_loop_free(loop);
  relay_free(relay);
  return status;
}
