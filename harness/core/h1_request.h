/* A strict, resumable parser for a stream of HTTP/1.x requests, as a server reads them
 * (RFC 9112 sections 3, 5, 6 and 7). Same use as h1_response.h, but that nothing is outstanding.
 *
 * One blank line before a request line is passed over (RFC 9112 section 2.2). After a CONNECT
 * request, and after h1_request_switch, what follows is H1_TUNNEL. */
#ifndef INTERIM_CORE_H1_REQUEST_H
#define INTERIM_CORE_H1_REQUEST_H

#include "core/h1_reader.h"

/* The fields are the parser's own; callers read base and error. */
struct h1_request {
  union {
    struct h1_reader reader;
    struct {
      uint64_t base;
      struct h1_error error;
    };
  };
  bool blank;    /* a blank line stood before this request line */
  bool switches; /* what follows the present request is H1_TUNNEL */
};

/* h1_request_init begins at stream offset 0. */
void h1_request_init(struct h1_request *parser, const struct h1_limits *limits);

/* h1_request_next gives the next event. After H1_MORE call it again with a longer window. */
enum h1_status h1_request_next(struct h1_request *parser, struct span window, struct h1_event *out);

/* h1_request_finish tells that the stream ended: H1_MORE between requests, H1_ERROR with H1_CUT
 * inside one. */
enum h1_status h1_request_finish(struct h1_request *parser, struct h1_event *out);

/* h1_request_switch makes all that follows the present request H1_TUNNEL: our answer was a 101. */
void h1_request_switch(struct h1_request *parser);

/* h1_request_keep returns the stream offset of the first byte that the parser still needs. */
uint64_t h1_request_keep(const struct h1_request *parser);

/* h1_request_drop tells that the window now begins n bytes later. */
void h1_request_drop(struct h1_request *parser, size_t n);

#endif
