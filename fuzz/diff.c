#include "fuzz/diff.h"

#include "base/bytes.h"
#include "tests/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

static bool is_final(const struct adapter_response *response) {
  return response->has_head && (response->code / 100 != 1 || response->code == 101);
}

/* How many responses count: complete ones, or, of a parser that knows heads alone, the heads up to
 * the first final one. */
static size_t number(const struct diff *diff, const struct adapter_log *log) {
  if (!diff->peer->heads_only) {
    return log->num;
  }
  size_t num = 0;
  while (log->responses[num].has_head) {
    if (is_final(&log->responses[num++])) {
      break;
    }
  }
  return num;
}

static enum diff_kind compare_response(const struct diff *diff, size_t i) {
  const struct adapter_response *ours = &diff->ours.responses[i];
  const struct adapter_response *theirs = &diff->theirs.responses[i];
  if (!ours->has_head || !theirs->has_head) {
    return DIFF_NONE;
  }
  if (ours->code != theirs->code) {
    return DIFF_CODE;
  }
  if (ours->head != theirs->head) {
    return DIFF_HEAD;
  }
  if (!ours->complete || !theirs->complete || diff->peer->heads_only) {
    return DIFF_NONE;
  }
  return ours->length != theirs->length || ours->content != theirs->content ? DIFF_CONTENT
                                                                            : DIFF_NONE;
}

/* The responses that both read are the same: which of them read more? */
static enum diff_kind compare_ends(struct diff *diff, size_t ours, size_t theirs) {
  const char *our_error = diff->ours.error;
  const char *their_error = diff->theirs.error;
  if (diff->peer->heads_only && ours > 0 && is_final(&diff->ours.responses[ours - 1])) {
    our_error = NULL; /* in what a parser of heads never looks at */
  }
  bool same = ours == theirs && (our_error == NULL) == (their_error == NULL);
  if (same) {
    bool tunnels = diff->peer->heads_only || diff->ours.tunnel == diff->theirs.tunnel;
    return tunnels ? DIFF_NONE : DIFF_TUNNEL;
  }
  if (our_error != NULL && ours <= theirs) {
    diff->error = our_error;
    return DIFF_TAKES;
  }
  if (their_error != NULL && theirs <= ours) {
    diff->error = their_error;
    return DIFF_REFUSES;
  }
  return DIFF_NUMBER;
}

struct diff diff_find(const struct adapter *peer, struct span wire, size_t size,
                      enum adapter_request request) {
  struct diff diff = {.peer = peer, .wire = wire, .size = size, .request = request};
  size_t whole = wire.len > 0 ? wire.len : 1;
  adapter_read(&adapter_ours, wire.ptr, wire.len, whole, request, &diff.ours);
  adapter_read(peer, wire.ptr, wire.len, size > 0 ? size : whole, request, &diff.theirs);
  if (diff.ours.full || diff.theirs.full) {
    return diff;
  }
  size_t ours = number(&diff, &diff.ours);
  size_t theirs = number(&diff, &diff.theirs);
  size_t both = least(ours, theirs);
  for (size_t i = 0; i <= both && diff.kind == DIFF_NONE; i++) {
    bool past = diff.peer->heads_only && i > 0 && is_final(&diff.ours.responses[i - 1]);
    diff.kind = past ? DIFF_NONE : compare_response(&diff, i);
    diff.response = i;
  }
  if (diff.kind == DIFF_NONE) {
    diff.kind = compare_ends(&diff, ours, theirs);
    diff.response = both;
  }
  return diff;
}

static bool has_word(const char *words, const char *word) {
  struct span rest = span_of(words);
  for (struct span next = span_word(&rest); next.len > 0; next = span_word(&rest)) {
    if (span_is(next, word)) {
      return true;
    }
  }
  return false;
}

const struct diff_row *diff_row_of(const struct diff *diff, const char *except) {
  for (size_t i = 0; i < diff_num_rows; i++) {
    const struct diff_row *row = &diff_rows[i];
    if ((row->kinds & diff->kind) != 0 && has_word(row->peers, diff->peer->name) &&
        (except == NULL || strcmp(row->name, except) != 0) &&
        (row->errors == NULL || diff->error == NULL || has_word(row->errors, diff->error)) &&
        (row->when == NULL || row->when(diff))) {
      return row;
    }
  }
  return NULL;
}

