/* inspect.c: record.scan, record.get, collection.scan: a store page by page, for tools that have to
 * see everything: what is where, and the very text of it.
 *
 *   record.scan       {"table","perPage"} {"cursor"}         the records of a table, by their keys;
 *                                                            with "keys":true the keys alone
 *   record.get        {"table"} {"ids":[…]}                  the records under these ids;
 *                                                            an id of several parts is an array
 *      {"cursor":…,"records":[["key",record],…]}   ["key"] alone: what stands there is damaged
 *   collection.scan   {"perPage"} {"kind","cursor"}          which ids the journals name
 *      {"cursor":…,"collections":[["id",state,["member",…]],…],"damaged":["key",…]}
 *
 * A cursor is null after the last page.  Records are as they are stored, but for a thread's
 * updatedAt, which is the effective one; tombstones are among them.  Of one collection there may
 * be several items, on several pages: its head and parts of its journal.  Its state is the owner's:
 * 0 there, 1 deleted, 2 missing or damaged; always 0 for resources, which need no record.  Members
 * are as the journal names them, those of before a deletion left out; only their records know
 * whether they are.
 */
#include "codec/key.h"
#include "codec/limits.h"
#include "index/head_read.h"
#include "threads/message.h"
#include "threads/thread.h"
#include "upkeep/operations.h"

enum { ID_PARTS_MAX = 3 };

struct inspection {
  enum tkv_table table;
  struct kv_request *page; /* NULL for record.get */
  struct kv_request **gets, **heads;
  size_t count;
};

static enum tkv_status read_page(struct call *call, void *self);
static enum tkv_status put_keys(struct call *call, void *self);
static enum tkv_status put_records(struct call *call, void *self);

static struct kv_request *ask_page(struct call *call, enum tkv_table table, struct span prefix,
                                   struct span cursor) {
  struct page page;
  struct span after = SPAN_NONE;
  if (!arg_page(call, KV_LIST_MAX, &page))
    return NULL;
  if (cursor.ptr && !json_is_null(cursor) && !arg_text(call, cursor, SPAN("cursor"), &after))
    return NULL;
  struct kv_request *list = kv_list(call, table, prefix, after);
  list->limit = page.limit && page.limit < KV_LIST_MAX ? (uint32_t)page.limit : KV_LIST_MAX;
  return list;
}

static bool begin(struct call *call, struct inspection *op) {
  call_self(call, op);
  if (call->control.table < 0 || call->control.table == TABLE_COUNT) {
    call_invalid(call, SPAN("table"), SPAN("is no table of this store"));
    return false;
  }
  op->table = (enum tkv_table)call->control.table;
  return true;
}

static void make_room(struct call *call, struct inspection *op, size_t count) {
  op->gets = ARENA_ARRAY(&call->arena, struct kv_request *, count + 1);
  op->heads = ARENA_ARRAY(&call->arena, struct kv_request *, count + 1);
}

/* Asks for the record under |key|; of a thread, whose id is |id|, for the head, too. */
static void ask_record(struct call *call, struct inspection *op, struct span key, struct span id) {
  struct span parts[] = {SPAN("thread"), id}, head;
  if (op->table == TABLE_THREADS && kv_key(call, TABLE_METADATA, parts, 2, &head))
    op->heads[op->count] = kv_get(call, TABLE_METADATA, head, 0);
  op->gets[op->count++] = kv_get(call, op->table, key, 0);
}

enum tkv_status record_scan(struct call *call, void *self) {
  struct inspection *op = ARENA_NEW(&call->arena, struct inspection);
  struct json_field fields[] = {{SPAN("cursor"), SPAN_NONE}, {SPAN("keys"), SPAN_NONE}};
  struct span open = SPAN_NONE;
  (void)self;
  if (!begin(call, op) || !arg_fields(call, fields, 2))
    return call->error;
  struct span prefix = key_join(&call->arena, call->prefix, op->table, &open, 1);
  op->page = ask_page(call, op->table, prefix, fields[0].value);
  bool keys = span_eq(fields[1].value, SPAN("true"));
  return op->page ? call_next(call, keys ? put_keys : read_page) : call->error;
}

