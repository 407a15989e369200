/* purge.c: thread.purge: removes what deleted threads have left for good: tombstones and emptied heads.
 *
 *   {"maxAge":ms,"perPage"} {"cursor"}
 *   {"cursor":…,"checked":…,"purged":…}
 *
 * Nothing tells that it is safe to: see FORMAT.md.  Whoever asks for it takes a tombstone of that age for
 * one that no cache lacks and no writer overlooks.  It goes only when its deletion has come to an end: no marker, no
 * journal entry, and no head but an emptied one.
 *
 *   round 1   a page of keys of threads
 *   round 2   of what may be tombstones: record, marker, head, the first key of the journal
 *   round 3   tombstone and head go
 */
#include "codec/key.h"
#include "codec/limits.h"
#include "index/head_read.h"
#include "threads/thread_sweep.h"
#include "upkeep/operations.h"

enum { PURGE_PAGE = 300, PURGE_AGE_MIN_MS = COPY_MAX_MS + SETTLE_MS };

struct tomb {
  struct kv_request *record, *marker, *head, *journal;
};

struct purge {
  uint64_t age;
  struct kv_request *page;
  struct tomb *tombs;
  size_t count, purged;
};

static enum tkv_status look(struct call *call, void *self);
static enum tkv_status drop(struct call *call, void *self);
static enum tkv_status answer(struct call *call, void *self);

enum tkv_status thread_purge(struct call *call, void *self) {
  struct purge *op = ARENA_NEW(&call->arena, struct purge);
  struct json_field cursor = {SPAN("cursor"), SPAN_NONE};
  struct span open = SPAN_NONE, after = SPAN_NONE;
  struct page page;
  (void)self;
  call_self(call, op);
  if (!control_number(call->control.max_age, &op->age) || op->age < PURGE_AGE_MIN_MS)
    return call_invalid(call, SPAN("maxAge"), SPAN("must be a quarter of an hour at least"));
  if (!arg_fields(call, &cursor, 1) || !arg_page(call, PURGE_PAGE, &page) ||
      (!json_is_null(cursor.value) && !arg_text(call, cursor.value, SPAN("cursor"), &after)))
    return call->error;
  op->page = kv_list(call, TABLE_THREADS,
                     key_join(&call->arena, call->prefix, TABLE_THREADS, &open, 1), after);
  op->page->limit = page.limit && page.limit < PURGE_PAGE ? (uint32_t)page.limit : PURGE_PAGE;
  return call_next(call, look);
}

/* What has metadata tells by it that it is no tombstone. */
static bool may_be_tombstone(struct span metadata) {
  return !metadata.len || json_get(metadata, SPAN("x")).ptr;
}

static enum tkv_status look(struct call *call, void *self) {
  struct purge *op = self;
  op->tombs = ARENA_ARRAY(&call->arena, struct tomb, op->page->count + 1);
  for (size_t i = 0; i < op->page->count; i++) {
    const struct kv_item *item = &op->page->items[i];
    struct span id = key_decode(&call->arena, span_from(item->name, op->page->key.len)), marker;
    struct collection *collection = collection_new(call, COLLECTION_THREAD, id, LOAD_HEAD);
    if (!may_be_tombstone(item->metadata) || !collection || !sweep_marker_key(call, id, &marker))
      continue;
    struct tomb *tomb = &op->tombs[op->count++];
    tomb->record = kv_get(call, TABLE_THREADS, item->name, 0);
    tomb->marker = kv_get(call, TABLE_METADATA, marker, 0);
    tomb->head = kv_get(call, TABLE_METADATA, collection->key, 0);
    tomb->journal = kv_list(call, TABLE_METADATA,
                            collection_journal_key(call, collection, SPAN("")), SPAN_NONE);
    tomb->journal->limit = 1;
  }
  return call_next(call, drop);
}

/* Whether nothing is left of a thread but its tombstone, and that is old. */
static bool is_over(struct call *call, const struct purge *op, const struct tomb *tomb) {
  struct thread thread = thread_read(call, tomb->record);
  struct head head = {0};
  bool read = !tomb->head->found || head_read(&call->arena, tomb->head->value, &head);
  return thread.state == THREAD_DELETED && now_since(call, thread.deleted) > (int64_t)op->age &&
         read && !head.entries.count && !head.has_floor && !tomb->marker->found &&
         !tomb->journal->count && !tomb->journal->cursor.ptr;
}

static enum tkv_status drop(struct call *call, void *self) {
  struct purge *op = self;
  for (size_t i = 0; i < op->count; i++) {
    const struct tomb *tomb = &op->tombs[i];
    if (!is_over(call, op, tomb))
      continue;
    if (tomb->head->found)
      kv_delete(call, TABLE_METADATA, tomb->head->key, KV_REMEMBER);
    kv_delete(call, TABLE_THREADS, tomb->record->key, KV_REMEMBER);
    op->purged++;
  }
  return call_next(call, answer);
}

static enum tkv_status answer(struct call *call, void *self) {
  struct purge *op = self;
  struct json_out out = json_out(&call->arena, 256);
  json_put(&out, SPAN("{\"cursor\":"));
  if (op->page->cursor.ptr)
    json_put_string(&out, op->page->cursor);
  else
    json_put(&out, SPAN("null"));
  json_put_number(&out, SPAN(",\"checked\":"), (int64_t)op->page->count);
  json_put_number(&out, SPAN(",\"purged\":"), (int64_t)op->purged);
  json_put_char(&out, '}');
  return call_return(call, &out);
}
