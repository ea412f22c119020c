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

static bool is_crlf(const struct diff *diff, uint64_t at) {
  return at + 1 < diff->wire.len && diff->wire.ptr[at] == '\r' && diff->wire.ptr[at + 1] == '\n';
}

static bool at_cr(const struct diff *diff) {
  uint64_t at = diff->ours.error_at;
  return refused_byte(diff) != '\n' && at < diff->wire.len && at > 0 && !is_crlf(diff, at) &&
         (diff->wire.ptr[at] == '\r' || diff->wire.ptr[at - 1] == '\r');
}

static bool at_control(const struct diff *diff) {
  return is_control(refused_byte(diff));
}

static bool is_blank(uint8_t byte) {
  return byte == ' ' || byte == '\t';
}

/* A line that begins with a blank, be it this one or the next. */
static bool is_folded(const struct diff *diff) {
  struct span rest = span_skip(diff->wire, (size_t)diff->ours.error_line);
  struct span line = refused_line(diff);
  struct span next = span_skip(rest, line.len + 2);
  uint8_t begin = next.len > 0 ? next.ptr[0] : 0;
  return is_blank(begin) || (line.len > 0 && is_blank(line.ptr[0]));
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
  return is_crlf(diff, diff->ours.error_line) || (line.len > 0 && line.ptr[0] == '\n');
}

static size_t token_length(struct span text) {
  static const char others[] = "!#$%&'*+-.^_`|~";
  size_t i = 0;
  while (i < text.len && (is_digit(text.ptr[i]) || is_letter(text.ptr[i]) ||
                          memchr(others, text.ptr[i], sizeof(others) - 1) != NULL)) {
    i++;
  }
  return i;
}

static bool no_field_name(const struct diff *diff) {
  struct span line = refused_line(diff);
  size_t len = token_length(line);
  return len == 0 || len == line.len || line.ptr[len] != ':';
}

/* The code of the response that is read in another way, as the one read it that read its head. */
static unsigned code(const struct diff *diff) {
  const struct adapter_response *ours = &diff->ours.responses[diff->response];
  return ours->has_head ? ours->code : diff->theirs.responses[diff->response].code;
}

/* The head of a response, with the line in which we refused it. */
static struct span head_of(const struct diff *diff, size_t response) {
  const struct adapter_response *ours = &diff->ours.responses[response];
  uint64_t end = diff->wire.len;
  if (ours->has_head) {
    end = ours->head_end;
  } else if (diff->ours.error != NULL) {
    end = diff->ours.error_line + refused_line(diff).len;
  }
  return span_skip(span_make(diff->wire.ptr, (size_t)end), (size_t)ours->begin);
}

/* Cuts the lines up to the next field of that name off the front; its value. */
static bool next_field(struct span *rest, const char *name, struct span *out_value) {
  while (rest->len > 0) {
    size_t end = span_find(*rest, span_of("\r\n"), 0);
    struct span line = span_make(rest->ptr, end == SIZE_MAX ? rest->len : end);
    *rest = span_skip(*rest, end == SIZE_MAX ? rest->len : end + 2);
    size_t colon = span_find(line, span_of(":"), 0);
    if (colon != SIZE_MAX && span_is_nocase(span_make(line.ptr, colon), name)) {
      *out_value = span_trim(span_skip(line, colon + 1));
      return true;
    }
  }
  return false;
}

static size_t num_fields(const struct diff *diff, size_t response, const char *name) {
  struct span rest = head_of(diff, response);
  struct span value;
  size_t num = 0;
  while (next_field(&rest, name, &value)) {
    num++;
  }
  return num;
}

/* Whether the text is in there, without case. */
static bool has_text(struct span span, const char *text) {
  size_t len = strlen(text);
  for (size_t i = 0; i + len <= span.len; i++) {
    if (span_is_nocase(span_make(span.ptr + i, len), text)) {
      return true;
    }
  }
  return false;
}

