/* sim.h: a deterministic simulation of many isolates in several places over one KV.
 *
 *   sim_kv.c      the KV: place caches, stale lists, a write per second and key
 *   sim_host.c    isolates and their calls: requests take time, fail, get lost; calls and isolates
 * go away sim_model.c   what was done to every object, and what a reader may see of it
 * (sim_model.h) sim_work.c    the workload: picks operations, and notes what they do sim_check.c
 * checks of what operations answer sim_rest.c    checks at rest, when everything has settled
 *   sim_run.c     one seed from configuration to verdict
 *
 * Everything follows from the seed.  Times are ms since 1970, as the simulation counts them; an
 * isolate's clock may be off.  All memory is the arena's.
 *
 *   TKV_SIM_SEED=17  build/native/test sim     replays one seed with a trace
 *   TKV_SIM_SEEDS=5000 build/native/test sim   tries more of them, from TKV_SIM_FIRST on; with
 * TKV_SIM_STOP until one fails
 */
#ifndef TESTS_SIM_H
#define TESTS_SIM_H

#include "codec/arena.h"
#include "core.h"
#include "support/check.h"
#include "support/imports.h"

enum {
  SIM_PLACES_MAX = 3,
  SIM_ISOLATES_MAX = 6,
  SIM_PREFIXES_MAX = 2,
  SIM_CACHE_MS = 60 * 1000, /* how stale a place may be */
  SIM_REUSE_MS = 1000,      /* how long an isolate reuses what it has read */
  SIM_OVERLAY_MS = 60 *
      1000, /* how long its own write counts for more than an answer without a stamp */
  SIM_OWN_MS = 120 * 1000,  /* how long it keeps what it wrote */
  SIM_SLOW_MS = 20 * 1000,  /* what a slow request takes on top */
  SIM_CARRY_MS = 60 * 1000, /* how long what a lost call asked for may still be under way */
  SIM_BUDGET = 900,         /* which no call of the workload exceeds */
  SIM_ROUNDS_MAX = 20000,
  SIM_CALL_MAX_MS = 10 * 60 * 1000
};

/* What a seed decides before anything happens.  Chances are per 1,000. */
struct sim_config {
  int places, isolates, prefixes, threads, resources, operations;
  struct span prefix[SIM_PREFIXES_MAX];
  int64_t skew;    /* clocks are off by at most this */
  int64_t latency; /* of most requests, at most */
  int64_t pause;   /* between operations, at most */
  int64_t lag;     /* a place may learn of others' writes this late even without a cache */
  bool rate_limit; /* one write per second and key */
  bool bare;       /* KV keeps no metadata */
  bool
      silent; /* hosts do not tell that they are still at what a call asked for, unless it is much */
  bool renews;   /* instances are replaced while nothing is under way */
  bool blind;    /* a write does not refresh the cache of its place: absence is shown, too */
  bool large;    /* one thread outgrows its head */
  bool moments;  /* much is said in one millisecond */
  int slow;      /* requests that take many seconds */
  int refused;   /* requests that fail */
  int lost;      /* requests that are performed and reported failed */
  int deaths;    /* isolates that go away, per operation */
  int cancels;   /* calls that go away, per operation */
  int evictions; /* values that a cache drops early */
  uint32_t page, empty_pages;
  uint32_t theme; /* of the workload */
  struct tkv_store store;
};

/* One version of a key's value. */
struct sim_value {
  struct sim_value *older;
  int64_t at;
  bool there;
  struct span value, metadata;
};

struct sim_key {
  uint32_t space;
  struct span name;
  struct sim_value *newest; /* NULL: never written */
  int64_t accepted;         /* when a write was last accepted */
  struct sim_seen {
    const struct sim_value *value;
    int64_t as_of, until;
  } seen[SIM_PLACES_MAX];
};

/* A page of a list. */
struct sim_page {
  const struct sim_key **keys;
  const struct sim_value **values;
  size_t count;
  struct span cursor; /* `ptr` NULL: the last page */
};

struct sim_kv {
  struct sim_key **keys; /* by space and name */
  size_t count, cap;
  struct sim_listing *listings;
};

/* An isolate.  A new one gets a new number. */
struct isolate {
  const struct imports *imports; /* must be first */
  struct sim *sim;
  struct core *core;
  struct dice renewals; /* when its instance is replaced: nothing else may be different for it */
  int number, place;
  int64_t skew;
};

/* Who does something, and when. */
struct actor {
  int64_t start, end; /* end: INT64_MAX while under way */
  int isolate, place;
  size_t call; /* its number among all calls */
  int64_t skew;
  bool sees_all; /* as if there were no caches */
};

