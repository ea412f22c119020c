/* A scripted end of HTTP/2 for the stage: it writes the frames that a text names, and reads what
 * the gateway wrote back into the same form.
 *
 *     HEADERS 1 END|:status: 200|x: 1||     END: with END_STREAM
 *     DATA 1 END|content||                  reads as DATA 1|content||END 1||, in however many
 * frames RST_STREAM 1 CANCEL||  GOAWAY 1 NO_ERROR||  WINDOW_UPDATE 1 100||
 *     SETTINGS|INITIAL_WINDOW_SIZE 0||
 *     HOLD||                                from here on no room is given back by itself
 *
 * SETTINGS, PING and WINDOW_UPDATE that come are answered where they must be, and not shown. */
#ifndef INTERIM_TESTS_PEER_H2_H
#define INTERIM_TESTS_PEER_H2_H

#include "core/h2_connection.h"
#include "hpack/hpack.h"

enum { H2_PEER_STREAMS = 512 };

struct h2_peer {
  struct h2_connection h2;
  struct bytes in;
  struct bytes text;    /* what came and was not looked at yet */
  struct bytes replies; /* what the end answers by itself */
  uint32_t data_stream; /* the text ends in content of this stream; 0 for none */
  size_t largest;       /* DATA payload */
  uint64_t granted[64]; /* by WINDOW_UPDATE, for each stream, and for the connection at 0 */
  uint32_t frames;      /* of DATA */
  uint32_t order[64];   /* the streams of the first DATA frames */
  bool failed;          /* it read what is no HTTP/2 */
  const char *fault;    /* the gateway broke a rule of a stream */
  struct h2_stream streams[H2_PEER_STREAMS]; /* by half of the identifier */
};

static inline struct h2_peer *h2_peer_new(enum h2_end end) {
  struct h2_peer *peer = test_malloc(sizeof(*peer));
  memset(peer, 0, sizeof(*peer));
  h2_connection_init(&peer->h2, end, &hpack_coder, NULL, 0, &peer->replies);
  return peer;
}

static inline void h2_peer_free(struct h2_peer *peer) {
  if (peer != NULL) {
    h2_connection_free(&peer->h2);
    bytes_free(&peer->in);
    bytes_free(&peer->text);
    bytes_free(&peer->replies);
    test_free(peer);
  }
}

static inline void h2_peer_data(struct h2_peer *peer, const struct h2_event *event) {
  if (peer->frames < 64) {
    peer->order[peer->frames] = event->stream;
  }
  peer->frames++;
  peer->largest = event->length > peer->largest ? event->length : peer->largest;
  if (event->value.len > 0) {
    if (peer->data_stream == event->stream) {
      peer->text.len -= 2; /* go on with the content of before */
    } else {
      bytes_printf(&peer->text, "DATA %u|", (unsigned)event->stream);
    }
    bytes_add(&peer->text, event->value);
    bytes_text(&peer->text, "||");
    peer->data_stream = event->stream;
  }
  if (event->end_stream) {
    bytes_printf(&peer->text, "END %u||", (unsigned)event->stream);
    peer->data_stream = 0;
  }
}

static inline void h2_peer_frame(struct h2_peer *peer, const struct h2_event *event) {
  if (event->type == H2_DATA) {
    h2_peer_data(peer, event);
    return;
  }
  if (event->type == H2_WINDOW_UPDATE && event->stream < 64) {
    peer->granted[event->stream] += event->number;
  }
  if (event->type == H2_HEADERS) {
    bytes_printf(&peer->text, "HEADERS %u%s", (unsigned)event->stream,
                 event->end_stream ? " END" : "");
  } else if (event->type == H2_RST_STREAM) {
    bytes_printf(&peer->text, "RST_STREAM %u %s||", (unsigned)event->stream,
                 h2_error_name(event->code));
  } else if (event->type == H2_GOAWAY) {
    bytes_printf(&peer->text, "GOAWAY %u %s||", (unsigned)event->number,
                 h2_error_name(event->code));
  } else {
    return;
  }
  peer->data_stream = 0;
}

/* What the gateway sends has to be good in itself, whatever it is answered. */
static inline void h2_peer_check(struct h2_peer *peer, const struct h2_event *event) {
  if (event->stream == 0 || event->stream / 2 >= H2_PEER_STREAMS) {
    return;
  }
  struct h2_stream *stream = &peer->streams[event->stream / 2];
  if (stream->id == 0) {
    h2_stream_init(stream, event->stream,
                   peer->h2.end == H2_CLIENT ? H2_READ_RESPONSE : H2_READ_REQUEST);
  }
  enum h2_fault fault = h2_stream_feed(stream, event);
  peer->fault = fault == H2_FAULT_NONE ? peer->fault : h2_fault_text(fault);
}

