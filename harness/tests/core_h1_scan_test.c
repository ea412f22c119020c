/* Every scanner that this processor can run classifies alike, and as the table of bytes says. */
#include "core/h1_class.h"
#include "core/h1_scan.h"
#include "tests/guard.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void expect_masks(const uint8_t block[H1_BLOCK]) {
  struct h1_masks expected = {0};
  for (unsigned i = 0; i < H1_BLOCK; i++) {
    expected.breaks |= (uint64_t)((h1_classes[block[i]] & H1_TEXT) == 0) << i;
    expected.limits |= (uint64_t)((h1_classes[block[i]] & H1_TCHAR) == 0) << i;
  }
  for (size_t i = 0; h1_scanner_at(i)->classify != NULL; i++) {
    struct h1_masks seen = h1_scanner_at(i)->classify(block);
    uint64_t limits = h1_scanner_at(i)->kind == H1_SCAN_AVX2 ? expected.limits : 0;
    if (seen.breaks != expected.breaks || seen.limits != limits) {
      fail_msg("%s: breaks %016llx for %016llx, limits %016llx for %016llx", h1_scanner_at(i)->name,
               (unsigned long long)seen.breaks, (unsigned long long)expected.breaks,
               (unsigned long long)seen.limits, (unsigned long long)limits);
    }
  }
}

static void test_every_byte_is_classified_alike_at_every_place(void **state) {
  (void)state;
  uint8_t block[H1_BLOCK];
  for (unsigned byte = 0; byte < 256; byte++) {
    for (size_t i = 0; i < H1_BLOCK; i++) {
      memset(block, 'a', sizeof(block));
      block[i] = (uint8_t)byte;
      expect_masks(block);
      memset(block, '\n', sizeof(block));
      block[i] = (uint8_t)byte;
      expect_masks(block);
    }
  }
}

static void test_random_blocks_are_classified_alike(void **state) {
  (void)state;
  uint64_t random = 1;
  uint8_t block[H1_BLOCK];
  for (unsigned round = 0; round < 100000; round++) {
    for (size_t i = 0; i < H1_BLOCK; i++) {
      random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
      block[i] = (uint8_t)(random >> 56);
    }
    expect_masks(block);
  }
}

static void test_the_last_scanner_is_portable(void **state) {
  (void)state;
  size_t num = 0;
  while (h1_scanner_at(num) != NULL) {
    num++;
  }
  assert_true(num >= 1);
  assert_string_equal(h1_scanner_at(num - 1)->name, "portable");
  assert_null(h1_scanner_at(num - 1)->classify);
}

struct run_row {
  const char *what;
  const char *line; /* up to the byte that ends its text */
  const char *rest;
  size_t token;
};

#define LONG "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz"

static const struct run_row run_rows[] = {
    {"a short field", "Name: value", "\r\n", 4},
    {"the empty line", "", "\r\nmore of it, which nobody asked about, behind the line's end ....",
     0},
    {"a token to the end", "token", "\n", 5},
    {"a blank in front", " folded", "\r", 0},
    {"a control byte", "Name: val", "\x01ue\r\n", 4},
    {"DEL", "Name: val", "\x7fue\r\n", 4},
    {"obs-text is no token", "Na\xfcme: val", "\r\n", 2},
    {"HTAB belongs to the text", "Name:\tval", "\r\n", 4},
    {"a name longer than a block", LONG ": " LONG LONG, "\r\n", 72},
    {"a value longer than two blocks", "Name: " LONG LONG LONG, "\r\n" LONG, 4},
    {"no end in the window", "Name: " LONG LONG LONG, "", 4},
};

/* Reads the row in windows that grow by size bytes, behind pad bytes that are done with. */
static void run_row(const struct run_row *row, const struct h1_scanner *scanner, size_t size,
                    size_t pad, struct guard *guard) {
  uint8_t wire[512];
  size_t line = strlen(row->line);
  size_t len = pad + line + strlen(row->rest);
  memset(wire, '\n', pad);
  memcpy(wire + pad, row->line, line);
  memcpy(wire + pad + line, row->rest, strlen(row->rest));
  struct h1_scan scan = {.scanner = scanner};
  h1_scan_begin(&scan, 1000 + pad);
  for (size_t given = pad; scan.at < 1000 + pad + line || given == pad;) {
    given = given + size < len ? given + size : len;
    struct span window = guard_place(guard, span_make(wire, given));
    h1_scan_line(&scan, span_skip(window, (size_t)scan.at - 1000));
    if (given == len) {
      break;
    }
  }
  if (scan.at != 1000 + pad + line || scan.token != 1000 + pad + row->token) {
    fail_msg("%s, %s, reads of %zu behind %zu: %zu and %zu", row->what, scanner->name, size, pad,
             (size_t)scan.at - 1000 - pad, (size_t)scan.token - 1000 - pad);
  }
}

static void test_a_line_ends_where_its_text_does_however_it_is_cut(void **state) {
  (void)state;
  struct guard guard = {0};
  for (size_t i = 0; i < sizeof(run_rows) / sizeof(run_rows[0]); i++) {
    for (size_t j = 0; h1_scanner_at(j) != NULL; j++) {
      for (size_t size = 1; size < 300; size += size < 70 ? 1 : 45) {
        run_row(&run_rows[i], h1_scanner_at(j), size, 0, &guard);
        run_row(&run_rows[i], h1_scanner_at(j), size, 61, &guard);
      }
    }
  }
  guard_free(&guard);
}

/* Each byte at each place of a word, among bytes of either end of the range. */
static void test_which_bytes_are_controls(void **state) {
  (void)state;
  static const uint8_t others[] = {' ', '~', 0x80, 0xff, '\t', 0x7f};
  for (size_t k = 0; k < sizeof(others); k++) {
    for (unsigned byte = 0; byte < 256; byte++) {
      for (unsigned i = 0; i < H1_WORD; i++) {
        uint8_t word[H1_WORD];
        memset(word, others[k], sizeof(word));
        word[i] = (uint8_t)byte;
        uint64_t expected = 0;
        for (unsigned at = 0; at < H1_WORD; at++) {
          bool control = word[at] < ' ' || word[at] == 0x7f;
          expected |= (uint64_t)(control ? 0x80 : 0) << 8 * at;
        }
        assert_int_equal(h1_scan_controls(word), expected);
      }
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_byte_is_classified_alike_at_every_place),
      cmocka_unit_test(test_random_blocks_are_classified_alike),
      cmocka_unit_test(test_the_last_scanner_is_portable),
      cmocka_unit_test(test_a_line_ends_where_its_text_does_however_it_is_cut),
      cmocka_unit_test(test_which_bytes_are_controls),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
