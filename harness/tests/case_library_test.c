/* Bindings, the registry, and the cases of a binary or a directory. */
#include "case/library.h"
#include "tests/case_properties.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define COLUMNS "id\tlevel\troles\tversions\twording\taddress\tnote\n"
#define ROW "S-1\tMUST NOT\tserver,client\t1.1,2\tA wording.\thttps://x\t\n"
#define CASE "title t\ncites S-1\nseat proxy\nclient sends GET\nclient sees 200\n"

/* Each binding in turn: the first parameter varies slowest. */
static void test_bindings(void **state) {
  (void)state;
  static const char text[] =
      "title t\ncites X-1\nseat proxy\nfor a x y\nfor b 1-3\nclient sends GET /{a}{b}\n"
      "  X-{a}: {b} {nonce}\n  | {b}{a}\n";
  static const char *const ids[] = {"g/s:x,1", "g/s:x,2", "g/s:x,3",
                                    "g/s:y,1", "g/s:y,2", "g/s:y,3"};
  static const char *const steps[] = {"client sends GET /x1 [X-x: 1 {nonce}] |1x|\n",
                                      "client sends GET /x2 [X-x: 2 {nonce}] |2x|\n",
                                      "client sends GET /x3 [X-x: 3 {nonce}] |3x|\n",
                                      "client sends GET /y1 [X-y: 1 {nonce}] |1y|\n",
                                      "client sends GET /y2 [X-y: 2 {nonce}] |2y|\n",
                                      "client sends GET /y3 [X-y: 3 {nonce}] |3y|\n"};
  struct arena arena = {0};
  struct case_file file;
  struct diag diag;
  assert_int_equal(case_parse(&arena, "g/s.case", span_of(text), NULL, &file, &diag), 0);
  assert_int_equal(case_num_bindings(&file), 6);
  for (size_t i = 0; i < 6; i++) {
    struct case_binding binding;
    struct case_file bound;
    struct bytes dump = {0};
    case_binding_at(&arena, &file, i, &binding);
    assert_string_equal(case_result_id(&arena, &file, &binding), ids[i]);
    assert_int_equal(case_bind(&arena, &file, &binding, &bound, &diag), 0);
    assert_int_equal(case_num_bindings(&bound), 6);
    case_dump_steps(&dump, &bound);
    assert_string_equal(bytes_cstr(&dump), steps[i]);
    bytes_free(&dump);
  }
  struct case_binding short_one = {file.parameters[0].values, 1};
  assert_int_equal(case_parse(&arena, "g/s.case", span_of(text), &short_one, &file, &diag), -1);
  assert_string_equal(diag.reason, "1 values are bound, but the head has 2 \"for\" lines");
  arena_free(&arena);
}

static void test_no_parameters(void **state) {
  (void)state;
  struct arena arena = {0};
  struct case_file file;
  struct case_binding binding;
  struct diag diag;
  assert_int_equal(case_parse(&arena, "g/s.case", span_of(CASE), NULL, &file, &diag), 0);
  assert_int_equal(case_num_bindings(&file), 1);
  case_binding_at(&arena, &file, 0, &binding);
  assert_int_equal(binding.num_values, 0);
  assert_string_equal(case_result_id(&arena, &file, &binding), "g/s");
  assert_string_equal(case_result_id(&arena, &file, NULL), "g/s");
  assert_int_equal(case_parse(&arena, "g/s.case", span_of(CASE), &binding, &file, &diag), 0);
  arena_free(&arena);
}

/* A value in the middle that makes a step senseless. */
static void test_parse_every(void **state) {
  (void)state;
  struct diag diag = {0};
  const char *good = "title t\ncites X-1\nseat proxy\nfor c 102-104\norigin sends {c}\n";
  const char *bad =
      "title t\ncites X-1\nseat proxy\nfor n a b\nfor c 102 1020 104\norigin  sends  {c}\n";
  assert_int_equal(case_parse_every("g/s.case", span_of(good), &diag), 0);
  assert_int_equal(case_parse_every("g/s.case", span_of(bad), &diag), -1);
  assert_int_equal(diag.line, 6);
  assert_int_equal(diag.column, 16);
  assert_string_equal(diag.reason, "a message belongs here: a METHOD, a CODE such as 102, content, "
                                   "bytes or frame; seen when n is a, c is 1020");
  assert_int_equal(case_parse_every("g/s.case", span_of("title\n"), &diag), -1);
  assert_string_equal(diag.reason, "title needs a text behind it");
}

struct decide_row {
  enum seat seat;
  enum http_version front;
  enum http_version back;
  const char *id;
};

