/* message_delete.c: deleteMessages.
 *
 *   round 1   the records: which threads, which journal entries
 *   round 2   threads, heads, journal entries
 *   round 3   the records go; a message without a record is gone, whatever still names it
 *   round 4   journal entries and heads without them
 */
#include "message.h"
#include "operations.h"
#include "thread.h"

struct delete_op {
  struct entries ids;
  struct kv_request **gets;
  struct message *messages;
  struct changes changes;
  struct collections collections;
  bool searching; /* a record without metadata: its journal entry has to be looked for */
  size_t deleted;
};

static enum tkv_status judge(struct call *call, void *self);
static enum tkv_status search(struct call *call, void *self);
static enum tkv_status drop_records(struct call *call, void *self);
static enum tkv_status write(struct call *call, void *self);
static enum tkv_status finish(struct call *call, void *self);

enum tkv_status message_delete(struct call *call, void *self) {
  struct delete_op *op = ARENA_NEW(&call->arena, struct delete_op);
  struct span ids = json_get(call->payload, SPAN("messageIds"));
  struct span_set seen = {0};
  (void)self;
  call_self(call, op);
  if (!arg_ids(call, ids, SPAN("messageIds"), &seen, &op->ids))
    return call->error;
  op->gets = ARENA_ARRAY(&call->arena, struct kv_request *, op->ids.count + 1);
  op->messages = ARENA_ARRAY(&call->arena, struct message, op->ids.count + 1);
  for (size_t i = 0; i < op->ids.count; i++) {
    struct span key;
    if (!message_key(call, op->ids.items[i].id, &key))
      return call->error;
    op->gets[i] = kv_get(call, TABLE_MESSAGES, key, 0);
  }
  return call_next(call, judge);
}

static enum tkv_status judge(struct call *call, void *self) {
  struct delete_op *op = self;
  for (size_t i = 0; i < op->ids.count; i++) {
    struct message *message = &op->messages[i];
    if (!op->gets[i]->found)
      continue;
    op->deleted++;
    if (!message_read(call, op->gets[i]->value, message)) {
      message->thread = SPAN_NONE; /* damaged: whatever names it, its record goes */
      continue;
    }
    struct span journal = record_journal(op->gets[i]->metadata);
    op->searching |= !journal.len;
    struct change *change = thread_touch(call, &op->changes, &op->collections, message->thread,
                                         journal.len ? LOAD_HEAD : LOAD_ALL);
    if (!change)
      return call->error;
    if (journal.len)
      change_remove(call, change, message->id, journal);
    else
      change->collection->load = LOAD_ALL;
  }
  if (call_over_budget(call, op->deleted * 2 + op->changes.count * 4))
    return call_too_many(call);
  changes_fetch(call, &op->changes);
  return call_enter(call, collections_load, &op->collections,
                    op->searching ? search : drop_records);
}

static enum tkv_status search(struct call *call, void *self) {
  struct delete_op *op = self;
  for (size_t i = 0; i < op->ids.count; i++) {
    const struct message *message = &op->messages[i];
    if (!op->gets[i]->found || !message->thread.ptr || record_journal(op->gets[i]->metadata).len)
      continue;
    change_remove(call, change_of(&op->changes, COLLECTION_THREAD, message->thread), message->id,
                  SPAN_NONE);
  }
  changes_fetch(call, &op->changes);
  return call_next(call, drop_records);
}

static enum tkv_status drop_records(struct call *call, void *self) {
  struct delete_op *op = self;
  for (size_t i = 0; i < op->ids.count; i++)
    if (op->gets[i]->found)
      kv_delete(call, TABLE_MESSAGES, op->gets[i]->key, KV_REMEMBER);
  return call_next(call, write);
}

static enum tkv_status write(struct call *call, void *self) {
  struct delete_op *op = self;
  for (size_t i = 0; i < op->changes.count; i++)
    thread_bump(call, op->changes.items[i]);
  changes_commit(call, &op->changes);
  return call_enter(call, changes_confirm, &op->changes, finish);
}

static enum tkv_status finish(struct call *call, void *self) {
  struct delete_op *op = self;
  struct json_out out = json_out(&call->arena, 64);
  json_put(&out, SPAN("{\"deleted\":"));
  json_put_int(&out, (int64_t)op->deleted);
  json_put_char(&out, '}');
  return call_return(call, &out);
}
