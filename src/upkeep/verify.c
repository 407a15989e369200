/* verify.c: verify.records: is every message, every thread where its collection would have it found?
 *
 *   {"table","perPage"} {"cursor","repair":bool}
 *   {"cursor":…,"checked":…,"young":…,"damaged":["key",…],"lost":["id",…],"orphans":[["id","owner"],…],
 *    "leftovers":[["id","owner"],…],"unnoted":[["resource","thread"],…]}
 *
 * A record is lost when the journal entry that it names is not there or does not name it: nothing
 * finds it but its id.  An orphan is a message whose thread is missing or damaged; a leftover one
 * whose thread was deleted, or deleted before it lived again, or is a copy that did not come to be: sweep's
 * business, if there is a marker.  While that stands, no message of the thread counts as lost or as an
 * orphan: it may be one that sweep has not come to.
 * Unnoted is a thread that the mentions of a resource should name (mention.h): repair writes them.
 * Records of the last minutes are not judged: their journal entry may not be seen here yet.
 *
 *   round 1   a page of keys
 *   round 2   the records
 *   round 3   their threads, and the journal entries that they name; of records that name none, the
 *             whole journal
 *   round 4   the mentions that there should be
 */
#include "codec/key.h"
#include "codec/limits.h"
#include "threads/doubt.h"
#include "threads/thread_sweep.h"
#include "upkeep/operations.h"

struct checked {
  struct kv_request *get, *owner, *marker, *proof;
  struct span key, home;
  struct entry entry;            /* what the record says of itself */
  struct span journal;           /* what its metadata names; empty for none */
  struct collection *collection; /* NULL: it is in none */
  bool damaged, passed, young;
};

struct verify {
  enum tkv_table table;
  struct kv_request *page;
  struct checked *items;
  size_t count;
  struct collections whole; /* for records whose journal entry is not named */
  bool repair;
  struct mention *mentions;
};

static enum tkv_status read_page(struct call *call, void *self);
static enum tkv_status look_around(struct call *call, void *self);
static enum tkv_status look_for_mentions(struct call *call, void *self);
static enum tkv_status note(struct call *call, void *self);
static enum tkv_status answer(struct call *call, void *self);

enum tkv_status verify_records(struct call *call, void *self) {
  struct verify *op = ARENA_NEW(&call->arena, struct verify);
  struct json_field fields[] = {{SPAN("cursor"), SPAN_NONE}, {SPAN("repair"), SPAN_NONE}};
  struct span open = SPAN_NONE, after = SPAN_NONE;
  struct page page;
  (void)self;
  call_self(call, op);
  op->table = (enum tkv_table)call->control.table;
  if (op->table != TABLE_THREADS && op->table != TABLE_MESSAGES)
    return call_invalid(call, SPAN("table"), SPAN("holds no members of collections"));
  if (!arg_fields(call, fields, 2) || !arg_page(call, KV_LIST_MAX, &page) ||
      (!json_is_null(fields[0].value) && !arg_text(call, fields[0].value, SPAN("cursor"), &after)))
    return call->error;
  op->repair = span_eq(fields[1].value, SPAN("true"));
  op->page =
      kv_list(call, op->table, key_join(&call->arena, call->prefix, op->table, &open, 1), after);
  op->page->limit = page.limit && page.limit < KV_LIST_MAX ? (uint32_t)page.limit : KV_LIST_MAX;
  return call_next(call, read_page);
}

static enum tkv_status read_page(struct call *call, void *self) {
  struct verify *op = self;
  op->count = op->page->count;
  op->items = ARENA_ARRAY(&call->arena, struct checked, op->count + 1);
  for (size_t i = 0; i < op->count; i++) {
    op->items[i].key = op->page->items[i].name;
    op->items[i].get = kv_get(call, op->table, op->items[i].key, 0);
  }
  return call_next(call, look_around);
}

/* Reads a record; false when it is damaged or not the one of its key. */
static bool read_item(struct call *call, struct checked *item, enum tkv_table table) {
  struct message message;
  if (table == TABLE_MESSAGES) {
    if (!message_read(call, item->get, &message))
      return false;
    item->entry = message_entry(&message);
    item->home = message.thread;
    return true;
  }
  struct thread thread = thread_read(call, item->get);
  item->passed = thread.state == THREAD_DELETED;
  item->entry = (struct entry){.id = thread.id, .time = thread.created, .owner = SPAN("")};
  item->home = thread.resource;
  return item->passed || thread.state == THREAD_THERE;
}

static struct collection *whole(struct call *call, struct verify *op, enum collection_kind kind,
                                struct span id) {
  for (size_t i = 0; i < op->whole.count; i++)
    if (span_eq(op->whole.items[i]->id, id))
      return op->whole.items[i];
  struct collection *collection = collection_new(call, kind, id, LOAD_ALL);
  if (collection) {
    collection->copies = true;
    collections_add(call, &op->whole, collection);
  }
  return collection;
}

/* Asks for what tells whether |item| is to be found. */
static void look(struct call *call, struct verify *op, struct checked *item) {
  bool message = op->table == TABLE_MESSAGES;
  enum collection_kind kind = message ? COLLECTION_THREAD : COLLECTION_RESOURCE;
  struct span key;
  item->journal = record_journal(item->get->metadata);
  item->young = item->get->stamp && now_since(call, item->get->stamp) <= YOUNG_MS;
  if (!item->home.len)
    return;
  if (message && thread_key(call, item->home, &key))
    item->owner = kv_get(call, TABLE_THREADS, key, 0);
  if (message && sweep_marker_key(call, item->home, &key))
    item->marker = kv_get(call, TABLE_METADATA, key, 0);
  if (!journal_time(item->journal)) {
    item->collection = whole(call, op, kind, item->home);
    return;
  }
  item->collection = collection_new(call, kind, item->home, LOAD_HEAD);
  if (item->collection)
    item->proof = kv_get(call, TABLE_METADATA,
                         collection_journal_key(call, item->collection, item->journal), 0);
}

