/* test_unseen.c: a place that does not show what its isolate has just written: KV caches absence, too.
 * Such a place is made by taking a record out of KV behind the isolate's back. */
#include "kv/memory.h"
#include "support/story.h"

#define UPDATE "[{'id':'a-2','content':{'metadata':{'read':true}}}]"

static struct mem_key hide(struct world *world, const char *key) {
  struct span name = {key, strlen(key)};
  struct mem_key found = *mem_find(&world->mem, 0, name);
  found.value = arena_copy(&world->mem.arena, found.value);
  found.metadata = arena_copy(&world->mem.arena, found.metadata);
  mem_delete(&world->mem, 0, name);
  return found;
}

static void show(struct world *world, const char *key, struct mem_key hidden) {
  mem_put(&world->mem, 0, (struct span){key, strlen(key)}, hidden.value, hidden.metadata);
}

static void start(struct world *world) {
  world_init(world);
  story_thread(world, "a", "u1", 0);
  story_messages(world, "a", "u1", 1, 3);
  story_later(world, 2);
}

TEST(unseen_message_is_listed_by_its_isolate) {
  struct world world;
  start(&world);
  hide(&world, "messages:a-2");
  CHECK_TEXT(story_list(&world, "a"), "a-1 a-2 a-3");
  CHECK_TEXT(story_newest(&world, "a", 2), "a-3 a-2");
  struct span found = world_do(&world, TKV_OP_MESSAGE_GET, "{'messageIds':['a-2','none']}");
  CHECK_TEXT(story_ids(&world, found), "a-2");
  struct span page = world_do(&world, TKV_OP_MESSAGE_LIST,
                              "{'threadId':'a','include':[{'id':'a-2','withPreviousMessages':1}]}");
  CHECK_TEXT(story_ids(&world, page), "a-1 a-2 a-3");
  story_later(&world, 50);
  CHECK_TEXT(story_list(&world, "a"), "a-1 a-2 a-3");
  story_later(&world, 20); /* no cache is as old: it is gone indeed */
  CHECK_TEXT(story_list(&world, "a"), "a-1 a-3");
  world_free(&world);
}

TEST(unseen_message_is_updated_moved_and_deleted) {
  struct world world;
  start(&world);
  hide(&world, "messages:a-2");
  struct span updated = world_do(&world, TKV_OP_MESSAGE_UPDATE, UPDATE);
  CHECK_TEXT(story_ids(&world, updated), "a-2");
  CHECK(mem_find(&world.mem, 0, SPAN("messages:a-2")) != NULL);
  hide(&world, "messages:a-2");
  world_do(&world, TKV_OP_MESSAGE_DELETE, "{'messageIds':['a-2']}");
  CHECK_TEXT(story_list(&world, "a"), "a-1 a-3");
  world_free(&world);
}

/* In the end a message's save finds what stood under its id, and puts that in doubt. */
TEST(unseen_message_is_moved_by_saving_it_elsewhere) {
  struct world world;
  start(&world);
  story_thread(&world, "b", "u1", 0);
  hide(&world, "messages:a-2");
  world_do(&world, TKV_OP_MESSAGE_SAVE,
           "[{'id':'a-2','threadId':'b','resourceId':'u1','role':'user','content':'moved',"
           "'createdAt':'2026-01-01T00:20:00.000Z'}]");
  CHECK_TEXT(story_list(&world, "a"), "a-1 a-3");
  CHECK_TEXT(story_list(&world, "b"), "a-2");
  CHECK_JSON(story_field(world_do(&world, TKV_OP_MESSAGE_LIST, "{'threadId':'a'}"), "total"), "2");
  world_free(&world);
}

/* ---- forgotten: it was too large to be kept, or other writes took its room */

static struct span long_text(struct world *world, const char *before, size_t size,
                             const char *after) {
  struct json_out out = json_out(&world->mem.arena, size + 256);
  json_put(&out, world_json(world, before));
  for (size_t i = 0; i < size; i++)
    json_put_char(&out, 'x');
  json_put(&out, world_json(world, after));
  return json_out_span(&out);
}

/* Saves a-2 again, with a content that is too large to be kept. */
static void save_large(struct world *world) {
  struct span payload =
      long_text(world,
                world_text(world,
                           "[{'id':'a-2','threadId':'a','resourceId':'u1','role':'user',"
                           "'createdAt':%s,'content':'",
                           story_date(world, 2)),
                MEMORY_VALUE_MAX, "'}]");
  CHECK_EQ(world_run_span(world, TKV_OP_MESSAGE_SAVE, SPAN(""), payload).status, TKV_DONE);
}

/* Writes as much as is remembered, and more. */
static void crowd(struct world *world) {
  for (int i = 0; i < 3; i++) {
    struct span payload = long_text(world, world_text(world, "[{'id':'large-%d','text':'", i),
                                    MEMORY_VALUE_MAX - 1024, "'}]");
    CHECK_EQ(
        world_run_span(world, TKV_OP_ROW_SAVE, world_json(world, "{'table':'traces'}"), payload)
            .status,
        TKV_DONE);
  }
}

static void check_waits(struct world *world, enum tkv_op op, const char *payload) {
  world_log(world);
  int64_t before = world->mem.now;
  struct answer answer = world_run(world, op, "", payload);
  CHECK_EQ(answer.status, TKV_ERR_TRY_AGAIN);
  CHECK_JSON(story_field(answer.text, "code"), "'TRY_AGAIN'");
  CHECK_JSON(story_field(story_field(answer.text, "details"), "key"), "'messages:a-2'");
  CHECK_EQ(world->mem.now - before, 3000);
  CHECK_EQ(world_logged(world, "put"), 0);
  CHECK_EQ(world_logged(world, "delete"), 0);
}

