/* http-parser 2.9, as Debian's library has it. */
#include "fuzz/adapter.h"

#include <string.h>

typedef void (*callback_fn)(void);

/* Where its settings hold the callbacks, and its state a word of bits: 16 of the status code, 8 of
 * the method, 7 of the error, 1 that says upgrade. */
enum { ON_FIELD = 3, ON_VALUE = 4, ON_HEAD = 5, ON_BODY = 6, ON_END = 7, NUM_CALLBACKS = 10 };
enum { BITS_AT = 20 };

/* The parser, larger than it is, and what is ours behind it. */
struct state {
  uint64_t parser[32];
  struct adapter_log *log;
  bool to_head;
};

static void (*http_parser_init)(void *parser, int type);
static size_t (*http_parser_execute)(void *parser, const callback_fn *settings, const char *bytes,
                                     size_t len);
static const char *(*http_errno_name)(int error);

enum { RESPONSE = 1, NO_CONTENT = 1 };

static uint32_t bits_of(const struct state *state) {
  uint32_t bits = 0;
  memcpy(&bits, (const uint8_t *)state->parser + BITS_AT, sizeof(bits));
  return bits;
}

static int on_name(struct state *state, const char *bytes, size_t len) {
  adapter_name(state->log, bytes, len);
  return 0;
}

static int on_value(struct state *state, const char *bytes, size_t len) {
  adapter_value(state->log, bytes, len);
  return 0;
}

static int on_head(struct state *state) {
  unsigned code = bits_of(state) & 0xffff;
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

static const callback_fn settings[NUM_CALLBACKS] = {
    [ON_FIELD] = (callback_fn)on_name, [ON_VALUE] = (callback_fn)on_value,
    [ON_HEAD] = (callback_fn)on_head,  [ON_BODY] = (callback_fn)on_content,
    [ON_END] = (callback_fn)on_end,
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
  (void)http_parser_execute(state, settings, (const char *)bytes, len);
  int error = (int)(bits_of(state) >> 24 & 0x7f);
  if (error != 0) {
    adapter_fail(state->log, http_errno_name(error));
  } else if (bits_of(state) >> 31 != 0) {
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
