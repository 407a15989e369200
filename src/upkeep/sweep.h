/* sweep.h: emptying a deleted thread: message records, then the journal entries that named them,
 * page by page. */
#ifndef TKV_SWEEP_H
#define TKV_SWEEP_H

#include "threads/thread.h"

struct sweep {
  struct collection *collection; /* of the thread: its keys */
  int64_t deleted_at;
  bool recreated; /* the thread lives again, or may: only what was written before it was deleted
                     goes */
  struct span_set suffixes; /* journal entries known besides those that list shows */

  size_t deleted; /* messages; the answer */
  bool ended;     /* the journal was gone through to its end */
  bool complete;  /* and nothing is left; else the budget ended it, or something is too young to be
                     judged */

  bool waits; /* sweep.c's own, as all below: something was too young */
  struct kv_request *page;
  struct span_set listed;
  struct sweep_doc *docs;
  size_t doc_count, next, end;
  bool last_page;
};

/* sweep_thread is a step over a struct sweep. */
enum tkv_status sweep_thread(struct call *call, void *self);

/* sweep_marker_key joins the key that keeps |thread| in mind until it is swept. */
bool sweep_marker_key(struct call *call, struct span thread, struct span *key);

enum {
  SETTLE_MS = 3 * 60 * 1000
}; /* lists and gets lag a minute each, writes are retried, clocks differ */

/* A thread's deletion, from tombstone to the marker's end: thread_delete.c. */
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
