/* What the grammar allows and sense does not. */
#include "tests/case_properties.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define HEAD "title t\ncites S-1\nseat gateway proxy\n"
#define COLUMNS "id\tlevel\troles\tversions\twording\taddress\tnote\n"
#define REST "\twording\thttps://x\t\n"

static const char registry_text[] =
    COLUMNS "S-1\tMUST\tserver\t1.1,2,3" REST "S-2\tMUST\tserver\t1.1" REST
            "C-1\tMUST\tclient\t1.1" REST "P-1\tMUST\tproxy\t1.1,2,3" REST
            "O-1\tMUST\torigin\t1.0,1.1,2,3" REST "R-2\tMUST\trecipient\t2" REST;

struct check_row {
  const char *text;
  size_t line; /* 0: no finding */
  size_t column;
  const char *reason; /* how it begins */
};

/* Rows in front of which HEAD stands, so that their first line is line 4. */
static const struct check_row step_rows[] = {
    {"client sends GET\norigin sends 102\nclient sees 102\norigin sends 200\nclient sees 200\n", 0,
     0, ""},
    /* Requests and their answers. */
    {"client sends GET\norigin 2 sends 200\nclient sees 200\n", 5, 1,
     "origin 2 is request number 2, but the steps before send 1"},
    {"origin sends 200\nclient sends GET\nclient sees 200\n", 4, 1,
     "origin 1 is request number 1, but the steps before send 0"},
    {"client sends GET x 2\norigin 2 sends 200\nclient sees 200\n", 0, 0, ""},
    {"client sends GET\nclient 2 sends GET\norigin 2 sends 200\nclient 2 sees 200\n", 0, 0, ""},
    {"client sends bytes\n  | GET {path} HTTP/1.1\n  | Host: {host}\n  |\norigin sends 200\n"
     "client sees 200\n",
     0, 0, ""},
    {"client sends bytes\n  | GET {path} HTTP/1.1\n  |\n  | GET {path} HTTP/1.1\n  |\n"
     "origin 2 sends 200\nclient sees 200\n",
     0, 0, ""},
    {"client sends bytes\n  | GET / HTTP/1.1\n  | X: {nonce}\n  | Y: {nonce}\n  |\n"
     "origin 2 sends 200\nclient sees 200\n",
     9, 1, "origin 2 is request number 2, but the steps before send 1"},
    {"client sees 200\nclient sends GET\n", 4, 1,
     "client 1 sees an answer before it sent anything"},
    {"client sends GET\nclient 2 sees 200\n", 5, 1,
     "client 2 sees an answer before it sent anything"},
    {"client never sees 102\nclient sends GET\nclient sees 200\n", 0, 0, ""},
    /* Ends. */
    {"client sends GET\nclient closes\nclient sends GET\nclient sees 200\n", 6, 1,
     "the connection is closed by then: move it above closes"},
    {"client sends GET\nclient closes\nclient 2 sends GET\nclient 2 sees 200\n", 0, 0, ""},
    {"client sends GET\norigin aborts\norigin sees abort\n", 6, 1,
     "the connection is reset by then: move it above aborts"},
    {"client sends GET\norigin aborts\nclient sees 502 or close\n", 0, 0, ""},
    {"client sends GET\nclient half-closes\nclient sees 200\n", 0, 0, ""},
    {"client sends GET\nclient half-closes\nclient sends content\nclient sees 200\n", 6, 1,
     "nothing is sent after half-closes: move it up"},
    {"client sends GET\nclient sees close\nclient sees 200\n", 6, 1,
     "the connection's end was seen by then"},
    {"client sends GET\nclient sees 200 or close\nclient sees close\n", 0, 0, ""},
    /* Content, and messages that have none. */
    {"client sends GET\norigin sends content\n  | x\nclient sees 200\n", 5, 1,
     "content of what: no message was sent before on this lane"},
    {"client sends GET\nclient sees content\n", 5, 1,
     "content of what: no message was seen before on this lane"},
    {"client sends POST\nclient sends content\n  | x\norigin sees POST\norigin sees content\n", 0,
     0, ""},
    {"client sends GET\norigin sends 200\nclient sees 200\nclient sees content\n  | x\n", 7, 1,
     "a client sees content by itself only in a tunnel"},
    {"client sends GET\nclient sees 101\nclient sees content\n  | x\n", 0, 0, ""},
    {"client sends GET\nclient may see 1xx\nclient sees 2xx\nclient sees content\n  | x\n", 0, 0,
     ""},
    {"client sends bytes\n  | CONNECT {host} HTTP/1.1\n  | Interim-Nonce: {nonce}\n  |\n"
     "client sees 2xx\nclient sees content\n  | x\n",
     0, 0, ""},
    {"client sends GET\norigin sends 102\n  | x\nclient sees 200\n", 5, 1, "a 102 has no content"},
    {"client sends GET\norigin sends 304\n  | x\nclient sees 200\n", 5, 1, "a 304 has no content"},
    {"client sends GET\norigin sends 200\nclient sees 2xx\n  | x\n", 0, 0, ""},
    /* Directions. */
    {"client sends 200\nclient sees 200\n", 4, 1, "a client sends requests"},
    {"client sends GET\nclient sees GET\n", 5, 1, "a client sees responses"},
    {"client sends GET\norigin sends GET\nclient sees 200\n", 5, 1, "an origin sends responses"},
    {"client sends GET\norigin sees 200\n", 5, 1, "an origin sees requests"},
    /* Delivery. */
    {"client sends GET\norigin sends 102 pace 50%\nclient sees 102\n", 5, 1,
     "a percentage of the target's timeout: the case needs"},
    {"client sends GET\norigin sends 102\nclient sees 102 within 200%\n", 6, 1,
     "a percentage of the target's timeout: the case needs"},
    {"client sends GET\norigin sends 102 glued\nclient sees 102\n", 5, 1, "glued to what"},
    {"client sends GET\norigin sends 102 glued\norigin sends 200\nclient sees 200\n", 0, 0, ""},
    {"client sends GET\norigin sends 102 glued\nclient sends GET\nclient sees 200\n", 5, 1,
     "glued to what"},
    /* Raw messages that nobody could tell from others. */
    {"client sends bytes\n  | GET / HTTP/1.1\n  |\nclient sees 200\n", 4, 1,
     "a raw request without {path} or {nonce}"},
    {"client never sees 102\nclient sends bytes\n  | GET / HTTP/1.1\n  |\nclient sees 200\n", 5, 1,
     "a raw request without {path} or {nonce}"},
    {"client sends POST\nclient sends bytes\n  | more\nclient sees 200\n", 0, 0, ""},
    {"client sends GET\norigin sends bytes\n  | HTTP/1.1 200 OK\n  |\nclient sees 200\n", 5, 1,
     "a raw final response without {nonce}"},
    {"client sends GET\norigin sends bytes\n  | HTTP/1.1 102 x\n  |\n  | HTTP/1.0 502 x\n  |\n"
     "client sees 200\n",
     5, 1, "a raw final response without {nonce}"},
    {"client sends GET\norigin sends bytes\n  | HTTP/1.1 102 Processing\n  |\nclient sees 200\n", 0,
     0, ""},
    {"client sends GET\norigin sends bytes\n  | HTTP/1.1 200 OK\n  | X: {nonce}\n  |\nclient sees "
     "200\n",
     0, 0, ""},
    /* 101 and HTTP/2. */
    {"client sends GET\norigin sends 101\nclient sees 200\n", 5, 1,
     "HTTP/2 has no 101; pin it: back h1"},
    {"client sends GET\norigin sends 101\n  Upgrade: x\nclient sees 200\n", 0, 0, ""},
    /* A case must be able to fail. */
    {"client sends GET\norigin sends 200\nclient never sees 102\n", 6, 1, "nothing is ever seen"},
};

