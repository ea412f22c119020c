#include "report/text_parts.h"

/* Where labels and what they label begin. */
enum { LABEL = 3, BODY = 16 };

/* The table of a fault's cases: how wide its columns may get, blanks between them included. The
 * first also gets what the others leave. */
enum { CASE_WIDTH = 44, EXPECTED_WIDTH = 20, OBSERVED_WIDTH = PAGE_WIDTH - BODY - 64 };

/* What two scripts must have in common for it to be left out the second time, in bytes. */
enum { WORTH_SHARING = 200 };

/* What of one text of a transcript is shown, in bytes; the result file has all of it. */
enum { TRANSCRIPT_LEN = 1200 };

static bool did_not_pass(const struct result *result) {
  bool missed = result->verdict == VERDICT_FAIL || result->verdict == VERDICT_WARN;
  return result->verdict == VERDICT_ERROR || (missed && result->known[0] == '\0');
}

static const char *fault_of(const struct result *result) {
  return result->fault[0] != '\0' ? result->fault : result->reason;
}

static void put_label(struct text *text, const char *label) {
  page_indent(&text->page, LABEL);
  page_put(&text->page, PAINT_FAINT, label);
  page_indent(&text->page, BODY);
}

static void put_labelled(struct text *text, const char *label, enum paint paint, const char *body) {
  if (body[0] == '\0') {
    return;
  }
  put_label(text, label);
  page_wrap(&text->page, BODY, paint, body);
}

static void put_requirements(struct text *text, const struct result *result) {
  if (result->num_requirements == 0) {
    return;
  }
  const struct result_requirement *first = &result->requirements[0];
  put_label(text, "requirement");
  page_printf(&text->page, PAINT_STRONG, "%s, %s:", first->id, result->level_word);
  page_wrap(&text->page, BODY, PAINT_NONE, first->wording);
  if (first->address[0] != '\0') {
    page_indent(&text->page, BODY);
    page_put(&text->page, PAINT_FAINT, first->address);
    page_end(&text->page);
  }
  struct bytes others = {0};
  for (size_t i = 1; i < result->num_requirements; i++) {
    bytes_printf(&others, "%s%s (%s)", i > 1 ? ", " : "", result->requirements[i].id,
                 result->requirements[i].level);
  }
  put_labelled(text, "see also", PAINT_NONE, bytes_cstr(&others));
  bytes_free(&others);
}

/* Why this verdict, and what it does to users. An ERROR says nothing about the target. */
static void put_judgement(struct text *text, const struct result *result) {
  if (result->verdict == VERDICT_ERROR) {
    put_labelled(text, "meaning", PAINT_NONE,
                 "The case could not be judged. This says nothing about the target.");
    return;
  }
  put_labelled(text, "meaning", PAINT_NONE,
               outcome_meaning(result->outcome, result_makes_answers(result)));
  put_requirements(text, result);
  put_labelled(text, result->verdict == VERDICT_FAIL ? "why FAIL" : "why WARN", PAINT_NONE,
               judge_level_strictness(result->level));
  put_labelled(text, "impact", PAINT_NONE, result_impact(result));
}

static const char *cell_of(const struct fold *fold, size_t column) {
  const struct result *first = fold->results.items[0];
  const char *const cells[] = {fold->label, first->expected, first->observed};
  return cells[column];
}

static size_t column_width(const struct fold_list *folds, size_t num, size_t column, size_t least) {
  size_t width = least;
  for (size_t i = 0; i < num; i++) {
    size_t len = strlen(cell_of(&folds->items[i], column));
    width = len > width ? len : width;
  }
  return width + 2;
}

static void fit_columns(const struct fold_list *folds, size_t num, size_t widths[3]) {
  size_t expected = column_width(folds, num, 1, strlen("expected"));
  size_t observed = column_width(folds, num, 2, strlen("observed"));
  widths[0] = column_width(folds, num, 0, 0);
  widths[1] = expected < EXPECTED_WIDTH ? expected : EXPECTED_WIDTH;
  widths[2] = observed < OBSERVED_WIDTH ? observed : OBSERVED_WIDTH;
  size_t room = PAGE_WIDTH - BODY - widths[1] - widths[2];
  widths[0] = widths[0] < room ? widths[0] : room;
  widths[2] = PAGE_WIDTH - BODY - widths[0] - widths[1];
}

static size_t num_results_from(const struct fold_list *folds, size_t from) {
  size_t num = 0;
  for (size_t i = from; i < folds->num; i++) {
    num += folds->items[i].results.num;
  }
  return num;
}

