/* gather.h: reading the records behind a list of entries until enough of them are good.
 *
 * The owner says how to ask for the i-th record and how to judge it once it was answered; gather
 * asks for as many at once as are still wanted, and goes on while some turn out to be gone.
 */
#ifndef TKV_GATHER_H
#define TKV_GATHER_H

#include "kv/step.h"

enum gather_verdict { GATHER_GOOD, GATHER_PASSED, GATHER_GONE, GATHER_FAILED };

struct gather {
  size_t count;  /* how many there are */
  size_t want;   /* how many good ones are enough; SIZE_MAX for all */
  size_t stride; /* ask for this many at least; 0: no more than wanted */
  void (*ask)(struct call *call, struct gather *gather, size_t index);
  /* GATHER_FAILED after call_fail: the call ends so. */
  enum gather_verdict (*judge)(struct call *call, struct gather *gather, size_t index);

  /* Whether what stands at |index| cannot be told from what stands before it: then it is asked for
   * together with that.  NULL: it always can. */
  bool (*unsure)(const struct gather *gather, size_t index);

  size_t judged; /* the indexes below this have a verdict */
  size_t good, gone;
  size_t asked; /* gather.c's own */
};

/* gather_run is a step over a struct gather. */
enum tkv_status gather_run(struct call *call, void *self);

#endif
