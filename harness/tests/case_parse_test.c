/* Text in, steps or a diagnosis out. */
#include "tests/case_properties.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define HEAD "title t\ncites X-1\nseat gateway\n"

struct parse_row {
  const char *text; /* behind HEAD */
  const char *dump; /* of the steps */
};

static const struct parse_row step_rows[] = {
    /* Messages. */
    {"client sends GET\n", "client sends GET\n"},
    {"client sends GET /a?b=c HTTP/1.0\n", "client sends GET /a?b=c HTTP/1.0\n"},
    {"client sends GET {path}/deeper\n", "client sends GET {path}/deeper\n"},
    {"client sends OPTIONS *\n", "client sends OPTIONS *\n"},
    {"client sends CONNECT {host}:443\n", "client sends CONNECT {host}:443\n"},
    {"client sends A9\n", "client sends A9\n"},
    {"client sends VERSION-CONTROL\n", "client sends VERSION-CONTROL\n"},
    {"origin sends 102\n", "origin sends 102\n"},
    {"origin sends 200 HTTP/1.0\n", "origin sends 200 HTTP/1.0\n"},
    {"origin sends content\n  | x\n", "origin sends content |x|\n"},
    {"client sees 102\n", "client sees 102\n"},
    {"client sees 1xx\n", "client sees 100-199\n"},
    {"client sees 5xx HTTP/1.1\n", "client sees 500-599 HTTP/1.1\n"},
    {"client sees final\n", "client sees 200-599\n"},
    {"client sees content\n", "client sees content\n"},
    {"client sees close\n", "client sees close\n"},
    {"client sees abort\n", "client sees abort\n"},
    {"client sees nothing for 50ms\n", "client sees nothing for=50000\n"},
    {"client sees 200 or 502 or close\n", "client sees 200 or 502 or close\n"},
    {"client may see 1xx or 502\n", "client may-see 100-199 or 502\n"},
    {"client never sees 102 or close\n", "client never-sees 102 or close\n"},
    {"origin sees GET / or POST\n", "origin sees GET / or POST\n"},
    /* Other verbs, and lanes. */
    {"client closes\norigin half-closes\norigin aborts\n",
     "client closes\norigin half-closes\norigin aborts\n"},
    {"pause 2s\n", "pauses for=2000000\n"},
    {"origin 9 sends 200\nclient 10 sees 200\nclient 1 sees 200\n",
     "origin9 sends 200\nclient10 sees 200\nclient1 sees 200\n"},
    /* Delivery. */
    {"origin sends 102 x 1000\n", "origin sends 102 x=1000\n"},
    {"origin sends 102 glued pace 500us cut 1 x 3\n",
     "origin sends 102 x=3 cut=1 pace=500 glued\n"},
    {"origin sends 100 on-arrival\n", "origin sends 100 on-arrival\n"},
    {"client sees 102 x 5 within 250ms\n", "client sees 102 x=5 within=250000\n"},
    {"origin sends 102 split 1 padded 0 priority\n",
     "origin sends 102 split=1 padded=0 priority\n"},
    /* Frames. */
    {"origin sends frame HEADERS END_STREAM END_HEADERS\n  :status: 102\n  X-A:  \\x20b\\r\n",
     "origin sends frame 1 flags=5 on=0 number=0 [:status: 102] [X-A:  b\\r]\n"},
    {"origin sends frame DATA 0x08 padded 3\n  | a\n  | \\xff\n",
     "origin sends frame 0 flags=8 on=0 number=0 |a\\xff| padded=3\n"},
    {"origin sends frame RST_STREAM NO_ERROR\norigin sends frame GOAWAY CANCEL\n",
     "origin sends frame 3 flags=0 on=0 number=0\norigin sends frame 7 flags=0 on=0 number=8\n"},
    {"client sends frame WINDOW_UPDATE 7 on-stream 0\n",
     "client sends frame 8 flags=0 on=1 number=7\n"},
    {"client sends frame SETTINGS\n  INITIAL_WINDOW_SIZE: 0\n",
     "client sends frame 4 flags=0 on=0 number=0 [INITIAL_WINDOW_SIZE: 0]\n"},
    {"origin sends frame 0xfa on-stream idle\n", "origin sends frame 250 flags=0 on=2 number=0\n"},
    /* Fields and content. */
    {"client sees 200\n  ! Set-Cookie: a=1\n", "client sees 200 [!Set-Cookie: a=1]\n"},
    {"origin sends 200\n  X-A: b c \n  X-Empty:\n  ! Date\n  | one\n  |\n  |  two\n",
     "origin sends 200 [X-A: b c] [X-Empty: ] [!Date] |one\\n\\n two|\n"},
    {"origin sends 200\n  X-A: {nonce}:{path}\n", "origin sends 200 [X-A: {nonce}:{path}]\n"},
    {"origin sends 200\n  AZaz09-_.~: x\n", "origin sends 200 [AZaz09-_.~: x]\n"},
    {"origin sends 200\n  |\n", "origin sends 200 ||\n"},
    {"origin sends 200\n  | {\"a\": {}}\n  | # no comment\n  | a\\r\n",
     "origin sends 200 |{\"a\": {}}\\n# no comment\\na\\\\r|\n"},
    {"client sees 200 or close\n  X-A: b\n  | c\n", "client sees 200 or close [X-A: b] |c|\n"},
    /* Bytes: CRLF unless a backslash ends the line; escapes undone. */
    {"origin sends bytes\n  | HTTP/1.1 102 \\\n  | x\n  |\n",
     "origin sends bytes |HTTP/1.1 102 x\\r\\n\\r\\n|\n"},
    {"origin sends bytes\n  | \\r\\n\\t\\0\\\\\\x41\\xfF\\\n",
     "origin sends bytes |\\r\\n\\t\\0\\\\A\\xff|\n"},
    {"origin sends bytes\n  | two\\\\\n", "origin sends bytes |two\\\\\\r\\n|\n"},
    {"client sends bytes\n  | GET {path} HTTP/1.1\n  | \\x7bword}\\\n",
     "client sends bytes |GET {path} HTTP/1.1\\r\\n{word}|\n"},
    /* Blanks, blank lines and comments. */
    {"\n# a comment {with} anything \xc3\xa9\nclient   sends\tGET  \n\n  # aside\n  A:b\n",
     "client sends GET [A: b]\n"},
    {"client sends GET", "client sends GET\n"},
};

