/* What a whole case costs: nonces, transcript, house rules, canary and all. */
#ifndef INTERIM_NET_BENCH_STAGE_H
#define INTERIM_NET_BENCH_STAGE_H

#include <stdio.h>

/* net_bench_stage plays a gated 102 and its canary as many times (at most 60,000), 64 in flight,
 * the client lane straight to the origin lane, over HTTP/1.1 and then over HTTP/2. It writes to out
 * how many cases ran a second and the processor time of one in microseconds. 0, or 1 when a case
 * was not clean, which it says on out.
 */
int net_bench_stage(FILE *out, unsigned cases);

#endif
