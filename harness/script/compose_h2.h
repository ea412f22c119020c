/* Semantic messages of a case as the parts of an HTTP/2 stream, with the same fields added as in
 * HTTP/1.1 (compose.h), their names in lower case and Host as :authority (RFC 9113 section 8). */
#ifndef INTERIM_SCRIPT_COMPOSE_H2_H
#define INTERIM_SCRIPT_COMPOSE_H2_H

#include "script/compose.h"
#include "script/part.h"

/* How much of a message's content is still to come, by its Content-Length. */
struct content_due {
  bool stated; /* Content-Length is the step's own */
  uint64_t left;
};

/* compose_h2_request makes a request's head and the content that its step has. The stream ends with
 * it unless the step states a longer Content-Length: then *due says how much is left for "sends
 * content". Memory is the arena's. */
struct part *compose_h2_request(struct arena *arena, const struct step *step, const char *scheme,
                                const struct compose_context *context, struct content_due *due);

/* compose_h2_response does the same for an interim or final response. */
struct part *compose_h2_response(struct arena *arena, const struct step *step,
                                 const struct compose_context *context, struct content_due *due);

/* compose_h2_content makes the content of a "sends content" step; the stream ends when none is left
 * of what is due. */
struct part *compose_h2_content(struct arena *arena, const struct step *step,
                                const struct compose_context *context, struct content_due *due);

/* compose_h2_frame makes a "sends frame" step's frame, with nothing added. */
struct part *compose_h2_frame(struct arena *arena, const struct step *step,
                              const struct compose_context *context);

#endif
