/* collection.c: loading: head, journal pages, journal values, own writes; then their union.
 *
 * A copy writes its messages and their journal entry before its thread: they count once that is there.
 * A head that names any entries tells as much; else the thread's record is asked. */
#include "index/collection.h"

#include "codec/key.h"
#include "codec/limits.h"
#include "index/head_read.h"

struct journal_doc {
  struct journal_doc *next;
  struct span suffix;
  struct span text; /* as the list or the memory gave it; may lack its entries */
  struct kv_request *get;
};

static struct span kind_name(enum collection_kind kind) {
  return kind == COLLECTION_THREAD     ? SPAN("thread")
         : kind == COLLECTION_RESOURCE ? SPAN("resource")
                                       : SPAN("mentions");
}

struct collection *collection_new(struct call *call, enum collection_kind kind, struct span id,
                                  enum collection_load load) {
  struct collection *collection = ARENA_NEW(&call->arena, struct collection);
  struct span parts[] = {kind_name(kind), id, SPAN("000000000000000000")}, journal_key;
  if (!kv_key(call, TABLE_METADATA, parts, 3, &journal_key))
    return NULL;
  *collection = (struct collection){.kind = kind, .id = id, .load = load};
  collection->key = (struct span){journal_key.ptr, journal_key.len - JOURNAL_LEN - 1};
  return collection;
}

void *pointers_grow(struct call *call, void *items, size_t count) {
  if (count & (count - 1))
    return items;
  void **more = ARENA_ARRAY(&call->arena, void *, count * 2 + 1);
  if (count)
    memcpy(more, items, count * sizeof *more);
  return more;
}

void collections_add(struct call *call, struct collections *list, struct collection *collection) {
  list->items = pointers_grow(call, list->items, list->count);
  list->items[list->count++] = collection;
}

struct span collection_journal_key(struct call *call, const struct collection *collection,
                                   struct span suffix) {
  char *key = arena_alloc(&call->arena, collection->key.len + 1 + suffix.len);
  memcpy(key, collection->key.ptr, collection->key.len);
  key[collection->key.len] = ':';
  memcpy(key + collection->key.len + 1, suffix.ptr, suffix.len);
  return (struct span){key, collection->key.len + 1 + suffix.len};
}

bool collection_below_floor(const struct head *head, const struct entry *entry) {
  return head->has_floor && entry_order(entry, &head->floor) > 0;
}

size_t collection_count(struct call *call, const struct entries *entries) {
  struct span_set ids = {0};
  for (size_t i = 0; i < entries->count; i++)
    if (!entries->items[i].gone)
      span_set_add(&call->arena, &ids, entries->items[i].id);
  return ids.count;
}

static void list_page(struct call *call, struct collection *collection, struct span cursor) {
  struct span prefix = collection_journal_key(call, collection, SPAN(""));
  collection->page = kv_list(call, TABLE_METADATA, prefix, cursor);
  collection->checked = true;
}

/* Metadata of a head says when the journal was last listed: `c`. */
static int64_t checked_at(struct span metadata) {
  int64_t checked = 0;
  json_int(json_get(metadata, SPAN("c")), &checked);
  return checked;
}

static struct note *note_of(struct call *call, const struct collection *collection) {
  return memory_find(call->memory, call->store.spaces[TABLE_METADATA], collection->key);
}

/* The journal was listed, and the head lacks nothing of it: for the next CHECK_MS that need not be
 * asked again, though no head says so. */
static void note_check(struct call *call, const struct collection *collection) {
  struct note *note = note_of(call, collection);
  if (note)
    note->checked = call->now;
}

/* Whether this isolate has made what the collection is of within CHECK_MS, where there was nothing. */
static bool is_begun(struct call *call, const struct note *note) {
  return note && now_since(call, note->begun) < CHECK_MS;
}

/* What the memory knows of the head spares the list when the head was checked lately. */
static bool known_as_checked(struct call *call, const struct note *note) {
  int64_t told = note && note->kind == NOTE_VALUE ? checked_at(note->metadata) : 0;
  return is_begun(call, note) ||
         (note && now_since(call, told > note->checked ? told : note->checked) < CHECK_MS);
}

void collection_begun(struct call *call, const struct collection *collection) {
  struct note *note = note_of(call, collection);
  if (!note)
    note = memory_note(call->memory, call->store.spaces[TABLE_METADATA], collection->key,
                       collection->key.len, call->now);
  if (note)
    note->begun = call->now;
}

