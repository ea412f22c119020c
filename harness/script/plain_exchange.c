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

/* Nothing that the target sent was HTTP/2: its end of the connection begins with SETTINGS. */
static bool speaks_no_h2(const struct script *script) {
  return script->config.front == HTTP_H2 && !script->clients[0].greeted;
}

/* What came, and how far the request did. */
static const char *observed(struct arena *arena, struct script *script) {
  const struct script_exchange *exchange = script->num_exchanges > 0 ? script->exchanges[0] : NULL;
  if (script->target_down) {
    return "connection refused";
  }
  if (speaks_no_h2(script)) {
    return "no HTTP/2: is it spoken there (--front h1 plays HTTP/1.1)?";
  }
  const char *seen = script_observed(script);
  bool lost = !script_makes_answers(script) && exchange != NULL && exchange->arrivals == 0;
  return arena_printf(arena, "%s%s", seen[0] == '\0' ? "nothing" : seen,
                      lost ? " (the request did not reach the origin)" : "");
}

const char *plain_exchange_failure(struct arena *arena, struct script *script) {
  return arena_printf(arena, "a plain GET %s did not work: expected %s, observed %s",
                      script_makes_answers(script) ? "of the URL" : "through the target",
                      script_expected(script), observed(arena, script));
}