enum run_state { RUN_GOING, RUN_DONE, RUN_FAILED, RUN_GONE };

/* A call. */
struct run {
  struct sim *sim;
  struct isolate *isolate;
  struct actor *actor;
  enum tkv_op op;
  int prefix;
  uint32_t handle;
  size_t number, rounds, waiting;
  struct request *answers;
  enum run_state state;
  struct span result;            /* RUN_FAILED: the error */
  void (*done)(struct run *run); /* NULL: nobody cares */
  struct work *work;
};

struct sim {
  uint64_t seed;
  struct dice dice;
  struct arena arena;
  struct sim_config config;
  struct sim_kv kv;
  int64_t now, epoch;
  bool calm; /* no faults: the end is being prepared */
  bool trace, failed;
  char verdict[1024];
  struct isolate isolates[SIM_ISOLATES_MAX];
  int isolate_numbers;
  struct run **runs; /* under way */
  size_t run_count, run_cap, run_numbers;
  struct request **requests;
  size_t request_count, request_cap;
  size_t steps, finished; /* requests performed, calls finished */
  struct model *model;
};

/* ---- sim_kv.c */

/* sim_kv_get returns what |place| sees under a key, or NULL. */
const struct sim_value *sim_kv_get(struct sim *sim, int place, uint32_t space, struct span name);

/* sim_kv_write puts |value|, or deletes the key when that is NULL.  Returns an HTTP status. */
int sim_kv_write(struct sim *sim, int place, uint32_t space, struct span name,
                 const struct span *value, struct span metadata);

/* sim_kv_list returns a page as |place| sees it. */
struct sim_page sim_kv_list(struct sim *sim, int place, uint32_t space, struct span prefix,
                            struct span cursor, uint32_t limit);

/* sim_kv_truth returns the newest value under a key, or NULL. */
const struct sim_value *sim_kv_truth(struct sim *sim, uint32_t space, struct span name);

/* ---- sim_host.c */

/* sim_isolate_new starts |isolate| (again) at |place|. */
void sim_isolate_new(struct sim *sim, struct isolate *isolate, int place, int64_t skew);

/* sim_isolate_die ends |isolate| with all its calls; a new one takes its place. */
void sim_isolate_die(struct sim *sim, struct isolate *isolate);

/* sim_isolate_renew gives |isolate| a fresh instance with all that it remembers, or does not. */
void sim_isolate_renew(struct sim *sim, struct isolate *isolate);

/* sim_cancel makes the host forget a call: it is never resumed. */
void sim_cancel(struct run *run);

/* sim_call makes a call; |done| is called at its end, perhaps at once. */
struct run *sim_call(struct isolate *isolate, int prefix, enum tkv_op op, struct span control,
                     struct span payload, void (*done)(struct run *run), struct work *work,
                     struct actor *actor);

/* sim_op_name returns the name of |op|. */
const char *sim_op_name(enum tkv_op op);

/* ---- sim_request.c */

/* sim_step performs what is due next, but nothing after |until|; false when there is nothing. */
bool sim_step(struct sim *sim, int64_t until);

/* sim_sleep lets time pass, performing what is due. */
void sim_sleep(struct sim *sim, int64_t ms);

/* sim_drain performs all that is under way. */
void sim_drain(struct sim *sim);

/* ---- sim_run.c */

/* sim_new makes a simulation that has not begun. */
struct sim *sim_new(uint64_t seed, bool trace);

/* sim_choose decides by chance what the simulation is like. */
void sim_choose(struct sim *sim);

/* sim_upset makes an isolate or a call go away, or does not. */
void sim_upset(struct sim *sim);

/* sim_first_seed and sim_seeds tell which seeds to try: |standard| of them unless the environment
 * says otherwise; sim_one_seed, whether one is to be replayed with a trace. */
bool sim_one_seed(void);
uint64_t sim_first_seed(void);
uint64_t sim_seeds(uint64_t standard);

/* sim_begin starts the isolates that its configuration asks for. */
void sim_begin(struct sim *sim);

/* sim_del frees it, isolates included. */
void sim_del(struct sim *sim);

/* sim_chance is true |times| in 1,000. */
bool sim_chance(struct sim *sim, int times);

/* sim_upto returns a number from 0 to |most|. */
int64_t sim_upto(struct sim *sim, int64_t most);

/* sim_text formats a text that lives as long as the simulation. */
struct span sim_text(struct sim *sim, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* sim_trace prints a line when the seed is replayed. */
void sim_trace(struct sim *sim, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* sim_fail records that an invariant does not hold; the first one counts. */
void sim_fail(struct sim *sim, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* For printf's "%.*s". */
#define ARGS(text) (int)(text).len, (text).ptr ? (text).ptr : ""

#endif
