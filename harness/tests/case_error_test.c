/* What the reader refuses: the place, and a reason with the remedy. */
#include "tests/case_properties.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define HEAD "title t\ncites X-1\nseat gateway\n"

struct error_row {
  const char *text;
  size_t line;
  size_t column;
  const char *reason; /* how it begins */
};

/* Rows in front of which HEAD stands, so that their first line is line 4. */
static const struct error_row step_rows[] = {
    /* Lines. */
    {"client sends GET\r\n", 4, 17, "a carriage return: lines end in LF alone"},
    {"client sends GET\n\tX-A: b\n", 5, 1, "a tab: indent with two blanks"},
    {"client sends GET\n  X-A: \x01\n", 5, 8, "a control byte: write \\x01 in a bytes step"},
    {"client sends GET\n  X-A: \xc3\xa9\n", 5, 8,
     "a byte outside ASCII: write \\xc3 in a bytes step"},
    {"client sends GET\n X-A: b\n", 5, 1, "indented by one blank"},
    {"server sends 200\n", 4, 1, "\"server\" begins no line"},
    {"client sends GET\nslow\n", 5, 1, "slow belongs to the head: move it above the first step"},
    {"client sends GET\ntypo\n", 5, 1, "\"typo\" begins no line"},
    /* Lanes and verbs. */
    {"client\n", 4, 7, "a verb belongs here: sends, sees, may see"},
    {"client send GET\n", 4, 8, "a verb belongs here"},
    {"origin 0 sends 200\n", 4, 8, "a lane's number is from 1 to 1000"},
    {"origin 1001 sends 200\n", 4, 8, "a lane's number is from 1 to 1000"},
    {"origin 2x sends 200\n", 4, 8, "a lane's number is from 1 to 1000"},
    {"client may sees 200\n", 4, 12, "\"may\" is followed by \"see\""},
    {"client never 200\n", 4, 14, "\"never\" is followed by \"sees\""},
    {"client closes now\n", 4, 15, "\"now\" is too much: the verb stands by itself"},
    {"pause\n", 4, 6, "pause is followed by a duration such as 250ms"},
    {"pause 0%\n", 4, 7, "from 1% to 1000% of the target's timeout"},
    {"pause 1001%\n", 4, 7, "from 1% to 1000% of the target's timeout"},
    {"pause 3\n", 4, 7, "pause is followed by a duration such as 250ms"},
    {"pause 3min\n", 4, 7, "pause is followed by a duration such as 250ms"},
    {"pause 0s\n", 4, 7, "a duration is longer than nothing and at most 3600s"},
    {"pause 3601s\n", 4, 7, "a duration is longer than nothing and at most 3600s"},
    {"pause 1s 2s\n", 4, 10, "\"2s\" is too much: pause takes one duration"},
    /* Frames. */
    {"origin sends frame\n", 4, 19, "\"\" is no type of frame"},
    {"origin sends frame HEADER\n", 4, 20, "\"HEADER\" is no type of frame"},
    {"origin sends frame 0x1000\n", 4, 20, "\"0x1000\" is no type of frame"},
    {"origin sends frame RST_STREAM\n", 4, 30, "an error code belongs here"},
    {"origin sends frame WINDOW_UPDATE x\n", 4, 34, "an increment belongs here, from 0 to"},
    {"origin sends frame DATA END\n", 4, 25, "\"END\" is too much"},
    {"origin sends frame DATA on-stream 7\n", 4, 35, "on-stream is followed by 0, idle"},
    {"origin sends frame DATA padded 256\n", 4, 32, "padded is followed by a number from 0 to"},
    {"origin sends frame DATA split 2\n", 4, 25, "\"split\" is too much"},
    {"origin sends frame DATA\n  a: b\n", 4, 1, "this frame holds no fields"},
    {"origin sends frame HEADERS\n  a: b\n  | c\n", 4, 1, "fields or | lines, not both"},
    {"origin sends frame HEADERS\n  ab\n", 5, 3, "below a frame stand"},
    {"origin sends frame SETTINGS\n  WINDOW: 1\n", 4, 1, "a setting is NAME: NUMBER"},
    {"client sees frame DATA\n", 4, 13, "a message belongs here"},
    /* Messages. */
    {"client sends\n", 4, 13,
     "a message belongs here: a METHOD, a CODE such as 102, content, bytes or frame"},
    {"client sees\n", 4, 12, "a message belongs here: a METHOD, a CODE such as 102, 1xx or final"},
    {"client sends get\n", 4, 14, "a message belongs here"},
    {"origin sends 1xx\n", 4, 14, "1xx is many codes: sends takes one, such as 102"},
    {"origin sends final\n", 4, 14, "final is many codes: sends takes one, such as 102"},
    {"origin sends 099\n", 4, 14, "a status code is from 100 to 599: write others in a bytes step"},
    {"client sees 600\n", 4, 13, "a status code is from 100 to 599: write others in a bytes step"},
    {"client sees 6xx\n", 4, 13, "a status code is from 100 to 599: write others in a bytes step"},
    {"origin sends 1020\n", 4, 14, "a message belongs here"},
    {"origin sends close\n", 4, 14, "close is only seen: to do it write the verb closes"},
    {"origin sends abort\n", 4, 14, "abort is only seen: to do it write the verb aborts"},
    {"client sees bytes\n", 4, 13, "bytes are only sent: say what is seen as a METHOD, a CODE"},
    {"client sees nothing\n", 4, 20, "nothing is followed by \"for DURATION\""},
    {"client sees nothing for\n", 4, 24, "for is followed by a duration"},
    {"client sees nothing for 5ms or 200\n", 4, 29, "nothing is no alternative"},
    {"client sees 200 or nothing for 5ms\n", 4, 20, "nothing stands by itself"},
    {"client may see nothing for 5ms\n", 4, 16, "nothing stands by itself"},
    {"client sees nothing for 5ms within 5ms\n", 4, 29,
     "\"within\" is too much: nothing takes only"},
    {"client sees 200 or\n", 4, 19, "a message belongs here"},
    {"origin sends 200 or 502\n", 4, 18, "\"or\" is too much: behind what is sent come"},
    {"client sends GET nowhere\n", 4, 18, "\"nowhere\" is too much: behind what is sent come"},
    {"client sends GET HTTP/2\n", 4, 18, "\"HTTP/2\" is too much"},
    /* Options. */
    {"origin sends 102 x\n", 4, 19, "x is followed by a number from 1 to 1000000"},
    {"origin sends 102 x 0\n", 4, 20, "x is followed by a number from 1 to 1000000"},
    {"origin sends 102 x 1000001\n", 4, 20, "x is followed by a number from 1 to 1000000"},
    {"origin sends 102 cut 0\n", 4, 22, "cut is followed by a number"},
    {"origin sends 102 pace 5\n", 4, 23, "pace is followed by a duration"},
    {"origin sends 102 glued glued\n", 4, 24, "a second \"glued\": leave one"},
    {"origin sends 102 x 2 x 3\n", 4, 22, "a second \"x\": leave one"},
    {"origin sends 102 within 1s\n", 4, 18, "\"within\" is too much: behind what is sent come"},
    {"client sends GET on-arrival\n", 4, 18,
     "\"on-arrival\" is too much: behind what is sent come"},
    {"client sees 102 on-arrival\n", 4, 17, "\"on-arrival\" is too much: behind what is seen come"},
    {"client sees 102 glued\n", 4, 17, "\"glued\" is too much: behind what is seen come"},
    {"client may see 102 x 2\n", 4, 20, "\"x\" is too much: behind it come only"},
    {"client never sees 102 within 1s\n", 4, 23, "\"within\" is too much: behind it comes only"},
    /* Details. */
    {"client sends GET\n  X-A b\n", 5, 3, "below a step stand \"Name: value\", \"! Name\""},
    {"client sends GET\n  X A: b\n", 5, 3, "\"X A\" is no field name"},
    {"client sends GET\n  X-A : b\n", 5, 3, "\"X-A \" is no field name"},
    {"client sends GET\n  :status: 200\n", 5, 3, "\"\" is no field name"},
    {"client sends GET\n  !\n", 5, 3, "\"\" is no field name"},
    {"client sends GET\n  | a\n  X-A: b\n", 6, 3, "a field below content: move it above"},
    {"client sends GET\n  |a\n", 5, 4, "a blank belongs between | and the text"},
    {"client sends GET\n  | a \n", 5, 6, "a blank at the line's end cannot be seen: leave it out"},
    {"client sends bytes\n  | a \n", 5, 6, "a blank at the line's end cannot be seen: write \\x20"},
    {"client closes\n  X-A: b\n", 5, 3, "nothing belongs below this step"},
    {"client closes\n  ! A\n", 5, 3, "nothing belongs below this step"},
    {"client closes\n  | a\n", 5, 3, "no content here: this step carries none"},
    {"pause 1s\n  | a\n", 5, 3, "no content here: this step carries none"},
    {"client sees close\n  | a\n", 5, 3, "no content here: this step carries none"},
    {"client sees nothing for 1s\n  X-A: b\n", 5, 3, "nothing belongs below this step"},
    {"client sends content\n  X-A: b\n", 5, 3, "no fields here: the step takes only content lines"},
    {"client sends bytes\n  X-A: b\n", 5, 3, "no fields here: the step takes only content lines"},
    {"client sends bytes\n\nclient closes\n", 4, 1, "bytes without bytes: add"},
    {"client sends bytes\n", 4, 1, "bytes without bytes: add"},
    {"client sends bytes\n  | a\\q\n", 5, 6, "no escape: write \\r \\n \\t \\0 \\\\ or \\xHH"},
    {"client sends bytes\n  | a\\x4\n", 5, 6, "no escape"},
    {"client sends bytes\n  | a\\x4g\n", 5, 6, "no escape"},
    {"client sends bytes\n  | a\\xg4\n", 5, 6, "no escape"},
    {"client sends bytes\n  | a\\x\n", 5, 6, "no escape"},
    /* Names in braces. */
    {"client sends GET /{code}\n", 4, 19,
     "{code} is no parameter: add \"for code VALUE...\" to the head"},
    {"client sends GET\n  X-A: {id}\n", 5, 8, "{id} is no parameter"},
    {"client sends GET\n  | {id}\n", 5, 5, "{id} is no parameter"},
    {"client sends bytes\n  | {id}\n", 5, 5, "{id} is no parameter"},
};

