#include "cli/plan.h"

const struct case_cite *plan_cite(const struct case_file *file, enum seat seat,
                                  const struct pair *pair) {
  static const enum http_version versions[] = {HTTP_H1, HTTP_H2};
  for (size_t i = 0; i < 2; i++) {
    if ((pair->backs & file->backs & (unsigned)versions[i]) != 0) {
      return case_cite_for(file, seat, pair->front, versions[i]);
    }
  }
  return NULL;
}

static bool level_wanted(const struct library *library, const struct case_file *file,
                         const struct run_options *options, const struct pair *pair) {
  const struct case_cite *cite = plan_cite(file, options->seat, pair);
  const struct requirement *row = cite == NULL ? NULL : registry_find(&library->registry, cite->id);
  if (row == NULL) {
    return false;
  }
  switch (row->level) {
  case LEVEL_MUST:
  case LEVEL_MUST_NOT:
  case LEVEL_HOUSE:
    return true;
  case LEVEL_SHOULD:
  case LEVEL_SHOULD_NOT:
  case LEVEL_EXPECTED:
    return options->level >= 1;
  case LEVEL_MAY:
  case LEVEL_CONTESTED:
    return options->level >= 2;
  }
  return false;
}

static bool needs_met(const struct case_file *file, const struct run_options *options) {
  for (size_t i = 0; i < file->num_needs; i++) {
    unsigned code = trigger_needed(file->needs[i]);
    bool known = code != 0
                     ? trigger_find(options->triggers, options->num_triggers, code) != NULL
                     : span_is(file->needs[i], "target-timeout") && options->target_timeout_us != 0;
    if (!known) {
      return false;
    }
  }
  return true;
}

static bool case_wanted(const struct library *library, const struct case_file *file,
                        const struct run_options *options, const struct pair *pair) {
  return (file->seats & (unsigned)options->seat) != 0 &&
         (file->fronts & (unsigned)pair->front) != 0 && (file->backs & pair->backs) != 0 &&
         (!file->slow || options->slow || file->num_needs > 0) && needs_met(file, options) &&
         level_wanted(library, file, options, pair);
}

/* Notes each glob that matches, and returns whether one does. */
static bool any_matches(const char *const *globs, size_t num, const char *id, bool *used) {
  bool any = false;
  for (size_t i = 0; i < num; i++) {
    if (library_match(globs[i], id)) {
      used[i] = true;
      any = true;
    }
  }
  return any;
}

static void add_play(struct arena *arena, struct plan *plan, const struct case_file *file,
                     const char *id) {
  if ((plan->num_plays & (plan->num_plays + 1)) == 0) {
    struct play *grown = arena_array(arena, 2 * plan->num_plays + 1, sizeof(*grown));
    if (plan->num_plays > 0) {
      memcpy(grown, plan->plays, plan->num_plays * sizeof(*grown));
    }
    plan->plays = grown;
  }
  plan->plays[plan->num_plays] = (struct play){.file = file, .id = id, .accused = ""};
  plan->num_plays++;
}

/* Which globs matched something. */
struct matched {
  bool used[OPTIONS_MAX_LIST];
  bool excluded[OPTIONS_MAX_LIST];
};

static int add_bindings(struct arena *arena, const struct library *library, size_t index,
                        const struct run_options *options, struct matched *matched,
                        struct plan *plan, struct diag *diag) {
  const struct case_file *file = &library->cases[index];
  size_t num = case_num_bindings(file);
  for (size_t i = 0; i < num; i++) {
    struct case_binding binding;
    case_binding_at(arena, file, i, &binding);
    const char *id = case_result_id(arena, file, &binding);
    bool chosen = options->num_globs == 0 ||
                  any_matches(options->globs, options->num_globs, id, matched->used);
    bool barred = any_matches(options->excludes, options->num_excludes, id, matched->excluded);
    if (!chosen || barred || !case_wanted(library, file, options, &plan->pair)) {
      continue;
    }
    struct case_file *bound = arena_alloc(arena, sizeof(*bound));
    if (case_bind(arena, file, &binding, bound, diag) != 0) {
      return -1;
    }
    trigger_resolve(arena, options->triggers, options->num_triggers, bound);
    add_play(arena, plan, bound, id);
  }
  return 0;
}

static void shuffle(struct plan *plan, uint32_t seed) {
  uint64_t state = seed;
  for (size_t i = plan->num_plays; i > 1; i--) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    size_t k = (size_t)(state >> 33) % i;
    struct play swap = plan->plays[i - 1];
    plan->plays[i - 1] = plan->plays[k];
    plan->plays[k] = swap;
  }
}

static int unused_glob(const char *const *globs, size_t num, const bool *used, struct diag *diag) {
  for (size_t i = 0; i < num; i++) {
    if (!used[i]) {
      diag_set(diag, NULL, 0, 0, "no case matches \"%s\": see interim list", globs[i]);
      return -1;
    }
  }
  return 0;
}

/* A trigger for a code that no case is about would do nothing. */
static int unused_trigger(const struct library *library, const struct run_options *options,
                          struct diag *diag) {
  for (size_t i = 0; i < options->num_triggers; i++) {
    bool needed = false;
    for (size_t k = 0; k < library->num_cases && !needed; k++) {
      const struct case_file *file = &library->cases[k];
      for (size_t n = 0; n < file->num_needs; n++) {
        needed = needed || trigger_needed(file->needs[n]) == options->triggers[i].code;
      }
    }
    if (!needed) {
      diag_set(diag, NULL, 0, 0, "--trigger '%s': no case is about %u; leave it out",
               options->triggers[i].text, options->triggers[i].code);
      return -1;
    }
  }
  return 0;
}

int plan_make(struct arena *arena, const struct library *library, const struct run_options *options,
              uint32_t seed, struct plan *plans, size_t num_plans, struct diag *diag) {
  struct matched matched = {0};
  size_t num_plays = 0;
  for (size_t k = 0; k < num_plans; k++) {
    plans[k] = (struct plan){.pair = plans[k].pair};
    for (size_t i = 0; i < library->num_cases; i++) {
      if (add_bindings(arena, library, i, options, &matched, &plans[k], diag) != 0) {
        return -1;
      }
    }
    num_plays += plans[k].num_plays;
    if (options->shuffle) {
      shuffle(&plans[k], seed);
    }
  }
  if (unused_glob(options->globs, options->num_globs, matched.used, diag) != 0 ||
      unused_glob(options->excludes, options->num_excludes, matched.excluded, diag) != 0 ||
      unused_trigger(library, options, diag) != 0) {
    return -1;
  }
  if (num_plays == 0) {
    diag_set(diag, NULL, 0, 0,
             "no case is left for seat %s: its version, level, slow or needs rule it out; see "
             "interim list",
             case_seat_word(options->seat));
    return -1;
  }
  return 0;
}
