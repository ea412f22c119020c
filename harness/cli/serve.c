#include "cli/bug_option.h"
#include "cli/cli.h"
#include "cli/url.h"
#include "cli/usage.h"
#include "hpack/hpack.h"
#include "net/loop.h"
#include "net/tls.h"
#include "peer/origin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct serve_options {
  const char *listen;
  bool list_bugs;
  const struct bug *bug;
};

static int take_listen(void *user, const char *option, char *value) {
  struct diag diag = {.line = 0};
  bool local = span_starts(span_of(value), "unix:");
  if (!local && url_check_address(value, true, &diag) != 0) {
    return usage_error("serve", "%s '%s': %s", option, value, diag.reason);
  }
  ((struct serve_options *)user)->listen = value;
  return 0;
}

static int take_bug(void *user, const char *option, char *value) {
  return bug_option_take("serve", option, value, BUG_ORIGIN, &((struct serve_options *)user)->bug);
}

static int take_bugs(void *user, const char *option, char *value) {
  (void)option;
  (void)value;
  ((struct serve_options *)user)->list_bugs = true;
  return 0;
}

static const struct usage_option serve_options[] = {
    {"bug", 0, true, take_bug},
    {"bugs", 0, false, take_bugs},
    {"listen", 0, true, take_listen},
};

static const char *const serve_help[] = {
    "usage: interim serve [--listen ADDRESS] [--bug NAME]",
    "       interim serve --bugs",
    "",
    "Runs an origin server to try interim responses by hand, until SIGINT or SIGTERM. Once it",
    "listens it prints 'serve: listening on ADDRESS'. One port takes HTTP/1.1, HTTP/2 with prior",
    "knowledge, and TLS with a certificate that nobody vouches for. Any method will do.",
    "",
    "  --listen ADDRESS  HOST:PORT; 127.0.0.1:8102 if not given; port 0 for any free one",
    "  --bug NAME        with this fault, for a look at what the suite says about it",
    "  --bugs            list the names of bugs, and what each is",
    "  -h, --help        this text",
    "",
    "  /                 the index, for browsers; JSON with Accept: application/json",
    "  /102              one 102, then a 200; any code from 100 to 199 but 101",
    "  /102/5            five of them",
    "  /102/500ms        with that pause behind each; /102/5/2s",
    "  /102-then/207     another final response",
    "  /103?link=...     with this Link, percent-encoded",
    "  /upload           a 104 with the place of the upload, then a 201: to who sends the field",
    "                    Upload-Draft-Interop-Version: 8",
    "  /status/404       this final response alone",
    "  /bad/NAME         faults on purpose: content-length, transfer-encoding, no-final, hang",
    "",
    "  curl -v http://127.0.0.1:8102/102/3/1s",
};

#define NUM(array) (sizeof(array) / sizeof((array)[0]))

static const struct usage serve_usage = {"serve", serve_options, NUM(serve_options), serve_help,
                                         NUM(serve_help)};

/* A bug that ends the origin ends the process, as a signal would. */
static bool died(void *user) {
  if (relay_died(user)) {
    abort();
  }
  return false;
}

static int serve(struct net_loop *loop, struct relay *origin, struct tls *tls, const char *listen) {
  struct net_player *player = net_loop_add(loop, relay_actor(origin));
  struct diag diag = {.line = 0};
  char name[128];
  if (net_player_listen(player, listen, &diag) < 0) {
    return usage_diag("serve", &diag);
  }
  net_player_listen_secure(player, 0, tls, false);
  net_player_listener_name(player, 0, name, sizeof(name));
  (void)printf("serve: listening on %s\n", name);
  int status = usage_finish("serve", EXIT_PASSED);
  if (status == EXIT_PASSED) {
    (void)net_loop_run(loop, died, NULL, origin);
  }
  return status;
}

int command_serve(int argc, char **argv) {
  struct serve_options options = {.listen = "127.0.0.1:8102"};
  int first = 0;
  int status = usage_parse(&serve_usage, argc, argv, &options, &first);
  if (status != 0) {
    return status == USAGE_HELP ? EXIT_PASSED : status;
  }
  if (first != argc) {
    return usage_error("serve", "'%s' is too much: all goes by options", argv[first]);
  }
  if (options.list_bugs) {
    return bug_option_list("serve", BUG_ORIGIN);
  }
  const struct tls_server_options offered = {.protocols = "h2 http/1.1"};
  struct diag diag = {.line = 0};
  struct tls *tls = tls_server_new(&offered, &diag);
  struct net_loop *loop = net_loop_new();
  if (tls == NULL || loop == NULL) {
    (void)fprintf(stderr, "interim serve: the system has no resources for it: %s\n", diag.reason);
    status = EXIT_ERRORS;
  } else {
    const struct origin_config config = {
        .listener = 0, .coder = &hpack_coder, .faults = true, .bug = options.bug};
    struct relay *origin = origin_new(&config);
    status = serve(loop, origin, tls, options.listen);
    net_loop_free(loop);
    loop = NULL;
    relay_free(origin);
  }
  net_loop_free(loop);
  tls_free(tls);
  return status;
}
