/* A step in, exact bytes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "script/compose.h"

#define NONCE "abcdef0001020003"

static const struct compose_context usual = {
    .path = "/" NONCE "/g/s",
    .target = "/" NONCE "/g/s",
    .host = "h:80",
    .nonce = NONCE,
    .date = "Sat, 21 Nov 2026 00:00:00 GMT",
    .mark = 2,
};

#define DATE "Date: Sat, 21 Nov 2026 00:00:00 GMT\r\n"
#define STORE "Cache-Control: no-store\r\n"
#define OWN "Interim-Nonce: " NONCE "\r\n"
#define TYPE "Content-Type: text/plain\r\n"

static void parse(struct arena *arena, const char *steps, struct case_file *file) {
  struct diag diag;
  const char *text =
      arena_printf(arena, "title A message\ncites HOUSE-ALIVE\nseat gateway\n\n%s", steps);
  if (case_parse(arena, "g/s.case", span_of(text), NULL, file, &diag) != 0) {
    diag_print(&diag, stderr);
    fail_msg("the step does not parse");
  }
}

struct compose_row {
  const char *step;
  const char *wire;
};

static void check(const struct compose_row *rows, size_t num, bool request,
                  const struct compose_context *context) {
  for (size_t i = 0; i < num; i++) {
    struct arena arena = {0};
    struct case_file file;
    struct bytes out = {0};
    parse(&arena, rows[i].step, &file);
    (request ? compose_request : compose_response)(&out, &file.steps[0], context);
    assert_string_equal(bytes_cstr(&out), rows[i].wire);
    bytes_free(&out);
    arena_free(&arena);
  }
}

static void test_requests(void **state) {
  (void)state;
  static const struct compose_row rows[] = {
      {"client sends GET\n", "GET /" NONCE "/g/s HTTP/1.1\r\nHost: h:80\r\n" OWN "\r\n"},
      {"client sends GET HTTP/1.0\n", "GET /" NONCE "/g/s HTTP/1.0\r\nHost: h:80\r\n" OWN "\r\n"},
      {"client sends POST\n  | form\n",
       "POST /" NONCE "/g/s HTTP/1.1\r\nHost: h:80\r\n" OWN "Content-Length: 4\r\n\r\nform"},
      {"client sends POST\n  | a\n  | b\n",
       "POST /" NONCE "/g/s HTTP/1.1\r\nHost: h:80\r\n" OWN "Content-Length: 3\r\n\r\na\nb"},
      /* The case's fields come behind ours; one of ours that it gives replaces ours. */
      {"client sends PUT\n  Host: other\n  X-A: {nonce} {path} {host}\n  | x\n",
       "PUT /" NONCE "/g/s HTTP/1.1\r\n" OWN "Host: other\r\nX-A: " NONCE " /" NONCE
       "/g/s h:80\r\nContent-Length: 1\r\n\r\nx"},
      {"client sends GET\n  ! Host\n  ! Interim-Nonce\n", "GET /" NONCE "/g/s HTTP/1.1\r\n\r\n"},
      /* Expect with Content-Length and no content: the head alone. */
      {"client sends POST\n  Expect: 100-continue\n  Content-Length: 5\n",
       "POST /" NONCE "/g/s HTTP/1.1\r\nHost: h:80\r\n" OWN
       "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"},
      {"client sends POST\n  Transfer-Encoding: chunked\n  | 0123456789abcdef\n",
       "POST /" NONCE "/g/s HTTP/1.1\r\nHost: h:80\r\n" OWN
       "Transfer-Encoding: chunked\r\n\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n"},
      {"client sends POST\n  Transfer-Encoding: chunked\n  |\n",
       "POST /" NONCE "/g/s HTTP/1.1\r\nHost: h:80\r\n" OWN
       "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"client sends OPTIONS *\n", "OPTIONS * HTTP/1.1\r\nHost: h:80\r\n" OWN "\r\n"},
  };
  check(rows, sizeof(rows) / sizeof(rows[0]), true, &usual);
}

