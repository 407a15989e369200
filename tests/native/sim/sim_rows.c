/* sim_rows.c: rows in the simulation: isolates in several places save, update, read and delete the
 * same tasks, scores and thread states, over caches that are up to a minute old.
 *
 * Every write says a token of its own, so a reader tells whose value it sees.  Rows have neither
 * journal nor tombstone.  Promised is:
 *
 * - at rest a row is what was written last, whoever wrote it: of writes that overlapped any, else the
 *   later one.  A row that was deleted is gone, unless it was written again;
 * - a write is seen at once in its isolate (where the place's cache is not told of it, and clocks
 *   differ, a minute later: what stood there before may have the later stamp), a second later in its place (a state, which may be held
 *   for a second, once it is stored; what is held goes with its isolate), a minute later everywhere.  Only an isolate that has written the
 *   row itself in the last two minutes may take its own for newer: clocks differ;
 * - an update is a write that reads: until a deletion is seen where it is made, it succeeds, and the
 *   row is back.  It never succeeds afterwards, and never fails while the row must be seen.
 */
#include "codec/json.h"
#include "sim/sim_work.h"

enum {
  SEEDS = 250,
  FAILED_ONCE = 7329, /* a seed that is tried besides */
  WRITES_MAX = 400,
  ROWS = 6,
  MINUTE = 60 * 1000,
  FLUSH_MS = MINUTE,    /* by then a held state has been written, however often KV refused */
  LOOSE_MS = 2 * MINUTE /* when calls go away, a request of theirs may still be on its way */
};

enum kind { KIND_SAVE, KIND_UPDATE, KIND_DELETE };

static const struct table {
  const char *name, *key; /* how a row of that number is named */
  bool held;              /* what is written twice within a second comes to KV later */
} tables[] = {{"background_tasks", "\"id\":\"%d\"", false},
              {"scores", "\"id\":\"%d\"", false},
              {"thread_state", "\"threadId\":\"t%d\",\"type\":\"a:b\"", true}};

struct write {
  struct actor *by;
  enum kind kind;
  struct span token; /* empty for a deletion */
  enum run_state state;
  bool void_; /* an update that found no row */
};

struct row {
  const struct table *table;
  int prefix;
  struct span key;                 /* members of an object */
  struct write writes[WRITES_MAX]; /* in the order of the calls */
  size_t count;
};

struct task {
  struct work work; /* must be first */
  struct row *row;
  struct write *write; /* NULL: a read */
};

struct rows {
  struct row *items[SIM_PREFIXES_MAX][sizeof tables / sizeof *tables][ROWS];
  uint32_t tokens;
};

/* ---- what may be ---- */

/* Until when |write| may reach KV. */
static int64_t latest(const struct sim *sim, const struct row *row, const struct write *write) {
  bool loose = sim->config.slow || sim->config.cancels || sim->config.deaths;
  if (write->by->end == INT64_MAX)
    return INT64_MAX;
  return write->by->end + (row->table->held ? FLUSH_MS : 0) + (loose ? LOOSE_MS : 0);
}

/* Whether |write| took place for sure.  What is held goes with its isolate. */
static bool took_place(const struct sim *sim, const struct row *row, const struct write *write) {
  bool mortal = row->table->held && (sim->config.deaths || sim->config.cancels);
  return write->state == RUN_DONE && !write->void_ && !mortal;
}

/* Whether |reader|'s isolate may take a write of its own for newer than what it reads. */
static bool prefers_own(const struct row *row, const struct actor *reader) {
  for (size_t i = 0; i < row->count; i++) {
    const struct write *own = &row->writes[i];
    if (own->by->isolate == reader->isolate && own->by != reader &&
        (own->by->end == INT64_MAX || own->by->end + SIM_OWN_MS >= reader->start))
      return true;
  }
  return false;
}

/* Whether |write|, which took place, has to be seen by |reader|, or what came after it. */
static bool is_seen(const struct sim *sim, const struct row *row, const struct write *write,
                    const struct actor *reader) {
  /* an answer may be this old when it arrives, and is then used again for a second */
  int64_t transit = sim->config.latency + (sim->config.slow ? SIM_SLOW_MS : 0);
  if (write->by == reader)
    return false;
  int64_t cached = sim->config.blind && sim->config.skew ? SIM_CACHE_MS + transit : 0;
  if (write->by->isolate == reader->isolate)
    return write->by->end + cached <= reader->start;
  int64_t held = row->table->held ? FLUSH_MS : 0;
  int64_t stale = write->by->place == reader->place && !sim->config.blind ? 0 : SIM_CACHE_MS;
  return write->by->end + held + stale + transit + SIM_REUSE_MS < reader->start &&
         !prefers_own(row, reader);
}

