#include "core/h1_scan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static struct h1_masks classify_portable(const uint8_t block[H1_BLOCK]) {
  struct h1_masks masks = {0};
  for (unsigned i = 0; i < H1_BLOCK; i++) {
    uint8_t class = h1_classes[block[i]];
    masks.breaks |= (uint64_t)((class & H1_TEXT) == 0) << i;
    masks.limits |= (uint64_t)((class & H1_TCHAR) == 0) << i;
  }
  return masks;
}

static size_t skip_portable(const uint8_t *blocks, size_t num) {
  size_t i = 0;
  while (i < num * H1_BLOCK && (h1_classes[blocks[i]] & H1_TEXT) != 0) {
    i++;
  }
  return i / H1_BLOCK;
}

#if defined(__x86_64__)

/* The bytes from low to high. Biased so that a signed comparison does. */
static __m128i in_range(__m128i bytes, unsigned low, unsigned high) {
  __m128i biased = _mm_add_epi8(bytes, _mm_set1_epi8((char)(0x80 - low)));
  return _mm_cmplt_epi8(biased, _mm_set1_epi8((char)(0x80 + high - low + 1)));
}

static __m128i is_byte(__m128i bytes, char byte) {
  return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte));
}

/* The ranges of tchar in the order of RFC 9110 section 5.6.2's table in ASCII: ! #-' *+ -. 0-9 A-Z
 * ^-z | ~ */
static __m128i tchars(__m128i bytes) {
  __m128i marks = _mm_or_si128(in_range(bytes, '#', '\''), in_range(bytes, '*', '+'));
  marks = _mm_or_si128(marks, in_range(bytes, '-', '.'));
  marks = _mm_or_si128(marks, _mm_or_si128(is_byte(bytes, '!'), is_byte(bytes, '|')));
  marks = _mm_or_si128(marks, is_byte(bytes, '~'));
  __m128i letters = _mm_or_si128(in_range(bytes, 'A', 'Z'), in_range(bytes, '^', 'z'));
  return _mm_or_si128(_mm_or_si128(marks, letters), in_range(bytes, '0', '9'));
}

static __m128i break_bytes(__m128i bytes) {
  __m128i controls = _mm_andnot_si128(is_byte(bytes, '\t'), in_range(bytes, 0, 0x1f));
  return _mm_or_si128(controls, is_byte(bytes, 0x7f));
}

static uint64_t bits_of(__m128i marks) {
  return (uint64_t)(unsigned)_mm_movemask_epi8(marks);
}

static struct h1_masks classify_sse2(const uint8_t block[H1_BLOCK]) {
  struct h1_masks masks = {0};
  for (unsigned i = 0; i < H1_BLOCK; i += 16) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(block + i));
    masks.breaks |= bits_of(break_bytes(bytes)) << i;
    masks.limits |= (bits_of(tchars(bytes)) ^ 0xffff) << i;
  }
  return masks;
}

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

/* A byte's class is what its two nibbles have in common: the high one names its row of ASCII, the
 * low one the rows in which it counts. Rows 2, 3, 4, 5 and 7 have a bit each for their tchars; row
 * 6 needs none, as its tchars are those of row 3 and of row 4 together. Three bits are for breaks:
 * those of row 0, which has HTAB; row 1; DEL. From 0x80 on a byte is no tchar and no break: the
 * shuffle gives 0 for it. */
enum {
  ROW2 = 0x01,
  ROW3 = 0x02,
  ROW4 = 0x04,
  ROW5 = 0x08,
  ROW7 = 0x10,
  TCHARS = 0x1f,
  CONTROL0 = 0x20,
  CONTROL1 = 0x40,
  DEL = (char)0x80,
  CONTROLS = CONTROL0 | CONTROL1,
  DIGIT =
      ROW2 | ROW3 | ROW4 | ROW5 | ROW7 | CONTROLS, /* low nibbles 1 to 9, where all rows count */
};

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i classes_avx2(const uint8_t *block) {
  const __m256i rows = _mm256_broadcastsi128_si256(_mm_setr_epi8(
      CONTROL0, CONTROL1, ROW2, ROW3, ROW4, ROW5, ROW3 | ROW4, ROW7 | DEL, 0, 0, 0, 0, 0, 0, 0, 0));
  const __m256i columns = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(DIGIT & ~(ROW2 | ROW4), DIGIT, DIGIT & ~ROW2, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT,
                    DIGIT & ~ROW2, DIGIT & ~(ROW2 | CONTROL0), DIGIT & ~ROW3,
                    CONTROLS | ROW2 | ROW4, CONTROLS | ROW4 | ROW7, CONTROLS | ROW2 | ROW4,
                    CONTROLS | ROW2 | ROW4 | ROW5 | ROW7, CONTROLS | ROW4 | ROW5 | DEL));
  __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)block);
  __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0f));
  return _mm256_and_si256(_mm256_shuffle_epi8(columns, bytes), _mm256_shuffle_epi8(rows, high));
}

/* The bytes whose class has none of the bits. */
AVX2 static inline uint64_t without_avx2(__m256i low, __m256i high, char class) {
  __m256i bits = _mm256_set1_epi8(class);
  __m256i none = _mm256_setzero_si256();
  __m256i marks_low = _mm256_cmpeq_epi8(_mm256_and_si256(low, bits), none);
  __m256i marks_high = _mm256_cmpeq_epi8(_mm256_and_si256(high, bits), none);
  return (uint64_t)(unsigned)_mm256_movemask_epi8(marks_low) |
         (uint64_t)(unsigned)_mm256_movemask_epi8(marks_high) << 32;
}

AVX2 static struct h1_masks classify_avx2(const uint8_t block[H1_BLOCK]) {
  __m256i low = classes_avx2(block);
  __m256i high = classes_avx2(block + 32);
  return (struct h1_masks){.breaks = ~without_avx2(low, high, (char)~TCHARS),
                           .limits = without_avx2(low, high, TCHARS)};
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
    {.name = "avx2", .classify = classify_avx2, .skip = skip_avx2},
    {.name = "sse2", .classify = classify_sse2, .skip = skip_sse2},
#endif
    {.name = "portable", .classify = classify_portable, .skip = skip_portable},
  };
  size_t first = 0;
#if defined(__x86_64__)
  first = __builtin_cpu_supports("avx2") ? 0 : 1;
#endif
  size_t num = sizeof(scanners) / sizeof(scanners[0]);
  return first + i < num ? &scanners[first + i] : NULL;
}

bool h1_scan_load(struct h1_scan *scan, struct span window, uint64_t base) {
  size_t left = window.len - (size_t)(scan->at - base);
  if (left < H1_FEW || window.len < H1_BLOCK) {
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
  struct span ahead = span_skip(window, (size_t)(scan->at - base));
  (void)h1_scan_few(scan, ahead.ptr, ahead.len);
}
