/* The command line of interim run: what is stored, and what is said of wrong values. */
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/usage.h"
#include "tests/cli_capture.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* The options borrow from the line. */
struct parsed {
  char line[2048];
  char *argv[CAPTURE_MAX_ARGS];
  struct run_options options;
  struct capture capture;
  int status;
};

static void parse(struct parsed *parsed, const char *line) {
  (void)snprintf(parsed->line, sizeof(parsed->line), "%s", line);
  int argc = capture_split(parsed->line, parsed->argv);
  capture_begin(&parsed->capture);
  parsed->status = run_options_parse(argc, parsed->argv, &parsed->options);
  capture_end(&parsed->capture);
}

static void test_nothing_given_means_the_reference_gateway(void **state) {
  (void)state;
  struct parsed parsed = {.status = 0};
  parse(&parsed, "run");
  const struct run_options *options = &parsed.options;
  assert_int_equal(parsed.status, 0);
  assert_int_equal(options->seat, SEAT_GATEWAY);
  assert_null(options->target);
  assert_string_equal(options->origin_listen, "127.0.0.1:0");
  assert_null(options->origin_advertised);
  assert_int_equal(options->num_globs, 0);
  assert_int_equal(options->num_excludes, 0);
  assert_int_equal(options->jobs, 32);
  assert_true(options->scale == 1.0);
  assert_int_equal(options->level, 2);
  assert_int_equal(options->repeat, 1);
  assert_false(options->shuffle || options->slow || options->seeded || options->tap);
  assert_false(options->verbose || options->quiet);
  assert_int_equal(options->color, -1);
  assert_int_equal(options->fronts, HTTP_H1 | HTTP_H2);
  assert_int_equal(options->backs, HTTP_H1 | HTTP_H2);
  assert_int_equal(parsed.capture.out.len + parsed.capture.err.len, 0);
  capture_free(&parsed.capture);
}

static void test_every_option_is_stored(void **state) {
  (void)state;
  struct parsed parsed = {.status = 0};
  parse(&parsed, "run forward/* --seat proxy --target http://127.0.0.1:3128 --origin "
                 "0.0.0.0:9000,192.0.2.1:9001 --front h1 --front h1 --back h1 --cases dir "
                 "--exclude a/* --exclude b --level should --slow --shuffle --seed 4294967295 "
                 "--target-timeout 1500ms --pid 77 --restart r --repeat 7 --jobs 4096 "
                 "--timeout-scale 2.5 --expect e --write-expect w "
                 "--target-name squid --target-version 5.7 --json - --junit j -v --quiet "
                 "--color always -- -x/*");
  const struct run_options *options = &parsed.options;
  assert_int_equal(parsed.status, 0);
  assert_int_equal(options->seat, SEAT_PROXY);
  assert_string_equal(options->target, "http://127.0.0.1:3128");
  assert_string_equal(options->origin_listen, "0.0.0.0:9000");
  assert_string_equal(options->origin_advertised, "192.0.2.1:9001");
  assert_int_equal(options->num_globs, 2);
  assert_string_equal(options->globs[0], "forward/*");
  assert_string_equal(options->globs[1], "-x/*");
  assert_int_equal(options->num_excludes, 2);
  assert_string_equal(options->excludes[1], "b");
  assert_string_equal(options->cases, "dir");
  assert_int_equal(options->level, 1);
  assert_int_equal(options->seed, 4294967295U);
  assert_int_equal(options->repeat, 7);
  assert_int_equal(options->jobs, 4096);
  assert_int_equal(options->target_timeout_us, 1500000);
  assert_int_equal(options->pid, 77);
  assert_string_equal(options->restart, "r");
  assert_true(options->scale == 2.5);
  assert_string_equal(options->expect, "e");
  assert_string_equal(options->write_expect, "w");
  assert_string_equal(options->target_name, "squid");
  assert_string_equal(options->target_version, "5.7");
  assert_string_equal(options->json, "-");
  assert_string_equal(options->junit, "j");
  assert_true(options->seeded && options->shuffle && options->slow);
  assert_true(options->verbose && options->quiet);
  assert_int_equal(options->color, 1);
  capture_free(&parsed.capture);
}

