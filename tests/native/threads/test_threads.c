/* test_threads.c: thread.save, thread.get, thread.update, thread.list. */
#include "support/story.h"

static struct span get(struct world *world, const char *id) {
  return world_do(world, TKV_OP_THREAD_GET, world_text(world, "{'threadId':'%s'}", id));
}

TEST(thread_comes_back_byte_for_byte) {
  struct world world;
  const char *thread =
      "{'z':9007199254740993,'id':'t1','resourceId':'u1','title':'\\u00e9\\/\\ud800',"
      "'metadata':{'a':1e5,'a':0.30000000000000004,'__proto__':{}},"
      "'createdAt':'2026-01-01T00:00:00.000Z','updatedAt':'2026-01-02T00:00:00.000Z'}";
  world_init(&world);
  world_do(&world, TKV_OP_THREAD_SAVE, thread);
  CHECK_JSON(get(&world, "t1"), thread);
  world_restart(&world);
  CHECK_JSON(get(&world, "t1"), thread);
  world_free(&world);
}

TEST(thread_get_of_nothing_is_nothing) {
  struct world world;
  world_init(&world);
  CHECK_TEXT(get(&world, "t1"), "");
  story_thread(&world, "t1", "u1", 0);
  CHECK_TEXT(get(&world, "t1:x"), "");
  CHECK_JSON(world_do(&world, TKV_OP_THREAD_GET, "{'threadId':'t1','resourceId':'u2'}"), "");
  CHECK(world_do(&world, TKV_OP_THREAD_GET, "{'threadId':'t1','resourceId':'u1'}").len > 0);
  world_free(&world);
}

TEST(thread_get_takes_one_round) {
  struct world world;
  world_init(&world);
  story_thread(&world, "t1", "u1", 0);
  world_restart(&world);
  world_log(&world);
  get(&world, "t1");
  CHECK_TEXT(json_out_span(&world.mem.log), "1 get_many threads:t1 | metadata:thread:t1\n");
  world_free(&world);
}

/* Anything can be an id, save nothing and what is not Unicode. */
TEST(thread_ids_of_all_kinds) {
  static const char *const ids[] = {
      "a:b",      "%",         "%3A", "a/b",       "a b", "\xf0\x9f\x98\x80", "\\u0000", "\\n.",
      "messages", "__proto__", "42",  "thread:t1", ":"};
  struct world world;
  world_init(&world);
  for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
    story_thread(&world, ids[i], "u1", (int)i);
  for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
    check_context("%s", ids[i]);
    CHECK_JSON(get(&world, ids[i]), story_thread_json(&world, ids[i], "u1", (int)i));
  }
  world_free(&world);
}

static const struct {
  const char *payload;
  enum tkv_status status;
  const char *message;
} refused[] = {
    {"[]", TKV_ERR_INVALID_ARGUMENT, "the argument must be an object"},
    {"", TKV_ERR_INVALID_ARGUMENT, "the argument must be an object"},
    {"{'id':''}", TKV_ERR_INVALID_ARGUMENT, "thread.id: must be a non-empty string"},
    {"{'id':1}", TKV_ERR_INVALID_ARGUMENT, "thread.id: must be a non-empty string"},
    {"{'id':'\\ud800'}", TKV_ERR_INVALID_ARGUMENT, "thread.id: must be well-formed Unicode"},
    {"{'id':'t'}", TKV_ERR_INVALID_ARGUMENT, "thread.resourceId: must be a string"},
    {"{'id':'t','resourceId':'u','title':1}", TKV_ERR_INVALID_ARGUMENT,
     "thread.title: must be a string"},
    {"{'id':'t','resourceId':'u','metadata':[]}", TKV_ERR_INVALID_ARGUMENT,
     "thread.metadata: must be an object"},
    {"{'id':'t','resourceId':'u','createdAt':'yesterday'}", TKV_ERR_INVALID_ARGUMENT,
     "thread.createdAt: must be a valid date"},
    {"{'id':'t','resourceId':'u','createdAt':'2026-01-01T00:00:00.000Z','updatedAt':null}",
     TKV_ERR_INVALID_ARGUMENT, "thread.updatedAt: must be a valid date"},
    {"{'id':'t','resourceId':'u','createdAt':'2026-01-01T00:00:00.000Z',"
     "'updatedAt':'2026-01-01T00:00:00.000Z','archivedAt':1}",
     TKV_ERR_INVALID_ARGUMENT, "thread.archivedAt: must be a valid date"},
    {"{'id':'t'", TKV_ERR_INVALID_ARGUMENT,
     "what is stored must be JSON, nested at most 500 levels deep"},
};

