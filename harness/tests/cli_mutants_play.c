#include "tests/cli_mutants.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/assemble.h"
#include "hpack/hpack.h"
#include "peer/origin.h"
#include "tests/world.h"

enum {
  MAX_EVENTS = 20 * 1000 * 1000,
  DOWN_US = 100 * 1000, /* for so long a target that died is not there */
  FEW_VALUES = 3,
  MANY_VALUES = 200,
};

/* What a proxy has beside the cases of a gateway is about HTTP/1.1 for the most part. */
const struct mutants_stand mutants_stands[MUTANTS_STANDS] = {
    {SEAT_GATEWAY, HTTP_H1, HTTP_H1, BUG_H1_H1},
    {SEAT_GATEWAY, HTTP_H2, HTTP_H1, BUG_H2_H1},
    {SEAT_GATEWAY, HTTP_H1, HTTP_H2, BUG_H1_H2},
    {SEAT_GATEWAY, HTTP_H2, HTTP_H2, BUG_H2_H2},
    {SEAT_PROXY, HTTP_H1, HTTP_H1, BUG_H1_H1},
    {SEAT_ORIGIN, HTTP_H1, HTTP_H1, BUG_ORIGIN_H1},
    {SEAT_ORIGIN, HTTP_H2, HTTP_H1, BUG_ORIGIN_H2},
    {SEAT_GATEWAY, HTTP_H1, HTTP_H1, BUG_RELAYS_EXPECT}};

const char *mutants_stand_name(size_t stand) {
  static const char *const names[MUTANTS_STANDS] = {
      "gateway h1/h1", "gateway h2/h1", "gateway h1/h2", "gateway h2/h2",
      "proxy h1/h1",   "origin h1",     "origin h2",     "gateway h1/h1, Expect relayed"};
  return names[stand];
}

bool mutants_passes_expect(size_t stand) {
  return mutants_stands[stand].bugs == BUG_RELAYS_EXPECT;
}

bool mutants_shows(const struct bug *bug, size_t stand) {
  return bug == NULL || (bug->stands & mutants_stands[stand].bugs) != 0;
}

/* Keeps of a plan what its stand is to play. */
static void choose(struct mutants_suite *suite, size_t stand) {
  struct plan *plan = &suite->plans[stand];
  size_t kept = 0;
  for (size_t i = 0; i < plan->num_plays; i++) {
    const struct play *play = &plan->plays[i];
    bool elsewhere = mutants_stands[stand].seat == SEAT_PROXY && play->file->seats != SEAT_PROXY;
    if (!elsewhere && (suite->only == NULL || library_match(suite->only, play->id))) {
      plan->plays[kept++] = *play;
    }
  }
  plan->num_plays = kept;
}

static const char *const triggers[] = {"102=GET /102/2/1ms", "103=GET /103/1ms",
                                       "104=POST /upload | Upload-Draft-Interop-Version: 8"};

int mutants_load(struct mutants_suite *suite) {
  struct diag diag;
  struct run_options options = {.level = 2, .slow = true, .repeat = 1};
  size_t num_plays = 0;
  for (; options.num_triggers < sizeof(triggers) / sizeof(triggers[0]); options.num_triggers++) {
    (void)trigger_parse(triggers[options.num_triggers], &options.triggers[options.num_triggers]);
  }
  int status = library_load_embedded(&suite->arena, &suite->library, &diag);
  for (size_t i = 0; i < MUTANTS_STANDS && status == 0; i++) {
    struct plan *plan = &suite->plans[i];
    plan->pair = (struct pair){mutants_stands[i].front, mutants_stands[i].back};
    options.seat = mutants_stands[i].seat;
    status = plan_make(&suite->arena, &suite->library, &options, 1, plan, 1, &diag);
    choose(suite, i);
    num_plays += plan->num_plays;
  }
  if (status == 0 && num_plays == 0) {
    diag_set(&diag, NULL, 0, 0, "no case matches \"%s\"", suite->only);
    status = -1;
  }
  if (status != 0) {
    diag_print(&diag, stderr);
  }
  return status;
}

