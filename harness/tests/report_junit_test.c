/* JUnit XML, read back with libxml2's reader. */
#include "report_sample.h"

#include "base/bytes.h"

#include <libxml/xmlreader.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* What JUnit readers count and show. */
struct seen {
  unsigned testsuites;
  unsigned testcases;
  unsigned failures;
  unsigned errors;
  unsigned skipped;
  unsigned outputs;
  struct bytes outline; /* one line an element: "name attribute=value ..." or its text */
};

static char *written(const struct run *run) {
  char *text = NULL;
  size_t len = 0;
  FILE *out = open_memstream(&text, &len);
  assert_non_null(out);
  assert_int_equal(report_junit(out, run), 0);
  assert_int_equal(fclose(out), 0);
  return text;
}

static void see_element(xmlTextReaderPtr reader, struct seen *seen) {
  const char *name = (const char *)xmlTextReaderConstName(reader);
  const struct {
    const char *name;
    unsigned *num;
  } counted[] = {
      {"testsuite", &seen->testsuites}, {"testcase", &seen->testcases},
      {"failure", &seen->failures},     {"error", &seen->errors},
      {"skipped", &seen->skipped},      {"system-out", &seen->outputs},
  };
  for (size_t i = 0; i < LENGTH(counted); i++) {
    *counted[i].num += strcmp(name, counted[i].name) == 0;
  }
  bytes_text(&seen->outline, name);
  while (xmlTextReaderMoveToNextAttribute(reader) == 1) {
    bytes_printf(&seen->outline, " %s=%s", (const char *)xmlTextReaderConstName(reader),
                 (const char *)xmlTextReaderConstValue(reader));
  }
  bytes_text(&seen->outline, "\n");
}

/* Fails the test unless the text is well-formed. */
static void read_back(const char *text, struct seen *seen) {
  xmlTextReaderPtr reader =
      xmlReaderForMemory(text, (int)strlen(text), NULL, NULL, XML_PARSE_NONET);
  assert_non_null(reader);
  int status = xmlTextReaderRead(reader);
  for (; status == 1; status = xmlTextReaderRead(reader)) {
    int type = xmlTextReaderNodeType(reader);
    if (type == XML_READER_TYPE_ELEMENT) {
      see_element(reader, seen);
    } else if (type == XML_READER_TYPE_TEXT) {
      bytes_text(&seen->outline, (const char *)xmlTextReaderConstValue(reader));
    }
  }
  assert_int_equal(status, 0);
  xmlFreeTextReader(reader);
}

static void assert_has(struct seen *seen, const char *part) {
  if (strstr(bytes_cstr(&seen->outline), part) == NULL) {
    fail_msg("%s\nlacks: %s", bytes_cstr(&seen->outline), part);
  }
}

static void test_a_run_with_every_verdict(void **state) {
  (void)state;
  struct run run = sample_run();
  struct seen seen = {0};
  char *text = written(&run);
  read_back(text, &seen);
  assert_int_equal(seen.testsuites, 1);
  assert_int_equal(seen.testcases, LENGTH(sample_results));
  assert_int_equal(seen.failures, 4); /* three FAIL, one unexpected PASS */
  assert_int_equal(seen.errors, 1);
  assert_int_equal(seen.skipped, 3);
  assert_int_equal(seen.outputs, 3); /* WARN, INFO, known FAIL */
  assert_has(&seen, "testsuites\ntestsuite name=interim tests=12 failures=4 errors=1 skipped=3 "
                    "time=0.812250 timestamp=2026-11-21T02:00:00Z\n");
  assert_has(&seen, "property name=target value=nginx\n");
  assert_has(&seen, "property name=interrupted value=no\n");
  bytes_free(&seen.outline);
  free(text);
}

