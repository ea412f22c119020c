/* The commands that read cases and files: what they print and how they end. */
#include "cli/cli.h"
#include "cli/files.h"
#include "cli/foresee.h"
#include "tests/cli_capture.h"

#include <sys/stat.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const char registry_text[] =
    "id\tlevel\troles\tversions\twording\taddress\tnote\n"
    "RFC9110-15.2-4\tMUST\tclient\t1.1,2,3\tA client copes with 1xx.\thttps://e.org/a\t\n"
    "RFC9110-15.2-6\tMUST\tproxy\t1.1,2,3\tA proxy forwards 1xx.\thttps://e.org/b\t\n"
    "RFC9110-7.6-1\tEXPECTED\tgateway\t1.1,2,3\tA gateway is expected to.\thttps://e.org/c\t\n"
    "HOUSE-ALIVE\tHOUSE\tgateway\t1.1,2,3\tA target stays alive.\thttps://e.org/d\t\n"
    "UNSEEN-1\tMAY\tclient\t1.1\tNobody can see it.\thttps://e.org/e\tit is inside the target\n";

static const char forward_text[] = "title   A 102 reaches the client\n"
                                   "why     Some drop it.\n"
                                   "cites   proxy RFC9110-15.2-6\n"
                                   "cites   gateway RFC9110-7.6-1\n"
                                   "cites   RFC9110-15.2-4\n"
                                   "seat    gateway proxy\n"
                                   "for     code 102 103\n"
                                   "\n"
                                   "client  sends  GET\n"
                                   "origin  sends  {code}\n"
                                   "client  sees   {code}\n"
                                   "origin  sends  200\n"
                                   "client  sees   200\n";

static const char faulty_text[] = "title   No such requirement\n"
                                  "cites   RFC9110-99\n"
                                  "seat    gateway\n"
                                  "\n"
                                  "client  sends  GET\n"
                                  "origin  sends  200\n"
                                  "client  sees   200\n";

static const char broken_text[] = "title   A verb is misspelt\n"
                                  "cites   RFC9110-15.2-4\n"
                                  "seat    gateway\n"
                                  "\n"
                                  "client  send   GET\n";

/* A directory of cases for one test. */
struct tree {
  char root[64];
};

static void put(const struct tree *tree, const char *name, const char *text) {
  char path[256];
  struct diag diag;
  (void)snprintf(path, sizeof(path), "%s/%s", tree->root, name);
  assert_int_equal(file_replace(path, span_of(text), &diag), 0);
}

static int set_up(void **state) {
  static struct tree tree;
  char path[256];
  (void)snprintf(tree.root, sizeof(tree.root), "/tmp/interim-cli-XXXXXX");
  if (mkdtemp(tree.root) == NULL) {
    return -1;
  }
  (void)snprintf(path, sizeof(path), "%s/forward", tree.root);
  if (mkdir(path, 0700) != 0) {
    return -1;
  }
  put(&tree, "requirements.tsv", registry_text);
  put(&tree, "forward/one.case", forward_text);
  *state = &tree;
  return 0;
}

static int tear_down(void **state) {
  const struct tree *tree = *state;
  static const char *const names[] = {"forward/one.case",
                                      "forward/faulty.case",
                                      "forward/broken.case",
                                      "forward/link.case",
                                      "forward/Upper.case",
                                      "forward/first.case",
                                      "requirements.tsv",
                                      "forward",
                                      ""};
  char path[256];
  for (size_t i = 0; i < LENGTH(names); i++) {
    (void)snprintf(path, sizeof(path), "%s/%s", tree->root, names[i]);
    (void)remove(path);
  }
  return access(tree->root, F_OK) == 0 ? -1 : 0;
}

/* Runs "NAME REST", with %s in the line for the directory. */
static int run(const struct tree *tree, int (*command)(int, char **), const char *before,
               const char *behind, struct capture *capture) {
  char line[512];
  (void)snprintf(line, sizeof(line), "%s%s%s", before, tree->root, behind);
  return capture_command(command, line, capture);
}

static void test_list_has_a_line_for_each_case(void **state) {
  struct capture capture;
  assert_int_equal(run(*state, command_list, "list --cases ", "", &capture), EXIT_PASSED);
  assert_string_equal(
      bytes_cstr(&capture.out),
      "forward/one  gateway EXPECTED, proxy MUST  A 102 reaches the client (2 values)\n"
      "1 case, 2 results\n");
  capture_free(&capture);
}

