/* test_store.c: store.init, store.clear, store.sweep, thread.delete, thread.copy, and the prefix.
 */
#include "support/story.h"

TEST(store_init_writes_the_schema_once) {
  struct world world;
  world_init(&world);
  world_log(&world);
  world_do(&world, TKV_OP_STORE_INIT, "");
  world_restart(&world);
  world_do(&world, TKV_OP_STORE_INIT, "");
  CHECK_TEXT(json_out_span(&world.mem.log),
             "1 get metadata:schema\n2 put metadata:schema\n3 get metadata:schema\n");
  world_free(&world);
}

/* The question goes out with the call's own first reads, and nothing is written before the answer. */
TEST(store_check_goes_with_the_first_reads) {
  struct world world;
  world_init(&world);
  world.store.check = 1;
  world_log(&world);
  story_thread(&world, "a", "u1", 0);
  struct span log = json_out_span(&world.mem.log),
              wanted = SPAN("1 get_many metadata:schema | threads:a | metadata:resource:u1\n");
  CHECK(span_starts(log, wanted));
  CHECK_EQ(world_logged(&world, "put metadata:schema"), 1);
  world_restart(&world);
  world_put(&world, "metadata:schema", "{'v':1,'format':2}", "");
  CHECK_EQ(world_run(&world, TKV_OP_THREAD_DELETE, "", "{'threadId':'a'}").status,
           TKV_ERR_FORMAT_TOO_NEW);
  CHECK_EQ(world_run(&world, TKV_OP_WORKFLOW_DELETE, "", "{'workflowName':'w','runId':'r'}").status,
           TKV_ERR_FORMAT_TOO_NEW);
  CHECK_EQ(world_run(&world, TKV_OP_ROW_GET, "{'table':'scores'}", "[]").status,
           TKV_ERR_FORMAT_TOO_NEW); /* which reads nothing itself */
  CHECK_EQ(world_logged(&world, "delete "), 0);
  world_put(&world, "metadata:schema", "{'v':1,'format':1}", "");
  world_restart(&world);
  CHECK_EQ(world_run(&world, TKV_OP_WORKFLOW_DELETE, "", "{'workflowName':'w','runId':'r'}").status,
           TKV_DONE);
  CHECK_EQ(world_logged(&world, "delete workflow_snapshot:"), 1);
  world_free(&world);
}

TEST(store_init_refuses_a_newer_format_and_a_damaged_schema) {
  struct world world;
  world_init(&world);
  world_put(&world, "metadata:schema", "{'v':1,'format':2}", "");
  CHECK_EQ(world_run(&world, TKV_OP_STORE_INIT, "", "").status, TKV_ERR_FORMAT_TOO_NEW);
  static const char *const damaged[] = {"", "{", "[]", "{}", "{'format':'1'}", "{'format':0}"};
  for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
    world_put(&world, "metadata:schema", damaged[i], "");
    world_restart(&world);
    check_context("%s", damaged[i]);
    CHECK_EQ(world_run(&world, TKV_OP_STORE_INIT, "", "").status, TKV_ERR_CORRUPT);
  }
  world_free(&world);
}

/* ---- Deleting threads ---- */

static size_t count_keys(const struct world *world, const char *prefix) {
  size_t count = 0;
  for (size_t i = 0; i < world->mem.count; i++)
    count += span_starts(world->mem.keys[i].key, text_span(prefix));
  return count;
}

TEST(thread_delete_leaves_nothing_of_the_thread_and_all_of_others) {
  struct world world;
  world_init(&world);
  story_thread(&world, "a", "u1", 0);
  story_thread(&world, "a:b", "u1", 1);
  story_messages(&world, "a", "u1", 1, 5);
  story_messages(&world, "a", "u1", 6, 7);
  story_messages(&world, "a:b", "u1", 1, 2);
  CHECK_JSON(world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'a'}"),
             "{'deleted':7,'pending':false}");
  CHECK_EQ(count_keys(&world, "messages:"), 2);
  for (int cold = 0; cold < 2; cold++) {
    CHECK_JSON(world_do(&world, TKV_OP_THREAD_GET, "{'threadId':'a'}"), "");
    CHECK_TEXT(story_list(&world, "a"), "");
    CHECK_TEXT(story_list(&world, "a:b"), "a:b-1 a:b-2");
    CHECK_JSON(story_ids(&world, world_do(&world, TKV_OP_THREAD_LIST, "{'resourceId':'u1'}")),
               "a:b");
    world_restart(&world);
  }
  CHECK_JSON(world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'a'}"),
             "{'deleted':0,'pending':false}");
  story_later(&world, 200);
  world_do(&world, TKV_OP_STORE_SWEEP, "");
  CHECK_EQ(count_keys(&world, "metadata:thread:a:"), 0);
  world_free(&world);
}

