/* call.c: whole calls, over a KV that may hold and answer anything.
 *
 * The input is a script, a line a step; words are separated by one space, numbers are decimal.
 *
 *   thread.list {"perPage":5} {}    a call: operation, control document or "-", payload
 *   follow                          the further call that the last one asked for
 *   leave 2 thread.list - {}        a call that goes away after two rounds
 *   put KEY VALUE METADATA          what KV holds; `drop KEY` removes it
 *   restart                         another isolate goes on
 *   later 90                        seconds pass
 *   budget 20                       maxOperations; also: strict, apart (a namespace for each table),
 *                                   check (calls look after the format first), page 2 (keys on a
 *                                   page of a list), empty (lists begin with an empty page), bare
 *                                   (metadata is withheld)
 *   fail 3 2 503                    requests 3 and 4 from here on fail with 503
 *   apply 3 2 503                   likewise, but they are performed
 *   memory 7 2                      allocations 7 and 8 from here on fail
 *
 * What KV answers to the request that is N-th from here on:
 *
 *   status N 507                    this, and no bytes
 *   bytes N %01%00%00%00            these bytes, percent-encoded
 *   cut N 9                         its first 9 bytes
 *   flip N 5 255                    its byte 5 with these bits flipped
 *   twice N                         itself, after other bytes
 *   late N                          no answer, and itself after the next request's
 *
 * Other lines are ignored; with TKV_FUZZ_TRACE in the environment every call is printed with what
 * came of it.  Whatever happens, a call ends, with JSON or nothing, or with an error
 * that is JSON; nothing leaks; and to a KV that kept to the rules nothing is sent that it refuses.
 */
#include "codec/key.h"
#include "codec/limits.h"
#include "kv/kv.h"
#include "support/alloc.h"
#include "support/host_mem.h"

#include <stdio.h>
#include <stdlib.h>

enum { HURDLES_MAX = 64, CALLS_MAX = 200, LATE_MAX = 8 };

/* ---- What host_mem.c asks of a test program: here a check that fails is a crash. */

bool check_true(const char *file, int line, bool held, const char *text) {
  (void)file, (void)line, (void)text;
  if (!held)
    abort();
  return held;
}

bool check_ints(const char *file, int line, int64_t got, int64_t wanted, const char *text) {
  return check_true(file, line, got == wanted, text);
}

bool check_texts(const char *file, int line, struct span got, struct span wanted,
                 const char *text) {
  return check_true(file, line, span_eq(got, wanted), text);
}

static void require(bool held) {
  if (!held)
    abort();
}

/* ---- A script ---- */

/* What happens to an answer. */
struct hurdle {
  enum { HURDLE_STATUS, HURDLE_BYTES, HURDLE_CUT, HURDLE_FLIP, HURDLE_TWICE, HURDLE_LATE } kind;
  size_t request; /* counted from the script's start */
  uint32_t a, b;
  struct span bytes;
};

/* An answer that is still to come. */
struct late {
  uint32_t call, slot;
  struct span bytes;
};

struct script {
  struct world world;
  struct hurdle hurdles[HURDLES_MAX];
  struct late late[LATE_MAX];
  struct answer last;
  size_t hurdle_count, late_count, requests, calls;
  bool honest; /* KV keeps to the rules, and no call went away */
};

/* Takes the next word off |line|. */
static struct span take_word(struct span *line) {
  const char *space = memchr(line->ptr, ' ', line->len);
  struct span word = {line->ptr, space ? (size_t)(space - line->ptr) : line->len};
  *line = span_from(*line, word.len + (space != NULL));
  return word;
}

/* Takes a number off |line|, at most |most|. */
static uint32_t take_number(struct span *line, uint32_t most) {
  uint32_t number = 0;
  struct span word = take_word(line);
  for (size_t i = 0; i < word.len && word.ptr[i] >= '0' && word.ptr[i] <= '9' && i < 9; i++)
    number = number * 10 + (uint32_t)(word.ptr[i] - '0');
  return number < most ? number : most;
}

static bool is_word(struct span word, const char *text) {
  return span_eq(word, text_span(text));
}

/* ---- Answers ---- */

static void give(struct script *script, uint32_t call, uint32_t slot, struct span bytes) {
  struct core *core = script->world.core;
  char *room = tkv_call_reply(core, call, slot, bytes.len);
  if (room && bytes.len)
    memcpy(room, bytes.ptr, bytes.len);
  tkv_call_replied(core, call, slot, 200, bytes.len, 0);
}

