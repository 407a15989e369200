/* join.c: looks through the calls that are under way. */
#include "kv/join.h"

#include "codec/limits.h"

static bool is_alike(const struct call *a, const struct call *b) {
  return span_eq(a->join.key, b->join.key) && !memcmp(&a->store, &b->store, sizeof a->store);
}

/* Asks an open call that began before, if there is one that shows signs of life. */
static bool ask(struct call *call) {
  const struct seats *seats = &call->shared->seats;
  for (size_t i = 0; i < seats->count; i++) {
    const struct call *other = seats->items[i].call;
    if (other && other->join.state == JOIN_OPEN && other->status == TKV_PENDING &&
        other->order < call->order && is_alike(other, call) &&
        now_since(call, seats->items[i].touched) < JOIN_ASK_MS) {
      call->join.leader = other->handle;
      call->join.state = JOIN_ASKS;
      return true;
    }
  }
  return false;
}

static enum tkv_status seek(struct call *call, void *self) {
  struct join *join = &call->join;
  (void)self;
  if (join->state == JOIN_NONE && !ask(call))
    join->state = JOIN_OPEN;
  if (join->state != JOIN_ASKS && join->state != JOIN_TAKEN)
    return TKV_DONE;
  const struct seat *seat = seats_find(&call->shared->seats, join->leader);
  bool there = seat && seat->call->status == TKV_PENDING;
  int64_t silence = there ? now_since(call, seat->touched) : INT64_MAX;
  if (silence >= (join->state == JOIN_TAKEN ? KV_FLIGHT_MAX_MS : JOIN_ASK_MS)) {
    join->state = JOIN_ALONE;
    return TKV_DONE;
  }
  kv_wait(call, KV_TURN_MS + (silence > 0 ? silence / KV_TURN_SHARE : 0)); /* it may wait, too */
  return TKV_PENDING;
}

enum tkv_status join_seek(struct call *call, struct span key, void *work, call_step then) {
  call->join = (struct join){.key = key, .work = work};
  return call_enter(call, seek, NULL, then);
}

static bool asks(const struct call *other, const struct call *call) {
  return other && other->join.state == JOIN_ASKS && other->join.leader == call->handle &&
         other->status == TKV_PENDING;
}

struct call *join_next(struct call *call, uint64_t after, uint64_t limit) {
  const struct seats *seats = &call->shared->seats;
  struct call *next = NULL;
  for (size_t i = 0; i < seats->count; i++) {
    struct call *other = seats->items[i].call;
    if (asks(other, call) && other->order > after && other->order < limit) {
      next = other;
      limit = other->order;
    }
  }
  return next;
}

void join_close(struct call *call) {
  const struct seats *seats = &call->shared->seats;
  call->join.state = JOIN_ALONE;
  for (size_t i = 0; i < seats->count; i++)
    if (asks(seats->items[i].call, call))
      seats->items[i].call->join.state = JOIN_NONE;
}

void join_tell(struct call *call, uint32_t handle, bool done) {
  const struct seat *seat = seats_find(&call->shared->seats, handle);
  if (seat && seat->call->join.state == JOIN_TAKEN && seat->call->join.leader == call->handle)
    seat->call->join.state = done ? JOIN_DONE : JOIN_ALONE;
}
