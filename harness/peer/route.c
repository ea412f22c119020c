#include "peer/route.h"

#include "core/interim_rule.h"

static const char default_link[] = "</style.css>; rel=preload; as=style";
static const char upload_version[] = "8"; /* of draft-ietf-httpbis-resumable-upload */
static const char upload_place[] = "/upload/1";

static const struct {
  const char *name;
  const char *what;
} faults_known[NUM_ROUTE_FAULTS] = {
    [ROUTE_LENGTH] = {"content-length", "a 102 with Content-Length, then a 200"},
    [ROUTE_CODING] = {"transfer-encoding", "a 102 with Transfer-Encoding, then a 200"},
    [ROUTE_NO_FINAL] = {"no-final", "a 102, then the end of the connection"},
    [ROUTE_HANG] = {"hang", "a 102, then nothing"},
};

static const struct {
  const char *path;
  const char *what;
} examples[] = {
    {"/102", "one 102, then a 200; likewise each code from 100 to 199 but 101"},
    {"/102/5", "five 102, then a 200"},
    {"/102/500ms", "a 102, half a second later a 200"},
    {"/102/5/2s", "five 102 two seconds apart, then a 200"},
    {"/102-then/207", "a 102, then a 207"},
    {"/103", "early hints: a 103 with Link, then a 200"},
    {"/103?link=%3C/a.js%3E", "a 103 with this Link, percent-encoded"},
    {"/100", "a 100 that nobody asked for"},
    {"/104", "a 104 with the place where an upload could be resumed"},
    {"/upload", "the same for who sends Upload-Draft-Interop-Version: 8, then a 201"},
    {"/status/199", "an interim response with a code that nobody knows"},
    {"/status/404", "a final response alone"},
};

static struct route refuse(unsigned code, const char *why) {
  return (struct route){.final = code, .refusal = why};
}

/* Takes the part up to the next "/" off the path, and the "/". */
static struct span take_part(struct span *path) {
  size_t slash = span_find(*path, span_of("/"), 0);
  size_t len = slash == SIZE_MAX ? path->len : slash;
  struct span part = span_make(path->ptr, len);
  *path = span_skip(*path, slash == SIZE_MAX ? len : len + 1);
  return part;
}

static bool read_code(struct span text, uint64_t low, uint64_t high, unsigned *out) {
  uint64_t code = 0;
  bool valid = text.len == 3 && span_number(text, &code) && code >= low && code <= high;
  *out = (unsigned)code;
  return valid && code != 101;
}

/* 500ms or 2s. */
static bool read_pause(struct span text, uint64_t *out_us) {
  bool milli = text.len > 2 && span_is(span_skip(text, text.len - 2), "ms");
  bool second = !milli && text.len > 1 && span_is(span_skip(text, text.len - 1), "s");
  uint64_t number = 0;
  if ((!milli && !second) ||
      !span_number(span_make(text.ptr, text.len - (milli ? 2 : 1)), &number) ||
      number > ROUTE_MAX_TOTAL_US) {
    return false;
  }
  *out_us = number * (milli ? 1000 : 1000000);
  return true;
}

/* What may stand behind the code: a count, a pause, or both. */
static struct route find_interims(unsigned code, struct span rest) {
  struct route route = {.interim = code, .count = 1, .final = 200};
  struct span part = take_part(&rest);
  uint64_t count = 1;
  if (part.len > 0 && span_number(part, &count)) {
    part = take_part(&rest);
  }
  if (part.len > 0 && !read_pause(part, &route.pause_us)) {
    return refuse(404, "behind the code stand a count and a pause: /102/5/500ms");
  }
  if (rest.len > 0) {
    return refuse(404, "nothing may follow the pause");
  }
  if (count == 0 || count > ROUTE_MAX_INTERIMS) {
    return refuse(400, "from 1 to 1000 interim responses");
  }
  if (route.pause_us > ROUTE_MAX_PAUSE_US || route.pause_us * count > ROUTE_MAX_TOTAL_US) {
    return refuse(400, "a pause of at most 10s, and at most 60s in all");
  }
  route.count = (unsigned)count;
  return route;
}

