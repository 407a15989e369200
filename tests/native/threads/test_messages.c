/* test_messages.c: message.save, message.get, message.update, message.delete. */
#include "support/story.h"

static void start(struct world *world) {
  world_init(world);
  story_thread(world, "t1", "u1", 0);
  story_thread(world, "t2", "u1", 1);
}

static struct span get(struct world *world, const char *ids) {
  return world_do(world, TKV_OP_MESSAGE_GET, world_text(world, "{'messageIds':[%s]}", ids));
}

TEST(messages_come_back_byte_for_byte) {
  struct world world;
  const char *message =
      "{'x':[9007199254740993,1.0,-0],'id':'m1','threadId':'t1','resourceId':'u1','role':'user',"
      "'content':{'a':'\\u00e9\\ud800\\/','b':{},'b':1},'createdAt':'2026-01-01T00:00:00.000Z',"
      "'__proto__':1}";
  start(&world);
  world_do(&world, TKV_OP_MESSAGE_SAVE, world_text(&world, " [ %s ] ", message));
  for (int cold = 0; cold < 2; cold++) {
    CHECK_JSON(get(&world, "'m1'"), world_text(&world, "{'messages':[%s]}", message));
    struct answer list = world_run(&world, TKV_OP_MESSAGE_LIST, "", "{'threadId':'t1'}");
    CHECK_JSON(list.text,
               world_text(&world, "{'messages':[%s],'total':1,'hasMore':false}", message));
    world_restart(&world);
  }
  world_free(&world);
}

TEST(message_save_of_nothing_does_nothing) {
  struct world world;
  world_init(&world);
  world_do(&world, TKV_OP_MESSAGE_SAVE, "[]");
  CHECK_EQ(world.mem.requests, 0);
  world_free(&world);
}

#define MESSAGE(fields) "[{'id':'m','threadId':'t1','resourceId':'u','role':'user'," fields "}]"
#define CREATED "'createdAt':'2026-01-01T00:00:00.000Z'"

static const struct {
  const char *payload, *message;
} refused[] = {
    {"{}", "messages: must be an array"},
    {"", "messages: must be an array"},
    {"[1]", "messages[0]: must be an object"},
    {"[{}]", "messages[0].id: must be a non-empty string"},
    {"[{'id':'m'}]", "messages[0].threadId: must be a non-empty string"},
    {"[{'id':'m','threadId':''}]", "messages[0].threadId: must be a non-empty string"},
    {"[{'id':'m','threadId':'t1','role':5}]", "messages[0].role: must be a non-empty string"},
    {MESSAGE("'content':'x'"), "messages[0].createdAt: must be a valid date"},
    {MESSAGE("'content':'x','createdAt':0"), "messages[0].createdAt: must be a valid date"},
    {MESSAGE(CREATED), "messages[0].content: must be an object, an array, a string or null"},
    {MESSAGE(CREATED ",'content':true"),
     "messages[0].content: must be an object, an array, a string or null"},
    {MESSAGE(CREATED ",'content':5"),
     "messages[0].content: must be an object, an array, a string or null"},
    {MESSAGE(CREATED ",'content':'x','resourceId':null"),
     "messages[0].resourceId: must be a string"},
    {MESSAGE(CREATED ",'content':'x','id':'\\udfff'"),
     "messages[0].id: must be well-formed Unicode"},
};

TEST(message_save_refuses_bad_messages_before_it_asks_kv) {
  struct world world;
  world_init(&world);
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    struct answer answer = world_run(&world, TKV_OP_MESSAGE_SAVE, "", refused[i].payload);
    check_context("%s", refused[i].payload);
    CHECK_EQ(answer.status, TKV_ERR_INVALID_ARGUMENT);
    CHECK_JSON(story_field(answer.text, "message"), world_text(&world, "'%s'", refused[i].message));
  }
  CHECK_EQ(world.mem.requests, 0);
  world_free(&world);
}

TEST(message_save_is_all_or_nothing_where_input_is_bad) {
  struct world world;
  start(&world);
  size_t keys = world.mem.count;
  const char *both =
      world_text(&world, "[%s,{'id':'m'}]", story_message_json(&world, "t1", "u1", 1));
  CHECK_EQ(world_run(&world, TKV_OP_MESSAGE_SAVE, "", both).status, TKV_ERR_INVALID_ARGUMENT);
  both = world_text(&world, "[%s,%s]", story_message_json(&world, "t1", "u1", 1),
                    story_message_json(&world, "gone", "u1", 2));
  struct answer answer = world_run(&world, TKV_OP_MESSAGE_SAVE, "", both);
  CHECK_EQ(answer.status, TKV_ERR_NOT_FOUND);
  CHECK_JSON(story_field(answer.text, "message"), "'Thread gone not found'");
  CHECK_EQ(world.mem.count, keys);
  world_free(&world);
}

