/* A step in, the parts of a stream of HTTP/2 out: a line for each part, its fields and its content,
 * and "." where the stream ends; then how much content is due. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "script/compose_h2.h"

#define NONCE "abcdef0001020003"
#define FINAL(code, type_and_length)                                                               \
  ":status=" code " date=D cache-control=no-store interim-nonce=" NONCE type_and_length
#define TYPED(length) " content-type=text/plain content-length=" length

enum sender { REQUEST, RESPONSE, CONTENT };

struct compose_row {
  const char *step;
  const char *parts;
  uint64_t due;
  bool to_head;
  bool to_connect;
};

static void parse(struct arena *arena, const char *steps, struct case_file *file) {
  struct diag diag;
  const char *text =
      arena_printf(arena, "title A message\ncites HOUSE-ALIVE\nseat gateway\n\n%s", steps);
  if (case_parse(arena, "g/s.case", span_of(text), NULL, file, &diag) != 0) {
    diag_print(&diag, stderr);
    fail_msg("the step does not parse: %s", steps);
  }
}

static void print(struct bytes *out, const struct part *part) {
  for (; part != NULL; part = part->next) {
    for (size_t i = 0; i < part->num_fields; i++) {
      bytes_text(out, i == 0 ? "" : " ");
      bytes_add(out, part->fields[i].name);
      bytes_text(out, "=");
      bytes_add(out, part->fields[i].value);
    }
    bytes_add(out, part->payload);
    bytes_text(out, (part->flags & H2_END_STREAM) != 0 ? ".\n" : "\n");
  }
}

static void check(const struct compose_row *rows, size_t num, enum sender sender) {
  for (size_t i = 0; i < num; i++) {
    const struct compose_context context = {.path = "/" NONCE "/g/s",
                                            .target = "/" NONCE "/g/s",
                                            .host = "h:80",
                                            .nonce = NONCE,
                                            .date = "D",
                                            .mark = 2,
                                            .to_head = rows[i].to_head,
                                            .to_connect = rows[i].to_connect};
    struct arena arena = {0};
    struct case_file file;
    struct bytes out = {0};
    struct content_due due = {.stated = true, .left = 5};
    parse(&arena, rows[i].step, &file);
    const struct step *step = &file.steps[file.num_steps - 1];
    print(&out, sender == REQUEST    ? compose_h2_request(&arena, step, "http", &context, &due)
                : sender == RESPONSE ? compose_h2_response(&arena, step, &context, &due)
                                     : compose_h2_content(&arena, step, &context, &due));
    assert_string_equal(bytes_cstr(&out), rows[i].parts);
    assert_int_equal(due.left, rows[i].due);
    bytes_free(&out);
    arena_free(&arena);
  }
}

#define CHECK(rows, sender) check(rows, sizeof(rows) / sizeof((rows)[0]), sender)
#define ASKED(method, path)                                                                        \
  ":method=" method " :scheme=http :path=" path " :authority=h:80 interim-nonce=" NONCE

static void test_requests(void **state) {
  (void)state;
  static const struct compose_row rows[] = {
      {.step = "client sends GET\n", .parts = ASKED("GET", "/" NONCE "/g/s") ".\n"},
      {.step = "client sends GET http://o:1/p/q\n", .parts = ASKED("GET", "/p/q") ".\n"},
      {.step = "client sends GET http://o\n", .parts = ASKED("GET", "/") ".\n"},
      {.step = "client sends OPTIONS *\n", .parts = ASKED("OPTIONS", "*") ".\n"},
      {.step = "client sends CONNECT o:443\n",
       .parts = ":method=CONNECT :authority=o:443 interim-nonce=" NONCE "\n"},
      {.step = "client sends GET\n  Host: other\n  X-Upper: {nonce}\n",
       .parts = ":method=GET :scheme=http :path=/" NONCE
                "/g/s :authority=other interim-nonce=" NONCE " x-upper=" NONCE ".\n"},
      {.step = "client sends GET\n  ! Host\n  ! Interim-Nonce\n",
       .parts = ":method=GET :scheme=http :path=/" NONCE "/g/s.\n"},
      {.step = "client sends POST\n  | form\n",
       .parts = ASKED("POST", "/" NONCE "/g/s") " content-length=4\nform.\n"},
      {.step = "client sends POST\n  ! Content-Length\n  | form\n",
       .parts = ASKED("POST", "/" NONCE "/g/s") "\nform.\n"},
      {.step = "client sends POST\n  Content-Length: 7\n  | form\n",
       .parts = ASKED("POST", "/" NONCE "/g/s") " content-length=7\nform\n",
       .due = 3},
      {.step = "client sends POST\n  Content-Length: 3\n  | form\n",
       .parts = ASKED("POST", "/" NONCE "/g/s") " content-length=3\nform.\n"},
      {.step = "client sends POST\n  Expect: 100-continue\n  Content-Length: 9\n",
       .parts = ASKED("POST", "/" NONCE "/g/s") " expect=100-continue content-length=9\n",
       .due = 9},
      {.step = "client sends POST\n  Content-Length: 0\n",
       .parts = ASKED("POST", "/" NONCE "/g/s") " content-length=0.\n"},
  };
  CHECK(rows, REQUEST);
}

static void test_responses(void **state) {
  (void)state;
  static const struct compose_row rows[] = {
      {.step = "client sends GET\norigin sends 102\n",
       .parts = ":status=102 interim-mark=" NONCE "-2\n",
       .due = 5},
      {.step = "client sends GET\norigin sends 103\n  Link: </a>\n  ! Interim-Mark\n",
       .parts = ":status=103 link=</a>\n",
       .due = 5},
      {.step = "client sends GET\norigin sends 200\n",
       .parts = FINAL("200", TYPED("17")) "\n" NONCE "\n.\n"},
      {.step = "client sends GET\norigin sends 404\n  | no\n",
       .parts = FINAL("404", TYPED("20")) "\nno\n" NONCE "\n.\n"},
      {.step = "client sends GET\norigin sends 204\n", .parts = FINAL("204", "") ".\n"},
      {.step = "client sends GET\norigin sends 304\n", .parts = FINAL("304", "") ".\n"},
      {.step = "client sends GET\norigin sends 203\n",
       .parts = FINAL("203", TYPED("17")) "\n" NONCE "\n.\n"},
      {.step = "client sends GET\norigin sends 200\n  Content-Length: 9\n  | done\n",
       .parts = FINAL("200", " content-type=text/plain content-length=9") "\ndone\n",
       .due = 5},
      /* What answers HEAD has the fields of the content, and none. */
      {.step = "client sends HEAD\norigin sends 200\n",
       .parts = FINAL("200", TYPED("17")) ".\n",
       .to_head = true},
      {.step = "client sends HEAD\norigin sends 200\n  Content-Length: 9\n",
       .parts = FINAL("200", " content-type=text/plain content-length=9") ".\n",
       .to_head = true},
      /* Behind a 2xx to CONNECT the stream is a tunnel. */
      {.step = "client sends GET\norigin sends 200\n",
       .parts = FINAL("200", "") "\n",
       .to_connect = true},
      {.step = "client sends GET\norigin sends 299\n",
       .parts = FINAL("299", "") "\n",
       .to_connect = true},
      {.step = "client sends GET\norigin sends 300\n",
       .parts = FINAL("300", TYPED("17")) "\n" NONCE "\n.\n",
       .to_connect = true},
  };
  CHECK(rows, RESPONSE);
}

/* Of five bytes that are due. */
static void test_content(void **state) {
  (void)state;
  static const struct compose_row rows[] = {
      {.step = "client sends POST\n  Content-Length: 9\nclient sends content\n  | four\n",
       .parts = "four\n",
       .due = 1},
      {.step = "client sends POST\n  Content-Length: 9\nclient sends content\n  | fives\n",
       .parts = "fives.\n"},
      {.step = "client sends POST\n  Content-Length: 9\nclient sends content\n  | sixsix\n",
       .parts = "sixsix.\n"},
  };
  CHECK(rows, CONTENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_requests),
      cmocka_unit_test(test_responses),
      cmocka_unit_test(test_content),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
