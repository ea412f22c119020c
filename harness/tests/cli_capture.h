/* What a command prints: standard output and standard error of a call, as text. */
#ifndef INTERIM_TESTS_CLI_CAPTURE_H
#define INTERIM_TESTS_CLI_CAPTURE_H

#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

enum { CAPTURE_MAX_ARGS = 80 };

struct capture {
  FILE *files[2]; /* what goes to descriptor 1 and 2 meanwhile */
  int saved[2];
  struct bytes out;
  struct bytes err;
};

static inline void capture_begin(struct capture *capture) {
  (void)fflush(NULL);
  for (int i = 0; i < 2; i++) {
    capture->files[i] = tmpfile();
    assert_non_null(capture->files[i]);
    capture->saved[i] = dup(i + 1);
    assert_int_equal(dup2(fileno(capture->files[i]), i + 1), i + 1);
  }
}

static inline void capture_end(struct capture *capture) {
  struct bytes *texts[2] = {&capture->out, &capture->err};
  (void)fflush(NULL);
  for (int i = 0; i < 2; i++) {
    char buffer[4096];
    size_t got;
    assert_int_equal(dup2(capture->saved[i], i + 1), i + 1);
    (void)close(capture->saved[i]);
    rewind(capture->files[i]);
    *texts[i] = (struct bytes){0};
    while ((got = fread(buffer, 1, sizeof(buffer), capture->files[i])) > 0) {
      bytes_add(texts[i], span_make(buffer, got));
    }
    (void)fclose(capture->files[i]);
  }
}

static inline void capture_free(struct capture *capture) {
  bytes_free(&capture->out);
  bytes_free(&capture->err);
}

/* Cuts a command line at its blanks into argv. "''" stands for an empty argument. The text must
 * live as long as argv. */
static inline int capture_split(char *line, char *argv[CAPTURE_MAX_ARGS]) {
  int argc = 0;
  char *rest = NULL;
  for (char *word = strtok_r(line, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
    assert_true(argc < CAPTURE_MAX_ARGS - 1);
    argv[argc++] = strcmp(word, "''") == 0 ? word + 2 : word;
  }
  argv[argc] = NULL;
  return argc;
}

/* Runs a command on a command line and gives its exit status. Free the capture. */
static inline int capture_command(int (*command)(int, char **), const char *line,
                                  struct capture *capture) {
  char text[2048];
  char *argv[CAPTURE_MAX_ARGS];
  (void)snprintf(text, sizeof(text), "%s", line);
  int argc = capture_split(text, argv);
  capture_begin(capture);
  int status = command(argc, argv);
  capture_end(capture);
  return status;
}

#endif
