/* A play as a script that needs no interim: what the lanes did, line by line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/plain.h"

struct row {
  enum lane lane;
  unsigned number;
  const char *dir;
  const char *bytes;
  const char *line; /* of the script; "" for none */
};

static const struct row rows[] = {
    {LANE_CLIENT, 1, "sent", "GET / HTTP/1.1\r\n\r\n",
     "send('client 1', client(1), b'GET / HTTP/1.1\\r\\n\\r\\n')\n"},
    {LANE_ORIGIN, 1, "received", "GET / HTTP/1.1\r\n\r\n", "show('origin 1', origin(1))\n"},
    {LANE_ORIGIN, 2, "sent", "it's \\ \x01\xff",
     "send('origin 2', origin(2), b'it\\x27s \\x5c \\x01\\xff')\n"},
    {LANE_CLIENT, 2, "note", "nothing came", "show('client 2', client(2))\n"},
    {LANE_CLIENT, 1, "note", "closes", "close(client(1))\n"},
    {LANE_ORIGIN, 1, "note", "half-closes", "half_close(origin(1))\n"},
    {LANE_ORIGIN, 1, "note", "aborts", "abort(origin(1))\n"},
    {LANE_CLIENT, 1, "note", "the target closed", ""},
    {LANE_CLIENT, 1, "note", "the target reset", "close(client(1))\n"},
    {LANE_ORIGIN, 1, "note", "the target reset", ""},
};
enum { NUM_ROWS = sizeof(rows) / sizeof(rows[0]) };

static void fill(struct transcript_entry *entries, size_t num) {
  for (size_t i = 0; i < num; i++) {
    const struct row *row = &rows[i % NUM_ROWS];
    entries[i] = (struct transcript_entry){
        .lane = row->lane, .number = row->number, .dir = row->dir, .bytes = span_of(row->bytes)};
  }
}

static void test_each_entry_is_a_line(void **state) {
  (void)state;
  static const char last[] = "1, 0)); close(s)\n"; /* of the prelude */
  struct arena arena = {0};
  for (size_t i = 0; i < NUM_ROWS; i++) {
    struct transcript_entry entry = {.lane = rows[i].lane,
                                     .number = rows[i].number,
                                     .dir = rows[i].dir,
                                     .bytes = span_of(rows[i].bytes)};
    struct script script = {.transcript = &entry, .num_transcript = 1};
    const char *text = plain_script(&arena, &script, "127.0.0.1:80", "[::1]:81");
    const char *tail = strstr(text, last);
    assert_non_null(tail);
    assert_string_equal(tail + strlen(last), arena_printf(&arena, "%sEND", rows[i].line));
    assert_non_null(strstr(text, "python3 - <<'END'\nTARGET = ('127.0.0.1', 80)\n"
                                 "ORIGIN = ('::1', 81)\n"));
  }
  arena_free(&arena);
}

static void test_a_target_that_answers_itself_has_no_origin(void **state) {
  (void)state;
  struct arena arena = {0};
  struct transcript_entry entry = {.number = 1, .dir = "sent", .bytes = span_of("GET")};
  struct script script = {.transcript = &entry, .num_transcript = 1};
  assert_non_null(strstr(plain_script(&arena, &script, "a:1", ""), "\nORIGIN = None"));
  arena_free(&arena);
}

static void test_what_is_too_long_is_left_out(void **state) {
  (void)state;
  struct arena arena = {0};
  struct transcript_entry entries[81];
  fill(entries, 81);
  struct script script = {.transcript = entries, .num_transcript = 81};
  assert_string_equal(plain_script(&arena, &script, "a:1", "b:2"), "");
  script.num_transcript = 80;
  assert_string_not_equal(plain_script(&arena, &script, "a:1", "b:2"), "");
  script.num_transcript = 0;
  assert_string_equal(plain_script(&arena, &script, "a:1", "b:2"), "");
  uint8_t much[9000];
  memset(much, 'a', sizeof(much));
  struct transcript_entry large = {.dir = "sent", .number = 1, .bytes = {much, sizeof(much)}};
  script = (struct script){.transcript = &large, .num_transcript = 1};
  assert_string_equal(plain_script(&arena, &script, "a:1", "b:2"), "");
  arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_each_entry_is_a_line),
      cmocka_unit_test(test_a_target_that_answers_itself_has_no_origin),
      cmocka_unit_test(test_what_is_too_long_is_left_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
