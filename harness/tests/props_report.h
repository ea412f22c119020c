/* What must be true of the reports whatever stands in the strings of a run: JSON is valid, XML is
 * well-formed, and no report has a control byte in it but HTAB and the line end. */
#ifndef INTERIM_TESTS_PROPS_REPORT_H
#define INTERIM_TESTS_PROPS_REPORT_H

#include "base/bytes.h"
#include "report/report.h"

#include <jansson.h>
#include <libxml/parser.h>
#include <stdlib.h>

enum { PROP_VERDICTS = VERDICT_ERROR + 1 };

/* A run in which every string is the given one. */
struct prop_run {
  struct run run;
  struct result results[PROP_VERDICTS];
  struct result_requirement requirement;
  struct transcript_line line;
  struct measure measure;
  const char *versions[1];
};

static inline void prop_run_make(struct prop_run *made, const char *text) {
  *made = (struct prop_run){.requirement = {text, text, text, text},
                            .line = {.t_us = 1, .lane = text, .dir = text, .text = text},
                            .measure = {.name = text, .value = 0.5},
                            .versions = {text}};
  for (int i = 0; i < PROP_VERDICTS; i++) {
    made->results[i] = (struct result){.id = text,
                                       .title = text,
                                       .why = text,
                                       .front = text,
                                       .back = text,
                                       .verdict = (enum verdict)i,
                                       .level = JUDGE_MUST,
                                       .level_word = text,
                                       .requirements = &made->requirement,
                                       .num_requirements = 1,
                                       .outcome = OUTCOME_DESYNC,
                                       .outcomes = 1U << OUTCOME_DESYNC,
                                       .expected = text,
                                       .observed = text,
                                       .reason = text,
                                       .fault = text,
                                       .known = i % 2 == 0 ? "" : text,
                                       .unexpected = i < 2,
                                       .measured = &made->measure,
                                       .num_measured = 1,
                                       .reproduce = text,
                                       .script = text,
                                       .transcript = &made->line,
                                       .num_transcript = 1};
  }
  made->run = (struct run){.tool_version = text,
                           .suite = text,
                           .started = text,
                           .target_name = text,
                           .target_version = text,
                           .seat = text,
                           .target_url = text,
                           .fronts = made->versions,
                           .num_fronts = 1,
                           .backs = made->versions,
                           .num_backs = 1,
                           .results = made->results,
                           .num_results = PROP_VERDICTS,
                           .profile = &made->measure,
                           .num_profile = 1,
                           .fatal = text};
}

static inline const char *prop_no_controls(const char *text, size_t len, const char *property) {
  for (size_t i = 0; i < len; i++) {
    unsigned char byte = (unsigned char)text[i];
    if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f) {
      return property;
    }
  }
  return NULL;
}

static inline const char *prop_json(const char *text, size_t len) {
  json_error_t error;
  json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
  json_decref(json);
  return json == NULL ? "the JSON is not valid" : NULL;
}

static inline const char *prop_xml(const char *text, size_t len) {
  xmlDocPtr doc = xmlReadMemory(text, (int)len, "report.xml", NULL,
                                XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  xmlFreeDoc(doc);
  return doc == NULL ? "the XML is not well-formed" : NULL;
}

enum prop_form { PROP_TEXT, PROP_JSON, PROP_JUNIT, PROP_TAP, PROP_FORMS };

static inline int prop_write(FILE *out, const struct run *run, enum prop_form form) {
  switch (form) {
  case PROP_TEXT:
    return report_text(out, run, &(struct report_style){.verbose = true});
  case PROP_JSON:
    return report_json(out, run, true);
  case PROP_JUNIT:
    return report_junit(out, run);
  case PROP_TAP:
    return report_tap(out, run);
  case PROP_FORMS:
    break;
  }
  return -1;
}

static inline const char *prop_form(const struct run *run, enum prop_form form) {
  char *text = NULL;
  size_t len = 0;
  FILE *out = open_memstream(&text, &len);
  if (out == NULL) {
    abort();
  }
  int status = prop_write(out, run, form);
  if (fclose(out) != 0 || status != 0) {
    free(text);
    return "a report is not written";
  }
  const char *broken = form == PROP_JSON ? prop_json(text, len)
                       : form == PROP_JUNIT
                           ? prop_xml(text, len)
                           : prop_no_controls(text, len, "a control byte in the text");
  if (broken == NULL) {
    broken = prop_no_controls(text, len, "a control byte");
  }
  free(text);
  return broken;
}

/* prop_reports: the input ends at its first NUL, if it has one. */
static inline const char *prop_reports(struct span input) {
  struct bytes copy = {0};
  bytes_add(&copy, input);
  struct prop_run made;
  prop_run_make(&made, bytes_cstr(&copy));
  const char *broken = NULL;
  for (int form = 0; form < PROP_FORMS && broken == NULL; form++) {
    broken = prop_form(&made.run, (enum prop_form)form);
  }
  bytes_free(&copy);
  return broken;
}

#endif
