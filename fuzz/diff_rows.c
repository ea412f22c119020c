#include "fuzz/diff.h"

/* The byte at which we refused the stream; 0 behind its end. */
static uint8_t refused_byte(const struct diff *diff) {
  uint64_t at = diff->ours.error_at;
  return at < diff->wire.len ? diff->wire.ptr[at] : 0;
}

/* The line in which we refused it, as far as it is there. */
static struct span refused_line(const struct diff *diff) {
  struct span rest = span_skip(diff->wire, (size_t)diff->ours.error_line);
  size_t end = span_find(rest, span_of("\r\n"), 0);
  if (rest.ptr == NULL) {
    return span_of("");
  }
  return end == SIZE_MAX ? rest : span_make(rest.ptr, end);
}

/* That we refuse it is right: what follows looks again, in another way than the parser does. */

static bool is_control(uint8_t byte) {
  return (byte < ' ' && byte != '\t') || byte == 0x7f;
}

static bool at_lf(const struct diff *diff) {
  return refused_byte(diff) == '\n' && diff->ours.error_at > 0 &&
         diff->wire.ptr[diff->ours.error_at - 1] != '\r';
}

static bool at_cr(const struct diff *diff) {
  uint64_t at = diff->ours.error_at;
  return refused_byte(diff) != '\n' && at < diff->wire.len && at > 0 &&
         (diff->wire.ptr[at] == '\r' || diff->wire.ptr[at - 1] == '\r');
}

static bool at_control(const struct diff *diff) {
  return is_control(refused_byte(diff));
}

static bool is_folded(const struct diff *diff) {
  struct span rest = span_skip(diff->wire, (size_t)diff->ours.error_line);
  struct span line = refused_line(diff);
  struct span next = span_skip(rest, line.len + 2);
  uint8_t begin = next.len > 0 ? next.ptr[0] : 0;
  uint8_t byte = refused_byte(diff);
  return byte == ' ' || byte == '\t' || begin == ' ' || begin == '\t';
}

