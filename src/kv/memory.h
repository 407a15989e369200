/* memory.h: what this isolate knows of KV: its own writes of the last two minutes and its reads of
 * the last second.
 *
 * Plain data, shared by all calls of a core; no promise and no lock.  It serves three ends: a value
 * written here is seen here at once, even when KV still answers with an older one; a value just
 * read is not read again; and two writes of one key never overlap, the last call winning (kv.c
 * keeps the rules).
 *
 * A value may also be *held*: written here, but not sent (kv.h's kv_hold).  It is kept longer, yet
 * it counts in the memory's bytes.
 *
 * When the bytes run out the values of records go first, the oldest before others: of an own write
 * its note stays, bare, so that it is known that KV may not show it yet.  Then the oldest note goes,
 * held or not, and what was never sent is lost with it.
 */
#ifndef TKV_MEMORY_H
#define TKV_MEMORY_H

#include "codec/limits.h"
#include "codec/span.h"
#include <stdint.h>

enum note_kind {
  NOTE_EMPTY, /* only the order of writes is known */
  NOTE_VALUE,
  NOTE_ABSENT /* deleted, or read and not there */
};

/* Where a note stands, by what becomes of it when the bytes run out. */
enum note_shelf {
  SHELF_OTHERS, /* indexes, what is absent, and bare notes */
  SHELF_RECORDS,
  SHELF_HELD,
  SHELF_COUNT
};

/* What is known of one key.  Owned by the memory; valid until the next memory_note,
 * memory_keep of another, or memory_expire. */
struct note {
  struct note *same_bucket, *same_group; /* chains */
  struct note **group_link;              /* what points here in the group's chain */
  struct note *older, *newer;            /* by `at`, on its shelf */
  uint32_t space;
  struct span key, group; /* the group is a leading part of the key, or all of it */
  uint32_t key_hash, group_hash;

  enum note_kind kind;
  bool own;                    /* written here, not just read */
  bool record;                 /* it is no index: its value may be dropped before others */
  struct span value, metadata; /* NOTE_VALUE */
  int64_t at;                  /* ms: when this was noted */
  int64_t stamp;               /* the record's `w`; 0 when unknown */
  int64_t acked;               /* the stamp of what KV has acknowledged last; 0: nothing */
  int64_t seen;    /* the stamp of what KV was last seen to have, or was sent; 0: none */
  int64_t expires; /* of an own value: as in struct kv_request */
  int64_t checked; /* of a head: when this isolate last listed its journal */
  int64_t begun;   /* of a head: when this isolate made what it is of, where there was nothing */
  int64_t newest;  /* see memory_rank */
  int64_t reach;   /* no own journal entry from here on in its group is newer: see memory_rank */

  uint32_t flight;    /* the call whose write is under way; 0 for none */
  uint64_t latest;    /* order of the newest write that was asked for, sent or not */
  int64_t latest_at;  /* ms: when it was asked for */
  int64_t written_at; /* ms: when KV last acknowledged a write of the key */
  uint64_t written;   /* order of the newest write that KV has acknowledged */
  uint64_t overwrite; /* order of the newest call that overwrites the key */
  uint64_t overwrote; /* likewise, of those whose write KV has acknowledged */

  enum note_shelf shelf;
  bool held;          /* the value has not been sent, nor is anyone about to: see memory_hold */
  bool missing;       /* KV was seen not to have the key, and nothing was sent since */
  int64_t sent_at;    /* ms: when a write was last sent */
  int64_t made_at;    /* ms: when one was last sent where KV was not known to have the key */
  int64_t flusher_at; /* ms: when somebody last promised to send the held value; 0: nobody did */
};

struct memory_ages {
  struct note *oldest, *newest;
};

struct memory {
  int64_t forgot_at; /* ms: when an own write was last forgotten for want of room; 0: never */
  size_t bytes;
  size_t less; /* bytes of MEMORY_BYTES_MAX that are not to be used */
  struct memory_ages shelves[SHELF_COUNT];
  struct note *buckets[MEMORY_BUCKETS], *groups[MEMORY_BUCKETS];
};

/* memory_find returns the note on |key|, or NULL. */
struct note *memory_find(struct memory *memory, uint32_t space, struct span key);

/* memory_note returns the note on |key|, made if need be, as the newest.  |group| is the length of
 * the key's leading part under which memory_in_group finds it.  NULL when no memory is left. */
struct note *memory_note(struct memory *memory, uint32_t space, struct span key, size_t group,
                         int64_t now);

/* memory_rank says of |note|, just noted, how new the journal entry's newest member is; INT64_MAX for an
 * entry that has to be looked at, 0 for what is none.  So whoever goes through a group, what was noted
 * last first, knows where to stop, however much there is. */
void memory_rank(struct memory *memory, struct note *note, int64_t newest);

/* memory_keep stores copies of |value| and |metadata| in |note|; others may go for it.  Too large a
 * value, or want of memory, leaves it NOTE_EMPTY: less is known, nothing is wrong. */
void memory_keep(struct memory *memory, struct note *note, enum note_kind kind, struct span value,
                 struct span metadata);

/* memory_hold says that |note| is held, or no longer. */
void memory_hold(struct memory *memory, struct note *note, bool held, int64_t now);

/* memory_in_group returns the first note of |group| after |last| (NULL to begin), or NULL: the last
 * that was noted first. */
struct note *memory_in_group(struct memory *memory, uint32_t space, struct span group,
                             struct note *last);

/* memory_forget drops the values of all keys of |space| that start with |prefix|. */
void memory_forget(struct memory *memory, uint32_t space, struct span prefix);

/* memory_expire drops what is too old or too much. */
void memory_expire(struct memory *memory, int64_t now);

/* memory_next returns the note after |last| (NULL to begin), of each shelf the oldest first, or NULL. */
struct note *memory_next(const struct memory *memory, const struct note *last);

/* memory_adopt takes in, as the newest of its shelf, what another instance's memory had: |note| has
 * that note's bytes and its key's behind it, |value| (NULL: none) those of value and metadata.  Both
 * are malloc's, and the memory's from now on.  Whoever was writing the key is gone. */
void memory_adopt(struct memory *memory, struct note *note, char *value);

/* memory_free drops everything. */
void memory_free(struct memory *memory);

#endif