bool diff_is_new(const struct diff *diff, const char *except) {
  bool passed = diff->kind == DIFF_TAKES && getenv("DIFF_LAX") != NULL;
  return diff->kind != DIFF_NONE && !passed && diff_row_of(diff, except) == NULL;
}

static const char *kind_text(enum diff_kind kind) {
  switch (kind) {
  case DIFF_NONE:
    return "reads the same";
  case DIFF_TAKES:
    return "takes what we refuse";
  case DIFF_REFUSES:
    return "refuses what we take";
  case DIFF_CODE:
    return "reads another code";
  case DIFF_HEAD:
    return "reads other fields";
  case DIFF_CONTENT:
    return "reads other content";
  case DIFF_NUMBER:
    return "reads another number of responses";
  case DIFF_TUNNEL:
    return "sees a tunnel elsewhere";
  }
  return "";
}

static void say_what(struct bytes *out, const struct diff *diff) {
  const struct adapter_response *ours = &diff->ours.responses[diff->response];
  const struct adapter_response *theirs = &diff->theirs.responses[diff->response];
  switch (diff->kind) {
  case DIFF_NONE:
  case DIFF_HEAD:
  case DIFF_NUMBER:
    return;
  case DIFF_TAKES:
    bytes_printf(out, ": %s at byte %" PRIu64, diff->error, diff->ours.error_at);
    return;
  case DIFF_REFUSES:
    bytes_printf(out, ": %s", diff->error);
    return;
  case DIFF_CODE:
    bytes_printf(out, ": %u, we %u", theirs->code, ours->code);
    return;
  case DIFF_CONTENT:
    bytes_printf(out, ": %" PRIu64 " bytes, we %" PRIu64, theirs->length, ours->length);
    bytes_text(out, theirs->length == ours->length ? " others, or other trailers" : "");
    return;
  case DIFF_TUNNEL:
    bytes_text(out, diff->ours.tunnel ? ": not here" : ": here");
    return;
  }
}

const char *diff_text(const struct diff *diff) {
  static struct bytes text;
  const struct adapter_response *ours = &diff->ours.responses[diff->response];
  const struct adapter_response *theirs = &diff->theirs.responses[diff->response];
  text.len = 0;
  bytes_printf(&text, "%s %s", diff->peer->name, kind_text(diff->kind));
  say_what(&text, diff);
  bytes_printf(&text, ", in response %zu of the stream", diff->response + 1);
  if (ours->has_head || theirs->has_head) {
    bytes_printf(&text, ", a %u", ours->has_head ? ours->code : theirs->code);
  }
  bytes_printf(&text, "; complete responses: %zu, we %zu", diff->theirs.num, diff->ours.num);
  bytes_text(&text, diff->request == ADAPTER_HEAD ? "; the first request was a HEAD" : "");
  if (diff->size > 0) {
    bytes_printf(&text, "; in reads of %zu bytes", diff->size);
  }
  return bytes_cstr(&text);
}

const char *diff_property(struct span wire) {
  static const struct adapter *peers[ADAPTER_PEERS];
  static size_t num_peers = SIZE_MAX;
  static const char *forgotten;
  if (num_peers == SIZE_MAX) {
    num_peers = adapter_peers(peers);
    forgotten = getenv("DIFF_FORGET");
  }
  if (num_peers == 0 && getenv("PEER") != NULL) {
    return "the parser that PEER names is not there";
  }
  uint64_t hash = hash_span(0, wire);
  /* Mostly all at once: how a peer's reading depends on cuts is a question of its own. */
  size_t size = (hash & 7) == 0 ? 1 + (size_t)(hash >> 8) % 16 : 0;
  enum adapter_request request = (hash >> 16) % 8 == 0 ? ADAPTER_HEAD : ADAPTER_GET;
  for (size_t i = 0; i < num_peers; i++) {
    struct diff diff = diff_find(peers[i], wire, size, request);
    if (diff_is_new(&diff, forgotten)) {
      return diff_text(&diff);
    }
  }
  return NULL;
}