static const struct error_row head_rows[] = {
    {"", 1, 1, "no title"},
    {"# c\n", 1, 1, "no title"},
    {"title\n", 1, 6, "title needs a text behind it"},
    {"why \n", 1, 4, "why needs a text behind it"},
    {"title a\ntitle b\n", 2, 1, "a second title line: join the two"},
    {"seat origin\nseat proxy\n", 2, 1, "a second seat line: join the two"},
    {"seat\n", 1, 5, "seat takes one or more of: origin gateway proxy client"},
    {"seat server\n", 1, 6, "seat takes one or more of"},
    {"seat proxy proxy\n", 1, 12, "\"proxy\" stands here twice"},
    {"front h3\n", 1, 7, "front takes h1, h2 or both"},
    {"back\n", 1, 5, "back takes h1, h2 or both"},
    {"needs\n", 1, 6, "needs takes the words"},
    {"alone please\n", 1, 7, "\"please\" is too much: alone stands by itself"},
    {"slow 1\n", 1, 6, "\"1\" is too much: slow stands by itself"},
    {"cites\n", 1, 6, "a requirement's id belongs here"},
    {"cites rfc9110\n", 1, 7, "a requirement's id belongs here"},
    {"cites RFC9110\n", 1, 7, "a requirement's id belongs here"},
    {"cites RFC_9110-1\n", 1, 7, "a requirement's id belongs here"},
    {"cites server RFC9110-15.2-6\n", 1, 7, "a requirement's id belongs here"},
    {"cites RFC9110-15.2-6 gateway\n", 1, 22, "\"gateway\" is too much: one cites line names one"},
    {"cites front RFC9110-15.2-6\n", 1, 13, "front in a cites line is followed by h1 or h2"},
    {"cites back h2 front h1 RFC9110-15.2-6\n", 1, 15, "a requirement's id belongs here"},
    {"  X-A: b\n", 1, 3, "an indented line belongs below a step: none came yet"},
    {"cites X-1\nseat proxy\nclient sends GET\n", 3, 1, "no title: add a head line"},
    {"title t\nseat proxy\nclient sends GET\n", 3, 1, "no requirement: add a head line"},
    {"title t\ncites X-1\nclient sends GET\n", 3, 1, "no seat: add a head line"},
    {"title t\ncites X-1\nseat proxy\n", 3, 1, "no steps: add what client and origin do"},
    {"for\n", 1, 4, "a name of lower-case letters"},
    {"for co_de 1\n", 1, 5, "a name of lower-case letters"},
    {"for aB 1\n", 1, 5, "a name of lower-case letters"},
    {"for 1a 1\n", 1, 5, "a name of lower-case letters"},
    {"for a: 1\n", 1, 5, "a name of lower-case letters"},
    {"for Code 1\n", 1, 5, "a name of lower-case letters"},
    {"for nonce 1\n", 1, 5, "{nonce} has a meaning of its own: choose another name"},
    {"for a 1\nfor a 2\n", 2, 5, "a second parameter a"},
    {"for a\n", 1, 6, "a value belongs here"},
    {"for a 1 except\n", 1, 15, "a value belongs here"},
    {"for a 1 2 1\n", 1, 11, "the value 1 stands here twice"},
    {"for a 1-3 2\n", 1, 11, "the value 2 stands here twice"},
    {"for a 1-3 except 4\n", 1, 18, "except 4 removes nothing"},
    {"for a 1-3 except 1-3\n", 1, 1, "except removes every value: leave one"},
    {"for a 3-1\n", 1, 7, "the range 3-1 runs backwards"},
    {"for a 1-2001\n", 1, 7, "the range 1-2001 has more than 2000 values"},
    {"for a 1-2000 x\n", 1, 14, "more than 2000 values"},
    {"for a {b}\n", 1, 7, "a value has no braces"},
    {"for a 1-50\nfor b 1-41\n", 2, 1, "the values multiply to more than 2000 results"},
    {"for a 1\nfor b 1\nfor c 1\nfor d 1\nfor e 1\n", 5, 1, "more than 4 parameters"},
    {"title t\ncites X-1\nseat proxy\nfront h1 h2\nclient sends bytes\n  | x\n", 4, 1,
     "the step in line 5 means HTTP/1.1 only; pin it: front h1"},
    {"title t\ncites X-1\nseat proxy\n# c\nback h2\nclient sends GET\norigin half-closes\n", 5, 1,
     "the step in line 7 means HTTP/1.1 only; pin it: back h1"},
    /* A value stands at its name's place. */
    {"title t\ncites X-1\nseat proxy\nfor c 1020 102\nclient sends GET\norigin sends {c} x 0\n", 6,
     14, "a message belongs here"},
    {"title t\ncites X-1\nseat proxy\nfor long 102\nclient sends GET\norigin sends {long} x 0\n", 6,
     23, "x is followed by a number"},
};

