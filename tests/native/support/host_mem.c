/* host_mem.c: host.h in memory, and the driver. */
#include "support/host_mem.h"
#include "codec/limits.h"

#include "kv/kv.h"
#include "support/alloc.h"

#include <stdarg.h>
#include <stdio.h>

/* ---- What is stored ---- */

static int key_order(const struct mem_key *key, uint32_t space, struct span name) {
  return key->space != space ? (key->space > space) - (key->space < space)
                             : span_cmp(key->key, name);
}

/* Where |name| stands, or would. */
static size_t position(const struct mem *mem, uint32_t space, struct span name) {
  size_t low = 0, high = mem->count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (key_order(&mem->keys[middle], space, name) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

struct mem_key *mem_find(struct mem *mem, uint32_t space, struct span key) {
  size_t at = position(mem, space, key);
  return at < mem->count && key_order(&mem->keys[at], space, key) == 0 ? &mem->keys[at] : NULL;
}

static struct span copy(struct mem *mem, struct span text) {
  return text.ptr ? arena_copy(&mem->arena, text) : SPAN_NONE;
}

void mem_put(struct mem *mem, uint32_t space, struct span key, struct span value,
             struct span metadata) {
  struct mem_key *found = mem_find(mem, space, key);
  if (!found) {
    size_t at = position(mem, space, key);
    if (mem->count == mem->cap) {
      size_t cap = mem->cap ? mem->cap * 2 : 64;
      struct mem_key *keys = ARENA_ARRAY(&mem->arena, struct mem_key, cap);
      if (mem->count)
        memcpy(keys, mem->keys, mem->count * sizeof *keys);
      mem->keys = keys;
      mem->cap = cap;
    }
    memmove(mem->keys + at + 1, mem->keys + at, (mem->count++ - at) * sizeof *mem->keys);
    found = &mem->keys[at];
    *found = (struct mem_key){.space = space, .key = copy(mem, key)};
  }
  found->value = copy(mem, value);
  found->metadata = metadata.len ? copy(mem, metadata) : SPAN_NONE;
  found->expires = 0;
}

void mem_delete(struct mem *mem, uint32_t space, struct span key) {
  struct mem_key *found = mem_find(mem, space, key);
  if (!found)
    return;
  memmove(found, found + 1, (size_t)(mem->keys + mem->count - found - 1) * sizeof *found);
  mem->count--;
}

/* ---- What the core asks for ---- */

static bool is_write(const struct mem_request *request) {
  return request->kind == MEM_PUT || request->kind == MEM_DELETE;
}

static void note_overlap(struct mem *mem, const struct mem_request *request) {
  for (const struct mem_request *other = mem->queue; other && is_write(request);
       other = other->next)
    if (is_write(other) && other->space == request->space &&
        span_eq(other->keys[0], request->keys[0]))
      mem->overlaps++;
}

static void enqueue(struct mem *mem, struct mem_request request) {
  struct mem_request **last = &mem->queue, *added = ARENA_NEW(&mem->arena, struct mem_request);
  note_overlap(mem, &request);
  while (*last)
    last = &(*last)->next;
  *added = request;
  *last = added;
}

static void ask(void *host, uint32_t call, enum import_kind import,
                const struct tkv_request *request) {
  static const enum mem_kind kinds[] = {[IMPORT_GET] = MEM_GET,
                                        [IMPORT_GET_MANY] = MEM_GET_MANY,
                                        [IMPORT_PUT] = MEM_PUT,
                                        [IMPORT_DELETE] = MEM_DELETE,
                                        [IMPORT_LIST] = MEM_LIST};
  alloc_outside();
  struct mem *mem = host;
  enum mem_kind kind = kinds[import];
  size_t count = kind == MEM_GET_MANY ? request->count : 1;
  struct span *keys = ARENA_ARRAY(&mem->arena, struct span, count + 1);
  for (size_t i = 0; i < count; i++)
    keys[i] = copy(mem, kind == MEM_GET_MANY ? request->keys[i] : request->key);
  enqueue(mem, (struct mem_request){.kind = kind,
                                    .call = call,
                                    .slot = request->slot,
                                    .space = request->space,
                                    .limit = request->limit,
                                    .expires = request->expires,
                                    .keys = keys,
                                    .count = count,
                                    .value = copy(mem, request->value),
                                    .metadata = copy(mem, request->metadata)});
  alloc_inside();
}

static void ask_wait(void *host, uint32_t call, uint32_t slot, uint32_t ms) {
  alloc_outside();
  enqueue(host, (struct mem_request){.kind = MEM_WAIT, .call = call, .slot = slot, .ms = ms});
  alloc_inside();
}

static void give_random(void *host, void *bytes, size_t count) {
  struct mem *mem = host;
  for (size_t i = 0; i < count; i++)
    ((uint8_t *)bytes)[i] = mem->random++;
}

static const struct imports imports = {ask, ask_wait, give_random};

/* ---- Answers, laid out as kv.h says ---- */

static void put_number(struct json_out *out, uint32_t number) {
  json_put(out, (struct span){(const char *)&number, sizeof number});
}

static struct span metadata_of(const struct mem *mem, const struct mem_key *key) {
  return mem->hide_metadata ? SPAN_NONE : key->metadata;
}

static uint32_t answer_get(struct mem *mem, const struct mem_request *request,
                           struct json_out *out) {
  struct mem_key *found[KV_BULK_MAX] = {0};
  for (size_t i = 0; i < request->count; i++) {
    found[i] = mem_find(mem, request->space, request->keys[i]);
    put_number(out, found[i] ? (uint32_t)found[i]->value.len : (uint32_t)KV_NO_VALUE);
    put_number(out, found[i] ? (uint32_t)metadata_of(mem, found[i]).len : 0);
  }
  for (size_t i = 0; i < request->count; i++)
    if (found[i]) {
      json_put(out, found[i]->value);
      json_put(out, metadata_of(mem, found[i]));
    }
  if (request->kind == MEM_GET && !found[0])
    out->len = 0;
  return request->kind == MEM_GET && !found[0] ? 404 : 200;
}

/* A cursor is "@" and the key that the next page begins with; "-" after an empty first page. */
static uint32_t answer_list(struct mem *mem, const struct mem_request *request,
                            struct json_out *out) {
  struct span prefix = request->keys[0], cursor = request->value;
  bool empty = mem->empty_pages && !cursor.ptr;
  size_t limit =
      mem->list_page && mem->list_page < request->limit ? mem->list_page : request->limit;
  size_t at = position(mem, request->space, cursor.len > 1 ? span_from(cursor, 1) : prefix),
         end = at;
  while (end < mem->count && end - at < limit && mem->keys[end].space == request->space &&
         span_starts(mem->keys[end].key, prefix))
    end++;
  if (empty)
    end = at;
  bool more = end < mem->count && mem->keys[end].space == request->space &&
              span_starts(mem->keys[end].key, prefix);
  put_number(out, (uint32_t)(end - at));
  put_number(out, !more ? (uint32_t)KV_NO_VALUE : empty ? 1 : (uint32_t)mem->keys[end].key.len + 1);
  for (size_t i = at; i < end; i++) {
    put_number(out, (uint32_t)mem->keys[i].key.len);
    put_number(out, (uint32_t)metadata_of(mem, &mem->keys[i]).len);
  }
  if (more)
    json_put(out, empty ? SPAN("-") : SPAN("@"));
  if (more && !empty)
    json_put(out, mem->keys[end].key);
  for (size_t i = at; i < end; i++) {
    json_put(out, mem->keys[i].key);
    json_put(out, metadata_of(mem, &mem->keys[i]));
  }
  return 200;
}

/* What KV refuses: its status, or 0. */
static uint32_t refusal(const struct mem *mem, const struct mem_request *request) {
  for (size_t i = 0; i < request->count; i++)
    if (request->keys[i].len > 512 || (request->kind != MEM_LIST && !request->keys[i].len))
      return 414;
  if (request->kind == MEM_PUT &&
      (request->value.len > 25 * 1024 * 1024 || request->metadata.len > 1024))
    return 413;
  if (request->kind == MEM_GET_MANY && (request->count < 1 || request->count > 100))
    return 400;
  if (request->expires && request->expires < mem->now / 1000 + 60)
    return 400;
  return request->kind == MEM_LIST && (request->limit < 1 || request->limit > 1000) ? 400 : 0;
}

static void expire(struct mem *mem) {
  size_t kept = 0;
  for (size_t i = 0; i < mem->count; i++)
    if (!mem->keys[i].expires || mem->keys[i].expires * 1000 > mem->now)
      mem->keys[kept++] = mem->keys[i];
  mem->count = kept;
}

static uint32_t perform(struct mem *mem, const struct mem_request *request, struct json_out *out) {
  uint32_t refused = refusal(mem, request);
  expire(mem);
  mem->refused += refused != 0;
  if (refused)
    return refused;
  switch (request->kind) {
  case MEM_GET:
  case MEM_GET_MANY:
    return answer_get(mem, request, out);
  case MEM_LIST:
    return answer_list(mem, request, out);
  case MEM_PUT:
    mem_put(mem, request->space, request->keys[0], request->value, request->metadata);
    mem_find(mem, request->space, request->keys[0])->expires = request->expires;
    return 200;
  case MEM_DELETE:
    mem_delete(mem, request->space, request->keys[0]);
    return 200;
  case MEM_WAIT:
    mem->now += request->ms;
    return 200;
  }
  return 0;
}

static void log_request(struct mem *mem, const struct mem_request *request, uint32_t status) {
  static const char *const verbs[] = {"get", "get_many", "put", "delete", "list", "wait"};
  struct json_out *log = &mem->log;
  json_put_int(log, (int64_t)mem->rounds);
  json_put_char(log, ' ');
  json_put(log, text_span(verbs[request->kind]));
  for (size_t i = 0; i < request->count; i++) {
    json_put(log, i ? SPAN(" | ") : SPAN(" "));
    json_put(log, request->keys[i]);
  }
  if (request->kind == MEM_WAIT) {
    json_put_char(log, ' ');
    json_put_int(log, request->ms);
  }
  if (request->kind == MEM_LIST && request->value.ptr) {
    json_put(log, SPAN(" from "));
    json_put(log, request->value);
  }
  if (status != 200 && status != 404) {
    json_put(log, SPAN(" -> "));
    json_put_int(log, status);
  }
  json_put_char(log, '\n');
}

/* Performs one request, or fails it, and hands the answer to the core. */
static void answer(struct world *world, const struct mem_request *request) {
  struct mem *mem = &world->mem;
  struct json_out out = json_out(&mem->arena, 64);
  const struct mem_fault *fault = &mem->fault;
  bool wait = request->kind == MEM_WAIT;
  size_t number = wait ? 0 : ++mem->requests;
  bool fails = !wait && number >= fault->first && number - fault->first < fault->count;
  uint32_t status = !fails || fault->apply ? perform(mem, request, &out) : 0;
  if (fails) {
    status = fault->status;
    out.len = 0;
  }
  if (mem->logging)
    log_request(mem, request, status);
  struct mem_reply reply = {
      .request = request, .status = status, .bytes = out.ptr, .used = out.len, .room = out.cap};
  if (mem->spoil && !wait)
    mem->spoil(&reply, mem->spoil_self);
  alloc_inside();
  char *room =
      reply.used ? tkv_call_reply(world->core, request->call, request->slot, reply.used) : NULL;
  alloc_outside();
  if (room)
    memcpy(room, reply.bytes, reply.used);
  tkv_call_replied(world->core, request->call, request->slot, reply.status, reply.used,
                   reply.retry_after);
}

/* ---- The driver ---- */

void world_init(struct world *world) {
  *world = (struct world){.prefix = "", .store = {.max_operations = 900}};
  world->mem.imports = &imports;
  world->mem.now = (int64_t)WORLD_START * 1000;
  world->core = tkv_core_new(&world->mem);
}

void world_free(struct world *world) {
  CHECK_EQ(world->mem.refused, 0);
  CHECK_EQ(world->mem.overlaps, 0);
  tkv_core_del(world->core);
  arena_free(&world->mem.arena);
}

void world_restart(struct world *world) {
  tkv_core_del(world->core);
  world->core = tkv_core_new(&world->mem);
  world->mem.queue = NULL;
}

void world_faults(struct world *world, struct mem_fault fault) {
  world->mem.fault = fault;
  world->mem.requests = 0;
}

void world_log(struct world *world) {
  world->mem.log = json_out(&world->mem.arena, 1024);
  world->mem.logging = true;
  world->mem.rounds = 0;
}

const char *world_text(struct world *world, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int len = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  char *text = arena_alloc(&world->mem.arena, (size_t)len + 1);
  va_start(arguments, format);
  vsnprintf(text, (size_t)len + 1, format, arguments);
  va_end(arguments);
  return text;
}

struct span world_json(struct world *world, const char *text) {
  size_t len = strlen(text);
  char *copy = arena_alloc(&world->mem.arena, len + 1);
  for (size_t i = 0; i < len; i++)
    copy[i] = (char)(text[i] == '\'' ? '"' : text[i]);
  return (struct span){copy, len};
}

void world_put(struct world *world, const char *key, const char *value, const char *metadata) {
  mem_put(&world->mem, 0, text_span(key), world_json(world, value), world_json(world, metadata));
}

size_t world_logged(struct world *world, const char *word) {
  size_t count = 0;
  struct span log = json_out_span(&world->mem.log);
  const char *at = world_text(world, "%.*s", (int)log.len, log.ptr);
  while ((at = strstr(at, word))) {
    count++;
    at++;
  }
  return count;
}

static enum tkv_status begin(struct world *world, enum tkv_op op, struct span control,
                             struct span payload, uint32_t *call) {
  struct span prefix = text_span(world->prefix);
  size_t size = sizeof world->store + prefix.len + control.len + payload.len;
  alloc_inside();
  *call = tkv_call_new(world->core, size, world->mem.now);
  alloc_outside();
  char *to = tkv_call_input(world->core, *call);
  if (!to)
    return TKV_ERR_NO_MEMORY;
  struct span parts[] = {
      {(const char *)&world->store, sizeof world->store}, prefix, control, payload};
  for (size_t i = 0; i < 4; i++) {
    if (parts[i].len)
      memcpy(to, parts[i].ptr, parts[i].len);
    to += parts[i].len;
  }
  alloc_inside();
  enum tkv_status status =
      tkv_call_begin(world->core, *call, op, prefix.len, control.len, payload.len);
  alloc_outside();
  return status;
}

enum tkv_status world_begin(struct world *world, enum tkv_op op, const char *control,
                            const char *payload, uint32_t *call) {
  return begin(world, op, world_json(world, control), world_json(world, payload), call);
}

/* Takes the requests of |call| out of the queue, in order. */
static struct mem_request *take_requests(struct mem *mem, uint32_t call) {
  struct mem_request *taken = NULL, **last = &taken, **link = &mem->queue;
  while (*link) {
    struct mem_request *request = *link;
    if (request->call != call) {
      link = &request->next;
      continue;
    }
    *link = request->next;
    request->next = NULL;
    *last = request;
    last = &request->next;
  }
  return taken;
}

enum tkv_status world_step(struct world *world, uint32_t call) {
  struct mem_request *requests = take_requests(&world->mem, call);
  CHECK(requests != NULL); /* a call that waits must wait for something */
  world->mem.rounds++;
  for (; requests; requests = requests->next)
    answer(world, requests);
  alloc_inside();
  enum tkv_status status = tkv_call_resume(world->core, call, world->mem.now);
  alloc_outside();
  return status;
}

struct answer world_end(struct world *world, uint32_t call, enum tkv_status status) {
  const struct tkv_outcome *outcome = tkv_call_outcome(world->core, call);
  struct answer answer = {.status = status};
  if (outcome)
    answer = (struct answer){.status = status,
                             .text = arena_copy(&world->mem.arena, outcome->result),
                             .followup = arena_copy(&world->mem.arena, outcome->followup),
                             .followup_op = (enum tkv_op)outcome->followup_op,
                             .soon = outcome->soon};
  tkv_call_end(world->core, call);
  take_requests(&world->mem, call); /* what it asked for and gave up is not done */
  return answer;
}

struct answer world_run_span(struct world *world, enum tkv_op op, struct span control,
                             struct span payload) {
  enum { ROUNDS_MAX = 10000 };
  uint32_t call;
  enum tkv_status status = begin(world, op, control, payload, &call);
  for (int round = 0; status == TKV_PENDING; round++) {
    if (round == ROUNDS_MAX) {
      CHECK(!"the call ends");
      break;
    }
    status = world_step(world, call);
  }
  return world_end(world, call, status);
}

struct answer world_run(struct world *world, enum tkv_op op, const char *control,
                        const char *payload) {
  return world_run_span(world, op, world_json(world, control), world_json(world, payload));
}

struct span world_do(struct world *world, enum tkv_op op, const char *payload) {
  struct answer answer = world_run(world, op, "", payload);
  if (!CHECK_EQ(answer.status, TKV_DONE))
    CHECK_TEXT(answer.text, "");
  return answer.text;
}

enum tkv_status world_follow(struct world *world, struct answer answer) {
  if (!answer.followup.len)
    return TKV_DONE;
  return world_run_span(world, answer.followup_op, SPAN(""), answer.followup).status;
}
