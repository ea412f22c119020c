#include "base/span.h"
#include "net/bench.h"
#include "net/bench_stage.h"

#include <stdio.h>

/* interim-bench [EXCHANGES]: how many a round, 2,000 when not given. */
int main(int argc, char **argv) {
  uint64_t exchanges = 2000;
  if (argc > 2 || (argc == 2 && (!span_number(span_of(argv[1]), &exchanges) || exchanges == 0 ||
                                 exchanges > 1000000))) {
    (void)fputs("usage: interim-bench [EXCHANGES, 1 to 1000000]\n", stderr);
    return 2;
  }
  int failed = net_bench(stdout, (unsigned)exchanges);
  unsigned cases = (unsigned)(exchanges < 60000 ? exchanges : 60000);
  return failed != 0 ? failed : net_bench_stage(stdout, cases);
}