static enum tkv_status read_page(struct call *call, void *self) {
  struct inspection *op = self;
  make_room(call, op, op->page->count);
  for (size_t i = 0; i < op->page->count; i++) {
    struct span key = op->page->items[i].name;
    ask_record(call, op, key, key_decode(&call->arena, span_from(key, op->page->key.len)));
  }
  return call_next(call, put_records);
}

/* Asks for the record under |id|: a string, or an array of the parts of its key. */
static bool ask_id(struct call *call, struct inspection *op, struct span id) {
  struct span parts[ID_PARTS_MAX], key;
  size_t count = 0;
  if (json_is_array(id))
    for (struct json_walk walk = json_walk(id); count < ID_PARTS_MAX && json_next(&walk);) {
      if (!arg_id(call, walk.value, SPAN("ids"), &parts[count++]))
        return false;
    }
  else if (!arg_id(call, id, SPAN("ids"), &parts[count++]))
    return false;
  if (!kv_key(call, op->table, parts, count, &key))
    return false;
  ask_record(call, op, key, parts[0]);
  return true;
}

enum tkv_status record_get(struct call *call, void *self) {
  struct inspection *op = ARENA_NEW(&call->arena, struct inspection);
  struct json_field ids = {SPAN("ids"), SPAN_NONE};
  size_t count = 0;
  (void)self;
  if (!begin(call, op) || !arg_fields(call, &ids, 1))
    return call->error;
  if (!json_is_array(ids.value))
    return call_invalid(call, SPAN("ids"), SPAN("must be an array"));
  for (struct json_walk walk = json_walk(ids.value); json_next(&walk);)
    count++;
  make_room(call, op, count);
  for (struct json_walk walk = json_walk(ids.value); json_next(&walk);)
    if (!ask_id(call, op, walk.value))
      return call->error;
  return call_next(call, put_records);
}

/* Writes `,` and the |i|-th record; nothing when it is damaged. */
static void put_record(struct call *call, struct json_out *out, const struct inspection *op,
                       size_t i) {
  struct kv_request *get = op->gets[i];
  struct span value;
  struct message message;
  struct thread thread = {0};
  if (op->table == TABLE_THREADS)
    thread = thread_read(call, get);
  if (!json_value(get->value, &value) || thread.state == THREAD_DAMAGED ||
      (op->table == TABLE_MESSAGES && !message_read(call, get, &message)))
    return;
  json_put_char(out, ',');
  struct head head = {0};
  if (op->heads[i])
    head = thread_head(call, op->heads[i]);
  int64_t updated = thread_updated(&thread, &head);
  if (thread.state == THREAD_THERE && updated != thread.updated)
    thread_put_updated(out, &thread, updated);
  else
    json_put(out, value);
}

static void put_cursor(struct json_out *out, const struct kv_request *page) {
  json_put(out, SPAN("{\"cursor\":"));
  if (page && page->cursor.ptr)
    json_put_string(out, page->cursor);
  else
    json_put(out, SPAN("null"));
}

static enum tkv_status put_keys(struct call *call, void *self) {
  struct inspection *op = self;
  struct json_out out = json_out(&call->arena, 64 + op->page->count * 64);
  put_cursor(&out, op->page);
  json_put(&out, SPAN(",\"records\":["));
  for (size_t i = 0; i < op->page->count; i++) {
    json_put(&out, i ? SPAN(",[") : SPAN("["));
    json_put_string(&out, op->page->items[i].name);
    json_put_char(&out, ']');
  }
  json_put(&out, SPAN("]}"));
  return call_return(call, &out);
}

