#include "cli/catalog.h"
#include "cli/cli.h"
#include "cli/foresee.h"
#include "cli/usage.h"
#include "judge/verdict.h"
#include "report/page.h"

enum { INDENT = 2, DEEPER = 4 };

struct explanation {
  struct page page;
  const struct library *library;
  const struct case_file *file;
  struct arena *arena;
};

struct explain_options {
  const char *cases;
};

static int take_cases(void *user, const char *option, char *value) {
  (void)option;
  ((struct explain_options *)user)->cases = value;
  return 0;
}

static const struct usage_option explain_options[] = {{"cases", 0, true, take_cases}};

static const char *const explain_help[] = {
    "usage: interim explain [--cases DIR] CASE",
    "",
    "Prints a case with all that is needed to understand its results: the requirement that decides",
    "at each seat, the case itself, and what each outcome means for it.",
    "",
    "  --cases DIR  the cases of a directory instead of those built in",
    "  -h, --help   this text",
};

#define NUM(array) (sizeof(array) / sizeof((array)[0]))

static const struct usage explain_usage = {"explain", explain_options, NUM(explain_options),
                                           explain_help, NUM(explain_help)};

static const char *text_of(struct explanation *explanation, struct span text) {
  return (const char *)arena_copy(explanation->arena, text).ptr;
}

static void put_heading(struct explanation *explanation, const char *heading) {
  page_end(&explanation->page);
  page_wrap(&explanation->page, 0, PAINT_STRONG, heading);
}

static void put_requirement(struct explanation *explanation, const struct requirement *row) {
  struct page *page = &explanation->page;
  page_wrap(page, DEEPER, PAINT_NONE, text_of(explanation, row->wording));
  page_wrap(page, DEEPER, PAINT_NONE, text_of(explanation, row->address));
  page_wrap(page, DEEPER, PAINT_NONE, judge_level_strictness((enum judge_level)row->level));
}

static void put_rules(struct explanation *explanation) {
  put_heading(explanation, "What decides");
  for (size_t i = 0; i < CATALOG_NUM_SEATS; i++) {
    const struct requirement *row =
        catalog_rule(explanation->library, explanation->file, catalog_seats[i]);
    if (row != NULL) {
      page_wrap(&explanation->page, INDENT, PAINT_NONE,
                arena_printf(explanation->arena, "at seat %s: %s, %s",
                             case_seat_word(catalog_seats[i]), text_of(explanation, row->id),
                             requirement_level_word(row->level)));
      put_requirement(explanation, row);
    }
  }
}

static bool decides(const struct explanation *explanation, const struct requirement *row) {
  for (size_t i = 0; i < CATALOG_NUM_SEATS; i++) {
    if (catalog_rule(explanation->library, explanation->file, catalog_seats[i]) == row) {
      return true;
    }
  }
  return false;
}

static bool cited_before(const struct case_file *file, size_t index) {
  for (size_t i = 0; i < index; i++) {
    if (span_eq(file->cites[i].id, file->cites[index].id)) {
      return true;
    }
  }
  return false;
}

static void put_further_rules(struct explanation *explanation) {
  const struct case_file *file = explanation->file;
  bool any = false;
  for (size_t i = 0; i < file->num_cites; i++) {
    const struct requirement *row =
        registry_find(&explanation->library->registry, file->cites[i].id);
    if (row == NULL || decides(explanation, row) || cited_before(file, i)) {
      continue;
    }
    if (!any) {
      put_heading(explanation, "What it is about besides");
    }
    any = true;
    page_wrap(&explanation->page, INDENT, PAINT_NONE,
              arena_printf(explanation->arena, "%s, %s", text_of(explanation, row->id),
                           requirement_level_word(row->level)));
    page_wrap(&explanation->page, DEEPER, PAINT_NONE, text_of(explanation, row->wording));
  }
}

static void put_case_text(struct explanation *explanation) {
  struct span rest = explanation->file->text;
  put_heading(explanation, "The case");
  for (size_t number = 1; rest.len > 0; number++) {
    size_t end = span_find(rest, span_of("\n"), 0);
    size_t len = end == SIZE_MAX ? rest.len : end;
    page_printf(&explanation->page, PAINT_FAINT, "%4zu  ", number);
    page_put(&explanation->page, PAINT_NONE, text_of(explanation, span_make(rest.ptr, len)));
    page_end(&explanation->page);
    rest = span_skip(rest, len + 1);
  }
}

static void put_parameters(struct explanation *explanation) {
  const struct case_file *file = explanation->file;
  if (file->num_parameters == 0) {
    return;
  }
  put_heading(explanation, "Its parameters");
  for (size_t i = 0; i < file->num_parameters; i++) {
    const struct case_parameter *parameter = &file->parameters[i];
    struct bytes values = {0};
    for (size_t k = 0; k < parameter->num_values; k++) {
      bytes_text(&values, k == 0 ? "" : " ");
      bytes_add(&values, parameter->values[k]);
    }
    page_wrap(&explanation->page, INDENT, PAINT_NONE,
              arena_printf(explanation->arena, "%s, %zu values: %s",
                           text_of(explanation, parameter->name), parameter->num_values,
                           bytes_cstr(&values)));
    bytes_free(&values);
  }
  struct case_binding first;
  case_binding_at(explanation->arena, file, 0, &first);
  page_wrap(&explanation->page, INDENT, PAINT_NONE,
            arena_printf(explanation->arena, "It makes %zu results; the first is %s.",
                         case_num_bindings(file),
                         case_result_id(explanation->arena, file, &first)));
}

