#include "core/h2_stream.h"

#include "core/h1.h"
#include "core/h1_class.h"

/* The pseudo-header fields, as bits of h2_stream.pseudo. */
enum pseudo {
  STATUS = 1,
  METHOD = 2,
  SCHEME = 4,
  PATH = 8,
  AUTHORITY = 16,
  PROTOCOL = 32,
};

static const struct {
  const char *name;
  enum pseudo bit;
} pseudo_names[] = {
    {":status", STATUS}, {":method", METHOD},       {":scheme", SCHEME},
    {":path", PATH},     {":authority", AUTHORITY}, {":protocol", PROTOCOL},
};

void h2_stream_init(struct h2_stream *stream, uint32_t id, enum h2_receiver reads) {
  *stream = (struct h2_stream){.id = id, .reads = reads};
  interim_rule_init(&stream->rule);
  if (reads == H2_READ_RESPONSE) {
    (void)interim_rule_feed(&stream->rule, RULE_REQUEST);
  }
}

static void note(struct h2_stream *stream, enum h2_fault fault) {
  if (stream->fault == H2_FAULT_NONE ||
      (!h2_fault_malformed(stream->fault) && h2_fault_malformed(fault))) {
    stream->fault = fault;
  }
}

static bool over(const struct h2_stream *stream) {
  return stream->ended || stream->reset;
}

static bool reads_response(const struct h2_stream *stream) {
  return stream->reads == H2_READ_RESPONSE;
}

static void feed_rule(struct h2_stream *stream, enum rule_event event) {
  if (reads_response(stream)) {
    (void)interim_rule_feed(&stream->rule, event);
  }
}

/* What content in the message would break, since it is defined as having none. H2_FAULT_NONE: it
 * may have some. */
static enum h2_fault content_fault(const struct h2_stream *stream) {
  if (!reads_response(stream) || stream->tunnel) {
    return H2_FAULT_NONE;
  }
  bool none_by_code = stream->code == 204 || stream->code == 304;
  return stream->to_head ? H2_FAULT_HEAD_CONTENT
         : none_by_code  ? H2_FAULT_CODE_CONTENT
                         : H2_FAULT_NONE;
}

/* RFC 9113 section 8.1.1: a message that never has content may say how long it would be. */
static bool length_counts(const struct h2_stream *stream) {
  return stream->has_length && content_fault(stream) == H2_FAULT_NONE;
}

/* The sender ended the stream behind a message's head. */
static enum h2_fault end_message(struct h2_stream *stream) {
  stream->ended = true;
  feed_rule(stream, RULE_FINAL_END);
  bool cut = length_counts(stream) && stream->received < stream->length;
  return cut ? H2_FAULT_LENGTH : H2_FAULT_NONE;
}

static enum h2_fault feed_early_data(struct h2_stream *stream, const struct h2_event *event) {
  if (event->end_stream) {
    stream->ended = true;
    feed_rule(stream, RULE_CLOSE);
  }
  bool empty = event->value.len == 0 && !event->end_stream;
  return empty && reads_response(stream) ? H2_FAULT_EMPTY_DATA : H2_FAULT_DATA_BEFORE_FINAL;
}

static enum h2_fault feed_data(struct h2_stream *stream, const struct h2_event *event) {
  if (over(stream)) {
    return H2_FAULT_AFTER_END;
  }
  if (!stream->head_done) {
    return feed_early_data(stream, event);
  }
  uint64_t before = stream->received;
  if (!stream->tunnel) {
    stream->received += event->value.len;
  }
  enum h2_fault fault = H2_FAULT_NONE;
  if (length_counts(stream) && before <= stream->length && stream->received > stream->length) {
    fault = H2_FAULT_LENGTH;
  } else if (before == 0 && stream->received > 0) {
    fault = content_fault(stream);
  }
  if (event->end_stream) {
    enum h2_fault cut = end_message(stream);
    fault = fault == H2_FAULT_NONE ? cut : fault;
  }
  return fault;
}

static enum h2_fault feed_window(struct h2_stream *stream, const struct h2_event *event) {
  stream->granted += event->number;
  if (event->number == 0) {
    return H2_FAULT_WINDOW_ZERO;
  }
  bool overflows =
      stream->granted > stream->sent && stream->granted - stream->sent > (uint64_t)H2_MAX_STREAM;
  return overflows ? H2_FAULT_WINDOW_OVERFLOW : H2_FAULT_NONE;
}

static void feed_block_start(struct h2_stream *stream, const struct h2_event *event) {
  stream->fault = H2_FAULT_NONE;
  stream->pseudo = 0;
  stream->regular = false;
  stream->counted = false;
  stream->bad_length = false;
  stream->promise = event->type == H2_PUSH_PROMISE;
  if (over(stream)) {
    note(stream, H2_FAULT_AFTER_END);
  } else if (!stream->promise && reads_response(stream) && stream->rule.state == RULE_IDLE) {
    note(stream, H2_FAULT_RESPONSE_UNASKED);
  }
  if (!stream->promise) {
    stream->block = stream->head_done        ? H2_BLOCK_TRAILERS
                    : reads_response(stream) ? H2_BLOCK_NONE
                                             : H2_BLOCK_REQUEST;
  }
}

