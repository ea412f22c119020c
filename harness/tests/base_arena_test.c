#include "base/arena.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>

#include <cmocka.h>

static bool zeroed(const uint8_t *bytes, size_t len) {
  for (size_t i = 0; i < len; i++) {
    if (bytes[i] != 0) {
      return false;
    }
  }
  return true;
}

static void test_memory_is_zeroed_aligned_and_apart(void **state) {
  (void)state;
  enum { NUM = 400 };
  struct arena arena;
  arena_init(&arena);
  uint8_t *parts[NUM];
  for (size_t size = 0; size < NUM; size++) {
    parts[size] = arena_alloc(&arena, size);
    assert_non_null(parts[size]);
    assert_int_equal((uintptr_t)parts[size] % alignof(max_align_t), 0);
    assert_true(zeroed(parts[size], size));
    if (size > 0) {
      memset(parts[size], (int)(size % 255 + 1), size);
    }
  }
  for (size_t size = 1; size < NUM; size++) {
    assert_int_equal(parts[size][0], size % 255 + 1);
    assert_int_equal(parts[size][size - 1], size % 255 + 1);
  }
  arena_free(&arena);
  assert_null(arena.last);
}

static void test_more_than_a_block(void **state) {
  (void)state;
  struct arena arena = {0};
  uint8_t *small = arena_alloc(&arena, 1);
  uint8_t *large = arena_alloc(&arena, 100000);
  uint8_t *again = arena_alloc(&arena, 1);
  assert_true(zeroed(large, 100000));
  memset(large, 0xff, 100000);
  assert_int_equal(*small, 0);
  assert_int_equal(*again, 0);
  arena_free(&arena);
}

static void test_array(void **state) {
  (void)state;
  struct arena arena = {0};
  uint64_t *numbers = arena_array(&arena, 1000, sizeof(*numbers));
  assert_true(zeroed((const uint8_t *)numbers, 1000 * sizeof(*numbers)));
  numbers[999] = 1;
  assert_non_null(arena_array(&arena, 0, 8));
  assert_non_null(arena_array(&arena, 8, 0));
  arena_free(&arena);
}

static void test_an_array_grows_and_keeps_what_is_in_it(void **state) {
  (void)state;
  struct arena arena = {0};
  uint64_t *numbers = NULL;
  size_t cap = 0;
  for (size_t num = 0; num < 1000; num++) {
    bool full = num == cap;
    uint64_t *grown = arena_grow(&arena, numbers, num, &cap, sizeof(*numbers));
    if (full) {
      assert_ptr_not_equal(grown, numbers);
    } else {
      assert_ptr_equal(grown, numbers);
    }
    numbers = grown;
    assert_in_range(cap, num + 1, 2 * num + 8);
    numbers[num] = num;
  }
  for (size_t i = 0; i < 1000; i++) {
    assert_int_equal(numbers[i], i);
  }
  arena_free(&arena);
}

static void test_copy(void **state) {
  (void)state;
  struct arena arena = {0};
  static const char text[] = "a\0b";
  struct span copy = arena_copy(&arena, span_make(text, 3));
  assert_ptr_not_equal(copy.ptr, text);
  assert_true(span_eq(copy, span_make("a\0b", 3)));
  assert_int_equal(copy.ptr[3], 0);
  struct span empty = arena_copy(&arena, (struct span){0});
  assert_int_equal(empty.len, 0);
  assert_int_equal(empty.ptr[0], 0);
  arena_free(&arena);
}

static void test_printf(void **state) {
  (void)state;
  struct arena arena = {0};
  assert_string_equal(arena_printf(&arena, "%s-%d", "case", 7), "case-7");
  assert_string_equal(arena_printf(&arena, "%s", ""), "");
  assert_int_equal(strlen(arena_printf(&arena, "%20000s", "x")), 20000);
  arena_free(&arena);
}

static void test_free_twice(void **state) {
  (void)state;
  struct arena arena = {0};
  arena_free(&arena);
  assert_non_null(arena_alloc(&arena, 10));
  arena_free(&arena);
  arena_free(&arena);
  assert_null(arena.last);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_memory_is_zeroed_aligned_and_apart),
      cmocka_unit_test(test_more_than_a_block),
      cmocka_unit_test(test_array),
      cmocka_unit_test(test_an_array_grows_and_keeps_what_is_in_it),
      cmocka_unit_test(test_copy),
      cmocka_unit_test(test_printf),
      cmocka_unit_test(test_free_twice),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
