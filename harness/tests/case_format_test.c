/* The canonical layout: text in, text out. */
#include "tests/case_properties.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define HEAD "title   t\ncites   X-1\nseat    proxy\n"

struct format_row {
  const char *in;
  const char *out;
};

static const struct format_row rows[] = {
    /* What is canonical stays. */
    {HEAD "\nclient  sends  GET\n", HEAD "\nclient  sends  GET\n"},
    /* Head: keywords in eight columns, one blank between words, texts as they are. */
    {"title  a  b \nwhy   c\ncites   proxy\tback  h1 X-1\nseat proxy   gateway\nfront h1\nback  "
     "h1\n"
     "needs a  b\nalone\nslow \nfor code  1-3  except 2\nclient sends GET\n",
     "title   a  b\nwhy     c\ncites   proxy back h1 X-1\nseat    proxy gateway\nfront   h1\n"
     "back    h1\nneeds   a b\nalone\nslow\nfor     code 1-3 except 2\n\nclient  sends  GET\n"},
    /* Steps: lane and verb in columns of their own. */
    {HEAD
     "client sends  GET /x   HTTP/1.1 cut 1\norigin 2   sees GET  or  POST\nclient may see  1xx\n"
     "client  never   sees 502\norigin half-closes\norigin 10 closes\nclient sees 200 within 1s\n"
     "pause 3ms\n",
     HEAD
     "\nclient  sends  GET /x HTTP/1.1 cut 1\norigin 2  sees   GET or POST\nclient  may see  1xx\n"
     "client  never sees  502\norigin  half-closes\norigin 10  closes\n"
     "client  sees   200 within 1s\npause   3ms\n"},
    /* Details: two blanks, one behind the colon; content as it is. */
    {HEAD "client sends GET\n     A:b  c  \n  B:\n  !   C\n   |   d\n   |\n   |   \n",
     HEAD "\nclient  sends  GET\n  A: b  c\n  B:\n  ! C\n  |   d\n  |\n  |\n"},
    /* Names in braces, also where they bring a colon or a verb. */
    {"title t\ncites X-1\nseat proxy\nfor a X:y\nfor v sends\nfor n 2\nclient {n} {v} GET\n"
     "client {v} GET\n   {a}  \n   {a}:  b\n   C:{n}\n",
     "title   t\ncites   X-1\nseat    proxy\nfor     a X:y\nfor     v sends\nfor     n 2\n\n"
     "client {n}  {v}    GET\nclient {v}  GET\n  {a}\n  {a}:  b\n  C: {n}\n"},
    {"title t\ncites X-1\nseat proxy\nfor v closes\nclient {v}\n",
     "title   t\ncites   X-1\nseat    proxy\nfor     v closes\n\nclient {v}\n"},
    /* Comments stay; blank lines are single, and part head, comments and steps only. */
    {"\n\n# first\n\n\ntitle t\n\ncites X-1\n# about the seat\nseat proxy\n  # last\n\n\n# a step\n"
     "client sends GET\n\n   # inside\n\n  A: b\n\n\norigin sends 200\n# outside\n  | c\n\n\n",
     "# first\n\ntitle   t\ncites   X-1\n# about the seat\nseat    proxy\n\n# last\n\n# a step\n"
     "client  sends  GET\n  # inside\n  A: b\n\norigin  sends  200\n# outside\n  | c\n"},
    /* The last line may lack its end. */
    {HEAD "client sends GET\n  | x", HEAD "\nclient  sends  GET\n  | x\n"},
};

static void test_rows(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bytes out = {0};
    struct diag diag;
    struct span text = span_of(rows[i].in);
    if (case_format(&out, "g/s.case", text, &diag) < 0) {
      fail_msg("%s\n%zu:%zu %s", rows[i].in, diag.line, diag.column, diag.reason);
    }
    assert_string_equal(bytes_cstr(&out), rows[i].out);
    case_property_all(text.ptr, text.len);
    bytes_free(&out);
  }
}

static void test_appends(void **state) {
  (void)state;
  struct bytes out = {0};
  struct diag diag = {0};
  bytes_text(&out, "before\n");
  assert_int_equal(case_format(&out, "g/s.case", span_of(HEAD "client sends GET\n"), &diag), 0);
  assert_string_equal(bytes_cstr(&out), "before\n" HEAD "\nclient  sends  GET\n");
  assert_int_equal(case_format(&out, "g/s.case", span_of("title\n"), &diag), -1);
  assert_int_equal(diag.line, 1);
  assert_string_equal(bytes_cstr(&out), "before\n" HEAD "\nclient  sends  GET\n");
  bytes_free(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_rows),
      cmocka_unit_test(test_appends),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
