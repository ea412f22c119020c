#include "hpack/hpack.h"

#include "base/arena.h"

#include <nghttp2/nghttp2.h>

struct hpack {
  struct arena arena; /* holds this object */
  nghttp2_hd_inflater *inflater;
  nghttp2_hd_deflater *deflater;
  uint32_t allowed; /* bytes that the peer's table may have */
  uint32_t said;    /* what our SETTINGS say */
  bool raised;      /* the inflater does not know that yet */
  bool lowered;     /* the same, and the peer's next block may say so */
  bool inside;      /* a header block is being decoded */
};

/* nghttp2 fails here for want of memory alone. */
static void demand(bool good) {
  if (!good) {
    (void)fputs("interim: out of memory\n", stderr);
    abort();
  }
}

static void *hpack_make(void) {
  struct arena arena;
  arena_init(&arena);
  struct hpack *hpack = arena_alloc(&arena, sizeof(*hpack));
  hpack->arena = arena;
  hpack->allowed = hpack->said = H2_DEFAULT_TABLE;
  demand(nghttp2_hd_inflate_new(&hpack->inflater) == 0);
  demand(nghttp2_hd_deflate_new(&hpack->deflater, H2_DEFAULT_TABLE) == 0);
  return hpack;
}

static void hpack_free(void *coder) {
  struct hpack *hpack = coder;
  nghttp2_hd_inflate_del(hpack->inflater);
  nghttp2_hd_deflate_del(hpack->deflater);
  struct arena arena = hpack->arena;
  arena_free(&arena);
}

/* The inflater takes a new size between blocks only. */
static void begin_block(struct hpack *hpack) {
  if (!hpack->inside && hpack->raised) {
    demand(nghttp2_hd_inflate_change_table_size(hpack->inflater, hpack->allowed) == 0);
    hpack->raised = false;
  }
  hpack->inside = true;
}

/* nghttp2 asks for a block that says the new size first. A peer that never fills its table need not
 * say it, so we say it in its place: the size fits into the five bits of one byte, or is not
 * enforced. */
static void lower(struct hpack *hpack, struct span block) {
  enum { MASK = 0xe0, SIZE_UPDATE = 0x20, MOST = 30 };
  if (!hpack->lowered || block.len == 0) {
    return;
  }
  hpack->lowered = false;
  if (hpack->said > MOST) {
    return;
  }
  demand(nghttp2_hd_inflate_change_table_size(hpack->inflater, hpack->said) == 0);
  if ((block.ptr[0] & MASK) == SIZE_UPDATE) {
    return;
  }
  uint8_t update = (uint8_t)(SIZE_UPDATE | hpack->said);
  nghttp2_nv field;
  int flags = NGHTTP2_HD_INFLATE_NONE;
  demand(nghttp2_hd_inflate_hd2(hpack->inflater, &field, &flags, &update, 1, 0) == 1);
}

static int hpack_decode(void *coder, struct span *block, bool last, struct h2_field *out) {
  static const uint8_t nothing[1] = {0};
  struct hpack *hpack = coder;
  bool first = !hpack->inside;
  begin_block(hpack);
  if (first) {
    lower(hpack, *block);
  }
  do {
    nghttp2_nv field;
    int flags = NGHTTP2_HD_INFLATE_NONE;
    const uint8_t *from = block->len > 0 ? block->ptr : nothing;
    ssize_t taken =
        nghttp2_hd_inflate_hd2(hpack->inflater, &field, &flags, from, block->len, last ? 1 : 0);
    if (taken < 0) {
      return -1;
    }
    *block = span_skip(*block, (size_t)taken);
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
      out->name = span_make(field.name, field.namelen);
      out->value = span_make(field.value, field.valuelen);
      return 1;
    }
    if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) {
      (void)nghttp2_hd_inflate_end_headers(hpack->inflater);
      hpack->inside = false;
      return 0;
    }
  } while (block->len > 0);
  return 0;
}

/* nghttp2 writes to nothing that it is given, but its type does not say so. */
static uint8_t *copy(struct arena *arena, struct span bytes) {
  uint8_t *out = arena_alloc(arena, bytes.len);
  if (bytes.len > 0) {
    memcpy(out, bytes.ptr, bytes.len);
  }
  return out;
}

static void hpack_encode(void *coder, const struct h2_field *fields, size_t num_fields,
                         struct bytes *out) {
  struct hpack *hpack = coder;
  struct arena arena;
  arena_init(&arena);
  nghttp2_nv *list = arena_array(&arena, num_fields, sizeof(*list));
  for (size_t i = 0; i < num_fields; i++) {
    list[i] = (nghttp2_nv){.name = copy(&arena, fields[i].name),
                           .value = copy(&arena, fields[i].value),
                           .namelen = fields[i].name.len,
                           .valuelen = fields[i].value.len};
  }
  size_t most = nghttp2_hd_deflate_bound(hpack->deflater, list, num_fields);
  uint8_t *block = arena_alloc(&arena, most);
  ssize_t len = nghttp2_hd_deflate_hd(hpack->deflater, block, most, list, num_fields);
  demand(len >= 0);
  bytes_add(out, span_make(block, (size_t)len));
  arena_free(&arena);
}

static void hpack_resize(void *coder, uint32_t bytes) {
  struct hpack *hpack = coder;
  demand(nghttp2_hd_deflate_change_table_size(hpack->deflater, bytes) == 0);
}

static void hpack_allow(void *coder, uint32_t bytes) {
  struct hpack *hpack = coder;
  hpack->said = bytes;
  if (bytes > hpack->allowed) {
    hpack->allowed = bytes;
    hpack->raised = true;
  }
}

static void hpack_settle(void *coder) {
  struct hpack *hpack = coder;
  hpack->lowered = hpack->said < hpack->allowed;
}

const struct h2_coder_ops hpack_coder = {
    .make = hpack_make,
    .decode = hpack_decode,
    .encode = hpack_encode,
    .resize = hpack_resize,
    .allow = hpack_allow,
    .settle = hpack_settle,
    .free = hpack_free,
};
