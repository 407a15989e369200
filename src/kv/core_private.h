/* core_private.h: the inside of a core, for core.c, call.c and kv_turn.c only. */
#ifndef TKV_CORE_PRIVATE_H
#define TKV_CORE_PRIVATE_H

#include "kv/call.h"

struct core {
  void *host;
  struct arena_reserve reserve; /* there whenever a call runs; in use only while a step ends */
  struct core_seat *seats;      /* the handle table */
  size_t seat_count, live;
  int64_t last_stamp, last_reclaim;
  uint64_t orders;
  struct memory memory;
};

/* A place in the handle table.  `turn` tells this call's handle from those of earlier calls here.
 */
struct core_seat {
  struct call *call; /* NULL: free */
  uint32_t turn;
  int64_t touched; /* ms */
};

/* core_heard_of returns when the call |handle| last gave a sign of life; 0 when it is over. */
int64_t core_heard_of(struct core *core, uint32_t handle);

#endif