/* The latest listing of the journal that is known of, by the head's writers or by this isolate. */
static int64_t last_check(struct call *call, const struct collection *collection) {
  const struct note *note = note_of(call, collection);
  int64_t told = checked_at(collection->head_get->metadata);
  return note && note->checked > told ? note->checked : told;
}

static void start(struct call *call, struct collection *collection) {
  if (collection->kind != COLLECTION_MENTIONS)
    collection->head_get = kv_get(call, TABLE_METADATA, collection->key, KV_REMEMBER);
  bool look = collection->load >= LOAD_RECENT || call->store.strict ||
              (collection->load == LOAD_CHECK && !call->store.sole &&
               !known_as_checked(call, note_of(call, collection)));
  if (call->store.strict)
    collection->load = LOAD_ALL;
  if (look)
    list_page(call, collection, SPAN_NONE);
}

static void add_doc(struct call *call, struct collection *collection, struct span suffix,
                    struct span text) {
  struct journal_doc *doc = ARENA_NEW(&call->arena, struct journal_doc);
  *doc = (struct journal_doc){.next = collection->docs, .suffix = suffix, .text = text};
  collection->docs = doc;
}

/* Takes in the head; a damaged one is a lost one: the journal has everything. */
static void take_head(struct call *call, struct collection *collection) {
  struct kv_request *get = collection->head_get;
  struct head *head = &collection->head;
  bool usable = get->found && head_read(&call->arena, get->value, head);
  int64_t checked = last_check(call, collection);
  call_saw_stamp(call, head->stamp);
  collection->head_get = NULL;
  if (usable && checked > head->checked_at)
    head->checked_at = checked;
  if (!usable) {
    *head = (struct head){0};
    const struct note *note = note_of(call, collection);
    bool begun = collection->load <= LOAD_CHECK && !get->found && is_begun(call, note);
    head->checked_at = begun ? note->begun : 0;
    if (collection->load == LOAD_RESTORE || begun)
      return;
    collection->load = LOAD_ALL;
    if (!collection->page)
      list_page(call, collection, SPAN_NONE);
  }
}

/* The suffixes that the head names, gathered when first asked for: mostly nothing is. */
static bool head_knows(struct call *call, struct collection *collection, struct span suffix) {
  const struct entries *entries = &collection->head.entries;
  for (; collection->gathered < entries->count; collection->gathered++)
    span_set_add(&call->arena, &collection->known, entries->items[collection->gathered].journal);
  return span_set_has(&collection->known, suffix);
}

/* Whether the head says all that matters of what stands under |suffix|. */
static bool head_covers(struct call *call, struct collection *collection, struct span suffix) {
  bool below_matters = collection->load == LOAD_ALL && collection->head.has_floor;
  return !below_matters && head_knows(call, collection, suffix);
}

/* Whether the head has cut off all that stands in a journal entry whose newest member is of |newest|;
 * 0 when that is not known. */
static bool is_cut_off(const struct collection *collection, int64_t newest) {
  return collection->load < LOAD_ALL && collection->head.has_floor && newest &&
         newest < collection->head.floor.time;
}

/* Whether what the journal says under |suffix| can add to the head.  What is older than the last
 * check by more than the margin was looked at then. */
static bool adds(struct call *call, struct collection *collection, struct span suffix,
                 struct span metadata) {
  int64_t newest = 0;
  int64_t written = journal_time(suffix);
  if (written <= collection->head.since)
    return false;
  if (collection->load < LOAD_ALL && written < collection->head.checked_at - CHECK_MARGIN_MS)
    return false;
  json_int(json_get(metadata, SPAN("n")), &newest);
  return !is_cut_off(collection, newest) && !head_covers(call, collection, suffix);
}

/* Takes in a page of the journal; asks for the next one while it may hold what the head lacks. */
static void take_page(struct call *call, struct collection *collection) {
  struct kv_request *page = collection->page;
  int64_t oldest = INT64_MAX;
  collection->page = NULL;
  for (size_t i = 0; i < page->count; i++) {
    struct span suffix = span_from(page->items[i].name, collection->key.len + 1);
    if (!(oldest = journal_time(suffix)))
      continue;
    span_set_add(&call->arena, &collection->proven, suffix);
    if (adds(call, collection, suffix, page->items[i].metadata))
      add_doc(call, collection, suffix, page->items[i].metadata);
  }
  bool deeper =
      collection->load == LOAD_ALL || oldest >= collection->head.checked_at - CHECK_MARGIN_MS;
  if (page->cursor.ptr && deeper)
    list_page(call, collection, page->cursor);
}

