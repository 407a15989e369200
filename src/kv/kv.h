/* kv.h: KV as the operations see it: requests that are queued in a step and answered before the
 * next one.
 *
 * The requests of a step form a round and go out together: several gets of one namespace as bulk
 * gets of up to 100 keys, all else singly.  This layer retries, reuses what the memory knows, keeps
 * two writes of one key from overlapping, and outweighs stale answers by this isolate's own writes.
 *
 * Held values: a put with KV_HOLD is noted as this isolate's newest value of its key, and done.
 * While it is held every get of this isolate is answered by it, whatever KV says; the next write of
 * the key replaces it; kv_flush sends it.
 *
 * Retries: after 429 at least a second and jitter, five tries; after 5xx, 408 or no answer at all,
 * three quick tries.  Every write here is idempotent, so an unknown outcome may be tried again.
 *
 * Layout of an answer's bytes, numbers 4 bytes little-endian, no padding (native tests and
 * instance.js write it):
 *
 *   get       value length, metadata length, value, metadata; 404: nothing
 *   get_many  per key: value length (NO_VALUE: no such key), metadata length; then per key: value,
 *             metadata
 *   list      count, cursor length (NO_VALUE: last page); per key: name length, metadata length;
 *             cursor; then per key: name, metadata
 *
 * Metadata is JSON text, empty for none.
 */
#ifndef TKV_KV_H
#define TKV_KV_H

#include "codec/json.h"
#include "codec/status.h"
#include "codec/table.h"

enum { KV_EXPIRES_AHEAD_S = 90 }; /* the clocks may differ, and a retry takes time */
enum { KV_NO_VALUE = -1, KV_BULK_MAX = 100, KV_LIST_MAX = 1000, KV_METADATA_MAX = 1024 };
enum { KV_FLUSH_MS = 1000 };

/* The status of a list that was not asked for its next page, for the call has used up its budget: a
 * KV whose cursors never end must not keep a call for ever. */
enum { KV_OVER_BUDGET = -1 };

enum kv_kind { KV_GET, KV_PUT, KV_DELETE, KV_LIST };

enum kv_flag {
  KV_REMEMBER =
      1,        /* get: may be answered by the memory, and is noted there; put, delete: is noted */
  KV_FRESH = 2, /* get: ask KV even when the memory has just read it */
  KV_OPTIONAL = 4,  /* put: one try only; a failure does not fail the call: see `failed` */
  KV_OVERWRITE = 8, /* put: replaces whatever is there, so of two calls the later one wins */
  KV_TOLERATE = 16, /* a failure, retries included, does not fail the call: see `failed` */
  KV_KNOWN = 32,    /* get: what the memory knows of the key will do, however old; only that it was
                       not there is asked again */
  KV_SAME = 64,     /* put: need not be sent when the same value was put a moment ago */
  KV_HOLD = 128,    /* put, with KV_REMEMBER: is held, if it is not too large, instead of sent */
  KV_FLUSH = 256,   /* put, get: kv_flush's, kv_look's */
  KV_SPACE = 512    /* put: is held like one with KV_HOLD if the key was written to within
                       KV_FLUSH_MS */
};

struct kv_item {
  struct span name, metadata;
};

struct kv_request {
  enum kv_kind kind;
  unsigned flags;
  enum tkv_table table;
  struct span key;      /* list: the prefix */
  struct span group;    /* KV_REMEMBER: see memory_note */
  struct span value;    /* put: given; get: the answer */
  struct span metadata; /* likewise: JSON text, may be empty */
  int64_t expires;      /* put: set by whoever queued it: see kv_expires; 0: never */
  int64_t stamp;        /* the value's `w`: put: given; get: the answer, 0 when unknown */

  bool found;            /* get */
  bool failed;           /* with KV_OPTIONAL or KV_TOLERATE */
  int status;            /* of the last try */
  uint32_t limit;        /* list: keys per page; 0: as many as KV gives */
  struct kv_item *items; /* list */
  size_t count;
  struct span
      cursor; /* list: given, NULL for the first page; the answer: NULL after the last page */

  enum { KV_QUEUED, KV_SENT, KV_BLOCKED, KV_SETTLED } state; /* kv.c's own, as all below */
  int tries;
  int64_t delay;
  uint64_t waited; /* ms that the platform has asked for so far */
  int64_t asked;   /* get: ms, when it was last sent */
  uint64_t order, sent;
  bool yields; /* a later call's write replaces this one */
  struct kv_request *next, *next_in_slot;
};

