#include "script/outbox.h"

#include "base/memory.h"

#include <stdlib.h>

struct outbox_entry {
  struct actor_command command;
  size_t offset; /* of the bytes in data, which may move */
};

void outbox_add(struct outbox *outbox, struct actor_command command) {
  if (outbox->num == outbox->cap) {
    outbox->cap = outbox->cap == 0 ? 64 : outbox->cap * 2;
    outbox->entries = memory_resize(outbox->entries, outbox->cap * sizeof(*outbox->entries));
  }
  outbox->entries[outbox->num] = (struct outbox_entry){command, outbox->data.len};
  outbox->num++;
  bytes_add(&outbox->data, command.bytes);
}

bool outbox_next(struct outbox *outbox, struct actor_command *out) {
  if (outbox->first == outbox->num) {
    outbox->first = 0;
    outbox->num = 0;
    outbox->data.len = 0;
    return false;
  }
  struct outbox_entry *entry = &outbox->entries[outbox->first];
  outbox->first++;
  *out = entry->command;
  if (out->bytes.len > 0) {
    out->bytes.ptr = outbox->data.ptr + entry->offset;
  }
  return true;
}

void outbox_free(struct outbox *outbox) {
  free(outbox->entries);
  bytes_free(&outbox->data);
  *outbox = (struct outbox){0};
}