/* For some minutes a tombstone stands in for the thread: what was saved elsewhere meanwhile may
 * come to light late. */
TEST(thread_delete_is_over_when_all_caches_are) {
  struct world world;
  world_init(&world);
  story_thread(&world, "a", "u1", 0);
  story_messages(&world, "a", "u1", 1, 5);
  world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'a'}");
  CHECK_EQ(count_keys(&world, "threads:a"), 1);
  CHECK_EQ(count_keys(&world, "metadata:sweep:a"), 1);
  CHECK_EQ(count_keys(&world, "metadata:thread:a"),
           2); /* the head, and a journal entry: it is young */
  world_do(&world, TKV_OP_STORE_SWEEP, "");
  CHECK_EQ(count_keys(&world, "threads:a"), 1);
  story_later(&world, 200);
  CHECK_JSON(world_do(&world, TKV_OP_STORE_SWEEP, ""), "{'deleted':0,'pending':0}");
  CHECK_EQ(world.mem.count, count_keys(&world, "metadata:resource:u1") + 2); /* tombstone, head */
  world_free(&world);
}

TEST(thread_that_is_deleted_takes_no_messages_and_may_be_saved_anew) {
  struct world world;
  world_init(&world);
  story_thread(&world, "a", "u1", 0);
  story_messages(&world, "a", "u1", 1, 3);
  world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'a'}");
  CHECK_EQ(world_run(&world, TKV_OP_MESSAGE_SAVE, "", story_messages_json(&world, "a", "u1", 4, 4))
               .status,
           TKV_ERR_NOT_FOUND);
  story_thread(&world, "a", "u1", 5);
  CHECK_TEXT(story_list(&world, "a"), "");
  story_messages(&world, "a", "u1", 9, 9);
  for (int cold = 0; cold < 2; cold++) {
    CHECK_TEXT(story_list(&world, "a"), "a-9");
    CHECK_TEXT(story_newest(&world, "a", 5), "a-9");
    world_restart(&world);
  }
  world_free(&world);
}

/* A thread larger than the budget: gone at once for readers, swept afterwards. */
static void bury_large_thread(struct world *world) {
  world_init(world);
  story_thread(world, "a", "u1", 0);
  for (int first = 1; first <= 90; first += 10)
    story_messages(world, "a", "u1", first, first + 9);
  world->store.max_operations = 40;
  struct answer answer = world_run(world, TKV_OP_THREAD_DELETE, "", "{'threadId':'a'}");
  CHECK_EQ(answer.status, TKV_DONE);
  CHECK_TEXT(story_field(answer.text, "pending"), "true");
}

TEST(thread_delete_stops_at_its_budget_and_sweep_finishes) {
  struct world world;
  bury_large_thread(&world);
  CHECK_JSON(world_do(&world, TKV_OP_THREAD_GET, "{'threadId':'a'}"), "");
  CHECK_TEXT(story_list(&world, "a"), "");
  CHECK_JSON(story_ids(&world, world_do(&world, TKV_OP_THREAD_LIST, "{'resourceId':'u1'}")), "");
  CHECK_TEXT(story_ids(&world, world_do(&world, TKV_OP_THREAD_LIST, "{}")), "");
  int sweeps = 0;
  struct span swept;
  story_later(&world, 200);
  do {
    world_faults(&world, (struct mem_fault){0});
    world_restart(&world);
    swept = world_do(&world, TKV_OP_STORE_SWEEP, "");
    CHECK(world.mem.requests <= 40);
  } while (++sweeps < 20 && !span_eq(story_field(swept, "pending"), SPAN("0")));
  CHECK(sweeps > 1 && sweeps < 20);
  CHECK_EQ(world.mem.count, count_keys(&world, "metadata:resource:u1") + 2); /* tombstone, head */
  world_free(&world);
}

