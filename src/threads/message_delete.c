/* message_delete.c: deleteMessages.
 *
 *   round 1   the records: which threads
 *   round 2   threads and heads
 *   round 3   the records go, and the heads say which: a message without a record is gone, whatever
 *             still names it.  What names it goes minutes later (refresh.c), when no other place can
 *             write the record back any more
 */
#include "index/change_write.h"
#include "threads/message.h"
#include "threads/operations.h"
#include "threads/thread.h"

struct delete_op {
  struct message_ids asked;
  struct changes changes;
  struct collections collections;
  size_t deleted;
};

static enum tkv_status judge(struct call *call, void *self);
static enum tkv_status write(struct call *call, void *self);
static enum tkv_status finish(struct call *call, void *self);

enum tkv_status message_delete(struct call *call, void *self) {
  struct delete_op *op = ARENA_NEW(&call->arena, struct delete_op);
  (void)self;
  call_self(call, op);
  if (!message_ask(call, &op->asked))
    return call->error;
  return call_next(call, judge);
}

static enum tkv_status judge(struct call *call, void *self) {
  struct delete_op *op = self;
  for (size_t i = 0; i < op->asked.ids.count; i++) {
    struct message message;
    if (!op->asked.gets[i]->found)
      continue;
    op->deleted++;
    if (!message_read(call, op->asked.gets[i], &message))
      continue; /* damaged: whatever names it, its record goes */
    struct change *change =
        thread_touch(call, &op->changes, &op->collections, message.thread, LOAD_HEAD);
    if (!change)
      return call->error;
    change_doubt(call, change, message.id);
  }
  if (call_over_budget(call, op->deleted + op->changes.count * 4))
    return call_too_many(call);
  return call_enter(call, collections_load, &op->collections, write);
}

static enum tkv_status write(struct call *call, void *self) {
  struct delete_op *op = self;
  for (size_t i = 0; i < op->asked.ids.count; i++)
    if (op->asked.gets[i]->found)
      kv_delete(call, TABLE_MESSAGES, op->asked.gets[i]->key, KV_REMEMBER);
  for (size_t i = 0; i < op->changes.count; i++)
    thread_bump(call, op->changes.items[i]);
  changes_commit(call, &op->changes);
  return call_next(call, finish);
}

static enum tkv_status finish(struct call *call, void *self) {
  struct delete_op *op = self;
  struct json_out out = json_out(&call->arena, 64);
  changes_confirm(call, &op->changes);
  json_put_number(&out, SPAN("{\"deleted\":"), (int64_t)op->deleted);
  json_put_char(&out, '}');
  return call_return(call, &out);
}
