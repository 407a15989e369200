/* test_rows.c: row.save, row.get, row.update, row.delete, row.list, row.prune. */
#include "support/story.h"

static struct answer run(struct world *world, enum tkv_op op, const char *table,
                         const char *control, const char *payload) {
  return world_run(world, op,
                   world_text(world, "{'table':'%s'%s%s}", table, *control ? "," : "", control),
                   payload);
}

/* A call that must succeed. */
static struct span row(struct world *world, enum tkv_op op, const char *table,
                       const char *payload) {
  struct answer answer = run(world, op, table, "", payload);
  CHECK_EQ(answer.status, TKV_DONE);
  return answer.text;
}

static struct span list(struct world *world, const char *table, const char *control,
                        const char *payload) {
  struct answer answer = run(world, TKV_OP_ROW_LIST, table, control, payload);
  CHECK_EQ(answer.status, TKV_DONE);
  return answer.text;
}

/* The ids in a list, and how many there are in all: "a b of 2". */
static struct span ids(struct world *world, struct span result) {
  struct json_out out = json_out(&world->mem.arena, 64);
  for (struct json_walk walk = json_walk(story_field(result, "rows")); json_next(&walk);) {
    struct span id = story_field(walk.value, "id");
    json_put(&out, (struct span){id.ptr + 1, id.len - 2});
    json_put_char(&out, ' ');
  }
  json_put(&out, SPAN("of "));
  json_put(&out, story_field(result, "total"));
  return json_out_span(&out);
}

static void task(struct world *world, const char *id, const char *status, int minute) {
  row(world, TKV_OP_ROW_SAVE, "background_tasks",
      world_text(world, "[{'id':'%s','status':'%s','agentId':'g','createdAt':%s}]", id, status,
                 story_date(world, minute)));
}

static bool update(struct world *world, const char *payload) {
  struct span result = row(world, TKV_OP_ROW_UPDATE, "background_tasks", payload);
  CHECK(result.len == 4 || result.len == 5);
  return result.len == 4;
}

static struct span task_field(struct world *world, const char *id, const char *name) {
  struct span rows =
      row(world, TKV_OP_ROW_GET, "background_tasks", world_text(world, "[{'id':'%s'}]", id));
  struct json_walk walk = json_walk(rows);
  CHECK(json_next(&walk));
  return json_is_null(walk.value) ? SPAN_NONE : story_field(walk.value, name);
}

TEST(row_comes_back_byte_for_byte) {
  struct world world;
  const char *given = "{'id':'t:1','args':{'n':9007199254740993,'s':'\\u0041'},'x':1e3,"
                      "'createdAt':'2026-01-01T00:00:00.000Z'}";
  world_init(&world);
  CHECK_JSON(row(&world, TKV_OP_ROW_SAVE, "background_tasks", world_text(&world, "[%s]", given)),
             "[{'id':'t:1','createdAt':'2026-01-01T00:00:00.000Z'}]");
  CHECK(mem_find(&world.mem, 0, SPAN("background_tasks:t%3A1")));
  for (int cold = 0; cold < 2; cold++) {
    CHECK_JSON(row(&world, TKV_OP_ROW_GET, "background_tasks", "[{'id':'t:1'},{'id':'t'}]"),
               world_text(&world, "[%s,null]", given));
    world_restart(&world);
  }
  world_free(&world);
}

TEST(row_of_a_score_gets_an_id_and_dates) {
  struct world world;
  world_init(&world);
  world_log(&world);
  struct span told = row(&world, TKV_OP_ROW_SAVE, "scores", "[{'scorerId':'s','score':1}]");
  CHECK_EQ(world_logged(&world, "get"), 0);
  CHECK_EQ(world_logged(&world, "put"), 1);
  struct json_walk walk = json_walk(told);
  REQUIRE(json_next(&walk));
  CHECK_EQ(story_field(walk.value, "id").len, 38);
  CHECK_JSON(story_field(walk.value, "createdAt"), "'2026-01-01T00:00:00.000Z'");
  CHECK_JSON(story_field(walk.value, "updatedAt"), "'2026-01-01T00:00:00.000Z'");
  world_free(&world);
}

TEST(row_of_a_score_that_is_saved_again_keeps_its_creation) {
  struct world world;
  world_init(&world);
  row(&world, TKV_OP_ROW_SAVE, "scores", "[{'id':'a','score':1,'reason':'r'}]");
  for (int cold = 0; cold < 2; cold++) {
    story_later(&world, 60);
    CHECK_JSON(row(&world, TKV_OP_ROW_SAVE, "scores", "[{'id':'a','score':2}]"),
               cold ? "[{'id':'a','createdAt':'2026-01-01T00:00:00.000Z',"
                      "'updatedAt':'2026-01-01T00:02:00.000Z'}]"
                    : "[{'id':'a','createdAt':'2026-01-01T00:00:00.000Z',"
                      "'updatedAt':'2026-01-01T00:01:00.000Z'}]");
    world_restart(&world);
  }
  CHECK_JSON(row(&world, TKV_OP_ROW_GET, "scores", "[{'id':'a'}]"),
             "[{'id':'a','score':2,'createdAt':'2026-01-01T00:00:00.000Z',"
             "'updatedAt':'2026-01-01T00:02:00.000Z'}]");
  world_free(&world);
}

