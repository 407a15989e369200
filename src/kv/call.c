/* call.c: the chain of steps, and the errors they end in. */
#include "kv/call.h"

#include "kv/core_private.h"
#include "kv/host.h"

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

static struct span error_code(enum tkv_status status) {
  switch (status) {
#define X(name, value, http, gloss)                                                                \
  case TKV_ERR_##name:                                                                             \
    return SPAN(#name);
    TKV_ERROR_LIST(X)
#undef X
  default:
    return SPAN("UNKNOWN");
  }
}

enum tkv_status call_fail(struct call *call, enum tkv_status status, struct span message,
                          struct span details) {
  struct json_out out = json_out(&call->arena, 128 + message.len + details.len);
  json_put(&out, SPAN("{\"code\":\""));
  json_put(&out, error_code(status));
  json_put(&out, SPAN("\",\"message\":"));
  json_put_string(&out, message);
  json_put(&out, SPAN(",\"details\":"));
  json_put(&out, details.len ? details : SPAN("{}"));
  json_put_char(&out, '}');
  call->outcome = (struct tkv_outcome){.result = json_out_span(&out)};
  return call->error = status;
}

struct span call_join(struct call *call, struct span a, struct span b, struct span c) {
  struct json_out out = json_out(&call->arena, a.len + b.len + c.len);
  json_put(&out, a);
  json_put(&out, b);
  json_put(&out, c);
  return json_out_span(&out);
}

enum tkv_status call_invalid(struct call *call, struct span where, struct span what) {
  struct span message = where.len ? call_join(call, where, SPAN(": "), what) : what;
  return call_fail(call, TKV_ERR_INVALID_ARGUMENT, message, SPAN_NONE);
}

static struct span details_of(struct call *call, struct span name, struct span value) {
  struct json_out out = json_out(&call->arena, name.len + value.len * 2 + 16);
  json_put_char(&out, '{');
  json_put_string(&out, name);
  json_put_char(&out, ':');
  json_put_string(&out, value);
  json_put_char(&out, '}');
  return json_out_span(&out);
}

enum tkv_status call_corrupt(struct call *call, struct span key) {
  struct span message = call_join(call, SPAN("the value stored under "), key, SPAN(" is damaged"));
  return call_fail(call, TKV_ERR_CORRUPT, message, details_of(call, SPAN("key"), key));
}

enum tkv_status call_not_found(struct call *call, struct span what, struct span id) {
  struct span name = call_join(call, what, SPAN(" "), id);
  struct span message = call_join(call, name, SPAN(" not found"), SPAN(""));
  return call_fail(call, TKV_ERR_NOT_FOUND, message, details_of(call, SPAN("id"), id));
}

enum tkv_status call_too_many(struct call *call) {
  return call_fail(call, TKV_ERR_BUDGET, SPAN("too many messages for one call: give them in parts"),
                   SPAN_NONE);
}

enum tkv_status call_return(struct call *call, const struct json_out *out) {
  if (out->failed)
    return call_fail(call, TKV_ERR_NO_MEMORY, SPAN("the result does not fit in memory"), SPAN_NONE);
  call->outcome.result = json_out_span(out);
  return TKV_DONE;
}

int64_t call_stamp(struct call *call) {
  int64_t after = call->core->last_stamp + 1;
  return call->core->last_stamp = call->now > after ? call->now : after;
}

void call_saw_stamp(struct call *call, int64_t stamp) {
  if (stamp > call->core->last_stamp && stamp < call->now + STAMP_AHEAD_MAX_MS)
    call->core->last_stamp = stamp;
}

void call_random(struct call *call, void *bytes, size_t count) {
  host_random(call->host, bytes, count);
}

bool call_over_budget(const struct call *call, size_t more) {
  return call->kv.operations + more > call->store.max_operations;
}

/* Memory ran out.  Nothing of the step that it ran out in is sent; all that the call had is given
 * back at once, also its error's text: the host has one of its own. */
static enum tkv_status give_up(struct call *call) {
  kv_give_up(call);
  arena_free(&call->arena);
  call->kv = (struct kv){0};
  call->input = NULL;
  call->outcome = (struct tkv_outcome){0};
  return call->error = TKV_ERR_NO_MEMORY;
}

enum tkv_status call_run(struct call *call) {
  while (call->frame) {
    enum tkv_status status = call->entering ? TKV_DONE : kv_settle(call);
    call->entering = false;
    if (status == TKV_PENDING && !call->arena.failed)
      return call->status = status;
    if (status == TKV_DONE && !call->arena.failed)
      status = ((call_step)call->frame->step)(call, call->frame->self);
    if (call->arena.failed)
      status = give_up(call);
    if (status < 0)
      return call->status = status;
    if (status == TKV_DONE)
      call->frame = call->frame->below;
  }
  return call->status = TKV_DONE;
}
