#include "script/internal.h"

#include "base/escape.h"

/* The sequences that a report sets side by side, and the requirements behind the house rules. */

static void add_word(struct bytes *out, const char *word, uint64_t times) {
  bytes_printf(out, "%s%s", out->len == 0 ? "" : ", ", word);
  if (times > 1) {
    bytes_printf(out, " x%llu", (unsigned long long)times);
  }
}

/* Equal words in a row, told as one. */
struct row {
  const char *word;
  uint64_t times;
};

static void row_end(struct bytes *out, const struct row *row) {
  if (row->times > 0) {
    add_word(out, row->word, row->times);
  }
}

static void row_add(struct bytes *out, struct row *row, const char *word, uint64_t times) {
  if (row->times > 0 && strcmp(word, row->word) == 0) {
    row->times += times;
    return;
  }
  row_end(out, row);
  *row = (struct row){word, times};
}

static const char *wanted_text(struct arena *arena, const struct case_message *message) {
  switch (message->kind) {
  case MESSAGE_STATUS:
    if (message->low == message->high) {
      return arena_printf(arena, "%u", message->low);
    }
    return message->low == 200 && message->high == 599
               ? "final"
               : arena_printf(arena, "%uxx", message->low / 100);
  case MESSAGE_REQUEST:
    return arena_printf(arena, "%.*s", (int)message->method.len, (const char *)message->method.ptr);
  case MESSAGE_CONTENT:
    return "content";
  case MESSAGE_BYTES:
    return "bytes";
  case MESSAGE_FRAME:
    return "frame";
  case MESSAGE_CLOSE:
    return "close";
  case MESSAGE_ABORT:
    return "abort";
  case MESSAGE_NOTHING:
    return "nothing";
  }
  return "";
}

/* "never 102 with X": what is forbidden is a message with that field. */
static const char *expected_word(struct arena *arena, const struct step *step) {
  struct bytes word = {0};
  bytes_text(&word, step->verb == VERB_NEVER_SEES ? "never " : "");
  for (size_t k = 0; k < step->num_messages; k++) {
    bytes_printf(&word, "%s%s", k == 0 ? "" : " or ", wanted_text(arena, &step->messages[k]));
  }
  if (step->verb == VERB_NEVER_SEES && step->num_fields > 0) {
    const struct case_field *field = &step->fields[0];
    bytes_text(&word, field->demand == FIELD_ABSENT ? " without " : " with ");
    escape_text(&word, field->name);
  }
  const char *text = arena_printf(arena, "%s", bytes_cstr(&word));
  bytes_free(&word);
  return text;
}

static void expected_lane(struct script *script, unsigned number, struct bytes *out) {
  struct row row = {0};
  for (size_t i = 0; i < script->config.file->num_steps; i++) {
    const struct step *step = &script->config.file->steps[i];
    bool said = step->verb == VERB_SEES || step->verb == VERB_NEVER_SEES;
    if (step->lane != LANE_CLIENT || step->number != number || !said) {
      continue;
    }
    row_add(out, &row, expected_word(&script->arena, step), step->repeat > 1 ? step->repeat : 1);
  }
  row_end(out, &row);
}

static void add_lane(struct bytes *out, size_t client, const struct bytes *lane) {
  if (client > 0 && lane->len > 0) {
    bytes_printf(out, "%sclient %zu: ", out->len == 0 ? "" : "; ", client + 1);
  }
  bytes_add(out, bytes_span(lane));
}

const char *script_expected(struct script *script) {
  struct bytes out = {0};
  for (size_t i = 0; i < SCRIPT_MAX_CLIENTS; i++) {
    struct bytes lane = {0};
    expected_lane(script, (unsigned)i + 1, &lane);
    add_lane(&out, i, &lane);
    bytes_free(&lane);
  }
  const char *text = arena_printf(&script->arena, "%s", bytes_cstr(&out));
  bytes_free(&out);
  return text;
}

/* Not what a canary or the probe of a stall brought. */
static bool of_the_case(const struct script *script, const struct message_seen *message) {
  if (!message->head_done) {
    return false;
  }
  if (message->exchange >= script->num_exchanges) {
    return true;
  }
  const struct script_exchange *exchange = script->exchanges[message->exchange];
  return !exchange->automatic && !script_fell_out(exchange, message);
}

static void observed_lane(struct script *script, const struct client_lane *lane,
                          struct bytes *out) {
  struct row row = {0};
  for (const struct message_seen *m = lane->first; m != NULL; m = m->next) {
    if (!of_the_case(script, m)) {
      continue;
    }
    const char *word = arena_printf(&script->arena, "%s%s", message_word(&script->arena, m),
                                    m->complete || m->framing == H1_SWITCHED ? "" : " (cut)");
    row_add(out, &row, word, 1);
  }
  row_end(out, &row);
}

bool script_fell_out(const struct script_exchange *exchange, const struct message_seen *message) {
  return exchange->probed_us != 0 && message->head_us >= exchange->probed_us;
}

static const char *lane_end(const struct script *script, size_t client) {
  bool stalled = false;
  bool closed = false;
  for (size_t i = 0; i < script->num_exchanges; i++) {
    const struct script_exchange *exchange = script->exchanges[i];
    if (exchange->client == client && !exchange->automatic) {
      if (exchange->garbled) {
        return "no HTTP";
      }
      bool answered = exchange->final != NULL && !script_fell_out(exchange, exchange->final);
      stalled = stalled || (exchange->stalled && !answered);
      closed = closed || (exchange->closed && !answered && exchange->probed_us == 0);
    }
  }
  return stalled ? "nothing" : closed ? "close" : NULL;
}