/* The target and who keeps it running. */
struct keeper {
  enum seat seat;
  struct relay_config config;
  struct relay *relay;
  uint64_t back_at_us; /* 0 while it runs */
};

/* The actor of a target that is not there: time passes until it is back. */
static void grave_feed(void *self, uint64_t now_us, const struct actor_event *event) {
  (void)self;
  (void)now_us;
  (void)event;
}

static bool grave_next(void *self, struct actor_command *out) {
  (void)self;
  (void)out;
  return false;
}

static uint64_t grave_wake(const void *self) {
  return ((const struct keeper *)self)->back_at_us;
}

static void start(struct keeper *keeper, struct world *world) {
  const struct origin_config origin = {.coder = keeper->config.coder, .bug = keeper->config.bug};
  keeper->relay = keeper->seat == SEAT_ORIGIN ? origin_new(&origin) : relay_new(&keeper->config);
  keeper->back_at_us = 0;
  world->actors[1] = relay_actor(keeper->relay);
  world->refuse = false;
}

/* What a system does with a dead process: its connections are reset, new ones refused. */
static void bury(struct keeper *keeper, struct world *world) {
  relay_free(keeper->relay);
  keeper->relay = NULL;
  keeper->back_at_us = world->now_us + DOWN_US;
  world->refuse = true;
  world->actors[1] = (struct actor){keeper, grave_feed, grave_next, grave_wake};
  for (size_t i = 0; i < world->num_links; i++) {
    world_reset(world, 1, &world->links[i]);
  }
}

static void run(struct keeper *keeper, struct world *world, const struct stage *stage) {
  while (!stage_done(stage) && world->num_events < MAX_EVENTS) {
    if (keeper->back_at_us != 0 && world->now_us >= keeper->back_at_us) {
      start(keeper, world);
    }
    if (!world_step(world)) {
      return;
    }
    if (keeper->relay != NULL && relay_died(keeper->relay)) {
      bury(keeper, world);
    }
  }
}

static void judge(struct mutants_suite *suite, size_t stand, const struct stage *stage,
                  struct mutant_mark *marks, const size_t *index, bool verbose) {
  struct plan *plan = &suite->plans[stand];
  struct assemble_context context = {.arena = &suite->arena,
                                     .registry = &suite->library.registry,
                                     .seat = mutants_stands[stand].seat,
                                     .pair = &plan->pair,
                                     .back = stage_back(stage),
                                     .reproduce = "",
                                     .worked = true,
                                     .target_died = stage_target_died(stage)};
  for (size_t i = 0; i < plan->num_plays; i++) {
    struct result result;
    assemble_result(&context, &plan->plays[i], &result);
    marks[index[i]] = (struct mutant_mark){(uint8_t)result.verdict, (uint8_t)result.outcome};
    if (verbose) {
      (void)fprintf(stderr, "%s %s %s %s: expected %s, observed %s; %s\n",
                    mutants_stand_name(stand), result.id, verdict_word(result.verdict),
                    outcome_word(result.outcome), result.expected, result.observed, result.reason);
    }
  }
}

bool mutants_match(const char *globs, const char *id) {
  struct span rest = span_of(globs);
  while (rest.len > 0) {
    const char *blank = memchr(rest.ptr, ' ', rest.len);
    size_t len = blank == NULL ? rest.len : (size_t)(blank - (const char *)rest.ptr);
    char glob[128];
    (void)snprintf(glob, sizeof(glob), "%.*s", (int)len, (const char *)rest.ptr);
    if (len > 0 && library_match(glob, id)) {
      return true;
    }
    rest = span_skip(rest, len < rest.len ? len + 1 : len);
  }
  return false;
}

/* What takes seconds with many bugs is played only with those whose row names it. Of a case with
 * many values the first and the last are enough for a bug that always strikes. */