static void put_cases(struct text *text, const struct fold_list *folds) {
  static const char *const heads[] = {"", "expected", "observed"};
  size_t shown = text_num_shown(text, folds->num);
  size_t widths[3];
  fit_columns(folds, shown, widths);
  put_label(text, "cases");
  for (size_t row = 0; row <= shown; row++) {
    page_indent(&text->page, BODY);
    for (size_t column = 0; column < 3; column++) {
      size_t end = text->page.column + widths[column];
      page_cell(&text->page, widths[column] - 2, row == 0 ? PAINT_FAINT : PAINT_NONE,
                row == 0 ? heads[column] : cell_of(&folds->items[row - 1], column));
      page_indent(&text->page, end);
    }
    page_end(&text->page);
  }
  if (shown < folds->num) {
    page_indent(&text->page, BODY);
    page_printf(&text->page, PAINT_FAINT, "and %zu more", num_results_from(folds, shown));
    page_end(&text->page);
  }
}

/* Where two sequences part: the start of the first element of b that is another than in a. SIZE_MAX
 * when b is a as far as both go and neither goes on. */
static size_t first_difference(const char *a, const char *b) {
  size_t start = 0;
  for (size_t i = 0; a[i] == b[i]; i++) {
    if (a[i] == '\0') {
      return SIZE_MAX;
    }
    if (a[i] == ' ' && i > 0 && a[i - 1] == ',') {
      start = i + 1;
    }
  }
  return start;
}

static void put_sequences(struct text *text, const struct result *result) {
  put_labelled(text, "expected", PAINT_GOOD, result->expected);
  put_labelled(text, "observed", PAINT_BAD, result->observed);
  size_t difference = first_difference(result->expected, result->observed);
  bool is_one_line = strlen(result->expected) <= PAGE_WIDTH - BODY &&
                     strlen(result->observed) <= PAGE_WIDTH - BODY;
  if (is_one_line && difference != SIZE_MAX && result->observed[0] != '\0') {
    page_indent(&text->page, BODY + difference);
    page_put(&text->page, PAINT_BAD, "^");
    page_end(&text->page);
  }
}

static void put_other_outcomes(struct text *text, const struct result *result) {
  struct bytes others = {0};
  for (unsigned i = 0; i < NUM_OUTCOMES; i++) {
    bool other = i != (unsigned)result->outcome && !outcome_meets((enum outcome)i);
    if (other && (result->outcomes & (1U << i)) != 0) {
      bytes_printf(&others, "%s%s", others.len > 0 ? ", " : "", outcome_word((enum outcome)i));
    }
  }
  put_labelled(text, "also", PAINT_NONE, bytes_cstr(&others));
  bytes_free(&others);
}

/* Blanks before a line do not change a script unless the line is inside a here-document or quotes.
 */
static bool is_indentable(const char *script) {
  size_t num_single = 0;
  size_t num_double = 0;
  for (const char *at = script; at[0] != '\0'; at++) {
    num_single += at[0] == '\'';
    num_double += at[0] == '"';
    if (at[0] == '\n' && (num_single % 2 != 0 || num_double % 2 != 0)) {
      return false;
    }
  }
  return strstr(script, "<<") == NULL;
}

/* In bytes, how long the beginning of whole lines is that two scripts share. */
static size_t shared_len(const char *a, const char *b) {
  size_t len = 0;
  for (size_t i = 0; a[i] == b[i] && a[i] != '\0'; i++) {
    len = a[i] == '\n' ? i + 1 : len;
  }
  return len;
}

/* The functions at the beginning are the same in each script, and shown once. */
static void put_script(struct text *text, const struct result *result) {
  if (!text->style->verbose || result->script[0] == '\0') {
    return;
  }
  size_t shared = text->script == NULL ? 0 : shared_len(text->script, result->script);
  bool again = shared >= WORTH_SHARING;
  put_labelled(text, "by hand", PAINT_FAINT,
               again ? "the first script of this report, from its first send() on with these lines:"
                     : "Python, to paste into a shell; it needs no interim:");
  text->script = text->script == NULL ? result->script : text->script;
  size_t indent = is_indentable(result->script) ? BODY : 0;
  const char *line = result->script + (again ? shared : 0);
  while (line[0] != '\0') {
    size_t len = strcspn(line, "\n");
    page_indent(&text->page, indent);
    page_put(&text->page, PAINT_NONE, arena_printf(&text->arena, "%.*s", (int)len, line));
    page_end(&text->page);
    line += len + (line[len] == '\n');
  }
}

/* A head that spans lines on the wire spans lines here. */
static void put_wire_text(struct text *text, const char *wire) {
  size_t column = text->page.column;
  const char *rest = arena_printf(&text->arena, "%.*s", (int)TRANSCRIPT_LEN, wire);
  do {
    const char *end = strstr(rest, "\\r\\n");
    size_t len = end != NULL ? (size_t)(end - rest) + 4 : strlen(rest);
    page_wrap(&text->page, column, PAINT_NONE, arena_printf(&text->arena, "%.*s", (int)len, rest));
    rest += len;
  } while (rest[0] != '\0');
  if (strlen(wire) > TRANSCRIPT_LEN) {
    page_indent(&text->page, column);
    page_printf(&text->page, PAINT_FAINT, "... %zu more bytes of text",
                strlen(wire) - TRANSCRIPT_LEN);
    page_end(&text->page);
  }
}

