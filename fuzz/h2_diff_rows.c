#include "base/bytes.h"
#include "core/h2_connection.h"
#include "fuzz/h2_diff.h"

enum { SETTING = 6 }; /* bytes of one */

/* A parameter of an extension (RFC 8441, RFC 9218). */
static bool is_setting(const struct h2_diff *diff) {
  struct span rest = diff->head.value;
  bool found = false;
  for (; diff->head.type == H2_SETTINGS && rest.len >= SETTING; rest = span_skip(rest, SETTING)) {
    found = found || (rest.ptr[0] == 0 && (rest.ptr[1] == 8 || rest.ptr[1] == 9));
  }
  return found;
}

static bool has_bit(uint64_t frames, const struct h2_diff *diff) {
  return (frames >> diff->frame & 1) != 0;
}

static bool is_ack(const struct h2_diff *diff) {
  return has_bit(diff->ours.acks, diff);
}

static bool is_length(const struct h2_diff *diff) {
  return has_bit(diff->ours.lengths, diff);
}

static bool is_empty_data(const struct h2_diff *diff) {
  return has_bit(diff->ours.empties, diff);
}

static bool is_control(const struct h2_diff *diff) {
  return has_bit(diff->ours.controls, diff);
}

static bool is_continued(const struct h2_diff *diff) {
  return diff->head.type == H2_CONTINUATION;
}

static bool is_many_settings(const struct h2_diff *diff) {
  return diff->head.type == H2_SETTINGS && diff->head.length > 32 * SETTING;
}

static bool is_own_priority(const struct h2_diff *diff) {
  struct span on = diff->head.value;
  return diff->head.type == H2_PRIORITY && on.len >= 4 &&
         h2_view_number(on.ptr) == diff->head.stream;
}

static bool is_content(const struct h2_diff *diff) {
  return has_bit(diff->ours.contents, diff);
}

static bool is_in_tunnel(const struct h2_diff *diff) {
  return has_bit(diff->ours.tunnels, diff);
}

static bool is_window(const struct h2_diff *diff) {
  return has_bit(diff->ours.large_windows, diff);
}

static bool is_idle(const struct h2_diff *diff) {
  bool asked = diff->head.stream % 2 == 1 && diff->head.stream < 2 * H2_VIEW_REQUESTS;
  return diff->head.stream != 0 && !asked;
}

/* What is refused where the block is open: we refuse it at its end, if that comes, or know it by
 * another row there. */
static bool is_block_open(const struct h2_diff *diff) {
  bool open = (diff->head.type == H2_HEADERS || diff->head.type == H2_CONTINUATION) &&
              (diff->head.flags & H2_END_HEADERS) == 0;
  uint64_t ends = diff->ours.block_ends >> diff->frame;
  uint64_t odd = (diff->ours.lengths | diff->ours.controls) >> diff->frame;
  uint64_t first = ends & (~ends + 1);
  return open && (ends == 0 || (odd & first) != 0);
}

static bool is_after_end(const struct h2_diff *diff) {
  return diff->ours.fault == H2_FAULT_AFTER_END;
}

static bool is_closed(const struct h2_diff *diff) {
  return diff->ours.stream.ended || diff->ours.stream.reset;
}

static bool is_window_of_closed(const struct h2_diff *diff) {
  return is_closed(diff) && diff->head.type == H2_WINDOW_UPDATE;
}

static bool is_padding_of_closed(const struct h2_diff *diff) {
  return is_closed(diff) && diff->head.type == H2_DATA && (diff->head.flags & H2_PADDED) != 0 &&
         (diff->ours.error == H2_PROTOCOL_ERROR || diff->ours.error == H2_FRAME_SIZE_ERROR);
}

static unsigned setting_at(struct span parameters) {
  return (unsigned)parameters.ptr[0] << 8 | parameters.ptr[1];
}

/* Whether a value is followed by another one of the same setting. */
static bool is_overwritten(struct span parameters) {
  struct span rest = span_skip(parameters, SETTING);
  while (rest.len >= SETTING && setting_at(rest) != setting_at(parameters)) {
    rest = span_skip(rest, SETTING);
  }
  return rest.len >= SETTING;
}

/* Whether we refuse SETTINGS with these parameters. */
static bool refuses_settings(const struct h2_diff *diff, struct span parameters) {
  static struct bytes frame;
  struct h2_view view;
  frame.len = 0;
  h2_write_frame(&frame, H2_SETTINGS, diff->head.flags, diff->head.stream, parameters);
  h2_view_ours(bytes_span(&frame), &view);
  return view.refused != SIZE_MAX;
}

