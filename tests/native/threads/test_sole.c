/* test_sole.c: a store with one writer, whose calls are stored in whole or not at all. */
#include "codec/limits.h"
#include "support/story.h"

static void begin(struct world *world, bool sole) {
  world_init(world);
  world->store.sole = sole;
  story_thread(world, "a", "u1", 0);
  for (int first = 1; first <= 2 * SOLE_HEAD_MAX; first += 50)
    story_messages(world, "a", "u1", first, first + 49);
  world_restart(world);
  story_later(world, 20 * 60);
  world_log(world);
  story_messages(world, "a", "u1", 2 * SOLE_HEAD_MAX + 1, 2 * SOLE_HEAD_MAX + 2);
}

TEST(one_writer_reads_once_and_lists_nothing) {
  struct world world;
  begin(&world, false);
  CHECK(world_logged(&world, "list") > 0);
  world_free(&world);
  begin(&world, true);
  CHECK_EQ(world_logged(&world, "list"), 0);
  CHECK_EQ(world_logged(&world, "put"), 4);
  CHECK_EQ(world_logged(&world, "get"), 1);
  world_free(&world);
}

TEST(one_writer_keeps_heads_short_and_lists_all) {
  struct world world;
  begin(&world, true);
  for (int turn = 0; turn < 2; turn++) {
    struct answer answer =
        world_run(&world, TKV_OP_MESSAGE_LIST, "{'perPage':1,'page':0}", "{'threadId':'a'}");
    CHECK_TEXT(story_ids(&world, answer.text), "a-1");
    CHECK_TEXT(story_field(answer.text, "total"), "202");
    world_restart(&world);
  }
  world_free(&world);
}

TEST(one_writer_holds_no_progress_back) {
  struct world world;
  world_init(&world);
  world.store.sole = 1;
  world_log(&world);
  world_do(&world, TKV_OP_WORKFLOW_PERSIST,
           "{'workflowName':'order','runId':'r','snapshot':{'status':'running'}}");
  world_do(&world, TKV_OP_WORKFLOW_PERSIST,
           "{'workflowName':'agentic-loop','runId':'r','snapshot':{'status':'running'}}");
  CHECK_EQ(world_logged(&world, "put"), 2);
  world_free(&world);
}

static size_t journal_after_deletion(bool sole) {
  struct world world;
  struct span prefix = SPAN("metadata:thread:a:");
  size_t count = 0;
  world_init(&world);
  world.store.sole = sole;
  story_thread(&world, "a", "u1", 0);
  story_messages(&world, "a", "u1", 1, 3);
  world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'a'}");
  for (size_t i = 0; i < world.mem.count; i++)
    count += span_starts(world.mem.keys[i].key, prefix);
  world_free(&world);
  return count;
}

/* Elsewhere somebody may save by it again, unaware. */
TEST(one_writer_deletes_a_thread_with_its_young_journal) {
  CHECK_EQ(journal_after_deletion(false), 1);
  CHECK_EQ(journal_after_deletion(true), 0);
}
