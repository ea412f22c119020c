#include "cli/expect.h"

#include "cli/catalog.h"
#include "cli/files.h"

#include <ctype.h>

static const char *const verdict_words[] = {
    [VERDICT_PASS] = "PASS", [VERDICT_INFO] = "INFO",   [VERDICT_SKIP] = "SKIP",
    [VERDICT_WARN] = "WARN", [VERDICT_ERROR] = "ERROR", [VERDICT_FAIL] = "FAIL",
};

enum { NUM_VERDICTS = sizeof(verdict_words) / sizeof(verdict_words[0]) };

struct reader {
  struct arena *arena;
  const char *file;
  struct diag *diag;
  size_t number;
  struct span line;
};

static int fail_at(const struct reader *reader, const uint8_t *at, const char *reason) {
  size_t column = at == NULL ? 0 : (size_t)(at - reader->line.ptr);
  diag_set(reader->diag, reader->file, reader->number, column + 1, "%s", reason);
  (void)snprintf(reader->diag->source, sizeof(reader->diag->source), "%.*s",
                 (int)(reader->line.len < 150 ? reader->line.len : 150),
                 (const char *)reader->line.ptr);
  return -1;
}

static bool is_version(struct span word) {
  return span_is(word, "h1") || span_is(word, "h2") || span_is(word, "h3") || span_is(word, "*");
}

static const char *text_of(const struct reader *reader, struct span span) {
  return (const char *)arena_copy(reader->arena, span).ptr;
}

/* "GLOB" or "GLOB@FRONT/BACK". */
static int read_glob(const struct reader *reader, struct span word, struct expectation *out) {
  size_t at = span_find(word, span_of("@"), 0);
  struct span glob = span_make(word.ptr, at == SIZE_MAX ? word.len : at);
  out->front = "*";
  out->back = "*";
  if (at != SIZE_MAX) {
    struct span versions = span_make(word.ptr + at + 1, word.len - at - 1);
    size_t slash = span_find(versions, span_of("/"), 0);
    struct span front = span_make(versions.ptr, slash == SIZE_MAX ? versions.len : slash);
    struct span back = span_skip(versions, front.len + 1);
    if (slash == SIZE_MAX || !is_version(front) || !is_version(back)) {
      return fail_at(reader, versions.ptr,
                     "behind '@' belong the versions, FRONT/BACK: h1, h2, h3 or * each, such as "
                     "@h1/*");
    }
    out->front = text_of(reader, front);
    out->back = text_of(reader, back);
  }
  if (glob.len == 0) {
    return fail_at(reader, word.ptr, "no glob before '@'; write * for every case");
  }
  out->glob = text_of(reader, glob);
  return 0;
}

static int read_verdict(const struct reader *reader, struct span word, struct expectation *out) {
  for (int i = 0; i < NUM_VERDICTS; i++) {
    if (!span_is_nocase(word, verdict_words[i])) {
      continue;
    }
    out->verdict = (enum verdict)i;
    if (i == VERDICT_INFO || i == VERDICT_SKIP) {
      return fail_at(reader, word.ptr, "this verdict is no deviation: leave the line out");
    }
    return 0;
  }
  return fail_at(reader, word.len > 0 ? word.ptr : reader->line.ptr + reader->line.len,
                 "a verdict belongs here: GLOB[@FRONT/BACK] VERDICT reason, with FAIL, WARN, "
                 "ERROR or PASS");
}

static int read_line(const struct reader *reader, struct expectation *out) {
  for (size_t i = 0; i < reader->line.len; i++) {
    uint8_t byte = reader->line.ptr[i];
    if ((byte < ' ' && byte != '\t') || byte == 0x7f) {
      return fail_at(reader, reader->line.ptr + i, "a control byte; lines end in LF alone");
    }
  }
  struct span rest = reader->line;
  struct span glob = span_word(&rest);
  struct span verdict = span_word(&rest);
  struct span reason = span_trim(rest);
  if (read_glob(reader, glob, out) != 0 || read_verdict(reader, verdict, out) != 0) {
    return -1;
  }
  if (reason.len == 0) {
    return fail_at(reader, reader->line.ptr + reader->line.len,
                   "no reason; say in a few words why this is known");
  }
  out->reason = text_of(reader, reason);
  out->line = reader->number;
  out->text = reader->line;
  return 0;
}