static enum tkv_status put_records(struct call *call, void *self) {
  struct inspection *op = self;
  size_t bytes = 64;
  for (size_t i = 0; i < op->count; i++)
    bytes += op->gets[i]->key.len + op->gets[i]->value.len + 48;
  struct json_out out = json_out(&call->arena, bytes);
  put_cursor(&out, op->page);
  json_put(&out, SPAN(",\"records\":["));
  for (size_t i = 0, put = 0; i < op->count; i++) {
    if (!op->gets[i]->found)
      continue;
    json_put(&out, put++ ? SPAN(",[") : SPAN("["));
    json_put_string(&out, op->gets[i]->key);
    put_record(call, &out, op, i);
    json_put_char(&out, ']');
  }
  json_put(&out, SPAN("]}"));
  return call_return(call, &out);
}

/* One key of a page: a head, or a journal entry. */
struct found {
  struct span id, suffix, text;    /* suffix: empty for a head */
  struct kv_request *get;          /* of a journal entry whose list did not bring the members */
  struct kv_request *owner, *head; /* of the first of several keys with one id */
};

struct collection_scan {
  enum collection_kind kind;
  struct kv_request *page;
  struct found *items;
  size_t count;
  bool places; /* are to be told, too */
};

static enum tkv_status take_page(struct call *call, void *self);
static enum tkv_status ask_heads(struct call *call, void *self);
static enum tkv_status put_collections(struct call *call, void *self);

enum tkv_status collection_scan(struct call *call, void *self) {
  struct collection_scan *op = ARENA_NEW(&call->arena, struct collection_scan);
  struct json_field fields[] = {
      {SPAN("kind"), SPAN_NONE}, {SPAN("cursor"), SPAN_NONE}, {SPAN("places"), SPAN_NONE}};
  (void)self;
  call_self(call, op);
  if (!arg_fields(call, fields, 3))
    return call->error;
  op->places = json_is_true(fields[2].value);
  bool thread = span_eq(fields[0].value, SPAN("\"thread\""));
  if (!thread && !span_eq(fields[0].value, SPAN("\"resource\"")))
    return call_invalid(call, SPAN("kind"), SPAN("must be \"thread\" or \"resource\""));
  struct span parts[] = {thread ? SPAN("thread") : SPAN("resource"), SPAN_NONE};
  op->kind = thread ? COLLECTION_THREAD : COLLECTION_RESOURCE;
  op->page =
      ask_page(call, TABLE_METADATA, key_join(&call->arena, call->prefix, TABLE_METADATA, parts, 2),
               fields[1].value);
  return op->page ? call_next(call, take_page) : call->error;
}

/* Takes in a key; false for what is neither head nor journal entry. */
static bool read_name(struct call *call, const struct collection_scan *op,
                      const struct kv_item *item, struct found *found) {
  struct span rest = span_from(item->name, op->page->key.len);
  const char *colon = memchr(rest.ptr, ':', rest.len);
  *found = (struct found){.id = rest, .suffix = SPAN(""), .text = item->metadata};
  if (colon) {
    found->id.len = (size_t)(colon - rest.ptr);
    found->suffix = span_from(rest, found->id.len + 1);
  }
  found->id = key_decode(&call->arena, found->id);
  return found->id.len && (!colon || journal_time(found->suffix));
}

static enum tkv_status take_page(struct call *call, void *self) {
  struct collection_scan *op = self;
  struct entries none = {0};
  op->items = ARENA_ARRAY(&call->arena, struct found, op->page->count + 1);
  for (size_t i = 0; i < op->page->count; i++) {
    struct found *found = &op->items[op->count], *last = op->count ? found - 1 : NULL;
    struct kv_item *item = &op->page->items[i];
    struct span key;
    if (!read_name(call, op, item, found))
      continue;
    op->count++;
    if (found->suffix.len && !journal_read(&call->arena, item->metadata, found->suffix, &none))
      found->get = kv_get(call, TABLE_METADATA, item->name, 0);
    bool same = last && span_eq(last->id, found->id);
    if (same)
      found->owner = last->owner;
    else if (op->kind == COLLECTION_THREAD && thread_key(call, found->id, &key))
      found->owner = kv_get(call, TABLE_THREADS, key, 0);
  }
  return call_next(call, ask_heads);
}

