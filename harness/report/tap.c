#include "report/report.h"

#include "report/details.h"
#include "report/printable.h"

#include <jansson.h>

/* A backslash and a number sign would end a description early (TAP: "#" begins a directive). */
static void add_description(struct bytes *out, const char *text) {
  struct bytes printable = {0};
  printable_add(&printable, text);
  for (size_t i = 0; i < printable.len; i++) {
    if (printable.ptr[i] == '#' || printable.ptr[i] == '\\') {
      bytes_text(out, "\\");
    }
    bytes_add(out, (struct span){&printable.ptr[i], 1});
  }
  bytes_free(&printable);
}

/* A JSON string is a double-quoted YAML scalar too. False when there is no memory for it. */
static bool add_quoted(struct bytes *out, const char *text) {
  struct bytes printable = {0};
  printable_add(&printable, text);
  json_t *value = json_stringn(bytes_cstr(&printable), printable.len);
  char *quoted = json_dumps(value, JSON_ENCODE_ANY);
  if (quoted != NULL) {
    bytes_text(out, quoted);
  }
  free(quoted);
  json_decref(value);
  bytes_free(&printable);
  return quoted != NULL;
}

static bool add_scalar(struct bytes *out, const char *name, const char *text) {
  bytes_printf(out, "  %s: ", name);
  bool added = add_quoted(out, text);
  bytes_text(out, "\n");
  return added;
}

static bool add_measure(struct bytes *out, const struct measure *measure) {
  bytes_text(out, "  ");
  bool added = add_quoted(out, measure->name);
  bytes_printf(out, ": %.9g\n", measure->value);
  return added;
}

static bool add_diagnostics(struct bytes *out, const struct result *result) {
  struct bytes scratch = {0};
  struct detail details[MAX_DETAILS];
  size_t num = result_details(result, &scratch, details);
  bytes_text(out, "  ---\n");
  bool added = add_scalar(out, "message", result_headline(result)) &&
               add_scalar(out, "severity", verdict_word(result->verdict));
  for (size_t i = 0; i < num; i++) {
    added = added && add_scalar(out, details[i].name, details[i].text);
  }
  for (size_t i = 0; i < result->num_measured; i++) {
    added = added && add_measure(out, &result->measured[i]);
  }
  bytes_text(out, "  ...\n");
  bytes_free(&scratch);
  return added;
}

static bool add_result(struct bytes *out, const struct result *result, size_t number) {
  bool is_known = result->verdict == VERDICT_FAIL && !result_breaks(result);
  bool is_ok = !result_breaks(result) && !is_known && result->verdict != VERDICT_ERROR;
  bytes_printf(out, "%sok %zu - ", is_ok ? "" : "not ", number);
  add_description(out, result->id);
  bytes_text(out, " (");
  add_description(out, result->front);
  bytes_text(out, result->back[0] == '\0' ? "" : "/");
  add_description(out, result->back);
  bytes_text(out, ")");
  if (result->verdict == VERDICT_SKIP || is_known) {
    bytes_text(out, is_known ? " # TODO " : " # SKIP ");
    add_description(out, is_known ? result->known : result_headline(result));
  }
  bytes_text(out, "\n");
  bool is_silent =
      result->verdict == VERDICT_SKIP || (result->verdict == VERDICT_PASS && !result->unexpected);
  return is_silent || add_diagnostics(out, result);
}

int report_tap(FILE *out, const struct run *run) {
  struct bytes text = {0};
  bytes_printf(&text, "TAP version 13\n1..%zu\n", run->num_results);
  bool added = true;
  for (size_t i = 0; i < run->num_results; i++) {
    added = add_result(&text, &run->results[i], i + 1) && added;
  }
  if (run->interrupted) {
    bytes_text(&text, "# interrupted: cases that had not ended are not in here\n");
  }
  if (run->fatal[0] != '\0') {
    bytes_text(&text, "Bail out! ");
    printable_add(&text, run->fatal);
    bytes_text(&text, "\n");
  }
  bool written = added && fwrite(text.ptr, 1, text.len, out) == text.len && fflush(out) == 0;
  bytes_free(&text);
  return written ? 0 : -1;
}
