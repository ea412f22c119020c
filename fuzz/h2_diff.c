#include "fuzz/h2_diff.h"

#include <stdio.h>
#include <stdlib.h>

void h2_view_add(struct h2_view *view, size_t frame, uint64_t sum) {
  if (view->num == H2_VIEW_EVENTS) {
    view->stopped = frame < view->stopped ? frame : view->stopped;
    return;
  }
  view->events[view->num++] = (struct h2_view_event){sum, frame};
}

struct span h2_view_frame(struct span *wire) {
  if (wire->len < H2_FRAME_HEAD) {
    return (struct span){0};
  }
  size_t len = (size_t)wire->ptr[0] << 16 | (size_t)wire->ptr[1] << 8 | wire->ptr[2];
  struct span frame = span_make(wire->ptr, H2_FRAME_HEAD + len);
  if (frame.len > wire->len) {
    return (struct span){0};
  }
  *wire = span_skip(*wire, frame.len);
  return frame;
}

uint32_t h2_view_number(const uint8_t bytes[4]) {
  return (uint32_t)(bytes[0] & 0x7f) << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
         bytes[3];
}

uint32_t h2_view_stream(struct span frame) {
  return h2_view_number(frame.ptr + 5);
}

static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

/* The first frame in which both read something else; SIZE_MAX for none. */
static size_t first_other(const struct h2_diff *diff) {
  const struct h2_view *ours = &diff->ours;
  const struct h2_view *theirs = &diff->theirs;
  size_t i = 0;
  while (i < ours->num && i < theirs->num && ours->events[i].sum == theirs->events[i].sum &&
         ours->events[i].frame == theirs->events[i].frame) {
    i++;
  }
  size_t our_frame = i < ours->num ? ours->events[i].frame : SIZE_MAX;
  return least(our_frame, i < theirs->num ? theirs->events[i].frame : SIZE_MAX);
}

struct h2_diff h2_diff_find(struct span wire) {
  struct h2_diff diff = {.kind = H2_DIFF_NONE};
  h2_view_ours(wire, &diff.ours);
  h2_view_theirs(wire, &diff.theirs);
  size_t refused = least(diff.ours.refused, diff.theirs.refused);
  size_t other = first_other(&diff);
  diff.frame = least(refused, other);
  if (diff.frame >= least(diff.ours.stopped, diff.theirs.stopped)) {
    return diff;
  }
  if (other < refused) {
    diff.kind = H2_DIFF_READS;
  } else if (diff.ours.refused != diff.theirs.refused) {
    diff.kind = diff.ours.refused < diff.theirs.refused ? H2_DIFF_TAKES : H2_DIFF_REFUSES;
  }
  struct span frame = {0};
  for (size_t i = 0; i <= diff.frame; i++) {
    frame = h2_view_frame(&wire);
  }
  if (frame.len > 0) {
    diff.head.type = frame.ptr[3];
    diff.head.flags = frame.ptr[4];
    diff.head.stream = h2_view_stream(frame);
    diff.head.length = (uint32_t)(frame.len - H2_FRAME_HEAD);
    diff.head.value = span_skip(frame, H2_FRAME_HEAD);
  }
  return diff;
}

const struct h2_diff_row *h2_diff_row_of(const struct h2_diff *diff, const char *except) {
  for (size_t i = 0; i < h2_diff_num_rows; i++) {
    const struct h2_diff_row *row = &h2_diff_rows[i];
    bool same = diff->kind != H2_DIFF_REFUSES || row->error == diff->theirs.error;
    bool named = except != NULL && strcmp(row->name, except) == 0;
    if (row->kind == diff->kind && same && !named && row->when(diff)) {
      return row;
    }
  }
  return NULL;
}

const char *h2_diff_text(const struct h2_diff *diff) {
  static char text[300];
  bool takes = diff->kind == H2_DIFF_TAKES;
  const char *kind = takes                           ? "takes what we refuse"
                     : diff->kind == H2_DIFF_REFUSES ? "refuses what we take"
                     : diff->kind == H2_DIFF_READS   ? "reads something else"
                                                     : "reads the same";
  const char *type = h2_type_name(diff->head.type);
  const char *error = h2_error_name(takes ? diff->ours.error : diff->theirs.error);
  const char *why = takes && diff->ours.fault != H2_FAULT_NONE ? h2_fault_text(diff->ours.fault)
                    : error == NULL                            ? "an unknown error"
                                                               : error;
  bool refused = takes || diff->kind == H2_DIFF_REFUSES;
  (void)snprintf(text, sizeof(text), "nghttp2 %s: frame %zu, %s on stream %u%s%s", kind,
                 diff->frame + 1, type == NULL ? "of no known type" : type, diff->head.stream,
                 refused ? ", for " : "", refused ? why : "");
  return text;
}

const char *h2_diff_property(struct span wire) {
  struct h2_diff diff = h2_diff_find(wire);
  bool known = diff.kind == H2_DIFF_NONE || h2_diff_row_of(&diff, getenv("DIFF_FORGET")) != NULL;
  return known ? NULL : h2_diff_text(&diff);
}
