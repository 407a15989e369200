/* carry.c: what the host does: it copies bytes. */
#include "support/carry.h"

#include <stdlib.h>
#include <string.h>

static void *copied(struct span bytes) {
  void *room = bytes.ptr ? tkv_core_room(bytes.len) : NULL;
  return room ? memcpy(room, bytes.ptr, bytes.len) : NULL;
}

struct core *carry_over(struct core *old, void *host) {
  struct core *fresh = tkv_core_new(host);
  const struct tkv_carried *carried;
  memcpy(tkv_core_past(fresh), tkv_core_past(old), offsetof(struct tkv_past, notes));
  for (const void *last = NULL; (carried = tkv_core_note(old, last)); last = carried->note.ptr)
    tkv_core_adopt(fresh, copied(carried->note), copied(carried->value));
  tkv_core_del(old);
  return fresh;
}
