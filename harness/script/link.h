/* An HTTP/2 connection of ours, towards the target's front or from its back: the connection's end,
 * what arrived and is unread, and what is to be written.
 *
 * Frames are coded when they are appended, so they must go out in that order. A message that is
 * written in pieces holds the link: what others append meanwhile waits in out until then. */
#ifndef INTERIM_SCRIPT_LINK_H
#define INTERIM_SCRIPT_LINK_H

#include "script/part.h"

struct link_rest;

struct link {
  struct h2_connection h2;
  struct bytes window;
  struct bytes out;       /* frames that are to be written */
  const void *holder;     /* who writes a message in pieces; NULL for nobody */
  struct link_rest *rest; /* content that waits for the peer's windows, in order */
  uint32_t promised;      /* the stream that was promised last; 0 for none */
  bool away;              /* a GOAWAY of ours went out */
};

/* link_init begins our end; its preface and SETTINGS are in out. */
void link_init(struct link *link, enum h2_end end, const struct h2_coder_ops *coder,
               const struct h2_parameter *parameters, size_t num_parameters);

/* link_add gives bytes that arrived, link_next the next event in them. */
void link_add(struct link *link, struct span bytes);
enum h2_status link_next(struct link *link, struct h2_event *event);

/* link_put codes a part for a stream and appends it to *out, which may be link->out. Content beyond
 * the peer's windows goes to link->out later, as they open, and so do trailers and a reset behind
 * it: the part must live as long. */
void link_put(struct link *link, struct h2_stream *stream, const struct part *part,
              struct bytes *out);

/* link_stream_of returns the stream that a part which is a raw frame names: mostly the one given.
 */
uint32_t link_stream_of(const struct link *link, const struct h2_stream *stream,
                        const struct part *part);

/* link_forget drops what waits for a stream that goes away. */
void link_forget(struct link *link, const struct h2_stream *stream);

/* link_take tells whether there is something to write now, and nobody holds the link. The bytes are
 * link->out's; the caller empties it. */
bool link_take(const struct link *link);

/* link_free frees what it holds. */
void link_free(struct link *link);

#endif