/* Each message names the option, the value and what to write instead. */
static const struct {
  const char *line;
  const char *message;
} wrong_rows[] = {
    {"run --seat origin --target http://h/ --origin h:1", "--seat origin takes no --origin"},
    {"run --seat origin --target http://h/ --back h2", "--seat origin takes no --back"},
    {"run --trigger 102=/slow", "--trigger '102=/slow': behind the code stand a method"},
    {"run --trigger 200=GET", "--trigger '200=GET': write CODE=METHOD TARGET"},
    {"run --trigger-timeout 5", "--trigger-timeout '5': how long the final response"},
    {"run --seat client", "--seat 'client': this seat does not work yet"},
    {"run --seat middle", "--seat 'middle': not a seat; write origin, gateway or proxy"},
    {"run --seat proxy", "--seat proxy needs --target"},
    {"run --target http://h/", "--target needs --origin"},
    {"run --target h:80 --origin 127.0.0.1:1", "--target 'h:80': no scheme; write http://"},
    {"run --target h2=ftp://h/ --origin 127.0.0.1:1", "the scheme is neither http nor https"},
    {"run --origin 127.0.0.1", "--origin '127.0.0.1': no port; write HOST:PORT"},
    {"run --origin 127.0.0.1:1,h:0", "'h:0': the port is no number from 1 to 65535"},
    {"run --origin 127.0.0.1:1,", "'': no host; write HOST:PORT"},
    {"run --seat proxy --target http://h/ --origin 0.0.0.0:9000", "add the one to ask for"},
    {"run --seat proxy --target http://h/ --origin [::]:9000", "add the one to ask for"},
    {"run --seat proxy --target http://h/ --origin unix:/tmp/x", "add the one to ask for"},
    {"run --front h9", "--front 'h9': not a version; write h1 or h2"},
    {"run --back x", "--back 'x': not a version; write auto, h1 or h2"},
    {"run --jobs 0", "--jobs '0': how many cases may be in flight: write a number from 1"},
    {"run --jobs 4097", "--jobs '4097'"},
    {"run --jobs 1x", "--jobs '1x'"},
    {"run --jobs -1", "--jobs '-1'"},
    {"run --timeout-scale 0", "--timeout-scale '0'"},
    {"run --timeout-scale nan", "--timeout-scale 'nan'"},
    {"run --timeout-scale inf", "--timeout-scale 'inf'"},
    {"run --timeout-scale 0x10", "--timeout-scale '0x10'"},
    {"run --timeout-scale 1e3", "--timeout-scale '1e3'"},
    {"run --timeout-scale 1.2.3", "--timeout-scale '1.2.3'"},
    {"run --timeout-scale 1001", "--timeout-scale '1001'"},
    {"run --level may", "--level 'may': not a level; write must, should or all"},
    {"run --seed 4294967296", "--seed '4294967296': write a number from 0 to 4294967295"},
    {"run --seed 1.5", "--seed '1.5'"},
    {"run --repeat 0", "--repeat '0'"},
    {"run --target-timeout 5x", "--target-timeout '5x'"},
    {"run --target-timeout 0s", "--target-timeout '0s'"},
    {"run --target-timeout 3601s", "--target-timeout '3601s'"},
    {"run --pid 0", "--pid '0'"},
    {"run --color yes", "--color 'yes': write auto, always or never"},
    {"run --junit -", "--junit '-': this form goes to a file"},
    {"run --tap --json -", "--tap and --json '-' both want standard output"},
    {"run --json ''", "the value of '--json' is empty"},
    {"run --json", "the option '--json' needs a value"},
    {"run --slow=1", "the option '--slow' takes no value"},
    {"run --help=1", "the option '--help' takes no value"},
    {"run --tagret x", "there is no option '--tagret'; did you mean '--target'?"},
    {"run --jsno=x", "there is no option '--jsno'; did you mean '--json'?"},
    {"run --frobnicate", "there is no option '--frobnicate'\n"},
    {"run -x", "there is no option '-x'"},
    {"run -vx", "there is no option '-x'"},
    {"run ''", "an empty CASE-GLOB"},
};

static void test_wrong_values_are_refused_with_a_remedy(void **state) {
  (void)state;
  for (size_t i = 0; i < LENGTH(wrong_rows); i++) {
    struct parsed parsed = {.status = 0};
    parse(&parsed, wrong_rows[i].line);
    const char *said = bytes_cstr(&parsed.capture.err);
    assert_int_equal(parsed.status, EXIT_USAGE);
    assert_memory_equal(said, "interim run: ", 13);
    if (strstr(said, wrong_rows[i].message) == NULL) {
      fail_msg("%s: said %s", wrong_rows[i].line, said);
    }
    assert_non_null(strstr(said, "interim run --help"));
    assert_int_equal(parsed.capture.out.len, 0);
    capture_free(&parsed.capture);
  }
}

static void test_lists_have_an_end(void **state) {
  (void)state;
  struct parsed parsed = {.status = 0};
  struct bytes line = {0};
  bytes_text(&line, "run");
  for (int i = 0; i < OPTIONS_MAX_LIST; i++) {
    bytes_text(&line, " g");
  }
  parse(&parsed, bytes_cstr(&line));
  assert_int_equal(parsed.status, 0);
  assert_int_equal(parsed.options.num_globs, OPTIONS_MAX_LIST);
  capture_free(&parsed.capture);
  bytes_text(&line, " last");
  parse(&parsed, bytes_cstr(&line));
  assert_int_equal(parsed.status, EXIT_USAGE);
  assert_non_null(strstr(bytes_cstr(&parsed.capture.err), "more than 64 globs: 'last'"));
  capture_free(&parsed.capture);
  bytes_free(&line);
}

