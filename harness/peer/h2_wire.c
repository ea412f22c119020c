#include "peer/h2_wire.h"

#include <inttypes.h>

#include "core/h1.h"

static void begin(struct h2_block_text *out, const struct field_list *list, size_t more) {
  size_t num = more;
  for (const struct field *each = list->first; each != NULL; each = each->next) {
    num++;
  }
  *out = (struct h2_block_text){0};
  out->fields = arena_array(&out->arena, num, sizeof(*out->fields));
}

static void add(struct h2_block_text *out, const char *name, struct span value) {
  out->fields[out->num++] = (struct h2_field){span_of(name), arena_copy(&out->arena, value)};
}

/* Field names are in lower case (RFC 9113 section 8.2). */
static struct span lower(struct arena *arena, struct span name) {
  uint8_t *text = arena_alloc(arena, name.len);
  for (size_t i = 0; i < name.len; i++) {
    bool upper = name.ptr[i] >= 'A' && name.ptr[i] <= 'Z';
    text[i] = upper ? (uint8_t)(name.ptr[i] | 0x20) : name.ptr[i];
  }
  return span_make(text, name.len);
}

static void add_fields(struct h2_block_text *out, const struct field_list *list) {
  for (const struct field *each = list->first; each != NULL; each = each->next) {
    out->fields[out->num++] = (struct h2_field){
        lower(&out->arena, each->name),
        arena_copy(&out->arena, each->value),
    };
  }
}

static void add_length(struct h2_block_text *out, const struct message *message) {
  if (message->content == CONTENT_LENGTH) {
    add(out, "content-length", span_of(arena_printf(&out->arena, "%" PRIu64, message->length)));
  }
}

void h2_wire_request(struct h2_block_text *out, const struct message *request, const char *scheme) {
  begin(out, &request->fields, 5);
  add(out, ":method", request->method);
  add(out, ":scheme", span_of(scheme));
  if (request->authority.len > 0) {
    add(out, ":authority", request->authority);
  }
  add(out, ":path", request->target);
  add_fields(out, &request->fields);
  add_length(out, request);
}

void h2_wire_response(struct h2_block_text *out, const struct message *response) {
  begin(out, &response->fields, 2);
  add(out, ":status", span_of(arena_printf(&out->arena, "%03u", response->code)));
  add_fields(out, &response->fields);
  add_length(out, response);
}

void h2_wire_trailers(struct h2_block_text *out, const struct field_list *trailers) {
  begin(out, trailers, 0);
  add_fields(out, trailers);
}

void h2_wire_free(struct h2_block_text *block) {
  arena_free(&block->arena);
  *block = (struct h2_block_text){0};
}

/* Takes a pseudo-header field off the list. */
static struct span take(struct field_list *list, const char *name) {
  struct field *before = NULL;
  struct field *field = list->first;
  while (field != NULL && !span_is(field->name, name)) {
    before = field;
    field = field->next;
  }
  if (field == NULL) {
    return span_make(NULL, 0);
  }
  if (before == NULL) {
    list->first = field->next;
  } else {
    before->next = field->next;
  }
  list->last = list->last == field ? before : list->last;
  return field->value;
}

/* Control bytes would break, or hide in, a line of HTTP/1.1 (RFC 9110 section 5.5). */
static bool is_line(struct span text) {
  for (size_t i = 0; i < text.len; i++) {
    if ((text.ptr[i] < ' ' && text.ptr[i] != '\t') || text.ptr[i] == 0x7f) {
      return false;
    }
  }
  return true;
}

static bool are_lines(const struct field_list *list) {
  for (const struct field *each = list->first; each != NULL; each = each->next) {
    if (!h1_is_token(each->name) || !is_line(each->value)) {
      return false;
    }
  }
  return true;
}

/* A path, or the asterisk (RFC 9113 section 8.3.1); nothing that a request line would be cut by. */
static bool is_path(struct span target) {
  for (size_t i = 0; i < target.len; i++) {
    if (target.ptr[i] <= ' ' || target.ptr[i] >= 0x7f) {
      return false;
    }
  }
  return span_starts(target, "/") || span_is(target, "*");
}

/* A Host beside :authority must be the same (RFC 9113 section 8.3.1). */
static bool take_authority(struct message *request, struct span authority) {
  const struct field *host = field_find(request->fields.first, "Host");
  if (authority.ptr == NULL) {
    return true;
  }
  if (host == NULL) {
    message_add(request, &request->fields, span_of("Host"), authority);
    return true;
  }
  return span_eq_nocase(host->value, authority);
}

/* Cookie may come in several fields, which elsewhere are one (RFC 9113 section 8.2.3). */
static void join_cookies(struct message *request) {
  const struct field *first = field_find(request->fields.first, "cookie");
  if (first == NULL || field_find(first->next, "cookie") == NULL) {
    return;
  }
  struct bytes joined = {0};
  while (field_find(request->fields.first, "cookie") != NULL) {
    bytes_text(&joined, joined.len == 0 ? "" : "; ");
    bytes_add(&joined, take(&request->fields, "cookie"));
  }
  message_add(request, &request->fields, span_of("cookie"), bytes_span(&joined));
  bytes_free(&joined);
}

bool h2_wire_take_request(struct message *request) {
  struct field_list *fields = &request->fields;
  request->h2 = true;
  request->minor = 1;
  request->method = take(fields, ":method");
  request->target = take(fields, ":path");
  struct span authority = take(fields, ":authority");
  (void)take(fields, ":scheme");
  (void)take(fields, ":protocol");
  join_cookies(request);
  if (!h1_is_token(request->method) || !are_lines(fields) || !is_line(authority) ||
      !take_authority(request, authority)) {
    return false;
  }
  if (span_is(request->method, "CONNECT")) {
    request->target = authority;
    return true;
  }
  return is_path(request->target);
}

bool h2_wire_take_response(struct message *response) {
  struct span status = take(&response->fields, ":status");
  uint64_t code = 0;
  response->h2 = true;
  response->minor = 1;
  if (!span_number(status, &code) || status.len != 3) {
    return false;
  }
  response->code = (unsigned)code;
  return are_lines(&response->fields);
}

bool h2_wire_take_trailers(const struct field_list *trailers) {
  return are_lines(trailers);
}
