/* interim judge: a stream in, lines out. */
#include "cli/cli.h"
#include "cli/judge_stream.h"
#include "tests/cli_capture.h"

#include <errno.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct row {
  const char *methods[3];
  const char *wire;
  const char *lines;
  int status;
};

static const struct row good_rows[] = {
    {{NULL},
     "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
     "       0  interim   102 Processing\n"
     "      27  interim   103 Early Hints\n"
     "      67  final     200 OK\n"
     "2 interim, 1 final: nothing wrong\n",
     0},
    /* As many requests as final responses come. */
    {{NULL},
     "HTTP/1.1 204 \r\n\r\nHTTP/1.1 100 \r\n\r\nHTTP/1.1 204 \r\n\r\n",
     "       0  final     204 \n"
     "      17  interim   100 \n"
     "      34  final     204 \n"
     "1 interim, 2 final: nothing wrong\n",
     0},
    /* The end of the connection ends the content. */
    {{NULL},
     "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 103 is content here\r\n\r\n",
     "       0  final     200 OK\n"
     "0 interim, 1 final: nothing wrong\n",
     0},
    {{"HEAD", "GET"},
     "HTTP/1.1 102 \r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 304 \r\n\r\n",
     "       0  interim   102 \n"
     "      17  final     200 OK\n"
     "      55  final     304 \n"
     "1 interim, 2 final: nothing wrong\n",
     0},
    {{"CONNECT"},
     "HTTP/1.1 102 \r\n\r\nHTTP/1.1 200 OK\r\n\r\nHTTP/1.1 no more",
     "       0  interim   102 \n"
     "      17  final     200 OK\n"
     "      36  tunnel    what follows is no HTTP\n"
     "1 interim, 1 final, 16 bytes behind the switch: nothing wrong\n",
     0},
    {{NULL},
     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n\x01\x02",
     "       0  interim   101 Switching Protocols\n"
     "      69  tunnel    what follows is no HTTP\n"
     "1 interim, 0 final, 2 bytes behind the switch: nothing wrong\n",
     0},
    /* Notes are no faults. */
    {{NULL},
     "HTTP/1.0 102 a\r\nConnection: x, close\r\n\r\nHTTP/1.1 204 \r\n\r\n",
     "       0  interim   102 a\n"
     "       0  note      HTTP/1.0 has no interim responses (RFC 9110 section 15.2)\n"
     "      16  note      Connection: close in an interim response: some take it as the end of the "
     "connection\n"
     "      40  final     204 \n"
     "1 interim, 1 final: nothing wrong\n",
     0},
};

static const struct row bad_rows[] = {
    {{NULL},
     "",
     "       0  fault     the end came without any response (RFC 9110 section 15, RFC 9112 section "
     "9.2)\n"
     "0 interim, 0 final: 1 fault\n",
     1},
    {{NULL},
     "HTTP/1.1 102 \r\n\r\n",
     "       0  interim   102 \n"
     "      17  fault     the end came after interim responses and without a final one (RFC 9110 "
     "section 15, RFC 9112 section 9.2)\n"
     "1 interim, 0 final: 1 fault\n",
     1},
    {{"GET", "GET"},
     "HTTP/1.1 204 \r\n\r\n",
     "       0  final     204 \n"
     "      17  fault     the end came without any response (RFC 9110 section 15, RFC 9112 section "
     "9.2)\n"
     "0 interim, 1 final: 1 fault\n",
     1},
    /* After the last final. */
    {{"GET"},
     "HTTP/1.1 204 \r\n\r\nHTTP/1.1 103 a\x1b\r\n\r\n",
     "       0  final     204 \n"
     "      31  fault     bad-reason: a control byte\n"
     "                    HTTP/1.1 103 a\\x1b\\r\\n\n"
     "                                  ^\n"
     "      31  note      the final response before ended here by its framing\n"
     "0 interim, 1 final: 1 fault\n",
     1},
    {{"GET"},
     "HTTP/1.1 204 \r\n\r\nHTTP/1.1 103 a\r\n\r\n",
     "       0  final     204 \n"
     "      17  interim   103 a\n"
     "      17  fault     an interim response that belongs to no request (RFC 9110 section 15, RFC "
     "9112 section 9.2)\n"
     "1 interim, 1 final: 1 fault\n",
     1},
    {{"GET"},
     "HTTP/1.1 204 \r\n\r\nHTTP/1.1 204 \r\n\r\n",
     "       0  final     204 \n"
     "      17  final     204 \n"
     "      17  fault     a final response that belongs to no request (RFC 9110 section 15, RFC "
     "9112 "
     "section 9.2)\n"
     "0 interim, 2 final: 1 fault\n",
     1},
    /* Framing fields of an interim response, and its content. */
    {{NULL},
     "HTTP/1.1 102 \r\ncontent-length: 5\r\nTransfer-Encoding: chunked\r\n\r\nHTTP/1.1 204 "
     "\r\n\r\n",
     "       0  interim   102 \n"
     "      15  fault     Content-Length in an interim response (RFC 9110 section 8.6)\n"
     "                    content-length: 5\\r\\n\n"
     "                    ^\n"
     "      34  fault     Transfer-Encoding in an interim response (RFC 9112 section 6.1)\n"
     "                    Transfer-Encoding: chunked\\r\\n\n"
     "                    ^\n"
     "      64  final     204 \n"
     "1 interim, 1 final: 2 faults\n",
     1},
    {{NULL},
     "HTTP/1.1 102 \r\n\r\nhello",
     "       0  interim   102 \n"
     "      17  fault     bad-start-line: no response begins like this\n"
     "                    hello\n"
     "                    ^\n"
     "      17  note      the interim response before ended at its empty line and has no content "
     "(RFC 9110 section 15.2)\n"
     "1 interim, 0 final: 1 fault\n",
     1},
    /* Grammar, with the place in the line. */
    {{NULL},
     "HTTP/1.1 103 Early Hints\r\nLink : </a>\r\n\r\n",
     "       0  interim   103 Early Hints\n"
     "      30  fault     bad-field-name: a blank before the colon\n"
     "                    Link : </a>\\r\\n\n"
     "                        ^\n"
     "0 interim, 0 final: 1 fault\n",
     1},
    {{NULL},
     "HTTP/1.1 103 a\r\nX: \x1b[2J\x01\r\n\r\n",
     "       0  interim   103 a\n"
     "      19  fault     bad-field-value: a control byte\n"
     "                    X: \\x1b[2J\\x01\\r\\n\n"
     "                       ^\n"
     "0 interim, 0 final: 1 fault\n",
     1},
    {{NULL},
     "HTTP/1.1 102 a\nX: y\n\n",
     "      14  fault     bad-line-end: an LF without CR\n"
     "                    HTTP/1.1 102 a\\n\n"
     "                                  ^\n"
     "0 interim, 0 final: 1 fault\n",
     1},
    {{NULL},
     "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
     "       0  final     200 OK\n"
     "      40  fault     cut: the stream ended inside content\n"
     "0 interim, 1 final: 1 fault\n",
     1},
};

