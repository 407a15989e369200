/* test_mentions.c: messages of one resource in threads of another. */
#include "support/story.h"

static struct answer save(struct world *world, const char *thread, const char *resource,
                          int number) {
  return world_run(world, TKV_OP_MESSAGE_SAVE, "",
                   story_messages_json(world, thread, resource, number, number));
}

/* Thread g of u1, in which u2 speaks; thread o of u2. */
static void start(struct world *world) {
  world_init(world);
  story_thread(world, "g", "u1", 0);
  story_thread(world, "o", "u2", 1);
  story_messages(world, "g", "u1", 1, 2);
  story_messages(world, "g", "u2", 3, 4);
  story_messages(world, "o", "u2", 5, 5);
}

static struct span messages_of(struct world *world, const char *resource) {
  const char *payload = world_text(world, "{'resourceId':'%s'}", resource);
  return story_ids(world, world_do(world, TKV_OP_MESSAGE_LIST_BY_RESOURCE, payload));
}

static size_t count_keys(const struct world *world, const char *prefix) {
  size_t count = 0;
  for (size_t i = 0; i < world->mem.count; i++)
    count += span_starts(world->mem.keys[i].key, text_span(prefix));
  return count;
}

TEST(messages_in_threads_of_others_are_listed_with_their_owner) {
  struct world world;
  start(&world);
  for (int cold = 0; cold < 2; cold++) {
    CHECK_TEXT(messages_of(&world, "u2"), "g-3 g-4 o-5");
    CHECK_TEXT(messages_of(&world, "u1"), "g-1 g-2");
    CHECK_TEXT(messages_of(&world, "u3"), "");
    struct span threads = world_do(&world, TKV_OP_THREAD_LIST, "{'resourceId':'u2'}");
    CHECK_TEXT(story_ids(&world, threads), "o");
    CHECK_TEXT(story_field(threads, "total"), "1");
    world_restart(&world);
  }
  struct answer page = world_run(&world, TKV_OP_MESSAGE_LIST_BY_RESOURCE,
                                 "{'perPage':2,'direction':'DESC'}", "{'resourceId':'u2'}");
  CHECK_TEXT(story_ids(&world, page.text), "o-5 g-4");
  CHECK_TEXT(story_field(page.text, "total"), "3");
  CHECK_TEXT(story_field(page.text, "hasMore"), "true");
  world_free(&world);
}

TEST(mention_is_written_once) {
  struct world world;
  start(&world);
  CHECK_EQ(count_keys(&world, "metadata:mentions:"), 1);
  world_log(&world);
  save(&world, "g", "u2", 6);
  CHECK_EQ(world_logged(&world, "mentions"), 0); /* remembered */
  world_restart(&world);
  world_log(&world);
  save(&world, "g", "u2", 7);
  CHECK_EQ(world_logged(&world, "get metadata:mentions:u2:"), 1);
  CHECK_EQ(world_logged(&world, "put metadata:mentions:u2:"), 0);
  CHECK_EQ(count_keys(&world, "metadata:mentions:"), 1);
  world_log(&world);
  save(&world, "g", "u1", 8);
  save(&world, "o", "u2", 9);
  CHECK_EQ(world_logged(&world, "mentions"), 0); /* one's own */
  world_free(&world);
}

/* Before the record: what is stored is found. */
TEST(mention_that_fails_fails_the_save_before_anything_is_stored) {
  struct world world;
  world_init(&world);
  story_thread(&world, "g", "u1", 0);
  save(&world, "g", "u1", 1);
  world_log(&world);
  world_faults(&world, (struct mem_fault){.first = 4, .count = 3, .status = 500});
  struct answer answer = save(&world, "g", "u2", 2);
  CHECK_EQ(answer.status, TKV_ERR_KV_FAILED);
  CHECK(world_logged(&world, "put metadata:mentions:u2:") > 0);
  CHECK_EQ(count_keys(&world, "messages:g-2"), 0);
  CHECK_EQ(save(&world, "g", "u2", 2).status, TKV_DONE);
  CHECK_TEXT(messages_of(&world, "u2"), "g-2");
  world_free(&world);
}

