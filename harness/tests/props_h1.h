/* What must be true of the parsers whatever the bytes are. For the unit tests and the fuzz targets:
 * each returns NULL, or which property did not hold. */
#ifndef INTERIM_TESTS_PROPS_H1_H
#define INTERIM_TESTS_PROPS_H1_H

#include "tests/h1_replay.h"

static inline const char *prop_h1_same(const struct h1_stream *stream, struct h1_cuts cuts,
                                       struct guard *guard, struct span expected) {
  struct bytes log;
  bytes_init(&log);
  const char *broken = h1_replay(stream, cuts, guard, &log);
  if (broken == NULL && !span_eq(bytes_span(&log), expected)) {
    broken = "another log when cut";
  }
  bytes_free(&log);
  return broken;
}

/* prop_h1_sizes: reads of 1 to most bytes give the same log as the whole, windows dropped or not.
 */
static inline const char *prop_h1_sizes(const struct h1_stream *stream, size_t most,
                                        struct guard *guard) {
  struct bytes log;
  bytes_init(&log);
  const char *broken = h1_replay(stream, (struct h1_cuts){0}, guard, &log);
  for (size_t size = 1; size <= most && broken == NULL; size++) {
    broken = prop_h1_same(stream, (struct h1_cuts){.size = size}, guard, bytes_span(&log));
    if (broken == NULL) {
      broken = prop_h1_same(stream, (struct h1_cuts){.size = size, .drop = true}, guard,
                            bytes_span(&log));
    }
  }
  bytes_free(&log);
  return broken;
}

/* prop_h1_halves: two reads, cut at every place, give the same log as the whole. */
static inline const char *prop_h1_halves(const struct h1_stream *stream, struct guard *guard) {
  struct bytes log;
  bytes_init(&log);
  const char *broken = h1_replay(stream, (struct h1_cuts){0}, guard, &log);
  for (size_t first = 1; first < stream->wire.len && broken == NULL; first++) {
    broken = prop_h1_same(stream, (struct h1_cuts){.first = first, .drop = true}, guard,
                          bytes_span(&log));
  }
  bytes_free(&log);
  return broken;
}

/* prop_h1_scanners: whatever classifies the bytes, the whole and reads of 64 bytes and a few give
 * the same log. */
static inline const char *prop_h1_scanners(const struct h1_stream *stream, struct guard *guard) {
  struct bytes log;
  bytes_init(&log);
  const char *broken = h1_replay(stream, (struct h1_cuts){0}, guard, &log);
  struct h1_stream other = *stream;
  for (other.scanner = 0; h1_scanner_at(other.scanner) != NULL && broken == NULL; other.scanner++) {
    broken = prop_h1_same(&other, (struct h1_cuts){0}, guard, bytes_span(&log));
    for (size_t size = 63; size <= 67 && broken == NULL; size++) {
      broken = prop_h1_same(&other, (struct h1_cuts){.first = 15, .size = size, .drop = size % 2},
                            guard, bytes_span(&log));
    }
  }
  bytes_free(&log);
  return broken;
}

/* prop_h1_responses: prop_h1_sizes as responses to no request, to GETs, to a HEAD before GETs, and
 * to a CONNECT. With small limits too, so that they are met. */
static inline const char *prop_h1_responses(struct span wire, size_t most, struct guard *guard) {
  static const struct h1_limits small = {.line = 40, .head = 100, .fields = 3};
  struct h1_stream streams[] = {
      {.wire = wire},
      {.wire = wire, .requests = {H1_FOR_GET, H1_FOR_GET, H1_FOR_GET}, .num_requests = 3},
      {.wire = wire, .requests = {H1_FOR_HEAD, H1_FOR_GET, H1_FOR_GET}, .num_requests = 3},
      {.wire = wire, .requests = {H1_FOR_CONNECT}, .num_requests = 1},
  };
  const char *broken = NULL;
  for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]) && broken == NULL; i++) {
    streams[i].limits = h1_default_limits;
    broken = prop_h1_sizes(&streams[i], most, guard);
    if (broken == NULL) {
      streams[i].limits = small;
      broken = prop_h1_sizes(&streams[i], most, guard);
    }
  }
  return broken;
}

/* prop_h1_requests: prop_h1_sizes as requests. */
static inline const char *prop_h1_requests(struct span wire, size_t most, struct guard *guard) {
  struct h1_stream stream = {.wire = wire, .of_requests = true, .limits = h1_default_limits};
  const char *broken = prop_h1_sizes(&stream, most, guard);
  if (broken == NULL) {
    stream.limits = (struct h1_limits){.line = 40, .head = 100, .fields = 3};
    broken = prop_h1_sizes(&stream, most, guard);
  }
  return broken;
}

#endif
