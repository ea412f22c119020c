#include "peer/forward.h"

#include "core/h1.h"
#include "peer/bugs.h"
#include "peer/decide.h"

enum {
  MAX_OPTIONS = 64,   /* each option is looked for in each field */
  MAX_UPGRADE = 1024, /* each protocol offered is compared with each one chosen */
};

/* Known to be hop-by-hop, whether Connection names them or not (RFC 9110 section 7.6.1). */
static bool is_hop_by_hop(struct span name) {
  static const char *const names[] = {"Connection", "Proxy-Connection",  "Keep-Alive",
                                      "TE",         "Transfer-Encoding", "Upgrade"};
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
    if (span_is_nocase(name, names[i])) {
      return true;
    }
  }
  return false;
}

static bool is_named_by_connection(const struct message *message, struct span name) {
  for (const struct field *option = message->options.first; option; option = option->next) {
    if (span_eq_nocase(option->name, name)) {
      return true;
    }
  }
  return false;
}

/* The content that a GET would have had is a fact about the representation, which a response to
 * HEAD and a 304 may state (RFC 9110 section 8.6); everywhere else the length is framing. */
static bool is_length_of_absent_content(const struct message *message, const struct field *field) {
  uint64_t length = 0;
  return message->code >= 200 && message->code != 204 && message->content == CONTENT_NONE &&
         span_number(field->value, &length) &&
         field_find(message->fields.first, "Content-Length") == field &&
         field_find(field->next, "Content-Length") == NULL;
}

static bool stays_behind(const struct message *message, const struct field *field) {
  if (is_hop_by_hop(field->name) || is_named_by_connection(message, field->name)) {
    return true;
  }
  if (span_is_nocase(field->name, "Content-Length")) {
    return !is_length_of_absent_content(message, field);
  }
  return message->code == 0 &&
         (span_is_nocase(field->name, "Expect") || span_is_nocase(field->name, "Host"));
}

static bool trailer_stays_behind(const struct message *message, const struct field *field) {
  return is_hop_by_hop(field->name) || is_named_by_connection(message, field->name) ||
         span_is_nocase(field->name, "Content-Length") || span_is_nocase(field->name, "Host") ||
         span_is_nocase(field->name, "Expect") || span_is_nocase(field->name, "Trailer");
}

static void filter(const struct exchange *x, const struct message *message, struct field_list *list,
                   bool (*drop)(const struct message *, const struct field *)) {
  struct field_list kept = {NULL, NULL};
  struct field *next = NULL;
  for (struct field *field = list->first; field != NULL; field = next) {
    next = field->next;
    if (drop(message, field) && !bug_keeps(x, message, field)) {
      continue;
    }
    if (kept.last == NULL) {
      kept.first = field;
    } else {
      kept.last->next = field;
    }
    kept.last = field;
  }
  if (kept.last != NULL) {
    kept.last->next = NULL;
  }
  *list = kept;
}

static bool take_options(struct message *message) {
  size_t num_options = 0;
  const struct field *field = field_find(message->fields.first, "Connection");
  while (field != NULL) {
    struct span rest = field->value;
    struct span option;
    while (list_next(&rest, &option)) {
      if (++num_options > MAX_OPTIONS) {
        return false;
      }
      message_add(message, &message->options, option, span_of(""));
    }
    field = field_find(field->next, "Connection");
  }
  return true;
}

/* An Upgrade without the connection option was not meant for us (RFC 9110 section 7.8). One to h2c
 * is not passed on: its settings field is hop-by-hop, and it is no longer specified (RFC 9113
 * section 3.1). */
static void take_upgrade(struct message *message) {
  if (message->minor == 0 || !is_named_by_connection(message, span_of("Upgrade")) ||
      field_list_has(&message->fields, "Upgrade", "h2c")) {
    return;
  }
  struct bytes joined = {0};
  const struct field *field = field_find(message->fields.first, "Upgrade");
  while (field != NULL) {
    bytes_text(&joined, joined.len == 0 ? "" : ", ");
    bytes_add(&joined, field->value);
    field = field_find(field->next, "Upgrade");
  }
  if (joined.len <= MAX_UPGRADE) {
    message->upgrade = message_text(message, bytes_span(&joined));
  }
  bytes_free(&joined);
}

