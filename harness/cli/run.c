#include "cli/cli.h"
#include "cli/expect.h"
#include "cli/repeat.h"
#include "report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int complain(const struct diag *diag) {
  (void)fputs("interim run: ", stderr);
  diag_print(diag, stderr);
  return EXIT_USAGE;
}

/* Says why a report could not be written. */
static void complain_of(const char *place) {
  (void)fprintf(stderr, "interim run: %s: %s\n", place, strerror(errno));
}

/* Writes one report to a file, or to standard output for "-". */
static int write_report(const struct run *run, const char *path, bool verbose,
                        int (*write)(FILE *, const struct run *, bool)) {
  bool standard = strcmp(path, "-") == 0;
  FILE *out = standard ? stdout : fopen(path, "we");
  if (out == NULL) {
    complain_of(path);
    return -1;
  }
  int failed = write(out, run, verbose);
  failed |= standard ? fflush(out) : fclose(out);
  if (failed != 0) {
    complain_of(path);
  }
  return failed;
}

static int write_junit(FILE *out, const struct run *run, bool verbose) {
  (void)verbose;
  return report_junit(out, run);
}

static int write_tap(FILE *out, const struct run *run, bool verbose) {
  (void)verbose;
  return report_tap(out, run);
}

static int report_all(const struct run_options *options, const struct run *run) {
  bool machine = options->tap || (options->json != NULL && strcmp(options->json, "-") == 0);
  FILE *people = machine ? stderr : stdout;
  bool color = options->color > 0 ||
               (options->color < 0 && isatty(fileno(people)) == 1 && getenv("NO_COLOR") == NULL);
  struct report_style style = {color, options->verbose, options->quiet};
  int failed = report_text(people, run, &style);
  if (failed != 0 || fflush(people) != 0) {
    complain_of(machine ? "standard error" : "standard output");
    failed = -1;
  }
  if (options->json != NULL) {
    failed |= write_report(run, options->json, options->verbose, report_json);
  }
  if (options->junit != NULL) {
    failed |= write_report(run, options->junit, options->verbose, write_junit);
  }
  if (options->tap) {
    failed |= write_report(run, "-", options->verbose, write_tap);
  }
  return failed;
}

static int exit_status(const struct repeat *repeat) {
  struct run_summary summary = run_summarise(&repeat->run);
  if (repeat->signal != 0) {
    return EXIT_INTERRUPTED;
  }
  int status = verdict_exit_status(summary.unexpected, summary.error);
  return status == 0 && repeat->run.fatal[0] != '\0' ? EXIT_ERRORS : status;
}

/* Plays, weighs the results by what was expected, reports. */
static int play_and_report(struct session *session, struct expectations *expectations) {
  const struct run_options *options = session->options;
  struct repeat repeat;
  struct diag diag;
  int status = EXIT_PASSED;
  if (repeat_play(&repeat, session, &diag) != 0) {
    status = complain(&diag);
    repeat_free(&repeat);
    return status;
  }
  if (options->expect != NULL && expect_apply(expectations, &repeat.run, &diag) != 0) {
    status = complain(&diag);
  }
  if (report_all(options, &repeat.run) != 0) {
    status = EXIT_USAGE;
  }
  if (options->write_expect != NULL &&
      expect_write(options->write_expect, &repeat.run, &diag) != 0) {
    status = complain(&diag);
  }
  status = status == EXIT_PASSED ? exit_status(&repeat) : status;
  repeat_free(&repeat);
  return status;
}

int command_run(int argc, char **argv) {
  struct run_options options;
  int parsed = run_options_parse(argc, argv, &options);
  if (parsed != 0) {
    return parsed == 1 ? EXIT_PASSED : parsed;
  }
  struct arena arena = {0};
  struct session session;
  struct expectations expectations = {0};
  struct diag diag;
  bool ready =
      session_load(&session, &arena, &options, &diag) == 0 &&
      (options.expect == NULL || (expect_load(&arena, options.expect, &expectations, &diag) == 0 &&
                                  expect_name_cases(&expectations, &session.library, &diag) == 0));
  expectations.library = &session.library;
  int status = ready ? play_and_report(&session, &expectations) : complain(&diag);
  arena_free(&arena);
  return status;
}