/* Whole files: cites, seats, versions. */
static const struct check_row head_rows[] = {
    {"title t\ncites X-1\nseat gateway\nclient sends GET\nclient sees 200\n", 2, 7,
     "X-1 is not in the registry"},
    {"title t\ncites S-1\ncites X-1\nseat gateway\nclient sends GET\nclient sees 200\n", 3, 7,
     "X-1 is not in the registry"},
    {"title t\ncites proxy P-1\nseat gateway proxy\nclient sends GET\nclient sees 200\n", 3, 1,
     "no requirement decides at seat gateway, front h1, back h1: add \"cites gateway ID\""},
    {"title t\ncites proxy P-1\ncites gateway front h1 S-1\nseat gateway proxy\nclient sends GET\n"
     "client sees 200\n",
     4, 1, "no requirement decides at seat gateway, front h2, back h1"},
    {"title t\ncites S-1\ncites origin O-1\nseat gateway\nclient sends GET\nclient sees 200\n", 3,
     1, "a cite for a seat that the case does not have"},
    /* A rule that does not bind the target must not judge it. */
    {"title t\ncites P-1\nseat gateway\nclient sends GET\nclient sees 200\n", 2, 7,
     "P-1 binds proxy, not a target at seat gateway"},
    {"title t\ncites O-1\nseat gateway\nclient sends GET\nclient sees 200\n", 0, 0, ""},
    {"title t\ncites O-1\nseat proxy\nclient sends GET\nclient sees 200\n", 2, 7,
     "O-1 binds origin, not a target at seat proxy"},
    {"title t\ncites C-1\nseat origin\nclient sends GET\nclient sees 200\n", 2, 7,
     "C-1 binds client, not a target at seat origin"},
    /* A server's duty lies at the front, a client's at the back. */
    {"title t\ncites S-2\nseat proxy\nback h1\nclient sends GET\nclient sees 200\n", 2, 7,
     "S-2 is about HTTP 1.1 and cannot decide at seat proxy, front h2, back h1"},
    {"title t\ncites S-2\nseat proxy\nfront h1\nclient sends GET\nclient sees 200\n", 0, 0, ""},
    {"title t\ncites C-1\nseat proxy\nfront h1\nclient sends GET\nclient sees 200\n", 2, 7,
     "C-1 is about HTTP 1.1 and cannot decide at seat proxy, front h1, back h2"},
    {"title t\ncites C-1\nseat proxy\nback h1\nclient sends GET\nclient sees 200\n", 0, 0, ""},
    {"title t\ncites R-2\nseat proxy\nback h2\nclient sends GET\nclient sees 200\n", 0, 0, ""},
    {"title t\ncites S-2\nseat origin\nfront h1\nclient sends GET\nclient sees 200\n", 0, 0, ""},
    /* A lane that the target itself is. */
    {"title t\ncites S-2\nseat origin\nfront h1\nneeds trigger-102\nclient sends trigger-102\n"
     "client sees 200\n",
     0, 0, ""},
    {"title t\ncites S-2\nseat origin\nfront h1\nneeds trigger-103\nclient sends trigger-102\n"
     "client sees 200\n",
     6, 1, "the case needs a line \"needs trigger-102\""},
    {"title t\ncites S-1\nseat origin\nclient sends GET\norigin sends 200\nclient sees 200\n", 5, 1,
     "at seat origin the target is the origin"},
    {"title t\ncites C-1\nseat client\nback h1\norigin sends 102\nclient sees 102\n", 6, 1,
     "at seat client the target is the client"},
    {"title t\ncites C-1\nseat client\nback h1\norigin sees GET\norigin sends 102\norigin sends "
     "200\n",
     0, 0, ""},
};