/* The message of a failed call. */
static struct span message_of(struct world *world, struct answer answer) {
  struct span text = SPAN_NONE;
  CHECK(json_string(&world->mem.arena, story_field(answer.text, "message"), &text));
  return text;
}

TEST(thread_save_refuses_bad_threads_before_it_asks_kv) {
  struct world world;
  world_init(&world);
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    struct answer answer = world_run(&world, TKV_OP_THREAD_SAVE, "", refused[i].payload);
    check_context("%s", refused[i].payload);
    CHECK_EQ(answer.status, refused[i].status);
    CHECK_TEXT(message_of(&world, answer), refused[i].message);
  }
  CHECK_EQ(world.mem.requests, 0);
  world_free(&world);
}

TEST(thread_save_refuses_ids_whose_keys_are_too_long) {
  struct world world;
  char id[513] = {0};
  world_init(&world);
  memset(id, 'x', sizeof id - 1);
  struct answer answer =
      world_run(&world, TKV_OP_THREAD_SAVE, "", story_thread_json(&world, id, "u1", 0));
  CHECK_EQ(answer.status, TKV_ERR_KEY_TOO_LONG);
  answer = world_run(&world, TKV_OP_THREAD_SAVE, "", story_thread_json(&world, "t", id, 0));
  CHECK_EQ(answer.status, TKV_ERR_KEY_TOO_LONG);
  id[480] = 0; /* the thread's key would fit, its journal's does not */
  answer = world_run(&world, TKV_OP_THREAD_SAVE, "", story_thread_json(&world, id, "u1", 0));
  CHECK_EQ(answer.status, TKV_ERR_KEY_TOO_LONG);
  CHECK_EQ(world.mem.requests, 0);
  id[200] = 0;
  story_thread(&world, id, "u1", 0);
  CHECK_JSON(get(&world, id), story_thread_json(&world, id, "u1", 0));
  world_free(&world);
}

TEST(thread_save_overwrites) {
  struct world world;
  world_init(&world);
  story_thread(&world, "t1", "u1", 0);
  const char *second = story_thread_json(&world, "t1", "u1", 0);
  second = world_text(&world, "%.*s,'extra':true}", (int)strlen(second) - 1, second);
  world_do(&world, TKV_OP_THREAD_SAVE, second);
  world_restart(&world);
  CHECK_JSON(get(&world, "t1"), second);
  struct answer list = world_run(&world, TKV_OP_THREAD_LIST, "", "{'resourceId':'u1'}");
  CHECK_TEXT(story_field(list.text, "total"), "1");
  world_free(&world);
}

TEST(thread_save_moves_a_thread_to_another_resource) {
  struct world world;
  world_init(&world);
  story_thread(&world, "t1", "u1", 0);
  story_thread(&world, "t1", "u2", 1);
  for (int cold = 0; cold < 2; cold++) {
    CHECK_JSON(story_ids(&world, world_do(&world, TKV_OP_THREAD_LIST, "{'resourceId':'u1'}")), "");
    CHECK_JSON(story_ids(&world, world_do(&world, TKV_OP_THREAD_LIST, "{'resourceId':'u2'}")),
               "t1");
    world_restart(&world);
  }
  world_free(&world);
}

TEST(thread_save_heals_a_damaged_record) {
  struct world world;
  world_init(&world);
  world_put(&world, "threads:t1", "{'id':", "");
  struct answer answer = world_run(&world, TKV_OP_THREAD_GET, "", "{'threadId':'t1'}");
  CHECK_EQ(answer.status, TKV_ERR_CORRUPT);
  CHECK_JSON(story_field(story_field(answer.text, "details"), "key"), "'threads:t1'");
  story_thread(&world, "t1", "u1", 0);
  CHECK_JSON(get(&world, "t1"), story_thread_json(&world, "t1", "u1", 0));
  world_free(&world);
}

TEST(thread_that_is_of_another_id_is_damaged) {
  struct world world;
  world_init(&world);
  story_thread(&world, "t1", "u1", 0);
  world_put(&world, "threads:t2", story_thread_json(&world, "t1", "u1", 0), "");
  CHECK_EQ(world_run(&world, TKV_OP_THREAD_GET, "", "{'threadId':'t2'}").status, TKV_ERR_CORRUPT);
  CHECK_EQ(world_run(&world, TKV_OP_THREAD_UPDATE, "", "{'id':'t2','title':'x'}").status,
           TKV_ERR_CORRUPT);
  story_thread(&world, "t2", "u1", 0);
  CHECK_JSON(get(&world, "t2"), story_thread_json(&world, "t2", "u1", 0));
  world_free(&world);
}

