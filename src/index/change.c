/* change.c: what is to change, and the places of new members.
 */
#include "index/change.h"

#include "codec/limits.h"
#include "index/record.h"

struct change *change_new(struct call *call, struct changes *list, struct collection *collection) {
  list->items = pointers_grow(call, list->items, list->count);
  struct change *change = ARENA_NEW(&call->arena, struct change);
  change->collection = collection;
  return list->items[list->count++] = change;
}

struct change *change_of(const struct changes *list, enum collection_kind kind, struct span id) {
  for (size_t i = 0; i < list->count; i++)
    if (list->items[i]->collection->kind == kind && span_eq(list->items[i]->collection->id, id))
      return list->items[i];
  return NULL;
}

/* Tells calls that began before and will change the same collection that |change| was faster. */
static void overtake(struct call *call, const struct change *change) {
  const struct collection *collection = change->collection;
  const struct seats *seats = &call->shared->seats;
  for (size_t seat = 0; seat < seats->count; seat++) {
    const struct call *other = seats->items[seat].call;
    bool before = other && other->order < call->order &&
                  other->store.spaces[TABLE_METADATA] == call->store.spaces[TABLE_METADATA];
    for (size_t i = 0; before && other->placing && i < other->placing->count; i++) {
      struct change *slower = other->placing->items[i];
      if (!slower->stamp && !slower->ceiling && span_eq(slower->collection->key, collection->key))
        slower->ceiling = change->stamp;
    }
  }
}

/* One for all threads that the call saves into: what it brings to them has one order. */
static int64_t change_stamp(struct call *call, const struct change *change) {
  const struct changes *list = collection_has_places(change->collection) ? call->placing : NULL;
  for (size_t i = 0; list && i < list->count; i++)
    if (list->items[i]->stamp && collection_has_places(list->items[i]->collection))
      return list->items[i]->stamp;
  return call_stamp(call);
}

/* Whether |other| may give places in |collection| yet. */
static bool may_place(const struct call *other, const struct call *call,
                      const struct collection *collection) {
  if (other->join.state == JOIN_ASKS && other->join.leader == call->handle)
    return false;
  bool may = !other->placing->count;
  for (size_t i = 0; i < other->placing->count; i++)
    may |= span_eq(other->placing->items[i]->collection->key, collection->key);
  return may;
}

uint64_t change_limit(const struct call *call, const struct change *change) {
  const struct seats *seats = &call->shared->seats;
  uint64_t limit = change->ceiling ? 0 : UINT64_MAX;
  for (size_t i = 0; i < seats->count; i++) {
    const struct call *other = seats->items[i].call;
    if (other && other->status == TKV_PENDING && other->placing && other->order > call->order &&
        other->order < limit && may_place(other, call, change->collection))
      limit = other->order;
  }
  return limit;
}

struct span change_suffix(struct call *call, struct change *change) {
  if (!change->stamp) {
    unsigned char nonce[5];
    call_random(call, nonce, sizeof nonce);
    change->stamp = change_stamp(call, change);
    journal_suffix(change->stamp, nonce, change->suffix);
    overtake(call, change);
  }
  return (struct span){change->suffix, JOURNAL_LEN};
}

/* Whether what came at |stamp| counts, though the collection may have been deleted since. */
static bool still_counts(const struct change *change, int64_t stamp) {
  return stamp > change->collection->head.since && stamp > change->since;
}

static bool is_proven(struct call *call, const struct change *change, const struct entry *entry,
                      struct span journal) {
  if (!journal.len || !still_counts(change, journal_time(journal)))
    return false;
  if (!collection_proves(call, change->collection, journal))
    return false;
  const struct entry *known = entries_find(&change->collection->entries, entry->id);
  return known ? entry_same(known, entry)
               : collection_below_floor(&change->collection->head, entry);
}

struct kv_request *change_prove(struct call *call, struct change *change, struct span journal) {
  struct collection *collection = change->collection;
  if (!journal_time(journal) || collection_proves(call, collection, journal))
    return NULL;
  return kv_get(call, TABLE_METADATA, collection_journal_key(call, collection, journal), 0);
}

void change_proved(struct call *call, struct change *change, const struct kv_request *get,
                   const struct entry *entry, struct span journal) {
  struct entries held = {0};
  if (!get || !get->found || !journal_read(&call->arena, get->value, journal, &held))
    return;
  if (entries_say(&held, entry))
    span_set_add(&call->arena, &change->collection->proven, journal);
}

void change_keep(const struct change *change, struct entry *entry, struct span metadata) {
  const struct entries *entries = &change->collection->entries;
  for (size_t i = 0; i < entries->count; i++)
    if (entries->items[i].time == entry->time && span_eq(entries->items[i].id, entry->id))
      entry_join(entry, &entries->items[i]);
  record_place(metadata, entry);
}

/* Moves |entry| behind what |change| has added last at this time and stamp. */
static void place_behind(const struct change *change, struct entry *entry) {
  for (size_t i = change->added.count; i-- > 0;) {
    const struct entry *last = &change->added.items[i];
    if (last->time != entry->time || last->stamp != entry->stamp ||
        last->position / POSITIONS_MAX != entry->position / POSITIONS_MAX) /* another call's */
      continue;
    int64_t position = last->position + (span_cmp(entry->id, last->id) < 0);
    if (position > entry->position)
      entry->position = position;
    return;
  }
}

/* The next place: behind what the call has added before at this time, in whatever thread.  Only
 * where ids do not say so by themselves is there a position to be told. */
static void give_place(const struct call *call, struct change *change, struct entry *entry) {
  const struct changes own = {&change, 1}, *list = call->placing ? call->placing : &own;
  int64_t stamp = change->ceiling ? change->ceiling - 1 : 0;
  entry->stamp = stamp;
  entry->position = stamp ? (int64_t)call->order * POSITIONS_MAX : 0;
  for (size_t i = 0; i < list->count; i++)
    place_behind(list->items[i], entry);
}

struct span change_add(struct call *call, struct change *change, struct entry *entry,
                       struct span journal) {
  if (is_proven(call, change, entry, journal)) {
    if (entry->stamp == journal_time(journal))
      entry->stamp = 0;
    return entry->journal = journal;
  }
  entry->journal = change_suffix(call, change);
  if (entry->stamp > change->stamp || !still_counts(change, entry->stamp))
    give_place(call, change, entry);
  entries_append(&call->arena, &change->added, entry);
  return entry->journal;
}

void change_doubt(struct call *call, struct change *change, struct span id) {
  entries_add(&call->arena, &change->doubted, (struct entry){.id = id, .time = call->now});
}

void change_remove(struct call *call, struct change *change, struct span id, struct span journal) {
  const struct entry *known = journal.len ? NULL : entries_find(&change->collection->entries, id);
  entries_add(&call->arena, &change->removed,
              (struct entry){.id = id, .journal = known ? known->journal : journal});
}