TEST(message_save_takes_the_last_of_one_id) {
  struct world world;
  start(&world);
  const char *first = story_message_json(&world, "t1", "u1", 1);
  world_do(&world, TKV_OP_MESSAGE_SAVE,
           world_text(&world,
                      "[%s,%s,{'id':'t1-1','threadId':'t1','resourceId':'u1','role':'system',"
                      "'content':'last'," CREATED "}]",
                      first, story_message_json(&world, "t1", "u1", 2)));
  CHECK_TEXT(story_list(&world, "t1"), "t1-1 t1-2");
  struct json_walk walk = json_walk(story_field(get(&world, "'t1-1'"), "messages"));
  CHECK(json_next(&walk));
  CHECK_JSON(story_field(walk.value, "content"), "'last'");
  world_free(&world);
}

TEST(message_save_costs_two_rounds_however_much_is_stored) {
  struct world world;
  start(&world);
  for (int stored = 1; stored < 1000; stored += 100) {
    story_messages(&world, "t1", "u1", stored, stored + 99);
    story_later(&world, 600);
  }
  world_restart(&world);
  world_log(&world);
  world_faults(&world, (struct mem_fault){0});
  story_messages(&world, "t1", "u1", 1001, 1002);
  CHECK_EQ(world.mem.rounds, 2);
  CHECK(world.mem.requests <= 8);
  world_free(&world);
}

/* What follows reads the head once more.  Nothing is left to do where it is as it was written; where
 * another isolate has put its own over it, both are in it then; the journal is not listed. */
TEST(message_save_looks_afterwards_whether_its_head_is_still_there) {
  struct world world;
  start(&world);
  for (int lost = 0; lost < 2; lost++) {
    struct answer answer =
        world_run(&world, TKV_OP_MESSAGE_SAVE, "",
                  world_text(&world, "[%s]", story_message_json(&world, "t1", "u1", lost + 1)));
    REQUIRE(answer.followup.len && answer.soon);
    if (lost)
      world_put(
          &world, "metadata:thread:t1",
          "{'v':1,'w':9999999999999,'updatedAt':0,'bumpedAt':0,'checkedAt':0,'since':0,'floor':"
          "null,'owners':[],'journal':[],'entries':[]}",
          "{'v':1,'w':1767225699999}");
    world_log(&world);
    CHECK_EQ(world_follow(&world, answer), TKV_DONE);
    CHECK_EQ(world_logged(&world, "get metadata:thread:t1"), 1);
    CHECK_EQ(world_logged(&world, " list "), 0);
    CHECK_EQ(world_logged(&world, "put metadata:thread:t1\n"), lost);
  }
  world_restart(&world);
  CHECK_TEXT(story_newest(&world, "t1", 5), "t1-2 t1-1");
  world_free(&world);
}

TEST(message_save_moves_a_message_to_another_thread) {
  struct world world;
  start(&world);
  story_messages(&world, "t1", "u1", 1, 3);
  const char *moved =
      world_text(&world, "[{'id':'t1-2','threadId':'t2','resourceId':'u1','role':'user',"
                         "'content':'x'," CREATED "}]");
  world_do(&world, TKV_OP_MESSAGE_SAVE, moved);
  for (int cold = 0; cold < 2; cold++) {
    CHECK_TEXT(story_list(&world, "t1"), "t1-1 t1-3");
    CHECK_TEXT(story_list(&world, "t2"), "t1-2");
    CHECK_TEXT(story_newest(&world, "t1", 10), "t1-3 t1-1");
    CHECK_TEXT(story_newest(&world, "t2", 10), "t1-2");
    world_restart(&world);
  }
  world_free(&world);
}

