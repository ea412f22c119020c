#include "script/compose.h"

#include "core/h1.h"
#include "core/interim_rule.h"

void compose_substitute(struct bytes *out, struct span text,
                        const struct compose_context *context) {
  const struct {
    const char *name;
    const char *value;
  } words[] = {
      {"{path}", context->path},
      {"{host}", context->host},
      {"{nonce}", context->nonce},
  };
  size_t at = 0;
  while (at < text.len) {
    bool replaced = false;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
      if (span_starts(span_skip(text, at), words[i].name)) {
        bytes_text(out, words[i].value);
        at += strlen(words[i].name);
        replaced = true;
        break;
      }
    }
    if (!replaced) {
      const uint8_t *brace = memchr(text.ptr + at + 1, '{', text.len - at - 1);
      size_t end = brace == NULL ? text.len : (size_t)(brace - text.ptr);
      bytes_add(out, (struct span){text.ptr + at, end - at});
      at = end;
    }
  }
}

const struct case_field *compose_given(const struct step *step, const char *name) {
  for (size_t i = 0; i < step->num_fields; i++) {
    if (span_is_nocase(step->fields[i].name, name)) {
      return &step->fields[i];
    }
  }
  return NULL;
}

bool compose_gives(const struct step *step, const char *name) {
  const struct case_field *field = compose_given(step, name);
  return field != NULL && field->demand == FIELD_VALUE;
}

static bool is_chunked(const struct step *step) {
  const struct case_field *field = compose_given(step, "Transfer-Encoding");
  return field != NULL && field->demand == FIELD_VALUE && h1_list_has(field->value, "chunked");
}

static void add_own(struct bytes *out, const struct step *step, const char *name,
                    const char *value) {
  if (compose_given(step, name) == NULL) {
    bytes_printf(out, "%s: %s\r\n", name, value);
  }
}

static void add_given(struct bytes *out, const struct step *step,
                      const struct compose_context *context) {
  for (size_t i = 0; i < step->num_fields; i++) {
    if (step->fields[i].demand == FIELD_VALUE) {
      bytes_add(out, step->fields[i].name);
      bytes_text(out, ": ");
      compose_substitute(out, step->fields[i].value, context);
      bytes_text(out, "\r\n");
    }
  }
}

static void add_length(struct bytes *out, const struct step *step, size_t length) {
  if (compose_given(step, "Content-Length") == NULL &&
      compose_given(step, "Transfer-Encoding") == NULL) {
    bytes_printf(out, "Content-Length: %zu\r\n", length);
  }
}

static void add_body(struct bytes *out, struct span content, bool chunked) {
  if (!chunked) {
    bytes_add(out, content);
    return;
  }
  if (content.len > 0) {
    bytes_printf(out, "%zx\r\n", content.len);
    bytes_add(out, content);
    bytes_text(out, "\r\n");
  }
  bytes_text(out, "0\r\n\r\n");
}

static int minor_of(const struct case_message *message) {
  return message->minor < 0 ? 1 : message->minor;
}

void compose_request(struct bytes *out, const struct step *step,
                     const struct compose_context *context) {
  const struct case_message *message = &step->messages[0];
  bytes_add(out, message->method);
  bytes_text(out, " ");
  if (message->target.len > 0) {
    compose_substitute(out, message->target, context);
  } else {
    bytes_text(out, context->target);
  }
  bytes_printf(out, " HTTP/1.%d\r\n", minor_of(message));
  add_own(out, step, "Host", context->host);
  add_own(out, step, NONCE_FIELD, context->nonce);
  add_given(out, step, context);
  struct bytes content = {0};
  if (step->has_content) {
    compose_substitute(&content, step->content, context);
    add_length(out, step, content.len);
  }
  bytes_text(out, "\r\n");
  if (step->has_content) {
    add_body(out, bytes_span(&content), is_chunked(step));
  }
  bytes_free(&content);
}

void compose_expected(struct bytes *out, struct span content,
                      const struct compose_context *context) {
  compose_substitute(out, content, context);
  if (content.len > 0) {
    bytes_text(out, "\n");
  }
  bytes_printf(out, "%s\n", context->nonce);
}

static void compose_interim(struct bytes *out, const struct step *step,
                            const struct compose_context *context) {
  if (compose_given(step, MARK_FIELD) == NULL) {
    bytes_printf(out, "%s: %s-%u\r\n", MARK_FIELD, context->nonce, context->mark);
  }
  add_given(out, step, context);
  bytes_text(out, "\r\n");
}

static void compose_final(struct bytes *out, const struct step *step, unsigned code,
                          const struct compose_context *context) {
  bool no_content = code == 204 || code == 304 || (context->to_connect && code / 100 == 2);
  struct bytes content = {0};
  if (compose_gives(step, "Content-Length")) {
    compose_substitute(&content, step->content, context);
  } else if (!no_content) {
    compose_expected(&content, step->content, context);
  }
  add_own(out, step, "Date", context->date);
  add_own(out, step, "Cache-Control", "no-store");
  add_own(out, step, NONCE_FIELD, context->nonce);
  if (!no_content) {
    add_own(out, step, "Content-Type", "text/plain");
    add_length(out, step, content.len);
  }
  add_given(out, step, context);
  bytes_text(out, "\r\n");
  if (!no_content && !context->to_head) {
    add_body(out, bytes_span(&content), is_chunked(step));
  }
  bytes_free(&content);
}

void compose_response(struct bytes *out, const struct step *step,
                      const struct compose_context *context) {
  const struct case_message *message = &step->messages[0];
  unsigned code = message->low;
  bytes_printf(out, "HTTP/1.%d %03u %s\r\n", minor_of(message), code, compose_reason(code));
  if (status_is_interim(code)) {
    compose_interim(out, step, context);
  } else {
    compose_final(out, step, code, context);
  }
}

void compose_content(struct bytes *out, const struct step *step, bool chunked,
                     const struct compose_context *context) {
  struct bytes content = {0};
  compose_substitute(&content, step->content, context);
  add_body(out, bytes_span(&content), chunked);
  bytes_free(&content);
}

const char *compose_reason(unsigned code) {
  static const struct {
    unsigned code;
    const char *reason;
  } reasons[] = {
      {100, "Continue"},
      {101, "Switching Protocols"},
      {102, "Processing"},
      {103, "Early Hints"},
      {104, "Upload Resumption Supported"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {207, "Multi-Status"},
      {301, "Moved Permanently"},
      {304, "Not Modified"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {413, "Content Too Large"},
      {417, "Expectation Failed"},
      {500, "Internal Server Error"},
      {503, "Service Unavailable"},
  };
  for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
    if (reasons[i].code == code) {
      return reasons[i].reason;
    }
  }
  return status_is_interim(code) ? "Interim" : "Final";
}
