/* call.c: errors, and the clock of a core. */
#include "kv/call.h"

#include "codec/limits.h"
#include "kv/host.h"
#include <assert.h>

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
  json_put_text(&out, SPAN("\",\"message\":"), message);
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
  int64_t after = call->shared->last_stamp + 1;
  int64_t stamp = call->now > after ? call->now : after;
  assert(stamp > call->shared->last_stamp);
  return call->shared->last_stamp = stamp;
}

void call_saw_stamp(struct call *call, int64_t stamp) {
  if (stamp > call->shared->last_stamp && stamp < call->now + STAMP_AHEAD_MAX_MS)
    call->shared->last_stamp = stamp;
}

void call_random(struct call *call, void *bytes, size_t count) {
  host_random(call->host, bytes, count);
}

bool call_over_budget(const struct call *call, size_t more) {
  return call->kv.operations + more > call->store.max_operations;
}