static void check_forgotten(struct world *world) {
  struct mem_key hidden = hide(world, "messages:a-2");
  check_waits(world, TKV_OP_MESSAGE_UPDATE, UPDATE);
  check_waits(world, TKV_OP_MESSAGE_DELETE, "{'messageIds':['a-2']}");
  check_waits(world, TKV_OP_MESSAGE_GET, "{'messageIds':['a-1','a-2']}");
  struct answer page = world_run(world, TKV_OP_MESSAGE_LIST, "", "{'threadId':'a'}");
  CHECK_EQ(page.status, TKV_DONE);
  CHECK_TEXT(story_ids(world, page.text), "a-1 a-3");
  CHECK_JSON(story_field(page.text, "total"), "3"); /* it is not gone, and nobody is told so */
  CHECK_EQ(page.followup.len, 0);
  struct mem_key *head = mem_find(&world->mem, 0, SPAN("metadata:thread:a"));
  CHECK(!story_field(head->value, "doubt").ptr);
  show(world, "messages:a-2", hidden);
  struct span updated = world_do(world, TKV_OP_MESSAGE_UPDATE, UPDATE);
  CHECK_TEXT(story_ids(world, updated), "a-2");
}

TEST(unseen_message_that_is_too_large_to_be_remembered_makes_calls_wait) {
  struct world world;
  start(&world);
  save_large(&world);
  check_forgotten(&world);
  world_free(&world);
}

TEST(unseen_message_whose_room_others_took_makes_calls_wait) {
  struct world world;
  start(&world);
  crowd(&world);
  check_forgotten(&world);
  world_free(&world);
}

/* An older version is no better than none. */
TEST(unseen_version_of_a_message_makes_an_update_wait) {
  struct world world;
  start(&world);
  struct mem_key old = hide(&world, "messages:a-2");
  save_large(&world);
  show(&world, "messages:a-2", old);
  check_waits(&world, TKV_OP_MESSAGE_UPDATE, UPDATE);
  story_later(&world, 130);
  CHECK_TEXT(story_ids(&world, world_do(&world, TKV_OP_MESSAGE_UPDATE, UPDATE)), "a-2");
  world_free(&world);
}

/* Its answer got lost: it may have been made.  Calling again is safe, and needs no waiting. */
TEST(unseen_message_whose_deletion_failed_may_be_gone) {
  struct world world;
  start(&world);
  world_faults(&world, (struct mem_fault){1, SIZE_MAX, 503, true});
  CHECK_EQ(world_run(&world, TKV_OP_MESSAGE_DELETE, "", "{'messageIds':['a-2']}").status,
           TKV_ERR_KV_FAILED);
  world_faults(&world, (struct mem_fault){0});
  hide(&world, "messages:a-2");
  struct answer again = world_run(&world, TKV_OP_MESSAGE_DELETE, "", "{'messageIds':['a-2']}");
  CHECK_EQ(again.status, TKV_DONE);
  world_free(&world);
}

TEST(unknown_message_is_no_message) {
  struct world world;
  start(&world);
  world_log(&world);
  struct span updated = world_do(&world, TKV_OP_MESSAGE_UPDATE, "[{'id':'none','role':'user'}]");
  CHECK_TEXT(story_ids(&world, updated), "");
  CHECK_EQ(world_logged(&world, "wait"), 0);
  world_free(&world);
}

/* Other records that this isolate wrote and has forgotten. */
TEST(unseen_records_of_other_kinds_make_calls_wait) {
  static const struct {
    enum tkv_op op;
    const char *control, *payload, *key;
  } calls[] = {
      {TKV_OP_THREAD_GET, "", "{'threadId':'a'}", "threads:a"},
      {TKV_OP_THREAD_UPDATE, "", "{'id':'a','title':'T'}", "threads:a"},
      {TKV_OP_THREAD_COPY, "", "{'sourceThreadId':'a'}", "threads:a"},
      {TKV_OP_MESSAGE_SAVE, "",
       "[{'id':'m','threadId':'a','resourceId':'u1','role':'user','content':'x',"
       "'createdAt':'2026-01-01T00:20:00.000Z'}]",
       "threads:a"},
      {TKV_OP_RESOURCE_GET, "", "{'resourceId':'u1'}", "resources:u1"},
      {TKV_OP_RESOURCE_UPDATE, "", "{'resourceId':'u1','workingMemory':'x'}", "resources:u1"},
      {TKV_OP_ROW_GET, "{'table':'scores'}", "[{'id':'s'}]", "scores:s"},
      {TKV_OP_ROW_UPDATE, "{'table':'scores'}", "{'key':{'id':'s'},'set':{'n':1}}", "scores:s"},
      {TKV_OP_WORKFLOW_STATE, "", "{'runId':'r','workflowName':'wf','state':{'status':'failed'}}",
       "workflow_snapshot:r:wf"},
  };
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    struct world world;
    start(&world);
    check_context("%s", calls[i].key);
    world_do(&world, TKV_OP_RESOURCE_SAVE,
             "{'id':'u1','workingMemory':'old','createdAt':'2026-01-01T00:00:00.000Z',"
             "'updatedAt':'2026-01-01T00:00:00.000Z'}");
    world_run(&world, TKV_OP_ROW_SAVE, "{'table':'scores'}", "[{'id':'s'}]");
    world_do(&world, TKV_OP_WORKFLOW_PERSIST,
             "{'runId':'r','workflowName':'wf','snapshot':{'status':'suspended'}}");
    crowd(&world);
    hide(&world, calls[i].key);
    struct answer answer = world_run(&world, calls[i].op, calls[i].control, calls[i].payload);
    CHECK_EQ(answer.status, TKV_ERR_TRY_AGAIN);
    world_free(&world);
  }
}
