/* test_lists.c: message.list and message.list_by_resource. */
#include "support/story.h"

/* Thread a: messages 1 to 6 of u1; b: 2 to 4 of u1; c: 3 and 9 of u2. */
static void start(struct world *world) {
  world_init(world);
  story_thread(world, "a", "u1", 0);
  story_thread(world, "b", "u1", 1);
  story_thread(world, "c", "u2", 2);
  story_messages(world, "a", "u1", 1, 6);
  story_messages(world, "b", "u1", 2, 4);
  story_messages(world, "c", "u2", 3, 3);
  story_messages(world, "c", "u2", 9, 9);
}

static const struct {
  const char *control, *payload, *ids, *total, *more;
} lists[] = {
    {"", "{'threadId':'a'}", "a-1 a-2 a-3 a-4 a-5 a-6", "6", "false"},
    {"{'direction':'DESC'}", "{'threadId':'a'}", "a-6 a-5 a-4 a-3 a-2 a-1", "6", "false"},
    {"{'perPage':2}", "{'threadId':'a'}", "a-1 a-2", "6", "true"},
    {"{'perPage':2,'page':2}", "{'threadId':'a'}", "a-5 a-6", "6", "false"},
    {"{'perPage':2,'page':9}", "{'threadId':'a'}", "", "6", "false"},
    {"{'perPage':2,'page':1,'direction':'DESC'}", "{'threadId':'a'}", "a-4 a-3", "6", "true"},
    {"{'perPage':false}", "{'threadId':['a','b']}", "a-1 a-2 b-2 a-3 b-3 a-4 b-4 a-5 a-6", "9",
     "false"},
    {"{'perPage':false}", "{'threadId':['b','c','b']}", "b-2 b-3 c-3 b-4 c-9", "5", "false"},
    {"{'perPage':0}", "{'threadId':'a'}", "", "0", "false"},
    {"", "{'threadId':'none'}", "", "0", "false"},
    {"", "{'threadId':'a','resourceId':'u1'}", "a-1 a-2 a-3 a-4 a-5 a-6", "6", "false"},
    {"", "{'threadId':'a','resourceId':'u2'}", "", "0", "false"},
    /* date ranges, ends included or not */
    {"", "{'threadId':'a','dateRange':{'start':'2026-01-01T00:03:00.000Z'}}", "a-3 a-4 a-5 a-6",
     "4", "false"},
    {"", "{'threadId':'a','dateRange':{'end':'2026-01-01T00:03:00.000Z'}}", "a-1 a-2 a-3", "3",
     "false"},
    {"",
     "{'threadId':'a','dateRange':{'start':'2026-01-01T00:02:00.000Z',"
     "'end':'2026-01-01T00:04:00.000Z','startExclusive':true,'endExclusive':true}}",
     "a-3", "1", "false"},
    {"", "{'threadId':'a','dateRange':{'start':'2026-01-02T00:00:00.000Z'}}", "", "0", "false"},
    /* metadata filters */
    {"", "{'threadId':'a','metadata':{'n':4}}", "a-4", "1", "false"},
    {"", "{'threadId':['a','b'],'metadata':{'n':4}}", "a-4 b-4", "2", "false"},
    {"", "{'threadId':'a','metadata':{'n':'4'}}", "", "0", "false"},
    {"", "{'threadId':'a','metadata':{}}", "a-1 a-2 a-3 a-4 a-5 a-6", "6", "false"},
    {"{'perPage':1}", "{'threadId':['a','b'],'metadata':{'n':3}}", "a-3", "2", "true"},
    {"{'perPage':1,'page':1}", "{'threadId':['a','b'],'metadata':{'n':3}}", "b-3", "2", "false"},
    {"{'perPage':1,'page':2}", "{'threadId':['a','b'],'metadata':{'n':3}}", "", "2", "false"},
};

static void check_lists(struct world *world) {
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
    struct answer answer =
        world_run(world, TKV_OP_MESSAGE_LIST, lists[i].control, lists[i].payload);
    check_context("%s of %s", lists[i].control, lists[i].payload);
    CHECK_EQ(answer.status, TKV_DONE);
    CHECK_TEXT(story_ids(world, answer.text), lists[i].ids);
    CHECK_TEXT(story_field(answer.text, "total"), lists[i].total);
    CHECK_TEXT(story_field(answer.text, "hasMore"), lists[i].more);
  }
}

