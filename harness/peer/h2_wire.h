/* Messages as HTTP/2 carries them: control data in pseudo-header fields, field names in lower case
 * (RFC 9113 section 8): the first step on the way in and the last on the way out. */
#ifndef INTERIM_PEER_H2_WIRE_H
#define INTERIM_PEER_H2_WIRE_H

#include "core/h2.h"
#include "peer/message.h"

/* A header block to be written. All its text is copied. Zeroed memory is an empty one. */
struct h2_block_text {
  struct arena arena;
  struct h2_field *fields;
  size_t num;
};

/* h2_wire_request makes a request's header block, h2_wire_response an interim or final response's,
 * h2_wire_trailers that of a trailer section. */
void h2_wire_request(struct h2_block_text *out, const struct message *request, const char *scheme);
void h2_wire_response(struct h2_block_text *out, const struct message *response);
void h2_wire_trailers(struct h2_block_text *out, const struct field_list *trailers);

void h2_wire_free(struct h2_block_text *block);

/* h2_wire_take_request finds a request's control data among its fields, as a header block without a
 * fault brought them, and takes the pseudo-header fields away: :authority becomes Host, and the
 * parts of a Cookie are joined (section 8.2.3). False when the two disagree, or when the request
 * cannot be one of HTTP/1.1 (section 10.3). */
bool h2_wire_take_request(struct message *request);

/* h2_wire_take_response does the same for a response, interim or final. */
bool h2_wire_take_response(struct message *response);

/* h2_wire_take_trailers tells whether trailers can go on in HTTP/1.1. */
bool h2_wire_take_trailers(const struct field_list *trailers);

#endif
