/* sim_run.c: one seed after the other. */
#include "sim/sim_rest.h"
#include "sim/sim_work.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { SEEDS_STANDARD = 300 };

bool sim_chance(struct sim *sim, int times) {
  return (int)dice_next(&sim->dice, 1000) < times;
}

int64_t sim_upto(struct sim *sim, int64_t most) {
  return most > 0 ? (int64_t)dice_next(&sim->dice, (uint32_t)most + 1) : 0;
}

struct span sim_text(struct sim *sim, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int len = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  char *text = arena_alloc(&sim->arena, (size_t)len + 1);
  va_start(arguments, format);
  vsnprintf(text, (size_t)len + 1, format, arguments);
  va_end(arguments);
  return (struct span){text, (size_t)len};
}

void sim_trace(struct sim *sim, const char *format, ...) {
  va_list arguments;
  if (!sim->trace)
    return;
  printf("%10.3f ", (double)(sim->now - sim->epoch) / 1000);
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  putchar('\n');
}

void sim_fail(struct sim *sim, const char *format, ...) {
  va_list arguments;
  if (sim->failed)
    return;
  sim->failed = true;
  va_start(arguments, format);
  vsnprintf(sim->verdict, sizeof sim->verdict, format, arguments);
  va_end(arguments);
  sim_trace(sim, "FAILED: %s", sim->verdict);
}

/* ---- one seed */

static void choose_faults(struct sim *sim) {
  struct sim_config *config = &sim->config;
  static const int64_t pauses[] = {50, 500, 3000, 20000, 60000};
  config->skew = sim_chance(sim, 500) ? 2000 : 0;
  config->latency = sim_chance(sim, 700) ? 60 : 1500;
  config->pause = pauses[sim_upto(sim, 4)];
  config->lag = sim_chance(sim, 300) ? SIM_CACHE_MS - 1000 : 0;
  config->rate_limit = sim_chance(sim, 700);
  config->bare = sim_chance(sim, 150);
  config->silent = sim_chance(sim, 300);
  config->slow = sim_chance(sim, 200) ? 20 : 0;
  config->refused = sim_chance(sim, 400) ? 30 : 0;
  config->lost = sim_chance(sim, 300) ? 30 : 0;
  config->deaths = sim_chance(sim, 300) ? 30 : 0;
  config->cancels = sim_chance(sim, 300) ? 60 : 0;
  config->evictions = (int)sim_upto(sim, 2) * 100;
  config->page = sim_chance(sim, 500) ? 1000 : 4;
  config->empty_pages = sim_chance(sim, 300) ? 200 : 0;
}

void sim_choose(struct sim *sim) {
  static const struct span prefixes[][SIM_PREFIXES_MAX] = {
      {{"", 0}, {"dev_", 4}}, {{"dev_", 4}, {"dev_threads:", 12}}, {{"x", 1}, {"x%", 2}}};
  struct sim_config *config = &sim->config;
  const struct span *pair = prefixes[sim_upto(sim, 2)];
  config->prefix[0] = pair[0];
  config->prefix[1] = pair[1];
  config->prefixes = sim_chance(sim, 300) ? 2 : 1;
  config->places = 1 + (int)sim_upto(sim, SIM_PLACES_MAX - 1);
  config->isolates = config->places + (int)sim_upto(sim, SIM_ISOLATES_MAX - config->places);
  config->threads = 1 + (int)sim_upto(sim, 3);
  config->resources = 1 + (int)sim_upto(sim, 1);
  config->operations = 20 + (int)sim_upto(sim, 120);
  config->theme = (uint32_t)sim_upto(sim, WORK_THEMES - 1);
  config->large = sim_chance(sim, 10);
  config->moments = sim->seed % 3 == 0;
  choose_faults(sim);
  /* not by the dice: what a seed is otherwise like stays */
  uint64_t more = sim->seed * UINT64_C(0xd1342543de82ef95) >> 32;
  config->blind = more % 4 == 0;
  config->skew = more / 4 % 8 == 0 ? 90 * 1000 : config->skew;
  config->renews = more / 128 % 2 == 0;
  config->bare |= config->theme == 2 && more / 32 % 4 == 0; /* together with deletions */
  config->store.max_operations = sim_chance(sim, 300) ? 60 : SIM_BUDGET;
  config->store.strict = sim_chance(sim, 100);
  bool apart = sim_chance(sim, 500);
  for (int table = 0; table < TABLE_COUNT; table++)
    config->store.spaces[table] =
        apart && table < TABLE_RESOURCES ? (uint32_t)table : TABLE_METADATA;
}

