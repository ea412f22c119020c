/* The reader of requirements.tsv. */
#include "case/registry.h"

#include "case/parser.h"

enum column {
  COLUMN_ID,
  COLUMN_LEVEL,
  COLUMN_ROLES,
  COLUMN_VERSIONS,
  COLUMN_WORDING,
  COLUMN_ADDRESS,
  COLUMN_NOTE,
  NUM_COLUMNS,
};

static const char *const column_names[NUM_COLUMNS] = {"id",      "level",   "roles", "versions",
                                                      "wording", "address", "note"};

enum { NUM_LEVELS = LEVEL_HOUSE + 1 };

struct reader {
  struct arena *arena;
  const char *file;
  struct registry out;
  struct diag *diag;
  size_t number;
  struct span line;
  struct span columns[NUM_COLUMNS];
};

const char *requirement_level_word(enum requirement_level level) {
  switch (level) {
  case LEVEL_MUST:
    return "MUST";
  case LEVEL_MUST_NOT:
    return "MUST NOT";
  case LEVEL_SHOULD:
    return "SHOULD";
  case LEVEL_SHOULD_NOT:
    return "SHOULD NOT";
  case LEVEL_MAY:
    return "MAY";
  case LEVEL_EXPECTED:
    return "EXPECTED";
  case LEVEL_CONTESTED:
    return "CONTESTED";
  case LEVEL_HOUSE:
    return "HOUSE";
  }
  return "?";
}

static int fail_at(struct reader *reader, const uint8_t *at, const char *reason) {
  size_t offset = at == NULL ? reader->line.len : (size_t)(at - reader->line.ptr);
  diag_set(reader->diag, reader->file, reader->number, offset + 1, "%s", reason);
  diag_source(reader->diag, reader->line);
  return -1;
}

/* Cuts the line into its columns, which may be empty. */
static int cut_columns(struct reader *reader) {
  struct span tab = span_of("\t");
  size_t at = 0;
  for (size_t i = 0; i < NUM_COLUMNS; i++) {
    size_t end = span_find(reader->line, tab, at);
    bool last = i == NUM_COLUMNS - 1;
    if ((end == SIZE_MAX) != last) {
      return fail_at(
          reader, reader->line.ptr + (last ? end : at),
          "a row has seven columns, tab separated: id level roles versions wording address "
          "note");
    }
    reader->columns[i] = (struct span){reader->line.ptr + at, (last ? reader->line.len : end) - at};
    at = end + 1;
  }
  return 0;
}

static int check_header(struct reader *reader) {
  if (cut_columns(reader) < 0) {
    return -1;
  }
  for (size_t i = 0; i < NUM_COLUMNS; i++) {
    if (!span_is(reader->columns[i], column_names[i])) {
      return fail_at(
          reader, reader->columns[i].ptr,
          "the first line names the columns: id level roles versions wording address note");
    }
  }
  return 0;
}

static bool find_level(struct span word, enum requirement_level *out) {
  for (int i = 0; i < NUM_LEVELS; i++) {
    if (span_is(word, requirement_level_word((enum requirement_level)i))) {
      *out = (enum requirement_level)i;
      return true;
    }
  }
  return false;
}

/* Whether each element of "a,b" is one of the words. */
static bool is_list_of(struct span list, const char *const *words, size_t num) {
  bool more = true;
  while (more) {
    size_t comma = span_find(list, span_of(","), 0);
    more = comma != SIZE_MAX;
    struct span element = {list.ptr, more ? comma : list.len};
    bool known = false;
    for (size_t i = 0; i < num; i++) {
      known = known || span_is(element, words[i]);
    }
    if (!known) {
      return false;
    }
    list = span_skip(list, more ? comma + 1 : list.len);
  }
  return true;
}

static bool is_roles(struct span list) {
  static const char *const words[] = {"origin", "server", "proxy",     "gateway",
                                      "client", "sender", "recipient", "cache"};
  return is_list_of(list, words, sizeof(words) / sizeof(words[0]));
}

static bool is_versions(struct span list) {
  static const char *const words[] = {"1.0", "1.1", "2", "3"};
  return is_list_of(list, words, sizeof(words) / sizeof(words[0]));
}

static int check_row(struct reader *reader, enum requirement_level *level) {
  const struct span *columns = reader->columns;
  if (columns[COLUMN_ID].len == 0) {
    return fail_at(reader, columns[COLUMN_ID].ptr, "a row without an id");
  }
  if (registry_find(&reader->out, columns[COLUMN_ID]) != NULL) {
    return fail_at(reader, columns[COLUMN_ID].ptr, "a second row with this id");
  }
  if (!find_level(columns[COLUMN_LEVEL], level)) {
    return fail_at(
        reader, columns[COLUMN_LEVEL].ptr,
        "a level is one of: MUST, MUST NOT, SHOULD, SHOULD NOT, MAY, EXPECTED, CONTESTED, "
        "HOUSE");
  }
  if (!is_roles(columns[COLUMN_ROLES])) {
    return fail_at(reader, columns[COLUMN_ROLES].ptr,
                   "roles are a comma separated list of: origin server proxy gateway client sender "
                   "recipient cache");
  }
  if (!is_versions(columns[COLUMN_VERSIONS])) {
    return fail_at(reader, columns[COLUMN_VERSIONS].ptr,
                   "versions are a comma separated list of: 1.0 1.1 2 3");
  }
  if (span_trim(columns[COLUMN_WORDING]).len == 0) {
    return fail_at(reader, columns[COLUMN_WORDING].ptr, "a row without a wording");
  }
  if (!span_starts(columns[COLUMN_ADDRESS], "https://")) {
    return fail_at(reader, columns[COLUMN_ADDRESS].ptr, "an address begins with https://");
  }
  return 0;
}

static int read_row(struct reader *reader) {
  enum requirement_level level = LEVEL_MUST;
  if (cut_columns(reader) < 0 || check_row(reader, &level) < 0) {
    return -1;
  }
  const struct span *columns = reader->columns;
  struct registry *out = &reader->out;
  out->rows = list_grow(reader->arena, out->rows, out->num_rows, sizeof(*out->rows));
  out->rows[out->num_rows++] = (struct requirement){
      .id = columns[COLUMN_ID],
      .level = level,
      .roles = columns[COLUMN_ROLES],
      .versions = columns[COLUMN_VERSIONS],
      .wording = columns[COLUMN_WORDING],
      .address = columns[COLUMN_ADDRESS],
      .note = columns[COLUMN_NOTE],
  };
  return 0;
}

int registry_parse(struct arena *arena, const char *file, struct span text, struct registry *out,
                   struct diag *diag) {
  struct reader reader = {.arena = arena, .file = file, .diag = diag};
  size_t at = 0;
  while (line_cut(text, &at, &reader.line)) {
    reader.number++;
    size_t cr = span_find(reader.line, span_of("\r"), 0);
    if (cr != SIZE_MAX) {
      return fail_at(&reader, reader.line.ptr + cr, "a carriage return: lines end in LF alone");
    }
    int failed = reader.number == 1 ? check_header(&reader) : read_row(&reader);
    if (failed < 0) {
      return -1;
    }
  }
  if (reader.number == 0) {
    reader.number = 1;
    return fail_at(&reader, NULL, "an empty registry: its first line names the columns");
  }
  *out = reader.out;
  return 0;
}

const struct requirement *registry_find(const struct registry *registry, struct span id) {
  for (size_t i = 0; i < registry->num_rows; i++) {
    if (span_eq(registry->rows[i].id, id)) {
      return &registry->rows[i];
    }
  }
  return NULL;
}
