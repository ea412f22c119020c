#include "core/h2_connection.h"

static void follow_own(struct h2_connection *connection, const struct h2_parameter *parameter) {
  switch (parameter->id) {
  case H2_HEADER_TABLE_SIZE:
    connection->ops->allow(connection->coder, parameter->value);
    return;
  case H2_MAX_FRAME_SIZE:
    if (parameter->value > connection->reader.max_frame) {
      connection->reader.max_frame = parameter->value;
    }
    return;
  case H2_ENABLE_PUSH:
    connection->refuses_push = parameter->value == 0;
    return;
  default:
    return;
  }
}

void h2_connection_init(struct h2_connection *connection, enum h2_end end,
                        const struct h2_coder_ops *ops, const struct h2_parameter *parameters,
                        size_t num_parameters, struct bytes *out) {
  *connection = (struct h2_connection){
      .end = end,
      .ops = ops,
      .coder = ops->make(),
      .peer_window = H2_DEFAULT_WINDOW,
      .peer_frame = H2_DEFAULT_FRAME,
      .peer_streams = UINT32_MAX,
      .next_stream = end == H2_CLIENT ? 1 : 2,
  };
  h2_reader_init(&connection->reader, end == H2_CLIENT ? H2_FROM_SERVER : H2_FROM_CLIENT, ops,
                 connection->coder);
  for (size_t i = 0; i < num_parameters; i++) {
    follow_own(connection, &parameters[i]);
  }
  if (end == H2_CLIENT) {
    bytes_add(out, h2_preface);
  }
  h2_write_settings(out, parameters, num_parameters);
}

void h2_connection_free(struct h2_connection *connection) {
  if (connection->coder != NULL) {
    connection->ops->free(connection->coder);
    connection->coder = NULL;
  }
}

static enum h2_status fail(struct h2_connection *connection, enum h2_error_code code,
                           const char *reason) {
  return h2_reader_fail(&connection->reader, code, reason);
}

/* RFC 9113 section 6.5.2. */
static enum h2_status follow_setting(struct h2_connection *connection, unsigned id,
                                     uint32_t value) {
  switch (id) {
  case H2_HEADER_TABLE_SIZE:
    connection->ops->resize(connection->coder, value);
    return H2_EVENT;
  case H2_ENABLE_PUSH:
    if (value > 1) {
      return fail(connection, H2_PROTOCOL_ERROR, "SETTINGS_ENABLE_PUSH is neither 0 nor 1");
    }
    if (value == 1 && connection->end == H2_CLIENT) {
      return fail(connection, H2_PROTOCOL_ERROR, "SETTINGS_ENABLE_PUSH of a server is 1");
    }
    return H2_EVENT;
  case H2_MAX_CONCURRENT_STREAMS:
    connection->peer_streams = value;
    return H2_EVENT;
  case H2_INITIAL_WINDOW_SIZE:
    if (value > H2_MAX_STREAM) {
      return fail(connection, H2_FLOW_CONTROL_ERROR,
                  "SETTINGS_INITIAL_WINDOW_SIZE is beyond the largest window");
    }
    connection->peer_window = value;
    return H2_EVENT;
  case H2_MAX_FRAME_SIZE:
    if (value < H2_DEFAULT_FRAME || value > 0xffffff) {
      return fail(connection, H2_PROTOCOL_ERROR, "SETTINGS_MAX_FRAME_SIZE is out of its range");
    }
    connection->peer_frame = value;
    return H2_EVENT;
  default:
    return H2_EVENT;
  }
}

/* Acknowledges SETTINGS once its last parameter is in force. */
static void end_settings(struct h2_connection *connection, const struct h2_event *event,
                         struct bytes *out) {
  if (connection->reader.at == event->end) {
    connection->peer_settings = true;
    h2_write_frame(out, H2_SETTINGS, H2_ACK, 0, (struct span){0});
  }
}

static void give_back(struct h2_connection *connection, const struct h2_event *event,
                      struct bytes *out) {
  if (connection->holds_window || event->length == 0) {
    return;
  }
  h2_write_window(out, 0, event->length);
  if (!event->end_stream) {
    h2_write_window(out, event->stream, event->length);
  }
}

static enum h2_status follow_window(struct h2_connection *connection, uint32_t increment) {
  connection->granted += increment;
  uint64_t window = H2_DEFAULT_WINDOW + connection->granted;
  if (window > connection->sent && window - connection->sent > (uint64_t)H2_MAX_STREAM) {
    return fail(connection, H2_FLOW_CONTROL_ERROR,
                "WINDOW_UPDATE of the connection beyond the largest window");
  }
  return H2_EVENT;
}

static enum h2_status follow_frame(struct h2_connection *connection, const struct h2_event *event,
                                   struct bytes *out) {
  switch (event->type) {
  case H2_DATA:
    give_back(connection, event, out);
    return H2_EVENT;
  case H2_SETTINGS:
    if ((event->flags & H2_ACK) != 0) {
      connection->acknowledged = true;
      connection->ops->settle(connection->coder);
    } else {
      end_settings(connection, event, out);
    }
    return H2_EVENT;
  case H2_PUSH_PROMISE:
    if (connection->refuses_push && connection->acknowledged) {
      return fail(connection, H2_PROTOCOL_ERROR, "PUSH_PROMISE although SETTINGS_ENABLE_PUSH is 0");
    }
    return H2_EVENT;
  case H2_PING:
    if ((event->flags & H2_ACK) == 0) {
      h2_write_ping(out, true, event->value);
    }
    return H2_EVENT;
  case H2_GOAWAY:
    connection->going_away = true;
    connection->goaway_last = event->number;
    connection->goaway_code = event->code;
    return H2_EVENT;
  case H2_WINDOW_UPDATE:
    return event->stream == 0 ? follow_window(connection, event->number) : H2_EVENT;
  default:
    return H2_EVENT;
  }
}

enum h2_status h2_connection_next(struct h2_connection *connection, struct span window,
                                  struct h2_event *event, struct bytes *out) {
  enum h2_status status = h2_reader_next(&connection->reader, window, event);
  if (status != H2_EVENT) {
    return status;
  }
  if (event->kind == H2_GOT_FRAME) {
    return follow_frame(connection, event, out);
  }
  if (event->kind == H2_GOT_SETTING) {
    status = follow_setting(connection, event->setting, event->number);
    if (status == H2_EVENT) {
      end_settings(connection, event, out);
    }
  }
  return status;
}

uint32_t h2_connection_open(struct h2_connection *connection) {
  uint32_t stream = connection->next_stream;
  connection->next_stream += 2;
  return stream;
}

/* A window may be below zero: the peer may shrink what it granted (RFC 9113 section 6.9.2). */
static uint64_t room_of(uint64_t window, uint64_t sent) {
  return window > sent ? window - sent : 0;
}

size_t h2_connection_room(const struct h2_connection *connection, const struct h2_stream *stream) {
  uint64_t all = room_of(H2_DEFAULT_WINDOW + connection->granted, connection->sent);
  uint64_t one = room_of(connection->peer_window + stream->granted, stream->sent);
  return (size_t)(all < one ? all : one);
}
