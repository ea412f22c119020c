/* The golden corpus, read by other parsers: build/diff-corpus FILE.http... prints each difference,
 * and whether it is known. Exit 1 if one is not, or if a known one was not seen although its peer
 * is here and its stream was among the files. */
#include "fuzz/diff.h"
#include "tests/read_file.h"

#include <stdio.h>
#include <stdlib.h>

static const struct adapter *peers[ADAPTER_PEERS];
static size_t num_peers;
static size_t num_new;

/* Whether a row's stream shows its difference with this peer. */
static bool check_row(const struct diff_row *row, const struct diff *diff) {
  bool meant = span_find(span_of(row->peers), span_of(diff->peer->name), 0) != SIZE_MAX;
  bool good = !meant || diff_row_of(diff, NULL) == row;
  if (!good) {
    (void)printf("NOT SEEN %s: %s\n", row->name, diff_text(diff));
  }
  return good;
}

static bool check_rows(struct span name, const struct diff *diff) {
  bool good = true;
  for (size_t i = 0; i < diff_num_rows; i++) {
    if (span_starts(name, diff_rows[i].file) &&
        span_is(span_skip(name, strlen(diff_rows[i].file)), ".http")) {
      good = check_row(&diff_rows[i], diff) && good;
    }
  }
  return good;
}

/* What the stream answers is told in the file beside it. */
static enum adapter_request request_of(const char *path) {
  struct bytes name = {0};
  struct bytes events = {0};
  const char *dot = strrchr(path, '.');
  bytes_printf(&name, "%.*s.events", (int)(dot == NULL ? 0 : dot - path), path);
  bool head =
      read_file(bytes_cstr(&name), &events) && span_starts(bytes_span(&events), "# requests: HEAD");
  bytes_free(&name);
  bytes_free(&events);
  return head ? ADAPTER_HEAD : ADAPTER_GET;
}

static bool check_file(const char *path) {
  struct bytes wire = {0};
  bool good = read_file(path, &wire);
  if (!good) {
    perror(path);
  }
  enum adapter_request request = request_of(path);
  const char *slash = strrchr(path, '/');
  struct span name = span_of(slash == NULL ? path : slash + 1);
  for (size_t i = 0; i < num_peers; i++) {
    struct diff diff = diff_find(peers[i], bytes_span(&wire), 0, request);
    const struct diff_row *row = diff_row_of(&diff, NULL);
    bool is_new = diff_is_new(&diff, NULL);
    if (row != NULL || is_new) {
      (void)printf("%s %.*s: %s\n", row == NULL ? "NEW" : row->name, (int)name.len,
                   (const char *)name.ptr, diff_text(&diff));
    }
    num_new += is_new;
    good = check_rows(name, &diff) && good;
  }
  bytes_free(&wire);
  return good;
}

int main(int argc, char **argv) {
  bool good = true;
  num_peers = adapter_peers(peers);
  for (int i = 1; i < argc; i++) {
    good = check_file(argv[i]) && good;
  }
  (void)printf("%d streams, %zu peers\n", argc - 1, num_peers);
  if (num_new > 0) {
    (void)printf("%zu new differences: NAME.events beside each stream has what is to be read in it,"
                 " and why\n",
                 num_new);
  }
  return good && num_new == 0 && argc > 1 && (num_peers > 0 || getenv("PEER") == NULL) ? 0 : 1;
}