TEST(sweep_spares_a_thread_that_lives_again) {
  struct world world;
  bury_large_thread(&world);
  world.store.max_operations = 900;
  story_later(&world, 5);
  story_thread(&world, "a", "u1", 100);
  story_messages(&world, "a", "u1", 200, 201);
  story_messages(&world, "a", "u1", 90, 90); /* one of the old ones, saved anew */
  world_restart(&world);
  CHECK_TEXT(story_list(&world, "a"), "a-90 a-200 a-201");
  story_later(&world, 200);
  CHECK_TEXT(story_field(world_do(&world, TKV_OP_STORE_SWEEP, ""), "pending"), "0");
  world_restart(&world);
  CHECK_TEXT(story_list(&world, "a"), "a-90 a-200 a-201");
  CHECK_EQ(count_keys(&world, "messages:"), 3);
  CHECK_EQ(count_keys(&world, "metadata:sweep:"), 0);
  world_free(&world);
}

/* Without metadata nothing tells under which journal entry a message was saved last.  What the living
 * thread names is its own; the rest goes, and none of it is left without a name. */
TEST(sweep_tells_old_from_new_without_metadata) {
  for (int restart = 0; restart < 2; restart++) {
    struct world world;
    bury_large_thread(&world);
    size_t left = count_keys(&world, "messages:");
    CHECK(left > 30);
    world.mem.hide_metadata = true;
    world.store.max_operations = 900;
    story_later(&world, 5);
    story_thread(&world, "a", "u1", 100);
    story_messages(&world, "a", "u1", 200, 201);
    story_messages(&world, "a", "u1", 10, 10); /* one of the old ones, saved anew */
    story_later(&world, 200);
    if (restart)
      world_restart(&world);
    struct span swept = world_do(&world, TKV_OP_STORE_SWEEP, "");
    CHECK_JSON(swept, world_text(&world, "{'deleted':%zu,'pending':0}", left - 1));
    world_restart(&world);
    CHECK_TEXT(story_list(&world, "a"), "a-10 a-200 a-201");
    CHECK_EQ(count_keys(&world, "messages:"), 3);
    CHECK_EQ(count_keys(&world, "metadata:sweep:"), 0);
    CHECK_EQ(count_keys(&world, "metadata:thread:a:"), 2);
    world_free(&world);
  }
}

TEST(sweep_of_nothing_costs_one_list) {
  struct world world;
  world_init(&world);
  CHECK_JSON(world_do(&world, TKV_OP_STORE_SWEEP, ""), "{'deleted':0,'pending':0}");
  CHECK_EQ(world.mem.requests, 1);
  world_free(&world);
}

/* ---- Clearing ---- */

static void save_in_two_prefixes(struct world *world) {
  static const char *const prefixes[] = {"dev_", "dev"};
  world_init(world);
  for (int i = 0; i < 2; i++) {
    world->prefix = prefixes[i];
    world_do(world, TKV_OP_STORE_INIT, "");
    story_thread(world, "a", "u1", 0);
    story_messages(world, "a", "u1", 1, 3);
    world_do(world, TKV_OP_RESOURCE_UPDATE, "{'resourceId':'u1','workingMemory':'w'}");
  }
}

TEST(store_clear_of_a_table_clears_what_indexes_it) {
  struct world world;
  save_in_two_prefixes(&world);
  world.prefix = "dev_";
  size_t others = count_keys(&world, "dev") - count_keys(&world, "dev_");
  CHECK_EQ(world_run(&world, TKV_OP_STORE_CLEAR, "{'table':'messages'}", "").status, TKV_DONE);
  CHECK_EQ(count_keys(&world, "dev_messages:") + count_keys(&world, "dev_metadata:thread:"), 0);
  CHECK_TEXT(story_list(&world, "a"), "");
  CHECK(world_do(&world, TKV_OP_THREAD_GET, "{'threadId':'a'}").len > 0);
  CHECK_EQ(world_run(&world, TKV_OP_STORE_CLEAR, "{'table':'threads'}", "").status, TKV_DONE);
  CHECK_EQ(count_keys(&world, "dev_threads:") + count_keys(&world, "dev_metadata:resource:"), 0);
  CHECK_EQ(world_run(&world, TKV_OP_STORE_CLEAR, "{'table':'resources'}", "").status, TKV_DONE);
  CHECK_EQ(count_keys(&world, "dev_"), 1); /* the schema */
  CHECK_EQ(count_keys(&world, "dev") - count_keys(&world, "dev_"), others);
  world_free(&world);
}

