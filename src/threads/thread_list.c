/* thread_list.c: listThreads.
 *
 *   of one resource   round 1: the resource's head; round 2: records and heads of the page's threads
 *   of all            round 1 and on: the pages of a list, whose metadata says what lists filter and
 *                     sort by; then records and heads of the page's threads
 *
 * Where the index cannot tell (order by updatedAt, filters on what metadata had no room for) all
 * threads are read.
 */
#include "codec/key.h"
#include "codec/limits.h"
#include "index/followup.h"
#include "index/gather.h"
#include "index/scan.h"
#include "threads/operations.h"
#include "threads/thread.h"

enum { PAGE_STANDARD = 100 };

struct list {
  struct gather gather; /* must be first; over `ordered` */
  struct span resource; /* empty: all threads */
  struct span filter;   /* of metadata; SPAN_NONE: any */
  enum control_kind archived;
  struct page page;
  bool ascending, by_updated;
  bool read_all; /* the index does not tell which threads match, or in which order */

  struct collections collections;
  struct scan scan;
  struct span_set shown;
  struct entries entries; /* that may match, newest first */
  struct entry **ordered;
  struct kv_request **records, **heads;
  struct entries gone;
};

static enum tkv_status found(struct call *call, void *self);
static void take_thread(struct call *call, struct scan *scan, struct span key,
                        struct span metadata);
static enum tkv_status scanned(struct call *call, void *self);
static enum tkv_status read_page(struct call *call, struct list *list);
static enum tkv_status answer(struct call *call, void *self);

static bool check_filter(struct call *call, struct span filter) {
  for (struct json_walk walk = json_walk(filter); json_next(&walk);)
    if (!arg_is_name((struct span){walk.name.ptr + 1, walk.name.len - 2})) {
      call_invalid(call, SPAN("filter.metadata"), SPAN(ARG_NAME_RULE));
      return false;
    }
  return true;
}

static bool read_query(struct call *call, struct list *list) {
  static const struct shape shape[] = {
      {SHAPE(struct list, resource, "resourceId"), SHAPE_TEXT | SHAPE_OPTIONAL},
      {SHAPE(struct list, filter, "metadata"), SHAPE_OBJECT | SHAPE_OPTIONAL}};
  if (!arg_page(call, PAGE_STANDARD, &list->page) || !ARG_READ(call, "filter.", shape, list) ||
      !check_filter(call, list->filter))
    return false;
  if (call->control.per_page.kind == CONTROL_FALSE && call->control.page.number > 0) {
    call_invalid(call, SPAN(""), SPAN("page must be 0 when perPage is false"));
    return false;
  }
  list->archived = call->control.archived.kind;
  list->ascending = call->control.ascending;
  list->by_updated = call->control.by_updated;
  return true;
}

enum tkv_status thread_list(struct call *call, void *self) {
  struct list *list = ARENA_NEW(&call->arena, struct list);
  (void)self;
  call_self(call, list);
  if (!read_query(call, list))
    return call->error;
  if (!list->resource.len) {
    struct span none = SPAN_NONE;
    list->read_all = list->by_updated;
    list->scan =
        (struct scan){.table = TABLE_THREADS,
                      .prefix = key_join(&call->arena, call->prefix, TABLE_THREADS, &none, 1),
                      .take = take_thread,
                      .owner = list};
    return call_enter(call, scan_run, &list->scan, scanned);
  }
  list->read_all = list->by_updated || list->filter.ptr || list->archived != CONTROL_ABSENT;
  struct collection *collection =
      collection_new(call, COLLECTION_RESOURCE, list->resource, LOAD_HEAD);
  if (!collection)
    return call->error;
  collections_add(call, &list->collections, collection);
  return call_enter(call, collections_load, &list->collections, found);
}

/* A list tells how many there are: a head that shows only the newest is not enough. */
static enum tkv_status found(struct call *call, void *self) {
  struct list *list = self;
  struct collection *collection = list->collections.items[0];
  if (!collection->all) {
    list->collections.items[0] =
        collection_new(call, COLLECTION_RESOURCE, list->resource, LOAD_ALL);
    return call_enter(call, collections_load, &list->collections, found);
  }
  list->entries = collection->entries;
  return read_page(call, list);
}

static bool metadata_matches(struct span metadata, struct span filter) {
  for (struct json_walk walk = json_walk(filter); json_next(&walk);) {
    bool same = false;
    for (struct json_walk own = json_walk(metadata); json_next(&own);)
      if (span_eq(own.name, walk.name))
        same = json_equal(own.value, walk.value);
    if (!same)
      return false;
  }
  return true;
}

static bool passes(const struct list *list, bool archived, struct span metadata) {
  bool wanted = list->archived == CONTROL_TRUE;
  if ((list->archived == CONTROL_TRUE || list->archived == CONTROL_FALSE) && archived != wanted)
    return false;
  return !list->filter.ptr || metadata_matches(metadata, list->filter);
}

/* Takes one key, by what its metadata says; a thread whose metadata says too little has to be read.
 */
