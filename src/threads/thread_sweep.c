/* thread_sweep.c: a page of the journal, the messages that it names, then the journal entries.
 *
 * Of a thread that lives again only what is older than its deletion goes: a message tells by the journal
 * entry that it names; where metadata is withheld, by what the living thread's journal names. */
#include "threads/thread_sweep.h"

#include "codec/key.h"
#include "codec/limits.h"
#include "threads/message.h"

struct sweep_doc {
  struct span suffix, text;
  struct kv_request *get; /* of the value, when the list did not bring the entries */
  struct entries entries;
  struct kv_request **messages;
  bool emptied; /* all its messages are gone */
  /* Its value is not to be seen here; or it is young, and others write: whoever wrote it may save its
   * messages again and write no other. */
  bool stays;
};

static enum tkv_status take_page(struct call *call, void *self);
static enum tkv_status read_chunk(struct call *call, void *self);
static enum tkv_status drop_messages(struct call *call, void *self);
static enum tkv_status drop_journal(struct call *call, void *self);

bool sweep_marker_key(struct call *call, struct span thread, struct span *key) {
  struct span parts[] = {SPAN("sweep"), thread};
  return kv_key(call, TABLE_METADATA, parts, 2, key);
}

static void put_time(struct json_out *out, struct span name, int64_t time) {
  if (time)
    json_put_number(out, name, time);
}

void sweep_mark(struct call *call, struct span key, int64_t deleted, int64_t since,
                int64_t copied) {
  struct json_out out = json_out(&call->arena, 64);
  json_put(&out, SPAN("{\"v\":1"));
  put_time(&out, SPAN(",\"deletedAt\":"), deleted);
  put_time(&out, SPAN(",\"since\":"), since);
  put_time(&out, SPAN(",\"copiedAt\":"), copied);
  json_put_char(&out, '}');
  kv_put(call, TABLE_METADATA, key, json_out_span(&out),
         record_metadata(call, call_stamp(call), NULL), 0);
}

enum tkv_status sweep_thread(struct call *call, void *self) {
  struct sweep *sweep = self;
  struct span prefix = collection_journal_key(call, sweep->collection, SPAN(""));
  struct span cursor = sweep->page ? sweep->page->cursor : SPAN_NONE;
  sweep->page = kv_list(call, TABLE_METADATA, prefix, cursor);
  return call_next(call, take_page);
}

/* The record of what was saved anew may be seen as it was before: its journal entry says more.  Whoever
 * saved it may not have seen the deletion, and rely on a mention that goes with what was before. */
static void spare(struct call *call, struct sweep *sweep, int64_t written,
                  const struct entries *entries) {
  struct mention_site site = {sweep->collection->id, sweep->site.resource, sweep->deleted_at};
  for (size_t i = 0; sweep->recreated && i < entries->count; i++) {
    span_set_add(&call->arena, &sweep->anew, entries->items[i].id);
    if (written - sweep->deleted_at <= SETTLE_MS)
      mention_new(call, &sweep->notes, &site, entries->items[i].owner);
  }
}

static void add_doc(struct call *call, struct sweep *sweep, struct span suffix, struct span text) {
  int64_t written = journal_time(suffix);
  struct entries named = {0};
  bool before = written <= sweep->deleted_at,
       orphan = !sweep->recreated && now_since(call, written) > SETTLE_MS;
  bool told = journal_read(&call->arena, text, suffix, &named);
  if (!written || !(before || orphan)) {
    spare(call, sweep, written, &named);
    sweep->waits |= written && !sweep->recreated;
    return;
  }
  struct sweep_doc *doc = &sweep->docs[sweep->doc_count++];
  *doc = (struct sweep_doc){.suffix = suffix, .text = text};
  if (!told)
    doc->get = kv_get(call, TABLE_METADATA, collection_journal_key(call, sweep->collection, suffix),
                      KV_OWN);
}

static enum tkv_status take_page(struct call *call, void *self) {
  struct sweep *sweep = self;
  struct kv_request *page = sweep->page;
  sweep->last_page = !page->cursor.ptr;
  sweep->docs =
      ARENA_ARRAY(&call->arena, struct sweep_doc, page->count + sweep->suffixes.count + 1);
  sweep->doc_count = sweep->next = sweep->end = 0;
  for (size_t i = 0; i < page->count; i++) {
    struct span suffix = span_from(page->items[i].name, sweep->collection->key.len + 1);
    span_set_add(&call->arena, &sweep->listed, suffix);
    add_doc(call, sweep, suffix, page->items[i].metadata);
  }
  for (size_t i = 0; sweep->last_page && i < sweep->suffixes.cap; i++)
    if (sweep->suffixes.slots[i].ptr && !span_set_has(&sweep->listed, sweep->suffixes.slots[i]))
      add_doc(call, sweep, sweep->suffixes.slots[i], SPAN_NONE);
  return call_next(call, read_chunk);
}

static void read_doc(struct call *call, struct sweep_doc *doc) {
  struct span text = doc->get ? (doc->get->found ? doc->get->value : SPAN_NONE) : doc->text;
  doc->entries = (struct entries){0};
  bool young = now_since(call, journal_time(doc->suffix)) <= SETTLE_MS;
  doc->stays = (doc->get && !doc->get->found) || (young && !call->store.sole);
  journal_read(&call->arena, text, doc->suffix, &doc->entries);
}

