/* A client's whole session over HTTP/2: four requests, and what a server's bytes make of them,
 * boiled down to a number. For properties that compare two sessions; core_h2_replay.h writes down
 * every event instead. */
#ifndef INTERIM_TESTS_H2_SESSION_H
#define INTERIM_TESTS_H2_SESSION_H

#include "core/h2_connection.h"
#include "hpack/hpack.h"
#include "tests/hash.h"

enum { SESSION_STREAMS = 8, SESSION_REQUESTS = 4, SESSION_CONTENT = 300 };

struct h2_session_plan {
  struct span wire; /* what the server sends */
  size_t first;     /* bytes of the first read; 0: all */
  size_t size;      /* bytes of each further one; 0: all that is left */
  bool drop;        /* drop what is read */
  size_t settings;  /* how many the client sends, of session_settings */
  /* Events of frames that begin in these bytes are left out, offsets behind them are moved. */
  uint64_t skip_from;
  uint64_t skip_to;
};

/* What the client may say. */
static const struct h2_parameter session_settings[] = {
    {H2_ENABLE_PUSH, 0}, {H2_HEADER_TABLE_SIZE, 8192}, {H2_MAX_FRAME_SIZE, 20000}};

struct h2_session {
  const struct h2_session_plan *plan;
  struct h2_connection connection;
  struct h2_stream streams[SESSION_STREAMS];
  bool malformed[SESSION_STREAMS]; /* a fault of this stream was told */
  size_t num_streams;
  size_t content_left; /* of the request that has content */
  struct bytes *out;   /* what the client wrote */
  uint64_t sum;
  uint64_t num_events;
  uint64_t interims;
  uint64_t block_at; /* where the frame began that opened the header block */
  bool block_waited; /* its stream waited for a final response then */
  uint64_t final_at; /* where the last final response began that a stream waited for */
  uint32_t final_on; /* its stream; 0: there was none */
  const char *broken;
};

static inline void session_expect(struct h2_session *session, bool holds, const char *property) {
  if (!holds && session->broken == NULL) {
    session->broken = property;
  }
}

static inline void session_mix(struct h2_session *session, uint64_t value) {
  session->sum = hash_mix(session->sum, value);
}

static inline uint64_t session_offset(const struct h2_session *session, uint64_t offset) {
  const struct h2_session_plan *plan = session->plan;
  return offset >= plan->skip_to ? offset - (plan->skip_to - plan->skip_from) : offset;
}

static inline void session_ask(struct h2_session *session, const char *method) {
  bool connect = strcmp(method, "CONNECT") == 0;
  struct h2_field fields[] = {{span_of(":method"), span_of(method)},
                              {span_of(":authority"), span_of("h")},
                              {span_of(":scheme"), span_of("http")},
                              {span_of(":path"), span_of("/")}};
  struct h2_stream *stream = &session->streams[session->num_streams++];
  h2_stream_init(stream, h2_connection_open(&session->connection), H2_READ_RESPONSE);
  stream->to_head = strcmp(method, "HEAD") == 0;
  stream->to_connect = connect;
  bool content = strcmp(method, "POST") == 0;
  h2_write_headers(&session->connection, session->out, stream->id, fields, connect ? 2 : 4,
                   !content && !connect, NULL);
}

static inline void session_init(struct h2_session *session, const struct h2_session_plan *plan,
                                struct bytes *out) {
  *session =
      (struct h2_session){.plan = plan, .content_left = SESSION_CONTENT, .out = out, .sum = 1};
  out->len = 0;
  h2_connection_init(&session->connection, H2_CLIENT, &hpack_coder, session_settings,
                     plan->settings, out);
  session_ask(session, "GET");
  session_ask(session, "HEAD");
  session_ask(session, "CONNECT");
  session_ask(session, "POST");
}

/* The stream, which begins now if it was not there. NULL when there are too many. */
static inline struct h2_stream *session_stream(struct h2_session *session, uint32_t id,
                                               bool asked) {
  for (size_t i = 0; i < session->num_streams; i++) {
    if (session->streams[i].id == id) {
      return &session->streams[i];
    }
  }
  if (session->num_streams == SESSION_STREAMS) {
    return NULL;
  }
  struct h2_stream *stream = &session->streams[session->num_streams++];
  h2_stream_init(stream, id, H2_READ_RESPONSE);
  if (!asked) {
    interim_rule_init(&stream->rule);
  }
  return stream;
}

/* Sends the request's content as far as the server's windows allow. */
static inline void session_pump(struct h2_session *session) {
  static const uint8_t content[SESSION_CONTENT] = {'c'};
  struct h2_stream *stream = &session->streams[SESSION_REQUESTS - 1];
  if (session->content_left == 0 || stream->reset || !session->connection.peer_settings) {
    return;
  }
  size_t room = h2_connection_room(&session->connection, stream);
  size_t len = room < session->content_left ? room : session->content_left;
  if (len > 0) {
    session->content_left -= len;
    h2_write_data(&session->connection, session->out, stream, span_make(content, len),
                  session->content_left == 0);
    session_expect(session, h2_connection_room(&session->connection, stream) == room - len,
                   "content that does not count against the windows");
  }
}

/* What a header block is to its stream, told from its code alone. */
static inline void session_block(struct h2_session *session, struct h2_stream *stream,
                                 enum h2_fault fault) {
  bool good = !h2_fault_malformed(fault) && session->block_waited;
  enum rule_state state = stream->rule.state;
  if (stream->block == H2_BLOCK_INTERIM) {
    session->interims++;
    session_expect(session, status_is_interim(stream->code), "an interim response by another code");
    session_expect(session, !good || state == RULE_WAITING, "an interim response that ended");
  } else if (stream->block == H2_BLOCK_FINAL) {
    session_expect(session, !status_is_interim(stream->code),
                   "a final response by an interim code");
    session_expect(session,
                   !good || state == RULE_FINAL || state == RULE_SWITCHED || state == RULE_IDLE,
                   "a final response that does not count");
    if (session->block_waited) {
      session->final_at = session->block_at;
      session->final_on = stream->id;
    }
  }
}

