/* sim_workflows.c: workflow runs in the simulation: several isolates persist, update, read and
 * delete them, some their own, some shared.
 *
 * Every write says a token of its own, so a reader tells whose value it sees.  Promised is:
 *
 * - whoever reads in the isolate that wrote sees no older value of that isolate;
 * - a run that has stopped, and was acknowledged, is there at rest, unless a later write took its
 *   place.  Progress may be lost, and may come to KV late, but not over what its isolate wrote later.
 *   It is lost, too, when a write that failed, or whose call went away, was to take its place:
 *   nobody knows then whether KV has that write, and progress must not bring a deleted run back.
 */
#include "codec/json.h"
#include "sim/sim_work.h"

enum {
  SEEDS = 250,
  FAILED_ONCE = 403732, /* a seed that is tried besides */
  WRITES_MAX = 400,
  SHARED = 3,
  MINUTE = 60 * 1000,
  HELD_MS = 14 * MINUTE, /* progress is remembered for longer */
  FLUSH_MS = MINUTE,     /* by then it has been written, however often KV refused */
  LOOSE_MS = 2 * MINUTE  /* or by a request that was on its way when its call went away */
};

enum kind { KIND_PROGRESS, KIND_STOP, KIND_DELETE };

/* Something that was to be written.  A deletion's token is empty. */
struct write {
  struct actor *by;
  enum kind kind;
  struct span token;
  bool merges; /* it reads before it writes */
  enum run_state state;
  bool void_; /* it was refused, for there was no run */
};

struct history {
  int prefix;
  struct span names;               /* the members that name the run */
  struct write writes[WRITES_MAX]; /* in the order of the calls */
  size_t count;
};

struct task {
  struct work work; /* must be first */
  struct history *history;
  struct write *write; /* NULL: a read */
};

struct runs {
  struct history *histories[64];
  size_t count;
  uint32_t tokens;
};

/* ---- what may be ---- */

static bool is_loose(const struct sim *sim) {
  return sim->config.slow || sim->config.cancels || sim->config.deaths;
}

/* Until when |write| may reach KV. */
static int64_t latest(const struct sim *sim, const struct write *write) {
  int64_t more = write->kind == KIND_PROGRESS ? FLUSH_MS : 0;
  if (write->by->end == INT64_MAX)
    return INT64_MAX;
  return write->by->end + more + (is_loose(sim) ? LOOSE_MS : 0);
}

static bool is_acknowledged(const struct write *write) {
  return write->state == RUN_DONE && !write->void_;
}

/* Whether |later|, of the same isolate, certainly took the place of |write|. */
static bool follows(const struct sim *sim, const struct write *write, const struct write *later) {
  if (later->by->isolate != write->by->isolate || later <= write)
    return false;
  bool apart = write->by->end <= later->by->start;
  if (is_loose(sim) || write->state == RUN_GONE)
    return latest(sim, write) < later->by->start;
  return apart || !(write->merges || later->merges);
}

/* Whether |write| (NULL: that there never was a run) may be what is left. */
static bool may_be_left(const struct sim *sim, const struct history *history,
                        const struct write *write) {
  for (size_t i = 0; i < history->count; i++) {
    const struct write *later = &history->writes[i];
    if (!is_acknowledged(later) || later->kind == KIND_PROGRESS || later == write)
      continue;
    if (write && follows(sim, write, later))
      return false;
    /* A deletion by an isolate that never saw the run in KV may have been none. */
    bool after = !write || latest(sim, write) < later->by->start;
    if (later->kind == KIND_STOP && after)
      return false;
  }
  return true;
}

static const struct write *find(const struct history *history, struct span token) {
  for (size_t i = 0; i < history->count; i++)
    if (token.len && span_eq(history->writes[i].token, token))
      return &history->writes[i];
  return NULL;
}

static struct span token_of(struct sim *sim, struct span row) {
  return row.len && row.ptr[0] == '{' ? look_field(sim, look_field(sim, row, "snapshot"), "token")
                                      : SPAN("");
}

/* ---- reading ---- */

/* Whether |progress| was to make room for a write of its isolate that nobody knows the end of. */
static bool may_be_dropped(const struct history *history, const struct write *progress) {
  for (const struct write *later = progress + 1; later < &history->writes[history->count]; later++)
    if (later->by->isolate == progress->by->isolate && later->kind != KIND_PROGRESS &&
        !is_acknowledged(later))
      return true;
  return false;
}

