#include "base/span.h"
#include "cli/cli.h"
#include "cli/usage.h"

#define NUM(array) (sizeof(array) / sizeof((array)[0]))

struct command {
  const char *name;
  int (*run)(int argc, char **argv);
  const char *what;
};

static const struct command commands[] = {
    {"run", command_run, "play the cases around a target and give verdicts"},
    {"list", command_list, "list the cases, or the requirements and what covers them"},
    {"explain", command_explain, "explain a case and its outcomes"},
    {"check", command_check, "look for faults in case files"},
    {"fmt", command_fmt, "give case files their canonical form"},
    {"judge", command_judge, "judge a captured HTTP/1.1 response stream"},
    {"relay", command_relay, "run the reference gateway"},
    {"serve", command_serve, "run an origin server to try interim responses by hand"},
};

static int help(void) {
  (void)printf("usage: interim COMMAND [options] [arguments]\n\n"
               "A conformance suite for HTTP interim (1xx) responses.\n\n");
  for (size_t i = 0; i < NUM(commands); i++) {
    (void)printf("  %-8s %s\n", commands[i].name, commands[i].what);
  }
  (void)printf("\n  --version  print the version\n  --help     this text\n\n"
               "Each command has its own --help. To see it all work, without a target:\n\n"
               "  interim run\n\n"
               "Around a reverse proxy that listens on port 8080 and has 127.0.0.1:9000 as its "
               "upstream:\n\n"
               "  interim run --seat gateway --target http://127.0.0.1:8080 "
               "--origin 127.0.0.1:9000\n");
  return usage_finish("", EXIT_PASSED);
}

static int version(void) {
  (void)printf("interim %s\n", INTERIM_VERSION);
  return usage_finish("", EXIT_PASSED);
}

static int unknown(const char *word) {
  const char *names[NUM(commands)];
  for (size_t i = 0; i < NUM(commands); i++) {
    names[i] = commands[i].name;
  }
  const char *nearest = usage_nearest(word, names, NUM(commands));
  const char *kind = word[0] == '-' ? "option" : "command";
  if (nearest == NULL) {
    return usage_error("", "there is no %s '%s'", kind, word);
  }
  return usage_error("", "there is no %s '%s'; did you mean '%s'?", kind, word, nearest);
}

int main(int argc, char **argv) {
  if (argc < 2) {
    return usage_error("", "a command is missing, such as 'interim run'");
  }
  const char *word = argv[1];
  if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
    return help();
  }
  if (strcmp(word, "--version") == 0) {
    return version();
  }
  for (size_t i = 0; i < NUM(commands); i++) {
    if (strcmp(word, commands[i].name) == 0) {
      return commands[i].run(argc - 1, argv + 1);
    }
  }
  return unknown(word);
}
