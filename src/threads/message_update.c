/* message_update.c: updateMessages: merges into stored messages, moves between threads included.
 *
 *   round 1   the records
 *   round 2   the threads' records and heads, and the journal entries that the records name
 *   round 3   records and heads; journal entries that were not proven (when a message moves, they go
 *             before them)
 *
 * Given fields replace stored ones; `content` merges field by field, `content.metadata` likewise.
 */
#include "index/change_write.h"
#include "threads/mention.h"
#include "threads/message.h"
#include "threads/operations.h"
#include "threads/thread.h"

/* One message that is updated, by one or more of the given patches. */
struct update {
  struct message old, new; /* `old.raw` unset: there is no such message */
  struct span key, journal;
  struct entry entry; /* where it stands in the end */
  struct kv_request *get, *proof;
};

struct update_op {
  struct entries ids; /* distinct */
  struct span *patches;
  struct entries patch_ids; /* of each patch */
  struct update *updates;   /* of each distinct id */
  struct changes changes;
  struct collections collections;
  struct mention *mentions;
};

static enum tkv_status judge(struct call *call, void *self);
static enum tkv_status write(struct call *call, void *self);
static enum tkv_status note(struct call *call, void *self);
static enum tkv_status write_records(struct call *call, void *self);
static enum tkv_status confirm(struct call *call, void *self);
static enum tkv_status finish(struct call *call, void *self);

struct patch {
  struct span id, thread, resource, role, created, content;
};

static bool check_patch(struct call *call, struct span patch, size_t index, struct span *id) {
  static const struct shape shape[] = {
      {SHAPE(struct patch, content, "content"), SHAPE_CONTENT | SHAPE_OPTIONAL},
      {SHAPE(struct patch, id, "id"), SHAPE_ID},
      {SHAPE(struct patch, thread, "threadId"), SHAPE_ID | SHAPE_OPTIONAL},
      {SHAPE(struct patch, resource, "resourceId"), SHAPE_TEXT | SHAPE_OPTIONAL},
      {SHAPE(struct patch, role, "role"), SHAPE_ID | SHAPE_OPTIONAL},
      {SHAPE(struct patch, created, "createdAt"), SHAPE_WHEN | SHAPE_OPTIONAL}};
  struct patch read;
  if (!arg_read(call, patch, SPAN("messages"), index, shape, 6, &read))
    return false;
  *id = read.id;
  return true;
}

static bool read_patches(struct call *call, struct update_op *op) {
  struct span_set seen = {0};
  size_t count = 0, index = 0;
  for (struct json_walk walk = json_walk(call->payload); json_next(&walk);)
    count++;
  op->patches = ARENA_ARRAY(&call->arena, struct span, count + 1);
  for (struct json_walk walk = json_walk(call->payload); json_next(&walk); index++) {
    struct entry entry = {0};
    if (!check_patch(call, walk.value, index, &entry.id))
      return false;
    op->patches[index] = walk.value;
    entries_append(&call->arena, &op->patch_ids, &entry);
    if (span_set_add(&call->arena, &seen, entry.id))
      entries_append(&call->arena, &op->ids, &entry);
  }
  return true;
}

enum tkv_status message_update(struct call *call, void *self) {
  struct update_op *op = ARENA_NEW(&call->arena, struct update_op);
  (void)self;
  call_self(call, op);
  if (!json_is_array(call->payload))
    return call_invalid(call, SPAN("messages"), SPAN("must be an array"));
  if (!read_patches(call, op))
    return call->error;
  call->placing = &op->changes;
  if (call_over_budget(call, op->ids.count))
    return call_too_many(call);
  op->updates = ARENA_ARRAY(&call->arena, struct update, op->ids.count + 1);
  for (size_t i = 0; i < op->ids.count; i++) {
    struct update *update = &op->updates[i];
    if (!message_key(call, op->ids.items[i].id, &update->key))
      return call->error;
    update->get = kv_get(call, TABLE_MESSAGES, update->key, KV_REMEMBER | KV_SURE);
  }
  return call_next(call, judge);
}

static struct span content_of(struct span raw) {
  return json_get(raw, SPAN("content"));
}

/* Applies the patches under |update|'s id, in order. */
static bool apply(struct call *call, struct update_op *op, struct update *update) {
  static const struct span deeper[] = {{"content", 7}, {"metadata", 8}};
  struct span raw = update->old.raw;
  for (size_t i = 0; i < op->patch_ids.count; i++)
    if (span_eq(op->patch_ids.items[i].id, update->old.id))
      raw = json_merge(&call->arena, raw, op->patches[i], deeper, 2);
  return message_parse(call, raw, &update->new) && content_of(raw).ptr &&
         record_fits(call, raw, update->old.id);
}

/* Asks for what changes around one message: its thread, the thread it moves to, its journal entry.
 */
static bool touch(struct call *call, struct update_op *op, struct update *update) {
  struct change *from =
      thread_touch(call, &op->changes, &op->collections, update->old.thread, LOAD_HEAD);
  struct change *to =
      thread_touch(call, &op->changes, &op->collections, update->new.thread, LOAD_HEAD);
  if (!from || !to)
    return false;
  update->journal = record_journal(update->get->metadata);
  struct entry was = message_entry(&update->old), is = message_entry(&update->new);
  if (from != to || !entry_same(&was, &is))
    change_doubt(call, from, update->old.id);
  else if (update->journal.len)
    update->proof = kv_get(call, TABLE_METADATA,
                           collection_journal_key(call, from->collection, update->journal), 0);
  return true;
}

