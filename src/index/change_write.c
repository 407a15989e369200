/* change_write.c: journal entries and their rewriting, merging of heads, confirmation.
 */
#include "index/change_write.h"

#include "codec/limits.h"
#include "index/followup.h"
#include "index/head_read.h"
#include <assert.h>

struct rewrite {
  struct rewrite *next;
  struct span suffix;
  struct kv_request *get;
};

static struct rewrite *rewrite_of(struct change *change, struct span suffix) {
  struct rewrite *rewrite = change->rewrites;
  while (rewrite && !span_eq(rewrite->suffix, suffix))
    rewrite = rewrite->next;
  return rewrite;
}

static void fetch(struct call *call, struct change *change) {
  for (size_t i = 0; i < change->removed.count; i++) {
    struct span suffix = change->removed.items[i].journal;
    if (!suffix.len || rewrite_of(change, suffix))
      continue;
    struct rewrite *rewrite = ARENA_NEW(&call->arena, struct rewrite);
    struct span key = collection_journal_key(call, change->collection, suffix);
    struct kv_request *get = kv_get(call, TABLE_METADATA, key, KV_REMEMBER | KV_FRESH);
    get->group = change->collection->key;
    *rewrite = (struct rewrite){change->rewrites, suffix, get};
    change->rewrites = rewrite;
  }
}

void changes_fetch(struct call *call, struct changes *list) {
  for (size_t i = 0; i < list->count; i++)
    fetch(call, list->items[i]);
}

/* The whole journal entry, or where it is too large how new its newest member is. */
static struct span journal_metadata(struct call *call, struct span text, int64_t stamp,
                                    const struct entries *entries) {
  if (kv_fits_metadata(text))
    return text;
  struct json_out out = json_out(&call->arena, 64);
  json_put_number(&out, SPAN("{\"v\":1,\"w\":"), stamp);
  json_put_number(&out, SPAN(",\"n\":"), entries->items[0].time);
  json_put_char(&out, '}');
  return json_out_span(&out);
}

static struct kv_request *put_journal(struct call *call, struct change *change, struct span suffix,
                                      int64_t stamp, const struct entries *entries) {
  struct span key = collection_journal_key(call, change->collection, suffix);
  struct span text = journal_write(&call->arena, stamp, entries->items, entries->count,
                                   collection_has_places(change->collection));
  struct span metadata = journal_metadata(call, text, stamp, entries);
  struct kv_request *put =
      kv_put(call, TABLE_METADATA, key, text, metadata, KV_REMEMBER | KV_TOLERATE);
  put->group = change->collection->key;
  put->newest = stamp == journal_time(suffix) ? entries->items[0].time : 0;
  return put;
}

static bool is_removed(const struct change *change, const struct entry *entry) {
  if (change->stamp && span_eq(entry->journal, (struct span){change->suffix, JOURNAL_LEN}))
    return false;
  if (change->until && journal_time(entry->journal) > change->until)
    return false;
  for (size_t i = 0; i < change->removed.count; i++) {
    const struct entry *removed = &change->removed.items[i];
    bool meant = !change->exact ||
                 (span_eq(removed->journal, entry->journal) && removed->time == entry->time);
    if (meant && span_eq(removed->id, entry->id))
      return true;
  }
  return false;
}

/* Writes the journal entry without its removed members; it may lack all of them by now.  A failure
 * leaves entries without a record, which count for nothing. */
static void rewrite_journal(struct call *call, struct change *change, struct rewrite *rewrite) {
  struct entries entries = {0}, left = {0};
  if (!rewrite->get->found ||
      !journal_read(&call->arena, rewrite->get->value, rewrite->suffix, &entries))
    return;
  for (size_t i = 0; i < entries.count; i++)
    if (!is_removed(change, &entries.items[i]))
      entries_append(&call->arena, &left, &entries.items[i]);
  if (left.count == entries.count)
    return;
  if (left.count)
    put_journal(call, change, rewrite->suffix, call_stamp(call), &left);
  else
    kv_delete(call, TABLE_METADATA, rewrite->get->key, KV_REMEMBER | KV_TOLERATE)->group =
        change->collection->key;
}

