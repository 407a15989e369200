/* message_list.c: listMessages and listMessagesByResourceId.
 *
 *   round 1   the threads' heads (and journals, when the question is exact); the records of
 *             included messages
 *   round 2   the page's records; the heads of included messages' threads
 *   round 3   the windows' records
 *
 * The last N of a thread need its head alone.  Whatever the head may not show (a total, ascending
 * order, all, what lies below its floor) asks the journal.
 */
#include "codec/limits.h"
#include "index/followup.h"
#include "threads/doubt.h"
#include "threads/message_query.h"
#include "threads/message_window.h"
#include "threads/operations.h"
#include "threads/thread.h"

static enum tkv_status load_threads(struct call *call, void *self);
static enum tkv_status settle(struct call *call, void *self);
static enum tkv_status reach_deeper(struct call *call, void *self);
static enum tkv_status settle_all(struct call *call, void *self);
static enum tkv_status aim(struct call *call, void *self);
static enum tkv_status deepen(struct call *call, void *self);
static enum tkv_status settle_extra(struct call *call, void *self);
static enum tkv_status settle_deep(struct call *call, void *self);
static enum tkv_status gather_page(struct call *call, void *self);
static enum tkv_status check_page(struct call *call, void *self);
static enum tkv_status settle_again(struct call *call, void *self);
static enum tkv_status gather_again(struct call *call, void *self);
static enum tkv_status gather_windows(struct call *call, void *self);
static enum tkv_status answer(struct call *call, void *self);

/* Whether there is anything to find out beside what is included: an empty page of a resource's
 * messages tells how many there are, one of a thread's does not (Mastra's own stores do so). */
static bool counts_page(const struct list *list) {
  return list->page.limit || (list->by_resource && list->count_all);
}

static enum tkv_status begin(struct call *call, bool by_resource) {
  struct list *list = ARENA_NEW(&call->arena, struct list);
  list->by_resource = by_resource;
  call_self(call, list);
  if (!query_read(call, list))
    return call->error;
  if (!by_resource || !counts_page(list))
    return load_threads(call, list);
  struct collections *resources = ARENA_NEW(&call->arena, struct collections);
  for (int kind = COLLECTION_RESOURCE; kind <= COLLECTION_MENTIONS; kind++) {
    struct collection *threads =
        collection_new(call, (enum collection_kind)kind, list->resource, LOAD_ALL);
    if (!threads)
      return call->error;
    collections_add(call, resources, threads);
  }
  list->resource_threads = resources;
  return call_enter(call, collections_load, resources, load_threads);
}

enum tkv_status message_list(struct call *call, void *self) {
  (void)self;
  return begin(call, false);
}

enum tkv_status message_list_by_resource(struct call *call, void *self) {
  (void)self;
  return begin(call, true);
}

/* The newest few need no journal; everything else is an exact question. */
static bool is_fast(const struct list *list) {
  return !list->ascending && !list->count_all && list->page.limit != UINT64_MAX;
}

/* The threads of the resource, and those where others let it speak. */
static void find_threads(struct call *call, struct list *list) {
  struct span_set seen = {0};
  for (size_t i = 0; list->resource_threads && i < list->resource_threads->count; i++) {
    const struct entries *entries = &list->resource_threads->items[i]->entries;
    for (size_t k = 0; k < entries->count; k++)
      if (span_set_add(&call->arena, &seen, entries->items[k].id))
        entries_append(&call->arena, &list->threads, &entries->items[k]);
  }
}

static enum tkv_status load_threads(struct call *call, void *self) {
  struct list *list = self;
  find_threads(call, list);
  enum collection_load load = is_fast(list) ? LOAD_HEAD : LOAD_ALL;
  for (size_t i = 0; counts_page(list) && i < list->threads.count; i++) {
    struct collection *collection =
        collection_new(call, COLLECTION_THREAD, list->threads.items[i].id, load);
    if (!collection)
      return call->error;
    collections_add(call, &list->collections, collection);
  }
  return call_enter(call, collections_load, &list->collections, settle);
}

/* Whether it matters how many entries come before another. */
static bool counts_places(const struct list *list) {
  return list->count_all || list->page.offset || list->window_count;
}

static enum tkv_status settle_then(struct call *call, struct list *list, struct collections *loaded,
                                   call_step then) {
  struct doubts *doubts = ARENA_NEW(&call->arena, struct doubts);
  doubts->list = loaded;
  return counts_places(list) ? call_enter(call, doubts_settle, doubts, then) : then(call, list);
}

static enum tkv_status settle(struct call *call, void *self) {
  struct list *list = self;
  return settle_then(call, list, &list->collections, reach_deeper);
}

static bool matches(const struct list *list, const struct entry *entry) {
  bool scoped = list->resource.len || (list->by_resource && list->resource.ptr);
  return range_has(&list->range, entry->time) &&
         !(scoped && !span_eq(entry->owner, list->resource));
}

