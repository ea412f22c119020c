#include "net/bench_stage.h"

#include "hpack/hpack.h"
#include "net/loop.h"
#include "script/stage.h"

#include <sys/resource.h>

static const char gated_text[] = "title A gated 102\n"
                                 "cites HOUSE-ALIVE\n"
                                 "seat gateway\n"
                                 "client sends GET\n"
                                 "origin sends 102\n"
                                 "client sees 102\n"
                                 "origin sends 200\n"
                                 "client sees 200\n";

static double cpu_us(void) {
  struct rusage usage;
  (void)getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static bool is_done(void *user) {
  const struct stage *stage = user;
  return stage_done(stage);
}

/* The stage is its own target: what its clients open, its origin accepts. */
static int play(FILE *out, struct stage *stage, struct net_loop *loop, unsigned cases,
                enum http_version version) {
  struct diag diag;
  char address[64];
  struct net_player *player = net_loop_add(loop, stage_actor(stage));
  if (net_player_listen(player, "127.0.0.1:0", &diag) < 0) {
    diag_print(&diag, out);
    return 1;
  }
  net_player_listener_name(player, 0, address, sizeof(address));
  if (net_player_address(player, address, &diag) < 0) {
    diag_print(&diag, out);
    return 1;
  }
  double cpu = cpu_us();
  uint64_t began = net_loop_now_us(loop);
  (void)net_loop_run(loop, is_done, NULL, stage);
  double seconds = (double)(net_loop_now_us(loop) - began) / 1e6;
  (void)fprintf(out,
                "whole cases over %s, 64 in flight: %.0f cases/s, %.1f us CPU a case (two "
                "exchanges)\n",
                version == HTTP_H2 ? "h2" : "h1", cases / seconds, (cpu_us() - cpu) / cases);
  return 0;
}

static int bench(FILE *out, unsigned cases, enum http_version version) {
  struct arena arena = {0};
  struct case_file file;
  struct diag diag;
  if (case_parse(&arena, "bench/gated.case", span_of(gated_text), NULL, &file, &diag) != 0) {
    diag_print(&diag, out);
    return 1;
  }
  struct play *plays = arena_array(&arena, cases, sizeof(*plays));
  for (unsigned i = 0; i < cases; i++) {
    plays[i] = (struct play){.file = &file, .id = "bench/gated"};
  }
  struct stage_config config = {.seat = SEAT_GATEWAY,
                                .run = 1,
                                .host = "bench",
                                .path_base = "",
                                .absolute = "",
                                .date = "Thu, 01 Jan 1970 00:00:00 GMT",
                                .jobs = 64,
                                .front = version,
                                .backs = version,
                                .coder = &hpack_coder,
                                .scale = 1};
  struct stage *stage = stage_new(&config, plays, cases);
  struct net_loop *loop = net_loop_new();
  int failed = loop == NULL ? 1 : play(out, stage, loop, cases, version);
  for (unsigned i = 0; i < cases && failed == 0; i++) {
    if (!plays[i].done || plays[i].num_unclean > 0) {
      (void)fprintf(out, "case %u was not clean\n", i);
      failed = 1;
    }
  }
  net_loop_free(loop);
  stage_free(stage);
  arena_free(&arena);
  return failed;
}

int net_bench_stage(FILE *out, unsigned cases) {
  int failed = bench(out, cases, HTTP_H1);
  return failed != 0 ? failed : bench(out, cases, HTTP_H2);
}
