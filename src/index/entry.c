/* entry.c: lists of entries: a natural merge sort, and sets of spans by open addressing. */
#include "index/entry.h"

#include "index/suffix.h"
#include <assert.h>

void entries_append(struct arena *arena, struct entries *entries, const struct entry *entry) {
  if (entries->count == entries->cap) {
    size_t cap = entries->cap ? entries->cap * 2 : 16;
    struct entry *items = ARENA_ARRAY(arena, struct entry, cap);
    if (entries->count)
      memcpy(items, entries->items, entries->count * sizeof *items);
    entries->items = items;
    entries->cap = cap;
  }
  entries->items[entries->count++] = *entry;
}

int entry_order(const struct entry *a, const struct entry *b) {
  if (a->time != b->time)
    return a->time > b->time ? -1 : 1;
  return span_cmp(a->id, b->id);
}

bool entry_newer(const struct entry *a, const struct entry *b) {
  return entry_order(a, b) < 0;
}

bool entry_older(const struct entry *a, const struct entry *b) {
  return a->time == b->time ? entry_newer(a, b) : a->time < b->time;
}

bool entry_same(const struct entry *a, const struct entry *b) {
  return a->time == b->time && span_eq(a->id, b->id) && span_eq(a->owner, b->owner);
}

int64_t entry_stamp(const struct entry *entry) {
  int64_t stamp = entry->stamp ? entry->stamp : journal_time(entry->journal);
  return stamp ? stamp : INT64_MAX;
}

void entry_join(struct entry *entry, const struct entry *told) {
  int64_t known = entry_stamp(entry), stamp = entry_stamp(told);
  if (stamp < known) {
    entry->stamp = stamp;
    entry->position = told->position;
  } else if (stamp == known && told->position > entry->position) {
    entry->position = told->position;
  }
}

/* Newest journals sort first: their suffix counts time backwards. */
static bool full_order(const struct entry *a, const struct entry *b) {
  int order = entry_order(a, b);
  if (order == 0)
    order = span_cmp(a->owner, b->owner);
  if (order == 0)
    order = span_cmp(a->home, b->home);
  return (order ? order : span_cmp(a->journal, b->journal)) < 0;
}

/* Merges neighbours that are sorted, the first |left| and then |right| of |items|. */
static void merge(struct entry **items, size_t left, size_t right, struct entry **spare,
                  entry_before before) {
  size_t l = 0, r = left, to = 0;
  memcpy(spare, items, left * sizeof *items);
  while (l < left) {
    bool take_right = r < left + right && before(items[r], spare[l]);
    items[to++] = take_right ? items[r++] : spare[l++];
  }
}

void entries_arrange(struct arena *arena, struct entry **items, size_t count, entry_before before) {
  struct entry **spare = ARENA_ARRAY(arena, struct entry *, count + 1);
  for (size_t width = 1; width < count; width *= 2)
    for (size_t start = 0; start + width < count; start += width * 2) {
      size_t right = count - start - width;
      if (before(items[start + width], items[start + width - 1]))
        merge(items + start, width, right < width ? right : width, spare, before);
    }
}

struct entry **entries_ordered(struct arena *arena, const struct entries *entries,
                               entry_before before) {
  size_t count = entries->count;
  struct entry *items = entries->items, **ordered = ARENA_ARRAY(arena, struct entry *, count + 1);
  bool reversed = count && before(&items[count - 1], &items[0]);
  for (size_t i = 0; i < count; i++)
    ordered[i] = &items[reversed ? count - 1 - i : i];
  entries_arrange(arena, ordered, count, before);
  return ordered;
}

static bool is_sorted(const struct entries *entries) {
  for (size_t i = 1; i < entries->count; i++)
    if (full_order(&entries->items[i], &entries->items[i - 1]))
      return false;
  return true;
}

static bool repeats(const struct entry *a, const struct entry *b) {
  return entry_same(a, b) && span_eq(a->home, b->home);
}

/* Takes into |kept| what |entry|, the same, tells beside it. */
static void take_repetition(struct entry *kept, struct entry *entry) {
  bool untold = kept->untold && entry->untold;
  if (kept->hint) {
    entry_join(entry, kept);
    *kept = *entry;
  } else {
    entry_join(kept, entry);
  }
  kept->untold = untold;
}

static void drop_repetitions(struct entries *entries) {
  size_t kept = 0;
  for (size_t i = 0; i < entries->count; i++) {
    struct entry *last = kept ? &entries->items[kept - 1] : NULL, *entry = &entries->items[i];
    if (last && repeats(last, entry)) {
      take_repetition(last, entry);
      continue;
    }
    kept -= last && last->hint;
    entries->items[kept++] = *entry;
  }
  entries->count = kept - (kept && entries->items[kept - 1].hint);
}

#ifndef NDEBUG
static bool has_repetitions(const struct entries *entries) {
  for (size_t i = 1; i < entries->count; i++)
    if (repeats(&entries->items[i - 1], &entries->items[i]))
      return true;
  return false;
}
#endif

void entries_sort(struct arena *arena, struct entries *entries) {
  if (!is_sorted(entries)) {
    struct entry **ordered = entries_ordered(arena, entries, full_order);
    struct entry *items = ARENA_ARRAY(arena, struct entry, entries->cap);
    for (size_t i = 0; i < entries->count; i++)
      items[i] = *ordered[i];
    entries->items = items;
  }
  drop_repetitions(entries);
  assert(is_sorted(entries) && !has_repetitions(entries));
}

struct entry *entries_find(const struct entries *entries, struct span id) {
  for (size_t i = 0; i < entries->count; i++)
    if (span_eq(entries->items[i].id, id))
      return &entries->items[i];
  return NULL;
}

bool entries_say(const struct entries *entries, const struct entry *entry) {
  for (size_t i = 0; i < entries->count; i++)
    if (entry_same(&entries->items[i], entry))
      return true;
  return false;
}

static size_t find_slot(const struct span_set *set, struct span text) {
  assert(set->count < set->cap && (set->cap & (set->cap - 1)) == 0);
  size_t slot = span_hash(text, 0) & (set->cap - 1);
  while (set->slots[slot].ptr && !span_eq(set->slots[slot], text))
    slot = (slot + 1) & (set->cap - 1);
  return slot;
}

static void grow(struct arena *arena, struct span_set *set) {
  struct span_set larger = {.count = set->count, .cap = set->cap ? set->cap * 2 : 32};
  larger.slots = ARENA_ARRAY(arena, struct span, larger.cap);
  for (size_t i = 0; i < set->cap; i++)
    if (set->slots[i].ptr)
      larger.slots[find_slot(&larger, set->slots[i])] = set->slots[i];
  *set = larger;
}

bool span_set_add(struct arena *arena, struct span_set *set, struct span text) {
  if (set->count * 2 >= set->cap)
    grow(arena, set);
  size_t slot = find_slot(set, text);
  if (set->slots[slot].ptr)
    return false;
  set->slots[slot] = (struct span){text.ptr ? text.ptr : "", text.len};
  set->count++;
  return true;
}

bool span_set_has(const struct span_set *set, struct span text) {
  return set->cap && set->slots[find_slot(set, text)].ptr;
}