static bool is_seen_or_all(const struct sim *sim, const struct row *row, const struct write *write,
                           const struct actor *reader) {
  return !reader || is_seen(sim, row, write, reader);
}

/* Whether |reader| (NULL: everybody, at rest) may still see |write|. */
static bool may_be(const struct sim *sim, const struct row *row, const struct write *write,
                   const struct actor *reader) {
  for (size_t i = 0; i < row->count; i++) {
    const struct write *later = &row->writes[i];
    if (later != write && took_place(sim, row, later) &&
        latest(sim, row, write) < later->by->start && is_seen_or_all(sim, row, later, reader))
      return false;
  }
  return !write->void_;
}

/* Whether |reader| may find no row. */
static bool may_be_absent(const struct sim *sim, const struct row *row,
                          const struct actor *reader) {
  bool there = false;
  for (size_t i = 0; i < row->count; i++) {
    const struct write *write = &row->writes[i];
    if (write->kind == KIND_DELETE && may_be(sim, row, write, reader))
      return true;
    there |= write->kind == KIND_SAVE && took_place(sim, row, write) &&
             is_seen_or_all(sim, row, write, reader);
  }
  return !there;
}

/* Whether |reader| may find a row. */
static bool may_be_there(const struct sim *sim, const struct row *row, const struct actor *reader) {
  for (size_t i = 0; i < row->count; i++) {
    const struct write *write = &row->writes[i];
    if (write->kind != KIND_DELETE && write->by != reader && may_be(sim, row, write, reader))
      return true;
  }
  return false;
}

static void look(struct sim *sim, const struct row *row, struct span token,
                 const struct actor *reader) {
  bool fine = !token.len && may_be_absent(sim, row, reader);
  for (size_t i = 0; i < row->count && token.len; i++)
    fine |= span_eq(row->writes[i].token, token) && may_be(sim, row, &row->writes[i], reader);
  if (!fine)
    sim_fail(sim, "%s row %s %.*s is \"%.*s\"", reader ? "read" : "at rest", row->table->name,
             ARGS(row->key), ARGS(token));
}

/* ---- calls ---- */

static struct span token_of(struct sim *sim, struct span rows) {
  struct json_walk walk = json_walk(rows);
  return json_next(&walk) && json_is_object(walk.value) ? look_field(sim, walk.value, "token")
                                                        : SPAN("");
}

static void done(struct run *run) {
  struct task *task = (struct task *)run->work;
  struct sim *sim = run->sim;
  struct write *write = task->write;
  if (run->state == RUN_FAILED && !look_excused(sim, run->result))
    sim_fail(sim, "%s failed: %.*s", sim_op_name(run->op), ARGS(run->result));
  if (!write) {
    if (run->state == RUN_DONE)
      look(sim, task->row, token_of(sim, run->result), run->actor);
    return;
  }
  write->state = run->state;
  if (run->state != RUN_DONE || write->kind != KIND_UPDATE)
    return;
  write->void_ = span_eq(run->result, SPAN("false"));
  if (write->void_ ? !may_be_absent(sim, task->row, run->actor)
                   : !may_be_there(sim, task->row, run->actor))
    sim_fail(sim, "update of row %s %.*s answers %.*s", task->row->table->name,
             ARGS(task->row->key), ARGS(run->result));
}

static struct row *any_row(struct sim *sim, struct rows *rows) {
  int prefix = (int)sim_upto(sim, sim->config.prefixes - 1), number = (int)sim_upto(sim, ROWS - 1);
  size_t kind = (size_t)sim_upto(sim, sizeof tables / sizeof *tables - 1);
  struct row **row = &rows->items[prefix][kind][number];
  if (!*row) {
    *row = ARENA_NEW(&sim->arena, struct row);
    (*row)->table = &tables[kind];
    (*row)->prefix = prefix;
    (*row)->key =
        number ? sim_text(sim, tables[kind].key, number) : sim_text(sim, tables[kind].key, -1);
  }
  return *row;
}

