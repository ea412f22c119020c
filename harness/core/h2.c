#include "core/h2.h"

const struct span h2_preface = {(const uint8_t *)"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                                H2_PREFACE_LEN};

#define NUM_NAMES(table) (sizeof(table) / sizeof((table)[0]))

static const char *const type_names[] = {
    [H2_DATA] = "DATA",
    [H2_HEADERS] = "HEADERS",
    [H2_PRIORITY] = "PRIORITY",
    [H2_RST_STREAM] = "RST_STREAM",
    [H2_SETTINGS] = "SETTINGS",
    [H2_PUSH_PROMISE] = "PUSH_PROMISE",
    [H2_PING] = "PING",
    [H2_GOAWAY] = "GOAWAY",
    [H2_WINDOW_UPDATE] = "WINDOW_UPDATE",
    [H2_CONTINUATION] = "CONTINUATION",
};

static const char *const error_names[] = {
    [H2_NO_ERROR] = "NO_ERROR",
    [H2_PROTOCOL_ERROR] = "PROTOCOL_ERROR",
    [H2_INTERNAL_ERROR] = "INTERNAL_ERROR",
    [H2_FLOW_CONTROL_ERROR] = "FLOW_CONTROL_ERROR",
    [H2_SETTINGS_TIMEOUT] = "SETTINGS_TIMEOUT",
    [H2_STREAM_CLOSED] = "STREAM_CLOSED",
    [H2_FRAME_SIZE_ERROR] = "FRAME_SIZE_ERROR",
    [H2_REFUSED_STREAM] = "REFUSED_STREAM",
    [H2_CANCEL] = "CANCEL",
    [H2_COMPRESSION_ERROR] = "COMPRESSION_ERROR",
    [H2_CONNECT_ERROR] = "CONNECT_ERROR",
    [H2_ENHANCE_YOUR_CALM] = "ENHANCE_YOUR_CALM",
    [H2_INADEQUATE_SECURITY] = "INADEQUATE_SECURITY",
    [H2_HTTP_1_1_REQUIRED] = "HTTP_1_1_REQUIRED",
};

static const char *const setting_names[] = {
    [H2_HEADER_TABLE_SIZE] = "HEADER_TABLE_SIZE",
    [H2_ENABLE_PUSH] = "ENABLE_PUSH",
    [H2_MAX_CONCURRENT_STREAMS] = "MAX_CONCURRENT_STREAMS",
    [H2_INITIAL_WINDOW_SIZE] = "INITIAL_WINDOW_SIZE",
    [H2_MAX_FRAME_SIZE] = "MAX_FRAME_SIZE",
    [H2_MAX_HEADER_LIST_SIZE] = "MAX_HEADER_LIST_SIZE",
    [H2_ENABLE_CONNECT_PROTOCOL] = "ENABLE_CONNECT_PROTOCOL",
};

static const char *name_of(const char *const *names, size_t num_names, uint32_t number) {
  return number < num_names ? names[number] : NULL;
}

static bool number_of(const char *const *names, size_t num_names, struct span name, uint32_t *out) {
  for (size_t i = 0; i < num_names; i++) {
    if (names[i] != NULL && span_is(name, names[i])) {
      *out = (uint32_t)i;
      return true;
    }
  }
  return false;
}

const char *h2_type_name(unsigned type) {
  return name_of(type_names, NUM_NAMES(type_names), type);
}

const char *h2_error_name(uint32_t code) {
  return name_of(error_names, NUM_NAMES(error_names), code);
}

const char *h2_setting_name(unsigned id) {
  return name_of(setting_names, NUM_NAMES(setting_names), id);
}

bool h2_type_named(struct span name, unsigned *out) {
  return number_of(type_names, NUM_NAMES(type_names), name, out);
}

bool h2_error_named(struct span name, uint32_t *out) {
  return number_of(error_names, NUM_NAMES(error_names), name, out);
}

bool h2_setting_named(struct span name, unsigned *out) {
  return number_of(setting_names, NUM_NAMES(setting_names), name, out);
}
