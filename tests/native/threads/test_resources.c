/* test_resources.c: resource.save, resource.get, resource.update. */
#include "support/story.h"

#define DATES "'createdAt':'2026-01-01T00:00:00.000Z','updatedAt':'2026-01-01T00:00:00.000Z'"

static struct span get(struct world *world, const char *id) {
  return world_do(world, TKV_OP_RESOURCE_GET, world_text(world, "{'resourceId':'%s'}", id));
}

TEST(resource_comes_back_byte_for_byte) {
  struct world world;
  const char *resource =
      "{'id':'u1','workingMemory':'# \\u0041\\n','metadata':{'n':1.0}," DATES "}";
  world_init(&world);
  CHECK_TEXT(get(&world, "u1"), "");
  world_do(&world, TKV_OP_RESOURCE_SAVE, resource);
  for (int cold = 0; cold < 2; cold++) {
    CHECK_JSON(get(&world, "u1"), resource);
    CHECK_TEXT(get(&world, "u2"), "");
    world_restart(&world);
  }
  world_free(&world);
}

TEST(resource_update_creates_what_is_missing) {
  struct world world;
  world_init(&world);
  struct span created =
      world_do(&world, TKV_OP_RESOURCE_UPDATE, "{'resourceId':'u1','workingMemory':'w'}");
  CHECK_JSON(created, "{'id':'u1','workingMemory':'w','metadata':{}," DATES "}");
  world_restart(&world);
  CHECK_SPAN(get(&world, "u1"), created);
  world_free(&world);
}

TEST(resource_update_keeps_what_is_not_given) {
  struct world world;
  world_init(&world);
  world_do(&world, TKV_OP_RESOURCE_SAVE,
           "{'id':'u1','x':1e3,'workingMemory':'w','metadata':{'a':1}," DATES "}");
  story_later(&world, 60);
  struct span updated =
      world_do(&world, TKV_OP_RESOURCE_UPDATE, "{'resourceId':'u1','metadata':{'b':2}}");
  CHECK_JSON(story_field(updated, "workingMemory"), "'w'");
  CHECK_TEXT(story_field(updated, "x"), "1e3");
  CHECK_JSON(story_field(updated, "metadata"), "{'a':1,'b':2}");
  CHECK_JSON(story_field(updated, "createdAt"), "'2026-01-01T00:00:00.000Z'");
  CHECK_JSON(story_field(updated, "updatedAt"), "'2026-01-01T00:01:00.000Z'");
  updated = world_do(&world, TKV_OP_RESOURCE_UPDATE, "{'resourceId':'u1','workingMemory':'v'}");
  CHECK_JSON(story_field(updated, "workingMemory"), "'v'");
  CHECK_JSON(story_field(updated, "metadata"), "{'a':1,'b':2}");
  world_restart(&world);
  CHECK_SPAN(get(&world, "u1"), updated);
  world_free(&world);
}

TEST(resource_operations_refuse_bad_arguments_before_they_ask_kv) {
  static const struct {
    enum tkv_op op;
    const char *payload;
  } bad[] = {
      {TKV_OP_RESOURCE_SAVE, "[]"},
      {TKV_OP_RESOURCE_SAVE, "{" DATES "}"},
      {TKV_OP_RESOURCE_SAVE, "{'id':'u1'}"},
      {TKV_OP_RESOURCE_SAVE, "{'id':'u1','createdAt':'2026-01-01T00:00:00.000Z'}"},
      {TKV_OP_RESOURCE_GET, "{}"},
      {TKV_OP_RESOURCE_GET, "{'resourceId':''}"},
      {TKV_OP_RESOURCE_UPDATE, "{'resourceId':5}"},
      {TKV_OP_RESOURCE_UPDATE, "{'resourceId':'u1','workingMemory':5}"},
      {TKV_OP_RESOURCE_UPDATE, "{'resourceId':'u1','metadata':[]}"},
  };
  struct world world;
  world_init(&world);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    check_context("%s", bad[i].payload);
    CHECK_EQ(world_run(&world, bad[i].op, "", bad[i].payload).status, TKV_ERR_INVALID_ARGUMENT);
  }
  CHECK_EQ(world.mem.requests, 0);
  world_free(&world);
}

TEST(resource_record_that_is_damaged_is_named_and_healed_by_saving) {
  struct world world;
  world_init(&world);
  world_put(&world, "resources:u1", "'text'", "");
  struct answer answer = world_run(&world, TKV_OP_RESOURCE_GET, "", "{'resourceId':'u1'}");
  CHECK_EQ(answer.status, TKV_ERR_CORRUPT);
  CHECK_JSON(story_field(story_field(answer.text, "details"), "key"), "'resources:u1'");
  CHECK_EQ(world_run(&world, TKV_OP_RESOURCE_UPDATE, "", "{'resourceId':'u1'}").status,
           TKV_ERR_CORRUPT);
  world_do(&world, TKV_OP_RESOURCE_SAVE, "{'id':'u1'," DATES "}");
  CHECK_JSON(get(&world, "u1"), "{'id':'u1'," DATES "}");
  world_free(&world);
}

TEST(resources_are_listed_by_their_ids_and_deleted) {
  struct world world;
  world_init(&world);
  for (int i = 3; i-- > 0;)
    world_do(&world, TKV_OP_RESOURCE_UPDATE, world_text(&world, "{'resourceId':'u%d'}", i));
  world_restart(&world);
  world_run(&world, TKV_OP_ROW_DELETE, "{'table':'resources'}", "[{'id':'u1'},{'id':'none'}]");
  struct answer page = world_run(&world, TKV_OP_ROW_LIST,
                                 "{'table':'resources','direction':'ASC','perPage':1}", "{}");
  struct json_walk rows = json_walk(story_field(page.text, "rows"));
  CHECK(json_next(&rows));
  CHECK_JSON(json_get(rows.value, SPAN("id")), "'u0'");
  CHECK_JSON(story_field(page.text, "total"), "2");
  CHECK_JSON(story_field(page.text, "hasMore"), "true");
  world_free(&world);
}
