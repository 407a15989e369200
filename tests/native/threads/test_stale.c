/* test_stale.c: what other places do who do not see the newest: they write old records back, make
 * what is there already, answer slowly. */
#include "support/story.h"

static void start(struct world *world, int messages) {
  world_init(world);
  story_thread(world, "a", "u1", 0);
  story_messages(world, "a", "u1", 1, messages);
}

static void put_back(struct world *world, struct mem_key old) {
  mem_put(&world->mem, 0, old.key, old.value, old.metadata);
}

/* Deleted, saved anew with another date; then another place stores what it had read before. */
TEST(stale_update_of_a_message_that_was_saved_anew_is_listed) {
  struct world world;
  start(&world, 3);
  struct mem_key old = *mem_find(&world.mem, 0, SPAN("messages:a-2"));
  world_do(&world, TKV_OP_MESSAGE_DELETE, "{'messageIds':['a-2']}");
  world_do(&world, TKV_OP_MESSAGE_SAVE,
           "[{'id':'a-2','threadId':'a','resourceId':'u1','role':'user','content':'anew',"
           "'createdAt':'2026-01-01T00:20:00.000Z'}]");
  put_back(&world, old);
  world_restart(&world);
  CHECK_TEXT(story_list(&world, "a"), "a-1 a-2 a-3");
  story_later(&world, 6 * 60);
  world_restart(&world);
  struct answer all =
      world_run(&world, TKV_OP_MESSAGE_LIST, "{'perPage':false}", "{'threadId':'a'}");
  CHECK(all.followup.len);
  CHECK_EQ(world_follow(&world, all), TKV_DONE); /* from now on the index says so, too */
  world_restart(&world);
  CHECK_TEXT(story_newest(&world, "a", 2), "a-3 a-2");
  all = world_run(&world, TKV_OP_MESSAGE_LIST, "{'perPage':false}", "{'threadId':'a'}");
  CHECK_EQ(world_follow(&world, all), TKV_DONE); /* and is not in doubt any more */
  all = world_run(&world, TKV_OP_MESSAGE_LIST, "{'perPage':false}", "{'threadId':'a'}");
  CHECK_EQ(all.followup.len, 0);
  world_free(&world);
}

/* A message that was moved in time leads nowhere from where it was. */
TEST(stale_entry_of_a_moved_message_does_not_count) {
  struct world world;
  start(&world, 3);
  world_do(&world, TKV_OP_MESSAGE_UPDATE, "[{'id':'a-3','createdAt':'2026-01-01T00:00:30.000Z'}]");
  world_restart(&world);
  CHECK_TEXT(story_list(&world, "a"), "a-3 a-1 a-2");
  CHECK_TEXT(story_newest(&world, "a", 2), "a-2 a-1");
  world_free(&world);
}

/* Saved into elsewhere a moment ago: its messages are listed already, its record is not seen yet. */
TEST(stale_absence_of_a_thread_is_no_room_for_a_copy) {
  struct world world;
  start(&world, 3);
  story_thread(&world, "b", "u1", 1);
  story_messages(&world, "b", "u1", 1, 1);
  mem_delete(&world.mem, 0, SPAN("threads:b"));
  mem_delete(&world.mem, 0, SPAN("metadata:thread:b"));
  world_restart(&world);
  const char *copy = "{'sourceThreadId':'a','newThreadId':'b'}";
  CHECK_EQ(world_run(&world, TKV_OP_THREAD_COPY, "", copy).status, TKV_ERR_ALREADY_EXISTS);
  CHECK(!mem_find(&world.mem, 0, SPAN("threads:b")));
  world_free(&world);
}

/* Whoever has just saved a message knows where its journal entry stands, and writes no other when saving
 * it again; of the thread's end he may not know for a minute. */
TEST(stale_save_into_a_deleted_thread_is_swept) {
  struct world world;
  start(&world, 3);
  struct mem_key old = *mem_find(&world.mem, 0, SPAN("messages:a-2"));
  world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'a'}");
  put_back(&world, old);
  story_later(&world, 200);
  world_restart(&world);
  CHECK_JSON(world_do(&world, TKV_OP_STORE_SWEEP, ""), "{'deleted':1,'pending':0}");
  CHECK(!mem_find(&world.mem, 0, SPAN("messages:a-2")));
  world_free(&world);
}

/* The thread lives again, and what was left of it by its deletion is saved anew: where the sweep runs the
 * old record may be seen for a minute. */
TEST(stale_record_of_a_message_that_was_saved_anew_outlives_a_sweep) {
  struct world world;
  start(&world, 3);
  struct mem_key old = *mem_find(&world.mem, 0, SPAN("messages:a-2"));
  world.store.max_operations = 8; /* messages are left for a sweep */
  world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'a'}");
  world.store.max_operations = 900;
  story_thread(&world, "a", "u1", 0);
  story_messages(&world, "a", "u1", 2, 2);
  put_back(&world, old);
  story_later(&world, 200);
  world_restart(&world);
  world_do(&world, TKV_OP_STORE_SWEEP, "");
  CHECK(mem_find(&world.mem, 0, SPAN("messages:a-2")));
  CHECK(!mem_find(&world.mem, 0, SPAN("messages:a-1")));
  world_free(&world);
}

