/* Header blocks through the coder that connections use. */
#include "hpack/hpack.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SPAN(text)                                                                                 \
  { (const uint8_t *)(text), sizeof(text) - 1 }

static const struct h2_field interim[] = {{SPAN(":status"), SPAN("103")},
                                          {SPAN("link"), SPAN("</a>; rel=preload")},
                                          {SPAN("x-long"), SPAN("0123456789012345678901234567")}};

/* Decodes a block in parts of some size, which may be 0 for all at once, and writes the fields down
 * as "name=value;". False when it cannot be decoded. */
static bool decode(void *coder, struct span block, size_t size, struct bytes *fields) {
  do {
    struct span part = block;
    part.len = size > 0 && size < block.len ? size : block.len;
    block = span_skip(block, part.len);
    struct h2_field field;
    int got = 0;
    while ((got = hpack_coder.decode(coder, &part, block.len == 0, &field)) == 1) {
      bytes_add(fields, field.name);
      bytes_text(fields, "=");
      bytes_add(fields, field.value);
      bytes_text(fields, ";");
    }
    if (got < 0) {
      return false;
    }
    assert_int_equal(part.len, 0);
  } while (block.len > 0);
  return true;
}

static void expect(void *coder, struct span block, size_t size, const char *fields) {
  struct bytes seen = {0};
  assert_true(decode(coder, block, size, &seen));
  assert_string_equal(bytes_cstr(&seen), fields);
  bytes_free(&seen);
}

static void expect_error(void *coder, struct span block) {
  struct bytes seen = {0};
  assert_false(decode(coder, block, 0, &seen));
  bytes_free(&seen);
}

static void test_a_block_comes_out_as_it_went_in_however_it_is_cut(void **state) {
  (void)state;
  for (size_t size = 0; size < 40; size++) {
    void *sender = hpack_coder.make();
    void *receiver = hpack_coder.make();
    for (int round = 0; round < 3; round++) {
      struct bytes block = {0};
      hpack_coder.encode(sender, interim, 3, &block);
      expect(receiver, bytes_span(&block), size,
             ":status=103;link=</a>; rel=preload;x-long=0123456789012345678901234567;");
      assert_true(round == 0 ? block.len > 20 : block.len == 3); /* by index */
      bytes_free(&block);
    }
    hpack_coder.free(sender);
    hpack_coder.free(receiver);
  }
}

static void test_an_empty_block_has_no_fields(void **state) {
  (void)state;
  void *coder = hpack_coder.make();
  struct bytes block = {0};
  hpack_coder.encode(coder, NULL, 0, &block);
  assert_int_equal(block.len, 0);
  expect(coder, bytes_span(&block), 0, "");
  expect(coder, (struct span)SPAN("\x88"), 0, ":status=200;");
  bytes_free(&block);
  hpack_coder.free(coder);
}

static void test_encoding_appends(void **state) {
  (void)state;
  void *coder = hpack_coder.make();
  struct bytes out = {0};
  bytes_text(&out, "before");
  hpack_coder.encode(coder, interim, 1, &out);
  assert_true(span_starts(bytes_span(&out), "before"));
  expect(coder, span_skip(bytes_span(&out), 6), 0, ":status=103;");
  bytes_free(&out);
  hpack_coder.free(coder);
}

/* A suite sends what is wrong and looks at what came: nothing is refused or mended. */
static void test_names_and_values_go_through_as_they_are(void **state) {
  (void)state;
  static const struct h2_field fields[] = {
      {SPAN("Upper"), SPAN("A")},        {SPAN(""), SPAN("no name")},
      {SPAN("a b\r\n"), SPAN("c\r\nd")}, {SPAN(":status"), SPAN("")},
      {SPAN(":status"), SPAN("102")},    {SPAN("connection"), SPAN(" close ")},
      {SPAN("\xff"), SPAN("\xff\xfe")},
  };
  void *coder = hpack_coder.make();
  struct bytes block = {0};
  hpack_coder.encode(coder, fields, 7, &block);
  expect(coder, bytes_span(&block), 0,
         "Upper=A;=no name;a b\r\n=c\r\nd;:status=;:status=102;connection= close ;\xff=\xff\xfe;");
  bytes_free(&block);

  static const struct h2_field with_nul[] = {{SPAN("a\0b"), SPAN("\0")}};
  struct bytes seen = {0};
  hpack_coder.encode(coder, with_nul, 1, &block);
  assert_true(decode(coder, bytes_span(&block), 1, &seen));
  assert_true(span_eq(bytes_span(&seen), (struct span)SPAN("a\0b=\0;")));
  bytes_free(&block);
  bytes_free(&seen);
  hpack_coder.free(coder);
}

static void test_a_dropped_block_changes_the_table(void **state) {
  (void)state;
  void *sender = hpack_coder.make();
  void *receiver = hpack_coder.make();
  struct bytes dropped = {0};
  struct bytes kept = {0};
  hpack_coder.encode(sender, interim, 3, &dropped);
  hpack_coder.encode(sender, interim, 3, &kept);
  expect_error(receiver, bytes_span(&kept)); /* whoever skips a block loses the others */
  hpack_coder.free(receiver);
  receiver = hpack_coder.make();
  expect(receiver, bytes_span(&dropped), 0,
         ":status=103;link=</a>; rel=preload;x-long=0123456789012345678901234567;");
  expect(receiver, bytes_span(&kept), 0,
         ":status=103;link=</a>; rel=preload;x-long=0123456789012345678901234567;");
  bytes_free(&dropped);
  bytes_free(&kept);
  hpack_coder.free(sender);
  hpack_coder.free(receiver);
}

struct bad_row {
  const char *what;
  struct span block;
};

