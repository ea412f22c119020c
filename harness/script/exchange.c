#include "script/internal.h"

size_t exchange_index(const struct script *script, const struct script_exchange *exchange) {
  for (size_t i = 0; i < script->num_exchanges; i++) {
    if (script->exchanges[i] == exchange) {
      return i;
    }
  }
  return SIZE_MAX;
}

struct script_exchange *exchange_add(struct script *script, size_t client,
                                     const struct step *step) {
  script->exchanges = arena_grow(&script->arena, script->exchanges, script->num_exchanges,
                                 &script->cap_exchanges, sizeof(struct script_exchange *));
  struct script_exchange *exchange = arena_alloc(&script->arena, sizeof(*exchange));
  exchange->client = client;
  exchange->step = step;
  exchange->method = span_of("GET");
  exchange->minor = 1;
  exchange->valid_interims = true;
  nonce_text((struct nonce){script->config.run, script->config.play, script->config.attempt,
                            (uint32_t)script->num_exchanges},
             exchange->nonce);
  exchange->path = script_makes_answers(script)
                       ? arena_printf(&script->arena, "%s", script->config.path_base)
                       : arena_printf(&script->arena, "%s/%s/%s", script->config.path_base,
                                      exchange->nonce, script->config.id);
  h1_response_init(&exchange->sent, &h1_default_limits);
  script->exchanges[script->num_exchanges] = exchange;
  script->num_exchanges++;
  return exchange;
}

void exchange_context(const struct script *script, const struct script_exchange *exchange,
                      struct compose_context *out) {
  *out = (struct compose_context){
      .path = exchange->path,
      .target = exchange->path,
      .host = script->config.host,
      .nonce = exchange->nonce,
      .date = script->config.date,
      .mark = (unsigned)exchange->num_interims + 1,
      .to_head = span_is(exchange->method, "HEAD"),
      .to_connect = span_is(exchange->method, "CONNECT"),
  };
}

static void add_interim(struct script *script, struct script_exchange *exchange,
                        const struct h1_event *event, uint64_t now_us) {
  exchange->interims = arena_grow(&script->arena, exchange->interims, exchange->num_interims,
                                  &exchange->cap_interims, sizeof(*exchange->interims));
  exchange->interims[exchange->num_interims] = (struct sent_interim){
      .code = event->code,
      .valid = event->minor == 1 && event->code != 101,
      .sent_us = now_us,
  };
  exchange->num_interims++;
}

/* Fields that do not belong into an interim response, and connection options that name them or end
 * the connection. Other options are what they are everywhere. */
static bool binds_framing_or_connection(const struct h1_event *field) {
  static const char *const names[] = {"Content-Length", "Transfer-Encoding", "Upgrade", "close"};
  bool options = span_is_nocase(field->name, "Connection");
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
    if (options ? h1_list_has(field->value, names[i]) : span_is_nocase(field->name, names[i])) {
      return true;
    }
  }
  return false;
}

/* What was sent before the final response. */
static void take_interim(struct script *script, struct script_exchange *exchange,
                         const struct h1_event *event, uint64_t now_us) {
  if (event->kind == H1_INTERIM) {
    add_interim(script, exchange, event, now_us);
    return;
  }
  if (exchange->num_interims == 0) {
    return;
  }
  struct sent_interim *last = &exchange->interims[exchange->num_interims - 1];
  if (event->kind == H1_FIELD && binds_framing_or_connection(event)) {
    last->valid = false;
  }
  if (event->kind == H1_HEAD_END && !last->valid) {
    exchange->valid_interims = false;
  }
}

void exchange_take(struct script *script, struct script_exchange *exchange,
                   const struct h1_event *event, uint64_t now_us) {
  if (event->kind == H1_FINAL && exchange->final_code == 0) {
    exchange->final_code = event->code;
  }
  /* A target that did not ask may pass the 101 over and go on with HTTP. */
  if (event->kind == H1_HEAD_END && event->framing == H1_SWITCHED && exchange->final_code == 0) {
    exchange->switched =
        exchange->request != NULL && message_names_field(exchange->request, span_of("Upgrade"));
  }
  if (exchange->final_code == 0) {
    take_interim(script, exchange, event, now_us);
  } else if (event->kind == H1_END && !exchange->final_sent) {
    exchange->final_sent = true;
    exchange->final_sent_us = now_us;
  }
}

