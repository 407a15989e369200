/* thread_save.c: saveThread, createThread, getThreadById, updateThread.
 *
 * A thread that is new, or changes its resource or createdAt, enters its resource's collection; and
 * leaves the old one.  To create is to save what is not there: of several creations of one id in one
 * isolate one wins, and a save comes after a creation that began before it (claim.h).
 *
 * With {"restore":true} the resource's journal is not listed: for threads that are brought back from
 * elsewhere, many at once.
 */
#include "codec/date.h"
#include "index/change_write.h"
#include "kv/claim.h"
#include "threads/operations.h"
#include "threads/thread.h"

struct save {
  struct span id, key;
  struct thread thread;
  struct kv_request *get, *proof;
  bool moves;   /* to another resource or createdAt: the journal goes first */
  bool creates; /* refuses a thread that is there */
  struct collection *messages;
  struct changes changes;
  struct collections collections;
};

static enum tkv_status load(struct call *call, void *self);
static enum tkv_status judge(struct call *call, void *self);
static enum tkv_status write(struct call *call, void *self);
static enum tkv_status write_record(struct call *call, void *self);
static enum tkv_status confirm(struct call *call, void *self);
static enum tkv_status finish(struct call *call, void *self);

struct given {
  struct span id, resource, title, metadata, created, updated, archived;
};

static bool read_thread(struct call *call, struct save *op) {
  static const struct shape shape[] = {
      {SHAPE(struct given, id, "id"), SHAPE_ID},
      {SHAPE(struct given, resource, "resourceId"), SHAPE_TEXT},
      {SHAPE(struct given, title, "title"), SHAPE_STRING | SHAPE_OPTIONAL | SHAPE_NULL},
      {SHAPE(struct given, metadata, "metadata"), SHAPE_OBJECT | SHAPE_OPTIONAL | SHAPE_NULL},
      {SHAPE(struct given, created, "createdAt"), SHAPE_WHEN},
      {SHAPE(struct given, updated, "updatedAt"), SHAPE_WHEN},
      {SHAPE(struct given, archived, "archivedAt"), SHAPE_WHEN | SHAPE_OPTIONAL | SHAPE_NULL}};
  struct given given;
  if (!ARG_READ(call, "thread.", shape, &given) || !arg_made(call, given.id, SPAN("thread.id")) ||
      !record_fits(call, call->payload, SPAN("thread")) ||
      !thread_parse(call, call->payload, &op->thread))
    return false;
  op->id = given.id;
  return true;
}

/* Adds the collection of |resource|'s threads; none for an empty resource. */
static bool add_resource(struct call *call, struct save *op, struct span resource) {
  if (!resource.len || change_of(&op->changes, COLLECTION_RESOURCE, resource))
    return true;
  struct collection *collection =
      collection_new(call, COLLECTION_RESOURCE, resource, call_load(call));
  if (!collection)
    return false;
  collections_add(call, &op->collections, collection);
  change_new(call, &op->changes, collection);
  return true;
}

static enum tkv_status begin(struct call *call, bool creates) {
  struct save *op = ARENA_NEW(&call->arena, struct save);
  op->creates = creates;
  call_self(call, op);
  if (!read_thread(call, op) || !thread_key(call, op->id, &op->key) ||
      !(op->messages = collection_new(call, COLLECTION_THREAD, op->id, LOAD_HEAD)) ||
      !add_resource(call, op, op->thread.resource))
    return call->error;
  return claim_take(call, TABLE_THREADS, op->key, creates, load);
}

enum tkv_status thread_save(struct call *call, void *self) {
  (void)self;
  return begin(call, false);
}

enum tkv_status thread_create(struct call *call, void *self) {
  (void)self;
  return begin(call, true);
}

static enum tkv_status load(struct call *call, void *self) {
  struct save *op = self;
  op->get = kv_get(call, TABLE_THREADS, op->key, KV_REMEMBER | (op->creates ? KV_SURE : 0));
  return call_enter(call, collections_load, &op->collections, judge);
}

