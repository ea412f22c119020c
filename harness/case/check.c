/* What the grammar allows and sense does not: steps that nothing can reach, answers to nothing. */
#include "case/check.h"

#include <stdarg.h>

int check_fail(const struct case_file *file, size_t line, size_t column, struct diag *diag,
               const char *format, ...) {
  char reason[sizeof(diag->reason)];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(reason, sizeof(reason), format, args);
  va_end(args);
  diag_set(diag, file->file, line, column, "%s", reason);
  struct span text = {NULL, 0};
  size_t at = 0;
  for (size_t i = 0; i < line && line_cut(file->text, &at, &text); i++) {
  }
  diag_source(diag, text);
  return -1;
}

static int step_fail(const struct case_file *file, const struct step *step, struct diag *diag,
                     const char *reason) {
  return check_fail(file, step->line, step->column, diag, "%s", reason);
}

static bool same_peer(const struct step *a, const struct step *b) {
  return a->lane == b->lane && a->number == b->number && a->verb != VERB_PAUSES &&
         b->verb != VERB_PAUSES;
}

static bool has_kind(const struct step *step, enum message kind) {
  for (size_t i = 0; i < step->num_messages; i++) {
    if (step->messages[i].kind == kind) {
      return true;
    }
  }
  return false;
}

static bool has_head(const struct step *step) {
  return has_kind(step, MESSAGE_REQUEST) || has_kind(step, MESSAGE_STATUS);
}

static bool holds(struct span text, const char *needle) {
  return span_find(text, span_of(needle), 0) != SIZE_MAX;
}

static bool holds_mark(struct span text) {
  return holds(text, "{nonce}") || holds(text, "{path}");
}

/* How many request lines with {nonce} or {path} these bytes hold; at least one when they hold a
 * mark. */
static uint64_t requests_in_bytes(struct span bytes) {
  if (!holds_mark(bytes)) {
    return 0;
  }
  uint64_t num = 0;
  size_t at = 0;
  struct span line;
  while (line_cut(bytes, &at, &line)) {
    num += holds_mark(line) && holds(line, " HTTP/1.");
  }
  return num == 0 ? 1 : num;
}

static uint64_t requests_of(const struct step *step) {
  if (step->lane != LANE_CLIENT || step->verb != VERB_SENDS) {
    return 0;
  }
  switch (step->messages[0].kind) {
  case MESSAGE_REQUEST:
    return step->repeat;
  case MESSAGE_BYTES:
    return step->repeat * requests_in_bytes(step->content);
  case MESSAGE_STATUS:
  case MESSAGE_CONTENT:
  case MESSAGE_FRAME:
  case MESSAGE_CLOSE:
  case MESSAGE_ABORT:
  case MESSAGE_NOTHING:
    break;
  }
  return 0;
}

static int check_seats(const struct case_file *file, size_t index, struct diag *diag) {
  const struct step *step = &file->steps[index];
  if (step->verb == VERB_PAUSES) {
    return 0;
  }
  if (step->lane == LANE_ORIGIN && (file->seats & SEAT_ORIGIN) != 0) {
    return step_fail(file, step, diag,
                     "at seat origin the target is the origin: take out origin steps or the seat");
  }
  if (step->lane == LANE_CLIENT && (file->seats & SEAT_CLIENT) != 0) {
    return step_fail(file, step, diag,
                     "at seat client the target is the client: take out client steps or the seat");
  }
  return 0;
}

static int check_direction(const struct case_file *file, size_t index, struct diag *diag) {
  const struct step *step = &file->steps[index];
  bool sends = step->verb == VERB_SENDS;
  bool client = step->lane == LANE_CLIENT;
  if (has_kind(step, MESSAGE_STATUS) && sends == client) {
    return step_fail(file, step, diag,
                     client ? "a client sends requests: a METHOD, content or bytes"
                            : "an origin sees requests: a METHOD, content, close or abort");
  }
  if (has_kind(step, MESSAGE_REQUEST) && sends != client) {
    return step_fail(file, step, diag,
                     client ? "a client sees responses: a CODE, content, close or abort"
                            : "an origin sends responses: a CODE such as 102, content or bytes");
  }
  return 0;
}

/* origin N answers the case's Nth request, which must have been sent by then. */
static int check_request(const struct case_file *file, size_t index, struct diag *diag) {
  const struct step *step = &file->steps[index];
  if (step->lane != LANE_ORIGIN || (file->seats & SEAT_CLIENT) != 0) {
    return 0;
  }
  uint64_t sent = 0;
  for (size_t i = 0; i < index; i++) {
    sent += requests_of(&file->steps[i]);
  }
  if (step->number > sent) {
    return check_fail(
        file, step->line, step->column, diag,
        "origin %u is request number %u, but the steps before send %llu: add a client "
        "step that sends it",
        step->number, step->number, (unsigned long long)sent);
  }
  return 0;
}

