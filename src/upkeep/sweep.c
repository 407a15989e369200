/* sweep.c: store.sweep, which finishes what deleteThread had to leave, and removes what a copyThread left
 * that failed: one marker after the other. */
#include "codec/key.h"
#include "codec/limits.h"
#include "threads/thread_delete.h"
#include "upkeep/operations.h"

struct sweep_op {
  struct kv_request *markers;
  struct deletion *current;
  size_t next, deleted, pending;
};

static enum tkv_status take_markers(struct call *call, void *self);
static enum tkv_status begin_one(struct call *call, void *self);
static enum tkv_status run_one(struct call *call, void *self);
static enum tkv_status end_one(struct call *call, void *self);

enum tkv_status store_sweep(struct call *call, void *self) {
  struct sweep_op *op = ARENA_NEW(&call->arena, struct sweep_op);
  struct span parts[] = {SPAN("sweep"), SPAN_NONE};
  (void)self;
  call_self(call, op);
  op->markers = kv_list(call, TABLE_METADATA,
                        key_join(&call->arena, call->prefix, TABLE_METADATA, parts, 2), SPAN_NONE);
  return call_next(call, take_markers);
}

static enum tkv_status take_markers(struct call *call, void *self) {
  struct sweep_op *op = self;
  op->next = 0;
  return begin_one(call, op);
}

static enum tkv_status answer(struct call *call, const struct sweep_op *op) {
  struct json_out out = json_out(&call->arena, 64);
  json_put_number(&out, SPAN("{\"deleted\":"), (int64_t)op->deleted);
  json_put_number(&out, SPAN(",\"pending\":"), (int64_t)op->pending);
  json_put_char(&out, '}');
  return call_return(call, &out);
}

static enum tkv_status begin_one(struct call *call, void *self) {
  struct sweep_op *op = self;
  bool poor = call_over_budget(call, SWEEP_RESERVE * 2);
  if (op->next == op->markers->count || poor) {
    op->pending += op->markers->count - op->next;
    if (!op->markers->cursor.ptr || poor)
      return answer(call, op);
    op->markers = kv_list(call, TABLE_METADATA, op->markers->key, op->markers->cursor);
    return call_next(call, take_markers);
  }
  struct deletion *deletion = ARENA_NEW(&call->arena, struct deletion);
  struct span name = op->markers->items[op->next++].name;
  deletion->id = key_decode(&call->arena, span_from(name, op->markers->key.len));
  if (!thread_key(call, deletion->id, &deletion->key) ||
      !sweep_marker_key(call, deletion->id, &deletion->marker))
    return call->error;
  deletion->record = kv_get(call, TABLE_THREADS, deletion->key, KV_REMEMBER | KV_FRESH);
  deletion->marker_get = kv_get(call, TABLE_METADATA, deletion->marker, 0);
  op->current = deletion;
  return call_next(call, run_one);
}

static enum tkv_status run_one(struct call *call, void *self) {
  struct sweep_op *op = self;
  struct deletion *deletion = op->current;
  struct span marker = deletion->marker_get->value; /* empty: removed meanwhile */
  int64_t *deleted_at = &deletion->sweep.deleted_at, copied_at = 0;
  struct mention_site *site = &deletion->sweep.site;
  deletion->thread = thread_read(call, deletion->record);
  *site = (struct mention_site){deletion->id, deletion->thread.resource, 0};
  json_int(json_get(marker, SPAN("deletedAt")), deleted_at);
  json_int(json_get(marker, SPAN("since")), &site->since);
  if (json_int(json_get(marker, SPAN("copiedAt")), &copied_at) &&
      !thread_taken(&deletion->thread)) {
    site->since = *deleted_at;
    *deleted_at = copied_at + COPY_MAX_MS;
  }
  if ((copied_at && !kv_is_settled(call, deletion->record)) || /* the copy's own may yet fail */
      (*deleted_at && now_since(call, *deleted_at) <= SETTLE_MS)) {
    op->pending++; /* a message that has moved away might still be seen here as the thread's */
    return begin_one(call, op);
  }
  if (!*deleted_at) {
    if (copied_at) /* the copy came to be: nothing is left to do */
      kv_delete(call, TABLE_METADATA, deletion->marker, 0);
    return call_next(call, begin_one);
  }
  deletion->sweep.recreated = deletion->thread.state != THREAD_DELETED;
  deletion->sweep.collection = collection_new(call, COLLECTION_THREAD, deletion->id, LOAD_HEAD);
  return call_enter(call, deletion_finish, deletion, end_one);
}

static enum tkv_status end_one(struct call *call, void *self) {
  struct sweep_op *op = self;
  op->deleted += op->current->sweep.deleted;
  op->pending += !op->current->sweep.ended;
  return begin_one(call, op);
}
