#include "core/h1_response.h"
#include "tests/bench_parser.h"

struct work {
  uint64_t heads;
  uint64_t name_bytes;
  uint64_t value_bytes;
};

enum { MANY = 128 }; /* 8 KiB of events */

static void take(struct work *work, const struct h1_event *event) {
  if (event->kind == H1_FIELD) {
    work->name_bytes += event->name.len;
    work->value_bytes += event->value.len;
  } else if (event->kind == H1_HEAD_END) {
    work->heads++;
  }
}

static uint64_t run(struct span wire, bool bytewise, size_t scanner) {
  static struct h1_event events[MANY];
  struct h1_response parser;
  struct work work = {0};
  h1_response_init(&parser, &h1_default_limits);
  parser.reader.scan.scanner = h1_scanner_at(scanner);
  (void)h1_response_request(&parser, H1_FOR_GET);
  for (size_t len = bytewise ? 1 : wire.len; len <= wire.len; len++) {
    enum h1_status status = H1_EVENT;
    while (status == H1_EVENT) {
      size_t num = h1_response_read(&parser, span_make(wire.ptr, len), events, MANY, &status);
      for (size_t i = 0; i < num; i++) {
        take(&work, &events[i]);
      }
    }
  }
  return bench_work(work.heads, work.name_bytes, work.value_bytes);
}

static uint64_t run_best(struct span wire, bool bytewise) {
  return run(wire, bytewise, 0);
}

static uint64_t run_second(struct span wire, bool bytewise) {
  return run(wire, bytewise, 1);
}

static uint64_t run_third(struct span wire, bool bytewise) {
  return run(wire, bytewise, 2);
}

size_t bench_ours(struct bench_runner *out) {
  static uint64_t (*const runs[])(struct span wire, bool bytewise) = {run_best, run_second,
                                                                      run_third};
  size_t num = 0;
  for (; num < sizeof(runs) / sizeof(runs[0]) && h1_scanner_at(num) != NULL; num++) {
    out[num] = (struct bench_runner){.name = h1_scanner_at(num)->name, .run = runs[num]};
  }
  return num;
}
