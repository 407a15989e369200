/* test_together.c: saves of one thread that are under way in one isolate go together. */
#include "support/story.h"

enum { CALLS = 5, STEPS = 9, CALM_MS = 60 * 1000 };

/* Saves of one message each, of minute 1, under way at once. */
struct crowd {
  struct world *world;
  uint32_t calls[CALLS];
  enum tkv_status statuses[CALLS];
  struct answer answers[CALLS];
};

static const char *const ids[CALLS] = {"e", "d", "c", "b", "a"};

static const char *saying(struct world *world, const char *id, const char *thread,
                          const char *resource) {
  return world_text(world,
                    "[{'id':'%s','threadId':'%s','resourceId':'%s','role':'user','content':'x',"
                    "'createdAt':%s}]",
                    id, thread, resource, story_date(world, 1));
}

static void enter(struct crowd *crowd, int i, const char *payload) {
  crowd->statuses[i] =
      world_begin(crowd->world, TKV_OP_MESSAGE_SAVE, "", payload, &crowd->calls[i]);
}

static void step(struct crowd *crowd, int i) {
  if (crowd->statuses[i] == TKV_PENDING)
    crowd->statuses[i] = world_step(crowd->world, crowd->calls[i]);
}

/* Moves the calls from |first| on by turns until all have ended. */
static void play(struct crowd *crowd, int first) {
  for (bool left = true; left;) {
    left = false;
    for (int i = first; i < CALLS; i++) {
      step(crowd, i);
      left |= crowd->statuses[i] == TKV_PENDING;
    }
  }
  for (int i = first; i < CALLS; i++)
    crowd->answers[i] = world_end(crowd->world, crowd->calls[i], crowd->statuses[i]);
}

static void start(struct world *world, struct crowd *crowd) {
  world_init(world);
  story_thread(world, "t", "u", 0);
  story_thread(world, "s", "u", 0);
  *crowd = (struct crowd){.world = world};
}

static void all_enter(struct crowd *crowd) {
  for (int i = 0; i < CALLS; i++)
    enter(crowd, i, saying(crowd->world, ids[i], "t", "u"));
}

static size_t count_keys(const struct world *world, const char *prefix) {
  size_t count = 0;
  for (size_t i = 0; i < world->mem.count; i++)
    count += span_starts(world->mem.keys[i].key, text_span(prefix));
  return count;
}

TEST(together_saves_write_one_journal_entry_in_the_order_of_calls) {
  struct world world;
  struct crowd crowd;
  start(&world, &crowd);
  world_log(&world);
  all_enter(&crowd);
  play(&crowd, 0);
  for (int i = 0; i < CALLS; i++)
    CHECK_EQ(crowd.answers[i].status, TKV_DONE);
  CHECK_EQ(count_keys(&world, "metadata:thread:t:"), 1);
  CHECK_EQ(world_logged(&world, "put messages:"), CALLS);
  CHECK_EQ(world_logged(&world, "put metadata:thread:t"), 2);
  for (int cold = 0; cold < 2; cold++) {
    CHECK_TEXT(story_list(&world, "t"), "e d c b a");
    world_restart(&world);
  }
  world_free(&world);
}

/* Whoever was joined goes on by itself, whatever wait the first call was at when its request went. */
TEST(together_saves_survive_a_leader_that_was_cancelled) {
  for (int steps = 0; steps < STEPS; steps++) {
    struct world world;
    struct crowd crowd;
    start(&world, &crowd);
    check_context("after %d steps", steps);
    all_enter(&crowd);
    for (int i = 0; i < steps; i++) {
      step(&crowd, 0);
      for (int k = 1; k < CALLS; k++)
        step(&crowd, k);
    }
    int64_t from = world.mem.now;
    play(&crowd, 1);
    CHECK(world.mem.now - from < CALM_MS);
    for (int i = 1; i < CALLS; i++)
      CHECK_EQ(crowd.answers[i].status, TKV_DONE);
    world_restart(&world);
    struct span all = story_list(&world, "t");
    CHECK_TEXT(span_from(all, all.len - 7), "d c b a");
    world.mem.overlaps = 0; /* what the call that went away had asked for is still under way */
    world_free(&world);
  }
  check_context("");
}