void exchange_sent(struct script *script, struct script_exchange *exchange, struct span bytes,
                   uint64_t now_us) {
  if (exchange->sent_broken) {
    return;
  }
  bytes_add(&exchange->sent_window, bytes);
  for (;;) {
    struct h1_event event;
    enum h1_status status =
        h1_response_next(&exchange->sent, bytes_span(&exchange->sent_window), &event);
    if (status == H1_ERROR) {
      exchange->sent_broken = true;
      exchange->valid_interims = exchange->valid_interims && exchange->final_sent;
    }
    if (status != H1_EVENT) {
      break;
    }
    exchange_take(script, exchange, &event, now_us);
  }
  size_t drop = (size_t)(h1_response_keep(&exchange->sent) - exchange->sent.base);
  bytes_drop(&exchange->sent_window, drop);
  h1_response_drop(&exchange->sent, drop);
}

void exchange_sent_end(struct script *script, struct script_exchange *exchange, uint64_t now_us) {
  struct h1_event event;
  if (!exchange->sent_broken && h1_response_finish(&exchange->sent, &event) == H1_EVENT) {
    exchange_take(script, exchange, &event, now_us);
  }
}

bool exchange_refused_tunnel(const struct script_exchange *exchange) {
  return exchange->upgrades && !exchange->switched && exchange->final_code == 0 &&
         exchange->num_interims > 0 && exchange->interims[exchange->num_interims - 1].code == 101;
}

/* The place, from 1, that our mark names; 0 for none. */
static size_t marked_place(const struct script_exchange *exchange,
                           const struct message_seen *message) {
  struct span mark;
  if (!message_field_value(message, MARK_FIELD, &mark) || mark.len <= NONCE_LEN + 1) {
    return 0;
  }
  uint64_t place = 0;
  if (!span_number(span_skip(mark, NONCE_LEN + 1), &place) || place > exchange->num_interims) {
    return 0;
  }
  return (size_t)place;
}

static size_t unmarked_place(const struct script_exchange *exchange, unsigned code) {
  for (size_t i = exchange->last_seen; i < exchange->num_interims; i++) {
    if (exchange->interims[i].code == code && !exchange->interims[i].seen) {
      return i + 1;
    }
  }
  return 0;
}

void exchange_interim_seen(struct script *script, struct script_exchange *exchange,
                           struct message_seen *message) {
  if (script_makes_answers(script)) {
    exchange->num_seen++;
    return;
  }
  size_t place = message->owner == OWNER_OURS ? marked_place(exchange, message)
                                              : unmarked_place(exchange, message->code);
  if (place == 0) {
    return;
  }
  struct sent_interim *interim = &exchange->interims[place - 1];
  bool guessed = message->owner != OWNER_OURS;
  message->owner = OWNER_OURS;
  message->mark = (unsigned)place;
  if (interim->seen && interim->guessed && !guessed) {
    /* What was taken for it by its code was the target's own. */
    interim->guessed = false;
    interim->seen_us = message->head_us;
    return;
  }
  if (interim->seen) {
    exchange->num_repeated++;
    if (exchange->arrivals < 2) {
      script_find(script, BREACH_REPEATED, NULL,
                  arena_printf(&script->arena, "the %u number %zu was delivered twice",
                               message->code, place));
    }
    return;
  }
  interim->seen = true;
  interim->guessed = guessed;
  interim->seen_us = message->head_us;
  exchange->num_seen++;
  exchange->altered = exchange->altered || interim->code != message->code;
  exchange->reordered = exchange->reordered || place < exchange->last_seen;
  exchange->last_seen = place > exchange->last_seen ? place : exchange->last_seen;
  if (exchange->waited && exchange->final_sent && message->head_us >= exchange->final_sent_us) {
    exchange->num_late++;
  }
}
