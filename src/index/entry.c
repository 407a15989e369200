/* entry.c: lists of entries: a natural merge sort, and sets of spans by open addressing. */
#include "index/entry.h"
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

bool entry_same(const struct entry *a, const struct entry *b) {
  return a->time == b->time && span_eq(a->id, b->id) && span_eq(a->owner, b->owner);
}

/* Newest journals sort first: their suffix counts time backwards. */
static int full_order(const struct entry *a, const struct entry *b) {
  int order = entry_order(a, b);
  if (order == 0)
    order = span_cmp(a->owner, b->owner);
  if (order == 0)
    order = span_cmp(a->home, b->home);
  return order ? order : span_cmp(a->journal, b->journal);
}

static size_t run_end(const struct entry *items, size_t start, size_t count) {
  size_t end = start + 1;
  while (end < count && full_order(&items[end - 1], &items[end]) <= 0)
    end++;
  return end;
}

static void merge_runs(struct entry *items, size_t start, size_t middle, size_t end,
                       struct entry *spare) {
  size_t left = 0, lefts = middle - start, right = middle, to = start;
  memcpy(spare, items + start, lefts * sizeof *items);
  while (left < lefts) {
    bool take_right = right < end && full_order(&items[right], &spare[left]) < 0;
    items[to++] = take_right ? items[right++] : spare[left++];
  }
}

static void drop_repetitions(struct entries *entries) {
  size_t kept = 0;
  for (size_t i = 0; i < entries->count; i++)
    if (kept == 0 || !entry_same(&entries->items[kept - 1], &entries->items[i]) ||
        !span_eq(entries->items[kept - 1].home, entries->items[i].home))
      entries->items[kept++] = entries->items[i];
  entries->count = kept;
}

/* One pass that merges neighbouring runs; true when a single run is left. */
static bool merge_pass(struct entry *items, size_t count, struct entry *spare) {
  for (size_t start = 0; start < count;) {
    size_t middle = run_end(items, start, count);
    if (middle == count)
      return start == 0;
    size_t end = run_end(items, middle, count);
    merge_runs(items, start, middle, end, spare);
    start = end;
  }
  return false;
}

#ifndef NDEBUG
/* Newest first, and nothing twice in one home. */
static bool is_sorted(const struct entries *entries) {
  for (size_t i = 1; i < entries->count; i++) {
    const struct entry *before = &entries->items[i - 1], *entry = &entries->items[i];
    if (full_order(before, entry) >= 0 ||
        (entry_same(before, entry) && span_eq(before->home, entry->home)))
      return false;
  }
  return true;
}
#endif

void entries_sort(struct arena *arena, struct entries *entries) {
  if (entries->count < 2)
    return;
  if (run_end(entries->items, 0, entries->count) < entries->count) {
    struct entry *spare = ARENA_ARRAY(arena, struct entry, entries->count);
    while (!merge_pass(entries->items, entries->count, spare))
      continue;
  }
  drop_repetitions(entries);
  assert(is_sorted(entries));
}

struct entry **entries_ordered(struct arena *arena, const struct entries *entries, bool ascending) {
  struct entry **ordered = ARENA_ARRAY(arena, struct entry *, entries->count + 1);
  size_t to = 0;
  if (!ascending)
    while (to < entries->count) {
      ordered[to] = &entries->items[to];
      to++;
    }
  for (size_t end = entries->count; ascending && end > 0;) {
    size_t start = end - 1;
    while (start > 0 && entries->items[start - 1].time == entries->items[end - 1].time)
      start--;
    for (size_t i = start; i < end; i++)
      ordered[to++] = &entries->items[i];
    end = start;
  }
  return ordered;
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