/* Whether a field of that name has the text in its value. */
static bool field_has(const struct diff *diff, size_t response, const char *name,
                      const char *text) {
  struct span rest = head_of(diff, response);
  struct span value;
  bool has = false;
  while (next_field(&rest, name, &value)) {
    has = has || has_text(value, text);
  }
  return has;
}

static bool has_framing(const struct diff *diff, size_t response) {
  return num_fields(diff, response, "content-length") > 0 ||
         num_fields(diff, response, "transfer-encoding") > 0;
}

/* Its fields say that it has content, its code that it has none, and we read none. A peer that
 * refuses it does so for a length, or in that content; one that takes it reads fewer responses. */
static bool framed_in_vain(const struct diff *diff) {
  const struct adapter_response *ours = &diff->ours.responses[diff->response];
  bool refused = diff->theirs.responses[diff->response].has_head ||
                 (diff->error != NULL && strstr(diff->error, "CONTENT_LENGTH") != NULL);
  return has_framing(diff, diff->response) && ours->content == 0 && ours->length == 0 &&
         (diff->kind != DIFF_NUMBER || diff->ours.num > diff->theirs.num) &&
         (diff->kind != DIFF_REFUSES || refused);
}

static bool in_framed_interim(const struct diff *diff) {
  return code(diff) / 100 == 1 && framed_in_vain(diff);
}

static bool in_framed_204(const struct diff *diff) {
  return code(diff) == 204 && framed_in_vain(diff);
}

static bool in_framed_304(const struct diff *diff) {
  return code(diff) == 304 && framed_in_vain(diff);
}

/* What is behind a framed interim response, and no status line. */
static bool behind_framed_interim(const struct diff *diff) {
  return diff->response > 0 && diff->ours.responses[diff->response - 1].code / 100 == 1 &&
         has_framing(diff, diff->response - 1) && no_status_line(diff);
}

/* In a final response whose content its fields tell. */
static bool in_final(const struct diff *diff) {
  return code(diff) / 100 > 1 && code(diff) != 204 && code(diff) != 304;
}

static size_t first_final(const struct diff *diff) {
  size_t i = 0;
  while (i < diff->response && diff->ours.responses[i].code / 100 == 1) {
    i++;
  }
  return i;
}

static bool to_head(const struct diff *diff) {
  return diff->request == ADAPTER_HEAD && code(diff) / 100 > 1 &&
         first_final(diff) == diff->response && framed_in_vain(diff);
}

static bool behind_head(const struct diff *diff) {
  size_t answer = first_final(diff);
  return diff->request == ADAPTER_HEAD && answer < diff->response && has_framing(diff, answer);
}

/* A 101 without the fields that RFC 9110 section 7.8 has it bring. */
static bool behind_bare_101(const struct diff *diff) {
  if (diff->response == 0 || diff->ours.responses[diff->response - 1].code != 101) {
    return false;
  }
  struct span head = head_of(diff, diff->response - 1);
  struct span value;
  bool upgrade = false;
  bool connection = false;
  for (struct span rest = head; next_field(&rest, "upgrade", &value);) {
    upgrade = upgrade || value.len > 0;
  }
  for (struct span rest = head; next_field(&rest, "connection", &value);) {
    connection = connection || span_is_nocase(value, "upgrade");
  }
  return diff->ours.tunnel && !(upgrade && connection);
}

/* A minor version that llhttp does not know. */
static bool minor_over_1(const struct diff *diff) {
  struct span head = head_of(diff, diff->response);
  return head.ptr != NULL && head.len > 7 && span_starts(head, "HTTP/1.") &&
         is_digit(head.ptr[7]) && head.ptr[7] > '1';
}

/* A response before this one was the last of its connection, for the peer. */
static bool behind_close(const struct diff *diff) {
  for (size_t i = 0; i < diff->response; i++) {
    if (field_has(diff, i, "connection", "close") || span_starts(head_of(diff, i), "HTTP/1.0")) {
      return diff->kind != DIFF_NUMBER || diff->ours.num > diff->theirs.num;
    }
  }
  return false;
}

