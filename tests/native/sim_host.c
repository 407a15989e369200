/* sim_host.c: isolates, their calls, and the requests that are under way. */
#include "sim.h"

enum {
  LANES = 6,       /* single-key requests that one call has in flight */
  SHOWN_MAX = 1000 /* bytes of a value in a trace */
};

struct request {
  struct request *next; /* among a run's answers */
  struct run *run;
  enum { REQUEST_KV, REQUEST_WAIT } type;
  enum import_kind kind;
  uint32_t slot, space, limit;
  struct span key, value, metadata, *keys;
  size_t count;
  int64_t due, answer_at; /* due: to be performed, then to be answered */
  bool performed, forgotten; /* forgotten: nobody is there to hear the answer */
  enum { FATE_GOOD, FATE_REFUSED, FATE_LOST } fate;
  int status;
  char *bytes;
  size_t used;
};

static const char *const kind_names[] = {"get", "get_many", "put", "delete", "list"};

const char *sim_op_name(enum tkv_op op) {
  static const char *const names[] = {
#define X(constant, name, step) name,
      TKV_OP_LIST(X)
#undef X
  };
  return names[op];
}

/* ---- requests: asked */

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

static void ask(void *host, uint32_t call, enum import_kind kind, const struct tkv_request *wanted) {
  struct isolate *isolate = host;
  struct sim *sim = isolate->sim;
  struct arena *arena = &sim->arena;
  struct request *request = ARENA_NEW(arena, struct request);
  *request = (struct request){.run = run_of(isolate, call), .kind = kind, .slot = wanted->slot, .space = wanted->space,
                              .limit = wanted->limit, .count = wanted->count};
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
  *request = (struct request){.run = run_of(isolate, call), .type = REQUEST_WAIT, .slot = slot, .performed = true,
                              .status = 200, .due = isolate->sim->now + ms};
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

/* ---- requests: performed.  Answers are laid out as kv.h says. */

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
  struct sim_page page =
      sim_kv_list(sim, request->run->actor->place, request->space, request->key, request->value, request->limit);
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
    request->status = sim_kv_write(sim, place, request->space, request->key,
                                   request->kind == IMPORT_PUT ? &request->value : NULL, request->metadata);
  if (request->fate == FATE_LOST && request->status != 429) {
    request->status = broken[sim_upto(sim, 3)];
    request->used = 0;
  }
  struct span shown = request->kind == IMPORT_PUT ? request->value : SPAN_NONE;
  shown.len = shown.len < SHOWN_MAX ? shown.len : SHOWN_MAX;
  sim_trace(sim, "    call %zu %s %.*s%s → %d%s %.*s", request->run->number, kind_names[request->kind],
            ARGS(request->kind == IMPORT_GET_MANY ? request->keys[0] : request->key),
            request->kind == IMPORT_GET_MANY ? " …" : "", request->status,
            request->fate == FATE_LOST ? " (lost)" : request->forgotten ? " (unheard)" : "", ARGS(shown));
}

/* ---- runs */

static void settle(struct run *run, enum run_state state) {
  struct sim *sim = run->sim;
  size_t at = 0;
  while (sim->runs[at] != run)
    at++;
  sim->runs[at] = sim->runs[--sim->run_count];
  run->state = state;
  sim->finished++;
  if (run->done && !sim->failed)
    run->done(run);
}

static void refresh_done(struct run *run) {
  if (run->state == RUN_FAILED && !strstr(run->result.ptr, "KV_FAILED"))
    sim_fail(run->sim, "collection.refresh failed: %.*s", ARGS(run->result));
}

/* What JavaScript does with a follow-up: starts it at once.  Some hosts let the call wait for it; here nothing does. */
static void follow_up(struct run *run, struct span payload) {
  struct actor *actor = ARENA_NEW(&run->sim->arena, struct actor);
  sim_call(run->isolate, run->prefix, TKV_OP_COLLECTION_REFRESH, SPAN(""), payload, refresh_done, NULL, actor);
}

static void finish(struct run *run, enum tkv_status status) {
  struct sim *sim = run->sim;
  const struct tkv_outcome *outcome = tkv_call_outcome(run->isolate->core, run->handle);
  run->result = arena_copy(&sim->arena, outcome->result);
  struct span followup = arena_copy(&sim->arena, outcome->followup);
  tkv_call_end(run->isolate->core, run->handle);
  run->actor->end = sim->now;
  sim_trace(sim, "call %zu %s %s: %.*s", run->number, sim_op_name(run->op), status == TKV_DONE ? "done" : "failed",
            ARGS(run->result));
  settle(run, status == TKV_DONE ? RUN_DONE : RUN_FAILED);
  if (status == TKV_DONE && followup.len && !sim->failed)
    follow_up(run, followup);
}

static void go_on(struct run *run, enum tkv_status status) {
  struct sim *sim = run->sim;
  if (status != TKV_PENDING) {
    if (run->waiting)
      sim_fail(sim, "%s ended with requests unanswered", sim_op_name(run->op));
    finish(run, status);
    return;
  }
  if (!run->waiting)
    sim_fail(sim, "%s waits for nothing", sim_op_name(run->op));
  if (++run->rounds > SIM_ROUNDS_MAX || sim->now - run->actor->start > SIM_CALL_MAX_MS)
    sim_fail(sim, "%s hangs: %zu rounds, %lld ms", sim_op_name(run->op), run->rounds,
             (long long)(sim->now - run->actor->start));
}

