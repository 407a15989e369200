/* refresh.c: collection.refresh: brings heads up to date with their journals, after the call that
 * asked for it.
 *
 * What is said to be gone is looked at once more: only entries whose record still disagrees are
 * dropped; a record that is of this collection, but named nowhere as it is, gets an entry of its
 * own.  With "all" the whole journal is read, for the asker has seen in it what the head lacks.
 *
 * Asked for "soon" when a head could not be written (429), "some time" when a reader found one
 * unchecked for a minute, lacking something, or naming messages that are gone.  Payload:
 *
 *   {"collections":[{"kind","id","gone":["id","journal",time,"owner",…],"doubt":["id",…],
 *     "bump":ms,"all":true}]}
 */
#include "refresh.h"
#include "change.h"
#include "message.h"
#include "operations.h"
#include "record.h"
#include "thread.h"

struct refresh {
  struct changes changes;
  struct collections collections;
  struct kv_request ***gets; /* per change, per removed entry: the record behind it */
};

static enum tkv_status fetch(struct call *call, void *self);
static enum tkv_status judge(struct call *call, void *self);
static enum tkv_status write(struct call *call, void *self);
static enum tkv_status finish(struct call *call, void *self);

static bool read_gone(struct call *call, struct span array, struct change *change) {
  struct json_walk walk = json_walk(array);
  change->exact = true;
  while (json_next(&walk)) {
    struct entry entry = {0};
    if (!json_string(&call->arena, walk.value, &entry.id) || !json_next(&walk) ||
        !json_string(&call->arena, walk.value, &entry.journal) || !json_next(&walk) ||
        !json_int(walk.value, &entry.time) || !json_next(&walk) ||
        !json_string(&call->arena, walk.value, &entry.owner))
      return call_invalid(call, SPAN("gone"), SPAN("must be groups of four")) == TKV_DONE;
    entries_append(&call->arena, &change->removed, &entry);
  }
  return true;
}

struct wish {
  struct span kind, id, gone, doubt, bump, all;
};

static bool read_collection(struct call *call, struct span value, size_t index,
                            struct refresh *op) {
  static const struct shape shape[] = {
      {SHAPE(struct wish, kind, "kind"), SHAPE_RAW},
      {SHAPE(struct wish, id, "id"), SHAPE_ID},
      {SHAPE(struct wish, gone, "gone"), SHAPE_RAW | SHAPE_OPTIONAL},
      {SHAPE(struct wish, doubt, "doubt"), SHAPE_RAW | SHAPE_OPTIONAL},
      {SHAPE(struct wish, bump, "bump"), SHAPE_RAW | SHAPE_OPTIONAL},
      {SHAPE(struct wish, all, "all"), SHAPE_RAW | SHAPE_OPTIONAL}};
  struct wish wish;
  if (!arg_read(call, value, SPAN("collections"), index, shape, 6, &wish))
    return false;
  bool thread = span_eq(wish.kind, SPAN("\"thread\""));
  struct collection *collection =
      collection_new(call, thread ? COLLECTION_THREAD : COLLECTION_RESOURCE, wish.id,
                     wish.all.ptr ? LOAD_ALL : LOAD_RECENT);
  if (!collection)
    return false;
  collection->head_flags = KV_FRESH;
  collections_add(call, &op->collections, collection);
  struct change *change = change_new(call, &op->changes, collection);
  struct span_set seen = {0};
  struct entries doubted = {0};
  if (!read_gone(call, wish.gone, change))
    return false;
  if (wish.doubt.ptr && !arg_ids(call, wish.doubt, SPAN("doubt"), &seen, &doubted))
    return false;
  for (size_t i = 0; i < doubted.count; i++)
    change_doubt(call, change, doubted.items[i].id);
  if (wish.bump.ptr)
    json_int(wish.bump, &change->bump);
  return true;
}

