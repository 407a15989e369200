/* doubt.h: settling which members are gone, before places in a list are counted.
 *
 * A deletion, or a move, leaves the old entry where it was, for another isolate may be writing the
 * record back; the head notes the id as doubtful (change.h).  Totals, windows and pages but the
 * first look at the records behind doubtful entries.  Minutes later a refresh takes out what is gone
 * (refresh.c).
 */
#ifndef TKV_DOUBT_H
#define TKV_DOUBT_H

#include "threads/message.h"

struct doubts {
  struct collections *list; /* of threads, loaded; those settled before are passed over */
  struct message_gather *gather;
};

/* doubts_settle is a step over a struct doubts: afterwards the collections' entries lack those that
 * are gone, and none is in doubt.
 */
enum tkv_status doubts_settle(struct call *call, void *self);

#endif
