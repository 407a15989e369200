/* claim.c: looks through the calls that are under way. */
#include "kv/claim.h"

#include "codec/limits.h"

static bool is_in_the_way(const struct call *other, const struct call *call) {
  const struct claim *theirs = &other->claim, *ours = &call->claim;
  return other->status == TKV_PENDING && theirs->key.ptr && theirs->order < ours->order &&
         (theirs->creates || ours->creates) && theirs->space == ours->space &&
         span_eq(theirs->key, ours->key);
}

static bool is_silent(int64_t ms) {
  return ms >= KV_FLIGHT_MAX_MS;
}

/* What a call that has gone away was about to store may never have reached KV: it is not there for
 * being noted here. */
static void forget_unsure(struct call *call) {
  struct note *note = memory_find(call->memory, call->claim.space, call->claim.key);
  if (!note || !note->flight ||
      !is_silent(now_since(call, seats_heard_of(&call->shared->seats, note->flight))))
    return;
  memory_keep(call->memory, note, NOTE_EMPTY, SPAN_NONE, SPAN_NONE);
  note->latest = note->written;
  note->overwrite = note->overwrote;
  note->stamp = note->acked;
  note->flight = 0;
}

static enum tkv_status wait_turn(struct call *call, void *self) {
  const struct seats *seats = &call->shared->seats;
  int64_t delay = 0;
  (void)self;
  for (size_t i = 0; i < seats->count; i++) {
    struct call *other = seats->items[i].call;
    if (!other || !is_in_the_way(other, call))
      continue;
    int64_t silence = now_since(call, seats->items[i].touched);
    if (is_silent(silence))
      other->claim.key = SPAN_NONE;
    else
      delay = kv_turn_wait(silence); /* it may wait, too */
  }
  if (!delay) {
    forget_unsure(call);
    return TKV_DONE;
  }
  kv_wait(call, delay);
  return TKV_PENDING;
}

enum tkv_status claim_take(struct call *call, enum tkv_table table, struct span key, bool creates,
                           call_step then) {
  call->claim = (struct claim){key, ++call->shared->orders, call->store.spaces[table], creates};
  return call_enter(call, wait_turn, NULL, then);
}
