/* Nonces as text, and found in text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "script/nonce.h"

static void test_a_nonce_is_sixteen_digits(void **state) {
  (void)state;
  static const struct {
    struct nonce nonce;
    const char *text;
  } rows[] = {
      {{0, 0, 0, 0}, "0000000000000000"},
      {{0xabcdef, 1, 2, 3}, "abcdef0001020003"},
      {{0xffffff, 0xffff, 0xff, 0xffff}, "ffffffffffffffff"},
      /* What does not fit is cut, and never spoils the rest. */
      {{0x1abcdef, 0x10001, 0x102, 0x10003}, "abcdef0001020003"},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    char text[NONCE_LEN + 1];
    nonce_text(rows[i].nonce, text);
    assert_string_equal(text, rows[i].text);
  }
}

/* A nonce of run abcdef in a text: play, attempt and request, planted or not; or none. */
static void test_a_nonce_is_found_in_text(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool found;
    bool planted;
    struct nonce nonce;
  } rows[] = {
      {"/abcdef0001020003/forward/copy", true, false, {0xabcdef, 1, 2, 3}},
      {"abcdef0001020003-7", true, false, {0xabcdef, 1, 2, 3}},
      {"abcdef0001020003", true, false, {0xabcdef, 1, 2, 3}},
      {"/planted-abcdef0001020003", true, true, {0xabcdef, 1, 2, 3}},
      {"planted-abcdef0001020003", true, true, {0xabcdef, 1, 2, 3}},
      {"unplanted: abcdef0001020003", true, false, {0xabcdef, 1, 2, 3}},
      /* Digits in front do not hide it. */
      {"00abcdef0001020003", true, false, {0xabcdef, 1, 2, 3}},
      {"abcabcdef0001020003", true, false, {0xabcdef, 1, 2, 3}},
      /* The first one counts. */
      {"abcdef0001020003 abcdef0009020003", true, false, {0xabcdef, 1, 2, 3}},
      {"abcdee0001020003 abcdef0009020003", true, false, {0xabcdef, 9, 2, 3}},
      {"abcdee0001020003", false, false, {0, 0, 0, 0}},
      {"ABCDEF0001020003", false, false, {0, 0, 0, 0}},
      {"abcdef000102000", false, false, {0, 0, 0, 0}},
      {"abcdef00010200 03", false, false, {0, 0, 0, 0}},
      {"", false, false, {0, 0, 0, 0}},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct nonce nonce = {0, 0, 0, 0};
    bool planted = false;
    assert_int_equal(nonce_find(span_of(rows[i].text), 0xabcdef, &nonce, &planted), rows[i].found);
    assert_true(nonce_eq(nonce, rows[i].nonce));
    assert_int_equal(planted, rows[i].planted);
  }
}

static void test_equal_means_the_same_request(void **state) {
  (void)state;
  const struct nonce one = {1, 2, 3, 4};
  assert_true(nonce_eq(one, (struct nonce){1, 2, 3, 4}));
  assert_false(nonce_eq(one, (struct nonce){9, 2, 3, 4}));
  assert_false(nonce_eq(one, (struct nonce){1, 9, 3, 4}));
  assert_false(nonce_eq(one, (struct nonce){1, 2, 9, 4}));
  assert_false(nonce_eq(one, (struct nonce){1, 2, 3, 9}));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_nonce_is_sixteen_digits),
      cmocka_unit_test(test_a_nonce_is_found_in_text),
      cmocka_unit_test(test_equal_means_the_same_request),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
