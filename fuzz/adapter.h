/* For other people's parsers of HTTP/1.1 responses: write an adapter, and diff_h1 and the golden
 * corpus hold your parser against ours.
 *
 *     const struct adapter adapter_mine = {"mine", NULL, init, feed, finish, false};
 *
 *     make diff-corpus ADAPTER=mine.c ADAPTER_LIBS=-lmine          the golden corpus
 *     make fuzz T=diff_h1 ADAPTER=mine.c ADAPTER_LIBS=-lmine       fuzz against ours
 *
 * An adapter tells what its parser read with the functions below; those that take bytes may be
 * called for a part at a time. Each response, interim or final, is told as
 *
 *     adapter_name, adapter_value    for each field
 *     adapter_head                   when the head is complete
 *     adapter_content                content, without chunked coding
 *     adapter_name, adapter_value    for each trailer field
 *     adapter_end                    when the response is complete; an interim one at its head
 *
 * adapters/llhttp.c is one for a parser with callbacks, adapters/picohttpparser.c for one that is
 * called for a head. */
#ifndef INTERIM_FUZZ_ADAPTER_H
#define INTERIM_FUZZ_ADAPTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ADAPTER_STATE_WORDS = 512, ADAPTER_RESPONSES = 24 };

/* What was read of one response; numbers made of bytes stand for them. */
struct adapter_response {
  uint64_t head;    /* its fields */
  uint64_t content; /* with trailers */
  uint64_t length;  /* bytes of content */
  unsigned code;
  bool has_head;
  bool complete;
  /* Told by our own adapter alone: where in the stream its head begins and ends, and whether its
   * trailers have fields that count in a head alone. */
  uint64_t begin;
  uint64_t head_end;
  bool odd_trailers;
};

enum adapter_text { ADAPTER_NOTHING, ADAPTER_NAME, ADAPTER_VALUE };

/* What a parser told of a stream. Made and read by the functions here. */
struct adapter_log {
  struct adapter_response responses[ADAPTER_RESPONSES];
  size_t num; /* complete ones; the one behind them may be open */
  bool full;  /* there were more than this can hold: nothing more is compared */
  bool tunnel;
  const char *error; /* NULL: the stream was taken */
  /* Where in the stream, and where the line began; told by our own adapter alone. */
  uint64_t error_at;
  uint64_t error_line;
  uint64_t text;    /* of the name or value that is being told */
  uint64_t trimmed; /* of the value, without blanks at its end */
  enum adapter_text telling;
};

enum adapter_request { ADAPTER_GET, ADAPTER_HEAD };

/* What a parser says about the bytes behind those that it read. */
enum adapter_result {
  ADAPTER_MORE, /* goes on */
  ADAPTER_OVER, /* reads no more: adapter_fail or adapter_tunnel was called */
};

struct adapter {
  const char *name;
  /* open makes the library ready. NULL, or what is missing; static. Called first and once. NULL
   * itself where there is nothing to do. */
  const char *(*open)(void);
  /* init begins a stream. state is yours for the stream: ADAPTER_STATE_WORDS words, zeroed. request
   * is what the first final response answers; the others answer GETs. */
  void (*init)(void *state, struct adapter_log *log, enum adapter_request request);
  /* feed reads the next bytes of the stream; nothing keeps them after the call. */
  enum adapter_result (*feed)(void *state, const uint8_t *bytes, size_t len);
  /* finish tells that the stream ended; not called after ADAPTER_OVER. */
  void (*finish)(void *state);
  /* The parser knows heads alone: what comes behind the first final one is not compared. */
  bool heads_only;
};

void adapter_name(struct adapter_log *log, const void *bytes, size_t len);
void adapter_value(struct adapter_log *log, const void *bytes, size_t len);
void adapter_head(struct adapter_log *log, unsigned code);
void adapter_content(struct adapter_log *log, const void *bytes, size_t len);
void adapter_end(struct adapter_log *log);

/* adapter_tunnel tells that what comes now is no HTTP. */
void adapter_tunnel(struct adapter_log *log);

/* adapter_fail tells that the parser takes no more; error is a stable name of the reason, static.
 */
void adapter_fail(struct adapter_log *log, const char *error);

/* adapter_library opens a shared library, at the path in an environment variable if that is set.
 * NULL when it is not there. It stays open. */
void *adapter_library(const char *variable, const char *file);

/* adapter_function finds a function and stores its address in *out_function, a pointer to a
 * function pointer. False when it is not there, or library is NULL. */
bool adapter_function(void *library, const char *name, void *out_function);

/* adapter_read has an adapter read a stream, in reads of size bytes. */
void adapter_read(const struct adapter *adapter, const uint8_t *bytes, size_t len, size_t size,
                  enum adapter_request request, struct adapter_log *out);

/* Our own parser, and those it is held against; a linked adapter_mine is among them. */
extern const struct adapter adapter_ours;
extern const struct adapter adapter_llhttp;
extern const struct adapter adapter_http_parser;
extern const struct adapter adapter_picohttpparser;
extern const struct adapter adapter_mine __attribute__((weak));

enum { ADAPTER_PEERS = 4 };

/* adapter_peers stores those that could be opened, or the one that the environment names in PEER,
 * and says which were left out, and why, on standard error. Returns how many. */
size_t adapter_peers(const struct adapter *peers[ADAPTER_PEERS]);

#endif
