/* Targets and addresses: what is taken, what is refused and at which column. */
#include "cli/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static void test_a_url_is_cut_into_host_port_and_path(void **state) {
  (void)state;
  static const struct {
    const char *text;
    const char *host;
    const char *port;
    const char *path;
    bool secure;
  } rows[] = {
      {"https://example.org", "example.org", "443", "/", true},
      {"HTTPS://[::1]:8443/a", "::1", "8443", "/a", true},
      {"http://127.0.0.1:8080", "127.0.0.1", "8080", "/", false},
      {"http://127.0.0.1:8080/", "127.0.0.1", "8080", "/", false},
      {"http://example.org", "example.org", "80", "/", false},
      {"HTTP://Example.org/App/v1/", "Example.org", "80", "/App/v1/", false},
      {"http://my_host-1:1/%7e", "my_host-1", "1", "/%7e", false},
      {"http://[::1]:8080/a", "::1", "8080", "/a", false},
      {"http://[2001:db8::7]", "2001:db8::7", "80", "/", false},
      {"http://[::ffff:192.0.2.1]:65535", "::ffff:192.0.2.1", "65535", "/", false},
  };
  for (size_t i = 0; i < LENGTH(rows); i++) {
    struct arena arena;
    struct url url;
    struct diag diag = {.line = 0};
    arena_init(&arena);
    assert_int_equal(url_parse(&arena, rows[i].text, &url, &diag), 0);
    assert_string_equal(url.host, rows[i].host);
    assert_string_equal(url.port, rows[i].port);
    assert_string_equal(url.path, rows[i].path);
    assert_int_equal(url.secure, rows[i].secure);
    arena_free(&arena);
  }
}

static void test_what_is_no_target_is_refused_with_the_place(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t column;
    const char *reason;
  } rows[] = {
      {"", 1, "no scheme; write http://"},
      {"127.0.0.1:8080", 1, "no scheme; write http://"},
      {"http:/127.0.0.1/", 1, "no scheme; write http://"},
      {"ftp://127.0.0.1/", 1, "the scheme is neither http nor https"},
      {"http://", 8, "no host"},
      {"http:///path", 8, "no host"},
      {"http://:80/", 8, "no host"},
      {"http://me@host/", 8, "user information"},
      {"http://me:secret@host/", 8, "user information"},
      {"http://a b/", 9, "a host has letters"},
      {"http://a\x01/", 9, "a host has letters"},
      {"http://\xc3\xa9/", 8, "a host has letters"},
      {"http://host:/", 13, "the port is no number"},
      {"http://host:0/", 13, "the port is no number from 1 to 65535"},
      {"http://host:65536/", 13, "the port is no number"},
      {"http://host:8o/", 13, "the port is no number"},
      {"http://host:+80/", 13, "the port is no number"},
      {"http://host:000080/", 13, "the port is no number"},
      {"http://::1:80/", 8, "no host"},
      {"http://fe80::1/", 8, "several colons; an IPv6 address goes into brackets"},
      {"http://[::1/", 8, "the bracket is not closed"},
      {"http://[]/", 9, "no IPv6 address"},
      {"http://[127.0.0.1]/", 9, "no IPv6 address"},
      {"http://[fe80::1%eth0]/", 9, "no IPv6 address"},
      {"http://[::1]8080/", 13, "only :PORT may follow"},
      {"http://host/a b", 14, "a byte that no URL may hold"},
      {"http://host/a\r\nX: y", 14, "a byte that no URL may hold"},
      {"http://host/\x7f", 13, "a byte that no URL may hold"},
      {"http://host/{x}", 13, "a byte that no URL may hold"},
      {"http://host/a?b", 14, "a query cannot be kept"},
      {"http://host?b", 12, "a query cannot be kept"},
      {"http://host/#top", 13, "a fragment is never sent"},
  };
  for (size_t i = 0; i < LENGTH(rows); i++) {
    struct arena arena;
    struct url url;
    struct diag diag = {.line = 0};
    arena_init(&arena);
    assert_int_equal(url_parse(&arena, rows[i].text, &url, &diag), -1);
    assert_memory_equal(diag.reason, rows[i].reason, strlen(rows[i].reason));
    assert_int_equal(diag.column, rows[i].column);
    assert_string_equal(diag.source, rows[i].text);
    arena_free(&arena);
  }
}

static void test_an_address_has_a_host_and_a_port(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool any_port;
    const char *reason; /* NULL when it is one */
  } rows[] = {
      {"127.0.0.1:9000", false, NULL},
      {"[::1]:9000", false, NULL},
      {"localhost:9000", false, NULL},
      {"127.0.0.1:0", true, NULL},
      {"127.0.0.1:0", false, "the port is no number from 1 to 65535"},
      {"127.0.0.1:99999", true, "the port is no number from 0 to 65535"},
      {"127.0.0.1", true, "no port; write HOST:PORT"},
      {"[::1]", true, "no port; write HOST:PORT"},
      {"9000", true, "no host; write HOST:PORT"},
      {":9000", true, "no host; write HOST:PORT"},
      {"", true, "no host; write HOST:PORT"},
      {"http://127.0.0.1:9000", true, "several colons"},
      {"127.0.0.1:9000/", true, "the port is no number"},
  };
  for (size_t i = 0; i < LENGTH(rows); i++) {
    struct diag diag = {.line = 0};
    int failed = url_check_address(rows[i].text, rows[i].any_port, &diag);
    assert_int_equal(failed, rows[i].reason == NULL ? 0 : -1);
    if (rows[i].reason != NULL) {
      assert_memory_equal(diag.reason, rows[i].reason, strlen(rows[i].reason));
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_url_is_cut_into_host_port_and_path),
      cmocka_unit_test(test_what_is_no_target_is_refused_with_the_place),
      cmocka_unit_test(test_an_address_has_a_host_and_a_port),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
