/* Where the target is: an http:// or https:// URL, as --target takes it. */
#ifndef INTERIM_CLI_URL_H
#define INTERIM_CLI_URL_H

#include "base/arena.h"
#include "base/diag.h"

/* C strings in the arena. */
struct url {
  const char *host; /* an IPv6 address without its brackets */
  const char *port; /* decimal, 1 to 65535; "80" or "443" when the URL has none */
  const char *path; /* begins with "/" */
  bool secure;      /* https */
};

/* url_parse reads http[s]://HOST[:PORT][/PATH] (RFC 3986 section 3). Refused, with what to write
 * instead: other schemes, user information, a query, a fragment, and bytes that no request line may
 * hold. 0, or -1 with *diag set; its column is in the text. */
int url_parse(struct arena *arena, const char *text, struct url *out, struct diag *diag);

/* url_check_address looks at the form of "HOST:PORT" or "[IPV6]:PORT", with port 0 where any_port
 * allows it. The host is not looked up. 0, or -1 with *diag set. */
int url_check_address(const char *text, bool any_port, struct diag *diag);

#endif