TEST(row_of_a_blob_is_written_once) {
  struct world world;
  world_init(&world);
  row(&world, TKV_OP_ROW_SAVE, "blobs", "[{'hash':'a','content':'one'}]");
  world_log(&world);
  row(&world, TKV_OP_ROW_SAVE, "blobs", "[{'hash':'a','content':'two'},{'hash':'b','content':''}]");
  CHECK_EQ(world_logged(&world, "put"), 1);
  struct span rows = row(&world, TKV_OP_ROW_GET, "blobs", "[{'hash':'b'},{'hash':'a'}]");
  struct json_walk walk = json_walk(rows);
  CHECK(json_next(&walk) && json_next(&walk));
  CHECK_JSON(story_field(walk.value, "content"), "'one'");
  CHECK_JSON(row(&world, TKV_OP_ROW_DELETE, "blobs", "[{'hash':'x'},{'hash':'a'}]"),
             "[false,true]");
  CHECK_JSON(row(&world, TKV_OP_ROW_GET, "blobs", "[{'hash':'a'}]"), "[null]");
  world_free(&world);
}

TEST(row_key_may_have_several_parts) {
  struct world world;
  world_init(&world);
  row(&world, TKV_OP_ROW_SAVE, "thread_state",
      "[{'threadId':'a','type':'b:c','value':1},{'threadId':'a:b','type':'c','value':2},"
      "{'threadId':'a','type':'b','resourceId':'c','value':3},"
      "{'threadId':'a','type':'b','resourceId':null,'value':4}]");
  struct span rows =
      row(&world, TKV_OP_ROW_GET, "thread_state",
          "[{'threadId':'a','type':'b:c'},{'threadId':'a:b','type':'c'},"
          "{'threadId':'a','type':'b','resourceId':'c'},{'threadId':'a','type':'b'}]");
  int64_t wanted = 0, value;
  for (struct json_walk walk = json_walk(rows); json_next(&walk);)
    CHECK(json_int(story_field(walk.value, "value"), &value) && value == ++wanted);
  CHECK_EQ(wanted, 4);
  world_free(&world);
}

/* A call has one follow-up: what it saves together is not held, and is in KV when it returns. */
TEST(row_save_of_several_states_holds_none) {
  struct world world;
  world_init(&world);
  for (int n = 1; n <= 2; n++)
    row(&world, TKV_OP_ROW_SAVE, "thread_state",
        world_text(
            &world,
            "[{'threadId':'t','type':'a','value':%d},{'threadId':'t','type':'b','value':%d}]", n,
            n));
  for (const char *key = "thread_state:t:a"; key;
       key = key[15] == 'a' ? "thread_state:t:b" : NULL) {
    struct mem_key *stored = mem_find(&world.mem, 0, text_span(key));
    CHECK_TEXT(story_field(stored->value, "value"), "2");
  }
  world_free(&world);
}

TEST(row_update_sets_and_clears_what_is_as_expected) {
  struct world world;
  world_init(&world);
  task(&world, "t", "pending", 0);
  CHECK(!update(&world, "{'key':{'id':'x'},'set':{'status':'running'}}"));
  CHECK(!update(&world, "{'key':{'id':'t'},'expect':{'status':'running'},'set':{'a':1}}"));
  CHECK(!update(&world, "{'key':{'id':'t'},'expect':{'status':null},'set':{'a':1}}"));
  CHECK(!update(&world, "{'key':{'id':'t'},'expect':{'ownerId':['o']},'set':{'a':1}}"));
  CHECK(update(&world, "{'key':{'id':'t'},'expect':{'status':['running','pending'],'ownerId':null},"
                       "'set':{'status':'running','ownerId':'o','n':1.50}}"));
  CHECK_JSON(task_field(&world, "t", "ownerId"), "'o'");
  CHECK_TEXT(task_field(&world, "t", "n"), "1.50");
  CHECK(update(&world, "{'key':{'id':'t'},'expect':{'ownerId':'o'},'clear':['ownerId','other']}"));
  world_restart(&world);
  CHECK(!task_field(&world, "t", "ownerId").ptr);
  CHECK_JSON(task_field(&world, "t", "status"), "'running'");
  CHECK_TEXT(ids(&world, list(&world, "background_tasks", "", "{'where':{'status':'running'}}")),
             "t of 1");
  world_free(&world);
}

