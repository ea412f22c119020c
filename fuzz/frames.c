/* The mutator of targets that read a server's frames of HTTP/2: it changes whole frames and what is
 * in their heads, lets payloads be mutated with their length set right, and leaves the rest to
 * libFuzzer. */
#include "core/h2.h"
#include "fuzz/fuzz.h"
#include "fuzz/pieces.h"

FUZZ_UNTRACED_BEGIN

struct known {
  const char *bytes;
  size_t len;
};

#define KNOWN(bytes)                                                                               \
  { bytes, sizeof(bytes) - 1 }

/* Streams are set when a frame is put in: the client asks on 1, 3, 5 and 7. */
static const struct known frames_known[] = {
    KNOWN("\0\0\0\4\0\0\0\0\0"),                              /* SETTINGS */
    KNOWN("\0\0\0\4\1\0\0\0\0"),                              /* SETTINGS, ACK */
    KNOWN("\0\0\6\4\0\0\0\0\0\0\4\0\0\0\12"),                 /* a small window */
    KNOWN("\0\0\6\4\0\0\0\0\0\0\1\0\0\0\0"),                  /* no header table */
    KNOWN("\0\0\5\1\4\0\0\0\1\10\003100"),                    /* 100 */
    KNOWN("\0\0\5\1\4\0\0\0\1\10\003102"),                    /* 102 */
    KNOWN("\0\0\17\1\4\0\0\0\1\10\003103\0\4link\3</a"),      /* 103, cut */
    KNOWN("\0\0\5\1\5\0\0\0\1\10\003103"),                    /* 103, END_STREAM */
    KNOWN("\0\0\1\1\4\0\0\0\1\210"),                          /* 200 */
    KNOWN("\0\0\1\1\5\0\0\0\1\211"),                          /* 204, END_STREAM */
    KNOWN("\0\0\23\1\4\0\0\0\1\210\0\16content-length\0012"), /* 200 of two bytes */
    KNOWN("\0\0\2\0\1\0\0\0\1ok"),                            /* DATA, END_STREAM */
    KNOWN("\0\0\5\0\10\0\0\0\1\2ok\0\0"),                     /* DATA, padded */
    KNOWN("\0\0\0\0\0\0\0\0\1"),                              /* DATA, empty */
    KNOWN("\0\0\6\1\5\0\0\0\1\0\1t\2ab"),                     /* trailers */
    KNOWN("\0\0\1\11\4\0\0\0\1\210"),                         /* CONTINUATION */
    KNOWN("\0\0\4\3\0\0\0\0\1\0\0\0\10"),                     /* RST_STREAM, CANCEL */
    KNOWN("\0\0\7\5\4\0\0\0\1\0\0\0\2\202\206\204"),          /* PUSH_PROMISE */
    KNOWN("\0\0\10\6\0\0\0\0\0abcdefgh"),                     /* PING */
    KNOWN("\0\0\10\7\0\0\0\0\0\0\0\0\1\0\0\0\0"),             /* GOAWAY */
    KNOWN("\0\0\4\10\0\0\0\0\1\0\0\0\5"),                     /* WINDOW_UPDATE */
    KNOWN("\0\0\5\2\0\0\0\0\1\0\0\0\0\17"),                   /* PRIORITY */
    KNOWN("\0\0\1\20\0\0\0\0\1x"),                            /* an unknown type */
};

static uint32_t length_at(const uint8_t *frame) {
  return (uint32_t)frame[0] << 16 | (uint32_t)frame[1] << 8 | frame[2];
}

static void put_length(uint8_t *frame, size_t length) {
  frame[0] = (uint8_t)(length >> 16);
  frame[1] = (uint8_t)(length >> 8);
  frame[2] = (uint8_t)length;
}

static void find_frames(struct pieces *frames) {
  size_t at = 0;
  while (frames->size - at >= H2_FRAME_HEAD) {
    size_t length = length_at(frames->data + at);
    size_t left = frames->size - at - H2_FRAME_HEAD;
    size_t end = length < left ? at + H2_FRAME_HEAD + length : frames->size;
    if (!pieces_note(frames, at, end)) {
      return;
    }
    at = end;
  }
}

