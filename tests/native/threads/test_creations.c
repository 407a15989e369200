/* test_creations.c: threads that are made at the same time under one id, in one isolate: one comes to be, and
 * nobody waits for a call that has gone away. */
#include "support/story.h"

enum { CALLS = 3, SEEDS = 40, STEPS = 12 };

static const char *const copy_of_a = "{'sourceThreadId':'a','newThreadId':'new'}";
static const char *const copy_of_b = "{'sourceThreadId':'b','newThreadId':'new'}";

static void start(struct world *world) {
  world_init(world);
  story_thread(world, "a", "u1", 0);
  story_thread(world, "b", "u2", 0);
  story_messages(world, "a", "u1", 1, 2);
  story_messages(world, "b", "u2", 1, 3);
  story_later(world, 5);
}

static const char *created(struct world *world, const char *resource) {
  return story_thread_json(world, "new", resource, 9);
}

/* Calls that are under way at once. */
struct contest {
  struct world *world;
  uint32_t calls[CALLS];
  enum tkv_status statuses[CALLS];
  struct answer answers[CALLS];
  uint32_t count;
};

static void enter(struct contest *contest, enum tkv_op op, const char *payload) {
  uint32_t i = contest->count++;
  contest->statuses[i] = world_begin(contest->world, op, "", payload, &contest->calls[i]);
}

static void step(struct contest *contest, uint32_t i) {
  contest->statuses[i] = world_step(contest->world, contest->calls[i]);
}

static void end(struct contest *contest, uint32_t i) {
  contest->answers[i] = world_end(contest->world, contest->calls[i], contest->statuses[i]);
}

/* Steps the calls from |first| on until they have ended, in an order that |dice| decides. */
static void play(struct contest *contest, uint32_t first, struct dice *dice) {
  uint32_t left = contest->count - first;
  bool over[CALLS] = {false};
  for (uint32_t i = first; i < contest->count; i++)
    if (contest->statuses[i] != TKV_PENDING) {
      over[i] = true;
      left--;
      end(contest, i);
    }
  while (left) {
    uint32_t i = first + dice_next(dice, contest->count - first);
    if (over[i])
      continue;
    step(contest, i);
    if (contest->statuses[i] == TKV_PENDING)
      continue;
    over[i] = true;
    left--;
    end(contest, i);
  }
}

static size_t winners(const struct contest *contest, uint32_t first) {
  size_t won = 0;
  for (uint32_t i = first; i < contest->count; i++) {
    won += contest->answers[i].status == TKV_DONE;
    if (contest->answers[i].status != TKV_DONE)
      CHECK_EQ(contest->answers[i].status, TKV_ERR_ALREADY_EXISTS);
  }
  return won;
}

static size_t members(struct world *world) {
  struct answer answer =
      world_run(world, TKV_OP_MESSAGE_LIST, "{'perPage':false}", "{'threadId':'new'}");
  size_t count = 0;
  for (struct json_walk walk = json_walk(story_field(answer.text, "messages")); json_next(&walk);)
    count++;
  return count;
}

static struct span made(struct world *world) {
  return world_do(world, TKV_OP_THREAD_GET, "{'threadId':'new'}");
}

TEST(creations_of_one_thread_at_once_have_one_winner) {
  for (uint32_t seed = 1; seed <= SEEDS; seed++) {
    struct world world;
    struct dice dice = {seed};
    start(&world);
    struct contest contest = {.world = &world};
    for (int i = 0; i < CALLS; i++)
      enter(&contest, TKV_OP_THREAD_CREATE, created(&world, "u1"));
    play(&contest, 0, &dice);
    CHECK_EQ(winners(&contest, 0), 1);
    world_free(&world);
  }
}

/* Of copies from different owners' threads the new one is either's, never both's. */
TEST(copies_to_one_thread_at_once_do_not_mix) {
  for (uint32_t seed = 1; seed <= SEEDS; seed++) {
    struct world world;
    struct dice dice = {seed};
    start(&world);
    struct contest contest = {.world = &world};
    enter(&contest, TKV_OP_THREAD_COPY, copy_of_a);
    enter(&contest, TKV_OP_THREAD_COPY, copy_of_b);
    enter(&contest, TKV_OP_THREAD_CREATE, created(&world, "u1"));
    play(&contest, 0, &dice);
    CHECK_EQ(winners(&contest, 0), 1);
    CHECK_EQ(contest.answers[0].status, TKV_DONE);
    world_restart(&world);
    CHECK_EQ(members(&world), 2);
    CHECK_JSON(story_field(made(&world), "resourceId"), "'u1'");
    world_free(&world);
  }
}

