/* refresh.c: collection.refresh: brings heads up to date with their journals, after the call that
 * asked for it.
 *
 * What is gone goes in two steps.  An entry whose record is missing, or says otherwise, is put in
 * doubt first, if it is not: who knows when that came about, and elsewhere the record may still be
 * seen, and written back.  Once it has been in doubt for YOUNG_MS its record is looked at again: if
 * it bears the entry out, both stay; else the entry goes.  A record that is of this collection, but
 * named nowhere as it is, gets an entry of its own.  The doubt ends with a refresh that finds no such
 * entry any more.
 *
 * A thread that has left its resource for another may hold messages of it: that is noted (mention.h)
 * before its entry goes, which has led there until then.
 *
 * With "all" the whole journal is read, for the asker has seen in it what the head lacks, or some
 * have been in doubt for long, and any journal entry may name them.
 *
 * With "own" the head is read again after it was written: mostly it is as this isolate wrote it, and
 * nothing is left to do.  Else what this isolate has journaled is merged into it.
 *
 * Asked for "soon" when a head was written, or could not be (429), "some time" when a reader found one
 * unchecked for a minute, lacking something, naming messages that are gone, or with doubt to be
 * settled.  Payload:
 *
 *   {"collections":[{"kind","id","gone":["id",…],"doubt":["id",…],"bump":ms,"all":true,"drop":true,
 *     "own":true}]}
 */
#include "threads/refresh.h"
#include "codec/limits.h"
#include "index/change_write.h"
#include "index/place.h"
#include "index/record.h"
#include "threads/mention.h"
#include "threads/message.h"
#include "threads/operations.h"
#include "threads/thread.h"

struct wish {
  struct span kind, id, gone, doubt, bump, all, drop, own;
  struct collection *collection;
  struct kv_request *head; /* with `own`: is it as this isolate wrote it? */
  struct entries missed;   /* the ids in `gone` */
};

struct refresh {
  struct changes changes;
  struct collections collections;
  size_t asked;              /* wishes */
  struct wish *wishes;       /* per change, once they are loaded, as all below */
  struct kv_request ***gets; /* per entry that may go: the record behind it */
  struct mention *mentions;
};

static enum tkv_status fetch(struct call *call, void *self);
static enum tkv_status judge(struct call *call, void *self);
static enum tkv_status write(struct call *call, void *self);
static enum tkv_status finish(struct call *call, void *self);

static bool read_wish(struct call *call, struct span value, size_t index, struct wish *wish) {
  static const struct shape shape[] = {
      {SHAPE(struct wish, kind, "kind"), SHAPE_RAW},
      {SHAPE(struct wish, id, "id"), SHAPE_ID},
      {SHAPE(struct wish, gone, "gone"), SHAPE_RAW | SHAPE_OPTIONAL},
      {SHAPE(struct wish, doubt, "doubt"), SHAPE_RAW | SHAPE_OPTIONAL},
      {SHAPE(struct wish, bump, "bump"), SHAPE_RAW | SHAPE_OPTIONAL},
      {SHAPE(struct wish, all, "all"), SHAPE_RAW | SHAPE_OPTIONAL},
      {SHAPE(struct wish, drop, "drop"), SHAPE_RAW | SHAPE_OPTIONAL},
      {SHAPE(struct wish, own, "own"), SHAPE_RAW | SHAPE_OPTIONAL}};
  if (!arg_read(call, value, SPAN("collections"), index, shape, 8, wish))
    return false;
  bool thread = span_eq(wish->kind, SPAN("\"thread\""));
  wish->collection =
      collection_new(call, thread ? COLLECTION_THREAD : COLLECTION_RESOURCE, wish->id,
                     wish->all.ptr   ? LOAD_ALL
                     : wish->own.ptr ? LOAD_HEAD
                                     : LOAD_RECENT);
  if (wish->collection && wish->own.ptr)
    wish->head =
        kv_get(call, TABLE_METADATA, wish->collection->key, KV_REMEMBER | KV_FRESH | KV_TOLERATE);
  return wish->collection;
}

/* Whether the head is byte for byte what this isolate wrote last. */
static bool is_as_written(struct call *call, const struct kv_request *head) {
  struct note *note = memory_find(call->memory, call->store.spaces[TABLE_METADATA], head->key);
  return head->found && note && note->own && span_eq(note->value, head->value);
}

static bool take_wish(struct call *call, struct refresh *op, struct wish *wish) {
  struct change *change = change_new(call, &op->changes, wish->collection);
  struct span_set gone = {0}, seen = {0};
  struct entries doubted = {0};
  collections_add(call, &op->collections, wish->collection);
  change->exact = true;
  if ((wish->gone.ptr && !arg_ids(call, wish->gone, SPAN("gone"), &gone, &wish->missed)) ||
      (wish->doubt.ptr && !arg_ids(call, wish->doubt, SPAN("doubt"), &seen, &doubted)))
    return false;
  for (size_t i = 0; i < doubted.count; i++)
    change_doubt(call, change, doubted.items[i].id);
  if (wish->bump.ptr)
    json_int(wish->bump, &change->bump);
  return true;
}

