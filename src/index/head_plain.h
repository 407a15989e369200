/* head_plain.h: heads as head_write writes them, read in one pass from left to right: a head is read
 * on every turn, and nearly every head is one of these. */
#ifndef TKV_HEAD_PLAIN_H
#define TKV_HEAD_PLAIN_H

#include "index/head.h"

/* A list of strings, by number. */
struct names {
  struct span *items;
  size_t count, cap;
};

/* names_add appends |name| and returns its number. */
size_t names_add(struct arena *arena, struct names *names, struct span name);

/* head_read_plain reads |text| into |head|, as head_read does.  False when it is of any other form,
 * though it may be right: no space, no escape, no other order, nothing negative. */
bool head_read_plain(struct arena *arena, struct span text, struct head *head);

#endif
