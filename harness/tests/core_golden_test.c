/* Replays corpus/h1: NAME.http is what is on the wire, NAME.events what must be read from it. A
 * file's name begins with the parser that reads it. In the .events file, lines that begin with #
 * come first:
 *
 *     # requests: HEAD GET             the outstanding requests, for responses
 *     # limits: line 40 head 100 fields 3
 *     # anything else                  what the file shows
 *
 * With INTERIM_UPDATE=1 the events are written anew; check each offset before you commit them. */
#include "tests/golden.h"
#include "tests/props_h1.h"

static const char folder[] = "corpus/h1";

struct golden {
  const char *name; /* without the extension */
  struct bytes wire;
  struct bytes notes; /* the # lines */
  struct bytes events;
  struct h1_stream stream;
};

static struct span cut_line(struct span *rest) {
  size_t end = span_find(*rest, span_of("\n"), 0);
  struct span line = span_make(rest->ptr, end == SIZE_MAX ? rest->len : end);
  *rest = span_skip(*rest, line.len + 1);
  return line;
}

static void read_requests(struct golden *golden, struct span words) {
  struct h1_stream *stream = &golden->stream;
  for (struct span word = span_word(&words); word.len > 0; word = span_word(&words)) {
    assert_true(stream->num_requests < H1_MAX_OUTSTANDING);
    stream->requests[stream->num_requests++] = span_is(word, "HEAD")      ? H1_FOR_HEAD
                                               : span_is(word, "CONNECT") ? H1_FOR_CONNECT
                                                                          : H1_FOR_GET;
  }
}

static void read_limits(struct golden *golden, struct span words) {
  for (struct span word = span_word(&words); word.len > 0; word = span_word(&words)) {
    uint64_t limit = 0;
    assert_true(span_number(span_word(&words), &limit));
    if (span_is(word, "line")) {
      golden->stream.limits.line = (size_t)limit;
    } else if (span_is(word, "head")) {
      golden->stream.limits.head = (size_t)limit;
    } else {
      assert_true(span_is(word, "fields"));
      golden->stream.limits.fields = (size_t)limit;
    }
  }
}

/* Parts the notes from the events, and reads what the notes say. */
static void read_events(struct golden *golden) {
  struct bytes whole;
  bytes_init(&whole);
  if (!golden_read(folder, golden->name, ".events", &whole)) {
    fail_msg("%s has no .events", golden->name);
  }
  struct span rest = bytes_span(&whole);
  while (rest.len > 0 && rest.ptr[0] == '#') {
    struct span line = cut_line(&rest);
    bytes_add(&golden->notes, line);
    bytes_text(&golden->notes, "\n");
    if (span_starts(line, "# requests:")) {
      read_requests(golden, span_skip(line, strlen("# requests:")));
    } else if (span_starts(line, "# limits:")) {
      read_limits(golden, span_skip(line, strlen("# limits:")));
    }
  }
  bytes_add(&golden->events, rest);
  bytes_free(&whole);
}

static void read_golden(const char *name, struct golden *golden) {
  *golden = (struct golden){.name = name, .stream.limits = h1_default_limits};
  bool of_requests = span_starts(span_of(golden->name), "request-");
  assert_true(of_requests || span_starts(span_of(golden->name), "response-"));
  assert_true(golden_read(folder, name, ".http", &golden->wire));
  read_events(golden);
  golden->stream.of_requests = of_requests;
  golden->stream.wire = bytes_span(&golden->wire);
}

static void free_golden(struct golden *golden) {
  bytes_free(&golden->wire);
  bytes_free(&golden->notes);
  bytes_free(&golden->events);
}

static void check_property(const struct golden *golden, const char *broken) {
  if (broken != NULL) {
    fail_msg("%s: %s", golden->name, broken);
  }
}

/* What is wrong stays so, in front of so many bytes that whole blocks can be looked at. */
static void check_with_more_behind(struct golden *golden, struct guard *guard) {
  struct span events = bytes_span(&golden->events);
  bool wrong = span_find(events, span_of("ERROR "), 0) != SIZE_MAX &&
               span_find(events, span_of(" cut: "), 0) == SIZE_MAX;
  struct bytes longer = {0};
  struct bytes log = {0};
  bytes_add(&longer, golden->stream.wire);
  for (size_t i = 0; i < 256; i++) {
    bytes_text(&longer, "x");
  }
  struct h1_stream stream = golden->stream;
  stream.wire = bytes_span(&longer);
  check_property(golden, h1_replay(&stream, (struct h1_cuts){0}, guard, &log));
  if (wrong && !span_eq(bytes_span(&log), events)) {
    fail_msg("%s with more behind\n--- expected\n%s--- seen\n%s", golden->name,
             bytes_cstr(&golden->events), bytes_cstr(&log));
  }
  check_property(golden, prop_h1_scanners(&stream, guard));
  bytes_free(&longer);
  bytes_free(&log);
}

static void check_golden(struct golden *golden, struct guard *guard) {
  struct bytes log;
  bytes_init(&log);
  check_property(golden, h1_replay(&golden->stream, (struct h1_cuts){0}, guard, &log));
  if (getenv("INTERIM_UPDATE") != NULL) {
    bytes_add(&golden->notes, bytes_span(&log));
    golden_write(folder, golden->name, bytes_span(&golden->notes));
  } else if (!span_eq(bytes_span(&log), bytes_span(&golden->events))) {
    fail_msg("%s\n--- expected\n%s--- seen\n%s", golden->name, bytes_cstr(&golden->events),
             bytes_cstr(&log));
  }
  bytes_free(&log);
  check_property(golden, prop_h1_sizes(&golden->stream, 31, guard));
  check_property(golden, prop_h1_halves(&golden->stream, guard));
  check_property(golden, prop_h1_scanners(&golden->stream, guard));
  check_with_more_behind(golden, guard);
}

static void check_file(void *self, const char *name) {
  struct golden golden;
  read_golden(name, &golden);
  check_golden(&golden, self);
  free_golden(&golden);
}

static void test_every_file_gives_its_events_however_it_is_cut(void **state) {
  (void)state;
  struct guard guard = {0};
  assert_true(golden_each(folder, ".http", check_file, &guard) >= 45);
  guard_free(&guard);
}

static void check_in_every_context(void *self, const char *name) {
  struct golden golden;
  read_golden(name, &golden);
  check_property(&golden, prop_h1_responses(golden.stream.wire, 3, self));
  check_property(&golden, prop_h1_requests(golden.stream.wire, 3, self));
  free_golden(&golden);
}

/* Each file read by both parsers in every context, so that what no file expects is exercised too.
 */
static void test_the_properties_hold_for_every_file_in_every_context(void **state) {
  (void)state;
  struct guard guard = {0};
  assert_true(golden_each(folder, ".http", check_in_every_context, &guard) >= 45);
  guard_free(&guard);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_file_gives_its_events_however_it_is_cut),
      cmocka_unit_test(test_the_properties_hold_for_every_file_in_every_context),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