static enum h2_fault feed_frame(struct h2_stream *stream, const struct h2_event *event) {
  switch (event->type) {
  case H2_DATA:
    return feed_data(stream, event);
  case H2_HEADERS:
  case H2_PUSH_PROMISE:
    feed_block_start(stream, event);
    return H2_FAULT_NONE;
  case H2_RST_STREAM:
    stream->reset = true;
    feed_rule(stream, RULE_CLOSE);
    return H2_FAULT_NONE;
  case H2_WINDOW_UPDATE:
    return feed_window(stream, event);
  default:
    return H2_FAULT_NONE;
  }
}

static void read_status(struct h2_stream *stream, struct span value) {
  uint64_t number = 0;
  stream->code = value.len == 3 && span_number(value, &number) ? (unsigned)number : 0;
  if (!status_is_interim(stream->code) && !status_is_final(stream->code)) {
    note(stream, H2_FAULT_STATUS_INVALID);
  } else if (stream->code == 101) {
    note(stream, H2_FAULT_STATUS_101);
  }
  stream->block = status_is_interim(stream->code) ? H2_BLOCK_INTERIM : H2_BLOCK_FINAL;
}

static void read_request_pseudo(struct h2_stream *stream, enum pseudo bit, struct span value) {
  if (bit == METHOD) {
    stream->connection = span_is(value, "CONNECT");
  } else if (bit == SCHEME) {
    stream->web = span_is_nocase(value, "http") || span_is_nocase(value, "https");
  } else if (bit == PATH) {
    stream->empty_path = value.len == 0;
  }
}

static unsigned pseudo_bit(struct span name) {
  for (size_t i = 0; i < sizeof(pseudo_names) / sizeof(pseudo_names[0]); i++) {
    if (span_is(name, pseudo_names[i].name)) {
      return pseudo_names[i].bit;
    }
  }
  return 0;
}

static void check_pseudo(struct h2_stream *stream, unsigned bit) {
  if (stream->head_done) {
    note(stream, H2_FAULT_PSEUDO_IN_TRAILERS);
  } else if (bit == 0 || (bit == STATUS) != reads_response(stream)) {
    note(stream, H2_FAULT_PSEUDO_UNKNOWN);
  } else if (stream->regular) {
    note(stream, H2_FAULT_PSEUDO_LATE);
  } else if ((stream->pseudo & bit) != 0) {
    note(stream, bit == STATUS ? H2_FAULT_STATUS_TWICE : H2_FAULT_PSEUDO_TWICE);
  }
}

static void read_pseudo(struct h2_stream *stream, const struct h2_field *field) {
  unsigned bit = pseudo_bit(field->name);
  check_pseudo(stream, bit);
  if (bit == 0 || (stream->pseudo & bit) != 0) {
    return;
  }
  stream->pseudo |= bit;
  if (bit == STATUS) {
    if (reads_response(stream)) {
      read_status(stream, field->value);
    }
  } else if (!stream->head_done) {
    read_request_pseudo(stream, (enum pseudo)bit, field->value);
  }
}

static bool has_upper_case(struct span name) {
  for (size_t i = 0; i < name.len; i++) {
    if (name.ptr[i] >= 'A' && name.ptr[i] <= 'Z') {
      return true;
    }
  }
  return false;
}

/* RFC 9113 section 8.2.1. */
static bool value_is_valid(struct span value) {
  for (size_t i = 0; i < value.len; i++) {
    if (value.ptr[i] == '\0' || value.ptr[i] == '\r' || value.ptr[i] == '\n') {
      return false;
    }
  }
  return value.len == 0 || (!h1_is_blank(value.ptr[0]) && !h1_is_blank(value.ptr[value.len - 1]));
}

/* RFC 9113 section 8.2.2. */
static bool is_of_connection(const struct h2_field *field) {
  static const char *const names[] = {"connection", "proxy-connection", "keep-alive",
                                      "transfer-encoding", "upgrade"};
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
    if (span_is_nocase(field->name, names[i])) {
      return true;
    }
  }
  return span_is_nocase(field->name, "te") && !span_is_nocase(field->value, "trailers");
}

/* A list of equal numbers counts as one (RFC 9110 section 8.6). */
static void read_length(struct h2_stream *stream, struct span value) {
  struct span element;
  bool any = false;
  while (h1_list_next(&value, &element)) {
    uint64_t number = 0;
    bool valid = span_number(element, &number);
    if (!valid || (stream->counted && number != stream->count)) {
      stream->bad_length = true;
    }
    stream->count = number;
    stream->counted = any = true;
  }
  if (!any) {
    stream->counted = stream->bad_length = true;
  }
}

