/* entry.h: one membership: this message is in that thread, this thread belongs to that resource.
 *
 * An entry counts only if the member's record exists and agrees with it; it is what makes records
 * findable, not what makes them true.  Entries order newest first: by time descending, then by id
 * ascending.  Messages are shown in another order, that of place.h.
 */
#ifndef TKV_ENTRY_H
#define TKV_ENTRY_H

#include "codec/arena.h"
#include <stdint.h>

struct entry {
  struct span id;
  int64_t time;        /* ms: the member's createdAt */
  struct span owner;   /* messages: their resourceId; threads: empty */
  struct span journal; /* the suffix of the journal key that holds it */
  struct span home;    /* the id of the collection it was read from */
  struct span record;  /* the member's record, once gather.h found it to agree */
  int64_t doubt; /* ms: since when the member may have gone, so look at its record before counting
                    it; 0: it is not in doubt */
  int64_t stamp, position; /* messages: their place among those of one time: see place.h */
  bool untold;             /* the place may be another: its record tells */
  bool hint;               /* it tells of a place only: its journal entry does not name it */
  bool copied;             /* the journal entry is one that copyThread wrote */
  bool gone;               /* gather.h found no record that agrees */
  bool wanted;             /* it is in a window (message_window.c) */
};

/* entry_stamp returns the stamp of a message's place; INT64_MAX when nothing tells it.  entry_join
 * takes in what |told|, another source on the same message, says of its place. */
int64_t entry_stamp(const struct entry *entry);
void entry_join(struct entry *entry, const struct entry *told);

/* A growing list in an arena. */
struct entries {
  struct entry *items;
  size_t count, cap;
};

/* entries_append appends a copy of |entry|; entries_add takes it by value. */
void entries_append(struct arena *arena, struct entries *entries, const struct entry *entry);
static inline void entries_add(struct arena *arena, struct entries *entries, struct entry entry) {
  entries_append(arena, entries, &entry);
}

/* entry_order is negative when |a| comes before |b|, newest first; 0 when time and id are equal. */
int entry_order(const struct entry *a, const struct entry *b);

/* entry_same tells whether two entries say the same: id, time and owner. */
bool entry_same(const struct entry *a, const struct entry *b);

/* entries_sort puts |entries| newest first and drops repetitions (the same in one home), keeping of
 * each the newest journal and the oldest place.  Of hints nothing else is left.  Cheap when they are
 * sorted but for a few. */
void entries_sort(struct arena *arena, struct entries *entries);

/* An order of entries: whether |a| comes before |b|. */
typedef bool (*entry_before)(const struct entry *a, const struct entry *b);
bool entry_newer(const struct entry *a, const struct entry *b); /* entry_order's */
bool entry_older(const struct entry *a, const struct entry *b); /* by time, then by id ascending */

/* entries_ordered returns |entries| in an order: pointers.  entries_arrange sorts such pointers. Both
 * are cheap when they are sorted but for a few, or the other way round. */
struct entry **entries_ordered(struct arena *arena, const struct entries *entries,
                               entry_before before);
void entries_arrange(struct arena *arena, struct entry **items, size_t count, entry_before before);

/* entries_find returns the first entry under |id|, or NULL. */
struct entry *entries_find(const struct entries *entries, struct span id);

/* entries_say tells whether one of |entries| says the same as |entry|. */
bool entries_say(const struct entries *entries, const struct entry *entry);

/* A set of spans, in an arena. */
struct span_set {
  struct span *slots;
  size_t count, cap;
};

/* span_set_add adds |text|; false when it was in already. */
bool span_set_add(struct arena *arena, struct span_set *set, struct span text);
bool span_set_has(const struct span_set *set, struct span text);

#endif
