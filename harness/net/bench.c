#include "net/bench.h"

#include "net/internal.h"

#include <sys/resource.h>

enum {
  ROUNDS = 5,
  MAX_EXCHANGES = 1000 * 1000,
  /* Closed connections keep their pair of ports for a while, so each listener takes this many only.
   */
  EXCHANGES_A_LISTENER = 5000,
  MAX_IN_FLIGHT = 64,
  MAX_COMMANDS = 4 * MAX_IN_FLIGHT,
};

static const char INTERIM[] = "HTTP/1.1 102 Processing\r\n\r\n";
static const char FINAL[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/* An exchange's number is its client connection's number. */
struct exchange {
  conn_id origin; /* the connection on which its request arrived */
  size_t seen;    /* bytes of the responses that the client has seen */
};

enum text { TEXT_REQUEST, TEXT_INTERIM, TEXT_FINAL };

struct step {
  enum actor_command_kind kind;
  conn_id conn;
  enum text text;
};

struct bench {
  bool gated; /* otherwise connections are only opened and closed */
  unsigned total;
  unsigned in_flight;
  unsigned num_listeners;
  unsigned opened;
  unsigned client_ends;
  unsigned origin_ends;
  const char *failure;
  struct exchange *exchanges;
  struct step steps[MAX_COMMANDS];
  unsigned first_step;
  unsigned num_steps;
  char request[64];
};

static void push(struct bench *bench, struct step step) {
  if (bench->num_steps == MAX_COMMANDS) {
    bench->failure = "too many commands at once";
    return;
  }
  bench->steps[(bench->first_step + bench->num_steps++) % MAX_COMMANDS] = step;
}

static void open_more(struct bench *bench) {
  unsigned ended =
      bench->client_ends < bench->origin_ends ? bench->client_ends : bench->origin_ends;
  while (bench->opened < bench->total && bench->opened - ended < bench->in_flight) {
    push(bench, (struct step){.kind = ACTOR_OPEN, .conn = bench->opened++});
  }
}

static void end(struct bench *bench, conn_id conn) {
  push(bench, (struct step){.kind = ACTOR_CLOSE, .conn = conn});
  if (conn < ACTOR_ACCEPTED) {
    bench->client_ends++;
  } else {
    bench->origin_ends++;
  }
  open_more(bench);
}

static void see_request(struct bench *bench, const struct actor_event *event) {
  struct span rest = event->bytes;
  uint64_t number = 0;
  if (!span_is(span_word(&rest), "GET") || !span_number(span_skip(span_word(&rest), 1), &number) ||
      number >= bench->total) {
    bench->failure = "the origin saw something other than the request";
    return;
  }
  bench->exchanges[number].origin = event->conn;
  push(bench, (struct step){.kind = ACTOR_WRITE, .conn = event->conn, .text = TEXT_INTERIM});
}

static void see_response(struct bench *bench, const struct actor_event *event) {
  struct exchange *exchange = &bench->exchanges[event->conn];
  const size_t interim = sizeof(INTERIM) - 1;
  const char *expected =
      exchange->seen < interim ? INTERIM + exchange->seen : FINAL + (exchange->seen - interim);
  if (event->bytes.len > strlen(expected) ||
      memcmp(expected, event->bytes.ptr, event->bytes.len) != 0) {
    bench->failure = "the client saw something other than the 102 and the 200";
    return;
  }
  exchange->seen += event->bytes.len;
  if (exchange->seen == interim) {
    push(bench, (struct step){.kind = ACTOR_WRITE, .conn = exchange->origin, .text = TEXT_FINAL});
    end(bench, exchange->origin);
  } else if (exchange->seen == interim + sizeof(FINAL) - 1) {
    end(bench, event->conn);
  }
}

static void bench_feed(void *self, uint64_t now_us, const struct actor_event *event) {
  struct bench *bench = self;
  (void)now_us;
  switch (event->kind) {
  case ACTOR_CONNECTED:
    if (bench->gated) {
      push(bench, (struct step){.kind = ACTOR_WRITE, .conn = event->conn, .text = TEXT_REQUEST});
    } else {
      end(bench, event->conn);
    }
    break;
  case ACTOR_ACCEPTED_CONN:
    if (!bench->gated) {
      end(bench, event->conn);
    }
    break;
  case ACTOR_BYTES:
    if (event->conn < ACTOR_ACCEPTED) {
      see_response(bench, event);
    } else {
      see_request(bench, event);
    }
    break;
  case ACTOR_TIME:
    open_more(bench);
    break;
  case ACTOR_REFUSED:
    bench->failure = "a connection was refused";
    break;
  case ACTOR_FIN:
  case ACTOR_RESET:
    bench->failure = "a connection ended too early";
    break;
  }
}

static struct span text_of(struct bench *bench, const struct step *step) {
  switch (step->text) {
  case TEXT_REQUEST:
    (void)snprintf(bench->request, sizeof(bench->request),
                   "GET /%u HTTP/1.1\r\nHost: bench\r\n\r\n", (unsigned)step->conn);
    return span_of(bench->request);
  case TEXT_INTERIM:
    return span_of(INTERIM);
  case TEXT_FINAL:
    return span_of(FINAL);
  }
  return (struct span){0};
}

static bool bench_next(void *self, struct actor_command *out) {
  struct bench *bench = self;
  if (bench->num_steps == 0) {
    return false;
  }
  const struct step *step = &bench->steps[bench->first_step];
  bench->first_step = (bench->first_step + 1) % MAX_COMMANDS;
  bench->num_steps--;
  *out = (struct actor_command){.kind = step->kind, .conn = step->conn};
  if (step->kind == ACTOR_OPEN) {
    out->place = step->conn % bench->num_listeners;
  } else if (step->kind == ACTOR_WRITE) {
    out->bytes = text_of(bench, step);
  }
  return true;
}

static uint64_t bench_wake(const void *self) {
  (void)self;
  return ACTOR_NEVER;
}

static bool bench_done(void *user) {
  const struct bench *bench = user;
  return bench->failure != NULL ||
         (bench->client_ends == bench->total && bench->origin_ends == bench->total);
}

static bool listen_and_know(struct net_player *player, unsigned num_listeners, struct diag *diag) {
  for (unsigned i = 0; i < num_listeners; i++) {
    char name[64];
    int listener = net_player_listen(player, "127.0.0.1:0", diag);
    if (listener < 0) {
      return false;
    }
    net_player_listener_name(player, (unsigned)listener, name, sizeof(name));
    if (net_player_address(player, name, diag) < 0) {
      return false;
    }
  }
  return true;
}

struct cost {
  double cpu_us; /* of one exchange */
  double rate;   /* exchanges a second */
};

static double cpu_us(void) {
  struct rusage usage;
  (void)getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* Runs one round. NULL, or what went wrong. */
static const char *play(struct bench *bench, struct cost *out) {
  struct diag diag;
  struct net_loop *loop = net_loop_new();
  if (loop == NULL) {
    return "no resources for an event loop";
  }
  const struct actor actor = {
      .self = bench, .feed = bench_feed, .next = bench_next, .wake = bench_wake};
  bench->exchanges = net_alloc(bench->total * sizeof(*bench->exchanges));
  bench->num_listeners = (bench->total + EXCHANGES_A_LISTENER - 1) / EXCHANGES_A_LISTENER;
  if (!listen_and_know(net_loop_add(loop, actor), bench->num_listeners, &diag)) {
    bench->failure = "cannot listen on loopback";
  }
  double cpu_before = cpu_us();
  uint64_t before = clock_read();
  if (net_loop_run(loop, bench_done, NULL, bench) != 0) {
    bench->failure = "interrupted";
  }
  out->cpu_us = (cpu_us() - cpu_before) / bench->total;
  out->rate = bench->total * 1e6 / (double)(clock_read() - before);
  net_loop_free(loop);
  free(bench->exchanges);
  return bench->failure;
}

static int compare(const void *a, const void *b) {
  const double *x = a;
  const double *y = b;
  return (*x > *y) - (*x < *y);
}

static double median(double values[ROUNDS]) {
  qsort(values, ROUNDS, sizeof(*values), compare);
  return values[ROUNDS / 2];
}

struct rounds {
  double cpu_us[2][ROUNDS]; /* of connecting only, of gated exchanges */
  double rate[2][ROUNDS];
  double ratio[ROUNDS];
};

static const char *measure(struct rounds *rounds, unsigned exchanges, unsigned in_flight) {
  for (unsigned round = 0; round < ROUNDS; round++) {
    for (unsigned gated = 0; gated < 2; gated++) {
      struct bench bench = {.gated = gated == 1, .total = exchanges, .in_flight = in_flight};
      struct cost cost;
      const char *failure = play(&bench, &cost);
      if (failure != NULL) {
        return failure;
      }
      rounds->cpu_us[gated][round] = cost.cpu_us;
      rounds->rate[gated][round] = cost.rate;
    }
    rounds->ratio[round] = rounds->cpu_us[0][round] / rounds->cpu_us[1][round];
  }
  return NULL;
}

int net_bench(FILE *out, unsigned exchanges) {
  static const unsigned in_flight[] = {1, MAX_IN_FLIGHT};
  if (exchanges == 0 || exchanges > MAX_EXCHANGES) {
    (void)fprintf(out, "bench: the number of exchanges must be from 1 to %d\n", MAX_EXCHANGES);
    return 1;
  }
  (void)fprintf(out, "%u exchanges a round, medians of %d rounds\n", exchanges, ROUNDS);
  (void)fprintf(out, "%9s  %12s %12s  %14s %14s  %s\n", "in flight", "gated us CPU", "gated/s",
                "connect us CPU", "connects/s", "connect/gated CPU");
  for (size_t i = 0; i < sizeof(in_flight) / sizeof(in_flight[0]); i++) {
    struct rounds rounds;
    const char *failure = measure(&rounds, exchanges, in_flight[i]);
    if (failure != NULL) {
      (void)fprintf(out, "bench: %s\n", failure);
      return 1;
    }
    (void)fprintf(out, "%9u  %12.1f %12.0f  %14.1f %14.0f  %.2f\n", in_flight[i],
                  median(rounds.cpu_us[1]), median(rounds.rate[1]), median(rounds.cpu_us[0]),
                  median(rounds.rate[0]), median(rounds.ratio));
  }
  return 0;
}