TEST(message_save_changes_a_place_in_the_order) {
  struct world world;
  start(&world);
  story_messages(&world, "t1", "u1", 1, 3);
  world_do(&world, TKV_OP_MESSAGE_SAVE,
           "[{'id':'t1-1','threadId':'t1','resourceId':'u1','role':'user','content':'x',"
           "'createdAt':'2027-01-01T00:00:00.000Z'}]");
  for (int cold = 0; cold < 2; cold++) {
    CHECK_TEXT(story_list(&world, "t1"), "t1-2 t1-3 t1-1");
    CHECK_TEXT(story_newest(&world, "t1", 2), "t1-1 t1-3");
    world_restart(&world);
  }
  world_free(&world);
}

TEST(message_get_answers_what_exists_oldest_first) {
  struct world world;
  start(&world);
  story_messages(&world, "t1", "u1", 1, 3);
  story_messages(&world, "t2", "u1", 2, 2);
  world_restart(&world);
  CHECK_JSON(story_ids(&world, get(&world, "'t1-3','none','t2-2','t1-1','t1-3'")),
             "t1-1 t2-2 t1-3");
  CHECK_JSON(get(&world, ""), "{'messages':[]}");
  CHECK_EQ(world_run(&world, TKV_OP_MESSAGE_GET, "", "{}").status, TKV_ERR_INVALID_ARGUMENT);
  CHECK_EQ(world_run(&world, TKV_OP_MESSAGE_GET, "", "{'messageIds':['']}").status,
           TKV_ERR_INVALID_ARGUMENT);
  world_free(&world);
}

TEST(message_get_takes_one_bulk_get_per_100) {
  struct world world;
  start(&world);
  story_messages(&world, "t1", "u1", 1, 250);
  struct json_out ids = json_out(&world.mem.arena, 64);
  for (int i = 1; i <= 250; i++)
    json_put(&ids, text_span(world_text(&world, i > 1 ? ",'t1-%d'" : "'t1-%d'", i)));
  json_put_char(&ids, 0);
  world_restart(&world);
  world_log(&world);
  world_faults(&world, (struct mem_fault){0});
  get(&world, ids.ptr);
  CHECK_EQ(world.mem.requests, 3);
  CHECK_EQ(world.mem.rounds, 1);
  world_free(&world);
}

TEST(message_get_names_the_key_of_a_damaged_record) {
  struct world world;
  start(&world);
  world_put(&world, "messages:m1", "{'id':'m1'", "");
  struct answer answer = world_run(&world, TKV_OP_MESSAGE_GET, "", "{'messageIds':['m1']}");
  CHECK_EQ(answer.status, TKV_ERR_CORRUPT);
  CHECK_JSON(story_field(story_field(answer.text, "details"), "key"), "'messages:m1'");
  world_free(&world);
}

TEST(message_that_is_of_another_id_is_damaged) {
  struct world world;
  start(&world);
  story_messages(&world, "t1", "u1", 1, 3);
  world_restart(&world);
  world_put(&world, "messages:t1-2", story_message_json(&world, "t1", "u1", 1), "");
  static const struct {
    enum tkv_op op;
    const char *args;
  } calls[] = {{TKV_OP_MESSAGE_GET, "{'messageIds':['t1-2']}"},
               {TKV_OP_MESSAGE_LIST, "{'threadId':'t1'}"},
               {TKV_OP_MESSAGE_LIST, "{'threadId':'t1','include':[{'id':'t1-2'}]}"},
               {TKV_OP_MESSAGE_UPDATE, "[{'id':'t1-2','role':'user'}]"}};
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
    CHECK_EQ(world_run(&world, calls[i].op, "", calls[i].args).status, TKV_ERR_CORRUPT);
  CHECK_JSON(world_do(&world, TKV_OP_MESSAGE_DELETE, "{'messageIds':['t1-2']}"), "{'deleted':1}");
  world_restart(&world);
  CHECK_TEXT(story_list(&world, "t1"), "t1-1 t1-3");
  world_free(&world);
}

TEST(message_update_merges_content_and_its_metadata) {
  struct world world;
  start(&world);
  story_messages(&world, "t1", "u1", 1, 2);
  struct span updated = world_do(&world, TKV_OP_MESSAGE_UPDATE,
                                 "[{'id':'t1-1','role':'assistant',"
                                 "'content':{'metadata':{'more':[1]},'extra':null}},"
                                 "{'id':'none'}]");
  const char *wanted =
      world_text(&world,
                 "{'messages':[{'id':'t1-1','threadId':'t1','resourceId':'u1',"
                 "'role':'assistant','createdAt':%s,'content':{'format':2,"
                 "'parts':[{'type':'text','text':'number 1'}],'metadata':{'n':1,'more':[1]},"
                 "'extra':null}}]}",
                 story_date(&world, 1));
  CHECK_JSON(updated, wanted);
  world_restart(&world);
  CHECK_JSON(get(&world, "'t1-1'"), wanted);
  CHECK_TEXT(story_list(&world, "t1"), "t1-1 t1-2");
  world_free(&world);
}

