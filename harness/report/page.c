#include "report/page.h"

#include "report/printable.h"

#include <stdarg.h>

static const char *const paint_codes[] = {
    [PAINT_NONE] = "",         [PAINT_STRONG] = "\033[1m",     [PAINT_FAINT] = "\033[2m",
    [PAINT_GOOD] = "\033[32m", [PAINT_BAD] = "\033[1;31m",     [PAINT_DOUBT] = "\033[1;33m",
    [PAINT_NOTE] = "\033[36m", [PAINT_TROUBLE] = "\033[1;35m", [PAINT_ALARM] = "\033[1;37;41m",
};

static void add_painted(struct page *page, enum paint paint, struct span printable) {
  if (printable.len == 0) {
    return;
  }
  bool painted = page->color && paint != PAINT_NONE;
  bytes_text(&page->text, painted ? paint_codes[paint] : "");
  bytes_add(&page->text, printable);
  bytes_text(&page->text, painted ? "\033[0m" : "");
  page->column += printable_columns(printable);
}

void page_put(struct page *page, enum paint paint, const char *text) {
  struct bytes printable = {0};
  printable_add(&printable, text);
  add_painted(page, paint, bytes_span(&printable));
  bytes_free(&printable);
}

void page_printf(struct page *page, enum paint paint, const char *format, ...) {
  char text[256];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  page_put(page, paint, text);
}

void page_indent(struct page *page, size_t column) {
  for (; page->column < column; page->column++) {
    bytes_text(&page->text, " ");
  }
}

void page_end(struct page *page) {
  while (page->text.len > 0 && page->text.ptr[page->text.len - 1] == ' ') {
    page->text.len--;
  }
  bytes_text(&page->text, "\n");
  page->column = 0;
}

/* The bytes of the first num characters. */
static size_t characters_len(struct span text, size_t num) {
  size_t len = 0;
  while (len < text.len && (num > 0 || (text.ptr[len] & 0xc0) == 0x80)) {
    num -= (text.ptr[len] & 0xc0) != 0x80;
    len++;
  }
  return len;
}

/* The bytes of as many whole words, with the blanks before and between them, as fit into room. */
static size_t words_len(struct span text, size_t room) {
  size_t len = 0;
  size_t fitting = characters_len(text, room);
  for (size_t i = 0; i <= fitting && i <= text.len; i++) {
    bool ends_word = i > 0 && text.ptr[i - 1] != ' ' && (i == text.len || text.ptr[i] == ' ');
    len = ends_word ? i : len;
  }
  return len;
}

void page_wrap(struct page *page, size_t indent, enum paint paint, const char *text) {
  struct bytes printable = {0};
  printable_add(&printable, text);
  struct span rest = bytes_span(&printable);
  page_indent(page, page->column > indent && rest.len > 0 ? page->column + 1 : indent);
  while (rest.len > 0) {
    size_t room = page->column < PAGE_WIDTH ? PAGE_WIDTH - page->column : 0;
    size_t len = words_len(rest, room);
    if (len == 0 && page->column <= indent) {
      len = characters_len(rest, room);
    }
    add_painted(page, paint, (struct span){rest.ptr, len});
    rest = span_skip(rest, len);
    if (rest.len > 0) {
      rest = span_trim(rest);
      page_end(page);
      page_indent(page, indent);
    }
  }
  page_end(page);
  bytes_free(&printable);
}

void page_cell(struct page *page, size_t width, enum paint paint, const char *text) {
  struct bytes printable = {0};
  printable_add(&printable, text);
  struct span cell = bytes_span(&printable);
  size_t end = page->column + width;
  if (printable_columns(cell) > width) {
    add_painted(page, paint, (struct span){cell.ptr, characters_len(cell, width - 3)});
    add_painted(page, paint, span_of("..."));
  } else {
    add_painted(page, paint, cell);
  }
  page_indent(page, end);
  bytes_free(&printable);
}

int page_write(const struct page *page, FILE *out) {
  size_t len = page->text.len;
  if (len > 0 && fwrite(page->text.ptr, 1, len, out) != len) {
    return -1;
  }
  return fflush(out) == 0 ? 0 : -1;
}

void page_free(struct page *page) {
  bytes_free(&page->text);
}
