#include "net/internal.h"

uint64_t clock_read(void) {
  return uv_hrtime() / 1000;
}

void clock_start(struct net_clock *clock) {
  clock->now_us = clock_read();
  clock->polled_us = clock->now_us;
  clock->fresh = true;
}

void clock_polled(struct net_clock *clock) {
  if (!clock->fresh) {
    clock->now_us = clock_read();
    clock->polled_us = clock->now_us;
    clock->fresh = true;
  }
}

void clock_polling(struct net_clock *clock) {
  uint64_t now = clock_read();
  uint64_t busy = now - clock->polled_us;
  uint64_t number = now / NET_LAG_BUCKET_US;
  size_t i = number % NET_LAG_BUCKETS;
  if (clock->busy[i].number != number) {
    clock->busy[i].number = number;
    clock->busy[i].longest_us = 0;
  }
  if (busy > clock->busy[i].longest_us) {
    clock->busy[i].longest_us = busy;
  }
  clock->now_us = now;
  clock->fresh = false;
}

uint64_t clock_lag(const struct net_clock *clock) {
  uint64_t number = clock->now_us / NET_LAG_BUCKET_US;
  uint64_t longest = 0;
  for (size_t i = 0; i < NET_LAG_BUCKETS; i++) {
    if (clock->busy[i].number + NET_LAG_BUCKETS > number && clock->busy[i].longest_us > longest) {
      longest = clock->busy[i].longest_us;
    }
  }
  return longest;
}
