/* request.h: one request to KV, from when it is queued to when it is answered, as data.
 *
 * kv.h queues requests, turn.h says which of them may be sent, round.h talks to the host.
 */
#ifndef TKV_REQUEST_H
#define TKV_REQUEST_H

#include "codec/span.h"
#include "codec/table.h"
#include <stdint.h>

enum { KV_NO_VALUE = -1 };
/* The status of a list that was not asked for its next page, for the call has used up its budget: a
 * KV whose cursors never end must not keep a call for ever. */
enum { KV_OVER_BUDGET = -1, KV_UNSEEN = -2 }; /* KV_UNSEEN: see KV_SURE */

enum kv_kind { KV_GET, KV_PUT, KV_DELETE, KV_LIST, KV_WAIT };

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
  KV_OWN = 1024,    /* get: own writes that are newer answer it, but it is not noted */
  KV_SURE = 2048,   /* get: where KV shows less than this isolate has written, and what that was is
                       forgotten, it is asked again; then the call fails with TRY_AGAIN */
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
  int64_t newest;       /* put: of a journal entry written for the first time: see memory_rank */
  int64_t stamp;        /* the value's `w`: put: given; get: the answer, 0 when unknown */

  bool found;            /* get */
  bool unseen;           /* get: this isolate has written something newer, and forgotten what */
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

/* kv_expires returns for the field `expires` when a key is to go that is of no use after |ms|, a
 * time since 1970.  KV takes no time less than a minute ahead: a put that is sent later than
 * KV_EXPIRES_AHEAD_S before its `expires` asks for that much. */
static inline int64_t kv_expires(int64_t ms) {
  return ms > 0 ? (ms + 999) / 1000 : 1;
}

/* kv_fits_metadata tells whether |text| may stand in metadata: at most KV_METADATA_MAX bytes and
 * pure ASCII, for the Workers runtime logs metadata that is not. */
bool kv_fits_metadata(struct span text);

/* kv_stamp_of reads `w` from a value's metadata; 0 when there is none. */
int64_t kv_stamp_of(struct span metadata);

#endif