static struct span cut_line(struct span *rest) {
  size_t end = span_find(*rest, span_of("\n"), 0);
  struct span line = span_make(rest->ptr, end == SIZE_MAX ? rest->len : end);
  *rest = span_skip(*rest, line.len + 1);
  return line;
}

static size_t count_lines(struct span text) {
  size_t num = 1;
  for (size_t i = 0; i < text.len; i++) {
    num += text.ptr[i] == '\n';
  }
  return num;
}

int expect_parse(struct arena *arena, const char *file, struct span text, struct expectations *out,
                 struct diag *diag) {
  struct reader reader = {.arena = arena, .file = file, .diag = diag};
  *out = (struct expectations){
      .arena = arena,
      .file = file,
      .items = arena_array(arena, count_lines(text), sizeof(struct expectation)),
  };
  while (text.len > 0) {
    reader.line = cut_line(&text);
    reader.number++;
    struct span content = span_trim(reader.line);
    if (content.len == 0 || content.ptr[0] == '#') {
      continue;
    }
    if (read_line(&reader, &out->items[out->num_items]) != 0) {
      return -1;
    }
    out->num_items++;
  }
  return 0;
}

int expect_load(struct arena *arena, const char *file, struct expectations *out,
                struct diag *diag) {
  struct span text;
  if (file_read(arena, file, &text, diag) != 0) {
    return -1;
  }
  return expect_parse(arena, file, text, out, diag);
}

static bool is_version_of(const char *wanted, const char *version) {
  return strcmp(wanted, "*") == 0 || strcmp(wanted, version) == 0;
}

static bool names(const struct expectation *line, const char *id, const char *front,
                  const char *back) {
  return is_version_of(line->front, front) && is_version_of(line->back, back) &&
         library_match(line->glob, id);
}

const struct expectation *expect_find(const struct expectations *expectations, const char *id,
                                      const char *front, const char *back, enum verdict verdict) {
  const struct expectation *first = NULL;
  for (size_t i = 0; i < expectations->num_items; i++) {
    const struct expectation *line = &expectations->items[i];
    if (!names(line, id, front, back)) {
      continue;
    }
    if (line->verdict == verdict) {
      return line;
    }
    first = first == NULL ? line : first;
  }
  return first;
}

static int fail_line(const struct expectations *expectations, const struct expectation *line,
                     const char *reason, struct diag *diag) {
  const struct reader reader = {
      .file = expectations->file, .diag = diag, .number = line->line, .line = line->text};
  return fail_at(&reader, NULL, reason);
}

static bool names_case(const struct expectation *line, const struct library *library) {
  for (size_t i = 0; i < library->num_cases; i++) {
    if (catalog_matches(&library->cases[i], line->glob)) {
      return true;
    }
  }
  return false;
}

int expect_name_cases(const struct expectations *expectations, const struct library *library,
                      struct diag *diag) {
  for (size_t i = 0; i < expectations->num_items; i++) {
    if (!names_case(&expectations->items[i], library)) {
      return fail_line(expectations, &expectations->items[i],
                       "this line names no case; correct its glob or take the line out", diag);
    }
  }
  return 0;
}

static bool says_something(enum verdict verdict) {
  return verdict != VERDICT_ERROR && verdict != VERDICT_SKIP;
}

/* What the line says that does not hold, and for a pass what to do about it. */
static const char *contradicted(const struct expectations *expectations,
                                const struct expectation *line, const struct result *result) {
  bool passed = result->verdict == VERDICT_PASS;
  return arena_printf(expectations->arena, "%s%s%s:%zu expects %s here (%s)%s", result->reason,
                      result->reason[0] == '\0' ? "" : "; ", expectations->file, line->line,
                      verdict_words[line->verdict], line->reason,
                      passed ? ": take that line out, or narrow its glob" : "");
}

