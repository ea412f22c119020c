/* The options of interim run. */
#ifndef INTERIM_CLI_OPTIONS_H
#define INTERIM_CLI_OPTIONS_H

#include "case/case.h"
#include "cli/trigger.h"

#include <stdio.h>

enum {
  OPTIONS_MAX_LIST = 64,
  OPTIONS_MAX_TRIGGERS = 16,
  OPTIONS_TRIGGER_TIMEOUT_US = 10000000, /* unless said otherwise */
};

struct run_options {
  enum seat seat;
  const char *target;           /* URL; NULL for the embedded reference gateway */
  const char *front_targets[2]; /* URLs for one front each, h1 and h2; NULL: that of target */
  bool insecure;                /* any certificate of the target will do */
  const char *cacert;           /* PEM file with what is trusted, or NULL: what the system trusts */
  const char *origin_listen;    /* where our origin listens */
  const char *origin_advertised; /* how the target reaches it, or NULL: as it listens */
  const char *globs[OPTIONS_MAX_LIST];
  size_t num_globs;
  const char *excludes[OPTIONS_MAX_LIST];
  size_t num_excludes;
  const char *cases; /* directory, or NULL for those built in */
  unsigned jobs;
  double scale;
  uint64_t target_timeout_us; /* after this silence of the origin the target gives up; 0: unknown */
  struct trigger triggers[OPTIONS_MAX_TRIGGERS]; /* for seat origin; one for each code */
  size_t num_triggers;
  uint64_t trigger_timeout_us; /* how long the final response to one is waited for */
  unsigned level;              /* 0 must, 1 should, 2 all */
  bool shuffle;
  bool slow;
  uint32_t seed;
  bool seeded;
  unsigned repeat;
  const char *expect;
  const char *write_expect;
  const char *target_name;
  const char *target_version;
  long pid;            /* of the target, or 0: its processes are watched */
  const char *restart; /* shell command that starts a target that is gone, or NULL */
  const char *json;    /* file, "-" or NULL */
  const char *junit;
  bool tap;
  bool verbose;
  bool quiet;
  int color;       /* -1 auto, 0 never, 1 always */
  unsigned fronts; /* mask of enum http_version that our client may speak */
  unsigned backs;  /* mask of enum http_version that our origin may speak */
};

/* run_options_target gives the URL for a front, NULL for the embedded reference gateway. */
const char *run_options_target(const struct run_options *options, enum http_version front);

/* run_options_parse reads the arguments of interim run, its name first. Strings are borrowed from
 * argv, in which "LISTEN,ADVERTISED" is cut in two. 0, or EXIT_USAGE with a message on stderr; 1
 * for --help, which was printed. */
int run_options_parse(int argc, char **argv, struct run_options *out);

#endif
