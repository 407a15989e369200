/* turn.h: what the memory says about a key before it is asked for or written.
 * * Writes of one key: the newest value is noted when it is issued, so a call that merges sees what
 * others are about to store.  It is sent as soon as no other write of the key is under way. Whoever
 * comes first sends the newest value that is noted, which has all older ones merged in or
 * overwritten; the others are settled by it.
 */
#ifndef TKV_TURN_H
#define TKV_TURN_H

#include "kv/call.h"

/* kv_turn_wait returns how long to look away from a call that has the turn and was heard of |silence| ms
 * ago, which is negative when the clock was set back: KV_TURN_MS, and longer the longer it is silent. */
int64_t kv_turn_wait(int64_t silence);

/* kv_turn_take tells whether |put| (or delete) may be sent; if not it is left blocked, or settled
 * as superseded. */
bool kv_turn_take(struct call *call, struct kv_request *put);

/* kv_turn_end notes how a write that was sent ended. */
void kv_turn_end(struct call *call, struct kv_request *put, bool stored);

/* kv_recall settles |get| from the memory, if that knows the key well enough. */
bool kv_recall(struct call *call, struct kv_request *get);

/* kv_outweigh corrects KV's answer to |get| by what this isolate wrote, and notes it. */
void kv_outweigh(struct call *call, struct kv_request *get);

/* kv_is_settled tells whether no call of this isolate is about to write the key of |get|: what it is about to
 * write answers a get with KV_REMEMBER or KV_OWN, and may never be stored. */
bool kv_is_settled(struct call *call, const struct kv_request *get);

/* kv_renew corrects an answer by what other calls of this isolate wrote since.  Every round ends
 * with it; a step that merges into an answer of an earlier round calls it first, for nothing comes
 * between a step and its writes. */
void kv_renew(struct call *call, struct kv_request *get);

/* kv_is_held tells whether |key| is held. */
bool kv_is_held(struct call *call, enum tkv_table table, struct span key);

/* kv_wants_flush tells whether |key| is held and nobody is about to send it; then the caller has
 * promised to, by a call that uses kv_flush. */
bool kv_wants_flush(struct call *call, enum tkv_table table, struct span key);

/* kv_drop forgets what is held under |key|, if KV was read not to have the key and nothing was sent
 * since.  False otherwise: it has to be deleted. */
bool kv_drop(struct call *call, enum tkv_table table, struct span key);

/* kv_yield gives up what is held if somebody else has written or deleted the key since, as |look|
 * tells: see kv_look in kv.h. */
bool kv_yield(struct call *call, const struct kv_request *look);

/* kv_look_again returns how many ms later to look again, 0 for not at all: |look| did not find the
 * key, but it is so new that a cache may still say so. */
int64_t kv_look_again(struct call *call, const struct kv_request *look);

#endif
