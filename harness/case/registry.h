/* The requirement registry, cases/requirements.tsv: every sentence that a case may cite.
 *
 * Seven columns, tab separated, with a header line: id, level, roles, versions, wording (ours, one
 * line), address (of the RFC section), note (why no case can exist, or empty). */
#ifndef INTERIM_CASE_REGISTRY_H
#define INTERIM_CASE_REGISTRY_H

#include "base/arena.h"
#include "base/diag.h"

enum requirement_level {
  LEVEL_MUST,
  LEVEL_MUST_NOT,
  LEVEL_SHOULD,
  LEVEL_SHOULD_NOT,
  LEVEL_MAY,
  LEVEL_EXPECTED,  /* an expectation in words, without a BCP 14 key word */
  LEVEL_CONTESTED, /* the text can be read in two ways */
  LEVEL_HOUSE,     /* robustness; no RFC sentence */
};

struct requirement {
  struct span id;
  enum requirement_level level;
  struct span roles;    /* comma separated */
  struct span versions; /* comma separated: 1.0 1.1 2 3 */
  struct span wording;
  struct span address;
  struct span note;
};

struct registry {
  struct requirement *rows;
  size_t num_rows;
};

/* registry_parse reads the registry's text, which it borrows. 0, or -1 with *diag set: a wrong
 * number of columns, an unknown level, an id twice, an empty wording. */
int registry_parse(struct arena *arena, const char *file, struct span text, struct registry *out,
                   struct diag *diag);

/* registry_find returns the row with this id, or NULL. */
const struct requirement *registry_find(const struct registry *registry, struct span id);

/* requirement_level_word gives "MUST", "MUST NOT", "EXPECTED" ... Static. */
const char *requirement_level_word(enum requirement_level level);

#endif