/* An entry that this isolate has written, and that the head does not name, for its members are old. */
TEST(stale_list_does_not_keep_a_deletion_from_its_own_writes) {
  struct world world;
  start(&world, 2);
  struct span journal = SPAN_NONE;
  for (size_t i = 0; i < world.mem.count; i++)
    if (span_starts(world.mem.keys[i].key, SPAN("metadata:thread:a:")))
      journal = world.mem.keys[i].key;
  story_messages(&world, "a", "u1", 3, 200);
  mem_delete(&world.mem, 0, journal);
  CHECK_JSON(world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'a'}"),
             "{'deleted':200,'pending':false}");
  world_free(&world);
}

struct meanwhile {
  struct world *world;
  struct mem_key record;
};

/* Changes a record once the first hundred messages were read. */
static void change_meanwhile(struct mem_reply *reply, void *self) {
  struct meanwhile *meanwhile = self;
  if (reply->request->kind == MEM_GET_MANY && reply->request->count == 100)
    put_back(meanwhile->world, meanwhile->record);
}

TEST(stale_half_of_a_list_shows_no_message_twice) {
  struct world world;
  start(&world, 150);
  struct meanwhile meanwhile = {&world, *mem_find(&world.mem, 0, SPAN("messages:a-2"))};
  world_do(&world, TKV_OP_MESSAGE_UPDATE, "[{'id':'a-2','createdAt':'2026-01-01T09:00:00.000Z'}]");
  world_restart(&world);
  world.mem.spoil = change_meanwhile;
  world.mem.spoil_self = &meanwhile;
  struct span ids = story_newest(&world, "a", 200);
  const char *first = strstr(world_text(&world, "%.*s ", (int)ids.len, ids.ptr), "a-2 ");
  REQUIRE(first != NULL);
  CHECK(strstr(first + 1, " a-2 ") == NULL);
  world_free(&world);
}

/* What took so long to come may be older than what others have read meanwhile. */
TEST(stale_answer_that_came_slowly_is_not_reused) {
  struct world world;
  uint32_t slow;
  world_init(&world);
  world_put(&world, "resources:u1", "{'id':'u1'}", "{'v':1,'w':1}");
  world_begin(&world, TKV_OP_RESOURCE_GET, "", "{'resourceId':'u1'}", &slow);
  story_later(&world, 5);
  CHECK_EQ(world_step(&world, slow), TKV_DONE);
  world_end(&world, slow, TKV_DONE);
  size_t before = world.mem.requests;
  world_do(&world, TKV_OP_RESOURCE_GET, "{'resourceId':'u1'}");
  CHECK_EQ(world.mem.requests, before + 1);
  world_do(&world, TKV_OP_RESOURCE_GET, "{'resourceId':'u1'}"); /* and this came at once */
  CHECK_EQ(world.mem.requests, before + 1);
  world_free(&world);
}

static int64_t stamp_of(struct world *world, struct span key) {
  int64_t stamp = 0;
  struct mem_key *found = mem_find(&world->mem, 0, key);
  json_int(story_field(found ? found->metadata : SPAN_NONE, "w"), &stamp);
  return stamp;
}

/* Where clocks differ, what is written after something was read counts as later all the same. */
TEST(stale_clock_does_not_make_a_write_older_than_what_it_has_read) {
  struct world world;
  world_init(&world);
  story_later(&world, 30);
  world_do(&world, TKV_OP_RESOURCE_UPDATE, "{'resourceId':'u1','workingMemory':'first'}");
  int64_t first = stamp_of(&world, SPAN("resources:u1"));
  story_later(&world, -30);
  world_restart(&world);
  world_do(&world, TKV_OP_RESOURCE_UPDATE, "{'resourceId':'u1','workingMemory':'second'}");
  CHECK(first > 0 && stamp_of(&world, SPAN("resources:u1")) > first);
  world_free(&world);
}

/* The entry that a move leaves behind is not counted. */
TEST(stale_entry_of_a_message_that_left_its_thread_does_not_count) {
  struct world world;
  start(&world, 3);
  story_thread(&world, "b", "u1", 1);
  world_do(&world, TKV_OP_MESSAGE_UPDATE, "[{'id':'a-2','threadId':'b'}]");
  world_restart(&world);
  struct answer page = world_run(&world, TKV_OP_MESSAGE_LIST, "{'perPage':1}", "{'threadId':'a'}");
  CHECK_TEXT(story_ids(&world, page.text), "a-1");
  CHECK_TEXT(story_field(page.text, "total"), "2");
  world_free(&world);
}

/* What another call of the isolate has written since a call read the head stays in it.  This one
 * reads on, for its message comes from another thread. */
TEST(stale_head_of_a_call_keeps_what_another_call_has_written) {
  struct world world;
  uint32_t slow;
  start(&world, 1);
  story_thread(&world, "b", "u1", 1);
  story_messages(&world, "b", "u1", 1, 1);
  world_restart(&world);
  story_later(&world, 5);
  enum tkv_status status =
      world_begin(&world, TKV_OP_MESSAGE_SAVE, "",
                  "[{'id':'b-1','threadId':'a','resourceId':'u1','role':'user','content':'moved',"
                  "'createdAt':'2026-01-01T00:02:00.000Z'}]",
                  &slow);
  CHECK_EQ(status, TKV_PENDING);
  status = world_step(&world, slow);
  story_messages(&world, "a", "u1", 3, 3);
  while (status == TKV_PENDING)
    status = world_step(&world, slow);
  world_end(&world, slow, status);
  world_restart(&world);
  CHECK_TEXT(story_newest(&world, "a", 3), "a-3 b-1 a-1");
  world_free(&world);
}