static bool has_odd_trailers(const struct diff *diff) {
  for (size_t i = 0; i <= diff->response; i++) {
    if (diff->ours.responses[i].odd_trailers) {
      return true;
    }
  }
  return false;
}

/* A list of lengths, or two fields with one each: right where they are the same. */
static bool length_repeated(const struct diff *diff) {
  return in_final(diff) && (num_fields(diff, diff->response, "content-length") > 1 ||
                            field_has(diff, diff->response, "content-length", ","));
}

/* Two lengths, or one that is no number of at most 19 digits, or one beside a coding. */
static bool length_wrong(const struct diff *diff) {
  struct span rest = head_of(diff, diff->response);
  struct span value;
  uint64_t number = 0;
  bool wrong = num_fields(diff, diff->response, "content-length") > 1;
  while (next_field(&rest, "content-length", &value)) {
    wrong = wrong || !span_number(value, &number) ||
            num_fields(diff, diff->response, "transfer-encoding") > 0;
  }
  return wrong;
}

/* A field that is not a list of tokens with chunked at most once, or is in an HTTP/1.0 response. */
static bool coding_wrong(const struct diff *diff) {
  struct span rest = head_of(diff, diff->response);
  bool wrong = span_starts(rest, "HTTP/1.0");
  size_t chunked = 0;
  struct span value;
  while (next_field(&rest, "transfer-encoding", &value)) {
    struct span list = value;
    size_t elements = 0;
    for (size_t comma = 0; list.len > 0; list = span_skip(list, comma + 1)) {
      comma = span_find(list, span_of(","), 0);
      comma = comma == SIZE_MAX ? list.len : comma;
      struct span coding = span_trim(span_make(list.ptr, comma));
      elements += coding.len > 0;
      chunked += span_is_nocase(coding, "chunked");
      wrong = wrong || (coding.len > 0 && token_length(coding) < coding.len);
    }
    wrong = wrong || elements == 0;
  }
  return wrong || chunked > 1;
}

static bool coding_list(const struct diff *diff) {
  return in_final(diff) && (field_has(diff, diff->response, "transfer-encoding", ",") ||
                            num_fields(diff, diff->response, "transfer-encoding") > 1);
}

static bool coding_empty(const struct diff *diff) {
  struct span rest = head_of(diff, diff->response);
  struct span value;
  while (next_field(&rest, "transfer-encoding", &value)) {
    if (value.len == 0) {
      return true;
    }
  }
  return false;
}

static bool coding_then_blank(const struct diff *diff) {
  struct span head = head_of(diff, diff->response);
  return has_text(head, "chunked\t") || has_text(head, "chunked ");
}

/* A value is told without the blanks behind it: they are in its line. */
static bool length_then_tab(const struct diff *diff) {
  struct span head = head_of(diff, diff->response);
  struct span rest = head;
  struct span value;
  while (next_field(&rest, "content-length", &value)) {
    struct span line = value.len == 0 ? value : span_skip(head, (size_t)(value.ptr - head.ptr));
    size_t end = span_find(line, span_of("\r\n"), 0);
    if (span_find(line, span_of("\t"), 0) < end) {
      return true;
    }
  }
  return false;
}

/* A field whose name is longer than Transfer-Encoding and begins with it. */
static bool coding_longer_name(const struct diff *diff) {
  static const char name[] = "transfer-encoding";
  size_t len = sizeof(name) - 1;
  struct span head = head_of(diff, diff->response);
  for (size_t i = 0; head.ptr != NULL && i + len < head.len; i++) {
    const uint8_t *at = head.ptr + i;
    if (span_is_nocase(span_make(at, len), name) && at[len] != ':' && !is_control(at[len])) {
      return true;
    }
  }
  return false;
}

