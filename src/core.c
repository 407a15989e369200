/* core.c: cores, and the entry points of core.h. */
#include "core.h"

#include "codec/key.h"
#include "codec/limits.h"
#include "kv/round.h"
#include "kv/step.h"
#include <stdlib.h>

struct core {
  struct shared shared;
  int64_t last_reclaim;
  struct tkv_carried carried;
};

/* What others are to take over stands together, and is handed out where it is. */
#define PAST_AT offsetof(struct shared, last_stamp)
_Static_assert(offsetof(struct shared, orders) - PAST_AT == offsetof(struct tkv_past, orders) &&
                   offsetof(struct shared, memory.forgot_at) - PAST_AT ==
                       offsetof(struct tkv_past, forgot_at) &&
                   offsetof(struct shared, memory.bytes) - PAST_AT ==
                       offsetof(struct tkv_past, notes),
               "as in struct tkv_past");

struct core *tkv_core_new(void *host) {
  struct core *core = calloc(1, sizeof *core);
  if (core)
    core->shared.host = host;
  return core;
}

static void seat_free(struct core *core, struct seat *seat) {
  arena_free(&seat->call->arena);
  free(seat->call);
  seat->call = NULL;
  core->shared.seats.taken--;
}

void tkv_core_del(struct core *core) {
  for (size_t i = 0; i < core->shared.seats.count; i++)
    if (core->shared.seats.items[i].call)
      seat_free(core, &core->shared.seats.items[i]);
  memory_free(&core->shared.memory);
  arena_reserve_free(&core->shared.reserve);
  free(core->shared.seats.items);
  free(core);
}

/* How long |seat|'s call has been silent, beyond what it asked to wait for: see round.c. */
static int64_t silence_of(const struct seat *seat, int64_t now) {
  return seat->call ? now - seat->touched : INT64_MIN;
}

static void reclaim_silent(struct core *core, int64_t now) {
  if (now - core->last_reclaim < RECLAIM_EVERY_MS)
    return;
  core->last_reclaim = now;
  for (size_t i = 0; i < core->shared.seats.count; i++)
    if (silence_of(&core->shared.seats.items[i], now) > CALL_SILENT_MS)
      seat_free(core, &core->shared.seats.items[i]);
}

/* Frees the call that has been silent for the longest, if it is likely to be gone. */
static bool reclaim_longest(struct core *core, int64_t now) {
  struct seat *longest = NULL;
  for (size_t i = 0; i < core->shared.seats.count; i++) {
    struct seat *seat = &core->shared.seats.items[i];
    if (silence_of(seat, now) > (longest ? silence_of(longest, now) : KV_FLIGHT_MAX_MS))
      longest = seat;
  }
  if (longest)
    seat_free(core, longest);
  return longest;
}

static void *take_input(struct core *core, struct call *call, size_t size) {
  while (core->shared.reserve.held + size > CALLS_BYTES_MAX && reclaim_longest(core, call->now))
    continue;
  void *input;
  do
    input = arena_try(&call->arena, size);
  while (!input && reclaim_longest(core, call->now));
  return input;
}

uint32_t tkv_call_new(struct core *core, size_t size, int64_t now) {
  reclaim_silent(core, now);
  memory_expire(&core->shared.memory, now);
  struct seat *seat =
      arena_reserve_fill(&core->shared.reserve) ? seats_take(&core->shared.seats) : NULL;
  struct call *call = seat ? calloc(1, sizeof *call) : NULL;
  if (!call)
    return 0;
  *call = (struct call){.shared = &core->shared,
                        .arena = {.reserve = &core->shared.reserve},
                        .memory = &core->shared.memory,
                        .host = core->shared.host,
                        .handle = seats_handle(&core->shared.seats, seat),
                        .now = now,
                        .order = ++core->shared.orders};
  core->shared.seats.taken++;
  seat->call = call;
  seat->touched = now;
  call->input = take_input(core, call, size);
  if (call->input)
    return call->handle;
  seat_free(core, seat);
  return 0;
}

void *tkv_call_input(struct core *core, uint32_t handle) {
  struct seat *seat = seats_find(&core->shared.seats, handle);
  return seat ? seat->call->input : NULL;
}

/* What the scanner takes for an object and cJSON does not: there was no memory for it. */
static enum tkv_status bad_control(struct call *call, struct span text) {
  struct span value;
  call->arena.failed = json_value(text, &value) && json_is_object(value);
  return call_invalid(call, SPAN("control"), SPAN("must be a JSON object"));
}

