/* collection.h: which messages are in a thread, which threads belong to a resource.
 *
 * This folder: what makes records findable. It may use calls and requests (kv/) and the codec. It
 * must not know what is in a message, a thread or a row.
 *
 *   journal   metadata:<kind>:<id>:<suffix>   one key per save, never lost to a race, found by list:
 *                                             the truth
 *   head      metadata:<kind>:<id>            the newest entries: a cache of the journal, found by
 *                                             one get
 *
 * A collection that was read is the union of its head, of the journal as far as it was asked, and
 * of what this isolate wrote in the last two minutes.  A head knows the journal entries that it
 * names; of these only what lies below its floor is read from the journal again.  change_write.h
 * writes collections.
 */
#ifndef TKV_COLLECTION_H
#define TKV_COLLECTION_H

#include "codec/limits.h"
#include "index/head.h"
#include "kv/step.h"

/* Mentions (threads/mention.h) have no head, and are not changed by change.h. */
enum collection_kind { COLLECTION_THREAD, COLLECTION_RESOURCE, COLLECTION_MENTIONS };

enum collection_load {
  LOAD_RESTORE, /* the head alone, even where there is none: one that is then written counts as never
                   checked, so later readers ask the journal */
  LOAD_HEAD,    /* the head alone; the journal too where there is no head */
  LOAD_CHECK,   /* the journal's newest part too, unless it was looked at within CHECK_MS */
  LOAD_RECENT,  /* the journal's newest part in any case */
  LOAD_ALL      /* the whole journal */
};

struct collection {
  enum collection_kind kind;
  struct span id;
  enum collection_load load;
  bool copies; /* what a copy has written counts though there is no thread: the caller looks at
                          the thread's record itself, or wants to see what is left of a copy */

  struct span key;        /* of the head */
  struct head head;       /* as read; its entries are in `entries` */
  struct entries entries; /* newest first; without LOAD_ALL none below the floor */
  bool all;               /* entries are all there are, as far as can be seen */
  bool checked;           /* the journal was listed */
  bool stale;             /* it was not, and the head's last check is over CHECK_MS old */
  bool grew;              /* there are entries that the head lacks */
  bool ripe;              /* some member has been in doubt for long: a refresh settles that */
  bool unborn;            /* entries were left out, for a copy wrote them and there is no thread */
  struct entries gone;    /* entries that their records do not bear out, and not in doubt yet */
  struct span_set proven; /* journal suffixes that were seen to exist */

  int stage; /* while loading: collection.c's own, as all below */
  struct kv_request *head_get, *page, *owner;
  struct journal_doc *docs;
  struct span_set known; /* suffixes that the head names */
  size_t gathered;       /* entries of the head that `known` has seen */
  struct entries own;    /* those that this isolate wrote and that may add to the head */
  struct span_set
      overruled; /* of these: those that this isolate has written since, whatever the head says */
};

/* collection_new returns a collection to be loaded; NULL, with the error recorded, when its key
 * would be too long. */
struct collection *collection_new(struct call *call, enum collection_kind kind, struct span id,
                                  enum collection_load load);

/* call_load returns how a call that writes loads collections. */
static inline enum collection_load call_load(const struct call *call) {
  return call->control.restore.kind == CONTROL_TRUE ? LOAD_RESTORE : LOAD_CHECK;
}

/* collection_has_places tells whether members have places (place.h): messages do. */
static inline bool collection_has_places(const struct collection *collection) {
  return collection->kind == COLLECTION_THREAD;
}

/* collections_load is a step that loads all of |self|, a struct collections, in parallel. */
struct collections {
  struct collection **items;
  size_t count;
};
enum tkv_status collections_load(struct call *call, void *self);

/* pointers_grow returns |items|, |count| pointers, with room for another; NULL |items| for none yet. */
void *pointers_grow(struct call *call, void *items, size_t count);

/* collections_add puts |collection| into |list|. */
void collections_add(struct call *call, struct collections *list, struct collection *collection);

/* doubt_is_ripe tells whether what came into doubt at |since| can be settled: by now nobody can
 * write it back. */
static inline bool doubt_is_ripe(struct call *call, int64_t since) {
  return since && now_since(call, since) > YOUNG_MS;
}

/* collection_below_floor tells whether |entry| lies below the head's floor. */
bool collection_below_floor(const struct head *head, const struct entry *entry);

/* collection_begun notes that what |collection| is of was made by this call, where KV had nothing: for
 * CHECK_MS its journal need not be listed, though no head says so. */
void collection_begun(struct call *call, const struct collection *collection);

/* collection_count returns how many members the entries name, those found gone left out. */
size_t collection_count(struct call *call, const struct entries *entries);

/* collection_proves tells whether the journal entry |suffix| was seen to exist, or is this isolate's own. */
bool collection_proves(struct call *call, const struct collection *collection, struct span suffix);

/* collection_own_journal adds to |suffixes| the journal entries that this isolate has written lately: a list
 * may not show them yet, nor the head name them. */
void collection_own_journal(struct call *call, const struct collection *collection,
                            struct span_set *suffixes);

/* collection_journal_key returns the key of the journal entry |suffix|. */
struct span collection_journal_key(struct call *call, const struct collection *collection,
                                   struct span suffix);

#endif
