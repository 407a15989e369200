/* round.h: one exchange with the host: what is queued goes out, what was answered comes in. */
#ifndef TKV_ROUND_H
#define TKV_ROUND_H

#include "kv/turn.h"

/* kv_round_send sends what is queued, or settles it from the memory.  Nothing may be left to
 * answer. */
void kv_round_send(struct call *call);

/* kv_round_wait asks to be resumed in |ms|. */
void kv_round_wait(struct call *call, int64_t ms);

/* kv_round_absorb takes in the answers of the exchange before, if there was one. */
void kv_round_absorb(struct call *call);

/* kv_reply_room and kv_replied take the host's answers (core.h). */
void *kv_reply_room(struct call *call, uint32_t slot, size_t size);
void kv_replied(struct call *call, uint32_t slot, uint32_t status, size_t used,
                uint32_t retry_after);

#endif
