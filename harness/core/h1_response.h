/* A strict, resumable parser for a stream of HTTP/1.1 responses, as a client reads them: interim
 * responses and one final response for each request (RFC 9112 sections 4 to 7 and 9.2).
 *
 *     struct h1_response parser;
 *     h1_response_init(&parser, &h1_default_limits);
 *     h1_response_request(&parser, H1_FOR_GET);       once for each request that was sent
 *     for (;;) switch (h1_response_next(&parser, window, &event)) ...
 *
 * A response is interim by its class, 100 to 199, never by a list of codes. An interim ends at its
 * empty line and its fields say nothing about framing, nor do those of a final response that
 * answers HEAD, of a 204, a 304, or a 2xx to CONNECT. Every other final response is framed by
 * Transfer-Encoding, else by Content-Length, else by the end of the connection; so is one whose
 * last coding is not chunked.
 *
 * The window begins at stream offset parser->base and holds all that has arrived since. A caller
 * may drop the bytes before h1_response_keep() from its front and adds their number to base with
 * h1_response_drop(). */
#ifndef INTERIM_CORE_H1_RESPONSE_H
#define INTERIM_CORE_H1_RESPONSE_H

#include "core/h1_reader.h"

/* What the request says about the framing of its response (RFC 9112 section 6.3). */
enum h1_request_kind {
  H1_FOR_GET, /* any method but these two */
  H1_FOR_HEAD,
  H1_FOR_CONNECT,
};

enum { H1_MAX_OUTSTANDING = 64 };

/* The fields are the parser's own; callers read base and error. */
struct h1_response {
  union {
    struct h1_reader reader;
    struct {
      uint64_t base;
      struct h1_error error;
    };
  };
  uint64_t quiet; /* up to here, text goes on with the line of a head and makes no event */
  bool answers;   /* the present message is the final answer to the first request of the ring */
  uint8_t requests[H1_MAX_OUTSTANDING]; /* a ring of enum h1_request_kind */
  uint8_t first_request;
  uint8_t num_requests;
};

/* h1_response_init begins at stream offset 0 with no request outstanding. */
void h1_response_init(struct h1_response *parser, const struct h1_limits *limits);

/* h1_response_request notes one more outstanding request. False when H1_MAX_OUTSTANDING are. */
bool h1_response_request(struct h1_response *parser, enum h1_request_kind kind);

/* h1_response_next gives the next event. After H1_MORE call it again with a longer window. A
 * response head while no request is outstanding is still parsed and given as events when it is
 * complete in itself: whether it may be there is the interim rule's business; its framing is that
 * of H1_FOR_GET. */
enum h1_status h1_response_next(struct h1_response *parser, struct span window,
                                struct h1_event *out);

/* h1_response_read gives up to max events at once, the same as so many calls of h1_response_next,
 * and returns how many; max is 1 at least. *out_status says what comes next: H1_EVENT when max
 * stood in the way, else H1_MORE or H1_ERROR. */
size_t h1_response_read(struct h1_response *parser, struct span window, struct h1_event *events,
                        size_t max, enum h1_status *out_status);

/* h1_response_finish tells that the stream ended. Call it after next returned H1_MORE, until it
 * does: H1_EVENT with the H1_END of a close-delimited response, H1_ERROR with H1_CUT inside a
 * message. */
enum h1_status h1_response_finish(struct h1_response *parser, struct h1_event *out);

/* h1_response_keep returns the stream offset of the first byte that the parser still needs. */
uint64_t h1_response_keep(const struct h1_response *parser);

/* h1_response_drop tells that the window now begins n bytes later. */
void h1_response_drop(struct h1_response *parser, size_t n);

#endif
