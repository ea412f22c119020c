#include "case/case.h"
#include "cli/cli.h"
#include "cli/files.h"
#include "cli/usage.h"

struct fmt_options {
  bool check;
};

static int take_check(void *user, const char *option, char *value) {
  (void)option;
  (void)value;
  ((struct fmt_options *)user)->check = true;
  return 0;
}

static const struct usage_option fmt_options[] = {{"check", 0, false, take_check}};

static const char *const fmt_help[] = {
    "usage: interim fmt [--check] FILE ...",
    "",
    "Rewrites case files in their canonical form and names those that it changed. A file that does",
    "not parse is left alone.",
    "",
    "  --check     change nothing; name the files that differ",
    "  -h, --help  this text",
    "",
    "Exit status: 0 done; with --check 1 some file differs; 2 some file cannot be read or parsed.",
};

#define NUM(array) (sizeof(array) / sizeof((array)[0]))

static const struct usage fmt_usage = {"fmt", fmt_options, NUM(fmt_options), fmt_help,
                                       NUM(fmt_help)};

/* 0 as it was; 1 differs; -1 with *diag set. */
static int format_file(const char *path, bool check, struct diag *diag) {
  struct arena arena;
  arena_init(&arena);
  struct bytes out = {0};
  struct span text;
  int failed = file_read(&arena, path, &text, diag);
  if (failed == 0) {
    failed = case_format(&out, path, text, diag);
  }
  bool differs = failed == 0 && !span_eq(text, bytes_span(&out));
  if (differs && !check) {
    failed = file_replace(path, bytes_span(&out), diag);
  }
  bytes_free(&out);
  arena_free(&arena);
  return failed != 0 ? -1 : differs;
}

int command_fmt(int argc, char **argv) {
  struct fmt_options options = {false};
  int first = 0;
  int status = usage_parse(&fmt_usage, argc, argv, &options, &first);
  if (status != 0) {
    return status == USAGE_HELP ? EXIT_PASSED : status;
  }
  if (first == argc) {
    return usage_error("fmt", "one FILE or more belongs here");
  }
  bool broken = false;
  bool differs = false;
  for (int i = first; i < argc; i++) {
    struct diag diag;
    int result = format_file(argv[i], options.check, &diag);
    if (result < 0) {
      diag_print(&diag, stderr);
      broken = true;
    } else if (result > 0) {
      (void)printf("%s\n", argv[i]);
      differs = true;
    }
  }
  status = differs && options.check ? EXIT_UNEXPECTED : EXIT_PASSED;
  return usage_finish("fmt", broken ? EXIT_USAGE : status);
}
