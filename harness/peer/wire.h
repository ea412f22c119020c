/* Messages written as HTTP/1.1 (RFC 9112 sections 3 to 7): the last step on the way out. */
#ifndef INTERIM_PEER_WIRE_H
#define INTERIM_PEER_WIRE_H

#include "base/bytes.h"
#include "core/h1.h"
#include "peer/message.h"

/* wire_request appends a request's head; content without a length is framed as chunked. */
void wire_request(struct bytes *out, const struct message *request);

/* wire_response appends a response's head. framing says how its content is delimited on this hop;
 * connection is a connection option to send, or NULL. An Upgrade brings its own option. */
void wire_response(struct bytes *out, const struct message *response, enum h1_framing framing,
                   const char *connection);

/* wire_chunk appends content as one chunk; nothing for no content, which would end the message. */
void wire_chunk(struct bytes *out, struct span content);

/* wire_last_chunk appends the last chunk and the trailer section. */
void wire_last_chunk(struct bytes *out, const struct field_list *trailers);

#endif
