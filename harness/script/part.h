/* What a step of ours sends on a stream of HTTP/2, before a connection codes it. */
#ifndef INTERIM_SCRIPT_PART_H
#define INTERIM_SCRIPT_PART_H

#include "case/case.h"
#include "core/h2_connection.h"

struct part {
  struct part *next;
  struct part *last; /* of the first one of a list, where the list ended when it last grew */
  struct part *then; /* in the list of what is being written, of any stream */
  unsigned type;     /* of enum h2_type, or any */
  unsigned flags;    /* of a raw frame, all of them; of a message's part, H2_END_STREAM alone */
  bool raw;          /* one frame, as it stands */
  enum frame_stream on;
  uint32_t number;         /* as in struct case_frame */
  struct h2_field *fields; /* HEADERS, CONTINUATION, PUSH_PROMISE */
  size_t num_fields;
  struct h2_parameter *parameters; /* SETTINGS */
  size_t num_parameters;
  size_t exchange;     /* by its number in the script: whose stream */
  struct span payload; /* DATA; of a raw frame with neither fields nor parameters, all of it */
  struct h2_shape shape;
};

/* part_events gives the events that a reader of the part would get, on this stream. A raw header
 * block that stands in bytes is no block to read: false then, and nothing given for it. ends keeps
 * whether an open header block ends the stream, between the parts of one message. */
bool part_events(const struct part *part, uint32_t stream, bool *ends,
                 void (*take)(void *user, const struct h2_event *event), void *user);

/* part_text appends how the part reads on this stream, for people. */
void part_text(struct bytes *out, const struct part *part, uint32_t stream);

/* part_append puts a list behind another; either may be NULL. Returns the whole. */
struct part *part_append(struct part *list, struct part *more);

#endif