/* The version in Via is the one in which we received the message (RFC 9110 section 7.6.3). */
static void add_via(const struct exchange *x, struct message *message) {
  if (bug_strikes(x, message, BUG_NO_VIA)) {
    return;
  }
  const char *version = message->h2 ? "2" : message->minor == 0 ? "1.0" : "1.1";
  version = bug_strikes(x, message, BUG_VIA_1_0) ? "1.0" : version;
  const char *via = arena_printf(&message->arena, "%s interim-relay", version);
  message_add(message, &message->fields, span_of("Via"), span_of(via));
}

static bool is_authority(struct span text) {
  for (size_t i = 0; i < text.len; i++) {
    if (text.ptr[i] <= ' ' || text.ptr[i] >= 0x7f || strchr("/?#@\\,\"<>", text.ptr[i]) != NULL) {
      return false;
    }
  }
  return true;
}

/* What CONNECT names: a host and a port (RFC 9110 section 9.3.6). */
static bool is_host_and_port(struct span text) {
  size_t host = text.len;
  uint64_t port = 0;
  while (host > 0 && text.ptr[host - 1] != ':') {
    host--;
  }
  return host > 1 && is_authority(text) && span_number(span_skip(text, host), &port) && port > 0 &&
         port <= UINT16_MAX;
}

/* The absolute form is made an origin form, and its authority replaces Host (RFC 9112
 * section 3.2.2); OPTIONS for a server as a whole becomes the asterisk form (section 3.2.4). */
static bool take_target(struct message *request, bool *out_absolute) {
  static const char scheme[] = "http://";
  struct span target = request->target;
  *out_absolute = span_is(request->method, "CONNECT");
  if (*out_absolute) {
    return is_host_and_port(target);
  }
  if (span_starts(target, "/")) {
    return true;
  }
  if (span_is(target, "*")) {
    return span_is(request->method, "OPTIONS");
  }
  size_t len = sizeof(scheme) - 1;
  if (target.len <= len || !span_is_nocase(span_make(target.ptr, len), scheme)) {
    return false;
  }
  struct span rest = span_skip(target, len);
  size_t host = 0;
  while (host < rest.len && rest.ptr[host] != '/' && rest.ptr[host] != '?') {
    host++;
  }
  request->authority = span_make(rest.ptr, host);
  struct span path = span_skip(rest, host);
  if (path.len == 0) {
    request->target = span_of(span_is(request->method, "OPTIONS") ? "*" : "/");
  } else if (span_starts(path, "?")) {
    request->target =
        span_of(arena_printf(&request->arena, "/%.*s", (int)path.len, (const char *)path.ptr));
  } else {
    request->target = path;
  }
  *out_absolute = true;
  return host > 0 && is_authority(request->authority);
}

/* Exactly one valid Host in HTTP/1.1; HTTP/1.0 may do without (RFC 9112 section 3.2). */
static bool take_host(struct message *request, bool absolute) {
  const struct field *host = field_find(request->fields.first, "Host");
  if (host == NULL) {
    return request->minor == 0;
  }
  if (field_find(host->next, "Host") != NULL || !is_authority(host->value)) {
    return false;
  }
  if (!absolute) {
    request->authority = host->value;
  }
  return true;
}

unsigned forward_request(struct exchange *x, const char **out_why) {
  struct message *request = &x->request;
  bool absolute = false;
  if (span_is(request->method, "CONNECT") && !decide_connect(x)) {
    *out_why = "this gateway makes no tunnels";
    return 501;
  }
  if (!take_target(request, &absolute)) {
    *out_why = "the request target is none of this gateway's";
    return 400;
  }
  if (!take_host(request, absolute)) {
    *out_why = "one valid Host field is needed";
    return 400;
  }
  if (!take_options(request)) {
    *out_why = "there are too many connection options";
    return 400;
  }
  request->expects_continue = field_list_has(&request->fields, "Expect", "100-continue");
  bug_expectation(x);
  take_upgrade(request);
  filter(x, request, &request->fields, stays_behind);
  if (decide_relay_expect(x)) {
    message_add(request, &request->fields, span_of("Expect"), span_of("100-continue"));
  }
  add_via(x, request);
  return 0;
}

bool forward_response(const struct exchange *x, struct message *response) {
  if (!take_options(response)) {
    return false;
  }
  /* A 426 must name the protocols too (RFC 9110 section 15.5.22). */
  if (response->code == 101 || response->code == 426) {
    take_upgrade(response);
  }
  filter(x, response, &response->fields, stays_behind);
  add_via(x, response);
  return true;
}

void forward_trailers(const struct exchange *x, struct message *message) {
  filter(x, message, &message->trailers, trailer_stays_behind);
}
