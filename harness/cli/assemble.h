/* From plays to results: what the engine observed, weighed by the judge, in the words of the
 * registry. */
#ifndef INTERIM_CLI_ASSEMBLE_H
#define INTERIM_CLI_ASSEMBLE_H

#include "case/registry.h"
#include "cli/plan.h"
#include "report/result.h"
#include "script/stage.h"

struct assemble_context {
  struct arena *arena;
  const struct registry *registry;
  enum seat seat;
  const struct pair *pair; /* of the pass */
  enum http_version back;  /* what the target speaks to our origin; 0 when it was not learned */
  const char *reproduce;   /* "interim run --seat ... " before the id */
  const char *target;      /* "host:port" for the plain script, or NULL for none */
  const char *origin;
  bool back_http10;  /* the target asked our origin with HTTP/1.0 before the first case */
  bool front_http10; /* it labelled its answer HTTP/1.0 then */
  bool worked;       /* it answered the plain GETs before the first case */
  bool target_died;
  bool restarted_in_vain;
  bool interrupted;
};

/* assemble_result judges one play. */
void assemble_result(const struct assemble_context *context, const struct play *play,
                     struct result *out);

#endif
