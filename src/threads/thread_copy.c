/* thread_copy.c: copyThread: a new thread with copies of messages, under new ids.
 *
 *   round 1   source and target records, the source's head and journal
 *   round 2   the messages
 *   round 3   a marker, that a copy has begun; the head and journal of the new thread's resource
 *   round 4   the new thread's journal, and that of its resource
 *   round 5   the copies
 *   round 6   the new thread's record, and its resource's head
 *   round 7   the new thread's head
 *
 * There is a thread once its record stands; till then its entries, which name themselves those of a copy, do
 * not count.  What a copy that failed has left behind sweep finds by the marker; it does not count either
 * when the copy is tried again.  Other entries in the new thread's journal tell that there is such a
 * thread, though its record may not be seen here yet.
 */
#include "codec/date.h"
#include "codec/limits.h"
#include "index/change_write.h"
#include "index/place.h"
#include "kv/claim.h"
#include "threads/mention.h"
#include "threads/message.h"
#include "threads/operations.h"
#include "threads/thread_sweep.h"

/* A message and its copy. */
struct pair {
  struct entry *original, copy;
  struct span key; /* of the copy */
};

struct copy {
  struct span source_id, source_key, id, key, marker;
  struct span resource, title, metadata; /* given; SPAN_NONE when not */
  struct span message_ids;
  int64_t start, end;   /* of the messages' createdAt, both included */
  struct span_set only; /* message ids; empty: any */
  struct kv_request *source_get, *target_get;
  struct collections collections;
  struct thread source;
  struct entries wanted;
  struct message_gather *gather;
  struct pair *pairs;
  size_t count, want;
  struct mention *mentions;         /* of owners that keep their messages */
  struct changes messages, threads; /* of the new thread; of its resource, if it has one */
  struct json_out text;             /* the new thread's */
  struct span journal;              /* where it stands in that of its resource */
  int64_t now;
};

static enum tkv_status load(struct call *call, void *self);
static enum tkv_status judge(struct call *call, void *self);
static enum tkv_status name_copies(struct call *call, void *self);
static enum tkv_status write_journal(struct call *call, void *self);
static enum tkv_status write_messages(struct call *call, void *self);
static enum tkv_status write_thread(struct call *call, void *self);
static enum tkv_status write_head(struct call *call, void *self);
static enum tkv_status answer(struct call *call, void *self);

static bool read_args(struct call *call, struct copy *op) {
  static const struct shape shape[] = {
      {SHAPE(struct copy, source_id, "sourceThreadId"), SHAPE_ID},
      {SHAPE(struct copy, id, "newThreadId"), SHAPE_ID | SHAPE_OPTIONAL},
      {SHAPE(struct copy, resource, "resourceId"), SHAPE_TEXT | SHAPE_OPTIONAL},
      {SHAPE(struct copy, title, "title"), SHAPE_STRING | SHAPE_OPTIONAL},
      {SHAPE(struct copy, metadata, "metadata"), SHAPE_OBJECT | SHAPE_OPTIONAL}};
  static const struct shape filter[] = {
      {SHAPE(struct copy, start, "startDate"), SHAPE_DATE | SHAPE_OPTIONAL},
      {SHAPE(struct copy, end, "endDate"), SHAPE_DATE | SHAPE_OPTIONAL},
      {SHAPE(struct copy, message_ids, "messageIds"), SHAPE_RAW | SHAPE_OPTIONAL}};
  struct entries ids = {0};
  op->start = INT64_MIN;
  op->end = INT64_MAX;
  return ARG_READ(call, "", shape, op) && ARG_READ(call, "options.messageFilter.", filter, op) &&
         (!op->id.ptr || arg_made(call, op->id, SPAN("newThreadId"))) &&
         (!op->message_ids.ptr ||
          arg_ids(call, op->message_ids, SPAN("options.messageFilter.messageIds"), &op->only,
                  &ids));
}

