/* Semantic messages of a case as HTTP/1.1 bytes, with the fields that we add by ourselves:
 *
 *   request   Host, Interim-Nonce; Content-Length when there is content
 *   interim   Interim-Mark: NONCE-K (the Kth interim response to this request)
 *   final     Date, Cache-Control: no-store, Content-Type: text/plain, Interim-Nonce,
 * Content-Length; the content ends with a line that holds the nonce
 *
 * A field that the case gives replaces ours; "! Name" removes it. A case that gives Content-Length
 * gets its content as it stands, without the line. */
#ifndef INTERIM_SCRIPT_COMPOSE_H
#define INTERIM_SCRIPT_COMPOSE_H

#include "base/bytes.h"
#include "case/case.h"
#include "script/nonce.h"

/* What {path} {host} {nonce} stand for in one message, and what we add to it. */
struct compose_context {
  const char *path;   /* the request's path: "/NONCE/group/slug" */
  const char *target; /* the request target: path, or absolute form to a forward proxy */
  const char *host;
  const char *nonce;
  const char *date; /* an IMF-fixdate */
  unsigned mark;    /* of an interim response, from 1 */
  bool to_head;     /* a final that answers HEAD */
  bool to_connect;
};

/* compose_given finds the step's line about a field, stated or removed; NULL when there is none.
 * compose_gives tells whether the step states it. */
const struct case_field *compose_given(const struct step *step, const char *name);
bool compose_gives(const struct step *step, const char *name);

/* compose_substitute appends text with {path} {host} {nonce} replaced. */
void compose_substitute(struct bytes *out, struct span text, const struct compose_context *context);

/* compose_request appends the head of a request and its content, if the step has any. */
void compose_request(struct bytes *out, const struct step *step,
                     const struct compose_context *context);

/* compose_response appends an interim or final response. */
void compose_response(struct bytes *out, const struct step *step,
                      const struct compose_context *context);

/* compose_content appends the content of a "sends content" step; chunked as one chunk and the last
 * chunk. */
void compose_content(struct bytes *out, const struct step *step, bool chunked,
                     const struct compose_context *context);

/* compose_expected appends the content that a final of ours with this step's content arrives with.
 */
void compose_expected(struct bytes *out, struct span content,
                      const struct compose_context *context);

/* compose_reason gives a code's reason phrase; "Interim" or "Final" for an unknown one. Static. */
const char *compose_reason(unsigned code);

#endif
