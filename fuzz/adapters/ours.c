/* Our own parser, so that both sides of a comparison are told in the same way. */
#include "core/h1_response.h"
#include "fuzz/adapter.h"

struct state {
  struct h1_response parser;
  struct adapter_log *log;
};

static struct bytes kept;

static void init(void *self, struct adapter_log *log, enum adapter_request request) {
  struct state *state = self;
  state->log = log;
  kept.len = 0;
  h1_response_init(&state->parser, &h1_default_limits);
  for (unsigned i = 0; i < H1_MAX_OUTSTANDING; i++) {
    bool head = i == 0 && request == ADAPTER_HEAD;
    (void)h1_response_request(&state->parser, head ? H1_FOR_HEAD : H1_FOR_GET);
  }
}

/* What a head says about its content and its connection; in trailers it counts for nothing. */
static bool counts_in_heads(struct span name) {
  return span_is_nocase(name, "content-length") || span_is_nocase(name, "transfer-encoding") ||
         span_is_nocase(name, "connection") || span_is_nocase(name, "upgrade");
}

static void tell(struct adapter_log *log, const struct h1_event *event) {
  struct adapter_response *response = &log->responses[log->num];
  switch (event->kind) {
  case H1_REQUEST:
    return;
  case H1_INTERIM:
  case H1_FINAL:
    response->begin = event->offset;
    return;
  case H1_TRAILER:
    response->odd_trailers = response->odd_trailers || counts_in_heads(event->name);
    adapter_name(log, event->name.ptr, event->name.len);
    adapter_value(log, event->value.ptr, event->value.len);
    return;
  case H1_FIELD:
    adapter_name(log, event->name.ptr, event->name.len);
    adapter_value(log, event->value.ptr, event->value.len);
    return;
  case H1_HEAD_END:
    response->head_end = event->end;
    adapter_head(log, event->code);
    return;
  case H1_CONTENT:
    adapter_content(log, event->value.ptr, event->value.len);
    return;
  case H1_END:
    adapter_end(log);
    if (event->code == 101) {
      adapter_tunnel(log);
    }
    return;
  case H1_TUNNEL:
    return;
  }
}

static void fail(struct state *state) {
  state->log->error_at = state->parser.error.offset;
  state->log->error_line = h1_response_keep(&state->parser);
  adapter_fail(state->log, h1_error_name(state->parser.error.code));
}

static enum adapter_result feed(void *self, const uint8_t *bytes, size_t len) {
  struct state *state = self;
  struct h1_event events[16];
  enum h1_status status = H1_EVENT;
  bytes_add(&kept, span_make(bytes, len));
  while (status == H1_EVENT) {
    size_t num = h1_response_read(&state->parser, bytes_span(&kept), events, 16, &status);
    for (size_t i = 0; i < num; i++) {
      tell(state->log, &events[i]);
    }
  }
  if (status == H1_ERROR) {
    fail(state);
  }
  return status == H1_MORE && !state->log->tunnel ? ADAPTER_MORE : ADAPTER_OVER;
}

static void finish(void *self) {
  struct state *state = self;
  struct h1_event event;
  enum h1_status status = h1_response_finish(&state->parser, &event);
  if (status == H1_EVENT) {
    tell(state->log, &event);
  } else if (status == H1_ERROR) {
    fail(state);
  }
}

const struct adapter adapter_ours = {"ours", NULL, init, feed, finish, false};
