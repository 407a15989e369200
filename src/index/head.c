/* head.c: reading and writing of heads and journal entries, with the span scanner. */
#include "index/head.h"

#include "codec/json_shape.h"
#include "codec/limits.h"
#include "index/names.h"
#include "index/place.h"

static bool read_names(struct arena *arena, struct span array, struct names *names) {
  struct json_walk walk = json_walk(array);
  while (json_next(&walk)) {
    struct span name;
    if (!json_string(arena, walk.value, &name))
      return false;
    names_add(arena, names, name);
  }
  return !walk.bad;
}

static bool next_name(struct json_walk *walk, const struct names *names, struct span *name) {
  int64_t number;
  if (!json_next_int(walk, &number) || number < 0 || (size_t)number >= names->count)
    return false;
  *name = names->items[number];
  return true;
}

static bool read_entries(struct arena *arena, struct span array, const struct names *owners,
                         const struct names *journal, struct entries *entries) {
  struct json_walk walk = json_walk(array);
  while (json_next(&walk)) {
    struct entry entry = {0};
    if (!json_string(arena, walk.value, &entry.id) || !json_next_int(&walk, &entry.time) ||
        !next_name(&walk, journal, &entry.journal) || !next_name(&walk, owners, &entry.owner))
      return false;
    entries_append(arena, entries, &entry);
  }
  return !walk.bad;
}

static bool read_floor(struct arena *arena, struct span value, struct head *head) {
  if (json_is_null(value))
    return true;
  struct json_walk walk = json_walk(value);
  head->has_floor = true;
  return json_next(&walk) && json_string(arena, walk.value, &head->floor.id) &&
         json_next_int(&walk, &head->floor.time);
}

static bool read_doubt(struct arena *arena, struct span array, struct entries *doubt) {
  if (json_is_bool(array)) { /* as it was once written, without a time */
    entries_add(arena, doubt, (struct entry){.id = SPAN(""), .time = 1});
    return true;
  }
  struct json_walk walk = json_walk(array);
  while (array.ptr && json_next(&walk)) {
    struct entry entry = {0};
    if (!json_string(arena, walk.value, &entry.id) || !json_next_int(&walk, &entry.time))
      return false;
    entries_append(arena, doubt, &entry);
  }
  return !array.ptr || !walk.bad;
}

struct head_text {
  struct head head;
  struct span version, floor, owners, journal, doubt, entries, order;
};

bool head_read_json(struct arena *arena, struct span text, struct head *head) {
  static const struct shape shape[] = {
      {SHAPE(struct head_text, version, "v"), SHAPE_RAW},
      {SHAPE(struct head_text, head.stamp, "w"), SHAPE_INT},
      {SHAPE(struct head_text, head.updated_at, "updatedAt"), SHAPE_INT},
      {SHAPE(struct head_text, head.bumped_at, "bumpedAt"), SHAPE_INT},
      {SHAPE(struct head_text, head.checked_at, "checkedAt"), SHAPE_INT},
      {SHAPE(struct head_text, head.since, "since"), SHAPE_INT},
      {SHAPE(struct head_text, floor, "floor"), SHAPE_RAW},
      {SHAPE(struct head_text, owners, "owners"), SHAPE_RAW},
      {SHAPE(struct head_text, journal, "journal"), SHAPE_RAW},
      {SHAPE(struct head_text, doubt, "doubt"), SHAPE_RAW | SHAPE_OPTIONAL},
      {SHAPE(struct head_text, entries, "entries"), SHAPE_RAW},
      {SHAPE(struct head_text, order, "order"), SHAPE_RAW | SHAPE_OPTIONAL}};
  struct names owners = {0}, journal = {0};
  struct head_text read = {0};
  bool fits = shape_fits(arena, text, shape, 12, &read);
  *head = read.head;
  fits = fits && span_eq(read.version, SPAN("1")) && read_floor(arena, read.floor, head) &&
         read_names(arena, read.owners, &owners) && read_names(arena, read.journal, &journal) &&
         read_entries(arena, read.entries, &owners, &journal, &head->entries) &&
         read_doubt(arena, read.doubt, &head->doubt);
  places_read(read.order, &head->entries, 0);
  return fits;
}

/* Names while they are numbered: a hash table of numbers plus one, 0 being free. */
struct numbering {
  struct names names;
  uint32_t *table;
  size_t cap; /* a power of two, at least twice the names there can be */
};

static struct numbering numbering_of(struct arena *arena, size_t most) {
  struct numbering numbering = {.cap = 16};
  while (numbering.cap < most * 2)
    numbering.cap *= 2;
  numbering.table = ARENA_ARRAY(arena, uint32_t, numbering.cap);
  return numbering;
}

static size_t number_of(struct arena *arena, struct numbering *numbering, struct span name) {
  size_t slot = span_hash(name, 0) & (numbering->cap - 1);
  for (; numbering->table[slot]; slot = (slot + 1) & (numbering->cap - 1))
    if (span_eq(numbering->names.items[numbering->table[slot] - 1], name))
      return numbering->table[slot] - 1;
  size_t number = names_add(arena, &numbering->names, name);
  numbering->table[slot] = (uint32_t)number + 1;
  return number;
}

static void put_names(struct json_out *out, const struct names *names) {
  for (size_t i = 0; i < names->count; i++) {
    if (i)
      json_put_char(out, ',');
    json_put_string(out, names->items[i]);
  }
}

