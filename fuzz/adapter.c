#include "fuzz/adapter.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t beginning = UINT64_C(0xcbf29ce484222325);

/* FNV-1a: the same however the bytes are told. */
static uint64_t add_byte(uint64_t hash, uint8_t byte) {
  return (hash ^ byte) * UINT64_C(0x100000001b3);
}

static struct adapter_response *open_response(struct adapter_log *log) {
  return &log->responses[log->num];
}

static void end_text(struct adapter_log *log) {
  struct adapter_response *response = open_response(log);
  uint64_t *sum = response->has_head ? &response->content : &response->head;
  if (log->telling != ADAPTER_NOTHING && !log->full) {
    uint64_t text = log->telling == ADAPTER_VALUE ? log->trimmed : log->text;
    *sum = (*sum ^ text) * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)log->telling;
  }
  log->telling = ADAPTER_NOTHING;
}

static void begin_text(struct adapter_log *log, enum adapter_text telling) {
  if (log->telling != telling) {
    end_text(log);
    log->telling = telling;
    log->text = beginning;
    log->trimmed = beginning;
  }
}

void adapter_name(struct adapter_log *log, const void *bytes, size_t len) {
  const uint8_t *text = bytes;
  begin_text(log, ADAPTER_NAME);
  for (size_t i = 0; i < len; i++) {
    log->text = add_byte(log->text, text[i]);
  }
}

/* Blanks around a value are not of it (RFC 9112 section 5.1). */
void adapter_value(struct adapter_log *log, const void *bytes, size_t len) {
  const uint8_t *text = bytes;
  begin_text(log, ADAPTER_VALUE);
  for (size_t i = 0; i < len; i++) {
    bool blank = text[i] == ' ' || text[i] == '\t';
    if (!blank || log->text != beginning) {
      log->text = add_byte(log->text, text[i]);
      log->trimmed = blank ? log->trimmed : log->text;
    }
  }
}

void adapter_head(struct adapter_log *log, unsigned code) {
  end_text(log);
  if (!log->full) {
    open_response(log)->code = code;
    open_response(log)->has_head = true;
  }
}

void adapter_content(struct adapter_log *log, const void *bytes, size_t len) {
  const uint8_t *content = bytes;
  if (!log->full) {
    struct adapter_response *response = open_response(log);
    for (size_t i = 0; i < len; i++) {
      response->content = add_byte(response->content, content[i]);
    }
    response->length += len;
  }
}

void adapter_end(struct adapter_log *log) {
  end_text(log);
  if (!log->full) {
    open_response(log)->complete = true;
    log->full = log->num + 1 == ADAPTER_RESPONSES;
    log->num += !log->full;
  }
}

void adapter_tunnel(struct adapter_log *log) {
  log->tunnel = true;
}

void adapter_fail(struct adapter_log *log, const char *error) {
  end_text(log);
  log->error = error;
}

void *adapter_library(const char *variable, const char *file) {
  const char *path = getenv(variable);
  return dlopen(path != NULL ? path : file, RTLD_NOW | RTLD_LOCAL);
}

/* POSIX lets a pointer from dlsym be a function; ISO C has no cast for that. */
bool adapter_function(void *library, const char *name, void *out_function) {
  void *symbol = library == NULL ? NULL : dlsym(library, name);
  memcpy(out_function, &symbol, sizeof(symbol));
  return symbol != NULL;
}

void adapter_read(const struct adapter *adapter, const uint8_t *bytes, size_t len, size_t size,
                  enum adapter_request request, struct adapter_log *out) {
  static uint64_t state[ADAPTER_STATE_WORDS];
  enum adapter_result result = ADAPTER_MORE;
  memset(state, 0, sizeof(state));
  *out = (struct adapter_log){.telling = ADAPTER_NOTHING};
  adapter->init(state, out, request);
  for (size_t at = 0; at < len && result == ADAPTER_MORE && !out->full; at += size) {
    result = adapter->feed(state, bytes + at, len - at < size ? len - at : size);
  }
  if (result == ADAPTER_MORE && !out->full) {
    adapter->finish(state);
  }
}

static bool is_wanted(const struct adapter *adapter) {
  const char *wanted = getenv("PEER");
  return adapter != NULL && (wanted == NULL || strcmp(wanted, adapter->name) == 0);
}

size_t adapter_peers(const struct adapter *peers[ADAPTER_PEERS]) {
  const struct adapter *all[ADAPTER_PEERS] = {&adapter_llhttp, &adapter_http_parser,
                                              &adapter_picohttpparser, &adapter_mine};
  size_t num = 0;
  for (size_t i = 0; i < ADAPTER_PEERS; i++) {
    bool opens = is_wanted(all[i]) && all[i]->open != NULL;
    const char *missing = opens ? all[i]->open() : NULL;
    if (missing != NULL) {
      (void)fprintf(stderr, "%s is left out: %s\n", all[i]->name, missing);
    } else if (is_wanted(all[i])) {
      peers[num++] = all[i];
    }
  }
  return num;
}