TEST(store_clear_of_everything_stays_inside_the_prefix) {
  struct world world;
  save_in_two_prefixes(&world);
  size_t others = count_keys(&world, "dev") - count_keys(&world, "dev_");
  world.prefix = "dev_";
  world_do(&world, TKV_OP_STORE_CLEAR, "");
  CHECK_EQ(count_keys(&world, "dev_"), 0);
  CHECK_EQ(world.mem.count, others);
  world.prefix = "dev";
  CHECK_TEXT(story_list(&world, "a"), "a-1 a-2 a-3");
  world_free(&world);
}

TEST(store_clear_under_a_key_leaves_the_key_and_its_neighbours) {
  struct world world;
  const char *table = "{'table':'observational_memory'}";
  world_init(&world);
  world_run(&world, TKV_OP_ROW_SAVE, table,
            "[{'scopeKind':'thread','scopeId':'a'},{'scopeKind':'thread','scopeId':'a:b'},"
            "{'scopeKind':'thread','scopeId':'a','generation':'#0'},"
            "{'scopeKind':'thread','scopeId':'ab','generation':'#0'},"
            "{'scopeKind':'resource','scopeId':'a','generation':'#0'}]");
  struct span cleared =
      world_run(&world, TKV_OP_STORE_CLEAR, table, "{'under':['thread','a']}").text;
  CHECK_TEXT(story_field(cleared, "deleted"), "1");
  CHECK_EQ(count_keys(&world, "observational_memory:thread:a:"), 0);
  CHECK_EQ(count_keys(&world, "observational_memory:"), 4);
  CHECK_EQ(world_run(&world, TKV_OP_STORE_CLEAR, table, "{'under':['']}").status,
           TKV_ERR_INVALID_ARGUMENT);
  CHECK_EQ(count_keys(&world, "observational_memory:"), 4);
  world_free(&world);
}

TEST(store_clear_stops_at_its_budget) {
  struct world world;
  world_init(&world);
  story_thread(&world, "a", "u1", 0);
  story_messages(&world, "a", "u1", 1, 50);
  world.store.max_operations = 30;
  struct span cleared = world_run(&world, TKV_OP_STORE_CLEAR, "{'table':'messages'}", "").text;
  CHECK_TEXT(story_field(cleared, "pending"), "true");
  cleared = world_run(&world, TKV_OP_STORE_CLEAR, "{'table':'messages'}", "").text;
  CHECK_TEXT(story_field(cleared, "pending"), "false");
  CHECK_EQ(count_keys(&world, "messages:"), 0);
  CHECK_EQ(world_run(&world, TKV_OP_STORE_CLEAR, "{'table':'nothing'}", "").status,
           TKV_ERR_INVALID_ARGUMENT);
  world_free(&world);
}

TEST(store_prefixes_of_all_kinds_do_not_meet) {
  static const char *const prefixes[] = {"",  "a",    "a:",  "threads:",         "a%", "%3A",
                                         ":", "dev_", "dev", "metadata:thread:", "\n"};
  enum { COUNT = sizeof prefixes / sizeof *prefixes };
  struct world world;
  world_init(&world);
  for (size_t i = 0; i < COUNT; i++) {
    world.prefix = prefixes[i];
    story_thread(&world, "a", "u1", (int)i);
    story_messages(&world, "a", "u1", (int)i, (int)i);
  }
  for (size_t i = 0; i < COUNT; i++) {
    world.prefix = prefixes[i];
    check_context("prefix %s", prefixes[i]);
    CHECK_TEXT(story_list(&world, "a"), world_text(&world, "a-%zu", i));
    CHECK_TEXT(story_ids(&world, world_do(&world, TKV_OP_THREAD_LIST, "{}")), "a");
    world_do(&world, TKV_OP_STORE_CLEAR, "");
  }
  CHECK_EQ(world.mem.count, 0);
  world_free(&world);
}

