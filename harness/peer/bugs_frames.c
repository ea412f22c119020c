#include "peer/bugs.h"
#include "peer/h2_link.h"

/* What goes to a client of HTTP/2. */

static void add(struct h2_block_text *block, const char *name, struct span value) {
  struct h2_field *fields = arena_array(&block->arena, block->num + 1, sizeof(*fields));
  for (size_t i = 0; i < block->num; i++) {
    fields[i] = block->fields[i];
  }
  fields[block->num++] = (struct h2_field){span_of(name), value};
  block->fields = fields;
}

/* The names are the block's own. */
static void capitalise(struct h2_block_text *block) {
  for (size_t i = 1; i < block->num; i++) {
    struct span *name = &block->fields[i].name;
    struct span copy = arena_copy(&block->arena, *name);
    uint8_t *text = arena_alloc(&block->arena, copy.len);
    memcpy(text, copy.ptr, copy.len);
    text[0] = (uint8_t)(text[0] >= 'a' && text[0] <= 'z' ? text[0] - 0x20 : text[0]);
    *name = span_make(text, copy.len);
  }
}

static void drop_status(struct h2_block_text *block) {
  for (size_t i = 1; i < block->num; i++) {
    block->fields[i - 1] = block->fields[i];
  }
  block->num--;
}

static void change_block(struct h2_block_text *block, enum bug_fault fault) {
  struct span status = block->fields[0].value;
  switch ((int)fault) {
  case BUG_OUT_UPPER:
    capitalise(block);
    return;
  case BUG_OUT_NO_STATUS:
    drop_status(block);
    return;
  case BUG_OUT_STATUS_LAST:
    drop_status(block);
    add(block, ":status", status);
    return;
  case BUG_OUT_STATUS_TWICE:
    add(block, ":status", status);
    block->fields[block->num - 1] = block->fields[1];
    block->fields[1] = block->fields[0];
    return;
  case BUG_OUT_STATUS_TEXT:
    block->fields[0].value =
        span_of(arena_printf(&block->arena, "%.*s Any", (int)status.len, (const char *)status.ptr));
    return;
  case BUG_OUT_REQUEST_FIELD:
    add(block, ":path", span_of("/"));
    block->fields[block->num - 1] = block->fields[1];
    block->fields[1] = (struct h2_field){span_of(":path"), span_of("/")};
    return;
  default:
    return;
  }
}

void bug_block(const struct exchange *x, const struct message *head, struct h2_block_text *block,
               bool *end_stream) {
  const struct bug *bug = x->relay->config.bug;
  if (bug == NULL) {
    return;
  }
  if (!status_is_interim(head->code)) {
    *end_stream = *end_stream || (bug->fault == BUG_OUT_FINAL_END_STREAM && x->rule.interims > 0);
  } else if (bug_strikes(x, head, bug->fault)) {
    *end_stream = *end_stream || bug->fault == BUG_OUT_END_STREAM;
    change_block(block, bug->fault);
  }
}

static struct link_stream *another(struct link_stream *stream) {
  struct link_stream *other = stream->link->streams;
  while (other != NULL && (other == stream || other->h2.sent_end)) {
    other = other->next;
  }
  return other == NULL ? stream : other;
}

struct link_stream *bug_stream(const struct exchange *x, const struct message *head,
                               struct link_stream *stream) {
  if (status_is_interim(head->code) && bug_strikes(x, head, BUG_OUT_OTHER_STREAM)) {
    return another(stream);
  }
  bool closed = h2_connection_room(&stream->link->h2, &stream->h2) == 0;
  if (status_is_interim(head->code) && closed && bug_is(x->relay, BUG_OUT_WINDOW_CLOSED)) {
    return NULL;
  }
  if (bug_is(x->relay, BUG_OUT_LARGE_FRAME)) {
    stream->link->h2.peer_frame = 0xffffff;
  }
  return stream;
}

