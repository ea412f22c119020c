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

static const char plain_upload_text[] = PLAIN_HEAD "client sends POST\n"
                                                   "  | hello\n"
                                                   "client sees final\n";

static void parse(struct arena *arena, const char *text, struct case_file *out) {
  struct diag diag;
  if (case_parse(arena, "house/plain.case", span_of(text), NULL, out, &diag) != 0) {
    diag_print(&diag, stderr);
    abort();
  }
}

void plain_exchange_case(struct arena *arena, enum seat seat, struct case_file *out) {
  parse(arena, seat == SEAT_ORIGIN ? plain_origin_text : plain_text, out);
}

void plain_exchange_upload(struct arena *arena, struct case_file *out) {
  parse(arena, plain_upload_text, out);
}

/* Nothing that the target sent was HTTP/2: its end of the connection begins with SETTINGS. */
static bool speaks_no_h2(const struct script *script) {
  return script->config.front == HTTP_H2 && !script->clients[0].greeted;
}

static bool asked_in_clear(const struct script *script) {
  return strcmp(script->config.scheme, "http") == 0;
}

static bool is_from_target(const struct transcript_entry *entry) {
  return entry->lane == LANE_CLIENT && strcmp(entry->dir, "received") == 0;
}

/* The first byte of a TLS alert, and of the version behind it: RFC 8446 section 5.1. */
static bool is_alert(struct span bytes) {
  return bytes.len >= 2 && bytes.ptr[0] == 0x15 && bytes.ptr[1] == 0x03;
}

/* What servers say with a 400 to HTTP in clear text on a port of TLS. */
static bool tells_of_tls(struct span bytes) {
  static const char *const words[] = {"HTTPS port", "HTTPS server", "SSL-enabled server port"};
  bool found = false;
  for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
    found = found || span_find(bytes, span_of(words[i]), 0) != SIZE_MAX;
  }
  return found;
}

bool plain_exchange_wants_tls(const struct script *script) {
  const struct script_exchange *exchange = script->num_exchanges > 0 ? script->exchanges[0] : NULL;
  bool refused = exchange != NULL && exchange->final != NULL && exchange->final->code == 400;
  bool first = asked_in_clear(script);
  refused = refused && first;
  for (size_t i = 0; i < script->num_transcript; i++) {
    const struct transcript_entry *entry = &script->transcript[i];
    if (is_from_target(entry)) {
      if ((first && is_alert(entry->bytes)) || (refused && tells_of_tls(entry->bytes))) {
        return true;
      }
      first = false;
    }
  }
  return false;
}

/* Some servers end the connection, without a word, where they look for TLS and find none. */
static bool ended_at_once(const struct script *script) {
  const struct script_exchange *exchange = script->num_exchanges > 0 ? script->exchanges[0] : NULL;
  bool silent = asked_in_clear(script) && exchange != NULL && exchange->arrivals == 0 &&
                lane_is_over(&script->clients[0]);
  for (size_t i = 0; i < script->num_transcript; i++) {
    silent = silent && !is_from_target(&script->transcript[i]);
  }
  return silent;
}

/* What came, and how far the request did. */
static const char *observed(struct arena *arena, struct script *script) {
  const struct script_exchange *exchange = script->num_exchanges > 0 ? script->exchanges[0] : NULL;
  if (script->target_down) {
    return "connection refused";
  }
  if (plain_exchange_wants_tls(script)) {
    return "that the port speaks TLS; use https:// in the URL, or another port";
  }
  if (speaks_no_h2(script)) {
    return asked_in_clear(script)
               ? "no HTTP/2: is it spoken there without TLS (--front h1 plays HTTP/1.1)?"
               : "no HTTP/2: is it spoken there (--front h1 plays HTTP/1.1)?";
  }
  const char *seen = script_observed(script);
  bool lost = !script_makes_answers(script) && exchange != NULL && exchange->arrivals == 0;
  bool broken = script->num_findings > 0;
  return arena_printf(
      arena, "%s%s%s%s%s", seen[0] == '\0' ? "nothing" : seen, broken ? ": " : "",
      broken ? script->findings[0].text : "", lost ? " (the request did not reach the origin)" : "",
      ended_at_once(script) ? "; if the port speaks TLS, use https:// in the URL" : "");
}

const char *plain_exchange_failure(struct arena *arena, struct script *script) {
  return arena_printf(arena, "a plain GET %s did not work: expected %s, observed %s",
                      script_makes_answers(script) ? "of the URL" : "through the target",
                      script_expected(script), observed(arena, script));
}
