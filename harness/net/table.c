#include "net/internal.h"

/* Open addressing with linear probing. Numbers come in a row, from two ranges with the same low
 * bits, so a multiplication spreads them. */
static size_t home_of(const struct table *table, conn_id id) {
  return (size_t)((uint64_t)id * 0x9E3779B97F4A7C15U >> 32) & (table->cap - 1);
}

static void place(struct table *table, struct connection *connection) {
  size_t i = home_of(table, connection->id);
  while (table->slots[i].connection != NULL) {
    i = (i + 1) & (table->cap - 1);
  }
  table->slots[i].connection = connection;
}

static void grow(struct table *table) {
  struct table bigger = {0};
  bigger.cap = table->cap == 0 ? 16 : table->cap * 2;
  bigger.used = table->used;
  bigger.slots = net_alloc(bigger.cap * sizeof(*bigger.slots));
  for (size_t i = 0; i < table->cap; i++) {
    if (table->slots[i].connection != NULL) {
      place(&bigger, table->slots[i].connection);
    }
  }
  free(table->slots);
  *table = bigger;
}

void table_add(struct table *table, struct connection *connection) {
  if (table->used * 2 >= table->cap) {
    grow(table);
  }
  place(table, connection);
  table->used++;
}

static size_t index_of(const struct table *table, conn_id id) {
  if (table->cap == 0) {
    return SIZE_MAX;
  }
  size_t i = home_of(table, id);
  while (table->slots[i].connection != NULL && table->slots[i].connection->id != id) {
    i = (i + 1) & (table->cap - 1);
  }
  return table->slots[i].connection == NULL ? SIZE_MAX : i;
}

struct connection *table_find(const struct table *table, conn_id id) {
  size_t i = index_of(table, id);
  return i == SIZE_MAX ? NULL : table->slots[i].connection;
}

void table_remove(struct table *table, conn_id id) {
  size_t hole = index_of(table, id);
  if (hole == SIZE_MAX) {
    return;
  }
  table->used--;
  size_t mask = table->cap - 1;
  for (size_t i = (hole + 1) & mask; table->slots[i].connection != NULL; i = (i + 1) & mask) {
    /* Moves back what a search from its home would no longer reach over the hole. */
    size_t home = home_of(table, table->slots[i].connection->id);
    if (((i - home) & mask) >= ((i - hole) & mask)) {
      table->slots[hole] = table->slots[i];
      hole = i;
    }
  }
  table->slots[hole].connection = NULL;
}

void table_free(struct table *table) {
  free(table->slots);
  *table = (struct table){0};
}