static void test_list_requirements_tells_what_covers_them(void **state) {
  struct capture capture;
  assert_int_equal(run(*state, command_list, "list --requirements --cases ", "", &capture), 0);
  assert_string_equal(
      bytes_cstr(&capture.out),
      "RFC9110-15.2-4  MUST  client\n  A client copes with 1xx.\n"
      "  informs  forward/one\n"
      "RFC9110-15.2-6  MUST  proxy\n  A proxy forwards 1xx.\n"
      "  decides  forward/one (proxy)\n"
      "RFC9110-7.6-1  EXPECTED  gateway\n  A gateway is expected to.\n"
      "  decides  forward/one (gateway)\n"
      "HOUSE-ALIVE  HOUSE  gateway\n  A target stays alive.\n"
      "  no case\n"
      "UNSEEN-1  MAY  client\n  Nobody can see it.\n"
      "  no case: it is inside the target\n"
      "5 requirements: 2 decide a case, 1 only inform, 2 are without a case (1 of them with the "
      "reason)\n");
  capture_free(&capture);
  /* A glob keeps what its cases cite. */
  assert_int_equal(
      run(*state, command_list, "list forward/* --requirements --cases ", "", &capture), 0);
  assert_null(strstr(bytes_cstr(&capture.out), "UNSEEN-1"));
  assert_non_null(strstr(bytes_cstr(&capture.out), "3 requirements: "));
  capture_free(&capture);
}

static const char first_text[] = "title   A client gets its answer\n"
                                 "cites   RFC9110-15.2-4\n"
                                 "seat    gateway\n"
                                 "\n"
                                 "client  sends  GET\n"
                                 "origin  sends  200\n"
                                 "client  sees   200\n";

/* Whatever the order of the cases is. */
static void test_to_decide_counts_more_than_to_inform(void **state) {
  struct capture capture;
  put(*state, "forward/first.case", first_text);
  assert_int_equal(run(*state, command_list, "list --requirements --cases ", "", &capture), 0);
  assert_non_null(strstr(bytes_cstr(&capture.out), "  decides  forward/first (gateway)\n"
                                                   "  informs  forward/one\n"));
  assert_non_null(strstr(bytes_cstr(&capture.out),
                         "5 requirements: 3 decide a case, 0 only inform, 2 are without"));
  capture_free(&capture);
}

static void test_list_json_holds_the_same(void **state) {
  static const char *const parts[] = {
      "\"schema\": \"interim-list/1\"",
      "\"id\": \"forward/one\"",
      "\"title\": \"A 102 reaches the client\"",
      "\"level\": \"EXPECTED\"",
      "\"requirement\": \"RFC9110-15.2-6\"",
      "\"results\": 2",
      "\"slow\": false",
      "\"103\"",
  };
  struct capture capture;
  assert_int_equal(run(*state, command_list, "list --json --cases ", "", &capture), 0);
  for (size_t i = 0; i < LENGTH(parts); i++) {
    assert_non_null(strstr(bytes_cstr(&capture.out), parts[i]));
  }
  capture_free(&capture);
}

static void test_a_glob_or_a_name_that_fits_nothing_is_an_error(void **state) {
  static const struct {
    int (*command)(int, char **);
    const char *before;
    const char *said;
  } rows[] = {
      {command_list, "list forward/on --cases ",
       "no case matches 'forward/on'; did you mean 'forward/one'?"},
      {command_list, "list forward/one:104 --cases ", "no case matches 'forward/one:104'"},
      {command_explain, "explain forward/onee --cases ", "did you mean 'forward/one'?"},
      {command_explain, "explain forward/one:104 --cases ", "there is no case 'forward/one:104'"},
      {command_explain, "explain --cases ", "one CASE belongs here"},
  };
  for (size_t i = 0; i < LENGTH(rows); i++) {
    struct capture capture;
    assert_int_equal(run(*state, rows[i].command, rows[i].before, "", &capture), EXIT_USAGE);
    if (strstr(bytes_cstr(&capture.err), rows[i].said) == NULL) {
      fail_msg("%s: said %s", rows[i].before, bytes_cstr(&capture.err));
    }
    capture_free(&capture);
  }
}