static void start(struct sim *sim, struct rows *rows, struct isolate *isolate) {
  struct task *task = ARENA_NEW(&sim->arena, struct task);
  struct row *row = task->row = any_row(sim, rows);
  struct span token = SPAN(""), control = sim_text(sim, "{\"table\":\"%s\"}", row->table->name);
  enum kind kind = KIND_SAVE;
  enum tkv_op op = TKV_OP_ROW_GET;
  struct span payload = sim_text(sim, "[{%.*s}]", ARGS(row->key));
  int64_t which = sim_upto(sim, 9);
  bool writes = which > 3 && row->count < WRITES_MAX;
  task->work.actor = (struct actor){
      .start = sim->now, .end = INT64_MAX, .isolate = isolate->number, .place = isolate->place};
  if (writes && which == 4) {
    op = TKV_OP_ROW_DELETE;
    kind = KIND_DELETE;
  } else if (writes) {
    token = sim_text(sim, "%u", ++rows->tokens);
    kind = which < 8 ? KIND_UPDATE : KIND_SAVE;
    op = kind == KIND_UPDATE ? TKV_OP_ROW_UPDATE : TKV_OP_ROW_SAVE;
    payload = kind == KIND_UPDATE
                  ? sim_text(sim, "{\"key\":{%.*s},\"set\":{\"token\":\"%.*s\"}}", ARGS(row->key),
                             ARGS(token))
                  : sim_text(sim, "[{%.*s,\"token\":\"%.*s\"}]", ARGS(row->key), ARGS(token));
  }
  if (writes) {
    task->write = &row->writes[row->count++];
    *task->write =
        (struct write){.by = &task->work.actor, .kind = kind, .token = token, .state = RUN_GOING};
  }
  sim_call(isolate, row->prefix, op, control, payload, done, &task->work, &task->work.actor);
}

/* ---- the end ---- */

static void check_row(struct sim *sim, struct isolate *isolate, const struct row *row) {
  struct actor *actor = ARENA_NEW(&sim->arena, struct actor);
  struct run *run = sim_call(isolate, row->prefix, TKV_OP_ROW_GET,
                             sim_text(sim, "{\"table\":\"%s\"}", row->table->name),
                             sim_text(sim, "[{%.*s}]", ARGS(row->key)), NULL, NULL, actor);
  sim_drain(sim);
  look(sim, row, token_of(sim, run->result), NULL);
}

static void check_rest(struct sim *sim, const struct rows *rows) {
  struct isolate isolate;
  sim->calm = true;
  sim_drain(sim);
  sim_sleep(sim, 5 * MINUTE);
  sim_trace(sim, "---- at rest");
  sim_isolate_new(sim, &isolate, (int)sim_upto(sim, sim->config.places - 1), 0);
  struct row *const *all = &rows->items[0][0][0];
  for (size_t i = 0; i < sizeof rows->items / sizeof *all && !sim->failed; i++)
    if (all[i])
      check_row(sim, &isolate, all[i]);
  tkv_core_del(isolate.core);
}

static void play(struct sim *sim) {
  struct rows rows = {0};
  sim_choose(sim);
  sim_begin(sim);
  for (int i = 0; i < 2 * sim->config.operations && !sim->failed; i++) {
    if (sim_chance(sim, 600))
      sim_sleep(sim, sim_upto(sim, sim->config.pause));
    sim_upset(sim);
    start(sim, &rows, &sim->isolates[sim_upto(sim, sim->config.isolates - 1)]);
  }
  if (!sim->failed)
    sim_drain(sim);
  if (!sim->failed)
    check_rest(sim, &rows);
}

static void try(uint64_t seed) {
  struct sim *sim = sim_new(seed, sim_one_seed());
  play(sim);
  if (sim->failed)
    check_fail(__FILE__, __LINE__, "seed %llu: %s", (unsigned long long)seed, sim->verdict);
  sim_del(sim);
}

TEST(sim_rows_in_several_places) {
  for (uint64_t seed = sim_first_seed(); seed < sim_first_seed() + sim_seeds(SEEDS); seed++)
    try(seed);
  if (!sim_one_seed())
    try(FAILED_ONCE);
}
