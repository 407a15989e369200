/* sim_request.c: requests: asked for, performed some time later, answered later still. */
#include "sim/sim_host.h"

enum {
  LANES = 6,       /* single-key requests that one call has in flight */
  SHOWN_MAX = 1000 /* bytes of a value in a trace */
};

static const char *const kind_names[] = {"get", "get_many", "put", "delete", "list"};

/* ---- asked */

static void add_request(struct sim *sim, struct request *request) {
  if (sim->request_count == sim->request_cap) {
    sim->request_cap = sim->request_cap ? sim->request_cap * 2 : 64;
    struct request **requests = ARENA_ARRAY(&sim->arena, struct request *, sim->request_cap);
    if (sim->request_count)
      memcpy(requests, sim->requests, sim->request_count * sizeof(struct request *));
    sim->requests = requests;
  }
  sim->requests[sim->request_count++] = request;
}

static struct run *run_of(struct isolate *isolate, uint32_t handle) {
  struct sim *sim = isolate->sim;
  for (size_t i = 0; i < sim->run_count; i++)
    if (sim->runs[i]->isolate == isolate && sim->runs[i]->handle == handle)
      return sim->runs[i];
  sim_fail(sim, "a request came from call %u, which is not under way", handle);
  return NULL;
}

/* When a request that is sent now can leave: not before one of the call's lanes is free. */
static int64_t leaves_at(struct sim *sim, const struct run *run) {
  int64_t ends[LANES] = {0};
  for (size_t i = 0; i < sim->request_count; i++) {
    const struct request *other = sim->requests[i];
    if (other->run != run || other->type == REQUEST_WAIT || other->kind == IMPORT_GET_MANY)
      continue;
    size_t first = 0;
    for (size_t lane = 1; lane < LANES; lane++)
      first = ends[lane] < ends[first] ? lane : first;
    ends[first] = other->answer_at > ends[first] ? other->answer_at : ends[first];
  }
  int64_t earliest = ends[0];
  for (size_t lane = 1; lane < LANES; lane++)
    earliest = ends[lane] < earliest ? ends[lane] : earliest;
  return earliest > sim->now ? earliest : sim->now;
}

static void decide(struct sim *sim, struct request *request) {
  int64_t start = request->kind == IMPORT_GET_MANY ? sim->now : leaves_at(sim, request->run);
  int64_t takes = 1 + sim_upto(sim, sim->config.latency);
  if (!sim->calm && sim_chance(sim, sim->config.slow))
    takes += sim_upto(sim, SIM_SLOW_MS);
  request->due = start + sim_upto(sim, takes);
  request->answer_at = start + takes;
  if (!sim->calm && sim_chance(sim, sim->config.refused))
    request->fate = FATE_REFUSED;
  else if (!sim->calm && sim_chance(sim, sim->config.lost))
    request->fate = FATE_LOST;
}

static void ask(void *host, uint32_t call, enum import_kind kind,
                const struct tkv_request *wanted) {
  struct isolate *isolate = host;
  struct sim *sim = isolate->sim;
  struct arena *arena = &sim->arena;
  struct request *request = ARENA_NEW(arena, struct request);
  *request = (struct request){.run = run_of(isolate, call),
                              .kind = kind,
                              .slot = wanted->slot,
                              .space = wanted->space,
                              .limit = wanted->limit,
                              .count = wanted->count};
  if (!request->run)
    return;
  if (kind == IMPORT_GET_MANY) {
    request->keys = ARENA_ARRAY(arena, struct span, wanted->count);
    for (size_t i = 0; i < wanted->count; i++)
      request->keys[i] = arena_copy(arena, wanted->keys[i]);
    if (wanted->count < 1 || wanted->count > 100)
      sim_fail(sim, "a bulk get of %zu keys", wanted->count);
  } else {
    request->key = arena_copy(arena, wanted->key);
    request->value = wanted->value.ptr ? arena_copy(arena, wanted->value) : SPAN_NONE;
    request->metadata = arena_copy(arena, wanted->metadata);
  }
  decide(sim, request);
  request->run->waiting++;
  add_request(sim, request);
}

static void ask_wait(void *host, uint32_t call, uint32_t slot, uint32_t ms) {
  struct isolate *isolate = host;
  struct request *request = ARENA_NEW(&isolate->sim->arena, struct request);
  *request = (struct request){.run = run_of(isolate, call),
                              .type = REQUEST_WAIT,
                              .slot = slot,
                              .performed = true,
                              .status = 200,
                              .due = isolate->sim->now + ms};
  if (!request->run)
    return;
  request->run->waiting++;
  add_request(isolate->sim, request);
}

static void give_random(void *host, void *bytes, size_t count) {
  struct isolate *isolate = host;
  for (size_t i = 0; i < count; i++)
    ((unsigned char *)bytes)[i] = (unsigned char)dice_next(&isolate->sim->dice, 256);
}

/* ---- performed.  Answers are laid out as kv.h says. */

static void put_bytes(struct request *request, const void *bytes, size_t count) {
  if (count)
    memcpy(request->bytes + request->used, bytes, count);
  request->used += count;
}

static void put_number(struct request *request, size_t number) {
  uint32_t word = (uint32_t)number;
  put_bytes(request, &word, sizeof word);
}

static void put_span(struct request *request, struct span text) {
  put_bytes(request, text.ptr, text.len);
}