static void test_triggers_are_for_the_origin_seat_and_each_code_has_one(void **state) {
  (void)state;
  struct parsed parsed = {.status = 0};
  char own[] = "102=GET /slow";
  char *argv[] = {(char[]){"run"},
                  (char[]){"--seat"},
                  (char[]){"origin"},
                  (char[]){"--target"},
                  (char[]){"http://h/"},
                  (char[]){"--trigger"},
                  own,
                  (char[]){"--trigger"},
                  own};
  assert_int_equal(run_options_parse(7, argv, &parsed.options), 0);
  assert_int_equal(parsed.options.num_triggers, 1);
  assert_int_equal(parsed.options.trigger_timeout_us, 10000000);
  capture_begin(&parsed.capture);
  assert_int_equal(run_options_parse(9, argv, &parsed.options), EXIT_USAGE);
  argv[2] = (char[]){"gateway"};
  assert_int_equal(run_options_parse(7, argv, &parsed.options), EXIT_USAGE);
  capture_end(&parsed.capture);
  assert_non_null(strstr(bytes_cstr(&parsed.capture.err), "there is a trigger for this code"));
  assert_non_null(strstr(bytes_cstr(&parsed.capture.err), "--trigger is for --seat origin"));
  capture_free(&parsed.capture);
  /* The reference origin's own. */
  parse(&parsed, "run --seat origin");
  assert_int_equal(parsed.options.num_triggers, 3);
  capture_free(&parsed.capture);
}

static void test_help_names_every_option(void **state) {
  (void)state;
  static const char *const names[] = {
      "--seat",          "--target ", "--origin", "--front",          "--back",
      "--jobs",          "--level",   "--slow",   "--exclude",        "--shuffle",
      "--seed",          "--expect",  "--cases",  "--write-expect",   "--target-name",
      "--timeout-scale", "--json",    "--junit",  "--target-version", "--tap",
      "-v, --verbose",   "--quiet",   "--color",  "--trigger '",      "--trigger-timeout",
  };
  struct parsed parsed = {.status = 0};
  parse(&parsed, "run --jobs 3 --help --nonsense");
  assert_int_equal(parsed.status, USAGE_HELP);
  assert_int_equal(parsed.capture.err.len, 0);
  for (size_t i = 0; i < LENGTH(names); i++) {
    if (strstr(bytes_cstr(&parsed.capture.out), names[i]) == NULL) {
      fail_msg("help does not name %s", names[i]);
    }
  }
  capture_free(&parsed.capture);
}

static void test_control_bytes_of_an_argument_are_not_printed(void **state) {
  (void)state;
  struct parsed parsed = {.status = 0};
  parse(&parsed, "run --seat \x1b[31m");
  assert_int_equal(parsed.status, EXIT_USAGE);
  assert_null(strchr(bytes_cstr(&parsed.capture.err), '\x1b'));
  assert_non_null(strstr(bytes_cstr(&parsed.capture.err), "\\x1b[31m"));
  capture_free(&parsed.capture);
}

static void test_the_nearest_name_is_found_and_not_any_name(void **state) {
  (void)state;
  static const char *const names[] = {"run", "list", "explain", "forward/102-then-200"};
  static const struct {
    const char *word;
    const char *nearest;
  } rows[] = {
      {"rn", "run"},
      {"rnu", "run"},
      {"liist", "list"},
      {"explian", "explain"},
      {"LIST", NULL},
      {"x", NULL},
      {"forward/102-then-20", "forward/102-then-200"},
      {"", NULL},
  };
  for (size_t i = 0; i < LENGTH(rows); i++) {
    const char *found = usage_nearest(rows[i].word, names, LENGTH(names));
    if (rows[i].nearest == NULL) {
      assert_null(found);
    } else {
      assert_non_null(found);
      assert_string_equal(found, rows[i].nearest);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_nothing_given_means_the_reference_gateway),
      cmocka_unit_test(test_every_option_is_stored),
      cmocka_unit_test(test_wrong_values_are_refused_with_a_remedy),
      cmocka_unit_test(test_lists_have_an_end),
      cmocka_unit_test(test_triggers_are_for_the_origin_seat_and_each_code_has_one),
      cmocka_unit_test(test_help_names_every_option),
      cmocka_unit_test(test_control_bytes_of_an_argument_are_not_printed),
      cmocka_unit_test(test_the_nearest_name_is_found_and_not_any_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