enum tkv_status thread_copy(struct call *call, void *self) {
  struct copy *op = ARENA_NEW(&call->arena, struct copy);
  (void)self;
  call_self(call, op);
  if (!read_args(call, op))
    return call->error;
  if (!op->id.ptr)
    op->id = record_uuid(call);
  struct collection *source = collection_new(call, COLLECTION_THREAD, op->source_id, LOAD_ALL);
  struct collection *target = collection_new(call, COLLECTION_THREAD, op->id, LOAD_CHECK);
  if (!source || !target || !thread_key(call, op->source_id, &op->source_key) ||
      !thread_key(call, op->id, &op->key) || !sweep_marker_key(call, op->id, &op->marker))
    return call->error;
  target->copies = true;
  collections_add(call, &op->collections, source);
  collections_add(call, &op->collections, target);
  change_new(call, &op->messages, target);
  return claim_take(call, TABLE_THREADS, op->key, true, load);
}

static enum tkv_status load(struct call *call, void *self) {
  struct copy *op = self;
  op->source_get = kv_get(call, TABLE_THREADS, op->source_key, KV_REMEMBER | KV_SURE);
  op->target_get = kv_get(call, TABLE_THREADS, op->key, KV_REMEMBER | KV_SURE);
  return call_enter(call, collections_load, &op->collections, judge);
}

/* Whether messages were saved into the new thread: then it is there. */
static bool is_used(const struct collection *target) {
  for (size_t i = 0; i < target->entries.count; i++)
    if (!target->entries.items[i].copied)
      return true;
  return false;
}

/* Chooses the messages: by id and date, of these the newest `messageLimit`. */
static enum tkv_status judge(struct call *call, void *self) {
  struct copy *op = self;
  uint64_t limit = UINT64_MAX;
  op->source = thread_read(call, op->source_get);
  if (op->source.state == THREAD_DAMAGED)
    return call_corrupt(call, op->source_get->key);
  if (op->source.state != THREAD_THERE)
    return call_not_found(call, SPAN("Source thread with id"), op->source_id);
  struct thread target = thread_read(call, op->target_get);
  if (thread_taken(&target) || (target.state == THREAD_NONE && is_used(op->collections.items[1])))
    return thread_already_there(call, op->id);
  if (!control_number(call->control.message_limit, &limit) || limit == 0)
    limit = UINT64_MAX;
  const struct entries *all = &op->collections.items[0]->entries;
  for (size_t i = 0; i < all->count; i++) {
    const struct entry *entry = &all->items[i];
    if ((!op->only.count || span_set_has(&op->only, entry->id)) && entry->time >= op->start &&
        entry->time <= op->end)
      entries_append(&call->arena, &op->wanted, entry);
  }
  size_t want = limit < op->wanted.count ? (size_t)limit : op->wanted.count;
  if (call_over_budget(call, want + COPY_RESERVE))
    return call_fail(call, TKV_ERR_BUDGET,
                     SPAN("too many messages to copy in one call: set options.messageLimit"),
                     SPAN_NONE);
  struct entry **entries = places_ordered(&call->arena, &op->wanted, false);
  op->want = want;
  op->gather = message_gather(call, entries, op->wanted.count, want, SPAN_NONE);
  return call_enter(call, gather_run, op->gather, name_copies);
}

/* Gives a message its new id, and a place in the new thread. */
static bool name_copy(struct call *call, struct copy *op, struct entry *original, bool rehome) {
  struct pair *pair = &op->pairs[op->count++];
  *pair = (struct pair){.original = original,
                        .copy = {.id = record_uuid(call),
                                 .time = original->time,
                                 .owner = rehome ? op->resource : original->owner,
                                 .copied = true}};
  struct mention_site site = {op->id, op->resource, op->messages.items[0]->since};
  change_add(call, op->messages.items[0], &pair->copy, SPAN_NONE);
  mention_new(call, &op->mentions, &site, pair->copy.owner);
  return message_key(call, pair->copy.id, &pair->key);
}

