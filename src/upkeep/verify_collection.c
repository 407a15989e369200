/* verify_collection.c: verify.collection: are a collection's journal entries and its head true?
 *
 *   {"kind","id","repair":bool,"after":[time,"id"]}
 *   {"head":"good","members":…,"ghosts":…,"damaged":["key",…],"next":[time,"id"]}
 *
 * The journal is the truth here, its members' records are its judges.  The head is "good", "missing",
 * "damaged", "lacking" members, or has "extra" ones (that no journal entry names).  Ghosts are members
 * whose record is gone, though the head does not know that they are in doubt.  What is only minutes
 * old is not judged.
 *
 * One call looks at the records of VERIFY_WINDOW members, newest first; the head is judged with the first of
 * them.  `next` is where the next call begins, null at the end.
 *
 * Repair removes damaged journal entries; puts in place of a head that is not good one without the
 * entries that are old, and asks for a refresh (refresh.c) that drops the ghosts, settles what has been
 * in doubt for long, and fills the head from the journal.
 */
#include "codec/limits.h"
#include "index/change_write.h"
#include "index/followup.h"
#include "index/head_read.h"
#include "threads/refresh.h"
#include "threads/thread.h"
#include "upkeep/operations.h"

struct verify_doc {
  struct span suffix, text;
  struct kv_request *get; /* of the value, when the list did not bring the entries */
  bool good;
};

struct verify {
  struct collection *collection;
  bool repair;
  struct entry after; /* id.ptr NULL: from the newest on */
  struct kv_request *head_get, *owner, *page;
  struct verify_doc *docs;
  size_t count, cap;
  struct span_set suffixes;
  bool head_found, head_good;
  struct head head;
  struct entries said; /* what the journal says, newest first */
  size_t first, end;   /* of these, the window */
  struct kv_request **gets;
  struct entries ghosts;
  struct span_set members;
  struct span verdict;
};

static enum tkv_status take_page(struct call *call, void *self);
static enum tkv_status read_docs(struct call *call, void *self);
static enum tkv_status judge(struct call *call, void *self);
static enum tkv_status finish(struct call *call, void *self);

static bool read_after(struct call *call, struct span value, struct entry *after) {
  struct json_walk walk = json_walk(value);
  if (!value.ptr || json_is_null(value))
    return true;
  if (json_is_array(value) && json_next(&walk) && json_int(walk.value, &after->time) &&
      json_next(&walk))
    return arg_id(call, walk.value, SPAN("after"), &after->id);
  call_invalid(call, SPAN("after"), SPAN("must be [time, id]"));
  return false;
}

enum tkv_status verify_collection(struct call *call, void *self) {
  struct verify *op = ARENA_NEW(&call->arena, struct verify);
  struct json_field fields[] = {{SPAN("kind"), SPAN_NONE},
                                {SPAN("id"), SPAN_NONE},
                                {SPAN("repair"), SPAN_NONE},
                                {SPAN("after"), SPAN_NONE}};
  struct span id, key;
  (void)self;
  call_self(call, op);
  if (!arg_fields(call, fields, 4) || !arg_id(call, fields[1].value, SPAN("id"), &id) ||
      !read_after(call, fields[3].value, &op->after))
    return call->error;
  bool thread = span_eq(fields[0].value, SPAN("\"thread\""));
  op->repair = span_eq(fields[2].value, SPAN("true"));
  op->collection =
      collection_new(call, thread ? COLLECTION_THREAD : COLLECTION_RESOURCE, id, LOAD_ALL);
  if (!op->collection || (thread && !thread_key(call, id, &key)))
    return call->error;
  op->head_get = kv_get(call, TABLE_METADATA, op->collection->key, KV_REMEMBER | KV_FRESH);
  if (thread)
    op->owner = kv_get(call, TABLE_THREADS, key, 0);
  op->page = kv_list(call, TABLE_METADATA, collection_journal_key(call, op->collection, SPAN("")),
                     SPAN_NONE);
  return call_next(call, take_page);
}

static void add_doc(struct call *call, struct verify *op, struct verify_doc doc) {
  if (op->count == op->cap) {
    size_t cap = op->cap * 2 + 64;
    struct verify_doc *docs = ARENA_ARRAY(&call->arena, struct verify_doc, cap);
    if (op->count)
      memcpy(docs, op->docs, op->count * sizeof *docs);
    op->docs = docs;
    op->cap = cap;
  }
  op->docs[op->count++] = doc;
}