TEST(message_lists) {
  struct world world;
  start(&world);
  check_lists(&world);
  world_restart(&world);
  check_lists(&world);
  world.store.strict = 1;
  world_restart(&world);
  check_lists(&world);
  world_free(&world);
}

TEST(message_lists_in_small_pages_and_without_metadata) {
  struct world world;
  start(&world);
  world.mem.list_page = 1;
  world.mem.empty_pages = true;
  world_restart(&world);
  check_lists(&world);
  world.mem.hide_metadata = true;
  world_restart(&world);
  check_lists(&world);
  world_free(&world);
}

TEST(message_lists_without_heads) {
  struct world world;
  start(&world);
  mem_delete(&world.mem, 0, SPAN("metadata:thread:a"));
  world_put(&world, "metadata:thread:b", "{'v':1,", "not JSON");
  world_put(&world, "metadata:thread:c", "{'v':2}", "");
  world_restart(&world);
  check_lists(&world);
  world_free(&world);
}

static const struct {
  const char *control, *payload, *ids;
} by_resource[] = {
    {"{'perPage':false}", "{'resourceId':'u1'}", "a-1 a-2 b-2 a-3 b-3 a-4 b-4 a-5 a-6"},
    {"{'perPage':2}", "{'resourceId':'u2'}", "c-3 c-9"},
    {"{'perPage':3,'direction':'DESC','includeTotal':false}", "{'resourceId':'u1'}", "a-6 a-5 b-4"},
    {"", "{'resourceId':'u3'}", ""},
    {"", "{'resourceId':'u1','dateRange':{'start':'2026-01-01T00:05:00.000Z'}}", "a-5 a-6"},
    {"", "{'resourceId':'u1','metadata':{'n':2}}", "a-2 b-2"},
};

TEST(message_lists_by_resource) {
  struct world world;
  start(&world);
  for (int cold = 0; cold < 2; cold++) {
    for (size_t i = 0; i < sizeof by_resource / sizeof *by_resource; i++) {
      struct answer answer = world_run(&world, TKV_OP_MESSAGE_LIST_BY_RESOURCE,
                                       by_resource[i].control, by_resource[i].payload);
      check_context("%s of %s", by_resource[i].control, by_resource[i].payload);
      CHECK_EQ(answer.status, TKV_DONE);
      CHECK_TEXT(story_ids(&world, answer.text), by_resource[i].ids);
    }
    world_restart(&world);
  }
  CHECK_EQ(world_run(&world, TKV_OP_MESSAGE_LIST_BY_RESOURCE, "", "{'resourceId':''}").status,
           TKV_ERR_INVALID_ARGUMENT);
  world_free(&world);
}

TEST(message_list_of_the_newest_takes_two_rounds) {
  struct world world;
  start(&world);
  world_restart(&world);
  world_log(&world);
  CHECK_TEXT(story_newest(&world, "a", 2), "a-6 a-5");
  CHECK_TEXT(json_out_span(&world.mem.log),
             "1 get metadata:thread:a\n2 get_many messages:a-6 | messages:a-5\n");
  world_free(&world);
}

/* More messages than a head holds: 128 of them. */
TEST(message_list_reaches_below_the_head) {
  struct world world;
  world_init(&world);
  story_thread(&world, "a", "u1", 0);
  for (int first = 1; first <= 700; first += 100)
    story_messages(&world, "a", "u1", first, first + 99);
  world_restart(&world);
  CHECK_TEXT(story_newest(&world, "a", 3), "a-700 a-699 a-698");
  struct answer answer =
      world_run(&world, TKV_OP_MESSAGE_LIST, "{'perPage':3,'page':0}", "{'threadId':'a'}");
  CHECK_TEXT(story_ids(&world, answer.text), "a-1 a-2 a-3");
  CHECK_TEXT(story_field(answer.text, "total"), "700");
  answer = world_run(&world, TKV_OP_MESSAGE_LIST,
                     "{'perPage':2,'page':300,'direction':'DESC','includeTotal':false}",
                     "{'threadId':'a'}");
  CHECK_TEXT(story_ids(&world, answer.text), "a-100 a-99");
  CHECK_TEXT(story_field(answer.text, "hasMore"), "true");
  world_free(&world);
}

/* ---- include: windows around messages ---- */

