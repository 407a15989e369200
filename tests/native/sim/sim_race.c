/* sim_race.c: two isolates that save into one thread at once, over and over: how often does the
 * head lose one of them?
 *
 * A head is a cache, so a lost entry is not a lost message; but until the journal is looked at
 * again the last-N read of others misses it.  The confirming read after every save is there to make
 * that rare, and here is where it shows.
 */
#include "codec/key.h"
#include "index/head_read.h"
#include "sim/sim_work.h"

enum { RACES = 400, APART_MS = 60, LOST_MAX = 90 };

/* How many messages the head of |thread| lacks. */
static size_t missing(struct sim *sim, const struct object *thread) {
  struct span parts[] = {SPAN("thread"), thread->id};
  struct span key = key_join(&sim->arena, SPAN(""), TABLE_METADATA, parts, 2);
  const struct sim_value *value = sim_kv_truth(sim, 0, key);
  struct head head = {0};
  size_t count = 0;
  if (!CHECK(value && head_read(&sim->arena, value->value, &head)))
    return 0;
  for (size_t i = 0; i < sim->model->count; i++)
    count += sim->model->objects[i]->kind == OBJECT_MESSAGE &&
             !entries_find(&head.entries, sim->model->objects[i]->id);
  return count;
}

/* One race; true when the head came out without one of the messages. */
static bool race(struct sim *sim) {
  sim->config = (struct sim_config){.prefix = {SPAN("")},
                                    .places = 1,
                                    .isolates = 2,
                                    .prefixes = 1,
                                    .threads = 1,
                                    .resources = 1,
                                    .latency = 40,
                                    .page = 1000,
                                    .store.max_operations = 900};
  sim_begin(sim);
  work_setup(sim);
  if (!sim->model->count)
    return false;
  struct object *thread = sim->model->objects[0];
  sim->calm = true; /* nobody reads in between */
  work_save(&sim->isolates[0], thread, 1);
  sim_drain(sim);
  work_save(&sim->isolates[0], thread, 1);
  sim_sleep(sim, sim_upto(sim, APART_MS));
  work_save(&sim->isolates[1], thread, 1);
  sim_drain(sim);
  CHECK(!sim->failed);
  return missing(sim, thread) > 0;
}

TEST(sim_heads_are_confirmed) {
  int lost = 0;
  for (uint64_t seed = 1; seed <= RACES; seed++) {
    struct sim *sim = sim_new(seed, false);
    lost += race(sim);
    sim_del(sim);
  }
  if (lost > LOST_MAX)
    check_fail(__FILE__, __LINE__, "%d of %d races left a message out of the head, more than %d",
               lost, RACES, LOST_MAX);
}
