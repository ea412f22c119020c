/* Measures the response parser beside its peers and beside what no parser can beat.
 *
 *     bench-parser [time|count [PARSER]]
 *
 * time: interleaved rounds, medians; count: instructions per byte, each instruction counted; both
 * when nothing is said. Trust ratios and counts: times differ between machines and hours. */
#include "tests/bench_parser.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 15, ROUND_BYTES = 1 << 20, COUNTED_STREAMS = 32 };

struct bench {
  struct bench_input inputs[BENCH_NUM_INPUTS];
  struct bench_runner runners[BENCH_MAX_RUNNERS];
  size_t num_runners;
};

static double now_ns(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static size_t input_bytes(const struct bench_input *input, size_t num_streams) {
  size_t sum = 0;
  for (size_t i = 0; i < num_streams; i++) {
    sum += input->streams[i].len;
  }
  return sum;
}

static uint64_t run_all(const struct bench_runner *runner, const struct bench_input *input) {
  uint64_t work = 0;
  for (size_t i = 0; i < input->num_streams; i++) {
    work = work * 31 + runner->run(input->streams[i], input->bytewise);
  }
  return work;
}

static double time_once(const struct bench_runner *runner, const struct bench_input *input) {
  size_t repeats = ROUND_BYTES / input_bytes(input, input->num_streams) / (input->bytewise ? 8 : 1);
  repeats += repeats == 0;
  double begin = now_ns();
  for (size_t i = 0; i < repeats; i++) {
    (void)run_all(runner, input);
  }
  return (now_ns() - begin) / (double)repeats;
}

static int compare_doubles(const void *a, const void *b) {
  double left = *(const double *)a;
  double right = *(const double *)b;
  return (left > right) - (left < right);
}

/* A limit says nothing about single bytes. */
static bool applies(const struct bench_runner *runner, const struct bench_input *input) {
  return !(runner->is_limit && input->bytewise);
}

static void time_input(const struct bench *bench, const struct bench_input *input) {
  static double times[BENCH_MAX_RUNNERS][ROUNDS];
  for (size_t round = 0; round < ROUNDS; round++) {
    for (size_t i = 0; i < bench->num_runners; i++) {
      if (applies(&bench->runners[i], input)) {
        times[i][round] = time_once(&bench->runners[i], input);
      }
    }
  }
  double bytes = (double)input_bytes(input, input->num_streams);
  (void)printf("\n%s: %s, %.0f bytes\n", input->name, input->what, bytes);
  for (size_t i = 0; i < bench->num_runners; i++) {
    if (applies(&bench->runners[i], input)) {
      qsort(times[i], ROUNDS, sizeof(double), compare_doubles);
      double median = times[i][ROUNDS / 2];
      (void)printf("  %-16s %8.3f ns/byte  interim takes %.2f of its time\n",
                   bench->runners[i].name, median / bytes, times[0][ROUNDS / 2] / median);
    }
  }
}

static void count_input(const struct bench *bench, const struct bench_input *input) {
  size_t num_streams = input->num_streams < COUNTED_STREAMS ? input->num_streams : COUNTED_STREAMS;
  double bytes = (double)input_bytes(input, num_streams);
  for (size_t i = 0; i < bench->num_runners; i++) {
    if (applies(&bench->runners[i], input)) {
      uint64_t count = bench_count(&bench->runners[i], input, num_streams);
      (void)printf("%-6s  %-16s %8.2f instructions/byte\n", input->name, bench->runners[i].name,
                   (double)count / bytes);
      (void)fflush(stdout);
    }
  }
}

/* All parsers must have delivered the same. */
static bool check_work(const struct bench *bench) {
  bool same = true;
  for (size_t i = 0; i < BENCH_NUM_INPUTS; i++) {
    const struct bench_input *input = &bench->inputs[i];
    uint64_t work = run_all(&bench->runners[0], input);
    for (size_t j = 1; j < bench->num_runners; j++) {
      const struct bench_runner *runner = &bench->runners[j];
      if (!runner->is_limit && run_all(runner, input) != work) {
        (void)printf("%s delivers something else on input %s\n", runner->name, input->name);
        same = false;
      }
    }
  }
  return same;
}

/* Leaves the one runner of that name. */
static bool leave_runner(struct bench *bench, const char *name) {
  for (size_t i = 0; i < bench->num_runners; i++) {
    if (strcmp(bench->runners[i].name, name) == 0) {
      bench->runners[0] = bench->runners[i];
      bench->num_runners = 1;
      return true;
    }
  }
  (void)fprintf(stderr, "bench-parser: no parser is named %s\n", name);
  return false;
}

static int run(struct bench *bench, int argc, char **argv) {
  const char *command = argc > 1 ? argv[1] : "";
  bool counts = argc == 1 || strcmp(command, "count") == 0;
  bool times = argc == 1 || strcmp(command, "time") == 0;
  if (argc > 3 || (!counts && !times)) {
    (void)fputs("usage: bench-parser [time|count [PARSER]]\n", stderr);
    return 2;
  }
  if (!check_work(bench)) {
    return 1;
  }
  if (argc == 3 && !leave_runner(bench, argv[2])) {
    return 2;
  }
  for (size_t i = 0; i < BENCH_NUM_INPUTS && counts; i++) {
    count_input(bench, &bench->inputs[i]);
  }
  for (size_t i = 0; i < BENCH_NUM_INPUTS && times; i++) {
    time_input(bench, &bench->inputs[i]);
  }
  return 0;
}

int main(int argc, char **argv) {
  struct bench bench = {.num_runners = 0};
  bench_inputs_make(bench.inputs);
  bench.num_runners = bench_ours(bench.runners);
  bench.num_runners += bench_peers(bench.runners + bench.num_runners);
  bench.num_runners += bench_limits(bench.runners + bench.num_runners);
  int status = run(&bench, argc, argv);
  bench_inputs_free();
  return status;
}
