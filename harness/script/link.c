#include "script/link.h"

#include "base/memory.h"

#include <stdlib.h>

/* What is left of a DATA part, for later, or a part behind it. */
struct link_rest {
  struct link_rest *next;
  struct h2_stream *stream;
  const struct part *part; /* NULL for content */
  struct bytes content;
  bool ends;
};

void link_init(struct link *link, enum h2_end end, const struct h2_coder_ops *coder,
               const struct h2_parameter *parameters, size_t num_parameters) {
  *link = (struct link){0};
  h2_connection_init(&link->h2, end, coder, parameters, num_parameters, &link->out);
}

void link_add(struct link *link, struct span bytes) {
  bytes_add(&link->window, bytes);
}

static void free_rest(struct link_rest *rest) {
  bytes_free(&rest->content);
  free(rest);
}

static void put_headers(struct link *link, struct h2_stream *stream, const struct part *part,
                        struct bytes *out);
static void put_frame(struct link *link, struct h2_stream *stream, const struct part *part,
                      struct bytes *out);

/* True when all of it went. */
static bool send_some(struct link *link, struct link_rest *rest) {
  if (rest->part != NULL) {
    (rest->part->raw ? put_frame : put_headers)(link, rest->stream, rest->part, &link->out);
    return true;
  }
  size_t room = h2_connection_room(&link->h2, rest->stream);
  size_t len = room < rest->content.len ? room : rest->content.len;
  bool all = len == rest->content.len;
  if (len > 0 || all) {
    h2_write_data(&link->h2, &link->out, rest->stream, span_make(rest->content.ptr, len),
                  all && rest->ends);
    bytes_drop(&rest->content, len);
  }
  return all;
}

/* Something of the same stream stands before it. */
static bool is_behind(const struct link *link, const struct link_rest *rest) {
  const struct link_rest *other = link->rest;
  while (other != rest && other->stream != rest->stream) {
    other = other->next;
  }
  return other != rest;
}

static void send_rests(struct link *link) {
  struct link_rest **at = &link->rest;
  while (*at != NULL) {
    struct link_rest *rest = *at;
    if (!is_behind(link, rest) && send_some(link, rest)) {
      *at = rest->next;
      free_rest(rest);
    } else {
      at = &rest->next;
    }
  }
}

enum h2_status link_next(struct link *link, struct h2_event *event) {
  enum h2_status status =
      h2_connection_next(&link->h2, bytes_span(&link->window), event, &link->out);
  if (status != H2_EVENT) {
    size_t done = (size_t)(h2_reader_keep(&link->h2.reader) - link->h2.reader.base);
    bytes_drop(&link->window, done);
    h2_reader_drop(&link->h2.reader, done);
    send_rests(link);
  }
  return status;
}

static void put_headers(struct link *link, struct h2_stream *stream, const struct part *part,
                        struct bytes *out) {
  bool ends = (part->flags & H2_END_STREAM) != 0;
  h2_write_headers(&link->h2, out, stream->id, part->fields, part->num_fields, ends, &part->shape);
  stream->sent_end = stream->sent_end || ends;
}

static bool waits(const struct link *link, const struct h2_stream *stream) {
  for (const struct link_rest *rest = link->rest; rest != NULL; rest = rest->next) {
    if (rest->stream == stream) {
      return true;
    }
  }
  return false;
}

static struct link_rest *add_rest(struct link *link, struct h2_stream *stream) {
  struct link_rest *rest = memory_resize(NULL, sizeof(*rest));
  *rest = (struct link_rest){.stream = stream};
  struct link_rest **end = &link->rest;
  while (*end != NULL) {
    end = &(*end)->next;
  }
  *end = rest;
  return rest;
}

static void put_data(struct link *link, struct h2_stream *stream, const struct part *part,
                     struct bytes *out) {
  bool ends = (part->flags & H2_END_STREAM) != 0;
  bool behind = waits(link, stream);
  size_t room = behind ? 0 : h2_connection_room(&link->h2, stream);
  if (part->payload.len <= room && !behind) {
    h2_write_data(&link->h2, out, stream, part->payload, ends);
    return;
  }
  if (room > 0) {
    h2_write_data(&link->h2, out, stream, span_make(part->payload.ptr, room), false);
  }
  struct link_rest *rest = add_rest(link, stream);
  rest->ends = ends;
  bytes_add(&rest->content, span_skip(part->payload, room));
}

static void put_number(struct bytes *out, uint32_t number) {
  const uint8_t bytes[] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8),
                           (uint8_t)number};
  bytes_add(out, span_make(bytes, sizeof(bytes)));
}