static void put_transcript(struct text *text, const struct result *result) {
  if (!text->style->verbose || result->num_transcript == 0) {
    return;
  }
  put_label(text, "transcript");
  page_put(&text->page, PAINT_FAINT, "ms since the case began");
  page_end(&text->page);
  for (size_t i = 0; i < result->num_transcript; i++) {
    const struct transcript_line *line = &result->transcript[i];
    page_indent(&text->page, LABEL);
    page_printf(&text->page, PAINT_FAINT, "%11.3f", (double)line->t_us / 1000);
    page_indent(&text->page, BODY);
    page_cell(&text->page, 9, PAINT_STRONG, line->lane);
    page_cell(&text->page, 10, PAINT_FAINT, strcmp(line->lane, line->dir) == 0 ? "" : line->dir);
    put_wire_text(text, line->text);
  }
}

static void put_detail(struct text *text, const char *label, const struct result *result) {
  put_label(text, label);
  page_put(&text->page, PAINT_STRONG, result->id);
  if (text->with_versions) {
    page_printf(&text->page, PAINT_STRONG, "@%s%s%s", result->front,
                result->back[0] == '\0' ? "" : "/", result->back);
  }
  page_put(&text->page, PAINT_NONE, ":");
  page_wrap(&text->page, BODY, PAINT_NONE, result->title);
  put_sequences(text, result);
  put_other_outcomes(text, result);
  put_labelled(text, "reason", PAINT_NONE, result->reason);
  put_labelled(text, "background", PAINT_NONE, result->why);
  if (result->reproduce[0] != '\0') {
    /* One line however long: it is for copying. */
    put_label(text, "reproduce");
    page_put(&text->page, PAINT_NONE, result->reproduce);
    page_end(&text->page);
  }
  put_script(text, result);
  put_transcript(text, result);
}

/* The case to show of several: of an origin, whose programmer reads it, the first that tells what
 * may be behind it. */
static size_t best_example(const struct fold_list *folds) {
  for (size_t i = 0; i < folds->num; i++) {
    const struct result *result = folds->items[i].results.items[0];
    if (result_makes_answers(result) && result->why[0] != '\0') {
      return i;
    }
  }
  return 0;
}

static void put_fault(struct text *text, const struct group *fault, size_t number) {
  const struct result *first = fault->results.items[0];
  size_t num = fault->results.num;
  if (number > 0) {
    page_printf(&text->page, PAINT_STRONG, "%zu. ", number);
  }
  page_put(&text->page, text_verdict_paint(fault->verdict), text_verdict_word(fault->verdict));
  page_put(&text->page, PAINT_NONE, " ");
  page_put(&text->page, PAINT_STRONG, first->fault);
  page_printf(&text->page, PAINT_NONE, "%s(%zu case%s)", first->fault[0] != '\0' ? " " : "", num,
              num == 1 ? "" : "s");
  page_end(&text->page);

  struct fold_list folds = fold_results(&text->arena, &fault->results, text->with_versions);
  put_judgement(text, first);
  if (num > 1) {
    put_cases(text, &folds);
  }
  page_end(&text->page);
  size_t first_shown = text->style->verbose ? 0 : best_example(&folds);
  size_t end = text->style->verbose ? folds.num : first_shown + 1;
  for (size_t i = first_shown; i < end; i++) {
    put_detail(text, num == 1 ? "case" : "for example", folds.items[i].results.items[0]);
    page_end(&text->page);
  }
}

static void put_heading(struct text *text, const struct group_list *faults) {
  size_t num_cases = 0;
  size_t num_faults = 0;
  size_t num_errors = 0;
  for (size_t i = 0; i < faults->num; i++) {
    bool is_error = faults->items[i].verdict == VERDICT_ERROR;
    num_errors += is_error ? faults->items[i].results.num : 0;
    num_cases += is_error ? 0 : faults->items[i].results.num;
    num_faults += !is_error;
  }
  if (num_faults > 0) {
    page_printf(&text->page, PAINT_STRONG, "%zu case%s, %zu fault%s", num_cases,
                num_cases == 1 ? "" : "s", num_faults, num_faults == 1 ? "" : "s");
  } else {
    page_put(&text->page, PAINT_STRONG, "No fault found");
  }
  if (num_errors > 0) {
    page_printf(&text->page, PAINT_STRONG, "; %zu case%s without a verdict", num_errors,
                num_errors == 1 ? "" : "s");
  }
  page_end(&text->page);
  page_end(&text->page);
}

void text_faults(struct text *text) {
  struct group_list faults = group_results(&text->arena, text->run, did_not_pass, fault_of);
  if (text->run->num_results == 0) {
    page_put(&text->page, PAINT_STRONG, "No case was run");
    page_end(&text->page);
    page_end(&text->page);
    return;
  }
  put_heading(text, &faults);
  size_t number = 0;
  for (size_t i = 0; i < faults.num; i++) {
    bool is_error = faults.items[i].verdict == VERDICT_ERROR;
    number += !is_error;
    put_fault(text, &faults.items[i], is_error ? 0 : number);
  }
}
