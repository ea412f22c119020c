/* Messages as a lane of ours received them: heads with their fields, and content. */
#ifndef INTERIM_SCRIPT_MESSAGE_H
#define INTERIM_SCRIPT_MESSAGE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "core/h1.h"
#include "script/nonce.h"

/* More content than this is not kept. */
enum { MESSAGE_MAX_CONTENT = 1024 * 1024 };

struct message_field {
  struct span name;
  struct span value;
};

/* Whose answer a response is, by the nonce it carries. */
enum message_owner {
  OWNER_TARGET,  /* until a nonce of ours shows otherwise: the target made it */
  OWNER_OURS,    /* it answers the request whose turn it is */
  OWNER_FOREIGN, /* it answers another request */
  OWNER_PLANTED, /* it was content, never a message */
};

struct message_seen {
  struct message_seen *next; /* in order of arrival */
  bool request;
  bool interim;
  unsigned code;
  unsigned minor;
  struct span method;
  struct span target;
  struct message_field *fields;
  size_t num_fields;
  size_t cap_fields;
  struct bytes content; /* and behind it the tunnel's bytes */
  bool tunnel;          /* some of these came */
  size_t tunnel_at;     /* where they begin */
  enum h1_framing framing;
  bool head_done;
  bool complete;
  uint64_t head_us;
  uint64_t end_us;
  size_t exchange; /* index of the exchange whose turn it is; SIZE_MAX for none */
  enum message_owner owner;
  struct nonce nonce; /* with OWNER_FOREIGN, OWNER_PLANTED and OWNER_OURS */
  unsigned mark;      /* of an interim with our mark: its place, from 1; else 0 */
  bool claimed;       /* a step has taken it */
};

/* message_feed takes one parser event into the message; bytes are copied into the arena, content
 * into its own bytes. */
void message_feed(struct message_seen *message, struct arena *arena, const struct h1_event *event,
                  uint64_t now_us);

/* message_field_value finds the first field with this name; false when there is none. */
bool message_field_value(const struct message_seen *message, const char *name, struct span *out);

/* message_has_field tells whether a field with this name has this value: in one field line, or as
 * one element when the lines of that name are joined by commas (RFC 9110 section 5.3). */
bool message_has_field(const struct message_seen *message, struct span name, struct span value);

/* message_num_field counts how often it has: in so many lines or elements. */
size_t message_num_field(const struct message_seen *message, struct span name, struct span value);

/* message_has_field_like does the same for a value that begins like this; an empty one is any. */
bool message_has_field_like(const struct message_seen *message, struct span name,
                            struct span begin);

/* message_tunnel gives the bytes that came behind the message, in the tunnel that it began. */
struct span message_tunnel(const struct message_seen *message);

/* message_names_field tells whether there is a field with this name. */
bool message_names_field(const struct message_seen *message, struct span name);

/* message_ends_connection tells whether the connection ends with this message's exchange:
 * Connection says close, or it is HTTP/1.0 and does not say keep-alive (RFC 9112 sections 9.3
 * and 9.6). */
bool message_ends_connection(const struct message_seen *message);

/* message_word writes a short name of a message for a sequence: "102", "200", "GET /x". */
const char *message_word(struct arena *arena, const struct message_seen *message);

#endif
