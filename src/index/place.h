/* place.h: where a message stands among those of its thread: the order of answers.
 *
 * By time; then by the stamp of the save that first brought the id to this thread and time; then by
 * the position in that save; then by id.  Descending is the exact mirror.  Threads and rows have no
 * places: theirs is the order of entry.h.
 *
 * An entry's place is its `position` and its `stamp`, which is mostly 0: as the journal suffix says.
 * Several sources may tell of one entry: the head, journal entries, the record's metadata.  The
 * oldest stamp decides; position 0 is also what a source says that does not know.  So it does not
 * matter in which order, or how often, they are joined.
 *
 * What 0.1.0 has written tells no places: of its entries of one moment, as of those in a head that it
 * has rewritten, the records have to be asked (`untold`).
 */
#ifndef TKV_PLACE_H
#define TKV_PLACE_H

#include "codec/json.h"
#include "index/entry.h"

/* place_take reads position and stamp, the next two numbers of |walk|. */
bool place_take(struct json_walk *walk, struct entry *entry);

/* place_put writes `,"o":[position,stamp]` if |entry|'s place is not what its journal suffix says. */
void place_put(struct json_out *out, const struct entry *entry);

/* places_put writes `,"order":[untold, skip,position,stamp, …]` if |entries|, as they stand in a head
 * or journal entry, are not in the order of their suffixes and ids, or if times are equal.
 * places_read takes it in, for the entries from |first| on; absent, those of one time are untold. */
void places_put(struct json_out *out, const struct entry *entries, size_t count);
void places_read(struct span order, struct entries *entries, size_t first);

/* place_order returns the order of answers.  places_ordered returns |entries| in it, those of one
 * time all untold if one of them is: it may stand anywhere among them. */
entry_before place_order(bool ascending);
struct entry **places_ordered(struct arena *arena, const struct entries *entries, bool ascending);

/* place_unsure tells whether |a| and |b|, neighbours in that order, may stand the other way round:
 * their records have to be asked. */
static inline bool place_unsure(const struct entry *a, const struct entry *b) {
  return a->time == b->time && (a->untold || b->untold);
}

#endif
