/* seats.c: a handle is the seat's number and, above, its turn, which is never 0. */
#include "kv/seats.h"

#include "codec/limits.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct seat *seats_find(const struct seats *seats, uint32_t handle) {
  size_t number = handle % SEATS_MAX;
  if (number >= seats->count)
    return NULL;
  struct seat *seat = &seats->items[number];
  return seat->call && seat->turn == handle / SEATS_MAX ? seat : NULL;
}

static bool grow(struct seats *seats) {
  size_t count = seats->count ? seats->count * 2 : SEATS_FIRST;
  if (count > SEATS_MAX)
    return false;
  struct seat *items = realloc(seats->items, count * sizeof *items);
  if (!items)
    return false;
  memset(items + seats->count, 0, (count - seats->count) * sizeof *items);
  seats->items = items;
  seats->count = count;
  return true;
}

static struct seat *find_free(struct seats *seats) {
  size_t first = seats->count;
  assert(seats->taken <= seats->count);
  if (seats->taken == seats->count && !grow(seats))
    return NULL;
  for (size_t i = first == seats->count ? 0 : first; i < seats->count; i++)
    if (!seats->items[i].call)
      return &seats->items[i];
  return NULL;
}

struct seat *seats_take(struct seats *seats) {
  struct seat *seat = find_free(seats);
  if (seat)
    seat->turn = seat->turn % (UINT32_MAX / SEATS_MAX - 1) + 1;
  return seat;
}

uint32_t seats_handle(const struct seats *seats, const struct seat *seat) {
  return seat->turn * SEATS_MAX + (uint32_t)(seat - seats->items);
}

int64_t seats_heard_of(const struct seats *seats, uint32_t handle) {
  const struct seat *seat = seats_find(seats, handle);
  return seat ? seat->touched : INT64_MIN / 2; /* for any clock: long ago */
}