void bug_behind_block(const struct exchange *x, const struct message *head,
                      struct link_stream *stream) {
  struct h2_link *link = stream->link;
  const struct bug *bug = x->relay->config.bug;
  if (bug == NULL || stream->dead) {
    return;
  }
  if (!status_is_interim(head->code)) {
    if (bug->fault == BUG_OUT_FINAL_END_STREAM) {
      stream->h2.sent_end = head->content == CONTENT_NONE;
    }
    return;
  }
  if (!bug_strikes(x, head, bug->fault)) {
    return;
  }
  switch ((int)bug->fault) {
  case BUG_OUT_END_STREAM:
    stream->h2.sent_end = false;
    return;
  case BUG_OUT_DATA:
    h2_write_data(&link->h2, &link->out, &stream->h2, span_of("data"), false);
    return;
  case BUG_OUT_RESET:
    h2_write_reset(&link->out, stream->h2.id, H2_NO_ERROR);
    return;
  case BUG_OUT_WINDOW_TAKEN:
    stream->h2.sent += 30;
    return;
  default:
    return;
  }
}

static void keep_table(void *coder, uint32_t bytes) {
  (void)coder;
  (void)bytes;
}

const struct h2_coder_ops *bug_coder(struct relay *relay) {
  if (!bug_is(relay, BUG_OUT_TABLE_KEPT)) {
    return relay->config.coder;
  }
  relay->coder = *relay->config.coder;
  relay->coder.resize = keep_table;
  return &relay->coder;
}

/* Frames that are read wrongly. */

struct frame {
  size_t len; /* of the payload */
  uint8_t type;
  uint8_t flags;
  uint32_t stream;
  const uint8_t *payload;
};

static bool next_frame(struct span bytes, struct frame *out) {
  const uint8_t *at = bytes.ptr;
  if (bytes.len < H2_FRAME_HEAD) {
    return false;
  }
  *out = (struct frame){
      .len = (size_t)at[0] << 16 | (size_t)at[1] << 8 | at[2],
      .type = at[3],
      .flags = at[4],
      .stream =
          (uint32_t)(at[5] & 0x7fU) << 24 | (uint32_t)at[6] << 16 | (uint32_t)at[7] << 8 | at[8],
      .payload = at + H2_FRAME_HEAD,
  };
  return bytes.len >= H2_FRAME_HEAD + out->len;
}

static bool is_open(const struct h2_link *link, uint32_t id) {
  const struct link_stream *stream = link->streams;
  while (stream != NULL && (stream->h2.id != id || stream->h2.ended)) {
    stream = stream->next;
  }
  return stream != NULL;
}

static uint32_t latest(const struct h2_link *link) {
  uint32_t id = 0;
  for (const struct link_stream *stream = link->streams; stream != NULL; stream = stream->next) {
    id = stream->h2.id > id ? stream->h2.id : id;
  }
  return id;
}

static void put(struct h2_link *link, const struct frame *frame) {
  h2_write_frame(&link->conn.in, frame->type, frame->flags, frame->stream,
                 span_make(frame->payload, frame->len));
}

/* What came inside the block follows it. */
static void put_inside(struct h2_link *link, struct frame *frame) {
  bool block = frame->type == H2_HEADERS || frame->type == H2_CONTINUATION;
  if (link->block_open && frame->type != H2_CONTINUATION) {
    h2_write_frame(&link->inside, frame->type, frame->flags, frame->stream,
                   span_make(frame->payload, frame->len));
    return;
  }
  put(link, frame);
  link->block_open = block && (frame->flags & H2_END_HEADERS) == 0;
  if (!link->block_open) {
    bytes_add(&link->conn.in, bytes_span(&link->inside));
    link->inside.len = 0;
  }
}

static bool drops(struct h2_link *link, const struct frame *frame, enum bug_fault fault) {
  bool was_open = link->block_open;
  bool block = frame->type == H2_HEADERS || frame->type == H2_CONTINUATION;
  if (block && fault != BUG_FRAME_INSIDE) {
    link->block_open = (frame->flags & H2_END_HEADERS) == 0;
  }
  switch ((int)fault) {
  case BUG_FRAME_NO_CONTINUATION:
    return frame->type == H2_CONTINUATION;
  case BUG_FRAME_ALONE:
    return frame->type == H2_CONTINUATION && !was_open;
  case BUG_FRAME_UNDECODED:
    return block && !is_open(link, frame->stream);
  case BUG_FRAME_PUSHED:
    return frame->type == H2_PUSH_PROMISE;
  case BUG_FRAME_EMPTY_DROPPED:
    return frame->type == H2_DATA && frame->len == 0;
  case BUG_FRAME_SHORT_LOST:
    return frame->type == H2_CONTINUATION && frame->len == 1 &&
           (frame->flags & H2_END_HEADERS) == 0;
  default:
    return false;
  }
}