static bool is_left_out(const struct bug *bug, const struct plan *plan, size_t i) {
  const struct play *play = &plan->plays[i];
  if (bug == NULL || mutants_match(bug->must, play->id)) {
    return false;
  }
  bool first = i == 0 || !span_eq(plan->plays[i - 1].file->id, play->file->id);
  bool last = i + 1 == plan->num_plays || !span_eq(plan->plays[i + 1].file->id, play->file->id);
  size_t values = case_num_bindings(play->file);
  bool enough = values > MANY_VALUES || (bug->when == WHEN_ALWAYS && values > FEW_VALUES);
  return strcmp(play->id, "limits/ten-thousand") == 0 || (enough && !first && !last);
}

static void leave_out(struct plan *plan, const struct bug *bug, struct mutant_mark *marks,
                      size_t *out_index) {
  size_t kept = 0;
  for (size_t i = 0; i < plan->num_plays; i++) {
    marks[i].verdict = MUTANT_NOT_PLAYED;
    if (!is_left_out(bug, plan, i)) {
      out_index[kept++] = i;
    }
  }
  for (size_t i = 0; i < kept; i++) {
    plan->plays[i] = plan->plays[out_index[i]];
  }
  plan->num_plays = kept;
}

const char *mutants_play(struct mutants_suite *suite, size_t stand, const struct bug *bug,
                         struct mutant_mark *marks, bool verbose) {
  struct plan *plan = &suite->plans[stand];
  size_t *index = arena_array(&suite->arena, plan->num_plays, sizeof(*index));
  leave_out(plan, bug, marks, index);
  const enum seat seat = mutants_stands[stand].seat;
  struct stage_config config = {.seat = seat,
                                .run = 0xabcdef,
                                .host = "target.test:80",
                                .path_base = seat == SEAT_ORIGIN ? "/" : "",
                                .absolute = seat == SEAT_PROXY ? "http://target.test:80" : "",
                                .date = "Sat, 21 Nov 2026 00:00:00 GMT",
                                .jobs = 32,
                                .scale = 1,
                                .front = plan->pair.front,
                                .backs = plan->pair.backs,
                                .coder = &hpack_coder};
  struct keeper keeper = {.seat = seat,
                          .config = {.coder = &hpack_coder,
                                     .origin_h2 = plan->pair.backs == HTTP_H2,
                                     .connects = seat == SEAT_PROXY,
                                     .relays_expect = mutants_passes_expect(stand),
                                     .bug = bug}};
  struct stage *stage = stage_new(&config, plan->plays, plan->num_plays);
  struct world world = {.num_actors = 2, .route = {1, 0}, .now_us = 1000000};
  world.actors[0] = stage_actor(stage);
  start(&keeper, &world);
  run(&keeper, &world, stage);
  const char *trouble = "";
  if (!stage_done(stage)) {
    trouble = "the suite came to no end";
  } else if (stage_failure(stage)[0] != '\0') {
    trouble = arena_printf(&suite->arena, "%s", stage_failure(stage));
  }
  judge(suite, stand, stage, marks, index, verbose);
  world_free(&world);
  stage_free(stage);
  relay_free(keeper.relay);
  return trouble;
}

/* In the child: one line of trouble, then the marks of each stand. */
static void play_and_tell(struct mutants_suite *suite, const struct mutant *mutant, FILE *out) {
  for (size_t i = 0; i < MUTANTS_STANDS; i++) {
    const struct plan *plan = &suite->plans[i];
    size_t num = plan->num_plays;
    struct mutant_mark *marks = arena_array(&suite->arena, num, sizeof(*marks));
    const char *trouble = "";
    if (mutants_shows(mutant->bug, i)) {
      trouble = mutants_play(suite, i, mutant->bug, marks, false);
    }
    (void)fprintf(out, "%s\n", trouble);
    (void)fwrite(marks, sizeof(*marks), num, out);
  }
}

struct child {
  pid_t pid;
  FILE *file; /* that it writes into */
  struct mutant *mutant;
  struct timespec since;
};

static double seconds_since(struct timespec since) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)(now.tv_sec - since.tv_sec) + (double)(now.tv_nsec - since.tv_nsec) / 1e9;
}