/* Tables may stand in namespaces of their own: nothing else changes. */
TEST(store_with_a_namespace_for_each_table) {
  struct world world;
  world_init(&world);
  for (uint32_t table = 0; table < TABLE_COUNT; table++)
    world.store.spaces[table] = table + 1;
  story_thread(&world, "a", "u1", 0);
  story_messages(&world, "a", "u1", 1, 3);
  world_restart(&world);
  CHECK_TEXT(story_list(&world, "a"), "a-1 a-2 a-3");
  for (size_t i = 0; i < world.mem.count; i++) {
    struct span name = table_name((enum tkv_table)(world.mem.keys[i].space - 1));
    CHECK(span_starts(world.mem.keys[i].key, name));
  }
  world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'a'}");
  story_later(&world, 200);
  world_do(&world, TKV_OP_STORE_SWEEP, "");
  CHECK_EQ(count_keys(&world, "threads:") + count_keys(&world, "messages:") +
               count_keys(&world, "metadata:thread:"),
           2); /* a tombstone and an emptied head */
  world_free(&world);
}

/* ---- Copying threads ---- */

static void start_copy(struct world *world) {
  world_init(world);
  story_thread(world, "a", "u1", 0);
  story_messages(world, "a", "u1", 1, 4);
}

/* The numbers in the texts of a thread's messages. */
static struct span texts(struct world *world, const char *thread) {
  const char *payload = world_text(world, "{'threadId':'%s'}", thread);
  struct answer answer = world_run(world, TKV_OP_MESSAGE_LIST, "{'perPage':false}", payload);
  struct json_out out = json_out(&world->mem.arena, 64);
  struct json_walk walk = json_walk(story_field(answer.text, "messages"));
  while (json_next(&walk)) {
    CHECK_JSON(story_field(walk.value, "threadId"), world_text(world, "'%s'", thread));
    json_put(&out, story_field(story_field(story_field(walk.value, "content"), "metadata"), "n"));
    json_put(&out, story_field(walk.value, "resourceId"));
  }
  return json_out_span(&out);
}

TEST(thread_copy_copies_messages_under_new_ids) {
  struct world world;
  start_copy(&world);
  struct span copied =
      world_do(&world, TKV_OP_THREAD_COPY, "{'sourceThreadId':'a','newThreadId':'b'}");
  struct span thread = story_field(copied, "thread");
  CHECK_JSON(story_field(thread, "title"), "'Clone of Title of a'");
  CHECK_JSON(story_field(thread, "resourceId"), "'u1'");
  CHECK_JSON(story_field(thread, "metadata"),
             "{'clone':{'sourceThreadId':'a','clonedAt':'2026-01-01T00:00:00.000Z',"
             "'lastMessageId':'a-4'}}");
  for (int cold = 0; cold < 2; cold++) {
    CHECK_JSON(texts(&world, "b"), "1'u1'2'u1'3'u1'4'u1'");
    CHECK_JSON(texts(&world, "a"), "1'u1'2'u1'3'u1'4'u1'");
    CHECK_SPAN(world_do(&world, TKV_OP_THREAD_GET, "{'threadId':'b'}"), thread);
    CHECK_JSON(story_ids(&world, world_do(&world, TKV_OP_THREAD_LIST, "{'resourceId':'u1'}")),
               "a b");
    world_restart(&world);
  }
  world_free(&world);
}

TEST(thread_copy_selects) {
  static const struct {
    const char *control, *fields, *texts;
  } cases[] = {
      {"{'messageLimit':2}", "", "3'u1'4'u1'"},
      {"", ",'messageIds':['a-1','a-3','x']", "1'u1'3'u1'"},
      {"", ",'startDate':'2026-01-01T00:02:00.000Z','endDate':'2026-01-01T00:03:00.000Z'",
       "2'u1'3'u1'"},
      {"", ",'resourceId':'u2','title':'T'", "1'u2'2'u2'3'u2'4'u2'"},
      {"", ",'endDate':'2025-01-01T00:00:00.000Z'", ""},
  };
  struct world world;
  start_copy(&world);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *payload =
        world_text(&world, "{'sourceThreadId':'a','newThreadId':'b%zu'%s}", i, cases[i].fields);
    check_context("%s %s", cases[i].control, payload);
    CHECK_EQ(world_run(&world, TKV_OP_THREAD_COPY, cases[i].control, payload).status, TKV_DONE);
    CHECK_JSON(texts(&world, world_text(&world, "b%zu", i)), cases[i].texts);
  }
  world_free(&world);
}

