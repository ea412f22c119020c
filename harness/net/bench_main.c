#include "base/span.h"
#include "net/bench.h"

#include <stdio.h>

/* interim-bench [EXCHANGES]: how many a round, 2,000 when not given. */
int main(int argc, char **argv) {
  uint64_t exchanges = 2000;
  if (argc > 2 || (argc == 2 && (!span_number(span_of(argv[1]), &exchanges) || exchanges == 0 ||
                                 exchanges > 1000000))) {
    (void)fputs("usage: interim-bench [EXCHANGES, 1 to 1000000]\n", stderr);
    return 2;
  }
  return net_bench(stdout, (unsigned)exchanges);
}
