/* shared.h: what all calls of one core share.  A core stands for one isolate; this is plain data, never
 * a promise or a lock, for a call may be abandoned at any wait.
 */
#ifndef TKV_SHARED_H
#define TKV_SHARED_H

#include "codec/arena.h"
#include "kv/memory.h"
#include "kv/seats.h"

struct shared {
  void *host;                   /* what host.h's functions get */
  struct arena_reserve reserve; /* there whenever a call runs; in use only while a step ends */
  struct seats seats;
  int64_t last_stamp; /* the newest stamp given or seen */
  uint64_t orders;    /* given to calls and writes so far */
  struct memory memory;
};

#endif
