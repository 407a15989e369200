/* place.c: places joined, read, written and compared. */
#include "index/place.h"

#include "index/suffix.h"

bool place_take(struct json_walk *walk, struct entry *entry) {
  return json_next_int(walk, &entry->position) && json_next_int(walk, &entry->stamp);
}

static bool put_place(struct json_out *out, const struct entry *entry, struct span before) {
  if (!entry->position && !entry->stamp)
    return false;
  json_put_number(out, before, entry->position);
  json_put_char(out, ',');
  json_put_int(out, entry->stamp);
  return true;
}

void place_put(struct json_out *out, const struct entry *entry) {
  if (put_place(out, entry, SPAN(",\"o\":[")))
    json_put_char(out, ']');
}

/* Whether a neighbour of the entry |at| has its time. */
static bool is_tied(const struct entry *entries, size_t count, size_t at) {
  return (at && entries[at - 1].time == entries[at].time) ||
         (at + 1 < count && entries[at + 1].time == entries[at].time);
}

void places_read(struct span order, struct entries *entries, size_t first) {
  struct json_walk walk = json_walk(order);
  struct entry *items = entries->items;
  int64_t untold = INT64_MAX, skip;
  json_next_int(&walk, &untold);
  for (size_t i = first; json_next_int(&walk, &skip) && (uint64_t)skip < entries->count - i; i++)
    place_take(&walk, &items[i += (size_t)skip]);
  for (size_t i = first; untold && i < entries->count; i++)
    items[i].untold = is_tied(items, entries->count, i) && journal_time(items[i].journal) <= untold;
}

void places_put(struct json_out *out, const struct entry *entries, size_t count) {
  struct json_out list = json_out(out->arena, 64);
  int64_t untold = 0, skip = 0;
  bool needed = false;
  for (size_t i = 0; i < count; i++, skip++) {
    bool tied = is_tied(entries, count, i);
    if (tied && entries[i].untold && journal_time(entries[i].journal) > untold)
      untold = journal_time(entries[i].journal);
    needed |= tied;
    if (!entries[i].position && !entries[i].stamp)
      continue;
    json_put_char(&list, ',');
    json_put_int(&list, skip);
    put_place(&list, &entries[i], SPAN(","));
    skip = -1;
  }
  if (!needed && !list.len)
    return;
  json_put_number(out, SPAN(",\"order\":["), untold);
  json_put(out, json_out_span(&list));
  json_put_char(out, ']');
}

static bool place_older(const struct entry *a, const struct entry *b) {
  if (a->time != b->time)
    return a->time < b->time;
  int64_t first = entry_stamp(a), second = entry_stamp(b);
  if (first != second)
    return first < second;
  return a->position != b->position ? a->position < b->position : span_cmp(a->id, b->id) < 0;
}

static bool place_newer(const struct entry *a, const struct entry *b) {
  return place_older(b, a);
}

entry_before place_order(bool ascending) {
  return ascending ? place_older : place_newer;
}

static void share_doubt(struct entry *from, struct entry *to) {
  to->untold |= from->untold && from->time == to->time;
}

struct entry **places_ordered(struct arena *arena, const struct entries *entries, bool ascending) {
  struct entry **ordered = entries_ordered(arena, entries, place_order(ascending));
  for (size_t i = 1; i < entries->count; i++)
    share_doubt(ordered[i - 1], ordered[i]);
  for (size_t i = entries->count; i-- > 1;)
    share_doubt(ordered[i], ordered[i - 1]);
  return ordered;
}