static inline void h2_peer_read(struct h2_peer *peer, struct span bytes) {
  struct h2_event event;
  enum h2_status status = H2_EVENT;
  bytes_add(&peer->in, bytes);
  while (status == H2_EVENT) {
    status = h2_connection_next(&peer->h2, bytes_span(&peer->in), &event, &peer->replies);
    if (status == H2_EVENT) {
      h2_peer_check(peer, &event);
    }
    if (status == H2_EVENT && event.kind == H2_GOT_FRAME) {
      h2_peer_frame(peer, &event);
    } else if (status == H2_EVENT && event.kind == H2_GOT_FIELD) {
      bytes_text(&peer->text, "|");
      bytes_add(&peer->text, event.field.name);
      bytes_text(&peer->text, ": ");
      bytes_add(&peer->text, event.field.value);
    } else if (status == H2_EVENT && event.kind == H2_GOT_BLOCK_END) {
      bytes_text(&peer->text, "||");
    }
  }
  peer->failed = peer->failed || status == H2_ERROR;
  size_t done = (size_t)(h2_reader_keep(&peer->h2.reader) - peer->h2.reader.base);
  bytes_drop(&peer->in, done);
  h2_reader_drop(&peer->h2.reader, done);
}

static inline struct span h2_peer_cut(struct span *rest, const char *mark) {
  size_t at = span_find(*rest, span_of(mark), 0);
  struct span part = at == SIZE_MAX ? *rest : span_make(rest->ptr, at);
  *rest = at == SIZE_MAX ? span_make(NULL, 0) : span_skip(*rest, at + strlen(mark));
  return part;
}

static inline uint32_t h2_peer_number(struct span word) {
  uint64_t number = 0;
  assert_true(span_number(word, &number));
  return (uint32_t)number;
}

static inline void h2_peer_headers(struct h2_peer *peer, struct bytes *out, uint32_t stream,
                                   struct span rest, bool end) {
  struct h2_field fields[64];
  size_t num = 0;
  while (rest.len > 0) {
    struct span line = h2_peer_cut(&rest, "|");
    assert_true(num < 64);
    fields[num].name = h2_peer_cut(&line, ": ");
    fields[num++].value = line;
  }
  if (num > 0 && span_is(fields[0].value, "HEAD") && stream / 2 < H2_PEER_STREAMS) {
    h2_stream_init(&peer->streams[stream / 2], stream, H2_READ_RESPONSE);
    peer->streams[stream / 2].to_head = true;
  }
  h2_write_headers(&peer->h2, out, stream, fields, num, end, NULL);
}

static inline void h2_peer_settings(struct bytes *out, struct span rest) {
  struct h2_parameter parameter = {0};
  while (rest.len > 0) {
    struct span line = h2_peer_cut(&rest, "|");
    assert_true(h2_setting_named(h2_peer_cut(&line, " "), &parameter.id));
    parameter.value = h2_peer_number(line);
  }
  h2_write_settings(out, &parameter, 1);
}

/* One frame of the text. */
static inline void h2_peer_write(struct h2_peer *peer, struct bytes *out, struct span frame) {
  struct span head = h2_peer_cut(&frame, "|");
  struct span type = h2_peer_cut(&head, " ");
  if (span_is(type, "HOLD")) {
    peer->h2.holds_window = true;
    return;
  }
  if (span_is(type, "SETTINGS")) {
    h2_peer_settings(out, frame);
    return;
  }
  uint32_t stream = h2_peer_number(h2_peer_cut(&head, " "));
  bool end = span_is(head, "END");
  uint32_t code = 0;
  if (span_is(type, "HEADERS")) {
    h2_peer_headers(peer, out, stream, frame, end);
  } else if (span_is(type, "DATA")) {
    h2_write_frame(out, H2_DATA, end ? H2_END_STREAM : 0, stream, frame);
  } else if (span_is(type, "RST_STREAM")) {
    assert_true(h2_error_named(head, &code));
    h2_write_reset(out, stream, code);
  } else if (span_is(type, "GOAWAY")) {
    assert_true(h2_error_named(head, &code));
    h2_write_goaway(out, stream, code, span_of(""));
  } else if (span_is(type, "WINDOW_UPDATE")) {
    h2_write_window(out, stream, h2_peer_number(head));
  } else if (span_is(type, "PUSH_PROMISE")) {
    h2_write_frame(out, H2_PUSH_PROMISE, H2_END_HEADERS, stream, span_make("\0\0\0\2", 4));
  } else {
    fail_msg("no such frame: %.*s", (int)type.len, (const char *)type.ptr);
  }
}

static inline void h2_peer_script(struct h2_peer *peer, struct bytes *out, const char *text) {
  struct span rest = span_of(text);
  while (rest.len > 0) {
    h2_peer_write(peer, out, h2_peer_cut(&rest, "||"));
  }
}

#endif