/* Who is in doubt: whoever was and is not settled, and those that were deleted or have moved now. */
static struct entries doubt_of(struct call *call, const struct change *change,
                               const struct entries *old) {
  struct entries doubt = {0};
  for (size_t i = 0; i < old->count; i++)
    if (!entries_find(&change->doubted, old->items[i].id) &&
        !(change->settles && doubt_is_ripe(call, old->items[i].time)))
      entries_append(&call->arena, &doubt, &old->items[i]);
  for (size_t i = 0; i < change->doubted.count; i++)
    entries_append(&call->arena, &doubt, &change->doubted.items[i]);
  return doubt;
}

/* Cuts the head at the most entries it may hold. */
static void cut(struct head *head, size_t most) {
  if (head->entries.count <= most)
    return;
  head->entries.count = most;
  head->has_floor = true;
  head->floor = head->entries.items[most - 1];
  assert(entry_order(&head->floor, &head->entries.items[head->entries.count - 1]) == 0);
}

static size_t head_max(const struct call *call, enum collection_kind kind) {
  if (call->store.sole)
    return SOLE_HEAD_MAX;
  return kind == COLLECTION_THREAD ? THREAD_HEAD_MAX : RESOURCE_HEAD_MAX;
}

/* Another call of this isolate may have written the head since ours was loaded: then that one is
 * the base. */
static bool newer_head(struct call *call, const struct collection *collection, struct head *head) {
  struct note *note =
      memory_find(call->memory, call->store.spaces[TABLE_METADATA], collection->key);
  return note && note->own && note->kind == NOTE_VALUE && note->stamp > collection->head.stamp &&
         head_read(&call->arena, arena_copy(&call->arena, note->value), head);
}

#ifndef NDEBUG
/* No entry lies below the floor: who misses one there asks the journal. */
static bool keeps_floor(const struct head *head) {
  for (size_t i = 0; i < head->entries.count; i++)
    if (collection_below_floor(head, &head->entries.items[i]))
      return false;
  return true;
}
#endif

/* What the head should say: base, what was loaded beside it, minus removed, plus added. */
static struct head merged_head(struct call *call, const struct change *change) {
  const struct collection *collection = change->collection;
  struct head head = collection->head, base;
  struct span_set known = {0};
  bool rebased = newer_head(call, collection, &base);
  if (rebased) {
    head = base;
    for (size_t i = 0; i < base.entries.count; i++)
      span_set_add(&call->arena, &known, base.entries.items[i].journal);
  }
  if (change->since > head.since)
    head.since = change->since;
  struct entries sources[] = {head.entries, collection->entries, change->added}, kept = {0};
  for (size_t source = rebased ? 0 : 1; source < 3; source++)
    for (size_t i = 0; i < sources[source].count; i++) {
      const struct entry *entry = &sources[source].items[i];
      if (is_removed(change, entry) || journal_time(entry->journal) <= head.since ||
          collection_below_floor(&head, entry))
        continue;
      entries_append(&call->arena, &kept, entry);
      struct entry *last = &kept.items[kept.count - 1];
      last->home = collection->id;
      last->hint = source == 1 && span_set_has(&known, entry->journal);
    }
  entries_sort(&call->arena, &kept);
  head.entries = kept;
  head.doubt = doubt_of(call, change, &head.doubt);
  if (collection->checked && call->now > head.checked_at)
    head.checked_at = call->now;
  cut(&head, head_max(call, collection->kind));
  assert(keeps_floor(&head));
  return head;
}

