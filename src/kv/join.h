/* join.h: calls of one isolate that want the like at once, which the first of them does for all.
 *
 * A call that is about to read is open: later calls under the same key ask it, and wait by timers of
 * their own.  Before it writes it closes, takes whom it can, and tells each in the end what came of it.
 * What is shared is plain data of the calls; nobody awaits another's promise: who was not taken, or
 * whose leader ended without a word, failed, or is silent for long (its request was cancelled), does its
 * work itself.  That may be done twice, so it has to be such that it can be.
 */
#ifndef TKV_JOIN_H
#define TKV_JOIN_H

#include "kv/step.h"

/* join_seek goes on with |then| once it is known who does the work: the state is JOIN_DONE when another
 * call has; else this one has to, and with JOIN_OPEN it may do so for others.  |work| is what their
 * leader finds. */
enum tkv_status join_seek(struct call *call, struct span key, void *work, call_step then);

/* join_next returns the first call, by their order, that asks this one and comes after |after| and
 * before |limit|; NULL when there is none.  The caller sets its state to JOIN_TAKEN, or leaves it. */
struct call *join_next(struct call *call, uint64_t after, uint64_t limit);

/* join_close ends being open; whoever asked and was not taken looks for another. */
void join_close(struct call *call);

/* join_tell tells the call |handle|, if it was taken by this one, that its work is done, or that it
 * has to do it alone. */
void join_tell(struct call *call, uint32_t handle, bool done);

#endif
