/* A page of text for a terminal or an issue: words wrapped at a fixed width, colour only on demand.
 */
#ifndef INTERIM_REPORT_PAGE_H
#define INTERIM_REPORT_PAGE_H

#include "base/bytes.h"

#include <stdio.h>

enum { PAGE_WIDTH = 100 };

enum paint {
  PAINT_NONE,
  PAINT_STRONG,
  PAINT_FAINT,
  PAINT_GOOD,
  PAINT_BAD,
  PAINT_DOUBT,
  PAINT_NOTE,
  PAINT_TROUBLE,
  PAINT_ALARM,
};

struct page {
  struct bytes text;
  size_t column; /* characters on the current line, from 0 */
  bool color;
};

/* page_put appends text to the current line as it fits or not. Unprintable bytes are escaped. */
void page_put(struct page *page, enum paint paint, const char *text);

/* page_printf is page_put of formatted text, cut after 255 bytes. */
void page_printf(struct page *page, enum paint paint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* page_wrap appends text and ends the line. It starts at indent, or one blank behind what the line
 * has already; further lines start at indent. Lines break at blanks, which are kept otherwise; a
 * word longer than a line is broken. */
void page_wrap(struct page *page, size_t indent, enum paint paint, const char *text);

/* page_cell appends text cut to width characters, "..." at its end when it was cut, and blanks up
 * to width. */
void page_cell(struct page *page, size_t width, enum paint paint, const char *text);

/* page_indent appends blanks up to a column; nothing when the line is there already. */
void page_indent(struct page *page, size_t column);

/* page_end ends the line, without blanks at its end. */
void page_end(struct page *page);

/* page_write writes everything to out. 0, or -1 when the stream failed. */
int page_write(const struct page *page, FILE *out);

/* page_free frees the text. A zeroed page is an empty one. */
void page_free(struct page *page);

#endif
