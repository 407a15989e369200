/* memory.c: two chained hash tables over notes that are linked by age. */
#include "kv/memory.h"

#include "codec/limits.h"
#include "kv/seats.h"

#include <assert.h>
#include <stdlib.h>

struct note *memory_find(struct memory *memory, uint32_t space, struct span key) {
  uint32_t hash = span_hash(key, space);
  struct note *note = memory->buckets[hash % MEMORY_BUCKETS];
  while (note && !(note->key_hash == hash && note->space == space && span_eq(note->key, key)))
    note = note->same_bucket;
  return note;
}

struct note *memory_in_group(struct memory *memory, uint32_t space, struct span group,
                             struct note *last) {
  uint32_t hash = last ? last->group_hash : span_hash(group, space);
  struct note *note = last ? last->same_group : memory->groups[hash % MEMORY_BUCKETS];
  while (note && !(note->group_hash == hash && note->space == space && span_eq(note->group, group)))
    note = note->same_group;
  return note;
}

static void unlink_age(struct memory *memory, struct note *note) {
  struct memory_ages *ages = &memory->shelves[note->shelf];
  *(note->older ? &note->older->newer : &ages->oldest) = note->newer;
  *(note->newer ? &note->newer->older : &ages->newest) = note->older;
}

static void link_newest(struct memory *memory, struct note *note) {
  struct memory_ages *ages = &memory->shelves[note->shelf];
  note->older = ages->newest;
  note->newer = NULL;
  *(ages->newest ? &ages->newest->newer : &ages->oldest) = note;
  ages->newest = note;
}

/* Puts |note|, as the newest, where it belongs now. */
static void reshelve(struct memory *memory, struct note *note) {
  unlink_age(memory, note);
  note->shelf = note->held                                 ? SHELF_HELD
                : note->record && note->kind == NOTE_VALUE ? SHELF_RECORDS
                                                           : SHELF_OTHERS;
  link_newest(memory, note);
}

static size_t note_size(const struct note *note) {
  return sizeof *note + note->key.len + note->value.len + note->metadata.len;
}

static void drop_value(struct memory *memory, struct note *note) {
  assert(memory->bytes >= note_size(note));
  memory->bytes -= note->value.len + note->metadata.len;
  free((void *)note->value.ptr);
  note->kind = NOTE_EMPTY;
  note->value = note->metadata = SPAN_NONE;
}

/* Puts |note| in front of its group's chain: as what was noted last. */
static void link_group(struct memory *memory, struct note *note) {
  struct note **chain = &memory->groups[note->group_hash % MEMORY_BUCKETS];
  note->same_group = *chain;
  note->group_link = chain;
  if (note->same_group)
    note->same_group->group_link = &note->same_group;
  *chain = note;
}

static void unlink_group(struct note *note) {
  *note->group_link = note->same_group;
  if (note->same_group)
    note->same_group->group_link = note->group_link;
}

static void drop_note(struct memory *memory, struct note *note) {
  struct note **link = &memory->buckets[note->key_hash % MEMORY_BUCKETS];
  while (*link != note)
    link = &(*link)->same_bucket;
  *link = note->same_bucket;
  unlink_group(note);
  unlink_age(memory, note);
  assert(memory->bytes >= note_size(note));
  memory->bytes -= note_size(note);
  free((void *)note->value.ptr);
  free(note);
}

void memory_rank(struct memory *memory, struct note *note, int64_t newest) {
  const struct note *next = memory_in_group(memory, note->space, note->group, note);
  note->newest = newest;
  note->reach = next && next->reach > newest ? next->reach : newest;
}

/* Puts |note|, whose key stands behind it, where it is found and ages. */
static void link_note(struct memory *memory, struct note *note) {
  struct note **bucket = &memory->buckets[note->key_hash % MEMORY_BUCKETS];
  note->key.ptr = note->group.ptr = (char *)(note + 1);
  note->same_bucket = *bucket;
  *bucket = note;
  link_group(memory, note);
  link_newest(memory, note);
  memory->bytes += note_size(note);
}

static struct note *new_note(struct memory *memory, uint32_t space, struct span key, size_t group) {
  struct note *note = malloc(sizeof *note + key.len);
  if (!note)
    return NULL;
  memcpy(note + 1, key.ptr, key.len);
  *note = (struct note){.space = space,
                        .key = key,
                        .group = {key.ptr, group},
                        .key_hash = span_hash(key, space),
                        .group_hash = span_hash((struct span){key.ptr, group}, space)};
  link_note(memory, note);
  return note;
}