static void give_late(struct script *script) {
  for (size_t i = 0; i < script->late_count; i++)
    give(script, script->late[i].call, script->late[i].slot, script->late[i].bytes);
  script->late_count = 0;
}

static void change(struct script *script, struct mem_reply *reply, const struct hurdle *hurdle) {
  struct arena *arena = &script->world.mem.arena;
  struct span bytes = {reply->bytes, reply->used};
  switch (hurdle->kind) {
  case HURDLE_STATUS:
    reply->status = hurdle->a;
    reply->used = 0;
    break;
  case HURDLE_BYTES:
    reply->status = 200;
    reply->bytes = (char *)arena_copy(arena, hurdle->bytes).ptr;
    reply->used = hurdle->bytes.len;
    break;
  case HURDLE_CUT:
    reply->used = hurdle->a < reply->used ? hurdle->a : reply->used;
    break;
  case HURDLE_FLIP:
    if (reply->used)
      reply->bytes[hurdle->a % reply->used] ^= (char)hurdle->b;
    break;
  case HURDLE_TWICE:
    give(script, reply->request->call, reply->request->slot, SPAN("\377\377\377\377\1\0\0\0{}"));
    break;
  case HURDLE_LATE:
    if (script->late_count < LATE_MAX)
      script->late[script->late_count++] =
          (struct late){reply->request->call, reply->request->slot, arena_copy(arena, bytes)};
    reply->status = 0;
    reply->used = 0;
  }
}

static void spoil(struct mem_reply *reply, void *self) {
  struct script *script = self;
  size_t number = ++script->requests;
  give_late(script);
  for (size_t i = 0; i < script->hurdle_count; i++)
    if (script->hurdles[i].request == number)
      change(script, reply, &script->hurdles[i]);
}

/* ---- Calls ---- */

static const char *const op_names[] = {
#define X(constant, name, step) name,
    TKV_OP_LIST(X)
#undef X
};

static bool find_op(struct span name, enum tkv_op *op) {
  for (int i = 0; i < TKV_OP_COUNT; i++)
    if (is_word(name, op_names[i])) {
      *op = (enum tkv_op)i;
      return true;
    }
  return false;
}

static void check_answer(enum tkv_op op, struct answer answer) {
  struct span value;
  if (getenv("TKV_FUZZ_TRACE"))
    printf("%s: %d %.*s\n", op_names[op], answer.status, (int)answer.text.len,
           answer.text.len ? answer.text.ptr : "");
  require(answer.status == TKV_DONE || answer.status < 0);
  if (answer.status == TKV_DONE) {
    require(!answer.text.len || json_value(answer.text, &value));
    require(!answer.followup.len || json_value(answer.followup, &value));
    require(!answer.followup.len || answer.followup_op < TKV_OP_COUNT);
  } else if (!(answer.status == TKV_ERR_NO_MEMORY && alloc_failed())) {
    require(json_value(answer.text, &value) && json_get(value, SPAN("code")).ptr);
  }
}

static void run_call(struct script *script, struct span name, struct span line) {
  enum tkv_op op;
  struct span control = take_word(&line);
  if (!find_op(name, &op) || script->calls++ >= CALLS_MAX)
    return;
  control = is_word(control, "-") ? SPAN("") : control;
  script->last = world_run_span(&script->world, op, control, line);
  check_answer(op, script->last);
}

static void run_follow_up(struct script *script) {
  struct answer last = script->last;
  if (!last.followup.len || script->calls++ >= CALLS_MAX)
    return;
  script->last = world_run_span(&script->world, last.followup_op, SPAN(""), last.followup);
  check_answer(last.followup_op, script->last);
}

/* For world_begin takes C strings in which a single quote stands for a double one. */
static const char *quoted(struct world *world, struct span text) {
  return world_text(world, "%.*s", (int)text.len, text.len ? text.ptr : "");
}

static void run_and_leave(struct script *script, struct span line) {
  struct world *world = &script->world;
  uint32_t rounds = take_number(&line, 20), call;
  enum tkv_op op;
  struct span name = take_word(&line), control = take_word(&line);
  if (!find_op(name, &op) || script->calls++ >= CALLS_MAX)
    return;
  script->honest = false;
  control = is_word(control, "-") ? SPAN("") : control;
  enum tkv_status status =
      world_begin(world, op, quoted(world, control), quoted(world, line), &call);
  while (status == TKV_PENDING && rounds--)
    status = world_step(world, call);
  if (status != TKV_PENDING)
    check_answer(op, world_end(world, call, status));
}

