#include "core/h1.h"

#include "base/escape.h"
#include "core/h1_class.h"

#include <inttypes.h>

const struct h1_limits h1_default_limits = {
    .line = (size_t)64 * 1024, .head = (size_t)256 * 1024, .fields = 1024};

enum {
  O = 0,
  C = H1_CR,
  B = H1_TEXT,
  G = H1_TEXT | H1_GRAPH,
  T = H1_TEXT | H1_GRAPH | H1_TCHAR,
};

/* clang-format off */
const uint8_t h1_classes[256] = {
    /*      0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f */
    /* 0 */ O, O, O, O, O, O, O, O, O, B, O, O, O, C, O, O,
    /* 1 */ O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O,
    /* 2 */ B, T, G, T, T, T, T, T, G, G, T, T, G, T, T, G,
    /* 3 */ T, T, T, T, T, T, T, T, T, T, G, G, G, G, G, G,
    /* 4 */ G, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T,
    /* 5 */ T, T, T, T, T, T, T, T, T, T, T, G, G, G, T, T,
    /* 6 */ T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T,
    /* 7 */ T, T, T, T, T, T, T, T, T, T, T, G, T, G, T, O,
    /* 8 */ G, G, G, G, G, G, G, G, G, G, G, G, G, G, G, G,
    /* 9 */ G, G, G, G, G, G, G, G, G, G, G, G, G, G, G, G,
    /* a */ G, G, G, G, G, G, G, G, G, G, G, G, G, G, G, G,
    /* b */ G, G, G, G, G, G, G, G, G, G, G, G, G, G, G, G,
    /* c */ G, G, G, G, G, G, G, G, G, G, G, G, G, G, G, G,
    /* d */ G, G, G, G, G, G, G, G, G, G, G, G, G, G, G, G,
    /* e */ G, G, G, G, G, G, G, G, G, G, G, G, G, G, G, G,
    /* f */ G, G, G, G, G, G, G, G, G, G, G, G, G, G, G, G,
};
/* clang-format on */

static const char *const error_names[] = {
    [H1_OK] = "ok",
    [H1_BAD_START_LINE] = "bad-start-line",
    [H1_BAD_VERSION] = "bad-version",
    [H1_BAD_STATUS] = "bad-status",
    [H1_BAD_REASON] = "bad-reason",
    [H1_BAD_METHOD] = "bad-method",
    [H1_BAD_TARGET] = "bad-target",
    [H1_BAD_LINE_END] = "bad-line-end",
    [H1_BAD_FIELD_NAME] = "bad-field-name",
    [H1_BAD_FIELD_VALUE] = "bad-field-value",
    [H1_OBS_FOLD] = "obs-fold",
    [H1_BAD_CONTENT_LENGTH] = "bad-content-length",
    [H1_BAD_TRANSFER_ENCODING] = "bad-transfer-encoding",
    [H1_LENGTH_AND_ENCODING] = "length-and-encoding",
    [H1_BAD_CHUNK] = "bad-chunk",
    [H1_LINE_TOO_LONG] = "line-too-long",
    [H1_HEAD_TOO_LARGE] = "head-too-large",
    [H1_TOO_MANY_FIELDS] = "too-many-fields",
    [H1_NO_REQUEST] = "no-request",
    [H1_CUT] = "cut",
};

const char *h1_error_name(enum h1_error_code code) {
  return error_names[code];
}

static const char *const kind_names[] = {
    [H1_REQUEST] = "request", [H1_INTERIM] = "interim",   [H1_FINAL] = "final",
    [H1_FIELD] = "field",     [H1_HEAD_END] = "head-end", [H1_CONTENT] = "content",
    [H1_TRAILER] = "trailer", [H1_END] = "end",           [H1_TUNNEL] = "tunnel",
};

static const char *const framing_names[] = {
    [H1_NO_CONTENT] = "no-content",   [H1_LENGTH] = "length",     [H1_CHUNKED] = "chunked",
    [H1_UNTIL_CLOSE] = "until-close", [H1_SWITCHED] = "switched",
};

static void print_quoted(struct bytes *out, struct span value) {
  bytes_text(out, " \"");
  escape_text(out, value);
  bytes_text(out, "\"");
}

void h1_event_print(struct bytes *out, const struct h1_event *event) {
  bytes_printf(out, "%" PRIu64 "-%" PRIu64 " %s", event->offset, event->end,
               kind_names[event->kind]);
  switch (event->kind) {
  case H1_REQUEST:
    bytes_printf(out, " HTTP/1.%u ", event->minor);
    escape_text(out, event->name);
    print_quoted(out, event->value);
    return;
  case H1_INTERIM:
  case H1_FINAL:
    bytes_printf(out, " HTTP/1.%u %u", event->minor, event->code);
    print_quoted(out, event->value);
    return;
  case H1_FIELD:
  case H1_TRAILER:
    bytes_text(out, " ");
    escape_text(out, event->name);
    print_quoted(out, event->value);
    return;
  case H1_HEAD_END:
    bytes_printf(out, " %s", framing_names[event->framing]);
    if (event->framing == H1_LENGTH) {
      bytes_printf(out, " %" PRIu64, event->length);
    }
    return;
  case H1_CONTENT:
  case H1_TUNNEL:
    print_quoted(out, event->value);
    return;
  case H1_END:
    return;
  }
}

bool h1_is_token(struct span text) {
  return text.len > 0 && h1_class_run(text, 0, H1_TCHAR) == text.len;
}

/* The length of the list's first element: up to a comma that is in no quoted string. */
static size_t element_length(struct span list) {
  bool quoted = false;
  size_t i = 0;
  while (i < list.len && (quoted || list.ptr[i] != ',')) {
    if (list.ptr[i] == '"') {
      quoted = !quoted;
    } else if (quoted && list.ptr[i] == '\\') {
      i++;
    }
    i++;
  }
  return i < list.len ? i : list.len;
}

bool h1_list_next(struct span *rest, struct span *element) {
  while (rest->len > 0) {
    size_t len = element_length(*rest);
    *element = span_trim(span_make(rest->ptr, len));
    *rest = span_skip(*rest, len + 1);
    if (element->len > 0) {
      return true;
    }
  }
  return false;
}

bool h1_list_has(struct span list, const char *token) {
  struct span element;
  while (h1_list_next(&list, &element)) {
    struct span name = span_make(element.ptr, h1_class_run(element, 0, H1_TCHAR));
    struct span rest = span_trim(span_skip(element, name.len));
    if (span_is_nocase(name, token) && (rest.len == 0 || rest.ptr[0] == ';')) {
      return true;
    }
  }
  return false;
}