static uint8_t *draw_frame(struct pieces *frames) {
  return frames->data + frames->begin[pieces_draw(frames, frames->num)];
}

static bool insert_frame(struct pieces *frames) {
  size_t num = sizeof(frames_known) / sizeof(frames_known[0]);
  const struct known *known = &frames_known[pieces_draw(frames, num)];
  uint8_t frame[64];
  memcpy(frame, known->bytes, known->len);
  if (frame[8] != 0) {
    frame[8] = (uint8_t)(1 + 2 * pieces_draw(frames, 4));
  }
  return pieces_insert(frames, span_make(frame, known->len));
}

static bool change_type(struct pieces *frames) {
  draw_frame(frames)[3] = (uint8_t)pieces_draw(frames, 12);
  return true;
}

static bool change_flags(struct pieces *frames) {
  static const uint8_t flags[] = {H2_END_STREAM, H2_END_HEADERS, H2_PADDED, H2_WITH_PRIORITY, 0x80};
  draw_frame(frames)[4] ^= flags[pieces_draw(frames, sizeof(flags))];
  return true;
}

static bool change_stream(struct pieces *frames) {
  draw_frame(frames)[8] = (uint8_t)pieces_draw(frames, 10);
  return true;
}

static bool change_length(struct pieces *frames) {
  uint8_t *frame = draw_frame(frames);
  size_t length = length_at(frame);
  size_t changed = pieces_draw(frames, 2) == 0 ? pieces_draw(frames, length + 2)
                                               : length + pieces_draw(frames, 20);
  put_length(frame, changed);
  return changed != length;
}

/* Cuts a header block in two, HEADERS and CONTINUATION. */
static bool cut_block(struct pieces *frames) {
  size_t i = pieces_draw(frames, frames->num);
  uint8_t *frame = frames->data + frames->begin[i];
  size_t length = frames->end[i] - frames->begin[i] - H2_FRAME_HEAD;
  if (frame[3] != H2_HEADERS && frame[3] != H2_CONTINUATION) {
    return false;
  }
  size_t first = pieces_draw(frames, length + 1);
  uint8_t head[H2_FRAME_HEAD];
  memcpy(head, frame, sizeof(head));
  put_length(head, length - first);
  head[3] = H2_CONTINUATION;
  head[4] &= H2_END_HEADERS;
  size_t at = frames->begin[i] + H2_FRAME_HEAD + first;
  if (!pieces_replace(frames, at, at, span_make(head, sizeof(head)))) {
    return false;
  }
  put_length(frame, first);
  frame[4] &= (uint8_t)~H2_END_HEADERS;
  return true;
}

static bool change_payload(struct pieces *frames) {
  uint8_t payload[1024];
  size_t i = pieces_draw(frames, frames->num);
  size_t at = frames->begin[i] + H2_FRAME_HEAD;
  size_t length = frames->end[i] - at;
  if (length > sizeof(payload) / 2) {
    return false;
  }
  memcpy(payload, frames->data + at, length);
  size_t changed = fuzz_mutate_bytes(payload, length, length < 8 ? 16 : 2 * length);
  if (!pieces_replace(frames, at, frames->end[i], span_make(payload, changed))) {
    return false;
  }
  put_length(frames->data + frames->begin[i], changed);
  return true;
}

static size_t mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
  static bool (*const changes[])(struct pieces * frames) = {
      pieces_duplicate, pieces_delete, pieces_swap,  change_type,    change_flags,   change_stream,
      change_length,    cut_block,     insert_frame, change_payload, change_payload, change_payload,
  };
  struct pieces frames;
  if (size > max_size) {
    return 0;
  }
  pieces_init(&frames, data, size, max_size, seed);
  find_frames(&frames);
  if (frames.num == 0) {
    return insert_frame(&frames) ? frames.size : 0;
  }
  size_t change = pieces_draw(&frames, sizeof(changes) / sizeof(changes[0]));
  return changes[change](&frames) ? frames.size : 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
  size_t changed = seed % 5 < 4 ? mutate(data, size, max_size, seed) : 0;
  return changed > 0 ? changed : fuzz_mutate_bytes(data, size, max_size);
}

FUZZ_UNTRACED_END
