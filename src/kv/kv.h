/* kv.h: KV as the operations see it: requests that are queued in a step and answered before the
 * next one.
 *
 * This folder: calls, and the requests they make; what this isolate knows of KV. It may use the codec
 * and host.h. It must not know what a record or an index is.
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
 *
 * Of a message the host may hand over, in place of its text, an object of a number under the name
 * "" and of those fields that are looked at (bindings/core/reading.js).  It may be put, with other
 * fields, in place of the message.  It is not noted, but for having been written.
 */
#ifndef TKV_KV_H
#define TKV_KV_H

#include "kv/turn.h"

/* kv_get, kv_put, kv_delete and kv_list queue a request.  The spans must live as long as the call.
 */
struct kv_request *kv_get(struct call *call, enum tkv_table table, struct span key, unsigned flags);
struct kv_request *kv_put(struct call *call, enum tkv_table table, struct span key,
                          struct span value, struct span metadata, unsigned flags);
struct kv_request *kv_delete(struct call *call, enum tkv_table table, struct span key,
                             unsigned flags);
struct kv_request *kv_list(struct call *call, enum tkv_table table, struct span prefix,
                           struct span cursor);

/* kv_wait makes the round take |ms| at least. */
void kv_wait(struct call *call, int64_t ms);

/* kv_look waits for KV_FLUSH_MS, and until the last write of |key| is as long ago.  With KV_FRESH in
 * |flags| it then asks KV for the key, if it is still held and this isolate knows what KV had: so
 * kv_yield can tell whether somebody else has written it or deleted it since, and gives up what is
 * held if so. */
struct kv_request *kv_look(struct call *call, enum tkv_table table, struct span key,
                           unsigned flags);

/* kv_flush queues a put of what is held under |key|, yet not within KV_FLUSH_MS of the write before.
 * When nothing is held any more by then, nothing is sent.  After a failure it is still held. */
void kv_flush(struct call *call, enum tkv_table table, struct span key);

/* kv_put_off_writes takes out of the round that is being made what is no get or list, and all that was
 * queued behind the first such; kv_put_back queues it again.  NULL for nothing. */
struct kv_request *kv_put_off_writes(struct call *call);
void kv_put_back(struct call *call, struct kv_request *requests);

/* kv_settle moves the round on: sends what is queued, takes in what was answered.  TKV_DONE when
 * nothing is left, TKV_PENDING when the host has to act, or the error of a request that failed for
 * good. */
enum tkv_status kv_settle(struct call *call);

/* kv_give_up ends the round that is being made or answered: what it would have written counts as not
 * written. */
void kv_give_up(struct call *call);

/* kv_fail fails the call on account of |request|, which failed: with KV_FAILED, or with BUDGET. */
enum tkv_status kv_fail(struct call *call, const struct kv_request *request);

/* kv_key joins a key (key.h) for |call|'s store.  False, with an error recorded, when it exceeds
 * KEY_MAX bytes. */
bool kv_key(struct call *call, enum tkv_table table, const struct span *parts, size_t count,
            struct span *key);

/* kv_is_key says whether |key| is that of |id| in |table|. */
bool kv_is_key(struct call *call, struct span key, enum tkv_table table, struct span id);

#endif