TEST(thread_update_changes_what_is_given) {
  struct world world;
  world_init(&world);
  story_thread(&world, "t1", "u1", 0);
  story_later(&world, 60);
  struct span updated =
      world_do(&world, TKV_OP_THREAD_UPDATE, "{'id':'t1','title':'new','metadata':{'m':2}}");
  CHECK_JSON(updated,
             "{'id':'t1','resourceId':'u1','title':'new','metadata':{'n':0,'m':2},"
             "'createdAt':'2026-01-01T00:00:00.000Z','updatedAt':'2026-01-01T00:01:00.000Z'}");
  world_restart(&world);
  CHECK_SPAN(get(&world, "t1"), updated);
  world_free(&world);
}

TEST(thread_archives_and_comes_back) {
  struct world world;
  world_init(&world);
  story_thread(&world, "t1", "u1", 0);
  story_thread(&world, "t2", "u1", 1);
  story_later(&world, 60);
  struct span archived =
      world_do(&world, TKV_OP_THREAD_UPDATE, "{'id':'t1','archivedAt':'2026-01-01T00:00:30.000Z'}");
  CHECK_JSON(story_field(archived, "archivedAt"), "'2026-01-01T00:00:30.000Z'");
  CHECK_JSON(story_field(archived, "updatedAt"),
             "'2026-01-01T00:00:00.000Z'"); /* archiving is no update */
  static const char *const payloads[] = {"{'resourceId':'u1'}", "{}"};
  for (int by = 0; by < 2; by++) {
    CHECK_JSON(
        story_ids(&world,
                  world_run(&world, TKV_OP_THREAD_LIST, "{'archived':true}", payloads[by]).text),
        "t1");
    CHECK_JSON(
        story_ids(&world,
                  world_run(&world, TKV_OP_THREAD_LIST, "{'archived':false}", payloads[by]).text),
        "t2");
    CHECK_TEXT(story_ids(&world, world_run(&world, TKV_OP_THREAD_LIST, "", payloads[by]).text),
               "t2 t1");
  }
  world_do(&world, TKV_OP_THREAD_UPDATE, "{'id':'t1','archivedAt':null}");
  CHECK_JSON(
      story_ids(&world, world_run(&world, TKV_OP_THREAD_LIST, "{'archived':true}", "{}").text), "");
  world_free(&world);
}

TEST(thread_update_of_nothing_is_not_found) {
  struct world world;
  world_init(&world);
  struct answer answer = world_run(&world, TKV_OP_THREAD_UPDATE, "", "{'id':'t1','title':'new'}");
  CHECK_EQ(answer.status, TKV_ERR_NOT_FOUND);
  CHECK_TEXT(message_of(&world, answer), "Thread t1 not found");
  CHECK_EQ(world.mem.count, 0);
  world_free(&world);
}

TEST(thread_updated_at_follows_its_messages_without_a_write_of_the_record) {
  struct world world;
  world_init(&world);
  story_thread(&world, "t1", "u1", 0);
  story_later(&world, 60);
  world_log(&world);
  story_messages(&world, "t1", "u1", 1, 1);
  CHECK_EQ(world_logged(&world, "put threads:"), 0);
  world_restart(&world);
  CHECK_JSON(story_field(get(&world, "t1"), "updatedAt"), "'2026-01-01T00:01:00.000Z'");
  world_free(&world);
}

/* ---- Lists ---- */

static void save_five(struct world *world) {
  world_init(world);
  story_thread(world, "a", "u1", 1);
  story_thread(world, "b", "u1", 5);
  story_thread(world, "c", "u2", 3);
  story_thread(world, "d", "u1", 3);
  story_thread(world, "e", "u1", 4);
}

static const struct {
  const char *control, *payload, *ids, *total, *more;
} lists[] = {
    {"", "{}", "b e c d a", "5", "false"},
    {"{'direction':'ASC'}", "{}", "a c d e b", "5", "false"},
    {"{'perPage':2}", "{}", "b e", "5", "true"},
    {"{'perPage':2,'page':1}", "{}", "c d", "5", "true"},
    {"{'perPage':2,'page':2}", "{}", "a", "5", "false"},
    {"{'perPage':2,'page':3}", "{}", "", "5", "false"},
    {"{'perPage':false}", "{}", "b e c d a", "5", "false"},
    {"", "{'resourceId':'u1'}", "b e d a", "4", "false"},
    {"{'perPage':2,'direction':'ASC'}", "{'resourceId':'u1'}", "a d", "4", "true"},
    {"{'field':'updatedAt'}", "{'resourceId':'u1'}", "b e d a", "4", "false"},
    {"", "{'resourceId':'u3'}", "", "0", "false"},
    {"", "{'metadata':{'n':3}}", "c d", "2", "false"},
    {"", "{'metadata':{'n':3},'resourceId':'u1'}", "d", "1", "false"},
    {"", "{'metadata':{'n':3.0}}", "", "0", "false"},
    {"", "{'metadata':{'m':3}}", "", "0", "false"},
    {"", "{'metadata':{}}", "b e c d a", "5", "false"},
    {"{'archived':true}", "{}", "", "0", "false"},
};

