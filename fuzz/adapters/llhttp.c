/* llhttp, as Node 18's library exports it (llhttp 6.1); it brings no header. */
#include "fuzz/adapter.h"

#include <string.h>

typedef void (*callback_fn)(void);

/* Where its settings hold the callbacks, and its state the status code. */
enum { ON_FIELD = 3, ON_VALUE = 4, ON_HEAD = 5, ON_BODY = 7, ON_END = 8, NUM_CALLBACKS = 17 };
enum { CODE_AT = 82 };

/* The parser, larger than it is, and what is ours behind it. */
struct state {
  uint64_t parser[32];
  struct adapter_log *log;
  bool to_head;
};

static void (*llhttp_init)(void *parser, int type, const callback_fn *settings);
static int (*llhttp_execute)(void *parser, const char *bytes, size_t len);
static int (*llhttp_finish)(void *parser);
static int (*llhttp_get_errno)(const void *parser);
static const char *(*llhttp_errno_name)(int error);

enum { RESPONSE = 2, NO_CONTENT = 1, PAUSED_UPGRADE = 22 };

static int on_name(struct state *state, const char *bytes, size_t len) {
  adapter_name(state->log, bytes, len);
  return 0;
}

static int on_value(struct state *state, const char *bytes, size_t len) {
  adapter_value(state->log, bytes, len);
  return 0;
}

static int on_head(struct state *state) {
  uint16_t code = 0;
  memcpy(&code, (const uint8_t *)state->parser + CODE_AT, sizeof(code));
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
  void *library = adapter_library("PEER_LIBNODE", "libnode.so.108");
  bool good = adapter_function(library, "llhttp_init", &llhttp_init) &&
              adapter_function(library, "llhttp_execute", &llhttp_execute) &&
              adapter_function(library, "llhttp_finish", &llhttp_finish) &&
              adapter_function(library, "llhttp_get_errno", &llhttp_get_errno) &&
              adapter_function(library, "llhttp_errno_name", &llhttp_errno_name);
  return good ? NULL : "install libnode108, or say where libnode.so.108 is in PEER_LIBNODE";
}

static void init(void *self, struct adapter_log *log, enum adapter_request request) {
  struct state *state = self;
  llhttp_init(state, RESPONSE, settings);
  state->log = log;
  state->to_head = request == ADAPTER_HEAD;
}

static enum adapter_result feed(void *self, const uint8_t *bytes, size_t len) {
  struct state *state = self;
  int error = llhttp_execute(state, (const char *)bytes, len);
  if (error == PAUSED_UPGRADE) {
    adapter_tunnel(state->log);
  } else if (error != 0) {
    adapter_fail(state->log, llhttp_errno_name(error));
  }
  return error == 0 ? ADAPTER_MORE : ADAPTER_OVER;
}

static void finish(void *self) {
  struct state *state = self;
  int error = llhttp_finish(state);
  if (error != 0) {
    adapter_fail(state->log, llhttp_errno_name(error));
  }
}

const struct adapter adapter_llhttp = {"llhttp", open, init, feed, finish, false};
