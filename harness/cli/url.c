#include "cli/url.h"

#include <arpa/inet.h>
#include <ctype.h>

struct reader {
  const char *text;
  struct diag *diag;
};

struct authority {
  struct span host; /* without brackets */
  struct span port; /* empty when there is none */
  bool has_port;
};

static int fail_at(const struct reader *reader, const void *at, const char *reason) {
  size_t offset = (size_t)((const char *)at - reader->text);
  diag_set(reader->diag, NULL, 0, offset + 1, "%s", reason);
  (void)snprintf(reader->diag->source, sizeof(reader->diag->source), "%s", reader->text);
  return -1;
}

/* The length of the scheme, or 0 when the text has none. */
static size_t scheme_length(const char *text) {
  size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
  return strncmp(text + len, "://", 3) == 0 ? len : 0;
}

static int check_scheme(const struct reader *reader, struct span *rest, bool *secure) {
  size_t len = scheme_length(reader->text);
  struct span scheme = span_make(reader->text, len);
  *secure = span_is_nocase(scheme, "https");
  if (len == 0) {
    return fail_at(reader, reader->text,
                   "no scheme; write http://HOST:PORT/ or https://HOST:PORT/");
  }
  if (!*secure && !span_is_nocase(scheme, "http")) {
    return fail_at(reader, reader->text, "the scheme is neither http nor https");
  }
  *rest = span_of(reader->text + len + 3);
  return 0;
}

static bool is_v6(struct span host) {
  char text[INET6_ADDRSTRLEN];
  struct in6_addr address;
  if (host.len >= sizeof(text)) {
    return false;
  }
  memcpy(text, host.ptr, host.len);
  text[host.len] = '\0';
  return inet_pton(AF_INET6, text, &address) == 1;
}

/* Letters, digits, "-", "." and "_": what names and IPv4 addresses of hosts are made of. */
static const uint8_t *bad_host_byte(struct span host) {
  for (size_t i = 0; i < host.len; i++) {
    if (isalnum(host.ptr[i]) == 0 && strchr("-._", host.ptr[i]) == NULL) {
      return host.ptr + i;
    }
  }
  return NULL;
}

static int split_bracketed(const struct reader *reader, struct span text, struct span *rest,
                           struct authority *out) {
  size_t close = span_find(text, span_of("]"), 1);
  if (close == SIZE_MAX) {
    return fail_at(reader, text.ptr, "the bracket is not closed; write [IPV6]:PORT");
  }
  out->host = span_make(text.ptr + 1, close - 1);
  if (!is_v6(out->host)) {
    return fail_at(reader, out->host.ptr, "no IPv6 address stands in the brackets");
  }
  *rest = span_make(text.ptr + close + 1, text.len - close - 1);
  if (rest->len > 0 && rest->ptr[0] != ':') {
    return fail_at(reader, rest->ptr, "only :PORT may follow the brackets");
  }
  return 0;
}

static int split_named(const struct reader *reader, struct span text, struct span *rest,
                       struct authority *out) {
  size_t colon = span_find(text, span_of(":"), 0);
  size_t len = colon == SIZE_MAX ? text.len : colon;
  out->host = span_make(text.ptr, len);
  *rest = span_make(text.ptr + len, text.len - len);
  const uint8_t *bad = bad_host_byte(out->host);
  if (len == 0) {
    return fail_at(reader, text.ptr, "no host; write HOST:PORT");
  }
  if (bad != NULL) {
    return fail_at(reader, bad, "a host has letters, digits, '-', '.' and '_' only");
  }
  if (rest->len > 1 && span_find(*rest, span_of(":"), 1) != SIZE_MAX) {
    return fail_at(reader, text.ptr,
                   "several colons; an IPv6 address goes into brackets: [::1]:8080");
  }
  return 0;
}

static int split_authority(const struct reader *reader, struct span text, bool any_port,
                           struct authority *out) {
  struct span rest;
  bool bracketed = text.len > 0 && text.ptr[0] == '[';
  int failed =
      bracketed ? split_bracketed(reader, text, &rest, out) : split_named(reader, text, &rest, out);
  if (failed != 0) {
    return failed;
  }
  out->has_port = rest.len > 0;
  out->port = span_make(rest.ptr + out->has_port, rest.len - out->has_port);
  uint64_t number = 0;
  if (out->has_port && (out->port.len > 5 || !span_number(out->port, &number) ||
                        number > UINT16_MAX || (number == 0 && !any_port))) {
    return fail_at(reader, out->port.ptr,
                   any_port ? "the port is no number from 0 to 65535"
                            : "the port is no number from 1 to 65535");
  }
  return 0;
}

static int check_path(const struct reader *reader, struct span path) {
  for (size_t i = 0; i < path.len; i++) {
    uint8_t byte = path.ptr[i];
    if (byte == '?' || byte == '#') {
      return fail_at(reader, path.ptr + i,
                     byte == '?' ? "a query cannot be kept: each case asks for a path of its own"
                                 : "a fragment is never sent; leave it out");
    }
    if (byte <= ' ' || byte > '~' || strchr("\"<>\\^`{|}", byte) != NULL) {
      return fail_at(reader, path.ptr + i, "a byte that no URL may hold; write it as %HH");
    }
  }
  return 0;
}

int url_parse(struct arena *arena, const char *text, struct url *out, struct diag *diag) {
  const struct reader reader = {text, diag};
  struct span rest;
  struct authority authority = {.has_port = false};
  if (check_scheme(&reader, &rest, &out->secure) != 0) {
    return -1;
  }
  size_t len = strcspn((const char *)rest.ptr, "/?#");
  struct span host = span_make(rest.ptr, len);
  struct span path = span_make(rest.ptr + len, rest.len - len);
  if (span_find(host, span_of("@"), 0) != SIZE_MAX) {
    return fail_at(&reader, host.ptr, "user information before '@' is not sent; leave it out");
  }
  if (split_authority(&reader, host, false, &authority) != 0 || check_path(&reader, path) != 0) {
    return -1;
  }
  bool has_port = authority.port.len > 0;
  out->host = (const char *)arena_copy(arena, authority.host).ptr;
  out->port = has_port      ? (const char *)arena_copy(arena, authority.port).ptr
              : out->secure ? "443"
                            : "80";
  out->path = path.len > 0 ? (const char *)arena_copy(arena, path).ptr : "/";
  return 0;
}

int url_check_address(const char *text, bool any_port, struct diag *diag) {
  const struct reader reader = {text, diag};
  struct authority authority = {.has_port = false};
  if (split_authority(&reader, span_of(text), any_port, &authority) != 0) {
    return -1;
  }
  if (authority.port.len == 0) {
    bool is_port = text[strspn(text, "0123456789")] == '\0';
    return fail_at(&reader, text,
                   is_port ? "no host; write HOST:PORT" : "no port; write HOST:PORT");
  }
  return 0;
}
