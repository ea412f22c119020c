/* The commands that an actor of ours has not handed out yet, with their bytes. */
#ifndef INTERIM_SCRIPT_OUTBOX_H
#define INTERIM_SCRIPT_OUTBOX_H

#include "base/bytes.h"
#include "core/actor.h"

struct outbox_entry;

struct outbox {
  struct outbox_entry *entries;
  size_t first;
  size_t num;
  size_t cap;
  struct bytes data;
};

/* outbox_add queues a command and copies its bytes. */
void outbox_add(struct outbox *outbox, struct actor_command command);

/* outbox_next takes the oldest command; its bytes are borrowed until the next call. */
bool outbox_next(struct outbox *outbox, struct actor_command *out);

/* outbox_free frees it and leaves an empty one; zeroed memory is an empty one too. */
void outbox_free(struct outbox *outbox);

#endif
