/* What a stream of HTTP/2 means in the events of HTTP/1.1, and how its frames read for people. */
#include "hpack/hpack.h"
#include "script/translate.h"
#include "tests/core_h2_text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct row {
  const char *what;
  enum h2_receiver reads;
  const char *frames; /* of stream 1, behind an empty SETTINGS */
  const char *events; /* one line each: its kind and what is in it */
  const char *text;   /* of the frames, with | for CRLF */
};

#define REQUEST H2_READ_REQUEST
#define RESPONSE H2_READ_RESPONSE

static const struct row rows[] = {
    {"a request", REQUEST,
     "HEADERS 1 END_STREAM END_HEADERS :method=GET :scheme=http :path=/a :authority=h b=c",
     "0-0 request HTTP/1.1 GET \"/a\"\n0-0 field host \"h\"\n0-0 field b \"c\"\n"
     "0-0 head-end no-content\n0-0 end\n",
     "HEADERS stream=1 END_STREAM END_HEADERS|:method: GET|:scheme: http|:path: /a|:authority: h|"
     "b: c|"},
    {"a request that names no host", REQUEST,
     "HEADERS 1 END_STREAM END_HEADERS :method=OPTIONS :scheme=http :path=*",
     "0-0 request HTTP/1.1 OPTIONS \"*\"\n0-0 head-end no-content\n0-0 end\n",
     "HEADERS stream=1 END_STREAM END_HEADERS|:method: OPTIONS|:scheme: http|:path: *|"},
    {"the target of CONNECT is its authority", REQUEST,
     "HEADERS 1 END_HEADERS :method=CONNECT :authority=h:1\nDATA 1 \"x\"",
     "0-0 request HTTP/1.1 CONNECT \"h:1\"\n0-0 field host \"h:1\"\n0-0 head-end switched\n"
     "0-0 tunnel \"x\"\n",
     "HEADERS stream=1 END_HEADERS|:method: CONNECT|:authority: h:1|DATA stream=1|x"},
    {"a head without a method is no request", REQUEST,
     "HEADERS 1 END_STREAM END_HEADERS :scheme=http :path=/", "",
     "HEADERS stream=1 END_STREAM END_HEADERS|:scheme: http|:path: /|"},
    {"content in frames, and trailers", REQUEST,
     "HEADERS 1 END_HEADERS :method=PUT :scheme=http :path=/ content-length=3\n"
     "DATA 1 \"ab\"\nDATA 1 \"\"\nDATA 1 \"c\"\nHEADERS 1 END_STREAM END_HEADERS t=1",
     "0-0 request HTTP/1.1 PUT \"/\"\n0-0 field content-length \"3\"\n0-0 head-end length 3\n"
     "0-0 content \"ab\"\n0-0 content \"c\"\n0-0 trailer t \"1\"\n0-0 end\n",
     "HEADERS stream=1 END_HEADERS|:method: PUT|:scheme: http|:path: /|content-length: 3|"
     "DATA stream=1|abDATA stream=1|DATA stream=1|cHEADERS stream=1 END_STREAM END_HEADERS|t: 1|"},
    {"interim responses before the final one", RESPONSE,
     "HEADERS 1 END_HEADERS :status=102\nHEADERS 1 END_HEADERS :status=103 link=</a>\n"
     "HEADERS 1 END_HEADERS :status=200\nDATA 1 END_STREAM \"x\"",
     "0-0 interim HTTP/1.1 102 \"\"\n0-0 head-end no-content\n0-0 end\n"
     "0-0 interim HTTP/1.1 103 \"\"\n0-0 field link \"</a>\"\n0-0 head-end no-content\n0-0 end\n"
     "0-0 final HTTP/1.1 200 \"\"\n0-0 head-end length 0\n0-0 content \"x\"\n0-0 end\n",
     "HEADERS stream=1 END_HEADERS|:status: 102|HEADERS stream=1 END_HEADERS|:status: 103|"
     "link: </a>|HEADERS stream=1 END_HEADERS|:status: 200|DATA stream=1 END_STREAM|x"},
    {"a head in two frames is told as one", RESPONSE,
     "HEADERS 1 END_STREAM :status=204\nCONTINUATION 1 END_HEADERS a=b",
     "0-0 final HTTP/1.1 204 \"\"\n0-0 field a \"b\"\n0-0 head-end no-content\n0-0 end\n",
     "HEADERS stream=1 END_STREAM|:status: 204|CONTINUATION stream=1 END_HEADERS|a: b|"},
    {"what a server would push is no response, in one frame or two", RESPONSE,
     "PUSH_PROMISE 1 END_HEADERS u32:2 :method=GET\nPUSH_PROMISE 1 u32:4 :method=GET\n"
     "CONTINUATION 1 END_HEADERS a=b\nHEADERS 1 END_STREAM END_HEADERS :status=204",
     "0-0 final HTTP/1.1 204 \"\"\n0-0 head-end no-content\n0-0 end\n",
     "PUSH_PROMISE stream=1|:method: GET|PUSH_PROMISE stream=1|:method: GET|"
     "CONTINUATION stream=1 END_HEADERS|a: b|HEADERS stream=1 END_STREAM END_HEADERS|:status: "
     "204|"},
    {"trailers that do not end the stream", RESPONSE,
     "HEADERS 1 END_HEADERS :status=200\nHEADERS 1 END_HEADERS a=b",
     "0-0 final HTTP/1.1 200 \"\"\n0-0 head-end length 0\n0-0 trailer a \"b\"\n",
     "HEADERS stream=1 END_HEADERS|:status: 200|HEADERS stream=1 END_HEADERS|a: b|"},
    {"a head without a status, and content before a head", RESPONSE,
     "DATA 1 \"x\"\nHEADERS 1 END_STREAM END_HEADERS a=b", "",
     "DATA stream=1|xHEADERS stream=1 END_STREAM END_HEADERS|a: b|"},
    {"frames that say nothing of messages", RESPONSE,
     "WINDOW_UPDATE 1 u32:7\nPRIORITY 1 u32:0 u8:0\nTYPE=16 1 \"x\"\nRST_STREAM 1 u32:8", "",
     "WINDOW_UPDATE stream=1 7|PRIORITY stream=1|frame 0x10 stream=1|RST_STREAM stream=1 CANCEL|"},
    {"a code that has no name, padding, a priority", RESPONSE,
     "HEADERS 1 END_STREAM END_HEADERS PRIORITY pad=2 u32:0 u8:0 :status=204\n"
     "RST_STREAM 1 u32:99",
     "0-0 final HTTP/1.1 204 \"\"\n0-0 head-end no-content\n0-0 end\n",
     "HEADERS stream=1 END_STREAM END_HEADERS PADDED PRIORITY|:status: 204|"
     "RST_STREAM stream=1 unknown code|"},
};

