#include "report/text_parts.h"

enum { ITEM = 2 };

static bool is_passing_against_expectation(const struct result *result) {
  return result->verdict == VERDICT_PASS && result->unexpected;
}

static bool is_known(const struct result *result) {
  return (result->verdict == VERDICT_FAIL || result->verdict == VERDICT_WARN) &&
         result->known[0] != '\0';
}

static bool is_info(const struct result *result) {
  return result->verdict == VERDICT_INFO;
}

static bool is_skip(const struct result *result) {
  return result->verdict == VERDICT_SKIP;
}

static const char *known_of(const struct result *result) {
  return result->known;
}

static const char *reason_of(const struct result *result) {
  return result->reason;
}

static const char *outcome_of(const struct result *result) {
  return outcome_word(result->outcome);
}

static size_t num_results(const struct group_list *groups) {
  size_t num = 0;
  for (size_t i = 0; i < groups->num; i++) {
    num += groups->items[i].results.num;
  }
  return num;
}

static void put_heading(struct text *text, enum paint paint, const char *heading, size_t num) {
  page_put(&text->page, paint, heading);
  page_printf(&text->page, paint, ": %zu", num);
  page_end(&text->page);
}

/* "VERDICT label: remark", one line a case with its values together. */
static void put_folds(struct text *text, const struct group *group, const char *remark) {
  struct fold_list folds = fold_results(&text->arena, &group->results, text->with_versions);
  size_t shown = text_num_shown(text, folds.num);
  for (size_t i = 0; i < shown; i++) {
    page_indent(&text->page, ITEM);
    page_put(&text->page, text_verdict_paint(group->verdict), text_verdict_word(group->verdict));
    page_printf(&text->page, PAINT_NONE, " ");
    page_put(&text->page, PAINT_NONE, folds.items[i].label);
    page_put(&text->page, PAINT_NONE, remark[0] != '\0' ? ":" : "");
    page_wrap(&text->page, ITEM + 5, PAINT_NONE, remark);
  }
  if (shown < folds.num) {
    page_indent(&text->page, ITEM);
    page_printf(&text->page, PAINT_FAINT, "and %zu more cases", folds.num - shown);
    page_end(&text->page);
  }
}

static void put_deviations(struct text *text, bool (*wanted)(const struct result *result),
                           const char *(*remark)(const struct result *result), enum paint paint,
                           const char *heading) {
  struct group_list groups = group_results(&text->arena, text->run, wanted, remark);
  if (groups.num == 0) {
    return;
  }
  put_heading(text, paint, heading, num_results(&groups));
  for (size_t i = 0; i < groups.num; i++) {
    put_folds(text, &groups.items[i], groups.items[i].key);
  }
  page_end(&text->page);
}

static void add_number(struct bytes *out, double value) {
  bool is_whole = value > -1e15 && value < 1e15 && value == (double)(int64_t)value;
  bytes_printf(out, is_whole || value >= 1000 ? "%.0f" : "%.3g", value);
}

/* The smallest and greatest value of a measure over a case's values. */
static void add_measure(struct bytes *out, const struct result_list *results, const char *name) {
  double low = 0;
  double high = 0;
  size_t seen = 0;
  for (size_t i = 0; i < results->num; i++) {
    for (size_t j = 0; j < results->items[i]->num_measured; j++) {
      const struct measure *measure = &results->items[i]->measured[j];
      if (strcmp(measure->name, name) == 0) {
        low = seen == 0 || measure->value < low ? measure->value : low;
        high = seen == 0 || measure->value > high ? measure->value : high;
        seen++;
      }
    }
  }
  bytes_printf(out, "; %s ", name);
  add_number(out, low);
  if (high > low) {
    bytes_text(out, " to ");
    add_number(out, high);
  }
}

static void put_info(struct text *text, const struct fold *fold) {
  const struct result *first = fold->results.items[0];
  struct bytes remark = {0};
  bytes_text(&remark, outcome_word(first->outcome));
  if (first->reason[0] != '\0') {
    bytes_printf(&remark, "; %s", first->reason);
  }
  for (size_t i = 0; i < first->num_measured; i++) {
    add_measure(&remark, &fold->results, first->measured[i].name);
  }
  page_indent(&text->page, ITEM);
  page_put(&text->page, PAINT_NOTE, fold->label);
  page_put(&text->page, PAINT_NONE, ":");
  page_wrap(&text->page, ITEM + 2, PAINT_NONE, bytes_cstr(&remark));
  bytes_free(&remark);
}

static void put_profile(struct text *text) {
  struct bytes profile = {0};
  for (size_t i = 0; i < text->run->num_profile; i++) {
    bytes_printf(&profile, "%s%s ", i > 0 ? ", " : "", text->run->profile[i].name);
    add_number(&profile, text->run->profile[i].value);
  }
  if (profile.len > 0) {
    page_indent(&text->page, ITEM);
    page_put(&text->page, PAINT_NOTE, "profile:");
    page_wrap(&text->page, ITEM + 2, PAINT_NONE, bytes_cstr(&profile));
  }
  bytes_free(&profile);
  if (text->run->note != NULL) {
    page_indent(&text->page, ITEM);
    page_put(&text->page, PAINT_NOTE, "note:");
    page_wrap(&text->page, ITEM + 2, PAINT_NONE, text->run->note);
  }
}

static void put_infos(struct text *text) {
  struct group_list groups = group_results(&text->arena, text->run, is_info, outcome_of);
  if (groups.num == 0 && text->run->num_profile == 0) {
    return;
  }
  if (groups.num > 0) {
    put_heading(text, PAINT_STRONG, "Measured, not judged (no sentence decides it)",
                num_results(&groups));
  }
  for (size_t i = 0; i < groups.num; i++) {
    struct fold_list folds =
        fold_results(&text->arena, &groups.items[i].results, text->with_versions);
    for (size_t j = 0; j < folds.num; j++) {
      put_info(text, &folds.items[j]);
    }
  }
  put_profile(text);
  page_end(&text->page);
}

/* The cases of a group, by name while they are few. */
static void put_members(struct text *text, const struct group *group) {
  enum { MOST = 4 };
  struct fold_list folds = fold_results(&text->arena, &group->results, text->with_versions);
  struct bytes names = {0};
  for (size_t i = 0; i < folds.num && i < MOST; i++) {
    bytes_printf(&names, "%s%s", i > 0 ? ", " : "", folds.items[i].label);
  }
  if (folds.num > MOST) {
    bytes_printf(&names, " and %zu more", folds.num - MOST);
  }
  page_indent(&text->page, 8);
  page_wrap(&text->page, 8, PAINT_NOTE, bytes_cstr(&names));
  bytes_free(&names);
}

static void put_skips(struct text *text) {
  struct group_list groups = group_results(&text->arena, text->run, is_skip, reason_of);
  if (groups.num == 0) {
    return;
  }
  put_heading(text, PAINT_STRONG, "Skipped", num_results(&groups));
  for (size_t i = 0; i < groups.num; i++) {
    page_printf(&text->page, PAINT_NONE, "%6zu  ", groups.items[i].results.num);
    page_wrap(&text->page, 8, PAINT_NONE,
              groups.items[i].key[0] != '\0' ? groups.items[i].key : "no reason given");
    put_members(text, &groups.items[i]);
  }
  page_end(&text->page);
}

void text_lists(struct text *text) {
  put_deviations(text, is_passing_against_expectation, reason_of, PAINT_BAD,
                 "Passing against --expect");
  put_deviations(text, is_known, known_of, PAINT_STRONG, "Known deviations (--expect)");
  put_infos(text);
  put_skips(text);
}
