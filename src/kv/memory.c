/* memory.c: two chained hash tables over notes that are linked by age. */
#include "kv/memory.h"

#include "codec/limits.h"

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
  struct memory_ages *ages = &memory->ages[note->held];
  *(note->older ? &note->older->newer : &ages->oldest) = note->newer;
  *(note->newer ? &note->newer->older : &ages->newest) = note->older;
}

static void link_newest(struct memory *memory, struct note *note) {
  struct memory_ages *ages = &memory->ages[note->held];
  note->older = ages->newest;
  note->newer = NULL;
  *(ages->newest ? &ages->newest->newer : &ages->oldest) = note;
  ages->newest = note;
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

static void drop_note(struct memory *memory, struct note *note) {
  struct note **link = &memory->buckets[note->key_hash % MEMORY_BUCKETS];
  while (*link != note)
    link = &(*link)->same_bucket;
  *link = note->same_bucket;
  *note->group_link = note->same_group;
  if (note->same_group)
    note->same_group->group_link = note->group_link;
  unlink_age(memory, note);
  assert(memory->bytes >= note_size(note));
  memory->bytes -= note_size(note);
  free((void *)note->value.ptr);
  free(note);
}

static struct note *new_note(struct memory *memory, uint32_t space, struct span key, size_t group) {
  struct note *note = malloc(sizeof *note + key.len);
  if (!note)
    return NULL;
  char *copy = (char *)(note + 1);
  memcpy(copy, key.ptr, key.len);
  *note = (struct note){.space = space, .key = {copy, key.len}, .group = {copy, group}};
  note->key_hash = span_hash(note->key, space);
  note->group_hash = span_hash(note->group, space);
  struct note **bucket = &memory->buckets[note->key_hash % MEMORY_BUCKETS];
  struct note **chain = &memory->groups[note->group_hash % MEMORY_BUCKETS];
  note->same_bucket = *bucket;
  note->same_group = *chain;
  note->group_link = chain;
  if (note->same_group)
    note->same_group->group_link = &note->same_group;
  *bucket = *chain = note;
  link_newest(memory, note);
  memory->bytes += note_size(note);
  return note;
}

struct note *memory_note(struct memory *memory, uint32_t space, struct span key, size_t group,
                         int64_t now) {
  struct note *note = memory_find(memory, space, key);
  if (note) {
    unlink_age(memory, note);
    link_newest(memory, note);
  } else {
    note = new_note(memory, space, key, group);
  }
  if (note)
    note->at = now;
  return note;
}

void memory_keep(struct memory *memory, struct note *note, enum note_kind kind, struct span value,
                 struct span metadata) {
  drop_value(memory, note);
  if (kind != NOTE_VALUE) {
    note->kind = kind;
    return;
  }
  char *copy = value.len > MEMORY_VALUE_MAX ? NULL : malloc(value.len + metadata.len + 1);
  if (!copy)
    return;
  memcpy(copy, value.ptr, value.len);
  if (metadata.len)
    memcpy(copy + value.len, metadata.ptr, metadata.len);
  note->kind = NOTE_VALUE;
  note->value = (struct span){copy, value.len};
  note->metadata = (struct span){copy + value.len, metadata.len};
  memory->bytes += value.len + metadata.len;
}

void memory_hold(struct memory *memory, struct note *note, bool held, int64_t now) {
  if (note->held == held)
    return;
  unlink_age(memory, note);
  note->held = held;
  note->at = now;
  link_newest(memory, note);
}

void memory_forget(struct memory *memory, uint32_t space, struct span prefix) {
  for (int held = 1; held >= 0; held--)
    for (struct note *note = memory->ages[held].oldest, *newer; note; note = newer) {
      newer = note->newer;
      if (note->space != space || !span_starts(note->key, prefix))
        continue;
      drop_value(memory, note);
      note->missing = false;
      memory_hold(memory, note, false, note->at);
    }
}

/* What goes next: it is too old, or there is too much of all. */
static struct note *surplus(const struct memory *memory, int64_t now) {
  struct note *other = memory->ages[0].oldest, *held = memory->ages[1].oldest;
  if (other && now - other->at > MEMORY_OWN_MS)
    return other;
  if (held && now - held->at > MEMORY_HELD_MS)
    return held;
  if (memory->bytes <= MEMORY_BYTES_MAX)
    return NULL;
  return other && !(held && held->at < other->at) ? other : held;
}

void memory_expire(struct memory *memory, int64_t now) {
  for (struct note *note; (note = surplus(memory, now));)
    drop_note(memory, note);
}

void memory_free(struct memory *memory) {
  for (int held = 0; held < 2; held++)
    while (memory->ages[held].oldest)
      drop_note(memory, memory->ages[held].oldest);
}