static inline void session_feed(struct h2_session *session, const struct h2_event *event) {
  bool promise = event->kind == H2_GOT_BLOCK_END && event->number > 0;
  struct h2_stream *stream =
      event->stream > 0 ? session_stream(session, event->stream, false) : NULL;
  if (stream == NULL) {
    return;
  }
  if (event->kind == H2_GOT_FRAME && event->type == H2_HEADERS) {
    session->block_at = event->offset;
    session->block_waited = stream->rule.state == RULE_WAITING && !stream->ended && !stream->reset;
  }
  enum h2_fault fault = h2_stream_feed(stream, event);
  bool *malformed = &session->malformed[stream - session->streams];
  *malformed = *malformed || h2_fault_malformed(fault);
  session_expect(session, *malformed || stream->reset || stream->rule.state != RULE_BROKEN,
                 "the interim rule broken without a fault");
  if (promise) {
    (void)session_stream(session, event->number, true);
  } else if (event->kind == H2_GOT_BLOCK_END) {
    session_block(session, stream, fault);
  }
  if (event->kind == H2_GOT_BLOCK_END) {
    session_mix(session, (uint64_t)stream->block << 16 | stream->code);
  }
  session_mix(session, fault);
  session_mix(session, (uint64_t)stream->rule.state << 32 | stream->received);
}

static inline void session_take(struct h2_session *session, struct span window, uint64_t base,
                                const struct h2_event *event) {
  uint64_t sum = session->sum;
  uint64_t value_at = 0;
  if (event->value.len > 0) {
    value_at = base + (uint64_t)(event->value.ptr - window.ptr);
    session_expect(session, value_at >= event->offset && value_at + event->value.len <= event->end,
                   "a value outside its frame");
  }
  session_expect(session, ++session->num_events <= 4 * session->plan->wire.len + 4,
                 "more events than bytes can make");
  session_expect(session, event->end <= base + window.len, "an event ends behind the window");
  session_mix(session, session_offset(session, event->offset));
  session_mix(session, session_offset(session, event->end));
  session_mix(session, (uint64_t)event->kind << 56 | (uint64_t)event->type << 48 |
                           (uint64_t)event->flags << 40 | (uint64_t)event->end_stream << 32 |
                           event->stream);
  session_mix(session, (uint64_t)event->code << 32 | event->number);
  session_mix(session, (uint64_t)event->setting << 32 | event->length);
  session_mix(session, event->value.len > 0 ? session_offset(session, value_at) : 0);
  session_mix(session, event->value.len);
  if (event->kind == H2_GOT_FIELD) {
    session->sum = hash_span(session->sum, event->field.name);
    session->sum = hash_span(session->sum, event->field.value);
  }
  session_feed(session, event);
  session_pump(session);
  if (event->offset >= session->plan->skip_from && event->offset < session->plan->skip_to) {
    session->sum = sum;
  }
}

/* Gives all events that the window holds. False when the connection is over. */
static inline bool session_read(struct h2_session *session, struct span window, uint64_t base) {
  struct h2_event event;
  enum h2_status status = H2_EVENT;
  while (session->broken == NULL &&
         (status = h2_connection_next(&session->connection, window, &event, session->out)) ==
             H2_EVENT) {
    session_take(session, window, base, &event);
  }
  return status == H2_MORE;
}

static inline void session_sum_up(struct h2_session *session, bool open, struct span window) {
  const struct h2_connection *connection = &session->connection;
  const struct h2_error *error = &connection->reader.error;
  session_expect(session, open || error->code != H2_NO_ERROR || session->broken != NULL,
                 "an error without a code");
  session_expect(session, open || error->offset <= session->plan->wire.len,
                 "an error behind the window");
  session_mix(session, open ? h2_reader_mid_frame(&connection->reader, window)
                            : session_offset(session, error->offset) << 8 | error->code);
  session_mix(session, (uint64_t)connection->peer_window << 32 | connection->peer_frame);
  session_mix(session, (uint64_t)connection->goaway_last << 32 | connection->goaway_code);
  session_mix(session, connection->granted);
  session->sum = hash_span(session->sum, bytes_span(session->out));
}

/* h2_session_play reads all that the server sent; *out gets what the client wrote. Then
 * session->broken is NULL, or the property that did not hold. */
static inline void h2_session_play(struct h2_session *session, const struct h2_session_plan *plan,
                                   struct bytes *out) {
  session_init(session, plan, out);
  size_t given = plan->first == 0 ? plan->wire.len : plan->first;
  size_t size = plan->size == 0 ? plan->wire.len : plan->size;
  size_t base = 0;
  bool open = true;
  struct span window = {0};
  for (;;) {
    given = given < plan->wire.len ? given : plan->wire.len;
    window = span_skip(span_make(plan->wire.ptr, given), base);
    open = session_read(session, window, base);
    if (!open || given == plan->wire.len) {
      break;
    }
    size_t keep = (size_t)h2_reader_keep(&session->connection.reader);
    session_expect(session, keep >= base && keep <= given, "bytes kept outside the window");
    if (plan->drop && session->broken == NULL) {
      h2_reader_drop(&session->connection.reader, keep - base);
      base = keep;
    }
    given += size;
  }
  session_sum_up(session, open, window);
  h2_connection_free(&session->connection);
}

#endif
