#include "peer/bugs.h"

#include "core/h1.h"

struct bug_cut bug_cut(const struct exchange *x, const struct message *head) {
  struct bug_cut cut = {0};
  const struct bug *bug = x->relay->config.bug;
  if (bug == NULL || !status_is_interim(head->code)) {
    return cut;
  }
  if (head->code == 101) {
    cut.len = bug->fault == BUG_TUNNEL_BYTES_LOST ? x->facts.unread : 0;
    return cut;
  }
  if (!bug_strikes(x, head, bug->fault)) {
    return cut;
  }
  const struct field *length = field_find(head->fields.first, "Content-Length");
  uint64_t number = 0;
  cut.head_forgotten = bug->fault == BUG_HEAD_FORGOTTEN && span_is(x->request.method, "HEAD");
  if (bug->fault == BUG_SWALLOW) {
    cut.len = x->facts.unread;
  } else if (bug->fault == BUG_OBEY_LENGTH && length != NULL &&
             span_number(length->value, &number) && number < 1000000) {
    cut.len = (size_t)number;
  } else if (bug->fault == BUG_OBEY_CODING &&
             field_find(head->fields.first, "Transfer-Encoding") != NULL) {
    cut.len = 1000000; /* until an end that never comes */
  }
  return cut;
}

enum { STAND_IN = 'Q' }; /* for a byte that the strict parser would refuse */

static bool is_bad(struct span rest, bool in_name) {
  uint8_t byte = rest.ptr[0];
  bool token = byte == '-' || (byte >= '0' && byte <= '9') || (byte | 0x20U) >= 'a';
  bool bare = byte == '\r' && !span_starts(rest, "\r\n");
  return byte == '\0' || bare || (in_name && (!token || byte >= 0x7f));
}

/* In lines that begin as those of the cases about them do. */
static void mend_bytes(struct span bytes, struct bytes *in) {
  bool bad_line = false;
  bool in_name = true;
  for (size_t i = 0; i < bytes.len; i++) {
    uint8_t byte = bytes.ptr[i];
    struct span rest = span_skip(bytes, i);
    if (i == 0 || bytes.ptr[i - 1] == '\n') {
      bad_line =
          span_starts(rest, "X-Bad") || span_starts(rest, "X-Nul") || span_starts(rest, "X-Cr");
      in_name = true;
    }
    in_name = in_name && byte != ':';
    byte = bad_line && is_bad(rest, in_name) ? (uint8_t)STAND_IN : byte;
    bytes_add(in, span_make(&byte, 1));
  }
}

void bug_bytes(const struct exchange *x, struct span bytes, struct bytes *in) {
  if (bug_is(x->relay, BUG_LAX_BYTES) && x->rule.state == RULE_WAITING) {
    mend_bytes(bytes, in);
  } else {
    bytes_add(in, bytes);
  }
}

static void cut_text(struct bytes *text, const char *what, size_t from, size_t to) {
  size_t len = strlen(what);
  for (size_t i = 0; i + len <= text->len; i++) {
    if (memcmp(text->ptr + i, what, len) == 0) {
      memmove(text->ptr + i + from, text->ptr + i + to, text->len - i - to);
      text->len -= to - from;
      return;
    }
  }
}

void bug_text(const struct exchange *x, const struct message *head, struct bytes *text) {
  const struct bug *bug = x->relay->config.bug;
  if (bug == NULL || !status_is_interim(head->code) || !bug_strikes(x, head, bug->fault)) {
    return;
  }
  if (bug->fault == BUG_OLD_VERSION) {
    text->ptr[7] = '0';
  } else if (bug->fault == BUG_NO_BLANK) {
    cut_text(text, " \r\n", 0, 1);
  } else if (bug->fault == BUG_101_NO_CONNECTION) {
    cut_text(text, "Connection: upgrade\r\n", 0, strlen("Connection: upgrade\r\n"));
  } else if (bug->fault == BUG_NO_EMPTY_LINE) {
    text->len -= 2;
  } else if (bug->fault == BUG_LAX_BYTES) {
    uint8_t *stand_in = memchr(text->ptr, STAND_IN, text->len);
    if (stand_in != NULL) {
      *stand_in = '\0';
    }
  }
}

bool bug_lost(struct exchange *x, enum rule_breach breach) {
  if (bug_is(x->relay, BUG_LOST_SILENT)) {
    x->facts.mute = true;
    return true;
  }
  if (bug_is(x->relay, BUG_CUT_AS_WHOLE) && breach == RULE_FINAL_CUT) {
    struct message none = {.minor = 1};
    x->answered = true;
    x->front->end(x->front_self, &none);
    return true;
  }
  if (bug_is(x->relay, BUG_LOST_AS_SUCCESS) && breach != RULE_FINAL_CUT) {
    struct message success = {.code = 200, .minor = 1, .content = CONTENT_LENGTH};
    success.reason = span_of("OK");
    x->answered = true;
    x->front->final(x->front_self, &success);
    x->front->end(x->front_self, &success);
    return true;
  }
  return false;
}

void bug_switch(struct exchange *x, struct message *head) {
  if (bug_is(x->relay, BUG_101_NO_FIELDS)) {
    head->upgrade = span_make(NULL, 0);
  }
}
