/* Classifies blocks with the instructions of x86-64. Functions of whoever includes it, so that they
 * can be inlined; those for AVX2 only in functions for AVX2. Internal to core. */
#ifndef INTERIM_CORE_H1_X86_H
#define INTERIM_CORE_H1_X86_H

#include "core/h1_scan.h"

#include <immintrin.h>

/* The control bytes but HTAB. */
static inline unsigned breaks_sse2(const uint8_t bytes[16]) {
  __m128i loaded = _mm_loadu_si128((const __m128i *)(const void *)bytes);
  __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(loaded, _mm_set1_epi8(0x1f)), loaded);
  __m128i controls = _mm_andnot_si128(_mm_cmpeq_epi8(loaded, _mm_set1_epi8('\t')), low);
  __m128i del = _mm_cmpeq_epi8(loaded, _mm_set1_epi8(0x7f));
  return (unsigned)_mm_movemask_epi8(_mm_or_si128(controls, del));
}

/* Limits are not told: without a shuffle they cost more than the table of bytes does. */
static inline struct h1_masks classify_sse2(const uint8_t block[H1_BLOCK]) {
  struct h1_masks masks = {0};
  for (unsigned i = 0; i < H1_BLOCK; i += 16) {
    masks.breaks |= (uint64_t)breaks_sse2(block + i) << i;
  }
  return masks;
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
  DEL = 0x80,
  CONTROLS = CONTROL0 | CONTROL1,
  DIGIT =
      ROW2 | ROW3 | ROW4 | ROW5 | ROW7 | CONTROLS, /* low nibbles 1 to 9, where all rows count */
};

#define AVX2 __attribute__((target("avx2,bmi,bmi2")))

/* In memory, as the compiler makes what it knows anew for each block, which costs more than a load.
 */
struct h1_x86_tables {
  uint8_t rows[16];
  uint8_t columns[16];
  uint8_t low_nibble;
  uint8_t lift; /* lifts the class of a control, and no other, to the sign bit */
};

extern const struct h1_x86_tables h1_x86_tables;

AVX2 static inline __m256i twice_avx2(const uint8_t table[16]) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)table));
}

AVX2 static inline __m256i classes_avx2(const uint8_t *block) {
  __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)block);
  __m256i low_nibble = _mm256_set1_epi8((char)h1_x86_tables.low_nibble);
  __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low_nibble);
  return _mm256_and_si256(_mm256_shuffle_epi8(twice_avx2(h1_x86_tables.columns), bytes),
                          _mm256_shuffle_epi8(twice_avx2(h1_x86_tables.rows), high));
}

AVX2 static inline uint64_t bits_avx2(__m256i low, __m256i high) {
  return (uint64_t)(unsigned)_mm256_movemask_epi8(low) |
         (uint64_t)(unsigned)_mm256_movemask_epi8(high) << 32;
}

AVX2 static inline struct h1_masks classify_avx2(const uint8_t block[H1_BLOCK]) {
  const __m256i none = _mm256_setzero_si256();
  const __m256i lift = _mm256_set1_epi8((char)h1_x86_tables.lift);
  __m256i low = classes_avx2(block);
  __m256i high = classes_avx2(block + 32);
  uint64_t breaks = bits_avx2(_mm256_adds_epu8(low, lift), _mm256_adds_epu8(high, lift));
  uint64_t others = bits_avx2(_mm256_cmpeq_epi8(low, none), _mm256_cmpeq_epi8(high, none));
  return (struct h1_masks){.breaks = breaks, .limits = breaks | others};
}

#endif
