/* change.h: what is to change in collections: members come and go, threads are bumped.  It is noted
 * here, after the collection was loaded, and new members get their places; change_write.h writes it.
 */
#ifndef TKV_CHANGE_H
#define TKV_CHANGE_H

#include "index/collection.h"

struct change {
  struct collection *collection;
  struct entries added;   /* their journal is the change's own suffix */
  struct entries removed; /* their journal tells where they stand; empty when unknown */
  struct entries doubted; /* they were deleted, or moved, here or elsewhere: their entries are kept,
                             for that may be undone */
  struct kv_request *record; /* of the thread, read for its bump; NULL for none */
  struct span resource;      /* of the thread, by its record, once it was bumped */
  int64_t bump;              /* the thread's new updatedAt; 0: unchanged */
  bool exact;                /* an entry is removed only under the journal given for it */
  int64_t until;             /* an entry is removed only if it was written by then; 0: whenever */
  bool dead;                 /* the thread is gone: no head is written */
  bool settles;              /* what is ripe of the head's doubt was judged */
  int64_t since;             /* what the journal holds from before then does not count */
  char suffix[JOURNAL_LEN];
  int64_t stamp;   /* of this change: 0 until the suffix was made */
  int64_t ceiling; /* below which its new members have their places, for a later call of this
                      isolate was faster; 0: their places are what the suffix says */

  struct rewrite *rewrites; /* change_write.c's own, as all below */
  struct head written;
  struct kv_request *head_put, *journal_put;
};

struct changes {
  struct change **items;
  size_t count;
};

/* change_new adds a change of |collection|, not yet loaded perhaps, to |list|. */
struct change *change_new(struct call *call, struct changes *list, struct collection *collection);

/* change_of returns the change of the collection |id| of |kind| in |list|, or NULL. */
struct change *change_of(const struct changes *list, enum collection_kind kind, struct span id);

/* change_suffix returns the journal suffix under which the change's additions will stand.  Calls of
 * one isolate count in the order of the calls: those that began before and have not come that far,
 * if their `placing` is set, get a ceiling. */
struct span change_suffix(struct call *call, struct change *change);

/* change_limit returns the order of the first later call, of those that do not ask |call| to go with
 * them, that may give places in the change's collection: what is of calls after that must not get its
 * place here. */
uint64_t change_limit(const struct call *call, const struct change *change);

/* change_prove asks for the journal entry |journal|, unless it is known to exist; NULL then.
 * change_proved takes in the answer: from now on |journal| is proven if it holds |entry|. */
struct kv_request *change_prove(struct call *call, struct change *change, struct span journal);
void change_proved(struct call *call, struct change *change, const struct kv_request *get,
                   const struct entry *entry, struct span journal);

/* change_keep gives |entry|, a message that stays in its thread and at its time, the place that it
 * has there, by what was loaded and by the |metadata| of its record. */
void change_keep(const struct change *change, struct entry *entry, struct span metadata);

/* change_add notes a new member; one that has no place yet gets the next one.  Nothing is written
 * when the journal is proven to hold the very same under |journal|, the suffix that the member's
 * record names (empty when it names none, or when the record has another time, owner or home).
 * Returns the suffix that holds it, and sets it in |entry|. */
struct span change_add(struct call *call, struct change *change, struct entry *entry,
                       struct span journal);

/* change_doubt notes that |id| was deleted, or has moved within the collection or out of it.  What
 * names it stays for YOUNG_MS, for another isolate may be writing the record back as it was; till
 * then readers look at the record, and then a refresh does. */
void change_doubt(struct call *call, struct change *change, struct span id);

/* change_remove notes that |id|, which stands under |journal| (empty: unknown), is no member any
 * more. */
void change_remove(struct call *call, struct change *change, struct span id, struct span journal);

#endif
