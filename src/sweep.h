/* sweep.h: emptying a deleted thread: message records, then the journal entries that named them, page by page. */
#ifndef TKV_SWEEP_H
#define TKV_SWEEP_H

#include "thread.h"

struct sweep {
  struct collection *collection; /* of the thread: its keys */
  int64_t deleted_at;
  bool recreated;           /* the thread lives again: only what its predecessor wrote goes */
  struct span_set suffixes; /* journal entries known besides those that list shows */

  size_t deleted; /* messages; the answer */
  bool complete;  /* nothing is left; else the budget ended it */

  struct kv_request *page; /* sweep.c's own, as all below */
  struct span_set listed;
  struct sweep_doc *docs;
  size_t doc_count, next, end;
  bool last_page;
};

/* sweep_thread is a step over a struct sweep. */
enum tkv_status sweep_thread(struct call *call, void *self);

/* sweep_marker_key joins the key that keeps |thread| in mind until it is swept. */
bool sweep_marker_key(struct call *call, struct span thread, struct span *key);

/* A thread's deletion, from tombstone to the last key: thread_delete.c. */
struct deletion {
  struct span id, key, marker;
  struct thread thread;
  struct kv_request *record;
  struct collections collections;
  struct changes changes; /* of the resource's threads */
  struct sweep sweep;
};

/* deletion_finish is a step over a struct deletion whose tombstone stands: sweeps, then removes what is left. */
enum tkv_status deletion_finish(struct call *call, void *self);

#endif