static bool same_place(const struct thread *a, const struct thread *b) {
  return a->created == b->created && span_eq(a->resource, b->resource);
}

/* A damaged record may be replaced: saving is how it heals. */
static enum tkv_status judge(struct call *call, void *self) {
  struct save *op = self;
  struct thread old = thread_read(call, op->get);
  if (op->creates && thread_taken(&old))
    return thread_already_there(call, op->id);
  op->thread.deleted = old.deleted;
  if (old.state != THREAD_THERE)
    return write(call, op);
  if (same_place(&old, &op->thread)) {
    op->thread.journal = old.journal;
    if (old.resource.len && call_load(call) == LOAD_RESTORE)
      op->proof = change_prove(call, change_of(&op->changes, COLLECTION_RESOURCE, old.resource),
                               old.journal);
    return op->proof ? call_next(call, write) : write(call, op);
  }
  op->moves = true;
  if (!add_resource(call, op, old.resource))
    return call->error;
  if (old.resource.len)
    change_doubt(call, change_of(&op->changes, COLLECTION_RESOURCE, old.resource), op->id);
  return call_enter(call, collections_load, &op->collections, write);
}

static enum tkv_status write(struct call *call, void *self) {
  struct save *op = self;
  if (op->thread.resource.len) {
    struct change *change = change_of(&op->changes, COLLECTION_RESOURCE, op->thread.resource);
    struct entry entry = {.id = op->id, .time = op->thread.created, .owner = SPAN("")};
    change_proved(call, change, op->proof, &entry, op->thread.journal);
    op->thread.journal = change_add(call, change, &entry, op->thread.journal);
  }
  if (!op->moves && !op->creates) /* who fails to create may not try again: it is listed first */
    return write_record(call, op);
  changes_journal(call, &op->changes);
  return call_next(call, write_record);
}

static enum tkv_status write_record(struct call *call, void *self) {
  struct save *op = self;
  const struct kv_request *failed = changes_failed(&op->changes);
  if (op->creates && claim_lost(call))
    return begin(call, true);
  if (failed)
    return kv_fail(call, failed);
  struct span metadata = thread_metadata(call, &op->thread, call_stamp(call));
  kv_put(call, TABLE_THREADS, op->key, call->payload, metadata, KV_REMEMBER | KV_OVERWRITE);
  changes_commit(call, &op->changes);
  return call_next(call, confirm);
}

static enum tkv_status confirm(struct call *call, void *self) {
  struct save *op = self;
  const struct kv_request *failed = changes_failed(&op->changes);
  if (failed)
    return kv_fail(call, failed);
  changes_confirm(call, &op->changes);
  if (!op->get->found && !op->get->unseen && call_load(call) != LOAD_RESTORE)
    collection_begun(call, op->messages);
  return finish(call, op);
}

static enum tkv_status finish(struct call *call, void *self) {
  (void)call, (void)self;
  return TKV_DONE;
}

struct lookup {
  struct span id;
  struct span resource; /* SPAN_NONE: any */
  struct kv_request *record, *head;
};

/* Asks for a thread's record and head: one round. */
static bool look_up(struct call *call, struct lookup *op) {
  struct span key;
  struct collection *collection = collection_new(call, COLLECTION_THREAD, op->id, LOAD_HEAD);
  if (!collection || !thread_key(call, op->id, &key))
    return false;
  op->record = kv_get(call, TABLE_THREADS, key, KV_REMEMBER | KV_SURE);
  op->head = kv_get(call, TABLE_METADATA, collection->key, KV_REMEMBER);
  return true;
}

static enum tkv_status answer(struct call *call, void *self) {
  struct lookup *op = self;
  struct thread thread = thread_read(call, op->record);
  if (thread.state == THREAD_DAMAGED)
    return call_corrupt(call, op->record->key);
  if (thread.state != THREAD_THERE || (op->resource.ptr && !span_eq(op->resource, thread.resource)))
    return TKV_DONE;
  struct head head = thread_head(call, op->head);
  struct json_out out = json_out(&call->arena, thread.raw.len + 64);
  thread_put_updated(&out, &thread, thread_updated(&thread, &head));
  return call_return(call, &out);
}