/* Chooses the newest of what was found, oldest first. */
static bool name_all(struct call *call, struct copy *op) {
  struct entry **found = op->gather->entries;
  size_t first = op->gather->gather.judged;
  bool given = op->resource.ptr;
  op->resource = given ? op->resource : op->source.resource;
  op->pairs = ARENA_ARRAY(&call->arena, struct pair, first + 1);
  entries_arrange(&call->arena, found, first, place_order(true));
  for (size_t good = 0; first && good < op->want; first--)
    good += found[first - 1]->record.ptr != NULL;
  for (; first < op->gather->gather.judged; first++)
    if (found[first]->record.ptr && !name_copy(call, op, found[first], given))
      return false;
  return true;
}

/* The id is another's: what was written under it goes again, as far as the budget lets it. */
static enum tkv_status take_back(struct call *call, const struct copy *op) {
  const struct change *change = op->messages.items[0];
  if (change->journal_put)
    kv_delete(call, TABLE_METADATA, change->journal_put->key, KV_REMEMBER | KV_TOLERATE)->group =
        change->collection->key;
  for (size_t i = 0; change->journal_put && i < op->count; i++)
    if (!call_over_budget(call, i + COPY_RESERVE))
      kv_delete(call, TABLE_MESSAGES, op->pairs[i].key, KV_REMEMBER | KV_TOLERATE);
  return call_next(call, thread_copy);
}

static enum tkv_status name_copies(struct call *call, void *self) {
  struct copy *op = self;
  struct change *target = op->messages.items[0];
  bool leftovers =
      target->collection->entries.count; /* of a copy that failed: they must not count */
  target->since = leftovers ? call_stamp(call) : thread_read(call, op->target_get).deleted;
  op->now = call->now;
  if (claim_lost(call))
    return take_back(call, op);
  if (!name_all(call, op))
    return call->error;
  if (op->resource.len) {
    struct collection *resource =
        collection_new(call, COLLECTION_RESOURCE, op->resource, LOAD_CHECK);
    if (!resource)
      return call->error;
    collections_add(call, &op->collections, resource);
    change_new(call, &op->threads, resource);
  }
  if (op->count)
    sweep_mark(call, op->marker, target->since, 0, op->now);
  return call_enter(call, collections_load, &op->collections, write_journal);
}

static enum tkv_status write_journal(struct call *call, void *self) {
  struct copy *op = self;
  if (claim_lost(call))
    return take_back(call, op);
  if (op->threads.count) {
    struct entry entry = {.id = op->id, .time = op->now, .owner = SPAN("")};
    op->journal = change_add(call, op->threads.items[0], &entry, SPAN_NONE);
  }
  mentions_put(call, op->mentions);
  changes_journal(call, &op->messages);
  changes_journal(call, &op->threads);
  return call_next(call, write_messages);
}

static struct span quoted(struct call *call, struct span text) {
  struct json_out out = json_out(&call->arena, text.len + 8);
  json_put_string(&out, text);
  return json_out_span(&out);
}

static void put_copy(struct call *call, const struct copy *op, const struct pair *pair) {
  struct span record = pair->original->record;
  struct json_field fields[] = {{SPAN("id"), quoted(call, pair->copy.id)},
                                {SPAN("threadId"), quoted(call, op->id)},
                                {SPAN("resourceId"), quoted(call, pair->copy.owner)}};
  struct json_out out = json_out(&call->arena, record.len + op->id.len + 128);
  json_put_replaced(&out, record, fields, 3);
  kv_put(call, TABLE_MESSAGES, pair->key, json_out_span(&out),
         record_metadata(call, call_stamp(call), &pair->copy), KV_REMEMBER);
}

static enum tkv_status write_messages(struct call *call, void *self) {
  struct copy *op = self;
  const struct kv_request *failed = changes_failed(&op->messages);
  if (claim_lost(call))
    return take_back(call, op);
  if (!failed)
    failed = changes_failed(&op->threads);
  if (failed)
    return kv_fail(call, failed);
  for (size_t i = 0; i < op->count; i++)
    put_copy(call, op, &op->pairs[i]);
  return call_next(call, write_thread);
}