static enum tkv_status judge(struct call *call, void *self) {
  struct update_op *op = self;
  for (size_t i = 0; i < op->ids.count; i++) {
    struct update *update = &op->updates[i];
    if (!update->get->found)
      continue;
    if (!message_read(call, update->get, &update->old))
      return call_corrupt(call, update->key);
    if (!apply(call, op, update))
      return call->error
                 ? call->error
                 : call_invalid(call, SPAN("messages"), SPAN("the update makes no valid message"));
    if (!touch(call, op, update))
      return call->error;
  }
  return call_enter(call, collections_load, &op->collections, write);
}

/* Other calls of this isolate may have written the message since: then their merge is the base.
 * False when they moved it as well. */
static bool renew(struct call *call, struct update_op *op, struct update *update) {
  struct span thread = update->new.thread, raw = update->get->value;
  kv_renew(call, update->get);
  if (span_eq(raw, update->get->value))
    return true;
  struct entry was = message_entry(&update->old), is;
  bool good = update->get->found && message_read(call, update->get, &update->old) &&
              apply(call, op, update);
  is = message_entry(&update->old);
  return good && entry_same(&was, &is) && span_eq(was.home, is.home) &&
         span_eq(thread, update->new.thread);
}

/* Messages of a deleted thread that sweep has not come to are gone; a thread that a message moves
 * to must exist. */
static enum tkv_status check_threads(struct call *call, struct update_op *op) {
  for (size_t i = 0; i < op->ids.count; i++) {
    struct update *update = &op->updates[i];
    if (!update->old.raw.ptr)
      continue;
    struct change *from = change_of(&op->changes, COLLECTION_THREAD, update->old.thread);
    struct change *to = change_of(&op->changes, COLLECTION_THREAD, update->new.thread);
    if (thread_read(call, from->record).state == THREAD_DAMAGED)
      return call_corrupt(call, from->record->key);
    int64_t since = from->collection->head.since;
    if (from->dead || (update->journal.len && journal_time(update->journal) <= since))
      update->old.raw = SPAN_NONE;
    else if (to->dead)
      return call_not_found(call, SPAN("Thread"), update->new.thread);
  }
  return TKV_DONE;
}

static enum tkv_status write(struct call *call, void *self) {
  struct update_op *op = self;
  for (size_t i = 0; i < op->ids.count; i++)
    if (op->updates[i].get->found && !renew(call, op, &op->updates[i]))
      return message_update(call, NULL);
  for (size_t i = 0; i < op->changes.count; i++)
    thread_bump(call, op->changes.items[i]);
  enum tkv_status status = check_threads(call, op);
  if (status != TKV_DONE)
    return status;
  bool moves = false;
  for (size_t i = 0; i < op->ids.count; i++) {
    struct update *update = &op->updates[i];
    if (!update->old.raw.ptr)
      continue;
    struct change *to = change_of(&op->changes, COLLECTION_THREAD, update->new.thread);
    struct entry *is = &update->entry;
    *is = message_entry(&update->new);
    if (is->time == update->old.created && span_eq(is->home, update->old.thread))
      change_keep(to, is, update->get->metadata);
    change_proved(call, to, update->proof, is, update->journal);
    change_add(call, to, is, update->proof ? update->journal : SPAN_NONE);
    moves |= !update->proof;
    if (!update->proof)
      mention_ask(call, &op->mentions, to, is->owner);
  }
  if (!moves)
    return write_records(call, op);
  changes_journal(call, &op->changes);
  return call_next(call, note);
}

static enum tkv_status note(struct call *call, void *self) {
  struct update_op *op = self;
  return mentions_put(call, op->mentions) ? call_next(call, write_records)
                                          : write_records(call, self);
}

static enum tkv_status write_records(struct call *call, void *self) {
  struct update_op *op = self;
  const struct kv_request *failed = changes_failed(&op->changes);
  if (failed)
    return kv_fail(call, failed);
  for (size_t i = 0; i < op->ids.count; i++) {
    struct update *update = &op->updates[i];
    if (update->old.raw.ptr)
      kv_put(call, TABLE_MESSAGES, update->key, update->new.raw,
             record_metadata(call, call_stamp(call), &update->entry), KV_REMEMBER);
  }
  changes_commit(call, &op->changes);
  return call_next(call, confirm);
}

static enum tkv_status confirm(struct call *call, void *self) {
  struct update_op *op = self;
  const struct kv_request *failed = changes_failed(&op->changes);
  if (failed)
    return kv_fail(call, failed);
  changes_confirm(call, &op->changes);
  return finish(call, op);
}

static enum tkv_status finish(struct call *call, void *self) {
  struct update_op *op = self;
  size_t room = 32;
  bool first = true;
  for (size_t i = 0; i < op->ids.count; i++)
    room += op->updates[i].new.raw.len + 1;
  struct json_out out = json_out(&call->arena, room);
  json_put(&out, SPAN("{\"messages\":["));
  for (size_t i = 0; i < op->ids.count; i++) {
    if (!op->updates[i].old.raw.ptr)
      continue;
    if (!first)
      json_put_char(&out, ',');
    first = false;
    json_put(&out, op->updates[i].new.raw);
  }
  json_put(&out, SPAN("]}"));
  return call_return(call, &out);
}
