/* core.h: the core from outside: one instance, its calls, and how a host drives them.
 *
 *   core = tkv_core_new(host)
 *   call = tkv_call_new(core, size, now)   room for the input at tkv_call_input
 *   tkv_call_begin(core, call, op, …)      TKV_DONE, TKV_PENDING, or an error
 *   while PENDING:                         perform what host.h's functions were asked for; for each
 *                                          request tkv_call_reply (room for the answer's bytes) and
 *                                          tkv_call_replied; then tkv_call_resume
 *   tkv_call_outcome(core, call)           where the result or the error stands
 *   tkv_call_end(core, call)               frees everything
 *
 * The core never waits: a call is an object with its own arena, its code a chain of step functions.
 * Any number of calls may be under way, in any order.  A call whose request went away is reclaimed
 * by later ones once it has been silent for CALL_SILENT_MS beyond what it asked to wait for, sooner
 * when memory is short.  Times are ms since 1970.
 */
#ifndef TKV_CORE_H
#define TKV_CORE_H

#include "codec/status.h"
#include "codec/table.h"
#include "kv/exchange.h"
#include "op.h"
#include <stdint.h>

struct core;

/* tkv_core_new makes a core; NULL when no memory is left.  |host| is handed back to host.h's
 * functions. */
struct core *tkv_core_new(void *host);

/* tkv_core_del frees |core| and all its calls. */
void tkv_core_del(struct core *core);

/* tkv_call_new makes a call with room for |size| bytes of input and returns its handle, or 0
 * without memory. */
uint32_t tkv_call_new(struct core *core, size_t size, int64_t now);

/* tkv_call_input returns that room, or NULL for an unknown handle.  What is written there: a struct
 * tkv_store, then prefix, control document and payload without gaps. */
void *tkv_call_input(struct core *core, uint32_t call);

/* tkv_call_begin starts operation |op|. */
enum tkv_status tkv_call_begin(struct core *core, uint32_t call, enum tkv_op op, size_t prefix,
                               size_t control, size_t payload);

/* tkv_call_reply returns room for at most |size| bytes of the answer to |slot|, or NULL: unknown
 * call or slot, or no memory; the call then ends with NO_MEMORY when it is resumed.  Answers are
 * laid out as kv.h says. */
void *tkv_call_reply(struct core *core, uint32_t call, uint32_t slot, size_t size);

/* tkv_call_replied finishes an answer: |status| is 200, 404, or the HTTP status of a failure, 0
 * when no answer came; |used| bytes of the room were filled; |retry_after| is the platform's wish
 * in ms, 0 for none. */
void tkv_call_replied(struct core *core, uint32_t call, uint32_t slot, uint32_t status, size_t used,
                      uint32_t retry_after);

/* tkv_call_resume goes on after all requests were answered. */
enum tkv_status tkv_call_resume(struct core *core, uint32_t call, int64_t now);

/* tkv_call_touch says that the host is still at what the call asked for.  A call that nobody hears of
 * for KV_FLIGHT_MAX_MS loses its turn to write a key, and counts as abandoned in the end: where an
 * answer may take that long, the host says so every few seconds. */
void tkv_call_touch(struct core *core, uint32_t call, int64_t now);

/* tkv_call_outcome returns the outcome of a finished call, valid until tkv_call_end; NULL for an
 * unknown handle. */
const struct tkv_outcome *tkv_call_outcome(struct core *core, uint32_t call);

/* tkv_call_end frees the call.  Unknown handles are ignored. */
void tkv_call_end(struct core *core, uint32_t call);

/* tkv_core_calls returns how many calls exist: 0 when nothing leaks. */
size_t tkv_core_calls(const struct core *core);

/* A core takes the place of another of the same module, when no call of that is left:
 *
 *   copy the bytes of tkv_core_past, up to `notes`
 *   for each tkv_core_note(old, last), |last| being the one before, NULL at first:
 *     copies of its bytes in tkv_core_room, handed over by tkv_core_adopt
 *
 * So the old one's memory, which Wasm cannot give back, goes with its instance.  tkv_core_past and
 * tkv_core_note return what is valid until the next call; tkv_core_room NULL without memory. */
struct tkv_past *tkv_core_past(struct core *core);
const struct tkv_carried *tkv_core_note(struct core *core, const void *last);
void *tkv_core_room(size_t size);
void tkv_core_adopt(struct core *core, void *note, void *value);

#endif