static void expect_error(const char *text, const struct error_row *row) {
  struct arena arena = {0};
  struct diag diag = {0};
  struct case_file file = {.file = "untouched"};
  if (case_parse(&arena, "g/s.case", span_of(text), NULL, &file, &diag) == 0) {
    fail_msg("no error: %s", text);
  }
  bool placed = diag.line == row->line && diag.column == row->column;
  if (!placed || strncmp(diag.reason, row->reason, strlen(row->reason)) != 0) {
    fail_msg("%s\nwant %zu:%zu %s\n got %zu:%zu %s", text, row->line, row->column, row->reason,
             diag.line, diag.column, diag.reason);
  }
  assert_string_equal(file.file, "untouched");
  assert_string_equal(diag.file, "g/s.case");
  case_property_all((const uint8_t *)text, strlen(text));
  arena_free(&arena);
}

static void test_steps(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(step_rows) / sizeof(step_rows[0]); i++) {
    struct arena arena = {0};
    expect_error(arena_printf(&arena, "%s%s", HEAD, step_rows[i].text), &step_rows[i]);
    arena_free(&arena);
  }
}

static void test_heads(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(head_rows) / sizeof(head_rows[0]); i++) {
    expect_error(head_rows[i].text, &head_rows[i]);
  }
}

static void test_source_line(void **state) {
  (void)state;
  struct arena arena = {0};
  struct diag diag = {0};
  struct case_file file;
  const char *text = HEAD "client  sends  GET\n    X A: b\n";
  assert_int_equal(case_parse(&arena, "g/s.case", span_of(text), NULL, &file, &diag), -1);
  assert_string_equal(diag.source, "    X A: b");
  assert_int_equal(diag.column, 5);
  arena_free(&arena);
}

