/* Messages as they were received: what is kept of them, and what is found in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/h1_request.h"
#include "core/h1_response.h"
#include "script/message.h"

/* Reads the first message of a stream of responses, or of requests. */
static void read_message(struct arena *arena, const char *wire, struct message_seen *message) {
  struct h1_response responses;
  struct h1_request requests;
  struct h1_event event;
  bool request = !span_starts(span_of(wire), "HTTP/");
  uint64_t now_us = 100;
  h1_response_init(&responses, &h1_default_limits);
  h1_request_init(&requests, &h1_default_limits);
  (void)h1_response_request(&responses, H1_FOR_GET);
  *message = (struct message_seen){.code = 0};
  while (!message->complete &&
         (request ? h1_request_next(&requests, span_of(wire), &event)
                  : h1_response_next(&responses, span_of(wire), &event)) == H1_EVENT) {
    message_feed(message, arena, &event, now_us++);
  }
}

static void test_a_final_response_is_kept_whole(void **state) {
  (void)state;
  struct arena arena = {0};
  struct message_seen message;
  struct span value;
  read_message(&arena, "HTTP/1.1 200 OK\r\nA: 1\r\nb:  two \r\nContent-Length: 3\r\n\r\nabcrest",
               &message);
  assert_false(message.request);
  assert_false(message.interim);
  assert_int_equal(message.code, 200);
  assert_int_equal(message.minor, 1);
  assert_int_equal(message.num_fields, 3);
  assert_int_equal(message.framing, H1_LENGTH);
  assert_true(message.head_done && message.complete);
  assert_int_equal(message.head_us, 104);
  assert_true(message.end_us > message.head_us);
  assert_string_equal(bytes_cstr(&message.content), "abc");
  assert_true(message_field_value(&message, "B", &value));
  assert_true(span_is(value, "two"));
  assert_false(message_field_value(&message, "C", &value));
  bytes_free(&message.content);
  arena_free(&arena);
}

static void test_an_interim_response_and_a_request(void **state) {
  (void)state;
  struct arena arena = {0};
  struct message_seen message;
  read_message(&arena, "HTTP/1.0 102 Processing\r\n\r\n", &message);
  assert_true(message.interim && message.complete);
  assert_int_equal(message.minor, 0);
  assert_string_equal(message_word(&arena, &message), "102");
  read_message(&arena,
               "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n"
               "0\r\nT: 1\r\n\r\n",
               &message);
  assert_true(message.request && message.complete);
  assert_true(span_is(message.method, "POST"));
  assert_true(span_is(message.target, "/x"));
  assert_string_equal(bytes_cstr(&message.content), "abc");
  assert_true(message_has_field(&message, span_of("t"), span_of("1")));
  assert_string_equal(message_word(&arena, &message), "POST");
  bytes_free(&message.content);
  arena_free(&arena);
}

/* Many fields: they are kept in their order, however many there are. */
static void test_fields_are_kept_in_order(void **state) {
  (void)state;
  struct arena arena = {0};
  struct message_seen message;
  struct bytes wire = {0};
  bytes_text(&wire, "HTTP/1.1 102 Processing\r\n");
  for (unsigned i = 0; i < 100; i++) {
    bytes_printf(&wire, "F: %u\r\n", i);
  }
  bytes_text(&wire, "\r\n");
  read_message(&arena, bytes_cstr(&wire), &message);
  assert_int_equal(message.num_fields, 100);
  for (unsigned i = 0; i < 100; i++) {
    assert_true(span_is(message.fields[i].value, arena_printf(&arena, "%u", i)));
  }
  bytes_free(&wire);
  arena_free(&arena);
}

static void test_a_value_is_found_by_how_it_begins(void **state) {
  (void)state;
  static const struct {
    const char *value;
    const char *begin;
    bool found;
  } rows[] = {
      {"abc", "", true},      {"abc", "ab", true}, {"abc", "abc", true},
      {"abc", "abcd", false}, {"abc", "b", false}, {"x, abc", "ab", true},
      {"", "", true},         {"", "a", false},    {"x,abc", "abc", true},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct message_field fields[] = {{span_of("B"), span_of("zz")},
                                     {span_of("A"), span_of(rows[i].value)}};
    struct message_seen message = {.fields = fields, .num_fields = 2};
    assert_int_equal(message_has_field_like(&message, span_of("a"), span_of(rows[i].begin)),
                     rows[i].found);
    assert_false(message_has_field_like(&message, span_of("c"), span_of(rows[i].begin)));
  }
}

/* RFC 9112 section 9.3. */
static void test_which_message_ends_its_connection(void **state) {
  (void)state;
  static const struct {
    const char *head;
    bool ends;
  } rows[] = {
      {"HTTP/1.1 204 N\r\n", false},
      {"HTTP/1.1 204 N\r\nConnection: close\r\n", true},
      {"HTTP/1.1 204 N\r\nConnection: keep-alive\r\n", false},
      {"HTTP/1.1 204 N\r\nConnection: x\r\nconnection: a, Close\r\n", true},
      {"HTTP/1.1 204 N\r\nX: close\r\n", false},
      {"HTTP/1.0 204 N\r\n", true},
      {"HTTP/1.0 204 N\r\nConnection: Keep-Alive\r\n", false},
      {"HTTP/1.0 204 N\r\nConnection: keep-alive\r\nConnection: x\r\n", false},
      {"HTTP/1.0 204 N\r\nConnection: x\r\n", true},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct arena arena = {0};
    struct message_seen message;
    read_message(&arena, arena_printf(&arena, "%s\r\n", rows[i].head), &message);
    assert_int_equal(message_ends_connection(&message), rows[i].ends);
    arena_free(&arena);
  }
}

