#include "fuzz/heads.h"

#include "base/span.h"

enum { MOST_HEADS = 64 };

struct heads {
  uint8_t *data;
  size_t size;
  size_t max_size;
  uint64_t random;
  size_t num;
  size_t begin[MOST_HEADS];
  size_t end[MOST_HEADS]; /* behind the empty line, or the end of the data */
};

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

static size_t pick(struct heads *heads, size_t bound) {
  heads->random = heads->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (size_t)(heads->random >> 33) % bound;
}

static void find_heads(struct heads *heads) {
  struct span all = span_make(heads->data, heads->size);
  size_t at = span_find(all, span_of("HTTP/"), 0);
  while (at != SIZE_MAX && heads->num < MOST_HEADS) {
    size_t end = span_find(all, span_of("\r\n\r\n"), at);
    end = end == SIZE_MAX ? heads->size : end + 4;
    heads->begin[heads->num] = at;
    heads->end[heads->num++] = end;
    at = span_find(all, span_of("HTTP/"), end);
  }
}

static bool insert(struct heads *heads, size_t at, struct span bytes) {
  if (bytes.len > heads->max_size - heads->size) {
    return false;
  }
  memmove(heads->data + at + bytes.len, heads->data + at, heads->size - at);
  memcpy(heads->data + at, bytes.ptr, bytes.len);
  heads->size += bytes.len;
  return true;
}

static bool duplicate_head(struct heads *heads) {
  size_t i = pick(heads, heads->num);
  size_t len = heads->end[i] - heads->begin[i];
  if (len > heads->max_size - heads->size) {
    return false;
  }
  memmove(heads->data + heads->end[i], heads->data + heads->begin[i],
          heads->size - heads->begin[i]);
  heads->size += len;
  return true;
}

static bool delete_head(struct heads *heads) {
  size_t i = pick(heads, heads->num);
  memmove(heads->data + heads->begin[i], heads->data + heads->end[i], heads->size - heads->end[i]);
  heads->size -= heads->end[i] - heads->begin[i];
  return heads->size > 0;
}

static void reverse(uint8_t *bytes, size_t len) {
  for (size_t i = 0; i < len / 2; i++) {
    uint8_t byte = bytes[i];
    bytes[i] = bytes[len - 1 - i];
    bytes[len - 1 - i] = byte;
  }
}

/* Swaps a head and what follows it, up to the end of the next head. */
static bool swap_heads(struct heads *heads) {
  if (heads->num < 2) {
    return false;
  }
  size_t i = pick(heads, heads->num - 1);
  uint8_t *first = heads->data + heads->begin[i];
  size_t len = heads->end[i] - heads->begin[i];
  size_t both = heads->end[i + 1] - heads->begin[i];
  reverse(first, both);
  reverse(first, both - len);
  reverse(first + both - len, len);
  return true;
}

static bool insert_head(struct heads *heads) {
  size_t at = heads->num == 0 ? 0 : heads->begin[pick(heads, heads->num)];
  size_t known = pick(heads, sizeof(heads_known) / sizeof(heads_known[0]));
  return insert(heads, at, span_of(heads_known[known]));
}

static bool change_code(struct heads *heads) {
  size_t i = pick(heads, heads->num);
  const char *code = codes[pick(heads, sizeof(codes) / sizeof(codes[0]))];
  if (heads->end[i] - heads->begin[i] < sizeof("HTTP/1.1 200") - 1) {
    return false;
  }
  memcpy(heads->data + heads->begin[i] + sizeof("HTTP/1.1 ") - 1, code, 3);
  return true;
}

static bool add_field(struct heads *heads) {
  size_t i = pick(heads, heads->num);
  size_t field = pick(heads, sizeof(fields) / sizeof(fields[0]));
  struct span head = span_make(heads->data + heads->begin[i], heads->end[i] - heads->begin[i]);
  size_t line = span_find(head, span_of("\r\n"), 0);
  return line != SIZE_MAX && insert(heads, heads->begin[i] + line + 2, span_of(fields[field]));
}

size_t heads_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
  static bool (*const changes[])(struct heads * heads) = {
      duplicate_head, delete_head, swap_heads, change_code, add_field, insert_head,
  };
  struct heads heads = {.data = data,
                        .size = size,
                        .max_size = max_size,
                        .random = seed * UINT64_C(0x9e3779b97f4a7c15)};
  if (size > max_size) {
    return 0;
  }
  find_heads(&heads);
  size_t num = sizeof(changes) / sizeof(changes[0]);
  size_t change = heads.num == 0 ? num - 1 : pick(&heads, num);
  return changes[change](&heads) ? heads.size : 0;
}
