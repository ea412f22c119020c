/* Runs for the tests of the reports: one with every verdict, one with nothing but hostile text. */
#ifndef INTERIM_TESTS_REPORT_SAMPLE_H
#define INTERIM_TESTS_REPORT_SAMPLE_H

#include "report/report.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define SET(outcome) (1U << OUTCOME_##outcome)

/* Quotes, markup, the end of CDATA, backslashes, bytes that are escaped already and bytes that are
 * not, a stray UTF-8 lead, a character that XML lacks, and one that turns the direction of writing.
 */
#define HOSTILE "\"'<&]]>\\ \\x0d\\xff \x01\x1b[31m\x7f\xc3(\xef\xbf\xbf\xe2\x80\xae#\r\n\xc3\xa9"
/* The same in any report, before that format's own quoting. */
#define HARMLESS                                                                                   \
  "\"'<&]]>\\ \\x0d\\xff "                                                                         \
  "\\x01\\x1b[31m\\x7f\\xc3(\\xef\\xbf\\xbf\\xe2\\x80\\xae#\\x0d\\x0a\xc3\xa9"

static struct result_requirement sample_parse[] = {
    {"RFC9110-15.2-4", "MUST", "A client can parse one or more 1xx responses before the final one.",
     "https://www.rfc-editor.org/rfc/rfc9110#section-15.2"},
    {"RFC9110-7.6-1", "EXPECTED", "Forward what you do not know.", ""},
};

static struct result_requirement sample_forward[] = {
    {"RFC9110-7.6-1", "EXPECTED", "An intermediary passes messages on that it does not know.",
     "https://www.rfc-editor.org/rfc/rfc9110#section-7.6"},
};

static struct transcript_line sample_transcript[] = {
    {0, "client", "sent", "GET /a HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"},
    {1234, "origin 2", "received", "GET /a HTTP/1.0\\r\\n\\r\\n"},
    {250000, "note", "note", "the deadline passed"},
};

static struct measure sample_measured[] = {{"max_interims", 1000}, {"delay_ms", 0.4}};
static struct measure sample_profile[] = {{"max_interims", 1000}, {"held_ms", 1.5}};

/* The deciding FAIL comes last on purpose: reports sort. */
static struct result sample_results[] = {
    {.id = "forward/plain", .verdict = VERDICT_PASS, .outcome = OUTCOME_OK, .outcomes = SET(OK)},
    {.id = "forward/103",
     .verdict = VERDICT_WARN,
     .outcome = OUTCOME_DROPPED,
     .outcomes = SET(DROPPED),
     .expected = "103, 200",
     .observed = "200",
     .level = JUDGE_EXPECTED,
     .level_word = "EXPECTED",
     .reason = "The final came without the 103.",
     .fault = "RFC9110-7.6-1 dropped",
     .requirements = sample_forward,
     .num_requirements = 1},
    {.id = "limits/count",
     .verdict = VERDICT_INFO,
     .outcome = OUTCOME_FORWARDED,
     .outcomes = SET(FORWARDED),
     .measured = sample_measured,
     .num_measured = 2,
     .level = JUDGE_MAY,
     .level_word = "MAY",
     .requirements = sample_forward,
     .num_requirements = 1},
    {.id = "upgrade/a",
     .verdict = VERDICT_SKIP,
     .outcome = OUTCOME_OK,
     .outcomes = SET(OK),
     .reason = "The case needs a trigger.",
     .observed = ""},
    {.id = "upgrade/b",
     .verdict = VERDICT_SKIP,
     .outcome = OUTCOME_OK,
     .outcomes = SET(OK),
     .reason = "The target spoke HTTP/1.0.",
     .observed = ""},
    {.id = "upgrade/c",
     .verdict = VERDICT_SKIP,
     .outcome = OUTCOME_OK,
     .outcomes = SET(OK),
     .reason = "The target spoke HTTP/1.0.",
     .observed = ""},
    {.id = "reuse/two",
     .verdict = VERDICT_ERROR,
     .outcome = OUTCOME_OK,
     .outcomes = SET(OK),
     .expected = "200, 200",
     .observed = "200",
     .reason = "No more file descriptors."},
    {.id = "fields/old",
     .verdict = VERDICT_FAIL,
     .outcome = OUTCOME_ALTERED,
     .outcomes = SET(ALTERED),
     .reason = "The code changed.",
     .fault = "RFC9110-15.2-4 altered",
     .known = "issue 1604",
     .requirements = sample_parse,
     .num_requirements = 1},
    {.id = "fields/mended",
     .verdict = VERDICT_PASS,
     .outcome = OUTCOME_OK,
     .outcomes = SET(OK),
     .reason = "known:3 expects FAIL here (issue 9): take that line out, or narrow its glob",
     .unexpected = true},
    {.id = "forward/any:102",
     .verdict = VERDICT_FAIL,
     .outcome = OUTCOME_TAKEN_AS_FINAL,
     .outcomes = SET(TAKEN_AS_FINAL) | SET(DESYNC) | SET(FORWARDED),
     .title = "Any code reaches the client",
     .why = "Seen in the wild.",
     .observed = "102, nothing",
     .reason = "No final response came within 250 ms.",
     .fault = "RFC9110-15.2-4 taken-as-final",
     .unexpected = true,
     .requirements = sample_parse,
     .num_requirements = 2,
     .script = "printf 'GET /\\r\\n' |\n  nc 127.0.0.1 8080\n",
     .transcript = sample_transcript,
     .num_transcript = LENGTH(sample_transcript)},
    {.id = "forward/any:103",
     .verdict = VERDICT_FAIL,
     .outcome = OUTCOME_TAKEN_AS_FINAL,
     .outcomes = SET(TAKEN_AS_FINAL),
     .expected = "103, 200",
     .observed = "103, nothing",
     .reason = "No final response.",
     .fault = "RFC9110-15.2-4 taken-as-final",
     .unexpected = true,
     .requirements = sample_parse,
     .num_requirements = 1},
    {.id = "forward/two",
     .verdict = VERDICT_FAIL,
     .outcome = OUTCOME_TAKEN_AS_FINAL,
     .outcomes = SET(TAKEN_AS_FINAL),
     .expected = "102, 102, 200",
     .observed = "102, nothing",
     .reason = "No final response.",
     .fault = "RFC9110-15.2-4 taken-as-final",
     .unexpected = true,
     .requirements = sample_parse,
     .num_requirements = 1},
};

