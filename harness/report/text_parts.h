/* What report_text and its two halves share: text_fault.c shows what did not pass, text_lists.c
 * what a reader may want besides. */
#ifndef INTERIM_REPORT_TEXT_PARTS_H
#define INTERIM_REPORT_TEXT_PARTS_H

#include "report/group.h"
#include "report/page.h"
#include "report/report.h"

/* A list of cases is cut after so many, unless the report is verbose. */
enum { TEXT_NUM_CASES = 8 };

struct text {
  struct page page;
  struct arena arena;
  const struct run *run;
  const struct report_style *style;
  bool with_versions; /* labels need their versions to be unique */
  const char *script; /* the first that was shown; NULL: none yet */
};

/* text_faults writes how many cases did not pass for how many faults, then each fault. */
void text_faults(struct text *text);

/* text_lists writes deviations that --expect lists or need not list, measurements and skips. */
void text_lists(struct text *text);

/* text_num_shown returns how many of num cases to list. */
size_t text_num_shown(const struct text *text, size_t num);

/* text_verdict_word gives "FAIL" ..., text_verdict_paint its colour. */
const char *text_verdict_word(enum verdict verdict);
enum paint text_verdict_paint(enum verdict verdict);

#endif