static void judge(const struct row *row, struct bytes *out, int *status) {
  struct judge_options options = {row->methods, 0};
  while (options.num_methods < LENGTH(row->methods) && row->methods[options.num_methods] != NULL) {
    options.num_methods++;
  }
  FILE *in = tmpfile();
  char *text = NULL;
  size_t size = 0;
  FILE *lines = open_memstream(&text, &size);
  assert_non_null(in);
  assert_non_null(lines);
  assert_int_equal(fwrite(row->wire, 1, strlen(row->wire), in), strlen(row->wire));
  rewind(in);
  *status = judge_stream(in, &options, lines);
  (void)fclose(in);
  (void)fclose(lines);
  bytes_text(out, text);
  free(text);
}

static void check_rows(const struct row *rows, size_t num) {
  for (size_t i = 0; i < num; i++) {
    struct bytes out = {0};
    int status = 0;
    judge(&rows[i], &out, &status);
    assert_string_equal(bytes_cstr(&out), rows[i].lines);
    assert_int_equal(status, rows[i].status);
    bytes_free(&out);
  }
}

static void test_a_stream_that_obeys_the_rules_has_nothing_wrong(void **state) {
  (void)state;
  check_rows(good_rows, LENGTH(good_rows));
}

static void test_each_fault_is_told_with_its_offset(void **state) {
  (void)state;
  check_rows(bad_rows, LENGTH(bad_rows));
}

/* Content is longer than what is read at once; the stream's offsets go on. */
static void test_a_long_stream_is_not_kept(void **state) {
  (void)state;
  struct bytes wire = {0};
  bytes_text(&wire, "HTTP/1.1 102 \r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n");
  for (int i = 0; i < 30000; i++) {
    bytes_text(&wire, "0123456789");
  }
  bytes_text(&wire, "HTTP/1.1 103 x\r\nContent-Length: 1\r\n\r\nHTTP/1.1 204 \r\n\r\n");
  const struct row row = {.wire = bytes_cstr(&wire)};
  struct bytes out = {0};
  int status = 0;
  judge(&row, &out, &status);
  assert_string_equal(bytes_cstr(&out),
                      "       0  interim   102 \n"
                      "      17  final     200 OK\n"
                      "  300060  interim   103 x\n"
                      "  300076  fault     Content-Length in an interim response (RFC 9110 section "
                      "8.6)\n"
                      "                    Content-Length: 1\\r\\n\n"
                      "                    ^\n"
                      "  300097  final     204 \n"
                      "2 interim, 2 final: 1 fault\n");
  assert_int_equal(status, EXIT_UNEXPECTED);
  bytes_free(&out);
  bytes_free(&wire);
}

static void test_what_cannot_be_read_is_told(void **state) {
  (void)state;
  static const struct {
    const char *line;
    const char *said;
  } rows[] = {
      {"judge /nonexistent/stream", "/nonexistent/stream: cannot be read: No such file"},
      {"judge /", "/: cannot be read: Is a directory"},
      {"judge a b", "one stream at a time: 'b' is too much"},
      {"judge --method G:T", "--method 'G:T': not a method"},
      {"judge --methd GET", "did you mean '--method'?"},
  };
  for (size_t i = 0; i < LENGTH(rows); i++) {
    struct capture capture;
    assert_int_equal(capture_command(command_judge, rows[i].line, &capture), EXIT_USAGE);
    assert_non_null(strstr(bytes_cstr(&capture.err), rows[i].said));
    capture_free(&capture);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_stream_that_obeys_the_rules_has_nothing_wrong),
      cmocka_unit_test(test_each_fault_is_told_with_its_offset),
      cmocka_unit_test(test_a_long_stream_is_not_kept),
      cmocka_unit_test(test_what_cannot_be_read_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
