/* message_join.c: messages of other calls that go with a save. */
#include "threads/message_join.h"

#include "codec/limits.h"
#include "kv/join.h"

/* Copies |other|'s messages behind ours, for its call may be gone at any time; as long as they could not
 * fail, or change anything, but by themselves. */
static bool take(struct call *call, struct save *save, const struct call *other, size_t *bytes) {
  const struct save *work = other->join.work;
  struct span owner = save->changes.items[0]->resource;
  for (size_t i = 0; i < work->count; i++) {
    const struct message *message = &work->items[i].message;
    bool apart = message->resource.len && !span_eq(message->resource, owner);
    for (size_t k = 0; k < save->count; k++)
      apart |= span_eq(save->items[k].message.id, message->id);
    *bytes += message->raw.len;
    if (apart || *bytes > JOIN_BYTES_MAX || save->count == JOIN_MAX ||
        call_over_budget(call, save->count + SAVE_RESERVE))
      return false;
    struct saved *to = &save->items[save->count++];
    to->message.raw = arena_copy(&call->arena, message->raw);
    to->message.id = arena_copy(&call->arena, message->id);
    to->message.thread = save->items[0].message.thread;
    to->message.resource = (struct span){owner.ptr, message->resource.len};
    to->message.created = message->created;
    to->key = arena_copy(&call->arena, work->items[i].key);
    to->call = other->handle;
  }
  return true;
}

void save_take(struct call *call, struct save *save) {
  uint64_t limit = change_limit(call, save->changes.items[0]);
  size_t good = save->count, bytes = 0;
  struct call *other = good < JOIN_MAX ? join_next(call, call->order, limit) : NULL;
  if (other) {
    struct saved *items = ARENA_ARRAY(&call->arena, struct saved, JOIN_MAX);
    memcpy(items, save->items, good * sizeof *items);
    save->items = items;
  }
  for (; other && !call->arena.failed && take(call, save, other, &bytes);
       other = join_next(call, other->order, limit)) {
    other->join.state = JOIN_TAKEN;
    good = save->count;
  }
  save->count = good;
  join_close(call);
  for (size_t i = save->own; i < good; i++)
    save->items[i].old = kv_get(call, TABLE_MESSAGES, save->items[i].key, KV_OWN | KV_TOLERATE);
}

void save_keep_new(struct call *call, struct save *save) {
  size_t good = save->own;
  while (good < save->count && !save->items[good].old->found && !save->items[good].old->failed)
    good++;
  if (good == save->count)
    return;
  while (good > save->own && save->items[good - 1].call == save->items[good].call)
    good--;
  while (save->count > good)
    join_tell(call, save->items[--save->count].call, false);
}

void save_tell(struct call *call, const struct save *save) {
  for (int done = 0; done < 2; done++)
    for (size_t i = save->own; i < save->count; i++)
      if (done || !save_stored(save, i))
        join_tell(call, save->items[i].call, done);
}
