/* thread_sweep.h: emptying a deleted thread: message records, then the journal entries that named them,
 * page by page. */
#ifndef TKV_THREAD_SWEEP_H
#define TKV_THREAD_SWEEP_H

#include "threads/mention.h"
#include "threads/thread.h"

struct sweep {
  struct collection *collection; /* of the thread: its keys */
  int64_t deleted_at;
  struct mention_site site; /* the thread, as it was before */
  bool recreated; /* the thread lives again, or may: only what was written before it was deleted
                     goes */
  struct span_set suffixes; /* journal entries known besides those that list shows */

  size_t deleted; /* messages; the answer */
  bool ended;     /* the journal was gone through to its end */
  bool complete;  /* and nothing is left; else the budget ended it, or something is too young to be
                     judged */

  struct mention *mentions; /* that were dropped; of them in this round */
  size_t forgotten;

  bool waits; /* thread_sweep.c's own, as all below: something was too young */
  struct kv_request *page;
  struct collections living; /* loaded when it lives again and records do not tell */
  struct span_set listed;
  struct span_set anew;  /* messages that the living thread's journal names */
  struct mention *notes; /* of whoever may have saved some of them unaware of the deletion */
  struct sweep_doc *docs;
  size_t doc_count, next, end;
  bool last_page;
};

/* sweep_thread is a step over a struct sweep. */
enum tkv_status sweep_thread(struct call *call, void *self);

/* sweep_marker_key joins the key that keeps |thread| in mind until it is swept. */
bool sweep_marker_key(struct call *call, struct span thread, struct span *key);

/* sweep_mark queues the put of the marker |key|: there is left to do what was deleted at |deleted|, under an
 * id that was last deleted at |since| before; and, should its thread not come to be, to remove what a copy
 * has written that begins at |copied|.  0 for none of it. */
void sweep_mark(struct call *call, struct span key, int64_t deleted, int64_t since, int64_t copied);

#endif
