/* test_row_parts.c: rows whose keys have several parts: what row.list and row.page take from the first
 * of them, and lists of covers. */
#include "support/story.h"

static struct span run(struct world *world, enum tkv_op op, const char *table,
                       const char *payload) {
  struct answer answer = world_run(world, op, world_text(world, "{'table':'%s'}", table), payload);
  CHECK_EQ(answer.status, TKV_DONE);
  return answer.text;
}

/* A row of three parts, each of one letter; where one is ':', the key has it encoded. */
static void favorite(struct world *world, const char parts[3]) {
  run(world, TKV_OP_ROW_SAVE, "favorites",
      world_text(world, "[{'entityType':'%c','entityId':'%c','userId':'%c','note':'n'}]", parts[0],
                 parts[1], parts[2]));
}

/* "a:b:c" of each row of a list, in its order, and how many there are in all. */
static struct span keys_of(struct world *world, struct span result) {
  static const char *const names[] = {"entityType", "entityId", "userId"};
  struct json_out out = json_out(&world->mem.arena, 64);
  for (struct json_walk walk = json_walk(story_field(result, "rows")); json_next(&walk);) {
    for (size_t i = 0; i < 3; i++) {
      struct span part = story_field(walk.value, names[i]);
      json_put(&out, (struct span){part.ptr + 1, part.len - 2});
    }
    json_put_char(&out, ' ');
  }
  json_put(&out, SPAN("of "));
  json_put(&out, story_field(result, "total"));
  return json_out_span(&out);
}

/* In KV alone, and in the memory of the isolate that wrote it as well. */
static void stock(struct world *world, bool cold) {
  static const char *const keys[] = {"abc", "abd", "ab:", "axc", "bbc", "a:b"};
  world_init(world);
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    favorite(world, keys[i]);
  if (cold)
    world_restart(world);
}

TEST(row_list_under_several_parts_of_the_key) {
  static const struct {
    const char *payload, *wanted;
  } cases[] = {
      {"{'under':'a'}", "a:b ab: abc abd axc of 5"},
      {"{'under':['a']}", "a:b ab: abc abd axc of 5"},
      {"{'under':['a','b']}", "ab: abc abd of 3"},
      {"{'under':['a','x']}", "axc of 1"},
      {"{'under':['a',':']}", "a:b of 1"},
      {"{'under':['b','b']}", "bbc of 1"},
      {"{'under':['b','a']}", "of 0"},
      {"{'under':['a:b']}", "of 0"},       /* one part, which is not two */
      {"{'under':['a','b','c']}", "of 0"}, /* what begins so and goes on: nothing does */
      {"{'under':[]}", "a:b ab: abc abd axc bbc of 6"},
      {"{'under':['a','b'],'where':{'userId':'d'}}", "abd of 1"},
  };
  for (int cold = 0; cold < 2; cold++) {
    struct world world;
    stock(&world, cold);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
      check_context("cold %d, %s", cold, cases[i].payload);
      CHECK_TEXT(keys_of(&world, run(&world, TKV_OP_ROW_LIST, "favorites", cases[i].payload)),
                 cases[i].wanted);
    }
    world_free(&world);
  }
}

TEST(row_list_refuses_parts_that_are_no_ids) {
  static const char *const payloads[] = {"{'under':['a',7]}", "{'under':['a','']}",
                                         "{'under':[null]}", "{'under':{'a':'b'}}", "{'under':''}"};
  struct world world;
  stock(&world, true);
  for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++) {
    check_context("%s", payloads[i]);
    struct answer answer = world_run(&world, TKV_OP_ROW_LIST, "{'table':'favorites'}", payloads[i]);
    CHECK_EQ(answer.status, TKV_ERR_INVALID_ARGUMENT);
    CHECK(strstr(world_text(&world, "%.*s", (int)answer.text.len, answer.text.ptr), "under"));
  }
  world_free(&world);
}