/* The metadata given, with a `clone` that tells where the thread comes from. */
static struct span clone_metadata(struct call *call, const struct copy *op) {
  struct json_out out = json_out(&call->arena, op->source_id.len + 128);
  json_put_text(&out, SPAN("{\"clone\":{\"sourceThreadId\":"), op->source_id);
  json_put(&out, SPAN(",\"clonedAt\":"));
  json_put_date(&out, op->now);
  if (op->count) {
    json_put_text(&out, SPAN(",\"lastMessageId\":"), op->pairs[op->count - 1].original->id);
  }
  json_put(&out, SPAN("}}"));
  struct span given = op->metadata.ptr ? op->metadata : SPAN("{}");
  return json_merge(&call->arena, given, json_out_span(&out), NULL, 0);
}

static void put_title(struct json_out *out, const struct copy *op) {
  struct span title = json_get(op->source.raw, SPAN("title"));
  bool named = json_is_string(title) && title.len > 2;
  if (!op->title.ptr && !named)
    return;
  json_put(out, SPAN(",\"title\":"));
  if (op->title.ptr) {
    json_put(out, op->title);
    return;
  }
  json_put(out, SPAN("\"Clone of "));
  json_put(out, span_from(title, 1));
}

static void make_thread(struct call *call, struct copy *op) {
  struct span metadata = clone_metadata(call, op);
  op->text = json_out(&call->arena, metadata.len + op->title.len + op->source.raw.len + 256);
  json_put(&op->text, SPAN("{\"id\":"));
  json_put_string(&op->text, op->id);
  json_put(&op->text, SPAN(",\"resourceId\":"));
  json_put_string(&op->text, op->resource);
  put_title(&op->text, op);
  json_put(&op->text, SPAN(",\"metadata\":"));
  json_put(&op->text, metadata);
  json_put(&op->text, SPAN(",\"createdAt\":"));
  json_put_date(&op->text, op->now);
  json_put(&op->text, SPAN(",\"updatedAt\":"));
  json_put_date(&op->text, op->now);
  json_put_char(&op->text, '}');
}

static enum tkv_status write_thread(struct call *call, void *self) {
  struct copy *op = self;
  struct thread thread;
  if (claim_lost(call))
    return take_back(call, op);
  if (now_since(call, op->now) > COPY_MAX_MS) /* a sweep may be at it soon */
    return call_too_many(call);
  make_thread(call, op);
  if (!thread_parse(call, json_out_span(&op->text), &thread))
    return call_invalid(call, SPAN("thread"), SPAN("cannot be made from the arguments"));
  thread.deleted = op->messages.items[0]->since;
  thread.journal = op->journal;
  kv_put(call, TABLE_THREADS, op->key, json_out_span(&op->text),
         thread_metadata(call, &thread, call_stamp(call)), KV_REMEMBER);
  changes_commit(call, &op->threads);
  return call_next(call, write_head);
}

static enum tkv_status write_head(struct call *call, void *self) {
  struct copy *op = self;
  changes_commit(call, &op->messages);
  return call_next(call, answer);
}

static enum tkv_status answer(struct call *call, void *self) {
  struct copy *op = self;
  changes_confirm(call, &op->threads);
  changes_confirm(call, &op->messages);
  struct json_out out = json_out(&call->arena, op->text.len + op->count * 80 + 64);
  json_put(&out, SPAN("{\"thread\":"));
  json_put(&out, json_out_span(&op->text));
  json_put(&out, SPAN(",\"messageIdMap\":{"));
  for (size_t i = 0; i < op->count; i++) {
    if (i)
      json_put_char(&out, ',');
    json_put_string(&out, op->pairs[i].original->id);
    json_put_char(&out, ':');
    json_put_string(&out, op->pairs[i].copy.id);
  }
  json_put(&out, SPAN("}}"));
  return call_return(call, &out);
}
