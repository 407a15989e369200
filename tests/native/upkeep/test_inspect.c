/* test_inspect.c: record.scan, record.get, collection.scan; and saves that bring back what was. */
#include "support/story.h"

#define THREAD(id, updated)                                                                        \
  "{'id':'" id "','resourceId':'u','createdAt':'2026-01-01T00:00:00.000Z','updatedAt':'" updated   \
  "'}"
#define MESSAGE(id, thread)                                                                        \
  "{'id':'" id "','threadId':'" thread                                                             \
  "','resourceId':'u','role':'user','content':[1.0],'createdAt':'2026-01-01T00:00:00.000Z'}"
#define SAVED "2026-01-01T00:00:00.000Z"

static struct span ask(struct world *world, enum tkv_op op, const char *control,
                       const char *payload) {
  struct answer answer = world_run(world, op, control, payload);
  CHECK_EQ(answer.status, TKV_DONE);
  return answer.text;
}

static bool contains(struct span text, struct span word) {
  for (size_t i = 0; i + word.len <= text.len; i++)
    if (span_starts(span_from(text, i), word))
      return true;
  return false;
}

/* Threads a and b with a message each, saved a minute later. */
static void fill(struct world *world) {
  world_init(world);
  world->prefix = "p_";
  world_do(world, TKV_OP_THREAD_SAVE, THREAD("a", SAVED));
  world_do(world, TKV_OP_THREAD_SAVE, THREAD("b", SAVED));
  story_later(world, 60);
  world_do(world, TKV_OP_MESSAGE_SAVE, "[" MESSAGE("m1", "a") "," MESSAGE("m2", "b") "]");
}

TEST(record_scan_tells_records_as_they_are) {
  struct world world;
  fill(&world);
  CHECK_JSON(ask(&world, TKV_OP_RECORD_SCAN, "{'table':'messages'}", "{'cursor':null}"),
             "{'cursor':null,'records':[['p_messages:m1'," MESSAGE(
                 "m1", "a") "],['p_messages:m2'," MESSAGE("m2", "b") "]]}");
  CHECK_JSON(ask(&world, TKV_OP_RECORD_SCAN, "{'table':'messages'}", "{'keys':true}"),
             "{'cursor':null,'records':[['p_messages:m1'],['p_messages:m2']]}");
  CHECK_JSON(ask(&world, TKV_OP_RECORD_GET, "{'table':'messages'}", "{'ids':['m2','m9']}"),
             "{'cursor':null,'records':[['p_messages:m2'," MESSAGE("m2", "b") "]]}");
  world_free(&world);
}

TEST(record_scan_tells_when_a_thread_was_last_touched) {
  struct world world;
  fill(&world);
  const char *wanted =
      "{'cursor':null,'records':[['p_threads:a'," THREAD("a", "2026-01-01T00:01:00.000Z") "]]}";
  for (int metadata = 0; metadata < 2; metadata++) {
    CHECK_JSON(ask(&world, TKV_OP_RECORD_GET, "{'table':'threads'}", "{'ids':['a']}"), wanted);
    world.mem.hide_metadata = true;
    world_restart(&world);
  }
  world_free(&world);
}

TEST(record_scan_names_what_is_damaged) {
  struct world world;
  fill(&world);
  world_put(&world, "p_messages:m1", "{", "");
  world_put(&world, "p_threads:a", "{'id':'a'}", "");
  world_put(&world, "p_resources:u", "[", "");
  CHECK_JSON(ask(&world, TKV_OP_RECORD_GET, "{'table':'messages'}", "{'ids':['m1']}"),
             "{'cursor':null,'records':[['p_messages:m1']]}");
  CHECK_JSON(ask(&world, TKV_OP_RECORD_GET, "{'table':'threads'}", "{'ids':['a']}"),
             "{'cursor':null,'records':[['p_threads:a']]}");
  CHECK_JSON(ask(&world, TKV_OP_RECORD_SCAN, "{'table':'resources'}", "{}"),
             "{'cursor':null,'records':[['p_resources:u']]}");
  world_free(&world);
}

TEST(record_scan_goes_by_pages) {
  struct world world;
  fill(&world);
  const char *payload = "{'keys':true}";
  for (int page = 0; page < 2; page++) {
    struct span answer =
        ask(&world, TKV_OP_RECORD_SCAN, "{'table':'messages','perPage':1}", payload);
    struct span cursor = story_field(answer, "cursor");
    CHECK_JSON(story_field(answer, "records"),
               page ? "[['p_messages:m2']]" : "[['p_messages:m1']]");
    CHECK_EQ(json_is_null(cursor), page == 1);
    payload = world_text(&world, "{'keys':true,'cursor':%.*s}", (int)cursor.len, cursor.ptr);
  }
  world_free(&world);
}

TEST(collection_scan_tells_whom_journals_name) {
  struct world world;
  fill(&world);
  CHECK_JSON(ask(&world, TKV_OP_COLLECTION_SCAN, "", "{'kind':'thread'}"),
             "{'cursor':null,'collections':[['a',0,[]],['a',0,['m1']],['b',0,[]],['b',0,['m2']]],"
             "'damaged':[]}");
  CHECK_JSON(ask(&world, TKV_OP_COLLECTION_SCAN, "", "{'kind':'resource'}"),
             "{'cursor':null,'collections':[['u',0,[]],['u',0,['b']],['u',0,['a']]],'damaged':[]}");
  world_free(&world);
}