static struct route find_fault(struct span name) {
  for (int i = 1; i < NUM_ROUTE_FAULTS; i++) {
    if (span_is(name, faults_known[i].name)) {
      return (struct route){.interim = 102, .count = 1, .final = 200, .fault = (enum route_fault)i};
    }
  }
  return refuse(404, "no such fault: the index names them");
}

static bool names_upload_version(const struct message *request) {
  const struct field *version = field_find(request->fields.first, "Upload-Draft-Interop-Version");
  return version != NULL && span_is(version->value, upload_version);
}

static struct route find_path(struct span path, bool faults) {
  static const char then[] = "-then";
  struct route route = {.final = 200};
  struct span first = take_part(&path);
  unsigned code = 0;
  if (first.ptr == NULL || first.len == 0) {
    route.page = ROUTE_INDEX;
    return route;
  }
  if (span_is(first, "bad") && faults) {
    return find_fault(path);
  }
  if (span_is(first, "status") && read_code(path, 100, 599, &code)) {
    route.final = code;
    return status_is_interim(code) ? find_interims(code, (struct span){NULL, 0}) : route;
  }
  if (read_code(first, 100, 199, &code)) {
    return find_interims(code, path);
  }
  bool has_then = first.len == 3 + sizeof(then) - 1 && span_is(span_skip(first, 3), then);
  if (has_then && read_code(span_make(first.ptr, 3), 100, 199, &route.interim) &&
      read_code(path, 200, 599, &route.final)) {
    route.count = 1;
    return route;
  }
  return refuse(404, "no such route: the index at / names them");
}

static bool wants_json(const struct message *request) {
  const struct field *accept = field_find(request->fields.first, "Accept");
  return accept != NULL && span_find(accept->value, span_of("application/json"), 0) != SIZE_MAX;
}

struct route route_find(const struct message *request, bool faults) {
  struct span path = request->target;
  size_t query = span_find(path, span_of("?"), 0);
  if (query != SIZE_MAX) {
    path = span_make(path.ptr, query);
  }
  if (span_is(path, "*")) {
    return (struct route){.final = 204};
  }
  struct route route = find_path(span_skip(path, 1), faults);
  if (span_is(path, "/upload")) {
    route = (struct route){.final = 201, .upload = true};
    route.interim = names_upload_version(request) ? 104 : 0;
    route.count = route.interim == 0 ? 0 : 1;
  }
  route.json = wants_json(request);
  return route;
}