bool collection_proves(struct call *call, const struct collection *collection, struct span suffix) {
  if (span_set_has(&collection->proven, suffix))
    return true;
  const struct note *note = memory_find(call->memory, call->store.spaces[TABLE_METADATA],
                                        collection_journal_key(call, collection, suffix));
  return note && note->own && note->kind == NOTE_VALUE && !note->flight;
}

/* What this isolate wrote outweighs what the list says.  There may be thousands of such entries; of
 * one that it wrote once and never again the head would say all that matters, and of those below its
 * floor none is looked at. */
static void take_own_writes(struct call *call, struct collection *collection) {
  uint32_t space = call->store.spaces[TABLE_METADATA];
  struct entries *own = &collection->own;
  for (struct note *note = NULL;
       (note = memory_in_group(call->memory, space, collection->key, note)) &&
       !is_cut_off(collection, note->reach);) {
    if (note->key.len <= collection->key.len || !note->own || note->kind == NOTE_EMPTY)
      continue;
    struct span suffix = span_from(note->key, collection->key.len + 1);
    if (note->newest < INT64_MAX &&
        (is_cut_off(collection, note->newest) || head_covers(call, collection, suffix)))
      continue;
    suffix = arena_copy(&call->arena, suffix);
    span_set_add(&call->arena, &collection->overruled, suffix);
    if (note->kind == NOTE_VALUE && journal_time(suffix) > collection->head.since)
      journal_read(&call->arena, arena_copy(&call->arena, note->value), suffix, own);
  }
  for (struct journal_doc **link = &collection->docs; *link;)
    if (span_set_has(&collection->overruled, (*link)->suffix))
      *link = (*link)->next;
    else
      link = &(*link)->next;
}

void collection_own_journal(struct call *call, const struct collection *collection,
                            struct span_set *suffixes) {
  uint32_t space = call->store.spaces[TABLE_METADATA];
  for (struct note *note = NULL;
       (note = memory_in_group(call->memory, space, collection->key, note));)
    if (note->own && note->kind == NOTE_VALUE && note->key.len > collection->key.len)
      span_set_add(&call->arena, suffixes,
                   arena_copy(&call->arena, span_from(note->key, collection->key.len + 1)));
}

static bool holds_entries(struct span text) {
  return json_is_array(json_get(text, SPAN("entries")));
}

/* Asks for the journal values whose entries did not come with the list. */
static void ask_docs(struct call *call, struct collection *collection) {
  for (struct journal_doc *doc = collection->docs; doc; doc = doc->next)
    if (!holds_entries(doc->text))
      doc->get =
          kv_get(call, TABLE_METADATA, collection_journal_key(call, collection, doc->suffix), 0);
}

/* Docs were put in front of one another; newest first they are nearly sorted. */
static struct journal_doc *reversed(struct journal_doc *docs) {
  struct journal_doc *result = NULL;
  for (struct journal_doc *next; docs; docs = next) {
    next = docs->next;
    docs->next = result;
    result = docs;
  }
  return result;
}

/* |entries|, of which those that stand under a suffix in |overruled| are hints: this isolate knows who
 * stands there, but the oldest place of one may stand in this head alone. */
static struct entries with_hints(struct call *call, const struct entries *entries,
                                 const struct span_set *overruled) {
  struct entries all = {0};
  for (size_t i = 0; i < entries->count; i++) {
    entries_append(&call->arena, &all, &entries->items[i]);
    all.items[i].hint = span_set_has(overruled, entries->items[i].journal);
  }
  return all;
}

/* Since when |id| is in doubt, by |doubt|, whose ids |known| has. */
static int64_t doubted_since(const struct entries *doubt, const struct span_set *known,
                             struct span id) {
  const struct entry *all = span_set_has(known, SPAN("")) ? entries_find(doubt, SPAN("")) : NULL;
  const struct entry *own = span_set_has(known, id) ? entries_find(doubt, id) : NULL;
  return own ? own->time : all ? all->time : 0;
}