static void test_cite_for(void **state) {
  (void)state;
  static const struct decide_row rows[] = {
      {SEAT_PROXY, HTTP_H1, HTTP_H1, "A-1"},  {SEAT_PROXY, HTTP_H1, HTTP_H2, "A-2"},
      {SEAT_PROXY, HTTP_H2, HTTP_H1, "A-2"},  {SEAT_GATEWAY, HTTP_H2, HTTP_H1, "A-3"},
      {SEAT_GATEWAY, HTTP_H1, HTTP_H1, NULL},
  };
  struct arena arena = {0};
  struct case_file file;
  struct diag diag;
  const char *text =
      "title t\ncites proxy front h1 back h1 A-1\ncites proxy A-2\ncites front h2 A-3\n"
      "seat proxy gateway\nclient sends GET\n";
  assert_int_equal(case_parse(&arena, "g/s.case", span_of(text), NULL, &file, &diag), 0);
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    const struct case_cite *cite = case_cite_for(&file, rows[i].seat, rows[i].front, rows[i].back);
    assert_true((cite == NULL) == (rows[i].id == NULL));
    assert_true(cite == NULL || span_is(cite->id, rows[i].id));
  }
  arena_free(&arena);
}

static void test_seat_words(void **state) {
  (void)state;
  assert_int_equal(case_seat_named(span_of("gateway")), SEAT_GATEWAY);
  assert_int_equal(case_seat_named(span_of("Gateway")), 0);
  assert_int_equal(case_seat_named(span_of("")), 0);
  for (unsigned seat = SEAT_ORIGIN; seat <= SEAT_CLIENT; seat *= 2) {
    assert_int_equal(case_seat_named(span_of(case_seat_word((enum seat)seat))), seat);
  }
}

struct registry_row {
  const char *text;
  size_t line;
  size_t column;
  const char *reason; /* how it begins */
};

static const struct registry_row registry_rows[] = {
    {"", 1, 1, "an empty registry"},
    {"id\tlevel\n", 1, 4, "a row has seven columns"},
    {"id\tlevel\troles\tversions\ttext\taddress\tnote\n", 1, 25,
     "the first line names the columns"},
    {COLUMNS "S-1\tMUST\n", 2, 5, "a row has seven columns"},
    {COLUMNS "S-1\tMUST\tserver\t2\tw\thttps://x\t\t\n", 2, 31, "a row has seven columns"},
    {COLUMNS "\n", 2, 1, "a row has seven columns"},
    {COLUMNS "\tMUST\tserver\t2\tw\thttps://x\t\n", 2, 1, "a row without an id"},
    {COLUMNS ROW ROW, 3, 1, "a second row with this id"},
    {COLUMNS "S-1\tmust\tserver\t2\tw\thttps://x\t\n", 2, 5, "a level is one of"},
    {COLUMNS "S-1\tSTATEMENT\tserver\t2\tw\thttps://x\t\n", 2, 5, "a level is one of"},
    {COLUMNS "S-1\tMUST\tserver,peer\t2\tw\thttps://x\t\n", 2, 10,
     "roles are a comma separated list"},
    {COLUMNS "S-1\tMUST\tserver,\t2\tw\thttps://x\t\n", 2, 10, "roles are a comma separated list"},
    {COLUMNS "S-1\tMUST\tserver\t1\tw\thttps://x\t\n", 2, 17,
     "versions are a comma separated list"},
    {COLUMNS "S-1\tMUST\tserver\t2\t \thttps://x\t\n", 2, 19, "a row without a wording"},
    {COLUMNS "S-1\tMUST\tserver\t2\tw\thttp://x\t\n", 2, 21, "an address begins with https://"},
    {COLUMNS "S-1\tMUST\tserver\t2\tw\thttps://x\t\r\n", 2, 31, "a carriage return"},
};

static void test_registry_errors(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(registry_rows) / sizeof(registry_rows[0]); i++) {
    const struct registry_row *row = &registry_rows[i];
    struct arena arena = {0};
    struct registry registry;
    struct diag diag = {0};
    assert_int_equal(registry_parse(&arena, "r.tsv", span_of(row->text), &registry, &diag), -1);
    if (diag.line != row->line || diag.column != row->column ||
        strncmp(diag.reason, row->reason, strlen(row->reason)) != 0) {
      fail_msg("row %zu: got %zu:%zu %s", i, diag.line, diag.column, diag.reason);
    }
    arena_free(&arena);
  }
}