static enum tkv_status take_page(struct call *call, void *self) {
  struct verify *op = self;
  for (size_t i = 0; i < op->page->count; i++) {
    struct verify_doc doc = {.suffix = span_from(op->page->items[i].name, op->page->key.len),
                             .text = op->page->items[i].metadata};
    struct entries none = {0};
    if (!journal_time(doc.suffix))
      continue;
    span_set_add(&call->arena, &op->suffixes, doc.suffix);
    if (!journal_read(&call->arena, doc.text, doc.suffix, &none))
      doc.get = kv_get(call, TABLE_METADATA, op->page->items[i].name, 0);
    add_doc(call, op, doc);
  }
  if (!op->page->cursor.ptr)
    return call_next(call, read_docs);
  op->page = kv_list(call, TABLE_METADATA, op->page->key, op->page->cursor);
  return call_next(call, take_page);
}

static bool is_young(struct call *call, struct span suffix) {
  return now_since(call, journal_time(suffix)) <= YOUNG_MS;
}

/* Takes in what the journal says, then asks for the records of the window. */
static enum tkv_status read_docs(struct call *call, void *self) {
  struct verify *op = self;
  struct collection *collection = op->collection;
  int64_t since = 0;
  op->head_found = op->head_get->found;
  op->head_good = op->head_found && head_read(&call->arena, op->head_get->value, &op->head);
  if (!op->head_good)
    op->head = (struct head){0};
  if (op->owner)
    since = thread_read(call, op->owner).deleted;
  if (op->head.since > since)
    since = op->head.since;
  for (size_t i = 0; i < op->count; i++) {
    struct verify_doc *doc = &op->docs[i];
    bool gone = doc->get && !doc->get->found, counts = journal_time(doc->suffix) > since;
    struct entries before = {0};
    doc->good = gone || journal_read(&call->arena, doc->get ? doc->get->value : doc->text,
                                     doc->suffix, counts ? &op->said : &before);
  }
  entries_sort(&call->arena, &op->said);
  while (op->first < op->said.count && op->after.id.ptr &&
         entry_order(&op->said.items[op->first], &op->after) <= 0)
    op->first++;
  op->end = op->said.count - op->first > VERIFY_WINDOW ? op->first + VERIFY_WINDOW : op->said.count;
  op->gets = ARENA_ARRAY(&call->arena, struct kv_request *, op->said.count + 1);
  for (size_t i = op->first; i < op->end; i++) {
    op->said.items[i].home = collection->id;
    op->gets[i] = member_ask(call, collection->kind, op->said.items[i].id, 0);
  }
  return call_next(call, judge);
}

/* Whether |id| was deleted, or moved away: then readers look at its record, and minutes later a
 * refresh takes out what names it. */
static bool is_in_doubt(const struct verify *op, struct span id) {
  return entries_find(&op->head.doubt, SPAN("")) || entries_find(&op->head.doubt, id);
}

static bool has_ripe_doubt(struct call *call, const struct verify *op) {
  for (size_t i = 0; i < op->head.doubt.count; i++)
    if (doubt_is_ripe(call, op->head.doubt.items[i].time))
      return true;
  return false;
}

static void judge_members(struct call *call, struct verify *op) {
  for (size_t i = op->first; i < op->end; i++) {
    struct entry *entry = &op->said.items[i];
    struct kv_request *get = op->gets[i];
    struct entry said = {.home = SPAN("")};
    if (get)
      said = member_says(call, op->collection, get);
    if (entry_same(&said, entry) && span_eq(said.home, op->collection->id)) {
      span_set_add(&call->arena, &op->members, entry->id);
      continue;
    }
    entry->gone = true;
    bool moving = get && get->found && now_since(call, get->stamp) <= YOUNG_MS;
    if (!moving && !is_young(call, entry->journal) && !is_in_doubt(op, entry->id))
      entries_add(&call->arena, &op->ghosts, *entry);
  }
}

/* Whether the head lacks a member that it should have. */
static bool lacks(struct call *call, const struct verify *op) {
  struct span_set ids = {0};
  for (size_t i = 0; i < op->head.entries.count; i++)
    span_set_add(&call->arena, &ids, op->head.entries.items[i].id);
  for (size_t i = op->first; i < op->end; i++) {
    const struct entry *entry = &op->said.items[i];
    if (entry->gone || is_young(call, entry->journal) || collection_below_floor(&op->head, entry))
      continue;
    if (!span_set_has(&ids, entry->id) || !entries_say(&op->head.entries, entry))
      return true;
  }
  return false;
}