/* What |reader|'s isolate wrote last, of what was acknowledged before the read began and has to be
 * there still. */
static const struct write *own_newest(const struct history *history, const struct actor *reader) {
  for (size_t i = history->count; i--;) {
    const struct write *write = &history->writes[i];
    if (write->by->isolate == reader->isolate && is_acknowledged(write) &&
        write->by->end <= reader->start &&
        !(write->kind == KIND_PROGRESS && may_be_dropped(history, write)))
      return write;
  }
  return NULL;
}

/* Whether someone other than |own|'s isolate, or that isolate later, may have removed the run. */
static bool may_be_removed(const struct history *history, const struct write *own,
                           const struct actor *reader) {
  for (size_t i = 0; i < history->count; i++) {
    const struct write *write = &history->writes[i];
    bool elsewhere = write->by->isolate != own->by->isolate;
    bool deletes = write->kind == KIND_DELETE && (elsewhere || write >= own);
    bool failed = !elsewhere && write > own && !is_acknowledged(write);
    if ((deletes || failed) && write->by->start <= reader->end)
      return true;
  }
  return false;
}

static void look_read(struct sim *sim, const struct history *history, struct span token,
                      const struct actor *reader) {
  const struct write *own = own_newest(history, reader), *seen = find(history, token);
  if (token.len && !seen)
    sim_fail(sim, "run %.*s: nobody wrote \"%.*s\"", ARGS(history->names), ARGS(token));
  if (!own || sim->failed)
    return;
  if (own->kind == KIND_PROGRESS && reader->start - own->by->end > HELD_MS)
    return;
  if (!seen && !may_be_removed(history, own, reader))
    sim_fail(sim, "run %.*s was written here, yet was not found", ARGS(history->names));
  if (seen && follows(sim, seen, own))
    sim_fail(sim, "run %.*s: \"%.*s\" was read where \"%.*s\" was written later",
             ARGS(history->names), ARGS(token), ARGS(own->token));
}

/* ---- calls ---- */

static void done(struct run *run) {
  struct task *task = (struct task *)run->work;
  struct sim *sim = run->sim;
  if (run->state == RUN_FAILED && !look_excused(sim, run->result))
    sim_fail(sim, "%s failed: %.*s", sim_op_name(run->op), ARGS(run->result));
  if (task->write) {
    task->write->state = run->state;
    task->write->void_ =
        run->state == RUN_DONE && run->op == TKV_OP_WORKFLOW_STATE && !run->result.len;
  } else if (run->state == RUN_DONE) {
    struct json_walk walk = json_walk(run->result);
    if (json_next(&walk))
      look_read(sim, task->history, token_of(sim, walk.value), run->actor);
  }
}

static struct history *any_history(struct sim *sim, struct runs *runs,
                                   const struct isolate *isolate) {
  int prefix = (int)sim_upto(sim, sim->config.prefixes - 1);
  struct span id = sim_chance(sim, 400) ? sim_text(sim, "s:%d", (int)sim_upto(sim, SHARED - 1))
                                        : sim_text(sim, "i%d", isolate->number);
  struct span names = sim_text(sim, "\"runId\":\"%.*s\",\"workflowName\":\"%s\"", ARGS(id),
                               sim_chance(sim, 300) ? "agentic-loop" : "wf");
  for (size_t i = 0; i < runs->count; i++)
    if (runs->histories[i]->prefix == prefix && span_eq(runs->histories[i]->names, names))
      return runs->histories[i];
  if (runs->count == sizeof runs->histories / sizeof *runs->histories)
    return runs->histories[sim_upto(sim, (int64_t)runs->count - 1)];
  struct history *history = ARENA_NEW(&sim->arena, struct history);
  history->prefix = prefix;
  history->names = names;
  return runs->histories[runs->count++] = history;
}

static struct write *add_write(struct task *task, enum kind kind, struct span token, bool merges) {
  struct history *history = task->history;
  struct write *write = &history->writes[history->count++];
  *write = (struct write){
      .by = &task->work.actor, .kind = kind, .token = token, .merges = merges, .state = RUN_GOING};
  return task->write = write;
}