static void put_conditions(struct explanation *explanation) {
  const struct case_file *file = explanation->file;
  struct page *page = &explanation->page;
  if (!file->alone && !file->slow && file->num_needs == 0) {
    return;
  }
  put_heading(explanation, "When it is played");
  if (file->alone) {
    page_wrap(page, INDENT, PAINT_NONE, "alone: it shares the target with no other case");
  }
  if (file->slow) {
    page_wrap(page, INDENT, PAINT_NONE, "slow: only with --slow");
  }
  for (size_t i = 0; i < file->num_needs; i++) {
    page_wrap(page, INDENT, PAINT_NONE,
              arena_printf(explanation->arena, "needs %s: only where the target has it",
                           text_of(explanation, file->needs[i])));
  }
}

static const char *verdict_text(enum verdict verdict) {
  static const char *const words[] = {
      [VERDICT_PASS] = "PASS", [VERDICT_INFO] = "INFO",   [VERDICT_SKIP] = "SKIP",
      [VERDICT_WARN] = "WARN", [VERDICT_ERROR] = "ERROR", [VERDICT_FAIL] = "FAIL",
  };
  return words[verdict];
}

/* What an outcome gives at a seat: by the case's own requirement, or by the one that the outcome
 * breaks whatever the case is about. */
static const char *verdict_at(struct explanation *explanation, enum seat seat,
                              enum outcome outcome) {
  const struct library *library = explanation->library;
  const struct requirement *own = catalog_rule(library, explanation->file, seat);
  bool met = outcome_meets(outcome);
  enum verdict verdict = verdict_of((enum judge_level)own->level, met);
  const char *blamed = outcome_blames(outcome, foresee_valid_interims(explanation->file),
                                      (explanation->file->fronts & HTTP_H1) == 0);
  const struct requirement *row =
      blamed == NULL ? NULL : registry_find(&library->registry, span_of(blamed));
  if (row != NULL) {
    enum verdict other = verdict_of((enum judge_level)row->level, false);
    if (other != verdict && verdict_worse(other, verdict) == other) {
      return arena_printf(explanation->arena, "%s by %s", verdict_text(other), blamed);
    }
  }
  return verdict_text(verdict);
}

/* The id of the requirement that decides at the first seat that the case is for. */
static const char *first_rule(struct explanation *explanation) {
  const struct requirement *row = NULL;
  for (size_t i = 0; i < CATALOG_NUM_SEATS && row == NULL; i++) {
    row = catalog_rule(explanation->library, explanation->file, catalog_seats[i]);
  }
  return row == NULL ? "" : text_of(explanation, row->id);
}

static void put_outcome(struct explanation *explanation, enum outcome outcome) {
  struct page *page = &explanation->page;
  struct bytes verdicts = {0};
  for (size_t i = 0; i < CATALOG_NUM_SEATS; i++) {
    enum seat seat = catalog_seats[i];
    if (catalog_rule(explanation->library, explanation->file, seat) != NULL) {
      bytes_printf(&verdicts, "%s%s %s", verdicts.len == 0 ? "" : ", ", case_seat_word(seat),
                   verdict_at(explanation, seat, outcome));
    }
  }
  page_indent(page, INDENT);
  page_cell(page, 16, PAINT_STRONG, outcome_word(outcome));
  page_wrap(page, INDENT + 17, PAINT_NONE, bytes_cstr(&verdicts));
  bool makes_answers = explanation->file->seats == SEAT_ORIGIN;
  page_wrap(page, DEEPER, PAINT_NONE, outcome_meaning(outcome, makes_answers));
  if (!outcome_meets(outcome)) {
    page_wrap(page, DEEPER, PAINT_NONE,
              outcome_impact(outcome, first_rule(explanation), makes_answers));
  }
  bytes_free(&verdicts);
}

static void put_outcomes(struct explanation *explanation) {
  put_heading(explanation, "What each outcome means for it");
  page_wrap(
      &explanation->page, INDENT, PAINT_NONE,
      "The steps come first: what they allow, as \"may see\" and \"or\" do, is no miss, and what "
      "they forbid, as \"never sees\" does, is one.");
  for (unsigned i = 0; i < NUM_OUTCOMES; i++) {
    put_outcome(explanation, (enum outcome)i);
  }
}

static int explain(struct arena *arena, const struct library *library,
                   const struct case_file *file) {
  struct explanation explanation = {
      .library = library, .file = file, .arena = arena, .page = {.color = false}};
  page_wrap(&explanation.page, 0, PAINT_STRONG, text_of(&explanation, file->id));
  page_wrap(&explanation.page, 0, PAINT_NONE, text_of(&explanation, file->title));
  if (file->why.len > 0) {
    page_end(&explanation.page);
    page_wrap(&explanation.page, 0, PAINT_NONE, text_of(&explanation, file->why));
  }
  put_rules(&explanation);
  put_further_rules(&explanation);
  put_parameters(&explanation);
  put_conditions(&explanation);
  put_case_text(&explanation);
  put_outcomes(&explanation);
  (void)page_write(&explanation.page, stdout);
  page_free(&explanation.page);
  return usage_finish("explain", EXIT_PASSED);
}

int command_explain(int argc, char **argv) {
  struct explain_options options = {NULL};
  int first = 0;
  int status = usage_parse(&explain_usage, argc, argv, &options, &first);
  if (status != 0) {
    return status == USAGE_HELP ? EXIT_PASSED : status;
  }
  if (argc - first != 1) {
    return usage_error("explain", "one CASE belongs here; interim list shows all");
  }
  struct arena arena;
  struct library library;
  arena_init(&arena);
  status = catalog_load("explain", &arena, options.cases, &library);
  if (status == 0) {
    const struct case_file *file = catalog_find("explain", &library, argv[first]);
    status = file == NULL ? EXIT_USAGE : explain(&arena, &library, file);
  }
  arena_free(&arena);
  return status;
}
