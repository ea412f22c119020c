/* picohttpparser, as libh2o exports it (its portable build); it brings no header. It reads a head
 * and knows nothing of content. */
#include "fuzz/adapter.h"

#include <string.h>

struct header {
  const char *name;
  size_t name_len;
  const char *value;
  size_t value_len;
};

static int (*parse_response)(const char *bytes, size_t len, int *minor, int *status,
                             const char **reason, size_t *reason_len, struct header *headers,
                             size_t *num_headers, size_t last_len);

enum { MOST_HEADERS = 1024, MOST_BYTES = 1 << 16, INCOMPLETE = -2 };

struct state {
  struct adapter_log *log;
  size_t seen; /* bytes at the front of the buffer that make no head yet */
  size_t num;  /* bytes in the buffer */
};

static char buffer[MOST_BYTES];

static const char *open(void) {
  void *library = adapter_library("PEER_LIBH2O", "libh2o.so.0.13");
  bool good = adapter_function(library, "phr_parse_response", &parse_response);
  return good ? NULL : "install libh2o0.13, or say where it is in PEER_LIBH2O";
}

static void init(void *self, struct adapter_log *log, enum adapter_request request) {
  struct state *state = self;
  (void)request;
  state->log = log;
}

/* Tells the head at the front of the buffer: how long it was, INCOMPLETE, or -1 for a broken one. A
 * value without a name is a line that was folded. */
static int read_head(struct state *state, int *code) {
  static struct header headers[MOST_HEADERS];
  size_t num = MOST_HEADERS;
  int minor = 0;
  const char *reason = NULL;
  size_t reason_len = 0;
  int len = parse_response(buffer, state->num, &minor, code, &reason, &reason_len, headers, &num,
                           state->seen);
  for (size_t i = 0; len >= 0 && i < num; i++) {
    adapter_name(state->log, headers[i].name, headers[i].name_len);
    adapter_value(state->log, headers[i].value, headers[i].value_len);
  }
  return len;
}

static enum adapter_result feed(void *self, const uint8_t *bytes, size_t len) {
  struct state *state = self;
  if (len > sizeof(buffer) - state->num) {
    adapter_fail(state->log, "too-large");
    return ADAPTER_OVER;
  }
  memcpy(buffer + state->num, bytes, len);
  state->num += len;
  while (state->num > state->seen) {
    int code = 0;
    int head = read_head(state, &code);
    if (head == INCOMPLETE) {
      state->seen = state->num;
      return ADAPTER_MORE;
    }
    if (head < 0) {
      adapter_fail(state->log, "bad-head");
      return ADAPTER_OVER;
    }
    adapter_head(state->log, (unsigned)code);
    adapter_end(state->log);
    if (code / 100 != 1 || code == 101) {
      return ADAPTER_OVER;
    }
    state->num -= (size_t)head;
    state->seen = 0;
    memmove(buffer, buffer + head, state->num);
  }
  return ADAPTER_MORE;
}

static void finish(void *self) {
  const struct state *state = self;
  if (state->num > 0) {
    adapter_fail(state->log, "cut");
  }
}

const struct adapter adapter_picohttpparser = {"picohttpparser", open, init, feed, finish, true};
