/* thread_delete.c: deleteThread, of any size.
 *
 *   first     a tombstone for the record, an emptied head, a marker for sweep: from here on readers see no thread
 *   then      messages and journal, as far as the budget goes (sweep.c), and the resource's entry
 *   last      head, record and marker; but not before SETTLE_MS, when all that was saved elsewhere has come to light:
 *             until then tombstone and head keep it from being seen, and sweep finds it
 *
 * Wherever it stops, calling again or sweep goes on from there.
 */
#include "key.h"
#include "operations.h"
#include "sweep.h"

enum { SETTLE_MS = 3 * 60 * 1000 }; /* lists and gets lag a minute each; writes are retried; clocks differ */

static enum tkv_status bury(struct call *call, void *self);
static enum tkv_status sweep_first(struct call *call, void *self);
static enum tkv_status answer(struct call *call, void *self);
static enum tkv_status leave_resource(struct call *call, void *self);
static enum tkv_status drop_head(struct call *call, void *self);
static enum tkv_status drop_record(struct call *call, void *self);
static enum tkv_status drop_marker(struct call *call, void *self);
static enum tkv_status finish(struct call *call, void *self);

enum tkv_status thread_delete(struct call *call, void *self) {
  struct deletion *op = ARENA_NEW(&call->arena, struct deletion);
  struct json_field id = {SPAN("threadId"), SPAN_NONE};
  (void)self;
  call_self(call, op);
  if (!arg_fields(call, &id, 1) || !arg_id(call, id.value, SPAN("threadId"), &op->id) ||
      !thread_key(call, op->id, &op->key) || !sweep_marker_key(call, op->id, &op->marker))
    return call->error;
  op->sweep.collection = collection_new(call, COLLECTION_THREAD, op->id, LOAD_HEAD);
  if (!op->sweep.collection)
    return call->error;
  op->record = kv_get(call, TABLE_THREADS, op->key, KV_REMEMBER | KV_FRESH);
  collections_add(call, &op->collections, op->sweep.collection);
  return call_enter(call, collections_load, &op->collections, bury);
}

/* The thread's end, written down before anything is deleted. */
static enum tkv_status bury(struct call *call, void *self) {
  struct deletion *op = self;
  struct collection *collection = op->sweep.collection;
  op->thread = thread_read(call, op->record);
  if (op->thread.state == THREAD_NONE && !collection->entries.count && !collection->head.stamp)
    return answer(call, op);
  for (size_t i = 0; i < collection->entries.count; i++)
    span_set_add(&call->arena, &op->sweep.suffixes, collection->entries.items[i].journal);
  bool again = op->thread.state == THREAD_DELETED;
  int64_t stamp = again ? op->thread.deleted : call_stamp(call);
  struct head head = {.stamp = stamp, .since = stamp, .checked_at = call->now};
  struct span metadata = record_metadata(call, stamp, SPAN_NONE);
  if (!again)
    kv_put(call, TABLE_THREADS, op->key, thread_tombstone(call, &op->thread, stamp), metadata, KV_REMEMBER);
  kv_put(call, TABLE_METADATA, collection->key, head_write(&call->arena, &head), metadata, KV_REMEMBER);
  kv_put(call, TABLE_METADATA, op->marker, SPAN("{\"v\":1}"), metadata, 0);
  op->sweep.deleted_at = stamp;
  return call_next(call, sweep_first);
}

static enum tkv_status sweep_first(struct call *call, void *self) {
  return call_enter(call, deletion_finish, self, answer);
}

static enum tkv_status answer(struct call *call, void *self) {
  struct deletion *op = self;
  bool pending = op->sweep.deleted_at && !op->sweep.complete;
  struct json_out out = json_out(&call->arena, 64);
  json_put(&out, SPAN("{\"deleted\":"));
  json_put_int(&out, (int64_t)op->sweep.deleted);
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
  if (!op->sweep.complete)
    return TKV_DONE;
  if (op->sweep.recreated)
    return now_since(call, op->sweep.deleted_at) > SETTLE_MS ? drop_marker(call, op) : TKV_DONE;
  if (!op->thread.resource.len)
    return drop_head(call, op);
  struct collection *collection = collection_new(call, COLLECTION_RESOURCE, op->thread.resource, LOAD_HEAD);
  if (!collection)
    return call->error;
  collections_add(call, &op->collections, collection);
  change_remove(call, change_new(call, &op->changes, collection), op->id, op->thread.journal);
  changes_fetch(call, &op->changes);
  return call_enter(call, collections_load, &op->collections, drop_head);
}

static enum tkv_status drop_head(struct call *call, void *self) {
  struct deletion *op = self;
  changes_commit(call, &op->changes);
  if (now_since(call, op->sweep.deleted_at) <= SETTLE_MS)
    return call_enter(call, changes_confirm, &op->changes, finish);
  kv_delete(call, TABLE_METADATA, op->sweep.collection->key, KV_REMEMBER);
  return call_next(call, drop_record);
}

static enum tkv_status drop_record(struct call *call, void *self) {
  struct deletion *op = self;
  kv_delete(call, TABLE_THREADS, op->key, KV_REMEMBER);
  return call_enter(call, changes_confirm, &op->changes, drop_marker);
}

static enum tkv_status drop_marker(struct call *call, void *self) {
  struct deletion *op = self;
  kv_delete(call, TABLE_METADATA, op->marker, 0);
  return call_next(call, finish);
}

static enum tkv_status finish(struct call *call, void *self) {
  (void)call, (void)self;
  return TKV_DONE;
}
