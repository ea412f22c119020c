/* http-parser 2.9, as Debian's library has it. */
#include "fuzz/adapter.h"

typedef void (*callback_fn)(void);

struct settings {
  callback_fn on_message_begin, on_url, on_status, on_header_field, on_header_value,
      on_headers_complete, on_body, on_message_complete, on_chunk_header, on_chunk_complete;
};

/* The parser, as far as it is looked at, and what is ours behind it. */
struct state {
  uint8_t before[20];
  uint32_t bits; /* 16 the status code, 8 the method, 7 the error, 1 upgrade */
  uint64_t behind[8];
  struct adapter_log *log;
  bool to_head;
};

static void (*http_parser_init)(void *parser, int type);
static size_t (*http_parser_execute)(void *parser, const struct settings *settings,
                                     const char *bytes, size_t len);
static const char *(*http_errno_name)(int error);

enum { RESPONSE = 1, NO_CONTENT = 1 };

static int on_name(struct state *state, const char *bytes, size_t len) {
  adapter_name(state->log, bytes, len);
  return 0;
}

static int on_value(struct state *state, const char *bytes, size_t len) {
  adapter_value(state->log, bytes, len);
  return 0;
}

static int on_head(struct state *state) {
  unsigned code = state->bits & 0xffff;
  bool to_head = state->to_head && code >= 200;
  adapter_head(state->log, code);
  state->to_head = state->to_head && !to_head;
  return to_head ? NO_CONTENT : 0;
}

static int on_content(struct state *state, const char *bytes, size_t len) {
  adapter_content(state->log, bytes, len);
  return 0;
}

static int on_end(struct state *state) {
  adapter_end(state->log);
  return 0;
}

static const struct settings settings = {
    .on_header_field = (callback_fn)on_name,
    .on_header_value = (callback_fn)on_value,
    .on_headers_complete = (callback_fn)on_head,
    .on_body = (callback_fn)on_content,
    .on_message_complete = (callback_fn)on_end,
};

static const char *open(void) {
  void *library = adapter_library("PEER_LIBHTTP_PARSER", "libhttp_parser.so.2.9");
  bool good = adapter_function(library, "http_parser_init", &http_parser_init) &&
              adapter_function(library, "http_parser_execute", &http_parser_execute) &&
              adapter_function(library, "http_errno_name", &http_errno_name);
  return good ? NULL : "install libhttp-parser2.9, or say where it is in PEER_LIBHTTP_PARSER";
}

static void init(void *self, struct adapter_log *log, enum adapter_request request) {
  struct state *state = self;
  http_parser_init(state, RESPONSE);
  state->log = log;
  state->to_head = request == ADAPTER_HEAD;
}

static enum adapter_result feed(void *self, const uint8_t *bytes, size_t len) {
  struct state *state = self;
  (void)http_parser_execute(state, &settings, (const char *)bytes, len);
  int error = (int)(state->bits >> 24 & 0x7f);
  if (error != 0) {
    adapter_fail(state->log, http_errno_name(error));
  } else if (state->bits >> 31 != 0) {
    adapter_tunnel(state->log);
  } else {
    return ADAPTER_MORE;
  }
  return ADAPTER_OVER;
}

/* It is told of the end by no bytes. */
static void finish(void *self) {
  (void)feed(self, (const uint8_t *)"", 0);
}

const struct adapter adapter_http_parser = {"http-parser", open, init, feed, finish, false};