static void parse_steps(const char *text, const char *expected) {
  struct arena arena = {0};
  struct case_file file;
  struct diag diag;
  struct bytes dump = {0};
  const char *whole = arena_printf(&arena, "%s%s", HEAD, text);
  if (case_parse(&arena, "g/s.case", span_of(whole), NULL, &file, &diag) < 0) {
    fail_msg("%s: %zu:%zu: %s", text, diag.line, diag.column, diag.reason);
  }
  case_dump_steps(&dump, &file);
  assert_string_equal(bytes_cstr(&dump), expected);
  case_property_all((const uint8_t *)whole, strlen(whole));
  bytes_free(&dump);
  arena_free(&arena);
}

static void test_steps(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(step_rows) / sizeof(step_rows[0]); i++) {
    parse_steps(step_rows[i].text, step_rows[i].dump);
  }
}

static const struct parse_row head_rows[] = {
    {"title A  sentence \nwhy one\nwhy two\ncites proxy RFC9110-15.2-6\n"
     "cites gateway front h2 back h1 RFC9110-7.6-1\ncites back h2 A-1\nseat proxy gateway\n"
     "needs trigger upgrade\nalone\nslow\nclient sends GET\n",
     "title A  sentence\nwhy one two\ncites RFC9110-15.2-6 proxy\n"
     "cites RFC9110-7.6-1 gateway front=h2 back=h1\ncites A-1 back=h2\nseat gateway proxy\n"
     "on front=h1h2 back=h1h2 alone slow\nneeds trigger upgrade\nclient sends GET\n"},
    {"# any order\nseat client\n  # indented\nback h2\nfront h1 h2\n\ncites A-1\ntitle t\norigin "
     "sends 102\n",
     "title t\ncites A-1\nseat client\non front=h1h2 back=h2\norigin sends 102\n"},
    {"title t\ncites A-1\nseat origin\nfor code 102-105 except 103\nfor name X-A\nclient sends "
     "GET\n",
     "title t\ncites A-1\nseat origin\non front=h1h2 back=h1h2\nfor code 102 104 105\nfor name "
     "X-A\n"
     "client sends GET\n"},
    {"title t\ncites A-1\nseat origin\nfor za-z09 a-b 1-2-3 5-5 7 9-10 except 9\nclient sends "
     "GET\n",
     "title t\ncites A-1\nseat origin\non front=h1h2 back=h1h2\nfor za-z09 a-b 1-2-3 5 7 "
     "10\nclient sends "
     "GET\n"},
};

