/* test_refusals.c: what every operation refuses before it asks KV for anything. */
#include "support/story.h"

/* An id of 600 bytes stands where "%s" does. */
static const struct {
  enum tkv_op op;
  const char *payload;
} long_ids[] = {
    {TKV_OP_THREAD_GET, "{'threadId':'%s'}"},
    {TKV_OP_THREAD_UPDATE, "{'id':'%s','title':'x'}"},
    {TKV_OP_THREAD_DELETE, "{'threadId':'%s'}"},
    {TKV_OP_THREAD_LIST, "{'resourceId':'%s'}"},
    {TKV_OP_THREAD_COPY, "{'sourceThreadId':'%s'}"},
    {TKV_OP_THREAD_COPY, "{'sourceThreadId':'a','newThreadId':'%s'}"},
    {TKV_OP_MESSAGE_SAVE, "[{'id':'%s','threadId':'a','resourceId':'u','role':'r','content':'x',"
                          "'createdAt':'2026-01-01T00:00:00.000Z'}]"},
    {TKV_OP_MESSAGE_SAVE, "[{'id':'m','threadId':'%s','resourceId':'u','role':'r','content':'x',"
                          "'createdAt':'2026-01-01T00:00:00.000Z'}]"},
    {TKV_OP_MESSAGE_LIST, "{'threadId':'%s'}"},
    {TKV_OP_MESSAGE_LIST, "{'threadId':'a','include':[{'id':'%s'}]}"},
    {TKV_OP_MESSAGE_LIST_BY_RESOURCE, "{'resourceId':'%s'}"},
    {TKV_OP_MESSAGE_GET, "{'messageIds':['%s']}"},
    {TKV_OP_MESSAGE_UPDATE, "[{'id':'%s','role':'r'}]"},
    {TKV_OP_MESSAGE_DELETE, "{'messageIds':['%s']}"},
    {TKV_OP_RESOURCE_GET, "{'resourceId':'%s'}"},
    {TKV_OP_RESOURCE_UPDATE, "{'resourceId':'%s','workingMemory':'w'}"},
    {TKV_OP_RESOURCE_SAVE, "{'id':'%s','createdAt':'2026-01-01T00:00:00.000Z',"
                           "'updatedAt':'2026-01-01T00:00:00.000Z'}"},
    {TKV_OP_COLLECTION_REFRESH, "{'collections':[{'kind':'thread','id':'%s','gone':[]}]}"},
};

/* Puts |id| in place of the "%s" in |payload|. */
static const char *filled(struct world *world, const char *payload, const char *id) {
  const char *at = strstr(payload, "%s");
  return world_text(world, "%.*s%s%s", (int)(at - payload), payload, id, at + 2);
}

TEST(every_operation_refuses_ids_that_make_too_long_keys) {
  struct world world;
  char id[601] = {0};
  world_init(&world);
  memset(id, 'x', sizeof id - 1);
  for (size_t i = 0; i < sizeof long_ids / sizeof *long_ids; i++) {
    const char *payload = filled(&world, long_ids[i].payload, id);
    struct answer answer = world_run(&world, long_ids[i].op, "", payload);
    check_context("%s", long_ids[i].payload);
    CHECK_EQ(answer.status, TKV_ERR_KEY_TOO_LONG);
    CHECK_JSON(story_field(answer.text, "code"), "'KEY_TOO_LONG'");
  }
  CHECK_EQ(world.mem.requests, 0);
  world_free(&world);
}

/* The limit counts the bytes of the encoded key: a colon takes three. */
TEST(every_byte_of_an_encoded_key_counts) {
  struct world world;
  char id[201] = {0};
  world_init(&world);
  memset(id, ':', sizeof id - 1);
  const char *payload = world_text(&world, "{'resourceId':'%s'}", id);
  CHECK_EQ(world_run(&world, TKV_OP_RESOURCE_GET, "", payload).status, TKV_ERR_KEY_TOO_LONG);
  id[160] = 0;
  payload = world_text(&world, "{'resourceId':'%s'}", id);
  CHECK_EQ(world_run(&world, TKV_OP_RESOURCE_GET, "", payload).status, TKV_DONE);
  world.prefix = "a_prefix_of_more_than_twenty_bytes_";
  CHECK_EQ(world_run(&world, TKV_OP_RESOURCE_GET, "", payload).status, TKV_ERR_KEY_TOO_LONG);
  world_free(&world);
}

/* Arguments of a wrong kind: every operation that takes some has its say, none asks KV. */
TEST(every_operation_refuses_payloads_of_a_wrong_kind) {
  static const char *const wrong[] = {"",    "null", "1",    "\"text\"", "[]",
                                      "[1]", "{}",   "[[]]", "[{}]"};
  struct world world;
  world_init(&world);
  for (int op = TKV_OP_THREAD_SAVE; op < TKV_OP_COUNT; op++)
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
      bool empty_batch =
          (op == TKV_OP_MESSAGE_SAVE || op == TKV_OP_MESSAGE_UPDATE) && strcmp(wrong[i], "[]") == 0;
      bool no_filter = (op == TKV_OP_THREAD_LIST || op == TKV_OP_COLLECTION_REFRESH) &&
                       strcmp(wrong[i], "{}") == 0;
      world_faults(&world, (struct mem_fault){0});
      struct answer answer = world_run(&world, (enum tkv_op)op, "", wrong[i]);
      check_context("operation %d of %s", op, wrong[i]);
      CHECK_EQ(answer.status, empty_batch || no_filter ? TKV_DONE : TKV_ERR_INVALID_ARGUMENT);
      CHECK(world.mem.requests == 0 || no_filter);
    }
  world_free(&world);
}

/* No error and no log may quote what users wrote, ids and names apart. */
TEST(no_error_tells_what_is_stored) {
  struct world world;
  world_init(&world);
  world_put(&world, "threads:t", "{'secret':'hunter2'", "");
  world_put(&world, "messages:m", "{'secret':'hunter2'}", "");
  world_put(&world, "resources:u", "['hunter2']", "");
  static const struct {
    enum tkv_op op;
    const char *payload;
  } reads[] = {
      {TKV_OP_THREAD_GET, "{'threadId':'t'}"},
      {TKV_OP_THREAD_LIST, "{}"},
      {TKV_OP_THREAD_UPDATE, "{'id':'t','title':'hunter2'}"},
      {TKV_OP_MESSAGE_GET, "{'messageIds':['m']}"},
      {TKV_OP_MESSAGE_UPDATE, "[{'id':'m','content':'hunter2'}]"},
      {TKV_OP_MESSAGE_SAVE, "[{'id':'m','threadId':'t','content':'hunter2','role':5}]"},
      {TKV_OP_MESSAGE_LIST, "{'threadId':'t','metadata':{'a':['hunter2']}}"},
      {TKV_OP_RESOURCE_GET, "{'resourceId':'u'}"},
      {TKV_OP_RESOURCE_UPDATE, "{'resourceId':'u','workingMemory':'hunter2'}"},
  };
  for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
    struct answer answer = world_run(&world, reads[i].op, "", reads[i].payload);
    check_context("%s", reads[i].payload);
    CHECK(answer.status < 0);
    CHECK(!strstr(world_text(&world, "%.*s", (int)answer.text.len, answer.text.ptr), "hunter2"));
  }
  world_free(&world);
}