struct note *memory_next(const struct memory *memory, const struct note *last) {
  struct note *next = last ? last->newer : NULL;
  for (int shelf = last ? (int)last->shelf + 1 : 0; !next && shelf < SHELF_COUNT; shelf++)
    next = memory->shelves[shelf].oldest;
  return next;
}

void memory_adopt(struct memory *memory, struct note *note, char *value) {
  note->value.ptr = value;
  note->metadata.ptr = value ? value + note->value.len : NULL;
  note->flight = note->flight ? FLIGHT_GONE : 0;
  link_note(memory, note);
  memory_rank(memory, note, note->newest);
}

struct note *memory_note(struct memory *memory, uint32_t space, struct span key, size_t group,
                         int64_t now) {
  struct note *note = memory_find(memory, space, key);
  if (note) {
    unlink_age(memory, note);
    link_newest(memory, note);
    unlink_group(note);
    link_group(memory, note);
  } else {
    note = new_note(memory, space, key, group);
  }
  if (note) {
    note->at = now;
    memory_rank(memory, note, note->newest);
  }
  return note;
}

static struct note *older_of(struct note *a, struct note *b) {
  return a && !(b && b->at < a->at) ? a : b;
}

/* Makes room by one value or one note, |spared| excepted; false when there is enough, or no other. */
static bool make_room(struct memory *memory, const struct note *spared, int64_t now) {
  struct note *goes = memory->shelves[SHELF_RECORDS].oldest;
  bool stays = goes && goes->own;
  if (!goes)
    goes = older_of(memory->shelves[SHELF_OTHERS].oldest, memory->shelves[SHELF_HELD].oldest);
  if (memory->bytes + memory->less <= MEMORY_BYTES_MAX || goes == spared)
    return false;
  if (stays) {
    drop_value(memory, goes);
    reshelve(memory, goes);
    return true;
  }
  if (goes->own)
    memory->forgot_at = now;
  drop_note(memory, goes);
  return true;
}

void memory_keep(struct memory *memory, struct note *note, enum note_kind kind, struct span value,
                 struct span metadata) {
  drop_value(memory, note);
  bool keeps = kind == NOTE_VALUE && value.len <= MEMORY_VALUE_MAX;
  char *copy = keeps ? malloc(value.len + metadata.len + 1) : NULL;
  note->kind = copy || kind != NOTE_VALUE ? kind : NOTE_EMPTY;
  if (copy) {
    memcpy(copy, value.ptr, value.len);
    if (metadata.len)
      memcpy(copy + value.len, metadata.ptr, metadata.len);
    note->value = (struct span){copy, value.len};
    note->metadata = (struct span){copy + value.len, metadata.len};
    memory->bytes += value.len + metadata.len;
  }
  reshelve(memory, note);
  while (make_room(memory, note, note->at))
    ;
}

void memory_hold(struct memory *memory, struct note *note, bool held, int64_t now) {
  if (note->held == held)
    return;
  note->held = held;
  note->at = now;
  reshelve(memory, note);
}

void memory_forget(struct memory *memory, uint32_t space, struct span prefix) {
  for (int shelf = 0; shelf < SHELF_COUNT; shelf++)
    for (struct note *note = memory->shelves[shelf].oldest, *newer; note; note = newer) {
      newer = note->newer;
      if (note->space != space || !span_starts(note->key, prefix))
        continue;
      drop_value(memory, note);
      note->missing = note->own = note->held = false;
      note->checked = note->begun = 0;
      if (shelf != SHELF_OTHERS)
        reshelve(memory, note);
    }
}

static bool is_old(const struct note *note, int64_t now) {
  return now - note->at > (note->held ? MEMORY_HELD_MS : MEMORY_OWN_MS);
}

void memory_expire(struct memory *memory, int64_t now) {
  for (int shelf = 0; shelf < SHELF_COUNT; shelf++)
    for (struct note *note; (note = memory->shelves[shelf].oldest) && is_old(note, now);)
      drop_note(memory, note);
  while (make_room(memory, NULL, now))
    ;
}

void memory_free(struct memory *memory) {
  for (int shelf = 0; shelf < SHELF_COUNT; shelf++)
    while (memory->shelves[shelf].oldest)
      drop_note(memory, memory->shelves[shelf].oldest);
}
