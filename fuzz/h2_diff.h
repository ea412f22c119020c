/* Where nghttp2's client session reads other messages than we do in a server's frames, and which of
 * these differences are known.
 *
 * Both ends have sent a GET, a HEAD, a CONNECT and a POST on streams 1 to 7, refuse pushes, and
 * read frame by frame until one of them refuses a frame, be it for its stream or for the
 * connection. */
#ifndef INTERIM_FUZZ_H2_DIFF_H
#define INTERIM_FUZZ_H2_DIFF_H

#include "core/h2_stream.h"

enum { H2_VIEW_EVENTS = 256, H2_VIEW_FRAMES = 64, H2_VIEW_REQUESTS = 4 };

/* A header block, content or reset, as a number made of all that it says, and its frame's index. */
struct h2_view_event {
  uint64_t sum;
  size_t frame;
};

/* What one side made of the frames. */
struct h2_view {
  struct h2_view_event events[H2_VIEW_EVENTS];
  size_t num;
  size_t refused;          /* the frame's index; SIZE_MAX for none */
  size_t stopped;          /* no frame from this one on is looked at: a push, GOAWAY, too many */
  enum h2_fault fault;     /* ours: what was wrong in a stream */
  struct h2_stream stream; /* ours: the stream of the refused frame, as it was then */
  bool digits;             /* ours: the last :status was three digits */
  /* Ours: what makes no message malformed, a bit for each frame. */
  uint64_t lengths;       /* Content-Length that is odd, though it can be read */
  uint64_t no_lengths;    /* Content-Length: 0 in a 204 */
  uint64_t of_tunnels;    /* Content-Length in a 2xx to CONNECT */
  uint64_t empties;       /* empty DATA before the final response */
  uint64_t controls;      /* a control byte in a value */
  uint64_t contents;      /* the first content where none may be */
  uint64_t tunnels;       /* DATA in a tunnel that a 204 began */
  uint64_t block_ends;    /* of header blocks */
  uint64_t acks;          /* SETTINGS with ACK, but the first */
  uint64_t large_windows; /* of a stream, with the initial one */
  uint32_t error;         /* the code of the connection's error, or theirs of the stream's */
};

enum h2_diff_kind {
  H2_DIFF_NONE,
  H2_DIFF_TAKES,   /* nghttp2 takes a frame that we refuse */
  H2_DIFF_REFUSES, /* nghttp2 refuses a frame that we take */
  H2_DIFF_READS,   /* it reads something else in it */
};

struct h2_diff {
  enum h2_diff_kind kind;
  size_t frame;
  struct h2_event head; /* of that frame */
  struct h2_view ours;
  struct h2_view theirs;
};

/* A difference that is known. Who is right, by which sentence, is in corpus/h2/FILE.h2, which shows
 * it. */
struct h2_diff_row {
  const char *name;
  const char *file;
  enum h2_diff_kind kind;
  enum h2_error_code error; /* with which it refuses; H2_NO_ERROR when it does not */
  bool (*when)(const struct h2_diff *diff);
};

extern const struct h2_diff_row h2_diff_rows[];
extern const size_t h2_diff_num_rows;

/* h2_view_add notes an event, and stops the view when it is full. */
void h2_view_add(struct h2_view *view, size_t frame, uint64_t sum);

/* h2_view_frame cuts the next whole frame off the front of the wire. Empty when there is none. */
struct span h2_view_frame(struct span *wire);

/* h2_view_number reads the 31 bits that four bytes hold, behind a reserved one. */
uint32_t h2_view_number(const uint8_t bytes[4]);

/* h2_view_stream returns the number of a frame's stream. */
uint32_t h2_view_stream(struct span frame);

/* h2_view_ours and h2_view_theirs read the frames. */
void h2_view_ours(struct span wire, struct h2_view *out);
void h2_view_theirs(struct span wire, struct h2_view *out);

/* h2_diff_find compares both. */
struct h2_diff h2_diff_find(struct span wire);

/* h2_diff_row_of returns the first row that knows the difference, but for the one named except,
 * which may be NULL. NULL: none does. */
const struct h2_diff_row *h2_diff_row_of(const struct h2_diff *diff, const char *except);

/* h2_diff_text says in a line what the difference is, for people. Good until the next call. */
const char *h2_diff_text(const struct h2_diff *diff);

/* h2_diff_property: NULL, or a difference that is not known. The row that the environment names in
 * DIFF_FORGET is not. */
const char *h2_diff_property(struct span wire);

#endif