static void test_a_forward_proxy_gets_the_absolute_form(void **state) {
  (void)state;
  static const struct compose_row rows[] = {
      {"client sends GET\n", "GET http://o/" NONCE "/g/s HTTP/1.1\r\nHost: h:80\r\n" OWN "\r\n"},
  };
  struct compose_context context = usual;
  context.target = "http://o/" NONCE "/g/s";
  check(rows, 1, true, &context);
}

static void test_interim_responses(void **state) {
  (void)state;
  static const struct compose_row rows[] = {
      {"origin sends 102\n", "HTTP/1.1 102 Processing\r\nInterim-Mark: " NONCE "-2\r\n\r\n"},
      {"origin sends 100\n", "HTTP/1.1 100 Continue\r\nInterim-Mark: " NONCE "-2\r\n\r\n"},
      {"origin sends 103\n  Link: </a>\n",
       "HTTP/1.1 103 Early Hints\r\nInterim-Mark: " NONCE "-2\r\nLink: </a>\r\n\r\n"},
      {"origin sends 199\n", "HTTP/1.1 199 Interim\r\nInterim-Mark: " NONCE "-2\r\n\r\n"},
      {"origin sends 102\n  ! Interim-Mark\n", "HTTP/1.1 102 Processing\r\n\r\n"},
      {"origin sends 102\n  Interim-Mark: mine\n",
       "HTTP/1.1 102 Processing\r\nInterim-Mark: mine\r\n\r\n"},
      {"origin sends 102\n  Content-Length: 5\n",
       "HTTP/1.1 102 Processing\r\nInterim-Mark: " NONCE "-2\r\nContent-Length: 5\r\n\r\n"},
      {"origin sends 102\n  X-Empty:\n",
       "HTTP/1.1 102 Processing\r\nInterim-Mark: " NONCE "-2\r\nX-Empty: \r\n\r\n"},
      {"origin sends 102 HTTP/1.0\n",
       "HTTP/1.0 102 Processing\r\nInterim-Mark: " NONCE "-2\r\n\r\n"},
  };
  check(rows, sizeof(rows) / sizeof(rows[0]), false, &usual);
}

static void test_final_responses(void **state) {
  (void)state;
  static const struct compose_row rows[] = {
      {"origin sends 200\n",
       "HTTP/1.1 200 OK\r\n" DATE STORE OWN TYPE "Content-Length: 17\r\n\r\n" NONCE "\n"},
      {"origin sends 200\n  | done\n",
       "HTTP/1.1 200 OK\r\n" DATE STORE OWN TYPE "Content-Length: 22\r\n\r\ndone\n" NONCE "\n"},
      {"origin sends 404\n  | no\n", "HTTP/1.1 404 Not Found\r\n" DATE STORE OWN TYPE
                                     "Content-Length: 20\r\n\r\nno\n" NONCE "\n"},
      {"origin sends 201\n  Location: {path}/new\n",
       "HTTP/1.1 201 Created\r\n" DATE STORE OWN TYPE "Content-Length: 17\r\nLocation: /" NONCE
       "/g/s/new\r\n\r\n" NONCE "\n"},
      {"origin sends 204\n", "HTTP/1.1 204 No Content\r\n" DATE STORE OWN "\r\n"},
      {"origin sends 304\n  ETag: \"a\"\n",
       "HTTP/1.1 304 Not Modified\r\n" DATE STORE OWN "ETag: \"a\"\r\n\r\n"},
      {"origin sends 299\n",
       "HTTP/1.1 299 Final\r\n" DATE STORE OWN TYPE "Content-Length: 17\r\n\r\n" NONCE "\n"},
      {"origin sends 200\n  ! Date\n  ! Cache-Control\n  ! Content-Type\n  ! Interim-Nonce\n",
       "HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n" NONCE "\n"},
      /* Without a length the end of the connection delimits it. */
      {"origin sends 200\n  ! Content-Length\n",
       "HTTP/1.1 200 OK\r\n" DATE STORE OWN TYPE "\r\n" NONCE "\n"},
      /* A stated length means the content as it stands. */
      {"origin sends 200\n  Content-Length: 3\n  | abc\n",
       "HTTP/1.1 200 OK\r\n" DATE STORE OWN TYPE "Content-Length: 3\r\n\r\nabc"},
      {"origin sends 200\n  Transfer-Encoding: chunked\n  | done\n",
       "HTTP/1.1 200 OK\r\n" DATE STORE OWN TYPE
       "Transfer-Encoding: chunked\r\n\r\n16\r\ndone\n" NONCE "\n\r\n0\r\n\r\n"},
  };
  check(rows, sizeof(rows) / sizeof(rows[0]), false, &usual);
}