static void test_explain_tells_what_decides_and_what_each_outcome_means(void **state) {
  static const char *const parts[] = {
      "forward/one\nA 102 reaches the client\n\nSome drop it.\n",
      "  at seat gateway: RFC9110-7.6-1, EXPECTED\n    A gateway is expected to.\n",
      "    https://e.org/c\n",
      "  at seat proxy: RFC9110-15.2-6, MUST\n    A proxy forwards 1xx.\n",
      "What it is about besides\n  RFC9110-15.2-4, MUST\n    A client copes with 1xx.\n",
      "  code, 2 values: 102 103\n  It makes 2 results; the first is forward/one:102.\n",
      "\n   7  for     code 102 103\n   8\n   9  client  sends  GET\n  10  origin  sends  {code}\n",
      "  crashed          gateway FAIL by HOUSE-ALIVE, proxy FAIL\n",
      "  taken-as-final   gateway FAIL by RFC9110-15.2-4, proxy FAIL\n",
      "  dropped          gateway WARN, proxy FAIL\n",
      "  held             gateway PASS, proxy PASS\n",
  };
  struct capture capture;
  assert_int_equal(run(*state, command_explain, "explain forward/one:103 --cases ", "", &capture),
                   0);
  for (size_t i = 0; i < LENGTH(parts); i++) {
    if (strstr(bytes_cstr(&capture.out), parts[i]) == NULL) {
      fail_msg("not there: %s", parts[i]);
    }
  }
  capture_free(&capture);
}

/* What the origin of a case sends; whether some request gets one to five valid interims. */
static void test_valid_interims_are_foreseen(void **state) {
  (void)state;
  static const struct {
    const char *steps;
    bool valid;
  } rows[] = {
      {"origin sends 200\n", false},
      {"origin sends 102\norigin sends 200\n", true},
      {"origin sends 102 x 5\norigin sends 200\n", true},
      {"origin sends 102 x 6\norigin sends 200\n", false},
      {"origin sends 102 x 1000\norigin sends 200\n", false},
      {"origin sends 102\n  Content-Length: 1\norigin sends 200\n", false},
      {"origin sends 102\n  Connection: close\norigin sends 200\n", false},
      {"origin sends 102\n  X: y\norigin sends 200\n", true},
      {"origin sends 101\n", false},
      {"origin sends bytes\n  | HTTP/1.1 102 a\n  |\norigin sends 200\n", true},
      {"origin sends bytes\n  | HTTP/1.1 102 a\n  | A b: c\n  |\norigin sends 200\n", false},
      {"origin sends bytes\n  | HTTP/1.0 102 a\n  |\norigin sends 200\n", false},
      {"origin sends 200\norigin sends 102\n", false},
      {"origin sends 200\nclient sends GET\norigin 2 sends 102\norigin 2 sends 200\n", true},
  };
  for (size_t i = 0; i < LENGTH(rows); i++) {
    struct arena arena;
    struct case_file file;
    struct diag diag = {.line = 0};
    arena_init(&arena);
    const char *text = arena_printf(
        &arena, "title t\ncites RFC9110-15.2-4\nseat gateway\nclient sends GET\n%s", rows[i].steps);
    if (case_parse(&arena, "a/b.case", span_of(text), NULL, &file, &diag) != 0) {
      fail_msg("row %zu: %s", i, diag.reason);
    }
    if (foresee_valid_interims(&file) != rows[i].valid) {
      fail_msg("%s", rows[i].steps);
    }
    arena_free(&arena);
  }
}

static void test_check_tells_every_faulty_file(void **state) {
  const struct tree *tree = *state;
  struct capture capture;
  assert_int_equal(run(tree, command_check, "check --cases ", "", &capture), EXIT_PASSED);
  assert_string_equal(bytes_cstr(&capture.out), "1 case, no fault\n");
  capture_free(&capture);
  put(tree, "forward/faulty.case", faulty_text);
  put(tree, "forward/broken.case", broken_text);
  assert_int_equal(run(tree, command_check, "check --cases ", "", &capture), EXIT_USAGE);
  const char *said = bytes_cstr(&capture.err);
  assert_non_null(strstr(said, "forward/broken.case:5:9: a verb belongs here"));
  assert_non_null(strstr(said, "  client  send   GET\n          ^\n"));
  assert_non_null(strstr(said, "forward/faulty.case:2:9: "));
  assert_non_null(strstr(said, "2 of 3 files at fault\n"));
  assert_int_equal(capture.out.len, 0);
  capture_free(&capture);
}