/* A call's requests. */
struct kv {
  struct kv_request *first, *last;
  struct kv_slot *slots;
  size_t slot_count;
  size_t operations; /* sent so far, the whole call */
};

struct call;

/* kv_get, kv_put, kv_delete and kv_list queue a request.  The spans must live as long as the call.
 */
struct kv_request *kv_get(struct call *call, enum tkv_table table, struct span key, unsigned flags);
struct kv_request *kv_put(struct call *call, enum tkv_table table, struct span key,
                          struct span value, struct span metadata, unsigned flags);
struct kv_request *kv_delete(struct call *call, enum tkv_table table, struct span key,
                             unsigned flags);
struct kv_request *kv_list(struct call *call, enum tkv_table table, struct span prefix,
                           struct span cursor);

/* kv_expires returns for the field `expires` when a key is to go that is of no use after |ms|, a
 * time since 1970.  KV takes no time less than a minute ahead: a put that is sent later than
 * KV_EXPIRES_AHEAD_S before its `expires` asks for that much. */
static inline int64_t kv_expires(int64_t ms) {
  return ms > 0 ? (ms + 999) / 1000 : 1;
}

/* kv_wants_flush tells whether |key| is held and nobody is about to send it; then the caller has
 * promised to, by a call that uses kv_flush. */
bool kv_wants_flush(struct call *call, enum tkv_table table, struct span key);

/* kv_is_held tells whether |key| is held. */
bool kv_is_held(struct call *call, enum tkv_table table, struct span key);

/* kv_look waits for KV_FLUSH_MS, and until the last write of |key| is as long ago.  With KV_FRESH in
 * |flags| it then asks KV for the key, if it is still held and this isolate knows what KV had: so
 * kv_yield can tell whether somebody else has written it or deleted it since, and gives up what is
 * held if so. */
struct kv_request *kv_look(struct call *call, enum tkv_table table, struct span key,
                           unsigned flags);
bool kv_yield(struct call *call, const struct kv_request *look);

/* kv_flush queues a put of what is held under |key|, yet not within KV_FLUSH_MS of the write before.
 * When nothing is held any more by then, nothing is sent.  After a failure it is still held. */
void kv_flush(struct call *call, enum tkv_table table, struct span key);

/* kv_drop forgets what is held under |key|, if KV was read not to have the key and nothing was sent
 * since.  False otherwise: it has to be deleted. */
bool kv_drop(struct call *call, enum tkv_table table, struct span key);

/* kv_settle moves the round on: sends what is queued, takes in what was answered.  TKV_DONE when
 * nothing is left, TKV_PENDING when the host has to act, or the error of a request that failed for
 * good. */
enum tkv_status kv_settle(struct call *call);

/* kv_renew corrects an answer by what other calls of this isolate wrote since.  Every round ends
 * with it; a step that merges into an answer of an earlier round calls it first, for nothing comes
 * between a step and its writes. */
void kv_renew(struct call *call, struct kv_request *get);

/* kv_give_up ends the round that is being made or answered: what it would have written counts as not
 * written. */
void kv_give_up(struct call *call);

/* kv_fail fails the call on account of |request|, which failed: with KV_FAILED, or with BUDGET. */
enum tkv_status kv_fail(struct call *call, const struct kv_request *request);

/* kv_reply_room and kv_replied take the host's answers (core.h). */
void *kv_reply_room(struct call *call, uint32_t slot, size_t size);
void kv_replied(struct call *call, uint32_t slot, uint32_t status, size_t used,
                uint32_t retry_after);

/* kv_key joins a key (key.h) for |call|'s store.  False, with an error recorded, when it exceeds
 * KEY_MAX bytes. */
bool kv_key(struct call *call, enum tkv_table table, const struct span *parts, size_t count,
            struct span *key);

/* kv_is_key says whether |key| is that of |id| in |table|. */
bool kv_is_key(struct call *call, struct span key, enum tkv_table table, struct span id);

/* kv_fits_metadata tells whether |text| may stand in metadata: at most KV_METADATA_MAX bytes and
 * pure ASCII, for the Workers runtime logs metadata that is not. */
bool kv_fits_metadata(struct span text);

/* kv_stamp_of reads `w` from a value's metadata; 0 when there is none. */
int64_t kv_stamp_of(struct span metadata);

#endif