/* ---- Lines ---- */

static void add_hurdle(struct script *script, int kind, struct span line) {
  if (script->hurdle_count == HURDLES_MAX)
    return;
  struct hurdle *hurdle = &script->hurdles[script->hurdle_count++];
  *hurdle =
      (struct hurdle){.kind = kind, .request = script->requests + take_number(&line, UINT32_MAX)};
  if (kind == HURDLE_BYTES)
    hurdle->bytes = key_decode(&script->world.mem.arena, line);
  hurdle->a = take_number(&line, UINT32_MAX);
  hurdle->b = take_number(&line, 255);
  script->honest = false;
}

static void add_fault(struct script *script, struct span line, bool apply) {
  size_t first = take_number(&line, 10000), count = take_number(&line, 10000);
  world_faults(&script->world, (struct mem_fault){first, count, take_number(&line, 999), apply});
}

static void put_key(struct script *script, struct span line) {
  struct span key = take_word(&line), value = take_word(&line);
  script->honest = false;
  if (key.len && key.len <= KEY_MAX && line.len <= KV_METADATA_MAX)
    mem_put(&script->world.mem, 0, key, value, line);
}

static void set_apart(struct tkv_store *store) {
  for (uint32_t table = 0; table < TABLE_COUNT; table++)
    store->spaces[table] = table;
}

static bool set_weather(struct script *script, struct span word, struct span line) {
  struct world *world = &script->world;
  if (is_word(word, "budget"))
    world->store.max_operations = take_number(&line, 200);
  else if (is_word(word, "strict"))
    world->store.strict = 1;
  else if (is_word(word, "check"))
    world->store.check = 1;
  else if (is_word(word, "apart"))
    set_apart(&world->store);
  else if (is_word(word, "page"))
    world->mem.list_page = take_number(&line, 1000);
  else if (is_word(word, "empty"))
    world->mem.empty_pages = true;
  else if (is_word(word, "bare"))
    world->mem.hide_metadata = true;
  else
    return false;
  return true;
}

static void run_line(struct script *script, struct span line) {
  static const char *const hurdles[] = {"status", "bytes", "cut", "flip", "twice", "late"};
  struct world *world = &script->world;
  struct span word = take_word(&line);
  for (int kind = 0; kind <= HURDLE_LATE; kind++)
    if (is_word(word, hurdles[kind])) {
      add_hurdle(script, kind, line);
      return;
    }
  if (set_weather(script, word, line))
    return;
  if (is_word(word, "restart"))
    world_restart(world);
  else if (is_word(word, "follow"))
    run_follow_up(script);
  else if (is_word(word, "leave"))
    run_and_leave(script, line);
  else if (is_word(word, "later"))
    world->mem.now += (int64_t)take_number(&line, 100000) * 1000;
  else if (is_word(word, "put"))
    put_key(script, line);
  else if (is_word(word, "drop"))
    mem_delete(&world->mem, 0, line);
  else if (is_word(word, "fail") || is_word(word, "apply"))
    add_fault(script, line, is_word(word, "apply"));
  else if (is_word(word, "memory")) {
    size_t first = take_number(&line, 10000);
    alloc_fail(first, take_number(&line, 10000));
  } else
    run_call(script, word, line);
}

static void finish(struct script *script) {
  struct world *world = &script->world;
  alloc_fail(0, 0);
  if (!script->honest)
    world->mem.refused = world->mem.overlaps = 0;
  else
    require(tkv_core_calls(world->core) == 0);
  world_free(world);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct script script;
  struct span text = {(const char *)data, size};
  script = (struct script){.honest = true};
  world_init(&script.world);
  script.world.prefix = "dev_";
  script.world.store.max_operations = 60;
  script.world.mem.spoil = spoil;
  script.world.mem.spoil_self = &script;
  while (text.len) {
    const char *end = memchr(text.ptr, '\n', text.len);
    struct span line = {text.ptr, end ? (size_t)(end - text.ptr) : text.len};
    text = span_from(text, line.len + (end != NULL));
    run_line(&script, line);
  }
  finish(&script);
  return 0;
}
