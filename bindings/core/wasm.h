/* wasm.h: the exports of the module: core.h for JavaScript, one function each.
 *
 * Differences from core.h: one instance holds one core; times are doubles, for an int64 would cross
 * as a BigInt. Everything else is as described there.  Pointers are offsets into the exported
 * `memory`; a view of it is stale after any call.
 */
#ifndef TKV_WASM_H
#define TKV_WASM_H

#include "core.h"

#define WASM_EXPORT(name) __attribute__((export_name(name)))

WASM_EXPORT("core_new") struct core *wasm_core_new(void);
WASM_EXPORT("call_new") uint32_t wasm_call_new(struct core *core, size_t size, double now);
WASM_EXPORT("call_input") void *wasm_call_input(struct core *core, uint32_t call);
WASM_EXPORT("call_begin")
int wasm_call_begin(struct core *core, uint32_t call, uint32_t op, size_t prefix, size_t control,
                    size_t payload);
WASM_EXPORT("call_reply")
void *wasm_call_reply(struct core *core, uint32_t call, uint32_t slot, size_t size);
WASM_EXPORT("call_replied")
void wasm_call_replied(struct core *core, uint32_t call, uint32_t slot, uint32_t status,
                       size_t used, uint32_t retry_after);
WASM_EXPORT("call_resume") int wasm_call_resume(struct core *core, uint32_t call, double now);
WASM_EXPORT("call_touch") void wasm_call_touch(struct core *core, uint32_t call, double now);
WASM_EXPORT("call_outcome")
const struct tkv_outcome *wasm_call_outcome(struct core *core, uint32_t call);
WASM_EXPORT("call_end") void wasm_call_end(struct core *core, uint32_t call);
WASM_EXPORT("calls") size_t wasm_calls(const struct core *core);

WASM_EXPORT("core_past") struct tkv_past *wasm_core_past(struct core *core);
WASM_EXPORT("core_note")
const struct tkv_carried *wasm_core_note(struct core *core, const void *last);
WASM_EXPORT("core_room") void *wasm_core_room(size_t size);
WASM_EXPORT("core_adopt") void wasm_core_adopt(struct core *core, void *note, void *value);

#endif