static void take_thread(struct call *call, struct scan *scan, struct span key,
                        struct span metadata) {
  struct list *list = scan->owner;
  struct json_field fields[] = {{SPAN("c"), SPAN_NONE},
                                {SPAN("a"), SPAN_NONE},
                                {SPAN("m"), SPAN_NONE},
                                {SPAN("x"), SPAN_NONE}};
  struct span id = key_decode(&call->arena, span_from(key, scan->prefix.len));
  int64_t created = 0;
  bool read = metadata.len && json_fields(metadata, fields, 4);
  if (read && fields[3].value.ptr) /* a tombstone */
    return;
  bool told =
      read && json_int(fields[0].value, &created) && (!list->filter.ptr || fields[2].value.ptr);
  if (!told)
    list->read_all = true;
  else if (!passes(list, json_is_bool(fields[1].value) && fields[1].value.ptr[0] == 't',
                   fields[2].value))
    return;
  entries_add(&call->arena, &list->entries, (struct entry){.id = id, .time = created});
}

static enum tkv_status scanned(struct call *call, void *self) {
  struct list *list = self;
  entries_sort(&call->arena, &list->entries);
  return read_page(call, list);
}

static void ask(struct call *call, struct gather *self, size_t index) {
  struct list *list = (struct list *)self;
  struct span id = list->ordered[index]->id, key;
  struct collection *collection = collection_new(call, COLLECTION_THREAD, id, LOAD_HEAD);
  if (!collection || !thread_key(call, id, &key))
    return;
  list->records[index] = kv_get(call, TABLE_THREADS, key, KV_REMEMBER);
  list->heads[index] = kv_get(call, TABLE_METADATA, collection->key, KV_REMEMBER);
}

static enum gather_verdict judge(struct call *call, struct gather *self, size_t index) {
  struct list *list = (struct list *)self;
  struct entry *entry = list->ordered[index];
  if (!list->records[index])
    return GATHER_GONE;
  struct thread thread = thread_read(call, list->records[index]);
  if (thread.state == THREAD_DAMAGED) {
    call_corrupt(call, list->records[index]->key);
    return GATHER_FAILED;
  }
  bool there = thread.state == THREAD_THERE;
  if (list->resource.len)
    there = there && span_eq(thread.resource, list->resource);
  if (!there) {
    entry->gone = true;
    bool settled = !list->records[index]->found || now_since(call, thread.stamp) > YOUNG_MS;
    if (settled && !entry->doubt && now_since(call, journal_time(entry->journal)) > YOUNG_MS)
      entries_append(&call->arena, &list->gone, entry);
    return GATHER_GONE;
  }
  bool repeated =
      !span_set_add(&call->arena, &list->shown, entry->id); /* under another createdAt */
  if (repeated || !passes(list, thread.archived.ptr, thread.metadata))
    return GATHER_PASSED;
  struct head head = thread_head(call, list->heads[index]);
  int64_t updated = thread_updated(&thread, &head);
  struct json_out out = json_out(&call->arena, thread.raw.len + 32);
  thread_put_updated(&out, &thread, updated);
  entry->record = json_out_span(&out);
  entry->time = list->by_updated ? updated : thread.created;
  return GATHER_GOOD;
}

static enum tkv_status read_page(struct call *call, struct list *list) {
  size_t count = list->entries.count,
         skip = list->page.offset < count ? (size_t)list->page.offset : count;
  struct entry **ordered =
      entries_ordered(&call->arena, &list->entries, list->ascending ? entry_older : entry_newer);
  for (size_t i = 0; i < count; i++)
    list->read_all |=
        list->entries.items[i].doubt; /* it may have moved away, and counts in the total */
  if (list->read_all)
    skip = 0;
  size_t want =
      list->read_all || list->page.limit > count - skip ? count - skip : (size_t)list->page.limit;
  list->ordered = ordered + skip;
  list->records = ARENA_ARRAY(&call->arena, struct kv_request *, count + 1);
  list->heads = ARENA_ARRAY(&call->arena, struct kv_request *, count + 1);
  list->gather = (struct gather){.count = count - skip, .want = want, .ask = ask, .judge = judge};
  return call_enter(call, gather_run, &list->gather, answer);
}

/* The good ones, in order of what their records say; when all were read they still have to be cut
 * to the page. */
static struct entry **take_page(struct call *call, struct list *list, size_t *count) {
  struct entries good = {0};
  for (size_t i = 0; i < list->gather.judged; i++)
    if (list->ordered[i]->record.ptr)
      entries_append(&call->arena, &good, list->ordered[i]);
  entries_sort(&call->arena, &good);
  struct entry **ordered =
      entries_ordered(&call->arena, &good, list->ascending ? entry_older : entry_newer);
  size_t skip = !list->read_all                  ? 0
                : list->page.offset < good.count ? (size_t)list->page.offset
                                                 : good.count;
  *count = list->page.limit < good.count - skip ? (size_t)list->page.limit : good.count - skip;
  return ordered + skip;
}

static enum tkv_status answer(struct call *call, void *self) {
  struct list *list = self;
  size_t count, total = list->read_all ? list->gather.good : collection_count(call, &list->entries);
  struct entry **page = take_page(call, list, &count);
  if (list->resource.len)
    collection_ask_refresh(call, list->collections.items[0], &list->gone);
  struct json_out out = json_out(&call->arena, 4096);
  json_put(&out, SPAN("{\"threads\":["));
  for (size_t i = 0; i < count; i++) {
    if (i)
      json_put_char(&out, ',');
    json_put(&out, page[i]->record);
  }
  json_put_number(&out, SPAN("],\"total\":"), (int64_t)total);
  json_put(&out, SPAN(",\"hasMore\":"));
  json_put_bool(&out,
                list->page.limit != UINT64_MAX && list->page.offset + list->page.limit < total);
  json_put_char(&out, '}');
  return call_return(call, &out);
}