static void test_check_takes_files(void **state) {
  const struct tree *tree = *state;
  struct capture capture;
  char line[512];
  put(tree, "forward/faulty.case", faulty_text);
  (void)snprintf(line, sizeof(line), "check --cases %s %s/forward/one.case", tree->root,
                 tree->root);
  assert_int_equal(capture_command(command_check, line, &capture), EXIT_PASSED);
  assert_string_equal(bytes_cstr(&capture.out), "1 case, no fault\n");
  capture_free(&capture);
  assert_int_equal(
      run(tree, command_check, "check /nonexistent.case ", "/forward/faulty.case", &capture),
      EXIT_USAGE);
  assert_non_null(strstr(bytes_cstr(&capture.err), "/nonexistent.case: cannot be opened"));
  assert_non_null(strstr(bytes_cstr(&capture.err), "2 of 2 files at fault"));
  capture_free(&capture);
}

/* A name that makes no id is a fault of the directory. */
static void test_check_looks_at_names_too(void **state) {
  const struct tree *tree = *state;
  struct capture capture;
  put(tree, "forward/Upper.case", forward_text);
  assert_int_equal(run(tree, command_check, "check --cases ", "", &capture), EXIT_USAGE);
  assert_non_null(strstr(bytes_cstr(&capture.err), "Upper.case: a case's file is GROUP/SLUG.case"));
  capture_free(&capture);
}

static void test_the_cases_built_in_have_no_fault(void **state) {
  (void)state;
  struct capture capture;
  assert_int_equal(capture_command(command_check, "check", &capture), EXIT_PASSED);
  assert_non_null(strstr(bytes_cstr(&capture.out), " cases, no fault\n"));
  capture_free(&capture);
}

static void assert_content(const struct tree *tree, const char *name, const char *text) {
  struct arena arena;
  struct span content;
  struct diag diag;
  arena_init(&arena);
  assert_int_equal(
      file_read(&arena, arena_printf(&arena, "%s/%s", tree->root, name), &content, &diag), 0);
  assert_string_equal((const char *)content.ptr, text);
  arena_free(&arena);
}

static void test_fmt_rewrites_what_differs_and_names_it(void **state) {
  const struct tree *tree = *state;
  struct capture capture;
  char path[256];
  char link[256];
  struct stat info;
  static const char untidy[] = "title A 102 reaches the client\ncites RFC9110-15.2-4\n"
                               "seat gateway\nclient sends GET\norigin sends 200\n"
                               "client sees 200\n";
  static const char tidy[] = "title   A 102 reaches the client\ncites   RFC9110-15.2-4\n"
                             "seat    gateway\n\nclient  sends  GET\norigin  sends  200\n"
                             "client  sees   200\n";
  put(tree, "forward/one.case", untidy);
  (void)snprintf(path, sizeof(path), "%s/forward/one.case", tree->root);
  (void)snprintf(link, sizeof(link), "%s/forward/link.case", tree->root);
  assert_int_equal(chmod(path, 0640), 0);
  assert_int_equal(symlink("one.case", link), 0);
  assert_int_equal(run(tree, command_fmt, "fmt --check ", "/forward/one.case", &capture),
                   EXIT_UNEXPECTED);
  assert_non_null(strstr(bytes_cstr(&capture.out), "/forward/one.case\n"));
  assert_content(tree, "forward/one.case", untidy);
  capture_free(&capture);
  /* Through a link the file is changed and the link stays one; the mode is kept. */
  assert_int_equal(run(tree, command_fmt, "fmt ", "/forward/link.case", &capture), EXIT_PASSED);
  capture_free(&capture);
  assert_content(tree, "forward/one.case", tidy);
  assert_int_equal(lstat(link, &info), 0);
  assert_true(S_ISLNK(info.st_mode));
  assert_int_equal(stat(path, &info), 0);
  assert_int_equal(info.st_mode & 07777, 0640);
  assert_int_equal(run(tree, command_fmt, "fmt --check ", "/forward/one.case", &capture),
                   EXIT_PASSED);
  assert_int_equal(capture.out.len, 0);
  capture_free(&capture);
}

static void test_fmt_leaves_a_broken_file_alone(void **state) {
  const struct tree *tree = *state;
  struct capture capture;
  put(tree, "forward/broken.case", broken_text);
  assert_int_equal(run(tree, command_fmt, "fmt ", "/forward/broken.case", &capture), EXIT_USAGE);
  assert_non_null(strstr(bytes_cstr(&capture.err), "broken.case:5:9: a verb belongs here"));
  assert_content(tree, "forward/broken.case", broken_text);
  capture_free(&capture);
  assert_int_equal(capture_command(command_fmt, "fmt", &capture), EXIT_USAGE);
  capture_free(&capture);
}