enum tkv_status collection_refresh(struct call *call, void *self) {
  struct refresh *op = ARENA_NEW(&call->arena, struct refresh);
  static const struct shape shape[] = {{"collections", 11, 0, SHAPE_RAW | SHAPE_OPTIONAL}};
  struct span collections;
  size_t index = 0;
  (void)self;
  call_self(call, op);
  if (!ARG_READ(call, "", shape, &collections))
    return call->error;
  for (struct json_walk walk = json_walk(collections); json_next(&walk);)
    if (!read_collection(call, walk.value, index++, op))
      return call->error;
  return call_enter(call, collections_load, &op->collections, fetch);
}

struct kv_request *member_ask(struct call *call, enum collection_kind kind, struct span id,
                              unsigned flags) {
  bool message = kind == COLLECTION_THREAD;
  struct span key;
  if (!(message ? message_key(call, id, &key) : thread_key(call, id, &key)))
    return NULL;
  return kv_get(call, message ? TABLE_MESSAGES : TABLE_THREADS, key, flags);
}

/* Asks for the record behind each entry that is said to be gone. */
static struct kv_request **ask_records(struct call *call, const struct change *change) {
  struct kv_request **gets =
      ARENA_ARRAY(&call->arena, struct kv_request *, change->removed.count + 1);
  for (size_t i = 0; i < change->removed.count; i++)
    if (!(gets[i] = member_ask(call, change->collection->kind, change->removed.items[i].id,
                               KV_REMEMBER | KV_FRESH)))
      return NULL;
  return gets;
}

static enum tkv_status fetch(struct call *call, void *self) {
  struct refresh *op = self;
  op->gets = ARENA_ARRAY(&call->arena, struct kv_request **, op->changes.count + 1);
  for (size_t i = 0; i < op->changes.count; i++)
    if (!(op->gets[i] = ask_records(call, op->changes.items[i])))
      return call->error;
  changes_fetch(call, &op->changes);
  return call_next(call, judge);
}

struct entry member_says(struct call *call, const struct collection *collection,
                         const struct kv_request *get) {
  struct entry said = {.home = SPAN("")};
  struct message message;
  if (collection->kind == COLLECTION_THREAD && get->found &&
      message_read(call, get->value, &message))
    said = message_entry(&message);
  if (collection->kind == COLLECTION_RESOURCE) {
    struct thread thread = thread_read(call, get);
    if (thread.state == THREAD_THERE)
      said = (struct entry){
          .id = thread.id, .time = thread.created, .owner = SPAN(""), .home = thread.resource};
  }
  return said;
}

/* A record that is of this collection still, and that no entry names as it is, gets one. */
static void name_anew(struct call *call, struct change *change, struct entry said) {
  const struct collection *collection = change->collection;
  if (!collection_below_floor(&collection->head, &said) &&
      !entries_say(&collection->entries, &said) && !entries_say(&change->added, &said))
    change_add(call, change, said, SPAN_NONE);
}

/* Keeps of `removed` what is gone indeed. */
static void judge_change(struct call *call, struct change *change, struct kv_request *const *gets) {
  size_t kept = 0;
  for (size_t i = 0; i < change->removed.count; i++) {
    struct entry said = member_says(call, change->collection, gets[i]);
    bool here = span_eq(said.home, change->collection->id);
    if (here && entry_same(&said, &change->removed.items[i]))
      continue;
    change->removed.items[kept++] = change->removed.items[i];
    if (here)
      name_anew(call, change, said);
  }
  change->removed.count = kept;
}

static enum tkv_status judge(struct call *call, void *self) {
  struct refresh *op = self;
  for (size_t i = 0; i < op->changes.count; i++)
    judge_change(call, op->changes.items[i], op->gets[i]);
  return write(call, op);
}

static enum tkv_status write(struct call *call, void *self) {
  struct refresh *op = self;
  changes_journal(call, &op->changes);
  changes_refresh(call, &op->changes);
  return call_next(call, finish);
}

static enum tkv_status finish(struct call *call, void *self) {
  (void)call, (void)self;
  return TKV_DONE;
}