/* Without metadata only the head knows whether a thread of the same id was deleted before. */
static enum tkv_status ask_heads(struct call *call, void *self) {
  struct collection_scan *op = self;
  for (size_t i = 0; i < op->count; i++) {
    struct found *found = &op->items[i];
    struct span parts[] = {SPAN("thread"), found->id}, key;
    if (i && found[-1].owner == found->owner)
      found->head = found[-1].head;
    else if (found->owner && found->owner->found && !found->owner->metadata.len &&
             kv_key(call, TABLE_METADATA, parts, 2, &key))
      found->head = kv_get(call, TABLE_METADATA, key, 0);
  }
  return call_next(call, put_collections);
}

/* Until when what was journaled does not count. */
static int64_t since_of(struct call *call, const struct found *found, const struct thread *owner) {
  struct head head;
  if (found->head && found->head->found && head_read(&call->arena, found->head->value, &head))
    return head.since;
  return owner->deleted;
}

static void put_numbers(struct json_out *out, struct span before, const struct entry *entry) {
  json_put_number(out, before, entry->time);
  json_put_char(out, ',');
  json_put_int(out, entry_stamp(entry));
  json_put_char(out, ',');
  json_put_int(out, entry->position);
}

/* Writes the members that |found| names, with |places| also time, stamp and position of each; false
 * when it is damaged. */
static bool put_members(struct call *call, struct json_out *out, const struct found *found,
                        const struct thread *owner, bool places) {
  struct entries entries = {0};
  struct span text = found->get ? found->get->value : found->text;
  bool gone = found->get && !found->get->found;
  if (found->suffix.len && !gone && !journal_read(&call->arena, text, found->suffix, &entries))
    return false;
  json_put_char(out, '[');
  if (journal_time(found->suffix) <= since_of(call, found, owner))
    entries.count = 0;
  for (size_t i = 0; i < entries.count; i++) {
    if (i)
      json_put_char(out, ',');
    json_put_string(out, entries.items[i].id);
  }
  json_put_char(out, ']');
  for (size_t i = 0; places && i < entries.count; i++)
    put_numbers(out, i ? SPAN(",") : SPAN(",["), &entries.items[i]);
  if (places)
    json_put(out, entries.count ? SPAN("]") : SPAN(",[]"));
  return true;
}

static enum tkv_status put_collections(struct call *call, void *self) {
  struct collection_scan *op = self;
  struct json_out out = json_out(&call->arena, 64 + op->count * 128),
                  damaged = json_out(&call->arena, 64);
  put_cursor(&out, op->page);
  json_put(&out, SPAN(",\"collections\":["));
  for (size_t i = 0; i < op->count; i++) {
    const struct found *found = &op->items[i];
    struct thread owner = {.state = THREAD_THERE};
    if (found->owner)
      owner = thread_read(call, found->owner);
    json_put(&out, i ? SPAN(",[") : SPAN("["));
    json_put_string(&out, found->id);
    json_put(&out, owner.state == THREAD_THERE     ? SPAN(",0,")
                   : owner.state == THREAD_DELETED ? SPAN(",1,")
                                                   : SPAN(",2,"));
    if (!put_members(call, &out, found, &owner, op->places)) {
      json_put(&out, op->places ? SPAN("[],[]") : SPAN("[]"));
      if (damaged.len)
        json_put_char(&damaged, ',');
      json_put_string(&damaged, found->get->key);
    }
    json_put_char(&out, ']');
  }
  json_put(&out, SPAN("],\"damaged\":["));
  json_put(&out, json_out_span(&damaged));
  json_put(&out, SPAN("]}"));
  return call_return(call, &out);
}