static bool is_letter(uint8_t byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_digit(uint8_t byte) {
  return byte >= '0' && byte <= '9';
}

/* "HTTP/1.x ddd " (RFC 9112 section 4). */
static bool no_status_line(const struct diff *diff) {
  struct span line = refused_line(diff);
  static const char form[] = "HTTP/1.d ddd ";
  for (size_t i = 0; i < sizeof(form) - 1; i++) {
    uint8_t byte = i < line.len ? line.ptr[i] : 0;
    if (form[i] == 'd' ? !is_digit(byte) : byte != (uint8_t)form[i]) {
      return true;
    }
  }
  return line.ptr[9] == '0' || line.ptr[9] > '5';
}

static bool is_blank_line(const struct diff *diff) {
  struct span line = refused_line(diff);
  return line.len == 0 || line.ptr[0] == '\n';
}

static bool no_field_name(const struct diff *diff) {
  static const char others[] = "!#$%&'*+-.^_`|~";
  struct span line = refused_line(diff);
  size_t i = 0;
  while (i < line.len && (is_digit(line.ptr[i]) || is_letter(line.ptr[i]) ||
                          memchr(others, line.ptr[i], sizeof(others) - 1) != NULL)) {
    i++;
  }
  return i == 0 || i == line.len || line.ptr[i] != ':';
}

/* The code of the response that is read in another way, as the one read it that read its head. */
static unsigned code(const struct diff *diff) {
  const struct adapter_response *ours = &diff->ours.responses[diff->response];
  return ours->has_head ? ours->code : diff->theirs.responses[diff->response].code;
}

static bool in_interim(const struct diff *diff) {
  return code(diff) / 100 == 1;
}

/* In one whose content its fields tell. */
static bool in_final(const struct diff *diff) {
  return code(diff) / 100 > 1 && code(diff) != 204 && code(diff) != 304;
}

static bool in_204(const struct diff *diff) {
  return code(diff) == 204;
}

static bool in_304(const struct diff *diff) {
  return code(diff) == 304;
}

static bool behind_interim(const struct diff *diff) {
  return diff->response > 0 && diff->ours.responses[diff->response - 1].code / 100 == 1;
}

static bool to_head(const struct diff *diff) {
  return diff->request == ADAPTER_HEAD && code(diff) / 100 > 1;
}

static bool behind_101(const struct diff *diff) {
  return diff->response > 0 && diff->ours.responses[diff->response - 1].code == 101;
}

/* Whether the text is in the stream, up to a byte, without case. */
static bool has_text(const struct diff *diff, const char *text, uint64_t end) {
  size_t len = strlen(text);
  for (size_t i = 0; i + len <= end && i + len <= diff->wire.len; i++) {
    if (span_is_nocase(span_make(diff->wire.ptr + i, len), text)) {
      return true;
    }
  }
  return false;
}

static bool has_framing(const struct diff *diff) {
  return has_text(diff, "content-length:", SIZE_MAX) ||
         has_text(diff, "transfer-encoding:", SIZE_MAX);
}

static bool in_framed_interim(const struct diff *diff) {
  return in_interim(diff) && has_framing(diff);
}

/* A response before this one was the last of its connection. */
static bool behind_close(const struct diff *diff) {
  return diff->response > 0 &&
         (has_text(diff, "close", SIZE_MAX) || has_text(diff, "HTTP/1.0", SIZE_MAX));
}

static bool coding_list(const struct diff *diff) {
  return in_final(diff) && has_text(diff, "transfer-encoding:", SIZE_MAX) &&
         has_text(diff, ",", SIZE_MAX);
}

/* In or behind the first chunk, or before it. */
static bool in_chunks(const struct diff *diff) {
  return diff->ours.responses[diff->response].has_head && has_text(diff, "chunked", SIZE_MAX);
}

/* A field whose name is longer than Transfer-Encoding and begins with it. */
static bool coding_longer_name(const struct diff *diff) {
  static const char name[] = "transfer-encoding";
  size_t len = sizeof(name) - 1;
  for (size_t i = 0; i + len < diff->wire.len; i++) {
    const uint8_t *at = diff->wire.ptr + i;
    if (span_is_nocase(span_make(at, len), name) && at[len] != ':' && !is_control(at[len])) {
      return true;
    }
  }
  return false;
}

static bool coding_empty(const struct diff *diff) {
  static const char name[] = "transfer-encoding:";
  size_t len = sizeof(name) - 1;
  for (size_t i = 0; i + len < diff->wire.len; i++) {
    struct span rest = span_skip(diff->wire, i);
    if (span_is_nocase(span_make(rest.ptr, len), name)) {
      size_t end = span_find(rest, span_of("\r\n"), 0);
      struct span line = end == SIZE_MAX ? rest : span_make(rest.ptr, end);
      if (span_trim(span_skip(line, len)).len == 0) {
        return true;
      }
    }
  }
  return false;
}

static bool coding_then_blank(const struct diff *diff) {
  return has_text(diff, "chunked\t", SIZE_MAX) || has_text(diff, "chunked ", SIZE_MAX);
}

static bool behind_trailers(const struct diff *diff) {
  return diff->response > 0 && has_text(diff, "chunked", SIZE_MAX) && has_framing(diff);
}

static bool behind_head(const struct diff *diff) {
  return diff->response > 0 && diff->request == ADAPTER_HEAD && has_framing(diff);
}

#define ALL "llhttp http-parser picohttpparser"
#define BOTH "llhttp http-parser"
#define FRAMING                                                                                    \
  "HPE_INVALID_EOF_STATE HPE_INVALID_CHUNK_SIZE HPE_INVALID_CONTENT_LENGTH "                       \
  "HPE_UNEXPECTED_CONTENT_LENGTH"

const struct diff_row diff_rows[] = {
    /* A response that has no content by its code. */
    {"interim-content", "response-interim-content-length-5", BOTH, DIFF_CONTENT, NULL, in_interim},
    {"interim-framing", "response-interim-chunked", BOTH, DIFF_REFUSES | DIFF_NUMBER, NULL,
     in_framed_interim},
    {"interim-chunks", "response-interim-chunked-with-chunks", BOTH, DIFF_TAKES, "bad-start-line",
     behind_interim},
    {"204-content", "response-204", BOTH, DIFF_CONTENT | DIFF_REFUSES, NULL, in_204},
    {"304-content", "response-304", BOTH, DIFF_CONTENT | DIFF_REFUSES, NULL, in_304},
    {"head-framing", "response-head-length-differs", BOTH, DIFF_REFUSES, FRAMING, to_head},
    /* The line grammar. */
    {"bare-lf", "response-error-bare-lf-end", ALL, DIFF_TAKES, "bad-line-end", at_lf},
    {"bare-cr", "response-error-bare-cr-reason", BOTH, DIFF_TAKES, "bad-line-end", at_cr},
    {"obs-fold", "response-error-obs-fold", "http-parser picohttpparser", DIFF_TAKES,
     "obs-fold bad-content-length", is_folded},
    {"blank-line", "response-error-blank-line-first", BOTH, DIFF_TAKES, "bad-start-line",
     is_blank_line},
    {"start-line", "response-error-no-sp-before-empty-reason", BOTH, DIFF_TAKES, "bad-start-line",
     no_status_line},
    {"status", "response-error-status-600", ALL, DIFF_TAKES, "bad-status", no_status_line},
    {"version-2", "response-error-version-2", BOTH, DIFF_TAKES, "bad-version", no_status_line},
    {"version-1.9", "response-http19", "llhttp", DIFF_REFUSES, "HPE_INVALID_VERSION", NULL},
    {"reason", "response-error-reason-nul", BOTH, DIFF_TAKES, "bad-reason", at_control},
    {"field-name", "response-error-blank-before-field", BOTH, DIFF_TAKES, "bad-field-name",
     no_field_name},
    {"field-value", "response-error-field-value-del", "http-parser", DIFF_TAKES, "bad-field-value",
     at_control},
    /* Framing by fields. */
    {"coding", "response-error-coding-parameter", ALL, DIFF_TAKES, "bad-transfer-encoding", NULL},
    {"heads-only", "response-error-length-differs", "picohttpparser", DIFF_TAKES,
     "bad-content-length length-and-encoding", NULL},
    {"length-list", "response-length-list", BOTH, DIFF_REFUSES,
     "HPE_INVALID_CONTENT_LENGTH HPE_UNEXPECTED_CONTENT_LENGTH", in_final},
    {"chunk-extension", "response-chunk-extension-tab", BOTH, DIFF_REFUSES,
     "HPE_INVALID_CHUNK_SIZE", in_final},
    {"trailer-framing", "response-chunked-trailers", "llhttp",
     DIFF_REFUSES | DIFF_CONTENT | DIFF_TAKES | DIFF_NUMBER, NULL, behind_trailers},
    {"head-length", "response-head-then-get", "llhttp", DIFF_CONTENT | DIFF_REFUSES, NULL,
     behind_head},
    {"chunk-end", "response-error-chunk-end-tab", BOTH, DIFF_TAKES, "bad-chunk bad-line-end",
     in_chunks},
    {"coding-blank", "response-coding-tab", BOTH, DIFF_CONTENT | DIFF_TAKES, NULL,
     coding_then_blank},
    {"coding-list", "response-coding-empty-element", BOTH, DIFF_CONTENT | DIFF_TAKES, NULL,
     coding_list},
    {"coding-longer-name", "response-coding-longer-name", "http-parser", DIFF_CONTENT | DIFF_TAKES,
     NULL, coding_longer_name},
    {"coding-empty", "response-error-length-and-empty-coding", "llhttp", DIFF_TAKES,
     "length-and-encoding", coding_empty},
    /* The end of the connection. */
    {"interim-close", "response-interim-connection-close", "llhttp", DIFF_NUMBER | DIFF_TAKES, NULL,
     behind_close},
    {"101-without-upgrade", "response-101-alone", BOTH, DIFF_TUNNEL | DIFF_NUMBER | DIFF_REFUSES,
     NULL, behind_101},
};

const size_t diff_num_rows = sizeof(diff_rows) / sizeof(diff_rows[0]);