TEST(save_during_a_copy_applies_after_it) {
  for (uint32_t seed = 1; seed <= SEEDS; seed++) {
    struct world world;
    struct dice dice = {seed};
    start(&world);
    struct contest contest = {.world = &world};
    enter(&contest, TKV_OP_THREAD_COPY, copy_of_b);
    enter(&contest, TKV_OP_THREAD_SAVE, created(&world, "u1"));
    play(&contest, 0, &dice);
    CHECK_EQ(winners(&contest, 0), 2);
    world_restart(&world);
    CHECK_EQ(members(&world), 3);
    CHECK_JSON(story_field(made(&world), "resourceId"), "'u1'");
    CHECK_TEXT(story_ids(&world, world_do(&world, TKV_OP_THREAD_LIST, "{'resourceId':'u1'}")),
               "new a");
    CHECK_TEXT(story_ids(&world, world_do(&world, TKV_OP_THREAD_LIST, "{'resourceId':'u2'}")), "b");
    world_free(&world);
  }
}

TEST(copy_and_creation_during_a_save_find_the_thread) {
  for (uint32_t seed = 1; seed <= SEEDS; seed++) {
    struct world world;
    struct dice dice = {seed};
    start(&world);
    struct contest contest = {.world = &world};
    enter(&contest, TKV_OP_THREAD_SAVE, created(&world, "u1"));
    enter(&contest, TKV_OP_THREAD_COPY, copy_of_b);
    enter(&contest, TKV_OP_THREAD_CREATE, created(&world, "u2"));
    play(&contest, 0, &dice);
    CHECK_EQ(winners(&contest, 0), 1);
    CHECK_EQ(contest.answers[0].status, TKV_DONE);
    world_restart(&world);
    CHECK_EQ(members(&world), 0);
    CHECK_JSON(story_field(made(&world), "resourceId"), "'u1'");
    world_free(&world);
  }
}

/* Saves need not wait for one another. */
TEST(saves_of_one_thread_do_not_claim_it) {
  struct world world;
  start(&world);
  struct contest contest = {.world = &world};
  struct dice dice = {1};
  enter(&contest, TKV_OP_THREAD_SAVE, created(&world, "u1"));
  world_log(&world);
  enter(&contest, TKV_OP_THREAD_SAVE, created(&world, "u1"));
  play(&contest, 1, &dice);
  CHECK_EQ(world_logged(&world, "wait"), 0);
  world_free(&world);
}

static const struct {
  enum tkv_op op;
  const char *payload;
} first_calls[] = {{TKV_OP_THREAD_CREATE, NULL},
                   {TKV_OP_THREAD_COPY, "{'sourceThreadId':'a','newThreadId':'new'}"},
                   {TKV_OP_THREAD_SAVE, NULL}};

/* A call that is never resumed, at whichever await that is, holds nobody up for longer than it takes to tell
 * that it is gone. */
TEST(creation_that_was_cancelled_blocks_nobody_for_long) {
  for (size_t first = 0; first < 3; first++)
    for (int steps = 0; steps < STEPS; steps++) {
      struct world world;
      struct dice dice = {(uint64_t)steps + 1};
      start(&world);
      struct contest contest = {.world = &world};
      const char *payload =
          first_calls[first].payload ? first_calls[first].payload : created(&world, "u1");
      enter(&contest, first_calls[first].op, payload);
      for (int i = 0; i < steps && contest.statuses[0] == TKV_PENDING; i++)
        step(&contest, 0);
      int64_t from = world.mem.now;
      enter(&contest, TKV_OP_THREAD_COPY, copy_of_b);
      enter(&contest, TKV_OP_THREAD_CREATE, created(&world, "u2"));
      play(&contest, 1, &dice);
      check_context("call %zu, %d steps", first, steps);
      CHECK(world.mem.now - from < 40 * 1000);
      world_restart(&world);
      CHECK(made(&world).len);
      size_t won = winners(&contest, 1), there = members(&world);
      CHECK(won <= 1);
      CHECK(won ? there == 3 || there == 0 : there == 2 || there == 0);
      world.mem.overlaps = 0; /* what the call that went away had asked for is still under way */
      world_free(&world);
    }
}

static size_t messages(const struct world *world) {
  size_t count = 0;
  for (size_t i = 0; i < world->mem.count; i++)
    count += span_starts(world->mem.keys[i].key, SPAN("messages:"));
  return count;
}

