#include "core/h2_reader.h"

enum state {
  AT_PREFACE,
  AT_FIRST, /* before the frame that must be SETTINGS */
  AT_FRAME,
  IN_SETTINGS,
  IN_BLOCK, /* in a frame that holds a part of a header block */
  FAILED,
};

/* On which streams a frame may come. */
enum place { ON_STREAM, ON_CONNECTION, ON_EITHER };

/* What section 6 says about a type of frame. */
struct form {
  uint32_t least; /* bytes of payload */
  uint32_t most;
  enum place place;
};

static const struct form forms[] = {
    [H2_DATA] = {0, UINT32_MAX, ON_STREAM},
    [H2_HEADERS] = {0, UINT32_MAX, ON_STREAM},
    [H2_PRIORITY] = {5, 5, ON_STREAM},
    [H2_RST_STREAM] = {4, 4, ON_STREAM},
    [H2_SETTINGS] = {0, UINT32_MAX, ON_CONNECTION},
    [H2_PUSH_PROMISE] = {4, UINT32_MAX, ON_STREAM},
    [H2_PING] = {8, 8, ON_CONNECTION},
    [H2_GOAWAY] = {8, UINT32_MAX, ON_CONNECTION},
    [H2_WINDOW_UPDATE] = {4, 4, ON_EITHER},
    [H2_CONTINUATION] = {0, UINT32_MAX, ON_STREAM},
};

enum { NUM_FORMS = sizeof(forms) / sizeof(forms[0]), SETTING_LEN = 6 };

static uint32_t read_number(struct span bytes, size_t len) {
  uint32_t number = 0;
  for (size_t i = 0; i < len && i < bytes.len; i++) {
    number = number << 8 | bytes.ptr[i];
  }
  return number;
}

/* A stream identifier or window increment: its first bit is reserved. */
static uint32_t read_31(struct span bytes) {
  return read_number(bytes, 4) & H2_MAX_STREAM;
}

static struct span window_from(const struct h2_reader *reader, struct span window, uint64_t from) {
  return span_skip(window, (size_t)(from - reader->base));
}

void h2_reader_init(struct h2_reader *reader, enum h2_sender sender, const struct h2_coder_ops *ops,
                    void *coder) {
  *reader = (struct h2_reader){
      .max_frame = H2_DEFAULT_FRAME,
      .max_block = (uint32_t)256 * 1024,
      .max_fields = 1024,
      .ops = ops,
      .coder = coder,
      .from_client = sender == H2_FROM_CLIENT,
      .state = sender == H2_FROM_CLIENT ? AT_PREFACE : AT_FIRST,
  };
}

enum h2_status h2_reader_fail(struct h2_reader *reader, enum h2_error_code code,
                              const char *reason) {
  reader->error = (struct h2_error){code, reader->frame_start, reason};
  reader->state = FAILED;
  return H2_ERROR;
}

static enum h2_status read_preface(struct h2_reader *reader, struct span window,
                                   struct h2_event *out) {
  size_t len = window.len < h2_preface.len ? window.len : h2_preface.len;
  if (!span_eq(span_make(window.ptr, len), span_make(h2_preface.ptr, len))) {
    return h2_reader_fail(reader, H2_PROTOCOL_ERROR,
                          "the stream does not begin with the connection preface");
  }
  if (len < h2_preface.len) {
    return H2_MORE;
  }
  *out = (struct h2_event){.kind = H2_GOT_PREFACE, .end = H2_PREFACE_LEN};
  reader->at = H2_PREFACE_LEN;
  reader->frame_start = reader->at;
  reader->state = AT_FIRST;
  return H2_EVENT;
}

/* What is wrong with the order of frames on the connection. */
static const char *check_order(const struct h2_reader *reader, const struct h2_event *head) {
  if (reader->state == AT_FIRST && (head->type != H2_SETTINGS || (head->flags & H2_ACK) != 0)) {
    return "the first frame is not the SETTINGS frame of the connection preface";
  }
  if (reader->block_stream != 0 && head->type != H2_CONTINUATION) {
    return "a header block is interrupted by another frame than CONTINUATION";
  }
  if (reader->block_stream != 0 && head->stream != reader->block_stream) {
    return "CONTINUATION is on another stream than its header block";
  }
  if (reader->block_stream == 0 && head->type == H2_CONTINUATION) {
    return "CONTINUATION without an open header block";
  }
  if (head->type == H2_PUSH_PROMISE && reader->from_client) {
    return "PUSH_PROMISE from a client";
  }
  return NULL;
}

