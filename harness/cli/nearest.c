/* Misspelt names: what was meant. */
#include "cli/usage.h"

#include <string.h>

enum { MAX_NAME = 96 };

static size_t least(size_t a, size_t b, size_t c) {
  size_t ab = a < b ? a : b;
  return ab < c ? ab : c;
}

/* How many bytes must be put in, left out or changed to make one of the other. */
static size_t distance(const char *a, const char *b) {
  size_t row[MAX_NAME + 1];
  size_t a_len = strlen(a);
  size_t b_len = strlen(b);
  if (a_len > MAX_NAME || b_len > MAX_NAME) {
    return MAX_NAME;
  }
  for (size_t k = 0; k <= b_len; k++) {
    row[k] = k;
  }
  for (size_t i = 1; i <= a_len; i++) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t k = 1; k <= b_len; k++) {
      size_t changed = diagonal + (a[i - 1] != b[k - 1]);
      diagonal = row[k];
      row[k] = least(row[k] + 1, row[k - 1] + 1, changed);
    }
  }
  return row[b_len];
}

const char *usage_nearest(const char *word, const char *const *names, size_t num) {
  const char *best = NULL;
  size_t best_distance = 1 + strlen(word) / 3;
  for (size_t i = 0; i < num; i++) {
    size_t here = distance(word, names[i]);
    if (here <= best_distance && (best == NULL || here < best_distance)) {
      best = names[i];
      best_distance = here;
    }
  }
  return best;
}
