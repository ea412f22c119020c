#include "cli/usage.h"

#include "report/printable.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>

enum { HELP_LETTER = 'h', FIRST_VALUE = 256 };

int usage_error(const char *command, const char *format, ...) {
  struct bytes reason = {0};
  struct bytes shown = {0};
  char text[1024];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  bytes_printf(&reason, "interim%s%s: %s", command[0] == '\0' ? "" : " ", command, text);
  printable_add_lines(&shown, bytes_cstr(&reason));
  (void)fprintf(stderr, "%s\nSee: interim%s%s --help\n", bytes_cstr(&shown),
                command[0] == '\0' ? "" : " ", command);
  bytes_free(&reason);
  bytes_free(&shown);
  return EXIT_USAGE;
}

int usage_diag(const char *command, const struct diag *diag) {
  (void)fprintf(stderr, "interim %s: ", command);
  diag_print(diag, stderr);
  return EXIT_USAGE;
}

int usage_finish(const char *command, int status) {
  if (fflush(stdout) != 0 || ferror(stdout)) {
    (void)fprintf(stderr, "interim %s: standard output: %s\n", command, strerror(errno));
    return EXIT_USAGE;
  }
  return status;
}

/* What getopt_long knows the option by. */
static int value_of(const struct usage *usage, size_t index) {
  char letter = usage->options[index].letter;
  return letter != 0 ? letter : FIRST_VALUE + (int)index;
}

static const struct usage_option *find_option(const struct usage *usage, int value) {
  for (size_t i = 0; i < usage->num_options; i++) {
    if (value_of(usage, i) == value) {
      return &usage->options[i];
    }
  }
  return NULL;
}

struct forms {
  struct option options[USAGE_MAX_OPTIONS + 2];
  char letters[2 * USAGE_MAX_OPTIONS + 3];
};

static void make_forms(const struct usage *usage, struct forms *out) {
  *out = (struct forms){.letters = ":h"};
  size_t num = 2;
  for (size_t i = 0; i < usage->num_options; i++) {
    const struct usage_option *option = &usage->options[i];
    out->options[i] =
        (struct option){option->name, option->has_value ? required_argument : no_argument, NULL,
                        value_of(usage, i)};
    if (option->letter != 0) {
      out->letters[num++] = option->letter;
    }
    if (option->letter != 0 && option->has_value) {
      out->letters[num++] = ':';
    }
  }
  out->options[usage->num_options] = (struct option){"help", no_argument, NULL, HELP_LETTER};
}

/* What was typed in place of an option's name, up to "=". */
static int unknown_option(const struct usage *usage, const char *typed) {
  const char *names[USAGE_MAX_OPTIONS + 1];
  char word[64];
  (void)snprintf(word, sizeof(word), "%.*s", (int)strcspn(typed + 2, "="), typed + 2);
  for (size_t i = 0; i < usage->num_options; i++) {
    names[i] = usage->options[i].name;
  }
  names[usage->num_options] = "help";
  const char *nearest = usage_nearest(word, names, usage->num_options + 1);
  if (nearest == NULL) {
    return usage_error(usage->command, "there is no option '--%s'", word);
  }
  return usage_error(usage->command, "there is no option '--%s'; did you mean '--%s'?", word,
                     nearest);
}

static int refuse(const struct usage *usage, int found, char **argv) {
  const struct usage_option *option = find_option(usage, optopt);
  const char *name = option != NULL ? option->name : "help";
  if (found == ':') {
    return usage_error(usage->command, "the option '--%s' needs a value", name);
  }
  if (optopt == 0) {
    return unknown_option(usage, argv[optind - 1]);
  }
  if (option == NULL && optopt != HELP_LETTER) {
    return usage_error(usage->command, "there is no option '-%c'", optopt);
  }
  return usage_error(usage->command, "the option '--%s' takes no value", name);
}

static int take(const struct usage_option *option, const char *command, void *user) {
  char name[64];
  (void)snprintf(name, sizeof(name), "--%s", option->name);
  if (optarg != NULL && optarg[0] == '\0') {
    return usage_error(command, "the value of '%s' is empty", name);
  }
  return option->take(user, name, optarg);
}

static int print_help(const struct usage *usage) {
  for (size_t i = 0; i < usage->num_help; i++) {
    (void)puts(usage->help[i]);
  }
  int status = usage_finish(usage->command, 0);
  return status == 0 ? USAGE_HELP : status;
}

int usage_parse(const struct usage *usage, int argc, char **argv, void *user, int *first) {
  struct forms forms;
  make_forms(usage, &forms);
  opterr = 0;
  optind = 0;
  for (;;) {
    optopt = 0;
    int found = getopt_long(argc, argv, forms.letters, forms.options, NULL);
    if (found < 0) {
      break;
    }
    if (found == HELP_LETTER) {
      return print_help(usage);
    }
    const struct usage_option *option = find_option(usage, found);
    int status = found == '?' || found == ':' || option == NULL
                     ? refuse(usage, found, argv)
                     : take(option, usage->command, user);
    if (status != 0) {
      return status;
    }
  }
  *first = optind;
  return 0;
}