/* Whether the head names what its journal does not. */
static bool has_extra(struct call *call, const struct verify *op) {
  struct span_set said = {0};
  for (size_t i = 0; i < op->said.count; i++)
    span_set_add(&call->arena, &said, op->said.items[i].id);
  for (size_t i = 0; i < op->head.entries.count; i++) {
    const struct entry *entry = &op->head.entries.items[i];
    if (is_young(call, entry->journal))
      continue;
    if (!span_set_has(&op->suffixes, entry->journal) || !span_set_has(&said, entry->id))
      return true;
  }
  return false;
}

static struct span verdict(struct call *call, const struct verify *op) {
  if (op->after.id.ptr)
    return SPAN("good");
  if (!op->head_found)
    return op->members.count ? SPAN("missing") : SPAN("good");
  return !op->head_good        ? SPAN("damaged")
         : lacks(call, op)     ? SPAN("lacking")
         : has_extra(call, op) ? SPAN("extra")
                               : SPAN("good");
}

/* With the head it was lost when the thread was last touched: not before its newest message came. */
static void set_updated(const struct verify *op, struct head *head) {
  for (size_t i = op->first; i < op->end && !head->updated_at; i++)
    if (!op->said.items[i].gone)
      head->updated_at = op->said.items[i].time;
  head->bumped_at = head->updated_at ? head->stamp : 0;
}

/* Puts a head without what is old: a refresh fills it. */
static void put_bare_head(struct call *call, const struct verify *op) {
  struct head bare = op->head;
  bare.entries = (struct entries){0};
  bare.has_floor = false;
  for (size_t i = 0; i < op->head.entries.count; i++)
    if (is_young(call, op->head.entries.items[i].journal))
      entries_add(&call->arena, &bare.entries, op->head.entries.items[i]);
  bare.checked_at = 0;
  bare.stamp = call_stamp(call);
  if (!op->head_good && op->collection->kind == COLLECTION_THREAD)
    set_updated(op, &bare);
  change_put_head(call, op->collection, &bare, 0);
}

static void repair(struct call *call, struct verify *op) {
  bool good = span_eq(op->verdict, SPAN("good"));
  for (size_t i = 0; i < op->count; i++)
    if (!op->docs[i].good && !is_young(call, op->docs[i].suffix))
      kv_delete(call, TABLE_METADATA,
                collection_journal_key(call, op->collection, op->docs[i].suffix), 0);
  if (!good)
    put_bare_head(call, op);
  op->collection->grew = !good;
  if (!good || op->ghosts.count || has_ripe_doubt(call, op))
    call_ask_refresh(call, op->collection,
                     (struct refresh_wish){.gone = &op->ghosts, .soon = true, .drop = true});
}

static enum tkv_status judge(struct call *call, void *self) {
  struct verify *op = self;
  judge_members(call, op);
  op->verdict = verdict(call, op);
  if (op->repair)
    repair(call, op);
  return call_next(call, finish);
}

static enum tkv_status finish(struct call *call, void *self) {
  struct verify *op = self;
  struct json_out out = json_out(&call->arena, 256);
  bool first = true;
  json_put_text(&out, SPAN("{\"head\":"), op->verdict);
  json_put_number(&out, SPAN(",\"members\":"), (int64_t)op->members.count);
  json_put_number(&out, SPAN(",\"ghosts\":"), (int64_t)op->ghosts.count);
  json_put(&out, SPAN(",\"damaged\":["));
  for (size_t i = 0; i < op->count; i++) {
    if (op->docs[i].good)
      continue;
    json_put(&out, first ? SPAN("") : SPAN(","));
    json_put_string(&out, collection_journal_key(call, op->collection, op->docs[i].suffix));
    first = false;
  }
  json_put(&out, SPAN("],\"next\":"));
  if (op->end < op->said.count) {
    json_put_char(&out, '[');
    json_put_int(&out, op->said.items[op->end - 1].time);
    json_put_char(&out, ',');
    json_put_string(&out, op->said.items[op->end - 1].id);
    json_put_char(&out, ']');
  } else {
    json_put(&out, SPAN("null"));
  }
  json_put_char(&out, '}');
  return call_return(call, &out);
}
