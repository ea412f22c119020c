#include "cli/repeat.h"

#include "base/memory.h"

#include <stdlib.h>

/* How often each verdict came, for one case. */
struct tally {
  unsigned counts[VERDICT_FAIL + 1];
};

/* Puts what is worse into the merged run. True when something was. */
static bool merge(struct run *merged, const struct run *run, struct tally *tallies) {
  bool taken = false;
  merged->duration_ms += run->duration_ms;
  merged->interrupted = run->interrupted;
  /* A target that was not there did not say which cases are for it. */
  if (run->num_results != merged->num_results) {
    return false;
  }
  for (size_t i = 0; i < run->num_results; i++) {
    struct result *kept = &merged->results[i];
    const struct result *fresh = &run->results[i];
    tallies[i].counts[fresh->verdict]++;
    if (fresh->verdict != kept->verdict &&
        verdict_worse(fresh->verdict, kept->verdict) == fresh->verdict) {
      *kept = *fresh;
      taken = true;
    }
  }
  return taken;
}

static void tell_counts(struct arena *arena, struct run *run, const struct tally *tallies,
                        unsigned times) {
  for (size_t i = 0; i < run->num_results; i++) {
    struct result *result = &run->results[i];
    unsigned count = tallies[i].counts[result->verdict];
    if (count < times) {
      result->reason = arena_printf(arena, "in %u of %u runs%s%s", count, times,
                                    result->reason[0] == '\0' ? "" : ": ", result->reason);
    }
  }
}

static struct arena *add_arena(struct repeat *repeat) {
  repeat->arenas = memory_resize(repeat->arenas, (repeat->num_arenas + 1) * sizeof(struct arena *));
  struct arena *arena = memory_resize(NULL, sizeof(*arena));
  arena_init(arena);
  repeat->arenas[repeat->num_arenas++] = arena;
  return arena;
}

static void drop_last_arena(struct repeat *repeat) {
  repeat->num_arenas--;
  arena_free(repeat->arenas[repeat->num_arenas]);
  free(repeat->arenas[repeat->num_arenas]);
}

/* A target that died and stays dead is not asked again: every further run would only say so. */
static bool stays_dead(const struct run *run, const struct run_options *options) {
  if (options->restart != NULL) {
    return false;
  }
  for (size_t i = 0; i < run->num_results; i++) {
    if (run->results[i].outcome == OUTCOME_CRASHED) {
      return true;
    }
  }
  return false;
}

int repeat_play(struct repeat *repeat, struct session *session, struct diag *diag) {
  *repeat = (struct repeat){0};
  unsigned times = session->options->repeat;
  struct arena *first = add_arena(repeat);
  if (session_play(session, first, &repeat->run, &repeat->signal, diag) != 0) {
    return -1;
  }
  struct tally *tallies = arena_array(first, repeat->run.num_results, sizeof(*tallies));
  for (size_t i = 0; i < repeat->run.num_results; i++) {
    tallies[i].counts[repeat->run.results[i].verdict]++;
  }
  unsigned played = 1;
  while (played < times && repeat->signal == 0 && repeat->run.fatal[0] == '\0' &&
         !stays_dead(&repeat->run, session->options)) {
    struct run run;
    session->seed++;
    if (session_play(session, add_arena(repeat), &run, &repeat->signal, diag) != 0) {
      return -1;
    }
    repeat->run.fatal = arena_printf(first, "%s", run.fatal);
    played++;
    if (!merge(&repeat->run, &run, tallies)) {
      drop_last_arena(repeat);
    }
  }
  tell_counts(first, &repeat->run, tallies, played);
  return 0;
}

void repeat_free(struct repeat *repeat) {
  while (repeat->num_arenas > 0) {
    drop_last_arena(repeat);
  }
  free(repeat->arenas);
  *repeat = (struct repeat){0};
}
