#include "report/report.h"

#include "report/details.h"
#include "report/printable.h"

#include <libxml/xmlwriter.h>

struct junit {
  xmlTextWriterPtr writer;
  bool failed;
};

static const xmlChar *xml(const char *text) {
  return (const xmlChar *)text;
}

static void start(struct junit *junit, const char *name) {
  junit->failed |= xmlTextWriterStartElement(junit->writer, xml(name)) < 0;
}

static void end(struct junit *junit) {
  junit->failed |= xmlTextWriterEndElement(junit->writer) < 0;
}

static void attribute(struct junit *junit, const char *name, const char *text) {
  struct bytes printable = {0};
  printable_add(&printable, text);
  junit->failed |=
      xmlTextWriterWriteAttribute(junit->writer, xml(name), xml(bytes_cstr(&printable))) < 0;
  bytes_free(&printable);
}

static void attribute_number(struct junit *junit, const char *name, size_t number) {
  junit->failed |= xmlTextWriterWriteFormatAttribute(junit->writer, xml(name), "%zu", number) < 0;
}

static void attribute_seconds(struct junit *junit, const char *name, double ms) {
  junit->failed |=
      xmlTextWriterWriteFormatAttribute(junit->writer, xml(name), "%.6f", ms / 1000) < 0;
}

static void content(struct junit *junit, const char *text) {
  struct bytes printable = {0};
  printable_add_lines(&printable, text);
  junit->failed |= xmlTextWriterWriteString(junit->writer, xml(bytes_cstr(&printable))) < 0;
  bytes_free(&printable);
}

static void content_details(struct junit *junit, const struct result *result) {
  struct bytes scratch = {0};
  struct bytes lines = {0};
  struct detail details[MAX_DETAILS];
  size_t num = result_details(result, &scratch, details);
  for (size_t i = 0; i < num; i++) {
    bytes_printf(&lines, "%s: ", details[i].name);
    printable_add(&lines, details[i].text);
    bytes_text(&lines, "\n");
  }
  for (size_t i = 0; i < result->num_measured; i++) {
    bytes_printf(&lines, "%s: %.9g\n", result->measured[i].name, result->measured[i].value);
  }
  content(junit, bytes_cstr(&lines));
  bytes_free(&lines);
  bytes_free(&scratch);
}

static void complaint(struct junit *junit, const char *element, const struct result *result) {
  start(junit, element);
  attribute(junit, "message", result_headline(result));
  attribute(junit, "type",
            result->verdict == VERDICT_PASS ? "unexpected-pass" : outcome_word(result->outcome));
  content_details(junit, result);
  end(junit);
}

static void put_result(struct junit *junit, const struct run *run, const struct result *result) {
  struct bytes classname = {0};
  bytes_printf(&classname, "interim.%s.%s%s%s.", run->seat, result->front,
               result->back[0] == '\0' ? "" : "-", result->back);
  bytes_add(&classname, span_make(result->id, strcspn(result->id, "/")));
  start(junit, "testcase");
  attribute(junit, "classname", bytes_cstr(&classname));
  attribute(junit, "name", result->id);
  attribute_seconds(junit, "time", result->duration_ms);
  bytes_free(&classname);
  if (result_breaks(result)) {
    complaint(junit, "failure", result);
  } else if (result->verdict == VERDICT_ERROR) {
    complaint(junit, "error", result);
  } else if (result->verdict == VERDICT_SKIP) {
    start(junit, "skipped");
    attribute(junit, "message", result_headline(result));
    end(junit);
  } else if (result->verdict != VERDICT_PASS) {
    start(junit, "system-out");
    content(junit, verdict_word(result->verdict));
    content(junit, "\n");
    content_details(junit, result);
    end(junit);
  }
  end(junit);
}

/* A run without a verdict must not look like a run without a failure. */
static void put_fatal(struct junit *junit, const struct run *run) {
  struct bytes classname = {0};
  bytes_printf(&classname, "interim.%s", run->seat);
  start(junit, "testcase");
  attribute(junit, "classname", bytes_cstr(&classname));
  attribute(junit, "name", "sanity");
  attribute_seconds(junit, "time", 0);
  start(junit, "error");
  attribute(junit, "message", run->fatal);
  attribute(junit, "type", "fatal");
  content(junit, run->fatal);
  end(junit);
  end(junit);
  bytes_free(&classname);
}

static void put_properties(struct junit *junit, const struct run *run) {
  const struct detail properties[] = {
      {"interim", run->tool_version},
      {"suite", run->suite},
      {"target", run->target_name},
      {"target-version", run->target_version},
      {"target-url", run->target_url},
      {"seat", run->seat},
      {"interrupted", run->interrupted ? "yes" : "no"},
  };
  start(junit, "properties");
  for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++) {
    start(junit, "property");
    attribute(junit, "name", properties[i].name);
    attribute(junit, "value", properties[i].text);
    end(junit);
  }
  end(junit);
}

static void put_suite(struct junit *junit, const struct run *run) {
  struct run_summary summary = run_summarise(run);
  size_t num_fatal = run->fatal[0] != '\0';
  size_t num_failures = 0;
  size_t num_errors = num_fatal;
  for (size_t i = 0; i < run->num_results; i++) {
    bool breaks = result_breaks(&run->results[i]);
    num_failures += breaks;
    num_errors += !breaks && run->results[i].verdict == VERDICT_ERROR;
  }
  start(junit, "testsuite");
  attribute(junit, "name", "interim");
  attribute_number(junit, "tests", run->num_results + num_fatal);
  attribute_number(junit, "failures", num_failures);
  attribute_number(junit, "errors", num_errors);
  attribute_number(junit, "skipped", summary.skip);
  attribute_seconds(junit, "time", run->duration_ms);
  attribute(junit, "timestamp", run->started);
  put_properties(junit, run);
  if (num_fatal > 0) {
    put_fatal(junit, run);
  }
  for (size_t i = 0; i < run->num_results; i++) {
    put_result(junit, run, &run->results[i]);
  }
  end(junit);
}

int report_junit(FILE *out, const struct run *run) {
  xmlBufferPtr buffer = xmlBufferCreate();
  struct junit junit = {.writer = xmlNewTextWriterMemory(buffer, 0)};
  bool ready = buffer != NULL && junit.writer != NULL &&
               xmlTextWriterSetIndent(junit.writer, 1) >= 0 &&
               xmlTextWriterStartDocument(junit.writer, "1.0", "UTF-8", NULL) >= 0;
  if (ready) {
    start(&junit, "testsuites");
    put_suite(&junit, run);
    end(&junit);
    junit.failed |= xmlTextWriterEndDocument(junit.writer) < 0;
  }
  xmlFreeTextWriter(junit.writer);
  size_t len = buffer != NULL ? (size_t)xmlBufferLength(buffer) : 0;
  bool written = ready && !junit.failed && fwrite(xmlBufferContent(buffer), 1, len, out) == len &&
                 fflush(out) == 0;
  xmlBufferFree(buffer);
  return written ? 0 : -1;
}