static void put_entries(struct json_out *out, const struct entries *entries,
                        struct numbering *owners, struct numbering *journal) {
  for (size_t i = 0; i < entries->count; i++) {
    const struct entry *entry = &entries->items[i];
    if (i)
      json_put_char(out, ',');
    json_put_string(out, entry->id);
    json_put_number(out, SPAN(","), entry->time);
    json_put_number(out, SPAN(","), (int64_t)number_of(out->arena, journal, entry->journal));
    json_put_number(out, SPAN(","), (int64_t)number_of(out->arena, owners, entry->owner));
  }
}

static void put_doubt(struct json_out *out, const struct head *head) {
  const struct entries *doubt = &head->doubt;
  struct entry last = {.id = SPAN("")};
  struct entries all = {&last, 1, 1};
  if (doubt->count > HEAD_DOUBT_MAX) {
    last.time = doubt->items[doubt->count - 1].time;
    doubt = &all;
  }
  for (size_t i = 0; i < doubt->count; i++) {
    json_put(out, i ? SPAN(",") : SPAN(",\"doubt\":["));
    json_put_string(out, doubt->items[i].id);
    json_put_number(out, SPAN(","), doubt->items[i].time);
  }
  if (doubt->count)
    json_put_char(out, ']');
}

struct span head_write(struct arena *arena, const struct head *head, bool messages) {
  struct numbering owners = numbering_of(arena, head->entries.count);
  struct numbering journal = numbering_of(arena, head->entries.count);
  struct json_out list = json_out(arena, 64 + head->entries.count * 64);
  put_entries(&list, &head->entries, &owners, &journal);
  struct json_out out = json_out(arena, 512 + list.len + journal.names.count * 24);
  json_put_number(&out, SPAN("{\"v\":1,\"w\":"), head->stamp);
  json_put_number(&out, SPAN(",\"updatedAt\":"), head->updated_at);
  json_put_number(&out, SPAN(",\"bumpedAt\":"), head->bumped_at);
  json_put_number(&out, SPAN(",\"checkedAt\":"), head->checked_at);
  json_put_number(&out, SPAN(",\"since\":"), head->since);
  json_put(&out, head->has_floor ? SPAN(",\"floor\":[") : SPAN(",\"floor\":null"));
  if (head->has_floor) {
    json_put_string(&out, head->floor.id);
    json_put_number(&out, SPAN(","), head->floor.time);
    json_put_char(&out, ']');
  }
  json_put(&out, SPAN(",\"owners\":["));
  put_names(&out, &owners.names);
  json_put(&out, SPAN("],\"journal\":["));
  put_names(&out, &journal.names);
  json_put_char(&out, ']');
  put_doubt(&out, head);
  json_put(&out, SPAN(",\"entries\":["));
  json_put(&out, json_out_span(&list));
  json_put_char(&out, ']');
  if (messages)
    places_put(&out, head->entries.items, head->entries.count);
  json_put_char(&out, '}');
  return json_out_span(&out);
}

struct journal_text {
  struct span version, owner, entries, copy, order;
};

bool journal_read(struct arena *arena, struct span text, struct span suffix,
                  struct entries *entries) {
  static const struct shape shape[] = {
      {SHAPE(struct journal_text, version, "v"), SHAPE_RAW},
      {SHAPE(struct journal_text, owner, "owner"), SHAPE_TEXT},
      {SHAPE(struct journal_text, entries, "entries"), SHAPE_RAW},
      {SHAPE(struct journal_text, copy, "copy"), SHAPE_RAW | SHAPE_OPTIONAL},
      {SHAPE(struct journal_text, order, "order"), SHAPE_RAW | SHAPE_OPTIONAL}};
  size_t first = entries->count;
  struct journal_text read;
  if (!shape_fits(arena, text, shape, 5, &read) || !span_eq(read.version, SPAN("1")) ||
      !json_is_array(read.entries))
    return false;
  struct json_walk walk = json_walk(read.entries);
  while (json_next(&walk)) {
    struct entry entry = {.owner = read.owner, .journal = suffix, .copied = read.copy.ptr};
    if (!json_string(arena, walk.value, &entry.id) || !json_next_int(&walk, &entry.time) ||
        !json_next(&walk))
      return false;
    if (json_is_string(walk.value) && !json_string(arena, walk.value, &entry.owner))
      return false;
    entries_append(arena, entries, &entry);
  }
  places_read(read.order, entries, first);
  return !walk.bad;
}

struct span journal_write(struct arena *arena, int64_t stamp, const struct entry *entries,
                          size_t count, bool messages) {
  struct span owner = count ? entries[0].owner : SPAN("");
  struct json_out out = json_out(arena, 128 + owner.len + count * 64);
  json_put_number(&out, SPAN("{\"v\":1,\"w\":"), stamp);
  json_put_text(&out, SPAN(",\"owner\":"), owner);
  json_put(&out, count && entries[0].copied ? SPAN(",\"copy\":true,\"entries\":[")
                                            : SPAN(",\"entries\":["));
  for (size_t i = 0; i < count; i++) {
    if (i)
      json_put_char(&out, ',');
    json_put_string(&out, entries[i].id);
    json_put_number(&out, SPAN(","), entries[i].time);
    json_put_char(&out, ',');
    if (span_eq(entries[i].owner, owner))
      json_put_char(&out, '0');
    else
      json_put_string(&out, entries[i].owner);
  }
  json_put_char(&out, ']');
  if (messages)
    places_put(&out, entries, count);
  json_put_char(&out, '}');
  return json_out_span(&out);
}
