/* wasm.c: forwards each export to core.h. */
#include "wasm.h"

struct core *wasm_core_new(void) {
  return tkv_core_new(NULL);
}

uint32_t wasm_call_new(struct core *core, size_t size, double now) {
  return tkv_call_new(core, size, (int64_t)now);
}

void *wasm_call_input(struct core *core, uint32_t call) {
  return tkv_call_input(core, call);
}

int wasm_call_begin(struct core *core, uint32_t call, uint32_t op, size_t prefix, size_t control,
                    size_t payload) {
  return tkv_call_begin(core, call, (enum tkv_op)op, prefix, control, payload);
}

void *wasm_call_reply(struct core *core, uint32_t call, uint32_t slot, size_t size) {
  return tkv_call_reply(core, call, slot, size);
}

void wasm_call_replied(struct core *core, uint32_t call, uint32_t slot, uint32_t status,
                       size_t used, uint32_t retry_after) {
  tkv_call_replied(core, call, slot, status, used, retry_after);
}

int wasm_call_resume(struct core *core, uint32_t call, double now) {
  return tkv_call_resume(core, call, (int64_t)now);
}

void wasm_call_touch(struct core *core, uint32_t call, double now) {
  tkv_call_touch(core, call, (int64_t)now);
}

const struct tkv_outcome *wasm_call_outcome(struct core *core, uint32_t call) {
  return tkv_call_outcome(core, call);
}

void wasm_call_end(struct core *core, uint32_t call) {
  tkv_call_end(core, call);
}

size_t wasm_calls(const struct core *core) {
  return tkv_core_calls(core);
}

struct tkv_past *wasm_core_past(struct core *core) {
  return tkv_core_past(core);
}

const struct tkv_carried *wasm_core_note(struct core *core, const void *last) {
  return tkv_core_note(core, last);
}

void *wasm_core_room(size_t size) {
  return tkv_core_room(size);
}

void wasm_core_adopt(struct core *core, void *note, void *value) {
  tkv_core_adopt(core, note, value);
}

#ifdef __EMSCRIPTEN__
void emscripten_notify_memory_growth(int index);
/* emscripten would import this; views are renewed after every call anyway. */
void emscripten_notify_memory_growth(int index) {
  (void)index;
}
#endif
