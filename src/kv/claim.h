/* claim.h: who makes a record just now: of the calls of one isolate that would create the same, one
 * goes first.
 *
 * A claim is plain data of the call that has it, and ends with it.  One whose call is not heard of
 * for KV_FLIGHT_MAX_MS, for its request was cancelled, is taken away by whoever comes next. Nobody
 * awaits another call: who has to wait looks again by a timer of its own.
 *
 * Other isolates know nothing of it.
 */
#ifndef TKV_CLAIM_H
#define TKV_CLAIM_H

#include "kv/step.h"

/* claim_take claims |key| for the rest of the call, then goes on with |then|, once no earlier claim
 * of it is in the way: any is, if the call |creates| the record; else those of calls that do. */
enum tkv_status claim_take(struct call *call, enum tkv_table table, struct span key, bool creates,
                           call_step then);

/* claim_lost tells whether the claim was taken away.  A call that creates asks in each step that
 * writes, and begins anew then. */
static inline bool claim_lost(const struct call *call) {
  return !call->claim.key.ptr;
}

#endif
