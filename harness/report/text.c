#include "report/report.h"

#include "report/text_parts.h"

static const struct {
  const char *word;
  enum paint paint;
} verdict_shown[] = {
    [VERDICT_PASS] = {"PASS", PAINT_GOOD},      [VERDICT_INFO] = {"INFO", PAINT_NOTE},
    [VERDICT_SKIP] = {"SKIP", PAINT_FAINT},     [VERDICT_WARN] = {"WARN", PAINT_DOUBT},
    [VERDICT_ERROR] = {"ERROR", PAINT_TROUBLE}, [VERDICT_FAIL] = {"FAIL", PAINT_BAD},
};

const char *text_verdict_word(enum verdict verdict) {
  return verdict_shown[verdict].word;
}

enum paint text_verdict_paint(enum verdict verdict) {
  return verdict_shown[verdict].paint;
}

size_t text_num_shown(const struct text *text, size_t num) {
  /* "and 1 more" takes the line that the one would. */
  return text->style->verbose || num <= TEXT_NUM_CASES + 1 ? num : TEXT_NUM_CASES;
}

static void put_fatal(struct text *text) {
  if (text->run->fatal[0] == '\0') {
    return;
  }
  page_put(&text->page, PAINT_ALARM, "NO VERDICT COUNTS");
  page_end(&text->page);
  page_wrap(&text->page, 2, PAINT_STRONG, text->run->fatal);
  page_end(&text->page);
}

/* Where not even a plain exchange worked, the cases have nothing to add to it. */
static bool was_judged(const struct run *run) {
  bool any = run->fatal[0] == '\0';
  for (size_t i = 0; i < run->num_results; i++) {
    any = any || run->results[i].verdict != VERDICT_ERROR;
  }
  return any;
}

static void add_words(struct bytes *out, const char *before, const char *const *words, size_t num) {
  for (size_t i = 0; i < num; i++) {
    bytes_printf(out, "%s%s", i == 0 ? before : "+", words[i]);
  }
}

static void add_target(struct bytes *out, const struct run *run) {
  bytes_text(out, run->target_name[0] != '\0' ? run->target_name : run->target_url);
  if (run->target_name[0] != '\0' && run->target_version[0] != '\0') {
    bytes_printf(out, " %s", run->target_version);
  }
  bytes_printf(out, " at seat %s", run->seat);
}

static void put_head(struct text *text) {
  const struct run *run = text->run;
  struct bytes line = {0};
  add_target(&line, run);
  if (run->target_name[0] != '\0') {
    bytes_printf(&line, ", %s", run->target_url);
  }
  add_words(&line, ", front ", run->fronts, run->num_fronts);
  add_words(&line, ", back ", run->backs, run->num_backs);
  page_wrap(&text->page, 0, PAINT_STRONG, bytes_cstr(&line));
  line.len = 0;
  bytes_printf(&line, "interim %s, suite %s, %s", run->tool_version, run->suite, run->started);
  page_wrap(&text->page, 0, PAINT_FAINT, bytes_cstr(&line));
  bytes_free(&line);
  if (run->interrupted) {
    page_put(&text->page, PAINT_DOUBT, "Interrupted: cases that had not ended are not in here.");
    page_end(&text->page);
  }
  page_end(&text->page);
}

static void put_summary(struct text *text) {
  struct run_summary summary = run_summarise(text->run);
  const struct {
    const char *word;
    unsigned num;
    enum verdict verdict;
  } counts[] = {
      {"pass", summary.pass, VERDICT_PASS}, {"fail", summary.fail, VERDICT_FAIL},
      {"warn", summary.warn, VERDICT_WARN}, {"info", summary.info, VERDICT_INFO},
      {"skip", summary.skip, VERDICT_SKIP}, {"error", summary.error, VERDICT_ERROR},
  };
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
    enum paint paint = counts[i].num > 0 ? text_verdict_paint(counts[i].verdict) : PAINT_NONE;
    page_put(&text->page, PAINT_NONE, i > 0 ? ", " : "");
    page_printf(&text->page, paint, "%u %s", counts[i].num, counts[i].word);
  }
  page_printf(&text->page, PAINT_NONE, " in %.1f s: ", text->run->duration_ms / 1000);
  struct bytes target = {0};
  add_target(&target, text->run);
  page_put(&text->page, PAINT_NONE, bytes_cstr(&target));
  bytes_free(&target);
  page_put(&text->page, PAINT_DOUBT, text->run->interrupted ? " (interrupted)" : "");
  page_end(&text->page);
}

int report_text(FILE *out, const struct run *run, const struct report_style *style) {
  struct text text = {.page = {.color = style->color},
                      .run = run,
                      .style = style,
                      .with_versions = run_mixes_versions(run)};
  put_fatal(&text);
  if (!style->quiet) {
    put_head(&text);
  }
  if (!style->quiet && (style->verbose || was_judged(run))) {
    text_faults(&text);
    text_lists(&text);
  }
  put_summary(&text);
  int status = page_write(&text.page, out);
  page_free(&text.page);
  arena_free(&text.arena);
  return status;
}
