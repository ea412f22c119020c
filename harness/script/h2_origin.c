#include "script/h2_origin.h"

#include "base/memory.h"

#include <stdlib.h>

struct end_stream {
  struct end_stream *next;
  struct translate reader;
  struct arena arena; /* of the request's head */
  struct message_seen *building;
  struct script *owner;
  size_t exchange;
};

struct h2_origin {
  conn_id conn;
  struct link link;
  struct end_stream *streams;
  uint32_t last; /* the highest stream that the target opened */
};

struct h2_origin *h2_origin_begin(const struct origin *origin, conn_id conn) {
  static const struct h2_parameter parameters[] = {{H2_MAX_CONCURRENT_STREAMS, 256}};
  struct h2_origin *end = memory_resize(NULL, sizeof(*end));
  *end = (struct h2_origin){.conn = conn};
  link_init(&end->link, H2_SERVER, origin->coder, parameters, 1);
  return end;
}

static void free_stream(struct h2_origin *end, struct end_stream *stream) {
  link_forget(&end->link, &stream->reader.stream);
  translate_free(&stream->reader);
  arena_free(&stream->arena);
  free(stream);
}

void h2_origin_free(struct h2_origin *end) {
  while (end->streams != NULL) {
    struct end_stream *stream = end->streams;
    end->streams = stream->next;
    free_stream(end, stream);
  }
  link_free(&end->link);
  free(end);
}

static void flush(struct origin *origin, struct h2_origin *end) {
  if (link_take(&end->link)) {
    outbox_add(origin->outbox, (struct actor_command){.kind = ACTOR_WRITE,
                                                      .conn = end->conn,
                                                      .bytes = bytes_span(&end->link.out)});
    end->link.out.len = 0;
  }
}

/* A request without a nonce of ours: a health check, or somebody who is lost. */
static void answer_health_check(struct origin *origin, struct h2_origin *end,
                                struct end_stream *stream) {
  struct h2_field fields[] = {
      {span_of(":status"), span_of("200")},
      {span_of("date"), span_of(origin->date)},
      {span_of("cache-control"), span_of("no-store")},
      {span_of("content-type"), span_of("text/plain")},
  };
  struct part head = {.type = H2_HEADERS,
                      .fields = fields,
                      .num_fields = sizeof(fields) / sizeof(fields[0]),
                      .flags = H2_END_STREAM};
  struct part content = {.type = H2_DATA, .flags = H2_END_STREAM, .payload = span_of("interim\n")};
  bool has_content = !span_is(stream->building->method, "HEAD");
  head.flags = has_content ? 0 : H2_END_STREAM;
  link_put(&end->link, &stream->reader.stream, &head, &end->link.out);
  if (has_content) {
    link_put(&end->link, &stream->reader.stream, &content, &end->link.out);
  }
  origin->num_health_checks++;
}

struct reading {
  struct origin *origin;
  struct h2_origin *end;
  struct end_stream *stream;
  uint64_t now_us;
};

static void head_complete(const struct reading *reading) {
  struct origin *origin = reading->origin;
  struct end_stream *stream = reading->stream;
  struct nonce nonce;
  bool planted = false;
  if (!origin_find_nonce(origin, stream->building, &nonce, &planted)) {
    answer_health_check(origin, reading->end, stream);
    return;
  }
  struct back_route route = {reading->end->conn, &reading->end->link, &stream->reader.stream};
  struct script *script = planted ? NULL : origin->port.find(origin->port.stage, nonce);
  if (script == NULL || !script_request(script, nonce, route, stream->building,
                                        bytes_span(&stream->reader.text), reading->now_us)) {
    origin->port.strayed(origin->port.stage, nonce, planted);
    h2_write_reset(&reading->end->link.out, stream->reader.stream.id, H2_CANCEL);
    stream->reader.stream.sent_end = true;
    return;
  }
  stream->owner = script;
  stream->exchange = nonce.request;
}

static void take(void *user, const struct h1_event *event) {
  const struct reading *reading = user;
  struct end_stream *stream = reading->stream;
  if (event->kind == H1_REQUEST) {
    stream->building = arena_alloc(&stream->arena, sizeof(*stream->building));
  }
  if (stream->building == NULL) {
    return;
  }
  if (!stream->building->head_done) {
    message_feed(stream->building, &stream->arena, event, reading->now_us);
    if (stream->building->head_done) {
      head_complete(reading);
    }
  } else if (stream->owner != NULL) {
    script_request_event(stream->owner, reading->end->conn, stream->reader.stream.id, event,
                         reading->now_us);
  }
}