/* Asks for the messages of the next journal entries. */
static enum tkv_status read_chunk(struct call *call, void *self) {
  struct sweep *sweep = self;
  size_t messages = 0;
  for (sweep->end = sweep->next; sweep->end < sweep->doc_count && messages < SWEEP_CHUNK;
       sweep->end++) {
    struct sweep_doc *doc = &sweep->docs[sweep->end];
    read_doc(call, doc);
    if (call_over_budget(call, SWEEP_RESERVE + (messages + doc->entries.count) / KV_BULK_MAX))
      break;
    doc->messages = ARENA_ARRAY(&call->arena, struct kv_request *, doc->entries.count + 1);
    for (size_t i = 0; i < doc->entries.count; i++) {
      struct span key;
      if (message_key(call, doc->entries.items[i].id, &key))
        doc->messages[i] = kv_get(call, TABLE_MESSAGES, key, KV_OWN);
    }
    messages += doc->entries.count;
  }
  if (sweep->end > sweep->next)
    return call_next(call, drop_messages);
  sweep->ended = sweep->next == sweep->doc_count && sweep->last_page;
  sweep->complete = sweep->ended && !sweep->waits;
  bool ends =
      sweep->next < sweep->doc_count || sweep->last_page || call_over_budget(call, SWEEP_RESERVE);
  return ends ? TKV_DONE : sweep_thread(call, sweep);
}

/* Whether only the living thread's journal can tell if some message was saved anew. */
static bool asks_journal(const struct sweep *sweep) {
  for (size_t d = sweep->next; sweep->recreated && d < sweep->end; d++)
    for (size_t i = 0; i < sweep->docs[d].entries.count; i++) {
      const struct kv_request *get = sweep->docs[d].messages[i];
      if (get && get->found && !record_journal(get->metadata).len)
        return true;
    }
  return false;
}

/* Whether |message| was journaled since the thread was deleted. */
static bool is_anew(const struct sweep *sweep, struct span message) {
  const struct entries *entries = &sweep->living.items[0]->entries;
  for (size_t i = 0; i < entries->count; i++)
    if (span_eq(entries->items[i].id, message) &&
        journal_time(entries->items[i].journal) > sweep->deleted_at)
      return true;
  return false;
}

/* A message goes if it is still of this thread and not saved anew since the thread lives again. */
static bool is_doomed(struct call *call, const struct sweep *sweep, const struct sweep_doc *doc,
                      size_t i) {
  struct kv_request *get = doc->messages[i];
  struct message message;
  if (!get || !get->found)
    return false;
  if (!message_parse(call, get->value, &message))
    return true;
  struct span journal = record_journal(get->metadata);
  bool newer = sweep->recreated && (journal.len ? journal_time(journal) > sweep->deleted_at
                                                : is_anew(sweep, message.id));
  return span_eq(message.thread, sweep->collection->id) && !newer &&
         !span_set_has(&sweep->anew, message.id);
}

/* Drops the doomed messages of |doc| as far as the budget goes. */
static void empty_doc(struct call *call, struct sweep *sweep, struct sweep_doc *doc,
                      struct span_set *dropped) {
  doc->emptied = false;
  for (size_t i = 0; i < doc->entries.count; i++) {
    if (call_over_budget(call, dropped->count + sweep->forgotten + SWEEP_RESERVE))
      return;
    if (!is_doomed(call, sweep, doc, i) ||
        !span_set_add(&call->arena, dropped, doc->messages[i]->key))
      continue;
    kv_delete(call, TABLE_MESSAGES, doc->messages[i]->key, KV_REMEMBER);
    sweep->forgotten +=
        mention_drop(call, &sweep->mentions, &sweep->site, doc->entries.items[i].owner);
  }
  doc->emptied = true;
}

/* Returns how many writes it queues. */
static size_t put_notes(struct call *call, struct sweep *sweep) {
  size_t count = 0;
  for (const struct mention *note = sweep->notes; note; note = note->next)
    count++;
  mentions_put(call, sweep->notes);
  sweep->notes = NULL;
  return count;
}

static enum tkv_status drop_messages(struct call *call, void *self) {
  struct sweep *sweep = self;
  struct span_set dropped = {0};
  if (!sweep->living.count && asks_journal(sweep)) {
    collections_add(call, &sweep->living,
                    collection_new(call, COLLECTION_THREAD, sweep->collection->id, LOAD_ALL));
    return call_enter(call, collections_load, &sweep->living, drop_messages);
  }
  sweep->forgotten = put_notes(call, sweep);
  for (size_t d = sweep->next; d < sweep->end; d++)
    empty_doc(call, sweep, &sweep->docs[d], &dropped);
  sweep->deleted += dropped.count;
  return call_next(call, drop_journal);
}

static enum tkv_status drop_journal(struct call *call, void *self) {
  struct sweep *sweep = self;
  for (size_t dropped = 1; sweep->next < sweep->end; sweep->next++, dropped++) {
    struct sweep_doc *doc = &sweep->docs[sweep->next];
    if (!doc->emptied || call_over_budget(call, dropped + SWEEP_RESERVE))
      return TKV_DONE;
    struct span key = collection_journal_key(call, sweep->collection, doc->suffix);
    if (doc->stays) /* to delete it now could leave a message that nothing names */
      sweep->waits |= now_since(call, sweep->deleted_at) <= SETTLE_MS;
    else
      kv_delete(call, TABLE_METADATA, key, 0);
  }
  return call_next(call, read_chunk);
}
