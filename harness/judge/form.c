#include "judge/verdict.h"

#include <stddef.h>
#include <string.h>

/* Requirements about the form of messages: each is broken on the wire or not at all. */
static const char *const about_form[] = {
    "RFC1945-7.2-1",    "RFC1945-9.1-1",   "RFC8297-2-5",     "RFC8297-2-6",      "RFC8297-2-7",
    "RFC9110-10.1.1-9", "RFC9110-15-1",    "RFC9110-15.2-2",  "RFC9110-2.2-2",    "RFC9110-5.1-1",
    "RFC9110-5.3-2",    "RFC9110-5.5-1",   "RFC9110-6.2-1",   "RFC9110-6.2-2",    "RFC9110-6.4.1-1",
    "RFC9110-6.4.1-2",  "RFC9110-6.6.1-3", "RFC9110-6.6.2-1", "RFC9110-7.6-2",    "RFC9110-7.6.1-1",
    "RFC9110-7.6.1-2",  "RFC9110-7.6.1-3", "RFC9110-7.6.1-4", "RFC9110-7.6.3-1",  "RFC9110-7.6.3-3",
    "RFC9110-7.7-1",    "RFC9110-8.6-1",   "RFC9110-8.6-2",   "RFC9110-8.6-3",    "RFC9110-8.6-4",
    "RFC9110-8.6-5",    "RFC9112-2.1-1",   "RFC9112-2.2-3",   "RFC9112-2.2-4",    "RFC9112-2.2-5",
    "RFC9112-2.2-6",    "RFC9112-2.3-1",   "RFC9112-4-2",     "RFC9112-4-4",      "RFC9112-5.1-1",
    "RFC9112-5.2-1",    "RFC9112-5.2-2",   "RFC9112-6.1-1",   "RFC9112-6.1-2",    "RFC9112-6.1-3",
    "RFC9112-6.2-1",    "RFC9113-5.1-5",   "RFC9113-8.1-2",   "RFC9113-8.1-3",    "RFC9113-8.1.1-4",
    "RFC9113-8.2-1",    "RFC9113-6.4-1",   "RFC9113-8.2.1-4", "RFC9113-8.2.1-7",  "RFC9113-8.2.2-1",
    "RFC9113-8.2.2-3",  "RFC9113-8.6-1",   "RFC9113-10.3-1",  "RFC9113-10.3-2",   "RFC9110-7.8-4",
    "RFC9112-9.3-3",    "RFC9110-9.3.2-1", "RFC9112-8-1",     "RFC9110-15.2.2-2", "RFC9110-7.8-3",
    "RFC9110-7.8-8",
};

static bool is_about_form(const char *requirement) {
  for (size_t i = 0; i < sizeof about_form / sizeof about_form[0]; i++) {
    if (strcmp(about_form[i], requirement) == 0) {
      return true;
    }
  }
  return false;
}

bool outcome_is_about_place(const char *requirement) {
  return strcmp(requirement, "RFC9112-9.3.2-1") == 0 || strcmp(requirement, "RFC9113-8.1-13") == 0;
}

bool outcome_can_break(enum outcome outcome, const char *requirement) {
  /* Whoever pipelines has to reckon with a close, and sends again what was not answered. */
  if (outcome == OUTCOME_CLOSED && strcmp(requirement, "RFC9112-9.3.2-1") == 0) {
    return false;
  }
  if (outcome == OUTCOME_HANG && outcome_is_about_place(requirement)) {
    return false;
  }
  bool nothing_seen = outcome == OUTCOME_TAKEN_AS_FINAL || outcome == OUTCOME_HANG ||
                      outcome == OUTCOME_CLOSED || outcome == OUTCOME_REPLACED;
  return !nothing_seen || !is_about_form(requirement);
}

bool outcome_met_by_head(const char *requirement) {
  return strcmp(requirement, "RFC9110-10.1.1-13") == 0 ||
         strcmp(requirement, "RFC9110-10.1.1-15") == 0;
}