static void weigh(const struct expectations *expectations, struct result *result) {
  /* Where a fault does not show, an INFO is as good as a PASS. */
  enum verdict verdict = result->verdict == VERDICT_INFO ? VERDICT_PASS : result->verdict;
  const struct expectation *line =
      expect_find(expectations, result->id, result->front, result->back, verdict);
  result->known = "";
  result->unexpected = result->verdict == VERDICT_FAIL;
  if (line != NULL && line->verdict == verdict) {
    result->known = line->reason;
    result->unexpected = false;
  } else if (line != NULL) {
    result->unexpected = says_something(result->verdict);
    if (result->unexpected) {
      result->reason = contradicted(expectations, line, result);
    }
  }
}

static void note_matches(struct expectations *expectations, const struct result *result) {
  for (size_t i = 0; i < expectations->num_items; i++) {
    struct expectation *line = &expectations->items[i];
    line->matched = line->matched || names(line, result->id, result->front, result->back);
  }
}

int expect_apply(struct expectations *expectations, struct run *run, struct diag *diag) {
  for (size_t i = 0; i < run->num_results; i++) {
    weigh(expectations, &run->results[i]);
    note_matches(expectations, &run->results[i]);
  }
  for (size_t i = 0; i < expectations->num_items && !run->interrupted; i++) {
    const struct expectation *line = &expectations->items[i];
    bool elsewhere = expectations->library != NULL && names_case(line, expectations->library);
    if (!line->matched && !elsewhere) {
      return fail_line(expectations, line,
                       "this line names no result of the run; correct its glob or versions, or "
                       "take the line out",
                       diag);
    }
  }
  return 0;
}

static bool deviates(enum verdict verdict) {
  return verdict == VERDICT_FAIL || verdict == VERDICT_WARN || verdict == VERDICT_ERROR;
}

/* An id may hold what a glob takes for a pattern. */
static void add_literal(struct bytes *out, const char *id) {
  for (const char *at = id; *at != '\0'; at++) {
    bool special = strchr("*?[", *at) != NULL;
    bytes_printf(out, special ? "[%c]" : "%c", *at);
  }
}

/* The first sentence, on one line, without what only a report wants. */
static void add_short(struct bytes *out, const char *text) {
  enum { LONGEST = 120 };
  size_t len = 0;
  while (len < LONGEST && text[len] != '\0' && strncmp(text + len, ". ", 2) != 0 &&
         strncmp(text + len, "; ", 2) != 0) {
    bytes_printf(out, "%c", iscntrl((unsigned char)text[len]) != 0 ? ' ' : text[len]);
    len++;
  }
}

void expect_format(struct bytes *out, const struct run *run) {
  bytes_printf(out, "# Known deviations of %s%s%s at seat %s: GLOB[@FRONT/BACK] VERDICT reason\n",
               run->target_name[0] == '\0' ? run->target_url : run->target_name,
               run->target_version[0] == '\0' ? "" : " ", run->target_version, run->seat);
  for (size_t i = 0; i < run->num_results; i++) {
    const struct result *result = &run->results[i];
    if (!deviates(result->verdict)) {
      continue;
    }
    add_literal(out, result->id);
    bytes_printf(out, "@%s/%s %s ", result->front, result->back[0] == '\0' ? "*" : result->back,
                 verdict_words[result->verdict]);
    if (result->known[0] != '\0') {
      bytes_text(out, result->known);
    } else {
      bytes_printf(out, "%s%s", outcome_word(result->outcome),
                   result->reason[0] == '\0' ? "" : ": ");
      add_short(out, result->reason);
    }
    bytes_text(out, "\n");
  }
}

int expect_write(const char *file, const struct run *run, struct diag *diag) {
  struct bytes text = {0};
  expect_format(&text, run);
  int failed = file_replace(file, bytes_span(&text), diag);
  bytes_free(&text);
  return failed;
}
