/* sim_excuse.h: what neither KV nor FORMAT.md promises: rare meetings of calls after which less holds.
 *
 * Each is as narrow as what was seen to happen; what is wider would hide faults.
 */
#ifndef TESTS_SIM_EXCUSE_H
#define TESTS_SIM_EXCUSE_H

#include "sim/sim_model.h"

enum {
  RISK_MS = 130 *
  1000 /* how long after its deletion a save may still have taken a thread for alive */
};

/* excuse_removed_lately tells whether |object| was removed less than |ms| before |actor| began, whatever
 * came after: an update from where that is not seen may bring back what a sweep takes. */
bool excuse_removed_lately(const struct object *object, const struct actor *actor, int64_t ms);

/* excuse_torn tells whether |object| may stand in |home| by a write that went away with its isolate,
 * before its index entry was written, while another brought the object elsewhere. */
bool excuse_torn(const struct object *object, struct span home);

/* excuse_taken_over tells whether another call of the isolate may have taken |thread| over while the host
 * of |event|'s was silent: what the slower one has copied does not count then, though it hears of no
 * fault. */
bool excuse_taken_over(const struct sim *sim, const struct object *thread,
                       const struct event *event);

/* excuse_swept tells whether |sweep|, coming late, may have seen of a message saved anew in a thread made
 * anew what it was before the thread was deleted: where a place's cache is not told of writes, neither
 * record nor list say more. */
bool excuse_swept(struct sim *sim, const struct event *event, const struct actor *sweep);

/* excuse_led tells whether a save that failed may have been written in part by another that it had
 * joined, and that fell silent. */
bool excuse_led(const struct actor *actor);

#endif