TEST(row_updates_of_one_isolate_lose_nothing) {
  struct world world;
  uint32_t calls[5];
  world_init(&world);
  task(&world, "t", "pending", 0);
  story_later(&world, 2);
  for (int i = 0; i < 5; i++)
    CHECK_EQ(world_begin(&world, TKV_OP_ROW_UPDATE, "{'table':'background_tasks'}",
                         world_text(&world, "{'key':{'id':'t'},'set':{'n%d':%d}}", i, i),
                         &calls[i]),
             TKV_PENDING);
  enum tkv_status status[5] = {TKV_PENDING, TKV_PENDING, TKV_PENDING, TKV_PENDING, TKV_PENDING};
  for (int round = 0; round < 20; round++)
    for (int i = 0; i < 5; i++)
      if (status[i] == TKV_PENDING)
        status[i] = world_step(&world, calls[i]);
  for (int i = 0; i < 5; i++)
    CHECK_TEXT(world_end(&world, calls[i], status[i]).text, "true");
  world_restart(&world);
  for (int i = 0; i < 5; i++)
    CHECK_TEXT(task_field(&world, "t", world_text(&world, "n%d", i)), world_text(&world, "%d", i));
  CHECK_EQ(world.mem.overlaps, 0);
  world_free(&world);
}

TEST(row_guards_of_one_isolate_let_one_through) {
  struct world world;
  uint32_t calls[3];
  int won = 0;
  world_init(&world);
  task(&world, "t", "pending", 0);
  story_later(&world, 2);
  for (int i = 0; i < 3; i++)
    world_begin(&world, TKV_OP_ROW_UPDATE, "{'table':'background_tasks'}",
                "{'key':{'id':'t'},'expect':{'status':'pending'},'set':{'status':'running'}}",
                &calls[i]);
  enum tkv_status status[3] = {TKV_PENDING, TKV_PENDING, TKV_PENDING};
  for (int round = 0; round < 20; round++)
    for (int i = 0; i < 3; i++)
      if (status[i] == TKV_PENDING)
        status[i] = world_step(&world, calls[i]);
  for (int i = 0; i < 3; i++)
    won += world_end(&world, calls[i], status[i]).text.len == 4;
  CHECK_EQ(won, 1);
  world_free(&world);
}

TEST(row_creations_of_one_isolate_let_one_through) {
  struct world world;
  uint32_t calls[3];
  enum tkv_status status[3];
  int made = 0;
  world_init(&world);
  for (int i = 0; i < 3; i++)
    status[i] = world_begin(&world, TKV_OP_ROW_SAVE, "{'table':'schedules','create':true}",
                            world_text(&world, "[{'id':'s','status':'n%d'}]", i), &calls[i]);
  for (int round = 0; round < 40; round++)
    for (int i = 0; i < 3; i++)
      if (status[i] == TKV_PENDING)
        status[i] = world_step(&world, calls[i]);
  for (int i = 0; i < 3; i++) {
    CHECK(status[i] == TKV_DONE || status[i] == TKV_ERR_ALREADY_EXISTS);
    made += world_end(&world, calls[i], status[i]).status == TKV_DONE;
  }
  CHECK_EQ(made, 1);
  CHECK_EQ(run(&world, TKV_OP_ROW_SAVE, "schedules", "'create':true", "[{'id':'s'}]").status,
           TKV_ERR_ALREADY_EXISTS);
  CHECK_EQ(run(&world, TKV_OP_ROW_SAVE, "schedules", "'create':true", "[{'id':'u'}]").status,
           TKV_DONE);
  world_free(&world);
}

TEST(row_updates_of_a_second_are_written_as_one_where_the_last_counts) {
  struct world world;
  world_init(&world);
  row(&world, TKV_OP_ROW_SAVE, "notifications", "[{'threadId':'t','id':'n','status':'pending'}]");
  for (int i = 0; i < 3; i++)
    CHECK_TEXT(row(&world, TKV_OP_ROW_UPDATE, "notifications",
                   world_text(&world, "{'key':{'threadId':'t','id':'n'},'set':{'n':%d}}", i)),
               "true");
  struct mem_key *stored = mem_find(&world.mem, 0, SPAN("notifications:t:n"));
  CHECK(!story_field(stored->value, "n").ptr);
  struct span rows = row(&world, TKV_OP_ROW_GET, "notifications", "[{'threadId':'t','id':'n'}]");
  struct json_walk walk = json_walk(rows);
  CHECK(json_next(&walk));
  CHECK_TEXT(story_field(walk.value, "n"), "2");
  world_free(&world);
}

