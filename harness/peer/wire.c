#include "peer/wire.h"

#include <inttypes.h>

static void field(struct bytes *out, struct span name, struct span value) {
  bytes_add(out, name);
  bytes_text(out, ": ");
  bytes_add(out, value);
  bytes_text(out, "\r\n");
}

static void field_lines(struct bytes *out, const struct field_list *list) {
  for (const struct field *each = list->first; each != NULL; each = each->next) {
    field(out, each->name, each->value);
  }
}

static void framing_fields(struct bytes *out, enum h1_framing framing, uint64_t length) {
  if (framing == H1_LENGTH) {
    bytes_printf(out, "Content-Length: %" PRIu64 "\r\n", length);
  } else if (framing == H1_CHUNKED) {
    bytes_text(out, "Transfer-Encoding: chunked\r\n");
  }
}

/* Upgrade is a field of this connection, so Connection has to name it (RFC 9110 section 7.8). */
static void connection_fields(struct bytes *out, struct span upgrade, const char *connection) {
  if (upgrade.len > 0) {
    field(out, span_of("Upgrade"), upgrade);
  }
  if (upgrade.len > 0 && connection != NULL) {
    bytes_printf(out, "Connection: %s, upgrade\r\n", connection);
  } else if (upgrade.len > 0 || connection != NULL) {
    bytes_printf(out, "Connection: %s\r\n", connection == NULL ? "upgrade" : connection);
  }
}

static enum h1_framing request_framing(const struct message *request) {
  switch (request->content) {
  case CONTENT_NONE:
    return H1_NO_CONTENT;
  case CONTENT_LENGTH:
    return H1_LENGTH;
  case CONTENT_OPEN:
    return H1_CHUNKED;
  }
  return H1_NO_CONTENT;
}

void wire_request(struct bytes *out, const struct message *request) {
  bytes_add(out, request->method);
  bytes_text(out, " ");
  bytes_add(out, request->target);
  bytes_text(out, " HTTP/1.1\r\n");
  /* Host goes first, and goes even when it is empty (RFC 9112 section 3.2). */
  field(out, span_of("Host"), request->authority);
  field_lines(out, &request->fields);
  framing_fields(out, request_framing(request), request->length);
  connection_fields(out, request->upgrade, NULL);
  bytes_text(out, "\r\n");
}

void wire_response(struct bytes *out, const struct message *response, enum h1_framing framing,
                   const char *connection) {
  bytes_printf(out, "HTTP/1.1 %03u ", response->code);
  bytes_add(out, response->reason);
  bytes_text(out, "\r\n");
  field_lines(out, &response->fields);
  framing_fields(out, framing, response->length);
  connection_fields(out, response->upgrade, connection);
  bytes_text(out, "\r\n");
}

void wire_chunk(struct bytes *out, struct span content) {
  if (content.len > 0) {
    bytes_printf(out, "%zx\r\n", content.len);
    bytes_add(out, content);
    bytes_text(out, "\r\n");
  }
}

void wire_last_chunk(struct bytes *out, const struct field_list *trailers) {
  bytes_text(out, "0\r\n");
  field_lines(out, trailers);
  bytes_text(out, "\r\n");
}
