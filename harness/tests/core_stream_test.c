/* The properties that are fuzzed, on streams that are worth it: the golden corpus, its files in
 * pairs, and random bytes out of what streams are made of. */
#include "tests/golden.h"
#include "tests/props_h1_stream.h"
#include "tests/props_interim_rule.h"

#include <stdlib.h>

enum { MOST_FILES = 400 };

static struct bytes files[MOST_FILES];
static size_t num_files;

static void keep_response(void *self, const char *name) {
  (void)self;
  if (strncmp(name, "response-", 9) == 0) {
    assert_true(num_files < MOST_FILES);
    assert_true(golden_read("corpus/h1", name, ".http", &files[num_files]));
    num_files++;
  }
}

static int read_corpus(void **state) {
  (void)state;
  (void)golden_each("corpus/h1", ".http", keep_response, NULL);
  assert_true(num_files >= 45);
  return 0;
}

static int free_corpus(void **state) {
  (void)state;
  while (num_files > 0) {
    bytes_free(&files[--num_files]);
  }
  return 0;
}

static void check(struct span wire, const char *what) {
  const char *broken = prop_stream_all(wire);
  if (broken != NULL) {
    fail_msg("%s: %s: %.*s", what, broken, (int)wire.len, (const char *)wire.ptr);
  }
}

/* The hash of a stream picks the cut: bytes that no parser cares for, behind it, pick others. */
static void test_the_properties_hold_for_the_corpus(void **state) {
  (void)state;
  for (size_t i = 0; i < num_files; i++) {
    struct bytes wire = {0};
    bytes_add(&wire, bytes_span(&files[i]));
    for (unsigned more = 0; more < 64; more++) {
      check(bytes_span(&wire), "a file and more");
      bytes_text(&wire, more % 2 == 0 ? "x" : "\r\n");
    }
    bytes_free(&wire);
  }
}

static void test_the_properties_hold_for_pairs_of_files(void **state) {
  (void)state;
  for (size_t i = 0; i < num_files; i++) {
    for (size_t j = i % 7; j < num_files; j += 7) {
      struct bytes wire = {0};
      bytes_add(&wire, bytes_span(&files[i]));
      bytes_add(&wire, bytes_span(&files[j]));
      check(bytes_span(&wire), "two files");
      bytes_free(&wire);
    }
  }
}

static const char *const parts[] = {
    "HTTP/1.1 102 \r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 101 \r\n\r\n",
    "HTTP/1.0 200 \r\n",
    "Content-Length: 3\r\n",
    "Transfer-Encoding: chunked\r\n",
    "A-field-with-a-name: and a value which does not fit in a block of sixty-four bytes\r\n",
    "A:b\r\n",
    "\r\n",
    "3\r\nabc\r\n",
    "0\r\n",
    "0\r\n\r\n",
    "abc",
    "\n",
    "\r",
    " ",
    "\x01",
    ":",
};

static void test_the_properties_hold_for_parts_in_any_order(void **state) {
  (void)state;
  uint64_t random = 3;
  for (unsigned round = 0; round < 30000; round++) {
    struct bytes wire = {0};
    for (unsigned i = 0; i < 1 + round % 9; i++) {
      random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
      bytes_text(&wire, parts[(random >> 33) % (sizeof(parts) / sizeof(parts[0]))]);
    }
    check(bytes_span(&wire), "parts");
    bytes_free(&wire);
  }
}

static void test_the_interim_rule_agrees_with_the_history(void **state) {
  (void)state;
  uint64_t random = 5;
  for (unsigned round = 0; round < 100000; round++) {
    uint8_t events[12];
    for (size_t i = 0; i < sizeof(events); i++) {
      random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
      events[i] = (uint8_t)(random >> 40);
    }
    const char *broken = prop_rule_sequence(events, round % (sizeof(events) + 1));
    if (broken != NULL) {
      fail_msg("%s", broken);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_the_properties_hold_for_the_corpus),
      cmocka_unit_test(test_the_properties_hold_for_pairs_of_files),
      cmocka_unit_test(test_the_properties_hold_for_parts_in_any_order),
      cmocka_unit_test(test_the_interim_rule_agrees_with_the_history),
  };
  return cmocka_run_group_tests(tests, read_corpus, free_corpus);
}