static void begin(struct mutants_suite *suite, struct child *child, struct mutant *mutant,
                  unsigned limit_s) {
  *child = (struct child){.file = tmpfile(), .mutant = mutant};
  (void)clock_gettime(CLOCK_MONOTONIC, &child->since);
  (void)fflush(NULL);
  child->pid = child->file == NULL ? -1 : fork();
  if (child->pid == 0) {
    (void)alarm(limit_s);
    play_and_tell(suite, mutant, child->file);
    _exit(fflush(child->file) == 0 ? 0 : 1);
  }
}

static const char *take_marks(struct mutants_suite *suite, struct child *child) {
  const char *trouble = "";
  rewind(child->file);
  for (size_t i = 0; i < MUTANTS_STANDS; i++) {
    char line[256];
    size_t num = suite->plans[i].num_plays;
    struct mutant_mark *marks = arena_array(&suite->arena, num, sizeof(*marks));
    if (fgets(line, sizeof(line), child->file) == NULL ||
        fread(marks, sizeof(*marks), num, child->file) != num) {
      return "its process wrote too little";
    }
    if (line[0] != '\n' && trouble[0] == '\0') {
      trouble = arena_printf(&suite->arena, "%s: %.*s", mutants_stand_name(i),
                             (int)strcspn(line, "\n"), line);
    }
    child->mutant->marks[i] = mutants_shows(child->mutant->bug, i) ? marks : NULL;
  }
  return trouble;
}

static void end_child(struct mutants_suite *suite, struct child *child, int status) {
  struct mutant *mutant = child->mutant;
  mutant->seconds = seconds_since(child->since);
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
    mutant->trouble = "the time limit passed";
  } else if (WIFSIGNALED(status)) {
    mutant->trouble = arena_printf(&suite->arena, "signal %d", WTERMSIG(status));
  } else if (WEXITSTATUS(status) != 0) {
    mutant->trouble = arena_printf(&suite->arena, "exit status %d", WEXITSTATUS(status));
  } else {
    mutant->trouble = take_marks(suite, child);
  }
  (void)fclose(child->file);
  child->pid = 0;
}

static struct child *child_of(struct child *children, unsigned jobs, pid_t pid) {
  for (unsigned i = 0; i < jobs; i++) {
    if (children[i].pid == pid) {
      return &children[i];
    }
  }
  return NULL;
}

void mutants_play_all(struct mutants_suite *suite, struct mutant *mutants, size_t num,
                      unsigned jobs, unsigned limit_s) {
  struct child *children = arena_array(&suite->arena, jobs, sizeof(*children));
  size_t next = 0;
  unsigned running = 0;
  while (next < num || running > 0) {
    struct child *free_one = child_of(children, jobs, 0);
    if (next < num && free_one != NULL) {
      begin(suite, free_one, &mutants[next++], limit_s);
      if (free_one->pid < 0) {
        free_one->mutant->trouble = "no process could be made for it";
        free_one->pid = 0;
      } else {
        running++;
      }
      continue;
    }
    int status = 0;
    struct child *done = child_of(children, jobs, wait(&status));
    if (done != NULL) {
      end_child(suite, done, status);
      running--;
    }
  }
}

enum mutant_change mutants_change(struct mutant_mark plain, struct mutant_mark marked) {
  if (marked.verdict == MUTANT_NOT_PLAYED) {
    return MUTANT_SAME;
  }
  enum verdict before = (enum verdict)plain.verdict;
  enum verdict after = (enum verdict)marked.verdict;
  if (before == after) {
    bool informs = before == VERDICT_INFO && plain.outcome != marked.outcome;
    return informs ? MUTANT_WORSE : MUTANT_SAME;
  }
  bool worse = after == VERDICT_FAIL || after == VERDICT_WARN ||
               (after == VERDICT_INFO && before == VERDICT_PASS);
  return worse && verdict_worse(before, after) == after ? MUTANT_WORSE : MUTANT_OTHER;
}