static int check_client_began(const struct case_file *file, size_t index, struct diag *diag) {
  const struct step *step = &file->steps[index];
  bool sees = step->verb == VERB_SEES || step->verb == VERB_MAY_SEE;
  if (step->lane != LANE_CLIENT || !sees) {
    return 0;
  }
  for (size_t i = 0; i < index; i++) {
    if (same_peer(step, &file->steps[i]) && file->steps[i].verb == VERB_SENDS) {
      return 0;
    }
  }
  return check_fail(file, step->line, step->column, diag,
                    "client %u sees an answer before it sent anything: move its request up",
                    step->number);
}

static bool only_sees_end(const struct step *step) {
  if (step->verb != VERB_SEES) {
    return false;
  }
  for (size_t i = 0; i < step->num_messages; i++) {
    enum message kind = step->messages[i].kind;
    if (kind != MESSAGE_CLOSE && kind != MESSAGE_ABORT) {
      return false;
    }
  }
  return true;
}

/* Why a step cannot happen after an earlier one of the same peer; NULL when it can. */
static const char *barred_by(const struct step *before, const struct step *step) {
  bool sees = step->verb == VERB_SEES || step->verb == VERB_MAY_SEE;
  bool ends =
      step->verb == VERB_CLOSES || step->verb == VERB_HALF_CLOSES || step->verb == VERB_ABORTS;
  if (before->verb == VERB_HALF_CLOSES && step->verb == VERB_SENDS) {
    return "nothing is sent after half-closes: move it up";
  }
  if (before->verb == VERB_CLOSES && (step->verb == VERB_SENDS || ends)) {
    return "the connection is closed by then: move it above closes";
  }
  if (before->verb == VERB_ABORTS && (step->verb == VERB_SENDS || ends || sees)) {
    return "the connection is reset by then: move it above aborts";
  }
  if (only_sees_end(before) && sees) {
    return "the connection's end was seen by then: nothing more can be seen on it";
  }
  return NULL;
}

static int check_ended(const struct case_file *file, size_t index, struct diag *diag) {
  const struct step *step = &file->steps[index];
  for (size_t i = 0; i < index; i++) {
    const struct step *before = &file->steps[i];
    const char *reason = same_peer(before, step) ? barred_by(before, step) : NULL;
    if (reason != NULL) {
      return step_fail(file, step, diag, reason);
    }
  }
  return 0;
}

static int check_content(const struct case_file *file, size_t index, struct diag *diag) {
  const struct step *step = &file->steps[index];
  if (!has_kind(step, MESSAGE_CONTENT)) {
    return 0;
  }
  bool sends = step->verb == VERB_SENDS;
  for (size_t i = 0; i < index; i++) {
    const struct step *before = &file->steps[i];
    bool begun =
        has_head(before) || has_kind(before, MESSAGE_BYTES) || has_kind(before, MESSAGE_FRAME);
    if (same_peer(before, step) && begun && sends == (before->verb == VERB_SENDS)) {
      return 0;
    }
  }
  return step_fail(file, step, diag,
                   sends ? "content of what: no message was sent before on this lane"
                         : "content of what: no message was seen before on this lane");
}

/* Whether a tunnel may begin with this step of the client: it asks for one with CONNECT, or sees a
 * 101. */
static bool may_begin_tunnel(const struct step *step) {
  for (size_t i = 0; i < step->num_messages; i++) {
    const struct case_message *message = &step->messages[i];
    bool connects = (message->kind == MESSAGE_REQUEST && span_is(message->method, "CONNECT")) ||
                    (message->kind == MESSAGE_BYTES && span_starts(step->content, "CONNECT "));
    bool switches = message->kind == MESSAGE_STATUS && message->low <= 101 && message->high >= 101;
    if (connects || switches) {
      return true;
    }
  }
  return false;
}

/* The content of a final response is seen with it: only a tunnel's bytes are seen by themselves. */
static int check_tunnel(const struct case_file *file, size_t index, struct diag *diag) {
  const struct step *step = &file->steps[index];
  if (step->lane != LANE_CLIENT || step->verb == VERB_SENDS || !has_kind(step, MESSAGE_CONTENT)) {
    return 0;
  }
  for (size_t i = 0; i < index; i++) {
    if (same_peer(&file->steps[i], step) && may_begin_tunnel(&file->steps[i])) {
      return 0;
    }
  }
  return step_fail(file, step, diag,
                   "a client sees content by itself only in a tunnel, behind a 101 or CONNECT: put "
                   "the | lines below the response");
}

static int check_bodiless(const struct case_file *file, size_t index, struct diag *diag) {
  const struct step *step = &file->steps[index];
  for (size_t i = 0; step->has_content && i < step->num_messages; i++) {
    const struct case_message *message = &step->messages[i];
    if (message->kind != MESSAGE_STATUS) {
      continue;
    }
    bool bodiless = message->high < 200 ||
                    (message->low == message->high && (message->low == 204 || message->low == 304));
    if (bodiless) {
      return check_fail(file, step->line, step->column, diag,
                        "a %u has no content: take the | lines out, or send it as bytes",
                        message->low);
    }
  }
  return 0;
}