static void deliver(struct run *run) {
  struct sim *sim = run->sim;
  struct core *core = run->isolate->core;
  for (struct request *answer = run->answers; answer; answer = answer->next) {
    size_t room = answer->used + (size_t)sim_upto(sim, 40);
    char *bytes = answer->used ? tkv_call_reply(core, run->handle, answer->slot, room) : NULL;
    if (answer->used && !bytes)
      sim_fail(sim, "no room for an answer");
    else if (bytes)
      memcpy(bytes, answer->bytes, answer->used);
    uint32_t later = answer->status == 429 && sim_chance(sim, 300) ? 1500 : 0;
    tkv_call_replied(core, run->handle, answer->slot, (uint32_t)answer->status, answer->used, later);
  }
  run->answers = NULL;
  go_on(run, tkv_call_resume(core, run->handle, sim->now + run->isolate->skew));
}

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
    deliver(run);
}

struct run *sim_call(struct isolate *isolate, int prefix, enum tkv_op op, struct span control, struct span payload,
                     void (*done)(struct run *run), struct work *work, struct actor *actor) {
  struct sim *sim = isolate->sim;
  struct span name = sim->config.prefix[prefix];
  struct tkv_store *store = &sim->config.store;
  int64_t now = sim->now + isolate->skew;
  struct run *run = ARENA_NEW(&sim->arena, struct run);
  *actor = (struct actor){.start = sim->now, .end = INT64_MAX, .isolate = isolate->number, .place = isolate->place, .skew = isolate->skew,
                          .remembers = op == TKV_OP_MESSAGE_UPDATE};
  *run = (struct run){.sim = sim, .isolate = isolate, .actor = actor, .op = op, .prefix = prefix, .number = ++sim->run_numbers,
                      .done = done, .work = work};
  if (sim->run_count == sim->run_cap) {
    sim->run_cap = sim->run_cap ? sim->run_cap * 2 : 16;
    struct run **runs = ARENA_ARRAY(&sim->arena, struct run *, sim->run_cap);
    if (sim->run_count)
      memcpy(runs, sim->runs, sim->run_count * sizeof(struct run *));
    sim->runs = runs;
  }
  sim->runs[sim->run_count++] = run;
  run->handle = tkv_call_new(isolate->core, sizeof *store + name.len + control.len + payload.len, now);
  char *input = tkv_call_input(isolate->core, run->handle);
  memcpy(input, store, sizeof *store);
  memcpy(input + sizeof *store, name.ptr, name.len);
  memcpy(input + sizeof *store + name.len, control.ptr, control.len);
  memcpy(input + sizeof *store + name.len + control.len, payload.ptr, payload.len);
  sim_trace(sim, "call %zu isolate %d place %d \"%.*s\" %s %.*s %.*s", run->number, isolate->number, isolate->place, ARGS(name),
            sim_op_name(op), ARGS(control), ARGS(payload));
  go_on(run, tkv_call_begin(isolate->core, run->handle, op, name.len, control.len, payload.len));
  return run;
}

void sim_cancel(struct run *run) {
  struct sim *sim = run->sim;
  int64_t last = sim->now;
  for (size_t i = 0; i < sim->request_count;) {
    struct request *request = sim->requests[i];
    if (request->run == run && (request->performed || sim_chance(sim, 500))) {
      sim->requests[i] = sim->requests[--sim->request_count];
      continue;
    }
    if (request->run == run) {
      request->forgotten = true;
      last = request->due > last ? request->due : last;
    }
    i++;
  }
  run->actor->end = last;
  sim_trace(sim, "call %zu %s is gone", run->number, sim_op_name(run->op));
  settle(run, RUN_GONE);
}

/* ---- isolates */

void sim_isolate_new(struct sim *sim, struct isolate *isolate, int place, int64_t skew) {
  static const struct imports imports = {ask, ask_wait, give_random};
  *isolate = (struct isolate){.imports = &imports, .sim = sim, .number = ++sim->isolate_numbers, .place = place, .skew = skew};
  isolate->core = tkv_core_new(isolate);
}

void sim_isolate_die(struct sim *sim, struct isolate *isolate) {
  sim_trace(sim, "isolate %d dies", isolate->number);
  for (size_t i = 0; i < sim->run_count;) {
    if (sim->runs[i]->isolate != isolate)
      i++;
    else
      sim_cancel(sim->runs[i]);
  }
  tkv_core_del(isolate->core);
  sim_isolate_new(sim, isolate, isolate->place, sim->config.skew - sim_upto(sim, 2 * sim->config.skew));
}

/* ---- time */

bool sim_step(struct sim *sim, int64_t until) {
  size_t first = 0;
  for (size_t i = 1; i < sim->request_count; i++)
    if (sim->requests[i]->due < sim->requests[first]->due)
      first = i;
  if (!sim->request_count || sim->requests[first]->due > until || sim->failed)
    return false;
  struct request *request = sim->requests[first];
  sim->now = request->due > sim->now ? request->due : sim->now;
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