static void print_config(struct sim *sim) {
  const struct sim_config *config = &sim->config;
  sim_trace(sim,
            "seed %llu: places %d, isolates %d, prefixes %d, threads %d, theme %u, pause %lld, "
            "latency %lld, lag %lld, skew %lld, "
            "rate limit %d, bare %d, blind %d, renews %d, strict %u, budget %u, page %u, large %d",
            (unsigned long long)sim->seed, config->places, config->isolates, config->prefixes,
            config->threads, config->theme, (long long)config->pause, (long long)config->latency,
            (long long)config->lag, (long long)config->skew, config->rate_limit, config->bare,
            config->blind, config->renews, config->store.strict, config->store.max_operations,
            config->page, config->large);
}

void sim_upset(struct sim *sim) {
  if (sim_chance(sim, sim->config.deaths))
    sim_isolate_die(sim, &sim->isolates[sim_upto(sim, sim->config.isolates - 1)]);
  if (sim->run_count && sim_chance(sim, sim->config.cancels))
    sim_cancel(sim->runs[sim_upto(sim, (int64_t)sim->run_count - 1)]);
}

struct sim *sim_new(uint64_t seed, bool trace) {
  struct sim *sim = calloc(1, sizeof *sim);
  if (!sim)
    abort();
  sim->seed = seed;
  sim->trace = trace;
  sim->dice.state = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
  sim->now = sim->epoch = INT64_C(1767225600000); /* 2026-01-01 */
  sim->model = ARENA_NEW(&sim->arena, struct model);
  for (int i = 0; i < 8; i++)
    dice_next(&sim->dice, 2);
  return sim;
}

void sim_begin(struct sim *sim) {
  const struct sim_config *config = &sim->config;
  for (int i = 0; i < config->isolates; i++)
    sim_isolate_new(sim, &sim->isolates[i], i % config->places,
                    config->skew - sim_upto(sim, 2 * config->skew));
}

void sim_del(struct sim *sim) {
  for (int i = 0; i < sim->config.isolates; i++)
    tkv_core_del(sim->isolates[i].core);
  arena_free(&sim->arena);
  free(sim);
}

static void play(struct sim *sim) {
  sim_choose(sim);
  print_config(sim);
  sim_begin(sim);
  work_setup(sim);
  for (int i = 0; i < sim->config.operations && !sim->failed; i++) {
    sim_sleep(sim, sim_upto(sim, sim->config.pause));
    sim_upset(sim);
    work_start(sim, &sim->isolates[sim_upto(sim, sim->config.isolates - 1)]);
  }
  if (!sim->failed)
    sim_drain(sim);
  if (!sim->failed)
    sim_rest(sim);
}

/* What all seeds together did. */
struct tally {
  size_t seeds, failed, calls, requests;
};

static void run_seed(uint64_t seed, bool trace, struct tally *tally) {
  struct sim *sim = sim_new(seed, trace);
  play(sim);
  if (sim->failed)
    check_fail(__FILE__, __LINE__, "seed %llu: %s", (unsigned long long)seed, sim->verdict);
  tally->seeds++;
  tally->failed += sim->failed;
  tally->calls += sim->finished;
  tally->requests += sim->steps;
  sim_del(sim);
}

static uint64_t number_from(const char *name, uint64_t otherwise) {
  const char *text = getenv(name);
  return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

bool sim_one_seed(void) {
  const char *one = getenv("TKV_SIM_SEED");
  return one && *one;
}

uint64_t sim_first_seed(void) {
  return number_from("TKV_SIM_SEED", number_from("TKV_SIM_FIRST", 1));
}

uint64_t sim_seeds(uint64_t standard) {
  return sim_one_seed() ? 1 : number_from("TKV_SIM_SEEDS", standard);
}

TEST(sim) {
  struct tally tally = {0};
  bool one = sim_one_seed();
  uint64_t first = sim_first_seed(), count = sim_seeds(SEEDS_STANDARD);
  for (uint64_t seed = first; seed < first + count && !(tally.failed && getenv("TKV_SIM_STOP"));
       seed++)
    run_seed(seed, one, &tally);
  printf("simulation: %zu seeds, %zu calls, %zu requests, %zu seeds failed\n", tally.seeds,
         tally.calls, tally.requests, tally.failed);
}
