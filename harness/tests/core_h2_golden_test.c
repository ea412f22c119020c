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
#include "tests/golden.h"

static const char folder[] = "corpus/h2";

struct golden {
  const char *name; /* without the extension */
  struct bytes bytes;
  struct bytes events;
  struct h2_wire wire;
};

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

static void read_golden(const char *name, struct golden *golden) {
  *golden = (struct golden){.name = name, .wire = {.asked = {{.stream = 1}}, .num_asked = 1}};
  golden->wire.from_client = span_starts(span_of(golden->name), "request-");
  assert_true(golden->wire.from_client || span_starts(span_of(golden->name), "response-"));
  struct bytes text;
  bytes_init(&text);
  assert_true(golden_read(folder, name, ".h2", &text));
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
    golden_write(folder, golden->name, bytes_span(&log));
  } else {
    if (!golden_read(folder, golden->name, ".events", &golden->events)) {
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

static void check_file(void *self, const char *name) {
  struct golden golden;
  read_golden(name, &golden);
  check_golden(&golden, self);
  bytes_free(&golden.bytes);
  bytes_free(&golden.events);
}

static void test_every_file_gives_its_events_however_it_is_cut(void **state) {
  (void)state;
  struct guard guard = {0};
  assert_true(golden_each(folder, ".h2", check_file, &guard) >= 60);
  guard_free(&guard);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_file_gives_its_events_however_it_is_cut),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
