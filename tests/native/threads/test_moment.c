/* test_moment.c: messages of one moment come in the order in which they were saved. */
#include "support/story.h"

#include <stdio.h>

enum { CALLS = 5 };

static void start(struct world *world) {
  world_init(world);
  story_thread(world, "t", "u", 0);
}

/* Messages of minute 1, in this order.  |ids| are letters. */
static const char *said(struct world *world, const char *ids) {
  const char *list = "";
  for (; *ids; ids++)
    list = world_text(world,
                      "%s%s{'id':'%c','threadId':'t','resourceId':'u','role':'user','content':'x',"
                      "'createdAt':%s}",
                      list, *list ? "," : "", *ids, story_date(world, 1));
  return world_text(world, "[%s]", list);
}

static void check_listed(struct world *world, const char *ids) {
  for (int cold = 0; cold < 2; cold++) {
    CHECK_TEXT(story_list(world, "t"), ids);
    world_restart(world);
  }
}

TEST(moment_goes_by_the_order_of_calls_whichever_is_faster) {
  for (uint32_t seed = 1; seed <= 200; seed++) {
    struct world world;
    struct dice dice = {seed};
    uint32_t calls[CALLS];
    enum tkv_status statuses[CALLS];
    static const char *const said_by[CALLS] = {"zb", "y", "ac", "xw", "v"};
    start(&world);
    check_context("seed %u", seed);
    for (uint32_t i = 0; i < CALLS; i++)
      statuses[i] =
          world_begin(&world, TKV_OP_MESSAGE_SAVE, "", said(&world, said_by[i]), &calls[i]);
    story_shuffle(&world, &dice, calls, statuses, CALLS);
    check_listed(&world, "z b y a c x w v");
    world_free(&world);
  }
}

/* What a call saves once more keeps the place of an earlier call, whose journal entry is under way
 * still; what it brings itself does not go there.  The last call has overtaken all others. */
TEST(moment_of_what_comes_beside_a_message_that_is_saved_again) {
  static const char *const said_by[] = {"p", "q", "pr", "s"};
  static const int ends[] = {3, 2, 0, 1};
  struct world world;
  uint32_t calls[4];
  enum tkv_status statuses[4];
  start(&world);
  for (int i = 0; i < 4; i++)
    statuses[i] = world_begin(&world, TKV_OP_MESSAGE_SAVE, "", said(&world, said_by[i]), &calls[i]);
  for (int i = 0; i < 4; i++) {
    while (statuses[ends[i]] == TKV_PENDING)
      statuses[ends[i]] = world_step(&world, calls[ends[i]]);
    CHECK_EQ(world_end(&world, calls[ends[i]], statuses[ends[i]]).status, TKV_DONE);
    if (i == 0)
      statuses[0] = world_step(&world, calls[0]);
  }
  world.mem.overlaps = 0; /* the first was silent while it wrote */
  check_listed(&world, "p q r s");
  world_free(&world);
}

/* Likewise where it is a later call that is about to bring the message. */
TEST(moment_of_what_comes_beside_a_message_that_a_later_call_has_brought) {
  static const char *const said_by[] = {"pq", "zp", "s"};
  static const int ends[] = {2, 0, 1};
  struct world world;
  uint32_t calls[3];
  enum tkv_status statuses[3];
  start(&world);
  for (int i = 0; i < 3; i++)
    statuses[i] = world_begin(&world, TKV_OP_MESSAGE_SAVE, "", said(&world, said_by[i]), &calls[i]);
  for (int i = 0; i < 3; i++) {
    while (statuses[ends[i]] == TKV_PENDING)
      statuses[ends[i]] = world_step(&world, calls[ends[i]]);
    CHECK_EQ(world_end(&world, calls[ends[i]], statuses[ends[i]]).status, TKV_DONE);
    for (int steps = 0; i == 0 && steps < 2; steps++)
      statuses[1] = world_step(&world, calls[1]);
  }
  world.mem.overlaps = 0; /* that one was silent while it wrote */
  check_listed(&world, "q z p s");
  world_free(&world);
}

/* The slower call is one in another thread: nobody has overtaken it. */
TEST(moment_of_one_thread_is_nothing_to_another) {
  struct world world;
  uint32_t slow, fast;
  start(&world);
  story_thread(&world, "s", "u", 0);
  enum tkv_status first = world_begin(&world, TKV_OP_MESSAGE_SAVE, "", said(&world, "b"), &slow);
  enum tkv_status second = world_begin(&world, TKV_OP_MESSAGE_SAVE, "",
                                       story_messages_json(&world, "s", "u", 1, 2), &fast);
  while (second == TKV_PENDING)
    second = world_step(&world, fast);
  while (first == TKV_PENDING)
    first = world_step(&world, slow);
  CHECK_EQ(world_end(&world, slow, first).status, TKV_DONE);
  CHECK_EQ(world_end(&world, fast, second).status, TKV_DONE);
  for (size_t i = 0; i < world.mem.count; i++)
    CHECK(!strstr(
        world_text(&world, "%.*s", (int)world.mem.keys[i].value.len, world.mem.keys[i].value.ptr),
        "order"));
  world_free(&world);
}