static bool is_writing(const struct world *world) {
  for (const struct mem_request *request = world->mem.queue; request; request = request->next)
    if (request->kind == MEM_PUT && span_eq(request->keys[0], SPAN("threads:new")))
      return true;
  return false;
}

/* One that was silent for so long that another took its place, and goes on after all, gives way; unless its
 * record was on its way already. */
TEST(creation_that_was_silent_too_long_gives_way) {
  for (size_t first = 0; first < 2; first++)
    for (int steps = 0; steps < STEPS; steps++) {
      struct world world;
      struct dice dice = {(uint64_t)steps + 1};
      start(&world);
      struct contest contest = {.world = &world};
      const char *payload =
          first_calls[first].payload ? first_calls[first].payload : created(&world, "u1");
      enter(&contest, first_calls[first].op, payload);
      for (int i = 0; i < steps && contest.statuses[0] == TKV_PENDING; i++)
        step(&contest, 0);
      bool ended = contest.statuses[0] != TKV_PENDING, writing = is_writing(&world);
      world.mem.now += 20 * 1000;
      enter(&contest, TKV_OP_THREAD_COPY, copy_of_b);
      for (int i = 0; i < 2 && contest.statuses[1] == TKV_PENDING; i++)
        step(&contest, 1);
      play(&contest, 0, &dice);
      check_context("call %zu, %d steps", first, steps);
      CHECK_EQ(winners(&contest, 0), writing ? 2 : 1);
      bool copied = contest.answers[1].status == TKV_DONE;
      CHECK(!ended || !copied);
      story_later(&world, 70);
      world_restart(&world);
      CHECK_EQ(members(&world), copied ? 3 : first ? 2 : 0);
      /* what it has copied it takes back */
      bool stays = first && contest.answers[0].status == TKV_DONE;
      CHECK_EQ(messages(&world), 5 + (copied ? 3 : 0) + (stays ? 2 : 0));
      world.mem.overlaps = 0; /* it was silent while it wrote */
      world_free(&world);
    }
}

/* Whoever waited for a creation that failed makes the thread. */
TEST(creation_after_one_that_failed_succeeds) {
  struct world world;
  start(&world);
  struct contest contest = {.world = &world};
  struct dice dice = {7};
  enter(&contest, TKV_OP_THREAD_CREATE, created(&world, "u1"));
  world_faults(&world, (struct mem_fault){1, SIZE_MAX, 503, false});
  while (contest.statuses[0] == TKV_PENDING)
    step(&contest, 0);
  enter(&contest, TKV_OP_THREAD_CREATE, created(&world, "u2"));
  CHECK_EQ(contest.statuses[0], TKV_ERR_KV_FAILED);
  world_faults(&world, (struct mem_fault){0});
  play(&contest, 1, &dice);
  CHECK_EQ(contest.answers[1].status, TKV_DONE);
  CHECK_JSON(story_field(made(&world), "resourceId"), "'u2'");
  world_free(&world);
}

TEST(creation_of_what_is_there_is_refused) {
  struct world world;
  start(&world);
  struct answer answer =
      world_run(&world, TKV_OP_THREAD_CREATE, "", story_thread_json(&world, "a", "u1", 0));
  CHECK_EQ(answer.status, TKV_ERR_ALREADY_EXISTS);
  CHECK_JSON(story_field(answer.text, "message"), "'Thread with id a already exists'");
  world_put(&world, "threads:damaged", "{}", "");
  answer =
      world_run(&world, TKV_OP_THREAD_CREATE, "", story_thread_json(&world, "damaged", "u1", 0));
  CHECK_EQ(answer.status, TKV_ERR_ALREADY_EXISTS);
  world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'a'}");
  world_do(&world, TKV_OP_THREAD_CREATE, story_thread_json(&world, "a", "u1", 0));
  CHECK_TEXT(story_list(&world, "a"), "");
  world_free(&world);
}

/* Should its record be stored and the call fail all the same, then nobody could put it among the threads of
 * its resource by creating it once more: so that comes first. */
TEST(creation_is_listed_before_it_is_there) {
  struct world world;
  start(&world);
  world_log(&world);
  world_do(&world, TKV_OP_THREAD_CREATE, created(&world, "u1"));
  CHECK_TEXT(json_out_span(&world.mem.log), "1 get_many threads:new | metadata:resource:u1\n"
                                            "2 put metadata:resource:u1:7uci4iah3n2gahc5oo\n"
                                            "3 put threads:new\n"
                                            "3 put metadata:resource:u1\n");
  world_free(&world);
}
