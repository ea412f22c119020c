/* The mutator of targets that read streams of heads: it changes whole heads, and leaves the rest to
 * libFuzzer. */
#include "fuzz/fuzz.h"
#include "fuzz/pieces.h"

FUZZ_UNTRACED_BEGIN

static const char *const codes[] = {"100", "101", "102", "103", "104", "110", "199",
                                    "200", "204", "304", "500", "099", "600"};

static const char *const fields[] = {
    "Content-Length: 5\r\n",
    "Content-Length: 0\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: gzip, chunked\r\n",
    "Connection: close\r\n",
    "Upgrade: websocket\r\n",
    "Link: </a>; rel=preload\r\n",
    "X: \t\r\n",
    " folded\r\n",
    "Upload-Offset: 7\r\n",
};

static const char *const heads_known[] = {
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 102 Processing\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
    "HTTP/1.1 104 \r\nContent-Length: 5\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\n\r\n",
    "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nT: t\r\n\r\n",
};

static void find_heads(struct pieces *heads) {
  struct span all = span_make(heads->data, heads->size);
  size_t at = span_find(all, span_of("HTTP/"), 0);
  while (at != SIZE_MAX) {
    size_t end = span_find(all, span_of("\r\n\r\n"), at);
    end = end == SIZE_MAX ? heads->size : end + 4;
    if (!pieces_note(heads, at, end)) {
      return;
    }
    at = span_find(all, span_of("HTTP/"), end);
  }
}

static bool insert_head(struct pieces *heads) {
  size_t known = pieces_draw(heads, sizeof(heads_known) / sizeof(heads_known[0]));
  return pieces_insert(heads, span_of(heads_known[known]));
}

static bool change_code(struct pieces *heads) {
  size_t i = pieces_draw(heads, heads->num);
  size_t code = pieces_draw(heads, sizeof(codes) / sizeof(codes[0]));
  size_t at = heads->begin[i] + sizeof("HTTP/1.1 ") - 1;
  return at + 3 <= heads->end[i] && pieces_replace(heads, at, at + 3, span_of(codes[code]));
}

static bool add_field(struct pieces *heads) {
  size_t i = pieces_draw(heads, heads->num);
  size_t field = pieces_draw(heads, sizeof(fields) / sizeof(fields[0]));
  struct span head = span_make(heads->data + heads->begin[i], heads->end[i] - heads->begin[i]);
  size_t line = span_find(head, span_of("\r\n"), 0);
  size_t at = heads->begin[i] + line + 2;
  return line != SIZE_MAX && pieces_replace(heads, at, at, span_of(fields[field]));
}

static size_t mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
  static bool (*const changes[])(struct pieces * heads) = {
      pieces_duplicate, pieces_delete, pieces_swap, change_code, add_field, insert_head,
  };
  struct pieces heads;
  if (size > max_size) {
    return 0;
  }
  pieces_init(&heads, data, size, max_size, seed);
  find_heads(&heads);
  size_t num = sizeof(changes) / sizeof(changes[0]);
  size_t change = heads.num == 0 ? num - 1 : pieces_draw(&heads, num);
  return changes[change](&heads) ? heads.size : 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
  size_t changed = seed % 5 < 3 ? mutate(data, size, max_size, seed) : 0;
  return changed > 0 ? changed : fuzz_mutate_bytes(data, size, max_size);
}

FUZZ_UNTRACED_END
