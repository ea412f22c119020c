#include "core/h2_stream.h"

static const struct {
  const char *text;
  const char *section;
} faults[] = {
    [H2_FAULT_NONE] = {"nothing is wrong", ""},
    [H2_FAULT_STATUS_MISSING] = {"a response without :status", "8.3.2"},
    [H2_FAULT_STATUS_TWICE] = {":status twice", "8.3"},
    [H2_FAULT_STATUS_INVALID] = {"a :status that is not three digits from 100 to 599", "8.3.2"},
    [H2_FAULT_STATUS_101] = {"101, which HTTP/2 does not have", "8.6"},
    [H2_FAULT_PSEUDO_LATE] = {"a pseudo-header field behind a regular field", "8.3"},
    [H2_FAULT_PSEUDO_UNKNOWN] = {"a pseudo-header field that does not belong there", "8.3"},
    [H2_FAULT_PSEUDO_TWICE] = {"a pseudo-header field twice", "8.3"},
    [H2_FAULT_PSEUDO_MISSING] = {"a request without a pseudo-header field that it needs", "8.3.1"},
    [H2_FAULT_PSEUDO_IN_TRAILERS] = {"a pseudo-header field in trailers", "8.3"},
    [H2_FAULT_UPPER_CASE] = {"an upper-case letter in a field name", "8.2.1"},
    [H2_FAULT_FIELD_NAME] = {"a field name that is no token", "8.2.1"},
    [H2_FAULT_FIELD_VALUE] = {"NUL, CR, LF or a blank at the edge in a field value", "8.2.1"},
    [H2_FAULT_CONNECTION_FIELD] = {"a field that is specific to a connection", "8.2.2"},
    [H2_FAULT_INTERIM_END_STREAM] = {"an interim response with END_STREAM", "8.1"},
    [H2_FAULT_DATA_BEFORE_FINAL] = {"DATA before the head of the message it belongs to", "8.1"},
    [H2_FAULT_TRAILERS_OPEN] = {"a header block behind the head, without END_STREAM or in a tunnel",
                                "8.1"},
    [H2_FAULT_AFTER_END] = {"a frame behind the end of the stream", "5.1"},
    [H2_FAULT_LENGTH] = {"a Content-Length that is no number, or not the length of the content",
                         "8.1.1"},
    [H2_FAULT_RESPONSE_UNASKED] = {"a response on a stream without a request", "5.1"},
    [H2_FAULT_WINDOW_ZERO] = {"WINDOW_UPDATE by 0", "6.9"},
    [H2_FAULT_WINDOW_OVERFLOW] = {"WINDOW_UPDATE beyond the largest window", "6.9.1"},
    [H2_FAULT_EMPTY_DATA] = {"empty DATA before the final response", "8.1"},
    [H2_FAULT_INTERIM_LENGTH] = {"Content-Length in an interim response", "8.1.1"},
    [H2_FAULT_HEAD_CONTENT] = {"content in a response to HEAD", "8.1"},
    [H2_FAULT_CODE_CONTENT] = {"content in a 204 or 304", "8.1"},
};

const char *h2_fault_text(enum h2_fault fault) {
  return faults[fault].text;
}

const char *h2_fault_section(enum h2_fault fault) {
  return faults[fault].section;
}

bool h2_fault_malformed(enum h2_fault fault) {
  return fault != H2_FAULT_NONE && fault < H2_FAULT_EMPTY_DATA;
}

bool h2_fault_content(enum h2_fault fault) {
  return fault == H2_FAULT_HEAD_CONTENT || fault == H2_FAULT_CODE_CONTENT;
}
