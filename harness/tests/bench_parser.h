/* What `make bench-parser` is made of: inputs, the parsers that read them, the limits beside them,
 * and a counter of instructions. */
#ifndef INTERIM_TESTS_BENCH_PARSER_H
#define INTERIM_TESTS_BENCH_PARSER_H

#include "base/bytes.h"

/* A set of response streams that are parsed one after the other, each from its beginning. */
struct bench_input {
  const char *name;
  const char *what;
  const struct span *streams;
  size_t num_streams;
  bool bytewise; /* one more byte of the stream for each call */
};

/* Whatever reads a stream. The result says what was delivered, so that all parsers of an input can
 * be held to the same work: see bench_work. Limits deliver something else. */
struct bench_runner {
  const char *name;
  uint64_t (*run)(struct span wire, bool bytewise);
  bool is_limit;
};

/* bench_work is what a parser that delivered so much returns. */
static inline uint64_t bench_work(uint64_t heads, uint64_t name_bytes, uint64_t value_bytes) {
  return heads << 48 ^ name_bytes << 24 ^ value_bytes;
}

enum { BENCH_NUM_INPUTS = 8, BENCH_MAX_RUNNERS = 12 };

/* bench_inputs_make makes the inputs, the same ones each time; the first is the varied one. They
 * live until bench_inputs_free. */
void bench_inputs_make(struct bench_input inputs[BENCH_NUM_INPUTS]);

/* bench_inputs_free frees what bench_inputs_make made. */
void bench_inputs_free(void);

/* bench_ours adds our parser with each scanner that this processor has; returns how many. */
size_t bench_ours(struct bench_runner *out);

/* bench_peers adds the peers that are installed and prints a note for each that is not; returns how
 * many. */
size_t bench_peers(struct bench_runner *out);

/* bench_limits adds what no parser can beat; returns how many. */
size_t bench_limits(struct bench_runner *out);

/* bench_count counts the instructions of one run over the first num_streams streams of the input,
 * each one exactly, in a child process that is single-stepped. 0 where that cannot be done. */
uint64_t bench_count(const struct bench_runner *runner, const struct bench_input *input,
                     size_t num_streams);

#endif