/* So many that match are more than page and windows together can show. */
static uint64_t page_reach(const struct list *list) {
  return list->page.offset + list->page.limit + list->windows_reach;
}

/* Fills `base`.  From the floor's time of any thread that was not wholly loaded downwards nothing can
 * be said. */
static void find_base(struct call *call, struct list *list) {
  bool few_suffice = is_fast(list) && !list->filter.ptr && !list->deepened;
  list->cut = false;
  const struct entry *floor = NULL;
  list->base = (struct entries){0};
  for (size_t i = 0; i < list->collections.count; i++) {
    const struct collection *collection = list->collections.items[i];
    if (!collection->all && (!floor || collection->head.floor.time > floor->time))
      floor = &collection->head.floor;
  }
  for (size_t i = 0; i < list->collections.count; i++) {
    const struct entries *entries = &list->collections.items[i]->entries;
    bool few = few_suffice && list->collections.count == 1 && page_reach(list) < SIZE_MAX / 2;
    size_t enough = few ? (size_t)page_reach(list) : SIZE_MAX / 2;
    for (size_t k = 0; k < entries->count && !list->cut; k++) {
      bool tied = k && entries->items[k - 1].time == entries->items[k].time;
      list->cut = list->base.count > enough && !tied;
      if (matches(list, &entries->items[k]) && !(floor && entries->items[k].time <= floor->time)) {
        entries_append(&call->arena, &list->base, &entries->items[k]);
        enough += entries->items[k].doubt != 0;
      }
    }
  }
  list->base_ends = !floor || (list->range.has_start && floor->time < list->range.start);
  if (list->collections.count > 1)
    entries_sort(&call->arena, &list->base);
}

static enum tkv_status load_all(struct call *call, struct list *list, call_step then) {
  for (size_t i = 0; i < list->collections.count; i++) {
    struct collection *collection = list->collections.items[i];
    if (!collection->all)
      list->collections.items[i] =
          collection_new(call, COLLECTION_THREAD, collection->id, LOAD_ALL);
  }
  return call_enter(call, collections_load, &list->collections, then);
}

static enum tkv_status reach_deeper(struct call *call, void *self) {
  struct list *list = self;
  find_base(call, list);
  if (list->base_ends || (!list->filter.ptr && list->base.count > page_reach(list)))
    return aim(call, list);
  return load_all(call, list, settle_all);
}

static enum tkv_status settle_all(struct call *call, void *self) {
  struct list *list = self;
  return settle_then(call, list, &list->collections, aim);
}

static enum tkv_status aim(struct call *call, void *self) {
  struct list *list = self;
  if (!list->base_ends)
    find_base(call, list);
  if (!windows_aim(call, list))
    return call->error;
  return list->extra.count ? call_enter(call, collections_load, &list->extra, settle_extra)
                           : deepen(call, list);
}

static enum tkv_status settle_extra(struct call *call, void *self) {
  struct list *list = self;
  return settle_then(call, list, &list->extra, deepen);
}

static enum tkv_status deepen(struct call *call, void *self) {
  struct list *list = self;
  size_t before = list->extra.count;
  windows_deepen(call, list);
  return list->extra.count > before ? call_enter(call, collections_load, &list->extra, settle_deep)
                                    : gather_page(call, list);
}

static enum tkv_status settle_deep(struct call *call, void *self) {
  struct list *list = self;
  return settle_then(call, list, &list->extra, gather_page);
}

/* How many of |ordered| lead up to the one behind the page: those in doubt are read on top, so that
 * what was deleted a moment ago costs no further round. */
static size_t reach(struct entry *const *ordered, size_t count, size_t limit) {
  size_t i = 0, sure = 0;
  while (i < count && i < limit + HEAD_DOUBT_MAX && (sure += !ordered[i]->doubt) <= limit)
    i++;
  return i;
}

/* Without a metadata filter the index alone tells where a page starts; with one every record has to
 * be looked at. */
static enum tkv_status gather_page(struct call *call, void *self) {
  struct list *list = self;
  struct entry **ordered = places_ordered(&call->arena, &list->base, list->ascending);
  size_t skip = list->page.offset < list->base.count ? (size_t)list->page.offset : list->base.count;
  if (list->filter.ptr)
    skip = 0;
  for (list->lead = 0;
       skip && skip < list->base.count && place_unsure(ordered[skip - 1], ordered[skip]);
       list->lead++)
    skip--;
  uint64_t want = list->page.limit;
  if (list->filter.ptr)
    want = list->count_all || want == UINT64_MAX ? UINT64_MAX : page_reach(list) + 1;
  else if (want < UINT64_MAX)
    want += list->lead;
  size_t left = list->page.limit || list->filter.ptr ? list->base.count - skip : 0;
  size_t wanted = want > left ? left : (size_t)want;
  list->gather = message_gather(call, ordered + skip, left, wanted, list->filter);
  list->gather->among = &list->collections;
  if (!list->filter.ptr)
    list->gather->gather.stride = reach(ordered + skip, left, wanted);
  return call_enter(call, gather_run, list->gather, check_page);
}

