/* thread_delete.c: deleteThread, of any size.
 *
 *   first     a tombstone for the record, alone: should it fail, the thread is as it was
 *   then      an emptied head and a marker for sweep, while the journal is listed
 *   then      messages and journal, as far as the budget goes (thread_sweep.c), and the resource's entry
 *   last      the marker, when all that was saved elsewhere has come to light; until then sweep
 *             comes back
 *
 * Wherever it stops, calling again or sweep goes on from there.
 *
 * With {"all":true} the resource is forgotten: the tombstone does not name it, and its entry stays, for
 * whoever asks so clears the resource's collection.
 */
#include "threads/thread_delete.h"

#include "codec/key.h"
#include "codec/limits.h"
#include "index/change_write.h"
#include "threads/operations.h"

static enum tkv_status bury(struct call *call, void *self);
static enum tkv_status sweep_first(struct call *call, void *self);
static enum tkv_status answer(struct call *call, void *self);
static enum tkv_status leave_resource(struct call *call, void *self);
static enum tkv_status remove_entry(struct call *call, void *self);
static enum tkv_status commit(struct call *call, void *self);
static enum tkv_status confirm(struct call *call, void *self);
static enum tkv_status drop_marker(struct call *call, void *self);
static enum tkv_status finish(struct call *call, void *self);

enum tkv_status thread_delete(struct call *call, void *self) {
  struct deletion *op = ARENA_NEW(&call->arena, struct deletion);
  static const struct shape shape[] = {{SHAPE(struct deletion, id, "threadId"), SHAPE_ID}};
  (void)self;
  call_self(call, op);
  if (!ARG_READ(call, "", shape, op) || !thread_key(call, op->id, &op->key) ||
      !sweep_marker_key(call, op->id, &op->marker))
    return call->error;
  op->sweep.collection = collection_new(call, COLLECTION_THREAD, op->id, LOAD_HEAD);
  if (!op->sweep.collection)
    return call->error;
  op->sweep.collection->copies = true;
  op->record = kv_get(call, TABLE_THREADS, op->key, KV_REMEMBER | KV_FRESH);
  collections_add(call, &op->collections, op->sweep.collection);
  return call_enter(call, collections_load, &op->collections, bury);
}

/* The thread's end, written down before anything of it is taken. */
static enum tkv_status bury(struct call *call, void *self) {
  struct deletion *op = self;
  struct collection *collection = op->sweep.collection;
  op->thread = thread_read(call, op->record);
  if (call->control.all.kind == CONTROL_TRUE)
    op->thread.resource = SPAN("");
  if (op->thread.state == THREAD_NONE && !collection->entries.count && !collection->head.stamp)
    return answer(call, op);
  for (size_t i = 0; i < collection->entries.count; i++)
    span_set_add(&call->arena, &op->sweep.suffixes, collection->entries.items[i].journal);
  collection_own_journal(call, collection, &op->sweep.suffixes);
  op->sweep.deleted_at = call_stamp(call);
  struct span metadata = record_metadata(call, op->sweep.deleted_at, NULL);
  struct json_out tomb = json_out(&call->arena, 64);
  json_put(&tomb, (struct span){metadata.ptr, metadata.len - 1});
  json_put(&tomb, SPAN(",\"x\":true}"));
  op->sweep.site = (struct mention_site){op->id, op->thread.resource, op->thread.deleted};
  kv_put(call, TABLE_THREADS, op->key, thread_tombstone(call, &op->thread, op->sweep.deleted_at),
         json_out_span(&tomb), KV_REMEMBER);
  return call_next(call, sweep_first);
}

static enum tkv_status sweep_first(struct call *call, void *self) {
  struct deletion *op = self;
  int64_t stamp = call_stamp(call);
  struct head head = {.stamp = stamp, .since = op->sweep.deleted_at, .checked_at = call->now};
  struct span metadata = record_metadata(call, stamp, NULL);
  kv_put(call, TABLE_METADATA, op->sweep.collection->key, head_write(&call->arena, &head, true),
         metadata, KV_REMEMBER);
  sweep_mark(call, op->marker, op->sweep.deleted_at, op->sweep.site.since, 0);
  return call_enter(call, deletion_finish, op, answer);
}

static enum tkv_status answer(struct call *call, void *self) {
  struct deletion *op = self;
  bool pending = op->sweep.deleted_at && !op->sweep.ended;
  struct json_out out = json_out(&call->arena, 64);
  json_put_number(&out, SPAN("{\"deleted\":"), (int64_t)op->sweep.deleted);
  json_put(&out, SPAN(",\"pending\":"));
  json_put_bool(&out, pending);
  json_put_char(&out, '}');
  return call_return(call, &out);
}

enum tkv_status deletion_finish(struct call *call, void *self) {
  struct deletion *op = self;
  return call_enter(call, sweep_thread, &op->sweep, leave_resource);
}

static enum tkv_status leave_resource(struct call *call, void *self) {
  struct deletion *op = self;
  bool back = op->sweep.recreated && op->thread.state == THREAD_THERE;
  if (!op->sweep.ended || !op->thread.resource.len || (op->sweep.recreated && !back))
    return drop_marker(call, op);
  struct collection *collection =
      collection_new(call, COLLECTION_RESOURCE, op->thread.resource, LOAD_HEAD);
  if (!collection)
    return call->error;
  collections_add(call, &op->collections, collection);
  struct change *change = change_new(call, &op->changes, collection);
  if (back)
    op->proof = change_prove(call, change, op->thread.journal);
  return call_enter(call, collections_load, &op->collections, remove_entry);
}

/* A thread that is there again may be so because another place updated it before it saw the
 * deletion: then nothing names it any more.  One that is not there may be so here alone: what was
 * written after the deletion stays. */
static enum tkv_status remove_entry(struct call *call, void *self) {
  struct deletion *op = self;
  struct change *change = op->changes.items[0];
  struct entry entry = {.id = op->id, .time = op->thread.created, .owner = SPAN("")};
  change_proved(call, change, op->proof, &entry, op->thread.journal);
  change->until = op->sweep.deleted_at;
  if (op->sweep.recreated)
    change_add(call, change, &entry, op->thread.journal);
  else
    change_remove(call, change, op->id, op->thread.journal);
  changes_fetch(call, &op->changes);
  return call_next(call, commit);
}

static enum tkv_status commit(struct call *call, void *self) {
  struct deletion *op = self;
  changes_commit(call, &op->changes);
  return call_next(call, confirm);
}

static enum tkv_status confirm(struct call *call, void *self) {
  struct deletion *op = self;
  changes_confirm(call, &op->changes);
  return drop_marker(call, op);
}

static enum tkv_status drop_marker(struct call *call, void *self) {
  struct deletion *op = self;
  if (op->sweep.complete && now_since(call, op->sweep.deleted_at) > SETTLE_MS &&
      !changes_failed(&op->changes))
    kv_delete(call, TABLE_METADATA, op->marker, 0);
  return call_next(call, finish);
}

static enum tkv_status finish(struct call *call, void *self) {
  (void)call, (void)self;
  return TKV_DONE;
}