/* What comes behind a 101 is kept behind the message, apart from its content. */
static void test_the_bytes_of_a_tunnel(void **state) {
  (void)state;
  struct arena arena = {0};
  struct message_seen message = {.code = 200};
  assert_int_equal(message_tunnel(&message).len, 0);
  struct h1_event content = {.kind = H1_CONTENT, .value = span_of("abc")};
  struct h1_event tunnel = {.kind = H1_TUNNEL, .value = span_of("xy")};
  message_feed(&message, &arena, &content, 1);
  assert_int_equal(message_tunnel(&message).len, 0);
  message_feed(&message, &arena, &tunnel, 2);
  message_feed(&message, &arena, &tunnel, 3);
  assert_true(span_is(message_tunnel(&message), "xyxy"));
  bytes_free(&message.content);
  arena_free(&arena);
}

static void test_a_field_is_found_as_a_line_or_as_an_element(void **state) {
  (void)state;
  static const struct {
    const char *fields;
    const char *name;
    const char *value;
    size_t times;
  } rows[] = {
      {"A: 1\r\n", "A", "1", 1},
      {"A: 1\r\n", "a", "1", 1},
      {"A: 1\r\n", "A", "2", 0},
      {"A: 1\r\n", "B", "1", 0},
      {"A: X\r\n", "A", "x", 0},
      {"A: 1, 2\r\n", "A", "1", 1},
      {"A: 1, 2\r\n", "A", "2", 1},
      {"A: 1,2 ,3\r\n", "A", "2", 1},
      {"A: 1, 2\r\n", "A", "1, 2", 1},
      {"A: 12\r\n", "A", "1", 0},
      {"A: 1\r\nA: 2\r\n", "A", "2", 1},
      {"A: </a,b>; rel=x\r\n", "A", "</a,b>; rel=x", 1},
      {"A: 1\r\nB: 1\r\na: 1\r\n", "A", "1", 2},
      {"A: 1, 2,1\r\nA: 1\r\n", "A", "1", 3},
      {"A: 1, 2\r\nA: 1, 2\r\n", "A", "1, 2", 2},
      {"A: 1,\r\n", "A", "", 1},
      {"A:\r\n", "A", "", 1},
      {"A: 1\r\n", "A", "", 0},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct arena arena = {0};
    struct message_seen message;
    read_message(&arena, arena_printf(&arena, "HTTP/1.1 102 Processing\r\n%s\r\n", rows[i].fields),
                 &message);
    struct span name = span_of(rows[i].name);
    assert_int_equal(message_num_field(&message, name, span_of(rows[i].value)), rows[i].times);
    assert_int_equal(message_has_field(&message, name, span_of(rows[i].value)), rows[i].times > 0);
    assert_int_equal(message_names_field(&message, span_of("a")), true);
    assert_false(message_names_field(&message, span_of("aa")));
    arena_free(&arena);
  }
}

/* A method is the target's text: it goes into reports. */
static void test_a_word_is_escaped(void **state) {
  (void)state;
  struct arena arena = {0};
  struct message_seen message = {.request = true, .method = span_of("G\x1b[2JT")};
  assert_string_equal(message_word(&arena, &message), "G\\x1b[2JT");
  arena_free(&arena);
}

/* Content without end is read, and only its beginning kept. */
static void test_endless_content_fills_no_memory(void **state) {
  (void)state;
  static uint8_t megabyte[1024 * 1024];
  struct arena arena = {0};
  struct message_seen message = {.code = 200};
  struct h1_event event = {.kind = H1_CONTENT, .value = span_make(megabyte, 1000000)};
  for (unsigned i = 0; i < 20; i++) {
    message_feed(&message, &arena, &event, 1);
  }
  assert_int_equal(message.content.len, MESSAGE_MAX_CONTENT);
  assert_true(message.content.cap <= (size_t)2 * MESSAGE_MAX_CONTENT);
  bytes_free(&message.content);
  arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_final_response_is_kept_whole),
      cmocka_unit_test(test_an_interim_response_and_a_request),
      cmocka_unit_test(test_fields_are_kept_in_order),
      cmocka_unit_test(test_a_field_is_found_as_a_line_or_as_an_element),
      cmocka_unit_test(test_a_value_is_found_by_how_it_begins),
      cmocka_unit_test(test_which_message_ends_its_connection),
      cmocka_unit_test(test_the_bytes_of_a_tunnel),
      cmocka_unit_test(test_endless_content_fills_no_memory),
      cmocka_unit_test(test_a_word_is_escaped),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