static enum tkv_status load(struct call *call, void *self) {
  struct refresh *op = self;
  for (size_t i = 0; i < op->asked; i++) {
    if (op->wishes[i].head && is_as_written(call, op->wishes[i].head))
      continue;
    struct wish *wish = &op->wishes[op->changes.count];
    *wish = op->wishes[i];
    if (!take_wish(call, op, wish))
      return call->error;
  }
  return call_enter(call, collections_load, &op->collections, fetch);
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
    index++;
  op->wishes = ARENA_ARRAY(&call->arena, struct wish, index + 1);
  for (struct json_walk walk = json_walk(collections); json_next(&walk); op->asked++)
    if (!read_wish(call, walk.value, op->asked, &op->wishes[op->asked]))
      return call->error;
  return call_next(call, load);
}

struct kv_request *member_ask(struct call *call, enum collection_kind kind, struct span id,
                              unsigned flags) {
  bool message = kind == COLLECTION_THREAD;
  struct span key;
  if (!(message ? message_key(call, id, &key) : thread_key(call, id, &key)))
    return NULL;
  return kv_get(call, message ? TABLE_MESSAGES : TABLE_THREADS, key, flags);
}

/* Puts in doubt what is said to be gone; or takes it for having been so for long. */
static void doubt_missed(struct call *call, struct change *change, const struct wish *wish) {
  for (size_t i = 0; i < wish->missed.count; i++) {
    struct span id = wish->missed.items[i].id;
    bool in_doubt = false;
    for (size_t k = 0; k < change->collection->entries.count; k++) {
      struct entry *entry = &change->collection->entries.items[k];
      if (!span_eq(entry->id, id))
        continue;
      entry->doubt = wish->drop.ptr ? 1 : entry->doubt;
      in_doubt |= entry->doubt;
    }
    if (!in_doubt)
      change_doubt(call, change, id);
  }
}

/* Of what was saved since it came into doubt the record may be on its way. */
static bool may_go(struct call *call, const struct change *change, const struct entry *entry) {
  bool young = now_since(call, journal_time(entry->journal)) <= YOUNG_MS;
  return !young && doubt_is_ripe(call, entry->doubt) && !entries_find(&change->doubted, entry->id);
}

/* Asks for the record behind each entry that has been in doubt for long, if all such are known. */
static struct kv_request **ask_records(struct call *call, struct change *change) {
  const struct entries *entries = &change->collection->entries;
  struct kv_request **gets = ARENA_ARRAY(&call->arena, struct kv_request *, entries->count + 1);
  change->settles = change->collection->load == LOAD_ALL;
  for (size_t i = 0; change->settles && i < entries->count; i++) {
    const struct entry *entry = &entries->items[i];
    if (!may_go(call, change, entry))
      continue;
    gets[change->removed.count] =
        member_ask(call, change->collection->kind, entry->id, KV_REMEMBER | KV_FRESH);
    if (!gets[change->removed.count])
      return NULL;
    entries_append(&call->arena, &change->removed, entry);
  }
  return gets;
}

static enum tkv_status fetch(struct call *call, void *self) {
  struct refresh *op = self;
  op->gets = ARENA_ARRAY(&call->arena, struct kv_request **, op->changes.count + 1);
  for (size_t i = 0; i < op->changes.count; i++) {
    doubt_missed(call, op->changes.items[i], &op->wishes[i]);
    if (!(op->gets[i] = ask_records(call, op->changes.items[i])))
      return call->error;
  }
  return call_next(call, judge);
}

struct entry member_says(struct call *call, const struct collection *collection,
                         const struct kv_request *get) {
  struct entry said = {.home = SPAN("")};
  struct message message;
  if (collection->kind == COLLECTION_THREAD && get->found && message_read(call, get, &message)) {
    said = message_entry(&message);
    record_place(get->metadata, &said);
  }
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
  if ((collection->load == LOAD_ALL || !collection_below_floor(&collection->head, &said)) &&
      !entries_say(&collection->entries, &said) && !entries_say(&change->added, &said))
    change_add(call, change, &said, SPAN_NONE);
}

/* Keeps of `removed` what is gone indeed, as much as the budget allows to take out.  What has just
 * changed its place stays in doubt. */
static void judge_change(struct call *call, struct change *change, struct kv_request *const *gets,
                         struct mention **mentions) {
  size_t kept = 0;
  for (size_t i = 0; i < change->removed.count; i++) {
    struct entry *entry = &change->removed.items[i];
    struct entry said = member_says(call, change->collection, gets[i]);
    bool here = span_eq(said.home, change->collection->id);
    if ((here && entry_same(&said, entry)) || gets[i]->unseen)
      continue;
    if (gets[i]->found && now_since(call, gets[i]->stamp) <= YOUNG_MS) {
      change_doubt(call, change, entry->id);
      continue;
    }
    if (here)
      name_anew(call, change, said);
    change->settles = false; /* another journal entry may say the same: the next one will see */
    if (call_over_budget(call, kept * 3 + REFRESH_RESERVE))
      continue;
    if (change->collection->kind == COLLECTION_RESOURCE && said.id.ptr) {
      struct mention_site site = {said.id, said.home, thread_read(call, gets[i]).deleted};
      mention_new(call, mentions, &site, change->collection->id);
    }
    change->removed.items[kept++] = *entry;
  }
  change->removed.count = kept;
}

static enum tkv_status judge(struct call *call, void *self) {
  struct refresh *op = self;
  for (size_t i = 0; i < op->changes.count; i++)
    judge_change(call, op->changes.items[i], op->gets[i], &op->mentions);
  mentions_put(call, op->mentions);
  changes_fetch(call, &op->changes);
  return call_next(call, write);
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