static size_t hex_length(struct span text) {
  static const char letters[] = "abcdefABCDEF";
  size_t i = 0;
  while (i < text.len &&
         (is_digit(text.ptr[i]) || memchr(letters, text.ptr[i], sizeof(letters) - 1) != NULL)) {
    i++;
  }
  return i;
}

/* Hexadecimal digits that fit, then nothing, or something that begins with ";" (RFC 9112 section
 * 7.1). */
static bool is_chunk_size(struct span line, uint64_t *out_size) {
  size_t digits = hex_length(line);
  struct span behind = span_skip(line, digits);
  struct span extension = span_trim(behind);
  uint64_t size = 0;
  bool fits = digits > 0;
  for (size_t i = 0; i < digits; i++) {
    unsigned low = line.ptr[i] & 15U;
    fits = fits && size <= UINT64_MAX >> 4;
    size = size << 4 | (is_digit(line.ptr[i]) ? low : low + 9);
  }
  for (size_t i = 0; i < behind.len; i++) {
    fits = fits && !is_control(behind.ptr[i]);
  }
  *out_size = size;
  return fits && (behind.len == 0 || (extension.len > 0 && extension.ptr[0] == ';'));
}

/* Cuts the next chunk off the front; nothing is left behind the last one, and behind one that is
 * cut. False when it is no chunk. */
static bool next_chunk(struct span *rest, struct span *out_line, uint64_t *out_size) {
  size_t end = span_find(*rest, span_of("\r\n"), 0);
  *out_line = span_make(rest->ptr, end == SIZE_MAX ? rest->len : end);
  if (!is_chunk_size(*out_line, out_size)) {
    return false;
  }
  *rest = span_skip(*rest, out_line->len + 2);
  if (*out_size == 0 || *out_size >= rest->len) {
    *rest = (struct span){0};
    return true;
  }
  *rest = span_skip(*rest, (size_t)*out_size);
  bool ended = span_starts(*rest, "\r\n");
  *rest = span_skip(*rest, 2);
  return ended;
}

static struct span behind_head_of(const struct diff *diff) {
  return span_skip(diff->wire, (size_t)diff->ours.responses[diff->response].head_end);
}

static bool has_chunks(const struct diff *diff) {
  return field_has(diff, diff->response, "transfer-encoding", "chunked");
}

/* The content is not in chunks, as its field says: a second walk through them. */
static bool chunk_wrong(const struct diff *diff) {
  struct span rest = behind_head_of(diff);
  struct span line;
  uint64_t size = 0;
  while (has_chunks(diff) && rest.len > 0) {
    if (!next_chunk(&rest, &line, &size)) {
      return true;
    }
  }
  return false;
}

/* The peer read the chunks up to the first one with that blank right behind its size. */
static bool refused_chunk_size_then(const struct diff *diff, const char *blank) {
  struct span rest = behind_head_of(diff);
  struct span line;
  uint64_t size = 0;
  uint64_t before = 0;
  while (in_final(diff) && has_chunks(diff) && rest.len > 0 && next_chunk(&rest, &line, &size)) {
    if (span_starts(span_skip(line, hex_length(line)), blank)) {
      return diff->theirs.responses[diff->response].length == before;
    }
    before += size;
  }
  return false;
}

static bool chunk_size_then_tab(const struct diff *diff) {
  return refused_chunk_size_then(diff, "\t");
}

static bool chunk_size_then_space(const struct diff *diff) {
  return refused_chunk_size_then(diff, " ");
}

#define ALL "llhttp http-parser picohttpparser"
#define BOTH "llhttp http-parser"
#define FRAMING                                                                                    \
  "HPE_INVALID_EOF_STATE HPE_INVALID_CHUNK_SIZE HPE_INVALID_CONTENT_LENGTH "                       \
  "HPE_UNEXPECTED_CONTENT_LENGTH"

