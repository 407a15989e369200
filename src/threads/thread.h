/* thread.h: thread records: what the core looks at in them, and how their updatedAt comes about.
 *
 * This folder: conversations: threads, their messages, the working memory of resources. It may use the
 * index and all below. It must not know rows, nor who looks after the store.
 *
 * A thread's updatedAt is the record's, or the head's when that was bumped after the record was
 * written: so saving messages never rewrites the record.  A record
 * `{"deletedAt":ms,"resource":id,"journal":suffix}` is a tombstone: the thread is gone, sweep has
 * not finished with its messages.
 *
 * Metadata beside the record: {"v","w","j", "d": deleted-at of a predecessor under the same id,
 * "c": createdAt ms, "u": updatedAt ms, "r": resourceId, "a": archived, "m": metadata}; of a
 * tombstone {"v","w","x":true}.  `r` and `m` may be missing for want of room.
 */
#ifndef TKV_THREAD_H
#define TKV_THREAD_H

#include "index/change.h"
#include "index/record.h"

enum thread_state { THREAD_NONE, THREAD_THERE, THREAD_DELETED, THREAD_DAMAGED };

struct thread {
  enum thread_state state;
  struct span raw;
  struct span id, resource, metadata,
      archived;             /* metadata and archived: JSON, SPAN_NONE when absent */
  int64_t created, updated; /* ms, as the record says */
  int64_t stamp;            /* when the record was written; 0 unknown */
  int64_t deleted;          /* a tombstone's time, or that of a predecessor; 0 for none */
  struct span journal;      /* where it stands in its resource's journal */
};

/* thread_read reads the answer |get|.  A record that says another id than its key is damaged. */
struct thread thread_read(struct call *call, const struct kv_request *get);

/* thread_parse reads |raw|, a thread's JSON.  False when it lacks a field or one is malformed. */
bool thread_parse(struct call *call, struct span raw, struct thread *thread);

/* thread_key joins the key of thread |id|.  False, with the error recorded, when it is too long. */
bool thread_key(struct call *call, struct span id, struct span *key);

/* thread_taken tells whether |thread| was read from a record that no creation may replace. */
static inline bool thread_taken(const struct thread *thread) {
  return thread->state == THREAD_THERE || thread->state == THREAD_DAMAGED;
}

/* thread_already_there fails with ALREADY_EXISTS. */
enum tkv_status thread_already_there(struct call *call, struct span id);

/* thread_updated returns the effective updatedAt of |thread|, given its collection's head. */
int64_t thread_updated(const struct thread *thread, const struct head *head);

/* thread_head reads when a thread was bumped, from the head that was got beside it: its metadata
 * says so, and only where that is missing is the head itself read.  Zero when there is no head. */
struct head thread_head(struct call *call, const struct kv_request *get);

/* thread_tombstone returns the record that marks |thread| as deleted at |stamp|. */
struct span thread_tombstone(struct call *call, const struct thread *thread, int64_t stamp);

/* thread_put_updated writes |thread|'s record with |updated| for its updatedAt. */
void thread_put_updated(struct json_out *out, const struct thread *thread, int64_t updated);

/* thread_metadata returns the KV metadata of |thread|, to be written at |stamp|. */
struct span thread_metadata(struct call *call, const struct thread *thread, int64_t stamp);

/* thread_change returns the change of thread |id| in |list|, made if need be; nothing is asked for yet.
 * NULL, with the error recorded, when the key is too long. */
struct change *thread_change(struct call *call, struct changes *list, struct span id,
                             enum collection_load how);

/* thread_touch returns the change of thread |id| in |list|: if it is new, the thread's record and
 * its collection (added to |load|) are asked for.  NULL, with the error recorded, when the key is
 * too long. */
struct change *thread_touch(struct call *call, struct changes *list, struct collections *load,
                            struct span id, enum collection_load how);

/* thread_bump sets the change's new updatedAt: now, and later than before; and what its record says
 * of the thread. */
void thread_bump(struct call *call, struct change *change);

#endif