TEST(row_list_filters_orders_and_pages) {
  static const struct {
    const char *control, *payload, *wanted;
  } cases[] = {
      {"", "{}", "e d c b a of 5"},
      {"'direction':'ASC'", "{}", "a b c d e of 5"},
      {"'direction':'ASC','perPage':2", "{}", "a b of 5"},
      {"'direction':'ASC','perPage':2,'page':1", "{}", "c d of 5"},
      {"'direction':'ASC','perPage':2,'page':2", "{}", "e of 5"},
      {"'perPage':2,'page':9", "{}", "of 5"},
      {"'perPage':0", "{'where':{'status':'running'}}", "of 2"},
      {"", "{'where':{'status':'running'}}", "d b of 2"},
      {"", "{'where':{'status':['running','failed'],'agentId':'g'}}", "e d b of 3"},
      {"", "{'where':{'status':[]}}", "of 0"},
      {"", "{'where':{'threadId':null,'status':'failed'}}", "e of 1"},
      {"", "{'where':{'agentId':'other'}}", "of 0"},
      {"", "{'dateRange':{'start':'2026-01-01T00:02:00.000Z'}}", "e d c of 3"},
      {"", "{'dateRange':{'start':'2026-01-01T00:02:00.000Z','startExclusive':true}}", "e d of 2"},
      {"", "{'dateRange':{'end':'2026-01-01T00:02:00.000Z'}}", "c b a of 3"},
      {"", "{'dateRange':{'end':'2026-01-01T00:02:00.000Z','endExclusive':true}}", "b a of 2"},
      {"", "{'dateField':'startedAt','dateRange':{'start':'2000-01-01T00:00:00.000Z'}}", "c of 1"},
      {"'direction':'ASC'", "{'orderBy':'startedAt'}", "a b d e c of 5"},
      {"", "{'orderBy':'startedAt'}", "c a b d e of 5"},
      {"", "{'under':'c'}", "of 0"},
  };
  static const char *const statuses[] = {"pending", "running", "pending", "running", "failed"};
  struct world world;
  for (int variant = 0; variant < 4; variant++) {
    world_init(&world);
    for (int i = 0; i < 5; i++)
      task(&world, (const char[]){(char)('a' + i), 0}, statuses[i], i);
    CHECK(update(&world, "{'key':{'id':'c'},'set':{'startedAt':'2026-01-01T00:09:00.000Z'}}"));
    world.mem.hide_metadata = variant == 2;
    world.mem.list_page = variant == 3 ? 2 : 0;
    world.mem.empty_pages = variant == 3;
    if (variant)
      world_restart(&world);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
      check_context("variant %d, {%s} %s", variant, cases[i].control, cases[i].payload);
      CHECK_TEXT(ids(&world, list(&world, "background_tasks", cases[i].control, cases[i].payload)),
                 cases[i].wanted);
    }
    world_free(&world);
  }
}

TEST(row_list_costs_a_list_and_a_bulk_get) {
  struct world world;
  world_init(&world);
  for (int i = 0; i < 30; i++)
    task(&world, world_text(&world, "t%d", i), "pending", i);
  world_restart(&world);
  world_log(&world);
  list(&world, "background_tasks", "'perPage':10", "{}");
  CHECK_EQ(world_logged(&world, "list"), 1);
  CHECK_EQ(world_logged(&world, "get"), 1);
  world_log(&world);
  list(&world, "background_tasks", "'perPage':0", "{'where':{'status':'running'}}");
  CHECK_EQ(world_logged(&world, "get"), 0);
  world_free(&world);
}

/* Another isolate's list is a minute old, or shows what this one has just changed. */
TEST(row_list_sees_what_was_written_here) {
  struct world world;
  world_init(&world);
  task(&world, "a", "pending", 0);
  task(&world, "b", "pending", 1);
  task(&world, "c", "pending", 2);
  struct mem_key old = *mem_find(&world.mem, 0, SPAN("background_tasks:a"));
  update(&world, "{'key':{'id':'a'},'set':{'status':'running'}}");
  row(&world, TKV_OP_ROW_DELETE, "background_tasks", "[{'id':'b'}]");
  mem_put(&world.mem, 0, old.key, old.value, old.metadata);
  mem_put(&world.mem, 0, SPAN("background_tasks:b"), old.value, old.metadata);
  mem_delete(&world.mem, 0, SPAN("background_tasks:c"));
  CHECK_TEXT(ids(&world, list(&world, "background_tasks", "'perPage':0", "{}")), "of 2");
  CHECK_TEXT(ids(&world, list(&world, "background_tasks", "", "{'where':{'status':'pending'}}")),
             "c of 1");
  CHECK_TEXT(ids(&world, list(&world, "background_tasks", "", "{'where':{'status':'running'}}")),
             "a of 1");
  world_free(&world);
}

/* A page, as "key key and more", or without the end after the last one. */
static struct span page(struct world *world, const char *payload, struct span *cursor) {
  struct answer answer = run(world, TKV_OP_ROW_PAGE, "background_tasks", "", payload);
  struct json_out out = json_out(&world->mem.arena, 64);
  CHECK_EQ(answer.status, TKV_DONE);
  for (struct json_walk walk = json_walk(story_field(answer.text, "keys")); json_next(&walk);) {
    struct json_walk key = json_walk(walk.value);
    CHECK(json_next(&key));
    json_put(&out, (struct span){key.value.ptr + 1, key.value.len - 2});
    json_put_char(&out, ' ');
  }
  *cursor = story_field(answer.text, "cursor");
  json_put(&out, json_is_null(*cursor) ? SPAN("end") : SPAN("more"));
  return json_out_span(&out);
}

