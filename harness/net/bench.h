/* What a gated exchange costs beside what its connection costs anyway. */
#ifndef INTERIM_NET_BENCH_H
#define INTERIM_NET_BENCH_H

#include <stdio.h>

/* net_bench plays exchanges (at most 1,000,000 a round) of connect, GET, 102, and a 200 that is
 * sent once the client saw the 102, from a client lane straight to an origin lane over loopback,
 * with 1 and with 64 in flight. It writes to out the processor time of one in microseconds, how
 * many ran a second, the same for connections that are only opened and closed, measured in turn
 * with them, and the ratio of the two costs (medians of all rounds). 0, or 1 when an exchange went
 * wrong, which it says on out. */
int net_bench(FILE *out, unsigned exchanges);

#endif