/* The keys of a page, in the order of KV: what this isolate wrote may stand elsewhere. */
static struct span page(struct world *world, const char *payload) {
  struct json_out out = json_out(&world->mem.arena, 64);
  struct span result = run(world, TKV_OP_ROW_PAGE, "favorites", payload);
  for (struct json_walk walk = json_walk(story_field(result, "keys")); json_next(&walk);) {
    struct json_walk key = json_walk(walk.value);
    CHECK(json_next(&key));
    json_put(&out, (struct span){key.value.ptr + 1, key.value.len - 2});
    json_put_char(&out, ' ');
  }
  CHECK(json_is_null(story_field(result, "cursor")));
  return json_out_span(&out);
}

TEST(row_page_under_several_parts_of_the_key) {
  static const struct {
    const char *payload, *wanted;
  } cases[] = {
      {"{'under':['a'],'limit':9}", "a:%3A:b a:b:%3A a:b:c a:b:d a:x:c "},
      {"{'under':['a','b'],'limit':9}", "a:b:%3A a:b:c a:b:d "},
      {"{'under':['a','b'],'start':'d','limit':9}", "a:b:d "},
      {"{'under':['a',':'],'limit':9}", "a:%3A:b "},
      {"{'under':['b'],'start':'b','limit':9}", "b:b:c "},
      {"{'under':['a:b'],'limit':9}", ""},
      {"{'under':['a'],'start':'b:','limit':9}", ""}, /* how a part begins, not a key */
  };
  struct world world;
  stock(&world, true);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    check_context("%s", cases[i].payload);
    CHECK_TEXT(page(&world, cases[i].payload), cases[i].wanted);
  }
  world_free(&world);
}

TEST(row_page_under_a_part_leaves_out_what_was_written_here_elsewhere) {
  struct world world;
  stock(&world, true);
  favorite(&world, "bzz");
  favorite(&world, "azz");
  mem_delete(&world.mem, 0, SPAN("favorites:a:z:z")); /* no list shows them yet */
  mem_delete(&world.mem, 0, SPAN("favorites:b:z:z"));
  CHECK_TEXT(page(&world, "{'under':['a','z'],'limit':9}"), "a:z:z ");
  world_free(&world);
}

static const char *const cover = "{'entityType':'a','entityId':'b','userId':'%s',"
                                 "'createdAt':'2026-01-01T00:00:00.000Z'}";

TEST(row_list_of_covers_reads_no_row_that_has_one) {
  struct world world;
  stock(&world, true);
  world_log(&world);
  struct span rows = story_field(
      run(&world, TKV_OP_ROW_LIST, "favorites", "{'under':['a','b'],'covers':true}"), "rows");
  CHECK_EQ(world_logged(&world, "get"), 0);
  CHECK_JSON(rows, world_text(&world, "[%s,%s,%s]", world_text(&world, cover, ":"),
                              world_text(&world, cover, "c"), world_text(&world, cover, "d")));
  world_free(&world);
}

/* Whose metadata has no room for it, or has been lost: the row tells, and no field that is not of the
 * cover. */
TEST(row_list_of_covers_makes_those_that_are_missing) {
  struct world world;
  stock(&world, true);
  struct mem_key *bare = mem_find(&world.mem, 0, SPAN("favorites:a:b:c"));
  mem_put(&world.mem, 0, bare->key, bare->value, SPAN(""));
  world_restart(&world);
  world_log(&world);
  struct span rows = story_field(
      run(&world, TKV_OP_ROW_LIST, "favorites", "{'under':['a','b'],'covers':true}"), "rows");
  CHECK_EQ(world_logged(&world, "get"), 1);
  CHECK_JSON(rows, world_text(&world, "[%s,%s,%s]", world_text(&world, cover, ":"),
                              world_text(&world, cover, "c"), world_text(&world, cover, "d")));
  world_free(&world);
}

TEST(row_list_without_covers_tells_whole_rows) {
  struct world world;
  stock(&world, true);
  struct span rows =
      story_field(run(&world, TKV_OP_ROW_LIST, "favorites", "{'under':['b']}"), "rows");
  struct json_walk walk = json_walk(rows);
  REQUIRE(json_next(&walk));
  CHECK_TEXT(story_field(walk.value, "note"), "\"n\"");
  world_free(&world);
}
