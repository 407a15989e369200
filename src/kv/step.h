/* step.h: how an operation is written: a chain of steps, run without ever waiting.
 *
 * A step is an ordinary function that runs without waiting.  It queues KV requests (kv.h), names
 * the step that goes on when they are answered, and returns TKV_PENDING; or it returns TKV_DONE, or
 * an error made by call_fail.  Steps that many operations share run as a frame of their own:
 * call_enter pushes it, its TKV_DONE resumes the step below.
 *
 *   static enum tkv_status first(struct call *call, void *self) {
 *     op->record = kv_get(call, TABLE_THREADS, key);
 *     return call_next(call, second);
 *   }
 */
#ifndef TKV_STEP_H
#define TKV_STEP_H

#include "kv/kv.h"

typedef enum tkv_status (*call_step)(struct call *call, void *self);

/* call_next names the step of the running frame that comes next and returns TKV_PENDING. */
enum tkv_status call_next(struct call *call, call_step step);

/* call_self sets what the running frame's later steps get as |self|. */
void call_self(struct call *call, void *self);

/* call_enter runs |step| with |self| until it is done; then the running frame goes on with |then|.
 * What was queued before goes out together with what |step| queues. */
enum tkv_status call_enter(struct call *call, call_step step, void *self, call_step then);

/* call_push puts a frame on top that begins with |step|. */
void call_push(struct call *call, call_step step, void *self);

/* call_guard runs |step| once what is queued now was answered, before any other step but the first of
 * the frame on top. That one's reads go out together with what is queued; what it would write waits
 * until |step|, if it has not failed, has begun. */
void call_guard(struct call *call, call_step step, void *self);

/* call_run runs steps until the call waits or ends. */
enum tkv_status call_run(struct call *call);

#endif