static void start(struct sim *sim, struct runs *runs, struct isolate *isolate) {
  static const char *const stops[] = {"suspended", "waiting", "success"};
  struct task *task = ARENA_NEW(&sim->arena, struct task);
  task->history = any_history(sim, runs, isolate);
  task->work.actor =
      (struct actor){.start = sim->now, .end = INT64_MAX, .isolate = isolate->number};
  enum tkv_op op = TKV_OP_WORKFLOW_PERSIST;
  struct span names = task->history->names, control = SPAN("");
  struct span payload = sim_text(sim, "{%.*s}", ARGS(names));
  int64_t which = sim_upto(sim, 9);
  if (which < 3 || task->history->count == WRITES_MAX) {
    op = TKV_OP_ROW_GET;
    control = SPAN("{\"table\":\"workflow_snapshot\"}");
    payload = sim_text(sim, "[{%.*s}]", ARGS(names));
  } else if (which == 3) {
    op = TKV_OP_WORKFLOW_DELETE;
    add_write(task, KIND_DELETE, SPAN(""), false);
  } else {
    bool merges = which == 4, progress = sim_chance(sim, 650);
    struct span token = sim_text(sim, "%u", ++runs->tokens);
    const char *status = progress ? "running" : stops[sim_upto(sim, 2)];
    add_write(task, progress ? KIND_PROGRESS : KIND_STOP, token, merges);
    op = merges ? TKV_OP_WORKFLOW_STATE : op;
    payload = sim_text(sim, "{%.*s,\"%s\":{\"status\":\"%s\",\"token\":\"%.*s\"}}", ARGS(names),
                       merges ? "state" : "snapshot", status, ARGS(token));
  }
  sim_call(isolate, task->history->prefix, op, control, payload, done, &task->work,
           &task->work.actor);
}

/* ---- the end ---- */

static void check_rest(struct sim *sim, const struct runs *runs) {
  struct isolate isolate;
  sim->calm = true;
  sim_drain(sim);
  sim_sleep(sim, 5 * MINUTE);
  sim_trace(sim, "---- at rest");
  sim_isolate_new(sim, &isolate, (int)sim_upto(sim, sim->config.places - 1), 0);
  for (size_t i = 0; i < runs->count && !sim->failed; i++) {
    const struct history *history = runs->histories[i];
    struct actor *actor = ARENA_NEW(&sim->arena, struct actor);
    struct run *run = sim_call(&isolate, history->prefix, TKV_OP_ROW_GET,
                               SPAN("{\"table\":\"workflow_snapshot\"}"),
                               sim_text(sim, "[{%.*s}]", ARGS(history->names)), NULL, NULL, actor);
    sim_drain(sim);
    struct json_walk walk = json_walk(run->result);
    struct span token = json_next(&walk) ? token_of(sim, walk.value) : SPAN("");
    bool fine = !token.len && may_be_left(sim, history, NULL);
    for (size_t k = 0; k < history->count; k++) {
      const struct write *write = &history->writes[k];
      fine |= span_eq(write->token, token) && !write->void_ && may_be_left(sim, history, write);
    }
    if (!fine)
      sim_fail(sim, "at rest run %.*s is \"%.*s\"", ARGS(history->names), ARGS(token));
  }
  if (tkv_core_calls(isolate.core) && !sim->failed)
    sim_fail(sim, "a core kept calls");
  tkv_core_del(isolate.core);
}

static void play(struct sim *sim) {
  struct runs runs = {0};
  sim_choose(sim);
  sim_begin(sim);
  for (int i = 0; i < 2 * sim->config.operations && !sim->failed; i++) {
    if (sim_chance(sim, 600))
      sim_sleep(sim, sim_upto(sim, sim->config.pause));
    sim_upset(sim);
    start(sim, &runs, &sim->isolates[sim_upto(sim, sim->config.isolates - 1)]);
  }
  if (!sim->failed)
    sim_drain(sim);
  if (!sim->failed)
    check_rest(sim, &runs);
}

static void try(uint64_t seed) {
  struct sim *sim = sim_new(seed, sim_one_seed());
  play(sim);
  if (sim->failed)
    check_fail(__FILE__, __LINE__, "seed %llu: %s", (unsigned long long)seed, sim->verdict);
  sim_del(sim);
}

TEST(sim_workflow_runs) {
  for (uint64_t seed = sim_first_seed(); seed < sim_first_seed() + sim_seeds(SEEDS); seed++)
    try(seed);
  if (!sim_one_seed())
    try(FAILED_ONCE);
}