TEST(thread_copy_of_a_thread_without_title_and_resource) {
  struct world world;
  world_init(&world);
  world_do(&world, TKV_OP_THREAD_SAVE,
           "{'id':'a','resourceId':'','createdAt':'2026-01-01T00:00:00.000Z',"
           "'updatedAt':'2026-01-01T00:00:00.000Z'}");
  story_messages(&world, "a", "", 1, 2);
  struct span copied = world_do(&world, TKV_OP_THREAD_COPY,
                                "{'sourceThreadId':'a','newThreadId':'b','metadata':{'m':1}}");
  struct span thread = story_field(copied, "thread");
  CHECK(!story_field(thread, "title").ptr);
  CHECK_JSON(story_field(thread, "resourceId"), "''");
  CHECK_TEXT(story_field(story_field(thread, "metadata"), "m"), "1");
  CHECK_JSON(texts(&world, "b"), "1''2''");
  world_free(&world);
}

TEST(thread_copy_gives_a_new_id_where_none_is_given) {
  struct world world;
  start_copy(&world);
  struct span one = world_do(&world, TKV_OP_THREAD_COPY, "{'sourceThreadId':'a'}");
  struct span two = world_do(&world, TKV_OP_THREAD_COPY, "{'sourceThreadId':'a'}");
  one = story_field(story_field(one, "thread"), "id");
  two = story_field(story_field(two, "thread"), "id");
  CHECK_EQ(one.len, 38); /* a UUID and its quotes */
  CHECK(!span_eq(one, two));
  world_free(&world);
}

TEST(thread_copy_refuses) {
  struct world world;
  start_copy(&world);
  story_thread(&world, "b", "u1", 1);
  CHECK_EQ(world_run(&world, TKV_OP_THREAD_COPY, "", "{'sourceThreadId':'x'}").status,
           TKV_ERR_NOT_FOUND);
  struct answer answer =
      world_run(&world, TKV_OP_THREAD_COPY, "", "{'sourceThreadId':'a','newThreadId':'b'}");
  CHECK_EQ(answer.status, TKV_ERR_ALREADY_EXISTS);
  CHECK_JSON(story_field(answer.text, "message"), "'Thread with id b already exists'");
  static const char *const bad[] = {"{}",
                                    "{'sourceThreadId':''}",
                                    "{'sourceThreadId':'a','newThreadId':''}",
                                    "{'sourceThreadId':'a','title':1}",
                                    "{'sourceThreadId':'a','metadata':[]}",
                                    "{'sourceThreadId':'a','messageIds':'a'}",
                                    "{'sourceThreadId':'a','startDate':null}"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    check_context("%s", bad[i]);
    CHECK_EQ(world_run(&world, TKV_OP_THREAD_COPY, "", bad[i]).status, TKV_ERR_INVALID_ARGUMENT);
  }
  world.store.max_operations = 10;
  CHECK_EQ(world_run(&world, TKV_OP_THREAD_COPY, "", "{'sourceThreadId':'a'}").status,
           TKV_ERR_BUDGET);
  world_free(&world);
}

/* ---- Purging ---- */

enum { DAY = 24 * 3600 };

static struct span purge(struct world *world, const char *control) {
  struct answer answer = world_run(world, TKV_OP_THREAD_PURGE, control, "{'cursor':null}");
  CHECK_EQ(answer.status, TKV_DONE);
  return story_field(answer.text, "purged");
}