enum tkv_status thread_get(struct call *call, void *self) {
  struct lookup *op = ARENA_NEW(&call->arena, struct lookup);
  static const struct shape shape[] = {
      {SHAPE(struct lookup, id, "threadId"), SHAPE_ID},
      {SHAPE(struct lookup, resource, "resourceId"), SHAPE_TEXT | SHAPE_OPTIONAL}};
  (void)self;
  call_self(call, op);
  if (!ARG_READ(call, "", shape, op) || !look_up(call, op))
    return call->error;
  return call_next(call, answer);
}

struct update {
  struct lookup lookup; /* must be first */
  struct span title, metadata, archived;
};

static enum tkv_status change(struct call *call, void *self);
static enum tkv_status answer_update(struct call *call, void *self);

enum tkv_status thread_update(struct call *call, void *self) {
  struct update *op = ARENA_NEW(&call->arena, struct update);
  static const struct shape shape[] = {
      {SHAPE(struct update, lookup.id, "id"), SHAPE_ID},
      {SHAPE(struct update, title, "title"), SHAPE_STRING | SHAPE_OPTIONAL | SHAPE_NULL},
      {SHAPE(struct update, metadata, "metadata"), SHAPE_OBJECT | SHAPE_OPTIONAL | SHAPE_NULL},
      {SHAPE(struct update, archived, "archivedAt"), SHAPE_WHEN | SHAPE_OPTIONAL | SHAPE_NULL}};
  (void)self;
  call_self(call, op);
  if (!ARG_READ(call, "", shape, op) || !look_up(call, &op->lookup))
    return call->error;
  return call_next(call, change);
}

static struct span date_value(struct call *call, int64_t ms) {
  struct json_out out = json_out(&call->arena, 32);
  json_put_date(&out, ms);
  return json_out_span(&out);
}

/* The record's new text.  Archiving alone leaves updatedAt as it is. */
static struct span changed(struct call *call, const struct update *op, const struct thread *old,
                           int64_t before) {
  struct json_field fields[4];
  size_t count = 0;
  bool bumps = op->title.ptr || op->metadata.ptr;
  int64_t now = call->now > before ? call->now : before + 1;
  fields[count++] = (struct json_field){SPAN("updatedAt"), date_value(call, bumps ? now : before)};
  if (op->title.ptr)
    fields[count++] = (struct json_field){SPAN("title"), op->title};
  if (json_is_object(op->metadata)) {
    struct span base = json_is_object(old->metadata) ? old->metadata : SPAN("{}");
    fields[count++] = (struct json_field){SPAN("metadata"),
                                          json_merge(&call->arena, base, op->metadata, NULL, 0)};
  }
  if (op->archived.ptr)
    fields[count++] = (struct json_field){SPAN("archivedAt"), op->archived};
  struct json_out out =
      json_out(&call->arena, old->raw.len + op->metadata.len + op->title.len + 128);
  json_put_replaced(&out, old->raw, fields, count);
  return json_out_span(&out);
}

static enum tkv_status change(struct call *call, void *self) {
  struct update *op = self;
  struct thread old = thread_read(call, op->lookup.record), new;
  if (old.state == THREAD_DAMAGED)
    return call_corrupt(call, op->lookup.record->key);
  if (old.state != THREAD_THERE)
    return call_not_found(call, SPAN("Thread"), op->lookup.id);
  struct head head = thread_head(call, op->lookup.head);
  struct span text = changed(call, op, &old, thread_updated(&old, &head));
  if (!record_fits(call, text, SPAN("thread")) || !thread_parse(call, text, &new))
    return call->error;
  new.journal = old.journal;
  new.deleted = old.deleted;
  kv_put(call, TABLE_THREADS, op->lookup.record->key, text,
         thread_metadata(call, &new, call_stamp(call)), KV_REMEMBER);
  call->outcome.result = text;
  return call_next(call, answer_update);
}

static enum tkv_status answer_update(struct call *call, void *self) {
  (void)call, (void)self;
  return TKV_DONE;
}
