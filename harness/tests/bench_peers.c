#include "tests/bench_parser.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

/* The peers are libraries of Debian packages, loaded when they are there. Two of them come without
 * a header, so what is called is declared here for all three. */

/* picohttpparser, as libh2o exports it. */
struct phr_header {
  struct span name;
  struct span value;
};

static int (*phr_parse)(const char *bytes, size_t len, int *minor, int *status,
                        const char **message, size_t *message_len, struct phr_header *headers,
                        size_t *num_headers, size_t last_len);

/* llhttp, as libnode exports it, and http-parser: both begin their settings with these callbacks.
 */
typedef void (*callback_fn)(void);

enum {
  ON_MESSAGE_BEGIN,
  ON_URL,
  ON_STATUS,
  ON_HEADER_FIELD,
  ON_HEADER_VALUE,
  ON_HEADERS_COMPLETE,
  NUM_CALLBACKS = 32,
};

enum { LLHTTP_RESPONSE = 2, HTTP_PARSER_RESPONSE = 1 };

enum { STATE_WORDS = 64 }; /* larger than either parser's state */

static void (*llhttp_init)(void *parser, int type, const callback_fn *settings);
static int (*llhttp_execute)(void *parser, const char *bytes, size_t len);
static void (*http_parser_init)(void *parser, int type);
static size_t (*http_parser_execute)(void *parser, const callback_fn *settings, const char *bytes,
                                     size_t len);

static uint64_t heads;
static uint64_t name_bytes;
static uint64_t value_bytes;

static int on_name(void *parser, const char *at, size_t len) {
  (void)parser;
  (void)at;
  name_bytes += len;
  return 0;
}

static int on_value(void *parser, const char *at, size_t len) {
  (void)parser;
  (void)at;
  value_bytes += len;
  return 0;
}

static int on_head(void *parser) {
  (void)parser;
  heads++;
  return 0;
}

static const callback_fn settings[NUM_CALLBACKS] = {
    [ON_HEADER_FIELD] = (callback_fn)on_name,
    [ON_HEADER_VALUE] = (callback_fn)on_value,
    [ON_HEADERS_COMPLETE] = (callback_fn)on_head,
};

static void reset_work(void) {
  heads = 0;
  name_bytes = 0;
  value_bytes = 0;
}

static uint64_t run_llhttp(struct span wire, bool bytewise) {
  uint64_t state[STATE_WORDS];
  reset_work();
  llhttp_init(state, LLHTTP_RESPONSE, settings);
  size_t size = bytewise ? 1 : wire.len;
  for (size_t at = 0; at < wire.len; at += size) {
    if (llhttp_execute(state, (const char *)wire.ptr + at, size) != 0) {
      return 0;
    }
  }
  return bench_work(heads, name_bytes, value_bytes);
}

static uint64_t run_http_parser(struct span wire, bool bytewise) {
  uint64_t state[STATE_WORDS];
  reset_work();
  http_parser_init(state, HTTP_PARSER_RESPONSE);
  size_t size = bytewise ? 1 : wire.len;
  for (size_t at = 0; at < wire.len; at += size) {
    if (http_parser_execute(state, settings, (const char *)wire.ptr + at, size) != size) {
      return 0;
    }
  }
  return bench_work(heads, name_bytes, value_bytes);
}

enum { MAX_HEADERS = 300 };

/* Parses heads up to the end: the finals of all inputs have no content, and that is given to it
 * rather than left for it to find out. */
static uint64_t run_phr(struct span wire, bool bytewise) {
  static struct phr_header headers[MAX_HEADERS];
  reset_work();
  size_t begin = 0;
  size_t last = 0;
  for (size_t end = bytewise ? 1 : wire.len; end <= wire.len;) {
    size_t num = MAX_HEADERS;
    int minor = 0;
    int status = 0;
    const char *message = NULL;
    size_t message_len = 0;
    int len = phr_parse((const char *)wire.ptr + begin, end - begin, &minor, &status, &message,
                        &message_len, headers, &num, last);
    if (len < 0) {
      last = end - begin;
      end++;
      continue;
    }
    begin += (size_t)len;
    last = 0;
    heads++;
    for (size_t i = 0; i < num; i++) {
      name_bytes += headers[i].name.len;
      value_bytes += headers[i].value.len;
    }
    if (begin == end) {
      end++;
    }
  }
  return begin == wire.len ? bench_work(heads, name_bytes, value_bytes) : 0;
}

/* POSIX lets a pointer from dlsym be a function; ISO C has no cast for that. */
static bool find(void *library, const char *name, void *out_function) {
  void *symbol = library == NULL ? NULL : dlsym(library, name);
  memcpy(out_function, &symbol, sizeof(symbol));
  return symbol != NULL;
}

/* The environment may name the library elsewhere: it can be unpacked without being installed. */
static void *load(const char *variable, const char *file) {
  const char *path = getenv(variable);
  return dlopen(path != NULL ? path : file, RTLD_NOW | RTLD_LOCAL);
}

static size_t note_absent(const char *peer, const char *package) {
  (void)printf("note: %s is left out: install %s\n", peer, package);
  return 0;
}

static size_t add_phr(struct bench_runner *out) {
  if (!find(load("BENCH_LIBH2O", "libh2o.so.0.13"), "phr_parse_response", &phr_parse)) {
    return note_absent("picohttpparser", "libh2o0.13");
  }
  *out = (struct bench_runner){.name = "pico", .run = run_phr};
  return 1;
}

static size_t add_llhttp(struct bench_runner *out) {
  void *library = load("BENCH_LIBNODE", "libnode.so.108");
  if (!find(library, "llhttp_init", &llhttp_init) ||
      !find(library, "llhttp_execute", &llhttp_execute)) {
    return note_absent("llhttp", "libnode108");
  }
  *out = (struct bench_runner){.name = "llhttp", .run = run_llhttp};
  return 1;
}

static size_t add_http_parser(struct bench_runner *out) {
  void *library = load("BENCH_LIBHTTP_PARSER", "libhttp_parser.so.2.9");
  if (!find(library, "http_parser_init", &http_parser_init) ||
      !find(library, "http_parser_execute", &http_parser_execute)) {
    return note_absent("http-parser", "libhttp-parser2.9");
  }
  *out = (struct bench_runner){.name = "http-parser", .run = run_http_parser};
  return 1;
}

size_t bench_peers(struct bench_runner *out) {
  size_t num = add_phr(out);
  num += add_llhttp(out + num);
  return num + add_http_parser(out + num);
}