static const struct {
  const char *control, *payload, *ids;
} windows[] = {
    {"{'perPage':0}", "{'threadId':'a','include':[{'id':'a-3'}]}", "a-3"},
    {"{'perPage':0}",
     "{'threadId':'a','include':[{'id':'a-3','withPreviousMessages':1,'withNextMessages':2}]}",
     "a-2 a-3 a-4 a-5"},
    {"{'perPage':0}",
     "{'threadId':'a','include':[{'id':'a-1','withPreviousMessages':9,'withNextMessages':1}]}",
     "a-1 a-2"},
    {"{'perPage':0}",
     "{'threadId':'a','include':[{'id':'b-3','threadId':'b','withPreviousMessages':1}]}",
     "b-2 b-3"},
    {"{'perPage':0}", "{'threadId':'a','include':[{'id':'none'}]}", ""},
    {"{'perPage':0}", "{'threadId':'a','resourceId':'u1','include':[{'id':'c-3'}]}", ""},
    {"{'perPage':0}", "{'threadId':'a','include':[{'id':'c-3'},{'id':'a-2'},{'id':'a-2'}]}",
     "a-2 c-3"},
    {"{'perPage':2}", "{'threadId':'a','include':[{'id':'a-5','withNextMessages':1}]}",
     "a-1 a-2 a-5 a-6"},
    {"{'perPage':2,'direction':'DESC'}",
     "{'threadId':'a','include':[{'id':'a-1','withNextMessages':1}]}", "a-6 a-5 a-2 a-1"},
};

TEST(message_list_includes_windows) {
  struct world world;
  start(&world);
  for (int cold = 0; cold < 2; cold++) {
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
      struct answer answer =
          world_run(&world, TKV_OP_MESSAGE_LIST, windows[i].control, windows[i].payload);
      check_context("%s of %s", windows[i].control, windows[i].payload);
      CHECK_EQ(answer.status, TKV_DONE);
      CHECK_TEXT(story_ids(&world, answer.text), windows[i].ids);
    }
    world_restart(&world);
  }
  world_free(&world);
}

/* Four recalled messages far below the head: their thread's journal is listed once, not once for
 * each. */
TEST(message_list_loads_a_deep_thread_once_for_all_windows) {
  struct world world;
  world_init(&world);
  story_thread(&world, "a", "u1", 0);
  for (int first = 1; first <= 700; first += 100)
    story_messages(&world, "a", "u1", first, first + 99);
  world_restart(&world);
  world_log(&world);
  struct answer answer =
      world_run(&world, TKV_OP_MESSAGE_LIST, "{'perPage':0}",
                "{'threadId':'a','include':[{'id':'a-10','withNextMessages':1},{'id':'a-20'},"
                "{'id':'a-30'},{'id':'a-40'}]}");
  CHECK_TEXT(story_ids(&world, answer.text), "a-10 a-11 a-20 a-30 a-40");
  CHECK_EQ(world_logged(&world, " list "), 1);
  world_free(&world);
}

static const char *const bad[][2] = {
    {"", "{}"},
    {"", "[]"},
    {"", "{'threadId':''}"},
    {"", "{'threadId':' '}"},
    {"", "{'threadId':[]}"},
    {"", "{'threadId':['a','']}"},
    {"", "{'threadId':5}"},
    {"{'perPage':-1}", "{'threadId':'a'}"},
    {"{'perPage':true}", "{'threadId':'a'}"},
    {"{'page':-1}", "{'threadId':'a'}"},
    {"{'page':null}", "{'threadId':'a'}"},
    {"{'page':9007199254740992}", "{'threadId':'a'}"},
    {"", "{'threadId':'a','resourceId':5}"},
    {"", "{'threadId':'a','dateRange':5}"},
    {"", "{'threadId':'a','dateRange':{'start':'x'}}"},
    {"", "{'threadId':'a','dateRange':{'end':null}}"},
    {"", "{'threadId':'a','include':{}}"},
    {"", "{'threadId':'a','include':[1]}"},
    {"", "{'threadId':'a','include':[{}]}"},
    {"", "{'threadId':'a','include':[{'id':''}]}"},
    {"", "{'threadId':'a','include':[{'id':'m','threadId':''}]}"},
    {"", "{'threadId':'a','include':[{'id':'m','withNextMessages':-1}]}"},
    {"", "{'threadId':'a','include':[{'id':'m','withPreviousMessages':1.5}]}"},
};

