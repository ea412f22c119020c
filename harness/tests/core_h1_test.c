/* What the two parsers share: names, printing, tokens and lists. */
#include "core/h1.h"

#include "tests/guard.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_error_names_are_distinct(void **state) {
  (void)state;
  for (int a = H1_OK; a <= H1_CUT; a++) {
    assert_non_null(h1_error_name((enum h1_error_code)a));
    for (int b = H1_OK; b < a; b++) {
      assert_string_not_equal(h1_error_name((enum h1_error_code)a),
                              h1_error_name((enum h1_error_code)b));
    }
  }
  assert_string_equal(h1_error_name(H1_BAD_FIELD_NAME), "bad-field-name");
}

static void test_default_limits(void **state) {
  (void)state;
  assert_int_equal(h1_default_limits.line, 65536);
  assert_int_equal(h1_default_limits.head, 262144);
  assert_int_equal(h1_default_limits.fields, 1024);
}

struct printed {
  struct h1_event event;
  const char *name;
  const char *value;
  const char *text;
};

static const struct printed printed[] = {
    {{.kind = H1_REQUEST, .end = 18, .minor = 1}, "GET", "/a", "0-18 request HTTP/1.1 GET \"/a\""},
    {{.kind = H1_INTERIM, .end = 26, .code = 102, .minor = 1},
     "",
     "Processing",
     "0-26 interim HTTP/1.1 102 \"Processing\""},
    {{.kind = H1_FINAL, .offset = 26, .end = 41, .code = 599},
     "",
     "",
     "26-41 final HTTP/1.0 599 \"\""},
    {{.kind = H1_FIELD, .offset = 7, .end = 12},
     "A",
     "b\t\xff\\",
     "7-12 field A \"b\\t\\xff\\\\\""},
    {{.kind = H1_TRAILER, .offset = 7, .end = 12}, "A", "b", "7-12 trailer A \"b\""},
    {{.kind = H1_HEAD_END, .end = 2, .framing = H1_NO_CONTENT}, "", "", "0-2 head-end no-content"},
    {{.kind = H1_HEAD_END, .end = 2, .framing = H1_LENGTH, .length = UINT64_MAX},
     "",
     "",
     "0-2 head-end length 18446744073709551615"},
    {{.kind = H1_HEAD_END, .end = 2, .framing = H1_CHUNKED}, "", "", "0-2 head-end chunked"},
    {{.kind = H1_HEAD_END, .end = 2, .framing = H1_UNTIL_CLOSE},
     "",
     "",
     "0-2 head-end until-close"},
    {{.kind = H1_HEAD_END, .end = 2, .framing = H1_SWITCHED}, "", "", "0-2 head-end switched"},
    {{.kind = H1_CONTENT, .end = 4}, "", "a\r\n\x1b", "0-4 content \"a\\r\\n\\x1b\""},
    {{.kind = H1_TUNNEL, .end = 1}, "", "x", "0-1 tunnel \"x\""},
    {{.kind = H1_END, .offset = 4, .end = 4}, "", "", "4-4 end"},
};

static void test_events_print_as_one_line(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(printed) / sizeof(printed[0]); i++) {
    struct h1_event event = printed[i].event;
    event.name = span_of(printed[i].name);
    event.value = span_of(printed[i].value);
    struct bytes text;
    bytes_init(&text);
    h1_event_print(&text, &event);
    assert_string_equal(bytes_cstr(&text), printed[i].text);
    bytes_free(&text);
  }
}

/* The bytes of a token, as RFC 9110 section 5.6.2 lists them. */
static void test_tokens(void **state) {
  (void)state;
  static const char tchars[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (unsigned byte = 0; byte < 256; byte++) {
    uint8_t text[] = {'a', (uint8_t)byte};
    bool listed = byte != 0 && strchr(tchars, (int)byte) != NULL;
    assert_int_equal(h1_is_token(span_make(text, 2)), listed);
    assert_int_equal(h1_is_token(span_make(text + 1, 1)), listed);
  }
  assert_false(h1_is_token(span_of("")));
}

struct list_row {
  const char *list;
  const char *elements[4];
};

static const struct list_row list_rows[] = {
    {"", {NULL}},
    {" , ,\t,", {NULL}},
    {"a", {"a"}},
    {"a,b , c\t,", {"a", "b", "c"}},
    {",, a b ,,", {"a b"}},
    {"a;x=\"1,2\",b", {"a;x=\"1,2\"", "b"}},
    {"a;x=\"1\\\",2\", b", {"a;x=\"1\\\",2\"", "b"}},
    {"a\\,b", {"a\\", "b"}},
    {"\"a,b", {"\"a,b"}},
    {"\"a\\", {"\"a\\"}},
};

static void test_lists_are_cut_at_commas_outside_quotes(void **state) {
  (void)state;
  struct guard guard = {0};
  for (size_t i = 0; i < sizeof(list_rows) / sizeof(list_rows[0]); i++) {
    struct span rest = guard_place(&guard, span_of(list_rows[i].list));
    struct span element;
    for (const char *const *want = list_rows[i].elements; *want != NULL; want++) {
      assert_true(h1_list_next(&rest, &element));
      assert_true(span_is(element, *want));
    }
    assert_false(h1_list_next(&rest, &element));
  }
  guard_free(&guard);
}

struct has_row {
  const char *list;
  const char *token;
  bool has;
};

static const struct has_row has_rows[] = {
    {"close", "close", true},
    {"keep-alive, Close", "close", true},
    {"CLOSE\t", "close", true},
    {"closed", "close", false},
    {"close d", "close", false},
    {"not-close", "close", false},
    {"", "close", false},
    {"100-continue", "100-continue", true},
    {"100-Continue;x=y", "100-continue", true},
    {"100-continue ; x", "100-continue", true},
    {"100-continue=1", "100-continue", false},
    {"x=\"a, close, b\"", "close", false},
    {"gzip;q=\"chunked\", chunked", "chunked", true},
    {"gzip;q=\"chunked\"", "chunked", false},
};

static void test_a_list_has_a_token(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(has_rows) / sizeof(has_rows[0]); i++) {
    print_message("%s: %s\n", has_rows[i].list, has_rows[i].token);
    assert_int_equal(h1_list_has(span_of(has_rows[i].list), has_rows[i].token), has_rows[i].has);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_error_names_are_distinct),
      cmocka_unit_test(test_default_limits),
      cmocka_unit_test(test_events_print_as_one_line),
      cmocka_unit_test(test_tokens),
      cmocka_unit_test(test_lists_are_cut_at_commas_outside_quotes),
      cmocka_unit_test(test_a_list_has_a_token),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