static void test_each_verdict_has_its_element(void **state) {
  (void)state;
  static const char *const parts[] = {
      "testcase classname=interim.gateway.h1-h1.forward name=forward/plain "
      "time=0.002500\ntestcase ",
      "name=forward/103 time=0.002500\nsystem-out\nwarn\ntitle: A title\noutcome: dropped\n"
      "expected: 103, 200\nobserved: 200\nreason: The final came without the 103.\n"
      "requirement: RFC9110-7.6-1, EXPECTED: An intermediary passes messages on that it does not "
      "know.\n",
      "name=limits/count time=0.002500\nsystem-out\ninfo\n",
      "\nmax_interims: 1000\ndelay_ms: 0.4\n",
      "name=upgrade/a time=0.002500\nskipped message=The case needs a trigger.\n",
      "name=reuse/two time=0.002500\nerror message=No more file descriptors. type=ok\n",
      "name=fields/old time=0.002500\nsystem-out\nfail\n",
      "\nknown: issue 1604\n",
      "name=fields/mended time=0.002500\nfailure message=known:3 expects FAIL here "
      "(issue 9): take that line out, or narrow its glob type=unexpected-pass\n",
      "name=forward/any:102 time=0.002500\nfailure message=No final response came within 250 ms. "
      "type=taken-as-final\ntitle: Any code reaches the client\noutcome: taken-as-final\n"
      "expected: 102, 200\nobserved: 102, nothing\nreason: No final response came within 250 ms.\n"
      "requirement: RFC9110-15.2-4, MUST: A client can parse one or more 1xx responses before the "
      "final one.\naddress: https://www.rfc-editor.org/rfc/rfc9110#section-15.2\n",
      "\nbackground: Seen in the wild.\nreproduce: interim run --target http://127.0.0.1:8080 "
      "CASE\n",
  };
  struct run run = sample_run();
  struct seen seen = {0};
  char *text = written(&run);
  read_back(text, &seen);
  for (size_t i = 0; i < LENGTH(parts); i++) {
    assert_has(&seen, parts[i]);
  }
  bytes_free(&seen.outline);
  free(text);
}

static void test_hostile_text_stays_text(void **state) {
  (void)state;
  struct run run = hostile_run();
  struct seen seen = {0};
  char *text = written(&run);
  read_back(text, &seen);
  assert_int_equal(seen.testcases, LENGTH(hostile_results) + 1);
  assert_int_equal(seen.failures, 2);
  assert_has(&seen, "name=" HARMLESS " time=");
  assert_has(&seen, "failure message=" HARMLESS " type=desync\n");
  assert_has(&seen, "\nobserved: " HARMLESS "\n");
  assert_has(&seen, "skipped message=" HARMLESS "\n");
  bytes_free(&seen.outline);
  free(text);
}

/* A build must not turn green because nothing could be judged. */
static void test_a_fatal_run_has_an_error(void **state) {
  (void)state;
  struct run run = empty_run();
  run.interrupted = true;
  run.fatal = "The target is unreachable.";
  struct seen seen = {0};
  char *text = written(&run);
  read_back(text, &seen);
  assert_int_equal(seen.testcases, 1);
  assert_int_equal(seen.errors, 1);
  assert_has(&seen, "testsuite name=interim tests=1 failures=0 errors=1 skipped=0 ");
  assert_has(&seen, "testcase classname=interim.gateway name=sanity time=0.000000\n"
                    "error message=The target is unreachable. type=fatal\n");
  assert_has(&seen, "property name=interrupted value=yes\n");
  bytes_free(&seen.outline);
  free(text);
}

static void test_an_empty_run_is_a_valid_file(void **state) {
  (void)state;
  struct run run = empty_run();
  struct seen seen = {0};
  char *text = written(&run);
  read_back(text, &seen);
  assert_int_equal(seen.testsuites, 1);
  assert_int_equal(seen.testcases, 0);
  assert_has(&seen, "testsuite name=interim tests=0 failures=0 errors=0 skipped=0 ");
  bytes_free(&seen.outline);
  free(text);
}

static void test_a_stream_that_fails_is_an_error(void **state) {
  (void)state;
  struct run run = sample_run();
  FILE *unwritable = fopen("/dev/null", "r");
  assert_non_null(unwritable);
  assert_int_equal(report_junit(unwritable, &run), -1);
  assert_int_equal(fclose(unwritable), 0);
}

static int forget_parser(void **state) {
  (void)state;
  xmlCleanupParser();
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_run_with_every_verdict),
      cmocka_unit_test(test_each_verdict_has_its_element),
      cmocka_unit_test(test_hostile_text_stays_text),
      cmocka_unit_test(test_a_fatal_run_has_an_error),
      cmocka_unit_test(test_an_empty_run_is_a_valid_file),
      cmocka_unit_test(test_a_stream_that_fails_is_an_error),
  };
  return cmocka_run_group_tests(tests, NULL, forget_parser);
}