/* Takes in the journal's values, beside what this isolate wrote. */
static void read_docs(struct call *call, struct collection *collection) {
  for (struct journal_doc *doc = reversed(collection->docs); doc; doc = doc->next)
    if (!doc->get || doc->get->found)
      journal_read(&call->arena, doc->get ? doc->get->value : doc->text, doc->suffix,
                   &collection->own);
}

/* Asks for the thread's record, if entries count only if it is there. */
static void ask_owner(struct call *call, struct collection *collection) {
  bool copied = false;
  struct span key;
  for (size_t i = 0; i < collection->own.count; i++)
    copied |= collection->own.items[i].copied;
  if (copied && !collection->copies && !collection->head.entries.count &&
      kv_key(call, TABLE_THREADS, &collection->id, 1, &key))
    collection->owner = kv_get(call, TABLE_THREADS, key, 0);
}

/* A tombstone has no id.  What this isolate is about to write may never be stored. */
static bool is_there(struct call *call, const struct kv_request *owner) {
  const struct note *note =
      memory_find(call->memory, call->store.spaces[TABLE_THREADS], owner->key);
  bool known = note && note->own && note->kind == NOTE_VALUE && kv_is_settled(call, owner);
  return json_get(known ? note->value : owner->value, SPAN("id")).ptr;
}

static void unite(struct call *call, struct collection *collection) {
  struct entries *entries = &collection->entries, found = collection->own;
  collection->unborn = collection->owner && !is_there(call, collection->owner);
  if (collection->overruled.count)
    *entries = with_hints(call, &collection->head.entries, &collection->overruled);
  else
    *entries = collection->head.entries;
  entries->cap =
      entries
          ->count; /* what is added goes into an array of its own: the head stays as it was read */
  for (size_t i = 0; i < found.count; i++) {
    struct entry *entry = &found.items[i];
    if (collection->unborn && entry->copied)
      continue;
    bool below = collection_below_floor(&collection->head, entry);
    bool known = head_knows(call, collection, entry->journal);
    if (below ? collection->load == LOAD_ALL
              : !known || span_set_has(&collection->overruled, entry->journal))
      entries_append(&call->arena, entries, entry);
    collection->grew |= !below && !known;
  }
  entries_sort(&call->arena, entries);
  struct span_set doubt = {0};
  for (size_t i = 0; i < collection->head.doubt.count; i++) {
    const struct entry *entry = &collection->head.doubt.items[i];
    span_set_add(&call->arena, &doubt, entry->id);
    collection->ripe |= doubt_is_ripe(call, entry->time);
  }
  for (size_t i = 0; i < entries->count; i++) {
    entries->items[i].home = collection->id;
    entries->items[i].doubt = doubted_since(&collection->head.doubt, &doubt, entries->items[i].id);
  }
  collection->all = collection->load == LOAD_ALL || !collection->head.has_floor;
  collection->stale = !collection->checked && !call->store.sole &&
                      now_since(call, collection->head.checked_at) >= CHECK_MS;
  if (collection->checked && !collection->grew && !collection->unborn)
    note_check(call, collection);
}

enum { STAGE_START, STAGE_READ, STAGE_DOCS, STAGE_OWNER, STAGE_DONE };

/* Moves one collection on by a round; true when it is loaded. */
static bool advance(struct call *call, struct collection *collection) {
  switch (collection->stage) {
  case STAGE_START:
    start(call, collection);
    collection->stage = STAGE_READ;
    return false;
  case STAGE_READ: {
    bool had_page = collection->page;
    if (collection->head_get)
      take_head(call, collection);
    if (had_page)
      take_page(call, collection);
    if (collection->page)
      return false;
    take_own_writes(call, collection);
    ask_docs(call, collection);
    collection->stage = STAGE_DOCS;
    return false;
  }
  case STAGE_DOCS:
    read_docs(call, collection);
    ask_owner(call, collection);
    collection->stage = STAGE_OWNER;
    if (collection->owner)
      return false;
    /* fall through */
  case STAGE_OWNER:
    unite(call, collection);
    collection->stage = STAGE_DONE;
    return true;
  default:
    return true;
  }
}

enum tkv_status collections_load(struct call *call, void *self) {
  struct collections *list = self;
  bool loaded = true;
  for (size_t i = 0; i < list->count; i++)
    loaded &= advance(call, list->items[i]);
  return loaded ? TKV_DONE : TKV_PENDING;
}