static const char *const bad_filters[] = {
    "[]",
    "5",
    "'x'",
    "{'':1}",
    "{'a b':1}",
    "{'1a':1}",
    "{'__proto__':1}",
    "{'constructor':1}",
    "{'prototype':1}",
    "{'a':{}}",
    "{'a':[]}",
    "{'\\u0061':1}",
};

TEST(message_list_refuses_bad_questions_before_it_asks_kv) {
  struct world world;
  world_init(&world);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    check_context("%s of %s", bad[i][0], bad[i][1]);
    CHECK_EQ(world_run(&world, TKV_OP_MESSAGE_LIST, bad[i][0], bad[i][1]).status,
             TKV_ERR_INVALID_ARGUMENT);
  }
  for (size_t i = 0; i < sizeof bad_filters / sizeof *bad_filters; i++) {
    check_context("%s", bad_filters[i]);
    const char *payload = world_text(&world, "{'threadId':'a','metadata':%s}", bad_filters[i]);
    CHECK_EQ(world_run(&world, TKV_OP_MESSAGE_LIST, "", payload).status, TKV_ERR_INVALID_FILTER);
  }
  CHECK_EQ(world.mem.requests, 0);
  world_free(&world);
}

/* ---- What a head does not show is asked for later ---- */

TEST(message_list_asks_for_a_refresh_of_an_old_head) {
  struct world world;
  start(&world);
  world_restart(&world);
  const char *control = "{'perPage':2,'direction':'DESC','includeTotal':false}";
  CHECK_EQ(world_run(&world, TKV_OP_MESSAGE_LIST, control, "{'threadId':'a'}").followup.len, 0);
  story_later(&world, 61);
  struct answer answer = world_run(&world, TKV_OP_MESSAGE_LIST, control, "{'threadId':'a'}");
  CHECK_JSON(answer.followup, "{'collections':[{'kind':'thread','id':'a'}]}");
  CHECK(!answer.soon);
  CHECK_EQ(world_follow(&world, answer), TKV_DONE);
  CHECK_EQ(world_run(&world, TKV_OP_MESSAGE_LIST, control, "{'threadId':'a'}").followup.len, 0);
  world_free(&world);
}

/* Another isolate's save lost the race for the head: its journal entry is there, the head does not
 * name it. */
TEST(message_list_finds_what_a_lost_race_left_out_of_the_head) {
  struct world world;
  start(&world);
  struct span head = mem_find(&world.mem, 0, SPAN("metadata:thread:a"))->value;
  struct span metadata = mem_find(&world.mem, 0, SPAN("metadata:thread:a"))->metadata;
  story_messages(&world, "a", "u1", 7, 7);
  mem_put(&world.mem, 0, SPAN("metadata:thread:a"), head, metadata);
  world_restart(&world);
  CHECK_TEXT(story_list(&world, "a"),
             "a-1 a-2 a-3 a-4 a-5 a-6 a-7"); /* an exact question sees it at once */
  story_later(&world, 61);
  world_restart(&world);
  struct answer answer =
      world_run(&world, TKV_OP_MESSAGE_LIST,
                "{'perPage':1,'direction':'DESC','includeTotal':false}", "{'threadId':'a'}");
  CHECK_EQ(world_follow(&world, answer), TKV_DONE);
  world_restart(&world);
  CHECK_TEXT(story_newest(&world, "a", 1), "a-7");
  world_free(&world);
}

/* It is put in doubt first, and goes minutes later. */
TEST(message_list_drops_entries_whose_records_are_long_gone) {
  struct world world;
  start(&world);
  mem_delete(&world.mem, 0, SPAN("messages:a-6"));
  world_restart(&world);
  CHECK_TEXT(story_newest(&world, "a", 2), "a-5 a-4");
  for (int times = 0; times < 3; times++) {
    story_later(&world, 301);
    world_restart(&world);
    struct answer answer =
        world_run(&world, TKV_OP_MESSAGE_LIST,
                  "{'perPage':2,'direction':'DESC','includeTotal':false}", "{'threadId':'a'}");
    CHECK_TEXT(story_ids(&world, answer.text), "a-5 a-4");
    CHECK_EQ(world_follow(&world, answer), TKV_DONE);
  }
  for (size_t i = 0; i < world.mem.count; i++) {
    const struct mem_key *key = &world.mem.keys[i];
    const char *value = world_text(&world, "%.*s", (int)key->value.len, key->value.ptr);
    CHECK(!span_starts(key->key, SPAN("metadata:thread:a")) || !strstr(value, "a-6"));
  }
  world_free(&world);
}
