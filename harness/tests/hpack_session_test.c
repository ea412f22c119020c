/* The properties of a client's session over HTTP/2 that are fuzzed, on the golden corpus, on pairs
 * of its files, and on frames in any order. */
#include "tests/core_h2_text.h"
#include "tests/props_h2_client.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { MOST_FILES = 200 };

static struct bytes files[MOST_FILES];
static size_t num_files;

static void read_file(const char *name) {
  char path[300];
  char text[4096];
  (void)snprintf(path, sizeof(path), "corpus/h2/%s", name);
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  assert_true(num_files < MOST_FILES);
  while (fgets(text, sizeof(text), file) != NULL) {
    struct span line = span_of(text);
    line.len -= line.len > 0 && line.ptr[line.len - 1] == '\n';
    if (!span_starts(line, "asked") && !span_starts(line, "limits")) {
      h2_text_line(&files[num_files], line);
    }
  }
  num_files++;
  assert_int_equal(fclose(file), 0);
}

static int read_corpus(void **state) {
  (void)state;
  DIR *dir = opendir("corpus/h2");
  assert_non_null(dir);
  for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
    size_t len = strlen(entry->d_name);
    if (len > 3 && strcmp(entry->d_name + len - 3, ".h2") == 0) {
      read_file(entry->d_name);
    }
  }
  assert_int_equal(closedir(dir), 0);
  assert_true(num_files >= 60);
  return 0;
}

static int free_corpus(void **state) {
  (void)state;
  while (num_files > 0) {
    bytes_free(&files[--num_files]);
  }
  return 0;
}

static void check(const struct bytes *wire, const char *what) {
  const char *broken = prop_session_all(bytes_span(wire));
  if (broken != NULL) {
    fail_msg("%s: %s", what, broken);
  }
}

/* The hash of a stream picks the cut: frames that nobody cares for, behind it, pick others. */
static void test_the_properties_hold_for_the_corpus(void **state) {
  (void)state;
  for (size_t i = 0; i < num_files; i++) {
    struct bytes wire = {0};
    bytes_add(&wire, bytes_span(&files[i]));
    for (unsigned more = 0; more < 6; more++) {
      check(&wire, "a file and more");
      h2_text_line(&wire, span_of(more % 2 == 0 ? "TYPE=16 0 \"x\"" : "TYPE=17 1 \"xy\""));
    }
    bytes_free(&wire);
  }
}

static void test_the_properties_hold_for_pairs_of_files(void **state) {
  (void)state;
  for (size_t i = 0; i < num_files; i++) {
    for (size_t j = i % 11; j < num_files; j += 11) {
      struct bytes wire = {0};
      bytes_add(&wire, bytes_span(&files[i]));
      bytes_add(&wire, bytes_span(&files[j]));
      check(&wire, "two files");
      bytes_free(&wire);
    }
  }
}

static const char *const lines[] = {
    "HEADERS 1 END_HEADERS :status=102",
    "HEADERS 3 END_HEADERS +:status=103 +link=\"</a>\"",
    "HEADERS 5 END_HEADERS @8",
    "HEADERS 1 END_HEADERS @8 content-length=2",
    "HEADERS 7 cut=1 END_HEADERS @62 @62",
    "HEADERS 1 END_STREAM END_HEADERS b=2",
    "DATA 1 END_STREAM \"ok\"",
    "DATA 7 pad=3 \"ok\"",
    "DATA 5 \"tunnel\"",
    "SETTINGS 0 INITIAL_WINDOW_SIZE=7 HEADER_TABLE_SIZE=0",
    "SETTINGS 0 ACK",
    "SETTINGS 0 MAX_FRAME_SIZE=16385",
    "WINDOW_UPDATE 7 u32:5",
    "WINDOW_UPDATE 0 u32:1",
    "PING 0 \"12345678\"",
    "RST_STREAM 7 u32:8",
    "PUSH_PROMISE 1 END_HEADERS u32:2 @2 @6 @4",
    "HEADERS 2 END_HEADERS END_STREAM @9",
    "GOAWAY 0 u32:3 u32:0 \"bye\"",
    "PRIORITY 9 u32:0 u8:1",
    "TYPE=16 3 flags=0x01 0x0102",
};

static void test_the_properties_hold_for_frames_in_any_order(void **state) {
  (void)state;
  uint64_t random = 3;
  for (unsigned round = 0; round < 1500; round++) {
    struct bytes wire = {0};
    h2_text_line(&wire, span_of("SETTINGS 0"));
    for (unsigned i = 0; i < 1 + round % 12; i++) {
      random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
      h2_text_line(&wire, span_of(lines[(random >> 33) % (sizeof(lines) / sizeof(lines[0]))]));
    }
    check(&wire, "frames");
    bytes_free(&wire);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_the_properties_hold_for_the_corpus),
      cmocka_unit_test(test_the_properties_hold_for_pairs_of_files),
      cmocka_unit_test(test_the_properties_hold_for_frames_in_any_order),
  };
  return cmocka_run_group_tests(tests, read_corpus, free_corpus);
}
