/* thread_delete.h: what is left to do of a deletion, for whoever comes back to it. */
#ifndef TKV_THREAD_DELETE_H
#define TKV_THREAD_DELETE_H

#include "threads/thread_sweep.h"

/* A thread's deletion, from tombstone to the marker's end. */
struct deletion {
  struct span id, key, marker;
  struct thread thread;
  struct kv_request *record, *marker_get, *proof;
  struct collections collections;
  struct changes changes; /* of the resource's threads */
  struct sweep sweep;
};

/* deletion_finish is a step over a struct deletion whose tombstone stands, or stood: sweeps, takes
 * the thread out of its resource's list (or, when it is there again, sees to it that it stands
 * there), and drops the marker once nothing that was saved elsewhere can still
 * come to light.  Tombstone and emptied head stay: to delete them could hit a thread that was made
 * anew a moment ago in another place. */
enum tkv_status deletion_finish(struct call *call, void *self);

#endif
