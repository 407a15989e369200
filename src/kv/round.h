/* kv_round.h: one exchange with the host.  For kv.c only. */
#ifndef TKV_KV_ROUND_H
#define TKV_KV_ROUND_H

#include "kv/call.h"

enum {
  KV_TURN_MS = 15,              /* how long to look away while another call writes the same key */
  KV_TURN_SHARE = 16,           /* and longer by this part of what it has taken already */
  KV_FLIGHT_MAX_MS = 15 * 1000, /* who is not heard of for so long while writing is gone */
  KV_TRIES_BUSY = 5,            /* after 429 */
  KV_TRIES_BROKEN = 3,          /* after 5xx, 408, or no answer */
  KV_DELAY_BUSY_MS = 1000,      /* times the tries so far */
  KV_DELAY_BROKEN_MS = 50
};

/* kv_round_send sends what is queued, or settles it from the memory.  Nothing may be left to
 * answer. */
void kv_round_send(struct call *call);

/* kv_round_wait asks to be resumed in |ms|. */
void kv_round_wait(struct call *call, int64_t ms);

/* kv_round_absorb takes in the answers of the exchange before, if there was one. */
void kv_round_absorb(struct call *call);

/* kv_turn.c: who may write a key now. */

/* kv_turn_take tells whether |put| (or delete) may be sent; if not it is left blocked, or settled
 * as superseded. */
bool kv_turn_take(struct call *call, struct kv_request *put);

/* kv_turn_end notes how a write that was sent ended. */
void kv_turn_end(struct call *call, struct kv_request *put, bool stored);

/* kv_recall settles |get| from the memory, if that knows the key well enough. */
bool kv_recall(struct call *call, struct kv_request *get);

/* kv_outweigh corrects KV's answer to |get| by what this isolate wrote, and notes it. */
void kv_outweigh(struct call *call, struct kv_request *get);

#endif
