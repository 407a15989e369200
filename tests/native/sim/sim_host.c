/* sim_host.c: isolates and their calls. */
#include "sim/sim_host.h"

#include "support/carry.h"

const char *sim_op_name(enum tkv_op op) {
  static const char *const names[] = {
#define X(constant, name, step) name,
      TKV_OP_LIST(X)
#undef X
  };
  return names[op];
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

static void followed(struct run *run) {
  if (run->state == RUN_FAILED && !strstr(run->result.ptr, "KV_FAILED") &&
      !strstr(run->result.ptr, "BUDGET"))
    sim_fail(run->sim, "%s failed: %.*s", sim_op_name(run->op), ARGS(run->result));
}

/* What JavaScript does with a follow-up: starts it at once.  Some hosts let the call wait for it;
 * here nothing does. */
static void follow_up(struct run *run, enum tkv_op op, struct span payload) {
  struct actor *actor = ARENA_NEW(&run->sim->arena, struct actor);
  sim_call(run->isolate, run->prefix, op, SPAN(""), payload, followed, NULL, actor);
}

static void finish(struct run *run, enum tkv_status status) {
  struct sim *sim = run->sim;
  const struct tkv_outcome *outcome = tkv_call_outcome(run->isolate->core, run->handle);
  run->result = arena_copy(&sim->arena, outcome->result);
  struct span followup = arena_copy(&sim->arena, outcome->followup);
  enum tkv_op followup_op = (enum tkv_op)outcome->followup_op;
  tkv_call_end(run->isolate->core, run->handle);
  run->actor->end = sim->now;
  sim_trace(sim, "call %zu %s %s: %.*s", run->number, sim_op_name(run->op),
            status == TKV_DONE ? "done" : "failed", ARGS(run->result));
  settle(run, status == TKV_DONE ? RUN_DONE : RUN_FAILED);
  if (status == TKV_DONE && followup.len && !sim->failed)
    follow_up(run, followup_op, followup);
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

void sim_answered(struct run *run) {
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
    tkv_call_replied(core, run->handle, answer->slot, (uint32_t)answer->status, answer->used,
                     later);
  }
  run->answers = NULL;
  go_on(run, tkv_call_resume(core, run->handle, sim->now + run->isolate->skew));
}

struct run *sim_call(struct isolate *isolate, int prefix, enum tkv_op op, struct span control,
                     struct span payload, void (*done)(struct run *run), struct work *work,
                     struct actor *actor) {
  struct sim *sim = isolate->sim;
  struct span name = sim->config.prefix[prefix];
  struct tkv_store *store = &sim->config.store;
  int64_t now = sim->now + isolate->skew;
  sim_isolate_renew(sim, isolate);
  struct run *run = ARENA_NEW(&sim->arena, struct run);
  *actor = (struct actor){.start = sim->now,
                          .end = INT64_MAX,
                          .isolate = isolate->number,
                          .place = isolate->place,
                          .skew = isolate->skew};
  *run = (struct run){.sim = sim,
                      .isolate = isolate,
                      .actor = actor,
                      .op = op,
                      .prefix = prefix,
                      .number = ++sim->run_numbers,
                      .done = done,
                      .work = work};
  actor->call = run->number;
  if (sim->run_count == sim->run_cap) {
    sim->run_cap = sim->run_cap ? sim->run_cap * 2 : 16;
    struct run **runs = ARENA_ARRAY(&sim->arena, struct run *, sim->run_cap);
    if (sim->run_count)
      memcpy(runs, sim->runs, sim->run_count * sizeof(struct run *));
    sim->runs = runs;
  }
  sim->runs[sim->run_count++] = run;
  run->handle =
      tkv_call_new(isolate->core, sizeof *store + name.len + control.len + payload.len, now);
  char *input = tkv_call_input(isolate->core, run->handle);
  memcpy(input, store, sizeof *store);
  memcpy(input + sizeof *store, name.ptr, name.len);
  memcpy(input + sizeof *store + name.len, control.ptr, control.len);
  memcpy(input + sizeof *store + name.len + control.len, payload.ptr, payload.len);
  sim_trace(sim, "call %zu isolate %d place %d \"%.*s\" %s %.*s %.*s", run->number, isolate->number,
            isolate->place, ARGS(name), sim_op_name(op), ARGS(control), ARGS(payload));
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
  /* What it asked to be written, another call of its isolate may still write for it. */
  run->actor->end = last + SIM_CARRY_MS;
  sim_trace(sim, "call %zu %s is gone", run->number, sim_op_name(run->op));
  settle(run, RUN_GONE);
}

/* ---- isolates */

void sim_isolate_new(struct sim *sim, struct isolate *isolate, int place, int64_t skew) {
  *isolate = (struct isolate){.imports = &sim_imports,
                              .sim = sim,
                              .number = ++sim->isolate_numbers,
                              .place = place,
                              .skew = skew};
  isolate->renewals.state = sim->seed ^ (uint64_t)isolate->number << 32;
  isolate->core = tkv_core_new(isolate);
}

void sim_isolate_renew(struct sim *sim, struct isolate *isolate) {
  if (!sim->config.renews || dice_next(&isolate->renewals, 3) || tkv_core_calls(isolate->core))
    return;
  sim_trace(sim, "isolate %d gets a fresh instance", isolate->number);
  isolate->core = carry_over(isolate->core, isolate);
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
  sim_isolate_new(sim, isolate, isolate->place,
                  sim->config.skew - sim_upto(sim, 2 * sim->config.skew));
}