static void test_wrong_arguments_of_serve_are_told(void **state) {
  (void)state;
  static const struct {
    const char *line;
    const char *said;
  } rows[] = {
      {"serve --listen 127.0.0.1", "--listen '127.0.0.1': no port"},
      {"serve --listen 127.0.0.1:0 x", "'x' is too much"},
      {"serve --listen 192.0.2.1:1", "cannot listen on 192.0.2.1:1"},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct capture capture;
    assert_int_equal(capture_command(command_serve, rows[i].line, &capture), EXIT_USAGE);
    assert_non_null(strstr(bytes_cstr(&capture.err), rows[i].said));
    capture_free(&capture);
  }
}

static void test_wrong_arguments_of_relay_are_told(void **state) {
  (void)state;
  static const struct {
    const char *line;
    const char *said;
  } rows[] = {
      {"relay", "--listen is needed"},
      {"relay --listen 127.0.0.1:0", "--origin is needed"},
      {"relay --listen 127.0.0.1 --origin 127.0.0.1:1", "--listen '127.0.0.1': no port"},
      {"relay --listen 127.0.0.1:0 --origin 127.0.0.1:0", "--origin '127.0.0.1:0': the port"},
      {"relay --listen 127.0.0.1:0 --origin 127.0.0.1:1 x", "'x' is too much"},
      {"relay --bug drop-102", "--bug 'drop-102': no bug has this name; --bugs lists them"},
      {"relay --listen 192.0.2.1:1 --origin 127.0.0.1:1", "cannot listen on 192.0.2.1:1"},
  };
  for (size_t i = 0; i < LENGTH(rows); i++) {
    struct capture capture;
    assert_int_equal(capture_command(command_relay, rows[i].line, &capture), EXIT_USAGE);
    if (strstr(bytes_cstr(&capture.err), rows[i].said) == NULL) {
      fail_msg("%s: said %s", rows[i].line, bytes_cstr(&capture.err));
    }
    capture_free(&capture);
  }
}

static void test_every_command_has_help(void **state) {
  (void)state;
  static const struct {
    int (*command)(int, char **);
    const char *line;
    const char *begins;
  } rows[] = {
      {command_run, "run --help", "usage: interim run "},
      {command_list, "list -h", "usage: interim list "},
      {command_explain, "explain --help", "usage: interim explain "},
      {command_check, "check --help", "usage: interim check "},
      {command_fmt, "fmt --help", "usage: interim fmt "},
      {command_judge, "judge --help", "usage: interim judge "},
      {command_relay, "relay --help", "usage: interim relay "},
      {command_serve, "serve --help", "usage: interim serve "},
  };
  for (size_t i = 0; i < LENGTH(rows); i++) {
    struct capture capture;
    assert_int_equal(capture_command(rows[i].command, rows[i].line, &capture), EXIT_PASSED);
    assert_memory_equal(bytes_cstr(&capture.out), rows[i].begins, strlen(rows[i].begins));
    assert_int_equal(capture.err.len, 0);
    capture_free(&capture);
  }
}

#define ON_TREE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      ON_TREE(test_list_has_a_line_for_each_case),
      ON_TREE(test_list_requirements_tells_what_covers_them),
      ON_TREE(test_to_decide_counts_more_than_to_inform),
      ON_TREE(test_list_json_holds_the_same),
      ON_TREE(test_a_glob_or_a_name_that_fits_nothing_is_an_error),
      ON_TREE(test_explain_tells_what_decides_and_what_each_outcome_means),
      cmocka_unit_test(test_valid_interims_are_foreseen),
      ON_TREE(test_check_tells_every_faulty_file),
      ON_TREE(test_check_takes_files),
      ON_TREE(test_check_looks_at_names_too),
      cmocka_unit_test(test_the_cases_built_in_have_no_fault),
      ON_TREE(test_fmt_rewrites_what_differs_and_names_it),
      ON_TREE(test_fmt_leaves_a_broken_file_alone),
      cmocka_unit_test(test_wrong_arguments_of_serve_are_told),
      cmocka_unit_test(test_wrong_arguments_of_relay_are_told),
      cmocka_unit_test(test_every_command_has_help),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