static void test_finals_that_answer_head_and_connect(void **state) {
  (void)state;
  static const struct compose_row head[] = {
      {"origin sends 200\n  | done\n",
       "HTTP/1.1 200 OK\r\n" DATE STORE OWN TYPE "Content-Length: 22\r\n\r\n"},
  };
  static const struct compose_row connect[] = {
      {"origin sends 200\n", "HTTP/1.1 200 OK\r\n" DATE STORE OWN "\r\n"},
      {"origin sends 403\n",
       "HTTP/1.1 403 Forbidden\r\n" DATE STORE OWN TYPE "Content-Length: 17\r\n\r\n" NONCE "\n"},
  };
  struct compose_context context = usual;
  context.to_head = true;
  check(head, 1, false, &context);
  context.to_head = false;
  context.to_connect = true;
  check(connect, 2, false, &context);
}

static void test_content_apart_from_its_head(void **state) {
  (void)state;
  static const struct {
    const char *step;
    bool chunked;
    const char *wire;
  } rows[] = {
      {"client sends content\n  | hello\n", false, "hello"},
      {"client sends content\n  | {nonce}\n", false, NONCE},
      {"client sends content\n  | hello\n", true, "5\r\nhello\r\n0\r\n\r\n"},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct arena arena = {0};
    struct case_file file;
    struct bytes out = {0};
    const char *steps =
        arena_printf(&arena, "client sends POST\n  Content-Length: 5\n%s", rows[i].step);
    parse(&arena, steps, &file);
    compose_content(&out, &file.steps[1], rows[i].chunked, &usual);
    assert_string_equal(bytes_cstr(&out), rows[i].wire);
    bytes_free(&out);
    arena_free(&arena);
  }
}

static void test_expected_content_ends_with_the_nonce(void **state) {
  (void)state;
  struct bytes out = {0};
  compose_expected(&out, span_of("done"), &usual);
  assert_string_equal(bytes_cstr(&out), "done\n" NONCE "\n");
  out.len = 0;
  compose_expected(&out, span_of(""), &usual);
  assert_string_equal(bytes_cstr(&out), NONCE "\n");
  bytes_free(&out);
}

static void test_only_three_words_are_substituted(void **state) {
  (void)state;
  struct bytes out = {0};
  compose_substitute(&out, span_of("{path}{host}{nonce}{other}{path"), &usual);
  assert_string_equal(bytes_cstr(&out), "/" NONCE "/g/sh:80" NONCE "{other}{path");
  bytes_free(&out);
}

static void test_reasons(void **state) {
  (void)state;
  static const struct {
    unsigned code;
    const char *reason;
  } rows[] = {
      {100, "Continue"},
      {101, "Switching Protocols"},
      {102, "Processing"},
      {103, "Early Hints"},
      {104, "Upload Resumption Supported"},
      {150, "Interim"},
      {199, "Interim"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {207, "Multi-Status"},
      {301, "Moved Permanently"},
      {304, "Not Modified"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {413, "Content Too Large"},
      {417, "Expectation Failed"},
      {500, "Internal Server Error"},
      {503, "Service Unavailable"},
      {599, "Final"},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    assert_string_equal(compose_reason(rows[i].code), rows[i].reason);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_requests),
      cmocka_unit_test(test_a_forward_proxy_gets_the_absolute_form),
      cmocka_unit_test(test_interim_responses),
      cmocka_unit_test(test_final_responses),
      cmocka_unit_test(test_finals_that_answer_head_and_connect),
      cmocka_unit_test(test_content_apart_from_its_head),
      cmocka_unit_test(test_expected_content_ends_with_the_nonce),
      cmocka_unit_test(test_only_three_words_are_substituted),
      cmocka_unit_test(test_reasons),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