/* Takes the page from what was gathered. */
static void take_page(struct call *call, struct list *list) {
  struct message_gather *gather = list->gather;
  uint64_t skip = list->filter.ptr ? list->page.offset : list->lead;
  entries_arrange(&call->arena, gather->entries, gather->gather.judged,
                  place_order(list->ascending));
  for (size_t i = 0; i < gather->gather.judged && list->page_length < list->page.limit; i++) {
    const struct entry *entry = gather->entries[i];
    bool good = entry->record.ptr && matches(list, entry);
    if (skip && (good || !list->filter.ptr)) {
      skip--;
    } else if (good) {
      entries_append(&call->arena, &list->result, entry);
      list->page_length++;
    }
  }
}

/* When too little of what the heads showed was good, all that there is is loaded, once. */
static enum tkv_status check_page(struct call *call, void *self) {
  struct list *list = self;
  const struct gather *gather = &list->gather->gather;
  bool poor = gather->good < list->page.limit + list->lead && gather->gone &&
              (list->cut || !list->base_ends);
  if (!poor || list->deepened)
    return gather_windows(call, list);
  list->deepened = true;
  return load_all(call, list, settle_again);
}

static enum tkv_status settle_again(struct call *call, void *self) {
  struct list *list = self;
  return settle_then(call, list, &list->collections, gather_again);
}

static enum tkv_status gather_again(struct call *call, void *self) {
  find_base(call, self);
  return gather_page(call, self);
}

static enum tkv_status gather_windows(struct call *call, void *self) {
  struct list *list = self;
  take_page(call, list);
  if (!list->window_count)
    return answer(call, list);
  windows_gather(call, list);
  return call_enter(call, gather_run, list->window_gather, answer);
}

/* How many match, as far as index and records tell. */
static size_t total_of(struct call *call, const struct list *list) {
  if (!counts_page(list))
    return 0;
  if (list->filter.ptr)
    return list->gather->gather.good;
  return list->count_all ? collection_count(call, &list->base)
                         : list->base.count - list->gather->gather.gone;
}

/* Windows may happen to show all that the page left out; those of other threads, or from beyond what
 * was asked for, show nothing of it. */
static bool has_more(const struct list *list, size_t total) {
  size_t inside = 0;
  if (list->page.limit == UINT64_MAX || list->page.offset + list->page_length >= total)
    return false;
  if (list->by_resource || !list->base_ends || !list->window_count)
    return true;
  for (size_t i = 0; i < list->result.count; i++) {
    const struct entry *entry = &list->result.items[i];
    inside += matches(list, entry) && entries_find(&list->threads, entry->home) &&
              (!list->filter.ptr || message_passes(entry->record, list->filter));
  }
  return inside < total;
}

static void ask_refreshes(struct call *call, const struct list *list) {
  for (size_t i = 0; i < list->collections.count; i++) {
    const struct collection *collection = list->collections.items[i];
    struct entries gone = collection->gone;
    for (size_t k = 0; list->gather && k < list->gather->gone.count; k++)
      if (span_eq(list->gather->gone.items[k].home, collection->id))
        entries_append(&call->arena, &gone, &list->gather->gone.items[k]);
    collection_ask_refresh(call, collection, &gone);
  }
}

/* Records of one list may have been read moments apart: a message that moved in between stands in
 * it twice.  Its newest entry stays. */
static void drop_seen_twice(struct call *call, struct entries *entries) {
  struct span_set seen = {0};
  size_t kept = 0;
  for (size_t i = 0; i < entries->count; i++) {
    struct entry *entry = &entries->items[i];
    if (span_set_add(&call->arena, &seen, entry->id))
      continue;
    struct entry *twin = entries_find(entries, entry->id);
    (span_cmp(entry->journal, twin->journal) < 0 ? twin : entry)->gone = true;
  }
  for (size_t i = 0; i < entries->count; i++)
    if (!entries->items[i].gone)
      entries->items[kept++] = entries->items[i];
  entries->count = kept;
}

static enum tkv_status answer(struct call *call, void *self) {
  struct list *list = self;
  windows_take(call, list);
  entries_sort(&call->arena, &list->result);
  drop_seen_twice(call, &list->result);
  ask_refreshes(call, list);
  size_t total = total_of(call, list), bytes = 128;
  for (size_t i = 0; i < list->result.count; i++)
    bytes += list->result.items[i].record.len + 1;
  struct json_out out = json_out(&call->arena, bytes);
  messages_put(call, &out, &list->result, list->ascending);
  json_put_number(&out, SPAN(",\"total\":"), (int64_t)total);
  json_put(&out, SPAN(",\"hasMore\":"));
  json_put_bool(&out, has_more(list, total));
  json_put_char(&out, '}');
  return call_return(call, &out);
}