TEST(purge_removes_tombstones_of_an_age_and_nothing_else) {
  for (int hidden = 0; hidden < 2; hidden++) {
    struct world world;
    check_context("hidden %d", hidden);
    world_init(&world);
    for (const char *const *id = (const char *const[]){"a", "b", "c", "d", NULL}; *id; id++) {
      story_thread(&world, *id, "u1", 0);
      story_messages(&world, *id, "u1", 1, 2);
    }
    world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'a'}");
    world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'d'}");
    story_later(&world, 200);
    world_do(&world, TKV_OP_STORE_SWEEP, "");
    story_thread(&world, "d", "u1", 5); /* it lives again */
    story_later(&world, DAY);
    world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'b'}");
    story_later(&world, 200);
    world_do(&world, TKV_OP_STORE_SWEEP, "");
    story_later(&world, 1000);
    world.mem.hide_metadata = hidden;
    world_restart(&world);
    CHECK_TEXT(purge(&world, "{'maxAge':172800000}"), "0");
    CHECK_TEXT(purge(&world, "{'maxAge':43200000}"), "1");
    CHECK_EQ(count_keys(&world, "threads:a"), 0);
    CHECK_EQ(count_keys(&world, "metadata:thread:a"), 0);
    CHECK_EQ(count_keys(&world, "threads:b"), 1);
    CHECK_TEXT(purge(&world, "{'maxAge':900000}"), "1");
    CHECK_EQ(count_keys(&world, "threads:"), 2);
    world_restart(&world);
    CHECK_TEXT(story_list(&world, "c"), "c-1 c-2");
    CHECK_TEXT(story_list(&world, "a"), "");
    CHECK_TEXT(story_ids(&world, world_do(&world, TKV_OP_THREAD_LIST, "{}")), "d c");
    world_free(&world);
  }
}

/* While a marker, a journal entry or a head tells that there is work left, the tombstone is what hides it. */
TEST(purge_spares_deletions_that_have_not_come_to_an_end) {
  struct world world;
  bury_large_thread(&world);
  world.store.max_operations = 900;
  story_later(&world, DAY);
  CHECK_TEXT(purge(&world, "{'maxAge':900000}"), "0");
  mem_delete(&world.mem, 0, SPAN("metadata:sweep:a"));
  CHECK_TEXT(purge(&world, "{'maxAge':900000}"), "0");
  CHECK_TEXT(story_list(&world, "a"), "");
  world_free(&world);
}

TEST(purge_wants_neither_a_marker_nor_a_journal_entry) {
  struct world world;
  world_init(&world);
  story_thread(&world, "a", "u1", 0);
  world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'a'}");
  story_later(&world, DAY);
  CHECK_EQ(count_keys(&world, "metadata:sweep:a"), 1);
  CHECK_TEXT(purge(&world, "{'maxAge':900000}"), "0");
  mem_delete(&world.mem, 0, SPAN("metadata:sweep:a"));
  world_put(&world, "metadata:thread:a:7uci4ialvs0k30e209", "{}", "");
  CHECK_TEXT(purge(&world, "{'maxAge':900000}"), "0");
  mem_delete(&world.mem, 0, SPAN("metadata:thread:a:7uci4ialvs0k30e209"));
  CHECK_TEXT(purge(&world, "{'maxAge':900000}"), "1");
  world_free(&world);
}

TEST(purge_wants_an_age) {
  struct world world;
  world_init(&world);
  for (const char *const *control =
           (const char *const[]){"", "{'maxAge':899999}", "{'maxAge':-1}", NULL};
       *control; control++)
    CHECK_EQ(world_run(&world, TKV_OP_THREAD_PURGE, *control, "{}").status,
             TKV_ERR_INVALID_ARGUMENT);
  world_free(&world);
}

TEST(purge_goes_on_page_by_page) {
  struct world world;
  world_init(&world);
  for (int i = 0; i < 7; i++) {
    const char *id = world_text(&world, "t%d", i);
    story_thread(&world, id, "u1", i);
    world_do(&world, TKV_OP_THREAD_DELETE, world_text(&world, "{'threadId':'%s'}", id));
  }
  story_later(&world, 200);
  world_do(&world, TKV_OP_STORE_SWEEP, "");
  story_later(&world, DAY);
  struct span cursor = SPAN("null");
  int pages = 0;
  do {
    struct answer answer =
        world_run(&world, TKV_OP_THREAD_PURGE, "{'maxAge':900000,'perPage':3}",
                  world_text(&world, "{'cursor':%.*s}", (int)cursor.len, cursor.ptr));
    CHECK_EQ(answer.status, TKV_DONE);
    cursor = story_field(answer.text, "cursor");
    pages++;
  } while (!json_is_null(cursor) && pages < 9);
  CHECK_EQ(pages, 3);
  CHECK_EQ(count_keys(&world, "threads:") + count_keys(&world, "metadata:thread:"), 0);
  world_free(&world);
}
