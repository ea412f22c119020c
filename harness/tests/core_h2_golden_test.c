/* Replays corpus/h2: NAME.h2 is what is on the wire, as core_h2_text.h has it, and NAME.events what
 * must be read from it. request-* are bytes of a client, response-* of a server. Lines that begin
 * with "asked" and "limits" are not on the wire:
 *
 *     asked 1 3:HEAD 5:CONNECT       the requests that were sent; without this line a GET on 1
 *     limits frame=16384 block=100 fields=3
 *
 * With INTERIM_UPDATE=1 the events are written anew; check each of them before you commit. */
#include "tests/core_h2_replay.h"
#include "tests/core_h2_text.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const char folder[] = "corpus/h2";

struct golden {
  char name[200]; /* without the extension */
  struct bytes bytes;
  struct bytes events;
  struct h2_wire wire;
};

static bool read_file(const char *name, const char *extension, struct bytes *out) {
  char path[300];
  (void)snprintf(path, sizeof(path), "%s/%s%s", folder, name, extension);
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    return false;
  }
  uint8_t buffer[4096];
  size_t len = 0;
  while ((len = fread(buffer, 1, sizeof(buffer), file)) > 0) {
    bytes_add(out, span_make(buffer, len));
  }
  bool good = ferror(file) == 0;
  return fclose(file) == 0 && good;
}

static void write_events(const struct golden *golden, struct span log) {
  char path[300];
  (void)snprintf(path, sizeof(path), "%s/%s.events", folder, golden->name);
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(log.ptr, 1, log.len, file), log.len);
  assert_int_equal(fclose(file), 0);
}

static void read_asked(struct h2_wire *wire, struct span words) {
  wire->num_asked = 0;
  for (struct span word = span_word(&words); word.len > 0; word = span_word(&words)) {
    assert_true(wire->num_asked < H2_REPLAY_STREAMS);
    size_t colon = span_find(word, span_of(":"), 0);
    struct span method = colon == SIZE_MAX ? span_of("GET") : span_skip(word, colon + 1);
    uint64_t stream = 0;
    assert_true(span_number(colon == SIZE_MAX ? word : span_make(word.ptr, colon), &stream));
    assert_true(span_is(method, "GET") || span_is(method, "HEAD") || span_is(method, "CONNECT"));
    wire->asked[wire->num_asked++] = (struct h2_asked){.stream = (uint32_t)stream,
                                                       .head = span_is(method, "HEAD"),
                                                       .connect = span_is(method, "CONNECT")};
  }
}

static void read_limits(struct h2_wire *wire, struct span words) {
  for (struct span word = span_word(&words); word.len > 0; word = span_word(&words)) {
    size_t equals = span_find(word, span_of("="), 0);
    uint64_t limit = 0;
    assert_true(equals != SIZE_MAX && span_number(span_skip(word, equals + 1), &limit));
    struct span name = span_make(word.ptr, equals);
    if (span_is(name, "frame")) {
      wire->max_frame = (uint32_t)limit;
    } else if (span_is(name, "block")) {
      wire->max_block = (uint32_t)limit;
    } else {
      assert_true(span_is(name, "fields"));
      wire->max_fields = (size_t)limit;
    }
  }
}

static void read_golden(const char *file_name, struct golden *golden) {
  *golden = (struct golden){.wire = {.asked = {{.stream = 1}}, .num_asked = 1}};
  (void)snprintf(golden->name, sizeof(golden->name), "%.*s",
                 (int)(strlen(file_name) - strlen(".h2")), file_name);
  golden->wire.from_client = span_starts(span_of(golden->name), "request-");
  assert_true(golden->wire.from_client || span_starts(span_of(golden->name), "response-"));
  struct bytes text;
  bytes_init(&text);
  assert_true(read_file(golden->name, ".h2", &text));
  struct span rest = bytes_span(&text);
  if (golden->wire.from_client) {
    golden->wire.num_asked = 0;
  }
  while (rest.len > 0) {
    struct span line = h2_text_cut_line(&rest);
    if (span_starts(line, "asked")) {
      read_asked(&golden->wire, span_skip(line, strlen("asked")));
    } else if (span_starts(line, "limits")) {
      read_limits(&golden->wire, span_skip(line, strlen("limits")));
    } else {
      h2_text_line(&golden->bytes, line);
    }
  }
  bytes_free(&text);
  golden->wire.bytes = bytes_span(&golden->bytes);
}

static void check_property(const struct golden *golden, const char *broken) {
  if (broken != NULL) {
    fail_msg("%s: %s", golden->name, broken);
  }
}

static void check_golden(struct golden *golden, struct guard *guard) {
  struct bytes log;
  bytes_init(&log);
  check_property(golden, h2_replay(&golden->wire, (struct h2_cuts){0}, guard, &log));
  if (getenv("INTERIM_UPDATE") != NULL) {
    write_events(golden, bytes_span(&log));
  } else {
    if (!read_file(golden->name, ".events", &golden->events)) {
      fail_msg("%s has no .events", golden->name);
    }
    if (!span_eq(bytes_span(&log), bytes_span(&golden->events))) {
      fail_msg("%s\n--- expected\n%s--- seen\n%s", golden->name, bytes_cstr(&golden->events),
               bytes_cstr(&log));
    }
  }
  bytes_free(&log);
  check_property(golden, prop_h2_sizes(&golden->wire, 31, guard));
  check_property(golden, prop_h2_halves(&golden->wire, guard));
}

static void test_every_file_gives_its_events_however_it_is_cut(void **state) {
  (void)state;
  struct guard guard = {0};
  DIR *dir = opendir(folder);
  assert_non_null(dir);
  size_t num_files = 0;
  for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
    size_t len = strlen(entry->d_name);
    if (len < 3 || strcmp(entry->d_name + len - 3, ".h2") != 0) {
      continue;
    }
    struct golden golden;
    read_golden(entry->d_name, &golden);
    check_golden(&golden, &guard);
    bytes_free(&golden.bytes);
    bytes_free(&golden.events);
    num_files++;
  }
  assert_int_equal(closedir(dir), 0);
  assert_true(num_files >= 60);
  guard_free(&guard);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_file_gives_its_events_however_it_is_cut),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
