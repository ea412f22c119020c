/* A message between two hops, in no version's form: what front and back hand to each other.
 *
 * Whoever reads a connection fills it in, forward.h takes away what belongs to that connection, and
 * whoever writes the other connection frames it anew. All its text lives in its arena. */
#ifndef INTERIM_PEER_MESSAGE_H
#define INTERIM_PEER_MESSAGE_H

#include "base/arena.h"

struct field {
  struct field *next;
  struct span name;
  struct span value;
};

struct field_list {
  struct field *first;
  struct field *last;
};

/* What the sender said of the content. How it is delimited is each hop's own business. */
enum message_content {
  CONTENT_NONE,
  CONTENT_LENGTH, /* length bytes */
  CONTENT_OPEN,   /* the length shows at the end only */
};

/* Zeroed memory is an empty message. */
struct message {
  struct arena arena;
  struct span method; /* requests: method, target and authority; responses: code and reason */
  struct span target;
  struct span authority;
  struct span reason;
  unsigned code;
  unsigned minor; /* of the HTTP/1.minor in which it was received; 1 for HTTP/2 */
  bool h2;        /* it was received in HTTP/2 */
  enum message_content content;
  uint64_t length;
  struct field_list fields;
  struct field_list trailers;
  struct field_list options; /* the connection options it came with, in the names */
  struct span upgrade;   /* the protocols of an Upgrade that goes on to the next hop, or empty */
  bool expects_continue; /* a request that waits for a 100 (RFC 9110 section 10.1.1) */
  bool last;             /* an answer of our own after which the connection ends */
};

/* message_reset frees all that the message holds and leaves it empty. */
void message_reset(struct message *message);

/* message_text copies text into the message's arena. */
struct span message_text(struct message *message, struct span text);

/* message_add appends a field, copied, to one of the message's own lists. */
void message_add(struct message *message, struct field_list *list, struct span name,
                 struct span value);

/* field_find returns the first field of that name at or behind *from, or NULL. Names are compared
 * without case. */
const struct field *field_find(const struct field *from, const char *name);

/* field_list_has tells whether a field of that name lists the token, over all its field lines. */
bool field_list_has(const struct field_list *list, const char *name, const char *token);

/* list_next cuts the next element off the front of a comma-separated list, without OWS around it;
 * empty elements are passed over (RFC 9110 section 5.6.1.2). False when none is left. */
bool list_next(struct span *rest, struct span *out_element);

#endif
