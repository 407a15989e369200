/* message_save.c: saveMessages: upsert by id, moves between threads included.
 *
 *   round 1   the records under these ids, the threads, their heads and the newest part of their
 *             journals
 *             (then, once for each thread and resource: whether messages of others than the thread's
 *             owner are noted, and the note; see mention.h)
 *   round 2   records, one journal entry and one head per thread (when a message moves, the journal
 *             entries go before them)
 *   then      the heads again, by a follow-up
 *
 * Saves of one thread that are under way in one isolate go together (message_join.c): the first one
 * takes the messages of those that began before it writes.
 *
 * With {"newIds":true} the caller says that nothing is stored under these ids, and no record is read but
 * of those that this isolate remembers.  With {"restore":true} the threads keep their updatedAt, and no
 * journal is listed: for messages that are brought back from elsewhere.
 */
#include "index/change_write.h"
#include "kv/join.h"
#include "threads/message_join.h"
#include "threads/operations.h"

struct given {
  struct message message;
  struct span role, content;
};

static bool check_message(struct call *call, struct span raw, size_t index,
                          struct message *message) {
  static const struct shape shape[] = {
      {SHAPE(struct given, message.id, "id"), SHAPE_ID},
      {SHAPE(struct given, message.thread, "threadId"), SHAPE_ID},
      {SHAPE(struct given, role, "role"), SHAPE_ID},
      {SHAPE(struct given, message.created, "createdAt"), SHAPE_DATE},
      {SHAPE(struct given, message.resource, "resourceId"), SHAPE_TEXT},
      {SHAPE(struct given, content, "content"), SHAPE_CONTENT}};
  struct given given;
  given.message.raw = raw;
  if (!arg_read(call, raw, SPAN("messages"), index, shape, 6, &given) ||
      !arg_made(call, given.message.id, arg_where(call, SPAN("messages"), index, SPAN("id"))) ||
      !record_fits(call, raw, arg_where(call, SPAN("messages"), index, SPAN(""))))
    return false;
  *message = given.message;
  return true;
}

/* Reads the messages; of those with one id the last stays, at its place. */
static bool read_messages(struct call *call, struct save *save) {
  size_t total = 0, index = 0;
  for (struct json_walk walk = json_walk(call->payload); json_next(&walk);)
    total++;
  struct saved *all = ARENA_ARRAY(&call->arena, struct saved, total + 1);
  for (struct json_walk walk = json_walk(call->payload); json_next(&walk); index++)
    if (!check_message(call, walk.value, index, &all[index].message))
      return false;
  struct span_set ids = {0};
  size_t first = total;
  for (size_t i = total; i-- > 0;)
    if (span_set_add(&call->arena, &ids, all[i].message.id))
      all[--first] = all[i];
    else
      entries_add(&call->arena, &save->others, (struct entry){.id = all[i].message.thread});
  save->items = all + first;
  save->count = save->own = total - first;
  return true;
}

static enum tkv_status load(struct call *call, void *self);
static enum tkv_status judge(struct call *call, void *self);
static enum tkv_status write(struct call *call, void *self);
static enum tkv_status write_records(struct call *call, void *self);
static enum tkv_status confirm(struct call *call, void *self);
static enum tkv_status finish(struct call *call, void *self);

static bool is_new(struct call *call, struct span key) {
  return call->control.new_ids.kind == CONTROL_TRUE &&
         !memory_find(call->memory, call->store.spaces[TABLE_MESSAGES], key);
}

static bool ask_others(struct call *call, struct save *save) {
  save->other_gets = ARENA_ARRAY(&call->arena, struct kv_request *, save->others.count + 1);
  for (size_t i = 0; i < save->others.count; i++) {
    struct span key;
    if (!thread_key(call, save->others.items[i].id, &key))
      return false;
    save->other_gets[i] = kv_get(call, TABLE_THREADS, key, KV_REMEMBER | KV_SURE);
  }
  return true;
}

enum tkv_status message_save(struct call *call, void *self) {
  struct save *save = ARENA_NEW(&call->arena, struct save);
  (void)self;
  if (!json_is_array(call->payload))
    return call_invalid(call, SPAN("messages"), SPAN("must be an array"));
  if (!read_messages(call, save))
    return call->error;
  call->placing = &save->changes;
  if (call_over_budget(call, save->count)) /* every message takes a write of its own */
    return call_too_many(call);
  bool alone = !save->count || save->others.count || call_load(call) == LOAD_RESTORE;
  for (size_t i = 0; i < save->count; i++) {
    struct saved *item = &save->items[i];
    if (!message_key(call, item->message.id, &item->key) ||
        !thread_change(call, &save->changes, item->message.thread, call_load(call)))
      return call->error;
  }
  call_self(call, save);
  return alone || save->changes.count > 1
             ? load(call, save)
             : join_seek(call, save->changes.items[0]->collection->key, save, load);
}

static enum tkv_status load(struct call *call, void *self) {
  struct save *save = self;
  if (call->join.state == JOIN_DONE)
    return TKV_DONE;
  for (size_t i = 0; i < save->count; i++) {
    struct saved *item = &save->items[i];
    thread_touch(call, &save->changes, &save->collections, item->message.thread, LOAD_CHECK);
    item->old = is_new(call, item->key) ? ARENA_NEW(&call->arena, struct kv_request) /* nothing */
                                        : kv_get(call, TABLE_MESSAGES, item->key, KV_OWN);
  }
  if (!ask_others(call, save))
    return call->error;
  return call_enter(call, collections_load, &save->collections, judge);
}