static void test_registry(void **state) {
  (void)state;
  struct arena arena = {0};
  struct registry registry;
  struct diag diag;
  const char *text = COLUMNS ROW "C-2\tEXPECTED\tcache\t1.0,3\tw\thttps://y\twhy\n";
  assert_int_equal(registry_parse(&arena, "r.tsv", span_of(text), &registry, &diag), 0);
  assert_int_equal(registry.num_rows, 2);
  const struct requirement *row = registry_find(&registry, span_of("S-1"));
  assert_non_null(row);
  assert_int_equal(row->level, LEVEL_MUST_NOT);
  assert_true(span_is(row->roles, "server,client"));
  assert_true(span_is(row->versions, "1.1,2"));
  assert_true(span_is(row->wording, "A wording."));
  assert_true(span_is(row->address, "https://x"));
  assert_int_equal(row->note.len, 0);
  row = registry_find(&registry, span_of("C-2"));
  assert_non_null(row);
  assert_string_equal(requirement_level_word(row->level), "EXPECTED");
  assert_true(span_is(row->note, "why"));
  assert_null(registry_find(&registry, span_of("C-3")));
  arena_free(&arena);
}

struct match_row {
  const char *glob;
  const char *id;
  bool matches;
};

static const struct match_row match_rows[] = {
    {"forward/one", "forward/one", true},
    {"forward/one", "forward/one-more", false},
    {"forward/*", "forward/one:102", true},
    {"*", "forward/one:102", true},
    {"*one", "forward/one", true},
    {"f*e", "forward/one", true},
    {"forward/on?", "forward/one", true},
    {"forward/[a-p]ne", "forward/one", true},
    {"forward/[!o]ne", "forward/one", false},
    {"forward/one", "forward/one:102", true},
    {"forward/one:102", "forward/one:102", true},
    {"forward/one:10?", "forward/one:102", true},
    {"forward/one:103", "forward/one:102", false},
    {"forward/one:*", "forward/one", false},
    {"*:102", "forward/one:102", true},
    {"*2", "forward/one:102", false},
    {"forward", "forward/one", true},
    {"forward", "forward/one:102", true},
    {"forward/", "forward/one", false},
    {"f?rward", "forward/one", true},
    {"forward", "forwards/one", false},
    {"one", "forward/one", false},
    {"", "forward/one", false},
    {"forward/\\one", "forward/one", false},
};

static void test_match(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(match_rows) / sizeof(match_rows[0]); i++) {
    const struct match_row *row = &match_rows[i];
    if (library_match(row->glob, row->id) != row->matches) {
      fail_msg("\"%s\" and \"%s\"", row->glob, row->id);
    }
  }
}

static void check_library(const struct library *library) {
  for (size_t i = 0; i < library->num_cases; i++) {
    const struct case_file *file = &library->cases[i];
    struct diag diag;
    if (i > 0) {
      const struct span before = library->cases[i - 1].id;
      const struct span id = file->id;
      size_t len = before.len < id.len ? before.len : id.len;
      int order = memcmp(before.ptr, id.ptr, len);
      assert_true(order < 0 || (order == 0 && before.len < id.len));
    }
    if (case_parse_every(file->file, library->sources[i].text, &diag) < 0) {
      fail_msg("%s:%zu:%zu: %s", diag.file, diag.line, diag.column, diag.reason);
    }
    case_property_all(library->sources[i].text.ptr, library->sources[i].text.len);
  }
}

/* What is built in loads, every value of it too, and has the properties of any case. */
static void test_embedded(void **state) {
  (void)state;
  struct arena arena = {0};
  struct library library;
  struct diag diag;
  if (library_load_embedded(&arena, &library, &diag) < 0) {
    fail_msg("%s:%zu:%zu: %s", diag.file, diag.line, diag.column, diag.reason);
  }
  assert_int_equal(library.num_cases + 1, library_num_embedded);
  for (size_t i = 1; i < library_num_embedded; i++) {
    assert_true(strcmp(library_embedded[i - 1].name, library_embedded[i].name) < 0);
  }
  assert_non_null(registry_find(&library.registry, span_of("RFC9110-15.2-4")));
  check_library(&library);
  arena_free(&arena);
}

struct folder {
  char path[64];
};

static void write_file(const struct folder *folder, const char *name, const char *text) {
  struct bytes path = {0};
  bytes_printf(&path, "%s/%s", folder->path, name);
  FILE *out = fopen(bytes_cstr(&path), "wb");
  assert_non_null(out);
  assert_int_equal(fwrite(text, 1, strlen(text), out), strlen(text));
  assert_int_equal(fclose(out), 0);
  bytes_free(&path);
}

static void make_folder(const struct folder *folder, const char *name) {
  struct bytes path = {0};
  bytes_printf(&path, "%s/%s", folder->path, name);
  assert_int_equal(mkdir(bytes_cstr(&path), 0700), 0);
  bytes_free(&path);
}

static const char *const folder_files[] = {"requirements.tsv", "README",        "lone.case",
                                           "b/two.case",       "a/one.case",    "a/notes.txt",
                                           "a/Bad.case",       "b/broken.case", "b/unknown.case",
                                           "b/values.case",    ".hidden"};