static int hex_digit(uint8_t byte) {
  if (byte >= '0' && byte <= '9') {
    return byte - '0';
  }
  if (byte >= 'a' && byte <= 'f') {
    return byte - 'a' + 10;
  }
  return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

/* Undoes percent-encoding. What no field value may hold becomes a blank. */
static struct span decode(struct arena *arena, struct span text) {
  uint8_t *out = arena_alloc(arena, text.len + 1);
  size_t len = 0;
  for (size_t i = 0; i < text.len; i++) {
    uint8_t byte = text.ptr[i];
    if (byte == '%' && i + 2 < text.len && hex_digit(text.ptr[i + 1]) >= 0 &&
        hex_digit(text.ptr[i + 2]) >= 0) {
      byte = (uint8_t)(hex_digit(text.ptr[i + 1]) * 16 + hex_digit(text.ptr[i + 2]));
      i += 2;
    }
    out[len++] = byte < 0x20 || byte == 0x7f ? ' ' : byte;
  }
  while (len > 0 && out[len - 1] == ' ') {
    len--;
  }
  size_t from = 0;
  while (from < len && out[from] == ' ') {
    from++;
  }
  return span_make(out + from, len - from);
}

static void add_links(const struct message *request, struct message *head) {
  static const char name[] = "link=";
  size_t at = span_find(request->target, span_of("?"), 0);
  struct span rest = at == SIZE_MAX ? (struct span){NULL, 0} : span_skip(request->target, at + 1);
  unsigned num = 0;
  while (rest.len > 0 && num < ROUTE_MAX_LINKS) {
    size_t amp = span_find(rest, span_of("&"), 0);
    size_t len = amp == SIZE_MAX ? rest.len : amp;
    struct span part = span_make(rest.ptr, len);
    if (span_starts(part, name)) {
      struct span value = decode(&head->arena, span_skip(part, sizeof(name) - 1));
      message_add(head, &head->fields, span_of("Link"), value);
      num++;
    }
    rest = span_skip(rest, amp == SIZE_MAX ? len : len + 1);
  }
  if (num == 0) {
    message_add(head, &head->fields, span_of("Link"), span_of(default_link));
  }
}

void route_interim_fields(const struct route *route, const struct message *request,
                          struct message *head) {
  if (head->code == 103) {
    add_links(request, head);
  }
  if (head->code == 104) {
    message_add(head, &head->fields, span_of("Location"), span_of(upload_place));
    message_add(head, &head->fields, span_of("Upload-Draft-Interop-Version"),
                span_of(upload_version));
  }
  if (route->fault == ROUTE_LENGTH) {
    message_add(head, &head->fields, span_of("Content-Length"), span_of("5"));
  }
  if (route->fault == ROUTE_CODING) {
    message_add(head, &head->fields, span_of("Transfer-Encoding"), span_of("chunked"));
  }
}

void route_final_fields(const struct route *route, const struct message *request,
                        struct message *head) {
  if (route->interim == 103) {
    add_links(request, head);
  }
  if (route->upload) {
    message_add(head, &head->fields, span_of("Location"), span_of(upload_place));
  }
}

static void add_json_row(struct bytes *out, bool *first, const char *path, const char *what) {
  bytes_printf(out, "%s    {\"path\": \"%s\", \"answer\": \"%s\"}", *first ? "\n" : ",\n", path,
               what);
  *first = false;
}

static void add_html_row(struct bytes *out, const char *path, const char *what) {
  bytes_printf(out, "<tr><td><a href=\"%s\"><code>%s</code></a></td><td>%s</td></tr>\n", path, path,
               what);
}

static void add_rows(struct bytes *out, bool json, bool faults) {
  bool first = true;
  size_t num = sizeof(examples) / sizeof(examples[0]);
  for (size_t i = 0; i < num + NUM_ROUTE_FAULTS; i++) {
    char path[64] = "";
    const char *what = NULL;
    if (i < num) {
      (void)snprintf(path, sizeof(path), "%s", examples[i].path);
      what = examples[i].what;
    } else if (faults && faults_known[i - num].name != NULL) {
      (void)snprintf(path, sizeof(path), "/bad/%s", faults_known[i - num].name);
      what = faults_known[i - num].what;
    }
    if (what != NULL && json) {
      add_json_row(out, &first, path, what);
    } else if (what != NULL) {
      add_html_row(out, path, what);
    }
  }
}

static const char *index_page(bool json, bool faults, struct bytes *out) {
  if (json) {
    bytes_text(out, "{\n  \"routes\": [");
    add_rows(out, true, faults);
    bytes_text(out, "\n  ]\n}\n");
    return "application/json";
  }
  bytes_text(out,
             "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width\">\n"
             "<title>Interim responses to try by hand</title>\n"
             "<style>:root{color-scheme:light dark}body{font:1rem/1.5 "
             "sans-serif;max-width:50rem;margin:2rem auto;padding:0 "
             "1rem}td{padding:.2rem 1rem .2rem 0;vertical-align:top}</style>\n"
             "</head>\n<body>\n<h1>Interim responses to try by hand</h1>\n"
             "<p>Each path answers any method, over HTTP/1.1 and HTTP/2. "
             "<code>curl -v</code> shows what a browser hides. An HTTP/1.0 client gets the "
             "final response only. <code>Expect: 100-continue</code> gets a 100 as well, "
             "<code>Upgrade: interim-test</code> a 101 and its own bytes back.</p>\n<table>\n");
  add_rows(out, false, faults);
  bytes_text(out, "</table>\n<p>Counts go up to 1000, a pause up to 10s, all pauses of one answer "
                  "together up to 60s. With <code>Accept: application/json</code> this page is "
                  "JSON.</p>\n</body>\n</html>\n");
  return "text/html; charset=utf-8";
}

const char *route_content(const struct route *route, bool faults, struct bytes *out) {
  if (route->page == ROUTE_INDEX) {
    return index_page(route->json, faults, out);
  }
  if (route->refusal != NULL) {
    bytes_printf(out, "%u: %s\n", route->final, route->refusal);
  } else if (route->interim != 0) {
    bytes_printf(out, "%u behind %u x %u\n", route->final, route->count, route->interim);
  } else {
    bytes_printf(out, "%u\n", route->final);
  }
  return "text/plain";
}