static enum tkv_status check_thread(struct call *call, const struct kv_request *get,
                                    struct span id) {
  struct thread thread = thread_read(call, get);
  if (thread.state == THREAD_DAMAGED)
    return call_corrupt(call, get->key);
  return thread.state == THREAD_THERE ? TKV_DONE : call_not_found(call, SPAN("Thread"), id);
}

static enum tkv_status check_threads(struct call *call, struct save *save) {
  enum tkv_status status = TKV_DONE;
  for (size_t i = 0; i < save->changes.count && status == TKV_DONE; i++)
    status =
        check_thread(call, save->changes.items[i]->record, save->changes.items[i]->collection->id);
  for (size_t i = 0; i < save->others.count && status == TKV_DONE; i++)
    status = check_thread(call, save->other_gets[i], save->others.items[i].id);
  return status;
}

/* Every thread must exist.  What stood under an id before, elsewhere or with another place in the
 * order, has to go. */
static enum tkv_status judge(struct call *call, void *self) {
  struct save *save = self;
  enum tkv_status status = check_threads(call, save);
  if (status != TKV_DONE)
    return status;
  for (size_t i = 0; i < save->changes.count; i++)
    thread_bump(call, save->changes.items[i]);
  if (call->join.state == JOIN_OPEN)
    save_take(call, save);
  for (size_t i = 0; i < save->own; i++) {
    struct saved *item = &save->items[i];
    struct message *old = &item->before, *new = &item->message;
    mention_ask(call, &save->mentions, save_change(save, new->thread), new->resource);
    if (!item->old->found || !message_read(call, item->old, old)) {
      old->raw = SPAN_NONE;
      continue;
    }
    struct entry was = message_entry(old), is = message_entry(new);
    if (entry_same(&was, &is) && span_eq(old->thread, new->thread)) {
      if (call_load(call) == LOAD_RESTORE)
        item->proof =
            change_prove(call, save_change(save, new->thread), record_journal(item->old->metadata));
      continue;
    }
    struct change *change =
        thread_touch(call, &save->changes, &save->collections, old->thread, LOAD_CHECK);
    if (!change)
      return call->error;
    change_doubt(call, change, old->id);
  }
  return call_enter(call, collections_load, &save->collections, write);
}

static void add_entry(struct call *call, struct save *save, struct saved *item) {
  struct change *change = save_change(save, item->message.thread);
  struct entry was = message_entry(&item->before), *is = &item->entry;
  *is = message_entry(&item->message);
  bool known = item->before.raw.ptr,
       stays = known && entry_same(&was, is) && span_eq(was.home, is->home);
  struct span journal = stays ? record_journal(item->old->metadata) : SPAN_NONE;
  save->moves |= known && !stays;
  if (known && was.time == is->time && span_eq(was.home, is->home))
    change_keep(change, is, item->old->metadata);
  change_proved(call, change, item->proof, is, journal);
  change_add(call, change, is, journal);
}

static enum tkv_status write(struct call *call, void *self) {
  struct save *save = self;
  save_keep_new(call, save);
  for (size_t i = 0; i < save->changes.count; i++) {
    thread_bump(call, save->changes.items[i]);
    if (call->control.restore.kind == CONTROL_TRUE)
      save->changes.items[i]->bump = 0;
  }
  for (size_t i = 0; i < save->count; i++)
    add_entry(call, save, &save->items[i]);
  if (!mentions_put(call, save->mentions) && !save->moves)
    return write_records(call, save);
  changes_journal(call, &save->changes);
  return call_next(call, write_records);
}

static enum tkv_status write_records(struct call *call, void *self) {
  struct save *save = self;
  const struct kv_request *failed = changes_failed(&save->changes);
  if (failed)
    return kv_fail(call, failed);
  for (size_t i = 0; i < save->count; i++) {
    struct saved *item = &save->items[i];
    struct span metadata = record_metadata(call, call_stamp(call), &item->entry);
    item->put = kv_put(call, TABLE_MESSAGES, item->key, item->message.raw, metadata,
                       KV_REMEMBER | KV_OVERWRITE | KV_TOLERATE);
  }
  changes_commit(call, &save->changes);
  return call_next(call, confirm);
}

static void put_ids(struct json_out *out, struct save *save, bool stored) {
  bool first = true;
  for (size_t i = 0; i < save->own; i++) {
    if (save_stored(save, i) != stored)
      continue;
    if (!first)
      json_put_char(out, ',');
    first = false;
    json_put_string(out, save->items[i].message.id);
  }
}

static enum tkv_status fail_partly(struct call *call, struct save *save,
                                   const struct kv_request *failed) {
  struct json_out details = json_out(&call->arena, 256 + save->own * 48);
  save_tell(call, save);
  json_put_text(&details, SPAN("{\"operation\":\"put\",\"key\":"), failed->key);
  json_put_number(&details, SPAN(",\"status\":"), failed->status);
  json_put(&details, SPAN(",\"stored\":["));
  put_ids(&details, save, true);
  json_put(&details, SPAN("],\"failed\":["));
  put_ids(&details, save, false);
  json_put(&details, SPAN("]}"));
  return call_fail(call, TKV_ERR_KV_FAILED,
                   SPAN("not all messages were stored; details.stored names those that were; "
                        "saving again is safe"),
                   json_out_span(&details));
}

static enum tkv_status confirm(struct call *call, void *self) {
  struct save *save = self;
  const struct kv_request *failed = changes_failed(&save->changes);
  for (size_t i = 0; i < save->own && !failed; i++)
    if (save->items[i].put->failed)
      failed = save->items[i].put;
  if (failed)
    return fail_partly(call, save, failed);
  changes_confirm(call, &save->changes);
  return finish(call, save);
}

static enum tkv_status finish(struct call *call, void *self) {
  save_tell(call, self);
  return TKV_DONE;
}