const struct diff_row diff_rows[] = {
    /* A response that has no content by its code. */
    {"interim-content", "response-interim-content-length-5", BOTH, DIFF_CONTENT, NULL,
     in_framed_interim},
    {"interim-framing", "response-interim-chunked", BOTH, DIFF_REFUSES | DIFF_NUMBER, NULL,
     in_framed_interim},
    {"interim-chunks", "response-interim-chunked-with-chunks", BOTH, DIFF_TAKES, "bad-start-line",
     behind_framed_interim},
    {"204-content", "response-204", BOTH, DIFF_CONTENT | DIFF_REFUSES, NULL, in_framed_204},
    {"304-content", "response-304", BOTH, DIFF_CONTENT | DIFF_REFUSES, NULL, in_framed_304},
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
    {"version-1.9", "response-http19", "llhttp", DIFF_REFUSES, "HPE_INVALID_VERSION", minor_over_1},
    {"reason", "response-error-reason-nul", BOTH, DIFF_TAKES, "bad-reason", at_control},
    {"field-name", "response-error-blank-before-field", BOTH, DIFF_TAKES, "bad-field-name",
     no_field_name},
    {"field-value", "response-error-field-value-del", "http-parser", DIFF_TAKES, "bad-field-value",
     at_control},
    /* Framing by fields. */
    {"coding", "response-error-coding-parameter", ALL, DIFF_TAKES, "bad-transfer-encoding",
     coding_wrong},
    {"heads-only", "response-error-length-differs", "picohttpparser", DIFF_TAKES,
     "bad-content-length length-and-encoding", length_wrong},
    {"length-list", "response-length-list", BOTH, DIFF_REFUSES,
     "HPE_INVALID_CONTENT_LENGTH HPE_UNEXPECTED_CONTENT_LENGTH", length_repeated},
    {"length-tab", "response-length-tab", BOTH, DIFF_REFUSES, "HPE_INVALID_CONTENT_LENGTH",
     length_then_tab},
    {"chunk-size-tab", "response-chunk-extension-tab", BOTH, DIFF_REFUSES, "HPE_INVALID_CHUNK_SIZE",
     chunk_size_then_tab},
    {"chunk-size-space", "response-chunked-extensions", "llhttp", DIFF_REFUSES,
     "HPE_INVALID_CHUNK_SIZE", chunk_size_then_space},
    {"trailer-framing", "response-chunked-trailers", "llhttp",
     DIFF_REFUSES | DIFF_CONTENT | DIFF_TAKES | DIFF_NUMBER, NULL, has_odd_trailers},
    {"trailer-length", "response-trailer-length-bad", "http-parser", DIFF_REFUSES,
     "HPE_INVALID_CONTENT_LENGTH HPE_UNEXPECTED_CONTENT_LENGTH", has_odd_trailers},
    {"head-length", "response-head-then-get", "llhttp", DIFF_CONTENT | DIFF_REFUSES, NULL,
     behind_head},
    {"chunk-end", "response-error-chunk-end-tab", BOTH, DIFF_TAKES, "bad-chunk bad-line-end",
     chunk_wrong},
    {"coding-blank", "response-coding-tab", BOTH, DIFF_CONTENT | DIFF_TAKES, NULL,
     coding_then_blank},
    {"coding-list", "response-coding-empty-element", BOTH, DIFF_CONTENT | DIFF_TAKES, NULL,
     coding_list},
    {"coding-longer-name", "response-coding-longer-name", "http-parser",
     DIFF_CONTENT | DIFF_TAKES | DIFF_REFUSES, NULL, coding_longer_name},
    {"coding-empty", "response-error-length-and-empty-coding", "llhttp", DIFF_TAKES,
     "length-and-encoding", coding_empty},
    /* The end of the connection. */
    {"interim-close", "response-interim-connection-close", "llhttp", DIFF_NUMBER | DIFF_TAKES, NULL,
     behind_close},
    {"101-without-upgrade", "response-101-alone", BOTH, DIFF_TUNNEL | DIFF_NUMBER | DIFF_REFUSES,
     NULL, behind_bare_101},
};

const size_t diff_num_rows = sizeof(diff_rows) / sizeof(diff_rows[0]);