/* Without metadata only index entries tell, and each save of a message writes another. */
TEST(moment_is_kept_where_kv_keeps_no_metadata) {
  struct world world;
  start(&world);
  world.mem.hide_metadata = true;
  world_do(&world, TKV_OP_MESSAGE_SAVE, said(&world, "zby"));
  for (int step = 0; step < 3; step++) {
    world_restart(&world);
    story_later(&world, 400);
    world_do(&world, TKV_OP_MESSAGE_SAVE, said(&world, step == 1 ? "zy" : "b"));
    world_do(&world, TKV_OP_MESSAGE_SAVE, said(&world, step == 0 ? "x" : step == 1 ? "a" : "w"));
  }
  check_listed(&world, "z b y x a w");
  CHECK_TEXT(story_newest(&world, "t", 4), "w a x y");
  world_free(&world);
}

static void follow_all(struct world *world) {
  struct answer all =
      world_run(world, TKV_OP_MESSAGE_LIST, "{'perPage':false}", "{'threadId':'t'}");
  for (int round = 0; round < 4 && all.followup.len; round++) {
    CHECK_EQ(world_follow(world, all), TKV_DONE);
    all = world_run(world, TKV_OP_MESSAGE_LIST, "{'perPage':false}", "{'threadId':'t'}");
  }
}

/* The older journal entry, which nobody looks at since the head knows its suffix, tells q's place; then
 * an isolate writes the younger one again, twice. */
TEST(moment_is_kept_where_a_younger_journal_entry_is_written_again) {
  struct world world;
  start(&world);
  world_do(&world, TKV_OP_MESSAGE_SAVE, said(&world, "pq"));
  world_do(&world, TKV_OP_MESSAGE_SAVE, said(&world, "x"));
  world_do(&world, TKV_OP_MESSAGE_DELETE, "{'messageIds':['q']}");
  world_do(&world, TKV_OP_MESSAGE_SAVE, said(&world, "qyz"));
  check_listed(&world, "p q x y z");
  world_do(&world, TKV_OP_MESSAGE_DELETE, "{'messageIds':['y']}");
  story_later(&world, 400);
  world_restart(&world);
  follow_all(&world);
  world_do(&world, TKV_OP_MESSAGE_DELETE, "{'messageIds':['z']}");
  follow_all(&world);
  for (int cold = 0; cold < 2; cold++) {
    CHECK_TEXT(
        story_ids(&world,
                  world_run(&world, TKV_OP_MESSAGE_LIST, "{'perPage':2}", "{'threadId':'t'}").text),
        "p q");
    CHECK_TEXT(story_newest(&world, "t", 2), "x q");
    world_restart(&world);
  }
  world_free(&world);
}

/* A thread that is made anew has nothing of the order before. */
TEST(moment_begins_anew_with_its_thread) {
  struct world world;
  start(&world);
  world_do(&world, TKV_OP_MESSAGE_SAVE, said(&world, "zby"));
  world.store.max_operations = 8; /* what deleteThread leaves is for a sweep */
  world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'t'}");
  world.store.max_operations = 900;
  story_thread(&world, "t", "u", 0);
  world_do(&world, TKV_OP_MESSAGE_SAVE, said(&world, "yab"));
  check_listed(&world, "y a b");
  world_free(&world);
}

TEST(moment_is_told_by_records_that_are_saved_again) {
  struct world world;
  start(&world);
  world_do(&world, TKV_OP_MESSAGE_SAVE, said(&world, "zyb"));
  world_do(&world, TKV_OP_MESSAGE_SAVE, said(&world, "b"));
  world_do(&world, TKV_OP_MESSAGE_UPDATE, "[{'id':'y','role':'assistant'}]");
  world_restart(&world);
  CHECK_TEXT(
      story_ids(&world, world_do(&world, TKV_OP_MESSAGE_GET, "{'messageIds':['b','y','z']}")),
      "z y b");
  world_free(&world);
}

/* Neither has seen what the other brings; the call that began first has brought it first. */
TEST(moment_of_a_message_that_two_calls_bring_at_once) {
  struct world world;
  uint32_t calls[2];
  enum tkv_status statuses[2];
  start(&world);
  for (int i = 0; i < 2; i++)
    statuses[i] =
        world_begin(&world, TKV_OP_MESSAGE_SAVE, "", said(&world, i ? "ab" : "zb"), &calls[i]);
  for (int i = 0; i < 2; i++)
    statuses[i] = world_step(&world, calls[i]);
  for (int i = 0; i < 2; i++) {
    while (statuses[i] == TKV_PENDING)
      statuses[i] = world_step(&world, calls[i]);
    CHECK_EQ(world_end(&world, calls[i], statuses[i]).status, TKV_DONE);
  }
  check_listed(&world, "z b a");
  world_free(&world);
}