/* A NUL, which a C string cannot hold, and every single byte. */
static void test_any_byte(void **state) {
  (void)state;
  for (unsigned byte = 0; byte < 256; byte++) {
    const uint8_t text[] = {'c', (uint8_t)byte, '\n', ' ', ' ', (uint8_t)byte};
    case_property_all(text, sizeof(text));
  }
  struct arena arena = {0};
  struct diag diag = {0};
  struct case_file file;
  assert_int_equal(case_parse(&arena, "g/s.case", span_make("title \0", 7), NULL, &file, &diag),
                   -1);
  assert_int_equal(diag.column, 7);
  assert_string_equal(diag.reason, "a control byte: write \\x00 in a bytes step");
  arena_free(&arena);
}

/* Every cut of a full case either parses or is refused with a place. */
static void test_truncation(void **state) {
  (void)state;
  static const char text[] =
      HEAD "for c 100-103 except 101\n\nclient 2 sends POST {path} HTTP/1.1 x 2\n"
           "  Expect: {c}\n  ! Date\n  | one\n  |\norigin sends bytes cut 1 glued\n"
           "  | HTTP/1.1 200\\x20\\\n  | {nonce}\nclient never sees 1xx or close\n"
           "client sees nothing for 5ms\npause 1s\n";
  for (size_t len = 0; len < sizeof(text); len++) {
    case_property_all((const uint8_t *)text, len);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_steps),       cmocka_unit_test(test_heads),
      cmocka_unit_test(test_source_line), cmocka_unit_test(test_any_byte),
      cmocka_unit_test(test_truncation),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