/* A value that is refused for itself was overwritten, and what is left without such ones is not. */
static bool is_settings(const struct h2_diff *diff) {
  static struct bytes kept;
  struct span rest = diff->head.value;
  bool wrong = false;
  kept.len = 0;
  for (; diff->head.type == H2_SETTINGS && rest.len >= SETTING; rest = span_skip(rest, SETTING)) {
    struct span parameter = span_make(rest.ptr, SETTING);
    if (is_overwritten(rest)) {
      wrong = wrong || refuses_settings(diff, parameter);
    } else {
      bytes_add(&kept, parameter);
    }
  }
  bytes_add(&kept, rest);
  return wrong && !refuses_settings(diff, bytes_span(&kept));
}

static bool is_length_to_connect(const struct h2_diff *diff) {
  return diff->ours.stream.to_connect && diff->ours.fault == H2_FAULT_LENGTH;
}

static bool is_head_in_tunnel(const struct h2_diff *diff) {
  return diff->ours.stream.tunnel && diff->ours.fault == H2_FAULT_TRAILERS_OPEN;
}

/* Three digits, but no status code. */
static bool is_status(const struct h2_diff *diff) {
  return diff->ours.digits && diff->ours.fault == H2_FAULT_STATUS_INVALID;
}

static bool is_no_length(const struct h2_diff *diff) {
  return has_bit(diff->ours.no_lengths, diff);
}

static bool is_length_of_tunnel(const struct h2_diff *diff) {
  return has_bit(diff->ours.of_tunnels, diff);
}

const struct h2_diff_row h2_diff_rows[] = {
    {"settings-ack", "response-settings-ack-twice", H2_DIFF_REFUSES, H2_PROTOCOL_ERROR, is_ack},
    {"settings-value", "response-settings-extension", H2_DIFF_REFUSES, H2_PROTOCOL_ERROR,
     is_setting},
    {"odd-length", "response-interim-length", H2_DIFF_REFUSES, H2_PROTOCOL_ERROR, is_length},
    {"empty-data", "response-data-first-empty", H2_DIFF_REFUSES, H2_PROTOCOL_ERROR, is_empty_data},
    {"value-control", "response-value-control", H2_DIFF_REFUSES, H2_PROTOCOL_ERROR, is_control},
    {"continuations", "response-continuation-one-byte", H2_DIFF_REFUSES, H2_INTERNAL_ERROR,
     is_continued},
    {"settings-many", "response-settings-many", H2_DIFF_REFUSES, H2_ENHANCE_YOUR_CALM,
     is_many_settings},
    {"priority-self", "response-priority-self", H2_DIFF_REFUSES, H2_PROTOCOL_ERROR,
     is_own_priority},
    {"no-content", "response-304-content", H2_DIFF_REFUSES, H2_PROTOCOL_ERROR, is_content},
    {"connect-204", "response-connect-204", H2_DIFF_REFUSES, H2_PROTOCOL_ERROR, is_in_tunnel},
    {"window-overflow", "response-window-overflow", H2_DIFF_REFUSES, H2_FLOW_CONTROL_ERROR,
     is_window},
    {"idle-stream", "response-reset-idle-stream", H2_DIFF_REFUSES, H2_PROTOCOL_ERROR, is_idle},
    {"block-open", "response-malformed-in-open-block", H2_DIFF_REFUSES, H2_PROTOCOL_ERROR,
     is_block_open},
    {"block-open-after-end", "response-open-block-after-end", H2_DIFF_REFUSES, H2_STREAM_CLOSED,
     is_block_open},
    {"after-end", "response-interim-after-end", H2_DIFF_TAKES, H2_NO_ERROR, is_after_end},
    {"window-after-end", "response-window-zero-after-end", H2_DIFF_TAKES, H2_NO_ERROR,
     is_window_of_closed},
    {"padding-after-end", "response-error-padding-after-end", H2_DIFF_TAKES, H2_NO_ERROR,
     is_padding_of_closed},
    {"settings-twice", "response-error-window-size-overwritten", H2_DIFF_TAKES, H2_NO_ERROR,
     is_settings},
    {"connect-refused", "response-connect-refused-length", H2_DIFF_TAKES, H2_NO_ERROR,
     is_length_to_connect},
    {"connect-trailers", "response-connect-trailers", H2_DIFF_TAKES, H2_NO_ERROR,
     is_head_in_tunnel},
    {"status", "response-status-099", H2_DIFF_TAKES, H2_NO_ERROR, is_status},
    {"204-length-0", "response-204-content-length-0", H2_DIFF_READS, H2_NO_ERROR, is_no_length},
    {"connect-length", "response-connect-content-length", H2_DIFF_READS, H2_NO_ERROR,
     is_length_of_tunnel},
};

const size_t h2_diff_num_rows = sizeof(h2_diff_rows) / sizeof(h2_diff_rows[0]);