TEST(row_page_lists_so_many_keys_and_goes_on) {
  struct world world;
  struct span cursor;
  world_init(&world);
  for (int i = 0; i < 5; i++)
    task(&world, world_text(&world, "a:%d", i), "pending", i);
  task(&world, "b", "pending", 9);
  world_restart(&world);
  world_log(&world);
  CHECK_TEXT(page(&world, "{'under':[],'limit':2}", &cursor), "a%3A0 a%3A1 more");
  const char *on =
      world_text(&world, "{'under':[],'limit':9,'cursor':%.*s}", (int)cursor.len, cursor.ptr);
  CHECK_TEXT(page(&world, on, &cursor), "a%3A2 a%3A3 a%3A4 b end");
  CHECK_TEXT(page(&world, "{'under':[],'start':'b','limit':9}", &cursor), "b end");
  CHECK_EQ(world_logged(&world, "list"), 3);
  CHECK_EQ(world_logged(&world, "get"), 0);
  world_free(&world);
}

/* What this isolate wrote is shown though the list is older, each on the page that it belongs to. */
TEST(row_page_sees_what_was_written_here) {
  struct world world;
  struct span cursor;
  world_init(&world);
  const char *const names[] = {"a", "b", "c", "d"};
  for (int i = 0; i < 4; i++)
    task(&world, names[i], "pending", i);
  row(&world, TKV_OP_ROW_DELETE, "background_tasks", "[{'id':'c'}]");
  mem_delete(&world.mem, 0, SPAN("background_tasks:a"));
  mem_delete(&world.mem, 0, SPAN("background_tasks:d"));
  mem_put(&world.mem, 0, SPAN("background_tasks:c"), SPAN("{'id':'c'}"), SPAN(""));
  CHECK_TEXT(page(&world, "{'under':[],'limit':1}", &cursor), "b a more");
  const char *on =
      world_text(&world, "{'under':[],'limit':9,'cursor':%.*s}", (int)cursor.len, cursor.ptr);
  CHECK_TEXT(page(&world, on, &cursor), "d b a end"); /* in no order */
  world_free(&world);
}

TEST(row_page_tells_the_cover) {
  struct world world;
  world_init(&world);
  task(&world, "a", "pending", 0);
  world_restart(&world);
  struct answer answer =
      run(&world, TKV_OP_ROW_PAGE, "background_tasks", "", "{'under':[],'limit':9}");
  struct json_walk keys = json_walk(story_field(answer.text, "keys"));
  CHECK(json_next(&keys));
  struct json_walk parts = json_walk(keys.value);
  CHECK(json_next(&parts) && json_next(&parts));
  CHECK_TEXT(story_field(parts.value, "status"), "\"pending\"");
  CHECK_TEXT(story_field(parts.value, "createdAt"), "\"2026-01-01T00:00:00.000Z\"");
  world_free(&world);
}

/* A list may be behind the records: these decide. */
TEST(row_list_takes_rows_as_they_are) {
  struct world world;
  world_init(&world);
  for (int i = 0; i < 4; i++)
    task(&world, (const char[]){(char)('a' + i), 0}, "pending", i);
  struct mem_key *b = mem_find(&world.mem, 0, SPAN("background_tasks:b"));
  mem_put(&world.mem, 0, b->key, world_json(&world, "{'id':'b','status':'failed'}"), b->metadata);
  world_restart(&world);
  CHECK_TEXT(ids(&world, list(&world, "background_tasks", "'direction':'ASC','perPage':2",
                              "{'where':{'status':'pending'}}")),
             "a c of 3");
  world_free(&world);
}

TEST(row_list_reads_rows_whose_metadata_has_no_room) {
  struct world world;
  char name[1200];
  world_init(&world);
  memset(name, 'x', sizeof name - 1);
  name[sizeof name - 1] = 0;
  row(&world, TKV_OP_ROW_SAVE, "background_tasks",
      world_text(&world,
                 "[{'id':'a','status':'pending','toolName':'%s'},"
                 "{'id':'b','status':'pending','toolName':'\xc3\xa9'},{'id':'c','status':'x'}]",
                 name));
  world_restart(&world);
  CHECK_TEXT(ids(&world, list(&world, "background_tasks", "", "{'where':{'status':'pending'}}")),
             "a b of 2");
  CHECK_TEXT(ids(&world, list(&world, "background_tasks", "", "{'where':{'toolName':'\xc3\xa9'}}")),
             "b of 1");
  world_free(&world);
}

/* What an isolate remembers of its reads is small; of its writes, only very large ones are not kept. */
TEST(row_that_is_large_is_read_again) {
  struct world world;
  world_init(&world);
  for (int kb = 200; kb <= 300; kb += 100) {
    row(&world, TKV_OP_ROW_SAVE, "blobs",
        world_text(&world, "[{'hash':'h%d','content':'%0*d'}]", kb, kb * 1024, 0));
    world_restart(&world);
    world_log(&world);
    const char *payload = world_text(&world, "[{'hash':'h%d'}]", kb);
    row(&world, TKV_OP_ROW_GET, "blobs", payload);
    row(&world, TKV_OP_ROW_GET, "blobs", payload);
    CHECK_EQ(world_logged(&world, "get"), kb == 200 ? 1 : 2);
  }
  world_free(&world);
}