TEST(collection_scan_passes_over_what_was_deleted) {
  struct world world;
  fill(&world);
  world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'a'}");
  story_later(&world, 60);
  world_do(&world, TKV_OP_THREAD_SAVE, THREAD("a", SAVED));
  world_do(&world, TKV_OP_MESSAGE_SAVE, "[" MESSAGE("m3", "a") "]");
  world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'b'}");
  for (int metadata = 0; metadata < 2; metadata++) {
    struct span found = ask(&world, TKV_OP_COLLECTION_SCAN, "", "{'kind':'thread'}");
    struct span text = story_field(found, "collections");
    CHECK(span_starts(text, world_json(&world, "[['a',0,[]],['a',0,['m3']],")));
    CHECK(!contains(text, SPAN("m1")));
    CHECK(contains(text, SPAN("[\"b\",1,")));
    world.mem.hide_metadata = true;
    world_restart(&world);
  }
  world_free(&world);
}

TEST(restored_messages_leave_their_thread_as_it_was) {
  struct world world;
  fill(&world);
  struct span before = world_do(&world, TKV_OP_THREAD_GET, "{'threadId':'a'}");
  world_restart(&world);
  story_later(&world, 600);
  ask(&world, TKV_OP_MESSAGE_SAVE, "{'restore':true}", "[" MESSAGE("m3", "a") "]");
  CHECK_SPAN(world_do(&world, TKV_OP_THREAD_GET, "{'threadId':'a'}"), before);
  CHECK_TEXT(story_list(&world, "a"), "m1 m3");
  world_free(&world);
}

/* How many keys there are. */
static size_t restore(struct world *world) {
  world_restart(world);
  world_log(world);
  ask(world, TKV_OP_THREAD_SAVE, "{'restore':true}", THREAD("a", SAVED));
  ask(world, TKV_OP_MESSAGE_SAVE, "{'restore':true}",
      "[" MESSAGE("m1", "a") "," MESSAGE("m4", "a") "]");
  CHECK_EQ(world_logged(world, "list"), 0);
  return world->mem.count;
}

TEST(restoring_twice_is_restoring_once) {
  struct world world;
  world_init(&world);
  size_t once = restore(&world);
  CHECK_EQ(restore(&world), once);
  CHECK_TEXT(story_list(&world, "a"), "m1 m4");
  world_free(&world);
}

TEST(restoring_mends_what_a_lost_journal_or_head_left) {
  struct world world;
  for (int lost = 0; lost < 3; lost++) {
    check_context("lost %d", lost);
    world_init(&world);
    restore(&world);
    for (size_t i = world.mem.count; i-- > 0;) {
      struct mem_key key = world.mem.keys[i];
      bool journal = contains(key.key, SPAN(":a:")) || contains(key.key, SPAN(":u:"));
      bool head = !journal && span_starts(key.key, SPAN("metadata:"));
      if ((journal && lost != 1) || (head && lost != 0))
        mem_delete(&world.mem, key.space, key.key);
    }
    restore(&world);
    world_restart(&world);
    CHECK_TEXT(story_list(&world, "a"), "m1 m4");
    struct answer list = world_run(&world, TKV_OP_THREAD_LIST, "", "{'resourceId':'u'}");
    CHECK_TEXT(story_ids(&world, list.text), "a");
    world_free(&world);
  }
}

TEST(inspections_refuse_bad_arguments_before_they_ask_kv) {
  static const struct {
    enum tkv_op op;
    const char *control, *payload;
  } cases[] = {
      {TKV_OP_RECORD_SCAN, "", "{}"},
      {TKV_OP_RECORD_SCAN, "{'table':'cats'}", "{}"},
      {TKV_OP_RECORD_SCAN, "{'table':'threads','perPage':-1}", "{}"},
      {TKV_OP_RECORD_SCAN, "{'table':'threads'}", "{'cursor':7}"},
      {TKV_OP_RECORD_GET, "{'table':'threads'}", "{}"},
      {TKV_OP_RECORD_GET, "{'table':'threads'}", "{'ids':['']}"},
      {TKV_OP_RECORD_GET, "{'table':'scores'}", "{'ids':[['a',7]]}"},
      {TKV_OP_COLLECTION_SCAN, "", "{'kind':'cat'}"},
      {TKV_OP_COLLECTION_SCAN, "", "{'kind':'thread','cursor':7}"},
      {TKV_OP_VERIFY_RECORDS, "{'table':'scores'}", "{}"},
      {TKV_OP_VERIFY_RECORDS, "{'table':'threads'}", "{'cursor':7}"},
      {TKV_OP_VERIFY_COLLECTION, "", "{'kind':'thread','id':''}"},
      {TKV_OP_VERIFY_COLLECTION, "", "{'kind':'thread','id':'a','after':7}"},
      {TKV_OP_VERIFY_COLLECTION, "", "{'kind':'thread','id':'a','after':[7]}"},
  };
  struct world world;
  world_init(&world);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    check_context("case %zu: %s %s", i, cases[i].control, cases[i].payload);
    CHECK_EQ(world_run(&world, cases[i].op, cases[i].control, cases[i].payload).status,
             TKV_ERR_INVALID_ARGUMENT);
  }
  CHECK_EQ(world.mem.requests, 0);
  world_free(&world);
}