const char *script_observed(struct script *script) {
  struct bytes out = {0};
  for (size_t i = 0; i < SCRIPT_MAX_CLIENTS; i++) {
    if (script->clients[i].state == LANE_NEW) {
      continue;
    }
    struct bytes lane = {0};
    observed_lane(script, &script->clients[i], &lane);
    const char *end = lane_end(script, i);
    if (end != NULL) {
      add_word(&lane, end, 1);
    }
    add_lane(&out, i, &lane);
    bytes_free(&lane);
  }
  if (script->fallen[0] != '\0') {
    bytes_printf(&out, " (only after the origin closed: %s)", script->fallen);
  }
  const char *text = arena_printf(&script->arena, "%s", bytes_cstr(&out));
  bytes_free(&out);
  return text;
}

/* Of a malformed message over HTTP/2. NULL for what is about flow control, or no fault at all. */
static const char *fault_requirement(enum h2_fault fault) {
  static const char *const ids[] = {
      [H2_FAULT_STATUS_MISSING] = "RFC9113-8.3.2-2",
      [H2_FAULT_STATUS_TWICE] = "RFC9113-8.3-6",
      [H2_FAULT_STATUS_INVALID] = "RFC9113-8.3.2-1",
      [H2_FAULT_STATUS_101] = "RFC9113-8.6-1",
      [H2_FAULT_PSEUDO_LATE] = "RFC9113-8.3-4",
      [H2_FAULT_PSEUDO_UNKNOWN] = "RFC9113-8.3-1",
      [H2_FAULT_PSEUDO_IN_TRAILERS] = "RFC9113-8.1-5",
      [H2_FAULT_UPPER_CASE] = "RFC9113-8.2-1",
      [H2_FAULT_FIELD_NAME] = "RFC9113-8.2.1-1",
      [H2_FAULT_FIELD_VALUE] = "RFC9113-8.2.1-2",
      [H2_FAULT_CONNECTION_FIELD] = "RFC9113-8.2.2-1",
      [H2_FAULT_INTERIM_END_STREAM] = "RFC9113-8.1-3",
      [H2_FAULT_DATA_BEFORE_FINAL] = "RFC9113-8.1-8",
      [H2_FAULT_TRAILERS_OPEN] = "RFC9113-8.1-12",
      [H2_FAULT_AFTER_END] = "RFC9113-5.1-5",
      [H2_FAULT_LENGTH] = "RFC9113-8.1.1-2",
      [H2_FAULT_RESPONSE_UNASKED] = "RFC9113-8.1-13",
      [H2_FAULT_HEAD_CONTENT] = "RFC9110-9.3.2-1",
      [H2_FAULT_CODE_CONTENT] = "RFC9110-6.4.1-1",
  };
  return (size_t)fault < sizeof(ids) / sizeof(ids[0]) ? ids[fault] : NULL;
}

const char *breach_requirement(enum breach breach, enum http_version front) {
  static const struct {
    const char *h1;
    const char *h2;
  } ids[NUM_BREACHES] = {
      [BREACH_GRAMMAR] = {"RFC9110-2.2-2", "RFC9110-2.2-2"},
      [BREACH_CODE] = {"RFC9110-15-1", "RFC9110-15-1"},
      [BREACH_FRAMES] = {"RFC9110-2.2-2", "RFC9110-2.2-2"},
      [BREACH_INTERIM_LENGTH] = {"RFC9110-8.6-1", "RFC9110-8.6-1"},
      [BREACH_INTERIM_CODING] = {"RFC9112-6.1-1", "RFC9113-8.2.2-1"},
      [BREACH_INTERIM_HTTP10] = {"RFC9110-15.2-2", "RFC9110-15.2-2"},
      [BREACH_UNSOLICITED] = {"RFC9112-9.2-2", "RFC9113-8.1-13"},
      [BREACH_LEAKED] = {"RFC9110-15.2-3", "RFC9110-15.2-3"},
      [BREACH_FOREIGN] = {"RFC9112-9.3.2-1", "RFC9113-8.1-13"},
      [BREACH_PASSED_OVER] = {"RFC9110-15-4", "RFC9110-15-4"},
      [BREACH_PLANTED] = {"RFC9112-6.3-2", "RFC9113-8.1-13"},
      [BREACH_SMUGGLED] = {"RFC9112-9.3-3", "RFC9112-9.3-3"},
      [BREACH_OWED] = {"RFC9110-8.6-3", "RFC9110-8.6-3"},
      [BREACH_REPEATED] = {"RFC9110-7.6-1", "RFC9110-7.6-1"},
      [BREACH_SWITCHED] = {"RFC9110-7.8-4", "RFC9113-8.6-1"},
      [BREACH_PASSED_ON] = {"RFC9113-8.1.1-4", "RFC9113-8.1.1-4"},
      [BREACH_VERSION] = {"RFC9112-2.3-1", "RFC9112-2.3-1"},
      [BREACH_HEAD_CONTENT] = {"RFC9110-9.3.2-1", "RFC9110-9.3.2-1"},
  };
  if (breach >= BREACH_MALFORMED) {
    return fault_requirement((enum h2_fault)((int)breach - BREACH_MALFORMED));
  }
  return front == HTTP_H2 ? ids[breach].h2 : ids[breach].h1;
}