TEST(row_that_is_damaged_is_overwritten_only_where_nothing_of_it_is_kept) {
  struct world world;
  world_init(&world);
  world_put(&world, "scores:a", "{'id':", "");
  world_put(&world, "background_tasks:a", "{'id':", "");
  CHECK_EQ(run(&world, TKV_OP_ROW_SAVE, "scores", "", "[{'id':'a','score':1}]").status,
           TKV_ERR_CORRUPT);
  CHECK_EQ(run(&world, TKV_OP_ROW_UPDATE, "background_tasks", "", "{'key':{'id':'a'}}").status,
           TKV_ERR_CORRUPT);
  CHECK_EQ(run(&world, TKV_OP_ROW_SAVE, "background_tasks", "", "[{'id':'a'}]").status, TKV_DONE);
  world_free(&world);
}

TEST(row_update_does_not_rename) {
  struct world world;
  world_init(&world);
  task(&world, "t", "pending", 0);
  const char *const renames[] = {"'set':{'id':'u'}", "'set':{'id':''}", "'clear':['id']"};
  for (size_t i = 0; i < 3; i++)
    CHECK_EQ(run(&world, TKV_OP_ROW_UPDATE, "background_tasks", "",
                 world_text(&world, "{'key':{'id':'t'},%s}", renames[i]))
                 .status,
             TKV_ERR_INVALID_ARGUMENT);
  CHECK(update(&world, "{'key':{'id':'t'},'set':{'id':'t','status':'running'},'clear':[7]}"));
  CHECK_EQ(world.mem.count, 1);
  world_free(&world);
}

TEST(row_operations_refuse_what_their_budget_cannot_end) {
  struct world world;
  world_init(&world);
  world.store.max_operations = 2;
  const char *rows = "[{'id':'a'},{'id':'b'},{'id':'c'},{'id':'d'}]";
  CHECK_EQ(run(&world, TKV_OP_ROW_SAVE, "background_tasks", "", rows).status, TKV_ERR_BUDGET);
  CHECK_EQ(run(&world, TKV_OP_ROW_DELETE, "background_tasks", "", rows).status, TKV_ERR_BUDGET);
  CHECK_EQ(world.mem.requests, 0);
  CHECK_EQ(run(&world, TKV_OP_ROW_GET, "background_tasks", "", rows).status, TKV_DONE);
  world_free(&world);
}

TEST(row_that_is_damaged_is_an_error) {
  static const char *const values[] = {"{'id':'b'}", "{'id':'a'", "[]", "", "{}", "{'id':7}"};
  struct world world;
  world_init(&world);
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    check_context("%s", values[i]);
    world_restart(&world);
    world_put(&world, "background_tasks:a", values[i], "");
    CHECK_EQ(run(&world, TKV_OP_ROW_GET, "background_tasks", "", "[{'id':'a'}]").status,
             TKV_ERR_CORRUPT);
    CHECK_EQ(run(&world, TKV_OP_ROW_LIST, "background_tasks", "", "{}").status, TKV_ERR_CORRUPT);
    CHECK_EQ(run(&world, TKV_OP_ROW_UPDATE, "background_tasks", "",
                 "{'key':{'id':'a'},'set':{'status':'x'}}")
                 .status,
             TKV_ERR_CORRUPT);
  }
  world_free(&world);
}

TEST(row_operations_refuse_bad_arguments_before_they_ask_kv) {
  static const struct {
    enum tkv_op op;
    const char *table, *control, *payload;
  } cases[] = {
      {TKV_OP_ROW_SAVE, "threads", "", "[{'id':'a'}]"},
      {TKV_OP_ROW_SAVE, "nothing", "", "[{'id':'a'}]"},
      {TKV_OP_ROW_SAVE, "scores", "", "{'id':'a'}"},
      {TKV_OP_ROW_SAVE, "scores", "", "[{'id':'a'},7]"},
      {TKV_OP_ROW_SAVE, "scores", "", "[{'id':''}]"},
      {TKV_OP_ROW_SAVE, "background_tasks", "", "[{'id':'b'},{}]"},
      {TKV_OP_ROW_SAVE, "background_tasks", "", "[{'id':'b','startedAt':'soon'}]"},
      {TKV_OP_ROW_SAVE, "thread_state", "", "[{'threadId':'a'}]"},
      {TKV_OP_ROW_GET, "scores", "", "[{}]"},
      {TKV_OP_ROW_GET, "scores", "", "7"},
      {TKV_OP_ROW_DELETE, "scores", "", "[{'id':'a'},{'id':7}]"},
      {TKV_OP_ROW_UPDATE, "scores", "", "[]"},
      {TKV_OP_ROW_UPDATE, "scores", "", "{'set':{}}"},
      {TKV_OP_ROW_UPDATE, "background_tasks", "", "{'key':{'id':'a'},'set':{'startedAt':'x'}}"},
      {TKV_OP_ROW_LIST, "metadata", "", "{}"},
      {TKV_OP_ROW_LIST, "scores", "'page':-1", "{}"},
      {TKV_OP_ROW_LIST, "scores", "'perPage':-1", "{}"},
      {TKV_OP_ROW_LIST, "scores", "", "{'where':{'reason':'x'}}"},
      {TKV_OP_ROW_LIST, "scores", "", "{'orderBy':'scorerId'}"},
      {TKV_OP_ROW_LIST, "scores", "", "{'dateField':'updatedAt'}"},
      {TKV_OP_ROW_LIST, "scores", "", "{'dateRange':{'start':'x'}}"},
      {TKV_OP_ROW_LIST, "scores", "", "{'under':7}"},
      {TKV_OP_ROW_PAGE, "threads", "", "{'under':[],'limit':1}"},
      {TKV_OP_ROW_PAGE, "scores", "", "{'limit':1}"},
      {TKV_OP_ROW_PAGE, "scores", "", "{'under':[7],'limit':1}"},
      {TKV_OP_ROW_PAGE, "scores", "", "{'under':[],'limit':0}"},
      {TKV_OP_ROW_PAGE, "scores", "", "{'under':[],'limit':1001}"},
      {TKV_OP_ROW_PAGE, "scores", "", "{'under':[],'limit':1,'start':7}"},
      {TKV_OP_ROW_PAGE, "scores", "", "{'under':[],'limit':1,'cursor':7}"},
      {TKV_OP_ROW_PRUNE, "scores", "", "{'limit':1}"},
      {TKV_OP_ROW_PRUNE, "scores", "'maxAge':1", "{'limit':0}"},
      {TKV_OP_ROW_PRUNE, "metadata", "'maxAge':1", "{'limit':1}"},
  };
  struct world world;
  world_init(&world);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    check_context("case %zu: %s", i, cases[i].payload);
    CHECK_EQ(run(&world, cases[i].op, cases[i].table, cases[i].control, cases[i].payload).status,
             TKV_ERR_INVALID_ARGUMENT);
  }
  CHECK_EQ(world.mem.requests, 0);
  world_free(&world);
}

