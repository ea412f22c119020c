#include "script/plain_exchange.h"

#include "script/internal.h"

#include <stdlib.h>

#define PLAIN_HEAD "title A plain exchange\ncites HOUSE-ALIVE\nseat origin gateway proxy client\n"

static const char plain_text[] = PLAIN_HEAD "client sends GET\n"
                                            "origin sends 200\n"
                                            "client sees 200\n";

/* Whatever the target has at the URL. */
static const char plain_origin_text[] = PLAIN_HEAD "client sends GET\n"
                                                   "client sees final\n";

void plain_exchange_case(struct arena *arena, enum seat seat, struct case_file *out) {
  struct diag diag;
  const char *text = seat == SEAT_ORIGIN ? plain_origin_text : plain_text;
  if (case_parse(arena, "house/plain.case", span_of(text), NULL, out, &diag) != 0) {
    diag_print(&diag, stderr);
    abort();
  }
}

const char *plain_exchange_failure(struct arena *arena, struct script *script) {
  const struct script_exchange *exchange = script->num_exchanges > 0 ? script->exchanges[0] : NULL;
  bool through = !script_makes_answers(script);
  bool lost = through && exchange != NULL && exchange->arrivals == 0;
  return arena_printf(arena, "a plain GET %s did not work: expected %s, observed %s%s",
                      through ? "through the target" : "of the URL", script_expected(script),
                      script_observed(script),
                      script->target_down ? "connection refused"
                      : lost              ? " (the request did not reach the origin)"
                                          : "");
}
