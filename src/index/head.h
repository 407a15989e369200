/* head.h: the documents of a collection: its head and its journal entries, as text and as structs.
 *
 *   head      {"v":1,"w":…,"updatedAt":…,"bumpedAt":…,"checkedAt":…,"since":…,
 *              "floor":["id",time] or null,"owners":["user-1"],"journal":["suffix",…],
 *              "entries":["id",time,journal,owner, "id",…],"order":[…]}
 *   journal   {"v":1,"w":…,"owner":"user-1","copy":true,"entries":["id",time,"owner" or 0, …],
 *              "order":[…]}
 *
 * Numbers after an id index the lists `journal` and `owners`.  `"doubt":["id",since, …]` stands
 * before the entries when there is any: members that may have gone, deleted or moved away, for whose
 * entries the record has to be asked; an empty id stands for all of them.  `"copy"` stands where
 * copyThread wrote the entry.  `"order"` tells places (place.h), of messages alone.  FORMAT.md
 * describes every field.
 */
#ifndef TKV_HEAD_H
#define TKV_HEAD_H

#include "codec/json.h"
#include "index/entry.h"
#include "index/suffix.h"

struct head {
  int64_t stamp;      /* `w`: when it was written */
  int64_t updated_at; /* the thread's updatedAt, if its record is not newer; 0: none */
  int64_t bumped_at;  /* the stamp of the write that set updated_at */
  int64_t checked_at; /* when the journal was last listed */
  int64_t since;  /* the collection was deleted then: what the journal holds from before does not
                     count */
  bool has_floor; /* entries from `floor` on were left out: see the journal */
  struct entry floor;     /* the last entry that was kept */
  struct entries doubt;   /* ids, and when they came into doubt; an empty id: every entry did */
  struct entries entries; /* newest first, each at or above the floor */
};

/* head_read_json reads |text|, of any form that is JSON, into |head|, its spans pointing into |text|
 * or |arena|: for head_read (head_read.h).  False when it is damaged or of a newer version. */
bool head_read_json(struct arena *arena, struct span text, struct head *head);

/* head_write returns |head| as text, with places if it is one of |messages|. */
struct span head_write(struct arena *arena, const struct head *head, bool messages);

/* journal_read adds the entries of the journal document |text|, which stands under |suffix|.  False
 * when it holds no entries (they stand in the value only) or is damaged. */
bool journal_read(struct arena *arena, struct span text, struct span suffix,
                  struct entries *entries);

/* journal_write returns the document of |entries|, likewise. */
struct span journal_write(struct arena *arena, int64_t stamp, const struct entry *entries,
                          size_t count, bool messages);

#endif