static void get_values(struct sim *sim, struct request *request) {
  struct span *names = request->kind == IMPORT_GET ? &request->key : request->keys;
  size_t count = request->kind == IMPORT_GET ? 1 : request->count, bytes = count * 8;
  const struct sim_value **values = ARENA_ARRAY(&sim->arena, const struct sim_value *, count);
  for (size_t i = 0; i < count; i++) {
    values[i] = sim_kv_get(sim, request->run->actor->place, request->space, names[i]);
    bytes += values[i] ? values[i]->value.len + values[i]->metadata.len : 0;
  }
  request->status = 200;
  if (request->kind == IMPORT_GET && !values[0]) {
    request->status = 404;
    return;
  }
  request->bytes = arena_alloc(&sim->arena, bytes);
  for (size_t i = 0; i < count; i++) {
    put_number(request, values[i] ? values[i]->value.len : UINT32_MAX);
    put_number(request, values[i] ? values[i]->metadata.len : 0);
  }
  for (size_t i = 0; i < count; i++)
    if (values[i]) {
      put_span(request, values[i]->value);
      put_span(request, values[i]->metadata);
    }
}

static void list_keys(struct sim *sim, struct request *request) {
  struct sim_page page = sim_kv_list(sim, request->run->actor->place, request->space, request->key,
                                     request->value, request->limit);
  size_t bytes = 8 + page.count * 8 + page.cursor.len;
  for (size_t i = 0; i < page.count; i++)
    bytes += page.keys[i]->name.len + page.values[i]->metadata.len;
  request->status = 200;
  request->bytes = arena_alloc(&sim->arena, bytes);
  put_number(request, page.count);
  put_number(request, page.cursor.ptr ? page.cursor.len : UINT32_MAX);
  for (size_t i = 0; i < page.count; i++) {
    put_number(request, page.keys[i]->name.len);
    put_number(request, page.values[i]->metadata.len);
  }
  put_span(request, page.cursor);
  for (size_t i = 0; i < page.count; i++) {
    put_span(request, page.keys[i]->name);
    put_span(request, page.values[i]->metadata);
  }
}

static void perform(struct sim *sim, struct request *request) {
  static const int broken[] = {503, 500, 0, 408};
  request->performed = true;
  request->due = request->answer_at;
  sim->steps++;
  int place = request->run->actor->place;
  if (request->fate == FATE_REFUSED)
    request->status = broken[sim_upto(sim, 3)];
  else if (request->kind == IMPORT_GET || request->kind == IMPORT_GET_MANY)
    get_values(sim, request);
  else if (request->kind == IMPORT_LIST)
    list_keys(sim, request);
  else
    request->status =
        sim_kv_write(sim, place, request->space, request->key,
                     request->kind == IMPORT_PUT ? &request->value : NULL, request->metadata);
  if (request->fate == FATE_LOST && request->status != 429) {
    request->status = broken[sim_upto(sim, 3)];
    request->used = 0;
  }
  struct span shown = request->kind == IMPORT_PUT ? request->value : SPAN_NONE;
  shown.len = shown.len < SHOWN_MAX ? shown.len : SHOWN_MAX;
  sim_trace(sim, "    call %zu %s %.*s%s → %d%s %.*s", request->run->number,
            kind_names[request->kind],
            ARGS(request->kind == IMPORT_GET_MANY ? request->keys[0] : request->key),
            request->kind == IMPORT_GET_MANY ? " …" : "", request->status,
            request->fate == FATE_LOST ? " (lost)"
            : request->forgotten       ? " (unheard)"
                                       : "",
            ARGS(shown));
}

const struct imports sim_imports = {ask, ask_wait, give_random};

/* ---- time */

static void take_answer(struct sim *sim, struct request *request) {
  struct run *run = request->run;
  if (request->forgotten)
    return;
  struct request **link = &run->answers; /* in any order */
  while (*link && sim_chance(sim, 500))
    link = &(*link)->next;
  request->next = *link;
  *link = request;
  if (--run->waiting == 0)
    sim_answered(run);
}

enum { MANY = 60 }; /* as in bindings/core/rounds.js */

/* The host says every few seconds that it is still at what calls asked for; a silent one only in rounds
 * of many requests. */
static void touch_calls(struct sim *sim) {
  for (size_t i = 0; i < sim->run_count; i++) {
    struct isolate *isolate = sim->runs[i]->isolate;
    if (sim->config.silent && sim->runs[i]->waiting <= MANY)
      continue;
    tkv_call_touch(isolate->core, sim->runs[i]->handle, sim->now + isolate->skew);
  }
}

bool sim_step(struct sim *sim, int64_t until) {
  size_t first = 0;
  for (size_t i = 1; i < sim->request_count; i++)
    if (sim->requests[i]->due < sim->requests[first]->due)
      first = i;
  if (!sim->request_count || sim->requests[first]->due > until || sim->failed)
    return false;
  struct request *request = sim->requests[first];
  sim->now = request->due > sim->now ? request->due : sim->now;
  touch_calls(sim);
  bool ends = request->performed;
  if (!ends)
    perform(sim, request);
  if (ends || request->forgotten)
    sim->requests[first] = sim->requests[--sim->request_count];
  if (ends)
    take_answer(sim, request);
  return true;
}

void sim_sleep(struct sim *sim, int64_t ms) {
  int64_t until = sim->now + ms;
  while (sim_step(sim, until))
    continue;
  sim->now = until;
}

void sim_drain(struct sim *sim) {
  while (sim_step(sim, INT64_MAX))
    continue;
}