static struct end_stream *find_stream(const struct h2_origin *end, uint32_t id) {
  struct end_stream *stream = end->streams;
  while (stream != NULL && stream->reader.stream.id != id) {
    stream = stream->next;
  }
  return stream;
}

static struct end_stream *open_stream(struct h2_origin *end, uint32_t id) {
  struct end_stream *stream = memory_resize(NULL, sizeof(*stream));
  *stream = (struct end_stream){0};
  arena_init(&stream->arena);
  translate_init(&stream->reader, id, H2_READ_REQUEST);
  stream->next = end->streams;
  end->streams = stream;
  end->last = id;
  return stream;
}

static void stream_event(struct origin *origin, struct h2_origin *end, const struct h2_event *event,
                         uint64_t now_us) {
  struct end_stream *stream = find_stream(end, event->stream);
  /* Behind a GOAWAY a stream is not begun with (RFC 9113 section 6.8). */
  if (stream == NULL && event->type == H2_HEADERS && event->stream > end->last && !end->link.away) {
    stream = open_stream(end, event->stream);
  }
  if (stream == NULL) {
    return;
  }
  struct reading reading = {origin, end, stream, now_us};
  (void)translate_feed(&stream->reader, event, take, &reading);
  if (stream->reader.text_ready) {
    translate_told(&stream->reader);
  }
  if (stream->owner == NULL) {
    return;
  }
  if (event->kind == H2_GOT_FRAME && event->type == H2_RST_STREAM) {
    script_back_ended(stream->owner, end->conn, event->stream, BACK_RESET, now_us);
  }
  script_run(stream->owner, now_us);
}

/* The target found fault with what came on the connection: all its streams end with it. */
static void goaway(struct h2_origin *end, uint64_t now_us) {
  for (struct end_stream *stream = end->streams; stream != NULL; stream = stream->next) {
    if (stream->owner != NULL) {
      script_back_ended(stream->owner, end->conn, stream->reader.stream.id, BACK_RESET, now_us);
      script_run(stream->owner, now_us);
    }
  }
}

bool h2_origin_bytes(struct origin *origin, struct h2_origin *end, struct span bytes,
                     uint64_t now_us) {
  struct h2_event event;
  enum h2_status status = H2_MORE;
  link_add(&end->link, bytes);
  while ((status = link_next(&end->link, &event)) == H2_EVENT) {
    if (event.stream != 0) {
      stream_event(origin, end, &event, now_us);
    } else if (event.kind == H2_GOT_FRAME && event.type == H2_GOAWAY && event.code != H2_NO_ERROR) {
      goaway(end, now_us);
    }
  }
  flush(origin, end);
  return status != H2_ERROR;
}

void h2_origin_ended(struct h2_origin *end, uint64_t now_us) {
  for (struct end_stream *stream = end->streams; stream != NULL; stream = stream->next) {
    if (stream->owner != NULL) {
      script_back_ended(stream->owner, end->conn, stream->reader.stream.id, BACK_GONE, now_us);
      script_run(stream->owner, now_us);
    }
  }
}

bool h2_origin_forget(struct origin *origin, struct h2_origin *end, const struct script *script) {
  bool harmless = end->link.holder != script;
  struct end_stream **at = &end->streams;
  while (*at != NULL) {
    struct end_stream *stream = *at;
    bool over = stream->owner == NULL && stream->reader.stream.sent_end &&
                (stream->reader.stream.ended || stream->reader.stream.reset);
    if (stream->owner != script && !over) {
      at = &stream->next;
      continue;
    }
    if (stream->owner != NULL) {
      harmless = harmless && !script->config.file->alone;
      if (!stream->reader.stream.sent_end) {
        h2_write_reset(&end->link.out, stream->reader.stream.id, H2_CANCEL);
      }
    }
    *at = stream->next;
    free_stream(end, stream);
  }
  flush(origin, end);
  return harmless;
}

void h2_origin_leave(struct origin *origin, struct h2_origin *end) {
  end->link.holder = NULL;
  h2_write_goaway(&end->link.out, end->last, H2_NO_ERROR, (struct span){0});
  flush(origin, end);
}
