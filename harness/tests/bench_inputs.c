#include "tests/bench_parser.h"

#include <stdlib.h>

/* The streams of all inputs stand in one run of bytes, so that spans are made when it is complete.
 */
enum { VARIED = 4096, FIXED = BENCH_NUM_INPUTS - 1, MOST = VARIED + FIXED };

static struct bytes wires;
static size_t ends[MOST];
static struct span streams[MOST];

static uint64_t random_state;

static unsigned pick(unsigned bound) {
  random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (unsigned)(random_state >> 33) % bound;
}

static const char value_bytes[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=\"; ,:";

/* A value neither begins nor ends with a blank. */
static void add_value(size_t len) {
  for (size_t i = 0; i < len; i++) {
    size_t kinds = i == 0 || i + 1 == len ? 62 : sizeof(value_bytes) - 1;
    bytes_add(&wires, span_make(&value_bytes[pick((unsigned)kinds)], 1));
  }
}

static void add_field(const char *name, size_t len) {
  bytes_printf(&wires, "%s: ", name);
  add_value(len);
  bytes_text(&wires, "\r\n");
}

static const char *const names[] = {
    "Date",
    "Server",
    "Content-Type",
    "Cache-Control",
    "ETag",
    "Last-Modified",
    "Vary",
    "Set-Cookie",
    "Accept-Ranges",
    "Age",
    "X-Request-Id",
    "Strict-Transport-Security",
    "Link",
    "Via",
    "X-Frame-Options",
    "Content-Security-Policy",
    "Expires",
    "P3P",
    "Content-Language",
    "X-Content-Type-Options",
};

static void add_interim(void) {
  switch (pick(4)) {
  case 0:
    bytes_text(&wires, "HTTP/1.1 100 Continue\r\n");
    break;
  case 1:
    bytes_text(&wires, "HTTP/1.1 102 Processing\r\n");
    if (pick(2) == 0) {
      add_field("X-Progress", 1 + pick(12));
    }
    break;
  case 2:
    bytes_text(&wires, "HTTP/1.1 103 Early Hints\r\n");
    for (unsigned links = 1 + pick(4); links > 0; links--) {
      add_field("Link", 20 + pick(60));
    }
    break;
  default:
    bytes_text(&wires, "HTTP/1.1 104 Upload Resumption Supported\r\n");
    add_field("Upload-Offset", 1 + pick(8));
    break;
  }
  bytes_text(&wires, "\r\n");
}

static void add_varied(void) {
  static const unsigned interims[] = {0, 1, 1, 1, 2, 2, 3};
  for (unsigned left = interims[pick(7)]; left > 0; left--) {
    add_interim();
  }
  bytes_text(&wires, "HTTP/1.1 200 OK\r\n");
  for (unsigned fields = 4 + pick(10); fields > 0; fields--) {
    add_field(names[pick(sizeof(names) / sizeof(names[0]))],
              pick(8) == 0 ? 40 + pick(90) : 3 + pick(37));
  }
  bytes_text(&wires, "Content-Length: 0\r\n\r\n");
}

/* a and b: a 200 of 152 bytes behind one and behind 100 interims without fields. */
static void add_small(unsigned interims) {
  while (interims-- > 0) {
    bytes_text(&wires, "HTTP/1.1 102 Processing\r\n\r\n");
  }
  bytes_text(&wires,
             "HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 02:00:00 GMT\r\n"
             "Server: interim/0.1.0 (Debian 12)\r\nContent-Type: text/html; charset=utf-8\r\n"
             "Content-Length: 0\r\n\r\n");
}

/* c: a 103 with ten links before a 200 with twenty fields. */
static void add_rich(void) {
  bytes_text(&wires, "HTTP/1.1 103 Early Hints\r\n");
  for (unsigned i = 0; i < 10; i++) {
    add_field("Link", 62);
  }
  bytes_text(&wires, "\r\nHTTP/1.1 200 OK\r\n");
  for (size_t i = 0; i < 19; i++) {
    add_field(names[i], 41);
  }
  bytes_text(&wires, "Content-Length: 0\r\n\r\n");
}

/* e1 and e2: some 16 KiB of head. */
static void add_large(unsigned fields, size_t len) {
  bytes_text(&wires, "HTTP/1.1 200 OK\r\n");
  for (unsigned i = 0; i < fields; i++) {
    add_field("X-Large-Value", len);
  }
  bytes_text(&wires, "Content-Length: 0\r\n\r\n");
}

static void add_fixed(size_t i) {
  switch (i) {
  case 0:
  case 3:
    add_small(1);
    break;
  case 1:
    add_small(100);
    break;
  case 2:
  case 4:
    add_rich();
    break;
  case 5:
    add_large(4, 4066);
    break;
  default:
    add_large(256, 48);
    break;
  }
}

void bench_inputs_make(struct bench_input inputs[BENCH_NUM_INPUTS]) {
  static const struct bench_input fixed[FIXED] = {
      {.name = "a", .what = "102, 200"},
      {.name = "b", .what = "100 x 102, 200"},
      {.name = "c", .what = "103 with 10 Link, 200 with 20 fields"},
      {.name = "d1", .what = "a, byte by byte", .bytewise = true},
      {.name = "d2", .what = "c, byte by byte", .bytewise = true},
      {.name = "e1", .what = "a head of 16 KiB, 4 long values"},
      {.name = "e2", .what = "a head of 16 KiB, 256 fields"},
  };
  random_state = 8;
  for (size_t i = 0; i < MOST; i++) {
    if (i < VARIED) {
      add_varied();
    } else {
      random_state = i == VARIED + 4 ? VARIED + 2 : i; /* d2 is c again */
      add_fixed(i - VARIED);
    }
    ends[i] = wires.len;
  }
  for (size_t i = 0; i < MOST; i++) {
    size_t begin = i == 0 ? 0 : ends[i - 1];
    streams[i] = span_make(wires.ptr + begin, ends[i] - begin);
  }
  inputs[0] = (struct bench_input){.name = "varied",
                                   .what = "4096 different streams",
                                   .streams = streams,
                                   .num_streams = VARIED};
  for (size_t i = 0; i < FIXED; i++) {
    inputs[i + 1] = fixed[i];
    inputs[i + 1].streams = &streams[VARIED + i];
    inputs[i + 1].num_streams = 1;
  }
}

void bench_inputs_free(void) {
  bytes_free(&wires);
}