static void log_event(void *user, const struct h1_event *event) {
  h1_event_print(user, event);
  bytes_text(user, "\n");
}

static void take_text(struct translate *translate, struct bytes *out) {
  struct span text = bytes_span(&translate->text);
  for (size_t i = 0; i < text.len && translate->text_ready; i++) {
    if (text.ptr[i] != '\r') {
      bytes_add(out, text.ptr[i] == '\n' ? span_of("|") : span_make(text.ptr + i, 1));
    }
  }
  if (translate->text_ready) {
    translate_told(translate);
  }
}

static void test_frames_and_what_they_mean(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct bytes wire = {0};
    struct bytes events = {0};
    struct bytes text = {0};
    struct translate translate;
    struct h2_reader reader;
    struct h2_event event;
    void *coder = hpack_coder.make();
    bool of_client = rows[i].reads == H2_READ_REQUEST;
    h2_text_wire(&wire, span_of(of_client ? "preface\nSETTINGS 0\n" : "SETTINGS 0\n"));
    h2_text_wire(&wire, span_of(rows[i].frames));
    h2_reader_init(&reader, of_client ? H2_FROM_CLIENT : H2_FROM_SERVER, &hpack_coder, coder);
    translate_init(&translate, 1, rows[i].reads);
    while (h2_reader_next(&reader, bytes_span(&wire), &event) == H2_EVENT) {
      if (event.stream == 1) {
        (void)translate_feed(&translate, &event, log_event, &events);
        take_text(&translate, &text);
      }
    }
    print_message("%s\n", rows[i].what);
    assert_string_equal(bytes_cstr(&events), rows[i].events);
    assert_string_equal(bytes_cstr(&text), rows[i].text);
    translate_free(&translate);
    hpack_coder.free(coder);
    bytes_free(&wire);
    bytes_free(&events);
    bytes_free(&text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_frames_and_what_they_mean),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