static void expect_finding(const char *text, const struct check_row *row) {
  struct arena arena = {0};
  struct registry registry;
  struct case_file file;
  struct diag diag = {0};
  assert_int_equal(registry_parse(&arena, "r.tsv", span_of(registry_text), &registry, &diag), 0);
  if (case_parse(&arena, "g/s.case", span_of(text), NULL, &file, &diag) < 0) {
    fail_msg("%s\n%zu:%zu %s", text, diag.line, diag.column, diag.reason);
  }
  int result = case_check(&file, &registry, &diag);
  if (row->line == 0 && result == 0) {
    arena_free(&arena);
    return;
  }
  bool placed = result < 0 && diag.line == row->line && diag.column == row->column;
  if (!placed || strncmp(diag.reason, row->reason, strlen(row->reason)) != 0) {
    fail_msg("%s\nwant %zu:%zu %s\n got %d %zu:%zu %s", text, row->line, row->column, row->reason,
             result, diag.line, diag.column, diag.reason);
  }
  assert_true(diag.source[0] != '\0');
  case_property_diag(&diag, span_of(text));
  arena_free(&arena);
}

static void test_steps(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(step_rows) / sizeof(step_rows[0]); i++) {
    struct arena arena = {0};
    expect_finding(arena_printf(&arena, "%s%s", HEAD, step_rows[i].text), &step_rows[i]);
    arena_free(&arena);
  }
}

static void test_cites(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(head_rows) / sizeof(head_rows[0]); i++) {
    expect_finding(head_rows[i].text, &head_rows[i]);
  }
}

/* The diagnosis carries the line it points into. */
static void test_source_line(void **state) {
  (void)state;
  struct arena arena = {0};
  struct registry registry;
  struct case_file file;
  struct diag diag = {0};
  const char *text = HEAD "client  sends  GET\norigin 2  sends  200\nclient  sees   200\n";
  assert_int_equal(registry_parse(&arena, "r.tsv", span_of(registry_text), &registry, &diag), 0);
  assert_int_equal(case_parse(&arena, "g/s.case", span_of(text), NULL, &file, &diag), 0);
  assert_int_equal(case_check(&file, &registry, &diag), -1);
  assert_string_equal(diag.source, "origin 2  sends  200");
  assert_string_equal(diag.file, "g/s.case");
  arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_steps),
      cmocka_unit_test(test_cites),
      cmocka_unit_test(test_source_line),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