static void test_compression_errors(void **state) {
  (void)state;
  static const struct bad_row rows[] = {
      {"index 0", SPAN("\x80")},
      {"an index behind the tables", SPAN("\xbe")},
      {"a name's index behind the tables", SPAN("\x7e\x01x")},
      {"the end inside a name", SPAN("\x40\x05na")},
      {"the end before a value", SPAN("\x40\x01n")},
      {"the end inside a number", SPAN("\xff")},
      {"a number without end", SPAN("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")},
      {"Huffman's end of string", SPAN("\x40\x84\xff\xff\xff\xff\x01x")},
      {"Huffman's padding of zeros", SPAN("\x40\x81\x18\x01x")},
      {"a table beyond 4,096 bytes", SPAN("\x3f\xe2\x1f")},
      {"a table's size behind a field", SPAN("\x88\x20")},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    void *coder = hpack_coder.make();
    struct bytes seen = {0};
    if (decode(coder, rows[i].block, 0, &seen)) {
      fail_msg("%s: %s", rows[i].what, bytes_cstr(&seen));
    }
    bytes_free(&seen);
    hpack_coder.free(coder);
  }
}

/* RFC 7541 section 4.2: a smaller table is said with the next block, and its fields are gone. */
static void test_resizing_is_said_once(void **state) {
  (void)state;
  void *sender = hpack_coder.make();
  void *receiver = hpack_coder.make();
  struct bytes block = {0};
  hpack_coder.encode(sender, interim, 1, &block);
  expect(receiver, bytes_span(&block), 0, ":status=103;");
  hpack_coder.resize(sender, 0);
  block.len = 0;
  hpack_coder.encode(sender, interim, 1, &block);
  assert_int_equal(block.ptr[0], 0x20);
  size_t with_size = block.len;
  expect(receiver, bytes_span(&block), 0, ":status=103;");
  block.len = 0;
  hpack_coder.encode(sender, interim, 1, &block);
  assert_int_equal(block.len, with_size - 1);
  expect(receiver, bytes_span(&block), 0, ":status=103;");
  bytes_free(&block);
  hpack_coder.free(sender);
  hpack_coder.free(receiver);
}

/* A peer that allows a huge table does not make ours huge, and is told so at most. */
static void test_a_larger_table_than_ours_is_followed(void **state) {
  (void)state;
  void *sender = hpack_coder.make();
  void *receiver = hpack_coder.make();
  struct bytes block = {0};
  hpack_coder.resize(sender, UINT32_MAX);
  hpack_coder.encode(sender, interim, 1, &block);
  expect(receiver, bytes_span(&block), 0, ":status=103;");
  bytes_free(&block);
  hpack_coder.free(sender);
  hpack_coder.free(receiver);
}

static void test_what_we_allow_the_peer_may_use(void **state) {
  (void)state;
  void *coder = hpack_coder.make();
  hpack_coder.allow(coder, 8192);
  hpack_coder.allow(coder, 0); /* blocks of before may still use the larger one */
  expect(coder, (struct span)SPAN("\x3f\xe1\x3f\x88"), 0, ":status=200;");
  expect_error(coder, (struct span)SPAN("\x3f\xe2\x3f\x88"));
  hpack_coder.free(coder);
}

/* The peer may begin a block before it knows that it may use more. */
static void test_what_we_allow_inside_a_block_counts_for_the_next(void **state) {
  (void)state;
  void *coder = hpack_coder.make();
  struct span part = SPAN("\x40\x01");
  struct h2_field field;
  assert_int_equal(hpack_coder.decode(coder, &part, false, &field), 0);
  hpack_coder.allow(coder, 5000);
  part = (struct span)SPAN("n\x01v");
  assert_int_equal(hpack_coder.decode(coder, &part, true, &field), 1);
  assert_true(span_is(field.name, "n") && span_is(field.value, "v"));
  assert_int_equal(hpack_coder.decode(coder, &part, true, &field), 0);
  expect(coder, (struct span)SPAN("\x3f\xe9\x26\xbe"), 0, "n=v;");
  hpack_coder.free(coder);
}

/* Once the peer has acknowledged it, whether or not its next block says so. */
static void test_what_the_peer_acknowledged_it_may_not_exceed(void **state) {
  (void)state;
  static const struct span blocks[] = {SPAN("\x40\x01n\x01v"), SPAN("\x20\x40\x01n\x01v"),
                                       SPAN("\x40\x01n\x01v")};
  for (size_t i = 0; i < 3; i++) {
    void *coder = hpack_coder.make();
    hpack_coder.allow(coder, i == 2 ? H2_DEFAULT_TABLE : 0);
    hpack_coder.settle(coder);
    expect(coder, blocks[i], 0, "n=v;");
    if (i == 2) {
      expect(coder, (struct span)SPAN("\xbe"), 0, "n=v;");
    } else {
      expect_error(coder, (struct span)SPAN("\xbe"));
    }
    hpack_coder.free(coder);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_block_comes_out_as_it_went_in_however_it_is_cut),
      cmocka_unit_test(test_an_empty_block_has_no_fields),
      cmocka_unit_test(test_encoding_appends),
      cmocka_unit_test(test_names_and_values_go_through_as_they_are),
      cmocka_unit_test(test_a_dropped_block_changes_the_table),
      cmocka_unit_test(test_compression_errors),
      cmocka_unit_test(test_resizing_is_said_once),
      cmocka_unit_test(test_a_larger_table_than_ours_is_followed),
      cmocka_unit_test(test_what_we_allow_the_peer_may_use),
      cmocka_unit_test(test_what_the_peer_acknowledged_it_may_not_exceed),
      cmocka_unit_test(test_what_we_allow_inside_a_block_counts_for_the_next),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
