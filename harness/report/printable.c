#include "report/printable.h"

/* How long a UTF-8 sequence is by its first byte, which bits of that byte count, and the smallest
 * character that may be written so (RFC 3629 section 3). */
static const struct {
  uint8_t mask;
  uint8_t lead;
  uint8_t len;
  uint32_t smallest;
} sequence_forms[] = {
    {0x80, 0x00, 1, 0x00},
    {0xe0, 0xc0, 2, 0x80},
    {0xf0, 0xe0, 3, 0x800},
    {0xf8, 0xf0, 4, 0x10000},
};

/* The length of the character at the front of text and the character; 0 when it is no UTF-8. */
static size_t next_character(struct span text, uint32_t *out) {
  for (size_t form = 0; form < sizeof sequence_forms / sizeof sequence_forms[0]; form++) {
    size_t len = sequence_forms[form].len;
    if ((text.ptr[0] & sequence_forms[form].mask) != sequence_forms[form].lead || text.len < len) {
      continue;
    }
    uint32_t character = text.ptr[0] & (uint8_t)~sequence_forms[form].mask;
    for (size_t i = 1; i < len; i++) {
      if ((text.ptr[i] & 0xc0) != 0x80) {
        return 0;
      }
      character = character << 6U | (text.ptr[i] & 0x3f);
    }
    *out = character;
    return character >= sequence_forms[form].smallest ? len : 0;
  }
  return 0;
}

static const struct {
  uint32_t low;
  uint32_t high;
} unprintable[] = {
    {0x0, 0x1f},         /* C0 */
    {0x7f, 0x9f},        /* DEL, C1 */
    {0x200e, 0x200f},    /* direction marks */
    {0x2028, 0x202e},    /* line and paragraph separators, direction */
    {0x2066, 0x2069},    /* direction */
    {0xd800, 0xdfff},    /* surrogates */
    {0xfeff, 0xfeff},    /* byte order mark */
    {0xfff9, 0xffff},    /* annotations, specials, and what XML does not know */
    {0x110000, 0x1fffff} /* beyond Unicode */
};

static bool is_printable(uint32_t character) {
  for (size_t i = 0; i < sizeof unprintable / sizeof unprintable[0]; i++) {
    if (character >= unprintable[i].low && character <= unprintable[i].high) {
      return false;
    }
  }
  return true;
}

static void add(struct bytes *out, const char *text, bool keep_lines) {
  struct span rest = span_of(text);
  while (rest.len > 0) {
    uint32_t character = 0;
    size_t len = next_character(rest, &character);
    bool kept = keep_lines && (rest.ptr[0] == '\n' || rest.ptr[0] == '\t');
    if (kept || (len > 0 && is_printable(character))) {
      bytes_add(out, (struct span){rest.ptr, len});
      rest = span_skip(rest, len);
    } else {
      bytes_printf(out, "\\x%02x", rest.ptr[0]);
      rest = span_skip(rest, 1);
    }
  }
}

void printable_add(struct bytes *out, const char *text) {
  add(out, text, false);
}

void printable_add_lines(struct bytes *out, const char *text) {
  add(out, text, true);
}

size_t printable_columns(struct span text) {
  size_t columns = 0;
  for (size_t i = 0; i < text.len; i++) {
    columns += (text.ptr[i] & 0xc0) != 0x80;
  }
  return columns;
}