static void refuse(struct mem_reply *reply, void *self) {
  const char *key = self;
  if (reply->request->kind == MEM_PUT && span_eq(reply->request->keys[0], text_span(key)))
    reply->status = 400;
}

TEST(together_a_save_that_fails_fails_alone) {
  for (int bad = 0; bad < CALLS; bad++) {
    struct world world;
    struct crowd crowd;
    char key[] = "messages:?";
    key[9] = *ids[bad];
    start(&world, &crowd);
    check_context("call %d", bad);
    world.mem.spoil = refuse;
    world.mem.spoil_self = key;
    all_enter(&crowd);
    play(&crowd, 0);
    for (int i = 0; i < CALLS; i++)
      CHECK_EQ(crowd.answers[i].status, i == bad ? TKV_ERR_KV_FAILED : TKV_DONE);
    struct span details = story_field(crowd.answers[bad].text, "details");
    CHECK_TEXT(story_field(details, "failed"), world_text(&world, "[\"%s\"]", ids[bad]));
    CHECK_TEXT(story_field(details, "stored"), "[]");
    world.mem.spoil = NULL;
    world_free(&world);
  }
  check_context("");
}

/* One journal entry for all, which does not get there: each tries itself, and some may. */
TEST(together_saves_whose_journal_fails_try_alone) {
  struct world world;
  struct crowd crowd;
  start(&world, &crowd);
  all_enter(&crowd);
  step(&crowd, 0);
  step(&crowd, 0);
  world_faults(&world, (struct mem_fault){.first = 1, .count = CALLS + 2, .status = 400});
  play(&crowd, 0);
  CHECK_EQ(crowd.answers[0].status, TKV_ERR_KV_FAILED);
  for (int i = 1; i < CALLS; i++)
    CHECK_EQ(crowd.answers[i].status, TKV_DONE);
  world_restart(&world);
  struct span all = story_list(&world, "t");
  CHECK_TEXT(span_from(all, all.len - 7), "d c b a");
  world_free(&world);
}

TEST(together_saves_into_a_thread_that_is_not_there_all_say_so) {
  struct world world;
  struct crowd crowd;
  start(&world, &crowd);
  for (int i = 0; i < CALLS; i++)
    enter(&crowd, i, saying(&world, ids[i], "none", "u"));
  play(&crowd, 0);
  for (int i = 0; i < CALLS; i++)
    CHECK_EQ(crowd.answers[i].status, TKV_ERR_NOT_FOUND);
  world_free(&world);
}

/* Another's id, another thread, a move from another thread, a guest: such calls go by themselves. */
TEST(together_saves_that_change_more_than_they_add_go_alone) {
  struct world world;
  struct crowd crowd;
  start(&world, &crowd);
  world_do(&world, TKV_OP_MESSAGE_SAVE, saying(&world, "m", "s", "u"));
  world_restart(&world);
  enter(&crowd, 0, saying(&world, "p", "t", "u"));
  enter(&crowd, 1, saying(&world, "o", "t", "u"));
  enter(&crowd, 2, saying(&world, "p", "t", "guest"));
  enter(&crowd, 3, saying(&world, "m", "t", "u"));
  enter(&crowd, 4, saying(&world, "q", "s", "u"));
  play(&crowd, 0);
  for (int i = 0; i < CALLS; i++)
    CHECK_EQ(crowd.answers[i].status, TKV_DONE);
  for (int cold = 0; cold < 2; cold++) {
    CHECK_TEXT(story_list(&world, "t"), "p o m");
    CHECK_TEXT(story_list(&world, "s"), "q");
    struct span guest = world_do(&world, TKV_OP_MESSAGE_LIST_BY_RESOURCE, "{'resourceId':'guest'}");
    CHECK_TEXT(story_ids(&world, guest), "p");
    world_restart(&world);
  }
  world_free(&world);
}