static int check_switching(const struct case_file *file, size_t index, struct diag *diag) {
  const struct step *step = &file->steps[index];
  if (step->verb != VERB_SENDS || step->messages[0].kind != MESSAGE_STATUS ||
      step->messages[0].low != 101 || (file->backs & HTTP_H2) == 0) {
    return 0;
  }
  return step_fail(file, step, diag, "HTTP/2 has no 101; pin it: back h1");
}

static int check_glued(const struct case_file *file, size_t index, struct diag *diag) {
  const struct step *step = &file->steps[index];
  if (!step->glued) {
    return 0;
  }
  for (size_t i = index + 1; i < file->num_steps; i++) {
    if (file->steps[i].verb == VERB_SENDS && file->steps[i].lane == step->lane) {
      return 0;
    }
  }
  return step_fail(file, step, diag,
                   "glued to what: this lane sends nothing after it, so it would never be written");
}

static int check_raw_request(const struct case_file *file, size_t index, struct diag *diag) {
  const struct step *step = &file->steps[index];
  if (step->lane != LANE_CLIENT || !has_kind(step, MESSAGE_BYTES) || holds_mark(step->content)) {
    return 0;
  }
  for (size_t i = 0; i < index; i++) {
    if (same_peer(step, &file->steps[i]) && requests_of(&file->steps[i]) > 0) {
      return 0;
    }
  }
  return step_fail(
      file, step, diag,
      "a raw request without {path} or {nonce}: its answer could not be told from others");
}

/* Whether bytes hold the start of a final response's status line. */
static bool holds_final(struct span bytes) {
  struct span version = span_of("HTTP/1.");
  for (size_t at = span_find(bytes, version, 0); at != SIZE_MAX;
       at = span_find(bytes, version, at + 1)) {
    struct span rest = span_skip(bytes, at + version.len);
    if (rest.len >= 3 && rest.ptr[1] == ' ' && rest.ptr[2] >= '2' && rest.ptr[2] <= '5') {
      return true;
    }
  }
  return false;
}

static int check_raw_final(const struct case_file *file, size_t index, struct diag *diag) {
  const struct step *step = &file->steps[index];
  if (step->lane != LANE_ORIGIN || !has_kind(step, MESSAGE_BYTES) || !holds_final(step->content) ||
      holds(step->content, "{nonce}")) {
    return 0;
  }
  return step_fail(
      file, step, diag,
      "a raw final response without {nonce}: it could not be told from others; add a line "
      "\"Interim-Nonce: {nonce}\"");
}

static bool of_timeout(const struct step *step) {
  return ((step->pace_us | step->within_us | step->duration_us) & CASE_OF_TIMEOUT) != 0;
}

static int check_timeout(const struct case_file *file, size_t index, struct diag *diag) {
  const struct step *step = &file->steps[index];
  if (!of_timeout(step)) {
    return 0;
  }
  for (size_t i = 0; i < file->num_needs; i++) {
    if (span_is(file->needs[i], "target-timeout")) {
      return 0;
    }
  }
  return step_fail(file, step, diag,
                   "a percentage of the target's timeout: the case needs a line \"needs "
                   "target-timeout\"");
}

/* Only of an origin server is it known which request makes it send an interim response. */
static int check_trigger(const struct case_file *file, size_t index, struct diag *diag) {
  const struct step *step = &file->steps[index];
  unsigned code = step->num_messages == 0 ? 0 : step->messages[0].trigger;
  char word[16];
  (void)snprintf(word, sizeof(word), "trigger-%u", code);
  bool needed = false;
  for (size_t i = 0; i < file->num_needs; i++) {
    needed = needed || span_is(file->needs[i], word);
  }
  if (code == 0 || (needed && file->seats == SEAT_ORIGIN)) {
    return 0;
  }
  return check_fail(file, step->line, step->column, diag,
                    needed ? "only an origin server is given triggers: write seat origin"
                           : "the case needs a line \"needs %s\"",
                    word);
}

static int (*const step_checks[])(const struct case_file *, size_t, struct diag *) = {
    check_seats,       check_direction, check_request,  check_client_began, check_ended,
    check_content,     check_tunnel,    check_bodiless, check_switching,    check_glued,
    check_raw_request, check_raw_final, check_timeout,  check_trigger,
};

static int check_seen(const struct case_file *file, struct diag *diag) {
  for (size_t i = 0; i < file->num_steps; i++) {
    if (file->steps[i].verb == VERB_SEES) {
      return 0;
    }
  }
  const struct step *last = &file->steps[file->num_steps - 1];
  return step_fail(file, last, diag,
                   "nothing is ever seen: end with a sees step, so that the case can fail");
}

int case_check(const struct case_file *file, const struct registry *registry, struct diag *diag) {
  if (check_cites(file, registry, diag) < 0) {
    return -1;
  }
  for (size_t i = 0; i < file->num_steps; i++) {
    for (size_t k = 0; k < sizeof(step_checks) / sizeof(step_checks[0]); k++) {
      if (step_checks[k](file, i, diag) < 0) {
        return -1;
      }
    }
  }
  return check_seen(file, diag);
}