/* Another call of the isolate was about to write it, and went away at any of its waits: nobody relies
 * on that. */
TEST(mention_of_a_call_that_went_away_is_written_anew) {
  for (int steps = 0; steps < 6; steps++) {
    struct world world;
    uint32_t gone;
    world_init(&world);
    story_thread(&world, "g", "u1", 0);
    enum tkv_status status = world_begin(&world, TKV_OP_MESSAGE_SAVE, "",
                                         story_messages_json(&world, "g", "u2", 1, 1), &gone);
    for (int i = 0; i < steps && status == TKV_PENDING; i++)
      status = world_step(&world, gone);
    check_context("cancelled after %d rounds", steps);
    world.mem.queue = NULL; /* what it asked for never arrives */
    CHECK_EQ(save(&world, "g", "u2", 2).status, TKV_DONE);
    world_restart(&world);
    CHECK(
        story_ids(&world, world_do(&world, TKV_OP_MESSAGE_LIST_BY_RESOURCE, "{'resourceId':'u2'}"))
            .len >= 3);
    world_free(&world);
  }
  check_context("");
}

TEST(updates_moves_and_copies_note_owners) {
  struct world world;
  start(&world);
  story_thread(&world, "h", "u3", 6);
  world_do(&world, TKV_OP_MESSAGE_UPDATE, "[{'id':'g-1','resourceId':'u4'}]");
  world_do(&world, TKV_OP_MESSAGE_UPDATE, "[{'id':'g-2','threadId':'h'}]");
  world_do(&world, TKV_OP_THREAD_COPY, "{'sourceThreadId':'g','newThreadId':'c'}");
  world_restart(&world);
  CHECK_TEXT(messages_of(&world, "u4").len ? SPAN("some") : SPAN("none"), "some");
  CHECK(span_starts(messages_of(&world, "u4"), SPAN("g-1 ")));
  CHECK_TEXT(messages_of(&world, "u1"), "g-2");
  struct span of_two = world_do(&world, TKV_OP_MESSAGE_LIST_BY_RESOURCE, "{'resourceId':'u2'}");
  CHECK_TEXT(story_field(of_two, "total"), "5"); /* two of them copies */
  world_free(&world);
}

/* Until the index forgets that the thread was theirs that leads to their messages, then a mention. */
TEST(thread_that_changes_its_owner_keeps_the_messages_of_the_one_before) {
  struct world world;
  start(&world);
  story_thread(&world, "g", "u2", 0);
  for (int i = 0; i < 6; i++) {
    CHECK_TEXT(messages_of(&world, "u1"), "g-1 g-2");
    CHECK_TEXT(messages_of(&world, "u2"), "g-3 g-4 o-5");
    world_restart(&world);
    story_later(&world, 3600);
    world_follow(&world, world_run(&world, TKV_OP_THREAD_LIST, "", "{'resourceId':'u1'}"));
  }
  CHECK_EQ(count_keys(&world, "metadata:mentions:u1:"), 1);
  CHECK_EQ(count_keys(&world, "metadata:resource:u1:"), 0);
  world_free(&world);
}

TEST(mentions_of_a_deleted_thread_are_swept_and_those_of_its_successor_stay) {
  struct world world;
  start(&world);
  world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'g'}");
  CHECK_EQ(count_keys(&world, "metadata:mentions:"), 0);
  CHECK_TEXT(messages_of(&world, "u2"), "o-5");
  story_thread(&world, "g", "u1", 6);
  story_messages(&world, "g", "u2", 7, 7);
  story_later(&world, 600);
  world_restart(&world);
  world_do(&world, TKV_OP_STORE_SWEEP, "");
  CHECK_TEXT(messages_of(&world, "u2"), "o-5 g-7");
  world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'g'}");
  CHECK_EQ(count_keys(&world, "metadata:mentions:"), 0);
  world_free(&world);
}