static int setup_folder(void **state) {
  static struct folder folder;
  folder = (struct folder){"/tmp/case_library_test.XXXXXX"};
  assert_non_null(mkdtemp(folder.path));
  make_folder(&folder, "a");
  make_folder(&folder, "b");
  write_file(&folder, "requirements.tsv", COLUMNS ROW);
  write_file(&folder, "README", "not a case");
  write_file(&folder, "a/notes.txt", "not a case");
  write_file(&folder, ".hidden", "not a case");
  write_file(&folder, "b/two.case", CASE);
  write_file(&folder, "a/one.case", CASE);
  *state = &folder;
  return 0;
}

static int teardown_folder(void **state) {
  const struct folder *folder = *state;
  struct bytes path = {0};
  for (size_t i = 0; i < sizeof(folder_files) / sizeof(folder_files[0]); i++) {
    path.len = 0;
    bytes_printf(&path, "%s/%s", folder->path, folder_files[i]);
    if (unlink(bytes_cstr(&path)) < 0) {
      assert_int_equal(errno, ENOENT);
    }
  }
  bytes_drop(&path, path.len);
  bytes_printf(&path, "%s/a", folder->path);
  assert_int_equal(rmdir(bytes_cstr(&path)), 0);
  bytes_drop(&path, path.len);
  bytes_printf(&path, "%s/b", folder->path);
  assert_int_equal(rmdir(bytes_cstr(&path)), 0);
  bytes_free(&path);
  return rmdir(folder->path);
}

static void test_directory(void **state) {
  const struct folder *folder = *state;
  struct arena arena = {0};
  struct library library;
  struct diag diag;
  assert_int_equal(library_load_directory(&arena, folder->path, &library, &diag), 0);
  assert_int_equal(library.num_cases, 2);
  assert_true(span_is(library.cases[0].id, "a/one"));
  assert_true(span_is(library.cases[1].id, "b/two"));
  assert_string_equal(library.sources[0].name, "a/one.case");
  assert_true(span_is(library.sources[0].text, CASE));
  assert_int_equal(library.registry.num_rows, 1);
  check_library(&library);
  arena_free(&arena);
}

struct directory_row {
  const char *name;
  const char *text;
  size_t line;
  const char *reason; /* how it begins */
};

static const struct directory_row directory_rows[] = {
    {"lone.case", CASE, 0, "a case outside a group: move it to GROUP/lone.case"},
    {"a/Bad.case", CASE, 0, "a case's file is GROUP/SLUG.case"},
    {"b/broken.case", "title\n", 1, "title needs a text behind it"},
    {"b/unknown.case", "title t\ncites S-2\nseat proxy\nclient sends GET\nclient sees 200\n", 2,
     "S-2 is not in the registry"},
    {"b/values.case",
     "title t\ncites S-1\nseat proxy\nfor c 200 20\nclient sends GET\norigin sends {c}\nclient "
     "sees 200\n",
     6, "a message belongs here"},
    {"requirements.tsv", COLUMNS "x\n", 2, "a row has seven columns"},
};

static void test_directory_errors(void **state) {
  const struct folder *folder = *state;
  for (size_t i = 0; i < sizeof(directory_rows) / sizeof(directory_rows[0]); i++) {
    const struct directory_row *row = &directory_rows[i];
    struct arena arena = {0};
    struct library library = {.num_cases = 99};
    struct diag diag = {0};
    write_file(folder, row->name, row->text);
    assert_int_equal(library_load_directory(&arena, folder->path, &library, &diag), -1);
    const char *path = arena_printf(&arena, "%s/%s", folder->path, row->name);
    assert_string_equal(diag.file, path);
    assert_int_equal(diag.line, row->line);
    if (strncmp(diag.reason, row->reason, strlen(row->reason)) != 0) {
      fail_msg("%s: %s", row->name, diag.reason);
    }
    assert_int_equal(library.num_cases, 99);
    assert_int_equal(unlink(path), 0);
    arena_free(&arena);
  }
  struct arena arena = {0};
  struct library library;
  struct diag diag = {0};
  assert_int_equal(library_load_directory(&arena, folder->path, &library, &diag), -1);
  assert_string_equal(diag.reason, "cannot be opened: No such file or directory");
  arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_bindings),
      cmocka_unit_test(test_no_parameters),
      cmocka_unit_test(test_parse_every),
      cmocka_unit_test(test_cite_for),
      cmocka_unit_test(test_seat_words),
      cmocka_unit_test(test_registry_errors),
      cmocka_unit_test(test_registry),
      cmocka_unit_test(test_match),
      cmocka_unit_test(test_embedded),
      cmocka_unit_test_setup_teardown(test_directory, setup_folder, teardown_folder),
      cmocka_unit_test_setup_teardown(test_directory_errors, setup_folder, teardown_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
