#include "report/report.h"

#include "report/printable.h"

#include <jansson.h>

/* The object under construction; a value that jansson refuses (a number that is not finite) fails
 * it all. */
struct json {
  const struct run *run;
  bool all_transcripts;
  bool failed;
};

static void put(struct json *json, json_t *object, const char *key, json_t *value) {
  json->failed |= json_object_set_new(object, key, value) != 0;
}

static void append(struct json *json, json_t *array, json_t *value) {
  json->failed |= json_array_append_new(array, value) != 0;
}

static json_t *text_value(const char *text) {
  struct bytes printable = {0};
  printable_add(&printable, text);
  json_t *value = json_stringn(bytes_cstr(&printable), printable.len);
  bytes_free(&printable);
  return value;
}

static void put_text(struct json *json, json_t *object, const char *key, const char *text) {
  put(json, object, key, text_value(text));
}

static json_t *lines_value(const char *text) {
  struct bytes printable = {0};
  printable_add_lines(&printable, text);
  json_t *value = json_stringn(bytes_cstr(&printable), printable.len);
  bytes_free(&printable);
  return value;
}

/* A count is written as a count, 1000, and not as 1000.0. */
static json_t *number_value(double value) {
  bool is_whole = value > -1e15 && value < 1e15 && value == (double)(int64_t)value;
  return is_whole ? json_integer((json_int_t)value) : json_real(value);
}

static json_t *words_value(struct json *json, const char *const *words, size_t num) {
  json_t *array = json_array();
  for (size_t i = 0; i < num; i++) {
    append(json, array, text_value(words[i]));
  }
  return array;
}

static json_t *measures_value(struct json *json, const struct measure *measures, size_t num) {
  json_t *object = json_object();
  for (size_t i = 0; i < num; i++) {
    struct bytes name = {0};
    printable_add(&name, measures[i].name);
    put(json, object, bytes_cstr(&name), number_value(measures[i].value));
    bytes_free(&name);
  }
  return object;
}

static json_t *requirements_value(struct json *json, const struct result *result) {
  json_t *array = json_array();
  for (size_t i = 0; i < result->num_requirements; i++) {
    append(json, array, text_value(result->requirements[i].id));
  }
  return array;
}

static json_t *outcomes_value(struct json *json, const struct result *result) {
  json_t *array = json_array();
  for (unsigned i = 0; i < NUM_OUTCOMES; i++) {
    if ((result->outcomes & (1U << i)) != 0) {
      append(json, array, json_string(outcome_word((enum outcome)i)));
    }
  }
  return array;
}

static json_t *transcript_value(struct json *json, const struct result *result) {
  json_t *array = json_array();
  for (size_t i = 0; i < result->num_transcript; i++) {
    const struct transcript_line *line = &result->transcript[i];
    json_t *object = json_object();
    put(json, object, "t_us", json_integer((json_int_t)line->t_us));
    put_text(json, object, "lane", line->lane);
    put_text(json, object, "dir", line->dir);
    put_text(json, object, "text", line->text);
    append(json, array, object);
  }
  return array;
}

static bool wants_transcript(const struct json *json, const struct result *result) {
  return json->all_transcripts || result->unexpected || result->verdict == VERDICT_FAIL ||
         result->verdict == VERDICT_WARN || result->verdict == VERDICT_ERROR;
}

static json_t *result_value(struct json *json, const struct result *result) {
  json_t *object = json_object();
  put_text(json, object, "id", result->id);
  put_text(json, object, "title", result->title);
  put_text(json, object, "front", result->front);
  put_text(json, object, "back", result->back);
  put_text(json, object, "verdict", verdict_word(result->verdict));
  put_text(json, object, "level", result->level_word);
  put(json, object, "requirements", requirements_value(json, result));
  put_text(json, object, "outcome", outcome_word(result->outcome));
  put(json, object, "outcomes", outcomes_value(json, result));
  put_text(json, object, "expected", result->expected);
  put_text(json, object, "observed", result->observed);
  put_text(json, object, "reason", result->reason);
  put_text(json, object, "fault", result->fault);
  put_text(json, object, "known", result->known);
  put(json, object, "unexpected", json_boolean(result->unexpected));
  put(json, object, "duration_ms", number_value(result->duration_ms));
  put(json, object, "measured", measures_value(json, result->measured, result->num_measured));
  put_text(json, object, "reproduce", result->reproduce);
  put(json, object, "script", lines_value(result->script));
  if (wants_transcript(json, result)) {
    put(json, object, "transcript", transcript_value(json, result));
  }
  return object;
}

static json_t *tool_value(struct json *json) {
  json_t *object = json_object();
  put_text(json, object, "name", "interim");
  put_text(json, object, "version", json->run->tool_version);
  put_text(json, object, "suite", json->run->suite);
  return object;
}

static json_t *target_value(struct json *json) {
  const struct run *run = json->run;
  json_t *object = json_object();
  put_text(json, object, "name", run->target_name);
  put_text(json, object, "version", run->target_version);
  put_text(json, object, "seat", run->seat);
  put_text(json, object, "url", run->target_url);
  put(json, object, "fronts", words_value(json, run->fronts, run->num_fronts));
  put(json, object, "backs", words_value(json, run->backs, run->num_backs));
  return object;
}

static json_t *summary_value(struct json *json) {
  struct run_summary summary = run_summarise(json->run);
  json_t *object = json_object();
  put(json, object, "pass", json_integer(summary.pass));
  put(json, object, "fail", json_integer(summary.fail));
  put(json, object, "warn", json_integer(summary.warn));
  put(json, object, "info", json_integer(summary.info));
  put(json, object, "skip", json_integer(summary.skip));
  put(json, object, "error", json_integer(summary.error));
  return object;
}

static json_t *results_value(struct json *json) {
  json_t *array = json_array();
  for (size_t i = 0; i < json->run->num_results; i++) {
    append(json, array, result_value(json, &json->run->results[i]));
  }
  return array;
}

int report_json(FILE *out, const struct run *run, bool all_transcripts) {
  struct json json = {.run = run, .all_transcripts = all_transcripts};
  json_t *root = json_object();
  put_text(&json, root, "schema", "interim-results/1");
  put(&json, root, "tool", tool_value(&json));
  put_text(&json, root, "started", run->started);
  put(&json, root, "duration_ms", number_value(run->duration_ms));
  put(&json, root, "interrupted", json_boolean(run->interrupted));
  put_text(&json, root, "fatal", run->fatal);
  put(&json, root, "target", target_value(&json));
  put(&json, root, "summary", summary_value(&json));
  put(&json, root, "cases", results_value(&json));
  put(&json, root, "profile", measures_value(&json, run->profile, run->num_profile));
  /* Nine digits tell a microsecond in a quarter of an hour, and keep 0.4 from being
   * 0.40000000000002. */
  bool written =
      !json.failed && json_dumpf(root, out, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) == 0;
  json_decref(root);
  return written && fputc('\n', out) != EOF && fflush(out) == 0 ? 0 : -1;
}
