/* step.c: the chain of steps. */
#include "kv/step.h"
#include <assert.h>

enum tkv_status call_next(struct call *call, call_step step) {
  call->frame->step = (void (*)(void))step;
  return TKV_PENDING;
}

void call_self(struct call *call, void *self) {
  call->frame->self = self;
}

void call_push(struct call *call, call_step step, void *self) {
  struct call_frame *frame = ARENA_NEW(&call->arena, struct call_frame);
  *frame = (struct call_frame){(void (*)(void))step, self, call->frame};
  call->frame = frame;
}

enum tkv_status call_enter(struct call *call, call_step step, void *self, call_step then) {
  call_next(call, then);
  call_push(call, step, self);
  call->entering = true;
  return TKV_PENDING;
}

void call_guard(struct call *call, call_step step, void *self) {
  call->guard = ARENA_NEW(&call->arena, struct call_frame);
  *call->guard = (struct call_frame){(void (*)(void))step, self, NULL};
  call->entering = true;
}

static void enter_guard(struct call *call) {
  call->guard->below = call->frame;
  call->frame = call->guard;
  call->guard = NULL;
  kv_put_back(call, call->guarded);
}

/* Whether nothing was queued since the guard's request: the steps go on, as without it. */
static bool is_idle(const struct call *call) {
  return call->guard && call->frame && !call->guarded && call->kv.first == call->kv.last;
}

/* Memory ran out.  Nothing of the step that it ran out in is sent; all that the call had is given
 * back at once, also its error's text: the host has one of its own. */
static enum tkv_status give_up(struct call *call) {
  kv_give_up(call);
  arena_free(&call->arena);
  call->kv = (struct kv){0};
  call->input = NULL;
  call->placing = NULL;
  call->outcome = (struct tkv_outcome){0};
  return call->error = TKV_ERR_NO_MEMORY;
}

enum tkv_status call_run(struct call *call) {
  while (call->frame || call->guard) {
    if (call->guard && !call->entering && !call->guarded)
      call->guarded = kv_put_off_writes(call);
    bool waits = !call->entering && !is_idle(call);
    enum tkv_status status = waits ? kv_settle(call) : TKV_DONE;
    if (status == TKV_DONE && call->guard && waits)
      enter_guard(call);
    struct call_frame *running = call->frame;
    call->entering = false;
    if (status == TKV_PENDING && !call->arena.failed)
      return call->status = status;
    if (status == TKV_DONE && !call->arena.failed)
      status = ((call_step)call->frame->step)(call, call->frame->self);
    if (call->arena.failed)
      status = give_up(call);
    if (status < 0)
      return call->status = status;
    if (status == TKV_DONE) {
      assert(call->frame == running); /* a step that enters another is not done */
      call->frame = running->below;
    }
  }
  return call->status = TKV_DONE;
}