TEST(message_update_applies_patches_of_one_id_in_order) {
  struct world world;
  start(&world);
  story_messages(&world, "t1", "u1", 1, 1);
  struct span updated = world_do(&world, TKV_OP_MESSAGE_UPDATE,
                                 "[{'id':'t1-1','role':'a','x':1},{'id':'t1-1','role':'b'}]");
  struct json_walk walk = json_walk(story_field(updated, "messages"));
  CHECK(json_next(&walk));
  CHECK_JSON(story_field(walk.value, "role"), "'b'");
  CHECK_TEXT(story_field(walk.value, "x"), "1");
  CHECK(!json_next(&walk));
  world_free(&world);
}

TEST(message_update_moves) {
  struct world world;
  start(&world);
  story_messages(&world, "t1", "u1", 1, 3);
  world_do(&world, TKV_OP_MESSAGE_UPDATE, "[{'id':'t1-2','threadId':'t2'}]");
  for (int cold = 0; cold < 2; cold++) {
    CHECK_TEXT(story_list(&world, "t1"), "t1-1 t1-3");
    CHECK_TEXT(story_list(&world, "t2"), "t1-2");
    CHECK_TEXT(story_newest(&world, "t1", 5), "t1-3 t1-1");
    world_restart(&world);
  }
  struct answer answer =
      world_run(&world, TKV_OP_MESSAGE_UPDATE, "", "[{'id':'t1-1','threadId':'gone'}]");
  CHECK_EQ(answer.status, TKV_ERR_NOT_FOUND);
  CHECK_TEXT(story_list(&world, "t1"), "t1-1 t1-3");
  world_free(&world);
}

TEST(message_update_of_nothing_answers_nothing) {
  struct world world;
  start(&world);
  CHECK_JSON(world_do(&world, TKV_OP_MESSAGE_UPDATE, "[]"), "{'messages':[]}");
  CHECK_JSON(world_do(&world, TKV_OP_MESSAGE_UPDATE, "[{'id':'none','role':'user'}]"),
             "{'messages':[]}");
  world_free(&world);
}

TEST(message_update_refuses_bad_patches) {
  static const char *const bad[] = {"{}",
                                    "[1]",
                                    "[{}]",
                                    "[{'id':''}]",
                                    "[{'id':'m','threadId':''}]",
                                    "[{'id':'m','resourceId':1}]",
                                    "[{'id':'m','role':''}]",
                                    "[{'id':'m','createdAt':'x'}]",
                                    "[{'id':'m','content':true}]"};
  struct world world;
  world_init(&world);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    check_context("%s", bad[i]);
    CHECK_EQ(world_run(&world, TKV_OP_MESSAGE_UPDATE, "", bad[i]).status, TKV_ERR_INVALID_ARGUMENT);
  }
  CHECK_EQ(world.mem.requests, 0);
  world_free(&world);
}

TEST(message_delete_removes_records_and_memberships) {
  struct world world;
  start(&world);
  story_messages(&world, "t1", "u1", 1, 3);
  story_messages(&world, "t2", "u1", 1, 1);
  CHECK_JSON(
      world_do(&world, TKV_OP_MESSAGE_DELETE, "{'messageIds':['t1-2','t2-1','none','t1-2']}"),
      "{'deleted':2}");
  for (int cold = 0; cold < 2; cold++) {
    CHECK_TEXT(story_list(&world, "t1"), "t1-1 t1-3");
    CHECK_TEXT(story_list(&world, "t2"), "");
    CHECK_TEXT(story_newest(&world, "t1", 5), "t1-3 t1-1");
    CHECK_JSON(get(&world, "'t1-2'"), "{'messages':[]}");
    world_restart(&world);
  }
  CHECK_JSON(world_do(&world, TKV_OP_MESSAGE_DELETE, "{'messageIds':['t1-2']}"), "{'deleted':0}");
  world_free(&world);
}