/* One batch of what is older than minute |before|. */
static struct span prune_batch(struct world *world, const char *table, int before, int limit,
                               struct span cursor) {
  int64_t age = world->mem.now - (INT64_C(1000) * (WORLD_START + before * 60));
  struct answer answer =
      run(world, TKV_OP_ROW_PRUNE, table, world_text(world, "'maxAge':%lld", (long long)age),
          world_text(world, "{'limit':%d,'cursor':%.*s}", limit, (int)(cursor.ptr ? cursor.len : 4),
                     cursor.ptr ? cursor.ptr : "null"));
  CHECK_EQ(answer.status, TKV_DONE);
  return answer.text;
}

/* Prunes a table until all is done; returns what was deleted or named. */
static int prune(struct world *world, const char *table, int before, int limit) {
  struct span cursor = SPAN_NONE;
  int64_t deleted, all = 0;
  for (int round = 0; round < 50; round++) {
    struct span result = prune_batch(world, table, before, limit, cursor);
    CHECK(json_int(story_field(result, "deleted"), &deleted) && deleted <= limit);
    all += deleted;
    if (story_field(result, "done").len == 4)
      return (int)all;
    cursor = story_field(result, "cursor");
  }
  CHECK(false);
  return 0;
}

TEST(row_prune_deletes_what_is_older) {
  struct world world;
  for (int variant = 0; variant < 3; variant++) {
    check_context("variant %d", variant);
    world_init(&world);
    for (int i = 0; i < 10; i++) {
      row(&world, TKV_OP_ROW_SAVE, "scores", world_text(&world, "[{'id':'s%d','score':1}]", i));
      story_later(&world, 60);
    }
    world.mem.hide_metadata = variant == 1;
    world.mem.list_page = variant == 2 ? 2 : 0;
    world_restart(&world);
    CHECK_EQ(prune(&world, "scores", 0, 100), 0);
    CHECK_EQ(prune(&world, "scores", 4, variant == 2 ? 1 : 3), 4);
    CHECK_TEXT(ids(&world, list(&world, "scores", "'direction':'ASC'", "{}")),
               "s4 s5 s6 s7 s8 s9 of 6");
    CHECK_EQ(prune(&world, "scores", 4, 3), 0);
    world_free(&world);
  }
}

TEST(row_prune_of_an_owner) {
  struct world world;
  world_init(&world);
  row(&world, TKV_OP_ROW_SAVE, "background_tasks",
      "[{'id':'a','resourceId':'u1'},{'id':'b','resourceId':'u\\u0031'},"
      "{'id':'c','resourceId':'u1:2'},{'id':'d'},{'id':'e','createdAt':'2999-01-01T00:00:00.000Z',"
      "'resourceId':'u1'}]");
  world_restart(&world);
  CHECK_JSON(row(&world, TKV_OP_ROW_PRUNE, "background_tasks",
                 "{'limit':9,'cursor':null,'resourceId':'u1'}"),
             "{'deleted':3,'ids':[],'cursor':null,'done':true}");
  CHECK_TEXT(ids(&world, list(&world, "background_tasks", "'direction':'ASC'", "{}")), "c d of 2");
  CHECK_EQ(run(&world, TKV_OP_ROW_PRUNE, "scores", "", "{'limit':1,'resourceId':7}").status,
           TKV_ERR_INVALID_ARGUMENT);
  world_free(&world);
}

