/* Requests that make a target send an interim response: --trigger 'CODE=METHOD TARGET | Name:
 * value'.
 */
#ifndef INTERIM_CLI_TRIGGER_H
#define INTERIM_CLI_TRIGGER_H

#include "case/case.h"

enum { TRIGGER_MAX_FIELDS = 16 };

/* Borrows the option's text. */
struct trigger {
  unsigned code; /* of the interim response that is hoped for: 100 to 199, but 101 */
  struct span method;
  struct span target;
  struct case_field fields[TRIGGER_MAX_FIELDS];
  size_t num_fields;
  const char *text;
};

/* trigger_parse reads one. NULL, or what is wrong with it and what to write instead. */
const char *trigger_parse(const char *text, struct trigger *out);

/* trigger_find returns the trigger for a code, or NULL. */
const struct trigger *trigger_find(const struct trigger *triggers, size_t num, unsigned code);

/* trigger_needed returns the code behind "trigger-" in a word of a case's needs line, else 0. */
unsigned trigger_needed(struct span word);

/* trigger_resolve puts the request of its trigger into each step of the case that sends one. The
 * step's own method, and fields that it states or rules out, go before the trigger's. */
void trigger_resolve(struct arena *arena, const struct trigger *triggers, size_t num,
                     struct case_file *file);

#endif
