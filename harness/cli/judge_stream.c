#include "cli/judge_stream.h"

#include "base/escape.h"
#include "cli/cli.h"
#include "core/h1_response.h"
#include "core/interim_rule.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>

enum { READ_SIZE = 65536, INDENT = 20, SHOWN_BEFORE = 60, SHOWN_BEHIND = 30 };

struct judging {
  const struct judge_options *options;
  FILE *out;
  struct h1_response parser;
  struct interim_rule rule;
  struct bytes window;
  size_t num_requests; /* that the parser and the rule know of */
  uint64_t message;    /* where the present or last message began */
  unsigned code;       /* its status code; 0 before the first */
  bool inside;         /* of a head or content */
  bool failed;         /* the parser cannot go on */
  size_t num_interims;
  size_t num_finals;
  size_t num_faults;
  uint64_t tunnel; /* bytes behind a 101, or a 2xx to CONNECT */
};

static void say(struct judging *judging, uint64_t offset, const char *kind, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void say(struct judging *judging, uint64_t offset, const char *kind, const char *format,
                ...) {
  va_list args;
  va_start(args, format);
  (void)fprintf(judging->out, "%8" PRIu64 "  %-8s  ", offset, kind);
  (void)vfprintf(judging->out, format, args);
  (void)fputc('\n', judging->out);
  va_end(args);
}

#define say_fault(judging, ...)                                                                    \
  do {                                                                                             \
    (judging)->num_faults++;                                                                       \
    say((judging), __VA_ARGS__);                                                                   \
  } while (0)

/* The bytes around an offset on one line, with a caret under it. The window still holds the line
 * that is being read. */
static void show_place(struct judging *judging, uint64_t from, uint64_t offset) {
  uint64_t base = judging->parser.base;
  size_t at = offset > base ? (size_t)(offset - base) : 0;
  size_t start = from > base ? (size_t)(from - base) : 0;
  at = at < judging->window.len ? at : judging->window.len;
  start = at > start + SHOWN_BEFORE ? at - SHOWN_BEFORE : start;
  struct span rest = span_make(judging->window.ptr + at, judging->window.len - at);
  size_t line_end = span_find(rest, span_of("\n"), 0);
  size_t behind = line_end == SIZE_MAX ? rest.len : line_end + 1;
  behind = behind > SHOWN_BEHIND ? SHOWN_BEHIND : behind;
  struct bytes text = {0};
  escape_text(&text, span_make(judging->window.ptr + start, at - start));
  int caret = (int)text.len;
  escape_text(&text, span_make(rest.ptr, behind));
  if (text.len > 0) {
    (void)fprintf(judging->out, "%*s%s\n%*s^\n", INDENT, "", bytes_cstr(&text), INDENT + caret, "");
  }
  bytes_free(&text);
}

static enum h1_request_kind kind_of(const char *method) {
  if (strcmp(method, "HEAD") == 0) {
    return H1_FOR_HEAD;
  }
  return strcmp(method, "CONNECT") == 0 ? H1_FOR_CONNECT : H1_FOR_GET;
}

/* Requests are told one at a time: the next when the one before has its final response. Without
 * methods there is one for whatever comes. */
static void offer_request(struct judging *judging) {
  const struct judge_options *options = judging->options;
  if (judging->rule.state != RULE_IDLE || judging->inside) {
    return;
  }
  bool more = judging->parser.base + judging->window.len > h1_response_keep(&judging->parser);
  bool wanted = options->num_methods > 0 ? judging->num_requests < options->num_methods
                                         : judging->num_requests == 0 || more;
  if (wanted) {
    const char *method = options->num_methods > 0 ? options->methods[judging->num_requests] : "GET";
    (void)h1_response_request(&judging->parser, kind_of(method));
    (void)interim_rule_feed(&judging->rule, RULE_REQUEST);
    judging->num_requests++;
  }
}

static void feed_rule(struct judging *judging, uint64_t offset, enum rule_event event) {
  enum rule_breach breach = interim_rule_feed(&judging->rule, event);
  if (breach != RULE_OK) {
    say_fault(judging, offset, "fault", "%s (RFC 9110 section 15, RFC 9112 section 9.2)",
              interim_rule_breach_text(breach));
  }
}

static void on_start_line(struct judging *judging, const struct h1_event *event, const char *kind) {
  struct bytes reason = {0};
  escape_text(&reason, event->value);
  say(judging, event->offset, kind, "%u %s", event->code, bytes_cstr(&reason));
  bytes_free(&reason);
  judging->message = event->offset;
  judging->code = event->code;
  judging->inside = true;
  if (status_is_interim(event->code) && event->minor == 0) {
    say(judging, event->offset, "note",
        "HTTP/1.0 has no interim responses (RFC 9110 section 15.2)");
  }
}

static void on_field(struct judging *judging, const struct h1_event *event) {
  if (!status_is_interim(event->code)) {
    return;
  }
  if (span_is_nocase(event->name, "Content-Length")) {
    say_fault(judging, event->offset, "fault",
              "Content-Length in an interim response (RFC 9110 section 8.6)");
    show_place(judging, event->offset, event->offset);
  } else if (span_is_nocase(event->name, "Transfer-Encoding")) {
    say_fault(judging, event->offset, "fault",
              "Transfer-Encoding in an interim response (RFC 9112 section 6.1)");
    show_place(judging, event->offset, event->offset);
  } else if (span_is_nocase(event->name, "Connection") && h1_list_has(event->value, "close")) {
    say(judging, event->offset, "note",
        "Connection: close in an interim response: some take it as the end of the connection");
  }
}

static void on_head_end(struct judging *judging, const struct h1_event *event) {
  enum rule_event what = RULE_FINAL_HEAD;
  if (event->framing == H1_SWITCHED) {
    what = RULE_SWITCH;
  } else if (status_is_interim(event->code)) {
    what = RULE_INTERIM;
  }
  judging->num_interims += status_is_interim(event->code);
  judging->num_finals += status_is_final(event->code);
  feed_rule(judging, judging->message, what);
}

static void on_event(struct judging *judging, const struct h1_event *event) {
  switch (event->kind) {
  case H1_INTERIM:
    on_start_line(judging, event, "interim");
    return;
  case H1_FINAL:
    on_start_line(judging, event, "final");
    return;
  case H1_FIELD:
    on_field(judging, event);
    return;
  case H1_HEAD_END:
    on_head_end(judging, event);
    return;
  case H1_END:
    judging->inside = false;
    if (status_is_final(event->code) && judging->rule.state == RULE_FINAL) {
      feed_rule(judging, event->offset, RULE_FINAL_END);
    }
    return;
  case H1_TUNNEL:
    if (judging->tunnel == 0) {
      say(judging, event->offset, "tunnel", "what follows is no HTTP");
    }
    judging->tunnel += event->value.len;
    return;
  case H1_REQUEST:
  case H1_CONTENT:
  case H1_TRAILER:
    return;
  }
}

/* What a person may want to know about an error between two responses. */
static const char *hint(const struct judging *judging) {
  if (judging->inside || judging->code == 0) {
    return NULL;
  }
  if (status_is_interim(judging->code)) {
    return "the interim response before ended at its empty line and has no content (RFC 9110 "
           "section 15.2)";
  }
  return "the final response before ended here by its framing";
}

static void on_error(struct judging *judging) {
  const struct h1_error *error = &judging->parser.error;
  say_fault(judging, error->offset, "fault", "%s: %s", h1_error_name(error->code), error->reason);
  show_place(judging, h1_response_keep(&judging->parser), error->offset);
  const char *about = hint(judging);
  if (about != NULL) {
    say(judging, error->offset, "note", "%s", about);
  }
  judging->failed = true;
}

static void read_events(struct judging *judging, bool ended) {
  while (!judging->failed) {
    struct h1_event event;
    offer_request(judging);
    enum h1_status status =
        h1_response_next(&judging->parser, bytes_span(&judging->window), &event);
    if (status == H1_MORE && ended) {
      status = h1_response_finish(&judging->parser, &event);
    }
    if (status == H1_MORE) {
      return;
    }
    if (status == H1_EVENT) {
      on_event(judging, &event);
    } else {
      on_error(judging);
    }
  }
}

static void drop_what_is_done(struct judging *judging) {
  size_t num = (size_t)(h1_response_keep(&judging->parser) - judging->parser.base);
  num = num < judging->window.len ? num : judging->window.len;
  bytes_drop(&judging->window, num);
  h1_response_drop(&judging->parser, num);
}

static void conclude(struct judging *judging) {
  if (!judging->failed) {
    feed_rule(judging, judging->parser.base + judging->window.len, RULE_CLOSE);
  }
  (void)fprintf(judging->out, "%zu interim, %zu final", judging->num_interims, judging->num_finals);
  if (judging->tunnel > 0) {
    (void)fprintf(judging->out, ", %" PRIu64 " bytes behind the switch", judging->tunnel);
  }
  if (judging->num_faults == 0) {
    (void)fprintf(judging->out, ": nothing wrong\n");
  } else {
    (void)fprintf(judging->out, ": %zu %s\n", judging->num_faults,
                  judging->num_faults == 1 ? "fault" : "faults");
  }
}

int judge_stream(FILE *in, const struct judge_options *options, FILE *out) {
  struct judging judging = {.options = options, .out = out};
  h1_response_init(&judging.parser, &h1_default_limits);
  interim_rule_init(&judging.rule);
  char buffer[READ_SIZE];
  size_t got;
  while (!judging.failed && (got = fread(buffer, 1, sizeof(buffer), in)) > 0) {
    bytes_add(&judging.window, span_make(buffer, got));
    read_events(&judging, false);
    if (!judging.failed) {
      drop_what_is_done(&judging);
    }
  }
  int cannot_read = ferror(in) ? errno : 0;
  if (cannot_read == 0) {
    read_events(&judging, true);
    conclude(&judging);
  }
  bytes_free(&judging.window);
  errno = cannot_read;
  if (cannot_read != 0) {
    return -1;
  }
  return judging.num_faults > 0 ? EXIT_UNEXPECTED : EXIT_PASSED;
}
