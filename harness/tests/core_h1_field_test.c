/* Which fields say where content ends, and what they may say. */
#include "core/h1_request.h"
#include "core/h1_response.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* What the head of a request with that field line gives. */
struct head {
  enum h1_error_code error;
  enum h1_framing framing;
  uint64_t length;
};

static struct head head_with(const char *name, const char *value) {
  char wire[256];
  int len = snprintf(wire, sizeof(wire), "PUT / HTTP/1.1\r\n%s: %s\r\n\r\n", name, value);
  assert_in_range(len, 1, sizeof(wire) - 1);
  struct h1_request parser;
  h1_request_init(&parser, &h1_default_limits);
  struct h1_event event;
  while (h1_request_next(&parser, span_of(wire), &event) == H1_EVENT) {
    if (event.kind == H1_HEAD_END) {
      return (struct head){.framing = event.framing, .length = event.length};
    }
  }
  return (struct head){.error = parser.error.code};
}

static void test_a_name_that_frames_has_letters_of_either_case(void **state) {
  (void)state;
  static const char *const lengths[] = {"Content-Length", "content-length", "CONTENT-LENGTH"};
  static const char *const codings[] = {"Transfer-Encoding", "transfer-encoding",
                                        "TRANSFER-ENCODING"};
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(head_with(lengths[i], "7").framing, H1_LENGTH);
    assert_int_equal(head_with(lengths[i], "7").length, 7);
    assert_int_equal(head_with(codings[i], "chunked").framing, H1_CHUNKED);
  }
}

/* One bit of one letter, for each but the one of its case. */
static void assert_only_itself_frames(const char *name, const char *value) {
  for (size_t i = 0; i < strlen(name); i++) {
    for (unsigned bit = 0; bit < 8; bit++) {
      char other[32];
      (void)snprintf(other, sizeof(other), "%s", name);
      other[i] = (char)((uint8_t)other[i] ^ 1U << bit);
      if (bit != 5 && h1_is_token(span_of(other))) {
        struct head head = head_with(other, value);
        assert_int_equal(head.error, H1_OK);
        assert_int_equal(head.framing, H1_NO_CONTENT);
      }
    }
  }
}

static void test_a_name_that_differs_in_a_bit_frames_nothing(void **state) {
  (void)state;
  assert_only_itself_frames("content-length", "7");
  assert_only_itself_frames("transfer-encoding", "chunked");
  assert_int_equal(head_with("Accept-Charset", "utf-8").error, H1_OK);
  assert_int_equal(head_with("X-Content-Length", "seven").error, H1_OK);
}

static enum h1_error_code error_of_coding(const char *coding) {
  char wire[128];
  int len = snprintf(wire, sizeof(wire), "HTTP/1.1 200 O\r\nTransfer-Encoding: %s\r\n\r\n", coding);
  assert_in_range(len, 1, sizeof(wire) - 1);
  struct h1_response parser;
  h1_response_init(&parser, &h1_default_limits);
  assert_true(h1_response_request(&parser, H1_FOR_GET));
  struct h1_event event;
  while (h1_response_next(&parser, span_of(wire), &event) == H1_EVENT) {
  }
  return parser.error.code;
}

/* RFC 9110 section 10.1.4: a parameter has a name and a value, which is a token or a quoted string
 * that ends. */
static void test_which_transfer_codings_are_any(void **state) {
  (void)state;
  static const struct {
    const char *coding;
    bool valid;
  } rows[] = {
      {"gzip", true},
      {"gzip;a=b", true},
      {"gzip ; a = b", true},
      {"gzip;a=b;c=d", true},
      {"gzip;a=\"b\"", true},
      {"gzip;a=\"\"", true},
      {"gzip;a=\"\\\"\"", true},
      {"gzip;a=\"b,c\"", true},
      {"gzip, x", true},
      {"gzip a=b", false},
      {"gzip;", false},
      {"gzip;a", false},
      {"gzip;a=", false},
      {"gzip;=b", false},
      {"gzip;a=\"", false},
      {"gzip;a=\"b", false},
      {"gzip;a=\"\\\"", false},
      {"gzip;a=b c", false},
      {"gzip;a=b,;", false},
      {";a=b", false},
      {"chunked;a=b", false},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    print_message("%s\n", rows[i].coding);
    assert_int_equal(error_of_coding(rows[i].coding),
                     rows[i].valid ? H1_OK : H1_BAD_TRANSFER_ENCODING);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_name_that_frames_has_letters_of_either_case),
      cmocka_unit_test(test_a_name_that_differs_in_a_bit_frames_nothing),
      cmocka_unit_test(test_which_transfer_codings_are_any),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