TEST(row_prune_leaves_what_has_no_date_or_has_changed) {
  struct world world;
  world_init(&world);
  row(&world, TKV_OP_ROW_SAVE, "background_tasks",
      "[{'id':'open','createdAt':'2000-01-01T00:00:00.000Z'},"
      "{'id':'done','completedAt':'2000-01-01T00:00:00.000Z'}]");
  row(&world, TKV_OP_ROW_SAVE, "thread_state", "[{'threadId':'t','type':'x','value':1}]");
  struct mem_key old = *mem_find(&world.mem, 0, SPAN("thread_state:t:x"));
  story_later(&world, 600);
  row(&world, TKV_OP_ROW_SAVE, "thread_state", "[{'threadId':'t','type':'x','value':2}]");
  mem_find(&world.mem, 0, old.key)->metadata = old.metadata;
  world_restart(&world);
  CHECK_EQ(prune(&world, "background_tasks", 5, 100), 1);
  CHECK_TEXT(ids(&world, list(&world, "background_tasks", "", "{}")), "open of 1");
  CHECK_EQ(prune(&world, "thread_state", 5, 100), 0);
  story_later(&world, 120);
  CHECK_EQ(prune(&world, "thread_state", 11, 100), 1);
  world_free(&world);
}

TEST(row_prune_names_threads_and_messages) {
  struct world world;
  world_init(&world);
  story_thread(&world, "a:1", "u", 0);
  story_thread(&world, "b", "u", 5);
  story_messages(&world, "b", "u", 1, 9);
  world_do(&world, TKV_OP_RESOURCE_SAVE,
           world_text(&world, "{'id':'u','createdAt':%s,'updatedAt':%s}", story_date(&world, 0),
                      story_date(&world, 9)));
  story_later(&world, 3600);
  for (int cold = 0; cold < 2; cold++) {
    CHECK_JSON(story_field(prune_batch(&world, "threads", 5, 10, SPAN_NONE), "ids"), "['a:1']");
    CHECK_JSON(story_field(prune_batch(&world, "messages", 4, 10, SPAN_NONE), "ids"),
               "['b-1','b-2','b-3']");
    world_restart(&world);
  }
  world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'a:1'}");
  CHECK_EQ(prune(&world, "threads", 5, 10), 0);
  CHECK_EQ(prune(&world, "resources", 5, 10), 1);
  CHECK_TEXT(world_do(&world, TKV_OP_RESOURCE_GET, "{'resourceId':'u'}"), "");
  world_free(&world);
}

static int64_t expires(struct world *world, const char *key) {
  struct mem_key *found = mem_find(&world->mem, 0, text_span(key));
  CHECK(found);
  return found ? found->expires - WORLD_START : 0;
}

TEST(row_expires_with_its_age) {
  struct world world;
  world_init(&world);
  run(&world, TKV_OP_ROW_SAVE, "scores", "'maxAge':3600000", "[{'id':'a','score':1}]");
  CHECK_EQ(expires(&world, "scores:a"), 3600);
  story_later(&world, 3599);
  world_restart(&world);
  CHECK_TEXT(ids(&world, list(&world, "scores", "", "{}")), "a of 1");
  story_later(&world, 1);
  CHECK_TEXT(ids(&world, list(&world, "scores", "", "{}")), "of 0");
  world_free(&world);
}

/* KV refuses a time less than a minute ahead. */
TEST(row_expires_no_sooner_than_kv_allows) {
  struct world world;
  world_init(&world);
  run(&world, TKV_OP_ROW_SAVE, "scores", "'maxAge':10", "[{'id':'a','score':1}]");
  CHECK_EQ(expires(&world, "scores:a"), 90);
  world_faults(&world, (struct mem_fault){.first = 1, .count = 3, .status = 429});
  run(&world, TKV_OP_ROW_SAVE, "thread_state", "'maxAge':1",
      "[{'threadId':'t','type':'x','value':1}]");
  CHECK(expires(&world, "thread_state:t:x") > 90);
  CHECK_EQ(world.mem.refused, 0);
  world_free(&world);
}

/* A task counts from its completion. */
TEST(row_expires_only_with_its_anchor) {
  struct world world;
  world_init(&world);
  run(&world, TKV_OP_ROW_SAVE, "background_tasks", "'maxAge':3600000", "[{'id':'t'}]");
  CHECK_EQ(mem_find(&world.mem, 0, SPAN("background_tasks:t"))->expires, 0);
  run(&world, TKV_OP_ROW_UPDATE, "background_tasks", "'maxAge':3600000",
      world_text(&world, "{'key':{'id':'t'},'set':{'completedAt':%s}}", story_date(&world, 1)));
  CHECK_EQ(expires(&world, "background_tasks:t"), 3660);
  run(&world, TKV_OP_ROW_UPDATE, "background_tasks", "'maxAge':3600000",
      "{'key':{'id':'t'},'clear':['completedAt']}");
  CHECK_EQ(mem_find(&world.mem, 0, SPAN("background_tasks:t"))->expires, 0);
  world_free(&world);
}