static void check_lists(struct world *world) {
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
    struct answer answer = world_run(world, TKV_OP_THREAD_LIST, lists[i].control, lists[i].payload);
    check_context("%s of %s", lists[i].control, lists[i].payload);
    CHECK_EQ(answer.status, TKV_DONE);
    CHECK_TEXT(story_ids(world, answer.text), lists[i].ids);
    CHECK_TEXT(story_field(answer.text, "total"), lists[i].total);
    CHECK_TEXT(story_field(answer.text, "hasMore"), lists[i].more);
  }
}

TEST(thread_lists) {
  struct world world;
  save_five(&world);
  check_lists(&world); /* where they were written */
  world_restart(&world);
  check_lists(&world); /* elsewhere */
  world.mem.list_page = 2;
  world.mem.empty_pages = true;
  world_restart(&world);
  check_lists(&world); /* in many small pages, the first of them empty */
  world_free(&world);
}

TEST(thread_lists_without_metadata) {
  struct world world;
  save_five(&world);
  world.mem.hide_metadata = true;
  check_lists(&world);
  world_restart(&world);
  check_lists(&world);
  world_free(&world);
}

/* Metadata that finds no room beside the record is read from it. */
TEST(thread_lists_by_metadata_of_any_size) {
  struct world world;
  char padding[1500] = {0};
  world_init(&world);
  memset(padding, 'x', sizeof padding - 1);
  for (int i = 0; i < 4; i++) {
    const char *date = story_date(&world, i);
    world_do(&world, TKV_OP_THREAD_SAVE,
             world_text(&world,
                        "{'id':'t%d','resourceId':'u1','createdAt':%s,'updatedAt':%s,"
                        "'metadata':{'n':%d,'padding':'%s'}}",
                        i, date, date, i % 2, i < 2 ? padding : ""));
  }
  world_restart(&world);
  struct answer answer = world_run(&world, TKV_OP_THREAD_LIST, "", "{'metadata':{'n':1}}");
  CHECK_TEXT(story_ids(&world, answer.text), "t3 t1");
  answer = world_run(&world, TKV_OP_THREAD_LIST, "{'perPage':1}", "{'metadata':{'n':0}}");
  CHECK_TEXT(story_ids(&world, answer.text), "t2");
  CHECK_TEXT(story_field(answer.text, "hasMore"), "true");
  world_free(&world);
}

TEST(thread_lists_refuse_bad_pages) {
  static const char *const bad[] = {"{'page':-1}",
                                    "{'page':1.5}",
                                    "{'perPage':-1}",
                                    "{'perPage':'2'}",
                                    "{'page':9007199254740992,'perPage':9007199254740992}",
                                    "{'page':1,'perPage':false}"};
  struct world world;
  world_init(&world);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    check_context("%s", bad[i]);
    CHECK_EQ(world_run(&world, TKV_OP_THREAD_LIST, bad[i], "{}").status, TKV_ERR_INVALID_ARGUMENT);
  }
  CHECK_EQ(world_run(&world, TKV_OP_THREAD_LIST, "", "{'metadata':{'__proto__':1}}").status,
           TKV_ERR_INVALID_ARGUMENT);
  CHECK_EQ(world_run(&world, TKV_OP_THREAD_LIST, "", "{'metadata':[]}").status,
           TKV_ERR_INVALID_ARGUMENT);
  CHECK_EQ(world.mem.requests, 0);
  world_free(&world);
}

TEST(thread_lists_sort_by_the_effective_updated_at) {
  struct world world;
  save_five(&world);
  story_later(&world, 600);
  story_messages(&world, "a", "u1", 1, 1); /* bumps the oldest */
  world_restart(&world);
  CHECK_JSON(
      story_ids(&world, world_run(&world, TKV_OP_THREAD_LIST, "{'field':'updatedAt'}", "{}").text),
      "a b e c d");
  world_free(&world);
}