static void read_regular(struct h2_stream *stream, const struct h2_field *field) {
  stream->regular = true;
  if (has_upper_case(field->name)) {
    note(stream, H2_FAULT_UPPER_CASE);
  } else if (!h1_is_token(field->name)) {
    note(stream, H2_FAULT_FIELD_NAME);
  } else if (!value_is_valid(field->value)) {
    note(stream, H2_FAULT_FIELD_VALUE);
  } else if (is_of_connection(field)) {
    note(stream, H2_FAULT_CONNECTION_FIELD);
  }
  if (span_is_nocase(field->name, "content-length")) {
    read_length(stream, field->value);
  }
}

static void feed_field(struct h2_stream *stream, const struct h2_field *field) {
  if (stream->promise) {
    return;
  }
  if (field->name.len > 0 && field->name.ptr[0] == ':') {
    read_pseudo(stream, field);
  } else {
    read_regular(stream, field);
  }
}

static void take_length(struct h2_stream *stream) {
  if (stream->bad_length) {
    note(stream, H2_FAULT_LENGTH);
  }
  stream->has_length = stream->counted && !stream->bad_length;
  stream->length = stream->count;
}

/* RFC 9113 sections 8.3.1 and 8.5, RFC 8441 section 4. */
static void end_request_head(struct h2_stream *stream) {
  unsigned needed = METHOD | SCHEME | PATH;
  if (stream->connection && (stream->pseudo & PROTOCOL) == 0) {
    needed = METHOD | AUTHORITY;
    if ((stream->pseudo & (SCHEME | PATH)) != 0) {
      note(stream, H2_FAULT_PSEUDO_UNKNOWN);
    }
  } else if (!stream->connection && (stream->pseudo & PROTOCOL) != 0) {
    note(stream, H2_FAULT_PSEUDO_UNKNOWN);
  }
  if ((stream->pseudo & needed) != needed || (stream->web && stream->empty_path)) {
    note(stream, H2_FAULT_PSEUDO_MISSING);
  }
  stream->head_done = true;
  stream->tunnel = stream->connection;
  if (!stream->tunnel) {
    take_length(stream);
  }
}

static void end_interim(struct h2_stream *stream, bool end_stream) {
  feed_rule(stream, RULE_INTERIM);
  if (stream->counted) {
    note(stream, H2_FAULT_INTERIM_LENGTH);
  }
  if (end_stream) {
    note(stream, H2_FAULT_INTERIM_END_STREAM);
    stream->ended = true;
    feed_rule(stream, RULE_CLOSE);
  }
}

static void end_final_head(struct h2_stream *stream) {
  if ((stream->pseudo & STATUS) == 0) {
    stream->code = 0;
    note(stream, H2_FAULT_STATUS_MISSING);
  }
  stream->block = H2_BLOCK_FINAL;
  stream->head_done = true;
  stream->tunnel = stream->to_connect && stream->code / 100 == 2;
  feed_rule(stream, stream->tunnel ? RULE_SWITCH : RULE_FINAL_HEAD);
  if (!stream->tunnel) {
    take_length(stream);
  }
}

/* A block behind the head: trailers, or one more head where none may be. */
static void end_late_block(struct h2_stream *stream, bool end_stream) {
  if (stream->block == H2_BLOCK_INTERIM) {
    feed_rule(stream, RULE_INTERIM);
  } else if (stream->block == H2_BLOCK_FINAL) {
    feed_rule(stream, RULE_FINAL_HEAD);
  }
  if (!end_stream || stream->tunnel) {
    note(stream, H2_FAULT_TRAILERS_OPEN);
  }
}

static enum h2_fault feed_block_end(struct h2_stream *stream, bool end_stream) {
  if (stream->promise) {
    return stream->fault;
  }
  bool was_over = over(stream);
  if (stream->head_done) {
    end_late_block(stream, end_stream);
  } else if (stream->block == H2_BLOCK_REQUEST) {
    end_request_head(stream);
  } else if (stream->block == H2_BLOCK_INTERIM) {
    end_interim(stream, end_stream);
  } else {
    end_final_head(stream);
  }
  if (end_stream && !was_over && !stream->ended) {
    enum h2_fault fault = end_message(stream);
    if (fault != H2_FAULT_NONE) {
      note(stream, fault);
    }
  }
  return stream->fault;
}

enum h2_fault h2_stream_feed(struct h2_stream *stream, const struct h2_event *event) {
  switch (event->kind) {
  case H2_GOT_FRAME:
    return feed_frame(stream, event);
  case H2_GOT_FIELD:
    feed_field(stream, &event->field);
    return H2_FAULT_NONE;
  case H2_GOT_BLOCK_END:
    return feed_block_end(stream, event->end_stream);
  case H2_GOT_PREFACE:
  case H2_GOT_SETTING:
    return H2_FAULT_NONE;
  }
  return H2_FAULT_NONE;
}