static struct span head_metadata(struct call *call, const struct head *head) {
  struct json_out out = json_out(&call->arena, 128);
  json_put_number(&out, SPAN("{\"v\":1,\"w\":"), head->stamp);
  json_put_number(&out, SPAN(",\"c\":"), head->checked_at);
  json_put_number(&out, SPAN(",\"u\":"), head->updated_at);
  json_put_number(&out, SPAN(",\"b\":"), head->bumped_at);
  json_put_char(&out, '}');
  return json_out_span(&out);
}

struct kv_request *change_put_head(struct call *call, const struct collection *collection,
                                   const struct head *head, unsigned flags) {
  struct span text = head_write(&call->arena, head, collection_has_places(collection));
  return kv_put(call, TABLE_METADATA, collection->key, text, head_metadata(call, head),
                KV_REMEMBER | flags);
}

static void put_head(struct call *call, struct change *change, unsigned flags) {
  struct head head = merged_head(call, change);
  head.stamp = call_stamp(call);
  if (change->bump > head.updated_at)
    head.updated_at = change->bump;
  if (change->bump)
    head.bumped_at = head.stamp;
  change->written = head;
  change->head_put = change_put_head(call, change->collection, &head, flags);
}

void changes_journal(struct call *call, struct changes *list) {
  for (size_t i = 0; i < list->count; i++) {
    struct change *change = list->items[i];
    if (!change->added.count || change->journal_put)
      continue;
    entries_sort(&call->arena, &change->added);
    change->journal_put =
        put_journal(call, change, change_suffix(call, change), change->stamp, &change->added);
  }
}

void changes_commit(struct call *call, struct changes *list) {
  changes_journal(call, list);
  for (size_t i = 0; i < list->count; i++) {
    struct change *change = list->items[i];
    for (struct rewrite *rewrite = change->rewrites; rewrite; rewrite = rewrite->next)
      rewrite_journal(call, change, rewrite);
    bool changes = change->added.count || change->removed.count || change->doubted.count ||
                   change->bump || change->since;
    if (!change->dead && (changes || change->collection->grew))
      put_head(call, change, KV_OPTIONAL);
  }
}

const struct kv_request *changes_failed(const struct changes *list) {
  for (size_t i = 0; i < list->count; i++)
    if (list->items[i]->journal_put && list->items[i]->journal_put->failed)
      return list->items[i]->journal_put;
  return NULL;
}

void changes_confirm(struct call *call, const struct changes *list) {
  for (size_t i = 0; i < list->count; i++) {
    const struct change *change = list->items[i];
    const struct kv_request *put = change->head_put;
    bool matters = change->added.count || change->removed.count || change->doubted.count;
    bool busy = put && put->status == 429; /* another bumps it right now */
    bool lost = put && put->failed && (matters || (change->bump && !busy));
    bool check = put && !put->failed && change->added.count && !call->store.sole;
    if (lost || check)
      call_ask_refresh(
          call, change->collection,
          (struct refresh_wish){
              .doubted = &change->doubted, .bump = change->bump, .soon = true, .own = !lost});
  }
}

static bool same_entries(const struct entries *a, const struct entries *b) {
  if (a->count != b->count)
    return false;
  for (size_t i = 0; i < a->count; i++)
    if (!entry_same(&a->items[i], &b->items[i]))
      return false;
  return true;
}

static void refresh(struct call *call, struct change *change) {
  struct collection *collection = change->collection;
  struct head head = merged_head(call, change);
  if (!same_entries(&head.entries, &collection->head.entries) || change->doubted.count ||
      head.doubt.count != collection->head.doubt.count || change->bump > head.updated_at)
    put_head(call, change, KV_TOLERATE);
}

void changes_refresh(struct call *call, struct changes *list) {
  for (size_t i = 0; i < list->count; i++) {
    for (struct rewrite *rewrite = list->items[i]->rewrites; rewrite; rewrite = rewrite->next)
      rewrite_journal(call, list->items[i], rewrite);
    refresh(call, list->items[i]);
  }
}