/* Records come alone or in an array.  What is brought back may be as deep as 0.1.0 has stored it. */
static size_t most_levels(const struct call *call, struct span payload) {
  return call->control.restore.kind == CONTROL_TRUE ? JSON_DEPTH_MAX
                                                    : RECORD_DEPTH_MAX + (payload.ptr[0] == '[');
}

static enum tkv_status read_input(struct call *call, size_t prefix, size_t control,
                                  size_t payload) {
  const char *text = (const char *)call->input + sizeof call->store;
  memcpy(&call->store, call->input, sizeof call->store);
  call->memory->less = call->store.sole ? MEMORY_BYTES_MAX - MEMORY_SOLE_BYTES_MAX : 0;
  call->prefix = key_encode(&call->arena, (struct span){text, prefix});
  if (!control_read((struct span){text + prefix, control}, &call->control))
    return bad_control(call, (struct span){text + prefix, control});
  struct span given = {text + prefix + control, payload};
  if (payload && !json_value_within(given, most_levels(call, given), &call->payload))
    return call_invalid(call, SPAN(""),
                        SPAN("what is stored must be JSON, nested at most 500 levels deep"));
  return TKV_DONE;
}

enum tkv_status tkv_call_begin(struct core *core, uint32_t handle, enum tkv_op op, size_t prefix,
                               size_t control, size_t payload) {
  static const call_step steps[TKV_OP_COUNT] = {
#define X(constant, name, step) [TKV_OP_##constant] = step,
      TKV_OP_LIST(X)
#undef X
  };
  struct seat *seat = seats_find(&core->shared.seats, handle);
  if (!seat || seat->call->frame || (unsigned)op >= TKV_OP_COUNT)
    return TKV_ERR_ABANDONED;
  struct call *call = seat->call;
  call_push(call, steps[op], NULL);
  enum tkv_status status = read_input(call, prefix, control, payload);
  if (status == TKV_DONE && call->store.check && op != TKV_OP_STORE_INIT)
    status = store_guard(call);
  return status == TKV_DONE || call->arena.failed ? call_run(call) : status;
}

void *tkv_call_reply(struct core *core, uint32_t handle, uint32_t slot, size_t size) {
  struct seat *seat = seats_find(&core->shared.seats, handle);
  return seat ? kv_reply_room(seat->call, slot, size) : NULL;
}

void tkv_call_replied(struct core *core, uint32_t handle, uint32_t slot, uint32_t status,
                      size_t used, uint32_t retry_after) {
  struct seat *seat = seats_find(&core->shared.seats, handle);
  if (seat)
    kv_replied(seat->call, slot, status, used, retry_after);
}

enum tkv_status tkv_call_resume(struct core *core, uint32_t handle, int64_t now) {
  struct seat *seat = seats_find(&core->shared.seats, handle);
  if (!seat || seat->call->status != TKV_PENDING)
    return TKV_ERR_ABANDONED;
  seat->touched = seat->call->now = now;
  return call_run(seat->call);
}

void tkv_call_touch(struct core *core, uint32_t handle, int64_t now) {
  struct seat *seat = seats_find(&core->shared.seats, handle);
  if (seat)
    seat->touched = now;
}

const struct tkv_outcome *tkv_call_outcome(struct core *core, uint32_t handle) {
  struct seat *seat = seats_find(&core->shared.seats, handle);
  return seat ? &seat->call->outcome : NULL;
}

void tkv_call_end(struct core *core, uint32_t handle) {
  struct seat *seat = seats_find(&core->shared.seats, handle);
  if (seat)
    seat_free(core, seat);
}

size_t tkv_core_calls(const struct core *core) {
  return core->shared.seats.taken;
}

struct tkv_past *tkv_core_past(struct core *core) {
  return (struct tkv_past *)((char *)&core->shared + PAST_AT);
}

const struct tkv_carried *tkv_core_note(struct core *core, const void *last) {
  const struct note *note = memory_next(&core->shared.memory, last);
  if (!note)
    return NULL;
  core->carried =
      (struct tkv_carried){.note = {(const char *)note, sizeof *note + note->key.len},
                           .value = {note->value.ptr, note->value.len + note->metadata.len}};
  return &core->carried;
}

void *tkv_core_room(size_t size) {
  return malloc(size);
}

void tkv_core_adopt(struct core *core, void *note, void *value) {
  memory_adopt(&core->shared.memory, note, value);
}