static enum h2_status check_form(struct h2_reader *reader, const struct h2_event *head) {
  if (head->length > reader->max_frame) {
    return h2_reader_fail(reader, H2_FRAME_SIZE_ERROR,
                          "a frame is longer than SETTINGS_MAX_FRAME_SIZE allows");
  }
  if (head->type >= NUM_FORMS) {
    return H2_EVENT;
  }
  const struct form *form = &forms[head->type];
  if (form->place == ON_STREAM && head->stream == 0) {
    return h2_reader_fail(reader, H2_PROTOCOL_ERROR, "a frame of a stream is on stream 0");
  }
  if (form->place == ON_CONNECTION && head->stream != 0) {
    return h2_reader_fail(reader, H2_PROTOCOL_ERROR, "a frame of the connection is on a stream");
  }
  if (head->length < form->least || head->length > form->most) {
    return h2_reader_fail(reader, H2_FRAME_SIZE_ERROR, "the length is not one of its type");
  }
  if (head->type == H2_SETTINGS &&
      (head->length % SETTING_LEN != 0 || ((head->flags & H2_ACK) != 0 && head->length != 0))) {
    return h2_reader_fail(reader, H2_FRAME_SIZE_ERROR,
                          (head->flags & H2_ACK) != 0
                              ? "SETTINGS with ACK and parameters"
                              : "the length of SETTINGS is no multiple of 6");
  }
  return H2_EVENT;
}

/* Cuts the padding off both ends of a payload (section 6.1). */
static enum h2_status cut_padding(struct h2_reader *reader, const struct h2_event *head,
                                  struct span *payload) {
  if ((head->flags & H2_PADDED) == 0) {
    return H2_EVENT;
  }
  if (payload->len == 0) {
    return h2_reader_fail(reader, H2_FRAME_SIZE_ERROR, "no room for the length of the padding");
  }
  size_t padding = payload->ptr[0];
  *payload = span_skip(*payload, 1);
  if (padding > payload->len) {
    return h2_reader_fail(reader, H2_PROTOCOL_ERROR, "the padding is longer than the frame");
  }
  payload->len -= padding;
  return H2_EVENT;
}

/* Takes the next part of a header block, which the payload is. */
static enum h2_status open_fragment(struct h2_reader *reader, struct span payload, uint64_t at) {
  if (payload.len > reader->max_block - reader->block_bytes) {
    return h2_reader_fail(reader, H2_ENHANCE_YOUR_CALM, "the header block is too large");
  }
  reader->block_bytes += (uint32_t)payload.len;
  reader->at = at;
  reader->block_end = at + payload.len;
  reader->state = IN_BLOCK;
  return H2_EVENT;
}

static void open_block(struct h2_reader *reader, const struct h2_event *head) {
  reader->block_stream = head->stream;
  reader->block_promised = head->number;
  reader->block_bytes = 0;
  reader->block_fields = 0;
  reader->block_end_stream = head->end_stream;
}

static enum h2_status read_headers(struct h2_reader *reader, struct h2_event *head,
                                   struct span payload) {
  const uint8_t *from = payload.ptr;
  if (cut_padding(reader, head, &payload) == H2_ERROR) {
    return H2_ERROR;
  }
  size_t skipped = (head->flags & H2_PADDED) != 0 ? 1 : 0;
  bool promise = head->type == H2_PUSH_PROMISE;
  size_t fixed = promise ? 4 : (head->flags & H2_WITH_PRIORITY) != 0 ? 5 : 0;
  if (payload.len < fixed) {
    bool padded = from != NULL && head->length >= skipped + fixed;
    return h2_reader_fail(reader, padded ? H2_PROTOCOL_ERROR : H2_FRAME_SIZE_ERROR,
                          padded ? "the padding is longer than the frame"
                                 : "no room for the fields before the header block");
  }
  if (promise) {
    head->number = read_31(payload);
    if (head->number == 0 || head->number % 2 != 0) {
      return h2_reader_fail(reader, H2_PROTOCOL_ERROR,
                            "the promised stream is not one of a server");
    }
  } else {
    head->end_stream = (head->flags & H2_END_STREAM) != 0;
  }
  open_block(reader, head);
  return open_fragment(reader, span_skip(payload, fixed),
                       reader->frame_start + H2_FRAME_HEAD + skipped + fixed);
}

static enum h2_status read_window(struct h2_reader *reader, struct h2_event *head,
                                  struct span payload) {
  head->number = read_31(payload);
  if (head->number == 0 && head->stream == 0) {
    return h2_reader_fail(reader, H2_PROTOCOL_ERROR, "WINDOW_UPDATE of the connection by 0");
  }
  return H2_EVENT;
}

static enum h2_status read_payload(struct h2_reader *reader, struct h2_event *head,
                                   struct span payload) {
  switch (head->type) {
  case H2_DATA:
    head->end_stream = (head->flags & H2_END_STREAM) != 0;
    head->value = payload;
    return cut_padding(reader, head, &head->value);
  case H2_HEADERS:
  case H2_PUSH_PROMISE:
    return read_headers(reader, head, payload);
  case H2_CONTINUATION:
    head->number = reader->block_promised;
    return open_fragment(reader, payload, reader->frame_start + H2_FRAME_HEAD);
  case H2_RST_STREAM:
    head->code = read_number(payload, 4);
    return H2_EVENT;
  case H2_SETTINGS:
    reader->at = reader->frame_start + H2_FRAME_HEAD;
    reader->state = IN_SETTINGS;
    return H2_EVENT;
  case H2_GOAWAY:
    head->number = read_31(payload);
    head->code = read_number(span_skip(payload, 4), 4);
    head->value = span_skip(payload, 8);
    return H2_EVENT;
  case H2_WINDOW_UPDATE:
    return read_window(reader, head, payload);
  case H2_PRIORITY:
    return H2_EVENT;
  default: /* PING, and all that this edition of HTTP/2 does not know */
    head->value = payload;
    return H2_EVENT;
  }
}

