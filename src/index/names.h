/* names.h: a list of strings that entries refer to by number, as heads keep owners and suffixes. */
#ifndef TKV_NAMES_H
#define TKV_NAMES_H

#include "codec/arena.h"
#include "codec/span.h"

struct names {
  struct span *items;
  size_t count, cap;
};

/* names_add appends |name| and returns its number. */
size_t names_add(struct arena *arena, struct names *names, struct span name);

#endif