static enum tkv_status look_around(struct call *call, void *self) {
  struct verify *op = self;
  for (size_t i = 0; i < op->count; i++) {
    struct checked *item = &op->items[i];
    item->passed = !item->get->found;
    item->damaged = !item->passed && !read_item(call, item, op->table);
    if (!item->passed && !item->damaged)
      look(call, op, item);
  }
  return call_enter(call, collections_load, &op->whole, look_for_mentions);
}

static enum tkv_status look_for_mentions(struct call *call, void *self) {
  struct verify *op = self;
  for (size_t i = 0; i < op->count; i++) {
    const struct checked *item = &op->items[i];
    if (item->damaged || item->young || !item->owner)
      continue;
    struct thread thread = thread_read(call, item->owner);
    struct mention_site site = {thread.id, thread.resource, thread.deleted};
    struct mention *mention = NULL;
    if (thread.state == THREAD_THERE)
      mention = mention_new(call, &op->mentions, &site, item->entry.owner);
    if (mention)
      mention->get = kv_get(call, TABLE_METADATA, mention->key, 0);
  }
  return call_next(call, note);
}

static enum tkv_status note(struct call *call, void *self) {
  struct verify *op = self;
  if (op->repair)
    mentions_put(call, op->mentions);
  return call_next(call, answer);
}

/* What the index says of |item|: NULL when it does not name it. */
static const struct entry *naming(struct call *call, const struct checked *item) {
  struct entries *held = ARENA_NEW(&call->arena, struct entries);
  if (!item->proof)
    *held = item->collection->entries;
  else if (item->proof->found)
    journal_read(&call->arena, item->proof->value, item->journal, held);
  for (size_t i = 0; i < held->count; i++)
    if (entry_same(&held->items[i], &item->entry))
      return &held->items[i];
  return NULL;
}

enum finding { FINE, DAMAGED, LOST, ORPHAN, LEFTOVER, UNNOTED, FINDINGS };

static enum finding judge(struct call *call, const struct checked *item) {
  if (item->damaged)
    return DAMAGED;
  if (item->passed || item->young)
    return FINE;
  if (!item->collection)
    return FINE;
  const struct entry *named = naming(call, item);
  bool marked = item->marker && item->marker->found;
  if (item->owner) {
    struct thread thread = thread_read(call, item->owner);
    int64_t journaled = journal_time(item->journal);
    if (thread.state == THREAD_DELETED || (journaled && journaled <= thread.deleted))
      return LEFTOVER;
    if (thread.state != THREAD_THERE)
      return marked || (named && named->copied) ? LEFTOVER : ORPHAN;
  }
  return named ? FINE : marked ? LEFTOVER : LOST;
}

static void put_pair(struct json_out *out, struct span a, struct span b) {
  json_put(out, out->len ? SPAN(",[") : SPAN("["));
  json_put_string(out, a);
  json_put_char(out, ',');
  json_put_string(out, b);
  json_put_char(out, ']');
}

static void put_finding(struct json_out *out, enum finding finding, const struct checked *item) {
  if (finding != DAMAGED && finding != LOST) {
    put_pair(out, item->entry.id, item->home);
    return;
  }
  if (out->len)
    json_put_char(out, ',');
  json_put_string(out, finding == DAMAGED ? item->key : item->entry.id);
}

static enum tkv_status answer(struct call *call, void *self) {
  static const struct span names[FINDINGS] = {{0},
                                              {",\"damaged\":[", 12},
                                              {",\"lost\":[", 9},
                                              {",\"orphans\":[", 12},
                                              {",\"leftovers\":[", 14},
                                              {",\"unnoted\":[", 12}};
  struct verify *op = self;
  struct json_out lists[FINDINGS], out = json_out(&call->arena, 256);
  size_t young = 0;
  for (int finding = 0; finding < FINDINGS; finding++)
    lists[finding] = json_out(&call->arena, 64);
  for (size_t i = 0; i < op->count; i++) {
    enum finding finding = judge(call, &op->items[i]);
    young += op->items[i].young;
    if (finding != FINE)
      put_finding(&lists[finding], finding, &op->items[i]);
  }
  for (const struct mention *mention = op->mentions; mention; mention = mention->next)
    if (!mention->get->found)
      put_pair(&lists[UNNOTED], mention->owner, mention->thread);
  json_put(&out, SPAN("{\"cursor\":"));
  if (op->page->cursor.ptr)
    json_put_string(&out, op->page->cursor);
  else
    json_put(&out, SPAN("null"));
  json_put_number(&out, SPAN(",\"checked\":"), (int64_t)op->count);
  json_put_number(&out, SPAN(",\"young\":"), (int64_t)young);
  for (int finding = FINE + 1; finding < FINDINGS; finding++) {
    json_put(&out, names[finding]);
    json_put(&out, json_out_span(&lists[finding]));
    json_put_char(&out, ']');
  }
  json_put_char(&out, '}');
  return call_return(call, &out);
}