static enum h2_status read_frame(struct h2_reader *reader, struct span window,
                                 struct h2_event *out) {
  struct span rest = window_from(reader, window, reader->at);
  if (rest.len < H2_FRAME_HEAD) {
    return H2_MORE;
  }
  reader->frame_start = reader->at;
  struct h2_event head = {
      .kind = H2_GOT_FRAME,
      .offset = reader->at,
      .length = read_number(rest, 3),
      .type = rest.ptr[3],
      .flags = rest.ptr[4],
      .stream = read_31(span_skip(rest, 5)),
  };
  head.end = head.offset + H2_FRAME_HEAD + head.length;
  const char *disorder = check_order(reader, &head);
  if (disorder != NULL) {
    return h2_reader_fail(reader, H2_PROTOCOL_ERROR, disorder);
  }
  if (check_form(reader, &head) == H2_ERROR) {
    return H2_ERROR;
  }
  rest = span_skip(rest, H2_FRAME_HEAD);
  if (rest.len < head.length) {
    return H2_MORE;
  }
  reader->frame_end = head.end;
  reader->at = head.end;
  if (read_payload(reader, &head, span_make(rest.ptr, head.length)) == H2_ERROR) {
    return H2_ERROR;
  }
  *out = head;
  reader->head = head;
  reader->head.value = (struct span){0};
  return H2_EVENT;
}

/* The next event of the frame whose parts are being given. */
static struct h2_event part_event(const struct h2_reader *reader, enum h2_event_kind kind) {
  struct h2_event event = reader->head;
  event.kind = kind;
  return event;
}

static enum h2_status read_setting(struct h2_reader *reader, struct span window,
                                   struct h2_event *out) {
  if (reader->at == reader->frame_end) {
    reader->state = AT_FRAME;
    return H2_MORE;
  }
  struct span rest = window_from(reader, window, reader->at);
  *out = part_event(reader, H2_GOT_SETTING);
  out->setting = read_number(rest, 2);
  out->number = read_number(span_skip(rest, 2), 4);
  reader->at += SETTING_LEN;
  return H2_EVENT;
}

static enum h2_status end_fragment(struct h2_reader *reader, bool last, struct h2_event *out) {
  reader->at = reader->frame_end;
  reader->state = AT_FRAME;
  if (!last) {
    return H2_MORE;
  }
  *out = part_event(reader, H2_GOT_BLOCK_END);
  out->end_stream = reader->block_end_stream;
  reader->block_stream = 0;
  return H2_EVENT;
}

static enum h2_status read_field(struct h2_reader *reader, struct span window,
                                 struct h2_event *out) {
  struct span rest = window_from(reader, window, reader->at);
  rest.len = (size_t)(reader->block_end - reader->at);
  bool last = (reader->head.flags & H2_END_HEADERS) != 0;
  struct h2_field field = {0};
  int got = reader->ops->decode(reader->coder, &rest, last, &field);
  reader->at = reader->block_end - rest.len;
  if (got < 0) {
    return h2_reader_fail(reader, H2_COMPRESSION_ERROR, "the header block cannot be decoded");
  }
  if (got == 0) {
    return end_fragment(reader, last, out);
  }
  if (++reader->block_fields > reader->max_fields) {
    return h2_reader_fail(reader, H2_ENHANCE_YOUR_CALM, "the header block has too many fields");
  }
  *out = part_event(reader, H2_GOT_FIELD);
  out->field = field;
  return H2_EVENT;
}

/* H2_MORE of a step that changed the state says only that it made no event. */
enum h2_status h2_reader_next(struct h2_reader *reader, struct span window, struct h2_event *out) {
  for (;;) {
    enum h2_status status = H2_MORE;
    switch ((enum state)reader->state) {
    case AT_PREFACE:
      return read_preface(reader, window, out);
    case AT_FIRST:
    case AT_FRAME:
      return read_frame(reader, window, out);
    case IN_SETTINGS:
      status = read_setting(reader, window, out);
      break;
    case IN_BLOCK:
      status = read_field(reader, window, out);
      break;
    case FAILED:
      return H2_ERROR;
    }
    if (status != H2_MORE) {
      return status;
    }
  }
}

uint64_t h2_reader_keep(const struct h2_reader *reader) {
  return reader->at;
}

void h2_reader_drop(struct h2_reader *reader, size_t n) {
  reader->base += n;
}

bool h2_reader_mid_frame(const struct h2_reader *reader, struct span window) {
  return reader->block_stream != 0 || reader->base + window.len > reader->at;
}