static struct result_requirement hostile_requirements[] = {{HOSTILE, HOSTILE, HOSTILE, HOSTILE}};
static struct transcript_line hostile_transcript[] = {{1, HOSTILE, HOSTILE, HOSTILE}};
static struct measure hostile_measured[] = {{HOSTILE, 1}};

#define HOSTILE_RESULT                                                                             \
  .id = HOSTILE, .title = HOSTILE, .why = HOSTILE, .front = HOSTILE, .back = HOSTILE,              \
  .level_word = HOSTILE, .expected = HOSTILE, .observed = HOSTILE, .reason = HOSTILE,              \
  .fault = HOSTILE, .reproduce = HOSTILE, .script = HOSTILE, .requirements = hostile_requirements, \
  .num_requirements = 1, .transcript = hostile_transcript, .num_transcript = 1,                    \
  .measured = hostile_measured, .num_measured = 1, .outcomes = SET(DESYNC),                        \
  .outcome = OUTCOME_DESYNC, .level = JUDGE_MUST

static struct result hostile_results[] = {
    {HOSTILE_RESULT, .known = "", .verdict = VERDICT_FAIL, .unexpected = true},
    {HOSTILE_RESULT, .known = HOSTILE, .verdict = VERDICT_FAIL},
    {HOSTILE_RESULT, .known = HOSTILE, .verdict = VERDICT_PASS, .unexpected = true},
    {HOSTILE_RESULT, .known = "", .verdict = VERDICT_WARN},
    {HOSTILE_RESULT, .known = "", .verdict = VERDICT_ERROR},
    {HOSTILE_RESULT, .known = "", .verdict = VERDICT_INFO},
    {HOSTILE_RESULT, .known = "", .verdict = VERDICT_SKIP},
};

static const char *const sample_versions[] = {"h1"};
static const char *const hostile_versions[] = {HOSTILE};

static inline void complete_text(const char **text, const char *missing) {
  *text = *text == NULL ? missing : *text;
}

/* What a result above does not state. */
static inline void complete_result(struct result *result) {
  complete_text(&result->title, "A title");
  complete_text(&result->why, "");
  complete_text(&result->front, "h1");
  complete_text(&result->back, "h1");
  complete_text(&result->level_word, "MUST");
  complete_text(&result->expected, "102, 200");
  complete_text(&result->observed, "102, 200");
  complete_text(&result->reason, "");
  complete_text(&result->fault, "");
  complete_text(&result->known, "");
  complete_text(&result->reproduce, "interim run --target http://127.0.0.1:8080 CASE");
  complete_text(&result->script, "");
  result->duration_ms = 2.5;
}

static inline struct run sample_run(void) {
  for (size_t i = 0; i < LENGTH(sample_results); i++) {
    complete_result(&sample_results[i]);
  }
  return (struct run){.tool_version = "0.1.0",
                      .suite = "1",
                      .started = "2026-11-21T02:00:00Z",
                      .duration_ms = 812.25,
                      .target_name = "nginx",
                      .target_version = "1.22.1",
                      .seat = "gateway",
                      .target_url = "http://127.0.0.1:8080",
                      .fronts = sample_versions,
                      .num_fronts = 1,
                      .backs = sample_versions,
                      .num_backs = 1,
                      .results = sample_results,
                      .num_results = LENGTH(sample_results),
                      .profile = sample_profile,
                      .num_profile = LENGTH(sample_profile),
                      .fatal = ""};
}

static inline struct run hostile_run(void) {
  struct run run = sample_run();
  run.tool_version = run.suite = run.started = run.target_name = HOSTILE;
  run.target_version = run.seat = run.target_url = run.fatal = HOSTILE;
  run.fronts = run.backs = hostile_versions;
  run.results = hostile_results;
  run.num_results = LENGTH(hostile_results);
  run.profile = hostile_measured;
  run.num_profile = 1;
  return run;
}

static inline struct run empty_run(void) {
  struct run run = sample_run();
  run.num_results = 0;
  run.num_profile = 0;
  return run;
}

#endif
