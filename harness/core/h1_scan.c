#include "core/h1_scan.h"

#if defined(__x86_64__)
#include "core/h1_x86.h"

static size_t skip_sse2(const uint8_t *blocks, size_t num) {
  size_t i = 0;
  for (; i < num; i++) {
    __m128i breaks = _mm_setzero_si128();
    for (unsigned j = 0; j < H1_BLOCK; j += 16) {
      __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(blocks + i * H1_BLOCK + j));
      breaks = _mm_or_si128(breaks, break_bytes(bytes));
    }
    if (bits_of(breaks) != 0) {
      break;
    }
  }
  return i;
}

AVX2 static inline __m256i controls_avx2(const uint8_t *bytes) {
  __m256i loaded = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
  __m256i low = _mm256_min_epu8(loaded, _mm256_set1_epi8(0x1f));
  __m256i del = _mm256_cmpeq_epi8(loaded, _mm256_set1_epi8(0x7f));
  return _mm256_or_si256(_mm256_cmpeq_epi8(low, loaded), del);
}

AVX2 static size_t skip_avx2(const uint8_t *blocks, size_t num) {
  size_t i = 0;
  for (; i < num; i++) {
    const uint8_t *block = blocks + i * H1_BLOCK;
    __m256i controls = _mm256_or_si256(controls_avx2(block), controls_avx2(block + 32));
    if (_mm256_movemask_epi8(controls) != 0) {
      break;
    }
  }
  return i;
}

#endif

const struct h1_scanner *h1_scanner_at(size_t i) {
  static const struct h1_scanner scanners[] = {
#if defined(__x86_64__)
    {.kind = H1_SCAN_AVX2, .name = "avx2", .classify = classify_avx2, .skip = skip_avx2},
    {.kind = H1_SCAN_SSE2, .name = "sse2", .classify = classify_sse2, .skip = skip_sse2},
#endif
    {.kind = H1_SCAN_PORTABLE, .name = "portable"},
  };
  size_t first = 0;
#if defined(__x86_64__)
  first = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") ? 0 : 1;
#endif
  size_t num = sizeof(scanners) / sizeof(scanners[0]);
  return first + i < num ? &scanners[first + i] : NULL;
}

/* Whether none of eight bytes is a control byte. HTAB is one: it is left to the table. */
static bool are_text(const uint8_t *bytes) {
  const uint64_t ones = UINT64_C(0x0101010101010101);
  uint64_t word = 0;
  memcpy(&word, bytes, sizeof(word));
  uint64_t del = word ^ ones * 0x7f;
  uint64_t controls = (word - ones * 0x20) & ~word;
  return ((controls | ((del - ones) & ~del)) & ones * 0x80) == 0;
}

/* For the bytes that are in no block, or all of them. */
static void scan_bytes(struct h1_scan *scan, struct span bytes) {
  size_t i = 0;
  if (bytes.ptr == NULL) {
    return;
  }
  if (scan->token == scan->at) {
    i = h1_class_run(bytes, 0, H1_TCHAR);
    scan->token += i;
  }
  while (i + 8 <= bytes.len && are_text(bytes.ptr + i)) {
    i += 8;
  }
  scan->at += i + h1_class_run(bytes, i, H1_TEXT);
}

bool h1_scan_load(struct h1_scan *scan, struct span window, uint64_t base) {
  size_t left = window.len - (size_t)(scan->at - base);
  if (left < H1_FEW || window.len < H1_BLOCK || scan->scanner->classify == NULL) {
    return false;
  }
  const uint8_t *block = window.ptr + window.len - (left < H1_BLOCK ? H1_BLOCK : left);
  scan->block_end = left < H1_BLOCK ? base + window.len : scan->at + H1_BLOCK;
  scan->masks = scan->scanner->classify(block);
  return true;
}

void h1_scan_more(struct h1_scan *scan, struct span window, uint64_t base) {
  while (h1_scan_load(scan, window, base)) {
    if (h1_scan_block(scan)) {
      return;
    }
    struct span ahead = span_skip(window, (size_t)(scan->at - base));
    if (scan->token < scan->at && ahead.len >= H1_BLOCK) {
      scan->at += H1_BLOCK * scan->scanner->skip(ahead.ptr, ahead.len / H1_BLOCK);
    }
  }
  scan_bytes(scan, span_skip(window, (size_t)(scan->at - base)));
}