uint32_t link_stream_of(const struct link *link, const struct h2_stream *stream,
                        const struct part *part) {
  switch (part->on) {
  case FRAME_ON_EXCHANGE:
    break;
  case FRAME_ON_ZERO:
    return 0;
  case FRAME_ON_IDLE:
    return stream->id + 2000 + (stream->id % 2 == 0);
  case FRAME_ON_EVEN:
    return 2000;
  case FRAME_ON_PUSHED:
    return link->promised;
  }
  bool of_connection =
      part->type == H2_SETTINGS || part->type == H2_PING || part->type == H2_GOAWAY;
  return of_connection ? 0 : stream->id;
}

/* What stands in a raw frame of this type before its padding. */
static void put_body(struct link *link, const struct h2_stream *stream, const struct part *part,
                     struct bytes *body) {
  if (part->type == H2_PUSH_PROMISE) {
    link->promised = link->promised == 0 ? 2 : link->promised + 2;
    put_number(body, link->promised);
  }
  if (part->type == H2_RST_STREAM || part->type == H2_WINDOW_UPDATE) {
    put_number(body, part->number);
  }
  if (part->type == H2_GOAWAY) {
    link->away = true;
    put_number(body, stream->id);
    put_number(body, part->number);
  }
  if (part->type == H2_PING && part->payload.len == 0) {
    bytes_add(body, span_make("interim!", 8));
  }
  for (size_t i = 0; i < part->num_parameters; i++) {
    const uint8_t id[] = {(uint8_t)(part->parameters[i].id >> 8), (uint8_t)part->parameters[i].id};
    bytes_add(body, span_make(id, sizeof(id)));
    put_number(body, part->parameters[i].value);
  }
  if (part->num_fields > 0) {
    link->h2.ops->encode(link->h2.coder, part->fields, part->num_fields, body);
  }
  bytes_add(body, part->payload);
}

static void put_frame(struct link *link, struct h2_stream *stream, const struct part *part,
                      struct bytes *out) {
  static const uint8_t no_padding[UINT8_MAX] = {0};
  struct bytes payload = {0};
  unsigned flags = part->flags | (part->shape.padded ? H2_PADDED : 0U) |
                   (part->shape.priority ? H2_WITH_PRIORITY : 0U);
  if (part->shape.padded) {
    bytes_add(&payload, span_make(&part->shape.padding, 1));
  }
  if (part->shape.priority) {
    put_number(&payload, 0);
    bytes_add(&payload, span_make("\x0f", 1));
  }
  put_body(link, stream, part, &payload);
  bytes_add(&payload, span_make(no_padding, part->shape.padding));
  h2_write_frame(out, part->type, flags, link_stream_of(link, stream, part), bytes_span(&payload));
  link->h2.sent += part->type == H2_DATA ? payload.len : 0;
  if (part->on == FRAME_ON_EXCHANGE) {
    bool can_end = part->type == H2_DATA || part->type == H2_HEADERS;
    bool ends = part->type == H2_RST_STREAM || (can_end && (flags & H2_END_STREAM) != 0);
    stream->sent += part->type == H2_DATA ? payload.len : 0;
    stream->sent_end = stream->sent_end || ends;
  }
  bytes_free(&payload);
}

void link_put(struct link *link, struct h2_stream *stream, const struct part *part,
              struct bytes *out) {
  bool reset = part->raw && part->type == H2_RST_STREAM && part->on == FRAME_ON_EXCHANGE;
  bool trailers = !part->raw && part->type == H2_HEADERS;
  if ((reset || trailers) && waits(link, stream)) {
    add_rest(link, stream)->part = part;
  } else if (part->raw) {
    put_frame(link, stream, part, out);
  } else if (part->type == H2_HEADERS) {
    put_headers(link, stream, part, out);
  } else {
    put_data(link, stream, part, out);
  }
}

void link_forget(struct link *link, const struct h2_stream *stream) {
  struct link_rest **at = &link->rest;
  while (*at != NULL) {
    struct link_rest *rest = *at;
    if (rest->stream == stream) {
      *at = rest->next;
      free_rest(rest);
    } else {
      at = &rest->next;
    }
  }
}

bool link_take(const struct link *link) {
  return link->out.len > 0 && link->holder == NULL;
}

void link_free(struct link *link) {
  while (link->rest != NULL) {
    struct link_rest *rest = link->rest;
    link->rest = rest->next;
    free_rest(rest);
  }
  h2_connection_free(&link->h2);
  bytes_free(&link->window);
  bytes_free(&link->out);
}