TEST(mention_of_a_thread_made_anew_is_not_that_of_the_one_before) {
  struct world world;
  start(&world);
  world.store.max_operations = 12; /* what the deletion leaves is for a sweep */
  world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'g'}");
  world.store.max_operations = 900;
  CHECK_EQ(count_keys(&world, "metadata:mentions:"), 1);
  story_thread(&world, "g", "u1", 6);
  story_messages(&world, "g", "u2", 7, 7);
  CHECK_EQ(count_keys(&world, "metadata:mentions:"), 2);
  story_later(&world, 600);
  world_restart(&world);
  world_do(&world, TKV_OP_STORE_SWEEP, "");
  CHECK_EQ(count_keys(&world, "metadata:mentions:"), 1);
  CHECK_TEXT(messages_of(&world, "u2"), "o-5 g-7");
  world_free(&world);
}

/* Saved from where the deletion is not seen yet: by the mention of before, which goes with it. */
TEST(mention_of_a_successor_is_written_by_the_sweep_where_it_lacks) {
  struct world world;
  start(&world);
  world.store.max_operations = 12; /* what the deletion leaves is for a sweep */
  world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'g'}");
  world.store.max_operations = 900;
  struct span before = SPAN_NONE;
  for (size_t i = 0; i < world.mem.count; i++)
    if (span_starts(world.mem.keys[i].key, SPAN("metadata:mentions:")))
      before = world.mem.keys[i].key;
  story_thread(&world, "g", "u1", 6);
  story_messages(&world, "g", "u2", 7, 7);
  for (size_t i = 0; i < world.mem.count; i++)
    if (span_starts(world.mem.keys[i].key, SPAN("metadata:mentions:")) &&
        !span_eq(world.mem.keys[i].key, before))
      mem_delete(&world.mem, 0, world.mem.keys[i].key);
  story_later(&world, 600);
  world_restart(&world);
  world_do(&world, TKV_OP_STORE_SWEEP, "");
  CHECK_EQ(count_keys(&world, "metadata:mentions:"), 1);
  CHECK_TEXT(messages_of(&world, "u2"), "o-5 g-7");
  world_free(&world);
}

/* A large group: the sweep, which goes on where the deletion stopped, keeps to its budget. */
TEST(mentions_count_in_the_budget_of_a_sweep) {
  struct world world;
  world_init(&world);
  story_thread(&world, "g", "u", 0);
  for (int i = 1; i <= 60; i++)
    save(&world, "g", world_text(&world, "u%d", i), i);
  CHECK_EQ(count_keys(&world, "metadata:mentions:"), 60);
  world.store.max_operations = 40;
  world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'g'}");
  for (int i = 0; i < 20; i++) {
    story_later(&world, 600);
    size_t before = world.mem.requests;
    world_do(&world, TKV_OP_STORE_SWEEP, "");
    CHECK(world.mem.requests - before <= 44);
  }
  CHECK_EQ(count_keys(&world, "metadata:mentions:"), 0);
  CHECK_EQ(count_keys(&world, "messages:"), 0);
  CHECK_EQ(count_keys(&world, "metadata:sweep:"), 0);
  world_free(&world);
}

TEST(clearing_messages_clears_mentions) {
  struct world world;
  start(&world);
  world_run(&world, TKV_OP_STORE_CLEAR, "{'table':'messages'}", "");
  CHECK_EQ(count_keys(&world, "metadata:mentions:"), 0);
  world_free(&world);
}

/* An owner whose mentions no key can hold cannot be asked for: its messages are stored as before. */
TEST(owner_of_too_many_bytes_is_not_noted) {
  struct world world;
  char name[500];
  memset(name, 'x', sizeof name - 1);
  name[sizeof name - 1] = 0;
  world_init(&world);
  story_thread(&world, "g", "u1", 0);
  CHECK_EQ(save(&world, "g", name, 1).status, TKV_DONE);
  CHECK_TEXT(story_list(&world, "g"), "g-1");
  CHECK_EQ(count_keys(&world, "metadata:mentions:"), 0);
  world_free(&world);
}
