#include "cli/cli.h"
#include "cli/judge_stream.h"
#include "cli/usage.h"
#include "core/h1.h"

#include <errno.h>

enum { MAX_METHODS = 1024 };

struct judge_arguments {
  const char *methods[MAX_METHODS];
  size_t num_methods;
};

static int take_method(void *user, const char *option, char *value) {
  struct judge_arguments *arguments = user;
  if (!h1_is_token(span_of(value))) {
    return usage_error("judge", "%s '%s': not a method; write GET, HEAD, CONNECT ...", option,
                       value);
  }
  if (arguments->num_methods == MAX_METHODS) {
    return usage_error("judge", "%s: more than %d requests; judge the stream in parts", option,
                       MAX_METHODS);
  }
  arguments->methods[arguments->num_methods++] = value;
  return 0;
}

static const struct usage_option judge_options[] = {{"method", 0, true, take_method}};

static const char *const judge_help[] = {
    "usage: interim judge [--method METHOD ...] [FILE]",
    "",
    "Reads the bytes that a server sent on one HTTP/1.1 connection, from FILE or standard",
    "input, and says what is wrong with its interim responses. Each line begins with the offset",
    "in the stream.",
    "",
    "  --method METHOD  of the request that the response answers; once for each request, in order.",
    "                   Without it, as many GET as final responses come",
    "  -h, --help       this text",
    "",
    "Exit status: 0 nothing wrong, 1 something wrong, 2 the stream cannot be read.",
};

#define NUM(array) (sizeof(array) / sizeof((array)[0]))

static const struct usage judge_usage = {"judge", judge_options, NUM(judge_options), judge_help,
                                         NUM(judge_help)};

static int refuse(const char *path) {
  struct diag diag;
  diag_set(&diag, path, 0, 0, "cannot be read: %s", strerror(errno));
  return usage_diag("judge", &diag);
}

int command_judge(int argc, char **argv) {
  struct judge_arguments arguments = {.num_methods = 0};
  int first = 0;
  int status = usage_parse(&judge_usage, argc, argv, &arguments, &first);
  if (status != 0) {
    return status == USAGE_HELP ? EXIT_PASSED : status;
  }
  if (argc - first > 1) {
    return usage_error("judge", "one stream at a time: '%s' is too much", argv[first + 1]);
  }
  bool standard = first == argc || strcmp(argv[first], "-") == 0;
  const char *path = standard ? "standard input" : argv[first];
  FILE *in = standard ? stdin : fopen(path, "rbe");
  if (in == NULL) {
    return refuse(path);
  }
  const struct judge_options options = {arguments.methods, arguments.num_methods};
  status = judge_stream(in, &options, stdout);
  status = status < 0 ? refuse(path) : status;
  if (!standard) {
    (void)fclose(in);
  }
  return usage_finish("judge", status);
}
