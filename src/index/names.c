/* names.c: strings by number. */
#include "index/names.h"

#include <string.h>

size_t names_add(struct arena *arena, struct names *names, struct span name) {
  if (names->count == names->cap) {
    size_t cap = names->cap ? names->cap * 2 : 16;
    struct span *items = ARENA_ARRAY(arena, struct span, cap);
    if (names->count)
      memcpy(items, names->items, names->count * sizeof *items);
    names->items = items;
    names->cap = cap;
  }
  names->items[names->count] = name;
  return names->count++;
}