TEST(message_delete_without_metadata_searches_the_journal) {
  struct world world;
  start(&world);
  story_messages(&world, "t1", "u1", 1, 2);
  story_messages(&world, "t1", "u1", 3, 4);
  world_restart(&world);
  world.mem.hide_metadata = true;
  CHECK_JSON(world_do(&world, TKV_OP_MESSAGE_DELETE, "{'messageIds':['t1-2','t1-3']}"),
             "{'deleted':2}");
  world_restart(&world);
  CHECK_TEXT(story_list(&world, "t1"), "t1-1 t1-4");
  size_t journals = 0;
  for (size_t i = 0; i < world.mem.count; i++)
    journals += span_starts(world.mem.keys[i].key, SPAN("metadata:thread:t1:"));
  CHECK_EQ(journals, 2); /* both rewritten, neither left behind */
  world_free(&world);
}

TEST(message_delete_takes_a_damaged_record_away) {
  struct world world;
  start(&world);
  story_messages(&world, "t1", "u1", 1, 2);
  world_restart(&world);
  world_put(&world, "messages:t1-1", "{", "");
  CHECK_EQ(world_run(&world, TKV_OP_MESSAGE_LIST, "", "{'threadId':'t1'}").status, TKV_ERR_CORRUPT);
  CHECK_JSON(world_do(&world, TKV_OP_MESSAGE_DELETE, "{'messageIds':['t1-1']}"), "{'deleted':1}");
  CHECK_TEXT(story_list(&world, "t1"), "t1-2");
  world_free(&world);
}

TEST(message_delete_of_more_than_the_budget_is_refused_whole) {
  struct world world;
  start(&world);
  story_messages(&world, "t1", "u1", 1, 30);
  world.store.max_operations = 20;
  struct json_out ids = json_out(&world.mem.arena, 64);
  for (int i = 1; i <= 30; i++)
    json_put(&ids, text_span(world_text(&world, i > 1 ? ",'t1-%d'" : "{'messageIds':['t1-%d'", i)));
  json_put(&ids, SPAN("]}\0"));
  CHECK_EQ(world_run(&world, TKV_OP_MESSAGE_DELETE, "", ids.ptr).status, TKV_ERR_BUDGET);
  world.store.max_operations = 900;
  CHECK_EQ(story_list(&world, "t1").len, strlen("t1-1 ") * 9 + strlen("t1-10 ") * 21 - 1);
  world_free(&world);
}

TEST(message_update_bumps_its_thread_whichever_request_fails_once) {
  for (size_t n = 1; n <= 8; n++) {
    struct world world;
    start(&world);
    story_messages(&world, "t1", "u1", 1, 2);
    story_later(&world, 300);
    world_faults(&world, (struct mem_fault){n, 1, 500, false});
    struct answer answer =
        world_run(&world, TKV_OP_MESSAGE_UPDATE, "", "[{'id':'t1-1','role':'assistant'}]");
    CHECK_EQ(answer.status, TKV_DONE);
    CHECK_EQ(world_follow(&world, answer), TKV_DONE);
    struct json_out now = json_out(&world.mem.arena, 32);
    json_put_date(&now, world.mem.now);
    struct span minute = {json_out_span(&now).ptr, strlen("\"2026-01-01T00:00")};
    for (int cold = 0; cold < 2; cold++) {
      struct span thread = world_do(&world, TKV_OP_THREAD_GET, "{'threadId':'t1'}");
      if (!CHECK(span_starts(story_field(thread, "updatedAt"), minute)))
        CHECK_EQ(n, 0);
      world_restart(&world);
    }
    world_free(&world);
  }
}

/* Every message takes a write of its own: what could not end is not begun. */
TEST(messages_of_more_than_the_budget_are_refused_before_kv_is_asked) {
  struct world world;
  world_init(&world);
  world.store.max_operations = 20;
  story_thread(&world, "a", "u1", 0);
  size_t before = world.mem.requests;
  const char *many = story_messages_json(&world, "a", "u1", 1, 21);
  struct answer saved = world_run(&world, TKV_OP_MESSAGE_SAVE, "", many);
  CHECK_EQ(saved.status, TKV_ERR_BUDGET);
  CHECK_JSON(story_field(saved.text, "message"),
             "'too many messages for one call: give them in parts'");
  CHECK_EQ(world_run(&world, TKV_OP_MESSAGE_UPDATE, "", many).status, TKV_ERR_BUDGET);
  CHECK_EQ(world.mem.requests, before);
  story_messages(&world, "a", "u1", 1, 15);
  world_free(&world);
}
