#include "net/internal.h"

enum { HOST_SIZE = 256 };

struct parts {
  char host[HOST_SIZE];
  bool bracketed;
  uint16_t port;
};

static bool parse_path(const char *text, struct address *out, struct diag *diag) {
  size_t len = strlen(text);
  if (len == 0 || len >= sizeof(out->path)) {
    diag_set(diag, NULL, 0, 0,
             "the path in 'unix:%.100s' must have 1 to %zu bytes; give a shorter one", text,
             sizeof(out->path) - 1);
    return false;
  }
  *out = (struct address){.local = true};
  memcpy(out->path, text, len);
  return true;
}

static bool parse_port(const char *text, const char *port, bool any_port, uint16_t *out,
                       struct diag *diag) {
  uint64_t number = 0;
  if (!span_number(span_of(port), &number) || number > UINT16_MAX || (number == 0 && !any_port)) {
    diag_set(diag, NULL, 0, 0, "the port '%.20s' in '%.100s' is not a number from %d to 65535",
             port, text, any_port ? 0 : 1);
    return false;
  }
  *out = (uint16_t)number;
  return true;
}

static bool split(const char *text, bool any_port, struct parts *out, struct diag *diag) {
  out->bracketed = text[0] == '[';
  const char *host = out->bracketed ? text + 1 : text;
  const char *end = out->bracketed ? strchr(host, ']') : strrchr(host, ':');
  const char *colon = end != NULL && out->bracketed ? end + 1 : end;
  if (end == NULL || *colon != ':' || end == host || end - host >= HOST_SIZE) {
    diag_set(diag, NULL, 0, 0,
             "'%.100s' is not an address; write HOST:PORT, [IPV6]:PORT or unix:PATH", text);
    return false;
  }
  size_t len = (size_t)(end - host);
  memcpy(out->host, host, len);
  out->host[len] = '\0';
  if (!out->bracketed && strchr(out->host, ':') != NULL) {
    diag_set(diag, NULL, 0, 0,
             "'%.100s' has several colons; an IPv6 address goes into brackets: [::1]:8080", text);
    return false;
  }
  return parse_port(text, colon + 1, any_port, &out->port, diag);
}

const struct addrinfo *address_choose(const struct addrinfo *list) {
  for (const struct addrinfo *i = list; i != NULL; i = i->ai_next) {
    if (i->ai_family == AF_INET) {
      return i;
    }
  }
  return list;
}

static bool resolve(uv_loop_t *uv, const struct parts *parts, struct address *out,
                    struct diag *diag) {
  struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  uv_getaddrinfo_t request;
  int err = uv_getaddrinfo(uv, &request, NULL, parts->host, NULL, &hints);
  if (err != 0) {
    diag_set(diag, NULL, 0, 0,
             "no address is known for the host '%.100s' (%s); check its spelling or give a "
             "numeric address",
             parts->host, uv_strerror(err));
    return false;
  }
  const struct addrinfo *found = address_choose(request.addrinfo);
  if (found == NULL) {
    diag_set(diag, NULL, 0, 0, "the host '%.100s' has no address; give a numeric one", parts->host);
    return false;
  }
  memcpy(&out->ip.room, found->ai_addr, found->ai_addrlen);
  if (found->ai_family == AF_INET) {
    out->ip.v4.sin_port = htons(parts->port);
  } else {
    out->ip.v6.sin6_port = htons(parts->port);
  }
  uv_freeaddrinfo(request.addrinfo);
  return true;
}

bool address_parse(uv_loop_t *uv, const char *text, bool any_port, struct address *out,
                   struct diag *diag) {
  if (span_starts(span_of(text), "unix:")) {
    return parse_path(text + strlen("unix:"), out, diag);
  }
  struct parts parts = {0};
  if (!split(text, any_port, &parts, diag)) {
    return false;
  }
  *out = (struct address){0};
  if (parts.bracketed) {
    if (uv_ip6_addr(parts.host, parts.port, &out->ip.v6) != 0) {
      diag_set(diag, NULL, 0, 0, "'%.100s' in brackets is not an IPv6 address", parts.host);
      return false;
    }
    return true;
  }
  return uv_ip4_addr(parts.host, parts.port, &out->ip.v4) == 0 || resolve(uv, &parts, out, diag);
}

void address_print(const struct address *address, char *out, size_t size) {
  char host[INET6_ADDRSTRLEN] = "?";
  if (address->local) {
    (void)snprintf(out, size, "unix:%s", address->path);
  } else if (address->ip.any.sa_family == AF_INET6) {
    (void)uv_ip6_name(&address->ip.v6, host, sizeof(host));
    (void)snprintf(out, size, "[%s]:%u", host, (unsigned)ntohs(address->ip.v6.sin6_port));
  } else {
    (void)uv_ip4_name(&address->ip.v4, host, sizeof(host));
    (void)snprintf(out, size, "%s:%u", host, (unsigned)ntohs(address->ip.v4.sin_port));
  }
}