static void move_frame(const struct h2_link *link, struct frame *frame, enum bug_fault fault) {
  bool block = frame->type == H2_HEADERS || frame->type == H2_CONTINUATION;
  bool message = block || frame->type == H2_DATA;
  bool any = fault == BUG_FRAME_ANY_STREAM && block && !is_open(link, frame->stream);
  bool pushed = fault == BUG_FRAME_PUSHED && message && frame->stream % 2 == 0;
  if ((any || pushed) && latest(link) != 0) {
    frame->stream = latest(link);
  }
}

static void change_frame(struct h2_link *link, struct frame *frame, enum bug_fault fault) {
  bool block = frame->type == H2_HEADERS || frame->type == H2_CONTINUATION;
  bool message = block || frame->type == H2_DATA;
  switch ((int)fault) {
  case BUG_FRAME_NO_CONTINUATION:
    frame->flags |= block ? H2_END_HEADERS : 0;
    return;
  case BUG_FRAME_PADDING:
    frame->flags &= (uint8_t)(message ? ~(unsigned)H2_PADDED : 0xffU);
    return;
  case BUG_FRAME_PRIORITY:
    frame->flags &= (uint8_t)(block ? ~(unsigned)H2_WITH_PRIORITY : 0xffU);
    return;
  case BUG_FRAME_UNKNOWN:
    if (frame->type > H2_CONTINUATION) {
      *frame = (struct frame){.type = H2_DATA};
    }
    return;
  default:
    move_frame(link, frame, fault);
    return;
  }
}

/* What came while no stream was open belongs to the next one. */
static void put_late(struct h2_link *link) {
  struct frame frame;
  while (latest(link) != 0 && next_frame(bytes_span(&link->inside), &frame)) {
    size_t len = H2_FRAME_HEAD + frame.len;
    frame.stream = latest(link);
    put(link, &frame);
    bytes_drop(&link->inside, len);
  }
}

/* Whether a frame is read only when another stream is open. */
static bool is_late(const struct h2_link *link, const struct frame *frame, uint32_t ended) {
  if (frame->type != H2_HEADERS) {
    return false;
  }
  return bug_is(link->conn.relay, BUG_FRAME_BEHIND_END)
             ? frame->stream == ended
             : bug_is(link->conn.relay, BUG_FRAME_ANY_STREAM) && latest(link) == 0;
}

void bug_frames(struct h2_link *link, struct span bytes) {
  const struct bug *bug = link->conn.relay->config.bug;
  struct frame frame;
  uint32_t ended = 0;
  if (bug == NULL || bug->fault < BUG_FRAME_NO_CONTINUATION || bug->fault > BUG_FRAME_SHORT_LOST ||
      link->h2.end == H2_SERVER) {
    bytes_add(&link->conn.in, bytes);
    return;
  }
  bytes_add(&link->frames, bytes);
  put_late(link);
  while (next_frame(bytes_span(&link->frames), &frame)) {
    size_t len = H2_FRAME_HEAD + frame.len;
    if (bug->fault == BUG_FRAME_INSIDE) {
      put_inside(link, &frame);
    } else if (is_late(link, &frame, ended)) {
      bytes_add(&link->inside, span_make(link->frames.ptr, len));
    } else if (!drops(link, &frame, bug->fault)) {
      change_frame(link, &frame, bug->fault);
      put(link, &frame);
    }
    bool ends = frame.type == H2_HEADERS || frame.type == H2_DATA;
    ended = ends && (frame.flags & H2_END_STREAM) != 0 ? frame.stream : ended;
    bytes_drop(&link->frames, len);
  }
}