static void test_heads(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(head_rows) / sizeof(head_rows[0]); i++) {
    struct arena arena = {0};
    struct case_file file;
    struct diag diag = {0};
    struct bytes dump = {0};
    struct span text = span_of(head_rows[i].text);
    if (case_parse(&arena, "g/s.case", text, NULL, &file, &diag) < 0) {
      fail_msg("row %zu: %zu:%zu: %s", i, diag.line, diag.column, diag.reason);
    }
    case_dump(&dump, &file);
    assert_string_equal(bytes_cstr(&dump), head_rows[i].dump);
    case_property_all(text.ptr, text.len);
    bytes_free(&dump);
    arena_free(&arena);
  }
}

struct pin_row {
  const char *text;
  const char *on; /* what the versions line of the dump says */
};

/* What belongs to HTTP/1.1 alone pins its side to h1. */
static const struct pin_row pin_rows[] = {
    {"client sends GET\n", "on front=h1h2 back=h1h2\n"},
    {"client sends bytes\n  | x\n", "on front=h1 back=h1h2\n"},
    {"origin sends bytes\n  | x\n", "on front=h1h2 back=h1\n"},
    {"client sees 102 HTTP/1.1\n", "on front=h1 back=h1h2\n"},
    {"origin sends 200 HTTP/1.0\n", "on front=h1h2 back=h1\n"},
    {"client half-closes\n", "on front=h1 back=h1h2\n"},
    {"client closes\n", "on front=h1h2 back=h1h2\n"},
    {"origin sends 102\n  connection: x\n", "on front=h1h2 back=h1\n"},
    {"origin sends 102\n  Transfer-Encoding: x\n", "on front=h1h2 back=h1\n"},
    {"origin sends 102\n  Content-Length: 0\n", "on front=h1h2 back=h1\n"},
    {"origin sends 200\n  Content-Length: 0\n", "on front=h1h2 back=h1h2\n"},
    {"client sends POST\n  Content-Length: 5\n", "on front=h1h2 back=h1h2\n"},
    {"origin sends frame DATA\n", "on front=h1h2 back=h2\n"},
    {"client sends GET padded 3\n", "on front=h2 back=h1h2\n"},
    {"origin sends 102 split 1\n", "on front=h1h2 back=h2\n"},
    {"origin sends 102\n  Keep-Alive: x\n", "on front=h1h2 back=h1\n"},
    {"origin sends 102\n  Upgrade: x\n", "on front=h1h2 back=h1\n"},
    {"client sends GET\n  TE: x\n", "on front=h1 back=h1h2\n"},
    {"client sends GET\n  ! Connection\n", "on front=h1 back=h1h2\n"},
    {"client sees 102\n  ! Connection\n", "on front=h1h2 back=h1h2\n"},
};

static void test_pins(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(pin_rows) / sizeof(pin_rows[0]); i++) {
    struct arena arena = {0};
    struct case_file file;
    struct diag diag;
    struct bytes dump = {0};
    const char *whole = arena_printf(&arena, "%s%s", HEAD, pin_rows[i].text);
    assert_int_equal(case_parse(&arena, "g/s.case", span_of(whole), NULL, &file, &diag), 0);
    case_dump(&dump, &file);
    if (span_find(bytes_span(&dump), span_of(pin_rows[i].on), 0) == SIZE_MAX) {
      fail_msg("%s wants %s, got %s", pin_rows[i].text, pin_rows[i].on, bytes_cstr(&dump));
    }
    bytes_free(&dump);
    arena_free(&arena);
  }
}

static void test_places(void **state) {
  (void)state;
  struct arena arena = {0};
  struct case_file file;
  struct diag diag;
  const char *text = HEAD "\nclient  sends  GET  \n  X-A: b\n# c\norigin  sends  102\n";
  assert_int_equal(
      case_parse(&arena, "cases/forward/one-102.case", span_of(text), NULL, &file, &diag), 0);
  assert_true(span_is(file.id, "forward/one-102"));
  assert_int_equal(file.cites[0].line, 2);
  assert_int_equal(file.cites[0].column, 7);
  assert_int_equal(file.seat_line, 3);
  assert_int_equal(file.steps[0].line, 5);
  assert_int_equal(file.steps[0].column, 1);
  assert_int_equal(file.steps[0].fields[0].line, 6);
  assert_int_equal(file.steps[1].line, 8);
  assert_true(span_is(file.steps[0].text, "client  sends  GET"));
  assert_int_equal(case_parse(&arena, "alone.case", span_of(text), NULL, &file, &diag), 0);
  assert_true(span_is(file.id, "alone"));
  assert_int_equal(case_parse(&arena, "/g/s", span_of(text), NULL, &file, &diag), 0);
  assert_true(span_is(file.id, "g/s"));
  arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_steps),
      cmocka_unit_test(test_heads),
      cmocka_unit_test(test_pins),
      cmocka_unit_test(test_places),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
